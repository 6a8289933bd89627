"""Merging against the build of all papers."""

import json
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from kgbuild.cli.group import run
from kgbuild.errors import ConfigError, GraphError
from kgbuild.pipeline import MergeReport, import_graphs, merge
from kgbuild.pipeline.without import write_without
from kgbuild.query import cypher, sparql
from kgbuild.schema import load_schema


def merged(*graphs: str, to: str = "merged") -> MergeReport:
    return merge([Path(graph) for graph in graphs], Path(to), schema=load_schema("science"))


def column(graph: str, table: str, name: str) -> list[object]:
    return pq.read_table(Path(graph, f"{table}.parquet"))[name].to_pylist()


def test_merging_two_graphs_is_building_from_both(workplace):
    workplace.papers("a.txt", range(0, 9))
    workplace.papers("b.txt", range(9, 20))
    workplace.build("a.txt", to="a")
    workplace.build("b.txt", to="b")
    workplace.build("a.txt", "b.txt", to="both")
    workplace.calls()
    report = merged("a", "b")
    assert workplace.artefacts("merged") == workplace.artefacts("both")
    assert (report.documents, report.shared) == ((9, 11), 0)
    assert not workplace.calls()


def test_a_document_of_both_is_kept_once_by_the_rule_of_builds(workplace):
    workplace.papers("a.txt", range(0, 6))
    workplace.papers("b.txt", range(3, 9), lambda n: f"No nausea after cisplatin. {'Longer by far. ' * (n % 2)}")
    workplace.build("a.txt", to="a")
    workplace.build("b.txt", to="b")
    workplace.build("a.txt", "b.txt", to="both")
    report = merged("a", "b")
    assert workplace.artefacts("merged") == workplace.artefacts("both")
    assert report.shared == 3


PAGE = """<html><head><meta name="citation_doi" content="10.1000/ab"></head><body><h1>A fever</h1><h2>Results</h2>
<p>{}</p></body></html>"""
XML = """<article><front><article-meta><article-id pub-id-type="pmid">1</article-id>
<article-id pub-id-type="doi">10.1000/ab</article-id></article-meta></front><body><p>{}</p></body></article>"""


def test_of_a_paper_that_is_page_here_and_xml_there_the_xml_is_kept(workplace):
    words = "We gave aspirin against fever. " * 20
    Path("a.html").write_text(PAGE.format(words), "utf-8")
    Path("b.xml").write_text(XML.format(words), "utf-8")
    workplace.build("a.html", to="a")
    workplace.build("b.xml", to="b")
    workplace.build("a.html", "b.xml", to="both")
    merged("a", "b")
    assert column("merged", "documents", "format") == ["jats"]
    assert workplace.artefacts("merged") == workplace.artefacts("both")


def test_order_makes_no_difference(workplace):
    workplace.build(workplace.papers("a.txt", range(0, 6)), to="a")
    workplace.build(workplace.papers("b.txt", range(3, 9)), to="b")
    merged("a", "b", to="ab")
    merged("b", "a", to="ba")
    assert workplace.artefacts("ab") == workplace.artefacts("ba")


def test_the_same_file_in_both_is_there_once(workplace):
    workplace.build(workplace.papers("a.txt", range(0, 6)), to="a")
    shutil.copytree("a", "b")
    merged("a", "b")
    assert workplace.artefacts("merged") == workplace.artefacts("a")


def test_failures_of_both_are_told(workplace):
    workplace.papers("a.txt", range(0, 4), lambda n: "poison" if n == 2 else "We gave aspirin against fever.")
    Path("b.xml").write_text("<article", "utf-8")
    workplace.papers("c.txt", range(4, 8))
    workplace.build("a.txt", to="a")
    workplace.build("b.xml", "c.txt", to="b")
    workplace.build("a.txt", "b.xml", "c.txt", to="both")
    merged("a", "b")
    assert workplace.artefacts("merged") == workplace.artefacts("both")


