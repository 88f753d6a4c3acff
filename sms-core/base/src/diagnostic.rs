//! Floor 0: what can go wrong, said the same way everywhere.
//!
//! Two channels, never mixed:
//! * [`Error`]: the call cannot produce its result.
//! * [`Findings`]: the result is there, and these things are wrong with the data.
//!
//! Both carry a stable [`Code`] (a word such as `obs.duplicate-key`), a [`Location`], typed parameters and a hint.
//! Neither ever holds the value of a cell: parameters are row numbers, column names, catalogue ids and counts.

mod code;
mod error;
mod finding;

pub use code::{Code, Severity};
pub use error::{Error, ErrorData, Result};
pub use finding::{Finding, Findings};

use serde::Serialize;
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

/// A typed parameter of a message. Never the value of a cell.
///
/// ```
/// # use sms_base as sms_core;
/// use sms_core::{Code, Error, diagnostic::Param};
/// let error = Error::new(Code::TextTooLong).with("limit", 10_000_u64);
/// assert_eq!(error.params()["limit"], Param::Integer(10_000));
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Param {
    /// A whole number: a count, a limit.
    Integer(i64),
    /// A name: a column, a catalogue id, a word that was expected.
    Text(Cow<'static, str>),
}

impl From<&'static str> for Param {
    fn from(text: &'static str) -> Self {
        Param::Text(Cow::Borrowed(text))
    }
}
impl From<String> for Param {
    fn from(text: String) -> Self {
        Param::Text(Cow::Owned(text))
    }
}
impl From<usize> for Param {
    fn from(n: usize) -> Self {
        Param::Integer(i64::try_from(n).unwrap_or(i64::MAX))
    }
}
impl From<u64> for Param {
    fn from(n: u64) -> Self {
        Param::Integer(i64::try_from(n).unwrap_or(i64::MAX))
    }
}

impl fmt::Display for Param {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Param::Integer(n) => write!(f, "{n}"),
            Param::Text(t) => f.write_str(t),
        }
    }
}

/// Where in the input: file, row and column of a table, or the path inside a JSON document.
///
/// ```
/// # use sms_base as sms_core;
/// use sms_core::diagnostic::Location;
/// let place = Location { file: Some("housing.csv".into()), row: Some(7), column: Some("value".into()), path: None };
/// assert_eq!(place.to_string(), "housing.csv, row 7, column value");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Location {
    /// The name of the file as the caller gave it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<Arc<str>>,
    /// The line of the row in its file, counted from 1 with the header as line 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<u32>,
    /// The name of the column.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<Arc<str>>,
    /// The path inside a document, such as `indicators[3].target.value`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<Arc<str>>,
}

impl Location {
    fn is_empty(&self) -> bool {
        *self == Location::default()
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        if let Some(file) = &self.file {
            write!(f, "{file}")?;
            separator = ", ";
        }
        if let Some(row) = self.row {
            write!(f, "{separator}row {row}")?;
            separator = ", ";
        }
        if let Some(column) = &self.column {
            write!(f, "{separator}column {column}")?;
            separator = ", ";
        }
        if let Some(path) = &self.path {
            write!(f, "{separator}{path}")?;
        }
        Ok(())
    }
}
