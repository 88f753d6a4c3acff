//! The road map: definitions, runs, cohorts, and the page that a city officer reads.

mod cohort;

use crate::{Area, Engine, Entry, Operation, part};
use cohort::{CohortPageRequest, CohortRequest};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sms_base::diagnostic::{Code, Error, ErrorData, Result};
use sms_base::id::EntryId;
use sms_model::catalogue::Catalogue;
use sms_process::roadmap::{Action, Day, Definition, Event, Partners, RawDefinition, Readiness, Run, State, TimelineRow};
use sms_render::roadmap::{StepText, Texts, next_text, page, text};
use std::collections::BTreeMap;
use std::sync::Arc;

pub(super) const AREA: Area = Area {
    title: "Road map",
    operations: &[
        Entry::of::<DefinitionRequest>(),
        Entry::of::<CheckRequest>(),
        Entry::of::<RoadmapReplayRequest>(),
        Entry::of::<RoadmapApplyRequest>(),
        Entry::of::<CohortRequest>(),
        Entry::of::<RoadmapPageRequest>(),
        Entry::of::<CohortPageRequest>(),
    ],
};

const SOURCE: &str = "docs/wire.md, road map";

/// What can be wrong with a road map.
const DEFINITION_ERRORS: &[Code] =
    &[Code::RoadmapBadDefinition, Code::RoadmapDuplicateId, Code::RoadmapUnknownId, Code::RoadmapCircularPrerequisites, Code::RoadmapUnreachableStep];

/// What can be wrong with a run: its road map, its partners, and each event of its log.
const RUN_ERRORS: &[Code] = &[
    Code::RoadmapBadDefinition,
    Code::RoadmapDuplicateId,
    Code::RoadmapUnknownId,
    Code::RoadmapCircularPrerequisites,
    Code::RoadmapUnreachableStep,
    Code::RoadmapBadPartner,
    Code::RoadmapSideNotAllowed,
    Code::RoadmapBadEvent,
    Code::RoadmapBadDate,
    Code::RoadmapCycleOpen,
    Code::RoadmapDateBeforeCycle,
    Code::RoadmapDateOutOfOrder,
    Code::RoadmapDeliverableMissing,
    Code::RoadmapEvidenceMissing,
    Code::RoadmapLoopNotAllowed,
    Code::RoadmapNoEffect,
    Code::RoadmapNobodyNamed,
    Code::RoadmapNotOptional,
    Code::RoadmapNotStarted,
    Code::RoadmapObserver,
    Code::RoadmapParticipationMissing,
    Code::RoadmapPlanOrder,
    Code::RoadmapPrerequisiteOpen,
    Code::RoadmapReasonMissing,
    Code::RoadmapSignOffMissing,
    Code::RoadmapStepClosed,
    Code::RoadmapUnknownPartner,
    Code::RoadmapWrongSide,
    Code::TextBadId,
    Code::TextTooLong,
];

/// A page as one text.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(super) struct PageAnswer {
    /// The page: a whole HTML document, or plain text.
    pub(super) page: String,
}

/// How a page is written.
#[derive(Clone, Copy, Default, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(super) enum PageFormat {
    /// An HTML document that needs nothing beside it.
    #[default]
    Html,
    /// Plain text.
    Text,
}

/// How the page of a run is written.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
enum RunPageFormat {
    /// An HTML document that needs nothing beside it.
    #[default]
    Html,
    /// Plain text.
    Text,
    /// Plain text, only of what to do next.
    Next,
}

/// The catalogue in a language; as it is where none is asked for.
pub(super) fn catalogue_in(engine: &Engine, language: Option<&str>) -> Arc<Catalogue> {
    let catalogue = engine.catalogue();
    match language {
        Some(language) if language != catalogue.language() => Arc::new(catalogue.as_ref().clone().in_language(language)),
        _ => catalogue.clone(),
    }
}

