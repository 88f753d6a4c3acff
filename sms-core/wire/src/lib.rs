//! Floor 17: every operation as plain JSON, for vectors, vendors and other languages.
//!
//! A request is an object with `op` and the fields of that operation; the answer is `{"ok": …}` or `{"error": …}`. The
//! operations are listed in `docs/wire.md`; the conformance vectors speak them.
#![forbid(unsafe_code)]

#[cfg(feature = "all-areas")]
mod areas;
pub mod certify;
mod formula;
mod look_up;
mod operation;
mod pipeline;
mod source;

#[cfg(feature = "all-areas")]
pub use areas::{ExportAnswer, exported, from_base64, take_columns};
pub use look_up::{IndicatorSheet, IndicatorSummary, list, show, summary};
pub use operation::{Area, Described, Entry, Operation};
pub use source::{CsvText, OrCsv, Rows, Source};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sms_assessment::method::Method;
use sms_base::diagnostic::{Code, Error, Findings, Result};
use sms_exchange::json;
use sms_index::Index;
use sms_model::catalogue::Catalogue;
use sms_model::dataset::{Dataset, RowCounts};
use sms_process::form::Bank;
use sms_statistics::disclosure::PrivacyPolicy;
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
    indices: Vec<Arc<Index>>,
    questions: Option<Arc<Bank>>,
}

/// A privacy policy in a request.
#[derive(Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PolicyRequest {
    /// Stays with the data holder: nothing is withheld.
    pub internal: bool,
    /// The smallest count that may be shown; that of the method when absent.
    pub threshold: Option<u32>,
    /// A secret that stays with the data holder, for the fingerprint of the input.
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
    pub rejected: Vec<u32>,
    /// What was found.
    pub findings: Findings,
}

/// A method in a request: the name of a known one, or a whole one.
#[derive(Deserialize)]
#[serde(rename = "$by-member")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(untagged, rename = "MethodChoice"))]
pub(crate) enum MethodChoice {
    /// The name of a known method, such as `standard`.
    #[serde(rename = "$text")]
    Named(String),
    /// A whole method.
    #[serde(rename = "$other")]
    Whole(#[cfg_attr(feature = "schema", schemars(with = "sms_assessment::method::RawMethod"))] Value),
}

impl Default for MethodChoice {
    fn default() -> Self {
        MethodChoice::Named(DEFAULT_METHOD.to_owned())
    }
}

/// The method that is used when none is named.
pub const DEFAULT_METHOD: &str = "standard";

/// What every module holds: one line an area, in the order of `docs/wire.md`.
const AREAS: &[Area] = &[
    look_up::AREA,
    formula::TEXT,
    formula::ESTIMATE,
    formula::SCORE,
    formula::TARGET,
    formula::AGGREGATE,
    formula::RBM,
    formula::DIFFERENCE,
    formula::DISCLOSURE,
    pipeline::AREA,
];

/// The table of operations, by areas.
///
/// ```
/// use sms_core::wire;
/// assert!(wire::areas().any(|area| area.operations.iter().any(|operation| operation.name == "assess")));
/// ```
pub fn areas() -> impl Iterator<Item = &'static Area> {
    #[cfg(feature = "all-areas")]
    let others = areas::AREAS;
    #[cfg(not(feature = "all-areas"))]
    let others: &[Area] = &[];
    AREAS.iter().chain(others)
}

/// The names of all operations.
///
/// ```
/// assert!(sms_core::wire::operations().any(|name| name == "period.parse"));
/// ```
pub fn operations() -> impl Iterator<Item = &'static str> {
    areas().flat_map(|area| area.operations.iter().map(|o| o.name))
}

