//! Parts of a report's JSON.

use crate::period::Period;
use serde::Deserialize;
use serde_json::Value;

/// Whether a figure is withheld here or by its source.
pub(super) fn is_withheld(figure: &Value) -> bool {
    figure["kind"] == "suppressed" || figure["reason"] == "unknown_count"
}

/// A part of a value, by its JSON pointer.
pub(super) fn json_at<'a>(value: &'a Value, pointer: &str) -> &'a Value {
    value.pointer(pointer).unwrap_or(&Value::Null)
}

pub(super) fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

pub(super) fn period_of(value: &Value) -> Option<Period> {
    Period::deserialize(value).ok()
}

/// Every number below the fields of an object that are not among `known`, with the names of their fields; and texts that hold one.
pub(super) fn other_numbers<'a>(holder: &'a Value, known: &[&str]) -> Vec<(&'a str, Option<f64>)> {
    fn walk<'a>(name: &'a str, value: &'a Value, found: &mut Vec<(&'a str, Option<f64>)>) {
        match value {
            Value::Number(n) => found.push((name, n.as_f64())),
            Value::String(s) if s.bytes().any(|b| b.is_ascii_digit()) => found.push((name, None)),
            Value::Array(a) => a.iter().for_each(|v| walk(name, v, found)),
            Value::Object(o) => o.iter().for_each(|(k, v)| walk(k, v, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    for (name, value) in holder.as_object().into_iter().flatten().filter(|(k, _)| !known.contains(&k.as_str())) {
        walk(name, value, &mut found);
    }
    found
}
