//! Communities by the Leiden algorithm (Traag, Waltman and van Eck, "From Louvain to Leiden: guaranteeing well-connected
//! communities", doi:10.1038/s41598-019-41695-z).

use std::collections::VecDeque;
use std::sync::atomic::AtomicBool;

use crate::components::{components_within, PATIENCE};
use crate::graph::Csr;
use crate::network::{Network, Quality, Sums};
use crate::random::Random;
use crate::sources::{go_on, Cancelled};
use crate::strong::number_by_first;

/// How much worse a merge may be, in mean weights of edges, to be still likely: the theta of the paper.
const RANDOMNESS: f64 = 0.01;

/// Gains below this share of what holds a node are rounding.
const ROUNDING: f64 = 1e-12;

pub struct Options {
    pub quality: Quality,
    pub resolution: f64,
    /// A round that finds nothing better is the last one; so is this one.
    pub most_rounds: usize,
    pub seed: u64,
}

/// The community of each node, numbered in the order of their first nodes; each is connected.
///
/// The same seed gives the same communities. About O(m) a round.
pub fn leiden(
    graph: Csr,
    weights: Option<&[f64]>,
    options: &Options,
    stop: &AtomicBool,
) -> Result<Vec<u32>, Cancelled> {
    let network = Network::new(graph, weights, options.quality, options.resolution, stop)?;
    let mut random = Random::new(options.seed);
    let mut best: Vec<u32> = (0..graph.len() as u32).collect();
    let mut quality = network.quality(&best);
    for _ in 0..options.most_rounds {
        let labels = round(&network, best.clone(), &mut random, stop)?;
        let found = network.quality(&labels);
        if found <= quality + ROUNDING * quality.abs() {
            break;
        }
        (best, quality) = (labels, found);
    }
    // Parts of a community that no edge joins are better off apart.
    components_within(graph, |v, w| best[v] == best[w], stop)
}

/// Moves nodes, then what refined communities were made of them, then what these were made of, until nothing moves.
fn round(
    network: &Network,
    mut labels: Vec<u32>,
    random: &mut Random,
    stop: &AtomicBool,
) -> Result<Vec<u32>, Cancelled> {
    let mut aggregated: Option<Network> = None;
    // Where the nodes of the graph are in the network of this level.
    let mut place: Vec<u32> = (0..network.len() as u32).collect();
    loop {
        let level = aggregated.as_ref().unwrap_or(network);
        labels = number_by_first(move_nodes(level, labels, random, stop)?);
        let refined = number_by_first(refine(level, &labels, random, stop)?);
        let count = refined.iter().max().map_or(0, |&most| most as usize + 1);
        if count == level.len() {
            return Ok(place.iter().map(|&at| labels[at as usize]).collect());
        }
        let next = level.aggregated(&refined, count, stop)?;
        let mut coarse = vec![0; count];
        for (&part, &label) in refined.iter().zip(&labels) {
            coarse[part as usize] = label;
        }
        place.iter_mut().for_each(|at| *at = refined[*at as usize]);
        (labels, aggregated) = (coarse, Some(next));
    }
}

/// Moves each node to the community that gains most by it, again where a neighbour has moved, until none gains.
fn move_nodes(
    network: &Network,
    mut labels: Vec<u32>,
    random: &mut Random,
    stop: &AtomicBool,
) -> Result<Vec<u32>, Cancelled> {
    let n = network.len();
    let mut masses = network.masses_of(&labels);
    let mut members = vec![0u32; n];
    labels.iter().for_each(|&label| members[label as usize] += 1);
    let mut empty: Vec<u32> = (0..n as u32).rev().filter(|&label| members[label as usize] == 0).collect();
    let mut queue = VecDeque::from(random.order(n));
    let mut is_queued = vec![true; n];
    let mut sums = Sums::new(n);
    let mut steps = 0;
    while let Some(v) = queue.pop_front() {
        steps += 1;
        if steps % PATIENCE == 0 {
            go_on(stop)?;
        }
        let v = v as usize;
        is_queued[v] = false;
        let (own, mass) = (labels[v], network.masses[v]);
        masses[own as usize] = masses[own as usize].minus(mass);
        members[own as usize] -= 1;
        let mut holds = 0.0;
        for (w, weight) in network.edges(v) {
            sums.add(labels[w as usize], weight);
            holds += weight;
        }
        let gain = |label: u32, weight: f64| weight - network.push(mass, masses[label as usize]);
        let (mut best, mut most) = (own, gain(own, sums.of(own)) + ROUNDING * holds);
        for (label, weight) in sums.drain() {
            if gain(label, weight) > most {
                (best, most) = (label, gain(label, weight));
            }
        }
        if most < 0.0 && members[own as usize] > 0 {
            best = empty.pop().expect("there are as many labels as nodes, and one has several");
        }
        masses[best as usize] = masses[best as usize].plus(mass);
        members[best as usize] += 1;
        if best == own {
            continue;
        }
        labels[v] = best;
        if members[own as usize] == 0 {
            masses[own as usize] = Default::default();
            empty.push(own);
        }
        for (w, _) in network.edges(v) {
            if labels[w as usize] != best && !std::mem::replace(&mut is_queued[w as usize], true) {
                queue.push_back(w);
            }
        }
    }
    Ok(labels)
}

