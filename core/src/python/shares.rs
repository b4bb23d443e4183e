//! The Python face of betweenness of edges, and of betweenness from some sources.

use numpy::IntoPyArray;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use super::{checked, run_watched, threads_of, Indices, Indptr, Nodes, Values};
use crate::betweenness;
use crate::sampled::{self, Sampling};

#[pyfunction]
#[pyo3(signature = (indptr, indices, directed, threads, progress=None))]
pub fn edge_betweenness<'py>(
    py: Python<'py>,
    indptr: Indptr<'py>,
    indices: Indices<'py>,
    directed: bool,
    threads: usize,
    progress: Option<Py<PyAny>>,
) -> Values<'py> {
    let graph = checked(&indptr, &indices, directed)?;
    let kernel = |watch: &_| betweenness::edge_betweenness(graph, threads_of(threads), watch);
    Ok(run_watched(py, progress, kernel)?.into_pyarray(py))
}

/// The estimates and their bounds.
#[pyfunction]
#[pyo3(signature = (indptr, indices, directed, threads, sources, seed, risk, progress=None))]
#[allow(clippy::too_many_arguments)]
pub fn sampled_betweenness<'py>(
    py: Python<'py>,
    indptr: Indptr<'py>,
    indices: Indices<'py>,
    directed: bool,
    threads: usize,
    sources: usize,
    seed: u64,
    risk: f64,
    progress: Option<Py<PyAny>>,
) -> PyResult<(Nodes<'py, f64>, Nodes<'py, f64>)> {
    let graph = checked(&indptr, &indices, directed)?;
    if sources < 2 || !(risk > 0.0 && risk < 1.0) {
        return Err(PyValueError::new_err(format!(
            "{sources} sources at a risk of {risk}; expected 2 or more, 0 to 1"
        )));
    }
    let sampling = Sampling { sources, seed, risk };
    let kernel = |watch: &_| sampled::sampled_betweenness(graph, sampling, threads_of(threads), watch);
    let (values, bounds) = run_watched(py, progress, kernel)?;
    Ok((values.into_pyarray(py), bounds.into_pyarray(py)))
}
