//! What is kept of the paths that a source has through nodes and over edges.

/// Adds the shares of paths from one source after another to sums; those of no use are not computed.
pub trait Tally: Copy + Sync {
    /// Whether the squares of shares are of use, and whether edges are.
    const SQUARES: bool = false;
    const EDGES: bool = false;

    /// The weight of the paths from some sources through one node of a class, in sum, and the sum of its squares.
    fn node(self, sums: &mut [f64], v: usize, sum: f64, squares: f64);

    /// The weight of the paths from some sources over an entry of the outgoing rows.
    fn edge(self, _sums: &mut [f64], _at: usize, _sum: f64) {}
}

/// The sum at each node.
#[derive(Clone, Copy)]
pub struct Nodes;

impl Tally for Nodes {
    #[inline(always)]
    fn node(self, sums: &mut [f64], v: usize, sum: f64, _squares: f64) {
        sums[v] += sum;
    }
}

/// The sum at each node, and behind these the sum of squares.
#[derive(Clone, Copy)]
pub struct Moments;

impl Tally for Moments {
    const SQUARES: bool = true;

    #[inline(always)]
    fn node(self, sums: &mut [f64], v: usize, sum: f64, squares: f64) {
        let n = sums.len() / 2;
        sums[v] += sum;
        sums[n + v] += squares;
    }
}

/// The sum at each entry of the outgoing rows.
#[derive(Clone, Copy)]
pub struct Edges;

impl Tally for Edges {
    const EDGES: bool = true;

    #[inline(always)]
    fn node(self, _sums: &mut [f64], _v: usize, _sum: f64, _squares: f64) {}

    #[inline(always)]
    fn edge(self, sums: &mut [f64], at: usize, sum: f64) {
        sums[at] += sum;
    }
}
