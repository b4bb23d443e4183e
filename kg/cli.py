"""The commands, with those of `commands/`; they and `terminal.py` are the only place that prints.

Exit codes: 0 done; 1 done, but some input was passed over (each named on standard error); 2 nothing done.
Results go to standard output, or to `-o PATH`; progress bars and messages go to standard error, bars only to a terminal.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from kg import __version__
from kg.commands import analyse, lexicon, train
from kg.commands.options import (
    LIBRARY,
    AsJson,
    Config,
    EntityType,
    Format,
    LibraryFile,
    MinConfidence,
    Model,
    Output,
    PageYear,
    Paths,
    Strict,
    TypeName,
    Workers,
    existing_library,
    load_options,
    optional_library,
)
from kg.config import DATA
from kg.errors import KgError
from kg.schema import Problem
from kg.terminal import (
    card_lines,
    exit_code,
    open_output,
    print_json,
    print_rich,
    say,
    say_problems,
    show_progress,
    table,
    write,
)

app = typer.Typer(
    name="kg",
    help="Reads abstracts of machine-learning papers and builds a knowledge graph you can query.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    epilog="First steps: `kg demo`, or `kg build PAGE.txt`, then `kg show LoRA`.",
)
app.add_typer(lexicon.app)
app.command(epilog=train.EXAMPLE)(train.train)

Form = StrEnum("Form", {name: name for name in ("table", "json", "csv")})


def main() -> None:
    """Run the command line; an error of kg becomes one message and exit code 2."""
    try:
        app()
    except KgError as error:
        say(f"kg: {error}")
        sys.exit(2)
    except BrokenPipeError:  # the reader of our output (head, less) has gone: nothing left to say
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)


@app.callback(invoke_without_command=True)
def _root(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    if version:
        print(f"kg {__version__}")
        raise typer.Exit


# ------------------------------------------------------------------------------------------------ reading and building


@app.command(epilog="Example: `kg build seeds/*.txt --library ml.duckdb`")
def build(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Files of papers; none: finish a build that was interrupted.")
    ] = None,
    library: LibraryFile = LIBRARY,
    format: Format = None,
    page_year: PageYear = None,
    workers: Workers = None,
    min_confidence: MinConfidence = None,
    model: Model = None,
    strict: Strict = False,
    config: Config = None,
    as_json: AsJson = False,
    output: Output = None,
) -> None:
    """Read files into a library: extract, link, and bring its graph up to date. Adding the same again changes nothing."""
    from kg import pipeline
    from kg.library import open_library

    settings = load_options(config, workers, min_confidence, model)
    with open_library(library) as store, show_progress() as progress:
        report = pipeline.build(
            paths or [], store, settings, format=format, page_year=page_year, strict=strict, progress=progress
        )
        stats = store.stats()
    say_problems(report.problems)
    if report.dropped:
        say(f"the graph changed: stored {', '.join(report.dropped)} dropped, `kg centrality --store` computes anew")
    summary = {k: v for k, v in asdict(report).items() if k != "problems"} | {"problems": len(report.problems)}
    if as_json:
        print_json({**summary, "library": str(library), "nodes": stats["nodes"], "edges": stats["edges"]}, output)
    else:
        write(
            f"{report.read} papers read, {report.new} records new, {report.papers} distinct papers in {library}, "
            f"{report.extracted} extracted, {len(report.problems)} problems\n"
            f"{sum(stats['nodes'].values())} nodes, {sum(stats['edges'].values())} edges, {stats['claims']} claims",
            output,
        )
    exit_code(report.problems)


@app.command(epilog="Example: `kg extract papers.jsonl -o out.jsonl`")
def extract(
    paths: Paths,
    output: Output = None,
    library: Annotated[Path | None, typer.Option(envvar="KG_LIBRARY", help="Link against its entities too.")] = None,
    format: Format = None,
    page_year: PageYear = None,
    workers: Workers = None,
    min_confidence: MinConfidence = None,
    model: Model = None,
    strict: Strict = False,
    config: Config = None,
) -> None:
    """Write what each paper says as JSON lines: mentions, synonyms, relations and claims with character offsets."""
    from kg import pipeline

    problems: list[Problem] = []
    settings = load_options(config, workers, min_confidence, model)
    with optional_library(library) as known, open_output(output) as put, show_progress() as progress:
        records = pipeline.extract_files(
            paths, settings, known=known, format=format, page_year=page_year, strict=strict, report=problems.append
        )
        for done, record in enumerate(records, 1):
            put(json.dumps(record, ensure_ascii=False) + "\n")
            progress("extract", done, None)
    say_problems(problems)
    exit_code(problems)


@app.command(epilog="Example: `kg remove paper:arxiv-2402.03300 --library ml.duckdb`")
def remove(
    names: Annotated[list[str], typer.Argument(help="Ids or exact titles of papers.")],
    library: LibraryFile = LIBRARY,
    config: Config = None,
    as_json: AsJson = False,
    output: Output = None,
) -> None:
    """Remove papers, and everything that only they said."""
    from kg import pipeline

    with existing_library(library, write=True) as store:
        removed, unknown = pipeline.remove(names, store, load_options(config))
    problems = [
        Problem(str(library), f"holds no paper {name!r}; ids and titles: kg query --sql 'SELECT id, title FROM papers'")
        for name in unknown
    ]
    say_problems(problems)
    if as_json:
        print_json({"removed": removed, "unknown": unknown}, output)
    else:
        write(f"{removed} papers removed from {library}", output)
    exit_code(problems)


# ------------------------------------------------------------------------------------------------ looking


@app.command(epilog="Example: `kg show LoRA --library ml.duckdb`")
def show(
    name: Annotated[str, typer.Argument(help="A name, an alias or an id.")],
    library: LibraryFile = LIBRARY,
    type: TypeName = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many papers, relations and claims.")] = 10,
    as_json: AsJson = False,
    output: Output = None,
) -> None:
    """An entity's card: aliases, papers, relations and claims, each with the sentence that says so."""
    from kg import pipeline

    with existing_library(library) as store:
        card, others = pipeline.show(name, store, type=type and str(type), limit=limit)
    if as_json:
        print_json(card.as_dict() | {"others": others}, output)
    else:
        print_rich(card_lines(card, others), output)


