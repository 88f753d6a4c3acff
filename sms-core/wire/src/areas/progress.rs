//! Progress over time: rates, pace to a target, trend, projection, non-retrogression.

use crate::{Area, Engine, Entry, Operation};
use serde::{Deserialize, Serialize};
use sms_base::diagnostic::{Code, Result};
use sms_model::indicator::Polarity;
#[cfg(feature = "schema")]
use sms_statistics::progress::TimeGiven;
use sms_statistics::progress::{
    self, CagrRules, Measured, ProgressScore as Scored, ProgressScoreRules, Projection, ProjectionBasis, Retrogression, RetrogressionRules, Series,
    SeriesPoint, TargetDistance, TargetPath, Time, ToTarget, Trend, TrendRules, ValueRange, YearsToTarget,
};

pub(super) const AREA: Area = Area {
    title: "Progress over time",
    operations: &[
        Entry::of::<ProgressCagr>(),
        Entry::of::<ProgressExpected>(),
        Entry::of::<ProgressToTarget>(),
        Entry::of::<ProgressScore>(),
        Entry::of::<ProgressDistance>(),
        Entry::of::<ProgressTrend>(),
        Entry::of::<ProgressYearsToTarget>(),
        Entry::of::<ProgressProjection>(),
        Entry::of::<ProgressRetrogression>(),
    ],
};

const PATH_ERRORS: &[Code] = &[Code::ProgressBadPath, Code::ProgressBadParameter, Code::ProgressNotPositive, Code::NumNotFinite];
const PACE_ERRORS: &[Code] = &[Code::MethodBadValue, Code::ProgressBadPath, Code::ProgressBadParameter, Code::ProgressNotPositive, Code::NumNotFinite];
const SERIES_ERRORS: &[Code] = &[Code::MethodBadValue, Code::ProgressDuplicateTime, Code::ProgressBadParameter, Code::NumNotFinite];

/// The compound annual growth rate (x/x₀)^(1/Δt) − 1.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ProgressCagr {
    /// The earlier value, in the unit of the indicator.
    earlier: f64,
    /// The later value, in the same unit.
    later: f64,
    /// Years between the two.
    years: f64,
}

/// A rate.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ProgressCagrAnswer {
    /// The rate, a share a year; null unless both values and the years are above 0.
    rate: Option<f64>,
}

impl Operation for ProgressCagr {
    const NAME: &'static str = "progress.cagr";
    const SOURCE: &'static str = "method, sections 2 and 7";
    const ERRORS: &'static [Code] = &[Code::NumNotFinite];
    const EXAMPLE: &'static str = r#"{"earlier": 20, "later": 16, "years": 6}"#;
    type Answer = ProgressCagrAnswer;

    fn answer(self, _: &Engine) -> Result<ProgressCagrAnswer> {
        Ok(ProgressCagrAnswer { rate: progress::cagr(self.earlier, self.later, self.years)? })
    }
}

/// Where a path from a baseline through milestones to a target is at a time.
///
/// Between two points a linear path is a straight line; a compound one grows at one rate.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ProgressExpected {
    /// The path, each part as far as it is known.
    path: TargetPath,
    /// The time.
    #[cfg_attr(feature = "schema", schemars(with = "TimeGiven"))]
    at: Time,
}

/// What is expected at the time.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ProgressExpectedAnswer {
    /// The share of the way from baseline to target: 0 up to the baseline, 1 from the target date on; below 0 or above 1 where a milestone is. Null without
    /// baseline, target or their dates, and where the target is the baseline.
    expected: Option<f64>,
    /// The value that the path has, in the unit of the indicator; null where there is no share.
    value: Option<f64>,
}

impl Operation for ProgressExpected {
    const NAME: &'static str = "progress.expected";
    const SOURCE: &'static str = "method, sections 2 and 7";
    const ERRORS: &'static [Code] = PATH_ERRORS;
    const EXAMPLE: &'static str = r#"{"path": {"baseline": {"value": 14.5, "at": 2015}, "target": {"value": 7.25, "at": 2030}}, "at": 2023}"#;
    type Answer = ProgressExpectedAnswer;

