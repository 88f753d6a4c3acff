//! Sums without rounding: the result does not depend on the order of the terms, nor on how they were split and merged.
//!
//! An [`ExactSum`] is a fixed-point window of 64-bit limbs in two's complement that moves and grows to hold every bit of
//! every term (a small superaccumulator: Kulisch & Miranker 1986; Neal 2015). Products of up to four factors are added
//! exactly, so nothing is rounded before the end. A [`Dyadic`] is the same number at rest, with exact arithmetic, for
//! formulas that cancel; it is rounded once, half to even, when it leaves.

mod dyadic;
mod product;
mod sum;

pub use dyadic::{Divisor, Dyadic};
pub use product::Product;
pub use sum::ExactSum;

use smallvec::SmallVec;

/// Limbs of the window that needs no heap: 256 bits hold sums of products of two ordinary numbers.
const NEAR: usize = 4;
/// Limbs of a number at rest: those of a product of two ordinary sums need no heap.
type Limbs = SmallVec<[u64; 2 * NEAR]>;

fn low(wide: u128) -> u64 {
    #[allow(clippy::cast_possible_truncation, reason = "the low limb is what is wanted")]
    {
        wide as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Code;
    use proptest::prelude::*;

    fn of(terms: &[f64]) -> ExactSum {
        let mut sum = ExactSum::new();
        terms.iter().for_each(|&x| sum.add(x).unwrap());
        sum
    }

    #[test]
    fn known_sums() {
        assert_eq!(of(&[]).value().unwrap(), 0.0);
        assert_eq!(of(&[0.1; 10]).value().unwrap(), 1.0);
        assert_eq!(of(&[1e308, 1e308, -1e308]).value().unwrap(), 1e308);
        assert_eq!(of(&[1e308, 1e308]).value().unwrap_err().code(), Code::NumNotFinite);
        assert_eq!(of(&[f64::MAX, f64::from_bits(1), -f64::MAX]).value().unwrap(), f64::from_bits(1));
        // half to even, and just above the half
        assert_eq!(of(&[9_007_199_254_740_992.0, 1.0]).value().unwrap(), 9_007_199_254_740_992.0);
        assert_eq!(of(&[9_007_199_254_740_992.0, 1.0, 1e-300]).value().unwrap(), 9_007_199_254_740_994.0);
        assert_eq!(of(&[9_007_199_254_740_994.0, 1.0]).value().unwrap(), 9_007_199_254_740_996.0);
        let mut sum = ExactSum::new();
        assert_eq!(sum.add(f64::NAN).unwrap_err().code(), Code::NumNotFinite);
        assert_eq!(sum.add(f64::INFINITY).unwrap_err().code(), Code::NumNotFinite);
        assert_eq!(std::mem::size_of::<ExactSum>(), 40);
    }

    #[test]
    fn merging_keeps_the_sign_where_a_window_is_nearly_full() {
        // 2^190, doubled again and again, passes the highest bit of the window that it began in
        for sign in [1.0, -1.0] {
            let mut sum = of(&[sign * libm::ldexp(1.0, 190), sign]);
            for doubled in 1..140 {
                let other = sum.clone();
                sum.merge(&other);
                let mut rest = sum.clone();
                rest.add(-sign * libm::ldexp(1.0, 190 + doubled)).unwrap();
                assert_eq!(rest.value().unwrap(), sign * libm::ldexp(1.0, doubled), "{doubled}");
            }
        }
    }

    #[test]
    fn quotients_that_an_f64_can_hold_are_exact() {
        let third = Dyadic::from_f64(1.0).unwrap().over(&Dyadic::from_f64(3.0).unwrap()).unwrap();
        assert_eq!(third, 1.0 / 3.0);
        let mut weighted = ExactSum::new();
        let mut weights = ExactSum::new();
        for w in [30.97, 44.21, 1e-9, 7e12] {
            weighted.add_product(&Product::new([w, 0.1]).unwrap());
            weights.add(w).unwrap();
        }
        assert_eq!(weighted.dyadic().over(&weights.dyadic()).unwrap(), 0.1);
        assert!(weights.dyadic().over(&Dyadic::default()).is_err());
    }

    /// A wide integer of 1 and more words, by schoolbook i128 arithmetic on small exponents: an independent reference.
    fn reference(terms: &[(i64, i32)]) -> i128 {
        terms.iter().map(|&(m, e)| i128::from(m) << e).sum()
    }

    proptest! {
        #[test]
        fn small_sums_are_those_of_whole_numbers(terms in proptest::collection::vec((-(1_i64 << 52)..(1 << 52), 0..60_i32), 0..40)) {
            let sum = of(&terms.iter().map(|&(m, e)| libm::ldexp(m as f64, e)).collect::<Vec<_>>());
            // the conversion of an i128 rounds half to even
            prop_assert_eq!(sum.value().unwrap(), reference(&terms) as f64);
        }

        #[test]
        fn order_and_merge_tree_do_not_matter(
            terms in proptest::collection::vec(prop_oneof![proptest::num::f64::NORMAL, -1e3..1e3f64, proptest::num::f64::SUBNORMAL], 1..60),
            cut in any::<prop::sample::Index>(), turn in any::<prop::sample::Index>(),
        ) {
            let terms: Vec<f64> = terms.into_iter().map(|x| x / 128.0).collect();
            let whole = of(&terms);
            let mut turned = terms.clone();
            turned.rotate_left(turn.index(terms.len()));
            turned.reverse();
            let (a, b) = turned.split_at(cut.index(terms.len()));
            let (mut left, right) = (of(b), of(a));
            left.merge(&right);
            prop_assert_eq!(whole.dyadic(), left.dyadic());
            let (mut x, mut y) = (Vec::new(), Vec::new());
            whole.dyadic().write(&mut x);
            left.dyadic().write(&mut y);
            prop_assert_eq!(&x, &y);
            let mut rest = x.as_slice();
            prop_assert_eq!(Dyadic::read(&mut rest).unwrap(), whole.dyadic());
            prop_assert!(rest.is_empty());
            // taking everything away again leaves nothing
            terms.iter().for_each(|&t| left.add(-t).unwrap());
            prop_assert!(left.dyadic().is_zero());
        }

        #[test]
        fn products_are_those_of_dyadics(w in -1e6..1e6f64, y in proptest::num::f64::NORMAL, z in -1e-6..1e6f64) {
            let mut sum = ExactSum::new();
            sum.add_product(&Product::new([w, w, y, z]).unwrap());
            let d = |x| Dyadic::from_f64(x).unwrap();
            prop_assert_eq!(sum.dyadic(), d(w).times(&d(w)).times(&d(y)).times(&d(z)));
            let mut two = ExactSum::new();
            two.add_product(&Product::new([w, z]).unwrap());
            // the nearest f64 to a product is what the processor computes
            prop_assert_eq!(two.value().unwrap(), w * z);
        }

        #[test]
        fn arithmetic_agrees_with_i128(a in any::<i32>(), b in any::<i32>(), c in any::<i32>()) {
            let d = |x: i32| Dyadic::from_f64(f64::from(x)).unwrap();
            let got = d(a).times(&d(b)).minus(&d(c)).times(&d(c));
            let want = (i128::from(a) * i128::from(b) - i128::from(c)) * i128::from(c);
            prop_assert_eq!(got.value().unwrap(), want as f64);
            prop_assert_eq!(got.is_negative(), want < 0);
            if b != 0 {
                prop_assert_eq!(d(a).over(&d(b)).unwrap(), f64::from(a) / f64::from(b));
            }
        }
    }
}
