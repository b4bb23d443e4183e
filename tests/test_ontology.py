"""The ontology says what the schema says, both ways; the shapes accept a sound graph and refuse each broken one."""

from __future__ import annotations

import json
from pathlib import Path

import pyshacl
import pytest
import rdflib
from rdflib import OWL, RDF, RDFS, SH, XSD, URIRef
from rdflib.collection import Collection
from rdflib.namespace import Namespace

from kg.config import Settings
from kg.export import rdf
from kg.export.rdf_triples import CLASSES, SUPER_PROPERTIES, VOCABULARIES, property_name
from kg.schema import (
    CLAIM_KINDS,
    DIRECTIONS,
    EDGE_ENDPOINTS,
    EDGE_PROPERTIES,
    NODE_PROPERTIES,
    EdgeType,
    Graph,
    NodeType,
    camel,
)

ONTOLOGY = Path(__file__).resolve().parents[1] / "ontology"
KG = Namespace(Settings.namespace)
KINDS = {
    "string": XSD.string,
    "strings": XSD.string,
    "integer": XSD.integer,
    "number": XSD.double,
    "boolean": XSD.boolean,
    "date": XSD.date,
}
COUNTS = [p for p in EDGE_PROPERTIES if not p.name.startswith("evidence_")]
CLOSED = {"kind": CLAIM_KINDS, "direction": DIRECTIONS}

PROPERTIES = {property_name(name): (name, kind) for group in NODE_PROPERTIES.values() for name, kind in group}
PROPERTIES |= {name: (name, kind) for name, kind in COUNTS}
"""The local name of every property of nodes and statements, with its name and kind in Python."""


def owners(name: str) -> set[str]:
    """The classes whose instances carry a property, by its name in Python."""
    nodes = {str(t) for t, group in NODE_PROPERTIES.items() if name in {p.name for p in group}}
    return nodes | ({"Statement"} if name in {p.name for p in COUNTS} else set())


@pytest.fixture(scope="module")
def ontology() -> rdflib.Graph:
    return rdflib.Graph().parse(ONTOLOGY / "kg.ttl")


@pytest.fixture(scope="module")
def shapes() -> rdflib.Graph:
    return rdflib.Graph().parse(ONTOLOGY / "shapes.ttl")


def ours(graph: rdflib.Graph, kind: URIRef) -> set[str]:
    return {s.removeprefix(KG) for s in graph.subjects(RDF.type, kind) if s.startswith(KG)}


def members(graph: rdflib.Graph, subject: URIRef, predicate: URIRef) -> set[str]:
    """The local names of the classes that a domain or range holds: one class, or the union of several."""
    (value,) = graph.objects(subject, predicate)
    union = graph.value(value, OWL.unionOf)
    classes = [value] if union is None else list(Collection(graph, union))
    return {c.removeprefix(KG) for c in classes}


def expanded(name: str) -> URIRef:
    prefix, _, local = name.partition(":")
    return URIRef(VOCABULARIES[prefix] + local)


# ---------------------------------------------------------------------------------------------- ontology and schema


def test_classes_and_properties_are_those_of_the_schema(ontology: rdflib.Graph) -> None:
    assert ours(ontology, OWL.Class) == {*map(str, NodeType), "Statement", "Evidence"}
    assert ours(ontology, OWL.ObjectProperty) == {*map(camel, EdgeType), "evidence"}
    assert ours(ontology, OWL.DatatypeProperty) == {*PROPERTIES, "id", "sentence"}
    assert ours(ontology, OWL.ObjectProperty) & ours(ontology, OWL.DatatypeProperty) == set()


@pytest.mark.parametrize("edge", EdgeType)
def test_an_edge_joins_the_classes_of_the_schema(ontology: rdflib.Graph, edge: EdgeType) -> None:
    domain, range_ = (members(ontology, KG[camel(edge)], end) for end in (RDFS.domain, RDFS.range))
    assert {(s, t) for s in domain for t in range_} == {(str(s), str(t)) for s, t in EDGE_ENDPOINTS[edge]}


