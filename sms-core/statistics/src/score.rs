//! Floor 8: the score of one value, 0 to 100 (method §1; OECD/JRC 2008, ch. 5).
//!
//! A score needs nothing but the value and fixed numbers of the method, so that a city that joins changes nobody's
//! score. The rules of [`score_set`] are the exception; their results say `set_dependent`.

mod set;

pub use set::{Preference, SetRule, SetScore, SetScores, score_set};

use crate::diagnostic::{Code, Error, Result};
use crate::indicator::Polarity;
use crate::num;
use serde::{Deserialize, Serialize};

/// Whether a score ends at the goalposts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ScoreEnds"))]
pub enum Ends {
    /// Held between 0 and 100.
    #[default]
    Capped,
    /// Below 0 and above 100 beyond the goalposts: for showing how far, never for a mean.
    Open,
}

/// A score between 0 and 100, with the raw one before it was held within that range.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Score {
    /// Between 0 and 100; the raw one where the ends are open.
    pub score: f64,
    /// Below 0 or above 100 where the value is beyond a goalpost.
    pub raw: f64,
}

impl Score {
    fn of(raw: f64) -> Result<Self> {
        // no negative zero
        let raw = num::finite(raw)? + 0.0;
        Ok(Score { score: raw.clamp(0.0, 100.0), raw })
    }

    /// The same, held within 0 to 100 or not.
    #[must_use]
    pub fn with_ends(self, ends: Ends) -> Self {
        match ends {
            Ends::Capped => self,
            Ends::Open => Score { score: self.raw, ..self },
        }
    }
}

/// The values that score 0 and 100. Lower is better when the worst is above the best.
///
/// ```
/// # use sms_statistics as sms_core;
/// use sms_core::score::Goalposts;
/// let higher = Goalposts::new(20.0, 80.0)?;
/// assert!((higher.score(37.0)?.score - 28.333333333333332).abs() < 1e-12);
/// let lower = Goalposts::new(80.0, 20.0)?;
/// assert!((lower.score(37.0)?.score - 71.66666666666667).abs() < 1e-12);
/// assert_eq!(lower.score(95.0)?.score, 0.0);
/// # Ok::<(), sms_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Goalposts {
    worst: f64,
    best: f64,
}

impl Goalposts {
    /// Two goalposts.
    ///
    /// # Errors
    /// `num.not-finite`; `score.equal-goalposts`.
    pub fn new(worst: f64, best: f64) -> Result<Self> {
        num::finite(worst)?;
        num::finite(best)?;
        if worst == best {
            return Err(Error::new(Code::ScoreEqualGoalposts));
        }
        Ok(Goalposts { worst, best })
    }

    /// Two goalposts whose order fits the polarity.
    ///
    /// # Errors
    /// As [`Goalposts::new`]; `score.goalposts-order`.
    pub fn for_polarity(worst: f64, best: f64, polarity: Polarity) -> Result<Self> {
        let goalposts = Self::new(worst, best)?;
        match polarity.direction() {
            Some(direction) if direction * (best - worst) < 0.0 => Err(Error::new(Code::ScoreGoalpostsOrder)),
            _ => Ok(goalposts),
        }
    }

    /// The value that scores 0.
    #[must_use]
    pub fn worst(self) -> f64 {
        self.worst
    }

    /// The value that scores 100.
    #[must_use]
    pub fn best(self) -> f64 {
        self.best
    }

    /// 100·(x − worst)/(best − worst).
    ///
    /// # Errors
    /// `num.not-finite`.
    pub fn score(self, value: f64) -> Result<Score> {
        num::finite(value)?;
        Score::of(100.0 * (value - self.worst) / (self.best - self.worst))
    }

    /// The value that has a given score.
    #[must_use]
    pub fn value_at(self, score: f64) -> f64 {
        self.worst + (self.best - self.worst) * score / 100.0
    }

    /// Goalposts on the logarithm, as the HDI has them for income (UNDP 2024, technical note 1).
    ///
    /// # Errors
    /// `score.not-positive` unless value and goalposts are above 0.
    pub fn log_score(self, value: f64) -> Result<Score> {
        if !(num::finite(value)? > 0.0 && self.worst > 0.0 && self.best > 0.0) {
            return Err(Error::new(Code::ScoreNotPositive));
        }
        Score::of(100.0 * (num::ln(value) - num::ln(self.worst)) / (num::ln(self.best) - num::ln(self.worst)))
    }
}

