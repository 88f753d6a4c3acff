//! An export of KoboToolbox or ODK as microdata: columns for survey estimates, and for every empty cell the reason why it is empty.

use super::bank::{Condition, Derived, Kind, Measure, Question};
use super::xlsform::may_name;
use super::{MAY, Questionnaire};
use crate::catalogue::{Catalogue, Dimension};
use crate::diagnostic::{Code, Error, Finding, Findings, Location, Result};
use crate::disaggregation::{AgeRange, NotStated};
use crate::estimate::ValueKind;
use crate::id::IndicatorId;
use crate::num::{self, DecimalSign, parse_number};
use crate::survey::{self, Domain, SurveyDesign, SurveyPlan};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize, Serializer};
use std::collections::{BTreeMap, BTreeSet};

/// What separates the names of groups and questions in a header: KoboToolbox lets people choose, ODK Central writes a hyphen.
const SEPARATORS: [char; 4] = ['/', '-', '.', ':'];
/// Columns that the survey tools add.
const META: &[&str] = &[
    "start",
    "end",
    "today",
    "deviceid",
    "username",
    "audit",
    "instanceID",
    "instanceName",
    "meta/instanceID",
    "meta/instanceName",
    "meta-instanceID",
    "meta-instanceName",
    "meta/rootUuid",
    "meta/deprecatedID",
    "formhub/uuid",
    "KEY",
    "SubmissionDate",
    "SubmitterID",
    "SubmitterName",
    "AttachmentsPresent",
    "AttachmentsExpected",
    "Status",
    "ReviewState",
    "DeviceID",
    "Edits",
    "FormVersion",
];
/// The column in which ODK Central writes the version of the form.
const VERSION: &str = "FormVersion";
/// The weight of each row where none is named.
const ONES: &str = "weight";
/// How a person stands to a group of which one can be in several.
const IN: &str = "yes";
const OUT: &str = "no";

/// What is wanted of an export, beside the form.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReadRequest {
    /// Column of the weights.
    pub weight: Option<String>,
    /// Column of the strata.
    pub stratum: Option<String>,
    /// Column of the primary sampling units.
    pub psu: Option<String>,
}

/// An export: the names of its columns, and its rows with their line numbers. People's data: it cannot be printed.
#[derive(Clone, Default)]
pub struct Export {
    /// Names of the columns.
    pub header: Vec<String>,
    /// Line number and cells.
    pub rows: Vec<(u32, Vec<String>)>,
    /// What was found while reading.
    pub findings: Findings,
}

/// Why a cell is empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "FormNoAnswer"))]
pub enum Why {
    /// The person did not want to say.
    Refused,
    /// The person does not know.
    DontKnow,
    /// The question or the indicator does not apply to the person.
    NotApplicable,
    /// The skip logic passed over it.
    NotAsked,
    /// It was to be asked, and there is no usable answer.
    Missing,
}

/// A value of the microdata.
#[derive(Clone, PartialEq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(untagged, rename = "FormValue"))]
pub enum Value {
    /// A number.
    Number(f64),
    /// A code.
    Code(String),
    /// None, and why.
    None(#[cfg_attr(feature = "schema", schemars(with = "()"))] Why),
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        match self {
            Value::Number(x) => serializer.serialize_f64(*x),
            Value::Code(code) => serializer.serialize_str(code),
            Value::None(_) => serializer.serialize_none(),
        }
    }
}

/// How the answers to a question fall out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct QuestionCounts {
    /// The question.
    pub question: String,
    /// Rows with an answer.
    pub answered: u64,
    /// Rows in which the person did not want to say.
    pub refused: u64,
    /// Rows in which the person does not know.
    pub dont_know: u64,
    /// Rows in which the answer says that the question does not apply.
    pub not_applicable: u64,
    /// Rows in which the skip logic passed over it.
    pub not_asked: u64,
    /// Rows in which it was to be asked, and there is no usable answer.
    pub missing: u64,
}

