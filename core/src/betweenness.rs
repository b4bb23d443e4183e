//! Exact betweenness (Brandes, "A faster algorithm for betweenness centrality", doi:10.1080/0022250X.2001.9990249).

use crate::batch::{Batch, Run};
use crate::blocks::Blocks;
use crate::cluster::near_sources;
use crate::graph::Csr;
use crate::lanes::vectorised;
use crate::part::{parts, Part};
use crate::scalar::Scalar;
use crate::sources::{sum_of_parts, Cancelled};
use crate::watch::Watch;

/// Sources of a batch.
const LANES: usize = 32;

/// Parts of fewer nodes are searched from one source at a time.
const FEW: usize = 64;

/// A row must have as many lanes on average, or batches do not pay.
const LEAST_LANES: f64 = 4.0;

/// For every node the sum over pairs (s, t) of the share of their shortest paths that pass through it; not normalised.
///
/// Ordered pairs are counted, so in an undirected graph each pair twice. O(nm) time at most: an undirected graph is cut
/// into its blocks, whose twins are merged first.
pub fn betweenness(graph: Csr, threads: usize, watch: &Watch) -> Result<Vec<f64>, Cancelled> {
    let mut sums = vec![0.0; graph.len()];
    let parts = if graph.directed { vec![Part::whole(graph)] } else { cut(graph, &mut sums) };
    watch.expect(parts.iter().map(work).sum());
    for part in &parts {
        part.give_back(&within(part, threads, watch)?, &mut sums);
    }
    Ok(sums)
}

/// The blocks of an undirected graph; adds the pairs that meet only through one node to the sums.
fn cut(graph: Csr, sums: &mut [f64]) -> Vec<Part> {
    let blocks = Blocks::find(graph);
    for (v, sum) in sums.iter_mut().enumerate() {
        *sum = blocks.pairs_parted(v) as f64;
    }
    parts(graph, &blocks)
}

fn work(part: &Part) -> u64 {
    (part.classes() * part.outgoing().arcs()) as u64
}

/// For one node of each class, its share of the paths within a part.
fn within(part: &Part, threads: usize, watch: &Watch) -> Result<Vec<f64>, Cancelled> {
    let n = part.classes();
    let sources = near_sources(part.outgoing());
    let by_batch = n >= FEW && batches_pay(part, &sources, watch)?;
    let arcs = part.outgoing().arcs() as u64;
    let scratch = || (Scalar::new(n), by_batch.then(|| Batch::<LANES>::new(part)));
    sum_of_parts(n.div_ceil(LANES), n, threads, scratch, |(scalar, batch), at, sums| {
        let sources = &sources[at * LANES..n.min((at + 1) * LANES)];
        let exact = match batch {
            Some(batch) => vectorised(Run { batch, part, sources, sums, watch })?.exact,
            None => false,
        };
        if !exact {
            for &s in sources {
                watch.go_on()?;
                scalar.add(part, s, sums);
            }
        }
        watch.advance(arcs * sources.len() as u64);
        Ok(())
    })
}

/// Whether the sources of the batch in the middle of all cross enough edges together.
fn batches_pay(part: &Part, sources: &[u32], watch: &Watch) -> Result<bool, Cancelled> {
    let middle = sources.len() / LANES / 2 * LANES;
    let sources = &sources[middle..sources.len().min(middle + LANES)];
    let (batch, sums) = (&mut Batch::<LANES>::new(part), &mut vec![0.0; part.classes()][..]);
    Ok(vectorised(Run { batch, part, sources, sums, watch })?.lanes >= LEAST_LANES)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::examples::{arrows, path, star};

    #[test]
    fn of_a_path_and_a_star() {
        let watch = Watch::default();
        assert_eq!(betweenness(path(), 1, &watch).unwrap(), [0.0, 4.0, 4.0, 0.0]);
        assert_eq!(betweenness(star(), 2, &watch).unwrap(), [6.0, 0.0, 0.0, 0.0, 0.0]);
        assert_eq!(betweenness(arrows(), 1, &watch).unwrap(), [0.0, 1.0, 0.0]);
    }
}
