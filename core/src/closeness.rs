//! Closeness and harmonic centrality, from one search a node.

use std::sync::atomic::AtomicBool;

use crate::bfs::Bfs;
use crate::graph::Csr;
use crate::sources::{map_sources, Cancelled};

/// Closeness of every node in `graph`, where neighbours are followed from the node.
///
/// (reached - 1) / (sum of distances), times (reached - 1) / (n - 1) where `scaled` (Wasserman and Faust).
pub fn closeness(graph: Csr, scaled: bool, threads: usize, stop: &AtomicBool) -> Result<Vec<f64>, Cancelled> {
    let n = graph.len();
    map_sources(
        n,
        threads,
        stop,
        || Bfs::new(n),
        |bfs, source| {
            bfs.run(graph, source);
            let total: u64 = bfs.order.iter().map(|&v| u64::from(bfs.distance[v as usize])).sum();
            let reached = (bfs.order.len() - 1) as f64;
            if total == 0 {
                return 0.0;
            }
            let value = reached / total as f64;
            if scaled {
                value * (reached / (n - 1) as f64)
            } else {
                value
            }
        },
    )
}

/// The sum of 1 / distance over all that each node reaches.
pub fn harmonic(graph: Csr, threads: usize, stop: &AtomicBool) -> Result<Vec<f64>, Cancelled> {
    let n = graph.len();
    map_sources(
        n,
        threads,
        stop,
        || Bfs::new(n),
        |bfs, source| {
            bfs.run(graph, source);
            bfs.order[1..].iter().map(|&v| 1.0 / f64::from(bfs.distance[v as usize])).sum()
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::examples::{PATH, STAR};

    #[test]
    fn of_a_path_and_a_star() {
        let stop = AtomicBool::new(false);
        let path = Csr::new(PATH.0, PATH.1).unwrap();
        assert_eq!(closeness(path, true, 1, &stop).unwrap(), [0.5, 0.75, 0.75, 0.5]);
        assert_eq!(harmonic(path, 2, &stop).unwrap()[1], 2.5);
        let star = Csr::new(STAR.0, STAR.1).unwrap();
        assert_eq!(closeness(star, true, 1, &stop).unwrap()[0], 0.75);
        assert_eq!(closeness(star, false, 1, &stop).unwrap()[..1], [1.0]);
        assert_eq!(harmonic(star, 1, &stop).unwrap()[4], 0.0);
    }
}
