"""Arrays that are no graph are refused with the position, and arrays in any layout are measured like others."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg import _core
from kg.analyse import MEASURES, Csr, csr_from_edges
from kg.errors import ConvergenceError, GraphError

OF_UNDIRECTED = {name: measure for name, measure in MEASURES.items() if measure.undirected}
LAYOUTS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "every other": lambda array: np.repeat(array, 2)[::2],
    "backwards": lambda array: array[::-1].copy()[::-1],
    "a column": lambda array: np.stack([array, array], axis=1)[:, 0],
    "misaligned": lambda array: np.frombuffer(b"." + array.tobytes(), array.dtype, offset=1),
    "read only": lambda array: np.frombuffer(array.tobytes(), array.dtype),
}


@st.composite
def undirected(draw: st.DrawFn) -> Csr:
    n = draw(st.integers(2, 12))
    node = st.integers(0, n - 1)
    edges = draw(st.lists(st.tuples(node, node), min_size=1, max_size=30))
    return csr_from_edges(*zip(*edges, strict=True), n)


def refused(graph: Csr, why: str) -> None:
    for measure in OF_UNDIRECTED.values():
        with pytest.raises(GraphError, match=why):
            measure(graph)


def changed(array: np.ndarray, at: int, value: int) -> np.ndarray:
    copy = array.copy()
    copy[at] = value
    return copy


@settings(max_examples=20, deadline=None)
@given(graph=undirected(), data=st.data())
def test_an_index_out_of_range_is_named(graph: Csr, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(graph.indices) - 1))
    value = data.draw(st.integers(len(graph), 2**32 - 1))
    refused(
        replace(graph, indices=changed(graph.indices, at, value)), rf"indices\[{at}\] is {value}; expected less than"
    )


@settings(max_examples=20, deadline=None)
@given(graph=undirected(), data=st.data())
def test_offsets_that_fall_are_named(graph: Csr, data: st.DataObject) -> None:
    at = data.draw(st.integers(1, len(graph)))
    value = data.draw(st.integers(-(2**63), int(graph.indptr[at - 1]) - 1))
    refused(
        replace(graph, indptr=changed(graph.indptr, at, value)),
        rf"indptr falls from {graph.indptr[at - 1]} to {value} at position {at}",
    )


@settings(max_examples=20, deadline=None)
@given(graph=undirected(), start=st.integers(-(2**63), 2**63 - 1).filter(bool))
def test_offsets_that_do_not_begin_with_0_are_named(graph: Csr, start: int) -> None:
    refused(replace(graph, indptr=changed(graph.indptr, 0, start)), rf"indptr\[0\] is {start}; expected 0")


@settings(max_examples=20, deadline=None)
@given(graph=undirected(), data=st.data())
def test_offsets_of_another_length_are_refused(graph: Csr, data: st.DataObject) -> None:
    m = len(graph.indices)
    end = data.draw(st.integers(m, 2**63 - 1).filter(lambda end: end != m))
    refused(replace(graph, indptr=changed(graph.indptr, -1, end)), f"indptr ends with {end}; expected the length")
    refused(
        replace(graph, indices=graph.indices[:-1]), f"indptr ends with {m}; expected the length of indices, {m - 1}"
    )
    refused(replace(graph, indptr=graph.indptr[:0]), "indptr is empty")


@settings(max_examples=40, deadline=None)
@given(
    graph=undirected(),
    indptr=st.lists(st.integers(-3, 30), max_size=14),
    indices=st.lists(st.integers(0, 14), max_size=30),
    directed=st.booleans(),
)
def test_any_arrays_are_measured_or_refused(graph: Csr, indptr: list[int], indices: list[int], directed: bool) -> None:
    """Nothing but an error of kg comes of arrays that are wrong in several ways at once."""
    for offsets in (graph.indptr, np.array(indptr, dtype=np.int64)):
        for ends in (graph.indices, np.array(indices, dtype=np.uint32)):
            wrong = Csr(offsets, ends, directed)
            for measure in MEASURES.values():
                with suppress(GraphError, ConvergenceError):
                    assert len(measure(wrong)) == len(wrong)


@pytest.mark.parametrize("dtype", ["int32", "uint64", "float64", ">i8", "bool", "object", "datetime64[s]"])
def test_offsets_of_another_type_are_refused(dtype: str) -> None:
    refused(Csr(np.array([0, 0], dtype=dtype), np.array([], dtype=np.uint32)), "indptr is 1-dimensional")


@pytest.mark.parametrize("dtype", ["int32", "int64", "uint64", "float32", ">u4", "bool", "object"])
def test_indices_of_another_type_are_refused(dtype: str) -> None:
    refused(Csr(np.array([0, 0]), np.array([], dtype=dtype)), "indices is 1-dimensional")


def test_arrays_of_another_shape_are_refused() -> None:
    none = np.array([], dtype=np.uint32)
    refused(Csr(np.zeros((2, 1), dtype=np.int64), none), "indptr is 2-dimensional int64")
    refused(Csr(np.array(0), none), "indptr is 0-dimensional int64")
    refused(Csr(np.zeros(2, dtype=np.int64), none.reshape(0, 3)), "indices is 2-dimensional uint32")


@pytest.mark.parametrize("n", [2**31, 2**32 + 1, 2**40])
def test_more_nodes_than_an_index_can_name_are_refused_without_a_copy(n: int) -> None:
    """The offsets of so many nodes are one number that stands for all: a copy would not fit into memory."""
    with pytest.raises(GraphError, match=rf"{n} nodes; expected less than 2\^31"):
        Csr(np.broadcast_to(np.int64(0), n + 1), np.array([], dtype=np.uint32))


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("measure", OF_UNDIRECTED)
def test_any_layout_is_measured_like_one_without_gaps(measure: str, layout: str) -> None:
    rng = np.random.default_rng(3)
    graph = csr_from_edges(*rng.integers(0, 40, (2, 90)), 40)
    laid_out = Csr(LAYOUTS[layout](graph.indptr), LAYOUTS[layout](graph.indices))
    np.testing.assert_array_equal(MEASURES[measure](laid_out), MEASURES[measure](graph))


@pytest.mark.parametrize("layout", ["every other", "backwards", "misaligned"])
def test_the_core_itself_borrows_no_arrays_with_gaps(layout: str) -> None:
    graph = csr_from_edges([0, 1, 2], [1, 2, 0], 3)
    with pytest.raises(TypeError, match="not contiguous or is misaligned"):
        _core.degree(LAYOUTS[layout](graph.indptr), graph.indices, False)
    with pytest.raises(TypeError, match="not contiguous or is misaligned"):
        _core.degree(graph.indptr, LAYOUTS[layout](graph.indices), False)


@pytest.mark.parametrize("kernel", [name for name, value in vars(_core).items() if callable(value)])
def test_the_core_itself_takes_no_other_types(kernel: str) -> None:
    for arrays in ((np.array([0, 0], dtype=np.int32), np.array([], dtype=np.uint32)), ([0, 0], []), (None, None)):
        with pytest.raises(TypeError):
            getattr(_core, kernel)(*arrays, False)
