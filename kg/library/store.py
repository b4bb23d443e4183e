"""The file: opening it, the records that were read, the papers they make, and the facts found in each paper.

Everything is written so that a killed run loses nothing and doubles nothing: records are keyed by their content,
papers are a function of the records, facts are written in one transaction with the mark that says which extractor
found them, and a paper without the present mark is read again by the next build.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from kg.errors import LibraryError
from kg.library import centrality
from kg.library import graph as graph_sql
from kg.library.tables import edge_schema, node_schema
from kg.schema import Extraction, Graph, Join, LexiconEntry, Mention, Paper, slug

__all__ = ["Library", "open_library"]

VERSION = "2"
"""Of the file's tables; a file of another version is refused."""

TABLES = """
CREATE TABLE meta (key VARCHAR PRIMARY KEY, value VARCHAR NOT NULL);
CREATE TABLE records (key VARCHAR PRIMARY KEY, paper VARCHAR NOT NULL, record VARCHAR NOT NULL);
CREATE TABLE papers (
    id VARCHAR PRIMARY KEY, title VARCHAR, abstract VARCHAR, text VARCHAR, published DATE, year BIGINT, url VARCHAR,
    venue VARCHAR, count BIGINT, authors VARCHAR[], author_ids VARCHAR[], author_count BIGINT, organization VARCHAR,
    organization_id VARCHAR, repositories VARCHAR[], repository_ids VARCHAR[], sources VARCHAR[], same_as VARCHAR[],
    arxiv VARCHAR, acl VARCHAR, doi VARCHAR, record_hash VARCHAR, text_hash VARCHAR, extractor VARCHAR);
CREATE TABLE mentions (
    paper VARCHAR, id VARCHAR, start BIGINT, stop BIGINT, text VARCHAR, type VARCHAR, confidence DOUBLE, name VARCHAR,
    entity VARCHAR, linked VARCHAR, why VARCHAR, score DOUBLE, evidence VARCHAR, introduced BOOLEAN, sentence_start BIGINT, sentence_stop BIGINT);
CREATE TABLE synonyms (paper VARCHAR, a VARCHAR, b VARCHAR);
CREATE TABLE relations (
    paper VARCHAR, head VARCHAR, type VARCHAR, tail VARCHAR, confidence DOUBLE, start BIGINT, stop BIGINT);
CREATE TABLE claims (
    paper VARCHAR, id VARCHAR, node VARCHAR, start BIGINT, stop BIGINT, text VARCHAR, kind VARCHAR, confidence DOUBLE,
    subject VARCHAR, metric VARCHAR, value VARCHAR, direction VARCHAR, baseline VARCHAR, evaluated_on VARCHAR,
    number DOUBLE, unit VARCHAR, metric_mention VARCHAR, baseline_mention VARCHAR);
"""

FACTS = ("mentions", "synonyms", "relations", "claims")


def open_library(path: Path | str, *, read_only: bool = False) -> Library:
    """The library of a file; made where there is none, unless it is opened to read only.

    Raises LibraryError where the file is missing, locked by another process, no library, or of another version.
    """
    path = Path(path)
    if read_only and not path.exists():
        raise LibraryError(f"{path}: no such library; make one with: kg build PATH... --library {path}")
    try:
        connection = duckdb.connect(str(path), read_only=read_only)
    except duckdb.Error as error:
        raise LibraryError(_why_not_opened(path, error)) from error
    try:
        _check_version(connection, path, read_only)
    except BaseException:
        connection.close()
        raise
    return Library(connection, path)


def _why_not_opened(path: Path, error: duckdb.Error) -> str:
    message = str(error)
    if "lock" in message.lower():
        return f"{path}: in use by another process; wait until it has ended, or work on a copy of the file"
    if not path.parent.is_dir():
        return f"{path}: the folder {path.parent} does not exist; make it first"
    return f"{path}: not a library that can be opened: {message.splitlines()[0]}"


def _check_version(connection: duckdb.DuckDBPyConnection, path: Path, read_only: bool) -> None:
    tables = {name for (name,) in connection.execute("SELECT table_name FROM information_schema.tables").fetchall()}
    if not tables and not read_only:
        connection.execute("BEGIN")
        connection.execute(TABLES + centrality.TABLES + graph_sql.TABLES)
        connection.execute("INSERT INTO meta VALUES ('version', ?)", [VERSION])
        connection.execute("COMMIT")
        return
    if "meta" not in tables:
        raise LibraryError(f"{path}: a DuckDB file, but not a library of kg; choose another --library")
    rows = connection.execute("SELECT value FROM meta WHERE key = 'version'").fetchall()
    version = rows[0][0] if rows else "none"
    if version != VERSION:
        raise LibraryError(
            f"{path}: made by another version of kg (tables {version}, expected {VERSION}); build it anew"
        )


