//! Why a call cannot produce its result.

use super::{Code, Location, Param};
use serde::Serialize;
use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

/// Why a call cannot produce its result.
///
/// ```
/// # use sms_base as sms_core;
/// use sms_core::{Code, num};
/// let error = num::finite(f64::NAN).unwrap_err();
/// assert_eq!(error.code(), Code::NumNotFinite);
/// assert!(error.to_string().starts_with("num.not-finite: "));
/// ```
#[derive(Clone, PartialEq, thiserror::Error)]
#[error("{}", Message { code: *code, detail })]
pub struct Error {
    code: Code,
    // boxed, so that a result stays small
    detail: Box<Detail>,
}

#[derive(Clone, Default, PartialEq)]
struct Detail {
    location: Location,
    params: BTreeMap<&'static str, Param>,
    expected: Option<Cow<'static, str>>,
    fix: Option<Value>,
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The result of a call of this library.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// A new error with this code.
    ///
    /// ```
    /// # use sms_base as sms_core;
    /// use sms_core::{Code, Error};
    /// let error = Error::new(Code::PeriodUnreadable).at_row(7).in_column("period");
    /// assert_eq!(error.location().to_string(), "row 7, column period");
    /// ```
    #[must_use]
    pub fn new(code: Code) -> Self {
        Error { code, detail: Box::default() }
    }

    /// The stable code.
    ///
    /// ```
    /// # use sms_base as sms_core;
    /// use sms_core::{Code, Period};
    /// let error = "next year".parse::<Period>().unwrap_err();
    /// assert_eq!(error.code(), Code::PeriodUnreadable);
    /// assert_eq!(error.code().as_str(), "period.unreadable");
    /// ```
    #[must_use]
    pub fn code(&self) -> Code {
        self.code
    }

    /// Where in the input.
    ///
    /// ```
    /// # use sms_base as sms_core;
    /// use sms_core::{Code, Error};
    /// let error = Error::new(Code::CatalogueBadValue).at_path("indicators[3].target.value");
    /// assert_eq!(error.location().path.as_deref(), Some("indicators[3].target.value"));
    /// ```
    #[must_use]
    pub fn location(&self) -> &Location {
        &self.detail.location
    }

    /// What was expected instead, when one phrase can say it.
    ///
    /// ```
    /// # use sms_base as sms_core;
    /// let error = sms_core::Period::year(1500).unwrap_err();
    /// assert_eq!(error.expected(), Some("a year between 1800 and 2200"));
    /// ```
    #[must_use]
    pub fn expected(&self) -> Option<&str> {
        self.detail.expected.as_deref()
    }

    /// What to do.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        self.code.hint()
    }

    /// The typed parameters.
    #[must_use]
    pub fn params(&self) -> &BTreeMap<&'static str, Param> {
        &self.detail.params
    }

    /// Adds the file.
    #[must_use]
    pub fn in_file(mut self, file: &str) -> Self {
        self.detail.location.file = Some(file.into());
        self
    }

    /// Adds the row.
    #[must_use]
    pub fn at_row(mut self, row: u32) -> Self {
        self.detail.location.row = Some(row);
        self
    }

    /// Adds the column.
    #[must_use]
    pub fn in_column(mut self, column: &str) -> Self {
        self.detail.location.column = Some(column.into());
        self
    }

    /// Adds the path inside a document.
    #[must_use]
    pub fn at_path(mut self, path: &str) -> Self {
        self.detail.location.path = Some(path.into());
        self
    }

    /// Says what was expected.
    #[must_use]
    pub fn expecting(mut self, expected: impl Into<Cow<'static, str>>) -> Self {
        self.detail.expected = Some(expected.into());
        self
    }

    /// Adds a typed parameter.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Param>) -> Self {
        self.detail.params.insert(name, value.into());
        self
    }

    /// Says which known name was meant, where one is near: [`text::did_you_mean`](crate::text::did_you_mean).
    /// At most one name; it is the parameter `did_you_mean`.
    ///
    /// ```
    /// # use sms_base as sms_core;
    /// use sms_core::{Code, Error, text::did_you_mean};
    /// let error = Error::new(Code::WireUnknownField).suggesting(did_you_mean("treshold", ["threshold"].into_iter()));
    /// assert_eq!(error.params()["did_you_mean"].to_string(), "threshold");
    /// ```
    #[must_use]
    pub fn suggesting(self, near: Option<&str>) -> Self {
        match near {
            Some(near) => self.with("did_you_mean", near.to_owned()),
            None => self,
        }
    }

    /// Says what would satisfy the guard that refused, as typed data.
    ///
    /// ```
    /// # use sms_base as sms_core;
    /// use sms_core::{Code, Error};
    /// let error = Error::new(Code::WireUnknownField).with_fix(&["threshold"]);
    /// assert_eq!(error.fix().map(ToString::to_string).as_deref(), Some("[\"threshold\"]"));
    /// ```
    #[must_use]
    pub fn with_fix(mut self, fix: &impl Serialize) -> Self {
        self.detail.fix = serde_json::to_value(fix).ok();
        self
    }

    /// What would satisfy the guard that refused.
    #[must_use]
    pub fn fix(&self) -> Option<&Value> {
        self.detail.fix.as_ref()
    }

    /// The error as plain data, the same in every language.
    ///
    /// ```
    /// # use sms_base as sms_core;
    /// let data = sms_core::Period::year(1500).unwrap_err().to_data();
    /// assert_eq!((data.code, data.expected.as_deref()), ("period.unreadable", Some("a year between 1800 and 2200")));
    /// ```
    #[must_use]
    pub fn to_data(&self) -> ErrorData {
        ErrorData {
            code: self.code.as_str(),
            message: self.to_string(),
            hint: self.hint(),
            expected: self.detail.expected.clone(),
            location: self.detail.location.clone(),
            params: self.detail.params.clone(),
            fix: self.detail.fix.clone(),
        }
    }
}

/// An [`Error`] as plain data, for the wire.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ErrorData {
    /// The stable code.
    pub code: &'static str,
    /// The message, with its place.
    pub message: String,
    /// What to do.
    pub hint: &'static str,
    /// What was expected instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<Cow<'static, str>>,
    /// Where in the input.
    #[serde(skip_serializing_if = "Location::is_empty")]
    pub location: Location,
    /// Typed parameters.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub params: BTreeMap<&'static str, Param>,
    /// What would satisfy the guard that refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<Value>,
}

struct Message<'a> {
    code: Code,
    detail: &'a Detail,
}

impl fmt::Display for Message<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Detail { location, params, expected, .. } = self.detail;
        write!(f, "{}: {}", self.code, self.code.message())?;
        if let Some(expected) = expected {
            write!(f, " Expected: {expected}.")?;
        }
        if !params.is_empty() {
            f.write_str(" [")?;
            for (i, (name, value)) in params.iter().enumerate() {
                write!(f, "{}{name}: {value}", if i == 0 { "" } else { ", " })?;
            }
            f.write_str("]")?;
        }
        if !location.is_empty() {
            write!(f, " ({location})")?;
        }
        Ok(())
    }
}
