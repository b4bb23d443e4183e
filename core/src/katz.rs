//! Katz centrality (Katz, "A new status index derived from sociometric analysis", doi:10.1007/BF02289026).

use std::sync::atomic::AtomicBool;

use crate::eigen::Limit;
use crate::graph::Csr;
use crate::pagerank::Outcome;
use crate::rows::{add, dot, norm, Rows};
use crate::sources::{go_on, Cancelled};

/// The solution of x = `alpha` A'x + `beta`: the walks that end at a node, each step of them counting `alpha`.
///
/// Its residual is at most `limit.tolerance` times its length. There is one where `alpha` is below the inverse of the
/// largest eigenvalue of A; otherwise the iteration does not converge. O(m) a step.
pub fn katz(
    graph: Csr,
    weights: Option<&[f64]>,
    alpha: f64,
    beta: &[f64],
    limit: Limit,
    stop: &AtomicBool,
) -> Result<Outcome, Cancelled> {
    let system = System { rows: Rows::incoming(graph, weights), alpha, beta };
    let found = if graph.directed { system.by_sweeps(limit, stop)? } else { system.by_gradients(limit, stop)? };
    Ok(match found {
        // Walks are not fewer than none: such a solution is not the sum of their series, which has none.
        Outcome::Converged(x) if beta.iter().all(|&b| b >= 0.0) && !is_almost_positive(&x, limit.tolerance) => {
            Outcome::NotConverged(f64::INFINITY)
        }
        found => found,
    })
}

fn is_almost_positive(x: &[f64], tolerance: f64) -> bool {
    let least = -tolerance.max(1e-12) * norm(x);
    x.iter().all(|&value| value >= least)
}

struct System<'a> {
    rows: Rows<'a>,
    alpha: f64,
    beta: &'a [f64],
}

impl System<'_> {
    /// What each equation lacks.
    fn residual(&self, x: &[f64]) -> Vec<f64> {
        let lack = |v: usize| self.beta[v] + self.alpha * self.rows.row_times(v, x) - x[v];
        (0..x.len()).map(lack).collect()
    }

    /// Conjugate gradients (Hestenes and Stiefel, doi:10.6028/jres.049.044), for a symmetric matrix.
    fn by_gradients(&self, limit: Limit, stop: &AtomicBool) -> Result<Outcome, Cancelled> {
        let mut x = self.beta.to_vec();
        let mut rest = self.residual(&x);
        let mut direction = rest.clone();
        let mut image = vec![0.0; x.len()];
        for _ in 0..limit.most_steps {
            go_on(stop)?;
            let error = dot(&rest, &rest);
            if error.sqrt() <= limit.tolerance * norm(&x) {
                // The recurrence may have drifted from the residual.
                rest = self.residual(&x);
                if norm(&rest) <= limit.tolerance * norm(&x) {
                    return Ok(Outcome::Converged(x));
                }
                direction.clone_from(&rest);
            }
            let error = dot(&rest, &rest);
            self.rows.times(&direction, &mut image);
            image.iter_mut().zip(&direction).for_each(|(value, d)| *value = d - self.alpha * *value);
            let curvature = dot(&direction, &image);
            if curvature <= 0.0 || !curvature.is_finite() {
                return Ok(Outcome::NotConverged(f64::INFINITY));
            }
            let length = error / curvature;
            add(&mut x, length, &direction);
            add(&mut rest, -length, &image);
            let turn = dot(&rest, &rest) / error;
            direction.iter_mut().zip(&rest).for_each(|(d, r)| *d = r + turn * *d);
        }
        Ok(Outcome::NotConverged(norm(&rest) / norm(&x)))
    }

    /// Gauss and Seidel's sweeps, which reach the solution for a matrix without negative entries exactly where the sum
    /// over walks does (Stein and Rosenberg, doi:10.1112/jlms/s1-23.2.111).
    fn by_sweeps(&self, limit: Limit, stop: &AtomicBool) -> Result<Outcome, Cancelled> {
        let mut x = self.beta.to_vec();
        let mut error = f64::INFINITY;
        for _ in 0..limit.most_steps {
            go_on(stop)?;
            let residual = norm(&self.residual(&x));
            error = residual / norm(&x);
            if residual <= limit.tolerance * norm(&x) {
                return Ok(Outcome::Converged(x));
            }
            for v in 0..x.len() {
                x[v] = self.beta[v] + self.alpha * self.rows.row_times(v, &x);
            }
            if !norm(&x).is_finite() {
                return Ok(Outcome::NotConverged(f64::INFINITY));
            }
        }
        Ok(Outcome::NotConverged(error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::examples::{arrows, path};

    const LIMIT: Limit = Limit { tolerance: 1e-12, most_steps: 500 };

    #[test]
    fn of_a_path() {
        let stop = AtomicBool::new(false);
        let Ok(Outcome::Converged(x)) = katz(path(), None, 0.5, &[1.0; 4], LIMIT, &stop) else { panic!() };
        assert!(x.iter().zip([4.0, 6.0, 6.0, 4.0]).all(|(a, b)| (a - b).abs() < 1e-10));
        // The largest eigenvalue is the golden ratio.
        let found = katz(path(), None, 0.62, &[1.0; 4], LIMIT, &stop);
        assert_eq!(found, Ok(Outcome::NotConverged(f64::INFINITY)));
    }

    #[test]
    fn follows_arrows() {
        let stop = AtomicBool::new(false);
        let Ok(Outcome::Converged(x)) = katz(arrows(), None, 0.5, &[1.0; 3], LIMIT, &stop) else { panic!() };
        assert!(x.iter().zip([1.0, 1.5, 3.5]).all(|(a, b)| (a - b).abs() < 1e-10));
        assert!(matches!(katz(arrows(), None, 1.0, &[1.0; 3], LIMIT, &stop), Ok(Outcome::NotConverged(_))));
    }
}
