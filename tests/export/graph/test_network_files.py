"""Files of nodes and edges, read back by the tools that they are for, keyed by the edges' identifiers."""

import csv
import json
import sys
from pathlib import Path

import networkx as nx
import pytest

sys.path.insert(0, str(Path(__file__).parent.parent.parent))  # for papers.py

from papers import ASPIRIN, ASTHMA, CONCEPTS, COX2, IBUPROFEN, mention, papers

from kgbuild.assemble import assemble
from kgbuild.document import Document, Relation, Span
from kgbuild.errors import ConfigError, GraphError
from kgbuild.export.graph import (
    csv_tables,
    cx2,
    cytoscape,
    gexf,
    graphml,
    kgx_jsonl,
    kgx_tsv,
    node_link,
    pyg,
    pykeen,
    sssom,
)
from kgbuild.export.graph.attributes import EDGE_ATTRIBUTES, NODE_ATTRIBUTES
from kgbuild.export.graph.source import GraphSource
from kgbuild.export.graph.target import new_target
from kgbuild.schema import load_schema
from kgbuild.store.parquet import read_tables, write_tables
from kgbuild.tables import SCHEMAS

WRITERS = (csv_tables, cx2, cytoscape, gexf, graphml, kgx_jsonl, kgx_tsv, node_link, pyg, pykeen, sssom)


def written(writer, folder: Path, path: Path) -> Path:
    with new_target(path, files=writer.FILES, force=False) as target:
        writer.write(GraphSource(folder), target)
    return path


def read_graphml(path):
    return nx.read_graphml(path, edge_key_type=str, force_multigraph=True)


def read_node_link(path):
    return nx.node_link_graph(json.loads(path.read_bytes()), edges="edges")


def read_cytoscape(path):
    return nx.cytoscape_graph(json.loads(path.read_bytes()))


@pytest.fixture(scope="module")
def parallel(tmp_path_factory):
    """The graph with pairs of nodes that several edges join, either way round."""
    text = "Aspirin lowers and causes asthma, and COX2 binds Ibuprofen."
    aspirin, asthma = mention(text, "Aspirin", "Chemical", ASPIRIN), mention(text, "asthma", "Disease", ASTHMA)
    gene, ibuprofen = mention(text, "COX2", "Gene", COX2), mention(text, "Ibuprofen", "Chemical", IBUPROFEN)
    stated = [("Negative_Correlation", aspirin, asthma), ("CID", aspirin, asthma), ("Association", asthma, aspirin)]
    stated += [("Association", gene, ibuprofen)]
    relations = (Relation(one.id, name, two.id, Span(0, 58), 0.7, agent="n@2") for name, one, two in stated)
    paper = Document("PMID:6", text, mentions=(aspirin, asthma, gene, ibuprofen), relations=tuple(relations))
    folder = tmp_path_factory.mktemp("parallel")
    made = assemble([*papers(), paper], schema=load_schema("science"), concept=CONCEPTS.get)
    ends = [(row["subject"], row["object"]) for row in made.edges.to_pylist()]
    assert len(set(ends)) < len(ends)
    write_tables(folder, made)
    return folder


@pytest.mark.parametrize(
    ("writer", "read"),
    [(graphml, read_graphml), (node_link, read_node_link), (cytoscape, read_cytoscape), (gexf, nx.read_gexf)],
    ids=["graphml", "node-link", "cytoscape", "gexf"],
)
def test_networkx_reads_every_attribute_of_every_node_edge_and_piece_of_evidence(writer, read, parallel, tmp_path):
    network = read(written(writer, parallel, tmp_path / "out"))
    assert network.is_directed() and network.is_multigraph()
    tables = read_tables(parallel)
    nodes = {node: values(data, NODE_ATTRIBUTES) for node, data in network.nodes(data=True)}
    assert nodes == {row["id"]: known(row, NODE_ATTRIBUTES) for row in tables.nodes.to_pylist()}
    edges = {
        key: (start, end, values(data, EDGE_ATTRIBUTES))
        for start, end, key, data in network.edges(keys=True, data=True)
    }
    evidence: dict[str, list] = {}
    for row in tables.evidence.to_pylist():
        said = {name: value for name, value in row.items() if value is not None}
        evidence.setdefault(said.pop("edge"), []).append({key: said[key] for key in said if key not in IN_EDGE})
    for rows in (evidence, found := {key: edge[2].pop("evidence") for key, edge in edges.items()}):
        for items in rows.values():
            items.sort(key=lambda item: item["id"])
    assert found == evidence
    assert edges == {
        row["id"]: (
            *(row["subject"], row["object"]),
            known(row | {"negated": row["negated_count"] == row["evidence_count"]}, EDGE_ATTRIBUTES),
        )
        for row in tables.edges.to_pylist()
    }


