"""OBO 1.2 and 1.4 flat files, line by line; [Typedef] and [Instance] stanzas name no entities and are passed over, so
that a file of relations, which holds little else, is refused.

Lenient on purpose: cross-references of any form, undeclared superclasses and missing names are taken as they are.
https://owlcollab.github.io/oboformat/doc/GO.format.obo-1_4.html
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import BinaryIO, cast

from kgbuild.concept import Concept, Scope, Synonym
from kgbuild.errors import OntologyError
from kgbuild.link.parse.source import Skip, pass_over
from kgbuild.link.prefixes import curie, guess_type

__all__ = ["parse", "sniff"]

SCOPES: dict[str, Scope] = {"EXACT": "exact", "RELATED": "related", "BROAD": "broad", "NARROW": "narrow"}
ABBREVIATION_MARKS = ("ABBREVIATION", "abbreviation", "acronym", "OMO:0003000", "OMO:0003012")

_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"\s*(.*)')
_ESCAPE = re.compile(r"\\(.)")
_ESCAPED = {"n": "\n", "t": "\t", "W": " "}
#: a comment or trailing modifiers after a value that is an identifier
_AFTER_VALUE = re.compile(r"\s+(?:!|\{|\[|\").*$")


def sniff(head: bytes, name: str) -> bool:
    """Whether it looks like OBO."""
    return name.lower().endswith(".obo") or b"format-version:" in head[:400] or b"[Term]" in head


def parse(stream: BinaryIO, name: str, *, type: str, skip: Skip = pass_over) -> Iterator[Concept]:
    """The terms of an OBO file; an alternative identifier becomes an obsolete concept that names its successor."""
    counts: Counter[str] = Counter()
    for kind, tags in _stanzas(line.decode("utf-8", "replace") for line in stream):
        counts[kind] += 1
        if kind == "Term":
            yield from _concepts(tags, type)
        else:
            skip(f"[{kind}] stanzas")
    if counts["Typedef"] > counts["Term"]:
        raise OntologyError(
            f"{name}: a file of relations ({counts['Typedef']} [Typedef] stanzas, {counts['Term']} imported terms), "
            "which mentions are not linked to; relations and their identifiers stand in a schema (--schema)"
        )


def _stanzas(lines: Iterable[str]) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    kind, tags = "", list[tuple[str, str]]()
    for line in lines:
        line = line.strip()
        if line.startswith("[") and line.endswith("]"):
            if kind:
                yield kind, tags
            kind, tags = line[1:-1], []
        elif kind and line and not line.startswith("!"):
            tag, _, value = line.partition(":")
            tags.append((tag.strip(), value.strip()))
    if kind:
        yield kind, tags


def _concepts(tags: list[tuple[str, str]], type: str) -> Iterator[Concept]:
    values: dict[str, list[str]] = {}
    for tag, value in tags:
        values.setdefault(tag, []).append(value)
    if "id" not in values:
        return
    identifier = _identifier(values["id"][0])
    kind = type or guess_type(identifier)
    name = _ESCAPE.sub(_unescape, values.get("name", [""])[0])
    yield Concept(
        curie=identifier,
        name=name,
        type=kind,
        synonyms=tuple(_synonym(value) for value in values.get("synonym", ()) if _QUOTED.match(value)),
        parents=tuple(_identifier(value) for value in values.get("is_a", ())),
        xrefs=tuple(dict.fromkeys(_identifier(value) for value in values.get("xref", ()) if ":" in value)),
        definition=_definition(values),
        replaced_by=next((_identifier(value) for value in values.get("replaced_by", ())), ""),
        obsolete=values.get("is_obsolete", [""])[0].startswith("true"),
    )
    for alternative in dict.fromkeys(values.get("alt_id", ())):
        yield Concept(curie=_identifier(alternative), name="", type=kind, replaced_by=identifier, obsolete=True)


def _identifier(value: str) -> str:
    return curie(_AFTER_VALUE.sub("", value))


def _synonym(value: str) -> Synonym:
    match = cast("re.Match[str]", _QUOTED.match(value))
    text, rest = _ESCAPE.sub(_unescape, match[1]), match[2].split("[")[0]
    if any(mark in rest for mark in ABBREVIATION_MARKS):
        return Synonym(text, "abbreviation")
    return Synonym(text, next((SCOPES[word] for word in rest.split() if word in SCOPES), "related"))


def _definition(values: dict[str, list[str]]) -> str:
    match = _QUOTED.match(values.get("def", [""])[0])
    return _ESCAPE.sub(_unescape, match[1]) if match else ""


def _unescape(match: "re.Match[str]") -> str:
    return _ESCAPED.get(match[1], match[1])
