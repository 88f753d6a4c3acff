//! Floor 3: a figure with its error, and the ways in which a figure can be absent.

use crate::diagnostic::{Code, Error, Result};
use crate::num;
use serde::{Deserialize, Serialize};

/// What kind of number an indicator is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum ValueKind {
    /// A part of the denominator; the multiplier is 100 for percentages.
    Proportion,
    /// Events per so many people; may exceed the denominator.
    Rate,
    /// One quantity over another.
    Ratio,
    /// A number of things.
    Count,
    /// An average.
    Mean,
    /// A middle value.
    Median,
    /// A composed number.
    Index,
    /// Yes (1) or no (0).
    Boolean,
    /// A level of a maturity scale.
    Maturity,
    /// One value minus another.
    Difference,
}

impl ValueKind {
    /// Whether the value is made of a numerator and a denominator.
    ///
    /// ```
    /// # use sms_model as sms_core;
    /// use sms_core::estimate::ValueKind;
    /// assert!(ValueKind::Proportion.is_quotient() && !ValueKind::Count.is_quotient());
    /// ```
    #[must_use]
    pub fn is_quotient(self) -> bool {
        matches!(self, ValueKind::Proportion | ValueKind::Rate | ValueKind::Ratio)
    }
}

/// Why a figure is not there. The reasons stay apart to the last output: absent is not zero, and "not asked" is not
/// "refused".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Absence {
    /// It should exist and is not there.
    Missing,
    /// It was not collected.
    NotAsked,
    /// The persons asked did not want to say.
    Refused,
    /// It cannot exist here.
    NotApplicable,
    /// It exists and is withheld to protect people.
    Suppressed,
    /// There is a count, but no denominator to make a rate of it.
    NoDenominator,
    /// It is withheld, because the number of persons behind it is not known.
    UnknownCount,
}

/// How an interval was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum IntervalMethod {
    /// Wilson's score interval of a proportion (Wilson 1927).
    Wilson,
    /// Byar's approximation for a count (Breslow & Day 1987, p. 69).
    Byar,
    /// Value ± z · standard error.
    Normal,
    /// Value ± t · standard error, with the degrees of freedom of the design.
    StudentT,
    /// t on the log odds, turned back.
    Logit,
    /// Clopper and Pearson's interval with an effective sample size (Korn & Graubard 1998).
    KornGraubard,
    /// The interval of the share below a quantile, read back as values (Woodruff 1952).
    Woodruff,
    /// Exact interval of a Poisson count (Garwood 1936).
    PoissonExact,
}

impl IntervalMethod {
    /// All of them.
    pub const ALL: &'static [Self] =
        &[Self::Wilson, Self::Byar, Self::Normal, Self::StudentT, Self::Logit, Self::KornGraubard, Self::Woodruff, Self::PoissonExact];

    /// Its word.
    ///
    /// ```
    /// # use sms_model as sms_core;
    /// assert_eq!(sms_core::estimate::IntervalMethod::StudentT.as_str(), "student_t");
    /// ```
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Wilson => "wilson",
            Self::Byar => "byar",
            Self::Normal => "normal",
            Self::StudentT => "student_t",
            Self::Logit => "logit",
            Self::KornGraubard => "korn_graubard",
            Self::Woodruff => "woodruff",
            Self::PoissonExact => "poisson_exact",
        }
    }

    /// The method of a word.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|method| method.as_str() == word)
    }
}

/// A figure with its error, as far as that is known.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Estimate {
    /// The point value, in the unit of the indicator.
    pub value: f64,
    /// Standard error, in the same unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub se: Option<f64>,
    /// Degrees of freedom of the error; absent: so many that it is taken as known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub df: Option<f64>,
    /// Interval, in the same unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval: Option<Interval>,
}

/// An interval of a figure.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Interval {
    /// Lower end.
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
    /// Confidence level, such as 0.95.
    pub confidence: f64,
    /// How it was made.
    pub method: IntervalMethod,
}

fn z_of(confidence: f64) -> Result<f64> {
    let bad = || Error::new(Code::EstimateBadConfidence);
    if !(confidence > 0.0 && confidence < 1.0) {
        return Err(bad());
    }
    num::normal_quantile(0.5 + confidence / 2.0).ok_or_else(bad)
}

fn check_counts(numerator: f64, denominator: f64) -> Result<()> {
    num::finite(numerator)?;
    num::finite(denominator)?;
    if numerator < 0.0 || denominator < 0.0 {
        return Err(Error::new(Code::EstimateNegativeCount));
    }
    if denominator == 0.0 {
        return Err(Error::new(Code::EstimateZeroDenominator));
    }
    Ok(())
}