@pytest.mark.parametrize("local", sorted(PROPERTIES))
def test_a_property_has_the_classes_and_the_datatype_of_the_schema(ontology: rdflib.Graph, local: str) -> None:
    name, kind = PROPERTIES[local]
    assert members(ontology, KG[local], RDFS.domain) == owners(name)
    (range_,) = ontology.objects(KG[local], RDFS.range)
    if name in CLOSED:
        assert {str(v) for v in Collection(ontology, ontology.value(range_, OWL.oneOf))} == set(CLOSED[name])
    else:
        assert range_ == KINDS[kind]


def test_every_term_is_labelled_explained_and_single(ontology: rdflib.Graph) -> None:
    for kind in (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty):
        for name in ours(ontology, kind):
            for predicate in (RDFS.label, RDFS.comment):
                assert len(list(ontology.objects(KG[name], predicate))) == 1, name


def test_what_is_written_beside_our_terms_follows_from_the_ontology(ontology: rdflib.Graph) -> None:
    for node_type, classes in CLASSES.items():
        assert set(ontology.objects(KG[node_type], RDFS.subClassOf)) == set(map(expanded, classes))
    for name, terms in SUPER_PROPERTIES.items():
        assert set(map(expanded, terms)) <= set(ontology.objects(KG[property_name(name)], RDFS.subPropertyOf))


def test_the_ontology_documents_namespace_and_base(ontology: rdflib.Graph) -> None:
    (text,) = ontology.objects(URIRef(Settings.namespace.rstrip("#")), rdflib.DCTERMS.description)
    assert Settings.namespace in text and Settings.base in text


def test_the_ontology_is_quoted_in_full_by_the_data(ontology: rdflib.Graph, tiny_graph: Graph) -> None:
    """Every kg: term that the exporter writes is defined, and every one that is defined is written somewhere."""
    data = rdflib.Graph().parse(data="".join(rdf.ntriples(tiny_graph)), format="nt")
    used = {term.removeprefix(KG) for triple in data for term in triple[1:] if str(term).startswith(KG)}
    defined = set().union(*(ours(ontology, kind) for kind in (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty)))
    assert used <= defined
    assert defined - used <= {"partOf", "subtaskOf", "benchmarkFor", "trainedWith"}


# ---------------------------------------------------------------------------------------------- context


def test_the_context_names_every_term() -> None:
    context = json.loads((ONTOLOGY / "context.jsonld").read_text(encoding="utf-8"))["@context"]
    assert context["kg"] == Settings.namespace and context["id"] == Settings.base
    assert {name: context[name] for name in VOCABULARIES} == VOCABULARIES
    assert all(context[name] == f"kg:{name}" for name in [*NodeType, "Statement", "Evidence"])
    for edge in EdgeType:
        assert context[camel(edge)] == {"@id": f"kg:{camel(edge)}", "@type": "@id", "@container": "@set"}
    for local, (_, kind) in PROPERTIES.items():
        term = context[local] if isinstance(context[local], dict) else {"@id": context[local]}
        assert term["@id"] == f"kg:{local}"
        assert (term.get("@container") == "@set") == (kind == "strings")
        assert term.get("@type", "xsd:string") == "xsd:" + KINDS[kind].removeprefix(str(XSD))


# ---------------------------------------------------------------------------------------------- shapes


def test_every_class_and_property_has_a_shape(shapes: rdflib.Graph) -> None:
    for class_ in [*map(str, NodeType), "Statement"]:
        holders = list(shapes.subjects(SH.targetClass, KG[class_]))
        assert holders, class_
        paths = {shapes.value(p, SH.path): p for holder in holders for p in shapes.objects(holder, SH.property)}
        names = [local for local, (name, _) in PROPERTIES.items() if class_ in owners(name)]
        for local in names:
            name, kind = PROPERTIES[local]
            values = shapes.value(paths[KG[local]], SH["in"])
            if name in CLOSED:
                assert [str(v) for v in Collection(shapes, values)] == list(CLOSED[name])
            else:
                datatypes = {d for h in holders for p in shapes.objects(h, SH.property)
                             if shapes.value(p, SH.path) == KG[local] for d in shapes.objects(p, SH.datatype)}  # fmt: skip
                assert datatypes == {KINDS[kind]}, (class_, local)


