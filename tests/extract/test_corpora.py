"""Readers of annotated corpora, on small files in each corpus' own form."""

import gzip
import json
import tarfile
from pathlib import Path

import pytest
import spacy
from spacy.tokens import DocBin

from kgbuild.errors import TrainingDataError
from kgbuild.export import bioc_xml
from kgbuild.extract.corpora import abstracts, annotated, brat, conll, craft, docbin, drugprot, mspt, polyie
from kgbuild.extract.gold import GoldDocument

TYPES = frozenset({"Chemical", "Gene", "Disease", "CellType", "AnatomicalPart"})


def shown(gold: GoldDocument) -> list[tuple[str, str]]:
    return [(mention.type, gold.document.text_of(mention.span)) for mention in gold.document.mentions]


def stated(gold: GoldDocument) -> list[tuple[str, str, str]]:
    index = gold.document.mention_index()
    text_of = gold.document.text_of
    return [
        (text_of(index[r.subject].span), r.predicate, text_of(index[r.object].span)) for r in gold.document.relations
    ]


@pytest.fixture
def brat_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "brat"
    folder.mkdir()
    (folder / "b.txt").write_text("β-Carotene in T cells\nIt activates NFAT.", "utf-8")
    (folder / "b.ann").write_text(
        "T1\tCHEMICAL 0 10\tβ-Carotene\nT2\tcell_type 14 21\tT cells\nT3\tProtein 35 39\tNFAT\n"
        "R1\tACTIVATOR Arg1:T1 Arg2:T3\t\n#1\tAnnotatorNotes T1\tsure\nE1\tBinding:T3 Theme:T1\n",
        "utf-8",
    )
    (folder / "a.txt").write_text("breast and ovarian cancer", "utf-8")
    (folder / "a.ann").write_text("T1\tDisease 0 6;19 25\tbreast cancer\n", "utf-8")
    (folder / "alone.txt").write_text("no annotations", "utf-8")
    return folder


def read_brat(path: Path) -> list[GoldDocument]:
    return list(brat.read(path, corpus="toy", entities=TYPES, relations=frozenset({"ACTIVATOR"})))


def test_brat_gives_mentions_and_relations_in_the_order_of_names(brat_folder: Path) -> None:
    first, second = read_brat(brat_folder)
    assert (first.document.id, shown(first)) == ("toy:a", [("Disease", "breast and ovarian cancer")])
    assert shown(second) == [("Chemical", "β-Carotene"), ("CellType", "T cells"), ("Gene", "NFAT")]
    assert stated(second) == [("β-Carotene", "ACTIVATOR", "NFAT")]
    assert [passage.kind for passage in second.document.passages] == ["title", "sentence"]


def test_an_archive_of_brat_files_reads_like_the_folder(brat_folder: Path, tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "brat.tar.gz", "w:gz") as archive:
        archive.add(brat_folder, ".")
    assert [gold.document.text_hash for gold in read_brat(tmp_path / "brat.tar.gz")] == [
        gold.document.text_hash for gold in read_brat(brat_folder)
    ]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("T1\tDisease 0\n", "a.ann:1: expected 'Type start end'"),
        ("T1\tDisease 0 six\n", "a.ann:1: expected 'Type start end'"),
        ("\nT1\tDisease 0 900\n", "a.ann:2: .* characters 0 to 900 of 25"),
        ("R1\tCID Arg1:T1\n", "a.ann:1: expected 'Type Arg1:T1 Arg2:T2'"),
    ],
)
def test_a_broken_line_of_brat_is_named(brat_folder: Path, line: str, message: str) -> None:
    (brat_folder / "a.ann").write_text(line, "utf-8")
    with pytest.raises(TrainingDataError, match=message):
        read_brat(brat_folder)


def test_a_folder_without_brat_files_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(TrainingDataError, match=r"no pair of \.txt and \.ann"):
        read_brat(tmp_path)


