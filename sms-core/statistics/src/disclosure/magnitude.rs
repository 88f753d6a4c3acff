//! Primary rules for magnitudes: one contributor, or few, must not be seen through the total.

use crate::diagnostic::{Code, Error, Result};
use crate::num;
use serde::{Deserialize, Serialize};

/// What stands behind a magnitude: its total, and its largest contributions.
#[derive(Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Contributions {
    /// All contributions, or the largest ones when a total is given.
    pub contributions: Vec<f64>,
    /// The total; the sum of the contributions when absent.
    #[serde(default)]
    pub total: Option<f64>,
}

/// By which rules a magnitude is judged; a rule that is absent is not applied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DominanceRules {
    /// p % rule: nobody may estimate the largest contribution to within p percent of it; in percent, above 0.
    pub p: Option<f64>,
    /// (n, k) rule: how many of the largest contributions are looked at.
    pub n: Option<usize>,
    /// (n, k) rule: which part of the total they may make; in percent, above 0 and below 100.
    pub k: Option<f64>,
}

/// What the rules say of a magnitude.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Dominance {
    /// Whether it must be withheld.
    pub withheld: bool,
    /// By the p % rule; absent when it was not asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p_percent: Option<bool>,
    /// By the (n, k) rule; absent when it was not asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dominance: Option<bool>,
    /// How far above the total what can be deduced must reach, in the unit of the total: 0 when it may be shown.
    pub protection: f64,
}

