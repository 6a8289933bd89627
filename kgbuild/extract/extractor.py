"""The transformer extractor: documents in, documents with mentions and relations out, one for one and in order."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path

import msgspec

from kgbuild.concept import KnownNames
from kgbuild.config import Precision
from kgbuild.document import Document, Mention, Relation, Span
from kgbuild.encoder import choose_device, choose_dtype
from kgbuild.errors import ConfigError, ModelError
from kgbuild.extract.arguments import prose_of
from kgbuild.extract.columns import agree_in_columns
from kgbuild.extract.decode import decode_mentions, mention_words
from kgbuild.extract.edges import is_reference
from kgbuild.extract.inference import EncodedDocument, ScoredPair, encode, score_pairs
from kgbuild.extract.labels import RelationLabel, calibrate
from kgbuild.extract.lessening import MISTAKEN_FOR, is_lessened, is_lower_risk, names_a_class
from kgbuild.extract.measurements import find_measurements
from kgbuild.extract.memory import release_free_memory
from kgbuild.extract.model import ExtractionModel, read_config
from kgbuild.extract.parts import Part, split_document
from kgbuild.extract.polarity import polarity
from kgbuild.extract.presence import with_presence
from kgbuild.extract.span_scorer import SCORER_FILES, SpanScorer
from kgbuild.extract.spans import Tagged
from kgbuild.extract.values import drop_values_of_others
from kgbuild.int8 import RANGES_FILE, load_ranges, use_int8

__all__ = ["DEFAULT_MODEL", "TransformerExtractor", "bundled_models", "model_folder"]

#: The model under kgbuild/models that is used when none is named.
DEFAULT_MODEL = "science-minilm"
MODELS = Path(__file__).resolve().parent.parent / "models"
#: Raised when equal weights find something else in the same text: decoding, pairing, polarity.
ALGORITHM_VERSION = "15"
#: Characters of text that are encoded together, at most: enough to fill batches of equal lengths, little for memory.
CHUNK_CHARACTERS = 200_000


class TransformerExtractor:
    """Mentions and relations by one encoder pass; `revision` names weights and settings by their content.

    `model` is a bundled model's name or a folder written by training. Relations less probable than `relation_threshold`
    are not reported. Longer `batch_tokens` use more memory and, on a GPU, less time; they do not change what is found
    beyond the last digits of the scores. `precision` may: see `choose_dtype`.
    The weights are loaded when the first text is annotated: whether there is any to annotate depends on the revision,
    which is known before. ModelError then, whatever keeps them from being loaded.
    Once it is told the names that ontologies know (`use_names`), cells of tables are read by them, and a model with a
    `SpanScorer` uses it.
    """

    def __init__(
        self,
        model: str = DEFAULT_MODEL,
        *,
        device: str = "auto",
        batch_tokens: int = 8192,
        relation_threshold: float = 0.3,
        precision: Precision = "auto",
    ) -> None:
        if batch_tokens < 512:
            raise ConfigError(f"batch_tokens must be at least 512, one full window, is {batch_tokens}")
        if not 0.0 <= relation_threshold <= 1.0:
            raise ConfigError(f"relation_threshold must lie in [0, 1], is {relation_threshold}")
        folder = model_folder(model)
        self.folder = folder
        self.name = folder.name
        self._device = choose_device(device)
        dtype = choose_dtype(self._device, precision)
        self._ranges = load_ranges(folder) if precision == "int8" else None
        self._settings = f"{dtype if self._ranges is None else precision} {relation_threshold}"
        self._names: KnownNames | None = None
        self._labels = read_config(folder).labels
        self._batch_tokens = batch_tokens
        self._precision: Precision = precision
        self._relation_threshold = relation_threshold

    def use_names(self, names: KnownNames) -> None:
        """Have mentions chosen with the help of names that ontologies know; their version is a part of the revision."""
        self._names = names
        self.__dict__.pop("revision", None)

    @cached_property
    def revision(self) -> str:
        """A hash of weights and settings, and after a dash one of the names that are known: equal revisions find the
        same in the same text.
        """
        own = _revision(self.folder, self._settings, () if self._ranges is None else (RANGES_FILE,))
        if self._names is None:
            return own
        return f"{own}-{self._names.names_version[:8]}"

    @cached_property
    def _scorer(self) -> SpanScorer | None:
        return SpanScorer.load(self.folder)

    @cached_property
    def _model(self) -> ExtractionModel:
        try:
            model = ExtractionModel.load(self.folder).to(self._device)
            if self._ranges is not None:
                use_int8(model.encoder.transformer, self._ranges)
            return model
        except ModelError:
            raise
        except Exception as error:  # want of memory, a broken driver, a library's own: no fault of the text at hand
            reason = f"{type(error).__name__}: {error}"
            advice = "free memory there, choose another device, or get the model anew"
            raise ModelError(
                f"the model {self.folder} cannot be loaded on {self._device} ({reason}); {advice}"
            ) from error

    @property
    def agent(self) -> str:
        """Name and revision of the model, as evidence states them."""
        return f"{self.name}@{self.revision}"

    def annotate(self, documents: Iterable[Document], *, given_mentions: bool = False) -> Iterator[Document]:
        """The documents with mentions and relations; with `given_mentions` theirs are kept and only relations added.

        Relations that a document already carries are kept. Input is read ahead by some 200,000 characters.
        """
        mentions: list[Mention] = []
        relations: list[Relation] = []
        for chunk in _chunks(part for document in documents for part in split_document(document)):
            for part, found, stated in self._annotate(chunk, given_mentions):
                mentions.extend(found)
                relations.extend(stated)
                if part.is_last:
                    if not given_mentions:
                        mentions = agree_in_columns(part.whole, mentions, self._names, agent=self.agent)
                        ids = {mention.id for mention in mentions}
                        relations = [r for r in relations if r.subject in ids and r.object in ids]
                    yield _finished(part.whole, mentions, relations, keep_relations=given_mentions)
                    mentions, relations = [], []
            release_free_memory()

    def _annotate(
        self, parts: Sequence[Part], given_mentions: bool
    ) -> Iterator[tuple[Part, Sequence[Mention], Sequence[Relation]]]:
        documents = [part.document for part in parts]
        encoded = encode(
            self._model, documents, self._device, batch_tokens=self._batch_tokens, precision=self._precision
        )
        release_free_memory()
        mentions = [item.document.mentions if given_mentions else self._mentions(item) for item in encoded]
        pairs = score_pairs(self._model, encoded, mentions, self._device)
        for part, item, found, scored in zip(parts, encoded, mentions, pairs, strict=True):
            yield part, with_presence(part.document, found), list(self._relations(item, found, scored))

    def _mentions(self, encoded: EncodedDocument) -> Sequence[Mention]:
        labels = self._model.labels
        document, words, probabilities = encoded.document, encoded.words, encoded.probabilities
        mentions = decode_mentions(document, words, probabilities, labels, agent=self.agent)
        if self._names is not None and self._scorer is not None:
            tagged = Tagged(document, words, probabilities, mentions)
            mentions = self._scorer.choose(tagged, labels, self._names, agent=self.agent)
        return [mention for mention in mentions if not is_reference(document.text, mention.span)]

    def _relations(
        self, encoded: EncodedDocument, mentions: Sequence[Mention], pairs: Sequence[ScoredPair]
    ) -> Iterator[Relation]:
        labels = self._labels
        by_name = {relation.name: relation for relation in labels.relations}
        prose = prose_of(encoded.document, len(encoded.windows))
        for pair in pairs:
            subject, other = mentions[pair.subject], mentions[pair.object]
            # a relation was calibrated on true mentions; it holds if both of these are, and it does
            both = subject.score * other.score
            reported = [
                (relation, raw, probability)
                for relation, raw in ((labels.relations[i], raw) for i, raw in pair.scores)
                if relation.is_reported(raw, pair.circumstances)
                and (probability := round(relation.probability(raw, pair.circumstances) * both, 6))
                >= self._relation_threshold
            ]
            if not reported:
                continue
            span = _evidence_span(encoded, subject.span, other.span)
            place = (subject.span.start - span.start, subject.span.end - span.start)
            other_place = (other.span.start - span.start, other.span.end - span.start)
            # learnt from abstracts: what a body tells as its own it often cites
            is_told = subject.span.within(prose) and other.span.within(prose)
            novel = calibrate(pair.novelty, labels.novelty) >= 0.5 if is_told else None
            text = encoded.document.text_of(span)
            affirmed, asserted, _ = polarity(text, place, other_place)
            places = {subject.type: place, other.type: other_place}
            if places.keys() == {"Chemical", "Disease"} and names_a_class(text, places["Chemical"]):
                continue
            if _lessens(text, places):
                reported = _as_lessened(reported, by_name)
            for relation, raw, probability in reported:
                yield Relation(
                    subject.id,
                    relation.name,
                    other.id,
                    span,
                    score=probability,
                    raw_score=raw,
                    polarity=affirmed,
                    modality=asserted,
                    novel=novel if relation.tells_novelty else None,
                    agent=self.agent,
                )


def _lessens(text: str, places: Mapping[str, tuple[int, int]]) -> bool:
    """Whether what stands beside a disease is said to lessen it or its risk; `places` of each by its type."""
    if len(places) != 2 or "Disease" not in places:
        return False
    disease = places["Disease"]
    ((type_, cause),) = ((type_, place) for type_, place in places.items() if type_ != "Disease")
    return is_lower_risk(text, cause, disease) or (type_ == "Chemical" and is_lessened(text, cause, disease))


def _as_lessened(
    reported: Iterable[tuple[RelationLabel, float, float]], by_name: Mapping[str, RelationLabel]
) -> list[tuple[RelationLabel, float, float]]:
    """What is reported of a chemical and a disease that it lessens, each relation once with its best probability."""
    meant: dict[str, tuple[RelationLabel, float, float]] = {}
    for relation, raw, probability in sorted(reported, key=lambda item: item[2]):
        told = by_name.get(MISTAKEN_FOR.get(relation.name, relation.name), relation)
        meant[told.name] = (told, raw, probability)
    return list(meant.values())


def bundled_models() -> tuple[str, ...]:
    """Names of the models that come with kgbuild, sorted."""
    return tuple(sorted(path.parent.name for path in MODELS.glob("*/config.json")))


def model_folder(name: str) -> Path:
    """The folder of a bundled model, or the folder that the name is; ModelError names the choices."""
    for folder in (MODELS / name, Path(name)):
        if (folder / "config.json").is_file():
            return folder
    bundled = ", ".join(bundled_models()) or "none"
    raise ModelError(f"no model {name!r}: give a folder with config.json and model.safetensors, or one of: {bundled}")


def _revision(folder: Path, settings: str, further: Sequence[str]) -> str:
    digest = hashlib.sha256(f"{ALGORITHM_VERSION} {settings}".encode())
    for path in (folder / name for name in ("config.json", "model.safetensors", *SCORER_FILES, *further)):
        digest.update(path.read_bytes() if path.exists() else b"")
    return digest.hexdigest()[:12]


def _chunks(parts: Iterable[Part]) -> Iterator[list[Part]]:
    chunk: list[Part] = []
    size = 0
    for part in parts:
        if chunk and size + part.n_characters > CHUNK_CHARACTERS:
            yield chunk
            chunk, size = [], 0
        chunk.append(part)
        size += part.n_characters
    if chunk:
        yield chunk


def _finished(
    doc: Document, mentions: Sequence[Mention], relations: Sequence[Relation], *, keep_relations: bool
) -> Document:
    """The document with what was found in its parts; of a relation that it carried and that was found, the former."""
    likely = drop_values_of_others(doc, {mention.id: mention for mention in mentions}, relations)
    stated = {(relation.subject, relation.predicate, relation.object): relation for relation in likely}
    if keep_relations:
        stated.update({(relation.subject, relation.predicate, relation.object): relation for relation in doc.relations})
    ordered = tuple(stated[key] for key in sorted(stated))
    read = msgspec.structs.replace(doc, mentions=tuple(mentions), relations=ordered)
    return msgspec.structs.replace(read, measurements=find_measurements(read))


def _evidence_span(encoded: EncodedDocument, subject: Span, other: Span) -> Span:
    # from the start of the passage of the first to the end of the passage of the second
    passages = encoded.document.passages
    indexes = [int(encoded.words.passage[mention_words(encoded.words, span)[0]]) for span in (subject, other)]
    return Span(passages[min(indexes)].span.start, passages[max(indexes)].span.end)
