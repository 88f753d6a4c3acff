//! `sms screen`: frameworks and screens as files, and what answers an instrument. Every rule is in the core.

use crate::args::{PageFormat, QuestionsFormat, ScreenArgs, ScreenCommand};
use crate::cocreation::{csv, list, word};
use crate::commands::pretty;
use crate::input::{self, Failure, Outcome, out};
use crate::roadmap::plain_dates;
use serde_json::{Map, Value, json};
use sms_core::wire::Engine;
use std::path::{Path, PathBuf};

pub(crate) fn screen(args: &ScreenArgs) -> Outcome<u8> {
    let engine = match &args.catalogue {
        Some(path) => Engine::new(&input::text(path)?, &[]).map_err(|e| e.in_file(&path.display().to_string()))?,
        None => Engine::new(sms_catalogue::CATALOGUE_JSON, &[])?,
    };
    match &args.command {
        ScreenCommand::Questions { sheet, area, round, view, format } => {
            let form = engine.call(&with_common(args, json!({ "op": "screen.questions", "sheet": sheet, "area": area })))?;
            out(&match format {
                QuestionsFormat::Json => pretty(&form) + "\n",
                QuestionsFormat::Csv => empty_form(&form, round.as_deref().unwrap_or_default(), view.as_deref().unwrap_or_default()),
                QuestionsFormat::Table => listed(&form),
            });
        }
        ScreenCommand::Framework { file, format, output } => show(&engine, args, "framework", &request(file, "framework.toml")?, *format, output.as_deref())?,
        ScreenCommand::Services { file, format, output } => show(&engine, args, "hrba", &request(file, "services.toml")?, *format, output.as_deref())?,
        ScreenCommand::CrossReference { reference, format, output } => {
            let asked = json!({ "reference": reference }).as_object().cloned().unwrap_or_default();
            show(&engine, args, "cross_reference", &asked, *format, output.as_deref())?;
        }
    }
    Ok(0)
}

/// What every operation takes.
fn with_common(args: &ScreenArgs, mut request: Value) -> Value {
    if let Some(map) = request.as_object_mut() {
        if !args.select.is_empty() {
            map.insert("selection".to_owned(), json!(args.select));
        }
        if let Some(language) = &args.language {
            map.insert("language".to_owned(), json!(language));
        }
    }
    request
}

/// A file of rounds, services and answers, or the folder that holds it: a request of the wire, where `answers` names a CSV file beside it.
fn request(file: &Path, name: &str) -> Outcome<Map<String, Value>> {
    let path: PathBuf = if file.is_dir() { file.join(name) } else { file.to_owned() };
    let mut document = match plain_dates(input::document(&path)?) {
        Value::Object(map) => map,
        _ => return Err(Failure::file(&path, "the file is no table or object", "See examples/screen.")),
    };
    if let Some(answers) = document.remove("answers") {
        let answers = answers.as_str().ok_or_else(|| Failure::file(&path, "`answers` is no text", "Name the CSV file beside this one."))?;
        document.insert("records".to_owned(), csv(&path.parent().unwrap_or(Path::new("")).join(answers))?);
    }
    Ok(document)
}

fn show(engine: &Engine, args: &ScreenArgs, of: &str, asked: &Map<String, Value>, format: PageFormat, output: Option<&Path>) -> Outcome<()> {
    let mut asked = with_common(args, Value::Object(asked.clone()));
    let op = match (format, of) {
        (PageFormat::Json, "cross_reference") => "catalogue.cross_reference".to_owned(),
        (PageFormat::Json, of) => format!("screen.{of}"),
        _ => "screen.page".to_owned(),
    };
    if let Some(map) = asked.as_object_mut() {
        map.insert("op".to_owned(), json!(op));
        if format == PageFormat::Json {
            // figures have no language
            map.remove("language");
        } else {
            map.insert("of".to_owned(), json!(of));
            if let Some(report) = args.report.as_deref() {
                map.insert("report".to_owned(), input::document(report)?);
                map.insert("place".to_owned(), json!(args.place));
            }
            map.insert("format".to_owned(), json!(if format == PageFormat::Html { "html" } else { "text" }));
        }
    }
    let made = engine.call(&asked)?;
    let text = if format == PageFormat::Json { pretty(&made) + "\n" } else { word(&made, "page").to_owned() };
    input::write(output, &text)
}

/// The questions by group, with the indicators beside them.
fn listed(form: &Value) -> String {
    let names = |key: &str| list(form, key).iter().map(|l| word(l, "id")).collect::<Vec<_>>().join(", ");
    let mut text = format!(
        "{} ({})\n{}\nAnswers: {}; {}. Views: {}.\n",
        word(form, "name"),
        word(form, "id"),
        word(form, "notice"),
        names("levels"),
        names("apart"),
        names("views")
    );
    for group in list(form, "groups") {
        text.push_str(&format!("\n{}\n", word(group, "name")));
        for item in list(group, "items") {
            let indicators: Vec<&str> = list(item, "indicators").iter().filter_map(Value::as_str).collect();
            let beside = if indicators.is_empty() { String::new() } else { format!(" [{}]", indicators.join(", ")) };
            text.push_str(&format!("  {}  {}{beside}\n", word(item, "id"), word(item, "text")));
        }
    }
    text
}

/// The table of answers with its lines still open.
fn empty_form(form: &Value, round: &str, view: &str) -> String {
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let columns: Vec<&str> = list(form, "columns").iter().filter_map(Value::as_str).collect();
    let mut text = format!("{},question\n", columns.join(","));
    for item in list(form, "groups").iter().flat_map(|g| list(g, "items")) {
        let cells = columns.iter().map(|column| match *column {
            "round" => round,
            "view" => view,
            "item" => word(item, "id"),
            _ => "",
        });
        text.push_str(&format!("{},{}\n", cells.collect::<Vec<_>>().join(","), quoted(word(item, "text"))));
    }
    text
}
