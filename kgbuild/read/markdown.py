"""Markdown, with what scientists add to it: front matter, citations ([@doi:..]), pipe tables, sub- and superscripts.

Headings make sections, code and comments are left out, links and marks give way to their words.
"""

import html
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

import yaml

from kgbuild.document import BlockKind, Document, Failure, Metadata
from kgbuild.errors import ReadError
from kgbuild.read.decode import decode_text, is_textual
from kgbuild.read.layout import CellSpec, TextBuilder

__all__ = ["plain_words", "read", "sniff"]

ENDINGS = (".md", ".markdown", ".mdown", ".qmd", ".rmd")

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_LEFT_OUT = re.compile(r"<!--.*?-->|^(```+|~~~+).*?(?:^\1[^\n]*$|\Z)|^\[[^\]\n]+\]:[^\n]*$", re.DOTALL | re.MULTILINE)
_HEADING = re.compile(r"(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*(?:\{[^{}]*\})?")
_UNDERLINE = re.compile(r"(=+|-{2,})[ \t]*")
_ITEM = re.compile(r"[ \t]*(?:[-*+]|\d{1,3}[.)])[ \t]+")
_TABLE_RULE = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-*:?[ \t]*)*")
_BAR = re.compile(r"(?<!\\)\|")
_CAPTION = re.compile(r"(?:Table)?:[ \t]+(.+)")
_LOOKS_LIKE = re.compile(r"\A(?:---\n(?:.*\n)*?\w+:|#{1,3} \S)|\n#{1,4} \S.*\n")

#: what to find -> what stands for it, in this order
WORDS = (
    (re.compile(r"!\[([^\]]*)\]\([^()\s]*(?:\([^()]*\))?[^()]*\)(?:\{[^{}]*\})?"), r"\1"),
    (re.compile(r"\s*\[[^\[\]]*(?<![\w.])-?@[A-Za-z][^\[\]]*\]"), ""),
    (re.compile(r"\s*\[\^[^\]]+\]"), ""),
    (re.compile(r"\[([^\[\]]*)\]\([^()\s]*(?:\([^()]*\))?[^()]*\)"), r"\1"),
    (re.compile(r"\[([^\[\]]+)\]\[[^\[\]]*\]"), r"\1"),
    (re.compile(r"<((?:https?|mailto):[^<>\s]+)>"), r"\1"),
    (re.compile(r"</?[A-Za-z][^<>]*>"), ""),
    (re.compile(r"`+([^`]+)`+(?:\{[^{}]*\})?"), r"\1"),
    (re.compile(r"\$\$?([^$\n]+)\$\$?"), r"\1"),
    (re.compile(r"(\*\*\*|\*\*|\*)(?=\S)(.+?)(?<=\S)\1"), r"\2"),
    (re.compile(r"(?<!\w)(__|_)(?=\S)(.+?)(?<=\S)\1(?!\w)"), r"\2"),
    (re.compile(r"(?<=\w)~([^~\s]{1,12})~"), r"\1"),
    (re.compile(r"\^([^\^\s]{1,12})\^"), r"^\1"),
    (re.compile(r"(?<=\w)---(?=\w)"), "—"),
    (re.compile(r"\\([\\`*_{}\[\]()#+\-.!|~^<>$])"), r"\1"),
)


def sniff(head: bytes, name: str) -> bool:
    """Whether it is text named as Markdown, or with front matter or a "#" heading."""
    if not is_textual(head):
        return False
    return name.lower().endswith(ENDINGS) or _LOOKS_LIKE.search(decode_text(head)[0]) is not None


def read(stream: BinaryIO, name: str) -> Iterator[Document | Failure]:
    """The file as one document; what had to be mended is a failure."""
    text, notes = decode_text(stream.read())
    front, text, problem = _front_matter(text)
    for note in [*notes, *problem]:
        yield Failure(name, "read", f"{name}: {note}")
    writer = _Writer(str(front.get("title") or ""))
    for block in re.split(r"\n[ \t]*\n", _LEFT_OUT.sub("\n\n", text)):
        writer.add_block(block)
    if not writer.builder.text:
        raise ReadError(f"{name}: expected text, found none beside code and front matter")
    year = re.search(r"\b(?:19|20)\d\d\b", str(front.get("date") or ""))
    metadata = Metadata(year=int(year[0]) if year else None, doi=str(front.get("doi") or ""))
    yield writer.builder.build(title=writer.title, metadata=metadata)


