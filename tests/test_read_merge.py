"""Merging: one record a distinct paper, and the same result whatever the order, the repetitions and the steps."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import ReadError
from kg.read import make_text, merge_papers, merge_stream, spool
from kg.schema import Paper, paper_id


def record(title: str, abstract: str = "Words.", **fields: Any) -> Paper:
    ids = {kind: fields.get(kind) for kind in ("arxiv", "acl", "doi")}
    return Paper(paper_id(**ids, title=title), title, abstract, make_text(title, abstract), **fields)


def ids(*papers: Paper) -> list[str]:
    return [paper.id for paper in merge_papers(papers)]


# ------------------------------------------------------------------------------------------------ examples


def test_the_same_identifier_is_the_same_paper_whatever_its_title() -> None:
    assert ids(record("Old Title", arxiv="2401.00001"), record("New Title", arxiv="2401.00001")) == [
        "paper:arxiv-2401.00001"
    ]
    assert ids(record("A", doi="10.1/x"), record("B", doi="10.1/x", acl="P18-1001")) == ["paper:acl-P18-1001"]


def test_the_same_title_is_the_same_paper() -> None:
    [paper] = merge_papers([record("BERT: Pre-training"), record("Bert:  pre‑training")])
    assert paper.title == "BERT: Pre-training"
    assert len(ids(record(r"The \textsc{Ofa} Framework"), record("The OFA Framework"))) == 1


def test_different_identifiers_of_one_kind_are_different_papers_of_the_same_title() -> None:
    assert len(ids(record("Survey", arxiv="2401.00001"), record("Survey", arxiv="2402.00002"))) == 2
    assert len(ids(record("Survey", arxiv="2401.00001"), record("Survey", doi="10.1/x"))) == 1


def test_a_third_record_does_not_bridge_two_papers_and_goes_to_the_smallest_id() -> None:
    one, two = record("Survey", arxiv="2401.00001"), record("Survey", arxiv="2402.00002")
    bridge = record("Survey", "A much longer abstract.", sources=("page.txt",))
    merged = merge_papers([two, bridge, one])
    assert [p.id for p in merged] == ["paper:arxiv-2401.00001", "paper:arxiv-2402.00002"]
    assert [p.sources for p in merged] == [("page.txt",), ()]
    chain = [record("A", arxiv="2401.00001", doi="10.1/d"), record("B", doi="10.1/d", acl="P18-1001")]
    chain.append(record("C", acl="P18-1001", arxiv="2402.00002"))
    assert ids(*chain) == ["paper:arxiv-2401.00001", "paper:arxiv-2402.00002"]


def test_titles_without_a_letter_are_told_apart() -> None:
    assert len(ids(record("???"), record("!!!"))) == 2


def test_the_longer_abstract_is_kept_with_its_text_and_the_best_of_the_rest() -> None:
    page = record("LoRA", "Long and full abstract.", sources=("page.txt",), count=3, published="2021-06-17", year=2021)
    entry = record(
        "LORA!", "Short.", arxiv="2106.09685", sources=("x.bib",), count=5, year=2022, authors=("E. Hu",),
        repositories=("https://github.com/microsoft/LoRA",), venue="ICLR",
    )  # fmt: skip
    [paper] = merge_papers([entry, page])
    assert (paper.title, paper.abstract, paper.text) == (page.title, page.abstract, page.text)
    assert (paper.id, paper.same_as) == ("paper:arxiv-2106.09685", (page.id,))
    assert (paper.count, paper.published, paper.year) == (5, "2021-06-17", 2021)
    assert (paper.sources, paper.authors, paper.venue) == (("page.txt", "x.bib"), ("E. Hu",), "ICLR")
    assert paper.repositories == entry.repositories


def test_nothing_merges_to_nothing() -> None:
    assert merge_papers([]) == []


# ------------------------------------------------------------------------------------------------ properties

maybe = st.one_of(st.none(), st.sampled_from("abc"))
details = st.fixed_dictionaries(
    {
        "abstract": st.sampled_from(["Short.", "Brief.", "A longer one.", "An even longer one."]),
        "venue": st.sampled_from([None, "ACL", "arXiv cs.CL", "ICML"]),
        "url": st.sampled_from([None, "https://a.org", "https://b.org"]),
        "count": st.sampled_from([None, 1, 2]),
        "published": st.sampled_from([None, "2021-01-01", "2022-02-02"]),
        "year": st.sampled_from([None, 2021, 2022]),
        "authors": st.sampled_from([(), ("A",), ("A", "B"), ("C",)]),
        "author_count": st.sampled_from([None, 2, 3]),
        "organization": st.sampled_from([None, "Adobe", "WeiboAI"]),
        "repositories": st.sampled_from([(), ("https://github.com/a/b",), ("https://github.com/c/d",)]),
        "sources": st.sampled_from([("x",), ("y",)]),
    }
)


@st.composite
def any_record(draw: st.DrawFn) -> Paper:
    """A record whose title and identifiers may contradict those of others in every way."""
    title = draw(st.sampled_from(["One", "one!", "Two", "Three", "öne", "??"]))
    arxiv, acl, doi = draw(maybe), draw(maybe), draw(maybe)
    return record(
        title, **draw(details), arxiv=arxiv and f"240{ord(arxiv) % 9}.00001", acl=acl, doi=doi and f"10.1/{doi}"
    )


@st.composite
def true_record(draw: st.DrawFn) -> Paper:
    """A record of one of three papers, of which it knows some identifiers and one spelling of the title."""
    n = draw(st.integers(1, 3))
    known = {"arxiv": f"240{n}.00001", "acl": f"P18-100{n}", "doi": f"10.1/{n}"}
    shown = draw(st.sets(st.sampled_from(sorted(known))))
    title = draw(st.sampled_from([f"Paper {n}", f"paper, {n}!", f"Páper {n}"]))
    return record(title, **draw(details), **{kind: known[kind] for kind in sorted(shown)})


@settings(deadline=None, max_examples=60)
@given(st.lists(any_record(), max_size=9).flatmap(lambda r: st.tuples(st.just(r), st.permutations(r))))
def test_order_and_repetition_change_nothing(both: tuple[list[Paper], list[Paper]]) -> None:
    papers, shuffled = both
    merged = merge_papers(papers)
    assert merge_papers(shuffled) == merged
    assert merge_papers(iter(papers + shuffled[:3])) == merged


@settings(deadline=None, max_examples=60)
@given(st.lists(any_record(), max_size=9))
def test_merging_again_changes_nothing_and_ids_are_unique(papers: list[Paper]) -> None:
    merged = merge_papers(papers)
    assert merge_papers(merged) == merged
    assert [p.id for p in merged] == sorted({p.id for p in merged})
    for paper in merged:
        assert paper.text == make_text(paper.title, paper.abstract)
        assert paper.id not in paper.same_as
    assert {s for p in papers for s in p.sources} == {s for p in merged for s in p.sources}
    assert {p.id for p in papers} == {i for p in merged for i in (p.id, *p.same_as)}


@settings(deadline=None, max_examples=60)
@given(st.lists(any_record(), max_size=9))
def test_records_of_a_shared_identifier_are_apart_only_where_others_disagree(papers: list[Paper]) -> None:
    merged = merge_papers(papers)
    for i, one in enumerate(merged):
        for other in merged[i + 1 :]:
            shared = any(getattr(one, k) and getattr(one, k) == getattr(other, k) for k in ("arxiv", "acl", "doi"))
            differ = any(
                getattr(one, k) and getattr(other, k) and getattr(one, k) != getattr(other, k)
                for k in ("arxiv", "acl", "doi")
            )
            assert differ or not shared


@settings(deadline=None, max_examples=60)
@given(st.lists(true_record(), max_size=9), st.integers(0, 9))
def test_step_by_step_is_all_at_once(papers: list[Paper], cut: int) -> None:
    merged = merge_papers(papers)
    assert merge_papers([*merge_papers(papers[:cut]), *papers[cut:]]) == merged
    assert len(merged) == len({p.text.split("\n")[0].strip("!")[-1] for p in papers})


@settings(max_examples=60)
@given(st.lists(any_record(), max_size=9))
def test_a_stream_is_merged_to_the_same(papers: list[Paper]) -> None:
    assert list(merge_stream(iter(papers))) == merge_papers(papers)
    assert list(merge_stream(papers[::-1])) == merge_papers(papers)


def test_the_memory_of_a_stream_does_not_grow_with_its_papers() -> None:
    def papers() -> Iterator[Paper]:
        return (record(f"Paper {n % 150}", str(n) * 20_000) for n in range(300))

    total = sum(len(paper.abstract) for paper in papers())
    tracemalloc.start()
    try:
        assert sum(1 for _ in merge_stream(papers())) == 150
        assert tracemalloc.get_traced_memory()[1] < total / 8
    finally:
        tracemalloc.stop()


def test_a_full_disk_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "TABLES", f"PRAGMA max_page_count = 9; {spool.TABLES}")
    with pytest.raises(ReadError, match=r"temporary file .*full; TMPDIR"):
        list(merge_stream([record("A", "Long. " * 10_000)]))


def test_sources_of_repeated_reading_are_named_once() -> None:
    paper = record("One", sources=("b.txt", "a.txt"))
    [merged] = merge_papers([paper, replace(paper, sources=("a.txt",))])
    assert merged.sources == ("a.txt", "b.txt")
