//! Survey microdata in, as the buffers of Arrow; states and estimates out.

use crate::arrow;
use crate::convert::{OrRaise, asked, busy, data};
use crate::display::counted;
use crate::output::{Findings, Frame};
use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Decimal128Type, Decimal256Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type,
    UInt64Type,
};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::DataType;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyCapsule};
use serde::de::DeserializeOwned;
use sms_core::Error;
use sms_core::survey::{Accumulator, Batch, Column, Encoded, Role, SurveyPlan, SurveyResults, encode_numbers};
use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Reads a mapping as a type of the core.
fn whole<T: DeserializeOwned>(object: &Bound<'_, PyAny>, path: &str) -> PyResult<T> {
    sms_core::wire::part(&asked(object, path)?, path).or_raise()
}

/// A column as the core reads it; numbers without gaps stay where Arrow has them.
enum Held<'a> {
    Numbers(Cow<'a, [f64]>, Option<Vec<bool>>),
    Codes(Encoded),
}

fn validity(array: &dyn Array) -> Option<Vec<bool>> {
    array.logical_nulls().filter(|nulls| nulls.null_count() > 0).map(|nulls| nulls.iter().collect())
}

fn converted<T: ArrowPrimitiveType>(array: &ArrayRef, number: impl Fn(T::Native) -> f64) -> Cow<'_, [f64]> {
    array.as_primitive::<T>().values().iter().map(|&x| number(x)).collect()
}

fn written<T: ArrowPrimitiveType>(array: &ArrayRef, text: impl Fn(usize) -> String) -> Cow<'_, [f64]> {
    let array = array.as_primitive::<T>();
    (0..array.len()).map(|row| if array.is_null(row) { 0.0 } else { text(row).parse().unwrap_or(f64::NAN) }).collect()
}

#[expect(clippy::cast_precision_loss, reason = "the nearest f64 of a whole number")]
fn numbers(array: &ArrayRef) -> Option<Held<'_>> {
    let values = match array.data_type() {
        DataType::Float64 => Cow::Borrowed(&**array.as_primitive::<Float64Type>().values()),
        DataType::Float32 => converted::<Float32Type>(array, f64::from),
        DataType::Int8 => converted::<Int8Type>(array, f64::from),
        DataType::Int16 => converted::<Int16Type>(array, f64::from),
        DataType::Int32 => converted::<Int32Type>(array, f64::from),
        DataType::Int64 => converted::<Int64Type>(array, |x| x as f64),
        DataType::UInt8 => converted::<UInt8Type>(array, f64::from),
        DataType::UInt16 => converted::<UInt16Type>(array, f64::from),
        DataType::UInt32 => converted::<UInt32Type>(array, f64::from),
        DataType::UInt64 => converted::<UInt64Type>(array, |x| x as f64),
        DataType::Decimal128(..) => written::<Decimal128Type>(array, |row| array.as_primitive::<Decimal128Type>().value_as_string(row)),
        DataType::Decimal256(..) => written::<Decimal256Type>(array, |row| array.as_primitive::<Decimal256Type>().value_as_string(row)),
        DataType::Boolean => array.as_boolean().iter().map(|x| f64::from(u8::from(x.unwrap_or_default()))).collect(),
        DataType::Null => Cow::Owned(vec![0.0; array.len()]),
        DataType::Dictionary(..) => {
            let Held::Numbers(values, valid) = numbers(array.as_any_dictionary().values())? else { return None };
            let is_there = |key: &usize| valid.as_ref().is_none_or(|valid| valid.get(*key).copied().unwrap_or(false));
            let read: Vec<Option<f64>> = arrow::keys(array).into_iter().map(|key| key.filter(is_there).and_then(|key| values.get(key).copied())).collect();
            let valid = read.iter().map(Option::is_some).collect();
            return Some(Held::Numbers(read.into_iter().map(Option::unwrap_or_default).collect(), Some(valid)));
        }
        _ => return None,
    };
    Some(Held::Numbers(values, validity(array)))
}

/// Each distinct key once, in the order of arrival.
fn encode<K: Copy + Eq + Hash>(keys: impl Iterator<Item = Option<K>>, text: impl Fn(K) -> String) -> Encoded {
    let mut seen: HashMap<K, u32> = HashMap::new();
    let mut made = Encoded::default();
    for key in keys {
        let code = key.map(|key| {
            *seen.entry(key).or_insert_with(|| {
                made.dictionary.push(text(key));
                u32::try_from(made.dictionary.len() - 1).unwrap_or(u32::MAX)
            })
        });
        made.codes.push(code.unwrap_or_default());
        made.valid.push(code.is_some());
    }
    made
}

