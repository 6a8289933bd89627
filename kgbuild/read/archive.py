"""Compressed files and archives as streams of their members: gzip, bzip2, xz, zip and tar, in one another to depth 3.

Nothing is written to disk. Sizes are bounded by what the archive declares, which its reader enforces, and by what was
really unpacked where nothing is declared, so that a small file cannot unpack to an absurd amount. Openers are values
that can be pickled and called again. A compressed tar is unpacked once while its members are listed and opened in turn,
one member in memory at a time; to open them in another order later unpacks it again.
"""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import BinaryIO, Literal, NamedTuple, cast

from kgbuild.document import Failure
from kgbuild.errors import ReadError
from kgbuild.read.file_names import is_hidden, printable_name
from kgbuild.read.forward import Forward, Opener
from kgbuild.read.tar_member import TarMember, is_plain_file, release_tar

__all__ = ["Budget", "Member", "Packing", "list_members", "open_unpacked", "packing_of"]

Packing = Literal["gzip", "bzip2", "xz", "zip", "tar"]

MIB = 1024 * 1024
#: bytes that one member, and all members of an outermost archive together, may unpack to
LARGEST_MEMBER = 1024 * MIB
LARGEST_ARCHIVE = 256 * 1024 * MIB
#: unpacked bytes per packed byte, beyond the first 10 MiB
LARGEST_RATIO = 200
RATIO_FREE = 10 * MIB
#: an archive inside an archive is held in memory when it is a zip, which is read from its end
LARGEST_NESTED_ZIP = 256 * MIB
LARGEST_DEPTH = 3

MAGIC: dict[bytes, Packing] = {
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
    b"PK\x03\x04": "zip",
    b"PK\x05\x06": "zip",
}
TAR_MAGIC, TAR_MAGIC_AT = b"ustar", 257
OPENERS: dict[str, Callable[[BinaryIO], BinaryIO]] = {
    "gzip": lambda packed: cast(BinaryIO, gzip.GzipFile(fileobj=packed)),
    "bzip2": lambda packed: cast(BinaryIO, bz2.BZ2File(packed)),
    "xz": lambda packed: cast(BinaryIO, lzma.LZMAFile(packed)),  # noqa: SIM115  # closed by `_Bounded`
}
#: members by which an office file, which is a zip, differs from an archive
OFFICE_MEMBERS = ("[Content_Types].xml", "mimetype")

#: what the standard library raises for damaged, encrypted and unknown packing
DAMAGE = (OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, tarfile.TarError, RuntimeError, ValueError)


class Member(NamedTuple):
    """A file in an archive, or a compressed file: its name and how to open it, unpacked."""

    name: str
    open: Opener


@dataclass
class Budget:
    """What is left to unpack of an outermost archive."""

    bytes_left: int = LARGEST_ARCHIVE

    def spend(self, n_bytes: int) -> bool:
        """Takes this much, or says that it is more than what is left."""
        self.bytes_left -= n_bytes
        return self.bytes_left >= 0


def packing_of(stream: BinaryIO) -> Packing | None:
    """How a file is packed, by its first bytes; None when it is not."""
    return _packing_of_head(stream.read(512))


def list_members(name: str, opened: Opener, budget: Budget, depth: int = 0) -> Iterator[Member | Failure]:
    """The files in a packed file, in its order; itself when it is not packed. What cannot be unpacked is a Failure."""
    try:
        with opened() as stream:
            packing = packing_of(stream)
        if packing in OPENERS:
            opened = Decompressed(opened, name, None if depth == 0 else LARGEST_MEMBER)
            with opened() as stream:
                packing = packing_of(stream)
            if packing in OPENERS:
                raise ReadError(f"{name}: is compressed twice; unpack it once")
        if packing is None or (packing == "zip" and _is_office(opened, name)):
            yield Member(name, opened)
        elif depth == LARGEST_DEPTH:
            yield _failure(name, f"archives in one another deeper than {LARGEST_DEPTH} are not unpacked")
        else:
            members = _zip_members if packing == "zip" else _tar_members
            yield from members(name, opened, budget, depth)
    except ReadError as error:
        yield Failure(name, "read", str(error))
    except DAMAGE as error:
        yield _failure(name, f"cannot be unpacked: {error or type(error).__name__}")


def open_unpacked(name: str, stream: BinaryIO) -> BinaryIO:
    """A stream that can be read only once, decompressed if it is compressed; archives are refused."""
    buffered = io.BufferedReader(cast(io.RawIOBase, stream), 64 * 1024)
    packing = _packing_of_head(buffered.peek(512))
    if packing == "tar":
        raise ReadError(f"{name}: archives are not read from a pipe; give the archive as a file")
    return _decompress(buffered, name, packing, None) if packing in OPENERS else buffered


@dataclass(frozen=True)
class Decompressed:
    """Opens a gzip, bzip2 or xz file as the bytes in it; `limit` bounds them, None for a user's own large file."""

    packed: Opener
    name: str
    limit: int | None

    def __call__(self) -> BinaryIO:
        packing = _peek(self.packed)
        return _decompress(self.packed(), self.name, packing, self.limit)


@dataclass(frozen=True)
class ZipMember:
    """Opens one member of a zip, by its place in the archive's directory (names may repeat)."""

    archive: Opener
    archive_name: str
    index: int

    def __call__(self) -> BinaryIO:
        archive = _open_zip(self.archive, self.archive_name)
        return cast(BinaryIO, archive.open(archive.infolist()[self.index]))


