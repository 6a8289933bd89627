"""How much of a paper's XML is found in its PDF or HTML: sentences found, and what is found there besides.

    python benchmarks/reading.py papers/a.xml=papers/a.pdf papers/b.xml=papers/b.html [--show 20]

Of each pair the left is the truth. A sentence is exact when it stands in the other text, however white space, quotes
and dashes are written, and found when a stretch of the other text is 95 % like it (rapidfuzz, partial ratio). Extra
are the sentences of the other text of which no such stretch stands in the first. With --show the sentences that are
missing, not exact or extra are printed.
"""

import argparse
import time
import unicodedata

from rapidfuzz import fuzz

from kgbuild.document import Document
from kgbuild.read import find_sources, read_source
from kgbuild.read.source import Source
from kgbuild.segment import segment

LEAST = 95.0
#: marks that print and XML of one paper write differently
ALIKE = str.maketrans("’‘“”–—−‐×", "''\"\"----x")


def main() -> None:
    """Prints a line for each pair."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pairs", nargs="+", metavar="XML=OTHER")
    parser.add_argument("--show", type=int, default=0, help="how many missing and extra sentences to print")
    arguments = parser.parse_args()
    print("| paper | sentences | exact | found | extra sentences | cells | cells found | seconds |")
    print("|---|---|---|---|---|---|---|---|")
    for pair in arguments.pairs:
        truth_path, other_path = pair.split("=")
        truth = _read(truth_path)
        start = time.perf_counter()
        other = _read(other_path)
        seconds = time.perf_counter() - start
        _compare(other_path.rpartition("/")[2], truth, other, seconds, arguments.show)


def _read(path: str) -> Document:
    sources = [source for source in find_sources([path]) if isinstance(source, Source)]
    documents = [item for source in sources for item in read_source(source) if isinstance(item, Document)]
    return segment(documents[0])


def _compare(name: str, truth: Document, other: Document, seconds: float, n_shown: int) -> None:
    wanted, given = _sentences(truth), _sentences(other)
    text, given_text = _plain(truth.text), _plain(other.text)
    exact = [sentence for sentence in wanted if sentence in given_text]
    missing = [s for s in wanted if s not in given_text and fuzz.partial_ratio(s, given_text) < LEAST]
    inexact = [s for s in wanted if s not in given_text and s not in missing]
    extra = [s for s in given if s not in text and fuzz.partial_ratio(s, text) < LEAST]
    cells = {_plain(truth.text_of(cell.span)) for cell in truth.cells}
    cells_found = cells & {_plain(other.text_of(cell.span)) for cell in other.cells}
    n = len(wanted)
    print(
        f"| {name} | {n} | {len(exact) / n:.1%} | {(n - len(missing)) / n:.1%} | {len(extra)} of {len(given)} "
        f"| {len(cells)} | {len(cells_found)} | {seconds:.2f} |"
    )
    for title, sentences in (("missing", missing), ("inexact", inexact), ("extra", extra)):
        for sentence in sentences[:n_shown]:
            print(f"    {title}: {sentence}")
            if title == "inexact":
                place = fuzz.partial_ratio_alignment(sentence, given_text)
                print(f"         is: {given_text[place.dest_start : place.dest_end]}")


def _sentences(document: Document) -> list[str]:
    """The sentences and captions, without headings and tables."""
    kinds = ("sentence", "caption", "title")
    return [
        _plain(document.text_of(p.span)) for p in document.passages if p.kind in kinds and p.span.end > p.span.start
    ]


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).translate(ALIKE).split())


if __name__ == "__main__":
    main()
