import pytest

from kgbuild.document import Modality, Polarity, Span
from kgbuild.graph import Edge, Evidence, Triple, belief, noisy_or

TRIPLE = Triple("MESH:D001241", "CID", "MESH:D001249")


def evidence(
    document: str, score: float, *, polarity: Polarity = "affirmed", modality: Modality = "asserted", start: int = 0
) -> Evidence:
    return Evidence(
        triple=TRIPLE,
        kind="text",
        document=document,
        section="",
        span=Span(start, start + 20),
        subject_span=Span(start, start + 7),
        object_span=Span(start + 14, start + 20),
        text="Aspirin causes asthma",
        agent="model",
        revision="1",
        raw=score,
        calibrated=score,
        polarity=polarity,
        modality=modality,
    )


def test_noisy_or_of_nothing_is_zero() -> None:
    assert noisy_or([]) == 0.0


def test_two_papers_support_each_other() -> None:
    # 1 - (1 - 0.8)(1 - 0.5)
    assert belief([evidence("PMID:1", 0.8), evidence("PMID:2", 0.5)]) == pytest.approx(0.9)


def test_repeats_in_one_paper_count_once_with_the_best_score() -> None:
    assert belief([evidence("PMID:1", 0.6), evidence("PMID:1", 0.8, start=50)]) == pytest.approx(0.8)


def test_two_documents_of_one_paper_count_once() -> None:
    given = [evidence("PMID:1", 0.6), evidence("PMC:2", 0.8)]
    assert belief(given, {"PMID:1": "PMC:2", "PMC:2": "PMC:2"}) == pytest.approx(0.8)


def test_a_denial_discounts() -> None:
    # 0.9 * (1 - 0.4)
    given = [evidence("PMID:1", 0.9), evidence("PMID:2", 0.4, polarity="negated")]
    assert belief(given) == pytest.approx(0.54)


def test_denials_alone_give_no_belief() -> None:
    assert belief([evidence("PMID:1", 0.9, polarity="negated")]) == 0.0


def test_speculation_counts_half() -> None:
    assert belief([evidence("PMID:1", 0.8, modality="speculated")]) == pytest.approx(0.4)


def test_belief_does_not_depend_on_the_order() -> None:
    given = [evidence(f"PMID:{n}", n / 17) for n in range(1, 17)]
    assert belief(given) == belief(reversed(given))


def test_an_edge_names_its_documents_once() -> None:
    edge = Edge(TRIPLE, (evidence("PMID:2", 0.5), evidence("PMID:1", 0.5), evidence("PMID:1", 0.5, start=9)))
    assert edge.documents == ("PMID:1", "PMID:2")


def test_evidence_from_another_place_has_another_identifier() -> None:
    assert evidence("PMID:1", 0.5).id != evidence("PMID:1", 0.5, start=1).id
    assert evidence("PMID:1", 0.5).id == evidence("PMID:1", 0.9).id
