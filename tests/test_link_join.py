"""Papers brought together: no order changes what is one, a further paper takes nothing apart, decisions are obeyed."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg import pipeline
from kg.errors import LinkError
from kg.library import find_entities, open_library
from kg.link import NO_CORRECTIONS, Corrections, Lexicon, Linked, join_papers, link_extraction, load_corrections
from kg.schema import Extraction, LexiconEntry, Mention, Paper

LORA = LexiconEntry("method:lora", "Method", "LoRA", ("low-rank adaptation",))
LEXICON = Lexicon((LORA,))
TOPICS = {
    "translation": "We translate German sentences into English and report BLEU on WMT for low-resource languages.",
    "detection": "Pedestrians and cars are detected in images by a convolutional backbone with anchors on COCO.",
    "federated": "Clients train on private devices and a server aggregates their gradients under communication limits.",
    "speech": "Acoustic frames of noisy speech are recognised by a transducer, and the word error rate falls on LibriSpeech.",
}


def paper(id_: str, topic: str, short: str = "ZQX", long: str | None = None) -> tuple[Paper, Extraction]:
    """A paper on a topic that names a short form, and defines it where a long form is given."""
    text = f"{short} in practice\n{TOPICS[topic]} {long or 'Our system'} ({short}) is used."
    at = text.rindex(short)
    mentions = [Mention("m0", at, at + len(short), short, "Method", 0.9)]
    if long:
        start = text.index(long)
        mentions.append(Mention("m1", start, start + len(long), long, "Method", 0.9))
    found = Extraction(id_, tuple(mentions), synonyms=(("m0", "m1"),) if long else ())
    return Paper(id_, id_, text, text), found


def joined(
    papers: Sequence[tuple[Paper, Extraction]], corrections: Corrections = NO_CORRECTIONS
) -> dict[tuple[str, str], str]:
    """The entity of each mention, by paper and mention."""
    texts = {p.id: p.text for p, _ in papers}
    found = [link_extraction(e, LEXICON, texts[e.paper]) for _, e in papers]
    links = [Linked(e.paper, m.type, m.text, m.entity, m.why) for e in found for m in e.mentions]
    target = {j.linked: j.entity for j in join_papers(links, lambda ids: texts, LEXICON, corrections)}
    return {(e.paper, m.id): target.get(m.entity, m.entity) for e in found for m in e.mentions}


def clusters(entities: dict[tuple[str, str], str]) -> set[frozenset[tuple[str, str]]]:
    groups = defaultdict(set)
    for mention, entity in entities.items():
        groups[entity].add(mention)
    return {frozenset(group) for group in groups.values()}


def test_a_bare_acronym_is_one_thing_in_papers_that_are_alike_and_two_in_others() -> None:
    entities = joined([paper("paper:a", "translation"), paper("paper:b", "translation"), paper("paper:c", "federated")])
    assert entities["paper:a", "m0"] == entities["paper:b", "m0"] != entities["paper:c", "m0"]


def test_a_bare_acronym_is_what_a_paper_that_is_alike_defines_it_as() -> None:
    entities = joined([paper("paper:a", "speech", long="zonal quantile expansion"), paper("paper:b", "speech")])
    assert set(entities.values()) == {"method:zonal-quantile-expansion"}


def test_two_definitions_of_one_acronym_are_two() -> None:
    entities = joined(
        [paper("paper:a", "speech", long="zonal quantile expansion"),
         paper("paper:b", "detection", long="zero query crossing")]
    )  # fmt: skip
    assert entities["paper:a", "m0"] != entities["paper:b", "m0"]


PAPERS = st.lists(
    st.builds(
        paper,
        st.integers(0, 30).map("paper:{}".format),
        st.sampled_from(sorted(TOPICS)),
        st.sampled_from(["ZQX", "LoRA", "QKV"]),
        st.sampled_from([None, None, "zonal quantile expansion", "quick kernel vision", "low-rank adaptation"]),
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda item: item[0].id,
)


@given(PAPERS, st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=40)
def test_the_order_of_papers_changes_nothing(papers, random) -> None:
    assert joined(random.sample(papers, len(papers))) == joined(papers)


@given(PAPERS, PAPERS)
@settings(deadline=None, max_examples=40)
def test_a_further_paper_never_takes_apart_what_is_one(papers, more) -> None:
    seen = {p.id for p, _ in papers}
    before, after = joined(papers), joined(papers + [item for item in more if item[0].id not in seen])
    for cluster in clusters(before):
        assert len({after[mention] for mention in cluster}) == 1


# ------------------------------------------------------------------------------------------------ decisions


def write(path: Path, *rows: dict) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_decisions_of_a_person_are_obeyed(tmp_path: Path) -> None:
    decided = load_corrections(
        write(
            tmp_path / "fix.jsonl",
            {"same": ["FooNet", "LoRA"], "type": "Method"},
            {"different": ["low-rank adaptation", "LoRA"], "type": "Method"},
        )
    )
    same = pipeline.resolve_name("Foo-Net", "Method", LEXICON, None, decided)
    assert (same["entity"], same["why"]) == ("method:lora", "correction")
    assert same["evidence"] == f"{tmp_path / 'fix.jsonl'}:1"
    other = pipeline.resolve_name("low-rank adaptation", "Method", LEXICON, None, decided)
    assert (other["entity"], other["why"]) == ("method:low-rank-adaptation", "correction")
    assert pipeline.resolve_name("LoRA", "Method", LEXICON, None, decided)["entity"] == "method:lora"


def test_decisions_that_contradict_each_other_are_refused_by_line(tmp_path: Path) -> None:
    file = write(
        tmp_path / "fix.jsonl",
        {"same": ["A1", "B1"], "type": "Method"},
        {"same": ["B1", "C1"], "type": "Method"},
        {"different": ["c-1", "a-1"], "type": "Method"},
    )
    with pytest.raises(LinkError, match=r"fix.jsonl:3: .*fix.jsonl:\d, .*fix.jsonl:\d says that they are the same"):
        load_corrections(file)


@pytest.mark.parametrize("line", ["{", "[]", '{"same": ["A"], "type": "Method"}', '{"same": ["A", "B"]}',
                                  '{"same": ["A", "B"], "type": "Author"}', '{"alike": ["A", "B"], "type": "Task"}'])  # fmt: skip
def test_a_line_that_is_no_decision_is_named(tmp_path: Path, line: str) -> None:
    (tmp_path / "fix.jsonl").write_text(line + "\n", encoding="utf-8")
    with pytest.raises(LinkError, match=r"fix.jsonl:1: no correction"):
        load_corrections(tmp_path / "fix.jsonl")


def test_two_papers_that_a_person_tells_apart_stay_two() -> None:
    papers = [paper("paper:a", "speech"), paper("paper:b", "speech")]
    own = [m.entity for p, e in papers for m in link_extraction(e, LEXICON, p.text).mentions]
    from kg.link.corrections import Decision

    apart = Corrections((Decision("fix:1", "Method", (own[0], own[1]), same=False),))
    assert len(set(joined(papers).values())) == 1
    assert len(set(joined(papers, apart).values())) == 2


# ------------------------------------------------------------------------------------------------ the library


def fill(store, papers, lexicon: Lexicon = LEXICON, corrections: Corrections = NO_CORRECTIONS):
    store.set_papers([p for p, _ in papers])
    texts = {p.id: p.text for p, _ in papers}
    mark = f"v-{len(lexicon.entries)}"
    found = {e.paper: e for _, e in papers}
    waiting = [found[p.id] for p in store.pending(mark)]
    store.add_extractions([link_extraction(e, lexicon, texts[e.paper]) for e in waiting], mark)
    pipeline.build_graph(store, lexicon, corrections)
    return store


def rows(store, query: str) -> list[tuple]:
    return store.connection.execute(query).fetchall()


def test_the_library_joins_papers_and_says_why() -> None:
    papers = [paper("paper:a", "speech", long="zonal quantile expansion"), paper("paper:b", "speech")]
    with open_library(":memory:") as store:
        fill(store, papers)
        ((linked, entity, why, evidence),) = rows(store, "SELECT linked, entity, why, evidence FROM joins")
        assert (entity, why) == ("method:zonal-quantile-expansion", "context") and "paper:a" in evidence
        assert rows(store, "SELECT id, same_as, papers FROM entities") == [(entity, [linked], 2)]
        assert find_entities(store, linked, str.casefold) == [entity]
        assert rows(store, "SELECT DISTINCT why FROM mentions ORDER BY 1") == [("definition",), ("new",)]


def test_when_the_lexicon_learns_a_name_the_old_id_lives_on() -> None:
    papers = [paper("paper:a", "speech", long="zonal quantile expansion"), paper("paper:b", "federated")]
    learned = Lexicon((LORA, LexiconEntry("method:zqx", "Method", "ZQX", ("zonal quantile expansion",))))
    with open_library(":memory:") as store:
        fill(store, papers)
        old = {id_ for (id_,) in rows(store, "SELECT id FROM entities")}
        fill(store, papers, learned)
        ((id_, known, same_as),) = rows(store, "SELECT id, known, same_as FROM entities")
        assert (id_, known, set(same_as)) == ("method:zqx", True, old)
        fill(store, papers, learned)
        assert rows(store, "SELECT same_as FROM entities") == [(sorted(old),)]


def test_a_build_obeys_decisions_and_takes_them_back(tmp_path: Path) -> None:
    papers = [paper("paper:a", "speech"), paper("paper:b", "federated", short="LoRA")]
    decided = load_corrections(write(tmp_path / "fix.jsonl", {"same": ["ZQX", "LoRA"], "type": "Method"}))
    with open_library(":memory:") as store:
        fill(store, papers)
        before = rows(store, "SELECT id FROM entities ORDER BY id")
        assert len(before) == 2
        fill(store, papers, corrections=decided)
        assert rows(store, "SELECT id FROM entities") == [("method:lora",)]
        assert rows(store, "SELECT why, evidence FROM joins") == [("correction", f"{tmp_path / 'fix.jsonl'}:1")]
        fill(store, papers)
        assert rows(store, "SELECT id FROM entities ORDER BY id") == before
