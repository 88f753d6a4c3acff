//! Floor 9: gaps between groups, and measures of inequality (method §6).
//!
//! | question | function |
//! |---|---|
//! | who is worst off, who best, and is it more than chance? | [`gap`] |
//! | the same against an average, a reference group, or between two groups named in advance | [`compare`] |
//! | how unequal are the groups all in all? | [`measures`] |
//! | does a gap widen or narrow? | [`gap_change`] |
//! | who is not counted at all? | [`DisaggregationCounts`] |

mod compare;
mod counted;
mod groups;
mod measures;
mod tests;

pub use compare::{Against, CompareRules, Compared, Comparison, GapChange, GapDirection, GapTrend, compare, gap_change};
pub use counted::{DisaggregationCounts, DisaggregationStatus};
pub use groups::{Group, Groups};
pub use measures::{Inequality, Measure, MeasureRules, Measured, Profile, Undefined, measures};
pub use tests::satterthwaite;

use crate::diagnostic::{Code, Error, Result};
use crate::indicator::Polarity;
use crate::num;
use crate::target::SLACK;
use serde::{Deserialize, Serialize};

/// What can be said about a gap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Verdict {
    /// The gap is larger than its error explains.
    Shown,
    /// The gap may be chance.
    NotDistinguishable,
    /// A group is smaller than the method asks for.
    TooSmallToSay,
    /// Not every error is known, or groups overlap in a way that is not known, so no test was made.
    NotTested,
}

/// A group's figure.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct GroupValue {
    /// The value, in the unit of the indicator.
    pub value: f64,
    /// Its standard error.
    #[serde(default)]
    pub se: Option<f64>,
    /// Degrees of freedom of the error, above 0: sampling units less strata. Absent: so many that the error is taken as known.
    #[serde(default)]
    pub df: Option<f64>,
}

/// The gap between the two groups that are furthest apart.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "GapBetweenGroups"))]
pub struct Gap {
    /// Position of the worst-off group (of the lowest, where no direction is better).
    pub worst: usize,
    /// Position of the best-off group (of the highest, where no direction is better).
    pub best: usize,
    /// Distance between the two, 0 or more, in the unit of the indicator.
    pub difference: f64,
    /// Larger value over smaller value; `None` when the smaller is not above 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ratio: Option<f64>,
    /// Difference over its standard error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub z: Option<f64>,
    /// Degrees of freedom of Student's t that the p-value comes from; absent: the normal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub df: Option<f64>,
    /// Two-sided p-value; of three groups or more, adjusted for all pairs (Holm 1979).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p: Option<f64>,
    /// Of three groups or more: the chance of such differences if all groups were alike (Welch's F where degrees of freedom are known, else Wald's χ²).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p_all_equal: Option<f64>,
    /// How many comparisons the test takes into account; 0 where none was made.
    pub comparisons: usize,
    /// What can be said.
    pub verdict: Verdict,
}

