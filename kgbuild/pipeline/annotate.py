"""Documents with mentions, links and relations as a stream, without a graph and without a folder."""

from collections.abc import Iterable, Iterator

from kgbuild.config import Given
from kgbuild.document import Document, Failure
from kgbuild.pipeline.progress import Progress, no_progress
from kgbuild.pipeline.shards import batched, read_ahead
from kgbuild.pipeline.sources import Reading
from kgbuild.pipeline.stages import Recipe, annotate_batch, prepare

__all__ = ["Annotation", "annotate"]


class Annotation:
    """The annotated documents, once, in the order of the input; afterwards the failures."""

    def __init__(self, reading: Reading, recipe: Recipe, given: Given, progress: Progress) -> None:
        self.failures: list[Failure] = []
        self._reading = reading
        (self._stages,) = (load() for load in progress("loading", [recipe], 1))
        self._given: Given = given
        self._progress = progress

    def __iter__(self) -> Iterator[Document]:
        prepared = (prepare(document, self._given) for document in self._reading)
        documents, total = read_ahead(prepared, _length)
        outcomes = (
            outcome
            for batch in batched(documents, _length)
            for outcome in annotate_batch(self._stages, batch, self._given)
        )
        for outcome in self._progress("annotating documents", outcomes, total):
            if isinstance(outcome, Document):
                self.failures.extend(self._unmeasured(outcome))
                yield outcome
            else:
                self.failures.append(outcome)
        self.failures.extend(self._reading.failures)

    def _unmeasured(self, document: Document) -> Iterator[Failure]:
        if self._given == "nothing" and self._stages.tables is not None:
            failure = self._stages.tables.unmeasured(document)
            if failure is not None:
                yield failure


def annotate(
    paths: Iterable[str], *, recipe: Recipe, given: Given = "nothing", progress: Progress = no_progress
) -> Annotation:
    """The documents of the paths with all layers; a document that stands twice comes twice."""
    return Annotation(Reading(paths), recipe, given, progress)


def _length(document: Document) -> int:
    return len(document.text)
