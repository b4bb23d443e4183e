"""The whole flow on real files: the same graph whatever the order, the workers, the repetitions and the interruptions."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import content

from kg import pipeline
from kg.config import DATA, Settings, load_settings
from kg.errors import ConfigError, ReadError
from kg.export import rdf
from kg.library import open_library
from kg.schema import EDGE_ENDPOINTS, NODE_PROPERTIES, Graph, NodeType

EXAMPLES = DATA / "examples" / "papers.jsonl"
WHERE = {"namespace": Settings.namespace, "base": Settings.base}
QUICK = replace(Settings(), workers=1, model="rules")
"""Where it does not matter what reads the texts, the rules do, which are the quickest."""


def built(
    path: Path | str, papers: list[Path], workers: int = 1, model: str = QUICK.model
) -> tuple[dict[str, list[tuple]], list[str]]:
    """What a library holds after a build, table by table, and its RDF."""
    with open_library(path) as library:
        report = pipeline.build(papers, library, replace(Settings(), workers=workers, model=model))
        assert report.problems == []
        return content(library), list(rdf.ntriples(library.graph(), **WHERE))


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Graph:
    with open_library(tmp_path_factory.mktemp("examples") / "kg.duckdb") as library:
        report = pipeline.build([EXAMPLES], library, QUICK)
        assert report.papers == report.extracted == report.new >= 30 and report.problems == []
        assert pipeline.build([EXAMPLES], library, QUICK).extracted == 0
        return library.graph()


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The examples in three files, one paper in two of them."""
    lines = EXAMPLES.read_text(encoding="utf-8").splitlines(keepends=True)
    folder = tmp_path_factory.mktemp("parts")
    files = []
    for name, chosen in (("a", lines[:20]), ("b", lines[19:40]), ("c", lines[40:])):
        files.append(folder / f"{name}.jsonl")
        files[-1].write_text("".join(chosen), encoding="utf-8")
    return files


@pytest.fixture(scope="module")
def whole(parts: list[Path]) -> tuple[dict[str, list[tuple]], list[str]]:
    """What one build of all parts gives."""
    return built(":memory:", parts)


def test_order_and_workers_change_nothing(parts: list[Path]) -> None:
    one = built(":memory:", parts, model="auto")
    assert one == built(":memory:", parts[::-1], workers=2, model="auto")
    assert one[1] == sorted(one[1]) and len(one[1]) > 5000


def test_adding_file_by_file_or_twice_gives_what_one_build_gives(
    parts: list[Path], whole: tuple, tmp_path: Path
) -> None:
    for papers in ([parts[2]], [parts[0]], [parts[1], parts[0]]):
        step = built(tmp_path / "steps.duckdb", papers)
    assert step == built(tmp_path / "steps.duckdb", parts) == whole