impl Engine {
    /// Reads a catalogue and named methods.
    ///
    /// ```
    /// use sms_core::wire::Engine;
    /// let engine = Engine::new(sms_catalogue::CATALOGUE_JSON, sms_catalogue::METHODS)?;
    /// assert!(engine.catalogue().indicator("HOU-O-01").is_some());
    /// # Ok::<(), sms_core::Error>(())
    /// ```
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
        Ok(Engine { catalogue, methods: made, indices: Vec::new(), questions: None })
    }

    /// Adds indices, each the JSON text of its file, so that requests can name them by their ids.
    ///
    /// ```
    /// let engine = sms_core::wire::Engine::new(sms_catalogue::CATALOGUE_JSON, &[])?.with_indices(sms_catalogue::INDICES)?;
    /// assert_eq!(engine.indices().len(), sms_catalogue::INDICES.len());
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`Index::from_json`]; `index.duplicate-id`.
    pub fn with_indices(mut self, files: &[&str]) -> Result<Self> {
        for json in files {
            let index = Index::from_json(json)?;
            if self.indices.iter().any(|i| i.id() == index.id()) {
                return Err(Error::new(Code::IndexDuplicateId).at_path("id").with("id", index.id().to_owned()));
            }
            self.indices.push(Arc::new(index));
        }
        Ok(self)
    }

    /// Adds the question bank, the JSON text of its file, so that forms can be made.
    ///
    /// ```
    /// let engine = sms_core::wire::Engine::new(sms_catalogue::CATALOGUE_JSON, &[])?;
    /// assert!(engine.questions().is_err());
    /// assert!(engine.with_questions(sms_catalogue::QUESTIONS_JSON)?.questions().is_ok());
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`Bank::from_json`] and [`Bank::check_against`].
    pub fn with_questions(mut self, json: &str) -> Result<Self> {
        let bank = Bank::from_json(json)?;
        bank.check_against(&self.catalogue)?;
        self.questions = Some(Arc::new(bank));
        Ok(self)
    }

    /// The question bank.
    ///
    /// # Errors
    /// `catalogue.unknown-reference` without one.
    pub fn questions(&self) -> Result<&Bank> {
        self.questions.as_deref().ok_or_else(|| Error::new(Code::CatalogueUnknownReference).at_path("questions"))
    }

    /// The known indices.
    #[must_use]
    pub fn indices(&self) -> &[Arc<Index>] {
        &self.indices
    }

    /// A known index by its id.
    ///
    /// ```
    /// let engine = sms_core::wire::Engine::new(sms_catalogue::CATALOGUE_JSON, &[])?.with_indices(sms_catalogue::INDICES)?;
    /// assert_eq!(engine.index("undp-hdi")?.id(), "undp-hdi");
    /// assert_eq!(engine.index("undp-hdj").unwrap_err().params()["did_you_mean"].to_string(), "undp-hdi");
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `index.unknown-id`, with the nearest one.
    pub fn index(&self, id: &str) -> Result<Arc<Index>> {
        self.indices.iter().find(|i| i.id() == id).cloned().ok_or_else(|| {
            let error = Error::new(Code::IndexUnknownId).at_path("index");
            error.suggesting(sms_base::text::did_you_mean(id, self.indices.iter().map(|i| i.id())))
        })
    }

    /// The catalogue.
    #[must_use]
    pub fn catalogue(&self) -> &Arc<Catalogue> {
        &self.catalogue
    }

    /// A method by its name.
    ///
    /// ```
    /// let engine = sms_core::wire::Engine::new(sms_catalogue::CATALOGUE_JSON, sms_catalogue::METHODS)?;
    /// assert_eq!(engine.method("standard")?.data().id.as_str(), "sms-standard");
    /// assert!(engine.method("elsewhere").is_err());
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `wire.bad-request` for an unknown name.
    pub fn method(&self, name: &str) -> Result<Arc<Method>> {
        let found = self.methods.iter().find(|(n, _)| n == name).map(|(_, m)| m.clone());
        found.ok_or_else(|| Error::new(Code::WireBadRequest).at_path("method").expecting("the name of a method"))
    }

    /// Answers a request, both as JSON text. Never fails and never panics: what is wrong is in the answer.
    ///
    /// ```
    /// let engine = sms_core::wire::Engine::new(sms_catalogue::CATALOGUE_JSON, &[])?;
    /// let answer: serde_json::Value = serde_json::from_str(&engine.call_json(r#"{"op": "period.parse", "text": "2018"}"#)).unwrap();
    /// assert_eq!(answer["ok"]["months"], 12);
    /// let refused: serde_json::Value = serde_json::from_str(&engine.call_json("no JSON")).unwrap();
    /// assert!(refused["error"]["code"].is_string());
    /// # Ok::<(), sms_core::Error>(())
    /// ```
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
    /// ```
    /// let engine = sms_core::wire::Engine::new(sms_catalogue::CATALOGUE_JSON, &[])?;
    /// let request = serde_json::json!({"op": "score.goalposts", "value": 37, "worst": 20, "best": 80});
    /// assert!((engine.call(&request)?["score"].as_f64().unwrap() - 28.3333).abs() < 1e-4); // method §1
    /// let refused = engine.call(&serde_json::json!({"op": "score.goalpost"})).unwrap_err();
    /// assert_eq!(refused.code().as_str(), "wire.unknown-op");
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `wire.unknown-op`, `wire.bad-request`, and those of the operation.
    pub fn call(&self, request: &Value) -> Result<Value> {
        let op =
            request.get("op").and_then(Value::as_str).ok_or_else(|| Error::new(Code::WireBadRequest).at_path("op").expecting("the name of an operation"))?;
        if let Some(operation) = areas().flat_map(|area| area.operations).find(|o| o.name == op) {
            return operation.answer(self, request);
        }
        let error = Error::new(Code::WireUnknownOp).at_path("op");
        Err(error.suggesting(sms_base::text::did_you_mean(op, operations())))
    }

    /// The method that a request names or brings along.
    fn chosen(&self, choice: &MethodChoice) -> Result<Arc<Method>> {
        match choice {
            MethodChoice::Named(name) => self.method(name),
            MethodChoice::Whole(value) => Ok(Arc::new(Method::from_value(value)?)),
        }
    }
}

