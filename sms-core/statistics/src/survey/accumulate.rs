//! The state between the rows and the estimates: one pass, mergeable, the same for any split and order.

use super::batch::{Batch, Codes, Numbers};
use super::compile::{Bound, Compiled, Value};
use super::design::{Domain, FpcKind, SurveyPlan};
use super::names::{Keys, Sums, at, value_key};
use crate::diagnostic::{Code, Error, Result};
use crate::num::exact::Product;
use std::fmt;

/// The smallest and the largest value that a stratum or primary unit was given as its correction.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Correction(pub Option<(f64, f64)>);

impl Correction {
    pub(super) fn see(&mut self, x: f64) {
        self.0 = Some(self.0.map_or((x, x), |(low, high)| (low.min(x), high.max(x))));
    }

    pub(super) fn merge(&mut self, other: Correction) {
        if let Some((low, high)) = other.0 {
            self.see(low);
            self.see(high);
        }
    }
}

/// A stratum, or a primary unit whose rows are second-stage units.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Rows {
    pub rows: u64,
    pub correction: Correction,
}

/// All that was learnt from the rows. Numbers are given in the order of arrival; nothing that leaves depends on them.
#[derive(Clone)]
pub(super) struct State {
    pub rows: u64,
    pub names: Keys<String>,
    /// By the name of the stratum.
    pub strata: Keys<u32>,
    pub strata_rows: Vec<Rows>,
    /// By stratum and the name of the primary unit.
    pub primaries: Keys<(u32, u32)>,
    pub primaries_rows: Vec<Rows>,
    /// By primary unit and the name of the second-stage unit.
    pub seconds: Keys<(u32, u32)>,
    /// By domain and the names of its groups.
    pub cells: Keys<Vec<u32>>,
    pub squares: Sums,
    /// By group of rows (the last sampling unit, or what holds the rows) and cell.
    pub slots: Keys<(u32, u32)>,
    pub counts: Vec<u64>,
    pub sums: Sums,
    /// By group of rows, cell, variable and value.
    pub values: Keys<(u32, u32, u32, u64)>,
    pub value_counts: Vec<u64>,
    pub value_sums: Sums,
    /// Rows without a group, by domain.
    pub groupless: Vec<u64>,
}

impl State {
    pub(super) fn new(c: &Compiled) -> Self {
        let units = usize::from(c.rows_are_units);
        State {
            rows: 0,
            names: Keys::default(),
            strata: Keys::default(),
            strata_rows: Vec::new(),
            primaries: Keys::default(),
            primaries_rows: Vec::new(),
            seconds: Keys::default(),
            cells: Keys::default(),
            squares: Sums::new(c.squares.len()),
            slots: Keys::default(),
            counts: Vec::new(),
            sums: Sums::new(c.terms.len() * c.weight_sets + c.pairs.len()),
            values: Keys::default(),
            value_counts: Vec::new(),
            value_sums: Sums::new(c.weight_sets + units),
            groupless: vec![0; c.domains.len()],
        }
    }

    /// How many groups of rows there are: the smallest sampling units, or what holds the rows.
    fn groups(&self) -> usize {
        [self.seconds.len(), self.primaries.len(), self.strata.len()].into_iter().find(|&n| n > 0).unwrap_or_default()
    }
}

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
}

/// Numbers of names for the codes of a batch, looked up when a code first occurs.
struct Lookup<'a> {
    codes: Codes<'a>,
    known: Vec<Option<u32>>,
}

impl<'a> Lookup<'a> {
    fn new(codes: Codes<'a>) -> Self {
        Lookup { codes, known: vec![None; codes.dictionary.len()] }
    }

    fn name(&mut self, names: &mut Keys<String>, row: usize) -> Option<u32> {
        let code = self.codes.get(row)?;
        let known = self.known.get_mut(code)?;
        if known.is_none() {
            *known = self.codes.dictionary.get(code).map(|word| names.number::<str>(word));
        }
        *known
    }
}

/// What no number stands for.
const NONE: u32 = u32::MAX;

