//! Floor 6: the tidy table as it came in: columns of text and numbers, nothing judged yet.
//!
//! One row is one figure: an indicator, a place, a period, one column a dimension, and a value or counts or a reason
//! for their absence. Columns are stored as columns; texts once, by dictionary.

mod state;

use crate::diagnostic::{Code, Error, Finding, Findings, Location, Result};
use crate::num::{DecimalSign, NumberProblem, parse_number};
use crate::text;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

/// What untrusted input may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Rows in all.
    pub rows: usize,
    /// Columns.
    pub columns: usize,
    /// Bytes of one field.
    pub field: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { rows: 50_000_000, columns: 256, field: text::MAX_TEXT }
    }
}

macro_rules! fields {
    ($( $name:ident { $( #[doc = $doc:literal] $variant:ident = $word:literal ),+ $(,)? } )+) => { $(
        /// A field of the tidy table.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $( #[doc = $doc] $variant, )+ }
        impl $name {
            /// All fields, in the order of the tidy table.
            pub const ALL: &'static [$name] = &[ $( $name::$variant, )+ ];
            /// The name of its column.
            #[must_use]
            pub const fn as_str(self) -> &'static str { match self { $( $name::$variant => $word, )+ } }
            /// What it holds.
            #[must_use]
            pub const fn description(self) -> &'static str { match self { $( $name::$variant => $doc, )+ } }
            /// The field of a column.
            #[must_use]
            pub fn of(column: &str) -> Option<Self> {
                $name::ALL.iter().copied().find(|f| f.as_str().eq_ignore_ascii_case(column))
            }
        }
    )+ };
}

fields! {
    TextField {
        /// Id of the indicator.
        Indicator = "indicator",
        /// Code of the place.
        Place = "place",
        /// Period, as people write it.
        Period = "period",
        /// Why the value is as it is, or absent.
        Status = "status",
        /// Who may see it.
        Confidentiality = "confidentiality",
        /// Where it comes from.
        Source = "source",
        /// Who collected it.
        CollectedBy = "collected_by",
        /// `regular` or `pretest`.
        Round = "round",
        /// Version of the indicator that it was collected with.
        IndicatorVersion = "indicator_version",
        /// A note on the figure.
        Note = "note",
        /// Name of the place.
        PlaceName = "place_name",
        /// The scheme of the place's code.
        PlaceScheme = "place_scheme",
        /// The place that holds it.
        PlaceParent = "place_parent",
        /// Why it stands for the indicator without measuring exactly the same.
        Proxy = "proxy",
    }
    NumberField {
        /// The figure, in the unit of the indicator.
        Value = "value",
        /// How many of the denominator.
        Numerator = "numerator",
        /// Out of how many.
        Denominator = "denominator",
        /// How many persons or records it rests on, unweighted.
        N = "n",
        /// Standard error, in the unit of the indicator.
        Se = "se",
    }
}

/// A column of texts, each distinct one stored once. Code 0 is empty.
#[derive(Clone, Default)]
pub struct TextColumn {
    distinct: Vec<Arc<str>>,
    codes: Vec<u32>,
    index: HashMap<Arc<str>, u32>,
    last: Option<(Arc<str>, u32)>,
}

impl TextColumn {
    fn push(&mut self, text: &str) {
        let code = if text.is_empty() { 0 } else { self.code(text) };
        self.codes.push(code);
    }

    fn code(&mut self, text: &str) -> u32 {
        if let Some((last, code)) = &self.last
            && &**last == text
        {
            return *code;
        }
        let code = match self.index.get(text) {
            Some(&code) => code,
            None => {
                let shared: Arc<str> = text.into();
                self.distinct.push(shared.clone());
                let code = u32::try_from(self.distinct.len()).unwrap_or(u32::MAX);
                self.index.insert(shared, code);
                code
            }
        };
        if let Some(shared) = self.text(code) {
            self.last = Some((shared.clone(), code));
        }
        code
    }

    fn pad(&mut self, rows: usize) {
        self.codes.resize(rows, 0);
    }

    /// The distinct texts; code `i + 1` stands for the one at `i`.
    #[must_use]
    pub fn distinct(&self) -> &[Arc<str>] {
        &self.distinct
    }

    /// The code of each row, 0 for empty; shorter than the table when the rest is empty.
    #[must_use]
    pub fn codes(&self) -> &[u32] {
        &self.codes
    }

    fn text(&self, code: u32) -> Option<&Arc<str>> {
        self.distinct.get((code as usize).checked_sub(1)?)
    }

    /// The text of a row.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<&Arc<str>> {
        self.text(self.codes.get(row).copied().unwrap_or(0))
    }

    /// Whether no row has a text.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.distinct.is_empty()
    }
}

