"""Edges of mentions mended where the tagger cut a name in two.

To the tagger a word is a run of letters and digits, so that a mention may begin or end inside of a name: "MCF" of
"MCF-7", "dimethylformamide" of "N,N-dimethylformamide". Mended is only what annotated corpora hardly ever cut: numbers
behind a hyphen, locants and single letters before one. "Cocaine-induced" speaks of cocaine, "thallium-201" of thallium,
"FOXP3-924" of a gene and a place in it.
"""

import re

from kgbuild.document import Document, Passage, Span
from kgbuild.formula import FORMULA_TYPES, normalise_formula
from kgbuild.formula.elements import ELEMENTS

__all__ = ["is_no_name", "is_reference", "mend_edges"]

HYPHEN = "[-\u2010\u2011]"
LOCANT = "(?:[A-Za-z\u03b1-\u03c9]|\\d{1,2}[a-z]?)['\u2032]*"

#: Marks that a mention neither begins nor ends with; signs of numbers and charges stay ("-3 mV", "Cl-").
LEADING_MARKS = re.compile(r"(?:[\s\u2010\u2013\u2014,.;:/|)\]]|-(?!\d))+")
TRAILING_MARKS = re.compile(r"[\s\u2010\u2013\u2014,.;:/|(\[]+\Z")
#: The number that ends a name: "-7" of "MCF-7"; not of "MCF-7A".
NUMBER = re.compile(
    HYPHEN + r"\d{1,5}(?!\w|[.,]?\d| ?(?:%|\u00b0|[mn\u00b5\u03bc]?[gMLm]\b|m?mol|wt|vol|at\.|min|h\b))"
)
NUMBERED = frozenset({"CellLine", "Chemical", "Gene", "Material", "Species"})
#: What a name begins with that was taken for a bare number: "B-" of "B-1 cells", "IL" of "-10".
RUN = re.compile(rf"\w+{HYPHEN}?\Z")
#: What names begin with: "N,N-dimethylformamide", "5-FU", "2',3'-dideoxyinosine", "L-Myc"; "p-" is for phosphorylated.
LOCANTS = re.compile(rf"(?<![-\w/,.'\u2010-\u2014\u2032])(?!p-){LOCANT}(?:,{LOCANT})*{HYPHEN}(?=\w)")
LOCATED = frozenset({"Chemical", "Gene"})
#: A core and its shells, "Fe3O4@SiO2", whose parts alone are other substances.
CORE_AND_SHELL = re.compile(r"[^\s,;:()@]+(?:@[^\s,;:()@]+)*@[^\s,;:()@]*\w")
#: What hyphens join in names of cell lines, "SK-N-SH" and "MDA-MB-231", and before the place in a variant, "p.V600E".
JOINED = {
    "CellLine": re.compile(rf"(?<!\w)\w+(?:{HYPHEN}[A-Z0-9]\w*)*"),
    "Chemical": CORE_AND_SHELL,
    "Material": CORE_AND_SHELL,
    "Variant": re.compile(r"[cgmnp]\.[\w*>+-]+"),
}
#: The rest of a decimal number before and after a quantity: "2." of "2.4 eV", ".8\u00b0" of "1.8\u00b0".
WHOLE_PART = re.compile(r"(?<![\w.,])\d+\.\Z")
FRACTION = re.compile(r"\.\d+(?![.,]?\d)(?: ?[%\u00b0])?")
#: The thousands before the hundreds of a number: "1," of "1,350 °C".
THOUSANDS = re.compile(r"(?<![\d.,])[1-9]\d{0,2}(?:,\d{3})*,\Z")
HUNDREDS = re.compile(r"\d{3}(?!\d)")
#: A number of up to three digits, and the groups of three behind it: ",350" of "1,350 °C".
FIRST_DIGITS = re.compile(r"[1-9]\d{0,2}")
GROUPS = re.compile(r"(?:,\d{3})+(?![\d,])")
#: What units are raised to, and units behind it that are too: "^-1" of "100 mV s^-1", "^-1 g^-1".
POWER = r"\^[-\u2212\u2013]?\d+"
#: More units, each raised to something: " s^-1" of "100 mV s^-1", "·cm⁻²".
UNIT_NAME = r"(?:[kmn\u00b5\u03bc]?(?:m|g|s|mol|M|L|l|V|A|W|J|N|K|Pa|Hz|F|S)|cm|dm|min|h|\u00b0C)"
FACTORS = re.compile(
    rf"(?:[ \u00b7.\u22c5]?{UNIT_NAME}(?:{POWER}|[\u207b\u2212\u2013-][1-4\u00b9\u00b2\u00b3](?!\w)))+"
)
POWERS = re.compile(rf"{POWER}(?:[ \u00b7]?[A-Za-z\u00b5\u03bc\u03a9]{{1,4}}{POWER})*")
#: The unit behind a bare number, of those that are no word or name besides: "s" of "17 s".
UNIT = re.compile(
    r" ?(?:%|\u00b0C|\u00b0|[kMG]?Hz|[mk]?eV|[mk]V|m[sAWL]|[kMG]Pa|k[mgWJ]|[mcn\u00b5\u03bc]m|[mn\u00b5\u03bc]g|"
    r"[n\u00b5\u03bc][sALM]|mM|min|mol|mmol|s|h)(?![\w^/\u00b7-])"
)
#: What units are divided by: "/kg" behind "0.3 mg".
DIVISOR = r"(?:[kmn\u00b5\u03bc]?[gLlM]|d[Ll]|[cmn\u00b5\u03bc]?m[23\u00b2\u00b3]?|m?mol|days?|d|hr?|min|m?s|week|year)"
PER = re.compile(rf"(?: ?/ ?{DIVISOR}\b)+")
OPENING, CLOSING = frozenset("([{"), frozenset(")]}")
#: What joins a name and the brackets beside it.
BESIDE = " -/,"
#: What stands in formulas besides letters and digits.
FORMULA_MARKS = frozenset("()[]{}.\u00b7\u2022+-\u2010\u2011\u2012\u2013\u2212")
#: More than the longest locants.
REACH = 24
#: Numbers; not the proteins 14-3-3.
NUMBERS = re.compile(rf"(?!14{HYPHEN}3{HYPHEN}3)[\W\d_]+")
#: What the tagger takes for genes, labels of figures such as "5D", "10C-10D", "-10D", and for variants, lengths of
#: fragments and pieces of accessions: "556 bp", "_016383", "JX961707".
LABELS = {
    "Gene": re.compile(rf"{HYPHEN}?\d*[A-Za-z](?:{HYPHEN}\d*[A-Za-z])?"),
    "Variant": re.compile(rf"\d+(?:{HYPHEN}| )?(?:bp|kb|nt)|_.*|[A-Z]{{1,2}}_?\d{{5,}}(?:\.\d)?"),
}
#: The number of a table, figure or file of the paper ("S1", "2A"), and the words before it.
REFERENCE = re.compile(r"([A-Z]{0,2})\d{1,2}[A-Za-z]?")
REFERRING = (
    r"(?i:\b(?:tables?|figs?\.?|figures?|(?:supp\w*|additional|source|extended) (?:data|files?)|movies?|videos?|"
    r"schemes?|data ?sets?|appendix))\s+"
)
#: What stands between several numbers: "S1, S2 and S3".
REFERENCES_JOINT = r"(?:\s*[,;\u2013-]\s*|,?\s+(?:and|or|to)\s+)"
#: Units and letters without a number: "mL", "v".
LONE_UNIT = re.compile(r"[A-Za-z\u00b5\u03bc\u03a9]{1,2}")
#: Words for a kind of thing, which name none of it.
KINDS = {
    "Material": frozenset({"bcc", "bct", "fcc", "hcp"}),  # lattices, which many have
    "CellLine": frozenset({"cell line", "cell lines", "cells", "line", "lines"}),
    "CellType": frozenset({"cell", "cells"}),
    "Gene": frozenset(
        {"antibodies", "antibody", "channel", "channels", "enzyme", "enzymes", "gene", "genes", "hormone", "hormones"}
        | {"isoform", "isoforms", "ligand", "ligands", "lymph node", "lymph nodes", "mrna", "mrnas", "peptide"}
        | {"peptides", "protein", "proteins", "receptor", "receptors", "transporter", "transporters"}
        | {"type i", "type ii", "type iii"}
    ),
}
#: Words that join others: names neither begin nor end with them, written small ("In" and "As" are elements). "In situ"
#: begins with one, and vitamins and hepatitis end with an "a".
JOINING = "and|as|at|by|for|from|of|on|or|than|that|the|to|via|which|with"
LEADING_WORDS = re.compile(
    rf"(?:(?:{JOINING}|in(?! (?:situ|vitro|vivo|silico|operando|plane))|both|each|its|our|their|these|this|those|"
    "['\u2019]s)\\s+)+"
)
TRAILING_WORDS = re.compile(rf"(?:\s+(?:{JOINING}|an|in))+\Z")
LONE_WORD = re.compile(
    rf"{JOINING}|a|an|both|each|in|its|our|their|these|this|those|"
    "double|high|large|long|low|new|single|small|triple"
)
#: What stands before the number of a strain: collections of cultures.
COLLECTION = re.compile(r"ATCC|CCUG|CECT|CGMCC|DSMZ|JCM|KCTC|MTCC|NBRC|NCIMB|NCTC|NRRL")
#: The first part of a word that is written with a hyphen, or whose rest another tag took; "CO" and "Bi" are chemicals.
COMBINING_FORM = re.compile(
    "bi|co|di|un|"
    "[Aa](?:ero|nti|uto)|[Bb]io|[Cc](?:is|yclo)|[Ee](?:lectro|ndo|xo)|[Ff]erro|[Hh](?:etero|omo|ydro|yper|ypo)|"
    "[Ii](?:nfra|nter|ntra|so)|[Mm](?:acro|agneto|eso|eta|icro|ono|ulti)|[Nn](?:ano|on)|[Oo](?:pto|rtho)|"
    "[Pp](?:ara|hoto|hysico|iezo|oly|ost|re|seudo)|[Qq]uasi|[Ss](?:emi|pectro|ub|uper|upra)|[Tt](?:ert|hermo|rans|ri)|"
    "[Uu]ltra"
)
#: "numerical", "spectroscopic": what kind of thing, and not which.
ADJECTIVE = re.compile(r"\w{3,}ic(?:al)?")
#: Types that adjectives do not name, and whose names never lack the first or last part of a word with a hyphen in it.
WHOLE_WORDS = frozenset({"Method", "Property"})
#: The part of a word before its last hyphen: "long-" of "long-term stability test".
FIRST_PART = re.compile(rf"(?<![\w.,'-])[A-Za-z]+(?:{HYPHEN}[A-Za-z]+)*{HYPHEN}\Z")
LAST_PART = re.compile(rf"{HYPHEN}[a-z]")
#: What forms are like, by the first part of the word: "needle-shaped", "one-dimensional".
LIKENESS = re.compile(r"dimensional|layered|like|shaped|sized|structured|walled")
LIKE_WHAT = re.compile(rf"(?<![\w.,'-])\w+(?:{HYPHEN}\w+)*{HYPHEN}\Z")
PIECES = (LONE_WORD, COLLECTION, COMBINING_FORM)
#: Types whose names are words of papers in general, or made of them; genes are called "for" and "bi".
WORDED = frozenset({"Application", "Chemical", "Device", "Form", "Material", "Method", "Process", "Property"})


