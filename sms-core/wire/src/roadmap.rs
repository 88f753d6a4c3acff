//! The road map: definitions, runs, cohorts, and the page that a city officer reads.

use super::{Engine, OldArea, answer, field, optional, unanswered};
use serde_json::{Value, json};
use sms_base::diagnostic::{Code, Error, Result};
use sms_base::id::EntryId;
use sms_process::roadmap::{City, Day, Definition, Event, Partners, Run, cohort};
use sms_render::roadmap::{Texts, cohort_page, cohort_text, next_text, page, text};
use std::collections::BTreeMap;
use std::sync::Arc;

pub(super) const AREA: OldArea = OldArea {
    operations: &["roadmap.definition", "roadmap.check", "roadmap.replay", "roadmap.apply", "roadmap.cohort", "roadmap.page", "roadmap.cohort_page"],
    answer: call,
};

fn call(engine: &Engine, op: &str, request: &Value) -> Result<Value> {
    match op {
        "roadmap.definition" => {
            let definition = definition(engine, request)?;
            let texts = texts(engine, request, &definition)?;
            answer(json!({ "definition": definition.raw(), "notice": texts.notice(), "steps": texts.steps(&definition) }))
        }
        "roadmap.check" => check(engine, request),
        "roadmap.replay" => replayed(&run(engine, request, None)?, as_of(request)?),
        "roadmap.apply" => {
            let mut run = run(engine, request, None)?;
            let value: Value = field(request, "event")?;
            run.apply(Event::from_value(&value, "event")?)?;
            replayed(&run, as_of(request)?)
        }
        "roadmap.cohort" => answer(cohort_of(engine, request)?.1),
        "roadmap.cohort_page" => {
            let (definition, made) = cohort_of(engine, request)?;
            let texts = texts(engine, request, &definition)?;
            let made = match format(request, &["html", "text"])? {
                "text" => cohort_text(&definition, &made, &texts),
                _ => cohort_page(&definition, &made, &texts),
            };
            answer(json!({ "page": made }))
        }
        "roadmap.page" => {
            let run = run(engine, request, None)?;
            let texts = texts(engine, request, run.definition())?;
            let (city, day) = (city(request)?.map(|(_, name)| name), as_of(request)?);
            let made = match format(request, &["html", "text", "next"])? {
                "text" => text(&run, city.as_deref(), day, &texts),
                "next" => next_text(&run, &texts),
                _ => page(&run, city.as_deref(), day, &texts),
            };
            answer(json!({ "page": made }))
        }
        _ => Err(unanswered()),
    }
}

fn bad(path: &str, expected: &'static str) -> Error {
    Error::new(Code::WireBadRequest).at_path(path).expecting(expected)
}