/// Wilson's score interval of a proportion, as shares between 0 and 1 (Wilson 1927).
///
/// ```
/// # use sms_model as sms_core;
/// let ci = sms_core::estimate::wilson(65.0, 100.0, 0.95).unwrap();
/// assert!((ci.lower - 0.5525444329688796).abs() < 1e-14);
/// assert!((ci.upper - 0.7363575175690247).abs() < 1e-14);
/// ```
///
/// # Errors
/// `estimate.negative-count`, `estimate.zero-denominator`, `estimate.count-above-denominator`,
/// `estimate.bad-confidence`, `num.not-finite`.
pub fn wilson(numerator: f64, denominator: f64, confidence: f64) -> Result<Interval> {
    check_counts(numerator, denominator)?;
    if numerator > denominator {
        return Err(Error::new(Code::EstimateCountAboveDenominator));
    }
    let z = z_of(confidence)?;
    let (n, p) = (denominator, numerator / denominator);
    let z2 = z * z;
    let centre = 2.0 * numerator + z2;
    let spread = z * num::sqrt(z2 + 4.0 * numerator * (1.0 - p));
    let scale = 2.0 * (n + z2);
    let lower = if numerator == 0.0 { 0.0 } else { (centre - spread) / scale };
    let upper = if numerator == denominator { 1.0 } else { (centre + spread) / scale };
    Ok(Interval { lower: num::finite(lower)?, upper: num::finite(upper)?, confidence, method: IntervalMethod::Wilson })
}

/// Byar's interval of a count (Breslow & Day 1987, p. 69): good for 10 or more, below which [`count_interval`] is exact; lower end 0 at 0.
/// The ends are counts, 0 or more; the confidence lies between 0 and 1.
///
/// ```
/// # use sms_model as sms_core;
/// // method §5
/// let ci = sms_core::estimate::byar(65.0, 0.95)?;
/// assert!((ci.lower - 50.16318771045943).abs() < 1e-12 && (ci.upper - 82.84913854593984).abs() < 1e-12);
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `estimate.negative-count`, `estimate.bad-confidence`, `num.not-finite`.
pub fn byar(count: f64, confidence: f64) -> Result<Interval> {
    num::finite(count)?;
    if count < 0.0 {
        return Err(Error::new(Code::EstimateNegativeCount));
    }
    let z = z_of(confidence)?;
    let cube = |x: f64| x * x * x;
    let lower = if count == 0.0 { 0.0 } else { count * cube(1.0 - 1.0 / (9.0 * count) - z / (3.0 * num::sqrt(count))) };
    let above = count + 1.0;
    let upper = above * cube(1.0 - 1.0 / (9.0 * above) + z / (3.0 * num::sqrt(above)));
    Ok(Interval { lower: num::finite(lower)?.max(0.0), upper: num::finite(upper)?, confidence, method: IntervalMethod::Byar })
}

/// Exact interval of a Poisson count (Garwood 1936): the counts that are not refused at this level, by chi-square quantiles.
///
/// ```
/// # use sms_model as sms_core;
/// let i = sms_core::estimate::poisson_exact(65.0, 0.95)?;
/// assert!((i.lower - 50.16562772923427).abs() < 1e-11 && (i.upper - 82.84783581587158).abs() < 1e-11);
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `estimate.negative-count`, `estimate.bad-confidence`, `num.not-finite`.
pub fn poisson_exact(count: f64, confidence: f64) -> Result<Interval> {
    num::finite(count)?;
    if count < 0.0 {
        return Err(Error::new(Code::EstimateNegativeCount));
    }
    z_of(confidence)?;
    let tail = (1.0 - confidence) / 2.0;
    let quantile = |shape: f64, p: f64| num::gamma_quantile(shape, p).ok_or_else(|| Error::new(Code::NumNotFinite));
    let lower = if count == 0.0 { 0.0 } else { quantile(count, tail)? };
    let upper = quantile(count + 1.0, 1.0 - tail)?;
    Ok(Interval { lower: num::finite(lower)?, upper: num::finite(upper)?, confidence, method: IntervalMethod::PoissonExact })
}

/// The interval of a count of events: exact below a number of events, Byar's from there. At 0 for `exact_below` it is always Byar's.
///
/// ```
/// # use sms_model as sms_core;
/// use sms_core::estimate::{IntervalMethod, count_interval};
/// // a published table (Garwood 1936): 2 events, 0.2422 to 7.2247
/// let two = count_interval(2.0, 10.0, 0.95)?;
/// assert!((two.lower - 0.2422).abs() < 5e-5 && (two.upper - 7.2247).abs() < 5e-5);
/// assert_eq!(count_interval(10.0, 10.0, 0.95)?.method, IntervalMethod::Byar);
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// As [`byar`] and [`poisson_exact`].
pub fn count_interval(count: f64, exact_below: f64, confidence: f64) -> Result<Interval> {
    // a weighted count that is worth ten events may lack the last digit of ten
    if count + 1e-9 < exact_below { poisson_exact(count, confidence) } else { byar(count, confidence) }
}

