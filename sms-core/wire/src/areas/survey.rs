//! Survey estimates: microdata in columns, states as base64 text, intervals and grades.

use super::base64_text::from_base64;
pub(super) use super::base64_text::to_base64;
use super::index::TableCell;
use crate::{Area, Engine, Entry, Operation};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sms_base::diagnostic::{Code, Error, Result};
use sms_base::num::DecimalSign;
use sms_model::estimate::{self, Interval};
use sms_statistics::survey::{
    Accumulator, Batch, Column, Encoded, IntervalRule, KornGraubardProfile, ProportionIntervalInput, Quality, QualityFlag, QualityInput, QualityRules,
    Reporting, Role, SurveyPlan, SurveyResults, encode_numbers, mean_interval, proportion_interval, quality,
};
use std::collections::BTreeMap;

pub(super) const AREA: Area = Area {
    title: "Survey estimates",
    operations: &[
        Entry::of::<EstimateSurvey>(),
        Entry::of::<AccumulateSurvey>(),
        Entry::of::<MergeSurvey>(),
        Entry::of::<FinishSurvey>(),
        Entry::of::<MeanInterval>(),
        Entry::of::<ProportionInterval>(),
        Entry::of::<GradeEstimate>(),
        Entry::of::<PoissonExact>(),
    ],
};

/// Columns of microdata by their names: a cell a row, null where there is none.
type Columns = BTreeMap<String, Vec<Option<TableCell>>>;

/// Microdata in a request, by column. People's data: it cannot be printed.
struct Microdata {
    rows: usize,
    numbers: BTreeMap<String, (Vec<f64>, Vec<bool>)>,
    codes: BTreeMap<String, Encoded>,
}

fn bad(column: &str, expected: &'static str) -> Error {
    Error::new(Code::WireBadRequest).at_path(&format!("columns.{column}")).expecting(expected)
}

/// A number; NaN and infinities come as texts and are left for the core to refuse.
fn number(cell: Option<&TableCell>) -> Option<Option<f64>> {
    match cell {
        None => Some(None),
        Some(TableCell::Number(x)) => Some(Some(*x)),
        Some(TableCell::Truth(yes)) => Some(Some(f64::from(u8::from(*yes)))),
        Some(TableCell::Text(text)) => match sms_base::num::parse_number(text, DecimalSign::Point) {
            Err(sms_base::num::NumberProblem::NotFinite) => Some(Some(f64::NAN)),
            _ => None,
        },
    }
}

fn encode(cells: &[Option<TableCell>]) -> Option<Encoded> {
    if cells.iter().flatten().all(|cell| matches!(cell, TableCell::Number(_))) {
        return Some(encode_numbers(cells.iter().map(|cell| number(cell.as_ref()).flatten())));
    }
    let mut seen: BTreeMap<&str, u32> = BTreeMap::new();
    let mut made = Encoded::default();
    for cell in cells {
        let text = match cell {
            None => None,
            Some(TableCell::Text(text)) => Some(text.as_str()),
            Some(TableCell::Truth(yes)) => Some(if *yes { "true" } else { "false" }),
            Some(TableCell::Number(_)) => return None,
        };
        let code = text.map(|text| {
            *seen.entry(text).or_insert_with(|| {
                made.dictionary.push(text.to_owned());
                u32::try_from(made.dictionary.len() - 1).unwrap_or(u32::MAX)
            })
        });
        made.codes.push(code.unwrap_or_default());
        made.valid.push(code.is_some());
    }
    Some(made)
}

