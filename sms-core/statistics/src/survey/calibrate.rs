//! Calibrated weights and the residuals that their error comes from.
//!
//! Rows that stand alike in all margins and numbers are one pattern and share a factor g, so the state keeps sums by sampling
//! unit and pattern. The factor is found by Newton's method; the linearised value z of a row is replaced by g·(z − x′B), with
//! the regression B = (Σd·x·x′)⁻¹Σd·x·z over the whole sample with design weights d (R: `calibrate`, `svyrecvar`).

use super::calibration::{Calibration, CalibrationMethod};
use super::contribution::Contribution;
use crate::diagnostic::{Code, Error, Result};
use crate::num;
use crate::num::exact::Dyadic;

/// A column whose own part is less than this of its size follows from those before it.
const FOLLOWS: f64 = 1e-10;
/// How far a total may be missed, of its size.
const REACHED: f64 = 1e-8;
/// Where more steps would only move the last digits.
const AT_ROUNDING: f64 = 1e-15;
const MOST_STEPS: usize = 200;
const MOST_HALVINGS: usize = 30;
/// How often the regression is solved for what is left of it.
const REFINEMENTS: usize = 3;
/// A residual of less than this of what it is made from is rounding, and nothing is left.
pub(super) const NOTHING: f64 = 1e-10;

/// What the rows of a pattern add to the totals that they add to.
type Sparse = Vec<(usize, f64)>;

/// Σ weight·x·x′, by the lower triangle.
fn crossed(x: &[Sparse], weights: &[f64], size: usize) -> Vec<f64> {
    let mut terms: Vec<Vec<f64>> = vec![Vec::new(); size * size];
    for (row, w) in x.iter().zip(weights).filter(|(_, w)| **w != 0.0) {
        for (n, &(i, a)) in row.iter().enumerate() {
            for &(j, b) in row.iter().take(n + 1) {
                if let Some(list) = terms.get_mut(i * size + j) {
                    list.push(w * a * b);
                }
            }
        }
    }
    terms.iter().map(|list| num::sum(list)).collect()
}

/// Cholesky's factor of a symmetric matrix, of the columns that do not follow from those before them.
#[derive(Clone, Debug)]
struct Factor {
    size: usize,
    kept: Vec<usize>,
    rows: Vec<Vec<f64>>,
}

impl Factor {
    fn new(matrix: &[f64], size: usize, among: &[usize]) -> Self {
        let entry = |i: usize, j: usize| matrix.get(i * size + j).copied().unwrap_or(f64::NAN);
        let mut made = Factor { size, kept: Vec::new(), rows: Vec::new() };
        for &column in among {
            let mut row: Vec<f64> = Vec::with_capacity(made.kept.len() + 1);
            for (other, &with) in made.rows.iter().zip(&made.kept) {
                let before: Vec<f64> = row.iter().zip(other).map(|(a, b)| a * b).filter(|t| *t != 0.0).collect();
                let own = other.get(row.len()).copied().unwrap_or(f64::NAN);
                row.push((entry(column, with) - num::sum(&before)) / own);
            }
            let all = entry(column, column);
            let left = all - num::sum(&row.iter().map(|a| a * a).filter(|t| *t != 0.0).collect::<Vec<_>>());
            if left > FOLLOWS * all {
                row.push(num::sqrt(left));
                made.kept.push(column);
                made.rows.push(row);
            }
        }
        made
    }

