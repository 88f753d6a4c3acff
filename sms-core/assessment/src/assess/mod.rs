//! Floor 12: method and dataset become an assessment.
//!
//! Everything derived (scores, gaps, changes, means) is computed from a table of cells by one function. `assess` runs
//! it over all cells; `release` runs it again over the cells that may be published, so nothing in a report can depend
//! on a cell that is withheld.

use crate::aggregate::Item;
use crate::catalogue::{Catalogue, Indicator};
use crate::dataset::{Cell, CellTable, Dataset, Place, Run};
use crate::diagnostic::{Code, Error, Finding, Findings, Result};
use crate::equality::{self, Gap, GroupValue, Verdict};
use crate::estimate::Absence;
use crate::id::DimensionId;
use crate::indicator::Polarity;
use crate::method::{Method, Scoring};
use crate::num;
use crate::period::Period;
use crate::progress::{self, Change, Direction};
use crate::score::Score;
use crate::target::{self, SLACK, Standing};
use crate::text;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

mod figure;
mod plan;
mod tree;

pub(crate) use figure::{design_findings, estimate_of};
pub use plan::{AssessmentPlan, AvailabilityRecord, DeclaredAvailability, Periods, PlannedBaseline, PlannedTarget, PlannedValue};
pub(crate) use tree::{NodeDef, NodeResult, Side, Tree};
pub use tree::{NodeKind, NodeState, check_tree};

/// Why an indicator has no score.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum NotScored {
    /// There is no figure.
    NoFigure,
    /// More can be better or worse: it is shown and not scored.
    Ambiguous,
    /// Neither way is better: it is context.
    Context,
    /// The method has no goalposts for it.
    NoGoalposts,
}

/// Whether there is a figure for an indicator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Availability {
    /// There is one.
    Available,
    /// Nothing was handed in.
    NoData,
    /// There are figures by group, and none for everybody.
    NoTotal,
    /// The latest figure is older than the method carries forward.
    TooOld,
    /// It was handed in as absent, or is withheld.
    Absent(Absence),
}

/// The record that the engine keeps of one indicator in one place and period: small, and enough to rebuild its trace.
#[derive(Clone, Copy, Debug)]
pub(crate) struct IndicatorResult {
    /// Number of the cell that holds the figure.
    pub(crate) cell: Option<u32>,
    /// Number of the cell of the period before.
    pub(crate) previous: Option<u32>,
    pub(crate) availability: Availability,
    pub(crate) carried: bool,
    pub(crate) score: Option<Score>,
    pub(crate) not_scored: Option<NotScored>,
    pub(crate) standing: Standing,
    pub(crate) change: Option<Change>,
    pub(crate) across_break: bool,
}

/// A gap between groups, with the cells that it compares.
#[derive(Clone, Debug)]
pub(crate) struct GapResult {
    pub(crate) unit: u32,
    /// Position in the selection.
    pub(crate) indicator: u32,
    pub(crate) dimension: DimensionId,
    pub(crate) worst: u32,
    pub(crate) best: u32,
    pub(crate) groups: u32,
    pub(crate) gap: Gap,
}

/// A place at a period.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unit {
    pub(crate) place: u32,
    pub(crate) period: Period,
}

/// Everything that follows from a table of cells.
#[derive(Clone)]
pub(crate) struct Derived {
    pub(crate) units: Vec<Unit>,
    /// Units × selected indicators.
    pub(crate) results: Vec<IndicatorResult>,
    /// Units × nodes.
    pub(crate) nodes: Vec<NodeResult>,
    pub(crate) gaps: Vec<GapResult>,
}

/// The plan with its names looked up.
#[derive(Clone)]
pub(crate) struct Scope {
    pub(crate) plan: AssessmentPlan,
    /// Positions of the selected indicators in the catalogue, rising.
    pub(crate) indicators: Vec<u32>,
    /// Numbers of the places.
    pub(crate) places: Vec<u32>,
    pub(crate) tree: Tree,
}

