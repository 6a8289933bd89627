import time

import pytest

from kgbuild.document import Document, Passage, Span
from kgbuild.segment import segment, sentence_spans


def sentences(text: str) -> list[str]:
    return [text[span.start : span.end] for span in sentence_spans(text)]


@pytest.mark.parametrize(
    "text",
    [
        "The band in Fig. 3a is shown in Figs. 4 and 5 (see Ref. [3] and Eq. (2)).",
        "Some drugs, e.g. Aspirin, i.e. ASA, cf. Table 2, approx. 5 mg vs. Placebo, were given.",
        "Smith et al. (2010) and Jones et al. [5] disagree with Lee et al. Nature 2010.",
        "E. coli and S. Typhimurium grew; C. elegans did not.",
        "The gap is 5.2 eV at 0.5 K in sample No. 5 of Dr. Smith.",
        "J. K. Smith and A. Jones designed the study.",
        "Streptomyces sp. AB12 and Bacillus sp. nov. were found.",
        "It rose ... and fell.",
        "Cells from Sigma-Aldrich Co. Ltd. (St. Louis, U.S.) were used.",
        "Figure 3. The stress-strain curve",
        "Table S1. Primers of this study",
        "2.1. Sample preparation",
        "(iv) Films were grown.",
        "Published on 5 Dec. 2010 in Phys. Rev. Lett. 98.",
        "The pH was 7 (not shown; n = 3, p < 0.05).",
        "The mean age was 36. 7 years.",
        "no full stop at all",
        "Why not? because.",
    ],
)
def test_a_full_stop_inside_a_sentence_does_not_end_it(text: str) -> None:
    assert sentences(text) == [text]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("It fell (p < 0.05).", "The rest rose."),
        ("This was seen before [12].", "Next we asked."),
        ("It was seen in mice.2", "The rest was not."),
        ("It was seen in mice.2,3–5", "The rest was not."),
        ("It was seen in mice. [2, 3]", "The rest was not."),
        ("We stained for p21.", "p53 is a tumour suppressor."),
        ("It was lost.", "mTOR and c-Myc rose."),
        ("It was lost.", "α-Synuclein rose."),
        ("Samples were cooled.", "5 mg were added."),
        ("He said “no.”", "We agree."),
        ("(Data not shown.)", "We agree."),
        ("The film was kept at 300 K.", "Samples were cut."),
        ("It took 5 h.", "Samples were cut."),
        ("They lacked vitamin D.", "Patients were treated."),
        ("It is caused by E.", "However, others disagree."),
        ("This follows Smith et al.", "The effect is small."),
        ("It has salts, acids, etc.", "These are weak."),
        ("Is it so?", "It is!"),
        ("The answer is no.", "We stop."),
        ("It rose...", "Then it fell."),
        ("It grew in 2010.", "Then it fell."),
        ("Grown at 700 °C.", "(b) Annealed."),
    ],
)
def test_a_sentence_ends_before_the_next(first: str, second: str) -> None:
    assert sentences(f"{first} {second}") == [first, second]


def test_sentences_have_no_outer_blanks_and_miss_no_character() -> None:
    text = "  One µ.\n Two.\u00a0 Three  "
    spans = list(sentence_spans(text))
    assert [text[span.start : span.end] for span in spans] == ["One µ.", "Two.", "Three"]


@pytest.mark.parametrize("text", ["", "  \n "])
def test_blank_text_has_no_sentences(text: str) -> None:
    assert sentences(text) == []


def test_every_kind_of_block_becomes_its_passages() -> None:
    text = "T. Two\nH. h\nAb1. Cde.\nCap one. Cap two.\nx | y\n1 | 2\nNote a. Note b."
    blocks = (
        Passage(Span(0, 6), "title"),
        Passage(Span(7, 11), "heading", "H"),
        Passage(Span(12, 21), "paragraph", "H"),
        Passage(Span(22, 39), "caption", "H", 0),
        Passage(Span(40, 51), "table", "H", 0),
        Passage(Span(52, 67), "footnote", "H", 0),
    )
    document = segment(Document("kgb:doc-1", text, blocks=blocks))
    assert [(document.text_of(p.span), p.kind, p.section, p.table) for p in document.passages] == [
        ("T. Two", "title", "", None),
        ("H. h", "heading", "H", None),
        ("Ab1.", "sentence", "H", None),
        ("Cde.", "sentence", "H", None),
        ("Cap one.", "caption", "H", 0),
        ("Cap two.", "caption", "H", 0),
        ("x | y", "row", "H", 0),
        ("1 | 2", "row", "H", 0),
        ("Note a.", "footnote", "H", 0),
        ("Note b.", "footnote", "H", 0),
    ]


def test_text_outside_the_blocks_is_taken_for_paragraphs() -> None:
    document = segment(Document("kgb:doc-1", "One. Two.\nThree\nFour", blocks=(Passage(Span(10, 15), "heading"),)))
    assert [(document.text_of(p.span), p.kind) for p in document.passages] == [
        ("One.", "sentence"),
        ("Two.", "sentence"),
        ("Three", "heading"),
        ("Four", "sentence"),
    ]


def test_references_make_no_passages() -> None:
    text = "We gave aspirin.\nAspirin causes fever. J Test 1."
    blocks = (Passage(Span(0, 16), "paragraph"), Passage(Span(17, len(text)), "reference", "References"))
    doc = segment(Document(id="a:1", text=text, blocks=blocks))
    assert [doc.text_of(passage.span) for passage in doc.passages] == ["We gave aspirin."]


def test_an_empty_document_has_no_passages() -> None:
    assert segment(Document("kgb:doc-1", "")).passages == ()


def test_segmenting_twice_gives_the_same() -> None:
    once = segment(Document("kgb:doc-1", "One. Two."))
    assert segment(once) == once


def test_time_grows_with_the_text_and_not_faster() -> None:
    text = (
        "a. " * 50_000
        + "(" * 50_000
        + "[1,2,3 " * 20_000
        + "." * 50_000
        + "x"
        + " " * 50_000
        + ")" * 50_000
        + ".)" * 50_000
        + "x"
    )
    start = time.perf_counter()
    list(sentence_spans(text))
    assert time.perf_counter() - start < 5
