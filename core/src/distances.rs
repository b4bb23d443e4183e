//! How far nodes are from each other, counted once for closeness, harmonic centrality, eccentricity and the histogram.

use std::cmp::Reverse;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Mutex;

use crate::bfs::Bfs;
use crate::graph::Csr;
use crate::lanes::vectorised;
use crate::multi::{Broken, Counts, Crowd, Histograms, Multi, Run, LANES};
use crate::relabel::{moved, search_order, Cutter};
use crate::sources::{map_sources, on_threads, Cancelled};
use crate::trees::{add_shifted, Trees};
use crate::twins::{Kind, Twins};
use crate::watch::Watch;

/// What the distances towards one node are.
#[derive(Clone, Copy, Default, Debug, PartialEq)]
pub struct Near {
    /// How many nodes reach it, itself among them, and the sum of their distances.
    pub reached_by: u32,
    pub furthest: u32,
    pub total: u64,
    /// The sum of the inverse distances of the others.
    pub harmonic: f64,
}

#[derive(Debug, PartialEq)]
pub struct Distances {
    pub nodes: Vec<Near>,
    /// How many ordered pairs of nodes are at each distance, from 0 on.
    pub histogram: Vec<u64>,
}

/// The distances towards all nodes. O(nm / 256) where they are short, else O(nm).
pub fn distances(graph: Csr, threads: usize, watch: &Watch) -> Result<Distances, Cancelled> {
    let trees = if graph.directed { Trees::bare(graph.len()) } else { Trees::fold(graph) };
    watch.go_on()?;
    let core = Core::of(graph, &trees, watch)?;
    watch.expect((core.crowd.outgoing().len() * core.crowd.outgoing().arcs()) as u64);
    match count_all(&core.crowd, threads, watch) {
        Ok(histograms) => Ok(core.spread_out(&histograms, &trees)),
        Err(Broken::Far) => one_by_one(graph, threads, watch),
        Err(Broken::Cancelled(cancelled)) => Err(cancelled),
    }
}

/// The nodes that are in no tree, merged where they are twins.
struct Core {
    crowd: Crowd,
    /// The nodes of the whole graph that the core has; the class of each; and how far it is from its twins.
    nodes: Vec<u32>,
    class: Vec<u32>,
    between: Vec<usize>,
}

impl Core {
    fn of(graph: Csr, trees: &Trees, watch: &Watch) -> Result<Self, Cancelled> {
        let cut = Cutter::new(graph).cut(&trees.core);
        watch.go_on()?;
        let order = search_order(cut.graph(graph.directed));
        watch.go_on()?;
        let nodes = moved(&trees.core, &order);
        let outgoing = Cutter::new(cut.graph(graph.directed)).cut(&order);
        let n = nodes.len();
        let incoming = graph.directed.then(|| outgoing.graph(true).reversed());
        let class = (0..n as u32).collect();
        let mut core =
            Self { crowd: Crowd { outgoing, incoming, counts: Counts::default() }, nodes, class, between: vec![1; n] };
        if !graph.directed {
            watch.go_on()?;
            core.merge_twins();
        }
        watch.go_on()?;
        core.gather(trees);
        Ok(core)
    }

    /// Closed twins, and open ones among the others: so that all of a class are equally far from each other.
    fn merge_twins(&mut self) {
        let closed = Twins::find(self.crowd.outgoing(), Kind::Closed);
        let merged = closed.merged(self.crowd.outgoing());
        let mut size = vec![0; closed.classes()];
        closed.class.iter().for_each(|&class| size[class as usize] += 1);
        let open = Twins::find(merged.graph(false), Kind::Open).only(|class| size[class as usize] == 1);
        self.between = closed.class.iter().map(|&class| if size[class as usize] > 1 { 1 } else { 2 }).collect();
        self.crowd.outgoing = open.merged(merged.graph(false));
        self.class = moved(&open.class, &closed.class);
    }

