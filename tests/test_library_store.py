"""The library on a real DuckDB file: nothing lost or doubled, and a graph that is a function of the facts."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import duckdb
import pyarrow.compute as pc
import pytest
from conftest import content
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import LibraryError
from kg.library import find_entities, open_library, show_card
from kg.library.store import Library
from kg.schema import EDGE_ENDPOINTS, Claim, Extraction, LexiconEntry, Mention, Paper, Relation

PAPERS = [
    Paper("paper:a", "GRPO", "GRPO beats PPO by 5% on GSM8K.", "GRPO\nGRPO beats PPO by 5% on GSM8K.",
          published="2024-02-05", year=2024, authors=("Ada Lovelace", "Alan Turing"), organization="DeepSeek",
          repositories=("https://github.com/x/Y",), sources=("a.jsonl",), same_as=("paper:old",)),
    Paper("paper:b", "PPO", "We use PPO.", "PPO\nWe use PPO.", year=2017, authors=("Ada Lovelace",), sources=("b.jsonl",)),
]  # fmt: skip
LEXICON = [LexiconEntry("method:ppo", "Method", "PPO", ("Proximal Policy Optimization",), 2017)]


def mention(id: str, start: int, text: str, type: str, entity: str) -> Mention:
    return Mention(id, start, start + len(text), text, type, 0.9, text, entity, "new", 0.5)


FACTS = [
    Extraction(
        "paper:a",
        mentions=(
            mention("m0", 0, "GRPO", "Method", "method:grpo"),
            mention("m1", 5, "GRPO", "Method", "method:grpo"),
            mention("m2", 16, "PPO", "Method", "method:ppo"),
            mention("m3", 29, "GSM8K", "Dataset", "dataset:gsm8k"),
        ),
        introduces=("m0",),
        relations=(
            Relation("m0", "COMPARE_WITH", "m2", 0.8, 5, 35),
            Relation("m0", "EVALUATED_WITH", "m3", 0.7, 5, 35),
            Relation("m3", "PART_OF", "m0", 0.7, 5, 35),  # a dataset is no part of a method: no edge comes of it
        ),
        claims=(
            Claim("c0", 5, 35, "GRPO beats PPO by 5% on GSM8K.", "performance", 0.9, subject="m0", value="5%",
                  direction="increase", baseline="PPO", on="m3", number=5.0, unit="%", baseline_mention="m2"),
        ),
        sentences=((0, 4), (5, 35)),
    ),
    Extraction("paper:b", mentions=(mention("m0", 0, "PPO", "Method", "method:ppo"), mention("m1", 11, "PPO", "Method", "method:ppo")),
               sentences=((0, 3), (4, 15))),
]  # fmt: skip


def fill(library: Library, papers: list[Paper] = PAPERS) -> Library:
    library.add_records(papers)
    library.set_papers(papers)
    ids = {p.id for p in library.pending("v1")}
    library.add_extractions([e for e in FACTS if e.paper in ids], "v1")
    library.build_graph(LEXICON, str.casefold)
    return library


@pytest.fixture
def library(tmp_path: Path) -> Library:
    with open_library(tmp_path / "x.duckdb") as library:
        yield fill(library)


def edges(library: Library) -> set[tuple[str, str, str]]:
    return set(library.connection.execute("SELECT source, type, target FROM edges").fetchall())


def test_the_graph_holds_what_the_facts_say(library: Library) -> None:
    claim = "claim:a:5-35:0"
    assert edges(library) == {
        ("paper:a", "INTRODUCES", "method:grpo"),
        ("paper:a", "MENTIONS", "method:grpo"),
        ("paper:a", "MENTIONS", "method:ppo"),
        ("paper:a", "MENTIONS", "dataset:gsm8k"),
        ("paper:b", "MENTIONS", "method:ppo"),
        ("paper:a", "STATES", claim),
        (claim, "ABOUT", "method:grpo"),
        (claim, "COMPARED_TO", "method:ppo"),
        (claim, "EVALUATED_ON", "dataset:gsm8k"),
        ("author:ada-lovelace", "AUTHORED", "paper:a"),
        ("author:alan-turing", "AUTHORED", "paper:a"),
        ("author:ada-lovelace", "AUTHORED", "paper:b"),
        ("paper:a", "AFFILIATED_WITH", "organization:deepseek"),
        ("paper:a", "HAS_CODE", "repository:github.com/x/y"),
        ("method:grpo", "COMPARE_WITH", "method:ppo"),
        ("method:grpo", "EVALUATED_WITH", "dataset:gsm8k"),
    }


def test_every_edge_of_the_text_leads_back_to_it(library: Library) -> None:
    texts = {p.id: p.text for p in PAPERS}
    rows = library.connection.execute(
        "SELECT type, evidence_papers, evidence_starts, evidence_stops, evidence_sentences FROM edges WHERE papers > 0"
    ).fetchall()
    assert len(rows) == 11
    for type_, papers, starts, stops, sentences in rows:
        assert len(papers) == len(starts) == len(stops) == len(sentences) > 0
        for paper, start, stop, sentence in zip(papers, starts, stops, sentences, strict=True):
            assert sentence in texts[paper]
            assert texts[paper][start:stop] in sentence, type_


def test_offsets_count_characters_beyond_the_basic_plane(tmp_path: Path) -> None:
    text = "𝔸𝔹 é\n𝔸𝔹 uses PPO."
    paper = Paper("paper:u", "𝔸𝔹 é", "𝔸𝔹 uses PPO.", text)
    start = text.index("PPO")
    found = Extraction(
        "paper:u", (mention("m0", start, "PPO", "Method", "method:ppo"),), sentences=((0, 4), (5, len(text)))
    )
    with open_library(tmp_path / "u.duckdb") as library:
        library.set_papers([paper])
        library.add_extractions([found], "v1")
        library.build_graph(LEXICON, str.casefold)
        sentences = library.connection.execute("SELECT evidence_sentences FROM edges").fetchall()
    assert sentences == [(["𝔸𝔹 uses PPO."],)]


def test_entities_take_name_and_aliases_of_the_lexicon_and_count_what_was_read(library: Library) -> None:
    rows = library.connection.execute(
        "SELECT id, name, aliases, year, papers, mentions, known FROM entities ORDER BY id"
    )
    assert rows.fetchall() == [
        ("dataset:gsm8k", "GSM8K", [], None, 1, 1, False),
        ("method:grpo", "GRPO", [], 2024, 1, 2, False),
        ("method:ppo", "PPO", ["Proximal Policy Optimization"], 2017, 2, 3, True),
    ]


def test_stored_centrality_is_a_property_of_nodes_until_the_graph_changes(library: Library) -> None:
    facts, stamp = library.fingerprint(), library.graph_stamp()
    library.store_centrality("pagerank", {"project": "method-method"}, {"method:grpo": 0.25, "method:ppo": 0.75})
    library.store_centrality("degree", {}, {"method:grpo": 1.0})
    values = "SELECT id, pagerank, degree FROM nodes WHERE coalesce(pagerank, degree) IS NOT NULL ORDER BY id"
    rows = [("method:grpo", 0.25, 1.0), ("method:ppo", 0.75, None)]
    assert library.connection.execute(values).fetchall() == rows
    assert library.stored_centrality() == {"degree": {}, "pagerank": {"project": "method-method"}}
    assert library.fingerprint() == facts and library.graph_stamp() != stamp
    assert library.graph().nodes.filter(pc.is_valid(library.graph().nodes["pagerank"]))["id"].to_pylist() == [
        "method:grpo", "method:ppo",
    ]  # fmt: skip
    library.store_centrality("pagerank", {}, {"dataset:gsm8k": 0.5})
    assert library.connection.execute(values).fetchall() == [("dataset:gsm8k", 0.5, None), ("method:grpo", None, 1.0)]
    assert library.build_graph(LEXICON, str.casefold) is False and library.stored_centrality()
    with pytest.raises(LibraryError, match="'fame' cannot be stored; expected one of degree"):
        library.store_centrality("fame", {}, {})
    library.remove_papers(["paper:b"])
    assert library.build_graph(LEXICON, str.casefold) is True
    assert library.stored_centrality() == {} and library.connection.execute(values).fetchall() == []


def test_the_same_results_stored_in_any_order_are_the_same_library(library: Library, tmp_path: Path) -> None:
    runs = [("degree", {"method:grpo": 1.0, "method:ppo": 0.5}), ("pagerank", {"method:ppo": 0.5})]
    with open_library(tmp_path / "y.duckdb") as other:
        fill(other)
        for measure, values in runs:
            library.store_centrality(measure, {}, values)
        other.store_centrality("degree", {"by": "sentences"}, {"dataset:gsm8k": 3.0})
        for measure, values in runs[::-1]:
            other.store_centrality(measure, {}, values)
        assert content(other) == content(library) and other.graph_stamp() == library.graph_stamp()


def test_adding_the_same_again_changes_nothing(library: Library) -> None:
    before = content(library)
    assert library.add_records(PAPERS) == 0
    fill(library)
    assert library.build_graph(LEXICON, str.casefold) is False
    assert content(library) == before


@settings(max_examples=10, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_papers_and_batches_changes_nothing(rng: random.Random) -> None:
    def made(papers: list[Paper], facts: list[Extraction]) -> dict[str, list[tuple]]:
        with open_library(":memory:") as library:
            for paper in papers:
                library.add_records([paper])
            library.set_papers(papers)
            for found in facts:
                library.add_extractions([found], "v1")
            library.build_graph(LEXICON, str.casefold)
            graph = library.graph()
            return content(library) | {"g": [graph.nodes.to_pylist(), graph.edges.to_pylist(), graph.fingerprint]}

    assert made(rng.sample(PAPERS, 2), rng.sample(FACTS, 2)) == made(PAPERS, FACTS)


def test_a_changed_text_is_read_again_and_a_changed_source_is_not(library: Library) -> None:
    from dataclasses import replace

    library.set_papers(
        [replace(PAPERS[0], sources=("a.jsonl", "c.jsonl")), replace(PAPERS[1], text="PPO\nWe like PPO.")]
    )
    assert [p.id for p in library.pending("v1")] == ["paper:b"]
    assert library.connection.execute("SELECT DISTINCT paper FROM mentions").fetchall() == [("paper:a",)]


def test_another_extractor_reads_everything_again(library: Library) -> None:
    assert [p.id for p in library.pending("v2")] == ["paper:a", "paper:b"]
    assert library.pending("v2")[0] == PAPERS[0]


def test_removing_a_paper_removes_all_that_only_it_said(library: Library) -> None:
    ids, unknown = library.find_papers(["paper:old", "nonsense"])
    assert (ids, unknown) == (["paper:a"], ["nonsense"])
    assert library.remove_papers(ids) == 1
    library.build_graph(LEXICON, str.casefold)
    with open_library(":memory:") as only_b:
        fill(only_b, PAPERS[1:])
        assert content(library) == content(only_b)


def test_a_broken_transaction_leaves_what_was_there(library: Library) -> None:
    before = content(library)
    with pytest.raises(ZeroDivisionError), library.transaction():
        library.connection.execute("DELETE FROM papers")
        1 / 0  # noqa: B018
    assert content(library) == before


def test_a_run_killed_between_batches_is_completed_by_the_next(tmp_path: Path) -> None:
    path = tmp_path / "killed.duckdb"
    script = (
        "import os, signal, sys; sys.path.insert(0, 'tests')\n"
        "import test_library_store as t\n"
        f"library = t.open_library({str(path)!r}); library.add_records(t.PAPERS); library.set_papers(t.PAPERS)\n"
        "library.add_extractions(t.FACTS[:1], 'v1'); library.connection.execute('BEGIN')\n"
        "library.connection.execute('DELETE FROM mentions'); os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    assert subprocess.run([sys.executable, "-c", script], cwd=Path(__file__).parents[1], check=False).returncode == -9
    with open_library(path) as library, open_library(":memory:") as whole:
        assert [p.id for p in library.pending("v1")] == ["paper:b"]
        assert content(fill(library)) == content(fill(whole))


def test_the_arrow_tables_keep_what_the_schema_promises(library: Library) -> None:
    graph = library.graph()
    pairs = {(str(t), str(a), str(b)) for t, ends in EDGE_ENDPOINTS.items() for a, b in ends}
    assert {(r["type"], r["source_type"], r["target_type"]) for r in graph.edges.to_pylist()} <= pairs
    ids = graph.nodes["id"].to_pylist()
    assert ids == sorted(set(ids))
    assert {*graph.edges["source"].to_pylist(), *graph.edges["target"].to_pylist()} <= set(ids)
    assert graph.fingerprint == library.fingerprint()


def test_show_finds_by_id_name_alias_and_shows_the_sentence(library: Library) -> None:
    for name in ("method:ppo", "PPO", "ppo", "proximal policy optimization"):
        assert find_entities(library, name, str.casefold) == ["method:ppo"]
    card = show_card(library, "method:grpo")
    assert [(s.what, s.other) for s in card.relations] == [
        ("COMPARE_WITH", "method:ppo"),
        ("EVALUATED_WITH", "dataset:gsm8k"),
    ]
    assert card.relations[0].sentence == "GRPO beats PPO by 5% on GSM8K." and card.relations[0].highlights == ((0, 4),)
    assert card.claims[0].other_name == "increase 5% vs PPO"
    assert card.papers == (("paper:a", "GRPO"),)
    assert show_card(library, "method:ppo").relations[0].what == "<- COMPARE_WITH"


def test_an_unknown_name_says_what_comes_close(library: Library) -> None:
    with pytest.raises(LibraryError, match=r"nothing in .* is called 'GRPQ'; close are 'GRPO'"):
        find_entities(library, "GRPQ", str.casefold)
    with pytest.raises(LibraryError, match="no entity"):
        show_card(library, "method:none")


def test_files_that_are_no_library_are_refused(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="no such library; make one with: kg build"):
        open_library(tmp_path / "none.duckdb", read_only=True)
    (tmp_path / "text.duckdb").write_text("hello" * 1000)
    with pytest.raises(LibraryError, match="not a library that can be opened"):
        open_library(tmp_path / "text.duckdb")
    with pytest.raises(LibraryError, match="does not exist; make it first"):
        open_library(tmp_path / "no" / "folder.duckdb")
    duckdb.connect(str(tmp_path / "other.duckdb")).execute("CREATE TABLE t (i INT)").close()
    with pytest.raises(LibraryError, match="not a library of kg"):
        open_library(tmp_path / "other.duckdb")
    with open_library(tmp_path / "old.duckdb") as library:
        library.connection.execute("UPDATE meta SET value = '0' WHERE key = 'version'")
    with pytest.raises(LibraryError, match="another version"):
        open_library(tmp_path / "old.duckdb")


def test_a_library_in_use_says_so(tmp_path: Path) -> None:
    path = tmp_path / "busy.duckdb"
    with open_library(path):
        script = f"from kg.library import open_library; open_library({str(path)!r})"
        run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert "in use by another process" in run.stderr


def test_stats_count_everything(library: Library) -> None:
    stats = library.stats()
    assert (stats["papers"], stats["records"], stats["mentions"], stats["claims"], stats["waiting"]) == (2, 2, 6, 1, 0)
    assert stats["nodes"]["Method"] == 2 and stats["edges"]["MENTIONS"] == 4


def test_hostile_names_are_values_not_sql(library: Library) -> None:
    hostile = "x'); DROP TABLE papers; --"
    assert library.find_papers([hostile]) == ([], [hostile])
    with pytest.raises(LibraryError):
        find_entities(library, hostile, str.casefold)
    assert library.stats()["papers"] == 2
