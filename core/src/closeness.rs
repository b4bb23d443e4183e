//! Closeness and harmonic centrality, from one search a node.

use std::sync::atomic::AtomicBool;

use crate::bfs::Bfs;
use crate::graph::Csr;
use crate::sources::{map_sources, Cancelled};

/// The inverse of the mean distance to each node from the nodes that reach it; 0 where none does. O(nm).
///
/// `scaled`: times the share of the other nodes that reach it (Wasserman and Faust).
pub fn closeness(graph: Csr, scaled: bool, threads: usize, stop: &AtomicBool) -> Result<Vec<f64>, Cancelled> {
    let others = graph.len().saturating_sub(1) as f64;
    from_distances(graph, threads, stop, |bfs| {
        let total: u64 = bfs.distances().map(u64::from).sum();
        let reached = (bfs.order.len() - 1) as f64;
        let share = if scaled { reached / others } else { 1.0 };
        if total == 0 {
            0.0
        } else {
            reached / total as f64 * share
        }
    })
}

/// The sum of 1 / distance to each node over the nodes that reach it. O(nm).
pub fn harmonic(graph: Csr, threads: usize, stop: &AtomicBool) -> Result<Vec<f64>, Cancelled> {
    from_distances(graph, threads, stop, |bfs| bfs.distances().skip(1).map(|d| 1.0 / f64::from(d)).sum())
}

/// `value` of each node, from the distances to it.
fn from_distances(
    graph: Csr,
    threads: usize,
    stop: &AtomicBool,
    value: impl Fn(&Bfs) -> f64 + Sync,
) -> Result<Vec<f64>, Cancelled> {
    let reversed = graph.directed.then(|| graph.reversed());
    let incoming = reversed.as_ref().map_or(graph, |arrays| arrays.graph(true));
    let search = || Bfs::new(graph.len());
    map_sources(graph.len(), threads, stop, search, |bfs, node| {
        bfs.run(incoming, node);
        value(bfs)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::examples::{arrows, path, star};

    #[test]
    fn of_a_path_and_a_star() {
        let stop = AtomicBool::new(false);
        assert_eq!(closeness(path(), true, 1, &stop).unwrap(), [0.5, 0.75, 0.75, 0.5]);
        assert_eq!(harmonic(path(), 2, &stop).unwrap()[1], 2.5);
        assert_eq!(closeness(star(), true, 1, &stop).unwrap()[0], 0.75);
        assert_eq!(closeness(star(), false, 1, &stop).unwrap()[..1], [1.0]);
        assert_eq!(harmonic(star(), 1, &stop).unwrap()[4], 0.0);
    }

    #[test]
    fn counts_distances_towards_the_node() {
        let stop = AtomicBool::new(false);
        assert_eq!(closeness(arrows(), false, 1, &stop).unwrap(), [0.0, 1.0, 2.0 / 3.0]);
        assert_eq!(harmonic(arrows(), 1, &stop).unwrap(), [0.0, 1.0, 1.5]);
    }
}
