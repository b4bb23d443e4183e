"""Extraction: tokens and sentences."""

from __future__ import annotations

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.extract.sentences import sentence_spans, split_sentences
from kg.extract.tokenizer import make_tokenizer

TOKENIZER = make_tokenizer(spacy.blank("en"))


HOSTILE = st.text(st.sampled_from(list(" \n\t\u2003\x1c\x00ab1É中.,;:!?-–+/()[]{}'’\"%$@&~#")), max_size=60)


@pytest.mark.parametrize(
    "name",
    [
        "Qwen2.5-VL-3B", "f-DPO", "O(1/T)", "CIFAR-10/100", "YOLOv8", "GPT-4o", "C++", "3D-GS", "pass@1", "F1", "T5",
        "https://github.com/some/code-of-paper", "state-of-the-art", "LLaMA-2-7B", "1,024", "R-CNN++", "β-VAE", "AT&T",
    ],
)  # fmt: skip
def test_a_name_is_one_token_wherever_it_stands(name: str) -> None:
    for text in (name, f"({name}),", f"we use {name}. Then", f'"{name}"'):
        assert name in [token.text for token in TOKENIZER(text)], text


def test_signs_stay_with_numbers_and_units_stand_alone() -> None:
    tokens = [token.text for token in TOKENIZER("gains of +9.2% and −3.5%, ~40 ms, 2.3x faster")]
    assert tokens == "gains of +9.2 % and −3.5 % , ~40 ms , 2.3x faster".split()


@given(st.one_of(st.text(max_size=80), HOSTILE))
@settings(max_examples=100, deadline=None)
def test_tokens_give_the_text_back(text: str) -> None:
    if not any("\ud800" <= c <= "\udfff" for c in text):
        assert TOKENIZER(text).text == text


@pytest.mark.parametrize(
    "sentences",
    [
        ["A Title without Stop", "We use it (Li et al. 2020), i.e. often.", "It gains 2.5 points vs. BERT."],
        ["Why?", "Because!", '"It works."', "So."],
        ["Code is at https://github.com/a/b.", "GPT-3.5 is used, cf. Fig. 2, by J. Smith.", "3D data help."],
        [
            "A Title",
            "We use GPT-3.5.",
            "We run v2.1.3.",
            "Qwen2.5. and 2.0.1 are not ends.",
            "It is at https://x.org/a.B.",
        ],
        ["A Title", "It follows Li et al.", "We show that the samples are i.i.d.", "It is Theorem B.", "This is so."],
        ["A Title", "See Eqs. 3 and 4, Tab. 2, No. 5, Alg. 1, resp. Thm. 2.", "The answer is no.", "This is why."],
        ["A Title", "It uses $x.y$ and $a. b$ here.", "\\\\cite{li.2020} says so.", "mT5 too.", "xKV as well."],
        ["A Title", "The steps are: 1. Train it.", "2. Test it, e.g. on $5.", "That is all, i.e. A and B."],
        ["שלום עולם.", "שלום שוב.", "我们提出方法。", "它好！", "很好。"],
        ["Really?!", "Yes...", 'It said "so."', "(It did.)", "It ends in [1].", "So"],
    ],
)
def test_sentences_end_where_a_reader_ends_them(sentences: list[str]) -> None:
    text = sentences[0] + "\n" + " ".join(sentences[1:])
    assert [text[a:b] for a, b in split_sentences(text)] == sentences


@given(HOSTILE)
@settings(max_examples=100, deadline=None)
def test_sentences_are_disjoint_in_order_and_cover_all_but_space(text: str) -> None:
    spans = split_sentences(text)
    assert all(text[a:b].strip() for a, b in spans)
    edges = [0, *(edge for span in spans for edge in span), len(text)]
    assert edges == sorted(edges)
    assert not any(text[a:b].strip() for a, b in zip(edges[::2], edges[1::2], strict=True))


def test_the_component_marks_sentences_in_any_pipeline() -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("kg_sentences")
    doc = nlp("A Title\nWe use X (Li et al. 2020).  It works. \n Good.")
    spans = [doc.text[a:b] for a, b in sentence_spans(doc)]
    assert spans == ["A Title", "We use X (Li et al. 2020).", "It works.", "Good."]
    assert list(nlp("").sents) == []
