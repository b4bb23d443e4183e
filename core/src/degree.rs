//! Degrees.

use crate::graph::Csr;

/// How many neighbours each node has; a node that neighbours itself counts it twice where `loops_twice`.
pub fn degree(graph: Csr, loops_twice: bool) -> Vec<f64> {
    let loops = |v: usize| graph.neighbours(v).iter().filter(|&&w| w as usize == v).count();
    (0..graph.len()).map(|v| (graph.out_degree(v) + if loops_twice { loops(v) } else { 0 }) as f64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_loops_as_told() {
        let graph = Csr::new(&[0, 2, 3], &[0, 1, 0]).unwrap();
        assert_eq!((degree(graph, false), degree(graph, true)), (vec![2.0, 1.0], vec![3.0, 1.0]));
    }
}
