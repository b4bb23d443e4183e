//! PageRank of a directed graph by Gauss-Seidel: a power iteration that uses each new rank at once.

use std::sync::atomic::AtomicBool;

use crate::graph::Csr;
use crate::sources::{go_on, Cancelled};

/// The ranks before they are scaled to the sum of 1, and what they miss their equations by at most, in sum, per sum of
/// ranks: rank(v) = (1 - alpha) jump(v) + alpha * the sum of rank(u) / out-degree(u) over the edges from u to v.
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
    let reversed = graph.reversed();
    let incoming = reversed.graph(true);
    // A node without out-edges hands nothing on.
    let degree: Vec<f64> = (0..graph.len()).map(|v| graph.out_degree(v).max(1) as f64).collect();
    let mut ranks = jump.to_vec();
    let mut per_edge: Vec<f64> = ranks.iter().zip(&degree).map(|(rank, degree)| rank / degree).collect();
    let mut miss = f64::INFINITY;
    for _ in 0..most_steps {
        go_on(stop)?;
        let mut change = 0.0;
        for v in 0..graph.len() {
            let received: f64 = incoming.neighbours(v).iter().map(|&u| per_edge[u as usize]).sum();
            let rank = (1.0 - alpha) * jump[v] + alpha * received;
            change += (rank - ranks[v]).abs();
            ranks[v] = rank;
            per_edge[v] = rank / degree[v];
        }
        // An equation is missed by what the ranks in it changed after it was looked at.
        miss = alpha * change / ranks.iter().sum::<f64>().max(f64::MIN_POSITIVE);
        if miss < limit {
            break;
        }
    }
    Ok((ranks, miss))
}
