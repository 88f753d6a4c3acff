//! Totals, means, shares, ratios and rates: the estimate and the linearised values of its sampling units.
//!
//! With exact sums N = Σw·numerator and D = Σw·denominator, a unit's linearised value is (N_i·D − N·D_i)/D². It is computed
//! exactly and rounded once, so that nothing is lost where values are large beside their spread, and a constant has exactly
//! no variance.

use super::calibrate::NOTHING;
use super::compile::{Compiled, Recipe, Square};
use super::contribution::Contribution;
use super::made::{Insides, Made, UnitGroup};
use super::names::Sums;
use super::state::{State, slot_class};
use super::variance::Frame;
use crate::diagnostic::Result;
use crate::num;
use crate::num::exact::{Divisor, Dyadic, ExactSum};
use std::ops::Range;

/// The slots of a state, cell after cell, those of a cell in the canonical order of their groups.
pub(super) struct Slots {
    /// Where the slots of each cell start, and behind the last cell the end.
    starts: Vec<usize>,
    /// The number that each slot has in the state.
    numbers: Vec<u32>,
    /// The place of each slot's group in the canonical order.
    groups: Vec<u32>,
}

/// A stable sort by small numbers: the order, and where each number starts in it.
fn sorted_by(key: impl Fn(u32) -> u32, items: &[u32], keys: usize) -> (Vec<u32>, Vec<usize>) {
    let mut starts = vec![0_usize; keys + 1];
    for &item in items {
        if let Some(n) = starts.get_mut(key(item) as usize + 1) {
            *n += 1;
        }
    }
    let mut sum = 0;
    for start in &mut starts {
        sum += *start;
        *start = sum;
    }
    let (mut next, mut order) = (starts.clone(), vec![0_u32; items.len()]);
    for &item in items {
        if let Some(place) = next.get_mut(key(item) as usize) {
            if let Some(slot) = order.get_mut(*place) {
                *slot = item;
            }
            *place += 1;
        }
    }
    (order, starts)
}

impl Slots {
    pub(super) fn new(state: &State, ranks: &[u32]) -> Self {
        let list = state.slots.list();
        let of = |slot: u32| list.get(slot as usize).copied().unwrap_or_default();
        let rank = |slot: u32| ranks.get(of(slot).0 as usize).copied().unwrap_or_default();
        let all: Vec<u32> = (0_u32..).take(list.len()).collect();
        let (by_group, _) = sorted_by(rank, &all, ranks.len());
        let (numbers, starts) = sorted_by(|slot| of(slot).1, &by_group, state.cells.len());
        let groups = numbers.iter().map(|&slot| rank(slot)).collect();
        Slots { starts, numbers, groups }
    }

    /// The places of a cell's slots.
    pub(super) fn places(&self, cell: u32) -> Range<usize> {
        let at = |i: usize| self.starts.get(i).copied().unwrap_or_default();
        at(cell as usize)..at(cell as usize + 1)
    }

    fn numbers(&self, cell: u32) -> &[u32] {
        self.numbers.get(self.places(cell)).unwrap_or_default()
    }

    /// The groups of a cell that have cases.
    pub(super) fn groups_with_cases<'a>(&'a self, cell: u32, has_cases: &'a [bool]) -> impl Iterator<Item = u32> + 'a {
        let (groups, cases) = (self.groups.get(self.places(cell)), has_cases.get(self.places(cell)));
        groups.unwrap_or_default().iter().zip(cases.unwrap_or_default()).filter(|&(_, &has)| has).map(|(&group, _)| group)
    }
}

/// Cases and sums with the full weight of each cell.
pub(super) struct Totals {
    counts: Vec<u64>,
    classes: usize,
    sums: Sums,
    /// Σwy², by cell.
    squares: Sums,
}

