"""Word pieces a second on a graphics card, and what the time goes to: encoder alone, one process, several.

    python benchmarks/gpu_throughput.py pubmed-abstracts.jsonl.xz --processes 8

Five measurements on the same abstracts, repeated as often as the time lasts: the rate of a bfloat16 matrix product, as
the card's peak; the encoder alone on packed batches, with the share of that peak; tokenising alone; one process that
finds mentions and relations, its time by stage; the same in several processes that share the card, each with a part of
the abstracts. Loading and one unmeasured round come before each. Time of a stage is that of the process: for the
encoder and the relation head what it takes to ask for them, or to wait where a result is needed ("waiting").
"""

import argparse
import functools
import gc
import multiprocessing
import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import torch
from abstracts import read_abstracts

from kgbuild.document import Document
from kgbuild.encoder import Encoder, batch_by_length, choose_device, choose_dtype
from kgbuild.extract import extractor as extractor_module
from kgbuild.extract import inference
from kgbuild.extract.batch import word_batch
from kgbuild.extract.extractor import TransformerExtractor
from kgbuild.extract.windows import Words, plan_windows, read_words
from kgbuild.segment import segment

#: Rows and columns of the matrix product that stands for the peak, on a card and elsewhere.
PEAK_SIZE = {"cuda": 8192, "cpu": 1024}
#: Word pieces of PubMed's abstracts, for the hours that a rate comes to.
PUBMED_PIECES = 11e9
#: Documents that are annotated in one call: about a shard of a build.
TURN = 300
#: What is timed: module, function, stage. A stage's time is without that of the stages inside of it.
STAGES = (
    (inference, "read_words", "tokenising"),
    (inference, "plan_windows", "batches"),
    (inference, "word_batch", "batches"),
    (inference, "decode_mentions", "decoding"),
    (inference, "_window_arguments", "relation pairs"),
    (inference, "pair_batch", "relation pairs"),
    (extractor_module, "encode", "waiting and copying tags"),
    (extractor_module, "score_pairs", "waiting and reading relation scores"),
    (extractor_module, "with_presence", "presence and polarity"),
    (extractor_module, "polarity", "presence and polarity"),
    (extractor_module, "find_measurements", "measurements"),
    (extractor_module, "release_free_memory", "giving memory back"),
)


@dataclass(frozen=True)
class Settings:
    """Sizes of the extractor."""

    batch_tokens: int
    chunk_characters: int

    def __str__(self) -> str:
        return f"batches of {self.batch_tokens} pieces, chunks of {self.chunk_characters} characters"


class Stopwatch:
    """Seconds by stage, each without those of the stages inside it."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self._inner = [0.0]

    def timed(self, function: Callable[..., Any], stage: str) -> Callable[..., Any]:
        """The function, its time added to the stage; what it generates is made at once."""

        @functools.wraps(function)
        def run(*args: Any, **kwargs: Any) -> Any:
            self._inner.append(0.0)
            started = time.perf_counter()
            result = function(*args, **kwargs)
            if isinstance(result, Iterator):
                result = list(result)
            passed = time.perf_counter() - started
            self.seconds[stage] += passed - self._inner.pop()
            self._inner[-1] += passed
            return result

        return run


def synchronize(device: torch.device) -> None:
    """Wait for the card."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def peak_rate(device: torch.device) -> float:
    """FLOP/s of the product of two square matrices in the type that the encoder computes in, the best of five."""
    size = PEAK_SIZE[device.type]
    left, right = (torch.randn(size, size, device=device, dtype=choose_dtype(device)) for _ in range(2))
    best = 0.0
    for _ in range(5):
        synchronize(device)
        started = time.perf_counter()
        for _ in range(10):
            left @ right
        synchronize(device)
        best = max(best, 10 * 2 * size**3 / (time.perf_counter() - started))
    return best


