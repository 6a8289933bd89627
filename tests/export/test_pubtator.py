import gzip
import io
from pathlib import Path

import pytest

from kgbuild.document import Document, Mention, Relation, Span
from kgbuild.export import pubtator as writer
from kgbuild.read import pubtator as reader


def written(*documents: Document) -> str:
    stream = io.BytesIO()
    assert writer.write(documents, stream) == len(documents)
    return stream.getvalue().decode()


def read(raw: bytes) -> list[Document]:
    return [found for found in reader.read(io.BytesIO(raw), "x") if isinstance(found, Document)]


def test_a_document_of_another_format_has_its_first_line_as_title_and_equal_offsets() -> None:
    document = Document(
        "PMC:PMC1",
        "Title\nMethods\nSoil\tand α",
        mentions=(Mention(Span(6, 18), "Disease"), Mention(Span(23, 24), "Gene", concepts=("NCBIGene:1", "HGNC:2"))),
    )
    assert written(document) == (
        "PMC1|t|Title\nPMC1|a|Methods Soil and α\n"
        "PMC1\t6\t18\tMethods Soil\tDisease\t-\nPMC1\t23\t24\tα\tGene\tNCBIGene:1|HGNC:2\n\n"
    )


def test_relations_are_written_once_for_each_pair_of_concepts() -> None:
    document = Document(
        "PMID:1",
        "a b a c",
        mentions=(
            Mention(Span(0, 1), "Chemical", concepts=("MESH:D000001",)),
            Mention(Span(2, 3), "Disease", concepts=("MESH:D000002", "MESH:D000003")),
            Mention(Span(4, 5), "Chemical", concepts=("MESH:D000001",)),
            Mention(Span(6, 7), "Gene"),
        ),
        relations=(
            Relation("0-1-Chemical", "CID", "2-3-Disease", Span(0, 3), novel=False),
            Relation("4-5-Chemical", "CID", "2-3-Disease", Span(2, 5), novel=True),
            Relation("4-5-Chemical", "Bind", "6-7-Gene", Span(4, 7)),
        ),
    )
    assert written(document).splitlines()[5:8] == [
        "1\tCID\tMESH:D000001\tMESH:D000002\tNovel",
        "1\tCID\tMESH:D000001\tMESH:D000003\tNovel",
        "1\tBind\tMESH:D000001\t6-7-Gene",
    ]
    assert {r.predicate for r in read(written(document).encode())[0].relations} == {"CID", "Bind"}


def test_variants_whose_identifiers_hold_bars_come_back() -> None:
    concepts = ("c|DEL|1_2|", "p|SUB|V|600|E")
    document = Document("PMID:1", "ab", mentions=(Mention(Span(0, 2), "Variant", concepts=concepts),))
    assert read(written(document).encode())[0].mentions[0].concepts == concepts


def test_no_documents_write_nothing() -> None:
    assert written() == ""


def test_text_lines_come_out_as_they_went_in() -> None:
    text = "x7|t| Title \nx7|a|\nx7|results|More\u2028text\n\n"
    assert written(*read(text.encode())) == text


@pytest.mark.parametrize(
    "path",
    [
        "bc5cdr/CDR_DevelopmentSet.PubTator.txt.gz",
        "biored/Dev.PubTator.gz",
        "nlm_gene/train.PubTator.gz",
        "tmvar3/tmvar3.PubTator.txt.gz",
    ],
)
def test_a_corpus_comes_back_with_the_same_texts_offsets_and_identifiers(shared_data: Path, path: str) -> None:
    raw = gzip.decompress((shared_data / "extraction" / path).read_bytes())
    documents = read(raw)
    output = written(*documents).encode()
    again = read(output)
    assert [(d.id, d.text, d.blocks) for d in again] == [(d.id, d.text, d.blocks) for d in documents]
    for before, after in zip(documents, again, strict=True):
        assert [(m.id, m.concepts) for m in after.mentions] == [(m.id, m.concepts) for m in before.mentions]
        assert set(before.relations) <= set(after.relations)
    assert _text_lines(output) == _text_lines(raw)


def _text_lines(raw: bytes) -> list[str]:
    return [line for line in raw.decode().replace("\r", "").split("\n") if line and "\t" not in line]
