//! Frameworks and screens, and what answers an instrument.

use super::{Engine, OldArea, answer, field, optional, unanswered};
use serde::Deserialize;
use serde_json::{Value, json};
use sms_base::diagnostic::{Code, Error, Findings, Result};
use sms_exchange::csv::{self, Dialect, Line};
use sms_model::catalogue::{Catalogue, Sheet};
use sms_process::screen::Questionnaire;
use sms_process::screen::cross_reference::cross_reference;
use sms_process::screen::record::{Frame, Record, Round, Service};
use sms_process::screen::result::{Screening, chosen, screen};
use sms_render::screen as render;
use std::sync::Arc;

pub(super) const AREA: OldArea = OldArea { operations: OPERATIONS, answer: call };

const OPERATIONS: &[&str] = &["screen.questions", "screen.framework", "screen.hrba", "screen.page", "catalogue.cross_reference"];

/// The framework and the screens that are used when none is named.
const FRAMEWORK: &str = "fra";
const SCREENS: [&str; 2] = ["panel", "aaaq"];

/// Answers in a request: rows, or the text of a CSV file.
#[derive(Deserialize)]
#[serde(untagged)]
enum Source {
    Csv {
        csv: String,
        #[serde(default)]
        dialect: Dialect,
    },
    Rows(Vec<Record>),
}

/// Columns of a CSV file of answers; others are not used.
const COLUMNS: [&str; 9] = ["round", "view", "item", "answer", "assessor", "date", "service", "evidence", "note"];
/// How many of them a file must have.
const NEEDED: usize = 6;
/// What parts pieces of evidence in a cell.
const PARTED_BY: char = '|';

/// Records, and how to locate an error in their file.
fn records(request: &Value) -> Result<(Vec<Record>, Option<Dialect>)> {
    let value: Value = field(request, "records")?;
    if value.is_array() {
        // so that what is wrong with a row is told of the row
        return Ok((super::part(&value, "records")?, None));
    }
    let (text, dialect) = match super::part(&value, "records")? {
        Source::Rows(rows) => return Ok((rows, None)),
        Source::Csv { csv, dialect } => (csv, dialect),
    };
    let text = csv::decode(text.as_bytes(), &dialect)?;
    let mut at = [None; COLUMNS.len()];
    let mut made = Vec::new();
    csv::each_line(&text, csv::delimiter(&text, &dialect)?, &dialect, |line| {
        let (row, fields) = match line {
            Line::Header(names) => {
                for (place, column) in at.iter_mut().zip(COLUMNS) {
                    *place = names.iter().position(|n| n.trim() == column);
                }
                return match COLUMNS.iter().zip(&at).take(NEEDED).find(|(_, place)| place.is_none()) {
                    Some((column, _)) => Err(dialect.locate(Error::new(Code::CsvMissingColumn).in_column(column))),
                    None => Ok(()),
                };
            }
            Line::Bad(row, code) => return Err(dialect.locate(Error::new(code).at_row(row))),
            Line::Row(row, fields) => (row, fields),
        };
        let get = |column: usize| at.get(column).copied().flatten().and_then(|i| fields.get(i)).map(str::trim).unwrap_or_default().to_owned();
        let some = |text: String| if text.is_empty() { None } else { Some(text) };
        // a question that is left open in the form is no answer
        if get(3).is_empty() {
            return Ok(());
        }
        made.push(Record {
            round: get(0),
            view: get(1),
            item: get(2),
            answer: get(3),
            assessor: get(4),
            date: get(5),
            service: some(get(6)),
            evidence: get(7).split(PARTED_BY).map(str::to_owned).collect(),
            note: some(get(8)),
            row: Some(row),
        });
        Ok(())
    })?;
    Ok((made, Some(dialect)))
}

