"""The example papers: well formed, connected, and read without a complaint."""

from __future__ import annotations

import datetime
import json
import re
from pathlib import Path
from typing import Any

import pytest

from kg import read
from kg.schema import Problem

PAPERS = Path(__file__).resolve().parents[1] / "examples" / "papers.jsonl"


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    return [json.loads(line) for line in PAPERS.read_text("utf-8").splitlines()]


def test_there_are_thirty_papers_or_more_each_once(rows: list[dict[str, Any]]) -> None:
    assert len(rows) >= 30
    for key in ("id", "title", "abstract", "url"):
        assert len({row[key] for row in rows}) == len(rows)


def test_every_paper_has_its_fields(rows: list[dict[str, Any]]) -> None:
    text = ("id", "title", "abstract", "published", "venue", "url", "organization")
    for row in rows:
        assert set(row) == {*text, "authors", "year"}
        assert all(isinstance(row[key], str) and row[key].strip() == row[key] != "" for key in text)
        assert row["authors"] and all(isinstance(name, str) and " " in name for name in row["authors"])
        assert datetime.date.fromisoformat(row["published"]).year == row["year"]
        assert row["url"].startswith("https://")
        if row["id"].startswith("arXiv:"):
            assert row["url"].endswith(row["id"].removeprefix("arXiv:"))


def test_abstracts_are_of_the_usual_length_and_plain_text(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        assert 80 <= len(row["abstract"].split()) <= 160, row["title"]
        assert not re.search(r"[\\${}<>]|\s\s|\n", row["title"] + row["abstract"]), row["title"]


@pytest.mark.parametrize(
    "word", ["DPO", "PPO", "GSM8K", "ImageNet", "GLUE", "machine translation", "BLEU", "accuracy", "LoRA"]
)
def test_papers_share_what_questions_are_asked_about(rows: list[dict[str, Any]], word: str) -> None:
    assert sum(bool(re.search(rf"\b{word}\b", row["abstract"])) for row in rows) >= 2


def test_the_reader_takes_every_paper(rows: list[dict[str, Any]]) -> None:
    problems: list[Problem] = []
    papers = read.merge_papers(read.read_papers([PAPERS], report=problems.append))
    assert problems == []
    assert sorted(paper.title for paper in papers) == sorted(row["title"] for row in rows)
    assert all(paper.authors and paper.published and paper.organization for paper in papers)
    assert sum(bool(paper.repositories) for paper in papers) >= 30
