//! Scores that depend on who else is in the set: z-score, rank, percentile, min–max (OECD/JRC 2008, ch. 5.2).
//!
//! A unit that joins or leaves moves the scores of all others, so every result says `set_dependent`, and the method
//! never uses them by default.

use crate::diagnostic::{Code, Error, Finding, Findings, Result};
use crate::indicator::Polarity;
use crate::num;
use serde::{Deserialize, Serialize};

/// How values are scored within their own set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum SetRule {
    /// (x − mean)/SD with the SD of a population (divisor n); above 0 is better than the mean. No score of 0 to 100.
    ZScore,
    /// The same with the SD of a sample (divisor n − 1).
    SampleZScore,
    /// 1 for the best; ties share the average rank. The score is 100·(n − rank)/(n − 1).
    Rank,
    /// 100·(worse + ½·equal)/n, the value itself being among the equal.
    Percentile,
    /// 100·(x − worst)/(best − worst) with the worst and the best of the set.
    MinMax,
}

/// Values that differ by less than this share of the largest differ by rounding only.
const ROUNDING: f64 = 1e-12;

/// Which of two values is better.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Preference {
    direction: f64,
    target: Option<(f64, f64)>,
}

impl Preference {
    /// Of a polarity. `value` and `range` need the target, as the two ends of what is best (alike for `value`): there, the
    /// nearer is the better.
    ///
    /// ```
    /// # use sms_statistics as sms_core;
    /// use sms_core::{indicator::Polarity, score::Preference};
    /// assert!(Preference::new(Polarity::Range, Some((0.97, 1.03))).is_ok());
    /// assert!(Preference::new(Polarity::Range, None).is_err());
    /// ```
    ///
    /// # Errors
    /// `score.no-direction` for `ambiguous` and `none`, and where the target is absent; `score.goalposts-order` for ends in
    /// the wrong order; `num.not-finite`.
    pub fn new(polarity: Polarity, target: Option<(f64, f64)>) -> Result<Self> {
        match (polarity.direction(), polarity, target) {
            (Some(direction), _, _) => Ok(Preference { direction, target: None }),
            (None, Polarity::Value | Polarity::Range, Some((lower, upper))) => {
                num::finite(lower)?;
                num::finite(upper)?;
                let ordered = if polarity == Polarity::Value { lower == upper } else { lower <= upper };
                if !ordered {
                    return Err(Error::new(Code::ScoreGoalpostsOrder).at_path("target").expecting("one value, or a lower and an upper end"));
                }
                Ok(Preference { direction: -1.0, target: Some((lower, upper)) })
            }
            (None, Polarity::Value | Polarity::Range, None) => Err(Error::new(Code::ScoreNoDirection).at_path("target").expecting("a target")),
            _ => Err(Error::new(Code::ScoreNoDirection).at_path("polarity")),
        }
    }

    /// A number that is larger for the better value.
    fn goodness(self, value: f64) -> f64 {
        match self.target {
            None => self.direction * value,
            Some((lower, upper)) => -(lower - value).max(value - upper).max(0.0),
        }
    }

    fn largest(self) -> f64 {
        self.target.map_or(0.0, |(lower, upper)| num::abs(lower).max(num::abs(upper)))
    }
}

/// One member of the set.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SetScore {
    /// The z-score, the rank, the percentile or the min–max score.
    pub value: f64,
    /// 0 to 100, where the rule has such a score.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score: Option<f64>,
}

/// The scores of a set.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SetScores {
    /// One for each value, in their order; `None` where the value is absent or the rule is not defined.
    pub members: Vec<Option<SetScore>>,
    /// Values present.
    pub n: usize,
    /// Values in all.
    pub of: usize,
    /// Always true: another member would change these scores.
    pub set_dependent: bool,
    /// `score.constant-set` where the rule is not defined because all values are the same.
    #[serde(skip_serializing_if = "Findings::is_empty")]
    pub findings: Findings,
}

