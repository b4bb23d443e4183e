//! Betweenness estimated from some sources, with a bound on the error (Maurer and Pontil, "Empirical Bernstein bounds and
//! sample-variance penalization", arXiv:0907.3740).

use crate::betweenness::{all_sources, cut};
use crate::graph::Csr;
use crate::part::Part;
use crate::sources::Cancelled;
use crate::sweep::sweep;
use crate::tally::{Moments, Nodes};
use crate::twins::mix;
use crate::watch::Watch;

/// How many sources are drawn in each part that has more, from which seed, and how likely a bound may be broken.
#[derive(Clone, Copy)]
pub struct Sampling {
    pub sources: usize,
    pub seed: u64,
    pub risk: f64,
}

/// The betweenness of every node, as `betweenness` gives it, and by how much it may be wrong: with a probability of
/// 1 - `risk`, no node is further off. Parts of few nodes are exact.
pub fn sampled_betweenness(
    graph: Csr,
    sampling: Sampling,
    threads: usize,
    watch: &Watch,
) -> Result<(Vec<f64>, Vec<f64>), Cancelled> {
    let (mut sums, mut bounds) = (vec![0.0; graph.len()], vec![0.0; graph.len()]);
    let parts = cut(graph, &mut sums, watch)?;
    let is_sampled = |part: &&Part| part.classes() > sampling.sources;
    let estimates: usize = parts.iter().filter(is_sampled).map(Part::classes).sum();
    watch.expect(parts.iter().map(|part| part.work(part.classes().min(sampling.sources))).sum());
    for part in &parts {
        if is_sampled(&part) {
            let (values, errors) = estimate(part, sampling, estimates, threads, watch)?;
            part.give_back(&values, &mut sums);
            part.give_back(&errors, &mut bounds);
        } else {
            part.give_back(&sweep(part, &all_sources(part), part.classes(), Nodes, threads, watch)?, &mut sums);
        }
    }
    Ok((sums, bounds))
}

/// Draws sources in proportion to their weights: the mean of what one of them adds, times all weight, is the sum.
fn estimate(
    part: &Part,
    sampling: Sampling,
    estimates: usize,
    threads: usize,
    watch: &Watch,
) -> Result<(Vec<f64>, Vec<f64>), Cancelled> {
    let (n, total) = (part.classes(), part.weight.iter().sum::<f64>());
    let moments = sweep(part, &draw(part, total, sampling), 2 * n, Moments, threads, watch)?;
    let drawn = sampling.sources as f64;
    let (sums, squares) = moments.split_at(n);
    let values = sums.iter().map(|sum| total * sum / drawn).collect();
    // Each of the estimates may be too high or too low; all bounds shall hold together.
    let log = (4.0 * estimates as f64 / sampling.risk).ln();
    let error = |(sum, squares): (&f64, &f64)| {
        let variance = ((squares - sum * sum / drawn) / (drawn - 1.0)).max(0.0);
        // What one source adds to a node is at most the weight of all targets.
        total * ((2.0 * variance * log / drawn).sqrt() + 7.0 * total * log / (3.0 * (drawn - 1.0)))
    };
    Ok((values, sums.iter().zip(squares).map(error).collect()))
}

/// The sources drawn, each of weight 1, in the order of all sources, so that those of a batch lie near each other.
fn draw(part: &Part, total: f64, sampling: Sampling) -> Vec<(u32, f64)> {
    let sources = all_sources(part);
    let up_to: Vec<f64> = sources
        .iter()
        .scan(0.0, |sum, &(_, weight)| {
            *sum += weight;
            Some(*sum)
        })
        .collect();
    let mut drawn: Vec<usize> = (0..sampling.sources as u64)
        .map(|i| {
            let share = (mix(mix(sampling.seed).wrapping_add(i)) >> 11) as f64 / (1_u64 << 53) as f64;
            up_to.partition_point(|&sum| sum <= share * total).min(sources.len() - 1)
        })
        .collect();
    drawn.sort_unstable();
    drawn.into_iter().map(|at| (sources[at].0, 1.0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::betweenness::betweenness;
    use crate::graph::examples::random;

    #[test]
    fn no_node_is_further_off_than_its_bound() {
        for directed in [false, true] {
            let arrays = random(400, 1200, directed);
            let (graph, watch) = (arrays.graph(directed), Watch::default());
            let exact = betweenness(graph, 1, &watch).unwrap();
            for seed in 0..5 {
                let sampling = Sampling { sources: 100, seed, risk: 0.01 };
                let (values, bounds) = sampled_betweenness(graph, sampling, 1, &watch).unwrap();
                let off = values.iter().zip(&exact).map(|(value, exact)| (value - exact).abs());
                assert!(off.clone().zip(&bounds).all(|(off, &bound)| off <= bound));
                assert!(off.sum::<f64>() > 0.0);
            }
            let all = Sampling { sources: 400, seed: 0, risk: 0.01 };
            let (values, bounds) = sampled_betweenness(graph, all, 2, &watch).unwrap();
            assert!(values == exact && bounds.iter().all(|&bound| bound == 0.0));
        }
    }
}
