//! Floor 17: every operation as plain JSON, for vectors, vendors and other languages.
//!
//! A request is an object with `op` and the fields of that operation; the answer is `{"ok": …}` or `{"error": …}`. The
//! operations are listed in `docs/wire.md`; the conformance vectors speak them.

use crate::aggregate::{self, Item, MeanKind};
use crate::assess::{self, AssessmentPlan};
use crate::catalogue::Catalogue;
use crate::crosswalk::{self, Crosswalk};
use crate::dataset::{self, Dataset, RowCounts};
use crate::diagnostic::{Code, Error, Findings, Result};
use crate::disclosure::{self, Counts, Part, PrivacyPolicy};
use crate::equality::{self, GroupValue};
use crate::estimate::{self, ValueKind};
use crate::exchange::{csv, json};
use crate::indicator::Polarity;
use crate::method::Method;
use crate::num::{self, DecimalSign, NumberProblem};
use crate::observation::Observations;
use crate::period::Period;
use crate::progress;
use crate::rbm;
use crate::report::{LIBRARY_VERSION, Report, WIRE_VERSION};
use crate::score::{self, Goalposts, Score, TargetBand};
use crate::target::{self, Operator};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::sync::Arc;

/// A catalogue and the methods that go with it: what a binding or a program keeps in hand.
///
/// ```
/// let engine = sms_core::wire::Engine::new(sms_catalogue::CATALOGUE_JSON, sms_catalogue::METHODS)?;
/// let answer = engine.call_json(r#"{"op": "score.goalposts", "value": 37, "worst": 20, "best": 80}"#);
/// assert_eq!(answer, r#"{"ok":{"raw":28.333333333333332,"score":28.333333333333332}}"#);
/// # Ok::<(), sms_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Engine {
    catalogue: Arc<Catalogue>,
    methods: Vec<(String, Arc<Method>)>,
}

/// Observations in a request: the text of a CSV file, or rows. People's data: it cannot be printed.
#[derive(Clone, Deserialize)]
#[serde(untagged)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Source {
    /// The text of a CSV file.
    Csv {
        /// The text.
        csv: String,
        /// How it is written.
        #[serde(default)]
        dialect: csv::Dialect,
    },
    /// Rows.
    Rows {
        /// The rows, each an object with the fields of the tidy table.
        rows: Value,
    },
}

impl Source {
    /// Reads them.
    ///
    /// # Errors
    /// Those of [`csv::read`] and [`json::read`].
    pub fn read(&self) -> Result<Observations> {
        match self {
            Source::Csv { csv, dialect } => csv::read(csv.as_bytes(), dialect),
            Source::Rows { rows } => json::read_value(rows, None),
        }
    }
}

/// A privacy policy in a request.
#[derive(Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PolicyRequest {
    /// Stays in the house: nothing is withheld.
    pub internal: bool,
    /// The smallest count that may be shown; that of the method when absent.
    pub threshold: Option<u32>,
    /// A secret that stays in the house, for the fingerprint of the input.
    pub fingerprint_key: Option<String>,
}

impl std::fmt::Debug for PolicyRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // the secret is never printed
        f.debug_struct("PolicyRequest").field("internal", &self.internal).field("threshold", &self.threshold).finish_non_exhaustive()
    }
}

impl PolicyRequest {
    /// The policy that it asks for.
    ///
    /// # Errors
    /// `release.bad-threshold`.
    pub fn policy(&self, method: &Method) -> Result<PrivacyPolicy> {
        let policy = match (self.internal, self.threshold) {
            (true, _) => PrivacyPolicy::internal(),
            (false, Some(threshold)) => PrivacyPolicy::public(threshold)?,
            (false, None) => method.public_policy(),
        };
        Ok(match &self.fingerprint_key {
            Some(key) => policy.with_fingerprint_key(key.as_bytes()),
            None => policy,
        })
    }
}

/// What `check` answers.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CheckAnswer {
    /// What became of the rows.
    pub rows: RowCounts,
    /// Line numbers of the rows left out.
    pub quarantined: Vec<u32>,
    /// What was found.
    pub findings: Findings,
}

