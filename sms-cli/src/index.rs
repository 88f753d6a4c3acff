//! Methods and indices: list, show, check, and compute an index over a table.

use crate::args::{IndexArgs, IndexFormat, MethodsArgs, MethodsCommand, TextFormat};
use crate::commands::{exit_code, findings_text, pretty, working};
use crate::input::{self, Failure, Outcome, note, out};
use serde_json::{Map, Value, json};
use sms_core::exchange::columns;
use sms_core::index::{ExplainedStep, Index, IndexExplanation, IndexResult, Shown};
use sms_core::{Catalogue, Error, Method};
use std::collections::BTreeMap;
use std::path::Path;

fn embedded() -> Outcome<Vec<Index>> {
    Ok(sms_catalogue::INDICES.iter().map(|json| Index::from_json(json)).collect::<Result<_, _>>()?)
}

pub(crate) fn methods(args: &MethodsArgs) -> Outcome<u8> {
    match &args.command {
        MethodsCommand::List { format } => list(*format),
        MethodsCommand::Show { id, format } => show(id, *format),
        MethodsCommand::Check { file, format } => check(file, *format),
    }
}

fn list(format: TextFormat) -> Outcome<u8> {
    let mut rows = Vec::new();
    for (id, json) in sms_catalogue::METHODS {
        let method = Method::from_json(json)?;
        let raw = method.data();
        rows.push(json!({ "id": id, "kind": "method", "edition": raw.edition, "title": raw.name }));
    }
    for index in embedded()? {
        let raw = index.data();
        rows.push(json!({ "id": index.id(), "kind": "index", "edition": raw.edition, "title": raw.title, "reproduces": raw.reproduces }));
    }
    if format == TextFormat::Json {
        out(&(pretty(&Value::Array(rows)) + "\n"));
        return Ok(0);
    }
    let field = |row: &Value, name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let mut text = String::new();
    for row in &rows {
        text.push_str(&format!("{:18} {:7} {}, {}\n", field(row, "id"), field(row, "kind"), field(row, "title"), field(row, "edition")));
        let reproduces = field(row, "reproduces");
        if !reproduces.is_empty() {
            text.push_str(&format!("{:27}{reproduces}\n", ""));
        }
    }
    out(&text);
    Ok(0)
}

fn show(id: &str, format: TextFormat) -> Outcome<u8> {
    if let Some((_, json)) = sms_catalogue::METHODS.iter().find(|(name, _)| *name == id) {
        let method = Method::from_json(json)?;
        let value = json!(method.data());
        let mut text = format!("{}\nedition {}, {}\n{}\n", method.data().name, method.data().edition, method.data().status, method.data().summary);
        policies(&value, "", &mut text);
        out(&if format == TextFormat::Json { pretty(&value) + "\n" } else { text });
        return Ok(0);
    }
    let index = find(id)?;
    if format == TextFormat::Json {
        out(&(pretty(&json!({ "summary": index.summary(), "steps": index.steps(), "definition": index.data() })) + "\n"));
        return Ok(0);
    }
    let (summary, raw) = (index.summary(), index.data());
    let mut text =
        format!("{} ({}), edition {}\n{}\nSource: {}\nLicence: {}\n", summary.title, summary.id, summary.edition, raw.summary, summary.source, summary.licence);
    if !summary.reproduces.is_empty() {
        text.push_str(&format!("Checked against: {}\n", summary.reproduces));
    }
    text.push_str(&format!("\nNeeds, for each {}:\n", summary.unit));
    for i in &summary.inputs {
        let unit = if i.unit.is_empty() { String::new() } else { format!(" ({})", i.unit) };
        let optional = if i.optional { ", may be lacking" } else { "" };
        text.push_str(&format!("  {:24} {}{unit}{optional}\n", i.column, i.name));
    }
    text.push_str("\nDoes:\n");
    for step in index.steps() {
        let set = if step.set_dependent { " [depends on the other units]" } else { "" };
        text.push_str(&format!("  {:24} {}: {}{set}\n", step.id, step.rule, step.text));
    }
    text.push_str(&format!("\nGives: {}\n", summary.outputs.iter().map(|o| o.id.as_str()).collect::<Vec<_>>().join(", ")));
    if !raw.constant.is_empty() {
        text.push_str("\nNumbers that people decided:\n");
        for c in &raw.constant {
            let value = json!(c.value);
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            text.push_str(&format!("  {:24} {value}: {}\n", c.id, c.reason));
        }
    }
    out(&text);
    Ok(0)
}

/// The numbers of a method with their reasons, however deep they stand.
fn policies(value: &Value, path: &str, text: &mut String) {
    let Some(object) = value.as_object() else { return };
    if let (Some(number), Some(reason)) = (object.get("value"), object.get("reason").and_then(Value::as_str)) {
        text.push_str(&format!("\n{path} = {number}\n  {reason}\n"));
        return;
    }
    for (name, inner) in object {
        policies(inner, &if path.is_empty() { name.clone() } else { format!("{path}.{name}") }, text);
    }
}