IN_EDGE = ("subject", "predicate", "object")


def values(data, attributes):
    """Those attributes, lists read from JSON where the format has none."""
    return {
        name: json.loads(data[name])
        if attributes[name] in ("strings", "records") and isinstance(data[name], str)
        else data[name]
        for name in attributes
        if data.get(name) is not None
    }


def known(row, attributes):
    return {name: row[name] for name in attributes if row.get(name) is not None}


@pytest.mark.parametrize(
    ("writer", "read"), [(cytoscape, read_cytoscape), (gexf, nx.read_gexf)], ids=["cytoscape", "gexf"]
)
def test_labels_tell_denials(writer, read, folder, tables, tmp_path):
    network = read(written(writer, folder, tmp_path / "out"))
    labels = {data["id"]: data["label"] for _, _, data in network.edges(data=True)}
    assert labels == {
        row["id"]: ("not " if row["negated_count"] == row["evidence_count"] else "") + row["predicate"]
        for row in tables.edges.to_pylist()
    }
    assert "not CID" in labels.values()


def test_cx2_numbers_nodes_and_declares_every_attribute(folder, tables, tmp_path):
    aspects = {}
    for part in json.loads(written(cx2, folder, tmp_path / "out.cx2").read_bytes()):
        aspects |= part
    assert aspects["CXVersion"] == "2.0"
    assert aspects["status"] == [{"error": "", "success": True}]
    assert {entry["name"]: entry["elementCount"] for entry in aspects["metaData"]} == {
        "attributeDeclarations": 1,
        "nodes": tables.nodes.num_rows,
        "edges": tables.edges.num_rows,
    }
    names = {node["id"]: node["v"]["represents"] for node in aspects["nodes"]}
    assert {(e["v"]["represents"], names[e["s"]], names[e["t"]]) for e in aspects["edges"]} == {
        (row["id"], row["subject"], row["object"]) for row in tables.edges.to_pylist()
    }
    (declared,) = aspects["attributeDeclarations"]
    for name in ("nodes", "edges"):
        assert {key for element in aspects[name] for key in element["v"]} == set(declared[name])


