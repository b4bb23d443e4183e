"""The built wheel, installed into an empty environment, runs the demo from an empty folder."""

from __future__ import annotations

import json
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def run(*command: object, cwd: Path) -> str:
    done = subprocess.run([str(c) for c in command], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(
        Path(sys.executable).with_name("maturin"),
        "build",
        "--release",
        "--out",
        folder,
        "--interpreter",
        sys.executable,
        cwd=ROOT,
    )
    (path,) = folder.glob("*.whl")
    return path


def test_it_carries_the_ontology_the_lexicon_and_the_examples(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for name in (
        "kg/ontology/kg.ttl",
        "kg/ontology/shapes.ttl",
        "kg/ontology/lexicon/methods.jsonl",
        "kg/examples/papers.jsonl",
    ):
        assert name in names
    assert "abi3" in wheel.name and not [n for n in names if n.startswith("tests/")]


def test_the_demo_runs_from_an_empty_folder(wheel: Path, tmp_path: Path) -> None:
    environment = tmp_path / "environment"
    venv.create(environment, with_pip=True)
    bin_ = environment / "bin"
    run(bin_ / "python", "-m", "pip", "install", "--quiet", f"{wheel}[all]", cwd=tmp_path)
    empty = tmp_path / "empty"
    empty.mkdir()
    shown = run(bin_ / "kg", "demo", "-o", "out", cwd=empty)
    assert "graph.html" in shown and "ImageNet" in shown
    assert {"graph.html", "graph.ttl", "kg.duckdb"} <= {p.name for p in (empty / "out").iterdir()}
    stats = json.loads(run(bin_ / "kg", "stats", "--library", "out/kg.duckdb", "--json", cwd=empty))
    assert stats["papers"] >= 30 and stats["nodes"]["Method"] > 30
    where = run(bin_ / "python", "-c", "import kg; print(kg.__file__)", cwd=empty)
    assert str(environment) in where
