"""The whole flow: papers -> mentions, relations, claims -> entities -> graph -> Neo4j, RDF, HTML, tables, queries.

The stages know nothing of each other; they meet here.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from itertools import islice, tee
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg import analyse, export, extract, library, link, query, read
from kg.config import Settings
from kg.errors import QueryError
from kg.schema import ENTITY_TYPES, Extraction, Graph, Join, NodeType, Paper, Problem

if TYPE_CHECKING:
    from kg.query import Result

__all__ = [
    "BuildReport",
    "build",
    "build_graph",
    "export_library",
    "export_neo4j",
    "extract_files",
    "extractor_mark",
    "load_corrections",
    "load_lexicon",
    "query_library",
    "rank",
    "remove",
    "resolve_lines",
    "resolve_name",
    "show",
    "trends",
]

Progress = Callable[[str, int, int | None], None]
"""Called as progress(stage, done, total); total is None where it is not known."""


def _silent(stage: str, done: int, total: int | None) -> None:
    return None


@dataclass
class BuildReport:
    """What a build did: records read, records not seen before, papers in the library, papers read by the extractor.

    `dropped`: the measures of which stored results went, because the graph is another one now.
    """

    read: int = 0
    new: int = 0
    papers: int = 0
    extracted: int = 0
    dropped: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def build(
    paths: Iterable[Path | str],
    to: library.Library,
    settings: Settings = Settings(),
    *,
    format: str | None = None,
    page_year: int | None = None,
    strict: bool = False,
    progress: Progress = _silent,
) -> BuildReport:
    """Read files into a library, extract and link what is new, and bring its graph up to date.

    A second run over the same files changes nothing; a run that was killed is completed by the next.
    With `strict` the first problem raises ReadError, otherwise problems are collected in the report.
    """
    done = BuildReport()
    papers = _read(paths, settings, format, page_year, strict, done.problems.append)
    for batch in _batches(papers, settings.batch):
        done.new += to.add_records(batch)
        done.read += len(batch)
        progress("read", done.read, None)
    merged = read.merge_papers(to.records())
    to.set_papers(merged)
    done.papers = len(merged)
    lexicon = load_lexicon(settings)
    done.extracted = _extract_pending(to, lexicon, settings, done.problems.append, progress)
    progress("graph", 0, 1)
    stored = list(to.stored_centrality())
    if build_graph(to, lexicon, load_corrections(settings)):
        done.dropped = stored
    progress("graph", 1, 1)
    return done


def _read(
    paths: Iterable[Path | str],
    settings: Settings,
    format: str | None,
    page_year: int | None,
    strict: bool,
    report: Callable[[Problem], None],
) -> Iterator[Paper]:
    return read.read_papers(
        paths, format=format, page_year=page_year, strict=strict, max_line_bytes=settings.max_line_bytes, report=report
    )


def _extract_pending(
    to: library.Library,
    lexicon: link.Lexicon,
    settings: Settings,
    report: Callable[[Problem], None],
    progress: Progress,
) -> int:
    """Extract and link the papers that the present extractor has not read; each batch is written in one transaction."""
    mark = extractor_mark(lexicon, settings)
    pending = to.pending(mark)
    progress("extract", 0, len(pending))
    count = 0
    found = (extraction for _, extraction in _extract(pending, lexicon, settings, report))
    for batch in _batches(found, settings.batch):
        to.add_extractions(batch, mark)
        count += len(batch)
        progress("extract", count, len(pending))
    return count


def extractor_mark(lexicon: link.Lexicon, settings: Settings) -> str:
    """What the facts of a paper depend on beside its text: rules or model, lexicon and the lowest confidence kept.

    The whole lexicon counts, since years and broader entities show in the graph and in what context decides.
    """
    reader = extract.extractor_fingerprint(lexicon.entries, extract.find_model(settings.model))
    return f"{reader}-{link.VERSION}-{lexicon.fingerprint[:16]}-{settings.min_confidence}"


def _extract(
    papers: Iterable[Paper], lexicon: link.Lexicon, settings: Settings, report: Callable[[Problem], None]
) -> Iterator[tuple[Paper, Extraction]]:
    """Each paper with what is found in it, linked; only the papers under way are held."""
    papers, ahead = tee(papers)
    found = extract.extract_papers(
        ahead,
        lexicon.entries,
        model=extract.find_model(settings.model),
        workers=settings.workers,
        min_confidence=settings.min_confidence,
        report=report,
    )
    for paper, extraction in zip(papers, found, strict=True):
        yield paper, link.link_extraction(extraction, lexicon, paper.text)


def build_graph(
    store: library.Library, lexicon: link.Lexicon, corrections: link.Corrections = link.NO_CORRECTIONS
) -> bool:
    """Bring the papers of a library together and make its graph; False where it is up to date already."""

    def joins() -> list[Join]:
        linked = (link.Linked(*row) for row in store.open_links())
        found = link.join_papers(linked, store.texts, lexicon, corrections)
        if not corrections.decisions:
            return found
        return found + link.correct_names(store.linked_names(), found, lexicon, corrections)

    return store.build_graph(lexicon.entries, link.fold_surface, joins, corrections.fingerprint)


def _batches(items: Iterable[Any], size: int) -> Iterator[list[Any]]:
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


def extract_files(
    paths: Iterable[Path | str],
    settings: Settings = Settings(),
    *,
    format: str | None = None,
    page_year: int | None = None,
    strict: bool = False,
    known: library.Library | None = None,
    report: Callable[[Problem], None],
) -> Iterator[dict[str, Any]]:
    """One dictionary a paper, as `kg extract` writes them: the paper's fields, mentions, relations and claims.

    The same paper from two files comes once, so all papers are read before the first is extracted; they wait in a
    temporary file, so that memory does not grow with them.
    """
    papers = read.merge_stream(_read(paths, settings, format, page_year, strict, report))
    lexicon = load_lexicon(settings, known)
    for paper, found in _extract(papers, lexicon, settings, report):
        yield _record(paper, found)


def _record(paper: Paper, found: Extraction) -> dict[str, Any]:
    record = {k: v for k, v in asdict(paper).items() if v not in (None, ())} | {"published": paper.published}
    facts = asdict(found)
    return record | {
        k: facts[k] for k in ("mentions", "introduces", "synonyms", "relations", "claims", "sentences", "roles")
    }


def load_lexicon(settings: Settings, known: library.Library | None = None) -> link.Lexicon:
    """The lexicon of the settings with one's own entries, extended by the entities of a library where one is given."""
    lexicon = link.load_lexicon(settings.lexicon, settings.own_lexicon)
    return lexicon.extended(known.entity_entries()) if known else lexicon