/// Microdata, with a plan that estimates every indicator from it. People's data: it cannot be printed.
#[derive(Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "FormMicrodata"))]
pub struct Microdata {
    /// Rows that are used.
    pub rows: usize,
    /// Rows without consent, of which nothing is used.
    pub no_consent: usize,
    /// Columns by name: indicators (1, 0 or none), dimensions (codes), weights and design.
    pub columns: BTreeMap<String, Vec<Value>>,
    /// For each column of an indicator or a dimension and each row: why there is no value.
    pub absent: BTreeMap<String, Vec<Option<Why>>>,
    /// How the answers to each question fall out.
    pub questions: Vec<QuestionCounts>,
    /// What to estimate, for whom.
    pub plan: SurveyPlan,
    /// What is doubtful.
    pub findings: Findings,
}

/// An answer, read.
#[derive(Clone)]
enum Cell {
    Codes(Vec<String>),
    Number(i64),
    None(Why),
}

/// Whether something holds.
#[derive(Clone, Copy, PartialEq)]
enum Holds {
    Yes,
    No,
    /// Nobody can tell.
    None(Why),
}

impl Holds {
    fn of(yes: bool) -> Self {
        if yes { Holds::Yes } else { Holds::No }
    }
}

/// Where the answers to a question stand in a row.
#[derive(Default)]
struct Place {
    whole: Option<usize>,
    /// Columns of one answer each.
    split: Vec<(usize, String)>,
}

struct Reader<'q, 'a> {
    form: &'q Questionnaire<'a>,
    places: BTreeMap<String, Place>,
    findings: Findings,
}

type Answers<'q> = BTreeMap<&'q str, Cell>;

fn at(row: u32, column: &str) -> Location {
    Location { row: Some(row), column: Some(column.into()), ..Location::default() }
}

/// The name without the names of groups before it.
fn bare<'h>(header: &'h str, groups: &[String]) -> &'h str {
    let mut rest = header.trim();
    loop {
        let inner = groups.iter().find_map(|g| rest.strip_prefix(g.as_str()).and_then(|r| r.strip_prefix(SEPARATORS)));
        match inner {
            Some(inner) => rest = inner,
            None => return rest,
        }
    }
}

/// Whether a cell of one answer says that it was chosen.
fn chosen(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "1" | "true" | "yes" | "1.0" => Some(true),
        "0" | "false" | "no" | "0.0" => Some(false),
        _ => None,
    }
}

impl<'q, 'a> Reader<'q, 'a> {
    fn new(form: &'q Questionnaire<'a>, export: &Export, asked: &ReadRequest) -> Result<Self> {
        let raw = form.bank.raw();
        let mut findings = export.findings.clone();
        let topics: Vec<String> = form.topics.iter().map(|t| may_name(t)).collect();
        let mut places: BTreeMap<String, Place> = BTreeMap::new();
        let consent = form.bank.question(&raw.consent);
        let questions: Vec<&'q Question> = consent.into_iter().chain(form.questions.iter().copied()).collect();
        for (index, header) in export.header.iter().enumerate() {
            let name = bare(header, &raw.sections);
            let twice = || Error::new(Code::FormDuplicateColumn).in_column(crate::text::short(header));
            let design = [&asked.weight, &asked.stratum, &asked.psu].into_iter().flatten().any(|c| c == header.trim());
            if let Some(id) = questions.iter().map(|q| q.id.as_str()).find(|id| *id == name) {
                let place = places.entry(id.to_owned()).or_default();
                if place.whole.replace(index).is_some() {
                    return Err(twice());
                }
            } else if let Some(may) = topics.iter().find(|may| *may == name) {
                let place = places.entry(may.clone()).or_default();
                if place.whole.replace(index).is_some() {
                    return Err(twice());
                }
            } else if let Some((question, code)) = questions
                .iter()
                .filter(|q| q.kind == Kind::SelectMultiple)
                .find_map(|q| Some((*q, name.strip_prefix(q.id.as_str())?.strip_prefix(SEPARATORS)?)))
            {
                if form.answers(question).is_some_and(|a| a.codes().any(|c| c == code)) {
                    let place = places.entry(question.id.clone()).or_default();
                    if place.split.iter().any(|(_, c)| c == code) {
                        return Err(twice());
                    }
                    place.split.push((index, code.to_owned()));
                } else {
                    let column = crate::text::short(header).into();
                    findings.push(Finding::new(Code::FormUnknownCode).at(Location { column: Some(column), ..Location::default() }));
                }
            } else if !design && !header.trim().starts_with('_') && !META.contains(&header.trim()) && !Self::is_note(form, name) {
                let column = crate::text::short(header).into();
                findings.push(Finding::new(Code::FormUnknownColumn).at(Location { column: Some(column), ..Location::default() }));
            }
        }
        if places.get(raw.consent.as_str()).is_none_or(|p| p.whole.is_none()) {
            return Err(Error::new(Code::FormNoConsentColumn).in_column(&raw.consent));
        }
        for question in &form.questions {
            if !places.contains_key(question.id.as_str()) {
                findings.push(Finding::new(Code::FormMissingColumn).at(Location { column: Some(question.id.as_str().into()), ..Location::default() }));
            }
        }
        for may in &topics {
            if !places.contains_key(may) {
                findings.push(Finding::new(Code::FormMissingColumn).at(Location { column: Some(may.as_str().into()), ..Location::default() }));
            }
        }
        Ok(Reader { form, places, findings })
    }