/// What `check` answers of a dataset.
///
/// ```
/// use sms_core::{dataset, exchange::csv, wire::{Engine, check_answer}};
/// let engine = Engine::new(sms_catalogue::CATALOGUE_JSON, &[])?;
/// let text = "indicator,place,period,value\nWSP-O-04,bristol,2018,4.1\n";
/// let (dataset, findings) = dataset::check(engine.catalogue(), &csv::read(text.as_bytes(), &Default::default())?);
/// let answer = serde_json::to_value(check_answer(&dataset, findings)).unwrap();
/// assert_eq!(answer["rows"]["used"], 1);
/// # Ok::<(), sms_core::Error>(())
/// ```
#[must_use]
pub fn check_answer(dataset: &Dataset, findings: Findings) -> CheckAnswer {
    CheckAnswer { rows: dataset.row_counts(), rejected: dataset.rejected().to_vec(), findings }
}

/// A part of a request that a binding read by itself.
///
/// ```
/// let plan: sms_core::AssessmentPlan = sms_core::wire::part(&serde_json::json!({"places": ["gent"]}), "plan")?;
/// assert_eq!(plan.places, ["gent"]);
/// let refused = sms_core::wire::part::<sms_core::AssessmentPlan>(&serde_json::json!({"place": ["gent"]}), "plan").unwrap_err();
/// assert_eq!(refused.location().path.as_deref(), Some("plan.place"));
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `wire.unknown-field`, `wire.bad-request`, each with the path.
pub fn part<T: serde::de::DeserializeOwned>(value: &Value, path: &str) -> Result<T> {
    sms_base::shape::read_at(value, path, Code::WireBadRequest)
}

/// Refuses fields that mean nothing beside another one, as the shape of an alternative refuses those of the other.
#[cfg(feature = "all-areas")]
fn none_beside(other: &str, fields: &[(&str, bool)]) -> Result<()> {
    match fields.iter().find(|(_, given)| *given) {
        Some((name, _)) => Err(Error::new(Code::WireUnknownField).at_path(name).expecting(format!("no {name} beside {other}"))),
        None => Ok(()),
    }
}
