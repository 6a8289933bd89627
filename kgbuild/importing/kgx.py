"""KGX (https://biolink.github.io/kgx/kgx_format.html) as TSV or JSON Lines: a record a line, read one by one.

A file holds edges if its records have a subject and an object, else nodes. Slots that a graph has no place for are
counted. What `kgbuild.export.graph.kgx` wrote comes back as it was, as far as the format carries it: documents' titles,
mentions and measurements are not in it, and in TSV "|" in a name is "¦".
"""

from collections.abc import Iterable, Iterator
from typing import IO, Any

import msgspec

from kgbuild.importing.given import Given, canonical, shared_score, statement_row
from kgbuild.tables import Row

__all__ = ["read_jsonl", "read_tsv"]

Record = dict[str, Any]

_LISTS = frozenset(
    {
        *("category", "xref", "synonym", "publications", "supporting_text", "equivalent_identifiers", "same_as"),
        *("type", "elements"),
    }
)
_SYNONYMS = ("synonym", "exact_synonym", "related_synonym", "narrow_synonym", "broad_synonym", "full_name")
_XREFS = ("xref", "equivalent_identifiers", "same_as")
_NODE_SLOTS = frozenset(
    {
        *("id", "category", "type", "name", "linked", "mention_count", "document_count", *_SYNONYMS, *_XREFS),
        *("reduced_formula", "elements"),
    }
)
_SCORES = ("has_confidence_score", "confidence_score", "extraction_confidence_score", "score")
_EDGE_SLOTS = frozenset(
    {
        *("id", "subject", "predicate", "object", "original_predicate", "negated", "publications", "supporting_text"),
        *("has_supporting_studies", "primary_knowledge_source", "evidence_count", "belief", *_SCORES),
    }
)
#: what our own export says of every record, and no graph need keep
_OWN_SOURCE = "infores:kgbuild"
_OF_OWN = frozenset({"category", "knowledge_level", "agent_type", "provided_by"})

#: a study result with these is a piece of our own evidence
_OWN_EVIDENCE = frozenset(
    {
        *("kind", "document", "start", "end", "agent", "revision", "raw", "polarity", "modality"),
        *("supporting_text", "extraction_confidence_score"),
    }
)
_EVIDENCE_COLUMNS = (
    *("kind", "document", "start", "end", "subject_start", "subject_end", "object_start", "object_end"),
    *("agent", "revision", "raw", "polarity", "modality", "novel", "table", "row", "column"),
)


def read_tsv(given: Given, stream: IO[bytes]) -> None:
    """Read a file with a header; lists are joined by "|", and nothing is quoted."""
    lines = iter(stream)
    header = next(lines, b"").decode("utf-8-sig").rstrip("\r\n").split("\t")
    _read(given, _tsv_records(given, header, lines))


def read_jsonl(given: Given, stream: IO[bytes]) -> None:
    """Read a file with an object a line."""
    _read(given, _json_records(given, stream))


def _tsv_records(given: Given, header: list[str], lines: Iterable[bytes]) -> Iterator[tuple[int, Record]]:
    for number, line in enumerate(lines, 1):
        try:
            cells = line.decode("utf-8").rstrip("\r\n").split("\t")
        except UnicodeDecodeError:
            given.reject(number, "the line is not UTF-8")
            continue
        if len(cells) != len(header):
            given.reject(number, "the line has not as many cells as the header")
            continue
        values = zip(header, cells, strict=True)
        yield number, {name: cell.split("|") if name in _LISTS else cell for name, cell in values if cell}


def _json_records(given: Given, lines: Iterable[bytes]) -> Iterator[tuple[int, Record]]:
    decoder = msgspec.json.Decoder(dict[str, Any])
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield number, decoder.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError):
            given.reject(number, "the line is no JSON object")


def _read(given: Given, records: Iterable[tuple[int, Record]]) -> None:
    for number, record in records:
        is_edge = "subject" in record or "object" in record
        (_edge if is_edge else _node)(given, number, record)


def _node(given: Given, number: int, record: Record) -> None:
    identifier = record.get("id")
    if not isinstance(identifier, str) or not identifier:
        given.reject(number, "the node has no id")
        return
    is_own = record.get("provided_by") in (_OWN_SOURCE, [_OWN_SOURCE])
    _count_unused(given, number, record, _NODE_SLOTS, is_own=is_own)
    identifier = canonical(identifier)
    given.node(
        number,
        id=identifier,
        name=_text(record, "name") or identifier,
        categories=[*_texts(record, "type"), *_texts(record, "category")],
        linked=_is_true(record.get("linked", not identifier.startswith("kgb:"))),
        xrefs=[xref if is_own else canonical(xref) for slot in _XREFS for xref in _texts(record, slot)],
        synonyms=[synonym for slot in _SYNONYMS for synonym in _texts(record, slot)],
        reduced_formula=_text(record, "reduced_formula"),
        elements=_texts(record, "elements"),
        mention_count=_count(record, "mention_count"),
        document_count=_count(record, "document_count"),
    )


