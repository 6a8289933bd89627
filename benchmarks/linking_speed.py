"""Look-ups a second, build time, index size and memory of linking, beside Gilda and scispaCy on the same names.

    python benchmarks/linking_speed.py CDR_DevelopmentSet.PubTator.txt.gz --sizes 100000,1000000

The names are those of the default ontologies in a random order; where there are fewer than asked for, further ones are
made of them ("diabetes mellitus" and "diabetes mellitus variant 2"). The queries are the mentions of the corpora, in
their order. Each linker runs in a process of its own, a peer in a virtual environment that pip makes under `--peers`.
Memory is what is resident after all queries, with the pages of mapped files.

"look-up" finds the concepts of a name, "scored" (of peers) orders them too, "candidates" are names spelled alike (of
disorders also alike in meaning), of kgbuild the ten likest of the type of each string, looked for with all strings
given at once. "linker" is what a build does: documents of 20 strings each are linked, that is, the concepts of further
readings of each name and of names spelled alike are ranked; the mentions before are remembered. Gilda knows a name only
as it stands or normalised, so that both are also measured on the strings that it finds. Each round begins
without any memory. Wall time is not comparable where other processes run: processor time is given beside it.
What a process may take is bounded from outside (`ulimit -t 1200 -v 12000000`); a row says what ended it.
"""

import argparse
import gc
import gzip
import itertools
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PEERS = Path(__file__).resolve().parent / "peers"
sys.path.insert(0, str(PEERS))

from measure import batch_speeds, peak, read_queries, report, speeds  # noqa: E402

from kgbuild.document import Document, Mention, Span  # noqa: E402
from kgbuild.link import compiled, features, gene_species, names  # noqa: E402
from kgbuild.link.cache import cache_folder  # noqa: E402
from kgbuild.link.catalogue import open_default, open_ontology  # noqa: E402
from kgbuild.link.learnt import LearntNames  # noqa: E402
from kgbuild.link.linker import LexicalLinker  # noqa: E402
from kgbuild.link.name_vectors import bundled_vectors  # noqa: E402
from kgbuild.link.similar import SimilarNames  # noqa: E402
from kgbuild.link.similar_indexes import SimilarOnce  # noqa: E402
from kgbuild.read import pubtator  # noqa: E402

#: what pip installs for each peer
REQUIREMENTS = {"gilda": "gilda==1.6.1", "scispacy": "scispacy==0.6.2"}
SEED = 7
#: a name that no ontology has, so that names spelled alike are looked for
ABSENT = "xqzzjk vwqpk"
#: how kgbuild is asked, and which of its builds that needs
WAYS = {"look-up": "look-up", "candidates": "linker", "linker": "linker"}
MENTIONS_A_DOCUMENT, MAX_SIMILAR = 20, 10
COLUMNS = (
    *("names", "linker", "look-ups/s", "per CPU s", "distinct/s", "per CPU s", "found"),
    *("build CPU s", "index MB", "resident MB"),
)


def real_names() -> list[tuple[str, str, str]]:
    """Identifier, name and type of the names of the default ontologies, each once, in a random order."""
    found: dict[tuple[str, str], str] = {}
    for ontology in open_default():
        for concept in ontology.concepts():
            for name in (concept.name, *(synonym.name for synonym in concept.synonyms)):
                plain = " ".join(name.split())
                if plain and not concept.obsolete:
                    found[concept.curie, plain] = concept.type
    rows = [(*key, type_) for key, type_ in found.items()]
    random.Random(SEED).shuffle(rows)
    return rows


def write_names(rows: list[tuple[str, str, str]], size: int, path: Path) -> None:
    """A table of so many names: the first ones, and variants of them where there are not enough."""
    with path.open("w", encoding="utf-8") as stream:
        stream.write("id\tname\ttype\n")
        for place in range(size):
            variant, row = divmod(place, len(rows))
            curie, name, type_ = rows[row]
            stream.write(f"{curie}\t{name}{f' variant {variant + 1}' if variant else ''}\t{type_}\n")


def mentions(path: Path) -> Iterator[tuple[str, str]]:
    """The strings and types of the mentions of a PubTator file."""
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as stream:
        for doc in pubtator.read(stream, path.name):
            if isinstance(doc, Document):
                for mention in doc.mentions:
                    yield " ".join(doc.text_of(mention.span).split()), mention.type


