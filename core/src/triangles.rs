//! Triangles, each found once from its node of lowest degree (Latapy, "Main-memory triangle computations for very large
//! (sparse (power-law)) graphs", doi:10.1016/j.tcs.2008.07.017).

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use crate::graph::Csr;
use crate::sources::{go_on, Cancelled};

/// Threads take nodes in blocks of this size.
const BLOCK: usize = 256;

/// How many triangles each node of an undirected graph is in; loops do not count. O(m^1.5) time, O(n) memory a thread.
pub fn triangles(graph: Csr, threads: usize, stop: &AtomicBool) -> Result<Vec<i64>, Cancelled> {
    let n = graph.len();
    let upward = Upward::new(graph, stop)?;
    let blocks = AtomicUsize::new(0);
    let count_some = || -> Result<Vec<i64>, Cancelled> {
        let (mut counts, mut place) = (vec![0; n], vec![0; n]);
        loop {
            let start = blocks.fetch_add(1, Ordering::Relaxed) * BLOCK;
            if start >= n {
                return Ok(counts);
            }
            go_on(stop)?;
            for v in start..n.min(start + BLOCK) {
                upward.each_triangle(v, &mut place, |corners, _| corners.into_iter().for_each(|v| counts[v] += 1));
            }
        }
    };
    let mut parts = thread::scope(|scope| {
        let others: Vec<_> = (1..threads.min(n.div_ceil(BLOCK))).map(|_| scope.spawn(count_some)).collect();
        let mut parts = vec![count_some()];
        parts.extend(others.into_iter().map(|thread| thread.join().expect("no kernel panics")));
        parts.into_iter()
    });
    let mut sum = parts.next().expect("one thread at least")?;
    for part in parts {
        sum.iter_mut().zip(part?).for_each(|(sum, count)| *sum += count);
    }
    Ok(sum)
}

/// For each node the sum over its triangles of the product of their edges' values; one value an index. O(m^1.5).
pub fn triangle_products(graph: Csr, values: &[f64], stop: &AtomicBool) -> Result<Vec<f64>, Cancelled> {
    let upward = Upward::new(graph, stop)?;
    let (mut sums, mut place) = (vec![0.0; graph.len()], vec![0; graph.len()]);
    for v in 0..graph.len() {
        if v % BLOCK == 0 {
            go_on(stop)?;
        }
        upward.each_triangle(v, &mut place, |corners, edges| {
            let product: f64 = edges.into_iter().map(|edge| values[upward.indices[edge]]).product();
            corners.into_iter().for_each(|v| sums[v] += product);
        });
    }
    Ok(sums)
}

/// The edges of a graph, each from its end of lower degree to the other; so no node has more than (2m)^0.5 of them.
struct Upward {
    starts: Vec<usize>,
    targets: Vec<u32>,
    /// Where each edge stands in the graph.
    indices: Vec<usize>,
}

impl Upward {
    fn new(graph: Csr, stop: &AtomicBool) -> Result<Self, Cancelled> {
        let (mut starts, mut targets, mut indices) = (vec![0], Vec::new(), Vec::new());
        let mut index = 0;
        for v in 0..graph.len() {
            if v % BLOCK == 0 {
                go_on(stop)?;
            }
            for &w in graph.neighbours(v) {
                if (graph.out_degree(v), v) < (graph.out_degree(w as usize), w as usize) {
                    targets.push(w);
                    indices.push(index);
                }
                index += 1;
            }
            starts.push(targets.len());
        }
        Ok(Self { starts, targets, indices })
    }

    fn edges(&self, v: usize) -> std::ops::Range<usize> {
        self.starts[v]..self.starts[v + 1]
    }

    /// Calls `found(corners, edges)` for each triangle whose lowest corner is `v`; `place` is all 0, before and after.
    fn each_triangle(&self, v: usize, place: &mut [u32], mut found: impl FnMut([usize; 3], [usize; 3])) {
        let first = self.starts[v];
        for edge in self.edges(v) {
            place[self.targets[edge] as usize] = (edge - first + 1) as u32;
        }
        for edge in self.edges(v) {
            let w = self.targets[edge] as usize;
            for closing in self.edges(w) {
                let x = self.targets[closing] as usize;
                if place[x] > 0 {
                    found([v, w, x], [edge, first + place[x] as usize - 1, closing]);
                }
            }
        }
        for edge in self.edges(v) {
            place[self.targets[edge] as usize] = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::examples::{path, star};

    #[test]
    fn are_counted_at_each_corner() {
        let stop = AtomicBool::new(false);
        assert_eq!(triangles(path(), 1, &stop).unwrap(), [0, 0, 0, 0]);
        assert_eq!(triangles(star(), 3, &stop).unwrap(), [0, 0, 0, 0, 0]);
        // The edge from 1 to 2 closes two triangles; 2 has a loop.
        let two = Csr::new(&[0, 2, 5, 9, 11], &[1, 2, 0, 2, 3, 0, 1, 2, 3, 1, 2], false).unwrap();
        assert_eq!(triangles(two, 2, &stop).unwrap(), [1, 2, 2, 1]);
        let values = [1.0, 2.0, 1.0, 3.0, 4.0, 2.0, 3.0, 9.0, 5.0, 4.0, 5.0];
        assert_eq!(triangle_products(two, &values, &stop).unwrap(), [6.0, 66.0, 66.0, 60.0]);
    }

    #[test]
    fn are_the_same_for_any_number_of_threads() {
        let n = 600;
        let rows = (0..n).map(|v: u32| (0..n).filter(move |&w| v != w && (v * w + v + w) % 7 == 0));
        let (mut indptr, mut indices) = (vec![0], Vec::new());
        for row in rows {
            indices.extend(row);
            indptr.push(indices.len() as i64);
        }
        let (graph, stop) = (Csr::new(&indptr, &indices, false).unwrap(), AtomicBool::new(false));
        assert_eq!(triangles(graph, 1, &stop), triangles(graph, 3, &stop));
    }
}
