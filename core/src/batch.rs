//! Brandes' accumulation from a batch of sources at once: one row of floats a node, one lane a source.
//!
//! A scalar search reads memory at random for every edge and source. Here an edge is read once for all sources that
//! cross it in the same step, and what is read is a whole row. Sources that lie near each other cross in the same steps.

use crate::graph::Csr;
use crate::lanes::{Lanes, Row, Vectorised};
use crate::part::Part;
use crate::scalar::MOST_PATHS;
use crate::sources::Cancelled;
use crate::tally::Tally;
use crate::watch::Watch;

/// How many nodes are worked on before the caller is asked whether to go on.
const PATIENCE: usize = 1024;

/// The buffers of a batch of up to `K` sources.
pub struct Batch<const K: usize> {
    /// How many paths lead to each node (with the ways through its class); on the way back what `scalar` calls load.
    rows: Vec<Row<K>>,
    /// The lanes that have reached each node; those that did in the last step; those that do in this one.
    seen: Vec<Lanes>,
    last: Vec<Lanes>,
    next: Vec<Lanes>,
    /// Step after step, the nodes reached and in which lanes; and where each step begins.
    reached: Vec<(u32, Lanes)>,
    steps: Vec<usize>,
    /// The neighbours of one node from which paths come.
    picks: Vec<(u32, Lanes)>,
}

/// How a batch ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Report {
    /// Whether numbers of paths stayed small enough; if not, nothing was added.
    pub exact: bool,
    /// How many lanes the rows that were computed had on average.
    pub lanes: f64,
}

/// A batch to run: `tally` adds what the paths from the sources are, each source of some weight, to the sums.
pub struct Run<'a, const K: usize, T> {
    pub batch: &'a mut Batch<K>,
    pub part: &'a Part,
    pub sources: &'a [(u32, f64)],
    pub tally: T,
    pub sums: &'a mut [f64],
    pub watch: &'a Watch,
}

impl<const K: usize, T: Tally> Vectorised for Run<'_, K, T> {
    type Output = Result<Report, Cancelled>;

    #[inline(always)]
    fn run(self) -> Self::Output {
        let Self { batch, part, sources, tally, sums, watch } = self;
        batch.start(sources);
        let largest = batch.go_out(part, sources.len(), watch)?;
        let exact = largest < MOST_PATHS;
        if exact {
            batch.come_back(part, sources, (tally, sums), watch)?;
        }
        let reached: u32 = batch.reached.iter().map(|&(_, lanes)| lanes.count_ones()).sum();
        Ok(Report { exact, lanes: f64::from(reached) / batch.reached.len() as f64 })
    }
}

impl<const K: usize> Batch<K> {
    pub fn new(part: &Part) -> Self {
        let n = part.classes();
        let degree = |graph: Csr| (0..n).map(|v| graph.out_degree(v)).max().unwrap_or(0);
        let most = degree(part.outgoing()).max(degree(part.incoming()));
        Self {
            rows: vec![Row::ZERO; n],
            seen: vec![0; n],
            last: vec![0; n],
            next: vec![0; n],
            reached: Vec::new(),
            steps: Vec::new(),
            picks: vec![(0, 0); most],
        }
    }

    #[inline(always)]
    fn start(&mut self, sources: &[(u32, f64)]) {
        self.seen.fill(0);
        self.last.fill(0);
        self.reached.clear();
        self.steps.clear();
        for (lane, &(s, _)) in sources.iter().enumerate() {
            let s = s as usize;
            if self.last[s] == 0 {
                self.reached.push((s as u32, 0));
            }
            self.rows[s].0[lane] = 1.0;
            self.last[s] |= 1 << lane;
        }
        for (s, lanes) in &mut self.reached {
            *lanes = self.last[*s as usize];
            self.seen[*s as usize] = *lanes;
        }
        self.steps.push(0);
    }