impl Microdata {
    fn read(plan: &SurveyPlan, columns: &Columns) -> Result<Self> {
        let mut made = Microdata { rows: 0, numbers: BTreeMap::new(), codes: BTreeMap::new() };
        for (at, (name, role)) in plan.columns().into_iter().enumerate() {
            let Some(values) = columns.get(name) else { return Err(Error::new(Code::SurveyMissingColumn).in_column(name)) };
            if at == 0 {
                made.rows = values.len();
            }
            match role {
                Role::Numbers => {
                    let read: Vec<Option<f64>> =
                        values.iter().map(|cell| number(cell.as_ref())).collect::<Option<_>>().ok_or_else(|| bad(name, "numbers and nulls"))?;
                    let valid = read.iter().map(Option::is_some).collect();
                    made.numbers.insert(name.to_owned(), (read.into_iter().map(Option::unwrap_or_default).collect(), valid));
                }
                Role::Codes => {
                    made.codes.insert(name.to_owned(), encode(values).ok_or_else(|| bad(name, "texts or numbers, and nulls"))?);
                }
            }
        }
        Ok(made)
    }

    fn update(&self, accumulator: &mut Accumulator) -> Result<()> {
        let words: BTreeMap<&str, Vec<&str>> = self.codes.iter().map(|(name, c)| (name.as_str(), c.dictionary.iter().map(String::as_str).collect())).collect();
        let mut batch = Batch::new(self.rows);
        for (name, (values, valid)) in &self.numbers {
            batch.insert(name, Column::Numbers { values, valid: Some(valid) })?;
        }
        for (name, encoded) in &self.codes {
            let dictionary = words.get(name.as_str()).map(Vec::as_slice).unwrap_or_default();
            batch.insert(name, Column::Codes { codes: &encoded.codes, dictionary, valid: Some(&encoded.valid) })?;
        }
        accumulator.update(&batch)
    }
}

/// Takes the rows of columns as a request has them: all of them, or none when they are refused.
///
/// # Errors
/// Those of `survey.accumulate`.
pub fn take_columns(accumulator: &mut Accumulator, columns: &Value) -> Result<()> {
    let mut part = Accumulator::new(accumulator.plan().clone())?;
    Microdata::read(accumulator.plan(), &crate::part(columns, "columns")?)?.update(&mut part)?;
    accumulator.merge(&part)
}

fn state(plan: SurveyPlan, text: &str) -> Result<Accumulator> {
    let bytes = from_base64(text).ok_or_else(|| Error::new(Code::SurveyBadState))?;
    Accumulator::from_bytes(plan, &bytes)
}

const ESTIMATE_SOURCE: &str = "method, section 5; Särndal, Swensson and Wretman 1992; Lumley 2010";

/// Estimates of a survey for groups, each with its error by the design of the sample.
///
/// Every estimate of a group is made over the full design, in which the rows of others count as zeros. Estimates are not released: small groups are among
/// them.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct EstimateSurvey {
    /// The microdata: columns by their names, each a list with a number or a code for each row, null for missing. Columns that the plan does not name are
    /// not used.
    columns: Columns,
    /// How the sample was drawn, what is estimated, and for whom.
    plan: SurveyPlan,
    /// How intervals are made, and by which rule estimates are graded.
    reporting: Reporting,
}

impl Operation for EstimateSurvey {
    const NAME: &'static str = "survey.estimate";
    const SOURCE: &'static str = ESTIMATE_SOURCE;
    const ERRORS: &'static [Code] = &[
        Code::SurveyBadPlan,
        Code::SurveyMissingColumn,
        Code::SurveyBadColumn,
        Code::SurveyBadWeight,
        Code::SurveyMissingDesignValue,
        Code::SurveyNoPopulationTotal,
        Code::SurveyBadFpc,
        Code::SurveyNotBinary,
        Code::SurveyTooLarge,
        Code::SurveyNoRows,
        Code::SurveyCalibrationNotReached,
        Code::SurveyLonelyPsu,
        Code::SurveyFpcVaries,
        Code::SurveyFpcBelowSample,
        Code::SurveyPsuInTwoStrata,
        Code::SurveyBadParameter,
        Code::EstimateBadConfidence,
        Code::NumNotFinite,
    ];
    const EXAMPLE: &'static str = r#"{"columns": {"w": [10, 10, 10], "rent": [700, 900, 800]}, "plan": {"design": {"weight": "w"}, "estimates": {"rent": {"kind": "mean", "variable": "rent"}}}, "reporting": {"confidence": 0.95}}"#;
    type Answer = SurveyResults;

    fn answer(self, _: &Engine) -> Result<SurveyResults> {
        let mut accumulator = Accumulator::new(self.plan)?;
        Microdata::read(accumulator.plan(), &self.columns)?.update(&mut accumulator)?;
        accumulator.finish(&self.reporting)
    }
}

