"""The compiled kernels; `kg.analyse` is how to call those of graphs, `kg.link` those of names and texts.

The arrays of graphs are those of `kg.analyse.Csr`; where they are none, ValueError says at which position. Nothing is normalised;
betweenness and the histogram of distances count ordered pairs. `threads`: 0 is one a core.
`progress` is called with the share that is done; what it raises stops the kernel.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

_Indptr = NDArray[np.int64]
_Indices = NDArray[np.uint32]
_Values = NDArray[np.float64]
_Integers = NDArray[np.int64]
_Progress = Callable[[float], object] | None

def degree(indptr: _Indptr, indices: _Indices, directed: bool) -> _Values: ...
def betweenness(
    indptr: _Indptr, indices: _Indices, directed: bool, threads: int, progress: _Progress = None
) -> _Values: ...
def edge_betweenness(
    indptr: _Indptr, indices: _Indices, directed: bool, threads: int, progress: _Progress = None
) -> _Values: ...
def sampled_betweenness(
    indptr: _Indptr,
    indices: _Indices,
    directed: bool,
    threads: int,
    sources: int,
    seed: int,
    risk: float,
    progress: _Progress = None,
) -> tuple[_Values, _Values]: ...
def distances(
    indptr: _Indptr, indices: _Indices, directed: bool, threads: int, progress: _Progress = None
) -> tuple[_Integers, _Integers, _Values, _Integers, _Integers]: ...
def pagerank(
    indptr: _Indptr,
    indices: _Indices,
    directed: bool,
    alpha: float,
    jump: _Values,
    tolerance: float,
    most_steps: int,
) -> _Values | float: ...
def connected_components(indptr: _Indptr, indices: _Indices, directed: bool) -> _Integers: ...
def strongly_connected_components(indptr: _Indptr, indices: _Indices, directed: bool) -> _Integers: ...
def biconnected_components(
    indptr: _Indptr, indices: _Indices, directed: bool
) -> tuple[_Integers, NDArray[np.bool_]]: ...
def core_number(indptr: _Indptr, indices: _Indices, directed: bool) -> _Integers: ...
def triangles(indptr: _Indptr, indices: _Indices, directed: bool, threads: int) -> _Integers: ...
def triangle_products(indptr: _Indptr, indices: _Indices, directed: bool, values: _Values) -> _Values: ...
def eigenvector(
    indptr: _Indptr,
    indices: _Indices,
    directed: bool,
    weights: _Values | None,
    start: _Values,
    tolerance: float,
    most_steps: int,
) -> _Values | float: ...
def authorities(
    indptr: _Indptr,
    indices: _Indices,
    directed: bool,
    weights: _Values | None,
    start: _Values,
    tolerance: float,
    most_steps: int,
) -> _Values | float: ...
def hubs(
    indptr: _Indptr, indices: _Indices, directed: bool, weights: _Values | None, authorities: _Values
) -> _Values: ...
def katz(
    indptr: _Indptr,
    indices: _Indices,
    directed: bool,
    weights: _Values | None,
    alpha: float,
    beta: _Values,
    tolerance: float,
    most_steps: int,
) -> _Values | float: ...
def leiden(
    indptr: _Indptr,
    indices: _Indices,
    directed: bool,
    weights: _Values | None,
    potts: bool,
    resolution: float,
    most_rounds: int,
    seed: int,
) -> _Integers: ...
def weighted_betweenness(
    indptr: _Indptr, indices: _Indices, directed: bool, lengths: _Values, threads: int
) -> _Values: ...
def weighted_closeness(
    indptr: _Indptr, indices: _Indices, directed: bool, lengths: _Values, threads: int, scaled: bool
) -> _Values: ...
def weighted_harmonic(
    indptr: _Indptr, indices: _Indices, directed: bool, lengths: _Values, threads: int
) -> _Values: ...
def weighted_eccentricity(
    indptr: _Indptr, indices: _Indices, directed: bool, lengths: _Values, threads: int
) -> _Values: ...
def weighted_pagerank(
    indptr: _Indptr,
    indices: _Indices,
    directed: bool,
    weights: _Values,
    alpha: float,
    jump: _Values,
    tolerance: float,
    most_steps: int,
) -> _Values | float: ...
def fold(text: str) -> str: ...

class WordVectors:
    """words: a line each, in lower case and in the singular.  vectors: shape (words, d)."""

    def __init__(self, words: str, vectors: NDArray[np.int8]) -> None: ...
    def sum(self, text: str) -> NDArray[np.int32]: ...
