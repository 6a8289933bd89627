"""Exports read by the tools that they are for: KGX, Biolink's own classes, SSSOM, NDEx, PyKEEN, PyTorch Geometric."""

import json
import sys
from pathlib import Path

import pytest
import torch

sys.path.insert(0, str(Path(__file__).parent.parent.parent))  # for papers.py

from kgx_peer import validated_by_kgx

from kgbuild.export.graph import cx2, kgx, kgx_jsonl, kgx_tsv, pyg, pykeen, sssom
from kgbuild.export.graph.source import GraphSource, is_denied
from kgbuild.prefixes import VOCABULARIES

#: what a tool warns of, or the libraries that it imports, is not ours to mend
pytestmark = pytest.mark.filterwarnings("ignore")


#: Biolink's own classes, which a test below asks, take nothing but a dictionary there, and Study has an identifier, by
#: which LinkML inlines it; KGX's validator goes by "multivalued" alone. In TSV it cannot see what the text of a cell is
STUDIES_BY_KEY = "Multi-valued edge property 'has_supporting_studies' is expected to be of type 'list'"


def written(writer, folder: Path, path: Path) -> Path:
    if writer.FILES:
        path.mkdir()
    writer.write(GraphSource(folder), path)
    return path


@pytest.mark.parametrize(
    ("writer", "ending", "expected"), [(kgx_tsv, "tsv", set()), (kgx_jsonl, "jsonl", {STUDIES_BY_KEY})]
)
def test_kgx_finds_nothing_wrong_once_it_knows_our_prefix(writer, ending, expected, folder, tables, tmp_path):
    out = written(writer, folder, tmp_path / "kgx")
    result = validated_by_kgx(ending, out, {"kgb": VOCABULARIES["kgb"]})
    lines = (out / f"edges.{ending}").read_text("utf-8").splitlines()
    n_associations = len(lines) - (ending == "tsv")  # a header
    assert (result["nodes"], result["edges"]) == (tables.nodes.num_rows, n_associations)
    assert messages_of(result) == expected


def test_kgx_knows_no_prefix_but_biolinks_of_itself(folder, tables, tmp_path):
    messages = messages_of(validated_by_kgx("tsv", written(kgx_tsv, folder, tmp_path / "kgx")))
    assert messages
    assert all("CURIE prefix 'kgb'" in text for text in messages)  # a file of KGX cannot declare one


def messages_of(result: dict[str, dict]) -> set[str]:
    return {text for kinds in result["errors"].values() for found in kinds.values() for text in found}


def test_kgx_would_find_what_is_wrong(folder, tmp_path):
    out = written(kgx_jsonl, folder, tmp_path / "kgx")
    first, *rest = (out / "edges.jsonl").read_text("utf-8").splitlines(keepends=True)
    broken = json.loads(first) | {"predicate": "biolink:cures_by_magic"}
    del broken["agent_type"]
    (out / "edges.jsonl").write_text(json.dumps(broken) + "\n" + "".join(rest), "utf-8")
    errors = validated_by_kgx("jsonl", out)["errors"]["ERROR"]
    assert errors["MISSING_EDGE_PROPERTY"].keys() == {"Required edge property 'agent_type' is missing"}
    assert errors["INVALID_EDGE_PREDICATE"].keys() == {"Edge predicate 'cures_by_magic' is not in Biolink Model"}