    fn answer(self, _: &Engine) -> Result<ProgressExpectedAnswer> {
        Ok(ProgressExpectedAnswer { expected: self.path.expected(self.at)?, value: self.path.expected_value(self.at)? })
    }
}

/// Progress by the ratio of the actual to the required rate, or by the rate alone where there is no target.
///
/// Rates are compound where baseline, value and target are above 0. Otherwise the ratio is that of amounts a year; without a target there is no status then.
/// A value at its target or beyond has reached it, whatever the ratio. Milestones do not count here.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ProgressToTarget {
    /// The value, in the unit of the indicator.
    value: f64,
    /// When it was measured.
    #[cfg_attr(feature = "schema", schemars(with = "TimeGiven"))]
    at: Time,
    /// Baseline and target, each as far as it is known.
    path: TargetPath,
    /// Which way is better.
    polarity: Polarity,
    /// Whether the series breaks between baseline and value: then no progress is told.
    #[serde(default)]
    across_break: bool,
    /// Numbers and names of the method.
    rules: CagrRules,
}

impl Operation for ProgressToTarget {
    const NAME: &'static str = "progress.to_target";
    const SOURCE: &'static str = "method, sections 2 and 7; Eurostat 2024, annex II";
    const ERRORS: &'static [Code] = PACE_ERRORS;
    const EXAMPLE: &'static str = r#"{"value": 16, "at": 2016, "path": {"baseline": {"value": 20, "at": 2010}, "target": {"value": 12, "at": 2023}}, "polarity": "lower", "rules": {"with_target": {"bands": [{"from": 0.95, "name": "significant"}, {"from": 0.6, "name": "moderate"}, {"from": 0, "name": "insufficient"}], "below": "away"}, "without_target": {"bands": [{"from": 0.01, "name": "significant"}, {"from": 0, "name": "moderate"}], "below": "away"}, "reached": "reached", "not_available": "not_available", "slack": 1e-9}}"#;
    type Answer = ToTarget;

    fn answer(self, _: &Engine) -> Result<ToTarget> {
        let ProgressToTarget { value, at, path, polarity, across_break, rules } = self;
        progress::to_target(&Measured { value, at, polarity, path: &path, across_break }, &rules)
    }
}

/// A score of progress by compound rates, as Statistics Canada has one from −5 to 5.
///
/// With a target it is made from the ratio of the actual to the required rate, with its sign reversed where the target lies on the worse side of the baseline;
/// without one, from the rate for the better. A value at its target or beyond has the largest score. Milestones do not count here.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ProgressScore {
    /// The value, in the unit of the indicator.
    value: f64,
    /// When it was measured.
    #[cfg_attr(feature = "schema", schemars(with = "TimeGiven"))]
    at: Time,
    /// Baseline and target, each as far as it is known.
    path: TargetPath,
    /// Which way is better.
    polarity: Polarity,
    /// Whether the series breaks between baseline and value: then no progress is told.
    #[serde(default)]
    across_break: bool,
    /// Numbers and names of the method.
    rules: ProgressScoreRules,
    /// The upper limit of the value, in its unit: counts where more is better and there is no target. None where it is not given.
    limit: Option<f64>,
}

impl Operation for ProgressScore {
    const NAME: &'static str = "progress.score";
    const SOURCE: &'static str = "method, section 7; Statistics Canada, Canadian Indicator Framework";
    const ERRORS: &'static [Code] = PACE_ERRORS;
    const EXAMPLE: &'static str = r#"{"value": 10.4, "at": 2023, "path": {"baseline": {"value": 14.5, "at": 2015}, "target": {"value": 7.25, "at": 2030}}, "polarity": "lower", "rules": {"with_target": [{"from": 0.6, "slope": 7.1429, "intercept": -4.2857}, {"slope": 4.1667, "intercept": -2.5}], "without_target": [{"rate": -0.02, "score": -5}, {"rate": 0.02, "score": 5}], "limit_exponent": 4.44, "largest_score": 5, "reached": "target_achieved", "statuses": {"bands": [{"from": 2.5, "name": "substantial"}, {"from": 0, "name": "moderate"}], "below": "limited"}, "not_available": "not_available", "slack": 1e-9}}"#;
    type Answer = Scored;

