//! Forms, collection plans, templates, and answers back in.

use super::roadmap::{PageAnswer, PageFormat};
use super::survey::to_base64;
use crate::{Area, CsvText, Engine, Entry, MethodChoice, Operation, OrCsv};
use serde::{Deserialize, Serialize};
use sms_base::diagnostic::{Code, Error, Finding, Findings, Location, Result};
use sms_base::period::Period;
use sms_exchange::csv::{self, Line};
use sms_exchange::xlsx;
use sms_model::frame::CsvWriter;
use sms_process::form::bank::TopicChoice;
use sms_process::form::plan::{CollectionPlan, PlanRequest};
use sms_process::form::read::{Estimated, Export, Microdata, ObservationRow, ReadRequest, observations};
use sms_process::form::template::{LeftOut, TemplateRequest, ValueList};
use sms_process::form::xlsform::{Form, Sheet};
use sms_process::form::{Bank, DimensionUse, FormRequest, FormRules, IndicatorUse, Questionnaire};
use sms_render as render;

pub(super) const AREA: Area = Area {
    title: "Forms and collection plans",
    operations: &[
        Entry::of::<Build>(),
        Entry::of::<Xlsx>(),
        Entry::of::<Page>(),
        Entry::of::<Plan>(),
        Entry::of::<Template>(),
        Entry::of::<Read>(),
        Entry::of::<FromEstimates>(),
        Entry::of::<Topics>(),
    ],
};

const SOURCE: &str = "docs/form.md";

/// What can be wrong with what a form is asked for.
const FORM_ERRORS: &[Code] = &[
    Code::AssessUnknownSelection,
    Code::CatalogueUnknownReference,
    Code::FormBadCode,
    Code::FormBadRequest,
    Code::FormUnknownDimension,
    Code::FormUnknownGround,
    Code::FormUnknownLanguage,
    Code::FormUnknownTopic,
    Code::TextTooLong,
];

/// The same, and with a method.
const RULES_ERRORS: &[Code] = &[
    Code::AssessUnknownSelection,
    Code::CatalogueUnknownReference,
    Code::FormBadCode,
    Code::FormBadRequest,
    Code::FormUnknownDimension,
    Code::FormUnknownGround,
    Code::FormUnknownLanguage,
    Code::FormUnknownTopic,
    Code::TextTooLong,
    Code::MethodBadJson,
    Code::MethodBadValue,
    Code::MethodNewerEdition,
];

/// The numbers of effort: those that are given, or those of the method.
fn rules(engine: &Engine, given: Option<FormRules>, method: &MethodChoice) -> Result<FormRules> {
    match given {
        Some(rules) => Ok(rules),
        None => engine.chosen(method)?.form(),
    }
}

/// The language of an answer: the one that is asked for, or the first of the form.
fn language<'a>(bank: &'a Bank, form: &Questionnaire<'a>, asked: Option<&str>) -> Result<&'a str> {
    let Some(asked) = asked else { return Ok(form.languages().first().copied().unwrap_or_default()) };
    let known = bank.data().languages.iter().find(|l| *l == asked);
    known.map(String::as_str).ok_or_else(|| Error::new(Code::FormUnknownLanguage).at_path("language").expecting(bank.data().languages.join(", ")))
}

/// A table as the text of a CSV file.
fn as_csv(sheet: &Sheet) -> String {
    let mut csv = CsvWriter::new(&sheet.columns);
    for row in &sheet.rows {
        csv.push(row);
    }
    csv.finish()
}

/// The questionnaire for a choice of indicators, as the three tables of an XLSForm, with what is asked, what is not, and why.
///
/// A question is in the form only if an indicator, a group or the skip logic needs it. A sensitive topic is asked only when the request records its legal
/// basis.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "FormBuildRequest"))]
struct Build {
    /// What is asked for; the core indicators where it is not given.
    #[serde(default)]
    form: FormRequest,
    /// The numbers of effort; those of the method where they are not given.
    rules: Option<FormRules>,
    /// The method, for rules that are not given.
    #[serde(default)]
    method: MethodChoice,
}

/// A questionnaire.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "FormBuildAnswer"))]
struct BuildAnswer {
    /// The three tables of an XLSForm.
    form: Form,
    /// What became of each chosen indicator.
    indicators: Vec<IndicatorUse>,
    /// What became of each dimension that is wanted.
    dimensions: Vec<DimensionUse>,
    /// Minutes that an interview takes when everything is asked.
    minutes: f64,
    /// What is doubtful.
    findings: Findings,
}