/// A road map: the id of one of the catalogue, or a whole one.
#[derive(Deserialize)]
#[serde(rename = "$by-member")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(untagged, rename = "RoadmapChoice"))]
enum DefinitionChoice {
    /// The id of a road map of the catalogue.
    #[serde(rename = "$text")]
    Named(String),
    /// A whole one; `catalogue/roadmap/reconstruction.toml` shows the fields.
    #[serde(rename = "$other")]
    Whole(#[cfg_attr(feature = "schema", schemars(with = "RawDefinition"))] Value),
}

/// The road map that is chosen: the first one of the catalogue when none is.
fn definition(engine: &Engine, choice: Option<&DefinitionChoice>) -> Result<Arc<Definition>> {
    Ok(Arc::new(match choice {
        None => Definition::of_catalogue(engine.catalogue(), None)?,
        Some(DefinitionChoice::Named(id)) => Definition::of_catalogue(engine.catalogue(), Some(id))?,
        Some(DefinitionChoice::Whole(whole)) => Definition::from_value(whole)?,
    }))
}

/// Names by section and id.
type Labels = BTreeMap<String, BTreeMap<String, String>>;

fn texts(engine: &Engine, definition: &Definition, language: Option<&str>, labels: &Labels) -> Texts {
    Texts::new(catalogue_in(engine, language), definition, labels.clone())
}

/// The city of a run.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "RoadmapCityName"))]
struct CityName {
    /// The id.
    id: EntryId,
    /// The name, as pages show it; the id where it is not given.
    name: Option<String>,
}

impl CityName {
    fn name(&self) -> Result<String> {
        let name = sms_base::text::clean(self.name.as_deref().unwrap_or_default()).map_err(|e| e.at_path("city.name"))?;
        Ok(if name.is_empty() { self.id.to_string() } else { name.into_owned() })
    }
}

fn day(text: Option<&str>, path: &str) -> Result<Option<Day>> {
    text.map(|text| text.parse().map_err(|e: Error| e.at_path(path))).transpose()
}

/// A run without events.
fn begun(definition: Arc<Definition>, start: &str, partners: &[Value]) -> Result<Run> {
    let start = start.parse().map_err(|e: Error| e.at_path("start"))?;
    let partners = Partners::from_values(&definition, partners)?;
    Ok(Run::new(definition, start, partners))
}

/// A run with its log, to the end or as it was on a day.
fn walked(mut run: Run, events: &[Value], until: Option<&str>) -> Result<Run> {
    let Some(until) = day(until, "until")? else {
        run.take_all(events)?;
        return Ok(run);
    };
    for (i, value) in events.iter().enumerate() {
        let path = format!("events[{i}]");
        let event = Event::from_value(value, &path)?;
        if event.date > until {
            break;
        }
        run.take_at(event, &path)?;
    }
    Ok(run)
}

/// A request about a run: the fields of a run file, and those of the operation.
macro_rules! of_a_run {
    ($(#[$meta:meta])* $name:ident { $( $(#[$field_meta:meta])* $field:ident: $type:ty, )* }) => {
        $(#[$meta])*
        #[derive(Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[allow(dead_code, reason = "one run file goes into every operation, with the fields that only some of them use")]
        struct $name {
            /// The id of a road map of the catalogue, or a whole one; the first of the catalogue where it is not given.
            definition: Option<DefinitionChoice>,
            /// The city that walks it. Only pages and cohorts show it.
            city: Option<CityName>,
            /// Whether the city only watches. Only cohorts use it.
            #[serde(default)]
            observer: bool,
            /// The first day of the first cycle, year-month-day.
            start: String,
            /// Who takes part.
            #[cfg_attr(feature = "schema", schemars(with = "Vec<sms_process::roadmap::Partner>"))]
            partners: Vec<Value>,
            /// The log, in the order of its dates; empty where it is not given.
            #[serde(default)]
            #[cfg_attr(feature = "schema", schemars(with = "Vec<Event>"))]
            events: Vec<Value>,
            /// The last day up to which the log is read, year-month-day; the whole log where it is not given.
            until: Option<String>,
            /// The day of the view, year-month-day: `until`, or the day of the last event, where it is not given.
            as_of: Option<String>,
            /// The language of a page; that of the catalogue where it is not given. Only pages use it.
            language: Option<String>,
            /// Names of the entries of a road map of one's own, by section (`steps`, `deliverables`, `participants`, `sides`, `road_map`) and id. Only
            /// pages use them.
            #[serde(default)]
            labels: Labels,
            $( $(#[$field_meta])* $field: $type, )*
        }

        impl $name {
            fn run(&self, engine: &Engine) -> Result<Run> {
                let run = begun(definition(engine, self.definition.as_ref())?, &self.start, &self.partners)?;
                walked(run, &self.events, self.until.as_deref())
            }

            fn as_of(&self) -> Result<Option<Day>> {
                Ok(day(self.as_of.as_deref(), "as_of")?.or(day(self.until.as_deref(), "until")?))
            }
        }
    };
}

/// A road map as data, with the names of its steps.
///
/// Without `definition`, the first road map of the catalogue.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "RoadmapDefinitionRequest"))]
struct DefinitionRequest {
    /// The id of a road map of the catalogue, or a whole one; the first of the catalogue where it is not given.
    definition: Option<DefinitionChoice>,
    /// The language of the names; that of the catalogue where it is not given.
    language: Option<String>,
    /// Names of the entries of a road map of one's own, by section (`steps`, `deliverables`, `participants`, `sides`, `road_map`) and id.
    #[serde(default)]
    labels: Labels,
}

/// A road map, with its words.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "RoadmapDefinitionAnswer"))]
struct DefinitionAnswer {
    /// The road map.
    definition: RawDefinition,
    /// What it says of itself: where it comes from.
    notice: String,
    /// The words of each step, in the order of the definition.
    steps: Vec<StepText>,
}

impl Operation for DefinitionRequest {
    const NAME: &'static str = "roadmap.definition";
    const SOURCE: &'static str = SOURCE;
    const ERRORS: &'static [Code] = DEFINITION_ERRORS;
    const EXAMPLE: &'static str = "{}";
    type Answer = DefinitionAnswer;

    fn answer(self, engine: &Engine) -> Result<DefinitionAnswer> {
        let definition = definition(engine, self.definition.as_ref())?;
        let texts = texts(engine, &definition, self.language.as_deref(), &self.labels);
        Ok(DefinitionAnswer { definition: definition.data().clone(), notice: texts.notice(), steps: texts.steps(&definition) })
    }
}

/// Everything that is wrong with a road map or a run, as data.
///
/// First the definition is looked at, then the partners, then each event: one that would be refused is left out, and the rest is checked without it.
/// Nothing is refused for what is found. Without `start`, only the definition is looked at.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "RoadmapCheckRequest"))]
#[allow(dead_code, reason = "one run file goes into every operation, with the fields that only some of them use")]
struct CheckRequest {
    /// The id of a road map of the catalogue, or a whole one; the first of the catalogue where it is not given.
    definition: Option<DefinitionChoice>,
    /// The city that walks it. Not looked at here.
    city: Option<CityName>,
    /// Whether the city only watches. Not looked at here.
    #[serde(default)]
    observer: bool,
    /// The first day of the first cycle, year-month-day. Without it no run is looked at.
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    start: Option<Value>,
    /// Who takes part. Needed with `start`.
    #[cfg_attr(feature = "schema", schemars(with = "Option<Vec<sms_process::roadmap::Partner>>"))]
    partners: Option<Value>,
    /// The log, in the order of its dates; empty where it is not given.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Vec<Event>"))]
    events: Vec<Value>,
    /// One more event, tried on top of the log.
    #[cfg_attr(feature = "schema", schemars(with = "Option<Event>"))]
    event: Option<Value>,
    /// The last day up to which a view reads the log. Not looked at here: the whole log is checked.
    until: Option<String>,
    /// The day of a view. Not looked at here.
    as_of: Option<String>,
    /// The language of a page. Not looked at here.
    language: Option<String>,
    /// Names of the entries of a road map of one's own. Not looked at here.
    #[serde(default)]
    labels: Labels,
}

/// What was found.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "RoadmapCheckAnswer"))]
struct CheckAnswer {
    /// How many events would be taken in.
    accepted: usize,
    /// Everything that is wrong, each as the refusal that it would be.
    problems: Vec<ErrorData>,
}

/// A part of a run that must be there.
fn needed<T: DeserializeOwned>(value: Option<&Value>, path: &str, expected: &'static str) -> Result<T> {
    part(value.ok_or_else(|| Error::new(Code::WireBadRequest).at_path(path).expecting(expected))?, path)
}

/// A run without events, of parts that are not read yet.
fn begun_of(definition: Arc<Definition>, start: Option<&Value>, partners: Option<&Value>) -> Result<Run> {
    let start: String = needed(start, "start", "the first day of the first cycle")?;
    begun(definition, &start, &needed::<Vec<Value>>(partners, "partners", "this field")?)
}

impl CheckRequest {
    /// The definition, unless something is wrong with a whole one.
    fn sound(&self, engine: &Engine, problems: &mut Vec<Error>) -> Result<Option<Arc<Definition>>> {
        let Some(DefinitionChoice::Whole(whole)) = self.definition.as_ref().filter(|d| matches!(d, DefinitionChoice::Whole(v) if v.is_object())) else {
            return definition(engine, self.definition.as_ref()).map(Some);
        };
        match Definition::read(whole) {
            Ok(raw) => {
                problems.extend(Definition::problems(&raw));
                Ok(if problems.is_empty() { Definition::new(raw).ok().map(Arc::new) } else { None })
            }
            Err(error) => {
                problems.push(error);
                Ok(None)
            }
        }
    }
}

impl Operation for CheckRequest {
    const NAME: &'static str = "roadmap.check";
    const SOURCE: &'static str = SOURCE;
    const ERRORS: &'static [Code] = &[Code::RoadmapUnknownId, Code::RoadmapBadDefinition];
    const EXAMPLE: &'static str =
        r#"{"start": "2024-09-01", "partners": [], "events": [{"type": "started", "step": "commit", "date": "2024-09-02", "by": "hall"}]}"#;
    type Answer = CheckAnswer;

    fn answer(self, engine: &Engine) -> Result<CheckAnswer> {
        let mut problems: Vec<Error> = Vec::new();
        let mut accepted = 0;
        if let Some(definition) = self.sound(engine, &mut problems)?
            && self.start.is_some()
        {
            match begun_of(definition, self.start.as_ref(), self.partners.as_ref()) {
                Err(error) => problems.push(error),
                Ok(mut run) => {
                    let log = self.events.iter().enumerate().map(|(i, v)| (format!("events[{i}]"), v));
                    for (path, value) in log.chain(self.event.iter().map(|v| ("event".to_owned(), v))) {
                        // an event that is refused is left out, and the rest is checked without it
                        match Event::from_value(value, &path).and_then(|event| run.take_at(event, &path)) {
                            Ok(()) => accepted += 1,
                            Err(error) => problems.push(error),
                        }
                    }
                }
            }
        }
        Ok(CheckAnswer { accepted, problems: problems.iter().map(Error::to_data).collect() })
    }
}

/// Where a run stands, and what comes next.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct RoadmapAnswer {
    /// Where the run and each of its steps stand.
    state: State,
    /// What to do next, step by step: what, who must do it, and why.
    next_actions: Vec<Action>,
    /// How far each step is from being closed, with what is missing.
    readiness: Vec<Readiness>,
    /// What was planned and what happened: a row for each walk through a step, by cycle, step and iteration.
    timeline: Vec<TimelineRow>,
}

impl RoadmapAnswer {
    fn of(run: &Run, as_of: Option<Day>) -> Self {
        RoadmapAnswer { state: run.state().clone(), next_actions: run.next_actions(), readiness: run.readiness(), timeline: run.timeline(as_of) }
    }
}

of_a_run! {
    /// The state that the log of a run makes, what to do next, how ready each step is, and what happened when.
    ///
    /// The first event that cannot be taken in is refused, with its place in the log and what would satisfy the guard.
    RoadmapReplayRequest {}
}

impl Operation for RoadmapReplayRequest {
    const NAME: &'static str = "roadmap.replay";
    const SOURCE: &'static str = SOURCE;
    const ERRORS: &'static [Code] = RUN_ERRORS;
    const EXAMPLE: &'static str = r#"{"start": "2024-09-01", "partners": [{"id": "hall", "name": "City hall", "kind": "city_unit", "role": "lead", "side": "city"}], "events": [{"type": "started", "step": "commit", "date": "2024-09-02", "by": "hall"}]}"#;
    type Answer = RoadmapAnswer;

    fn answer(self, engine: &Engine) -> Result<RoadmapAnswer> {
        Ok(RoadmapAnswer::of(&self.run(engine)?, self.as_of()?))
    }
}

of_a_run! {
    /// Takes one more event into a run, or refuses it with what would satisfy the guard.
    ///
    /// The answer is that of `roadmap.replay` after the event. Nothing is kept: the event is to be added to the log by whoever holds it.
    RoadmapApplyRequest {
        /// The event.
        #[cfg_attr(feature = "schema", schemars(with = "Event"))]
        event: Value,
    }
}

impl Operation for RoadmapApplyRequest {
    const NAME: &'static str = "roadmap.apply";
    const SOURCE: &'static str = SOURCE;
    const ERRORS: &'static [Code] = RUN_ERRORS;
    const EXAMPLE: &'static str = r#"{"start": "2024-09-01", "partners": [{"id": "hall", "name": "City hall", "kind": "city_unit", "role": "lead", "side": "city"}], "event": {"type": "started", "step": "commit", "date": "2024-09-02", "by": "hall"}}"#;
    type Answer = RoadmapAnswer;

    fn answer(self, engine: &Engine) -> Result<RoadmapAnswer> {
        let mut run = self.run(engine)?;
        run.apply(Event::from_value(&self.event, "event")?)?;
        Ok(RoadmapAnswer::of(&run, self.as_of()?))
    }
}

of_a_run! {
    /// A run as one page: what step are we in, what is missing, who must sign, what next.
    RoadmapPageRequest {
        /// How the page is written.
        #[serde(default)]
        format: RunPageFormat,
    }
}

impl Operation for RoadmapPageRequest {
    const NAME: &'static str = "roadmap.page";
    const SOURCE: &'static str = SOURCE;
    const ERRORS: &'static [Code] = RUN_ERRORS;
    const EXAMPLE: &'static str = r#"{"city": {"id": "neverhaven", "name": "Neverhaven"}, "start": "2024-09-01", "partners": [{"id": "hall", "name": "City hall", "kind": "city_unit", "role": "lead", "side": "city"}], "format": "next"}"#;
    type Answer = PageAnswer;

    fn answer(self, engine: &Engine) -> Result<PageAnswer> {
        let run = self.run(engine)?;
        let texts = texts(engine, run.definition(), self.language.as_deref(), &self.labels);
        let city = self.city.as_ref().map(CityName::name).transpose()?;
        let (city, day) = (city.as_deref(), self.as_of()?);
        let page = match self.format {
            RunPageFormat::Html => page(&run, city, day, &texts),
            RunPageFormat::Text => text(&run, city, day, &texts),
            RunPageFormat::Next => next_text(&run, &texts),
        };
        Ok(PageAnswer { page })
    }
}
