//! Difference-in-differences: what changed here beyond what changed in comparator cities.

use super::least_squares::{self, Fit};
use super::panel::{Inference, Panel, PanelFigure, Permutation, caution, mean, permutation};
use super::{Assumption, Caution, InfluenceRules};
use crate::diagnostic::Result;
use crate::num::count;
use serde::Serialize;

/// What stands on which side, before and after.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "DifferenceMeans"))]
pub struct Means {
    /// Cities that acted, before.
    pub treated_before: f64,
    /// Cities that acted, from the start on.
    pub treated_after: f64,
    /// Comparators, before.
    pub comparators_before: f64,
    /// Comparators, from the start on.
    pub comparators_after: f64,
}

/// Whether both sides moved alike before.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TrendsBefore {
    /// Slope of the cities that acted minus that of the comparators, before the start.
    pub difference: f64,
    /// With errors that hold within a city.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cluster: Option<Inference>,
    /// Against every choice of as many cities.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permutation: Option<Permutation>,
}

/// The same with a start at which nothing began.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PlaceboStart {
    /// The made-up start.
    pub from: f64,
    /// The difference, of figures before the true start alone.
    pub estimate: f64,
    /// Against every choice of as many cities.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permutation: Option<Permutation>,
}

/// The same with a comparator in the place of the cities that acted.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PlaceboCity {
    /// The comparator.
    pub city: String,
    /// Its difference from the other comparators.
    pub estimate: f64,
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "DifferenceInDifferences"))]
pub struct Difference {
    /// (after − before) of the cities that acted, minus that of the comparators; in the unit of the figures.
    pub estimate: f64,
    /// The four means.
    pub means: Means,
    /// Cities that acted.
    pub treated: usize,
    /// Cities to compare with.
    pub comparators: usize,
    /// Times before the start.
    pub periods_before: usize,
    /// Times from the start on.
    pub periods_after: usize,
    /// With errors that hold within a city (CR1, t with one degree less than cities); absent with one city on a side.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cluster: Option<Inference>,
    /// Against every choice of as many cities; absent with too many choices.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permutation: Option<Permutation>,
    /// Whether both sides moved alike before; absent with too few times.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trends_before: Option<TrendsBefore>,
    /// Starts at which nothing began.
    pub placebo_starts: Vec<PlaceboStart>,
    /// Comparators in the place of the cities that acted.
    pub placebo_cities: Vec<PlaceboCity>,
    /// What to keep in mind, strongest first.
    pub cautions: Vec<Caution>,
    /// What must hold, and what would break it.
    pub assumptions: Vec<Assumption>,
}

const ASSUMPTIONS: [Assumption; 4] = [
    Assumption {
        id: "parallel_trends",
        assumes: "Without the city's work, its figure would have moved as those of the comparators did.",
        broken_by: "Trends that already differed before; another event that hit only one side.",
    },
    Assumption {
        id: "no_anticipation",
        assumes: "Nothing changed before the start because people expected it.",
        broken_by: "Measures that were announced or begun earlier.",
    },
    Assumption {
        id: "no_spillover",
        assumes: "The comparators were not touched by the city's work.",
        broken_by: "Neighbouring or mentored cities among the comparators.",
    },
    Assumption {
        id: "same_measurement",
        assumes: "The figure was measured in the same way everywhere and all the time.",
        broken_by: "A new definition, source or reporting practice; more reports can mean more trust.",
    },
];

/// Mean of a city from the start on, minus its mean before.
fn change(values: &[f64], before: usize) -> f64 {
    let (early, late) = values.split_at(before.min(values.len()));
    mean(late) - mean(early)
}

fn between(by_city: &[f64], treated: &[bool]) -> f64 {
    let side = |on: bool| mean(&by_city.iter().zip(treated).filter(|(_, t)| **t == on).map(|(x, _)| *x).collect::<Vec<_>>());
    side(true) - side(false)
}

/// Fits y on 1, acted, x and acted · x, city by city.
fn crossed(values: &[&[f64]], treated: &[bool], x: &[f64]) -> Option<Fit> {
    let rows = || treated.iter().flat_map(|t| x.iter().map(move |x| (f64::from(u8::from(*t)), *x)));
    let columns = [rows().map(|_| 1.0).collect(), rows().map(|(t, _)| t).collect(), rows().map(|(_, x)| x).collect(), rows().map(|(t, x)| t * x).collect()];
    least_squares::fit(&columns, &values.concat())
}

/// The position of acted · x.
const CROSSED: usize = 3;

fn clustered(fit: &Fit, length: usize, panel: &Panel<'_>, estimate: f64, confidence: f64) -> Option<Inference> {
    let (treated, cities) = (panel.number_treated(), panel.cities.len());
    // one city alone has no spread between cities
    if treated < 2 || cities - treated < 2 {
        return None;
    }
    Inference::of(estimate, fit.cluster_variance(CROSSED, length), count(cities) - 1.0, confidence, panel.size)
}

