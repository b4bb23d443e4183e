//! Exact betweenness (Brandes, "A faster algorithm for betweenness centrality", doi:10.1080/0022250X.2001.9990249).

use std::sync::atomic::AtomicBool;

use crate::bfs::Bfs;
use crate::graph::Csr;
use crate::paths::{Count, Wide};
use crate::sources::{sum_over_sources, Cancelled};

/// For every node the sum over pairs (s, t) of the share of their shortest paths that pass through it; not normalised.
///
/// Ordered pairs are counted, so in an undirected graph each pair twice. O(nm) time, O(n) memory a thread.
pub fn betweenness(graph: Csr, threads: usize, stop: &AtomicBool) -> Result<Vec<f64>, Cancelled> {
    let n = graph.len();
    let scratch = || (Bfs::new(n), vec![0.0; n], Vec::new(), vec![0.0; n]);
    sum_over_sources(n, threads, stop, scratch, |(bfs, paths, wide_paths, dependency), source, sums| {
        bfs.run(graph, source);
        count_paths(graph, bfs, paths);
        if bfs.order.iter().all(|&v| paths[v as usize].is_finite()) {
            find_dependencies(graph, bfs, paths, dependency);
        } else {
            wide_paths.resize(n, Wide::NONE);
            count_paths(graph, bfs, wide_paths);
            find_dependencies(graph, bfs, wide_paths, dependency);
        }
        for &v in &bfs.order[1..] {
            sums[v as usize] += dependency[v as usize];
        }
    })
}

/// How many shortest paths lead from the source to each node that was reached.
fn count_paths<C: Count>(graph: Csr, bfs: &Bfs, paths: &mut [C]) {
    for &v in &bfs.order {
        paths[v as usize] = C::NONE;
    }
    paths[bfs.order[0] as usize] = C::ONE;
    for &v in &bfs.order {
        let v = v as usize;
        for &w in graph.neighbours(v) {
            if bfs.is_next(v, w) {
                paths[w as usize] = paths[w as usize].plus(paths[v]);
            }
        }
    }
}

/// The source's dependency on each node: the sum over targets of the share of paths that go on through that node.
fn find_dependencies<C: Count>(graph: Csr, bfs: &Bfs, paths: &[C], dependency: &mut [f64]) {
    for &v in bfs.order.iter().rev() {
        let v = v as usize;
        dependency[v] = 0.0;
        for &w in graph.neighbours(v) {
            if bfs.is_next(v, w) {
                let w = w as usize;
                dependency[v] += paths[v].share(paths[w]) * (1.0 + dependency[w]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::examples::{arrows, path, star};

    #[test]
    fn of_a_path_and_a_star() {
        let stop = AtomicBool::new(false);
        assert_eq!(betweenness(path(), 1, &stop).unwrap(), [0.0, 4.0, 4.0, 0.0]);
        assert_eq!(betweenness(star(), 2, &stop).unwrap(), [6.0, 0.0, 0.0, 0.0, 0.0]);
        assert_eq!(betweenness(arrows(), 1, &stop).unwrap(), [0.0, 1.0, 0.0]);
    }
}