class Library:
    """A library that is open; a context manager. Use `open_library` to get one.

    >>> with open_library(":memory:") as library:
    ...     library.stats()["papers"]
    0
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, path: Path) -> None:
        self.connection = connection
        self.path = path

    def __enter__(self) -> Library:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Write everything out and let go of the file."""
        self.connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing: what is written inside is kept only if the block ends without an exception."""
        self.connection.execute("BEGIN")
        try:
            yield
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    # ------------------------------------------------------------------------------------------ records and papers

    def add_records(self, papers: Iterable[Paper]) -> int:
        """Keep the papers as they were read; those already here, to the letter, are passed over. Returns how many are new."""
        rows = {}
        for paper in papers:
            record = json.dumps(asdict(paper), ensure_ascii=False, sort_keys=True)
            rows[_hash(record)] = {"key": _hash(record), "paper": paper.id, "record": record}
        before = self._count("records")
        self._insert("records", list(rows.values()), conflict="OR IGNORE")
        return self._count("records") - before

    def records(self) -> Iterator[Paper]:
        """Every record that was read, as it was read."""
        for (record,) in self.connection.execute("SELECT record FROM records ORDER BY key").fetchall():
            values = json.loads(record)
            yield Paper(**{k: tuple(v) if isinstance(v, list) else v for k, v in values.items()})

    def set_papers(self, papers: Iterable[Paper]) -> None:
        """Make the papers of the library exactly these; facts survive where a paper's id and text stay as they are."""
        rows = {paper.id: _paper_row(paper) for paper in papers}
        here = {
            id_: (record, text, extractor)
            for id_, record, text, extractor in self.connection.execute(
                "SELECT id, record_hash, text_hash, extractor FROM papers"
            ).fetchall()
        }
        changed = [row for id_, row in rows.items() if id_ not in here or here[id_][0] != row["record_hash"]]
        for row in changed:
            _, text, extractor = here.get(row["id"], ("", "", None))
            row["extractor"] = extractor if text == row["text_hash"] else None
        stale = [id_ for id_ in here if id_ not in rows] + [r["id"] for r in changed if r["extractor"] is None]
        with self.transaction():
            self._delete_facts(stale)
            self._delete("papers", "id", [id_ for id_ in here if id_ not in rows] + [r["id"] for r in changed])
            self._insert("papers", changed)

    def find_papers(self, names: Iterable[str]) -> tuple[list[str], list[str]]:
        """The ids of the papers meant by ids (present or superseded) or titles, and the names that mean none."""
        found, unknown = [], []
        for name in names:
            rows = self.connection.execute(
                "SELECT id FROM papers WHERE id = $1 OR list_contains(same_as, $1) OR title = $1 ORDER BY id", [name]
            ).fetchall()
            (found if rows else unknown).append(rows[0][0] if rows else name)
        return found, unknown

    def remove_papers(self, ids: Iterable[str]) -> int:
        """Forget these papers, the records they were made from, and all facts found in them. Returns how many."""
        ids = sorted(set(ids))
        rows = self.connection.execute(
            "SELECT id, same_as FROM papers WHERE id IN (SELECT unnest($1))", [ids]
        ).fetchall()
        with self.transaction():
            self._delete("records", "paper", [old for id_, same_as in rows for old in (id_, *same_as)])
            self._delete_facts([id_ for id_, _ in rows])
            self._delete("papers", "id", [id_ for id_, _ in rows])
        return len(rows)

    # ------------------------------------------------------------------------------------------ facts

    def pending(self, extractor: str) -> list[Paper]:
        """The papers that this extractor has not read, in the order of their ids."""
        names = [f.name for f in fields(Paper)]
        rows = self.connection.execute(
            f"SELECT {', '.join(names)} FROM papers WHERE extractor IS DISTINCT FROM ? ORDER BY id", [extractor]
        ).fetchall()
        return [_paper_of(dict(zip(names, row, strict=True))) for row in rows]

    def add_extractions(self, extractions: Sequence[Extraction], extractor: str) -> None:
        """Write what was found in some papers, in place of what was there, and mark them as read by this extractor."""
        ids = [e.paper for e in extractions]
        with self.transaction():
            self._delete_facts(ids)
            for table, rows in _fact_rows(extractions).items():
                self._insert(table, rows)
            self.connection.execute(
                "UPDATE papers SET extractor = $1 WHERE id IN (SELECT unnest($2))", [extractor, ids]
            )

    # ------------------------------------------------------------------------------------------ the graph

    def fingerprint(self) -> str:
        """SHA-256 over every paper's id, content and extractor: equal where the facts are equal."""
        rows = self.connection.execute("SELECT id, record_hash, extractor FROM papers ORDER BY id").fetchall()
        return _hash(json.dumps(rows))

    def open_links(self) -> Iterator[tuple[str, str, str, str, str]]:
        """(paper, type, text, entity, why) of the names that a paper leaves open, or defines by a long form."""
        yield from self.connection.execute(
            "SELECT DISTINCT paper, type, text, linked, why FROM mentions WHERE why = 'definition'"
            " OR why = 'new' AND regexp_matches(linked, '-[0-9a-f]{8}$') ORDER BY ALL"
        ).fetchall()

    def linked_names(self) -> Iterator[tuple[str, str, str]]:
        """Every (type, text, entity) as the papers alone say it."""
        yield from self.connection.execute("SELECT DISTINCT type, text, linked FROM mentions ORDER BY ALL").fetchall()

    def texts(self, papers: Sequence[str]) -> dict[str, str]:
        """The texts of papers by their ids."""
        rows = self.connection.execute("SELECT id, text FROM papers WHERE id IN (SELECT unnest($1))", [list(papers)])
        return dict(rows.fetchall())

    def build_graph(
        self,
        entries: Iterable[LexiconEntry],
        fold: Callable[[str], str],
        joins: Callable[[], Iterable[Join]] = tuple,
        mark: str = "",
    ) -> bool:
        """Make entities, aliases, nodes and edges from the facts; returns False where they are up to date already.

        Stored centrality goes when the graph is made anew.

        entries: the lexicon, which names what is known.  fold: the linker's folding, so that aliases are found by it.
        joins: which entities of single papers are part of others; called only where something is to be built.
        mark: of what the joins depend on beside the facts.
        """
        fingerprint = self.fingerprint() + mark
        if self.graph_fingerprint() == fingerprint:
            return False
        with self.transaction():
            graph_sql.build(self.connection, entries, fold, joins())
            centrality.drop(self.connection)
            self.connection.execute("INSERT OR REPLACE INTO meta VALUES ('graph', ?)", [fingerprint])
        return True

    def graph_fingerprint(self) -> str:
        """The fingerprint of the facts that the graph was last built from; empty before the first build."""
        return self._meta("graph") or ""

    def store_centrality(self, measure: str, options: Mapping[str, Any], values: Mapping[str, float]) -> None:
        """Keep the values of a measure, by node, as a property of the graph's nodes, in place of those it had.

        options: what they were computed on; `stored_centrality` tells it.
        """
        with self.transaction():
            centrality.keep(self.connection, measure, options, values)

    def stored_centrality(self) -> dict[str, dict[str, Any]]:
        """The measures that are stored, each with the options it was computed with."""
        return centrality.stored(self.connection)

    def graph_stamp(self) -> str:
        """What the graph's tables depend on: the facts it was made from, and the centrality that is stored."""
        return f"{self.graph_fingerprint()} {centrality.stamp(self.connection)}".rstrip()

    def graph(self) -> Graph:
        """The graph of the last build as Arrow tables, with the fingerprint of the facts it was made from."""
        nodes = self.connection.sql("SELECT * FROM nodes ORDER BY id").to_arrow_table()
        edges = self.connection.sql("SELECT * FROM edges ORDER BY type, source, target").to_arrow_table()
        return Graph(
            nodes.select(node_schema().names).cast(node_schema()),
            edges.select(edge_schema().names).cast(edge_schema()),
            self.graph_fingerprint(),
        )

    def entity_entries(self) -> list[LexiconEntry]:
        """The entities of the library in the lexicon's form, so that the linker can resolve names against them."""
        rows = self.connection.execute("SELECT id, type, name, aliases, year FROM entities ORDER BY id").fetchall()
        return [LexiconEntry(id_, type_, name, tuple(aliases), year) for id_, type_, name, aliases, year in rows]

    def stats(self) -> dict[str, Any]:
        """How much of everything there is: papers, records, facts, nodes and edges by type, papers that wait."""

        def by_type(table: str) -> dict[str, int]:
            return dict(
                self.connection.execute(f"SELECT type, count(*) FROM {table} GROUP BY type ORDER BY type").fetchall()
            )

        return {
            **{table: self._count(table) for table in ("papers", "records", *FACTS, "entities")},
            "waiting": self._count("papers WHERE extractor IS NULL"),
            "nodes": by_type("nodes"),
            "edges": by_type("edges"),
            "centrality": self.stored_centrality(),
        }

    # ------------------------------------------------------------------------------------------ SQL

    def _meta(self, key: str) -> str | None:
        rows = self.connection.execute("SELECT value FROM meta WHERE key = ?", [key]).fetchall()
        return rows[0][0] if rows else None

    def _count(self, table: str) -> int:
        return self.connection.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0]

    def _insert(self, table: str, rows: Sequence[Mapping[str, Any]], conflict: str = "") -> None:
        if not rows:
            return
        columns = self.connection.sql(f"SELECT * FROM {table} LIMIT 0").to_arrow_table().schema
        incoming = pa.Table.from_pylist(list(rows), schema=columns)  # noqa: F841 - DuckDB reads the variable by its name
        self.connection.execute(f"INSERT {conflict} INTO {table} BY NAME SELECT * FROM incoming")

    def _delete(self, table: str, column: str, values: Sequence[str]) -> None:
        self.connection.execute(f"DELETE FROM {table} WHERE {column} IN (SELECT unnest($1))", [list(values)])

    def _delete_facts(self, papers: Sequence[str]) -> None:
        for table in FACTS:
            self._delete(table, "paper", papers)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _paper_row(paper: Paper) -> dict[str, Any]:
    row = asdict(paper)
    row["record_hash"] = _hash(json.dumps(row, ensure_ascii=False, sort_keys=True))
    row["text_hash"] = _hash(paper.text)
    row["published"] = _date(paper.published)
    row["author_ids"] = ["author:" + slug(name) for name in paper.authors]
    row["organization_id"] = "organization:" + slug(paper.organization) if paper.organization else None
    row["repository_ids"] = ["repository:" + _repository(url) for url in paper.repositories]
    return row


