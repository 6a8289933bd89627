"""XML records out of a stream: one element at a time, safe against hostile files, mended where they are broken.

The text is cut at the records' own tags, so that memory stays flat, a broken record harms no other, and no DOCTYPE ever
reaches the parser: nothing is fetched from disk or network, and entities are expanded within bounds or not at all.
"""

import codecs
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any, BinaryIO, NamedTuple

from lxml import etree

from kgbuild.document import Document, Failure
from kgbuild.errors import KgbuildError, ReadError
from kgbuild.read.mend import Entities, mend, read_entities

__all__ = [
    "CP1252_FALLBACK",
    "Element",
    "XmlRecord",
    "encoding_of",
    "head_text",
    "is_xml_of",
    "iter_records",
    "read_documents",
    "root_tag",
]

#: an lxml element; lxml ships no types
Element = Any

#: small, since what is left of a chunk moves after every record
CHUNK_BYTES = 128 * 1024
#: what an end tag and the like may measure, to find one that two chunks share
LONGEST_TAG = 200
#: characters of one record; a longer one is no paper
LARGEST_RECORD = 256 * 1024 * 1024

BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\x00?\x00", "utf-16-le"),
    (b"\x00<\x00?", "utf-16-be"),
)
#: prefixes that papers use, often declared on a root that is not part of the record
PREFIXES = {
    "xlink": "http://www.w3.org/1999/xlink",
    "mml": "http://www.w3.org/1998/Math/MathML",
    "m": "http://www.w3.org/1998/Math/MathML",
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "ali": "http://www.niso.org/schemas/ali/1.0/",
    "oasis": "http://docs.oasis-open.org/ns/oasis-exchange/table",
}

CP1252_FALLBACK = "kgbuild.cp1252"
RECODED = "bytes outside the declared encoding read as Windows-1252"

_ENCODING = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([\w.:-]+)[\"']")
_PREFIX = re.compile(r"xmlns:([\w.-]+)\s*=\s*[\"']([^\"'<&]*)[\"']")
_ROOT = re.compile(r"<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)")
_NO_CONTENT = re.compile(r"<\?.*?\?>|<!--.*?-->|<!DOCTYPE(?:[^\[>\"']|\"[^\"]*\"|'[^']*')*(?:\[.*?\]\s*)?>", re.DOTALL)


class XmlRecord(NamedTuple):
    """One element with the line on which it begins and what was mended in it, in words."""

    element: Element
    line: int
    repairs: tuple[str, ...]


def head_text(head: bytes) -> str:
    """The first bytes of a file as text, for `sniff`; what cannot be decoded is replaced.

    >>> head_text('<a>é</a>'.encode("utf-16"))
    '<a>é</a>'
    """
    return head.decode(encoding_of(head), errors="replace").lstrip("\ufeff \t\r\n")


def root_tag(head: bytes) -> str:
    """The local name of the first element, "" when the file does not look like XML.

    >>> root_tag(b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><!-- c --><jats:article id="1">')
    'article'
    """
    text = head_text(head)
    if not text.startswith("<"):
        return ""
    match = _ROOT.match(_NO_CONTENT.sub("", text).lstrip())
    return match[1] if match else ""


def is_xml_of(head: bytes, roots: Collection[str], signs: Collection[str]) -> bool:
    """Whether a file is XML with one of these roots, or with one of these signs of its records inside another root."""
    if root_tag(head) in roots:
        return True
    text = head_text(head)
    return text.startswith("<") and any(sign in text for sign in signs)


def read_documents(
    stream: BinaryIO, name: str, tags: Collection[str], read: Callable[[Element], Iterable[Document | Failure]]
) -> Iterator[Document | Failure]:
    """What `read` makes of each record with one of these tags, with a Failure for every one that it cannot read.

    A mended record gives a Failure beside its documents that says what was mended. Raises ReadError when the file holds
    no such record at all.
    """
    n_records = 0
    for record in iter_records(stream, name, tags):
        n_records += 1
        if isinstance(record, Failure):
            yield record
            continue
        where = f"{name}:{record.line}"
        try:
            items = list(read(record.element))
        except KgbuildError as error:
            items = [Failure(name, "read", f"{where}: {error}")]
        except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError) as error:
            tag = record.element.tag
            items = [
                Failure(name, "read", f"{where}: <{tag}> has an unexpected shape ({type(error).__name__}: {error})")
            ]
        documents = [item.id for item in items if isinstance(item, Document)]
        if record.repairs and documents:
            reason = f"{where}: read after repair: {', '.join(record.repairs)}; check it or fetch the file again"
            yield Failure(name, "read", reason, document=documents[0])
        yield from items
    if not n_records:
        expected = " or ".join(f"<{tag}>" for tag in tags)
        raise ReadError(f"{name}: expected {expected}, found none; the file may be cut off or of another format")


