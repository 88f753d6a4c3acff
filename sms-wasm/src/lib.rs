//! WebAssembly bindings: the engine of the core over the embedded catalogue, as JSON text and two handles. They convert
//! and rename, nothing else. The names that people use are in `js/api.js`, with their types in `js/index.d.ts`; the shapes of
//! the operations are in `js/operations.d.ts`, which is generated.
//!
//! What cannot be done is thrown as the JSON text of the error's data.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sms_core::catalogue::Catalogue;
use sms_core::exchange::json as text;
use sms_core::frame::Frame;
use sms_core::report::Explanation;
#[cfg(feature = "all-areas")]
use sms_core::survey::Accumulator;
use sms_core::wire::{self, Engine, PolicyRequest, Source};
use sms_core::{AssessmentPlan, Code, Dataset, Error, Findings, Method, Published, Report, assess, dataset};
use std::sync::{Arc, OnceLock};
use wasm_bindgen::prelude::wasm_bindgen;

/// An error on its way into JavaScript.
type Thrown<T> = Result<T, String>;

/// The engine, made at the first call and shared from then on.
fn engine() -> Result<&'static Engine, Error> {
    static ENGINE: OnceLock<Result<Engine, Error>> = OnceLock::new();
    ENGINE
        .get_or_init(|| {
            let engine = Engine::new(sms_catalogue::CATALOGUE_JSON, sms_catalogue::METHODS)?;
            if cfg!(feature = "all-areas") { engine.with_indices(sms_catalogue::INDICES)?.with_questions(sms_catalogue::QUESTIONS_JSON) } else { Ok(engine) }
        })
        .as_ref()
        .map_err(Clone::clone)
}

fn thrown(error: Error) -> String {
    json!(error.to_data()).to_string()
}

fn written(value: &impl Serialize) -> Thrown<String> {
    serde_json::to_string(value).map_err(|_| thrown(Error::new(Code::NumNotFinite)))
}

/// Reads a part of a request.
fn whole<T: DeserializeOwned>(json: &str, path: &str) -> Thrown<T> {
    text::parse(json).and_then(|value: Value| wire::part(&value, path)).map_err(thrown)
}

/// Any operation, by its JSON text.
#[wasm_bindgen(js_name = callJson)]
#[must_use]
pub fn call_json(request: &str) -> String {
    match engine() {
        Ok(engine) => engine.call_json(request),
        Err(error) => json!({ "error": error.to_data() }).to_string(),
    }
}

/// What JavaScript finds wrong before there is any JSON, in the words of the core: the error with this code.
#[wasm_bindgen]
#[must_use]
pub fn refusal(code: &str, path: &str, expected: &str) -> String {
    let code = Code::ALL.iter().find(|c| c.as_str() == code).copied().unwrap_or(Code::WireBadRequest);
    thrown(Error::new(code).at_path(path).expecting(expected.to_owned()))
}

/// What a page needs to offer the catalogue: its texts, modules, selections, and dimensions with their groups.
#[wasm_bindgen(js_name = overviewJson)]
pub fn overview_json() -> Thrown<String> {
    engine().map(|engine| overview(engine.catalogue()).to_string()).map_err(thrown)
}

fn overview(catalogue: &Catalogue) -> Value {
    let raw = catalogue.data();
    let labelled = |section: &str, id: &str| json!({ "id": id, "name": catalogue.label(section, id), "note": catalogue.label_of(section, id).and_then(|l| l.note.clone()) });
    let dimension = |d: &sms_core::catalogue::Dimension| {
        let groups = d
            .group
            .iter()
            .map(|g| json!({ "code": g.code, "name": catalogue.group_label(d.id.as_str(), g.code.as_str()), "total": d.is_total(g.code.as_str()) }));
        let mut value = labelled("dimensions", d.id.as_str());
        if let Some(object) = value.as_object_mut() {
            object.extend([
                ("kind".to_owned(), json!(d.kind)),
                ("open".to_owned(), json!(d.open)),
                ("special_category".to_owned(), json!(d.special_category)),
                ("groups".to_owned(), groups.collect()),
            ]);
        }
        value
    };
    json!({
        "release": catalogue.release(),
        "title": catalogue.release_text("title"),
        "notice": catalogue.release_text("notice"),
        "modules": raw.modules.iter().map(|m| labelled("modules", m.id.as_str())).collect::<Vec<_>>(),
        "selections": raw.selections.iter().map(|s| labelled("selections", s.id.as_str())).collect::<Vec<_>>(),
        "units": raw.indicators.iter().map(|i| i.unit.as_str()).collect::<std::collections::BTreeSet<_>>().into_iter().map(|id| {
            let label = catalogue.label_of("units", id);
            json!({ "id": id, "name": catalogue.label("units", id), "symbol": label.and_then(|l| l.symbol.clone()) })
        }).collect::<Vec<_>>(),
        "maturity": catalogue.label_of("maturity", "levels").map(|l| l.groups.iter().map(|(level, name)| json!({ "level": level, "name": name })).collect::<Vec<_>>()).unwrap_or_default(),
        "dimensions": raw.dimensions.iter().map(dimension).collect::<Vec<_>>(),
    })
}

/// Observations that were read and checked: kept in the module, so that several assessments need no second reading.
#[wasm_bindgen]
#[derive(Debug)]
pub struct DatasetHandle {
    dataset: Arc<Dataset>,
    findings: Findings,
}

#[wasm_bindgen]
impl DatasetHandle {
    /// Reads and checks `observations` as in a request.
    pub fn read(observations: &str) -> Thrown<DatasetHandle> {
        let engine = engine().map_err(thrown)?;
        let source: Source = whole(observations, "observations")?;
        let (dataset, findings) = dataset::check(engine.catalogue(), &source.read().map_err(thrown)?);
        Ok(DatasetHandle { dataset: Arc::new(dataset), findings })
    }