#[derive(Deserialize)]
struct AssessRequest {
    observations: Source,
    #[serde(default)]
    plan: AssessmentPlan,
    #[serde(default)]
    policy: PolicyRequest,
    #[serde(default)]
    method: MethodRequest,
}

/// A method in a request: the name of a known one, or a whole one.
#[derive(Deserialize)]
#[serde(untagged)]
enum MethodRequest {
    Named(String),
    Whole(Value),
}

impl Default for MethodRequest {
    fn default() -> Self {
        MethodRequest::Named(DEFAULT_METHOD.to_owned())
    }
}

/// The method that is used when none is named.
pub const DEFAULT_METHOD: &str = "standard";

/// The operations, in the order of `docs/wire.md`.
pub const OPERATIONS: &[&str] = &[
    "versions",
    "catalogue.list",
    "catalogue.show",
    "period.parse",
    "number.parse",
    "estimate.wilson",
    "estimate.byar",
    "estimate.from_counts",
    "estimate.given",
    "score.goalposts",
    "score.logarithmic",
    "score.target_ratio",
    "score.band",
    "score.maturity",
    "score.yes_no",
    "target.standing",
    "target.is_met",
    "aggregate.mean",
    "rbm.combine",
    "rbm.band",
    "rbm.rating",
    "equality.gap",
    "progress.change",
    "disclosure.primary",
    "disclosure.complementary",
    "dimension.accepts",
    "check",
    "assess",
    "explain",
    "import",
];

impl Engine {
    /// Reads a catalogue and named methods.
    ///
    /// # Errors
    /// Those of [`Catalogue::from_json`], [`Method::from_json`] and [`Method::check_against`].
    pub fn new(catalogue_json: &str, methods: &[(&str, &str)]) -> Result<Self> {
        let catalogue = Arc::new(Catalogue::from_json(catalogue_json)?);
        let mut made = Vec::new();
        for (name, json) in methods {
            let method = Method::from_json(json)?;
            method.check_against(&catalogue)?;
            made.push(((*name).to_owned(), Arc::new(method)));
        }
        Ok(Engine { catalogue, methods: made })
    }

    /// The catalogue.
    #[must_use]
    pub fn catalogue(&self) -> &Arc<Catalogue> {
        &self.catalogue
    }

    /// A method by its name.
    ///
    /// # Errors
    /// `wire.bad-request` for an unknown name.
    pub fn method(&self, name: &str) -> Result<Arc<Method>> {
        let found = self.methods.iter().find(|(n, _)| n == name).map(|(_, m)| m.clone());
        found.ok_or_else(|| Error::new(Code::WireBadRequest).at_path("method").expecting("the name of a method"))
    }

    /// Answers a request, both as JSON text. Never fails and never panics: what is wrong is in the answer.
    #[must_use]
    pub fn call_json(&self, request: &str) -> String {
        let answer = json::parse::<Value>(request).and_then(|value| self.call(&value));
        let value = match answer {
            Ok(ok) => json!({ "ok": ok }),
            Err(error) => json!({ "error": error.to_data() }),
        };
        value.to_string()
    }

    /// Answers a request as JSON values.
    ///
    /// # Errors
    /// `wire.unknown-op`, `wire.bad-request`, and those of the operation.
    pub fn call(&self, request: &Value) -> Result<Value> {
        let op =
            request.get("op").and_then(Value::as_str).ok_or_else(|| Error::new(Code::WireBadRequest).at_path("op").expecting("the name of an operation"))?;
        let Some(&op) = OPERATIONS.iter().find(|&&known| known == op) else {
            let error = Error::new(Code::WireUnknownOp).at_path("op");
            return Err(match crate::text::did_you_mean(op, OPERATIONS.iter().copied()) {
                Some(near) => error.with("did_you_mean", near.to_owned()),
                None => error,
            });
        };
        match op {
            "check" | "assess" | "explain" | "import" => self.pipeline(op, request),
            "versions" | "catalogue.list" | "catalogue.show" | "dimension.accepts" => self.look_up(op, request),
            _ => formula(op, request),
        }
    }

