//! The eigenvector of the largest eigenvalue of an operator without negative entries.

use std::ops::Range;
use std::sync::atomic::AtomicBool;

use crate::pagerank::Outcome;
use crate::rows::{add, dot, norm, scale};
use crate::sources::{go_on, Cancelled};

/// How many numbers are in a part of a vector.
const BLOCK: usize = 512;

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
    fn zero(n: usize) -> Self {
        Self { x: vec![0.0; n], image: vec![0.0; n] }
    }

    /// The vector, made as long as 1.
    fn of_length_one(mut x: Vec<f64>, operator: &impl Fn(&[f64], &mut [f64])) -> Self {
        let length = norm(&x);
        scale(&mut x, 1.0 / length);
        let mut image = vec![0.0; x.len()];
        operator(&x, &mut image);
        Self { x, image }
    }

    /// The eigenvalue that fits a vector of length 1 best; `rest` becomes what is left of the image without it.
    fn residual(&self, rest: &mut [f64]) -> f64 {
        let value = dot(&self.x, &self.image);
        for block in blocks(rest.len()) {
            let rest = &mut rest[block.clone()];
            rest.copy_from_slice(&self.image[block.clone()]);
            add(rest, -value, &self.x[block]);
        }
        value
    }

    /// The same without the parts below 0, which such an eigenvector has not, by rounding only.
    fn without_negatives(&self, operator: &impl Fn(&[f64], &mut [f64])) -> Self {
        let sign = self.x.iter().sum::<f64>().signum();
        Self::of_length_one(self.x.iter().map(|value| (sign * value).max(0.0)).collect(), operator)
    }

    /// Becomes a combination of itself and of another one, at some of the places.
    fn combine(&mut self, block: &Range<usize>, own: f64, factor: f64, other: &Self) {
        let sides = [(&mut self.x, &other.x), (&mut self.image, &other.image)];
        for (mine, theirs) in sides {
            let mine = &mut mine[block.clone()];
            scale(mine, own);
            add(mine, factor, &theirs[block.clone()]);
        }
    }
}

/// Parts of vectors that fit into the nearest cache, so that several sums over them cost one pass over memory.
fn blocks(n: usize) -> impl Iterator<Item = Range<usize>> {
    (0..n).step_by(BLOCK).map(move |start| start..n.min(start + BLOCK))
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
    let n = start.len();
    let mut best = Pair::of_length_one(start, &operator);
    let (mut uphill, mut step) = (Pair::zero(n), Pair::zero(n));
    let mut error = f64::INFINITY;
    for _ in 0..limit.most_steps {
        go_on(stop)?;
        let value = best.residual(&mut uphill.x);
        error = norm(&uphill.x);
        if error <= limit.tolerance * value {
            best = best.without_negatives(&operator);
            let value = best.residual(&mut uphill.x);
            error = norm(&uphill.x);
            if error <= limit.tolerance * value {
                return Ok(Outcome::Converged(best.x));
            }
            step = Pair::zero(n);
        }
        error /= value;
        operator(&uphill.x, &mut uphill.image);
        let Some([own, up, on]) = best_shares([&best, &uphill, &step]) else { break };
        for block in blocks(n) {
            step.combine(&block, on, up, &uphill);
            best.combine(&block, own, 1.0, &step);
        }
    }
    Ok(Outcome::NotConverged(error))
}

type Matrix = [[f64; 3]; 3];

/// The combination of three vectors that is as long as 1 and has the largest eigenvalue; None where they are no space.
fn best_shares(space: [&Pair; 3]) -> Option<[f64; 3]> {
    let (mut lengths, mut values) = ([[0.0; 3]; 3], [[0.0; 3]; 3]);
    for block in blocks(space[0].x.len()) {
        for i in 0..3 {
            for j in 0..=i {
                lengths[i][j] += dot(&space[i].x[block.clone()], &space[j].x[block.clone()]);
                values[i][j] += dot(&space[i].x[block.clone()], &space[j].image[block.clone()]);
            }
        }
    }
    // Vectors are taken as long as 1, and the last one is left out where it is almost in the plane of the others.
    let sizes: [f64; 3] = std::array::from_fn(|i| lengths[i][i].sqrt());
    let unit = |matrix: Matrix| -> Matrix {
        std::array::from_fn(|i| std::array::from_fn(|j| matrix[i.max(j)][i.min(j)] / (sizes[i] * sizes[j])))
    };
    let (lengths, values) = (unit(lengths), unit(values));
    let shares = [3, 2].into_iter().filter(|&size| sizes[..size].iter().all(|&length| length > 0.0));
    let shares = shares.filter_map(|size| largest(&lengths, &values, size)).next()?;
    Some(std::array::from_fn(|i| if shares[i] == 0.0 { 0.0 } else { shares[i] / sizes[i] }))
}

/// The vector c with c'Lc = 1 and c'Vc as large as can be, L and V being upper left parts; None where L is near singular.
fn largest(lengths: &Matrix, values: &Matrix, size: usize) -> Option<[f64; 3]> {
    let to_orthogonal = inverse_root(lengths, size)?;
    let mut turned = [[0.0; 3]; 3];
    for (i, j) in places(size) {
        let terms = places(size).map(|(k, l)| to_orthogonal[i][k] * values[k][l] * to_orthogonal[j][l]);
        turned[i][j] = terms.sum();
    }
    let top = top_vector(turned, size);
    let share = |i: usize| (0..size).map(|j| to_orthogonal[j][i] * top[j]).sum::<f64>();
    Some(std::array::from_fn(|i| if i < size { share(i) } else { 0.0 }))
}

fn places(size: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..size).flat_map(move |i| (0..size).map(move |j| (i, j)))
}

/// The inverse of the lower triangular root of a symmetric matrix (Cholesky); None where it is near singular.
fn inverse_root(matrix: &Matrix, size: usize) -> Option<Matrix> {
    let (mut root, mut inverse) = ([[0.0; 3]; 3], [[0.0; 3]; 3]);
    for i in 0..size {
        for j in 0..=i {
            let rest = matrix[i][j] - (0..j).map(|k| root[i][k] * root[j][k]).sum::<f64>();
            root[i][j] = if i > j { rest / root[j][j] } else { rest.max(0.0).sqrt() };
        }
        if root[i][i] < 1e-4 {
            return None;
        }
        let known = |j: usize| (j..i).map(|k| root[i][k] * inverse[k][j]).sum::<f64>();
        inverse[i] = std::array::from_fn(|j| (f64::from(u8::from(i == j)) - known(j)) / root[i][i]);
    }
    Some(inverse)
}

/// The eigenvector of the largest eigenvalue of the upper left part of a symmetric matrix, by Jacobi's rotations.
fn top_vector(mut a: Matrix, size: usize) -> [f64; 3] {
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
    let mut rest = vec![0.0; start.len()];
    let mut last = Pair::of_length_one(start, &operator);
    let mut error = f64::INFINITY;
    for _ in 0..limit.most_steps {
        go_on(stop)?;
        let value = last.residual(&mut rest);
        error = norm(&rest);
        if error <= limit.tolerance * value {
            return Ok(Outcome::Converged(last.x));
        }
        error /= value;
        add(&mut last.image, shift, &last.x);
        std::mem::swap(&mut last.x, &mut last.image);
        let length = norm(&last.x);
        scale(&mut last.x, 1.0 / length);
        operator(&last.x, &mut last.image);
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
