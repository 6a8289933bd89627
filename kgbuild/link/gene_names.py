"""Other ways to write a gene's name: without marks, with Greek letters, receptors in short, the symbol among its words.

Each says less surely what is meant than the name as it stands; how much less, the ranker learns from annotated papers.
"""

import re
from collections.abc import Iterator
from typing import Literal

__all__ = ["Recast", "gene_variants", "is_of_class_words", "is_plural", "marked_species"]

Recast = Literal["marked", "recast", "head", "isoform"]

#: letters before a name that say whose it is or in what state: "hTERT", "mCB2", "HsUAP1", "p-Akt", "sFas"; "c-Myc"
#: keeps its letter, for tables have it
_MARK_BEFORE = re.compile(
    r"\A(?:(?P<whose>h|m|r|rh|hu|mu|rat|Rh|Hum|hum|Hs|Mm|Rn|Dm)"
    r"(?:(?=[A-Z][A-Za-z]*\d*[A-Z\d-]|[A-Z][a-z]{2,}$)|-(?=[A-Z]))"
    r"|(?:p|phospho|pro|anti|sc|v)-(?=[A-Z]|myb|src)"
    r"|(?:p|s|Ad|AAV)(?=[A-Z][A-Za-z]*[A-Z\d]|[A-Z][a-z]{2,}$))"
)
#: what follows a name when it is mutated, tagged, knocked out, or a marker of cells: "Sca-1+", "STAT3KO", "Rab6a-GTP";
#: yeast's proteins end in p, as "Gdt1p"
_MARK_AFTER = re.compile(
    r"(?<=[\w)])(?:\s*\(?(?:-/-|\+/\+|\+/-|−/−)\)?|[+]"
    r"|-?(?:KO|KD|flox|fl/fl|tg|Tg|null|siRNA|shRNA|GFP|GTP|GST|Fc)|v\d"
    r"|(?:(?<=[A-Z][a-z]{2}\d)|(?<=[A-Z][a-z]{2}\d{2}))p|Delta|[Δ∆])$"
)
#: the species that a mark before a name tells
_WHOSE = {
    **dict.fromkeys(("h", "hu", "rh", "Rh", "Hum", "hum", "Hs"), "NCBITaxon:9606"),
    **dict.fromkeys(("m", "mu", "Mm"), "NCBITaxon:10090"),
    **dict.fromkeys(("r", "rat", "Rn"), "NCBITaxon:10116"),
    "Dm": "NCBITaxon:7227",
}
#: Latin letters that stand for Greek ones where these could not be set
_GREEK = {"a": "alpha", "b": "beta", "g": "gamma", "d": "delta", "e": "epsilon", "z": "zeta", "k": "kappa"}
_LETTER_ALONE = re.compile(r"(?<![A-Za-z])[abgdezk](?![A-Za-z'’])|(?<=[A-Z\d])[abgdez](?![A-Za-z\d])|(?<=NF-)k(?=B)")
_RECEPTOR = re.compile(r"(?P<ligand>[A-Z][\w-]{1,7})[ -]receptors?(?:[ -](?:type )?(?P<number>[\dIVA-Za-z]{1,4}))?")
#: "mitochondrial phenylalanine-tRNA ligase": tables have the name of the bound amino acid, 2 in mitochondria, else 1
_AMINO_ACYL = {
    **{f"{stem}ine": f"{stem}yl" for stem in ("alan", "argin", "glyc", "histid", "isoleuc", "leuc", "lys", "methion")},
    **{f"{stem}ine": f"{stem}yl" for stem in ("phenylalan", "prol", "ser", "threon", "tyros", "val")},
    **{f"{acid}ine": f"{acid}inyl" for acid in ("asparag", "cyste", "glutam")},
    **{"aspartate": "aspartyl", "glutamate": "glutamyl", "tryptophan": "tryptophanyl"},
}
_AMINO_ACIDS = "|".join([*_AMINO_ACYL, *_AMINO_ACYL.values()])
_TRNA_LIGASE = re.compile(
    rf"(?P<place>mitochondrial )?(?P<acid>{_AMINO_ACIDS})[ -]{{1,2}}tRNA[ -](?:synthetase|ligase)"
    r"(?P<behind>,? mitochondrial)?",
    re.IGNORECASE,
)
#: nitric oxide, beside the enzymes that make it
_GAS = re.compile(r"\bNO(?=[ -]synthase)")
#: "OCT4A", "TCF-4J": a letter for one of several transcripts; R is for receptor, L for ligand or like
_ISOFORM = re.compile(r"(?P<symbol>[A-Za-z][\w-]*\d)-?[A-KM-QS-Z]")
#: "hepatocyte nuclear factor (HNF)-6": the abbreviation stands for what is before it, and what follows belongs to both
_ABBREVIATED = re.compile(r"[^()]*\((?P<short>[\w/-]{2,10})\)(?P<rest>[ -]?[^() ]{1,8})?")
_SYMBOL = re.compile(r"(?=.*[A-Z].*[A-Z\d]|.*\d.*[A-Z])[A-Za-z\d][\w/-]{1,9}|[A-Z][a-z]{2}\d?")
#: words after which a symbol is the name, or which may follow it
_CLASS = (
    r"(?:proto-)?onco(?:gene|protein)s?|(?:trans)?genes?|proteins?|(?:co-?)?transporters?|(?:co-?)?receptors?|kinases?|"
    r"phosphatases?|proteases?|proteinases?|caspases?|GTPases?|ATPases?|ligases?|lipases?|synthases?|enzymes?|antigens?|"
    r"cytokines?|chemokines?|hormones?|ligands?|factors?|suppressors?|regulators?|(?:co-?)?activators?|"
    r"(?:co-?)?repressors?|adaptors?|channels?|markers?|molecules?|isoforms?|homologue|homolog|subunits?|peptides?|"
    r"polypeptides?|lectins?|integrins?|cDNA|mRNA|miRNA|product"
)
_PLURAL = re.compile(r".*(?:[A-Z0-9]|[a-z]{3}(?<![siu]))s")
_OF_CLASS = re.compile(
    rf"(?:(?:{_CLASS}|(?:DNA|RNA|protein)[ -]binding|binding|transcription|tyrosine|membrane|nuclear|zinc[ -]finger)"
    r"(?:[ -]|$))+",
    re.IGNORECASE,
)
#: "AChE", written so for what it stands for: in capitals it is a symbol, whose last letter counts
_MIXED = re.compile(r"[A-Z](?=[A-Za-z]*[a-z])(?=[A-Za-z]*[A-Z])[A-Za-z]{1,4}E")
_BEFORE_SYMBOL = re.compile(rf"(?:\S+ )*(?:{_CLASS}),? (?P<symbol>\S+)", re.IGNORECASE)
_AFTER_SYMBOL = re.compile(rf"(?P<symbol>\S+)[ -](?:[a-z]+ )*(?:{_CLASS})")


