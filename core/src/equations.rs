//! The equations of PageRank on an undirected graph, made few and laid out for being read over and over.
//!
//! Per edge, the ranks z = rank / degree are z(v) = (1 - alpha) jump(v) / degree(v) + alpha * the mean of z around v. Of
//! nodes that are no neighbours of each other, each is settled by the others: what is left is a system of these, which
//! takes fewer steps (Saad, "Iterative methods for sparse linear systems", doi:10.1137/1.9780898718003, chapter 12).
//! A leaf, settled by its only neighbour, needs no equation at all.

use std::sync::atomic::AtomicBool;

use crate::components::PATIENCE;
use crate::graph::Csr;
use crate::relabel::NOWHERE;
use crate::sources::{go_on, Cancelled};

/// Sums are added in so many lanes whatever the machine.
const LANES: usize = 8;

/// How the rank of a node is found.
#[derive(Clone, Copy, PartialEq)]
enum Role {
    /// By iteration.
    Kept,
    /// From its neighbours, all of them kept.
    Settled,
    /// From its only neighbour, which is kept.
    Leaf,
    /// At once, as it has no neighbours.
    Alone,
}

/// The equations of the nodes that are kept, then of those that are settled.
pub struct Equations {
    /// Which equation is that of each node; `NOWHERE` where there is none.
    place: Vec<u32>,
    kept: Rows,
    settled: Rows,
    alpha: f64,
    /// What there would be without neighbours; by how much their sum counts; and the diagonal of the matrix.
    gifts: Vec<f64>,
    pull: Vec<f64>,
    diagonal: Vec<f64>,
    /// The sum of all ranks.
    sum: f64,
}

impl Equations {
    /// O(n + m).
    pub fn of(graph: Csr, alpha: f64, jump: &[f64], stop: &AtomicBool) -> Result<Self, Cancelled> {
        let roles = roles(graph, stop)?;
        let keys = sort_keys(graph, &roles);
        let mut place = keys.clone();
        let (kept, settled) = put_in_order(&mut place);
        let n = kept.len() + settled.len();
        let (gifts, pull, diagonal) = (vec![0.0; n], vec![0.0; n], vec![0.0; n]);
        let mut equations = Self { place, kept, settled, alpha, gifts, pull, diagonal, sum: 0.0 };
        equations.fill(graph, &roles, &keys, jump, stop)?;
        Ok(equations)
    }

    fn fill(
        &mut self,
        graph: Csr,
        roles: &[Role],
        keys: &[u32],
        jump: &[f64],
        stop: &AtomicBool,
    ) -> Result<(), Cancelled> {
        let alpha = self.alpha;
        for (v, &role) in roles.iter().enumerate() {
            if v % PATIENCE == 0 {
                go_on(stop)?;
            }
            self.sum += if role == Role::Alone { (1.0 - alpha) * jump[v] } else { jump[v] };
            let row = graph.neighbours(v);
            match role {
                Role::Kept => self.kept.put(row, keys[v] as usize / 2, &self.place),
                Role::Settled => self.settled.put(row, keys[v] as usize / 2, &self.place),
                Role::Leaf => {
                    let parent = self.place[row[0] as usize] as usize;
                    self.gifts[parent] += alpha * jump[v];
                    self.diagonal[parent] -= alpha * alpha;
                    continue;
                }
                Role::Alone => continue,
            }
            let at = self.place[v] as usize;
            self.gifts[at] += jump[v];
            self.diagonal[at] += row.len() as f64;
        }
        for ((gift, pull), diagonal) in self.gifts.iter_mut().zip(&mut self.pull).zip(&self.diagonal) {
            *gift *= (1.0 - alpha) / diagonal;
            *pull = alpha / diagonal;
        }
        Ok(())
    }

    /// How many nodes are kept.
    pub fn count(&self) -> usize {
        self.kept.len()
    }

    /// Values near the solution.
    pub fn guess(&self) -> Vec<f64> {
        self.gifts.clone()
    }