/// Compares what changed in the cities that acted with what changed in the others.
///
/// ```
/// # use sms_process as sms_core;
/// use sms_core::influence::difference::difference;
/// let panel: Vec<_> = serde_json::from_str(r#"[{"city": "A", "time": 2018, "value": 50}, {"city": "A", "time": 2019, "value": 58},
///     {"city": "B", "time": 2018, "value": 52}, {"city": "B", "time": 2019, "value": 55}]"#).unwrap();
/// let rules = sms_core::Method::from_json(sms_catalogue::STANDARD_METHOD_JSON)?.influence()?;
/// let made = difference(&panel, &["A".to_owned()], 2019.0, &rules, 0.95)?;
/// assert_eq!(made.estimate, 5.0); // method §9: (58 − 50) − (55 − 52)
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `influence.bad-panel`, `influence.unbalanced`, `influence.unknown-city`, `influence.too-few-comparators`,
/// `influence.too-few-periods`, `influence.too-large`, `method.bad-value`.
pub fn difference(figures: &[PanelFigure], treated: &[String], from: f64, rules: &InfluenceRules, confidence: f64) -> Result<Difference> {
    rules.check(confidence)?;
    let panel = Panel::new(figures, treated, from)?;
    let (before, limit) = (panel.before, rules.permutation_limit);
    let changes: Vec<f64> = panel.values.iter().map(|v| change(v, before)).collect();
    let estimate = between(&changes, &panel.treated);
    let side = |on: bool, late: bool| {
        let cities = panel.values.iter().zip(&panel.treated).filter(|(_, t)| **t == on);
        let part = |v: &[f64]| if late { v.iter().skip(before).copied().collect::<Vec<_>>() } else { v.iter().take(before).copied().collect() };
        mean(&cities.flat_map(|(v, _)| part(v)).collect::<Vec<_>>())
    };
    let means = Means {
        treated_before: side(true, false),
        treated_after: side(true, true),
        comparators_before: side(false, false),
        comparators_after: side(false, true),
    };
    let after: Vec<f64> = (0..panel.times.len()).map(|at| f64::from(u8::from(at >= before))).collect();
    let whole: Vec<&[f64]> = panel.values.iter().map(Vec::as_slice).collect();
    let cluster = crossed(&whole, &panel.treated, &after).and_then(|fit| clustered(&fit, panel.times.len(), &panel, estimate, confidence));
    let permuted = permutation(&changes, &panel.treated, limit);

    let early: Vec<&[f64]> = panel.values.iter().map(|v| v.get(..before).unwrap_or_default()).collect();
    let trends_before = (before >= rules.trend_periods).then(|| trends(&early, &panel, rules, confidence)).flatten();
    let placebo_starts: Vec<PlaceboStart> = (1..before)
        .filter_map(|at| {
            let by_city: Vec<f64> = early.iter().map(|v| change(v, at)).collect();
            let made = permutation(&by_city, &panel.treated, limit);
            Some(PlaceboStart { from: *panel.times.get(at)?, estimate: between(&by_city, &panel.treated), permutation: made })
        })
        .collect();
    let others: Vec<(&str, f64)> = panel.cities.iter().zip(&changes).zip(&panel.treated).filter(|(_, t)| !**t).map(|((c, x), _)| (*c, *x)).collect();
    let placebo_cities = if others.len() < 2 {
        Vec::new()
    } else {
        let rest = |own: usize| mean(&others.iter().enumerate().filter(|(at, _)| *at != own).map(|(_, (_, x))| *x).collect::<Vec<_>>());
        others.iter().enumerate().map(|(at, (city, x))| PlaceboCity { city: (*city).to_owned(), estimate: x - rest(at) }).collect()
    };

    let significance = 1.0 - confidence;
    let certain = |c: Option<Inference>, p: Option<Permutation>| p.map(|p| p.p).or(c.map(|c| c.p)).is_some_and(|p| p < significance);
    let mut cautions = Vec::new();
    let (own, all) = (panel.number_treated(), panel.cities.len());
    caution(&mut cautions, Caution::TrendsDiffered, trends_before.is_some_and(|t| certain(t.cluster, t.permutation)));
    caution(&mut cautions, Caution::PlaceboMoves, placebo_starts.iter().any(|s| certain(None, s.permutation)));
    caution(&mut cautions, Caution::NoInference, cluster.is_none() && permuted.is_none_or(|p| p.smallest_p > significance));
    caution(&mut cautions, Caution::TrendsNotChecked, trends_before.is_none());
    caution(&mut cautions, Caution::FewActed, cluster.is_some() && own < rules.cluster_treated);
    caution(&mut cautions, Caution::FewCities, cluster.is_some() && all < rules.cluster_cities);
    Ok(Difference {
        estimate,
        means,
        treated: own,
        comparators: all - own,
        periods_before: before,
        periods_after: panel.times.len() - before,
        cluster,
        permutation: permuted,
        trends_before,
        placebo_starts,
        placebo_cities,
        cautions,
        assumptions: ASSUMPTIONS.to_vec(),
    })
}

fn trends(early: &[&[f64]], panel: &Panel<'_>, rules: &InfluenceRules, confidence: f64) -> Option<TrendsBefore> {
    let times = panel.times.get(..panel.before)?;
    let middle = mean(times);
    let x: Vec<f64> = times.iter().map(|t| t - middle).collect();
    let line = [vec![1.0; x.len()], x.clone()];
    let slopes: Vec<f64> = early.iter().map(|v| least_squares::fit(&line, v)?.coefficients.get(1).copied()).collect::<Option<_>>()?;
    let difference = between(&slopes, &panel.treated);
    let cluster = crossed(early, &panel.treated, &x).and_then(|fit| clustered(&fit, x.len(), panel, difference, confidence));
    Some(TrendsBefore { difference, cluster, permutation: permutation(&slopes, &panel.treated, rules.permutation_limit) })
}
