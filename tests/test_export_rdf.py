"""RDF read back by two independent readers: the same triples in every format, every property there, hostile text intact."""

from __future__ import annotations

import datetime
import json
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyoxigraph
import pyshacl
import pytest
import rdflib
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.errors import ExportError, MissingExtraError
from kg.export import rdf
from kg.export.rdf_triples import property_name
from kg.library.tables import graph_from_rows
from kg.schema import CLAIM_KINDS, DIRECTIONS, EDGE_ENDPOINTS, NODE_PROPERTIES, EdgeType, Graph, NodeType, camel

KG = "https://w3id.org/kg/ontology#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
OA = "http://www.w3.org/ns/oa#"
XSD = "http://www.w3.org/2001/XMLSchema#"
SHAPES = Path(__file__).resolve().parents[1] / "ontology" / "shapes.ttl"
OXIGRAPH = {
    "nt": pyoxigraph.RdfFormat.N_TRIPLES,
    "ttl": pyoxigraph.RdfFormat.TURTLE,
    "jsonld": pyoxigraph.RdfFormat.JSON_LD,
}
RDFLIB = {"nt": "nt", "ttl": "turtle", "jsonld": "json-ld"}


# ---------------------------------------------------------------------------------------------- random graphs

texts = st.text(max_size=12) | st.sampled_from(
    [
        '"',
        "\\",
        "\\n",
        'a\n"""b\r',
        "\x00\x01\x1f\x7f",
        "\x85\u2028\u2029",
        "<a> <b> .",
        "</script>",
        "ünï 𝒳",
        "{}|^`",
        "kg:name",
    ]
)
numbers = st.floats(allow_nan=False, allow_infinity=False)
integers = st.integers(0, 2**63 - 1)
ids = st.builds(lambda rest: "method:" + rest, texts)
BY_KIND = {
    "string": texts,
    "integer": integers,
    "number": numbers,
    "boolean": st.booleans(),
    "date": st.dates(),
    "strings": st.lists(texts, max_size=3),
}
REQUIRED = {
    "title": texts,
    "abstract": texts,
    "text": texts,
    "name": texts,
    "url": texts,
    "sources": st.lists(texts, min_size=1, max_size=2),
    "papers": st.integers(1, 99),
    "mentions": st.integers(1, 99),
    "known": st.booleans(),
    "kind": st.sampled_from(CLAIM_KINDS),
    "confidence": st.floats(0, 1),
    "start": st.integers(0, 50),
    "stop": st.integers(51, 99),
}
OPTIONAL = {"direction": st.sampled_from(DIRECTIONS), "same_as": st.lists(ids, max_size=2)}


