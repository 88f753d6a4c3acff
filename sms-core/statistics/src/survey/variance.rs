//! The variance of a linearised total over the full design: strata, primary units, and second-stage units where they enter.

use super::calibrate::{Calibrated, Part, Unit};
use super::compile::Compiled;
use super::contribution::Contribution;
use super::design::{FpcKind, LonelyPsu, SurveyPlan};
use super::state::{Correction, State};
use crate::diagnostic::{Code, Error, Result};
use crate::num;
use crate::num::exact::Dyadic;

/// A share of units not drawn below which a stage counts as fully drawn, as in R's `survey`.
const FULLY_DRAWN: f64 = 1e-7;

/// Units of a stage in a stratum or primary unit: how many were drawn, of how many.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Drawn {
    pub units: u64,
    pub population: Option<f64>,
}

impl Drawn {
    fn n(self) -> f64 {
        #[allow(clippy::cast_precision_loss, reason = "a count of rows")]
        {
            self.units as f64
        }
    }

    /// The share of units that were not drawn: 1 − f.
    fn rest(self) -> f64 {
        self.population.map_or(1.0, |p| ((p - self.n()) / p).max(0.0))
    }

    fn fully(self) -> bool {
        self.rest() < FULLY_DRAWN
    }
}

/// The sample as it was drawn, in the canonical order of its codes.
#[derive(Clone, Debug, Default)]
pub(super) struct Frame {
    pub strata: Vec<Drawn>,
    /// Primary units with their stratum, where there are any.
    pub primaries: Vec<(usize, Drawn)>,
    /// For each group of rows in the canonical order: stratum and primary unit, by their places in this frame.
    groups: Vec<(usize, Option<usize>)>,
    /// For each group by its number in the state: its place in the canonical order.
    pub ranks: Vec<u32>,
    /// Primary units whose code occurs in another stratum too.
    pub reused: usize,
    pub two_stage: bool,
    /// Where the weights are calibrated; groups of rows are then parts of units.
    pub calibrated: Option<Calibrated>,
}

/// Numbers of keys in a new order, from the keys in the old one.
pub(super) fn ranks<K: Ord>(keys: &[K]) -> (Vec<u32>, Vec<u32>) {
    let mut order: Vec<u32> = (0..u32::try_from(keys.len()).unwrap_or(u32::MAX)).collect();
    order.sort_unstable_by(|&a, &b| keys.get(a as usize).cmp(&keys.get(b as usize)));
    let mut rank = vec![0; keys.len()];
    for (place, &number) in (0_u32..).zip(&order) {
        if let Some(r) = rank.get_mut(number as usize) {
            *r = place;
        }
    }
    (order, rank)
}

fn look(list: &[u32], number: u32) -> u32 {
    list.get(number as usize).copied().unwrap_or(u32::MAX)
}

/// Places of names, strata, primary and second-stage units in their canonical order.
pub(super) struct Order {
    pub name_rank: Vec<u32>,
    pub names: Vec<u32>,
    pub strata: Vec<u32>,
    pub stratum_rank: Vec<u32>,
    pub primaries: Vec<u32>,
    pub primary_rank: Vec<u32>,
    pub seconds: Vec<u32>,
    pub second_rank: Vec<u32>,
    pub patterns: Vec<u32>,
    pub pattern_rank: Vec<u32>,
    pub parts: Vec<u32>,
    pub part_rank: Vec<u32>,
}

impl Order {
    pub(super) fn new(state: &State) -> Self {
        let (names, name_rank) = ranks(state.names.list());
        let (strata, stratum_rank) = ranks(&state.strata.list().iter().map(|&s| look(&name_rank, s)).collect::<Vec<_>>());
        let pairs = |list: &[(u32, u32)], above: &[u32]| list.iter().map(|&(a, n)| (look(above, a), look(&name_rank, n))).collect::<Vec<_>>();
        let (primaries, primary_rank) = ranks(&pairs(state.primaries.list(), &stratum_rank));
        let (seconds, second_rank) = ranks(&pairs(state.seconds.list(), &primary_rank));
        let (patterns, pattern_rank) = ranks(state.patterns.list());
        let mut order = Order {
            name_rank,
            names,
            strata,
            stratum_rank,
            primaries,
            primary_rank,
            seconds,
            second_rank,
            patterns,
            pattern_rank,
            parts: Vec::new(),
            part_rank: Vec::new(),
        };
        (order.parts, order.part_rank) =
            ranks(&state.parts.list().iter().map(|&(unit, pattern)| (look(order.unit_rank(), unit), look(&order.pattern_rank, pattern))).collect::<Vec<_>>());
        order
    }

