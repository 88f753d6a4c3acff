//! Indices: what there is, what a file says, and running one over a table.

use crate::{Area, Engine, Entry, Operation};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sms_base::diagnostic::{Code, Error, Findings, Result};
use sms_exchange::columns;
use sms_exchange::csv::Dialect;
use sms_index::{Given, Index, IndexExplanation, IndexResult, IndexSummary, RawIndex, StepSummary, Table};
use sms_model::estimate::Absence;
use std::collections::BTreeMap;
use std::sync::Arc;

pub(super) const AREA: Area = Area {
    title: "Indices",
    operations: &[Entry::of::<ListIndices>(), Entry::of::<ShowIndex>(), Entry::of::<CheckIndex>(), Entry::of::<RunIndex>(), Entry::of::<ExplainIndex>()],
};

const FILE_ERRORS: &[Code] = &[
    Code::IndexUnknownId,
    Code::IndexBadFile,
    Code::IndexNewerFormat,
    Code::IndexBadValue,
    Code::IndexDuplicateId,
    Code::IndexEmpty,
    Code::IndexUnknownName,
    Code::IndexCycle,
    Code::IndexBadFormula,
    Code::IndexWrongKind,
    Code::IndexWeightsSum,
    Code::IndexTooLarge,
    Code::ScoreEqualGoalposts,
    Code::ScoreGoalpostsOrder,
    Code::ScoreNotPositive,
    Code::AggregateBadWeight,
    Code::AggregateNoItems,
    Code::NumNotFinite,
];

const RUN_ERRORS: &[Code] = &[
    Code::IndexUnknownId,
    Code::IndexBadFile,
    Code::IndexNewerFormat,
    Code::IndexBadValue,
    Code::IndexDuplicateId,
    Code::IndexEmpty,
    Code::IndexUnknownName,
    Code::IndexCycle,
    Code::IndexBadFormula,
    Code::IndexWrongKind,
    Code::IndexWeightsSum,
    Code::IndexTooLarge,
    Code::IndexNoUnits,
    Code::IndexDuplicateUnit,
    Code::IndexMissingColumn,
    Code::IndexColumnLength,
    Code::IndexUnknownUnit,
    Code::ScoreEqualGoalposts,
    Code::ScoreGoalpostsOrder,
    Code::ScoreNotPositive,
    Code::AggregateBadWeight,
    Code::AggregateNoItems,
    Code::NumNotFinite,
    Code::CsvAmbiguousDelimiter,
    Code::CsvBadEncoding,
    Code::CsvDuplicateColumn,
    Code::CsvNoHeader,
    Code::CsvTooManyColumns,
    Code::CsvTooManyRows,
];

/// An index in a request: the id of a published one, or a whole file.
#[derive(Deserialize)]
#[serde(rename = "$by-member")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(untagged, rename = "IndexChoice"))]
enum IndexChoice {
    /// The id of a published index, such as `undp-hdi`.
    #[serde(rename = "$text")]
    Known(String),
    /// A whole file.
    #[serde(rename = "$other")]
    Whole(#[cfg_attr(feature = "schema", schemars(with = "RawIndex"))] Value),
}

impl IndexChoice {
    fn index(&self, engine: &Engine) -> Result<Arc<Index>> {
        match self {
            IndexChoice::Known(id) => engine.index(id),
            IndexChoice::Whole(whole @ Value::Object(_)) => Index::from_value(whole).map(Arc::new),
            IndexChoice::Whole(_) => Err(Error::new(Code::WireBadRequest).at_path("index").expecting("the id of an index, or a whole one")),
        }
    }
}

/// A cell of a table or of a column: a number, a truth value, or a text. People's data: it cannot be printed.
#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a number, a text or null")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(super) enum TableCell {
    /// A number.
    Number(f64),
    /// True or false; as a number 1 or 0.
    Truth(bool),
    /// A text. JSON has no NaN and no infinity, so languages send them as words: they are refused as numbers.
    Text(String),
}

/// A table in columns.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct IndexColumns {
    /// The ids of the units, one a row, each once.
    units: Vec<String>,
    /// The cells by the name of the column, one a unit, null where there is none.
    columns: BTreeMap<String, Vec<Option<TableCell>>>,
}

/// A table as the text of a CSV file, one row a unit.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct IndexCsv {
    /// The text of the file.
    csv: String,
    /// The columns that make the id of a unit, joined by a space; the first column where none is given.
    #[serde(default)]
    unit: Vec<String>,
    /// How it is written; what is not said is told from the file.
    #[serde(default)]
    dialect: Dialect,
}

/// Units and named columns: in columns, or as the text of a CSV file.
#[derive(Deserialize)]
#[serde(rename = "$by-member")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(untagged, rename = "IndexTable"))]
enum IndexTable {
    /// The text of a CSV file.
    #[serde(rename = "csv")]
    Csv(IndexCsv),
    /// In columns.
    #[serde(rename = "$other")]
    Columns(IndexColumns),
}

