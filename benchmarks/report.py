"""Markdown tables of what `centrality.py` measured: python benchmarks/report.py FILE.jsonl

Seconds on one thread are those of the processor, which other work on the machine changes least; the gain of a second
thread is one of the clock. The memory of a call is what it took at most beyond the graph.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

Row = dict[str, Any]


def print_tables(rows: list[Row]) -> None:
    for run in (row for row in rows if "machine" in row):
        print("{machine}, {cores} cores, load {load:.1f} before".format(**run))
    versions = {row["library"]: row["version"] for row in rows if row.get("version")}
    print(", ".join(f"{library} {version}" for library, version in versions.items()), "\n")
    calls = [row for row in rows if "measure" in row]
    order = dict.fromkeys(versions)
    print_table("Seconds on one thread (how often the core's)", list(order), calls, seconds, best_peer)
    print_table("Seconds on two threads, by the clock", list(order), calls, clock, gain)
    print_table("MiB that a call took beyond the graph", list(order), calls, mebibytes, compressed_rows)
    print_table("Values", list(order), calls, value, lambda found: "")


def print_table(
    title: str, libraries: list[str], calls: list[Row], cell: Callable[..., str], last: Callable[[dict[Any, Row]], str]
) -> None:
    notes = {"best_peer": "best peer / kg", "gain": "kg: 1 thread / 2", "compressed_rows": "arrays of the graph"}
    print(f"{title}\n\n| graph | measure | {' | '.join(libraries)} | {notes.get(last.__name__, '')} |")
    print("|---" * (len(libraries) + 3) + "|")
    for (graph, measure), found in by_graph_and_measure(calls):
        cells = [cell(found, library) for library in libraries]
        if any(cells):
            print(f"| {graph} | {measure} | {' | '.join(cells)} | {last(found)} |")
    print()


def by_graph_and_measure(calls: list[Row]) -> Iterator[tuple[tuple[str, str], dict[tuple[str, int], Row]]]:
    for key, group in groupby(calls, itemgetter("graph", "measure")):
        yield key, {(row["library"], row["threads"]): row for row in group}


def seconds(found: dict[Any, Row], library: str) -> str:
    row, ours = found.get((library, 1), {}), found.get(("kg", 1), {})
    if "cpu" not in row:
        more = f" (more than {row['budget'] / ours['cpu']:.3g}x)" if "budget" in row and "cpu" in ours else ""
        return row.get("error", "") + more
    ratio = f" ({row['cpu'] / ours['cpu']:.3g}x)" if "cpu" in ours and library != "kg" else ""
    return f"{row['cpu']:.3g}{ratio}"


def best_peer(found: dict[Any, Row]) -> str:
    peers = [
        row["cpu"] for (library, threads), row in found.items() if threads == 1 and library != "kg" and "cpu" in row
    ]
    ours = found.get(("kg", 1), {}).get("cpu")
    return f"**{min(peers) / ours:.3g}x**" if peers and ours else ""


def clock(found: dict[Any, Row], library: str) -> str:
    row = found.get((library, 2), {})
    return f"{row['seconds']:.3g}" if "seconds" in row else row.get("error", "")


def gain(found: dict[Any, Row]) -> str:
    one, two = (found.get(("kg", threads), {}).get("seconds") for threads in (1, 2))
    return f"{one / two:.2f}x" if one and two else ""


def mebibytes(found: dict[Any, Row], library: str) -> str:
    row = found.get((library, 1), {})
    return f"{row['rise_kib'] / 1024:.1f}" if "rise_kib" in row else ""


def compressed_rows(found: dict[Any, Row]) -> str:
    """The 8 bytes a node and 4 bytes an edge and direction in which kg holds a graph."""
    row = next(iter(found.values()))
    return f"{(8 * (row['nodes'] + 1) + 8 * row['edges']) / 2**20:.1f}"


def value(found: dict[Any, Row], library: str) -> str:
    row = found.get((library, 1), {})
    for field, style in (("difference", ".0e"), ("residual", ".0e"), ("modularity", ".4f")):
        if field in row:
            return f"{row[field]:{style}}"
    return ""


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as lines:
        print_tables([json.loads(line) for line in lines])