impl Operation for Build {
    const NAME: &'static str = "form.build";
    const SOURCE: &'static str = SOURCE;
    const ERRORS: &'static [Code] = RULES_ERRORS;
    const EXAMPLE: &'static str = r#"{"form": {"selection": ["SAF-O-01"]}}"#;
    type Answer = BuildAnswer;

    fn answer(self, engine: &Engine) -> Result<BuildAnswer> {
        let form = Questionnaire::new(engine.questions()?, engine.catalogue(), &self.form)?;
        let rules = rules(engine, self.rules, &self.method)?;
        Ok(BuildAnswer {
            form: form.form(),
            indicators: form.indicators().to_vec(),
            dimensions: form.dimensions().to_vec(),
            minutes: form.seconds(&rules) / 60.0,
            findings: form.findings(&rules),
        })
    }
}

/// The questionnaire as a workbook for KoboToolbox and ODK.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "FormXlsxRequest"))]
struct Xlsx {
    /// What is asked for; the core indicators where it is not given.
    #[serde(default)]
    form: FormRequest,
}

/// A workbook.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "FormXlsxAnswer"))]
struct XlsxAnswer {
    /// The XLSForm as a workbook, base64.
    xlsx: String,
}

impl Operation for Xlsx {
    const NAME: &'static str = "form.xlsx";
    const SOURCE: &'static str = SOURCE;
    const ERRORS: &'static [Code] = FORM_ERRORS;
    const EXAMPLE: &'static str = r#"{"form": {"selection": ["SAF-O-01"]}}"#;
    type Answer = XlsxAnswer;

    fn answer(self, engine: &Engine) -> Result<XlsxAnswer> {
        let made = Questionnaire::new(engine.questions()?, engine.catalogue(), &self.form)?.form();
        let page = |name, sheet| xlsx::Page { name, sheet, lists: &[] };
        let pages = [page("survey", &made.survey), page("choices", &made.choices), page("settings", &made.settings)];
        Ok(XlsxAnswer { xlsx: to_base64(&xlsx::write(&pages)) })
    }
}

/// The questionnaire as a page to print, with the data protection checklist.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "FormPageRequest"))]
struct Page {
    /// What is asked for; the core indicators where it is not given.
    #[serde(default)]
    form: FormRequest,
    /// The language; the first one of the form where it is not given.
    language: Option<String>,
    /// How the page is written.
    #[serde(default)]
    format: PageFormat,
    /// The numbers of effort; those of the method where they are not given.
    rules: Option<FormRules>,
    /// The method, for rules that are not given.
    #[serde(default)]
    method: MethodChoice,
}

impl Operation for Page {
    const NAME: &'static str = "form.page";
    const SOURCE: &'static str = SOURCE;
    const ERRORS: &'static [Code] = RULES_ERRORS;
    const EXAMPLE: &'static str = r#"{"form": {"selection": ["SAF-O-01"]}, "format": "text"}"#;
    type Answer = PageAnswer;

    fn answer(self, engine: &Engine) -> Result<PageAnswer> {
        let bank = engine.questions()?;
        let form = Questionnaire::new(bank, engine.catalogue(), &self.form)?;
        let rules = rules(engine, self.rules, &self.method)?;
        let language = language(bank, &form, self.language.as_deref())?;
        let page = match self.format {
            PageFormat::Html => render::form::page(&form, language, &rules),
            PageFormat::Text => render::form::text(&form, language, &rules),
        };
        Ok(PageAnswer { page })
    }
}

/// The collection plan: who collects what, when, from which source, with how much work; and what data protection asks.
///
/// What has no question is never dropped in silence: the plan says why.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "FormPlanRequest"))]
struct Plan {
    /// What is asked for; the core indicators where it is not given.
    #[serde(default)]
    form: FormRequest,
    /// Years and number of interviews; none where they are not given.
    #[serde(default)]
    plan: PlanRequest,
    /// The language; the first one of the form where it is not given.
    language: Option<String>,
    /// The numbers of effort; those of the method where they are not given.
    rules: Option<FormRules>,
    /// The method, for rules that are not given.
    #[serde(default)]
    method: MethodChoice,
}

