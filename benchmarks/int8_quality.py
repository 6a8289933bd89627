"""What integers of eight bits cost in quality: F1 on development documents in float32 and in int8.

    python benchmarks/int8_quality.py /data/extraction [--model NAME|FOLDER] [--recipe science]

Strict mentions by tags alone, without the weighing of spans, and relations of gold mentions, of every corpus of the
recipe, with the thresholds that come with the model, which were fitted in float32.
"""

import argparse
import time
from pathlib import Path

from kgbuild.extract.extractor import DEFAULT_MODEL, model_folder
from kgbuild.extract.model import ExtractionModel
from kgbuild.extract.recipe import load_recipe, split_gold
from kgbuild.extract.scoring import Scores, mention_scores, predict_gold, relation_scores
from kgbuild.int8 import load_ranges, use_int8


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="folder of the corpora")
    parser.add_argument("--model", default=DEFAULT_MODEL)
    parser.add_argument("--recipe", default="science")
    arguments = parser.parse_args()
    folder = model_folder(arguments.model)
    _, dev = split_gold(load_recipe(arguments.recipe), arguments.data)
    found: dict[str, tuple[Scores, Scores]] = {}
    for precision in ("float32", "int8"):
        model = ExtractionModel.load(folder)
        if precision == "int8":
            use_int8(model.encoder.transformer, load_ranges(folder))
        started = time.perf_counter()
        predictions = list(predict_gold(model, dev))
        print(f"{precision}: {len(dev)} documents in {time.perf_counter() - started:.0f} s")
        found[precision] = mention_scores(predictions), relation_scores(predictions, model.labels)
    for place, what in enumerate(("mentions", "relations")):
        print(f"\n| {what} | float32 | int8 | |\n|---|---|---|---|")
        rows = {
            corpus: tuple(found[precision][place][corpus]["all"][2] for precision in found)
            for corpus in found["float32"][place]
        }
        rows["mean"] = tuple(sum(column) / len(rows) for column in zip(*rows.values(), strict=True))
        for corpus, (exact, rounded) in rows.items():
            print(f"| {corpus} | {exact:.3f} | {rounded:.3f} | {rounded - exact:+.3f} |")


if __name__ == "__main__":
    main()