/// Share of a target reached: higher is better min(x/τ, 1), lower is better min(τ/x, 1), to a value min(x/τ, τ/x).
///
/// # Errors
/// `score.not-positive` unless value and target are above 0 (a value of 0 is allowed where lower is better: it
/// reaches any target).
pub fn target_ratio(value: f64, target: f64, polarity: Polarity) -> Result<Score> {
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

/// Share of a target range reached: 100 inside, x/lower below, upper/x above. The counterpart of [`target_ratio`] for
/// polarity `range`.
///
/// # Errors
/// `score.not-positive` unless the value and both ends are above 0; `score.goalposts-order` for ends in the wrong order.
pub fn target_range_ratio(value: f64, lower: f64, upper: f64) -> Result<Score> {
    for x in [value, lower, upper] {
        if num::finite(x)? <= 0.0 {
            return Err(Error::new(Code::ScoreNotPositive));
        }
    }
    if lower > upper {
        return Err(Error::new(Code::ScoreGoalpostsOrder).expecting("lower <= upper"));
    }
    Score::of(100.0 * (value / lower).min(upper / value).min(1.0))
}

/// A range that scores 100, with the values on both sides that score 0.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
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

    /// 100 inside the band, linear to 0 on both sides.
    ///
    /// # Errors
    /// `num.not-finite`.
    pub fn score(self, value: f64) -> Result<Score> {
        num::finite(value)?;
        Score::of(if value < self.lower {
            100.0 * (value - self.worst_low) / (self.lower - self.worst_low)
        } else if value > self.upper {
            100.0 * (self.worst_high - value) / (self.worst_high - self.upper)
        } else {
            100.0
        })
    }
}

/// The score of a maturity level by a declared map, such as 0, 25, 50, 75, 100.
///
/// # Errors
/// `score.unknown-level` when the level is not a whole number of the map; `num.not-finite`.
pub fn maturity(level: f64, map: &[f64]) -> Result<Score> {
    num::finite(level)?;
    let unknown = || Error::new(Code::ScoreUnknownLevel).with("levels", map.len());
    if level < 0.0 || level.fract() != 0.0 || level > 1000.0 {
        return Err(unknown());
    }
    let position = map.iter().enumerate().find(|(i, _)| *i as f64 == level);
    position.map_or_else(|| Err(unknown()), |(_, &score)| Score::of(score))
}

/// 0 for no, 100 for yes.
///
/// # Errors
/// `score.unknown-level` for anything but 0 and 1.
pub fn yes_no(value: f64) -> Result<Score> {
    maturity(value, &[0.0, 100.0])
}

/// How one value is scored, as data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ScoreRule"))]
pub enum Rule {
    /// Linear between two values: [`Goalposts::score`].
    Goalposts {
        /// Scores 0.
        worst: f64,
        /// Scores 100.
        best: f64,
        /// Whether the score ends there.
        #[serde(default)]
        ends: Ends,
    },
    /// Linear in the logarithm: [`Goalposts::log_score`].
    Logarithmic {
        /// Scores 0.
        worst: f64,
        /// Scores 100.
        best: f64,
        /// Whether the score ends there.
        #[serde(default)]
        ends: Ends,
    },
    /// Share of a target: [`target_ratio`].
    TargetRatio {
        /// Scores 100.
        target: f64,
    },
    /// Share of a target range: [`target_range_ratio`].
    TargetRangeRatio {
        /// Lower end of what scores 100.
        lower: f64,
        /// Upper end of what scores 100.
        upper: f64,
    },
    /// A band that scores 100: [`TargetBand::score`].
    Band(TargetBand),
    /// A level of a scale: [`maturity`].
    Maturity {
        /// The scores of the levels, from level 0.
        map: Vec<f64>,
    },
    /// 0 or 1: [`yes_no`].
    YesNo,
}