    /// The solution, 0 for columns that are not kept.
    fn solve(&self, right: &[f64]) -> Vec<f64> {
        let n = self.kept.len();
        let at = |i: usize, j: usize| self.rows.get(i).and_then(|row| row.get(j)).copied().unwrap_or(f64::NAN);
        let mut half: Vec<f64> = Vec::with_capacity(n);
        for (i, &column) in self.kept.iter().enumerate() {
            let before: Vec<f64> = half.iter().enumerate().map(|(j, h)| at(i, j) * h).collect();
            half.push((right.get(column).copied().unwrap_or(0.0) - num::sum(&before)) / at(i, i));
        }
        let mut made = vec![0.0; self.size];
        for (i, &column) in self.kept.iter().enumerate().rev() {
            let after = self.kept.iter().enumerate().skip(i + 1).map(|(j, &c)| at(j, i) * made.get(c).copied().unwrap_or(0.0));
            let own = (half.get(i).copied().unwrap_or(0.0) - num::sum(&after.collect::<Vec<_>>())) / at(i, i);
            if let Some(m) = made.get_mut(column) {
                *m = own;
            }
        }
        made
    }
}

/// x′b.
fn fit(x: &Sparse, b: &[f64]) -> f64 {
    num::sum(&x.iter().map(|&(k, v)| v * b.get(k).copied().unwrap_or(0.0)).collect::<Vec<_>>())
}

/// Σ weight·x by column, with the sizes of what is summed.
fn columns(x: &[Sparse], weights: impl Iterator<Item = f64>, size: usize) -> (Vec<f64>, Vec<f64>) {
    let mut terms: Vec<Vec<f64>> = vec![Vec::new(); size];
    for (row, w) in x.iter().zip(weights) {
        for &(k, v) in row {
            if let Some(list) = terms.get_mut(k) {
                list.push(w * v);
            }
        }
    }
    let sizes = terms.iter().map(|list| num::sum(&list.iter().map(|t| num::abs(*t)).collect::<Vec<_>>()));
    (terms.iter().map(|list| num::sum(list)).collect(), sizes.collect())
}

impl Calibration {
    /// The factor at u, and its slope.
    fn factor(&self, u: f64) -> (f64, f64) {
        match (self.method, self.bounds) {
            (CalibrationMethod::Raking, _) => (num::exp(u), num::exp(u)),
            (CalibrationMethod::Linear, Some(b)) if 1.0 + u <= b.lower => (b.lower, 0.0),
            (CalibrationMethod::Linear, Some(b)) if 1.0 + u >= b.upper => (b.upper, 0.0),
            (CalibrationMethod::Logit, Some(b)) => {
                let (below, above) = (1.0 - b.lower, b.upper - 1.0);
                let a = (b.upper - b.lower) / (below * above);
                // by the side on which the exponential is small
                let (one, other) = if u > 0.0 { (above * num::exp(-a * u), below) } else { (above, below * num::exp(a * u)) };
                let both = one + other;
                ((b.lower * one + b.upper * other) / both, a * (b.upper - b.lower) * (one / both) * (other / both))
            }
            _ => (1.0 + u, 1.0),
        }
    }

