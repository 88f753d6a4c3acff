//! Forms, collection plans, templates, and answers back in.

use super::survey::to_base64;
use super::{Engine, OldArea, answer, field, optional, unanswered};
use serde::Deserialize;
use serde_json::{Value, json};
use sms_base::diagnostic::{Code, Error, Finding, Location, Result};
use sms_base::period::Period;
use sms_exchange::csv::{self, Dialect, Line};
use sms_exchange::xlsx;
use sms_process::form::plan::PlanRequest;
use sms_process::form::read::{Estimated, Export, ReadRequest, observations};
use sms_process::form::template::TemplateRequest;
use sms_process::form::xlsform::Sheet;
use sms_process::form::{Bank, FormRequest, FormRules, Questionnaire};
use sms_render as render;

pub(super) const AREA: OldArea = OldArea { operations: OPERATIONS, answer: call };

const OPERATIONS: &[&str] = &["form.build", "form.xlsx", "form.page", "form.plan", "form.template", "form.read", "form.observations", "form.topics"];

/// An export in a request: the text of a CSV file, or columns of texts.
#[derive(Deserialize)]
#[serde(untagged)]
enum Source {
    Csv {
        csv: String,
        #[serde(default)]
        dialect: Dialect,
    },
    Rows {
        header: Vec<String>,
        rows: Vec<Vec<String>>,
    },
}

impl Source {
    fn read(self) -> Result<Export> {
        let (text, dialect) = match self {
            Source::Rows { header, rows } => {
                let wide = header.len();
                if rows.iter().any(|r| r.len() != wide) {
                    return Err(Error::new(Code::WireBadRequest).at_path("export.rows").expecting("one text for each column"));
                }
                let rows = (2..).zip(rows).collect();
                return Ok(Export { header, rows, ..Export::default() });
            }
            Source::Csv { csv, dialect } => (csv, dialect),
        };
        let text = text.trim_start_matches('\u{feff}');
        let delimiter = csv::delimiter(text, &dialect)?;
        let mut made = Export::default();
        csv::each_line(text, delimiter, &dialect, |line| {
            match line {
                Line::Header(columns) => made.header = columns.iter().map(str::to_owned).collect(),
                Line::Row(..) if made.rows.len() >= dialect.limits.rows => {
                    return Err(dialect.locate(Error::new(Code::CsvTooManyRows).with("limit", dialect.limits.rows)));
                }
                Line::Row(line, record) => made.rows.push((line, record.iter().map(str::to_owned).collect())),
                Line::Bad(line, code) => {
                    made.findings.push_with(code, "", || Finding::new(code).at(Location { row: Some(line), ..Location::default() }));
                }
            }
            Ok(())
        })?;
        Ok(made)
    }
}

fn rules(engine: &Engine, r: &Value) -> Result<FormRules> {
    match optional(r, "rules")? {
        Some(rules) => Ok(rules),
        None => engine.method_of(&optional(r, "method")?.unwrap_or_default())?.form(),
    }
}

/// The language of an answer: the one that is asked for, or the first of the form.
fn language<'a>(bank: &'a Bank, form: &Questionnaire<'a>, r: &Value) -> Result<&'a str> {
    let Some(asked) = optional::<String>(r, "language")? else { return Ok(form.languages().first().copied().unwrap_or_default()) };
    let known = bank.raw().languages.iter().find(|l| **l == asked);
    known.map(String::as_str).ok_or_else(|| Error::new(Code::FormUnknownLanguage).at_path("language").expecting(bank.raw().languages.join(", ")))
}

/// A table as the text of a CSV file.
fn as_csv(sheet: &Sheet) -> String {
    let mut writer = ::csv::WriterBuilder::new().from_writer(Vec::new());
    let mut ok = writer.write_record(&sheet.columns).is_ok();
    for row in &sheet.rows {
        ok &= writer.write_record(row).is_ok();
    }
    let bytes = writer.into_inner().unwrap_or_default();
    if ok { String::from_utf8(bytes).unwrap_or_default() } else { String::new() }
}

/// An answer with one more field.
fn with(value: impl serde::Serialize, name: &str, more: Value) -> Result<Value> {
    let mut value = answer(value)?;
    if let Some(fields) = value.as_object_mut() {
        fields.insert(name.to_owned(), more);
    }
    Ok(value)
}

fn call(engine: &Engine, op: &str, r: &Value) -> Result<Value> {
    let bank = engine.questions()?;
    let catalogue = engine.catalogue();
    if op == "form.observations" {
        let estimates: Vec<Estimated> = field(r, "estimates")?;
        let (place, period): (String, String) = (field(r, "place")?, field(r, "period")?);
        let period = period.parse::<Period>().map_err(|e| e.at_path("period"))?;
        return answer(json!({ "rows": observations(catalogue, &estimates, &place, &period.to_string()) }));
    }
    let request: FormRequest = optional(r, "form")?.unwrap_or_default();
    let form = Questionnaire::new(bank, catalogue, &request)?;
    match op {
        "form.build" => {
            let rules = rules(engine, r)?;
            answer(json!({
                "form": form.form(),
                "indicators": form.indicators(),
                "dimensions": form.dimensions(),
                "minutes": form.seconds(&rules) / 60.0,
                "findings": form.findings(&rules),
            }))
        }
        "form.xlsx" => {
            let made = form.form();
            let page = |name, sheet| xlsx::Page { name, sheet, lists: &[] };
            let pages = [page("survey", &made.survey), page("choices", &made.choices), page("settings", &made.settings)];
            answer(json!({ "xlsx": to_base64(&xlsx::write(&pages)) }))
        }
        "form.page" => {
            let (rules, language) = (rules(engine, r)?, language(bank, &form, r)?);
            let page = match optional::<String>(r, "format")?.as_deref() {
                None | Some("html") => render::form::page(&form, language, &rules),
                Some("text") => render::form::text(&form, language, &rules),
                Some(_) => return Err(Error::new(Code::WireBadRequest).at_path("format").expecting("html, text")),
            };
            answer(json!({ "page": page }))
        }
        "form.plan" => {
            let (rules, language) = (rules(engine, r)?, language(bank, &form, r)?);
            let asked: PlanRequest = optional(r, "plan")?.unwrap_or_default();
            let plan = form.plan(&asked, language, &rules)?;
            let csv = as_csv(&plan.table());
            with(plan, "csv", json!(csv))
        }
        "form.template" => {
            let made = form.template(&field::<TemplateRequest>(r, "template")?)?;
            let csv = as_csv(&made.table);
            let book = xlsx::write(&[xlsx::Page { name: "observations", sheet: &made.table, lists: &made.lists }]);
            with(json!({ "lists": made.lists, "left_out": made.left_out, "rows": made.table.rows.len(), "csv": csv }), "xlsx", json!(to_base64(&book)))
        }
        "form.read" => {
            let asked: ReadRequest = optional(r, "read")?.unwrap_or_default();
            answer(form.read(&field::<Source>(r, "export")?.read()?, &asked)?)
        }
        "form.topics" => {
            let language = language(bank, &form, r)?;
            answer(json!({ "topics": bank.topics(language) }))
        }
        _ => Err(unanswered()),
    }
}
