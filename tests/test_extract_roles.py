"""Extraction: what each sentence of an abstract does there."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from spacy import displacy
from typer.testing import CliRunner

from kg.cli import app
from kg.extract.roles import find_roles, marginals
from kg.extract.sentences import sentence_spans
from kg.schema import ROLES

TITLE = "Wobnet: Faster Wobbling. A Study"
ABSTRACT = (
    "Wobbling is widely used, but it remains slow. In this paper, we aim to make it faster. "
    "We use a network that is trained on pairs of wobbles. Experiments show that Wobnet outperforms BERT by 5%."
)
WANTED = ["background", "objective", "method", "result"]


@pytest.fixture(scope="module")
def nlp() -> spacy.language.Language:
    nlp = spacy.blank("en")
    nlp.add_pipe("kg_sentences")
    nlp.add_pipe("kg_sentence_roles")
    return nlp


def test_each_sentence_of_an_abstract_has_its_role_and_the_title_has_none(nlp: spacy.language.Language) -> None:
    doc = nlp(f"{TITLE}\n{ABSTRACT}")
    assert len(sentence_spans(doc)) == 6
    assert doc._.kg_roles == [None, None, *WANTED]
    assert [(span.label_, span.text) for span in doc.spans["kg_roles"]] == [
        (role, doc.text[a:b]) for role, (a, b) in zip(WANTED, sentence_spans(doc)[2:], strict=True)
    ]
    assert nlp(ABSTRACT)._.kg_roles == WANTED  # no line break, no title
    page = displacy.render(doc, style="span", options={"spans_key": "kg_roles"}, jupyter=False)
    assert all(role in page for role in WANTED)


@pytest.mark.parametrize("text", ["", "\n", "A title\n", "\nx", " \n \n", "x\x00", "שלום. עולם", "a\nb\nc. D. E"])
def test_there_is_a_role_for_every_sentence_of_any_text(nlp: spacy.language.Language, text: str) -> None:
    doc = nlp(text)
    assert len(doc._.kg_roles) == len(sentence_spans(doc))
    assert set(doc._.kg_roles) <= {None, *ROLES}


def test_roles_are_decided_together() -> None:
    assert find_roles(["It is fast."] * 3000)[-1] in ROLES  # nothing runs out of range
    before = ["We propose a method.", "We train it on data.", "Experiments show that it outperforms others."]
    assert find_roles(["The results are good."])[0] != find_roles([*before, "The results are good."])[-1] == "result"


@given(arrays(float, (3, 2), elements=st.floats(-5, 5)), arrays(float, (2, 2), elements=st.floats(-5, 5)))
def test_marginals_are_those_of_all_sequences(scores: np.ndarray, step: np.ndarray) -> None:
    start = np.array([0.5, -1.0])
    wanted = np.zeros((3, 2))
    for roles in product(range(2), repeat=3):
        score = scores[range(3), roles].sum() + start[roles[0]] + step[roles[0], roles[1]] + step[roles[1], roles[2]]
        wanted[range(3), roles] += np.exp(score)
    assert np.allclose(marginals(scores, step, start), wanted / wanted.sum(1, keepdims=True))


def test_extracted_papers_say_the_role_of_each_sentence(tmp_path: Path) -> None:
    papers, out = tmp_path / "papers.jsonl", tmp_path / "out.jsonl"
    papers.write_text(json.dumps({"title": TITLE, "abstract": ABSTRACT}), encoding="utf-8")
    assert CliRunner().invoke(app, ["extract", str(papers), "-o", str(out)]).exit_code == 0
    paper = json.loads(out.read_text("utf-8"))
    assert paper["roles"] == [None, None, *WANTED] and len(paper["sentences"]) == 6
