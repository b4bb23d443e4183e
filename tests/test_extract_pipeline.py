"""Extraction: the whole pipeline, on any text, in any number of processes, against the gold annotation."""

from __future__ import annotations

import multiprocessing
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from itertools import count, cycle, islice, pairwise
from pathlib import Path

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.language import Language

from kg.errors import ExtractError
from kg.extract import build_pipeline, extract_papers, extractor_fingerprint
from kg.extract.candidates import Candidate
from kg.extract.pipeline import COMPONENTS
from kg.extract.runs import extraction_of
from kg.schema import CLAIM_KINDS, DIRECTIONS, EDGE_ENDPOINTS, ENTITY_TYPES, Extraction, LexiconEntry, Paper, Problem

LORA = (
    "LoRA: Low-Rank Adaptation of Large Language Models\nFine-tuning large language models (LLMs) is costly. "
    "We propose Low-Rank Adaptation (LoRA), which freezes an LLM. LoRA reduces GPU memory by 3x compared to fine-tuning "
    "with Adam. On GLUE, LoRA outperforms adapters by 1.2%. Code is available at https://github.com/example/LoRA."
)


@cache
def nlp() -> Language:
    return build_pipeline()


def paper(text: str, number: int = 0) -> Paper:
    return Paper(f"paper:{number}", text, "", text)


def extract(text: str) -> Extraction:
    return extraction_of("paper:0", nlp()(text))


def check(text: str, found: Extraction) -> None:
    """What holds of every extraction, whatever the text."""
    mentions = {m.id: m for m in found.mentions}
    ids = {None, *mentions}
    assert list(mentions) == [f"m{i}" for i in range(len(mentions))]
    spans = [(m.start, m.end) for m in found.mentions]
    assert spans == sorted(spans) and all(x[1] <= y[0] for x, y in pairwise(spans))
    assert all(text[m.start : m.end] == m.text and m.text.strip() and m.type in ENTITY_TYPES for m in found.mentions)
    for claim in found.claims:
        assert text[claim.start : claim.end] == claim.text
        assert claim.kind in CLAIM_KINDS and claim.direction in (None, *DIRECTIONS)
        assert all(string is None or string in claim.text for string in (claim.value, claim.metric, claim.baseline))
        assert {claim.subject, claim.on, claim.metric_mention, claim.baseline_mention} <= ids
    for r in found.relations:
        assert (mentions[r.head].type, mentions[r.tail].type) in EDGE_ENDPOINTS[r.type]
    assert {*found.introduces, *(id_ for pair in found.synonyms for id_ in pair)} <= mentions.keys()
    assert all(a != b for a, b in found.synonyms)
    assert all(0 <= x.confidence <= 1 for x in (*found.mentions, *found.relations, *found.claims))
    assert all(text[a:b].strip() == text[a:b] != "" for a, b in found.sentences)


def test_an_abstract_is_understood() -> None:
    found = extract(LORA)
    check(LORA, found)
    surface = {m.id: m.text for m in found.mentions}
    types = {m.text: m.type for m in found.mentions}
    assert {"LoRA": "Method", "GLUE": "Dataset", "GPU memory": "Metric", "LLMs": "Method"}.items() <= types.items()
    assert {surface[id_] for id_ in found.introduces} == {"LoRA", "Low-Rank Adaptation"}
    pairs = {frozenset(surface[id_] for id_ in pair) for pair in found.synonyms}
    assert {frozenset({"LoRA", "Low-Rank Adaptation"}), frozenset({"LLMs", "large language models"})} <= pairs
    assert ("LoRA", "EVALUATED_WITH", "GLUE") in {(surface[r.head], r.type, surface[r.tail]) for r in found.relations}
    assert [c.kind for c in found.claims] == ["efficiency", "performance", "resource"]
    assert len([m for m in found.mentions if m.text == "LoRA"]) >= 4
    assert LORA[slice(*found.sentences[0])] == LORA.split("\n")[0]


WORDS = st.sampled_from(
    "We propose FooNet (FN) outperforms BERT on ImageNet by 5% accuracy . , : ( ) \n large language models (LLMs) "
    "2.3x faster than O(1/T) and reduces memory https://x.org/y code is available prove that the in of\u200f שלום 中文".split(
        " "
    )
)


@given(
    st.one_of(
        st.lists(WORDS, max_size=60).map(" ".join), st.text(st.characters(exclude_categories=["Cs"]), max_size=150)
    )
)
@settings(max_examples=100, deadline=None)
def test_every_text_gives_a_valid_extraction(text: str) -> None:
    check(text, extract(text))


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "\n", "word", "\x00\x01\x07 We propose \x1b[0m.", "שלום עולם (שע) we propose \u202eLoRA\u202c", "https://x.org/a?b=c",
        "Мы предлагаем новый метод. Он лучше на 5%.", "我们提出了一种新方法(LoRA),提高了5%。", "(" * 1000 + "LoRA" + ")" * 1000, "\ufeff", "�",
    ],
)  # fmt: skip
def test_odd_texts(text: str) -> None:
    check(text, extract(text))


