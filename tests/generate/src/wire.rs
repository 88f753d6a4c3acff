//! The tables of `docs/wire.md`.

use crate::operations::{Area, Operation, Table};
use serde_json::{Map, Value};
use sms_dev::run::{Result, root};
use std::fs;

/// The page with its tables made anew; what stands between them stays.
pub(super) fn page(table: &Table) -> Result<String> {
    let mut text = fs::read_to_string(root().join("docs/wire.md")).map_err(|e| format!("docs/wire.md: {e}"))?;
    for area in &table.areas {
        let (open, close) = (format!("<!-- operations: {} -->\n", area.title), "<!-- end -->\n");
        let (before, after) = text.split_once(&open).ok_or_else(|| format!("docs/wire.md has no line `{}`", open.trim()))?;
        let (_, after) = after.split_once(close).ok_or_else(|| format!("docs/wire.md: nothing closes `{}`", open.trim()))?;
        text = format!("{before}{open}{}{close}{after}", rows(area, table));
    }
    Ok(text)
}

fn rows(area: &Area, table: &Table) -> String {
    let mut text = String::from("\n| operation | fields | answer |\n|---|---|---|\n");
    for operation in &area.operations {
        let Operation { name, title, request, answer, .. } = operation;
        let title = title.trim_end_matches('.').replace('|', "\\|");
        text.push_str(&format!("| `{name}`: {title} | {} | {} |\n", fields(table, request, true), fields(table, answer, false)));
    }
    text.push('\n');
    text
}

/// The members of an object, those that may be absent with a question mark.
fn fields(table: &Table, name: &str, code: bool) -> String {
    let Some(schema) = table.definitions.get(name).and_then(Value::as_object) else { return String::new() };
    members(table, schema, code)
}

fn members(table: &Table, schema: &Map<String, Value>, code: bool) -> String {
    if let Some(items) = schema.get("items").and_then(Value::as_object) {
        return format!("a list of {}", members(table, items, code));
    }
    if let Some(name) = schema.get("$ref").and_then(Value::as_str).and_then(|r| r.strip_prefix("#/$defs/")) {
        return fields(table, name, code);
    }
    if let Some(several) = schema.get("anyOf").or_else(|| schema.get("oneOf")).and_then(Value::as_array) {
        return several.iter().filter_map(Value::as_object).map(|one| members(table, one, code)).filter(|t| !t.is_empty()).collect::<Vec<_>>().join("; or ");
    }
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else {
        return schema.get("type").and_then(Value::as_str).map(|t| if t == "null" { "null" } else { "a value" }).unwrap_or_default().to_owned();
    };
    if properties.is_empty() {
        return if code { "–".to_owned() } else { String::new() };
    }
    let required: Vec<&str> = schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    let shown = |name: &String| if code { format!("`{name}`") } else { name.clone() };
    // what is needed comes first
    let (needed, others): (Vec<&String>, Vec<&String>) = properties.keys().partition(|name| required.contains(&name.as_str()));
    needed.into_iter().map(shown).chain(others.into_iter().map(|n| shown(n) + "?")).collect::<Vec<_>>().join(", ")
}
