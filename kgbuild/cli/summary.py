"""What a build did, in words for a person."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from kgbuild.cli.duration import duration
from kgbuild.document import COLUMNS, LANGUAGE, PARTIAL
from kgbuild.pipeline import BuildReport, Manifest

__all__ = ["summarise", "tell_failures"]

#: stage of a failure -> what it says of files, records or statements, of one and of several
FAILED = {
    "read": ("file or record not read, or only after repair", "files or records not read, or only after repair"),
    LANGUAGE: ("document that looks not to be in English", "documents that look not to be in English"),
    PARTIAL: ("document read without its tables or figures", "documents read without their tables or figures"),
    COLUMNS: ("table with numbers not understood", "tables with numbers not understood"),
    "extract": ("document that extraction failed on", "documents that extraction failed on"),
    "link": ("document that linking failed on", "documents that linking failed on"),
    "duplicate": ("duplicate", "duplicates"),
    "assemble": ("record rejected", "records rejected"),
    "import": ("record of an import rejected", "records of imports rejected"),
    "deleted": ("deleted citation", "deleted citations"),
}
#: How the keys of counts begin that say why records were rejected.
REJECTED = "s_rejected: "


def summarise(report: BuildReport, output: Path) -> list[str]:
    """The lines of a summary: what the graph holds, what this run did, mentions by type, and what was left out."""
    return [
        f"{output}: {_holdings(report.graph)}",
        f"this run: {_work(report)}",
        *_as_given(report),
        *_mentions(report.graph),
        *_left_out(report.graph, output),
    ]


def _holdings(graph: Manifest) -> str:
    counts = graph.counts
    evidence = counts["evidence"]
    held = [_counted(counts[f"{name}s"], name) for name in ("document", "node", "edge")]
    held.append(f"{evidence:,} {'piece' if evidence == 1 else 'pieces'} of evidence")
    without = counts.get("measurements_without_subject", 0)
    unowned = f" ({without:,} without what has them)" if without else ""
    held.append(_counted(counts["measurements"], "measurement") + unowned)
    return ", ".join(held)


def _work(report: BuildReport) -> str:
    done = [f"{_counted(report.files, 'file')}, {_counted(report.read, 'document')} read"]
    for n, words in (
        (report.extracted, "annotated"),
        (report.relinked, "linked anew"),
        (report.reused, "there already"),
        (report.replaced, "replaced, as no file holds any more what they were read from"),
        (report.superseded, "further readings, by other models, that only kgbuild merge keeps, left out"),
    ):
        if n:
            done.append(f"{n:,} {words}")
    rate = f"{report.read / report.seconds:.2g} documents/s" if report.seconds else ""
    return ", ".join([*done, duration(report.seconds), rate]).removesuffix(", ")


def _as_given(report: BuildReport) -> Iterator[str]:
    if n := report.as_given:
        yield f"{_counted(n, 'document')} kept as given: neither relations nor measurements were looked for"


def _mentions(graph: Manifest) -> Iterator[str]:
    if not graph.mentions:
        return
    n_all = sum(count.mentions for count in graph.mentions.values())
    n_linked = sum(count.linked for count in graph.mentions.values())
    rows = [(type_, count.mentions, count.linked) for type_, count in graph.mentions.items()]
    rows = [*sorted(rows, key=lambda row: (-row[1], row[0])), ("all", n_all, n_linked)]
    width = max(len("mentions"), *(len(type_) for type_, _, _ in rows))
    yield f"  {'mentions':<{width}}  {'':>9}  linked"
    for type_, n, linked in rows:
        yield f"  {type_:<{width}}  {n:>9,}  {linked / n:>6.0%}"


def _left_out(graph: Manifest, output: Path) -> Iterator[str]:
    reasons = {key: n for key, n in graph.counts.items() if REJECTED in key}
    if reasons:
        yield "rejected"
    for key, n in sorted(reasons.items(), key=lambda item: (-item[1], item[0])):
        kind, _, reason = key.partition(REJECTED)
        yield f"  {n:>7,}  {_plural(n, kind)}: {reason}"
    if graph.failures:
        yield f"{output / 'failures.jsonl'} lists {tell_failures(graph.failures)}"


def tell_failures(failures: Mapping[str, int]) -> str:
    """How many failures there were of each stage, in words."""
    return ", ".join(f"{n:,} {FAILED.get(stage, (stage, stage))[n != 1]}" for stage, n in failures.items())


def _counted(n: int, word: str) -> str:
    return f"{n:,} {_plural(n, word)}"


def _plural(n: int, word: str) -> str:
    return word if n == 1 else f"{word}s"
