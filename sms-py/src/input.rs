//! What goes in: the catalogue, the method, the road maps, and a city's figures.

use crate::convert::{OrRaise, asked, busy, data, from_py, to_py, value};
use crate::display::{counted, repr, table};
use crate::output::Findings;
use crate::{arrow, engine};
use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use serde_json::{Value, json as object};
use sms_core::crosswalk::{Crosswalk, SourceFile};
use sms_core::exchange::csv::{self, Dialect};
use sms_core::wire;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

fn hashed(fingerprint: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    fingerprint.hash(&mut hasher);
    hasher.finish()
}

/// The standard as data: indicators, rights, dimensions, selections. It never changes.
#[pyclass(frozen, module = "sms")]
pub(crate) struct Catalogue {
    pub(crate) core: Arc<sms_core::Catalogue>,
    /// The text that it was read from; none for the embedded one.
    text: Option<Arc<str>>,
}

#[pymethods]
impl Catalogue {
    /// The open draft catalogue that comes with the package.
    #[staticmethod]
    fn embedded(py: Python<'_>) -> PyResult<Self> {
        Ok(Catalogue { core: engine(py)?.catalogue().clone(), text: None })
    }

    /// Reads a catalogue from its JSON text.
    #[staticmethod]
    fn from_json(py: Python<'_>, text: &str) -> PyResult<Self> {
        let made = busy(py, || sms_core::Catalogue::from_json(text))?.or_raise()?;
        Ok(Catalogue { core: Arc::new(made), text: Some(text.into()) })
    }

    /// Id of the catalogue.
    #[getter]
    fn id(&self) -> String {
        self.core.release().id.to_string()
    }

    /// Version of this release.
    #[getter]
    fn release(&self) -> &str {
        &self.core.release().version
    }

    /// Fingerprint of the content.
    #[getter]
    fn fingerprint(&self) -> &str {
        self.core.fingerprint()
    }

    /// All indicators, one dict each: id, name, module, and what they are.
    #[getter]
    fn indicators<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.list(py, None)
    }

    /// The indicators of a selection, or all.
    #[pyo3(signature = (selection = None))]
    fn list<'py>(&self, py: Python<'py>, selection: Option<&str>) -> PyResult<Bound<'py, PyAny>> {
        to_py(py, &value(&wire::list(&self.core, selection).or_raise()?)?)
    }

    /// The selections, one dict each: id, name, and the ids of their indicators.
    #[getter]
    fn selections<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let core = &self.core;
        let made: Vec<Value> =
            core.data().selections.iter().map(|s| object!({ "id": s.id, "name": core.label("selections", s.id.as_str()), "indicators": s.all() })).collect();
        to_py(py, &Value::Array(made))
    }

    /// The road maps of the catalogue.
    #[getter]
    fn roadmaps(&self) -> PyResult<Vec<Roadmap>> {
        self.core.data().roadmaps.iter().map(|entry| Ok(Roadmap { data: value(entry)? })).collect()
    }

    /// The sheet of an indicator, or `default` when there is none with this id.
    #[pyo3(signature = (id, default = None))]
    fn get<'py>(&self, py: Python<'py>, id: &str, default: Option<Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyAny>> {
        if self.__contains__(id) { self.__getitem__(py, id) } else { Ok(default.unwrap_or_else(|| py.None().into_bound(py))) }
    }

    fn __getitem__<'py>(&self, py: Python<'py>, id: &str) -> PyResult<Bound<'py, PyAny>> {
        if !self.__contains__(id) {
            return Err(PyKeyError::new_err(id.to_owned()));
        }
        to_py(py, &value(&wire::show(&self.core, id).or_raise()?)?)
    }

    fn __contains__(&self, id: &str) -> bool {
        self.core.indicator(id).is_some()
    }

    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let ids: Vec<&str> = self.core.indicators().iter().map(|i| i.id.as_str()).collect();
        ids.into_pyobject(py)?.try_iter().map(Bound::into_any)
    }

    fn __len__(&self) -> usize {
        self.core.indicators().len()
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| other.get().fingerprint() == self.fingerprint())
    }

    fn __hash__(&self) -> u64 {
        hashed(self.fingerprint())
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (Option<String>,))> {
        Ok((py.import("sms._sms")?.getattr("_restore_catalogue")?, (self.text.as_deref().map(str::to_owned),)))
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!("Catalogue({}, release {}, {})", repr(py, &self.id())?, self.release(), counted(self.__len__(), "indicator")))
    }

    fn _repr_html_(&self, py: Python<'_>) -> PyResult<String> {
        let core = &self.core;
        let caption = format!("{} {}", core.release_text("title"), self.release());
        let rows = core.data().modules.iter().map(|m| {
            let of_module = core.indicators().iter().filter(|i| i.module == m.id).count();
            vec![m.id.to_string(), core.label("modules", m.id.as_str()).to_owned(), of_module.to_string()]
        });
        table(py, caption.trim(), &["Module", "Name", "Indicators"], rows)
    }
}