def compile_names(table: Path) -> None:
    """Compile, and print how long it took and the most memory that it took; then make the indexes of similar names."""
    started = time.process_time()
    ontology = open_ontology(table)
    compiled_after, compiled_peak = time.process_time(), peak()
    linker = LexicalLinker([str(table)])
    for type_ in ontology.meta.types:
        linker.candidates(ABSENT, type_)
    print(
        json.dumps(
            {
                "look-up": {"build_seconds": compiled_after - started, "peak": compiled_peak},
                "linker": {"build_seconds": time.process_time() - started, "peak": peak()},
            }
        )
    )


#: what forgets what is remembered between strings beside what is opened
FORGET = (
    *(remembered.cache_clear for remembered in (compiled._hash, names.normal_key, features._meanings_of)),
    *(
        features._words_of.cache_clear,
        names._STEMS.clear,
        bundled_vectors()._words.clear,
        gene_species._LONG_NAMES.clear,
    ),
)


class Memory:
    """What is opened and remembered between look-ups; new for each round."""

    def __init__(self, names: Path) -> None:
        self._names = names
        self.forget()

    def forget(self) -> None:
        """Begin as a new process would."""
        self.ontology = open_ontology(self._names)
        self.linker = LexicalLinker([str(self._names)])
        self.similar: dict[str, SimilarNames] = {}
        for forget in FORGET:
            forget()
        gc.collect()  # the files that were mapped before


def measure_kgbuild(table: Path, queries: Path, way: str) -> None:
    """Look up in what was compiled, in one of two ways, and print the figures as JSON."""
    started = time.perf_counter()
    memory = Memory(table)
    open_seconds = (time.perf_counter() - started) / 2
    type_of = dict(line.split("\t") for line in queries.read_text("utf-8").splitlines())

    def find(text: str) -> list[Any]:
        normal, words = names.name_keys(text)
        return memory.ontology.by_normal_key(normal) or memory.ontology.by_word_key(words)

    def find_alike(texts: list[str]) -> list[list[Any]]:
        found: dict[str, list[Any]] = {}
        for type_ in set(type_of.values()):
            if type_ not in memory.similar:
                memory.similar[type_] = SimilarOnce(type_, (memory.ontology,), LearntNames())()[0]
            asked = [text for text in texts if type_of[text] == type_]
            spelled = [" ".join(names.words(text)) for text in asked]
            found |= dict(zip(asked, memory.similar[type_].find(spelled, MAX_SIMILAR), strict=True))
        return [found[text] for text in texts]

    def link(texts: list[str]) -> list[tuple[Any, ...]]:
        documents = (_document(texts[start : start + MENTIONS_A_DOCUMENT], type_of) for start in _starts(texts))
        return [mention.candidates for doc in memory.linker.link(documents) for mention in doc.mentions]

    asked = read_queries(queries)
    if way == "look-up":
        row = speeds(asked, find, forget=memory.forget)
    else:
        row = batch_speeds(asked, {"candidates": find_alike, "linker": link}[way], forget=memory.forget)
    size = memory.ontology.size
    if way != "look-up":
        size += sum(file.stat().st_size for file in (cache_folder() / "similar").rglob("*.npy"))
    report(build_seconds=0.0, size=size, rows={way: row}, open_seconds=open_seconds)


def _starts(texts: list[str]) -> range:
    return range(0, len(texts), MENTIONS_A_DOCUMENT)


def _document(texts: list[str], type_of: dict[str, str]) -> Document:
    """A document that has each of the strings as a line."""
    starts = itertools.accumulate((len(text) + 1 for text in texts), initial=0)
    placed = [(Span(start, start + len(text)), type_of[text]) for start, text in zip(starts, texts, strict=False)]
    return Document("kgb:names", "\n".join(texts)).replace_mentions([Mention(*pair) for pair in placed])


def peer_python(name: str, folder: Path) -> Path | str:
    """The Python of a peer's virtual environment, made now if it is not there; what pip says if that fails."""
    python = folder / name / "bin" / "python"
    if not python.is_file():
        subprocess.run([sys.executable, "-m", "venv", str(folder / name)], check=True)
    command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", REQUIREMENTS[name]]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return python if done.returncode == 0 else (done.stderr.strip().splitlines() or ["pip failed"])[-1]