    /// Settles `z`, and finds by how much each equation of the kept is missed, divided by the diagonal.
    pub fn errors(&self, z: &mut [f64], errors: &mut [f64]) {
        let (kept, settled) = z.split_at_mut(self.count());
        let ((gifts, of_settled), (pull, to_settled)) =
            (self.gifts.split_at(self.count()), self.pull.split_at(self.count()));
        self.settled.each_sum(kept, |at, sum| settled[at] = of_settled[at] + to_settled[at] * sum);
        self.kept.each_sum(z, |at, sum| errors[at] = gifts[at] + pull[at] * sum - z[at]);
    }

    /// What the errors lose by a step of 1 along `x`, which it settles; returns the product of both, by the diagonal.
    pub fn times(&self, x: &mut [f64], product: &mut [f64]) -> f64 {
        let (kept, settled) = x.split_at_mut(self.count());
        let (pull, to_settled) = self.pull.split_at(self.count());
        self.settled.each_sum(kept, |at, sum| settled[at] = to_settled[at] * sum);
        let mut curvature = 0.0;
        self.kept.each_sum(x, |at, sum| {
            product[at] = x[at] - pull[at] * sum;
            curvature += self.diagonal[at] * x[at] * product[at];
        });
        curvature
    }

    /// The sum over the kept of what `value` makes of each number, by the diagonal.
    pub fn weighted_sum(&self, x: &[f64], value: impl Fn(f64) -> f64) -> f64 {
        let mut lanes = [0.0; LANES];
        for (x, diagonal) in x.chunks(LANES).zip(self.diagonal.chunks(LANES)) {
            for ((lane, &x), diagonal) in lanes.iter_mut().zip(x).zip(diagonal) {
                *lane += value(x) * diagonal;
            }
        }
        lanes.iter().sum()
    }

    /// The sum of all ranks where the equations are missed by `errors`: as the sum of all equations has it.
    pub fn sum_of_ranks(&self, errors: &[f64]) -> f64 {
        self.sum - self.weighted_sum(errors, |error| error) / (1.0 - self.alpha)
    }

    /// The ranks of all nodes from `z`, which is settled.
    pub fn ranks(&self, graph: Csr, jump: &[f64], z: &[f64]) -> Vec<f64> {
        let of = |(v, &at): (usize, &u32)| match (at, graph.neighbours(v)) {
            (NOWHERE, row) => {
                let of_parent = |&parent: &u32| self.alpha * z[self.place[parent as usize] as usize];
                (1.0 - self.alpha) * jump[v] + row.first().map_or(0.0, of_parent)
            }
            (at, row) => z[at as usize] * row.len() as f64,
        };
        self.place.iter().enumerate().map(of).collect()
    }
}

/// Settles nodes of which no two are neighbours, and as many that none can be added.
///
/// First those of fewer neighbours than all around them, so that there are many. A loop makes a node its own neighbour.
fn roles(graph: Csr, stop: &AtomicBool) -> Result<Vec<Role>, Cancelled> {
    // Small, as it is read at random; among the largest it hardly matters which is chosen.
    let degree: Vec<u8> = (0..graph.len()).map(|v| graph.out_degree(v).min(255) as u8).collect();
    let mut is_settled = vec![false; graph.len()];
    for v in 0..graph.len() {
        if v % PATIENCE == 0 {
            go_on(stop)?;
        }
        let is_less = |&w: &u32| (degree[v], v) < (degree[w as usize], w as usize);
        is_settled[v] = graph.neighbours(v).iter().all(is_less);
    }
    for v in 0..graph.len() {
        if v % PATIENCE == 0 {
            go_on(stop)?;
        }
        is_settled[v] |= graph.neighbours(v).iter().all(|&w| w as usize != v && !is_settled[w as usize]);
    }
    let role = |(&is_settled, degree)| match (is_settled, degree) {
        (_, 0) => Role::Alone,
        (true, 1) => Role::Leaf,
        (true, _) => Role::Settled,
        (false, _) => Role::Kept,
    };
    Ok(is_settled.iter().zip(degree).map(role).collect())
}

