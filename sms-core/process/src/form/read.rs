//! An export of KoboToolbox or ODK as microdata: columns for survey estimates, and for every empty cell the reason why it is empty.

mod answers;
mod estimated;

pub use estimated::{Estimated, EstimatedFor, ObservationRow, observations};

use super::Questionnaire;
use super::bank::{Condition, Derived, Kind, Measure, Question};
use crate::catalogue::Dimension;
use crate::diagnostic::{Code, Error, Finding, Findings, Location, Result};
use crate::disaggregation::{AgeRange, NotStated};
use crate::num::{DecimalSign, parse_number};
use crate::survey::{self, Domain, SurveyDesign, SurveyPlan};
use answers::{Answers, Cell, Holds, Reader, all, any, at};
use serde::{Deserialize, Serialize, Serializer};
use std::collections::{BTreeMap, BTreeSet};

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
        self.bank.data().derived.iter().filter(asked)
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
                derived.questions.iter().map(|q| Condition { question: q.clone(), any: derived.any.clone(), none: Vec::new(), from: None, to: None }).collect();
            let told = if derived.every { all(&conditions, answers) } else { any(&conditions, answers) };
            let Some(otherwise) = &derived.otherwise else {
                let member = match told {
                    Holds::Yes => Value::Code(IN.to_owned()),
                    Holds::No => Value::Code(OUT.to_owned()),
                    Holds::None(why) => Value::None(why),
                };
                columns.push(member_name(derived.dimension.as_str(), &derived.then), member);
                continue;
            };
            let group = match told {
                Holds::Yes => Value::Code(derived.then.clone()),
                Holds::No => Value::Code(otherwise.clone()),
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
        domains.extend(self.derived().map(|d| match &d.otherwise {
            Some(_) => Domain { by: vec![d.dimension.to_string()], groups: None },
            None => Domain { by: vec![member_name(d.dimension.as_str(), &d.then)], groups: Some(vec![vec![IN.to_owned()]]) },
        }));
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
