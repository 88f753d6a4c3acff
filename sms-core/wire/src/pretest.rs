//! Pre-test, refinement, and what changed between two releases.

use super::{Engine, OldArea, PolicyRequest, answer, field, optional, unanswered};
use serde::Deserialize;
use serde_json::Value;
use sms_base::diagnostic::{Code, Error, Result};
use sms_base::id::EntryId;
use sms_base::num::{self, NumberProblem};
use sms_exchange::csv::{self, Dialect, Line};
use sms_model::catalogue::{Catalogue, diff};
use sms_model::refinement::{self, Decision, NewRelease};
use sms_process::pretest::{self, Answer, NoAnswer, PretestRules, Question, Record, Round};

pub(super) const AREA: OldArea = OldArea { operations: &["pretest.evaluate", "refinement.apply", "catalogue.diff"], answer: call };

/// Answers of a pre-test in a request.
#[derive(Deserialize)]
#[serde(untagged)]
enum Answers {
    /// The text of a CSV file.
    Csv {
        csv: String,
        #[serde(default)]
        dialect: Dialect,
    },
    /// Rows.
    Rows { rows: Vec<Value> },
}

/// Columns of a CSV file of answers; others are not used.
const COLUMNS: [&str; 9] = ["respondent", "question", "answer", "no_answer", "rater", "round", "seconds", "group", "cost"];

fn call(engine: &Engine, op: &str, r: &Value) -> Result<Value> {
    match op {
        "pretest.evaluate" => {
            let method = engine.method_of(&optional(r, "method")?.unwrap_or_default())?;
            let rules: PretestRules = match optional(r, "rules")? {
                Some(rules) => rules,
                None => method.pretest()?,
            };
            let policy: PolicyRequest = optional(r, "policy")?.unwrap_or_default();
            let records = match field(r, "answers")? {
                Answers::Csv { csv, dialect } => read_csv(&csv, &dialect)?,
                Answers::Rows { rows } => read_rows(&rows)?,
            };
            let questions = match optional::<Vec<Question>>(r, "questions")? {
                Some(questions) => questions,
                None => pretest::questions_of(&records)?,
            };
            let confidence = method.raw().estimate.confidence.value;
            answer(pretest::evaluate(&questions, &records, &rules, confidence, &policy.policy(&method)?)?)
        }
        "refinement.apply" => {
            let release: NewRelease = field(r, "release")?;
            let decisions: Vec<Decision> = field(r, "decisions")?;
            let sides: Vec<EntryId> = match optional(r, "required_sides")? {
                Some(sides) => sides,
                None => engine.method_of(&optional(r, "method")?.unwrap_or_default())?.cocreation()?.required_sides,
            };
            let refined = refinement::refine(&engine.catalogue, &release, &decisions, &sides)?;
            let whole: bool = optional(r, "include_catalogue")?.unwrap_or(false);
            let mut made = answer(refined)?;
            if let (false, Some(object)) = (whole, made.as_object_mut()) {
                object.remove("catalogue");
            }
            Ok(made)
        }
        "catalogue.diff" => {
            let read = |name: &str| -> Result<Option<Catalogue>> { optional::<Value>(r, name)?.map(|v| Catalogue::from_json(&v.to_string())).transpose() };
            let before = read("before")?.ok_or_else(|| Error::new(Code::WireBadRequest).at_path("before").expecting("this field"))?;
            answer(match read("after")? {
                Some(after) => diff(&before, &after),
                None => diff(&before, &engine.catalogue),
            })
        }
        _ => Err(unanswered()),
    }
}

/// Rows, each with its place when it cannot be read.
fn read_rows(rows: &[Value]) -> Result<Vec<Record>> {
    let read = |(at, row)| {
        let bad = |e: serde_json::Error| {
            Error::new(Code::PretestBadRow).at_row(u32::try_from(at + 1).unwrap_or(u32::MAX)).expecting(sms_model::catalogue::plain_serde(&e))
        };
        Record::deserialize(row).map_err(bad)
    };
    rows.iter().enumerate().map(read).collect()
}

fn read_csv(text: &str, dialect: &Dialect) -> Result<Vec<Record>> {
    let text = csv::decode(text.as_bytes(), dialect)?;
    let delimiter = csv::delimiter(&text, dialect)?;
    let mut at = [None; COLUMNS.len()];
    let mut records: Vec<Record> = Vec::new();
    csv::each_line(&text, delimiter, dialect, |line| match line {
        Line::Header(names) => {
            for (place, column) in at.iter_mut().zip(COLUMNS) {
                *place = names.iter().position(|n| n.trim() == column);
            }
            match COLUMNS.iter().zip(&at).take(2).find(|(_, place)| place.is_none()) {
                Some((column, _)) => Err(Error::new(Code::CsvMissingColumn).in_column(column)),
                None => Ok(()),
            }
        }
        Line::Bad(row, code) => Err(dialect.locate(Error::new(code).at_row(row))),
        Line::Row(row, fields) => {
            let get = |column: &str| -> &str {
                let place = COLUMNS.iter().zip(&at).find(|(c, _)| **c == column).and_then(|(_, place)| *place);
                place.and_then(|i| fields.get(i)).map(str::trim).unwrap_or_default()
            };
            let bad = |column: &str, expected: &'static str| dialect.locate(Error::new(Code::PretestBadRow).at_row(row).in_column(column).expecting(expected));
            let number = |column: &str| -> Result<Option<f64>> {
                match get(column) {
                    "" => Ok(None),
                    text => num::parse_number(text, dialect.decimal).map(Some).map_err(|_| bad(column, "a number of 0 or more")),
                }
            };
            let text = |column: &str| Some(get(column)).filter(|t| !t.is_empty()).map(str::to_owned);
            let answer = text("answer").map(|t| match num::parse_number(&t, dialect.decimal) {
                Ok(x) => Ok(Answer::Number(x)),
                Err(NumberProblem::Ambiguous) => Err(dialect.locate(Error::new(Code::ObsAmbiguousNumber).at_row(row).in_column("answer"))),
                Err(_) => Ok(Answer::Text(t)),
            });
            records.push(Record {
                respondent: get("respondent").to_owned(),
                question: get("question").to_owned(),
                answer: answer.transpose()?,
                no_answer: match get("no_answer") {
                    "" => None,
                    "not_asked" => Some(NoAnswer::NotAsked),
                    "refused" => Some(NoAnswer::Refused),
                    "dont_know" => Some(NoAnswer::DontKnow),
                    "missing" => Some(NoAnswer::Missing),
                    _ => return Err(bad("no_answer", "not_asked, refused, dont_know, missing, or nothing")),
                },
                rater: text("rater"),
                round: match get("round") {
                    "" | "test" => Round::Test,
                    "retest" => Round::Retest,
                    _ => return Err(bad("round", "test, retest, or nothing")),
                },
                seconds: number("seconds")?,
                group: text("group"),
                cost: number("cost")?,
            });
            Ok(())
        }
    })?;
    Ok(records)
}