/// A figure from its numerator and denominator, in the unit that the multiplier makes (100: per cent).
///
/// A proportion gets Wilson's interval and the binomial standard error; a rate the interval of its count of events ([`count_interval`]); a ratio of two
/// quantities gets no error, because none follows from the two totals.
///
/// ```
/// # use sms_model as sms_core;
/// use sms_core::estimate::{ValueKind, from_counts};
/// // 65 of 100 persons, in per cent (method §5)
/// let figure = from_counts(ValueKind::Proportion, 65.0, 100.0, 100.0, 0.95, 10.0)?;
/// assert_eq!(figure.value, 65.0);
/// assert!((figure.interval.unwrap().lower - 55.25444329688796).abs() < 1e-12);
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// As [`wilson`] and [`byar`].
pub fn from_counts(kind: ValueKind, numerator: f64, denominator: f64, multiplier: f64, confidence: f64, exact_below: f64) -> Result<Estimate> {
    check_counts(numerator, denominator)?;
    let share = numerator / denominator;
    let value = num::finite(multiplier * share)?;
    let scaled = |i: Interval, by: f64| Ok(Interval { lower: num::finite(i.lower * by)?, upper: num::finite(i.upper * by)?, ..i });
    Ok(match kind {
        ValueKind::Proportion => {
            let interval = wilson(numerator, denominator, confidence)?;
            let se = multiplier * num::sqrt(share * (1.0 - share) / denominator);
            Estimate { value, se: Some(se), df: None, interval: Some(scaled(interval, multiplier)?) }
        }
        ValueKind::Rate => {
            let interval = count_interval(numerator, exact_below, confidence)?;
            let se = num::finite(multiplier * num::sqrt(numerator) / denominator)?;
            Estimate { value, se: Some(se), df: None, interval: Some(scaled(interval, multiplier / denominator)?) }
        }
        _ => Estimate { value, se: None, df: None, interval: None },
    })
}

/// The effective number of persons behind counts of whom `n` were asked or counted: n / design effect, and never more than the denominator.
///
/// Where `n` is the denominator (or, of a rate, the events) the counts are persons, and with no declared design effect they stand as they are. Where it is
/// another number the counts are weighted: they say how many persons of the population the sample stands for. `None`: the design effect is needed
/// and not known, so no error can be told. Numbers of persons, 0 or more; a design effect is the variance by the design over that of a simple random sample of `n`.
///
/// ```
/// # use sms_model as sms_core;
/// use sms_core::estimate::{ValueKind, effective_persons};
/// // 6 020 of 100 000 residents, by 1 000 interviews with a design effect of 2
/// assert_eq!(effective_persons(ValueKind::Proportion, 6020.0, 100_000.0, 1000.0, Some(2.0)), Some(500.0));
/// assert_eq!(effective_persons(ValueKind::Proportion, 6020.0, 100_000.0, 1000.0, None), None);
/// // 65 of 100 persons, of whom all 100 were counted
/// assert_eq!(effective_persons(ValueKind::Proportion, 65.0, 100.0, 100.0, None), Some(100.0));
/// ```
#[must_use]
pub fn effective_persons(kind: ValueKind, numerator: f64, denominator: f64, n: f64, design_effect: Option<f64>) -> Option<f64> {
    match design_effect {
        Some(deff) => Some((n / deff).min(denominator)),
        None if are_persons(kind, numerator, denominator, n) => Some(denominator),
        None => None,
    }
}

/// Whether counts are numbers of persons or events themselves: `n` of them were counted, not asked to stand for others.
#[must_use]
pub fn are_persons(kind: ValueKind, numerator: f64, denominator: f64, n: f64) -> bool {
    n == denominator || (kind == ValueKind::Rate && n == numerator)
}

