//! From a state to estimates with their error.

use super::accumulate::Accumulator;
use super::alike::shares_alike;
use super::compile::{Compiled, Recipe, Statistic};
use super::contribution::Contribution;
use super::covariance::{Placed, SurveyGroups};
use super::design::{LonelyPsu, Measure, SurveyDesign};
use super::figure::{Absent, DomainPart, SurveyEstimate};
use super::interval::{ProportionIntervalInput, critical, mean_interval, proportion_interval};
use super::linear::{Laid, Linearised, Slots, Totals};
use super::made::{Insides, Line, Made, Spread, UnitGroup};
use super::names::key_value;
use super::poverty::{self, Point};
use super::quality::{QualityInput, Reporting, quality};
use super::quantile::{Distribution, QuantileRule};
use super::undeclared::undeclared_calibration;
use super::variance::{Frame, Order, variance};
use crate::diagnostic::{Code, Error, Finding, Findings, Result};
use crate::estimate::{Interval, IntervalMethod};
use crate::num;
use crate::num::exact::ExactSum;
use serde::Serialize;
use std::collections::BTreeMap;

/// What rounding leaves of a sum of squares about its mean.
const ROUNDING: f64 = 1e-14;

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

struct Cells<'a> {
    accumulator: &'a Accumulator,
    frame: &'a Frame,
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
    fn new(accumulator: &'a Accumulator, frame: &'a Frame, order: &Order) -> Result<Self> {
        let state = &accumulator.state;
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
        let laid = Laid { state, compiled, frame, slots: Slots::new(state, &frame.ranks), totals: Totals::new(compiled, state, frame)? };
        Ok(Cells { accumulator, frame, cells, laid, values })
    }

    fn compiled(&self) -> &Compiled {
        &self.accumulator.compiled
    }

    /// The distribution of a variable in a cell with one set of weights.
    fn distribution(&self, cell: u32, variable: u32, set: usize) -> Result<Option<Distribution>> {
        let state = &self.accumulator.state;
        let mut by_value: BTreeMap<u64, ExactSum> = BTreeMap::new();
        for &value in self.values.get(&(cell, variable)).into_iter().flatten() {
            let (Some(&(group, _, _, key)), Some(weight)) = (state.values.list().get(value as usize), state.value_sums.of(value).get(set)) else { continue };
            let sum = by_value.entry(key).or_default();
            match self.frame.g(self.frame.rank(group), set)? {
                None => sum.merge(weight),
                Some(g) => sum.add_dyadic(&weight.dyadic().times(&g)),
            }
        }
        Distribution::new(by_value.iter().map(|(&key, weight)| (key_value(key), weight.dyadic())))
    }

    /// Σ of some influence over the values of each group of rows: the group, Σgw, and where the rows are units Σg²w² and Σgw².
    fn spread(&self, cell: u32, variable: u32, into: &mut Spread, influence: &dyn Fn(f64) -> (f64, f64)) -> Result<()> {
        let state = &self.accumulator.state;
        let list: &[u32] = self.values.get(&(cell, variable)).map(Vec::as_slice).unwrap_or_default();
        let group_of = |value: u32| state.values.list().get(value as usize).map_or(u32::MAX, |v| v.0);
        for in_group in list.chunk_by(|&a, &b| group_of(a) == group_of(b)) {
            let (mut totals, mut squares, mut mixed) = (Vec::new(), Vec::new(), Vec::new());
            for &value in in_group {
                let Some(&(_, _, _, key)) = state.values.list().get(value as usize) else { continue };
                let sums = state.value_sums.of(value);
                let (g, g_squared) = influence(key_value(key));
                totals.push(g * sums.first().map(ExactSum::value).transpose()?.unwrap_or(0.0));
                if self.compiled().rows_are_units {
                    let weights = sums.last().map(ExactSum::value).transpose()?.unwrap_or(0.0);
                    squares.push(g_squared * weights);
                    mixed.push(g * weights);
                }
            }
            let group = in_group.first().map_or(u32::MAX, |&v| group_of(v));
            let entry = into.entry(self.frame.rank(group)).or_insert((0.0, 0.0, 0.0));
            entry.0 += num::sum(&totals);
            entry.1 += num::sum(&squares);
            entry.2 += num::sum(&mixed);
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
        for (rank, (total, squares, mixed)) in groups {
            let (stratum, primary) = self.frame.group(rank);
            let unit = UnitGroup::new(self.frame, rank)?;
            let mut own = Contribution { rank, stratum, primary, total, within: None, mixed };
            let (within, calibrated) = (squares - unit.shared(&own, &own), self.frame.calibrated.is_some());
            // what is less than rounding leaves is nothing, or its root would be seen
            own.within = self.compiled().rows_are_units.then_some(if calibrated && within <= ROUNDING * squares { 0.0 } else { within.max(0.0) });
            made.contributions.push(own);
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
            contributions: linearised.contributions(&self.laid.slots, self.frame, cell),
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
    /// ```
    /// # use sms_statistics as sms_core;
    /// use sms_core::survey::{Accumulator, Batch, Column, Reporting};
    /// let plan = serde_json::json!({"design": {"weight": "w"}, "estimates": {"rent": {"kind": "mean", "variable": "rent"}}, "domains": [{}]});
    /// let mut accumulator = Accumulator::new(serde_json::from_value(plan).unwrap())?;
    /// let mut batch = Batch::new(2);
    /// batch.insert("rent", Column::numbers(&[3.0, 6.0]))?;
    /// batch.insert("w", Column::numbers(&[2.0, 1.0]))?;
    /// accumulator.update(&batch)?;
    /// assert_eq!(accumulator.finish(&Reporting::new(0.95))?.estimates[0].value, Some(4.0)); // (2 · 3 + 1 · 6)/3
    /// # Ok::<(), sms_core::Error>(())
    /// ```
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
        let order = Order::new(&self.state);
        let mut frame = Frame::new(&self.plan, &self.state, &order)?;
        frame.calibrate(&self.plan, &self.compiled, &self.state, &order)?;
        let cells = Cells::new(self, &frame, &order)?;
        let mut results = SurveyResults { estimates: Vec::new(), groups: Vec::new(), rows: self.state.rows, findings: Findings::new() };
        self.find_of_the_design(&cells, reporting, &mut results.findings)?;
        for ((name, measure), recipe) in self.plan.estimates.iter().zip(&self.compiled.recipes) {
            let linearised = cells.laid.linearised(cells.frame, recipe)?;
            let asked = Asked { cells: &cells, name, measure, recipe, linearised, reporting };
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
                    let (estimate, mut made) = asked.of(cell, parts.collect(), &mut results.findings)?;
                    if reporting.covariances && !domain.by.is_empty() {
                        if let (Recipe::Linear { .. }, Some(cell)) = (recipe, cell) {
                            made.units = cells
                                .laid
                                .slots
                                .groups_with_cases(cell, &asked.linearised.has_cases)
                                .map(|rank| UnitGroup::new(cells.frame, rank))
                                .collect::<Result<_>>()?;
                        }
                        placed.push(Placed { at: results.estimates.len(), cell, made });
                    }
                    results.estimates.push(estimate);
                }
                if !placed.is_empty() {
                    let mut groups = SurveyGroups::new(name, &domain.by, &placed, &results.estimates, cells.frame, &self.plan.design)?;
                    if let (Measure::Proportion { .. }, Some(df), Some(_)) = (measure, groups.df, &groups.covariance) {
                        let design = &self.plan.design;
                        let insides = Insides { frame: cells.frame, lonely: design.lonely_psu, replicates: design.replicates.as_ref() };
                        let with_value = |p: &&Placed| results.estimates.get(p.at).is_some_and(|e| e.value.is_some());
                        let of_groups: Vec<u32> = placed.iter().filter(with_value).filter_map(|p| p.cell).collect();
                        groups.all_equal = shares_alike(&cells.laid, &of_groups, recipe, &insides, df)?;
                    }
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
        for domain in undeclared_calibration(&cells.laid, &self.plan) {
            findings.push(Finding::new(Code::SurveyUndeclaredCalibration).about(&domain));
        }
        let negative = cells.frame.calibrated.as_ref().map_or(0, super::calibrate::Calibrated::negative);
        if negative > 0 {
            findings.push(Finding::new(Code::SurveyNegativeCalibratedWeights).with("rows", negative));
        }
        let (Some(known), Some((whole, weights))) = (design.population, self.compiled.everybody) else { return Ok(()) };
        let cell = self.state.cells.find::<[u32]>(&[u32::try_from(whole).unwrap_or(u32::MAX)]);
        let reached = cell.map_or(Ok(0.0), |cell| cells.laid.totals.sum(cell, weights).value())?;
        let tolerance = reporting.quality.as_ref().map_or(0.0, |rules| rules.population_tolerance);
        if num::abs(reached - known) > (tolerance + crate::target::SLACK) * known {
            findings.push(Finding::new(Code::SurveyWeightsMissPopulation));
        }
        Ok(())
    }
}

/// One estimate of the plan, to be made for the cells of its domains.
struct Asked<'a> {
    cells: &'a Cells<'a>,
    name: &'a str,
    measure: &'a Measure,
    recipe: &'a Recipe,
    linearised: Linearised,
    reporting: &'a Reporting,
}

impl Asked<'_> {
    /// The estimate for a cell, or what is told of a group without one.
    fn of(&self, cell: Option<u32>, domain: Vec<DomainPart>, findings: &mut Findings) -> Result<(SurveyEstimate, Made)> {
        let mut out = SurveyEstimate::unknown(self.name, self.measure.kind(), domain);
        let mut find = |code: Code| findings.push(Finding::new(code).about(self.name));
        let Some(cell) = cell else {
            out.absent = Some(Absent::EmptyDomain);
            find(Code::SurveyEmptyDomain);
            return Ok((out, Made::default()));
        };
        let made = match *self.recipe {
            Recipe::Linear { .. } => self.cells.total(cell, self.recipe, &self.linearised)?,
            Recipe::Distribution { variable, statistic } => self.cells.statistic(cell, variable, statistic, self.design().replicates.is_some())?,
        };
        out.n = made.n;
        if made.n == 0 {
            let is_weightless = self.cells.laid.slots.places(cell).is_empty();
            let (absent, code) = if is_weightless { (Absent::NoWeight, Code::SurveyNoWeight) } else { (Absent::AllMissing, Code::SurveyAllMissing) };
            out.absent = Some(absent);
            find(code);
            return Ok((out, made));
        }
        (out.population, out.threshold) = (made.population, made.threshold);
        let Some(value) = made.value.map(num::finite).transpose()? else {
            out.absent = Some(Absent::NotDefined);
            find(Code::SurveyNotDefined);
            return Ok((out, made));
        };
        out.value = Some(value);
        let found = self.variance(cell, value, &made, &mut out, &mut find)?;
        self.error(value, found.map(|v| num::sqrt(v.max(0.0))), &made, &mut out, &mut find)?;
        self.grade(value, &made, &mut out)?;
        Ok((out, made))
    }

    fn design(&self) -> &SurveyDesign {
        &self.cells.accumulator.plan.design
    }

    /// The variance by the design, where it gives one, with degrees of freedom, sampling units and strata.
    fn variance(&self, cell: u32, value: f64, made: &Made, out: &mut SurveyEstimate, find: &mut impl FnMut(Code)) -> Result<Option<f64>> {
        let design = self.design();
        if let Some(replicates) = &design.replicates {
            out.df = Some(replicates.df());
            if replicates.is_delete_one()
                && matches!(self.recipe, Recipe::Distribution { statistic: Statistic::Quantile(..) | Statistic::Poverty(..) | Statistic::Gap(..), .. })
            {
                find(Code::SurveyJackknifeQuantile);
            }
            let found = replicates.variance(value, &made.replicates);
            if found.is_none() {
                find(Code::SurveyReplicateUndefined);
            }
            return found.map(num::finite).transpose();
        }
        let (units, strata) = self.cells.units(cell, self.recipe, &self.linearised, made.n);
        #[allow(clippy::cast_precision_loss, reason = "a count of sampling units")]
        let df = units as f64 - strata as f64;
        (out.psus, out.strata, out.df) = (Some(units), Some(strata), Some(df));
        let found = variance(self.cells.frame, &made.contributions, design.lonely_psu)?;
        if found.lonely > 0 && design.lonely_psu != LonelyPsu::Fail {
            find(Code::SurveyLonelyPsuAdjusted);
        }
        Ok(found.value)
    }

    /// The standard error with its interval.
    fn error(&self, value: f64, root: Option<f64>, made: &Made, out: &mut SurveyEstimate, find: &mut impl FnMut(Code)) -> Result<()> {
        let df = out.df.filter(|&df| df > 0.0);
        if df.is_none() {
            find(Code::SurveyNoDegreesOfFreedom);
        }
        if let (Some((distribution, q, rule)), Some(share_se)) = (&made.distribution, root) {
            if let Some(t) = df.map(|df| critical(self.reporting.confidence, df)).transpose()? {
                out.interval = self.woodruff(distribution, *q, *rule, t * share_se);
                out.se = out.interval.as_ref().map(|interval| (interval.upper - interval.lower) / (2.0 * t));
                if out.interval.is_none() {
                    find(Code::SurveyNoInterval);
                }
            }
        } else {
            out.se = root;
            if let (Some(se), Some(df)) = (root, df) {
                out.interval = self.interval(value, se, df, made.n)?;
                if out.interval.is_none() {
                    find(Code::SurveyNoInterval);
                }
            }
        }
        match out.se {
            None => find(Code::SurveyNoVariance),
            // what the calibration fixes is the same in every sample
            Some(0.0) if self.cells.frame.calibrated.as_ref().is_some_and(|c| made.is_fixed(c, value)) => find(Code::SurveyFixedByCalibration),
            Some(0.0) => find(Code::SurveyZeroVariance),
            Some(_) => {}
        }
        Ok(())
    }

    /// The interval of a quantile: that of the share below it, read back as values (Woodruff 1952).
    fn woodruff(&self, distribution: &Distribution, q: f64, rule: QuantileRule, reach: f64) -> Option<Interval> {
        let share = distribution.share_up_to(q);
        let (low, high) = (share - reach, share + reach);
        (low >= 0.0 && high <= 1.0).then(|| Interval {
            lower: distribution.quantile(low, rule),
            upper: distribution.quantile(high, rule),
            confidence: self.reporting.confidence,
            method: IntervalMethod::Woodruff,
        })
    }

    fn interval(&self, value: f64, se: f64, df: f64, n: u64) -> Result<Option<Interval>> {
        let confidence = self.reporting.confidence;
        if !self.measure.is_share() {
            return mean_interval(value, se, df, confidence).map(Some);
        }
        proportion_interval(&ProportionIntervalInput {
            proportion: value.clamp(0.0, 1.0),
            se,
            n,
            df,
            confidence,
            rule: self.reporting.proportion_interval,
            profile: self.reporting.korn_graubard,
        })
    }

    /// What follows from value and error: variation, design effect, and the grade of quality.
    fn grade(&self, value: f64, made: &Made, out: &mut SurveyEstimate) -> Result<()> {
        let se = out.se;
        out.cv = se.filter(|_| value != 0.0).map(|se| num::finite(se / num::abs(value))).transpose()?;
        if let (Some(simple), Some(se)) = (made.simple, se) {
            let deff = num::finite(se * se / simple)?;
            out.deff = Some(deff);
            #[allow(clippy::cast_precision_loss, reason = "a count of cases")]
            if deff > 0.0 {
                out.effective_n = Some(num::finite(made.n as f64 / deff)?);
            }
        }
        if let Some(rules) = &self.reporting.quality {
            let confidence = self.reporting.confidence;
            let input = QualityInput { value, se, n: made.n, df: out.df, is_share: self.measure.is_share(), confidence };
            let (grade, flags) = quality(&input, rules)?;
            (out.quality, out.flags) = (Some(grade), flags);
        }
        Ok(())
    }
}