    fn look_up(&self, op: &str, request: &Value) -> Result<Value> {
        let catalogue = &self.catalogue;
        match op {
            "versions" => answer(json!({
                "library": LIBRARY_VERSION,
                "wire": WIRE_VERSION,
                "catalogue": catalogue.release().version,
                "catalogue_schema": catalogue.release().schema,
                "catalogue_fingerprint": catalogue.fingerprint(),
                "methods": self.methods.iter().map(|(name, m)| (name.clone(), m.raw().edition.clone())).collect::<std::collections::BTreeMap<_, _>>(),
            })),
            "catalogue.list" => {
                let selection: Option<String> = optional(request, "selection")?;
                answer(list(catalogue, selection.as_deref())?)
            }
            "catalogue.show" => {
                let id: String = field(request, "id")?;
                show(catalogue, &id)
            }
            _ => {
                let dimension: String = field(request, "dimension")?;
                let code: String = field(request, "code")?;
                let dimension = catalogue
                    .dimension(&dimension)
                    .ok_or_else(|| Error::new(Code::WireBadRequest).at_path("dimension").expecting("a dimension of the catalogue"))?;
                answer(json!({ "accepts": dimension.accepts(&code), "total": dimension.is_total(&code) }))
            }
        }
    }

    fn pipeline(&self, op: &str, request: &Value) -> Result<Value> {
        match op {
            "import" => {
                let crosswalk: Value = field(request, "crosswalk")?;
                let crosswalk = Crosswalk::from_value(crosswalk)?;
                let files: Vec<crosswalk::SourceFile> = field(request, "files")?;
                let imported = crosswalk.import(&self.catalogue, &files)?;
                answer(json!({ "rows": imported.observations.rows().collect::<Vec<_>>(), "ledger": imported.ledger, "findings": imported.findings }))
            }
            "check" => {
                let source: Source = field(request, "observations")?;
                let (dataset, findings) = dataset::check(&self.catalogue, &source.read()?);
                answer(check_answer(&dataset, findings))
            }
            _ => {
                let asked: AssessRequest = whole(request)?;
                let report = self.report(&asked)?;
                if op == "assess" {
                    return answer(report.data());
                }
                let id: String = field(request, "id")?;
                let place: Option<String> = optional(request, "place")?;
                answer(report.explain(&id, place.as_deref())?)
            }
        }
    }

    fn report(&self, asked: &AssessRequest) -> Result<Report> {
        let method = match &asked.method {
            MethodRequest::Named(name) => self.method(name)?,
            MethodRequest::Whole(value) => Arc::new(Method::from_json(&value.to_string())?),
        };
        let (dataset, findings) = dataset::check(&self.catalogue, &asked.observations.read()?);
        let assessment = assess::assess(&method, &Arc::new(dataset), &findings, &asked.plan)?;
        assessment.release(&asked.policy.policy(&method)?)
    }
}

/// The indicators, or those of a selection: id, name, module, core, and what they are.
///
/// # Errors
/// `assess.unknown-selection`.
pub fn list(catalogue: &Catalogue, selection: Option<&str>) -> Result<Vec<Value>> {
    let chosen = match selection {
        Some(name) => Some(catalogue.selection(name).ok_or_else(|| Error::new(Code::AssessUnknownSelection).at_path("selection"))?.all()),
        None => None,
    };
    let kept = |id: &crate::id::IndicatorId| chosen.as_ref().is_none_or(|ids| ids.contains(id));
    Ok(catalogue.indicators().iter().filter(|i| kept(&i.id)).map(|i| summary(catalogue, i)).collect())
}

/// The whole sheet of an indicator: `sheet`, `text` and `fingerprint`.
///
/// # Errors
/// `assess.unknown-selection`, with the nearest id.
pub fn show(catalogue: &Catalogue, id: &str) -> Result<Value> {
    let indicator = catalogue.indicator(id).ok_or_else(|| {
        let error = Error::new(Code::AssessUnknownSelection).at_path("id");
        match crate::text::did_you_mean(id, catalogue.indicators().iter().map(|i| i.id.as_str())) {
            Some(near) => error.with("did_you_mean", near.to_owned()),
            None => error,
        }
    })?;
    answer(json!({ "sheet": indicator, "text": catalogue.text(indicator), "fingerprint": catalogue.raw().fingerprints.get(id) }))
}

