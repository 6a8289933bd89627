"""Loads a graph into a SPARQL server: Apache Jena Fuseki (…/sparql) or Oxigraph (…/query).

The statements go as N-Quads to the dataset's graph store (https://www.w3.org/TR/sparql12-graph-store-protocol/) in
chunks, one after another. A dataset of the server holds one graph: another one, or a grown one, takes the place of what
an earlier load left, and graphs that are not ours stay. Last of all goes a digest of the statements, by which a second
load knows that all of them are there; a load that was broken off is done again from the start.
"""

import base64
import hashlib
import json
import logging
import time
from collections.abc import Callable, Iterator
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

import msgspec

from kgbuild.errors import ConfigError, GraphError
from kgbuild.prefixes import iri_of_curie
from kgbuild.store.dataset import DATASET, dataset_blocks
from kgbuild.store.rdf_syntax import nquads
from kgbuild.store.statements import FACTS

__all__ = ["EndpointReport", "load_endpoint"]

logger = logging.getLogger(__name__)

CHUNK_BYTES = 8 << 20
SECONDS_TO_ANSWER = 600
#: Waits before a request is sent again that the server was too busy for, or that broke off.
WAITS = (0.5, 2.0, 8.0)
TOO_BUSY = (429, 502, 503, 504)

#: last part of the address for queries -> last parts of those for updates and for quads
_SERVERS = {"sparql": ("update", "data"), "query": ("update", "store")}

_TERMS = {
    "$facts": f"<{iri_of_curie(FACTS)}>",
    "$dataset": f"<{iri_of_curie(DATASET)}>",
    "$digest": f"<{iri_of_curie('dcterms:identifier')}>",
    "$made": f"<{iri_of_curie('prov:wasDerivedFrom')}>",
}
_COUNT = """SELECT (COUNT(*) AS ?n) {
  { GRAPH $facts { ?s ?p ?o } } UNION { GRAPH $facts { ?g $made ?paper } GRAPH ?g { ?s ?p ?o } } }"""
_DIGEST = "SELECT ?digest { GRAPH $facts { $dataset $digest ?digest } }"
_REMOVE = """DELETE { GRAPH ?g { ?s ?p ?o } } WHERE { GRAPH $facts { ?g $made ?paper } GRAPH ?g { ?s ?p ?o } } ;
DROP SILENT GRAPH $facts"""

Progress = Callable[[int, int], None]


class EndpointReport(msgspec.Struct, frozen=True):
    """What a load did: statements given, and how many of an earlier load were replaced; 0 sent if all were there."""

    given: int
    sent: int
    replaced: int
    seconds: float


def load_endpoint(
    folder: Path,
    url: str,
    *,
    user: str | None = None,
    password: str = "",
    chunk_bytes: int = CHUNK_BYTES,
    progress: Progress = lambda sent, given: None,
) -> EndpointReport:
    """Load the graph in a folder into the dataset that answers queries at `url`.

    `progress` is told how many of the statements are sent. ConfigError if the address is none of a known server;
    GraphError if the server cannot be reached, refuses the user or the graph, or does not hold all of it afterwards.
    """
    started = time.monotonic()
    server = _Server(url, user, password)
    held = server.select(_DIGEST)
    before = int(server.select(_COUNT)[0])
    digest, n = _digest(folder)
    if held == [digest] and before == n + 1:
        return EndpointReport(n, 0, 0, time.monotonic() - started)
    if before:
        server.update(_REMOVE)
    sent = 0
    for chunk, n_statements in _chunks(folder, chunk_bytes):
        server.add(chunk)
        sent += n_statements
        progress(sent, n)
    server.add(_filled(f'$dataset $digest "{digest}" $facts .\n').encode())
    after = int(server.select(_COUNT)[0])
    if after != n + 1:
        raise GraphError(f"{url}: expected {n} statements after the load, found {after - 1}; load the graph again")
    logger.info("%s: %d statements in, %d replaced", url, n, before)
    return EndpointReport(n, n, max(before - 1, 0), time.monotonic() - started)