def test_a_statement_may_speak_of_every_edge(shapes: rdflib.Graph) -> None:
    (path,) = shapes.subjects(SH.path, RDF.predicate)
    assert set(Collection(shapes, shapes.value(path, SH["in"]))) == {KG[camel(e)] for e in EdgeType}


def test_the_shapes_are_shapes(shapes: rdflib.Graph) -> None:
    conforms, _, report = pyshacl.validate(rdflib.Graph(), shacl_graph=shapes, meta_shacl=True)
    assert conforms, report


@pytest.fixture(scope="module")
def tiny_lines(tiny_graph: Graph) -> str:
    return "".join(rdf.ntriples(tiny_graph))


def test_the_tiny_graph_passes_the_shapes(tiny_lines: str, shapes: rdflib.Graph) -> None:
    data = rdflib.Graph().parse(data=tiny_lines, format="nt")
    conforms, _, report = pyshacl.validate(data, shacl_graph=shapes)
    assert conforms, report


BROKEN = {
    "a paper without a title": "DELETE WHERE { paper:arxiv-2402.03300 kg:title ?o }",
    "a paper without an abstract": "DELETE WHERE { paper:arxiv-2402.03300 kg:abstract ?o }",
    "a paper without a source": "DELETE WHERE { paper:arxiv-2402.03300 kg:sources ?o }",
    "a node without an id": "DELETE WHERE { organization:deepseek kg:id ?o }",
    "two ids": 'INSERT DATA { method:grpo kg:id "method:other" }',
    "an id without a type": 'DELETE WHERE { task:t kg:id ?o }; INSERT DATA { task:t a kg:Task ; kg:name "t" ; kg:papers 1 ; kg:mentionCount 1 ; kg:known true ; kg:id "t" }',
    "an author without a name": "DELETE WHERE { author:ada-lovelace kg:name ?o }",
    "two names": 'INSERT DATA { method:grpo kg:name "PPO" }',
    "an alias that is the name": 'INSERT DATA { method:grpo kg:aliases "GRPO" }',
    "a repository without a URL": "DELETE WHERE { ?s a kg:Repository ; kg:url ?o }",
    "a year that is text": 'INSERT DATA { paper:hostile-00000000 kg:year "2024" }',
    "two years": "INSERT DATA { method:grpo kg:year 1999 }",
    "a day of publication that is text": 'INSERT DATA { paper:hostile-00000000 kg:published "2024-02-05" }',
    "a day that no calendar has": 'INSERT DATA { paper:hostile-00000000 kg:published "2024-02-31"^^xsd:date }',
    "a count below zero": "INSERT DATA { paper:hostile-00000000 kg:count -1 }",
    "known as a string": 'DELETE WHERE { method:grpo kg:known ?o }; INSERT DATA { method:grpo kg:known "yes" }',
    "an entity that no paper names": "DELETE WHERE { method:grpo kg:papers ?o }; INSERT DATA { method:grpo kg:papers 0 }",
    "no mentions": "DELETE WHERE { method:grpo kg:mentionCount ?o }",
    "a kind of claim that is none": 'DELETE WHERE { ?s kg:kind ?o }; INSERT DATA { claim:arxiv-2402.03300:38-70:0 kg:kind "guess" }',
    "a direction that is none": 'INSERT DATA { claim:arxiv-2402.03300:38-70:0 kg:direction "sideways" }',
    "a claim that starts before its text": "DELETE WHERE { ?s kg:start ?o }; INSERT DATA { claim:arxiv-2402.03300:38-70:0 kg:start -1 }",
    "a claim that stops where it starts": "DELETE WHERE { ?s kg:stop ?o }; INSERT DATA { claim:arxiv-2402.03300:38-70:0 kg:stop 38 }",
    "a claim that no paper states": "DELETE WHERE { ?s kg:states ?o }",
    "a claim surer than sure": "DELETE WHERE { ?s a kg:Claim ; kg:confidence ?o }; INSERT DATA { claim:arxiv-2402.03300:38-70:0 kg:confidence 1.5e0 }",
    "a statement less sure than not at all": "DELETE { ?s kg:confidence ?o } INSERT { ?s kg:confidence -1e-1 } WHERE { ?s a kg:Statement ; kg:confidence ?o }",
    "a number that is text": 'DELETE { ?s kg:number ?o } INSERT { ?s kg:number "5.2" } WHERE { ?s kg:number ?o }',
    "a method evaluated with a task": "INSERT DATA { method:grpo kg:evaluatedWith task:mathematical-reasoning }",
    "a task evaluated with a dataset": "INSERT DATA { task:mathematical-reasoning kg:evaluatedWith dataset:gsm8k }",
    "a paper introduces a metric": "INSERT DATA { paper:arxiv-2402.03300 kg:introduces metric:accuracy }",
    "a paper mentions a paper": "INSERT DATA { paper:arxiv-2402.03300 kg:mentions paper:hostile-00000000 }",
    "a method that authored": "INSERT DATA { method:grpo kg:authored paper:arxiv-2402.03300 }",
    "an edge to a node that is not there": "INSERT DATA { method:grpo kg:compareWith method:nowhere }",
    "a subtask of a method": "INSERT DATA { task:mathematical-reasoning kg:subtaskOf method:grpo }",
    "a dataset for a method as a benchmark": "INSERT DATA { dataset:gsm8k kg:benchmarkFor method:grpo }",
    "an affiliation of a method": "INSERT DATA { method:grpo kg:affiliatedWith organization:deepseek }",
    "a claim measured by a dataset": "INSERT DATA { claim:arxiv-2402.03300:38-70:0 kg:measuredBy dataset:gsm8k }",
    "statements without evidence": "DELETE WHERE { ?s kg:evidence ?o }",
    "evidence that is no evidence": "INSERT { ?s kg:evidence paper:hostile-00000000 } WHERE { ?s a kg:Statement }",
    "a statement without a subject": "DELETE WHERE { ?s rdf:subject method:grpo ; rdf:predicate kg:usedFor }",
    "a statement of an unknown predicate": "DELETE { ?s rdf:predicate ?p } INSERT { ?s rdf:predicate kg:likes } WHERE { ?s rdf:predicate ?p }",
    "a statement about two objects": "INSERT { ?s rdf:object method:ppo } WHERE { ?s rdf:predicate kg:usedFor }",
    "a statement in no paper": "DELETE { ?s kg:papers ?o } INSERT { ?s kg:papers 0 } WHERE { ?s a kg:Statement ; kg:papers ?o }",
    "a statement in no sentence": "DELETE WHERE { ?s kg:sentences ?o }",
    "evidence without a paper": "DELETE WHERE { ?s oa:hasSource ?o }",
    "evidence from a method": "INSERT { ?s oa:hasSource method:grpo } WHERE { ?s a kg:Evidence }",
    "evidence without a sentence": "DELETE WHERE { ?s kg:sentence ?o }",
    "evidence without a position": "DELETE WHERE { ?s a oa:TextPositionSelector ; oa:start ?a ; oa:end ?b . ?e oa:hasSelector ?s }",
    "a position before the text": 'DELETE { ?s oa:start ?o } INSERT { ?s oa:start "-1"^^xsd:nonNegativeInteger } WHERE { ?s oa:start ?o }',
    "a position that ends where it starts": "DELETE { ?s oa:end ?o } INSERT { ?s oa:end ?a } WHERE { ?s oa:start ?a ; oa:end ?o }",
    "a position of another type": "DELETE { ?s oa:end ?o } INSERT { ?s oa:end 99 } WHERE { ?s oa:end ?o }",
    "a position without an end": "DELETE WHERE { ?s oa:end ?o }",
    "a quote without words": "DELETE WHERE { ?s oa:exact ?o }",
}  # fmt: skip


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_graph_fails(what: str, tiny_lines: str, shapes: rdflib.Graph) -> None:
    data = rdflib.Graph().parse(data=tiny_lines, format="nt")
    before = set(data)
    data.update(BROKEN[what], initNs=dict(rdf.PREFIXES))
    assert set(data) != before
    assert not pyshacl.validate(data, shacl_graph=shapes)[0]
