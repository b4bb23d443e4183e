//! All sources of a part, in batches where these pay, on several threads, with the same bits for any number of them.

use crate::batch::{Batch, Run};
use crate::lanes::vectorised;
use crate::part::Part;
use crate::scalar::Scalar;
use crate::sources::{sum_of_parts, Cancelled};
use crate::tally::{Nodes, Tally};
use crate::watch::Watch;

/// Sources of a batch.
const LANES: usize = 32;

/// Parts of fewer nodes are searched from one source at a time.
const FEW: usize = 64;

/// A row must have as many lanes on average, or batches do not pay. On a grid it has 2, and a batch takes more than twice
/// the time of its sources one by one; on graphs with hubs 10 to 23.
const LEAST_LANES: f64 = 4.0;

/// What the sources, each of some weight, add to `len` sums by way of `tally`.
pub fn sweep(
    part: &Part,
    sources: &[(u32, f64)],
    len: usize,
    tally: impl Tally,
    threads: usize,
    watch: &Watch,
) -> Result<Vec<f64>, Cancelled> {
    let by_batch = part.classes() >= FEW && batches_pay(part, sources, watch)?;
    let scratch = || (Scalar::new(part.classes()), by_batch.then(|| Batch::<LANES>::new(part)));
    sum_of_parts(sources.len().div_ceil(LANES), len, threads, scratch, |(scalar, batch), at, sums| {
        let sources = &sources[at * LANES..sources.len().min((at + 1) * LANES)];
        let exact = match batch {
            Some(batch) => vectorised(Run { batch, part, sources, tally, sums, watch })?.exact,
            None => false,
        };
        if !exact {
            for &source in sources {
                watch.go_on()?;
                scalar.add(part, source, (tally, sums));
            }
        }
        watch.advance(part.work(sources.len()));
        Ok(())
    })
}

/// Whether the sources of the batch in the middle of all cross enough edges together.
fn batches_pay(part: &Part, sources: &[(u32, f64)], watch: &Watch) -> Result<bool, Cancelled> {
    let middle = sources.len() / LANES / 2 * LANES;
    let sources = &sources[middle..sources.len().min(middle + LANES)];
    let (batch, sums) = (&mut Batch::<LANES>::new(part), &mut vec![0.0; part.classes()][..]);
    Ok(vectorised(Run { batch, part, sources, tally: Nodes, sums, watch })?.lanes >= LEAST_LANES)
}