    /// Notes have columns in some exports, without content.
    fn is_note(form: &Questionnaire<'_>, name: &str) -> bool {
        matches!(name, "intro" | "thanks") || name.strip_prefix("note_").is_some_and(|id| form.is_asked(id))
    }

    /// The codes that stand in a row for a question; none where it was left empty.
    fn codes(&self, id: &str, cells: &[String]) -> Option<Vec<String>> {
        let place = self.places.get(id)?;
        let whole = place.whole.and_then(|i| cells.get(i)).map(|t| t.trim()).filter(|t| !t.is_empty());
        if let Some(text) = whole {
            return Some(text.split_whitespace().map(str::to_owned).collect());
        }
        let told: Vec<(bool, &String)> = place.split.iter().filter_map(|(i, code)| Some((chosen(cells.get(*i)?)?, code))).collect();
        let codes: Vec<String> = told.into_iter().filter(|(yes, _)| *yes).map(|(_, code)| code.clone()).collect();
        if codes.is_empty() { None } else { Some(codes) }
    }

    fn consents(&self, cells: &[String]) -> bool {
        let raw = self.form.bank.raw();
        self.codes(&raw.consent, cells).is_some_and(|c| c.len() == 1 && c.contains(&raw.consent_given))
    }

    fn row(&mut self, line: u32, cells: &[String]) -> Answers<'q> {
        let mut answers: Answers<'q> = BTreeMap::new();
        let form = self.form;
        for question in form.questions.iter().copied() {
            let given = self.codes(&question.id, cells);
            let open = question.ask_if.iter().all(|c| holds(c, &answers) == Holds::Yes);
            let may = question.topic.as_deref().filter(|_| open).map(|topic| self.codes(&may_name(topic), cells));
            let [yes, no] = MAY;
            let said = |word: &str| may.as_ref().is_some_and(|m| m.as_ref().is_some_and(|codes| codes.len() == 1 && codes.iter().any(|c| c == word)));
            let cell = if !open || (may.is_some() && !said(yes)) {
                if given.is_some() {
                    self.findings.push_with(Code::FormAnswerOffPath, &question.id, || {
                        Finding::new(Code::FormAnswerOffPath).about(&question.id).at(at(line, &question.id))
                    });
                }
                // a topic that may not be asked is refused as a whole
                Cell::None(if open && said(no) { Why::Refused } else { Why::NotAsked })
            } else {
                match given {
                    None => Cell::None(Why::Missing),
                    Some(codes) => self.cell(question, codes, line),
                }
            };
            answers.insert(&question.id, cell);
        }
        answers
    }

    fn cell(&mut self, question: &Question, codes: Vec<String>, line: u32) -> Cell {
        let raw = self.form.bank.raw();
        let mut wrong = |code: Code| {
            self.findings.push_with(code, &question.id, || Finding::new(code).about(&question.id).at(at(line, &question.id)));
            Cell::None(Why::Missing)
        };
        let Some(answers) = self.form.answers(question) else {
            // whole numbers; spreadsheets write 34 as 34.0
            let number = parse_number(&codes.join(" "), DecimalSign::Point).ok().filter(|x| num::abs(*x) < 1e15 && x.fract() == 0.0);
            #[allow(clippy::cast_possible_truncation, reason = "a whole number below 1e15")]
            let number = number.map(|x| x as i64);
            return match number {
                Some(n) if n == raw.refused_number => Cell::None(Why::Refused),
                Some(n) if n == raw.dont_know_number => Cell::None(Why::DontKnow),
                Some(n) if question.minimum.is_none_or(|m| n >= m) && question.maximum.is_none_or(|m| n <= m) => Cell::Number(n),
                _ => wrong(Code::FormBadNumber),
            };
        };
        let known: BTreeSet<&str> = answers.codes().collect();
        let one = question.kind == Kind::SelectOne;
        let alone = |c: &String| answers.list.alone.contains(c) || *c == raw.refused || *c == raw.dont_know;
        if codes.iter().any(|c| !known.contains(c.as_str())) || (one && codes.len() > 1) || (codes.len() > 1 && codes.iter().any(alone)) {
            return wrong(Code::FormUnknownCode);
        }
        match codes.first() {
            Some(c) if *c == raw.refused => Cell::None(Why::Refused),
            Some(c) if *c == raw.dont_know => Cell::None(Why::DontKnow),
            Some(c) if answers.list.not_applicable.contains(c) => Cell::None(Why::NotApplicable),
            _ => Cell::Codes(codes),
        }
    }
}