    /// The factor of each pattern for one set of weights.
    ///
    /// # Errors
    /// `survey.calibration-not-reached`.
    fn factors(&self, x: &[Sparse], weights: &[f64]) -> Result<Vec<f64>> {
        let totals = self.totals();
        let size = totals.len();
        let not_reached = |place: usize, expected: &'static str| Error::new(Code::SurveyCalibrationNotReached).at_path(&self.path(place)).expecting(expected);
        // what the totals are measured in: a number may sum to 0
        let (_, given) = columns(x, weights.iter().copied(), size);
        let sizes: Vec<f64> = given.iter().zip(&totals).map(|(g, t)| g.max(num::abs(*t))).collect();
        if let Some((place, _)) = given.iter().zip(&totals).enumerate().find(|(_, (g, t))| **g == 0.0 && **t != 0.0) {
            return Err(not_reached(place, "somebody in the sample who adds to it; join groups"));
        }
        let all: Vec<usize> = (0..size).collect();
        let kept = Factor::new(&crossed(x, weights, size), size, &all).kept;
        let state = |at: &[f64]| {
            let made: Vec<(f64, f64)> = x.iter().map(|row| self.factor(fit(row, at))).collect();
            let (reached, _) = columns(x, made.iter().zip(weights).map(|((g, _), w)| g * w), size);
            let left: Vec<f64> = totals.iter().zip(&reached).map(|(t, r)| t - r).collect();
            let away = left.iter().zip(&sizes).map(|(l, s)| if *s > 0.0 { num::abs(*l) / s } else { 0.0 }).fold(0.0, f64::max);
            // a sum that is no number is no solution
            let away = if left.iter().all(|l| l.is_finite()) { away } else { f64::INFINITY };
            (made, left, away)
        };
        let mut at = vec![0.0; size];
        let (mut made, mut left, mut away) = state(&at);
        for _ in 0..MOST_STEPS {
            if away <= AT_ROUNDING {
                break;
            }
            let slopes: Vec<f64> = made.iter().zip(weights).map(|((_, slope), w)| slope * w).collect();
            let by = Factor::new(&crossed(x, &slopes, size), size, &kept).solve(&left);
            let halved = (0..MOST_HALVINGS).scan(2.0, |share, _| {
                *share /= 2.0;
                Some(*share)
            });
            let nearer = |share: f64| {
                let there: Vec<f64> = at.iter().zip(&by).map(|(a, b)| a + share * b).collect();
                let found = state(&there);
                (found.2 < away).then_some((there, found))
            };
            let Some((there, found)) = halved.filter_map(nearer).next() else { break };
            (at, (made, left, away)) = (there, found);
        }
        if away > REACHED {
            let missed = left.iter().zip(&sizes).map(|(l, s)| num::abs(*l) / s).enumerate().max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
            return Err(not_reached(missed.map_or(0, |m| m.0), "totals that weights within their bounds can reach together; join groups, or widen the bounds"));
        }
        Ok(made.into_iter().map(|(g, _)| g).collect())
    }
}

/// Sums of the weights of the rows of a sampling unit that share a pattern.
#[derive(Clone, Debug, Default)]
pub(super) struct Part {
    /// The sampling unit, or what holds the rows, by its place.
    pub unit: u32,
    /// The pattern, by its place.
    pub pattern: u32,
    /// Σd over all rows.
    pub weight: f64,
    /// Σd², where the rows are sampling units.
    pub squares: Dyadic,
    /// Rows with a weight.
    pub rows: u64,
}

/// Where a sampling unit stands, and how many rows were drawn with it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Unit {
    pub stratum: usize,
    pub primary: Option<usize>,
    pub rows: u64,
}

/// Factors of the weights, and what is needed for residuals.
#[derive(Clone, Debug)]
pub(super) struct Calibrated {
    /// In the canonical order.
    parts: Vec<Part>,
    units: Vec<Unit>,
    x: Vec<Sparse>,
    /// By set of weights, then by pattern.
    g: Vec<Vec<f64>>,
    /// Σd by pattern.
    weights: Vec<f64>,
    factor: Factor,
}

impl Calibrated {
    /// `weights`: for each set of weights the sum of each pattern.
    ///
    /// # Errors
    /// `survey.calibration-not-reached`.
    pub(super) fn new(calibration: &Calibration, patterns: &[Vec<u64>], parts: Vec<Part>, units: Vec<Unit>, weights: &[Vec<f64>]) -> Result<Self> {
        let x: Vec<Sparse> = patterns.iter().map(|p| calibration.values(p)).collect();
        let g = weights.iter().map(|of_set| calibration.factors(&x, of_set)).collect::<Result<Vec<_>>>()?;
        let size = calibration.totals().len();
        let all: Vec<usize> = (0..size).collect();
        let of_design = weights.first().cloned().unwrap_or_default();
        let factor = Factor::new(&crossed(&x, &of_design, size), size, &all);
        Ok(Calibrated { parts, units, x, g, weights: of_design, factor })
    }

    fn factor_of(&self, part: &Part, set: usize) -> f64 {
        self.g.get(set).and_then(|g| g.get(part.pattern as usize)).copied().unwrap_or(1.0)
    }

    /// By what the weights of a part are multiplied.
    pub(super) fn g(&self, rank: u32, set: usize) -> Result<Dyadic> {
        Dyadic::from_f64(self.parts.get(rank as usize).map_or(1.0, |part| self.factor_of(part, set)))
    }

