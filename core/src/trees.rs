//! The trees that hang on a graph, folded into the nodes they hang on.

use crate::graph::Csr;
use crate::relabel::NOWHERE;

/// How many nodes are at each distance, from 1 on, from the root of a tree.
pub type Depths = Vec<u32>;

/// An undirected graph without its trees: nodes are taken away as long as there are some with one neighbour.
///
/// Of a component that is a tree, one node stays.
pub struct Trees {
    /// The nodes that stay.
    pub core: Vec<u32>,
    /// What hangs on some nodes, and on it, and so on; and where that of each node stands, `NOWHERE` for most.
    depths: Vec<Depths>,
    place: Vec<u32>,
    /// The first of the nodes that hang on each node, and the next that hangs on the same; `NOWHERE` at the end.
    first_child: Vec<u32>,
    next_child: Vec<u32>,
}

impl Trees {
    /// Folds all trees. O(n + m), and the depth of each tree times its nodes at most.
    pub fn fold(graph: Csr) -> Self {
        let n = graph.len();
        let others = |v: usize| graph.neighbours(v).iter().copied().filter(move |&w| w as usize != v);
        let mut degree: Vec<u32> = (0..n).map(|v| others(v).count() as u32).collect();
        let mut trees = Self::bare(n);
        let mut leaves: Vec<u32> = (0..n as u32).filter(|&v| degree[v as usize] == 1).collect();
        let mut folded = vec![false; n];
        while let Some(v) = leaves.pop() {
            // The last node of a tree lost its only neighbour.
            if degree[v as usize] != 1 {
                continue;
            }
            let parent = others(v as usize).find(|&w| !folded[w as usize]).expect("one neighbour is left");
            folded[v as usize] = true;
            degree[parent as usize] -= 1;
            if degree[parent as usize] == 1 {
                leaves.push(parent);
            }
            trees.hang(v, parent);
        }
        trees.core = (0..n as u32).filter(|&v| !folded[v as usize]).collect();
        trees
    }

    /// No trees at all.
    pub fn bare(n: usize) -> Self {
        let core = (0..n as u32).collect();
        let nothing = || vec![NOWHERE; n];
        Self { core, depths: Vec::new(), place: nothing(), first_child: nothing(), next_child: nothing() }
    }

    /// How many nodes the graph has.
    pub fn nodes(&self) -> usize {
        self.place.len()
    }

    /// How many nodes hang below a node at each depth, from 1 on.
    pub fn below(&self, v: u32) -> &[u32] {
        match self.place[v as usize] {
            NOWHERE => &[],
            at => &self.depths[at as usize],
        }
    }

    /// The nodes that hang on a node directly.
    pub fn children(&self, v: u32) -> impl Iterator<Item = u32> + '_ {
        let known = |v: u32| Some(v).filter(|&v| v != NOWHERE);
        std::iter::successors(known(self.first_child[v as usize]), move |&c| known(self.next_child[c as usize]))
    }

    fn hang(&mut self, v: u32, parent: u32) {
        self.next_child[v as usize] = std::mem::replace(&mut self.first_child[parent as usize], v);
        if self.place[parent as usize] == NOWHERE {
            self.place[parent as usize] = self.depths.len() as u32;
            self.depths.push(Vec::new());
        }
        let at = self.place[parent as usize] as usize;
        let mut depths = std::mem::take(&mut self.depths[at]);
        add_shifted(&mut depths, &[1], 0);
        add_shifted(&mut depths, self.below(v), 1);
        self.depths[at] = depths;
    }
}

/// Adds `counts` to `sum`, each `shift` places further on.
pub fn add_shifted(sum: &mut Vec<u32>, counts: &[u32], shift: usize) {
    if !counts.is_empty() && sum.len() < counts.len() + shift {
        sum.resize(counts.len() + shift, 0);
    }
    for (sum, count) in sum.iter_mut().skip(shift).zip(counts) {
        *sum += count;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::examples::{path, star};

    #[test]
    fn a_path_folds_into_one_node() {
        let trees = Trees::fold(path());
        assert_eq!(trees.core.len(), 1);
        let root = trees.core[0];
        assert_eq!(trees.below(root).iter().sum::<u32>(), 3);
    }

    #[test]
    fn leaves_hang_on_their_hub() {
        let trees = Trees::fold(star());
        assert_eq!(trees.core.len(), 2);
        // The last leaf and the hub are alike: one of them is folded into the other.
        let root = trees.core[0];
        assert_eq!(trees.below(root).iter().sum::<u32>(), 3);
        assert_eq!(trees.children(4).count(), 0);
    }

    #[test]
    fn a_triangle_stays_with_its_tail() {
        // A triangle 0, 1, 2; 3 on 2, 4 on 3, 5 on 3.
        let indices = [1, 2, 0, 2, 0, 1, 3, 2, 4, 5, 3, 3];
        let trees = Trees::fold(Csr::new(&[0, 2, 4, 7, 10, 11, 12], &indices, false).unwrap());
        assert_eq!((&trees.core[..], trees.below(2), trees.below(3)), (&[0, 1, 2][..], &[1, 2][..], &[2][..]));
    }
}