/// By what nodes are put in order: twice the length of their rows, which have no leaves, and one more for those kept.
fn sort_keys(graph: Csr, roles: &[Role]) -> Vec<u32> {
    let degree = |v: usize| graph.out_degree(v) as u32;
    let key = |(v, &role): (usize, &Role)| match role {
        Role::Kept => 2 * degree(v) + 1,
        Role::Settled => 2 * degree(v),
        Role::Leaf | Role::Alone => NOWHERE,
    };
    let mut keys: Vec<u32> = roles.iter().enumerate().map(key).collect();
    for (v, _) in roles.iter().enumerate().filter(|&(_, &role)| role == Role::Leaf) {
        keys[graph.neighbours(v)[0] as usize] -= 2;
    }
    keys
}

/// Each node gets its place instead of its key: first those kept, of each kind those of the longest rows first.
fn put_in_order(place: &mut [u32]) -> (Rows, Rows) {
    let mut counts = Vec::new();
    for &key in place.iter().filter(|&&key| key != NOWHERE) {
        counts.resize(counts.len().max(key as usize + 1), 0);
        counts[key as usize] += 1;
    }
    let longest_first = |kind| (0..counts.len()).rev().filter(move |key| key % 2 == kind);
    let (mut next, mut at) = (vec![0; counts.len()], 0);
    for key in longest_first(1).chain(longest_first(0)) {
        next[key] = at;
        at += counts[key];
    }
    for place in place.iter_mut().filter(|place| **place != NOWHERE) {
        let next = &mut next[*place as usize];
        *place = *next as u32;
        *next += 1;
    }
    let rows = |kind| Rows::new(longest_first(kind).map(|key| (key / 2, counts[key])).filter(|&(_, count)| count > 0));
    (rows(1), rows(0))
}

/// Lists of numbers, the longest first: so those of one length follow each other, and a processor need not guess where
/// each ends; and what is read most lies together.
struct Rows {
    /// Each length, and how many rows have it.
    lengths: Vec<(usize, usize)>,
    numbers: Vec<u32>,
    /// Where the next row of each length will be.
    free: Vec<usize>,
    /// The row that is being collected.
    row: Vec<u32>,
}

impl Rows {
    /// Room for rows of some lengths, and how many of each.
    fn new(lengths: impl Iterator<Item = (usize, usize)>) -> Self {
        let lengths: Vec<_> = lengths.collect();
        let (mut free, mut end) = (vec![0; lengths.first().map_or(0, |&(longest, _)| longest + 1)], 0);
        for &(length, count) in &lengths {
            free[length] = end;
            end += length * count;
        }
        Self { lengths, numbers: vec![0; end], free, row: Vec::new() }
    }

    fn len(&self) -> usize {
        self.lengths.iter().map(|&(_, count)| count).sum()
    }

    /// The row of the next node: the places of its neighbours that have one, which are so many.
    fn put(&mut self, neighbours: &[u32], length: usize, place: &[u32]) {
        self.row.resize(self.row.len().max(neighbours.len()), 0);
        // Found without a branch that hangs on what is read, which is far away.
        let mut found = 0;
        for &w in neighbours {
            let at = place[w as usize];
            self.row[found] = at;
            found += usize::from(at != NOWHERE);
        }
        let free = &mut self.free[length];
        self.numbers[*free..*free + length].copy_from_slice(&self.row[..length]);
        *free += length;
    }

    /// Calls `found(row, sum)` with the sum of the values of `x` that each row numbers.
    fn each_sum(&self, x: &[f64], mut found: impl FnMut(usize, f64)) {
        let (mut at, mut rest) = (0, &self.numbers[..]);
        for &(length, count) in &self.lengths {
            for _ in 0..count {
                let (row, others) = rest.split_at(length);
                found(at, row.iter().map(|&w| x[w as usize]).sum());
                (at, rest) = (at + 1, others);
            }
        }
    }
}
