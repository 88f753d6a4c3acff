//! Interrupted time series: a change of level and of slope at a known start, in one city's own series.

use super::least_squares::{self, Fit, dot};
use super::panel::{Inference, caution, usable};
use super::{Assumption, Caution, InfluenceRules};
use crate::diagnostic::{Code, Error, Result};
use crate::num;
use crate::num::count;
use serde::{Deserialize, Serialize};

/// More points than this are refused.
const MAXIMUM_POINTS: usize = 20_000;
/// Rounds after which the search for the autocorrelation is given up.
const MAXIMUM_ROUNDS: usize = 500;
const STANDS_STILL: f64 = 1e-13;

/// One figure of the series.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "SeriesFigure"))]
pub struct Point {
    /// When; times are equally far apart.
    pub time: f64,
    /// The figure.
    pub value: f64,
}

/// One number of the model.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "SegmentTerm"))]
pub struct Term {
    /// The number.
    pub estimate: f64,
    /// What it is worth; absent where the figures lie on the line.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub inference: Option<Inference>,
}

/// The model: start + slope · (time − first) + level change + slope change · (time − from), the last two from `from` on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Segments {
    /// Level at the first time.
    pub start: Term,
    /// Slope before, per unit of time.
    pub slope: Term,
    /// Jump at `from`.
    pub level_change: Term,
    /// What is added to the slope from `from` on.
    pub slope_change: Term,
}

/// Errors that may go together over some steps.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NeweyWest {
    /// Over how many steps.
    pub lags: usize,
    /// By least squares.
    #[serde(flatten)]
    pub segments: Segments,
}

/// Errors of which each carries on a share of the one before.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PraisWinsten {
    /// That share.
    pub rho: f64,
    /// With the first figure kept.
    #[serde(flatten)]
    pub segments: Segments,
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "InterruptedSeries"))]
pub struct Interrupted {
    /// Figures before the start.
    pub before: usize,
    /// Figures from the start on.
    pub after: usize,
    /// Least squares with errors after Newey and West.
    pub newey_west: NeweyWest,
    /// The same with errors of the first order; absent where none of them fits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prais_winsten: Option<PraisWinsten>,
    /// Durbin and Watson's statistic of the least squares: 2 without autocorrelation, towards 0 with a positive one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub durbin_watson: Option<f64>,
    /// At the last time: the line with the changes minus the line without them.
    pub effect_at_end: f64,
    /// What to keep in mind, strongest first.
    pub cautions: Vec<Caution>,
    /// What must hold, and what would break it.
    pub assumptions: Vec<Assumption>,
}

const ASSUMPTIONS: [Assumption; 4] = [
    Assumption {
        id: "trend_would_go_on",
        assumes: "Without the city's work the line of before would have gone on.",
        broken_by: "Another law, shock or programme at the same time; a comparison with other cities would show it.",
    },
    Assumption {
        id: "straight_lines",
        assumes: "Both parts are straight, without seasons.",
        broken_by: "Figures that level off near 0 or 100; monthly figures with seasons.",
    },
    Assumption {
        id: "known_start",
        assumes: "The start was fixed beforehand, not chosen after a look at the figures.",
        broken_by: "A start moved to where the figures turn; effects that come slowly.",
    },
    Assumption {
        id: "same_measurement",
        assumes: "The figure was measured in the same way all the time.",
        broken_by: "A new definition, source or reporting practice at the start.",
    },
];

/// Lags after Newey and West (1994): the whole part of 4 (n/100)^(2/9).
fn usual_lags(n: usize) -> usize {
    let bound = 4.0 * num::pow(count(n) / 100.0, 2.0 / 9.0);
    (0..n).take_while(|l| count(*l) <= bound).last().unwrap_or(0)
}

fn segments(fit: &Fit, confidence: f64, size: f64, variance: impl Fn(usize) -> Option<f64>) -> Segments {
    let df = count(fit.residuals.len()) - count(fit.coefficients.len());
    let term = |at: usize| {
        let estimate = fit.coefficients.get(at).copied().unwrap_or(0.0);
        Term { estimate, inference: Inference::of(estimate, variance(at), df, confidence, size) }
    };
    Segments { start: term(0), slope: term(1), level_change: term(2), slope_change: term(3) }
}

