"""`kg evaluate` gives the figures of the scorer that the project is measured with, and says where a file is broken."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kg.errors import ReadError
from kg.evaluation import (
    calibration_error,
    format_reliability,
    format_scores,
    outcomes,
    reliability,
    score,
    score_files,
)


def noisy(gold: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    """A prediction that is partly right: mentions dropped, retyped and renamed, pairs and claims shuffled."""
    mentions = [
        {"id": f"m{i}", "text": m["text"], "type": m["type"] if rng.random() < 0.8 else "Task",
         "name": gold["canonical"].get(m["text"], m["text"]), "entity": rng.choice(["e1", "e2", m["text"].casefold()])}
        for i, m in enumerate(gold["mentions"])
        if rng.random() < 0.8
    ]  # fmt: skip
    ids = {m["text"]: m["id"] for m in mentions}
    relations = [dict(zip(("head", "type", "tail"), r, strict=True)) for r in gold["relations"] if rng.random() < 0.7]
    return {
        "title": gold["title"],
        "mentions": mentions,
        "introduces": [m["id"] for m in mentions if rng.random() < 0.2],
        "synonyms": [[ids.get(a, a), ids.get(b, b)] for a, b in gold["synonyms"] if rng.random() < 0.7],
        "relations": [r | {"head": ids.get(r["head"], r["head"])} for r in relations],
        "claims": [
            c | {"value": c["value"] if rng.random() < 0.7 else None, "subject": ids.get(c["subject"], c["subject"])}
            for c in gold["claims"]
            if rng.random() < 0.8
        ],
    }


@pytest.mark.shared
def test_figures_are_those_of_the_scorer(shared: Path, tmp_path: Path) -> None:
    gold = shared / "gold" / "train.jsonl"
    rng = random.Random(7)
    records = [noisy(json.loads(line), rng) for line in gold.read_text(encoding="utf-8").splitlines()]
    predictions = tmp_path / "predictions.jsonl"
    predictions.write_text("".join(json.dumps(r) + "\n" for r in records[:250]), encoding="utf-8")
    command = [sys.executable, shared / "eval" / "score.py", predictions, gold]
    expected = json.loads(subprocess.run([*command, "--json"], capture_output=True, check=True).stdout)
    scores = score_files(predictions, gold)
    assert json.loads(json.dumps(scores)) == expected
    printed = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    assert sorted(format_scores(scores).splitlines()) == sorted(printed.splitlines())


def test_a_paper_that_was_not_predicted_counts_as_missed() -> None:
    gold = {"title": "T", "abstract": "A", "mentions": [{"text": "A", "type": "Task"}], "introduces": [], "synonyms": [],
            "canonical": {}, "relations": [], "claims": []}  # fmt: skip
    scores = score([], [gold])
    assert (scores["papers"], scores["mention_strict"]["r"], scores["mention_strict"]["gold"]) == (0, 0.0, 1)


def test_broken_files_are_named_with_their_line(tmp_path: Path) -> None:
    good, broken, other = tmp_path / "good.jsonl", tmp_path / "broken.jsonl", tmp_path / "other.jsonl"
    good.write_text("")
    broken.write_text('{"title": ')
    other.write_text('\n{"title": "no mentions"}\n')
    with pytest.raises(ReadError, match=r"none.jsonl: cannot be read"):
        score_files(tmp_path / "none.jsonl", good)
    with pytest.raises(ReadError, match=r"broken.jsonl: not JSON lines"):
        score_files(good, broken)
    with pytest.raises(ReadError, match=r"other.jsonl:2: expected an object with title and mentions"):
        score_files(other, good)


def test_outcomes_tell_the_confidence_of_what_is_right_and_of_what_is_not() -> None:
    gold = {"title": "T", "abstract": "LoRA helps on GLUE. It is 5% better.",
            "mentions": [{"text": "LoRA", "type": "Method"}, {"text": "GLUE", "type": "Dataset"}],
            "introduces": [], "synonyms": [], "canonical": {}, "relations": [["LoRA", "Evaluated-With", "GLUE"]],
            "claims": [{"text": "It is 5% better", "kind": "performance"}]}  # fmt: skip
    got = {"title": "T", "introduces": [], "synonyms": [],
           "mentions": [{"id": "m0", "text": "LoRA", "type": "Method", "confidence": 0.9},
                        {"id": "m1", "text": "GLUE", "type": "Method", "confidence": 0.4}],
           "relations": [{"head": "m0", "type": "EVALUATED_WITH", "tail": "m1", "confidence": 0.7},
                         {"head": "m1", "type": "EVALUATED_WITH", "tail": "m0", "confidence": 0.2}],
           "claims": [{"text": "It is 5% better.", "confidence": 0.8}]}  # fmt: skip
    found = outcomes([got], [gold])
    assert found["mention"] == [(0.9, True), (0.4, False)]
    assert found["relation"] == [(0.7, True), (0.2, False)]
    assert found["claim"] == [(0.8, True)]
    assert calibration_error(found["relation"]) == pytest.approx(0.25)
    assert [row["n"] for row in reliability(found["mention"], bins=2)] == [1, 1]
    assert "mention: expected calibration error" in format_reliability(found)
