//! Any table with known columns as rows of JSON: what a city keeps in a spreadsheet, for operations that take rows.

use super::csv::{Dialect, Line, decode, delimiter, each_line};
use serde_json::{Map, Value, json};
use sms_base::diagnostic::{Code, Error, Result};
use sms_base::num::{NumberProblem, parse_number};
use std::collections::BTreeSet;

/// A column that is read.
#[derive(Clone, Copy, Debug)]
pub struct Column<'a> {
    /// Its name in the header.
    pub name: &'a str,
    /// Whether it holds numbers.
    pub number: bool,
    /// Whether the file must have it.
    pub needed: bool,
}

/// Reads a table: one object a row, with the columns that are named. An empty cell is left out. With `rest`, the other columns are numbers and are
/// gathered under that name; without it they are not used.
///
/// ```
/// use sms_core::exchange::rows::{Column, read};
/// let city = Column { name: "city", number: false, needed: true };
/// let rows = read(b"city;rent;young\nA;9,5;12\nB;;11\n", &[city], Some("context"), &Default::default())?;
/// assert_eq!(serde_json::json!(rows)[1], serde_json::json!({"city": "B", "context": {"young": 11.0}}));
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `csv.missing-column`, `csv.duplicate-column`, `csv.no-header`, `csv.row-length`, `csv.unclosed-quote`, `csv.ambiguous-delimiter`, `csv.bad-encoding`;
/// `num.unreadable`, `num.not-finite`, `obs.ambiguous-number`, each with its row and column.
pub fn read(bytes: &[u8], columns: &[Column<'_>], rest: Option<&str>, dialect: &Dialect) -> Result<Vec<Map<String, Value>>> {
    let text = decode(bytes, dialect)?;
    let mut names: Vec<String> = Vec::new();
    let mut made = Vec::new();
    each_line(&text, delimiter(&text, dialect)?, dialect, |line| {
        let (row, fields) = match line {
            Line::Header(header) => {
                names = header.iter().map(|h| h.trim().to_owned()).collect();
                let mut seen = BTreeSet::new();
                if let Some(twice) = names.iter().find(|n| !n.is_empty() && !seen.insert(n.as_str())) {
                    return Err(dialect.locate(Error::new(Code::CsvDuplicateColumn).in_column(sms_base::text::short(twice))));
                }
                return match columns.iter().find(|c| c.needed && !names.iter().any(|n| n == c.name)) {
                    Some(column) => Err(dialect.locate(Error::new(Code::CsvMissingColumn).in_column(column.name))),
                    None => Ok(()),
                };
            }
            Line::Bad(row, code) => return Err(dialect.locate(Error::new(code).at_row(row))),
            Line::Row(row, fields) => (row, fields),
        };
        let mut object = Map::new();
        let mut others = Map::new();
        for (name, field) in names.iter().zip(fields) {
            let cell = field.trim();
            let known = columns.iter().find(|c| c.name == name);
            if cell.is_empty() || name.is_empty() || (known.is_none() && rest.is_none()) {
                continue;
            }
            let value = if known.is_some_and(|c| !c.number) {
                json!(cell)
            } else {
                let number = parse_number(cell, dialect.decimal).map_err(|problem| {
                    let code = match problem {
                        NumberProblem::Unreadable => Code::NumUnreadable,
                        NumberProblem::NotFinite => Code::NumNotFinite,
                        NumberProblem::Ambiguous => Code::ObsAmbiguousNumber,
                    };
                    dialect.locate(Error::new(code).at_row(row).in_column(sms_base::text::short(name)))
                })?;
                json!(number)
            };
            if known.is_some() {
                object.insert(name.clone(), value);
            } else {
                others.insert(name.clone(), value);
            }
        }
        if let Some(rest) = rest {
            object.insert(rest.to_owned(), Value::Object(others));
        }
        made.push(object);
        Ok(())
    })?;
    Ok(made)
}
