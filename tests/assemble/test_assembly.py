from itertools import permutations
from pathlib import Path

import msgspec
import pytest
from papers import (
    ASPIRIN,
    ASTHMA,
    CONCEPTS,
    COX2,
    FEVER,
    IBUPROFEN,
    ZIRCONIA,
    asthma_review,
    asthma_trial,
    empty_paper,
    gene_study,
    materials_table,
    mention,
    papers,
)

from kgbuild.assemble import assemble, normal_form
from kgbuild.assemble.reading import unlinked_id
from kgbuild.document import Cell, Document, Failure, Mention, Metadata, Relation, Span
from kgbuild.graph import Triple
from kgbuild.pipeline.node_names import node_form
from kgbuild.schema import load_schema
from kgbuild.store.parquet import read_tables, write_tables
from kgbuild.tables import SCHEMAS, Row, Tables

SCHEMA = load_schema()
BLÖRB = unlinked_id("Gene", "blörb-1")


def assembled(*documents: Document) -> Tables:
    return assemble(documents, schema=SCHEMA, concept=CONCEPTS.get)


@pytest.fixture(scope="module")
def tables() -> Tables:
    return assembled(*papers())


def nodes(tables: Tables) -> dict[str, Row]:
    return {row["id"]: row for row in tables.nodes.to_pylist()}


def edges(tables: Tables) -> dict[Triple, Row]:
    return {Triple(row["subject"], row["predicate"], row["object"]): row for row in tables.edges.to_pylist()}


def evidence(tables: Tables, triple: Triple) -> list[Row]:
    return [row for row in tables.evidence.to_pylist() if row["edge"] == triple.id]


def test_nothing_gives_empty_tables_with_their_columns() -> None:
    tables = assembled()
    assert all(getattr(tables, name).schema == schema for name, schema in SCHEMAS.items())
    assert {getattr(tables, name).num_rows for name in SCHEMAS} == {0}


def test_an_empty_paper_is_a_document_without_more() -> None:
    tables = assembled(empty_paper())
    assert tables.documents.to_pylist()[0]["id"] == "PMID:5"
    assert (tables.nodes.num_rows, tables.failures) == (0, ())


def test_a_concept_is_one_node_with_what_the_ontology_knows(tables: Tables) -> None:
    assert nodes(tables)[ASPIRIN] == {
        "id": ASPIRIN,
        "name": "Aspirin",
        "type": "Chemical",
        "category": "biolink:ChemicalEntity",
        "linked": True,
        "xrefs": ["CHEBI:15365"],
        "synonyms": ["ASA", "acetylsalicylic acid"],
        "reduced_formula": "",
        "elements": [],
        "mention_count": 4,
        "document_count": 3,
    }


def test_a_concept_that_no_ontology_knows_is_named_by_its_mentions(tables: Tables) -> None:
    fever = nodes(tables)[FEVER]
    assert (fever["name"], fever["type"], fever["linked"]) == ("fever", "Phenotype", True)


def test_unlinked_names_that_differ_in_case_are_one_node(tables: Tables) -> None:
    found = nodes(tables)[BLÖRB]
    assert (found["linked"], found["mention_count"], found["synonyms"]) == (False, 2, ["BLÖRB-1"])
    assert found["name"] == "Blörb-1"  # both occur once: the one in small letters


def test_the_same_name_of_another_type_is_another_node() -> None:
    assert unlinked_id("Gene", "x") != unlinked_id("Disease", "x")


def two_types(text: str, *mentions: Mention) -> list[tuple[str, int]]:
    tables = assembled(Document("PMID:7", text, mentions=mentions))
    return sorted((row["type"], row["mention_count"]) for row in tables.nodes.to_pylist())


MKP = "MKP1 binds. MKP1 glows. mkp1 is dear."


def test_a_name_with_two_types_in_one_paper_has_the_type_of_the_greater_scores() -> None:
    mentions = (
        Mention(Span(0, 4), "Gene", score=0.9),
        Mention(Span(12, 16), "Material", score=0.5),
        Mention(Span(24, 28), "Material", score=0.5),
    )
    assert two_types(MKP, *mentions) == two_types(MKP, *reversed(mentions)) == [("Material", 3)]


