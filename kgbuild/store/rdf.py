"""The embedded triple store (Oxigraph), loaded from the stream of N-Quads that the Parquet tables give."""

import io
import logging
import shutil
from pathlib import Path

from pyoxigraph import RdfFormat, Store

from kgbuild.errors import GraphError
from kgbuild.store.dataset import dataset_blocks
from kgbuild.store.rdf_syntax import ByteStream, nquads

__all__ = ["build_rdf", "open_rdf"]

logger = logging.getLogger(__name__)

#: Bytes that the store reads at a time.
READ_BYTES = 1 << 20


def build_rdf(folder: Path) -> None:
    """Load the folder's tables into `folder/rdf`, which is replaced when all is loaded."""
    unfinished = folder / ".rdf.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    try:
        store = Store(str(unfinished))
        stream = io.BufferedReader(ByteStream(nquads(dataset_blocks(folder))), READ_BYTES)
        store.bulk_load(stream, RdfFormat.N_QUADS, lenient=True)  # our own lines need no second check of their IRIs
        store.optimize()
        n_quads = len(store)
        del store  # the lock on the folder goes with it
    except (OSError, ValueError, RuntimeError) as error:
        raise GraphError(f"{folder}: the RDF store cannot be built: {error}") from error
    shutil.rmtree(folder / "rdf", ignore_errors=True)
    unfinished.rename(folder / "rdf")
    logger.info("store: %d statements in %s", n_quads, folder / "rdf")


def open_rdf(folder: Path) -> Store:
    """The store, read-only. GraphError if it is missing or damaged."""
    path = folder / "rdf"
    if not path.is_dir():
        raise GraphError(f"{folder}: expected a graph, found no rdf/; run kgbuild build PATH… -o GRAPH")
    try:
        return Store.read_only(str(path))
    except (OSError, ValueError, RuntimeError) as error:
        raise GraphError(f"{path}: damaged or made by another version ({error}); run kgbuild build again") from error
