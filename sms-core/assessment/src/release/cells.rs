//! Figures of one indicator as cells in whole numbers, and which of them have to do with one another.

use super::axes::{Axes, Belief, Position, span};
use crate::catalogue::Catalogue;
use crate::disaggregation::GroupKey;
use crate::disclosure::{Cell, Equation};
use crate::estimate::ValueKind;
use crate::num;
use crate::period::Period;
use std::collections::{BTreeMap, BTreeSet};

/// Counts with decimals, as weighted ones are, are judged in thousandths.
const FINE: f64 = 1000.0;

/// The largest count that is handled exactly.
pub(super) const LARGEST: f64 = 1e12;

/// Where a figure of an indicator stands.
pub(super) type Where<'a> = (u32, Period, &'a GroupKey);

/// What of a figure sums over its parts: count and rest of a proportion, count and base of a rate, a count alone, the
/// base alone where the figure is an average.
pub(super) fn layers(kind: ValueKind, value: Option<f64>, numerator: Option<f64>, base: Option<f64>, multiplier: f64) -> Option<Vec<f64>> {
    let count = || numerator.or_else(|| value.filter(|_| multiplier > 0.0).zip(base).map(|(v, b)| v / multiplier * b));
    let made = match kind {
        ValueKind::Proportion => vec![count()?, base? - count()?],
        ValueKind::Rate | ValueKind::Ratio => vec![count()?, base?],
        ValueKind::Count => vec![numerator.or(value)?],
        _ => vec![base?],
    };
    made.iter().all(|x| num::abs(*x) <= LARGEST).then_some(made)
}

/// The names of the layers, for people.
pub(super) fn layer_names(kind: ValueKind) -> &'static [&'static str] {
    match kind {
        ValueKind::Proportion => &["numerator", "complement"],
        ValueKind::Rate | ValueKind::Ratio => &["numerator", "denominator"],
        ValueKind::Count => &["count"],
        _ => &["denominator"],
    }
}

/// In whole numbers of a scale.
pub(super) fn scaled(x: f64, scale: f64) -> i64 {
    // within range: layers are bounded
    num_round(x * scale)
}

fn num_round(x: f64) -> i64 {
    x.round_ties_even() as i64
}

/// 1 when all counts are whole, else thousandths.
pub(super) fn scale_of<'a>(layers: impl Iterator<Item = &'a Vec<f64>>) -> f64 {
    let whole = |x: &f64| num::abs(x - x.round_ties_even()) < 1e-9;
    if layers.flatten().all(whole) { 1.0 } else { FINE }
}

/// Figures that have to do with one another, by position: those of a city and its districts, in periods that share some time where figures sum over time.
pub(super) fn systems(figures: &[Where<'_>], parent: &impl Fn(u32) -> Option<u32>, sums_over_time: bool) -> Vec<Vec<usize>> {
    let places: BTreeSet<u32> = figures.iter().map(|f| f.0).collect();
    let root = |mut place: u32| {
        // as many steps as there are places, should they go round in a circle
        for _ in 0..places.len() {
            match parent(place) {
                Some(wider) => place = wider,
                None => break,
            }
        }
        place
    };
    let mut cities: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (i, f) in figures.iter().enumerate() {
        cities.entry(root(f.0)).or_default().push(i);
    }
    let mut made = Vec::new();
    for members in cities.into_values() {
        let mut by_period: BTreeMap<Period, Vec<usize>> = BTreeMap::new();
        for i in members {
            if let Some(f) = figures.get(i) {
                by_period.entry(f.1).or_default().push(i);
            }
        }
        // where a fiscal year stands between months or quarters nobody knows
        let apart = by_period.keys().any(|p| p.months() % 12 != 0);
        let mut order: Vec<(bool, (i64, i64), Vec<usize>)> = by_period.into_iter().map(|(p, m)| (apart && p.is_fiscal(), span(p), m)).collect();
        order.sort_by_key(|(fiscal, span, _)| (*fiscal, *span));
        let mut run: Option<(bool, i64, Vec<usize>)> = None;
        for (fiscal, (from, to), members) in order {
            match &mut run {
                Some((kind, end, so_far)) if sums_over_time && *kind == fiscal && from < *end => {
                    *end = (*end).max(to);
                    so_far.extend(members);
                }
                _ => made.extend(run.replace((fiscal, to, members)).map(|r| r.2)),
            }
        }
        made.extend(run.map(|r| r.2));
    }
    made.iter_mut().for_each(|m| m.sort_unstable());
    made
}

/// Figures by the cells that they are. Codes that mean the same are one cell.
pub(super) struct Cells {
    pub(super) axes: Axes,
    pub(super) positions: Vec<Position>,
    /// The figures of each.
    pub(super) figures: Vec<Vec<usize>>,
}

impl Cells {
    pub(super) fn of(
        catalogue: &Catalogue,
        figures: &[Where<'_>],
        parent: &impl Fn(u32) -> Option<u32>,
        belief: Belief,
        disbelieved: &BTreeSet<usize>,
    ) -> Cells {
        let axes = Axes::of(catalogue, figures.iter().copied(), parent, belief, disbelieved);
        let mut at: BTreeMap<Position, Vec<usize>> = BTreeMap::new();
        for (i, &(place, period, group)) in figures.iter().enumerate() {
            if let Some(position) = axes.position(place, period, group) {
                at.entry(position).or_default().push(i);
            }
        }
        let (positions, figures) = at.into_iter().unzip();
        Cells { axes, positions, figures }
    }
}

/// Works out what follows from one equation after the other; `None` when they contradict one another.
pub(super) fn settle(table: &mut [Cell], equations: &[Equation]) -> Option<()> {
    let mut of: Vec<Vec<usize>> = vec![Vec::new(); table.len()];
    for (e, equation) in equations.iter().enumerate() {
        for &cell in equation.parts.iter().chain([&equation.total]) {
            of.get_mut(cell)?.push(e);
        }
    }
    let mut queue: Vec<usize> = (0..equations.len()).collect();
    while let Some(e) = queue.pop() {
        let equation = equations.get(e)?;
        let members = || equation.parts.iter().map(|&p| (p, 1)).chain([(equation.total, -1)]);
        let (mut left, mut open, mut parts_only) = (0_i64, Vec::new(), true);
        for (cell, sign) in members() {
            let c = table.get(cell)?;
            match c.value {
                Some(value) => left += sign * value,
                None => {
                    parts_only &= sign == 1 && c.lower == 0;
                    open.push((cell, sign));
                }
            }
        }
        let told: Vec<(usize, i64)> = match open.as_slice() {
            [] if left == 0 => continue,
            [] => return None,
            [(cell, sign)] => vec![(*cell, -left * sign)],
            // nobody is left for any of them
            _ if parts_only && left == 0 => open.iter().map(|(cell, _)| (*cell, 0)).collect(),
            _ if parts_only && left > 0 => return None,
            _ => continue,
        };
        for (cell, value) in told {
            let c = table.get_mut(cell)?;
            if value < c.lower || c.upper.is_some_and(|u| value > u) {
                return None;
            }
            (c.value, c.suppressed) = (Some(value), false);
            queue.extend(of.get(cell)?.iter().copied().filter(|&other| other != e));
        }
    }
    Some(())
}
