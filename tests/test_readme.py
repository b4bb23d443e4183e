"""The README says what is so."""

from __future__ import annotations

import re
from pathlib import Path

from questions import QUESTIONS

from kg.cli import app
from kg.export import EXPORTERS

README = (Path(__file__).resolve().parents[1] / "README.md").read_text(encoding="utf-8")


def test_it_holds_the_ten_questions_as_they_are_tested() -> None:
    assert len(QUESTIONS) == 10
    for question in QUESTIONS:
        assert all(text.strip() in README for text in (question.title, question.cypher, question.sparql, question.sql))


def test_it_names_every_command_and_target() -> None:
    commands = {command.name or command.callback.__name__ for command in app.registered_commands}
    assert commands == set(re.findall(r"`kg (\w+)", README)) & commands
    assert all(f"`{target}`" in README for target in EXPORTERS)


def test_its_files_exist() -> None:
    root = Path(__file__).resolve().parents[1]
    named = re.findall(r"`((?:kg|notebooks|benchmarks|ontology|examples)/[\w./]+)`|\]\((\w[\w/.]+)\)", README)
    assert named and all((root / (a or b)).exists() for a, b in named)