impl Totals {
    // in the order of the slots in memory: the state is large, and a walk cell by cell would wait for each of them
    pub(super) fn new(c: &Compiled, state: &State, frame: &Frame) -> Result<Self> {
        let classes = c.classes.len();
        let mut totals = Totals { counts: vec![0; state.cells.len() * classes], classes, sums: Sums::new(c.terms.len()), squares: Sums::new(c.squares.len()) };
        totals.sums.reach_all(state.cells.len());
        totals.squares.reach_all(state.cells.len());
        for (slot, &(group, cell)) in (0_u32..).zip(state.slots.list()) {
            for class in 0..classes {
                let own = state.counts.get(slot_class(slot, class, classes) as usize).copied().unwrap_or_default();
                if let Some(count) = totals.counts.get_mut(slot_class(cell, class, classes) as usize) {
                    *count += own;
                }
            }
            let own = state.sums.of(slot).iter().step_by(c.weight_sets.max(1));
            match frame.g(frame.rank(group), 0)? {
                None => totals.sums.of_mut(cell).iter_mut().zip(own).for_each(|(sum, own)| sum.merge(own)),
                Some(g) => {
                    totals.sums.of_mut(cell).iter_mut().zip(own).for_each(|(sum, own)| sum.add_dyadic(&own.dyadic().times(&g)));
                    totals.squares.of_mut(cell).iter_mut().zip(state.squares.of(slot)).for_each(|(sum, own)| sum.add_dyadic(&own.dyadic().times(&g)));
                }
            }
        }
        Ok(totals)
    }

    pub(super) fn count(&self, cell: u32, class: usize) -> u64 {
        self.counts.get(slot_class(cell, class, self.classes) as usize).copied().unwrap_or_default()
    }

    pub(super) fn sum(&self, cell: u32, term: usize) -> Dyadic {
        self.sums.of(cell).get(term).map(ExactSum::dyadic).unwrap_or_default()
    }
}

/// A state with its slots in order and the totals of its cells.
pub(super) struct Laid<'a> {
    pub state: &'a State,
    pub compiled: &'a Compiled,
    pub frame: &'a Frame,
    pub slots: Slots,
    pub totals: Totals,
}

/// What a cell says about a linear estimate.
#[derive(Clone, Debug, Default)]
pub(super) struct Linear {
    /// `None` where the denominator is zero.
    pub value: Option<f64>,
    pub replicates: Vec<Option<f64>>,
    /// The variance that a simple random sample of the same size would have.
    pub simple: Option<f64>,
}

/// What the slots of all cells add to a linear estimate, in the order of [`Slots`].
#[derive(Default)]
pub(super) struct Linearised {
    pub has_cases: Vec<bool>,
    totals: Vec<f64>,
    /// Σ (u − ū)², where the rows are sampling units.
    within: Vec<f64>,
    /// Σ d·u, in a calibration where the rows are sampling units.
    mixed: Vec<f64>,
}

impl Linearised {
    /// What the groups of a cell add, in the canonical order.
    pub(super) fn contributions(&self, slots: &Slots, frame: &Frame, cell: u32) -> Vec<Contribution> {
        let places = slots.places(cell);
        let made = places.filter(|&p| self.has_cases.get(p).copied().unwrap_or(false)).map(|p| {
            let rank = slots.groups.get(p).copied().unwrap_or(u32::MAX);
            let (stratum, primary) = frame.group(rank);
            Contribution {
                rank,
                mixed: self.mixed.get(p).copied().unwrap_or_default(),
                stratum,
                primary,
                total: self.totals.get(p).copied().unwrap_or_default(),
                within: self.within.get(p).copied(),
            }
        });
        made.collect()
    }
}

#[allow(clippy::cast_precision_loss, reason = "a count of rows")]
fn float(n: u64) -> f64 {
    n as f64
}

/// The exact numbers of a cell that its slots are set against.
struct Against {
    above: Dyadic,
    /// D, D² and D⁴.
    below: Option<(Dyadic, Divisor, Dyadic)>,
}

