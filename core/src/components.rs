//! Connected components, by disjoint sets (Tarjan and van Leeuwen, "Worst-case analysis of set union algorithms",
//! doi:10.1145/62.2160).

use std::sync::atomic::AtomicBool;

use crate::graph::Csr;
use crate::sources::{go_on, Cancelled};

/// How many nodes a kernel that takes O(n + m) in all looks at before it looks at `stop`.
pub const PATIENCE: usize = 4096;

/// The component of each node, whatever the direction of edges; numbered in the order of their first nodes.
///
/// O(m a(n)), where a is the inverse of Ackermann's function, at most 4.
pub fn connected_components(graph: Csr, stop: &AtomicBool) -> Result<Vec<u32>, Cancelled> {
    components_within(graph, |_, _| true, stop)
}

/// The same by those edges only that `joins` both of their ends.
pub fn components_within(
    graph: Csr,
    joins: impl Fn(usize, usize) -> bool,
    stop: &AtomicBool,
) -> Result<Vec<u32>, Cancelled> {
    let mut parent: Vec<u32> = (0..graph.len() as u32).collect();
    for v in 0..graph.len() {
        if v % PATIENCE == 0 {
            go_on(stop)?;
        }
        let mut root = v as u32;
        for &w in graph.neighbours(v) {
            if w as usize >= v && !graph.directed {
                break; // the edge is met again from its other end
            }
            if joins(v, w as usize) {
                root = join(&mut parent, root, w);
            }
        }
    }
    Ok(number_roots(parent))
}

/// Makes one set of two, whose root is the smaller one of theirs.
fn join(parent: &mut [u32], a: u32, b: u32) -> u32 {
    let (a, b) = (find(parent, a), find(parent, b));
    let (root, other) = (a.min(b), a.max(b));
    parent[other as usize] = root;
    root
}

/// The root of a set; on the way there each node is hung up one higher ("path halving").
fn find(parent: &mut [u32], mut v: u32) -> u32 {
    loop {
        let above = parent[v as usize];
        if above == v {
            return v;
        }
        let higher = parent[above as usize];
        parent[v as usize] = higher;
        v = higher;
    }
}

/// Labels in place of parents, which are smaller than their children.
fn number_roots(mut parent: Vec<u32>) -> Vec<u32> {
    let mut roots = 0;
    for v in 0..parent.len() {
        let above = parent[v] as usize;
        if above == v {
            parent[v] = roots;
            roots += 1;
        } else {
            parent[v] = parent[above];
        }
    }
    parent
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::examples::{arrows, path, star};

    #[test]
    fn are_numbered_by_their_first_nodes() {
        let stop = AtomicBool::new(false);
        assert_eq!(connected_components(path(), &stop).unwrap(), [0, 0, 0, 0]);
        assert_eq!(connected_components(star(), &stop).unwrap(), [0, 0, 0, 0, 1]);
        assert_eq!(connected_components(arrows(), &stop).unwrap(), [0, 0, 0]);
        let joined_late = Csr::new(&[0, 0, 0, 0, 3], &[0, 1, 2], true).unwrap();
        assert_eq!(connected_components(joined_late, &stop).unwrap(), [0; 4]);
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        assert_eq!(connected_components(path(), &stop), Err(Cancelled));
    }
}