    /// For every class, how many nodes hang on it at each depth, its own at 0.
    fn gather(&mut self, trees: &Trees) {
        let mut lengths = vec![0; self.crowd.outgoing().len()];
        for (&v, &class) in self.nodes.iter().zip(&self.class) {
            lengths[class as usize] = lengths[class as usize].max(1 + trees.below(v).len());
        }
        self.crowd.counts = Counts::of_lengths(&lengths);
        for (&v, &class) in self.nodes.iter().zip(&self.class) {
            let counts = self.crowd.counts.of_mut(class);
            counts[0] += 1;
            counts[1..].iter_mut().zip(trees.below(v)).for_each(|(sum, count)| *sum += count);
        }
    }

    /// From the histograms of the classes, what they are for every node: of the core, and of the trees that hang on it.
    fn spread_out(&self, histograms: &Histograms, trees: &Trees) -> Distances {
        let mut summary = Summary::new(trees.nodes());
        for ((&v, &class), &between) in self.nodes.iter().zip(&self.class).zip(&self.between) {
            let mut counts: Vec<u32> = histograms.iter().map(|distance| distance[class as usize]).collect();
            let mut twins = self.crowd.counts.of(class).to_vec();
            let below = trees.below(v);
            take_away(&mut twins, &[1], 0);
            take_away(&mut twins, below, 1);
            add_shifted(&mut counts, &twins, between);
            add_shifted(&mut counts, &[1], 0);
            add_shifted(&mut counts, below, 1);
            summary.add_with_tree(v, counts, trees);
        }
        summary.distances
    }
}

fn take_away(sum: &mut [u32], counts: &[u32], shift: usize) {
    for (sum, count) in sum.iter_mut().skip(shift).zip(counts) {
        *sum -= count;
    }
}

/// Collects what the distances of each node are.
struct Summary {
    distances: Distances,
    inverses: Vec<f64>,
}

impl Summary {
    fn new(n: usize) -> Self {
        let distances = Distances { nodes: vec![Near::default(); n], histogram: Vec::new() };
        Self { distances, inverses: Vec::new() }
    }

    /// A node, and then what hangs on it: all but the tree below a child are one step further from the child than from
    /// its parent, and that tree is one step nearer.
    fn add_with_tree(&mut self, root: u32, counts: Vec<u32>, trees: &Trees) {
        self.add(root, &counts);
        let mut open = vec![(root, counts)];
        while let Some((parent, counts)) = open.pop() {
            for child in trees.children(parent) {
                let below = trees.below(child);
                let mut moved = vec![0; counts.len() + 1];
                moved[1..].copy_from_slice(&counts);
                take_away(&mut moved, &[1], 2);
                take_away(&mut moved, below, 3);
                add_shifted(&mut moved, &[1], 0);
                add_shifted(&mut moved, below, 1);
                self.add(child, &moved);
                if !below.is_empty() {
                    open.push((child, moved));
                }
            }
        }
    }

    fn add(&mut self, v: u32, counts: &[u32]) {
        let histogram = &mut self.distances.histogram;
        let near = near(counts, &mut self.inverses);
        histogram.resize(histogram.len().max(near.furthest as usize + 1), 0);
        histogram.iter_mut().zip(counts).for_each(|(sum, &count)| *sum += u64::from(count));
        self.distances.nodes[v as usize] = near;
    }
}

fn near(counts: &[u32], inverses: &mut Vec<f64>) -> Near {
    while inverses.len() < counts.len() {
        inverses.push(1.0 / inverses.len() as f64);
    }
    let mut near = Near { reached_by: counts[0], ..Near::default() };
    for (distance, &count) in counts.iter().enumerate().skip(1) {
        near.reached_by += count;
        near.total += distance as u64 * u64::from(count);
        near.harmonic += f64::from(count) * inverses[distance];
        if count > 0 {
            near.furthest = distance as u32;
        }
    }
    near
}

