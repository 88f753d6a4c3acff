//! How much of the way from baseline to target is done, and whether that is enough by now (method §2).

use crate::diagnostic::{Code, Error, Result};
use crate::estimate::Absence;
use crate::indicator::Polarity;
use crate::num;
use crate::progress::{StatusBands, TargetPath, Time, standard_error, within};
use serde::{Deserialize, Serialize};

/// Numbers of the status.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AchievementRules {
    /// On track from this pace on.
    pub on_track: f64,
    /// Lagging from this pace on; below it off track.
    pub lagging: f64,
    /// A value worse than it should stay within so much is no regress; in the unit of the indicator.
    pub tolerance: f64,
    /// How much below a threshold still counts as at it, so that rounding decides nothing.
    pub slack: f64,
    /// Other names for the same thing, shown beside the status.
    #[serde(default)]
    pub bands: Option<NamedBands>,
}

/// What named bands are bands of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum BandMeasure {
    /// Of the pace: what is done of what is expected by now.
    Pace,
    /// Of the achievement: what is done of the whole way.
    Achievement,
}

/// Named bands of the pace or of the achievement, such as UNDP's of 2014: green from 100 %, amber from 50 %, red below,
/// grey without data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NamedBands {
    /// What they are bands of.
    pub of: BandMeasure,
    /// Lower ends and names.
    pub bands: StatusBands,
    /// The name where there is no number.
    pub no_data: String,
}

impl AchievementRules {
    /// Checks every number.
    ///
    /// ```
    /// use sms_core::rbm::AchievementRules;
    /// let rules = AchievementRules { on_track: 0.95, lagging: 0.6, tolerance: 0.0, slack: 1e-9, bands: None };
    /// assert!(rules.check().is_ok());
    /// assert!(AchievementRules { lagging: 1.2, ..rules }.check().is_err());
    /// ```
    ///
    /// # Errors
    /// `method.bad-value`.
    pub fn check(&self) -> Result<()> {
        within(self.on_track, 0.0, 10.0, "on_track", "a pace from 0 to 10")?;
        within(self.lagging, 0.0, self.on_track, "lagging", "a pace from 0 to that of `on_track`")?;
        within(self.tolerance, 0.0, f64::MAX, "tolerance", "a number of 0 or more")?;
        within(self.slack, 0.0, 1e-3, "slack", "a number from 0 to 0.001")?;
        self.bands.as_ref().map_or(Ok(()), |b| b.bands.check("bands"))
    }
}

/// Where a result stands. The words stay apart: what cannot be rated is not off track.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Status {
    /// The target is reached.
    Met,
    /// As far as expected by now.
    OnTrack,
    /// Behind what is expected.
    Lagging,
    /// Far behind what is expected.
    OffTrack,
    /// Worse than at the baseline, or than what was to be maintained.
    Regressed,
    /// What was to be maintained is.
    Maintained,
    /// It cannot be rated; the reason says why.
    NotRated,
    /// There is no figure.
    Missing,
    /// The figure is withheld to protect people.
    Suppressed,
    /// The indicator does not apply here.
    NotApplicable,
}

/// Why a value is not rated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum NotRated {
    /// Neither way is better, or a whole range is best.
    NoDirection,
    /// There is no baseline: the level can be scored, achievement cannot.
    NoBaseline,
    /// There is no target: there is a trend only.
    NoTarget,
    /// Baseline or target has no date, so that nothing can be expected by now.
    NoDate,
    /// Nothing is expected yet.
    TooEarly,
    /// The series breaks between baseline and value.
    BreakInSeries,
}

/// A figure, or why there is none.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Observed {
    /// A figure.
    Value {
        /// In the unit of the indicator.
        value: f64,
        /// Its standard error, as far as known.
        se: Option<f64>,
        /// Whether the series breaks between baseline and value.
        across_break: bool,
    },
    /// None.
    Absent(Absence),
}