class _Server:
    """Sends queries, updates and quads, again where that may help."""

    def __init__(self, url: str, user: str | None, password: str) -> None:
        parts = urlsplit(url)
        base, _, last = url.rpartition("/")
        if parts.username or parts.password:
            raise ConfigError(
                "expected an address without user and password: give them in SPARQL_USER and SPARQL_PASSWORD"
            )
        if last not in _SERVERS:
            known = " or ".join(f"/{name}" for name in _SERVERS)
            raise ConfigError(f"{url}: expected the address of a dataset's queries, which ends in {known}")
        self._query = url
        self._update, self._store = (f"{base}/{name}" for name in _SERVERS[last])
        self._headers = {"User-Agent": "kgbuild"}
        if user is not None:
            token = base64.b64encode(f"{user}:{password}".encode()).decode("ascii")
            self._headers["Authorization"] = f"Basic {token}"
        self._opener = build_opener(_NoRedirect)

    def select(self, query: str) -> list[str]:
        """The values of the query's one variable."""
        body = self._send(self._query, _filled(query), "application/sparql-query", "application/sparql-results+json")
        try:
            bindings = json.loads(body)["results"]["bindings"]
            return [value["value"] for row in bindings for value in row.values()]
        except (ValueError, KeyError, TypeError) as error:
            raise GraphError(
                f"{self._query}: expected a SPARQL server, found one that gives no SPARQL results"
            ) from error

    def update(self, update: str) -> None:
        self._send(self._update, _filled(update), "application/sparql-update", "*/*")

    def add(self, lines: bytes) -> None:
        """Add N-Quads; what is there already stays."""
        self._send(self._store, lines, "application/n-quads", "*/*")

    def _send(self, url: str, body: str | bytes, content: str, accept: str) -> bytes:
        data = body.encode() if isinstance(body, str) else body
        headers = self._headers | {"Content-Type": content, "Accept": accept}
        waits = iter(WAITS)
        while True:
            try:
                with self._opener.open(Request(url, data, headers), timeout=SECONDS_TO_ANSWER) as answer:
                    read: bytes = answer.read()
                    return read
            except HTTPError as error:
                with error:  # which is the answer, too
                    wait = next(waits, None) if error.code in TOO_BUSY else None
                    if wait is None:
                        raise GraphError(_refusal(url, error)) from error
            except (URLError, HTTPException, OSError) as error:
                reason = getattr(error, "reason", error)
                wait = None if isinstance(reason, ConnectionRefusedError) else next(waits, None)
                if wait is None:
                    raise GraphError(
                        f"{url}: expected a SPARQL server, found none that answers ({reason}); load the graph again"
                    ) from error
            logger.info("%s: no answer, asked again in %.1f s", url, wait)
            time.sleep(wait)


class _NoRedirect(HTTPRedirectHandler):
    """A redirect would take the password along to wherever it leads."""

    def redirect_request(self, *_arguments: Any) -> None:
        return None


def _refusal(url: str, error: HTTPError) -> str:
    if error.code in (401, 403):
        return f"{url}: the server refuses the user; set SPARQL_USER and SPARQL_PASSWORD to one that may write"
    if 300 <= error.code < 400:
        return f"{url}: the server has moved to {error.headers.get('Location', 'elsewhere')}; give that address"
    if error.code in (404, 405):
        return f"{url}: expected a dataset that can be written to, found none ({error.code} {error.reason})"
    words = " ".join(error.read(2000).decode("utf-8", "replace").split())
    return f"{url}: the server refuses the request ({error.code} {error.reason}): {words[:300]}"


def _filled(query: str) -> str:
    for name, term in _TERMS.items():
        query = query.replace(name, term)
    return query


def _digest(folder: Path) -> tuple[str, int]:
    """A hash of all statements in their order, and how many they are."""
    digest, n = hashlib.sha256(), 0
    for chunk, n_statements in _chunks(folder, CHUNK_BYTES):
        digest.update(chunk)
        n += n_statements
    return f"sha256:{digest.hexdigest()}", n


def _chunks(folder: Path, size: int) -> Iterator[tuple[bytes, int]]:
    """Whole lines of N-Quads, of about this size together, with how many lines they are."""
    gathered = bytearray()
    for piece in nquads(dataset_blocks(folder)):
        gathered += piece
        if len(gathered) >= size:
            yield bytes(gathered), gathered.count(b"\n")
            gathered.clear()
    if gathered:
        yield bytes(gathered), gathered.count(b"\n")
