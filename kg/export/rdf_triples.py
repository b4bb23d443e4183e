"""The graph as N-Triples: how ids become IRIs, properties literals, edges statements with their evidence.

The terms are those of `ontology/kg.ttl`. There are no blank nodes: a statement has an IRI made from its edge, the
evidence one made from its place in a paper, so that two exports can be compared line by line.
"""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from kg.config import Settings
from kg.errors import ExportError
from kg.schema import NODE_PROPERTIES, EdgeType, Graph, NodeType, camel

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["CLASSES", "PREFIXES", "SUPER_PROPERTIES", "id_of", "iri", "ntriples", "prefixes", "property_name"]

VOCABULARIES: Mapping[str, str] = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "fabio": "http://purl.org/spar/fabio/",
    "oa": "http://www.w3.org/ns/oa#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

CLASSES: Mapping[NodeType, tuple[str, ...]] = {
    NodeType.PAPER: ("schema:ScholarlyArticle", "fabio:ResearchPaper"),
    NodeType.AUTHOR: ("skos:Concept",),
    NodeType.ORGANIZATION: ("schema:Organization",),
    NodeType.METHOD: ("skos:Concept",),
    NodeType.DATASET: ("dcat:Dataset", "schema:Dataset"),
    NodeType.TASK: ("skos:Concept",),
    NodeType.METRIC: ("skos:Concept",),
    NodeType.CLAIM: ("schema:Claim", "prov:Entity"),
    NodeType.REPOSITORY: ("schema:SoftwareSourceCode",),
}
"""The classes of other vocabularies that each node is also given. An author is a name, not a person."""

SUPER_PROPERTIES: Mapping[str, tuple[str, ...]] = {
    "title": ("rdfs:label", "dcterms:title"),
    "published": ("dcterms:issued",),
    "name": ("rdfs:label", "skos:prefLabel"),
    "aliases": ("skos:altLabel",),
}
"""The properties of other vocabularies that are written beside our own, for readers that do not infer."""


def prefixes(*, namespace: str = Settings.namespace, base: str = Settings.base) -> dict[str, str]:
    """The prefixes for Turtle and SPARQL: the vocabularies, `kg:`, `id:`, and one a kind of node.

    >>> prefixes()["method"]
    'https://w3id.org/kg/id/method/'
    """
    kinds = [*(str(t).lower() for t in NodeType), "evidence", "statement"]
    nodes = {kind: f"{base}{kind}/" for kind in kinds}
    return dict(sorted({**VOCABULARIES, **nodes, "kg": namespace, "id": base}.items()))


PREFIXES: Mapping[str, str] = prefixes()
"""The prefixes under the default namespace and base."""


# ---------------------------------------------------------------------------------------------- terms


def property_name(name: str) -> str:
    """The local name of a node's property: its camelCase form, but for the one that an edge type has taken.

    >>> property_name("author_count"), property_name("mentions")
    ('authorCount', 'mentionCount')
    """
    return "mentionCount" if name == "mentions" else camel(name)


def iri(id: str, base: str = Settings.base) -> str:
    """The IRI of a node: base, type, "/" and the rest of the id, percent-encoded; `id_of` is its inverse.

    Raises ExportError on an id that has no type.

    >>> iri("paper:arxiv-2402.03300")
    'https://w3id.org/kg/id/paper/arxiv-2402.03300'
    >>> iri("repository:github.com/a/b c")
    'https://w3id.org/kg/id/repository/github.com/a/b%20c'
    """
    type_, colon, rest = id.partition(":")
    if not (type_ and colon):
        raise ExportError(f"node id {id!r} has no type; expected an id like 'method:lora'")
    return base + _encoded(type_) + "/" + _encoded(rest, safe="/:@")


# Readers resolve IRIs, which would remove the path segments "." and ".."; some take no prefixed name that ends in a dot.
_BAD_DOTS = re.compile(r"(?<![^/])\.\.?(?![^/])|\.$")


@lru_cache(maxsize=1 << 16)
def _encoded(text: str, safe: str = "") -> str:
    return _BAD_DOTS.sub(lambda match: match[0].replace(".", "%2E"), quote(text, safe=safe))


def id_of(iri: str, base: str = Settings.base) -> str:
    """The id of the node that an IRI stands for.

    Raises ExportError on an IRI that is not under the base.

    >>> id_of("https://w3id.org/kg/id/repository/github.com/a/b%20c")
    'repository:github.com/a/b c'
    """
    type_, slash, rest = iri.removeprefix(base).partition("/")
    if not (iri.startswith(base) and type_ and slash):
        raise ExportError(f"{iri!r} is not the IRI of a node; expected {base}<type>/<rest>")
    return unquote(type_) + ":" + unquote(rest)