def mend_edges(doc: Document, passage: Passage, span: Span, entity: str) -> Span | None:
    """The place of the name, in its passage, that a mention of a type is of; None if no letter or digit is in it.

    Marks that open nothing at the start and close nothing at the end go; what the name lacks comes from beside it.
    """
    text = doc.text
    if entity in WORDED:
        span = _without_joining(text, span)
    leading = LEADING_MARKS.match(text, span.start, span.end)
    start = leading.end() if leading else span.start
    end = start + len(TRAILING_MARKS.sub("", text[start : span.end]))
    if text.startswith("-", end - 1) and end < passage.span.end and text[end].isalnum():
        end -= 1  # no charge: "angiotensin-" of "angiotensin-converting"
    if not any(character.isalnum() for character in text[start:end]):
        return None
    start, end = _balanced(text, passage.span, start, end)
    if entity == "Form" and LIKENESS.fullmatch(text, start, end):
        what = LIKE_WHAT.search(text, max(passage.span.start, start - REACH), start)
        start = what.start() if what else start
    if entity in WHOLE_WORDS:
        first = FIRST_PART.search(text, max(passage.span.start, start - REACH), start)
        start = first.start() if first else start
        if LAST_PART.match(text, end, passage.span.end):
            return None
    if entity == "Quantity":
        thousands = THOUSANDS.search(text, max(passage.span.start, start - REACH), start)
        if thousands and HUNDREDS.match(text, start, end):
            start = thousands.start()
        end = _quantity_end(text, passage.span, start, end)
    if entity in JOINED:
        for whole in JOINED[entity].finditer(text, max(passage.span.start, start - REACH), passage.span.end):
            if whole.start() <= start and end <= whole.end():
                return Span(whole.start(), whole.end())
            if whole.start() > start:
                break
    if entity in NUMBERED and _takes_number(text[end - 1], entity):
        number = NUMBER.match(text, end, passage.span.end)
        end = number.end() if number else end
    formula = _formula_around(text, passage.span, Span(start, end)) if entity in FORMULA_TYPES else None
    return formula or Span(_name_start(text, max(passage.span.start, start - REACH), start, end, entity), end)