@st.composite
def node_rows(draw: st.DrawFn) -> list[dict[str, Any]]:
    rows = {}
    for node_type in NodeType:
        for rest in draw(st.lists(texts, min_size=1, max_size=2)):
            row = {"id": f"{node_type.lower()}:{rest}", "type": str(node_type)}
            for name, kind in NODE_PROPERTIES[node_type]:
                row[name] = draw(REQUIRED[name] if name in REQUIRED else st.none() | OPTIONAL.get(name, BY_KIND[kind]))
            if row.get("aliases"):
                row["aliases"] = [alias for alias in row["aliases"] if alias != row["name"]]
            rows[row["id"]] = row
    return list(rows.values())


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Graphs that keep every promise of the schema, with text that breaks careless writers."""
    nodes = draw(node_rows())
    by_type = defaultdict(list)
    for row in nodes:
        by_type[row["type"]].append(row["id"])
    papers = by_type["Paper"]
    ends = {("STATES", papers[0], "Paper", claim, "Claim") for claim in by_type["Claim"]}
    for _ in range(draw(st.integers(0, 8))):
        edge_type = draw(st.sampled_from([e for e in EdgeType if e != "STATES"]))
        source_type, target_type = draw(st.sampled_from(EDGE_ENDPOINTS[edge_type]))
        source, target = draw(st.sampled_from(by_type[source_type])), draw(st.sampled_from(by_type[target_type]))
        ends.add((str(edge_type), source, str(source_type), target, str(target_type)))
    places = st.lists(
        st.tuples(st.sampled_from(papers), st.integers(0, 9), st.integers(1, 5), texts), min_size=1, max_size=3
    )
    edges = []
    for edge_type, source, source_type, target, target_type in sorted(ends):
        edge = dict(type=edge_type, source=source, source_type=source_type, target=target, target_type=target_type)
        if edge_type not in ("AUTHORED", "AFFILIATED_WITH"):
            found = draw(places)
            edge |= dict(papers=len({p for p, *_ in found}), sentences=len(found), confidence=draw(st.floats(0, 1)))
            edge |= dict(evidence_papers=[p for p, *_ in found], evidence_starts=[a for _, a, _, _ in found])
            edge |= dict(evidence_stops=[a + n for _, a, n, _ in found], evidence_sentences=[s for *_, s in found])
        edges.append(edge)
    return graph_from_rows(nodes, edges)


quick = settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))


# ---------------------------------------------------------------------------------------------- reading back


def written(graph: Graph, format: str) -> bytes:
    return rdf.FORMATS[format](rdf.ntriples(graph), rdf.PREFIXES)


def oxigraph_triples(data: bytes, format: str) -> set[pyoxigraph.Triple]:
    found = pyoxigraph.parse(data, format=OXIGRAPH[format])
    return {getattr(statement, "triple", statement) for statement in found}


def rdflib_triples(data: bytes, format: str) -> set[Any]:
    return set(rdflib.Graph().parse(data=data, format=RDFLIB[format]))


def objects(triples: set[pyoxigraph.Triple]) -> dict[str, dict[str, set[Any]]]:
    """Subject -> predicate -> the objects, literals as Python values."""
    found: dict[str, dict[str, set[Any]]] = defaultdict(lambda: defaultdict(set))
    for triple in triples:
        found[triple.subject.value][triple.predicate.value].add(plain(triple.object))
    return found


def plain(term: Any) -> Any:
    read = {
        "integer": int,
        "nonNegativeInteger": int,
        "double": float,
        "boolean": {"true": True, "false": False}.__getitem__,
        "date": datetime.date.fromisoformat,
        "string": str,
    }
    return (
        read[term.datatype.value.removeprefix(XSD)](term.value) if isinstance(term, pyoxigraph.Literal) else term.value
    )


def check_round_trip(graph: Graph, triples: set[pyoxigraph.Triple]) -> None:
    found = objects(triples)
    texts = {}
    for row in graph.nodes.to_pylist():
        node = found[rdf.iri(row["id"])]
        texts[row["id"]] = row["text"]
        assert node[KG + "id"] == {row["id"]} and KG + row["type"] in node[RDF + "type"]
        for name, _ in NODE_PROPERTIES[row["type"]]:
            value = row[name]
            expected = set() if value is None else set(value) if isinstance(value, list) else {value}
            assert node[KG + property_name(name)] == expected, name
    statements = {key: node for key, node in found.items() if KG + "Statement" in node[RDF + "type"]}
    for row in graph.edges.to_pylist():
        source, name, target = rdf.iri(row["source"]), KG + camel(row["type"]), rdf.iri(row["target"])
        assert target in found[source][name]
        about = {RDF + "subject": {source}, RDF + "predicate": {name}, RDF + "object": {target}}
        same = [key for key, node in statements.items() if all(node[p] == value for p, value in about.items())]
        assert len(same) == (row["papers"] is not None)
        for statement in same:
            check_statement(row, statements.pop(statement), found, texts)
    assert statements == {}


def check_statement(row: dict[str, Any], node: dict[str, set[Any]], found: Any, texts: dict[str, str]) -> None:
    for name in ("papers", "sentences", "confidence"):
        assert node[KG + name] == {row[name]}
    places = {}
    for place in node[KG + "evidence"]:
        (paper,) = found[place][OA + "hasSource"]
        position, quoted = (found[f"{place}:{part}"] for part in ("position", "quote"))
        (start,), (stop,) = position[OA + "start"], position[OA + "end"]
        places[rdf.id_of(paper), start, stop] = found[place][KG + "sentence"]
        text = texts[rdf.id_of(paper)]
        assert quoted[OA + "exact"] == ({text[start:stop]} if stop <= len(text) else set())
    lists = [row[f"evidence_{name}"] for name in ("papers", "starts", "stops", "sentences")]
    for paper, start, stop, sentence in zip(*lists, strict=True):
        assert sentence in places[paper, start, stop]
    assert set(places) == set(zip(*lists[:3], strict=True))


@pytest.mark.parametrize("format", rdf.FORMATS)
def test_every_format_holds_the_tiny_graph_for_both_readers(tiny_graph: Graph, format: str) -> None:
    check_round_trip(tiny_graph, oxigraph_triples(written(tiny_graph, format), format))
    assert rdflib_triples(written(tiny_graph, format), format) == rdflib_triples(written(tiny_graph, "nt"), "nt")


@quick
@given(graphs())
def test_any_graph_comes_back_from_any_format(graph: Graph) -> None:
    nt = oxigraph_triples(written(graph, "nt"), "nt")
    check_round_trip(graph, nt)
    assert oxigraph_triples(written(graph, "ttl"), "ttl") == nt
    assert oxigraph_triples(written(graph, "jsonld"), "jsonld") == nt


@settings(quick, max_examples=15)
@given(graphs())
def test_rdflib_reads_the_same_from_any_format(graph: Graph) -> None:
    nt = rdflib_triples(written(graph, "nt"), "nt")
    assert len(nt) == len(list(rdf.ntriples(graph)))
    assert rdflib_triples(written(graph, "ttl"), "ttl") == nt
    assert rdflib_triples(written(graph, "jsonld"), "jsonld") == nt


@settings(quick, max_examples=10)
@given(graphs())
def test_any_graph_passes_the_shapes(graph: Graph) -> None:
    data = rdflib.Graph().parse(data=written(graph, "nt"), format="nt")
    conforms, _, report = pyshacl.validate(data, shacl_graph=str(SHAPES))
    assert conforms, report


# ---------------------------------------------------------------------------------------------- lines and IRIs

LINE = re.compile(
    r'<[^\x00-\x20<>"{}|^`\\]+> <[^\x00-\x20<>"{}|^`\\]+> (?:<[^\x00-\x20<>"{}|^`\\]+>|"(?:[^"\\\n\r]|\\["\\nrtbf]|\\u[0-9A-F]{4})*"(?:\^\^<[^<>]+>)?) \.\n'
)


@quick
@given(graphs())
def test_lines_are_strict_sorted_and_unique(graph: Graph) -> None:
    lines = list(rdf.ntriples(graph))
    assert all(LINE.fullmatch(line) and line.splitlines() == [line[:-1]] for line in lines)
    assert lines == sorted(set(lines))


@settings(deadline=None)
@given(st.text(min_size=1).filter(lambda text: ":" not in text), st.text())
def test_an_id_comes_back_from_its_iri(type_: str, rest: str) -> None:
    id = f"{type_}:{rest}"
    iri = rdf.iri(id)
    assert rdf.id_of(iri) == id
    assert pyoxigraph.NamedNode(iri).value == iri
    read = pyoxigraph.parse(f"<{iri}> a <{iri}> .", format=pyoxigraph.RdfFormat.TURTLE)
    assert [triple.subject.value for triple in read] == [iri]


@pytest.mark.parametrize("id", ["paper:..", "paper:.", "a:b/../c", "a:/./", "a:..."])
def test_dots_of_an_id_are_no_path(id: str) -> None:
    assert not {".", ".."} & set(rdf.iri(id).split("/"))
    assert rdf.id_of(rdf.iri(id)) == id


def test_an_id_without_a_type_and_a_foreign_iri_are_refused() -> None:
    with pytest.raises(ExportError, match="'lora' has no type"):
        rdf.iri("lora")
    with pytest.raises(ExportError, match="not the IRI of a node"):
        rdf.id_of("https://example.org/method/lora")


def test_statements_of_ids_with_colons_keep_apart() -> None:
    papers = [dict(id=id, type="Paper", text="") for id in ("paper:a", "paper:a:about:b:c")]
    claims = [dict(id=id, type="Claim") for id in ("claim:x", "claim:x:about:method:y")]
    methods = [dict(id=id, type="Method") for id in ("method:y:about:method:z", "method:z")]
    ends = [("claim:x", "method:y:about:method:z"), ("claim:x:about:method:y", "method:z")]
    edges = [
        dict(source=s, source_type="Claim", type="ABOUT", target=t, target_type="Method", papers=1) for s, t in ends
    ]
    lines = "".join(rdf.ntriples(graph_from_rows([*papers, *claims, *methods], edges)))
    assert len(set(re.findall(r"<(\S+)> \S+ <" + KG + "Statement>", lines))) == 2


# ---------------------------------------------------------------------------------------------- files


@pytest.mark.parametrize("format", rdf.FORMATS)
def test_a_folder_gets_the_graph_and_the_ontology(tiny_graph: Graph, tmp_path: Path, format: str) -> None:
    files = rdf.export(tiny_graph, tmp_path / "new" / "out", format=format)
    assert [path.name for path in files] == [f"graph.{format}", "kg.ttl"]
    assert sorted(tmp_path.joinpath("new", "out").iterdir()) == sorted(files)
    assert files[0].read_bytes() == written(tiny_graph, format)
    assert files[1].read_bytes() == SHAPES.with_name("kg.ttl").read_bytes()


def test_a_file_is_written_alone_in_the_format_of_its_name(tiny_graph: Graph, tmp_path: Path) -> None:
    for format in rdf.FORMATS:
        assert rdf.export(tiny_graph, tmp_path / f"x.{format}") == [tmp_path / f"x.{format}"]
        assert (tmp_path / f"x.{format}").read_bytes() == written(tiny_graph, format)
    assert len(list(tmp_path.iterdir())) == len(rdf.FORMATS)


def test_the_same_graph_gives_the_same_bytes_in_another_process(tiny_graph: Graph, tmp_path: Path) -> None:
    import pyarrow.feather as feather

    feather.write_feather(tiny_graph.nodes, tmp_path / "nodes")
    feather.write_feather(tiny_graph.edges, tmp_path / "edges")
    code = (
        "import sys, pathlib, pyarrow.feather as f; from kg.export import rdf; from kg.schema import Graph\n"
        "p = pathlib.Path(sys.argv[1]); g = Graph(f.read_table(p / 'nodes'), f.read_table(p / 'edges'))\n"
        "[rdf.export(g, p / 'other', format=name) for name in rdf.FORMATS]"
    )
    subprocess.run([sys.executable, "-c", code, tmp_path], check=True)
    for format in rdf.FORMATS:
        assert (tmp_path / "other" / f"graph.{format}").read_bytes() == written(tiny_graph, format)


def test_the_order_of_the_rows_does_not_matter(tiny_graph: Graph) -> None:
    nodes, edges = tiny_graph.nodes, tiny_graph.edges
    turned = Graph(nodes.take(list(range(nodes.num_rows))[::-1]), edges.take(list(range(edges.num_rows))[::-1]))
    assert list(rdf.ntriples(turned)) == list(rdf.ntriples(tiny_graph))


def test_another_namespace_and_base(tiny_graph: Graph, tmp_path: Path) -> None:
    where = {"namespace": "http://example.org/terms/", "base": "urn:x-test#"}
    usual = {
        line.replace(KG, where["namespace"]).replace(rdf.PREFIXES["id"], where["base"])
        for line in rdf.ntriples(tiny_graph)
    }
    assert set(rdf.ntriples(tiny_graph, **where)) == usual
    for format in rdf.FORMATS:
        graph, ontology = rdf.export(tiny_graph, tmp_path, format=format, **where)
        assert oxigraph_triples(graph.read_bytes(), format) == oxigraph_triples("".join(usual).encode(), "nt")
        assert rdflib_triples(graph.read_bytes(), format) == rdflib_triples("".join(usual).encode(), "nt")
        assert KG not in ontology.read_text()


def test_prefixes_read_as_the_ids_do(tiny_graph: Graph) -> None:
    store = pyoxigraph.Store()
    store.bulk_load("".join(rdf.ntriples(tiny_graph)).encode(), format=pyoxigraph.RdfFormat.N_TRIPLES)
    query = "SELECT ?id { method:grpo kg:evaluatedWith ?d . ?d a schema:Dataset ; kg:id ?id }"
    assert [row["id"].value for row in store.query(query, prefixes=dict(rdf.PREFIXES))] == ["dataset:gsm8k"]
    query = "SELECT ?s { ?st rdf:subject method:grpo ; rdf:predicate kg:usedFor ; kg:evidence/kg:sentence ?s }"
    assert [row["s"].value for row in store.query(query, prefixes=dict(rdf.PREFIXES))] == [
        "GRPO beats PPO by 5.2% on GSM8K."
    ]


def test_json_ld_needs_no_network_and_reads_as_plain_json(tiny_graph: Graph) -> None:
    page = json.loads(written(tiny_graph, "jsonld"))
    assert isinstance(page["@context"], dict) and "@import" not in page["@context"]
    (grpo,) = (node for node in page["@graph"] if node["@id"] == "id:method/grpo")
    assert grpo["name"] == "GRPO" and grpo["year"] == 2024 and grpo["known"] is True
    assert grpo["evaluatedWith"] == ["id:dataset/gsm8k"] and grpo["@type"] == ["skos:Concept", "Method"]


def test_an_empty_graph_is_a_valid_file() -> None:
    for format in rdf.FORMATS:
        data = written(graph_from_rows([], []), format)
        assert oxigraph_triples(data, format) == rdflib_triples(data, format) == set()


# ---------------------------------------------------------------------------------------------- what is refused


def test_unknown_formats_and_wrong_names(tiny_graph: Graph, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="unknown RDF format 'xml'; known are nt, ttl, jsonld"):
        rdf.export(tiny_graph, tmp_path, format="xml")
    with pytest.raises(ExportError, match=r"does not end in \.nt"):
        rdf.export(tiny_graph, tmp_path / "graph.ttl", format="nt")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "value", ["", "kg/", "https://example.org/x", "https://example.org/>/", "https://a b/", "http://x/%zz/"]
)
def test_a_namespace_or_base_that_is_no_iri_prefix(tiny_graph: Graph, value: str) -> None:
    with pytest.raises(ExportError, match=r"the namespace .* is not an absolute IRI"):
        rdf.ntriples(tiny_graph, namespace=value)
    with pytest.raises(ExportError, match=r"the base .* is not an absolute IRI"):
        rdf.ntriples(tiny_graph, base=value)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_numbers_that_are_not_finite(number: float) -> None:
    graph = graph_from_rows([dict(id="claim:a:0-1:0", type="Claim", number=number)], [])
    with pytest.raises(ExportError, match="expected a finite one"):
        rdf.ntriples(graph)


def test_unknown_types_and_uneven_evidence(tiny_graph: Graph) -> None:
    with pytest.raises(ExportError, match=r"nodes of unknown types \['Idea'\]"):
        rdf.ntriples(graph_from_rows([dict(id="idea:a", type="Idea")], []))
    edge = dict(source="paper:a", source_type="Paper", target="method:b", target_type="Method")
    with pytest.raises(ExportError, match="unknown type 'LIKES'"):
        rdf.ntriples(graph_from_rows([], [edge | dict(type="LIKES")]))
    uneven = dict(type="MENTIONS", evidence_papers=["paper:a"], evidence_starts=[1, 2])
    with pytest.raises(ExportError, match="differ in length"):
        rdf.ntriples(graph_from_rows([], [edge | uneven]))


def test_without_pyoxigraph_n_triples_still_work(
    tiny_graph: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyoxigraph", None)
    assert rdf.export(tiny_graph, tmp_path / "graph.nt")
    for format in ("ttl", "jsonld"):
        with pytest.raises(MissingExtraError, match=r"pip install 'kg\[rdf\]'"):
            rdf.export(tiny_graph, tmp_path, format=format)


def test_a_graph_keeps_its_columns() -> None:
    """Every column of the tables is written under some name, so that a new property cannot be forgotten."""
    from kg.export.rdf_triples import _COUNTS, _PLACES
    from kg.schema import EDGE_PROPERTIES

    assert [p.name for p in EDGE_PROPERTIES] == [*_COUNTS, *_PLACES]
    assert all(isinstance(field.type, pa.DataType) for field in graph_from_rows([], []).nodes.schema)
