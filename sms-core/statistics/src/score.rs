//! The score of one value, 0 to 100 (method §1; OECD/JRC 2008, ch. 5).
//!
//! A score needs nothing but the value and fixed numbers of the method, so that a city that joins changes nobody's
//! score. The rules of [`score_set`] are the exception; their results say `set_dependent`.

mod goalposts;
mod level;
mod logistic;
mod normalisation;
mod set;
mod target;

pub use goalposts::{Cap, Goalposts, LinearRule, LogarithmicRule, Scale};
pub use level::{LevelScale, YesNo};
pub use logistic::LogisticRule;
pub use normalisation::{Normalisation, Values, Wording};
pub use set::{Preference, SetRule, SetScore, SetScores, score_set};
pub use target::{TargetBand, TargetRangeRatio, TargetRatio};

use crate::diagnostic::Result;
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
    ///
    /// ```
    /// # use sms_statistics as sms_core;
    /// use sms_core::score::{Ends, Goalposts};
    /// let score = Goalposts::new(20.0, 80.0)?.score(95.0)?;
    /// assert_eq!((score.score, score.with_ends(Ends::Open).score), (100.0, 125.0));
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    #[must_use]
    pub fn with_ends(self, ends: Ends) -> Self {
        match ends {
            Ends::Capped => self,
            Ends::Open => Score { score: self.raw, ..self },
        }
    }
}

/// How one value is scored, as data. A method file names it for an indicator, an index file for a step.
///
/// A new normalisation is a file with its [`Normalisation`] and a line in this list and in the one below it.
///
/// ```
/// # use sms_statistics as sms_core;
/// use sms_core::score::Rule;
/// let rule: Rule = serde_json::from_str(r#"{"goalposts": {"worst": 80, "best": 20}}"#).unwrap();
/// let score = rule.score(37.0, sms_core::indicator::Polarity::Lower)?.unwrap();
/// assert!((score.score - 71.6667).abs() < 1e-4); // method §1
/// # Ok::<(), sms_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ScoreRule"))]
pub enum Rule {
    /// Linear between two values.
    Goalposts(LinearRule),
    /// Linear in the logarithm.
    Logarithmic(LogarithmicRule),
    /// An S-shaped curve about a midpoint.
    Logistic(LogisticRule),
    /// Share of a target.
    TargetRatio(TargetRatio),
    /// Share of a target range.
    TargetRangeRatio(TargetRangeRatio),
    /// A band that scores 100.
    Band(TargetBand),
    /// A level of a scale.
    Maturity(LevelScale),
    /// 0 for no, 1 for yes.
    YesNo,
}

impl Rule {
    /// The normalisation that the rule names.
    #[must_use]
    pub fn normalisation(&self) -> &dyn Normalisation {
        match self {
            Rule::Goalposts(rule) => rule,
            Rule::Logarithmic(rule) => rule,
            Rule::Logistic(rule) => rule,
            Rule::TargetRatio(rule) => rule,
            Rule::TargetRangeRatio(rule) => rule,
            Rule::Band(rule) => rule,
            Rule::Maturity(rule) => rule,
            Rule::YesNo => &YesNo,
        }
    }

