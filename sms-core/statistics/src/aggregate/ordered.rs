//! The ordered weighted average with weights by position.

use super::check_weights;
use crate::diagnostic::{Code, Error, Result};
use crate::num;
use crate::target::SLACK;
use serde::Serialize;

/// An ordered weighted average.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OrderedMean {
    /// Σ v·s over the scores from best to worst, 0 to 100.
    pub score: f64,
    /// Σ v·(n − position)/(n − 1): 1 is the best score, ½ the plain mean, 0 the worst score (Yager 1988); ½ for one score.
    pub orness: f64,
    /// The weight that each score got, in the order given; tied scores share theirs.
    pub weights: Vec<f64>,
}

/// The ordered weighted average (Yager 1988): the first weight goes to the best score, the last to the worst.
///
/// ```
/// # use sms_statistics as sms_core;
/// let made = sms_core::aggregate::ordered_mean(&[60.0, 80.0, 40.0], &[0.2, 0.3, 0.5])?;
/// assert!((made.score - 54.0).abs() < 1e-12); // 0.2·80 + 0.3·60 + 0.5·40
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `aggregate.no-items`, `aggregate.score-out-of-range`, `aggregate.unequal-lengths`; `aggregate.bad-weight` unless the weights are
/// 0 or more and sum to 1 within 1e-9.
pub fn ordered_mean(scores: &[f64], weights: &[f64]) -> Result<OrderedMean> {
    if scores.is_empty() {
        return Err(Error::new(Code::AggregateNoItems));
    }
    if let Some(i) = scores.iter().position(|s| !(0.0..=100.0).contains(s)) {
        return Err(Error::new(Code::AggregateScoreOutOfRange).at_path(&format!("scores[{i}]")));
    }
    check_weights(weights, scores.len())?;
    if num::abs(num::sum(weights) - 1.0) > SLACK {
        return Err(Error::new(Code::AggregateBadWeight).at_path("weights").expecting("a sum of 1"));
    }
    let mut order: Vec<(usize, f64)> = scores.iter().copied().enumerate().collect();
    order.sort_by(|a, b| b.1.total_cmp(&a.1));
    let mut rest = weights;
    let mut given: Vec<(usize, f64)> = Vec::with_capacity(scores.len());
    for tied in order.chunk_by(|a, b| a.1 == b.1) {
        let (these, after) = rest.split_at(tied.len().min(rest.len()));
        rest = after;
        let share = num::sum(these) / tied.len() as f64;
        given.extend(tied.iter().map(|&(at, _)| (at, share)));
    }
    given.sort_unstable_by_key(|&(at, _)| at);
    let effective: Vec<f64> = given.into_iter().map(|(_, w)| w).collect();
    let terms: Vec<f64> = scores.iter().zip(&effective).map(|(s, w)| s * w).collect();
    let n = scores.len() as f64;
    let ors: Vec<f64> = weights.iter().enumerate().map(|(i, w)| w * (n - 1.0 - i as f64)).collect();
    let orness = if scores.len() == 1 { 0.5 } else { num::sum(&ors) / (n - 1.0) };
    Ok(OrderedMean { score: num::sum(&terms).clamp(0.0, 100.0), orness, weights: effective })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn from_the_best_to_the_worst() {
        let worst = ordered_mean(&[60.0, 80.0, 40.0], &[0.0, 0.0, 1.0]).unwrap();
        assert_eq!((worst.score, worst.orness, worst.weights), (40.0, 0.0, vec![0.0, 0.0, 1.0]));
        let tied = ordered_mean(&[50.0, 50.0, 20.0], &[0.5, 0.25, 0.25]).unwrap();
        assert_eq!((tied.score, tied.weights), (42.5, vec![0.375, 0.375, 0.25]));
        assert_eq!(ordered_mean(&[50.0], &[1.0]).unwrap().orness, 0.5);
        for (scores, weights, code) in [
            (&[][..], &[][..], Code::AggregateNoItems),
            (&[101.0], &[1.0], Code::AggregateScoreOutOfRange),
            (&[1.0], &[0.5, 0.5], Code::AggregateUnequalLengths),
            (&[1.0, 2.0], &[0.5, 0.6], Code::AggregateBadWeight),
            (&[1.0, 2.0], &[1.5, -0.5], Code::AggregateBadWeight),
        ] {
            assert_eq!(ordered_mean(scores, weights).unwrap_err().code(), code);
        }
    }
}