def load_corrections(settings: Settings) -> link.Corrections:
    """A person's decisions which names are the same and which different, where the settings name a file that exists."""
    return link.load_corrections(settings.corrections)


def resolve_name(
    name: str,
    type: str,
    lexicon: link.Lexicon,
    context: str | None = None,
    corrections: link.Corrections = link.NO_CORRECTIONS,
) -> dict[str, Any]:
    """What a name is, as plain values: entity, name, score, why, evidence and the runners-up; at the least it is new."""
    found = corrections.link(name, type, lexicon) or link.resolve(name, type, lexicon, context)
    found = corrections.separated(name, found.entity, type, lexicon) or found
    others = link.runners_up(name, type, lexicon, context)
    return asdict(found) | {"runners_up": [asdict(other) for other in others if other.entity != found.entity]}


def resolve_lines(
    lines: Iterable[bytes],
    lexicon: link.Lexicon,
    report: Callable[[Problem], None],
    corrections: link.Corrections = link.NO_CORRECTIONS,
) -> Iterator[dict[str, Any]]:
    """One answer a JSON line `{"name", "type", "context"?}`, each for itself; a line that is none is reported."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            asked = json.loads(line)
            name, type_, context = asked["name"], str(NodeType(asked["type"])), asked.get("context")
            if not isinstance(name, str) or type_ not in ENTITY_TYPES or not isinstance(context, str | None):
                raise ValueError
        except (ValueError, KeyError, TypeError, AttributeError):
            expected = '{"name": "LoRA", "type": "Method"}, with type Method, Dataset, Task or Metric'
            report(Problem(f"standard input:{number}", f"expected a JSON object like {expected}"))
            continue
        yield {"name_asked": name, "type": type_, **resolve_name(name, type_, lexicon, context, corrections)}


def remove(names: Iterable[str], store: library.Library, settings: Settings = Settings()) -> tuple[int, list[str]]:
    """Forget papers, by id or title, and all that only they said. Returns how many, and the names that mean none."""
    ids, unknown = store.find_papers(names)
    removed = store.remove_papers(ids)
    build_graph(store, load_lexicon(settings), load_corrections(settings))
    return removed, unknown


def show(
    name: str, store: library.Library, *, type: str | None = None, limit: int = 10
) -> tuple[library.Card, list[str]]:
    """The card of the entity that is called so, and the ids of others that are called so too."""
    first, *others = library.find_entities(store, name, link.fold_surface, type)
    return library.show_card(store, first, limit), others


def rank(
    store: library.Library,
    measure: str,
    *,
    type: str | None = None,
    top: int | None = 20,
    keep: bool = False,
    report: Callable[[Problem], None] = lambda problem: None,
    **options: Any,
) -> list[analyse.Ranked]:
    """The most central nodes of a library's graph; the options are those of `kg.analyse.measure_nodes`.

    keep: store the values of all nodes with the library, in place of those that it holds for this measure.
    report: told of papers that are left out of a period because they have no date.
    """
    measured = analyse.measure_nodes(store.graph(), measure, **options)
    _report_undated(measured.projection.undated, store, report)
    if keep:
        store.store_centrality(measure, _told(options), measured.by_id())
    return measured.ranked(type=type, top=top)


def trends(
    store: library.Library,
    measure: str,
    before: analyse.Period,
    after: analyse.Period,
    *,
    report: Callable[[Problem], None] = lambda problem: None,
    **options: Any,
) -> analyse.Trends:
    """What rose and fell in rank between two periods; the options are those of `kg.analyse.trends`."""
    found = analyse.trends(store.graph(), measure, before, after, **options)
    _report_undated(found.undated, store, report)
    return found


def _report_undated(undated: int, store: library.Library, report: Callable[[Problem], None]) -> None:
    if undated:
        report(Problem(os.fspath(store.path), f"{undated} papers have no date and are in no period"))


def _told(options: dict[str, Any]) -> dict[str, Any]:
    """The options that say which graph was measured, as plain values."""
    period = options.get("period", analyse.Period())
    names = ("project", "by", "directed", "weighted", "sample", "error")
    told = {name: options[name] for name in names if options.get(name)}
    return told | {name: str(day) for name, day in asdict(period).items() if day is not None}


def export_library(
    target: str, source: library.Library, output: Path | None, settings: Settings = Settings(), **options: Any
) -> Any:
    """Write the graph of a library to a target: see `kg.export.EXPORTERS`. Returns what the target reports."""
    if target == "rdf":
        options |= {"namespace": settings.namespace, "base": settings.base}
    return export.export_graph(target, source.graph(), output, **options)


def export_neo4j(
    store: library.Library, *, uri: str | None = None, progress: Progress = _silent, **options: Any
) -> Any:
    """Load the graph of a library into a running Neo4j server; the options are those of `kg.export.neo4j.export`."""
    return export.export_graph("neo4j", store.graph(), None, uri=uri, progress=progress, **options)


def query_library(path: Path, language: str, text: str, settings: Settings = Settings()) -> Result:
    """The answer to a query in "sql", "sparql" or "cypher" over a library, with no server; nothing is changed.

    The first SPARQL or Cypher query after a build makes the store it runs on, beside the library (`FILE.views`).
    """
    if language == "sql":
        return query.query_sql(path, text)
    with library.open_library(path, read_only=True) as source:
        fingerprint = source.graph_stamp()

    def graph() -> Graph:
        with library.open_library(path, read_only=True) as source:
            return source.graph()

    cache = Path(os.fspath(path) + ".views")
    if language == "cypher":
        return query.query_cypher(graph, text, cache=cache, fingerprint=fingerprint)
    if language == "sparql":
        from kg.export import rdf

        where = {"namespace": settings.namespace, "base": settings.base}
        stamp = f"{fingerprint} {settings.namespace} {settings.base}"
        return query.query_sparql(
            lambda: rdf.ntriples(graph(), **where), text, cache=cache, fingerprint=stamp, prefixes=rdf.prefixes(**where)
        )
    raise QueryError(f"unknown query language {language!r}; known are sql, sparql, cypher")