/// Used by pickle.
#[pyfunction]
#[pyo3(name = "_restore_catalogue", signature = (text))]
pub(crate) fn restore_catalogue(py: Python<'_>, text: Option<&str>) -> PyResult<Catalogue> {
    match text {
        Some(text) => Catalogue::from_json(py, text),
        None => Catalogue::embedded(py),
    }
}

/// How figures become scores: every number that people decided, with its reason.
#[pyclass(frozen, module = "sms")]
pub(crate) struct Method {
    pub(crate) core: Arc<sms_core::Method>,
    text: Arc<str>,
}

#[pymethods]
impl Method {
    /// A method that comes with the package, by its name.
    #[staticmethod]
    fn embedded(py: Python<'_>, name: &str) -> PyResult<Self> {
        let core = engine(py)?.method(name).or_raise()?;
        let text = sms_catalogue::METHODS.iter().find(|(known, _)| *known == name).map(|(_, text)| *text).unwrap_or_default();
        Ok(Method { core, text: text.into() })
    }

    /// Reads a method from its JSON text.
    #[staticmethod]
    fn from_json(py: Python<'_>, text: &str) -> PyResult<Self> {
        let core = busy(py, || sms_core::Method::from_json(text))?.or_raise()?;
        Ok(Method { core: Arc::new(core), text: text.into() })
    }

    /// Reads a method from a dict of its fields.
    #[staticmethod]
    fn from_dict(py: Python<'_>, fields: &Bound<'_, PyAny>) -> PyResult<Self> {
        Self::from_json(py, &asked(fields, "method")?.to_string())
    }

    /// Reads a method from TOML: the path of a file, or the text itself when it has more than one line.
    #[staticmethod]
    fn from_toml(py: Python<'_>, source: &Bound<'_, PyAny>) -> PyResult<Self> {
        let fields = py.import("sms._files")?.call_method1("read_toml", (source,))?;
        Self::from_dict(py, &fields)
    }

    /// Id of the method.
    #[getter]
    fn id(&self) -> String {
        self.core.data().id.to_string()
    }

    /// Edition of the method.
    #[getter]
    fn edition(&self) -> &str {
        &self.core.data().edition
    }

    /// Fingerprint of its text.
    #[getter]
    fn fingerprint(&self) -> &str {
        self.core.fingerprint()
    }

    /// The method as a dict: every number with its reason and its source.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        data(py, self.core.data())
    }

    /// The method as JSON text.
    fn to_json(&self) -> &str {
        &self.text
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| other.get().fingerprint() == self.fingerprint())
    }

    fn __hash__(&self) -> u64 {
        hashed(self.fingerprint())
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (String,))> {
        Ok((py.import("sms._sms")?.getattr("_restore_method")?, (self.text.to_string(),)))
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!("Method({}, edition {})", repr(py, &self.id())?, self.edition()))
    }
}

/// Used by pickle.
#[pyfunction]
#[pyo3(name = "_restore_method")]
pub(crate) fn restore_method(py: Python<'_>, text: &str) -> PyResult<Method> {
    Method::from_json(py, text)
}

/// A road map of the catalogue: the steps from commitment to follow-up.
#[pyclass(frozen, module = "sms")]
pub(crate) struct Roadmap {
    data: Value,
}

impl Roadmap {
    fn text(&self, field: &str) -> &str {
        self.data.get(field).and_then(Value::as_str).unwrap_or_default()
    }

    fn step_list(&self) -> &[Value] {
        self.data.get("step").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
    }
}

#[pymethods]
impl Roadmap {
    /// Id of the road map.
    #[getter]
    fn id(&self) -> &str {
        self.text("id")
    }

    /// Version of the road map.
    #[getter]
    fn version(&self) -> &str {
        self.text("version")
    }

    /// The steps, one dict each.
    #[getter]
    fn steps<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        data(py, &self.step_list())
    }

    /// The road map as a dict.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        to_py(py, &self.data)
    }

    /// The road map as JSON text.
    fn to_json(&self) -> String {
        self.data.to_string()
    }

    fn __len__(&self) -> usize {
        self.step_list().len()
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| other.get().data == self.data)
    }

    fn __hash__(&self) -> u64 {
        hashed(&self.data.to_string())
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!("Roadmap({}, version {}, {})", repr(py, self.id())?, self.version(), counted(self.__len__(), "step")))
    }

    fn _repr_html_(&self, py: Python<'_>) -> PyResult<String> {
        let words = |step: &Value, field: &str| match step.get(field) {
            Some(Value::Array(words)) => words.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "),
            Some(Value::String(word)) => word.clone(),
            Some(Value::Null) | None => String::new(),
            Some(other) => other.to_string(),
        };
        let fields = ["number", "id", "participants", "deliverables", "sign_off"];
        let rows = self.step_list().iter().map(|step| fields.iter().map(|f| words(step, f)).collect());
        table(py, &format!("{} {}", self.id(), self.version()), &["Step", "Id", "Who takes part", "What comes out", "Who signs off"], rows)
    }
}

