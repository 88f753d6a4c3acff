//! Running an index over a table.

use super::compile::{Node, Role};
use super::raw::Kind;
use super::table::{Given, Table};
use super::values::{Absent, Cell, Column, Context, Why};
use super::{Index, MAX_CELLS, evaluate};
use serde::Serialize;
use sms_base::diagnostic::{Code, Error, Finding, Findings, Location, Result};
use sms_base::num::{self, DecimalSign};
use std::sync::Arc;

/// A shown value: a number or a word.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "IndexValue"))]
pub enum Shown {
    /// A number.
    Number(f64),
    /// A word.
    Text(Arc<str>),
}

/// A cell without a value, and why.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "IndexAbsentCell"))]
pub struct AbsentCell {
    /// The unit.
    pub unit: String,
    /// Why there is no value.
    pub reason: Why,
    /// The input or step at which it went missing.
    pub from: String,
}

/// A result for every unit.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "IndexOutput"))]
pub struct OutputColumn {
    /// Id of the step.
    pub id: String,
    /// Name for people.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Unit of measurement.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub unit: String,
    /// Numbers or texts.
    pub kind: Kind,
    /// Whether it depends on which other units are in the table.
    pub set_dependent: bool,
    /// One a unit, in the order of the units.
    pub values: Vec<Option<Shown>>,
    /// The cells without a value.
    pub absent: Vec<AbsentCell>,
}

/// What an index makes of a table.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct IndexResult {
    /// Id of the index.
    pub index: String,
    /// Its edition.
    pub edition: String,
    /// SHA-256 of its content, the first 32 hexadecimal digits.
    pub fingerprint: String,
    /// The units, in the order of the table.
    pub units: Vec<String>,
    /// The results.
    pub outputs: Vec<OutputColumn>,
    /// What was found in the data and on the way.
    pub findings: Findings,
}

impl IndexResult {
    /// The number of an output in a row, counted from 0.
    /// In the unit of the output; `None` where the cell is absent or a word.
    ///
    /// ```
    /// use sms_core::index::{Index, Table};
    /// let index = Index::from_json(r#"{"format": 1, "id": "mean", "edition": "1", "title": "Mean", "source": "invented", "licence": "CC0",
    ///     "unit": "city", "outputs": ["mean"], "input": [{"id": "x"}, {"id": "y"}],
    ///     "step": [{"id": "mean", "aggregate": {"how": "geometric", "of": ["x", "y"]}}]}"#)?;
    /// let table = Table::new(["a"])?.numbers("x", vec![Some(4.0)])?.numbers("y", vec![Some(9.0)])?;
    /// assert!((index.run(&table)?.result(&[])?.number("mean", 0).unwrap() - 6.0).abs() < 1e-12); // √(4 · 9)
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    #[must_use]
    pub fn number(&self, output: &str, row: usize) -> Option<f64> {
        match self.outputs.iter().find(|o| o.id == output)?.values.get(row)? {
            Some(Shown::Number(x)) => Some(*x),
            _ => None,
        }
    }

    /// The word of an output in a row, counted from 0.
    #[must_use]
    pub fn word(&self, output: &str, row: usize) -> Option<&str> {
        match self.outputs.iter().find(|o| o.id == output)?.values.get(row)? {
            Some(Shown::Text(text)) => Some(text),
            _ => None,
        }
    }
}

/// An index that was run over a table: every step of every unit, so that any of them can be shown and explained.
#[derive(Clone)]
pub struct Run<'a> {
    pub(super) index: &'a Index,
    pub(super) units: &'a [String],
    pub(super) columns: Vec<Column>,
    findings: Findings,
}

impl std::fmt::Debug for Run<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Run").field("index", &self.index.id()).field("rows", &self.units.len()).finish_non_exhaustive()
    }
}