/// Scores, gaps, changes and means of a dataset. It cannot be printed or serialised with its values: a
/// [`Report`](crate::Report) can, and only [`Assessment::release`] makes one.
///
/// ```
/// use sms_core::{AssessmentPlan, assess, dataset, exchange::csv, wire::Engine};
/// let engine = Engine::new(sms_catalogue::CATALOGUE_JSON, sms_catalogue::METHODS)?;
/// let text = "indicator,place,period,numerator,denominator\nWSP-O-04,example,2024,60,1000\n";
/// let (dataset, findings) = dataset::check(engine.catalogue(), &csv::read(text.as_bytes(), &Default::default())?);
/// let method = engine.method("standard")?;
/// let assessment = assess::assess(&method, &dataset.into(), &findings, &AssessmentPlan::default())?;
/// assert_eq!(assessment.len(), 1);
/// assert!(!format!("{assessment:?}").contains("60"));
/// # Ok::<(), sms_core::Error>(())
/// ```
#[derive(Clone)]
pub struct Assessment {
    pub(crate) dataset: Arc<Dataset>,
    pub(crate) method: Arc<Method>,
    pub(crate) scope: Scope,
    pub(crate) derived: Derived,
    pub(crate) findings: Findings,
}

impl fmt::Debug for Assessment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Assessment").field("units", &self.derived.units.len()).field("indicators", &self.scope.indicators.len()).finish_non_exhaustive()
    }
}

impl Assessment {
    /// How many places and periods were assessed.
    #[must_use]
    pub fn len(&self) -> usize {
        self.derived.units.len()
    }

    /// Whether nothing was assessed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.derived.units.is_empty()
    }

    /// How many indicators were looked for, and for how many of all place–indicator pairs there is a figure.
    ///
    /// ```
    /// use sms_core::{AssessmentPlan, assess, dataset, exchange::csv, wire::Engine};
    /// let engine = Engine::new(sms_catalogue::CATALOGUE_JSON, sms_catalogue::METHODS)?;
    /// let text = "indicator,place,period,value\nWSP-O-04,gent,2024,6\n";
    /// let (dataset, findings) = dataset::check(engine.catalogue(), &csv::read(text.as_bytes(), &Default::default())?);
    /// let plan = AssessmentPlan { selection: vec!["WSP-O-04".to_owned(), "HOU-O-01".to_owned()], ..Default::default() };
    /// let assessment = assess::assess(&engine.method("standard")?, &dataset.into(), &findings, &plan)?;
    /// assert_eq!(assessment.coverage(), (2, 0.5));
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    #[must_use]
    pub fn coverage(&self) -> (usize, f64) {
        let available = self.derived.results.iter().filter(|r| r.availability == Availability::Available).count();
        let all = self.derived.results.len().max(1);
        (self.scope.indicators.len(), available as f64 / all as f64)
    }

    /// What was found while checking and assessing.
    #[must_use]
    pub fn findings(&self) -> &Findings {
        &self.findings
    }
}

/// Assesses a dataset by a method.
///
/// ```
/// use sms_core::{AssessmentPlan, Periods, assess, dataset, exchange::csv, wire::Engine};
/// let engine = Engine::new(sms_catalogue::CATALOGUE_JSON, sms_catalogue::METHODS)?;
/// let text = "indicator,place,period,value\nWSP-O-04,gent,2023,6.2\nWSP-O-04,gent,2024,6\n";
/// let (dataset, findings) = dataset::check(engine.catalogue(), &csv::read(text.as_bytes(), &Default::default())?);
/// let plan = AssessmentPlan { periods: Periods::Each, ..Default::default() };
/// let assessment = assess::assess(&engine.method("standard")?, &dataset.into(), &findings, &plan)?;
/// assert_eq!(assessment.len(), 2);
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `assess.no-place`, `assess.unknown-place`, `assess.unknown-selection`; those of [`AssessmentPlan::check`] and [`check_tree`]; `method.unknown-indicator` and
/// `score.goalposts-order` when method and catalogue do not fit.
pub fn assess(method: &Arc<Method>, dataset: &Arc<Dataset>, findings: &Findings, plan: &AssessmentPlan) -> Result<Assessment> {
    let catalogue = dataset.catalogue();
    method.check_against(catalogue)?;
    check_tree(method, catalogue)?;
    let scope = scope(catalogue, method, dataset, plan)?;
    let chain = plan.check(catalogue)?;
    let derived = derive(catalogue, method, &scope, &dataset.table)?;
    let mut findings = findings.clone();
    findings.extend(chain);
    late_targets(&scope, &derived, catalogue, &dataset.table, &mut findings);
    design_findings(catalogue, method, &scope, &dataset.table, &mut findings);
    for &i in &scope.indicators {
        let Some(indicator) = catalogue.indicators().get(i as usize) else { continue };
        if indicator.polarity.is_scored() && method.scoring(indicator).is_none() {
            findings.push(Finding::new(Code::ScoreNoGoalposts).about(indicator.id.as_str()));
        }
    }
    Ok(Assessment { dataset: dataset.clone(), method: method.clone(), scope, derived, findings })
}