def run(*command: str | Path) -> dict[str, Any]:
    """The figures that a process prints in its last line, or what it says where it fails."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        reason = (done.stderr.strip().splitlines() or [f"ended by signal {-done.returncode}"])[-1]
        return {"failed": reason}
    return json.loads(done.stdout.strip().splitlines()[-1])


def print_rows(size: int, linker: str, figures: dict[str, Any]) -> None:
    """The lines of the table for one linker."""
    if "failed" in figures:
        print(f"| {size:,} | {linker} | {figures['failed']}" + " |" * (len(COLUMNS) - 2), flush=True)
        return
    for name, speed in figures["rows"].items():
        rates = [f"{speed[key]:,.0f}" for key in ("all", "all_cpu", "distinct", "distinct_cpu")]
        sizes = [f"{figures[key] / 1e6:,.0f}" for key in ("size", "resident")]
        cells = (f"{size:,}", f"{linker}, {name}", *rates, f"{speed['found']:.2f}", f"{figures['build_seconds']:.0f}")
        print("| " + " | ".join((*cells, *sizes)) + " |", flush=True)


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", type=Path, nargs="+", help="PubTator files, plain or .gz")
    parser.add_argument("--sizes", default="100000,1000000,5000000", help="numbers of names, joined by commas")
    parser.add_argument(
        "--peers", type=Path, default=Path(tempfile.gettempdir()) / "kgbuild-peers", help="their folder"
    )
    parser.add_argument("--gilda-up-to", type=int, default=5_000_000, help="largest size that Gilda is given")
    parser.add_argument("--scispacy-up-to", type=int, default=100_000, help="largest size that scispaCy is given")
    arguments = parser.parse_args()
    limits = {"gilda": arguments.gilda_up_to, "scispacy": arguments.scispacy_up_to}
    pythons = {name: peer_python(name, arguments.peers) for name, limit in limits.items() if limit}
    rows = real_names()
    print(f"{len(rows):,} real names\n")
    print("| " + " | ".join(COLUMNS) + " |")
    print("|---" * len(COLUMNS) + "|")
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["KGBUILD_CACHE"] = scratch
        queries = Path(scratch) / "queries.tsv"
        found = [pair for path in arguments.corpora for pair in mentions(path)]
        queries.write_text("".join(f"{text}\t{type_}\n" for text, type_ in found), "utf-8")
        for size in map(int, arguments.sizes.split(",")):
            table = Path(scratch) / f"names-{size}.tsv"
            write_names(rows, size, table)
            built = run(sys.executable, __file__, "compile", table)
            for way, build in WAYS.items():
                figures = run(sys.executable, __file__, "measure", table, queries, way)
                print_rows(size, "kgbuild", figures | built.get(build, built))
                if "peak" in built.get(build, ()) and "open_seconds" in figures:
                    peak_, opened = built[build]["peak"] / 1e6, figures["open_seconds"]
                    print(
                        f"{size:,} names, {way}: peak of {peak_:,.0f} MB while building; opened in {opened:.3f} s",
                        file=sys.stderr,
                        flush=True,
                    )
            of_gilda = Path(scratch) / "found.tsv"
            for name, python in pythons.items():
                if size > limits[name]:
                    continue
                peer = (
                    {"failed": python}
                    if isinstance(python, str)
                    else run(python, PEERS / f"{name}_speed.py", table, queries, of_gilda)
                )
                print_rows(size, name, peer)
            if of_gilda.is_file():
                figures = run(sys.executable, __file__, "measure", table, of_gilda, "linker")
                print_rows(size, "kgbuild, of what Gilda finds", figures | built.get("linker", built))
                of_gilda.unlink()
            shutil.rmtree(Path(scratch) / "similar", ignore_errors=True)
            table.unlink()


if __name__ == "__main__":
    if sys.argv[1:2] == ["compile"]:
        compile_names(Path(sys.argv[2]))
    elif sys.argv[1:2] == ["measure"]:
        measure_kgbuild(Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4])
    else:
        main()
