//! Sources in an order in which those of one batch lie near each other.

use std::cmp::Reverse;

use crate::graph::Csr;

/// How many neighbours decide where a node stands.
const POPULAR: usize = 4;

/// Nodes of about as many neighbours together, and among them those that share their most popular neighbours.
///
/// Nodes around a common hub reach everything in nearly the same step. O(m log m).
pub fn near_sources(graph: Csr) -> Vec<u32> {
    let key = |&v: &u32| {
        let degree = graph.out_degree(v as usize);
        let size = [64, 8, 4].iter().position(|&least| degree >= least).unwrap_or(3);
        (size as u32, popular(graph, v))
    };
    let mut sources: Vec<u32> = (0..graph.len() as u32).collect();
    sources.sort_by_cached_key(key);
    sources
}

/// The neighbours of `v` that have most neighbours themselves, numbered from 1; 0 where there are fewer.
fn popular(graph: Csr, v: u32) -> [u32; POPULAR] {
    let mut found = [(0, Reverse(0)); POPULAR];
    for &w in graph.neighbours(v as usize) {
        let mut new = (graph.out_degree(w as usize), Reverse(w + 1));
        for place in &mut found {
            if new > *place {
                std::mem::swap(place, &mut new);
            }
        }
    }
    found.map(|(_, Reverse(number))| number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::examples::star;

    #[test]
    fn leaves_of_a_hub_are_near() {
        assert_eq!(near_sources(star()), [4, 1, 2, 3, 0]);
    }
}
