"""F1 against the number of annotated documents: adapters and full fine-tuning, for types that the bundled model lacks.

Types `Doping` (doped, substitution) and `SC` (superconductivity and its temperatures) of SC-CoMIcs, abstracts on
superconductors (CC BY-NC: for evaluation only). Of n documents a fifth is kept for development, as the README advises
somebody with a hundred documents; F1 is on others that no run sees. All runs begin from the bundled model.

    python benchmarks/lora_curve.py sc_comics/sc_comics_brat.tar.gz [--documents 10 25 50 100] [--method lora]
"""

import argparse
import hashlib
import tarfile
import tempfile
import time
from pathlib import Path

import msgspec

from kgbuild.document import Document
from kgbuild.evaluate import evaluate
from kgbuild.extract.corpora import brat
from kgbuild.extract.extractor import TransformerExtractor, model_folder
from kgbuild.extract.recipe import Corpus, Recipe, TrainSettings
from kgbuild.extract.training import train
from kgbuild.segment import segment

TYPES = ("Doping", "SC")
#: What the README advises for few documents.
FEW = TrainSettings(epochs=30, batch_tokens=512, patience=6)
METHODS = {
    "lora": msgspec.structs.replace(FEW, lora=16, learning_rate=1e-3),
    "full": msgspec.structs.replace(FEW, learning_rate=1e-4),
}


def main() -> None:
    """Print a row for each number of documents and method."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", type=Path)
    parser.add_argument("--documents", type=int, nargs="+", default=[10, 25, 50, 100])
    parser.add_argument("--method", nargs="+", choices=METHODS, default=list(METHODS))
    parser.add_argument("--test", type=int, default=100, help="documents to measure on")
    parser.add_argument("--epochs", type=int, default=FEW.epochs)
    parser.add_argument("--learning-rate", type=float, help="instead of that of the method")
    arguments = parser.parse_args()
    print("| documents | method | learning rate | epochs run | steps/s | precision | recall | F1 |", flush=True)
    print("|---|---|---|---|---|---|---|---|", flush=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with tarfile.open(arguments.path) as archive:
            archive.extractall(folder / "all", filter="data")
        texts = sorted((folder / "all").rglob("*.txt"), key=lambda path: hashlib.sha256(path.stem.encode()).digest())
        test, pool = texts[: arguments.test], texts[arguments.test :]
        link(test, folder / "test")
        for n in arguments.documents:
            link(pool[:n], folder / f"first{n}")
            for method in arguments.method:
                settings = msgspec.structs.replace(METHODS[method], epochs=arguments.epochs)
                if arguments.learning_rate:
                    settings = msgspec.structs.replace(settings, learning_rate=arguments.learning_rate)
                corpus = Corpus("own", "brat", (f"first{n}",), TYPES, dev_share=0.2)
                row = measure(Recipe((corpus,), settings), folder, folder / f"{method}{n}")
                print(f"| {n} | {method} | {settings.learning_rate:g} | {row} |", flush=True)


def link(texts: list[Path], folder: Path) -> None:
    """A folder of these texts with their annotations."""
    folder.mkdir()
    for text in texts:
        for file in (text, text.with_suffix(".ann")):
            (folder / file.name).symlink_to(file)


def measure(recipe: Recipe, folder: Path, output: Path) -> str:
    """Train by the recipe, read the test documents, and give the last cells of a row."""
    started = time.perf_counter()
    n_steps = 0

    def count(done: int, total: int, words: str) -> None:
        nonlocal n_steps
        n_steps = done

    train(recipe, folder, output, device="cpu", start=model_folder("science-minilm"), progress=count)
    rate = n_steps / (time.perf_counter() - started)
    epochs = len((output / "metrics.jsonl").read_text("utf-8").splitlines())
    gold = [
        item.document
        for item in brat.read(folder / "test", corpus="own", entities=frozenset(TYPES), relations=frozenset())
    ]
    bare = (segment(Document(doc.id, doc.text)) for doc in gold)
    score = evaluate(gold, TransformerExtractor(str(output), device="cpu").annotate(bare)).mentions["all"]
    return f"{epochs} | {rate:.1f} | {score.precision:.3f} | {score.recall:.3f} | {score.f1:.3f}"


if __name__ == "__main__":
    main()