/// Parts of communities: merges of single nodes, where both are well connected with the rest of their community.
fn refine(network: &Network, labels: &[u32], random: &mut Random, stop: &AtomicBool) -> Result<Vec<u32>, Cancelled> {
    let n = network.len();
    let whole = network.masses_of(labels);
    let mut parts: Vec<u32> = (0..n as u32).collect();
    let (mut masses, mut members) = (network.masses.clone(), vec![1u32; n]);
    // What holds a part and the rest of its community together.
    let within = |v: usize| network.edges(v).filter(move |&(w, _)| labels[w as usize] == labels[v]);
    let mut cut: Vec<f64> = (0..n).map(|v| within(v).map(|(_, weight)| weight).sum()).collect();
    let mut sums = Sums::new(n);
    let mut choice = Choice::new(RANDOMNESS * network.mean_weight());
    for (step, v) in random.order(n).into_iter().enumerate() {
        if step % PATIENCE == 0 {
            go_on(stop)?;
        }
        let (v, mass) = (v as usize, network.masses[v as usize]);
        let all = whole[labels[v] as usize];
        let is_well_connected =
            |part: usize| cut[part] >= network.push(masses[part], all.minus(masses[part])) - ROUNDING * cut[part];
        if parts[v] != v as u32 || members[v] > 1 || !is_well_connected(v) {
            continue;
        }
        within(v).for_each(|(w, weight)| sums.add(parts[w as usize], weight));
        choice.clear();
        for (part, weight) in sums.drain() {
            let gain = weight - network.push(mass, masses[part as usize]);
            if gain >= 0.0 && is_well_connected(part as usize) {
                choice.add(part, weight, gain);
            }
        }
        let Some((part, weight)) = choice.draw(random) else { continue };
        let part = part as usize;
        parts[v] = part as u32;
        masses[part] = masses[part].plus(mass);
        (members[part], members[v]) = (members[part] + 1, 0);
        cut[part] += cut[v] - 2.0 * weight;
    }
    Ok(parts)
}

/// A choice among parts, the likelier the more is gained; or none, which gains nothing.
struct Choice {
    randomness: f64,
    options: Vec<(u32, f64, f64)>,
}

impl Choice {
    fn new(randomness: f64) -> Self {
        Self { randomness, options: Vec::new() }
    }

    fn clear(&mut self) {
        self.options.clear();
    }

    fn add(&mut self, part: u32, weight: f64, gain: f64) {
        self.options.push((part, weight, gain));
    }

    fn draw(&self, random: &mut Random) -> Option<(u32, f64)> {
        let most = self.options.iter().map(|&(_, _, gain)| gain).fold(0.0, f64::max);
        let likely = |gain: f64| ((gain - most) / self.randomness).exp();
        let all: f64 = self.options.iter().map(|&(_, _, gain)| likely(gain)).sum();
        let mut left = random.share() * (all + likely(0.0));
        for &(part, weight, gain) in &self.options {
            left -= likely(gain);
            if left < 0.0 {
                return Some((part, weight));
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPTIONS: Options = Options { quality: Quality::Modularity, resolution: 1.0, most_rounds: 10, seed: 1 };

    /// Two cliques of five nodes, joined by one edge.
    fn cliques() -> (Vec<i64>, Vec<u32>) {
        let (mut indptr, mut indices) = (vec![0], Vec::new());
        for v in 0..10u32 {
            let beside = |w: u32| v / 5 == w / 5 && v != w || (v.min(w), v.max(w)) == (4, 5);
            indices.extend((0..10).filter(|&w| beside(w)));
            indptr.push(indices.len() as i64);
        }
        (indptr, indices)
    }

    #[test]
    fn finds_two_cliques() {
        let (indptr, indices) = cliques();
        let (graph, stop) = (Csr::new(&indptr, &indices, false).unwrap(), AtomicBool::new(false));
        let expected = [0, 0, 0, 0, 0, 1, 1, 1, 1, 1];
        assert_eq!(leiden(graph, None, &OPTIONS, &stop).unwrap(), expected);
        let potts = Options { quality: Quality::Potts, resolution: 0.5, ..OPTIONS };
        assert_eq!(leiden(graph, None, &potts, &stop).unwrap(), expected);
        let fine = Options { quality: Quality::Potts, resolution: 1.5, ..OPTIONS };
        assert_eq!(leiden(graph, None, &fine, &stop).unwrap(), (0..10).collect::<Vec<_>>());
        let directed = Csr::new(&indptr, &indices, true).unwrap();
        assert_eq!(leiden(directed, None, &OPTIONS, &stop).unwrap(), expected);
    }

    #[test]
    fn without_edges_nothing_is_joined() {
        let (graph, stop) = (Csr::new(&[0, 0, 0, 1], &[2], false).unwrap(), AtomicBool::new(false));
        assert_eq!(leiden(graph, None, &OPTIONS, &stop).unwrap(), [0, 1, 2]);
    }
}
