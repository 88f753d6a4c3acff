//! Floor 12: an index is a file. Progress profiles and composite indices, our own or published ones, are declarative
//! files that one engine runs; there is no code for any particular index.
//!
//! A file names its inputs, the numbers that people decided (each with its reason and source), the steps, and the
//! outputs. Data come as a table of units and named columns; results go out as columns, each cell with a value or the
//! reason why there is none. `docs/index-files.md` is the guide and the reference of every kind of step.
//!
//! ```
//! use sms_core::index::{Index, Table};
//! let index = Index::from_json(r#"{
//!     "format": 1, "id": "small", "edition": "1", "title": "A small index", "source": "invented", "licence": "CC0",
//!     "unit": "city", "outputs": ["score"],
//!     "input": [{"id": "rent"}, {"id": "rooms"}],
//!     "step": [
//!         {"id": "cost", "goalposts": {"of": "rent", "worst": 60, "best": 20, "better": "lower"}},
//!         {"id": "space", "goalposts": {"of": "rooms", "worst": 0.5, "best": 2}},
//!         {"id": "score", "aggregate": {"how": "geometric", "of": ["cost", "space"]}}
//!     ]
//! }"#)?;
//! let table = Table::new(["a", "b"])?.numbers("rent", vec![Some(30.0), None])?.numbers("rooms", vec![Some(1.25), Some(2.0)])?;
//! let result = index.run(&table)?.result(&[])?;
//! // √(75 · 50)
//! assert!((result.number("score", 0).unwrap() - 61.237243569579455).abs() < 1e-12);
//! assert_eq!(result.number("score", 1), None);
//! # Ok::<(), sms_core::Error>(())
//! ```
#![forbid(unsafe_code)]

mod compile;
mod evaluate;
mod expand;
mod explain;
mod formula;
mod maker;
pub mod raw;
mod rule;
mod run;
pub mod step;
mod table;
mod values;
mod wording;

pub use explain::{ExplainedStep, IndexExplanation};
pub use raw::RawIndex;
pub use run::{AbsentCell, IndexResult, OutputColumn, Run, Shown};
pub use table::{Given, Table};
pub use values::Why;

use compile::Node;
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use sms_base::diagnostic::{Code, Error, Findings, Result};
use std::borrow::Cow;

/// The newest format of index files that this library reads.
pub const FORMAT: u32 = 1;

/// The most inputs, constants or steps that a file may have, repetition included.
pub const MAX_NODES: usize = 5_000;

/// The most values that the `aggregate` steps of a file may have together, repetition included.
pub const MAX_ITEMS: usize = 100_000;

/// The longest formula, in bytes.
pub const MAX_FORMULA: usize = 2_000;

/// The deepest nesting of a formula.
pub const MAX_NESTING: usize = 32;

/// The most results that a run may have: rows times inputs, constants and steps.
pub const MAX_CELLS: usize = 50_000_000;

fn bad(path: &str, expected: impl Into<Cow<'static, str>>) -> Error {
    Error::new(Code::IndexBadValue).at_path(path).expecting(expected)
}

fn is_name(text: &str) -> bool {
    let starts = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    starts && text.len() <= sms_base::id::MAX_ID && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// A checked index.
///
/// ```
/// use sms_core::index::{Index, Table};
/// let index = Index::from_json(r#"{"format": 1, "id": "small", "edition": "1", "title": "Small", "source": "invented", "licence": "CC0",
///     "unit": "city", "outputs": ["cost"], "input": [{"id": "rent"}],
///     "step": [{"id": "cost", "goalposts": {"of": "rent", "worst": 60, "best": 20, "better": "lower"}}]}"#)?;
/// let table = Table::new(["a"])?.numbers("rent", vec![Some(30.0)])?;
/// assert_eq!(index.run(&table)?.result(&[])?.number("cost", 0), Some(75.0));
/// # Ok::<(), sms_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Index {
    raw: RawIndex,
    nodes: Vec<Node>,
    order: Vec<usize>,
    outputs: Vec<usize>,
    notes: Findings,
    fingerprint: String,
}

/// One line of a list of indices.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct IndexSummary {
    /// Id of the index.
    pub id: String,
    /// Edition.
    pub edition: String,
    /// Name for people.
    pub title: String,
    /// What one row of the data is.
    pub unit: String,
    /// Where the rules were published.
    pub source: String,
    /// Licence of the rules and figures.
    pub licence: String,
    /// What the file was checked against.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reproduces: String,
    /// SHA-256 of the content, the first 32 hexadecimal digits.
    pub fingerprint: String,
    /// The columns that are needed.
    pub inputs: Vec<InputSummary>,
    /// How many steps there are, repetition included.
    pub steps: usize,
    /// The results.
    pub outputs: Vec<OutputSummary>,
}