def _zip_members(name: str, opened: Opener, budget: Budget, depth: int) -> Iterator[Member | Failure]:
    for index, info in enumerate(_open_zip(opened, name).infolist()):
        if info.is_dir() or _is_hidden_path(info.filename):
            continue
        member = f"{name}!{info.filename}"
        problem = _unsafe_path(info.filename) or _absurd_size(info.file_size, info.compress_size, budget)
        if info.flag_bits & 0x1:
            problem = "is encrypted; unpack it with its password first"
        if problem:
            yield _failure(member, problem)
        else:
            yield from list_members(member, ZipMember(opened, name, index), budget, depth + 1)


def _tar_members(name: str, opened: Opener, budget: Budget, depth: int) -> Iterator[Member | Failure]:
    with opened() as stream, tarfile.open(fileobj=stream, mode="r|") as archive:
        is_plain = is_plain_file(stream)
        while (info := archive.next()) is not None:
            # the archive would otherwise keep every header in memory
            archive.members.clear()  # type: ignore[attr-defined]
            if info.isdir() or _is_hidden_path(info.name):
                continue
            member = f"{name}!{printable_name(info.name)}"
            problem = _unsafe_path(info.name) or _absurd_size(info.size, None, budget)
            if not info.isreg() or info.issparse():
                problem = "is a link or a special file, not a plain one"
            if problem:
                yield _failure(member, problem)
            else:
                opener = TarMember.listed(opened, archive, info, is_plain=is_plain)
                yield from list_members(member, opener, budget, depth + 1)
        if not is_plain:
            release_tar(opened)


def _unsafe_path(path: str) -> str | None:
    parts = path.replace("\\", "/").split("/")
    if parts[0] == "" or parts[0].endswith(":") or ".." in parts:
        return (
            "has an unsafe path (absolute, or leading out of the archive); the archive may be hostile, it is not read"
        )
    return None


def _absurd_size(size: int, packed_size: int | None, budget: Budget) -> str | None:
    if size > LARGEST_MEMBER:
        return f"unpacks to {size // MIB} MiB, more than the {LARGEST_MEMBER // MIB} MiB that a member may have"
    if packed_size is not None and size > RATIO_FREE and size > LARGEST_RATIO * packed_size:
        return f"unpacks to more than {LARGEST_RATIO} times its size, as a zip bomb does; it is not read"
    if not budget.spend(size):
        return f"the archive unpacks to more than {LARGEST_ARCHIVE // MIB} MiB in all; split it"
    return None


def _is_hidden_path(path: str) -> bool:
    return any(is_hidden(part) for part in path.split("/")) and _unsafe_path(path) is None


def _is_office(opened: Opener, name: str) -> bool:
    return any(info.filename in OFFICE_MEMBERS for info in _open_zip(opened, name).infolist())


@lru_cache(maxsize=4)
def _open_zip(opened: Opener, name: str) -> zipfile.ZipFile:
    """The zip with its directory parsed, kept open for its members; inside another archive it is held in memory."""
    stream = opened()
    if is_plain_file(stream):
        try:
            archive = zipfile.ZipFile(stream)
        except DAMAGE:
            stream.close()
            raise
        archive._filePassed = 0  # type: ignore[attr-defined]  # so that closing the archive closes its file
        return archive
    with stream:
        content = stream.read(LARGEST_NESTED_ZIP + 1)
    if len(content) > LARGEST_NESTED_ZIP:
        raise ReadError(f"{name}: a zip inside an archive may have {LARGEST_NESTED_ZIP // MIB} MiB; unpack it first")
    return zipfile.ZipFile(io.BytesIO(content))


def _peek(opened: Opener) -> Packing | None:
    with opened() as stream:
        return packing_of(stream)


def _packing_of_head(head: bytes) -> Packing | None:
    if head[TAR_MAGIC_AT : TAR_MAGIC_AT + len(TAR_MAGIC)] == TAR_MAGIC:
        return "tar"
    return next((packing for magic, packing in MAGIC.items() if head.startswith(magic)), None)


def _decompress(stream: BinaryIO, name: str, packing: Packing | None, limit: int | None) -> BinaryIO:
    packed = _Counted(stream)
    source = io.BufferedReader(packed)
    unpacked = OPENERS[packing](source) if packing in OPENERS else source
    return io.BufferedReader(_Bounded(unpacked, packed, name, limit), 256 * 1024)


class _Counted(Forward):
    """A stream that counts what was read of it, and closes what it reads from."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.n_bytes = 0

    def take(self, size: int) -> bytes:
        chunk = self._stream.read(size)
        self.n_bytes += len(chunk)
        return chunk

    def close(self) -> None:
        if not self.closed:
            self._stream.close()
        super().close()


class _Bounded(_Counted):
    """Unpacked bytes, refused when they are absurdly many for the packed ones."""

    def __init__(self, stream: BinaryIO, packed: _Counted, name: str, limit: int | None) -> None:
        super().__init__(stream)
        self._packed = packed
        self._name = name
        self._limit = limit

    def take(self, size: int) -> bytes:
        chunk = super().take(size)
        if self._limit is not None and self.n_bytes > self._limit:
            raise ReadError(f"{self._name}: unpacks to more than the {self._limit // MIB} MiB that a member may have")
        if self.n_bytes > RATIO_FREE and self.n_bytes > LARGEST_RATIO * self._packed.n_bytes:
            raise ReadError(f"{self._name}: unpacks to more than {LARGEST_RATIO} times its size, as a bomb does")
        return chunk

    def close(self) -> None:
        super().close()
        self._packed.close()


def _failure(name: str, reason: str) -> Failure:
    return Failure(source=name, stage="read", reason=f"{name}: {reason}")