def test_nodes_edges_studies_and_their_results_are_valid_by_biolinks_own_classes(folder, tables, tmp_path):
    from biolink_model.datamodel import pydanticmodel_v2 as biolink

    out = written(kgx_jsonl, folder, tmp_path / "kgx")
    for line in (out / "nodes.jsonl").read_text("utf-8").splitlines():
        node = without(json.loads(line), kgx.OWN_NODE_SLOTS)
        getattr(biolink, node["category"][0].removeprefix("biolink:")).model_validate(node)
    results = []
    for line in (out / "edges.jsonl").read_text("utf-8").splitlines():
        edge = without(json.loads(line), kgx.OWN_EDGE_SLOTS)
        for study in edge["has_supporting_studies"].values():
            study["has_study_results"] = [without(item, kgx.OWN_RESULT_SLOTS) for item in study["has_study_results"]]
        valid = biolink.Association.model_validate(edge)
        for study in valid.has_supporting_studies.values():
            results.extend(study.has_study_results)
    assert {type(result) for result in results} == {biolink.TextMiningStudyResult}
    assert sorted(
        (item.id, item.supporting_text, item.extraction_confidence_score, item.supporting_text_section_type)
        for item in results
    ) == sorted((row["id"], [row["text"]], row["calibrated"], row["section"]) for row in tables.evidence.to_pylist())
    assert any(item.subject_location_in_text and item.supporting_document_year for item in results)


def without(record: dict[str, object], slots: tuple[str, ...]) -> dict[str, object]:
    return {name: value for name, value in record.items() if name not in slots}


def test_sssom_reads_the_mappings_and_its_validators_pass(folder, tables, tmp_path):
    from sssom.parsers import parse_sssom_table
    from sssom.validators import validate

    mappings = parse_sssom_table(written(sssom, folder, tmp_path / "graph.sssom.tsv"))
    validate(mappings, fail_on_error=True)
    expected = [(row["id"], xref) for row in tables.nodes.to_pylist() for xref in row["xrefs"]]
    assert list(zip(mappings.df["subject_id"], mappings.df["object_id"], strict=True)) == expected


def test_ndex_reads_the_cx2_network(folder, tables, tmp_path):
    from ndex2.cx2 import RawCX2NetworkFactory

    path = written(cx2, folder, tmp_path / "graph.cx2")
    network = RawCX2NetworkFactory().get_cx2network(json.loads(path.read_bytes()))
    names = {key: node["v"]["represents"] for key, node in network.get_nodes().items()}
    edges = {edge["v"]["represents"]: (names[edge["s"]], names[edge["t"]]) for edge in network.get_edges().values()}
    assert edges == {row["id"]: (row["subject"], row["object"]) for row in tables.edges.to_pylist()}
    assert set(names.values()) == set(tables.nodes["id"].to_pylist())


def test_pykeen_reads_the_triples(folder, tables, tmp_path):
    from pykeen.triples import TriplesFactory

    factory = TriplesFactory.from_path(written(pykeen, folder, tmp_path / "pykeen") / "triples.tsv")
    triples = factory.label_triples(factory.mapped_triples).tolist()
    assert sorted(map(tuple, triples)) == sorted(
        (row["subject"], row["predicate"], row["object"]) for row in tables.edges.to_pylist() if not is_denied(row)
    )


def test_pytorch_geometric_makes_a_heterogeneous_graph_of_the_tensors(folder, tables, tmp_path):
    from torch_geometric.data import HeteroData

    path = written(pyg, folder, tmp_path / "graph.pt")
    data = HeteroData.from_dict(torch.load(path, weights_only=True))
    assert data.validate(raise_on_error=True)
    nodes = {row["id"]: row for row in tables.nodes.to_pylist()}
    assert {
        (type_, id_, name)
        for type_ in data.node_types
        for id_, name in zip(data[type_].node_id, data[type_].name, strict=True)
    } == {(row["type"], id_, row["name"]) for id_, row in nodes.items()}
    found = {}
    for subject_type, predicate, object_type in data.edge_types:
        store = data[subject_type, predicate, object_type]
        for column, edge_id in enumerate(store.edge_id):
            subject, object_ = store.edge_index[:, column].tolist()
            found[edge_id] = (
                *(data[subject_type].node_id[subject], predicate, data[object_type].node_id[object_]),
                *(round(store.belief[column].item(), 6), store.evidence_count[column].item()),
            )
    assert found == {
        row["id"]: (
            *(row["subject"], f"not_{row['predicate']}" if is_denied(row) else row["predicate"], row["object"]),
            *(round(row["belief"], 6), row["evidence_count"]),
        )
        for row in tables.edges.to_pylist()
    }
    assert ("Chemical", "not_CID", "Disease") in data.edge_types
