"""What is told of columns of numbers that gave no measurement."""

import io

import msgspec
import pytest

from kgbuild.document import COLUMNS, Document
from kgbuild.extract.tables import TableReader
from kgbuild.extract.unmeasured import tell_unmeasured
from kgbuild.read import csv_table
from kgbuild.schema import load_schema
from kgbuild.segment import segment

READER = TableReader(load_schema("materials").properties.values())


def table(*rows: str, format: str = "csv") -> Document:
    (doc,) = csv_table.read(io.BytesIO("\n".join(rows).encode()), "t.csv")
    assert isinstance(doc, Document)  # and no failure
    metadata = msgspec.structs.replace(doc.metadata, source="t.csv", format=format)
    return READER.read(segment(msgspec.structs.replace(doc, metadata=metadata)))


def test_columns_of_numbers_without_a_measurement_are_named() -> None:
    doc = table("Alloy,Density (g/cm3),Strength ksi,Tc (K),Colour", "NiAl,5.9,30,2,grey", "FeAl,5.6,45,3,grey")
    failure = tell_unmeasured(doc)
    assert failure is not None
    assert (failure.stage, failure.source, failure.document) == (COLUMNS, "t.csv", doc.id)
    assert 't.csv: no measurement is read from the columns of numbers "Strength ksi", "Tc (K)": ' in failure.reason


def test_cells_that_are_not_understood_among_others_are_named() -> None:
    failure = tell_unmeasured(table("Alloy,Density (g/cm3)", "NiAl,5.9 [3]", "FeAl,45/55", "TiAl,-", "CoAl,6 at 9 K"))
    assert failure is not None
    assert failure.reason == (
        't.csv: 2 cells are not understood in columns that are: "Density (g/cm3): 45/55", "Density (g/cm3): 6 at 9 K"'
    )


@pytest.mark.parametrize(
    "header",
    [
        "Density (g/cm3)",
        "Test temperature (K)",
        "Thickness of the plate (mm)",  # which tells the rows of one alloy apart
        "Error",
        "p-value",
        "Year",
        "PMID",
        "sample_id",
        "No.",
        "n",
        "Number of samples",
        "Publication year",
        "Reference error (K)",
    ],
)
def test_nothing_is_told_of_what_is_understood_or_no_value(header: str) -> None:
    rows = [f"Alloy,Yield strength (MPa),{header}", "NiAl,200,3", "NiAl,300,4"]
    assert tell_unmeasured(table(*rows)) is None


@pytest.mark.parametrize(
    "header",
    [
        "Start of melting (K)",
        "Reference density (g/cm3)",
        "Order parameter",
        "Number average MW",
        "Refractive index n",
    ],
)
def test_a_property_with_a_word_of_counts_in_its_name_is_told(header: str) -> None:
    failure = READER.unmeasured(table(f"Sample,{header}", "PMMA,4.3", "PS,5.4"))
    assert failure is not None
    assert f'"{header}"' in failure.reason


@pytest.mark.parametrize(
    "header",
    [
        "gene,log2FC,padj,baseMean,lfcSE",
        "Gene symbol,log2FC,padj,baseMean,lfcSE",
        "gene_id,log2FC,padj,baseMean,lfcSE",
        "SNP,BP,OR,beta,EAF",
        "rsID,BP,OR,beta,EAF",
        "Lead variant,BP,OR,beta,EAF",
        "CHR,BP,OR,beta,EAF",
    ],
)
def test_nothing_is_told_of_tables_of_genes_and_variants(header: str) -> None:
    assert READER.unmeasured(table(header, "x1,1.2,0.5,3,2.1", "x2,1.3,0.4,4,3.2")) is None


def test_nothing_is_told_of_words_flags_papers_and_empty_documents() -> None:
    assert tell_unmeasured(table("Alloy,Phase,Is stable", "NiAl,B2,1", "FeAl,B2,0")) is None
    assert tell_unmeasured(table("Alloy,Strength ksi", "NiAl,30", format="jats")) is None
    assert tell_unmeasured(Document("kgb:x", "")) is None
    assert TableReader([]).unmeasured(table("Alloy,Strength ksi", "NiAl,30")) is None


def test_of_many_columns_the_first_are_named() -> None:
    failure = READER.unmeasured(table(",".join(("Alloy", *"abcdefghijkmoq")), ",".join(("NiAl", *"23456789234567"))))
    assert failure is not None
    assert '"a", "b"' in failure.reason and '"m" and 2 more: ' in failure.reason