    /// The places of the groups of rows.
    pub(super) fn group_rank(&self) -> &[u32] {
        if self.part_rank.is_empty() { self.unit_rank() } else { &self.part_rank }
    }

    /// The places of the smallest units.
    pub(super) fn unit_rank(&self) -> &[u32] {
        if !self.second_rank.is_empty() {
            &self.second_rank
        } else if !self.primary_rank.is_empty() {
            &self.primary_rank
        } else {
            &self.stratum_rank
        }
    }
}

fn population(kind: FpcKind, correction: Correction, units: u64) -> Result<Option<f64>> {
    let Some((low, high)) = correction.0 else { return Ok(None) };
    if low != high {
        return Err(Error::new(Code::SurveyFpcVaries));
    }
    let n = Drawn { units, population: None }.n();
    Ok(Some(match kind {
        FpcKind::Fraction => n / low,
        FpcKind::Population if low < n => return Err(Error::new(Code::SurveyFpcBelowSample)),
        FpcKind::Population => low,
    }))
}

impl Frame {
    /// # Errors
    /// `survey.fpc-varies`, `survey.fpc-below-sample`, `survey.psu-in-two-strata`.
    pub(super) fn new(plan: &SurveyPlan, state: &State, order: &Order) -> Result<Self> {
        let design = &plan.design;
        let (strata, primaries) = (state.strata.list(), state.primaries.list());
        let mut per_stratum = vec![0_u64; strata.len()];
        for &(stratum, _) in primaries {
            if let Some(n) = per_stratum.get_mut(stratum as usize) {
                *n += 1;
            }
        }
        let mut per_primary = vec![0_u64; primaries.len()];
        for &(primary, _) in state.seconds.list() {
            if let Some(n) = per_primary.get_mut(primary as usize) {
                *n += 1;
            }
        }
        let mut codes: Vec<u32> = primaries.iter().map(|&(_, name)| name).collect();
        codes.sort_unstable();
        let reused = codes.windows(2).filter(|w| matches!(w, [a, b] if a == b)).count();
        if reused > 0 && !design.nested {
            return Err(Error::new(Code::SurveyPsuInTwoStrata));
        }
        let mut frame = Frame { reused, two_stage: design.second_stage.is_some(), ranks: order.group_rank().to_vec(), ..Frame::default() };
        for &s in &order.strata {
            let rows = state.strata_rows.get(s as usize).copied().unwrap_or_default();
            let units = if design.psu.is_some() { per_stratum.get(s as usize).copied().unwrap_or_default() } else { rows.rows };
            let population = match &design.fpc {
                Some(fpc) => population(fpc.kind, rows.correction, units).map_err(|e| e.in_column(&fpc.column))?,
                None => None,
            };
            frame.strata.push(Drawn { units, population });
        }
        let place = |rank: &[u32], n: u32| look(rank, n) as usize;
        for &p in &order.primaries {
            let (stratum, _) = primaries.get(p as usize).copied().unwrap_or_default();
            let rows = state.primaries_rows.get(p as usize).copied().unwrap_or_default();
            let drawn = match &design.second_stage {
                None => Drawn { units: 0, population: None },
                Some(second) => {
                    let units = if second.unit.is_some() { per_primary.get(p as usize).copied().unwrap_or_default() } else { rows.rows };
                    let population = population(second.fpc.kind, rows.correction, units).map_err(|e| e.in_column(&second.fpc.column))?;
                    Drawn { units, population }
                }
            };
            frame.primaries.push((place(&order.stratum_rank, stratum), drawn));
        }
        let of_primary = |primary: usize| (frame.primaries.get(primary).map_or(0, |x| x.0), Some(primary));
        frame.groups = if state.seconds.len() > 0 {
            let seconds = order.seconds.iter().map(|&s| state.seconds.list().get(s as usize).copied().unwrap_or_default());
            seconds.map(|(p, _)| of_primary(place(&order.primary_rank, p))).collect()
        } else if state.primaries.len() > 0 {
            (0..primaries.len()).map(of_primary).collect()
        } else {
            (0..strata.len()).map(|s| (s, None)).collect()
        };
        Ok(frame)
    }

