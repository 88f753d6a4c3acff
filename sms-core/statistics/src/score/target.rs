//! Shares of a target, and a band that is best.

use super::Score;
use super::normalisation::{Normalisation, Values, Wording};
use crate::diagnostic::{Code, Error, Result};
use crate::indicator::Polarity;
use crate::num;
use serde::{Deserialize, Serialize};

fn above_zero(x: f64) -> Result<f64> {
    if num::finite(x)? > 0.0 { Ok(x) } else { Err(Error::new(Code::ScoreNotPositive)) }
}

/// Share of a target reached: higher is better min(x/τ, 1), lower is better min(τ/x, 1), to one best value min(x/τ, τ/x).
///
/// ```
/// # use sms_statistics as sms_core;
/// use sms_core::indicator::Polarity;
/// use sms_core::score::{Normalisation, TargetRatio};
/// let target = TargetRatio { target: 40.0 };
/// assert_eq!(target.score(30.0, Polarity::Higher)?.score, 75.0);
/// assert_eq!(target.score(80.0, Polarity::Lower)?.score, 50.0);
/// # Ok::<(), sms_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TargetRatio {
    /// Scores 100; above 0.
    pub target: f64,
}

impl Normalisation for TargetRatio {
    fn check(&self, polarity: Polarity) -> Result<()> {
        above_zero(self.target)?;
        match polarity {
            Polarity::Range => Err(Error::new(Code::ScoreGoalpostsOrder).expecting("polarity higher, lower or value")),
            _ => Ok(()),
        }
    }

    /// `score.not-positive` unless value and target are above 0 (a value of 0 is allowed where lower is better: it reaches any target).
    fn score(&self, value: f64, polarity: Polarity) -> Result<Score> {
        let target = self.target;
        num::finite(value)?;
        num::finite(target)?;
        let not_positive = || Error::new(Code::ScoreNotPositive);
        if target <= 0.0 || value < 0.0 {
            return Err(not_positive());
        }
        let ratio = match polarity {
            Polarity::Higher => value / target,
            Polarity::Lower if value == 0.0 => 1.0,
            Polarity::Lower => target / value,
            Polarity::Value if value == 0.0 => return Err(not_positive()),
            Polarity::Value => (value / target).min(target / value),
            _ => return Err(Error::new(Code::ScoreGoalpostsOrder).expecting("polarity higher, lower or value")),
        };
        Score::of(100.0 * ratio)
    }

    fn inverse(&self, score: f64, polarity: Polarity) -> Option<Values> {
        let (below, above) = (self.target * score / 100.0, self.target * 100.0 / score);
        match polarity {
            Polarity::Higher if score >= 100.0 => Some(Values::Between(self.target, f64::INFINITY)),
            Polarity::Higher => Some(Values::At(below)),
            Polarity::Lower if score >= 100.0 => Some(Values::Between(0.0, self.target)),
            Polarity::Value if score >= 100.0 => Some(Values::At(self.target)),
            _ if score <= 0.0 => None,
            Polarity::Lower => Some(Values::At(above)),
            Polarity::Value => Some(Values::Either(below, above)),
            _ => None,
        }
    }

    fn width(&self, value: f64, polarity: Polarity) -> f64 {
        let rises = polarity == Polarity::Higher || (polarity == Polarity::Value && value < self.target);
        // 100·x/τ has the slope 100/τ everywhere, 100·τ/x the slope 100·τ/x² at x
        if rises || value <= 0.0 { self.target } else { value * value / self.target }
    }

    fn explain(&self, polarity: Polarity, say: &dyn Fn(f64) -> String) -> Wording {
        let target = say(self.target);
        let text = match polarity {
            Polarity::Higher => format!("The target is {target}. Half of it scores 50."),
            Polarity::Lower => format!("The target is {target}. Twice as much scores 50."),
            _ => format!("The target is {target}. Half of it or twice as much scores 50."),
        };
        Wording { name: "share of a target", text, inputs: vec![("target", self.target)] }
    }
}

/// Share of a target range reached: 100 inside, 100·x/lower below, 100·upper/x above. The counterpart of [`TargetRatio`] for polarity `range`.
///
/// ```
/// # use sms_statistics as sms_core;
/// use sms_core::score::{Normalisation, TargetRangeRatio};
/// let rule = TargetRangeRatio { lower: 40.0, upper: 60.0 };
/// let score = |value| rule.score(value, sms_core::indicator::Polarity::Range).map(|s| s.score);
/// assert_eq!([score(20.0)?, score(50.0)?, score(120.0)?], [50.0, 100.0, 50.0]);
/// # Ok::<(), sms_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TargetRangeRatio {
    /// Lower end of what scores 100; above 0.
    pub lower: f64,
    /// Upper end of what scores 100.
    pub upper: f64,
}

