"""Ten questions of a user: Cypher on Neo4j and embedded, SPARQL and SQL give the same answers, and the right ones.

They are asked of two libraries: one whose facts are written here, so that the answers are known by heart, and the one
that is built from the example papers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from neo4j import Driver, GraphDatabase
from neo4j_server import Server
from questions import QUESTIONS, Question
from test_query_cypher import COMMON

from kg import pipeline
from kg.config import Settings
from kg.library import open_library
from kg.query import Result
from kg.schema import Claim, Extraction, Graph, Mention, Paper, Relation, entity_id

Rows = list[tuple[Any, ...]]

NAMES = dict.fromkeys("Adam AdaMax Transformer RNN GRPO PPO TRPO RLHF KTO DPO".split(), "Method") | {
    "GSM8K": "Dataset",
    "machine translation": "Task",
    "accuracy": "Metric",
}
SENTENCES = {
    ("Adam: A Method for Stochastic Optimization", "2014-12-22", "Google", "https://github.com/x/adam"): {
        "We introduce Adam and AdaMax.": [],
        "AdaMax is a kind of Adam.": [("AdaMax", "SUBCLASS_OF", "Adam")],
    },
    ("Pay Attention", "2017-06-12", "Google", "https://github.com/x/pay"): {
        "Transformer is used for machine translation.": [("Transformer", "USED_FOR", "machine translation")],
        "RNN is used for machine translation.": [("RNN", "USED_FOR", "machine translation")],
    },
    ("GRPO", "2024-02-05", "DeepSeek", "https://github.com/x/grpo"): {
        "GRPO is a kind of PPO.": [("GRPO", "SUBCLASS_OF", "PPO")],
        "PPO is a kind of TRPO and a part of RLHF.": [("PPO", "SUBCLASS_OF", "TRPO"), ("PPO", "PART_OF", "RLHF")],
        "GRPO and PPO are evaluated with GSM8K.": [
            ("GRPO", "EVALUATED_WITH", "GSM8K"),
            ("PPO", "EVALUATED_WITH", "GSM8K"),
        ],
        "GRPO reaches an accuracy of 51.7% on GSM8K.": [],
    },
    ("KTO", "2024-02-02", "Google", None): {
        "KTO is compared with DPO.": [("KTO", "COMPARE_WITH", "DPO")],
        "DPO is compared with PPO.": [("DPO", "COMPARE_WITH", "PPO")],
        "KTO reaches an accuracy of 70.1 in the end.": [],
        "GRPO is a variant of PPO.": [("GRPO", "SUBCLASS_OF", "PPO")],
        "Transformer is used for machine translation.": [("Transformer", "USED_FOR", "machine translation")],
    },
}
ANSWERS: dict[str, Rows] = {
    "introduces": [("AdaMax",), ("Adam",)],
    "used-for": [("Transformer", 2), ("RNN", 1)],
    "evaluated-with": [("GRPO",), ("PPO",)],
    "compared": [("KTO",), ("PPO",)],
    "claims": [
        ("GRPO", 51.7, "%", "GRPO reaches an accuracy of 51.7% on GSM8K."),
        ("KTO", 70.1, None, "KTO reaches an accuracy of 70.1 in the end."),
    ],
    "by-month": [
        ("2024-02", "GRPO", 5), ("2024-02", "PPO", 5), ("2014-12", "Adam", 3), ("2024-02", "KTO", 3),
        ("2014-12", "AdaMax", 2), ("2024-02", "DPO", 2), ("2017-06", "RNN", 1), ("2017-06", "Transformer", 1),
        ("2024-02", "RLHF", 1), ("2024-02", "TRPO", 1),
    ],
    "co-used": [
        ("GRPO", "PPO", 2), ("AdaMax", "Adam", 1), ("DPO", "GRPO", 1), ("DPO", "KTO", 1), ("DPO", "PPO", 1),
        ("DPO", "Transformer", 1), ("GRPO", "KTO", 1), ("GRPO", "RLHF", 1), ("GRPO", "TRPO", 1),
        ("GRPO", "Transformer", 1),
    ],
    "with-code": [
        ("Adam: A Method for Stochastic Optimization", "https://github.com/x/adam"),
        ("Pay Attention", "https://github.com/x/pay"),
    ],
    "lineage": [("PPO",), ("RLHF",), ("TRPO",)],
    "evidence": [("GRPO is a kind of PPO.",), ("GRPO is a variant of PPO.",)],
}  # fmt: skip


def _paper(key: tuple[str, str, str, str | None]) -> Paper:
    title, day, organization, code = key
    abstract = " ".join(SENTENCES[key])
    return Paper(
        f"paper:{title}", title, abstract, f"{title}\n{abstract}", published=day, year=int(day[:4]),
        organization=organization, repositories=(code,) if code else (),
    )  # fmt: skip


def _found(paper: Paper, sentences: dict[str, list[tuple[str, str, str]]]) -> Extraction:
    """The mentions of all names, and the relations and claims of the sentences, with their places in the text."""
    found = enumerate(re.finditer(r"\b(" + "|".join(NAMES) + r")\b", paper.text))
    mentions = [
        Mention(f"m{i}", m.start(), m.end(), m[0], NAMES[m[0]], 0.9, m[0], entity_id(NAMES[m[0]], m[0]))
        for i, m in found
    ]
    relations, claims, spans = [], [], [(0, len(paper.title))]
    for sentence, triples in sentences.items():
        start = paper.text.index(sentence)
        end = start + len(sentence)
        spans.append((start, end))
        inside = {m.text: m.id for m in mentions if start <= m.start < end}
        relations += [Relation(inside[head], kind, inside[tail], 0.8, start, end) for head, kind, tail in triples]
        if value := re.search(r"([\d.]+)(%?) (?:on|in)", sentence):
            claims.append(
                Claim(
                    f"c{len(claims)}", start, end, sentence, "performance", 0.9, metric="accuracy", value=value[0],
                    number=float(value[1]), unit=value[2] or None, metric_mention=inside["accuracy"],
                )
            )  # fmt: skip
    introduces = tuple(m.id for m in mentions if "introduce" in paper.text and m.start < spans[1][1])
    return Extraction(paper.id, tuple(mentions), introduces, (), tuple(relations), tuple(claims), tuple(spans))


def _write(library: Path) -> None:
    papers = {_paper(key): sentences for key, sentences in SENTENCES.items()}
    with open_library(library) as store:
        store.set_papers(papers)
        store.add_extractions([_found(paper, sentences) for paper, sentences in papers.items()], "written")
        store.build_graph([], str.casefold)


@pytest.fixture(scope="module")
def libraries(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("questions")
    _write(folder / "written.duckdb")
    examples = Path(__file__).resolve().parents[1] / "examples" / "papers.jsonl"
    with open_library(folder / "examples.duckdb") as store:
        pipeline.build([examples], store, Settings(model="rules"))  # the facts that the questions were written for
    return {"written": folder / "written.duckdb", "examples": folder / "examples.duckdb"}


@pytest.fixture(scope="module")
def driver(neo4j_server: Server) -> Iterator[Driver]:
    with GraphDatabase.driver(neo4j_server.uri, auth=(neo4j_server.user, neo4j_server.password)) as driver:
        yield driver


def _load(server: Server, driver: Driver, graph: Graph) -> None:
    from kg.export import export_graph

    driver.execute_query("MATCH (n) DETACH DELETE n")
    export_graph("neo4j", graph, None, uri=server.uri, user=server.user, password=server.password)


def _ask(driver: Driver, text: str) -> Result:
    records, _, keys = driver.execute_query(text)
    return Result(tuple(keys), [tuple(record.values()) for record in records])


@pytest.fixture(scope="module")
def neo4j_answers(neo4j_server: Server, driver: Driver, libraries: dict[str, Path]) -> dict[tuple[str, str], Result]:
    answers = {}
    for name, path in libraries.items():
        with open_library(path, read_only=True) as store:
            _load(neo4j_server, driver, store.graph())
        answers |= {(name, question.key): _ask(driver, question.cypher) for question in QUESTIONS}
    return answers


@pytest.mark.parametrize("library", ["written", "examples"])
@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.key)
def test_all_engines_give_the_same_answer(
    question: Question, library: str, libraries: dict[str, Path], neo4j_answers: dict[tuple[str, str], Result]
) -> None:
    path = libraries[library]
    sql = pipeline.query_library(path, "sql", question.sql)
    assert sql.rows != []
    assert pipeline.query_library(path, "cypher", question.cypher) == sql
    assert pipeline.query_library(path, "sparql", question.sparql) == sql
    assert neo4j_answers[library, question.key] == sql


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.key)
def test_the_answer_is_right(question: Question, libraries: dict[str, Path]) -> None:
    assert pipeline.query_library(libraries["written"], "sql", question.sql).rows == ANSWERS[question.key]


def test_there_are_ten_questions_each_once() -> None:
    assert [question.key for question in QUESTIONS] == list(ANSWERS)
    assert len({question.title for question in QUESTIONS}) == 10


def test_the_documented_subset_of_cypher_means_the_same_on_neo4j(
    neo4j_server: Server, driver: Driver, tiny_graph: Graph
) -> None:
    _load(neo4j_server, driver, tiny_graph)
    differs = [(text, got) for text, rows in COMMON if (got := sorted(_ask(driver, text).rows)) != rows]
    assert differs == []
