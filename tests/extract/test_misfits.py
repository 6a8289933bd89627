"""Recipes that do not fit their corpora: another format than the files have, types that no document has."""

import gzip
import json
import tarfile
from pathlib import Path

import msgspec
import pytest

from kgbuild.errors import ConfigError, TrainingDataError
from kgbuild.extract.corpora.recognition import look_at
from kgbuild.extract.recipe import Corpus, Recipe, read_part, require_annotated, split_gold

PUBTATOR = "1|t|Aspirin and fever\n1|a|\n1\t0\t7\tAspirin\tChemical\tMESH:D001241\n1\t12\t17\tfever\tDisease\t-\n\n"
BIOC = '<?xml version="1.0"?>\n<!DOCTYPE collection SYSTEM "BioC.dtd">\n<collection><source>x</source></collection>'
CONLL = "Aspirin B-Chemical\nand O\nfever B-Disease\n\n"
BRAT = "T1\tChemical 0 7\tAspirin\nT2\tDisease 12 17\tfever\n"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "a.txt").write_text("Aspirin and fever", "utf-8")
    (tmp_path / "mine" / "a.ann").write_text(BRAT, "utf-8")
    (tmp_path / "single.ann").write_text(BRAT, "utf-8")
    with tarfile.open(tmp_path / "mine.tar.gz", "w:gz") as archive:
        archive.add(tmp_path / "mine", "mine")
    (tmp_path / "pubtator.txt").write_text(PUBTATOR, "utf-8")
    (tmp_path / "bioc.xml").write_text(BIOC, "utf-8")
    (tmp_path / "conll.tsv").write_text(CONLL, "utf-8")
    (tmp_path / "abstracts.jsonl").write_text(json.dumps({"id": "1", "abstract": "Aspirin."}) + "\n", "utf-8")
    with gzip.open(tmp_path / "craft.jsonl.gz", "wt") as stream:
        stream.write(json.dumps({"pmid": "1", "text": "Cells.", "annotations": []}) + "\n")
    (tmp_path / "notes.txt").write_text("Some notes on what is to be done.\n", "utf-8")
    (tmp_path / "empty.txt").write_text("", "utf-8")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\0\0")
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "a.png").write_bytes(b"\x89PNG\0\0")
    return tmp_path


def corpus(file: str, format_: str, **more: tuple[str, ...]) -> Corpus:
    return Corpus("mine", format_, (file,), **{"entities": ("Chemical", "Disease"), **more})


@pytest.mark.parametrize(
    ("file", "format_"),
    [
        ("mine", "brat"),
        ("mine.tar.gz", "brat"),
        ("pubtator.txt", "pubtator"),
        ("bioc.xml", "bioc"),
        ("conll.tsv", "conll"),
        ("abstracts.jsonl", "abstracts"),
        ("craft.jsonl.gz", "craft"),
        ("notes.txt", ""),
        ("empty.txt", ""),
        ("picture.png", ""),
        ("pictures", ""),
    ],
)
def test_formats_are_told_by_names_and_first_lines(data: Path, file: str, format_: str) -> None:
    assert look_at(data / file).format == format_


@pytest.mark.parametrize(
    ("file", "given", "right"),
    [
        *(("mine", given, "brat") for given in ("pubtator", "conll", "docbin", "drugprot", "mulms", "craft", "polyie")),
        *(("mine.tar.gz", given, "brat") for given in ("pubtator", "conll", "craft", "sofc_exp")),
        *(("pubtator.txt", given, "pubtator") for given in ("brat", "conll", "mulms", "docbin", "sofc_exp")),
        *(("conll.tsv", given, "conll") for given in ("brat", "pubtator", "polyie", "mspt")),
        *(("bioc.xml", given, "bioc") for given in ("brat", "conll")),
        *(("craft.jsonl.gz", given, "craft") for given in ("mulms", "brat")),
        ("single.ann", "conll", "brat"),
    ],
)
def test_another_format_is_one_error_that_names_the_right_one(data: Path, file: str, given: str, right: str) -> None:
    with pytest.raises(TrainingDataError) as caught:
        list(read_part(corpus(file, given), (file,), data))
    message = str(caught.value)
    assert message.startswith(f"[[corpus]] 'mine': {data / file}: expected format = {given!r} (")
    assert message.endswith(f"; write format = {right!r}") and "\n" not in message