    /// Σd² of the rows of a part, where the rows are sampling units.
    pub(super) fn squares(&self, rank: u32) -> Dyadic {
        self.parts.get(rank as usize).map(|part| part.squares.clone()).unwrap_or_default()
    }

    /// Rows whose weight has become negative.
    pub(super) fn negative(&self) -> u64 {
        self.parts.iter().filter(|part| self.factor_of(part, 0) < 0.0).map(|part| part.rows).sum()
    }

    /// What each sampling unit adds, from what its parts add before calibration; and whether that is nothing for each of its parts.
    pub(super) fn residuals(&self, contributions: &[Contribution]) -> (Vec<Contribution>, bool) {
        let part_of = |c: &Contribution| self.parts.get(c.rank as usize);
        let mut of_pattern: Vec<Vec<f64>> = vec![Vec::new(); self.x.len()];
        for c in contributions {
            if let Some(list) = part_of(c).and_then(|part| of_pattern.get_mut(part.pattern as usize)) {
                list.push(c.total);
            }
        }
        let totals: Vec<f64> = of_pattern.iter().map(|list| num::sum(list)).collect();
        let mut b = vec![0.0; self.factor.size];
        let mut fits = vec![0.0; self.x.len()];
        // again with what is left, so that totals that nearly follow from one another cost no digits
        for _ in 0..REFINEMENTS {
            let left = totals.iter().zip(&fits).zip(&self.weights).map(|((total, fit), weight)| total - fit * weight);
            let more = self.factor.solve(&columns(&self.x, left, self.factor.size).0);
            b.iter_mut().zip(more).for_each(|(b, more)| *b += more);
            fits = self.x.iter().map(|x| fit(x, &b)).collect();
        }
        let of_rows = contributions.iter().any(|c| c.within.is_some());
        let mut given = contributions.iter().peekable();
        let mut made = Vec::with_capacity(self.units.len());
        let (mut rank, mut nothing) = (0_u32, true);
        for in_unit in self.parts.chunk_by(|a, b| a.unit == b.unit) {
            let Some(unit) = in_unit.first().and_then(|p| self.units.get(p.unit as usize)) else { continue };
            let drawn = float(unit.rows.max(1));
            let (mut totals, mut squares) = (Vec::with_capacity(in_unit.len()), Vec::new());
            for part in in_unit {
                let own = given.next_if(|c| c.rank == rank);
                rank += 1;
                let (g, fit) = (self.factor_of(part, 0), fits.get(part.pattern as usize).copied().unwrap_or(0.0));
                totals.push(g * left(own.map_or(0.0, |c| c.total), fit * part.weight));
                let square = part.squares.value().unwrap_or(0.0);
                if of_rows && square > 0.0 {
                    // about the part's own slope, so that nothing is lost where the regression fits closely
                    let (around, slope) = own.map_or((0.0, 0.0), |c| (c.within.unwrap_or(0.0), c.mixed / square));
                    let away = left(slope, fit);
                    squares.push(g * g * (around + square * away * away));
                }
            }
            nothing &= totals.iter().chain(&squares).all(|x| *x == 0.0);
            let total = num::sum(&totals);
            let within = of_rows.then(|| (num::sum(&squares) - total * total / drawn).max(0.0));
            made.push(Contribution { rank: in_unit.first().map_or(0, |p| p.unit), stratum: unit.stratum, primary: unit.primary, total, within, mixed: 0.0 });
        }
        (made, nothing)
    }
}

/// A difference of which less is left than rounding leaves is 0.
fn left(a: f64, b: f64) -> f64 {
    if num::abs(a - b) <= NOTHING * (num::abs(a) + num::abs(b)) { 0.0 } else { a - b }
}

#[allow(clippy::cast_precision_loss, reason = "a count of rows")]
fn float(n: u64) -> f64 {
    n as f64
}
