"""A training run as a TOML file: the settings and the corpora with what each annotates and under which licence."""

import hashlib
import lzma
import tarfile
import tomllib
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import msgspec

from kgbuild import registry
from kgbuild.config import converted, refuse_unknown
from kgbuild.encoder import DEFAULT_ENCODER
from kgbuild.errors import ConfigError, TrainingDataError
from kgbuild.extract.corpora.recognition import Look, look_at
from kgbuild.extract.gold import GoldDocument

__all__ = [
    "Corpus",
    "PretrainSettings",
    "Recipe",
    "RelationSettings",
    "TeacherSettings",
    "TrainSettings",
    "load_recipe",
    "read_part",
    "require_annotated",
    "split_gold",
]

BUNDLED = Path(__file__).parent / "recipes"
#: What readers of corpora raise for what is not in their format.
UNREADABLE = (
    *(OSError, EOFError, ValueError, LookupError, TypeError, AttributeError),
    *(tarfile.TarError, zipfile.BadZipFile, lzma.LZMAError, zlib.error),
)


#: Key of a corpus -> words for a corpus that has none of it.
NOTHING = {"entities": "no mentions", "relations": "no relations"}


class TrainSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Settings of a run. `batch_tokens` counts word pieces with padding; `window` is in word pieces."""

    encoder: str = DEFAULT_ENCODER
    epochs: Annotated[int, msgspec.Meta(ge=1)] = 5
    seed: int = 13
    learning_rate: Annotated[float, msgspec.Meta(gt=0)] = 1e-4
    head_learning_rate: Annotated[float, msgspec.Meta(gt=0)] = 1e-3
    weight_decay: Annotated[float, msgspec.Meta(ge=0)] = 0.01
    warmup: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.06
    """Share of all steps over which the rate rises; then it falls to 0 in a straight line."""
    batch_tokens: Annotated[int, msgspec.Meta(ge=1)] = 2048
    window: Annotated[int, msgspec.Meta(ge=8)] = 510
    overlap: Annotated[int, msgspec.Meta(ge=0)] = 32
    relation_weight: Annotated[float, msgspec.Meta(ge=0)] = 1.0
    freeze_word_embeddings: bool = True
    keep: Annotated[float, msgspec.Meta(ge=0, lt=1)] = 0.0
    """Share of the model that a run begins from in the weights that the first part ends with: what it knew is kept
    better (Wortsman et al. 2022, https://arxiv.org/abs/2109.01903). For a recipe of the same types and relations; not
    with `lora`, and 0 without a model to begin from."""
    lora: Annotated[int, msgspec.Meta(ge=0)] = 0
    """Rank of the adapters that are trained instead of the encoder (Hu et al. 2022, https://arxiv.org/abs/2106.09685);
    0: the encoder itself. They are merged into the weights that are saved."""
    patience: Annotated[int, msgspec.Meta(ge=0)] = 0
    """Epochs without a better score on development documents after which a run ends with its best weights; 0: it runs
    to its end and the last weights stay."""
    spans: tuple[str, ...] = ()
    """Types of which it is learnt at the end, from development documents, to weigh spans as a whole (see
    `span_scorer`)."""
    tracker: str = ""
    """"tensorboard" or "wandb": where the figures of each epoch go besides metrics.jsonl."""


class PretrainSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Settings of what comes before everything else: the encoder learns the language of all the texts of a recipe by
    guessing words that are hidden from it (see `pretraining`). 0 epochs: it stays as it is.
    """

    epochs: Annotated[int, msgspec.Meta(ge=0)] = 0
    learning_rate: Annotated[float, msgspec.Meta(gt=0)] = 5e-4
    batch_tokens: Annotated[int, msgspec.Meta(ge=1)] = 16384


class TeacherSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Settings of teachers: models trained like the one that is wanted, which then learns from the mean of theirs what
    each word of each text is, also of types and texts that nobody annotated (see `teaching`). 0: there are none.
    """

    number: Annotated[int, msgspec.Meta(ge=0)] = 0
    epochs: Annotated[int, msgspec.Meta(ge=1)] = 5
    weight: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.5
    """Share of what the teachers say of a word, against the annotation, where there is one."""


class RelationSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Settings of the second part of a run: relations alone, with the encoder as it is. 0 epochs: there is none."""

    epochs: Annotated[int, msgspec.Meta(ge=0)] = 0
    learning_rate: Annotated[float, msgspec.Meta(gt=0)] = 6e-4
    batch_tokens: Annotated[int, msgspec.Meta(ge=1)] = 4096


class Corpus(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One corpus of a recipe; `format` is a registered corpus format. Without `dev`, `dev_share` of the documents."""

    name: str
    format: str
    train: tuple[str, ...]
    entities: tuple[str, ...]
    relations: tuple[str, ...] = ()
    dev: tuple[str, ...] = ()
    dev_share: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.0
    share: Annotated[float, msgspec.Meta(ge=0, le=1)] = 1.0
    """Share of the training windows that an epoch sees, another draw each time."""
    symmetric: bool = False
    licence: str = ""


class Recipe(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Settings of the parts of a run, and corpora; one without entities is text, for pretraining and teachers."""

    corpus: tuple[Corpus, ...]
    train: TrainSettings = TrainSettings()
    relations: RelationSettings = RelationSettings()
    pretrain: PretrainSettings = PretrainSettings()
    teachers: TeacherSettings = TeacherSettings()

    @property
    def shares(self) -> dict[str, float]:
        """Corpus -> the share of its training windows that an epoch sees."""
        return {corpus.name: corpus.share for corpus in self.corpus}


#: Table of a recipe -> what it holds.
SETTINGS: dict[str, type[Any]] = {
    "train": TrainSettings,
    "relations": RelationSettings,
    "pretrain": PretrainSettings,
    "teachers": TeacherSettings,
}


def load_recipe(name: str) -> Recipe:
    """The bundled recipe of that name, or the one in a TOML file; ConfigError names the file and the key."""
    path = BUNDLED / f"{name}.toml" if not name.endswith(".toml") else Path(name)
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        bundled = ", ".join(sorted(file.stem for file in BUNDLED.glob("*.toml")))
        raise ConfigError(f"no recipe {name!r}; give a .toml file or one of: {bundled}") from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path}: expected a TOML file: {error}") from error
    refuse_unknown(tables, [field.name for field in msgspec.structs.fields(Recipe)], where=f"{path}: the file")
    settings = {
        name: _table(tables[name], kind, where=f"{path}: [{name}]") for name, kind in SETTINGS.items() if name in tables
    }
    corpora = tables.get("corpus")
    if not isinstance(corpora, list) or not corpora:
        raise ConfigError(f"{path}: expected a table [[corpus]] for each corpus, found none")
    parts = [_table(part, Corpus, where=f"{path}: [[corpus]] {_name(part, n)}") for n, part in enumerate(corpora, 1)]
    return Recipe(tuple(parts), **settings)


def _table(table: Any, kind: type[Any], *, where: str) -> Any:
    if not isinstance(table, dict):
        raise ConfigError(f"{where}: expected a table, found {table!r}")
    fields = msgspec.structs.fields(kind)
    refuse_unknown(table, [field.name for field in fields], where=where)
    for field in fields:
        if field.required and field.name not in table:
            raise ConfigError(f"{where} lacks {field.name!r}")
    types = {field.name: field.type for field in fields}
    return kind(**{name: converted(value, types[name], where=f"{where}: {name}") for name, value in table.items()})


def _name(table: Any, number: int) -> str:
    return repr(table["name"]) if isinstance(table, dict) and "name" in table else f"number {number}"


def read_part(corpus: Corpus, files: tuple[str, ...], folder: Path) -> Iterator[GoldDocument]:
    """The gold documents of the files of a corpus; TrainingDataError names one that is missing or of another format."""
    for file in files:
        path = folder / file
        if not Path(str(path).partition("!")[0]).exists():
            raise TrainingDataError(
                f"corpus {corpus.name!r}: {path} does not exist; --data names the folder of corpora"
            )
        yield from _read(corpus, path, frozenset(corpus.entities), frozenset(corpus.relations))


def _read(corpus: Corpus, path: Path, entities: frozenset[str], relations: frozenset[str]) -> Iterator[GoldDocument]:
    try:
        reader = registry.load("corpora", corpus.format)
    except ConfigError as error:
        raise ConfigError(f"[[corpus]] {corpus.name!r}: format: {error}") from error
    n_mentions = 0
    try:
        for gold in reader.read(path, corpus=corpus.name, entities=entities, relations=relations):
            n_mentions += len(gold.document.mentions)
            yield gold
    except (TrainingDataError, *UNREADABLE) as error:
        look = look_at(path)
        if isinstance(error, TrainingDataError) and _form(look.format) in ("", _form(corpus.format)):
            raise
        raise _misfit(corpus, path, reader, look, f" ({type(error).__name__}: {error})") from error
    if entities and not n_mentions:
        look = look_at(path)
        if _form(look.format) not in ("", _form(corpus.format)):
            raise _misfit(corpus, path, reader, look, "")


def _misfit(corpus: Corpus, path: Path, reader: Any, look: Look, reason: str) -> TrainingDataError:
    (described, *_) = (reader.__doc__ or corpus.format).splitlines()
    is_other = _form(look.format) not in ("", _form(corpus.format))
    choices = ", ".join(registry.names("corpora"))
    return TrainingDataError(
        f"[[corpus]] {corpus.name!r}: {path}: expected format = {corpus.format!r} ({described.rstrip('.')}), found "
        f"{look.words}{'' if is_other else reason}; "
        + (
            f"write format = {look.format!r}"
            if is_other
            else f"name what holds the corpus, or another format: {choices}"
        )
    )


def _form(format_: str) -> str:
    # names of formats that are read alike
    return {"mspt": "brat", "bioc": "pubtator"}.get(format_, format_)


def require_annotated(recipe: Recipe, documents: Sequence[GoldDocument], folder: Path) -> None:
    """ConfigError if a corpus has nowhere a type or relation that the recipe says it annotates.

    To a model all its texts would be examples of what is not one.
    """
    for corpus in recipe.corpus:
        own = [gold.document for gold in documents if gold.corpus == corpus.name]
        types = {mention.type for doc in own for mention in doc.mentions}
        predicates = {relation.predicate for doc in own for relation in doc.relations}
        for key, names, seen in (("entities", corpus.entities, types), ("relations", corpus.relations, predicates)):
            if seen.issuperset(names):
                continue
            n_documents, held = _counted(corpus, folder, key)  # some may stand in what another corpus holds out
            if missing := [name for name in names if name not in held]:
                told = ", ".join(
                    f"{name} ({n})" for name, n in sorted(held.items(), key=lambda kind: (-kind[1], kind[0]))
                )
                raise ConfigError(
                    f"[[corpus]] {corpus.name!r}: {key}: none of its {n_documents} documents has {', '.join(missing)}; "
                    f"they have {told or NOTHING[key]}: write the names that the corpus has, as they are "
                    "here, or leave out those that it does not annotate"
                )


def _counted(corpus: Corpus, folder: Path, key: str) -> tuple[int, Counter[str]]:
    """How many documents the files of a corpus have, and their types of mentions, or their relations, with numbers.

    Of relations those between mentions of the types that the recipe wants: no others are learnt.
    """
    entities = _Everything() if key == "entities" else frozenset(corpus.entities)
    files = [folder / file for file in (*corpus.train, *corpus.dev)]
    documents = [gold.document for file in files for gold in _read(corpus, file, entities, _Everything())]
    if key == "entities":
        return len(documents), Counter(mention.type for doc in documents for mention in doc.mentions)
    return len(documents), Counter(relation.predicate for doc in documents for relation in doc.relations)


class _Everything(frozenset[str]):
    """The set of all names, for a reader that is asked for everything that a corpus has."""

    def __contains__(self, name: object) -> bool:
        return name is not None


def split_gold(recipe: Recipe, folder: Path) -> tuple[list[GoldDocument], list[GoldDocument]]:
    """All training and all development documents; no document of the one stands in the other, in whatever corpus.

    Documents are the same when their identifier is, or their text begins alike: corpora number the same abstracts anew.
    """
    train: list[GoldDocument] = []
    dev: list[GoldDocument] = []
    for corpus in recipe.corpus:
        documents = list(read_part(corpus, corpus.train, folder))
        held_back = _held_back(documents, corpus.dev_share)
        dev.extend(gold for gold in documents if gold.document.id in held_back)
        train.extend(gold for gold in documents if gold.document.id not in held_back)
        dev.extend(read_part(corpus, corpus.dev, folder))
    held_out = {key for gold in dev for key in _identities(gold)}
    return [gold for gold in train if held_out.isdisjoint(_identities(gold))], dev


def _identities(gold: GoldDocument) -> tuple[str, str]:
    return gold.document.id, gold.beginning


def _held_back(documents: Sequence[GoldDocument], share: float) -> set[str]:
    """Identifiers of those that are developed on: those whose hash falls below the share, whatever others there are.

    Of few documents, where none does, those with the smallest, but never all; which they are may change with more.
    """
    places = {gold.document.id: _place(gold.document.id) for gold in documents}
    below = {identifier for identifier, place in places.items() if place < share}
    if below or not share:
        return below
    return set(sorted(places, key=places.__getitem__)[: min(max(1, round(share * len(places))), len(places) - 1)])


def _place(identifier: str) -> float:
    # in [0, 1), from the identifier alone
    return int.from_bytes(hashlib.sha256(identifier.encode()).digest()[:4], "big") / 2**32