def encoder_rate(
    words: list[Words], device: torch.device, batch_tokens: int, seconds: float
) -> tuple[float, float, float]:
    """Word pieces/s without padding, FLOP/s with it, and seconds in the call for a batch, of the encoder alone."""
    encoder = Encoder.load().to(device).eval()
    windows = [(item, window) for item in words for window in plan_windows(item, size=encoder.max_pieces, overlap=64)]
    lengths = [item.n_pieces(window) + 2 for item, window in windows]
    order = list(batch_by_length(lengths, batch_tokens))
    batches = [word_batch([windows[i] for i in chosen], encoder, device) for chosen in order]
    n_pieces = sum(lengths)
    flops = float(sum(encoder_flops(encoder, *batch.piece_ids.shape) for batch in batches))
    dtype = choose_dtype(device)
    asked, rounds = 0.0, 0
    with torch.inference_mode(), torch.autocast(device.type, dtype, enabled=dtype != torch.float32):
        for batch in batches:
            encoder(batch.piece_ids, batch.attention_mask)
        synchronize(device)
        started = time.perf_counter()
        while time.perf_counter() - started < seconds:
            for batch in batches:
                before = time.perf_counter()
                encoder(batch.piece_ids, batch.attention_mask)
                asked += time.perf_counter() - before
            synchronize(device)
            rounds += 1
        passed = time.perf_counter() - started
    return rounds * n_pieces / passed, rounds * flops / passed, asked / rounds / len(batches)


def encoder_flops(encoder: Encoder, n_rows: int, length: int) -> int:
    """Two for each weight of the layers and each piece, and the two products of attention."""
    weights = sum(
        parameter.numel()
        for name, parameter in encoder.transformer.named_parameters()
        if ".layer." in name and parameter.dim() == 2
    )
    attention = 4 * encoder.config.num_hidden_layers * length * encoder.width
    return int(n_rows * length * (2 * weights + attention))


def tokenising_rate(documents: list[Document], n_pieces: int, tokenizer: Any) -> float:
    """Word pieces/s of one process."""
    started = time.perf_counter()
    read_words(documents, tokenizer)
    return n_pieces / (time.perf_counter() - started)


def annotate_for(extractor: TransformerExtractor, documents: list[Document], seconds: float) -> float:
    """Documents/s with sentences, mentions and relations, in turns of TURN documents until the time is over."""
    done = 0
    started = time.perf_counter()
    while time.perf_counter() - started < seconds or not done:
        first = done % max(len(documents) - TURN + 1, 1)
        done += sum(1 for _ in extractor.annotate(map(segment, documents[first : first + TURN])))
    return done / (time.perf_counter() - started)


def load(device: str, settings: Settings) -> TransformerExtractor:
    """The bundled extractor with other sizes than its own."""
    extractor_module.CHUNK_CHARACTERS = settings.chunk_characters
    return TransformerExtractor(device=device, batch_tokens=settings.batch_tokens)


def one_process(
    documents: list[Document], device: str, settings: Settings, seconds: float
) -> tuple[float, dict[str, float]]:
    """Documents/s of one process, and seconds a document by stage from a second run, which is no part of the rate."""
    extractor = load(device, settings)
    annotate_for(extractor, documents, 0)
    rate = annotate_for(extractor, documents, seconds)
    watch = Stopwatch()
    kept = [(module, name, getattr(module, name)) for module, name, _ in STAGES]
    for module, name, stage in STAGES:
        setattr(module, name, watch.timed(getattr(module, name), stage))
    model: Any = extractor._model
    for name, stage in (("words", "encoder"), ("tags", "tag head"), ("relations", "relation head")):
        setattr(model, name, watch.timed(getattr(model, name), stage))
    turn = documents[:TURN]
    started = time.perf_counter()
    for _ in extractor.annotate(map(watch.timed(segment, "sentences"), turn)):
        pass
    watch.seconds["rest"] = time.perf_counter() - started - sum(watch.seconds.values())
    for module, name, function in kept:
        setattr(module, name, function)
    return rate, {stage: passed / len(turn) for stage, passed in watch.seconds.items()}


def work(
    documents: list[Document],
    device: str,
    settings: Settings,
    seconds: float,
    start: Barrier,
    results: "multiprocessing.Queue[float]",
) -> None:
    """One of several processes: loads, warms up, waits for the others, and tells its documents/s."""
    torch.set_num_threads(1)
    extractor = load(device, settings)
    annotate_for(extractor, documents, 0)
    start.wait()
    results.put(annotate_for(extractor, documents, seconds))