/// Fits a line with a break.
///
/// ```
/// # use sms_process as sms_core;
/// use sms_core::influence::interrupted::{Point, interrupted};
/// let values = [10.0, 11.0, 12.0, 13.0, 17.0, 19.0, 21.0, 23.0];
/// let series: Vec<Point> = values.iter().zip(2010..).map(|(&value, year)| Point { time: f64::from(year), value }).collect();
/// let rules = sms_core::Method::from_json(sms_catalogue::STANDARD_METHOD_JSON)?.influence()?;
/// let made = interrupted(&series, 2014.0, None, &rules, 0.95)?;
/// // a jump of 3 and one more a year: three years later 3 + 3
/// assert!((made.effect_at_end - 6.0).abs() < 1e-9);
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `influence.bad-panel`, `influence.uneven-times`, `influence.too-few-periods`, `influence.too-large`, `method.bad-value`.
pub fn interrupted(series: &[Point], from: f64, lags: Option<usize>, rules: &InfluenceRules, confidence: f64) -> Result<Interrupted> {
    rules.check(confidence)?;
    if series.len() > MAXIMUM_POINTS {
        return Err(Error::new(Code::InfluenceTooLarge).at_path("series").with("limit", MAXIMUM_POINTS as u64));
    }
    if let Some(at) = series.iter().position(|p| !usable(p.time) || !usable(p.value)) {
        return Err(Error::new(Code::InfluenceBadPanel).at_path(&format!("series[{at}]")).expecting("a finite time and value"));
    }
    let mut series = series.to_vec();
    series.sort_by(|a, b| a.time.total_cmp(&b.time));
    let before = series.iter().filter(|p| p.time < from).count();
    let after = series.len() - before;
    if before < rules.interrupted_side || after < rules.interrupted_side || series.len() < 6 {
        let needed = rules.interrupted_side.max(3);
        return Err(Error::new(Code::InfluenceTooFewPeriods)
            .at_path("series")
            .with("needed", needed as u64)
            .with("before", before as u64)
            .with("after", after as u64));
    }
    let steps: Vec<f64> = series.iter().zip(series.iter().skip(1)).map(|(a, b)| b.time - a.time).collect();
    let step = steps.first().copied().unwrap_or(0.0);
    if step <= 0.0 || steps.iter().any(|s| num::abs(s - step) > crate::target::SLACK * step.max(1.0)) {
        return Err(Error::new(Code::InfluenceUnevenTimes).at_path("series"));
    }
    if lags.is_some_and(|l| l >= series.len()) {
        return Err(Error::new(Code::InfluenceTooFewPeriods).at_path("lags").expecting("fewer lags than figures"));
    }
    let first = series.first().map_or(0.0, |p| p.time);
    let last = series.last().map_or(0.0, |p| p.time);
    let y: Vec<f64> = series.iter().map(|p| p.value).collect();
    let size = y.iter().copied().map(num::abs).fold(0.0, f64::max);
    let on = |p: &Point| f64::from(u8::from(p.time >= from));
    let columns: [Vec<f64>; 4] = [
        vec![1.0; y.len()],
        series.iter().map(|p| p.time - first).collect(),
        series.iter().map(on).collect(),
        series.iter().map(|p| on(p) * (p.time - from)).collect(),
    ];
    let fit = least_squares::fit(&columns, &y).ok_or_else(|| Error::new(Code::InfluenceTooFewPeriods).at_path("series"))?;
    let lags = lags.unwrap_or_else(|| usual_lags(y.len()));
    let newey_west = NeweyWest { lags, segments: segments(&fit, confidence, size, |at| fit.newey_west_variance(at, lags)) };
    let squares = dot(&fit.residuals, &fit.residuals);
    let steps: Vec<f64> = fit.residuals.iter().zip(fit.residuals.iter().skip(1)).map(|(a, b)| b - a).collect();
    let varies = newey_west.segments.level_change.inference.is_some();
    let durbin_watson = varies.then(|| dot(&steps, &steps) / squares);
    let prais_winsten = if varies { first_order(&columns, &y, &fit, confidence, size) } else { None };
    let changed = newey_west.segments;
    let mut cautions = Vec::new();
    caution(&mut cautions, Caution::NoVariation, !varies);
    caution(&mut cautions, Caution::NoFirstOrder, varies && prais_winsten.is_none());
    caution(&mut cautions, Caution::ShortSeries, before < rules.interrupted_side_good || after < rules.interrupted_side_good);
    caution(&mut cautions, Caution::NoComparison, true);
    Ok(Interrupted {
        before,
        after,
        newey_west,
        prais_winsten,
        durbin_watson,
        effect_at_end: changed.level_change.estimate + changed.slope_change.estimate * (last - from),
        cautions,
        assumptions: ASSUMPTIONS.to_vec(),
    })
}

/// The autocorrelation of residuals: the regression of each on the one before.
fn autocorrelation(residuals: &[f64]) -> f64 {
    let later = residuals.get(1..).unwrap_or_default();
    let earlier = residuals.get(..residuals.len().saturating_sub(1)).unwrap_or_default();
    dot(later, earlier) / dot(earlier, earlier)
}

fn transformed(column: &[f64], rho: f64) -> Vec<f64> {
    let first = column.first().map(|x| x * num::sqrt(1.0 - rho * rho));
    first.into_iter().chain(column.iter().zip(column.iter().skip(1)).map(|(before, x)| x - rho * before)).collect()
}

/// Prais and Winsten, repeated until the autocorrelation stands still.
fn first_order(columns: &[Vec<f64>], y: &[f64], start: &Fit, confidence: f64, size: f64) -> Option<PraisWinsten> {
    let mut rho = autocorrelation(&start.residuals);
    for _ in 0..MAXIMUM_ROUNDS {
        if !(rho > -1.0 && rho < 1.0) {
            return None;
        }
        let moved: Vec<Vec<f64>> = columns.iter().map(|c| transformed(c, rho)).collect();
        let fit = least_squares::fit(&moved, &transformed(y, rho))?;
        let next = autocorrelation(&least_squares::residuals(columns, &fit.coefficients, y));
        if num::abs(next - rho) <= STANDS_STILL {
            return Some(PraisWinsten { rho, segments: segments(&fit, confidence, size, |at| fit.plain_variance(at)) });
        }
        rho = next;
    }
    None
}
