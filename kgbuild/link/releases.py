"""The official release of an ontology, by its Bioregistry prefix: where it is, and the copy on this machine.

Projects of the OBO Foundry have theirs under one address; what is elsewhere stands in the table. A release lies in the
downloads folder with a record of where it came from, so that asking again costs one request.
"""

import re
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from kgbuild.errors import OntologyError
from kgbuild.link.download import Download, NotFoundError, OnBytes, UnreachableError, download, nothing
from kgbuild.prefixes import spelled

__all__ = ["Release", "fetch_release", "find_release", "is_prefix", "known_releases"]

OBO = "http://purl.obolibrary.org/obo/"
#: prefix in small letters -> the address of its release, where that is not OBO's
ELSEWHERE: dict[str, str] = {
    "cvcl": "https://ftp.expasy.org/databases/cellosaurus/cellosaurus.obo",
    "efo": "http://www.ebi.ac.uk/efo/efo.obo",
    "hgnc": "https://storage.googleapis.com/public-download-files/hgnc/tsv/tsv/hgnc_complete_set.txt",
    "ncbigene": "https://ftp.ncbi.nlm.nih.gov/gene/DATA/GENE_INFO/Mammalia/Homo_sapiens.gene_info.gz",  # human genes
    "om": "https://raw.githubusercontent.com/HajoRijgersberg/OM/master/om-2.0.rdf",
}
#: without a release in a format that is read; some are among the default ontologies
WITHOUT = frozenset(["chemicals", "famplex", "fplx", "mesh", "mgi", "rgd", "species"])
_PREFIX = re.compile(r"[A-Za-z][A-Za-z0-9]*")
_CHECKSUM = re.compile(r"sha256=([0-9a-f]{64})")


class Release(msgspec.Struct, frozen=True):
    """A downloaded release: `file` lies beside its record; `type` is given to all its concepts, "" to none."""

    name: str
    file: str
    type: str
    origin: Download


def is_prefix(name: str) -> bool:
    """Whether a release may be asked for by this name."""
    return _PREFIX.fullmatch(name) is not None and name.lower() not in WITHOUT


def find_release(downloads: Path, name: str) -> Release | None:
    """The release of this name on this machine, or None."""
    path = _record(downloads, _canonical(name))
    if not path.is_file():
        return None
    try:
        return msgspec.json.decode(path.read_bytes(), type=Release)
    except msgspec.DecodeError as error:
        raise OntologyError(
            f"{path}: damaged; remove it and run `kgbuild ontology add {name}` again: {error}"
        ) from error


def known_releases(downloads: Path) -> list[str]:
    """The names of the releases on this machine, sorted."""
    return sorted(path.name.removesuffix(".release.json") for path in downloads.glob("*.release.json"))


def fetch_release(
    downloads: Path, name: str, *, url: str = "", type: str = "", on_bytes: OnBytes = nothing
) -> tuple[Release, str]:
    """The newest release, and in words how it was come by; `url` is asked instead of the usual addresses.

    A checksum may follow the address as `#sha256=…`. Without a network the copy of this machine is used; where there is
    none, OntologyError says what to do.
    """
    canonical = _canonical(name)
    known = find_release(downloads, name)
    tried = []
    for address in [url] if url else _addresses(canonical):
        plain, _, fragment = address.partition("#")
        file = f"{canonical}-{Path(urlsplit(plain).path).name or 'ontology'}"
        held = known if known is not None and _is_copy(known, plain, downloads) else None
        checksum, tag = _checksum(fragment, address), held.origin.tag if held is not None else ""
        try:
            origin = download(plain, downloads / file, sha256=checksum, tag=tag, on_bytes=on_bytes)
        except NotFoundError as error:
            tried.append(str(error))
            continue
        except UnreachableError as error:
            if held is None:
                raise OntologyError(_what_to_do(error, plain, name)) from error
            return held, f"the copy of this machine is used, because {error}"
        if origin is not None:
            release, words = Release(canonical, file, type, origin), f"downloaded {origin.size:,} bytes from {plain}"
        elif held is not None:
            release = msgspec.structs.replace(held, type=type or held.type)
            words = f"already the newest release of {plain}"
        else:
            raise OntologyError(f"{plain}: the server said that nothing had changed, without being asked")
        _record(downloads, canonical).write_bytes(msgspec.json.format(msgspec.json.encode(release)))
        return release, f"{words} (SHA-256 {release.origin.sha256})"
    raise OntologyError(
        f"{name}: no release was found ({'; '.join(tried)}); give its address with --url, or download it and add the "
        "file"
    )


def _is_copy(release: Release, url: str, downloads: Path) -> bool:
    return release.origin.url == url and (downloads / release.file).is_file()


def _canonical(name: str) -> str:
    return (spelled(name) or name).lower()


def _addresses(name: str) -> list[str]:
    return [ELSEWHERE[name]] if name in ELSEWHERE else [f"{OBO}{name}.obo", f"{OBO}{name}.owl"]


def _checksum(fragment: str, address: str) -> str:
    match = _CHECKSUM.fullmatch(fragment)
    if fragment and match is None:
        raise OntologyError(f"{address}: expected #sha256= and 64 hexadecimal digits after the address")
    return match[1] if match else ""


def _what_to_do(error: OntologyError, url: str, name: str) -> str:
    return (
        f"{error}; without a network, download {url} elsewhere and run `kgbuild ontology add FILE`, or use the default "
        f"ontologies (`kgbuild ontology add default`); another address of {name} is given with --url"
    )


def _record(downloads: Path, name: str) -> Path:
    return downloads / f"{name}.release.json"
