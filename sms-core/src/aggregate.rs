//! Floor 9: from scores to the score of a node: means, coverage, and what to do when something is missing (method §3;
//! OECD/JRC 2008, ch. 6).

use crate::diagnostic::{Code, Error, Result};
use crate::num;
use crate::target::SLACK;
use serde::{Deserialize, Serialize};

/// How the scores of children make the score of their parent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum MeanKind {
    /// Σ w·s: a gain of one child makes up for the loss of another.
    #[default]
    Arithmetic,
    /// Π s^w: makes up only in part; one zero makes it zero.
    Geometric,
    /// 1 / Σ (w/s): makes up less still; one zero makes it zero.
    Harmonic,
}

/// One child of a node.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Item {
    /// Its score, 0 to 100; `None` when there is none.
    pub score: Option<f64>,
    /// Its weight among its siblings, 0 or more; weights are renormalised over what is present.
    pub weight: f64,
    /// The share of what belongs to it that was measured, 0 to 1.
    pub coverage: f64,
}

impl Item {
    /// A leaf: measured or not.
    #[must_use]
    pub fn leaf(score: Option<f64>, weight: f64) -> Self {
        Item { score, weight, coverage: if score.is_some() { 1.0 } else { 0.0 } }
    }
}

/// The mean of a node, with how much of it was measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Mean {
    /// 0 to 100; `None` when too little was measured.
    pub score: Option<f64>,
    /// Share of the weight that was measured, through all levels below, 0 to 1.
    pub coverage: f64,
    /// Children with a score.
    pub n: usize,
    /// Children in all.
    pub of: usize,
    /// A zero made the mean zero.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub zero: bool,
}

/// The mean of scores. Nothing is imputed: weights are renormalised over the children present, and below the minimum
/// coverage there is no score.
///
/// ```
/// use sms_core::aggregate::{Item, MeanKind, mean};
/// let items = [Item::leaf(Some(60.0), 0.5), Item::leaf(Some(80.0), 0.3), Item::leaf(Some(40.0), 0.2)];
/// let m = mean(MeanKind::Geometric, &items, 0.6)?;
/// assert!((m.score.unwrap() - 60.31351224746372).abs() < 1e-12);
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `aggregate.no-items`, `aggregate.bad-weight`, `aggregate.score-out-of-range`, `aggregate.bad-parameter`.
pub fn mean(kind: MeanKind, items: &[Item], minimum_coverage: f64) -> Result<Mean> {
    if items.is_empty() {
        return Err(Error::new(Code::AggregateNoItems));
    }
    if !(0.0..=1.0).contains(&minimum_coverage) {
        return Err(Error::new(Code::AggregateBadParameter).expecting("minimum_coverage between 0 and 1"));
    }
    let (mut weight, mut present, mut covered, mut n) = (0.0, 0.0, 0.0, 0_usize);
    for item in items {
        if !(item.weight.is_finite() && item.weight >= 0.0) {
            return Err(Error::new(Code::AggregateBadWeight));
        }
        if item.score.is_some_and(|s| !(0.0..=100.0).contains(&s)) {
            return Err(Error::new(Code::AggregateScoreOutOfRange));
        }
        if !(0.0..=1.0).contains(&item.coverage) {
            return Err(Error::new(Code::AggregateBadParameter).expecting("coverage between 0 and 1"));
        }
        weight += item.weight;
        covered += item.weight * item.coverage;
        if item.score.is_some() {
            present += item.weight;
            n += 1;
        }
    }
    if !(weight > 0.0 && weight.is_finite()) {
        return Err(Error::new(Code::AggregateBadWeight));
    }
    let coverage = (covered / weight).min(1.0);
    let mut result = Mean { score: None, coverage, n, of: items.len(), zero: false };
    if present <= 0.0 || coverage < minimum_coverage - SLACK {
        return Ok(result);
    }
    let scored = items.iter().filter_map(|i| i.score.map(|s| (s, i.weight / present))).filter(|&(_, w)| w > 0.0);
    let has_zero = scored.clone().any(|(s, _)| s == 0.0);
    let score = match kind {
        MeanKind::Arithmetic => scored.map(|(s, w)| s * w).sum(),
        MeanKind::Geometric | MeanKind::Harmonic if has_zero => {
            result.zero = true;
            0.0
        }
        MeanKind::Geometric => num::exp(scored.map(|(s, w)| w * num::ln(s)).sum()),
        MeanKind::Harmonic => 1.0 / scored.map(|(s, w)| w / s).sum::<f64>(),
    };
    // rounding may lead a hair beyond the range of the children
    result.score = Some(num::finite(score)?.clamp(0.0, 100.0));
    Ok(result)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn leaves(scores: &[Option<f64>], weights: &[f64]) -> Vec<Item> {
        scores.iter().zip(weights).map(|(&s, &w)| Item::leaf(s, w)).collect()
    }

    #[test]
    fn worked_examples() {
        // method §3
        let items = leaves(&[Some(60.0), Some(80.0), Some(40.0)], &[0.5, 0.3, 0.2]);
        let score = |k| mean(k, &items, 0.6).unwrap().score.unwrap();
        assert!((score(MeanKind::Arithmetic) - 62.0).abs() < 1e-12);
        assert!((score(MeanKind::Harmonic) - 58.53658536585366).abs() < 1e-12);
        let missing = leaves(&[Some(60.0), None, Some(40.0)], &[0.5, 0.3, 0.2]);
        let m = mean(MeanKind::Arithmetic, &missing, 0.6).unwrap();
        assert!((m.score.unwrap() - 54.28571428571429).abs() < 1e-12);
        assert!((m.coverage - 0.7).abs() < 1e-12);
        assert_eq!(mean(MeanKind::Arithmetic, &missing, 0.8).unwrap().score, None);
    }

    #[test]
    fn a_zero_is_defined() {
        let items = leaves(&[Some(0.0), Some(100.0)], &[1.0, 1.0]);
        let m = mean(MeanKind::Geometric, &items, 0.6).unwrap();
        assert_eq!((m.score, m.zero), (Some(0.0), true));
        assert_eq!(mean(MeanKind::Harmonic, &items, 0.6).unwrap().score, Some(0.0));
    }

    proptest! {
        #[test]
        fn means_lie_within_their_children_and_in_order(v in proptest::collection::vec((0.01..100.0f64, 0.01..1.0f64), 1..12)) {
            let items: Vec<Item> = v.iter().map(|&(s, w)| Item::leaf(Some(s), w)).collect();
            let score = |k| mean(k, &items, 0.6).unwrap().score.unwrap();
            let (low, high) = v.iter().fold((100.0f64, 0.0f64), |(l, h), &(s, _)| (l.min(s), h.max(s)));
            let (h, g, a) = (score(MeanKind::Harmonic), score(MeanKind::Geometric), score(MeanKind::Arithmetic));
            prop_assert!(low - 1e-9 <= h && h <= g + 1e-9 && g <= a + 1e-9 && a <= high + 1e-9);
        }
    }
}
