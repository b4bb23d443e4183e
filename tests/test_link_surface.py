"""Folding: what is one name, what is two, and what must hold for any text."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.link import fold_surface
from kg.link.compound import reorder
from kg.link.surface import abbreviates, expand_brackets, show, singular, without_head

SAME = [
    ("Llama-2", "Llama 2", "LLaMA 2", "Llama2"),
    ("GPT4", "GPT-4"),
    ("ResNet50", "ResNet-50", "resnet 50"),
    ("YOLOv5", "YOLO v5", "YOLO-V5"),
    ("multi-layer perceptron", "multilayer perceptrons"),
    ("pre-training", "pretraining", "Pre training"),
    ("LMs", "LM"),
    ("policies", "policy"),
    ("Markov decision processes", "Markov decision process"),
    ("KV caches", "KV cache"),
    ("Fréchet inception distance", "Frechet Inception Distance"),
    (r"\textsc{SWE-agent}", "SWE-agent", r"{\em SWE-agent}"),
    (r"$\pi_0$", "π0", "pi0"),
    ("A*", "A-star"),
    ("direct preference optimisation", "Direct Preference Optimization"),
    ("brain tumour segmentation", "brain tumor segmentation"),
    ("centred kernel alignment", "centered kernel alignment"),
    ("grey-box attack", "gray-box attack"),
    ("Flash Attention 3", "FlashAttention-3"),
]
DIFFERENT = [
    ("Llama 2", "Llama 3"),
    ("GPT-4", "GPT-4o"),
    ("YOLOv5", "YOLOv8"),
    ("DeepSeek-V3", "DeepSeek V2"),
    ("L1", "L2"),
    ("ImageNet", "ImageNet-1K"),
    ("LoRA", "QLoRA"),
    ("SAM", "SAM 2"),
    ("DPO", "f-DPO"),
    ("DeiT", "DeiT-S"),
    ("RefCOCO", "RefCOCO+"),
    ("QuIP", "QuIP#"),
    ("Llama 3 8B", "Llama 38B"),
    ("Qwen2.5-VL-3B", "Qwen2.5-VL-7B"),
    ("RL", "RLS"),
    ("Phi-3.5", "Phi-35"),
    (r"$\tau$-bench", r"$\tau^2$-bench"),
    ("A", "A*"),
]

TEXT = st.text(alphabet="aAbBsSeiuvV -_./+*@#23(){}\\$^πré\u2013\u00a0", max_size=24) | st.text(max_size=40)


@pytest.mark.parametrize("names", SAME, ids=lambda names: names[0])
def test_spellings_of_one_name_fold_alike(names: tuple[str, ...]) -> None:
    assert len(set(map(fold_surface, names))) == 1


@pytest.mark.parametrize(("a", "b"), DIFFERENT)
def test_versions_sizes_and_variants_stay_apart(a: str, b: str) -> None:
    assert fold_surface(a) != fold_surface(b)


@given(TEXT)
@settings(deadline=None, max_examples=100)
def test_folding_is_idempotent(text: str) -> None:
    assert fold_surface(fold_surface(text)) == fold_surface(text)


@given(
    st.lists(
        st.sampled_from(["graph", "neural", "Mamba", "8B", "v2", "multi", "X", "networks"]), min_size=1, max_size=5
    )
)
@settings(deadline=None, max_examples=100)
def test_separators_and_case_do_not_matter(words: list[str]) -> None:
    folds = {fold_surface(separator.join(words)) for separator in (" ", "-", "_", "/", "\u2013", "  ")}
    assert len(folds) == 1
    assert fold_surface(" ".join(words).upper()) == folds.pop() or any(w == "networks" for w in words)


@given(TEXT)
@settings(deadline=None, max_examples=100)
def test_normal_forms_accept_any_text(text: str) -> None:
    assert isinstance(singular(text), str)
    assert isinstance(show(text), str)
    for type_ in ("Method", "Dataset", "Task", "Metric"):
        without_head(text, type_)
    reorder(text)
    expand_brackets(text)
    abbreviates(text, text + " x")


@pytest.mark.parametrize(
    ("phrase", "compound"),
    [
        ("detect fake news", "fake news detection"),
        ("Recognising faces", "face recognition"),
        ("modeling the fine-scale motions", "fine-scale motion modeling"),
        ("aligning speech with text", "speech alignment with text"),
        ("modeling approach", None),
        ("generating functions", None),
        ("reinforcement learning", None),
    ],
)
def test_a_verb_and_its_object_are_a_compound(phrase: str, compound: str | None) -> None:
    assert reorder(phrase) == compound


@pytest.mark.parametrize("unit", ["(", "a ", "$", "\\text", "{", "tion of ", "- "])
def test_long_hostile_text_is_folded(unit: str) -> None:
    text = unit * (100_000 // len(unit))
    assert isinstance(fold_surface(text), str)
    without_head(text, "Method")
    reorder(text)
    expand_brackets(text)
    show(text)


@pytest.mark.shared
def test_no_pair_of_different_things_folds_alike(shared: Path) -> None:
    pairs = map(json.loads, (shared / "linking" / "pairs_dev.jsonl").read_text("utf-8").splitlines())
    assert [p for p in pairs if not p["same"] and fold_surface(p["a"]) == fold_surface(p["b"])] == []
