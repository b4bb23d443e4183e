//! The face of the measures that are solutions of linear equations.

use numpy::IntoPyArray;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use super::{checked, run, weights_of, Indices, Indptr, Values, Vector};
use crate::eigen::Limit;
use crate::graph::Csr;
use crate::pagerank::Outcome;
use crate::{katz as walks, spectral as vectors};

/// The values of a vector of one number a node.
pub fn of_nodes<'a>(name: &str, graph: Csr, vector: &'a Vector) -> PyResult<&'a [f64]> {
    let values = vector.as_slice()?;
    if values.len() != graph.len() {
        return Err(PyValueError::new_err(format!("{name} has {} values; expected {}", values.len(), graph.len())));
    }
    Ok(values)
}

/// The values, or a float where the iteration did not converge: its last residual.
pub fn found(py: Python<'_>, outcome: Outcome) -> PyResult<Py<PyAny>> {
    match outcome {
        Outcome::Converged(values) => Ok(values.into_pyarray(py).into_any().unbind()),
        Outcome::NotConverged(residual) => Ok(residual.into_pyobject(py)?.into_any().unbind()),
    }
}

#[pyfunction]
#[allow(clippy::too_many_arguments)]
pub fn eigenvector<'py>(
    py: Python<'py>,
    indptr: Indptr<'py>,
    indices: Indices<'py>,
    directed: bool,
    weights: Option<Vector<'py>>,
    start: Vector<'py>,
    tolerance: f64,
    most_steps: usize,
) -> PyResult<Py<PyAny>> {
    let graph = checked(&indptr, &indices, directed)?;
    let (weights, start) = (weights_of(graph, &weights)?, of_nodes("start", graph, &start)?);
    let limit = Limit { tolerance, most_steps };
    found(py, run(py, |stop| vectors::eigenvector(graph, weights, start, limit, stop))?)
}

#[pyfunction]
#[allow(clippy::too_many_arguments)]
pub fn authorities<'py>(
    py: Python<'py>,
    indptr: Indptr<'py>,
    indices: Indices<'py>,
    directed: bool,
    weights: Option<Vector<'py>>,
    start: Vector<'py>,
    tolerance: f64,
    most_steps: usize,
) -> PyResult<Py<PyAny>> {
    let graph = checked(&indptr, &indices, directed)?;
    let (weights, start) = (weights_of(graph, &weights)?, of_nodes("start", graph, &start)?);
    let limit = Limit { tolerance, most_steps };
    found(py, run(py, |stop| vectors::authorities(graph, weights, start, limit, stop))?)
}

#[pyfunction]
pub fn hubs<'py>(
    py: Python<'py>,
    indptr: Indptr<'py>,
    indices: Indices<'py>,
    directed: bool,
    weights: Option<Vector<'py>>,
    authorities: Vector<'py>,
) -> Values<'py> {
    let graph = checked(&indptr, &indices, directed)?;
    let (weights, authorities) = (weights_of(graph, &weights)?, of_nodes("authorities", graph, &authorities)?);
    Ok(run(py, |_| Ok(vectors::hubs(graph, weights, authorities)))?.into_pyarray(py))
}

#[pyfunction]
#[allow(clippy::too_many_arguments)]
pub fn katz<'py>(
    py: Python<'py>,
    indptr: Indptr<'py>,
    indices: Indices<'py>,
    directed: bool,
    weights: Option<Vector<'py>>,
    alpha: f64,
    beta: Vector<'py>,
    tolerance: f64,
    most_steps: usize,
) -> PyResult<Py<PyAny>> {
    let graph = checked(&indptr, &indices, directed)?;
    let (weights, beta) = (weights_of(graph, &weights)?, of_nodes("beta", graph, &beta)?);
    let limit = Limit { tolerance, most_steps };
    found(py, run(py, |stop| walks::katz(graph, weights, alpha, beta, limit, stop))?)
}
