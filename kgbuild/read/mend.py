"""Broken XML text made well-formed, with a note of every kind of repair.

Entities that the file declares or that HTML names become their characters, bare ampersands and less-than signs are
escaped, characters that XML forbids are dropped, and tags are balanced: an element left open is closed with its parent.
"""

import re
from collections import Counter
from collections.abc import Mapping
from html.entities import html5

from kgbuild.errors import ReadError

__all__ = ["Entities", "mend", "read_entities"]

#: characters that all entities of one record together may expand to, and how deep they may refer to one another
LARGEST_EXPANSION = 1024 * 1024
DEEPEST_EXPANSION = 16

#: declared name -> replacement text; None for one that lies outside the file, which is never fetched
Entities = Mapping[str, str | None]

XML_OWN = frozenset({"amp", "lt", "gt", "quot", "apos"})

_DECLARATION = re.compile(
    r"<!ENTITY\s+(?P<parameter>%\s+)?(?P<name>[\w:.-]+)\s+"
    r"(?:(?P<external>SYSTEM|PUBLIC)\b|(?P<quote>[\"'])(?P<value>.*?)(?P=quote))",
    re.DOTALL,
)
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_TOKEN = re.compile(
    r"(?P<skip><!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z))"
    r"|<(?P<close>/?)(?P<tag>[A-Za-z_][\w:.-]*)(?P<attributes>(?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*?)(?P<empty>/?)>"
    r"|&(?P<entity>#?[\w:.-]+);"
    r"|(?P<bare>[<&])",
    re.DOTALL,
)
#: an attribute that may stand in a mended tag
_ATTRIBUTE = re.compile(r"[A-Za-z_][\w:.-]*\s*=\s*(?:\"[^\"<]*\"|'[^'<]*')")


def read_entities(prolog: str) -> dict[str, str | None]:
    """The general entities that a DOCTYPE declares inside the file.

    >>> read_entities('<!DOCTYPE a [ <!ENTITY ohm "&#x3A9;"> <!ENTITY other SYSTEM "file:///x"> ]>')
    {'ohm': '&#x3A9;', 'other': None}
    """
    found: dict[str, str | None] = {}
    for match in _DECLARATION.finditer(prolog):
        if not match["parameter"]:
            found.setdefault(match["name"], None if match["external"] else match["value"])
    return found


def mend(text: str, entities: Entities) -> tuple[str, list[str]]:
    """The text of one element, well-formed, and what was done to it, in words ("3 bare & or < escaped").

    Declared entities are expanded without a note, since they are no fault. ReadError when they expand absurdly.

    >>> mend("<p><i>A & B &alpha;</p>", {})
    ('<p><i>A &amp; B α</i></p>', ['1 bare & or < escaped', '1 undeclared entities replaced', '1 elements closed'])
    """
    return _Mender(entities).run(text)


class _Mender:
    def __init__(self, entities: Entities) -> None:
        self._entities = entities
        self._left = LARGEST_EXPANSION
        self._notes: Counter[str] = Counter()
        self._open: list[str] = []

    def run(self, text: str) -> tuple[str, list[str]]:
        text, n_forbidden = _FORBIDDEN.subn("", text)
        self._notes["forbidden characters dropped"] += n_forbidden
        mended = self._scan(self._cut_torn_tag(text), depth=0)
        rest = "".join(f"</{tag}>" for tag in reversed(self._open))
        self._notes["elements closed"] += len(self._open)
        return mended + rest, [f"{count} {note}" for note, count in self._notes.items() if count]

    def _cut_torn_tag(self, text: str) -> str:
        """The text without a tag that its end cuts through."""
        start = text.rfind("<")
        if start >= 0 and ">" not in text[start:] and re.match(r"</?[A-Za-z]|<\Z|</\Z", text[start:]):
            self._notes["torn tags dropped"] += 1
            return text[:start]
        return text

    def _scan(self, text: str, depth: int) -> str:
        parts: list[str] = []
        at = 0
        for match in _TOKEN.finditer(text):
            parts += (text[at : match.start()], self._token(match, depth))
            at = match.end()
        parts.append(text[at:])
        return "".join(parts)

    def _token(self, match: re.Match[str], depth: int) -> str:
        if match["skip"]:
            return match[0] if match[0].startswith("<![CDATA[") and match[0].endswith("]]>") else ""
        if match["tag"]:
            return self._tag(match)
        if match["entity"]:
            return self._entity(match["entity"], depth)
        self._notes["bare & or < escaped"] += 1
        return "&lt;" if match["bare"] == "<" else "&amp;"

    def _tag(self, match: re.Match[str]) -> str:
        tag = match["tag"]
        if match["close"]:
            return self._close(tag)
        attributes = "".join(f" {attribute}" for attribute in _unique_attributes(match["attributes"]))
        attributes = re.sub(r"&(\w[\w.-]*);", self._attribute_entity, attributes)
        attributes = re.sub(r"&(?!#?\w+;)", "&amp;", attributes)
        if match["empty"]:
            return f"<{tag}{attributes}/>"
        self._open.append(tag)
        return f"<{tag}{attributes}>"

    def _close(self, tag: str) -> str:
        if tag not in self._open:
            self._notes["stray end tags dropped"] += 1
            return ""
        closed: list[str] = []
        while not closed or closed[-1] != tag:
            closed.append(self._open.pop())
        self._notes["elements closed"] += len(closed) - 1
        return "".join(f"</{each}>" for each in closed)

    def _attribute_entity(self, match: re.Match[str]) -> str:
        name = match[1]
        return match[0] if name in XML_OWN else html5.get(name + ";", "").translate({60: None, 38: None, 34: None})

    def _entity(self, name: str, depth: int) -> str:
        if name in XML_OWN:
            return f"&{name};"
        if name.startswith("#"):
            return self._character(name)
        if name in self._entities:
            return self._expand(name, depth)
        self._notes["undeclared entities replaced"] += 1
        return _escaped(html5.get(name + ";", f"&{name};"))

    def _expand(self, name: str, depth: int) -> str:
        value = self._entities[name]
        if value is None:
            self._notes[f"external entity &{name}; not fetched"] += 1
            return ""
        self._left -= len(value)
        if depth >= DEEPEST_EXPANSION or self._left < 0:
            raise ReadError(
                f"entity &{name}; expands to more than {LARGEST_EXPANSION} characters or {DEEPEST_EXPANSION} levels: "
                "refused, the file may be an entity bomb"
            )
        return self._scan(value, depth + 1)

    def _character(self, reference: str) -> str:
        """A numeric reference that XML allows as it is, any other dropped."""
        digits, base = (reference[2:], 16) if reference[1:2] in ("x", "X") else (reference[1:], 10)
        try:
            code = int(digits, base)
            allowed = code <= 0x10FFFF and not _FORBIDDEN.match(chr(code))
        except ValueError:
            allowed = False
        if allowed:
            return f"&#{code};"
        self._notes["forbidden characters dropped"] += 1
        return ""


def _unique_attributes(text: str) -> list[str]:
    """The well-formed attributes of a tag, the first of each name."""
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(text):
        found.setdefault(match[0].split("=")[0].strip(), match[0])
    return list(found.values())


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