/// Where the rows of a batch stand in the design; codes are looked up when they first occur, or occur elsewhere.
struct Places<'a> {
    stratum: Option<(Lookup<'a>, Vec<u32>)>,
    /// By code: the primary unit, and its stratum.
    psu: Option<(Lookup<'a>, Vec<(u32, u32)>)>,
    /// By code: the second-stage unit, and its primary unit.
    second: Option<(Lookup<'a>, Vec<(u32, u32)>)>,
}

/// A row's stratum, its primary unit, and the smallest unit that it belongs to.
struct Place {
    stratum: u32,
    primary: Option<u32>,
    group: u32,
}

impl<'a> Places<'a> {
    fn new(stratum: Option<Codes<'a>>, psu: Option<Codes<'a>>, second: Option<Codes<'a>>) -> Self {
        let within = |codes: Codes<'a>| {
            let known = vec![(NONE, NONE); codes.dictionary.len()];
            (Lookup::new(codes), known)
        };
        let stratum = stratum.map(|codes| {
            let known = vec![NONE; codes.dictionary.len()];
            (Lookup::new(codes), known)
        });
        Places { stratum, psu: psu.map(within), second: second.map(within) }
    }

    fn of(&mut self, state: &mut State, row: usize) -> Place {
        let stratum = match &mut self.stratum {
            None => state.strata.number(&NONE),
            Some((lookup, known)) => {
                let known = lookup.codes.get(row).and_then(|code| known.get_mut(code));
                match known {
                    Some(number) if *number != NONE => *number,
                    known => {
                        let name = lookup.name(&mut state.names, row).unwrap_or(NONE);
                        let number = state.strata.number(&name);
                        known.into_iter().for_each(|k| *k = number);
                        number
                    }
                }
            }
        };
        let unit = |from: &mut Option<(Lookup<'a>, Vec<(u32, u32)>)>, names: &mut Keys<String>, units: &mut Keys<(u32, u32)>, above: u32| {
            let (lookup, known) = from.as_mut()?;
            let known = known.get_mut(lookup.codes.get(row)?)?;
            if known.1 != above {
                let name = lookup.name(names, row)?;
                *known = (units.number(&(above, name)), above);
            }
            Some(known.0)
        };
        let primary = unit(&mut self.psu, &mut state.names, &mut state.primaries, stratum);
        let second = primary.and_then(|primary| unit(&mut self.second, &mut state.names, &mut state.seconds, primary));
        Place { stratum, primary, group: second.or(primary).unwrap_or(stratum) }
    }
}

/// The cells of a domain for the codes of a batch; combinations are remembered where there are few.
struct CellLookup<'a> {
    domain: u32,
    groups: Option<&'a [Vec<String>]>,
    lookups: Vec<Lookup<'a>>,
    known: Vec<Option<InDomain>>,
    key: Vec<u32>,
}

#[derive(Clone, Copy)]
enum InDomain {
    Cell(u32),
    /// A group that was not asked for.
    Other,
    /// The code of a dimension is missing.
    Groupless,
}

impl<'a> CellLookup<'a> {
    fn new(number: usize, domain: &'a Domain, batch: &Batch<'a>) -> Result<Self> {
        let lookups: Vec<Lookup<'a>> = domain.by.iter().map(|name| batch.codes(name).map(Lookup::new)).collect::<Result<_>>()?;
        let combinations = lookups.iter().try_fold(1_usize, |n, l| n.checked_mul(l.known.len())).filter(|&n| n <= 4 * batch.rows().max(16));
        let domain_number = u32::try_from(number).unwrap_or(NONE);
        Ok(CellLookup {
            domain: domain_number,
            groups: domain.groups.as_deref(),
            lookups,
            known: vec![None; combinations.unwrap_or_default()],
            key: Vec::new(),
        })
    }

    fn of(&mut self, state: &mut State, row: usize) -> InDomain {
        let place = self.lookups.iter().try_fold(0, |at, l| l.codes.get(row).map(|code| at * l.known.len() + code));
        if let Some(Some(known)) = place.and_then(|place| self.known.get(place)) {
            return *known;
        }
        self.key.clear();
        self.key.push(self.domain);
        for lookup in &mut self.lookups {
            self.key.extend(lookup.name(&mut state.names, row));
        }
        let found = if self.key.len() != self.lookups.len() + 1 {
            InDomain::Groupless
        } else if self.is_wanted(&state.names) {
            InDomain::Cell(state.cells.number::<[u32]>(&self.key))
        } else {
            InDomain::Other
        };
        if let Some(known) = place.and_then(|place| self.known.get_mut(place)) {
            *known = Some(found);
        }
        found
    }

    fn is_wanted(&self, names: &Keys<String>) -> bool {
        let text = |n: &u32| names.list().get(*n as usize).map(String::as_str).unwrap_or_default();
        let key = self.key.get(1..).unwrap_or_default();
        self.groups.is_none_or(|groups| groups.iter().any(|g| g.iter().zip(key).all(|(code, n)| code == text(n))))
    }
}