@pytest.mark.parametrize(
    ("types", "agreed"),
    [
        (("Material", "Chemical"), [("Chemical", 2)]),
        (("Gene", "CellLine"), [("CellLine", 2)]),
        (("CellLine", "CellType"), [("CellLine", 2)]),
        (("Material", "Property"), [("Material", 1), ("Property", 1)]),
        (("Gene", "CellType"), [("CellType", 1), ("Gene", 1)]),
    ],
)
def test_types_that_are_near_each_other_agree_and_of_equal_scores_the_first_stands(types, agreed) -> None:
    assert two_types(MKP, Mention(Span(0, 4), types[0]), Mention(Span(12, 16), types[1])) == agreed


def test_a_place_with_two_types_becomes_one_mention_of_the_surer_one() -> None:
    assert two_types(MKP, Mention(Span(0, 4), "Gene", score=0.4), Mention(Span(0, 4), "Chemical", score=0.8)) == [
        ("Chemical", 1)
    ]


def test_given_types_and_linked_mentions_stay_as_they_are() -> None:
    given = [Mention(Span(0, 4), "Gene", agent="given"), Mention(Span(12, 16), "Chemical", agent="given")]
    assert two_types(MKP, *given) == [("Chemical", 1), ("Gene", 1)]
    linked = [Mention(Span(0, 4), "Gene"), Mention(Span(12, 16), "Chemical", concepts=(ASPIRIN,))]
    assert two_types(MKP, *linked) == [("Chemical", 1), ("Gene", 1)]


def test_a_name_has_no_type_that_the_statements_of_a_table_do_not_allow() -> None:
    text = "MKP1 binds. MKP1 glows.\nCompound\tIC50\nMKP1\t43"
    cells = (Cell(Span(38, 42), 0, 1, 0), Cell(Span(43, 45), 0, 1, 1))
    mentions = (
        Mention(Span(0, 4), "Gene"),
        Mention(Span(12, 16), "Gene"),
        Mention(Span(33, 37), "Property"),
        Mention(Span(38, 42), "Material", score=0.5),
    )
    stated = Relation(mentions[3].id, "has_property", mentions[2].id, cells[1].span)
    tables = assembled(Document("PMID:7", text, cells=cells, mentions=mentions, relations=(stated,)))
    assert [(row["name"], row["type"]) for row in tables.nodes.to_pylist() if row["name"] == "MKP1"] == [
        ("MKP1", "Material")
    ]
    assert (tables.counts["edges"], tables.counts["mentions_of_agreed_type"]) == (1, 2)


def test_a_composite_mention_counts_for_each_of_its_concepts(tables: Tables) -> None:
    rows = [row for row in tables.mentions.to_pylist() if row["text"] == "Aspirin/ibuprofen"]
    assert sorted(row["node"] for row in rows) == [ASPIRIN, IBUPROFEN]
    assert {Triple(ASPIRIN, "Bind", COX2), Triple(IBUPROFEN, "Bind", COX2)} <= set(edges(tables))


def test_two_papers_give_one_edge_with_two_pieces_of_evidence(tables: Tables) -> None:
    triple = Triple(ASPIRIN, "CID", ASTHMA)
    edge = edges(tables)[triple]
    assert edge == {
        "id": triple.id,
        "subject": ASPIRIN,
        "predicate": "CID",
        "object": ASTHMA,
        "belief": pytest.approx(1 - (1 - 0.8) * (1 - 0.5 * 0.5)),
        "evidence_count": 2,
        "documents": 2,
        "negated_count": 0,
        "speculated_count": 1,
        "biolink_predicate": "biolink:causes",
    }
    assert [row["document"] for row in sorted(evidence(tables, triple), key=lambda row: row["document"])] == [
        "PMID:1",
        "PMID:2",
    ]


