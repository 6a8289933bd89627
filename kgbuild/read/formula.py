"""MathML formulas as one line of readable text.

``x^2``, ``k_B``, ``(a + b)/c``, ``√(x)``; numbers below run on as in chemical formulas (``Li7``), charges above do too.
"""

import re
from collections.abc import Callable

from kgbuild.read.xml import Element

__all__ = ["grouped", "mathml_text", "subscript", "superscript"]

RELATIONS = frozenset("=≠<>≤≥≪≫≈≃≅∼~∝≡→←↔⇒⇔⇌∈∉⊂⊆∪∩±∓×·⋅÷+−–-∗*|:")
#: of these, the ones that stand close to what follows when nothing stands before them
SIGNS = frozenset("±∓+−–-~∼<>≤≥≈")
CLOSE = frozenset("|:*∗~")
INVISIBLE = re.compile("[\u2061-\u2064\u200b\ufeff]")
ACCENTS = frozenset("¯ˉ‾^ˆ~˜˙¨→⃗_̲´`")
CHARGE = re.compile(r"\d*[+\-−–]+|[+\-−–]\d*(?=\Z)|[*∗†′″]+")


def mathml_text(math: Element) -> str:
    """A ``math`` element, namespaces dropped, in one line.

    >>> from lxml import etree
    >>> mathml_text(etree.XML("<math><msup><mn>10</mn><mrow><mo>−</mo><mn>3</mn></mrow></msup></math>"))
    '10^-3'
    """
    return " ".join(INVISIBLE.sub("", _render(math)).split())


def _render(node: Element) -> str:
    return _RENDERERS.get(node.tag, _row)(node)


def _row(node: Element) -> str:
    """The children side by side, blanks around relations and operators, none after a sign in front."""
    text = (node.text or "").strip() if not len(node) else ""
    for child in node:
        piece = _render(child)
        if child.tag == "mo" and piece in RELATIONS and piece not in CLOSE:
            is_sign = piece in SIGNS and (not text.strip() or text.rstrip()[-1] in RELATIONS | frozenset("([{,/"))
            text += piece if is_sign else f" {piece} "
        else:
            text += piece
    return text


def _token(node: Element) -> str:
    return " ".join("".join(node.itertext()).split())


def _text(node: Element) -> str:
    return re.sub(r"\s+", " ", "".join(node.itertext()))


def subscript(base: str, below: str) -> str:
    """The base with what stands below it: a number after a letter runs on.

    >>> subscript("Li", "7"), subscript("k", "B")
    ('Li7', 'k_B')
    """
    below = below.strip()
    if not below:
        return base
    runs_on = re.fullmatch(r"[\d.]+", below) and re.search(r"[A-Za-z)\]]\Z", base)
    return base + below if runs_on else f"{base}_{grouped(below)}"


def superscript(base: str, above: str) -> str:
    """The base with what stands above it: charges and degrees run on, exponents follow a ``^``.

    >>> superscript("10", "−3"), superscript("Ca", "2+"), superscript("60", "∘")
    ('10^-3', 'Ca2+', '60°')
    """
    above = above.strip()
    if not above:
        return base
    if above in ("°", "∘", "º"):
        return base + "°"
    above = re.sub(r"\s*([+\-−–])\s*", r"\1", above) if re.fullmatch(r"[+\-−–\s\d./]+", above) else above
    if CHARGE.fullmatch(above) and not re.fullmatch(r"[+\-−–]\d+", above):
        return base + above
    if re.fullmatch(r"[+\-−–]?[\d./]+", above):
        return f"{base}^{above.replace('−', '-').replace('–', '-')}"
    return f"{base}^{grouped(above)}" if base else above


def grouped(text: str) -> str:
    """The text, in brackets when it is more than one number or word."""
    text = text.strip()
    return text if re.fullmatch(r"[+\-−]?[\w.,′°∞∗*]*[+\-−]?|\([^()]*\)", text) else f"({text})"


def _multiscripts(node: Element) -> str:
    """Base with its pairs of scripts; those after ``mprescripts`` stand in front, as in isotopes."""
    base, *scripts = list(node)
    tags = [script.tag for script in scripts]
    cut = tags.index("mprescripts") if "mprescripts" in tags else len(scripts)
    text = _scripts(_render(base), scripts[:cut])
    before = "".join(_render(script) for script in scripts[cut + 1 :] if script.tag != "none")
    return before + text


def _scripts(base: str, scripts: list[Element]) -> str:
    for below, above in zip(scripts[::2], scripts[1::2], strict=False):
        base = superscript(subscript(base, _render(below)), _render(above))
    return base


def _over(base: str, above: str) -> str:
    return base if above.strip() in ACCENTS else superscript(base, above)


def _under(base: str, below: str) -> str:
    return base if below.strip() in ACCENTS else subscript(base, below)


def _fenced(node: Element) -> str:
    separator = (node.get("separators", ",").strip() or " ")[0]
    inner = f"{separator} ".join(_render(child) for child in node)
    return f"{node.get('open', '(')}{inner}{node.get('close', ')')}"


def _table(node: Element) -> str:
    rows = ([_render(cell).strip() for cell in row] for row in node)
    return " " + "; ".join(" ".join(cell for cell in cells if cell) for cells in rows) + " "


def _arguments(node: Element, count: int) -> list[str]:
    found = [_render(child) for child in node][:count]
    return found + [""] * (count - len(found))


def _fraction(node: Element) -> str:
    above, below = _arguments(node, 2)
    return f"{grouped(above)}/{grouped(below)}"


def _sub(node: Element) -> str:
    base, below = _arguments(node, 2)
    return subscript(base, below)


def _sup(node: Element) -> str:
    base, above = _arguments(node, 2)
    return superscript(base, above)


def _subsup(node: Element) -> str:
    base, below, above = _arguments(node, 3)
    return superscript(subscript(base, below), above)


def _munder(node: Element) -> str:
    base, below = _arguments(node, 2)
    return _under(base, below)


def _mover(node: Element) -> str:
    base, above = _arguments(node, 2)
    return _over(base, above)


def _munderover(node: Element) -> str:
    base, below, above = _arguments(node, 3)
    return _over(_under(base, below), above)


def _root(node: Element) -> str:
    radicand, degree = _arguments(node, 2)
    return f"({radicand})^(1/{degree.strip()})"


_RENDERERS: dict[str, Callable[[Element], str]] = {
    "mi": _token,
    "mn": _token,
    "mo": _token,
    "ms": _token,
    "mtext": _text,
    "mspace": lambda _: " ",
    "msub": _sub,
    "msup": _sup,
    "msubsup": _subsup,
    "mmultiscripts": _multiscripts,
    "munder": _munder,
    "mover": _mover,
    "munderover": _munderover,
    "mfrac": _fraction,
    "msqrt": lambda node: f"√({_row(node).strip()})",
    "mroot": _root,
    "mfenced": _fenced,
    "mtable": _table,
    "semantics": lambda node: _render(node[0]) if len(node) else "",
    "mphantom": lambda _: "",
    "annotation": lambda _: "",
    "annotation-xml": lambda _: "",
    "maligngroup": lambda _: "",
    "malignmark": lambda _: "",
    "none": lambda _: "",
}