fn holds(condition: &Condition, answers: &Answers<'_>) -> Holds {
    match answers.get(condition.question.as_str()) {
        Some(Cell::Codes(codes)) => Holds::of(codes.iter().any(|c| condition.any.contains(c))),
        Some(Cell::Number(n)) => Holds::of(condition.from.is_none_or(|from| *n >= from) && condition.to.is_none_or(|to| *n <= to)),
        Some(Cell::None(why)) => Holds::None(*why),
        None => Holds::None(Why::NotAsked),
    }
}

/// All hold; none does where one fails; nobody can tell where one is not known.
fn all(conditions: &[Condition], answers: &Answers<'_>) -> Holds {
    let mut told = Holds::Yes;
    for condition in conditions {
        match holds(condition, answers) {
            Holds::No => return Holds::No,
            Holds::None(why) if told == Holds::Yes => told = Holds::None(why),
            _ => {}
        }
    }
    told
}

fn any(conditions: &[Condition], answers: &Answers<'_>) -> Holds {
    let mut told = Holds::No;
    for condition in conditions {
        match holds(condition, answers) {
            Holds::Yes => return Holds::Yes,
            Holds::None(why) if told == Holds::No => told = Holds::None(why),
            _ => {}
        }
    }
    told
}

/// 1, 0 or none of an indicator, over a base.
fn value(measure: &Measure, base: &[Condition], answers: &Answers<'_>) -> Value {
    match all(base, answers) {
        Holds::No => return Value::None(Why::NotApplicable),
        Holds::None(why) => return Value::None(why),
        Holds::Yes => {}
    }
    let counts = if measure.any.is_empty() { all(&measure.all, answers) } else { any(&measure.any, answers) };
    match counts {
        Holds::Yes => Value::Number(1.0),
        Holds::No => Value::Number(0.0),
        Holds::None(why) => Value::None(why),
    }
}

/// The group of a dimension that stands for a reason, where it has one.
fn stated(dimension: Option<&Dimension>, why: Why) -> Value {
    let reason = match why {
        Why::Refused => NotStated::Refused,
        Why::DontKnow => NotStated::Unknown,
        Why::NotAsked => NotStated::NotAsked,
        Why::NotApplicable | Why::Missing => return Value::None(why),
    };
    let group = dimension.and_then(|d| d.group.iter().find(|g| g.not_stated == Some(reason)));
    group.map_or(Value::None(why), |g| Value::Code(g.code.to_string()))
}