/// A collection plan, and its table.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "FormPlanAnswer"))]
struct PlanAnswer {
    /// The plan.
    #[serde(flatten)]
    plan: CollectionPlan,
    /// The indicators of the plan as the text of a CSV file.
    csv: String,
}

impl Operation for Plan {
    const NAME: &'static str = "form.plan";
    const SOURCE: &'static str = SOURCE;
    const ERRORS: &'static [Code] = RULES_ERRORS;
    const EXAMPLE: &'static str = r#"{"form": {"selection": ["SAF-O-01", "GOV-S-01"]}, "plan": {"from": 2026, "to": 2028, "interviews": 800}}"#;
    type Answer = PlanAnswer;

    fn answer(self, engine: &Engine) -> Result<PlanAnswer> {
        let bank = engine.questions()?;
        let form = Questionnaire::new(bank, engine.catalogue(), &self.form)?;
        let rules = rules(engine, self.rules, &self.method)?;
        let plan = form.plan(&self.plan, language(bank, &form, self.language.as_deref())?, &rules)?;
        let csv = as_csv(&plan.table());
        Ok(PlanAnswer { plan, csv })
    }
}

/// A table to fill in: a row for each indicator, period and required group.
///
/// Every row says `missing` until somebody fills it in.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "FormTemplateRequest"))]
struct Template {
    /// What is asked for; the core indicators where it is not given.
    #[serde(default)]
    form: FormRequest,
    /// The city and the periods.
    template: TemplateRequest,
}

/// A table to fill in.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "FormTemplateAnswer"))]
struct TemplateAnswer {
    /// How many rows it has.
    rows: usize,
    /// The table as the text of a CSV file.
    csv: String,
    /// The table as a workbook with lists to choose from, base64.
    xlsx: String,
    /// Values that columns offer.
    lists: Vec<ValueList>,
    /// Required dimensions without rows.
    left_out: Vec<LeftOut>,
}

impl Operation for Template {
    const NAME: &'static str = "form.template";
    const SOURCE: &'static str = SOURCE;
    const ERRORS: &'static [Code] = &[
        Code::AssessUnknownSelection,
        Code::CatalogueUnknownReference,
        Code::FormBadCode,
        Code::FormBadRequest,
        Code::FormUnknownDimension,
        Code::FormUnknownGround,
        Code::FormUnknownLanguage,
        Code::FormUnknownTopic,
        Code::PeriodUnreadable,
        Code::TextTooLong,
    ];
    const EXAMPLE: &'static str = r#"{"form": {"selection": ["SAF-O-01"]}, "template": {"place": "here", "periods": ["2026"]}}"#;
    type Answer = TemplateAnswer;

    fn answer(self, engine: &Engine) -> Result<TemplateAnswer> {
        let made = Questionnaire::new(engine.questions()?, engine.catalogue(), &self.form)?.template(&self.template)?;
        let book = xlsx::write(&[xlsx::Page { name: "observations", sheet: &made.table, lists: &made.lists }]);
        Ok(TemplateAnswer { rows: made.table.rows.len(), csv: as_csv(&made.table), xlsx: to_base64(&book), lists: made.lists, left_out: made.left_out })
    }
}

/// An export as columns of texts. People's data: it cannot be printed.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "FormExport"))]
struct Cells {
    /// Names of the columns.
    header: Vec<String>,
    /// Rows, one text a column; an empty text is an empty cell.
    rows: Vec<Vec<String>>,
}