/// A column of numbers; a row may be empty or unreadable.
#[derive(Clone, Default)]
pub struct NumberColumn {
    // NaN marks an empty row; it never leaves this module
    values: Vec<f64>,
    problems: Vec<(u32, NumberProblem)>,
}

impl NumberColumn {
    /// The number of a row.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<f64> {
        self.values.get(row).copied().filter(|x| !x.is_nan())
    }

    /// The rows whose text is not a number, in order.
    #[must_use]
    pub fn problems(&self) -> &[(u32, NumberProblem)] {
        &self.problems
    }

    fn push(&mut self, value: std::result::Result<Option<f64>, NumberProblem>) {
        match value {
            Ok(x) => self.values.push(x.filter(|x| x.is_finite()).unwrap_or(f64::NAN)),
            Err(problem) => {
                self.problems.push((u32::try_from(self.values.len()).unwrap_or(u32::MAX), problem));
                self.values.push(f64::NAN);
            }
        }
    }

    fn pad(&mut self, rows: usize) {
        self.values.resize(rows, f64::NAN);
    }

    fn is_empty(&self) -> bool {
        self.problems.is_empty() && self.values.iter().all(|x| x.is_nan())
    }
}

/// A city's figures as they came in. The user's own data: convertible, never part of a report.
///
/// ```
/// use sms_core::{exchange, Observations};
/// let csv = "indicator,place,period,SEX,value\nWSP-O-04,bristol,2018,,4.1\nWSP-O-04,bristol,2018,F,3.9\n";
/// let observations: Observations = exchange::csv::read(csv.as_bytes(), &Default::default()).unwrap();
/// assert_eq!(observations.len(), 2);
/// ```
#[derive(Clone, Default)]
pub struct Observations {
    files: Vec<Arc<str>>,
    file_of: Vec<u16>,
    row_numbers: Vec<u32>,
    texts: Vec<TextColumn>,
    numbers: Vec<NumberColumn>,
    dimensions: Vec<(Arc<str>, TextColumn)>,
    rejected: Vec<u32>,
    findings: Findings,
    decimal: DecimalSign,
}

impl fmt::Debug for Observations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // people's data are never printed
        f.debug_struct("Observations").field("rows", &self.len()).field("dimensions", &self.dimension_names()).finish_non_exhaustive()
    }
}

enum Slot {
    Text(TextField),
    Number(NumberField),
    Dimension(usize),
}

/// Fills [`Observations`] row by row.
pub struct Builder {
    table: Observations,
    slots: Vec<Slot>,
    limits: Limits,
}

