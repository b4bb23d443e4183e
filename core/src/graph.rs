//! A graph in compressed sparse row form, borrowed from the caller.

/// Why arrays are not a graph.
#[derive(Debug, PartialEq, Eq)]
pub struct Malformed(pub String);

/// A directed graph of `n` nodes: the out-neighbours of `v` are `indices[indptr[v]..indptr[v + 1]]`.
///
/// An undirected graph holds each edge in both directions.
#[derive(Clone, Copy)]
pub struct Csr<'a> {
    indptr: &'a [i64],
    indices: &'a [u32],
}

impl<'a> Csr<'a> {
    /// Checks the arrays, so that every kernel may trust them.
    pub fn new(indptr: &'a [i64], indices: &'a [u32]) -> Result<Self, Malformed> {
        let Some(n) = indptr.len().checked_sub(1) else {
            return Err(Malformed("indptr is empty; expected n + 1 offsets".into()));
        };
        if n >= u32::MAX as usize {
            return Err(Malformed(format!("{n} nodes; expected less than 2^32 - 1")));
        }
        if indptr[0] != 0 {
            return Err(Malformed(format!("indptr[0] is {}; expected 0", indptr[0])));
        }
        if let Some(v) = (0..n).find(|&v| indptr[v + 1] < indptr[v]) {
            return Err(Malformed(format!(
                "indptr falls from {} to {} at position {}",
                indptr[v],
                indptr[v + 1],
                v + 1
            )));
        }
        if indptr[n] as usize != indices.len() {
            return Err(Malformed(format!(
                "indptr ends with {}; expected the length of indices, {}",
                indptr[n],
                indices.len()
            )));
        }
        if let Some(at) = indices.iter().position(|&w| w as usize >= n) {
            return Err(Malformed(format!("indices[{at}] is {}; expected less than the {n} nodes", indices[at])));
        }
        Ok(Self { indptr, indices })
    }

    pub fn len(&self) -> usize {
        self.indptr.len() - 1
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn neighbours(&self, v: usize) -> &'a [u32] {
        &self.indices[self.indptr[v] as usize..self.indptr[v + 1] as usize]
    }

    pub fn out_degree(&self, v: usize) -> usize {
        self.neighbours(v).len()
    }
}

#[cfg(test)]
pub(crate) mod examples {
    /// The path 0 - 1 - 2 - 3, undirected.
    pub const PATH: (&[i64], &[u32]) = (&[0, 1, 3, 5, 6], &[1, 0, 2, 1, 3, 2]);
    /// A star of three leaves around node 0, and node 4 alone.
    pub const STAR: (&[i64], &[u32]) = (&[0, 3, 4, 5, 6, 6], &[1, 2, 3, 0, 0, 0]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_where_the_arrays_are_wrong() {
        let why = |indptr: &[i64], indices: &[u32]| Csr::new(indptr, indices).err().expect("malformed").0;
        assert!(why(&[], &[]).contains("empty"));
        assert!(why(&[1, 1], &[]).contains("indptr[0] is 1"));
        assert!(why(&[0, 2, 1], &[0, 1]).contains("falls from 2 to 1 at position 2"));
        assert!(why(&[0, 1], &[0, 0]).contains("expected the length of indices, 2"));
        assert!(why(&[0, 2], &[0, 7]).contains("indices[1] is 7"));
    }

    #[test]
    fn gives_neighbours() {
        let graph = Csr::new(examples::PATH.0, examples::PATH.1).unwrap();
        assert_eq!((graph.len(), graph.neighbours(1), graph.out_degree(3)), (4, &[0, 2][..], 1));
    }
}
