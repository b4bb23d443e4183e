//! The face of the measures that count: components, cores, triangles.

use numpy::{IntoPyArray, PyArray1};
use pyo3::prelude::*;

use super::{checked, required_weights, run, threads_of, weights_of, Indices, Indptr, Values, Vector};
use crate::biconnected::{biconnected_components as find_blocks, NONE};
use crate::leiden::{self as communities, Options};
use crate::network::Quality;
use crate::{components, k_core, strong, triangles as corners};

type Integers<'py> = PyResult<Bound<'py, PyArray1<i64>>>;
type Flags<'py> = Bound<'py, PyArray1<bool>>;

/// Labels as Python takes them; no label is -1.
fn integers(py: Python<'_>, labels: Vec<u32>) -> Bound<'_, PyArray1<i64>> {
    let numbers: Vec<i64> = labels.into_iter().map(|label| if label == NONE { -1 } else { i64::from(label) }).collect();
    numbers.into_pyarray(py)
}

#[pyfunction]
pub fn connected_components<'py>(
    py: Python<'py>,
    indptr: Indptr<'py>,
    indices: Indices<'py>,
    directed: bool,
) -> Integers<'py> {
    let graph = checked(&indptr, &indices, directed)?;
    Ok(integers(py, run(py, |stop| components::connected_components(graph, stop))?))
}

#[pyfunction]
pub fn strongly_connected_components<'py>(
    py: Python<'py>,
    indptr: Indptr<'py>,
    indices: Indices<'py>,
    directed: bool,
) -> Integers<'py> {
    let graph = checked(&indptr, &indices, directed)?;
    Ok(integers(py, run(py, |stop| strong::strongly_connected_components(graph, stop))?))
}

/// The component of each edge, -1 for loops, and whether each node is an articulation point.
#[pyfunction]
pub fn biconnected_components<'py>(
    py: Python<'py>,
    indptr: Indptr<'py>,
    indices: Indices<'py>,
    directed: bool,
) -> PyResult<(Bound<'py, PyArray1<i64>>, Flags<'py>)> {
    let graph = checked(&indptr, &indices, directed)?;
    let blocks = run(py, |stop| find_blocks(graph, stop))?;
    Ok((integers(py, blocks.of_edges), blocks.is_articulation.into_pyarray(py)))
}

#[pyfunction]
pub fn core_number<'py>(py: Python<'py>, indptr: Indptr<'py>, indices: Indices<'py>, directed: bool) -> Integers<'py> {
    let graph = checked(&indptr, &indices, directed)?;
    Ok(integers(py, run(py, |stop| k_core::core_number(graph, stop))?))
}

#[pyfunction]
pub fn triangles<'py>(
    py: Python<'py>,
    indptr: Indptr<'py>,
    indices: Indices<'py>,
    directed: bool,
    threads: usize,
) -> Integers<'py> {
    let graph = checked(&indptr, &indices, directed)?;
    Ok(run(py, |stop| corners::triangles(graph, threads_of(threads), stop))?.into_pyarray(py))
}

#[pyfunction]
pub fn triangle_products<'py>(
    py: Python<'py>,
    indptr: Indptr<'py>,
    indices: Indices<'py>,
    directed: bool,
    values: Vector<'py>,
) -> Values<'py> {
    let graph = checked(&indptr, &indices, directed)?;
    let values = required_weights(graph, &values)?;
    Ok(run(py, |stop| corners::triangle_products(graph, values, stop))?.into_pyarray(py))
}

#[pyfunction]
#[allow(clippy::too_many_arguments)]
pub fn leiden<'py>(
    py: Python<'py>,
    indptr: Indptr<'py>,
    indices: Indices<'py>,
    directed: bool,
    weights: Option<Vector<'py>>,
    potts: bool,
    resolution: f64,
    most_rounds: usize,
    seed: u64,
) -> Integers<'py> {
    let graph = checked(&indptr, &indices, directed)?;
    let weights = weights_of(graph, &weights)?;
    let quality = if potts { Quality::Potts } else { Quality::Modularity };
    let options = Options { quality, resolution, most_rounds, seed };
    Ok(integers(py, run(py, |stop| communities::leiden(graph, weights, &options, stop))?))
}
