//! An S-shaped score: steep about a midpoint, flat far from it.

use super::Score;
use super::normalisation::{Normalisation, Values, Wording};
use crate::diagnostic::{Code, Error, Result};
use crate::indicator::Polarity;
use crate::num;
use serde::{Deserialize, Serialize};

/// The logistic curve: 100/(1 + e^(−k·(x − m))), for what matters most about a midpoint and saturates on both sides.
///
/// ```
/// # use sms_statistics as sms_core;
/// use sms_core::indicator::Polarity;
/// use sms_core::score::{LogisticRule, Normalisation};
/// let rule = LogisticRule { midpoint: 40.0, steepness: 0.1 };
/// assert_eq!(rule.score(40.0, Polarity::Higher)?.score, 50.0);
/// assert!((rule.score(60.0, Polarity::Higher)?.score - 88.07970779778824).abs() < 1e-12);
/// # Ok::<(), sms_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LogisticRule {
    /// Scores 50, in the unit of the indicator.
    pub midpoint: f64,
    /// The slope at the midpoint is 25 points for each `1/steepness` units; below 0 where lower is better, never 0.
    pub steepness: f64,
}

impl Normalisation for LogisticRule {
    /// `score.goalposts-order` where the steepness is 0 or its sign contradicts the polarity.
    fn check(&self, polarity: Polarity) -> Result<()> {
        num::finite(self.midpoint)?;
        let direction = polarity.direction().unwrap_or(1.0);
        let fits = num::finite(self.steepness)? != 0.0 && (polarity.direction().is_none() || direction * self.steepness > 0.0);
        if fits { Ok(()) } else { Err(Error::new(Code::ScoreGoalpostsOrder).expecting("a steepness above 0 for higher, below 0 for lower")) }
    }

    fn score(&self, value: f64, polarity: Polarity) -> Result<Score> {
        self.check(polarity)?;
        Score::of(100.0 / (1.0 + num::exp(-self.steepness * (num::finite(value)? - self.midpoint))))
    }

    fn inverse(&self, score: f64, _: Polarity) -> Option<Values> {
        // no finite value has 0 or 100
        (score > 0.0 && score < 100.0).then(|| Values::At(self.midpoint - num::ln(100.0 / score - 1.0) / self.steepness))
    }

    fn width(&self, value: f64, _: Polarity) -> f64 {
        let share = 1.0 / (1.0 + num::exp(-self.steepness * (value - self.midpoint)));
        // far from the midpoint no move of the figure is worth a point
        (1.0 / num::abs(self.steepness * share * (1.0 - share))).min(f64::MAX)
    }

    fn explain(&self, _: Polarity, say: &dyn Fn(f64) -> String) -> Wording {
        let step = num::abs(num::ln(3.0) / self.steepness);
        let (low, high) = (self.midpoint - step, self.midpoint + step);
        let (better, worse) = if self.steepness > 0.0 { (high, low) } else { (low, high) };
        let text = format!("{} scores 50, {} scores 75 and {} scores 25, on a curve that flattens on both sides.", say(self.midpoint), say(better), say(worse));
        Wording { name: "logistic curve", text, inputs: vec![("midpoint", self.midpoint), ("steepness", self.steepness)] }
    }
}