/// The name of a column of the second side of a difference, and of a group of several.
fn minus_name(indicator: &str) -> String {
    format!("{indicator}:minus")
}

fn split_name(indicator: &str, dimension: &str, code: &str) -> String {
    format!("{indicator}:{dimension}={code}")
}

fn member_name(dimension: &str, code: &str) -> String {
    format!("{dimension}:{code}")
}

#[derive(Default)]
struct Columns {
    made: BTreeMap<String, Vec<Value>>,
}

impl Columns {
    fn push(&mut self, name: String, value: Value) {
        self.made.entry(name).or_default().push(value);
    }
}

impl<'a> Questionnaire<'a> {
    /// Groups of a question of several answers: those that are codes of its dimension.
    fn members(&self, question: &Question) -> Vec<&'a str> {
        let own = |code: &&str| question.dimension.as_ref().and_then(|d| self.catalogue.dimension(d.as_str())).is_some_and(|d| d.accepts(code));
        let list = self.answers(question);
        let alone: &[String] = list.as_ref().map_or(&[], |a| &a.list.alone);
        list.iter().flat_map(|a| a.substantive()).filter(|c| !alone.iter().any(|x| x == c)).filter(own).collect()
    }

    fn derived(&self) -> impl Iterator<Item = &'a Derived> {
        let asked = |d: &&Derived| d.questions.iter().all(|q| self.is_asked(q));
        self.bank.raw().derived.iter().filter(asked)
    }

    fn measure_columns(&self, answers: &Answers<'_>, columns: &mut Columns) {
        for measure in self.measures() {
            let id = measure.indicator.as_str();
            let counted = value(measure, &measure.base, answers);
            if !measure.minus.is_empty() {
                columns.push(minus_name(id), value(measure, &measure.minus, answers));
            }
            if let Some((question, dimension)) = self.split(measure) {
                for code in self.members(question) {
                    let part = match (&counted, answers.get(question.id.as_str())) {
                        (Value::Number(x), Some(Cell::Codes(codes))) if *x > 0.0 => Value::Number(f64::from(u8::from(codes.iter().any(|c| c == code)))),
                        (Value::Number(x), Some(Cell::None(why))) if *x > 0.0 => Value::None(*why),
                        (other, _) => other.clone(),
                    };
                    columns.push(split_name(id, dimension, code), part);
                }
            }
            columns.push(id.to_owned(), counted);
        }
    }

    fn split(&self, measure: &Measure) -> Option<(&'a Question, &'a str)> {
        let question = self.bank.question(measure.split.as_deref()?).filter(|q| self.is_asked(&q.id))?;
        Some((question, question.dimension.as_ref()?.as_str()))
    }

    fn dimension_columns(&self, ages: &[(&str, AgeRange)], answers: &Answers<'_>, columns: &mut Columns) {
        for question in &self.questions {
            let Some(id) = &question.dimension else { continue };
            let dimension = self.catalogue.dimension(id.as_str());
            let cell = answers.get(question.id.as_str());
            if question.kind == Kind::SelectMultiple {
                for code in self.members(question) {
                    let member = match cell {
                        Some(Cell::Codes(codes)) => Value::Code(if codes.iter().any(|c| c == code) { IN } else { OUT }.to_owned()),
                        Some(Cell::None(why)) => Value::None(*why),
                        _ => Value::None(Why::Missing),
                    };
                    columns.push(member_name(id.as_str(), code), member);
                }
                continue;
            }
            let group = match cell {
                Some(Cell::Codes(codes)) => codes.first().map_or(Value::None(Why::Missing), |c| Value::Code(c.clone())),
                Some(Cell::Number(n)) => {
                    let within = |r: &AgeRange| i64::from(r.from) <= *n && r.to.is_none_or(|to| *n <= i64::from(to));
                    ages.iter().find(|(_, r)| within(r)).map_or(Value::None(Why::NotApplicable), |(code, _)| Value::Code((*code).to_owned()))
                }
                Some(Cell::None(why)) => stated(dimension, *why),
                None => Value::None(Why::Missing),
            };
            columns.push(id.to_string(), group);
        }
        for derived in self.derived() {
            let conditions: Vec<Condition> =
                derived.questions.iter().map(|q| Condition { question: q.clone(), any: derived.any.clone(), from: None, to: None }).collect();
            let group = match any(&conditions, answers) {
                Holds::Yes => Value::Code(derived.then.clone()),
                Holds::No => Value::Code(derived.otherwise.clone()),
                Holds::None(why) => stated(self.catalogue.dimension(derived.dimension.as_str()), why),
            };
            columns.push(derived.dimension.to_string(), group);
        }
    }

    /// What to estimate, for whom: every indicator that is asked, for everybody and for each group.
    fn survey_plan(&self, asked: &ReadRequest) -> Result<SurveyPlan> {
        let share = |variable: String| survey::Measure::Proportion { variable, category: None };
        let mut estimates = BTreeMap::new();
        let mut domains = vec![Domain::default()];
        for measure in self.measures() {
            let id = measure.indicator.as_str();
            let mut names = vec![id.to_owned()];
            if !measure.minus.is_empty() {
                names.push(minus_name(id));
            }
            if let Some((question, dimension)) = self.split(measure) {
                names.extend(self.members(question).iter().map(|code| split_name(id, dimension, code)));
            }
            estimates.extend(names.into_iter().map(|n| (n.clone(), share(n))));
        }
        if estimates.is_empty() {
            return Err(Error::new(Code::FormBadRequest).at_path("form.selection").expecting("at least one indicator that the form asks"));
        }
        for question in &self.questions {
            let Some(id) = &question.dimension else { continue };
            if question.kind != Kind::SelectMultiple {
                domains.push(Domain { by: vec![id.to_string()], groups: None });
            } else if question.ask_if.is_empty() {
                // what belongs to a person; grounds and areas of life belong to what happened
                let member = |code: &&str| Domain { by: vec![member_name(id.as_str(), code)], groups: Some(vec![vec![IN.to_owned()]]) };
                domains.extend(self.members(question).iter().map(member));
            }
        }
        domains.extend(self.derived().map(|d| Domain { by: vec![d.dimension.to_string()], groups: None }));
        let design = serde_json::json!({ "weight": asked.weight.as_deref().unwrap_or(ONES), "stratum": asked.stratum, "psu": asked.psu });
        let design: SurveyDesign = serde_json::from_value(design).map_err(|_| Error::new(Code::SurveyBadPlan))?;
        let plan = serde_json::json!({ "design": design, "estimates": estimates, "domains": domains });
        serde_json::from_value(plan).map_err(|_| Error::new(Code::SurveyBadPlan))
    }

    /// Reads an export.
    ///
    /// # Errors
    /// `form.no-consent-column`, `form.duplicate-column`, `form.bad-request` for a column of the design that is not there, or a form that asks nothing.
    pub fn read(&self, export: &Export, asked: &ReadRequest) -> Result<Microdata> {
        let plan = self.survey_plan(asked)?;
        let mut reader = Reader::new(self, export, asked)?;
        let column = |field: &'static str, name: &Option<String>| -> Result<Option<(usize, String)>> {
            let Some(name) = name else { return Ok(None) };
            let found = export.header.iter().position(|h| h.trim() == name);
            let missing = || Error::new(Code::FormBadRequest).at_path(&format!("read.{field}")).expecting("a column of the export");
            Ok(Some((found.ok_or_else(missing)?, name.clone())))
        };
        let weight = column("weight", &asked.weight)?;
        let design = [column("stratum", &asked.stratum)?, column("psu", &asked.psu)?];
        let version = export.header.iter().position(|h| h.trim() == VERSION);
        let own_version = self.form().settings.rows.first().and_then(|r| r.get(2)).cloned().unwrap_or_default();
        let ages: Vec<(&str, AgeRange)> = self.age_groups.iter().filter_map(|code| Some((*code, AgeRange::parse(code)?))).collect();

        let mut columns = Columns::default();
        let mut counts: Vec<QuestionCounts> = self.questions.iter().map(|q| QuestionCounts { question: q.id.clone(), ..QuestionCounts::default() }).collect();
        let (mut rows, mut no_consent, mut other_version) = (0_usize, 0_usize, 0_u64);
        for (line, cells) in &export.rows {
            if !reader.consents(cells) {
                no_consent += 1;
                reader
                    .findings
                    .push_with(Code::FormNoConsent, "", || Finding::new(Code::FormNoConsent).at(Location { row: Some(*line), ..Location::default() }));
                continue;
            }
            rows += 1;
            if version.and_then(|i| cells.get(i)).is_some_and(|v| !v.trim().is_empty() && v.trim() != own_version) {
                other_version += 1;
            }
            let answers = reader.row(*line, cells);
            for (count, question) in counts.iter_mut().zip(&self.questions) {
                let field = match answers.get(question.id.as_str()) {
                    Some(Cell::None(Why::Refused)) => &mut count.refused,
                    Some(Cell::None(Why::DontKnow)) => &mut count.dont_know,
                    Some(Cell::None(Why::NotApplicable)) => &mut count.not_applicable,
                    Some(Cell::None(Why::NotAsked)) => &mut count.not_asked,
                    Some(Cell::None(Why::Missing)) | None => &mut count.missing,
                    Some(_) => &mut count.answered,
                };
                *field += 1;
            }
            self.measure_columns(&answers, &mut columns);
            self.dimension_columns(&ages, &answers, &mut columns);
            match &weight {
                None => columns.push(ONES.to_owned(), Value::Number(1.0)),
                Some((i, name)) => {
                    let number = cells.get(*i).and_then(|t| parse_number(t, DecimalSign::Detect).ok());
                    if number.is_none() {
                        reader.findings.push_with(Code::FormBadNumber, name, || Finding::new(Code::FormBadNumber).at(at(*line, name)));
                    }
                    columns.push(name.clone(), number.map_or(Value::None(Why::Missing), Value::Number));
                }
            }
            for (i, name) in design.iter().flatten() {
                let code = cells.get(*i).map(|t| t.trim()).filter(|t| !t.is_empty());
                columns.push(name.clone(), code.map_or(Value::None(Why::Missing), |c| Value::Code(c.to_owned())));
            }
        }
        if weight.is_none() {
            reader.findings.push(Finding::new(Code::FormNoWeight));
        }
        if other_version > 0 {
            reader.findings.push(Finding::new(Code::FormOtherVersion).with("rows", other_version));
        }
        // an export of nobody has its columns all the same
        for (name, _) in plan.columns() {
            columns.made.entry(name.to_owned()).or_default();
        }
        let design: BTreeSet<&str> = [asked.weight.as_deref().or(Some(ONES)), asked.stratum.as_deref(), asked.psu.as_deref()].into_iter().flatten().collect();
        let why = |v: &Value| if let Value::None(why) = v { Some(*why) } else { None };
        let absent =
            columns.made.iter().filter(|(name, _)| !design.contains(name.as_str())).map(|(name, column)| (name.clone(), column.iter().map(why).collect()));
        Ok(Microdata { rows, no_consent, absent: absent.collect(), columns: columns.made, questions: counts, plan, findings: reader.findings })
    }
}

