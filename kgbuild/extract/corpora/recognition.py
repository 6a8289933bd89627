"""What a file or folder of a corpus looks like, for messages: which of our formats it is most likely in."""

import gzip
import json
import lzma
import re
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path, PurePath
from typing import Any

import msgspec

__all__ = ["Look", "look_at"]

#: Bytes that are looked at.
HEAD = 65536
OPENERS: dict[str, Callable[..., Any]] = {".gz": gzip.open, ".xz": lzma.open}
#: Format -> what its first line looks like.
LINES = {
    "pubtator": re.compile(r"\S+\|[ta]\|"),
    "bioc": re.compile(r"(?:<\?xml[^>]*>\s*)?(?:<!DOCTYPE[^>]*>\s*)?<collection\b"),
    "brat": re.compile(r"[TREAN#]\d+\t\S+ "),
    "conll": re.compile(r"-DOCSTART-|\S+(?:[\t ]\S+){0,8}[\t ](?:O|[BIESLU]-[A-Z]\S*)[\t ]*(?:\n|\Z)"),
}
#: Format -> keys of the JSON objects that it is made of.
KEYS = {
    "polyie": {"text", "label", "relation"},
    "craft": {"pmid", "text", "annotations"},
    "mulms": {"text", "sentences", "entities"},
    "abstracts": {"abstract"},
    "bioc": {"documents"},
    "pubtator": {"text", "mentions"},
}


class Look(msgspec.Struct, frozen=True):
    """What something looks like in words, and the format that a recipe calls it by, or ""."""

    words: str
    format: str = ""


def look_at(path: Path) -> Look:
    """What lies at the path, by names of files and first lines; the path may end in `!part`."""
    path = Path(str(path).partition("!")[0])
    try:
        if path.is_dir():
            return _of_names((str(file.relative_to(path)) for file in path.rglob("*") if file.is_file()), "folder")
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                return _of_names(archive.namelist(), "archive")
        if tarfile.is_tarfile(path):
            with tarfile.open(path) as archive:
                return _of_names(archive.getnames(), "archive")
        with OPENERS.get(path.suffix, open)(path, "rb") as stream:
            return _of_text(stream.read(HEAD), path.suffix)
    except (OSError, EOFError, tarfile.TarError, zipfile.BadZipFile, zlib.error, lzma.LZMAError) as error:
        return Look(f"a file that cannot be read ({error})")


def _of_names(names: Iterable[str], kind: str) -> Look:
    given = [name for name in names if not PurePath(name).name.startswith(".")]
    files = {PurePath(name).suffix for name in given}
    if any("annotations/frames/" in name for name in given):
        return Look(f"a {kind} of SOFC-Exp", "sofc_exp")
    if {".txt", ".ann"} <= files:
        return Look(f"a {kind} of brat standoff, .txt and .ann", "brat")
    if any(re.search(r"entities.*\.tsv", name) for name in given):
        return Look(f"a {kind} of DrugProt's tables", "drugprot")
    endings = ", ".join(sorted(ending or "no ending" for ending in files)[:5])
    return Look(f"a {kind} of files with {endings}" if given else f"an empty {kind}")


def _of_text(head: bytes, suffix: str) -> Look:
    if suffix == ".spacy":
        return Look("a DocBin of spaCy", "docbin")
    text = head.decode("utf-8", errors="ignore").lstrip("\ufeff\n\r ")
    if not text:
        return Look("an empty file")
    if b"\0" in head:
        return Look("a binary file")
    if text.startswith(("{", "[")):
        return _of_json(text)
    for name, pattern in LINES.items():
        if pattern.match(text):
            return Look(_NAMES[name], name)
    (first, *_) = text.splitlines()
    return Look(f"a text that begins with {first[:60]!r}")


def _of_json(text: str) -> Look:
    try:
        first, _ = json.JSONDecoder().raw_decode(text)
        keys = set(first)
    except (ValueError, TypeError, RecursionError):  # an object that is longer than what was looked at
        keys = set(re.findall(r'"(\w+)"\s*:', text))
    for name, wanted in KEYS.items():
        if wanted <= keys:
            return Look(_NAMES[name], name)
    return Look(f"JSON with {', '.join(sorted(map(str, keys))[:6])}")


_NAMES = {
    "pubtator": "a file in PubTator format or of kgbuild's JSON Lines",
    "bioc": "a file in BioC format",
    "brat": "a single .ann file of brat standoff, whose folder is wanted",
    "conll": "a file of CoNLL columns",
    "polyie": "a part of PolyIE",
    "craft": "a part of CRAFT",
    "mulms": "a part of MuLMS",
    "abstracts": "JSON Lines of abstracts",
}
