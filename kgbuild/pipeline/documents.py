"""The documents of a finished graph with all their layers, in the order of their identifiers.

Shards hold them in the order in which they were stored; they are sorted on disk, some at a time. What several models
have read in a document of a merged graph is joined. Documents of imports have no text and are not among them.
"""

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import msgspec
import pyarrow as pa

from kgbuild.document import Document, Mention
from kgbuild.pipeline.folder import GraphFolder
from kgbuild.pipeline.readings import GraphReadings
from kgbuild.pipeline.report import read_manifest
from kgbuild.pipeline.shards import SHARD_DOCUMENTS, batched
from kgbuild.store.ranges import gathered

__all__ = ["graph_documents", "joined"]

#: Characters of documents that are sorted in memory.
SORTED_CHARACTERS = 10_000_000

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Document)


def graph_documents(graph: Path) -> Iterator[Document]:
    """Each document once; equal graphs give equal documents. GraphError if it is no finished graph."""
    folder, manifest = GraphFolder(graph), read_manifest(graph)
    with folder.shared():
        readings = GraphReadings(folder, manifest)
        for table in gathered(lambda: _encoded(readings), "id", _bounds(readings)):
            rows = table.sort_by("id").to_batches(max_chunksize=SHARD_DOCUMENTS)
            encoded = (
                row
                for batch in rows
                for row in zip(*(batch[name].to_pylist() for name in ("id", "document")), strict=True)
            )
            for _, same in groupby(encoded, key=itemgetter(0)):
                yield joined([_decoder.decode(document) for _, document in same])


def joined(readings: list[Document]) -> Document:
    """One document with what all readings of its text found; of two findings of one mention or statement the surer."""
    if len(readings) == 1:
        return readings[0]
    first, *_ = ordered = sorted(readings, key=_encoder.encode)
    surest: dict[str, Mention] = {}
    for mention in sorted((item for reading in ordered for item in reading.mentions), key=_doubt):
        surest.setdefault(mention.id, mention)
    relations = {
        (item.subject, item.predicate, item.object, item.span, item.agent): item
        for item in sorted((item for reading in ordered for item in reading.relations), key=lambda item: item.score)
    }
    found = {passage for reading in ordered for passage in reading.passages}
    measurements = dict.fromkeys(item for reading in ordered for item in reading.measurements)
    return msgspec.structs.replace(
        first.replace_mentions(surest.values()),
        passages=tuple(sorted(found, key=lambda passage: (passage.span, _encoder.encode(passage)))),
        relations=tuple(relations[key] for key in sorted(relations)),
        measurements=tuple(measurements),
    )


def _doubt(mention: Mention) -> tuple[float, float, bytes]:
    return -mention.score, -mention.link_score, _encoder.encode(mention)


def _encoded(readings: GraphReadings) -> Iterator[pa.Table]:
    for documents in batched(readings.documents(), lambda document: len(document.text)):
        ids = [document.id for document in documents]
        texts = pa.array(map(_encoder.encode, documents), pa.large_binary())
        yield pa.table({"id": ids, "document": texts})


def _bounds(readings: GraphReadings) -> list[str]:
    """Identifiers that part the documents into ranges of about SORTED_CHARACTERS."""
    bounds = []
    n_characters = 0
    for id_, length in sorted(readings.lengths.items()):
        if n_characters >= SORTED_CHARACTERS:
            bounds.append(id_)
            n_characters = 0
        n_characters += length
    return bounds
