"""NCBI Gene tables of human, mouse and fly: the gene names of three species with their NCBI Gene identifiers.

They stand as Python source in the test data of the package `goatools` (BSD-2; data of the NCBI, 2016): one wheel from
the package index, pinned and checked by its hash, which is read as text and never imported.
"""

import ast
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from kgbuild.concept import Concept, Synonym
from kgbuild.errors import OntologyError
from kgbuild.link.wheel import PinnedWheel

__all__ = ["GENES_WHEEL", "read_ncbi_genes"]

GENES_WHEEL = PinnedWheel(
    file="goatools-1.6.7-py3-none-any.whl",
    requirement="goatools==1.6.7",
    sha256="6af3d675bd5656a56e201264d4b67ffa97bc4abbe44d2a0d0e32b8a8ab1e1cc0",
    megabytes=16,
)
FOLDER = "goatools/test_data/"
#: tables in the order in which they are read; a gene that stands in several is joined by compilation
TABLES = (
    "genes_NCBI_9606_All.py",
    "genes_NCBI_10090_All.py",
    "genes_NCBI_10090_ProteinCoding.py",
    "genes_NCBI_7227_ProteinCoding.py",
)
_STRING = r"('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
_ROW = re.compile(
    rf"tax_id=(\d+),.*?GeneID=(\d+),.*?Status='live', Symbol={_STRING}, Aliases={_STRING}, description={_STRING}, "
    rf"other_designations={_STRING}"
)
#: "Dmel_CG7092", "OTTMUSG00000020738", "2700084L22Rik": numbers of records
_RECORD = re.compile(r"Dmel.*|OTTMUSG\d+|CG\d+-P[A-Z]|EG\d+|\w+Rik|[A-Z]{1,3}\d{6,}")
NO_NAMES = ("uncharacterized protein", "hypothetical protein")


def read_ncbi_genes(wheel: Path) -> Iterator[Concept]:
    """The live genes of the tables; OntologyError where the wheel has them not."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            for table in TABLES:
                for line in archive.read(FOLDER + table).decode("utf-8").splitlines():
                    row = _ROW.search(line)
                    if row is not None:
                        yield _gene(row)
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise OntologyError(f"{wheel}: expected the tables of NCBI Gene in {FOLDER}: {error}") from error


def _gene(row: re.Match[str]) -> Concept:
    taxon, number = row[1], row[2]
    symbol, aliases, description, designations = map(_unquoted, row.groups()[2:])
    names = [*aliases.split(", "), description, *designations.split("|")]
    wanted = [name.strip() for name in names if name.strip() and not _RECORD.fullmatch(name.strip())]
    kept = dict.fromkeys(name for name in wanted if name not in (symbol, *NO_NAMES))
    return Concept(
        curie=f"NCBIGene:{number}",
        name=symbol,
        type="Gene",
        synonyms=tuple(Synonym(name, "exact" if name == description else "related") for name in kept),
        species=f"NCBITaxon:{taxon}",
    )


def _unquoted(literal: str) -> str:
    return str(ast.literal_eval(literal)) if "\\" in literal else literal[1:-1]
