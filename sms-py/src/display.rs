//! How things look in a terminal and in a notebook. The layout, and the escaping of every text, is in `_display.py`.

use pyo3::prelude::*;
use pyo3::types::PyTuple;
use sms_core::Severity;
use sms_core::frame::{Frame, Values};
use sms_core::num::Plain;

fn module(py: Python<'_>) -> PyResult<Bound<'_, PyModule>> {
    py.import("sms._display")
}

/// Calls a function of `_display.py`.
pub(crate) fn laid_out<'py>(
    py: Python<'py>,
    function: &str,
    arguments: impl IntoPyObject<'py, Target = PyTuple, Output = Bound<'py, PyTuple>, Error = PyErr>,
) -> PyResult<String> {
    module(py)?.getattr(function)?.call1(arguments.into_pyobject(py)?)?.extract()
}

/// How many rows are shown of a long table.
pub(crate) fn shown_rows(py: Python<'_>) -> PyResult<usize> {
    module(py)?.getattr("SHOWN")?.extract()
}

/// A table with a caption and a head.
pub(crate) fn table(py: Python<'_>, caption: &str, head: &[&str], rows: impl Iterator<Item = Vec<String>>) -> PyResult<String> {
    laid_out(py, "table", (caption, head, rows.collect::<Vec<_>>()))
}

fn cell(values: &Values, row: usize) -> String {
    match values {
        Values::Text { dictionary, codes } => codes.get(row).copied().flatten().and_then(|c| dictionary.get(c as usize)).map(ToString::to_string),
        Values::Number(v) => v.get(row).copied().flatten().map(|x| Plain(x).to_string()),
        Values::Integer(v) => v.get(row).copied().flatten().map(|x| x.to_string()),
        Values::Bool(v) => v.get(row).copied().flatten().map(|x| x.to_string()),
    }
    .unwrap_or_default()
}

/// The first rows of a frame, by a function of `_display.py`.
pub(crate) fn frame(py: Python<'_>, function: &str, name: &str, frame: &Frame) -> PyResult<String> {
    let rows = frame.len().min(shown_rows(py)?);
    let columns: Vec<(&str, Vec<String>)> = frame.columns().iter().map(|(name, values)| (&**name, (0..rows).map(|row| cell(values, row)).collect())).collect();
    laid_out(py, function, (name, columns, frame.len()))
}

/// `1 row`, `2 rows`.
pub(crate) fn counted(n: usize, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}

pub(crate) fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Note => "note",
        Severity::Warning => "warning",
        Severity::Error => "error",
    }
}

/// A text as Python writes it.
pub(crate) fn repr(py: Python<'_>, text: &str) -> PyResult<String> {
    Ok(pyo3::types::PyString::new(py, text).repr()?.to_string())
}