/// Counts from all sources, those that stand for about as many nodes in one batch.
fn count_all(crowd: &Crowd, threads: usize, watch: &Watch) -> Result<Histograms, Broken> {
    let (n, arcs) = (crowd.outgoing().len(), crowd.outgoing().arcs() as u64);
    let mut sources: Vec<u32> = (0..n as u32).collect();
    let digits = |&s: &u32| crowd.counts.of(s).iter().map(|count| u32::BITS - count.leading_zeros()).sum::<u32>();
    sources.sort_by_cached_key(|s| Reverse(digits(s)));
    let (next, sum) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let batches = n.div_ceil(LANES);
    on_threads::<Broken>(threads.min(batches), || {
        let mut multi = Multi::new(n);
        while let Some(sources) = sources.chunks(LANES).nth(next.fetch_add(1, Ordering::Relaxed)) {
            vectorised(Run { multi: &mut multi, crowd, sources, watch })?;
            watch.advance(arcs * sources.len() as u64);
        }
        add_all(&mut sum.lock().expect("no kernel panics"), multi.into_histograms());
        Ok(())
    })?;
    Ok(sum.into_inner().expect("no kernel panics"))
}

fn add_all(sum: &mut Histograms, histograms: Histograms) {
    for (at, histogram) in histograms.into_iter().enumerate() {
        match sum.get_mut(at) {
            Some(sum) => sum.iter_mut().zip(histogram).for_each(|(sum, count)| *sum += count),
            None => sum.push(histogram),
        }
    }
}

/// The same from one search a node: for graphs with nodes far from each other.
fn one_by_one(graph: Csr, threads: usize, watch: &Watch) -> Result<Distances, Cancelled> {
    let reversed = graph.directed.then(|| graph.reversed());
    let incoming = reversed.as_ref().map_or(graph, |arrays| arrays.graph(true));
    let sum = Mutex::new(Vec::new());
    let scratch = || (Bfs::new(graph.len()), Vec::new(), Vec::new());
    let nodes = map_sources(graph.len(), threads, &watch.stop, scratch, |(bfs, counts, inverses), v| {
        bfs.run(incoming, v);
        counts.clear();
        for distance in bfs.distances() {
            counts.resize(counts.len().max(distance as usize + 1), 0_u32);
            counts[distance as usize] += 1;
        }
        let mut sum: std::sync::MutexGuard<Vec<u64>> = sum.lock().expect("no kernel panics");
        let longest = sum.len().max(counts.len());
        sum.resize(longest, 0);
        sum.iter_mut().zip(&*counts).for_each(|(sum, &count)| *sum += u64::from(count));
        near(counts, inverses)
    })?;
    Ok(Distances { nodes, histogram: sum.into_inner().expect("no kernel panics") })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::examples::{arrows, path, random, star};

    fn of(graph: Csr) -> Distances {
        distances(graph, 1, &Watch::default()).unwrap()
    }

    #[test]
    fn of_a_path_and_a_star() {
        let Distances { nodes, histogram } = of(path());
        assert_eq!(nodes[1], Near { reached_by: 4, total: 4, harmonic: 2.5, furthest: 2 });
        assert_eq!(nodes.iter().map(|near| near.total).collect::<Vec<_>>(), [6, 4, 4, 6]);
        assert_eq!(histogram, [4, 6, 4, 2]);
        let Distances { nodes, histogram } = of(star());
        assert_eq!((nodes[0].total, nodes[4].reached_by, histogram), (3, 1, vec![5, 6, 6]));
    }

    #[test]
    fn counts_distances_towards_the_node() {
        let Distances { nodes, histogram } = of(arrows());
        assert_eq!(nodes[2], Near { reached_by: 3, total: 3, harmonic: 1.5, furthest: 2 });
        assert_eq!((nodes[0].reached_by, histogram), (1, vec![3, 2, 1]));
    }

    #[test]
    fn many_sources_at_once_find_what_each_finds_alone() {
        for (n, edges, directed) in [(500, 400, false), (700, 1000, false), (600, 6000, false), (400, 900, true)] {
            let arrays = random(n, edges, directed);
            let (graph, watch) = (arrays.graph(directed), Watch::default());
            let expected = one_by_one(graph, 1, &watch).unwrap();
            assert_eq!(of(graph), expected);
            assert_eq!(distances(graph, 3, &watch).unwrap(), expected);
        }
    }
}
