//! Centrality kernels; `python` is their face, everything else knows nothing of Python.

pub mod betweenness;
pub mod bfs;
pub mod closeness;
pub mod degree;
pub mod graph;
pub mod pagerank;
pub mod paths;
pub mod python;
pub mod sources;

use pyo3::prelude::*;

#[pymodule]
fn _core(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(python::degree, module)?)?;
    module.add_function(wrap_pyfunction!(python::betweenness, module)?)?;
    module.add_function(wrap_pyfunction!(python::closeness, module)?)?;
    module.add_function(wrap_pyfunction!(python::harmonic, module)?)?;
    module.add_function(wrap_pyfunction!(python::pagerank, module)?)?;
    Ok(())
}
