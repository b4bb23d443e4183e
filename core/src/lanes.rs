//! Rows of floats, one for each source of a batch, and the instructions to compute with them.
//!
//! Written as plain loops over lanes, which the compiler turns into vector instructions; `best` chooses the widest that
//! the machine has. The operations and their order are the same for all of them, and so are the bits of the result.

/// One value for each of `K` sources.
#[derive(Clone, Copy)]
#[repr(align(64))]
pub struct Row<const K: usize>(pub [f64; K]);

/// A set of lanes, one bit each.
pub type Lanes = u32;

/// For every set of four lanes: all bits of those in it.
const KEEP: [[u64; 4]; 16] = {
    let mut keep = [[0; 4]; 16];
    let mut set = 0;
    while set < 64 {
        if (set / 4) >> (set % 4) & 1 == 1 {
            keep[set / 4][set % 4] = u64::MAX;
        }
        set += 1;
    }
    keep
};

#[inline(always)]
fn keep(lanes: Lanes, quarter: usize) -> &'static [u64; 4] {
    &KEEP[(lanes >> (4 * quarter)) as usize & 15]
}

impl<const K: usize> Row<K> {
    pub const ZERO: Self = Self([0.0; K]);

    /// The sum of the rows picked, each in its lanes only.
    #[inline(always)]
    pub fn sum_of(rows: &[Self], picks: &[(u32, Lanes)]) -> Self {
        let mut sum = [0.0; K];
        for &(at, lanes) in picks {
            let row = &rows[at as usize].0;
            for quarter in 0..K / 4 {
                let keep = keep(lanes, quarter);
                for (i, keep) in keep.iter().enumerate() {
                    sum[4 * quarter + i] += f64::from_bits(row[4 * quarter + i].to_bits() & keep);
                }
            }
        }
        Self(sum)
    }

    /// Overwrites some lanes.
    #[inline(always)]
    pub fn set(&mut self, lanes: Lanes, new: &Self) {
        for quarter in 0..K / 4 {
            let keep = keep(lanes, quarter);
            for (i, keep) in keep.iter().enumerate() {
                let at = 4 * quarter + i;
                let bits = (self.0[at].to_bits() & !keep) | (new.0[at].to_bits() & keep);
                self.0[at] = f64::from_bits(bits);
            }
        }
    }

    /// The sum of some lanes.
    #[inline(always)]
    pub fn total(&self, lanes: Lanes) -> f64 {
        let mut sums = [0.0; 4];
        for quarter in 0..K / 4 {
            let keep = keep(lanes, quarter);
            for (i, sum) in sums.iter_mut().enumerate() {
                *sum += f64::from_bits(self.0[4 * quarter + i].to_bits() & keep[i]);
            }
        }
        (sums[0] + sums[1]) + (sums[2] + sums[3])
    }

    #[inline(always)]
    pub fn times(&self, other: &Self) -> Self {
        self.map2(other, |a, b| a * b)
    }

    #[inline(always)]
    pub fn map2(&self, other: &Self, f: impl Fn(f64, f64) -> f64) -> Self {
        let mut result = Self::ZERO;
        for i in 0..K {
            result.0[i] = f(self.0[i], other.0[i]);
        }
        result
    }
}

/// Work whose `run`, and all that it calls, is `#[inline(always)]`: so it is compiled anew for each set of instructions.
pub trait Vectorised {
    type Output;

    fn run(self) -> Self::Output;
}

/// Runs the work with the widest vector instructions that the machine has.
pub fn vectorised<W: Vectorised>(work: W) -> W::Output {
    #[cfg(target_arch = "x86_64")]
    {
        macro_rules! has {
            ($($feature:tt)*) => { $(is_x86_feature_detected!($feature))&&* };
        }
        let narrow = has!("avx2" "popcnt" "bmi1" "bmi2");
        if narrow && has!("avx512f" "avx512dq") {
            // SAFETY: the machine has each of the features that the function enables, as just asked.
            return unsafe { with_avx512(work) };
        }
        if narrow {
            // SAFETY: as above.
            return unsafe { with_avx2(work) };
        }
    }
    work.run()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512dq,avx2,popcnt,bmi1,bmi2")]
fn with_avx512<W: Vectorised>(work: W) -> W::Output {
    work.run()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,popcnt,bmi1,bmi2")]
fn with_avx2<W: Vectorised>(work: W) -> W::Output {
    work.run()
}
