"""Triples for PyKEEN and other link predictors: subject, predicate and object in three columns without a header.

`triples.tsv` holds what at least one paper affirms; `facts.tsv` holds every edge, denied ones too, with its belief and
counts. Evidence is in neither.
"""

import csv
from pathlib import Path

from kgbuild.export.graph.source import GraphSource, is_denied

__all__ = ["FILES", "write"]

FILES: tuple[str, ...] = ("triples.tsv", "facts.tsv")

_TRIPLE = ("subject", "predicate", "object")
_FACT = ("id", *_TRIPLE, "belief", "evidence_count", "documents", "negated_count", "speculated_count")


def write(graph: GraphSource, path: Path) -> dict[str, int]:
    """Write both files into the folder; how many lines each has."""
    counts = {"triples": 0, "facts": 0}
    with (
        (path / "triples.tsv").open("w", encoding="utf-8", newline="") as triples,
        (path / "facts.tsv").open("w", encoding="utf-8", newline="") as facts,
    ):
        triple_writer, fact_writer = (
            csv.writer(stream, delimiter="\t", lineterminator="\n") for stream in (triples, facts)
        )
        fact_writer.writerow((*_FACT, "negated"))
        for row in graph.rows("edges"):
            denied = is_denied(row)
            fact_writer.writerow([*(row[name] for name in _FACT), "true" if denied else "false"])
            counts["facts"] += 1
            if not denied:
                triple_writer.writerow([row[name] for name in _TRIPLE])
                counts["triples"] += 1
    return counts
