import pytest

from kgbuild.document import Document, Mention, Span
from kgbuild.errors import ConfigError
from kgbuild.link.curation import NEVER, Curation, Override, read_curation
from kgbuild.link.linker import LexicalLinker

TYPES = ("Gene", "Disease", "Chemical")
NAMES = "id\tname\tsynonyms\nMESH:D1\tbreast cancer\tBC\nMESH:D2\tovarian cancer\t\nMESH:D3\tcommon cold\tcold\n"


@pytest.fixture
def vocabulary(write):
    return str(write("diseases.tsv", NAMES))


@pytest.fixture
def link(write, vocabulary):
    """The concepts of a document's diseases under these lines of a curation file."""

    def link_now(lines: str, text: str, *spans: tuple[int, int]) -> list[tuple[str, ...]]:
        path = write("curation.tsv", "text\ttype\tconcept\n" + lines)
        linker = LexicalLinker([], {"Disease": vocabulary}, curation=str(path))
        mentions = tuple(Mention(Span(*span), "Disease", 0.9, 0.9) for span in spans)
        (linked,) = linker.link([Document("PMID:1", text).replace_mentions(mentions)])
        return [mention.concepts for mention in linked.mentions]

    return link_now


def test_a_line_of_its_type_goes_before_one_of_any_type():
    curation = Curation([Override("CAT", "Gene", "NCBIGene:847", 2), Override("CAT", "", "NCBITaxon:9685", 3)])
    assert curation.find("Gene", "CAT").concept == "NCBIGene:847"
    assert curation.find("Species", "CAT").concept == "NCBITaxon:9685"
    assert curation.find("Gene", "dog") is None
    assert Curation().find("Gene", "CAT") is None


def test_case_is_set_aside_where_one_answer_is_left():
    curation = Curation(
        [Override("Fas", "", "MGI:1", 2), Override("FAS", "", "HGNC:1", 3), Override("cold", "", NEVER, 4)]
    )
    assert curation.find("Gene", "Fas").concept == "MGI:1"
    assert curation.find("Gene", "fas") is None
    assert curation.find("Disease", "Cold").concept == NEVER


@pytest.mark.parametrize("text", ["TNF-α", "TNF-alpha", "tnf alpha", "TNFα", "TNF−α"])
def test_greek_letters_dashes_and_case_are_set_aside(text):
    curation = Curation([Override("TNF-α", "Gene", "HGNC:11892", 2)])
    assert curation.find("Gene", text).concept == "HGNC:11892"
    assert curation.find("Disease", text) is None


def test_what_stands_as_it_is_written_goes_before_what_is_like_it():
    curation = Curation([Override("TNF-α", "", "HGNC:1", 2), Override("TNF-alpha", "", "HGNC:2", 3)])
    assert curation.find("Gene", "TNF-α").concept == "HGNC:1"
    assert curation.find("Gene", "TNF-ALPHA").concept == "HGNC:2"
    assert curation.find("Gene", "TNF alpha") is None
    assert Curation([Override("+", "", NEVER, 2)]).find("Gene", "++") is None


def test_the_version_tells_what_is_said_and_not_where(write):
    first = read_curation(write("a.tsv", "text\ttype\tconcept\nx\tGene\tHGNC:1\ny\t\tnever\n"), TYPES)
    moved = read_curation(
        write("b.tsv", "# mine\nconcept\tnote\ttext\ttype\nNEVER\t\ty\t\n\nhgnc:1\twhy\tx\tGene\n"), TYPES
    )
    other = read_curation(write("c.tsv", "text\ttype\tconcept\nx\tGene\tHGNC:2\ny\t\tnever\n"), TYPES)
    assert first.version == moved.version != other.version
    assert Curation().version == ""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r":1: expected the columns text, type, concept \(and note\), found none"),
        ("text\tconcept\n", r":1: expected the columns .*, found text, concept"),
        ("text\ttype\tconcept\tnotes\n", r":1: expected the columns"),
        ("text\ttype\tconcept\n\n\tGene\tHGNC:1\n", r":3: expected a string in the column text"),
        ("text\ttype\tconcept\nx\tgene\tHGNC:1\n", r":2: no entity type 'gene'; there are: Chemical, Disease, Gene"),
        ("text\ttype\tconcept\nx\tGene\t\n", r":2: expected a CURIE .* or 'never', found 'nothing'"),
        ("text\ttype\tconcept\nx\tGene\tnobody\n", r":2: expected a CURIE .*, found 'nobody'"),
        ("text\ttype\tconcept\nx\tGene\tHGNC:\n", r":2: expected a CURIE"),
        (
            "text\ttype\tconcept\nx\tGene\tHGNC:1\n# 3\nx\tGene\tnever\n",
            r":4: 'x' of type Gene is never here, but HGNC:1 in",
        ),
    ],
)
def test_errors_name_the_line(write, text, message):
    with pytest.raises(ConfigError, match=r"curation\.tsv" + message):
        read_curation(write("curation.tsv", text), TYPES)


def test_a_missing_file_is_reported(tmp_path):
    with pytest.raises(ConfigError, match="expected a curation file"):
        read_curation(tmp_path / "none.tsv", TYPES)


def test_the_curation_wins_over_what_the_ontologies_say(link):
    assert link("", "cold", (0, 4)) == [("MESH:D3",)]
    assert link("cold\tDisease\tMESH:D99\n", "cold", (0, 4)) == [("MESH:D99",)]
    assert link("cold\t\tnever\n", "Cold", (0, 4)) == [()]
    assert link("cold\tGene\tnever\n", "cold", (0, 4)) == [("MESH:D3",)]


def test_a_composite_mention_that_is_never_linked_is_not_taken_apart(link):
    text = "breast and ovarian cancer"
    assert link("", text, (0, 25)) == [("MESH:D1", "MESH:D2")]
    assert link(f"{text}\tDisease\tnever\n", text, (0, 25)) == [()]
    assert link("breast cancer\tDisease\tMESH:D9\n", text, (0, 25)) == [("MESH:D9", "MESH:D2")]


def test_an_abbreviation_is_what_the_curation_says_of_its_long_form(link):
    text = "breast cancer (BC) and BC"
    assert link("breast cancer\tDisease\tMESH:D9\n", text, (23, 25)) == [("MESH:D9",)]
    assert link("breast cancer\tDisease\tMESH:D9\nBC\tDisease\tnever\n", text, (23, 25)) == [()]


def test_the_candidate_says_that_the_user_chose_it(write, vocabulary):
    path = write("curation.tsv", "text\ttype\tconcept\nflu\t\tMESH:D3\n")
    (found,) = LexicalLinker([], {"Disease": vocabulary}, curation=str(path)).candidates("flu", "Disease")
    assert (found.curie, found.name, found.score, found.match) == ("MESH:D3", "common cold", 1.0, "curated")


def test_the_revision_names_the_version_of_the_curation(write, vocabulary):
    plain = LexicalLinker([], {"Disease": vocabulary})
    path = write("curation.tsv", "text\ttype\tconcept\nflu\t\tMESH:D3\n")
    curated = LexicalLinker([], {"Disease": vocabulary}, curation=str(path))
    assert curated.revision == f"{plain.revision}+curation-{curated.curation.version}"
