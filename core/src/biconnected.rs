//! Biconnected components and articulation points (Hopcroft and Tarjan, "Efficient algorithms for graph manipulation",
//! doi:10.1145/362248.362272), with a stack of its own in place of recursion.

use std::sync::atomic::AtomicBool;

use crate::components::PATIENCE;
use crate::graph::Csr;
use crate::sources::{go_on, Cancelled};
use crate::strong::number_by_first;

/// The label of an edge that is in no component: a loop.
pub const NONE: u32 = u32::MAX;

/// How an undirected graph falls apart at single nodes.
pub struct Blocks {
    /// The biconnected component of each edge, as often as it stands in the graph.
    pub of_edges: Vec<u32>,
    /// Whether the removal of a node makes more components of the one it is in.
    pub is_articulation: Vec<bool>,
}

/// The biconnected components of an undirected graph, numbered in the order of their first edges. O(n + m).
pub fn biconnected_components(graph: Csr, stop: &AtomicBool) -> Result<Blocks, Cancelled> {
    let n = graph.len();
    let none = || vec![NONE; n];
    let (number, low, above) = (none(), none(), none());
    let mut search = Search { graph, number, low, above, is_articulation: vec![false; n], discovered: 0, blocks: 0 };
    for root in 0..n {
        if search.number[root] == NONE {
            search.run(root, stop)?;
        }
    }
    // Of the ends of an edge, the one discovered later lies below the other, and so in the same block as the edge above.
    let mut of_edges = Vec::new();
    for v in 0..n {
        of_edges.extend(graph.neighbours(v).iter().map(|&w| {
            let (w, number) = (w as usize, &search.number);
            match number[v].cmp(&number[w]) {
                std::cmp::Ordering::Less => search.above[w],
                std::cmp::Ordering::Equal => NONE,
                std::cmp::Ordering::Greater => search.above[v],
            }
        }));
    }
    Ok(Blocks { of_edges: number_by_first(of_edges), is_articulation: search.is_articulation })
}

struct Search<'a> {
    graph: Csr<'a>,
    /// When a node was discovered.
    number: Vec<u32>,
    /// The earliest node, by its number, with an edge to the nodes that were discovered from this one on.
    low: Vec<u32>,
    /// The block of the edge that a node was discovered by.
    above: Vec<u32>,
    is_articulation: Vec<bool>,
    discovered: u32,
    blocks: u32,
}

/// A node, its parent in the search, and the next of its edges to follow.
struct Call {
    v: usize,
    parent: usize,
    edge: usize,
}

impl Search<'_> {
    /// Finds the blocks of the root's component.
    fn run(&mut self, root: usize, stop: &AtomicBool) -> Result<(), Cancelled> {
        let mut calls = vec![self.discover(root, root)];
        // The nodes whose edge above is in no block yet.
        let mut open = Vec::new();
        let (mut steps, mut children_of_root) = (0, 0);
        while let Some(mut call) = calls.pop() {
            steps += 1;
            if steps % PATIENCE == 0 {
                go_on(stop)?;
            }
            if let Some(child) = self.scan(&mut call) {
                children_of_root += usize::from(call.v == root);
                open.push(child);
                let below = self.discover(child, call.v);
                calls.push(call);
                calls.push(below);
            } else if call.v != root {
                self.leave(call.v, call.parent, &mut open);
            }
        }
        self.is_articulation[root] = children_of_root > 1;
        Ok(())
    }

    fn discover(&mut self, v: usize, parent: usize) -> Call {
        self.number[v] = self.discovered;
        self.low[v] = self.discovered;
        self.discovered += 1;
        Call { v, parent, edge: 0 }
    }

    /// The next neighbour that is not discovered yet.
    fn scan(&mut self, call: &mut Call) -> Option<usize> {
        let row = self.graph.neighbours(call.v);
        while call.edge < row.len() {
            let w = row[call.edge] as usize;
            call.edge += 1;
            if self.number[w] == NONE {
                return Some(w);
            }
            if w != call.parent {
                self.low[call.v] = self.low[call.v].min(self.number[w]);
            }
        }
        None
    }

    fn leave(&mut self, v: usize, parent: usize, open: &mut Vec<usize>) {
        self.low[parent] = self.low[parent].min(self.low[v]);
        if self.low[v] < self.number[parent] {
            return;
        }
        self.is_articulation[parent] = true;
        while let Some(w) = open.pop() {
            self.above[w] = self.blocks;
            if w == v {
                break;
            }
        }
        self.blocks += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::examples::{path, star};

    #[test]
    fn meet_in_articulation_points() {
        let stop = AtomicBool::new(false);
        let blocks = biconnected_components(path(), &stop).unwrap();
        assert_eq!(blocks.of_edges, [0, 0, 1, 1, 2, 2]);
        assert_eq!(blocks.is_articulation, [false, true, true, false]);
        let blocks = biconnected_components(star(), &stop).unwrap();
        assert_eq!(blocks.is_articulation, [true, false, false, false, false]);
        // Two triangles that share node 2, which has a loop.
        let two = Csr::new(&[0, 2, 4, 9, 11, 13], &[1, 2, 0, 2, 0, 1, 2, 3, 4, 2, 4, 2, 3], false).unwrap();
        let blocks = biconnected_components(two, &stop).unwrap();
        assert_eq!(blocks.of_edges, [0, 0, 0, 0, 0, 0, NONE, 1, 1, 1, 1, 1, 1]);
        assert_eq!(blocks.is_articulation, [false, false, true, false, false]);
    }
}