/// Scores of values within their own set. Absent values stay absent and count for nothing.
///
/// Where all values present are the same (also: where there is only one), nothing tells them apart: z-score and min–max have
/// no value, and the result carries the finding `score.constant-set`. Ranks are then all tied, with a score of 50, and so are
/// percentiles; the rank of a single value has no score.
///
/// ```
/// # use sms_statistics as sms_core;
/// use sms_core::indicator::Polarity;
/// use sms_core::score::{Preference, SetRule, score_set};
/// let lower = Preference::new(Polarity::Lower, None)?;
/// let ranks = score_set(SetRule::Rank, &[Some(12.0), None, Some(7.0), Some(12.0)], lower)?;
/// assert_eq!(ranks.members[0].unwrap().value, 2.5);
/// assert_eq!(ranks.members[2].unwrap().score, Some(100.0));
/// assert!(ranks.members[1].is_none() && ranks.set_dependent);
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `num.not-finite`, with the position.
pub fn score_set(rule: SetRule, values: &[Option<f64>], preference: Preference) -> Result<SetScores> {
    let mut present = Vec::with_capacity(values.len());
    let mut largest = preference.largest();
    for (i, value) in values.iter().enumerate() {
        let Some(value) = *value else { continue };
        let goodness = num::finite(value).and_then(|x| num::finite(preference.goodness(x))).map_err(|e| e.at_path(&format!("values[{i}]")))?;
        largest = largest.max(num::abs(value));
        present.push(goodness);
    }
    let tolerance = ROUNDING * largest;
    let scored = within(rule, &present, tolerance)?;
    let mut findings = Findings::new();
    let undefined = scored.iter().any(|s| s.is_none_or(|s| rule == SetRule::Rank && s.score.is_none()));
    if undefined {
        findings.push(Finding::new(Code::ScoreConstantSet).with("values", present.len()));
    }
    let mut scored = scored.into_iter();
    let members = values.iter().map(|v| v.and_then(|_| scored.next().flatten())).collect();
    Ok(SetScores { members, n: present.len(), of: values.len(), set_dependent: true, findings })
}

