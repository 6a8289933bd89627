"""Why an edge is in the graph: the sentences and cells that speak for or against it, with what to highlight in them."""

import logging
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from kgbuild.document import Modality, Polarity
from kgbuild.errors import QueryError
from kgbuild.graph import Evidence, Node
from kgbuild.store.parquet import read_table
from kgbuild.tables import evidence_from_row, node_from_row

__all__ = ["Explanation", "Reason", "render_why", "why"]

logger = logging.getLogger(__name__)

#: How many of the nodes that share a name are listed.
CHOICES_SHOWN = 20

_BOLD, _SUBJECT, _OBJECT, _DIM, _RESET = "\033[1m", "\033[1;36m", "\033[1;33m", "\033[2m", "\033[0m"


class Reason(msgspec.Struct, frozen=True):
    """One piece of evidence. `subject` and `object` are half-open ranges in `text`, None where it does not hold
    them.
    """

    id: str
    document: str
    title: str
    section: str
    text: str
    subject: tuple[int, int] | None
    object: tuple[int, int] | None
    kind: str
    table: int | None
    row: int | None
    column: int | None
    polarity: Polarity
    modality: Modality
    novel: bool | None
    score: float
    agent: str
    revision: str


class Explanation(msgspec.Struct, frozen=True):
    """An edge with its reasons, the surest first."""

    id: str
    subject: Node
    predicate: str
    object: Node
    belief: float
    documents: int
    reasons: tuple[Reason, ...]


def why(graph_folder: Path, subject: str, object: str, predicate: str | None = None) -> list[Explanation]:
    """The edges between two nodes, in either direction, with their evidence; the most believed first.

    Subject and object are CURIEs, or names or synonyms in any case, or else words by which papers mention them; a node
    that is spelled exactly so comes before others, which a warning tells. QueryError if one is not in the graph, or if
    its name is shared by several nodes, which are then listed. No edge gives an empty list.
    """
    nodes = read_table(graph_folder, "nodes")
    first, second = _node(graph_folder, nodes, subject), _node(graph_folder, nodes, object)
    ends = pa.array([first.id, second.id])
    edges = read_table(graph_folder, "edges", filters=[("subject", "in", ends), ("object", "in", ends)]).to_pylist()
    found = {
        row["id"]: row
        for row in edges
        if row["subject"] != row["object"] and (predicate is None or _key(predicate) == _key(row["predicate"]))
    }
    reasons = _reasons(graph_folder, found)
    by_id = {first.id: first, second.id: second}
    explanations = [
        Explanation(
            id=edge_id,
            subject=by_id[row["subject"]],
            predicate=row["predicate"],
            object=by_id[row["object"]],
            belief=row["belief"],
            documents=row["documents"],
            reasons=tuple(reasons[edge_id]),
        )
        for edge_id, row in found.items()
    ]
    return sorted(explanations, key=lambda item: (-item.belief, item.predicate, item.subject.id))


def render_why(explanations: Iterable[Explanation], *, ansi: bool = False) -> str:
    """The explanations as text; with `ansi` subject and object are coloured, without it they stand in [brackets]."""
    return "\n".join(_explanation_text(item, ansi=ansi) for item in explanations)


def _node(graph_folder: Path, nodes: pa.Table, name: str) -> Node:
    matches = nodes.filter(pc.equal(nodes["id"], name))
    if matches.num_rows == 0:
        matches = _called(nodes, name)
    if matches.num_rows == 0:
        matches = _called_in_papers(graph_folder, nodes, name)
    if matches.num_rows == 0:
        raise QueryError(f"no node is called {name!r}; give a CURIE, a name, a synonym or words of a paper")
    if matches.num_rows > 1:
        choices = "\n".join(
            f"  {node.id}  {node.name} ({node.type}, {node.mention_count} mentions)" for node in _shown(matches)
        )
        raise QueryError(f"{matches.num_rows} nodes are called {name!r}; give one of their identifiers:\n{choices}")
    return node_from_row(matches.to_pylist()[0])


def _called(nodes: pa.Table, name: str) -> pa.Table:
    """The nodes that have the name, or else those that have it as a synonym; of several those spelled exactly so."""
    for in_any_case, exact in _matches(nodes, name):
        all_matches = nodes.filter(in_any_case)
        if all_matches.num_rows == 0:
            continue
        matches = nodes.filter(exact)
        others = nodes.filter(pc.and_not(in_any_case, exact))
        if matches.num_rows == 0 or others.num_rows == 0:
            return all_matches
        if matches.num_rows == 1:
            also = ", ".join(map(_label, _shown(others)))
            logger.warning("%r is %s; called so in other letters: %s", name, _label(_shown(matches)[0]), also)
        return matches
    return nodes.slice(0, 0)


def _called_in_papers(graph_folder: Path, nodes: pa.Table, name: str) -> pa.Table:
    """The nodes that papers call so, in any case."""
    mentions = read_table(graph_folder, "mentions", columns=["node", "text"])
    called = mentions.filter(pc.equal(pc.utf8_lower(mentions["text"]), pc.utf8_lower(pa.scalar(name))))
    return nodes.filter(pc.is_in(nodes["id"], pc.unique(called["node"])))


