import io
import json
from pathlib import Path

import pytest

from kgbuild.document import Document, Failure, Passage, Span
from kgbuild.errors import ReadError
from kgbuild.read import bioc_json, bioc_xml


def read(*passages: dict[str, object], **document: object) -> tuple[list[Document], list[Failure]]:
    collection = {"documents": [{"id": "1", "passages": passages, **document}]}
    found = list(bioc_json.read(io.BytesIO(json.dumps(collection).encode()), "x.json"))
    return [d for d in found if isinstance(d, Document)], [f for f in found if isinstance(f, Failure)]


def annotation(number: int, offset: int, text: str, **infons: object) -> dict[str, object]:
    locations = [{"offset": offset, "length": len(text)}]
    return {"id": str(number), "infons": infons, "text": text, "locations": locations}


TITLE = {"offset": 0, "infons": {"type": "title"}, "text": "β-Blockers"}


def test_passages_stand_at_their_offsets() -> None:
    [document], failures = read(TITLE, {"offset": 13, "infons": {"type": "abstract"}, "text": "They help."})
    assert failures == []
    assert document.text == "β-Blockers\n  They help."
    assert document.title == "β-Blockers"
    assert document.blocks == (Passage(Span(0, 10), "title"), Passage(Span(13, 23), "abstract", "Abstract"))


def test_annotations_have_our_types_and_curies() -> None:
    infons = {"type": "ChemicalEntity", "identifier": "D000319"}
    [document], _ = read(TITLE | {"annotations": [annotation(0, 0, "β-Blockers", **infons)]})
    [mention] = document.mentions
    assert (mention.type, mention.concepts, mention.original_type) == ("Chemical", ("MESH:D000319",), "ChemicalEntity")


@pytest.mark.parametrize(
    ("infons", "concepts"),
    [
        ({"NCBI Gene": "1828,281131"}, ("NCBIGene:1828", "NCBIGene:281131")),
        ({"NCBI Gene identifier": "7157"}, ("NCBIGene:7157",)),
        ({"identifier": "-"}, ()),
        ({"identifier": None, "FocusSpecies": "NCBITaxonomyID:9606"}, ()),
        ({}, ()),
    ],
)
def test_identifiers_come_from_the_infons_of_several_tools(infons: dict[str, str], concepts: tuple[str, ...]) -> None:
    [document], _ = read(TITLE | {"annotations": [annotation(0, 0, "β-Blockers", type="Gene", **infons)]})
    assert document.mentions[0].concepts == concepts


def test_relations_join_the_annotations_of_their_nodes_from_subject_to_object() -> None:
    first, second = annotation(0, 0, "β", type="Chemical"), annotation(1, 2, "Blockers", type="Chemical")
    nodes = [{"refid": "1", "role": "object"}, {"refid": "0", "role": "subject"}]
    relation = {"id": "R1", "infons": {"type": "Bind", "novel": "No"}, "nodes": nodes}
    [document], _ = read(TITLE | {"annotations": [first, second]}, relations=[relation])
    [found] = document.relations
    assert (found.subject, found.predicate, found.object) == ("0-1-Chemical", "Bind", "2-10-Chemical")
    assert found.novel is False
    assert found.span == Span(0, 10)


@pytest.mark.parametrize(
    "infons",
    [
        {"entity1": "D000001", "entity2": "D000002"},
        {"Chemical": "D000001", "Disease": "D000002"},
        {"role1": {"identifier": "MESH:D000001"}, "role2": {"identifier": "MESH:D000002"}},
        {"role1": "Chemical|MESH:D000001", "role2": "Disease|MESH:D000002"},
    ],
)
def test_relations_between_concepts_join_their_closest_mentions(infons: dict[str, object]) -> None:
    first = annotation(0, 0, "β", type="Chemical", identifier="D000001")
    second = annotation(1, 2, "Blockers", type="Disease", identifier="D000002")
    relation = {"id": "R1", "infons": {"type": "CID", **infons}, "nodes": []}
    [document], failures = read(TITLE | {"annotations": [first, second]}, relations=[relation])
    assert failures == []
    assert [(r.subject, r.object) for r in document.relations] == [("0-1-Chemical", "2-10-Disease")]


