"""JSON-LD, compacted with one flat context: the triples of a subject become one JSON object."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pyoxigraph import Literal, Triple

__all__ = ["node_objects"]

_RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_XSD = "http://www.w3.org/2001/XMLSchema#"


def node_objects(triples: Iterable[Triple], context: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """One object a subject, in the order of the triples, which stand together by subject; there are no blank nodes.

    A value is written so that a reader gets the same term back: integers and booleans as JSON has them, other typed
    literals as strings under a term whose `@type` the context gives, or else with their own `@type`.
    """
    compact = _Compaction(context)
    for subject, group in groupby(triples, key=lambda triple: triple.subject):
        node: dict[str, Any] = {"@id": compact.iri(subject.value)}
        for triple in group:
            if triple.predicate.value == _RDF_TYPE:
                node.setdefault("@type", []).append(compact.class_(triple.object.value))
            else:
                _add(node, compact, triple)
        yield node


def _add(node: dict[str, Any], compact: _Compaction, triple: Triple) -> None:
    key, type_, is_set = compact.property(triple.predicate.value)
    value = compact.value(triple.object, type_)
    if key not in node:
        node[key] = [value] if is_set else value
    elif isinstance(node[key], list):
        node[key].append(value)
    else:
        node[key] = [node[key], value]


class _Compaction:
    """A context read backwards: from IRIs to its terms and prefixes."""

    def __init__(self, context: Mapping[str, Any]) -> None:
        simple = {name: value for name, value in context.items() if isinstance(value, str)}
        self._prefixes = {name: value for name, value in simple.items() if value.endswith(("/", "#"))}
        self._classes = {self._expand(value): name for name, value in simple.items() if name not in self._prefixes}
        self._properties = {
            self._expand(value["@id"]): (name, self._expand(value.get("@type", "")), "@container" in value)
            for name, value in context.items()
            if isinstance(value, Mapping)
        }
        self._by_length = sorted(self._prefixes.items(), key=lambda item: (-len(item[1]), item[0]))

    def _expand(self, name: str) -> str:
        prefix, _, local = name.partition(":")
        return self._prefixes[prefix] + local if prefix in self._prefixes else name

    def iri(self, iri: str) -> str:
        for prefix, start in self._by_length:
            if iri.startswith(start):
                return f"{prefix}:{iri[len(start) :]}"
        return iri

    def class_(self, iri: str) -> str:
        return self._classes.get(iri) or self.iri(iri)

    def property(self, iri: str) -> tuple[str, str, bool]:
        return self._properties.get(iri) or (self.class_(iri), "", False)

    def value(self, term: Any, type_: str) -> Any:
        datatype = getattr(term, "datatype", None)
        if datatype is None:
            return self.iri(term.value) if type_ == "@id" else {"@id": self.iri(term.value)}
        return self._literal(term, datatype.value, type_)

    def _literal(self, term: Literal, datatype: str, type_: str) -> Any:
        if datatype == _XSD + "boolean":
            return term.value == "true"
        if datatype == type_:
            return int(term.value) if datatype.endswith("nteger") else term.value
        if datatype == _XSD + "string" and not type_:
            return term.value
        return {"@value": term.value, "@type": self.iri(datatype)}