impl Builder {
    /// A builder for rows with these columns, in any order. Every column that is no field is taken as a dimension.
    ///
    /// # Errors
    /// `csv.missing-column` without indicator, place or period; `csv.duplicate-column`; `csv.too-many-columns`.
    pub fn new<'a>(file: Option<&str>, columns: impl Iterator<Item = &'a str>, decimal: DecimalSign, limits: Limits) -> Result<Self> {
        let mut table = Observations {
            files: file.map(Arc::from).into_iter().collect(),
            texts: vec![TextColumn::default(); TextField::ALL.len()],
            numbers: vec![NumberColumn::default(); NumberField::ALL.len()],
            decimal,
            ..Observations::default()
        };
        let in_file = |e: Error| match file {
            Some(f) => e.in_file(f),
            None => e,
        };
        let mut slots = Vec::new();
        let mut seen: Vec<String> = Vec::new();
        let columns: Vec<&str> = columns.collect();
        if columns.len() > limits.columns {
            return Err(in_file(Error::new(Code::CsvTooManyColumns).with("limit", limits.columns)));
        }
        // a line without these is no header, and what stands in it is data: it is not repeated
        for needed in [TextField::Indicator, TextField::Place, TextField::Period] {
            if !columns.iter().any(|c| c.trim().eq_ignore_ascii_case(needed.as_str())) {
                return Err(in_file(Error::new(Code::CsvMissingColumn).in_column(needed.as_str())));
            }
        }
        for column in columns {
            let column = text::clean(column).map_err(in_file)?;
            if seen.iter().any(|s| s.eq_ignore_ascii_case(&column)) {
                return Err(in_file(Error::new(Code::CsvDuplicateColumn).in_column(text::short(&column))));
            }
            seen.push(column.to_string());
            slots.push(match (TextField::of(&column), NumberField::of(&column)) {
                (Some(field), _) => Slot::Text(field),
                (_, Some(field)) => Slot::Number(field),
                _ => {
                    table.dimensions.push((column.as_ref().into(), TextColumn::default()));
                    Slot::Dimension(table.dimensions.len() - 1)
                }
            });
        }
        Ok(Builder { table, slots, limits })
    }

    /// Whether another row would be above the limit.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.table.row_numbers.len() + self.table.rejected.len() >= self.limits.rows
    }

    /// The longest field that it takes.
    #[must_use]
    pub fn field_limit(&self) -> usize {
        self.limits.field
    }

    fn location(&self, row: u32, column: Option<&str>) -> Location {
        Location { file: self.table.files.first().cloned(), row: Some(row), column: column.map(Arc::from), path: None }
    }

    /// Leaves a row out, with the reason.
    pub fn reject(&mut self, row: u32, code: Code, column: Option<&str>) {
        let location = self.location(row, column);
        self.table.findings.push_with(code, "", || Finding::new(code).at(location));
        self.table.rejected.push(row);
    }

    /// Adds a row of texts, one a column.
    pub fn push<'a>(&mut self, row: u32, fields: impl Iterator<Item = &'a str>) {
        let decimal = self.table.decimal;
        for (slot, text) in self.slots.iter().zip(fields) {
            let text = text.trim();
            match slot {
                Slot::Number(field) => {
                    if let Some(column) = self.table.numbers.get_mut(*field as usize) {
                        column.push(if text.is_empty() { Ok(None) } else { parse_number(text, decimal).map(Some) });
                    }
                }
                Slot::Text(field) => {
                    if let Some(column) = self.table.texts.get_mut(*field as usize) {
                        column.push(&text::kept(text));
                    }
                }
                Slot::Dimension(i) => {
                    if let Some((_, column)) = self.table.dimensions.get_mut(*i) {
                        column.push(&text::kept(text));
                    }
                }
            }
        }
        self.table.row_numbers.push(row);
        self.table.file_of.push(0);
    }

    /// The table.
    #[must_use]
    pub fn finish(mut self) -> Observations {
        let rows = self.table.row_numbers.len();
        for column in &mut self.table.texts {
            if !column.is_empty() {
                column.pad(rows);
            }
        }
        for column in &mut self.table.numbers {
            if !column.values.is_empty() {
                column.pad(rows);
            }
        }
        for (_, column) in &mut self.table.dimensions {
            column.pad(rows);
        }
        self.table
    }
}

/// One row of observations, as plain data.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs, reason = "the fields of the tidy table are documented by TextField and NumberField")]
pub struct Row {
    pub indicator: String,
    pub place: String,
    pub period: String,
    #[serde(skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub groups: std::collections::BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub numerator: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub denominator: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub n: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub se: Option<f64>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub status: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub confidentiality: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub source: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub collected_by: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub round: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub indicator_version: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub note: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub place_name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub place_scheme: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub place_parent: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub proxy: String,
}