/// A sheet: an id of the catalogue, or a whole one.
fn questionnaire(catalogue: &Catalogue, asked: &Value, path: &str) -> Result<Questionnaire> {
    match asked {
        Value::String(id) => Questionnaire::of_catalogue(catalogue, id).map_err(|e| if e.location().path.is_some() { e } else { e.at_path(path) }),
        whole => {
            let sheet: Sheet = super::part(whole, path)?;
            Questionnaire::new(catalogue, sheet).map_err(|e| {
                let inner = e.location().path.as_deref().unwrap_or_default().to_owned();
                e.at_path(&format!("{path}.{inner}"))
            })
        }
    }
}

fn selection(engine: &Engine, request: &Value) -> Result<impl Fn(&str) -> bool + use<>> {
    let names: Option<Vec<String>> = optional(request, "selection")?;
    let ids = chosen(engine.catalogue(), names.as_deref())?;
    Ok(move |id: &str| ids.as_ref().is_none_or(|ids| ids.contains(id)))
}

fn catalogue_in(engine: &Engine, request: &Value) -> Result<Arc<Catalogue>> {
    let catalogue = engine.catalogue();
    Ok(match optional::<String>(request, "language")? {
        Some(language) if language != catalogue.language() => Arc::new(catalogue.as_ref().clone().in_language(&language)),
        _ => catalogue.clone(),
    })
}

fn call(engine: &Engine, op: &str, r: &Value) -> Result<Value> {
    let catalogue = engine.catalogue();
    match op {
        "screen.questions" => questions(engine, r),
        "screen.framework" => {
            let made = answered(engine, op, r)?;
            answer(json!({ "screening": made.screenings.into_iter().next(), "findings": made.findings }))
        }
        "screen.hrba" => {
            let made = answered(engine, op, r)?;
            answer(json!({ "screenings": made.screenings, "findings": made.findings }))
        }
        "screen.page" => page(engine, r),
        "catalogue.cross_reference" => {
            let reference: String = field(r, "reference")?;
            answer(cross_reference(catalogue, &reference, selection(engine, r)?)?)
        }
        _ => Err(unanswered()),
    }
}

/// What was asked, and what it says.
struct Answered {
    screenings: Vec<Screening>,
    findings: Findings,
    rounds: Vec<Round>,
}

fn answered(engine: &Engine, op: &str, r: &Value) -> Result<Answered> {
    let catalogue = engine.catalogue();
    let rounds: Vec<Round> = field(r, "rounds")?;
    let (records, dialect) = records(r)?;
    let locate = |e: Error| match &dialect {
        Some(dialect) if e.location().row.is_some() => dialect.locate(e),
        _ => e,
    };
    let chosen = selection(engine, r)?;
    let (sheets, frame) = if op == "screen.framework" {
        let asked = optional(r, "framework")?.unwrap_or_else(|| json!(FRAMEWORK));
        (vec![questionnaire(catalogue, &asked, "framework")?], Frame::of_city(rounds.clone())?)
    } else {
        let asked: Vec<Value> = optional(r, "screens")?.unwrap_or_else(|| SCREENS.iter().map(|s| json!(s)).collect());
        let sheets = asked.iter().enumerate().map(|(i, s)| questionnaire(catalogue, s, &format!("screens[{i}]"))).collect::<Result<Vec<_>>>()?;
        let services: Option<Vec<Service>> = optional(r, "services")?;
        (sheets, Frame::of_services(catalogue, rounds.clone(), services, &records)?)
    };
    let (screenings, findings) = screen(catalogue, &sheets, &frame, &records, chosen).map_err(locate)?;
    Ok(Answered { screenings, findings, rounds })
}

/// What a page can be of, and its forms.
const PAGES: [&str; 3] = ["framework", "hrba", "cross_reference"];
const FORMATS: [&str; 2] = ["html", "text"];

