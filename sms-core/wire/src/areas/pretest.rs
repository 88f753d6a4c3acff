//! Pre-test, refinement, and what changed between two releases.

use crate::{Area, CsvText, Engine, Entry, MethodChoice, Operation, OrCsv, PolicyRequest};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sms_base::diagnostic::{Code, Error, Result};
use sms_base::id::EntryId;
use sms_base::num::{self, NumberProblem};
use sms_base::shape;
use sms_exchange::csv::{self, Dialect, Line};
use sms_model::catalogue::{Catalogue, Diff, RawCatalogue, diff};
use sms_model::refinement::{self, Decision, NewRelease, Step};
use sms_process::pretest::{self, Answer, Evaluation, NoAnswer, PretestRules, Question, Record, Round};

pub(super) const AREA: Area =
    Area { title: "Pre-test and refinement", operations: &[Entry::of::<EvaluatePretest>(), Entry::of::<RefineCatalogue>(), Entry::of::<CompareCatalogues>()] };

/// Answers of a pre-test, a row for one person and question. People's data: they cannot be printed.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct PretestAnswers {
    /// The rows.
    #[cfg_attr(feature = "schema", schemars(with = "Vec<Record>"))]
    rows: Vec<Value>,
}

/// Columns of a CSV file of answers; others are not used.
const COLUMNS: [&str; 9] = ["respondent", "question", "answer", "no_answer", "rater", "round", "seconds", "group", "cost"];

/// What a pre-test says of each question, and what is proposed: to keep, modify, merge, split or drop it.
///
/// Shares are of those asked, with Wilson's interval. Shares by group are withheld for groups of fewer persons than the policy allows, and for one more
/// where such a group could be had by subtraction. A proposal has a reason for each statistic that passed its threshold; people decide.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct EvaluatePretest {
    /// The answers: rows, or the text of a CSV file with the same columns.
    answers: OrCsv<PretestAnswers>,
    /// The questions, in the order in which they are answered for; where none are given, those of the answers, with kinds told from the answers.
    questions: Option<Vec<Question>>,
    /// What may be published; as the method has it where nothing is said.
    #[serde(default)]
    policy: PolicyRequest,
    /// The thresholds; those of the method where they are not given.
    rules: Option<PretestRules>,
    /// The method, for rules that are not given and for the level of confidence.
    #[serde(default)]
    method: MethodChoice,
}

impl Operation for EvaluatePretest {
    const NAME: &'static str = "pretest.evaluate";
    const SOURCE: &'static str = "method, section 4";
    const ERRORS: &'static [Code] = &[
        Code::PretestBadQuestion,
        Code::PretestBadRow,
        Code::PretestDuplicateAnswer,
        Code::PretestNoAnswers,
        Code::PretestUnknownQuestion,
        Code::AgreementOutOfScale,
        Code::TextBadId,
        Code::ObsAmbiguousNumber,
        Code::CsvAmbiguousDelimiter,
        Code::CsvBadEncoding,
        Code::CsvMissingColumn,
        Code::CsvNoHeader,
        Code::ReleaseBadThreshold,
        Code::MethodBadJson,
        Code::MethodBadValue,
        Code::MethodNewerEdition,
    ];
    const EXAMPLE: &'static str =
        r#"{"answers": {"rows": [{"respondent": "p1", "question": "q1", "answer": 4}, {"respondent": "p2", "question": "q1", "no_answer": "refused"}]}}"#;
    type Answer = Evaluation;

    fn answer(self, engine: &Engine) -> Result<Evaluation> {
        let method = engine.chosen(&self.method)?;
        let rules = match self.rules {
            Some(rules) => rules,
            None => method.pretest()?,
        };
        let records = match self.answers {
            OrCsv::Csv(CsvText { csv, dialect }) => read_csv(&csv, &dialect)?,
            OrCsv::Given(PretestAnswers { rows }) => read_rows(&rows)?,
        };
        let questions = match self.questions {
            Some(questions) => questions,
            None => pretest::questions_of(&records)?,
        };
        pretest::evaluate(&questions, &records, &rules, method.data().estimate.confidence.value, &self.policy.policy(&method)?)
    }
}

/// Decisions about indicators to a new release of the catalogue, with what changed and why.
///
/// All decisions are applied together, or none is. What is split, merged or dropped stays as `retired`, and selections follow. What enters the core or
/// becomes standard needs every side of `required_sides`.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct RefineCatalogue {
    /// The head of the new release.
    release: NewRelease,
    /// The decisions; an indicator that none is about stays as it is.
    decisions: Vec<Decision>,
    /// The sides that must each have decided where an indicator enters the core or becomes standard; those of the method where they are not given.
    required_sides: Option<Vec<EntryId>>,
    /// Whether the answer holds the whole new catalogue.
    #[serde(default)]
    include_catalogue: bool,
    /// The method, for sides that are not given.
    #[serde(default)]
    method: MethodChoice,
}