def test_csv_gives_back_every_row(folder, tables, tmp_path):
    out = written(csv_tables, folder, tmp_path / "out")
    for name in SCHEMAS:
        with (out / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        assert [row["id"] for row in rows] == getattr(tables, name)["id"].to_pylist()
    with (out / "nodes.csv").open(encoding="utf-8", newline="") as stream:
        synonyms = [json.loads(row["synonyms"]) for row in csv.DictReader(stream)]
    assert synonyms == tables.nodes["synonyms"].to_pylist()


def test_a_denied_edge_is_no_triple_but_a_fact_marked_as_negated(folder, tables, tmp_path):
    out = written(pykeen, folder, tmp_path / "out")
    triples = {tuple(line.split("\t")) for line in (out / "triples.tsv").read_text("utf-8").splitlines()}
    denied = ("MESH:D007052", "CID", "MESH:D001249")
    assert denied not in triples
    with (out / "facts.tsv").open(encoding="utf-8", newline="") as stream:
        facts = list(csv.DictReader(stream, delimiter="\t"))
    negated = {tuple(row[name] for name in ("subject", "predicate", "object")): row["negated"] for row in facts}
    assert negated[denied] == "true"
    assert {fact for fact, is_negated in negated.items() if is_negated == "false"} == triples
    assert len(facts) == tables.edges.num_rows


def test_sssom_has_a_header_and_a_mapping_for_each_cross_reference(folder, tmp_path):
    lines = written(sssom, folder, tmp_path / "out.tsv").read_text("utf-8").splitlines()
    assert "#  CHEBI: http://purl.obolibrary.org/obo/CHEBI_" in lines
    assert [line.split("\t") for line in lines if not line.startswith("#")] == [
        ["subject_id", "subject_label", "subject_category", "predicate_id", "object_id", "mapping_justification"],
        [
            *("MESH:D001241", "Aspirin", "biolink:ChemicalEntity"),
            *("oboInOwl:hasDbXref", "CHEBI:15365", "semapv:UnspecifiedMatching"),
        ],
    ]


def test_kgx_negates_what_papers_deny_and_cites_no_paper_for_what_it_denies(folder, tables, tmp_path):
    out = written(kgx_jsonl, folder, tmp_path / "out")
    records = [json.loads(line) for line in (out / "edges.jsonl").read_bytes().splitlines()]
    assert len({record["id"] for record in records}) == len(records)
    assert {record["id"].removesuffix("-negated") for record in records} == set(tables.edges["id"].to_pylist())
    polarity = {row["id"]: row["polarity"] for row in tables.evidence.to_pylist()}
    seen = []
    for record in records:
        for study in record["has_supporting_studies"].values():
            assert set(study["xref"]) <= set(record["publications"])
            for result in study["has_study_results"]:
                assert (polarity[result["id"]] == "negated") is record["negated"]
                seen.append(result["id"])
    assert sorted(seen) == sorted(polarity)
    (denied,) = [record for record in records if record["negated"]]
    assert (denied["subject"], denied["predicate"], denied["object"]) == (
        "MESH:D007052",
        "biolink:causes",
        "MESH:D001249",
    )
    assert denied["publications"] == ["PMID:1"]


def test_kgx_locations_find_the_mentions_in_the_supporting_text(folder, tmp_path):
    out = written(kgx_jsonl, folder, tmp_path / "out")
    found = set()
    for line in (out / "edges.jsonl").read_bytes().splitlines():
        for study in json.loads(line)["has_supporting_studies"].values():
            for result in study["has_study_results"]:
                (text,) = result["supporting_text"]
                # an end that its evidence does not name has no place
                places = [result.get(f"{end}_location_in_text") for end in ("subject", "object")]
                found |= {text[slice(*place)] for place in places if place}
    assert {"Aspirin", "asthma", "BLÖRB-1", "5.1"} <= found  # "Band gap" heads a column, outside of the row


def test_kgx_tsv_has_as_many_cells_as_columns_and_keeps_bars_within_json(folder, tmp_path):
    out = written(kgx_tsv, folder, tmp_path / "out")
    for name in ("nodes.tsv", "edges.tsv"):
        header, *lines = [line.split("\t") for line in (out / name).read_text("utf-8").rstrip("\n").split("\n")]
        assert {len(line) for line in lines} == {len(header)}
    rows = [dict(zip(header, line, strict=True)) for line in lines]
    (cell,) = [row for row in rows if row["original_predicate"] == "kg:has_value"]
    assert cell["supporting_text"] == "ZrO2 ¦ 5.1"
    assert "|" not in cell["has_supporting_studies"]
    (study,) = json.loads(cell["has_supporting_studies"]).values()
    assert study["has_study_results"][0]["supporting_text"] == ["ZrO2 | 5.1"]


@pytest.mark.parametrize("writer", WRITERS, ids=lambda writer: writer.__name__.rpartition(".")[2])
def test_the_same_graph_gives_the_same_bytes_and_an_empty_one_is_written(writer, folder, tmp_path):
    write_tables(tmp_path / "empty", assemble([], schema=load_schema("science"), concept=CONCEPTS.get))
    written(writer, tmp_path / "empty", tmp_path / "of-empty")
    first, second = (written(writer, folder, tmp_path / name) for name in ("first", "second"))
    for name in writer.FILES or ("",):
        assert (first / name).read_bytes() == (second / name).read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "first", "of-empty", "second"]


def test_what_is_there_is_replaced_by_force_alone_and_never_with_foreign_files(folder, tmp_path):
    out = written(pykeen, folder, tmp_path / "out")
    with pytest.raises(ConfigError, match="--force"), new_target(out, files=pykeen.FILES, force=False):
        pass
    with new_target(out, files=pykeen.FILES, force=True) as target:
        (target / "triples.tsv").write_text("new", "utf-8")
    assert [path.name for path in out.iterdir()] == ["triples.tsv"]
    (out / "notes.txt").write_text("mine", "utf-8")
    with pytest.raises(ConfigError, match=r"notes\.txt"), new_target(out, files=pykeen.FILES, force=True):
        pass


def test_a_writer_that_fails_leaves_what_was_there(tmp_path):
    (tmp_path / "out").write_text("old", "utf-8")
    with pytest.raises(OSError, match="full"), new_target(tmp_path / "out", files=(), force=True) as target:
        target.write_text("half", "utf-8")
        raise OSError("full")
    assert {path.name: path.read_text("utf-8") for path in tmp_path.iterdir()} == {"out": "old"}


def test_evidence_that_does_not_fit_the_edges_is_an_error(tables, tmp_path):
    import msgspec

    write_tables(tmp_path, msgspec.structs.replace(tables, evidence=tables.evidence.slice(1)))
    with pytest.raises(GraphError, match=r"evidence\.parquet: damaged"):
        list(GraphSource(tmp_path).edges())
