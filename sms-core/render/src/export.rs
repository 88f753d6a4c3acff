//! A report as a file, by the name of a format.
//!
//! A format is a function from a report to bytes and its line in [`FORMATS`]. The command line, Python, JavaScript and the operation `report.export` offer what stands there.

use crate::{html, text};
use serde::Deserialize;
use sms_assessment::report::{Report, Table};
use sms_base::diagnostic::{Code, Error, Result};
use sms_base::text::did_you_mean;

/// How a report is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct ExportOptions {
    /// Which table, of a format that holds one; `indicators` where nothing is said.
    pub table: Option<Table>,
}

/// What a report can be written as.
#[derive(Clone, Copy, Debug)]
pub struct Format {
    /// Its name, which is also the ending of a file.
    pub name: &'static str,
    /// What it is, for people.
    pub title: &'static str,
    /// The media type (RFC 6838).
    pub media_type: &'static str,
    /// Whether a file holds one table of the report, and not the whole.
    pub is_table: bool,
    bytes: fn(&Report, Table) -> Vec<u8>,
}

/// All formats.
pub const FORMATS: &[Format] = &[
    Format {
        name: "html",
        title: "The whole report as one page",
        media_type: "text/html; charset=utf-8",
        is_table: false,
        bytes: |report, _| html::page(report).into_bytes(),
    },
    Format {
        name: "json",
        title: "The whole report as data",
        media_type: "application/json",
        is_table: false,
        bytes: |report, _| (report.to_json() + "\n").into_bytes(),
    },
    Format {
        name: "csv",
        title: "A table of the report",
        media_type: "text/csv; charset=utf-8; header=present",
        is_table: true,
        bytes: |report, table| report.frame(table).to_csv().into_bytes(),
    },
    Format {
        name: "txt",
        title: "A summary as plain text",
        media_type: "text/plain; charset=utf-8",
        is_table: false,
        bytes: |report, _| text::summary(report, LINE, false).into_bytes(),
    },
];

/// Characters in a line of plain text.
const LINE: usize = 96;

impl Format {
    /// The format of a name.
    ///
    /// ```
    /// # use sms_render as render;
    /// use render::export::Format;
    /// assert_eq!(Format::named("csv")?.media_type, "text/csv; charset=utf-8; header=present");
    /// assert_eq!(Format::named("jsn").unwrap_err().params()["did_you_mean"].to_string(), "json");
    /// # Ok::<(), sms_base::Error>(())
    /// ```
    ///
    /// # Errors
    /// `wire.bad-request` at `format` for any other name, with the names that there are.
    pub fn named(name: &str) -> Result<&'static Format> {
        let names = || FORMATS.iter().map(|f| f.name);
        FORMATS.iter().find(|f| f.name == name).ok_or_else(|| {
            Error::new(Code::WireBadRequest).at_path("format").expecting(names().collect::<Vec<_>>().join(", ")).suggesting(did_you_mean(name, names()))
        })
    }

    /// Writes a report. The same report gives the same bytes.
    ///
    /// # Errors
    /// `wire.bad-request` at `table` where a table is named and the format holds the whole report.
    pub fn write(&self, report: &Report, options: &ExportOptions) -> Result<Vec<u8>> {
        if options.table.is_some() && !self.is_table {
            return Err(Error::new(Code::WireBadRequest).at_path("table").expecting("no table, since the format holds the whole report"));
        }
        Ok((self.bytes)(report, options.table.unwrap_or(Table::Indicators)))
    }
}