/// One line of the list of indicators.
#[must_use]
pub fn summary(catalogue: &Catalogue, i: &crate::catalogue::Indicator) -> Value {
    json!({
        "id": i.id,
        "name": catalogue.name(i),
        "module": i.module,
        "core": i.tier == crate::indicator::Tier::Core,
        "measure_type": i.measure_type,
        "result_level": i.result_level,
        "value_kind": i.value_kind,
        "unit": i.unit,
        "polarity": i.polarity,
    })
}

/// What `check` answers of a dataset.
#[must_use]
pub fn check_answer(dataset: &Dataset, findings: Findings) -> CheckAnswer {
    CheckAnswer { rows: dataset.row_counts(), quarantined: dataset.quarantined().to_vec(), findings }
}

fn answer(value: impl Serialize) -> Result<Value> {
    serde_json::to_value(value).map_err(|_| Error::new(Code::NumNotFinite))
}

fn bad(path: &str, error: &serde_json::Error) -> Error {
    Error::new(Code::WireBadRequest).at_path(path).expecting(crate::catalogue::plain_serde(error))
}

fn field<T: serde::de::DeserializeOwned>(request: &Value, name: &str) -> Result<T> {
    let value = request.get(name).ok_or_else(|| Error::new(Code::WireBadRequest).at_path(name).expecting("this field"))?;
    T::deserialize(value).map_err(|e| bad(name, &e))
}

fn optional<T: serde::de::DeserializeOwned>(request: &Value, name: &str) -> Result<Option<T>> {
    match request.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => T::deserialize(value).map(Some).map_err(|e| bad(name, &e)),
    }
}

fn whole<T: serde::de::DeserializeOwned>(request: &Value) -> Result<T> {
    T::deserialize(request).map_err(|e| bad("$", &e))
}

/// A child in a request: without a coverage it is a leaf.
#[derive(Deserialize)]
struct ItemRequest {
    score: Option<f64>,
    weight: f64,
    coverage: Option<f64>,
}

/// Lower ends of bands: falling, at least one.
fn thresholds(r: &Value) -> Result<Vec<f64>> {
    let thresholds: Vec<f64> = field(r, "thresholds")?;
    if rbm::are_bands(&thresholds) { Ok(thresholds) } else { Err(Error::new(Code::MethodBadValue).at_path("thresholds").expecting("falling numbers")) }
}