impl Accumulator {
    /// An empty state of a plan.
    ///
    /// # Errors
    /// `survey.bad-plan`.
    pub fn new(plan: SurveyPlan) -> Result<Self> {
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
    /// # Errors
    /// `survey.missing-column`, `survey.bad-column`; with the row: `survey.bad-weight` (negative, missing or not finite),
    /// `survey.missing-design-value` (no stratum, sampling unit or correction), `survey.bad-fpc`, `survey.not-binary`,
    /// `num.not-finite`. `survey.too-large` when the limits of the plan are passed: the state cannot be used any more.
    pub fn update(&mut self, batch: &Batch<'_>) -> Result<()> {
        self.usable()?;
        let plan = &self.plan;
        let design = bind_design(plan, batch)?;
        let sources = self.compiled.bind(batch)?;
        check_rows(plan, &self.compiled, batch.rows(), &design, &sources)?;
        take_rows(plan, &self.compiled, &mut self.state, batch.rows(), design, &sources, batch)?;
        self.check_limits()
    }

    /// Takes all that another state of the same plan holds.
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
        if self.state.slots.len() as u64 > limits.cells || self.state.values.len() as u64 > limits.values {
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
    })
}

/// Refuses a batch before anything of it is taken.
fn check_rows(plan: &SurveyPlan, compiled: &Compiled, rows: usize, design: &DesignColumns<'_>, sources: &[Bound<'_>]) -> Result<()> {
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
        add_all(state.squares.of_mut(cell), &self.squares);
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
    let finest = (0..domains.len()).max_by_key(|&d| domains.get(d).map_or(0, |d| d.lookups.len())).unwrap_or_default();
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
            order.push((place.group, cells.get(from + finest).copied().unwrap_or(NONE), from, row));
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
                    state.squares.reach(cell);
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

/// Where the count of a class stands.
pub(super) fn slot_class(slot: u32, class: usize, classes: usize) -> u32 {
    u32::try_from(slot as usize * classes + class).unwrap_or(u32::MAX)
}

fn merge(into: &mut State, from: &State, c: &Compiled) {
    let number = |n: u32, map: &[u32]| if n == u32::MAX { n } else { map.get(n as usize).copied().unwrap_or(u32::MAX) };
    let names: Vec<u32> = from.names.list().iter().map(|name| into.names.number::<str>(name)).collect();
    let strata: Vec<u32> = from.strata.list().iter().map(|&s| into.strata.number(&number(s, &names))).collect();
    let primaries: Vec<u32> = from.primaries.list().iter().map(|&(s, n)| into.primaries.number(&(number(s, &strata), number(n, &names)))).collect();
    let seconds: Vec<u32> = from.seconds.list().iter().map(|&(p, n)| into.seconds.number(&(number(p, &primaries), number(n, &names)))).collect();
    let records = |into: &mut Vec<Rows>, from: &[Rows], map: &[u32]| {
        for (record, &to) in from.iter().zip(map) {
            let own = at(into, to);
            own.rows += record.rows;
            own.correction.merge(record.correction);
        }
    };
    records(&mut into.strata_rows, &from.strata_rows, &strata);
    records(&mut into.primaries_rows, &from.primaries_rows, &primaries);
    let cells: Vec<u32> = from
        .cells
        .list()
        .iter()
        .map(|key| {
            let key: Vec<u32> = key.iter().enumerate().map(|(i, &n)| if i == 0 { n } else { number(n, &names) }).collect();
            into.cells.number::<[u32]>(&key)
        })
        .collect();
    // the groups of rows are the smallest units that there are
    let groups = if from.seconds.len() > 0 {
        &seconds
    } else if from.primaries.len() > 0 {
        &primaries
    } else {
        &strata
    };
    let add = |into: &mut Sums, to: u32, from: &Sums, number: u32| {
        into.reach(to);
        into.of_mut(to).iter_mut().zip(from.of(number)).for_each(|(own, other)| own.merge(other));
    };
    let numbered = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    for (cell, &to) in cells.iter().enumerate() {
        add(&mut into.squares, to, &from.squares, numbered(cell));
    }
    let classes = c.classes.len();
    for (slot, &(group, cell)) in from.slots.list().iter().enumerate() {
        let to = into.slots.number(&(number(group, groups), number(cell, &cells)));
        add(&mut into.sums, to, &from.sums, numbered(slot));
        for class in 0..classes {
            let count = from.counts.get(slot * classes + class).copied().unwrap_or_default();
            *at(&mut into.counts, slot_class(to, class, classes)) += count;
        }
    }
    for (value, &(group, cell, variable, key)) in from.values.list().iter().enumerate() {
        let to = into.values.number(&(number(group, groups), number(cell, &cells), variable, key));
        add(&mut into.value_sums, to, &from.value_sums, numbered(value));
        *at(&mut into.value_counts, to) += from.value_counts.get(value).copied().unwrap_or_default();
    }
    into.rows += from.rows;
    into.groupless.iter_mut().zip(&from.groupless).for_each(|(own, other)| *own += other);
}