impl Rule {
    /// The score of a value; `None` for polarity `ambiguous` and `none`, which are shown and never scored.
    ///
    /// Goalposts follow the polarity. A band, a ratio to a range, a scale and yes/no say themselves what is better.
    ///
    /// ```
    /// # use sms_statistics as sms_core;
    /// use sms_core::indicator::Polarity;
    /// use sms_core::score::{Ends, Rule};
    /// let rule = Rule::Goalposts { worst: 80.0, best: 20.0, ends: Ends::Open };
    /// assert_eq!(rule.score(95.0, Polarity::Lower)?.unwrap().score, -25.0);
    /// assert_eq!(rule.score(95.0, Polarity::Ambiguous)?, None);
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of the rule, also where there is no score.
    pub fn score(&self, value: f64, polarity: Polarity) -> Result<Option<Score>> {
        let made = match self {
            Rule::Goalposts { worst, best, ends } => Goalposts::for_polarity(*worst, *best, polarity)?.score(value)?.with_ends(*ends),
            Rule::Logarithmic { worst, best, ends } => Goalposts::for_polarity(*worst, *best, polarity)?.log_score(value)?.with_ends(*ends),
            Rule::TargetRatio { .. } if !polarity.is_scored() => return num::finite(value).map(|_| None),
            Rule::TargetRatio { target } => target_ratio(value, *target, polarity)?,
            Rule::TargetRangeRatio { lower, upper } => target_range_ratio(value, *lower, *upper)?,
            Rule::Band(b) => TargetBand::new(b.worst_low, b.lower, b.upper, b.worst_high)?.score(value)?,
            Rule::Maturity { map } => maturity(value, map)?,
            Rule::YesNo => yes_no(value)?,
        };
        Ok(polarity.is_scored().then_some(made))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn hdi_income_index() {
        // method §1: GNI per head of Niger 2022
        let s = Goalposts::new(100.0, 75_000.0).unwrap().log_score(1283.309235).unwrap();
        assert!((s.score - 38.54983313492368).abs() < 1e-11);
    }

    #[test]
    fn edges() {
        assert_eq!(Goalposts::new(5.0, 5.0).unwrap_err().code(), Code::ScoreEqualGoalposts);
        assert_eq!(Goalposts::for_polarity(0.0, 100.0, Polarity::Lower).unwrap_err().code(), Code::ScoreGoalpostsOrder);
        assert_eq!(target_ratio(0.0, 10.0, Polarity::Lower).unwrap().score, 100.0);
        assert_eq!(target_ratio(5.0, 0.0, Polarity::Lower).unwrap_err().code(), Code::ScoreNotPositive);
        assert_eq!(maturity(2.5, &[0.0, 50.0, 100.0]).unwrap_err().code(), Code::ScoreUnknownLevel);
        assert_eq!(maturity(3.0, &[0.0, 25.0, 50.0, 75.0, 100.0]).unwrap().score, 75.0);
        let band = TargetBand::new(0.0, 40.0, 60.0, 100.0).unwrap();
        assert_eq!([band.score(20.0).unwrap().score, band.score(50.0).unwrap().score, band.score(80.0).unwrap().score], [50.0, 100.0, 50.0]);
    }

    #[test]
    fn a_range_has_a_ratio_on_both_sides() {
        let score = |x| target_range_ratio(x, 0.8, 1.25).unwrap().score;
        assert_eq!([score(0.4), score(0.8), score(1.0), score(1.25), score(2.5)], [50.0, 100.0, 100.0, 100.0, 50.0]);
        assert_eq!(target_range_ratio(0.0, 1.0, 2.0).unwrap_err().code(), Code::ScoreNotPositive);
        assert_eq!(target_range_ratio(1.0, 2.0, 1.0).unwrap_err().code(), Code::ScoreGoalpostsOrder);
    }

    #[test]
    fn rules_are_data() {
        let rule = |json: &str| serde_json::from_str::<Rule>(json).unwrap();
        let goalposts = rule(r#"{"goalposts": {"worst": 20, "best": 80}}"#);
        assert_eq!(goalposts.score(95.0, Polarity::Higher).unwrap(), Some(Score { score: 100.0, raw: 125.0 }));
        assert_eq!(goalposts.score(50.0, Polarity::Lower).unwrap_err().code(), Code::ScoreGoalpostsOrder);
        assert_eq!(goalposts.score(50.0, Polarity::None).unwrap(), None);
        let open = rule(r#"{"logarithmic": {"worst": 1, "best": 100, "ends": "open"}}"#);
        assert!((open.score(1000.0, Polarity::Higher).unwrap().unwrap().score - 150.0).abs() < 1e-12);
        assert_eq!(rule(r#""yes_no""#).score(1.0, Polarity::Higher).unwrap().unwrap().score, 100.0);
        assert_eq!(rule(r#"{"target_ratio": {"target": 4}}"#).score(2.0, Polarity::None).unwrap(), None);
        assert!(serde_json::from_str::<Rule>(r#"{"goalposts": {"worst": 20, "best": 80, "end": "open"}}"#).is_err());
    }

    proptest! {
        #[test]
        fn goalposts_are_monotone_and_bounded(w in -1e6..1e6f64, b in -1e6..1e6f64, x in -2e6..2e6f64, y in -2e6..2e6f64) {
            prop_assume!((w - b).abs() > 1e-6);
            let g = Goalposts::new(w, b).unwrap();
            let (sx, sy) = (g.score(x).unwrap().score, g.score(y).unwrap().score);
            prop_assert!((0.0..=100.0).contains(&sx));
            if (x < y) == (w < b) { prop_assert!(sx <= sy); } else { prop_assert!(sx >= sy); }
        }
    }
}
