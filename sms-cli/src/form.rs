//! `sms form`: questionnaires, collection plans and templates as files; an export of KoboToolbox or ODK back in.

use crate::args::{FormArgs, FormCommand, TextFormat};
use crate::commands::pretty;
use crate::input::{self, Failure, Outcome, note, out};
use serde_json::{Map, Value, json};
use sms_core::frame::CsvWriter;
use sms_core::wire::Engine;
use std::path::Path;

struct Asker {
    engine: Engine,
    form: Value,
}

impl Asker {
    fn new(args: &FormArgs) -> Outcome<Self> {
        let engine = Engine::new(sms_catalogue::CATALOGUE_JSON, sms_catalogue::METHODS)?.with_questions(sms_catalogue::QUESTIONS_JSON)?;
        let mut form = match &args.form {
            Some(path) => input::document(path)?,
            None => json!({}),
        };
        if let Some(fields) = form.as_object_mut() {
            if !args.select.is_empty() {
                fields.insert("selection".to_owned(), json!(args.select));
            }
            if !args.language.is_empty() {
                fields.insert("languages".to_owned(), json!(args.language));
            }
        }
        Ok(Asker { engine, form })
    }

    fn ask(&self, op: &str, more: Value) -> Outcome<Value> {
        let mut fields: Map<String, Value> = more.as_object().cloned().unwrap_or_default();
        fields.insert("op".to_owned(), json!(op));
        fields.insert("form".to_owned(), self.form.clone());
        Ok(self.engine.call(&Value::Object(fields))?)
    }
}

fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

fn bytes_of(base64: &str) -> Vec<u8> {
    sms_core::wire::from_base64(base64).unwrap_or_default()
}

fn write_bytes(path: &Path, bytes: &[u8]) -> Outcome<()> {
    std::fs::write(path, bytes).map_err(|e| Failure::file(path, e, "Check that the folder exists and may be written to."))
}

fn folder(path: &Path) -> Outcome<()> {
    std::fs::create_dir_all(path).map_err(|e| Failure::file(path, e, "Check the place."))
}

/// What is doubtful, in one line each.
fn findings(made: &Value) {
    let counts = made.pointer("/findings/counts").and_then(Value::as_object);
    let items = made.pointer("/findings/items").and_then(Value::as_array);
    for (code, count) in counts.into_iter().flatten() {
        let first = items.into_iter().flatten().find(|i| i.get("code").and_then(Value::as_str) == Some(code));
        let message = first.map(|i| text(i, "/message").to_owned()).unwrap_or_default();
        note(&format!("{code} ({count}): {message}"));
    }
}

fn left_out(made: &Value) -> String {
    let rows = list(made, "indicators").iter().filter(|i| i.get("reason").is_some());
    rows.map(|i| format!("  {}: {}\n", text(i, "/indicator"), text(i, "/reason").replace('_', " "))).collect()
}

fn build(asker: &Asker, output: &Path) -> Outcome<()> {
    let made = asker.ask("form.build", json!({}))?;
    folder(output)?;
    write_bytes(&output.join("form.xlsx"), &bytes_of(text(&asker.ask("form.xlsx", json!({}))?, "/xlsx")))?;
    let mut files = vec!["form.xlsx".to_owned()];
    let languages: Vec<String> = match asker.form.get("languages").and_then(Value::as_array) {
        Some(listed) => listed.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        None => Vec::new(),
    };
    let several = languages.len() > 1;
    let each: Vec<Option<String>> = if languages.is_empty() { vec![None] } else { languages.into_iter().map(Some).collect() };
    for language in each {
        let suffix = language.as_ref().filter(|_| several).map(|l| format!(".{l}")).unwrap_or_default();
        for (format, ending) in [("html", "html"), ("text", "txt")] {
            let page = asker.ask("form.page", json!({ "format": format, "language": language }))?;
            let name = format!("questionnaire{suffix}.{ending}");
            input::write(Some(&output.join(&name)), text(&page, "/page"))?;
            files.push(name);
        }
    }
    input::write(Some(&output.join("plan.csv")), text(&asker.ask("form.plan", json!({}))?, "/csv"))?;
    files.push("plan.csv".to_owned());
    let asked = list(&made, "indicators").iter().filter(|i| i.get("reason").is_none()).count();
    let minutes = made.get("minutes").and_then(Value::as_f64).unwrap_or_default();
    out(&format!("{}: {}\n{asked} indicators are asked, in about {minutes:.0} minutes.\n", output.display(), files.join(", ")));
    let rest = left_out(&made);
    if !rest.is_empty() {
        out(&format!("Not asked:\n{rest}"));
    }
    findings(&made);
    Ok(())
}

