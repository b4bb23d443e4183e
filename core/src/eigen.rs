//! The eigenvector of the largest eigenvalue of an operator without negative entries.

use std::sync::atomic::AtomicBool;

use crate::pagerank::Outcome;
use crate::rows::{add, dot, norm, scale};
use crate::sources::{go_on, Cancelled};

/// When an iteration ends: the length of its residual is at most `tolerance` times the eigenvalue, or there were
/// `most_steps`.
#[derive(Clone, Copy)]
pub struct Limit {
    pub tolerance: f64,
    pub most_steps: usize,
}

/// A vector and what the operator makes of it.
struct Pair {
    x: Vec<f64>,
    image: Vec<f64>,
}

impl Pair {
    /// The vector has length 1.
    fn new(mut x: Vec<f64>, operator: &impl Fn(&[f64], &mut [f64])) -> Self {
        let length = norm(&x);
        scale(&mut x, 1.0 / length);
        let mut image = vec![0.0; x.len()];
        operator(&x, &mut image);
        Self { x, image }
    }

    fn add(&mut self, factor: f64, other: &Self) {
        add(&mut self.x, factor, &other.x);
        add(&mut self.image, factor, &other.image);
    }

    fn scale(&mut self, factor: f64) {
        scale(&mut self.x, factor);
        scale(&mut self.image, factor);
    }

    /// The eigenvalue that fits best, and what is left of the image without it.
    fn residual(&self) -> (f64, Vec<f64>) {
        let value = dot(&self.x, &self.image);
        let mut rest = self.image.clone();
        add(&mut rest, -value, &self.x);
        (value, rest)
    }

    /// The same without the parts below 0, which such an eigenvector has not, by rounding only.
    fn without_negatives(&self, operator: &impl Fn(&[f64], &mut [f64])) -> Self {
        let sign = self.x.iter().sum::<f64>().signum();
        Self::new(self.x.iter().map(|value| (sign * value).max(0.0)).collect(), operator)
    }
}

/// For a symmetric operator: each step takes the best vector of the space of the last one, its residual and the step
/// before (Knyazev, "Toward the optimal preconditioned eigensolver", doi:10.1137/S1064827500366124).
///
/// Where several vectors have the largest eigenvalue: the projection of `start` on them. The result has length 1.
pub fn symmetric(
    operator: impl Fn(&[f64], &mut [f64]),
    start: Vec<f64>,
    limit: Limit,
    stop: &AtomicBool,
) -> Result<Outcome, Cancelled> {
    let mut best = Pair::new(start, &operator);
    let mut last_step: Option<Pair> = None;
    let mut error = f64::INFINITY;
    for _ in 0..limit.most_steps {
        go_on(stop)?;
        let (value, rest) = best.residual();
        error = norm(&rest) / value;
        if norm(&rest) <= limit.tolerance * value {
            best = best.without_negatives(&operator);
            let (value, rest) = best.residual();
            error = norm(&rest) / value;
            if norm(&rest) <= limit.tolerance * value {
                return Ok(Outcome::Converged(best.x));
            }
            last_step = None;
            continue;
        }
        let Some(uphill) = orthogonal(rest, &best, &operator) else { break };
        let before = last_step.and_then(|step| orthogonal_to_both(step, &best, &uphill));
        last_step = Some(advance(&mut best, uphill, before));
    }
    Ok(Outcome::NotConverged(error))
}

/// A vector made orthogonal to another one, with its image; None where nothing is left.
fn orthogonal(mut rest: Vec<f64>, best: &Pair, operator: &impl Fn(&[f64], &mut [f64])) -> Option<Pair> {
    let length = norm(&rest);
    scale(&mut rest, 1.0 / length);
    let along = dot(&rest, &best.x);
    add(&mut rest, -along, &best.x);
    (length > 0.0 && norm(&rest) > 0.5).then(|| Pair::new(rest, operator))
}

/// A step made orthogonal to two vectors; None where it is almost in their plane.
fn orthogonal_to_both(mut step: Pair, best: &Pair, uphill: &Pair) -> Option<Pair> {
    for _ in 0..2 {
        let length = norm(&step.x);
        step.scale(1.0 / length);
        for other in [best, uphill] {
            let along = dot(&step.x, &other.x);
            step.add(-along, other);
        }
    }
    let length = norm(&step.x);
    step.scale(1.0 / length);
    (length > 0.5).then_some(step)
}

