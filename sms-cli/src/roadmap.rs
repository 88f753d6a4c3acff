//! `sms roadmap`: runs as files. A run file is a request of the wire without its operation; every rule is in the core.

use crate::args::{CohortFormat, RoadmapArgs, RoadmapCommand, TextFormat};
use crate::commands::pretty;
use crate::input::{self, Failure, Outcome, note, out};
use serde_json::{Map, Value, json};
use sms_core::wire::Engine;
use std::path::{Path, PathBuf};

pub(crate) fn roadmap(args: &RoadmapArgs) -> Outcome<u8> {
    let engine = engine(args.catalogue.as_deref())?;
    match &args.command {
        RoadmapCommand::Status { run, format: TextFormat::Json } => {
            out(&(pretty(&engine.call(&request(args, run_file(run)?, "roadmap.replay", None)).map_err(|e| e.in_file(&name(run)))?) + "\n"));
        }
        RoadmapCommand::Status { run, .. } => out(&page(&engine, args, run, "text")?),
        RoadmapCommand::Next { run, format: TextFormat::Json } => {
            let answer = engine.call(&request(args, run_file(run)?, "roadmap.replay", None)).map_err(|e| e.in_file(&name(run)))?;
            out(&(pretty(answer.get("next_actions").unwrap_or(&Value::Null)) + "\n"));
        }
        RoadmapCommand::Next { run, .. } => out(&page(&engine, args, run, "next")?),
        RoadmapCommand::Page { run, output } => input::write(output.as_deref(), &page(&engine, args, run, "html")?)?,
        RoadmapCommand::Apply { run, fields, dry_run } => apply(&engine, args, run, fields, *dry_run)?,
        RoadmapCommand::Cohort { runs, format, output } => {
            let asked = cohort(args, runs)?;
            let text = match format {
                CohortFormat::Json => pretty(&engine.call(&op(asked, "roadmap.cohort"))?) + "\n",
                CohortFormat::Html => made_page(&engine.call(&with(op(asked, "roadmap.cohort_page"), "format", json!("html")))?),
                CohortFormat::Table => made_page(&engine.call(&with(op(asked, "roadmap.cohort_page"), "format", json!("text")))?),
            };
            input::write(output.as_deref(), &text)?;
        }
    }
    Ok(0)
}

fn engine(catalogue: Option<&Path>) -> Outcome<Engine> {
    Ok(match catalogue {
        Some(path) => Engine::new(&input::text(path)?, &[]).map_err(|e| e.in_file(&path.display().to_string()))?,
        None => Engine::new(sms_catalogue::CATALOGUE_JSON, &[])?,
    })
}

fn name(path: &Path) -> String {
    path.display().to_string()
}

/// Dates that TOML reads as dates become text again.
pub(crate) fn plain_dates(value: Value) -> Value {
    match value {
        Value::Object(map) => match map.get("$__toml_private_datetime") {
            Some(text) => text.clone(),
            None => Value::Object(map.into_iter().map(|(k, v)| (k, plain_dates(v))).collect()),
        },
        Value::Array(items) => Value::Array(items.into_iter().map(plain_dates).collect()),
        other => other,
    }
}

fn run_file(path: &Path) -> Outcome<Value> {
    let path = if path.is_dir() { path.join("roadmap.toml") } else { path.to_owned() };
    let document = plain_dates(input::document(&path)?);
    if document.is_object() { Ok(document) } else { Err(Failure::file(&path, "a run is a table or an object", "See examples/roadmap.")) }
}

fn with(mut request: Value, field: &str, value: Value) -> Value {
    if let Some(map) = request.as_object_mut() {
        map.insert(field.to_owned(), value);
    }
    request
}

fn op(request: Value, name: &str) -> Value {
    with(request, "op", json!(name))
}

fn request(args: &RoadmapArgs, run: Value, name: &str, format: Option<&str>) -> Value {
    let asked = [("until", args.until.as_deref()), ("as_of", args.as_of.as_deref()), ("language", args.language.as_deref()), ("format", format)];
    asked.into_iter().filter_map(|(field, value)| Some((field, value?))).fold(op(run, name), |made, (field, value)| with(made, field, json!(value)))
}