/// A page to read: of a framework, of screens, or of what answers an instrument.
fn page(engine: &Engine, r: &Value) -> Result<Value> {
    let one_of = |name: &'static str, words: &[&'static str], asked: &str| {
        let found = words.iter().copied().find(|w| *w == asked);
        found.ok_or_else(|| Error::new(Code::WireBadRequest).at_path(name).expecting(words.join(", ")))
    };
    let of = one_of("of", &PAGES, &field::<String>(r, "of")?)?;
    let text = one_of("format", &FORMATS, &optional::<String>(r, "format")?.unwrap_or_else(|| "html".to_owned()))? == "text";
    let mut texts = render::Texts::new(catalogue_in(engine, r)?);
    if let Some(report) = r.get("report").filter(|v| !v.is_null()) {
        texts = texts.with_report(report, optional::<String>(r, "place")?.as_deref())?;
    }
    if of == "cross_reference" {
        let reference: String = field(r, "reference")?;
        let made = cross_reference(engine.catalogue(), &reference, selection(engine, r)?)?;
        return answer(json!({ "page": if text { render::cross_text(&made, &texts) } else { render::cross_page(&made, &texts) } }));
    }
    let city: Option<String> = optional(r, "city")?;
    let city = city.map(|c| sms_base::text::clean(&c).map(std::borrow::Cow::into_owned).map_err(|e| e.at_path("city"))).transpose()?.filter(|c| !c.is_empty());
    let made = answered(engine, &format!("screen.{of}"), r)?;
    let shown = render::Screened { screenings: &made.screenings, findings: &made.findings, rounds: &made.rounds, city: city.as_deref() };
    answer(json!({ "page": if text { render::text(&shown, &texts) } else { render::page(&shown, &texts) } }))
}

/// A sheet as a form to fill in: texts, scale, views, indicators, and the header of the table of answers.
fn questions(engine: &Engine, r: &Value) -> Result<Value> {
    let catalogue = catalogue_in(engine, r)?;
    let asked: Value = field(r, "sheet")?;
    let made = questionnaire(&catalogue, &asked, "sheet")?;
    let (sheet, scale) = (made.sheet(), made.scale());
    let area: Option<sms_base::id::EntryId> = optional(r, "area")?;
    if let Some(area) = &area
        && !catalogue.raw().service_areas.iter().any(|a| a.id == *area)
    {
        return Err(Error::new(Code::ScreenUnknownService).at_path("area").expecting("a service area of the catalogue"));
    }
    let chosen = selection(engine, r)?;
    let texts = render::Texts::new(catalogue.clone());
    let named = |id: &str, name: String| json!({ "id": id, "name": name, "note": texts.level_note(id) });
    let groups = sheet.group.iter().map(|group| {
        let items = sheet.item.iter().filter(|i| i.group == group.id).map(|item| {
            json!({
                "id": item.id,
                "text": texts.item(sheet.id.as_str(), item.id.as_str()),
                "provenance": item.provenance,
                "indicators": made.indicators(&catalogue, item, area.as_ref(), &chosen),
            })
        });
        json!({
            "id": group.id,
            "name": texts.group(sheet.id.as_str(), group.id.as_str()),
            "verification": group.verification,
            "items": items.collect::<Vec<_>>(),
        })
    });
    answer(json!({
        "id": sheet.id,
        "name": texts.sheet(sheet.id.as_str()),
        "notice": texts.notice(sheet.id.as_str()),
        "source": sheet.source,
        "provenance": sheet.provenance,
        "complete": sheet.complete,
        "levels": scale.levels.iter().map(|l| named(l.as_str(), texts.level(l.as_str()))).collect::<Vec<_>>(),
        "evidence_from": scale.evidence_from,
        "apart": ([sms_process::screen::record::NOT_KNOWN, sms_process::screen::record::NOT_APPLICABLE].map(|l| named(l, texts.level(l)))),
        "views": sheet.views.iter().map(|v| json!({ "id": v, "name": texts.view(v.as_str()) })).collect::<Vec<_>>(),
        "base": made.base(),
        "evidence": sheet.evidence,
        "groups": groups.collect::<Vec<_>>(),
        "columns": COLUMNS,
    }))
}