    /// Calibrates the weights, and splits the groups of rows into parts that share a factor.
    ///
    /// # Errors
    /// `survey.calibration-not-reached`.
    pub(super) fn calibrate(&mut self, plan: &SurveyPlan, c: &Compiled, state: &State, order: &Order) -> Result<()> {
        let (Some(calibration), Some((domain, weights))) = (&plan.design.calibration, c.everybody) else { return Ok(()) };
        let numbers = 0_u32..u32::try_from(self.groups.len()).unwrap_or(u32::MAX);
        let units: Vec<Unit> =
            numbers.map(|rank| (rank, self.group(rank))).map(|(rank, (stratum, primary))| Unit { stratum, primary, rows: self.rows_drawn(rank) }).collect();
        let everybody = state.cells.find::<[u32]>(&[u32::try_from(domain).unwrap_or(u32::MAX)]);
        let class = c.classes.iter().position(Vec::is_empty).unwrap_or_default();
        let square = c.pairs.iter().position(|p| *p == (weights, weights)).map(|at| c.terms.len() * c.weight_sets + at);
        let mut parts: Vec<Part> = Vec::with_capacity(order.parts.len());
        let mut of_patterns = vec![vec![Vec::new(); order.patterns.len()]; c.weight_sets];
        for &part in &order.parts {
            let (unit, pattern) = state.parts.list().get(part as usize).copied().unwrap_or_default();
            let mut own = Part { unit: look(order.unit_rank(), unit), pattern: look(&order.pattern_rank, pattern), ..Part::default() };
            if let Some(slot) = everybody.and_then(|cell| state.slots.find(&(part, cell))) {
                let sums = state.sums.of(slot);
                let sum = |at: usize| sums.get(at).map_or(Ok(0.0), crate::num::exact::ExactSum::value);
                own.weight = sum(weights * c.weight_sets)?;
                own.squares = square.and_then(|at| sums.get(at)).map(crate::num::exact::ExactSum::dyadic).unwrap_or_default();
                own.rows = state.counts.get(super::state::slot_class(slot, class, c.classes.len()) as usize).copied().unwrap_or_default();
                for (set, of_pattern) in of_patterns.iter_mut().enumerate() {
                    if let Some(list) = of_pattern.get_mut(own.pattern as usize) {
                        list.push(sum(weights * c.weight_sets + set)?);
                    }
                }
            }
            parts.push(own);
        }
        let of_sets: Vec<Vec<f64>> = of_patterns.iter().map(|of_set| of_set.iter().map(|list| num::sum(list)).collect()).collect();
        let patterns: Vec<Vec<u64>> = order.patterns.iter().map(|&p| state.patterns.list().get(p as usize).cloned().unwrap_or_default()).collect();
        self.groups = parts.iter().map(|p| units.get(p.unit as usize).map_or((0, None), |u| (u.stratum, u.primary))).collect();
        self.calibrated = Some(Calibrated::new(calibration, &patterns, parts, units, &of_sets)?);
        Ok(())
    }

    /// Σd² of a group, in a calibration where the rows are sampling units.
    pub(super) fn squares(&self, rank: u32) -> Option<Dyadic> {
        self.calibrated.as_ref().map(|c| c.squares(rank)).filter(|s| !s.is_zero())
    }

    /// By what the weights of a group are changed; `None` without a calibration.
    pub(super) fn g(&self, rank: u32, set: usize) -> Result<Option<Dyadic>> {
        self.calibrated.as_ref().map(|c| c.g(rank, set)).transpose()
    }

    /// Degrees of freedom of the design: sampling units less strata.
    pub(super) fn df(&self) -> f64 {
        let units: u64 = self.strata.iter().map(|s| s.units).sum();
        Drawn { units, population: None }.n() - self.strata.len() as f64
    }

    /// The place of a group, by its number in the state.
    pub(super) fn rank(&self, group: u32) -> u32 {
        look(&self.ranks, group)
    }

    /// Stratum and primary unit of a group, by its place.
    pub(super) fn group(&self, rank: u32) -> (usize, Option<usize>) {
        self.groups.get(rank as usize).copied().unwrap_or_default()
    }

    /// How many units the group's rows are part of, when the rows are sampling units themselves.
    pub(super) fn rows_drawn(&self, rank: u32) -> u64 {
        let (stratum, primary) = self.group(rank);
        match primary {
            Some(p) => self.primaries.get(p).map_or(0, |(_, d)| d.units),
            None => self.strata.get(stratum).map_or(0, |d| d.units),
        }
    }
}