/// A TOML or JSON file as a value; a folder is its TOML files together.
fn source(path: &Path) -> Outcome<Value> {
    if !path.is_dir() {
        return input::document(path);
    }
    let entries = std::fs::read_dir(path).map_err(|e| Failure::file(path, e, "Check the folder."))?;
    let mut files: Vec<_> = entries.filter_map(Result::ok).map(|e| e.path()).filter(|p| p.extension().is_some_and(|e| e == "toml")).collect();
    files.sort();
    let mut whole = Map::new();
    for file in files {
        if let Value::Object(part) = input::document(&file)? {
            whole.extend(part);
        }
    }
    Ok(Value::Object(whole))
}

/// An error with the file, and the line where it can be told.
fn in_file(error: Error, path: &Path) -> Failure {
    let shown = path.display().to_string();
    let line = || {
        let text = input::text(path).ok()?;
        line_of(&text, error.location().path.as_deref()?)
    };
    let is_toml = path.extension().is_some_and(|e| e == "toml");
    let place = if is_toml && let Some(line) = line() { format!("{shown}, line {line}") } else { shown };
    Failure::Core(error.in_file(&place))
}

/// The line of a TOML text at which a path such as `step[3].goalposts.worst` stands: that of the deepest part that
/// begins a line of its own.
fn line_of(text: &str, path: &str) -> Option<usize> {
    let mut parts = path.split('.');
    let first = parts.next()?;
    let (section, at) = match first.split_once('[') {
        Some((section, rest)) => (section, rest.trim_end_matches(']').parse::<usize>().ok()?),
        None => (first, 0),
    };
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let begins = |line: &str, key: &str| line.strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with('='));
    let header = format!("[[{section}]]");
    let table = format!("[{section}]");
    let start = lines
        .iter()
        .enumerate()
        .filter(|(_, l)| **l == header)
        .nth(at)
        .or_else(|| lines.iter().enumerate().find(|(_, l)| **l == table || begins(l, section)))
        .map(|(n, _)| n)?;
    let key = parts.next().map(|p| p.split('[').next().unwrap_or(p).to_owned());
    let inside = lines.iter().enumerate().skip(start + 1).take_while(|(_, l)| !l.starts_with('['));
    let found = key.and_then(|key| inside.into_iter().find(|(_, l)| begins(l, &key)).map(|(n, _)| n));
    Some(found.unwrap_or(start) + 1)
}

fn check(path: &Path, format: TextFormat) -> Outcome<u8> {
    let value = source(path)?;
    // a method has goalposts of indicators; an index has steps
    if value.get("step").is_none() && value.get("goalposts").is_some() {
        let method = Method::from_json(&value.to_string()).map_err(|e| in_file(e, path))?;
        method.check_against(&Catalogue::from_json(sms_catalogue::CATALOGUE_JSON)?).map_err(|e| in_file(e, path))?;
        let raw = method.data();
        let answer = json!({ "kind": "method", "id": raw.id, "edition": raw.edition, "fingerprint": method.fingerprint(), "goalposts": raw.goalposts.len() });
        let text = format!("{} {}: a method with goalposts for {} indicators. Nothing is wrong.\n", raw.id, raw.edition, raw.goalposts.len());
        out(&if format == TextFormat::Json { pretty(&answer) + "\n" } else { text });
        return Ok(0);
    }
    let index = Index::from_value(&value).map_err(|e| in_file(e, path))?;
    if format == TextFormat::Json {
        out(&(pretty(&json!({ "kind": "index", "summary": index.summary(), "findings": index.notes() })) + "\n"));
        return Ok(0);
    }
    let summary = index.summary();
    out(&format!(
        "{} {}: an index with {} inputs, {} steps and {} outputs. Nothing is wrong.\n",
        summary.id,
        summary.edition,
        summary.inputs.len(),
        summary.steps,
        summary.outputs.len()
    ));
    out(&findings_text(index.notes()));
    Ok(0)
}

/// An embedded index by its id, or one of a file.
fn find(name: &str) -> Outcome<Index> {
    let path = Path::new(name);
    if path.extension().is_some_and(|e| e == "toml" || e == "json") || path.is_file() {
        return Index::from_value(&input::document(path)?).map_err(|e| in_file(e, path));
    }
    let mut known = embedded()?;
    match known.iter().position(|i| i.id() == name) {
        Some(at) => Ok(known.swap_remove(at)),
        None => {
            let near = sms_core::text::did_you_mean(name, known.iter().map(Index::id).chain(sms_catalogue::METHODS.iter().map(|(id, _)| *id)));
            let error = Error::new(sms_core::Code::IndexUnknownId);
            Err(Failure::Core(match near {
                Some(near) => error.with("did_you_mean", near.to_owned()),
                None => error,
            }))
        }
    }
}

