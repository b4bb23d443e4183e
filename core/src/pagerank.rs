//! PageRank (Page, Brin, Motwani, Winograd, 1999), as the solution of linear equations.

use std::sync::atomic::AtomicBool;

use crate::graph::Csr;
use crate::sources::{go_on, Cancelled};
use crate::{conjugate, gauss_seidel};

/// How an iteration ended.
#[derive(Debug, PartialEq)]
pub enum Outcome {
    Converged(Vec<f64>),
    /// The change of the last step, in the sum of absolute values.
    NotConverged(f64),
}

/// The stationary distribution of a walk that follows an out-edge with probability `alpha` and jumps otherwise.
///
/// Jumps, and walks out of nodes without out-edges, land by `jump` (which sums to 1). Stops when one more step of the walk
/// would change less than n * `tolerance` in the sum of absolute values. O(m) a step.
pub fn pagerank(
    graph: Csr,
    alpha: f64,
    jump: &[f64],
    tolerance: f64,
    most_steps: usize,
    stop: &AtomicBool,
) -> Result<Outcome, Cancelled> {
    let enough = graph.len() as f64 * tolerance;
    if graph.is_empty() {
        return Ok(Outcome::Converged(Vec::new()));
    }
    if alpha == 1.0 {
        return walk(graph, jump, enough, most_steps, stop);
    }
    // What the ranks miss their equations by changes in one step, and as much again where they are scaled.
    let solve = if graph.directed { gauss_seidel::solve } else { conjugate::solve };
    let (mut ranks, miss) = solve(graph, alpha, jump, enough / 2.0, most_steps, stop)?;
    if 2.0 * miss >= enough {
        return Ok(Outcome::NotConverged(2.0 * miss));
    }
    let sum: f64 = ranks.iter().sum();
    ranks.iter_mut().for_each(|rank| *rank /= sum);
    Ok(Outcome::Converged(ranks))
}

/// A walk that never jumps where there is an edge: by power iteration, as its equations have no single solution.
fn walk(graph: Csr, jump: &[f64], enough: f64, most_steps: usize, stop: &AtomicBool) -> Result<Outcome, Cancelled> {
    let n = graph.len();
    let mut rank = vec![1.0 / n as f64; n];
    let mut change = f64::INFINITY;
    for _ in 0..most_steps {
        go_on(stop)?;
        let stuck: f64 = (0..n).filter(|&v| graph.out_degree(v) == 0).map(|v| rank[v]).sum();
        let mut next: Vec<f64> = jump.iter().map(|&share| stuck * share).collect();
        for (v, &own) in rank.iter().enumerate() {
            let share = own / graph.out_degree(v) as f64;
            for &w in graph.neighbours(v) {
                next[w as usize] += share;
            }
        }
        change = rank.iter().zip(&next).map(|(a, b)| (a - b).abs()).sum();
        rank = next;
        if change < enough {
            return Ok(Outcome::Converged(rank));
        }
    }
    Ok(Outcome::NotConverged(change))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::examples::{arrows, star};

    #[test]
    fn sums_to_one_and_favours_the_centre() {
        let stop = AtomicBool::new(false);
        let Ok(Outcome::Converged(rank)) = pagerank(star(), 0.85, &[0.2; 5], 1e-10, 1000, &stop) else { panic!() };
        assert!((rank.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        assert!(rank[0] > rank[1] && rank[1] == rank[2] && rank[4] < rank[1]);
        assert!(matches!(pagerank(arrows(), 0.85, &[0.4, 0.3, 0.3], 1e-10, 0, &stop), Ok(Outcome::NotConverged(_))));
    }
}
