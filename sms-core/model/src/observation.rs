//! Floor 6: the tidy table as it came in: columns of text and numbers, nothing judged yet.
//!
//! One row is one figure: an indicator, a place, a period, one column a dimension, and a value or counts or a reason
//! for their absence. Columns are stored as columns; texts once, by dictionary.

mod column;
mod field;
mod row;
mod state;
mod status;

pub use column::{NumberColumn, TextColumn};
pub use field::{NumberField, TextField};
pub use row::Row;
pub use status::{Confidentiality, ConfidentialityStatus, ObservationStatus, StatusEffect};

use crate::diagnostic::{Code, Error, Finding, Findings, Location, Result};
use crate::num::{DecimalSign, NumberProblem, parse_number};
use crate::text;
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
///
/// ```
/// # use sms_model as sms_core;
/// use sms_core::num::DecimalSign;
/// use sms_core::observation::{Builder, Limits};
/// let columns = ["indicator", "place", "period", "value"];
/// let mut rows = Builder::new(Some("housing.csv"), columns.into_iter(), DecimalSign::Comma, Limits::default())?;
/// rows.push(2, ["HOU-O-01", "gent", "2018", "4,1"].into_iter());
/// assert_eq!(rows.finish().rows().next().unwrap().value, Some(4.1));
/// # Ok::<(), sms_core::Error>(())
/// ```
pub struct Builder {
    table: Observations,
    slots: Vec<Slot>,
    limits: Limits,
}

impl Builder {
    /// A builder for rows with these columns, in any order. Every column that is no field is taken as a dimension.
    ///
    /// ```
    /// # use sms_model as sms_core;
    /// use sms_core::num::DecimalSign;
    /// use sms_core::observation::{Builder, Limits};
    /// let refused = Builder::new(None, ["indicator", "place"].into_iter(), DecimalSign::Detect, Limits::default()).err().unwrap();
    /// assert_eq!((refused.code().as_str(), refused.location().column.as_deref()), ("csv.missing-column", Some("period")));
    /// ```
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

/// A column handed in as a whole, such as from a data frame.
pub enum Column<'a> {
    /// Texts; `None` is empty.
    Text(Box<dyn Iterator<Item = Option<&'a str>> + 'a>),
    /// Numbers; `None` is empty.
    Number(Box<dyn Iterator<Item = Option<f64>> + 'a>),
}

impl Observations {
    /// A table from rows of plain data. Rows are numbered from 1.
    ///
    /// ```
    /// # use sms_model as sms_core;
    /// use sms_core::observation::{Observations, Row};
    /// let row = Row { indicator: "WSP-O-04".into(), place: "gent".into(), period: "2018".into(), value: Some(4.1), ..Row::default() };
    /// assert_eq!(Observations::from_rows(None, &[row]).len(), 1);
    /// ```
    #[must_use]
    pub fn from_rows(file: Option<&str>, rows: &[Row]) -> Self {
        Self::of_rows(file, rows.iter().enumerate().map(|(i, row)| (u32::try_from(i + 1).unwrap_or(u32::MAX), row)))
    }

    /// A table from rows of plain data with their line numbers.
    ///
    /// ```
    /// # use sms_model as sms_core;
    /// use sms_core::observation::{Observations, Row};
    /// let row = Row { indicator: "WSP-O-04".into(), place: "gent".into(), period: "2018".into(), value: Some(4.1), ..Row::default() };
    /// assert_eq!(Observations::from_numbered_rows(Some("rent.csv"), &[(7, row)]).location(0).row, Some(7));
    /// ```
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
    /// ```
    /// # use sms_model as sms_core;
    /// use sms_core::observation::{Column, Limits, Observations};
    /// let text = |cell: &'static str| Column::Text(Box::new([Some(cell)].into_iter()));
    /// let value = Column::Number(Box::new([Some(4.1)].into_iter()));
    /// let columns = vec![("indicator", text("WSP-O-04")), ("place", text("gent")), ("period", text("2018")), ("value", value)];
    /// assert_eq!(Observations::from_columns(columns, 1, Limits::default())?.len(), 1);
    /// # Ok::<(), sms_core::Error>(())
    /// ```
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
    ///
    /// ```
    /// let csv = "indicator,place,period,value\nWSP-O-04,gent,2018,4.1\n";
    /// let mut all = sms_core::exchange::csv::read(csv.as_bytes(), &Default::default())?;
    /// all.append(all.clone());
    /// assert_eq!(all.len(), 2);
    /// # Ok::<(), sms_core::Error>(())
    /// ```
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
    ///
    /// ```
    /// let csv = "indicator,place,period,value\nWSP-O-04,gent,2018,4.1\nWSP-O-04,gent,2019,4.1,x\n";
    /// let observations = sms_core::exchange::csv::read(csv.as_bytes(), &Default::default())?;
    /// assert_eq!((observations.len(), observations.rejected()), (1, [3].as_slice()));
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    #[must_use]
    pub fn rejected(&self) -> &[u32] {
        &self.rejected
    }

    /// What was found while reading.
    ///
    /// ```
    /// let csv = "indicator,place,period,value\nWSP-O-04,gent,2018,4.1,x\n";
    /// let observations = sms_core::exchange::csv::read(csv.as_bytes(), &Default::default())?;
    /// assert_eq!(observations.findings().len(), 1);
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    #[must_use]
    pub fn findings(&self) -> &Findings {
        &self.findings
    }

    /// The columns that are no field of the tidy table: dimensions, or unknown.
    ///
    /// ```
    /// let csv = "indicator,place,period,SEX,value\nWSP-O-04,gent,2018,F,4.1\n";
    /// let observations = sms_core::exchange::csv::read(csv.as_bytes(), &Default::default())?;
    /// assert_eq!(observations.dimension_names(), ["SEX"]);
    /// # Ok::<(), sms_core::Error>(())
    /// ```
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
    ///
    /// ```
    /// let csv = "indicator,place,period,value\nWSP-O-04,gent,2018,4.1\n";
    /// let observations = sms_core::exchange::csv::read(csv.as_bytes(), &Default::default())?;
    /// assert_eq!(observations.location(0).row, Some(2));
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    #[must_use]
    pub fn location(&self, row: usize) -> Location {
        let file = self.file_of.get(row).and_then(|&f| self.files.get(usize::from(f))).filter(|f| !f.is_empty()).cloned();
        Location { file, row: self.row_numbers.get(row).copied(), ..Location::default() }
    }

    /// The rows as plain data: the user's own input back.
    ///
    /// ```
    /// let csv = "indicator,place,period,SEX,value\nWSP-O-04,gent,2018,F,4.1\n";
    /// let observations = sms_core::exchange::csv::read(csv.as_bytes(), &Default::default())?;
    /// let row = observations.rows().next().unwrap();
    /// assert_eq!((row.groups["SEX"].as_str(), row.value), ("F", Some(4.1)));
    /// # Ok::<(), sms_core::Error>(())
    /// ```
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
