//! PageRank of an undirected graph by conjugate gradients (Hestenes and Stiefel, doi:10.6028/jres.049.044).
//!
//! Per edge, the ranks z = rank / degree solve (D - alpha A) z = (1 - alpha) jump, whose matrix is symmetric and positive
//! definite: a third of the steps of a power iteration. Nodes of one neighbour are eliminated first, exactly.

use std::sync::atomic::AtomicBool;

use crate::graph::{Csr, OwnedCsr};
use crate::relabel::NOWHERE;
use crate::sources::{go_on, Cancelled};

/// The equations of all nodes but leaves and nodes without edges.
struct System {
    /// The nodes that have an equation, those of many neighbours first.
    nodes: Vec<u32>,
    /// Their edges among each other.
    edges: OwnedCsr,
    diagonal: Vec<f64>,
    right: Vec<f64>,
    alpha: f64,
}

/// The ranks before they are scaled to the sum of 1, and what they miss their equations by, in sum, per sum of ranks.
///
/// Stops when that is below `limit`, or after so many steps. O(m) a step.
pub fn solve(
    graph: Csr,
    alpha: f64,
    jump: &[f64],
    limit: f64,
    most_steps: usize,
    stop: &AtomicBool,
) -> Result<(Vec<f64>, f64), Cancelled> {
    let system = System::of(graph, alpha, jump);
    let mut z: Vec<f64> = system.right.iter().zip(&system.diagonal).map(|(right, diagonal)| right / diagonal).collect();
    let mut steps = 0;
    loop {
        // The error that conjugate gradients keep track of drifts from the true one, so that is looked at in the end.
        let error = system.right.clone().minus(&system.times(&z));
        let ranks = system.all_ranks(graph, jump, &z);
        let miss = sum_of_sizes(&error) / ranks.iter().sum::<f64>().max(f64::MIN_POSITIVE);
        if miss < limit || steps >= most_steps {
            return Ok((ranks, miss));
        }
        let enough = limit * ranks.iter().sum::<f64>() / 2.0;
        let before = steps;
        system.improve(&mut z, error, enough, &mut steps, most_steps, stop)?;
        if steps == before {
            return Ok((ranks, miss));
        }
    }
}

impl System {
    fn of(graph: Csr, alpha: f64, jump: &[f64]) -> Self {
        let (nodes, place) = by_degree(graph);
        let n = nodes.len();
        let base = |v: usize| (1.0 - alpha) * jump[v];
        let mut edges = OwnedCsr::with_capacity(n);
        let (mut diagonal, mut right) = (Vec::with_capacity(n), Vec::with_capacity(n));
        for &v in &nodes {
            let row = graph.neighbours(v as usize);
            edges.push_unsorted(row.iter().map(|&w| place[w as usize]).filter(|&w| w != NOWHERE));
            let leaves = row.iter().filter(|&&w| place[w as usize] == NOWHERE).map(|&w| base(w as usize));
            let (count, sum) = leaves.fold((0, 0.0), |(count, sum), leaf| (count + 1, sum + leaf));
            diagonal.push(row.len() as f64 - alpha * alpha * f64::from(count));
            right.push(base(v as usize) + alpha * sum);
        }
        Self { nodes, edges, diagonal, right, alpha }
    }

    fn times(&self, x: &[f64]) -> Vec<f64> {
        let edges = self.edges.graph(false);
        let around = |v: usize| edges.neighbours(v).iter().map(|&w| x[w as usize]).sum::<f64>();
        (0..x.len()).map(|v| self.diagonal[v] * x[v] - self.alpha * around(v)).collect()
    }

    /// Steps until the sum of errors is below `enough`.
    fn improve(
        &self,
        z: &mut [f64],
        mut error: Vec<f64>,
        enough: f64,
        steps: &mut usize,
        most_steps: usize,
        stop: &AtomicBool,
    ) -> Result<(), Cancelled> {
        let scaled = |error: &[f64]| -> Vec<f64> { error.iter().zip(&self.diagonal).map(|(e, d)| e / d).collect() };
        let mut direction = scaled(&error);
        let mut size = dot(&error, &direction);
        while *steps < most_steps && size > 0.0 && sum_of_sizes(&error) >= enough {
            go_on(stop)?;
            *steps += 1;
            let image = self.times(&direction);
            let step = size / dot(&direction, &image);
            z.iter_mut().zip(&direction).for_each(|(z, d)| *z += step * d);
            error.iter_mut().zip(&image).for_each(|(e, i)| *e -= step * i);
            let preconditioned = scaled(&error);
            let new_size = dot(&error, &preconditioned);
            let keep = new_size / size;
            direction.iter_mut().zip(&preconditioned).for_each(|(d, p)| *d = p + keep * *d);
            size = new_size;
        }
        Ok(())
    }

    /// The ranks of all nodes from those per edge of the nodes that have an equation.
    fn all_ranks(&self, graph: Csr, jump: &[f64], z: &[f64]) -> Vec<f64> {
        let mut ranks: Vec<f64> = jump.iter().map(|share| (1.0 - self.alpha) * share).collect();
        let mut from_parent = vec![0.0; ranks.len()];
        for (&v, &z) in self.nodes.iter().zip(z) {
            let row = graph.neighbours(v as usize);
            row.iter().for_each(|&w| from_parent[w as usize] = self.alpha * z);
            ranks[v as usize] = z * row.len() as f64;
        }
        for (v, rank) in ranks.iter_mut().enumerate().filter(|&(v, _)| is_leaf(graph, v)) {
            *rank += from_parent[v];
        }
        ranks
    }
}

/// Whether a node has one neighbour, and that neighbour others.
fn is_leaf(graph: Csr, v: usize) -> bool {
    matches!(graph.neighbours(v), &[parent] if graph.out_degree(parent as usize) > 1)
}

/// Nodes that are neither leaves nor alone, by the size of their degree in binary, and the place of each.
fn by_degree(graph: Csr) -> (Vec<u32>, Vec<u32>) {
    let size = |v: u32| usize::BITS - graph.out_degree(v as usize).leading_zeros();
    let mut of_size = vec![Vec::new(); usize::BITS as usize + 1];
    for v in 0..graph.len() as u32 {
        if graph.out_degree(v as usize) > 0 && !is_leaf(graph, v as usize) {
            of_size[size(v) as usize].push(v);
        }
    }
    let nodes: Vec<u32> = of_size.into_iter().rev().flatten().collect();
    let mut place = vec![NOWHERE; graph.len()];
    nodes.iter().enumerate().for_each(|(at, &v)| place[v as usize] = at as u32);
    (nodes, place)
}

trait Minus {
    fn minus(self, other: &[f64]) -> Self;
}

impl Minus for Vec<f64> {
    fn minus(mut self, other: &[f64]) -> Self {
        self.iter_mut().zip(other).for_each(|(a, b)| *a -= b);
        self
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn sum_of_sizes(x: &[f64]) -> f64 {
    x.iter().map(|x| x.abs()).sum()
}
