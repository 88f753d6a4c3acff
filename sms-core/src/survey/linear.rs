//! Totals, means, shares, ratios and rates: the estimate and the linearised values of its sampling units.
//!
//! With exact sums N = Σw·numerator and D = Σw·denominator, a unit's linearised value is (N_i·D − N·D_i)/D². It is computed
//! exactly and rounded once, so that nothing is lost where values are large beside their spread, and a constant has exactly
//! no variance.

use super::accumulate::{State, slot_class};
use super::compile::{Compiled, Recipe, Square};
use super::variance::{Contribution, Frame};
use crate::diagnostic::Result;
use crate::num::exact::{Dyadic, ExactSum};

/// What a cell says about a linear estimate.
#[derive(Clone, Debug, Default)]
pub(super) struct Linear {
    /// `None` where the denominator is zero.
    pub value: Option<f64>,
    pub contributions: Vec<Contribution>,
    pub replicates: Vec<Option<f64>>,
    /// The variance that a simple random sample of the same size would have.
    pub simple: Option<f64>,
}

/// The slots of a cell that have cases of a class, in the order of their groups.
pub(super) struct CellSlots<'a> {
    pub state: &'a State,
    pub slots: &'a [u32],
}

impl CellSlots<'_> {
    pub(super) fn count(&self, slot: u32, class: usize, classes: usize) -> u64 {
        self.state.counts.get(slot_class(slot, class, classes) as usize).copied().unwrap_or_default()
    }

    pub(super) fn group(&self, slot: u32) -> u32 {
        self.state.slots.list().get(slot as usize).map_or(u32::MAX, |s| s.0)
    }

    pub(super) fn total(&self, sum: usize) -> Dyadic {
        let mut total = ExactSum::new();
        for &slot in self.slots {
            if let Some(own) = self.state.sums.of(slot).get(sum) {
                total.merge(own);
            }
        }
        total.dyadic()
    }

    fn of(&self, slot: u32, sum: usize) -> Dyadic {
        self.state.sums.of(slot).get(sum).map(ExactSum::dyadic).unwrap_or_default()
    }
}

#[allow(clippy::cast_precision_loss, reason = "a count of rows")]
fn float(n: u64) -> f64 {
    n as f64
}

/// The estimate of a cell, and what its variance is made of.
pub(super) fn linear(c: &Compiled, frame: &Frame, cell: &CellSlots<'_>, squares: &[ExactSum], n: u64, recipe: &Recipe) -> Result<Linear> {
    let Recipe::Linear { numerator, denominator, weights, multiplier, square, .. } = *recipe else { return Ok(Linear::default()) };
    let sets = c.weight_sets;
    let of = |term: usize, set: usize| cell.total(term * sets + set);
    let value = |above: &Dyadic, below: Option<&Dyadic>| -> Result<Option<f64>> {
        Ok(match below {
            None => Some(above.value()?),
            Some(d) if d.is_zero() => None,
            Some(d) => Some(crate::num::finite(above.over(d)? * multiplier)?),
        })
    };
    let (above, below) = (of(numerator, 0), denominator.map(|d| of(d, 0)));
    let mut made = Linear { value: value(&above, below.as_ref())?, ..Linear::default() };
    if made.value.is_none() {
        return Ok(made);
    }
    for set in 1..sets {
        let below = denominator.map(|d| of(d, set));
        made.replicates.push(value(&of(numerator, set), below.as_ref())?);
    }
    if sets == 1 {
        let scale = below.as_ref().map(|d| d.times(d));
        for &slot in cell.slots {
            let group = cell.group(slot);
            let (stratum, primary) = frame.group(group);
            let own = cell.of(slot, numerator);
            // Σu·D²
            let total = match (&below, denominator) {
                (Some(d), Some(term)) => own.times(d).minus(&above.times(&cell.of(slot, term))),
                _ => own,
            };
            let over = |x: &Dyadic, by: Option<&Dyadic>| match by {
                Some(by) => x.over(by),
                None => x.value(),
            };
            let within = if c.rows_are_units {
                let pair = |a: usize, b: usize| {
                    let at = c.pairs.iter().position(|p| *p == (a.min(b), a.max(b)));
                    at.map(|at| cell.of(slot, c.terms.len() * sets + at)).unwrap_or_default()
                };
                // Σu²·D⁴
                let squares = match (&below, denominator) {
                    (Some(d), Some(term)) => {
                        let mixed = pair(numerator, term).times(&above).times(d);
                        let first = pair(numerator, numerator).times(d).times(d);
                        first.minus(&mixed).minus(&mixed).plus(&pair(term, term).times(&above).times(&above))
                    }
                    _ => pair(numerator, numerator),
                };
                let rows = Dyadic::from_u64(frame.rows_drawn(group));
                let around = squares.times(&rows).minus(&total.times(&total));
                let by = scale.as_ref().map(|s| s.times(s).times(&rows)).unwrap_or(rows);
                Some(around.over(&by)? * multiplier * multiplier)
            } else {
                None
            };
            made.contributions.push(Contribution { stratum, primary, total: over(&total, scale.as_ref())? * multiplier, within });
        }
    }
    // the variance of a simple random sample: s²·(1 − n/N̂)/n, s² = n/(n − 1)·Σw(y − ȳ)²/Σw
    let weight = of(weights, 0);
    let square = match square {
        Square::None => None,
        Square::Indicator => Some(above.clone()),
        Square::Sum(at) => squares.get(at).map(ExactSum::dyadic),
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
