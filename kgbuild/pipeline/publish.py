"""Documents with all their layers -> the finished artefacts of a graph's folder."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from kgbuild import __version__
from kgbuild.assemble import assemble
from kgbuild.assemble.naming import FindConcept
from kgbuild.document import Document, Failure
from kgbuild.extract.tables import TableReader
from kgbuild.pipeline.combine import combine
from kgbuild.pipeline.folder import FAILURES, GraphFolder
from kgbuild.pipeline.ledger import encode_failures
from kgbuild.pipeline.node_names import node_form
from kgbuild.pipeline.progress import Progress, no_progress
from kgbuild.pipeline.report import FORMAT_VERSION, Makers, Manifest, TypeCount
from kgbuild.schema import Schema
from kgbuild.store.cypher import build_cypher
from kgbuild.store.parquet import table_path, write_tables
from kgbuild.store.rdf import build_rdf
from kgbuild.tables import SCHEMAS

__all__ = ["publish"]


def publish(
    folder: GraphFolder,
    documents: Iterable[Document],
    failures: Iterable[Failure],
    *,
    schema: Schema,
    concept: FindConcept,
    makers: Sequence[Makers],
    progress: Progress = no_progress,
) -> Manifest:
    """Assemble the documents, make tables and stores beside the old ones, and put all in place together.

    `concept` gives what is known of a CURIE, each of `makers` made layers of documents.
    """
    census = _Census(TableReader.of_schema(schema))
    tables = assemble(census.counting(documents), schema=schema, concept=concept, normalise=node_form)
    counts, all_failures = dict(tables.counts), [*failures, *census.failures, *tables.failures]
    folder.next.mkdir()

    def make_tables() -> None:
        write_tables(folder.next, tables)
        if imports := folder.import_parts():
            of_all, rejected = _with_imports(folder.next, imports, schema)
            counts.update(of_all)
            all_failures.extend(rejected)

    makings: Sequence[Callable[[], None]] = (
        make_tables,
        partial(build_cypher, folder.next, schema),
        partial(build_rdf, folder.next),
    )
    for make in progress("making tables and stores", makings, len(makings)):
        make()
    (folder.next / FAILURES).write_bytes(encode_failures(all_failures))
    manifest = Manifest(
        format=FORMAT_VERSION,
        kgbuild=__version__,
        schema=schema.name,
        schema_version=schema.version,
        makers=tuple(makers),
        counts=dict(sorted(counts.items())),
        mentions=census.by_type(),
        failures=dict(sorted(Counter(failure.stage for failure in all_failures).items())),
    )
    folder.publish(msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n")
    return manifest


def _with_imports(folder: Path, imports: Sequence[Path], schema: Schema) -> tuple[dict[str, int], list[Failure]]:
    """Put the tables of papers and imports in the place of those of the papers."""
    with TemporaryDirectory(prefix=".papers-", dir=folder) as scratch:
        for name in SCHEMAS:
            table_path(folder, name).rename(table_path(Path(scratch), name))
        return combine([Path(scratch), *imports], folder, schema=schema)


class _Census:
    """Counts mentions, and notes what no measurement was read from, while the documents stream by."""

    def __init__(self, tables: TableReader) -> None:
        self.failures: list[Failure] = []
        self._tables = tables
        self._mentions: Counter[str] = Counter()
        self._linked: Counter[str] = Counter()

    def counting(self, documents: Iterable[Document]) -> Iterator[Document]:
        for document in documents:
            self._mentions.update(mention.type for mention in document.mentions)
            self._linked.update(mention.type for mention in document.mentions if mention.concepts)
            if (failure := self._tables.unmeasured(document)) is not None:
                self.failures.append(failure)
            yield document

    def by_type(self) -> dict[str, TypeCount]:
        return {type: TypeCount(n, self._linked[type]) for type, n in sorted(self._mentions.items())}
