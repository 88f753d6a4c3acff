//! Floor 16: a city's own files become observations, by a small mapping that domain people can write and review.
//!
//! Nothing is dropped silently: every row of every file is used, left out knowingly with a reason, or reported. The
//! ledger counts them, and the counts add up. The format is described in `docs/crosswalk.md`.

use crate::csv::{Dialect, Encoding, Line, decode, delimiter, each_line};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use sms_base::diagnostic::{Code, Error, Finding, Findings, Location, Result};
use sms_base::num::{DecimalSign, NumberProblem, parse_number};
use sms_base::text;
use sms_model::catalogue::Catalogue;
use sms_model::observation::{Observations, Row};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A mapping from a city's own files to observations.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Crosswalk {
    /// A title, for people.
    #[serde(default)]
    pub title: String,
    /// The place that the files are about.
    pub place: CrosswalkPlace,
    /// What holds for every row unless a file says otherwise.
    #[serde(default)]
    pub defaults: Defaults,
    /// The files.
    pub file: Vec<CrosswalkFile>,
}

/// A place in a [`Crosswalk`].
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CrosswalkPlace {
    /// Its code.
    pub code: String,
    /// Its name.
    #[serde(default)]
    pub name: String,
    /// The scheme of its code.
    #[serde(default)]
    pub scheme: String,
    /// The place that holds it.
    #[serde(default)]
    pub parent: String,
}

/// What holds for every row unless a file says otherwise.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Defaults {
    /// Who may see the figures: `public` when they are already published.
    pub confidentiality: String,
    /// Where they come from.
    pub source: String,
    /// Who collected them.
    pub collected_by: String,
}

/// One file of a [`Crosswalk`].
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CrosswalkFile {
    /// Its name.
    pub name: String,
    /// Why it is not mapped; then nothing else is needed.
    pub not_mapped: Option<String>,
    /// Where its figures come from.
    pub source: Option<String>,
    /// The column of the period.
    pub period: String,
    /// The column of the value.
    pub value: Option<String>,
    /// The column of the numerator.
    pub numerator: Option<String>,
    /// The column of the denominator.
    pub denominator: Option<String>,
    /// The column of the sample size.
    pub n: Option<String>,
    /// The column of the standard error.
    pub se: Option<String>,
    /// The column that says why a value is as it is, with what its codes mean.
    pub status: Option<StatusColumn>,
    /// Columns that hold nothing needed.
    pub ignore_columns: Vec<String>,
    /// Columns that say who a figure is about.
    pub columns: BTreeMap<String, GroupColumn>,
    /// Which rows are which indicator.
    pub series: Vec<Series>,
    /// Rows that are left out knowingly.
    pub skip: Vec<Skip>,
    /// Delimiter, when it cannot be told.
    pub delimiter: Option<char>,
    /// Decimal sign.
    pub decimal: DecimalSign,
    /// Encoding.
    pub encoding: Encoding,
}

/// A column of statuses.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StatusColumn {
    /// Its name.
    pub column: String,
    /// From its codes to the words of the tidy table.
    pub codes: BTreeMap<String, String>,
}

/// A column that says who a figure is about.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct GroupColumn {
    /// The dimension of its codes; may be left out when every code names its own (`SEX=F`).
    pub dimension: Option<String>,
    /// From its codes to groups: `F`, or `SEX=F`; empty for everybody.
    pub codes: BTreeMap<String, String>,
    /// Take codes that are not listed as they are: for a city's own districts.
    pub keep: bool,
}

/// Rows that are one indicator.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Series {
    /// The indicator.
    pub indicator: String,
    /// Which rows: column to one or several texts; `*` is any text but the empty one.
    #[serde(rename = "where")]
    pub filter: BTreeMap<String, OneOrMore>,
    /// Why it stands for the indicator without measuring exactly the same.
    pub proxy: String,
    /// A note on the figures.
    pub note: String,
    /// The value is multiplied by this, for another unit.
    pub multiply: Option<f64>,
    /// The value is taken from this, as 100 − x.
    pub complement: Option<f64>,
    /// The value column is a count of the indicator's numerator, with no denominator beside it.
    pub value_is_count: bool,
    /// Periods at which the way of measuring changed, as the file writes them.
    pub breaks: Vec<String>,
    /// Columns of groups for these rows only.
    pub columns: BTreeMap<String, GroupColumn>,
}

/// Rows that are left out knowingly.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Skip {
    /// Which rows.
    #[serde(rename = "where")]
    pub filter: BTreeMap<String, OneOrMore>,
    /// Why.
    pub reason: String,
}