def several_processes(documents: list[Document], n: int, device: str, settings: Settings, seconds: float) -> float:
    """Documents/s of n processes together, each with its part of the documents."""
    context = multiprocessing.get_context("spawn")
    start, results = context.Barrier(n), context.Queue()
    processes = [
        context.Process(target=work, args=(documents[i::n], device, settings, seconds, start, results), daemon=True)
        for i in range(n)
    ]
    for process in processes:
        process.start()
    try:
        return float(sum(results.get(timeout=60 + 2 * seconds) for _ in processes))
    finally:
        for process in processes:
            process.join(timeout=1)
            process.kill()


def say(text: str) -> None:
    """A line at once, so that a run that is cut off has told what it measured."""
    print(text, flush=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("abstracts", type=Path, help="JSON Lines with title and abstract, plain or .xz")
    parser.add_argument("--documents", type=int, default=4800)
    parser.add_argument("--processes", type=int, nargs="*", default=[8])
    parser.add_argument("--batch-tokens", type=int, nargs="+", default=[8192, 32768], help="the last for processes")
    parser.add_argument("--chunk-characters", type=int, nargs="+", default=[200_000, 400_000], help="likewise")
    parser.add_argument("--seconds", type=float, default=4.0, help="of each measurement of processes; half for others")
    parser.add_argument("--device", default="auto")
    arguments = parser.parse_args()
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    began = time.perf_counter()
    device = choose_device(arguments.device)
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else "CPU"
    say(f"{name}, torch {torch.__version__}, {len(os.sched_getaffinity(0))} cores, {choose_dtype(device)}")
    documents = read_abstracts(arguments.abstracts, arguments.documents)
    tokenizer = Encoder.load().tokenizer
    words = read_words([segment(doc) for doc in documents[:1200]], tokenizer)
    sample_pieces = sum(len(item.piece_ids) for item in words)
    per_document = sample_pieces / len(words)
    say(f"{len(documents)} abstracts of {per_document:.0f} word pieces")

    peak = peak_rate(device)
    say(f"matrix product: {peak / 1e12:.1f} TFLOP/s")
    for batch_tokens in arguments.batch_tokens:
        pieces, flops, asked = encoder_rate(words, device, batch_tokens, arguments.seconds / 2)
        say(
            f"encoder alone, batches of {batch_tokens}: {pieces:,.0f} word pieces/s, {flops / 1e12:.2f} TFLOP/s, "
            f"{flops / peak:.1%} of the product's; {asked * 1000:.1f} ms in the call for a batch"
        )
    segmented = [segment(doc) for doc in documents[:1200]]
    say(f"tokenising alone, one process: {tokenising_rate(segmented, sample_pieces, tokenizer):,.0f} word pieces/s")
    del words, segmented
    both = zip(arguments.batch_tokens, arguments.chunk_characters, strict=True)
    all_settings = [Settings(batch_tokens, chunk_characters) for batch_tokens, chunk_characters in both]
    for settings in all_settings:
        rate, stages = one_process(documents[: 2 * TURN], arguments.device, settings, arguments.seconds / 2)
        say(f"one process, {settings}: {rate:.0f} documents/s, {rate * per_document:,.0f} word pieces/s")
        for stage, seconds in sorted(stages.items(), key=lambda item: -item[1]):
            say(f"    {stage:36} {seconds * 1000:7.3f} ms a document")
    gc.collect()
    if device.type == "cuda":
        say(f"memory of the card in one process, at most: {torch.cuda.max_memory_allocated(device) / 2**30:.1f} GiB")
        torch.cuda.empty_cache()
    for n in arguments.processes:
        rate = several_processes(documents, n, arguments.device, all_settings[-1], arguments.seconds)
        hours = PUBMED_PIECES / (rate * per_document) / 3600
        say(
            f"{n} processes, {all_settings[-1]}: {rate:.0f} documents/s, {rate * per_document:,.0f} word pieces/s; "
            f"PubMed's abstracts in {hours:.1f} h ({time.perf_counter() - began:.0f} s since the start)"
        )


if __name__ == "__main__":
    main()
