//! The state between the rows and the estimates: one pass, mergeable, the same for any split and order.

use super::batch::{Batch, Codes, Numbers};
use super::compile::{Bound, Compiled, Value};
use super::design::{FpcKind, SurveyPlan};
use super::names::{at, value_key};
use super::patterns::Patterns;
use super::places::{CellLookup, InDomain, NONE, Places};
use super::state::{State, merge, slot_class};
use crate::diagnostic::{Code, Error, Result};
use crate::num::exact::Product;
use std::fmt;

/// Takes microdata batch by batch and keeps what the estimates of its plan need.
///
/// Memory grows with cells × sampling units of the stages that enter the variance; where each row is its own unit, with
/// cells × strata, for which exact moments are kept instead. Medians and poverty measures keep the weight of each distinct
/// value and grow with those. Any split of the rows into batches, any order, and any tree of [`merge`](Accumulator::merge)
/// calls give the same bits of [`finish`](Accumulator::finish) and [`to_bytes`](Accumulator::to_bytes).
///
/// A state holds small cells: it is as confidential as the microdata. It cannot be printed.
#[derive(Clone)]
pub struct Accumulator {
    pub(super) plan: SurveyPlan,
    pub(super) compiled: Compiled,
    pub(super) fingerprint: [u8; 32],
    pub(super) state: State,
    full: Option<Error>,
}

impl fmt::Debug for Accumulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Accumulator").field("plan", &self.plan_fingerprint()).finish_non_exhaustive()
    }
}