def test_craft_keeps_the_longest_mentions_and_no_generic_ones(tmp_path: Path) -> None:
    text = "Lung cancer\n\nCells of the lung and neurons."
    record = {
        "pmid": "1",
        "text": text,
        "annotations": [
            ["UBERON", "UBERON:0002048", "lung", [[0, 4]]],
            ["MONDO", "MONDO:0005138", "lung cancer", [[0, 11]]],
            ["CL", "CL:0000000", "cell", [[13, 18]]],
            ["UBERON", "UBERON:0002048", "lung", [[26, 30]]],
            ["CL", "CL:0000540", "neuron", [[35, 42]]],
            ["SO", "SO:0000704", "gene", [[19, 21]]],
        ],
    }
    path = tmp_path / "craft.jsonl.gz"
    path.write_bytes(gzip.compress((json.dumps(record) + "\n").encode()))
    (gold,) = craft.read(path, corpus="craft", entities=TYPES, relations=frozenset())
    assert shown(gold) == [("Disease", "Lung cancer"), ("AnatomicalPart", "lung"), ("CellType", "neurons")]
    (only,) = craft.read(path, corpus="craft", entities=frozenset({"AnatomicalPart"}), relations=frozenset())
    assert shown(only) == [("AnatomicalPart", "lung")]


def test_drugprot_relates_names_of_an_abstract(tmp_path: Path) -> None:
    text = "Aspirin inhibits COX-1. aspirin is old."
    files = {
        "abstracts": f"7\t{text}\n8\tNothing here.\n",
        "entities": "7\tT1\tCHEMICAL\t0\t7\tAspirin\n7\tT2\tGENE-Y\t17\t22\tCOX-1\n7\tT3\tCHEMICAL\t24\t31\taspirin\n",
        "relations": "7\tINHIBITOR\tArg1:T1\tArg2:T2\n7\tPART-OF\tArg1:T1\tArg2:T2\n",
    }
    for part, content in files.items():
        with gzip.open(tmp_path / f"drugprot_training_{part}.tsv.gz", "wt", encoding="utf-8") as stream:
            stream.write(content)
    first, second = drugprot.read(tmp_path, corpus="d", entities=TYPES, relations=frozenset({"INHIBITOR"}))
    assert stated(first) == [("Aspirin", "INHIBITOR", "COX-1")]
    assert first.concept_level
    assert [mention.concepts for mention in first.document.mentions] == [("aspirin",), ("cox-1",), ("aspirin",)]
    assert (second.document.id, second.document.mentions) == ("PMID:8", ())


def test_drugprot_without_its_files_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(TrainingDataError, match=r"no file \*entities\*"):
        list(drugprot.read(tmp_path, corpus="d", entities=TYPES, relations=frozenset()))


PUBTATOR = "1|t|Aspirin and fever\n1|a|Aspirin for fever.\n1\t0\t7\tAspirin\tChemical\tD001241\n"


MATERIALS = frozenset({"Material", "Property", "Quantity"})