/// The form of a page: the first one when none is asked for.
fn format(request: &Value, forms: &[&'static str]) -> Result<&'static str> {
    match optional::<String>(request, "format")? {
        None => Ok(forms.first().copied().unwrap_or_default()),
        Some(asked) => {
            let found = forms.iter().copied().find(|form| *form == asked);
            found.ok_or_else(|| Error::new(Code::WireBadRequest).at_path("format").expecting(forms.join(", ")))
        }
    }
}

/// The definition of a request: an id of the catalogue, a whole one, or the first one of the catalogue.
fn definition(engine: &Engine, request: &Value) -> Result<Arc<Definition>> {
    Ok(Arc::new(match request.get("definition") {
        None | Some(Value::Null) => Definition::of_catalogue(engine.catalogue(), None)?,
        Some(Value::String(id)) => Definition::of_catalogue(engine.catalogue(), Some(id))?,
        Some(whole) => Definition::from_value(whole)?,
    }))
}

fn texts(engine: &Engine, request: &Value, definition: &Definition) -> Result<Texts> {
    let catalogue = engine.catalogue();
    let language: Option<String> = optional(request, "language")?;
    let catalogue = match language {
        Some(language) if language != catalogue.language() => Arc::new(catalogue.as_ref().clone().in_language(&language)),
        _ => catalogue.clone(),
    };
    let labels: BTreeMap<String, BTreeMap<String, String>> = optional(request, "labels")?.unwrap_or_default();
    Ok(Texts::new(catalogue, definition, labels))
}

fn day(request: &Value, name: &str, path: &str) -> Result<Option<Day>> {
    optional::<String>(request, name)?.map(|text| text.parse().map_err(|e: Error| e.at_path(path))).transpose()
}

/// The day of a view: as asked, or the day until which the log is read.
fn as_of(request: &Value) -> Result<Option<Day>> {
    Ok(day(request, "as_of", "as_of")?.or(day(request, "until", "until")?))
}

/// Id and name of the city.
fn city(request: &Value) -> Result<Option<(EntryId, String)>> {
    let Some(value) = request.get("city").filter(|v| !v.is_null()) else { return Ok(None) };
    let id: EntryId = field(value, "id").map_err(|e| e.at_path("city.id"))?;
    let name: Option<String> = optional(value, "name").map_err(|e| e.at_path("city.name"))?;
    let name = sms_base::text::clean(&name.unwrap_or_default()).map_err(|e| e.at_path("city.name"))?.into_owned();
    Ok(Some((id.clone(), if name.is_empty() { id.to_string() } else { name })))
}

/// The run of a request, its log read to the end or until a day.
fn run(engine: &Engine, request: &Value, given: Option<&Arc<Definition>>) -> Result<Run> {
    let mut run = empty_run(engine, request, given)?;
    let Some(until) = day(request, "until", "until")? else {
        run.take_all(&events(request)?)?;
        return Ok(run);
    };
    // the log as it was on that day
    for (i, value) in events(request)?.iter().enumerate() {
        let path = format!("events[{i}]");
        let event = Event::from_value(value, &path)?;
        if event.date > until {
            break;
        }
        run.take_at(event, &path)?;
    }
    Ok(run)
}

fn events(request: &Value) -> Result<Vec<Value>> {
    Ok(optional(request, "events")?.unwrap_or_default())
}

fn empty_run(engine: &Engine, request: &Value, given: Option<&Arc<Definition>>) -> Result<Run> {
    let definition = match given {
        Some(definition) => definition.clone(),
        None => definition(engine, request)?,
    };
    let start = day(request, "start", "start")?.ok_or_else(|| bad("start", "the first day of the first cycle"))?;
    let partners: Vec<Value> = field(request, "partners")?;
    Ok(Run::new(definition.clone(), start, Partners::from_values(&definition, &partners)?))
}

fn replayed(run: &Run, as_of: Option<Day>) -> Result<Value> {
    answer(json!({
        "state": run.state(),
        "next_actions": run.next_actions(),
        "readiness": run.readiness(),
        "timeline": run.timeline(as_of),
    }))
}

/// Everything that is wrong, as data: of the definition, else of the partners, else of each event that would be refused.
fn check(engine: &Engine, request: &Value) -> Result<Value> {
    let mut problems: Vec<Error> = Vec::new();
    let mut accepted = 0;
    let definition = match request.get("definition").filter(|d| d.is_object()) {
        Some(whole) => match Definition::read(whole) {
            Ok(raw) => {
                problems.extend(Definition::problems(&raw));
                if problems.is_empty() { Definition::new(raw).ok().map(Arc::new) } else { None }
            }
            Err(error) => {
                problems.push(error);
                None
            }
        },
        None => Some(definition(engine, request)?),
    };
    if let Some(definition) = definition
        && request.get("start").is_some()
    {
        match empty_run(engine, request, Some(&definition)) {
            Err(error) => problems.push(error),
            Ok(mut run) => {
                let events = events(request)?;
                let last: Option<Value> = optional(request, "event")?;
                let at = events.iter().enumerate().map(|(i, v)| (format!("events[{i}]"), v)).chain(last.iter().map(|v| ("event".to_owned(), v)));
                for (path, value) in at {
                    // an event that is refused is left out, and the rest is checked without it
                    match Event::from_value(value, &path).and_then(|event| run.take_at(event, &path)) {
                        Ok(()) => accepted += 1,
                        Err(error) => problems.push(error),
                    }
                }
            }
        }
    }
    answer(json!({ "accepted": accepted, "problems": problems.iter().map(Error::to_data).collect::<Vec<_>>() }))
}

fn cohort_of(engine: &Engine, request: &Value) -> Result<(Arc<Definition>, sms_process::roadmap::Cohort)> {
    let definition = definition(engine, request)?;
    let values: Vec<Value> = field(request, "cities")?;
    let mut cities: Vec<City> = Vec::with_capacity(values.len());
    for (i, value) in values.iter().enumerate() {
        let at = |error: Error| {
            let path = error.location().path.as_deref().unwrap_or_default().to_owned();
            error.at_path(&format!("cities[{i}].{path}"))
        };
        let (id, name) = city(value).and_then(|c| c.ok_or_else(|| bad("city", "id and name of the city"))).map_err(at)?;
        if cities.iter().any(|c| c.id == id) {
            return Err(at(Error::new(Code::RoadmapDuplicateId).at_path("city.id")));
        }
        let observer = optional(value, "observer").map_err(at)?.unwrap_or(false);
        // a log that cannot be read is that city's problem alone
        cities.push(City { id, name, observer, run: run(engine, value, Some(&definition)) });
    }
    let made = cohort(&definition, &cities, as_of(request)?);
    Ok((definition, made))
}