/// The scores of numbers that are larger for the better.
fn within(rule: SetRule, goodness: &[f64], tolerance: f64) -> Result<Vec<Option<SetScore>>> {
    let n = goodness.len() as f64;
    let low = goodness.iter().copied().fold(f64::INFINITY, f64::min);
    let high = goodness.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let varies = high - low > tolerance;
    Ok(match rule {
        SetRule::ZScore | SetRule::SampleZScore | SetRule::MinMax if !varies => vec![None; goodness.len()],
        SetRule::ZScore | SetRule::SampleZScore => {
            let divisor = if rule == SetRule::ZScore { n } else { n - 1.0 };
            let mean = num::finite(num::sum(goodness) / n)?;
            let squares: Vec<f64> = goodness.iter().map(|g| (g - mean) * (g - mean)).collect();
            let sd = num::finite(num::sqrt(num::sum(&squares) / divisor))?;
            let z = |g: &f64| num::finite((g - mean) / sd).map(|value| Some(SetScore { value: value + 0.0, score: None }));
            goodness.iter().map(z).collect::<Result<_>>()?
        }
        SetRule::MinMax => {
            let score = |g: &f64| num::finite(100.0 * ((g - low) / (high - low))).map(|value| Some(SetScore { value, score: Some(value) }));
            goodness.iter().map(score).collect::<Result<_>>()?
        }
        SetRule::Rank => {
            let ranks = num::mid_ranks(goodness, tolerance);
            let score = |rank: f64| if n > 1.0 { Some(100.0 * (n - rank) / (n - 1.0)) } else { None };
            ranks.into_iter().map(|ascending| n + 1.0 - ascending).map(|rank| Some(SetScore { value: rank, score: score(rank) })).collect()
        }
        SetRule::Percentile => {
            let ranks = num::mid_ranks(goodness, tolerance);
            // worse + ½·equal is the mid-rank less a half
            ranks.into_iter().map(|rank| 100.0 * (rank - 0.5) / n).map(|value| Some(SetScore { value, score: Some(value) })).collect()
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(rule: SetRule, values: &[f64], polarity: Polarity) -> Vec<Option<f64>> {
        let values: Vec<_> = values.iter().map(|&v| Some(v)).collect();
        score_set(rule, &values, Preference::new(polarity, None).unwrap()).unwrap().members.iter().map(|m| m.map(|m| m.value)).collect()
    }

    #[test]
    fn z_scores_have_the_sign_of_the_polarity() {
        // 2, 4, 4, 4, 5, 5, 7, 9: mean 5, population SD 2
        let set = [2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0];
        assert_eq!(of(SetRule::ZScore, &set, Polarity::Higher)[7], Some(2.0));
        assert_eq!(of(SetRule::ZScore, &set, Polarity::Lower)[7], Some(-2.0));
        let sample = of(SetRule::SampleZScore, &set, Polarity::Higher)[7].unwrap();
        assert!((sample - 4.0 / num::sqrt(32.0 / 7.0)).abs() < 1e-14);
    }

    #[test]
    fn nearer_to_the_target_is_better() {
        let near = Preference::new(Polarity::Range, Some((40.0, 60.0))).unwrap();
        let made = score_set(SetRule::Rank, &[Some(50.0), Some(41.0), Some(30.0), Some(90.0)], near).unwrap();
        assert_eq!(made.members.iter().map(|m| m.unwrap().value).collect::<Vec<_>>(), [1.5, 1.5, 3.0, 4.0]);
        let parity = Preference::new(Polarity::Value, Some((0.2, 0.2))).unwrap();
        let made = score_set(SetRule::Rank, &[Some(0.1), Some(0.3)], parity).unwrap();
        assert_eq!(made.members[0].unwrap().value, 1.5, "0.3 − 0.2 and 0.2 − 0.1 differ by rounding only");
    }

    #[test]
    fn what_cannot_be_told_apart_is_absent_and_said() {
        for rule in [SetRule::ZScore, SetRule::SampleZScore, SetRule::MinMax] {
            for values in [&[Some(5.0), None, Some(5.0)][..], &[Some(5.0)]] {
                let made = score_set(rule, values, Preference::new(Polarity::Higher, None).unwrap()).unwrap();
                assert!(made.members.iter().all(Option::is_none));
                assert_eq!(made.findings.count(Code::ScoreConstantSet), 1);
            }
        }
        let higher = Preference::new(Polarity::Higher, None).unwrap();
        let tied = score_set(SetRule::Rank, &[Some(5.0), Some(5.0)], higher).unwrap();
        assert_eq!(tied.members, [Some(SetScore { value: 1.5, score: Some(50.0) }); 2]);
        assert!(tied.findings.is_empty());
        let alone = score_set(SetRule::Rank, &[Some(5.0)], higher).unwrap();
        assert_eq!(alone.members, [Some(SetScore { value: 1.0, score: None })]);
        assert_eq!(alone.findings.count(Code::ScoreConstantSet), 1);
        assert_eq!(score_set(SetRule::ZScore, &[None, None], higher).unwrap().n, 0);
        assert_eq!(score_set(SetRule::ZScore, &[Some(f64::NAN)], higher).unwrap_err().code(), Code::NumNotFinite);
        for polarity in [Polarity::Ambiguous, Polarity::None, Polarity::Value] {
            assert_eq!(Preference::new(polarity, None).unwrap_err().code(), Code::ScoreNoDirection);
        }
    }

    proptest! {
        #[test]
        fn the_order_of_members_does_not_matter(mut v in proptest::collection::vec(proptest::option::of(-1e6..1e6f64), 1..12), by in 0usize..12) {
            for rule in [SetRule::ZScore, SetRule::SampleZScore, SetRule::Rank, SetRule::Percentile, SetRule::MinMax] {
                let higher = Preference::new(Polarity::Higher, None).unwrap();
                let mut before = score_set(rule, &v, higher).unwrap().members;
                let by = by % v.len();
                v.rotate_left(by);
                before.rotate_left(by);
                prop_assert_eq!(before, score_set(rule, &v, higher).unwrap().members);
            }
        }

        #[test]
        fn better_values_never_score_less(v in proptest::collection::vec(-1e3..1e3f64, 2..12)) {
            for rule in [SetRule::ZScore, SetRule::SampleZScore, SetRule::Percentile, SetRule::MinMax] {
                for polarity in [Polarity::Higher, Polarity::Lower] {
                    let made = of(rule, &v, polarity);
                    let direction = polarity.direction().unwrap();
                    for (a, x) in made.iter().zip(&v) {
                        for (b, y) in made.iter().zip(&v) {
                            if direction * (x - y) > 1e-6 { prop_assert!(a >= b); }
                        }
                    }
                }
            }
        }
    }
}
