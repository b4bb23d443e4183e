//! How many shortest paths there are: as a float where that is enough, with an exponent of its own where it is not.

/// A number of paths.
pub trait Count: Copy {
    const NONE: Self;
    const ONE: Self;

    fn plus(self, other: Self) -> Self;

    /// A `factor` from 1 to `2.0.powi(64)`.
    fn times(self, factor: f64) -> Self;

    /// This number as a share of a `whole` that is not smaller.
    fn share(self, whole: Self) -> f64;
}

impl Count for f64 {
    const NONE: Self = 0.0;
    const ONE: Self = 1.0;

    fn plus(self, other: Self) -> Self {
        self + other
    }

    fn times(self, factor: f64) -> Self {
        self * factor
    }

    fn share(self, whole: Self) -> f64 {
        self / whole
    }
}

const BASE: f64 = (1u128 << 127) as f64;

/// `digits` times `BASE` to the power of `exponent`; from 1 on, `digits` are from 1 to below `BASE`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wide {
    digits: f64,
    exponent: i32,
}

impl Count for Wide {
    const NONE: Self = Self { digits: 0.0, exponent: 0 };
    const ONE: Self = Self { digits: 1.0, exponent: 0 };

    fn plus(self, other: Self) -> Self {
        let (large, small) = if self.exponent < other.exponent { (other, self) } else { (self, other) };
        Self { digits: large.digits + small.digits * BASE.powi(small.exponent - large.exponent), ..large }.carried()
    }

    fn times(self, factor: f64) -> Self {
        Self { digits: self.digits * factor, ..self }.carried()
    }

    fn share(self, whole: Self) -> f64 {
        self.digits / whole.digits * BASE.powi(self.exponent - whole.exponent)
    }
}

impl Wide {
    fn carried(self) -> Self {
        if self.digits < BASE {
            self
        } else {
            Self { digits: self.digits / BASE, exponent: self.exponent + 1 }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 3 to the power of `n`.
    fn power<C: Count>(n: u32) -> C {
        (0..n).fold(C::ONE, |count, _| count.plus(count).plus(count))
    }

    #[test]
    fn wide_numbers_are_those_of_floats_and_do_not_end_there() {
        let share = |n, whole| power::<Wide>(n).share(power(whole));
        assert_eq!(share(200, 203), power::<f64>(200).share(power(203)));
        assert!((share(2000, 2003) - 1.0 / 27.0).abs() < 1e-15);
        assert_eq!((share(5000, 5000), share(0, 5000)), (1.0, 0.0));
        assert_eq!(Wide::NONE.plus(Wide::ONE), Wide::ONE);
        let nine = |count: Wide| count.times(3.0).times(3.0);
        assert_eq!((0..50).fold(Wide::ONE, |count, _| nine(count)).share(power(100)), 1.0);
    }
}