_ESCAPES = {ord(c): f"\\u{ord(c):04X}" for c in [*map(chr, range(0x20)), "\x7f", "\x85", "\u2028", "\u2029"]}
_ESCAPES |= {ord(c): "\\" + e for c, e in zip('"\\\n\r\t\b\f', '"\\nrtbf', strict=True)}
_TO_ESCAPE = re.compile("[" + re.escape("".join(map(chr, _ESCAPES))) + "]")


def _string(text: str) -> str:
    return '"' + (text.translate(_ESCAPES) if _TO_ESCAPE.search(text) else text) + '"'


def _typed(name: str, form: Callable[[Any], str] = str) -> Callable[[Any], str]:
    tail = f'"^^<{VOCABULARIES["xsd"]}{name}>'
    return lambda value: '"' + form(value) + tail


def _finite(number: float) -> str:
    if not math.isfinite(number):
        raise ExportError(f"a number of the graph is {number}; expected a finite one: leave it null if it is unknown")
    return repr(float(number))


_integer, _number, _offset = _typed("integer"), _typed("double", _finite), _typed("nonNegativeInteger")
_LITERALS: Mapping[str, Callable[[Any], str]] = {
    "string": _string,
    "strings": _string,
    "integer": _integer,
    "integers": _integer,
    "number": _number,
    "boolean": _typed("boolean", lambda value: "true" if value else "false"),
    "date": _typed("date", datetime.date.isoformat),
}


@cache
def _term(name: str) -> str:
    prefix, _, local = name.partition(":")
    return f"<{VOCABULARIES[prefix]}{local}>"


_A = f" {_term('rdf:type')} "


# ---------------------------------------------------------------------------------------------- triples


def ntriples(graph: Graph, *, namespace: str = Settings.namespace, base: str = Settings.base) -> Iterator[str]:
    """The graph as lines of N-Triples, each ending in a newline, sorted, each once.

    Raises ExportError on a namespace or base that is no IRI prefix, on nodes of unknown types, on numbers that are
    not finite, and on evidence whose lists differ in length. Cost: O(n log n) in the triples, all of them in memory.

    >>> from kg.library.tables import graph_from_rows
    >>> for line in ntriples(graph_from_rows([{"id": "author:ada", "type": "Author"}], [])): print(line, end="")
    <https://w3id.org/kg/id/author/ada> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://www.w3.org/2004/02/skos/core#Concept> .
    <https://w3id.org/kg/id/author/ada> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://w3id.org/kg/ontology#Author> .
    <https://w3id.org/kg/id/author/ada> <https://w3id.org/kg/ontology#id> "author:ada" .
    """
    for name, value in (("namespace", namespace), ("base", base)):
        if not _IRI_PREFIX.fullmatch(value):
            raise ExportError(f"the {name} {value!r} is not an absolute IRI that ends in '/' or '#'")
    unknown = set(graph.nodes["type"].unique().to_pylist()) - set(NodeType)
    if unknown:
        raise ExportError(f"nodes of unknown types {sorted(map(str, unknown))}; known are {', '.join(NodeType)}")
    lines = chain(
        chain.from_iterable(_node_lines(graph.nodes, node_type, namespace, base) for node_type in NodeType),
        _edge_lines(graph, namespace, base),
    )
    return iter(sorted(set(lines)))


_IRI_PREFIX = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?:[^\x00-\x20<>\"{}|^`\\%]|%[0-9A-Fa-f]{2})*[/#]")


def _node_lines(nodes: pa.Table, node_type: NodeType, namespace: str, base: str) -> Iterator[str]:
    import pyarrow.compute as pc

    rows = nodes.filter(pc.equal(nodes["type"], str(node_type)))
    ids = rows["id"].to_pylist()
    subjects = [f"<{iri(id, base)}>" for id in ids]
    classes = [f"{_A}<{namespace}{node_type}> .\n", *(f"{_A}{_term(name)} .\n" for name in CLASSES[node_type])]
    yield from (subject + tail for subject in subjects for tail in classes)
    yield from (f"{subject} <{namespace}id> {_string(id)} .\n" for subject, id in zip(subjects, ids, strict=True))
    for name, kind in NODE_PROPERTIES[node_type]:
        ours = f" <{namespace}{property_name(name)}> "
        predicates = [ours, *(f" {_term(term)} " for term in SUPER_PROPERTIES.get(name, ()))]
        values = list(_values(subjects, rows[name].to_pylist()))
        literal = _LITERALS[kind]
        for predicate in predicates:
            yield from [subject + predicate + literal(value) + " .\n" for subject, value in values]
        if name == "same_as":
            same = f" {_term('owl:sameAs')} "
            yield from [f"{subject}{same}<{iri(value, base)}> .\n" for subject, value in values]