    fn answer(self, _: &Engine) -> Result<Scored> {
        let ProgressScore { value, at, path, polarity, across_break, rules, limit } = self;
        progress::progress_score(&Measured { value, at, polarity, path: &path, across_break }, limit, &rules)
    }
}

/// The distance that is left to a target, in standard deviations of a reference set.
///
/// The standard deviation should stay fixed: taken over the cities compared it makes the distance depend on them. To one best value both sides count.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ProgressDistance {
    /// The value, in the unit of the indicator.
    value: f64,
    /// The target, in the same unit.
    target: f64,
    /// Which way is better.
    polarity: Polarity,
    /// The standard deviation of the reference set, in the same unit, above 0.
    reference_sd: f64,
}

/// How far the value is from the target.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ProgressDistanceAnswer {
    /// The distance; null where neither way is better.
    distance: Option<TargetDistance>,
}

impl Operation for ProgressDistance {
    const NAME: &'static str = "progress.distance";
    const SOURCE: &'static str = "method, section 7; OECD 2019, Measuring Distance to the SDG Targets";
    const ERRORS: &'static [Code] = &[Code::ProgressBadParameter, Code::NumNotFinite];
    const EXAMPLE: &'static str = r#"{"value": 70, "target": 90, "polarity": "higher", "reference_sd": 8}"#;
    type Answer = ProgressDistanceAnswer;

    fn answer(self, _: &Engine) -> Result<ProgressDistanceAnswer> {
        Ok(ProgressDistanceAnswer { distance: progress::distance_to_target(self.value, self.target, self.polarity, self.reference_sd)? })
    }
}

/// The trend of a series: its median slope, and whether it is beyond chance.
///
/// Slope of Theil and Sen with the test of Mann and Kendall, corrected for ties. Only figures since the last break are used.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ProgressTrend {
    /// The figures, in any order, each at a time of its own; at most 2000.
    series: Vec<SeriesPoint>,
    /// Which way is better.
    polarity: Polarity,
    /// Numbers of the method.
    rules: TrendRules,
}

impl Operation for ProgressTrend {
    const NAME: &'static str = "progress.trend";
    const SOURCE: &'static str = "method, section 7; Theil 1950; Sen 1968; Mann 1945; Kendall 1975; Gilbert 1987, ch. 16";
    const ERRORS: &'static [Code] = SERIES_ERRORS;
    const EXAMPLE: &'static str = r#"{"series": [{"at": 2015, "value": 12}, {"at": 2016, "value": 11.5}, {"at": 2017, "value": 11.8}, {"at": 2018, "value": 10.9}, {"at": 2019, "value": 10.4}], "polarity": "lower", "rules": {"minimum_points": 4, "exact_below": 10, "significance": 0.05, "confidence": 0.95}}"#;
    type Answer = Trend;

    fn answer(self, _: &Engine) -> Result<Trend> {
        progress::trend(&Series::new(self.series)?, self.polarity, &self.rules)
    }
}

/// How many years it takes to a target at the present pace.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ProgressYearsToTarget {
    /// The value, in the unit of the indicator.
    value: f64,
    /// The target, in the same unit.
    target: f64,
    /// The pace, in units a year.
    slope: f64,
    /// Which way is better.
    polarity: Polarity,
}

/// How long it takes.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ProgressYearsToTargetAnswer {
    /// Whether the value gets there, and in how many years; null where neither way is better.
    to_target: Option<YearsToTarget>,
}