def gene_variants(name: str) -> Iterator[tuple[str, Recast]]:
    """Other spellings under which tables may hold the gene that a name means, the surest first.

    >>> list(gene_variants("hTERT")), list(gene_variants("TNF receptor 1"))
    ([('TERT', 'marked')], [('TNFR1', 'recast')])
    """
    bare = _MARK_AFTER.sub("", _MARK_BEFORE.sub("", name, count=1))
    if bare != name and len(bare) > 1:
        yield bare, "marked"
    if _MIXED.fullmatch(name):
        yield name.upper(), "recast"
    for spelling in dict.fromkeys((name, bare)):
        greek = _LETTER_ALONE.sub(lambda match: _GREEK[match[0]], spelling)
        if greek != spelling and len(spelling) > 2:
            yield greek, "recast"
        receptor = _RECEPTOR.fullmatch(spelling)
        ligase = _TRNA_LIGASE.fullmatch(spelling)
        if ligase is not None:
            acid = ligase["acid"].casefold()
            is_mitochondrial = ligase["place"] or ligase["behind"]
            number = "2, mitochondrial" if is_mitochondrial else "1"
            yield f"{_AMINO_ACYL.get(acid, acid)}-tRNA synthetase {number}", "recast"
        if receptor is not None:
            yield f"{receptor['ligand']}R{receptor['number'] or ''}", "recast"
    short = _ABBREVIATED.fullmatch(name)
    if short is not None:
        yield short["short"] + (short["rest"] or ""), "recast"
    written_out = _GAS.sub("nitric oxide", name)
    if written_out != name:
        yield written_out, "recast"
    isoform = _ISOFORM.fullmatch(bare)
    if isoform is not None:
        yield isoform["symbol"], "isoform"
    for pattern in (_BEFORE_SYMBOL, _AFTER_SYMBOL):
        found = pattern.fullmatch(name)
        if found is not None and _SYMBOL.fullmatch(found["symbol"]):
            yield found["symbol"], "head"


def is_of_class_words(name: str) -> bool:
    """Whether all words of a name tell what a protein is or does, and none which.

    >>> is_of_class_words("proto-oncogene"), is_of_class_words("DNA-binding protein"), is_of_class_words("Fos protein")
    (True, True, False)
    """
    return _OF_CLASS.fullmatch(name) is not None


def is_plural(name: str) -> bool:
    """Whether a gene's name has the ending of a plural.

    >>> is_plural("VEGFRs"), is_plural("Src family kinases"), is_plural("Ras"), is_plural("thymus")
    (True, True, False, False)
    """
    return _PLURAL.fullmatch(name) is not None


def marked_species(name: str) -> str:
    """The species that the letters before a gene's name tell, or "".

    >>> marked_species("hTERT"), marked_species("TERT")
    ('NCBITaxon:9606', '')
    """
    match = _MARK_BEFORE.match(name)
    return _WHOSE.get(match["whose"] or "", "") if match is not None else ""
