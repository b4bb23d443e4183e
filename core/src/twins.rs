//! Twins: nodes with the same neighbours, which shortest paths do not tell apart.

use crate::graph::{Csr, OwnedCsr};
use crate::relabel::NOWHERE;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Twins that are neighbours of each other, and have the same other neighbours.
    Closed,
    /// Twins that are not neighbours, and have the same neighbours (at least one).
    Open,
}

/// Every node's class of twins.
pub struct Twins {
    /// The class of each node; classes are numbered as their first nodes stand.
    pub class: Vec<u32>,
    /// The first node of each class.
    pub first: Vec<u32>,
}

impl Twins {
    /// Groups nodes by a hash of their neighbours, then compares the neighbours. O(m + n log n), for rows that rise and
    /// hold no loops.
    pub fn find(graph: Csr, kind: Kind) -> Self {
        let mut hashed: Vec<(u64, u32)> = (0..graph.len()).map(|v| (hash(graph, v, kind), v as u32)).collect();
        hashed.sort_unstable();
        let mut leader: Vec<u32> = (0..graph.len() as u32).collect();
        for group in hashed.chunk_by(|a, b| a.0 == b.0) {
            let first = group[0].1;
            // Nodes that only share a hash with the first stay alone, which is right if not the least.
            for &(_, v) in group[1..].iter().filter(|&&(_, v)| are_twins(graph, first, v, kind)) {
                leader[v as usize] = first;
            }
        }
        Self::number(&leader)
    }

    /// Classes from the first node of each node's class.
    fn number(leader: &[u32]) -> Self {
        let mut twins = Self { class: vec![0; leader.len()], first: Vec::new() };
        for (v, &l) in leader.iter().enumerate() {
            if l as usize == v {
                twins.class[v] = twins.first.len() as u32;
                twins.first.push(l);
            } else {
                twins.class[v] = twins.class[l as usize];
            }
        }
        twins
    }

    /// Only the twins among some nodes; the others stay alone.
    pub fn only(self, chosen: impl Fn(u32) -> bool) -> Self {
        let mut leader: Vec<u32> = (0..self.class.len() as u32).collect();
        let mut first = vec![NOWHERE; self.classes()];
        for (v, &class) in (0..).zip(&self.class).filter(|&(v, _)| chosen(v)) {
            let first = &mut first[class as usize];
            *first = (*first).min(v);
            leader[v as usize] = *first;
        }
        Self::number(&leader)
    }

    /// How many classes there are.
    pub fn classes(&self) -> usize {
        self.first.len()
    }

    /// The graph of the classes: the edges of the first node of each. O(n + m log m).
    pub fn merged(&self, graph: Csr) -> OwnedCsr {
        let mut merged = OwnedCsr::with_capacity(self.classes(), graph.arcs());
        for (class, &first) in self.first.iter().enumerate() {
            let row = graph.neighbours(first as usize).iter().map(|&w| self.class[w as usize]);
            merged.push_row(row.filter(|&c| c as usize != class));
        }
        merged
    }

    /// The sum of a value over the nodes of each class.
    pub fn sums(&self, values: &[f64]) -> Vec<f64> {
        let mut sums = vec![0.0; self.classes()];
        for (&class, value) in self.class.iter().zip(values) {
            sums[class as usize] += value;
        }
        sums
    }
}

/// Does not depend on the order of the neighbours; with the node itself among them for closed twins.
fn hash(graph: Csr, v: usize, kind: Kind) -> u64 {
    let own = if kind == Kind::Closed { mix(v as u64) } else { 0 };
    graph.neighbours(v).iter().fold(own, |sum, &w| sum.wrapping_add(mix(u64::from(w))))
}

/// The finaliser of SplitMix64 (doi:10.1145/2714064.2660195): near numbers become far ones.
pub fn mix(x: u64) -> u64 {
    let x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

fn are_twins(graph: Csr, a: u32, b: u32, kind: Kind) -> bool {
    let (of_a, of_b) = (graph.neighbours(a as usize), graph.neighbours(b as usize));
    match kind {
        Kind::Open => !of_a.is_empty() && of_a == of_b,
        Kind::Closed => {
            let others =
                |row: &'_ [u32], twin: u32| row.iter().copied().filter(move |&w| w != twin).collect::<Vec<_>>();
            of_a.len() == of_b.len() && of_a.binary_search(&b).is_ok() && others(of_a, b) == others(of_b, a)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::examples::{path, star};

    #[test]
    fn open_ones_are_the_leaves_of_a_star() {
        let twins = Twins::find(star(), Kind::Open);
        assert_eq!((&twins.class[..], &twins.first[..]), (&[0, 1, 1, 1, 2][..], &[0, 1, 4][..]));
        assert_eq!(twins.merged(star()).graph(false).neighbours(0), [1]);
        assert_eq!(twins.sums(&[1.0; 5]), [1.0, 3.0, 1.0]);
        assert_eq!(Twins::find(star(), Kind::Closed).classes(), 5);
        assert_eq!(Twins::find(path(), Kind::Open).classes(), 4);
    }

    #[test]
    fn closed_ones_are_the_corners_of_a_triangle() {
        // A triangle 0, 1, 2 with 3 on 2.
        let graph = Csr::new(&[0, 2, 4, 7, 8], &[1, 2, 0, 2, 0, 1, 3, 2], false).unwrap();
        let twins = Twins::find(graph, Kind::Closed);
        assert_eq!(twins.class, [0, 0, 1, 2]);
        assert_eq!(twins.merged(graph).graph(false).neighbours(1), [0, 2]);
    }
}
