//! Figures of cities over time, and what an inference says.

use super::Caution;
use crate::diagnostic::{Code, Error, Result};
use crate::num;
use crate::num::count;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// More figures than this are refused.
const MAXIMUM_FIGURES: usize = 200_000;

/// Figures and times beyond this, whose squares would leave no room, are refused.
const LARGEST: f64 = 1e100;

/// One figure of one city.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PanelFigure {
    /// The city.
    pub city: String,
    /// When: a year, or any number that grows with time.
    pub time: f64,
    /// The figure.
    pub value: f64,
}

/// What an estimate is worth, by Student's t.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Inference {
    /// Standard error.
    pub se: f64,
    /// Estimate over standard error.
    pub t: f64,
    /// Degrees of freedom.
    pub df: f64,
    /// Two-sided p-value.
    pub p: f64,
    /// Lower end of the interval.
    pub lower: f64,
    /// Upper end of the interval.
    pub upper: f64,
}

/// A standard error below this share of the figures' size is rounding.
const NOTHING: f64 = 1e-12;

impl Inference {
    /// `None` where there is no spread to judge by.
    pub(super) fn of(estimate: f64, variance: Option<f64>, df: f64, confidence: f64, size: f64) -> Option<Self> {
        let se = num::sqrt(variance?.max(0.0));
        if se.is_nan() || se <= NOTHING * size || df < 1.0 {
            return None;
        }
        let t = estimate / se;
        let p = (2.0 * num::student_t_cdf(-num::abs(t), df)?).min(1.0);
        let reach = se * num::student_t_quantile(0.5 + confidence / 2.0, df)?;
        Some(Inference { se, t, df, p, lower: estimate - reach, upper: estimate + reach })
    }
}

pub(super) fn usable(x: f64) -> bool {
    num::abs(x) <= LARGEST
}

/// The same figures for every city: a table of cities by times.
pub(super) struct Panel<'a> {
    pub(super) times: Vec<f64>,
    pub(super) cities: Vec<&'a str>,
    /// By city, in the order of the times.
    pub(super) values: Vec<Vec<f64>>,
    pub(super) treated: Vec<bool>,
    /// How many times lie before the start.
    pub(super) before: usize,
    /// The largest figure, without its sign.
    pub(super) size: f64,
}

impl<'a> Panel<'a> {
    pub(super) fn new(figures: &'a [PanelFigure], treated: &[String], from: f64) -> Result<Self> {
        if figures.len() > MAXIMUM_FIGURES {
            return Err(Error::new(Code::InfluenceTooLarge).at_path("panel").with("limit", MAXIMUM_FIGURES as u64));
        }
        let mut by_city: BTreeMap<&str, BTreeMap<u64, (f64, f64)>> = BTreeMap::new();
        for (at, f) in figures.iter().enumerate() {
            if f.city.trim().is_empty() || !usable(f.time) || !usable(f.value) {
                return Err(Error::new(Code::InfluenceBadPanel).at_path(&format!("panel[{at}]")).expecting("a city, a finite time and a finite value"));
            }
            if by_city.entry(f.city.as_str()).or_default().insert((f.time + 0.0).to_bits(), (f.time, f.value)).is_some() {
                return Err(Error::new(Code::InfluenceBadPanel).at_path(&format!("panel[{at}]")).expecting("each city and time once"));
            }
        }
        let cities: Vec<&str> = by_city.keys().copied().collect();
        let mut rows: Vec<Vec<(f64, f64)>> = by_city.into_values().map(|m| m.into_values().collect()).collect();
        rows.iter_mut().for_each(|r| r.sort_by(|a, b| a.0.total_cmp(&b.0)));
        let times: Vec<f64> = rows.first().map(|r| r.iter().map(|(t, _)| *t).collect()).unwrap_or_default();
        for (city, row) in cities.iter().zip(&rows) {
            if row.len() != times.len() || row.iter().zip(&times).any(|((t, _), want)| t.total_cmp(want).is_ne()) {
                return Err(Error::new(Code::InfluenceUnbalanced).at_path("panel").with("city", (*city).to_owned()));
            }
        }
        let listed: BTreeSet<&str> = treated.iter().map(String::as_str).collect();
        if let Some(at) = treated.iter().position(|t| !cities.contains(&t.as_str())) {
            return Err(Error::new(Code::InfluenceUnknownCity).at_path(&format!("treated[{at}]")));
        }
        if listed.is_empty() {
            return Err(Error::new(Code::InfluenceUnknownCity).at_path("treated").expecting("at least one city"));
        }
        if listed.len() == cities.len() {
            return Err(Error::new(Code::InfluenceTooFewComparators).at_path("panel").with("found", 0_u64).with("needed", 1_u64));
        }
        let before = times.iter().filter(|t| **t < from).count();
        if before == 0 || before == times.len() {
            return Err(Error::new(Code::InfluenceTooFewPeriods).at_path("from").expecting("figures before it, and at it or later"));
        }
        let values: Vec<Vec<f64>> = rows.into_iter().map(|r| r.into_iter().map(|(_, v)| v).collect()).collect();
        let size = values.iter().flatten().copied().map(num::abs).fold(0.0, f64::max);
        let treated = cities.iter().map(|c| listed.contains(c)).collect();
        Ok(Panel { times, cities, values, treated, before, size })
    }

