//! Kernels for graphs, names and texts; `python` is their face, everything else knows nothing of Python.

pub mod batch;
pub mod betweenness;
pub mod bfs;
pub mod biconnected;
pub mod blocks;
pub mod cluster;
pub mod components;
pub mod conjugate;
pub mod degree;
pub mod dijkstra;
pub mod distances;
pub mod eigen;
pub mod equations;
pub mod gauss_seidel;
pub mod graph;
pub mod k_core;
pub mod katz;
pub mod lanes;
pub mod leiden;
pub mod multi;
pub mod network;
pub mod pagerank;
pub mod part;
pub mod paths;
pub mod python;
pub mod random;
pub mod relabel;
pub mod rows;
pub mod sampled;
pub mod scalar;
pub mod sources;
pub mod spectral;
pub mod strong;
pub mod surface;
pub mod sweep;
pub mod tally;
pub mod trees;
pub mod triangles;
pub mod twins;
pub mod watch;
pub mod weighted;
pub mod weighted_pagerank;
pub mod words;

use pyo3::prelude::*;

use crate::python::{spectral as vectors, structure, text, weighted as lengths};

#[pymodule]
fn _core(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(python::degree, module)?)?;
    module.add_function(wrap_pyfunction!(python::betweenness, module)?)?;
    module.add_function(wrap_pyfunction!(python::shares::edge_betweenness, module)?)?;
    module.add_function(wrap_pyfunction!(python::shares::sampled_betweenness, module)?)?;
    module.add_function(wrap_pyfunction!(python::distances, module)?)?;
    module.add_function(wrap_pyfunction!(python::pagerank, module)?)?;
    module.add_function(wrap_pyfunction!(structure::connected_components, module)?)?;
    module.add_function(wrap_pyfunction!(structure::strongly_connected_components, module)?)?;
    module.add_function(wrap_pyfunction!(structure::biconnected_components, module)?)?;
    module.add_function(wrap_pyfunction!(structure::core_number, module)?)?;
    module.add_function(wrap_pyfunction!(structure::triangles, module)?)?;
    module.add_function(wrap_pyfunction!(structure::triangle_products, module)?)?;
    module.add_function(wrap_pyfunction!(structure::leiden, module)?)?;
    module.add_function(wrap_pyfunction!(lengths::weighted_betweenness, module)?)?;
    module.add_function(wrap_pyfunction!(lengths::weighted_closeness, module)?)?;
    module.add_function(wrap_pyfunction!(lengths::weighted_harmonic, module)?)?;
    module.add_function(wrap_pyfunction!(lengths::weighted_eccentricity, module)?)?;
    module.add_function(wrap_pyfunction!(lengths::weighted_pagerank, module)?)?;
    module.add_function(wrap_pyfunction!(vectors::eigenvector, module)?)?;
    module.add_function(wrap_pyfunction!(vectors::authorities, module)?)?;
    module.add_function(wrap_pyfunction!(vectors::hubs, module)?)?;
    module.add_function(wrap_pyfunction!(vectors::katz, module)?)?;
    module.add_function(wrap_pyfunction!(text::fold, module)?)?;
    module.add_class::<text::WordVectors>()?;
    Ok(())
}
