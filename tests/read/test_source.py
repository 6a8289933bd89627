import bz2
import gzip
import io
import lzma
import os
import pickle
import sys
import tarfile
import threading
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from kgbuild.document import Failure
from kgbuild.errors import ReadError
from kgbuild.read import archive, tar_member
from kgbuild.read.source import Source, find_sources


def contents(paths: Iterable[Path | str]) -> list[tuple[str, bytes]]:
    found = []
    for source in find_sources([str(path) for path in paths]):
        assert isinstance(source, Source), source
        with source.open() as stream:
            found.append((source.name, stream.read()))
    return found


def failures(path: Path) -> list[str]:
    return [item.reason for item in find_sources([str(path)]) if isinstance(item, Failure)]


def zip_of(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return buffer.getvalue()


def tar_of(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as packed:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            packed.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def write(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def test_a_folder_gives_its_files_sorted_to_any_depth_without_hidden_ones(tmp_path: Path) -> None:
    for name in ("b.xml", "a/é.xml", "a/.hidden", ".git/config", "__MACOSX/b.xml"):
        write(tmp_path / name, name.encode())
    assert [name for name, _ in contents([tmp_path])] == [str(tmp_path / "b.xml"), str(tmp_path / "a/é.xml")]


def test_an_empty_folder_gives_nothing(tmp_path: Path) -> None:
    assert contents([tmp_path]) == []


def test_a_glob_is_sorted_and_a_file_named_twice_comes_once(tmp_path: Path) -> None:
    for name in ("2.xml", "1.xml", "3.txt"):
        write(tmp_path / name, b"x")
    found = contents([tmp_path / "*.xml", tmp_path / "1.xml"])
    assert [name for name, _ in found] == [str(tmp_path / "1.xml"), str(tmp_path / "2.xml")]


def test_a_path_that_does_not_exist_is_an_error_before_anything_is_yielded(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="no such file or folder"):
        find_sources([str(tmp_path), str(tmp_path / "missing.xml")])
    with pytest.raises(ReadError, match="no file matches"):
        find_sources([str(tmp_path / "*.nxml")])


def test_folders_that_link_to_themselves_are_walked_once(tmp_path: Path) -> None:
    write(tmp_path / "papers/a.xml", b"a")
    (tmp_path / "papers/loop").symlink_to(tmp_path / "papers")
    assert [name for name, _ in contents([tmp_path / "papers"])] == [str(tmp_path / "papers/a.xml")]


def test_names_that_are_not_utf8_are_escaped_and_their_files_read(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"caf\xe9.txt")).write_bytes(b"coffee")
    with tarfile.open(tmp_path / "a.tar", "w", format=tarfile.GNU_FORMAT, encoding="latin-1") as packed:
        info = tarfile.TarInfo("\xe9t\xe9.txt")
        info.size = 6
        packed.addfile(info, io.BytesIO(b"summer"))
    found = contents([tmp_path])
    assert found == [(f"{tmp_path}/a.tar!\\xe9t\\xe9.txt", b"summer"), (f"{tmp_path}/caf\\xe9.txt", b"coffee")]


@pytest.mark.parametrize("path", [".", "graph", "graph/manifest.json", "graph/cypher", "**/*"])
def test_the_files_of_a_graph_are_no_papers_and_one_line_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("graph/.kgbuild", "graph/manifest.json", "graph/cypher/LOG", "paper.txt"):
        write(tmp_path / name, b"text")
    found = list(find_sources([path]))
    assert [Path(item.source).name for item in found if isinstance(item, Failure)] == ["graph"]
    assert all("is a graph of kgbuild" in item.reason for item in found if isinstance(item, Failure))
    assert [item.name for item in found if isinstance(item, Source)] == ["paper.txt"] * (path in (".", "**/*"))


def test_a_dangling_link_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "gone.xml").symlink_to(tmp_path / "nowhere")
    assert "cannot be opened" in failures(tmp_path)[0]


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, lzma.compress])
def test_compressed_files_are_unpacked_whatever_their_name(tmp_path: Path, compress: object) -> None:
    path = write(tmp_path / "paper", compress(b"<article/>"))  # type: ignore[operator]
    assert contents([path]) == [(str(path), b"<article/>")]


