"""Plain text: paragraphs between blank lines, broken lines joined, headings guessed by words, numbers or place."""

import re
from collections.abc import Iterator
from typing import BinaryIO

from kgbuild.document import Document, Failure
from kgbuild.errors import ReadError
from kgbuild.read.decode import decode_text, is_textual
from kgbuild.read.layout import TextBuilder

__all__ = ["join_lines", "read", "sniff"]

#: longest first paragraph that is taken for a title, and longest single line that is although it is a sentence
LONGEST_TITLE, LONGEST_SENTENCE = 300, 150

_HEADING = re.compile(
    r"(?:\d{1,2}(?:\.\d{1,2})*\.?\s+)?(?:abstract|summary|highlights|introduction|background|methods?|"
    r"(?:materials?|patients) and methods?|experimental(?: section| procedures?)?|results?(?: and discussions?)?|"
    r"discussion|conclusions?|acknowledge?ments?|funding|references|"
    r"supplementary (?:data|materials?)|keywords)\W?|"
    r"\d{1,2}(?:\.\d{1,2})+\.?\s+[A-Z][^.!?]{2,100}",
    re.IGNORECASE,
)
#: a word broken at the end of a line; "LFA-1" and "anti-inflammatory" were not
_BROKEN_WORD = re.compile(
    r"(?<=[a-z]{2})(?<!\bnon)(?<!\banti)(?<!\bself)(?<!\bwell)(?<!\bhigh)(?<!\blow)-\n\s*(?=[a-z]{2})"
)


def sniff(head: bytes, name: str) -> bool:
    """Whether it reads as text."""
    return is_textual(head)


def read(stream: BinaryIO, name: str) -> Iterator[Document | Failure]:
    """The file as one document; what had to be mended is a failure."""
    text, notes = decode_text(stream.read())
    if not text.strip():
        raise ReadError(f"{name}: expected text, found only blanks")
    for note in notes:
        yield Failure(name, "read", f"{name}: {note}")
    builder = TextBuilder()
    chunks = [chunk for chunk in re.split(r"\n[ \t\f\v]*\n", text.replace("\f", "\n\n")) if chunk.strip()]
    title = _title(chunks)
    if title:
        builder.add("title", title)
    section = ""
    for heading, body in (part for chunk in (chunks[1:] if title else chunks) for part in _parts(chunk)):
        if heading:
            section = re.sub(r"\W+$", "", heading)
            builder.add("heading", heading, section)
        builder.add("abstract" if section.lower() in {"abstract", "summary"} else "paragraph", body, section)
    yield builder.build(title=title)


def join_lines(text: str) -> str:
    r"""The lines of a paragraph as one, words broken at their ends mended.

    >>> join_lines("approxi-\nmately 5 mg of LFA-\n1")
    'approximately 5 mg of LFA-1'
    """
    joined = _BROKEN_WORD.sub("", text)
    return " ".join(re.sub(r"(?<=[A-Za-z0-9])-\n\s*(?=\w)", "-", joined).split())


def _title(chunks: list[str]) -> str:
    first = join_lines(chunks[0])
    is_line = "\n" not in chunks[0].strip() and len(first) <= LONGEST_SENTENCE
    is_title = len(first) <= LONGEST_TITLE and not first.endswith((".", ":"))
    return first if len(chunks) > 1 and (is_line or is_title) and not _HEADING.fullmatch(first) else ""


def _parts(chunk: str) -> Iterator[tuple[str, str]]:
    """The headings of a chunk, "" before the first, each with the text below it."""
    lines = [line.strip() for line in chunk.split("\n") if line.strip()]
    widest = max(map(len, lines), default=0)
    heading, body = "", list[str]()
    for number, line in enumerate(lines):
        before, after = lines[number - 1] if number else "", lines[number + 1] if number + 1 < len(lines) else ""
        if _HEADING.fullmatch(line) or (len(lines) > 1 and _looks_like_heading(line, before, after, widest)):
            yield heading, join_lines("\n".join(body))
            heading, body = line, []
        else:
            body.append(line)
    yield heading, join_lines("\n".join(body))


def _looks_like_heading(line: str, before: str, after: str, widest: int) -> bool:
    """Whether a short line without a full stop stands between a sentence's end and a sentence's beginning."""
    is_short = 3 < len(line) < min(80, widest * 0.6) and len(line.split()) <= 10
    is_between = (not before or before[-1] in ".?!") and after[:1].isupper()
    return is_short and is_between and line[0].isupper() and line[-1].isalnum()
