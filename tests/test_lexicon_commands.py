"""`kg lexicon`: from what a library suggests to an entry that the next build knows, and what is refused on the way."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest

from kg import pipeline
from kg.cli import main
from kg.config import load_settings
from kg.library import open_library

PAPERS = [
    ("ZorkMax", "We introduce ZorkMax, a new optimizer. ZorkMax is evaluated on GSM8K."),
    ("Faster ZorkMax", "ZorkMax is slow. We use ZorkMax with LoRA."),
    ("On ZorkMax", "We compare ZorkMax with Adam."),
]

SHIPPED = [
    {"id": "dataset:gsm8k", "type": "Dataset", "name": "GSM8K"},
    {"id": "method:adam", "type": "Method", "name": "Adam", "year": 2014},
    {"id": "method:lora", "type": "Method", "name": "LoRA", "aliases": ["low-rank adaptation"], "year": 2021},
]
"""A lexicon small enough to be read many times in a moment, in place of the one that ships."""


def write_settings(folder: Path) -> Path:
    """A small lexicon and the settings that name it; returns the file of settings."""
    (folder / "shipped").mkdir()
    (folder / "shipped" / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in SHIPPED), "utf-8")
    (folder / "kg.toml").write_text('lexicon = "shipped"\n', "utf-8")
    return folder / "kg.toml"


class Done(NamedTuple):
    """What a command left: its exit code, standard output and standard error."""

    code: int
    stdout: str
    stderr: str


@pytest.fixture
def kg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Done]:
    """Runs a command in this process, which is quicker than a process each, and in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    write_settings(tmp_path)

    def run(*arguments: object) -> Done:
        config = [] if arguments[0] == "show" or "--help" in arguments else ["--config", "kg.toml"]
        monkeypatch.setattr("sys.argv", ["kg", *map(str, arguments), *config])
        with pytest.raises(SystemExit) as stopped:
            main()
        return Done(int(stopped.value.code or 0), *capsys.readouterr())

    return run


@pytest.fixture
def out(kg: Callable[..., Done]) -> Callable[..., str]:
    def run(*arguments: object) -> str:
        done = kg(*arguments)
        assert done.code == 0, done.stderr
        return done.stdout

    return run


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lexicon")
    lines = [json.dumps({"title": title, "abstract": abstract}) + "\n" for title, abstract in PAPERS]
    (folder / "papers.jsonl").write_text("".join(lines), "utf-8")
    with open_library(folder / "ml.duckdb") as library:
        pipeline.build(
            [folder / "papers.jsonl"], library, replace(load_settings(write_settings(folder)), workers=1, model="rules")
        )
    return folder / "ml.duckdb"


def test_a_confirmed_suggestion_is_known_to_the_next_build(library: Path, out: Callable[..., str]) -> None:
    out("lexicon", "suggest", library, "--json", "-o", "new.jsonl")
    (row,) = [json.loads(line) for line in Path("new.jsonl").read_text("utf-8").splitlines()]
    assert (row["id"], row["type"], row["name"]) == ("method:zorkmax", "Method", "ZorkMax")
    assert row["evidence"]["papers"] == 3 and len(row["evidence"]["examples"]) == 3
    assert all("ZorkMax" in example["sentence"] for example in row["evidence"]["examples"])
    assert "ZorkMax" in out("lexicon", "suggest", library, "--type", "Method")
    assert "0 problems" in out("lexicon", "check", "new.jsonl")
    assert "1 of 1 entries new or changed in kg-lexicon.jsonl" in out("lexicon", "add", "--from", "new.jsonl")
    assert "0 of 1 entries" in out("lexicon", "add", "--from", "new.jsonl")
    (line,) = Path("kg-lexicon.jsonl").read_text("utf-8").splitlines()
    assert json.loads(line) == {key: value for key, value in row.items() if key != "evidence"}
    papers = library.with_name("papers.jsonl")
    out("build", papers, "--library", "ml.duckdb", "--workers", 1, "--model", "rules")
    assert json.loads(out("show", "ZorkMax", "--json", "--library", "ml.duckdb"))["known"]
    assert out("lexicon", "suggest", "ml.duckdb", "--json") == ""
    out("lexicon", "add", "ZorkMax", "--type", "Method", "--year", 1999)
    out("build", papers, "--library", "ml.duckdb", "--workers", 1, "--model", "rules")
    assert json.loads(out("show", "ZorkMax", "--json", "--library", "ml.duckdb"))["year"] == 1999


def test_an_added_name_joins_what_is_known(out: Callable[..., str]) -> None:
    with Path("kg.toml").open("a", encoding="utf-8") as settings:
        settings.write('own_lexicon = "mine.jsonl"\n')
    added = out("lexicon", "add", "LoRA", "--type", "Method", "--alias", "zork adaptation")
    assert "1 of 1 entries new or changed in mine.jsonl" in added
    resolved = json.loads(out("resolve", "Zork Adaptations", "--json"))
    assert (resolved["entity"], resolved["why"]) == ("method:lora", "alias")
    assert json.loads(out("resolve", "low-rank adaptation", "--json"))["entity"] == "method:lora"
    Path("mine.jsonl").unlink()
    assert json.loads(out("resolve", "Zork Adaptations", "--json"))["why"] == "new"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["Zork", "--type", "Method", "--alias", "LoRA"], "method:zork: 'LoRA' is also a name of method:lora"),
        (["Zork", "--type", "Method", "--broader", "method:none"], "broader 'method:none' is the id of no entry"),
        (["Zork", "--type", "Method", "--year", "20211"], "year 20211"),
        (["LoRA", "--type", "Method", "--year", "1999"], "method:lora: year is 2021 already, not 1999"),
        (["Zork"], "give a NAME with its --type"),
        (["--from", "none.jsonl"], "none.jsonl: no lexicon here"),
        (["--from", "faulty.jsonl"], "faulty.jsonl:1: unknown field 'colour'"),
    ],
)
def test_what_would_be_faulty_is_not_added(arguments: list[str], message: str, kg: Callable[..., Done]) -> None:
    Path("faulty.jsonl").write_text('{"id": "method:x", "type": "Method", "name": "X", "colour": 1}\n', "utf-8")
    done = kg("lexicon", "add", *arguments)
    assert done.code == 2 and message in " ".join(done.stderr.split()) and "Traceback" not in done.stderr
    assert not Path("kg-lexicon.jsonl").exists()


def test_check_names_place_and_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kg: Callable[..., Done]) -> None:
    Path("kg-lexicon.jsonl").write_text('{"id": "method:x", "type": "Method", "name": "Zork"}\n', "utf-8")
    done = kg("lexicon", "check")
    assert done.code == 1 and "kg-lexicon.jsonl:1: method:x: id should be 'method:zork'" in done.stderr
    (problem,) = json.loads(kg("lexicon", "check", "--json").stdout)
    assert problem["where"] == "kg-lexicon.jsonl:1" and "write that" in problem["what"]
    Path("kg-lexicon.jsonl").unlink()
    assert kg("lexicon", "check").stdout.startswith("0 problems in ")


@pytest.mark.parametrize("command", ["check", "add", "suggest"])
def test_help_has_an_example(command: str, out: Callable[..., str]) -> None:
    assert "Example" in out("lexicon", command, "--help")