def is_no_name(name: str, entity: str) -> bool:
    """Whether what was taken for a name is a mere number, letter, label, piece of a name, or word for its kind."""
    if entity == "Quantity":
        return LONE_UNIT.fullmatch(name) is not None
    if entity in WORDED and any(part.fullmatch(name) for part in PIECES):
        return True
    if entity in WHOLE_WORDS and ADJECTIVE.fullmatch(name):
        return True
    if entity == "Form":  # "(0001)" is a face of a crystal
        return LIKENESS.fullmatch(name) is not None
    if NUMBERS.fullmatch(name) or name.casefold() in KINDS.get(entity, ()):
        return True
    if len(name) == 1:
        return entity != "Property" and not (entity in FORMULA_TYPES and name in ELEMENTS)
    return entity in LABELS and LABELS[entity].fullmatch(name) is not None


def is_reference(text: str, span: Span) -> bool:
    """Whether what was taken for a name is the number of a table, figure or file of the paper.

    One behind others begins with the letters that they begin with: "Fig. 3, C3" tells of a protein.

    >>> is_reference("see Tables S1 and S2", Span(18, 20)), is_reference("in Fig. 3, C3", Span(11, 13))
    (True, False)
    """
    number = REFERENCE.fullmatch(text, span.start, span.end)
    if number is None:
        return False
    others = rf"(?:{number[1]}\d{{1,2}}[A-Za-z]?{REFERENCES_JOINT})*\Z"
    return re.search(REFERRING + others, text[max(0, span.start - 2 * REACH) : span.start]) is not None


