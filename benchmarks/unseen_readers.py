"""Corpora that no recipe trains on, as plain documents with mentions of our types; `CORPORA` says what is read as what.

Texts that survive as tokens alone are joined as one would write them: no blank before a comma or after a parenthesis.
"""

import gzip
import json
import re
import tarfile
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import msgspec
from lxml import etree

from kgbuild.document import Document, Mention, Relation, Span
from kgbuild.extract.corpora import brat
from kgbuild.read.labels import entity_type

__all__ = ["CORPORA", "UNSURE", "Unseen", "join_tokens"]

#: Type of mentions that are of no type of ours: what a model says of them is neither right nor wrong.
UNSURE = "?"


@dataclass(frozen=True, slots=True)
class Unseen:
    """A corpus: its folder, how it is read, and its labels with our types; labels that are not named are left out."""

    name: str
    licence: str
    read: Callable[[Path], Iterator[Document]]
    types: Mapping[str, str]

    def documents(self, data: Path) -> Iterator[Document]:
        """The documents, in the order of the files, with mentions of our types and `UNSURE` ones."""
        for doc in self.read(data / self.name):
            mentions = {
                msgspec.structs.replace(mention, type=self.types[mention.original_type])
                for mention in doc.mentions
                if mention.original_type in self.types
            }
            yield doc.replace_mentions(mentions)


def join_tokens(doc: Document) -> Document:
    """The document, whose tokens are joined by blanks, without the blanks that one would not write.

    >>> join_tokens(Document("a:1", "poly(vinyl alcohol ) ( PVA ) , co - doped , at 5 ° C .")).text
    'poly(vinyl alcohol) (PVA), co-doped, at 5 °C.'
    """
    gone = [match.start() for match in NEEDLESS.finditer(doc.text)]
    kept = [doc.text[start:end] for start, end in zip([0, *(place + 1 for place in gone)], [*gone, None], strict=True)]

    def moved(span: Span) -> Span:
        return Span(span.start - bisect_left(gone, span.start), span.end - bisect_left(gone, span.end))

    mentions = (msgspec.structs.replace(mention, span=moved(mention.span)) for mention in doc.mentions)
    return Document(doc.id, "".join(kept)).replace_mentions(mentions)


#: A blank between tokens that stands before a closing mark, after an opening one, or beside a hyphen within a word.
NEEDLESS = re.compile(
    r"[ ](?=[,.;:?!](?:[ \n]|$)) | [ ](?=[)\]}%]) | (?<=[(\[{])[ ] | [ ](?=['’]s\b) | (?<=°)[ ](?=[CFK]\b)"
    r"| (?<=\w)[ ](?=[-–/*][ ]\w) | (?<=\w[ ][-–/*])[ ](?=\w) | (?<=\w)[ ](?=-[a-z]{3})",
    re.VERBOSE,
)


def _lines(path: Path) -> list[str]:
    content = path.read_bytes()
    return (gzip.decompress(content) if path.suffix == ".gz" else content).decode("utf-8").split("\n")


def _given(span: Span, label: str) -> Mention:
    return Mention(span, entity_type(label), original_type=label, agent="given")


def _bc2gm(folder: Path) -> Iterator[Document]:
    """`id text`; `id|first last|name` count characters that are no blanks, the last one is inside."""
    for texts, names in (("train.in.gz", "train.GENE.eval.gz"), ("devel.in.gz", "devel.GENE.eval")):
        found: dict[str, list[tuple[int, int]]] = {}
        for row in filter(None, _lines(folder / names)):
            key, places, _ = row.split("|", 2)
            first, last = places.split()
            found.setdefault(key, []).append((int(first), int(last)))
        for row in filter(None, _lines(folder / texts)):
            key, text = row.split(" ", 1)
            places = [index for index, character in enumerate(text) if not character.isspace()]
            mentions = (_given(Span(places[a], places[b] + 1), "GENE") for a, b in found.get(key, ()))
            # P00001606T0076: the PubMed number, then title or abstract and the place
            yield Document(f"PMID:{int(key[1:9])}/{key[9:]}", text).replace_mentions(mentions)


def _ddi2013(folder: Path) -> Iterator[Document]:
    """`charOffset="23-31"` counts within the sentence, the end is inside; `a-b;c-d` of parted names."""
    with tarfile.open(folder / "ddi2013_train.tar.gz") as archive:
        for member in archive:
            stream = archive.extractfile(member) if member.name.endswith(".xml") else None
            if stream is not None:
                place = Path(member.name)
                prefix = "PMID" if place.parent.name == "MedLine" else "DrugBank"
                yield _drug_document(f"{prefix}:{place.stem}", etree.fromstring(stream.read()))


def _drug_document(identifier: str, root: etree._Element) -> Document:
    text, mentions, related = "", {}, []
    for sentence in root.iter("sentence"):
        start = len(text)
        text += sentence.get("text").rstrip() + " "
        for entity in sentence.iter("entity"):
            places = [int(number) for number in re.findall(r"\d+", entity.get("charOffset"))]
            span = Span(start + min(places), start + max(places) + 1)
            mentions[entity.get("id")] = Mention(span, "Chemical", original_type=entity.get("type"), agent="given")
        related += [(p.get("e1"), p.get("e2")) for p in sentence.iter("pair") if p.get("ddi") == "true"]
    relations = tuple(
        Relation(mentions[a].id, "Drug_Interaction", mentions[b].id, Span(0, len(text))) for a, b in related
    )
    return Document(identifier, text, relations=relations).replace_mentions(set(mentions.values()))


def _pgxcorpus(folder: Path) -> Iterator[Document]:
    """Tokenised sentences in brat, files named by PubMed number and sentence."""
    labels = frozenset(map(entity_type, PGX_TYPES))
    path = folder / "pgxcorpus_brat.tar.gz"
    for gold in brat.read(path, corpus="PMID", entities=labels, relations=frozenset()):
        yield join_tokens(gold.document)


