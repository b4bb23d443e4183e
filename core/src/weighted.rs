//! Measures by shortest paths where edges have lengths: one search of Dijkstra's a node, O(nm log n).
//!
//! Paths are equally short where the sums of their lengths, added from the source on, are equal floats.

use std::sync::atomic::AtomicBool;

use crate::dijkstra::Dijkstra;
use crate::graph::Csr;
use crate::paths::{Count, Wide};
use crate::rows::Rows;
use crate::sources::{go_on, map_sources, sum_over_sources, Cancelled};

/// As `betweenness::betweenness`, by lengths above 0 (Brandes, doi:10.1080/0022250X.2001.9990249).
pub fn betweenness(graph: Csr, lengths: &[f64], threads: usize, stop: &AtomicBool) -> Result<Vec<f64>, Cancelled> {
    let (n, rows) = (graph.len(), Rows::outgoing(graph, Some(lengths)));
    let scratch = || (Dijkstra::new(n), vec![0.0; n], Vec::new(), vec![0.0; n]);
    let sums = sum_over_sources(n, threads, stop, scratch, |(search, paths, wide_paths, dependency), source, sums| {
        search.run(&rows, source, stop);
        count_paths(&rows, search, paths);
        if search.order.iter().all(|&v| paths[v as usize].is_finite()) {
            find_dependencies(&rows, search, paths, dependency);
        } else {
            wide_paths.resize(n, Wide::NONE);
            count_paths(&rows, search, wide_paths);
            find_dependencies(&rows, search, wide_paths, dependency);
        }
        for &v in &search.order[1..] {
            sums[v as usize] += dependency[v as usize];
        }
    })?;
    go_on(stop).map(|()| sums)
}

/// How many shortest paths lead from the source to each node that was reached.
fn count_paths<C: Count>(rows: &Rows, search: &Dijkstra, paths: &mut [C]) {
    for &v in &search.order {
        paths[v as usize] = C::NONE;
    }
    paths[search.order[0] as usize] = C::ONE;
    for &v in &search.order {
        let v = v as usize;
        for (w, _) in rows.edges(v).filter(|&(w, length)| search.is_next(v, w, length)) {
            paths[w] = paths[w].plus(paths[v]);
        }
    }
}

/// The source's dependency on each node: the sum over targets of the share of paths that go on through that node.
fn find_dependencies<C: Count>(rows: &Rows, search: &Dijkstra, paths: &[C], dependency: &mut [f64]) {
    for &v in search.order.iter().rev() {
        let v = v as usize;
        let next = rows.edges(v).filter(|&(w, length)| search.is_next(v, w, length));
        dependency[v] = next.fold(0.0, |sum, (w, _)| sum + paths[v].share(paths[w]) * (1.0 + dependency[w]));
    }
}

/// The inverse of the mean distance to each node from the nodes that reach it; 0 where none does, or all at distance 0.
///
/// `scaled`: times the share of the other nodes that reach it (Wasserman and Faust).
pub fn closeness(
    graph: Csr,
    lengths: &[f64],
    scaled: bool,
    threads: usize,
    stop: &AtomicBool,
) -> Result<Vec<f64>, Cancelled> {
    let others = graph.len().saturating_sub(1) as f64;
    from_distances(graph, &Rows::incoming(graph, Some(lengths)), threads, stop, |search| {
        let total: f64 = search.distances().sum();
        let reached = (search.order.len() - 1) as f64;
        let share = if scaled { reached / others } else { 1.0 };
        if total > 0.0 {
            reached / total * share
        } else {
            0.0
        }
    })
}

/// The sum of 1 / distance to each node over the nodes that reach it; those at distance 0 do not count.
pub fn harmonic(graph: Csr, lengths: &[f64], threads: usize, stop: &AtomicBool) -> Result<Vec<f64>, Cancelled> {
    from_distances(graph, &Rows::incoming(graph, Some(lengths)), threads, stop, |search| {
        search.distances().filter(|&distance| distance > 0.0).fold(0.0, |sum, distance| sum + 1.0 / distance)
    })
}

/// The distance from each node to the farthest one that it reaches.
pub fn eccentricity(graph: Csr, lengths: &[f64], threads: usize, stop: &AtomicBool) -> Result<Vec<f64>, Cancelled> {
    from_distances(graph, &Rows::outgoing(graph, Some(lengths)), threads, stop, |search| {
        search.distances().next_back().unwrap_or(0.0)
    })
}

/// `value` of each node, from the distances along the rows.
fn from_distances(
    graph: Csr,
    rows: &Rows,
    threads: usize,
    stop: &AtomicBool,
    value: impl Fn(&Dijkstra) -> f64 + Sync,
) -> Result<Vec<f64>, Cancelled> {
    let search = || Dijkstra::new(graph.len());
    let values = map_sources(graph.len(), threads, stop, search, |search, node| {
        search.run(rows, node, stop);
        value(search)
    })?;
    go_on(stop).map(|()| values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::examples::{arrows, path};

    #[test]
    fn of_a_path_with_lengths() {
        let (stop, lengths) = (AtomicBool::new(false), [1.0, 1.0, 0.5, 0.5, 2.0, 2.0]);
        assert_eq!(betweenness(path(), &lengths, 1, &stop).unwrap(), [0.0, 4.0, 4.0, 0.0]);
        assert_eq!(closeness(path(), &lengths, true, 1, &stop).unwrap()[0], 3.0 / 6.0);
        assert_eq!(harmonic(path(), &lengths, 2, &stop).unwrap()[2], 2.0 + 1.0 / 1.5 + 0.5);
        assert_eq!(eccentricity(path(), &lengths, 2, &stop).unwrap(), [3.5, 2.5, 2.0, 3.5]);
    }

    #[test]
    fn follows_arrows() {
        let (stop, lengths) = (AtomicBool::new(false), [0.0, 4.0, 1.0]);
        assert_eq!(closeness(arrows(), &lengths, false, 1, &stop).unwrap(), [0.0, 0.0, 0.25]);
        assert_eq!(harmonic(arrows(), &lengths, 1, &stop).unwrap(), [0.0, 0.0, 0.5]);
        assert_eq!(eccentricity(arrows(), &lengths, 1, &stop).unwrap(), [4.0, 4.0, 0.0]);
    }
}
