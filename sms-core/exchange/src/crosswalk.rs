//! Floor 16: a city's own files become observations, by a small mapping that domain people can write and review.
//!
//! Nothing is dropped silently: every row of every file is used, left out knowingly with a reason, or reported. The
//! ledger counts them, and the counts add up. The format is described in `docs/crosswalk.md`.

mod mapping;
mod reader;

pub use mapping::{Crosswalk, CrosswalkFile, CrosswalkPlace, Defaults, GroupColumn, OneOrMore, Series, Skip, StatusColumn};

use crate::csv::{Dialect, Line, decode, delimiter, each_line};
use reader::FileReader;
use serde::{Deserialize, Deserializer, Serialize};
use sms_base::diagnostic::{Code, Finding, Findings, Location, Result};
use sms_model::catalogue::Catalogue;
use sms_model::observation::{Observations, Row};

/// A file handed in. People's data: it cannot be printed.
#[derive(Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SourceFile {
    /// Its name, without a folder.
    pub name: String,
    /// What it holds: on the wire, its text.
    #[serde(rename = "text", deserialize_with = "bytes_of_text")]
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub bytes: Vec<u8>,
}

fn bytes_of_text<'de, D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Vec<u8>, D::Error> {
    String::deserialize(deserializer).map(String::into_bytes)
}

/// What became of the rows of one file. `rows` is the sum of the four that follow it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FileLedger {
    /// The file.
    pub file: String,
    /// Why it is not mapped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_mapped: Option<String>,
    /// Rows in the file.
    pub rows: usize,
    /// Rows that became observations.
    pub used: usize,
    /// Rows left out knowingly.
    pub skipped: usize,
    /// Rows that no series selects.
    pub not_selected: usize,
    /// Rows that could not be used.
    pub rejected: usize,
    /// Observations made; a row may serve two indicators.
    pub observations: usize,
    /// The indicators that it serves.
    pub indicators: Vec<String>,
}

/// What an import made.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The observations.
    pub observations: Observations,
    /// What became of every row.
    pub ledger: Vec<FileLedger>,
    /// What was found.
    pub findings: Findings,
}

impl Crosswalk {
    /// Turns files into observations.
    ///
    /// ```
    /// use sms_core::crosswalk::{Crosswalk, SourceFile};
    /// let crosswalk = Crosswalk::from_value(serde_json::json!({"title": "T", "place": {"code": "X", "name": "Xton"},
    ///     "file": [{"name": "rent.csv", "period": "Year", "value": "Value", "series": [{"indicator": "HOU-O-03"}]}]}))?;
    /// let catalogue = sms_core::Catalogue::from_json(sms_catalogue::CATALOGUE_JSON)?;
    /// let file = SourceFile { name: "rent.csv".to_owned(), bytes: b"Year,Value\n2018,30\n2019,32\n".to_vec() };
    /// let made = crosswalk.import(&catalogue, &[file])?;
    /// assert_eq!((made.observations.len(), made.ledger[0].rows, made.ledger[0].used), (2, 2, 2));
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `crosswalk.bad-file` when the crosswalk names an indicator, a dimension or a group that the catalogue does not
    /// have. What is wrong with the files themselves is in the findings and the ledger.
    pub fn import(&self, catalogue: &Catalogue, files: &[SourceFile]) -> Result<Imported> {
        self.check(catalogue)?;
        let mut findings = Findings::new();
        let mut ledger = Vec::new();
        let mut observations = Observations::default();
        for rule in &self.file {
            let Some(file) = files.iter().find(|f| f.name == rule.name) else {
                findings.push(Finding::new(Code::CrosswalkMissingFile).at(in_file(&rule.name)));
                continue;
            };
            let mut entry = FileLedger { file: rule.name.clone(), not_mapped: rule.not_mapped.clone(), ..FileLedger::default() };
            let mut rows: Vec<(u32, Row)> = Vec::new();
            if let Err(error) = self.import_file(rule, file, &mut entry, &mut rows, &mut findings) {
                // the file as a whole cannot be read: its rows are accounted for, and the other files go on
                let mut finding = Finding::new(error.code()).at(Location { file: Some(rule.name.as_str().into()), ..error.location().clone() });
                finding.params = error.params().clone();
                findings.push(finding);
            }
            entry.observations = rows.len();
            observations.append(Observations::from_numbered_rows(Some(&rule.name), &rows));
            ledger.push(entry);
        }
        for file in files.iter().filter(|f| self.file.iter().all(|r| r.name != f.name)) {
            findings.push(Finding::new(Code::CrosswalkUnlistedFile).at(in_file(&file.name)));
            let rows = count_rows(&file.bytes);
            ledger.push(FileLedger { file: file.name.clone(), rows, not_selected: rows, ..FileLedger::default() });
        }
        Ok(Imported { observations, ledger, findings })
    }

    fn import_file(&self, rule: &CrosswalkFile, file: &SourceFile, entry: &mut FileLedger, rows: &mut Vec<(u32, Row)>, findings: &mut Findings) -> Result<()> {
        let dialect =
            Dialect { file: Some(rule.name.clone()), delimiter: rule.delimiter, decimal: rule.decimal, encoding: rule.encoding, ..Dialect::default() };
        if rule.not_mapped.is_some() {
            entry.rows = count_rows(&file.bytes);
            entry.skipped = entry.rows;
            findings.push(Finding::new(Code::CrosswalkFileNotMapped).at(in_file(&rule.name)));
            return Ok(());
        }
        let text = match decode(&file.bytes, &dialect).and_then(|t| delimiter(&t, &dialect).map(|d| (t, d))) {
            Ok(text) => text,
            Err(error) => {
                entry.rows = count_rows(&file.bytes);
                entry.rejected = entry.rows;
                return Err(error);
            }
        };
        let (text, delimiter) = text;
        let mut reader: Option<FileReader<'_>> = None;
        let read = each_line(&text, delimiter, &dialect, |line| {
            match (line, &mut reader) {
                (Line::Header(header), reader) => {
                    let names: Vec<String> = header.iter().map(|h| h.trim().to_owned()).collect();
                    *reader = Some(FileReader::new(self, rule, &names, findings)?);
                }
                (Line::Row(line, record), Some(reader)) => {
                    let fields: Vec<&str> = record.iter().map(str::trim).collect();
                    reader.row(line, &fields, entry, rows, findings);
                }
                (Line::Bad(line, code), Some(_)) => {
                    entry.rows += 1;
                    entry.rejected += 1;
                    findings.push_with(code, "", || Finding::new(code).at(Location { row: Some(line), ..in_file(&rule.name) }));
                }
                (_, None) => {}
            }
            Ok(())
        });
        if let Some(reader) = reader {
            reader.finish(entry, findings);
        }
        if read.is_err() && entry.rows == 0 {
            entry.rows = count_rows(&file.bytes);
            entry.rejected = entry.rows;
        }
        read
    }
}

fn in_file(name: &str) -> Location {
    Location { file: Some(name.into()), ..Location::default() }
}

/// Rows of a file that is not read further: lines after the header that hold something.
fn count_rows(bytes: &[u8]) -> usize {
    let text = decode(bytes, &Dialect::default()).unwrap_or_default();
    let mut rows = 0;
    let dialect = Dialect::default();
    let delimiter = delimiter(&text, &dialect).unwrap_or(b',');
    // an empty file has no header and no rows
    let counted = each_line(&text, delimiter, &dialect, |line| {
        rows += usize::from(!matches!(line, Line::Header(_)));
        Ok(())
    });
    if counted.is_ok() { rows } else { 0 }
}