impl Index {
    /// Computes every step for every unit: one pass a step. Columns that the index does not name are passed over.
    ///
    /// ```
    /// use sms_core::index::{Index, Table};
    /// let index = Index::from_json(r#"{"format": 1, "id": "small", "edition": "1", "title": "Small", "source": "invented", "licence": "CC0",
    ///     "unit": "city", "outputs": ["cost"], "input": [{"id": "rent"}],
    ///     "step": [{"id": "cost", "goalposts": {"of": "rent", "worst": 60, "best": 20, "better": "lower"}}]}"#)?;
    /// assert!(index.run(&Table::new(["a"])?).is_err()); // no column `rent`
    /// let table = Table::new(["a"])?.numbers("rent", vec![None])?;
    /// assert_eq!(index.run(&table)?.result(&[])?.number("cost", 0), None);
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `index.missing-column`, with the nearest name; `index.too-large`.
    pub fn run<'a>(&'a self, table: &'a Table) -> Result<Run<'a>> {
        let rows = table.units().len();
        if rows.checked_mul(self.nodes.len()).is_none_or(|cells| cells > MAX_CELLS) {
            return Err(Error::new(Code::IndexTooLarge).at_path("units").with("limit", MAX_CELLS));
        }
        let mut findings = Findings::new();
        let mut columns = Vec::with_capacity(self.nodes.len());
        for (at, node) in self.nodes.iter().enumerate() {
            columns.push(match &node.role {
                Role::Constant(x) => Column::Constant(*x),
                Role::Step { .. } => Column::Pending,
                Role::Input { .. } => input(node, at, table, &mut findings)?,
            });
        }
        for &at in &self.order {
            let Some(node) = self.nodes.get(at) else { continue };
            let Role::Step { rule, .. } = &node.role else { continue };
            let made = evaluate::run(rule, &Context { columns: &columns, node: number_of(at) }, rows);
            for row in made.zeros {
                findings.push_with(Code::IndexZeroInMean, &node.id, || Finding::new(Code::IndexZeroInMean).about(&node.id).at(in_row(row)));
            }
            note_absent(node, at, &made.column, &mut findings);
            if let Some(column) = columns.get_mut(at) {
                *column = made.column;
            }
        }
        for node in self.outputs.iter().filter_map(|at| self.nodes.get(*at)).filter(|n| n.set_dependent) {
            findings.push(Finding::new(Code::IndexSetDependent).about(&node.id));
        }
        Ok(Run { index: self, units: table.units(), columns, findings })
    }
}