/// Targets that were set after the period of a figure that they judge.
fn late_targets(scope: &Scope, derived: &Derived, catalogue: &Catalogue, table: &CellTable, findings: &mut Findings) {
    let wide = scope.indicators.len().max(1);
    for (unit, results) in derived.units.iter().zip(derived.results.chunks(wide)) {
        let place = table.places.get(unit.place as usize).map(|p| p.code.as_str()).unwrap_or_default();
        for target in &scope.plan.targets {
            let at = catalogue.indicator_index(target.indicator.as_str()).and_then(|i| scope.indicators.iter().position(|&s| s as usize == i));
            let cell = at.and_then(|at| results.get(at)).and_then(|r| r.cell).and_then(|c| table.cells.get(c as usize));
            let period = cell.and_then(|c| table.period(c));
            if target.is_for(place) && target.set.zip(period).is_some_and(|(set, of)| set.start() >= of.end()) {
                findings.push(Finding::new(Code::RbmTargetAfterValue).about(target.indicator.as_str()));
            }
        }
    }
}

fn scope(catalogue: &Catalogue, method: &Method, dataset: &Dataset, plan: &AssessmentPlan) -> Result<Scope> {
    if dataset.is_empty() {
        return Err(Error::new(Code::AssessNoPlace));
    }
    let mut indicators: Vec<u32> = Vec::new();
    let number = |i: usize| u32::try_from(i).unwrap_or(u32::MAX);
    for (at, name) in plan.selection.iter().enumerate() {
        if let Some(i) = catalogue.indicator_index(name) {
            indicators.push(number(i));
        } else if let Some(selection) = catalogue.selection(name) {
            indicators.extend(selection.all().iter().filter_map(|id| catalogue.indicator_index(id.as_str())).map(number));
        } else {
            let known = catalogue.data().selections.iter().map(|s| s.id.as_str()).chain(catalogue.indicators().iter().map(|i| i.id.as_str()));
            let mut error = Error::new(Code::AssessUnknownSelection).at_path(&format!("selection[{at}]"));
            error = error.suggesting(text::did_you_mean(name, known));
            return Err(error);
        }
    }
    if plan.selection.is_empty() {
        indicators.extend(catalogue.indicators().iter().enumerate().filter(|(_, i)| !i.is_retired()).map(|(at, _)| number(at)));
    }
    indicators.sort_unstable();
    indicators.dedup();
    let mut places: Vec<u32> = Vec::new();
    for (at, code) in plan.places.iter().enumerate() {
        let position = dataset.places().iter().position(|p| p.code.as_str() == code);
        places.push(position.map(number).ok_or_else(|| Error::new(Code::AssessUnknownPlace).at_path(&format!("places[{at}]")))?);
    }
    if plan.places.is_empty() {
        places.extend((0..dataset.places().len()).map(number));
    }
    places.sort_unstable();
    places.dedup();
    let tree = Tree::new(catalogue, method, &indicators);
    Ok(Scope { plan: plan.clone(), indicators, places, tree })
}