impl Row {
    /// The text of a field; empty where there is none.
    #[must_use]
    pub fn text(&self, field: TextField) -> &str {
        match field {
            TextField::Indicator => &self.indicator,
            TextField::Place => &self.place,
            TextField::Period => &self.period,
            TextField::Status => &self.status,
            TextField::Confidentiality => &self.confidentiality,
            TextField::Source => &self.source,
            TextField::CollectedBy => &self.collected_by,
            TextField::Round => &self.round,
            TextField::IndicatorVersion => &self.indicator_version,
            TextField::Note => &self.note,
            TextField::PlaceName => &self.place_name,
            TextField::PlaceScheme => &self.place_scheme,
            TextField::PlaceParent => &self.place_parent,
            TextField::Proxy => &self.proxy,
        }
    }

    fn text_mut(&mut self, field: TextField) -> &mut String {
        match field {
            TextField::Indicator => &mut self.indicator,
            TextField::Place => &mut self.place,
            TextField::Period => &mut self.period,
            TextField::Status => &mut self.status,
            TextField::Confidentiality => &mut self.confidentiality,
            TextField::Source => &mut self.source,
            TextField::CollectedBy => &mut self.collected_by,
            TextField::Round => &mut self.round,
            TextField::IndicatorVersion => &mut self.indicator_version,
            TextField::Note => &mut self.note,
            TextField::PlaceName => &mut self.place_name,
            TextField::PlaceScheme => &mut self.place_scheme,
            TextField::PlaceParent => &mut self.place_parent,
            TextField::Proxy => &mut self.proxy,
        }
    }

    fn number(&self, field: NumberField) -> Option<f64> {
        match field {
            NumberField::Value => self.value,
            NumberField::Numerator => self.numerator,
            NumberField::Denominator => self.denominator,
            NumberField::N => self.n,
            NumberField::Se => self.se,
        }
    }

    fn number_mut(&mut self, field: NumberField) -> &mut Option<f64> {
        match field {
            NumberField::Value => &mut self.value,
            NumberField::Numerator => &mut self.numerator,
            NumberField::Denominator => &mut self.denominator,
            NumberField::N => &mut self.n,
            NumberField::Se => &mut self.se,
        }
    }
}

/// A column handed in as a whole, such as from a data frame.
pub enum Column<'a> {
    /// Texts; `None` is empty.
    Text(Box<dyn Iterator<Item = Option<&'a str>> + 'a>),
    /// Numbers; `None` is empty.
    Number(Box<dyn Iterator<Item = Option<f64>> + 'a>),
}

impl Observations {
    /// A table from rows of plain data. Rows are numbered from 1.
    #[must_use]
    pub fn from_rows(file: Option<&str>, rows: &[Row]) -> Self {
        Self::of_rows(file, rows.iter().enumerate().map(|(i, row)| (u32::try_from(i + 1).unwrap_or(u32::MAX), row)))
    }

    /// A table from rows of plain data with their line numbers.
    #[must_use]
    pub fn from_numbered_rows(file: Option<&str>, rows: &[(u32, Row)]) -> Self {
        Self::of_rows(file, rows.iter().map(|(line, row)| (*line, row)))
    }

