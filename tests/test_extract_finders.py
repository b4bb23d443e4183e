"""Extraction: what each component finds by itself."""

from __future__ import annotations

import pytest
import spacy

from kg.extract.abbreviations import find_definitions
from kg.extract.metrics import find_metrics
from kg.extract.names import find_proposed, find_title_name, is_name
from kg.extract.occurrences import find_occurrences
from kg.schema import LexiconEntry


@pytest.mark.parametrize(
    ("text", "short", "long"),
    [
        ("We use Low-Rank Adaptation (LoRA) here.", "LoRA", "Low-Rank Adaptation"),
        ("We use LoRA (Low-Rank Adaptation) here.", "LoRA", "Low-Rank Adaptation"),
        ("All large language models (LLMs) do.", "LLMs", "large language models"),
        ("A large language model (LLM; see below) does.", "LLM", "large language model"),
        ("FRUGAL (Full-Rank Updates with GrAdient spLitting) saves.", "FRUGAL", "Full-Rank Updates with GrAdient spLitting"),
        ("Full-Rank Updates with GrAdient spLitting (FRUGAL) saves.", "FRUGAL", "Full-Rank Updates with GrAdient spLitting"),
        ("the so-called Convolutional Neural Network (CNN)", "CNN", "Convolutional Neural Network"),
        ("HyDE: Hypothetical Document Embeddings for retrieval\nWe do.", "HyDE", "Hypothetical Document Embeddings"),
        ("We train by self-attention (SA) only.", "SA", "self-attention"),
        ("We use eXtreme Gradient Boosting (XGBoost) now.", "XGBoost", "eXtreme Gradient Boosting"),
        ("We use XGBoost (eXtreme Gradient Boosting) now.", "XGBoost", "eXtreme Gradient Boosting"),
        ("the GrAdient SpLitting of full-rank updates (GASL)", "GASL", "GrAdient SpLitting of full-rank updates"),
        ("We use GRPO (\"Group Relative Policy Optimization\").", "GRPO", "Group Relative Policy Optimization"),
        ("the Index of Erectile Function (IEF)", "IEF", "Index of Erectile Function"),
        ("for end-to-end (E2E) and text-to-image (T2I) models", "T2I", "text-to-image"),
        ("for end-to-end (E2E) and text-to-image (T2I) models", "E2E", "end-to-end"),
        ("an electroencephalogram (EEG) is read", "EEG", "electroencephalogram"),
        ("We use Low-Rank Adaptation, or LoRA, for it.", "LoRA", "Low-Rank Adaptation"),
        ("We use Low-Rank Adaptation (abbreviated as LoRA).", "LoRA", "Low-Rank Adaptation"),
        ("principal component analysis (i.e., PCA) helps", "PCA", "principal component analysis"),
        ("Generative Pre-trained Transformer 3 (GPT-3) is", "GPT-3", "Generative Pre-trained Transformer 3"),
        ("term frequency-inverse document frequency (TF-IDF)", "TF-IDF", "term frequency-inverse document frequency"),
    ],
)  # fmt: skip
def test_an_abbreviation_is_found_with_what_it_stands_for(text: str, short: str, long: str) -> None:
    pairs = [(text[slice(*d.short)], text[slice(*d.long)]) for d in find_definitions(text)]
    assert (short, long) in pairs


@pytest.mark.parametrize(
    "text",
    [
        "We gain 5 points (see Table 2).",
        "It is good (NASA).",
        "(LoRA)",
        "A (B) (C)",
        "Models (e.g., GPT) fail.",
        "x (y",
        "a new model (ML) of it",
        "It is slow, or BERT, as we see, is.",
    ],
)
def test_a_bracket_is_no_abbreviation_by_itself(text: str) -> None:
    assert find_definitions(text) == []


@pytest.mark.parametrize("word", "LoRA GPT-4o YOLOv5 ResNet-50 DETR mT5 f-DPO BERT".split())
def test_names_look_like_names(word: str) -> None:
    assert is_name(word)


@pytest.mark.parametrize("word", "learning Deep well-known GPU 2020 3.5x A SOTA Self-Supervised LLM-based".split())
def test_words_do_not_look_like_names(word: str) -> None:
    assert not is_name(word)


@pytest.mark.parametrize(
    ("title", "name", "kind"),
    [
        ("SkipPipe: Partial Pipelining\nWe propose SkipPipe.", "SkipPipe", "Method"),
        ("CodeBench: A Benchmark for Code\nWe build CodeBench.", "CodeBench", "Dataset"),
        ("Robust RefNet++: Better References\nHere.", "Robust RefNet++", "Method"),
    ],
)
def test_a_title_announces_its_name(title: str, name: str, kind: str) -> None:
    found = find_title_name(title)
    assert found and (title[found.start : found.end], found.type) == (name, kind)


@pytest.mark.parametrize("title", ["Towards Better Models: A Survey", "https://example.org/x: y", "No colon", ""])
def test_a_title_without_a_name_announces_none(title: str) -> None:
    assert find_title_name(title) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("In this paper we propose FAL, a framework.", "FAL"),
        ("We introduce a novel method called FlatBERT-2 for this.", "FlatBERT-2"),
        ("We present the Deep Reference Network to do it.", "Deep Reference Network"),
        ("We release a new dataset, QuizQA, of questions.", "QuizQA"),
    ],
)
def test_a_proposal_announces_its_name(text: str, name: str) -> None:
    assert name in [text[c.start : c.end] for c in find_proposed(text)]


def test_metrics_take_their_modifiers() -> None:
    text = "It improves top-1 accuracy and reduces peak GPU memory, training time and word error rate."
    assert [text[c.start : c.end] for c in find_metrics(text)] == [
        "top-1 accuracy", "peak GPU memory", "training time", "word error rate",
    ]  # fmt: skip


def test_the_lexicon_of_a_pipeline_is_the_one_that_it_was_given() -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("kg_lexicon")
    assert [c.type for c in nlp("We use BERT on ImageNet.")._.kg_candidates] == ["Method", "Dataset"]
    nlp.get_pipe("kg_lexicon").add([LexiconEntry("method:zork", "Method", "Zork nets", ("ZKN",))])
    doc = nlp("BERT, zork net, ZKN and zkn.")
    assert [doc.text[c.start : c.end] for c in doc._.kg_candidates] == ["zork net", "ZKN"]


def test_occurrences_are_whole_words_and_the_longest_win() -> None:
    text = "LoRA, QLoRA, LoRA-GA and LoRAs (LoRA)."
    spans = find_occurrences(text, ["LoRA", "LoRA-GA", "QLoRA", "(", ""])
    assert [text[a:b] for a, b in spans] == ["LoRA", "QLoRA", "LoRA-GA", "LoRA"]
