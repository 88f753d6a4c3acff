//! Floor 2: the trace that every number carries: inputs, rule, parameters, and the clause of the method behind it.
//!
//! A trace is built from the compact record that the engine keeps for each number (which rule, which cell, which
//! policy number), so a million numbers do not need a million trees of text.

use serde::Serialize;
use std::collections::BTreeMap;

/// One step from inputs to a result.
///
/// ```
/// # use sms_base as sms_core;
/// use sms_core::trace::Step;
/// // method §2: baseline 14.5, target 7.25, value 10.4
/// let step = Step::new("§2", "Share of the way come").input("baseline", 14.5).input("value", 10.4).gives(0.565_517_241_4);
/// assert_eq!((step.inputs["baseline"], step.result), (14.5, Some(0.565_517_241_4)));
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Step {
    /// The clause of the method, such as `1 score: goalposts`.
    pub clause: String,
    /// The rule in words, for a person.
    pub text: String,
    /// What went in, by name.
    pub inputs: BTreeMap<String, f64>,
    /// What came out; absent where the rule gives a word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<f64>,
    /// Why the numbers of the method are what they are, with their source.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
}

impl Step {
    /// A new step.
    #[must_use]
    pub fn new(clause: &str, text: impl Into<String>) -> Self {
        Step { clause: clause.to_owned(), text: text.into(), inputs: BTreeMap::new(), result: None, reasons: Vec::new() }
    }

    /// Adds an input.
    #[must_use]
    pub fn input(mut self, name: &str, value: f64) -> Self {
        self.inputs.insert(name.to_owned(), value);
        self
    }

    /// Adds an input that may be absent.
    #[must_use]
    pub fn maybe(self, name: &str, value: Option<f64>) -> Self {
        match value {
            Some(x) => self.input(name, x),
            None => self,
        }
    }

    /// Sets the result.
    #[must_use]
    pub fn gives(mut self, result: f64) -> Self {
        self.result = Some(result);
        self
    }

    /// Adds a reason.
    #[must_use]
    pub fn because(mut self, reason: impl Into<String>) -> Self {
        self.reasons.push(reason.into());
        self
    }
}