def test_archives_in_one_another_give_their_members(tmp_path: Path) -> None:
    inner = zip_of({"a.xml": b"a", "b.xml.gz": gzip.compress(b"b")})
    path = write(tmp_path / "all.tar.gz", gzip.compress(tar_of({"first.xml": b"1", "in.zip": inner, "last.xml": b"2"})))
    assert contents([path]) == [
        (f"{path}!first.xml", b"1"),
        (f"{path}!in.zip!a.xml", b"a"),
        (f"{path}!in.zip!b.xml.gz", b"b"),
        (f"{path}!last.xml", b"2"),
    ]


def test_members_can_be_opened_later_in_any_order_and_again(tmp_path: Path) -> None:
    members = {f"{number}.xml": str(number).encode() * 5 for number in range(5)}
    write(tmp_path / "a.zip", zip_of(members))
    write(tmp_path / "b.tar", tar_of(members))
    write(tmp_path / "c.tgz", gzip.compress(tar_of(members)))
    sources = [source for source in find_sources([str(tmp_path)]) if isinstance(source, Source)]
    again = pickle.loads(pickle.dumps(sources))
    for source in [*reversed(sources), *again]:
        with source.open() as stream:
            assert stream.read() == members[source.name.partition("!")[2]]
    assert len(sources) == 15


@pytest.mark.parametrize("largest_held", [tar_member.LARGEST_HELD, 8])
@pytest.mark.parametrize(
    ("pack", "opener"),
    [
        (gzip.compress, archive.Decompressed),
        (lambda packed: zip_of({"in.tar": packed}), archive.ZipMember),
        (lambda packed: gzip.compress(zip_of({"in.tar": packed})), archive.ZipMember),
    ],
)
def test_a_packed_tar_is_opened_as_often_for_many_members_as_for_few(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    pack: Callable[[bytes], bytes],
    opener: type,
    largest_held: int,
) -> None:
    calls: list[object] = []
    call = opener.__call__
    monkeypatch.setattr(opener, "__call__", lambda self: calls.append(self) or call(self))
    monkeypatch.setattr(tar_member, "LARGEST_HELD", largest_held)
    totals = []
    for n_members in (3, 30):
        calls.clear()
        members = {f"{number}.xml": f"<p>{number}</p>".encode() * 3 for number in range(n_members)}
        path = write(tmp_path / f"{n_members}.packed", pack(tar_of(members)))
        assert [content for _, content in contents([path])] == list(members.values())
        totals.append(len(calls))
    assert totals[0] == totals[1] > 0


def test_a_compressed_tar_is_unpacked_once_to_list_and_read_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unpacked = tar_of({f"{number}.xml": os.urandom(9999) for number in range(99)})
    path = write(tmp_path / "a.tgz", gzip.compress(unpacked))
    taken: list[int] = []
    take = archive._Bounded.take

    def counting(self: archive._Bounded, size: int) -> bytes:
        chunk = take(self, size)
        taken.append(len(chunk))
        return chunk

    monkeypatch.setattr(archive._Bounded, "take", counting)
    assert len(contents([path])) == 99
    first_look = 256 * 1024  # at the bytes by which it is known for a tar
    assert len(unpacked) <= sum(taken) <= len(unpacked) + first_look


