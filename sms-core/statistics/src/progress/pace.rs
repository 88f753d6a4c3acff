//! Pace to a target: compound rates, the profiles of Eurostat and Statistics Canada, and the distance that is left
//! (method §7).

use super::bands::{StatusBands, within};
use super::path::{TargetPath, Time};
use crate::diagnostic::{Code, Error, Result};
use crate::indicator::Polarity;
use crate::num;
use serde::{Deserialize, Serialize};

/// Compound annual growth rate (x/x₀)^(1/Δt) − 1, a share a year. `None` unless both values and the years are above 0.
///
/// ```
/// # use sms_statistics as sms_core;
/// let rate = sms_core::progress::cagr(20.0, 16.0, 6.0)?.unwrap();
/// assert!((rate - -0.0365075160).abs() < 1e-10);
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `num.not-finite`, also when the rate is beyond the range of numbers.
pub fn cagr(earlier: f64, later: f64, years: f64) -> Result<Option<f64>> {
    for x in [earlier, later, years] {
        num::finite(x)?;
    }
    if earlier <= 0.0 || later <= 0.0 || years <= 0.0 {
        return Ok(None);
    }
    num::finite(num::pow(num::finite(later / earlier)?, 1.0 / years) - 1.0).map(Some)
}

/// Why no progress can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum NotAvailable {
    /// Neither way is better.
    NoDirection,
    /// There is no baseline.
    NoBaseline,
    /// The baseline or the target has no date.
    NoDate,
    /// The value is not later than the baseline.
    NoTimeBetween,
    /// The rule needs values above 0.
    NotPositive,
    /// The target is the baseline, so that no rate is required.
    TargetIsBaseline,
    /// The baseline is at the limit already, or beyond it.
    AtLimit,
    /// The series breaks between baseline and value.
    BreakInSeries,
}

/// The value whose progress is asked for, with what it is compared to.
#[derive(Clone, Copy, Debug)]
pub struct Measured<'a> {
    /// In the unit of the indicator.
    pub value: f64,
    /// When.
    pub at: Time,
    /// Which way is better.
    pub polarity: Polarity,
    /// Baseline and target; milestones do not count here.
    pub path: &'a TargetPath,
    /// Whether the series breaks between baseline and value.
    pub across_break: bool,
}

impl Measured<'_> {
    fn check(&self) -> Result<()> {
        num::finite(self.value)?;
        self.path.check()
    }

    /// The value against the target: above 0 when it is better, 0 at the target.
    fn beyond(&self, direction: f64) -> Result<Option<f64>> {
        self.path.target.map(|t| num::finite(direction * (self.value - t.value))).transpose()
    }
}

/// Numbers of the comparison of the actual with the required rate.
///
/// Eurostat's are 0.95, 0.60 and 0 with a target, 1 %, 0 and −1 % a year without (Eurostat 2024, Sustainable
/// development in the European Union, annex II).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CagrRules {
    /// Bands of the ratio of the actual to the required rate.
    pub with_target: StatusBands,
    /// Bands of the rate for the better, a share a year.
    pub without_target: StatusBands,
    /// The status of a value that has reached its target.
    pub reached: String,
    /// The status when no progress can be told.
    pub not_available: String,
    /// How much below a lower end still counts as at it.
    pub slack: f64,
}

impl CagrRules {
    /// Checks every number.
    ///
    /// # Errors
    /// `method.bad-value`.
    pub fn check(&self) -> Result<()> {
        self.with_target.check("with_target")?;
        self.without_target.check("without_target")?;
        within(self.slack, 0.0, 1e-3, "slack", "a number from 0 to 0.001")
    }
}

/// How two rates were made comparable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum PaceBasis {
    /// Compound rates, a share a year.
    Compound,
    /// Amounts a year, because a value or the target is not above 0.
    Linear,
}

/// Progress since the baseline, towards the target where there is one.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ToTarget {
    /// In the words of the rules.
    pub status: String,
    /// Why it cannot be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<NotAvailable>,
    /// Value minus baseline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub absolute: Option<f64>,
    /// How the rates were made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basis: Option<PaceBasis>,
    /// The rate since the baseline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actual: Option<f64>,
    /// The rate that leads from the baseline to the target in time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub required: Option<f64>,
    /// Actual over required.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ratio: Option<f64>,
    /// Whether the target is reached; absent without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reached: Option<bool>,
}