def _values(subjects: Iterable[str], column: Iterable[Any]) -> Iterator[tuple[str, Any]]:
    for subject, value in zip(subjects, column, strict=True):
        if isinstance(value, list):
            yield from ((subject, item) for item in value if item is not None)
        elif value is not None:
            yield subject, value


def _edge_lines(graph: Graph, namespace: str, base: str) -> Iterator[str]:
    names = {str(edge_type): camel(edge_type) for edge_type in EdgeType}
    texts = dict(zip(graph.nodes["id"].to_pylist(), graph.nodes["text"].to_pylist(), strict=True))
    ends = zip(*(graph.edges[name].to_pylist() for name in ("source", "type", "target")), strict=True)
    counts = zip(*(graph.edges[name].to_pylist() for name in _COUNTS), strict=True)
    places = zip(*(graph.edges[name].to_pylist() for name in _PLACES), strict=True)
    for (source, type_, target), numbers, lists in zip(ends, counts, places, strict=True):
        if type_ not in names:
            raise ExportError(f"an edge of unknown type {type_!r}; known are {', '.join(names)}")
        name = names[type_]
        subject, predicate, object_ = f"<{iri(source, base)}>", f"<{namespace}{name}>", f"<{iri(target, base)}>"
        yield f"{subject} {predicate} {object_} .\n"
        if any(value is not None for value in (*numbers, *lists)):
            statement = f"<{base}statement/{_field(source)}:{name}:{_field(target)}>"
            yield f"{statement}{_A}{_term('rdf:Statement')} .\n"
            yield f"{statement}{_A}<{namespace}Statement> .\n"
            yield f"{statement} {_term('rdf:subject')} {subject} .\n"
            yield f"{statement} {_term('rdf:predicate')} {predicate} .\n"
            yield f"{statement} {_term('rdf:object')} {object_} .\n"
            for (key, literal), number in zip(_COUNTS.items(), numbers, strict=True):
                if number is not None:
                    yield f"{statement} <{namespace}{key}> {literal(number)} .\n"
            yield from _evidence_lines(statement, lists, texts, namespace, base)


_COUNTS = {"papers": _integer, "sentences": _integer, "confidence": _number}
_PLACES = ("evidence_papers", "evidence_starts", "evidence_stops", "evidence_sentences")


def _field(id: str) -> str:
    """An id as two fields of a statement's IRI; the colons within the second are encoded."""
    type_, _, rest = id.partition(":")
    return _encoded(type_) + ":" + _encoded(rest)


def _evidence_lines(
    statement: str, lists: tuple[list[Any] | None, ...], texts: Mapping[str, str | None], namespace: str, base: str
) -> Iterator[str]:
    """The places that speak for a statement; the quote is the text that the offsets select."""
    lists = tuple(values or [] for values in lists)
    if len({len(values) for values in lists}) > 1:
        raise ExportError(f"the evidence lists of {statement} differ in length: {[len(values) for values in lists]}")
    for paper, start, stop, sentence in zip(*lists, strict=True):
        place = f"{base}evidence/{_encoded(paper.removeprefix('paper:'), safe=':')}:{start}-{stop}"
        yield f"{statement} <{namespace}evidence> <{place}> .\n"
        yield f"<{place}>{_A}<{namespace}Evidence> .\n"
        yield f"<{place}>{_A}{_term('oa:SpecificResource')} .\n"
        yield f"<{place}> {_term('oa:hasSource')} <{iri(paper, base)}> .\n"
        yield f"<{place}> <{namespace}sentence> {_string(sentence)} .\n"
        yield f"<{place}> {_term('oa:hasSelector')} <{place}:position> .\n"
        yield f"<{place}:position>{_A}{_term('oa:TextPositionSelector')} .\n"
        yield f"<{place}:position> {_term('oa:start')} {_offset(start)} .\n"
        yield f"<{place}:position> {_term('oa:end')} {_offset(stop)} .\n"
        text = texts.get(paper) or ""
        if 0 <= start < stop <= len(text):
            yield f"<{place}> {_term('oa:hasSelector')} <{place}:quote> .\n"
            yield f"<{place}:quote>{_A}{_term('oa:TextQuoteSelector')} .\n"
            yield f"<{place}:quote> {_term('oa:exact')} {_string(text[start:stop])} .\n"
