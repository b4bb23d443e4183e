//! The face of the measures that have a kernel of their own where edges have weights.

use numpy::IntoPyArray;
use pyo3::prelude::*;

use super::spectral::{found, of_nodes};
use super::{checked, required_weights, run, threads_of, Indices, Indptr, Values, Vector};
use crate::eigen::Limit;
use crate::{weighted, weighted_pagerank as walks};

#[pyfunction]
pub fn weighted_betweenness<'py>(
    py: Python<'py>,
    indptr: Indptr<'py>,
    indices: Indices<'py>,
    directed: bool,
    lengths: Vector<'py>,
    threads: usize,
) -> Values<'py> {
    let graph = checked(&indptr, &indices, directed)?;
    let lengths = required_weights(graph, &lengths)?;
    let values = run(py, |stop| weighted::betweenness(graph, lengths, threads_of(threads), stop))?;
    Ok(values.into_pyarray(py))
}

#[pyfunction]
pub fn weighted_closeness<'py>(
    py: Python<'py>,
    indptr: Indptr<'py>,
    indices: Indices<'py>,
    directed: bool,
    lengths: Vector<'py>,
    threads: usize,
    scaled: bool,
) -> Values<'py> {
    let graph = checked(&indptr, &indices, directed)?;
    let lengths = required_weights(graph, &lengths)?;
    let values = run(py, |stop| weighted::closeness(graph, lengths, scaled, threads_of(threads), stop))?;
    Ok(values.into_pyarray(py))
}

#[pyfunction]
pub fn weighted_harmonic<'py>(
    py: Python<'py>,
    indptr: Indptr<'py>,
    indices: Indices<'py>,
    directed: bool,
    lengths: Vector<'py>,
    threads: usize,
) -> Values<'py> {
    let graph = checked(&indptr, &indices, directed)?;
    let lengths = required_weights(graph, &lengths)?;
    let values = run(py, |stop| weighted::harmonic(graph, lengths, threads_of(threads), stop))?;
    Ok(values.into_pyarray(py))
}

#[pyfunction]
pub fn weighted_eccentricity<'py>(
    py: Python<'py>,
    indptr: Indptr<'py>,
    indices: Indices<'py>,
    directed: bool,
    lengths: Vector<'py>,
    threads: usize,
) -> Values<'py> {
    let graph = checked(&indptr, &indices, directed)?;
    let lengths = required_weights(graph, &lengths)?;
    let values = run(py, |stop| weighted::eccentricity(graph, lengths, threads_of(threads), stop))?;
    Ok(values.into_pyarray(py))
}

#[pyfunction]
#[allow(clippy::too_many_arguments)]
pub fn weighted_pagerank<'py>(
    py: Python<'py>,
    indptr: Indptr<'py>,
    indices: Indices<'py>,
    directed: bool,
    weights: Vector<'py>,
    alpha: f64,
    jump: Vector<'py>,
    tolerance: f64,
    most_steps: usize,
) -> PyResult<Py<PyAny>> {
    let graph = checked(&indptr, &indices, directed)?;
    let (weights, jump) = (required_weights(graph, &weights)?, of_nodes("jump", graph, &jump)?);
    let limit = Limit { tolerance, most_steps };
    found(py, run(py, |stop| walks::weighted_pagerank(graph, weights, alpha, jump, limit, stop))?)
}
