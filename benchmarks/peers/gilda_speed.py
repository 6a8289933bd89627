"""Gilda over a file of names, for `linking_speed.py`: run by a Python that has gilda and nothing of kgbuild's.

    python gilda_speed.py names.tsv queries.tsv found.tsv

The queries that it finds are written to the last file.
"""

import sys
import tempfile
import time
from pathlib import Path

from gilda.grounder import Grounder
from gilda.process import normalize
from gilda.term import Term, dump_terms
from measure import read_names, read_queries, report, speeds


def main() -> None:
    """Build, look up, print the figures as JSON."""
    names, queries = read_names(Path(sys.argv[1])), read_queries(Path(sys.argv[2]))
    started = time.process_time()
    terms = [
        Term(normalize(name), name, curie.partition(":")[0], curie.partition(":")[2], name, "synonym", "benchmark")
        for curie, name in names
        if normalize(name)
    ]
    grounder = Grounder(terms)
    seconds = time.process_time() - started
    del names
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "terms.tsv.gz"
        dump_terms(terms, str(path))
        size = path.stat().st_size
    del terms
    asked = Path(sys.argv[2]).read_text("utf-8").splitlines(keepends=True)
    found = [line for line, text in zip(asked, queries, strict=True) if grounder.lookup(text)]
    Path(sys.argv[3]).write_text("".join(found), "utf-8")
    report(
        build_seconds=seconds,
        size=size,
        rows={
            "look-up": speeds(queries, grounder.lookup),
            "scored": speeds(queries, grounder.ground),
            "scored, of what it finds": speeds(read_queries(Path(sys.argv[3])), grounder.ground),
        },
    )


if __name__ == "__main__":
    main()
