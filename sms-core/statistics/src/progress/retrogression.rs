//! Non-retrogression: whether a right is enjoyed less than it was (method §7; ICESCR art. 2(1); CESCR General Comment 3).
//!
//! The latest figure is compared with the best earlier one that it can be compared with. With errors the decline must
//! be beyond chance for all the comparisons that the best was picked from (Bonferroni); without, beyond a tolerance.
//! The result is never a legal finding: it calls for a justification.

use super::bands::within;
use super::path::{Series, SeriesPoint, Time};
use crate::diagnostic::{Code, Error, Result};
use crate::indicator::Polarity;
use crate::num;
use crate::target::SLACK;
use serde::{Deserialize, Serialize};

/// Numbers of the comparison.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RetrogressionRules {
    /// The one-sided level that all comparisons share.
    pub significance: f64,
    /// Where no error is known, a decline within so much is none; in the unit of the indicator.
    pub tolerance: f64,
}

impl RetrogressionRules {
    /// Checks every number.
    ///
    /// # Errors
    /// `method.bad-value`.
    pub fn check(&self) -> Result<()> {
        within(self.significance, f64::MIN_POSITIVE, 0.5, "significance", "a number above 0 and at most 0.5")?;
        within(self.tolerance, 0.0, f64::MAX, "tolerance", "a number of 0 or more")
    }
}

/// What the comparison says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum RetrogressionStatus {
    /// A decline that calls for a justification.
    PossibleRetrogression,
    /// No decline beyond error or tolerance.
    NoneShown,
    /// It cannot be told.
    NotJudged,
}

/// Why it cannot be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum NotJudged {
    /// Neither way is better.
    NoDirection,
    /// There is no figure.
    NoFigure,
    /// There is no earlier figure.
    NoEarlierFigure,
    /// The series breaks at the latest figure.
    BreakInSeries,
}

/// What a decline was measured by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum DeclineBasis {
    /// The standard errors of both figures.
    Error,
    /// The tolerance, because a standard error is not known, or both are 0.
    Tolerance,
}

/// The latest figure beside an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "RetrogressionComparison"))]
pub struct Comparison {
    /// When the earlier one was.
    pub at: Time,
    /// Whether a break lies between the two; then they are not compared.
    pub across_break: bool,
    /// direction·(latest − earlier): below 0 is a decline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub difference: Option<f64>,
    /// Difference over its standard error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub z: Option<f64>,
    /// One-sided p of a decline, for this comparison alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p: Option<f64>,
}

/// Whether the latest figure of a series calls for a justification.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Retrogression {
    /// What the comparison says.
    pub status: RetrogressionStatus,
    /// Why it cannot be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<NotJudged>,
    /// Whether the figure before was one as well.
    pub sustained: bool,
    /// How many earlier figures it can be compared with.
    pub comparisons: usize,
    /// What the decline was measured by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basis: Option<DeclineBasis>,
    /// The level that p must be below: the significance over the number of comparisons.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threshold: Option<f64>,
    /// Against the best earlier figure: this one decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub best: Option<Comparison>,
    /// Against the figure before, for information.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Option<Comparison>,
    /// Against the baseline, for information.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub baseline: Option<Comparison>,
    /// What a possible retrogression means.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<&'static str>,
}

/// What a possible retrogression means, for people.
pub const NOTE: &str = "A call for justification, not a legal finding: deliberately retrogressive measures need the most careful consideration and must be justified by reference to the totality of the rights and to the full use of the maximum available resources (CESCR General Comment 3, paragraph 9).";

fn compare(latest: &SeriesPoint, earlier: &SeriesPoint, direction: f64, across_break: bool) -> Result<Comparison> {
    if across_break {
        return Ok(Comparison { at: earlier.at, across_break, difference: None, z: None, p: None });
    }
    let difference = num::finite(direction * (latest.value - earlier.value))? + 0.0;
    let se = latest.se.zip(earlier.se).map(|(a, b)| num::hypot(a, b)).filter(|&se| se > 0.0);
    let z = se.map(|se| num::finite(difference / se)).transpose()?;
    Ok(Comparison { at: earlier.at, across_break, difference: Some(difference), z, p: z.map(num::normal_cdf) })
}

struct Judgement {
    declined: bool,
    comparisons: usize,
    basis: DeclineBasis,
    threshold: Option<f64>,
    best: Comparison,
}