    /// Counts paths step by step until nothing new is reached; returns the largest number of them.
    #[inline(always)]
    fn go_out(&mut self, part: &Part, lanes: usize, watch: &Watch) -> Result<f64, Cancelled> {
        let all = Lanes::MAX >> (Lanes::BITS as usize - lanes);
        let mut largest = Row::ZERO;
        loop {
            let from = self.steps[self.steps.len() - 1];
            let to = self.reached.len();
            let arcs: usize = self.reached[from..].iter().map(|&(v, _)| part.outgoing().out_degree(v as usize)).sum();
            if arcs * 3 > part.outgoing().arcs() {
                self.pull_to_all(part, all, &mut largest, watch)?;
            } else {
                self.push(part, from, watch)?;
                self.pull_to_reached(part, to, &mut largest, watch)?;
            }
            for &(v, _) in &self.reached[from..to] {
                self.last[v as usize] = 0;
            }
            if self.reached.len() == to {
                return Ok(largest.0.into_iter().fold(1.0, f64::max));
            }
            self.steps.push(to);
            for &(v, lanes) in &self.reached[to..] {
                self.last[v as usize] = lanes;
                self.seen[v as usize] |= lanes;
            }
        }
    }

    /// Marks what the nodes of the last step lead to.
    #[inline(always)]
    fn push(&mut self, part: &Part, from: usize, watch: &Watch) -> Result<(), Cancelled> {
        let graph = part.outgoing();
        let to = self.reached.len();
        for at in from..to {
            if at % PATIENCE == 0 {
                watch.go_on()?;
            }
            let (v, lanes) = self.reached[at];
            for &w in graph.neighbours(v as usize) {
                let new = lanes & !self.seen[w as usize];
                if new != 0 {
                    let next = &mut self.next[w as usize];
                    if *next == 0 {
                        self.reached.push((w, 0));
                    }
                    *next |= new;
                }
            }
        }
        Ok(())
    }

    /// Counts the paths to what `push` marked.
    #[inline(always)]
    fn pull_to_reached(
        &mut self,
        part: &Part,
        to: usize,
        largest: &mut Row<K>,
        watch: &Watch,
    ) -> Result<(), Cancelled> {
        for at in to..self.reached.len() {
            if at % PATIENCE == 0 {
                watch.go_on()?;
            }
            let v = self.reached[at].0 as usize;
            let lanes = std::mem::take(&mut self.next[v]);
            self.reached[at].1 = lanes;
            let (picked, _) = self.pick(part.incoming().neighbours(v), lanes);
            self.count_paths(v, lanes, picked, part.copies[v], largest);
        }
        Ok(())
    }

    /// Counts the paths to every node that is not reached in all lanes: cheaper than `push` where most are reached now.
    #[inline(always)]
    fn pull_to_all(&mut self, part: &Part, all: Lanes, largest: &mut Row<K>, watch: &Watch) -> Result<(), Cancelled> {
        for v in 0..part.classes() {
            if v % PATIENCE == 0 {
                watch.go_on()?;
            }
            let missing = all & !self.seen[v];
            if missing == 0 {
                continue;
            }
            let (picked, lanes) = self.pick(part.incoming().neighbours(v), missing);
            if lanes != 0 {
                self.reached.push((v as u32, lanes));
                self.count_paths(v, lanes, picked, part.copies[v], largest);
            }
        }
        Ok(())
    }

    #[inline(always)]
    fn count_paths(&mut self, v: usize, lanes: Lanes, picked: usize, copies: f64, largest: &mut Row<K>) {
        let paths = Row::sum_of(&self.rows, &self.picks[..picked]).map2(&Row::ZERO, |sum, _| sum * copies);
        *largest = largest.map2(&paths, |a, b| if a > b { a } else { b });
        self.rows[v].set(lanes, &paths);
    }

    /// Puts the neighbours that some of these lanes have just reached into `picks`: how many, and the lanes of all.
    #[inline(always)]
    fn pick(&mut self, neighbours: &[u32], lanes: Lanes) -> (usize, Lanes) {
        let (mut picked, mut all) = (0, 0);
        for &w in neighbours {
            let common = self.last[w as usize] & lanes;
            self.picks[picked] = (w, common);
            picked += usize::from(common != 0);
            all |= common;
        }
        (picked, all)
    }

    /// From the last step to the first, gathers what lies behind each node.
    #[inline(always)]
    fn come_back(
        &mut self,
        part: &Part,
        sources: &[(u32, f64)],
        (tally, sums): (impl Tally, &mut [f64]),
        watch: &Watch,
    ) -> Result<(), Cancelled> {
        let mut weights = Row::ZERO;
        weights.0.iter_mut().zip(sources).for_each(|(weight, &(_, of_source))| *weight = of_source);
        let mut to = self.reached.len();
        let mut after = to;
        for step in (0..self.steps.len()).rev() {
            let from = self.steps[step];
            for at in from..to {
                if at % PATIENCE == 0 {
                    watch.go_on()?;
                }
                self.gather(part, at, step > 0, &weights, (tally, &mut *sums));
            }
            for &(v, _) in &self.reached[to..after] {
                self.last[v as usize] = 0;
            }
            for &(v, lanes) in &self.reached[from..to] {
                self.last[v as usize] = lanes;
            }
            (after, to) = (to, from);
        }
        Ok(())
    }

