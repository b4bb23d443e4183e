//! Exact betweenness (Brandes, "A faster algorithm for betweenness centrality", doi:10.1080/0022250X.2001.9990249).

use std::sync::atomic::AtomicBool;

use crate::bfs::Bfs;
use crate::graph::Csr;
use crate::sources::{sum_over_sources, Cancelled};

struct Scratch {
    bfs: Bfs,
    /// How many shortest paths lead from the source to a node.
    paths: Vec<f64>,
    /// What a node's shortest paths carry of the source's pairs.
    dependency: Vec<f64>,
}

/// For every node the sum over pairs (s, t) of the share of their shortest paths that pass through it; not normalised.
///
/// Ordered pairs are counted, so in an undirected graph each pair twice. O(nm) time, O(n) memory a thread.
pub fn betweenness(graph: Csr, threads: usize, stop: &AtomicBool) -> Result<Vec<f64>, Cancelled> {
    let n = graph.len();
    let scratch = || Scratch { bfs: Bfs::new(n), paths: vec![0.0; n], dependency: vec![0.0; n] };
    sum_over_sources(n, threads, stop, scratch, |state, source, sums| {
        let Scratch { bfs, paths, dependency } = state;
        bfs.run(graph, source);
        for &v in &bfs.order {
            paths[v as usize] = 0.0;
            dependency[v as usize] = 0.0;
        }
        paths[source] = 1.0;
        for &v in &bfs.order {
            for &w in graph.neighbours(v as usize) {
                if bfs.distance[w as usize] == bfs.distance[v as usize] + 1 {
                    paths[w as usize] += paths[v as usize];
                }
            }
        }
        for &v in bfs.order.iter().rev() {
            let v = v as usize;
            for &w in graph.neighbours(v) {
                let w = w as usize;
                if bfs.distance[w] == bfs.distance[v] + 1 {
                    dependency[v] += paths[v] / paths[w] * (1.0 + dependency[w]);
                }
            }
            if v != source {
                sums[v] += dependency[v];
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::examples::{PATH, STAR};

    #[test]
    fn of_a_path_and_a_star() {
        let stop = AtomicBool::new(false);
        let path = Csr::new(PATH.0, PATH.1).unwrap();
        assert_eq!(betweenness(path, 1, &stop).unwrap(), [0.0, 4.0, 4.0, 0.0]);
        let star = Csr::new(STAR.0, STAR.1).unwrap();
        assert_eq!(betweenness(star, 2, &stop).unwrap(), [6.0, 0.0, 0.0, 0.0, 0.0]);
    }
}
