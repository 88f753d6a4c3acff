//! From a state to estimates with their error.

use super::accumulate::Accumulator;
use super::compile::{Compiled, Recipe, Statistic};
use super::covariance::{Line, Placed, SurveyGroups, UnitGroup};
use super::design::{LonelyPsu, Measure};
use super::interval::{ProportionIntervalInput, critical, mean_interval, proportion_interval};
use super::linear::{Laid, Linearised, Slots, Totals};
use super::names::key_value;
use super::poverty::{self, Point};
use super::quality::{Quality, QualityFlag, QualityInput, Reporting, quality};
use super::quantile::{Distribution, QuantileRule};
use super::variance::{Contribution, Frame, Order, variance};
use crate::diagnostic::{Code, Error, Finding, Findings, Result};
use crate::estimate::{Interval, IntervalMethod};
use crate::num;
use crate::num::exact::ExactSum;
use serde::Serialize;
use std::collections::BTreeMap;

/// A dimension and a code of it: together they say for whom an estimate is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "SurveyDomainPart"))]
pub struct DomainPart {
    /// The column of the dimension.
    pub dimension: String,
    /// The code of the group.
    pub code: String,
}

/// Why an estimate has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "SurveyAbsence"))]
pub enum Absent {
    /// Nobody of this group is in the sample.
    EmptyDomain,
    /// Nobody of this group has a value of the variable.
    AllMissing,
    /// The measure is not defined here, such as a ratio to zero.
    NotDefined,
}

/// One estimate for one group.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SurveyEstimate {
    /// Its name in the plan.
    pub estimate: String,
    /// The kind of measure.
    pub kind: &'static str,
    /// For whom; empty: everybody.
    pub domain: Vec<DomainPart>,
    /// The point value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// Why there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub absent: Option<Absent>,
    /// Standard error by the design; absent where the design gives none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub se: Option<f64>,
    /// Coefficient of variation, SE/|value|.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cv: Option<f64>,
    /// Interval.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval: Option<Interval>,
    /// Degrees of freedom: sampling units minus strata, those with data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub df: Option<f64>,
    /// Cases with a value and a weight above 0.
    pub n: u64,
    /// Sampling units with data (rows, where each is its own); absent for replicate weights.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub psus: Option<u64>,
    /// Strata with data; absent for replicate weights.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub strata: Option<u64>,
    /// Estimated number in the population, Σw.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub population: Option<f64>,
    /// Design effect against simple random sampling without replacement; of means, shares and totals.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deff: Option<f64>,
    /// Cases divided by the design effect.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effective_n: Option<f64>,
    /// The poverty line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threshold: Option<f64>,
    /// The grade by the rule of quality.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quality: Option<Quality>,
    /// What the rule saw.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<QualityFlag>,
}

/// All estimates of a plan. They are not released: small groups are among them.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SurveyResults {
    /// By name, then by domain in the order of the plan, then by code.
    pub estimates: Vec<SurveyEstimate>,
    /// With `covariances`: the groups of each estimate and domain, as [`crate::equality`] takes them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<SurveyGroups>,
    /// Rows read.
    pub rows: u64,
    /// What is doubtful.
    pub findings: Findings,
}

/// What was made of a cell, before it is dressed.
#[derive(Default)]
pub(super) struct Made {
    value: Option<f64>,
    threshold: Option<f64>,
    pub(super) contributions: Vec<Contribution>,
    /// The group of rows of each contribution.
    pub(super) units: Vec<UnitGroup>,
    /// Where the poverty line is everybody's and the rows are units.
    pub(super) line: Option<Line>,
    pub(super) replicates: Vec<Option<f64>>,
    simple: Option<f64>,
    n: u64,
    population: Option<f64>,
    /// For Woodruff's interval.
    distribution: Option<(Distribution, f64, QuantileRule)>,
}

struct Cells<'a> {
    accumulator: &'a Accumulator,
    frame: Frame,
    /// Cells in order: their number and key.
    cells: Vec<(u32, Vec<u32>)>,
    laid: Laid<'a>,
    /// By cell and variable: places of values.
    values: BTreeMap<(u32, u32), Vec<u32>>,
}

