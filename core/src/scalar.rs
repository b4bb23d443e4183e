//! Brandes' accumulation from one source at a time: for small and for long graphs, and for any number of paths.

use crate::part::Part;
use crate::paths::{Count, Wide};

const UNSEEN: u32 = u32::MAX;

/// Numbers of paths up to here have inverses, and a sum of them is not too large for a float either.
pub const MOST_PATHS: f64 = 1e300;

/// The buffers of a search; only what it touched is cleared after it.
pub struct Scalar {
    distance: Vec<u32>,
    order: Vec<u32>,
    /// How many shortest paths lead from the source to each node of a class.
    paths: Vec<f64>,
    /// Over the nodes of a class: the sum of what lies on it and behind it, per path that leads to it.
    load: Vec<f64>,
}

impl Scalar {
    pub fn new(n: usize) -> Self {
        Self { distance: vec![UNSEEN; n], order: Vec::with_capacity(n), paths: vec![0.0; n], load: vec![0.0; n] }
    }

    /// Adds to `sums`, for one node of each class, its share of the paths from the source. O(n + m).
    pub fn add(&mut self, part: &Part, source: u32, sums: &mut [f64]) {
        if self.search(part, source) < MOST_PATHS {
            self.accumulate(part, part.weight[source as usize], sums);
        } else {
            self.accumulate_wide(part, part.weight[source as usize], sums);
        }
        for &v in &self.order {
            self.distance[v as usize] = UNSEEN;
        }
    }

    /// Distances and numbers of paths; returns the largest of these.
    fn search(&mut self, part: &Part, source: u32) -> f64 {
        let graph = part.outgoing();
        let Self { distance, order, paths, .. } = self;
        order.clear();
        order.push(source);
        (distance[source as usize], paths[source as usize]) = (0, 1.0);
        let (mut head, mut largest) = (0, 1.0_f64);
        while head < order.len() {
            let v = order[head] as usize;
            let ways = if head == 0 { 1.0 } else { paths[v] * part.copies[v] };
            largest = largest.max(ways);
            head += 1;
            let next = distance[v] + 1;
            for &w in graph.neighbours(v) {
                let at = w as usize;
                if distance[at] == UNSEEN {
                    (distance[at], paths[at]) = (next, ways);
                    order.push(w);
                } else if distance[at] == next {
                    paths[at] += ways;
                }
            }
        }
        largest
    }

    fn accumulate(&mut self, part: &Part, weight: f64, sums: &mut [f64]) {
        let graph = part.outgoing();
        for &v in self.order[1..].iter().rev() {
            let v = v as usize;
            let next = self.distance[v] + 1;
            let behind = graph.neighbours(v).iter().map(|&w| w as usize).filter(|&w| self.distance[w] == next);
            let behind: f64 = behind.map(|w| self.load[w]).sum();
            sums[v] += weight * self.paths[v] * behind;
            self.load[v] = part.weight[v] / self.paths[v] + part.copies[v] * behind;
        }
    }

    /// The same, with numbers of paths that have exponents of their own.
    fn accumulate_wide(&mut self, part: &Part, weight: f64, sums: &mut [f64]) {
        let graph = part.outgoing();
        let paths = self.count_wide(part);
        let dependency = &mut self.load;
        for &v in self.order[1..].iter().rev() {
            let v = v as usize;
            dependency[v] = 0.0;
            for w in graph.neighbours(v).iter().map(|&w| w as usize) {
                if self.distance[w] == self.distance[v] + 1 {
                    dependency[v] += paths[v].share(paths[w]) * (part.weight[w] + part.copies[w] * dependency[w]);
                }
            }
            sums[v] += weight * dependency[v];
        }
    }

    fn count_wide(&self, part: &Part) -> Vec<Wide> {
        let mut paths = vec![Wide::NONE; part.classes()];
        paths[self.order[0] as usize] = Wide::ONE;
        for (at, &v) in self.order.iter().enumerate() {
            let v = v as usize;
            let ways = if at == 0 { Wide::ONE } else { paths[v].times(part.copies[v]) };
            for w in part.outgoing().neighbours(v).iter().map(|&w| w as usize) {
                if self.distance[w] == self.distance[v] + 1 {
                    paths[w] = paths[w].plus(ways);
                }
            }
        }
        paths
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::examples::arrows;

    #[test]
    fn wide_counts_give_what_floats_give() {
        let part = Part::whole(arrows());
        for source in 0..3 {
            let (mut plain, mut wide) = ([0.0; 3], [0.0; 3]);
            let mut scalar = Scalar::new(3);
            scalar.search(&part, source);
            scalar.accumulate(&part, 2.0, &mut plain);
            scalar.accumulate_wide(&part, 2.0, &mut wide);
            assert_eq!(plain, wide);
        }
    }
}
