"""Long forms: what is one thing because a phrase spells it out, and what must not become one by that."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.config import Settings
from kg.link import Lexicon, link_extraction, load_lexicon, resolve
from kg.link.expansion import known_forms, names_by_initials, spell_out
from kg.schema import Extraction, LexiconEntry, Mention

LEXICON = Lexicon(
    (
        LexiconEntry("method:gpt", "Method", "GPT", ("Generative Pre-trained Transformer",)),
        LexiconEntry("method:gpt-3", "Method", "GPT-3"),
        LexiconEntry("method:sparc", "Method", "SPARC"),
        LexiconEntry("method:spark", "Method", "SPArK", ("Sparse Attention Kernel",)),
        LexiconEntry("task:gui-grounding", "Task", "GUI grounding"),
    )
)


def entity(name: str, type_: str = "Method", context: str | None = None) -> str:
    return resolve(name, type_, LEXICON, context).entity


@pytest.mark.parametrize(
    ("one", "other", "type_"),
    [
        ("GPT-3", "Generative Pre-trained Transformer 3", "Method"),
        ("GUI grounding", "graphical user interface grounding", "Task"),
        ("LLM routing", "large language model routing", "Method"),
        ("efficient LLMs", "efficient large language models", "Method"),
    ],
)
def test_a_phrase_is_what_it_spells_out(one: str, other: str, type_: str) -> None:
    assert entity(one, type_) == entity(other, type_)


def test_versions_of_long_forms_stay_apart() -> None:
    assert entity("Generative Pre-trained Transformer 2") != entity("GPT-3") != entity("GPT")


def test_a_long_form_that_abstracts_define_is_the_known_name() -> None:
    lexicon = load_lexicon(Settings().lexicon)
    assert resolve("A Robustly Optimized BERT Pretraining Approach", "Method", lexicon).entity == "method:roberta"


def test_initials_speak_for_a_name_whose_long_form_is_not_known() -> None:
    link = resolve("sparse planning with actor-relative critics", "Method", LEXICON)
    assert (link.entity, link.why, link.evidence) == ("method:sparc", "alias", "SPARC")
    assert entity("sparse attention kernels") == "method:spark"
    assert entity("sampled posteriors and ranked kernels") != "method:spark"  # it is known what SPArK stands for


def test_in_a_paper_initials_speak_for_nothing() -> None:
    mention = Mention("m0", 0, 10, "sparse planning with actor-relative critics", "Method", 1.0)
    assert link_extraction(Extraction("paper:x", (mention,)), LEXICON).mentions[0].why == "new"
    assert entity("sparse planning with actor-relative critics", context="We plan.") != "method:sparc"


@given(st.text(max_size=60), st.sampled_from(["Method", "Task"]))
@settings(deadline=None, max_examples=100)
def test_any_text_is_spelled_out(text: str, type_: str) -> None:
    assert all(isinstance(form, str) for form in known_forms(text, type_, LEXICON))
    assert set(names_by_initials(text, type_, LEXICON)) <= {"SPARC"}
    once = spell_out(text)
    assert once is None or spell_out(once) in (None, once)
