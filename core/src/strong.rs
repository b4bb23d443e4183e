//! Strongly connected components (Tarjan, "Depth-first search and linear graph algorithms", doi:10.1137/0201010),
//! with a stack of its own in place of recursion.

use std::sync::atomic::AtomicBool;

use crate::components::PATIENCE;
use crate::graph::Csr;
use crate::sources::{go_on, Cancelled};

const NONE: u32 = u32::MAX;

/// The strongly connected component of each node; edges lead from one only to those of lower numbers. O(n + m).
pub fn strongly_connected_components(graph: Csr, stop: &AtomicBool) -> Result<Vec<u32>, Cancelled> {
    let mut search = Search::new(graph);
    for root in 0..graph.len() {
        if search.number[root] == NONE {
            search.run(root, stop)?;
        }
    }
    Ok(search.component)
}

struct Search<'a> {
    graph: Csr<'a>,
    /// When a node was discovered.
    number: Vec<u32>,
    /// The earliest node, by its number, that is known to be reached and in no component yet.
    low: Vec<u32>,
    component: Vec<u32>,
    discovered: u32,
    components: u32,
    /// The nodes that are in no component yet.
    open: Vec<u32>,
}

impl<'a> Search<'a> {
    fn new(graph: Csr<'a>) -> Self {
        let none = || vec![NONE; graph.len()];
        let (number, low, component) = (none(), none(), none());
        Self { graph, number, low, component, discovered: 0, components: 0, open: Vec::new() }
    }

    /// Finds the components of all nodes that the root reaches.
    fn run(&mut self, root: usize, stop: &AtomicBool) -> Result<(), Cancelled> {
        let mut calls = vec![self.discover(root)];
        let mut steps = 0;
        while let Some((v, edge)) = calls.pop() {
            steps += 1;
            if steps % PATIENCE == 0 {
                go_on(stop)?;
            }
            match self.scan(v, edge) {
                Some((next_edge, child)) => {
                    calls.push((v, next_edge));
                    calls.push(self.discover(child));
                }
                None => {
                    self.close(v);
                    if let Some(&(parent, _)) = calls.last() {
                        self.low[parent] = self.low[parent].min(self.low[v]);
                    }
                }
            }
        }
        Ok(())
    }

    fn discover(&mut self, v: usize) -> (usize, usize) {
        self.number[v] = self.discovered;
        self.low[v] = self.discovered;
        self.discovered += 1;
        self.open.push(v as u32);
        (v, 0)
    }

    /// The first neighbour of `v`, from its `edge` on, that is not discovered yet, and the edge behind it.
    fn scan(&mut self, v: usize, edge: usize) -> Option<(usize, usize)> {
        for (i, &w) in self.graph.neighbours(v).iter().enumerate().skip(edge) {
            let w = w as usize;
            if self.number[w] == NONE {
                return Some((i + 1, w));
            }
            if self.component[w] == NONE {
                self.low[v] = self.low[v].min(self.number[w]);
            }
        }
        None
    }

    /// Makes a component of what `v` reaches and is open, if `v` reaches nothing earlier.
    fn close(&mut self, v: usize) {
        if self.low[v] < self.number[v] {
            return;
        }
        while let Some(w) = self.open.pop() {
            self.component[w as usize] = self.components;
            if w as usize == v {
                break;
            }
        }
        self.components += 1;
    }
}

/// The same groups, numbered in the order in which they occur; `NONE` stays.
pub fn number_by_first(mut labels: Vec<u32>) -> Vec<u32> {
    let groups = labels.iter().filter(|&&label| label != NONE).max().map_or(0, |&most| most as usize + 1);
    let mut numbers = vec![NONE; groups];
    let mut used = 0;
    for label in labels.iter_mut().filter(|label| **label != NONE) {
        let number = &mut numbers[*label as usize];
        if *number == NONE {
            *number = used;
            used += 1;
        }
        *label = *number;
    }
    labels
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::examples::{arrows, star};

    #[test]
    fn are_what_is_reached_both_ways() {
        let stop = AtomicBool::new(false);
        assert_eq!(strongly_connected_components(arrows(), &stop).unwrap(), [2, 1, 0]);
        assert_eq!(strongly_connected_components(star(), &stop).unwrap(), [0, 0, 0, 0, 1]);
        // 0 -> 1 -> 3 -> 1, and 2 -> 0.
        let graph = Csr::new(&[0, 1, 2, 3, 4], &[1, 3, 0, 1], true).unwrap();
        assert_eq!(strongly_connected_components(graph, &stop).unwrap(), [1, 0, 2, 0]);
    }

    #[test]
    fn a_long_way_needs_no_recursion() {
        let n = 300_000;
        let indptr: Vec<i64> = (0..=n).collect();
        let indices: Vec<u32> = (1..n as u32).chain([0]).collect();
        let cycle = Csr::new(&indptr, &indices, true).unwrap();
        assert!(strongly_connected_components(cycle, &AtomicBool::new(false)).unwrap().iter().all(|&c| c == 0));
    }
}