def test_mspt_joins_numbers_and_units_and_drops_what_names_no_material(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("10.1/x\nLa2O3 (9.5 mmol) in the mixture, 2 and 3 h", "utf-8")
    rows = ["Material 7 12", "Number 14 17", "Amount-Unit 18 22", "Material 31 38", "Number 40 41", "Number 46 47"]
    rows.append("Condition-Unit 48 49")
    lines = [f"T{i}\t{row}\t" for i, row in enumerate(rows, start=1)]
    lines += ["R1\tNumber_Of Arg1:T2 Arg2:T3", "R2\tNumber_Of Arg1:T5 Arg2:T7", "R3\tNumber_Of Arg1:T6 Arg2:T7"]
    (tmp_path / "a.ann").write_text("\n".join(lines), "utf-8")
    (gold,) = mspt.read(tmp_path, corpus="mspt", entities=MATERIALS, relations=frozenset())
    assert shown(gold) == [("Material", "La2O3"), ("Quantity", "9.5 mmol"), ("Quantity", "3 h")]
    assert gold.document.relations == ()


def test_polyie_is_printed_with_its_mentions_and_tuples(tmp_path: Path) -> None:
    text = "The blend P3HT : PC 71 BM has an open - circuit voltage ( V oc ) of 0.6 V. Then 10^-3 nm ."
    labels = "O O B-CN I-CN I-CN I-CN I-CN O O B-PN I-PN I-PN I-PN O B-PN I-PN O O B-PV I-PV O O B-PV O"
    words, tags = text.split(), labels.split()
    tuples = [[[2, 7], [9, 13], [18, 20]], [[2, 7], [14, 16]], [[0, 1], [9, 13], [18, 20]]]
    path = tmp_path / "train_split.txt.gz"
    record = {"text": [[words]], "label": [[tags]], "relation": [[tuples]]}
    path.write_bytes(gzip.compress(json.dumps(record).encode()))
    relations = frozenset({"has_property", "has_value"})
    (gold,) = polyie.read(path, corpus="polyie", entities=MATERIALS, relations=relations)
    assert gold.document.text == "The blend P3HT:PC71BM has an open-circuit voltage (Voc) of 0.6 V. Then 10-3 nm."
    assert shown(gold) == [
        ("Material", "P3HT:PC71BM"),
        ("Property", "open-circuit voltage"),
        ("Property", "Voc"),
        ("Quantity", "0.6 V"),
    ]
    assert stated(gold) == [
        ("P3HT:PC71BM", "has_property", "open-circuit voltage"),
        ("P3HT:PC71BM", "has_property", "Voc"),
        ("open-circuit voltage", "has_value", "0.6 V"),
    ]
    (only,) = polyie.read(path, corpus="polyie", entities=frozenset({"Property"}), relations=relations)
    assert (len(only.document.mentions), only.document.relations) == (2, ())


def test_bioc_reads_like_pubtator(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(PUBTATOR, "utf-8")
    given = list(annotated.read(tmp_path / "a.txt", corpus="toy", entities=TYPES, relations=frozenset()))
    with (tmp_path / "a.xml").open("wb") as stream:
        bioc_xml.write((gold.document for gold in given), stream)
    again = list(annotated.read(tmp_path / "a.xml", corpus="toy", entities=TYPES, relations=frozenset()))
    assert [gold.document.id for gold in again] == ["PMID:1"]
    assert [shown(gold) for gold in again] == [shown(gold) for gold in given] == [[("Chemical", "Aspirin")]]


def test_a_file_without_annotated_documents_is_an_error_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"")
    with pytest.raises(TrainingDataError, match=r"no annotated document found: .*empty"):
        list(annotated.read(tmp_path / "a.txt", corpus="toy", entities=TYPES, relations=frozenset()))


def read_conll(path: Path, text: str) -> list[GoldDocument]:
    path.write_text(text, "utf-8")
    return list(conll.read(path, corpus="toy", entities=TYPES, relations=frozenset()))


@pytest.mark.parametrize(
    "tags",
    [
        ("B-Disease", "I-Disease", "O", "B-Disease"),
        ("B-Disease", "E-Disease", "O", "S-Disease"),
        ("Disease", "Disease", "O", "Disease"),
        ("I-Disease", "I-Disease", "O", "I-Disease"),
    ],
)
def test_conll_tags_of_all_kinds_are_mentions(tmp_path: Path, tags: tuple[str, ...]) -> None:
    rows = zip(("Lung", "cancer", "or", "Müdigkeit"), tags, strict=True)
    (gold,) = read_conll(
        tmp_path / "a.txt", "".join(f"{token} NN {tag}\n" for token, tag in rows).replace(" NN ", "\tNN\t")
    )
    assert shown(gold) == [("Disease", "Lung cancer"), ("Disease", "Müdigkeit")]


def test_touching_mentions_of_conll_stay_apart(tmp_path: Path) -> None:
    (gold,) = read_conll(tmp_path / "a.txt", "TP53 B-Gene\nBRCA1 B-Gene\nfever B-Disease\n")
    assert shown(gold) == [("Gene", "TP53"), ("Gene", "BRCA1"), ("Disease", "fever")]


def test_conll_documents_end_where_the_next_one_begins(tmp_path: Path) -> None:
    sentences = "fever B-Disease\n\ncough O\n\n"
    assert len(read_conll(tmp_path / "a.txt", sentences)) == 2
    (first, second) = read_conll(tmp_path / "b.txt", f"-DOCSTART- O\n\n{sentences}-DOCSTART- O\n\npain B-Disease\n")
    assert (len(first.document.passages), shown(second)) == (2, [("Disease", "pain")])


def test_a_conll_token_may_hold_a_blank(tmp_path: Path) -> None:
    (gold,) = read_conll(tmp_path / "a.txt", "of O\n1/2  O B-Chemical\n")
    assert shown(gold) == [("Chemical", "1/2  O")]


def test_a_token_without_a_tag_is_named(tmp_path: Path) -> None:
    with pytest.raises(TrainingDataError, match=r"a\.txt:2: expected a token and its tag in 2 columns, found 'cough'"):
        read_conll(tmp_path / "a.txt", "fever B-Disease\ncough\n")


def test_a_doc_bin_gives_entities_and_relations(tmp_path: Path) -> None:
    nlp = spacy.blank("en")
    doc = nlp("Aspirin lowers fever .")
    doc.ents = [doc.char_span(0, 7, label="Chemical"), doc.char_span(15, 20, label="Disease")]
    doc.user_data["._.", "relations", None, None] = ({"head_pos": (0, 1), "tail_pos": (2, 3), "label": "CID"},)
    DocBin(docs=[doc], store_user_data=True).to_disk(tmp_path / "a.spacy")
    (gold,) = docbin.read(tmp_path / "a.spacy", corpus="toy", entities=TYPES, relations=frozenset({"CID"}))
    assert shown(gold) == [("Chemical", "Aspirin"), ("Disease", "fever")]
    assert stated(gold) == [("Aspirin", "CID", "fever")]


def test_a_file_that_is_no_doc_bin_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.spacy").write_bytes(b"nothing")
    with pytest.raises(TrainingDataError, match="expected a DocBin"):
        list(docbin.read(tmp_path / "a.spacy", corpus="toy", entities=TYPES, relations=frozenset()))


def test_abstracts_are_text_without_annotations(tmp_path: Path) -> None:
    path = tmp_path / "text.jsonl.gz"
    lines = [
        {"id": "a-1", "title": "Naloxone", "abstract": "It helps. Often."},
        {"id": "b", "pmid": 7, "abstract": "No."},
    ]
    with gzip.open(path, "wt", encoding="utf-8") as stream:
        stream.write("".join(json.dumps(line) + "\n" for line in lines))
    first, second = abstracts.read(path, corpus="text", entities=frozenset(), relations=frozenset())
    assert (first.document.id, first.document.text) == ("kgb:a-1", "Naloxone\nIt helps. Often.")
    assert [passage.kind for passage in first.document.passages] == ["title", "sentence", "sentence"]
    assert (second.document.id, second.document.title, second.entities) == ("PMID:7", "", frozenset())


@pytest.mark.parametrize("line", ['{"id": "1", "title": "x"}', '{"id": "1", "abstract": null}', "[]", "{"])
def test_a_line_without_an_abstract_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "text.jsonl"
    path.write_text(f'{{"id": "0", "abstract": "y"}}\n{line}\n', "utf-8")
    with pytest.raises(TrainingDataError, match=r"text\.jsonl:2: expected id, title and abstract"):
        list(abstracts.read(path, corpus="text", entities=frozenset(), relations=frozenset()))
    with pytest.raises(TrainingDataError, match="carry no annotations"):
        list(abstracts.read(path, corpus="text", entities=frozenset({"Gene"}), relations=frozenset()))
