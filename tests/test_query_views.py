"""The views of the embedded engines: made once a state, whole or not at all, by any number of processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kg.query import query_cypher
from kg.query.interrupt import interruptible
from kg.query.views import opened_view
from kg.schema import Graph

ROOT = Path(__file__).resolve().parents[1]
COUNT = "MATCH (m:Method) RETURN count(*) AS n"


def _make(folder: Path) -> None:
    (folder / "x").write_text("x")


def test_a_view_is_made_once_and_replaced_when_its_stamp_changes(tmp_path: Path) -> None:
    made: list[Path] = []
    for stamp in ("1", "1", "2", "2"):
        with opened_view(
            tmp_path / "new" / "cache", "e", stamp, lambda folder: (made.append(folder), _make(folder))
        ) as at:
            assert (at / "x").read_text() == "x"
    assert len(made) == 2
    assert len(list((tmp_path / "new" / "cache").iterdir())) == 1


def test_views_of_other_engines_stay(tmp_path: Path) -> None:
    for engine in ("cypher", "sparql"):
        with opened_view(tmp_path, engine, "1", _make):
            pass
    assert sorted(p.name.split("-")[0] for p in tmp_path.iterdir()) == ["cypher", "sparql"]


def test_a_view_that_fails_leaves_nothing(tmp_path: Path) -> None:
    def fail(folder: Path) -> None:
        _make(folder)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), opened_view(tmp_path, "e", "1", fail):
        pass
    assert list(tmp_path.iterdir()) == []


def test_what_killed_runs_left_is_cleared_after_a_day(tmp_path: Path) -> None:
    fresh, old = tmp_path / "e-1.a.part", tmp_path / "e-1.b.part"
    for folder in (fresh, old):
        folder.mkdir()
    day_before = time.time() - 100_000
    os.utime(old, (day_before, day_before))
    with opened_view(tmp_path, "e", "2", _make):
        assert fresh.exists() and not old.exists()


def test_where_nothing_can_be_written_a_temporary_folder_serves(tiny_graph: Graph, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder can be made under a file")
    for _ in range(2):
        answer = query_cypher(lambda: tiny_graph, COUNT, cache=tmp_path / "file" / "cache", fingerprint="t")
        assert answer.rows == [(3,)]


def test_a_new_fingerprint_asks_the_new_graph(tiny_graph: Graph, tmp_path: Path) -> None:
    from kg.library.tables import graph_from_rows

    assert query_cypher(lambda: tiny_graph, COUNT, cache=tmp_path, fingerprint="1").rows == [(3,)]
    empty = graph_from_rows([], [])
    assert query_cypher(lambda: empty, COUNT, cache=tmp_path, fingerprint="1").rows == [(3,)]
    assert query_cypher(lambda: empty, COUNT, cache=tmp_path, fingerprint="2").rows == [(0,)]


ASK = """
import sys, time
sys.path.insert(0, "tests")
from pathlib import Path
from kg.export import rdf
from kg.library.tables import graph_from_rows
from kg.query import query_cypher, query_sparql
graph = graph_from_rows([dict(id=f"method:{i}", type="Method", name=str(i)) for i in range(500)], [])
cache = Path(sys.argv[1])
sys.stdin.readline()
print(query_cypher(lambda: graph, "MATCH (m:Method) RETURN count(*) AS n", cache=cache, fingerprint="t").rows)
text = "SELECT (COUNT(?m) AS ?n) { ?m a kg:Method }"
print(query_sparql(lambda: rdf.ntriples(graph), text, cache=cache, fingerprint="t", prefixes=rdf.PREFIXES).rows)
"""


def test_two_processes_may_ask_first_at_once(tmp_path: Path) -> None:
    asking = [
        subprocess.Popen(
            [sys.executable, "-c", ASK, str(tmp_path)], cwd=ROOT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )
        for _ in range(2)
    ]  # fmt: skip
    for process in asking:
        process.stdin.write("\n")
        process.stdin.flush()
    for process in asking:
        output, errors = process.communicate(timeout=60)
        assert (process.returncode, output) == (0, "[(500,)]\n[(500,)]\n"), errors
    assert len(list(tmp_path.iterdir())) == 2


def test_ctrl_c_stops_a_query_that_would_never_end(tmp_path: Path) -> None:
    text = (
        " ".join(f"UNWIND range(1, 10000) AS {i}" for i in "abcd")
        + " WITH a, b, c, d WHERE (a + b) * (c + d) = 7 RETURN a AS n"
    )
    code = ASK.replace("MATCH (m:Method) RETURN count(*) AS n", text).replace(
        "sys.stdin.readline()",
        f"query_cypher(lambda: graph, {COUNT!r}, cache=cache, fingerprint='t'); print('asked', flush=True)",
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout.readline() == "asked\n"
    time.sleep(0.5)  # so that the query runs; if it does not yet, it is stopped as well
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert process.returncode != 0
    assert "KeyboardInterrupt" in errors


def test_an_error_in_the_thread_is_raised_here() -> None:
    with pytest.raises(ZeroDivisionError):
        interruptible(lambda: 1 // 0)