    /// What one of the nodes reached passes on; a source passes nothing on, but its edges are used.
    #[inline(always)]
    fn gather<T: Tally>(
        &mut self,
        part: &Part,
        at: usize,
        passes: bool,
        weights: &Row<K>,
        (tally, sums): (T, &mut [f64]),
    ) {
        let (v, lanes) = self.reached[at];
        let v = v as usize;
        let paths = self.rows[v];
        if T::EDGES {
            self.tally_edges(part, v, lanes, &paths.times(weights), (tally, &mut *sums));
        }
        if !passes {
            return;
        }
        let (picked, _) = self.pick(part.outgoing().neighbours(v), lanes);
        let behind = Row::sum_of(&self.rows, &self.picks[..picked]);
        let (weight, copies) = (part.weight[v], part.copies[v]);
        let share = paths.times(&behind).times(weights);
        let squares = if T::SQUARES { share.times(&share).total(lanes) / (copies * copies) } else { 0.0 };
        tally.node(sums, v, share.total(lanes) / copies, squares);
        self.rows[v].set(lanes, &paths.map2(&behind, |paths, behind| copies * (weight / paths + behind)));
    }

    #[inline(always)]
    fn tally_edges(
        &self,
        part: &Part,
        v: usize,
        lanes: Lanes,
        paths: &Row<K>,
        (tally, sums): (impl Tally, &mut [f64]),
    ) {
        let graph = part.outgoing();
        for (at, &w) in graph.row(v).zip(graph.neighbours(v)) {
            let common = self.last[w as usize] & lanes;
            if common != 0 {
                tally.edge(sums, at, paths.times(&self.rows[w as usize]).total(common));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::examples::random;
    use crate::lanes::vectorised;
    use crate::scalar::Scalar;
    use crate::tally::Nodes;

    fn assert_like_scalar<const K: usize>(part: &Part, sources: &[(u32, f64)]) {
        let (n, watch) = (part.classes(), Watch::default());
        let (mut sums, mut expected) = (vec![0.0; n], vec![0.0; n]);
        let batch = &mut Batch::<K>::new(part);
        for sources in sources.chunks(K) {
            let run = Run { batch, part, sources, tally: Nodes, sums: &mut sums, watch: &watch };
            let report = vectorised(run).unwrap();
            assert!(report.exact && (1.0..=K as f64).contains(&report.lanes));
        }
        let mut scalar = Scalar::new(n);
        sources.iter().for_each(|&s| scalar.add(part, s, (Nodes, &mut expected)));
        for (sum, expected) in sums.iter().zip(&expected) {
            assert!((sum - expected).abs() <= 1e-12 * expected, "{sum} is not {expected}");
        }
    }

    #[test]
    fn a_batch_gives_what_its_sources_give_one_by_one() {
        for (arcs, directed) in [(150, false), (600, false), (300, true), (1500, true)] {
            let arrays = random(100, arcs, directed);
            let mut part = Part::whole(arrays.graph(directed), &Watch::default()).unwrap();
            for v in 0..part.classes() {
                (part.weight[v], part.copies[v]) = ((v % 5) as f64, (1 + v % 3) as f64);
            }
            let sources: Vec<_> = (0..100).map(|s| (s, f64::from(s % 7))).collect();
            assert_like_scalar::<16>(&part, &sources);
            assert_like_scalar::<32>(&part, &sources);
        }
    }

    #[test]
    fn too_many_paths_are_noticed_and_change_nothing() {
        let arrays = random(100, 300, false);
        let mut part = Part::whole(arrays.graph(false), &Watch::default()).unwrap();
        part.copies.fill(1e110);
        let (mut sums, watch) = (vec![0.0; 100], Watch::default());
        let batch = &mut Batch::<32>::new(&part);
        let sources = &[(0, 1.0), (1, 1.0), (2, 1.0)];
        let run = Run { batch, part: &part, sources, tally: Nodes, sums: &mut sums, watch: &watch };
        assert!(!vectorised(run).unwrap().exact && sums.iter().all(|&sum| sum == 0.0));
    }
}
