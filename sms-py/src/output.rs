//! What comes out: findings, the checked data, the assessment, and the report: the only thing that can leave.

use crate::arrow;
use crate::convert::{OrRaise, asked, busy, data, from_py, json, to_py, value};
use crate::display::{self, counted, repr, severity};
use crate::input::{Catalogue, Method, Observations};
use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyCapsule, PyDict, PyList, PyString};
use serde_json::Value;
use sms_core::disclosure::Audience;
use sms_core::frame::Values;
use sms_core::num::decimal;
use sms_core::render::export::{ExportOptions, Format};
use sms_core::report::PlaceReport;
use sms_core::report::Table;
use sms_core::{AssessmentPlan, Period, Periods};
use std::collections::hash_map::DefaultHasher;
use std::fmt::Write;
use std::hash::{Hash, Hasher};
use std::path::PathBuf;
use std::sync::Arc;

/// What was found in the data: code, place and hint of each, never a value.
#[pyclass(frozen, module = "sms")]
pub(crate) struct Findings {
    core: sms_core::Findings,
}

impl Findings {
    pub(crate) fn of(core: sms_core::Findings) -> Self {
        Findings { core }
    }
}

#[pymethods]
impl Findings {
    /// How many there are of each code.
    #[getter]
    fn counts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        data(py, self.core.counts())
    }

    /// The worst severity: `error`, `warning` or `note`; none when nothing was found.
    #[getter]
    fn worst(&self) -> Option<&'static str> {
        self.core.worst().map(severity)
    }

    /// The findings kept in full, one dict each.
    fn to_rows<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        data(py, &self.core.items())
    }

    /// `items` and `counts`, as in the JSON of a report.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        data(py, &self.core)
    }

    /// The same as JSON text.
    fn to_json(&self) -> PyResult<String> {
        json(&self.core)
    }

    fn __len__(&self) -> usize {
        usize::try_from(self.core.len()).unwrap_or(usize::MAX)
    }

    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.to_rows(py)?.try_iter().map(Bound::into_any)
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| other.get().core == self.core)
    }

    fn __repr__(&self) -> String {
        let counts: Vec<String> = self.core.counts().iter().map(|(code, n)| format!("{code}: {n}")).collect();
        if counts.is_empty() { "Findings(none)".to_owned() } else { format!("Findings({})", counts.join(", ")) }
    }

    fn _repr_html_(&self, py: Python<'_>) -> PyResult<String> {
        let rows =
            self.core.counts().iter().map(|(code, n)| {
                vec![n.to_string(), severity(code.severity()).to_owned(), code.to_string(), code.message().to_owned(), code.hint().to_owned()]
            });
        display::table(py, &counted(self.__len__(), "finding"), &["How many", "Severity", "Code", "What", "What to do"], rows)
    }
}

/// Checked figures: typed, sorted, bad rows left out. Its values are never printed.
#[pyclass(frozen, module = "sms")]
pub(crate) struct Dataset {
    core: Arc<sms_core::Dataset>,
    findings: sms_core::Findings,
}

#[pymethods]
impl Dataset {
    /// What became of the rows: read, used, rejected, pretest, duplicates.
    #[getter]
    fn rows<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        data(py, &self.core.row_counts())
    }

    /// The line numbers of the rows that were left out.
    #[getter]
    fn rejected(&self) -> Vec<u32> {
        self.core.rejected().to_vec()
    }

    /// The places, one dict each.
    #[getter]
    fn places<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        data(py, &self.core.places())
    }

    /// What the check found.
    #[getter]
    fn findings(&self) -> Findings {
        Findings::of(self.findings.clone())
    }

    fn __len__(&self) -> usize {
        self.core.len()
    }

    fn __repr__(&self) -> String {
        let rejected = self.core.row_counts().rejected;
        format!("Dataset({}, {}, {} rejected)", counted(self.core.len(), "figure"), counted(self.core.places().len(), "place"), counted(rejected, "row"))
    }
}

/// Checks figures against a catalogue. Bad rows never stop it: they are left out, and the findings say why.
#[pyfunction]
pub(crate) fn check(py: Python<'_>, catalogue: &Bound<'_, Catalogue>, observations: &Bound<'_, Observations>) -> PyResult<(Dataset, Findings)> {
    let (catalogue, observations) = (catalogue.get().core.clone(), observations.get().core.clone());
    let (dataset, findings) = busy(py, move || sms_core::dataset::check(&catalogue, &observations))?;
    Ok((Dataset { core: Arc::new(dataset), findings: findings.clone() }, Findings::of(findings)))
}