@app.command(epilog="Example: `kg stats --library ml.duckdb --json`")
def stats(library: LibraryFile = LIBRARY, as_json: AsJson = False, output: Output = None) -> None:
    """How many papers, mentions, claims, nodes and edges there are."""
    with existing_library(library) as store:
        counts = store.stats()
    if as_json:
        return print_json(counts, output)
    rows = table("what", "count")
    for key in ("papers", "mentions", "relations", "claims", "entities"):
        rows.add_row(key, str(counts[key]))
    for kind in ("nodes", "edges"):
        for name, count in counts[kind].items():
            rows.add_row(f"{kind} {name}", str(count))
    if counts["waiting"]:
        rows.add_row("papers that wait: run kg build", str(counts["waiting"]))
    for measure, options in counts["centrality"].items():
        rows.add_row(f"stored {measure}", ", ".join(f"{k} {v}" for k, v in options.items()) or "whole graph")
    print_rich([rows], output)


app.command(epilog="Example: `kg centrality --measure pagerank --project method-method --top 20`")(analyse.centrality)
app.command(epilog="Example: `kg trends --before 2017 --project method-method`")(analyse.trends)


@app.command(epilog='Example: `kg resolve "Low-Rank Adaptation" --type Method`, or `kg resolve --json < names.jsonl`')
def resolve(
    name: Annotated[
        str | None, typer.Argument(help="A name; left out, JSON lines are read from standard input.")
    ] = None,
    type: Annotated[EntityType, typer.Option(help="What kind of thing it is.")] = EntityType.Method,
    context: Annotated[str | None, typer.Option(help="The text it stands in.")] = None,
    library: Annotated[Path | None, typer.Option(envvar="KG_LIBRARY", help="Resolve against its entities too.")] = None,
    config: Config = None,
    as_json: AsJson = False,
    output: Output = None,
) -> None:
    """What a name is: the entity's id, its canonical name, how sure and why, and what else it might have been.

    An unknown name is a new entity, never the nearest known one.
    """
    from kg import pipeline

    settings = load_options(config)
    decided = pipeline.load_corrections(settings)
    with optional_library(library) as known:
        known_names = pipeline.load_lexicon(settings, known)
    if name is not None:
        found = pipeline.resolve_name(name, str(type), known_names, context, decided)
        return print_json(found, output) if as_json else write("\n".join(_answer_lines(found)), output)
    problems: list[Problem] = []
    with open_output(output) as put:
        for answer in pipeline.resolve_lines(sys.stdin.buffer, known_names, problems.append, decided):
            put(json.dumps(answer, ensure_ascii=False) + "\n")
    say_problems(problems)
    exit_code(problems)