def _date(text: str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(text) if text else None


def _repository(url: str) -> str:
    """Host and path of a repository's URL in lower case, without `www.`, `.git` and a slash at the end."""
    bare = url.split("://", 1)[-1].split("#")[0].split("?")[0].lower().removeprefix("www.")
    return bare.rstrip("/").removesuffix(".git")


def _paper_of(row: dict[str, Any]) -> Paper:
    row["published"] = row["published"].isoformat() if row["published"] else None
    return Paper(**{k: tuple(v) if isinstance(v, list) else v for k, v in row.items()})


def _fact_rows(extractions: Iterable[Extraction]) -> dict[str, list[dict[str, Any]]]:
    out: dict[str, list[dict[str, Any]]] = {table: [] for table in FACTS}
    for extraction in extractions:
        paper = {"paper": extraction.paper}
        introduced = set(extraction.introduces)
        for m in extraction.mentions:
            first, last = _sentence(extraction, m)
            place = {"introduced": m.id in introduced, "sentence_start": first, "sentence_stop": last}
            out["mentions"].append(paper | _stop(asdict(m)) | {"linked": m.entity} | place)
        out["synonyms"] += [paper | {"a": a, "b": b} for a, b in extraction.synonyms]
        out["relations"] += [paper | _stop(asdict(r)) for r in extraction.relations]
        out["claims"] += graph_sql.claim_rows(extraction)
    return out


def _stop(row: dict[str, Any]) -> dict[str, Any]:
    row["stop"] = row.pop("end")
    return row


def _sentence(extraction: Extraction, mention: Mention) -> tuple[int, int]:
    """The sentence in which a mention starts; its own span where no sentence holds it."""
    at = bisect_right(extraction.sentences, mention.start, key=lambda span: span[0]) - 1
    if at >= 0 and mention.start < extraction.sentences[at][1]:
        return extraction.sentences[at]
    return mention.start, mention.end
