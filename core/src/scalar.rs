//! Brandes' accumulation from one source at a time: for small and for long graphs, and for any number of paths.

use crate::part::Part;
use crate::paths::{Count, Wide};
use crate::tally::Tally;

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

    /// What the paths from a source of some weight are, `tally` adds to the sums. O(n + m).
    pub fn add(&mut self, part: &Part, (source, weight): (u32, f64), to: (impl Tally, &mut [f64])) {
        if self.search(part, source) < MOST_PATHS {
            self.accumulate(part, weight, to);
        } else {
            self.accumulate_wide(part, weight, to);
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

    fn accumulate<T: Tally>(&mut self, part: &Part, weight: f64, (tally, sums): (T, &mut [f64])) {
        let graph = part.outgoing();
        for (place, &v) in self.order.iter().enumerate().rev() {
            let v = v as usize;
            let (paths, next) = (weight * self.paths[v], self.distance[v] + 1);
            let mut behind = 0.0;
            for (i, &w) in graph.neighbours(v).iter().enumerate() {
                if self.distance[w as usize] == next {
                    behind += self.load[w as usize];
                    if T::EDGES {
                        tally.edge(sums, graph.row(v).start + i, paths * self.load[w as usize]);
                    }
                }
            }
            if place > 0 {
                let share = paths * behind;
                tally.node(sums, v, share, share * share);
                self.load[v] = part.weight[v] / self.paths[v] + part.copies[v] * behind;
            }
        }
    }

    /// The same, with numbers of paths that have exponents of their own.
    fn accumulate_wide<T: Tally>(&mut self, part: &Part, weight: f64, (tally, sums): (T, &mut [f64])) {
        let graph = part.outgoing();
        let paths = self.count_wide(part);
        let dependency = &mut self.load;
        for (place, &v) in self.order.iter().enumerate().rev() {
            let v = v as usize;
            let mut sum = 0.0;
            for (i, w) in graph.neighbours(v).iter().map(|&w| w as usize).enumerate() {
                if self.distance[w] == self.distance[v] + 1 {
                    let share = paths[v].share(paths[w]) * (part.weight[w] + part.copies[w] * dependency[w]);
                    sum += share;
                    tally.edge(sums, graph.row(v).start + i, weight * share);
                }
            }
            dependency[v] = sum;
            if place > 0 {
                tally.node(sums, v, weight * sum, weight * sum * weight * sum);
            }
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
    use crate::tally::Nodes;
    use crate::watch::Watch;

    #[test]
    fn wide_counts_give_what_floats_give() {
        let part = Part::whole(arrows(), &Watch::default()).unwrap();
        for source in 0..3 {
            let (mut plain, mut wide) = ([0.0; 3], [0.0; 3]);
            let mut scalar = Scalar::new(3);
            scalar.search(&part, source);
            scalar.accumulate(&part, 2.0, (Nodes, &mut plain));
            scalar.accumulate_wide(&part, 2.0, (Nodes, &mut wide));
            assert_eq!(plain, wide);
        }
    }
}
