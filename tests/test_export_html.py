"""The HTML page in a real browser with the network cut."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import HOSTILE
from playwright.sync_api import Browser, Page

from kg.errors import ExportError
from kg.export import export_graph
from kg.library.tables import graph_from_rows
from kg.schema import MEASURES, Graph


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page without network; it keeps what it would have asked for, what it shouted and what it said on the console."""
    context = browser.new_context(offline=True, viewport={"width": 1200, "height": 800})
    page = context.new_page()
    page.told = []
    page.on("request", lambda request: page.told.append(request.url) if not request.url.startswith("file:") else None)
    page.on("dialog", lambda dialog: (page.told.append(dialog.message), dialog.dismiss()))
    page.on("console", lambda message: page.told.append(message.text))
    page.on("pageerror", lambda error: page.told.append(str(error)))
    yield page
    context.close()


def open_page(page: Page, graph: Graph, tmp_path: Path, **options: object) -> Page:
    (path,) = export_graph("html", graph, tmp_path, **options)
    page.goto(path.as_uri())
    page.wait_for_selector("canvas")
    page.wait_for_timeout(500)
    return page


def place_of(page: Page, node: str) -> tuple[float, float]:
    """Where a node is drawn, in pixels of the window."""
    x, y = page.evaluate(
        f"(() => {{ const p = network.canvasToDOM(network.getPosition('{node}')); return [p.x, p.y] }})()"
    )
    box = page.locator("#graph").bounding_box()
    return box["x"] + x, box["y"] + y


def with_hostile_node(graph: Graph) -> Graph:
    """The hostile paper and its method tied to the rest, so that both are drawn."""
    edge = {"source": "paper:hostile-00000000", "source_type": "Paper", "type": "MENTIONS", "target_type": "Method"}
    return graph_from_rows(graph.nodes.to_pylist(), [*graph.edges.to_pylist(), edge | {"target": "method:grpo"}])


def test_the_graph_is_drawn_and_nothing_leaves_the_page(page: Page, tiny_graph: Graph, tmp_path: Path) -> None:
    open_page(page, with_hostile_node(tiny_graph), tmp_path)
    assert page.evaluate("nodes.length") == 8 and page.evaluate("edges.length") == 10
    assert page.evaluate("Object.keys(network.body.nodes).length") == 8
    drawn = page.evaluate(
        "(() => { const c = document.querySelector('canvas');"
        " return c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some(v => v) })()"
    )
    assert drawn and page.told == []


def test_hostile_titles_are_text(page: Page, tiny_graph: Graph, tmp_path: Path) -> None:
    open_page(page, with_hostile_node(tiny_graph), tmp_path)
    assert HOSTILE[:20] in page.evaluate("nodes.get('paper:hostile-00000000').title")
    page.mouse.move(*place_of(page, "method:new-thing"))
    page.wait_for_selector(".vis-tooltip", state="visible")
    assert page.inner_text(".vis-tooltip").startswith(HOSTILE)
    page.mouse.click(*place_of(page, "method:new-thing"))
    page.wait_for_function("document.getElementById('card').textContent")
    assert page.inner_text("#card").startswith(HOSTILE)
    assert page.evaluate("document.querySelectorAll('#card script, .vis-tooltip script').length") == 0
    assert page.told == []


def test_search_and_legend_work(page: Page, tiny_graph: Graph, tmp_path: Path) -> None:
    open_page(page, with_hostile_node(tiny_graph), tmp_path)
    page.fill("#search", "group relative")
    assert page.evaluate("network.getSelectedNodes()") == ["method:grpo"]
    page.uncheck("input[value=Paper]")
    assert page.evaluate("nodes.get('paper:arxiv-2402.03300').hidden") is True
    page.check("input[value=Paper]")
    assert page.evaluate("nodes.get('paper:arxiv-2402.03300').hidden") is False
    assert page.told == []


def test_an_edge_shows_its_sentence(page: Page, tiny_graph: Graph, tmp_path: Path) -> None:
    open_page(page, tiny_graph, tmp_path)
    ends = [place_of(page, id_) for id_ in ("method:grpo", "method:ppo")]
    page.mouse.click(*(sum(axis) / 2 for axis in zip(*ends, strict=True)))
    page.wait_for_function("document.getElementById('card').textContent")
    assert "“GRPO beats PPO by 5.2% on GSM8K.”" in page.inner_text("#card")


def test_the_page_is_the_same_bytes_every_time_and_keeps_to_its_limit(tiny_graph: Graph, tmp_path: Path) -> None:
    (a,) = export_graph("html", tiny_graph, tmp_path / "a.html")
    (b,) = export_graph("html", tiny_graph, tmp_path / "folder")
    assert a.read_bytes() == b.read_bytes() and b.name == "graph.html"
    (c,) = export_graph("html", tiny_graph, tmp_path / "c.html", limit=3)
    assert f"3 of {tiny_graph.nodes.num_rows} nodes" in c.read_text()
    (d,) = export_graph("html", graph_from_rows([], []), tmp_path / "d.html")
    assert "0 of 0 nodes" in d.read_text()


def test_a_stored_measure_is_size_colour_and_tooltip(page: Page, tiny_graph: Graph, tmp_path: Path) -> None:
    open_page(page, tiny_graph, tmp_path, measure="pagerank")
    size, color = (
        {m: page.evaluate(f"nodes.get('method:{m}').{what}") for m in ("grpo", "ppo")} for what in ("size", "color")
    )
    assert size["ppo"] > size["grpo"] and color["ppo"] == "#3b6fb6" != color["grpo"]
    assert page.evaluate("nodes.get('paper:arxiv-2402.03300').size") == 6
    assert "pagerank 0.75, rank 1 of 3" in page.evaluate("nodes.get('method:ppo').title")
    assert "the larger and darker the higher their pagerank" in page.inner_text("header")
    with pytest.raises(ExportError, match="no 'fame' is stored in the library; stored are degree"):
        export_graph("html", tiny_graph, tmp_path, measure="fame")
    assert page.told == []


def test_without_a_stored_measure_size_is_edges(tiny_graph: Graph, tmp_path: Path) -> None:
    nodes = [
        {k: v for k, v in row.items() if k not in {p.name for p in MEASURES}} for row in tiny_graph.nodes.to_pylist()
    ]
    (path,) = export_graph("html", graph_from_rows(nodes, tiny_graph.edges.to_pylist()), tmp_path)
    assert "those with most edges; click one" in path.read_text()