def test_evidence_says_where_and_by_what_it_was_read(tables: Tables) -> None:
    (row,) = [row for row in evidence(tables, Triple(ASPIRIN, "CID", ASTHMA)) if row["document"] == "PMID:1"]
    del row["id"], row["edge"]
    assert row == {
        "subject": ASPIRIN,
        "predicate": "CID",
        "object": ASTHMA,
        "kind": "text",
        "document": "PMID:1",
        "section": "Results",
        "start": 0,
        "end": 22,
        "subject_start": 0,
        "subject_end": 7,
        "object_start": 15,
        "object_end": 21,
        "text": "Aspirin causes asthma.",
        "agent": "m",
        "revision": "1",
        "raw": 0.9,
        "calibrated": 0.8,
        "polarity": "affirmed",
        "modality": "asserted",
        "novel": None,
        "table": None,
        "row": None,
        "column": None,
    }


def test_a_relation_against_its_direction_is_turned_round_with_its_spans(tables: Tables) -> None:
    (row,) = [row for row in evidence(tables, Triple(ASPIRIN, "CID", ASTHMA)) if row["document"] == "PMID:2"]
    text = asthma_review().text
    assert text[row["subject_start"] : row["subject_end"]] == "acetylsalicylic acid"
    assert text[row["object_start"] : row["object_end"]] == "Asthma"


def test_a_denied_edge_is_kept_with_no_belief(tables: Tables) -> None:
    edge = edges(tables)[Triple(IBUPROFEN, "CID", ASTHMA)]
    assert (edge["belief"], edge["negated_count"], edge["evidence_count"]) == (0.0, 1, 1)


def test_a_symmetric_predicate_has_the_lesser_identifier_as_subject(tables: Tables) -> None:
    assert Triple(ASPIRIN, "Negative_Correlation", FEVER) in edges(tables)
    assert Triple(COX2, "Bind", BLÖRB) in edges(tables)


def test_evidence_in_a_table_names_the_cell_of_the_object(tables: Tables) -> None:
    (row,) = [row for row in tables.evidence.to_pylist() if row["predicate"] == "has_value"]
    assert (row["kind"], row["table"], row["row"], row["column"], row["text"]) == ("table", 0, 1, 1, "ZrO2 | 5.1")


def test_what_the_schema_does_not_allow_is_rejected_with_its_reason(tables: Tables) -> None:
    found = {(failure.document, failure.reason) for failure in tables.failures}
    assert found == {
        ("PMID:2", f"relation {ASTHMA} Association {ASTHMA}: subject and object are the same node"),
        ("PMID:2", f"relation {ASTHMA} Bind {ASPIRIN}: predicate Bind may not join Disease and Chemical"),
        ("PMID:2", f"relation {ASTHMA} cures {ASPIRIN}: predicate cures is not in schema science"),
        ("PMID:2", "relation 0-1-Gene CID 0-6-Disease: its subject or object is no accepted mention"),
        ("PMC:PMC4", "measurement 30-33: its subject is no accepted mention"),
    }
    assert {failure.stage for failure in tables.failures} == {"assemble"}


def test_every_record_is_counted_in_and_out(tables: Tables) -> None:
    counts = tables.counts
    assert counts["documents"] == counts["documents_given"] == 5
    assert counts["mentions_given"] == 18 == counts["mentions_linked"] + counts["mentions_unlinked"]
    assert counts["relations"] == 11 == counts["relations_read"] + rejected(counts, "relations")
    assert counts["statements"] == 11  # ten relations, of which one names two subjects
    assert counts["statements"] == counts["statements_accepted"] + rejected(counts, "statements")
    assert counts["measurements_given"] == 3 == counts["measurements_read"] + rejected(counts, "measurements")
    assert (counts["nodes"], counts["edges"]) == (tables.nodes.num_rows, tables.edges.num_rows) == (9, 7)


def rejected(counts: dict[str, int], kind: str) -> int:
    return sum(n for key, n in counts.items() if key.startswith(f"{kind}_rejected: "))


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (Mention(Span(0, 7), "Planet"), "entity type Planet is not in schema science"),
        (Mention(Span(0, 700), "Chemical"), "span is empty or outside of the text"),
        (Mention(Span(3, 3), "Chemical"), "span is empty or outside of the text"),
        (Mention(Span(7, 8), "Chemical"), "span holds nothing but blanks"),
    ],
)
def test_a_mention_that_cannot_be_is_rejected_with_its_reason(broken: Mention, reason: str) -> None:
    document = Document("PMID:9", "Aspirin ?", mentions=(broken,))
    tables = assembled(document)
    assert tables.failures == (Failure("", "assemble", f"mention {broken.id}: {reason}", "PMID:9"),)
    assert (tables.nodes.num_rows, tables.counts[f"mentions_rejected: {reason}"]) == (0, 1)


