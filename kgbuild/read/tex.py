r"""TeX formulas as one line of readable text, for papers that have no MathML.

The preamble that publishers wrap around each symbol is dropped. An unknown command keeps its name ("\sin": sin).
"""

import re
from collections.abc import Iterator

from kgbuild.read.formula import grouped, subscript, superscript

__all__ = ["tex_text"]

_LETTERS = """
alpha:α beta:β gamma:γ delta:δ epsilon:ε varepsilon:ε zeta:ζ eta:η theta:θ vartheta:θ iota:ι kappa:κ lambda:λ mu:μ
nu:ν xi:ξ pi:π rho:ρ sigma:σ tau:τ upsilon:υ phi:φ varphi:φ chi:χ psi:ψ omega:ω Gamma:Γ Delta:Δ Theta:Θ Lambda:Λ Xi:Ξ
Pi:Π Sigma:Σ Phi:Φ Psi:Ψ Omega:Ω upalpha:α upbeta:β upgamma:γ updelta:δ upmu:μ upsigma:σ cdot:· infty:∞ partial:∂
nabla:∇ sum:∑ int:∫ prod:∏ circ:° degree:° AA:Å langle:⟨ rangle:⟩ ldots:… cdots:… dots:… prime:′ ast:* bullet:• ell:ℓ
hbar:ħ vert:| mid:| %:% &:& _:_ #:# $:$ {:{ }:} |:|
"""
_BETWEEN = """
times:× pm:± mp:∓ le:≤ leq:≤ leqslant:≤ ge:≥ geq:≥ geqslant:≥ ne:≠ neq:≠ approx:≈ sim:∼ simeq:≃ cong:≅ propto:∝ to:→
rightarrow:→ longrightarrow:→ leftarrow:← leftrightarrow:↔ rightleftharpoons:⇌ equiv:≡ ll:≪ gg:≫ in:∈ lt:< gt:>
"""
_WITHOUT_SIGN = """
left right big Big bigg Bigg bigl bigr displaystyle textstyle limits nolimits mathrm mathit mathbf mathsf mathcal
mathbb text textrm textit textbf textsf rm it bf mbox hbox boldsymbol bm operatorname ce hat bar tilde vec overline
underline widehat widetilde dot ddot mathop mathord mathrel mathbin nonumber notag ! kern vphantom phantom
"""
SYMBOLS = dict(pair.split(":") for pair in _LETTERS.split())
#: symbols between two things
RELATIONS = dict(pair.split(":") for pair in _BETWEEN.split()) | {sign: sign for sign in "=<>≤≥≈→"}
BLANKS = frozenset({",", ";", ":", " ", "quad", "qquad", "\\", "newline", "tab"})
#: commands of which only the argument is text
SILENT = frozenset(_WITHOUT_SIGN.split())
FRACTIONS = frozenset({"frac", "dfrac", "tfrac", "cfrac"})
#: commands whose argument is not text
WITH_ARGUMENT = frozenset({"begin", "end", "label", "hspace", "vspace", "tag"})

_BODY = re.compile(r".*\\begin\{document\}|\\end\{document\}.*", re.DOTALL)
_COMMENT = re.compile(r"(?<!\\)%.*")
_TOKEN = re.compile(r"\\([A-Za-z]+)\*?\s*|\\(.)|([{}^_])|(\s+)|(.)", re.DOTALL)


def tex_text(tex: str) -> str:
    r"""The body of a TeX formula in one line.

    >>> tex_text(r"\usepackage{x}\begin{document}$$\mathrm{Li}_{7}\alpha^{2} \times \frac{a+b}{c}$$\end{document}")
    'Li7α^2 × (a+b)/c'
    """
    body = _COMMENT.sub("", _BODY.sub("", tex))
    tokens = (match.groups(default="") for match in _TOKEN.finditer(body))
    return " ".join(_sequence(tokens).split())


Tokens = Iterator[tuple[str, ...]]


def _sequence(tokens: Tokens) -> str:
    """What stands up to the closing brace or the end."""
    atoms: list[str] = []
    for word, escaped, mark, blank, char in tokens:
        if mark == "}":
            break
        if mark == "{":
            atoms.append(_sequence(tokens))
        elif mark:
            script = subscript if mark == "_" else superscript
            argument = _argument(tokens)
            atoms.append(script(atoms.pop() if atoms else "", argument))
        elif word or escaped:
            atoms.append(_command(word or escaped, tokens))
        elif not blank and char not in "$&~":
            atoms.append(f" {RELATIONS[char]} " if char in RELATIONS else char)
        elif char in ("&", "~"):
            atoms.append(" ")
    return "".join(atoms)


def _argument(tokens: Tokens) -> str:
    """The next group, command or character."""
    for word, escaped, mark, blank, char in tokens:
        if blank:
            continue
        if mark == "{":
            return _sequence(tokens)
        if word or escaped:
            return _command(word or escaped, tokens)
        return char
    return ""


def _command(name: str, tokens: Tokens) -> str:
    if name in FRACTIONS:
        above = _argument(tokens)
        return f"{grouped(above)}/{grouped(_argument(tokens))}"
    if name == "sqrt":
        return f"√({_argument(tokens).strip()})"
    if name in WITH_ARGUMENT:
        _argument(tokens)
        return " "
    if name in BLANKS:
        return " "
    if name in SILENT:
        return ""
    return f" {RELATIONS[name]} " if name in RELATIONS else SYMBOLS.get(name, name if len(name) > 1 else "")
