"""The table of contexts: sound, the same sums on every machine, and good enough to tell meanings apart."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.config import Settings
from kg.link import load_lexicon, resolve
from kg.link.context import WordVectors, cosine, load_contexts, words_of_text
from kg.link.ngrams import NgramIndex

TEXT = "Clients train on private devices and a server aggregates their gradients."


def test_the_table_is_sound() -> None:
    contexts = load_contexts()
    assert contexts.name_vectors.dtype == np.int8
    assert contexts.vector(TEXT).shape == contexts.name_vectors.shape[1:]
    assert len(contexts.names) == len(contexts.written) == len(contexts.name_vectors) == len(contexts.name_counts)
    assert all(sense.count >= 1 for senses in contexts.senses.values() for sense in senses)


@given(st.text("nets polici y-4éİß\ud800", max_size=40) | st.text(max_size=40))
@settings(deadline=None, max_examples=200)
def test_the_vector_of_a_text_is_the_sum_over_its_words(text: str) -> None:
    words = ["net", "policy", "é", "ss"]
    vectors = np.arange(8, dtype=np.int8).reshape(4, 2)
    forms = {"nets": 0, "net": 0, "policys": 1, "policy": 1, "policies": 1, "és": 2, "sss": 3, "ss": 3}
    held = [vectors[forms[word]] for word in words_of_text(text) & forms.keys()]
    text = text.encode("utf-8", "replace").decode()
    expected = np.sum([[0, 0], *held], axis=0).tolist()
    assert WordVectors("\n".join(words), vectors).sum(text).tolist() == expected
    assert WordVectors("\n".join(words), np.asfortranarray(vectors)).sum(text).tolist() == expected


def test_words_without_vectors_are_refused() -> None:
    with pytest.raises(ValueError, match="2 words, but 3 vectors"):
        WordVectors("a\nb", np.zeros((3, 2), dtype=np.int8))


def test_a_text_is_like_what_it_is_about() -> None:
    contexts = load_contexts()
    near, far = (cosine(contexts.vector(TEXT), contexts.profile([name])) for name in ("federated learning", "parsing"))
    assert near > 0.4 > far


@given(st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=20)
def test_the_order_of_words_changes_nothing(random) -> None:
    words = TEXT.split()
    random.shuffle(words)
    assert (load_contexts().vector(" ".join(words)) == load_contexts().vector(TEXT)).all()


def test_a_text_of_unknown_words_speaks_for_nothing() -> None:
    contexts = load_contexts()
    assert not contexts.vector("zzzqqq 123 ...").any()
    assert cosine(contexts.vector(""), contexts.profile(["federated learning"])) == 0


@given(
    st.lists(st.text("abcLoRA-1", min_size=3, max_size=12), min_size=1, max_size=30), st.text("abcLoRA-1", max_size=12)
)
@settings(deadline=None, max_examples=50)
def test_near_names_are_found_in_order(names: list[str], asked: str) -> None:
    found = NgramIndex(names).nearest(asked)
    assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)
    assert all(name in names and 0.4 <= score <= 1 for name, score in found)


@pytest.mark.shared
def test_most_meanings_are_told_from_two_texts(shared: Path) -> None:
    lexicon = load_lexicon(Settings().lexicon)
    rows = [json.loads(line) for line in (shared / "linking" / "context_dev.jsonl").read_text("utf-8").splitlines()]
    right = 0
    for row in rows:
        types = row["type"], row.get("type_b", row["type"])
        contexts = row["context_a"], row["context_b"]
        found = {resolve(row["surface"], t, lexicon, c).entity for t, c in zip(types, contexts, strict=True)}
        right += (len(found) == 1) == row["same"]
    assert right / len(rows) >= 0.82
