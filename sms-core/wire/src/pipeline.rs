//! From a city's figures to its report.

use super::{Area, CheckAnswer, Engine, Entry, MethodChoice, Operation, PolicyRequest, Source, check_answer};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sms_assessment::assess::{self, AssessmentPlan};
use sms_assessment::release::Published;
use sms_assessment::report::{Explanation, Report, ReportData};
use sms_base::diagnostic::{Code, Findings, Result};
use sms_exchange::crosswalk::{Crosswalk, FileLedger, SourceFile};
use sms_model::dataset;
use sms_model::observation::Row;

pub(super) const AREA: Area =
    Area { title: "From figures to a report", operations: &[Entry::of::<Check>(), Entry::of::<Assess>(), Entry::of::<Explain>(), Entry::of::<Import>()] };

const FILE_ERRORS: &[Code] = &[
    Code::JsonBadShape,
    Code::CsvAmbiguousDelimiter,
    Code::CsvBadEncoding,
    Code::CsvDuplicateColumn,
    Code::CsvMissingColumn,
    Code::CsvNoHeader,
    Code::CsvTooManyColumns,
];

/// What of a table of figures can be used, what cannot, and why.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct Check {
    /// The figures: rows, or the text of a CSV file.
    observations: Source,
}

impl Operation for Check {
    const NAME: &'static str = "check";
    const SOURCE: &'static str = "docs/wire.md, the tidy table";
    const ERRORS: &'static [Code] = FILE_ERRORS;
    const EXAMPLE: &'static str =
        r#"{"observations": {"rows": [{"indicator": "WSP-O-04", "place": "example", "period": "2024", "numerator": 756, "denominator": 18095}]}}"#;
    type Answer = CheckAnswer;

    fn answer(self, engine: &Engine) -> Result<CheckAnswer> {
        let (dataset, findings) = dataset::check(engine.catalogue(), &self.observations.read()?);
        Ok(check_answer(&dataset, findings))
    }
}

/// What a report is made from.
pub(crate) struct Asked {
    pub(crate) observations: Source,
    pub(crate) plan: AssessmentPlan,
    pub(crate) policy: PolicyRequest,
    pub(crate) method: MethodChoice,
    pub(crate) previous: Option<Value>,
}

impl Asked {
    pub(crate) fn report(&self, engine: &Engine) -> Result<Report> {
        let method = engine.chosen(&self.method)?;
        let (dataset, findings) = dataset::check(engine.catalogue(), &self.observations.read()?);
        let assessment = assess::assess(&method, &dataset.into(), &findings, &self.plan)?;
        let previous = self.previous.as_ref().map(|p| Published::from_report(p).map_err(|e| e.at_path("previous"))).transpose()?;
        assessment.release_after(&self.policy.policy(&method)?, previous.as_ref())
    }
}

pub(crate) const ASSESS_ERRORS: &[Code] = &[
    Code::AssessNoPlace,
    Code::AssessUnknownPlace,
    Code::AssessUnknownSelection,
    Code::AssessDuplicateTarget,
    Code::AssessBadAvailability,
    Code::MethodBadJson,
    Code::MethodBadValue,
    Code::MethodNewerEdition,
    Code::MethodMissingWeight,
    Code::MethodUnknownIndicator,
    Code::MethodUnknownNode,
    Code::MethodWeightsSum,
    Code::ProgressBadPath,
    Code::ProgressNotPositive,
    Code::ScoreEqualGoalposts,
    Code::ScoreNotPositive,
    Code::ScoreGoalpostsOrder,
    Code::ReleaseBadThreshold,
    Code::ReleaseInternalReport,
    Code::JsonBadShape,
    Code::CsvMissingColumn,
    Code::CsvNoHeader,
    Code::RbmCircularLink,
    Code::RbmDuplicateResult,
    Code::ExplainUnknownId,
];

/// A city's figures to its report: scores, gaps, changes, progress, and what is withheld.
///
/// The answer is the released report: everything in it follows from what it publishes.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct Assess {
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

impl Operation for Assess {
    const NAME: &'static str = "assess";
    const SOURCE: &'static str = "method, sections 1 to 3, 5 to 8";
    const ERRORS: &'static [Code] = ASSESS_ERRORS;
    const EXAMPLE: &'static str = r#"{"observations": {"rows": [{"indicator": "WSP-O-04", "place": "example", "period": "2024", "numerator": 756, "denominator": 18095}]}, "plan": {"selection": ["WSP-O-04"]}}"#;
    type Answer = ReportData;

    fn answer(self, engine: &Engine) -> Result<ReportData> {
        let Assess { observations, plan, policy, method, previous } = self;
        Ok(Asked { observations, plan, policy, method, previous }.report(engine)?.data())
    }
}

/// How a number of a report came about: each step with its rule, its reason and its source.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct Explain {
    /// An indicator, a module, a right, an attribute, a level of the results chain, or `overall`.
    id: String,
    /// The code of the place; the last one where nothing is said.
    place: Option<String>,
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

impl Operation for Explain {
    const NAME: &'static str = "explain";
    const SOURCE: &'static str = "method, sections 1 to 3, 5 to 8";
    const ERRORS: &'static [Code] = ASSESS_ERRORS;
    const EXAMPLE: &'static str = r#"{"id": "WSP-O-04", "observations": {"rows": [{"indicator": "WSP-O-04", "place": "example", "period": "2024", "numerator": 756, "denominator": 18095}]}}"#;
    type Answer = Explanation;

    fn answer(self, engine: &Engine) -> Result<Explanation> {
        let Explain { id, place, observations, plan, policy, method, previous } = self;
        Asked { observations, plan, policy, method, previous }.report(engine)?.explain(&id, place.as_deref())
    }
}

/// A city's own files to rows of the tidy table, by a crosswalk.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct Import {
    /// What the columns and codes of the files mean.
    #[cfg_attr(feature = "schema", schemars(with = "Crosswalk"))]
    crosswalk: Value,
    /// The files.
    files: Vec<SourceFile>,
}

/// Rows, and what became of each row of the files.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ImportAnswer {
    /// Rows of the tidy table.
    rows: Vec<Row>,
    /// For each file, what became of its rows.
    ledger: Vec<FileLedger>,
    /// What was found.
    findings: Findings,
}

impl Operation for Import {
    const NAME: &'static str = "import";
    const SOURCE: &'static str = "docs/crosswalk.md";
    const ERRORS: &'static [Code] = &[Code::CrosswalkBadFile, Code::CrosswalkAmbiguousCode, Code::CsvBadEncoding];
    const EXAMPLE: &'static str = r#"{"crosswalk": {"place": {"code": "gent"}, "file": [{"name": "jobs.csv", "period": "year", "value": "rate", "series": [{"indicator": "WSP-O-04"}]}]}, "files": [{"name": "jobs.csv", "text": "year,rate\n2018,7.5\n"}]}"#;
    type Answer = ImportAnswer;

    fn answer(self, engine: &Engine) -> Result<ImportAnswer> {
        let imported = Crosswalk::from_value(self.crosswalk)?.import(engine.catalogue(), &self.files)?;
        Ok(ImportAnswer { rows: imported.observations.rows().collect(), ledger: imported.ledger, findings: imported.findings })
    }
}
