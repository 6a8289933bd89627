import gzip
import io
from pathlib import Path
from types import ModuleType

import msgspec
import pytest

from kgbuild.document import Document, Mention, Metadata, Passage, Relation, Span
from kgbuild.export import bioc_json as json_writer
from kgbuild.export import bioc_xml as xml_writer
from kgbuild.export import jsonl as jsonl_writer
from kgbuild.read import bioc_json as json_reader
from kgbuild.read import bioc_xml as xml_reader
from kgbuild.read import jsonl as jsonl_reader
from kgbuild.read import pubtator

PAIRS = pytest.mark.parametrize(("writer", "reader"), [(json_writer, json_reader), (xml_writer, xml_reader)])

PAPER = Document(
    "PMC:PMC1",
    "\n\n\nTitle <α>\nMethods\nA gene, a b.\nx | y\nloose text",
    title="Title <α>",
    metadata=Metadata(format="bioc-xml", year=2010, journal="J", doi="10.1/x", pmcid="PMC1"),
    blocks=(
        Passage(Span(3, 12), "title"),
        Passage(Span(13, 20), "heading", "Methods"),
        Passage(Span(21, 33), "paragraph", "Methods"),
        Passage(Span(34, 39), "caption", "Methods", 0),
    ),
    mentions=(
        Mention(Span(10, 11), "Gene", concepts=("NCBIGene:1", "NCBIGene:2"), link_score=1.0, agent="given"),
        Mention(Span(23, 27), "Gene", original_type="FamilyName", agent="given"),
        Mention(Span(31, 39), "Variant", concepts=("c|DEL|1|",), link_score=1.0, agent="given"),
    ),
    relations=(Relation("10-11-Gene", "Bind", "23-27-Gene", Span(10, 27), novel=True, agent="given"),),
)


def again(document: Document, writer: ModuleType, reader: ModuleType) -> Document:
    stream = io.BytesIO()
    assert writer.write([document], stream) == 1
    found = list(reader.read(io.BytesIO(stream.getvalue()), "x"))
    assert len(found) == 1
    assert isinstance(found[0], Document)
    return found[0]


@PAIRS
def test_a_document_comes_back_with_its_offsets_identifiers_and_relations(
    writer: ModuleType, reader: ModuleType
) -> None:
    found = again(PAPER, writer, reader)
    assert (found.id, found.text, found.title, found.relations) == (PAPER.id, PAPER.text, PAPER.title, PAPER.relations)
    assert [(m.id, m.concepts) for m in found.mentions] == [(m.id, m.concepts) for m in PAPER.mentions]
    assert found.blocks == (*PAPER.blocks, Passage(Span(40, 50), "paragraph"))
    assert (found.metadata.year, found.metadata.doi, found.metadata.pmcid) == (2010, "10.1/x", "PMC1")


@pytest.mark.parametrize("writer", [json_writer, xml_writer])
def test_no_documents_make_an_empty_collection(writer: ModuleType) -> None:
    stream = io.BytesIO()
    assert writer.write([], stream) == 0
    assert b"document>" not in stream.getvalue()


@PAIRS
def test_references_come_out_as_they_went_in(writer: ModuleType, reader: ModuleType) -> None:
    blocks = (Passage(Span(0, 2), "title"), Passage(Span(3, 5), "reference", "References"))
    paper = Document("PMID:1", "On\nIt", title="On", blocks=blocks)
    found = again(paper, writer, reader)
    assert (found.text, found.blocks) == (paper.text, paper.blocks)


def test_characters_that_xml_cannot_hold_become_blanks() -> None:
    assert again(Document("PMID:1", "a\x0bb"), xml_writer, xml_reader).text == "a b"


def test_predictions_carry_their_score_and_maker() -> None:
    stream = io.BytesIO()
    json_writer.write([Document("PMID:1", "ab", mentions=(Mention(Span(0, 2), "Gene", 0.5, agent="m"),))], stream)
    assert b'"infons":{"type":"Gene","identifier":"-","score":"0.5000","agent":"m"}' in stream.getvalue()


def test_json_lines_bring_back_every_layer() -> None:
    assert again(PAPER, jsonl_writer, jsonl_reader) == PAPER


@PAIRS
def test_a_pubtator_corpus_survives_bioc(shared_data: Path, writer: ModuleType, reader: ModuleType) -> None:
    with gzip.open(shared_data / "extraction/biored/Dev.PubTator.gz") as stream:
        documents = [d for d in pubtator.read(stream, "x") if isinstance(d, Document)]  # type: ignore[arg-type]
    output = io.BytesIO()
    writer.write(documents, output)
    found = [d for d in reader.read(io.BytesIO(output.getvalue()), "x") if isinstance(d, Document)]
    assert [(d.id, d.text, d.blocks, d.relations) for d in found] == [
        (d.id, d.text, d.blocks, d.relations) for d in documents
    ]
    assert [_plain(d.mentions) for d in found] == [_plain(d.mentions) for d in documents]


def _plain(mentions: tuple[Mention, ...]) -> list[Mention]:
    return [msgspec.structs.replace(mention, original_type="") for mention in mentions]