/// The score of a value by the method.
pub(crate) fn score_of(value: f64, sheet: &Indicator, scoring: Option<&Scoring>) -> std::result::Result<Score, NotScored> {
    match sheet.polarity {
        Polarity::Ambiguous => return Err(NotScored::Ambiguous),
        Polarity::None => return Err(NotScored::Context),
        _ => {}
    }
    let rule = scoring.ok_or(NotScored::NoGoalposts)?.rule.normalisation();
    rule.score(value, sheet.polarity).map_err(|_| NotScored::NoGoalposts)
}

fn standing_of(value: f64, sheet: &Indicator, period: Period) -> Standing {
    let standard = sheet.minimum_standard.as_ref();
    // a standard that binds from a later year judges nothing before
    let in_force = standard.filter(|s| s.year.is_none_or(|y| period.start_year() >= y));
    match in_force.and_then(|s| s.value) {
        Some(standard) => target::standing(value, standard, sheet.polarity),
        None => Standing::NoStandard,
    }
}

/// Each place at each period that is asked for.
fn units_of(scope: &Scope, table: &CellTable) -> Vec<Unit> {
    let mut units = Vec::new();
    let mut seen: Vec<u32> = Vec::new();
    let mut only = match &scope.plan.periods {
        Periods::Only(list) => list.clone(),
        Periods::Latest | Periods::Each => Vec::new(),
    };
    only.sort();
    only.dedup();
    for &place in &scope.places {
        seen.clear();
        seen.extend(table.of_place(place).cells.iter().map(|c| c.period));
        seen.sort_unstable();
        seen.dedup();
        let known = |p: &u32| table.periods.get(*p as usize).copied();
        match &scope.plan.periods {
            Periods::Latest => units.extend(seen.last().and_then(known).map(|period| Unit { place, period })),
            Periods::Each => units.extend(seen.iter().filter_map(known).map(|period| Unit { place, period })),
            Periods::Only(_) => units.extend(only.iter().map(|&period| Unit { place, period })),
        }
    }
    units
}

/// Everything that follows from a table of cells: the one place where figures become scores, gaps, changes and means.
pub(crate) fn derive(catalogue: &Catalogue, method: &Method, scope: &Scope, table: &CellTable) -> Result<Derived> {
    let raw = method.data();
    let oldest = i32::try_from(raw.period.carry_forward_years.value).unwrap_or(i32::MAX);
    let sheets: Vec<(&Indicator, Option<&Scoring>, u32)> =
        scope.indicators.iter().filter_map(|&i| catalogue.indicators().get(i as usize).map(|s| (s, method.scoring(s), i))).collect();
    let units = units_of(scope, table);
    // the exact size: growing by doubling would copy every record twice
    let mut derived = Derived {
        results: Vec::with_capacity(units.len() * sheets.len()),
        nodes: Vec::with_capacity(units.len() * scope.tree.nodes.len()),
        gaps: Vec::new(),
        units,
    };
    let mut items: Vec<Item> = Vec::new();
    let mut runs: Vec<Run<'_>> = Vec::with_capacity(sheets.len());
    let mut unit = 0_u32;
    for same_place in derived.units.chunk_by(|a, b| a.place == b.place) {
        let Some(&Unit { place, .. }) = same_place.first() else { continue };
        let cells = table.of_place(place);
        runs.clear();
        runs.extend(sheets.iter().map(|(_, _, index)| cells.of_indicator(*index)));
        for &Unit { period, .. } in same_place {
            let in_window = |c: &Cell| table.period(c).is_some_and(|p| p <= period && period.start_year() - p.start_year() <= oldest);
            let first = derived.results.len();
            for (at, ((sheet, scoring, _), &series)) in sheets.iter().zip(&runs).enumerate() {
                derived.results.push(indicator_result(table, series, sheet, *scoring, method, period, &in_window));
                // figures of groups come after those for everybody
                if series.cells.last().is_some_and(|c| c.group != 0) {
                    let at = u32::try_from(at).unwrap_or(u32::MAX);
                    gaps_of(catalogue, table, series, sheet, method, (unit, at), &in_window, &mut derived.gaps);
                }
            }
            let results = derived.results.get(first..).unwrap_or_default();
            scope.tree.results(results, method, &mut items, &mut derived.nodes)?;
            unit = unit.saturating_add(1);
        }
    }
    Ok(derived)
}