/// The gap between the worst- and the best-off of two or more groups; none for fewer than two.
///
/// Two groups are tested by z = difference / √(σ₁² + σ₂²), against Student's t with the degrees of freedom of Welch and Satterthwaite where those of the errors
/// are known, else against the normal. Picking worst and best out of many would find a gap by chance (of ten equal
/// groups 63 times in a hundred), so with three or more a gap is shown only where the test of all finds that not all are alike and the pair
/// stands after Holm's correction for all k(k − 1)/2 pairs. The groups are taken as independent.
///
/// ```
/// # use sms_statistics as sms_core;
/// use sms_core::equality::{GroupValue, Verdict, gap};
/// let group = |value, se| GroupValue { value, se: Some(se), df: None };
/// let gap = gap(&[group(18.2, 2.1), group(11.0, 0.8)], sms_core::indicator::Polarity::Lower, 0.05)?.unwrap();
/// assert_eq!((gap.worst, gap.verdict), (0, Verdict::Shown));
/// assert!((gap.z.unwrap().abs() - 3.20395794832789).abs() < 1e-12); // method §6
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `num.not-finite`, also when the difference is beyond the range of numbers; `estimate.negative-count` for a negative
/// standard error; `estimate.bad-df` for degrees of freedom that are not above 0.
pub fn gap(groups: &[GroupValue], polarity: Polarity, significance: f64) -> Result<Option<Gap>> {
    for g in groups {
        num::finite(g.value)?;
        if g.se.is_some_and(|se| num::finite(se).is_err() || se < 0.0) {
            return Err(Error::new(Code::EstimateNegativeCount));
        }
        tests::check_df(g.df)?;
    }
    if groups.len() < 2 {
        return Ok(None);
    }
    let direction = polarity.direction().unwrap_or(1.0);
    let rank = |g: &GroupValue| direction * g.value;
    let mut worst = 0;
    let mut best = 0;
    let (mut lowest, mut highest) = (f64::INFINITY, f64::NEG_INFINITY);
    // the first of equals, so that the order of catalogue codes decides
    for (i, g) in groups.iter().enumerate() {
        if rank(g) < lowest {
            (worst, lowest) = (i, rank(g));
        }
        if rank(g) > highest {
            (best, highest) = (i, rank(g));
        }
    }
    let (Some(w), Some(b)) = (groups.get(worst), groups.get(best)) else { return Ok(None) };
    let difference = num::finite(num::abs(b.value - w.value))?;
    let (small, large) = (w.value.min(b.value), w.value.max(b.value));
    let ratio = (small > 0.0).then(|| large / small).filter(|r| r.is_finite());
    let mut result = Gap { worst, best, difference, ratio, z: None, df: None, p: None, p_all_equal: None, comparisons: 0, verdict: Verdict::NotTested };
    // both groups have their say, also when they are equal and worst and best are the same one
    if let [GroupValue { se: Some(a), df: of_a, .. }, GroupValue { se: Some(b), df: of_b, .. }] = groups {
        let error = num::hypot(*a, *b);
        if error > 0.0 && error.is_finite() {
            let z = difference / error;
            let df = tests::satterthwaite(&[(a * a, *of_a), (b * b, *of_b)]);
            let p = tests::two_sided(z, df);
            (result.z, result.df) = (Some(z), df);
            result.p = Some(p);
            result.comparisons = 1;
            result.verdict = if p < significance - SLACK { Verdict::Shown } else { Verdict::NotDistinguishable };
        }
    } else if groups.len() > 2
        && let Some(found) = compare::worst_of_many(groups, difference, (w, b))
    {
        (result.z, result.df, result.p, result.p_all_equal, result.comparisons) =
            (Some(found.z), found.df, Some(found.p), Some(found.p_all_equal), found.comparisons);
        let shown = found.p < significance - SLACK && found.p_all_equal < significance - SLACK;
        result.verdict = if shown { Verdict::Shown } else { Verdict::NotDistinguishable };
    }
    Ok(Some(result))
}

#[cfg(test)]
mod cases {
    use super::*;

    fn value(value: f64, se: Option<f64>) -> GroupValue {
        GroupValue { value, se, df: None }
    }

    #[test]
    fn worked_example() {
        // method §6: 18.2 (2.1) against 11.0 (0.8)
        let g = gap(&[value(18.2, Some(2.1)), value(11.0, Some(0.8))], Polarity::Lower, 0.05).unwrap().unwrap();
        assert_eq!((g.worst, g.best, g.verdict), (0, 1, Verdict::Shown));
        assert!((g.z.unwrap() - 3.20395794832789).abs() < 1e-12);
        assert!((g.difference - 7.2).abs() < 1e-12);
    }

    #[test]
    fn many_groups_are_tested_together() {
        // weights 1, 1, 1 about 55: χ² = 225 + 225 + 0
        let three = [value(40.0, Some(1.0)), value(70.0, Some(1.0)), value(55.0, Some(1.0))];
        let g = gap(&three, Polarity::Higher, 0.05).unwrap().unwrap();
        assert_eq!((g.worst, g.best, g.comparisons, g.verdict), (0, 1, 3, Verdict::Shown));
        assert!((g.p_all_equal.unwrap() - num::exp(-225.0)).abs() < 1e-15);
        // all pairs z = 2, 1, 1 over √2: the widest is the first of three
        let near = [value(0.0, Some(1.0)), value(2.0, Some(1.0)), value(1.0, Some(1.0))];
        let g = gap(&near, Polarity::Higher, 0.05).unwrap().unwrap();
        let alone = 2.0 * num::normal_cdf(-num::sqrt(2.0));
        assert!((g.p.unwrap() - 3.0 * alone).abs() < 1e-15);
        assert!((g.p_all_equal.unwrap() - num::exp(-1.0)).abs() < 1e-15);
        assert_eq!(g.verdict, Verdict::NotDistinguishable);
        let one_unknown = [value(0.0, Some(1.0)), value(2.0, None), value(9.0, Some(1.0))];
        assert_eq!(gap(&one_unknown, Polarity::Higher, 0.05).unwrap().unwrap().verdict, Verdict::NotTested);
    }

    #[test]
    fn edges() {
        assert_eq!(gap(&[value(1.0, None)], Polarity::Higher, 0.05), Ok(None));
        let g = gap(&[value(0.0, None), value(5.0, None), value(3.0, None)], Polarity::Higher, 0.05).unwrap().unwrap();
        assert_eq!((g.worst, g.best, g.ratio, g.verdict), (0, 1, None, Verdict::NotTested));
        let equal = gap(&[value(5.0, Some(1.0)), value(5.0, Some(1.0))], Polarity::Higher, 0.05).unwrap().unwrap();
        assert_eq!((equal.difference, equal.verdict), (0.0, Verdict::NotDistinguishable));
    }
}
