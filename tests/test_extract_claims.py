"""Extraction: claims, their numbers, and what they are about."""

from __future__ import annotations

import pytest

from kg.extract import build_pipeline
from kg.extract.claims import parse_value
from kg.schema import Claim, Mention

NLP = build_pipeline()
START = "SkipPipe: Partial Pipelining\nTraining is slow. We propose SkipPipe, a pipelining method. "


def claims_of(text: str) -> tuple[list[Claim], dict[str, Mention]]:
    doc = NLP(START + text)
    return doc._.kg_claims, {m.id: m for m in doc._.kg_mentions}


@pytest.mark.parametrize(
    ("value", "number", "unit"),
    [
        ("55%", 55.0, "%"), ("2.3x", 2.3, "x"), ("2.3×", 2.3, "x"), ("1.2 BLEU points", 1.2, "BLEU points"),
        ("+9.2%", 9.2, "%"), ("−3.5%", -3.5, "%"), ("1,024 hours", 1024.0, "hours"), ("71.2% to 84.5%", 84.5, "%"),
        ("three times", 3.0, "times"), ("0.87", 0.87, None), ("", None, None), (None, None, None), ("first", None, None),
    ],
)  # fmt: skip
def test_a_value_is_a_number_and_a_unit(value: str | None, number: float | None, unit: str | None) -> None:
    assert parse_value(value) == (number, unit)


def test_outperforms_by_on() -> None:
    (claim,), mentions = claims_of("Experiments show that SkipPipe outperforms GPipe by 3.5% accuracy on ImageNet.")
    assert (claim.kind, claim.value, claim.number, claim.unit, claim.direction) == (
        "performance", "3.5%", 3.5, "%", "increase",
    )  # fmt: skip
    assert claim.metric == "accuracy" and mentions[claim.metric_mention].text == "accuracy"
    assert claim.baseline == "GPipe" and mentions[claim.baseline_mention].text == "GPipe"
    assert mentions[claim.subject].text == "SkipPipe" and mentions[claim.on].text == "ImageNet"


def test_reduces_up_to() -> None:
    (claim,), _ = claims_of("SkipPipe reduces training time by up to 55% compared to GPipe.")
    assert (claim.kind, claim.number, claim.unit, claim.direction) == ("efficiency", 55.0, "%", "decrease")
    assert (claim.metric, claim.baseline) == ("training time", "GPipe")


def test_times_faster_than() -> None:
    (claim,), _ = claims_of("Our results show that SkipPipe is 2.3x faster than GPipe.")
    assert (claim.kind, claim.number, claim.unit, claim.direction) == ("efficiency", 2.3, "x", "increase")
    assert claim.baseline == "GPipe"


def test_two_results_in_one_sentence_are_two_claims() -> None:
    claims, _ = claims_of("SkipPipe improves accuracy by 3.5% on ImageNet and reduces GPU memory by 40%.")
    assert [(c.metric, c.value, c.direction) for c in claims] == [
        ("accuracy", "3.5%", "increase"), ("GPU memory", "40%", "decrease"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("We prove that it converges at a rate of O(1/T).", "theoretical"),
        ("Our code is publicly available at https://github.com/example/skippipe.", "resource"),
        ("Extensive experiments show that it outperforms state-of-the-art methods.", "performance"),
        ("It achieves a 2x speedup and lower memory usage.", "efficiency"),
    ],
)
def test_the_kind_of_a_claim(sentence: str, kind: str) -> None:
    claims, _ = claims_of(sentence)
    assert kind in [claim.kind for claim in claims]


@pytest.mark.parametrize(
    "sentence",
    ["Large language models are widely used.", "However, training remains a challenge.", "First, we divide layers."],
)
def test_background_and_method_are_no_claims(sentence: str) -> None:
    end = "Experiments show that SkipPipe outperforms GPipe."
    assert [claim.text for claim in claims_of(f"{sentence} {end}")[0]] == [end]
