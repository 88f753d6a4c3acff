//! Floor 10: results-based management: achievement, the results chain, and outcomes before outputs in the arithmetic
//! itself (method §2).
//!
//! For a node, O is the mean of its outcome and impact indicators (the headline) and E the mean of its inputs,
//! activities and outputs (the effort). The combined view is C = clamp(w·O + (1−w)·E, O−m, O+m) with w > ½.
//!
//! **Priority theorem.** If O₁ − m ≥ O₂ + m then C₁ ≥ C₂, whatever E₁ and E₂ are: C₁ ≥ O₁ − m ≥ O₂ + m ≥ C₂, because C
//! never leaves [O−m, O+m]. So more outputs can never lift a theme past what its outcomes allow; they only order what
//! the outcomes leave within 2m of each other. Statement and proof: `docs/outcomes-first.md`.

mod achievement;
mod chain;

pub use achievement::{Achievement, AchievementRules, BandMeasure, NamedBands, NotRated, Observed, Status, achievement};
pub use chain::{ChainFigure, ChainIndicator, ChainTarget, RawChain, RawResult, ResultsChain, iati_ascending, iati_type, level_of_iati};

use crate::diagnostic::{Code, Error, Result};
use crate::num;
use crate::target::SLACK;
use serde::{Deserialize, Serialize};

/// How outcomes and effort make the combined view.
/// Scores, margin and combined view are points from 0 to 100.
///
/// ```
/// let rule = sms_core::rbm::OutcomesFirst::new(0.8, 5.0)?;
/// // method §2
/// assert_eq!([rule.combine(70.0, 75.0)?, rule.combine(50.0, 60.0)?, rule.combine(90.0, 20.0)?], [71.0, 52.0, 85.0]);
/// # Ok::<(), sms_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OutcomesFirst {
    weight: f64,
    margin: f64,
}

impl OutcomesFirst {
    /// The weight of outcomes (above ½, at most 1) and the margin in points (0 to 50).
    ///
    /// ```
    /// let rule = sms_core::rbm::OutcomesFirst::new(0.8, 5.0)?;
    /// assert_eq!((rule.weight(), rule.margin()), (0.8, 5.0));
    /// assert!(sms_core::rbm::OutcomesFirst::new(0.5, 5.0).is_err()); // outcomes must weigh more than effort
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `method.bad-value`.
    pub fn new(weight: f64, margin: f64) -> Result<Self> {
        if !(weight > 0.5 && weight <= 1.0) {
            return Err(Error::new(Code::MethodBadValue).at_path("outcomes_first.weight").expecting("a weight above 0.5 and at most 1"));
        }
        if !(0.0..=50.0).contains(&margin) {
            return Err(Error::new(Code::MethodBadValue).at_path("outcomes_first.margin").expecting("points between 0 and 50"));
        }
        Ok(OutcomesFirst { weight, margin })
    }

    /// C of O and E, each 0 to 100.
    ///
    /// ```
    /// let rule = sms_core::rbm::OutcomesFirst::new(0.8, 5.0)?;
    /// assert_eq!(rule.combine(40.0, 100.0)?, 45.0); // capped: effort cannot buy outcomes
    /// assert_eq!(rule.combine(60.0, 0.0)?, 55.0);   // floored: what people enjoy is not erased
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `aggregate.score-out-of-range`, `num.not-finite`.
    pub fn combine(self, outcomes: f64, effort: f64) -> Result<f64> {
        for s in [outcomes, effort] {
            num::finite(s)?;
            if !(0.0..=100.0).contains(&s) {
                return Err(Error::new(Code::AggregateScoreOutOfRange));
            }
        }
        let mixed = self.weight * outcomes + (1.0 - self.weight) * effort;
        Ok(mixed.max(outcomes - self.margin).min(outcomes + self.margin).clamp(0.0, 100.0))
    }

    /// The lowest O for which both O and C reach `score` with effort `effort`, so that the rating does.
    ///
    /// C reaches it when O − m does, or when w·O + (1−w)·E does and O + m as well; O itself reaching it makes the last
    /// condition true.
    ///
    /// ```
    /// let rule = sms_core::rbm::OutcomesFirst::new(0.8, 5.0)?;
    /// assert!((rule.outcomes_for(60.0, 40.0) - 65.0).abs() < 1e-12); // 0.8 · 65 + 0.2 · 40 = 60
    /// assert!((rule.outcomes_for(60.0, 100.0) - 60.0).abs() < 1e-12);
    /// assert!((rule.outcomes_for(60.0, 0.0) - 65.0).abs() < 1e-12); // the floor: 65 − 5
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    #[must_use]
    pub fn outcomes_for(self, score: f64, effort: f64) -> f64 {
        let mixed = (score - (1.0 - self.weight) * effort) / self.weight;
        mixed.min(score + self.margin).max(score)
    }