impl IndexTable {
    fn read(self) -> Result<(Table, Findings)> {
        match self {
            IndexTable::Csv(IndexCsv { csv, unit, dialect }) => columns::read(csv.as_bytes(), &unit, &dialect),
            IndexTable::Columns(IndexColumns { units, columns }) => {
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

fn given(cell: Option<TableCell>, column: &str, row: usize) -> Result<Given> {
    Ok(match cell {
        None => Given::Absent(Absence::Missing),
        Some(TableCell::Number(x)) => Given::Number(x),
        Some(TableCell::Truth(yes)) => Given::Number(f64::from(u8::from(yes))),
        Some(TableCell::Text(text)) if matches!(text.as_str(), "NaN" | "Infinity" | "-Infinity") => {
            return Err(Error::new(Code::NumNotFinite).in_column(column).at_row(u32::try_from(row + 1).unwrap_or(u32::MAX)));
        }
        Some(TableCell::Text(text)) => Given::Text(text.into()),
    })
}

fn names(outputs: &[String]) -> Vec<&str> {
    outputs.iter().map(String::as_str).collect()
}

/// The published indices and progress profiles that can be named, a summary each.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ListIndices {}

impl Operation for ListIndices {
    const NAME: &'static str = "index.list";
    const SOURCE: &'static str = "docs/index-files.md";
    const ERRORS: &'static [Code] = &[];
    const EXAMPLE: &'static str = "{}";
    type Answer = Vec<IndexSummary>;

    fn answer(self, engine: &Engine) -> Result<Vec<IndexSummary>> {
        Ok(engine.indices().iter().map(|i| i.summary()).collect())
    }
}

/// What an index needs, what it gives, and its steps in words.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ShowIndex {
    /// The index: the id of a published one, or a whole file.
    index: IndexChoice,
}

/// An index: its summary, its steps, its file.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ShowIndexAnswer {
    /// What the index needs and what it gives.
    summary: IndexSummary,
    /// The steps in words, each after those that it uses, repetition spelt out.
    steps: Vec<StepSummary>,
    /// The file.
    definition: RawIndex,
}

impl Operation for ShowIndex {
    const NAME: &'static str = "index.show";
    const SOURCE: &'static str = "docs/index-files.md, the file";
    const ERRORS: &'static [Code] = FILE_ERRORS;
    const EXAMPLE: &'static str = r#"{"index": "undp-hdi"}"#;
    type Answer = ShowIndexAnswer;

    fn answer(self, engine: &Engine) -> Result<ShowIndexAnswer> {
        let index = self.index.index(engine)?;
        Ok(ShowIndexAnswer { summary: index.summary(), steps: index.steps(), definition: index.data().clone() })
    }
}

/// Whether the file of an index can be run, and what is worth knowing about it.
///
/// Every name is known, no step goes in a circle, goalposts and weights are in order; else it is refused, with the path of the field.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct CheckIndex {
    /// The index: the id of a published one, or a whole file.
    index: IndexChoice,
}

/// An index that can be run.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct CheckIndexAnswer {
    /// What the index needs and what it gives.
    summary: IndexSummary,
    /// What is worth knowing about the file: entries that no output uses.
    findings: Findings,
}

impl Operation for CheckIndex {
    const NAME: &'static str = "index.check";
    const SOURCE: &'static str = "docs/index-files.md, the file";
    const ERRORS: &'static [Code] = FILE_ERRORS;
    const EXAMPLE: &'static str = r#"{"index": "undp-hdi"}"#;
    type Answer = CheckIndexAnswer;

    fn answer(self, engine: &Engine) -> Result<CheckIndexAnswer> {
        let index = self.index.index(engine)?;
        Ok(CheckIndexAnswer { summary: index.summary(), findings: index.notes().clone() })
    }
}

/// An index run over a table: its results for every unit, each with a value or the reason why there is none.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct RunIndex {
    /// The index: the id of a published one, or a whole file.
    index: IndexChoice,
    /// The data: units and the columns that the index needs.
    table: IndexTable,
    /// The steps or inputs that are shown; those that the file names where none is given.
    #[serde(default)]
    outputs: Vec<String>,
}

impl Operation for RunIndex {
    const NAME: &'static str = "index.run";
    const SOURCE: &'static str = "docs/index-files.md, kinds of steps";
    const ERRORS: &'static [Code] = RUN_ERRORS;
    const EXAMPLE: &'static str = r#"{"index": {"format": 1, "id": "small", "edition": "1", "title": "A small index", "source": "invented", "licence": "CC0", "unit": "city", "outputs": ["cost"], "input": [{"id": "rent"}], "step": [{"id": "cost", "goalposts": {"of": "rent", "worst": 60, "best": 20}}]}, "table": {"units": ["a", "b"], "columns": {"rent": [30, null]}}}"#;
    type Answer = IndexResult;

    fn answer(self, engine: &Engine) -> Result<IndexResult> {
        let (index, (table, mut findings)) = (self.index.index(engine)?, self.table.read()?);
        let mut result = index.run(&table)?.result(&names(&self.outputs))?;
        findings.extend(result.findings);
        result.findings = findings;
        Ok(result)
    }
}

/// How the results of a unit came about: each step with its rule, what went in and what came out.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ExplainIndex {
    /// The index: the id of a published one, or a whole file.
    index: IndexChoice,
    /// The data: units and the columns that the index needs.
    table: IndexTable,
    /// The unit that is explained.
    of: String,
    /// The steps or inputs that are explained; those that the file names where none is given.
    #[serde(default)]
    outputs: Vec<String>,
}

impl Operation for ExplainIndex {
    const NAME: &'static str = "index.explain";
    const SOURCE: &'static str = "docs/index-files.md, kinds of steps";
    const ERRORS: &'static [Code] = RUN_ERRORS;
    const EXAMPLE: &'static str = r#"{"index": {"format": 1, "id": "small", "edition": "1", "title": "A small index", "source": "invented", "licence": "CC0", "unit": "city", "outputs": ["cost"], "input": [{"id": "rent"}], "step": [{"id": "cost", "goalposts": {"of": "rent", "worst": 60, "best": 20}}]}, "table": {"units": ["a", "b"], "columns": {"rent": [30, null]}}, "of": "a"}"#;
    type Answer = IndexExplanation;

    fn answer(self, engine: &Engine) -> Result<IndexExplanation> {
        let (index, (table, _)) = (self.index.index(engine)?, self.table.read()?);
        index.run(&table)?.explain(&self.of, &names(&self.outputs))
    }
}
