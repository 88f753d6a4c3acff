//! Many cities on the same road map: who is where, what holds them up, how long steps take. No city is ranked.

use super::definition::Definition;
use super::run::Run;
use super::state::{Ending, Status, TimelineRow};
use super::view::Missing;
use crate::day::Day;
use crate::diagnostic::{Error, ErrorData};
use crate::id::EntryId;
use serde::Serialize;
use std::collections::BTreeMap;

/// A city of a cohort.
#[derive(Clone, Debug, PartialEq)]
pub struct City {
    /// Its id.
    pub id: EntryId,
    /// Its name.
    pub name: String,
    /// Whether it only watches: shown, and not counted.
    pub observer: bool,
    /// Its run, or why its log cannot be read.
    pub run: Result<Run, Error>,
}

/// A step that a city works on.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "RoadmapOpenStep"))]
pub struct OpenStep {
    /// The step.
    pub step: EntryId,
    /// Which time in the cycle.
    pub iteration: u32,
    /// Since when.
    pub since: Day,
    /// For how many days.
    pub days: i64,
    /// What holds it up.
    pub missing: Vec<Missing>,
}

/// Where a city is.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "RoadmapCity"))]
pub struct CityRow {
    /// Its id.
    pub city: EntryId,
    /// Its name.
    pub name: String,
    /// Whether it only watches.
    pub observer: bool,
    /// Why its log cannot be read; then all else is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorData>,
    /// Which cycle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cycle: Option<u32>,
    /// How many times it walked the road in this cycle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iterations: Option<u32>,
    /// How many steps are closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed: Option<usize>,
    /// The date of its last event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_event: Option<Day>,
    /// Steps that it works on, with what holds them up.
    pub open: Vec<OpenStep>,
    /// Steps that it could start.
    pub ready: Vec<EntryId>,
}

/// A step over all cities that take part.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "RoadmapStepRow"))]
pub struct StepRow {
    /// The step.
    pub step: EntryId,
    /// How many cities wait for an earlier step.
    pub waiting: usize,
    /// How many could start.
    pub ready: usize,
    /// How many work on it.
    pub open: usize,
    /// How many have completed it.
    pub completed: usize,
    /// How many have skipped it.
    pub skipped: usize,
    /// How many completed walks the median rests on: one a city and cycle, from its first start to its last end.
    pub durations: usize,
    /// The median of their days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub median_days: Option<f64>,
}

/// A cohort.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "RoadmapCohortTable"))]
pub struct Cohort {
    /// The day of the view.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<Day>,
    /// How many cities take part.
    pub taking_part: usize,
    /// How many watch.
    pub observers: usize,
    /// Steps, in the order of the definition, over the cities that take part.
    pub steps: Vec<StepRow>,
    /// Cities, in the order of their ids.
    pub cities: Vec<CityRow>,
}