@pytest.mark.parametrize("refids", [["0"], ["0", "9"], ["0", "0"], []])
def test_a_relation_without_two_mentions_is_a_failure(refids: list[str]) -> None:
    nodes = [{"refid": refid, "role": ""} for refid in refids]
    relation = {"id": "R1", "infons": {"type": "Bind"}, "nodes": nodes}
    [document], [failure] = read(TITLE | {"annotations": [annotation(0, 0, "β", type="Gene")]}, relations=[relation])
    assert document.relations == ()
    assert "relation R1" in failure.reason


def test_sentences_stand_at_their_offsets_in_their_passage() -> None:
    sentences = [
        {"offset": 5, "text": "One.", "annotations": [annotation(3, 5, "One", type="Gene")]},
        {"offset": 10, "text": "测试."},
    ]
    [document], failures = read({"offset": 5, "text": "", "sentences": sentences})
    assert failures == []
    assert document.text == "\n\n\n\n\nOne. 测试."
    assert document.blocks == (Passage(Span(5, 13), "paragraph"),)
    assert document.mentions[0].span == Span(5, 8)


def test_a_passage_that_overlaps_the_one_before_is_moved_with_its_annotations_and_reported() -> None:
    second = {"offset": 4, "text": "Late gene", "annotations": [annotation(0, 9, "gene", type="Gene")]}
    [document], [failure] = read(TITLE, second)
    assert document.text == "β-Blockers\nLate gene"
    assert document.text_of(document.mentions[0].span) == "gene"
    assert "moved to 11" in failure.reason


def test_an_annotation_at_a_wrong_offset_is_found_by_its_words_and_reported() -> None:
    [document], [failure] = read(TITLE | {"annotations": [annotation(0, 3, "Blockers", type="Chemical")]})
    assert document.mentions[0].span == Span(2, 10)
    assert "taken at 2" in failure.reason


def test_an_annotation_whose_words_are_nowhere_is_a_failure() -> None:
    [document], [failure] = read(TITLE | {"annotations": [annotation(7, 3, "statins", type="Chemical")]})
    assert document.mentions == ()
    assert "annotation 7: expected 'statins' at 3" in failure.reason


def test_a_discontinuous_annotation_covers_its_parts_and_is_reported() -> None:
    locations = [{"offset": 2, "length": 3}, {"offset": 0, "length": 1}]
    found = {"id": 1, "infons": {"type": "Gene"}, "text": "β Blo", "locations": locations}
    [document], [failure] = read(TITLE | {"annotations": [found]})
    assert document.mentions[0].span == Span(0, 5)
    assert "discontinuous" in failure.reason


def test_headings_make_sections_and_tables_have_cells() -> None:
    [document], _ = read(
        {"offset": 0, "infons": {"type": "title_1", "section_type": "METHODS"}, "text": "Methods"},
        {"offset": 8, "infons": {"type": "title_2", "section_type": "METHODS"}, "text": "Cells"},
        {"offset": 14, "infons": {"type": "paragraph", "section_type": "METHODS"}, "text": "Grown."},
        {"offset": 21, "infons": {"type": "table_caption", "id": "T1", "section_type": "TABLE"}, "text": "Cap."},
        {"offset": 26, "infons": {"type": "table", "id": "T1", "section_type": "TABLE"}, "text": "Gene\tn\np53\t 12"},
        {"offset": 41, "infons": {"type": "title", "section_type": "REF"}, "text": "Refs."},
        {"offset": 47, "infons": {"type": "ref", "section_type": "REF"}, "text": "Ref."},
        {"offset": 52, "infons": {"type": "ref"}, "text": "Ref 2."},
    )
    sections = [(block.kind, block.section, block.table) for block in document.blocks]
    assert sections == [
        ("heading", "Methods", None),
        ("heading", "Methods > Cells", None),
        ("paragraph", "Methods > Cells", None),
        ("caption", "Methods > Cells", 0),
        ("table", "Methods > Cells", 0),
        ("reference", "References", None),
        ("reference", "References", None),
        ("reference", "References", None),
    ]
    cell = document.cells[-1]
    assert (document.text_of(cell.span), cell.row, cell.column) == ("12", 1, 1)
    assert [document.text_of(span) for span in cell.row_header + cell.column_header] == ["p53", "n"]


