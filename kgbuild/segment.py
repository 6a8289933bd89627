"""Passages of a document: titles, headings, sentences, captions, table rows, footnotes.

Sentences are found by rules for scientific English: a full stop ends one unless what stands before it (an abbreviation,
an initial, a genus) or after it (a lower-case word) says otherwise. In doubt it does not end: two sentences in one
passage cost less than a mention or a relation cut in two.
"""

import re
from collections.abc import Iterator

import msgspec

from kgbuild.document import Document, Passage, Span

__all__ = ["SEGMENTER_VERSION", "segment", "sentence_spans"]

#: changes whenever the same text may give other passages
SEGMENTER_VERSION = "1"

#: block kind -> kind of its sentences; titles and headings stay whole, tables go by rows
SENTENCE_KINDS = {"abstract": "sentence", "paragraph": "sentence", "caption": "caption", "footnote": "footnote"}


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: abbreviations after which the sentence goes on
NEVER_LAST = _words(
    "Fig Figs fig figs FIG FIGS Eq Eqs eq eqs Ref Refs ref refs Tab Tabs Sec Sect Secs Suppl suppl Supp Vol vol Ch "
    "Chap No Nos nos Dr Drs Prof Mr Mrs Ms St Mt Dept Univ Ed Eds eds e.g i.e eg ie cf viz vs ca approx aka a.k.a incl "
    "excl resp Phys Rev Lett Rep Chem Soc Biol Mater Sci Natl Acad Proc Appl Int Eur Am Nat Biochem Pharm Clin Med Res "
    "Ann pp Expt Exp expt c.f w.r.t s.str s.l auct syn cv subsp ssp var f.sp Extended-data"
)
#: abbreviations that end a sentence only before a word that often opens one
SELDOM_LAST = _words("al sp spp nov etc Inc Ltd Co Corp Jr no seq comb gen conc temp avg std")
#: abbreviations that go on with a number
BEFORE_NUMBERS = _words(
    "Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec no ver vers rev art lot cat Cat Lot pat Pat min max wt"
)
#: words that open sentences and seldom follow an abbreviation as a name
OPENERS = _words(
    "A After All Also Although Among An And Another Any As At Because Before Besides Both But By Compared Consequently "
    "Conversely Data Despite Due During Each Either Even Every Finally First Following For From Further Furthermore "
    "Given Hence Here However If Importantly In Indeed Instead Interestingly It Its Later Like Many Moreover Most "
    "Nevertheless Next No None Nonetheless Not Notably Note Now Of On Once One Only Other Others Our Overall "
    "Previously Recent Recently Second Secondly See Several Similar Similarly Since So Some Such Surprisingly Taken "
    "That The Their Then There Therefore These They Third This Those Though Three Through Thus To Together Two Under "
    "Unlike Until Upon Using We What When Where Whereas Whether Which While With Within Without Yet"
)
#: nouns whose single capital is a name, not an initial: "vitamin D. Patients"
LETTERED = _words(
    "vitamin hepatitis influenza type types group groups class phase panel panels site domain protein factor compound "
    "sample samples cyclin coenzyme immunoglobulin stage arm cohort condition set table appendix grade line subunit "
    "variant serotype subtype genotype region point"
)

#: an end with its closing marks, a citation written after it, and the blanks before what follows
_END = re.compile(
    r"""(?<![.!?…。]) [.!?…。]++ ["'”’»)\]]*+
        (?: (?<=[a-zα-ω)\]%]\.) \d{1,3} (?:[,–-]\d{1,3})* (?=\s+[A-Z])     # "in mice.2,3 The"
          | \s+ \d{1,3} (?:[,–-]\d{1,2}\b)+ (?=\s+[A-Z])                     # "in mice. 2,3 The", from flattened text
          | \s? \[ \d{1,3} (?:[,–\-\s]+\d{1,3})* \] )?                     # "in mice.[12] The"
        (?P<blank> \s+ ) (?=\S)""",
    re.VERBOSE,
)
#: lower-case words that open sentences: p53, mTOR, siRNA, pH, c-Myc, n-type, hsp90, α-synuclein
_NAME = re.compile(r"[a-z]{1,4}(?:[A-Z]|-?\d)|[a-z]-\w|[α-ω](?:-|\d|[A-Z])")
_WORD = re.compile(r"[A-Za-z]+")
_DOTTED = re.compile(r"(?:[A-Za-z]{1,2}\.)+[A-Za-z]{1,2}")
#: "36" of "36. 7 years", but no year
_BROKEN_DECIMAL = re.compile(r"(?<!\d)\d{1,3}$")
_LIST_NUMBER = re.compile(r"[(]?(?:\d{1,2}(?:\.\d{1,2})*|[ivx]{1,4}|[A-Za-z])")
#: "Figure 3." before the words of a caption
_LABEL = re.compile(
    r"(?:(?:Supplementary|Supplemental|Supporting|Extended Data|Additional) )?"
    r"(?:Fig(?:ure|\.)?|FIG(?:URE|\.)?|Tab(?:le|\.)|TABLE|Scheme|Box|Chart|Plate|Movie|Video|File|Appendix|Algorithm|Step)"
    r"\s*[A-Z]?\d{0,3}[A-Za-z]?"
)
_GOES_ON = frozenset(",;:)]}%=<>≤≥+/±×·")
_OPENING = "([{\"'“‘«-–—/~∼"


