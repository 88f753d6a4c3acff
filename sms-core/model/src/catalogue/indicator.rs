//! The sheet of an indicator.

use crate::estimate::ValueKind;
use crate::id::{AttributeId, DimensionId, EntryId, IndicatorId, ModuleId, RightId};
use crate::indicator::{MeasureType, Polarity, Privacy, ResultLevel, Tier};
use crate::target::Threshold;
use serde::{Deserialize, Serialize};

/// Lowest and highest possible value; absent where unbounded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Bounds {
    /// Lowest possible value.
    #[serde(default)]
    pub min: Option<f64>,
    /// Highest possible value.
    #[serde(default)]
    pub max: Option<f64>,
}

/// A place in a legal or policy text that an indicator or a right rests on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LegalAnchor {
    /// The instrument.
    pub instrument: EntryId,
    /// The article, as the instrument numbers it.
    #[serde(default)]
    pub article: Option<String>,
    /// How certain it is: `confirmed`, `read`, `plausible_unread`, `recalled`, `unclear`.
    pub verification: String,
    /// `good` or `partial`.
    #[serde(default)]
    pub fit: Option<String>,
    /// Whom it does not cover, and other caveats.
    #[serde(default)]
    pub note: Option<String>,
}

/// A link to an SDG indicator.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SdgLink {
    /// The SDG indicator, such as `11.1.1`.
    pub code: String,
    /// `aligned` (same concept), `related` (part or variant), `thematic` (same subject).
    pub relation: String,
    /// How certain it is.
    pub verification: String,
    /// Which edition of the SDG framework the code belongs to.
    pub framework: String,
}

/// A link to a data set that asks the same question or serves as a benchmark.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DatasetLink {
    /// The data set.
    pub id: EntryId,
    /// How certain it is.
    pub verification: String,
    /// What to mind.
    #[serde(default)]
    pub note: Option<String>,
}

/// The dimensions by which an indicator must or should be split.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Disaggregation {
    /// Without these the figure is incomplete.
    #[serde(default)]
    pub required: Vec<DimensionId>,
    /// Good to have.
    #[serde(default)]
    pub desirable: Vec<DimensionId>,
}

/// Where an indicator comes from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Lineage {
    /// The list or draft that it was first written in.
    #[serde(default)]
    pub origin: Option<String>,
    /// Its id there.
    #[serde(default)]
    pub seed: Option<String>,
    /// Earlier indicators that it replaces.
    #[serde(default)]
    pub supersedes: Vec<IndicatorId>,
}

/// The full metadata sheet of an indicator, apart from its texts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Indicator {
    /// The id, `MODULE-TYPE-NN`, with S structural, P process, O outcome; never used again.
    pub id: IndicatorId,
    /// The version of the sheet.
    pub version: String,
    /// `draft`, `pretested`, `standard` or `retired`.
    pub status: String,
    /// How widely it is used.
    pub tier: Tier,
    /// The module that holds it.
    pub module: ModuleId,
    /// The rights that it is about.
    pub rights: Vec<RightId>,
    /// The attributes of rights that it is about.
    pub attributes: Vec<AttributeId>,
    /// Structural, process or outcome.
    pub measure_type: MeasureType,
    /// The level of the results chain.
    pub result_level: ResultLevel,
    /// What kind of number its value is.
    pub value_kind: ValueKind,
    /// The id of its unit.
    pub unit: EntryId,
    /// A proportion is `multiplier` × numerator / denominator; 1 for what is given directly in its unit.
    pub multiplier: f64,
    /// Which way is better.
    pub polarity: Polarity,
    /// Lowest and highest possible value; null where unbounded.
    pub bounds: Option<Bounds>,
    /// The target, where there is one; it may have no number.
    pub target: Option<Threshold>,
    /// The level that law or a standard-setting body requires, where there is one.
    pub minimum_standard: Option<Threshold>,
    /// Places in legal and policy texts that it rests on.
    pub legal: Vec<LegalAnchor>,
    /// The dimensions by which it must or should be split.
    pub disaggregation: Disaggregation,
    /// Qualities of a service that it is about: availability, accessibility, acceptability, quality.
    pub aaaq: Vec<String>,
    /// Principles of the human rights-based approach that it is about.
    pub hrba: Vec<String>,
    /// The service areas that it is about.
    pub service_areas: Vec<EntryId>,
    /// Who can act: `city`, `shared`, `region`, `state`.
    pub responsible_level: String,
    /// How certain that is.
    #[serde(default)]
    pub responsible_level_verification: Option<String>,
    /// Links to SDG indicators.
    pub sdg: Vec<SdgLink>,
    /// Data sets that ask the same or serve as a benchmark.
    pub dataset: Vec<DatasetLink>,
    /// Variables of data sets that it is made from.
    #[serde(default)]
    pub variables: Vec<EntryId>,
    /// How often it is measured.
    pub periodicity: String,
    /// Kinds of data source that it can come from.
    pub source_types: Vec<EntryId>,
    /// References that it rests on.
    pub references: Vec<EntryId>,
    /// How sensitive the data behind it are.
    pub privacy: Privacy,
    /// How the sheet was checked.
    pub verification: String,
    /// Where it comes from.
    pub lineage: Lineage,
}

/// The status of an indicator that is no longer used. It stays in the catalogue, because ids are never used again.
pub const RETIRED: &str = "retired";

impl Indicator {
    /// Whether it is no longer used.
    #[must_use]
    pub fn is_retired(&self) -> bool {
        self.status == RETIRED
    }
}