/// Judges a magnitude by the p % rule and by (n, k) dominance.
///
/// p %: the second largest contributor knows the total and their own contribution; the remainder of the others must be
/// p percent of the largest or more. (n, k): the n largest may make up to k percent of the total. The protection that
/// follows is p/100·x₁ − (total − x₁ − x₂), and 100/k·(x₁ + … + xₙ) − total (Hundepool et al. 2012, ch. 4.2).
///
/// ```
/// # use sms_statistics as sms_core;
/// use sms_core::disclosure::{Contributions, DominanceRules, dominance};
/// let given = Contributions { contributions: vec![80.0, 15.0, 5.0], total: None };
/// // the others hold 5, less than 10 % of the largest: 8 − 5 are missing
/// let made = dominance(&given, &DominanceRules { p: Some(10.0), ..Default::default() })?;
/// assert_eq!((made.withheld, made.protection), (true, 3.0));
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `disclosure.bad-rule` for parameters out of range or no rule; `num.not-finite`; `disclosure.bad-table` for negative
/// contributions, a total below what is given of it, or too few contributions for a total.
pub fn dominance(given: &Contributions, rules: &DominanceRules) -> Result<Dominance> {
    let bad_rule = |path: &str, expected: &'static str| Error::new(Code::DisclosureBadRule).at_path(path).expecting(expected);
    let bad = |path: &str, expected: &'static str| Error::new(Code::DisclosureBadTable).at_path(path).expecting(expected);
    if let Some(p) = rules.p
        && !(p > 0.0 && p.is_finite())
    {
        return Err(bad_rule("p", "a percentage above 0"));
    }
    let pair = match (rules.n, rules.k) {
        (None, None) => None,
        (Some(n), Some(k)) if n > 0 && k > 0.0 && k < 100.0 => Some((n, k)),
        _ => return Err(bad_rule("n", "n of 1 or more, with k between 0 and 100")),
    };
    if rules.p.is_none() && pair.is_none() {
        return Err(bad_rule("p", "p, or n and k"));
    }
    let mut largest = given.contributions.clone();
    for (i, &x) in largest.iter().enumerate() {
        if num::finite(x)? < 0.0 {
            return Err(bad(&format!("contributions[{i}]"), "0 or more"));
        }
    }
    largest.sort_unstable_by(|a, b| b.total_cmp(a));
    let sum = num::finite(num::sum(&largest))?;
    let needed = pair.map_or(0, |(n, _)| n).max(if rules.p.is_some() { 2 } else { 0 });
    let total = match given.total {
        None => sum,
        Some(total) => {
            if num::finite(total)? < sum {
                return Err(bad("total", "the contributions or more"));
            }
            if total > sum && largest.len() < needed {
                return Err(bad("contributions", "as many of the largest as the rules look at"));
            }
            total
        }
    };
    let top = |n: usize| num::sum(largest.get(..n.min(largest.len())).unwrap_or_default());
    let p_percent = rules.p.map(|p| p / 100.0 * top(1) - (total - top(2)));
    let dominant = pair.map(|(n, k)| 100.0 / k * top(n) - total);
    // nothing is told by an empty total
    let unsafe_by = |gap: f64| total > 0.0 && gap > 0.0;
    let (p_fails, n_fails) = (p_percent.map(unsafe_by), dominant.map(unsafe_by));
    let withheld = p_fails == Some(true) || n_fails == Some(true);
    let protection = if withheld { p_percent.unwrap_or(0.0).max(dominant.unwrap_or(0.0)).max(0.0) } else { 0.0 };
    Ok(Dominance { withheld, p_percent: p_fails, dominance: n_fails, protection: num::finite(protection)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(x: &[f64], total: Option<f64>, p: Option<f64>, nk: Option<(usize, f64)>) -> Result<Dominance> {
        dominance(&Contributions { contributions: x.to_vec(), total }, &DominanceRules { p, n: nk.map(|x| x.0), k: nk.map(|x| x.1) })
    }

    #[test]
    fn p_percent_and_dominance() {
        // 100 − 60 − 30 = 10 is 16.7 % of 60
        let safe = judge(&[60.0, 30.0, 10.0], None, Some(10.0), None).unwrap();
        assert!(!safe.withheld && safe.protection == 0.0);
        // 95 − 60 − 30 = 5 is 8.3 % of 60: one more is missing
        let small = judge(&[60.0, 30.0, 5.0], None, Some(10.0), None).unwrap();
        assert!(small.withheld && (small.protection - 1.0).abs() < 1e-12);
        // 90 of 100 by two
        let two = judge(&[10.0, 60.0, 30.0], None, None, Some((2, 85.0))).unwrap();
        assert_eq!((two.withheld, two.p_percent, two.dominance), (true, None, Some(true)));
        assert!((two.protection - (9000.0 / 85.0 - 100.0)).abs() < 1e-9);
        // the two largest and a total are enough
        assert_eq!(judge(&[60.0, 30.0], Some(95.0), Some(10.0), None).unwrap().protection, small.protection);
        assert!(judge(&[60.0], None, Some(10.0), None).unwrap().withheld, "one contributor");
        assert!(!judge(&[], None, Some(10.0), None).unwrap().withheld, "nobody");
    }

    #[test]
    fn bad_rules_and_contributions() {
        let code = |r: Result<Dominance>| r.unwrap_err().code();
        assert_eq!(code(judge(&[1.0], None, None, None)), Code::DisclosureBadRule);
        assert_eq!(code(judge(&[1.0], None, Some(0.0), None)), Code::DisclosureBadRule);
        assert_eq!(code(judge(&[1.0], None, None, Some((0, 85.0)))), Code::DisclosureBadRule);
        assert_eq!(code(judge(&[1.0], None, None, Some((2, 100.0)))), Code::DisclosureBadRule);
        assert_eq!(code(judge(&[-1.0], None, Some(10.0), None)), Code::DisclosureBadTable);
        assert_eq!(code(judge(&[5.0], Some(4.0), Some(10.0), None)), Code::DisclosureBadTable);
        assert_eq!(code(judge(&[5.0], Some(9.0), Some(10.0), None)), Code::DisclosureBadTable);
        assert_eq!(code(judge(&[f64::NAN], None, Some(10.0), None)), Code::NumNotFinite);
    }
}
