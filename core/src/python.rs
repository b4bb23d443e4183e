//! The Python face of the kernels: converts, checks, lets go of the GIL, calls.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use numpy::{IntoPyArray, PyArray1, PyReadonlyArray1};
use pyo3::exceptions::{PyArithmeticError, PyValueError};
use pyo3::prelude::*;

use crate::graph::Csr;
use crate::pagerank::Outcome;
use crate::sources::Cancelled;
use crate::{betweenness as brandes, closeness as distances, degree as degrees, pagerank as walks};

type Values<'py> = PyResult<Bound<'py, PyArray1<f64>>>;

/// Runs a kernel without the GIL on a thread of its own, and tells it to stop when Python has a signal (Ctrl-C).
fn run<'py, T: Send>(py: Python<'py>, kernel: impl FnOnce(&AtomicBool) -> Result<T, Cancelled> + Send) -> PyResult<T> {
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        let work = scope.spawn(|| kernel(&stop));
        let mut wait = Duration::from_micros(20);
        while !work.is_finished() {
            py.detach(|| thread::sleep(wait));
            wait = (wait * 2).min(Duration::from_millis(20));
            if let Err(signal) = py.check_signals() {
                stop.store(true, Ordering::Relaxed);
                py.detach(|| work.join()).ok();
                return Err(signal);
            }
        }
        let done = work.join().map_err(|_| PyArithmeticError::new_err("a kernel failed"))?;
        done.map_err(|Cancelled| PyArithmeticError::new_err("a kernel was cancelled"))
    })
}

fn checked<'a>(indptr: &'a PyReadonlyArray1<i64>, indices: &'a PyReadonlyArray1<u32>) -> PyResult<Csr<'a>> {
    let slices = (indptr.as_slice(), indices.as_slice());
    let (Ok(indptr), Ok(indices)) = slices else {
        return Err(PyValueError::new_err("indptr and indices must be contiguous"));
    };
    Csr::new(indptr, indices).map_err(|why| PyValueError::new_err(why.0))
}

fn threads_of(threads: usize) -> usize {
    if threads > 0 {
        return threads;
    }
    thread::available_parallelism().map_or(1, |cores| cores.get())
}

/// Raises ValueError, which says where, if the arrays are not a graph.
#[pyfunction]
pub fn check<'py>(indptr: PyReadonlyArray1<'py, i64>, indices: PyReadonlyArray1<'py, u32>) -> PyResult<()> {
    checked(&indptr, &indices).map(|_| ())
}

#[pyfunction]
pub fn degree<'py>(
    py: Python<'py>,
    indptr: PyReadonlyArray1<'py, i64>,
    indices: PyReadonlyArray1<'py, u32>,
    loops_twice: bool,
) -> Values<'py> {
    let graph = checked(&indptr, &indices)?;
    let values = run(py, |_| Ok(degrees::degree(graph, loops_twice)))?;
    Ok(values.into_pyarray(py))
}

#[pyfunction]
pub fn betweenness<'py>(
    py: Python<'py>,
    indptr: PyReadonlyArray1<'py, i64>,
    indices: PyReadonlyArray1<'py, u32>,
    threads: usize,
) -> Values<'py> {
    let graph = checked(&indptr, &indices)?;
    let values = run(py, |stop| brandes::betweenness(graph, threads_of(threads), stop))?;
    Ok(values.into_pyarray(py))
}

#[pyfunction]
pub fn closeness<'py>(
    py: Python<'py>,
    indptr: PyReadonlyArray1<'py, i64>,
    indices: PyReadonlyArray1<'py, u32>,
    scaled: bool,
    threads: usize,
) -> Values<'py> {
    let graph = checked(&indptr, &indices)?;
    let values = run(py, |stop| distances::closeness(graph, scaled, threads_of(threads), stop))?;
    Ok(values.into_pyarray(py))
}

#[pyfunction]
pub fn harmonic<'py>(
    py: Python<'py>,
    indptr: PyReadonlyArray1<'py, i64>,
    indices: PyReadonlyArray1<'py, u32>,
    threads: usize,
) -> Values<'py> {
    let graph = checked(&indptr, &indices)?;
    let values = run(py, |stop| distances::harmonic(graph, threads_of(threads), stop))?;
    Ok(values.into_pyarray(py))
}

/// The ranks, or a float where the iteration did not converge: its last change.
#[pyfunction]
pub fn pagerank<'py>(
    py: Python<'py>,
    indptr: PyReadonlyArray1<'py, i64>,
    indices: PyReadonlyArray1<'py, u32>,
    alpha: f64,
    jump: PyReadonlyArray1<'py, f64>,
    tolerance: f64,
    most_steps: usize,
) -> PyResult<Py<PyAny>> {
    let graph = checked(&indptr, &indices)?;
    let jump = jump.as_slice().map_err(|_| PyValueError::new_err("jump must be contiguous"))?;
    if jump.len() != graph.len() {
        return Err(PyValueError::new_err(format!(
            "jump has {} values; expected one a node, {}",
            jump.len(),
            graph.len()
        )));
    }
    match run(py, |stop| walks::pagerank(graph, alpha, jump, tolerance, most_steps, stop))? {
        Outcome::Converged(rank) => Ok(rank.into_pyarray(py).into_any().unbind()),
        Outcome::NotConverged(change) => Ok(change.into_pyobject(py)?.into_any().unbind()),
    }
}
