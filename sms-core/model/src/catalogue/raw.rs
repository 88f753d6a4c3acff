//! The catalogue as its canonical JSON has it.

use super::{Dimension, Indicator, LegalAnchor, Scale, Sheet, Texts};
use crate::id::{AttributeId, EntryId, IndicatorId, ModuleId, RightId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What release of the catalogue this is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "CatalogueRelease"))]
pub struct Release {
    /// Version of the catalogue schema, such as `1.0.0`.
    pub schema: String,
    /// Id of the catalogue.
    pub id: EntryId,
    /// Version of this release.
    pub version: String,
    /// Date of this release.
    pub date: String,
    /// `draft`, `pretest` or `standard`.
    pub status: String,
    /// SPDX licence id of the data.
    pub licence: String,
    /// Languages of the texts (BCP 47).
    pub languages: Vec<String>,
}

/// A module: a grouping of indicators.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Module {
    /// The id.
    pub id: ModuleId,
    /// The cluster that holds it.
    pub cluster: EntryId,
}

/// A right, with what it rests on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Right {
    /// The id.
    pub id: RightId,
    /// What it rests on.
    #[serde(default)]
    pub legal: Vec<LegalAnchor>,
}

/// An attribute of a right (OHCHR 2012, ch. II).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "RightAttribute"))]
pub struct Attribute {
    /// The id.
    pub id: AttributeId,
    /// The right.
    pub right: RightId,
    /// The OHCHR table.
    pub table: String,
    /// How certain it is.
    pub verification: String,
}

/// A named choice of indicators.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Selection {
    /// The id.
    pub id: EntryId,
    /// The indicators, where it has no areas.
    #[serde(default)]
    pub indicators: Vec<IndicatorId>,
    /// Areas, each with its indicators.
    #[serde(default)]
    pub area: Vec<SelectionArea>,
    /// From the ids of the list that it was made from to ours.
    #[serde(default)]
    pub seeds: BTreeMap<String, IndicatorId>,
}

/// An area of a [`Selection`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SelectionArea {
    /// The id.
    pub id: EntryId,
    /// The indicators.
    pub indicators: Vec<IndicatorId>,
}

impl Selection {
    /// All its indicators, each once, sorted.
    #[must_use]
    pub fn all(&self) -> Vec<IndicatorId> {
        let mut ids: Vec<IndicatorId> = self.indicators.iter().chain(self.area.iter().flat_map(|a| &a.indicators)).cloned().collect();
        ids.sort();
        ids.dedup();
        ids
    }
}

/// An entry that the core only needs to know by its id: instrument, reference, data set, service area …
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "CatalogueEntry"))]
pub struct Entry {
    /// The id.
    pub id: EntryId,
    /// Its other fields, as the catalogue gives them.
    #[serde(flatten)]
    #[cfg_attr(feature = "schema", schemars(with = "BTreeMap<String, serde_json::Value>"))]
    pub fields: BTreeMap<String, serde_json::Value>,
}

impl Entry {
    /// A text field of the entry.
    #[must_use]
    pub fn text(&self, field: &str) -> Option<&str> {
        self.fields.get(field).and_then(serde_json::Value::as_str)
    }
}

/// A list of criteria for choosing indicators, such as RIGHTS.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CriteriaList {
    /// The id.
    pub id: EntryId,
    /// The reference that it comes from.
    pub source: EntryId,
    /// How certain it is.
    pub verification: String,
    /// The criteria, in their order.
    pub criterion: Vec<Entry>,
}

/// The catalogue as its canonical JSON has it, before linking.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RawCatalogue {
    /// What release this is.
    pub release: Release,
    /// Clusters of modules.
    pub clusters: Vec<Entry>,
    /// Modules: groupings of indicators.
    pub modules: Vec<Module>,
    /// Legal instruments, and whom they bind.
    pub instruments: Vec<Entry>,
    /// Rights, and what they rest on.
    pub rights: Vec<Right>,
    /// Attributes of rights.
    pub attributes: Vec<Attribute>,
    /// Kinds of data source.
    pub source_types: Vec<Entry>,
    /// Service areas.
    pub service_areas: Vec<Entry>,
    /// Data sets.
    pub datasets: Vec<Entry>,
    /// Variables of data sets.
    pub variables: Vec<Entry>,
    /// References.
    pub references: Vec<Entry>,
    /// Dimensions of disaggregation.
    pub dimensions: Vec<Dimension>,
    /// Code lists of flags.
    pub codelists: Vec<Entry>,
    /// Named choices of indicators.
    pub selections: Vec<Selection>,
    /// The sheets of the indicators.
    pub indicators: Vec<Indicator>,
    /// Frameworks to hold a city against.
    pub frameworks: Vec<Sheet>,
    /// Road maps.
    pub roadmaps: Vec<Entry>,
    /// Lists of criteria for choosing indicators.
    #[serde(default)]
    pub criteria: Vec<CriteriaList>,
    /// Scales of answers.
    #[serde(default)]
    pub scales: Vec<Scale>,
    /// Screens of services.
    #[serde(default)]
    pub screens: Vec<Sheet>,
    /// Texts by language.
    pub texts: BTreeMap<String, Texts>,
    /// SHA-256 of each entry's canonical JSON, shortened: a review sees what changed.
    pub fingerprints: BTreeMap<String, String>,
}
