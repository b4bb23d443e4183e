//! A graph in compressed sparse row form, borrowed from the caller and checked.

/// Why arrays are not a graph.
#[derive(Debug, PartialEq, Eq)]
pub struct Malformed(pub String);

/// A simple graph of `n` nodes: the out-neighbours of `v` are `indices[indptr[v]..indptr[v + 1]]`, rising.
///
/// An undirected graph holds each edge in both directions, a loop once.
#[derive(Clone, Copy)]
pub struct Csr<'a> {
    indptr: &'a [i64],
    indices: &'a [u32],
    pub directed: bool,
}

/// The arrays of a graph that was made here.
pub struct OwnedCsr {
    indptr: Vec<i64>,
    indices: Vec<u32>,
}

impl<'a> Csr<'a> {
    /// Checks the arrays, so that every kernel may trust them. O(n + m).
    pub fn new(indptr: &'a [i64], indices: &'a [u32], directed: bool) -> Result<Self, Malformed> {
        check_indptr(indptr, indices.len()).map_err(Malformed)?;
        let graph = Self { indptr, indices, directed };
        graph.check_rows().map_err(Malformed)?;
        if !directed {
            graph.check_ways_back().map_err(Malformed)?;
        }
        Ok(graph)
    }

    /// Checks that there is one weight an index, and that both directions of an undirected edge have the same. O(n + m).
    pub fn check_weights(&self, weights: &[f64]) -> Result<(), Malformed> {
        if weights.len() != self.indices.len() {
            let (found, edges) = (weights.len(), self.indices.len());
            return Err(Malformed(format!("weights has {found} values; expected one an index, {edges}")));
        }
        if self.directed || self.is_even(weights) {
            return Ok(());
        }
        let back_of = |v: usize, w: u32| {
            let row = self.row(w as usize);
            row.start + self.indices[row].binary_search(&(v as u32)).expect("every edge has a way back")
        };
        let edges = (0..self.len()).flat_map(|v| self.row(v).map(move |at| (v, at)));
        let mut ways = edges.map(|(v, at)| (v, at, back_of(v, self.indices[at])));
        let (v, at, back) = ways.find(|&(_, at, back)| weights[at] != weights[back]).expect("some weights differ");
        let way = format!("the way back from {} to {v}", self.indices[at]);
        Err(Malformed(format!("weights[{at}] is {}, but {} on {way}; expected the same", weights[at], weights[back])))
    }

    /// Whether the weights upwards and those downwards are the same, as in `is_symmetric`.
    fn is_even(&self, weights: &[f64]) -> bool {
        let mut sum = 0u64;
        for v in 0..self.len() {
            for (&w, &weight) in self.neighbours(v).iter().zip(&weights[self.row(v)]) {
                let (v, w) = (v as u64, u64::from(w));
                // 0 is added, as -0 has other bits.
                let hash = hash(hash(v.min(w) << 32 | v.max(w)) ^ (weight + 0.0).to_bits());
                sum = sum.wrapping_add(towards(v, w, hash));
            }
        }
        sum == 0
    }

    pub fn len(&self) -> usize {
        self.indptr.len() - 1
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn neighbours(&self, v: usize) -> &'a [u32] {
        &self.indices[self.row(v)]
    }

    /// Where in `indices` the neighbours of `v` stand.
    pub fn row(&self, v: usize) -> std::ops::Range<usize> {
        self.indptr[v] as usize..self.indptr[v + 1] as usize
    }

    /// Where the edge from `v` to `w` stands in the rows; there must be one.
    pub fn entry(&self, v: u32, w: u32) -> usize {
        let place = self.neighbours(v as usize).binary_search(&w).expect("the edge is in the graph");
        self.row(v as usize).start + place
    }

    /// How many entries the rows have.
    pub fn arcs(&self) -> usize {
        self.indices.len()
    }

    pub fn out_degree(&self, v: usize) -> usize {
        self.neighbours(v).len()
    }

    /// The graph with every edge turned round. O(n + m).
    pub fn reversed(&self) -> OwnedCsr {
        let mut indptr = vec![0; self.len() + 1];
        for &w in self.indices {
            indptr[w as usize + 1] += 1;
        }
        for v in 0..self.len() {
            indptr[v + 1] += indptr[v];
        }
        let mut free = indptr.clone();
        let mut indices = vec![0; self.indices.len()];
        for v in 0..self.len() {
            for &w in self.neighbours(v) {
                indices[free[w as usize] as usize] = v as u32;
                free[w as usize] += 1;
            }
        }
        OwnedCsr { indptr, indices }
    }

