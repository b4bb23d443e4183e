//! All sources of a part, in batches where these pay, on several threads, with the same bits for any number of them.

use crate::batch::{Batch, Run};
use crate::lanes::{vectorised, Row};
use crate::part::Part;
use crate::scalar::Scalar;
use crate::sources::{sum_of_parts, Cancelled};
use crate::tally::{Nodes, Tally};
use crate::watch::Watch;

/// Sources of a batch; or, where few lanes of a row would be used, of a narrow one.
const LANES: usize = 32;
const FEW_LANES: usize = LANES / 2;

/// Parts of fewer nodes are searched from one source at a time.
const FEW: usize = 64;

/// A row must have as many lanes on average, or batches do not pay. On a grid it has 2, and a batch takes more than twice
/// the time of its sources one by one; on graphs with hubs 10 to 23.
const LEAST_LANES: f64 = 4.0;

/// Narrow rows waste less where wide ones have fewer lanes on average, as without hubs that all sources reach in one step;
/// but not where the rows are so few, in bytes, that a cache holds them.
const LEAST_OF_WIDE: f64 = 14.5;
const CACHE: usize = 2 << 20;

/// What the sources, each of some weight, add to `len` sums by way of `tally`.
pub fn sweep(
    part: &Part,
    sources: &[(u32, f64)],
    len: usize,
    tally: impl Tally,
    threads: usize,
    watch: &Watch,
) -> Result<Vec<f64>, Cancelled> {
    let lanes = if part.classes() < FEW { 0.0 } else { lanes_used(part, sources, watch)? };
    let is_cached = part.classes() * size_of::<Row<LANES>>() <= CACHE;
    if lanes >= LEAST_OF_WIDE || is_cached && lanes >= LEAST_LANES {
        sweep_in_batches::<LANES>(part, sources, len, tally, threads, watch)
    } else if lanes >= LEAST_LANES {
        sweep_in_batches::<FEW_LANES>(part, sources, len, tally, threads, watch)
    } else {
        sweep_one_by_one(part, sources, len, tally, threads, watch)
    }
}

fn sweep_in_batches<const K: usize>(
    part: &Part,
    sources: &[(u32, f64)],
    len: usize,
    tally: impl Tally,
    threads: usize,
    watch: &Watch,
) -> Result<Vec<f64>, Cancelled> {
    let scratch = || (Batch::<K>::new(part), None::<Scalar>);
    sum_of_parts(sources.len().div_ceil(K), len, threads, scratch, |(batch, scalar), at, sums| {
        let sources = &sources[at * K..sources.len().min((at + 1) * K)];
        let exact = vectorised(Run { batch, part, sources, tally, sums, watch })?.exact;
        if !exact {
            let scalar = scalar.get_or_insert_with(|| Scalar::new(part.classes()));
            add_one_by_one(scalar, part, sources, (tally, sums), watch)?;
        }
        watch.advance(part.work(sources.len()));
        Ok(())
    })
}

fn sweep_one_by_one(
    part: &Part,
    sources: &[(u32, f64)],
    len: usize,
    tally: impl Tally,
    threads: usize,
    watch: &Watch,
) -> Result<Vec<f64>, Cancelled> {
    let scratch = || Scalar::new(part.classes());
    sum_of_parts(sources.len().div_ceil(LANES), len, threads, scratch, |scalar, at, sums| {
        let sources = &sources[at * LANES..sources.len().min((at + 1) * LANES)];
        add_one_by_one(scalar, part, sources, (tally, sums), watch)?;
        watch.advance(part.work(sources.len()));
        Ok(())
    })
}

fn add_one_by_one(
    scalar: &mut Scalar,
    part: &Part,
    sources: &[(u32, f64)],
    (tally, sums): (impl Tally, &mut [f64]),
    watch: &Watch,
) -> Result<(), Cancelled> {
    for &source in sources {
        watch.go_on()?;
        scalar.add(part, source, (tally, &mut *sums));
    }
    Ok(())
}

/// How many lanes the rows of the batch in the middle of all have on average.
fn lanes_used(part: &Part, sources: &[(u32, f64)], watch: &Watch) -> Result<f64, Cancelled> {
    let middle = sources.len() / LANES / 2 * LANES;
    let sources = &sources[middle..sources.len().min(middle + LANES)];
    let (batch, sums) = (&mut Batch::<LANES>::new(part), &mut vec![0.0; part.classes()][..]);
    Ok(vectorised(Run { batch, part, sources, tally: Nodes, sums, watch })?.lanes)
}
