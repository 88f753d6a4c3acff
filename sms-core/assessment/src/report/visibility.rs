//! Which disaggregations are there, and which are not, as a report tells it.

use crate::equality::{DisaggregationCounts, DisaggregationStatus};
use serde::Serialize;

/// Whether an indicator has to be told by a dimension, or should be where it can.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum DisaggregationNeed {
    /// It belongs to the indicator.
    Required,
    /// It would tell more.
    Desirable,
}

impl DisaggregationNeed {
    /// The word in data.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            DisaggregationNeed::Required => "required",
            DisaggregationNeed::Desirable => "desirable",
        }
    }
}

/// One dimension that an indicator asks for.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs, reason = "the names say it")]
pub struct DisaggregationReport {
    pub dimension: String,
    pub need: DisaggregationNeed,
    pub status: DisaggregationStatus,
    /// Groups with a published figure; those who gave no answer are no group.
    pub published: usize,
    /// Groups whose figure is withheld.
    pub withheld: usize,
    /// What it would take, as the city says.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub effort: String,
    /// Why it is so, as the city says.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// A group of a dimension.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs, reason = "the names say it")]
pub struct NamedGroup {
    pub code: String,
    pub name: String,
}

/// The disaggregations of several indicators together.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs, reason = "the names say it")]
pub struct CountedReport {
    pub id: String,
    pub name: String,
    /// Share of the required ones that apply, from 0 to 1 and by the weights of the method, of which no figure is published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invisibility: Option<f64>,
    pub required: DisaggregationCounts,
    pub desirable: DisaggregationCounts,
    /// For a dimension: the groups of the catalogue that no indicator which asks for it publishes a figure of. Empty where
    /// groups follow a pattern, as ages do.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unseen_groups: Vec<NamedGroup>,
    /// Whether it is a special category of personal data, which needs a legal basis.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub special_category: bool,
}

/// Who is counted in a place, and who is not.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs, reason = "the names say it")]
pub struct VisibilityReport {
    /// The index of invisibility: share of the required disaggregations that apply, from 0 to 1 and by the weights of the
    /// method, of which no figure is published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invisibility: Option<f64>,
    pub required: DisaggregationCounts,
    pub desirable: DisaggregationCounts,
    pub rights: Vec<CountedReport>,
    pub dimensions: Vec<CountedReport>,
}