    fn of_rows<'a>(file: Option<&str>, rows: impl Iterator<Item = (u32, &'a Row)>) -> Self {
        let mut table = Observations {
            files: file.map(Arc::from).into_iter().collect(),
            texts: vec![TextColumn::default(); TextField::ALL.len()],
            numbers: vec![NumberColumn::default(); NumberField::ALL.len()],
            ..Observations::default()
        };
        let mut count = 0;
        for (i, (line, row)) in rows.enumerate() {
            count = i + 1;
            for (&field, column) in TextField::ALL.iter().zip(&mut table.texts) {
                column.push(&text::kept(row.text(field)));
            }
            for (&field, column) in NumberField::ALL.iter().zip(&mut table.numbers) {
                column.push(match row.number(field) {
                    Some(x) if !x.is_finite() => Err(NumberProblem::NotFinite),
                    other => Ok(other),
                });
            }
            for (dimension, group) in &row.groups {
                let at = match table.dimensions.iter().position(|(name, _)| &**name == dimension.as_str()) {
                    Some(at) => at,
                    None => {
                        table.dimensions.push((dimension.as_str().into(), TextColumn::default()));
                        table.dimensions.len() - 1
                    }
                };
                if let Some((_, column)) = table.dimensions.get_mut(at) {
                    column.pad(i);
                    column.push(&text::kept(group));
                }
            }
            table.row_numbers.push(line);
            table.file_of.push(0);
        }
        for (_, column) in &mut table.dimensions {
            column.pad(count);
        }
        table
    }

    /// A table from whole columns, such as those of a data frame. Rows are numbered from 1.
    ///
    /// # Errors
    /// As [`Builder::new`].
    pub fn from_columns<'a>(columns: Vec<(&'a str, Column<'a>)>, rows: usize, limits: Limits) -> Result<Self> {
        let builder = Builder::new(None, columns.iter().map(|(name, _)| *name), DecimalSign::Point, limits)?;
        if rows > limits.rows {
            return Err(Error::new(Code::CsvTooManyRows).with("limit", limits.rows));
        }
        let Builder { mut table, slots, .. } = builder;
        for (slot, (_, column)) in slots.iter().zip(columns) {
            match (slot, column) {
                (Slot::Number(field), column) => {
                    let Some(target) = table.numbers.get_mut(*field as usize) else { continue };
                    match column {
                        Column::Number(values) => {
                            for x in values {
                                target.push(match x {
                                    Some(x) if x.is_nan() => Ok(None),
                                    Some(x) if x.is_infinite() => Err(NumberProblem::NotFinite),
                                    other => Ok(other),
                                });
                            }
                        }
                        Column::Text(texts) => {
                            for t in texts {
                                let t = t.map(str::trim).filter(|t| !t.is_empty());
                                target.push(t.map(|t| parse_number(t, DecimalSign::Detect)).transpose());
                            }
                        }
                    }
                    target.pad(rows);
                }
                (slot, column) => {
                    let target = match slot {
                        Slot::Text(field) => table.texts.get_mut(*field as usize),
                        Slot::Dimension(i) => table.dimensions.get_mut(*i).map(|(_, c)| c),
                        Slot::Number(_) => None,
                    };
                    let Some(target) = target else { continue };
                    match column {
                        Column::Text(texts) => {
                            for t in texts {
                                target.push(&text::kept(t.unwrap_or_default()));
                            }
                        }
                        // years and codes often arrive as numbers
                        Column::Number(values) => {
                            for x in values {
                                target.push(&x.filter(|x| x.is_finite()).map(|x| x.to_string()).unwrap_or_default());
                            }
                        }
                    }
                    target.pad(rows);
                }
            }
        }
        table.row_numbers = (1..=rows).map(|i| u32::try_from(i).unwrap_or(u32::MAX)).collect();
        table.file_of = vec![0; rows];
        Ok(table)
    }

    /// Adds the rows of another table.
    pub fn append(&mut self, other: Observations) {
        if self.texts.is_empty() {
            *self = other;
            return;
        }
        let before = self.len();
        if self.files.is_empty() {
            self.files.push("".into());
        }
        let shift = u16::try_from(self.files.len()).unwrap_or(u16::MAX);
        if other.files.is_empty() {
            self.files.push("".into());
        }
        self.files.extend(other.files);
        self.file_of.extend(other.file_of.iter().map(|f| f.saturating_add(shift)));
        let added = other.row_numbers.len();
        self.row_numbers.extend(other.row_numbers);
        let join = |target: &mut TextColumn, source: &TextColumn| {
            target.pad(before);
            for row in 0..added {
                target.push(source.get(row).map_or("", |t| t));
            }
        };
        for (target, source) in self.texts.iter_mut().zip(&other.texts) {
            if !(target.is_empty() && source.is_empty()) {
                join(target, source);
            }
        }
        for (target, source) in self.numbers.iter_mut().zip(other.numbers) {
            target.pad(before);
            let start = u32::try_from(before).unwrap_or(u32::MAX);
            target.problems.extend(source.problems.iter().map(|&(row, p)| (row.saturating_add(start), p)));
            target.values.extend(source.values);
            target.pad(before + added);
        }
        for (name, source) in &other.dimensions {
            let at = match self.dimensions.iter().position(|(n, _)| n == name) {
                Some(at) => at,
                None => {
                    self.dimensions.push((name.clone(), TextColumn::default()));
                    self.dimensions.len() - 1
                }
            };
            if let Some((_, target)) = self.dimensions.get_mut(at) {
                join(target, source);
            }
        }
        for (_, column) in &mut self.dimensions {
            column.pad(before + added);
        }
        self.rejected.extend(other.rejected);
        self.findings.extend(other.findings);
    }

    /// How many rows could be read.
    #[must_use]
    pub fn len(&self) -> usize {
        self.row_numbers.len()
    }

    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.row_numbers.is_empty()
    }

    /// The line numbers of rows that could not be read at all; the findings say why.
    #[must_use]
    pub fn rejected(&self) -> &[u32] {
        &self.rejected
    }

    /// What was found while reading.
    #[must_use]
    pub fn findings(&self) -> &Findings {
        &self.findings
    }

    /// The columns that are no field of the tidy table: dimensions, or unknown.
    #[must_use]
    pub fn dimension_names(&self) -> Vec<&str> {
        self.dimensions.iter().map(|(name, _)| &**name).collect()
    }

    /// The columns that are no field, with their texts.
    #[must_use]
    pub fn dimensions(&self) -> &[(Arc<str>, TextColumn)] {
        &self.dimensions
    }

    /// A column of texts.
    #[must_use]
    pub fn text(&self, field: TextField) -> Option<&TextColumn> {
        self.texts.get(field as usize).filter(|c| !c.is_empty())
    }

    /// A column of numbers.
    #[must_use]
    pub fn number(&self, field: NumberField) -> Option<&NumberColumn> {
        self.numbers.get(field as usize).filter(|c| !c.values.is_empty())
    }

    /// Where a row stands in its file.
    #[must_use]
    pub fn location(&self, row: usize) -> Location {
        let file = self.file_of.get(row).and_then(|&f| self.files.get(usize::from(f))).filter(|f| !f.is_empty()).cloned();
        Location { file, row: self.row_numbers.get(row).copied(), ..Location::default() }
    }

    /// The rows as plain data: the user's own input back.
    pub fn rows(&self) -> impl Iterator<Item = Row> + '_ {
        (0..self.len()).map(|i| {
            let mut row = Row::default();
            for &field in TextField::ALL {
                if let Some(text) = self.text(field).and_then(|c| c.get(i)) {
                    *row.text_mut(field) = text.to_string();
                }
            }
            for &field in NumberField::ALL {
                *row.number_mut(field) = self.number(field).and_then(|c| c.get(i));
            }
            for (name, column) in &self.dimensions {
                if let Some(text) = column.get(i) {
                    row.groups.insert(name.to_string(), text.to_string());
                }
            }
            row
        })
    }

    /// The names of the columns that hold anything.
    #[must_use]
    pub fn columns(&self) -> Vec<String> {
        let needed = |f| matches!(f, TextField::Indicator | TextField::Place | TextField::Period);
        let texts = TextField::ALL.iter().filter(|&&f| needed(f) || self.text(f).is_some()).map(|f| f.as_str().to_owned());
        let numbers = NumberField::ALL.iter().filter(|&&f| self.number(f).is_some_and(|c| !c.is_empty())).map(|f| f.as_str().to_owned());
        let dimensions = self.dimensions.iter().map(|(name, _)| name.to_string());
        texts.chain(dimensions).chain(numbers).collect()
    }
}