def test_pretty_printed_text_is_collapsed_when_its_annotations_count_so() -> None:
    xml = (
        b"<collection><document><id>1</id><passage><offset>0</offset><text>a\n      gene here</text>"
        b'<annotation id="0"><infon key="type">Gene</infon><location offset="2" length="4"/><text>gene</text>'
        b"</annotation></passage></document></collection>"
    )
    [document] = bioc_xml.read(io.BytesIO(xml), "x.xml")
    assert isinstance(document, Document)
    assert document.text == "a gene here"
    assert document.mentions[0].span == Span(2, 6)


def test_a_document_without_text_is_a_failure() -> None:
    assert "expected text, found none" in read({"offset": 0, "text": ""})[1][0].reason


def test_a_broken_document_is_a_failure_and_the_next_is_read() -> None:
    raw = b'{"id": 1, "passages": 7}\n{"id": 2, "passages": [{"offset": "0", "text": "two"}]}\nnot json\n'
    first, second, third = bioc_json.read(io.BytesIO(raw), "x.json")
    assert isinstance(first, Failure) and first.reason.startswith("x.json:1: ")
    assert isinstance(second, Document) and second.id == "PMID:2"
    assert isinstance(third, Failure) and third.reason.startswith("x.json:3: ")


def test_json_that_is_cut_off_is_an_error() -> None:
    with pytest.raises(ReadError, match=r"x\.json: expected BioC in JSON"):
        list(bioc_json.read(io.BytesIO(b'{"documents": [\n{"id": '), "x.json"))


def test_recognises_bioc_by_its_content() -> None:
    assert bioc_json.sniff(b'{"documents": [{"id": "1", "passages": []}]}', "x")
    assert not bioc_json.sniff(b'{"id": "1", "text": "x"}', "x")
    assert bioc_xml.sniff(b"<?xml version='1.0'?><collection><source/><document>", "x")
    assert not bioc_xml.sniff(b"<article><front/></article>", "x")


def test_xml_and_json_of_the_same_collection_give_the_same_documents(shared_data: Path) -> None:
    folder = shared_data / "documents/pubtator-bioc"
    with (folder / "everything.xml").open("rb") as xml, (folder / "everything.json").open("rb") as text:
        from_xml, from_json = list(bioc_xml.read(xml, "x")), list(bioc_json.read(text, "x"))
    assert from_xml == from_json
    assert [item.id for item in from_xml if isinstance(item, Document)] == ["PMID:1", "PMID:2"]


@pytest.mark.parametrize(
    ("name", "n_mentions"),
    [
        ("10064899_bioc.xml", 0),
        ("12461077.BioC.XML", 39),
        ("bioc_collection_0_0.xml", 40),
        ("bioc_collection_2.xml", 49),
        ("multipleGeneIdsDocument.xml", 16),
    ],
)
def test_all_annotations_of_real_files_are_read(shared_data: Path, name: str, n_mentions: int) -> None:
    with (shared_data / "documents/pubtator-bioc" / name).open("rb") as stream:
        found = list(bioc_xml.read(stream, name))
    assert all(isinstance(item, Document) for item in found)
    assert sum(len(item.mentions) for item in found if isinstance(item, Document)) == n_mentions