    pub(super) fn number_treated(&self) -> usize {
        self.treated.iter().filter(|t| **t).count()
    }
}

pub(super) fn mean(values: &[f64]) -> f64 {
    num::sum(values) / count(values.len())
}

/// Which part a number of the cities, chosen any way, could have shown.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Permutation {
    /// Share of all choices of as many cities whose difference is at least as large, without its sign.
    pub p: f64,
    /// How many choices there are.
    pub assignments: u64,
    /// The smallest p that there can be with so many.
    pub smallest_p: f64,
}

/// Number of choices of k among n, up to a limit.
fn choices(n: usize, k: usize, limit: u64) -> Option<u64> {
    let mut made: u128 = 1;
    for i in 0..k.min(n - k) {
        made = made * (n - i) as u128 / (i as u128 + 1);
        if made > u128::from(limit) {
            return None;
        }
    }
    u64::try_from(made).ok()
}

/// Every choice of as many cities as are treated, each compared with the rest.
pub(super) fn permutation(by_city: &[f64], treated: &[bool], limit: u64) -> Option<Permutation> {
    let (n, k) = (by_city.len(), treated.iter().filter(|t| **t).count());
    let assignments = choices(n, k, limit)?;
    let total = num::sum(by_city);
    let difference = |chosen: f64| chosen / count(k) - (total - chosen) / count(n - k);
    let own = difference(num::sum(&by_city.iter().zip(treated).filter(|(_, t)| **t).map(|(x, _)| *x).collect::<Vec<_>>()));
    let bound = num::abs(own) - crate::target::SLACK * num::abs(own).max(1.0);
    let mut as_large = 0_u64;
    walk(by_city, k, 0.0, &mut |sum| as_large += u64::from(num::abs(difference(sum)) >= bound));
    Some(Permutation { p: as_large as f64 / assignments as f64, assignments, smallest_p: 1.0 / assignments as f64 })
}

fn walk(rest: &[f64], k: usize, sum: f64, seen: &mut impl FnMut(f64)) {
    if k == 0 {
        return seen(sum);
    }
    for (at, x) in rest.iter().enumerate().take((rest.len() + 1).saturating_sub(k)) {
        walk(rest.get(at + 1..).unwrap_or_default(), k - 1, sum + x, seen);
    }
}

/// Adds a caution once.
pub(super) fn caution(list: &mut Vec<Caution>, caution: Caution, when: bool) {
    if when && !list.contains(&caution) {
        list.push(caution);
    }
}
