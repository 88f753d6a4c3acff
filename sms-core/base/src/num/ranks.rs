//! Ranks with ties.

use super::abs;

/// Ranks from 1 for the smallest; values within `tolerance` of their neighbour in order are tied and share the average of
/// their ranks (mid-ranks, Kendall 1948).
///
/// ```
/// # use sms_base as sms_core;
/// assert_eq!(sms_core::num::mid_ranks(&[40.0, 10.0, 40.0], 0.0), [2.5, 1.0, 2.5]);
/// ```
#[must_use]
pub fn mid_ranks(values: &[f64], tolerance: f64) -> Vec<f64> {
    let mut order: Vec<(usize, f64)> = values.iter().copied().enumerate().collect();
    order.sort_by(|a, b| a.1.total_cmp(&b.1));
    let mut ranked: Vec<(usize, f64)> = Vec::with_capacity(order.len());
    let mut before = 0_usize;
    for tied in order.chunk_by(|a, b| abs(b.1 - a.1) <= tolerance) {
        let rank = before as f64 + (tied.len() as f64 + 1.0) / 2.0;
        ranked.extend(tied.iter().map(|&(at, _)| (at, rank)));
        before += tied.len();
    }
    ranked.sort_unstable_by_key(|&(at, _)| at);
    ranked.into_iter().map(|(_, rank)| rank).collect()
}

/// Numerator and denominator of Kendall's W with ties: 12S and m²(n³ − n) − mΣ(t³ − t) over m raters and n items, S the squared
/// deviations of the items' rank sums from their mean (Kendall & Babington Smith 1939; Siegel & Castellan 1988, ch. 9.7). The raters give
/// one number an item; values within `tolerance` are tied. The denominator is 0 where every rater ties all items.
///
/// ```
/// # use sms_base as sms_core;
/// assert_eq!(sms_core::num::concordance(&[vec![1.0, 2.0, 3.0], vec![1.0, 2.0, 3.0]], 0.0), (96.0, 96.0));
/// ```
#[must_use]
pub fn concordance(raters: &[Vec<f64>], tolerance: f64) -> (f64, f64) {
    let items = raters.first().map_or(0, Vec::len);
    let cube = |n: usize| {
        let n = n as f64;
        n * n * n - n
    };
    let mut totals = vec![0.0; items];
    let mut ties = 0.0;
    for rater in raters {
        let mut ranks = mid_ranks(rater, tolerance);
        totals.iter_mut().zip(&ranks).for_each(|(total, rank)| *total += rank);
        ranks.sort_unstable_by(f64::total_cmp);
        ties += ranks.chunk_by(|a, b| a == b).map(|t| cube(t.len())).sum::<f64>();
    }
    let m = raters.len() as f64;
    let middle = m * (items as f64 + 1.0) / 2.0;
    // ranks are halves, so these sums are exact in any order
    let spread: f64 = totals.iter().map(|t| (t - middle) * (t - middle)).sum();
    (12.0 * spread, m * m * cube(items) - m * ties)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ties_share_their_ranks() {
        assert_eq!(mid_ranks(&[3.0, 1.0, 2.0], 0.0), [3.0, 1.0, 2.0]);
        assert_eq!(mid_ranks(&[0.0, -0.0, 5.0], 0.0), [1.5, 1.5, 3.0]);
        assert_eq!(mid_ranks(&[0.3 - 0.2, 0.1], 1e-12), [1.5, 1.5]);
        assert_eq!(mid_ranks(&[], 0.0), Vec::<f64>::new());
    }

    proptest! {
        #[test]
        fn ranks_always_sum_alike(v in proptest::collection::vec(-3i8..3, 0..20)) {
            let ranks = mid_ranks(&v.iter().map(|&x| f64::from(x)).collect::<Vec<_>>(), 0.0);
            let n = v.len() as f64;
            prop_assert_eq!(ranks.iter().sum::<f64>(), n * (n + 1.0) / 2.0);
        }
    }
}
