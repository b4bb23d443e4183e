//! The Python face of the kernels: converts, checks, lets go of the GIL, calls.

pub mod shares;
pub mod spectral;
pub mod structure;
pub mod text;
pub mod weighted;

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use numpy::{IntoPyArray, PyArray1, PyReadonlyArray1};
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;

use crate::graph::Csr;
use crate::sources::Cancelled;
use crate::watch::Watch;
use crate::{betweenness as brandes, degree as degrees, distances as near, pagerank as walks};

type Indptr<'py> = PyReadonlyArray1<'py, i64>;
type Indices<'py> = PyReadonlyArray1<'py, u32>;
type Vector<'py> = PyReadonlyArray1<'py, f64>;
type Values<'py> = PyResult<Bound<'py, PyArray1<f64>>>;

/// How long a kernel runs before Python is asked for signals, and again after that.
const PATIENCE: Duration = Duration::from_millis(50);

/// Runs a kernel without the GIL on a thread of its own, and tells it to stop when Python has a signal (Ctrl-C).
fn run<T: Send>(py: Python<'_>, kernel: impl FnOnce(&AtomicBool) -> Result<T, Cancelled> + Send) -> PyResult<T> {
    run_watched(py, None, |watch| kernel(&watch.stop))
}

/// The same, and calls `progress` now and then with the share that is done, at last with 1; its error stops the kernel.
fn run_watched<T: Send>(
    py: Python<'_>,
    progress: Option<Py<PyAny>>,
    kernel: impl FnOnce(&Watch) -> Result<T, Cancelled> + Send,
) -> PyResult<T> {
    let tell = |share: f64| progress.as_ref().map_or(Ok(()), |call| call.call1(py, (share,)).map(drop));
    let (watch, done, caller) = (Watch::default(), AtomicBool::new(false), thread::current());
    let result = thread::scope(|scope| {
        let work = scope.spawn(|| {
            let result = kernel(&watch);
            done.store(true, Ordering::Release);
            caller.unpark();
            result
        });
        // A kernel that panics is finished without being done.
        while !done.load(Ordering::Acquire) && !work.is_finished() {
            py.detach(|| thread::park_timeout(PATIENCE));
            if let Err(error) = py.check_signals().and_then(|()| tell(watch.share_done())) {
                watch.stop.store(true, Ordering::Relaxed);
                py.detach(|| work.join()).ok();
                return Err(error);
            }
        }
        work.join()
            .unwrap_or_else(|panic| resume_unwind(panic))
            .map_err(|Cancelled| PyRuntimeError::new_err("the kernel was stopped"))
    })?;
    tell(1.0)?;
    Ok(result)
}

fn checked<'a>(indptr: &'a Indptr, indices: &'a Indices, directed: bool) -> PyResult<Csr<'a>> {
    let (py, indptr, indices) = (indptr.py(), indptr.as_slice()?, indices.as_slice()?);
    py.detach(|| Csr::new(indptr, indices, directed)).map_err(|why| PyValueError::new_err(why.0))
}

/// The weights of a graph's edges, if there are any.
fn weights_of<'a>(graph: Csr, weights: &'a Option<Vector>) -> PyResult<Option<&'a [f64]>> {
    weights.as_ref().map(|weights| required_weights(graph, weights)).transpose()
}

/// The weights of a graph's edges, where the kernel needs them.
fn required_weights<'a>(graph: Csr, weights: &'a Vector) -> PyResult<&'a [f64]> {
    let weights = weights.as_slice()?;
    graph.check_weights(weights).map_err(|why| PyValueError::new_err(why.0))?;
    Ok(weights)
}

/// 0 is one a core.
fn threads_of(threads: usize) -> usize {
    if threads > 0 {
        return threads;
    }
    thread::available_parallelism().map_or(1, |cores| cores.get())
}

#[pyfunction]
pub fn degree<'py>(py: Python<'py>, indptr: Indptr<'py>, indices: Indices<'py>, directed: bool) -> Values<'py> {
    let graph = checked(&indptr, &indices, directed)?;
    let values = run(py, |_| Ok(degrees::degree(graph)))?;
    Ok(values.into_pyarray(py))
}

#[pyfunction]
#[pyo3(signature = (indptr, indices, directed, threads, progress=None))]
pub fn betweenness<'py>(
    py: Python<'py>,
    indptr: Indptr<'py>,
    indices: Indices<'py>,
    directed: bool,
    threads: usize,
    progress: Option<Py<PyAny>>,
) -> Values<'py> {
    let graph = checked(&indptr, &indices, directed)?;
    let values = run_watched(py, progress, |watch| brandes::betweenness(graph, threads_of(threads), watch))?;
    Ok(values.into_pyarray(py))
}

type Nodes<'py, T> = Bound<'py, PyArray1<T>>;
type Distances<'py> = (Nodes<'py, i64>, Nodes<'py, i64>, Nodes<'py, f64>, Nodes<'py, i64>, Nodes<'py, i64>);

/// By how many nodes each is reached, the sum of their distances, that of the inverses, and the largest; and how many
/// pairs there are at each distance.
#[pyfunction]
#[pyo3(signature = (indptr, indices, directed, threads, progress=None))]
pub fn distances<'py>(
    py: Python<'py>,
    indptr: Indptr<'py>,
    indices: Indices<'py>,
    directed: bool,
    threads: usize,
    progress: Option<Py<PyAny>>,
) -> PyResult<Distances<'py>> {
    let graph = checked(&indptr, &indices, directed)?;
    let found = run_watched(py, progress, |watch| near::distances(graph, threads_of(threads), watch))?;
    let of_nodes = |value: fn(&near::Near) -> i64| found.nodes.iter().map(value).collect::<Vec<_>>().into_pyarray(py);
    Ok((
        of_nodes(|near| i64::from(near.reached_by)),
        of_nodes(|near| near.total as i64),
        found.nodes.iter().map(|near| near.harmonic).collect::<Vec<_>>().into_pyarray(py),
        of_nodes(|near| i64::from(near.furthest)),
        found.histogram.iter().map(|&pairs| pairs as i64).collect::<Vec<_>>().into_pyarray(py),
    ))
}

/// The ranks, or a float where the iteration did not converge: its last change.
#[pyfunction]
#[allow(clippy::too_many_arguments)]
pub fn pagerank<'py>(
    py: Python<'py>,
    indptr: Indptr<'py>,
    indices: Indices<'py>,
    directed: bool,
    alpha: f64,
    jump: Vector<'py>,
    tolerance: f64,
    most_steps: usize,
) -> PyResult<Py<PyAny>> {
    let graph = checked(&indptr, &indices, directed)?;
    let jump = spectral::of_nodes("jump", graph, &jump)?;
    spectral::found(py, run(py, |stop| walks::pagerank(graph, alpha, jump, tolerance, most_steps, stop))?)
}
