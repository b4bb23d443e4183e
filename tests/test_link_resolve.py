"""Single names: what the lexicon knows, what brackets and context decide, and ids for what nobody knows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.link import Lexicon, load_lexicon, resolve, runners_up
from kg.schema import LexiconEntry

LEXICON = Lexicon(
    (
        LexiconEntry("dataset:gsm8k", "Dataset", "GSM8K"),
        LexiconEntry("method:curriculum-learning", "Method", "curriculum learning", ("CL",), ambiguous=("CL",)),
        LexiconEntry("method:contrastive-learning", "Method", "contrastive learning", ("CL",), ambiguous=("CL",)),
        LexiconEntry("method:lora", "Method", "LoRA", ("low-rank adaptation",)),
        LexiconEntry("method:optimizer", "Method", "optimizer"),
        LexiconEntry("method:sam", "Method", "SAM", ("sharpness-aware minimization",), None, None, "method:optimizer", ("SAM",)),
        LexiconEntry("metric:psnr", "Metric", "PSNR", ("peak signal-to-noise ratio",)),
        LexiconEntry("task:deepfake-detection", "Task", "deepfake detection"),
    )
)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "type_", "entity"),
    [
        ("LoRA method", "Method", "method:lora"),
        ("Low Rank Adaptation (LoRA)", "Method", "method:lora"),
        ("LoRA (low-rank adaptation)", "Method", "method:lora"),
        ("ZLoRA", "Method", "method:zlora"),
        ("GSM8K benchmark", "Dataset", "dataset:gsm8k"),
        ("GSM-8K dataset", "Dataset", "dataset:gsm8k"),
        ("detection of deepfakes", "Task", "task:deepfake-detection"),
        ("SAM (optimizer)", "Method", "method:sam"),
        ("PSNR (metric)", "Metric", "metric:psnr"),
        ("LoRA (large)", "Method", "method:low-rank-adaptation-large"),
        ("curriculum learning (CL)", "Method", "method:curriculum-learning"),
    ],
)
def test_known_names_in_their_forms(name: str, type_: str, entity: str) -> None:
    assert resolve(name, type_, LEXICON).entity == entity


def test_a_name_of_two_known_things_is_neither_without_context() -> None:
    link = resolve("CL", "Method", LEXICON)
    assert (link.entity, link.why) == ("method:cl", "new")


def test_context_decides_between_meanings() -> None:
    spelled = "We use curriculum learning (CL) to order sentences."
    hinted = "Augmented views of an image are pulled together; CL needs many negatives in a batch."
    assert resolve("CL", "Method", LEXICON, spelled).entity == "method:curriculum-learning"
    assert resolve("CL", "Method", LEXICON, hinted).entity == "method:contrastive-learning"
    assert resolve("CL", "Method", LEXICON, hinted).why == "context"
    assert resolve("CL", "Method", LEXICON, "Our results are good.").why == "new"
    assert resolve("SAM", "Method", LEXICON, "A mask for any object from a click.").entity != "method:sam"
    assert resolve("LoRA", "Method", LEXICON, "LoRA is long range access here.").entity == "method:lora"


def test_a_bare_acronym_is_of_its_context_alone() -> None:
    one, same, other = (resolve("QXZ", "Method", LEXICON, text).entity for text in ("A text.", "A  text.", "Another."))
    assert one == same != other
    assert resolve("QXZ", "Method", LEXICON).entity == "method:qxz"


def test_runners_up_are_other_meanings_and_names_that_look_alike() -> None:
    found = runners_up("CL", "Method", LEXICON, "We order examples from easy to hard with a curriculum of difficulty.")
    assert "method:contrastive-learning" in [link.entity for link in found]
    assert [(link.entity, link.why) for link in runners_up("ZLoRA", "Method", LEXICON)] == [("method:lora", "alike")]


def test_an_unknown_definition_in_the_context_is_a_new_thing() -> None:
    link = resolve("LoRA", "Method", LEXICON, "We propose long random access (LoRA).")
    assert (link.entity, link.why) == ("method:long-random-access", "definition")


def test_the_long_and_the_short_name_of_another_types_entity_are_one() -> None:
    long = resolve("peak signal-to-noise ratio", "Method", LEXICON)
    assert resolve("PSNR", "Method", LEXICON).entity == long.entity
    assert resolve("PSNR", "Method", LEXICON).entity == "method:psnr"


@given(st.text(min_size=1, max_size=60), st.sampled_from(["Method", "Dataset", "Task", "Metric"]), st.text(max_size=60))
@settings(deadline=None, max_examples=100)
def test_every_name_gets_an_answer(name: str, type_: str, context: str) -> None:
    for link in (resolve(name, type_, LEXICON), resolve(name, type_, LEXICON, context)):
        assert link.entity.startswith(type_.lower() + ":")
        assert 0 < link.score <= 1


@pytest.mark.parametrize("unit", ["(", "a ", "(a", ") of ", "tion of "])
def test_long_hostile_names_are_answered(unit: str) -> None:
    text = unit * (100_000 // len(unit))
    assert resolve(text, "Task", LEXICON, text).why in ("new", "definition")
    assert resolve("(", "Task", LEXICON, text).entity


@pytest.mark.shared
def test_no_two_different_things_are_merged(shared: Path) -> None:
    lexicon = load_lexicon(Path(__file__).resolve().parents[1] / "ontology" / "lexicon")
    pairs = [json.loads(line) for line in (shared / "linking" / "pairs_dev.jsonl").read_text("utf-8").splitlines()]
    one = [resolve(p["a"], p["type"], lexicon).entity == resolve(p["b"], p["type"], lexicon).entity for p in pairs]
    assert [p for p, same in zip(pairs, one, strict=True) if same and not p["same"]] == []
    assert sum(same == p["same"] for p, same in zip(pairs, one, strict=True)) / len(pairs) > 0.7
