//! Many cities on the same road map.

use super::{CityName, DefinitionChoice, Labels, PageAnswer, PageFormat, SOURCE, begun_of, day, definition, texts, walked};
use crate::{Engine, Operation, part};
use serde::Deserialize;
use serde_json::Value;
use sms_base::diagnostic::{Code, Error, Result};
use sms_process::roadmap::{City, Cohort, Day, Definition, Run, cohort};
use sms_render::roadmap::{cohort_page, cohort_text};
use std::sync::Arc;

/// What can be wrong with a cohort; what is wrong with the run of one city is in its row.
const COHORT_ERRORS: &[Code] = &[
    Code::RoadmapBadDefinition,
    Code::RoadmapDuplicateId,
    Code::RoadmapUnknownId,
    Code::RoadmapCircularPrerequisites,
    Code::RoadmapUnreachableStep,
    Code::RoadmapBadDate,
    Code::TextTooLong,
];

/// A city of a cohort: its run file.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "RoadmapCohortCity"))]
#[allow(dead_code, reason = "one run file goes into every operation, with the fields that only some of them use")]
struct CohortCity {
    /// Id and name; each id once.
    city: CityName,
    /// Whether it only watches: shown, and not counted.
    #[serde(default)]
    observer: bool,
    /// The road map of its own file. Not used here: all cities are held against the road map of the request.
    definition: Option<DefinitionChoice>,
    /// The first day of its first cycle, year-month-day.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    start: Option<Value>,
    /// Who takes part.
    #[cfg_attr(feature = "schema", schemars(with = "Vec<sms_process::roadmap::Partner>"))]
    partners: Option<Value>,
    /// The log, in the order of its dates; empty where it is not given. What is wrong with it is in the row of the city, and holds no other city up.
    #[cfg_attr(feature = "schema", schemars(with = "Option<Vec<sms_process::roadmap::Event>>"))]
    events: Option<Value>,
    /// The last day up to which its log is read, year-month-day; the whole log where it is not given.
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    until: Option<Value>,
    /// The language of its page. Not used here.
    language: Option<String>,
    /// Names of the entries of a road map of one's own. Not used here.
    #[serde(default)]
    labels: Labels,
}

impl CohortCity {
    fn run(&self, definition: &Arc<Definition>) -> Result<Run> {
        let run = begun_of(definition.clone(), self.start.as_ref(), self.partners.as_ref())?;
        let until: Option<String> = self.until.as_ref().map(|v| part(v, "until")).transpose()?;
        let events: Vec<Value> = self.events.as_ref().map(|v| part(v, "events")).transpose()?.unwrap_or_default();
        walked(run, &events, until.as_deref())
    }
}

/// The cohort of these cities.
fn cohort_of(definition: &Arc<Definition>, cities: &[CohortCity], as_of: Option<&str>, until: Option<&str>) -> Result<Cohort> {
    let mut made: Vec<City> = Vec::with_capacity(cities.len());
    for (i, one) in cities.iter().enumerate() {
        let name = one.city.name().map_err(|e| e.at_path(&format!("cities[{i}].city.name")))?;
        if made.iter().any(|c| c.id == one.city.id) {
            return Err(Error::new(Code::RoadmapDuplicateId).at_path(&format!("cities[{i}].city.id")));
        }
        // a log that cannot be read is that city's problem alone
        made.push(City { id: one.city.id.clone(), name, observer: one.observer, run: one.run(definition) });
    }
    let as_of: Option<Day> = day(as_of, "as_of")?.or(day(until, "until")?);
    Ok(cohort(definition, &made, as_of))
}

/// Many cities on the same road map: who is where, what holds them up, how long steps take.
///
/// No city is ranked: cities stand in the order of their ids. A run that cannot be read is the problem of its city alone.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "RoadmapCohortRequest"))]
#[allow(dead_code, reason = "one request goes into the operation and its page")]
pub(super) struct CohortRequest {
    /// The cities, each with its run.
    cities: Vec<CohortCity>,
    /// The id of a road map of the catalogue, or a whole one; the first of the catalogue where it is not given.
    definition: Option<DefinitionChoice>,
    /// The day of the view, year-month-day; that of the latest event of all where it is not given.
    as_of: Option<String>,
    /// The last day of the view, where `as_of` is not given.
    until: Option<String>,
    /// The language of the page. Not used here.
    language: Option<String>,
    /// Names of the entries of a road map of one's own. Not used here.
    #[serde(default)]
    labels: Labels,
}

impl Operation for CohortRequest {
    const NAME: &'static str = "roadmap.cohort";
    const SOURCE: &'static str = SOURCE;
    const ERRORS: &'static [Code] = COHORT_ERRORS;
    const EXAMPLE: &'static str = r#"{"cities": [{"city": {"id": "neverhaven", "name": "Neverhaven"}, "start": "2024-09-01", "partners": []}]}"#;
    type Answer = Cohort;

    fn answer(self, engine: &Engine) -> Result<Cohort> {
        let definition = definition(engine, self.definition.as_ref())?;
        cohort_of(&definition, &self.cities, self.as_of.as_deref(), self.until.as_deref())
    }
}

/// A cohort as one page. No city is ranked.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "RoadmapCohortPageRequest"))]
pub(super) struct CohortPageRequest {
    /// The cities, each with its run.
    cities: Vec<CohortCity>,
    /// The id of a road map of the catalogue, or a whole one; the first of the catalogue where it is not given.
    definition: Option<DefinitionChoice>,
    /// The day of the view, year-month-day; that of the latest event of all where it is not given.
    as_of: Option<String>,
    /// The last day of the view, where `as_of` is not given.
    until: Option<String>,
    /// How the page is written.
    #[serde(default)]
    format: PageFormat,
    /// The language; that of the catalogue where it is not given.
    language: Option<String>,
    /// Names of the entries of a road map of one's own, by section (`steps`, `deliverables`, `participants`, `sides`, `road_map`) and id.
    #[serde(default)]
    labels: Labels,
}

impl Operation for CohortPageRequest {
    const NAME: &'static str = "roadmap.cohort_page";
    const SOURCE: &'static str = SOURCE;
    const ERRORS: &'static [Code] = COHORT_ERRORS;
    const EXAMPLE: &'static str =
        r#"{"cities": [{"city": {"id": "neverhaven", "name": "Neverhaven"}, "start": "2024-09-01", "partners": []}], "format": "text"}"#;
    type Answer = PageAnswer;

    fn answer(self, engine: &Engine) -> Result<PageAnswer> {
        let definition = definition(engine, self.definition.as_ref())?;
        let made = cohort_of(&definition, &self.cities, self.as_of.as_deref(), self.until.as_deref())?;
        let texts = texts(engine, &definition, self.language.as_deref(), &self.labels);
        let page = match self.format {
            PageFormat::Html => cohort_page(&definition, &made, &texts),
            PageFormat::Text => cohort_text(&definition, &made, &texts),
        };
        Ok(PageAnswer { page })
    }
}