#[allow(clippy::too_many_arguments, reason = "one step of a pipeline: every argument is a different thing")]
fn indicator_result(
    table: &CellTable,
    run: Run<'_>,
    sheet: &Indicator,
    scoring: Option<&Scoring>,
    method: &Method,
    period: Period,
    in_window: &dyn Fn(&Cell) -> bool,
) -> IndicatorResult {
    let mut result = IndicatorResult {
        cell: None,
        previous: None,
        availability: Availability::NoData,
        carried: false,
        score: None,
        not_scored: Some(NotScored::NoFigure),
        standing: Standing::NoStandard,
        change: None,
        across_break: false,
    };
    let series = run.cells;
    // figures for everybody come first, by period
    let totals = series.get(..series.partition_point(|c| c.group == 0)).unwrap_or_default();
    let up_to = totals.get(..totals.partition_point(|c| table.period(c).is_some_and(|p| p <= period))).unwrap_or_default();
    let Some((at, cell)) = up_to.iter().enumerate().next_back() else {
        if series.iter().any(|c| c.group != 0 && in_window(c)) {
            result.availability = Availability::NoTotal;
        } else if series.iter().any(|c| c.group != 0 && table.period(c).is_some_and(|p| p <= period)) {
            result.availability = Availability::TooOld;
        }
        return result;
    };
    if !in_window(cell) {
        result.availability = if series.iter().any(|c| c.group != 0 && in_window(c)) { Availability::NoTotal } else { Availability::TooOld };
        return result;
    }
    result.cell = run.number(at);
    result.carried = table.period(cell).is_some_and(|p| p.start_year() < period.start_year());
    let Some(value) = cell.value() else {
        result.availability = cell.absence.map_or(Availability::NoData, Availability::Absent);
        return result;
    };
    result.availability = Availability::Available;
    match score_of(value, sheet, scoring) {
        Ok(score) => {
            result.score = Some(score);
            result.not_scored = None;
        }
        Err(reason) => result.not_scored = Some(reason),
    }
    result.standing = standing_of(value, sheet, table.period(cell).unwrap_or(period));
    // the latest earlier figure of the same length of period
    let earlier = up_to.get(..at).unwrap_or_default();
    let same = |c: &&Cell| table.period(c).zip(table.period(cell)).is_some_and(|(a, b)| a.comparable_with(b) && a < b);
    if let Some(before) = earlier.iter().rposition(|c| same(&c) && c.absence.is_none()) {
        let previous = earlier.get(before);
        let after = up_to.get(before + 1..=at).unwrap_or_default();
        result.across_break = after.iter().any(|c| c.is_break);
        if let (Some(previous), false) = (previous, result.across_break)
            && let (Some(old), Some(p0), Some(p1)) = (previous.value(), table.period(previous), table.period(cell))
        {
            result.previous = run.number(before);
            result.change = change_of(old, value, p1.years_since(p0), sheet, scoring, method);
        } else if result.across_break {
            result.previous = run.number(before);
        }
    }
    result
}

/// The tolerance of the method, which is in points of the score, in the unit of the indicator near a value.
pub(crate) fn tolerance_of(value: f64, sheet: &Indicator, scoring: Option<&Scoring>, method: &Method) -> f64 {
    let width = scoring.map_or(0.0, |s| s.rule.normalisation().width(value, sheet.polarity));
    method.data().change.tolerance.value * width / 100.0
}