def _quantity_end(text: str, passage: Span, start: int, end: int) -> int:
    """Where a quantity ends: behind its decimals, a bare number's unit, and what that is raised to or divided by."""
    if text[end - 1] == "^":
        end -= 1
    if FIRST_DIGITS.fullmatch(text, start, end) and (hundreds := GROUPS.match(text, end, passage.end)):
        end = hundreds.end()
    if text[end - 1].isdigit() and (fraction := FRACTION.match(text, end, passage.end)):
        end = fraction.end()
    if text[start:end].replace(",", "").replace(".", "", 1).isdigit() and (unit := UNIT.match(text, end, passage.end)):
        end = unit.end()
    for pattern in (POWERS, FACTORS, PER, POWERS):
        if text[end - 1].isalnum() and (more := pattern.match(text, end, passage.end)):
            end = more.end()
    return end


def _without_joining(text: str, span: Span) -> Span:
    """The place without the words that join a name to others: "methyl, and", "the gap of"; not of such words alone."""
    leading = LEADING_WORDS.match(text, span.start, span.end)
    first = leading.end() if leading else span.start
    return Span(first, first + len(TRAILING_WORDS.sub("", text[first : span.end])))


def _balanced(text: str, passage: Span, start: int, end: int) -> tuple[int, int]:
    """The place without half a pair of brackets: "H(3" takes in the other, "name (ABBR" and "ABBR) name" lose theirs.

    Both halves are of the name if no blank stands before the first, or after the second.
    """
    opened: list[int] = []
    for place in range(start, end):
        if text[place] in OPENING:
            opened.append(place)
        elif text[place] in CLOSING and opened:
            opened.pop()
        elif text[place] in CLOSING:
            if (
                place + 1 < end
                and not text[place + 1].isspace()
                and start > passage.start
                and text[start - 1] in OPENING
            ):
                return start - 1, end
            rest = place + 1 + len(text[place + 1 : end]) - len(text[place + 1 : end].lstrip(BESIDE))
            return (rest, end) if rest < end else (start, place)
    if not opened:
        return start, end
    if end < passage.end and text[end] in CLOSING and not text[opened[0] - 1].isspace():
        return start, end + 1
    name = text[start : opened[0]].rstrip(BESIDE)
    if not name and len(opened) == 1:
        return end - len(text[start + 1 : end].lstrip(BESIDE)), end
    return (start, start + len(name)) if name else (start, end)


