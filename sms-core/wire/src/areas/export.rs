//! A report as a file.

use super::base64_text::to_base64;
use crate::pipeline::{ASSESS_ERRORS, Asked};
use crate::{Area, Engine, Entry, MethodChoice, Operation, PolicyRequest, Source};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sms_assessment::assess::AssessmentPlan;
use sms_assessment::report::{Report, Table};
use sms_base::diagnostic::{Code, Result};
use sms_render::export::{ExportOptions, FORMATS, Format};

pub(super) const AREA: Area = Area { title: "Reports as files", operations: &[Entry::of::<Formats>(), Entry::of::<Export>()] };

/// What a report can be written as.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct Formats {}

/// A format.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct FormatAnswer {
    /// Its name, which is also the ending of a file.
    name: &'static str,
    /// What it is.
    title: &'static str,
    /// The media type (RFC 6838).
    media_type: &'static str,
    /// The tables of which a file holds one; empty where it holds the whole report.
    tables: &'static [Table],
}

/// What there is.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct FormatsAnswer {
    /// Formats.
    formats: Vec<FormatAnswer>,
}

impl Operation for Formats {
    const NAME: &'static str = "report.formats";
    const SOURCE: &'static str = "docs/wire.md, reports as files";
    const ERRORS: &'static [Code] = &[];
    const EXAMPLE: &'static str = "{}";
    type Answer = FormatsAnswer;

    fn answer(self, _: &Engine) -> Result<FormatsAnswer> {
        let format = |f: &Format| FormatAnswer { name: f.name, title: f.title, media_type: f.media_type, tables: if f.is_table { Table::ALL } else { &[] } };
        Ok(FormatsAnswer { formats: FORMATS.iter().map(format).collect() })
    }
}

/// A city's figures to its report as a file: a page, data, a table, a text.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct Export {
    /// The name of a format, as `report.formats` lists them.
    format: String,
    /// Which table, of a format that holds one; `indicators` where nothing is said.
    table: Option<Table>,
    /// The figures: rows, or the text of a CSV file.
    observations: Source,
    /// What is assessed; the whole catalogue, every place and the latest period where nothing is said.
    #[serde(default)]
    plan: AssessmentPlan,
    /// What may be published; as the method has it where nothing is said.
    #[serde(default)]
    policy: PolicyRequest,
    /// The method.
    #[serde(default)]
    method: MethodChoice,
    /// The report that was published before, so that the two together tell no more than each.
    #[cfg_attr(feature = "schema", schemars(with = "Option<serde_json::Map<String, Value>>"))]
    previous: Option<Value>,
}

/// A file.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ExportAnswer {
    /// The name of the format, which is also the ending of a file.
    pub format: &'static str,
    /// The media type (RFC 6838).
    pub media_type: &'static str,
    /// What the file holds, where it is a text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// What the file holds, where it is no text (RFC 4648, section 4).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base64: Option<String>,
}

/// A report as a file: the answer of `report.export` for a report that is there.
///
/// # Errors
/// `wire.bad-request` for a format that there is not, or for a table of a format that holds the whole.
pub fn exported(report: &Report, format: &str, options: &ExportOptions) -> Result<ExportAnswer> {
    let format = Format::named(format)?;
    let (text, base64) = match String::from_utf8(format.write(report, options)?) {
        Ok(text) => (Some(text), None),
        Err(bytes) => (None, Some(to_base64(bytes.as_bytes()))),
    };
    Ok(ExportAnswer { format: format.name, media_type: format.media_type, text, base64 })
}

impl Operation for Export {
    const NAME: &'static str = "report.export";
    const SOURCE: &'static str = "docs/wire.md, reports as files";
    const ERRORS: &'static [Code] = ASSESS_ERRORS;
    const EXAMPLE: &'static str = r#"{"format": "csv", "observations": {"rows": [{"indicator": "WSP-O-04", "place": "example", "period": "2024", "numerator": 756, "denominator": 18095}]}, "plan": {"selection": ["WSP-O-04"]}}"#;
    type Answer = ExportAnswer;

    fn answer(self, engine: &Engine) -> Result<ExportAnswer> {
        let Export { format, table, observations, plan, policy, method, previous } = self;
        // a name that is wrong is told at once
        Format::named(&format)?;
        exported(&Asked { observations, plan, policy, method, previous }.report(engine)?, &format, &ExportOptions { table })
    }
}