def plain_words(text: str) -> str:
    """The words of inline Markdown.

    >>> plain_words("**TiO~2~** at 10^-3^ S/cm [@doi:10.1/x; @b], see [this *one*](http://x.y)")
    'TiO2 at 10^-3 S/cm, see this one'
    """
    for pattern, words in WORDS:
        text = pattern.sub(words, text)
    return html.unescape(text)


def _front_matter(text: str) -> tuple[dict[str, Any], str, list[str]]:
    match = _FRONT_MATTER.match(text)
    if match is None:
        return {}, text, []
    try:
        found = yaml.safe_load(match[1])
    except (yaml.YAMLError, ValueError) as error:
        return {}, text[match.end() :], [f"front matter is not YAML: {' '.join(str(error).split())}; left out"]
    return (found if isinstance(found, dict) else {}), text[match.end() :], []


class _Writer:
    """The document while blocks are added, with the headings above the place reached."""

    def __init__(self, title: str) -> None:
        self.builder = TextBuilder()
        self.title = plain_words(title)
        self._path: list[tuple[int, str]] = []
        self.builder.add("title", self.title)

    @property
    def _section(self) -> str:
        return " > ".join(heading for _, heading in self._path)

    def add_block(self, block: str) -> None:
        lines = [line for line in block.split("\n") if line.strip()]
        while lines:
            lines = self._take(lines)

    def _take(self, lines: list[str]) -> list[str]:
        """Adds what the first lines make; the lines that are left."""
        heading = _HEADING.fullmatch(lines[0])
        if heading is not None:
            self._add_heading(len(heading[1]), heading[2])
            return lines[1:]
        if len(lines) > 1 and _UNDERLINE.fullmatch(lines[1]) and "|" not in lines[0]:
            self._add_heading(1 if lines[1].startswith("=") else 2, lines[0])
            return lines[2:]
        if len(lines) > 1 and "|" in lines[0] and _TABLE_RULE.fullmatch(lines[1]):
            return self._add_table(lines)
        if _UNDERLINE.fullmatch(lines[0]):
            return lines[1:]
        end = next(
            (n for n, line in enumerate(lines) if n and (_ITEM.match(line) or _HEADING.fullmatch(line))), len(lines)
        )
        self._add_paragraph(lines[:end])
        return lines[end:]

    def _add_heading(self, level: int, text: str) -> None:
        words = plain_words(text)
        if not self.title and not self.builder.text:
            self.title = words
            self.builder.add("title", words)
            return
        self._path = [*[item for item in self._path if item[0] < level], (level, words)]
        self.builder.add("heading", words, self._section)

    def _add_table(self, lines: list[str]) -> list[str]:
        end = next((n for n, line in enumerate(lines) if "|" not in line and n > 1), len(lines))
        rows = [_cells(line, is_header=not n) for n, line in enumerate(lines[:end]) if n != 1]
        table = self.builder.new_table()
        caption = _CAPTION.fullmatch(" ".join(lines[end:])) if end < len(lines) else None
        if caption is not None:
            self.builder.add("caption", plain_words(caption[1]), self._section, table=table)
        self.builder.add_table(rows, self._section, table=table, header_rows=1)
        return [] if caption is not None else lines[end:]

    def _add_paragraph(self, lines: list[str]) -> None:
        text = " ".join(re.sub(r"^[ \t]*>[ \t]?", "", line) for line in lines)
        item = _ITEM.match(text)
        text = text[item.end() :] if item else text
        kind: BlockKind = "abstract" if self._section.lower() in {"abstract", "summary"} else "paragraph"
        if text.lstrip().startswith("!["):
            kind = "caption"
        self.builder.add(kind, plain_words(text), self._section)


def _cells(line: str, *, is_header: bool) -> list[CellSpec]:
    inner = line.strip()
    inner = inner.removeprefix("|")
    inner = inner[:-1] if inner.endswith("|") and not inner.endswith("\\|") else inner
    return [CellSpec(plain_words(cell), is_header=is_header) for cell in _BAR.split(inner)]
