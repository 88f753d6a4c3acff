//! Arrow in and out, over PyCapsules: any frame with `__arrow_c_stream__`, and one for any reader of them.

use crate::convert::OrRaise;
use arrow_array::cast::AsArray;
use arrow_array::ffi_stream::{FFI_ArrowArrayStream, RecordBatchStreamReader};
use arrow_array::types::{
    ArrowDictionaryKeyType, ArrowPrimitiveType, Decimal128Type, Decimal256Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type,
    UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{
    Array, ArrayRef, BooleanArray, Float64Array, Int64Array, LargeStringArray, RecordBatch, RecordBatchIterator, RecordBatchReader, StringArray,
    temporal_conversions as temporal,
};
use arrow_schema::{ArrowError, DataType, Field, Schema, TimeUnit};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyCapsule;
use sms_core::Observations;
use sms_core::frame::{Frame, Values};
use sms_core::observation::{Column, Limits, NumberField};
use std::sync::Arc;

const STREAM: &std::ffi::CStr = c"arrow_array_stream";

/// The columns that pandas writes for an index without a name.
const UNNAMED_INDEX: &str = "__index_level_";

fn broken(error: &ArrowError) -> PyErr {
    PyValueError::new_err(format!("the Arrow stream cannot be read: {error}"))
}

/// The values of a column, ready for the core.
enum Cells {
    /// Texts that stay where Arrow has them.
    Borrowed,
    Texts(Vec<Option<String>>),
    Numbers(Vec<Option<f64>>),
}

/// The batches of any object with `__arrow_c_stream__`.
fn stream(frame: &Bound<'_, PyAny>) -> PyResult<RecordBatchStreamReader> {
    if !frame.hasattr("__arrow_c_stream__")? {
        let kind = frame.get_type().name()?;
        return Err(PyTypeError::new_err(format!("{kind} has no __arrow_c_stream__: give a frame of pandas (2.2 or newer), polars, pyarrow or duckdb")));
    }
    let capsule = frame.call_method0("__arrow_c_stream__")?.cast_into::<PyCapsule>()?;
    let pointer = capsule.pointer_checked(Some(STREAM))?;
    // SAFETY: a capsule of this name holds a stream of the Arrow C interface; `from_raw` moves it out and leaves an
    // empty one behind, which the capsule may release.
    unsafe { RecordBatchStreamReader::from_raw(pointer.cast::<FFI_ArrowArrayStream>().as_ptr()) }.map_err(|e| broken(&e))
}

/// Hands over one batch after the other, without the interpreter's lock.
pub(crate) fn each_batch(frame: &Bound<'_, PyAny>, mut take: impl FnMut(&RecordBatch) -> PyResult<sms_core::Result<()>> + Send) -> PyResult<()> {
    let py = frame.py();
    let mut reader = stream(frame)?;
    loop {
        // the producer may be Python code, which takes the lock by itself where it needs it
        let taken = py.detach(|| reader.next().map(|batch| batch.map_err(|e| broken(&e)).and_then(|batch| take(&batch))));
        py.check_signals()?;
        match taken {
            None => return Ok(()),
            Some(taken) => taken?.or_raise()?,
        }
    }
}

/// Reads any object with `__arrow_c_stream__`.
pub(crate) fn read(frame: &Bound<'_, PyAny>) -> PyResult<Observations> {
    let py = frame.py();
    let reader = stream(frame)?;
    let schema = reader.schema();
    // the producer may be Python code, which takes the lock by itself where it needs it
    let batches = py.detach(|| reader.collect::<Result<Vec<RecordBatch>, ArrowError>>()).map_err(|e| broken(&e))?;
    py.check_signals()?;
    let made = py.detach(|| columns(&schema, &batches))?.or_raise();
    py.check_signals()?;
    made
}

fn columns(schema: &Schema, batches: &[RecordBatch]) -> PyResult<sms_core::Result<Observations>> {
    let rows = batches.iter().map(RecordBatch::num_rows).sum();
    let mut held: Vec<(&str, Vec<&ArrayRef>, Cells)> = Vec::new();
    for (at, field) in schema.fields().iter().enumerate() {
        let name = field.name();
        if name.starts_with(UNNAMED_INDEX) {
            continue;
        }
        let arrays: Vec<&ArrayRef> = batches.iter().filter_map(|b| b.columns().get(at)).collect();
        let is_number = NumberField::of(name).is_some();
        let cells = Some(field).filter(|field| !is_period(field)).and_then(|field| cells(field.data_type(), &arrays, is_number));
        let cells = cells.ok_or_else(|| unreadable(field, "neither texts nor numbers"))?;
        held.push((name, arrays, cells));
    }
    let columns = held.iter().map(|(name, arrays, cells)| (*name, column(arrays, cells))).collect();
    Ok(Observations::from_columns(columns, rows, Limits::default()))
}

fn column<'a>(arrays: &'a [&'a ArrayRef], cells: &'a Cells) -> Column<'a> {
    match cells {
        Cells::Borrowed => Column::Text(Box::new(arrays.iter().flat_map(|a| texts(a)))),
        Cells::Texts(texts) => Column::Text(Box::new(texts.iter().map(Option::as_deref))),
        Cells::Numbers(numbers) => Column::Number(Box::new(numbers.iter().copied())),
    }
}

