//! PageRank of an undirected graph by conjugate gradients (Hestenes and Stiefel, doi:10.6028/jres.049.044), which take a
//! third of the steps of a power iteration: the matrix is symmetric and positive definite.

use std::sync::atomic::AtomicBool;

use crate::equations::Equations;
use crate::graph::Csr;
use crate::rows::add;
use crate::sources::{go_on, Cancelled};

/// The ranks before they are scaled to the sum of 1, and what they miss their equations by, in sum, per sum of ranks.
///
/// Stops when that is below `limit`, or after so many steps. O(m) a step.
pub fn solve(
    graph: Csr,
    alpha: f64,
    jump: &[f64],
    limit: f64,
    most_steps: usize,
    stop: &AtomicBool,
) -> Result<(Vec<f64>, f64), Cancelled> {
    let equations = Equations::of(graph, alpha, jump, stop)?;
    let mut z = equations.guess();
    let mut errors = vec![0.0; equations.count()];
    let mut steps = 0;
    loop {
        // The errors that conjugate gradients keep track of drift from the true ones, so these are looked at in the end.
        equations.errors(&mut z, &mut errors);
        let sum = equations.sum_of_ranks(&errors).max(f64::MIN_POSITIVE);
        let miss = size(&equations, &errors) / sum;
        let before = steps;
        if miss >= limit {
            improve(&equations, &mut z, &mut errors, 0.9 * limit * sum, &mut steps, most_steps, stop)?;
        }
        if steps == before {
            return Ok((equations.ranks(graph, jump, &z), miss));
        }
    }
}

/// Steps until the absolute values of the errors sum up to less than `enough`.
fn improve(
    equations: &Equations,
    z: &mut [f64],
    errors: &mut [f64],
    enough: f64,
    steps: &mut usize,
    most_steps: usize,
    stop: &AtomicBool,
) -> Result<(), Cancelled> {
    let squares = |errors: &[f64]| equations.weighted_sum(errors, |error| error * error);
    let n = equations.count();
    let mut direction = vec![0.0; z.len()];
    direction[..n].copy_from_slice(errors);
    let mut image = vec![0.0; n];
    let mut before = squares(errors);
    while *steps < most_steps && before > 0.0 && size(equations, errors) >= enough {
        go_on(stop)?;
        *steps += 1;
        let step = before / equations.times(&mut direction, &mut image);
        add(&mut z[..n], step, &direction[..n]);
        add(errors, -step, &image);
        let after = squares(errors);
        let keep = after / before;
        direction.iter_mut().zip(&*errors).for_each(|(d, e)| *d = e + keep * *d);
        before = after;
    }
    Ok(())
}

/// The sum of the absolute values of what the equations of the ranks are missed by.
fn size(equations: &Equations, errors: &[f64]) -> f64 {
    equations.weighted_sum(errors, f64::abs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gauss_seidel;
    use crate::graph::examples::{path, random, star};

    /// Both before they are scaled.
    fn assert_like_sweeps(graph: Csr) {
        let (mut directed, n) = (graph, graph.len());
        directed.directed = true;
        let (stop, sum) = (AtomicBool::new(false), (n * (n + 1) / 2) as f64);
        let jump: Vec<f64> = (1..=n).map(|v| v as f64 / sum).collect();
        for alpha in [0.0, 0.5, 0.85, 0.99] {
            let (ranks, miss) = solve(graph, alpha, &jump, 1e-14, 1000, &stop).unwrap();
            let (expected, _) = gauss_seidel::solve(directed, alpha, &jump, 1e-14, 10_000, &stop).unwrap();
            assert!(miss < 1e-13, "{miss}");
            for (rank, expected) in ranks.iter().zip(expected) {
                assert!((rank - expected).abs() < 1e-11, "{rank} is not {expected}");
            }
        }
    }

    #[test]
    fn finds_what_sweeps_find() {
        // Trees, single edges and nodes, loops, and nodes that only have a loop.
        for (n, edges) in [(60, 20), (60, 50), (60, 100), (60, 400), (4, 12)] {
            let arrays = random(n, edges, false);
            assert_like_sweeps(arrays.graph(false));
        }
        [path(), star()].into_iter().for_each(assert_like_sweeps);
    }

    #[test]
    fn says_what_is_missed_and_stops() {
        let (arrays, jump, stop) = (random(60, 100, false), [1.0 / 60.0; 60], AtomicBool::new(false));
        let miss = |steps| solve(arrays.graph(false), 0.85, &jump, 1e-12, steps, &stop).unwrap().1;
        assert!(miss(0) > miss(2) && miss(2) > 1e-12 && miss(100) < 1e-12);
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        assert_eq!(solve(arrays.graph(false), 0.85, &jump, 1e-12, 9, &stop), Err(crate::sources::Cancelled));
    }
}
