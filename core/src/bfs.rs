//! Breadth-first search with buffers that are used again.

use crate::graph::Csr;

pub const UNSEEN: u32 = u32::MAX;

/// The distances from one source after another; only what a search touched is cleared after it.
pub struct Bfs {
    pub distance: Vec<u32>,
    /// The nodes reached, in the order of their distance.
    pub order: Vec<u32>,
}

impl Bfs {
    pub fn new(n: usize) -> Self {
        Self { distance: vec![UNSEEN; n], order: Vec::with_capacity(n) }
    }

    /// Distances (in edges) from `source` to all that it reaches.
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
}
