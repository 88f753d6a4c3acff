//! A row of the tidy table as plain data.

use super::{NumberField, TextField};
use serde::{Deserialize, Serialize};

/// One row of observations, as plain data.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs, reason = "the fields of the tidy table are documented by TextField and NumberField")]
pub struct Row {
    pub indicator: String,
    pub place: String,
    pub period: String,
    #[serde(skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub groups: std::collections::BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub numerator: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub denominator: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub n: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub se: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub df: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deff: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval_lower: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval_upper: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval_confidence: Option<f64>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub status: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub confidentiality: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub source: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub collected_by: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub round: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub indicator_version: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub note: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub place_name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub place_scheme: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub place_parent: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub proxy: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub interval_method: String,
}

impl Row {
    /// The text of a field; empty where there is none.
    #[must_use]
    pub fn text(&self, field: TextField) -> &str {
        match field {
            TextField::Indicator => &self.indicator,
            TextField::Place => &self.place,
            TextField::Period => &self.period,
            TextField::Status => &self.status,
            TextField::Confidentiality => &self.confidentiality,
            TextField::Source => &self.source,
            TextField::CollectedBy => &self.collected_by,
            TextField::Round => &self.round,
            TextField::IndicatorVersion => &self.indicator_version,
            TextField::Note => &self.note,
            TextField::PlaceName => &self.place_name,
            TextField::PlaceScheme => &self.place_scheme,
            TextField::PlaceParent => &self.place_parent,
            TextField::Proxy => &self.proxy,
            TextField::IntervalMethod => &self.interval_method,
        }
    }

    pub(super) fn text_mut(&mut self, field: TextField) -> &mut String {
        match field {
            TextField::Indicator => &mut self.indicator,
            TextField::Place => &mut self.place,
            TextField::Period => &mut self.period,
            TextField::Status => &mut self.status,
            TextField::Confidentiality => &mut self.confidentiality,
            TextField::Source => &mut self.source,
            TextField::CollectedBy => &mut self.collected_by,
            TextField::Round => &mut self.round,
            TextField::IndicatorVersion => &mut self.indicator_version,
            TextField::Note => &mut self.note,
            TextField::PlaceName => &mut self.place_name,
            TextField::PlaceScheme => &mut self.place_scheme,
            TextField::PlaceParent => &mut self.place_parent,
            TextField::Proxy => &mut self.proxy,
            TextField::IntervalMethod => &mut self.interval_method,
        }
    }

    pub(super) fn number(&self, field: NumberField) -> Option<f64> {
        match field {
            NumberField::Value => self.value,
            NumberField::Numerator => self.numerator,
            NumberField::Denominator => self.denominator,
            NumberField::N => self.n,
            NumberField::Se => self.se,
            NumberField::Df => self.df,
            NumberField::Deff => self.deff,
            NumberField::IntervalLower => self.interval_lower,
            NumberField::IntervalUpper => self.interval_upper,
            NumberField::IntervalConfidence => self.interval_confidence,
        }
    }

    pub(super) fn number_mut(&mut self, field: NumberField) -> &mut Option<f64> {
        match field {
            NumberField::Value => &mut self.value,
            NumberField::Numerator => &mut self.numerator,
            NumberField::Denominator => &mut self.denominator,
            NumberField::N => &mut self.n,
            NumberField::Se => &mut self.se,
            NumberField::Df => &mut self.df,
            NumberField::Deff => &mut self.deff,
            NumberField::IntervalLower => &mut self.interval_lower,
            NumberField::IntervalUpper => &mut self.interval_upper,
            NumberField::IntervalConfidence => &mut self.interval_confidence,
        }
    }
}