/// A variance, and what stood behind it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Variance {
    /// `None` where the sample says nothing about it.
    pub value: Option<f64>,
    /// Strata (or primary units, in the second stage) with one sampling unit.
    pub lonely: usize,
}

struct Stage {
    sum: Vec<f64>,
    lonely: usize,
    parts: usize,
    informed: bool,
}

impl Stage {
    fn new() -> Self {
        Stage { sum: Vec::new(), lonely: 0, parts: 0, informed: false }
    }

    /// Adds a stratum: its drawn units, the totals of those with data, or the sum of squares itself.
    fn add(&mut self, drawn: Drawn, totals: &[f64], squares: Option<f64>, lonely: LonelyPsu) -> Result<()> {
        self.parts += 1;
        if drawn.fully() {
            self.informed = true;
            return Ok(());
        }
        let n = drawn.n();
        if drawn.units <= 1 {
            self.lonely += 1;
            match lonely {
                LonelyPsu::Fail => return Err(Error::new(Code::SurveyLonelyPsu)),
                LonelyPsu::Certainty | LonelyPsu::Remove | LonelyPsu::Average => {}
                LonelyPsu::Adjust => {
                    let total = num::sum(totals);
                    self.informed = true;
                    self.sum.push(drawn.rest() * total * total);
                }
            }
            return Ok(());
        }
        self.informed = true;
        let squares = squares.unwrap_or_else(|| {
            let mean = num::sum(totals) / n;
            let with_data: Vec<f64> = totals.iter().map(|t| (t - mean) * (t - mean)).collect();
            #[allow(clippy::cast_precision_loss, reason = "a count of sampling units")]
            let without = (drawn.units - (totals.len() as u64).min(drawn.units)) as f64;
            num::sum(&with_data) + without * mean * mean
        });
        self.sum.push(drawn.rest() * n / (n - 1.0) * squares);
        Ok(())
    }

    fn total(&self, lonely: LonelyPsu) -> Option<f64> {
        #[allow(clippy::cast_precision_loss, reason = "a count of strata")]
        let factor = match lonely {
            LonelyPsu::Average if self.lonely > 0 && self.lonely < self.parts => self.parts as f64 / (self.parts - self.lonely) as f64,
            _ => 1.0,
        };
        self.informed.then(|| factor * num::sum(&self.sum))
    }
}

/// The variance of Σu, from contributions in the canonical order.
///
/// # Errors
/// `survey.lonely-psu` where it is to fail.
pub(super) fn variance(frame: &Frame, contributions: &[Contribution], lonely: LonelyPsu) -> Result<Variance> {
    let residuals = frame.calibrated.as_ref().map(|c| c.residuals(contributions).0);
    let contributions = residuals.as_deref().unwrap_or(contributions);
    let mut first = Stage::new();
    let mut second: Vec<f64> = Vec::new();
    let mut second_lonely = 0;
    for in_stratum in contributions.chunk_by(|a, b| a.stratum == b.stratum) {
        let Some(stratum) = in_stratum.first().map(|c| c.stratum) else { continue };
        let Some(&drawn) = frame.strata.get(stratum) else { continue };
        if in_stratum.iter().all(|c| c.primary.is_none()) {
            let totals: Vec<f64> = in_stratum.iter().map(|c| c.total).collect();
            first.add(drawn, &totals, in_stratum.iter().find_map(|c| c.within), lonely)?;
            continue;
        }
        let mut totals = Vec::new();
        let fraction = drawn.population.map_or(0.0, |p| drawn.n() / p);
        for in_primary in in_stratum.chunk_by(|a, b| a.primary == b.primary) {
            let units: Vec<f64> = in_primary.iter().map(|c| c.total).collect();
            totals.push(num::sum(&units));
            let Some((_, inside)) = in_primary.first().and_then(|c| c.primary).and_then(|p| frame.primaries.get(p)) else { continue };
            if frame.two_stage {
                let mut stage = Stage::new();
                stage.add(*inside, &units, in_primary.iter().find_map(|c| c.within), lonely)?;
                second_lonely += stage.lonely;
                second.extend(stage.total(lonely).map(|v| fraction * v));
            }
        }
        first.add(drawn, &totals, None, lonely)?;
    }
    let value = first.total(lonely).map(|v| v + num::sum(&second));
    Ok(Variance { value: value.map(num::finite).transpose()?, lonely: first.lonely + second_lonely })
}