/// A status with everything that it is made of.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Achievement {
    /// Where the result stands.
    pub status: Status,
    /// Why it is not rated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<NotRated>,
    /// A = (x − b)/(τ − b): 0 at the baseline, 1 at the target; below 0 and above 1 beyond them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub raw: Option<f64>,
    /// A held within 0 and 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clamped: Option<f64>,
    /// Standard error of A.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub se: Option<f64>,
    /// The share of the way that is expected by now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<f64>,
    /// A over what is expected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pace: Option<f64>,
    /// The probability to be at or above the expected path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
    /// The target is on the worse side of the baseline.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub target_worse_than_baseline: bool,
    /// The name in the other bands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub band: Option<String>,
}

/// The achievement of a value on its path, with its status.
///
/// In this order: absent; not rated (no direction, no baseline, no target, a break between); target = baseline, which is
/// to *maintain* it; A ≥ 1 met; worse than the baseline by more than the tolerance, regressed; nothing expected yet, not
/// rated; on track, only before the target date; lagging; off track. Every number is defined at a target of 0 and at a baseline of 0.
///
/// To one best value (`polarity` value) the distance counts on both sides: A = 1 − |x − τ|/|b − τ|, the same as above up to the
/// target, and falling beyond it; within the tolerance of the target it is met.
///
/// σ²(A) = [σ²(x) + (1−A)²·σ²(b)]/(τ−b)², errors being independent; P = Φ((A − e)/σ(A)), or 1 and 0 without error.
///
/// ```
/// use sms_core::indicator::Polarity;
/// use sms_core::progress::{TargetPath, Time};
/// use sms_core::rbm::{AchievementRules, Observed, Status, achievement};
/// let path: TargetPath = serde_json::from_str(r#"{"baseline": {"value": 10, "at": 2015}, "target": {"value": 0, "at": 2030}}"#).unwrap();
/// let rules = AchievementRules { on_track: 0.95, lagging: 0.6, tolerance: 0.0, slack: 1e-9, bands: None };
/// let half = Observed::Value { value: 5.0, se: None, across_break: false };
/// let made = achievement(half, Time::new(2020.0)?, &path, Polarity::Lower, &rules)?;
/// assert_eq!((made.raw, made.status), (Some(0.5), Status::OnTrack));
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `method.bad-value`, `num.not-finite`, `progress.bad-parameter`, `progress.bad-path`, `progress.not-positive`.
pub fn achievement(observed: Observed, at: Time, path: &TargetPath, polarity: Polarity, rules: &AchievementRules) -> Result<Achievement> {
    rules.check()?;
    let mut made = rate(observed, at, path, polarity, rules)?;
    made.band = rules.bands.as_ref().map(|named| {
        let number = match named.of {
            BandMeasure::Pace => made.pace,
            BandMeasure::Achievement => made.raw,
        };
        number.map_or(&*named.no_data, |x| named.bands.name_of(x, rules.slack)).to_owned()
    });
    Ok(made)
}

