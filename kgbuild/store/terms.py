"""RDF terms as Arrow strings: a column of CURIEs or values becomes a column of terms, without a Python object a row.

Terms are written as in N-Triples, which Turtle and TriG read as well (https://www.w3.org/TR/rdf12-n-triples/): IRIs
with all that an IRI may not hold percent-encoded, texts in UTF-8 with quotes, backslashes and control characters
escaped. Where a value is null its term is null.
"""

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kgbuild.prefixes import NAMESPACES, SAFE, encoded, iri_of_curie, namespace_of

__all__ = ["TEXT", "data_of", "iris", "joined", "literals", "prefixed_names", "references"]

#: Type of all columns of terms: the lines of many long texts together may be more than 2 GiB.
TEXT = pa.large_string()

#: What Turtle reads as a prefixed name; IRIs of other CURIEs are written out.
_PREFIXED_NAME = (
    f"^({'|'.join(name.replace('.', '[.]') for name in NAMESPACES)}):[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_-])?$"
)

#: The rest of the control characters is rare: it is looked for once.
_ESCAPES = (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t"))
_ESCAPED = r'[\x00-\x1f"\\\x7f]'
_CONTROLS = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
_CONTROL_NAMES = {code: f"\\u{code:04X}" for code in (*range(32), 127)}

_IS_SAFE = np.zeros(256, bool)
_IS_SAFE[np.frombuffer(SAFE.encode("ascii"), np.uint8)] = True


def iris(curies: pa.Array) -> pa.Array:
    """`<…>` of CURIEs.

    >>> iris(pa.array(["MESH:D001241", "kgb:a b", None])).to_pylist()
    ['<http://id.nlm.nih.gov/mesh/D001241>', '<https://w3id.org/kgbuild/id/a%20b>', None]
    """
    curies = curies.cast(TEXT)
    if not _is_plain(curies):
        return _mapped(curies, lambda curie: f"<{iri_of_curie(curie)}>")
    prefix = _shared_prefix(curies)
    if prefix is not None:
        start = pc.replace_substring(curies, f"{prefix}:", f"<{namespace_of(prefix)}", max_replacements=1)
        return joined(start, ">")
    parts = pc.split_pattern(curies, ":", max_splits=1)
    starts = _mapped(pc.list_element(parts, 0), lambda prefix: f"<{namespace_of(prefix)}")
    return joined(starts, pc.list_element(parts, 1), ">")


def prefixed_names(curies: pa.Array) -> pa.Array:
    """CURIEs as Turtle's prefixed names where they are such, `<…>` elsewhere.

    >>> prefixed_names(pa.array(["MESH:D001241", "DOI:10.1/a", "tool:1"])).to_pylist()
    ['MESH:D001241', '<https://doi.org/10.1/a>', '<https://bioregistry.io/tool:1>']
    """
    is_name = pc.match_substring_regex(curies, _PREFIXED_NAME)
    if pc.all(is_name, min_count=0).as_py():
        return curies.cast(TEXT)
    return pc.if_else(is_name, curies.cast(TEXT), iris(curies))


def references(links: pa.Array) -> pa.Array:
    """`<…>` of what is no CURIE but an IRI already."""
    return _mapped(links, lambda link: f"<{encoded(link, also='#?%[]')}>")


def literals(values: pa.Array, datatype: str) -> pa.Array:
    r"""`"…"`, or `"…"^^datatype` where that is not "", of texts, numbers or truth values.

    >>> literals(pa.array([1e20, 0.5, None]), "xsd:double").to_pylist()
    ['"1e+20"^^xsd:double', '"0.5"^^xsd:double', None]
    >>> literals(pa.array(['a "b"\n']), "").to_pylist()
    ['"a \\"b\\"\\n"']
    """
    if pa.types.is_floating(values.type):
        texts = _floats(values)
    else:
        texts = values.cast(TEXT)
        if not datatype:
            texts = _escaped(texts)
    return joined('"', texts, f'"^^{datatype}' if datatype else '"')


def joined(*parts: pa.Array | pa.Scalar | str, skip_null: bool = False, by: str = "") -> pa.Array:
    """The texts of each row in one; null where one of them is null, or without that one if nulls are to be skipped."""
    texts = [pa.scalar(part, TEXT) if isinstance(part, str) else part for part in parts]
    handling = "skip" if skip_null else "emit_null"
    return pc.binary_join_element_wise(*texts, pa.scalar(by, TEXT), null_handling=handling)


def data_of(texts: pa.Array) -> pa.Buffer:
    """The bytes of all texts of a column that `joined` made, one after another, not copied; null has none."""
    _, offsets, data = texts.buffers()
    if len(texts) == 0 or data is None:
        return pa.py_buffer(b"")
    ends = np.frombuffer(offsets, np.int64)[texts.offset : texts.offset + len(texts) + 1]
    return data.slice(int(ends[0]), int(ends[-1] - ends[0]))


def _mapped(texts: pa.Array, function: Callable[[str], str]) -> pa.Array:
    """A function of each distinct text."""
    distinct = texts.dictionary_encode()
    return pa.array(map(function, distinct.dictionary.to_pylist()), TEXT).take(distinct.indices)


def _is_plain(curies: pa.Array) -> bool:
    """Whether every one has a colon, nothing that an IRI may not hold, and is no IRI itself."""
    if pc.any(pc.match_substring(curies, "://"), min_count=0).as_py():
        return False
    characters = np.frombuffer(data_of(curies), np.uint8)
    first = pc.min(pc.find_substring(curies, ":")).as_py()
    return bool(_IS_SAFE[characters].all()) and (first is None or first >= 0)


def _shared_prefix(curies: pa.Array) -> str | None:
    """The prefix that all have, or None if they have several."""
    first = pc.first(curies).as_py()
    if first is None:
        return None
    prefix: str = first.partition(":")[0]
    return prefix if pc.all(pc.starts_with(curies, f"{prefix}:")).as_py() else None


def _floats(values: pa.Array) -> pa.Array:
    """The shortest digits that give the number again, and XML Schema's names of those that are none."""
    texts = values.cast(TEXT)
    if pc.all(pc.is_finite(values), min_count=0).as_py():
        return texts
    special = pc.if_else(pc.is_nan(values), "NaN", pc.if_else(pc.greater(values, 0), "INF", "-INF")).cast(TEXT)
    return pc.if_else(pc.is_finite(values), texts, special)


def _escaped(texts: pa.Array) -> pa.Array:
    needs = pc.match_substring_regex(texts, _ESCAPED)
    if not pc.any(needs).as_py():
        return texts
    some = texts.filter(needs)
    for character, name in _ESCAPES:
        some = pc.replace_substring(some, character, name)
    if pc.any(pc.match_substring_regex(some, _CONTROLS)).as_py():
        some = pa.array([text.translate(_CONTROL_NAMES) for text in some.to_pylist()], TEXT)
    return pc.replace_with_mask(texts, needs.fill_null(False), some)
