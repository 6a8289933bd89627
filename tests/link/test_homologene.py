import lzma
import pickle
import sys
import zipfile
from types import ModuleType

import numpy as np
import pytest

from kgbuild.concept import Concept
from kgbuild.errors import OntologyError
from kgbuild.link.homologene import TABLE, read_homologene

ROWS = (
    (10116, 24247, "Casr"),
    (4932, 855264, "MRE11"),
    (9606, 846, "CASR"),
    (6239, 172981, "CELE_C08B6.3"),
    (7955, 555555, "zgc:158296"),
    (7955, 797132, "sirt1"),
)
MODULES = (
    "pandas.core.frame",
    "pandas.core.indexes",
    "pandas.core.indexes.base",
    "pandas.core.internals",
    "pandas.core.internals.managers",
)


@pytest.fixture
def wheel(tmp_path, monkeypatch):
    """A wheel with the pickle that pandas 1 makes of ROWS, without pandas."""

    def shell(module, name):
        made = type(name, (), {"__module__": module, "__setstate__": lambda self, state: None})
        setattr(sys.modules[module], name, made)
        return made

    def with_state(kind, state, *arguments):
        class Reduced:
            def __reduce__(self):
                return (kind, arguments, state) if state is not None else (kind, arguments)

        return Reduced()

    for module in ("pandas", "pandas.core", *MODULES):
        monkeypatch.setitem(sys.modules, module, ModuleType(module))  # never the real ones: they would keep the shells
    frame, manager = shell("pandas.core.frame", "DataFrame"), shell("pandas.core.internals.managers", "BlockManager")
    index, new_index = shell("pandas.core.indexes.base", "Index"), shell("pandas.core.indexes.base", "_new_Index")
    names = np.array(["tax_id", "gene_id", "gene_symbol"], object)
    numbers = np.array([[row[0] for row in ROWS], [row[1] for row in ROWS]])
    symbols = np.array([[row[2] for row in ROWS]], object)
    blocks = [{"values": numbers, "mgr_locs": np.array([0, 1])}, {"values": symbols, "mgr_locs": np.array([2])}]
    axes = [with_state(new_index, None, index, {"data": names, "name": None})]
    state = ([], [], [], {"0.14.1": {"axes": axes, "blocks": blocks}})
    content = pickle.dumps(with_state(frame, {"_mgr": with_state(manager, state)}), protocol=4)
    path = tmp_path / "genes.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(TABLE, lzma.compress(content))
    return path


def test_genes_of_other_species_have_their_symbols(wheel):
    assert list(read_homologene(wheel)) == [
        Concept("NCBIGene:24247", "Casr", "Gene", species="NCBITaxon:10116"),
        Concept("NCBIGene:855264", "MRE11", "Gene", species="NCBITaxon:4932"),
        Concept("NCBIGene:172981", "C08B6.3", "Gene", species="NCBITaxon:6239"),
        Concept("NCBIGene:797132", "sirt1", "Gene", species="NCBITaxon:7955"),
    ]


def test_a_pickle_that_calls_anything_is_refused(tmp_path):
    path = tmp_path / "genes.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(TABLE, lzma.compress(b"cos\nsystem\n(S'true'\ntR."))
    with pytest.raises(OntologyError, match="system is no part of a table"):
        list(read_homologene(path))


def test_a_wheel_without_the_table_is_reported(tmp_path):
    path = tmp_path / "empty.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("nothing", "")
    with pytest.raises(OntologyError, match="expected HomoloGene's table"):
        list(read_homologene(path))
