//! Complementary suppression over all cells of one indicator and period at once: groups, crossings, nested groups and
//! districts are one table of linked equations, for the count and for what is left of the denominator alike.

use super::family::{Families, Lattice, families};
use crate::disclosure::{Cell, Equation, Knowledge, Limits, Table, protect};
use crate::estimate::ValueKind;
use crate::num;

/// Limits of the search in a release, where there are many tables: each is small.
const LIMITS: Limits = Limits { nodes: 200, pivots: 20_000, tableau: 100_000 };

/// The most cells of one table, counts and complements counted apart.
const MOST_CELLS: usize = 20_000;

/// Counts with decimals, as weighted ones are, are judged in thousandths.
const FINE: f64 = 1000.0;

/// The largest count that is handled exactly.
const LARGEST: f64 = 1e12;

/// How a figure appears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// The reader sees it, and it can be withheld.
    Shown,
    /// The reader sees it, or has seen it, and nothing can be done about that.
    Public,
    /// Withheld here, or by its source.
    Hidden,
    /// The reader sees nothing, for another reason.
    Absent,
}

/// One figure of one indicator and period.
#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) place: u32,
    pub(crate) group: u32,
    pub(crate) state: State,
    /// What sums: see [`layers`].
    pub(crate) layers: Option<Vec<f64>>,
    /// Information lost when it is withheld.
    pub(crate) size: f64,
}

/// What of a figure sums over its parts: count and rest of a proportion, count and base of a rate, a count alone, the
/// base alone where the figure is an average.
pub(crate) fn layers(kind: ValueKind, value: Option<f64>, numerator: Option<f64>, base: Option<f64>, multiplier: f64) -> Option<Vec<f64>> {
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
pub(crate) fn layer_names(kind: ValueKind) -> &'static [&'static str] {
    match kind {
        ValueKind::Proportion => &["numerator", "complement"],
        ValueKind::Rate | ValueKind::Ratio => &["numerator", "denominator"],
        ValueKind::Count => &["count"],
        _ => &["denominator"],
    }
}

/// What became of a table.
pub(crate) enum Outcome {
    /// Positions of further figures that must be withheld.
    Protected(Vec<usize>),
    /// The counts do not allow it, or it is not proven that all are protected: blunter rules must do. Figures to
    /// withhold anyway.
    NotEnough(Vec<usize>),
}

/// In whole numbers of a scale.
pub(crate) fn scaled(x: f64, scale: f64) -> i64 {
    // within range: layers are bounded
    num_round(x * scale)
}

fn num_round(x: f64) -> i64 {
    x.round_ties_even() as i64
}

/// 1 when all counts are whole, else thousandths.
pub(crate) fn scale_of<'a>(layers: impl Iterator<Item = &'a Vec<f64>>) -> f64 {
    let whole = |x: &f64| num::abs(x - x.round_ties_even()) < 1e-9;
    if layers.flatten().all(whole) { 1.0 } else { FINE }
}