def segment(document: Document) -> Document:
    """The document with passages that cover every character of its text but blanks and references, in its order.

    A caption, footnote or row keeps its table's number. Text outside every block is taken for a paragraph.
    """
    passages = [passage for block in _all_blocks(document) for passage in _passages(document.text, block)]
    return msgspec.structs.replace(document, passages=tuple(passages))


def sentence_spans(text: str, start: int = 0, end: int | None = None) -> Iterator[Span]:
    """Spans of the sentences of text[start:end], without outer blanks; none where there are only blanks.

    >>> text = "E. coli grew (Fig. 3a). p53 fell by 5.2 eV, e.g. in mice.2 The rest, i.e. J. K. Smith's, did not."
    >>> [text[span.start : span.end] for span in sentence_spans(text)]  # doctest: +NORMALIZE_WHITESPACE
    ['E. coli grew (Fig. 3a).', 'p53 fell by 5.2 eV, e.g. in mice.2', "The rest, i.e. J. K. Smith's, did not."]
    """
    start, end = _trim(text, start, len(text) if end is None else end)
    if start == end:
        return
    for match in _END.finditer(text, start, end):
        if _ends_sentence(text, start, match):
            yield Span(start, match.start("blank"))
            start = match.end()
    yield Span(start, end)


def _all_blocks(document: Document) -> Iterator[Passage]:
    reached = 0
    for block in sorted(document.blocks, key=lambda block: block.span):
        yield from _paragraphs(document.text, reached, block.span.start)
        yield block
        reached = max(reached, block.span.end)
    yield from _paragraphs(document.text, reached, len(document.text))


def _paragraphs(text: str, start: int, end: int) -> Iterator[Passage]:
    for line in _lines(text, start, end):
        yield Passage(line, "paragraph")


def _passages(text: str, block: Passage) -> Iterator[Passage]:
    if block.kind == "reference":  # the title of another paper must not become evidence of this one
        return
    if block.kind == "table":
        spans, kind = _lines(text, block.span.start, block.span.end), "row"
    elif block.kind in SENTENCE_KINDS:
        spans, kind = sentence_spans(text, block.span.start, block.span.end), SENTENCE_KINDS[block.kind]
    else:
        start, end = _trim(text, block.span.start, block.span.end)
        spans, kind = iter([Span(start, end)] if start < end else []), block.kind
    for span in spans:
        yield Passage(span, kind, block.section, block.table)


def _lines(text: str, start: int, end: int) -> Iterator[Span]:
    while start < end:
        stop = text.find("\n", start, end)
        stop = end if stop < 0 else stop
        first, last = _trim(text, start, stop)
        if first < last:
            yield Span(first, last)
        start = stop + 1


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end


def _ends_sentence(text: str, start: int, match: re.Match[str]) -> bool:
    """Whether the sentence that begins at `start` ends at this match."""
    follower = text[match.end()]
    if follower in _GOES_ON or (follower.islower() and not _NAME.match(text, match.end())):
        return False
    stop = match.start()
    if text[stop] != ".":
        return True
    if text.startswith("..", stop):
        return follower.isupper()
    before = text[max(start, stop - 40) : stop]
    words = before.rsplit(None, 1)
    word = words[-1].lstrip(_OPENING) if words and not before[-1].isspace() else ""
    if not word:
        return True
    if len(word) <= 6 and stop - len(word) <= start + 1 and _LIST_NUMBER.fullmatch(word):
        return False
    if stop - start < 40 and _LABEL.fullmatch(text, start, stop):
        return False
    if word in NEVER_LAST or (follower.isdigit() and (word in BEFORE_NUMBERS or _BROKEN_DECIMAL.search(word))):
        return False
    if len(word) == 1 and word.isalpha():
        return _letter_ends(text, words[0] if len(words) > 1 else "", match)
    if word in SELDOM_LAST or _DOTTED.fullmatch(word):
        return _opens(text, match.end())
    return True


def _letter_ends(text: str, before: str, match: re.Match[str]) -> bool:
    """Whether a full stop after one letter ends a sentence: after a unit or a lettered noun, not after an initial."""
    follower = text[match.end()]
    if before[-1:].isdigit():
        return follower.isupper()
    if before.rpartition(" ")[2].lower() in LETTERED:
        return follower.isupper()
    return _opens(text, match.end()) and not text.startswith("A. ", match.end())


def _opens(text: str, place: int) -> bool:
    word = _WORD.match(text, place)
    return word is not None and word[0] in OPENERS
