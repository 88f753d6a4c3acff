//! Ranks with ties.

use super::abs;

/// Ranks from 1 for the smallest; values within `tolerance` of their neighbour in order are tied and share the average of
/// their ranks (mid-ranks, Kendall 1948).
///
/// ```
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
