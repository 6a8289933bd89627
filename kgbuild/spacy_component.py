"""kgbuild as a component of spaCy (https://spacy.io/usage/processing-pipelines): `nlp.add_pipe("kgbuild")`.

`doc.spans["kgbuild"]` holds all mentions with type and concept, `doc.ents` them too as far as they do not overlap what
stands there; `span._.kb_ents` is ((identifier, score), ...), `span._.negated` whether the text denies it, and
`doc._.relations` a tuple of {head_pos, head_text, tail_pos, tail_text, label, score, polarity, modality}, places in
tokens [start, end). All of it survives `DocBin(store_user_data=True)`. Importing this module registers the component;
packages that spaCy finds by itself need no import.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.util import filter_spans

from kgbuild.config import Part, RunConfig
from kgbuild.document import Document
from kgbuild.pipeline.stages import Stages
from kgbuild.texts import annotate_with, load

__all__ = ["KgbuildComponent", "make_component"]

KEY = "kgbuild"
BATCH_SIZE = 64


class KgbuildComponent:
    """Adds what kgbuild finds to spaCy documents; tokens are spaCy's, and a mention takes in the tokens it touches."""

    def __init__(self, stages: Stages) -> None:
        self._stages = stages

    def __call__(self, doc: Doc) -> Doc:
        """The document itself, with what was found."""
        return next(iter(self.pipe([doc])))

    def pipe(self, stream: Iterable[Doc], batch_size: int = BATCH_SIZE) -> Iterator[Doc]:
        """The documents in their order, read ahead by batches."""
        batch: list[Doc] = []
        for doc in stream:
            batch.append(doc)
            if len(batch) >= batch_size:
                yield from self._annotate(batch)
                batch = []
        yield from self._annotate(batch)

    def _annotate(self, docs: list[Doc]) -> Iterator[Doc]:
        for doc, found in zip(docs, annotate_with(self._stages, [doc.text for doc in docs]), strict=True):
            _add(doc, found)
            yield doc


@Language.factory(
    "kgbuild",
    assigns=["doc.ents", "doc.spans"],
    default_config={
        **{"schema": "science", "model": None, "device": "auto", "precision": "auto"},
        **{"ontologies": None, "threshold": None},
    },
)
def make_component(
    nlp: Language,
    name: str,
    schema: str,
    model: str | None,
    device: str,
    precision: str,
    ontologies: list[str] | None,
    threshold: float | None,
) -> KgbuildComponent:
    """The component with these settings, which mean what they mean to `kgbuild annotate`."""
    defaults = RunConfig()
    extract: Part = defaults.extract.with_settings(model=model, device=device, precision=precision)
    link: Part = defaults.link.with_settings(ontologies=ontologies, threshold=threshold)
    return KgbuildComponent(load(RunConfig(schema=schema, extract=extract, link=link)))


def _add(doc: Doc, found: Document) -> None:
    _register()
    spans: dict[str, Span] = {}
    for mention in found.mentions:
        span = doc.char_span(
            mention.span.start,
            mention.span.end,
            label=mention.type,
            kb_id=mention.concept or "",
            alignment_mode="expand",
        )
        if span is None:
            continue
        # tuples throughout: what DocBin gives back for lists as well
        span._.kb_ents = tuple((candidate.curie, candidate.score) for candidate in mention.candidates)
        span._.negated = mention.negated
        spans[mention.id] = span
    doc.spans[KEY] = list(spans.values())
    doc.ents = filter_spans([*doc.ents, *_beside(spans.values(), doc.ents)])
    doc._.relations = tuple(
        {
            "head_pos": (spans[r.subject].start, spans[r.subject].end),
            "head_text": spans[r.subject].text,
            "tail_pos": (spans[r.object].start, spans[r.object].end),
            "tail_text": spans[r.object].text,
            "label": r.predicate,
            "score": r.score,
            "polarity": r.polarity,
            "modality": r.modality,
        }
        for r in found.relations
        if r.subject in spans and r.object in spans
    )


def _beside(spans: Iterable[Span], taken: Iterable[Span]) -> list[Span]:
    tokens = {token.i for span in taken for token in span}
    return [span for span in spans if tokens.isdisjoint(range(span.start, span.end))]


def _register() -> None:
    extensions: tuple[tuple[Any, str, Any], ...] = (
        (Doc, "relations", ()),
        (Span, "kb_ents", ()),
        (Span, "negated", False),
    )
    for owner, name, default in extensions:
        if not owner.has_extension(name):
            owner.set_extension(name, default=default)