/// The texts of an array, in place. Empty for arrays of other types.
pub(crate) fn texts(array: &ArrayRef) -> Box<dyn Iterator<Item = Option<&str>> + '_> {
    match array.data_type() {
        DataType::Utf8 => Box::new(array.as_string::<i32>().iter()),
        DataType::LargeUtf8 => Box::new(array.as_string::<i64>().iter()),
        DataType::Utf8View => Box::new(array.as_string_view().iter()),
        DataType::Dictionary(key, _) => match **key {
            DataType::Int8 => coded::<Int8Type>(array),
            DataType::Int16 => coded::<Int16Type>(array),
            DataType::Int32 => coded::<Int32Type>(array),
            DataType::Int64 => coded::<Int64Type>(array),
            DataType::UInt8 => coded::<UInt8Type>(array),
            DataType::UInt16 => coded::<UInt16Type>(array),
            DataType::UInt32 => coded::<UInt32Type>(array),
            _ => coded::<UInt64Type>(array),
        },
        // a column of nulls
        _ => Box::new(std::iter::repeat_n(None, array.len())),
    }
}

/// Whether a column holds periods of pandas: numbers that count from a day that Arrow does not tell.
pub(crate) fn is_period(field: &Field) -> bool {
    field.metadata().get("ARROW:extension:name").is_some_and(|name| name == "pandas.period")
}

/// What to do about a column that cannot be read.
pub(crate) fn unreadable(field: &Field, holds: &str) -> PyErr {
    let name = field.name();
    let values = match field.data_type() {
        DataType::Dictionary(_, values) => values,
        kind => kind,
    };
    let is_interval = matches!(values, DataType::Struct(fields) if fields.iter().map(|f| f.name().as_str()).eq(["left", "right"]));
    if is_interval || is_period(field) {
        let what = if is_interval { "intervals, as pandas.cut makes them" } else { "periods of pandas" };
        return PyTypeError::new_err(format!("column {name}: {what}, are no codes: give them as texts, frame[{name:?}].astype(\"string\")"));
    }
    PyTypeError::new_err(format!("column {name}: the Arrow type {} holds {holds}", field.data_type()))
}

/// Where each row of an array with a dictionary stands in it.
pub(crate) fn keys(array: &ArrayRef) -> Vec<Option<usize>> {
    let dictionary = array.as_any_dictionary();
    if dictionary.values().is_empty() {
        return vec![None; array.len()];
    }
    dictionary.normalized_keys().into_iter().enumerate().map(|(row, key)| Some(key).filter(|_| !array.is_null(row))).collect()
}

fn coded<K: ArrowDictionaryKeyType>(array: &ArrayRef) -> Box<dyn Iterator<Item = Option<&str>> + '_> {
    let dictionary = array.as_dictionary::<K>();
    let words: Vec<Option<&str>> = texts(dictionary.values()).collect();
    Box::new((0..dictionary.len()).map(move |row| dictionary.key(row).and_then(|key| words.get(key).copied().flatten())))
}

pub(crate) fn is_text(kind: &DataType) -> bool {
    matches!(kind, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Null)
}

/// The cells of a column, or nothing when it holds neither texts nor numbers.
fn cells(kind: &DataType, arrays: &[&ArrayRef], is_number: bool) -> Option<Cells> {
    Some(match kind {
        kind if is_text(kind) => Cells::Borrowed,
        DataType::Dictionary(_, values) if is_text(values) => Cells::Borrowed,
        DataType::Dictionary(_, values) => {
            let decoded = arrays.iter().map(|a| Some((keys(a), cells(values, &[a.as_any_dictionary().values()], is_number)?))).collect::<Option<Vec<_>>>()?;
            let (mut texts, mut numbers) = (Vec::new(), Vec::new());
            for (keys, cells) in decoded {
                match cells {
                    Cells::Borrowed => return None,
                    Cells::Texts(words) => texts.extend(keys.into_iter().map(|key| words.get(key?).cloned().flatten())),
                    Cells::Numbers(values) => numbers.extend(keys.into_iter().map(|key| values.get(key?).copied().flatten())),
                }
            }
            if texts.is_empty() { Cells::Numbers(numbers) } else { Cells::Texts(texts) }
        }
        DataType::Float64 => numbers::<Float64Type>(arrays, |x| x),
        DataType::Float32 => numbers::<Float32Type>(arrays, f64::from),
        DataType::Int8 => whole::<Int8Type>(arrays, is_number),
        DataType::Int16 => whole::<Int16Type>(arrays, is_number),
        DataType::Int32 => whole::<Int32Type>(arrays, is_number),
        DataType::Int64 => whole::<Int64Type>(arrays, is_number),
        DataType::UInt8 => whole::<UInt8Type>(arrays, is_number),
        DataType::UInt16 => whole::<UInt16Type>(arrays, is_number),
        DataType::UInt32 => whole::<UInt32Type>(arrays, is_number),
        DataType::UInt64 => whole::<UInt64Type>(arrays, is_number),
        DataType::Decimal128(..) => written(arrays, is_number, |a, row| a.as_primitive::<Decimal128Type>().value_as_string(row)),
        DataType::Decimal256(..) => written(arrays, is_number, |a, row| a.as_primitive::<Decimal256Type>().value_as_string(row)),
        DataType::Boolean => written(arrays, is_number, |a, row| match (is_number, a.as_boolean().value(row)) {
            (true, yes) => u8::from(yes).to_string(),
            (false, yes) => yes.to_string(),
        }),
        DataType::Date32 | DataType::Date64 | DataType::Timestamp(..) => {
            Cells::Texts(arrays.iter().flat_map(|a| (0..a.len()).map(move |row| if a.is_null(row) { None } else { moment(a, row) })).collect())
        }
        _ => return None,
    })
}