impl OrCsv<Cells> {
    fn export(self) -> Result<Export> {
        let CsvText { csv: text, dialect } = match self {
            OrCsv::Given(Cells { header, rows }) => {
                let wide = header.len();
                if rows.iter().any(|r| r.len() != wide) {
                    return Err(Error::new(Code::WireBadRequest).at_path("export.rows").expecting("one text for each column"));
                }
                let rows = (2..).zip(rows).collect();
                return Ok(Export { header, rows, ..Export::default() });
            }
            OrCsv::Csv(text) => text,
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

/// An export of KoboToolbox or ODK as microdata, with the reason for every empty cell and a plan that estimates every indicator.
///
/// The skip logic is followed again. A row without consent is left out and counted, and nothing of a cell is ever repeated in a message. `columns` and
/// `plan` are those that `survey.estimate` takes.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "FormReadRequest"))]
struct Read {
    /// What the form was asked for; the core indicators where it is not given.
    #[serde(default)]
    form: FormRequest,
    /// The export (XML values and headers): the text of a CSV file, or a header and rows.
    export: OrCsv<Cells>,
    /// Which columns are weights and design; each row counts 1 where no weight is named.
    #[serde(default)]
    read: ReadRequest,
}

impl Operation for Read {
    const NAME: &'static str = "form.read";
    const SOURCE: &'static str = SOURCE;
    const ERRORS: &'static [Code] = &[
        Code::AssessUnknownSelection,
        Code::CatalogueUnknownReference,
        Code::CsvAmbiguousDelimiter,
        Code::CsvNoHeader,
        Code::CsvTooManyColumns,
        Code::CsvTooManyRows,
        Code::FormBadCode,
        Code::FormBadRequest,
        Code::FormDuplicateColumn,
        Code::FormNoConsentColumn,
        Code::FormUnknownDimension,
        Code::FormUnknownGround,
        Code::FormUnknownLanguage,
        Code::FormUnknownTopic,
        Code::TextTooLong,
    ];
    const EXAMPLE: &'static str =
        r#"{"form": {"selection": ["SAF-O-01"]}, "export": {"csv": "consent,age,sex,safe_night\nyes,40,F,very_safe\nyes,50,M,refused\n"}}"#;
    type Answer = Microdata;

    fn answer(self, engine: &Engine) -> Result<Microdata> {
        let form = Questionnaire::new(engine.questions()?, engine.catalogue(), &self.form)?;
        form.read(&self.export.export()?, &self.read)
    }
}

/// Estimates of `survey.estimate` as rows of the tidy table.
///
/// In the unit of the indicator, each with its error, degrees of freedom and interval; the report shows this interval. An estimate that has no row, and one that
/// arrives without its error, is a finding with its group and the reason. The rows are not released: small groups are withheld by `assess` and its report, not here.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "FormObservationsRequest"))]
struct FromEstimates {
    /// The estimates, as an answer of `survey.estimate` has them.
    estimates: Vec<Estimated>,
    /// Code of the city.
    place: String,
    /// The period, such as 2026.
    period: String,
    /// What the form was asked for. Nothing here depends on it.
    #[allow(dead_code, reason = "the same in every operation on one form")]
    form: Option<FormRequest>,
}

/// Rows of the tidy table.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "FormObservationsAnswer"))]
struct FromEstimatesAnswer {
    /// The rows.
    rows: Vec<ObservationRow>,
    /// What has no row, and what arrives without its error.
    findings: Findings,
}

impl Operation for FromEstimates {
    const NAME: &'static str = "form.observations";
    const SOURCE: &'static str = SOURCE;
    const ERRORS: &'static [Code] = &[Code::CatalogueUnknownReference, Code::PeriodUnreadable];
    const EXAMPLE: &'static str = r#"{"estimates": [{"estimate": "SAF-O-01", "value": 0.7, "se": 0.02, "n": 500}], "place": "here", "period": "2026"}"#;
    type Answer = FromEstimatesAnswer;

    fn answer(self, engine: &Engine) -> Result<FromEstimatesAnswer> {
        engine.questions()?;
        let period = self.period.parse::<Period>().map_err(|e| e.at_path("period"))?;
        let (rows, findings) = observations(engine.catalogue(), &self.estimates, &self.place, &period.to_string());
        Ok(FromEstimatesAnswer { rows, findings })
    }
}

/// The sensitive topics that a form can ask, and the legal grounds that each can rest on.
///
/// Which ground holds is a decision of the controller of the data.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "FormTopicsRequest"))]
struct Topics {
    /// What is asked for; only its languages matter here.
    #[serde(default)]
    form: FormRequest,
    /// The language; the first one of the form where it is not given.
    language: Option<String>,
}

/// The sensitive topics.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "FormTopicsAnswer"))]
struct TopicsAnswer {
    /// Each topic.
    topics: Vec<TopicChoice>,
}

impl Operation for Topics {
    const NAME: &'static str = "form.topics";
    const SOURCE: &'static str = SOURCE;
    const ERRORS: &'static [Code] = FORM_ERRORS;
    const EXAMPLE: &'static str = "{}";
    type Answer = TopicsAnswer;

    fn answer(self, engine: &Engine) -> Result<TopicsAnswer> {
        let bank = engine.questions()?;
        let form = Questionnaire::new(bank, engine.catalogue(), &self.form)?;
        Ok(TopicsAnswer { topics: bank.topics(language(bank, &form, self.language.as_deref())?) })
    }
}
