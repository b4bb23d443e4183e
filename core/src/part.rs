//! What betweenness is computed on: a part of the graph that shortest paths between its nodes do not leave, made small.

use crate::blocks::{Block, Blocks};
use crate::graph::{Csr, OwnedCsr};
use crate::relabel::{moved, search_order, Cutter};
use crate::sources::Cancelled;
use crate::twins::{Kind, Twins};
use crate::watch::Watch;

/// A graph whose nodes are classes of twins, and stand for what hangs on them outside the part.
pub struct Part {
    outgoing: OwnedCsr,
    /// None where it is the same.
    incoming: Option<OwnedCsr>,
    /// How many nodes of the whole graph each class stands for, as ends of paths.
    pub weight: Vec<f64>,
    /// How many nodes the class has: how many ways lead through it.
    pub copies: Vec<f64>,
    /// The nodes of the whole graph that are in the part, and the class of each.
    nodes: Vec<u32>,
    class: Vec<u32>,
    /// What each of these nodes has from pairs of twins, which merging took out of the part.
    settled: Vec<f64>,
}

impl Part {
    /// All of a graph, with nothing merged: for directed graphs, where blocks do not keep paths.
    pub fn whole(graph: Csr, watch: &Watch) -> Result<Self, Cancelled> {
        let order = search_order(graph);
        watch.go_on()?;
        let outgoing = Cutter::new(graph).cut(&order);
        watch.go_on()?;
        let incoming = graph.directed.then(|| outgoing.graph(true).reversed());
        let ones = vec![1.0; order.len()];
        Ok(Self::of(outgoing, incoming, order, ones))
    }

    /// A block of an undirected graph, its twins merged.
    pub fn of_block(cutter: &mut Cutter, block: &Block, watch: &Watch) -> Result<Self, Cancelled> {
        let mut part = Self::of_plain_block(cutter, block, watch)?;
        part.merge_twins(watch)?;
        Ok(part)
    }

    /// A block of an undirected graph.
    pub fn of_plain_block(cutter: &mut Cutter, block: &Block, watch: &Watch) -> Result<Self, Cancelled> {
        watch.go_on()?;
        let cut = cutter.cut(block.nodes);
        watch.go_on()?;
        let order = search_order(cut.graph(false));
        watch.go_on()?;
        let (nodes, weights) = (moved(block.nodes, &order), moved(&block.weights(), &order));
        let outgoing = Cutter::new(cut.graph(false)).cut(&order);
        Ok(Self::of(outgoing, None, nodes, weights.iter().map(|&w| w as f64).collect()))
    }

    fn of(outgoing: OwnedCsr, incoming: Option<OwnedCsr>, nodes: Vec<u32>, weight: Vec<f64>) -> Self {
        let n = nodes.len();
        let class = (0..n as u32).collect();
        Self { outgoing, incoming, weight, copies: vec![1.0; n], nodes, class, settled: vec![0.0; n] }
    }

    pub fn classes(&self) -> usize {
        self.weight.len()
    }

    /// The entries of rows that so many searches read.
    pub fn work(&self, sources: usize) -> u64 {
        (sources * self.outgoing().arcs()) as u64
    }