/// An estimate as an answer of `survey.estimate` has it.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "EstimateGiven"))]
pub struct Estimated {
    /// Its name in the plan.
    pub estimate: String,
    /// For whom; everybody where it is not given.
    #[serde(default)]
    pub domain: Vec<EstimatedFor>,
    /// The share, 0 to 1; without one there is no row.
    #[serde(default)]
    pub value: Option<f64>,
    /// Its standard error.
    #[serde(default)]
    pub se: Option<f64>,
    /// Cases.
    pub n: u64,
    /// The kind of measure. Not used here.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub kind: IgnoredAny,
    /// Why there is no value. Not used here.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Option<survey::Absent>"))]
    pub absent: IgnoredAny,
    /// Coefficient of variation. Not used here.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Option<f64>"))]
    pub cv: IgnoredAny,
    /// Interval. Not used here.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Option<crate::estimate::Interval>"))]
    pub interval: IgnoredAny,
    /// Degrees of freedom. Not used here.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Option<f64>"))]
    pub df: IgnoredAny,
    /// Sampling units with data. Not used here.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Option<u64>"))]
    pub psus: IgnoredAny,
    /// Strata with data. Not used here.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Option<u64>"))]
    pub strata: IgnoredAny,
    /// Estimated number in the population. Not used here.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Option<f64>"))]
    pub population: IgnoredAny,
    /// Design effect. Not used here.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Option<f64>"))]
    pub deff: IgnoredAny,
    /// Cases divided by the design effect. Not used here.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Option<f64>"))]
    pub effective_n: IgnoredAny,
    /// The poverty line. Not used here.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Option<f64>"))]
    pub threshold: IgnoredAny,
    /// The grade by the rule of quality. Not used here.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Option<survey::Quality>"))]
    pub quality: IgnoredAny,
    /// What the rule of quality saw. Not used here.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Option<Vec<survey::QualityFlag>>"))]
    pub flags: IgnoredAny,
}

