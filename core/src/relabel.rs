//! Nodes numbered anew, so that those which a kernel meets together stand together in memory.

use std::cmp::Reverse;

use crate::graph::{Csr, OwnedCsr};

/// Marks a node without a new number.
pub const NOWHERE: u32 = u32::MAX;

/// All nodes as breadth-first search meets them, component by component, each from its node of most neighbours. O(n + m).
pub fn search_order(graph: Csr) -> Vec<u32> {
    let n = graph.len();
    let mut starts: Vec<u32> = (0..n as u32).collect();
    starts.sort_by_key(|&v| Reverse(graph.out_degree(v as usize)));
    let mut seen = vec![false; n];
    let mut order: Vec<u32> = Vec::with_capacity(n);
    let mut head = 0;
    for start in starts {
        if !seen[start as usize] {
            seen[start as usize] = true;
            order.push(start);
        }
        while head < order.len() {
            let v = order[head] as usize;
            head += 1;
            for &w in graph.neighbours(v) {
                if !seen[w as usize] {
                    seen[w as usize] = true;
                    order.push(w);
                }
            }
        }
    }
    order
}

/// Takes the subgraph of some nodes out of a graph, one after another.
pub struct Cutter<'a> {
    graph: Csr<'a>,
    /// The new number of each node, `NOWHERE` between two cuts.
    place: Vec<u32>,
}

impl<'a> Cutter<'a> {
    pub fn new(graph: Csr<'a>) -> Self {
        Self { graph, place: vec![NOWHERE; graph.len()] }
    }

    /// The subgraph of `nodes`, numbered as they stand there, without loops. O(their edges, sorted).
    pub fn cut(&mut self, nodes: &[u32]) -> OwnedCsr {
        for (place, &v) in nodes.iter().enumerate() {
            self.place[v as usize] = place as u32;
        }
        let arcs = nodes.iter().map(|&v| self.graph.out_degree(v as usize)).sum();
        let mut cut = OwnedCsr::with_capacity(nodes.len(), arcs);
        for &v in nodes {
            let row = self.graph.neighbours(v as usize).iter().filter(|&&w| w != v);
            cut.push_row(row.map(|&w| self.place[w as usize]).filter(|&w| w != NOWHERE));
        }
        for &v in nodes {
            self.place[v as usize] = NOWHERE;
        }
        cut
    }
}

/// The values of `old`, each moved to where `order` has its index.
pub fn moved<T: Copy>(old: &[T], order: &[u32]) -> Vec<T> {
    order.iter().map(|&v| old[v as usize]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::examples::{arrows, path, star};

    #[test]
    fn hubs_come_first_and_their_neighbours_next() {
        assert_eq!(search_order(path()), [1, 0, 2, 3]);
        assert_eq!(search_order(star()), [0, 1, 2, 3, 4]);
    }

    #[test]
    fn a_cut_has_the_edges_between_its_nodes() {
        let mut cutter = Cutter::new(path());
        assert_eq!(cutter.cut(&[3, 2, 0]).graph(false).neighbours(0), [1]);
        let all = cutter.cut(&[1, 0, 2, 3]);
        assert_eq!((all.graph(false).neighbours(0), all.graph(false).neighbours(2)), (&[1, 2][..], &[0, 3][..]));
        assert_eq!(Cutter::new(arrows()).cut(&[2, 1]).graph(true).neighbours(0), [0; 0]);
        assert_eq!(moved(&['a', 'b'], &[1, 0]), ['b', 'a']);
    }
}