    pub fn outgoing(&self) -> Csr<'_> {
        self.outgoing.graph(self.incoming.is_some())
    }

    pub fn incoming(&self) -> Csr<'_> {
        self.incoming.as_ref().map_or(self.outgoing(), |reversed| reversed.graph(true))
    }

    /// Adds what merging settled to the sums of the nodes of the whole graph.
    pub fn settle(&self, sums: &mut [f64]) {
        for (&v, settled) in self.nodes.iter().zip(&self.settled) {
            sums[v as usize] += settled;
        }
    }

    /// Adds what was computed for the classes to the sums of the nodes of the whole graph.
    pub fn give_back(&self, of_classes: &[f64], sums: &mut [f64]) {
        for (&v, &class) in self.nodes.iter().zip(&self.class) {
            sums[v as usize] += of_classes[class as usize];
        }
    }

    /// The same for the entries of the rows, where nothing was merged; `add` takes both ends of each and its value.
    pub fn give_back_edges(&self, of_entries: &[f64], mut add: impl FnMut(u32, u32, f64)) {
        for v in 0..self.classes() {
            let row = self.outgoing().row(v);
            for (&w, &value) in self.outgoing().neighbours(v).iter().zip(&of_entries[row]) {
                add(self.nodes[v], self.nodes[w as usize], value);
            }
        }
    }

    /// Merges twins, and twins among the merged, until there are none.
    fn merge_twins(&mut self, watch: &Watch) -> Result<(), Cancelled> {
        let mut before = usize::MAX;
        while self.classes() < before {
            before = self.classes();
            for kind in [Kind::Closed, Kind::Open] {
                watch.go_on()?;
                self.merge(kind);
            }
        }
        Ok(())
    }

    fn merge(&mut self, kind: Kind) {
        let twins = Twins::find(self.outgoing(), kind);
        if twins.classes() == self.classes() {
            return;
        }
        if kind == Kind::Open {
            self.settle_pairs(&twins);
        }
        self.outgoing = twins.merged(self.outgoing());
        self.weight = twins.sums(&self.weight);
        self.copies = twins.sums(&self.copies);
        for class in &mut self.class {
            *class = twins.class[*class as usize];
        }
    }

    /// Two open twins meet through each of their neighbours, and nowhere else. (Closed twins are neighbours themselves.)
    fn settle_pairs(&mut self, twins: &Twins) {
        let squares: Vec<f64> = self.weight.iter().map(|w| w * w).collect();
        let mut through = vec![0.0; self.classes()];
        for ((&first, total), squares) in twins.first.iter().zip(twins.sums(&self.weight)).zip(twins.sums(&squares)) {
            let pairs = total * total - squares;
            if pairs > 0.0 {
                let neighbours = self.outgoing().neighbours(first as usize);
                let ways: f64 = neighbours.iter().map(|&w| self.copies[w as usize]).sum();
                for &w in neighbours {
                    through[w as usize] += pairs / ways;
                }
            }
        }
        for (settled, &class) in self.settled.iter_mut().zip(&self.class) {
            *settled += through[class as usize];
        }
    }
}

/// The parts of a graph in which a node can lie between others: blocks of more than three nodes, or all if directed.
pub fn parts(graph: Csr, blocks: &Blocks, watch: &Watch) -> Result<Vec<Part>, Cancelled> {
    let mut cutter = Cutter::new(graph);
    let large = blocks.iter().filter(|block| block.nodes.len() > 3);
    large.map(|block| Part::of_block(&mut cutter, &block, watch)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The complete graph of 4 nodes without the edge 2 - 3, and node 4 on node 3.
    fn kite() -> Csr<'static> {
        Csr::new(&[0, 3, 6, 8, 11, 12], &[1, 2, 3, 0, 2, 3, 0, 1, 0, 1, 4, 3], false).unwrap()
    }

    #[test]
    fn a_block_becomes_one_class_of_twins() {
        let blocks = Blocks::find(kite());
        let parts = parts(kite(), &blocks, &Watch::default()).unwrap();
        assert_eq!(
            (parts.len(), parts[0].classes(), &parts[0].weight[..], &parts[0].copies[..]),
            (1, 1, &[5.0][..], &[4.0][..])
        );
        // Between 2 on one side and 3 and 4 on the other there are two ways, in both directions.
        let mut sums = [0.0; 5];
        parts[0].give_back(&[0.0], &mut sums);
        parts[0].settle(&mut sums);
        assert_eq!(sums, [2.0, 2.0, 0.0, 0.0, 0.0]);
    }

    #[test]
    fn directed_graphs_stay_whole() {
        let part = Part::whole(crate::graph::examples::arrows(), &Watch::default()).unwrap();
        assert_eq!((part.classes(), part.outgoing().arcs(), part.incoming().arcs()), (3, 2, 2));
    }
}
