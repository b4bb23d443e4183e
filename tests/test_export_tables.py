"""GraphML, Parquet and CSV, read back by other readers."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import duckdb
import networkx as nx
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import ExportError
from kg.export import EXPORTERS, export_graph
from kg.library.tables import graph_from_rows
from kg.schema import Graph


def test_parquet_keeps_every_value_and_duckdb_reads_it(tiny_graph: Graph, tmp_path: Path) -> None:
    nodes, edges = export_graph("parquet", tiny_graph, tmp_path / "p")
    assert pq.read_table(nodes).equals(tiny_graph.nodes) and pq.read_table(edges).equals(tiny_graph.edges)
    counted = duckdb.sql(f"SELECT count(*) FROM '{edges}' WHERE type = 'MENTIONS'").fetchall()
    assert counted == [(6,)]


def test_graphml_is_read_back_by_networkx(tiny_graph: Graph, tmp_path: Path) -> None:
    (path,) = export_graph("graphml", tiny_graph, tmp_path)
    graph = nx.read_graphml(path, force_multigraph=True)
    assert (
        set(graph) == set(tiny_graph.nodes["id"].to_pylist()) and graph.number_of_edges() == tiny_graph.edges.num_rows
    )
    paper = graph.nodes["paper:arxiv-2402.03300"]
    assert (paper["published"], paper["count"], json.loads(paper["sources"])) == ("2024-02-05", 7, ["a.jsonl", "b.bib"])
    assert len({key for *_, key in graph.edges(keys=True)}) == tiny_graph.edges.num_rows
    (edge,) = [d for _, _, d in graph.edges(data=True) if d["type"] == "COMPARE_WITH"]
    assert json.loads(edge["evidenceStarts"]) == [38] and edge["confidence"] == 0.9


def test_csv_has_the_headers_of_the_importer(tiny_graph: Graph, tmp_path: Path) -> None:
    paths = {p.name: p for p in export_graph("csv", tiny_graph, tmp_path / "c")}
    with open(paths["nodes-Method.csv"], encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    assert head[:4] == ["id:ID", "name:string", "aliases:string[]", "year:long"] and head[-1] == ":LABEL"
    assert [row[0] for row in rows] == ["method:grpo", "method:new-thing", "method:ppo"]
    assert "--relationships=edges-USED_FOR.csv" in paths["import.txt"].read_text()


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""What XML cannot hold."""


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(TEXT, st.lists(TEXT, min_size=1, max_size=3)), min_size=1, max_size=5))
def test_any_text_comes_through(tmp_path_factory: pytest.TempPathFactory, values: list[tuple[str, list[str]]]) -> None:
    folder = tmp_path_factory.mktemp("any")
    ids = [f"method:{i}" for i in range(len(values))]
    names, aliases = ([*column] for column in zip(*values, strict=True))
    rows = [{"id": i, "type": "Method", "name": n, "aliases": a} for i, n, a in zip(ids, names, aliases, strict=True)]
    graph = graph_from_rows(rows, [])

    nodes, _ = export_graph("parquet", graph, folder)
    table = pq.read_table(nodes)
    assert (table["name"].to_pylist(), table["aliases"].to_pylist()) == (names, aliases)

    (path,) = export_graph("graphml", graph, folder)
    read = nx.read_graphml(path)
    in_xml = [FORBIDDEN.sub("\ufffd", re.sub("\r\n?", "\n", name)) for name in names]
    assert [read.nodes[i].get("name", "") for i in ids] == in_xml
    assert [[FORBIDDEN.sub("\ufffd", text) for text in json.loads(read.nodes[i]["aliases"])] for i in ids] == [
        [FORBIDDEN.sub("\ufffd", text) for text in texts] for texts in aliases
    ]

    (path,) = [path for path in export_graph("csv", graph, folder) if path.name == "nodes-Method.csv"]
    with open(path, encoding="utf-8", newline="") as file:
        _, *lines = csv.reader(file)
    assert [line[1] for line in lines] == names
    assert [line[2].split("\x1f") for line in lines] == [[t.replace("\x1f", " ") for t in texts] for texts in aliases]


def test_csv_tells_null_from_an_empty_text(tmp_path: Path) -> None:
    rows = [{"id": "paper:a", "type": "Paper", "title": "", "count": 3}, {"id": "paper:b", "type": "Paper"}]
    export_graph("csv", graph_from_rows(rows, []), tmp_path)
    _, first, second = (tmp_path / "nodes-Paper.csv").read_text().splitlines()
    assert first.startswith('"paper:a","",,') and second.startswith('"paper:b",,,')


@pytest.mark.parametrize("target", sorted(set(EXPORTERS) - {"neo4j"}))
def test_the_same_graph_gives_the_same_bytes(tiny_graph: Graph, tmp_path: Path, target: str) -> None:
    first = {p.name: p.read_bytes() for p in export_graph(target, tiny_graph, tmp_path / "one")}
    again = {p.name: p.read_bytes() for p in export_graph(target, tiny_graph, tmp_path / "two")}
    assert first == again and first
    assert not list(tmp_path.rglob("*.part"))


def test_wrong_targets_options_and_places_are_refused(tiny_graph: Graph, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="unknown target 'pdf'; known are csv"):
        export_graph("pdf", tiny_graph, tmp_path)
    with pytest.raises(ExportError, match="parquet takes no option color; it takes none"):
        export_graph("parquet", tiny_graph, tmp_path, color="red")
    with pytest.raises(ExportError, match="parquet writes files: give it a folder or a file"):
        export_graph("parquet", tiny_graph, None)
    (tmp_path / "file").write_text("")
    with pytest.raises(ExportError, match="cannot be written"):
        export_graph("csv", tiny_graph, tmp_path / "file" / "folder")