impl Laid<'_> {
    fn replicate(&self, cell: u32, term: usize, set: usize) -> Result<Dyadic> {
        let mut total = ExactSum::new();
        for &slot in self.slots.numbers(cell) {
            let Some(own) = self.state.sums.of(slot).get(term * self.compiled.weight_sets + set) else { continue };
            let group = self.state.slots.list().get(slot as usize).map_or(u32::MAX, |s| s.0);
            match self.frame.g(self.frame.rank(group), set)? {
                None => total.merge(own),
                Some(g) => total.add_dyadic(&own.dyadic().times(&g)),
            }
        }
        Ok(total.dyadic())
    }

    /// The estimate of a cell.
    pub(super) fn linear(&self, cell: u32, recipe: &Recipe) -> Result<Linear> {
        let Recipe::Linear { class, numerator, denominator, weights, multiplier, square } = *recipe else { return Ok(Linear::default()) };
        let value = |above: &Dyadic, below: Option<&Dyadic>| -> Result<Option<f64>> {
            Ok(match below {
                None => Some(above.value()?),
                Some(d) if d.is_zero() => None,
                Some(d) => Some(crate::num::finite(above.over(d)? * multiplier)?),
            })
        };
        let (above, below) = (self.totals.sum(cell, numerator), denominator.map(|d| self.totals.sum(cell, d)));
        let mut made = Linear { value: value(&above, below.as_ref())?, ..Linear::default() };
        if made.value.is_none() {
            return Ok(made);
        }
        for set in 1..self.compiled.weight_sets {
            let below = denominator.map(|d| self.replicate(cell, d, set)).transpose()?;
            let found = value(&self.replicate(cell, numerator, set)?, below.as_ref())?;
            // each set of weights is calibrated up to rounding
            let same = |x: f64| self.compiled.calibrated && made.value.is_some_and(|v| num::abs(x - v) <= NOTHING * num::abs(v));
            made.replicates.push(found.map(|x| if same(x) { made.value.unwrap_or(x) } else { x }));
        }
        // the variance of a simple random sample: s²·(1 − n/N̂)/n, s² = n/(n − 1)·Σw(y − ȳ)²/Σw
        let n = self.totals.count(cell, class);
        let weight = self.totals.sum(cell, weights);
        let square = match square {
            Square::None => None,
            Square::Indicator => Some(above.clone()),
            Square::Sum(at) if self.compiled.calibrated => self.totals.squares.of(cell).get(at).map(ExactSum::dyadic),
            Square::Sum(at) => self.state.squares.of(cell).get(at).map(ExactSum::dyadic),
        };
        if let (Some(square), false) = (square, weight.is_zero()) {
            let around = square.times(&weight).minus(&above.times(&above));
            let drawn = weight.minus(&Dyadic::from_u64(n));
            let spread = around.over(&weight.times(&weight))?;
            if n > 1 && spread > 0.0 && !drawn.is_negative() && !drawn.is_zero() {
                let n = float(n);
                let mean = n / (n - 1.0) * spread * drawn.over(&weight)? / n;
                let size = weight.value()?;
                made.simple = Some(if denominator.is_some() { mean } else { mean * size * size });
            }
        }
        Ok(made)
    }

    /// Of a share: the weighted total in the category and the one outside it, each with what its sampling units add.
    pub(super) fn inside_and_out(&self, cell: u32, recipe: &Recipe, insides: &Insides<'_>) -> Result<Vec<(Made, f64)>> {
        let Recipe::Linear { class, numerator, denominator: Some(below), weights, .. } = *recipe else { return Ok(Vec::new()) };
        let c = self.compiled;
        let mut both = Vec::with_capacity(2);
        for outside in [false, true] {
            let of = |all: Dyadic, inside: Dyadic| if outside { all.minus(&inside) } else { inside };
            let total = of(self.totals.sum(cell, below), self.totals.sum(cell, numerator)).value()?;
            let mut made = Made::default();
            for set in 1..c.weight_sets {
                made.replicates.push(Some(of(self.replicate(cell, below, set)?, self.replicate(cell, numerator, set)?).value()?));
            }
            for (place, &slot) in self.slots.places(cell).zip(self.slots.numbers(cell)) {
                let cases = self.state.counts.get(slot_class(slot, class, c.classes.len()) as usize).copied().unwrap_or_default();
                if cases == 0 || c.weight_sets > 1 {
                    continue;
                }
                let rank = self.slots.groups.get(place).copied().unwrap_or(u32::MAX);
                let sums = self.state.sums.of(slot);
                let sum = |term: usize| sums.get(term).map(ExactSum::dyadic).unwrap_or_default();
                let own = of(sum(below), sum(numerator));
                let rows = insides.frame.rows_drawn(rank).max(1);
                let mut mixed = 0.0;
                let within = if c.rows_are_units {
                    let pair = |a: usize, b: usize| {
                        let at = c.pairs.iter().position(|p| *p == (a.min(b), a.max(b)));
                        at.map(|at| sum(c.terms.len() + at)).unwrap_or_default()
                    };
                    if c.calibrated {
                        mixed = of(pair(below, weights), pair(numerator, weights)).value()?;
                    }
                    // of zeros and ones y² = y and (1 − y)² = 1 − y
                    let squares = of(pair(below, below), pair(numerator, numerator));
                    let (with, by) = match insides.frame.squares(rank) {
                        Some(square) => (of(pair(below, weights), pair(numerator, weights)), square),
                        None => (own.clone(), Dyadic::from_u64(rows)),
                    };
                    Some(squares.times(&by).minus(&with.times(&with)).over(&by)?)
                } else {
                    None
                };
                let (stratum, primary) = insides.frame.group(rank);
                made.contributions.push(Contribution { rank, stratum, primary, total: own.value()?, within, mixed });
                made.units.push(UnitGroup::new(insides.frame, rank)?);
            }
            both.push((made, total));
        }
        Ok(both)
    }

    /// What each slot adds to the linearised total of its cell; nothing where replicates give the variance.
    pub(super) fn linearised(&self, frame: &Frame, recipe: &Recipe) -> Result<Linearised> {
        let c = self.compiled;
        let Recipe::Linear { class, numerator, denominator, multiplier, weights, .. } = *recipe else { return Ok(Linearised::default()) };
        if c.weight_sets > 1 {
            return Ok(Linearised::default());
        }
        let against = (0_u32..).take(self.state.cells.len()).map(|cell| {
            let below = denominator.map(|term| self.totals.sum(cell, term)).map(|d| {
                let scale = d.times(&d);
                let square = if c.rows_are_units { scale.times(&scale) } else { Dyadic::default() };
                (d, Divisor::new(scale), square)
            });
            Against { above: self.totals.sum(cell, numerator), below }
        });
        let against: Vec<Against> = against.collect();
        let slots = self.slots.numbers.len();
        let of_rows = |also: bool| if c.rows_are_units && also { vec![0.0; slots] } else { Vec::new() };
        let mut made = Linearised { has_cases: vec![false; slots], totals: vec![0.0; slots], within: of_rows(true), mixed: of_rows(c.calibrated) };
        let mut places = vec![0_usize; slots];
        for (place, &slot) in self.slots.numbers.iter().enumerate() {
            if let Some(p) = places.get_mut(slot as usize) {
                *p = place;
            }
        }
        // again in the order of memory
        for ((slot, &(group, cell)), &place) in (0_u32..).zip(self.state.slots.list()).zip(&places) {
            let cases = self.state.counts.get(slot_class(slot, class, c.classes.len()) as usize).copied().unwrap_or_default();
            let Some(Against { above, below }) = against.get(cell as usize) else { continue };
            if cases == 0 || below.as_ref().is_some_and(|(d, ..)| d.is_zero()) {
                continue;
            }
            let sums = self.state.sums.of(slot);
            let of = |term: usize| sums.get(term).map(ExactSum::dyadic).unwrap_or_default();
            // Σu·D²
            let total = match (below, denominator) {
                (Some((d, ..)), Some(term)) => of(numerator).times(d).minus(&above.times(&of(term))),
                _ => of(numerator),
            };
            if let Some(within) = made.within.get_mut(place) {
                let pair = |a: usize, b: usize| {
                    let at = c.pairs.iter().position(|p| *p == (a.min(b), a.max(b)));
                    at.map(|at| of(c.terms.len() + at)).unwrap_or_default()
                };
                // Σu²·D⁴
                let squares = match (below, denominator) {
                    (Some((d, ..)), Some(term)) => {
                        let mixed = pair(numerator, term).times(above).times(d);
                        let first = pair(numerator, numerator).times(d).times(d);
                        first.minus(&mixed).minus(&mixed).plus(&pair(term, term).times(above).times(above))
                    }
                    _ => pair(numerator, numerator),
                };
                let rank = frame.rank(group);
                // Σdu·D²
                let mixed = match (below, denominator) {
                    _ if !c.calibrated => Dyadic::default(),
                    (Some((d, ..)), Some(term)) => pair(numerator, weights).times(d).minus(&above.times(&pair(term, weights))),
                    _ => pair(numerator, weights),
                };
                if let Some(own) = made.mixed.get_mut(place) {
                    *own = below.as_ref().map_or_else(|| mixed.value(), |(_, scale, _)| scale.divide(&mixed))? * multiplier;
                }
                let (with, rows) = match frame.squares(rank) {
                    Some(square) => (&mixed, square),
                    None => (&total, Dyadic::from_u64(frame.rows_drawn(rank))),
                };
                let around = squares.times(&rows).minus(&with.times(with));
                let by = below.as_ref().map(|(.., square)| square.times(&rows)).unwrap_or(rows);
                *within = around.over(&by)? * multiplier * multiplier;
            }
            let total = match below {
                Some((_, scale, _)) => scale.divide(&total)?,
                None => total.value()?,
            };
            if let (Some(own), Some(has)) = (made.totals.get_mut(place), made.has_cases.get_mut(place)) {
                (*own, *has) = (total * multiplier, true);
            }
        }
        Ok(made)
    }
}