def _answer_lines(found: dict[str, Any]) -> Iterator[str]:
    """What a name is on the first line, tab-separated, and each runner-up on a line that a tab begins."""
    for indent, link in (("", found), *(("\t", other) for other in found["runners_up"])):
        because = f"\t{link['evidence']}" if link["evidence"] else ""
        yield f"{indent}{link['entity']}\t{link['name']}\t{link['score']:.2f}\t{link['why']}{because}"


# ------------------------------------------------------------------------------------------------ exporting and querying


@app.command(epilog="Examples: `kg export rdf --format ttl -o out/`, `kg export neo4j --uri bolt://localhost:7687`")
def export(
    target: Annotated[str, typer.Argument(help="neo4j, rdf, html, graphml, parquet or csv.")],
    output: Annotated[
        Path, typer.Option("-o", "--output", help="A folder, or the file where the target writes one.")
    ] = Path(),
    library: LibraryFile = LIBRARY,
    format: Annotated[str | None, typer.Option(help="rdf: nt, ttl or jsonld.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="html: how many nodes to draw.")] = None,
    measure: Annotated[
        str | None, typer.Option(help="html: the stored centrality that gives nodes their size and colour.")
    ] = None,
    uri: Annotated[str | None, typer.Option(envvar="NEO4J_URI", help="neo4j: the server.")] = None,
    user: Annotated[str | None, typer.Option(envvar="NEO4J_USER", help="neo4j: the user.")] = None,
    password: Annotated[
        str | None, typer.Option(envvar="NEO4J_PASSWORD", help="neo4j: the password; better by the environment.")
    ] = None,
    database: Annotated[str | None, typer.Option(help="neo4j: the database.")] = None,
    prune: Annotated[bool, typer.Option("--prune", help="neo4j: remove what the library no longer holds.")] = False,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Write the graph for other tools: Neo4j, RDF, an HTML page, GraphML, Parquet, CSV."""
    from kg import pipeline

    neo4j = {"uri": uri, "user": user, "password": password, "database": database, "prune": prune or None}
    given = {
        "format": format,
        "limit": limit,
        "measure": measure,
        **(neo4j if target == "neo4j" else {"prune": prune or None}),
    }
    with existing_library(library) as store:
        if target == "neo4j":
            with show_progress() as progress:
                done = pipeline.export_neo4j(
                    store, progress=progress, **{k: v for k, v in given.items() if v is not None}
                )
        else:
            options = {k: v for k, v in given.items() if v is not None}
            done = pipeline.export_library(target, store, output, load_options(config), **options)
    if as_json:
        return print_json(done if target == "neo4j" else [str(path) for path in done], None)
    write("\n".join(f"{k}: {v}" for k, v in done.items()) if target == "neo4j" else "\n".join(map(str, done)), None)


@app.command(epilog="Example: `kg query --sql 'SELECT type, count(*) FROM nodes GROUP BY type'`")
def query(
    library: LibraryFile = LIBRARY,
    cypher: Annotated[str | None, typer.Option(help="openCypher; - reads standard input.")] = None,
    sparql: Annotated[str | None, typer.Option(help="SPARQL 1.1; the usual prefixes are declared.")] = None,
    sql: Annotated[str | None, typer.Option(help="SQL over nodes, edges, papers, mentions, claims, ...")] = None,
    format: Annotated[Form, typer.Option(help="How to print the answer.")] = Form.table,
    config: Config = None,
    output: Output = None,
) -> None:
    """Ask the library in Cypher, SPARQL or SQL, with no server. Nothing can be changed."""
    from kg import pipeline
    from kg.query import format_result

    given = {k: v for k, v in {"cypher": cypher, "sparql": sparql, "sql": sql}.items() if v is not None}
    if len(given) != 1:
        raise typer.BadParameter("give one of --cypher, --sparql and --sql")
    ((language, text),) = given.items()
    result = pipeline.query_library(library, language, sys.stdin.read() if text == "-" else text, load_options(config))
    write(format_result(result, str(format)).rstrip("\n"), output)


@app.command(epilog="Example: `kg evaluate out.jsonl gold/dev.jsonl`")
def evaluate(
    predictions: Annotated[Path, typer.Argument(help="What `kg extract` wrote.")],
    gold: Annotated[Path, typer.Argument(help="Annotated papers.")],
    reliability: Annotated[
        bool, typer.Option("--reliability", help="How much is right of what has which confidence, instead of scores.")
    ] = False,
    as_json: AsJson = False,
    output: Output = None,
) -> None:
    """Score an extraction against annotated papers: mentions, introduced, synonyms, linking, relations, claims."""
    from kg import evaluation

    if reliability:
        found = evaluation.outcomes(evaluation.read_records(predictions), evaluation.read_records(gold))
        if as_json:
            return print_json({kind: evaluation.reliability(rows) for kind, rows in found.items()}, output)
        return write(evaluation.format_reliability(found), output)
    scores = evaluation.score_files(predictions, gold)
    if as_json:
        return print_json(scores, output)
    write(evaluation.format_scores(scores), output)


@app.command(epilog="Example: `kg demo -o demo`")
def demo(
    output: Annotated[Path, typer.Option("-o", "--output", help="The folder for the results.")] = Path("demo"),
    workers: Workers = None,
) -> None:
    """Build the graph of the example papers, export it, ask it one question in Cypher and one in SPARQL."""
    from kg import pipeline
    from kg.library import open_library
    from kg.query import format_result

    output.mkdir(parents=True, exist_ok=True)
    library, settings = output / "kg.duckdb", load_options(None, workers)
    with open_library(library) as store, show_progress() as progress:
        report = pipeline.build([DATA / "examples" / "papers.jsonl"], store, settings, progress=progress)
        files = [*pipeline.export_library("rdf", store, output / "graph.ttl", settings, format="ttl")]
        files += pipeline.export_library("html", store, output / "graph.html", settings)
    write(f"{report.papers} example papers read", None)
    for language, (question, text) in DEMO.items():
        write(f"\n{question}\n\n  {text}\n", None)
        write(format_result(pipeline.query_library(library, language, text, settings), "table").rstrip("\n"), None)
    write("\nThe results:\n" + "\n".join(f"  {path}" for path in [library, *files]), None)
    write(f"\nOpen {output / 'graph.html'} in a browser, or go on: kg show LoRA --library {library}", None)


DEMO = {
    "cypher": (
        "Which methods do the papers introduce? (Cypher)",
        "MATCH (p:Paper)-[:INTRODUCES]->(m:Method) RETURN m.name AS method, p.year AS year ORDER BY year, method LIMIT 10",
    ),
    "sparql": (
        "What is evaluated with ImageNet? (SPARQL)",
        'SELECT ?method WHERE { ?m kg:evaluatedWith ?d ; kg:name ?method . ?d kg:name "ImageNet" } ORDER BY ?method',
    ),
}


if __name__ == "__main__":
    main()
