//! Goalposts: linear between the value that scores 0 and the one that scores 100, on the value or on its logarithm.

use super::normalisation::{Normalisation, Values, Wording};
use super::{Ends, Score};
use crate::diagnostic::{Code, Error, Result};
use crate::indicator::Polarity;
use crate::num;
use serde::{Deserialize, Serialize};

/// On what the way between two goalposts is measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "IndexScale"))]
pub enum Scale {
    /// On the value itself.
    #[default]
    Linear,
    /// On its natural logarithm.
    Log,
}

/// Which end of the goalposts holds the result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "IndexCap"))]
pub enum Cap {
    /// A value beyond either goalpost counts as the goalpost.
    #[default]
    Both,
    /// Only a value better than the best one.
    Best,
    /// Only a value worse than the worst one.
    Worst,
    /// Open at both ends.
    Open,
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
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Goalposts {
    worst: f64,
    best: f64,
}

impl Goalposts {
    /// Two goalposts.
    ///
    /// ```
    /// # use sms_statistics as sms_core;
    /// use sms_core::score::Goalposts;
    /// assert_eq!(Goalposts::new(80.0, 20.0)?.worst(), 80.0);
    /// assert_eq!(Goalposts::new(50.0, 50.0).unwrap_err().code().as_str(), "score.equal-goalposts");
    /// # Ok::<(), sms_core::Error>(())
    /// ```
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
    /// ```
    /// # use sms_statistics as sms_core;
    /// use sms_core::{indicator::Polarity, score::Goalposts};
    /// assert!(Goalposts::for_polarity(80.0, 20.0, Polarity::Lower).is_ok());
    /// assert!(Goalposts::for_polarity(80.0, 20.0, Polarity::Higher).is_err());
    /// ```
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

    /// The value, or the goalpost that holds it.
    ///
    /// ```
    /// # use sms_statistics as sms_core;
    /// use sms_core::score::{Cap, Goalposts};
    /// let posts = Goalposts::new(20.0, 80.0)?;
    /// assert_eq!((posts.held(95.0, Cap::Both), posts.held(95.0, Cap::Worst)), (80.0, 95.0));
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    #[must_use]
    pub fn held(self, value: f64, cap: Cap) -> f64 {
        let rises = self.worst < self.best;
        let mut x = value;
        if matches!(cap, Cap::Both | Cap::Best) {
            x = if rises { x.min(self.best) } else { x.max(self.best) };
        }
        if matches!(cap, Cap::Both | Cap::Worst) {
            x = if rises { x.max(self.worst) } else { x.min(self.worst) };
        }
        x
    }

    /// How far a value is from the worst towards the best, and how far the best is.
    fn way(self, value: f64, scale: Scale) -> Result<(f64, f64)> {
        match scale {
            Scale::Linear => Ok((value - self.worst, self.best - self.worst)),
            Scale::Log if value > 0.0 && self.worst > 0.0 && self.best > 0.0 => {
                Ok((num::ln(value) - num::ln(self.worst), num::ln(self.best) - num::ln(self.worst)))
            }
            Scale::Log => Err(Error::new(Code::ScoreNotPositive)),
        }
    }

    /// The share of the way from the worst to the best that a value has come: 0 at the worst, 1 at the best, beyond them outside. On the logarithm a
    /// value is held first where the cap says so, so that 0 has a place as well.
    ///
    /// ```
    /// # use sms_statistics as sms_core;
    /// use sms_core::score::{Cap, Goalposts, Scale};
    /// let posts = Goalposts::new(20.0, 80.0)?;
    /// assert_eq!(posts.share(50.0, Scale::Linear, Cap::Both)?, 0.5);
    /// assert_eq!(posts.share(95.0, Scale::Linear, Cap::Open)?, 1.25);
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `num.not-finite`; `score.not-positive` on the logarithm unless goalposts and the value, as held, are above 0.
    pub fn share(self, value: f64, scale: Scale, cap: Cap) -> Result<f64> {
        let (made, all) = self.way(self.held(num::finite(value)?, cap), scale)?;
        num::finite(made / all)
    }

    /// 100·(x − worst)/(best − worst).
    /// A score of 0 to 100; the value is in the unit of the goalposts.
    ///
    /// ```
    /// # use sms_statistics as sms_core;
    /// // method §1
    /// let score = sms_core::score::Goalposts::new(20.0, 80.0)?.score(37.0)?;
    /// assert!((score.score - 28.3333).abs() < 1e-4);
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `num.not-finite`.
    pub fn score(self, value: f64) -> Result<Score> {
        let (made, all) = self.way(num::finite(value)?, Scale::Linear)?;
        Score::of(100.0 * made / all)
    }

    /// Goalposts on the logarithm, as the HDI has them for income (UNDP 2024, technical note 1). A value is held at the goalposts before its logarithm
    /// is taken: one of 0 or less scores as the goalpost beyond which it lies, and its raw score is the same, since it has none of its own.
    ///
    /// ```
    /// # use sms_statistics as sms_core;
    /// use sms_core::score::{Ends, Goalposts};
    /// // method §1: the income index of the HDI
    /// let score = Goalposts::new(100.0, 75_000.0)?.log_score(1283.309235, Ends::Capped)?;
    /// assert!((score.score - 38.54983313492368).abs() < 1e-10);
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `num.not-finite`; `score.not-positive` unless the goalposts are above 0, and for open ends the value too.
    pub fn log_score(self, value: f64, ends: Ends) -> Result<Score> {
        let value = num::finite(value)?;
        let held = if ends == Ends::Capped && value <= 0.0 { self.held(value, Cap::Both) } else { value };
        let (made, all) = self.way(held, Scale::Log)?;
        Ok(Score::of(100.0 * made / all)?.with_ends(ends))
    }