/// A new release, and how it came about.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct RefineCatalogueAnswer {
    /// What changed.
    diff: Diff,
    /// One step a decision, in the order of the decisions.
    lineage: Vec<Step>,
    /// The section of the changelog, as Markdown.
    changelog: String,
    /// Fingerprint of the new release.
    fingerprint: String,
    /// The new release, where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    catalogue: Option<RawCatalogue>,
}

impl Operation for RefineCatalogue {
    const NAME: &'static str = "refinement.apply";
    const SOURCE: &'static str = "docs/wire.md, pre-test and refinement";
    const ERRORS: &'static [Code] = &[
        Code::RefinementBadRelease,
        Code::RefinementBadDecision,
        Code::RefinementIncompleteDecision,
        Code::RefinementUnknownIndicator,
        Code::RefinementDecidedTwice,
        Code::RefinementMissingSignOff,
        Code::CatalogueBadValue,
        Code::CatalogueDuplicateId,
        Code::CatalogueUnknownReference,
        Code::MethodBadJson,
        Code::MethodBadValue,
        Code::MethodNewerEdition,
    ];
    const EXAMPLE: &'static str = r#"{"release": {"version": "0.3.0", "date": "2027-02-01"}, "decisions": [{"action": "keep", "indicators": ["GOV-S-01"], "decided_by": [{"who": "the round table", "side": "city"}], "on": "2027-01-15", "reason": "Asked and answered without trouble."}]}"#;
    type Answer = RefineCatalogueAnswer;

    fn answer(self, engine: &Engine) -> Result<RefineCatalogueAnswer> {
        let sides = match self.required_sides {
            Some(sides) => sides,
            None => engine.chosen(&self.method)?.cocreation()?.required_sides,
        };
        let made = refinement::refine(&engine.catalogue, &self.release, &self.decisions, &sides)?;
        let catalogue = self.include_catalogue.then_some(made.catalogue);
        Ok(RefineCatalogueAnswer { diff: made.diff, lineage: made.lineage, changelog: made.changelog, fingerprint: made.fingerprint, catalogue })
    }
}

/// What changed between two releases of a catalogue.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct CompareCatalogues {
    /// The earlier release, a whole catalogue.
    #[cfg_attr(feature = "schema", schemars(with = "RawCatalogue"))]
    before: Value,
    /// The later release, a whole catalogue; the embedded one where it is not given.
    #[cfg_attr(feature = "schema", schemars(with = "Option<RawCatalogue>"))]
    after: Option<Value>,
}

impl Operation for CompareCatalogues {
    const NAME: &'static str = "catalogue.diff";
    const SOURCE: &'static str = "docs/wire.md, pre-test and refinement";
    const ERRORS: &'static [Code] =
        &[Code::CatalogueBadJson, Code::CatalogueNewerSchema, Code::CatalogueDuplicateId, Code::CatalogueUnknownReference, Code::CatalogueBadValue];
    const EXAMPLE: &'static str = r#"{"before": {"release": {"schema": "1.0.0", "id": "example", "version": "0.0.1", "date": "2026-01-01", "status": "draft", "licence": "CC0-1.0", "languages": ["en"]}, "clusters": [], "modules": [], "instruments": [], "rights": [], "attributes": [], "source_types": [], "service_areas": [], "datasets": [], "variables": [], "references": [], "dimensions": [], "codelists": [], "selections": [], "indicators": [], "frameworks": [], "roadmaps": [], "texts": {}, "fingerprints": {}}}"#;
    type Answer = Diff;

    fn answer(self, engine: &Engine) -> Result<Diff> {
        let read = |catalogue: &Value| Catalogue::from_json(&catalogue.to_string());
        let before = read(&self.before)?;
        Ok(match &self.after {
            Some(after) => diff(&before, &read(after)?),
            None => diff(&before, &engine.catalogue),
        })
    }
}

/// Rows, each with its place when it cannot be read.
fn read_rows(rows: &[Value]) -> Result<Vec<Record>> {
    let read = |(at, row)| shape::read::<Record>(row, Code::PretestBadRow).map_err(|e| e.at_row(u32::try_from(at + 1).unwrap_or(u32::MAX)));
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