fn number_of(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

fn in_row(row: usize) -> Location {
    Location { row: Some(u32::try_from(row + 1).unwrap_or(u32::MAX)), ..Location::default() }
}

/// Findings about the cells that went missing in a step.
fn note_absent(node: &Node, at: usize, column: &Column, findings: &mut Findings) {
    let mut note = |row: usize, absent: &Absent| {
        if absent.at != number_of(at) {
            return;
        }
        let code = match absent.why {
            Why::Undefined => Code::IndexUndefined,
            Why::InsufficientCoverage => Code::IndexLowCoverage,
            Why::NoBranch => Code::IndexNoBranch,
            Why::UnknownCode => Code::IndexUnknownCode,
            _ => return,
        };
        findings.push_with(code, &node.id, || Finding::new(code).about(&node.id).at(in_row(row)));
    };
    match column {
        Column::Numbers(cells) => cells.iter().enumerate().filter_map(|(row, c)| c.as_ref().err().map(|a| (row, a))).for_each(|(row, a)| note(row, a)),
        Column::Texts(texts) => texts.cells.iter().enumerate().filter_map(|(row, c)| c.as_ref().err().map(|a| (row, a))).for_each(|(row, a)| note(row, a)),
        _ => {}
    }
}

/// The column of an input, each cell read and held against its bounds or codes.
fn input(node: &Node, at: usize, table: &Table, findings: &mut Findings) -> Result<Column> {
    let Role::Input { column, bounds, codes, optional } = &node.role else { return Ok(Column::Pending) };
    let absent = |why: Why| Absent { why, at: number_of(at) };
    let rows = table.units().len();
    let Some(given) = table.get(column).or_else(|| table.get(&node.id)) else {
        if !*optional {
            let error = Error::new(Code::IndexMissingColumn).in_column(column);
            return Err(error.suggesting(sms_base::text::did_you_mean(column, table.names())));
        }
        return Ok(match node.kind {
            Kind::Number => Column::Numbers(vec![Err(absent(Why::Missing)); rows]),
            Kind::Text => Column::Texts(super::values::Texts { words: Vec::new(), cells: vec![Err(absent(Why::Missing)); rows] }),
        });
    };
    let mut problem = |code: Code, row: usize| {
        findings.push_with(code, &node.id, || Finding::new(code).about(&node.id).at(Location { column: Some(column.as_str().into()), ..in_row(row) }));
    };
    let made = match node.kind {
        Kind::Number => {
            let mut cells: Vec<Cell> = Vec::with_capacity(rows);
            for (row, cell) in given.iter().enumerate() {
                let read = match cell {
                    // no negative zero
                    Given::Number(x) => Ok(*x + 0.0),
                    Given::Absent(a) => Err((*a).into()),
                    Given::Text(text) => text_number(text, table.sign()),
                };
                let read = read.and_then(|x| match bounds {
                    Some([low, high]) if x < *low || x > *high => Err(Why::OutOfBounds),
                    _ => Ok(x),
                });
                match read {
                    Err(Why::Unreadable) => problem(Code::IndexUnreadableCell, row),
                    Err(Why::OutOfBounds) => problem(Code::IndexOutOfBounds, row),
                    _ => {}
                }
                cells.push(read.map_err(absent));
            }
            Column::Numbers(cells)
        }
        Kind::Text => {
            // numbers may be codes: 1 is "1"
            let words: Vec<std::result::Result<std::borrow::Cow<'_, str>, Why>> = given
                .iter()
                .map(|cell| match cell {
                    Given::Number(x) => Ok(std::borrow::Cow::Owned((x + 0.0).to_string())),
                    Given::Absent(a) => Err((*a).into()),
                    Given::Text(text) if text.trim().is_empty() => Err(Why::Missing),
                    Given::Text(text) => Ok(std::borrow::Cow::Borrowed(text.trim())),
                })
                .map(|word| word.and_then(|w| if codes.is_empty() || codes.iter().any(|c| *c == w) { Ok(w) } else { Err(Why::UnknownCode) }))
                .collect();
            for (row, word) in words.iter().enumerate() {
                if *word == Err(Why::UnknownCode) {
                    problem(Code::IndexUnknownCode, row);
                }
            }
            Column::Texts(evaluate::texts(words.iter().map(|w| w.as_ref().map(|w| &**w).map_err(|why| absent(*why)))))
        }
    };
    let nothing = match &made {
        Column::Numbers(cells) => cells.iter().all(std::result::Result::is_err),
        Column::Texts(texts) => texts.cells.iter().all(std::result::Result::is_err),
        _ => false,
    };
    if nothing {
        findings.push(Finding::new(Code::IndexAllMissing).about(&node.id).at(Location { column: Some(column.as_str().into()), ..Location::default() }));
    }
    Ok(made)
}

/// A text in a column of numbers: nothing, a word for an absence, or a number.
fn text_number(text: &str, sign: DecimalSign) -> std::result::Result<f64, Why> {
    match text.trim() {
        "" | "missing" => Err(Why::Missing),
        "not_asked" => Err(Why::NotAsked),
        "refused" => Err(Why::Refused),
        "not_applicable" => Err(Why::NotApplicable),
        "suppressed" => Err(Why::Suppressed),
        other => num::parse_number(other, sign).map_err(|_| Why::Unreadable),
    }
}

impl Run<'_> {
    /// What was found in the data and on the way.
    #[must_use]
    pub fn findings(&self) -> &Findings {
        &self.findings
    }

    /// The results: those of the file, or the inputs and steps that are named.
    ///
    /// ```
    /// use sms_core::index::{Index, Table};
    /// let index = Index::from_json(r#"{"format": 1, "id": "small", "edition": "1", "title": "Small", "source": "invented", "licence": "CC0",
    ///     "unit": "city", "outputs": ["cost"], "input": [{"id": "rent"}],
    ///     "step": [{"id": "cost", "goalposts": {"of": "rent", "worst": 60, "best": 20, "better": "lower"}}]}"#)?;
    /// let table = Table::new(["a"])?.numbers("rent", vec![Some(30.0)])?;
    /// let result = index.run(&table)?.result(&["rent", "cost"])?;
    /// assert_eq!((result.number("rent", 0), result.number("cost", 0)), (Some(30.0), Some(75.0)));
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `index.unknown-name`.
    pub fn result(&self, outputs: &[&str]) -> Result<IndexResult> {
        let places = self.index.places(outputs, "outputs")?;
        Ok(IndexResult {
            index: self.index.id().to_owned(),
            edition: self.index.raw.edition.clone(),
            fingerprint: self.index.fingerprint.clone(),
            units: self.units.to_vec(),
            outputs: places.into_iter().filter_map(|at| self.output(at)).collect(),
            findings: self.findings.clone(),
        })
    }

    pub(super) fn shown(&self, at: usize, row: usize) -> std::result::Result<Shown, Absent> {
        let on = Context { columns: &self.columns, node: number_of(at) };
        match self.columns.get(at) {
            Some(Column::Texts(texts)) => {
                let word = texts.cells.get(row).copied().unwrap_or(Err(on.absent(Why::Missing)))?;
                texts.words.get(word as usize).cloned().map(Shown::Text).ok_or(on.absent(Why::Missing))
            }
            _ => on.cell(at, row).map(Shown::Number),
        }
    }

    pub(super) fn origin(&self, absent: Absent) -> String {
        self.index.nodes.get(absent.at as usize).map(|n| n.id.clone()).unwrap_or_default()
    }

    fn output(&self, at: usize) -> Option<OutputColumn> {
        let node = self.index.nodes.get(at)?;
        let mut values = Vec::with_capacity(self.units.len());
        let mut absent = Vec::new();
        for (row, unit) in self.units.iter().enumerate() {
            values.push(match self.shown(at, row) {
                Ok(shown) => Some(shown),
                Err(a) => {
                    absent.push(AbsentCell { unit: unit.clone(), reason: a.why, from: self.origin(a) });
                    None
                }
            });
        }
        Some(OutputColumn {
            id: node.id.clone(),
            name: node.name.clone(),
            unit: node.unit.clone(),
            kind: node.kind,
            set_dependent: node.set_dependent,
            values,
            absent,
        })
    }
}