/// Progress by the ratio of the actual to the required rate, or by the rate alone where there is no target.
///
/// Rates are compound where baseline, value and target are above 0. Otherwise the ratio is that of amounts a year,
/// which is the linear pace, and no stand-in value is needed; without a target there is no status then. A value at its
/// target or beyond has reached it, whatever the ratio. A reached target is told only where one way is better.
///
/// ```
/// # use sms_statistics as sms_core;
/// use sms_core::progress::{CagrRules, Measured, TargetPath, Time, to_target};
/// let path: TargetPath = serde_json::from_str(r#"{"baseline": {"value": 20, "at": 2010}, "target": {"value": 12, "at": 2023}}"#).unwrap();
/// let rules: CagrRules = serde_json::from_str(r#"{"with_target": {"bands": [{"from": 0.95, "name": "significant"}], "below": "less"},
///     "without_target": {"bands": [{"from": 0.01, "name": "significant"}], "below": "less"},
///     "reached": "reached", "not_available": "not available", "slack": 1e-9}"#).unwrap();
/// let value = Measured { value: 16.0, at: Time::new(2016.0)?, polarity: sms_core::indicator::Polarity::Lower, path: &path, across_break: false };
/// let made = to_target(&value, &rules)?; // method §7
/// assert!((made.ratio.unwrap() - 0.9474529815).abs() < 1e-10);
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `num.not-finite`, `method.bad-value`, and as [`TargetPath::check`].
pub fn to_target(measured: &Measured<'_>, rules: &CagrRules) -> Result<ToTarget> {
    rules.check()?;
    measured.check()?;
    let Measured { value, at, polarity, path, across_break } = *measured;
    let mut made = ToTarget {
        status: rules.not_available.clone(),
        reason: None,
        absolute: None,
        basis: None,
        actual: None,
        required: None,
        ratio: None,
        reached: polarity.direction().map_or(Ok(None), |d| measured.beyond(d))?.map(|b| b >= -rules.slack),
    };
    let because = |mut made: ToTarget, reason| {
        made.reason = Some(reason);
        Ok(made)
    };
    let Some(baseline) = path.baseline else { return because(made, NotAvailable::NoBaseline) };
    if across_break {
        return because(made, NotAvailable::BreakInSeries);
    }
    made.absolute = Some(num::finite(value - baseline.value)?);
    let Some(start) = baseline.at else { return because(made, NotAvailable::NoDate) };
    let years = num::finite(at.years() - start.years())?;
    if years <= 0.0 {
        return because(made, NotAvailable::NoTimeBetween);
    }
    let Some(target) = path.target else {
        let Some(direction) = polarity.direction() else { return because(made, NotAvailable::NoDirection) };
        let Some(rate) = cagr(baseline.value, value, years)? else { return because(made, NotAvailable::NotPositive) };
        rules.without_target.name_of(direction * rate, rules.slack).clone_into(&mut made.status);
        (made.basis, made.actual) = (Some(PaceBasis::Compound), Some(rate));
        return Ok(made);
    };
    if !polarity.is_scored() {
        return because(made, NotAvailable::NoDirection);
    }
    let reached = made.reached == Some(true);
    if reached {
        rules.reached.clone_into(&mut made.status);
    }
    let Some(end) = target.at else { return if reached { Ok(made) } else { because(made, NotAvailable::NoDate) } };
    // the order of the dates was checked with the path
    let span = num::finite(end.years() - start.years())?;
    let (basis, actual, required) = match (cagr(baseline.value, value, years)?, cagr(baseline.value, target.value, span)?) {
        (Some(actual), Some(required)) => (PaceBasis::Compound, actual, required),
        _ => (PaceBasis::Linear, num::finite((value - baseline.value) / years)?, num::finite((target.value - baseline.value) / span)?),
    };
    (made.basis, made.actual, made.required) = (Some(basis), Some(actual), Some(required));
    if required == 0.0 {
        return if reached { Ok(made) } else { because(made, NotAvailable::TargetIsBaseline) };
    }
    let ratio = num::finite(actual / required)?;
    made.ratio = Some(ratio);
    if !reached {
        rules.with_target.name_of(ratio, rules.slack).clone_into(&mut made.status);
    }
    Ok(made)
}

/// A piece of a score that is a straight line of the ratio, from one ratio on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LinePiece {
    /// The ratio from which the piece holds; the last one has none.
    #[serde(default)]
    pub from: Option<f64>,
    /// Points for each unit of the ratio.
    pub slope: f64,
    /// Points at a ratio of 0.
    pub intercept: f64,
}

