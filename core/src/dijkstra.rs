//! Shortest paths by lengths of edges (Dijkstra, "A note on two problems in connexion with graphs",
//! doi:10.1007/BF01386390), with buffers that are used again.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::atomic::AtomicBool;

use crate::components::PATIENCE;
use crate::rows::Rows;
use crate::sources::go_on;

const UNSEEN: u32 = u32::MAX;

/// The distances from one source after another; only what a search touched is cleared after it.
pub struct Dijkstra {
    /// The nodes reached, the source first, in the order of their distance.
    pub order: Vec<u32>,
    distance: Vec<f64>,
    /// Where in the order a node stands.
    place: Vec<u32>,
    /// Candidates by the bits of their distance, which rise as the distance does where it is not negative.
    heap: BinaryHeap<Reverse<(u64, u32)>>,
}

impl Dijkstra {
    pub fn new(n: usize) -> Self {
        let (distance, place) = (vec![f64::INFINITY; n], vec![UNSEEN; n]);
        Self { order: Vec::with_capacity(n), distance, place, heap: BinaryHeap::new() }
    }

    /// Distances from `source` to all that it reaches, by lengths from 0 on. O(m log n), or less where it reaches less.
    ///
    /// Told to stop, it ends at once, and what it found is of no use.
    pub fn run(&mut self, rows: &Rows, source: usize, stop: &AtomicBool) {
        for &v in &self.order {
            self.distance[v as usize] = f64::INFINITY;
            self.place[v as usize] = UNSEEN;
        }
        self.order.clear();
        self.distance[source] = 0.0;
        self.heap.push(Reverse((0, source as u32)));
        let mut steps = 0;
        while let Some(Reverse((_, v))) = self.heap.pop() {
            if self.place[v as usize] != UNSEEN {
                continue; // it was reached by a shorter way
            }
            self.place[v as usize] = self.order.len() as u32;
            self.order.push(v);
            steps += 1;
            if steps % PATIENCE == 0 && go_on(stop).is_err() {
                return;
            }
            for (w, length) in rows.edges(v as usize) {
                let distance = self.distance[v as usize] + length;
                if distance < self.distance[w] {
                    self.distance[w] = distance;
                    self.heap.push(Reverse((distance.to_bits(), w as u32)));
                }
            }
        }
    }

    /// The distances of the nodes reached, rising from the source's 0.
    pub fn distances(&self) -> impl DoubleEndedIterator<Item = f64> + '_ {
        self.order.iter().map(|&v| self.distance[v as usize])
    }

    /// Whether an edge of the reached node `v` is the last one of a shortest path to `w`.
    pub fn is_next(&self, v: usize, w: usize, length: f64) -> bool {
        self.place[v] < self.place[w] && self.distance[v] + length == self.distance[w]
    }
}
