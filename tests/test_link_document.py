"""Linking a paper: definitions win, ambiguity needs support, what is unknown is new, and order does not matter."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.link import Lexicon, link_extraction, load_lexicon
from kg.schema import Extraction, LexiconEntry, Mention

LEXICON = Lexicon(
    (
        LexiconEntry("dataset:gsm8k", "Dataset", "GSM8K"),
        LexiconEntry("dataset:math", "Dataset", "MATH", ambiguous=("MATH",)),
        LexiconEntry("method:contrastive-learning", "Method", "contrastive learning", ("CL",), ambiguous=("CL",)),
        LexiconEntry("method:curriculum-learning", "Method", "curriculum learning"),
        LexiconEntry("method:direct-preference-optimization", "Method", "direct preference optimization", ("DPO",)),
        LexiconEntry("method:lora", "Method", "LoRA", ("low-rank adaptation",), broader="method:peft"),
        LexiconEntry("method:optimizer", "Method", "optimizer"),
        LexiconEntry("method:peft", "Method", "parameter-efficient fine-tuning", ("PEFT",)),
        LexiconEntry("method:sam", "Method", "Segment Anything Model", ("SAM",), ambiguous=("SAM",)),
        LexiconEntry("method:sharpness", "Method", "sharpness-aware minimization", ("SAM",), None, None, "method:optimizer", ("SAM",)),
        LexiconEntry("method:simclr", "Method", "SimCLR", broader="method:contrastive-learning"),
        LexiconEntry("task:machine-translation", "Task", "machine translation", ("MT",)),
    )
)  # fmt: skip


def paper(*surfaces: str, synonyms: tuple[tuple[int, int], ...] = (), introduces: tuple[int, ...] = ()) -> Extraction:
    """An extraction of mentions written "Type:surface" (Method where no type is given)."""
    mentions = []
    for n, surface in enumerate(surfaces):
        type_, _, text = surface.rpartition(":")
        mentions.append(Mention(f"m{n}", 100 * n, 100 * n + len(text), text, type_ or "Method", 0.9))
    return Extraction(
        "paper:x", tuple(mentions), tuple(f"m{n}" for n in introduces), tuple((f"m{a}", f"m{b}") for a, b in synonyms)
    )


def entities(extraction: Extraction, lexicon: Lexicon = LEXICON) -> list[str | None]:
    return [mention.entity for mention in link_extraction(extraction, lexicon).mentions]


def test_names_aliases_and_spellings_of_known_things() -> None:
    linked = link_extraction(paper("LoRA", "Low Rank Adaptations", "Dataset:GSM-8K benchmark"), LEXICON).mentions
    assert [(m.entity, m.name, m.why) for m in linked] == [
        ("method:lora", "LoRA", "name"),
        ("method:lora", "LoRA", "alias"),
        ("dataset:gsm8k", "GSM8K", "name"),
    ]
    assert all(0.9 < m.score <= 1 for m in linked)


def test_a_definition_wins_over_the_lexicon() -> None:
    assert entities(paper("curriculum learning", "CL", synonyms=((0, 1),))) == ["method:curriculum-learning"] * 2
    linked = link_extraction(paper("Dynamic Policy Organization", "DPO", synonyms=((1, 0),)), LEXICON).mentions
    assert {m.entity for m in linked} == {"method:dynamic-policy-organization"}
    assert [m.why for m in linked] == ["new", "definition"]


def test_two_systems_of_one_acronym_are_two_and_a_bare_acronym_is_of_its_paper_alone() -> None:
    first = entities(paper("anchored preference optimization", "APO", synonyms=((0, 1),)))
    second = entities(paper("adversarial prompt optimization", "APO", synonyms=((0, 1),)))
    assert first == ["method:anchored-preference-optimization"] * 2
    assert second == ["method:adversarial-prompt-optimization"] * 2
    bare = entities(paper("QXZ", "QXZ"))
    assert bare[0].startswith("method:qxz-") and len(set(bare)) == 1
    assert bare == entities(paper("QXZ", "QXZ")) != entities(replace(paper("QXZ", "QXZ"), paper="paper:y"))


CURRICULUM = "We order training examples from easy to hard; a pacing schedule of difficulty. CL speeds up convergence."
CONTRASTIVE = "Augmented views of an image are positive pairs against negatives. CL learns self-supervised embeddings."


def test_the_text_decides_between_meanings() -> None:
    one = link_extraction(paper("CL"), LEXICON, CURRICULUM).mentions[0]
    assert (one.entity, one.why) == ("method:curriculum-learning", "context")
    assert "curriculum learning" in one.evidence and 0.5 < one.score < 1
    assert link_extraction(paper("CL"), LEXICON, CONTRASTIVE).mentions[0].entity == "method:contrastive-learning"
    assert link_extraction(paper("CL"), LEXICON, "Our results are good.").mentions[0].why == "new"


def test_a_name_known_as_another_type_keeps_its_own_type() -> None:
    linked = link_extraction(paper("MT", "Machine Translation"), LEXICON).mentions
    assert {(m.entity, m.name) for m in linked} == {("method:machinetranslation", "machine translation")}


@pytest.mark.parametrize(
    ("extraction", "name"),
    [
        (paper("FooBar", "Fused Optimal Bars", synonyms=((0, 1),), introduces=(0,)), "FooBar"),
        (paper("TSG", "Time Series Generators", synonyms=((0, 1),)), "time series generator"),
        (paper("Dataset:Mini Test Corpus", "Dataset:MTC", synonyms=((0, 1),)), "MTC"),
        (paper("Sparse Widgets"), "sparse widget"),
        (paper("f-DPO"), "f-DPO"),
        (paper("Zamba"), "Zamba"),
    ],
)
def test_what_a_new_thing_is_called(extraction: Extraction, name: str) -> None:
    assert {m.name for m in link_extraction(extraction, LEXICON).mentions} == {name}


def test_a_new_name_has_one_id_for_its_spellings_and_another_for_its_versions() -> None:
    assert len({entities(paper(s))[0] for s in ("FooNet-50", "foonet 50", "FooNet50")}) == 1
    assert entities(paper("Sparse Widgets")) == entities(paper("sparse widget"))
    assert entities(paper("FooNet-50")) != entities(paper("FooNet-101"))
    assert entities(paper("中文Foo")) != entities(paper("Foo")), "an id keeps apart what ASCII does not"


def test_a_wrong_synonym_pair_does_not_merge_two_known_things() -> None:
    assert entities(paper("LoRA", "DPO", synonyms=((0, 1),))) == [
        "method:lora",
        "method:direct-preference-optimization",
    ]


def test_a_lookalike_in_a_wrong_pair_with_a_definition_keeps_its_own_entity() -> None:
    extraction = paper("low-rank adaptation", "LoRA", "PEFT", synonyms=((0, 1), (1, 2)))
    assert entities(extraction) == ["method:lora", "method:lora", "method:peft"]


def test_a_synonym_of_a_known_thing_is_that_thing() -> None:
    assert entities(paper("LoRA", "adapter tuning", synonyms=((0, 1),))) == ["method:lora"] * 2


def test_new_names_of_one_thing_have_one_id_whichever_comes_first() -> None:
    one, other = (
        entities(paper(*s, synonyms=((0, 1),))) for s in (("FooNet-50", "sharpness"), ("sharpness", "FooNet-50"))
    )
    assert one == other


def test_pairs_across_types_and_of_unknown_mentions_are_passed_over() -> None:
    extraction = replace(paper("LoRA", "Task:adaptation", synonyms=((0, 1),)), synonyms=(("m0", "m1"), ("m0", "m7")))
    assert entities(extraction) == ["method:lora", "task:adaptation"]


def test_a_paper_without_mentions() -> None:
    assert link_extraction(Extraction("paper:x"), LEXICON) == Extraction("paper:x")


SURFACES = st.sampled_from(
    ["CL", "SAM", "LoRA", "low-rank adaptation", "DPO", "Dynamic Policy Organization", "SimCLR", "APO", "FooNet-50",
     "FooNet50", "Task:MT", "MT", "curriculum learning", "Dataset:GSM8K", "optimizers", "sharpness", "$$", "Foo bars"]
)  # fmt: skip
PAPERS = st.builds(
    lambda surfaces, pairs: paper(*surfaces, synonyms=tuple(pairs)),
    st.lists(SURFACES, min_size=1, max_size=9),
    st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=4),
)


@given(PAPERS, st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=100)
def test_the_order_of_mentions_and_pairs_changes_nothing(extraction: Extraction, random) -> None:
    mentions, synonyms = list(extraction.mentions), [pair[::-1] for pair in extraction.synonyms]
    random.shuffle(mentions)
    random.shuffle(synonyms)
    shuffled = replace(extraction, mentions=tuple(mentions), synonyms=tuple(synonyms))
    linked = {m.id: m for m in link_extraction(extraction, LEXICON).mentions}
    assert {m.id: m for m in link_extraction(shuffled, LEXICON).mentions} == linked


@given(PAPERS)
@settings(deadline=None, max_examples=100)
def test_linking_is_idempotent_and_complete(extraction: Extraction) -> None:
    linked = link_extraction(extraction, LEXICON)
    assert link_extraction(linked, LEXICON) == linked
    for before, mention in zip(extraction.mentions, linked.mentions, strict=True):
        assert mention.entity and mention.name and 0 < mention.score <= 1
        assert mention.why in ("definition", "name", "alias", "context", "new")
        assert mention.entity.startswith(mention.type.lower() + ":")
        assert replace(mention, name=None, entity=None, why=None, score=None, evidence=None) == before


def test_an_unknown_definition_is_new_under_the_published_lexicon_too() -> None:
    lexicon = load_lexicon(Path(__file__).resolve().parents[1] / "ontology" / "lexicon")
    linked = link_extraction(paper("Layered Orchid Rank Analysis", "LoRA", synonyms=((0, 1),)), lexicon).mentions
    assert {m.entity for m in linked} == {"method:layered-orchid-rank-analysis"}