/// The cohort of these cities. Without a day, that of the latest event of all.
///
/// ```
/// # use sms_process as sms_core;
/// use sms_core::roadmap::{City, Definition, Partners, Run, cohort};
/// # fn main() -> sms_core::Result<()> {
/// let catalogue = sms_core::Catalogue::from_json(sms_catalogue::CATALOGUE_JSON)?;
/// let definition = std::sync::Arc::new(Definition::of_catalogue(&catalogue, None)?);
/// let run = Run::new(definition.clone(), "2024-09-01".parse()?, Partners::default());
/// let city = City { id: "neverhaven".parse()?, name: "Neverhaven".to_owned(), observer: false, run: Ok(run) };
/// let made = cohort(&definition, &[city], None);
/// assert_eq!((made.taking_part, made.cities[0].ready[0].as_str()), (1, "commit"));
/// # Ok(()) }
/// ```
#[must_use]
pub fn cohort(definition: &Definition, cities: &[City], as_of: Option<Day>) -> Cohort {
    let mut sorted: Vec<&City> = cities.iter().collect();
    sorted.sort_by(|a, b| a.id.cmp(&b.id));
    let latest = sorted.iter().filter_map(|c| c.run.as_ref().ok()).filter_map(|r| r.state().last_event).max();
    let today = as_of.or(latest);
    let counted = || sorted.iter().filter(|c| !c.observer).filter_map(|c| c.run.as_ref().ok());
    let steps = definition
        .steps()
        .iter()
        .map(|step| {
            let with = |status: Status| counted().filter(|r| r.state().step(step.id.as_str()).is_some_and(|s| s.status == status)).count();
            let mut days: Vec<i64> = counted().flat_map(|r| durations(r, &step.id)).collect();
            days.sort_unstable();
            StepRow {
                step: step.id.clone(),
                waiting: with(Status::Waiting),
                ready: with(Status::Ready),
                open: with(Status::Open),
                completed: with(Status::Completed),
                skipped: with(Status::Skipped),
                durations: days.len(),
                median_days: median(&days),
            }
        })
        .collect();
    Cohort {
        as_of: today,
        taking_part: sorted.iter().filter(|c| !c.observer).count(),
        observers: sorted.iter().filter(|c| c.observer).count(),
        steps,
        cities: sorted.iter().map(|c| row(c, today)).collect(),
    }
}

fn row(city: &City, today: Option<Day>) -> CityRow {
    let mut made = CityRow {
        city: city.id.clone(),
        name: city.name.clone(),
        observer: city.observer,
        error: None,
        cycle: None,
        iterations: None,
        closed: None,
        last_event: None,
        open: Vec::new(),
        ready: Vec::new(),
    };
    let run = match &city.run {
        Ok(run) => run,
        Err(error) => return CityRow { error: Some(error.to_data()), ..made },
    };
    let state = run.state();
    (made.cycle, made.iterations, made.closed, made.last_event) = (Some(state.cycle), Some(state.iterations), Some(state.closed), state.last_event);
    for (step, readiness) in state.steps.iter().zip(run.readiness()) {
        match (step.status, step.started) {
            (Status::Open, Some(since)) => made.open.push(OpenStep {
                step: step.step.clone(),
                iteration: step.iteration,
                since,
                days: run.as_of(today).days_since(since).max(0),
                missing: readiness.missing,
            }),
            (Status::Ready, _) => made.ready.push(step.step.clone()),
            _ => {}
        }
    }
    made
}

/// Days that a run took for a step, for each cycle that completed it: from the first start to the last end.
fn durations(run: &Run, step: &EntryId) -> Vec<i64> {
    let mut cycles: BTreeMap<u32, Vec<TimelineRow>> = BTreeMap::new();
    for row in run.timeline(None).into_iter().filter(|r| r.step == *step) {
        cycles.entry(row.cycle).or_default().push(row);
    }
    let one = |rows: &Vec<TimelineRow>| {
        let last = rows.last().filter(|r| r.ending == Some(Ending::Completed))?;
        Some(last.ended?.days_since(rows.iter().filter_map(|r| r.started).min()?))
    };
    cycles.values().filter_map(one).collect()
}

fn median(sorted: &[i64]) -> Option<f64> {
    #[allow(clippy::cast_precision_loss, reason = "days of four centuries at most")]
    let at = |i: usize| sorted.get(i).map(|&d| d as f64);
    let half = sorted.len() / 2;
    if sorted.len() % 2 == 1 { at(half) } else { Some(f64::midpoint(at(half.checked_sub(1)?)?, at(half)?)) }
}

#[cfg(test)]
mod tests {
    use super::median;

    #[test]
    fn medians() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[7]), Some(7.0));
        assert_eq!(median(&[4, 12]), Some(8.0));
        assert_eq!(median(&[0, 1, 100]), Some(1.0));
        assert_eq!(median(&[0, 1, 2, 100]), Some(1.5));
    }
}