#[allow(clippy::too_many_lines, reason = "a flat table of operations, one arm each")]
fn formula(op: &str, r: &Value) -> Result<Value> {
    let scored = |s: Score| answer(s);
    match op {
        "period.parse" => {
            let p: Period = field::<String>(r, "text")?.parse()?;
            answer(json!({ "period": p, "start_year": p.start_year(), "months": p.months() }))
        }
        "number.parse" => {
            let decimal: Option<DecimalSign> = optional(r, "decimal")?;
            let text: String = field(r, "text")?;
            match num::parse_number(&text, decimal.unwrap_or_default()) {
                Ok(value) => answer(json!({ "value": value })),
                Err(NumberProblem::NotFinite) => Err(Error::new(Code::NumNotFinite)),
                Err(NumberProblem::Ambiguous) => Err(Error::new(Code::ObsAmbiguousNumber)),
                Err(NumberProblem::Unreadable) => Err(Error::new(Code::NumUnreadable)),
            }
        }
        "estimate.wilson" => answer(estimate::wilson(field(r, "numerator")?, field(r, "denominator")?, field(r, "confidence")?)?),
        "estimate.byar" => answer(estimate::byar(field(r, "count")?, field(r, "confidence")?)?),
        "estimate.from_counts" => {
            let kind: ValueKind = field(r, "kind")?;
            answer(estimate::from_counts(kind, field(r, "numerator")?, field(r, "denominator")?, field(r, "multiplier")?, field(r, "confidence")?)?)
        }
        "estimate.given" => answer(estimate::given(field(r, "value")?, optional(r, "se")?, field(r, "confidence")?)?),
        "score.goalposts" => {
            let (worst, best) = (field(r, "worst")?, field(r, "best")?);
            let goalposts = match optional::<Polarity>(r, "polarity")? {
                Some(polarity) => Goalposts::for_polarity(worst, best, polarity)?,
                None => Goalposts::new(worst, best)?,
            };
            scored(goalposts.score(field(r, "value")?)?)
        }
        "score.logarithmic" => scored(Goalposts::new(field(r, "worst")?, field(r, "best")?)?.log_score(field(r, "value")?)?),
        "score.target_ratio" => scored(score::target_ratio(field(r, "value")?, field(r, "target")?, field(r, "polarity")?)?),
        "score.band" => {
            let band = TargetBand::new(field(r, "worst_low")?, field(r, "lower")?, field(r, "upper")?, field(r, "worst_high")?)?;
            scored(band.score(field(r, "value")?)?)
        }
        "score.maturity" => scored(score::maturity(field(r, "level")?, &field::<Vec<f64>>(r, "map")?)?),
        "score.yes_no" => scored(score::yes_no(field(r, "value")?)?),
        "target.standing" => answer(json!({ "standing": target::standing(field(r, "value")?, field(r, "standard")?, field(r, "polarity")?) })),
        "target.is_met" => {
            let operator: Operator = field(r, "operator")?;
            answer(json!({ "met": operator.is_met(field(r, "value")?, field(r, "threshold")?, optional(r, "upper")?) }))
        }
        "aggregate.mean" => {
            let kind: MeanKind = optional(r, "kind")?.unwrap_or_default();
            let items: Vec<ItemRequest> = field(r, "items")?;
            let items: Vec<Item> = items
                .into_iter()
                .map(|i| match i.coverage {
                    Some(coverage) => Item { score: i.score, weight: i.weight, coverage },
                    None => Item::leaf(i.score, i.weight),
                })
                .collect();
            answer(aggregate::mean(kind, &items, field(r, "minimum_coverage")?)?)
        }
        "rbm.combine" => {
            let rule = rbm::OutcomesFirst::new(field(r, "weight")?, field(r, "margin")?)?;
            answer(json!({ "combined": rule.combine(field(r, "outcomes")?, field(r, "effort")?)? }))
        }
        "rbm.band" => answer(json!({ "band": rbm::band(field(r, "score")?, &thresholds(r)?) })),
        "rbm.rating" => answer(json!({ "band": rbm::rating(field(r, "combined")?, field(r, "outcomes")?, &thresholds(r)?) })),
        "equality.gap" => {
            let groups: Vec<GroupValue> = field(r, "groups")?;
            answer(json!({ "gap": equality::gap(&groups, field(r, "polarity")?, field(r, "significance")?)? }))
        }
        "progress.change" => {
            let change = progress::change(field(r, "earlier")?, field(r, "later")?, field(r, "years")?, field(r, "polarity")?, field(r, "tolerance")?)?;
            answer(json!({ "change": change }))
        }
        "disclosure.primary" => {
            let counts: Counts = field(r, "counts")?;
            let (kind, value) = (field::<ValueKind>(r, "kind")?, optional::<f64>(r, "value")?);
            let verdict = disclosure::primary(kind, counts, value, field(r, "multiplier")?, field(r, "threshold")?, field(r, "class_disclosure")?);
            answer(json!({ "verdict": verdict }))
        }
        "disclosure.complementary" => {
            let counts: Vec<Counts> = field(r, "parts")?;
            let withheld: Vec<bool> = field(r, "withheld")?;
            let fixed: Vec<bool> = optional(r, "fixed")?.unwrap_or_else(|| vec![false; counts.len()]);
            if counts.len() != withheld.len() || counts.len() != fixed.len() {
                return Err(Error::new(Code::WireBadRequest).at_path("withheld").expecting("as many as there are parts"));
            }
            let mut parts: Vec<Part> = counts.iter().zip(withheld).zip(fixed).map(|((&counts, withheld), fixed)| Part { counts, withheld, fixed }).collect();
            let total = disclosure::complementary(&mut parts, field(r, "threshold")?);
            answer(json!({ "withheld": parts.iter().map(|p| p.withheld).collect::<Vec<_>>(), "total_withheld": total }))
        }
        _ => Err(Error::new(Code::WireUnknownOp).at_path("op")),
    }
}