fn rank_of(ranks: &[u32], number: u32) -> u32 {
    ranks.get(number as usize).copied().unwrap_or(u32::MAX)
}

impl<'a> Cells<'a> {
    fn new(accumulator: &'a Accumulator) -> Result<Self> {
        let state = &accumulator.state;
        let order = Order::new(state);
        let frame = Frame::new(&accumulator.plan, state, &order)?;
        let key = |key: &[u32]| key.iter().enumerate().map(|(i, &n)| if i == 0 { n } else { rank_of(&order.name_rank, n) }).collect::<Vec<_>>();
        let mut cells: Vec<(u32, Vec<u32>)> = (0_u32..).zip(state.cells.list()).map(|(number, k)| (number, key(k))).collect();
        cells.sort_unstable_by(|a, b| a.1.cmp(&b.1));
        let mut values: BTreeMap<(u32, u32), Vec<u32>> = BTreeMap::new();
        for (number, &(_, cell, variable, _)) in (0_u32..).zip(state.values.list()) {
            values.entry((cell, variable)).or_default().push(number);
        }
        let place = |value: &u32| state.values.list().get(*value as usize).map_or((u32::MAX, 0), |v| (frame.rank(v.0), v.3));
        values.values_mut().for_each(|list| list.sort_by_cached_key(place));
        let compiled = &accumulator.compiled;
        let laid = Laid { state, compiled, slots: Slots::new(state, &frame.ranks), totals: Totals::new(compiled, state) };
        Ok(Cells { accumulator, frame, cells, laid, values })
    }

    /// A group of rows by its place, and how many rows were drawn with it.
    fn unit(&self, rank: u32) -> UnitGroup {
        #[allow(clippy::cast_precision_loss, reason = "a count of rows")]
        let rows = self.frame.rows_drawn(rank).max(1) as f64;
        UnitGroup { rank, rows }
    }

    fn compiled(&self) -> &Compiled {
        &self.accumulator.compiled
    }

    /// The distribution of a variable in a cell with one set of weights.
    fn distribution(&self, cell: u32, variable: u32, set: usize) -> Result<Option<Distribution>> {
        let state = &self.accumulator.state;
        let mut by_value: BTreeMap<u64, ExactSum> = BTreeMap::new();
        for &value in self.values.get(&(cell, variable)).into_iter().flatten() {
            let (Some(&(_, _, _, key)), Some(weight)) = (state.values.list().get(value as usize), state.value_sums.of(value).get(set)) else { continue };
            by_value.entry(key).or_default().merge(weight);
        }
        Distribution::new(by_value.iter().map(|(&key, weight)| (key_value(key), weight.dyadic())))
    }

    /// Σ of some influence over the values of each group of rows: the group, Σgw, and Σg²w² where the rows are units.
    fn spread(&self, cell: u32, variable: u32, into: &mut BTreeMap<u32, (f64, f64)>, influence: &dyn Fn(f64) -> (f64, f64)) -> Result<()> {
        let state = &self.accumulator.state;
        let list: &[u32] = self.values.get(&(cell, variable)).map(Vec::as_slice).unwrap_or_default();
        let group_of = |value: u32| state.values.list().get(value as usize).map_or(u32::MAX, |v| v.0);
        for in_group in list.chunk_by(|&a, &b| group_of(a) == group_of(b)) {
            let (mut totals, mut squares) = (Vec::new(), Vec::new());
            for &value in in_group {
                let Some(&(_, _, _, key)) = state.values.list().get(value as usize) else { continue };
                let sums = state.value_sums.of(value);
                let (g, g_squared) = influence(key_value(key));
                totals.push(g * sums.first().map(ExactSum::value).transpose()?.unwrap_or(0.0));
                if self.compiled().rows_are_units {
                    squares.push(g_squared * sums.last().map(ExactSum::value).transpose()?.unwrap_or(0.0));
                }
            }
            let group = in_group.first().map_or(u32::MAX, |&v| group_of(v));
            let entry = into.entry(self.frame.rank(group)).or_insert((0.0, 0.0));
            entry.0 += num::sum(&totals);
            entry.1 += num::sum(&squares);
        }
        Ok(())
    }

