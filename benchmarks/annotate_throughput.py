"""Documents and word pieces a second: kgbuild against the token-classification pipeline of Hugging Face transformers.

    python benchmarks/annotate_throughput.py pubmed-abstracts.jsonl.xz --documents 300 --rounds 3

Both run the same encoder (the one that kgbuild bundles) on the same abstracts, in turns, on the CPU. The pipeline gets
a random 25-label head, biased so that some 85 % of its pieces are outside entities, as a trained head would find; it is
fed one text at a time, as its documentation does, and in batches of eight. It truncates what is longer than 512 pieces;
kgbuild windows it, and finds relations as well. Every contender runs once unmeasured. Figures are medians.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
import transformers
from abstracts import read_abstracts

from kgbuild.config import Precision
from kgbuild.document import Document
from kgbuild.encoder import Encoder, choose_dtype
from kgbuild.extract.extractor import TransformerExtractor
from kgbuild.link import LexicalLinker
from kgbuild.segment import segment

LABELS = ["O", *(f"{place}-T{number}" for number in range(12) for place in "BI")]
SHARE_OUTSIDE = 0.85


def extract_only(documents: list[Document], ontologies: list[str] | None, precision: Precision) -> Callable[[], int]:
    """Sentences, mentions and relations by kgbuild; gives the number of mentions. Names are known anew each time."""
    extractor = TransformerExtractor(device="cpu", precision=precision)

    def run() -> int:
        extractor.use_names(LexicalLinker(ontologies))
        return sum(len(doc.mentions) for doc in extractor.annotate(map(segment, documents)))

    return run


def extract_and_link(
    documents: list[Document], ontologies: list[str] | None, precision: Precision
) -> Callable[[], int]:
    """The same, linked; a new linker each time, so that no round profits from the cache of the last."""
    extractor = TransformerExtractor(device="cpu", precision=precision)

    def run() -> int:
        linker = LexicalLinker(ontologies)
        extractor.use_names(linker)
        return sum(len(doc.mentions) for doc in linker.link(extractor.annotate(map(segment, documents))))

    return run


def huggingface(documents: list[Document], *, batch_size: int, precision: Precision) -> Callable[[], int]:
    """transformers.pipeline("token-classification"), one text at a time or in batches."""
    tagger = make_pipeline([doc.text for doc in documents[:16]])
    tagger.model.to(choose_dtype(torch.device("cpu"), precision))  # float32 for int8
    texts = [doc.text for doc in documents]

    def run() -> int:
        if batch_size == 1:
            return sum(len(tagger(text)) for text in texts)
        return sum(len(entities) for entities in tagger(texts, batch_size=batch_size))

    return run


def make_pipeline(sample: list[str]) -> Any:
    """The pipeline over the bundled encoder with a random head, biased towards O on the sample."""
    encoder = Encoder.load()
    config = encoder.config
    config.id2label, config.label2id = dict(enumerate(LABELS)), {label: i for i, label in enumerate(LABELS)}
    torch.manual_seed(0)
    model = transformers.AutoModelForTokenClassification.from_config(config)  # type: ignore[no-untyped-call]
    model.base_model.load_state_dict(encoder.transformer.state_dict(), strict=False)
    tokenizer = transformers.PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=encoder.tokenizer,
        model_max_length=512,
        **{"pad_token": "[PAD]", "cls_token": "[CLS]", "sep_token": "[SEP]", "unk_token": "[UNK]"},
    )
    model.eval()
    bias_towards_outside(model, tokenizer(sample, return_tensors="pt", padding=True, truncation=True))
    return transformers.pipeline(
        "token-classification", model=model, tokenizer=tokenizer, aggregation_strategy="simple", device="cpu"
    )


def bias_towards_outside(model: Any, inputs: Any) -> None:
    """Raise the bias of O until its share of the sample's pieces wins."""
    with torch.inference_mode():
        logits = model(input_ids=inputs["input_ids"], attention_mask=inputs["attention_mask"]).logits
    logits = logits[inputs["attention_mask"].bool()]  # (pieces, labels)
    lead = logits[:, 1:].max(-1).values - logits[:, 0]
    with torch.no_grad():
        model.classifier.bias[0] += lead.quantile(SHARE_OUTSIDE)


def measure(contenders: dict[str, Callable[[], int]], rounds: int) -> tuple[dict[str, list[float]], dict[str, int]]:
    """Seconds of each contender in each round, the contenders in turns, and how many entities each found."""
    found = {name: run() for name, run in contenders.items()}
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, run in contenders.items():
            started = time.perf_counter()
            run()
            seconds[name].append(time.perf_counter() - started)
    return seconds, found


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("abstracts", type=Path, help="JSON Lines with title and abstract, plain or .xz")
    parser.add_argument("--documents", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--precision",
        choices=("float32", "bfloat16", "int8"),
        default="float32",
        help="of all contenders, but that the pipeline knows no int8 and computes in float32 beside it",
    )
    parser.add_argument("--ontology", action="append", help="instead of the default ontologies; repeatable")
    arguments = parser.parse_args()
    documents = read_abstracts(arguments.abstracts, arguments.documents)
    n_pieces = sum(
        len(encoding.ids) for encoding in Encoder.load().tokenizer.encode_batch([doc.text for doc in documents])
    )
    contenders = {
        "kgbuild, extraction": extract_only(documents, arguments.ontology, arguments.precision),
        "kgbuild, extraction and linking": extract_and_link(documents, arguments.ontology, arguments.precision),
        "transformers pipeline, one text at a time": huggingface(
            documents, batch_size=1, precision=arguments.precision
        ),
        "transformers pipeline, batch_size=8": huggingface(documents, batch_size=8, precision=arguments.precision),
    }
    seconds, found = measure(contenders, arguments.rounds)
    print(
        f"{len(documents)} abstracts, {n_pieces} word pieces, {torch.get_num_threads()} threads, {arguments.precision}"
    )
    print(f"| {'':42} | documents/s | pieces/s | entities |\n|---|---|---|---|")
    for name in contenders:
        median = statistics.median(seconds[name])
        print(f"| {name:42} | {len(documents) / median:.1f} | {n_pieces / median:,.0f} | {found[name]} |")


if __name__ == "__main__":
    main()
