//! Times, series, and the path from a baseline through milestones to a target (method §2).

use crate::diagnostic::{Code, Error, Result};
use crate::num;
use crate::period::Period;
use chrono::Datelike;
use serde::{Deserialize, Serialize};

/// A point in time in years, such as 2020 or 2020.25. In JSON a number, or the text of a period, which counts at its
/// start.
///
/// ```
/// # use sms_statistics as sms_core;
/// use sms_core::progress::Time;
/// let quarter: sms_core::Period = "2020-Q2".parse()?;
/// assert_eq!(Time::from(quarter).years(), 2020.25);
/// let split: sms_core::Period = "2017-18".parse()?;
/// assert_eq!(Time::from(split).years(), 2017.0);
/// # Ok::<(), sms_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "TimeGiven", into = "f64")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(with = "f64"))]
pub struct Time(f64);

/// A time as it may be given.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(untagged)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum TimeGiven {
    /// In years, such as 2020 or 2020.25.
    Years(f64),
    /// The text of a period, such as `2017-18` or `2020-Q2`, which counts at its start.
    Period(Period),
}

impl Time {
    /// A time in years.
    ///
    /// ```
    /// # use sms_statistics as sms_core;
    /// use sms_core::progress::Time;
    /// assert_eq!(Time::new(2020.25)?.years(), 2020.25);
    /// assert!(Time::new(f64::NAN).is_err());
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `num.not-finite`.
    pub fn new(years: f64) -> Result<Self> {
        num::finite(years).map(Time)
    }

    /// In years.
    #[must_use]
    pub fn years(self) -> f64 {
        self.0
    }
}

impl From<Period> for Time {
    fn from(period: Period) -> Self {
        Time(f64::from(period.start_year()) + f64::from(period.start().month0()) / 12.0)
    }
}

impl From<Time> for f64 {
    fn from(time: Time) -> f64 {
        time.0
    }
}

impl TryFrom<TimeGiven> for Time {
    type Error = Error;
    fn try_from(given: TimeGiven) -> Result<Self> {
        match given {
            TimeGiven::Years(years) => Time::new(years),
            TimeGiven::Period(period) => Ok(period.into()),
        }
    }
}

/// A standard error that can be one.
///
/// # Errors
/// `num.not-finite`; `progress.bad-parameter` when it is negative.
pub fn standard_error(se: f64) -> Result<f64> {
    if num::finite(se)? >= 0.0 { Ok(se) } else { Err(Error::new(Code::ProgressBadParameter).expecting("a standard error of 0 or more")) }
}

/// Where a path starts.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Baseline {
    /// In the unit of the indicator.
    pub value: f64,
    /// Its standard error, when it is an estimate.
    #[serde(default)]
    pub se: Option<f64>,
    /// When it was measured; not known where it is not given.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Option<TimeGiven>"))]
    pub at: Option<Time>,
}

/// A value to be reached by a date on the way.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Milestone {
    /// In the unit of the indicator.
    pub value: f64,
    /// By when.
    #[cfg_attr(feature = "schema", schemars(with = "TimeGiven"))]
    pub at: Time,
}

/// Where a path ends.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Goal {
    /// In the unit of the indicator.
    pub value: f64,
    /// By when; without a date where it is not given.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Option<TimeGiven>"))]
    pub at: Option<Time>,
}

/// How a path runs between its points.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Shape {
    /// By the same amount each year.
    #[default]
    Linear,
    /// By the same rate each year; every value must be above 0.
    Compound,
}

/// The path that a value is expected to take: baseline, dated milestones, target. What is not known stays out.
///
/// ```
/// # use sms_statistics as sms_core;
/// use sms_core::progress::{TargetPath, Time};
/// let path: TargetPath = serde_json::from_str(r#"{"baseline": {"value": 14.5, "at": 2015}, "target": {"value": 7.25, "at": 2030}}"#).unwrap();
/// assert_eq!(path.expected(Time::new(2023.0)?)?, Some(8.0 / 15.0));
/// # Ok::<(), sms_core::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TargetPath {
    /// Where it starts.
    #[serde(default)]
    pub baseline: Option<Baseline>,
    /// Points on the way, in any order.
    #[serde(default)]
    pub milestones: Vec<Milestone>,
    /// Where it ends.
    #[serde(default)]
    pub target: Option<Goal>,
    /// How it runs between the points.
    #[serde(default)]
    pub shape: Shape,
}