def iter_records(stream: BinaryIO, name: str, tags: Collection[str]) -> Iterator[XmlRecord | Failure]:
    """The elements with one of these local names, in order, namespaces dropped.

    An element that even mending does not save gives a Failure. Comments and processing instructions are left out.
    """
    window = _Window(stream)
    begin = re.compile(rf"<(?:[\w.-]+:)?({'|'.join(tags)})(?=[\s>/])")
    start = window.find(begin)
    prolog = "" if start is None else window.text[: start.start()]
    entities = read_entities(prolog)
    while start is not None:
        window.drop(start.start())
        end = _end_of_record(window, start[1])
        text, line = window.text[:end], window.line
        try:
            yield _parse_record(text, line, prolog, entities, (RECODED,) * window.is_recoded)
        except (KgbuildError, etree.XMLSyntaxError) as error:
            yield Failure(name, "read", f"{name}:{line}: {error}")
        window.drop(len(text))
        start = window.find(begin)


def _end_of_record(window: "_Window", tag: str) -> int:
    """Where the record at the window's start ends: its end tag, else the next record, else the end of the file."""
    opened = window.find(re.compile(">"))
    if opened is None:
        return len(window.text)
    if window.text[opened.start() - 1] == "/":
        return int(opened.end())
    found = window.find(re.compile(rf"</(?:[\w.-]+:)?{tag}\s*>|<(?:[\w.-]+:)?{tag}(?=[\s>/])"), opened.end())
    if found is None:
        return len(window.text)
    return int(found.end() if found[0].startswith("</") else found.start())


def _parse_record(text: str, line: int, prolog: str, entities: Entities, notes: tuple[str, ...]) -> XmlRecord:
    wrapper = _wrapper(prolog)
    try:
        element = etree.fromstring(f"{wrapper}{text}</records>".encode(), _parser(recover=False))[0]
    except (etree.XMLSyntaxError, UnicodeEncodeError):
        mended, repairs = mend(text, entities)
        parser = _parser(recover=True)
        root = etree.fromstring(f"{_wrapper(prolog + mended)}{mended}</records>".encode(), parser)
        if root is None or not len(root):
            raise ReadError("the element is too damaged to be mended") from None
        element = root[0]
        notes = (*notes, *repairs, *sorted({error.message for error in parser.error_log}))
    for node in element.iter(etree.Element):
        if "}" in node.tag:
            node.tag = node.tag.rpartition("}")[2]
    return XmlRecord(element, line, notes)


def _parser(*, recover: bool) -> Any:
    return etree.XMLParser(
        recover=recover,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )


def _wrapper(text: str) -> str:
    """A start tag that declares the prefixes declared in this text, for records whose root is not part of them."""
    declared = {**PREFIXES, **dict(_PREFIX.findall(text))}
    return "<records" + "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in declared.items() if uri) + ">"


class _Window:
    """The decoded text of a stream from a moving point on, with the number of the line on which it begins."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._decoder: codecs.IncrementalDecoder | None = None
        self._is_over = False
        self.text = ""
        self.line = 1
        self.is_recoded = False
        """Whether bytes that do not fit the declared encoding were read as Windows-1252 instead."""

    def find(self, pattern: re.Pattern[str], start: int = 0) -> re.Match[str] | None:
        """The first match from `start` on, reading as far as needed."""
        searched = start
        while (match := pattern.search(self.text, searched)) is None or match.end() == len(self.text):
            if not self._read_more():
                return match
            searched = max(start, searched, len(self.text) - CHUNK_BYTES - LONGEST_TAG)
        return match

    def drop(self, n_characters: int) -> None:
        self.line += self.text.count("\n", 0, n_characters)
        self.text = self.text[n_characters:]

    def _read_more(self) -> bool:
        if self._is_over:
            return False
        if len(self.text) > LARGEST_RECORD:
            raise ReadError(
                f"line {self.line}: an element of more than {LARGEST_RECORD} characters; no paper is so long"
            )
        chunk = self._stream.read(CHUNK_BYTES)
        self._is_over = not chunk
        self.text += self._decode(chunk)
        return True

    def _decode(self, chunk: bytes) -> str:
        if self._decoder is None:
            self._decoder = codecs.getincrementaldecoder(encoding_of(chunk))()
        state = self._decoder.getstate()
        try:
            return self._decoder.decode(chunk, final=self._is_over)
        except UnicodeDecodeError:
            self.is_recoded = True
        self._decoder.setstate(state)
        self._decoder.errors = CP1252_FALLBACK
        try:
            return self._decoder.decode(chunk, final=self._is_over)
        finally:
            self._decoder.errors = "strict"


def encoding_of(head: bytes) -> str:
    """The encoding by byte order mark, else as declared, else UTF-8; a declared one that does not exist is ignored."""
    for mark, encoding in BOMS:
        if head.startswith(mark):
            return encoding
    match = _ENCODING.match(head.lstrip())
    try:
        declared = codecs.lookup(match[1].decode("ascii")).name if match else "utf-8"
    except LookupError:
        return "utf-8"
    # a declaration that can be read byte by byte is not UTF-16, whatever it says; "ISO-8859-1" means Windows-1252
    if declared.startswith(("utf-16", "utf-32")):
        return "utf-8"
    return "cp1252" if declared in ("iso8859-1", "ascii") and not _is_utf8(head) else declared


def _is_utf8(head: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return True


def _decode_as_cp1252(error: UnicodeError) -> tuple[str, int]:
    """Error handler: the undecodable bytes as Windows-1252, those that even it lacks as U+FFFD."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", errors="replace"), error.end


codecs.register_error(CP1252_FALLBACK, _decode_as_cp1252)
