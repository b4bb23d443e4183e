//! Exact betweenness (Brandes, "A faster algorithm for betweenness centrality", doi:10.1080/0022250X.2001.9990249).

use crate::blocks::Blocks;
use crate::cluster::near_sources;
use crate::graph::Csr;
use crate::part::{parts, Part};
use crate::relabel::Cutter;
use crate::sources::Cancelled;
use crate::sweep::sweep;
use crate::tally::{Edges, Nodes};
use crate::watch::Watch;

/// For every node the sum over pairs (s, t) of the share of their shortest paths that pass through it; not normalised.
///
/// Ordered pairs are counted, so in an undirected graph each pair twice. O(nm) time at most: an undirected graph is cut
/// into its blocks, whose twins are merged first.
pub fn betweenness(graph: Csr, threads: usize, watch: &Watch) -> Result<Vec<f64>, Cancelled> {
    let mut sums = vec![0.0; graph.len()];
    let parts = cut(graph, &mut sums, watch)?;
    watch.expect(parts.iter().map(|part| part.work(part.classes())).sum());
    for part in &parts {
        let sums_within = sweep(part, &all_sources(part), part.classes(), Nodes, threads, watch)?;
        part.give_back(&sums_within, &mut sums);
    }
    Ok(sums)
}

/// The same for every entry of the rows: the paths that use it; in an undirected graph, in either direction.
pub fn edge_betweenness(graph: Csr, threads: usize, watch: &Watch) -> Result<Vec<f64>, Cancelled> {
    let mut sums = vec![0.0; graph.arcs()];
    let mut add = |v, w, value| {
        sums[graph.entry(v, w)] += value;
        if !graph.directed {
            sums[graph.entry(w, v)] += value;
        }
    };
    let parts = if graph.directed { vec![Part::whole(graph, watch)?] } else { cut_at_bridges(graph, &mut add, watch)? };
    watch.expect(parts.iter().map(|part| part.work(part.classes())).sum());
    for part in &parts {
        let within = sweep(part, &all_sources(part), part.outgoing().arcs(), Edges, threads, watch)?;
        part.give_back_edges(&within, &mut add);
    }
    Ok(sums)
}

/// The blocks of an undirected graph; adds the pairs that meet only over one edge.
fn cut_at_bridges(graph: Csr, mut add: impl FnMut(u32, u32, f64), watch: &Watch) -> Result<Vec<Part>, Cancelled> {
    let mut cutter = Cutter::new(graph);
    let mut parts = Vec::new();
    for block in Blocks::find_unless(&watch.stop, graph)?.iter() {
        match (block.nodes, &block.weights()[..]) {
            (&[v, w], &[behind_v, behind_w]) => add(v, w, (2 * behind_v * behind_w) as f64),
            _ => parts.push(Part::of_plain_block(&mut cutter, &block, watch)?),
        }
    }
    Ok(parts)
}

/// What betweenness is computed on. What needs no search is added to the sums: pairs that meet only through one node, and
/// pairs of twins.
pub fn cut(graph: Csr, sums: &mut [f64], watch: &Watch) -> Result<Vec<Part>, Cancelled> {
    if graph.directed {
        return Ok(vec![Part::whole(graph, watch)?]);
    }
    let blocks = Blocks::find_unless(&watch.stop, graph)?;
    for (v, sum) in sums.iter_mut().enumerate() {
        *sum = blocks.pairs_parted(v) as f64;
    }
    let parts = parts(graph, &blocks, watch)?;
    parts.iter().for_each(|part| part.settle(sums));
    Ok(parts)
}

/// All classes with their weights, those near each other together.
pub fn all_sources(part: &Part) -> Vec<(u32, f64)> {
    near_sources(part.outgoing()).into_iter().map(|s| (s, part.weight[s as usize])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::examples::{arrows, path, star};

    #[test]
    fn of_a_path_and_a_star() {
        let watch = Watch::default();
        assert_eq!(betweenness(path(), 1, &watch).unwrap(), [0.0, 4.0, 4.0, 0.0]);
        assert_eq!(betweenness(star(), 2, &watch).unwrap(), [6.0, 0.0, 0.0, 0.0, 0.0]);
        assert_eq!(betweenness(arrows(), 1, &watch).unwrap(), [0.0, 1.0, 0.0]);
    }

    #[test]
    fn of_the_edges_of_a_path_and_a_star() {
        let watch = Watch::default();
        assert_eq!(edge_betweenness(path(), 1, &watch).unwrap(), [6.0, 6.0, 8.0, 8.0, 6.0, 6.0]);
        assert_eq!(edge_betweenness(star(), 1, &watch).unwrap(), [6.0; 6]);
        assert_eq!(edge_betweenness(arrows(), 1, &watch).unwrap(), [2.0, 2.0, 0.0]);
    }
}
