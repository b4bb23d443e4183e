"""The compiled kernels; `kg.analyse` is how to call them.

The arrays are those of `kg.analyse.Csr`; where they are none, ValueError says at which position. Nothing is normalised
but closeness; betweenness counts ordered pairs. `threads`: 0 is one a core.
"""

import numpy as np
from numpy.typing import NDArray

_Indptr = NDArray[np.int64]
_Indices = NDArray[np.uint32]
_Values = NDArray[np.float64]

def degree(indptr: _Indptr, indices: _Indices, directed: bool) -> _Values: ...
def betweenness(indptr: _Indptr, indices: _Indices, directed: bool, threads: int) -> _Values: ...
def closeness(indptr: _Indptr, indices: _Indices, directed: bool, threads: int, scaled: bool) -> _Values: ...
def harmonic(indptr: _Indptr, indices: _Indices, directed: bool, threads: int) -> _Values: ...
def pagerank(
    indptr: _Indptr,
    indices: _Indices,
    directed: bool,
    alpha: float,
    jump: _Values,
    tolerance: float,
    most_steps: int,
) -> _Values | float: ...
