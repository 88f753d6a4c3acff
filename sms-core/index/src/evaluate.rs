//! One pass a step: the rule of a step over all rows.

use super::formula::Expr;
use super::rule::{Across, Rule, Weighed};
use super::step::{Beyond, Ends, First, How, Missing, Path, Statistic, TiedRank, Ties};
use super::values::{Cell, Column, Context, Texts, Why};
use sms_base::num;
use sms_model::indicator::Polarity;
use sms_model::target::SLACK;
use sms_statistics::progress::cagr;
use sms_statistics::score::{Cap, Goalposts, Rule as ScoringRule, Scale};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The column of a step, and the rows in which a zero decided a mean.
pub(super) struct Made {
    pub(super) column: Column,
    pub(super) zeros: Vec<usize>,
}

pub(super) fn run(rule: &Rule, on: &Context, rows: usize) -> Made {
    let numbers = |f: &dyn Fn(usize) -> Cell| Column::Numbers((0..rows).map(f).collect());
    let mut zeros = Vec::new();
    let column = match rule {
        Rule::Formula(of) => numbers(&|row| on.number(of, row)),
        Rule::Goalposts { of, worst, best, scale, cap, scores } => {
            numbers(&|row| goalposts(on, on.number(of, row)?, [on.number(worst, row)?, on.number(best, row)?], *scale, *cap, *scores))
        }
        Rule::Score { of, rule, polarity, scores } => numbers(&|row| score(on, on.number(of, row)?, rule, *polarity, *scores)),
        Rule::Aggregate { how, power, items, missing, minimum_coverage, minimum_count } => {
            let limits = Limits { skips: *missing == Missing::Skip, coverage: *minimum_coverage, count: *minimum_count };
            let mut present: Vec<(f64, f64)> = Vec::with_capacity(items.len());
            let mut cells = Vec::with_capacity(rows);
            for row in 0..rows {
                let mut zero = false;
                cells.push(collect(on, items, row, *how, limits, &mut present).and_then(|()| aggregate(on, *how, *power, &mut present, &mut zero)));
                if zero {
                    zeros.push(row);
                }
            }
            Column::Numbers(cells)
        }
        Rule::Choose(branches) => numbers(&|row| {
            let then = branch(on, branches, row)?;
            on.number(then, row)
        }),
        Rule::Status { branches, words } => {
            Column::Texts(Texts { words: words.clone(), cells: (0..rows).map(|row| branch(on, branches, row).copied()).collect() })
        }
        Rule::Bands { of, at, ends, words } => {
            let band = |x: f64| at.iter().position(|c| if *ends == Ends::AtLeast { x >= c - SLACK } else { x <= c + SLACK }).unwrap_or(at.len());
            let cells = (0..rows).map(|row| on.number(of, row).map(|x| u32::try_from(band(x)).unwrap_or(u32::MAX))).collect();
            Column::Texts(Texts { words: words.clone(), cells })
        }
        Rule::Interpolate { of, points, beyond } => numbers(&|row| interpolate(on, of, points, *beyond, row)),
        Rule::Growth { from, to, years, path } => numbers(&|row| growth(on, on.number(from, row)?, on.number(to, row)?, on.number(years, row)?, *path)),
        Rule::Round { of, decimals, ties } => numbers(&|row| on.finite(rounded(on.number(of, row)?, *decimals, *ties))),
        Rule::Lookup { of, values } => lookup(on, *of, values, rows),
        Rule::Across(a) => across(on, a, rows),
    };
    Made { column, zeros }
}

fn goalposts(on: &Context, x: f64, [worst, best]: [f64; 2], scale: Scale, cap: Cap, [lowest, highest]: [f64; 2]) -> Cell {
    let share = Goalposts::new(worst, best).and_then(|goalposts| goalposts.share(x, scale, cap)).map_err(|_| on.absent(Why::Undefined))?;
    on.finite(lowest + (highest - lowest) * share)
}

fn score(on: &Context, x: f64, rule: &ScoringRule, polarity: Polarity, [lowest, highest]: [f64; 2]) -> Cell {
    let score = rule.normalisation().score(x, polarity).map_err(|_| on.absent(Why::Undefined))?.score;
    on.finite(lowest + (highest - lowest) * (score / 100.0))
}

#[derive(Clone, Copy)]
struct Limits {
    skips: bool,
    coverage: f64,
    count: usize,
}