@pytest.mark.parametrize("file", ["notes.txt", "empty.txt", "picture.png", "pictures", "single.ann"])
def test_what_is_no_corpus_is_named_with_what_it_looks_like(data: Path, file: str) -> None:
    with pytest.raises(TrainingDataError, match=file.replace(".", r"\.")):
        list(read_part(corpus(file, "brat"), (file,), data))


def test_a_line_that_is_wrong_in_the_right_format_is_named_itself(data: Path) -> None:
    (data / "mine" / "a.ann").write_text("T1\tChemical 0 99\tAspirin\n", "utf-8")
    with pytest.raises(TrainingDataError, match=r"a\.ann:1: expected 'Type start end'"):
        list(read_part(corpus("mine", "brat"), ("mine",), data))


def test_a_format_that_does_not_exist_names_the_corpus_and_the_choices(data: Path) -> None:
    with pytest.raises(ConfigError, match=r"\[\[corpus\]\] 'mine': format: .*brat, conll"):
        list(read_part(corpus("mine", "bratt"), ("mine",), data))


def test_a_type_that_no_document_has_is_an_error_with_the_types_there_are(data: Path) -> None:
    recipe = Recipe((corpus("mine", "brat", entities=("Chemical", "Illness")),))
    gold, dev = split_gold(recipe, data)
    with pytest.raises(ConfigError) as caught:
        require_annotated(recipe, [*gold, *dev], data)
    assert str(caught.value) == (
        "[[corpus]] 'mine': entities: none of its 1 documents has Illness; they have Chemical (1), Disease (1): write "
        "the names that the corpus has, as they are here, or leave out those that it does not annotate"
    )


def test_a_relation_that_no_document_has_is_an_error_too(data: Path) -> None:
    recipe = Recipe((corpus("mine", "brat", relations=("CID",)),))
    gold, dev = split_gold(recipe, data)
    with pytest.raises(ConfigError, match="relations: none of its 1 documents has CID; they have no relations"):
        require_annotated(recipe, [*gold, *dev], data)


def test_a_type_of_a_document_that_another_corpus_holds_out_is_there(data: Path) -> None:
    (data / "mine" / "b.txt").write_text("Ibuprofen was given.\n", "utf-8")
    (data / "mine" / "b.ann").write_text("T1\tChemical 0 9\tIbuprofen\n", "utf-8")
    training = corpus("mine", "brat", entities=("Chemical", "Disease"))
    held = msgspec.structs.replace(corpus("other", "brat"), name="other", train=(), dev=("single",))
    (data / "single").mkdir()
    for name in ("a.txt", "a.ann"):
        (data / "single" / name).write_bytes((data / "mine" / name).read_bytes())
    recipe = Recipe((training, held))
    gold, dev = split_gold(recipe, data)
    assert [[mention.type for mention in item.document.mentions] for item in gold] == [["Chemical"]]
    require_annotated(recipe, [*gold, *dev], data)


def test_a_relation_of_types_that_are_not_wanted_is_not_there(data: Path) -> None:
    with (data / "mine" / "a.ann").open("a", encoding="utf-8") as annotations:
        annotations.write("R1\tCID Arg1:T1 Arg2:T2\n")
    recipe = Recipe((corpus("mine", "brat", entities=("Chemical",), relations=("CID",)),))
    gold, dev = split_gold(recipe, data)
    with pytest.raises(ConfigError, match="none of its 1 documents has CID; they have no relations"):
        require_annotated(recipe, [*gold, *dev], data)