def _formula_around(text: str, passage: Span, span: Span) -> Span | None:
    """The formula that a mention is a piece of: "Zn1-xMgxO" for "Zn1"; without the bracket or full stop around it."""
    start, end = span.start, span.end
    while start > passage.start and _is_of_formula(text[start - 1]):
        start -= 1
    while end < passage.end and _is_of_formula(text[end]):
        end += 1
    while end > span.end and not (text[end - 1].isalnum() or text[end - 1] in ")]}"):
        end -= 1
    whole, inner = Span(start, end), (start + 1, end - 1)
    if text[start] in OPENING and text[end - 1] in CLOSING and _balanced(text, whole, *inner) == inner:
        whole = Span(*inner)  # "(NaCl)" is NaCl in brackets, "(NH4)3[Fe(CN)6]" is not
    is_formula = span.within(whole) and span != whole and normalise_formula(text[whole.start : whole.end])
    return whole if is_formula else None


def _is_of_formula(character: str) -> bool:
    return character.isalnum() or character in FORMULA_MARKS


def _takes_number(last: str, entity: str) -> bool:
    # "FOXP3-924" is a gene and a place in it, "thallium-201" a chemical and its isotope
    if entity == "Gene":
        return last.isalpha()
    return entity != "Chemical" or not last.islower()


def _name_start(text: str, low: int, start: int, end: int, entity: str) -> int:
    if entity == "Quantity" and text[start].isdigit() and (whole := WHOLE_PART.search(text, low, start)):
        return whole.start()
    if text[start] == "-" or (entity in NUMBERED and text[start:end].isdigit()):
        run = RUN.search(text, low, start)
        return run.start() if run else start
    if entity in LOCATED:
        for locants in LOCANTS.finditer(text, low, min(start + REACH, end)):
            if locants.start() < start <= locants.end():
                return locants.start()
    return start