/// One text or several.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum OneOrMore {
    /// One.
    One(String),
    /// Several.
    More(Vec<String>),
}

impl OneOrMore {
    fn holds(&self, text: &str) -> bool {
        let fits = |wanted: &String| wanted == text || (wanted == "*" && !text.is_empty());
        match self {
            OneOrMore::One(one) => fits(one),
            OneOrMore::More(more) => more.iter().any(fits),
        }
    }
}

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

struct Column<'a> {
    at: usize,
    rule: &'a GroupColumn,
}

/// Positions of columns, with the texts that they must hold.
type Filter<'a> = Vec<(usize, &'a OneOrMore)>;

impl Crosswalk {
    /// Reads a crosswalk from a JSON value (a TOML file turned into one).
    ///
    /// # Errors
    /// `crosswalk.bad-file`.
    pub fn from_value(value: Value) -> Result<Self> {
        let crosswalk: Crosswalk = sms_base::shape::read(&value, Code::CrosswalkBadFile)?;
        let bad = |path: String, expected: &'static str| Err(Error::new(Code::CrosswalkBadFile).at_path(&path).expecting(expected));
        for (i, file) in crosswalk.file.iter().enumerate() {
            let path = |field: &str| format!("file[{i}].{field}");
            if file.name.is_empty() {
                return bad(path("name"), "the name of a file");
            }
            if crosswalk.file.iter().take(i).any(|f| f.name == file.name) {
                return bad(path("name"), "each file once");
            }
            if file.not_mapped.is_some() {
                continue;
            }
            if file.period.is_empty() {
                return bad(path("period"), "the name of the period column");
            }
            if file.series.is_empty() {
                return bad(path("series"), "at least one series, or `not_mapped` with the reason");
            }
            if file.value.is_none() && file.numerator.is_none() {
                return bad(path("value"), "the name of the value column, or of the numerator column");
            }
            for (j, series) in file.series.iter().enumerate() {
                if series.multiply.is_some_and(|m| !(m.is_finite() && m > 0.0)) || series.complement.is_some_and(|c| !c.is_finite()) {
                    return bad(path(&format!("series[{j}]")), "a finite number");
                }
            }
        }
        Ok(crosswalk)
    }

    /// Turns files into observations.
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

