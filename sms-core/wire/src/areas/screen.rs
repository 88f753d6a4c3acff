//! Frameworks and screens, and what answers an instrument.

mod questions;

use super::roadmap::{PageAnswer, PageFormat, catalogue_in};
use crate::{Area, CsvText, Engine, Entry, Operation, OrCsv};
use questions::Questions;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sms_base::diagnostic::{Code, Error, Findings, Result};
use sms_exchange::csv::{self, Dialect, Line};
use sms_model::catalogue::{Catalogue, Sheet};
use sms_process::screen::Questionnaire;
use sms_process::screen::cross_reference::{CrossReference, cross_reference};
use sms_process::screen::record::{Frame, Record, Round, Service};
use sms_process::screen::result::{Screening, chosen, screen};
use sms_render::screen as render;

pub(super) const AREA: Area = Area {
    title: "Frameworks and screens",
    operations: &[Entry::of::<Questions>(), Entry::of::<Framework>(), Entry::of::<Hrba>(), Entry::of::<Page>(), Entry::of::<Reference>()],
};

const SOURCE: &str = "docs/screen.md";

/// The framework and the screens that are used when none is named.
const FRAMEWORK: &str = "fra";
const SCREENS: [&str; 2] = ["panel", "aaaq"];

/// Columns of a CSV file of answers; others are not used.
const COLUMNS: [&str; 9] = ["round", "view", "item", "answer", "assessor", "date", "service", "evidence", "note"];
/// How many of them a file must have.
const NEEDED: usize = 6;
/// What parts pieces of evidence in a cell.
const PARTED_BY: char = '|';

const ANSWER_ERRORS: &[Code] = &[
    Code::ScreenBadAnswer,
    Code::ScreenBadDate,
    Code::ScreenBadRecord,
    Code::ScreenBadRound,
    Code::ScreenBadSheet,
    Code::ScreenDuplicateAnswer,
    Code::ScreenTooLarge,
    Code::ScreenUnknownItem,
    Code::ScreenUnknownRound,
    Code::ScreenUnknownService,
    Code::ScreenUnknownSheet,
    Code::ScreenUnknownView,
    Code::AssessUnknownSelection,
    Code::CsvAmbiguousDelimiter,
    Code::CsvBadEncoding,
    Code::CsvMissingColumn,
    Code::CsvNoHeader,
    Code::TextTooLong,
];

const PAGE_ERRORS: &[Code] = &[
    Code::ScreenBadAnswer,
    Code::ScreenBadDate,
    Code::ScreenBadRecord,
    Code::ScreenBadRound,
    Code::ScreenBadSheet,
    Code::ScreenDuplicateAnswer,
    Code::ScreenTooLarge,
    Code::ScreenUnknownItem,
    Code::ScreenUnknownReference,
    Code::ScreenUnknownRound,
    Code::ScreenUnknownService,
    Code::ScreenUnknownSheet,
    Code::ScreenUnknownView,
    Code::AssessUnknownPlace,
    Code::AssessUnknownSelection,
    Code::CsvAmbiguousDelimiter,
    Code::CsvBadEncoding,
    Code::CsvMissingColumn,
    Code::CsvNoHeader,
    Code::JsonBadShape,
    Code::TextTooLong,
];

/// A framework or a screen: the id of one of the catalogue, or a whole one.
#[derive(Deserialize)]
#[serde(rename = "$by-member")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(untagged, rename = "SheetChoice"))]
enum SheetChoice {
    /// The id of a framework or a screen of the catalogue, such as `fra` or `panel`.
    #[serde(rename = "$text")]
    Named(String),
    /// A whole one; its scale is one of the catalogue.
    #[serde(rename = "$other")]
    Whole(Sheet),
}

impl SheetChoice {
    fn questionnaire(&self, catalogue: &Catalogue, path: &str) -> Result<Questionnaire> {
        match self {
            SheetChoice::Named(id) => Questionnaire::of_catalogue(catalogue, id).map_err(|e| if e.location().path.is_some() { e } else { e.at_path(path) }),
            SheetChoice::Whole(sheet) => Questionnaire::new(catalogue, sheet.clone()).map_err(|e| {
                let inner = e.location().path.as_deref().unwrap_or_default().to_owned();
                e.at_path(&format!("{path}.{inner}"))
            }),
        }
    }
}

