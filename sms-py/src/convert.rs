//! Between Python objects and the core's plain data, and from the core's errors to exceptions.

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyMapping, PySequence, PyString};
use serde::Serialize;
use serde_json::{Map, Number, Value};
use sms_core::{Code, Error};

pyo3::import_exception!(sms._errors, SmsError);

/// How deep an object that is handed in may be nested: about as deep as JSON text.
const DEPTH: usize = i8::MAX as usize;

/// A result of the core as a result for Python: one error, one exception.
pub(crate) trait OrRaise<T> {
    fn or_raise(self) -> PyResult<T>;
}

impl<T> OrRaise<T> for sms_core::Result<T> {
    fn or_raise(self) -> PyResult<T> {
        self.map_err(|error| Python::attach(|py| data(py, &error.to_data()).map_or_else(|e| e, |data| SmsError::new_err((data.unbind(),)))))
    }
}

/// Runs what may take time without the interpreter's lock; an interrupt that came meanwhile is raised afterwards.
pub(crate) fn busy<T: Send>(py: Python<'_>, work: impl FnOnce() -> T + Send) -> PyResult<T> {
    let made = py.detach(work);
    py.check_signals()?;
    Ok(made)
}

/// Plain data as Python objects.
pub(crate) fn data<'py>(py: Python<'py>, data: &impl Serialize) -> PyResult<Bound<'py, PyAny>> {
    to_py(py, &value(data)?)
}

/// Plain data as a JSON value.
pub(crate) fn value(data: &impl Serialize) -> PyResult<Value> {
    serde_json::to_value(data).map_err(|e| PyValueError::new_err(e.to_string()))
}

/// Plain data as JSON text.
pub(crate) fn json(data: &impl Serialize) -> PyResult<String> {
    serde_json::to_string(data).map_err(|e| PyValueError::new_err(e.to_string()))
}

/// A JSON value as Python objects.
pub(crate) fn to_py<'py>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>> {
    Ok(match value {
        Value::Null => py.None().into_bound(py),
        Value::Bool(b) => PyBool::new(py, *b).to_owned().into_any(),
        Value::Number(n) => match (n.as_i64(), n.as_u64()) {
            (Some(i), _) => i.into_pyobject(py)?.into_any(),
            (None, Some(u)) => u.into_pyobject(py)?.into_any(),
            (None, None) => n.as_f64().into_pyobject(py)?.into_any(),
        },
        Value::String(s) => PyString::new(py, s).into_any(),
        Value::Array(items) => {
            let list = PyList::empty(py);
            for item in items {
                list.append(to_py(py, item)?)?;
            }
            list.into_any()
        }
        Value::Object(map) => {
            let dict = PyDict::new(py);
            for (key, item) in map {
                dict.set_item(key, to_py(py, item)?)?;
            }
            dict.into_any()
        }
    })
}

/// Python objects as a JSON value. NaN and the like are empty, as data frames mean them; dates and decimals are texts.
pub(crate) fn from_py(object: &Bound<'_, PyAny>, path: &str) -> PyResult<Value> {
    read(object, &mut path.to_owned(), 0, false)
}

/// Python objects as a part of a request: as [`from_py`], but what is not finite is refused by its place. A request is written by hand, and nothing of it is
/// passed over.
pub(crate) fn asked(object: &Bound<'_, PyAny>, path: &str) -> PyResult<Value> {
    read(object, &mut path.to_owned(), 0, true)
}

fn read(object: &Bound<'_, PyAny>, path: &mut String, depth: usize, finite: bool) -> PyResult<Value> {
    if depth > DEPTH {
        return Err(PyValueError::new_err(format!("{path}: nested too deeply")));
    }
    if object.is_none() {
        return Ok(Value::Null);
    }
    if let Ok(b) = object.cast::<PyBool>() {
        return Ok(Value::Bool(b.is_true()));
    }
    if let Ok(s) = object.cast::<PyString>() {
        return Ok(Value::String(s.to_str()?.to_owned()));
    }
    if object.is_instance_of::<PyInt>() {
        let small = object.extract::<i64>().map(Number::from).or_else(|_| object.extract::<u64>().map(Number::from));
        return Ok(small.map_or_else(|_| object.to_string().into(), Value::Number));
    }
    if object.is_instance_of::<PyFloat>() {
        let x: f64 = object.extract()?;
        if finite && !x.is_finite() {
            return Err(Error::new(Code::NumNotFinite).at_path(path.trim_start_matches('.'))).or_raise();
        }
        // what is infinite goes on as a text, and the core says that it is not finite
        return Ok(if x.is_nan() { Value::Null } else { Number::from_f64(x).map_or_else(|| x.to_string().into(), Value::Number) });
    }
    let inside = |path: &mut String, part: &str, item: &Bound<'_, PyAny>| {
        let length = path.len();
        path.push_str(part);
        let made = read(item, path, depth + 1, finite);
        path.truncate(length);
        made
    };
    if let Ok(mapping) = object.cast::<PyMapping>() {
        let mut map = Map::new();
        for pair in mapping.items()?.iter() {
            let (key, item): (Bound<'_, PyAny>, Bound<'_, PyAny>) = pair.extract()?;
            let key: String = key.extract().map_err(|_| PyTypeError::new_err(format!("{path}: the keys must be strings")))?;
            let made = inside(path, &format!(".{key}"), &item)?;
            map.insert(key, made);
        }
        return Ok(Value::Object(map));
    }
    if let Ok(sequence) = object.cast::<PySequence>() {
        let made: PyResult<Vec<Value>> = sequence.try_iter()?.enumerate().map(|(i, item)| inside(path, &format!("[{i}]"), &item?)).collect();
        return made.map(Value::Array);
    }
    let kind = object.get_type().name()?.to_string();
    match kind.as_str() {
        "NAType" | "NaTType" => Ok(Value::Null),
        "Decimal" => Ok(object.to_string().into()),
        _ if object.hasattr("isoformat")? => Ok(Value::String(object.call_method0("isoformat")?.extract()?)),
        // the numbers of numpy
        _ if object.hasattr("item")? && object.hasattr("dtype")? => inside(path, "", &object.call_method0("item")?),
        _ => Err(PyTypeError::new_err(format!("{path}: {kind} is neither a text nor a number"))),
    }
}
