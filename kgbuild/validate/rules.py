"""What the rows of each table must hold: rules that mark the rows of a batch which break them."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial, reduce
from typing import NamedTuple, get_args

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kgbuild.document import Modality, Polarity
from kgbuild.prefixes import CURIE
from kgbuild.schema import Schema
from kgbuild.validate.records import REFERENCES, Index, Rows

__all__ = ["Rule", "rules"]


REQUIRED = {
    "nodes": ("name", "type"),
    "edges": ("subject", "predicate", "object"),
    "evidence": ("edge", "kind", "document", "agent"),
    "mentions": ("node", "document", "text"),
    "measurements": ("document", "text"),
}
SCORES = {
    "edges": ("belief",),
    "evidence": ("raw", "calibrated"),
    "mentions": ("score", "link_score"),
    "measurements": ("score",),
}
WORDS = {"evidence": {"polarity": get_args(Polarity), "modality": get_args(Modality)}}
#: What a document's text is quoted in; evidence of other kinds has no place in a text.
SPANS = {
    "evidence": (("start", "end"), ("subject_start", "subject_end"), ("object_start", "object_end")),
    "mentions": (("start", "end"),),
    "measurements": (("start", "end"),),
}
QUOTING_KINDS = ("text", "table")


class Rule(NamedTuple):
    """`broken` marks the rows that break it, `shown` are columns to tell of them."""

    words: str
    shown: tuple[str, ...]
    broken: Callable[["Rows"], pa.Array]


def rules(table: str, schema: Schema, index: Index) -> Iterator[Rule]:
    """The rules of a table."""
    yield Rule("identifier is no CURIE", (), lambda rows: pc.invert(pc.match_substring_regex(rows["id"], CURIE)))
    yield Rule("identifiers are not unique and in order", (), _out_of_order)
    for column in REQUIRED.get(table, ()):
        yield Rule(f"no {column}", (), partial(_is_missing, column))
    for column, target in REFERENCES.get(table, {}).items():
        yield Rule(f"{column} is not in {target}", (column,), partial(_is_dangling, column))
    for column in SCORES.get(table, ()):
        yield Rule(f"{column} is not between 0 and 1", (column,), partial(_is_no_score, table, column))
    for column, words in WORDS.get(table, {}).items():
        broken = _is_none_of(column, words)
        yield Rule(f"{column} is neither {' nor '.join(words)}", (column,), broken)
    for start, end in SPANS.get(table, ()):
        outside = _is_outside(table, start, end, index)
        yield Rule(f"{start} and {end} are no place in the document", ("document", start, end), outside)
    if table in SPANS:
        yield Rule("text is not as long as its place", ("start", "end"), partial(_is_other_length, table))
    yield from _RULES_OF.get(table, _no_rules)(schema, index)


def _no_rules(_schema: Schema, _index: Index) -> Iterator[Rule]:
    return iter(())


def _node_rules(schema: Schema, _index: Index) -> Iterator[Rule]:
    yield Rule("type is not in the schema", ("type",), _is_none_of("type", schema.entities))
    yield Rule("cross-reference is no CURIE", ("xrefs",), _has_odd_xref)


def _edge_rules(schema: Schema, index: Index) -> Iterator[Rule]:
    yield Rule("predicate is not in the schema", ("predicate",), _is_none_of("predicate", schema.relations))
    yield Rule(
        "predicate does not join these types",
        ("subject", "predicate", "object"),
        lambda rows: _is_forbidden(rows, schema, index),
    )
    yield Rule("no evidence", (), lambda rows: pc.less(rows["evidence_count"], 1))
    yield Rule(
        "evidence_count is not the number of its evidence",
        ("evidence_count",),
        lambda rows: _is_other_number(rows, index),
    )
    yield Rule(
        "more evidence denied or speculated than there is",
        ("evidence_count", "negated_count", "speculated_count"),
        lambda rows: pc.less(
            rows["evidence_count"], pc.max_element_wise(rows["negated_count"], rows["speculated_count"])
        ),
    )


def _evidence_rules(_schema: Schema, index: Index) -> Iterator[Rule]:
    edges = index.references["edges"]
    for end in ("subject", "object"):
        yield Rule(
            f"{end} is not that of its edge",
            ("edge", end),
            partial(_is_other_end, end, edges[end]),
        )


def _measurement_rules(schema: Schema, _index: Index) -> Iterator[Rule]:
    is_unknown = _is_none_of("property_type", ("", *schema.properties))
    yield Rule("property_type is not in the schema", ("property_type",), is_unknown)
    yield Rule(
        "neither a value nor a bound",
        (),
        lambda rows: reduce(pc.and_, (pc.is_null(rows[name]) for name in ("value", "low", "high"))),
    )
    yield Rule(
        "property is no CURIE",
        ("property",),
        lambda rows: pc.invert(pc.match_substring_regex(rows["property"], f"{CURIE}|^$")),
    )


_RULES_OF = {
    "nodes": _node_rules,
    "edges": _edge_rules,
    "evidence": _evidence_rules,
    "measurements": _measurement_rules,
}


def _out_of_order(rows: Rows) -> pa.Array:
    ids = rows["id"]
    before = pa.concat_arrays([pa.array([rows.previous_id], ids.type), ids[:-1]]) if len(ids) else ids
    return pc.less_equal(ids, before)


def _is_empty(values: pa.Array) -> pa.Array:
    return pc.equal(pc.fill_null(values, ""), "")


def _is_missing(column: str, rows: Rows) -> pa.Array:
    return _is_empty(rows[column])


def _is_dangling(column: str, rows: Rows) -> pa.Array:
    return pc.and_(pc.is_null(rows.row_of(column)), pc.invert(_is_empty(rows[column])))


def _is_no_score(table: str, column: str, rows: Rows) -> pa.Array:
    values = rows[column]
    is_score = pc.and_(pc.greater_equal(values, 0.0), pc.less_equal(values, 1.0))
    broken = pc.invert(pc.fill_null(is_score, False))
    if table != "mentions":
        return broken
    # RDF says in which documents a node is named, not where or how surely: neither place nor score
    is_imported = pc.and_(pc.is_null(rows["start"]), pc.is_null(values))
    return pc.and_(broken, pc.invert(is_imported))


def _is_none_of(column: str, words: Iterable[str]) -> Callable[[Rows], pa.Array]:
    known = pa.array(list(words), pa.string())
    return lambda rows: pc.invert(pc.is_in(rows[column], value_set=known))


def _is_outside(table: str, start: str, end: str, index: Index) -> Callable[[Rows], pa.Array]:
    def broken(rows: Rows) -> pa.Array:
        length = index.lengths.take(rows.row_of("document"))
        is_place = reduce(
            pc.and_,
            (pc.greater_equal(rows[start], 0), pc.less(rows[start], rows[end]), pc.less_equal(rows[end], length)),
        )
        return _where_quoting(table, rows, pc.invert(is_place))

    return broken


def _is_other_length(table: str, rows: Rows) -> pa.Array:
    is_other = pc.not_equal(pc.utf8_length(rows["text"]).cast(pa.int64()), pc.subtract(rows["end"], rows["start"]))
    return _where_quoting(table, rows, is_other)


def _where_quoting(table: str, rows: Rows, broken: pa.Array) -> pa.Array:
    if table != "evidence":
        return broken
    return pc.and_(broken, pc.is_in(rows["kind"], value_set=pa.array(QUOTING_KINDS)))


def _is_other_end(end: str, ends_of_edges: pa.Array, rows: Rows) -> pa.Array:
    return pc.not_equal(rows.row_of(end), ends_of_edges.take(rows.row_of("edge")))


def _has_odd_xref(rows: Rows) -> pa.Array:
    lists = rows["xrefs"]
    is_odd = pc.invert(pc.match_substring_regex(lists.flatten(), CURIE))
    odd = np.zeros(len(lists), bool)
    odd[pc.list_parent_indices(lists).filter(is_odd).to_numpy()] = True
    return pa.array(odd)


def _is_forbidden(rows: Rows, schema: Schema, index: Index) -> pa.Array:
    """Rows whose predicate the schema has, but not between the types of their nodes."""
    parts = (index.types(rows, "subject"), rows["predicate"], index.types(rows, "object"))
    keys = pc.binary_join_element_wise(*parts, "\t").dictionary_encode()
    forbidden = []
    for key in keys.dictionary.to_pylist():
        subject, predicate, object = key.split("\t")
        relation = schema.relations.get(predicate)
        forbidden.append(relation is not None and not relation.allows(subject, object))
    return pa.array(forbidden, pa.bool_()).take(keys.indices)


def _is_other_number(rows: Rows, index: Index) -> pa.Array:
    told = rows["evidence_count"]
    return pc.not_equal(told, index.evidence_counts.slice(rows.place, len(told)))