/// A state of a survey: what its rows add up to. As confidential as the microdata: it holds small cells.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct SurveyState {
    /// The state as base64 text.
    state: String,
    /// SHA-256 of the plan that the state belongs to, in hexadecimal digits.
    plan_fingerprint: String,
}

impl SurveyState {
    fn of(accumulator: &Accumulator) -> Result<Self> {
        Ok(SurveyState { state: to_base64(&accumulator.to_bytes()?), plan_fingerprint: accumulator.plan_fingerprint() })
    }
}

/// Rows of a survey into a state, batch by batch.
///
/// Any split, any order and any tree of merges gives the same bits. A state is as confidential as the microdata: it is handed over only under the agreement
/// that covers the data.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct AccumulateSurvey {
    /// The microdata: columns by their names, each a list with a number or a code for each row, null for missing. Columns that the plan does not name are
    /// not used.
    columns: Columns,
    /// How the sample was drawn, what is estimated, and for whom.
    plan: SurveyPlan,
    /// The state that the rows are added to, as base64 text; an empty one where it is not given.
    state: Option<String>,
}

impl Operation for AccumulateSurvey {
    const NAME: &'static str = "survey.accumulate";
    const SOURCE: &'static str = "docs/survey.md, parts that come together";
    const ERRORS: &'static [Code] = &[
        Code::SurveyBadPlan,
        Code::SurveyBadState,
        Code::SurveyNewerState,
        Code::SurveyOtherPlan,
        Code::SurveyMissingColumn,
        Code::SurveyBadColumn,
        Code::SurveyBadWeight,
        Code::SurveyMissingDesignValue,
        Code::SurveyNoPopulationTotal,
        Code::SurveyBadFpc,
        Code::SurveyNotBinary,
        Code::SurveyTooLarge,
        Code::NumNotFinite,
    ];
    const EXAMPLE: &'static str =
        r#"{"columns": {"w": [10, 10], "rent": [700, 900]}, "plan": {"design": {"weight": "w"}, "estimates": {"rent": {"kind": "mean", "variable": "rent"}}}}"#;
    type Answer = SurveyState;

    fn answer(self, _: &Engine) -> Result<SurveyState> {
        let mut accumulator = match self.state {
            Some(text) => state(self.plan, &text)?,
            None => Accumulator::new(self.plan)?,
        };
        Microdata::read(accumulator.plan(), &self.columns)?.update(&mut accumulator)?;
        SurveyState::of(&accumulator)
    }
}

/// States of a survey into one.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct MergeSurvey {
    /// The plan that made the states, to the letter.
    plan: SurveyPlan,
    /// The states, each as base64 text.
    states: Vec<String>,
}

impl Operation for MergeSurvey {
    const NAME: &'static str = "survey.merge";
    const SOURCE: &'static str = "docs/survey.md, parts that come together";
    const ERRORS: &'static [Code] = &[Code::SurveyBadPlan, Code::SurveyBadState, Code::SurveyNewerState, Code::SurveyOtherPlan, Code::SurveyTooLarge];
    const EXAMPLE: &'static str = r#"{"plan": {"design": {"weight": "w"}, "estimates": {"rent": {"kind": "mean", "variable": "rent"}}}, "states": ["U01TVgEA5ARbSm1KRTYGjdDKnJgvl6XjW7B1iOLv665bfI7K5+cCAAEAAgAAAAEAAQAAAEBdxgAAAAAAAQAAAgEAAACAPgAAAAAAAAEAAAAUAAAAAAAAAAEAAACApL8HAAAAAAEAAAAAcQIAAAAAAAEAAADIAAAAAAAAAAAAFPo9sKfYpLaI+TOzs92QNE1jsOy26mmj1qV4rDl75Pw="]}"#;
    type Answer = SurveyState;

