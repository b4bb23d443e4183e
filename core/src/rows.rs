//! The adjacency matrix as a linear operator, and the sums over vectors that iterations need.

use std::borrow::Cow;

use crate::graph::{Csr, OwnedCsr};

/// The rows of a matrix: the weights (1 without) of edges, at their targets or at their sources.
pub struct Rows<'a> {
    graph: Source<'a>,
    weights: Option<Cow<'a, [f64]>>,
}

enum Source<'a> {
    Borrowed(Csr<'a>),
    Owned(OwnedCsr),
}

impl<'a> Rows<'a> {
    /// Row v holds the edges that leave v.
    pub fn outgoing(graph: Csr<'a>, weights: Option<&'a [f64]>) -> Self {
        Self { graph: Source::Borrowed(graph), weights: weights.map(Cow::Borrowed) }
    }

    /// Row v holds the edges that end at v; they are the same where edges have no direction. O(n + m).
    pub fn incoming(graph: Csr<'a>, weights: Option<&'a [f64]>) -> Self {
        if !graph.directed {
            return Self::outgoing(graph, weights);
        }
        let reversed = graph.reversed();
        let weights = weights.map(|weights| Cow::Owned(reversed_weights(graph, reversed.graph(true), weights)));
        Self { graph: Source::Owned(reversed), weights }
    }

    fn graph(&self) -> Csr<'_> {
        match &self.graph {
            Source::Borrowed(graph) => *graph,
            Source::Owned(arrays) => arrays.graph(true),
        }
    }

    pub fn len(&self) -> usize {
        self.graph().len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The others that the edges of a row lead to, and their weights.
    pub fn edges(&self, v: usize) -> impl Iterator<Item = (usize, f64)> + '_ {
        let graph = self.graph();
        let weights = self.weights.as_ref().map(|weights| &weights[graph.row(v)]);
        let edges = graph.neighbours(v).iter().enumerate();
        edges.map(move |(i, &w)| (w as usize, weights.map_or(1.0, |weights| weights[i])))
    }

    /// The mean weight of an edge; 1 without any.
    pub fn mean_weight(&self) -> f64 {
        let Some(weights) = &self.weights else { return 1.0 };
        weights.iter().sum::<f64>() / weights.len().max(1) as f64
    }

    /// The product of a row and a vector.
    pub fn row_times(&self, v: usize, x: &[f64]) -> f64 {
        let graph = self.graph();
        let row = graph.neighbours(v);
        // Folded from 0, as the sum of no floats is -0.
        match &self.weights {
            None => row.iter().fold(0.0, |sum, &w| sum + x[w as usize]),
            Some(weights) => {
                let weighted = row.iter().zip(&weights[graph.row(v)]);
                weighted.fold(0.0, |sum, (&w, weight)| sum + weight * x[w as usize])
            }
        }
    }

    /// The product of the matrix and a vector. O(n + m).
    pub fn times(&self, x: &[f64], product: &mut [f64]) {
        for (v, value) in product.iter_mut().enumerate() {
            *value = self.row_times(v, x);
        }
    }
}

/// The weights in the order in which `Csr::reversed` lists the edges.
fn reversed_weights(graph: Csr, reversed: Csr, weights: &[f64]) -> Vec<f64> {
    let mut free: Vec<usize> = (0..graph.len()).map(|v| reversed.row(v).start).collect();
    let mut moved = vec![0.0; weights.len()];
    for v in 0..graph.len() {
        for (&w, &weight) in graph.neighbours(v).iter().zip(&weights[graph.row(v)]) {
            moved[free[w as usize]] = weight;
            free[w as usize] += 1;
        }
    }
    moved
}

/// The sum of products, added in eight lanes whatever the machine.
pub fn dot(x: &[f64], y: &[f64]) -> f64 {
    let mut lanes = [0.0; 8];
    let (xs, ys) = (x.chunks_exact(8), y.chunks_exact(8));
    let rest: f64 = xs.remainder().iter().zip(ys.remainder()).map(|(a, b)| a * b).sum();
    for (x, y) in xs.zip(ys) {
        for lane in 0..8 {
            lanes[lane] += x[lane] * y[lane];
        }
    }
    lanes.iter().sum::<f64>() + rest
}

/// The Euclidean length.
pub fn norm(x: &[f64]) -> f64 {
    dot(x, x).sqrt()
}

pub fn scale(x: &mut [f64], factor: f64) {
    x.iter_mut().for_each(|value| *value *= factor);
}

/// Adds `factor` times `y` to `x`.
pub fn add(x: &mut [f64], factor: f64, y: &[f64]) {
    x.iter_mut().zip(y).for_each(|(value, other)| *value += factor * other);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::examples::arrows;

    #[test]
    fn are_read_at_both_ends_of_edges() {
        let weights = [2.0, 3.0, 5.0];
        let mut product = [0.0; 3];
        Rows::outgoing(arrows(), Some(&weights)).times(&[1.0, 10.0, 100.0], &mut product);
        assert_eq!(product, [20.0, 300.0, 500.0]);
        Rows::incoming(arrows(), Some(&weights)).times(&[1.0, 10.0, 100.0], &mut product);
        assert_eq!(product, [0.0, 2.0, 530.0]);
        Rows::incoming(arrows(), None).times(&[1.0, 10.0, 100.0], &mut product);
        assert_eq!(product, [0.0, 1.0, 110.0]);
    }

    #[test]
    fn dot_adds_all() {
        let x: Vec<f64> = (0..21).map(f64::from).collect();
        assert_eq!(dot(&x, &x), 2870.0);
    }
}