    fn check_rows(&self) -> Result<(), String> {
        let n = self.len();
        // Without a way out of the loops, as there is nothing to find in nearly all graphs.
        let rises = |row: &[u32]| row.windows(2).fold(true, |rises, pair| rises & (pair[0] < pair[1]));
        let is_in_range = self.indices.iter().fold(0, |most, &w| most.max(w)) < n as u32 || self.indices.is_empty();
        if is_in_range && (0..n).fold(true, |all, v| all & rises(self.neighbours(v))) {
            return Ok(());
        }
        if let Some(at) = self.indices.iter().position(|&w| w as usize >= n) {
            return Err(format!("indices[{at}] is {}; expected less than the {n} nodes", self.indices[at]));
        }
        for v in 0..n {
            if let Some(i) = self.neighbours(v).windows(2).position(|pair| pair[0] >= pair[1]) {
                let (at, row) = (self.indptr[v] as usize + i, self.neighbours(v));
                return Err(format!(
                    "indices[{}] is {} after {}; expected the neighbours of node {v} to rise",
                    at + 1,
                    row[i + 1],
                    row[i]
                ));
            }
        }
        Ok(())
    }

    fn check_ways_back(&self) -> Result<(), String> {
        if self.is_symmetric() {
            return Ok(());
        }
        for v in 0..self.len() {
            let missing = |&&w: &&u32| self.neighbours(w as usize).binary_search(&(v as u32)).is_err();
            if let Some(w) = self.neighbours(v).iter().find(missing) {
                return Err(format!("the edge from {v} to {w} has no way back; expected one in an undirected graph"));
            }
        }
        unreachable!("every edge has its way back, so the graph is symmetric")
    }

    /// Whether the edges upwards and those downwards are the same, by the sums of their hashes.
    ///
    /// Different edges have the same sum once in 2^64, in which case a kernel finds nonsense, but nothing outside of the
    /// arrays. To compare the edges themselves would take longer than many a kernel.
    fn is_symmetric(&self) -> bool {
        let mut sum = 0u64;
        for v in 0..self.len() {
            for &w in self.neighbours(v) {
                let (v, w) = (v as u64, u64::from(w));
                sum = sum.wrapping_add(towards(v, w, hash(v.min(w) << 32 | v.max(w))));
            }
        }
        sum == 0
    }
}

/// A value of an edge upwards as it is, of one downwards negated, of a loop as 0; without branches, which nothing predicts.
fn towards(v: u64, w: u64, value: u64) -> u64 {
    let (up, down) = (u64::from(v < w), u64::from(v > w));
    value.wrapping_mul(up.wrapping_sub(down))
}

/// Mixes the bits of a number (the finalizer of Appleby's MurmurHash3).
fn hash(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 33)).wrapping_mul(0xFF51_AFD7_ED55_8CCD);
    bits = (bits ^ (bits >> 33)).wrapping_mul(0xC4CE_B9FE_1A85_EC53);
    bits ^ (bits >> 33)
}

impl OwnedCsr {
    /// A graph without rows yet.
    pub(crate) fn with_capacity(n: usize, arcs: usize) -> Self {
        let mut indptr = Vec::with_capacity(n + 1);
        indptr.push(0);
        Self { indptr, indices: Vec::with_capacity(arcs) }
    }

    /// The neighbours of the next node, in any order; doubles are dropped.
    pub(crate) fn push_row(&mut self, row: impl Iterator<Item = u32>) {
        let start = self.indices.len();
        self.indices.extend(row);
        self.indices[start..].sort_unstable();
        let mut kept = start;
        for at in start..self.indices.len() {
            if at == start || self.indices[at] != self.indices[kept - 1] {
                self.indices[kept] = self.indices[at];
                kept += 1;
            }
        }
        self.indices.truncate(kept);
        self.indptr.push(kept as i64);
    }

    pub fn graph(&self, directed: bool) -> Csr<'_> {
        Csr { indptr: &self.indptr, indices: &self.indices, directed }
    }
}