/// The values and weights that are present, when there are enough of them.
fn collect(on: &Context, items: &[Weighed], row: usize, how: How, limits: Limits, present: &mut Vec<(f64, f64)>) -> Result<(), super::values::Absent> {
    present.clear();
    let (mut all, mut there, mut first) = (0.0, 0.0, None);
    for item in items {
        let weight = on.number(&item.weight, row)?;
        if weight < 0.0 {
            return Err(on.absent(Why::Undefined));
        }
        all += weight;
        match on.number(&item.of, row) {
            Ok(x) => {
                there += weight;
                present.push((x, weight));
            }
            Err(absent) if first.is_none() => first = Some(absent),
            Err(_) => {}
        }
    }
    if how == How::Count {
        return Ok(());
    }
    match first {
        Some(absent) if !limits.skips || present.is_empty() => Err(absent),
        Some(_) if present.len() < limits.count || there < (limits.coverage - SLACK) * all => Err(on.absent(Why::InsufficientCoverage)),
        _ => Ok(()),
    }
}

fn aggregate(on: &Context, how: How, power: f64, present: &mut [(f64, f64)], zero: &mut bool) -> Cell {
    let undefined = Err(on.absent(Why::Undefined));
    let weight: f64 = present.iter().map(|(_, w)| w).sum();
    let mean_kind = matches!(how, How::Arithmetic | How::Geometric | How::Harmonic | How::Power | How::Sd);
    if mean_kind && weight <= 0.0 {
        return undefined;
    }
    let power = match how {
        How::Arithmetic => 1.0,
        How::Geometric => 0.0,
        How::Harmonic => -1.0,
        _ => power,
    };
    let low = present.iter().fold(f64::INFINITY, |m, (x, _)| m.min(*x));
    let high = present.iter().fold(f64::NEG_INFINITY, |m, (x, _)| m.max(*x));
    let mean = |f: &dyn Fn(f64) -> f64| present.iter().map(|(x, w)| w * f(*x)).sum::<f64>() / weight;
    let result = match how {
        How::Sum => present.iter().map(|(x, w)| w * x).sum(),
        How::Count => present.len() as f64,
        How::Min => low,
        How::Max => high,
        How::Median => {
            present.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
            quantile_of(present.iter().map(|(x, _)| *x), present.len(), 0.5)
        }
        How::Sd => {
            let centre = mean(&|x| x);
            num::sqrt(mean(&|x| (x - centre) * (x - centre)))
        }
        How::Arithmetic => mean(&|x| x).clamp(low, high),
        How::Geometric | How::Harmonic | How::Power => {
            // values of weight zero do not count
            let counted = || present.iter().filter(|(_, w)| *w > 0.0);
            if power != 1.0 && counted().any(|(x, _)| *x < 0.0) {
                return undefined;
            }
            if power <= 0.0 && counted().any(|(x, _)| *x == 0.0) {
                *zero = true;
                return Ok(0.0);
            }
            let over = |f: &dyn Fn(f64) -> f64| counted().map(|(x, w)| w * f(*x)).sum::<f64>() / weight;
            let made = if power == 0.0 {
                num::exp(over(&num::ln))
            } else if power == -1.0 {
                1.0 / over(&|x| 1.0 / x)
            } else {
                num::pow(over(&|x| num::pow(x, power)), 1.0 / power)
            };
            // rounding may lead a hair beyond the range of the values
            if made.is_finite() { made.clamp(low, high) } else { made }
        }
    };
    on.finite(result)
}

fn branch<'b, T>(on: &Context, branches: &'b [(Option<Expr>, T)], row: usize) -> Result<&'b T, super::values::Absent> {
    for (condition, then) in branches {
        match condition {
            None => return Ok(then),
            Some(condition) if on.truth(condition, row)? => return Ok(then),
            Some(_) => {}
        }
    }
    Err(on.absent(Why::NoBranch))
}

fn interpolate(on: &Context, of: &Expr, points: &[(Expr, Expr)], beyond: Beyond, row: usize) -> Cell {
    let x = on.number(of, row)?;
    let mut before: Option<(f64, f64)> = None;
    let mut found: Option<f64> = None;
    for (i, (px, py)) in points.iter().enumerate() {
        let (x1, y1) = (on.number(px, row)?, on.number(py, row)?);
        if let Some((x0, y0)) = before {
            if x0 >= x1 {
                return Err(on.absent(Why::Undefined));
            }
            let line = || y0 + (y1 - y0) * (x - x0) / (x1 - x0);
            let last = i + 1 == points.len();
            if found.is_none() && (x < x1 || last) {
                let outside = (i == 1 && x < x0) || (last && x > x1);
                found = Some(match beyond {
                    Beyond::Hold if outside => {
                        if x < x0 {
                            y0
                        } else {
                            y1
                        }
                    }
                    _ if x == x1 => y1,
                    _ => line(),
                });
            }
        }
        before = Some((x1, y1));
    }
    found.map_or(Err(on.absent(Why::Undefined)), |y| on.finite(y))
}

