"""SSSOM 1.0 (https://w3id.org/sssom): the cross-references of linked nodes as mappings.

A cross-reference says that two records belong together, not that they are the same: the predicate is
oboInOwl:hasDbXref. Licences differ by ontology, so that the set's is given as unspecified. What is no CURIE cannot be
a mapping and is counted.
"""

import csv
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import yaml

from kgbuild.export.graph.source import GraphSource
from kgbuild.prefixes import iri_of_curie

__all__ = ["FILES", "write"]

FILES: tuple[str, ...] = ()

_COLUMNS = ("subject_id", "subject_label", "subject_category", "predicate_id", "object_id", "mapping_justification")
_PREDICATE, _JUSTIFICATION = "oboInOwl:hasDbXref", "semapv:UnspecifiedMatching"
_CURIE = re.compile(r"([A-Za-z_][A-Za-z0-9_.-]*):(?!//)\S+")
_BUILT_IN = {
    "oboInOwl": "http://www.geneontology.org/formats/oboInOwl#",
    "semapv": "https://w3id.org/semapv/vocab/",
    "biolink": "https://w3id.org/biolink/vocab/",
}


def write(graph: GraphSource, path: Path) -> dict[str, int]:
    """Write one file; how many mappings it holds, and how many cross-references are no CURIEs."""
    prefixes: set[str] = set()
    digest = hashlib.sha256()
    counts = {"mappings": 0, "cross-references left out, no CURIEs": 0}
    for subject, _, _, object_ in _mappings(graph):
        match = _CURIE.fullmatch(object_)
        if match is None:
            counts["cross-references left out, no CURIEs"] += 1
            continue
        prefixes |= {subject.partition(":")[0], match[1]}
        digest.update(f"{subject}\t{object_}\n".encode())
    with path.open("w", encoding="utf-8", newline="") as stream:
        stream.write(_header(prefixes, digest.hexdigest()[:16]))
        writer = csv.writer(stream, delimiter="\t", lineterminator="\n")
        writer.writerow(_COLUMNS)
        for subject, label, category, object_ in _mappings(graph):
            if _CURIE.fullmatch(object_):
                writer.writerow((subject, label, category, _PREDICATE, object_, _JUSTIFICATION))
                counts["mappings"] += 1
    return counts


def _mappings(graph: GraphSource) -> Iterator[tuple[str, str, str, str]]:
    for row in graph.rows("nodes"):
        for xref in sorted(set(row["xrefs"])):
            yield row["id"], row["name"], row["category"], xref


def _header(prefixes: set[str], content: str) -> str:
    metadata = {
        "curie_map": _BUILT_IN | {prefix: _namespace(prefix) for prefix in prefixes},
        "license": "https://w3id.org/sssom/license/unspecified",
        "mapping_set_id": f"https://w3id.org/kgbuild/mappings/{content}",
        "mapping_tool": "kgbuild",
    }
    lines = yaml.safe_dump(metadata, sort_keys=True, width=1000).splitlines()
    return "".join(f"#{line}\n" for line in lines)


def _namespace(prefix: str) -> str:
    return iri_of_curie(f"{prefix}:0").removesuffix("0")