/// One name or several.
#[derive(FromPyObject)]
pub(crate) enum Names {
    One(String),
    Many(Vec<String>),
}

impl From<Option<Names>> for Many {
    fn from(names: Option<Names>) -> Self {
        Many(match names {
            None => Vec::new(),
            Some(Names::One(name)) => vec![name],
            Some(Names::Many(names)) => names,
        })
    }
}

struct Many(Vec<String>);

/// A period as a text, or a year.
#[derive(FromPyObject)]
pub(crate) enum PeriodName {
    Text(String),
    Year(i64),
}

impl PeriodName {
    fn period(&self) -> PyResult<Period> {
        match self {
            PeriodName::Text(text) => text.parse().or_raise(),
            PeriodName::Year(year) => year.to_string().parse().or_raise(),
        }
    }
}

/// `latest`, `each`, a period, or several.
#[derive(FromPyObject)]
pub(crate) enum PeriodNames {
    One(PeriodName),
    Many(Vec<PeriodName>),
}

impl PeriodNames {
    fn periods(&self) -> PyResult<Periods> {
        match self {
            PeriodNames::One(one) => {
                // the words of the wire, else a period
                if let PeriodName::Text(word) = one
                    && let Ok(periods) = serde_json::from_value(Value::from(word.as_str()))
                {
                    return Ok(periods);
                }
                Ok(Periods::Only(vec![one.period()?]))
            }
            PeriodNames::Many(many) => many.iter().map(PeriodName::period).collect::<PyResult<_>>().map(Periods::Only),
        }
    }
}

/// Assesses a dataset by a method. `findings` are those of the check when left out.
#[pyfunction]
#[pyo3(
    signature = (method, dataset, findings = None, *, selection = None, places = None, periods = None, title = "", selection_reason = "", baseline = None, targets = None, results = None, availability = None),
    text_signature = "(method, dataset, findings=None, *, selection=(), places=(), periods='latest', title='', selection_reason='', baseline=None, targets=(), results=(), availability=())"
)]
#[allow(clippy::too_many_arguments, reason = "the plan as keyword arguments")]
pub(crate) fn assess(
    py: Python<'_>,
    method: &Bound<'_, Method>,
    dataset: &Bound<'_, Dataset>,
    findings: Option<&Bound<'_, Findings>>,
    selection: Option<Names>,
    places: Option<Names>,
    periods: Option<PeriodNames>,
    title: &str,
    selection_reason: &str,
    baseline: Option<PeriodName>,
    targets: Option<&Bound<'_, PyAny>>,
    results: Option<&Bound<'_, PyAny>>,
    availability: Option<&Bound<'_, PyAny>>,
) -> PyResult<Assessment> {
    let plan = AssessmentPlan {
        selection: Many::from(selection).0,
        selection_reason: selection_reason.to_owned(),
        places: Many::from(places).0,
        periods: periods.map(|p| p.periods()).transpose()?.unwrap_or_default(),
        title: title.to_owned(),
        baseline: baseline.map(|p| p.period()).transpose()?,
        targets: listed(targets, "targets")?,
        results: listed(results, "results")?,
        availability: listed(availability, "availability")?,
    };
    let (method, dataset) = (method.get(), dataset.get());
    let findings = findings.map_or(&dataset.findings, |f| &f.get().core);
    let core = busy(py, || sms_core::assess::assess(&method.core, &dataset.core, findings, &plan))?.or_raise()?;
    Ok(Assessment { core: Arc::new(core), method: method.core.clone() })
}

/// A list of the plan, as the wire has it.
fn listed<T: serde::de::DeserializeOwned>(object: Option<&Bound<'_, PyAny>>, path: &str) -> PyResult<Vec<T>> {
    let Some(object) = object else { return Ok(Vec::new()) };
    sms_core::wire::part(&asked(object, path)?, path).or_raise()
}

/// Scores, gaps and means. It shows nothing of them: `release` makes the report that does.
#[pyclass(frozen, module = "sms")]
pub(crate) struct Assessment {
    core: Arc<sms_core::Assessment>,
    method: Arc<sms_core::Method>,
}

#[pymethods]
impl Assessment {
    /// How many indicators were looked for, and for what share of them there is a figure.
    #[getter]
    fn coverage(&self) -> (usize, f64) {
        self.core.coverage()
    }