impl Normalisation for TargetRangeRatio {
    fn check(&self, _: Polarity) -> Result<()> {
        above_zero(self.lower)?;
        above_zero(self.upper)?;
        if self.lower > self.upper {
            return Err(Error::new(Code::ScoreGoalpostsOrder).expecting("lower <= upper"));
        }
        Ok(())
    }

    fn score(&self, value: f64, polarity: Polarity) -> Result<Score> {
        above_zero(value)?;
        self.check(polarity)?;
        Score::of(100.0 * (value / self.lower).min(self.upper / value).min(1.0))
    }

    fn inverse(&self, score: f64, _: Polarity) -> Option<Values> {
        match score {
            s if s >= 100.0 => Some(Values::Between(self.lower, self.upper)),
            s if s > 0.0 => Some(Values::Either(self.lower * s / 100.0, self.upper * 100.0 / s)),
            _ => None,
        }
    }

    fn width(&self, value: f64, _: Polarity) -> f64 {
        if value <= self.upper { self.lower } else { value * value / self.upper }
    }

    fn explain(&self, _: Polarity, say: &dyn Fn(f64) -> String) -> Wording {
        let text = format!("From {} to {} scores 100. Half of the lower or twice the upper scores 50.", say(self.lower), say(self.upper));
        Wording { name: "share of a target range", text, inputs: vec![("lower", self.lower), ("upper", self.upper)] }
    }
}

/// A range that scores 100, with the values on both sides that score 0.
/// All four numbers are in the unit of the value.
///
/// ```
/// # use sms_statistics as sms_core;
/// use sms_core::score::{Normalisation, TargetBand};
/// let band = TargetBand::new(0.0, 40.0, 60.0, 100.0)?;
/// let score = |value| band.score(value, sms_core::indicator::Polarity::Range).map(|s| s.score);
/// assert_eq!([score(30.0)?, score(50.0)?, score(70.0)?], [75.0, 100.0, 75.0]);
/// # Ok::<(), sms_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TargetBand {
    /// Scores 0 below the band.
    pub worst_low: f64,
    /// Lower end of the band.
    pub lower: f64,
    /// Upper end of the band.
    pub upper: f64,
    /// Scores 0 above the band.
    pub worst_high: f64,
}

impl TargetBand {
    /// Checks the order of the four numbers.
    ///
    /// # Errors
    /// `num.not-finite`; `score.goalposts-order`.
    pub fn new(worst_low: f64, lower: f64, upper: f64, worst_high: f64) -> Result<Self> {
        for x in [worst_low, lower, upper, worst_high] {
            num::finite(x)?;
        }
        if !(worst_low < lower && lower <= upper && upper < worst_high) {
            return Err(Error::new(Code::ScoreGoalpostsOrder).expecting("worst_low < lower <= upper < worst_high"));
        }
        Ok(TargetBand { worst_low, lower, upper, worst_high })
    }
}

impl Normalisation for TargetBand {
    fn check(&self, _: Polarity) -> Result<()> {
        TargetBand::new(self.worst_low, self.lower, self.upper, self.worst_high).map(|_| ())
    }

    /// 100 inside the band, linear to 0 on both sides.
    fn score(&self, value: f64, polarity: Polarity) -> Result<Score> {
        self.check(polarity)?;
        num::finite(value)?;
        Score::of(if value < self.lower {
            100.0 * (value - self.worst_low) / (self.lower - self.worst_low)
        } else if value > self.upper {
            100.0 * (self.worst_high - value) / (self.worst_high - self.upper)
        } else {
            100.0
        })
    }

    fn inverse(&self, score: f64, _: Polarity) -> Option<Values> {
        match score {
            s if s >= 100.0 => Some(Values::Between(self.lower, self.upper)),
            s if s > 0.0 => {
                Some(Values::Either(self.worst_low + s / 100.0 * (self.lower - self.worst_low), self.worst_high - s / 100.0 * (self.worst_high - self.upper)))
            }
            _ => None,
        }
    }

    /// That of the steeper side, so that a move that counts on one side counts on both.
    fn width(&self, _: f64, _: Polarity) -> f64 {
        (self.lower - self.worst_low).min(self.worst_high - self.upper)
    }

    fn explain(&self, _: Polarity, say: &dyn Fn(f64) -> String) -> Wording {
        let text = format!("From {} to {} scores 100.", say(self.lower), say(self.upper));
        Wording { name: "target band", text, inputs: vec![("lower", self.lower), ("upper", self.upper)] }
    }
}
