import io
import json
from itertools import permutations

import pytest

from kgbuild.document import Document, Failure, Mention, Passage, Relation, Span
from kgbuild.export import jsonl as writer
from kgbuild.read import jsonl
from kgbuild.read.reader import HEAD_BYTES, recognise
from kgbuild.registry import load


def test_a_broken_line_is_a_failure_with_its_number_and_the_others_are_read() -> None:
    raw = b'\xef\xbb\xbf{"id": "PMID:1", "text": "a"}\n\n{"id": 7}\n{"id": "PMID:2", "text": "b"}'
    first, second, third = jsonl.read(io.BytesIO(raw), "x.jsonl")
    assert first == Document("PMID:1", "a")
    assert isinstance(second, Failure) and second.reason.startswith("x.jsonl:3: expected a document")
    assert third == Document("PMID:2", "b")


def test_layers_that_point_to_nothing_are_refused() -> None:
    stream = io.BytesIO()
    mention = Mention(Span(0, 9), "Gene")
    relation = Relation("0-1-Gene", "Bind", "0-2-Gene", Span(0, 1))
    writer.write(
        [Document("PMID:1", "ab", mentions=(mention,)), Document("PMID:2", "a", relations=(relation,))], stream
    )
    reasons = [item.reason for item in jsonl.read(io.BytesIO(stream.getvalue()), "x") if isinstance(item, Failure)]
    assert reasons == [
        "x:1: expected every span within 0-2, found a mention at 0-9",
        "x:2: relation Bind: expected the id of a mention, found '0-1-Gene'",
    ]


def test_recognises_a_first_line_with_id_and_text() -> None:
    assert jsonl.sniff(b'{"id":"x","text":"y', "x")
    assert not jsonl.sniff(b'{"name":"x"}\n{"id":"x","text":"y"}', "x")


@pytest.mark.parametrize("text", ["Aspirin.", "Aspirin. " * 10_000])
@pytest.mark.parametrize(("format", "expected"), [("jsonl", "jsonl"), ("bioc-json", "bioc-json")])
def test_what_is_written_with_passages_is_told_from_bioc(text: str, format: str, expected: str) -> None:
    whole = Span(0, len(text))
    document = Document("PMID:1", text, blocks=(Passage(whole, "abstract"),), passages=(Passage(whole, "sentence"),))
    stream = io.BytesIO()
    load("writers", format).write([document], stream)
    assert recognise(stream.getvalue()[:HEAD_BYTES], "annotated") == expected
    (read_again,) = load("readers", expected).read(io.BytesIO(stream.getvalue()), "annotated")
    assert isinstance(read_again, Document) and read_again.text == text


LONG = "Aspirin. " * 10_000


@pytest.mark.parametrize("text", ["Aspirin.", LONG])
@pytest.mark.parametrize("layers", [("blocks", "passages"), ("passages",), ("mentions", "passages")])
def test_the_order_of_keys_is_of_no_account(text: str, layers: tuple[str, ...]) -> None:
    records = {
        "blocks": [{"span": {"start": 0, "end": 8}, "kind": "paragraph"}],
        "passages": [{"span": {"start": 0, "end": 8}, "kind": "sentence"}] * (1 if text != LONG else 2_000),
        "mentions": [{"span": {"start": 0, "end": 7}, "type": "Chemical"}],
    }
    document = {"id": "PMID:1", "text": text} | {layer: records[layer] for layer in layers}
    for keys in permutations(document):
        line = json.dumps({key: document[key] for key in keys}).encode()
        assert recognise(line[:HEAD_BYTES], "annotated") == "jsonl", keys


@pytest.mark.parametrize("n_passages", [1, 5_000])
@pytest.mark.parametrize("infons", [{"infons": {}}, {}, {"infons": {"text": '}]"', "id": 1}}])
def test_bioc_is_not_taken_whatever_the_order_of_its_keys(n_passages: int, infons: dict[str, object]) -> None:
    passage = {"offset": 0, "infons": {"type": "title"}, "text": '"blocks": [{', "annotations": []}
    document = {"id": "1", "passages": [passage] * n_passages} | infons
    for keys in permutations(document):
        line = json.dumps({key: document[key] for key in keys}).encode()
        assert recognise(line[:HEAD_BYTES], "annotated") == "bioc-json", keys