    fn statistic(&self, cell: u32, variable: usize, statistic: Statistic, has_replicates: bool) -> Result<Made> {
        let state = &self.accumulator.state;
        let var = u32::try_from(variable).unwrap_or(u32::MAX);
        let n = self.values.get(&(cell, var)).into_iter().flatten().filter_map(|&v| state.value_counts.get(v as usize)).sum();
        let Some(own) = self.distribution(cell, var, 0)? else { return Ok(Made { n, ..Made::default() }) };
        let everybody = self.compiled().whole.and_then(|domain| state.cells.find::<[u32]>(&[u32::try_from(domain).unwrap_or(u32::MAX)]));
        let whole_of = |set: usize| everybody.map(|e| self.distribution(e, var, set)).transpose().map(Option::flatten);
        let whole = whole_of(0)?;
        let point = poverty::point(statistic, &own, whole.as_ref());
        let mut made = Made { n, population: Some(own.total), value: point.map(|p| p.value), threshold: point.and_then(|p| p.threshold), ..Made::default() };
        let Some(point) = point else { return Ok(made) };
        if has_replicates {
            for set in 1..self.compiled().weight_sets {
                let theta = match self.distribution(cell, var, set)? {
                    Some(own) => poverty::point(statistic, &own, whole_of(set)?.as_ref()).map(|p| p.value),
                    None => None,
                };
                made.replicates.push(theta);
            }
            return Ok(made);
        }
        self.linearised(cell, var, statistic, &own, whole.as_ref().zip(everybody), point, &mut made)?;
        if let Statistic::Quantile(_, rule) = statistic {
            made.distribution = Some((own, point.value, rule));
        }
        Ok(made)
    }

    #[expect(clippy::too_many_arguments, reason = "one statistic of one cell, with all that it is made from")]
    fn linearised(
        &self,
        cell: u32,
        variable: u32,
        statistic: Statistic,
        own: &Distribution,
        whole: Option<(&Distribution, u32)>,
        point: Point,
        made: &mut Made,
    ) -> Result<()> {
        let Some(influence) = poverty::influence(statistic, own, whole.map(|w| w.0), point) else { return Ok(()) };
        let at = |d: &Distribution, g: &[f64], v: f64| d.values.binary_search_by(|x| x.total_cmp(&v)).ok().and_then(|i| g.get(i)).copied().unwrap_or(0.0);
        let of_own = |v: f64| at(own, &influence.own, v);
        let mut groups = BTreeMap::new();
        match (&influence.whole, whole) {
            (Some((moves, line)), Some((everybody, number))) => {
                let base = |v: f64| at(everybody, line, v);
                let of_line = |v: f64| base(v) * moves;
                self.spread(number, variable, &mut groups, &|v| {
                    let h = of_line(v);
                    (h, h * h)
                })?;
                self.spread(cell, variable, &mut groups, &|v| {
                    let (g, h) = (of_own(v), of_line(v));
                    (g, g * (g + 2.0 * h))
                })?;
                if self.compiled().rows_are_units {
                    let (mut squares, mut mixed) = (BTreeMap::new(), BTreeMap::new());
                    self.spread(number, variable, &mut squares, &|v| (0.0, base(v) * base(v)))?;
                    self.spread(cell, variable, &mut mixed, &|v| (0.0, of_own(v) * base(v)))?;
                    made.line = Some(Line::new(*moves, &squares, &mixed));
                }
            }
            _ => self.spread(cell, variable, &mut groups, &|v| {
                let g = of_own(v);
                (g, g * g)
            })?,
        }
        for (rank, (total, squares)) in groups {
            let (stratum, primary) = self.frame.group(rank);
            let unit = self.unit(rank);
            let within = self.compiled().rows_are_units.then(|| (squares - total * total / unit.rows).max(0.0));
            made.contributions.push(Contribution { stratum, primary, total, within });
            made.units.push(unit);
        }
        Ok(())
    }