def _matches(nodes: pa.Table, name: str) -> Iterator[tuple[pa.ChunkedArray, pa.ChunkedArray]]:
    """Which nodes have the name, in any case and exactly; then which have such a synonym."""
    wanted, folded = pa.scalar(name), pc.utf8_lower(pa.scalar(name))
    yield pc.equal(pc.utf8_lower(nodes["name"]), folded), pc.equal(nodes["name"], wanted)
    synonyms = nodes["synonyms"].combine_chunks()
    parents, values = pc.list_parent_indices(synonyms), pc.list_flatten(synonyms)
    places = pa.chunked_array([pa.array(range(nodes.num_rows), parents.type)])
    in_any_case = parents.filter(pc.equal(pc.utf8_lower(values), folded))
    yield pc.is_in(places, in_any_case), pc.is_in(places, parents.filter(pc.equal(values, wanted)))


def _shown(matches: pa.Table) -> list[Node]:
    return [node_from_row(row) for row in matches.slice(0, CHOICES_SHOWN).to_pylist()]


def _reasons(graph_folder: Path, edges: Iterable[str]) -> dict[str, list[Reason]]:
    reasons: dict[str, list[Reason]] = {edge: [] for edge in edges}
    if not reasons:
        return reasons
    rows = read_table(graph_folder, "evidence", filters=[("edge", "in", pa.array(list(reasons)))]).to_pylist()
    evidence = [evidence_from_row(row) for row in rows]
    titles = _titles(graph_folder, {item.document for item in evidence})
    for item in sorted(evidence, key=lambda item: (-item.calibrated, item.document, item.span, item.id)):
        reasons[item.triple.id].append(_reason(item, titles[item.document]))
    return reasons


def _titles(graph_folder: Path, documents: set[str]) -> dict[str, str]:
    wanted = [("id", "in", pa.array(sorted(documents)))]
    rows = read_table(graph_folder, "documents", columns=["id", "title"], filters=wanted).to_pylist()
    return {row["id"]: row["title"] for row in rows}


def _reason(item: Evidence, title: str) -> Reason:
    inside = [
        (span.start - item.span.start, span.end - item.span.start)
        if span is not None and span.within(item.span)
        else None
        for span in (item.subject_span, item.object_span)
    ]
    return Reason(
        id=item.id,
        document=item.document,
        title=title,
        section=item.section,
        text=item.text,
        subject=inside[0],
        object=inside[1],
        kind=item.kind,
        table=item.table,
        row=item.row,
        column=item.column,
        polarity=item.polarity,
        modality=item.modality,
        novel=item.novel,
        score=item.calibrated,
        agent=item.agent,
        revision=item.revision,
    )


def _explanation_text(item: Explanation, *, ansi: bool) -> str:
    head = f"{_label(item.subject)} {item.predicate} {_label(item.object)}"
    pieces, documents = _counted(len(item.reasons), "piece"), _counted(item.documents, "document")
    facts = f"belief {item.belief:.3f}, {pieces} of evidence in {documents}"
    lines = [f"{_BOLD}{head}{_RESET}" if ansi else head, f"  {facts}"]
    for reason in item.reasons:
        lines += ["", *_reason_lines(reason, ansi=ansi)]
    return "\n".join(lines) + "\n"


def _counted(n: int, word: str) -> str:
    return f"{n} {word}{'' if n == 1 else 's'}"


def _label(node: Node) -> str:
    return f"{node.name} ({node.id})"


def _reason_lines(reason: Reason, *, ansi: bool) -> list[str]:
    place = [reason.document, reason.title, reason.section]
    if reason.table is not None:
        place.append(f"table {reason.table + 1}, row {_ordinal(reason.row)}, column {_ordinal(reason.column)}")
    claim = ["negated"] if reason.polarity == "negated" else []
    claim += ["speculated"] if reason.modality == "speculated" else []
    claim += ["novel"] if reason.novel else []
    maker = "@".join(part for part in (reason.agent, reason.revision) if part)
    facts = ", ".join([f"score {reason.score:.3f}", *claim, *([f"read by {maker}"] if maker else [])])
    where = " · ".join(part for part in place if part)
    text = " ".join(_highlighted(reason, ansi=ansi).split())
    return [f"  {_DIM}{where}{_RESET}" if ansi else f"  {where}", f"    {text}", f"    {facts}"]


def _ordinal(index: int | None) -> str:
    return "?" if index is None else str(index + 1)


def _highlighted(reason: Reason, *, ansi: bool) -> str:
    marks = {
        "subject": (_SUBJECT, _RESET) if ansi else ("[", "]"),
        "object": (_OBJECT, _RESET) if ansi else ("[", "]"),
    }
    ranges = sorted((span, end) for end in ("subject", "object") if (span := getattr(reason, end)) is not None)
    parts, place = [], 0
    for (start, end), role in ranges:
        if start < place:  # one lies in the other: the outer one is marked
            continue
        opening, closing = marks[role]
        parts += [reason.text[place:start], opening, reason.text[start:end], closing]
        place = end
    return "".join([*parts, reason.text[place:]])


def _key(predicate: str) -> str:
    return predicate.replace("-", "_").casefold()
