import gzip
import hashlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from kgbuild.cli.group import run
from kgbuild.errors import OntologyError
from kgbuild.link import catalogue, releases
from kgbuild.link.download import ATTEMPTS, download

OBO = b"format-version: 1.2\n\n[Term]\nid: MONDO:0000001\nname: disease\n"
NEWER = OBO + b"\n[Term]\nid: MONDO:0000002\nname: other disease\n"


class Server(ThreadingHTTPServer):
    """Serves `files` with ranges and ETags, breaks off after `limit` bytes of an answer, and notes what was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.files: dict[str, bytes] = {}
        self.limit: int | None = None
        self.with_tags = True
        self.asked: list[tuple[str, str]] = []
        self.url = f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.asked.append((self.path, self.headers.get("Range", "")))
        content = self.server.files.get(self.path)
        if content is None:
            self.send_error(404)
            return
        tag = f'"{hashlib.sha256(content).hexdigest()[:8]}"'
        if self.headers.get("If-None-Match") == tag:
            self.send_response(304)
            self.end_headers()
            return
        start = 0
        if self.headers.get("If-Range") == tag:
            start = int(self.headers["Range"].removeprefix("bytes=").removesuffix("-"))
        if start and start >= len(content):
            self.send_error(416)
            return
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(content) - start))
        if self.server.with_tags:
            self.send_header("ETag", tag)
        self.end_headers()
        stop = len(content) if self.server.limit is None else min(len(content), start + self.server.limit)
        self.wfile.write(content[start:stop])

    def log_message(self, *words: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as found:
        thread = threading.Thread(target=found.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield found
        found.shutdown()
        thread.join()


@pytest.fixture
def obo(server, monkeypatch) -> Server:
    """The server in the place of the OBO Foundry's."""
    monkeypatch.setattr(releases, "OBO", f"{server.url}/")
    server.files["/mondo.obo"] = OBO
    return server


def test_a_file_is_downloaded_whole_and_its_bytes_are_told(server, tmp_path):
    server.files["/x"] = bytes(1_000_000)
    told: list[tuple[int, int | None]] = []
    found = download(f"{server.url}/x", tmp_path / "x", on_bytes=lambda *numbers: told.append(numbers))
    assert (tmp_path / "x").read_bytes() == server.files["/x"]
    assert (found.size, found.sha256) == (1_000_000, hashlib.sha256(bytes(1_000_000)).hexdigest())
    assert told[0] == (0, 1_000_000) and told[-1] == (1_000_000, 1_000_000) and told == sorted(told)
    assert [path.name for path in tmp_path.iterdir() if path.suffix in (".part", ".tag")] == []


def test_a_broken_download_is_continued_where_it_broke(server, tmp_path):
    server.files["/x"], server.limit = bytes(range(250)) * 4, 400
    download(f"{server.url}/x", tmp_path / "x")
    assert (tmp_path / "x").read_bytes() == server.files["/x"]
    assert [asked for _, asked in server.asked] == ["", "bytes=400-", "bytes=800-"]


def test_what_came_is_kept_for_the_next_run(server, tmp_path):
    server.files["/x"], server.limit = bytes(range(250)) * 4, 100
    with pytest.raises(OntologyError, match=r"first 400 bytes are kept, and the same command continues"):
        download(f"{server.url}/x", tmp_path / "x")
    assert len(server.asked) == ATTEMPTS and not (tmp_path / "x").exists()
    server.limit = None
    download(f"{server.url}/x", tmp_path / "x")
    assert (tmp_path / "x").read_bytes() == server.files["/x"]
    assert server.asked[-1] == ("/x", "bytes=400-")


def test_another_version_is_not_mixed_with_what_came_before(server, tmp_path):
    server.files["/x"], server.limit = b"a" * 1000, 100
    with pytest.raises(OntologyError):
        download(f"{server.url}/x", tmp_path / "x")
    server.files["/x"], server.limit = b"b" * 1000, None
    download(f"{server.url}/x", tmp_path / "x")
    assert (tmp_path / "x").read_bytes() == b"b" * 1000


def test_without_a_validator_a_download_starts_anew(server, tmp_path):
    server.files["/x"], server.limit, server.with_tags = b"a" * 1000, 600, False
    with pytest.raises(OntologyError):
        download(f"{server.url}/x", tmp_path / "x")
    assert {asked for _, asked in server.asked} == {""}


def test_a_wrong_checksum_leaves_nothing(server, tmp_path):
    server.files["/x"] = b"not it"
    with pytest.raises(OntologyError, match="expected SHA-256 00"):
        download(f"{server.url}/x", tmp_path / "x", sha256="00" * 32)
    assert sorted(path.suffix for path in tmp_path.iterdir()) in ([".lock"], [".lock", ".tag"])