    /// What was found while checking and assessing.
    #[getter]
    fn findings(&self) -> Findings {
        Findings::of(self.core.findings().clone())
    }

    /// Makes the report: withholds what could identify people, and derives everything again from the rest. Without a
    /// policy that of the method for the public is taken. `previous` is the report that was published before: what it showed
    /// stays known.
    #[pyo3(signature = (policy = None, *, previous = None))]
    fn release(&self, py: Python<'_>, policy: Option<&Bound<'_, PrivacyPolicy>>, previous: Option<&Bound<'_, PyAny>>) -> PyResult<Report> {
        let policy = policy.map_or_else(|| self.method.public_policy(), |p| p.get().core.clone());
        let previous = previous.map(published).transpose()?;
        let core = busy(py, || self.core.release_after(&policy, previous.as_ref()))?.or_raise()?;
        Ok(Report { core: Arc::new(core) })
    }

    fn __len__(&self) -> usize {
        self.core.len()
    }

    fn __repr__(&self) -> String {
        let (indicators, _) = self.core.coverage();
        format!("Assessment({}, {}; release() shows the results)", counted(self.core.len(), "place and period"), counted(indicators, "indicator"))
    }
}

/// What an earlier report showed: the report itself, or its JSON as a dict or as text.
fn published(report: &Bound<'_, PyAny>) -> PyResult<sms_core::Published> {
    if let Ok(report) = report.cast::<Report>() {
        return report.get().core.as_previous().or_raise();
    }
    let data = match report.extract::<String>() {
        Ok(text) => sms_core::exchange::json::parse(&text).or_raise()?,
        Err(_) => from_py(report, "previous")?,
    };
    sms_core::Published::from_report(&data).map_err(|e| e.at_path("previous")).or_raise()
}

/// What is withheld from a report.
#[pyclass(frozen, module = "sms")]
pub(crate) struct PrivacyPolicy {
    core: sms_core::PrivacyPolicy,
}

#[pymethods]
impl PrivacyPolicy {
    /// A report for anyone, with nothing that rests on fewer than `threshold` persons.
    #[staticmethod]
    fn public(threshold: u32) -> PyResult<Self> {
        Ok(PrivacyPolicy { core: sms_core::PrivacyPolicy::public(threshold).or_raise()? })
    }

    /// A report that stays with the data holder: nothing is withheld, and the report says so.
    #[staticmethod]
    fn internal() -> Self {
        PrivacyPolicy { core: sms_core::PrivacyPolicy::internal() }
    }

    /// The same policy with a secret that stays with the data holder, for a fingerprint of the input.
    fn with_fingerprint_key(&self, key: &Bound<'_, PyAny>) -> PyResult<Self> {
        let key = match key.extract::<String>() {
            Ok(text) => text.into_bytes(),
            Err(_) => key.extract::<pyo3::pybacked::PyBackedBytes>()?.to_vec(),
        };
        Ok(PrivacyPolicy { core: self.core.clone().with_fingerprint_key(&key) })
    }

    /// `public` or `internal`.
    #[getter]
    fn audience(&self) -> &'static str {
        match self.core.audience() {
            Audience::Public => "public",
            Audience::Internal => "internal",
        }
    }

    /// The smallest count that is shown.
    #[getter]
    fn threshold(&self) -> u32 {
        self.core.threshold()
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| other.get().core == self.core)
    }

    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (self.audience(), self.threshold()).hash(&mut hasher);
        hasher.finish()
    }

    fn __repr__(&self) -> String {
        match self.core.audience() {
            Audience::Public => format!("PrivacyPolicy.public({})", self.core.threshold()),
            Audience::Internal => "PrivacyPolicy.internal()".to_owned(),
        }
    }
}

/// What may be shown, printed, sent and kept.
#[pyclass(frozen, module = "sms")]
pub(crate) struct Report {
    core: Arc<sms_core::Report>,
}

impl Report {
    fn frame(&self, py: Python<'_>, table: Table) -> PyResult<Frame> {
        Ok(Frame { core: busy(py, || self.core.frame(table))?, name: table.as_str() })
    }

    fn written(&self, py: Python<'_>, format: &str, table: Option<&str>) -> PyResult<Vec<u8>> {
        let options = ExportOptions { table: table.map(str::parse).transpose().or_raise()? };
        let format = Format::named(format).or_raise()?;
        busy(py, || format.write(&self.core, &options))?.or_raise()
    }

