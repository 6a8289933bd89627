import pytest

from kgbuild.read.labels import entity_type, read_concepts


@pytest.mark.parametrize(
    ("label", "type_name"),
    [("FamilyName", "Gene"), ("SNP", "Variant"), ("Cell", "CellType"), ("Disease", "Disease"), ("Odd", "Odd")],
)
def test_corpus_labels_become_our_types_and_unknown_ones_stay(label: str, type_name: str) -> None:
    assert entity_type(label) == type_name


@pytest.mark.parametrize(
    ("field", "type_name", "concepts"),
    [
        ("-1", "Disease", ()),
        ("-", "Gene", ()),
        ("", "Gene", ()),
        (" D008661", "Disease", ("MESH:D008661",)),
        ("D007153+D040181", "Disease", ("MESH:D007153", "MESH:D040181")),
        ("OMIM:312080+OMIM:312920", "Disease", ("OMIM:312080", "OMIM:312920")),
        ("17125;17129", "Gene", ("NCBIGene:17125", "NCBIGene:17129")),
        ("50509,12831(Tax:10090)", "Gene", ("NCBIGene:50509", "NCBIGene:12831")),
        ("NCBI Gene:3577", "Gene", ("NCBIGene:3577",)),
        ("9606", "Species", ("NCBITaxon:9606",)),
        (" CVCL_1452", "CellLine", ("CVCL:1452",)),
        ("rs2234671", "Variant", ("DBSNP:rs2234671",)),
        ("DBSNP:rs1|DBSNP:rs2", "Variant", ("DBSNP:rs1", "DBSNP:rs2")),
        ("tmVar:p|SUB|V|600|E;HGVS:p.V600E;RS#:113488022", "Variant", ("DBSNP:rs113488022",)),
        ("c|DEL|1314_1328|", "Variant", ("c|DEL|1314_1328|",)),
        ("NCBI Gene:2626,dbSNP:c|INS|1146+25|A", "Variant", ("c|INS|1146+25|A",)),
        ("D001|D001", "Odd", ("D001",)),
        ("kgb:abc", "Chemical", ("kgb:abc",)),
    ],
)
def test_identifier_fields_become_curies(field: str, type_name: str, concepts: tuple[str, ...]) -> None:
    assert read_concepts(field, type_name) == concepts