impl Operation for ProgressYearsToTarget {
    const NAME: &'static str = "progress.years_to_target";
    const SOURCE: &'static str = "method, section 7";
    const ERRORS: &'static [Code] = &[Code::NumNotFinite];
    const EXAMPLE: &'static str = r#"{"value": 70, "target": 90, "slope": 2.5, "polarity": "higher"}"#;
    type Answer = ProgressYearsToTargetAnswer;

    fn answer(self, _: &Engine) -> Result<ProgressYearsToTargetAnswer> {
        Ok(ProgressYearsToTargetAnswer { to_target: progress::years_to_target(self.value, self.target, self.slope, self.polarity)? })
    }
}

/// Where a series leads if it goes on as before: a continuation, not a forecast.
///
/// The band of `theil_sen` holds the doubt about the slope, not the scatter of single figures; that of `last_pace` needs a standard error of both figures.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ProgressProjection {
    /// The figures, in any order, each at a time of its own; at most 2000.
    series: Vec<SeriesPoint>,
    /// The time that is asked for, not before the last figure.
    #[cfg_attr(feature = "schema", schemars(with = "TimeGiven"))]
    at: Time,
    /// Which path it takes.
    basis: ProjectionBasis,
    /// The least and the most that the value can be; without limits where it is not given.
    #[serde(default)]
    range: ValueRange,
    /// Numbers of the method.
    rules: TrendRules,
}

/// Where the series leads.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ProgressProjectionAnswer {
    /// The value at that time; null with too few figures since the last break.
    projection: Option<Projection>,
}

impl Operation for ProgressProjection {
    const NAME: &'static str = "progress.projection";
    const SOURCE: &'static str = "method, section 7; Theil 1950; Sen 1968";
    const ERRORS: &'static [Code] = SERIES_ERRORS;
    const EXAMPLE: &'static str = r#"{"series": [{"at": 2010, "value": 10}, {"at": 2011, "value": 11}, {"at": 2012, "value": 12}, {"at": 2013, "value": 13}], "at": 2020, "basis": "theil_sen", "range": {"max": 100}, "rules": {"minimum_points": 4, "exact_below": 10, "significance": 0.05, "confidence": 0.95}}"#;
    type Answer = ProgressProjectionAnswer;

    fn answer(self, _: &Engine) -> Result<ProgressProjectionAnswer> {
        let projection = progress::projection(&Series::new(self.series)?, self.at, self.basis, self.range, &self.rules)?;
        Ok(ProgressProjectionAnswer { projection })
    }
}

/// Whether the latest figure of a series is a possible retrogression: a right that is enjoyed less than it was.
///
/// The latest figure is compared with the best earlier one since the last break. With errors the decline must be beyond chance for all the comparisons that the
/// best was picked from; without, beyond a tolerance. It is a call for justification, never a legal finding.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ProgressRetrogression {
    /// The figures, in any order, each at a time of its own; at most 2000.
    series: Vec<SeriesPoint>,
    /// Which way is better.
    polarity: Polarity,
    /// The time of the figure that is the baseline; no comparison with one where it is not given.
    #[cfg_attr(feature = "schema", schemars(with = "Option<TimeGiven>"))]
    baseline_at: Option<Time>,
    /// Numbers of the method.
    rules: RetrogressionRules,
}

impl Operation for ProgressRetrogression {
    const NAME: &'static str = "progress.retrogression";
    const SOURCE: &'static str = "method, section 7; ICESCR art. 2(1); CESCR General Comment 3, paragraph 9";
    const ERRORS: &'static [Code] = SERIES_ERRORS;
    const EXAMPLE: &'static str = r#"{"series": [{"at": 2018, "value": 66.5, "se": 1.6}, {"at": 2019, "value": 62, "se": 1.4}], "polarity": "higher", "rules": {"significance": 0.05, "tolerance": 0.5}}"#;
    type Answer = Retrogression;

    fn answer(self, _: &Engine) -> Result<Retrogression> {
        progress::retrogression(&Series::new(self.series)?, self.baseline_at, self.polarity, &self.rules)
    }
}
