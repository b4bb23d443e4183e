//! What communities are sought in: edges that hold nodes together, and masses that push them apart.

use std::sync::atomic::AtomicBool;

use crate::components::PATIENCE;
use crate::graph::Csr;
use crate::rows::Rows;
use crate::sources::{go_on, Cancelled};

/// What makes a partition good.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Quality {
    /// More weight within communities than edges placed at random would have (Newman and Girvan,
    /// doi:10.1103/PhysRevE.69.026113; directed: Leicht and Newman, doi:10.1103/PhysRevLett.100.118703).
    Modularity,
    /// More weight within communities than the resolution times their pairs of nodes (Traag, Van Dooren and Nesterov,
    /// "constant Potts model", doi:10.1103/PhysRevE.84.016114).
    Potts,
}

/// How strongly edges leave and enter a node or a community; the number of its nodes for Potts.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Mass {
    pub out: f64,
    pub into: f64,
}

impl Mass {
    pub fn plus(self, other: Self) -> Self {
        Self { out: self.out + other.out, into: self.into + other.into }
    }

    pub fn minus(self, other: Self) -> Self {
        Self { out: self.out - other.out, into: self.into - other.into }
    }
}

/// A graph, or one of communities of it.
///
/// An edge holds with its weight at both ends, so an undirected one, which stands in the graph twice, with twice that.
pub struct Network {
    starts: Vec<usize>,
    others: Vec<u32>,
    weights: Vec<f64>,
    pub masses: Vec<Mass>,
    /// What a unit of mass pushes another one with.
    push: f64,
}

impl Network {
    pub fn new(
        graph: Csr,
        weights: Option<&[f64]>,
        quality: Quality,
        resolution: f64,
        stop: &AtomicBool,
    ) -> Result<Self, Cancelled> {
        let (outgoing, incoming) = (Rows::outgoing(graph, weights), Rows::incoming(graph, weights));
        let (mut network, mut masses) = (Self::with_capacity(graph.len(), graph.arcs()), Vec::new());
        for v in 0..graph.len() {
            if v % PATIENCE == 0 {
                go_on(stop)?;
            }
            // An undirected loop stands in the graph once.
            let ends = |rows: &Rows| rows.edges(v).map(|(w, weight)| weight * ends_of(graph, v, w)).sum::<f64>();
            masses.push(Mass { out: ends(&outgoing), into: ends(&incoming) });
            let backwards = graph.directed.then(|| incoming.edges(v)).into_iter().flatten();
            let twice = if graph.directed { 1.0 } else { 2.0 };
            let others = outgoing.edges(v).chain(backwards).filter(|&(w, weight)| w != v && weight > 0.0);
            network.push_row(others.map(|(w, weight)| (w as u32, twice * weight)));
        }
        let total: f64 = masses.iter().map(|mass| mass.out).sum();
        network.push = match quality {
            Quality::Modularity if total > 0.0 => resolution / total,
            Quality::Modularity => 0.0,
            Quality::Potts => resolution,
        };
        if quality == Quality::Potts {
            masses.fill(Mass { out: 1.0, into: 1.0 });
        }
        network.masses = masses;
        Ok(network)
    }

    /// A network without nodes yet.
    fn with_capacity(n: usize, edges: usize) -> Self {
        let mut starts = Vec::with_capacity(n + 1);
        starts.push(0);
        let (others, weights) = (Vec::with_capacity(edges), Vec::with_capacity(edges));
        Self { starts, others, weights, masses: Vec::new(), push: 0.0 }
    }

    /// The edges of the next node.
    fn push_row(&mut self, edges: impl Iterator<Item = (u32, f64)>) {
        for (other, weight) in edges {
            self.others.push(other);
            self.weights.push(weight);
        }
        self.starts.push(self.others.len());
    }

    pub fn len(&self) -> usize {
        self.masses.len()
    }

    pub fn is_empty(&self) -> bool {
        self.masses.is_empty()
    }

    /// The others that hold `v`, some perhaps more than once, and how strongly.
    pub fn edges(&self, v: usize) -> impl Iterator<Item = (u32, f64)> + '_ {
        let row = self.starts[v]..self.starts[v + 1];
        self.others[row.clone()].iter().copied().zip(self.weights[row].iter().copied())
    }

    /// How strongly two masses push each other apart.
    pub fn push(&self, a: Mass, b: Mass) -> f64 {
        self.push * (a.out * b.into + a.into * b.out)
    }

    pub fn mean_weight(&self) -> f64 {
        self.weights.iter().sum::<f64>() / self.weights.len().max(1) as f64
    }

    /// The sum of the masses of each label.
    pub fn masses_of(&self, labels: &[u32]) -> Vec<Mass> {
        let mut sums = vec![Mass::default(); self.len()];
        for (&label, &mass) in labels.iter().zip(&self.masses) {
            sums[label as usize] = sums[label as usize].plus(mass);
        }
        sums
    }

    /// What holds within the labels, less what pushes; loops, which no partition changes, are left out.
    pub fn quality(&self, labels: &[u32]) -> f64 {
        let within = |v: usize| self.edges(v).filter(move |&(w, _)| labels[w as usize] == labels[v]);
        let holds: f64 = (0..self.len()).map(|v| within(v).map(|(_, weight)| weight).sum::<f64>()).sum();
        let pushes: f64 = self.masses_of(labels).iter().map(|&mass| self.push(mass, mass)).sum();
        (holds - pushes) / 2.0
    }

    /// The network of communities, which are numbered from 0 to below `count`.
    pub fn aggregated(&self, labels: &[u32], count: usize, stop: &AtomicBool) -> Result<Self, Cancelled> {
        let mut sums = Sums::new(count);
        let mut network = Self::with_capacity(count, 0);
        for (label, members) in members_of(labels, count).iter().enumerate() {
            if label % PATIENCE == 0 {
                go_on(stop)?;
            }
            for (w, weight) in members.iter().flat_map(|&v| self.edges(v as usize)) {
                sums.add(labels[w as usize], weight);
            }
            network.push_row(sums.drain().filter(|&(other, _)| other as usize != label));
        }
        network.masses = self.masses_of(labels);
        network.masses.truncate(count);
        network.push = self.push;
        Ok(network)
    }
}

fn ends_of(graph: Csr, v: usize, w: usize) -> f64 {
    if v == w && !graph.directed {
        2.0
    } else {
        1.0
    }
}

fn members_of(labels: &[u32], count: usize) -> Vec<Vec<u32>> {
    let mut members = vec![Vec::new(); count];
    for (v, &label) in labels.iter().enumerate() {
        members[label as usize].push(v as u32);
    }
    members
}

/// A sum for each of a few labels out of many.
pub struct Sums {
    sums: Vec<f64>,
    used: Vec<u32>,
}

impl Sums {
    pub fn new(labels: usize) -> Self {
        Self { sums: vec![0.0; labels], used: Vec::new() }
    }

    /// Adds a weight, which is above 0.
    pub fn add(&mut self, label: u32, weight: f64) {
        let sum = &mut self.sums[label as usize];
        if *sum == 0.0 {
            self.used.push(label);
        }
        *sum += weight;
    }

    pub fn of(&self, label: u32) -> f64 {
        self.sums[label as usize]
    }

    /// All labels that have a sum, in the order in which they came, and their sums, which are 0 again afterwards.
    pub fn drain(&mut self) -> impl Iterator<Item = (u32, f64)> + '_ {
        let sums = &mut self.sums;
        self.used.drain(..).map(|label| (label, std::mem::take(&mut sums[label as usize])))
    }
}