fn whole_codes<T: ArrowPrimitiveType>(array: &ArrayRef) -> Encoded
where
    T::Native: Eq + Hash + std::fmt::Display,
{
    encode(array.as_primitive::<T>().iter(), |x| x.to_string())
}

fn codes(array: &ArrayRef) -> Option<Held<'_>> {
    Some(Held::Codes(match array.data_type() {
        kind if arrow::is_text(kind) => encode(arrow::texts(array), str::to_owned),
        DataType::Dictionary(_, values) if arrow::is_text(values) => encode(arrow::texts(array), str::to_owned),
        DataType::Dictionary(..) => {
            let Held::Codes(words) = codes(array.as_any_dictionary().values())? else { return None };
            let code = |key: usize| words.codes.get(key).copied().filter(|_| words.valid.get(key).copied().unwrap_or(false));
            encode(arrow::keys(array).into_iter().map(|key| key.and_then(code)), |code| words.dictionary.get(code as usize).cloned().unwrap_or_default())
        }
        DataType::Float64 => encode_numbers(array.as_primitive::<Float64Type>().iter()),
        DataType::Float32 => encode_numbers(array.as_primitive::<Float32Type>().iter().map(|x| x.map(f64::from))),
        DataType::Int8 => whole_codes::<Int8Type>(array),
        DataType::Int16 => whole_codes::<Int16Type>(array),
        DataType::Int32 => whole_codes::<Int32Type>(array),
        DataType::Int64 => whole_codes::<Int64Type>(array),
        DataType::UInt8 => whole_codes::<UInt8Type>(array),
        DataType::UInt16 => whole_codes::<UInt16Type>(array),
        DataType::UInt32 => whole_codes::<UInt32Type>(array),
        DataType::UInt64 => whole_codes::<UInt64Type>(array),
        DataType::Boolean => encode(array.as_boolean().iter(), |yes| yes.to_string()),
        DataType::Date32 | DataType::Date64 | DataType::Timestamp(..) => {
            encode((0..array.len()).map(|row| Some(row).filter(|row| array.is_valid(*row))), |row| arrow::moment(array, row).unwrap_or_default())
        }
        _ => return None,
    }))
}

