import zipfile

import pytest

from kgbuild.concept import Concept, Synonym
from kgbuild.errors import OntologyError
from kgbuild.link.ncbi_gene import TABLES, read_ncbi_genes

ROW = (
    "  21846 : NtData(tax_id=10090, Org_name='Mus musculus', GeneID=21846, CurrentID=0, Status='live', Symbol='Tie1', "
    "Aliases='D430008P04Rik, TIE', description='tyrosine kinase with domains', other_designations=\"5' kinase|TIE\", "
    "map_location='4 54.67 cM', chromosome='4', OMIM='', no_hdr0=''),\n"
)


def test_genes_are_read_from_the_source_of_the_tables(tmp_path):
    path = tmp_path / "genes.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for table in TABLES:
            archive.writestr(f"goatools/test_data/{table}", f'"""Data."""\n{ROW if "10090_All" in table else ""}')
    (gene,) = read_ncbi_genes(path)
    names = (Synonym("TIE", "related"), Synonym("tyrosine kinase with domains"), Synonym("5' kinase", "related"))
    assert gene == Concept("NCBIGene:21846", "Tie1", "Gene", names, species="NCBITaxon:10090")


def test_a_wheel_without_the_tables_is_reported(tmp_path):
    path = tmp_path / "empty.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("nothing", "")
    with pytest.raises(OntologyError, match="expected the tables of NCBI Gene"):
        list(read_ncbi_genes(path))