    /// The answer of `check`.
    pub fn check(&self) -> Thrown<String> {
        written(&wire::check_answer(&self.dataset, self.findings.clone()))
    }

    /// Assesses and releases: plan, policy, method and previous, as in a request.
    pub fn assess(&self, how: &str) -> Thrown<ReportHandle> {
        let engine = engine().map_err(thrown)?;
        let How { plan, policy, method, previous } = whole(how, "")?;
        let method = match method {
            None => engine.method(wire::DEFAULT_METHOD),
            Some(Value::String(name)) => engine.method(&name),
            Some(method) => Method::from_value(&method).map(Arc::new),
        }
        .map_err(thrown)?;
        let assessment = assess::assess(&method, &self.dataset, &self.findings, &plan).map_err(thrown)?;
        let previous = previous.as_ref().map(|p| Published::from_report(p).map_err(|e| thrown(e.at_path("previous")))).transpose()?;
        let report = policy.policy(&method).and_then(|policy| assessment.release_after(&policy, previous.as_ref())).map_err(thrown)?;
        Ok(ReportHandle { report })
    }
}

/// How observations that were read are assessed.
#[derive(Deserialize)]
struct How {
    #[serde(default)]
    plan: AssessmentPlan,
    #[serde(default)]
    policy: PolicyRequest,
    method: Option<Value>,
    previous: Option<Value>,
}

/// A released report: kept in the module, so that each question about it needs no new assessment.
#[wasm_bindgen]
#[derive(Debug)]
pub struct ReportHandle {
    report: Report,
}

/// Of what an explanation is asked.
#[derive(Deserialize)]
struct Question {
    id: String,
    place: Option<String>,
}

impl ReportHandle {
    fn explanation(&self, question: &str) -> Thrown<Explanation> {
        let Question { id, place } = whole(question, "")?;
        self.report.explain(&id, place.as_deref()).map_err(thrown)
    }

    fn frame(&self, table: &str) -> Thrown<Frame> {
        Ok(self.report.frame(whole::<String>(table, "table")?.parse().map_err(thrown)?))
    }
}

#[wasm_bindgen]
impl ReportHandle {
    /// The answer of `assess`.
    pub fn data(&self) -> Thrown<String> {
        written(&self.report.data())
    }

    /// The answer of `explain`; `id` and `place` as in a request.
    pub fn explain(&self, question: &str) -> Thrown<String> {
        written(&self.explanation(question)?)
    }

    /// What each part adds to a score, as SVG; nothing where there are no parts.
    #[wasm_bindgen(js_name = explainSvg)]
    pub fn explain_svg(&self, question: &str) -> Thrown<Option<String>> {
        self.explanation(question).map(|e| sms_core::render::svg::explanation(&e))
    }

    /// The answer of `report.export`; the name of a format, and options as in a request.
    #[cfg(feature = "all-areas")]
    pub fn export(&self, format: &str, options: &str) -> Thrown<String> {
        let format: String = whole(format, "format")?;
        written(&wire::exported(&self.report, &format, &whole(options, "")?).map_err(thrown)?)
    }

    /// A table as CSV; its name as in a request.
    pub fn csv(&self, table: &str) -> Thrown<String> {
        Ok(self.frame(table)?.to_csv())
    }

    /// A table as rows; its name as in a request.
    pub fn rows(&self, table: &str) -> Thrown<String> {
        written(&self.frame(table)?.to_rows())
    }
}

/// Microdata on their way to estimates, kept in the module; as confidential as the microdata.
#[cfg(feature = "all-areas")]
#[wasm_bindgen]
pub struct AccumulatorHandle {
    core: Accumulator,
}

#[cfg(feature = "all-areas")]
#[wasm_bindgen]
impl AccumulatorHandle {
    /// An empty one; the plan as in a request.
    pub fn create(plan: &str) -> Thrown<AccumulatorHandle> {
        Ok(AccumulatorHandle { core: Accumulator::new(whole(plan, "plan")?).map_err(thrown)? })
    }

    /// One that `toBytes` gave, for the same plan.
    #[wasm_bindgen(js_name = fromBytes)]
    pub fn from_bytes(plan: &str, state: &[u8]) -> Thrown<AccumulatorHandle> {
        Ok(AccumulatorHandle { core: Accumulator::from_bytes(whole(plan, "plan")?, state).map_err(thrown)? })
    }

    /// Takes rows; columns as in a request.
    pub fn update(&mut self, columns: &str) -> Thrown<()> {
        wire::take_columns(&mut self.core, &whole(columns, "columns")?).map_err(thrown)
    }

    /// Takes all that another one of the same plan holds.
    pub fn merge(&mut self, other: &AccumulatorHandle) -> Thrown<()> {
        self.core.merge(&other.core).map_err(thrown)
    }

    /// The state as bytes.
    #[wasm_bindgen(js_name = toBytes)]
    pub fn to_bytes(&self) -> Thrown<Vec<u8>> {
        self.core.to_bytes().map_err(thrown)
    }

    /// The fingerprint of the plan.
    #[wasm_bindgen(js_name = planFingerprint)]
    #[must_use]
    pub fn plan_fingerprint(&self) -> String {
        self.core.plan_fingerprint()
    }

    /// The answer of `survey.finish`.
    pub fn finish(&self, reporting: &str) -> Thrown<String> {
        written(&self.core.finish(&whole(reporting, "reporting")?).map_err(thrown)?)
    }
}
