"""What rose and fell between two periods."""

from __future__ import annotations

import datetime

import pytest
from test_analyse_projection import GRAPH

from kg.analyse import Period, centrality, trends
from kg.errors import GraphError
from kg.library.tables import graph_from_rows
from kg.schema import Graph

CUT = datetime.date(2024, 1, 1)
BEFORE, AFTER = Period(until=CUT), Period(since=CUT)


def corpus(before: list[str], after: list[str]) -> Graph:
    """A paper for each word, naming the methods that are its letters."""
    nodes, edges = [], []
    for year, words in ((2023, before), (2024, after)):
        for i, word in enumerate(words):
            paper = f"paper:{year}-{i}"
            nodes.append(dict(id=paper, type="Paper", year=year))
            ends = dict(source=paper, source_type="Paper", type="MENTIONS", target_type="Method")
            edges += [ends | dict(target=f"method:{letter}") for letter in word]
    letters = sorted(set("".join(before + after)))
    nodes += [dict(id=f"method:{letter}", type="Method", name=letter.upper()) for letter in letters]
    return graph_from_rows(nodes, edges)


def test_ranks_are_compared_and_newcomers_stand_behind_the_last() -> None:
    """Before, A is joined to B, C and D; after, D is joined to B, C and E, and A is gone."""
    graph = corpus(["ab", "ac", "ad"], ["db", "dc", "de"])
    found = trends(graph, "degree", BEFORE, AFTER, project="method-method")
    ranks = {t.name: (t.rank_before, t.rank_after) for t in [*found.risen, *found.fallen]}
    assert ranks == {"D": (2, 1), "E": (None, 2), "A": (1, None)}
    assert [t.name for t in found.risen] == ["E", "D"] and [t.name for t in found.fallen] == ["A"]
    assert (found.papers_before, found.papers_after) == (3, 3)
    assert found.risen[1].value_before == pytest.approx(1 / 3) and found.risen[1].value_after == 1


def test_equal_values_share_a_rank_so_that_nothing_rises_by_its_name() -> None:
    graph = corpus(["ab", "cd"], ["ab", "cd"])
    found = trends(graph, "pagerank", BEFORE, AFTER, project="method-method")
    assert found.risen == found.fallen == []


def test_a_period_alone_is_what_centrality_says() -> None:
    found = trends(GRAPH, "degree", BEFORE, AFTER, project="method-method", top=None)
    first = centrality(GRAPH, "degree", project="method-method", period=BEFORE, top=None)
    assert {t.id: t.value_before for t in found.fallen} == {"method:c": {r.id: r.value for r in first}["method:c"]}


def test_type_and_top_choose_rows() -> None:
    graph = corpus(["abcdefgh"], ["zyxw"])
    found = trends(graph, "degree", BEFORE, AFTER, type="Method", top=2)
    assert len(found.risen) == len(found.fallen) == 2 and {t.type for t in found.risen} == {"Method"}


@pytest.mark.parametrize(
    ("before", "after", "measure", "message"),
    [
        (Period(), AFTER, "degree", "overlap"),
        (BEFORE, Period(), "degree", "overlap"),
        (Period(until=datetime.date(2024, 6, 1)), AFTER, "degree", "before 2024-06-01 and from 2024-01-01 overlap"),
        (BEFORE, AFTER, "fame", "'fame' ranks no nodes; known are degree"),
        (Period(until=datetime.date(1999, 1, 1)), AFTER, "degree", "no paper is dated before 1999-01-01"),
    ],
)
def test_what_cannot_be_compared_is_refused(before: Period, after: Period, measure: str, message: str) -> None:
    with pytest.raises(GraphError, match=message):
        trends(corpus(["ab"], ["ab"]), measure, before, after)
