"""Graph folders for tests, as builds leave them."""

from collections.abc import Iterable
from pathlib import Path

from papers import CONCEPTS

from kgbuild.document import Document, content_hash
from kgbuild.pipeline.folder import GraphFolder
from kgbuild.pipeline.index import Revisions, entry_of
from kgbuild.pipeline.publish import publish
from kgbuild.pipeline.report import Makers
from kgbuild.pipeline.shards import Record, Shards
from kgbuild.schema import load_schema


def publish_graph(folder: Path, documents: Iterable[Document]) -> Path:
    """The folder of a graph of these documents, with the layers that they have."""
    makers = Makers("s", "m@1", "l")
    revisions = Revisions(extract=content_hash("s", "m@1"), link="l")
    records = [
        Record(entry=revisions.signed(entry_of(document, "links", document.id)), document=document)
        for document in documents
    ]
    graph = GraphFolder(folder)
    with graph.claimed():
        if records:
            Shards(graph.documents).write(records)
        graph.files.touch()
        found = (record.document for record in records)
        publish(graph, found, (), schema=load_schema(), concept=CONCEPTS.get, makers=[makers])
    return folder