    /// The first places, and how many there are more.
    fn headlines(&self, py: Python<'_>) -> PyResult<(Vec<PlaceReport>, usize)> {
        let shown = self.core.len().min(display::shown_rows(py)?);
        Ok(((0..shown).filter_map(|unit| self.core.place_report(unit)).collect(), self.core.len() - shown))
    }
}

/// The headline of a place in words: outcomes first, with their coverage.
fn headline(place: &PlaceReport) -> Vec<String> {
    let mean = |mean: Option<&sms_core::report::MeanReport>| match mean {
        Some(m) => format!("{} ({} of {})", m.score.map_or("no score".to_owned(), |s| decimal(s, 1)), m.n, m.of),
        None => String::new(),
    };
    let overall = place.nodes.iter().find(|n| n.kind == sms_core::assess::NodeKind::Overall);
    vec![
        place.name.clone(),
        place.period.to_string(),
        mean(overall.and_then(|n| n.outcomes.as_ref())),
        mean(overall.and_then(|n| n.effort.as_ref())),
        overall.and_then(|n| n.band_name.clone()).unwrap_or_default(),
        format!("{} of {}", place.measured.available, place.measured.selected),
    ]
}

#[pymethods]
impl Report {
    /// The title.
    #[getter]
    fn title(&self) -> String {
        self.core.title()
    }

    /// One row for each place, period and indicator.
    #[getter]
    fn indicators(&self, py: Python<'_>) -> PyResult<Frame> {
        self.frame(py, Table::Indicators)
    }

    /// One row for each place, period and mean: the whole, modules, rights, attributes, levels of the results chain.
    #[getter]
    fn nodes(&self, py: Python<'_>) -> PyResult<Frame> {
        self.frame(py, Table::Nodes)
    }

    /// One row for each gap between groups.
    #[getter]
    fn gaps(&self, py: Python<'_>) -> PyResult<Frame> {
        self.frame(py, Table::Gaps)
    }

    /// One row for each published figure, by group and period.
    #[getter]
    fn figures(&self, py: Python<'_>) -> PyResult<Frame> {
        self.frame(py, Table::Figures)
    }

    /// One row for each place, period and indicator that has a target, a trend or an earlier figure.
    #[getter]
    fn progress(&self, py: Python<'_>) -> PyResult<Frame> {
        self.frame(py, Table::Progress)
    }

    /// One row for each place, period, indicator and dimension that it asks for: who is counted, and who is not.
    #[getter]
    fn disaggregation(&self, py: Python<'_>) -> PyResult<Frame> {
        self.frame(py, Table::Disaggregation)
    }

    /// What was found and may be said.
    #[getter]
    fn findings(&self) -> Findings {
        Findings::of(self.core.findings().clone())
    }