/// Moves to the best vector of the space of three orthogonal ones of length 1, and returns the step there.
fn advance(best: &mut Pair, mut uphill: Pair, before: Option<Pair>) -> Pair {
    let basis: Vec<&Pair> = [Some(&*best), Some(&uphill), before.as_ref()].into_iter().flatten().collect();
    let mut products = [[0.0; 3]; 3];
    for (i, row) in products.iter_mut().enumerate().take(basis.len()) {
        for (j, value) in row.iter_mut().enumerate().take(basis.len()) {
            // From one triangle, so that the matrix is symmetric to the last bit.
            *value = dot(&basis[i.max(j)].x, &basis[i.min(j)].image);
        }
    }
    let shares = largest_of_three(products, basis.len());
    uphill.scale(shares[1]);
    if let Some(before) = &before {
        uphill.add(shares[2], before);
    }
    best.scale(shares[0]);
    best.add(1.0, &uphill);
    uphill
}

/// The eigenvector of the largest eigenvalue of the upper left part of a symmetric matrix, by Jacobi's rotations.
fn largest_of_three(mut a: [[f64; 3]; 3], size: usize) -> [f64; 3] {
    let mut vectors = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
    for _ in 0..30 {
        for (p, q) in [(0, 1), (0, 2), (1, 2)] {
            if a[p][q] == 0.0 {
                continue;
            }
            let theta = (a[q][q] - a[p][p]) / (2.0 * a[p][q]);
            let t = theta.signum() / (theta.abs() + theta.hypot(1.0));
            let c = 1.0 / t.hypot(1.0);
            rotate(&mut a, &mut vectors, (p, q), c, t * c);
        }
    }
    let top = (0..size).max_by(|&i, &j| a[i][i].total_cmp(&a[j][j])).expect("the matrix has a row");
    let shares = vectors.map(|row| row[top]);
    // The first vector keeps its direction.
    shares.map(|share| share * shares[0].signum())
}

fn rotate(a: &mut [[f64; 3]; 3], vectors: &mut [[f64; 3]; 3], (p, q): (usize, usize), c: f64, s: f64) {
    for row in a.iter_mut().chain(vectors) {
        (row[p], row[q]) = (c * row[p] - s * row[q], s * row[p] + c * row[q]);
    }
    let (of_p, of_q) = (a[p], a[q]);
    for k in 0..3 {
        a[p][k] = c * of_p[k] - s * of_q[k];
        a[q][k] = s * of_p[k] + c * of_q[k];
    }
    (a[p][q], a[q][p]) = (0.0, 0.0);
}

/// For any operator: multiplies it, plus `shift` times the identity (without which cycles have no limit), again and again.
pub fn by_powers(
    operator: impl Fn(&[f64], &mut [f64]),
    shift: f64,
    start: Vec<f64>,
    limit: Limit,
    stop: &AtomicBool,
) -> Result<Outcome, Cancelled> {
    let mut last = Pair::new(start, &operator);
    let mut error = f64::INFINITY;
    for _ in 0..limit.most_steps {
        go_on(stop)?;
        let (value, rest) = last.residual();
        error = norm(&rest) / value;
        if norm(&rest) <= limit.tolerance * value {
            return Ok(Outcome::Converged(last.x));
        }
        add(&mut last.image, shift, &last.x);
        last = Pair::new(last.image, &operator);
    }
    Ok(Outcome::NotConverged(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Limit = Limit { tolerance: 1e-12, most_steps: 200 };

    /// 2 on the diagonal, 1 beside it: the eigenvector is a half wave.
    fn chain(x: &[f64], y: &mut [f64]) {
        for i in 0..x.len() {
            let before = if i > 0 { x[i - 1] } else { 0.0 };
            y[i] = 2.0 * x[i] + before + x.get(i + 1).unwrap_or(&0.0);
        }
    }

    #[test]
    fn both_ways_find_the_half_wave() {
        let stop = AtomicBool::new(false);
        let half_wave: Vec<f64> = (1..20).map(|i| (std::f64::consts::PI * f64::from(i) / 20.0).sin()).collect();
        let length = norm(&half_wave);
        let more = Limit { most_steps: 20_000, ..LIMIT };
        for found in [symmetric(chain, vec![1.0; 19], LIMIT, &stop), by_powers(chain, 1.0, vec![1.0; 19], more, &stop)]
        {
            let Ok(Outcome::Converged(x)) = found else { panic!("{found:?}") };
            assert!(x.iter().zip(&half_wave).all(|(a, b)| (a - b / length).abs() < 1e-9));
        }
    }

    #[test]
    fn says_how_far_it_came() {
        let (stop, limit) = (AtomicBool::new(false), Limit { tolerance: 1e-12, most_steps: 3 });
        let found = symmetric(chain, vec![1.0; 50], limit, &stop);
        assert!(matches!(found, Ok(Outcome::NotConverged(error)) if error > 1e-6 && error < 0.1));
    }
}