/// A column that an index needs.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "IndexInputSummary"))]
pub struct InputSummary {
    /// Id by which steps use it.
    pub id: String,
    /// Name of the column in the data.
    pub column: String,
    /// Name for people.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Unit of measurement.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub unit: String,
    /// Numbers or texts.
    pub kind: raw::Kind,
    /// The lowest and the highest value that can be right.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bounds: Option<[f64; 2]>,
    /// The texts that are known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<String>,
    /// The whole column may be lacking.
    pub optional: bool,
}

/// A result of an index.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "IndexOutputSummary"))]
pub struct OutputSummary {
    /// Id of the step.
    pub id: String,
    /// Name for people.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Unit of measurement.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub unit: String,
    /// Numbers or texts.
    pub kind: raw::Kind,
    /// Whether it depends on which other units are in the table.
    pub set_dependent: bool,
}

/// A step of an index, in words.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "IndexStepSummary"))]
pub struct StepSummary {
    /// Id of the step.
    pub id: String,
    /// Name for people.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The kind of rule.
    pub rule: &'static str,
    /// The rule in words, with its parameters.
    pub text: String,
    /// Where the published method says this.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub clause: String,
    /// Whether it depends on which other units are in the table.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub set_dependent: bool,
    /// Why the numbers are what they are.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
}

impl Index {
    /// Reads an index from JSON text and checks it.
    ///
    /// ```
    /// use sms_core::index::Index;
    /// let index = Index::from_json(r#"{"format": 1, "id": "small", "edition": "1", "title": "Small", "source": "invented", "licence": "CC0",
    ///     "unit": "city", "outputs": ["cost"], "input": [{"id": "rent"}],
    ///     "step": [{"id": "cost", "goalposts": {"of": "rent", "worst": 60, "best": 20, "better": "lower"}}]}"#)?;
    /// assert_eq!((index.id(), index.fingerprint().len()), ("small", 32));
    /// assert_eq!(Index::from_json("{").unwrap_err().code().as_str(), "index.bad-file");
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Index::from_value`]; `index.bad-file` with line and column for text that is no JSON.
    pub fn from_json(json: &str) -> Result<Self> {
        let text = json.strip_prefix('\u{feff}').unwrap_or(json);
        let value: Value = serde_json::from_str(text)
            .map_err(|e| Error::new(Code::IndexBadFile).at_path(&format!("line {} column {}", e.line(), e.column())).expecting("valid JSON"))?;
        Self::from_value(&value)
    }

    /// Reads an index from a JSON value and checks it: every name known, no cycle, goalposts and weights in order.
    ///
    /// # Errors
    /// `index.bad-file` for a shape that is not that of an index file, `index.newer-format`, `index.bad-value`,
    /// `index.duplicate-id`, `index.empty`, `index.unknown-name`, `index.cycle`, `index.bad-formula`,
    /// `index.wrong-kind`, `index.weights-sum`, `index.too-large`, `score.equal-goalposts`, `score.goalposts-order`,
    /// `score.not-positive`, `aggregate.bad-weight`, `aggregate.no-items`, `num.not-finite`; each with the path of the
    /// field.
    pub fn from_value(value: &Value) -> Result<Self> {
        // a newer format may have other fields, so it is told first
        if value.get("format").and_then(Value::as_u64).is_some_and(|f| f > u64::from(FORMAT)) {
            return Err(Error::new(Code::IndexNewerFormat).at_path("format").with("reads", u64::from(FORMAT)));
        }
        Self::new(sms_base::shape::read(value, Code::IndexBadFile)?)
    }

    /// Checks an index that is already a value of Rust.
    ///
    /// # Errors
    /// As [`Index::from_value`].
    pub fn new(raw: RawIndex) -> Result<Self> {
        let compile::Compiled { nodes, order, outputs, notes } = compile::compile(&raw)?;
        // of what was read, so that white space and the order of fields do not matter
        let written = serde_json::to_vec(&raw).map_err(|_| Error::new(Code::NumNotFinite))?;
        let fingerprint = sms_base::text::hex(&Sha256::digest(written), 32);
        Ok(Index { raw, nodes, order, outputs, notes, fingerprint })
    }

    /// The file as data.
    #[must_use]
    pub fn data(&self) -> &RawIndex {
        &self.raw
    }

    /// Id of the index.
    #[must_use]
    pub fn id(&self) -> &str {
        self.raw.id.as_str()
    }

    /// SHA-256 of the content, the first 32 hexadecimal digits.
    #[must_use]
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// What is worth knowing about the file: entries that no output uses.
    #[must_use]
    pub fn notes(&self) -> &Findings {
        &self.notes
    }

    /// What the index needs and what it gives.
    ///
    /// ```
    /// use sms_core::index::Index;
    /// let index = Index::from_json(r#"{"format": 1, "id": "small", "edition": "1", "title": "Small", "source": "invented", "licence": "CC0",
    ///     "unit": "city", "outputs": ["cost"], "input": [{"id": "rent", "column": "Rent"}],
    ///     "step": [{"id": "cost", "goalposts": {"of": "rent", "worst": 60, "best": 20, "better": "lower"}}]}"#)?;
    /// let summary = index.summary();
    /// assert_eq!((summary.inputs[0].column.as_str(), summary.outputs[0].id.as_str()), ("Rent", "cost"));
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    #[must_use]
    pub fn summary(&self) -> IndexSummary {
        let inputs = self.nodes.iter().filter_map(|n| match &n.role {
            compile::Role::Input { column, bounds, codes, optional } => Some(InputSummary {
                id: n.id.clone(),
                column: column.clone(),
                name: n.name.clone(),
                unit: n.unit.clone(),
                kind: n.kind,
                bounds: *bounds,
                codes: codes.clone(),
                optional: *optional,
            }),
            _ => None,
        });
        let output = |n: &Node| OutputSummary { id: n.id.clone(), name: n.name.clone(), unit: n.unit.clone(), kind: n.kind, set_dependent: n.set_dependent };
        IndexSummary {
            id: self.raw.id.to_string(),
            edition: self.raw.edition.clone(),
            title: self.raw.title.clone(),
            unit: self.raw.unit.clone(),
            source: self.raw.source.clone(),
            licence: self.raw.licence.clone(),
            reproduces: self.raw.reproduces.clone(),
            fingerprint: self.fingerprint.clone(),
            inputs: inputs.collect(),
            steps: self.order.len(),
            outputs: self.outputs.iter().filter_map(|at| self.nodes.get(*at)).map(output).collect(),
        }
    }