/// A city's figures as they came in: the tidy table, nothing judged yet. Its values are never printed.
#[pyclass(frozen, module = "sms")]
pub(crate) struct Observations {
    pub(crate) core: Arc<sms_core::Observations>,
}

impl Observations {
    fn of(core: sms_core::Observations) -> Self {
        Observations { core: Arc::new(core) }
    }
}

#[pymethods]
impl Observations {
    /// Reads a CSV file: the path of the file, or its bytes.
    #[staticmethod]
    #[pyo3(signature = (source, *, delimiter = None, decimal = "detect", encoding = "detect"))]
    fn read_csv(py: Python<'_>, source: &Bound<'_, PyAny>, delimiter: Option<char>, decimal: &str, encoding: &str) -> PyResult<Self> {
        let (bytes, file): (pyo3::pybacked::PyBackedBytes, Option<String>) = py.import("sms._files")?.call_method1("read_bytes", (source,))?.extract()?;
        let dialect = Dialect { file, delimiter, decimal: word("decimal", decimal)?, encoding: word("encoding", encoding)?, ..Dialect::default() };
        busy(py, || csv::read(&bytes, &dialect))?.or_raise().map(Self::of)
    }

    /// Reads any object with `__arrow_c_stream__`: a frame of pandas (2.2 or newer), polars, pyarrow or duckdb.
    #[staticmethod]
    fn from_frame(frame: &Bound<'_, PyAny>) -> PyResult<Self> {
        arrow::read(frame).map(Self::of)
    }

    /// Reads dicts, one a row. Every key that is no field of the tidy table is a dimension.
    #[staticmethod]
    fn from_rows(py: Python<'_>, rows: &Bound<'_, PyAny>) -> PyResult<Self> {
        let mut made = Vec::new();
        for (i, row) in rows.try_iter()?.enumerate() {
            made.push(from_py(&row?, &format!("rows[{i}]"))?);
        }
        let rows = Value::Array(made);
        busy(py, || sms_core::exchange::json::read(&rows.to_string(), None))?.or_raise().map(Self::of)
    }

    /// The rows as dicts: your own data back.
    fn to_rows<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        data(py, &self.core.rows().collect::<Vec<_>>())
    }

    /// The rows as CSV text: your own data back.
    fn to_csv(&self, py: Python<'_>) -> PyResult<String> {
        busy(py, || csv::write(&self.core))
    }

    /// The names of the columns that hold anything.
    #[getter]
    fn columns(&self) -> Vec<String> {
        self.core.columns()
    }

    /// What was found while reading.
    #[getter]
    fn findings(&self) -> Findings {
        Findings::of(self.core.findings().clone())
    }

    fn __len__(&self) -> usize {
        self.core.len()
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (String,))> {
        let state = busy(py, || self.core.to_state())?;
        Ok((py.import("sms._sms")?.getattr("_restore_observations")?, (state,)))
    }

    fn __repr__(&self) -> String {
        let mut counts = counted(self.core.len(), "row");
        if !self.core.rejected().is_empty() {
            counts.push_str(&format!(", {} not readable", self.core.rejected().len()));
        }
        format!("Observations({counts}, columns: {})", self.columns().join(", "))
    }
}

/// One of the words of the core.
fn word<T: serde::de::DeserializeOwned>(name: &'static str, word: &str) -> PyResult<T> {
    let request = serde_json::from_value(object!(word));
    request
        .map_err(|e| {
            let words = e.to_string();
            let expected = words.split_once("expected ").map_or(String::new(), |(_, rest)| rest.to_owned());
            sms_core::Error::new(sms_core::Code::WireBadRequest).at_path(name).expecting(expected)
        })
        .or_raise()
}

/// Used by pickle.
#[pyfunction]
#[pyo3(name = "_restore_observations")]
pub(crate) fn restore_observations(py: Python<'_>, state: &str) -> PyResult<Observations> {
    busy(py, || sms_core::Observations::from_state(state))?.or_raise().map(Observations::of)
}

/// Turns a city's own files into observations; `sms.import_files` reads them from disk.
#[pyfunction]
#[pyo3(name = "_import_crosswalk")]
pub(crate) fn import_crosswalk<'py>(
    py: Python<'py>,
    crosswalk: &Bound<'py, PyDict>,
    files: Vec<(String, Vec<u8>)>,
    catalogue: &Bound<'py, Catalogue>,
) -> PyResult<Bound<'py, PyTuple>> {
    let crosswalk = Crosswalk::from_value(asked(crosswalk, "crosswalk")?).or_raise()?;
    let files: Vec<SourceFile> = files.into_iter().map(|(name, bytes)| SourceFile { name, bytes }).collect();
    let catalogue = catalogue.get().core.clone();
    let imported = busy(py, || crosswalk.import(&catalogue, &files))?.or_raise()?;
    (Observations::of(imported.observations), data(py, &imported.ledger)?, Findings::of(imported.findings)).into_pyobject(py)
}