fn numbers<T: ArrowPrimitiveType>(arrays: &[&ArrayRef], number: impl Fn(T::Native) -> f64) -> Cells {
    Cells::Numbers(arrays.iter().flat_map(|a| a.as_primitive::<T>().iter()).map(|x| x.map(&number)).collect())
}

/// Whole numbers: numbers in a number column, else codes such as a year, digit by digit.
fn whole<T: ArrowPrimitiveType>(arrays: &[&ArrayRef], is_number: bool) -> Cells
where
    T::Native: std::fmt::Display,
{
    written(arrays, is_number, |a, row| a.as_primitive::<T>().value(row).to_string())
}

/// Values by way of their digits, so that each becomes the nearest f64.
fn written(arrays: &[&ArrayRef], is_number: bool, text: impl Fn(&ArrayRef, usize) -> String) -> Cells {
    let texts = arrays.iter().flat_map(|a| (0..a.len()).map(move |row| (*a, row))).map(|(a, row)| if a.is_null(row) { None } else { Some(text(a, row)) });
    if is_number { Cells::Numbers(texts.map(|t| t.and_then(|t| t.parse().ok())).collect()) } else { Cells::Texts(texts.collect()) }
}

/// A date as text, with the time where there is one.
pub(crate) fn moment(array: &ArrayRef, row: usize) -> Option<String> {
    use arrow_array::types as t;
    let moment = match array.data_type() {
        DataType::Date32 => temporal::date32_to_datetime(array.as_primitive::<t::Date32Type>().value(row)),
        DataType::Date64 => temporal::date64_to_datetime(array.as_primitive::<t::Date64Type>().value(row)),
        DataType::Timestamp(TimeUnit::Second, _) => temporal::timestamp_s_to_datetime(array.as_primitive::<t::TimestampSecondType>().value(row)),
        DataType::Timestamp(TimeUnit::Millisecond, _) => temporal::timestamp_ms_to_datetime(array.as_primitive::<t::TimestampMillisecondType>().value(row)),
        DataType::Timestamp(TimeUnit::Microsecond, _) => temporal::timestamp_us_to_datetime(array.as_primitive::<t::TimestampMicrosecondType>().value(row)),
        _ => temporal::timestamp_ns_to_datetime(array.as_primitive::<t::TimestampNanosecondType>().value(row)),
    }?;
    let text = moment.to_string();
    Some(text.strip_suffix(" 00:00:00").map(str::to_owned).unwrap_or(text))
}

/// A frame as a stream of one batch, without copying it into Python.
pub(crate) fn write<'py>(py: Python<'py>, frame: &Frame) -> PyResult<Bound<'py, PyCapsule>> {
    let batch = py.detach(|| batch(frame)).map_err(|e| PyValueError::new_err(e.to_string()))?;
    let schema = batch.schema();
    let stream = FFI_ArrowArrayStream::new(Box::new(RecordBatchIterator::new([Ok(batch)], schema)));
    PyCapsule::new_with_value(py, stream, STREAM)
}

fn batch(frame: &Frame) -> Result<RecordBatch, ArrowError> {
    let mut fields = Vec::new();
    let mut arrays: Vec<ArrayRef> = Vec::new();
    for (name, values) in frame.columns() {
        let array: ArrayRef = match values {
            Values::Text { dictionary, codes } => {
                let texts = || codes.iter().map(|code| code.and_then(|c| dictionary.get(c as usize)));
                let bytes: usize = texts().flatten().map(|t| t.len()).sum();
                // offsets of the common text type end at 2 GiB
                if i32::try_from(bytes).is_ok() { Arc::new(texts().collect::<StringArray>()) } else { Arc::new(texts().collect::<LargeStringArray>()) }
            }
            Values::Number(numbers) => Arc::new(Float64Array::from(numbers.clone())),
            Values::Integer(numbers) => Arc::new(Int64Array::from(numbers.clone())),
            Values::Bool(truths) => Arc::new(BooleanArray::from(truths.clone())),
        };
        fields.push(Field::new(&**name, array.data_type().clone(), true));
        arrays.push(array);
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)
}