    /// The steps in words, each after those that it uses, repetition spelt out.
    ///
    /// ```
    /// use sms_core::index::Index;
    /// let index = Index::from_json(r#"{"format": 1, "id": "small", "edition": "1", "title": "Small", "source": "invented", "licence": "CC0",
    ///     "unit": "city", "outputs": ["cost"], "input": [{"id": "rent"}],
    ///     "step": [{"id": "cost", "goalposts": {"of": "rent", "worst": 60, "best": 20, "better": "lower"}}]}"#)?;
    /// assert_eq!(index.steps()[0].id, "cost");
    /// assert!(index.steps()[0].text.contains("60"));
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    #[must_use]
    pub fn steps(&self) -> Vec<StepSummary> {
        let step = |n: &Node| match &n.role {
            compile::Role::Step { word, text, .. } => Some(StepSummary {
                id: n.id.clone(),
                name: n.name.clone(),
                rule: word,
                text: text.clone(),
                clause: n.clause.clone(),
                set_dependent: n.set_dependent,
                reasons: n.reasons.clone(),
            }),
            _ => None,
        };
        self.order.iter().filter_map(|at| self.nodes.get(*at)).filter_map(step).collect()
    }

    fn find(&self, id: &str) -> Option<usize> {
        self.nodes.iter().position(|n| n.id == id)
    }

    /// The places of outputs by their names: those of the file when none is named.
    fn places(&self, ids: &[&str], path: &str) -> Result<Vec<usize>> {
        if ids.is_empty() {
            return Ok(self.outputs.clone());
        }
        ids.iter()
            .enumerate()
            .map(|(i, id)| {
                self.find(id).ok_or_else(|| {
                    let error = Error::new(Code::IndexUnknownName).at_path(&format!("{path}[{i}]")).with("name", sms_base::text::short(id).to_owned());
                    error.suggesting(sms_base::text::did_you_mean(id, self.nodes.iter().map(|n| n.id.as_str())))
                })
            })
            .collect()
    }
}
