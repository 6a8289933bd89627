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
from collections import Counter

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
    print("| paper | sentences | exact | found | extra sentences | seconds |")
    print("|---|---|---|---|---|---|")
    total = Counter[str]()
    for pair in arguments.pairs:
        truth_path, other_path = pair.split("=")
        truth = _read(truth_path)
        start = time.perf_counter()
        other = _read(other_path)
        seconds = time.perf_counter() - start
        total.update(_compare(other_path.rpartition("/")[2], truth, other, seconds, arguments.show))
    print(_row(f"{len(arguments.pairs)} papers", total, total["milliseconds"] / 1000))


def _read(path: str) -> Document:
    sources = [source for source in find_sources([path]) if isinstance(source, Source)]
    documents = [item for source in sources for item in read_source(source) if isinstance(item, Document)]
    return segment(documents[0])


def _compare(name: str, truth: Document, other: Document, seconds: float, n_shown: int) -> Counter[str]:
    wanted, given = _sentences(truth), _sentences(other)
    text, given_text = _plain(truth.text), _plain(other.text)
    exact = [sentence for sentence in wanted if sentence in given_text]
    missing = [s for s in wanted if s not in given_text and fuzz.partial_ratio(s, given_text) < LEAST]
    inexact = [s for s in wanted if s not in given_text and s not in missing]
    extra = [s for s in given if s not in text and fuzz.partial_ratio(s, text) < LEAST]
    counts = Counter(
        wanted=len(wanted), exact=len(exact), found=len(wanted) - len(missing), extra=len(extra), given=len(given)
    )
    counts["milliseconds"] = round(1000 * seconds)
    print(_row(name, counts, seconds))
    for title, sentences in (("missing", missing), ("inexact", inexact), ("extra", extra)):
        for sentence in sentences[:n_shown]:
            print(f"    {title}: {sentence}")
            if title == "inexact":
                place = fuzz.partial_ratio_alignment(sentence, given_text)
                print(f"         is: {given_text[place.dest_start : place.dest_end]}")
    return counts


def _row(name: str, counts: Counter[str], seconds: float) -> str:
    n = counts["wanted"]
    shares = f"{counts['exact'] / n:.1%} | {counts['found'] / n:.1%}"
    return f"| {name} | {n} | {shares} | {counts['extra']} of {counts['given']} | {seconds:.2f} |"


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
