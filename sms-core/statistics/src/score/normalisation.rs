//! What every normalisation has to say of itself.

use super::Score;
use crate::diagnostic::Result;
use crate::indicator::Polarity;
use crate::num;

/// How one value becomes a score (OECD/JRC 2008, step 5), with all that the method needs to know of it: the score, the way back that explanations and
/// the attack on a release take, what a point is worth, and the words for people. One file each.
///
/// ```
/// # use sms_statistics as sms_core;
/// use sms_core::score::{Ends, LinearRule, Normalisation};
/// let (rule, better) = (LinearRule { worst: 80.0, best: 20.0, ends: Ends::Capped }, sms_core::indicator::Polarity::Lower);
/// assert_eq!(rule.score(35.0, better)?.score, 75.0);
/// assert_eq!(rule.value_reaching(75.0, 60.0, better), Some(35.0));
/// assert_eq!(rule.width(50.0, better), 60.0);
/// # Ok::<(), sms_core::Error>(())
/// ```
pub trait Normalisation {
    /// Checks the numbers of the rule, and that they fit what is better.
    ///
    /// # Errors
    /// Those of the rule.
    fn check(&self, polarity: Polarity) -> Result<()>;

    /// The score of a value.
    ///
    /// # Errors
    /// Those of [`check`](Normalisation::check), and of the value.
    fn score(&self, value: f64, polarity: Polarity) -> Result<Score>;

    /// Whether every score is from 0 to 100, as a mean of scores needs it; not where the ends are open.
    fn is_bounded(&self) -> bool {
        true
    }

    /// The values that have a score; `None` where no value has it, or too many to say.
    fn inverse(&self, score: f64, polarity: Polarity) -> Option<Values>;

    /// What 100 points are worth in the unit of the value, near a value; 0 for a scale of levels, which has steps.
    fn width(&self, value: f64, polarity: Polarity) -> f64;

    /// The rule in words. `say` writes a value with its unit.
    fn explain(&self, polarity: Polarity, say: &dyn Fn(f64) -> String) -> Wording;

    /// The value nearest to the present one that scores so much, or more where the rule has steps.
    fn value_reaching(&self, score: f64, from: f64, polarity: Polarity) -> Option<f64> {
        Some(self.inverse(score, polarity)?.nearest(from))
    }
}

/// The values that have a score.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Values {
    /// One.
    At(f64),
    /// One of two.
    Either(f64, f64),
    /// Any from the lower to the upper end, which may be infinite.
    Between(f64, f64),
}

impl Values {
    /// The nearest of them to a value; the first of two that are as near.
    ///
    /// ```
    /// # use sms_statistics as sms_core;
    /// use sms_core::score::Values;
    /// assert_eq!(Values::Either(20.0, 80.0).nearest(70.0), 80.0);
    /// assert_eq!(Values::Between(20.0, 80.0).nearest(70.0), 70.0);
    /// ```
    #[must_use]
    pub fn nearest(self, value: f64) -> f64 {
        match self {
            Values::At(x) => x,
            Values::Either(a, b) if num::abs(b - value) < num::abs(a - value) => b,
            Values::Either(a, _) => a,
            Values::Between(lower, upper) => value.max(lower).min(upper),
        }
    }
}

/// A rule in words.
#[derive(Clone, Debug, PartialEq)]
pub struct Wording {
    /// What it is called.
    pub name: &'static str,
    /// What scores how much; empty where the value says it.
    pub text: String,
    /// Its numbers, by name.
    pub inputs: Vec<(&'static str, f64)>,
}
