//! How things look in a terminal and in a notebook. Every text is escaped.

use pyo3::prelude::*;
use sms_core::Severity;
use sms_core::exchange::frame::Values;
use sms_core::num::Plain;
use std::fmt::Write;

/// Rows that a frame shows of itself.
const SHOWN_ROWS: usize = 10;
/// The widest that a terminal line and a cell in it become.
const LINE: usize = 110;
const CELL: usize = 28;

/// A text safe inside HTML, in elements and in attributes.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// A table with a caption and a head.
pub(crate) fn table<H: AsRef<str>>(caption: &str, head: &[H], rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut out = format!("<table><caption>{}</caption><thead><tr>", escape(caption));
    for name in head {
        out.push_str("<th scope=\"col\">");
        out.push_str(&escape(name.as_ref()));
        out.push_str("</th>");
    }
    out.push_str("</tr></thead><tbody>");
    for row in rows {
        out.push_str("<tr>");
        for field in row {
            out.push_str("<td>");
            out.push_str(&escape(&field));
            out.push_str("</td>");
        }
        out.push_str("</tr>");
    }
    out.push_str("</tbody></table>");
    out
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

/// A cell of a terminal: one line, cut.
fn cut(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if line.chars().count() <= CELL { line } else { line.chars().take(CELL - 1).chain(['…']).collect() }
}

fn size(name: &str, frame: &sms_core::exchange::frame::Frame) -> String {
    format!("{name}: {}, {}", counted(frame.len(), "row"), counted(frame.columns().len(), "column"))
}

/// `1 row`, `2 rows`.
pub(crate) fn counted(n: usize, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}

pub(crate) fn frame_text(name: &str, frame: &sms_core::exchange::frame::Frame) -> String {
    let mut lines = vec![String::new(); SHOWN_ROWS.min(frame.len()) + 1];
    let mut left_out = 0;
    let mut full = false;
    for (column, values) in frame.columns() {
        let cells: Vec<String> = std::iter::once(cut(column)).chain((0..lines.len() - 1).map(|row| cut(&cell(values, row)))).collect();
        let width = cells.iter().map(|c| c.chars().count()).max().unwrap_or(0);
        full = full || lines.iter().any(|l| l.chars().count() + width + 2 > LINE);
        if full {
            left_out += 1;
            continue;
        }
        for (line, text) in lines.iter_mut().zip(&cells) {
            let _ = write!(line, "  {text:width$}");
        }
    }
    let mut out = size(name, frame);
    for line in lines {
        out.push('\n');
        out.push_str(line.trim_end());
    }
    if frame.len() > SHOWN_ROWS {
        let _ = write!(out, "\n  … {} more", counted(frame.len() - SHOWN_ROWS, "row"));
    }
    if left_out > 0 {
        let _ = write!(out, "\n  … {} more", counted(left_out, "column"));
    }
    out
}

pub(crate) fn frame_html(name: &str, frame: &sms_core::exchange::frame::Frame) -> String {
    let head: Vec<&str> = frame.columns().iter().map(|(name, _)| *name).collect();
    let more = frame.len().saturating_sub(SHOWN_ROWS);
    let caption = if more > 0 { format!("{}; the first {SHOWN_ROWS} are shown", size(name, frame)) } else { size(name, frame) };
    table(&caption, &head, (0..frame.len().min(SHOWN_ROWS)).map(|row| frame.columns().iter().map(|(_, values)| cell(values, row)).collect()))
}

pub(crate) fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Note => "note",
        Severity::Warning => "warning",
        Severity::Error => "error",
    }
}

/// The name and the code of a place or an indicator.
pub(crate) fn repr(py: Python<'_>, text: &str) -> PyResult<String> {
    Ok(pyo3::types::PyString::new(py, text).repr()?.to_string())
}
