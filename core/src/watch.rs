//! What a running kernel and its caller tell each other: to stop, and how far the work is.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::sources::{go_on, Cancelled};

#[derive(Default)]
pub struct Watch {
    pub stop: AtomicBool,
    expected: AtomicU64,
    done: AtomicU64,
}

impl Watch {
    /// An error once the caller wants to stop.
    pub fn go_on(&self) -> Result<(), Cancelled> {
        go_on(&self.stop)
    }

    /// The kernel knows of more work, in units of its own.
    pub fn expect(&self, work: u64) {
        self.expected.fetch_add(work, Ordering::Relaxed);
    }

    /// That much of the expected work is done.
    pub fn advance(&self, work: u64) {
        self.done.fetch_add(work, Ordering::Relaxed);
    }

    /// The share of the expected work that is done, 0 to 1; 0 before any is expected.
    pub fn share_done(&self) -> f64 {
        let expected = self.expected.load(Ordering::Relaxed).max(1);
        self.done.load(Ordering::Relaxed).min(expected) as f64 / expected as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_how_far_the_work_is_and_stops_it() {
        let watch = Watch::default();
        assert_eq!(watch.share_done(), 0.0);
        watch.expect(8);
        watch.advance(2);
        assert_eq!((watch.share_done(), watch.go_on()), (0.25, Ok(())));
        watch.stop.store(true, Ordering::Relaxed);
        assert_eq!(watch.go_on(), Err(Cancelled));
    }
}
