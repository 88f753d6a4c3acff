//! Weights that were calibrated without a word of it: their errors are not those of the design.

use super::compile::{Term, Value};
use super::design::SurveyPlan;
use super::linear::Laid;
use super::state::slot_class;
use crate::num;

/// How far a sum of weights with rounded decimals may be from a known whole total.
const WHOLE: f64 = 0.005;
/// Weights with no more decimals than this reach whole totals by chance.
const DECIMALS: f64 = 100.0;
/// Weights that differ by less than this of their size are alike.
const ALIKE: f64 = 1e-6;
/// A sum that is this close to one with two decimals is one.
const ROUNDING: f64 = 1e-10;

/// Domains by whose groups the weights sum to whole numbers although they are fractions and differ: they look calibrated, and the plan does not say so.
pub(super) fn undeclared_calibration(laid: &Laid<'_>, plan: &SurveyPlan) -> Vec<String> {
    let (c, state) = (laid.compiled, laid.state);
    let design = &plan.design;
    if c.calibrated || design.replicates.is_some() {
        return Vec::new();
    }
    let near = |x: f64, to: f64| num::abs(x * to - (x * to).round_ties_even());
    let of_design = |dimension: &String| design.stratum.as_ref() == Some(dimension) || design.psu.as_ref() == Some(dimension);
    let mut made = Vec::new();
    for (d, domain) in (0_u32..).zip(&plan.domains) {
        if domain.by.is_empty() || domain.groups.is_some() || domain.by.iter().any(of_design) {
            continue;
        }
        let cells: Vec<u32> = (0_u32..).zip(state.cells.list()).filter(|(_, key)| key.first() == Some(&d)).map(|(cell, _)| cell).collect();
        // by a variable that everybody has
        let all = |class: usize| cells.iter().map(|&cell| laid.totals.count(cell, class)).sum::<u64>() == state.rows;
        let Some(term) = c.terms.iter().position(|t| matches!(t, Term { class, value: Value::One } if all(*class))) else { continue };
        let total = |cell: &u32| laid.totals.sum(*cell, term).value().unwrap_or(f64::NAN);
        if cells.len() < 2 || !cells.iter().map(total).all(|x| near(x, 1.0) <= WHOLE) {
            continue;
        }
        let Some(class) = c.terms.get(term).map(|t| t.class) else { continue };
        let square = c.pairs.iter().position(|p| *p == (term, term)).map(|at| c.terms.len() + at);
        let is_in_domain = |cell: u32| state.cells.list().get(cell as usize).and_then(|key| key.first()) == Some(&d);
        let (mut fractions, mut differ) = (false, false);
        let mut means: Vec<Option<f64>> = vec![None; state.cells.len()];
        for (slot, &(_, cell)) in (0_u32..).zip(state.slots.list()).filter(|(_, key)| is_in_domain(key.1)) {
            let n = float(state.counts.get(slot_class(slot, class, c.classes.len()) as usize).copied().unwrap_or_default());
            let sum = |at: usize| state.sums.of(slot).get(at).and_then(|s| s.value().ok()).unwrap_or(0.0);
            let (weight, squares) = (sum(term), square.map(sum));
            fractions |= near(weight, DECIMALS) > ROUNDING * weight.max(1.0) || squares.is_some_and(|s| near(s, DECIMALS) > ROUNDING * s.max(1.0));
            differ |= squares.is_some_and(|s| n * s - weight * weight > ALIKE * n * s);
            if let Some(mean) = means.get_mut(cell as usize).filter(|_| n > 0.0) {
                let own = weight / n;
                differ |= num::abs(*mean.get_or_insert(own) - own) > ALIKE * own;
            }
        }
        if fractions && differ {
            made.push(domain.by.join(" × "));
        }
    }
    made
}

#[allow(clippy::cast_precision_loss, reason = "a count of rows")]
fn float(n: u64) -> f64 {
    n as f64
}