/// A point of a path as a share of the whole way.
struct Knot {
    at: f64,
    value: f64,
    share: f64,
}

impl TargetPath {
    /// Checks numbers and the order of times: baseline, then milestones, then target, each at a time of its own.
    ///
    /// # Errors
    /// `num.not-finite`, `progress.bad-parameter`, `progress.bad-path`; `progress.not-positive` for a compound path with a value of 0 or below.
    pub fn check(&self) -> Result<()> {
        let mut values: Vec<f64> = self.milestones.iter().map(|m| m.value).collect();
        values.extend(self.baseline.map(|b| b.value));
        values.extend(self.target.map(|t| t.value));
        for &value in &values {
            num::finite(value)?;
        }
        if let Some(se) = self.baseline.and_then(|b| b.se) {
            standard_error(se)?;
        }
        if self.shape == Shape::Compound && values.iter().any(|&v| v <= 0.0) {
            return Err(Error::new(Code::ProgressNotPositive).at_path("path"));
        }
        let mut times: Vec<f64> = self.milestones.iter().map(|m| m.at.years()).collect();
        times.sort_unstable_by(f64::total_cmp);
        if let Some(start) = self.baseline.and_then(|b| b.at) {
            times.insert(0, start.years());
        }
        times.extend(self.target.and_then(|t| t.at).map(Time::years));
        if times.windows(2).all(|pair| matches!(pair, [a, b] if a < b)) {
            return Ok(());
        }
        Err(Error::new(Code::ProgressBadPath).at_path("path"))
    }

    /// The points of the path in order of time; none when it has no dated start and end, or nowhere to go.
    fn knots(&self) -> Result<Option<Vec<Knot>>> {
        let (Some(baseline), Some(target)) = (self.baseline, self.target) else { return Ok(None) };
        let (Some(start), Some(end)) = (baseline.at, target.at) else { return Ok(None) };
        let way = num::finite(target.value - baseline.value)?;
        if way == 0.0 {
            return Ok(None);
        }
        let mut milestones = self.milestones.clone();
        milestones.sort_unstable_by(|a, b| a.at.years().total_cmp(&b.at.years()));
        let mut knots = vec![Knot { at: start.years(), value: baseline.value, share: 0.0 }];
        for m in milestones {
            knots.push(Knot { at: m.at.years(), value: m.value, share: num::finite((m.value - baseline.value) / way)? });
        }
        knots.push(Knot { at: end.years(), value: target.value, share: 1.0 });
        Ok(Some(knots))
    }

