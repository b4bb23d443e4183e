//! The face of what reads names and texts.

use numpy::{IntoPyArray, PyArray1, PyReadonlyArray2, PyUntypedArrayMethods};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::{surface, words};

/// The form in which two spellings of one name are equal; letters beyond ASCII stay as they are.
#[pyfunction]
pub fn fold(text: &str) -> String {
    surface::fold(text)
}

/// Vectors of words, and their sum over a text.
#[pyclass(frozen)]
pub struct WordVectors(words::WordVectors);

#[pymethods]
impl WordVectors {
    #[new]
    fn new(words: &str, vectors: PyReadonlyArray2<'_, i8>) -> PyResult<Self> {
        let lines = words.split('\n');
        let [rows, dimensions] = *vectors.shape() else { unreachable!("a matrix") };
        if lines.clone().count() != rows {
            return Err(PyValueError::new_err(format!("{} words, but {rows} vectors", lines.count())));
        }
        let values = vectors.as_array().iter().copied().collect();
        Ok(Self(words::WordVectors::new(lines, values, dimensions)))
    }

    fn sum<'py>(&self, py: Python<'py>, text: &str) -> Bound<'py, PyArray1<i32>> {
        self.0.sum(text).into_pyarray(py)
    }
}