    /// The value that has a given score.
    ///
    /// ```
    /// # use sms_statistics as sms_core;
    /// let posts = sms_core::score::Goalposts::new(80.0, 20.0)?;
    /// assert_eq!((posts.value_at(0.0), posts.value_at(75.0)), (80.0, 35.0));
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    #[must_use]
    pub fn value_at(self, score: f64) -> f64 {
        self.worst + score / 100.0 * (self.best - self.worst)
    }

    /// The values that have a score, where those beyond the goalposts are held.
    fn values(self, score: f64, ends: Ends, at: f64) -> Values {
        let rises = self.best > self.worst;
        match (ends, score >= 100.0, score <= 0.0) {
            (Ends::Capped, true, _) if rises => Values::Between(self.best, f64::INFINITY),
            (Ends::Capped, true, _) => Values::Between(f64::NEG_INFINITY, self.best),
            (Ends::Capped, _, true) if rises => Values::Between(f64::NEG_INFINITY, self.worst),
            (Ends::Capped, _, true) => Values::Between(self.worst, f64::INFINITY),
            _ => Values::At(at),
        }
    }
}

fn told(name: &'static str, worst: f64, best: f64, on: &str, say: &dyn Fn(f64) -> String) -> Wording {
    let text = format!("{} scores 0 and {} scores 100{on}.", say(worst), say(best));
    Wording { name, text, inputs: vec![("worst", worst), ("best", best)] }
}

/// Linear between two values: 100·(x − worst)/(best − worst).
///
/// ```
/// # use sms_statistics as sms_core;
/// use sms_core::score::{Ends, LinearRule, Normalisation};
/// let rule = LinearRule { worst: 80.0, best: 20.0, ends: Ends::Capped };
/// assert_eq!(rule.score(50.0, sms_core::indicator::Polarity::Lower)?.score, 50.0);
/// # Ok::<(), sms_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LinearRule {
    /// Scores 0.
    pub worst: f64,
    /// Scores 100.
    pub best: f64,
    /// Whether the score ends there.
    #[serde(default)]
    pub ends: Ends,
}

impl Normalisation for LinearRule {
    fn check(&self, polarity: Polarity) -> Result<()> {
        Goalposts::for_polarity(self.worst, self.best, polarity).map(|_| ())
    }

    fn score(&self, value: f64, polarity: Polarity) -> Result<Score> {
        Ok(Goalposts::for_polarity(self.worst, self.best, polarity)?.score(value)?.with_ends(self.ends))
    }

    fn is_bounded(&self) -> bool {
        self.ends == Ends::Capped
    }

    fn inverse(&self, score: f64, _: Polarity) -> Option<Values> {
        let goalposts = Goalposts::new(self.worst, self.best).ok()?;
        Some(goalposts.values(score, self.ends, goalposts.value_at(score)))
    }

    fn width(&self, _: f64, _: Polarity) -> f64 {
        num::abs(self.best - self.worst)
    }

    fn explain(&self, _: Polarity, say: &dyn Fn(f64) -> String) -> Wording {
        told("goalposts", self.worst, self.best, "", say)
    }
}

/// Linear in the logarithm, as the HDI has it for income (UNDP 2024, technical note 1): [`Goalposts::log_score`].
///
/// ```
/// # use sms_statistics as sms_core;
/// use sms_core::score::{Ends, LogarithmicRule, Normalisation};
/// let rule = LogarithmicRule { worst: 1.0, best: 100.0, ends: Ends::Capped };
/// let score = rule.score(10.0, sms_core::indicator::Polarity::Higher)?.score;
/// assert!((score - 50.0).abs() < 1e-12);
/// # Ok::<(), sms_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LogarithmicRule {
    /// Scores 0; above 0.
    pub worst: f64,
    /// Scores 100; above 0.
    pub best: f64,
    /// Whether the score ends there.
    #[serde(default)]
    pub ends: Ends,
}

impl Normalisation for LogarithmicRule {
    fn check(&self, polarity: Polarity) -> Result<()> {
        let goalposts = Goalposts::for_polarity(self.worst, self.best, polarity)?;
        goalposts.way(goalposts.worst, Scale::Log).map(|_| ())
    }

    fn score(&self, value: f64, polarity: Polarity) -> Result<Score> {
        Goalposts::for_polarity(self.worst, self.best, polarity)?.log_score(value, self.ends)
    }

    fn is_bounded(&self) -> bool {
        self.ends == Ends::Capped
    }

    fn inverse(&self, score: f64, _: Polarity) -> Option<Values> {
        let goalposts = Goalposts::new(self.worst, self.best).ok()?;
        let logarithm = Goalposts::new(num::ln(self.worst), num::ln(self.best)).ok()?;
        Some(goalposts.values(score, self.ends, num::exp(logarithm.value_at(score))))
    }

    fn width(&self, value: f64, _: Polarity) -> f64 {
        // the slope at the value, or at the goalpost that holds it
        let at = Goalposts::new(self.worst, self.best).map_or(value, |g| g.held(value, Cap::Both));
        at * num::abs(num::ln(self.best) - num::ln(self.worst))
    }

    fn explain(&self, _: Polarity, say: &dyn Fn(f64) -> String) -> Wording {
        told("logarithmic goalposts", self.worst, self.best, ", and between them each doubling counts the same", say)
    }
}