    fn answer(self, _: &Engine) -> Result<SurveyState> {
        let mut merged = Accumulator::new(self.plan.clone())?;
        for text in self.states {
            merged.merge(&state(self.plan.clone(), &text)?)?;
        }
        SurveyState::of(&merged)
    }
}

/// The estimates of a state, as `survey.estimate` gives them for the rows at once.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct FinishSurvey {
    /// The plan that made the state, to the letter.
    plan: SurveyPlan,
    /// The state, as base64 text.
    state: String,
    /// How intervals are made, and by which rule estimates are graded.
    reporting: Reporting,
}

impl Operation for FinishSurvey {
    const NAME: &'static str = "survey.finish";
    const SOURCE: &'static str = ESTIMATE_SOURCE;
    const ERRORS: &'static [Code] = &[
        Code::SurveyBadPlan,
        Code::SurveyBadState,
        Code::SurveyNewerState,
        Code::SurveyOtherPlan,
        Code::SurveyTooLarge,
        Code::SurveyNoRows,
        Code::SurveyCalibrationNotReached,
        Code::SurveyLonelyPsu,
        Code::SurveyFpcVaries,
        Code::SurveyFpcBelowSample,
        Code::SurveyPsuInTwoStrata,
        Code::SurveyBadParameter,
        Code::EstimateBadConfidence,
        Code::NumNotFinite,
    ];
    const EXAMPLE: &'static str = r#"{"plan": {"design": {"weight": "w"}, "estimates": {"rent": {"kind": "mean", "variable": "rent"}}}, "state": "U01TVgEA5ARbSm1KRTYGjdDKnJgvl6XjW7B1iOLv665bfI7K5+cCAAEAAgAAAAEAAQAAAEBdxgAAAAAAAQAAAgEAAACAPgAAAAAAAAEAAAAUAAAAAAAAAAEAAACApL8HAAAAAAEAAAAAcQIAAAAAAAEAAADIAAAAAAAAAAAAFPo9sKfYpLaI+TOzs92QNE1jsOy26mmj1qV4rDl75Pw=", "reporting": {"confidence": 0.95}}"#;
    type Answer = SurveyResults;

    fn answer(self, _: &Engine) -> Result<SurveyResults> {
        state(self.plan, &self.state)?.finish(&self.reporting)
    }
}

const INTERVAL_ERRORS: &[Code] = &[Code::SurveyBadParameter, Code::EstimateBadConfidence, Code::NumNotFinite];

/// Student's interval of an estimate from a sample with a design.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct MeanInterval {
    /// The estimate.
    value: f64,
    /// Its standard error, 0 or more.
    se: f64,
    /// Degrees of freedom of the design, above 0.
    df: f64,
    /// Confidence level, above 0 and below 1, such as 0.95.
    confidence: f64,
}

impl Operation for MeanInterval {
    const NAME: &'static str = "survey.mean_interval";
    const SOURCE: &'static str = "method, section 5";
    const ERRORS: &'static [Code] = INTERVAL_ERRORS;
    const EXAMPLE: &'static str = r#"{"value": 800, "se": 25, "df": 12, "confidence": 0.95}"#;
    type Answer = Interval;

    fn answer(self, _: &Engine) -> Result<Interval> {
        mean_interval(self.value, self.se, self.df, self.confidence)
    }
}

/// The interval of a share from a sample with a design, by a declared rule.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ProportionInterval {
    /// The share, 0 to 1.
    proportion: f64,
    /// Its standard error, 0 or more.
    se: f64,
    /// Cases, unweighted.
    n: u64,
    /// Degrees of freedom of the design, above 0.
    df: f64,
    /// Confidence level, above 0 and below 1, such as 0.95.
    confidence: f64,
    /// How it is made; `logit` where it is not given.
    #[serde(default)]
    rule: IntervalRule,
    /// Whether the effective sample size may exceed the number of cases; `capped` where it is not given.
    #[serde(default)]
    profile: KornGraubardProfile,
}

