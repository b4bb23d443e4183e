"""Calls the kernels of the compiled core with the arrays of a `Csr`; what they refuse becomes a GraphError."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kg.analyse.csr import Csr
from kg.errors import GraphError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["checked_threads", "checked_weights", "run"]

MOST_THREADS = 256
"""More are not started; the values do not depend on it."""


def run(kernel: str, graph: Csr, *options: Any) -> Any:
    """What a kernel makes of a graph; raises GraphError, which names the position, where the arrays are no graph."""
    from kg import _core

    arrays = _as_core("indptr", graph.indptr, np.int64), _as_core("indices", graph.indices, np.uint32)
    try:
        return getattr(_core, kernel)(*arrays, graph.directed, *options)
    except ValueError as error:
        raise GraphError(str(error)) from error


def checked_threads(threads: int) -> int:
    if threads < 0:
        raise GraphError(f"threads is {threads}; expected a number from 1, or 0 for one a core")
    return min(threads, MOST_THREADS)


def checked_weights(graph: Csr, *, zero: bool = True) -> NDArray[np.float64]:
    """The weights of a graph, none negative, and none 0 if not `zero`; raises GraphError, naming the position."""
    if graph.weights is None:
        raise GraphError("the graph has no weights; expected some for a weighted measure")
    weights = _as_core("weights", graph.weights, np.float64)
    if len(weights) != len(graph.indices):
        raise GraphError(f"weights has {len(weights)} values; expected one an index, {len(graph.indices)}")
    wrong = np.flatnonzero(~((weights >= 0 if zero else weights > 0) & np.isfinite(weights)))
    if len(wrong):
        expected = "from 0 on" if zero else "above 0"
        raise GraphError(f"weights[{wrong[0]}] is {weights[wrong[0]]}; expected a finite number {expected}")
    return weights


def _as_core(name: str, array: NDArray[Any], dtype: type) -> NDArray[Any]:
    """The array without gaps, as the core borrows it."""
    if not isinstance(array, np.ndarray) or array.dtype != dtype or array.ndim != 1:
        kind = f"{array.ndim}-dimensional {array.dtype}" if isinstance(array, np.ndarray) else type(array).__name__
        raise GraphError(f"{name} is {kind}; expected a 1-dimensional numpy array of {np.dtype(dtype)}")
    return np.require(array, requirements=["C", "ALIGNED"])
