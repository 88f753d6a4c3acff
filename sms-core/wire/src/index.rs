//! Indices: what there is, what a file says, and running one over a table.

use super::{Engine, OldArea, answer, bad, field, optional, unanswered};
use serde::Deserialize;
use serde_json::{Value, json};
use sms_base::diagnostic::{Code, Error, Findings, Result};
use sms_exchange::columns;
use sms_exchange::csv::Dialect;
use sms_index::{Given, Index, Table};
use sms_model::estimate::Absence;
use std::collections::BTreeMap;
use std::sync::Arc;

pub(super) const AREA: OldArea = OldArea { operations: &["index.list", "index.show", "index.check", "index.run", "index.explain"], answer: call };

/// A table in a request.
#[derive(Deserialize)]
#[serde(untagged, expecting = "`units` and `columns`, or `csv` and perhaps `unit` and `dialect`")]
enum TableRequest {
    Columns {
        units: Vec<String>,
        columns: BTreeMap<String, Vec<Value>>,
    },
    Csv {
        csv: String,
        #[serde(default)]
        unit: Vec<String>,
        #[serde(default)]
        dialect: Dialect,
    },
}

impl TableRequest {
    fn read(self) -> Result<(Table, Findings)> {
        match self {
            TableRequest::Csv { csv, unit, dialect } => columns::read(csv.as_bytes(), &unit, &dialect),
            TableRequest::Columns { units, columns } => {
                let mut table = Table::new(units)?;
                for (name, cells) in columns {
                    let cells: Result<Vec<Given>> = cells.into_iter().enumerate().map(|(row, cell)| given(cell, &name, row)).collect();
                    table = table.column(&name, cells?)?;
                }
                Ok((table, Findings::new()))
            }
        }
    }
}

fn given(cell: Value, column: &str, row: usize) -> Result<Given> {
    let at = |error: Error| error.in_column(column).at_row(u32::try_from(row + 1).unwrap_or(u32::MAX));
    match cell {
        Value::Null => Ok(Given::Absent(Absence::Missing)),
        Value::Bool(b) => Ok(Given::Number(f64::from(u8::from(b)))),
        Value::Number(n) => n.as_f64().map(Given::Number).ok_or_else(|| at(Error::new(Code::NumNotFinite))),
        // JSON has no NaN and no infinity, so languages send them as words
        Value::String(s) if matches!(s.as_str(), "NaN" | "Infinity" | "-Infinity") => Err(at(Error::new(Code::NumNotFinite))),
        Value::String(s) => Ok(Given::Text(s.into())),
        _ => Err(at(Error::new(Code::WireBadRequest)).expecting("a number, a text or null")),
    }
}

fn call(engine: &Engine, op: &str, r: &Value) -> Result<Value> {
    match op {
        "index.list" => answer(engine.indices().iter().map(|i| i.summary()).collect::<Vec<_>>()),
        "index.show" => {
            let index = asked(engine, r)?;
            answer(json!({ "summary": index.summary(), "steps": index.steps(), "definition": index.raw() }))
        }
        "index.check" => {
            let index = asked(engine, r)?;
            answer(json!({ "summary": index.summary(), "findings": index.notes() }))
        }
        "index.run" => {
            let (index, (table, found)) = (asked(engine, r)?, table(r)?);
            let mut result = index.run(&table)?.result(&names(&outputs(r)?))?;
            let mut findings = found;
            findings.extend(result.findings);
            result.findings = findings;
            answer(result)
        }
        "index.explain" => {
            let (index, (table, _)) = (asked(engine, r)?, table(r)?);
            answer(index.run(&table)?.explain(&field::<String>(r, "of")?, &names(&outputs(r)?))?)
        }
        _ => Err(unanswered()),
    }
}

/// The index of a request: the id of a known one, or a whole one.
fn asked(engine: &Engine, r: &Value) -> Result<Arc<Index>> {
    match r.get("index") {
        Some(Value::String(id)) => engine.index(id),
        Some(whole @ Value::Object(_)) => Index::from_value(whole).map(Arc::new),
        _ => Err(Error::new(Code::WireBadRequest).at_path("index").expecting("the id of an index, or a whole one")),
    }
}

fn table(r: &Value) -> Result<(Table, Findings)> {
    let value = r.get("table").ok_or_else(|| Error::new(Code::WireBadRequest).at_path("table").expecting("this field"))?;
    TableRequest::deserialize(value).map_err(|e| bad("table", &e))?.read()
}

fn outputs(r: &Value) -> Result<Vec<String>> {
    Ok(optional(r, "outputs")?.unwrap_or_default())
}

fn names(outputs: &[String]) -> Vec<&str> {
    outputs.iter().map(String::as_str).collect()
}