/// Takes a batch; rows in an error are counted from the first row of the frame.
fn take(accumulator: &mut Accumulator, batch: &RecordBatch, before: usize) -> PyResult<sms_core::Result<()>> {
    let (plan, schema) = (accumulator.plan().clone(), batch.schema());
    let mut held: Vec<(&str, Held<'_>)> = Vec::new();
    for (name, role) in plan.columns() {
        // a column that is not there is named by the core
        let Some((at, _)) = schema.column_with_name(name) else { continue };
        let (field, array) = (schema.field(at), batch.column(at));
        let column = match role {
            _ if arrow::is_period(field) => None,
            Role::Numbers => numbers(array),
            Role::Codes => codes(array),
        };
        let holds = match role {
            Role::Numbers => "no numbers",
            Role::Codes => "no codes",
        };
        let column = column.ok_or_else(|| arrow::unreadable(field, holds))?;
        held.push((name, column));
    }
    let words: Vec<Vec<&str>> = held
        .iter()
        .map(|(_, column)| match column {
            Held::Numbers(..) => Vec::new(),
            Held::Codes(encoded) => encoded.dictionary.iter().map(String::as_str).collect(),
        })
        .collect();
    let mut columns = Batch::new(batch.num_rows());
    for ((name, column), dictionary) in held.iter().zip(&words) {
        let column = match column {
            Held::Numbers(values, valid) => Column::Numbers { values, valid: valid.as_deref() },
            Held::Codes(encoded) => Column::Codes { codes: &encoded.codes, dictionary, valid: Some(&encoded.valid) },
        };
        if let Err(error) = columns.insert(name, column) {
            return Ok(Err(error));
        }
    }
    let shift = |error: Error| match error.location().row {
        Some(row) => error.at_row(row.saturating_add(u32::try_from(before).unwrap_or(u32::MAX))),
        None => error,
    };
    Ok(accumulator.update(&columns).map_err(shift))
}

/// Takes microdata frame by frame and keeps what the estimates of its plan need. As confidential as the microdata: it
/// cannot be printed or pickled.
#[pyclass(frozen, module = "sms.survey", name = "Accumulator")]
pub(crate) struct SurveyAccumulator {
    core: Mutex<Accumulator>,
    plan: SurveyPlan,
}

impl SurveyAccumulator {
    fn of(core: Accumulator) -> Self {
        SurveyAccumulator { plan: core.plan().clone(), core: Mutex::new(core) }
    }

    /// Only without the interpreter's lock: whoever holds the state may need that one.
    fn state(&self) -> MutexGuard<'_, Accumulator> {
        self.core.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[pymethods]
impl SurveyAccumulator {
    #[new]
    fn new(plan: &Bound<'_, PyAny>) -> PyResult<Self> {
        Accumulator::new(whole(plan, "plan")?).or_raise().map(Self::of)
    }

    /// A state that `to_bytes` gave, for the same plan.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, plan: &Bound<'_, PyAny>, state: &[u8]) -> PyResult<Self> {
        let plan = whole(plan, "plan")?;
        busy(py, || Accumulator::from_bytes(plan, state))?.or_raise().map(Self::of)
    }

    /// The fingerprint of the plan that the state is bound to.
    #[getter]
    fn plan_fingerprint(&self, py: Python<'_>) -> String {
        py.detach(|| self.state().plan_fingerprint())
    }

    /// Takes the rows of a frame: all of them, or none when it is refused.
    fn update(&self, py: Python<'_>, frame: &Bound<'_, PyAny>) -> PyResult<()> {
        let mut part = Accumulator::new(self.plan.clone()).or_raise()?;
        let mut rows = 0;
        arrow::each_batch(frame, |batch| {
            let taken = take(&mut part, batch, rows);
            rows += batch.num_rows();
            taken
        })?;
        busy(py, || self.state().merge(&part))?.or_raise()
    }

    /// Takes all that another state of the same plan holds.
    fn merge(&self, py: Python<'_>, other: &Bound<'_, Self>) -> PyResult<()> {
        let other = other.get();
        busy(py, || {
            // a copy, so that the two are never locked at once
            let other = other.state().clone();
            self.state().merge(&other)
        })?
        .or_raise()
    }

    /// The state as bytes, the same for the same rows in any order; as confidential as the microdata.
    fn to_bytes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let bytes = busy(py, || self.state().to_bytes())?.or_raise()?;
        Ok(PyBytes::new(py, &bytes))
    }

    /// The estimates with their error.
    fn finish(&self, py: Python<'_>, reporting: &Bound<'_, PyAny>) -> PyResult<Results> {
        let reporting = whole(reporting, "reporting")?;
        let core = busy(py, || self.state().finish(&reporting))?.or_raise()?;
        Ok(Results { core })
    }

    fn __repr__(&self, py: Python<'_>) -> String {
        format!("Accumulator(plan_fingerprint='{}')", self.plan_fingerprint(py))
    }
}

/// Estimates with their error. Not released: small groups are among them. Any reader of Arrow takes them as they are.
#[pyclass(frozen, module = "sms.survey", name = "Results")]
pub(crate) struct Results {
    core: SurveyResults,
}

#[pymethods]
impl Results {
    /// One row an estimate; the codes of a dimension `d` are in the column `domain.d`.
    #[getter]
    fn estimates(&self) -> Frame {
        Frame { core: self.core.frame(), name: "estimates" }
    }

    /// With `covariances`: for each estimate and domain its groups and their covariances, as `sms.equality` takes them.
    #[getter]
    fn groups<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        data(py, &self.core.groups)
    }

    /// What is doubtful.
    #[getter]
    fn findings(&self) -> Findings {
        Findings::of(self.core.findings.clone())
    }

    /// How many rows were read.
    #[getter]
    fn rows(&self) -> u64 {
        self.core.rows
    }

    /// `estimates`, `groups`, `rows` and `findings`, as in the answer of `survey.finish`.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        data(py, &self.core)
    }

    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_stream__<'py>(&self, py: Python<'py>, requested_schema: Option<Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyCapsule>> {
        // a request is a wish, which the protocol allows to leave unmet
        drop(requested_schema);
        arrow::write(py, &self.core.frame())
    }

    fn __len__(&self) -> usize {
        self.core.estimates.len()
    }

    fn __repr__(&self) -> String {
        let findings = usize::try_from(self.core.findings.len()).unwrap_or(usize::MAX);
        format!("Results({}, {})", counted(self.core.estimates.len(), "estimate"), counted(findings, "finding"))
    }
}
