"""Merging more papers than memory holds: they wait in a temporary file until their duplicates are known."""

from __future__ import annotations

import pickle
import sqlite3
from array import array
from collections.abc import Iterable, Iterator
from contextlib import closing
from hashlib import blake2b
from itertools import groupby
from operator import itemgetter

from kg.errors import ReadError
from kg.read.merge import keys_of, merge_papers
from kg.schema import Paper

__all__ = ["merge_stream"]

TABLES = """
CREATE TABLE records (n INTEGER PRIMARY KEY, paper BLOB);
CREATE TABLE keys (key INTEGER, n INTEGER);
CREATE TABLE homes (home INTEGER, n INTEGER);
CREATE TABLE papers (id BLOB, paper BLOB);
"""


def merge_stream(papers: Iterable[Paper]) -> Iterator[Paper]:
    """The papers that `merge_papers` gives, in the same order, one by one and from a file.

    All are read before the first comes out. Memory: 8 bytes a record, and the records of one paper at a time; disk:
    about 5 kB a record while it runs. Cost: O(n log n). Raises ReadError where the disk is full.

    >>> papers = [Paper("paper:b", "B", "", "B"), Paper("paper:a", "A", "", "A"), Paper("paper:b", "b.", "", "b.")]
    >>> list(merge_stream(papers)) == merge_papers(papers)
    True
    """
    with closing(sqlite3.connect("")) as file:  # SQLite removes a file without a name itself
        try:
            file.executescript(TABLES)
            _keep(file, papers)
            _find_homes(file)
            _merge(file)
            for (paper,) in file.execute("SELECT paper FROM papers ORDER BY id, paper"):
                yield pickle.loads(paper)
        except sqlite3.Error as error:
            raise ReadError(
                f"the temporary file for merging papers: {error}; TMPDIR names a folder with room"
            ) from error


def _keep(file: sqlite3.Connection, papers: Iterable[Paper]) -> None:
    for n, paper in enumerate(papers):
        file.execute("INSERT INTO records VALUES (?, ?)", (n, pickle.dumps(paper)))
        file.executemany("INSERT INTO keys VALUES (?, ?)", ((_hash(key), n) for key in keys_of(paper)))


def _hash(key: str) -> int:
    """64 bits: where two keys were to meet, their papers would only be looked at together."""
    return int.from_bytes(blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest(), signed=True)


def _find_homes(file: sqlite3.Connection) -> None:
    """Records that share a key, directly or over others, get one home (union-find)."""
    (count,) = file.execute("SELECT count(*) FROM records").fetchone()
    parent = array("q", range(count))

    def find(n: int) -> int:
        while parent[n] != n:
            parent[n] = n = parent[parent[n]]
        return n

    for n, first in file.execute("SELECT n, min(n) OVER (PARTITION BY key) FROM keys"):
        parent[find(n)] = find(first)
    file.executemany("INSERT INTO homes VALUES (?, ?)", ((find(n), n) for n in range(count)))


def _merge(file: sqlite3.Connection) -> None:
    rows = file.execute("SELECT home, paper FROM homes JOIN records USING (n) ORDER BY home")
    for _, records in groupby(rows, itemgetter(0)):
        for paper in merge_papers(pickle.loads(record) for _, record in records):
            id_ = paper.id.encode("utf-8", "surrogatepass")  # whose bytes sort as its characters do
            file.execute("INSERT INTO papers VALUES (?, ?)", (id_, pickle.dumps(paper)))