/// Estimates of the microdata as rows of the tidy table.
fn estimates(asker: &Asker, made: &Value, place: &str, period: &str, confidence: f64) -> Outcome<Vec<Value>> {
    let request = json!({ "op": "survey.estimate", "plan": made.get("plan"), "columns": made.get("columns"), "reporting": { "confidence": confidence } });
    let estimated = asker.engine.call(&request)?;
    let made = asker.ask("form.observations", json!({ "estimates": estimated.get("estimates"), "place": place, "period": period }))?;
    for told in [&estimated, &made] {
        findings(told);
    }
    for item in made.pointer("/findings/items").and_then(Value::as_array).into_iter().flatten() {
        let group = [" ", text(item, "/params/group")].concat();
        note(&format!("  {}{}: {} ({})", text(item, "/subject"), group.trim_end(), text(item, "/params/why").replace('_', " "), text(item, "/code")));
    }
    Ok(list(&made, "rows").to_vec())
}

fn cell(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

/// Rows of objects as CSV: the columns that come first, then the others by name.
fn csv(rows: &[Value], first: &[&str]) -> String {
    let mut columns: Vec<String> = first.iter().map(ToString::to_string).collect();
    let mut more: Vec<String> = rows.iter().filter_map(Value::as_object).flat_map(|r| r.keys().cloned()).filter(|k| !columns.contains(k)).collect();
    more.sort();
    more.dedup();
    columns.extend(more);
    let mut csv = CsvWriter::new(&columns);
    for row in rows {
        csv.push(columns.iter().map(|c| cell(row.get(c))));
    }
    csv.finish()
}

fn microdata(made: &Value) -> String {
    let columns = made.get("columns").and_then(Value::as_object).cloned().unwrap_or_default();
    let absent = made.get("absent").cloned().unwrap_or_default();
    let count = made.get("rows").and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok()).unwrap_or(0);
    let at = |column: &Value, i: usize| column.get(i).filter(|v| !v.is_null()).cloned();
    let row = |i: usize| {
        // why a cell is empty stands in its place
        let cells = columns.iter().map(|(name, column)| (name.clone(), at(column, i).or_else(|| at(absent.get(name)?, i)).unwrap_or_default()));
        Value::Object(cells.collect())
    };
    csv(&(0..count).map(row).collect::<Vec<_>>(), &[])
}

pub(crate) fn form(args: &FormArgs) -> Outcome<u8> {
    let asker = Asker::new(args)?;
    match &args.command {
        FormCommand::Build { output } => build(&asker, output)?,
        FormCommand::Plan { from, to, interviews, format, output } => {
            let made = asker.ask("form.plan", json!({ "plan": { "from": from, "to": to.or(*from), "interviews": interviews } }))?;
            let shown = if *format == TextFormat::Json { pretty(&made) + "\n" } else { text(&made, "/csv").to_owned() };
            input::write(output.as_deref(), &shown)?;
            findings(&made);
        }
        FormCommand::Template { place, place_name, period, output } => {
            let made = asker.ask("form.template", json!({ "template": { "place": place, "place_name": place_name, "periods": period } }))?;
            folder(output)?;
            input::write(Some(&output.join("observations.csv")), text(&made, "/csv"))?;
            write_bytes(&output.join("observations.xlsx"), &bytes_of(text(&made, "/xlsx")))?;
            out(&format!("{}: observations.csv, observations.xlsx\n", output.display()));
            for d in list(&made, "left_out") {
                out(&format!("  without rows: {} ({})\n", text(d, "/dimension"), text(d, "/reason").replace('_', " ")));
            }
        }
        FormCommand::Read { export, weight, stratum, psu, place, period, confidence, microdata: data, output, format } => {
            let bytes = input::bytes(export)?;
            let name = export.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            let dialect = sms_core::exchange::csv::Dialect { file: Some(name.clone()), ..Default::default() };
            let table = sms_core::exchange::csv::decode(&bytes, &dialect)?.into_owned();
            let read = json!({ "weight": weight, "stratum": stratum, "psu": psu });
            let made = asker.ask("form.read", json!({ "export": { "csv": table, "dialect": { "file": name } }, "read": read }))?;
            if let Some(path) = data {
                input::write(Some(path), &microdata(&made))?;
            }
            if *format == TextFormat::Json {
                input::write(output.as_deref(), &(pretty(&made) + "\n"))?;
            } else if let (Some(place), Some(period)) = (place, period) {
                let rows = estimates(&asker, &made, place, period, *confidence)?;
                input::write(output.as_deref(), &csv(&rows, &["indicator", "place", "period", "value", "se", "df", "n"]))?;
            } else {
                let mut shown = format!("{} rows are used, {} without consent are not.\n\n", cell(made.get("rows")), cell(made.get("no_consent")));
                shown.push_str("question,answered,refused,dont_know,not_applicable,not_asked,missing\n");
                for q in list(&made, "questions") {
                    let counts = ["answered", "refused", "dont_know", "not_applicable", "not_asked", "missing"].map(|k| cell(q.get(k)));
                    shown.push_str(&format!("{},{}\n", text(q, "/question"), counts.join(",")));
                }
                input::write(output.as_deref(), &shown)?;
            }
            findings(&made);
        }
    }
    Ok(0)
}
