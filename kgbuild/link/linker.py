"""Links mentions to ontology concepts by their names: the linker named `lexical`.

A mention is looked up as the document's long form of it, as it stands, and without what only frames it; chemical
formulas by their composition, rs numbers by rule. A ranker with readable weights gives each candidate a probability;
below the threshold a mention stays unlinked. "breast and ovarian cancer" gets both its concepts.
"""

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from kgbuild.abbreviation import expand_abbreviations, find_abbreviations
from kgbuild.concept import Concept
from kgbuild.document import GIVEN_AGENT, Candidate, Document, Mention, Span, content_hash
from kgbuild.errors import ConfigError
from kgbuild.link import catalogue
from kgbuild.link.candidates import (
    LIKENESS_WORDS,
    Match,
    Question,
    find_known,
    find_matches,
)
from kgbuild.link.cases import COMPOSITE_TYPES, Asked, Case, Found, Key, Ranked, parts_of, with_document, with_species
from kgbuild.link.curation import NEVER, Curation, Override, read_curation
from kgbuild.link.features import UNSURE_KINDS, describe, learnt_shares, several_share
from kgbuild.link.gene_doubts import FAMILY_SHARE, NAME_FOUND, family_of, is_doubtful
from kgbuild.link.gene_species import mark_of
from kgbuild.link.learnt import LearntNames, bundled_names
from kgbuild.link.name_vectors import bundled_vectors
from kgbuild.link.names import normal_key
from kgbuild.link.opening import open_all, open_one
from kgbuild.link.processes import in_processes
from kgbuild.link.ranker import Ranker, bundled_ranker
from kgbuild.link.readings import DISORDER_TYPES, initials_of, is_acronym, readings
from kgbuild.link.reporting import candidate_of, linked, read_in, variant
from kgbuild.link.similar_indexes import SAME_NAMES, similar_folder
from kgbuild.link.species_context import ALWAYS_SPOKEN_OF, SpeciesContext
from kgbuild.link.species_words import SpeciesWords, bundled_words
from kgbuild.link.targets import Target, Targets
from kgbuild.link.widening import widened
from kgbuild.schema import load_schema

__all__ = ["LexicalLinker", "index_default"]

N_CANDIDATES = 5
#: Raised when equal ontologies and settings give other links.
ALGORITHM_VERSION = "14"
THRESHOLD = 0.3
#: a composite name is taken apart unless it is itself a name, found in one of these ways
NAME_ITSELF = ("same", "case", "spelling", "learnt")
AS_IT_STANDS = ("written", "long_form")
_JOINED = re.compile(r"\b(?:and|or)\b")
_INHERITED = re.compile(r"heredit|familial|inherit", re.IGNORECASE)
CACHE_SIZE = 100_000
#: whose names are looked for together
DOCUMENTS_AT_ONCE = 32