/// The interval of a share.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ProportionIntervalAnswer {
    /// The interval; null where the rule is not defined.
    interval: Option<Interval>,
}

impl Operation for ProportionInterval {
    const NAME: &'static str = "survey.proportion_interval";
    const SOURCE: &'static str = "method, section 5; Korn and Graubard 1998; Dean and Pagano 2015; Parker et al. 2017";
    const ERRORS: &'static [Code] = INTERVAL_ERRORS;
    const EXAMPLE: &'static str = r#"{"proportion": 0.65, "se": 0.05, "n": 100, "df": 20, "confidence": 0.95}"#;
    type Answer = ProportionIntervalAnswer;

    fn answer(self, _: &Engine) -> Result<ProportionIntervalAnswer> {
        let ProportionInterval { proportion, se, n, df, confidence, rule, profile } = self;
        Ok(ProportionIntervalAnswer { interval: proportion_interval(&ProportionIntervalInput { proportion, se, n, df, confidence, rule, profile })? })
    }
}

/// Whether an estimate is good enough to be published as a number, and what speaks against it.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct GradeEstimate {
    /// The estimate.
    value: f64,
    /// Its standard error, 0 or more; without one the estimate is not assessed.
    se: Option<f64>,
    /// Cases, unweighted.
    n: u64,
    /// Degrees of freedom of the design, above 0.
    df: Option<f64>,
    /// Whether it is a share between 0 and 1; it is none where this is not given.
    #[serde(default)]
    is_share: bool,
    /// Confidence level of intervals, above 0 and below 1, such as 0.95.
    confidence: f64,
    /// When an estimate is fine, to be used with caution, or not to be published as a number.
    rules: QualityRules,
}

/// The grade of an estimate, and why.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct GradeEstimateAnswer {
    /// The grade.
    quality: Quality,
    /// What the rule saw.
    flags: Vec<QualityFlag>,
}

impl Operation for GradeEstimate {
    const NAME: &'static str = "survey.quality";
    const SOURCE: &'static str = "method, section 5; bands as at Statistics Canada; Parker et al. 2017";
    const ERRORS: &'static [Code] = &[Code::SurveyBadParameter, Code::EstimateBadConfidence];
    const EXAMPLE: &'static str = r#"{"value": 100, "se": 16.5, "n": 50, "df": 40, "confidence": 0.95, "rules": {"cv_fine": 0.165, "cv_caution": 0.333, "zero_width_fine": 0.05, "zero_width_caution": 0.3, "minimum_n": 30, "population_tolerance": 0.05}}"#;
    type Answer = GradeEstimateAnswer;

    fn answer(self, _: &Engine) -> Result<GradeEstimateAnswer> {
        let GradeEstimate { value, se, n, df, is_share, confidence, rules } = self;
        let (quality, flags) = quality(&QualityInput { value, se, n, df, is_share, confidence }, &rules)?;
        Ok(GradeEstimateAnswer { quality, flags })
    }
}

/// The exact interval of a Poisson count: the counts that are not refused at a level of confidence.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct PoissonExact {
    /// The count, 0 or more.
    count: f64,
    /// Confidence level, above 0 and below 1, such as 0.95.
    confidence: f64,
}

impl Operation for PoissonExact {
    const NAME: &'static str = "estimate.poisson_exact";
    const SOURCE: &'static str = "Garwood 1936";
    const ERRORS: &'static [Code] = &[Code::EstimateNegativeCount, Code::EstimateBadConfidence, Code::NumNotFinite];
    const EXAMPLE: &'static str = r#"{"count": 65, "confidence": 0.95}"#;
    type Answer = Interval;

    fn answer(self, _: &Engine) -> Result<Interval> {
        estimate::poisson_exact(self.count, self.confidence)
    }
}