def test_the_release_of_a_prefix_is_downloaded_and_compiled(obo):
    words: list[str] = []
    (added,) = catalogue.add_ontology("MONDO", progress=words.append)
    meta = added.ontology.meta
    assert (meta.name, meta.concepts, meta.source) == ("mondo", 1, f"{obo.url}/mondo.obo")
    assert hashlib.sha256(OBO).hexdigest() in words[1]
    assert catalogue.open_ontology("mondo").meta == meta, "a release goes before the default ontology of its name"


def test_asking_again_downloads_only_what_is_newer(obo):
    (first,) = catalogue.add_ontology("mondo")
    (same,) = catalogue.add_ontology("mondo")
    assert same.seconds is None and same.ontology.meta == first.ontology.meta
    obo.files["/mondo.obo"] = NEWER
    (newer,) = catalogue.add_ontology("mondo")
    assert newer.ontology.meta.concepts == 2
    assert catalogue.open_ontology("mondo").meta == newer.ontology.meta
    assert len(catalogue.show_ontology("mondo")) == 2


def test_a_release_in_owl_is_found_where_there_is_none_in_obo(obo):
    obo.files["/iao.owl"] = (
        b'<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        b'xmlns:owl="http://www.w3.org/2002/07/owl#" xmlns:rdfs="http://www.w3.org/2000/01/rdf-schema#">'
        b'<owl:Class rdf:about="http://purl.obolibrary.org/obo/IAO_0000310"><rdfs:label>document</rdfs:label></owl:Class>'
        b"</rdf:RDF>"
    )
    (added,) = catalogue.add_ontology("iao")
    assert added.ontology.concept("IAO:0000310").name == "document"
    assert [path for path, _ in obo.asked] == ["/iao.obo", "/iao.owl"]


def test_an_address_and_a_checksum_may_be_given(server):
    content = gzip.compress(b"id\tname\nX:1\tone\n", mtime=0)
    server.files["/v2/mine.tsv.gz"] = content
    checksum = hashlib.sha256(content).hexdigest()
    (added,) = catalogue.add_ontology("mine", "Device", url=f"{server.url}/v2/mine.tsv.gz#sha256={checksum}")
    assert added.ontology.meta.types == ("Device",)
    server.files["/v2/mine.tsv.gz"] = content[:-1]
    with pytest.raises(OntologyError, match=f"expected SHA-256 {checksum}"):
        catalogue.add_ontology("mine", url=f"{server.url}/v2/mine.tsv.gz#sha256={checksum}")
    with pytest.raises(OntologyError, match="expected #sha256="):
        catalogue.add_ontology("mine", url=f"{server.url}/v2/mine.tsv.gz#md5=1")
    with pytest.raises(OntologyError, match="http"):
        catalogue.add_ontology("mine", url="ftp://127.0.0.1/mine.tsv")


def test_a_prefix_without_a_release_is_reported_with_what_was_tried(obo):
    with pytest.raises(
        OntologyError, match=r"nonsense: no release was found .*nonsense\.obo.*404.*nonsense\.owl.*--url"
    ):
        catalogue.add_ontology("nonsense")


def test_without_a_network_the_error_says_what_to_do(monkeypatch):
    with Server() as gone:  # a port at which nobody listens any more
        url = gone.url
    monkeypatch.setattr(releases, "OBO", f"{url}/")
    with pytest.raises(OntologyError, match="could not be downloaded") as error:
        catalogue.add_ontology("mondo")
    assert "kgbuild ontology add FILE" in str(error.value) and "kgbuild ontology add default" in str(error.value)


def test_without_a_network_the_copy_of_this_machine_is_used(obo, monkeypatch):
    (first,) = catalogue.add_ontology("mondo")
    obo.limit = 0
    obo.files["/mondo.obo"] = NEWER
    words: list[str] = []
    (again,) = catalogue.add_ontology("mondo", progress=words.append)
    assert again.ontology.meta == first.ontology.meta
    assert "the copy of this machine is used, because" in words[1]


def test_the_command_tells_the_bytes_and_what_came_of_them(server, capsys):
    server.files["/mine.tsv"] = b"id\tname\nX:1\tone\n"
    assert run(["ontology", "add", "mine", "--type", "Device", "--url", f"{server.url}/mine.tsv"]) == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out)["source"] == f"{server.url}/mine.tsv"
    assert "16/16 bytes" in printed.err and "downloaded 16 bytes from" in printed.err
    assert "mine: compiled in" in printed.err


def test_nothing_is_downloaded_to_open_an_ontology():
    with pytest.raises(OntologyError, match="`kgbuild ontology add nonsense` downloads the official release"):
        catalogue.open_ontology("nonsense")
    with pytest.raises(OntologyError, match="neither a file") as error:
        catalogue.open_ontology("missing.obo")
    assert "downloads" not in str(error.value)