fn rate(observed: Observed, at: Time, path: &TargetPath, polarity: Polarity, rules: &AchievementRules) -> Result<Achievement> {
    path.check()?;
    let blank = |status, reason| Achievement {
        status,
        reason,
        raw: None,
        clamped: None,
        se: None,
        expected: None,
        pace: None,
        probability: None,
        target_worse_than_baseline: false,
        band: None,
    };
    let (value, se, across_break) = match observed {
        Observed::Value { value, se, across_break } => (num::finite(value)?, se.map(standard_error).transpose()?, across_break),
        Observed::Absent(absence) => {
            let status = match absence {
                Absence::Suppressed | Absence::UnknownCount => Status::Suppressed,
                Absence::NotApplicable => Status::NotApplicable,
                _ => Status::Missing,
            };
            return Ok(blank(status, None));
        }
    };
    let not_rated = |reason| blank(Status::NotRated, Some(reason));
    let (direction, to_value) = match (polarity.direction(), polarity) {
        (Some(direction), _) => (direction, false),
        (None, Polarity::Value) => (1.0, true),
        _ => return Ok(not_rated(NotRated::NoDirection)),
    };
    let Some(baseline) = path.baseline else { return Ok(not_rated(NotRated::NoBaseline)) };
    let Some(target) = path.target else { return Ok(not_rated(NotRated::NoTarget)) };
    if across_break {
        return Ok(not_rated(NotRated::BreakInSeries));
    }
    let way = num::finite(target.value - baseline.value)?;
    let off_target = num::finite(value - target.value)?;
    // worse by more than the tolerance
    let worse = |better_by: f64| better_by < -rules.tolerance - rules.slack;
    if way == 0.0 {
        let lost = if to_value { worse(-num::abs(off_target)) } else { worse(direction * off_target) };
        return Ok(blank(if lost { Status::Regressed } else { Status::Maintained }, None));
    }
    let raw = if to_value { 1.0 - num::abs(off_target) / num::abs(way) } else { (value - baseline.value) / way };
    let raw = num::finite(raw)? + 0.0;
    let expected = path.expected(at)?;
    let pace = expected.filter(|&e| e > 0.0).map(|e| num::finite(raw / e)).transpose()?;
    let error = match (se, baseline.se) {
        (None, None) => None,
        (of_value, of_baseline) => Some(num::finite(num::hypot(of_value.unwrap_or(0.0), (1.0 - raw) * of_baseline.unwrap_or(0.0)) / num::abs(way))?),
    };
    let probability = expected.zip(error).map(|(e, sigma)| {
        if sigma > 0.0 {
            num::normal_cdf((raw - e) / sigma)
        } else if raw >= e {
            1.0
        } else {
            0.0
        }
    });
    let met = raw >= 1.0 - rules.slack || (to_value && num::abs(off_target) <= rules.tolerance + rules.slack);
    let from_baseline = if to_value { num::abs(way) - num::abs(off_target) } else { direction * (value - baseline.value) };
    let before_date = target.at.is_some_and(|end| at < end);
    let (status, reason) = if met {
        (Status::Met, None)
    } else if worse(from_baseline) {
        (Status::Regressed, None)
    } else {
        match (expected, pace) {
            (None, _) => (Status::NotRated, Some(NotRated::NoDate)),
            (Some(_), None) => (Status::NotRated, Some(NotRated::TooEarly)),
            (Some(_), Some(p)) if p >= rules.on_track - rules.slack && before_date => (Status::OnTrack, None),
            (Some(_), Some(p)) if p >= rules.lagging - rules.slack => (Status::Lagging, None),
            _ => (Status::OffTrack, None),
        }
    };
    Ok(Achievement {
        status,
        reason,
        raw: Some(raw),
        clamped: Some(raw.clamp(0.0, 1.0)),
        se: error,
        expected,
        pace,
        probability,
        target_worse_than_baseline: !to_value && direction * way < 0.0,
        band: None,
    })
}