    /// The share e(t) of the way from baseline to target that is expected at a time: 0 up to the baseline, 1 from the
    /// target date on. `None` without baseline, target or their dates, and where the target is the baseline.
    ///
    /// Between two points a linear path is a straight line; a compound one grows at one rate:
    /// e = ((τ/b)^((t−t₀)/(T−t₀)) − 1) / ((τ/b) − 1).
    ///
    /// ```
    /// # use sms_statistics as sms_core;
    /// use sms_core::progress::{TargetPath, Time};
    /// let path: TargetPath = serde_json::from_str(r#"{"baseline": {"value": 10, "at": 2015}, "target": {"value": 0, "at": 2030}}"#).unwrap();
    /// // method §2: 5 of 15 years
    /// assert_eq!(path.expected(Time::new(2020.0)?)?, Some(1.0 / 3.0));
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`TargetPath::check`].
    pub fn expected(&self, at: Time) -> Result<Option<f64>> {
        self.check()?;
        let Some(knots) = self.knots()? else { return Ok(None) };
        let t = at.years();
        let mut share = 0.0;
        for pair in knots.windows(2) {
            let [from, to] = pair else { continue };
            if t <= from.at {
                break;
            }
            if t >= to.at {
                share = to.share;
                continue;
            }
            let part = (t - from.at) / (to.at - from.at);
            let gone = match self.shape {
                Shape::Compound if to.value != from.value => {
                    let growth = num::finite(to.value / from.value)?;
                    num::finite((num::pow(growth, part) - 1.0) / (growth - 1.0))?
                }
                _ => part,
            };
            share = from.share + (to.share - from.share) * gone;
            break;
        }
        Ok(Some(num::finite(share)?))
    }

    /// The value that the path has at a time.
    /// In the unit of the indicator.
    ///
    /// ```
    /// # use sms_statistics as sms_core;
    /// use sms_core::progress::{TargetPath, Time};
    /// let path: TargetPath = serde_json::from_str(r#"{"baseline": {"value": 10, "at": 2020}, "target": {"value": 0, "at": 2030}}"#).unwrap();
    /// assert_eq!(path.expected_value(Time::new(2025.0)?)?, Some(5.0));
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`TargetPath::check`].
    pub fn expected_value(&self, at: Time) -> Result<Option<f64>> {
        let Some(share) = self.expected(at)? else { return Ok(None) };
        let (Some(baseline), Some(target)) = (self.baseline, self.target) else { return Ok(None) };
        let value = if share == 1.0 { target.value } else { baseline.value + share * (target.value - baseline.value) };
        Ok(Some(num::finite(value)?))
    }
}

/// A figure of a series.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SeriesPoint {
    /// When.
    #[cfg_attr(feature = "schema", schemars(with = "TimeGiven"))]
    pub at: Time,
    /// In the unit of the indicator.
    pub value: f64,
    /// Its standard error, when it is an estimate.
    #[serde(default)]
    pub se: Option<f64>,
    /// Whether the series breaks here: this figure and later ones cannot be compared with earlier ones.
    #[serde(default, rename = "break")]
    pub breaks: bool,
}

/// Figures of one indicator in order of time, each at a time of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Series(Vec<SeriesPoint>);

impl Series {
    /// The most figures that a series can have: the slopes between all pairs are sorted.
    pub const MAX_POINTS: usize = 2_000;

    /// Figures in any order.
    ///
    /// ```
    /// # use sms_statistics as sms_core;
    /// use sms_core::progress::Series;
    /// let points = serde_json::from_str(r#"[{"at": 2021, "value": 11.5}, {"at": 2020, "value": 12}]"#).unwrap();
    /// assert_eq!(Series::new(points)?.points()[0].value, 12.0);
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `num.not-finite`; `progress.duplicate-time`; `progress.bad-parameter` for a negative standard error or too many figures.
    pub fn new(mut points: Vec<SeriesPoint>) -> Result<Self> {
        if points.len() > Self::MAX_POINTS {
            return Err(Error::new(Code::ProgressBadParameter).at_path("series").expecting("at most 2000 figures"));
        }
        for point in &points {
            num::finite(point.value)?;
            if let Some(se) = point.se {
                standard_error(se)?;
            }
        }
        points.sort_unstable_by(|a, b| a.at.years().total_cmp(&b.at.years()));
        if points.windows(2).any(|pair| matches!(pair, [a, b] if a.at == b.at)) {
            return Err(Error::new(Code::ProgressDuplicateTime).at_path("series"));
        }
        Ok(Series(points))
    }

    /// All figures.
    #[must_use]
    pub fn points(&self) -> &[SeriesPoint] {
        &self.0
    }