def test_the_members_before_the_place_where_a_packed_tar_is_cut_off_are_read(tmp_path: Path) -> None:
    packed = gzip.compress(tar_of({f"{number}.xml": os.urandom(9999) for number in range(99)}))
    path = write(tmp_path / "a.tgz", packed[: len(packed) // 2])
    *members, failure = find_sources([str(path)])
    assert 0 < len(members) < 50 and all(isinstance(member, Source) for member in members)
    assert isinstance(failure, Failure) and failure.reason.startswith(f"{path}: cannot be unpacked: ")


def test_archives_deeper_than_the_limit_are_failures(tmp_path: Path) -> None:
    content = b"x"
    for _ in range(4):
        content = zip_of({"in.zip": content})
    assert "deeper than 3" in failures(write(tmp_path / "deep.zip", content))[0]


@pytest.mark.parametrize("name", ["../outside.xml", "/absolute.xml", "a/../../b.xml", "C:/x.xml", "..\\x.xml"])
def test_members_with_unsafe_paths_are_failures_and_others_are_read(tmp_path: Path, name: str) -> None:
    for path in (
        write(tmp_path / "a.zip", zip_of({name: b"evil", "ok.xml": b"ok"})),
        write(tmp_path / "a.tar", tar_of({name: b"evil", "ok.xml": b"ok"})),
    ):
        found = list(find_sources([str(path)]))
        assert [type(item) for item in found] == [Failure, Source]
        assert isinstance(found[0], Failure) and "unsafe path" in found[0].reason


def test_links_in_a_tar_are_failures(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.tar", "w") as packed:
        info = tarfile.TarInfo("link.xml")
        info.type, info.linkname = tarfile.SYMTYPE, "/etc/hostname"
        packed.addfile(info)
    assert "is a link" in failures(tmp_path / "a.tar")[0]


def test_a_zip_bomb_is_a_failure_that_says_so(tmp_path: Path) -> None:
    path = write(tmp_path / "bomb.zip", zip_of({"bomb.xml": bytes(32 * 1024 * 1024), "ok.xml": b"ok"}))
    assert "zip bomb" in failures(path)[0]
    assert len(list(find_sources([str(path)]))) == 2


def test_a_gzip_bomb_stops_while_it_is_read(tmp_path: Path) -> None:
    path = write(tmp_path / "bomb.xml.gz", gzip.compress(bytes(32 * 1024 * 1024)))
    (source,) = find_sources([str(path)])
    assert isinstance(source, Source)
    with source.open() as stream, pytest.raises(ReadError, match="200 times its size"):
        while stream.read(65536):
            pass


def test_a_member_and_an_archive_have_a_largest_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "a.tar", tar_of({"a.xml": b"x" * 3000, "b.xml": b"x" * 600, "c.xml": b"x" * 600}))
    monkeypatch.setattr(archive, "LARGEST_MEMBER", 2000)
    monkeypatch.setattr(archive.Budget.__init__, "__defaults__", (1000,))
    found = failures(path)
    assert ["a member may have" in found[0], "in all" in found[1], len(found)] == [True, True, 2]


@pytest.mark.parametrize(
    "content", [b"PK\x03\x04 not a zip", gzip.compress(b"x" * 99, mtime=0)[:20], b"x" * 257 + b"ustar" + b"x" * 300]
)
def test_damaged_archives_are_failures(tmp_path: Path, content: bytes) -> None:
    assert "cannot be unpacked" in failures(write(tmp_path / "broken", content))[0]


def test_an_encrypted_member_is_a_failure(tmp_path: Path) -> None:
    content = bytearray(zip_of({"a.xml": b"secret"}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + offset] |= 1
    assert "encrypted" in failures(write(tmp_path / "a.zip", bytes(content)))[0]


def test_office_files_are_not_taken_apart(tmp_path: Path) -> None:
    path = write(tmp_path / "t.xlsx", zip_of({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"}))
    assert [name for name, _ in contents([path])] == [str(path)]


def test_stdin_is_read_and_unpacked_and_stays_open(monkeypatch: pytest.MonkeyPatch) -> None:
    stdin = io.TextIOWrapper(io.BytesIO(gzip.compress(b"text")))
    monkeypatch.setattr(sys, "stdin", stdin)
    assert contents(["-"]) == [("stdin", b"text")]
    assert not stdin.buffer.closed


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_named_pipe_is_read_once(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_bytes, args=(b"text",))
    writer.start()
    assert contents([path]) == [(str(path), b"text")]
    writer.join()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_in_a_folder_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "text.txt").write_bytes(b"text")
    failure, source = find_sources([str(tmp_path)])
    assert isinstance(failure, Failure) and failure.reason.endswith("pipe: is a pipe or a device, not a file")
    assert isinstance(source, Source) and source.name.endswith("text.txt")


def test_real_bundles_give_all_their_members(shared_data: Path) -> None:
    names = [name.partition("!")[2] for name, content in contents([shared_data / "documents/bundles"]) if content]
    assert len([name for name in names if name.endswith((".xml", ".nxml", ".nxml.gz"))]) == 9