    /// What the report was made of and by: versions, fingerprints, policy, rows, sources.
    #[getter]
    fn provenance<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        data(py, self.core.provenance())
    }

    /// The whole report as JSON text.
    fn to_json(&self, py: Python<'_>) -> PyResult<String> {
        busy(py, || self.core.to_json())
    }

    /// The whole report as a dict.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let made = busy(py, || value(&self.core.data()))??;
        to_py(py, &made)
    }

    /// The whole report as one HTML page that needs nothing else.
    fn to_html(&self, py: Python<'_>) -> PyResult<String> {
        busy(py, || sms_core::render::html::page(&self.core))
    }

    /// The report as a file: text, or bytes of a format that is no text. `sms.operations.report.formats()` lists what there is; `table` is for a format that
    /// holds one.
    #[pyo3(signature = (format, *, table = None))]
    fn export<'py>(&self, py: Python<'py>, format: &str, table: Option<&str>) -> PyResult<Bound<'py, PyAny>> {
        Ok(match String::from_utf8(self.written(py, format, table)?) {
            Ok(text) => PyString::new(py, &text).into_any(),
            Err(bytes) => PyBytes::new(py, bytes.as_bytes()).into_any(),
        })
    }

    /// Writes the report to a file, in the format that its ending names.
    #[pyo3(signature = (path, *, table = None))]
    fn save(&self, py: Python<'_>, path: PathBuf, table: Option<&str>) -> PyResult<()> {
        let format = path.extension().and_then(|e| e.to_str()).unwrap_or_default();
        Ok(std::fs::write(&path, self.written(py, format, table)?)?)
    }

    /// A table as CSV text, by its name.
    fn to_csv(&self, py: Python<'_>, table: &str) -> PyResult<String> {
        let table: Table = table.parse().or_raise()?;
        busy(py, || self.core.frame(table).to_csv())
    }

    /// How a number came about: of an indicator, or of a mean (`overall`, a module, a right, an attribute, a level).
    #[pyo3(signature = (id, place = None))]
    fn explain(&self, py: Python<'_>, id: &str, place: Option<&str>) -> PyResult<Explanation> {
        let core = busy(py, || self.core.explain(id, place))?.or_raise()?;
        Ok(Explanation { core })
    }

    fn __len__(&self) -> usize {
        self.core.len()
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let mut out = format!("Report: {}", self.core.title());
        if self.core.provenance().audience == Audience::Internal {
            out.push_str(" (internal: nothing is withheld)");
        }
        let (places, more) = self.headlines(py)?;
        for place in places {
            if let [name, period, outcomes, effort, rating, measured] = headline(&place).as_slice() {
                let _ = write!(out, "\n  {name}, {period}: {measured} indicators measured");
                for (label, text) in [("outcomes", outcomes), ("effort", effort), ("rating", rating)] {
                    if !text.is_empty() {
                        let _ = write!(out, ", {label} {text}");
                    }
                }
            }
        }
        if more > 0 {
            let _ = write!(out, "\n  … {more} more");
        }
        Ok(out)
    }

    fn _repr_html_(&self, py: Python<'_>) -> PyResult<String> {
        let head = ["Place", "Period", "Outcomes", "Effort", "Rating", "Measured"];
        let (places, more) = self.headlines(py)?;
        let rows: Vec<Vec<String>> = places.iter().map(headline).collect();
        // a page of many places would drown the notebook
        let page = if more == 0 { Some(self.to_html(py)?) } else { None };
        display::laid_out(py, "report_html", (self.core.title(), head, rows, more, self.core.catalogue().release_text("notice"), page))
    }
}

/// A table of a report. Any reader of Arrow takes it as it is.
#[pyclass(frozen, module = "sms")]
pub(crate) struct Frame {
    pub(crate) core: sms_core::frame::Frame,
    pub(crate) name: &'static str,
}

impl Frame {
    fn values(&self, column: &str) -> Option<&Values> {
        self.core.columns().iter().find(|(name, _)| *name == column).map(|(_, values)| values)
    }
}

#[pymethods]
impl Frame {
    /// The names of the columns.
    #[getter]
    fn columns(&self) -> Vec<&str> {
        self.core.columns().iter().map(|(name, _)| &**name).collect()
    }

    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_stream__<'py>(&self, py: Python<'py>, requested_schema: Option<Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyCapsule>> {
        // a request is a wish, which the protocol allows to leave unmet
        drop(requested_schema);
        arrow::write(py, &self.core)
    }

    /// The frame as a pandas DataFrame; pandas must be there.
    fn to_pandas<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let kinds: Vec<&str> = self
            .core
            .columns()
            .iter()
            .map(|(_, values)| match values {
                Values::Text { .. } => "string",
                Values::Number(_) => "float64",
                Values::Integer(_) => "Int64",
                Values::Bool(_) => "boolean",
            })
            .collect();
        py.import("sms._files")?.call_method1("to_pandas", (self.to_dict(py)?, kinds))
    }

    /// The frame as a polars DataFrame; polars must be there.
    fn to_polars<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        slf.py().import("polars")?.call_method1("DataFrame", (slf,))
    }

    /// A dict of the columns, each a list; what is absent is None.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let dict = PyDict::new(py);
        for (name, values) in self.core.columns() {
            dict.set_item(&**name, list(py, values)?)?;
        }
        Ok(dict)
    }

    /// The rows, one dict each.
    fn to_rows<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        data(py, &self.core.to_rows())
    }

    /// The rows as a JSON array of objects.
    fn to_json(&self, py: Python<'_>) -> PyResult<String> {
        busy(py, || json(&self.core.to_rows()))?
    }

    /// The frame as CSV text.
    fn to_csv(&self, py: Python<'_>) -> PyResult<String> {
        busy(py, || self.core.to_csv())
    }

    fn __getitem__<'py>(&self, py: Python<'py>, column: &str) -> PyResult<Bound<'py, PyList>> {
        match self.values(column) {
            Some(values) => list(py, values),
            None => Err(PyKeyError::new_err(column.to_owned())),
        }
    }

    fn __contains__(&self, column: &str) -> bool {
        self.values(column).is_some()
    }

    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.columns().into_pyobject(py)?.try_iter().map(Bound::into_any)
    }

    fn __len__(&self) -> usize {
        self.core.len()
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| other.get().core == self.core)
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        display::frame(py, "frame_text", self.name, &self.core)
    }

    fn _repr_html_(&self, py: Python<'_>) -> PyResult<String> {
        display::frame(py, "frame_html", self.name, &self.core)
    }
}