/// A rate and the score that it has.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RatePoint {
    /// The rate for the better, a share a year.
    pub rate: f64,
    /// Its score.
    pub score: f64,
}

/// Numbers of a score of progress, as Statistics Canada has one from −5 to 5.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ProgressScoreRules {
    /// With a target: lines of the ratio of the actual to the required rate, falling by `from`.
    pub with_target: Vec<LinePiece>,
    /// Without: rates and their scores, rising; straight lines between them, the outer scores beyond.
    pub without_target: Vec<RatePoint>,
    /// Where more is better and the value has an upper limit, rates above 0 count against 1 − (baseline/limit)^exponent
    /// of the points above: growth is slower near the limit.
    pub limit_exponent: f64,
    /// Scores are held between minus and plus this.
    pub largest_score: f64,
    /// The status of a value at its target or beyond; it has the largest score.
    pub reached: String,
    /// Bands of the score.
    pub statuses: StatusBands,
    /// The status when no progress can be told.
    pub not_available: String,
    /// How much below a lower end still counts as at it.
    pub slack: f64,
}

impl ProgressScoreRules {
    /// Checks every number.
    ///
    /// # Errors
    /// `method.bad-value`.
    pub fn check(&self) -> Result<()> {
        let bad = |path: &str, expected: &'static str| Err(Error::new(Code::MethodBadValue).at_path(path).expecting(expected));
        let finite = self.with_target.iter().all(|p| p.slope.is_finite() && p.intercept.is_finite() && p.from.is_none_or(f64::is_finite));
        let ordered = self.with_target.windows(2).all(|pair| match pair {
            [a, b] => a.from.is_some_and(|x| b.from.is_none_or(|y| x > y)),
            _ => true,
        });
        if !finite || !ordered || self.with_target.last().is_none_or(|p| p.from.is_some()) {
            return bad("with_target", "lines whose `from` falls, the last one without");
        }
        let rising = self.without_target.windows(2).all(|pair| matches!(pair, [a, b] if a.rate < b.rate && a.score <= b.score));
        if self.without_target.len() < 2 || !rising || self.without_target.iter().any(|p| !p.rate.is_finite() || !p.score.is_finite()) {
            return bad("without_target", "at least two points, rates and scores rising");
        }
        within(self.limit_exponent, 0.0, 100.0, "limit_exponent", "a number from 0 to 100")?;
        within(self.largest_score, 0.0, 1000.0, "largest_score", "a number from 0 to 1000")?;
        self.statuses.check("statuses")?;
        within(self.slack, 0.0, 1e-3, "slack", "a number from 0 to 0.001")
    }

    /// The score of a rate for the better; `scale` shrinks the rates above 0.
    fn score_of_rate(&self, rate: f64, scale: f64) -> f64 {
        let scaled = |p: &RatePoint| if p.rate > 0.0 { p.rate * scale } else { p.rate };
        let mut score = self.without_target.first().map_or(0.0, |p| p.score);
        for pair in self.without_target.windows(2) {
            let [low, high] = pair else { continue };
            let (from, to) = (scaled(low), scaled(high));
            if rate >= to {
                score = high.score;
            } else if rate > from {
                return low.score + (high.score - low.score) * (rate - from) / (to - from);
            }
        }
        score
    }
}

/// A score of progress with its components.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ScoreOfProgress"))]
pub struct ProgressScore {
    /// In the words of the rules.
    pub status: String,
    /// Why it cannot be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<NotAvailable>,
    /// With a target the ratio of the rates, above 0 for the better; without, the rate for the better.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub progress: Option<f64>,
    /// Between minus and plus the largest score.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score: Option<f64>,
}