fn growth(on: &Context, from: f64, to: f64, years: f64, path: Path) -> Cell {
    match path {
        _ if years <= 0.0 => Err(on.absent(Why::Undefined)),
        Path::Compound => cagr(from, to, years).ok().flatten().ok_or_else(|| on.absent(Why::Undefined)),
        Path::Linear => on.finite((to - from) / years),
    }
}

/// A number with so many decimals, rounded on its exact binary value.
fn rounded(x: f64, decimals: u8, ties: Ties) -> f64 {
    // x lies in the middle of two numbers with d decimals exactly where x·2^(d+1) is an odd whole number
    let scaled = num::abs(x) * num::pow(2.0, f64::from(decimals) + 1.0);
    let middle = scaled < 9e15 && scaled.fract() == 0.0 && scaled % 2.0 == 1.0;
    // the next number away from zero is beyond the middle, and has no other number with d decimals between
    let moved = match ties {
        Ties::HalfUp if middle && x > 0.0 => x.next_up(),
        Ties::HalfUp if middle => x.next_down(),
        _ => x,
    };
    let text = format!("{moved:.*}", usize::from(decimals));
    text.parse::<f64>().unwrap_or(x) + 0.0
}

fn lookup(on: &Context, of: usize, values: &BTreeMap<String, f64>, rows: usize) -> Column {
    let Some(Column::Texts(texts)) = on.columns.get(of) else { return Column::Numbers(vec![Err(on.absent(Why::Missing)); rows]) };
    // each word is looked up once
    let found: Vec<Cell> = texts.words.iter().map(|w| values.get(&**w).copied().ok_or(on.absent(Why::UnknownCode))).collect();
    Column::Numbers(texts.cells.iter().map(|cell| cell.and_then(|at| found.get(at as usize).copied().unwrap_or(Err(on.absent(Why::UnknownCode))))).collect())
}

/// The number at a share of sorted values, linear between neighbours (Hyndman & Fan 1996, type 7).
fn quantile_of(sorted: impl Iterator<Item = f64> + Clone, count: usize, share: f64) -> f64 {
    let place = share * (count.saturating_sub(1)) as f64;
    let whole = place.floor();
    let mut from = sorted.skip(whole as usize);
    let low = from.next().unwrap_or(f64::NAN);
    let high = from.next().unwrap_or(low);
    low + (high - low) * (place - whole)
}

/// The units that count together, each with its row, value and weight.
type Members = Vec<(usize, f64, f64)>;

fn across(on: &Context, a: &Across, rows: usize) -> Column {
    let mut groups: BTreeMap<&str, Members> = BTreeMap::new();
    // what a unit is told: of which group, or why of none
    let mut group_of: Vec<Result<&str, super::values::Absent>> = Vec::with_capacity(rows);
    let mut own: Vec<Cell> = Vec::with_capacity(rows);
    for row in 0..rows {
        let group = match a.by {
            Some(by) => on.word(by, row),
            None => Ok(""),
        };
        group_of.push(group);
        let counts = match &a.only {
            Some(only) => on.truth(only, row),
            None => Ok(true),
        };
        let value = match counts {
            Ok(true) => on.number(&a.of, row),
            Ok(false) => Err(on.absent(Why::NotApplicable)),
            Err(absent) => Err(absent),
        };
        let weight = match &a.weight {
            Some(weight) => on.number(weight, row).and_then(|w| if w < 0.0 { Err(on.absent(Why::Undefined)) } else { Ok(w) }),
            None => Ok(1.0),
        };
        let value = value.and_then(|x| weight.map(|w| (x, w)));
        own.push(value.map(|(x, _)| x));
        if let (Ok(group), Ok((x, w))) = (group, value) {
            groups.entry(group).or_default().push((row, x, w));
        }
    }
    if matches!(a.statistic, Statistic::Rank | Statistic::PercentileRank) {
        let mut cells: Vec<Cell> = own;
        for (row, group) in group_of.iter().enumerate() {
            if let (Err(absent), Some(cell)) = (group, cells.get_mut(row)) {
                *cell = Err(*absent);
            }
        }
        for members in groups.values_mut() {
            rank(a, members, &mut cells);
        }
        return Column::Numbers(cells);
    }
    let made: BTreeMap<&str, Cell> = groups.iter().map(|(group, members)| (*group, statistic(on, a, members))).collect();
    let none = if matches!(a.statistic, Statistic::Count | Statistic::Sum) { Ok(0.0) } else { Err(on.absent(Why::Missing)) };
    Column::Numbers(group_of.into_iter().map(|group| group.and_then(|g| made.get(g).copied().unwrap_or(none))).collect())
}