    fn total(&self, cell: u32, recipe: &Recipe, linearised: &Linearised) -> Result<Made> {
        let Recipe::Linear { class, weights, .. } = *recipe else { return Ok(Made::default()) };
        let totals = &self.laid.totals;
        let n = totals.count(cell, class);
        if n == 0 {
            return Ok(Made::default());
        }
        let made = self.laid.linear(cell, recipe)?;
        Ok(Made {
            value: made.value,
            contributions: linearised.contributions(&self.laid.slots, &self.frame, cell),
            replicates: made.replicates,
            simple: made.simple,
            n,
            population: Some(totals.sum(cell, weights).value()?),
            ..Made::default()
        })
    }

    /// Sampling units and strata with cases.
    fn units(&self, cell: u32, recipe: &Recipe, linearised: &Linearised, n: u64) -> (u64, u64) {
        let state = &self.accumulator.state;
        let mut groups: Vec<u32> = match *recipe {
            Recipe::Linear { .. } => self.laid.slots.groups_with_cases(cell, &linearised.has_cases).collect(),
            Recipe::Distribution { variable, .. } => {
                let key = (cell, u32::try_from(variable).unwrap_or(u32::MAX));
                let with_cases = |value: &&u32| state.value_counts.get(**value as usize).is_some_and(|&n| n > 0);
                let values = self.values.get(&key).map(Vec::as_slice).unwrap_or_default();
                let group = |&value: &u32| state.values.list().get(value as usize).map(|v| self.frame.rank(v.0));
                values.iter().filter(with_cases).filter_map(group).collect()
            }
        };
        groups.dedup();
        let mut places: Vec<(usize, Option<usize>)> = groups.iter().map(|&g| self.frame.group(g)).collect();
        places.sort_unstable();
        places.dedup();
        let units = if self.accumulator.plan.design.psu.is_some() { places.len() as u64 } else { n };
        places.dedup_by_key(|p| p.0);
        (units, places.len() as u64)
    }
}

impl Accumulator {
    /// The estimates. The state stays as it is and can take more.
    ///
    /// # Errors
    /// `survey.no-rows`; of the design: `survey.lonely-psu`, `survey.fpc-varies`, `survey.fpc-below-sample`,
    /// `survey.psu-in-two-strata`; `estimate.bad-confidence`, `survey.bad-parameter` (also for covariances of more groups than are
    /// compared), `num.not-finite` where a result is beyond the range of an f64.
    pub fn finish(&self, reporting: &Reporting) -> Result<SurveyResults> {
        self.usable()?;
        if !(reporting.confidence > 0.0 && reporting.confidence < 1.0) {
            return Err(Error::new(Code::EstimateBadConfidence));
        }
        if let Some(rules) = &reporting.quality {
            rules.check()?;
        }
        if self.state.rows == 0 {
            return Err(Error::new(Code::SurveyNoRows));
        }
        let cells = Cells::new(self)?;
        let mut results = SurveyResults { estimates: Vec::new(), groups: Vec::new(), rows: self.state.rows, findings: Findings::new() };
        self.find_of_the_design(&cells, reporting, &mut results.findings)?;
        for ((name, measure), recipe) in self.plan.estimates.iter().zip(&self.compiled.recipes) {
            let linearised = cells.laid.linearised(&cells.frame, recipe)?;
            for (number, domain) in self.plan.domains.iter().enumerate() {
                let of_domain = |key: &[u32]| key.first().is_some_and(|&d| d as usize == number);
                let mut rows: Vec<(Vec<String>, Option<u32>)> = Vec::new();
                for (cell, _) in cells.cells.iter().filter(|(_, key)| of_domain(key)) {
                    let key = self.state.cells.list().get(*cell as usize).map(Vec::as_slice).unwrap_or_default();
                    let codes = key.iter().skip(1).map(|&n| self.state.names.list().get(n as usize).map(ToString::to_string).unwrap_or_default());
                    rows.push((codes.collect(), Some(*cell)));
                }
                for wanted in domain.groups.iter().flatten() {
                    if !rows.iter().any(|(codes, _)| codes == wanted) {
                        rows.push((wanted.clone(), None));
                    }
                }
                if rows.is_empty() && domain.by.is_empty() {
                    rows.push((Vec::new(), None));
                }
                rows.sort();
                let mut placed: Vec<Placed> = Vec::new();
                for (codes, cell) in rows {
                    let parts = domain.by.iter().zip(codes).map(|(dimension, code)| DomainPart { dimension: dimension.clone(), code });
                    let (estimate, mut made) = self.one(&cells, name, measure, recipe, &linearised, parts.collect(), cell, reporting, &mut results.findings)?;
                    if reporting.covariances && !domain.by.is_empty() {
                        if let (Recipe::Linear { .. }, Some(cell)) = (recipe, cell) {
                            made.units = cells.laid.slots.groups_with_cases(cell, &linearised.has_cases).map(|rank| cells.unit(rank)).collect();
                        }
                        placed.push(Placed { at: results.estimates.len(), made });
                    }
                    results.estimates.push(estimate);
                }
                if !placed.is_empty() {
                    let groups = SurveyGroups::new(name, &domain.by, &placed, &results.estimates, &cells.frame, &self.plan.design)?;
                    results.groups.push(groups);
                }
            }
        }
        Ok(results)
    }

