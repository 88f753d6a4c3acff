//! Frameworks to hold a city against, screens of services, and the scales of their answers.

use crate::id::{EntryId, IndicatorId, RightId};
use serde::{Deserialize, Serialize};

/// A scale of answers: levels in order, lowest first, with no distance between them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "AnswerScale"))]
pub struct Scale {
    /// The id.
    pub id: EntryId,
    /// The levels, lowest first.
    pub levels: Vec<EntryId>,
    /// From this level on an answer is a claim that needs evidence.
    pub evidence_from: EntryId,
    /// Whose scale it is.
    pub provenance: String,
    /// Why these levels.
    pub reason: String,
}

/// A framework to hold a city against, or a screen of a service: items in groups.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Sheet {
    /// The id.
    pub id: EntryId,
    /// The reference that it comes from.
    pub source: EntryId,
    /// Whose wording it is, and how certain: `read`, `recalled`, `part_unverified`, `own_draft`.
    pub provenance: String,
    /// Whether the list of items is whole.
    pub complete: bool,
    /// The scale of its answers; absent where it is a list to refer to and no questionnaire.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scale: Option<EntryId>,
    /// Who can answer, each apart.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub views: Vec<EntryId>,
    /// The view that the others are held beside: that of the bearer of duties.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<EntryId>,
    /// The views whose claims need evidence.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<EntryId>,
    /// The groups, in their order.
    pub group: Vec<SheetGroup>,
    /// The items, in their order.
    pub item: Vec<SheetItem>,
}

/// A group of items of a [`Sheet`]: a principle, a quality, structures, tools.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SheetGroup {
    /// The id.
    pub id: EntryId,
    /// How certain it is.
    pub verification: String,
    /// Indicators that carry one of these words in `hrba` or `aaaq` belong to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
}

/// An element of a framework, or a question of a screen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SheetItem {
    /// The id.
    pub id: EntryId,
    /// Its group.
    pub group: EntryId,
    /// Of which edition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edition: Option<String>,
    /// How certain it is that it belongs to the list.
    pub provenance: String,
    /// Rights that it is about, by our own reading.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rights: Vec<RightId>,
    /// Indicators that were modelled on it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub indicators: Vec<ItemIndicator>,
    /// The SDG target that it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
}

/// An indicator that was modelled on an item of a [`Sheet`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ItemIndicator {
    /// The indicator.
    pub id: IndicatorId,
    /// How certain it is.
    pub verification: String,
}