/// Chooses the further figures that must be withheld. Entries are sorted by place and group, each once.
pub(crate) fn protect_linked(lattice: &Lattice<'_>, entries: &[Entry], threshold: u32, parent: impl Fn(u32) -> Option<u32>) -> Outcome {
    let given: Vec<(u32, u32)> = entries.iter().map(|e| (e.place, e.group)).collect();
    let Families { keys, families, overlapping } = families(lattice, &given, parent);
    let hidden = |i: &usize| entries.get(*i).is_some_and(|e| e.state == State::Hidden);
    // groups that overlap: the difference of two wider ones gives a narrower one
    if overlapping.iter().any(|members| members.iter().any(hidden)) {
        return Outcome::NotEnough(Vec::new());
    }
    let shows_counts = |e: &Entry| e.layers.is_some() || !matches!(e.state, State::Shown | State::Public);
    let depth = entries.iter().filter_map(|e| e.layers.as_ref()).map(Vec::len).max().unwrap_or(0);
    let same_depth = entries.iter().filter_map(|e| e.layers.as_ref()).all(|l| l.len() == depth);
    if depth == 0 || !same_depth || !entries.iter().all(shows_counts) || keys.len().saturating_mul(depth) > MOST_CELLS {
        let any = entries.iter().any(|e| e.state == State::Hidden);
        return if any { Outcome::NotEnough(Vec::new()) } else { Outcome::Protected(Vec::new()) };
    }
    let scale = scale_of(entries.iter().filter_map(|e| e.layers.as_ref()));
    let k = scaled(f64::from(threshold), scale);
    let mut values: Vec<Option<Vec<i64>>> = entries.iter().map(|e| e.layers.as_ref().map(|l| l.iter().map(|&x| scaled(x, scale)).collect())).collect();
    values.resize(keys.len(), None);
    let is_margin = |i: usize| i >= entries.len();
    let sum = |parts: &[usize], values: &[Option<Vec<i64>>], layer: usize| -> i64 {
        parts.iter().filter_map(|&p| values.get(p)?.as_ref()?.get(layer).copied()).sum()
    };
    let known = |i: usize, values: &[Option<Vec<i64>>]| values.get(i).is_some_and(Option::is_some);
    // margins that nobody publishes, and totals that their source withholds without a count: the sum of their parts
    for family in &families {
        let unknown_total = is_margin(family.total) || (hidden(&family.total) && !known(family.total, &values));
        if unknown_total && family.parts.iter().all(|&p| known(p, &values)) {
            let sums: Vec<i64> = (0..depth).map(|l| sum(&family.parts, &values, l)).collect();
            if let Some(v) = values.get_mut(family.total)
                && v.as_ref().is_none_or(|old| *old < sums)
            {
                *v = Some(sums);
            }
        }
    }
    let mut cells: Vec<Cell> = Vec::new();
    let mut equations: Vec<Equation> = Vec::new();
    let mut at: Vec<Option<usize>> = Vec::with_capacity(keys.len());
    let bundle = |i: usize| u32::try_from(i).ok();
    let cell_of = |i: usize, value: i64, layer: usize| {
        let entry = entries.get(i);
        let suppressed = entry.is_none_or(|e| e.state == State::Hidden);
        let cost = entry.filter(|_| layer == 0).map_or(0, |e| scaled(e.size.clamp(1.0, LARGEST), 1.0).unsigned_abs());
        // a count below 0, as of rates with more events than persons, is bounded by nothing
        Cell {
            value: Some(value),
            suppressed,
            fixed: entry.is_none_or(|e| e.state != State::Shown),
            cost: Some(cost),
            bundle: bundle(i),
            width: entry.is_none().then_some(0),
            lower: value.min(0),
            ..Cell::default()
        }
    };
    for (i, value) in values.iter().enumerate() {
        at.push(value.as_ref().map(|_| cells.len()));
        for (layer, &v) in value.iter().flatten().enumerate() {
            cells.push(cell_of(i, v, layer));
        }
    }
    let mut next_bundle = keys.len();
    let position = |i: usize, layer: usize| at.get(i).copied().flatten().map(|p| p + layer);
    for family in &families {
        if !known(family.total, &values) {
            continue;
        }
        let value = |i: usize, layer: usize| values.get(i).and_then(|v| v.as_ref()).and_then(|v| v.get(layer)).copied();
        let (counted, uncounted): (Vec<usize>, Vec<usize>) = family.parts.iter().partition(|&&p| known(p, &values));
        let rest: Vec<i64> = (0..depth).map(|l| value(family.total, l).unwrap_or(0) - sum(&counted, &values, l)).collect();
        // a margin that differs from the sum says that the groups are not complete
        if is_margin(family.total) && rest.iter().any(|&r| r != 0) {
            continue;
        }
        // a margin that nobody publishes is the sum of what the file holds of it: where that leaves a rest, the file does
        // not hold the whole margin, and the rest belongs to nobody in particular
        if rest.iter().any(|&r| r != 0) && counted.iter().any(|&p| is_margin(p)) {
            continue;
        }
        let nobody_twice = rest.iter().all(|&r| r >= 0);
        let someone = nobody_twice && rest.iter().any(|&r| r > 0);
        let small = someone && (rest.iter().any(|&r| r > 0 && r < k) || (depth > 1 && rest.iter().sum::<i64>() < k));
        let withheld_by_source = uncounted.iter().any(hidden);
        let unknown = !uncounted.is_empty() && nobody_twice;
        for layer in 0..depth {
            let Some(total) = position(family.total, layer) else { continue };
            let mut parts: Vec<usize> = counted.iter().filter_map(|&p| position(p, layer)).collect();
            let left = rest.get(layer).copied().unwrap_or(0);
            let mut constant = left;
            if unknown {
                constant = 0;
                parts.push(cells.len());
                let width = (!(small || withheld_by_source)).then_some(0);
                cells.push(Cell { value: Some(left), suppressed: true, fixed: true, cost: Some(0), bundle: bundle(next_bundle), width, ..Cell::default() });
            }
            equations.push(Equation { total, parts, constant });
        }
        next_bundle += 1;
        // what the file does not hold: few people who are in no part must not follow. The parts are protected without
        // it, and it is protected by a table of its own.
        if small && !unknown {
            for layer in 0..depth {
                let mut copy = |i: usize| {
                    cells.push(Cell { width: Some(0), cost: Some(0), ..cell_of(i, value(i, layer).unwrap_or(0), 1) });
                    cells.len() - 1
                };
                let total = copy(family.total);
                let mut parts: Vec<usize> = counted.iter().map(|&p| copy(p)).collect();
                parts.push(cells.len());
                let left = rest.get(layer).copied().unwrap_or(0);
                cells.push(Cell { value: Some(left), suppressed: true, fixed: true, cost: Some(0), bundle: bundle(next_bundle), ..Cell::default() });
                equations.push(Equation { total, parts, constant: 0 });
            }
            next_bundle += 1;
        }
    }
    if !cells.iter().any(|c| c.suppressed && c.width != Some(0)) {
        return Outcome::Protected(Vec::new());
    }
    let knowledge = Knowledge { width: k.unsigned_abs(), rule: None };
    let Ok(made) = Table::new(cells, equations).and_then(|table| protect(&table, &knowledge, &LIMITS)) else { return Outcome::NotEnough(Vec::new()) };
    let further = (0..entries.len())
        .filter(|&i| entries.get(i).is_some_and(|e| e.state == State::Shown))
        .filter(|&i| position(i, 0).is_some_and(|p| made.suppressed.get(p) == Some(&true)))
        .collect();
    // what is public may expose a figure whatever else is withheld; anything else that stays exposed is for the blunter rules
    let published_before = entries.iter().any(|e| e.state == State::Public);
    if made.undecided || (!made.exposed.is_empty() && !published_before) { Outcome::NotEnough(further) } else { Outcome::Protected(further) }
}