@pytest.mark.parametrize(
    "unit",
    ["(", ")", ".", "a ", "A ", "-", "a-", "a/", "a&", "+", "'\"", "5% ", "1,000.", "Low Rank (LR) ", "than ", "Ab ", "in ",
     "contain ", "We propose ", "http://", " ", "\n", "X1Y: ", "We show that LoRA improves BERT by 5%. ",
     "it is so, and ", "LoRA improves accuracy on GLUE, and ", "Low Rank (LR), ", "et al. We ", "我们提出方法。", "v1. "],
)  # fmt: skip
def test_long_texts_of_one_thing_take_linear_time(unit: str) -> None:
    text = "a" + unit * (30_000 // len(unit)) + "@"  # a quadratic step anywhere would take minutes
    doc = nlp()(text)
    assert doc.text == text


def test_a_hundred_thousand_words_in_one_paragraph() -> None:
    text = " ".join(islice(cycle(LORA.split()), 100_000))
    check(text, extract(text))


def test_components_stand_in_any_pipeline_by_their_entry_points() -> None:
    blank = spacy.blank("en")
    for name in COMPONENTS:
        blank.add_pipe(name)
        assert blank.get_factory_meta(name).assigns
    doc = blank(LORA)
    assert ("LoRA", "Method") in [(ent.text, ent.label_) for ent in doc.ents]
    assert doc._.kg_claims
    assert blank.analyze_pipes()["problems"] == {name: [] for name in COMPONENTS}


def test_candidates_of_another_component_are_resolved_too() -> None:
    blank = spacy.blank("en")
    blank.add_pipe("kg_mentions")
    doc = blank.make_doc("we study gloop")
    doc._.kg_candidates = [Candidate(9, 14, "Task", 0.9, "another")]
    (mention,) = blank(doc)._.kg_mentions
    assert (mention.text, mention.type, mention.confidence) == ("gloop", "Task", 0.9)


def texts() -> Iterator[Paper]:
    for number in count():
        yield paper(LORA.replace("LoRA", f"L{number}A"), number)


def test_one_worker_and_two_find_the_same_in_order_and_pass_over_a_paper_that_fails() -> None:
    papers = list(islice(texts(), 60))
    papers[3] = paper("broken \ud800 surrogate", 3)
    runs = {}
    for workers in (1, 2):
        problems: list[Problem] = []
        runs[workers] = list(extract_papers(papers, workers=workers, report=problems.append))
        assert [problem.where for problem in problems] == ["paper:3"] and "could not be extracted" in problems[0].what
    assert [found.paper for found in runs[1]] == [p.id for p in papers]
    assert runs[1] == runs[2]
    assert runs[1][3] == Extraction("paper:3") and all(found.mentions for found in runs[1][4:])


def test_extraction_streams_and_a_killed_worker_is_an_error() -> None:
    found = extract_papers(texts(), workers=2, report=pytest.fail)  # of papers without end
    assert next(found).paper == "paper:0"
    for process in multiprocessing.active_children():
        process.kill()
    with pytest.raises(ExtractError, match="worker process"):
        list(found)


def test_a_run_that_is_left_early_leaves_no_process() -> None:
    found = extract_papers(texts(), workers=2, report=pytest.fail)
    next(found)
    processes = multiprocessing.active_children()
    assert processes
    found.close()
    for process in processes:
        process.join(30)
    assert not any(process.is_alive() for process in processes)


def test_a_script_without_a_guard_is_told_so_and_ends(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "from kg.extract import extract_papers; from kg.schema import Paper\n"
        "papers = [Paper(f'paper:{n}', 'A', 'B', 'A title') for n in range(100)]\n"
        "print(len(list(extract_papers(papers, workers=2, report=print))))\n"
    )
    run = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=300, check=False)
    assert run.returncode != 0 and "if __name__ == '__main__':" in run.stderr


def test_what_is_less_sure_is_left_out_with_what_refers_to_it() -> None:
    for lowest in (0.5, 0.8, 1.0):
        (found,) = extract_papers([paper(LORA)], min_confidence=lowest, report=pytest.fail)
        kept = {m.id for m in found.mentions}
        assert all(x.confidence >= lowest for x in (*found.mentions, *found.relations, *found.claims))
        assert {*found.introduces, *(id_ for pair in found.synonyms for id_ in pair)} <= kept
        assert {id_ for c in found.claims for id_ in (c.subject, c.on, c.metric_mention, c.baseline_mention)} <= {
            None,
            *kept,
        }


def test_the_fingerprint_follows_the_lexicon_and_not_its_order() -> None:
    a, b = LexiconEntry("method:a", "Method", "A"), LexiconEntry("method:b", "Method", "B")
    assert extractor_fingerprint([a, b]) == extractor_fingerprint([b, a]) != extractor_fingerprint([a])


def test_a_pipeline_without_its_entry_points_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.extract.pipeline.COMPONENTS", ("kg_nothing",))
    with pytest.raises(ExtractError, match="install kg anew"):
        build_pipeline()
