//! Degrees.

use crate::graph::Csr;

/// How many edges end at each node, out and in where they are directed; a loop ends there twice. O(n + m).
pub fn degree(graph: Csr) -> Vec<f64> {
    let mut counts = vec![0.0; graph.len()];
    for v in 0..graph.len() {
        for &w in graph.neighbours(v) {
            counts[v] += 1.0;
            // An undirected edge is met again from its other end; a loop is not.
            if graph.directed || w as usize == v {
                counts[w as usize] += 1.0;
            }
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::examples::{arrows, star};

    #[test]
    fn counts_ends_of_edges() {
        assert_eq!(degree(star()), [3.0, 1.0, 1.0, 1.0, 0.0]);
        assert_eq!(degree(arrows()), [1.0, 2.0, 3.0]);
        assert_eq!(degree(Csr::new(&[0, 2, 3], &[0, 1, 0], false).unwrap()), [3.0, 1.0]);
    }
}