/// The last of the figures against the best of the others; `None` without others.
fn judge(comparable: &[SeriesPoint], direction: f64, rules: &RetrogressionRules) -> Result<Option<Judgement>> {
    let Some((latest, earlier)) = comparable.split_last() else { return Ok(None) };
    // of two that are equally good, the first
    let mut best: Option<&SeriesPoint> = None;
    for point in earlier {
        if best.is_none_or(|b| direction * point.value > direction * b.value) {
            best = Some(point);
        }
    }
    let Some(best) = best else { return Ok(None) };
    let best = compare(latest, best, direction, false)?;
    let difference = best.difference.unwrap_or_default();
    let level = rules.significance / earlier.len() as f64;
    let (declined, basis, threshold) = match best.p {
        Some(p) => (difference < 0.0 && p < level - SLACK, DeclineBasis::Error, Some(level)),
        None => (difference < -rules.tolerance - SLACK, DeclineBasis::Tolerance, None),
    };
    Ok(Some(Judgement { declined, comparisons: earlier.len(), basis, threshold, best }))
}

/// Whether the latest figure of a series is a possible retrogression.
///
/// D = direction·(x_t − x_best) against the best figure since the last break. With standard errors of both: D < 0 and
/// the one-sided p below the significance over the number of comparisons. Without, or where both are 0: D below minus the tolerance.
/// Sustained: the figure before was one as well. `baseline` is the time of one of the figures.
///
/// ```
/// # use sms_statistics as sms_core;
/// use sms_core::indicator::Polarity;
/// use sms_core::progress::{RetrogressionRules, RetrogressionStatus, Series, retrogression};
/// let points = serde_json::json!([{"at": 2018, "value": 66.5, "se": 1.6}, {"at": 2019, "value": 62.0, "se": 1.4}]);
/// let series = Series::new(serde_json::from_value(points).unwrap())?;
/// let made = retrogression(&series, None, Polarity::Higher, &RetrogressionRules { significance: 0.05, tolerance: 0.5 })?;
/// assert_eq!(made.status, RetrogressionStatus::PossibleRetrogression);
/// assert!((made.best.unwrap().p.unwrap() - 0.0171459727).abs() < 1e-10);
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `method.bad-value`, `num.not-finite`; `progress.bad-parameter` when no figure has the time of the baseline.
pub fn retrogression(series: &Series, baseline: Option<Time>, polarity: Polarity, rules: &RetrogressionRules) -> Result<Retrogression> {
    rules.check()?;
    let baseline = match baseline {
        Some(at) => {
            let found = series.points().iter().position(|p| p.at == at);
            Some(found.ok_or_else(|| Error::new(Code::ProgressBadParameter).at_path("baseline_at").expecting("the time of a figure of the series"))?)
        }
        None => None,
    };
    let mut made = Retrogression {
        status: RetrogressionStatus::NotJudged,
        reason: None,
        sustained: false,
        comparisons: 0,
        basis: None,
        threshold: None,
        best: None,
        previous: None,
        baseline: None,
        note: None,
    };
    let because = |mut made: Retrogression, reason| {
        made.reason = Some(reason);
        Ok(made)
    };
    let Some(direction) = polarity.direction() else { return because(made, NotJudged::NoDirection) };
    let Some((latest, earlier)) = series.points().split_last() else { return because(made, NotJudged::NoFigure) };
    let Some(previous) = earlier.last() else { return because(made, NotJudged::NoEarlierFigure) };
    let (comparable, before_break) = series.since_last_break();
    made.previous = Some(compare(latest, previous, direction, latest.breaks)?);
    if let Some((i, point)) = baseline.and_then(|i| earlier.get(i).map(|p| (i, p))) {
        made.baseline = Some(compare(latest, point, direction, i < before_break)?);
    }
    let Some(judgement) = judge(comparable, direction, rules)? else { return because(made, NotJudged::BreakInSeries) };
    made.status = if judgement.declined { RetrogressionStatus::PossibleRetrogression } else { RetrogressionStatus::NoneShown };
    (made.comparisons, made.basis, made.threshold, made.best) = (judgement.comparisons, Some(judgement.basis), judgement.threshold, Some(judgement.best));
    if judgement.declined {
        made.note = Some(NOTE);
        let before = comparable.split_last().map_or(&[][..], |(_, before)| before);
        made.sustained = judge(before, direction, rules)?.is_some_and(|j| j.declined);
    }
    Ok(made)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const RULES: RetrogressionRules = RetrogressionRules { significance: 0.05, tolerance: 0.5 };

    fn series(values: &[(f64, Option<f64>)]) -> Series {
        let point = |(i, &(value, se)): (usize, &(f64, Option<f64>))| SeriesPoint { at: Time::new(2010.0 + i as f64).unwrap(), value, se, breaks: false };
        Series::new(values.iter().enumerate().map(point).collect()).unwrap()
    }

    fn plain(values: &[f64]) -> Series {
        series(&values.iter().map(|&v| (v, None)).collect::<Vec<_>>())
    }

    fn judged(s: &Series) -> Retrogression {
        retrogression(s, None, Polarity::Higher, &RULES).unwrap()
    }

    #[test]
    fn worked_example() {
        // method §7, k = 1
        let made = judged(&series(&[(66.5, Some(1.6)), (62.0, Some(1.4))]));
        let best = made.best.unwrap();
        assert!((best.z.unwrap() - -2.1166219539).abs() < 1e-10);
        assert!((best.p.unwrap() - 0.0171459727).abs() < 1e-10);
        assert_eq!((made.status, made.comparisons, made.threshold), (RetrogressionStatus::PossibleRetrogression, 1, Some(0.05)));
        assert_eq!(made.note, Some(NOTE));
        // the same decline among three earlier figures must be surer
        let more = judged(&series(&[(60.0, Some(1.6)), (61.0, Some(1.6)), (66.5, Some(1.6)), (62.0, Some(1.4))]));
        assert_eq!((more.status, more.comparisons), (RetrogressionStatus::NoneShown, 3));
    }

    #[test]
    fn without_errors_the_tolerance_decides() {
        assert_eq!(judged(&plain(&[10.0, 9.5])).status, RetrogressionStatus::NoneShown);
        assert_eq!(judged(&plain(&[10.0, 9.4])).status, RetrogressionStatus::PossibleRetrogression);
        // the best, not the one before
        let made = judged(&plain(&[10.0, 8.0, 8.5]));
        assert_eq!((made.status, made.sustained, made.best.unwrap().at.years()), (RetrogressionStatus::PossibleRetrogression, true, 2010.0));
        assert_eq!(made.previous.unwrap().difference, Some(0.5));
        assert!(!judged(&plain(&[10.0, 10.0, 8.5])).sustained);
        assert_eq!(judged(&series(&[(10.0, Some(0.0)), (9.8, Some(0.0))])).basis, Some(DeclineBasis::Tolerance));
    }

    #[test]
    fn breaks_are_not_judged_across() {
        let mut points = plain(&[10.0, 9.0, 5.0]).points().to_vec();
        points[2].breaks = true;
        let made = retrogression(&Series::new(points.clone()).unwrap(), Some(Time::new(2010.0).unwrap()), Polarity::Higher, &RULES).unwrap();
        assert_eq!((made.status, made.reason), (RetrogressionStatus::NotJudged, Some(NotJudged::BreakInSeries)));
        assert!(made.previous.unwrap().across_break && made.baseline.unwrap().across_break && made.previous.unwrap().difference.is_none());
        points[2].breaks = false;
        points[1].breaks = true;
        let made = retrogression(&Series::new(points).unwrap(), Some(Time::new(2010.0).unwrap()), Polarity::Higher, &RULES).unwrap();
        assert_eq!((made.status, made.comparisons), (RetrogressionStatus::PossibleRetrogression, 1));
        assert!(made.baseline.unwrap().across_break && !made.previous.unwrap().across_break);
    }

    proptest! {
        #[test]
        fn a_series_that_only_improves_is_never_flagged(
            mut values in proptest::collection::vec((-100.0..100.0f64, proptest::option::of(0.0..5.0f64)), 1..12), lower in any::<bool>(), turn in 0usize..12,
        ) {
            values.sort_by(|a, b| a.0.total_cmp(&b.0));
            if lower { values.reverse(); }
            let polarity = if lower { Polarity::Lower } else { Polarity::Higher };
            let made = retrogression(&series(&values), None, polarity, &RULES).unwrap();
            prop_assert_ne!(made.status, RetrogressionStatus::PossibleRetrogression);
            let mut points = series(&values).points().to_vec();
            points.rotate_left(turn % values.len());
            prop_assert_eq!(retrogression(&Series::new(points).unwrap(), None, polarity, &RULES).unwrap(), made);
        }

        #[test]
        fn which_way_is_better_only_mirrors(values in proptest::collection::vec((-100.0..100.0f64, proptest::option::of(0.1..5.0f64)), 1..12)) {
            let mirrored: Vec<(f64, Option<f64>)> = values.iter().map(|&(v, se)| (-v, se)).collect();
            let a = retrogression(&series(&values), None, Polarity::Higher, &RULES).unwrap();
            let b = retrogression(&series(&mirrored), None, Polarity::Lower, &RULES).unwrap();
            prop_assert_eq!(a, b);
        }
    }
}
