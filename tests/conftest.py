"""Fixtures that several rooms use: the corpora, a tiny graph known by heart, a Neo4j server, a browser."""

from __future__ import annotations

import datetime
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from neo4j_server import Server, fresh_server

from kg.library import Library
from kg.schema import MEASURES, Graph

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SHARED = Path(__file__).resolve().parents[2] / "shared"

settings.register_profile("kg", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("kg")  # that a machine is busy says nothing of a property

HOSTILE = "</script><script>alert('x')</script> \"quoted\" \\ & ünï"
"""A title that breaks pages and queries which do not escape."""


def content(library: Library) -> dict[str, list[tuple]]:
    """Every row of every table of a library: equal where two libraries hold the same."""
    tables = [name for (name,) in library.connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
    return {t: sorted(library.connection.execute(f"SELECT * FROM {t}").fetchall(), key=repr) for t in sorted(tables)}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without ../shared the tests that need it are deselected."""
    if not SHARED.is_dir():
        config.hook.pytest_deselected(items=[item for item in items if "shared" in item.keywords])
        items[:] = [item for item in items if "shared" not in item.keywords]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not SHARED.is_dir():
        terminalreporter.write_line("the tests that need the corpora in ../shared, which is not there, were deselected")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of corpora beside the checkout; tests that use it carry the marker `shared`."""
    return SHARED


@pytest.fixture(scope="session")
def tiny_graph() -> Graph:
    """Two papers, three methods, a dataset, a task, a metric, a claim, an author, an organization, a repository.

    Two methods and the dataset carry a value for every measure, as if it had been stored.
    """
    from kg.library.tables import graph_from_rows

    nodes = [
        dict(
            id="paper:arxiv-2402.03300",
            type="Paper",
            title="DeepSeekMath: GRPO",
            abstract="We introduce GRPO.",
            text="DeepSeekMath: GRPO\nWe introduce GRPO. GRPO beats PPO by 5.2% on GSM8K.",
            published=datetime.date(2024, 2, 5),
            year=2024,
            url="https://arxiv.org/abs/2402.03300",
            venue="arXiv",
            count=7,
            author_count=2,
            sources=["a.jsonl", "b.bib"],
            same_as=["paper:deepseekmath-0a0a0a0a"],
        ),
        dict(
            id="paper:hostile-00000000",
            type="Paper",
            title=HOSTILE,
            abstract=HOSTILE,
            text=HOSTILE + "\n" + HOSTILE,
            sources=["a.jsonl"],
            same_as=[],
        ),
        dict(
            id="method:grpo",
            type="Method",
            name="GRPO",
            aliases=["Group Relative Policy Optimization"],
            year=2024,
            papers=1,
            mentions=2,
            known=True,
            same_as=[],
        ),
        dict(
            id="method:ppo",
            type="Method",
            name="PPO",
            aliases=["Proximal Policy Optimization"],
            year=2017,
            papers=1,
            mentions=1,
            known=True,
            same_as=[],
        ),
        dict(
            id="method:new-thing",
            type="Method",
            name=HOSTILE,
            aliases=[],
            papers=1,
            mentions=1,
            known=False,
            same_as=[],
        ),
        dict(
            id="dataset:gsm8k",
            type="Dataset",
            name="GSM8K",
            aliases=[],
            year=2021,
            papers=1,
            mentions=1,
            known=True,
            same_as=[],
        ),
        dict(
            id="task:mathematical-reasoning",
            type="Task",
            name="mathematical reasoning",
            aliases=[],
            papers=1,
            mentions=1,
            known=True,
            same_as=[],
        ),
        dict(
            id="metric:accuracy",
            type="Metric",
            name="accuracy",
            aliases=[],
            papers=1,
            mentions=1,
            known=True,
            same_as=[],
        ),
        dict(
            id="claim:arxiv-2402.03300:38-70:0",
            type="Claim",
            text="GRPO beats PPO by 5.2% on GSM8K.",
            kind="performance",
            metric="accuracy",
            value="5.2%",
            number=5.2,
            unit="%",
            direction="increase",
            baseline="PPO",
            confidence=0.9,
            start=38,
            stop=70,
        ),
        dict(id="author:ada-lovelace", type="Author", name="Ada Lovelace"),
        dict(id="organization:deepseek", type="Organization", name="DeepSeek"),
        dict(
            id="repository:github.com/deepseek-ai/deepseek-math",
            type="Repository",
            url="https://github.com/deepseek-ai/deepseek-math",
        ),
    ]
    values = {"number": (0.25, 0.75, 0.5), "integer": (1, 0, 2), "boolean": (True, False, False)}
    for name, measure_kind in MEASURES:
        for id_, value in zip(("method:grpo", "method:ppo", "dataset:gsm8k"), values[measure_kind], strict=True):
            next(row for row in nodes if row["id"] == id_)[name] = value
    kind = {row["id"]: row["type"] for row in nodes}
    paper, claim = "paper:arxiv-2402.03300", "claim:arxiv-2402.03300:38-70:0"
    sentence = "GRPO beats PPO by 5.2% on GSM8K."
    evidence = dict(
        papers=1,
        sentences=1,
        confidence=0.9,
        evidence_papers=[paper],
        evidence_starts=[38],
        evidence_stops=[70],
        evidence_sentences=[sentence],
    )

    def edge(source: str, edge_type: str, target: str, **properties: object) -> dict[str, object]:
        return (
            dict(source=source, source_type=kind[source], type=edge_type, target=target, target_type=kind[target])
            | properties
        )

    edges = [
        edge(paper, "INTRODUCES", "method:grpo", **evidence),
        edge(
            paper,
            "MENTIONS",
            "method:grpo",
            **(
                evidence
                | dict(
                    sentences=2,
                    evidence_papers=[paper, paper],
                    evidence_starts=[14, 38],
                    evidence_stops=[18, 42],
                    evidence_sentences=["DeepSeekMath: GRPO", sentence],
                )
            ),
        ),
        edge(paper, "MENTIONS", "method:ppo", **evidence),
        edge(paper, "MENTIONS", "dataset:gsm8k", **evidence),
        edge(paper, "MENTIONS", "task:mathematical-reasoning", **evidence),
        edge(paper, "MENTIONS", "metric:accuracy", **evidence),
        edge(
            "paper:hostile-00000000",
            "MENTIONS",
            "method:new-thing",
            **(
                evidence
                | dict(
                    evidence_papers=["paper:hostile-00000000"],
                    evidence_starts=[0],
                    evidence_stops=[5],
                    evidence_sentences=[HOSTILE],
                )
            ),
        ),
        edge(paper, "STATES", claim, **evidence),
        edge(claim, "ABOUT", "method:grpo", **evidence),
        edge(claim, "COMPARED_TO", "method:ppo", **evidence),
        edge(claim, "MEASURED_BY", "metric:accuracy", **evidence),
        edge(claim, "EVALUATED_ON", "dataset:gsm8k", **evidence),
        edge("author:ada-lovelace", "AUTHORED", paper),
        edge(paper, "AFFILIATED_WITH", "organization:deepseek"),
        edge(paper, "HAS_CODE", "repository:github.com/deepseek-ai/deepseek-math"),
        edge("method:grpo", "USED_FOR", "task:mathematical-reasoning", **evidence),
        edge("method:grpo", "SUBCLASS_OF", "method:ppo", **evidence),
        edge("method:grpo", "COMPARE_WITH", "method:ppo", **evidence),
        edge("method:grpo", "EVALUATED_WITH", "dataset:gsm8k", **evidence),
    ]
    return graph_from_rows(nodes, edges, fingerprint="tiny")


@pytest.fixture(scope="session")
def neo4j_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real Neo4j server for the whole run; tests that use it start from an empty database (see `database`)."""
    with fresh_server(tmp_path_factory.mktemp("neo4j")) as server:
        yield server


@pytest.fixture
def database(neo4j_server: Server) -> Server:
    """The server, emptied."""
    from neo4j import GraphDatabase

    with GraphDatabase.driver(neo4j_server.uri, auth=(neo4j_server.user, neo4j_server.password)) as driver:
        driver.execute_query("MATCH (n) DETACH DELETE n")
    return neo4j_server


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium; a missing one fails with what to install."""
    from playwright.sync_api import sync_playwright

    names = (os.environ.get("KG_CHROMIUM", "chromium"), "chromium-browser", "google-chrome")
    path = next(filter(None, map(shutil.which, names)), None)
    if path is None:
        raise RuntimeError("the tests open the HTML page in Chromium: apt-get install chromium, or set KG_CHROMIUM")
    quiet = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=path, args=[*quiet.split(), "--disable-component-update", "--disable-sync"]
        )
        yield chromium
        chromium.close()