/// The change between two figures. The tolerance of the method is in points of the score; where one value or a band is best, better
/// and worse follow the score, beyond its worst ends as well.
fn change_of(old: f64, new: f64, years: f64, sheet: &Indicator, scoring: Option<&Scoring>, method: &Method) -> Option<Change> {
    let tolerance = tolerance_of(old, sheet, scoring, method);
    // a change beyond the range of numbers is none that could be shown
    let change = progress::change(old, new, years, sheet.polarity, tolerance).ok().flatten()?;
    let (Ok(a), Ok(b)) = (score_of(old, sheet, scoring), score_of(new, sheet, scoring)) else { return Some(change) };
    let moved = b.raw - a.raw;
    let is_scale = scoring.is_some_and(|s| s.rule.normalisation().width(old, sheet.polarity) == 0.0);
    let direction = match change.direction {
        // from level to level of a scale
        _ if is_scale && moved != 0.0 && num::abs(moved) <= method.data().change.tolerance.value + SLACK => Direction::Unchanged,
        direction if is_scale || direction == Direction::Unchanged || moved == 0.0 => direction,
        _ if moved > 0.0 => Direction::Better,
        _ => Direction::Worse,
    };
    Some(Change { direction, ..change })
}

/// For each dimension, the gap at the latest period in the window that has two groups or more.
#[allow(clippy::too_many_arguments, reason = "one step of a pipeline: every argument is a different thing")]
fn gaps_of(
    catalogue: &Catalogue,
    table: &CellTable,
    run: Run<'_>,
    sheet: &Indicator,
    method: &Method,
    (unit, indicator): (u32, u32),
    in_window: &dyn Fn(&Cell) -> bool,
    gaps: &mut Vec<GapResult>,
) {
    let rules = &method.data().estimate;
    let series = run.cells;
    let mut candidates: Vec<(&DimensionId, u32, usize)> = Vec::new();
    for (i, cell) in series.iter().enumerate() {
        if cell.group == 0 || cell.absence.is_some() || !in_window(cell) {
            continue;
        }
        let Some((dimension, code)) = table.group(cell).and_then(|g| g.single()) else { continue };
        let not_stated = catalogue.dimension(dimension.as_str()).and_then(|d| d.group(code.as_str())).is_some_and(|g| g.not_stated.is_some());
        if !not_stated {
            candidates.push((dimension, cell.period, i));
        }
    }
    // latest period first within each dimension
    candidates.sort_by(|a, b| a.0.cmp(b.0).then(b.1.cmp(&a.1)).then(a.2.cmp(&b.2)));
    let mut rest = candidates.as_slice();
    while let Some(&(dimension, _, _)) = rest.first() {
        let (same, after) = rest.split_at(rest.partition_point(|c| c.0 <= dimension));
        rest = after;
        let mut runs = same.chunk_by(|a, b| a.1 == b.1);
        let Some(together) = runs.find(|r| r.len() >= 2) else { continue };
        let values: Vec<GroupValue> = together
            .iter()
            .filter_map(|&(_, _, i)| series.get(i))
            .filter_map(|c| estimate_of(c, sheet, rules))
            .map(|e| GroupValue { value: e.value, se: e.se, df: e.df })
            .collect();
        let Ok(Some(mut gap)) = equality::gap(&values, sheet.polarity, rules.significance.value) else { continue };
        let behind = |position: usize| together.get(position).and_then(|&(_, _, i)| series.get(i)).and_then(|c| c.n.or(c.denominator));
        let small = |position: usize| rules.smallest_group.as_ref().zip(behind(position)).is_some_and(|(floor, n)| n < floor.value);
        if gap.verdict != Verdict::NotTested && (small(gap.worst) || small(gap.best)) {
            gap.verdict = Verdict::TooSmallToSay;
        }
        let cell = |position: usize| together.get(position).and_then(|&(_, _, i)| run.number(i));
        if let (Some(worst), Some(best)) = (cell(gap.worst), cell(gap.best)) {
            let groups = u32::try_from(together.len()).unwrap_or(u32::MAX);
            gaps.push(GapResult { unit, indicator, dimension: dimension.clone(), worst, best, groups, gap });
        }
    }
}

/// The name of a place, or its code.
pub(crate) fn place_name(place: &Place) -> &str {
    place.name.as_deref().unwrap_or(place.code.as_str())
}
