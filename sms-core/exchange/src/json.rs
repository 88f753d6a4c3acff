//! Observations as JSON: an array of row objects, or an object with `observations`.
//!
//! A row names its fields as the tidy table does. Every other member with a text is a dimension; `groups` may hold
//! them as well.

use serde_json::Value;
use sms_base::diagnostic::{Code, Error, Result};
use sms_base::num::DecimalSign;
use sms_model::observation::{Builder, Limits, NumberField, Observations, Row, TextField};
use std::collections::BTreeMap;

/// Reads observations from JSON text.
///
/// ```
/// let json = r#"[{"indicator": "WSP-O-04", "place": "gent", "period": "2018", "SEX": "F", "value": 4.1}]"#;
/// let observations = sms_core::exchange::json::read(json, None)?;
/// assert_eq!(observations.dimension_names(), ["SEX"]);
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `json.syntax`, `json.bad-shape`, and those of [`Builder::new`].
pub fn read(text: &str, file: Option<&str>) -> Result<Observations> {
    let value: Value = parse(text).map_err(|e| match file {
        Some(file) => e.in_file(file),
        None => e,
    })?;
    read_value(&value, file)
}

/// Parses JSON text of any shape.
///
/// ```
/// let error = sms_core::exchange::json::parse::<u32>("2.5").unwrap_err();
/// assert_eq!(error.expected(), Some("a whole number, 0 or more"));
/// ```
///
/// # Errors
/// `json.syntax` with line and column.
pub fn parse<T: serde::de::DeserializeOwned>(text: &str) -> Result<T> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    serde_json::from_str(text).map_err(|e| {
        let code = if e.is_data() { Code::JsonBadShape } else { Code::JsonSyntax };
        let error = Error::new(code).at_path(&format!("line {} column {}", e.line(), e.column()));
        if e.is_data() { error.expecting(sms_base::shape::expected_by(&e)) } else { error }
    })
}

/// Reads rows that are JSON already.
///
/// ```
/// let rows = serde_json::json!({"observations": [{"indicator": "WSP-O-04", "place": "gent", "period": "2018", "groups": {"SEX": "F"}, "value": 4.1}]});
/// let observations = sms_core::exchange::json::read_value(&rows, None)?;
/// assert_eq!(observations.dimension_names(), ["SEX"]);
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// As [`read`].
pub fn read_value(value: &Value, file: Option<&str>) -> Result<Observations> {
    let shape = |path: &str, expected: &'static str| {
        let error = Error::new(Code::JsonBadShape).at_path(path).expecting(expected);
        match file {
            Some(file) => error.in_file(file),
            None => error,
        }
    };
    let rows = match value {
        Value::Array(rows) => rows,
        Value::Object(object) => {
            object.get("observations").and_then(Value::as_array).ok_or_else(|| shape("$", "an array, or an object with `observations`"))?
        }
        _ => return Err(shape("$", "an array, or an object with `observations`")),
    };
    // all columns that occur, in their own order
    let mut columns: BTreeMap<&str, ()> = ["indicator", "place", "period"].into_iter().map(|c| (c, ())).collect();
    for (i, row) in rows.iter().enumerate() {
        let object = row.as_object().ok_or_else(|| shape(&format!("observations[{i}]"), "an object"))?;
        for (key, value) in object {
            match (key.as_str(), value) {
                ("groups", Value::Object(groups)) => columns.extend(groups.keys().map(|k| (k.as_str(), ()))),
                ("groups", _) => return Err(shape(&format!("observations[{i}].groups"), "an object")),
                _ => {
                    columns.insert(key, ());
                }
            }
        }
    }
    let names: Vec<&str> = columns.into_keys().collect();
    let mut builder = Builder::new(file, names.iter().copied(), DecimalSign::Point, Limits::default())?;
    let mut fields: Vec<String> = Vec::with_capacity(names.len());
    for (i, row) in rows.iter().enumerate() {
        let line = u32::try_from(i + 1).unwrap_or(u32::MAX);
        fields.clear();
        let mut bad = None;
        for name in &names {
            // `groups` itself holds groups; a dimension of that name can only stand inside it
            let outer = row.get(name).filter(|_| *name != "groups");
            let inner = row.get("groups").and_then(|g| g.get(name));
            // said twice and differently: it cannot be known which is meant
            if outer.is_some() && inner.is_some() && outer != inner {
                bad = Some(*name);
            }
            let found = outer.or(inner);
            fields.push(match found {
                None | Some(Value::Null) => String::new(),
                Some(Value::String(s)) => s.clone(),
                Some(Value::Number(n)) => n.to_string(),
                Some(_) => {
                    bad = Some(*name);
                    String::new()
                }
            });
        }
        if builder.is_full() {
            return Err(Error::new(Code::CsvTooManyRows));
        }
        match bad {
            Some(column) => builder.reject(line, Code::JsonBadShape, Some(column)),
            None if fields.iter().any(|f| f.len() > builder.field_limit()) => builder.reject(line, Code::CsvFieldTooLong, None),
            None => builder.push(line, fields.iter().map(String::as_str)),
        }
    }
    Ok(builder.finish())
}

/// Writes observations as JSON: the user's own data back.
///
/// ```
/// use sms_core::exchange::json::{read, write};
/// let observations = read(r#"[{"indicator": "WSP-O-04", "place": "gent", "period": "2018", "value": 4.1}]"#, None)?;
/// assert_eq!(read(&write(&observations), None)?.rows().next(), observations.rows().next());
/// # Ok::<(), sms_core::Error>(())
/// ```
#[must_use]
pub fn write(observations: &Observations) -> String {
    let rows: Vec<Row> = observations.rows().collect();
    sms_base::json::text(&rows)
}

/// Whether a name is a field of the tidy table.
///
/// ```
/// use sms_core::exchange::json::is_field;
/// assert!(is_field("numerator") && !is_field("SEX"));
/// ```
#[must_use]
pub fn is_field(name: &str) -> bool {
    TextField::of(name).is_some() || NumberField::of(name).is_some()
}
