//! The block-cut tree (Hopcroft and Tarjan, "Efficient algorithms for graph manipulation", doi:10.1145/362248.362272).
//!
//! A block is what stays connected without any one of its nodes. Shortest paths between nodes of a block stay in it, so
//! that it can be measured alone, each node standing for all that hangs on it outside the block. Trees fall into blocks
//! of two nodes, in which nothing is left to measure.

use std::sync::atomic::AtomicBool;

use crate::components::PATIENCE;
use crate::graph::Csr;
use crate::sources::{go_on, Cancelled};

const UNSEEN: u32 = u32::MAX;

/// The blocks of an undirected graph; loops count for nothing.
pub struct Blocks {
    /// The nodes of one block after another, each block's top (the one nearest to the root of the search) last.
    members: Vec<u32>,
    /// Where in `members` each block ends, and how many nodes of the graph hang below its top in its direction.
    ends: Vec<(usize, u32)>,
    nodes: Vec<Node>,
}

#[derive(Clone, Copy, Default)]
struct Node {
    component: u32,
    /// The sizes of the parts below the node that fall off when it is removed: their sum, and the sum of their squares.
    below: u32,
    squares: u64,
}

impl Blocks {
    /// O(n + m), without recursion.
    pub fn find(graph: Csr) -> Self {
        Self::find_unless(&AtomicBool::new(false), graph).expect("nobody stops it")
    }

    /// The same, unless it is told to stop.
    pub fn find_unless(stop: &AtomicBool, graph: Csr) -> Result<Self, Cancelled> {
        let mut search = Search::new(graph);
        for root in 0..graph.len() {
            if root % PATIENCE == 0 {
                go_on(stop)?;
            }
            if search.met[root] == UNSEEN {
                search.run(root as u32, stop)?;
            }
        }
        Ok(search.blocks)
    }

    /// The nodes of every block; those of two nodes are the bridges.
    pub fn iter(&self) -> impl Iterator<Item = Block<'_>> {
        let starts = std::iter::once(0).chain(self.ends.iter().map(|&(end, _)| end));
        starts.zip(&self.ends).map(|(start, &(end, below))| Block {
            nodes: &self.members[start..end],
            below,
            all: self,
        })
    }

    /// How many ordered pairs of other nodes only meet through `v`, because they fall apart without it.
    pub fn pairs_parted(&self, v: usize) -> u64 {
        let Node { below, squares, .. } = self.nodes[v];
        let (others, below) = (self.component_size(v) - 1, u64::from(below));
        others * others - squares - (others - below) * (others - below)
    }

    pub fn component_size(&self, v: usize) -> u64 {
        u64::from(self.nodes[v].component)
    }
}

pub struct Block<'a> {
    /// The top last.
    pub nodes: &'a [u32],
    below: u32,
    all: &'a Blocks,
}

impl Block<'_> {
    /// How many nodes of the graph each node of the block stands for: itself, and what hangs on it outside the block.
    pub fn weights(&self) -> Vec<u64> {
        let (&top, others) = self.nodes.split_last().expect("a block has two nodes");
        let mut weights: Vec<u64> = others.iter().map(|&v| 1 + u64::from(self.all.nodes[v as usize].below)).collect();
        weights.push(self.all.component_size(top as usize) - u64::from(self.below));
        weights
    }
}

/// A depth-first search that keeps its own stack.
struct Search<'a> {
    graph: Csr<'a>,
    /// When each node was met, and the earliest node that its subtree has an edge to.
    met: Vec<u32>,
    low: Vec<u32>,
    /// How many nodes the subtree of each has.
    size: Vec<u32>,
    /// The nodes on the way from the root, each with the neighbours not yet looked at.
    way: Vec<(u32, &'a [u32])>,
    /// The nodes whose block is not yet complete.
    open: Vec<u32>,
    /// All nodes that were met, in that order.
    order: Vec<u32>,
    blocks: Blocks,
}

