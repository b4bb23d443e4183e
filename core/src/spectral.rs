//! Measures that are eigenvectors: eigenvector centrality (Bonacich, doi:10.1080/0022250X.1972.9989806) and HITS
//! (Kleinberg, "Authoritative sources in a hyperlinked environment", doi:10.1145/324133.324140).

use std::cell::RefCell;
use std::sync::atomic::AtomicBool;

use crate::eigen::{by_powers, symmetric, Limit};
use crate::graph::Csr;
use crate::pagerank::Outcome;
use crate::rows::Rows;
use crate::sources::Cancelled;

/// The vector whose value at each node is, but for one factor, the sum of the values of those with an edge to it.
///
/// Of length 1. O(m) a step.
pub fn eigenvector(
    graph: Csr,
    weights: Option<&[f64]>,
    start: &[f64],
    limit: Limit,
    stop: &AtomicBool,
) -> Result<Outcome, Cancelled> {
    let rows = Rows::incoming(graph, weights);
    let operator = |x: &[f64], y: &mut [f64]| rows.times(x, y);
    if graph.directed {
        by_powers(operator, rows.mean_weight(), start.to_vec(), limit, stop)
    } else {
        symmetric(operator, start.to_vec(), limit, stop)
    }
}

/// Authorities: nodes that good hubs point to. The eigenvector of the transposed adjacency matrix times the matrix.
///
/// Of length 1. O(m) a step.
pub fn authorities(
    graph: Csr,
    weights: Option<&[f64]>,
    start: &[f64],
    limit: Limit,
    stop: &AtomicBool,
) -> Result<Outcome, Cancelled> {
    let (outgoing, incoming) = (Rows::outgoing(graph, weights), Rows::incoming(graph, weights));
    let hubs = RefCell::new(vec![0.0; graph.len()]);
    let operator = |x: &[f64], y: &mut [f64]| {
        outgoing.times(x, &mut hubs.borrow_mut());
        incoming.times(&hubs.borrow(), y);
    };
    symmetric(operator, start.to_vec(), limit, stop)
}

/// Hubs: nodes that point to good authorities.
pub fn hubs(graph: Csr, weights: Option<&[f64]>, authorities: &[f64]) -> Vec<f64> {
    let mut values = vec![0.0; graph.len()];
    Rows::outgoing(graph, weights).times(authorities, &mut values);
    values
}
