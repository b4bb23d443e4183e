"""`kg centrality` and `kg trends`: which nodes matter, and which matter more than before."""

from __future__ import annotations

import datetime
from dataclasses import asdict
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kg.analyse.table import MEASURES, RANKED
from kg.commands.options import LIBRARY, AsJson, LibraryFile, Output, existing_library
from kg.schema import NodeType, Problem
from kg.terminal import print_json, print_rich, safe, say, say_problems, table

if TYPE_CHECKING:
    from kg.analyse import Period, Trend

__all__ = ["centrality", "trends"]

Measure = StrEnum("Measure", {name: name for name in MEASURES})
RankedBy = StrEnum("RankedBy", {name: name for name in RANKED})
Backend = StrEnum("Backend", {name: name for name in ("core", "networkx")})

Type = Annotated[NodeType | None, typer.Option("--type", help="Rank only nodes of this type.")]
Top = Annotated[int, typer.Option(min=0, help="How many; 0: all.")]
Project = Annotated[
    str | None, typer.Option(help="Two node types, as in method-method or author-task; left out: the whole graph.")
]
By = Annotated[
    str,
    typer.Option(help="What joins them: papers, sentences, relations (any edge), or one type of edge as USED_FOR."),
]
Directed = Annotated[bool, typer.Option("--directed", help="Keep the direction of edges.")]
Weighted = Annotated[
    bool, typer.Option("--weighted", help="The more papers join two nodes, the closer and stronger they are joined.")
]
Threads = Annotated[int, typer.Option(min=0, help="0: one a core.")]
Sample = Annotated[
    int | None, typer.Option(min=2, help="Betweenness: estimate it from so many sources; every value gets its bound.")
]
Error = Annotated[
    float | None, typer.Option(help="Betweenness: estimate it so that no value is further off, as 0.01 (of 0 to 1).")
]
DAYS = ["%Y-%m-%d", "%Y-%m", "%Y"]
Since = Annotated[datetime.datetime | None, typer.Option(formats=DAYS, help="Only papers from this day on.")]
Until = Annotated[datetime.datetime | None, typer.Option(formats=DAYS, help="Only papers from before this day.")]


def centrality(
    library: LibraryFile = LIBRARY,
    measure: Annotated[Measure, typer.Option(help="What to compute.")] = Measure.pagerank,
    project: Project = None,
    by: By = "papers",
    type: Type = None,
    top: Top = 20,
    since: Since = None,
    until: Until = None,
    directed: Directed = False,
    weighted: Weighted = False,
    sample: Sample = None,
    error: Error = None,
    store: Annotated[
        bool, typer.Option("--store", help="Keep the values in the library, as properties for queries and exports.")
    ] = False,
    backend: Annotated[Backend, typer.Option(help="The compiled core, or networkx to compare.")] = Backend.core,
    threads: Threads = 0,
    as_json: AsJson = False,
    output: Output = None,
) -> None:
    """The most central nodes, on the whole graph or on a projection, of all papers or those of a period."""
    from kg import pipeline

    problems: list[Problem] = []
    with existing_library(library, write=store) as opened:
        ranked = pipeline.rank(
            opened, str(measure), project=project, by=by, type=type and str(type), top=top or None,
            period=_period(since, until), directed=directed, weighted=weighted, keep=store, backend=str(backend),
            threads=threads, sample=sample, error=error, notice=say, report=problems.append,
        )  # fmt: skip
    say_problems(problems)
    if as_json:
        known = [{name: value for name, value in asdict(row).items() if value is not None} for row in ranked]
        return print_json(known, output)
    bounded = sample is not None or error is not None
    rows = table("rank", "type", "name", str(measure), *(["off by at most"] if bounded else []), "id")
    for row in ranked:
        bound = [] if row.bound is None else [_shown(row.bound)]
        rows.add_row(str(row.rank), row.type, safe(row.name), _shown(row.value), *bound, row.id)
    print_rich([rows], output)


def trends(
    before: Annotated[
        datetime.datetime, typer.Option(formats=DAYS, help="The first period holds the papers from before this day.")
    ],
    library: LibraryFile = LIBRARY,
    after: Annotated[
        datetime.datetime | None,
        typer.Option(formats=DAYS, help="The second holds those from this day on; left out: that of --before."),
    ] = None,
    since: Annotated[
        datetime.datetime | None, typer.Option(formats=DAYS, help="The first period starts on this day.")
    ] = None,
    until: Annotated[
        datetime.datetime | None, typer.Option(formats=DAYS, help="The second period ends before this day.")
    ] = None,
    measure: Annotated[RankedBy, typer.Option(help="What ranks the nodes.")] = RankedBy.pagerank,
    project: Project = None,
    by: By = "papers",
    type: Type = None,
    top: Annotated[int, typer.Option(min=0, help="How many that rose, and how many that fell; 0: all.")] = 10,
    directed: Directed = False,
    weighted: Weighted = False,
    threads: Threads = 0,
    as_json: AsJson = False,
    output: Output = None,
) -> None:
    """What rose and fell in rank between two periods; the change counts how many times better the rank became."""
    from kg import pipeline

    problems: list[Problem] = []
    first, second = _period(since, before), _period(after or before, until)
    with existing_library(library) as opened:
        found = pipeline.trends(
            opened, str(measure), first, second, project=project, by=by, type=type and str(type), top=top or None,
            directed=directed, weighted=weighted, threads=threads, report=problems.append,
        )  # fmt: skip
    say_problems(problems)
    if as_json:
        return print_json(
            {"measure": str(measure), "before": asdict(first), "after": asdict(second)} | asdict(found), output
        )
    heading = f"{found.papers_before} papers {first}, {found.papers_after} papers {second}"
    rows = table("", "before", "after", "type", "name", "id")
    for row in [*found.risen, *found.fallen]:
        rows.add_row(*_trend_cells(row))
    print_rich([heading, rows], output)


def _trend_cells(row: Trend) -> tuple[str, ...]:
    ranks = ("-" if rank is None else str(rank) for rank in (row.rank_before, row.rank_after))
    if row.rank_before is None or row.rank_after is None:
        change = "new" if row.rank_before is None else "gone"
    else:
        change = f"{row.rank_before - row.rank_after:+d}"
    return change, *ranks, row.type, safe(row.name), row.id


def _period(since: datetime.datetime | None, until: datetime.datetime | None) -> Period:
    from kg.analyse import Period

    return Period(since and since.date(), until and until.date())


def _shown(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)