def test_a_killed_build_is_completed_by_the_next(parts: list[Path], whole: tuple, tmp_path: Path) -> None:
    path = tmp_path / "killed.duckdb"
    code = (
        "import os, signal; from dataclasses import replace; from kg import pipeline\n"
        "from kg.config import Settings; from kg.library import open_library\n"
        "def stop(stage, done, total):\n"
        "    if stage == 'extract' and done: os.kill(os.getpid(), signal.SIGKILL)\n"
        f"papers = {[str(p) for p in parts]!r}\n"
        f"with open_library({str(path)!r}) as library:\n"
        "    pipeline.build(papers, library, replace(Settings(), workers=1, model='rules', batch=10), progress=stop)\n"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == -signal.SIGKILL
    with open_library(path) as library:
        left = library.stats()["waiting"]
        assert 0 < left < library.stats()["papers"]
        assert pipeline.build([], library, QUICK).extracted == left
        assert content(library) == whole[0]


def test_a_build_with_workers_can_be_interrupted(parts: list[Path], tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "kg.cli",
        "build",
        *map(str, parts),
        "--workers",
        "2",
        "--library",
        str(tmp_path / "i.duckdb"),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True) as process:
        time.sleep(2.5)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert process.returncode in (0, 130)


def test_a_removed_paper_leaves_nothing_behind(parts: list[Path], tmp_path: Path) -> None:
    with open_library(tmp_path / "removed.duckdb") as library:
        pipeline.build(parts[:1] + parts[2:], library, QUICK)
        gone = [json.loads(line) for line in parts[2].read_text(encoding="utf-8").splitlines()]
        removed, unknown = pipeline.remove([*(p["title"] for p in gone), "no such paper"], library)
        assert (removed, unknown) == (len(gone), ["no such paper"])
        assert content(library) == built(":memory:", parts[:1])[0]


def test_a_bad_file_does_not_cost_the_good_ones(parts: list[Path], tmp_path: Path) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_text(parts[0].read_text(encoding="utf-8").splitlines()[0] + '\n{"title": \n{"title": "No abstract"}\n')
    with open_library(tmp_path / "bad.duckdb") as library:
        report = pipeline.build([tmp_path / "none.txt", bad, parts[1]], library, QUICK)
        assert report.papers == 22
        assert [p.where for p in report.problems] == [str(tmp_path / "none.txt"), f"{bad}:2", f"{bad}:3"]
        with pytest.raises(ReadError, match=r"bad.jsonl:2: broken JSON"):
            pipeline.build([bad], library, strict=True)


def test_every_piece_of_evidence_is_in_its_paper(graph: Graph) -> None:
    texts = {n["id"]: n["text"] for n in graph.nodes.to_pylist() if n["type"] == "Paper"}
    checked = 0
    for edge in graph.edges.to_pylist():
        pieces = zip(*(edge[f"evidence_{c}"] or [] for c in ("papers", "starts", "stops", "sentences")), strict=True)
        for paper, start, stop, sentence in pieces:
            assert sentence in texts[paper] and texts[paper][start:stop] in sentence and start < stop
            checked += 1
        if edge["type"] not in ("AUTHORED", "AFFILIATED_WITH", "HAS_CODE"):
            assert edge["papers"] >= 1 and edge["sentences"] >= 1 and 0 <= edge["confidence"] <= 1
    assert checked > 1000


def test_the_graph_obeys_the_schema(graph: Graph) -> None:
    allowed = {(str(kind), str(a), str(b)) for kind, ends in EDGE_ENDPOINTS.items() for a, b in ends}
    types = {n["id"]: n["type"] for n in graph.nodes.to_pylist()}
    for edge in graph.edges.to_pylist():
        assert (edge["type"], types[edge["source"]], types[edge["target"]]) in allowed
    for node in graph.nodes.to_pylist():
        own = {p.name for p in NODE_PROPERTIES[NodeType(node["type"])]}
        assert [k for k, v in node.items() if v is not None and k not in own | {"id", "type"}] == []


def test_settings_are_read_and_checked(tmp_path: Path) -> None:
    file = tmp_path / "kg.toml"
    file.write_text('workers = 3\nmin_confidence = 1\nlexicon = "lex"\n')
    assert load_settings(file) == replace(Settings(), workers=3, min_confidence=1.0, lexicon=tmp_path / "lex")
    for text, why in (
        ("wrkers = 1", "unknown setting 'wrkers'; known are base"),
        ("batch = '1'", "should be of type int"),
        ("=", "not a readable"),
    ):
        file.write_text(text)
        with pytest.raises(ConfigError, match=why):
            load_settings(file)
    with pytest.raises(ConfigError, match="no such file"):
        load_settings(tmp_path / "none.toml")


@pytest.mark.shared
def test_the_seed_pages_give_the_same_library_and_rdf_in_any_order(shared: Path) -> None:
    pages = sorted((shared / "seeds").glob("*.txt"))
    forward = built(":memory:", pages, workers=1)
    assert len(forward[0]["papers"]) == 292
    assert forward == built(":memory:", [*pages[3:], *pages[:3]][::-1], workers=2)
