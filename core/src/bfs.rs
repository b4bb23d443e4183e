//! Breadth-first search with buffers that are used again.

use crate::graph::Csr;

const UNSEEN: u32 = u32::MAX;

/// The distances from one source after another; only what a search touched is cleared after it.
pub struct Bfs {
    /// The nodes reached, the source first, in the order of their distance.
    pub order: Vec<u32>,
    distance: Vec<u32>,
}

impl Bfs {
    pub fn new(n: usize) -> Self {
        Self { order: Vec::with_capacity(n), distance: vec![UNSEEN; n] }
    }

    /// Distances (in edges) from `source` to all that it reaches. O(n + m), or less where it reaches less.
    pub fn run(&mut self, graph: Csr, source: usize) {
        for &v in &self.order {
            self.distance[v as usize] = UNSEEN;
        }
        self.order.clear();
        self.order.push(source as u32);
        self.distance[source] = 0;
        let mut head = 0;
        while head < self.order.len() {
            let v = self.order[head] as usize;
            head += 1;
            for &w in graph.neighbours(v) {
                if self.distance[w as usize] == UNSEEN {
                    self.distance[w as usize] = self.distance[v] + 1;
                    self.order.push(w);
                }
            }
        }
    }

    /// The distances of the nodes reached, rising from the source's 0.
    pub fn distances(&self) -> impl Iterator<Item = u32> + '_ {
        self.order.iter().map(|&v| self.distance[v as usize])
    }

    /// Whether a neighbour `w` of the reached node `v` is one step further from the source.
    pub fn is_next(&self, v: usize, w: u32) -> bool {
        self.distance[w as usize] == self.distance[v] + 1
    }
}