/// The values of a column.
fn list<'py>(py: Python<'py>, values: &Values) -> PyResult<Bound<'py, PyList>> {
    match values {
        Values::Text { dictionary, codes } => {
            // each distinct text becomes one Python string
            let words: Vec<Bound<'py, PyString>> = dictionary.iter().map(|t| PyString::new(py, t)).collect();
            PyList::new(py, codes.iter().map(|code| code.and_then(|c| words.get(c as usize))))
        }
        Values::Number(v) => PyList::new(py, v),
        Values::Integer(v) => PyList::new(py, v),
        Values::Bool(v) => PyList::new(py, v.iter().map(|x| x.map(|x| PyBool::new(py, x)))),
    }
}

/// How a number came about, step by step.
#[pyclass(frozen, module = "sms")]
pub(crate) struct Explanation {
    core: sms_core::report::Explanation,
}

#[pymethods]
impl Explanation {
    /// Id of the indicator or the mean.
    #[getter]
    fn id(&self) -> &str {
        &self.core.id
    }

    /// Its name.
    #[getter]
    fn name(&self) -> &str {
        &self.core.name
    }

    /// The name of the place.
    #[getter]
    fn place(&self) -> &str {
        &self.core.place
    }

    /// The period.
    #[getter]
    fn period(&self) -> String {
        self.core.period.to_string()
    }

    /// The score; none when there is none.
    #[getter]
    fn result(&self) -> Option<f64> {
        self.core.result
    }

    /// The steps, one dict each: clause, text, inputs, result, reasons.
    #[getter]
    fn steps<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        data(py, &self.core.steps)
    }

    /// What each part adds to the result, one dict each.
    #[getter]
    fn contributions<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        data(py, &self.core.contributions)
    }

    /// What outcomes and effort add to the combined view, one dict each.
    #[getter]
    fn combined<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        data(py, &self.core.combined)
    }

    /// The weight of each scored outcome through all levels below, one dict each.
    #[getter]
    fn effective_weights<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        data(py, &self.core.effective_weights)
    }

    /// What it would take to reach the next better band; none at the best.
    #[getter]
    fn next_band<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        data(py, &self.core.next_band)
    }

    /// What each part adds, as a picture; none where there are no parts.
    fn to_svg(&self) -> Option<String> {
        sms_core::render::svg::explanation(&self.core)
    }

    /// The explanation as a dict.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        data(py, &self.core)
    }

    /// The explanation as JSON text.
    fn to_json(&self) -> PyResult<String> {
        json(&self.core)
    }

    fn __str__(&self) -> String {
        let mut out = self.heading();
        for (i, step) in self.core.steps.iter().enumerate() {
            let _ = write!(out, "\n{}. {}", i + 1, step.text);
            for reason in &step.reasons {
                let _ = write!(out, "\n   Why: {reason}");
            }
        }
        for c in &self.core.contributions {
            let _ = write!(out, "\n   {:>6}  {} ({})", decimal(c.points, 1), c.name, c.id);
        }
        out
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!("Explanation({}, {} {}, {})", repr(py, &self.core.id)?, self.core.place, self.core.period, counted(self.core.steps.len(), "step")))
    }

    fn _repr_html_(&self, py: Python<'_>) -> PyResult<String> {
        let steps: Vec<(&str, &[String])> = self.core.steps.iter().map(|step| (step.text.as_str(), step.reasons.as_slice())).collect();
        let score = |score: Option<f64>| score.map(|s| decimal(s, 1)).unwrap_or_default();
        let parts: Vec<_> = self.core.contributions.iter().map(|c| [c.id.clone(), c.name.clone(), score(c.score), decimal(c.points, 1)]).collect();
        display::laid_out(py, "explanation_html", (self.heading(), steps, parts))
    }
}

impl Explanation {
    fn heading(&self) -> String {
        let result = self.core.result.map_or("no score".to_owned(), |r| format!("{} points", decimal(r, 1)));
        format!("{} ({}), {} {}: {result}", self.core.name, self.core.id, self.core.place, self.core.period)
    }
}