def test_a_measurement_is_traced_to_its_cell(tables: Tables) -> None:
    rows = {row["property"]: row for row in tables.measurements.to_pylist()}
    row = rows[unlinked_id("Property", "band gap")]
    assert (row["subject"], row["subject_text"], row["property_type"]) == (ZIRCONIA, "ZrO2", "band_gap")
    assert (row["value"], row["unit"], row["table"], row["row"], row["column"]) == (5.1, "eV", 0, 1, 1)
    assert row["conditions"] == [{"name": "temperature", "value": "300 K"}]
    assert (rows["QUDT:EnergyGap"]["subject"], rows["QUDT:EnergyGap"]["subject_text"]) == ("", "")


def test_an_identifier_that_is_no_curie_is_rejected_and_its_mention_unlinked() -> None:
    variant = Mention(Span(0, 6), "Variant", concepts=("c|Allele|A|689",))
    tables = assembled(Document("PMID:1", "689 AA", mentions=(variant,)))
    (node,) = tables.nodes.to_pylist()
    assert (node["linked"], node["name"], node["id"].partition(":")[0]) == (False, "689 AA", "kgb")
    assert [failure.reason for failure in tables.failures] == [
        "identifier c|Allele|A|689: it is no CURIE, its mention is taken as unlinked"
    ]


def test_a_variant_in_the_form_of_tmvar_is_the_node_of_its_other_spellings() -> None:
    text = "arginine 150 proline, R150P"
    given = Mention(Span(0, 20), "Variant", concepts=("p|SUB|R|150|P",)), Mention(Span(22, 27), "Variant")
    document = Document("PMID:1", text, mentions=given)
    tables = assemble([document], schema=SCHEMA, concept=CONCEPTS.get, normalise=node_form)
    (node,) = tables.nodes.to_pylist()
    assert (node["id"], node["mention_count"]) == (unlinked_id("Variant", "p.Arg150Pro"), 2)
    assert tables.failures == ()


def test_equal_evidence_is_kept_once() -> None:
    trial = asthma_trial()
    twice = msgspec.structs.replace(trial, relations=trial.relations * 2)
    assert assembled(twice).evidence == assembled(trial).evidence


def test_of_two_scores_for_one_place_the_better_stays() -> None:
    trial = asthma_trial()
    weaker = msgspec.structs.replace(trial.relations[0], score=0.1)
    doubled = msgspec.structs.replace(trial, relations=(weaker, trial.relations[0], weaker))
    (row,) = assembled(doubled).evidence.to_pylist()
    assert row["calibrated"] == 0.8


@pytest.mark.parametrize(
    ("ends", "calibrated"),
    [({"link_score": 0.5}, 0.2), ({"link_score": 0.0}, 0.8), ({"link_score": 0.0, "concepts": ()}, 0.8)],
)
def test_a_doubtful_link_makes_doubtful_evidence(ends: dict[str, object], calibrated: float) -> None:
    trial = asthma_trial()
    mentions = tuple(msgspec.structs.replace(mention, **ends) for mention in trial.mentions)
    row, *_ = assembled(
        msgspec.structs.replace(trial, mentions=mentions, relations=trial.relations[:1])
    ).evidence.to_pylist()
    assert (row["raw"], row["calibrated"]) == (0.9, calibrated)


def test_a_document_given_twice_counts_once() -> None:
    tables = assembled(asthma_trial(), asthma_trial())
    assert tables.mentions == assembled(asthma_trial()).mentions
    assert (tables.counts["documents_repeated"], tables.failures) == (1, ())