def test_a_merged_graph_can_be_asked_merged_again_and_built_on(workplace):
    for name, numbers in (("a", range(0, 4)), ("b", range(4, 8)), ("c", range(8, 12))):
        workplace.build(workplace.papers(f"{name}.txt", numbers), to=name)
    merged("a", "b", to="ab")
    merged("ab", "c", to="abc")
    workplace.build("a.txt", "b.txt", "c.txt", to="all")
    assert workplace.artefacts("abc") == workplace.artefacts("all")
    assert len(list(cypher(Path("abc"), "MATCH (d:Document) RETURN d.id").rows)) == 12
    assert len(list(sparql(Path("abc"), "SELECT ?d { ?d a kg:Document }").rows)) == 12
    workplace.calls()
    workplace.build(workplace.papers("d.txt", range(12, 14)), to="abc")
    assert workplace.calls()["extract"] == 2
    assert len(column("abc", "documents", "id")) == 14


def test_graphs_of_different_models_keep_the_evidence_of_each(workplace):
    workplace.build(workplace.papers("a.txt", range(0, 4)), to="a")
    workplace.build(workplace.papers("b.txt", range(4, 8)), to="b", extractor="fake-2", linker="without fever")
    merged("a", "b")
    expected = sorted({*column("a", "evidence", "id"), *column("b", "evidence", "id")})
    assert column("merged", "evidence", "id") == expected
    manifest = json.loads(Path("merged", "manifest.json").read_text("utf-8"))
    makers = [(item["extractor"], item["linker"]) for item in manifest["makers"]]
    assert makers == [("fake-1", "fake-1"), ("fake-2", "without fever")]
    merged("merged", "a", to="again")
    assert workplace.artefacts("again") == workplace.artefacts("merged")


def test_merging_with_an_empty_graph_changes_nothing(workplace):
    Path("empty.txt").write_bytes(b"")
    workplace.build(workplace.papers("a.txt", range(0, 4)), to="a")
    workplace.build("empty.txt", to="b")
    merged("a", "b")
    found, expected = workplace.artefacts("merged"), workplace.artefacts("a")
    for told in ("failures.jsonl", "manifest.json"):  # they tell of the file that could not be read
        del found[told], expected[told]
    assert found == expected
    told, known = (json.loads(Path(graph, "manifest.json").read_text("utf-8")) for graph in ("merged", "a"))
    assert (told["counts"], told["mentions"]) == (known["counts"], known["mentions"])
    assert Path("merged", "failures.jsonl").read_bytes() == Path("b", "failures.jsonl").read_bytes()


def test_graphs_of_different_schemas_are_refused(workplace):
    workplace.build(workplace.papers("a.txt", range(0, 2)), to="a")
    workplace.build("a.txt", to="b")
    manifest = Path("b", "manifest.json")
    manifest.write_text(manifest.read_text("utf-8").replace('"science"', '"other"'), "utf-8")
    with pytest.raises(ConfigError, match="b: expected a graph of the schema science"):
        merged("a", "b")
    assert not Path("merged").exists()


def test_a_folder_that_holds_something_is_not_written_to(workplace):
    workplace.build(workplace.papers("a.txt", range(0, 2)), to="a")
    before = workplace.artefacts("a")
    with pytest.raises(GraphError, match="a: expected a new or empty folder"):
        merged("a", "a", to="a")
    assert workplace.artefacts("a") == before


def test_a_graph_whose_build_was_cut_off_is_refused(workplace):
    workplace.build(workplace.papers("a.txt", range(0, 2)), to="a")
    workplace.build(workplace.papers("b.txt", range(2, 4)), to="b")
    workplace.build(workplace.papers("c.txt", range(4, 6)), to="c")
    for part in Path("c", "documents").iterdir():
        shutil.copy(part, Path("b", "documents"))
    with pytest.raises(GraphError, match="cut off"):
        merged("a", "b")
    assert sorted(path.name for path in Path().iterdir() if path.name.startswith(".merged")) == []


