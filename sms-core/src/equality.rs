//! Floor 9: gaps between groups (method §6).

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
    /// No errors are known, or more than two groups are compared, so no test was made.
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
}

/// The gap between the two groups that are furthest apart.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
    /// Two-sided p-value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p: Option<f64>,
    /// What can be said.
    pub verdict: Verdict,
}

/// The gap between the worst- and the best-off of two or more groups; none for fewer than two.
///
/// With exactly two groups and their errors the gap is tested, z = difference / √(σ₁² + σ₂²). Picking worst and best
/// out of many groups would find a gap by chance, so with three or more none is claimed here.
///
/// # Errors
/// `num.not-finite`, also when the difference is beyond the range of numbers; `estimate.negative-count` for a negative
/// standard error.
pub fn gap(groups: &[GroupValue], polarity: Polarity, significance: f64) -> Result<Option<Gap>> {
    for g in groups {
        num::finite(g.value)?;
        if g.se.is_some_and(|se| num::finite(se).is_err() || se < 0.0) {
            return Err(Error::new(Code::EstimateNegativeCount));
        }
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
    let mut result = Gap { worst, best, difference, ratio, z: None, p: None, verdict: Verdict::NotTested };
    // both groups have their say, also when they are equal and worst and best are the same one
    if let [GroupValue { se: Some(a), .. }, GroupValue { se: Some(b), .. }] = groups {
        let error = num::hypot(*a, *b);
        if error > 0.0 && error.is_finite() {
            let z = difference / error;
            let p = (2.0 * num::normal_cdf(-z)).min(1.0);
            result.z = Some(z);
            result.p = Some(p);
            result.verdict = if p < significance - SLACK { Verdict::Shown } else { Verdict::NotDistinguishable };
        }
    }
    Ok(Some(result))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(value: f64, se: Option<f64>) -> GroupValue {
        GroupValue { value, se }
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
    fn edges() {
        assert_eq!(gap(&[value(1.0, None)], Polarity::Higher, 0.05), Ok(None));
        let g = gap(&[value(0.0, None), value(5.0, None), value(3.0, None)], Polarity::Higher, 0.05).unwrap().unwrap();
        assert_eq!((g.worst, g.best, g.ratio, g.verdict), (0, 1, None, Verdict::NotTested));
        let equal = gap(&[value(5.0, Some(1.0)), value(5.0, Some(1.0))], Polarity::Higher, 0.05).unwrap().unwrap();
        assert_eq!((equal.difference, equal.verdict), (0.0, Verdict::NotDistinguishable));
    }
}