/// What the design needs of each row, as columns.
struct DesignColumns<'a> {
    weight: Numbers<'a>,
    stratum: Option<Codes<'a>>,
    psu: Option<Codes<'a>>,
    second: Option<Codes<'a>>,
    fpc: Option<(Numbers<'a>, FpcKind)>,
    second_fpc: Option<(Numbers<'a>, FpcKind)>,
    replicates: Vec<Numbers<'a>>,
    calibration: Option<Patterns<'a>>,
}

impl Accumulator {
    /// An empty state of a plan.
    ///
    /// ```
    /// # use sms_statistics as sms_core;
    /// use sms_core::survey::Accumulator;
    /// let plan = serde_json::json!({"design": {"weight": "w"}, "estimates": {"rent": {"kind": "mean", "variable": "rent"}}, "domains": [{}]});
    /// let accumulator = Accumulator::new(serde_json::from_value(plan).unwrap())?;
    /// assert_eq!(accumulator.plan_fingerprint().len(), 64);
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `survey.bad-plan`.
    pub fn new(plan: SurveyPlan) -> Result<Self> {
        let plan = plan.composed();
        plan.check()?;
        let compiled = Compiled::new(&plan);
        let fingerprint = plan.fingerprint()?;
        let state = State::new(&compiled);
        Ok(Accumulator { plan, compiled, fingerprint, state, full: None })
    }

    /// The plan.
    #[must_use]
    pub fn plan(&self) -> &SurveyPlan {
        &self.plan
    }

    /// The fingerprint of the plan that the state is bound to, as hexadecimal text.
    #[must_use]
    pub fn plan_fingerprint(&self) -> String {
        self.fingerprint.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Takes the rows of a batch. A batch that is refused leaves the state as it was.
    ///
    /// ```
    /// # use sms_statistics as sms_core;
    /// use sms_core::survey::{Accumulator, Batch, Column, Reporting};
    /// // method §5: two strata of two sampling units each, drawn with replacement
    /// let plan = serde_json::json!({"design": {"weight": "w", "stratum": "h", "psu": "i"},
    ///     "estimates": {"share": {"kind": "mean", "variable": "y"}}, "domains": [{}]});
    /// let mut accumulator = Accumulator::new(serde_json::from_value(plan).unwrap())?;
    /// let mut batch = Batch::new(7);
    /// batch.insert("w", Column::numbers(&[10.0, 10.0, 10.0, 10.0, 20.0, 20.0, 20.0]))?;
    /// batch.insert("y", Column::numbers(&[1.0, 0.0, 1.0, 1.0, 0.0, 1.0, 0.0]))?;
    /// batch.insert("h", Column::codes(&[0, 0, 0, 0, 1, 1, 1], &["1", "2"]))?;
    /// batch.insert("i", Column::codes(&[0, 0, 1, 1, 2, 2, 3], &["A", "B", "C", "D"]))?;
    /// accumulator.update(&batch)?;
    /// let made = &accumulator.finish(&Reporting::new(0.95))?.estimates[0];
    /// assert_eq!((made.value, made.df), (Some(0.5), Some(2.0)));
    /// assert!((made.se.unwrap() - 0.1414213562373095).abs() < 1e-15);
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `survey.missing-column`, `survey.bad-column`; with the row: `survey.bad-weight` (negative, missing or not finite),
    /// `survey.missing-design-value` (no stratum, sampling unit or correction, or no code or number of a calibration), `survey.no-population-total`,
    /// `survey.bad-fpc`, `survey.not-binary`,
    /// `num.not-finite`. `survey.too-large` when the limits of the plan are passed: the state cannot be used any more.
    pub fn update(&mut self, batch: &Batch<'_>) -> Result<()> {
        self.usable()?;
        let plan = &self.plan;
        let mut design = bind_design(plan, batch)?;
        let sources = self.compiled.bind(batch)?;
        check_rows(plan, &self.compiled, batch.rows(), &mut design, &sources)?;
        take_rows(plan, &self.compiled, &mut self.state, batch.rows(), design, &sources, batch)?;
        self.check_limits()
    }

    /// Takes all that another state of the same plan holds.
    ///
    /// ```
    /// # use sms_statistics as sms_core;
    /// use sms_core::survey::{Accumulator, Batch, Column, Reporting};
    /// let plan = serde_json::json!({"design": {"weight": "w"}, "estimates": {"rent": {"kind": "mean", "variable": "rent"}}, "domains": [{}]});
    /// let of = |rents: &[f64]| -> sms_core::Result<Accumulator> {
    ///     let mut accumulator = Accumulator::new(serde_json::from_value(plan.clone()).unwrap())?;
    ///     let mut batch = Batch::new(2);
    ///     batch.insert("rent", Column::numbers(rents))?;
    ///     batch.insert("w", Column::numbers(&[1.0; 2]))?;
    ///     accumulator.update(&batch)?;
    ///     Ok(accumulator)
    /// };
    /// let mut all = of(&[3.0, 5.0])?;
    /// all.merge(&of(&[4.0, 8.0])?)?;
    /// assert_eq!(all.finish(&Reporting::new(0.95))?.estimates[0].value, Some(5.0));
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `survey.other-plan`, `survey.too-large`.
    pub fn merge(&mut self, other: &Accumulator) -> Result<()> {
        self.usable()?;
        other.usable()?;
        if self.fingerprint != other.fingerprint {
            return Err(Error::new(Code::SurveyOtherPlan));
        }
        merge(&mut self.state, &other.state, &self.compiled);
        self.check_limits()
    }

    pub(super) fn usable(&self) -> Result<()> {
        self.full.clone().map_or(Ok(()), Err)
    }

    pub(super) fn check_limits(&mut self) -> Result<()> {
        let limits = self.plan.limits;
        // a cell of weightless rows has no slot
        if self.state.slots.len().max(self.state.cells.len()) as u64 > limits.cells || self.state.values.len() as u64 > limits.values {
            let error = Error::new(Code::SurveyTooLarge);
            self.full = Some(error.clone());
            return Err(error);
        }
        Ok(())
    }
}

fn bind_design<'a>(plan: &'a SurveyPlan, batch: &Batch<'a>) -> Result<DesignColumns<'a>> {
    let design = &plan.design;
    let codes = |name: &'a Option<String>| name.as_deref().map(|name| batch.codes(name)).transpose();
    let fpc = |fpc: Option<&'a super::design::Fpc>| fpc.map(|f| Ok((batch.numbers(&f.column)?, f.kind))).transpose();
    let replicates = design.replicates.iter().flat_map(|r| &r.columns).map(|name| batch.numbers(name)).collect::<Result<_>>()?;
    Ok(DesignColumns {
        weight: batch.numbers(&design.weight)?,
        stratum: codes(&design.stratum)?,
        psu: codes(&design.psu)?,
        second: match &design.second_stage {
            Some(second) => codes(&second.unit)?,
            None => None,
        },
        fpc: fpc(design.fpc.as_ref())?,
        second_fpc: fpc(design.second_stage.as_ref().map(|s| &s.fpc))?,
        replicates,
        calibration: design.calibration.as_ref().map(|c| Patterns::new(c, batch)).transpose()?,
    })
}

/// Refuses a batch before anything of it is taken.
fn check_rows(plan: &SurveyPlan, compiled: &Compiled, rows: usize, design: &mut DesignColumns<'_>, sources: &[Bound<'_>]) -> Result<()> {
    let line = |row: usize| u32::try_from(row + 1).unwrap_or(u32::MAX);
    let fail = |code: Code, row: usize, column: &str| Err(Error::new(code).at_row(line(row)).in_column(column));
    let names = &plan.design;
    let is_weight = |x: Option<f64>| x.is_some_and(|w| w.is_finite() && w >= 0.0);
    let named = |name: &'_ Option<String>| name.clone().unwrap_or_default();
    for row in 0..rows {
        if !is_weight(design.weight.get(row)) {
            return fail(Code::SurveyBadWeight, row, &names.weight);
        }
        for (column, numbers) in names.replicates.iter().flat_map(|r| &r.columns).zip(&design.replicates) {
            if !is_weight(numbers.get(row)) {
                return fail(Code::SurveyBadWeight, row, column);
            }
        }
        let second = names.second_stage.as_ref();
        for (codes, column) in [(&design.stratum, &names.stratum), (&design.psu, &names.psu), (&design.second, second.map_or(&None, |s| &s.unit))] {
            if codes.as_ref().is_some_and(|c| c.get(row).is_none()) {
                return fail(Code::SurveyMissingDesignValue, row, &named(column));
            }
        }
        for (fpc, column) in [(&design.fpc, names.fpc.as_ref()), (&design.second_fpc, second.map(|s| &s.fpc))] {
            let (Some((numbers, kind)), Some(column)) = (fpc, column) else { continue };
            match numbers.get(row) {
                None => return fail(Code::SurveyMissingDesignValue, row, &column.column),
                Some(x) if !(x > 0.0 && x.is_finite() && (*kind == FpcKind::Population || x <= 1.0)) => return fail(Code::SurveyBadFpc, row, &column.column),
                Some(_) => {}
            }
        }
        if let Some(calibration) = &mut design.calibration {
            calibration.of(row).map_err(|e| e.at_row(line(row)))?;
        }
        for (at, source) in sources.iter().enumerate() {
            if let Some(x) = source.number(row) {
                let name = || compiled.sources.get(at).map(|(name, _)| name.clone()).unwrap_or_default();
                if !x.is_finite() {
                    return fail(Code::NumNotFinite, row, &name());
                }
                if compiled.binary.contains(&at) && x != 0.0 && x != 1.0 {
                    return fail(Code::SurveyNotBinary, row, &name());
                }
            }
        }
    }
    Ok(())
}

/// What a row adds: one product for each weight set of each term, and so on.
struct RowProducts<'a> {
    compiled: &'a Compiled,
    design: &'a DesignColumns<'a>,
    sources: &'a [Bound<'a>],
    combined: bool,
    weight: f64,
    /// By class: whether all its variables are there.
    there: Vec<bool>,
    values: Vec<Option<f64>>,
    products: Vec<Option<Product>>,
    pairs: Vec<Option<Product>>,
    squares: Vec<Option<Product>>,
    /// Of the weights themselves, where distributions need them.
    weights: Vec<Product>,
}

