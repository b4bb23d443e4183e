//! Biconnected components and articulation points, read from the block-cut tree.

use std::sync::atomic::AtomicBool;

use crate::blocks::Blocks;
use crate::graph::Csr;
use crate::sources::Cancelled;
use crate::strong::number_by_first;

/// The label of an edge that is in no component: a loop.
pub const NONE: u32 = u32::MAX;

/// How an undirected graph falls apart at single nodes.
pub struct Parts {
    /// The biconnected component of each edge, as often as it stands in the graph.
    pub of_edges: Vec<u32>,
    /// Whether the removal of a node makes more components of the one it is in.
    pub is_articulation: Vec<bool>,
}

/// The biconnected components of an undirected graph, numbered in the order of their first edges. O(n + m).
pub fn biconnected_components(graph: Csr, stop: &AtomicBool) -> Result<Parts, Cancelled> {
    let n = graph.len();
    let (mut tops, mut above) = (Vec::new(), vec![NONE; n]);
    let (mut is_met, mut is_articulation) = (vec![false; n], vec![false; n]);
    for (number, block) in (0..).zip(Blocks::find_unless(stop, graph)?.iter()) {
        let (&top, others) = block.nodes.split_last().expect("a block has two nodes");
        tops.push(top);
        others.iter().for_each(|&v| above[v as usize] = number);
        for &v in block.nodes {
            is_articulation[v as usize] |= std::mem::replace(&mut is_met[v as usize], true);
        }
    }
    let is_top_above = |v: usize, w: usize| above[w] != NONE && tops[above[w] as usize] as usize == v;
    let block_of = |v: usize, w: usize| match v == w {
        true => NONE,
        // One end may be the top of the block, and below another one itself.
        false => above[if is_top_above(v, w) { w } else { v }],
    };
    let edges = (0..n).flat_map(|v| graph.neighbours(v).iter().map(move |&w| (v, w as usize)));
    let of_edges = edges.map(|(v, w)| block_of(v, w)).collect();
    Ok(Parts { of_edges: number_by_first(of_edges), is_articulation })
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