def _edge(given: Given, number: int, record: Record) -> None:
    ends = [record.get(name) for name in ("subject", "predicate", "object")]
    if not all(isinstance(end, str) and end for end in ends):
        given.reject(number, "the edge lacks its subject, predicate or object")
        return
    is_own = record.get("primary_knowledge_source") == _OWN_SOURCE
    _count_unused(given, number, record, _EDGE_SLOTS, is_own=is_own)
    for row in _evidence(given, number, record):
        given.cite(row["document"], row.pop("year", None))
        given.statement(number, row)


def _evidence(given: Given, number: int, record: Record) -> Iterator[Row]:
    """Each result of each study, then each publication that has none; the file itself where there is neither."""
    triple: dict[str, Any] = {
        "subject": canonical(record["subject"]),
        "predicates": [*_texts(record, "original_predicate"), record["predicate"]],
        "object": canonical(record["object"]),
    }
    publications = list(dict.fromkeys(map(canonical, _texts(record, "publications"))))
    results = list(_results(given, number, record))
    told = {document for document, _ in results}
    untold = [document for document in publications if document not in told]
    source: dict[str, Any] = {
        "agent": _text(record, "primary_knowledge_source") or "import",
        "revision": f"{given.file}:{number}",
        "is_negated": _is_true(record.get("negated", False)),
    }
    score = _score(given, number, record)
    for document, result in results:
        if result.keys() >= _OWN_EVIDENCE:
            yield triple | _own_evidence(result)
        else:
            found = _score(given, number, result)
            place: dict[str, Any] = {
                f"{end}_place": _place(result, f"{end}_location_in_text") for end in ("subject", "object")
            }
            yield statement_row(
                **triple,
                **source,
                **place,
                document=document or given.document,
                text="\n".join(_texts(result, "supporting_text")),
                section=_text(result, "supporting_text_section_type"),
                score=shared_score(score, len(told) + len(untold)) if found is None else found,
            ) | {"year": result.get("supporting_document_year")}
    for document in untold or ([] if results else [given.document]):
        yield statement_row(
            **triple,
            **source,
            document=document,
            text="" if results else "\n".join(_texts(record, "supporting_text")),
            score=shared_score(score, len(told) + len(untold)),
        )


def _results(given: Given, number: int, record: Record) -> Iterator[tuple[str, Record]]:
    """The study results of an edge with their documents."""
    studies = record.get("has_supporting_studies") or {}
    try:
        if isinstance(studies, str):
            studies = msgspec.json.decode(studies)
        for study in studies.values() if isinstance(studies, dict) else studies:
            (document, *_) = [*map(canonical, _texts(study, "xref")), ""]
            for result in study.get("has_study_results", ()):
                yield result.get("document", document), result
    except (msgspec.DecodeError, AttributeError, TypeError):
        given.reject(number, "has_supporting_studies is no JSON object of studies")


def _own_evidence(result: Record) -> Row:
    return {
        **{name: result.get(name) for name in _EVIDENCE_COLUMNS},
        "text": "\n".join(result.get("supporting_text", ())),
        "section": result.get("supporting_text_section_type", ""),
        "calibrated": result["extraction_confidence_score"],
        "year": result.get("supporting_document_year"),
    }


def _score(given: Given, number: int, record: Record) -> float | None:
    for slot in _SCORES:
        if (value := record.get(slot)) in (None, ""):
            continue
        try:
            score = float(value)
        except (TypeError, ValueError):
            score = -1.0
        if 0.0 <= score <= 1.0:
            return score
        given.reject(number, f"{slot} is no probability")
    return None


def _place(result: Record, slot: str) -> tuple[int, int] | None:
    place = result.get(slot)
    if isinstance(place, list) and len(place) == 2 and all(isinstance(offset, int) for offset in place):
        return place[0], place[1]
    return None


def _count_unused(given: Given, number: int, record: Record, used: frozenset[str], *, is_own: bool) -> None:
    for slot in record.keys() - used:
        if not (is_own and slot in _OF_OWN) and record[slot] not in (None, "", []):
            given.reject(number, f"slot {slot} has no place in a graph")


def _texts(record: Record, slot: str) -> list[str]:
    value = record.get(slot)
    if not value:
        return []
    return [str(item) for item in (value if isinstance(value, list) else [value]) if item not in (None, "")]


def _text(record: Record, slot: str) -> str:
    return " ".join(_texts(record, slot))


def _count(record: Record, slot: str) -> int:
    text = _text(record, slot)
    return int(text) if text.isdecimal() else 0


def _is_true(value: object) -> bool:
    return value is True or (isinstance(value, str) and value.casefold() == "true")