fn made_page(answer: &Value) -> String {
    answer.get("page").and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn page(engine: &Engine, args: &RoadmapArgs, run: &Path, format: &str) -> Outcome<String> {
    let answer = engine.call(&request(args, run_file(run)?, "roadmap.page", Some(format))).map_err(|e| e.in_file(&name(run)))?;
    Ok(made_page(&answer))
}

/// `field=value` as the fields of an event.
fn event(path: &Path, fields: &[String]) -> Outcome<Value> {
    let mut event = Map::new();
    for field in fields {
        let (key, text) =
            field.split_once('=').ok_or_else(|| Failure::file(path, format!("`{field}` is not FIELD=VALUE"), "Write type=started step=core and so on."))?;
        let value = match key {
            "partners" => json!(text.split(',').map(str::trim).collect::<Vec<_>>()),
            "people" => text.parse::<u32>().map_or_else(|_| json!(text), |n| json!(n)),
            _ => json!(text),
        };
        event.insert(key.to_owned(), value);
    }
    Ok(Value::Object(event))
}

fn apply(engine: &Engine, args: &RoadmapArgs, run: &Path, fields: &[String], dry_run: bool) -> Outcome<()> {
    let path = if run.is_dir() { run.join("roadmap.toml") } else { run.to_owned() };
    let document = run_file(&path)?;
    let event = event(&path, fields)?;
    let asked = with(request(args, document.clone(), "roadmap.apply", None), "event", event.clone());
    engine.call(&asked).map_err(|e| e.in_file(&name(&path)))?;
    if dry_run {
        out("The event would be recorded.\n");
        return Ok(());
    }
    let mut events = document.get("events").and_then(Value::as_array).cloned().unwrap_or_default();
    events.push(event.clone());
    let longer = with(document, "events", Value::Array(events));
    if path.extension().is_some_and(|e| e == "json") {
        input::write(Some(&path), &(pretty(&longer) + "\n"))?;
    } else {
        // the log only grows: what is written stays as it was, comments and all
        let table: toml::Value = toml::Value::try_from(&event).map_err(|e| Failure::file(&path, e, "Check the fields of the event."))?;
        let lines = toml::to_string(&table).map_err(|e| Failure::file(&path, e, "Check the fields of the event."))?;
        let before = input::text(&path)?;
        let text = format!("{}\n\n[[events]]\n{lines}", before.trim_end());
        let again = toml::from_str::<toml::Value>(&text).ok().and_then(|v| serde_json::to_value(v).ok()).map(plain_dates);
        if again.as_ref() != Some(&longer) {
            return Err(Failure::file(
                &path,
                "the event cannot be added at the end of this file",
                "Write events as `[[events]]` tables at its end, or use JSON.",
            ));
        }
        input::write(Some(&path), &text)?;
    }
    note(&format!("Recorded in {}.", path.display()));
    out(&page(engine, args, &path, "next")?);
    Ok(())
}

fn cohort(args: &RoadmapArgs, paths: &[PathBuf]) -> Outcome<Value> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let entries = std::fs::read_dir(path).map_err(|e| Failure::file(path, e, "Check the folder."))?;
        let of_kind = |p: &PathBuf| p.extension().is_some_and(|e| e == "toml" || e == "json");
        let mut inside: Vec<PathBuf> = entries.filter_map(Result::ok).map(|e| e.path()).filter(of_kind).collect();
        inside.sort();
        files.extend(inside);
    }
    let mut cities = Vec::new();
    let mut definition = Value::Null;
    for path in &files {
        let mut run = run_file(path)?;
        if definition.is_null() {
            definition = run.get("definition").cloned().unwrap_or_default();
        }
        if run.get("city").is_none() {
            let id = path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
            run = with(run, "city", json!({ "id": id }));
        }
        if let Some(until) = &args.until {
            run = with(run, "until", json!(until));
        }
        cities.push(run);
    }
    let mut asked = json!({ "cities": cities, "definition": definition });
    if let Some(day) = args.as_of.as_ref().or(args.until.as_ref()) {
        asked = with(asked, "as_of", json!(day));
    }
    if let Some(language) = &args.language {
        asked = with(asked, "language", json!(language));
    }
    Ok(asked)
}
