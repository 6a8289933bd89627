import gzip
import io
from pathlib import Path

import pytest

from kgbuild.document import Document, Failure, Mention, Passage, Relation, Span
from kgbuild.read import pubtator

NALOXONE = (
    "227508|t|Naloxone and β-pain\n"
    "227508|a|Clonidine lowers it.\n"
    "227508\t0\t8\tNaloxone\tChemicalEntity\tD009270\n"
    "227508\t15\t19\tpain\tDisease\tD010146|D002311\n"
    "227508\t20\t29\tClonidine\tChemical\tD003000\n"
    "227508\tCID\tD003000\tD010146\tNovel\n"
)


def read(text: str) -> tuple[list[Document], list[Failure]]:
    found = list(pubtator.read(io.BytesIO(text.encode()), "x.txt"))
    return [d for d in found if isinstance(d, Document)], [f for f in found if isinstance(f, Failure)]


def test_a_document_keeps_its_identifier_text_and_blocks() -> None:
    [document], failures = read(NALOXONE)
    assert failures == []
    assert document.id == "PMID:227508"
    assert document.title == "Naloxone and β-pain"
    assert document.text == "Naloxone and β-pain\nClonidine lowers it."
    assert document.blocks == (Passage(Span(0, 19), "title"), Passage(Span(20, 40), "abstract", "Abstract"))


def test_mentions_have_our_types_and_curies_and_keep_the_corpus_label() -> None:
    [document], _ = read(NALOXONE)
    assert document.mentions[0] == Mention(
        Span(0, 8),
        "Chemical",
        concepts=("MESH:D009270",),
        link_score=1.0,
        original_type="ChemicalEntity",
        agent="given",
    )
    assert document.mentions[1].concepts == ("MESH:D010146", "MESH:D002311")
    assert document.mentions[2].original_type == ""


def test_a_relation_joins_the_closest_mentions_of_its_concepts() -> None:
    text = (
        "1|t|pain aspirin and then much later on again pain\n"
        "1\t0\t4\tpain\tDisease\tD010146\n"
        "1\t5\t12\taspirin\tChemical\tD001241\n"
        "1\t42\t46\tpain\tDisease\tD010146\n"
        "1\tTreats\tD001241\tD010146\tNo\n"
    )
    [document], _ = read(text)
    assert document.relations == (
        Relation("5-12-Chemical", "Treats", "0-4-Disease", Span(0, 12), novel=False, agent="given"),
    )


def test_a_relation_prefers_mentions_of_its_concept_alone() -> None:
    text = (
        "1|t|a b, c, d\n1\t0\t1\ta\tChemical\tD000001\n1\t2\t3\tb\tDisease\tD000002|D000003\n"
        "1\t8\t9\td\tDisease\tD000002\n1\tCID\tD000001\tD000002\n"
    )
    [document], _ = read(text)
    assert document.relations[0].object == "8-9-Disease"
    assert document.relations[0].novel is None


def test_a_relation_may_name_an_unlinked_mention_by_its_place() -> None:
    text = "1|t|a b\n1\t0\t1\ta\tChemical\t-\n1\t2\t3\tb\tDisease\t\n1\tCID\t0-1-Chemical\t2-3-Disease\n"
    [document], failures = read(text)
    assert failures == []
    assert document.relations[0].subject == "0-1-Chemical"
    assert document.mentions[0].concepts == ()


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("1\tCID\tD000001\tD000009", "x.txt:3: CID D000001 D000009: no mention of D000009"),
        ("1\tCID\tD000001\tD000001", "x.txt:3: CID D000001 D000001: both concepts have the same only mention"),
        ("1\t2\t3\tz\tDisease\tD000002", "x.txt:3: expected 'z' at 2-3, found 'b'"),
        ("1\t90\t93\tzzz\tDisease\tD000002", "x.txt:3: expected 'zzz' at 90-93, found ''"),
        ("nonsense", "x.txt:3: expected a mention or relation of 1, found 'nonsense'"),
        ("2\t2\t3\tb\tDisease\tD000002", "x.txt:3: expected a mention or relation of 1, found '2\\t2\\t3\\tb"),
    ],
)
def test_a_line_that_does_not_fit_is_a_failure_that_names_it_and_reading_goes_on(line: str, reason: str) -> None:
    documents, [failure] = read(f"1|t|a b\n1\t0\t1\ta\tChemical\tD000001\n{line}\n\n2|t|next\n")
    assert failure.reason.startswith(reason)
    assert failure.document == "PMID:1"
    assert [d.id for d in documents] == ["PMID:1", "PMID:2"]
    assert len(documents[0].mentions) == 1


def test_a_mention_that_differs_in_quotes_or_case_is_kept_and_reported() -> None:
    [document], [failure] = read('1|t|an " DEAD " box\n1\t3\t15\tDEAD    box\tGene\t\n')
    assert [m.span for m in document.mentions] == [Span(3, 15)]
    assert "expected 'DEAD    box'" in failure.reason


def test_two_lines_for_one_place_and_type_become_one_mention_with_both_concepts() -> None:
    [document], _ = read("1|t|a b\n1\t0\t1\ta\tGene\t7\n1\t0\t1\ta\tGeneOrGeneProduct\t8\n")
    assert [m.concepts for m in document.mentions] == [("NCBIGene:7", "NCBIGene:8")]


def test_a_title_opens_a_new_document_without_a_blank_line_and_with_an_old_identifier() -> None:
    documents, _ = read("a1|t|One\na1|a|Two\na1|t|Three\n")
    assert [(d.id, d.text) for d in documents] == [("pubtator:a1", "One\nTwo"), ("pubtator:a1", "Three")]


def test_other_passages_are_paragraphs_in_a_section_of_their_tag() -> None:
    [document], _ = read("1|t|One\n1|a|\n1|results|Two\n")
    assert document.text == "One\n\nTwo"
    assert document.blocks == (Passage(Span(0, 3), "title"), Passage(Span(5, 8), "paragraph", "results"))


def test_windows_line_ends_byte_order_mark_and_encoding_are_read_and_the_encoding_reported() -> None:
    raw = b"\xef\xbb\xbf1|t|One\r\n1|a|caf\xe9\r\n"
    failure, document = pubtator.read(io.BytesIO(raw), "x.txt")
    assert isinstance(document, Document) and document.text == "One\ncafé"
    assert isinstance(failure, Failure) and "Windows-1252" in failure.reason


def test_a_document_without_text_is_a_failure() -> None:
    assert read("1|t|\n1|a|\n")[1][0].document == "PMID:1"


@pytest.mark.parametrize(("head", "expected"), [(b"1|t|x", True), (b"\n1|a|x", True), (b"a|b|c", False), (b"", False)])
def test_recognises_pubtator_by_its_first_line(head: bytes, expected: bool) -> None:
    assert pubtator.sniff(head, "x.txt") is expected


def test_all_mentions_and_relations_of_a_corpus_are_read(shared_data: Path) -> None:
    path = shared_data / "extraction/biored/Dev.PubTator.gz"
    with gzip.open(path) as stream:
        found = list(pubtator.read(stream, path.name))  # type: ignore[arg-type]
    documents = [d for d in found if isinstance(d, Document)]
    assert len(found) == len(documents) == 84
    assert sum(len(d.mentions) for d in documents) == 2907
    assert {m.type for d in documents for m in d.mentions} == {
        "CellLine",
        "Chemical",
        "Disease",
        "Gene",
        "Species",
        "Variant",
    }
