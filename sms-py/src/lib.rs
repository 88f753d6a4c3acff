//! Python bindings: they convert, rename and release the interpreter's lock. Every number and every rule is in the core.

mod arrow;
mod convert;
mod display;
mod input;
mod output;
mod survey;

use convert::{OrRaise, busy};
use pyo3::prelude::*;
use sms_core::wire::Engine;
use std::sync::{Arc, OnceLock};

static ENGINE: OnceLock<Result<Arc<Engine>, sms_core::Error>> = OnceLock::new();

/// The engine over the embedded catalogue, made when it is first needed.
pub(crate) fn engine(py: Python<'_>) -> PyResult<Arc<Engine>> {
    let made = py.detach(|| {
        ENGINE.get_or_init(|| {
            Engine::new(sms_catalogue::CATALOGUE_JSON, sms_catalogue::METHODS)?
                .with_indices(sms_catalogue::INDICES)?
                .with_questions(sms_catalogue::QUESTIONS_JSON)
                .map(Arc::new)
        })
    });
    made.clone().or_raise()
}

/// Answers a request of the wire, both as JSON text. What is wrong is in the answer; it never raises.
#[pyfunction]
fn call_json(py: Python<'_>, text: &str) -> PyResult<String> {
    let engine = engine(py)?;
    busy(py, || engine.call_json(text))
}

/// Refuses a request that holds a number which is not finite, by its place: JSON has no such number.
#[pyfunction]
fn refuse_not_finite(request: &Bound<'_, PyAny>) -> PyResult<()> {
    convert::asked(request, "").map(drop)
}

/// Versions of the library, the wire, the catalogue and its schema, and of the methods.
#[pyfunction]
fn versions(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    let answer = engine(py)?.call(&serde_json::json!({ "op": "versions" })).or_raise()?;
    convert::to_py(py, &answer)
}

/// The compiled part of the package `sms`.
#[pymodule]
mod _sms {
    #[pymodule_export]
    use super::input::{Catalogue, Method, Observations, Roadmap, import_crosswalk, restore_catalogue, restore_method, restore_observations};
    #[pymodule_export]
    use super::output::{Assessment, Dataset, Explanation, Findings, Frame, PrivacyPolicy, Report, assess, check};
    #[pymodule_export]
    use super::survey::{Results, SurveyAccumulator};
    #[pymodule_export]
    use super::versions;
    #[pymodule_export]
    use super::{call_json, refuse_not_finite};

    #[pymodule_export]
    const LIBRARY_VERSION: &str = sms_core::report::LIBRARY_VERSION;
}
