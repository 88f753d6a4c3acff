//! Intervals of estimates from samples with a design.

use crate::diagnostic::{Code, Error, Result};
use crate::estimate::{self, Interval, IntervalMethod};
use crate::num;
use serde::{Deserialize, Serialize};

/// How the interval of a share is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum IntervalRule {
    /// p ± t·SE; it may pass 0 or 1.
    StudentT,
    /// t on the log odds, turned back; not defined at 0 and 1.
    #[default]
    Logit,
    /// Wilson's, with the effective sample size (Dean & Pagano 2015).
    Wilson,
    /// Clopper and Pearson's, with the effective sample size (Korn & Graubard 1998).
    KornGraubard,
}

/// Whether the effective sample size may exceed the number of cases.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum KornGraubardProfile {
    /// At most the number of cases (Parker et al. 2017).
    #[default]
    Capped,
    /// As it comes out (R's `survey`, method `beta`).
    Survey,
}

/// What the interval of a share is made from.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ProportionIntervalInput {
    /// The share, 0 to 1.
    pub proportion: f64,
    /// Its standard error.
    pub se: f64,
    /// Cases, unweighted.
    pub n: u64,
    /// Degrees of freedom of the design.
    pub df: f64,
    /// Confidence level, such as 0.95.
    pub confidence: f64,
    /// How it is made.
    #[serde(default)]
    pub rule: IntervalRule,
    /// Whether the effective sample size may exceed the number of cases.
    #[serde(default)]
    pub profile: KornGraubardProfile,
}

fn bad(path: &'static str, expected: &'static str) -> Error {
    Error::new(Code::SurveyBadParameter).at_path(path).expecting(expected)
}

/// The t quantile of a two-sided interval.
pub(super) fn critical(confidence: f64, df: f64) -> Result<f64> {
    if !(confidence > 0.0 && confidence < 1.0) {
        return Err(Error::new(Code::EstimateBadConfidence));
    }
    num::student_t_quantile(0.5 + confidence / 2.0, df).ok_or_else(|| bad("df", "degrees of freedom above 0"))
}

/// Value ± t · standard error.
/// Value, error and interval share one unit; the confidence lies between 0 and 1.
///
/// ```
/// # use sms_statistics as sms_core;
/// // t of 2 degrees of freedom at 97.5 %: 0.95 · √(2/0.0975) = 4.3027
/// let interval = sms_core::survey::mean_interval(0.5, 0.1, 2.0, 0.95)?;
/// assert!((interval.upper - (0.5 + 0.1 * 0.95 * f64::sqrt(2.0 / 0.0975))).abs() < 1e-12);
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `estimate.bad-confidence`, `survey.bad-parameter`, `num.not-finite`.
pub fn mean_interval(value: f64, se: f64, df: f64, confidence: f64) -> Result<Interval> {
    if !(se >= 0.0 && se.is_finite()) {
        return Err(bad("se", "a standard error of 0 or more"));
    }
    let half = critical(confidence, df)? * se;
    Ok(Interval { lower: num::finite(value - half)?, upper: num::finite(value + half)?, confidence, method: IntervalMethod::StudentT })
}

/// The effective number of cases, p(1 − p)/SE²·(t of n − 1 over t of the design)²; that of the cases at 0 and 1. `None` where
/// the standard error is 0 or there are fewer than two cases.
fn effective_cases(input: &ProportionIntervalInput) -> Result<Option<f64>> {
    let ProportionIntervalInput { proportion: p, se, n, df, confidence, profile, .. } = *input;
    #[allow(clippy::cast_precision_loss, reason = "a count of cases")]
    let cases = n as f64;
    let variance = p * (1.0 - p);
    if variance == 0.0 {
        return Ok((n > 0).then_some(cases));
    }
    if se == 0.0 || n < 2 {
        return Ok(None);
    }
    let ratio = critical(confidence, cases - 1.0)? / critical(confidence, df)?;
    let effective = variance / (se * se) * ratio * ratio;
    Ok(Some(if profile == KornGraubardProfile::Capped { effective.min(cases) } else { effective }))
}