def _matscholar(folder: Path) -> Iterator[Document]:
    """A token and its BIO tag a line, sentences between blank lines; which of them make up an abstract is not told."""
    for name in ("train.txt.gz", "dev.txt"):
        rows = [row.rsplit(" ", 1) for row in _lines(folder / name)]
        sentences = (list(run) for has_words, run in groupby(rows, key=lambda row: len(row) > 1) if has_words)
        for number, sentence in enumerate(sentences):
            # three tokens are empty: they were blanks of another kind
            words, tags = zip(*((word.strip() or "_", tag) for word, tag in sentence), strict=True)
            yield _token_document(f"matscholar:{name.partition('.')[0]}:{number}", words, tags)


def _sc_comics(folder: Path) -> Iterator[Document]:
    labels = frozenset(map(entity_type, SC_TYPES))
    path = folder / "sc_comics_brat.tar.gz"
    for gold in brat.read(path, corpus="sc_comics", entities=labels, relations=frozenset()):
        yield Document(gold.document.id, gold.document.text, mentions=gold.document.mentions)


def _polymer_abstracts(folder: Path) -> Iterator[Document]:
    """JSON Lines of words and labels without begin and inside: a run of one label is a mention."""
    for name in ("train.json.gz", "dev.json"):
        for number, row in enumerate(filter(None, _lines(folder / name))):
            record = json.loads(row)
            yield _token_document(
                f"polymer_abstracts:{name.partition('.')[0]}:{number}", record["words"], record["ner"]
            )


def _token_document(identifier: str, words: Sequence[str], tags: Sequence[str]) -> Document:
    mentions: list[Mention] = []
    start, last = 0, "O"
    for word, tag in zip(words, tags, strict=True):
        label = tag.removeprefix("B-").removeprefix("I-")
        end = start + len(word)
        if label != "O" and label == last and not tag.startswith("B-"):
            mentions[-1] = _given(Span(mentions[-1].span.start, end), label)
        elif label != "O":
            mentions.append(_given(Span(start, end), label))
        start, last = end + 1, label
    return join_tokens(Document(identifier, " ".join(words)).replace_mentions(mentions))


def _measeval(folder: Path) -> Iterator[Document]:
    """`docId, annotSet, annotType, startOffset, endOffset, ...` beside a text for each paragraph."""
    for name in ("measeval_train.tar.gz", "measeval_trial.tar.gz"):
        with tarfile.open(folder / name) as archive:
            files = {
                Path(member.name).name: stream.read().decode("utf-8")
                for member in archive
                if member.isfile() and (stream := archive.extractfile(member)) is not None
            }
        for file, text in sorted(files.items()):
            if not file.endswith(".txt"):
                continue
            # paragraphs without quantities have no table
            rows = [row.split("\t") for row in files.get(file.replace(".txt", ".tsv"), "").splitlines()[1:]]
            mentions = {_given(Span(int(row[3]), int(row[4])), row[2]) for row in rows}
            yield Document(f"measeval:{file.removesuffix('.txt')}", text).replace_mentions(mentions)


PGX_TYPES = {
    "Gene_or_protein": "Gene",
    "Chemical": "Chemical",
    "Disease": "Disease",
    "Limited_variation": "Variant",
    "Haplotype": "Variant",
    "Genomic_variation": UNSURE,
    "Genomic_factor": UNSURE,
    "Phenotype": UNSURE,
    "Pharmacodynamic_phenotype": UNSURE,
    "Pharmacokinetic_phenotype": UNSURE,
}
#: SPL, the symmetry or phase, and DSC, films and powders, are what MuLMS calls the form
MATSCHOLAR_TYPES = {
    "MAT": "Material",
    "PRO": "Property",
    "CMT": "Method",
    "SMT": "Process",
    "APL": "Application",
    "DSC": "Form",
    "SPL": "Form",
}
#: "Material" are films, bulk, grains; SC is superconductivity and Tc; Doping are words such as "substituted"
SC_TYPES = {
    "Main": "Material",
    "Element": "Material",
    "Material": "Form",
    "Property": "Property",
    "Characterization": "Method",
    "Process": "Process",
    "Value": "Quantity",
    "SC": UNSURE,
    "Doping": UNSURE,
}
POLYMER_TYPES = {
    "POLYMER": "Material",
    "POLYMER_FAMILY": "Material",
    "MONOMER": "Material",
    "ORGANIC": "Material",
    "INORGANIC": "Material",
    "PROP_NAME": "Property",
    "PROP_VALUE": "Quantity",
    "MATERIAL_AMOUNT": "Quantity",
}
DRUG_TYPES = dict.fromkeys(("drug", "brand", "group", "drug_n"), "Chemical")

CORPORA = (
    Unseen("bc2gm", "public domain (NCBI notice)", _bc2gm, {"GENE": "Gene"}),
    Unseen("ddi2013", "CC BY-NC 4.0", _ddi2013, DRUG_TYPES),
    Unseen("pgxcorpus", "CC BY-NC 4.0", _pgxcorpus, PGX_TYPES),
    Unseen("matscholar", "GPL-3.0 (repository)", _matscholar, MATSCHOLAR_TYPES),
    Unseen("sc_comics", "CC BY-NC 3.0", _sc_comics, SC_TYPES),
    Unseen("polymer_abstracts", "Georgia Tech public use, not for sale", _polymer_abstracts, POLYMER_TYPES),
    # properties and entities are annotated only where a quantity is measured of them
    Unseen("measeval", "not stated (texts CC BY)", _measeval, {"Quantity": "Quantity"}),
)
