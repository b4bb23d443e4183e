"""The commands as processes: what they print, where, and the exit codes that scripts rely on."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kg.config import DATA

EXAMPLES = DATA / "examples" / "papers.jsonl"
COMMANDS = "build extract remove show stats centrality trends resolve export query evaluate demo".split()


def kg(*arguments: object, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "kg.cli", *map(str, arguments)]
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("NEO4J_", "KG_LIBRARY"))} | {"COLUMNS": "200"}
    return subprocess.run(command, input=stdin, capture_output=True, text=True, check=False, env=clean | environment)


def out(*arguments: object, **options: str) -> str:
    done = kg(*arguments, **options)
    assert done.returncode == 0 and "Traceback" not in done.stderr, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("cli") / "ml.duckdb"
    done = kg("build", EXAMPLES, "--library", path, "--workers", 1)
    assert done.returncode == 0 and done.stderr == "", "no progress bar where standard error is no terminal"
    assert "54 papers read, 54 records new" in done.stdout
    return path


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(command: str) -> None:
    assert "Example" in out(command, "--help")


def test_version_and_bare_command() -> None:
    assert out("--version").startswith("kg ")
    assert all(command in kg().stdout + kg().stderr for command in COMMANDS)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["stats", "--library", "none.duckdb"], "none.duckdb: no such library; make one with: kg build"),
        (["show", "X", "--library", __file__], "not a library that can be opened"),
        (["build", EXAMPLES, "--library", "no/such/folder/x.duckdb"], "does not exist; make it first"),
        (["build", EXAMPLES, "--config", "none.toml", "--library", "x.duckdb"], "none.toml: no such file"),
        (["extract", EXAMPLES, "--format", "pdf"], "unknown format 'pdf'; known are bibtex"),
        (["evaluate", "none.jsonl", "none.jsonl"], "none.jsonl: cannot be read"),
    ],
)
def test_errors_are_one_line_and_exit_with_2(
    arguments: list[object], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = kg(*arguments)
    assert done.returncode == 2 and done.stderr.startswith("kg: ") and message in done.stderr
    assert "Traceback" not in done.stderr and done.stderr.count("\n") == 1


def test_errors_about_a_library(library: Path, tmp_path: Path) -> None:
    for arguments, message in (
        (["show", "LoRAA"], "is called 'LoRAA'; close are 'LoRA'"),
        (["export", "pdf"], "unknown target 'pdf'; known are csv"),
        (["export", "html", "--format", "nt"], "html takes no option format"),
        (["export", "neo4j"], "no server is named: give --uri"),
        (["query", "--sql", "SELEC 1"], "syntax error"),
        (["query", "--sql", "DELETE FROM papers"], "read-only"),
        (["query", "--cypher", "MATCH (n) DELETE n"], "read-only"),
        (["query", "--sparql", "DELETE WHERE {?s ?p ?o}"], "read-only"),
        (["stats", "-o", tmp_path / "none" / "x.json"], "cannot be written"),
    ):
        done = kg(*arguments, "--library", library)
        assert done.returncode == 2 and done.stderr.startswith("kg: ") and message in done.stderr, done.stderr
        assert "Traceback" not in done.stderr


def test_wrong_usage_exits_with_2(library: Path) -> None:
    assert kg("query", "--library", library).returncode == 2
    assert kg("query", "--library", library, "--sql", "SELECT 1", "--cypher", "RETURN 1").returncode == 2
    assert kg("centrality", "--library", library, "--measure", "fame").returncode == 2
    assert kg("nonsense").returncode == 2


def test_what_was_passed_over_is_named_and_the_rest_is_kept(tmp_path: Path) -> None:
    papers = tmp_path / "papers.jsonl"
    papers.write_text(EXAMPLES.read_text(encoding="utf-8").splitlines()[0] + "\n{broken\n", encoding="utf-8")
    done = kg("build", papers, tmp_path / "none.txt", "--library", tmp_path / "x.duckdb", "--json")
    assert (
        done.returncode == 1 and f"{papers}:2: broken JSON" in done.stderr and "none.txt: no such file" in done.stderr
    )
    summary = json.loads(done.stdout)
    assert (summary["papers"], summary["problems"], summary["nodes"]["Paper"]) == (1, 2, 1)
    assert kg("build", papers, "--library", tmp_path / "y.duckdb", "--strict").returncode == 2


def test_building_again_changes_nothing(library: Path) -> None:
    before = out("stats", "--json", "--library", library)
    assert "0 records new, 54 distinct papers" in out("build", EXAMPLES, "--library", library)
    assert out("stats", "--json", "--library", library) == before


def test_extract_writes_the_documented_lines(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    out("extract", EXAMPLES, "-o", path, "--workers", 2)
    records = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert len(records) == 54 and list(tmp_path.iterdir()) == [path]
    for r in records:
        ids = {m["id"] for m in r["mentions"]}
        assert {"id", "title", "abstract", "text", "published", "introduces", "synonyms", "relations", "claims"} <= set(
            r
        )
        assert all(r["text"][m["start"] : m["end"]] == m["text"] and m["entity"] and m["name"] for m in r["mentions"])
        assert all(
            {x["head"], x["tail"]} <= ids and {"type", "confidence", "start", "end"} <= set(x) for x in r["relations"]
        )
        assert all(
            r["text"][c["start"] : c["end"]] == c["text"] and {"kind", "on", "baseline"} <= set(c) for c in r["claims"]
        )
    few = tmp_path / "few.jsonl"
    few.write_text("".join(EXAMPLES.read_text(encoding="utf-8").splitlines(True)[:5]), encoding="utf-8")
    sure = [json.loads(line) for line in out("extract", few, "--min-confidence", 0.8).splitlines()]
    whole = {r["id"]: r["mentions"] for r in records}
    for r in sure:
        spans = [(m["start"], m["end"]) for m in whole[r["id"]] if m["confidence"] >= 0.8]
        assert [(m["start"], m["end"]) for m in r["mentions"]] == spans
    assert 0 < sum(len(r["mentions"]) for r in sure) < sum(len(whole[r["id"]]) for r in sure)


def test_show_finds_names_and_quotes_sentences(library: Path) -> None:
    shown = out("show", "low-rank adaptation", "--library", library)
    assert shown.startswith("LoRA  (Method") and "paper:arxiv-2106.09685" in shown
    card = json.loads(out("show", "LoRA", "--library", library, "--json"))
    assert card["id"] == "method:lora" and card["relations"] and all(s["sentence"] for s in card["relations"])


def test_stats_centrality_and_output_files(library: Path, tmp_path: Path) -> None:
    assert "nodes Method" in out("stats", "--library", library)
    options = ["--library", library, "--measure", "betweenness", "--type", "Method", "--top", 5]
    core = json.loads(out("centrality", *options, "--json"))
    other = json.loads(out("centrality", *options, "--json", "--backend", "networkx"))
    assert [r["id"] for r in core] == [r["id"] for r in other] and len(core) == 5
    out("centrality", *options, "--project", "Method", "-o", tmp_path / "rank.txt")
    assert (tmp_path / "rank.txt").read_text().splitlines()[0].split() == ["rank", "type", "name", "betweenness", "id"]


def test_centrality_of_projections_and_periods(library: Path) -> None:
    options = ["--library", library, "--json", "--measure", "degree"]
    shared = json.loads(out("centrality", *options, "--project", "method-method"))
    assert shared[0]["type"] == "Method" and shared[0]["value"] > shared[-1]["value"] > 0
    for more in (["--by", "sentences"], ["--by", "SUBCLASS_OF"], ["--until", "2017"], ["--since", "2017-06"]):
        assert json.loads(out("centrality", *options, "--project", "method-method", *more)) != shared, more
    assert json.loads(out("centrality", *options, "--project", "author-task", "--type", "Author"))
    for wrong, message in (
        (["--project", "method-fame"], "cannot project on"),
        (["--until", "1066"], "no paper is dated before 1066-01-01"),
        (["--measure", "triangles", "--weighted"], "triangles takes no weights"),
    ):
        done = kg("centrality", *options, *wrong)
        assert done.returncode == 2 and message in done.stderr and "Traceback" not in done.stderr
    assert kg("centrality", *options, "--since", "yesterday").returncode == 2


def test_betweenness_is_estimated_within_a_bound(library: Path) -> None:
    options = ["--library", library, "--measure", "betweenness", "--top", 0]
    exact = {row["id"]: row["value"] for row in json.loads(out("centrality", *options, "--json"))}
    for how in (["--sample", 2], ["--error", 0.05]):
        done = kg("centrality", *options, *how, "--json")
        assert "with a probability of 95 %, no value is off by more than" in done.stderr
        assert all(abs(row["value"] - exact[row["id"]]) <= row["bound"] for row in json.loads(done.stdout))
        assert "off by at most" in out("centrality", *options, *how)
    for wrong in (["--sample", 9, "--error", 0.1], ["--sample", 9, "--weighted"], ["--error", -1]):
        done = kg("centrality", *options, *wrong)
        assert done.returncode == 2 and "Traceback" not in done.stderr


def test_stored_centrality_is_seen_by_queries_and_exports(library: Path, tmp_path: Path) -> None:
    path = tmp_path / "s.duckdb"
    path.write_bytes(library.read_bytes())
    asked = ["query", "--cypher", "MATCH (m:Method) RETURN m.name AS name ORDER BY m.pagerank DESC LIMIT 1"]
    out(*asked, "--library", path)
    ranked = json.loads(out("centrality", "--project", "method-method", "--store", "--json", "--library", path))
    assert json.loads(out(*asked, "--format", "json", "--library", path)) == [{"name": ranked[0]["name"]}]
    assert "stored pagerank" in out("stats", "--library", path)
    out("export", "rdf", "--format", "nt", "-o", tmp_path / "g.nt", "--library", path)
    assert f'#pagerank> "{ranked[0]["value"]!r}"' in (tmp_path / "g.nt").read_text(encoding="utf-8")
    done = kg("build", "tests", "--library", path)  # no file of papers: nothing new, so nothing goes
    assert "dropped" not in done.stderr
    assert kg("remove", "paper:arxiv-2106.09685", "--library", path).returncode == 0
    assert json.loads(out("stats", "--json", "--library", path))["centrality"] == {}


def test_trends_say_what_rose_and_fell(library: Path) -> None:
    options = ["--before", "2017", "--project", "method-method", "--library", library]
    shown = out("trends", *options, "--top", 3).splitlines()
    assert shown[0] == "14 papers before 2017-01-01, 40 papers from 2017-01-01" and len(shown) == 8
    found = json.loads(out("trends", *options, "--after", "2020", "--json"))
    assert found["after"] == {"since": "2020-01-01", "until": None} and found["papers_after"] < 40
    assert all(row["change"] > 0 for row in found["risen"]) and all(row["change"] < 0 for row in found["fallen"])
    assert "overlap" in kg("trends", *options, "--after", "2016").stderr


def test_resolve_answers_line_by_line(library: Path) -> None:
    asked = [{"name": n, "type": "Method"} for n in ("LoRA", "low-rank adaptation", "QLoRA", "Frobnicator-9")]
    lines = [json.dumps(a) for a in asked]
    answers = [json.loads(line) for line in out("resolve", "--json", stdin="\n".join(lines)).splitlines()]
    assert [a["entity"] for a in answers[:3]] == ["method:lora", "method:lora", "method:qlora"]
    assert answers[3]["entity"] and answers[3]["why"] == "new" and {"name", "score"} <= set(answers[3])
    done = kg("resolve", "--json", stdin=f'{lines[0]}\nnonsense\n{{"name": 3, "type": "Method"}}\n{lines[2]}\n')
    assert done.returncode == 1 and len(done.stdout.splitlines()) == 2
    assert "standard input:2: expected" in done.stderr and "standard input:3: expected" in done.stderr
    assert out("resolve", "LoRA").split("\t")[0] == "method:lora"
    assert json.loads(out("resolve", "GRPO", "--json", "--library", library))["entity"] == "method:grpo"


@pytest.mark.parametrize(
    "text",
    [
        ["--sql", "SELECT name FROM nodes WHERE id = 'method:lora'"],
        ["--cypher", "MATCH (m:Method {id: 'method:lora'}) RETURN m.name AS name"],
        ["--sparql", 'SELECT ?name WHERE { ?m kg:name ?name FILTER(?name = "LoRA") }'],
    ],
)
def test_queries_in_three_languages_and_forms(library: Path, text: list[str]) -> None:
    assert json.loads(out("query", *text, "--format", "json", "--library", library)) == [{"name": "LoRA"}]
    assert list(csv.reader(io.StringIO(out("query", *text, "--format", "csv", "--library", library)))) == [
        ["name"],
        ["LoRA"],
    ]
    assert "LoRA" in out("query", *text, KG_LIBRARY=str(library))
    assert "LoRA" in out("query", text[0], "-", "--library", library, stdin=text[1])


@pytest.mark.parametrize(
    ("target", "options", "files"),
    [
        ("rdf", ["--format", "nt"], ["graph.nt", "kg.ttl"]),
        ("rdf", ["--format", "jsonld"], ["graph.jsonld", "kg.ttl"]),
        ("html", [], ["graph.html"]),
        ("graphml", [], ["graph.graphml"]),
        ("parquet", [], ["edges.parquet", "nodes.parquet"]),
    ],
)
def test_export_says_what_it_wrote(
    library: Path, tmp_path: Path, target: str, options: list[str], files: list[str]
) -> None:
    printed = out("export", target, *options, "-o", tmp_path / "out", "--library", library).splitlines()
    assert sorted(printed) == [str(tmp_path / "out" / f) for f in files]
    assert all(Path(p).stat().st_size > 1000 for p in printed)


def test_remove_takes_a_paper_out(library: Path, tmp_path: Path) -> None:
    path = tmp_path / "r.duckdb"
    path.write_bytes(library.read_bytes())
    done = kg("remove", "paper:arxiv-2106.09685", "paper:none", "--library", path)
    assert done.returncode == 1 and "1 papers removed" in done.stdout and "holds no paper 'paper:none'" in done.stderr
    assert json.loads(out("stats", "--json", "--library", path))["papers"] == 53
    assert (
        kg("remove", "x", "--library", tmp_path / "none.duckdb").returncode == 2
        and not (tmp_path / "none.duckdb").exists()
    )


def test_hostile_text_does_not_steer_the_terminal(tmp_path: Path) -> None:
    title = "EvilNet: [red]A \x1b[31mred\x1b[0m [/nope] title"
    abstract = (
        "We propose EvilNet, a [bold]model[/bold] \x1b]0;owned\x07 that outperforms BERT by 5% on GLUE."
        + " It works." * 5
    )
    papers = tmp_path / "evil.jsonl"
    papers.write_text(json.dumps({"title": title, "abstract": abstract}))
    out("build", papers, "--library", tmp_path / "e.duckdb")
    shown = out("show", "EvilNet", "--library", tmp_path / "e.duckdb")
    rows = out("query", "--sql", "SELECT title, abstract FROM papers", "--library", tmp_path / "e.duckdb")
    assert "[red]A" in shown and "[bold]" in rows and "\x1b" not in shown + rows and "\x07" not in shown + rows


def test_a_closed_pipe_is_no_error(library: Path) -> None:
    command = f"{sys.executable} -m kg.cli query --sql 'SELECT * FROM range(200000)' --format csv --library {library} | head -1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert done.stdout and "Traceback" not in done.stderr


def test_the_demo_shows_the_way(tmp_path: Path) -> None:
    shown = out("demo", "-o", tmp_path / "demo")
    assert "54 example papers read" in shown and str(tmp_path / "demo" / "graph.html") in shown and "ResNet" in shown


@pytest.mark.shared
def test_evaluate_prints_the_figures(shared: Path, tmp_path: Path) -> None:
    gold = tmp_path / "gold.jsonl"
    gold.write_text(
        "".join((shared / "gold" / "dev.jsonl").read_text(encoding="utf-8").splitlines(True)[:10]), encoding="utf-8"
    )
    out("extract", gold, "-o", tmp_path / "out.jsonl", "--workers", 1)
    assert out("evaluate", tmp_path / "out.jsonl", gold).startswith("papers 10 of 10\nmention_strict")
    assert json.loads(out("evaluate", tmp_path / "out.jsonl", gold, "--json"))["papers"] == 10
