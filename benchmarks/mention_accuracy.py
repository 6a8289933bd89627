"""Precision, recall and F1 of mentions on the development documents of corpora, by type: strict span and type.

python benchmarks/mention_accuracy.py CORPORA --corpora mulms sofc_exp
"""

import argparse
from pathlib import Path

import msgspec

from kgbuild.extract.extractor import DEFAULT_MODEL, model_folder
from kgbuild.extract.model import ExtractionModel
from kgbuild.extract.recipe import load_recipe, split_gold
from kgbuild.extract.scoring import mention_scores, predict_gold


def main() -> None:
    """Print a line for each corpus and type."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="folder of the recipe's corpora")
    parser.add_argument("--corpora", nargs="+", required=True)
    parser.add_argument("--recipe", default="science")
    parser.add_argument("--model", default=DEFAULT_MODEL)
    arguments = parser.parse_args()
    recipe = load_recipe(arguments.recipe)
    model = ExtractionModel.load(model_folder(arguments.model))
    for corpus in recipe.corpus:
        if corpus.name not in arguments.corpora:
            continue
        _, dev = split_gold(msgspec.structs.replace(recipe, corpus=(corpus,)), arguments.data)
        texts = [msgspec.structs.replace(gold, relations=frozenset()) for gold in dev]  # pairs are not asked for
        for scores in mention_scores(list(predict_gold(model, texts))).values():
            for name, (precision, recall, f1) in scores.items():
                print(f"{corpus.name} {name}: P {precision:.4f} R {recall:.4f} F1 {f1:.4f}", flush=True)


if __name__ == "__main__":
    main()