/// The score of progress by compound rates (the profile of Statistics Canada, Canadian Indicator Framework).
///
/// With a target p = actual/required rate, with its sign reversed where the target lies on the worse side of the
/// baseline; a value at its target or beyond has reached it. Without a target p is the rate for the better. `limit` is
/// the upper limit of the value, where it has one.
///
/// # Errors
/// `num.not-finite`, `method.bad-value`, and as [`TargetPath::check`].
pub fn progress_score(measured: &Measured<'_>, limit: Option<f64>, rules: &ProgressScoreRules) -> Result<ProgressScore> {
    rules.check()?;
    measured.check()?;
    if let Some(limit) = limit {
        num::finite(limit)?;
    }
    let Measured { value, at, polarity, path, across_break } = *measured;
    let not = |reason| Ok(ProgressScore { status: rules.not_available.clone(), reason: Some(reason), progress: None, score: None });
    let Some(direction) = polarity.direction() else { return not(NotAvailable::NoDirection) };
    let Some(baseline) = path.baseline else { return not(NotAvailable::NoBaseline) };
    if across_break {
        return not(NotAvailable::BreakInSeries);
    }
    let Some(start) = baseline.at else { return not(NotAvailable::NoDate) };
    let years = num::finite(at.years() - start.years())?;
    if years <= 0.0 {
        return not(NotAvailable::NoTimeBetween);
    }
    let Some(actual) = cagr(baseline.value, value, years)? else { return not(NotAvailable::NotPositive) };
    let (progress, raw, reached) = match path.target {
        Some(target) => {
            let reached = measured.beyond(direction)?.is_some_and(|b| b >= 0.0);
            let Some(end) = target.at else { return not(NotAvailable::NoDate) };
            let Some(required) = cagr(baseline.value, target.value, num::finite(end.years() - start.years())?)? else { return not(NotAvailable::NotPositive) };
            if required == 0.0 && !reached {
                return not(NotAvailable::TargetIsBaseline);
            }
            let ratio = if required == 0.0 { None } else { Some(num::finite(actual / required)?) };
            let progress = ratio.map(|r| if direction * (target.value - baseline.value) < 0.0 { -r } else { r });
            let line = |p: f64| {
                let piece = rules.with_target.iter().find(|piece| piece.from.is_none_or(|from| p >= from - rules.slack));
                piece.map_or(0.0, |piece| piece.slope * p + piece.intercept)
            };
            (progress, progress.map_or(0.0, line), reached)
        }
        None => {
            let scale = match limit {
                Some(limit) if direction > 0.0 => {
                    if baseline.value >= limit {
                        return not(NotAvailable::AtLimit);
                    }
                    1.0 - num::pow(baseline.value / limit, rules.limit_exponent)
                }
                _ => 1.0,
            };
            if scale <= 0.0 {
                return not(NotAvailable::AtLimit);
            }
            let rate = direction * actual;
            (Some(rate), rules.score_of_rate(rate, scale), false)
        }
    };
    let most = rules.largest_score;
    let score = if reached { most } else { num::finite(raw)?.clamp(-most, most) };
    let status = if reached { rules.reached.as_str() } else { rules.statuses.name_of(score, rules.slack) };
    Ok(ProgressScore { status: status.to_owned(), reason: None, progress, score: Some(score) })
}

/// How far a value is from its target.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TargetDistance {
    /// In reference standard deviations; 0 when the target is reached.
    pub distance: f64,
    /// Target minus value where more is better, value minus target where less is, in the unit of the indicator; below 0
    /// beyond the target.
    pub raw: f64,
    /// Whether the target is reached.
    pub reached: bool,
}

