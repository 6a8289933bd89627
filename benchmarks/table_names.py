"""Names in tables that give their identifiers in other columns: how many are found and linked rightly.

    kgbuild annotate Clingen-Gene-Disease-Summary-2025-01-09.csv.gz -O jsonl -o clingen.jsonl
    python benchmarks/table_names.py clingen.jsonl --column Gene 0 1 --column Disease 2 3

Each option names a type, the column of the names and that of the identifiers, from 0: CURIEs, or numbers of NCBI Gene.
A link is right if its concept is that of the row, or one cross-references the other. *others*: mentions of the type in
other columns, few of which are any.
"""

import argparse
from bisect import bisect_right
from collections import Counter, defaultdict
from pathlib import Path

import msgspec

from kgbuild.document import Cell, Document, Mention
from kgbuild.link.linker import LexicalLinker


def main() -> None:
    """Print the shares by type."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("annotated", type=Path)
    parser.add_argument("--column", nargs=3, action="append", required=True, metavar=("TYPE", "NAMES", "IDENTIFIERS"))
    arguments = parser.parse_args()
    linker = LexicalLinker()
    print("| type | cells | with a mention | linked | rightly | others |\n|---|---|---|---|---|---|")
    for line in arguments.annotated.read_bytes().splitlines():
        doc = msgspec.json.decode(line, type=Document)
        for type_, names, identifiers in arguments.column:
            counts = count(doc, linker, type_, int(names), int(identifiers))
            shares = (f"{counts[word] / max(counts['cells'], 1):.3f}" for word in ("mention", "linked", "right"))
            print(f"| {type_} | {counts['cells']} | {' | '.join(shares)} | {counts['other']} |")


def count(doc: Document, linker: LexicalLinker, type_: str, names: int, identifiers: int) -> Counter[str]:
    """How many cells of the column there are, with what in them, and how many mentions beside it."""
    body = sorted((cell for cell in doc.cells if cell.column_header), key=lambda cell: cell.span)
    starts = [cell.span.start for cell in body]
    inside: defaultdict[Cell, list[Mention]] = defaultdict(list)
    for mention in doc.mentions:
        cell = body[bisect_right(starts, mention.span.start) - 1]
        if mention.type == type_ and mention.span.within(cell.span):
            inside[cell].append(mention)
    given = {cell.row: doc.text_of(cell.span) for cell in body if cell.column == identifiers}
    counts: Counter[str] = Counter()
    for cell in body:
        if cell.column != names:
            counts["other"] += len(inside[cell])
        elif cell.row in given:
            concepts = {concept for mention in inside[cell] for concept in mention.concepts}
            counts["cells"] += 1
            counts["mention"] += bool(inside[cell])
            counts["linked"] += bool(concepts)
            counts["right"] += len(concepts) == 1 and is_same(linker, curie(given[cell.row]), *concepts)
    return counts


def curie(identifier: str) -> str:
    """An identifier as a CURIE: bare numbers are those of NCBI Gene."""
    return f"NCBIGene:{identifier}" if identifier.isdigit() else identifier


def is_same(linker: LexicalLinker, left: str, right: str) -> bool:
    """Whether two identifiers name one concept, as far as cross-references tell."""
    pair = ((left, right), (right, left))
    return left == right or any(
        (concept := linker.concept(one)) is not None and other in concept.xrefs for one, other in pair
    )


if __name__ == "__main__":
    main()