    /// Every indicator, dimension and group that the crosswalk names must be in the catalogue.
    fn check(&self, catalogue: &Catalogue) -> Result<()> {
        for (i, file) in self.file.iter().enumerate() {
            let bad = |path: String, near: Option<&str>| {
                let error = Error::new(Code::CrosswalkBadFile).at_path(&format!("file[{i}].{path}")).expecting("an id of the catalogue");
                match near {
                    Some(near) => error.with("did_you_mean", near.to_owned()),
                    None => error,
                }
            };
            for (j, series) in file.series.iter().enumerate() {
                if catalogue.indicator(&series.indicator).is_none() {
                    let near = text::did_you_mean(&series.indicator, catalogue.indicators().iter().map(|i| i.id.as_str()));
                    return Err(bad(format!("series[{j}].indicator"), near));
                }
            }
            let columns = file.columns.iter().chain(file.series.iter().flat_map(|s| &s.columns));
            for (name, column) in columns {
                for target in column.codes.values().filter(|t| !t.is_empty()) {
                    let known = column.group(target).is_some_and(|(d, code)| catalogue.dimension(d).is_some_and(|d| d.accepts(code)));
                    if !known {
                        return Err(bad(format!("columns.{name}.codes"), None));
                    }
                }
                if let Some(d) = &column.dimension
                    && catalogue.dimension(d).is_none()
                {
                    return Err(bad(format!("columns.{name}.dimension"), text::did_you_mean(d, catalogue.raw().dimensions.iter().map(|d| d.id.as_str()))));
                }
            }
        }
        Ok(())
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

impl GroupColumn {
    /// `F` or `SEX=F` as dimension and code.
    fn group<'a>(&'a self, target: &'a str) -> Option<(&'a str, &'a str)> {
        match target.split_once('=') {
            Some((dimension, code)) => Some((dimension, code)),
            None => self.dimension.as_deref().map(|d| (d, target)),
        }
    }
}

/// Reads one file by its rule.
struct FileReader<'a> {
    crosswalk: &'a Crosswalk,
    rule: &'a CrosswalkFile,
    names: Vec<String>,
    period: usize,
    numbers: Vec<(usize, &'static str)>,
    status: Option<(usize, &'a StatusColumn)>,
    series: Vec<(&'a Series, Filter<'a>, Vec<Column<'a>>)>,
    skips: Vec<(&'a Skip, Filter<'a>)>,
    unmapped: Vec<usize>,
    skipped: BTreeMap<&'a str, usize>,
    used_indicators: BTreeSet<&'a str>,
}

impl<'a> FileReader<'a> {
    fn new(crosswalk: &'a Crosswalk, rule: &'a CrosswalkFile, names: &[String], findings: &mut Findings) -> Result<Self> {
        let position = |column: &str| -> Result<usize> {
            names.iter().position(|n| n == column).ok_or_else(|| {
                let error = Error::new(Code::CrosswalkMissingColumn).in_column(column);
                match text::did_you_mean(column, names.iter().map(String::as_str)) {
                    Some(near) => error.with("did_you_mean", near.to_owned()),
                    None => error,
                }
            })
        };
        let filter =
            |map: &'a BTreeMap<String, OneOrMore>| -> Result<Filter<'a>> { map.iter().map(|(column, wanted)| Ok((position(column)?, wanted))).collect() };
        let mut numbers = Vec::new();
        for (column, field) in [(&rule.value, "value"), (&rule.numerator, "numerator"), (&rule.denominator, "denominator"), (&rule.n, "n"), (&rule.se, "se")] {
            if let Some(column) = column {
                numbers.push((position(column)?, field));
            }
        }
        let period = position(&rule.period)?;
        let status = match &rule.status {
            Some(s) => Some((position(&s.column)?, s)),
            None => None,
        };
        let mut series = Vec::new();
        for s in &rule.series {
            let mut columns = Vec::new();
            for (name, column) in rule.columns.iter().filter(|(name, _)| !s.columns.contains_key(*name)).chain(&s.columns) {
                columns.push(Column { at: position(name)?, rule: column });
            }
            series.push((s, filter(&s.filter)?, columns));
        }
        let mut skips = Vec::new();
        for s in &rule.skip {
            skips.push((s, filter(&s.filter)?));
        }
        let mut used: BTreeSet<usize> = numbers.iter().map(|(at, _)| *at).chain([period]).chain(status.iter().map(|(at, _)| *at)).collect();
        for (_, filter, columns) in &series {
            used.extend(filter.iter().map(|(at, _)| *at));
            used.extend(columns.iter().map(|c| c.at));
        }
        for name in &rule.ignore_columns {
            used.insert(position(name)?);
        }
        let unmapped: Vec<usize> = (0..names.len()).filter(|i| !used.contains(i)).collect();
        for &i in &unmapped {
            let column: Option<Arc<str>> = names.get(i).map(|n| text::short(n).into());
            findings.push(Finding::new(Code::CrosswalkUnmappedColumn).at(Location { column, ..in_file(&rule.name) }));
        }
        Ok(FileReader {
            crosswalk,
            rule,
            names: names.to_vec(),
            period,
            numbers,
            status,
            series,
            skips,
            unmapped,
            skipped: BTreeMap::new(),
            used_indicators: BTreeSet::new(),
        })
    }

    fn row(&mut self, line: u32, fields: &[&str], entry: &mut FileLedger, rows: &mut Vec<(u32, Row)>, findings: &mut Findings) {
        entry.rows += 1;
        let field = |at: usize| fields.get(at).copied().unwrap_or_default();
        let fits = |filter: &[(usize, &OneOrMore)]| filter.iter().all(|(at, wanted)| wanted.holds(field(*at)));
        if let Some((skip, _)) = self.skips.iter().find(|(_, filter)| fits(filter)) {
            entry.skipped += 1;
            *self.skipped.entry(skip.reason.as_str()).or_insert(0) += 1;
            return;
        }
        let chosen: Vec<usize> = self.series.iter().enumerate().filter(|(_, (_, filter, _))| fits(filter)).map(|(i, _)| i).collect();
        let at = |code: Code, column: Option<&str>| {
            Finding::new(code).at(Location { row: Some(line), column: column.map(text::short).map(Arc::from), ..in_file(&self.rule.name) })
        };
        if chosen.is_empty() {
            entry.not_selected += 1;
            findings.push_with(Code::CrosswalkRowNotSelected, "", || at(Code::CrosswalkRowNotSelected, None));
            return;
        }
        // a text in a column that nobody mapped may say that this row is about some people only
        if let Some(&column) = self.unmapped.iter().find(|&&c| !field(c).is_empty()) {
            entry.rejected += 1;
            let name = self.names.get(column).map(String::as_str);
            findings.push_with(Code::CrosswalkBadRow, "", || at(Code::CrosswalkBadRow, name).with("reason", "a text in an unmapped column"));
            return;
        }
        let mut made = Vec::new();
        for i in chosen {
            let Some((series, _, columns)) = self.series.get(i) else { continue };
            match self.observation(series, columns, fields) {
                Ok(row) => {
                    self.used_indicators.insert(series.indicator.as_str());
                    made.push((line, row));
                }
                Err((code, column)) => {
                    entry.rejected += 1;
                    let name = self.names.get(column).map(String::as_str);
                    // the codes of a column that is declared as a dimension are names of groups
                    let declared = code == Code::CrosswalkUnmappedCode && columns.iter().any(|c| c.at == column);
                    let text = field(column).to_owned();
                    findings.push_with(code, "", || if declared { at(code, name).with("code", text) } else { at(code, name) });
                    return;
                }
            }
        }
        entry.used += 1;
        rows.extend(made);
    }

    fn observation(&self, series: &Series, columns: &[Column<'_>], fields: &[&str]) -> std::result::Result<Row, (Code, usize)> {
        let field = |at: usize| fields.get(at).copied().unwrap_or_default();
        let place = &self.crosswalk.place;
        let defaults = &self.crosswalk.defaults;
        let mut row = Row {
            indicator: series.indicator.clone(),
            place: place.code.clone(),
            place_name: place.name.clone(),
            place_scheme: place.scheme.clone(),
            place_parent: place.parent.clone(),
            period: field(self.period).to_owned(),
            source: self.rule.source.clone().unwrap_or_else(|| defaults.source.clone()),
            collected_by: defaults.collected_by.clone(),
            confidentiality: defaults.confidentiality.clone(),
            proxy: series.proxy.clone(),
            note: series.note.clone(),
            ..Row::default()
        };
        if row.period.parse::<sms_base::period::Period>().is_err() {
            return Err((Code::PeriodUnreadable, self.period));
        }
        for column in columns {
            let code = field(column.at);
            let target = match column.rule.codes.get(code) {
                Some(target) => target.as_str(),
                None if code.is_empty() => "",
                None if column.rule.keep => code,
                None => return Err((Code::CrosswalkUnmappedCode, column.at)),
            };
            if target.is_empty() {
                continue;
            }
            let Some((dimension, group)) = column.rule.group(target) else { return Err((Code::CrosswalkUnmappedCode, column.at)) };
            if row.groups.insert(dimension.to_owned(), group.to_owned()).is_some_and(|before| before != group) {
                return Err((Code::CrosswalkAmbiguousCode, column.at));
            }
        }
        if let Some((at, status)) = &self.status {
            let code = field(*at);
            match status.codes.get(code) {
                Some(word) => row.status = word.clone(),
                None if code.is_empty() => {}
                None => return Err((Code::CrosswalkUnmappedCode, *at)),
            }
        }
        for &(at, name) in &self.numbers {
            let text = field(at);
            if text.is_empty() {
                continue;
            }
            let number = parse_number(text, self.rule.decimal).map_err(|problem| {
                let code = match problem {
                    NumberProblem::Unreadable => Code::NumUnreadable,
                    NumberProblem::NotFinite => Code::NumNotFinite,
                    NumberProblem::Ambiguous => Code::ObsAmbiguousNumber,
                };
                (code, at)
            })?;
            let scaled = |x: f64| {
                let x = series.multiply.map_or(x, |m| m * x);
                series.complement.map_or(x, |c| c - x)
            };
            match name {
                "value" if series.value_is_count => row.numerator = Some(number),
                "value" => row.value = Some(scaled(number)),
                "numerator" => row.numerator = Some(number),
                "denominator" => row.denominator = Some(number),
                "n" => row.n = Some(number),
                _ => row.se = Some(number),
            }
        }
        if row.value.is_none() && row.numerator.is_none() && matches!(row.status.as_str(), "" | "normal") {
            // an empty field is a figure that should be there and is not
            row.status = "missing".to_owned();
        } else if matches!(row.status.as_str(), "" | "normal") && series.breaks.contains(&row.period) {
            row.status = "break".to_owned();
        }
        Ok(row)
    }

    fn finish(self, entry: &mut FileLedger, findings: &mut Findings) {
        for (reason, rows) in &self.skipped {
            findings.push(Finding::new(Code::CrosswalkRowSkipped).at(in_file(&self.rule.name)).with("reason", (*reason).to_owned()).with("rows", *rows));
        }
        entry.indicators = self.used_indicators.iter().map(|i| (*i).to_owned()).collect();
    }
}
