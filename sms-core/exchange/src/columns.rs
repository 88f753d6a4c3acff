//! Any table of units and columns as CSV, for indices.

use super::csv::{Dialect, Line, decode, delimiter, each_line};
use sms_base::diagnostic::{Code, Error, Finding, Findings, Location, Result};
use sms_index::{Given, IndexResult, Shown, Table};
use sms_model::frame::CsvWriter;
use std::collections::BTreeSet;

/// The most columns of a table.
const MAX_COLUMNS: usize = 10_000;

/// Reads a table: one row a unit. The id of a unit is what stands in `unit` columns, joined by a space; without them,
/// in the first column. Cells are read as numbers or codes when an index asks for them. Rows that cannot be read are
/// in the findings.
///
/// ```
/// let (table, findings) = sms_core::exchange::columns::read(b"city;rent\nA;30,5\nB;\n", &[], &Default::default())?;
/// assert_eq!((table.units(), findings.is_empty()), (["A".to_owned(), "B".to_owned()].as_slice(), true));
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `csv.no-header`, `csv.duplicate-column`, `csv.too-many-columns`, `csv.too-many-rows`, `csv.ambiguous-delimiter`,
/// `csv.bad-encoding`; `index.missing-column` for a unit column that is not there; those of [`Table::new`].
pub fn read(bytes: &[u8], unit: &[String], dialect: &Dialect) -> Result<(Table, Findings)> {
    let text = decode(bytes, dialect)?;
    let delimiter = delimiter(&text, dialect)?;
    let mut findings = Findings::new();
    let mut names: Vec<String> = Vec::new();
    let mut of_unit: Vec<usize> = Vec::new();
    let mut units: Vec<String> = Vec::new();
    let mut columns: Vec<Vec<Given>> = Vec::new();
    each_line(&text, delimiter, dialect, |line| {
        match line {
            Line::Header(header) => {
                names = header.iter().map(|h| h.trim().to_owned()).collect();
                if names.len() > MAX_COLUMNS {
                    return Err(dialect.locate(Error::new(Code::CsvTooManyColumns).with("limit", MAX_COLUMNS)));
                }
                let mut seen = BTreeSet::new();
                if let Some(twice) = names.iter().find(|n| !n.is_empty() && !seen.insert(n.as_str())) {
                    return Err(dialect.locate(Error::new(Code::CsvDuplicateColumn).in_column(sms_base::text::short(twice))));
                }
                for wanted in unit {
                    let Some(at) = names.iter().position(|n| n == wanted) else {
                        let error = Error::new(Code::IndexMissingColumn).in_column(wanted);
                        let near = sms_base::text::did_you_mean(wanted, names.iter().map(String::as_str));
                        return Err(dialect.locate(error.suggesting(near)));
                    };
                    of_unit.push(at);
                }
                if of_unit.is_empty() {
                    of_unit.push(0);
                }
                columns = vec![Vec::new(); names.len()];
            }
            Line::Row(_, record) => {
                if units.len() >= dialect.limits.rows {
                    return Err(dialect.locate(Error::new(Code::CsvTooManyRows).with("limit", dialect.limits.rows)));
                }
                units.push(of_unit.iter().filter_map(|at| record.get(*at)).map(str::trim).collect::<Vec<_>>().join(" "));
                for (column, cell) in columns.iter_mut().zip(record.iter()) {
                    column.push(match cell.trim() {
                        "" => Given::Absent(sms_model::estimate::Absence::Missing),
                        text => Given::Text(text.into()),
                    });
                }
            }
            Line::Bad(row, code) => findings.push(Finding::new(code).at(Location { row: Some(row), ..Location::default() })),
        }
        Ok(())
    })?;
    let mut table = Table::new(units).map_err(|e| dialect.locate(e))?.decimal(dialect.decimal);
    for (name, cells) in names.iter().zip(columns).filter(|(name, _)| !name.is_empty()) {
        table = table.column(name, cells)?;
    }
    Ok((table, findings))
}

/// Writes a result as CSV: the units, one column an output, and a column that says for each row what is absent and
/// why. Numbers read back to the same bits.
///
/// ```
/// use sms_core::{exchange::columns, index::Index};
/// let index = Index::from_json(r#"{"format": 1, "id": "small", "edition": "1", "title": "Small", "source": "invented", "licence": "CC0",
///     "unit": "city", "outputs": ["cost"], "input": [{"id": "rent"}],
///     "step": [{"id": "cost", "goalposts": {"of": "rent", "worst": 60, "best": 20, "better": "lower"}}]}"#)?;
/// let (table, _) = columns::read(b"city,rent\nA,30\n", &[], &Default::default())?;
/// assert_eq!(columns::write(&index.run(&table)?.result(&[])?), "unit,cost,absent\nA,75,\n");
/// # Ok::<(), sms_core::Error>(())
/// ```
#[must_use]
pub fn write(result: &IndexResult) -> String {
    let mut why: Vec<Vec<String>> = vec![Vec::new(); result.units.len()];
    for output in &result.outputs {
        // absent cells come in the order of the rows
        let mut absent = output.absent.iter();
        for (row, _) in output.values.iter().enumerate().filter(|(_, v)| v.is_none()) {
            if let (Some(cell), Some(list)) = (absent.next(), why.get_mut(row)) {
                let reason = sms_base::json::word(&cell.reason);
                list.push(format!("{}: {reason} ({})", output.id, cell.from));
            }
        }
    }
    let mut csv = CsvWriter::new(["unit"].into_iter().chain(result.outputs.iter().map(|o| o.id.as_str())).chain(["absent"]));
    for ((row, unit), why) in result.units.iter().enumerate().zip(why) {
        let mut record = vec![unit.clone()];
        record.extend(result.outputs.iter().map(|o| match o.values.get(row) {
            Some(Some(Shown::Number(x))) => x.to_string(),
            Some(Some(Shown::Text(t))) => t.to_string(),
            _ => String::new(),
        }));
        record.push(why.join("; "));
        csv.push(record);
    }
    csv.finish()
}