impl Observed {
    /// A figure from what a request or a cell holds.
    ///
    /// ```
    /// use sms_core::{estimate::Absence, rbm::Observed};
    /// assert_eq!(Observed::of(Some(5.0), None, false, None)?, Observed::Value { value: 5.0, se: None, across_break: false });
    /// assert_eq!(Observed::of(None, None, false, Some(Absence::NotAsked))?, Observed::Absent(Absence::NotAsked));
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `progress.bad-parameter` when there is both a value and a reason for its absence, or neither.
    pub fn of(value: Option<f64>, se: Option<f64>, across_break: bool, absent: Option<Absence>) -> Result<Self> {
        match (value, absent) {
            (Some(value), None) => Ok(Observed::Value { value, se, across_break }),
            (None, Some(absence)) => Ok(Observed::Absent(absence)),
            _ => Err(Error::new(Code::ProgressBadParameter).at_path("value").expecting("either a value or `absent` with the reason")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn rules() -> AchievementRules {
        AchievementRules { on_track: 0.95, lagging: 0.6, tolerance: 0.5, slack: 1e-9, bands: None }
    }

    fn path(b: f64, t: f64) -> TargetPath {
        serde_json::from_value(json!({"baseline": {"value": b, "at": 2015}, "target": {"value": t, "at": 2030}})).unwrap()
    }

    fn made(x: f64, at: f64, path: &TargetPath, polarity: Polarity) -> Achievement {
        achievement(Observed::Value { value: x, se: None, across_break: false }, Time::new(at).unwrap(), path, polarity, &rules()).unwrap()
    }

    fn close(a: Option<f64>, b: f64) {
        assert!((a.unwrap() - b).abs() < 1e-10, "{a:?} {b}");
    }

    #[test]
    fn worked_examples() {
        // method §2
        let value = Observed::Value { value: 10.4, se: Some(0.6), across_break: false };
        let a = achievement(value, Time::new(2023.0).unwrap(), &path(14.5, 7.25), Polarity::Lower, &rules()).unwrap();
        close(a.raw, 0.5655172414);
        close(a.expected, 0.5333333333);
        close(a.pace, 1.0603448276);
        close(a.se, 0.0827586207);
        close(a.probability, 0.6513208291);
        assert_eq!(a.status, Status::OnTrack);
        let zero = made(5.0, 2020.0, &path(10.0, 0.0), Polarity::Lower);
        close(zero.pace, 1.5);
        assert_eq!(zero.status, Status::OnTrack);
    }

    #[test]
    fn statuses_in_their_order() {
        let up = path(0.0, 100.0);
        let status = |x, at| made(x, at, &up, Polarity::Higher).status;
        assert_eq!(status(100.0, 2016.0), Status::Met);
        assert_eq!(status(120.0, 2010.0), Status::Met);
        assert_eq!(status(-0.5, 2022.5), Status::OffTrack, "within the tolerance");
        assert_eq!(status(-0.6, 2010.0), Status::Regressed, "before too early");
        assert_eq!(made(5.0, 2015.0, &up, Polarity::Higher).reason, Some(NotRated::TooEarly));
        assert_eq!([47.5, 47.4, 30.0, 29.9].map(|x| status(x, 2022.5)), [Status::OnTrack, Status::Lagging, Status::Lagging, Status::OffTrack]);
        assert_eq!([99.0, 59.9].map(|x| status(x, 2030.0)), [Status::Lagging, Status::OffTrack], "after the date nothing is on track");
        let keep = path(50.0, 50.0);
        assert_eq!(
            [50.0, 49.5, 49.4, 80.0].map(|x| made(x, 2020.0, &keep, Polarity::Higher).status),
            [Status::Maintained, Status::Maintained, Status::Regressed, Status::Maintained]
        );
        assert_eq!(made(80.0, 2020.0, &keep, Polarity::Value).status, Status::Regressed);
        assert_eq!(made(80.0, 2020.0, &keep, Polarity::Ambiguous).reason, Some(NotRated::NoDirection));
        for (absence, status) in [
            (Absence::Missing, Status::Missing),
            (Absence::Suppressed, Status::Suppressed),
            (Absence::NotApplicable, Status::NotApplicable),
            (Absence::Refused, Status::Missing),
        ] {
            let a = achievement(Observed::Absent(absence), Time::new(2020.0).unwrap(), &up, Polarity::None, &rules()).unwrap();
            assert_eq!((a.status, a.raw), (status, None));
        }
    }

    #[test]
    fn without_baseline_target_or_dates() {
        let of = |text: &str| made(5.0, 2020.0, &serde_json::from_str(text).unwrap(), Polarity::Higher);
        assert_eq!(of(r#"{"target": {"value": 1, "at": 2030}}"#).reason, Some(NotRated::NoBaseline));
        assert_eq!(of(r#"{"baseline": {"value": 1, "at": 2010}}"#).reason, Some(NotRated::NoTarget));
        let undated = of(r#"{"baseline": {"value": 1}, "target": {"value": 9}}"#);
        assert_eq!((undated.reason, undated.raw), (Some(NotRated::NoDate), Some(0.5)));
        assert_eq!(of(r#"{"baseline": {"value": 1}, "target": {"value": 4}}"#).status, Status::Met);
        let broken =
            achievement(Observed::Value { value: 5.0, se: None, across_break: true }, Time::new(2020.0).unwrap(), &path(0.0, 9.0), Polarity::Higher, &rules());
        assert_eq!(broken.unwrap().reason, Some(NotRated::BreakInSeries));
    }

    #[test]
    fn to_one_value_both_sides_count() {
        let parity = path(0.5, 1.0);
        let a = |x| made(x, 2020.0, &parity, Polarity::Value);
        assert_eq!([a(0.75).raw, a(1.25).raw, a(2.0).raw], [Some(0.5), Some(0.5), Some(-1.0)]);
        // 2.0 is 1.0 off: worse than the baseline by the tolerance and no more
        assert_eq!([a(1.4).status, a(1.7).status, a(2.0).status, a(2.1).status], [Status::Met, Status::OffTrack, Status::OffTrack, Status::Regressed]);
    }

    #[test]
    fn undp_bands() {
        let undp: NamedBands = serde_json::from_value(
            json!({"of": "pace", "bands": {"bands": [{"from": 1, "name": "green"}, {"from": 0.5, "name": "amber"}], "below": "red"}, "no_data": "grey"}),
        )
        .unwrap();
        let rules = AchievementRules { bands: Some(undp), ..rules() };
        let band = |o, at: f64| achievement(o, Time::new(at).unwrap(), &path(0.0, 100.0), Polarity::Higher, &rules).unwrap().band.unwrap();
        let value = |value| Observed::Value { value, se: None, across_break: false };
        assert_eq!([band(value(50.0), 2022.5), band(value(25.0), 2022.5), band(value(24.0), 2022.5)], ["green", "amber", "red"]);
        assert_eq!([band(Observed::Absent(Absence::Missing), 2022.5), band(value(3.0), 2015.0)], ["grey", "grey"]);
    }

    proptest! {
        #[test]
        fn affine_changes_of_unit_change_nothing(b in -100.0..100.0f64, t in -100.0..100.0f64, x in -150.0..150.0f64, at in 2010.0..2035.0f64, scale in prop_oneof![Just(0.25), Just(4.0), Just(1024.0)], shift in -64i32..64) {
            prop_assume!((t - b).abs() > 0.5);
            let r = rules();
            let there = |v: f64| scale * v + f64::from(shift);
            let moved = AchievementRules { tolerance: scale * r.tolerance, ..r.clone() };
            let value = |value| Observed::Value { value, se: None, across_break: false };
            let time = Time::new(at).unwrap();
            let one = achievement(value(x), time, &path(b, t), Polarity::Higher, &r).unwrap();
            let two = achievement(value(there(x)), time, &path(there(b), there(t)), Polarity::Higher, &moved).unwrap();
            prop_assert!((one.raw.unwrap() - two.raw.unwrap()).abs() < 1e-9 * (1.0 + one.raw.unwrap().abs()));
            prop_assert_eq!((one.expected, one.status), (two.expected, two.status));
            // mirrored: less is better
            let mirrored = achievement(value(-x), time, &path(-b, -t), Polarity::Lower, &r).unwrap();
            prop_assert_eq!(&one, &mirrored);
        }

        #[test]
        fn on_the_path_the_pace_is_one(b in -100.0..100.0f64, t in -100.0..100.0f64, at in 2015.5..2029.5f64) {
            prop_assume!((t - b).abs() > 1.5);
            let p = path(b, t);
            let x = p.expected_value(Time::new(at).unwrap()).unwrap().unwrap();
            let polarity = if t > b { Polarity::Higher } else { Polarity::Lower };
            let a = made(x, at, &p, polarity);
            prop_assert!((a.pace.unwrap() - 1.0).abs() < 1e-9);
            prop_assert_eq!(a.status, Status::OnTrack);
        }

        #[test]
        fn every_value_has_a_status(b in -1e300..1e300f64, t in -1e300..1e300f64, x in -1e300..1e300f64, at in 1800.0..2200.0f64) {
            let observed = Observed::Value { value: x, se: Some(1.0), across_break: false };
            if let Ok(a) = achievement(observed, Time::new(at).unwrap(), &path(b, t), Polarity::Higher, &rules()) {
                for number in [a.raw, a.clamped, a.se, a.expected, a.pace, a.probability].into_iter().flatten() {
                    prop_assert!(number.is_finite());
                }
                prop_assert_eq!(a.status == Status::NotRated, a.reason.is_some());
            }
        }
    }
}