/// The standardised distance to a target: max(0, direction·(τ − x))/SD, in standard deviations of a reference set
/// (OECD 2019, Measuring Distance to the SDG Targets, annex on methods: standardised differences). The reference standard deviation is given, and
/// should stay fixed: taken over the cities compared it makes the distance depend on them. To one value both sides
/// count. `None` where neither way is better.
///
/// ```
/// # use sms_statistics as sms_core;
/// use sms_core::{indicator::Polarity, progress::distance_to_target};
/// let made = distance_to_target(70.0, 90.0, Polarity::Higher, 8.0)?.unwrap();
/// assert_eq!((made.raw, made.distance, made.reached), (20.0, 2.5, false));
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `num.not-finite`; `progress.bad-parameter` unless the standard deviation is above 0.
pub fn distance_to_target(value: f64, target: f64, polarity: Polarity, reference_sd: f64) -> Result<Option<TargetDistance>> {
    for x in [value, target] {
        num::finite(x)?;
    }
    if num::finite(reference_sd)? <= 0.0 {
        return Err(Error::new(Code::ProgressBadParameter).at_path("reference_sd").expecting("a standard deviation above 0"));
    }
    let raw = match (polarity.direction(), polarity) {
        (Some(direction), _) => direction * (target - value),
        (None, Polarity::Value) => num::abs(target - value),
        _ => return Ok(None),
    };
    let raw = num::finite(raw)? + 0.0;
    Ok(Some(TargetDistance { distance: num::finite(raw.max(0.0) / reference_sd)?, raw, reached: raw <= crate::target::SLACK }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(base: Option<(f64, f64)>, target: Option<(f64, f64)>) -> TargetPath {
        let point = |(at, value): (f64, f64)| serde_json::json!({"at": at, "value": value});
        serde_json::from_value(serde_json::json!({"baseline": base.map(point), "target": target.map(point)})).unwrap()
    }

    fn bands(list: &[(f64, &str)], below: &str) -> StatusBands {
        StatusBands {
            bands: list.iter().map(|&(from, name)| super::super::bands::StatusBand { from, name: name.to_owned() }).collect(),
            below: below.to_owned(),
        }
    }

    fn eurostat() -> CagrRules {
        CagrRules {
            with_target: bands(&[(0.95, "significant progress"), (0.6, "moderate progress"), (0.0, "insufficient progress")], "movement away"),
            without_target: bands(
                &[(0.01, "significant progress"), (0.0, "moderate progress"), (-0.01, "moderate movement away")],
                "significant movement away",
            ),
            reached: "target reached".to_owned(),
            not_available: "not available".to_owned(),
            slack: 1e-9,
        }
    }

    fn ask(path: &TargetPath, at: f64, value: f64, polarity: Polarity) -> ToTarget {
        to_target(&Measured { value, at: Time::new(at).unwrap(), polarity, path, across_break: false }, &eurostat()).unwrap()
    }

    #[test]
    fn worked_example() {
        // method §7: 20 → 16 in 6 of 13 years to 12
        let made = ask(&path(Some((2010.0, 20.0)), Some((2023.0, 12.0))), 2016.0, 16.0, Polarity::Lower);
        assert!((made.required.unwrap() - -0.0385322720).abs() < 1e-10);
        assert!((made.actual.unwrap() - -0.0365075160).abs() < 1e-10);
        assert!((made.ratio.unwrap() - 0.9474529815).abs() < 1e-10);
        assert_eq!((made.status.as_str(), made.reached), ("moderate progress", Some(false)));
    }

    #[test]
    fn a_target_of_zero_takes_the_linear_pace() {
        let made = ask(&path(Some((2015.0, 10.0)), Some((2030.0, 0.0))), 2020.0, 5.0, Polarity::Lower);
        assert_eq!((made.basis, made.actual), (Some(PaceBasis::Linear), Some(-1.0)));
        assert!((made.ratio.unwrap() - 1.5).abs() < 1e-15);
        assert_eq!(made.status, "significant progress");
    }

    #[test]
    fn without_a_target_the_rate_decides() {
        let p = path(Some((2015.0, 100.0)), None);
        let status = |value| ask(&p, 2016.0, value, Polarity::Higher).status;
        assert_eq!(
            [101.0, 100.0, 99.5, 98.0].map(status),
            ["significant progress", "moderate progress", "moderate movement away", "significant movement away"]
        );
        assert_eq!(ask(&p, 2016.0, 0.0, Polarity::Higher).reason, Some(NotAvailable::NotPositive));
        assert_eq!(ask(&p, 2015.0, 9.0, Polarity::Higher).reason, Some(NotAvailable::NoTimeBetween));
        assert_eq!(ask(&p, 2016.0, 9.0, Polarity::Ambiguous).reason, Some(NotAvailable::NoDirection));
        assert_eq!(ask(&path(None, None), 2016.0, 9.0, Polarity::Higher).reason, Some(NotAvailable::NoBaseline));
    }

    #[test]
    fn distance_is_in_reference_deviations() {
        let d = distance_to_target(70.0, 90.0, Polarity::Higher, 8.0).unwrap().unwrap();
        assert_eq!((d.distance, d.raw, d.reached), (2.5, 20.0, false));
        let beyond = distance_to_target(70.0, 90.0, Polarity::Lower, 8.0).unwrap().unwrap();
        assert_eq!((beyond.distance, beyond.raw, beyond.reached), (0.0, -20.0, true));
        assert_eq!(distance_to_target(1.0, 2.0, Polarity::None, 1.0).unwrap(), None);
        assert_eq!(distance_to_target(1.0, 2.0, Polarity::Higher, 0.0).unwrap_err().code(), Code::ProgressBadParameter);
    }
}
