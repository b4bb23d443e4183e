"""A real Neo4j server for the tests, without Docker: its jars come from Maven Central, once, into the user's cache.

python tests/neo4j_server.py        starts one, prints its address and password, and stops it on Ctrl-C
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

VERSION = "5.26.16"
PASSWORD = "only-for-tests"
ARTIFACTS = (
    "org.neo4j.app:neo4j-server",
    "org.neo4j:neo4j",
    "org.neo4j:neo4j-import-tool",
    "org.neo4j:neo4j-consistency-check",
)
OPENS = [
    f"--add-opens=java.base/{p}=ALL-UNNAMED" for p in ("java.nio", "java.io", "sun.nio.ch", "java.util.concurrent")
]

QUICK = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]
"""A Java that starts sooner and is slower after: right for a test, wrong for a measurement."""


@dataclass(frozen=True)
class Server:
    """A running server."""

    uri: str
    home: Path
    user: str = "neo4j"
    password: str = PASSWORD


def find_java() -> str:
    """A Java of version 17 to 24, which Neo4j 5 runs on."""
    homes = [os.environ.get("JAVA_HOME"), *sorted(map(str, Path("/usr/lib/jvm").glob("*")), reverse=True)]
    candidates = [shutil.which("java"), *(f"{home}/bin/java" for home in homes if home)]
    for java in filter(None, candidates):
        if Path(java).exists():
            said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
            found = re.search(r'version "(\d+)', said)
            if found and 17 <= int(found[1]) <= 24:
                return java
    raise RuntimeError(
        "the tests run a real Neo4j server, which needs Java 17: apt-get install openjdk-17-jre-headless"
    )


def fetch_jars() -> Path:
    """The folder of the server's jars; fetched by Maven where it is not there yet. Two runs at once do no harm."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    lib = Path(os.environ.get("KG_NEO4J_JARS") or cache / "kg" / f"neo4j-{VERSION}")
    if lib.is_dir():
        return lib
    maven = shutil.which("mvn")
    if not maven:
        raise RuntimeError("the tests run a real Neo4j server, which Maven brings: apt-get install maven")
    lib.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=lib.parent) as folder:
        pom = Path(folder) / "pom.xml"
        pairs = (artifact.split(":") for artifact in ARTIFACTS)
        dependencies = "".join(
            f"<dependency><groupId>{g}</groupId><artifactId>{a}</artifactId><version>{VERSION}</version></dependency>"
            for g, a in pairs
        )
        pom.write_text(
            "<project><modelVersion>4.0.0</modelVersion><groupId>kg</groupId><artifactId>server</artifactId>"
            f"<version>1</version><dependencies>{dependencies}</dependencies></project>"
        )
        goal = ["dependency:copy-dependencies", f"-DoutputDirectory={folder}/lib", "-DincludeScope=runtime"]
        done = subprocess.run([maven, "-q", "-B", "-f", pom, *goal], capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"Maven could not bring the Neo4j server:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
        try:
            (Path(folder) / "lib").rename(lib)
        except OSError:
            if not lib.is_dir():  # another run was first
                raise
    return lib


def run_admin(home: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run neo4j-admin on a home folder."""
    java = [find_java(), *QUICK, "-cp", f"{fetch_jars()}/*", "org.neo4j.cli.AdminTool"]
    command, where = [*java, *map(str, arguments)], os.environ | {"NEO4J_HOME": str(home)}
    done = subprocess.run(command, env=where, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"neo4j-admin {' '.join(command[len(java) :])} failed:\n{done.stdout}{done.stderr}")
    return done


def make_home(home: Path, *settings: str) -> int:
    """Write the configuration of a server that listens on loopback only, and more settings; returns its free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (home / "conf").mkdir(parents=True)
    (home / "conf" / "neo4j.conf").write_text(
        "server.default_listen_address=127.0.0.1\n"
        f"server.bolt.listen_address=127.0.0.1:{port}\n"
        f"server.bolt.advertised_address=127.0.0.1:{port}\n"
        "server.http.enabled=false\ndbms.usage_report.enabled=false\n"
        "server.memory.heap.initial_size=512m\nserver.memory.heap.max_size=1g\nserver.memory.pagecache.size=256m\n"
        "internal.server.bolt.thread_pool_shutdown_wait_time=0s\n"  # else each stop waits for ten seconds
        + "".join(f"{setting}\n" for setting in settings)
    )
    return port


@contextmanager
def start_server(home: Path, port: int, options: Sequence[str] = QUICK) -> Iterator[Server]:
    """A server over a home folder, started with options of Java, waited for, and stopped at the end."""
    java = [
        find_java(),
        "-Xmx1g",
        *options,
        *OPENS,
        "-Dio.netty.tryReflectionSetAccessible=true",
        "-cp",
        f"{fetch_jars()}/*",
    ]
    entry = ["org.neo4j.server.CommunityEntryPoint", f"--home-dir={home}", f"--config-dir={home}/conf"]
    with open(home / "output.log", "wb") as log:
        process = subprocess.Popen([*java, *entry], stdout=log, stderr=log)
    try:
        server = Server(f"bolt://127.0.0.1:{port}", home)
        _wait_for(server, process)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for(server: Server, process: subprocess.Popen[bytes], seconds: int = 120) -> None:
    from neo4j import GraphDatabase
    from neo4j.exceptions import DriverError, Neo4jError

    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        try:
            with GraphDatabase.driver(server.uri, auth=(server.user, server.password)) as driver:
                driver.verify_connectivity()
                return
        except (DriverError, Neo4jError):
            time.sleep(0.3)
    raise RuntimeError(f"the Neo4j server did not start:\n{(server.home / 'output.log').read_text()[-3000:]}")


@contextmanager
def fresh_server(folder: Path, options: Sequence[str] = QUICK) -> Iterator[Server]:
    """A server with an empty database and a password, in a folder of its own."""
    home = folder / "home"
    port = make_home(home)
    run_admin(home, "dbms", "set-initial-password", PASSWORD)
    with start_server(home, port, options) as server:
        yield server


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C, so that no Java is left behind
    try:
        with tempfile.TemporaryDirectory() as folder, fresh_server(Path(folder), options=()) as server:
            print(f"NEO4J_URI={server.uri} NEO4J_USER={server.user} NEO4J_PASSWORD={server.password}", flush=True)
            signal.pause()
    except KeyboardInterrupt:
        pass