fn statistic(on: &Context, a: &Across, members: &Members) -> Cell {
    let values: Vec<f64> = members.iter().map(|(_, x, _)| *x).collect();
    let weights: Vec<f64> = members.iter().map(|(_, _, w)| *w).collect();
    // sums do not depend on the order of the rows
    let total = num::sum(&weights);
    let weighted = |f: &dyn Fn(f64) -> f64| num::sum(&members.iter().map(|(_, x, w)| w * f(*x)).collect::<Vec<_>>());
    let n = values.len() as f64;
    on.finite(match a.statistic {
        Statistic::Mean => weighted(&|x| x) / total,
        Statistic::Sum => weighted(&|x| x),
        Statistic::Count => total,
        Statistic::Min => values.iter().copied().fold(f64::INFINITY, f64::min),
        Statistic::Max => values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        Statistic::Quantile => {
            let mut sorted = values;
            sorted.sort_unstable_by(f64::total_cmp);
            quantile_of(sorted.iter().copied(), sorted.len(), a.share)
        }
        Statistic::Sd => {
            let mean = weighted(&|x| x) / total;
            num::sqrt(weighted(&|x| (x - mean) * (x - mean)) / total)
        }
        Statistic::SdSample => {
            let mean = num::sum(&values) / n;
            num::sqrt(num::sum(&values.iter().map(|x| (x - mean) * (x - mean)).collect::<Vec<_>>()) / (n - 1.0))
        }
        Statistic::Rank | Statistic::PercentileRank => return Err(on.absent(Why::Undefined)),
    })
}

fn rank(a: &Across, members: &mut Members, cells: &mut [Cell]) {
    members.sort_unstable_by(|p, q| match a.first {
        First::Highest if a.statistic == Statistic::Rank => q.1.total_cmp(&p.1),
        _ => p.1.total_cmp(&q.1),
    });
    let n = members.len() as f64;
    let (mut before, mut distinct) = (0_usize, 0_usize);
    for tied in members.chunk_by(|p, q| p.1 == q.1) {
        distinct += 1;
        let (first, last) = ((before + 1) as f64, (before + tied.len()) as f64);
        let place = match (a.statistic, a.ties) {
            (Statistic::PercentileRank, _) => 100.0 * (before as f64 + 0.5 * tied.len() as f64) / n,
            (_, TiedRank::Best) => first,
            (_, TiedRank::Worst) => last,
            (_, TiedRank::Average) => (first + last) / 2.0,
            (_, TiedRank::Dense) => distinct as f64,
        };
        for (row, _, _) in tied {
            if let Some(cell) = cells.get_mut(*row) {
                *cell = Ok(place);
            }
        }
        before += tied.len();
    }
}

/// A text column from words in the order of their first occurrence.
pub(super) fn texts<'t>(cells: impl Iterator<Item = Result<&'t str, super::values::Absent>>) -> Texts {
    let mut made = Texts::default();
    let mut places: BTreeMap<&str, u32> = BTreeMap::new();
    for cell in cells {
        made.cells.push(cell.map(|word| {
            let next = u32::try_from(places.len()).unwrap_or(u32::MAX);
            *places.entry(word).or_insert_with(|| {
                made.words.push(Arc::from(word));
                next
            })
        }));
    }
    made
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn rounding_is_to_the_nearest(x in -1e6..1e6f64, decimals in 0u8..6) {
            for ties in [Ties::HalfUp, Ties::HalfEven] {
                let r = rounded(x, decimals, ties);
                prop_assert!(num::abs(r - x) <= 0.5 / num::pow(10.0, f64::from(decimals)) * (1.0 + 1e-9) + 1e-9);
                prop_assert_eq!(rounded(r, decimals, ties), r);
            }
        }
    }
}