/// The interval of a share from a sample with a design. `None` where the rule is not defined: the logit at 0 and 1, Wilson and
/// Korn–Graubard without a standard error.
///
/// ```
/// # use sms_statistics as sms_core;
/// use sms_core::survey::{IntervalRule, KornGraubardProfile, ProportionIntervalInput, proportion_interval};
/// let input = ProportionIntervalInput {
///     proportion: 0.0, se: 0.0, n: 20, df: 19.0, confidence: 0.95, rule: IntervalRule::Wilson, profile: KornGraubardProfile::Capped,
/// };
/// let interval = proportion_interval(&input)?.unwrap();
/// assert!((interval.upper - 0.1611251580528193).abs() < 1e-15);
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `estimate.bad-confidence`, `survey.bad-parameter`, `num.not-finite`.
pub fn proportion_interval(input: &ProportionIntervalInput) -> Result<Option<Interval>> {
    let ProportionIntervalInput { proportion: p, se, df, confidence, rule, .. } = *input;
    if !(0.0..=1.0).contains(&p) {
        return Err(bad("proportion", "a share between 0 and 1"));
    }
    if !(se >= 0.0 && se.is_finite()) {
        return Err(bad("se", "a standard error of 0 or more"));
    }
    let t = critical(confidence, df)?;
    let made =
        |lower: f64, upper: f64, method: IntervalMethod| Ok(Some(Interval { lower: num::finite(lower)?, upper: num::finite(upper)?, confidence, method }));
    match rule {
        IntervalRule::StudentT => mean_interval(p, se, df, confidence).map(Some),
        IntervalRule::Logit => {
            let variance = p * (1.0 - p);
            if variance == 0.0 {
                return Ok(None);
            }
            let (centre, half) = (num::ln(p / (1.0 - p)), t * se / variance);
            let back = |x: f64| 1.0 / (1.0 + num::exp(-x));
            made(back(centre - half), back(centre + half), IntervalMethod::Logit)
        }
        IntervalRule::Wilson => match effective_cases(input)? {
            None => Ok(None),
            Some(n) => {
                let interval = estimate::wilson((p * n).min(n), n, confidence)?;
                made(interval.lower, interval.upper, IntervalMethod::Wilson)
            }
        },
        IntervalRule::KornGraubard => match effective_cases(input)? {
            None => Ok(None),
            Some(n) => {
                let tail = (1.0 - confidence) / 2.0;
                let (x, rest) = (n * p, n * (1.0 - p));
                let undefined = || Error::new(Code::NumNotFinite);
                let lower = if x == 0.0 { 0.0 } else { num::beta_quantile(x, rest + 1.0, tail).ok_or_else(undefined)? };
                let upper = if rest == 0.0 { 1.0 } else { num::beta_quantile(x + 1.0, rest, 1.0 - tail).ok_or_else(undefined)? };
                made(lower, upper, IntervalMethod::KornGraubard)
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(proportion: f64, se: f64, n: u64, df: f64, rule: IntervalRule) -> ProportionIntervalInput {
        ProportionIntervalInput { proportion, se, n, df, confidence: 0.95, rule, profile: KornGraubardProfile::Capped }
    }

    #[test]
    fn with_simple_random_sampling_they_are_the_classical_ones() {
        // 65 of 100, binomial error: n* = n − …; with SE² = p(1 − p)/n and df = n − 1 the effective n is n
        let se = num::sqrt(0.65 * 0.35 / 100.0);
        let w = proportion_interval(&of(0.65, se, 100, 99.0, IntervalRule::Wilson)).unwrap().unwrap();
        assert!((w.lower - 0.5525444329688796).abs() < 1e-14 && (w.upper - 0.7363575175690247).abs() < 1e-14);
        // Clopper & Pearson 65/100 (beta quantiles with 40 digits)
        let k = proportion_interval(&of(0.65, se, 100, 99.0, IntervalRule::KornGraubard)).unwrap().unwrap();
        assert!((k.lower - num::beta_quantile(65.0, 36.0, 0.025).unwrap()).abs() < 1e-13, "{}", k.lower);
        assert!((k.upper - 0.7427062214685488).abs() < 1e-13, "{}", k.upper);
    }

    #[test]
    fn edges() {
        for (p, lower, upper) in [(0.0, Some(0.0), None), (1.0, None, Some(1.0))] {
            for rule in [IntervalRule::Wilson, IntervalRule::KornGraubard] {
                let i = proportion_interval(&of(p, 0.0, 20, 10.0, rule)).unwrap().unwrap();
                assert!(lower.is_none_or(|l| l == i.lower) && upper.is_none_or(|u| u == i.upper) && i.lower < i.upper);
            }
            assert_eq!(proportion_interval(&of(p, 0.0, 20, 10.0, IntervalRule::Logit)).unwrap(), None);
        }
        assert_eq!(proportion_interval(&of(0.5, 0.0, 20, 10.0, IntervalRule::Wilson)).unwrap(), None);
        let code = |i: &ProportionIntervalInput| proportion_interval(i).unwrap_err().code();
        assert_eq!(code(&of(1.5, 0.1, 20, 10.0, IntervalRule::Logit)), Code::SurveyBadParameter);
        assert_eq!(code(&of(0.5, -0.1, 20, 10.0, IntervalRule::Logit)), Code::SurveyBadParameter);
        assert_eq!(code(&of(0.5, 0.1, 20, 0.0, IntervalRule::Logit)), Code::SurveyBadParameter);
        assert_eq!(code(&ProportionIntervalInput { confidence: 1.0, ..of(0.5, 0.1, 20, 9.0, IntervalRule::Logit) }), Code::EstimateBadConfidence);
    }
}
