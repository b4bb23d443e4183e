"""Extraction and linking against the annotated papers, by the scorer that lies beside them."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from kg.config import Settings
from kg.extract import extract_papers
from kg.link import link_extraction, load_lexicon
from kg.read import make_text
from kg.schema import Paper

FLOORS = {"mention_strict": 0.55, "introduces": 0.50, "synonyms": 0.65, "claims": 0.68, "linking_b3": 0.95}
"""The least F1 of the rules on papers that they were not written from."""


@pytest.mark.shared
def test_extraction_and_linking_agree_with_the_annotation(shared: Path, tmp_path: Path) -> None:
    gold = [json.loads(line) for line in (shared / "gold" / "dev.jsonl").read_text("utf-8").splitlines()]
    papers = [Paper(g["id"], g["title"], g["abstract"], make_text(g["title"], g["abstract"])) for g in gold]
    lexicon = load_lexicon(Settings().lexicon)
    found = [link_extraction(one, lexicon) for one in extract_papers(papers, lexicon.entries, report=pytest.fail)]
    rows = [{**asdict(one), "title": p.title, "text": p.text} for p, one in zip(papers, found, strict=True)]
    (tmp_path / "found.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    command = [shared / "eval" / "score.py", tmp_path / "found.jsonl", shared / "gold" / "dev.jsonl", "--json"]
    run = subprocess.run([sys.executable, *map(str, command)], check=True, capture_output=True)
    scores = {name: json.loads(run.stdout)[name]["f1"] for name in FLOORS}
    assert {name: f1 for name, f1 in scores.items() if f1 < FLOORS[name]} == {}