/// A part of the domain of an estimate.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "EstimateGivenFor"))]
pub struct EstimatedFor {
    /// The column.
    pub dimension: String,
    /// The code.
    pub code: String,
}

/// A row of the tidy table.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "EstimatedRow"))]
pub struct ObservationRow {
    /// The indicator.
    pub indicator: IndicatorId,
    /// The city.
    pub place: String,
    /// The period.
    pub period: String,
    /// The group, by dimension; empty for everybody.
    #[serde(flatten)]
    pub groups: BTreeMap<String, String>,
    /// The value in the unit of the indicator.
    pub value: f64,
    /// Its standard error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub se: Option<f64>,
    /// Cases; of a difference, those of the smaller side.
    pub n: u64,
}

/// Percentage points of a share.
const POINTS: f64 = 100.0;

/// Estimates of a plan that [`Questionnaire::read`] made, as rows of the tidy table: in the unit of each indicator, for everybody and for the groups of the
/// dimensions that the indicator is split by. The sides of a difference are taken off each other; their errors add up as those of separate groups.
#[must_use]
pub fn observations(catalogue: &Catalogue, estimates: &[Estimated], place: &str, period: &str) -> Vec<ObservationRow> {
    let mut rows = Vec::new();
    for estimated in estimates {
        let (name, part) = estimated.estimate.split_once(':').unwrap_or((&estimated.estimate, ""));
        let Some(indicator) = catalogue.indicator(name) else { continue };
        let mut groups: BTreeMap<String, String> = BTreeMap::new();
        if let Some((dimension, code)) = part.split_once('=') {
            groups.insert(dimension.to_owned(), code.to_owned());
        } else if !part.is_empty() {
            continue;
        }
        // ETHNIC:ROMA = yes is the group ROMA of ETHNIC
        let of = |d: &EstimatedFor| {
            d.dimension.split_once(':').map_or((d.dimension.clone(), d.code.clone()), |(dimension, code)| (dimension.to_owned(), code.to_owned()))
        };
        groups.extend(estimated.domain.iter().map(of));
        let split_by = |id: &String| indicator.disaggregation.required.iter().chain(&indicator.disaggregation.desirable).any(|d| d.as_str() == id);
        if !groups.keys().all(split_by) || (!part.is_empty() && !estimated.domain.is_empty()) {
            continue;
        }
        let Some(share) = estimated.value else { continue };
        let (value, se, n) = if indicator.value_kind == ValueKind::Difference {
            let other = estimates.iter().find(|e| e.estimate == minus_name(name) && e.domain == estimated.domain);
            let Some((other, less)) = other.and_then(|o| Some((o, o.value?))) else { continue };
            let se = estimated.se.zip(other.se).map(|(a, b)| num::sqrt(a * a + b * b) * POINTS);
            ((share - less) * POINTS, se, estimated.n.min(other.n))
        } else {
            (share * indicator.multiplier, estimated.se.map(|se| se * indicator.multiplier), estimated.n)
        };
        rows.push(ObservationRow { indicator: indicator.id.clone(), place: place.to_owned(), period: period.to_owned(), groups, value, se, n });
    }
    rows
}