    /// The score of a value; `None` for polarity `ambiguous` and `none`, which are shown and never scored.
    ///
    /// Goalposts follow the polarity. A band, a ratio to a range, a scale and yes/no say themselves what is better.
    ///
    /// ```
    /// # use sms_statistics as sms_core;
    /// use sms_core::indicator::Polarity;
    /// use sms_core::score::{Ends, LinearRule, Rule};
    /// let rule = Rule::Goalposts(LinearRule { worst: 80.0, best: 20.0, ends: Ends::Open });
    /// assert_eq!(rule.score(95.0, Polarity::Lower)?.unwrap().score, -25.0);
    /// assert_eq!(rule.score(95.0, Polarity::Ambiguous)?, None);
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of the rule, also where there is no score.
    pub fn score(&self, value: f64, polarity: Polarity) -> Result<Option<Score>> {
        // a share of a target depends on which way is better
        if matches!(self, Rule::TargetRatio(_)) && !polarity.is_scored() {
            return num::finite(value).map(|_| None);
        }
        let made = self.normalisation().score(value, polarity)?;
        Ok(polarity.is_scored().then_some(made))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Code;
    use proptest::prelude::*;

    #[test]
    fn hdi_income_index() {
        // method §1: GNI per head of Niger 2022
        let s = Goalposts::new(100.0, 75_000.0).unwrap().log_score(1283.309235, Ends::Capped).unwrap();
        assert!((s.score - 38.54983313492368).abs() < 1e-11);
    }

    #[test]
    fn edges() {
        assert_eq!(Goalposts::new(5.0, 5.0).unwrap_err().code(), Code::ScoreEqualGoalposts);
        assert_eq!(Goalposts::for_polarity(0.0, 100.0, Polarity::Lower).unwrap_err().code(), Code::ScoreGoalpostsOrder);
        assert_eq!(TargetRatio { target: 10.0 }.score(0.0, Polarity::Lower).unwrap().score, 100.0);
        assert_eq!(TargetRatio { target: 0.0 }.score(5.0, Polarity::Lower).unwrap_err().code(), Code::ScoreNotPositive);
        assert_eq!(LevelScale { map: vec![0.0, 50.0, 100.0] }.score(2.5, Polarity::Higher).unwrap_err().code(), Code::ScoreUnknownLevel);
        assert_eq!(LevelScale { map: vec![0.0, 25.0, 50.0, 75.0, 100.0] }.score(3.0, Polarity::Higher).unwrap().score, 75.0);
        let band = TargetBand::new(0.0, 40.0, 60.0, 100.0).unwrap();
        assert_eq!([20.0, 50.0, 80.0].map(|x| band.score(x, Polarity::Range).unwrap().score), [50.0, 100.0, 50.0]);
    }

    #[test]
    fn a_range_has_a_ratio_on_both_sides() {
        let ratio = |lower, upper, x| TargetRangeRatio { lower, upper }.score(x, Polarity::Range);
        let score = |x| ratio(0.8, 1.25, x).unwrap().score;
        assert_eq!([score(0.4), score(0.8), score(1.0), score(1.25), score(2.5)], [50.0, 100.0, 100.0, 100.0, 50.0]);
        assert_eq!(ratio(1.0, 2.0, 0.0).unwrap_err().code(), Code::ScoreNotPositive);
        assert_eq!(ratio(2.0, 1.0, 1.0).unwrap_err().code(), Code::ScoreGoalpostsOrder);
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

    fn every_rule() -> Vec<(Rule, Polarity)> {
        let rule = |json: &str| serde_json::from_str::<Rule>(json).unwrap();
        vec![
            (rule(r#"{"goalposts": {"worst": 20, "best": 80}}"#), Polarity::Higher),
            (rule(r#"{"goalposts": {"worst": 80, "best": 20, "ends": "open"}}"#), Polarity::Lower),
            (rule(r#"{"logarithmic": {"worst": 64, "best": 1}}"#), Polarity::Lower),
            (rule(r#"{"logistic": {"midpoint": 40, "steepness": 0.1}}"#), Polarity::Higher),
            (rule(r#"{"target_ratio": {"target": 6}}"#), Polarity::Higher),
            (rule(r#"{"target_ratio": {"target": 6}}"#), Polarity::Lower),
            (rule(r#"{"target_ratio": {"target": 6}}"#), Polarity::Value),
            (rule(r#"{"target_range_ratio": {"lower": 2, "upper": 4}}"#), Polarity::Range),
            (rule(r#"{"band": {"worst_low": 0, "lower": 40, "upper": 60, "worst_high": 100}}"#), Polarity::Range),
        ]
    }

    proptest! {
        #[test]
        fn the_way_back_leads_to_the_score(points in 0.5..99.5f64, from in 0.1..120.0f64) {
            for (rule, polarity) in every_rule() {
                let made = rule.normalisation();
                let values = match made.inverse(points, polarity).unwrap() {
                    Values::At(x) => vec![x],
                    Values::Either(a, b) => vec![a, b],
                    Values::Between(..) => Vec::new(),
                };
                prop_assert!(!values.is_empty(), "a score within the range is that of one value or two");
                for x in values {
                    prop_assert!(num::abs(made.score(x, polarity).unwrap().score - points) < 1e-9, "{rule:?} at {x}");
                }
                let reached = made.value_reaching(100.0, from, polarity).map(|x| made.score(x, polarity).unwrap().score);
                prop_assert!(reached.is_none_or(|score| num::abs(score - 100.0) < 1e-9), "{rule:?}");
            }
        }

        #[test]
        fn a_small_move_is_worth_what_the_width_says(x in 1.0..70.0f64) {
            for (rule, polarity) in every_rule() {
                let made = rule.normalisation();
                let raw = |x: f64| made.score(x, polarity).unwrap().raw;
                // inside, away from the kinks
                let near = [x - 1e-3, x + 1e-3].map(raw);
                let kink = near.iter().any(|s| *s <= 0.5 || *s >= 99.5) || matches!(rule, Rule::Band(_) | Rule::TargetRangeRatio(_));
                if !kink {
                    let worth = 100.0 * 1e-6 / made.width(x, polarity);
                    prop_assert!(num::abs(num::abs(raw(x + 1e-6) - raw(x)) - worth) < 1e-3 * worth + 1e-9, "{rule:?} at {x}");
                }
            }
        }
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