def test_record_and_full_text_of_a_paper_support_an_edge_once() -> None:
    record = msgspec.structs.replace(asthma_trial(), metadata=Metadata(pmid="1", doi="10.1/a"))
    full = msgspec.structs.replace(record, id="PMC:9", metadata=Metadata(pmcid="PMC9", doi="10.1/A"))
    other = msgspec.structs.replace(record, id="PMID:2", metadata=Metadata(pmid="2"))
    one, two, apart = (assembled(record, *others).edges.to_pylist() for others in ((), (full,), (other,)))
    assert [row["belief"] for row in two] == [row["belief"] for row in one]
    assert [row["evidence_count"] for row in two] == [2 * row["evidence_count"] for row in one]
    believed = [(row["belief"], before["belief"]) for row, before in zip(apart, one, strict=True) if before["belief"]]
    assert believed and all(after > before for after, before in believed)


def test_of_two_documents_with_one_identifier_the_longer_text_stays() -> None:
    short = Document("PMID:1", "Short.", mentions=(Mention(Span(0, 5), "Gene"),))
    for order in permutations([short, asthma_trial()]):
        tables = assembled(*order)
        assert tables.mentions == assembled(asthma_trial()).mentions
        assert [failure.document for failure in tables.failures] == ["PMID:1"]


def test_a_node_with_mentions_of_several_types_has_the_most_frequent_one() -> None:
    text = "pain, pain, pain; ache, ache"
    kinds = ["Disease", "Phenotype", "Phenotype"]
    mentions = tuple(mention(text, "pain", kind, "X:1", occurrence=n) for n, kind in enumerate(kinds))
    tied = tuple(mention(text, "ache", kind, "X:2", occurrence=n) for n, kind in enumerate(["Phenotype", "Disease"]))
    tables = assembled(Document("PMID:9", text, mentions=mentions + tied))
    assert {node: row["type"] for node, row in nodes(tables).items()} == {"X:1": "Phenotype", "X:2": "Disease"}


def test_the_schema_is_applied_to_the_types_that_all_papers_decide() -> None:
    text = "aspirin pain. pain pain"
    chemical = mention(text, "aspirin", "Chemical", ASPIRIN)
    as_gene = mention(text, "pain", "Gene", "X:1")
    others = tuple(mention(text, "pain", "Disease", "X:1", occurrence=n) for n in (1, 2))
    relation = Relation(chemical.id, "CID", as_gene.id, Span(0, 13))
    tables = assembled(Document("PMID:9", text, mentions=(chemical, as_gene, *others), relations=(relation,)))
    assert set(edges(tables)) == {Triple(ASPIRIN, "CID", "X:1")}


def test_the_order_of_documents_leaves_no_trace(tmp_path: Path) -> None:
    written = []
    for index, order in enumerate([papers(), papers()[::-1], (*papers()[2:], *papers()[:2])]):
        write_tables(tmp_path / str(index), assembled(*order))
        written.append({path.name: path.read_bytes() for path in sorted((tmp_path / str(index)).iterdir())})
    assert written[0] == written[1] == written[2]
    assert assembled(*papers()).failures == assembled(*papers()[::-1]).failures


def test_tables_come_back_from_disk_as_they_were(tmp_path: Path, tables: Tables) -> None:
    write_tables(tmp_path, tables)
    back = read_tables(tmp_path)
    assert all(getattr(back, name) == getattr(tables, name) for name in SCHEMAS)


def test_a_name_with_letters_of_one_capital_does_not_depend_on_the_order() -> None:
    texts = ("50 \u00b5L", "50 \u03bcL")
    quantities = [mention(text, text, "Quantity") for text in texts]
    documents = [
        Document(f"PMID:{number}", text, mentions=(item,))
        for number, (text, item) in enumerate(zip(texts, quantities, strict=True))
    ]
    assert assembled(*documents).nodes == assembled(*reversed(documents)).nodes
    assert len(assembled(*documents).nodes) == 1


def test_normal_form_folds_case_and_blanks_beyond_ascii() -> None:
    assert normal_form("Gene", "\tSTRASSE  ß ") == normal_form("Gene", "straße SS")


def test_own_normal_forms_decide_which_unlinked_names_are_one() -> None:
    tables = assemble(
        [gene_study(), materials_table()], schema=SCHEMA, concept=CONCEPTS.get, normalise=lambda _, text, __: text
    )
    assert {unlinked_id("Gene", "Blörb-1"), unlinked_id("Gene", "BLÖRB-1")} <= set(nodes(tables))