/// A figure from weighted counts, with the error of as many persons as the sample is worth ([`effective_persons`]).
///
/// A proportion gets Wilson's interval of the effective number and its binomial standard error; a rate that of the effective number of events.
/// Without effective persons there is a value and no error.
///
/// ```
/// # use sms_model as sms_core;
/// use sms_core::estimate::{ValueKind, from_counts, from_weighted_counts};
/// // 2 500 of 10 000, by a sample worth 100 persons: the error of 25 of 100
/// let figure = from_weighted_counts(ValueKind::Proportion, 2500.0, 10_000.0, 100.0, 100.0, 0.95, 10.0)?;
/// assert_eq!(figure.interval, from_counts(ValueKind::Proportion, 25.0, 100.0, 100.0, 0.95, 10.0)?.interval);
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// As [`from_counts`]; `estimate.negative-count` for a negative effective number.
pub fn from_weighted_counts(
    kind: ValueKind,
    numerator: f64,
    denominator: f64,
    effective: f64,
    multiplier: f64,
    confidence: f64,
    exact_below: f64,
) -> Result<Estimate> {
    check_counts(numerator, denominator)?;
    num::finite(effective)?;
    if effective < 0.0 {
        return Err(Error::new(Code::EstimateNegativeCount));
    }
    let share = numerator / denominator;
    let value = num::finite(multiplier * share)?;
    if effective == 0.0 {
        return Ok(Estimate { value, se: None, df: None, interval: None });
    }
    if effective == denominator {
        return from_counts(kind, numerator, denominator, multiplier, confidence, exact_below);
    }
    Ok(Estimate { value, ..from_counts(kind, share * effective, effective, multiplier, confidence, exact_below)? })
}

/// A figure given with its own standard error, or without any.
/// Value, error and interval share one unit; the interval is value ± z · error, or ± t · error where the degrees of freedom are known.
///
/// ```
/// # use sms_model as sms_core;
/// let figure = sms_core::estimate::given(18.2, Some(2.1), None, 0.95)?;
/// assert!((figure.interval.unwrap().upper - (18.2 + 1.959963984540054 * 2.1)).abs() < 1e-12);
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `num.not-finite`, `estimate.negative-count` for a negative standard error, `estimate.bad-confidence`, `estimate.bad-df` for degrees of freedom that are not above 0.
pub fn given(value: f64, se: Option<f64>, df: Option<f64>, confidence: f64) -> Result<Estimate> {
    num::finite(value)?;
    let z = z_of(confidence)?;
    let (reach, method) = match df {
        None => (z, IntervalMethod::Normal),
        Some(df) => {
            let bad = || Error::new(Code::EstimateBadDf).at_path("df").expecting("degrees of freedom above 0");
            (num::student_t_quantile(0.5 + confidence / 2.0, df).filter(|t| t.is_finite()).ok_or_else(bad)?, IntervalMethod::StudentT)
        }
    };
    let interval = match se {
        Some(se) if !se.is_finite() => return Err(Error::new(Code::NumNotFinite)),
        Some(se) if se < 0.0 => return Err(Error::new(Code::EstimateNegativeCount)),
        Some(se) => {
            let (lower, upper) = (num::finite(value - reach * se)?, num::finite(value + reach * se)?);
            Some(Interval { lower, upper, confidence, method })
        }
        None => None,
    };
    Ok(Estimate { value, se, df: df.filter(|_| se.is_some()), interval })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn close(a: f64, b: f64) {
        assert!((a - b).abs() <= 1e-13 * b.abs().max(1.0), "{a} {b}");
    }

    #[test]
    fn published_intervals() {
        // worked examples of the method, §5
        let zero = wilson(0.0, 20.0, 0.95).unwrap();
        close(zero.lower, 0.0);
        close(zero.upper, 0.1611251580528193);
        let b = byar(65.0, 0.95).unwrap();
        close(b.lower, 50.16318771045943);
        close(b.upper, 82.84913854593984);
        close(byar(0.0, 0.95).unwrap().lower, 0.0);
    }

    #[test]
    fn edges_are_errors() {
        let code = |r: Result<Interval>| r.unwrap_err().code();
        assert_eq!(code(wilson(1.0, 0.0, 0.95)), Code::EstimateZeroDenominator);
        assert_eq!(code(wilson(-1.0, 5.0, 0.95)), Code::EstimateNegativeCount);
        assert_eq!(code(wilson(6.0, 5.0, 0.95)), Code::EstimateCountAboveDenominator);
        assert_eq!(code(wilson(1.0, 5.0, 1.0)), Code::EstimateBadConfidence);
        assert_eq!(code(wilson(f64::NAN, 5.0, 0.95)), Code::NumNotFinite);
        assert_eq!(code(byar(-1.0, 0.95)), Code::EstimateNegativeCount);
    }

    proptest! {
        #[test]
        fn wilson_holds_the_share_and_stays_within_0_and_1(n in 1u32..100_000, k in 0u32..100_000, c in 0.01..0.999f64) {
            let (n, k) = (f64::from(n), f64::from(k.min(n)));
            let i = wilson(k, n, c).unwrap();
            prop_assert!(0.0 <= i.lower && i.lower <= k / n + 1e-12 && k / n <= i.upper + 1e-12 && i.upper <= 1.0);
            // mirrored
            let m = wilson(n - k, n, c).unwrap();
            prop_assert!((i.lower - (1.0 - m.upper)).abs() < 1e-12);
        }
    }
}