    /// Weight of outcomes.
    #[must_use]
    pub fn weight(self) -> f64 {
        self.weight
    }

    /// Margin in points.
    #[must_use]
    pub fn margin(self) -> f64 {
        self.margin
    }
}

/// Whether numbers can be the lower ends of bands: at least one, and falling.
///
/// ```
/// use sms_core::rbm::are_bands;
/// assert!(are_bands(&[80.0, 60.0, 40.0, 20.0]) && !are_bands(&[20.0, 40.0]) && !are_bands(&[]));
/// ```
#[must_use]
pub fn are_bands(thresholds: &[f64]) -> bool {
    !thresholds.is_empty() && thresholds.iter().all(|t| t.is_finite()) && thresholds.windows(2).all(|pair| matches!(pair, [a, b] if a > b))
}

/// The band of a score: 1 is the best. `thresholds` fall, such as 80, 60, 40, 20.
///
/// ```
/// use sms_core::rbm::band;
/// let thresholds = [80.0, 60.0, 40.0, 20.0];
/// assert_eq!([band(85.0, &thresholds), band(60.0, &thresholds), band(19.0, &thresholds)], [1, 2, 5]);
/// ```
#[must_use]
pub fn band(score: f64, thresholds: &[f64]) -> usize {
    thresholds.iter().position(|&t| score >= t - SLACK).unwrap_or(thresholds.len()) + 1
}

/// The rating: never better than the band of the outcomes.
///
/// ```
/// use sms_core::rbm::rating;
/// // C of 62 with O of 58: the outcomes decide
/// assert_eq!(rating(62.0, 58.0, &[80.0, 60.0, 40.0, 20.0]), 3);
/// ```
#[must_use]
pub fn rating(combined: f64, outcomes: f64, thresholds: &[f64]) -> usize {
    band(combined, thresholds).max(band(outcomes, thresholds))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn worked_examples() {
        // method §2
        let rule = OutcomesFirst::new(0.8, 5.0).unwrap();
        for (o, e, c) in [(40.0, 100.0, 45.0), (60.0, 0.0, 55.0), (70.0, 75.0, 71.0), (50.0, 60.0, 52.0), (90.0, 20.0, 85.0)] {
            assert!((rule.combine(o, e).unwrap() - c).abs() < 1e-12, "{o} {e}");
        }
        assert_eq!(OutcomesFirst::new(0.5, 5.0).unwrap_err().code(), Code::MethodBadValue);
    }

    #[test]
    fn bands() {
        let t = [80.0, 60.0, 40.0, 20.0];
        assert_eq!([band(80.0, &t), band(79.999_999_999_9, &t), band(79.9, &t), band(0.0, &t)], [1, 1, 2, 5]);
        assert_eq!(rating(82.0, 78.0, &t), 2);
    }

    proptest! {
        #[test]
        fn outcomes_come_first(o1 in 0.0..=100.0f64, o2 in 0.0..=100.0f64, e1 in 0.0..=100.0f64, e2 in 0.0..=100.0f64, w in 0.5001..=1.0f64, m in 0.0..=50.0f64) {
            let rule = OutcomesFirst::new(w, m).unwrap();
            let (c1, c2) = (rule.combine(o1, e1).unwrap(), rule.combine(o2, e2).unwrap());
            if o1 - m >= o2 + m {
                prop_assert!(c1 >= c2);
            }
            prop_assert!(c1 <= o1 + m && c1 >= o1 - m);
            let thresholds = [80.0, 60.0, 40.0, 20.0];
            prop_assert!(rating(c1, o1, &thresholds) >= band(o1, &thresholds));
        }

        #[test]
        fn combined_is_monotone(o in 0.0..=99.0f64, e in 0.0..=99.0f64, d in 0.0..=1.0f64) {
            let rule = OutcomesFirst::new(0.8, 5.0).unwrap();
            prop_assert!(rule.combine(o + d, e).unwrap() >= rule.combine(o, e).unwrap() - 1e-12);
            prop_assert!(rule.combine(o, e + d).unwrap() >= rule.combine(o, e).unwrap() - 1e-12);
        }
    }
}
