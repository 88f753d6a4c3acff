//! The texts of a catalogue, in each of its languages.

use crate::id::IndicatorId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The texts of one indicator in one language.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct IndicatorText {
    /// The name.
    pub name: String,
    /// What is measured.
    pub definition: String,
    /// Why it is measured.
    #[serde(default)]
    pub rationale: Option<String>,
    /// What is counted.
    #[serde(default)]
    pub numerator: Option<String>,
    /// Out of what.
    #[serde(default)]
    pub denominator: Option<String>,
    /// What it does not say.
    #[serde(default)]
    pub limitations: Option<String>,
    /// The target in words.
    #[serde(default)]
    pub target: Option<String>,
    /// The minimum standard in words.
    #[serde(default)]
    pub minimum_standard: Option<String>,
    /// The question that a survey asks.
    #[serde(default)]
    pub question: Option<String>,
    /// What must be there for each level, by its number, for an indicator whose value is a level; the general words of the levels where it has none.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub levels: BTreeMap<String, String>,
}

/// A label with an optional note.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Label {
    /// The name.
    pub name: String,
    /// A short form, such as `%`.
    #[serde(default)]
    pub symbol: Option<String>,
    /// A note.
    #[serde(default)]
    pub note: Option<String>,
    /// Labels of parts, such as the groups of a dimension or the areas of a selection.
    #[serde(default)]
    pub groups: BTreeMap<String, String>,
}

/// The texts of one language.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Texts {
    /// Of the release itself: title, notice and notes.
    #[serde(default)]
    pub release: BTreeMap<String, String>,
    /// Of indicators.
    #[serde(default)]
    pub indicators: BTreeMap<IndicatorId, IndicatorText>,
    /// Of all else: section (`rights`, `modules`, `dimensions`, `units` …) and id to label.
    #[serde(default)]
    pub labels: BTreeMap<String, BTreeMap<String, Label>>,
}
