"""RDF: N-Triples, Turtle and JSON-LD with the terms of `ontology/kg.ttl` and evidence as Web Annotation selectors.

Every format holds the same triples, those of `ntriples`, and the same graph gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import ModuleType

from kg.config import DATA, Settings
from kg.errors import ExportError, MissingExtraError
from kg.export.files import complete_file
from kg.export.rdf_triples import PREFIXES, id_of, iri, ntriples, prefixes
from kg.schema import Graph

__all__ = ["FORMATS", "PREFIXES", "export", "id_of", "iri", "ntriples", "prefixes"]


def export(
    graph: Graph,
    output: Path,
    *,
    format: str | None = None,
    namespace: str = Settings.namespace,
    base: str = Settings.base,
) -> list[Path]:
    """Write a graph as RDF and return the files written.

    Parameters
    ----------
    output: a file that ends in .nt, .ttl or .jsonld; anything else is a folder, which is made where it is missing and
        gets `graph.<format>` and the ontology, `kg.ttl`.
    format: "nt", "ttl" or "jsonld"; left out, the one of the file's name, or "ttl" for a folder.
    namespace, base: absolute IRIs that end in "/" or "#": of the terms, and of the nodes.

    Raises ExportError on an unknown format, a format that is not the file's or a graph that RDF cannot hold,
    MissingExtraError where Turtle or JSON-LD is asked for without pyoxigraph, OSError on a path that cannot be written.

    >>> import tempfile
    >>> from kg.library.tables import graph_from_rows
    >>> graph = graph_from_rows([{"id": "method:dpo", "type": "Method", "name": "DPO"}], [])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [path.name for path in export(graph, Path(folder) / "rdf")]
    ['graph.ttl', 'kg.ttl']
    """
    output = Path(output)
    suffix = output.suffix.removeprefix(".")
    is_file = suffix in FORMATS and not output.is_dir()
    format = format or (suffix if is_file else "ttl")
    if format not in FORMATS:
        raise ExportError(f"unknown RDF format {format!r}; known are {', '.join(FORMATS)}")
    if is_file and format != suffix:
        raise ExportError(f"{output} does not end in .{format}: name the file so, or leave the format out")
    where = {"namespace": namespace, "base": base}
    data = FORMATS[format](ntriples(graph, **where), prefixes(**where))
    files = {output if is_file else output / f"graph.{format}": data}
    if not is_file:
        files[output / "kg.ttl"] = _ontology("kg.ttl").replace(Settings.namespace, namespace).encode()
    for path, content in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        with complete_file(path) as part:
            part.write_bytes(content)
    return list(files)


def _as_ntriples(lines: Iterable[str], prefixes: Mapping[str, str]) -> bytes:
    return "".join(lines).encode()


def _as_turtle(lines: Iterable[str], prefixes: Mapping[str, str]) -> bytes:
    pyoxigraph = _pyoxigraph()
    # The order of the prefixes, and which of two that overlap is used, would change from run to run.
    apart = {prefix: iri for prefix, iri in prefixes.items() if prefix != "id"}
    triples = pyoxigraph.parse("".join(lines), format=pyoxigraph.RdfFormat.N_TRIPLES)
    text = pyoxigraph.serialize(triples, format=pyoxigraph.RdfFormat.TURTLE, prefixes=apart)
    rows = text.split(b"\n", len(apart))
    return b"\n".join([*sorted(rows[:-1]), rows[-1]])


def _as_jsonld(lines: Iterable[str], prefixes: Mapping[str, str]) -> bytes:
    from kg.export.rdf_jsonld import node_objects

    context = json.loads(_ontology("context.jsonld"))["@context"] | {name: prefixes[name] for name in ("kg", "id")}
    triples = _pyoxigraph().parse("".join(lines), format=_pyoxigraph().RdfFormat.N_TRIPLES)
    nodes = ",\n".join(json.dumps(node, ensure_ascii=False) for node in node_objects(triples, context))
    return f'{{"@context": {json.dumps(context, indent=1)},\n"@graph": [\n{nodes}\n]}}\n'.encode()


def _pyoxigraph() -> ModuleType:
    try:
        import pyoxigraph
    except ImportError as error:
        raise MissingExtraError.of("pyoxigraph", extra="rdf") from error
    return pyoxigraph


FORMATS: Mapping[str, Callable[[Iterable[str], Mapping[str, str]], bytes]] = {
    "nt": _as_ntriples,
    "ttl": _as_turtle,
    "jsonld": _as_jsonld,
}
"""How the lines of `ntriples` become the bytes of each format."""


def _ontology(name: str) -> str:
    return (DATA / "ontology" / name).read_text(encoding="utf-8")
