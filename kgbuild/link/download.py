"""Downloads a file over HTTP, whole and once: continued where a connection broke, checked, and put in place at its end.

What was received lies in `<name>.part` beside the target, with the server's validator (ETag or date) in
`<name>.part.tag`: only the same version of the file is continued.
"""

import fcntl
import hashlib
import http.client
import urllib.error
import urllib.request
from collections.abc import Callable
from email.message import Message
from pathlib import Path

import msgspec

from kgbuild.errors import OntologyError

__all__ = ["Download", "NotFoundError", "OnBytes", "UnreachableError", "download", "nothing"]

#: told how many bytes are here and how many there are, None where the server does not say
OnBytes = Callable[[int, int | None], None]

ATTEMPTS = 4
TIMEOUT_SECONDS = 30
BLOCK = 1 << 18
PARTIAL_CONTENT, NOT_MODIFIED, NOT_FOUND, GONE, RANGE_NOT_SATISFIABLE = 206, 304, 404, 410, 416


class NotFoundError(OntologyError):
    """The server has no such file."""


class UnreachableError(OntologyError):
    """The server cannot be reached, or breaks off."""


class Download(msgspec.Struct, frozen=True):
    """A file that was downloaded; `tag` is what the server tells its versions apart by."""

    url: str
    sha256: str
    size: int
    tag: str


def nothing(done: int, total: int | None) -> None:
    """Tells nobody."""


def download(url: str, path: Path, *, sha256: str = "", tag: str = "", on_bytes: OnBytes = nothing) -> Download | None:
    """Brings the file of a URL to `path`; None if the server says that it is still the one with this tag.

    OntologyError if it cannot be had, or is not the one with this SHA-256. What came of it stays for the next try.
    """
    if not url.startswith(("http://", "https://")):
        raise OntologyError(f"{url}: expected an address that begins with http:// or https://")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_name(path.name + ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another process that downloads the same file is waited for
        return _download(url, path, sha256, tag, on_bytes)


def _download(url: str, path: Path, sha256: str, tag: str, on_bytes: OnBytes) -> Download | None:
    part, part_tag = (path.with_name(path.name + ending) for ending in (".part", ".part.tag"))
    for attempt in range(1, ATTEMPTS + 1):
        try:
            found_tag = _receive(url, part, part_tag, tag, on_bytes)
            break
        except urllib.error.HTTPError as error:
            if error.code == NOT_MODIFIED:
                return None
            if error.code in (NOT_FOUND, GONE):
                raise NotFoundError(f"{url}: there is no such file ({error.code} {error.reason})") from error
            if error.code == RANGE_NOT_SATISFIABLE:
                part.unlink(missing_ok=True)
            _give_up(url, part, error, attempt if error.code == RANGE_NOT_SATISFIABLE else ATTEMPTS)
        except (OSError, http.client.HTTPException) as error:
            _give_up(url, part, error, attempt if part.exists() else ATTEMPTS)
    found = _digest(part)
    if sha256 and found != sha256:
        part.unlink()
        raise OntologyError(f"{url}: expected SHA-256 {sha256}, found {found}; the file was not kept")
    part_tag.unlink(missing_ok=True)
    size = part.stat().st_size
    part.replace(path)
    return Download(url, found, size, found_tag)


def _receive(url: str, part: Path, part_tag: Path, known_tag: str, on_bytes: OnBytes) -> str:
    """Adds to the part what is missing of the file; the server's tag for it."""
    request = urllib.request.Request(url, headers={"User-Agent": "kgbuild"})
    held_tag = part_tag.read_text("utf-8") if part.is_file() and part_tag.is_file() else ""
    if held_tag:
        request.add_header("Range", f"bytes={part.stat().st_size}-")
        request.add_header("If-Range", held_tag)
    elif known_tag:
        request.add_header("If-None-Match" if '"' in known_tag else "If-Modified-Since", known_tag)
    with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as response:
        found_tag = _tag(response.headers)
        is_continued = response.status == PARTIAL_CONTENT
        done = part.stat().st_size if is_continued else 0
        length = response.headers.get("Content-Length")
        total = done + int(length) if length is not None else None
        part_tag.write_text(found_tag, "utf-8")
        with part.open("ab" if is_continued else "wb") as stream:
            on_bytes(done, total)
            while block := response.read(BLOCK):
                stream.write(block)
                done += len(block)
                on_bytes(done, total)
    if total is not None and done != total:
        raise ConnectionError(f"{done} of {total} bytes came")
    return found_tag


def _tag(headers: Message) -> str:
    """A strong ETag, else the date of the last change; a weak ETag does not promise the same bytes."""
    etag = headers.get("ETag", "")
    return etag if etag and not etag.startswith("W/") else headers.get("Last-Modified", "")


def _give_up(url: str, part: Path, error: Exception, attempt: int) -> None:
    if attempt < ATTEMPTS:
        return
    reason = getattr(error, "reason", None) or error
    kept = f"; the first {part.stat().st_size} bytes are kept, and the same command continues" if part.exists() else ""
    raise UnreachableError(f"{url}: could not be downloaded: {reason}{kept}") from error


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