class LexicalLinker:
    """Fills candidates, concepts and link scores of mentions.

    `ontologies` are names or files, None for the defaults; `overrides` map an entity type to the one vocabulary, by
    name or file, whose identifiers its mentions get. `preferences` are the prefixes to report for a type, in order,
    None for those of the default schema. `curation` is a file of a user's own links, which win.
    `threshold` in [0, 1] is the least probability of a link. `learnt` adds the names by which the training parts of
    annotated corpora call a concept.
    """

    def __init__(
        self,
        ontologies: Sequence[str] | None = None,
        overrides: Mapping[str, str] | None = None,
        preferences: Mapping[str, tuple[str, ...]] | None = None,
        *,
        curation: str | None = None,
        threshold: float = THRESHOLD,
        learnt: bool = True,
    ) -> None:
        if not 0.0 <= threshold <= 1.0:
            raise ConfigError(f"[link] threshold must lie in [0, 1], is {threshold}")
        self.threshold = threshold
        self.names = bundled_names() if learnt else LearntNames()
        self.words = bundled_words()
        self.ranker: Ranker = bundled_ranker()
        self.preferences = load_schema().preferences if preferences is None else dict(preferences)
        self.curation = read_curation(Path(curation), self.preferences) if curation else Curation()
        types = tuple(self.preferences)
        self.targets = Targets(
            open_all(ontologies, types),
            {kind: open_one(name, (kind,), kind) for kind, name in sorted((overrides or {}).items())},
            self.preferences,
            self.names,
        )
        self._cache: dict[Key, tuple[Ranked, ...]] = {}

    @property
    def revision(self) -> str:
        """A hash of the ontologies' content and the settings: equal revisions give equal links."""
        preferences = [f"{kind}:{','.join(prefixes)}" for kind, prefixes in sorted(self.preferences.items())]
        learnt = (self.names.version, self.words.version, self.ranker.version, bundled_vectors().version)
        settings = (str(self.threshold), *learnt)
        versions = [*(ontology.meta.version for ontology in self.targets.ontologies), *self._override_versions()]
        own = "lexical-" + content_hash(ALGORITHM_VERSION, *versions, *preferences, *settings)
        return f"{own}+curation-{self.curation.version}" if self.curation.version else own

    @property
    def names_version(self) -> str:
        """A hash of the names that the ontologies have: equal versions know the same ones."""
        versions = sorted(ontology.meta.version for ontology in self.targets.ontologies)
        return content_hash(*versions, *self._override_versions())

    def _override_versions(self) -> list[str]:
        return [f"{kind}={ontology.meta.version}" for kind, ontology in self.targets.overrides.items()]

    def knows(self, name: str, type: str) -> bool:
        """Whether an ontology has the name for a concept of the entity type; see `concept.KnownNames`."""
        return self.targets.knows(name, type)

    def link(self, documents: Iterable[Document]) -> Iterator[Document]:
        """The same documents, in the same order, with their mentions linked; read some at a time, linked together."""
        waiting = iter(documents)
        while some := list(itertools.islice(waiting, DOCUMENTS_AT_ONCE)):
            asked = [self._asked(document) for document in some]
            self._learn(itertools.chain.from_iterable(item.keys + item.further for item in asked))
            for item in asked:
                yield self._link_document(item)

    def candidates(self, text: str, type: str) -> tuple[Candidate, ...]:
        """The concepts that a name of this entity type may mean, best first, at most five."""
        override = self.curation.find(type, text)
        if override is not None:
            return self._curated(override)
        if type == "Variant":
            return variant(text)
        context = SpeciesContext(Document("kgb:name", text), self.words) if type == "Gene" else None
        ranked = self._cases_of(Key(text, "", type, context.with_genes if context is not None else ()))
        if context is not None:
            (ranked,) = with_species([(text, Span(0, len(text)), ranked)], context)
        return self._ranked(ranked, type)

    def cases(self, document: Document) -> list[Case]:
        """The mentions of a document with what the ranker is told of each."""
        asked = self._asked(document)
        self._learn(asked.keys)
        return self._cases(asked)

    def explain(self, text: str, type: str) -> tuple[Mention, list[dict[str, float]]]:
        """A name linked as a document that says nothing else, and of each candidate what its features add to its score.

        What adds most comes first; a curated candidate and the parts of a composite name have no features.
        """
        span = Span(0, len(text))
        (case,) = self.cases(Document("kgb:name", text).replace_mentions([Mention(span, type)]))
        mention = self._link_mention(case, text)
        options, _ = self._in_question(case)
        features = {item.option.concept.curie: item.features for item in options}
        parts = [self.ranker.parts(features.get(candidate.curie, {}), type) for candidate in mention.candidates]
        return mention, parts

    def use_learnt(self, names: LearntNames, words: SpeciesWords) -> None:
        """Takes other learnt names, and words that tell species, than the package's own."""
        self.names, self.words = names, words
        self.targets = Targets(self.targets.ontologies, self.targets.overrides, self.preferences, names)
        self._cache.clear()

    def concept(self, identifier: str) -> Concept | None:
        """What the ontologies know of an identifier, with equivalents among its cross-references; None if nothing."""
        return self.targets.concept(identifier)

    def _asked(self, document: Document) -> Asked:
        """What there is to find for a document."""
        if not document.mentions:
            return Asked(document, (), (), (), (), None)
        has_genes = any(mention.type == "Gene" for mention in document.mentions)
        context = SpeciesContext(document, self.words) if has_genes else None
        abbreviations = find_abbreviations(document.text)
        short_forms = {long.casefold(): short for short, long in reversed(abbreviations.items())} if has_genes else {}
        named = [(mention, self._named(document, mention)) for mention in document.mentions]
        owners, further = [], []
        for place, (mention, text) in enumerate(tuple(named)):
            for part in parts_of(text, mention.type):
                if mention.type == "Gene":
                    owners.append(place)
                    named.append((mention, part))
                else:
                    further.append(Key(part, "", mention.type, ()))
        undefined = {text for _, text in named if is_acronym(text) and text not in abbreviations}
        initials: dict[tuple[str, str], str] = {}
        for mention, text in named[: len(document.mentions)] if undefined else ():
            initials.setdefault((mention.type, initials_of(text)), text)
        keys = []
        for mention, text in named:
            is_gene = context is not None and mention.type == "Gene"
            species = context.with_genes if context is not None and is_gene else ()
            short_form = short_forms.get(text.casefold(), "") if is_gene else ""
            # what the document abbreviates as a whole is known by that rather than by its parts written out
            long_form = "" if short_form else expand_abbreviations(text, abbreviations)
            if not long_form and text in undefined:
                long_form = initials.get((mention.type, text), "")
            keys.append(Key(text, long_form, mention.type, species, short_form))
        return Asked(document, tuple(named), tuple(keys), tuple(owners), tuple(further), context)

    def _cases(self, asked: Asked) -> list[Case]:
        context = asked.context
        found = [
            Found(mention, text, key.long_form, self._cases_of(key))
            for (mention, text), key in zip(asked.mentions, asked.keys, strict=True)
        ]
        if context is not None:
            places = [place for place, item in enumerate(found) if item.mention.type == "Gene"]
            genes = [(found[place].text, found[place].mention.span, found[place].ranked) for place in places]
            for place, ranked in zip(places, with_species(genes, context), strict=True):
                found[place] = found[place]._replace(ranked=ranked)
        cases = with_document(found, asked.document)
        n_mentions = len(asked.document.mentions)
        parts: dict[int, tuple[Case, ...]] = {}
        for owner, case in zip(asked.owners, cases[n_mentions:], strict=True):
            parts[owner] = (*parts.get(owner, ()), case)
        is_foreign = context is not None and context.is_foreign
        return [
            case._replace(
                parts=parts.get(place, ()), is_foreign=is_foreign and not mark_of(found[place].text, case.options)
            )
            for place, case in enumerate(cases[:n_mentions])
        ]

    def _link_document(self, asked: Asked) -> Document:
        document = asked.document
        if not document.mentions:
            return document
        names = [text for _, text in asked.mentions[: len(document.mentions)]]
        links = [self._link_mention(case, text) for case, text in zip(self._cases(asked), names, strict=True)]
        return document.replace_mentions(
            read_in(mention, text, document.text_of(mention.span)) for mention, text in zip(links, names, strict=True)
        )

    def _named(self, document: Document, mention: Mention) -> str:
        """The words of a mention, or the longer name of a disorder around them, which a model may have cut."""
        text = document.text_of(mention.span)
        if mention.type not in DISORDER_TYPES or mention.agent == GIVEN_AGENT or is_acronym(text):
            return text
        if self.curation.find(mention.type, text) is not None:
            return text
        return widened(document.text, mention.span, lambda name: self.targets.has_name(name, mention.type))

    def _link_mention(self, case: Case, text: str) -> Mention:
        mention = case.mention
        override = self.curation.find(mention.type, text, case.long_form)
        if override is not None:
            return linked(mention, self._curated(override))
        if mention.type == "Variant":
            candidates = variant(text)
        else:
            _, candidates = self._in_question(case)
            family = self._family_of(case, text)
            if family is not None:
                others = [candidate for candidate in candidates if candidate.curie != family.curie]
                return linked(mention, (family,), (family, *others[: N_CANDIDATES - 1]))
        chosen = self._choose(case, text, candidates)
        return linked(mention, chosen, candidates)

    def _curated(self, override: Override) -> tuple[Candidate, ...]:
        if override.concept == NEVER:
            return ()
        known = self.concept(override.concept)
        name = known.name if known is not None else override.text
        return (Candidate(override.concept, name, 1.0, "curated", "the curation file says so"),)

    def _in_question(self, case: Case) -> tuple[Sequence[Ranked], tuple[Candidate, ...]]:
        """The options of a case and its candidates; of poor ones those of the very name, whatever their prefix, if any.

        An identifier of another prefix than the preferred one is better than none.
        """
        ranked = [Ranked(*pair) for pair in zip(case.options, case.features, strict=True)]
        candidates = self._ranked(ranked, case.mention.type)
        if not candidates or candidates[0].score >= self.threshold:
            return ranked, candidates
        named = [
            Ranked(item.option, item.features | {"other_prefix": 0.0})
            for item in ranked
            if item.option.match.likeness in NAME_ITSELF and item.option.match.reading.how in AS_IT_STANDS
        ]
        return (named, self._ranked(named, case.mention.type)) if named else (ranked, candidates)

    def _choose(self, case: Case, text: str, candidates: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
        """The best candidate if it is probable enough; the concepts of its parts if the name is a composite one."""
        type = case.mention.type
        best = candidates[:1] if candidates and candidates[0].score >= self.threshold else ()
        if type not in COMPOSITE_TYPES:
            return best
        if type == "Gene":
            if best and self._is_doubtful(case, text, best[0]):
                return ()
            is_whole = any(_is_name_itself(o.match, text) and o.concept.species for o in case.options[:1])
            chosen = best if is_whole else self._genes_of(case) or best
            return () if case.is_foreign and _is_of_human_or_mouse(case, chosen) else chosen
        whole = next((option.match for option in case.options[:1] if _is_name_itself(option.match, text)), None)
        if whole is not None and whole.likeness == "learnt" and _JOINED.search(text) and not _INHERITED.search(text):
            # annotators are not of one mind on "breast and ovarian cancer"; what it says are two diseases
            return self._parts(text, type) or best
        learnt = self._learnt_parts(text, type)
        if learnt or whole is not None:
            return learnt or best
        return self._parts(text, type) or best

    def _family_of(self, case: Case, text: str) -> Candidate | None:
        """The family of genes that a plural names."""
        option = family_of(text, case.options) if case.mention.type == "Gene" else None
        if option is None or self.threshold > FAMILY_SHARE:
            return None
        return candidate_of(Ranked(option, {}), FAMILY_SHARE)

    def _is_doubtful(self, case: Case, text: str, gene: Candidate) -> bool:
        found = zip(case.options, case.features, strict=True)
        option, features = next(pair for pair in found if pair[0].concept.curie == gene.curie)
        hits = (hit for ontology in self.targets.ontologies for hit in ontology.by_normal_key(normal_key(text)))
        return is_doubtful(text, case.long_form, option, features, (hit.concept for hit in hits))

    def _parts(self, text: str, type: str) -> tuple[Candidate, ...]:
        """The concepts of a composite mention, if each of its parts has one."""
        return self._all_sure(self.candidates(part, type) for part in parts_of(text, type))

    def _genes_of(self, case: Case) -> tuple[Candidate, ...]:
        """The genes of a composite mention, if each of its parts has one: "ERK1/2", which is a family's name, too."""
        return self._all_sure(self._in_question(part)[1] for part in case.parts)

    def _all_sure(self, found: Iterable[tuple[Candidate, ...]]) -> tuple[Candidate, ...]:
        best = [candidates[:1] for candidates in found]
        is_linked = all(part and part[0].score >= self.threshold for part in best)
        return tuple(part[0] for part in best) if is_linked else ()

    def _learnt_parts(self, text: str, type: str) -> tuple[Candidate, ...]:
        """The concepts that most annotators give a name together, if those are several."""
        meanings = self.names.meanings(type, normal_key(text))
        best = max(meanings, key=lambda concepts: (meanings[concepts], concepts), default=())
        if len(best) < 2:
            return ()
        share = meanings[best] / (sum(meanings.values()) + 1.0)
        target = self.targets.of(type)
        known = [find_known(identifier, target.vocabulary) for identifier in best]
        concepts = [self.targets.reported(item[0], target) if item is not None else None for item in known]
        if share < self.threshold or None in concepts:
            return ()
        reason = f"{text!r} is {LIKENESS_WORDS['learnt']}, together with others"
        return tuple(
            Candidate(concept.curie, concept.name, round(share, 4), "lexical", reason)
            for concept in concepts
            if concept is not None
        )

    def _ranked(self, ranked: Sequence[Ranked], type: str) -> tuple[Candidate, ...]:
        scores = [self.ranker.score(item.features, type) for item in ranked]
        probabilities = self.ranker.probabilities(scores)
        order = sorted(range(len(ranked)), key=lambda place: (-scores[place], place))[:N_CANDIDATES]
        return tuple(candidate_of(ranked[place], probabilities[place]) for place in order)

    def _cases_of(self, key: Key) -> tuple[Ranked, ...]:
        if key not in self._cache:
            self._learn([key])
        return self._cache[key]

    def _learn(self, keys: Iterable[Key]) -> None:
        """Finds what is not yet known, together, since many names are found in much less time than each of them."""
        unknown: dict[str, dict[Key, None]] = {}
        for key in keys:
            if key not in self._cache:
                unknown.setdefault(key.type, {})[key] = None
        if len(self._cache) >= CACHE_SIZE:
            self._cache.clear()
        for type, of_type in unknown.items():
            self._cache.update(zip(of_type, self._find(type, list(of_type)), strict=True))

    def _find(self, type: str, keys: Sequence[Key]) -> list[tuple[Ranked, ...]]:
        """The options of keys of one type."""
        target = self.targets.of(type)
        if not target.vocabulary.ontologies:
            return [()] * len(keys)
        names = [readings(key.text, key.long_form, type, key.short_form) for key in keys]
        questions = [Question(found, key.species) for key, found in zip(keys, names, strict=True) if found]
        matches = find_matches(
            questions, target.vocabulary, lambda concept: self.targets.reported(concept, target) is not None
        )
        ranked = iter([self._rank(*pair, target) for pair in zip(questions, matches, strict=True)])
        return [next(ranked) if found else () for found in names]

    def _rank(self, question: Question, matches: Sequence[Match], target: Target) -> tuple[Ranked, ...]:
        """The options among these matches, with their features."""
        names, type = question.readings, target.type
        if any(match.likeness in NAME_FOUND and match.reading.how in AS_IT_STANDS for match in matches):
            # "heart attack" has a concept: it is no "heart disease", as "von Willebrand" is a disease
            names = [reading for reading in names if reading.how != "completed"]
            matches = [match for match in matches if match.reading.how != "completed"]
        if type != "Gene" and self.targets.is_named_otherwise(names[0].name, type):
            matches = [match for match in matches if not _is_guessed(match)]  # "muscle" is no "muscle disease"
        options = self.targets.options(matches, target)
        described = describe(
            options,
            type,
            self.targets.shares(learnt_shares(names, type, self.names), type),
            several=several_share(names, type, self.names) if type == "Gene" else 0.0,
            learnt=self.names,
            prefixes=target.prefixes,
            ontologies=target.vocabulary.ontologies,
        )
        return tuple(Ranked(*pair) for pair in zip(options, described, strict=True))


def index_default(workers: int, progress: catalogue.Progress) -> None:
    """Makes the indexes of similar names of the default ontologies now, rather than when they are first asked for."""
    linker = LexicalLinker()
    folders = {type: similar_folder(type, linker.targets.of(type).vocabulary.ontologies) for type in linker.preferences}
    missing = [type for type in sorted(folders) if type not in SAME_NAMES and not folders[type].is_dir()]
    if missing:
        progress("indexing the names that mentions are compared with")
        in_processes(_index_default, missing, workers)


def _index_default(type: str) -> None:
    LexicalLinker().targets.of(type).vocabulary.similar()


def _is_guessed(match: Match) -> bool:
    """Whether a concept was found by more, or other, than the words of the mention."""
    return match.likeness in UNSURE_KINDS or match.reading.how == "completed"


def _is_of_human_or_mouse(case: Case, chosen: Iterable[Candidate]) -> bool:
    species = {o.concept.curie: o.concept.species for part in (case, *case.parts) for o in part.options}
    return any(species.get(candidate.curie) in ALWAYS_SPOKEN_OF for candidate in chosen)


def _is_name_itself(match: Match, text: str) -> bool:
    """Whether a mention is a name as a whole; by their words "cancer, breast", and what ends as one syndrome, are."""
    if match.likeness != "words":
        return match.likeness in NAME_ITSELF
    return (text.count(",") == 1 and " and " not in text) or text.endswith(" syndrome")