/// Answers in a request: rows, or the text of a CSV file.
type Records = OrCsv<Vec<Record>>;

/// Reads records, and says how to locate an error in their file.
fn read(records: Records) -> Result<(Vec<Record>, Option<Dialect>)> {
    let CsvText { csv: text, dialect } = match records {
        OrCsv::Given(rows) => return Ok((rows, None)),
        OrCsv::Csv(text) => text,
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

/// Whether an indicator belongs to a selection.
fn selected(engine: &Engine, names: Option<&[String]>) -> Result<impl Fn(&str) -> bool + use<>> {
    let ids = chosen(engine.catalogue(), names)?;
    Ok(move |id: &str| ids.as_ref().is_none_or(|ids| ids.contains(id)))
}

/// What is held against what: one framework, or screens of services.
enum Sheets {
    Framework(Option<SheetChoice>),
    Screens { screens: Option<Vec<SheetChoice>>, services: Option<Vec<Service>> },
}

/// What was asked, and what it says.
struct Answered {
    screenings: Vec<Screening>,
    findings: Findings,
    rounds: Vec<Round>,
}

fn answered(engine: &Engine, sheets: Sheets, rounds: Vec<Round>, records: Records, selection: Option<&[String]>) -> Result<Answered> {
    let catalogue = engine.catalogue();
    let (records, dialect) = read(records)?;
    let locate = |e: Error| match &dialect {
        Some(dialect) if e.location().row.is_some() => dialect.locate(e),
        _ => e,
    };
    let selected = selected(engine, selection)?;
    let (sheets, frame) = match sheets {
        Sheets::Framework(asked) => {
            let asked = asked.unwrap_or_else(|| SheetChoice::Named(FRAMEWORK.to_owned()));
            (vec![asked.questionnaire(catalogue, "framework")?], Frame::of_city(rounds.clone())?)
        }
        Sheets::Screens { screens, services } => {
            let asked = screens.unwrap_or_else(|| SCREENS.iter().map(|s| SheetChoice::Named((*s).to_owned())).collect());
            let made = asked.iter().enumerate().map(|(i, s)| s.questionnaire(catalogue, &format!("screens[{i}]"))).collect::<Result<Vec<_>>>()?;
            (made, Frame::of_services(catalogue, rounds.clone(), services, &records)?)
        }
    };
    let (screenings, findings) = screen(catalogue, &sheets, &frame, &records, selected).map_err(locate)?;
    Ok(Answered { screenings, findings, rounds })
}

/// A city held against a framework: each view apart, who sees it otherwise, what changed.
///
/// Answers are counted, never averaged, never mixed over views, and never enter the score of an indicator.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ScreenFrameworkRequest"))]
struct Framework {
    /// The id of a framework (`fra`, `eccar` …) or a whole one; `fra` where it is not given.
    framework: Option<SheetChoice>,
    /// The rounds, one after the other, each with its first and its last day.
    rounds: Vec<Round>,
    /// The answers: rows, or the text of a CSV file with the columns round, view, item, answer, assessor, date, and evidence (parted by `|`) and note where
    /// there are any.
    records: Records,
    /// Selections and indicators that may stand beside the elements; all where it is not given.
    selection: Option<Vec<String>>,
    /// The name of the city. Only pages show it.
    #[allow(dead_code, reason = "one file of answers goes into every operation")]
    city: Option<String>,
}

/// A framework, answered.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ScreenFrameworkAnswer"))]
struct FrameworkAnswer {
    /// What the answers say.
    screening: Option<Screening>,
    /// What is doubtful; the answers are counted all the same.
    findings: Findings,
}

impl Operation for Framework {
    const NAME: &'static str = "screen.framework";
    const SOURCE: &'static str = SOURCE;
    const ERRORS: &'static [Code] = ANSWER_ERRORS;
    const EXAMPLE: &'static str = r#"{"rounds": [{"id": "2026", "from": "2026-01-01", "to": "2026-12-31"}], "records": [{"round": "2026", "view": "city", "item": "FRA-FS3", "answer": "working", "assessor": "working group", "date": "2026-03-01", "evidence": ["Council decision 12/2025"]}, {"round": "2026", "view": "civil_society", "item": "FRA-FS3", "answer": "planned", "assessor": "forum", "date": "2026-03-01"}]}"#;
    type Answer = FrameworkAnswer;

    fn answer(self, engine: &Engine) -> Result<FrameworkAnswer> {
        let made = answered(engine, Sheets::Framework(self.framework), self.rounds, self.records, self.selection.as_deref())?;
        Ok(FrameworkAnswer { screening: made.screenings.into_iter().next(), findings: made.findings })
    }
}

/// Services held against the principles of a human rights-based approach: by principle and service, each view apart, with what changed.
///
/// Answers are counted, never averaged, never mixed over views, and never enter the score of an indicator.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ScreenHrbaRequest"))]
struct Hrba {
    /// Ids of screens, or whole ones; `panel` and `aaaq` where they are not given.
    screens: Option<Vec<SheetChoice>>,
    /// The services; where they are not given, each service area that an answer names is one.
    services: Option<Vec<Service>>,
    /// The rounds, one after the other, each with its first and its last day.
    rounds: Vec<Round>,
    /// The answers: rows, or the text of a CSV file with the columns round, view, item, answer, assessor, date, service, and evidence (parted by `|`) and note
    /// where there are any.
    records: Records,
    /// Selections and indicators that may stand beside the questions; all where it is not given.
    selection: Option<Vec<String>>,
    /// The name of the city. Only pages show it.
    #[allow(dead_code, reason = "one file of answers goes into every operation")]
    city: Option<String>,
}

/// Screens, answered.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ScreenHrbaAnswer"))]
struct HrbaAnswer {
    /// What the answers say, screen by screen.
    screenings: Vec<Screening>,
    /// What is doubtful; the answers are counted all the same.
    findings: Findings,
}

impl Operation for Hrba {
    const NAME: &'static str = "screen.hrba";
    const SOURCE: &'static str = SOURCE;
    const ERRORS: &'static [Code] = ANSWER_ERRORS;
    const EXAMPLE: &'static str = r#"{"screens": ["panel"], "rounds": [{"id": "2026", "from": "2026-01-01", "to": "2026-12-31"}], "records": [{"round": "2026", "view": "city", "item": "PANEL-P1", "answer": "yes", "assessor": "desk", "date": "2026-03-01", "service": "SV-HOUS"}, {"round": "2026", "view": "users", "item": "PANEL-P1", "answer": "no", "assessor": "tenants", "date": "2026-03-01", "service": "SV-HOUS"}]}"#;
    type Answer = HrbaAnswer;

    fn answer(self, engine: &Engine) -> Result<HrbaAnswer> {
        let sheets = Sheets::Screens { screens: self.screens, services: self.services };
        let made = answered(engine, sheets, self.rounds, self.records, self.selection.as_deref())?;
        Ok(HrbaAnswer { screenings: made.screenings, findings: made.findings })
    }
}

/// What a page is of.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ScreenPageOf"))]
enum PageOf {
    /// Of a city held against a framework.
    Framework,
    /// Of services held against screens.
    Hrba,
    /// Of what answers an instrument or a framework.
    CrossReference,
}

/// A framework, screens, or what answers an instrument as a page to read.
///
/// Beside `of` stand the fields of that operation. With a report, its released figures stand beside the indicators.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ScreenPageRequest"))]
struct Page {
    /// What the page is of.
    of: PageOf,
    /// How it is written.
    #[serde(default)]
    format: PageFormat,
    /// The language; that of the catalogue where it is not given.
    language: Option<String>,
    /// The name of the city, for the title.
    city: Option<String>,
    /// The JSON of a report: its figures stand beside the indicators.
    #[cfg_attr(feature = "schema", schemars(with = "Option<serde_json::Map<String, Value>>"))]
    report: Option<Value>,
    /// The code of the place whose figures are shown; the first one of the report where it is not given.
    place: Option<String>,
    /// For a framework: its id or a whole one; `fra` where it is not given.
    framework: Option<SheetChoice>,
    /// For `hrba`: ids of screens, or whole ones; `panel` and `aaaq` where they are not given.
    screens: Option<Vec<SheetChoice>>,
    /// For `hrba`: the services; where they are not given, each service area that an answer names is one.
    services: Option<Vec<Service>>,
    /// For `framework` and `hrba`, where it is needed: the rounds, one after the other, each with its first and its last day.
    rounds: Option<Vec<Round>>,
    /// For `framework` and `hrba`, where it is needed: the answers, as rows or as the text of a CSV file.
    records: Option<Records>,
    /// For `cross_reference`, where it is needed: an instrument or a framework.
    reference: Option<String>,
    /// Selections and indicators that may be shown; all where it is not given.
    selection: Option<Vec<String>>,
}

/// A field that this kind of page needs.
fn needed<T>(value: Option<T>, name: &str) -> Result<T> {
    value.ok_or_else(|| Error::new(Code::WireBadRequest).at_path(name).expecting("this field"))
}

impl Operation for Page {
    const NAME: &'static str = "screen.page";
    const SOURCE: &'static str = SOURCE;
    const ERRORS: &'static [Code] = PAGE_ERRORS;
    const EXAMPLE: &'static str = r#"{"of": "cross_reference", "reference": "eccar", "format": "text"}"#;
    type Answer = PageAnswer;

    fn answer(self, engine: &Engine) -> Result<PageAnswer> {
        let mut texts = render::Texts::new(catalogue_in(engine, self.language.as_deref()));
        if let Some(report) = &self.report {
            texts = texts.with_report(report, self.place.as_deref())?;
        }
        let sheets = match self.of {
            PageOf::CrossReference => {
                let reference = needed(self.reference, "reference")?;
                let made = cross_reference(engine.catalogue(), &reference, selected(engine, self.selection.as_deref())?)?;
                let page = match self.format {
                    PageFormat::Text => render::cross_text(&made, &texts),
                    PageFormat::Html => render::cross_page(&made, &texts),
                };
                return Ok(PageAnswer { page });
            }
            PageOf::Framework => Sheets::Framework(self.framework),
            PageOf::Hrba => Sheets::Screens { screens: self.screens, services: self.services },
        };
        let city = self.city.as_deref().map(|c| sms_base::text::clean(c).map_err(|e| e.at_path("city"))).transpose()?.filter(|c| !c.is_empty());
        let (rounds, records) = (needed(self.rounds, "rounds")?, needed(self.records, "records")?);
        let made = answered(engine, sheets, rounds, records, self.selection.as_deref())?;
        let shown = render::Screened { screenings: &made.screenings, findings: &made.findings, rounds: &made.rounds, city: city.as_deref() };
        let page = match self.format {
            PageFormat::Text => render::text(&shown, &texts),
            PageFormat::Html => render::page(&shown, &texts),
        };
        Ok(PageAnswer { page })
    }
}

/// What answers an instrument, the goals, a charter or a plan: rights, indicators, and gaps.
///
/// `list` of the answer says what a gap means: in a whole list it is one, in a part what is not listed was not looked at.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "CrossReferenceRequest"))]
struct Reference {
    /// An instrument (`CFR`, `ICESCR` …) or a framework (`sdg`, `eccar` …).
    reference: String,
    /// Selections and indicators that are looked at; all where it is not given.
    selection: Option<Vec<String>>,
}

impl Operation for Reference {
    const NAME: &'static str = "catalogue.cross_reference";
    const SOURCE: &'static str = "docs/screen.md, cross-reference";
    const ERRORS: &'static [Code] = &[Code::ScreenUnknownReference, Code::AssessUnknownSelection];
    const EXAMPLE: &'static str = r#"{"reference": "eccar"}"#;
    type Answer = CrossReference;

    fn answer(self, engine: &Engine) -> Result<CrossReference> {
        cross_reference(engine.catalogue(), &self.reference, selected(engine, self.selection.as_deref())?)
    }
}