    fn find_of_the_design(&self, cells: &Cells<'_>, reporting: &Reporting, findings: &mut Findings) -> Result<()> {
        let design = &self.plan.design;
        if cells.frame.reused > 0 {
            findings.push(Finding::new(Code::SurveyPsuReused).with("units", cells.frame.reused));
        }
        for (domain, &rows) in self.plan.domains.iter().zip(&self.state.groupless) {
            if rows > 0 {
                findings.push(Finding::new(Code::SurveyRowsWithoutGroup).about(&domain.by.join(" × ")).with("rows", rows));
            }
        }
        let (Some(known), Some((whole, weights))) = (design.population, self.compiled.reached) else { return Ok(()) };
        let cell = self.state.cells.find::<[u32]>(&[u32::try_from(whole).unwrap_or(u32::MAX)]);
        let reached = cell.map_or(Ok(0.0), |cell| cells.laid.totals.sum(cell, weights).value())?;
        let tolerance = reporting.quality.as_ref().map_or(0.0, |rules| rules.population_tolerance);
        if num::abs(reached - known) > (tolerance + crate::target::SLACK) * known {
            findings.push(Finding::new(Code::SurveyWeightsMissPopulation));
        }
        Ok(())
    }

    #[expect(clippy::too_many_arguments, reason = "one estimate, with all that it is made from")]
    fn one(
        &self,
        cells: &Cells<'_>,
        name: &str,
        measure: &Measure,
        recipe: &Recipe,
        linearised: &Linearised,
        domain: Vec<DomainPart>,
        cell: Option<u32>,
        reporting: &Reporting,
        findings: &mut Findings,
    ) -> Result<(SurveyEstimate, Made)> {
        let design = &self.plan.design;
        let mut out = SurveyEstimate {
            estimate: name.to_owned(),
            kind: measure.kind(),
            domain,
            value: None,
            absent: None,
            se: None,
            cv: None,
            interval: None,
            df: None,
            n: 0,
            psus: None,
            strata: None,
            population: None,
            deff: None,
            effective_n: None,
            threshold: None,
            quality: None,
            flags: Vec::new(),
        };
        let mut find = |code: Code| findings.push(Finding::new(code).about(name));
        let Some(cell) = cell else {
            out.absent = Some(Absent::EmptyDomain);
            find(Code::SurveyEmptyDomain);
            return Ok((out, Made::default()));
        };
        let made = match *recipe {
            Recipe::Linear { .. } => cells.total(cell, recipe, linearised)?,
            Recipe::Distribution { variable, statistic } => cells.statistic(cell, variable, statistic, design.replicates.is_some())?,
        };
        out.n = made.n;
        if made.n == 0 {
            out.absent = Some(Absent::AllMissing);
            find(Code::SurveyAllMissing);
            return Ok((out, made));
        }
        (out.population, out.threshold) = (made.population, made.threshold);
        let Some(value) = made.value.map(num::finite).transpose()? else {
            out.absent = Some(Absent::NotDefined);
            find(Code::SurveyNotDefined);
            return Ok((out, made));
        };
        out.value = Some(value);
        let found = if let Some(replicates) = &design.replicates {
            out.df = Some(replicates.df());
            if replicates.is_delete_one()
                && matches!(recipe, Recipe::Distribution { statistic: Statistic::Quantile(..) | Statistic::Poverty(..) | Statistic::Gap(..), .. })
            {
                find(Code::SurveyJackknifeQuantile);
            }
            let found = replicates.variance(value, &made.replicates);
            if found.is_none() {
                find(Code::SurveyReplicateUndefined);
            }
            found.map(num::finite).transpose()?
        } else {
            let (units, strata) = cells.units(cell, recipe, linearised, made.n);
            #[allow(clippy::cast_precision_loss, reason = "a count of sampling units")]
            let df = units as f64 - strata as f64;
            (out.psus, out.strata, out.df) = (Some(units), Some(strata), Some(df));
            let found = variance(&cells.frame, &made.contributions, design.lonely_psu)?;
            if found.lonely > 0 && design.lonely_psu != LonelyPsu::Fail {
                find(Code::SurveyLonelyPsuAdjusted);
            }
            found.value
        };
        let mut se = found.map(|v| num::sqrt(v.max(0.0)));
        let has_df = out.df.is_some_and(|df| df > 0.0);
        if !has_df {
            find(Code::SurveyNoDegreesOfFreedom);
        }
        if let (Some((distribution, q, rule)), Some(share_se)) = (&made.distribution, se) {
            // Woodruff (1952): the interval of the share below, read back as values
            se = None;
            let (share, t) = (distribution.share_up_to(*q), out.df.filter(|_| has_df).map(|df| critical(reporting.confidence, df)).transpose()?);
            if let Some(t) = t {
                let (low, high) = (share - t * share_se, share + t * share_se);
                if low >= 0.0 && high <= 1.0 {
                    let interval = Interval {
                        lower: distribution.quantile(low, *rule),
                        upper: distribution.quantile(high, *rule),
                        confidence: reporting.confidence,
                        method: IntervalMethod::Woodruff,
                    };
                    se = Some((interval.upper - interval.lower) / (2.0 * t));
                    out.interval = Some(interval);
                } else {
                    find(Code::SurveyNoInterval);
                }
            }
        } else if let (Some(se), Some(df), true) = (se, out.df, has_df) {
            out.interval = if measure.is_share() {
                proportion_interval(&ProportionIntervalInput {
                    proportion: value.clamp(0.0, 1.0),
                    se,
                    n: made.n,
                    df,
                    confidence: reporting.confidence,
                    rule: reporting.proportion_interval,
                    profile: reporting.korn_graubard,
                })?
            } else {
                Some(mean_interval(value, se, df, reporting.confidence)?)
            };
            if out.interval.is_none() {
                find(Code::SurveyNoInterval);
            }
        }
        match se {
            None => find(Code::SurveyNoVariance),
            Some(0.0) => find(Code::SurveyZeroVariance),
            Some(_) => {}
        }
        out.se = se;
        out.cv = se.filter(|_| value != 0.0).map(|se| num::finite(se / num::abs(value))).transpose()?;
        if let (Some(simple), Some(se)) = (made.simple, se) {
            let deff = num::finite(se * se / simple)?;
            out.deff = Some(deff);
            #[allow(clippy::cast_precision_loss, reason = "a count of cases")]
            if deff > 0.0 {
                out.effective_n = Some(num::finite(made.n as f64 / deff)?);
            }
        }
        if let Some(rules) = &reporting.quality {
            let input = QualityInput { value, se, n: made.n, df: out.df, is_share: measure.is_share(), confidence: reporting.confidence };
            let (grade, flags) = quality(&input, rules)?;
            (out.quality, out.flags) = (Some(grade), flags);
        }
        Ok((out, made))
    }
}