def write_kgx(name: str, *edges: dict[str, object], nodes: tuple[dict[str, object], ...] = ()) -> str:
    Path(name).mkdir()
    for part, records in (("nodes", nodes), ("edges", edges)):
        Path(name, f"{part}.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    return name


ASPIRIN = {"id": "MESH:D001241", "category": ["biolink:Drug"], "name": "Acetylsalicylate", "xref": ["CHEBI:15365"]}
FEVER = {"id": "MESH:D005334", "category": ["biolink:Disease"], "name": "Fever"}
CAUSES_FEVER = {"subject": "MESH:D001241", "predicate": "biolink:causes", "object": "MESH:D005334"}


def imported(kgx: str, *, to: str) -> Path:
    import_graphs([Path(kgx)], Path(to), schema=load_schema("science"))
    return Path(to)


def test_an_import_joins_the_papers_with_its_evidence_and_what_it_knows_of_their_nodes(workplace):
    workplace.build(workplace.papers("a.txt", range(0, 4)), to="a")
    kgx = write_kgx("kgx", CAUSES_FEVER | {"publications": ["PMID:77", "PMID:78"]}, nodes=(ASPIRIN, FEVER))
    imported(kgx, to="b")
    merged("a", "b")
    expected = sorted({*column("a", "evidence", "id"), *column("b", "evidence", "id")})
    assert column("merged", "evidence", "id") == expected
    (edge,) = [row for row in pq.read_table("merged/edges.parquet").to_pylist() if row["object"] == "MESH:D005334"]
    of_papers = [row for row in pq.read_table("a/edges.parquet").to_pylist() if row["id"] == edge["id"]]
    assert edge["evidence_count"] == of_papers[0]["evidence_count"] + 2
    assert edge["belief"] == pytest.approx(1 - (1 - of_papers[0]["belief"]) * (1 - 0.99))
    aspirin = {row["id"]: row for row in pq.read_table("merged/nodes.parquet").to_pylist()}["MESH:D001241"]
    assert (aspirin["name"], aspirin["synonyms"], aspirin["xrefs"]) == (
        *("aspirin", ["Acetylsalicylate"]),
        ["CHEBI:15365"],
    )
    assert list(cypher(Path("merged"), "MATCH (e:Evidence {kind: 'import'}) RETURN count(*)").rows) == [(2,)]


def test_order_makes_no_difference_with_imports_and_the_same_import_is_there_once(workplace):
    workplace.build(workplace.papers("a.txt", range(0, 4)), to="a")
    imported(write_kgx("kgx", CAUSES_FEVER, nodes=(ASPIRIN, FEVER)), to="b")
    merged("a", "b", to="ab")
    merged("b", "a", to="ba")
    merged("ab", "b", to="abb")
    assert workplace.artefacts("ab") == workplace.artefacts("ba") == workplace.artefacts("abb")


def test_papers_are_added_to_an_import_and_leave_it_as_it_was(workplace):
    imported(write_kgx("kgx", CAUSES_FEVER, {"subject": "x:1"}, nodes=(ASPIRIN, FEVER)), to="b")
    workplace.build(workplace.papers("a.txt", range(0, 4)), to="a")
    merged("a", "b")
    workplace.build("a.txt", to="b")
    assert {
        name: workplace.artefacts("b")[name] for name in ("edges.parquet", "evidence.parquet", "nodes.parquet")
    } == {name: workplace.artefacts("merged")[name] for name in ("edges.parquet", "evidence.parquet", "nodes.parquet")}
    assert workplace.artefacts("b")["failures.jsonl"] == workplace.artefacts("merged")["failures.jsonl"]
    assert json.loads(Path("b", "failures.jsonl").read_text("utf-8"))["stage"] == "import"
    assert "import" in column("b", "evidence", "kind")


def test_what_papers_say_of_a_type_counts_and_evidence_that_it_rules_out_is_told(workplace):
    workplace.build(workplace.papers("a.txt", range(0, 4)), to="a")
    gene = FEVER | {"category": ["biolink:Gene"]}
    binds = {"subject": FEVER["id"], "predicate": "biolink:physically_interacts_with", "object": "NCBIGene:1"}
    imported(write_kgx("kgx", binds, nodes=(gene,)), to="b")
    assert column("b", "edges", "predicate") == ["Bind"]
    merged("a", "b")
    assert column("merged", "evidence", "id") == column("a", "evidence", "id")
    types = dict(zip(column("merged", "nodes", "id"), column("merged", "nodes", "type"), strict=True))
    assert (types[FEVER["id"]], types["NCBIGene:1"]) == ("Disease", "Gene")
    (failure,) = map(json.loads, Path("merged", "failures.jsonl").read_text("utf-8").splitlines())
    assert failure["reason"] == "predicate Bind may not join Disease and Gene: 1 records"


def read_by_two_models(workplace) -> None:
    """Papers 0 to 5 in the graph a, 2 to 7 by another model in b."""
    workplace.papers("a.txt", range(0, 6))
    workplace.papers("b.txt", range(2, 8))
    workplace.build("a.txt", to="a")
    workplace.build("b.txt", to="b", extractor="second@1")


def rows(graph: str, table: str) -> list[dict[str, object]]:
    return pq.read_table(Path(graph, f"{table}.parquet")).to_pylist()


def test_of_the_same_paper_read_by_two_models_the_evidence_of_both_is_kept(workplace):
    read_by_two_models(workplace)
    report = merged("a", "b")
    assert (report.shared, report.graph.counts["documents"], report.graph.counts["further_readings"]) == (4, 8, 4)
    evidence = {row["id"]: row for graph in ("a", "b") for row in rows(graph, "evidence")}
    assert rows("merged", "evidence") == [evidence[id_] for id_ in sorted(evidence)]
    assert {(row["agent"], row["revision"], row["calibrated"]) for row in evidence.values()} == {
        ("fake", "", 0.7),
        ("second", "1", 0.9),
    }
    assert column("merged", "mentions", "id") == sorted(
        {*column("a", "mentions", "id"), *column("b", "mentions", "id")}
    )


def test_a_paper_read_by_two_models_is_one_source(workplace):
    workplace.papers("a.txt", range(0, 1))
    workplace.build("a.txt", to="a")
    workplace.build("a.txt", to="b", extractor="second@1")
    merged("a", "b")
    (one,), (two,) = rows("b", "edges"), rows("merged", "edges")
    assert (two["evidence_count"], two["belief"], two["documents"]) == (2 * one["evidence_count"], one["belief"], 1)
    assert rows("merged", "nodes") == rows("a", "nodes") == rows("b", "nodes")
    assert column("merged", "documents", "id") == ["PMID:0"]


def test_order_and_repetition_make_no_difference_between_two_models(workplace):
    read_by_two_models(workplace)
    merged("a", "b", to="ab")
    merged("b", "a", to="ba")
    assert workplace.artefacts("ab") == workplace.artefacts("ba")
    for again in (("ab", "a"), ("b", "ab"), ("ab", "ba"), ("a", "b", "a")):
        merged(*again, to="again")
        assert workplace.artefacts("again") == workplace.artefacts("ab")
        shutil.rmtree("again")


def test_what_two_linkers_say_alike_is_there_once(workplace):
    workplace.papers("a.txt", range(0, 4))
    workplace.build("a.txt", to="a")
    workplace.build("a.txt", to="b", linker="without fever")
    merged("a", "b")
    for table in ("nodes", "mentions", "evidence"):
        assert column("merged", table, "id") == sorted({*column("a", table, "id"), *column("b", table, "id")})


def test_one_text_from_two_files_has_the_readings_of_both_models(workplace):
    workplace.papers("b.txt", range(0, 2))
    shutil.copy("b.txt", "a.txt")
    workplace.build("b.txt", to="a")
    workplace.build("a.txt", to="b", extractor="second@1")
    for order in (("a", "b"), ("b", "a")):
        merged(*order)
        assert {row["agent"] for row in rows("merged", "evidence")} == {"fake", "second"}
        assert column("merged", "documents", "source") == ["a.txt", "a.txt"]
        assert Path("merged", "failures.jsonl").read_bytes() == b""
        merged("merged", "a", to="again")
        assert workplace.artefacts("again") == workplace.artefacts("merged")
        for folder in ("merged", "again"):
            shutil.rmtree(folder)


def test_of_two_texts_of_a_paper_the_longer_is_kept_whichever_model_read_it(workplace):
    workplace.papers("a.txt", range(0, 1))
    workplace.papers(
        "b.txt", range(0, 1), lambda n: "We gave aspirin against fever. And then we waited for a long time."
    )
    workplace.build("a.txt", to="a")
    workplace.build("b.txt", to="b", extractor="second@1")
    merged("a", "b")
    assert rows("merged", "evidence") == rows("b", "evidence")
    (failure,) = map(json.loads, Path("merged", "failures.jsonl").read_text("utf-8").splitlines())
    assert failure["reason"] == "another text of the same document, from b.txt, is kept"


def test_a_build_on_what_two_models_read_reads_all_with_its_own_and_says_so(workplace):
    workplace.papers("a.txt", range(0, 4))
    workplace.papers("b.txt", range(4, 6))
    workplace.papers("c.txt", range(8, 9))
    workplace.build("a.txt", to="a")
    workplace.build("a.txt", "b.txt", to="b", extractor="second@1")
    merged("a", "b")
    workplace.calls()
    report = workplace.build("c.txt", to="merged")
    assert (report.extracted, report.superseded, workplace.calls()["extract"]) == (3, 4, 3)  # 4, 5 and the new one
    workplace.build("a.txt", "b.txt", "c.txt", to="all")
    found, expected = workplace.artefacts("merged"), workplace.artefacts("all")
    assert {name: found[name] for name in found if name.endswith(".parquet")} == {
        name: expected[name] for name in expected if name.endswith(".parquet")
    }
    assert workplace.build("c.txt", to="merged").superseded == 0


def test_without_one_of_two_models_a_merged_graph_is_the_graph_of_the_other(workplace):
    workplace.papers("a.txt", range(0, 8))
    workplace.build("a.txt", to="a")
    workplace.build("a.txt", to="b", extractor="second@1", linker="without fever")
    merged("a", "b")
    for gone, rest in (("second@1", "a"), ("fake", "b")):
        Path("rest").mkdir()
        write_without(Path("merged"), [gone], Path("rest"), schema=load_schema("science"))
        for table in ("nodes", "edges", "evidence", "mentions", "documents", "measurements"):
            assert rows("rest", table) == rows(rest, table)
        shutil.rmtree("rest")


def test_ontologies_of_different_versions_leave_each_paper_its_links_and_name_a_concept_once(workplace):
    workplace.build(workplace.papers("a.txt", range(0, 4)), to="a")
    workplace.build(workplace.papers("b.txt", range(4, 8)), to="b", linker="without fever")
    merged("a", "b")
    assert column("merged", "nodes", "id") == sorted({*column("a", "nodes", "id"), *column("b", "nodes", "id")})


def test_the_command_says_what_it_did(workplace, capsys):
    workplace.build(workplace.papers("a.txt", range(0, 4)), to="a")
    workplace.build(workplace.papers("b.txt", range(3, 8)), to="b")
    assert run(["merge", "a", "b", "-o", "merged"]) == 0
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "4 of a, 5 of b; 1 of them in several graphs, kept once\nmerged: 8 documents, " in printed.err
    assert run(["diff", "merged", "merged"]) == 0
    assert capsys.readouterr().out == ""
    assert run(["diff", "a", "merged", "--only", "edges", "--counts", "--json"]) == 0
    (counts,) = map(json.loads, capsys.readouterr().out.splitlines())
    n_edges = len(column("a", "edges", "id"))
    assert counts["removed"] == 0
    assert counts["changed"] + counts["same"] == n_edges
    assert counts["added"] == len(column("merged", "edges", "id")) - n_edges
