"""SPARQL on an oxigraph store that is loaded from the graph's N-Triples."""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from kg.errors import MissingExtraError, QueryError
from kg.query.interrupt import interruptible
from kg.query.result import Result
from kg.query.views import opened_view

try:
    import pyoxigraph
except ImportError as error:
    raise MissingExtraError.of("pyoxigraph", extra="rdf") from error

__all__ = ["check_stays_here", "run"]


def run(
    ntriples: Callable[[], Iterable[str]], text: str, *, cache: Path, fingerprint: str, prefixes: Mapping[str, str]
) -> Result:
    """The answer to one SPARQL query; updates and SERVICE are refused."""
    text = re.sub(r"\r\n?", "\n", text)
    check_stays_here(text)
    stamp = f"{pyoxigraph.__version__} {fingerprint}"
    with opened_view(cache, "sparql", stamp, lambda folder: _make(folder, ntriples())) as folder:
        store = pyoxigraph.Store.read_only(str(folder))
        return interruptible(lambda: _ask(store, text, dict(prefixes)))


def _make(folder: Path, ntriples: Iterable[str]) -> None:
    store = pyoxigraph.Store(str(folder))
    store.bulk_load(input=io.BufferedReader(_Lines(ntriples), 1 << 20), format=pyoxigraph.RdfFormat.N_TRIPLES)
    store.flush()


class _Lines(io.RawIOBase):
    """Lines of text as a stream of bytes, many at a time, so that the graph is never whole in memory."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._rest:
            self._rest = memoryview("".join(islice(self._lines, 1000)).encode())
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size


# ---------------------------------------------------------------------------------------------- asking


def _ask(store: pyoxigraph.Store, text: str, prefixes: dict[str, str]) -> Result:
    try:
        answer = store.query(text, prefixes=prefixes)
        if isinstance(answer, pyoxigraph.QueryBoolean):
            return Result(("answer",), [(bool(answer),)])
        if isinstance(answer, pyoxigraph.QueryTriples):
            return Result(("subject", "predicate", "object"), [tuple(map(_plain, triple)) for triple in answer])
        columns = tuple(variable.value for variable in answer.variables)
        return Result(columns, [tuple(map(_plain, solution)) for solution in answer])
    except SyntaxError as error:
        raise QueryError(_explain(text, str(error))) from error
    except (OSError, ValueError) as error:
        raise QueryError(f"SPARQL: {error}") from error


_PLACE = re.compile(r"error at (\d+):(\d+): ")
_UPDATE = re.compile(r"(?:INSERT|DELETE|LOAD|CLEAR|CREATE|DROP|COPY|MOVE|ADD|WITH)\b", re.IGNORECASE)


def _explain(text: str, message: str) -> str:
    place = _PLACE.search(message)
    if place is None:
        return f"SPARQL: {message}"
    line, column = int(place[1]), int(place[2])
    shown = [*text.split("\n"), ""][line - 1]
    if _UPDATE.search(shown[: column - 1]) and "CONSTRUCT" in message:
        message = "the graph is read-only; a query is SELECT, ASK, CONSTRUCT or DESCRIBE"
    elif "Prefix not found" in message:
        message = "this prefix is not declared; write PREFIX name: <IRI> before the query"
    else:
        message = message[place.end() :]
    return f"SPARQL, line {line}, column {column}: {message}\n{shown}\n{' ' * (column - 1)}^"


_XSD = "http://www.w3.org/2001/XMLSchema#"
_INTEGERS = frozenset(
    _XSD + name
    for name in "integer int long short byte nonNegativeInteger positiveInteger nonPositiveInteger"
    " negativeInteger unsignedInt unsignedLong unsignedShort unsignedByte gYear".split()
)
_NUMBERS = frozenset(_XSD + name for name in ("decimal", "double", "float"))


def _plain(term: Any) -> Any:
    """A term as plain Python: an IRI is its string, a blank node `_:...`, a triple the list of its terms."""
    if term is None:
        return None
    if isinstance(term, pyoxigraph.NamedNode):
        return term.value
    if isinstance(term, pyoxigraph.Triple):
        return [_plain(part) for part in term]
    if isinstance(term, pyoxigraph.Literal):
        return _value(term.value, term.datatype.value)
    return str(term)


def _value(text: str, datatype: str) -> Any:
    try:
        if datatype in _INTEGERS:
            return int(text)
        if datatype in _NUMBERS:
            return float(text.replace("INF", "inf"))
        if datatype == _XSD + "boolean":
            return text in ("true", "1")
        if datatype == _XSD + "date":
            return datetime.date.fromisoformat(text)
    except ValueError:  # ill-typed literals are legal RDF: they stay what they are, text
        pass
    return text


# ---------------------------------------------------------------------------------------------- no network

# The engine follows SERVICE over the network, and has no switch for it. So a query in which the word stands anywhere
# but in a string, a full IRI, a comment, a variable or a local name is refused. Where the tokens of a text could be
# read in two ways (`?a<?b` is a comparison or the start of an IRI), the reading is taken that hides less.
_HIDDEN = re.compile(
    r'''"""(?:(?:"|"")?(?:[^"\\]|\\.))*""" | \'\'\'(?:(?:'|'')?(?:[^'\\]|\\.))*\'\'\'
      | "(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*'
      | <[A-Za-z][A-Za-z0-9+.-]*://[^\s<>"{}|^`\\]*>
      | (?P<unclear> <[^\s<>]*\# )
      | \#[^\n]* | [?$]\w* | :[\w-]* | \\.''',
    re.VERBOSE | re.DOTALL,
)
_WORD = re.compile("service", re.IGNORECASE)
_ESCAPE = re.compile(r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}")


def check_stays_here(text: str) -> None:
    """Raise QueryError where a SPARQL text may ask another server.

    >>> check_stays_here('SELECT * { ?s schema:name "Service" }  # no service')
    >>> check_stays_here("SELECT * { SERVICE <http://example.org/> { ?s ?p ?o } }")
    Traceback (most recent call last):
    kg.errors.QueryError: SPARQL, line 1, column 12: SERVICE is refused: queries stay on this machine
    """
    if _ESCAPE.search(text) and (_WORD.search(_unescaped(text))):
        raise QueryError("SPARQL: SERVICE is refused: queries stay on this machine; write the text without \\u escapes")
    if not _WORD.search(text):
        return
    for start, piece in _in_the_open(text):
        word = _WORD.search(piece)
        if word:
            at = start + word.start()
            line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
            raise QueryError(f"SPARQL, line {line}, column {column}: SERVICE is refused: queries stay on this machine")


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda match: chr(min(int(match[0][2:], 16), 0x10FFFF)), text)


def _in_the_open(text: str) -> Iterator[tuple[int, str]]:
    """The pieces between what hides a word, each with where it starts; all that follows an unclear `<` is open."""
    end = 0
    for match in _HIDDEN.finditer(text):
        yield end, text[end : match.start()]
        if match["unclear"]:
            yield match.start(), text[match.start() :]
            return
        end = match.end()
    yield end, text[end:]