    /// The figures since the last break, and how many are left out before it.
    ///
    /// ```
    /// # use sms_statistics as sms_core;
    /// use sms_core::progress::Series;
    /// let points = serde_json::from_str(r#"[{"at": 2020, "value": 12}, {"at": 2021, "value": 9, "break": true}, {"at": 2022, "value": 8}]"#).unwrap();
    /// let series = Series::new(points)?;
    /// let (points, before) = series.since_last_break();
    /// assert_eq!((points.len(), before), (2, 1));
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    #[must_use]
    pub fn since_last_break(&self) -> (&[SeriesPoint], usize) {
        let start = self.0.iter().rposition(|p| p.breaks).unwrap_or(0);
        (self.0.get(start..).unwrap_or_default(), start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn path(baseline: (f64, f64), milestones: &[(f64, f64)], target: (f64, f64), shape: Shape) -> TargetPath {
        let time = |t: f64| Time::new(t).unwrap();
        TargetPath {
            baseline: Some(Baseline { value: baseline.1, se: None, at: Some(time(baseline.0)) }),
            milestones: milestones.iter().map(|&(t, value)| Milestone { value, at: time(t) }).collect(),
            target: Some(Goal { value: target.1, at: Some(time(target.0)) }),
            shape,
        }
    }

    fn at(p: &TargetPath, t: f64) -> f64 {
        p.expected(Time::new(t).unwrap()).unwrap().unwrap()
    }

    #[test]
    fn straight_lines_through_milestones() {
        let p = path((2010.0, 0.0), &[(2018.0, 20.0), (2012.0, 10.0)], (2020.0, 40.0), Shape::Linear);
        assert_eq!([2009.0, 2010.0, 2011.0, 2012.0, 2015.0, 2019.0, 2020.0, 2030.0].map(|t| at(&p, t)), [0.0, 0.0, 0.125, 0.25, 0.375, 0.75, 1.0, 1.0]);
        assert_eq!(p.expected_value(Time::new(2015.0).unwrap()).unwrap(), Some(15.0));
    }

    #[test]
    fn a_compound_path_lags_behind_a_straight_one_upwards() {
        // 10 to 40 in two years: 20 after one, a third of the way
        let p = path((2010.0, 10.0), &[], (2012.0, 40.0), Shape::Compound);
        assert!((at(&p, 2011.0) - 1.0 / 3.0).abs() < 1e-15);
        let zero = path((2010.0, 10.0), &[], (2012.0, 0.0), Shape::Compound);
        assert_eq!(zero.check().unwrap_err().code(), Code::ProgressNotPositive);
    }

    #[test]
    fn order_of_times_is_checked() {
        for bad in [
            path((2020.0, 1.0), &[], (2020.0, 2.0), Shape::Linear),
            path((2020.0, 1.0), &[(2020.0, 1.5)], (2022.0, 2.0), Shape::Linear),
            path((2020.0, 1.0), &[(2021.0, 1.5), (2021.0, 1.6)], (2022.0, 2.0), Shape::Linear),
            path((2020.0, 1.0), &[(2023.0, 1.5)], (2022.0, 2.0), Shape::Linear),
        ] {
            assert_eq!(bad.check().unwrap_err().code(), Code::ProgressBadPath);
        }
    }

    proptest! {
        #[test]
        fn expected_is_monotone_where_the_milestones_are(
            mut values in proptest::collection::vec(1.0..1000.0f64, 2..6), falling in any::<bool>(), compound in any::<bool>(),
            t1 in -2.0..12.0f64, t2 in -2.0..12.0f64,
        ) {
            values.sort_unstable_by(f64::total_cmp);
            if falling { values.reverse(); }
            let (first, last) = (values[0], values[values.len() - 1]);
            prop_assume!(first != last);
            let inner: Vec<(f64, f64)> = values[1..values.len() - 1].iter().enumerate().map(|(i, &v)| (i as f64 + 1.0, v)).collect();
            let p = path((0.0, first), &inner, (10.0, last), if compound { Shape::Compound } else { Shape::Linear });
            let (early, late) = (t1.min(t2), t1.max(t2));
            prop_assert!(at(&p, early) <= at(&p, late) + 1e-12);
            prop_assert!((0.0..=1.0 + 1e-12).contains(&at(&p, t1)));
        }
    }
}
