"""Saved pages of Hugging Face: nothing on them is lost, changed or merged wrongly; and the corpora are read whole."""

from __future__ import annotations

import re
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.read import merge_papers, read_papers
from kg.schema import Paper

HEAD = "new\n\nGet trending papers in your email inbox!\n\nSubscribe\n\nDaily Papers\n\nbyAK and the research community\n\nDec 11\n\n"


def read(path: Path, **options: object) -> tuple[list[Paper], list[str]]:
    problems: list[str] = []
    papers = list(read_papers([path], report=lambda p: problems.append(f"{Path(p.where).name}: {p.what}"), **options))
    return papers, problems


def page(tmp_path: Path, body: str) -> Path:
    path = tmp_path / "page.txt"
    path.write_text(HEAD + body, encoding="utf-8")
    return path


def test_authors_organisations_dates_and_counts(tmp_path: Path) -> None:
    body = (
        "One\n\nFirst.\n\n  • 7 authors\n·\nAug 7, 2022\n\nTwo\n\nSecond.\n\n  • 1 author\n·\nFeb 27 15\n\n"
        "Three\n\nThird.\n\nGensyn Gensyn\n·\nNov 15, 2023 4\n\nFour\n\nFourth.\n\nfacebook AI at Meta\n·\nFeb 29\n\n"
        "Five\n\nFifth, without a byline.\n\nSix\n\nSixth.\n\n  • 2 authors\n·\nMay 3, 2020\n"
    )
    papers, problems = read(page(tmp_path, body))
    assert problems == []
    assert [(p.title, p.abstract) for p in papers][::4] == [("One", "First."), ("Five", "Fifth, without a byline.")]
    assert [p.author_count for p in papers] == [7, 1, None, None, None, 2]
    assert [p.organization for p in papers] == [None, None, "Gensyn", "AI at Meta", None, None]
    assert [p.count for p in papers] == [None, 15, 4, None, None, None]
    assert [p.published for p in papers] == ["2022-08-07", "2024-02-27", "2023-11-15", "2024-02-29", None, "2020-05-03"]
    papers, _ = read(tmp_path / "page.txt", page_year=2025)
    assert [(p.published, p.year) for p in papers][1:4:2] == [("2025-02-27", 2025), (None, 2025)]


def test_where_no_year_is_printed_it_stays_unknown(tmp_path: Path) -> None:
    [paper], _ = read(page(tmp_path, "One\n\nFirst.\n\n  • 7 authors\n·\nFeb 27 2\n"))
    assert (paper.published, paper.year, paper.count) == (None, None, 2)


def test_what_is_odd_on_a_page_is_told_with_its_line(tmp_path: Path) -> None:
    body = "One\n\nFirst.\n\n  • 7 authors\n·\nyesterday\n\nTwo\n\n  • 3 authors\n·\nMay 3\n\nThree\n\nThird.\n\nFour\n"
    papers, problems = read(page(tmp_path, body))
    assert [p.title for p in papers] == ["One", "Three"]
    assert [p[:40] for p in problems] == [
        'page.txt:17: expected a date like "Aug 7',
        "page.txt:21: a record without abstract; ",
        "page.txt:31: a record without abstract; ",
    ]


def test_words_of_the_site_in_an_abstract_are_an_abstract(tmp_path: Path) -> None:
    abstract = "We study byAK and the research community."
    papers, _ = read(
        page(tmp_path, f"One\n\n{abstract}\n\nTwo\n\nbyAK and the research community\n" + "\n\nA\n\nB" * 30)
    )
    assert papers[0].abstract == abstract
    table = tmp_path / "a.csv"
    table.write_text(f"title,abstract\nOne,{abstract}\n", encoding="utf-8")
    assert [p.title for p in read(table)[0]] == ["One"]


words = st.text(alphabet="abc DEF (1)·•,$", min_size=1, max_size=30).map(lambda s: "x" + s.strip())


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.tuples(words, words, st.sampled_from(["", "  • 3 authors\n·\nMay 3, 2020\n\n"])), min_size=1, max_size=8
    )
)
def test_every_paper_of_a_page_comes_back(
    tmp_path_factory: pytest.TempPathFactory, papers: list[tuple[str, str, str]]
) -> None:
    path = page(tmp_path_factory.mktemp("page"), "".join(f"{t}\n\n{a}\n\n{byline}" for t, a, byline in papers))
    found, problems = read(path)
    assert problems == []
    assert [(p.title, p.abstract, p.author_count) for p in found] == [(t, a, 3 if b else None) for t, a, b in papers]


# ------------------------------------------------------------------------------------------------ the corpora


def printed(path: Path) -> list[tuple[str, str, str]]:
    """Title, abstract and byline of each paper, by the blank lines of the page alone."""
    blocks = path.read_bytes().decode("utf-8").split("\n\n")
    first = 1 + next(i for i, block in enumerate(blocks) if re.fullmatch(r"[A-Z][a-z]{2} \d+", block))
    papers: list[list[str]] = []
    for block in blocks[first:]:
        if "\n·\n" in block or (papers and len(papers[-1]) == 1):
            papers[-1].append(block.rstrip("\n"))
        else:
            papers.append([block])
    return [(paper[0], paper[1], paper[2] if len(paper) > 2 else "") for paper in papers if paper[0]]


@pytest.mark.shared
def test_the_five_pages_hold_309_papers_and_292_titles_letter_for_letter(shared: Path) -> None:
    pages = sorted((shared / "seeds").glob("*.txt"))
    all_printed, all_papers = [], []
    for path in pages:
        papers, problems = read(path)
        assert problems == []
        assert [(p.title, p.abstract) for p in papers] == [(title, abstract) for title, abstract, _ in printed(path)]
        all_printed += printed(path)
        all_papers += papers
    assert (len(pages), len(all_papers), len({p.title for p in all_papers})) == (5, 309, 292)
    for paper, (_, _, byline) in zip(all_papers, all_printed, strict=True):
        authors = re.match(r"  • (\d+) author", byline)
        assert paper.author_count == (int(authors[1]) if authors else None)
        assert bool(paper.organization) == (bool(byline) and not authors)
        assert not paper.organization or byline.split("\n")[0].endswith(" " + paper.organization)
        assert bool(paper.published) == bool(byline)
    merged = merge_papers(all_papers)
    assert sorted(p.title for p in merged) == sorted({title for title, _, _ in all_printed})
    longest: dict[str, int] = {}
    for title, abstract, _ in all_printed:
        longest[title] = max(longest.get(title, 0), len(abstract))
    assert all(len(p.abstract) == longest[p.title] for p in merged)


@pytest.mark.shared
def test_the_fifth_page_prints_no_dates(shared: Path) -> None:
    papers, _ = read(shared / "seeds/004_7f30c1ef6baefa18.txt")
    assert {(p.published, p.year, p.author_count, p.organization, p.count) for p in papers} == {(None,) * 5}


@pytest.mark.shared
def test_every_file_of_abstracts_is_read_without_a_problem(shared: Path) -> None:
    files = sorted((shared / "data/abstracts").glob("*.jsonl.gz"))
    assert len(files) == 6
    for path in files:
        papers = list(islice(read_papers([path], strict=True, report=print), 300))
        kinds = {p.id.removeprefix("paper:").split("-")[0] for p in papers}
        assert len(papers) == len(merge_papers(papers)) == 300
        assert "arxiv" not in path.name or kinds == {"arxiv"}
        assert "acl" not in path.name or kinds == {"acl"}
        assert all(p.year and p.authors for p in papers)
