//! Work done once for every source node: shared out to threads, cancellable, and the same bits for any number of them.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

/// The kernel was told to stop.
#[derive(Debug, PartialEq, Eq)]
pub struct Cancelled;

/// Sources are summed in blocks of this size, whatever the number of threads: so sums have one order.
const BLOCK: usize = 64;

/// Runs `work(scratch, source, sums)` for every source in `0..n`, and returns the sums over all sources.
///
/// Each block of sources has sums of its own, which are added in the order of the blocks; a thread takes whole blocks.
/// To bound memory, blocks are added as soon as those before them are there. `stop` is looked at before each source.
pub fn sum_over_sources<S>(
    n: usize,
    threads: usize,
    stop: &AtomicBool,
    scratch: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, usize, &mut [f64]) + Sync,
) -> Result<Vec<f64>, Cancelled> {
    let mut total = vec![0.0; n];
    let blocks = n.div_ceil(BLOCK);
    let round = threads.max(1) * 4;
    for first in (0..blocks).step_by(round) {
        let sums = run_blocks(first..blocks.min(first + round), n, threads, stop, &scratch, &work)?;
        for block in sums {
            for (sum, part) in total.iter_mut().zip(block) {
                *sum += part;
            }
        }
    }
    Ok(total)
}

fn run_blocks<S>(
    blocks: std::ops::Range<usize>,
    n: usize,
    threads: usize,
    stop: &AtomicBool,
    scratch: &(impl Fn() -> S + Sync),
    work: &(impl Fn(&mut S, usize, &mut [f64]) + Sync),
) -> Result<Vec<Vec<f64>>, Cancelled> {
    let next = AtomicUsize::new(blocks.start);
    let run = || {
        let mut state = scratch();
        let mut done = Vec::new();
        loop {
            let block = next.fetch_add(1, Ordering::Relaxed);
            if block >= blocks.end {
                return Ok(done);
            }
            let mut sums = vec![0.0; n];
            for source in block * BLOCK..n.min((block + 1) * BLOCK) {
                if stop.load(Ordering::Relaxed) {
                    return Err(Cancelled);
                }
                work(&mut state, source, &mut sums);
            }
            done.push((block, sums));
        }
    };
    let mut found = on_threads(threads, run)?;
    found.sort_by_key(|(block, _)| *block);
    Ok(found.into_iter().map(|(_, sums)| sums).collect())
}

/// Runs `work(scratch, source)` for every source in `0..n`, and returns one result a source.
pub fn map_sources<S, T: Send>(
    n: usize,
    threads: usize,
    stop: &AtomicBool,
    scratch: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, usize) -> T + Sync,
) -> Result<Vec<T>, Cancelled> {
    let next = AtomicUsize::new(0);
    let run = || {
        let mut state = scratch();
        let mut done = Vec::new();
        loop {
            let source = next.fetch_add(1, Ordering::Relaxed);
            if source >= n {
                return Ok(done);
            }
            if stop.load(Ordering::Relaxed) {
                return Err(Cancelled);
            }
            done.push((source, work(&mut state, source)));
        }
    };
    let mut found = on_threads(threads, run)?;
    found.sort_by_key(|(source, _)| *source);
    Ok(found.into_iter().map(|(_, value)| value).collect())
}

/// What `run` returns on each of some threads, one list after the other; on this thread where one is enough.
fn on_threads<T: Send>(
    threads: usize,
    run: impl Fn() -> Result<Vec<T>, Cancelled> + Sync,
) -> Result<Vec<T>, Cancelled> {
    if threads <= 1 {
        return run();
    }
    thread::scope(|scope| {
        let handles: Vec<_> = (0..threads).map(|_| scope.spawn(&run)).collect();
        let mut all = Vec::new();
        for handle in handles {
            all.extend(handle.join().expect("a kernel does not panic")?);
        }
        Ok(all)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_the_same_bits_for_any_number_of_threads() {
        let stop = AtomicBool::new(false);
        let run = |threads| {
            sum_over_sources(1000, threads, &stop, || (), |_, s, sums| sums[s % 7] += 1.0 / (s as f64 + 0.1)).unwrap()
        };
        let bits = |v: Vec<f64>| v.into_iter().map(f64::to_bits).collect::<Vec<_>>();
        let one = bits(run(1));
        assert_eq!(one, bits(run(2)));
        assert_eq!(one, bits(run(5)));
    }

    #[test]
    fn maps_in_order_and_stops() {
        let stop = AtomicBool::new(false);
        assert_eq!(map_sources(5, 3, &stop, || (), |_, s| s * s), Ok(vec![0, 1, 4, 9, 16]));
        stop.store(true, Ordering::Relaxed);
        assert_eq!(map_sources(5, 2, &stop, || (), |_, s| s), Err(Cancelled));
        assert_eq!(sum_over_sources(5, 1, &stop, || (), |_, _, _| ()), Err(Cancelled));
    }
}