pub(crate) fn index(args: &IndexArgs) -> Outcome<u8> {
    let index = find(&args.index)?;
    let bytes = input::bytes(&args.data)?;
    let name = args.data.file_name().map_or_else(|| "standard input".to_owned(), |n| n.to_string_lossy().into_owned());
    let dialect = input::dialect(name, &args.dialect);
    let (table, found) = working("reading", || columns::read(&bytes, &args.unit, &dialect))?;
    let run = working("computing", || index.run(&table))?;
    let shown: Vec<&str> = args.show.iter().map(String::as_str).collect();
    if let Some(unit) = &args.explain {
        let explanation = run.explain(unit, &shown)?;
        let json = args.format == Some(IndexFormat::Json);
        input::write(args.output.as_deref(), &if json { pretty(&json!(explanation)) + "\n" } else { explanation_text(&explanation) })?;
        return Ok(0);
    }
    let mut result = run.result(&shown)?;
    let mut findings = found;
    findings.extend(std::mem::take(&mut result.findings));
    result.findings = findings;
    let format = args.format.unwrap_or(if args.output.is_some() { IndexFormat::Csv } else { IndexFormat::Table });
    let text = match format {
        IndexFormat::Csv => columns::write(&result),
        IndexFormat::Json => pretty(&json!(result)) + "\n",
        IndexFormat::Table => table_text(&result),
    };
    input::write(args.output.as_deref(), &text)?;
    note(&findings_text(&result.findings));
    Ok(exit_code(&result.findings))
}

fn shown(value: &Shown) -> String {
    match value {
        Shown::Number(x) => {
            // as many decimals as tell something, at most six
            let text = sms_core::num::decimal(*x, 6);
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        }
        Shown::Text(text) => text.to_string(),
    }
}

fn table_text(result: &IndexResult) -> String {
    let mut columns: Vec<Vec<String>> = vec![["unit".to_owned()].into_iter().chain(result.units.iter().cloned()).collect()];
    for output in &result.outputs {
        let reasons: BTreeMap<&str, String> =
            output.absent.iter().map(|a| (a.unit.as_str(), json!(a.reason).as_str().unwrap_or_default().replace('_', " "))).collect();
        let cells = result.units.iter().zip(&output.values).map(|(unit, value)| match value {
            Some(value) => shown(value),
            None => format!("- ({})", reasons.get(unit.as_str()).map_or("missing", String::as_str)),
        });
        columns.push([output.id.clone()].into_iter().chain(cells).collect());
    }
    let widths: Vec<usize> = columns.iter().map(|c| c.iter().map(|cell| cell.chars().count()).max().unwrap_or(0)).collect();
    let mut text = String::new();
    for row in 0..=result.units.len() {
        let cells: Vec<String> = columns
            .iter()
            .zip(&widths)
            .filter_map(|(column, width)| column.get(row).map(|cell| format!("{cell}{}", " ".repeat(width.saturating_sub(cell.chars().count())))))
            .collect();
        text.push_str(cells.join("  ").trim_end());
        text.push('\n');
    }
    text
}

fn explanation_text(e: &IndexExplanation) -> String {
    let mut text = format!("{} in {} ({})\n{}\n", e.unit, e.index, e.edition, e.source);
    for step in &e.steps {
        text.push_str(&step_text(step));
    }
    text
}

fn step_text(step: &ExplainedStep) -> String {
    let traced = |value: &Value| match value {
        Value::Number(n) => n.as_f64().map_or_else(String::new, |x| shown(&Shown::Number(x))),
        Value::String(s) => s.clone(),
        other => {
            let part = |name: &str| other.get(name).and_then(Value::as_str).unwrap_or_default();
            format!("absent: {} ({})", part("absent").replace('_', " "), part("from"))
        }
    };
    let name = if step.name.is_empty() { String::new() } else { format!(" ({})", step.name) };
    let clause = if step.clause.is_empty() { String::new() } else { format!(" [{}]", step.clause) };
    let mut text = format!("\n{}{name} = {}\n  {}: {}{clause}\n", step.id, traced(&json!(step.result)), step.rule, step.text);
    for (name, value) in &step.inputs {
        text.push_str(&format!("    {name} = {}\n", traced(&json!(value))));
    }
    for reason in &step.reasons {
        text.push_str(&format!("    {reason}\n"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::line_of;

    #[test]
    fn lines_of_a_toml_file() {
        let text = "format = 1\noutputs = [\"y\"]\n\n[[input]]\nid = \"x\"\n\n[[step]]\nid = \"a\"\n\n[[step]]\nid = \"y\"\nformula = \"z\"\n";
        assert_eq!(line_of(text, "format"), Some(1));
        assert_eq!(line_of(text, "outputs[0]"), Some(2));
        assert_eq!(line_of(text, "step[1].formula"), Some(12));
        assert_eq!(line_of(text, "step[1].goalposts.worst"), Some(10));
        assert_eq!(line_of(text, "step[7]"), None);
        assert_eq!(line_of(text, "$"), None);
    }
}
