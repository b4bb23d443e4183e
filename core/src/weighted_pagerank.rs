//! PageRank where edges have weights, by power iteration (Page, Brin, Motwani, Winograd, 1999).

use std::sync::atomic::AtomicBool;

use crate::eigen::Limit;
use crate::graph::Csr;
use crate::pagerank::Outcome;
use crate::rows::Rows;
use crate::sources::{go_on, Cancelled};

/// As `pagerank::pagerank`, but out-edges are followed in proportion to their weights.
pub fn weighted_pagerank(
    graph: Csr,
    weights: &[f64],
    alpha: f64,
    jump: &[f64],
    limit: Limit,
    stop: &AtomicBool,
) -> Result<Outcome, Cancelled> {
    let n = graph.len();
    let incoming = Rows::incoming(graph, Some(weights));
    let strengths: Vec<f64> = (0..n).map(|v| weights[graph.row(v)].iter().sum()).collect();
    let mut rank = vec![1.0 / n as f64; n];
    let mut change = if n == 0 { 0.0 } else { f64::INFINITY };
    for _ in 0..limit.most_steps {
        go_on(stop)?;
        let stuck: f64 = (0..n).filter(|&v| strengths[v] <= 0.0).map(|v| rank[v]).sum();
        let split = |(&rank, &strength): (&f64, &f64)| if strength > 0.0 { rank / strength } else { 0.0 };
        let shares: Vec<f64> = rank.iter().zip(&strengths).map(split).collect();
        let jumps = alpha * stuck + 1.0 - alpha;
        let next: Vec<f64> = (0..n).map(|v| alpha * incoming.row_times(v, &shares) + jumps * jump[v]).collect();
        change = rank.iter().zip(&next).map(|(a, b)| (a - b).abs()).sum();
        rank = next;
        if change < n as f64 * limit.tolerance {
            break;
        }
    }
    let is_near = n == 0 || change < n as f64 * limit.tolerance;
    Ok(if is_near { Outcome::Converged(rank) } else { Outcome::NotConverged(change) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::examples::path;

    #[test]
    fn of_an_undirected_graph_without_jumps_is_the_strength() {
        let (stop, weights) = (AtomicBool::new(false), [1.0, 1.0, 2.0, 2.0, 3.0, 3.0]);
        let limit = Limit { tolerance: 1e-14, most_steps: 100_000 };
        let found = weighted_pagerank(path(), &weights, 0.999_999, &[0.25; 4], limit, &stop);
        let Ok(Outcome::Converged(rank)) = found else { panic!("{found:?}") };
        assert!(rank.iter().zip([1.0, 3.0, 5.0, 3.0]).all(|(a, b)| (a - b / 12.0).abs() < 1e-5));
    }
}