impl<'a> RowProducts<'a> {
    fn new(plan: &SurveyPlan, c: &'a Compiled, design: &'a DesignColumns<'a>, sources: &'a [Bound<'a>]) -> Self {
        RowProducts {
            compiled: c,
            design,
            sources,
            combined: plan.design.replicates.as_ref().is_none_or(|r| r.combined),
            weight: 0.0,
            there: vec![false; c.classes.len()],
            values: vec![None; c.terms.len()],
            products: vec![None; c.terms.len() * c.weight_sets],
            pairs: vec![None; c.pairs.len()],
            squares: vec![None; c.squares.len()],
            weights: Vec::with_capacity(c.weight_sets + 1),
        }
    }

    /// Whether the row adds nothing at all.
    fn is_weightless(&self, row: usize) -> bool {
        let spread = || self.design.replicates.iter().filter_map(|r| r.get(row)).any(|r| r > 0.0);
        self.design.weight.get(row).unwrap_or_default() == 0.0 && !(self.combined && spread())
    }

    fn form(&mut self, row: usize) -> Result<()> {
        let (c, design, sources, combined, sets) = (self.compiled, self.design, self.sources, self.combined, self.compiled.weight_sets);
        let w = design.weight.get(row).unwrap_or_default();
        self.weight = w;
        for (there, needs) in self.there.iter_mut().zip(&c.classes) {
            *there = needs.iter().all(|&s| sources.get(s).is_some_and(|s| s.is_there(row)));
        }
        for (value, term) in self.values.iter_mut().zip(&c.terms) {
            *value = match term.value {
                _ if !self.there.get(term.class).copied().unwrap_or(false) => None,
                Value::One => Some(1.0),
                Value::Number(s) => sources.get(s).and_then(|s| s.number(row)),
                Value::Category(s, label) => sources.get(s).map(|s| if s.has_label(row, label) { 1.0 } else { 0.0 }),
            };
        }
        let replicate = |set: usize| design.replicates.get(set - 1).and_then(|r| r.get(row)).unwrap_or_default();
        for (products, &value) in self.products.chunks_mut(sets).zip(&self.values) {
            for (set, product) in products.iter_mut().enumerate() {
                *product = match value {
                    None => None,
                    Some(y) if set == 0 => Some(Product::new([w, y])?),
                    Some(y) if combined => Some(Product::new([replicate(set), y])?),
                    Some(y) => Some(Product::new([w, replicate(set), y])?),
                };
            }
        }
        let value_of = |i: usize| self.values.get(i).copied().flatten();
        for (&(a, b), product) in c.pairs.iter().zip(&mut self.pairs) {
            *product = match (value_of(a), value_of(b)) {
                (Some(x), Some(y)) => Some(Product::new([w, w, x, y])?),
                _ => None,
            };
        }
        for (&term, product) in c.squares.iter().zip(&mut self.squares) {
            *product = match value_of(term) {
                Some(y) => Some(Product::new([w, y, y])?),
                None => None,
            };
        }
        if !c.distributions.is_empty() {
            self.weights.clear();
            for set in 0..sets {
                self.weights.push(match set {
                    0 => Product::new([w])?,
                    _ if combined => Product::new([replicate(set)])?,
                    _ => Product::new([w, replicate(set)])?,
                });
            }
            if c.rows_are_units {
                self.weights.push(Product::new([w, w])?);
            }
        }
        Ok(())
    }

    /// Adds what was formed of a row to a slot, and to the distributions of its group and cell.
    fn add(&self, state: &mut State, row: usize, (group, cell): (u32, u32), slot: u32) {
        add_all(state.squares.of_mut(if self.compiled.calibrated { slot } else { cell }), &self.squares);
        let counts_cases = self.weight > 0.0;
        if counts_cases {
            for (class, &is_there) in self.there.iter().enumerate() {
                *at(&mut state.counts, slot_class(slot, class, self.there.len())) += u64::from(is_there);
            }
        }
        let sums = state.sums.of_mut(slot);
        let (linear, moments) = sums.split_at_mut(self.products.len().min(sums.len()));
        add_all(linear, &self.products);
        add_all(moments, &self.pairs);
        for (variable, &source) in (0_u32..).zip(&self.compiled.distributions) {
            let Some(x) = self.sources.get(source).and_then(|s| s.number(row)) else { continue };
            let value = state.values.number(&(group, cell, variable, value_key(x)));
            state.value_sums.reach(value);
            *at(&mut state.value_counts, value) += u64::from(counts_cases);
            for (sum, weight) in state.value_sums.of_mut(value).iter_mut().zip(&self.weights) {
                sum.add_product(weight);
            }
        }
    }
}

/// Rows that are put in the order of their slots together, so that large states are not walked at random.
const CHUNK: usize = 1 << 18;
/// A state of so few slots is near at hand in any order.
const FEW_SLOTS: usize = 1 << 12;

fn take_rows(
    plan: &SurveyPlan,
    c: &Compiled,
    state: &mut State,
    rows: usize,
    mut design: DesignColumns<'_>,
    sources: &[Bound<'_>],
    batch: &Batch<'_>,
) -> Result<()> {
    let mut places = Places::new(design.stratum.take(), design.psu.take(), design.second.take());
    let mut domains = c.domains.iter().enumerate().map(|(number, domain)| CellLookup::new(number, domain, batch)).collect::<Result<Vec<_>>>()?;
    let finest = (0..domains.len()).max_by_key(|&d| domains.get(d).map_or(0, |d| d.dimensions())).unwrap_or_default();
    let mut calibration = design.calibration.take();
    let mut products = RowProducts::new(plan, c, &design, sources);
    // by row that adds something: its group, its cell in the finest domain, where its cells stand in `cells`, and its number
    let mut order: Vec<(u32, u32, usize, usize)> = Vec::new();
    let mut cells: Vec<u32> = Vec::new();
    let mut last = vec![((NONE, NONE), NONE); domains.len()];
    for start in (0..rows).step_by(CHUNK) {
        order.clear();
        cells.clear();
        for row in start..rows.min(start + CHUNK) {
            state.rows += 1;
            let place = places.of(state, row);
            let record = at(&mut state.strata_rows, place.stratum);
            record.rows += 1;
            if let Some(x) = design.fpc.as_ref().and_then(|(f, _)| f.get(row)) {
                record.correction.see(x);
            }
            if let Some(primary) = place.primary {
                let record = at(&mut state.primaries_rows, primary);
                record.rows += 1;
                if let Some(x) = design.second_fpc.as_ref().and_then(|(f, _)| f.get(row)) {
                    record.correction.see(x);
                }
            }
            if products.is_weightless(row) {
                // their groups are told of, without a value
                for domain in &mut domains {
                    if let (InDomain::Cell(cell), false) = (domain.of(state, row), c.calibrated) {
                        state.squares.reach(cell);
                    }
                }
                continue;
            }
            let from = cells.len();
            for (d, domain) in domains.iter_mut().enumerate() {
                cells.push(match domain.of(state, row) {
                    InDomain::Cell(cell) => cell,
                    InDomain::Other => NONE,
                    InDomain::Groupless => {
                        if let Some(count) = state.groupless.get_mut(d) {
                            *count += 1;
                        }
                        NONE
                    }
                });
            }
            let group = match &mut calibration {
                Some(calibration) => {
                    let pattern = state.patterns.number::<[u64]>(calibration.of(row)?);
                    state.parts.number(&(place.group, pattern))
                }
                None => place.group,
            };
            order.push((group, cells.get(from + finest).copied().unwrap_or(NONE), from, row));
        }
        if state.groups() * state.cells.len() > FEW_SLOTS {
            order.sort_unstable();
        }
        for &(group, _, from, row) in &order {
            products.form(row)?;
            for (&cell, last) in cells.get(from..from + domains.len()).unwrap_or_default().iter().zip(&mut last) {
                if cell == NONE {
                    continue;
                }
                if last.0 != (group, cell) {
                    *last = ((group, cell), state.slots.number(&(group, cell)));
                    state.sums.reach(last.1);
                    state.squares.reach(if c.calibrated { last.1 } else { cell });
                }
                products.add(state, row, (group, cell), last.1);
            }
        }
    }
    Ok(())
}

fn add_all(sums: &mut [crate::num::exact::ExactSum], products: &[Option<Product>]) {
    for (sum, product) in sums.iter_mut().zip(products) {
        if let Some(product) = product {
            sum.add_product(product);
        }
    }
}
