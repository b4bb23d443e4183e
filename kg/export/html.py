"""An HTML page of the graph, by pyvis: one file that works offline, with everything from papers shown as text.

pyvis puts the network together and brings vis-network; the page around it is our own template, since pyvis' loads
style sheets from elsewhere. Its content security policy lets no request leave the page.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kg.errors import MissingExtraError
from kg.export.files import complete_file, file_in
from kg.export.html_measure import OTHERS, Look, look_of
from kg.schema import ENTITY_TYPES, Graph, NodeType

__all__ = ["export"]

COLORS = {"Paper": "#9aa3af", "Method": "#3b6fb6", "Dataset": "#d98324", "Task": "#3a9d6e", "Metric": "#a05cb5"}
OPTIONS = {
    "layout": {"improvedLayout": False, "randomSeed": 7},
    "physics": {
        "solver": "forceAtlas2Based",
        "forceAtlas2Based": {
            "gravitationalConstant": -90,
            "centralGravity": 0.012,
            "springLength": 80,
            "avoidOverlap": 0.7,
        },
        "stabilization": {"iterations": 250},
        "enabled": True,
    },
    "interaction": {"hover": True, "tooltipDelay": 120, "hideEdgesOnDrag": True},
    "nodes": {
        "shape": "dot",
        "borderWidth": 0,
        "font": {"strokeWidth": 4, "strokeColor": "#fcfcfa"},
    },
    "edges": {
        "color": {"color": "#c4c8d0", "highlight": "#1f2430", "hover": "#6b7280"},
        "width": 0.7,
        "smooth": False,
        "arrows": {"to": {"enabled": True, "scaleFactor": 0.35}},
    },
}


def export(graph: Graph, output: Path, *, limit: int = 200, measure: str | None = None) -> list[Path]:
    """Write graph.html into a folder, or the file itself: the papers and entities with most edges, and their edges.

    limit: how many nodes are drawn; more than some hundreds are hard to read and slow to lay out (quadratic).
    measure: the stored centrality that gives each node its size and the depth of its colour, or that groups them by
    colour; left out, the first that is stored, else the number of edges.
    Raises MissingExtraError without pyvis, ExportError for a measure that is not stored.
    """
    look = look_of(graph, measure)
    nodes, edges = _select(graph, limit)
    path = file_in(output, "graph.html")
    with complete_file(path) as part:
        part.write_text(_render(graph, nodes, edges, look), encoding="utf-8")
    return [path]


def _select(graph: Graph, limit: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The nodes of most edges, and one edge for each pair of them; an edge that says more than MENTIONS goes first."""
    drawn = {NodeType.PAPER, *ENTITY_TYPES}
    edges = [e for e in graph.edges.to_pylist() if {e["source_type"], e["target_type"]} <= drawn]
    degree: dict[str, int] = {}
    for edge in edges:
        for end in (edge["source"], edge["target"]):
            degree[end] = degree.get(end, 0) + 1
    chosen = set(sorted(degree, key=lambda id_: (-degree[id_], id_))[:limit])
    pairs: dict[tuple[str, str], dict[str, Any]] = {}
    for edge in sorted(edges, key=lambda e: (e["type"] == "MENTIONS", e["type"], e["source"], e["target"])):
        if edge["source"] in chosen and edge["target"] in chosen:
            pairs.setdefault((edge["source"], edge["target"]), edge)
    connected = _largest_part(list(pairs))
    nodes = [n | {"edges": degree[n["id"]]} for n in graph.nodes.to_pylist() if n["id"] in connected]
    return nodes, [edge for (source, _), edge in pairs.items() if source in connected]


def _largest_part(pairs: list[tuple[str, str]]) -> set[str]:
    """The nodes of the largest connected part, so that nothing floats far off; of equals the first by id."""
    import networkx as nx

    parts = nx.connected_components(nx.Graph(pairs))
    return min(parts, key=lambda part: (-len(part), min(part)), default=set())


def _render(graph: Graph, nodes: list[dict[str, Any]], edges: list[dict[str, Any]], look: Look) -> str:
    try:
        import pyvis
        from jinja2 import ChoiceLoader, Environment, FileSystemLoader
        from pyvis.network import Network
    except ImportError as error:
        raise MissingExtraError.of("pyvis", extra="html") from error
    network = Network(directed=True, cdn_resources="in_line")
    network.templateEnv = Environment(
        loader=ChoiceLoader(
            [FileSystemLoader(Path(__file__).parent), FileSystemLoader(Path(pyvis.__file__).parent / "templates")]
        )
    )
    network.path = "page.html"
    places = _layout(nodes, edges)
    for node in nodes:
        x, y = places[node["id"]]
        name = node["name"] or node["title"] or node["id"]
        is_paper = node["type"] == "Paper"
        network.add_node(
            node["id"],
            label=_short(name, 24 if is_paper else 40),
            title=_node_text(node, name, look),
            kind=node["type"],
            color=look.color(node["id"], COLORS[node["type"]]),
            size=look.size(node["id"], node["edges"]),
            font={"size": 13 if is_paper else 20, "color": "#6b7280" if is_paper else "#1f2430"},
            x=x,
            y=y,
        )
    for edge in edges:
        network.add_edge(edge["source"], edge["target"], title=_edge_text(edge))
    network.options = OPTIONS
    summary = f"{len(nodes)} of {graph.nodes.num_rows} nodes, those with most edges{_said_of(look)}; click one, or an edge, to read more"
    colors = dict.fromkeys(COLORS, OTHERS) if look.is_group else COLORS
    network.heading = {"title": "Knowledge graph of papers", "summary": summary, "colors": colors}
    return network.generate_html()


def _layout(nodes: list[dict[str, Any]], edges: list[dict[str, Any]]) -> dict[str, tuple[float, float]]:
    """Places by a spring model with a fixed seed, from which the page settles the same way every time."""
    import networkx as nx

    graph = nx.Graph()
    graph.add_nodes_from(node["id"] for node in nodes)
    graph.add_edges_from((e["source"], e["target"]) for e in edges)
    scale = 90 * max(1, len(nodes)) ** 0.5
    if len(nodes) < 500:
        places = nx.spring_layout(graph, iterations=60, seed=7, scale=scale, method="force")
    else:  # networkx would need scipy for so many
        places = nx.circular_layout(graph, scale=scale)
    return {id_: (round(float(x), 1), round(float(y), 1)) for id_, (x, y) in places.items()}


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _said_of(look: Look) -> str:
    if look.measure is None:
        return ""
    name = look.measure.replace("_", " ")
    return f", coloured by {name}" if look.is_group else f", the larger and darker the higher their {name}"


def _node_text(node: dict[str, Any], name: str, look: Look) -> str:
    about = [node["type"], *([str(node["year"])] if node["year"] else []), f"{node['edges']} edges"]
    lines = [name, ", ".join(about), *look.words(node["id"])]
    if node["aliases"]:
        lines.append("also: " + ", ".join(node["aliases"]))
    return "\n".join([*lines, node["id"]])


def _edge_text(edge: dict[str, Any]) -> str:
    lines = [f"{edge['source']}  {edge['type']}  {edge['target']}"]
    if edge["evidence_sentences"]:
        lines.append(f"“{edge['evidence_sentences'][0]}”\n{edge['evidence_papers'][0]}")
    return "\n".join(lines)