impl<'a> Search<'a> {
    fn new(graph: Csr<'a>) -> Self {
        let n = graph.len();
        let blocks = Blocks { members: Vec::with_capacity(n), ends: Vec::new(), nodes: vec![Node::default(); n] };
        let (met, low, size) = (vec![UNSEEN; n], vec![0; n], vec![1; n]);
        Self { graph, met, low, size, way: Vec::new(), open: Vec::new(), order: Vec::with_capacity(n), blocks }
    }

    fn run(&mut self, root: u32, stop: &AtomicBool) -> Result<(), Cancelled> {
        let first = self.order.len();
        let mut steps = 0;
        self.meet(root);
        while let Some((v, rest)) = self.way.last_mut() {
            let v = *v;
            steps += 1;
            if steps % PATIENCE == 0 {
                go_on(stop)?;
            }
            match rest.split_first() {
                Some((&w, others)) => {
                    *rest = others;
                    self.look_at(v, w);
                }
                None => self.leave(v),
            }
        }
        self.open.clear();
        for &v in &self.order[first..] {
            self.blocks.nodes[v as usize].component = self.size[root as usize];
        }
        Ok(())
    }

    fn meet(&mut self, v: u32) {
        self.met[v as usize] = self.order.len() as u32;
        self.low[v as usize] = self.order.len() as u32;
        self.order.push(v);
        self.open.push(v);
        self.way.push((v, self.graph.neighbours(v as usize)));
    }

    fn look_at(&mut self, v: u32, w: u32) {
        if self.met[w as usize] == UNSEEN {
            self.meet(w);
        } else {
            self.low[v as usize] = self.low[v as usize].min(self.met[w as usize]);
        }
    }

    fn leave(&mut self, v: u32) {
        self.way.pop();
        let Some(&(parent, _)) = self.way.last() else { return };
        let (v, p) = (v as usize, parent as usize);
        self.size[p] += self.size[v];
        if self.low[v] >= self.met[p] {
            self.close_block(v, p);
        } else {
            self.low[p] = self.low[p].min(self.low[v]);
        }
    }

    /// The open nodes from `v` on are a block under its top `p`.
    fn close_block(&mut self, v: usize, p: usize) {
        let size = self.size[v];
        self.blocks.nodes[p].below += size;
        self.blocks.nodes[p].squares += u64::from(size) * u64::from(size);
        let at = self.open.iter().rposition(|&w| w as usize == v).expect("v is open until its block is closed");
        self.blocks.members.extend(self.open.drain(at..));
        self.blocks.members.push(p as u32);
        self.blocks.ends.push((self.blocks.members.len(), size));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::examples::{path, star};

    fn found(graph: Csr) -> Vec<(Vec<u32>, Vec<u64>)> {
        Blocks::find(graph).iter().map(|block| (block.nodes.to_vec(), block.weights())).collect()
    }

    #[test]
    fn of_trees_are_their_edges() {
        let expected = [(vec![3, 2], vec![1, 3]), (vec![2, 1], vec![2, 2]), (vec![1, 0], vec![3, 1])];
        assert_eq!(found(path()), expected);
        let blocks = Blocks::find(star());
        assert_eq!((blocks.pairs_parted(0), blocks.pairs_parted(1), blocks.pairs_parted(4)), (6, 0, 0));
        assert_eq!((blocks.component_size(3), blocks.component_size(4)), (4, 1));
    }

    #[test]
    fn meet_in_one_node() {
        // Two triangles that share node 2, a loop there, and node 5 on node 4.
        let indices = [1, 2, 0, 2, 0, 1, 2, 3, 4, 2, 4, 2, 3, 5, 4];
        let graph = Csr::new(&[0, 2, 4, 9, 11, 14, 15], &indices, false).unwrap();
        let expected = [(vec![5, 4], vec![1, 5]), (vec![3, 4, 2], vec![1, 2, 3]), (vec![1, 2, 0], vec![1, 4, 1])];
        let mut blocks = found(graph);
        blocks[2].0[..2].sort();
        blocks[1].0[..2].sort();
        assert_eq!(blocks, expected);
        assert_eq!(Blocks::find(graph).pairs_parted(2), 2 * 2 * 3);
    }
}
