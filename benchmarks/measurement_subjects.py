"""How often a value that is read in a sentence has the subject that PolyIE gives it (Cheung et al. 2024).

    python benchmarks/measurement_subjects.py validation_split.txt.gz

Paragraphs are read by the bundled model as plain text. Of its measurements those count whose number is the value of a
tuple of the paragraph; the subject is right if a tuple has that number with a compound of the same letters and digits.
"""

import argparse
import gzip
import json
import re
from collections import Counter
from pathlib import Path

from kgbuild.document import Document
from kgbuild.extract.corpora import polyie
from kgbuild.extract.extractor import TransformerExtractor

_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def plain(text: str) -> str:
    """The letters and digits of a name."""
    return re.sub(r"[\W_]+", "", text).casefold()


def read_tuples(path: Path) -> list[set[tuple[str, float]]]:
    """Of each paragraph the compounds with the numbers that are their values."""
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        record = json.load(stream)
    paragraphs = []
    for article, tuples in zip(record["text"], record["relation"], strict=True):
        for words, stated in zip(article, tuples, strict=True):
            found = set()
            for compound, *_, value in (members for members in stated if len(members) > 2):
                number = _NUMBER.search(" ".join(words[slice(*value)]))
                if number is not None:
                    found.add((plain("".join(words[slice(*compound)])), float(number[0])))
            paragraphs.append(found)
    return paragraphs


def main() -> None:
    """Read the paragraphs and print the counts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", type=Path)
    parser.add_argument("--show", type=int, default=0, help="so many subjects that the gold does not have")
    arguments = parser.parse_args()
    gold = read_tuples(arguments.path)
    read = polyie.read(arguments.path, corpus="polyie", entities=frozenset(), relations=frozenset())
    texts = [Document(item.document.id, item.document.text, passages=item.document.passages) for item in read]
    counts, wrong = Counter[str](), []
    for document, tuples in zip(TransformerExtractor(device="cpu").annotate(texts), gold, strict=True):
        mentions = document.mention_index()
        numbers = {number for _, number in tuples}
        for measurement in document.measurements:
            value = measurement.quantity.value
            if value is None or abs(value) not in numbers:
                continue
            counts["with the number of a tuple"] += 1
            if not measurement.subject:
                continue
            subject = document.text_of(mentions[measurement.subject].span)
            counts["with a subject"] += 1
            if (plain(subject), abs(value)) in tuples:
                counts["with the right one"] += 1
            else:
                wrong.append(f"{subject!r} {value}: {[name for name, number in tuples if number == abs(value)]}")
    print(f"{sum(map(len, gold))} tuples in {len(gold)} paragraphs; measurements", dict(counts))
    print("\n".join(wrong[: arguments.show]))


if __name__ == "__main__":
    main()
