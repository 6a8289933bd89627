import msgspec
import pytest

from kgbuild.document import Document, Mention, Relation, Span
from kgbuild.errors import ReadError
from kgbuild.evaluate import Score, evaluate

TEXT = "aspirin and α-fever, nausea"
ASPIRIN, FEVER, NAUSEA = Span(0, 7), Span(12, 19), Span(21, 27)


def document(id: str, *mentions: Mention, relations: tuple[Relation, ...] = ()) -> Document:
    return Document(id, TEXT, mentions=mentions, relations=relations)


def cid(subject: Mention, object: Mention, predicate: str = "CID") -> Relation:
    return Relation(subject.id, predicate, object.id, Span(0, 27))


CHEMICAL = Mention(ASPIRIN, "Chemical", concepts=("MESH:D001241",))
DISEASE = Mention(FEVER, "Disease", concepts=("MESH:D005334",))
OTHER = Mention(NAUSEA, "Disease", concepts=("MESH:D009325",))


def test_equal_annotations_score_one_in_every_row():
    documents = [document("PMID:1", CHEMICAL, DISEASE, relations=(cid(CHEMICAL, DISEASE),))]
    found = evaluate(documents, documents)
    for layer in (found.mentions, found.concepts, found.pairs, found.relations):
        assert [(score.precision, score.recall, score.f1) for score in layer.values()] == [(1, 1, 1)] * len(layer)


def test_nothing_against_nothing_scores_zero_without_dividing():
    found = evaluate([document("PMID:1")], [document("PMID:1")])
    assert found.mentions == {"all": Score(0, 0, 0)}
    assert (found.mentions["all"].precision, found.mentions["all"].recall, found.mentions["all"].f1) == (0, 0, 0)


def test_a_mention_counts_only_with_its_exact_span_and_type():
    gold = [document("PMID:1", CHEMICAL, DISEASE, OTHER)]
    shifted = Mention(Span(12, 18), "Disease")
    mistyped = Mention(NAUSEA, "Phenotype")
    found = evaluate(gold, [document("PMID:1", CHEMICAL, shifted, mistyped)])
    assert found.mentions == {
        "all": Score(1, 3, 3),
        "Chemical": Score(1, 1, 1),
        "Disease": Score(0, 1, 2),
        "Phenotype": Score(0, 1, 0),
    }
    assert found.mentions["all"].f1 == pytest.approx(1 / 3)


def test_micro_average_adds_counts_over_documents():
    gold = [document("PMID:1", CHEMICAL, DISEASE, OTHER), document("PMID:2", CHEMICAL)]
    found = evaluate(gold, [document("PMID:1", CHEMICAL), document("PMID:2", CHEMICAL, DISEASE)])
    score = found.mentions["all"]
    assert score == Score(2, 3, 4)
    assert (score.precision, score.recall, score.f1) == (pytest.approx(2 / 3), 0.5, pytest.approx(4 / 7))


def test_a_concept_counts_once_a_document_and_composites_count_for_each():
    both = Mention(FEVER, "Disease", concepts=("MESH:D005334", "MESH:D009325"))
    gold = [document("PMID:1", both, DISEASE, CHEMICAL)]
    found = evaluate(gold, [document("PMID:1", OTHER)])
    assert found.concepts == {"all": Score(1, 1, 3), "Chemical": Score(0, 0, 1), "Disease": Score(1, 1, 2)}


def test_relations_are_compared_between_concepts_in_either_order():
    gold = [document("PMID:1", CHEMICAL, DISEASE, relations=(cid(CHEMICAL, DISEASE),))]
    turned = [document("PMID:1", CHEMICAL, DISEASE, relations=(cid(DISEASE, CHEMICAL, "Association"),))]
    found = evaluate(gold, turned)
    assert found.pairs == {"all": Score(1, 1, 1)}
    assert found.relations == {"all": Score(0, 1, 1), "Association": Score(0, 1, 0), "CID": Score(0, 0, 1)}


def test_relations_of_unlinked_mentions_are_compared_by_their_words():
    loose = Mention(FEVER, "Disease")
    gold = [document("PMID:1", CHEMICAL, loose, relations=(cid(CHEMICAL, loose),))]
    assert evaluate(gold, gold).relations["CID"] == Score(1, 1, 1)
    linked = [document("PMID:1", CHEMICAL, DISEASE, relations=(cid(CHEMICAL, DISEASE),))]
    assert evaluate(gold, linked).relations["CID"] == Score(0, 1, 1)


def test_relations_of_variants_in_the_form_of_tmvar_are_compared_by_what_it_describes():
    def related(variant: str, *concepts: str) -> Document:
        text = f"{variant} in asthma"
        start = len(variant) + 4
        ends = Mention(Span(0, len(variant)), "Variant", concepts=concepts), Mention(Span(start, start + 6), "Disease")
        relation = Relation(ends[0].id, "Association", ends[1].id, Span(0, len(text)))
        return Document("PMID:1", text, mentions=ends, relations=(relation,))

    gold = related("R150P", "p|SUB|R|150|P")
    assert evaluate([gold], [related("R150P")]).relations["Association"].f1 == 1.0
    assert evaluate([gold], [related("R151P")]).relations["Association"].f1 == 0.0
    assert evaluate([related("R150P", "DBSNP:rs1")], [related("R150P")]).relations["Association"].f1 == 0.0


def test_a_document_that_was_not_predicted_counts_as_missed_and_is_named():
    gold = [document("PMID:2", CHEMICAL), document("PMID:1", DISEASE)]
    found = evaluate(gold, [document("PMID:2", CHEMICAL), document("PMID:3", OTHER)])
    assert (found.missing, found.extra, found.n_documents) == (("PMID:1",), ("PMID:3",), 2)
    assert found.mentions["all"] == Score(1, 1, 2)


def test_a_document_that_stands_twice_has_the_annotations_of_both():
    gold = [document("PMID:1", CHEMICAL), document("PMID:1", DISEASE), document("PMID:1", DISEASE)]
    assert evaluate(gold, [document("PMID:1", DISEASE)]).mentions["all"] == Score(1, 1, 2)


def test_two_texts_under_one_identifier_are_an_error():
    other = msgspec.structs.replace(document("PMID:1", CHEMICAL), text="another text")
    with pytest.raises(ReadError, match="the gold documents hold PMID:1 twice"):
        evaluate([document("PMID:1", CHEMICAL), other], [])


def test_relations_below_the_least_score_do_not_count():
    weak = msgspec.structs.replace(DISEASE, link_score=0.5)
    likely = msgspec.structs.replace(cid(CHEMICAL, weak), score=0.8)
    documents = [document("PMID:1", CHEMICAL, weak, relations=(likely,))]
    assert evaluate(documents, documents, min_score=0.4).relations["CID"] == Score(1, 1, 1)
    assert evaluate(documents, documents, min_score=0.41).relations["CID"] == Score(0, 0, 1)
