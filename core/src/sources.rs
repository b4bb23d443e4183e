//! Work done once for every source node: shared out to threads, cancellable, and the same bits for any number of them.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::Mutex;
use std::thread;

/// The kernel was told to stop.
#[derive(Debug, PartialEq, Eq)]
pub struct Cancelled;

/// Threads take sources in blocks of this size, whatever their number: so sums have one order.
const BLOCK: usize = 64;

/// Runs `work(scratch, source, sums)` for every source in `0..n`, and returns the sums over all sources.
///
/// Each block of sources has sums of its own, which are added in the order of the blocks. `stop` is looked at before
/// each source.
pub fn sum_over_sources<S>(
    n: usize,
    threads: usize,
    stop: &AtomicBool,
    scratch: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, usize, &mut [f64]) + Sync,
) -> Result<Vec<f64>, Cancelled> {
    sum_of_parts(n.div_ceil(BLOCK), n, threads, scratch, |state, block, part| {
        for source in block * BLOCK..n.min((block + 1) * BLOCK) {
            go_on(stop)?;
            work(state, source, part);
        }
        Ok(())
    })
}

/// Runs `work(scratch, part, sums)` for every part in `0..parts`, each with sums of its own, and returns the sum of these,
/// added in the order of the parts; `len` numbers each.
pub fn sum_of_parts<S>(
    parts: usize,
    len: usize,
    threads: usize,
    scratch: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, usize, &mut [f64]) -> Result<(), Cancelled> + Sync,
) -> Result<Vec<f64>, Cancelled> {
    let next = AtomicUsize::new(0);
    let sums = Mutex::new(SumInOrder { total: vec![0.0; len], added: 0, early: BTreeMap::new() });
    on_threads(threads.min(parts), || {
        let mut state = scratch();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            if at >= parts {
                return Ok(());
            }
            let mut part = vec![0.0; len];
            work(&mut state, at, &mut part)?;
            sums.lock().expect("no kernel panics").add(at, part);
        }
    })?;
    Ok(sums.into_inner().expect("no kernel panics").total)
}

/// A sum whose parts come in any order and are added in theirs.
struct SumInOrder {
    total: Vec<f64>,
    /// How many parts are in the total.
    added: usize,
    early: BTreeMap<usize, Vec<f64>>,
}

impl SumInOrder {
    fn add(&mut self, at: usize, part: Vec<f64>) {
        self.early.insert(at, part);
        while let Some(part) = self.early.remove(&self.added) {
            self.added += 1;
            for (sum, value) in self.total.iter_mut().zip(part) {
                *sum += value;
            }
        }
    }
}

/// Runs `work(scratch, source)` for every source in `0..n`, and returns the value of each.
pub fn map_sources<S, T: Clone + Default + Send>(
    n: usize,
    threads: usize,
    stop: &AtomicBool,
    scratch: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, usize) -> T + Sync,
) -> Result<Vec<T>, Cancelled> {
    let mut values = vec![T::default(); n];
    let blocks = Mutex::new(values.chunks_mut(BLOCK).enumerate());
    let next = || blocks.lock().expect("no kernel panics").next();
    on_threads(threads.min(n.div_ceil(BLOCK)), || {
        let mut state = scratch();
        while let Some((block, values)) = next() {
            for (i, value) in values.iter_mut().enumerate() {
                go_on(stop)?;
                *value = work(&mut state, block * BLOCK + i);
            }
        }
        Ok(())
    })?;
    Ok(values)
}

/// An error once the caller wants to stop.
pub fn go_on(stop: &AtomicBool) -> Result<(), Cancelled> {
    if stop.load(Ordering::Relaxed) {
        return Err(Cancelled);
    }
    Ok(())
}

/// Calls `run` on each of some threads; on this one where one is enough.
pub fn on_threads<E: Send>(threads: usize, run: impl Fn() -> Result<(), E> + Sync) -> Result<(), E> {
    if threads <= 1 {
        return run();
    }
    thread::scope(|scope| {
        let handles: Vec<_> = (0..threads).map(|_| scope.spawn(&run)).collect();
        handles.into_iter().try_for_each(|handle| handle.join().expect("no kernel panics"))
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
    fn parts_are_added_in_their_order() {
        let mut sum = SumInOrder { total: vec![1e16], added: 0, early: BTreeMap::new() };
        for (at, value) in [(2, 1.0), (1, -1e16), (0, 0.0)] {
            assert_eq!(sum.total, [1e16]);
            sum.add(at, vec![value]);
        }
        assert_eq!((sum.total, sum.added), (vec![1.0], 3));
    }

    #[test]
    fn maps_in_order_and_stops() {
        let stop = AtomicBool::new(false);
        let squares: Vec<f64> = (0..300).map(|s| f64::from(s * s)).collect();
        assert_eq!(map_sources(300, 3, &stop, || (), |_, s| (s * s) as f64), Ok(squares));
        stop.store(true, Ordering::Relaxed);
        assert_eq!(map_sources(5, 2, &stop, || (), |_, _| 0), Err(Cancelled));
        assert_eq!(sum_over_sources(5, 1, &stop, || (), |_, _, _| ()), Err(Cancelled));
    }
}