fn check_indptr(indptr: &[i64], edges: usize) -> Result<(), String> {
    let Some(n) = indptr.len().checked_sub(1) else {
        return Err("indptr is empty; expected n + 1 offsets".into());
    };
    if n >= 1 << 31 {
        return Err(format!("{n} nodes; expected less than 2^31"));
    }
    if indptr[0] != 0 {
        return Err(format!("indptr[0] is {}; expected 0", indptr[0]));
    }
    if let Some(v) = (0..n).find(|&v| indptr[v + 1] < indptr[v]) {
        return Err(format!("indptr falls from {} to {} at position {}", indptr[v], indptr[v + 1], v + 1));
    }
    if indptr[n] as usize != edges {
        return Err(format!("indptr ends with {}; expected the length of indices, {edges}", indptr[n]));
    }
    Ok(())
}

#[cfg(test)]
pub(crate) mod examples {
    use super::{Csr, OwnedCsr};
    use crate::twins::mix;

    /// A graph of `n` nodes and at most so many edges, the same in every run.
    pub fn random(n: u64, edges: u64, directed: bool) -> OwnedCsr {
        let mut rows = vec![Vec::new(); n as usize];
        for edge in 0..edges {
            let (v, w) = (mix(2 * edge) % n, mix(2 * edge + 1) % n);
            rows[v as usize].push(w as u32);
            if !directed {
                rows[w as usize].push(v as u32);
            }
        }
        let mut graph = OwnedCsr::with_capacity(n as usize, 2 * edges as usize);
        rows.into_iter().for_each(|row| graph.push_row(row.into_iter()));
        graph
    }

    /// The path 0 - 1 - 2 - 3.
    pub fn path() -> Csr<'static> {
        Csr::new(&[0, 1, 3, 5, 6], &[1, 0, 2, 1, 3, 2], false).unwrap()
    }

    /// A star of three leaves around node 0, and node 4 alone.
    pub fn star() -> Csr<'static> {
        Csr::new(&[0, 3, 4, 5, 6, 6], &[1, 2, 3, 0, 0, 0], false).unwrap()
    }

    /// 0 -> 1 -> 2, and 2 -> 2.
    pub fn arrows() -> Csr<'static> {
        Csr::new(&[0, 1, 2, 3], &[1, 2, 2], true).unwrap()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_where_the_arrays_are_wrong() {
        let why = |indptr: &[i64], indices: &[u32]| Csr::new(indptr, indices, false).err().expect("malformed").0;
        assert!(why(&[], &[]).contains("empty"));
        assert!(why(&[1, 1], &[]).contains("indptr[0] is 1"));
        assert!(why(&[0, 2, 1], &[0, 1]).contains("falls from 2 to 1 at position 2"));
        assert!(why(&[0, 1], &[0, 0]).contains("expected the length of indices, 2"));
        assert!(why(&[0, 2], &[0, 7]).contains("indices[1] is 7"));
        assert!(why(&[0, 1, 3], &[1, 0, 0]).contains("indices[2] is 0 after 0; expected the neighbours of node 1"));
        assert!(why(&[0, 0, 2], &[0, 1]).contains("from 1 to 0 has no way back"));
    }

    #[test]
    fn says_where_weights_are_wrong() {
        let why = |weights: &[f64]| examples::path().check_weights(weights).err().map(|why| why.0);
        assert_eq!(why(&[1.0, 1.0, 2.0, 2.0, 3.0, 3.0]), None);
        assert!(why(&[1.0]).unwrap().contains("1 values; expected one an index, 6"));
        let wrong = why(&[1.0, 1.0, 2.0, 4.0, 3.0, 3.0]).unwrap();
        assert!(wrong.contains("weights[2] is 2, but 4 on the way back from 2 to 1"), "{wrong}");
        assert_eq!(examples::arrows().check_weights(&[1.0, 2.0, 3.0]), Ok(()));
    }

    #[test]
    fn gives_neighbours_forwards_and_backwards() {
        let graph = examples::path();
        assert_eq!((graph.len(), graph.neighbours(1), graph.out_degree(3)), (4, &[0, 2][..], 1));
        let reversed = examples::arrows().reversed();
        assert_eq!((reversed.indptr, reversed.indices), (vec![0, 0, 1, 3], vec![0, 1, 2]));
    }
}
