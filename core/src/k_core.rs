//! The k-cores of a graph, peeled level by level (Batagelj and Zaversnik, "Fast algorithms for determining
//! (generalized) core groups", doi:10.1007/s11634-010-0079-y; Dasari, Ranjan and Zubair, "ParK", which needs no sorting,
//! doi:10.1109/BigData.2014.7004366).

use std::sync::atomic::AtomicBool;

use crate::components::PATIENCE;
use crate::graph::Csr;
use crate::sources::{go_on, Cancelled};

/// The largest k of each node such that it lies in a part of the graph whose nodes all have degree k or more there.
///
/// A directed edge counts at both ends; loops do not count. O(n + m).
pub fn core_number(graph: Csr, stop: &AtomicBool) -> Result<Vec<u32>, Cancelled> {
    let reversed = graph.directed.then(|| graph.reversed());
    let incoming = reversed.as_ref().map(|arrays| arrays.graph(true));
    let mut degree = degrees(graph, incoming);
    let mut left: Vec<u32> = (0..graph.len() as u32).collect();
    let (mut peeled, mut seen) = (Vec::new(), 0);
    while let Some(k) = left.iter().map(|&v| degree[v as usize]).min() {
        left.retain(|&v| {
            let stays = degree[v as usize] > k;
            if !stays {
                peeled.push(v);
            }
            stays
        });
        // The degree of a node that was peeled is no longer above k, and is its core number.
        while let Some(v) = peeled.pop() {
            seen += 1;
            if seen % PATIENCE == 0 {
                go_on(stop)?;
            }
            let both = graph.neighbours(v as usize).iter();
            for &w in both.chain(incoming.map_or(&[][..], |edges| edges.neighbours(v as usize))) {
                let degree = &mut degree[w as usize];
                if *degree > k {
                    *degree -= 1;
                    if *degree == k {
                        peeled.push(w);
                    }
                }
            }
        }
        left.retain(|&v| degree[v as usize] > k);
    }
    Ok(degree)
}

/// Edges out and in, without loops.
fn degrees(graph: Csr, incoming: Option<Csr>) -> Vec<u32> {
    let without_loops = |graph: Csr, v: usize| {
        let row = graph.neighbours(v);
        (row.len() - usize::from(row.binary_search(&(v as u32)).is_ok())) as u32
    };
    (0..graph.len()).map(|v| without_loops(graph, v) + incoming.map_or(0, |edges| without_loops(edges, v))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::examples::{arrows, path, star};

    #[test]
    fn of_trees_is_one_and_of_a_triangle_two() {
        let stop = AtomicBool::new(false);
        assert_eq!(core_number(path(), &stop).unwrap(), [1, 1, 1, 1]);
        assert_eq!(core_number(star(), &stop).unwrap(), [1, 1, 1, 1, 0]);
        assert_eq!(core_number(arrows(), &stop).unwrap(), [1, 1, 1]);
        let triangle = Csr::new(&[0, 2, 4, 7, 8], &[1, 2, 0, 2, 0, 1, 3, 2], false).unwrap();
        assert_eq!(core_number(triangle, &stop).unwrap(), [2, 2, 2, 1]);
        let both_ways = Csr::new(&[0, 1, 3], &[1, 0, 1], true).unwrap();
        assert_eq!(core_number(both_ways, &stop).unwrap(), [2, 2]);
    }
}
