//! Floor 6: the catalogue: read from its canonical JSON, linked, checked, and from then on immutable.
//!
//! The core holds no catalogue of its own. The crate `sms-catalogue` embeds the open draft as bytes; anything of the
//! same schema can take its place.

mod diff;
mod mapping;

pub use diff::{Diff, FieldChange, IndicatorChange, Merge, Replacement, Split, diff};
pub use mapping::{Loss, LossKind, Mapped, Mapping, MappingRequest, map_codes};

use crate::diagnostic::{Code, Error, Result};
use crate::disaggregation::{AgeRange, Codes, DimensionKind, NotStated};
use crate::estimate::ValueKind;
use crate::id::{AttributeId, DimensionId, EntryId, GroupCode, IndicatorId, ModuleId, RightId};
use crate::indicator::{MeasureType, Polarity, Privacy, ResultLevel, Tier};
use crate::target::Threshold;
use crate::text;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The schema of catalogues that this library reads. A newer minor version is read too; a newer major one is refused.
pub const SCHEMA_MAJOR: u64 = 1;

/// What release of the catalogue this is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[allow(missing_docs, reason = "the sheet's fields are documented in catalogue/README.md, one line each")]
pub struct Indicator {
    pub id: IndicatorId,
    pub version: String,
    pub status: String,
    pub tier: Tier,
    pub module: ModuleId,
    pub rights: Vec<RightId>,
    pub attributes: Vec<AttributeId>,
    pub measure_type: MeasureType,
    pub result_level: ResultLevel,
    pub value_kind: ValueKind,
    pub unit: EntryId,
    pub multiplier: f64,
    pub polarity: Polarity,
    pub bounds: Option<Bounds>,
    pub target: Option<Threshold>,
    pub minimum_standard: Option<Threshold>,
    pub legal: Vec<LegalAnchor>,
    pub disaggregation: Disaggregation,
    pub aaaq: Vec<String>,
    pub hrba: Vec<String>,
    pub service_areas: Vec<EntryId>,
    pub responsible_level: String,
    #[serde(default)]
    pub responsible_level_verification: Option<String>,
    pub sdg: Vec<SdgLink>,
    pub dataset: Vec<DatasetLink>,
    #[serde(default)]
    pub variables: Vec<EntryId>,
    pub periodicity: String,
    pub source_types: Vec<EntryId>,
    pub references: Vec<EntryId>,
    pub privacy: Privacy,
    pub verification: String,
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

/// One group of a dimension.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Group {
    /// The code.
    pub code: GroupCode,
    /// How certain the code is.
    #[serde(default)]
    pub verification: Option<String>,
    /// Place in the order, for ordered dimensions.
    #[serde(default)]
    pub order: Option<u32>,
    /// The wider group that holds it.
    #[serde(default)]
    pub parent: Option<GroupCode>,
    /// Why it is not a characteristic of a person.
    #[serde(default)]
    pub not_stated: Option<NotStated>,
    /// The same group in other code lists.
    #[serde(default)]
    pub maps: BTreeMap<String, String>,
}

/// A dimension of disaggregation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Dimension {
    /// The id.
    pub id: DimensionId,
    /// Whether one person can be in several groups.
    pub kind: DimensionKind,
    /// Whether the groups have an order.
    #[serde(default)]
    pub ordered: bool,
    /// Whether a city's own codes are accepted.
    #[serde(default)]
    pub open: bool,
    /// How the codes are known.
    #[serde(default)]
    pub codes: Codes,
    /// The code that means everybody.
    #[serde(default)]
    pub total: Option<GroupCode>,
    /// Whether it is a special category of personal data (GDPR Art. 9).
    #[serde(default)]
    pub special_category: bool,
    /// Who says to which group a person belongs.
    #[serde(default)]
    pub assigned_by: Vec<String>,
    /// How certain the list is.
    #[serde(default)]
    pub verification: Option<String>,
    /// The code lists that it follows.
    #[serde(default)]
    pub scheme: Vec<Scheme>,
    /// The groups.
    #[serde(default)]
    pub group: Vec<Group>,
}

/// A code list that a dimension follows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs, reason = "the names say it")]
pub struct Scheme {
    pub agency: String,
    pub list: String,
    #[serde(default)]
    pub version: Option<String>,
    #[serde(default)]
    pub complete: bool,
    #[serde(default)]
    pub verification: Option<String>,
}

impl Dimension {
    /// Whether a code belongs to the dimension.
    #[must_use]
    pub fn accepts(&self, code: &str) -> bool {
        self.is_total(code)
            || self.group.iter().any(|g| g.code.as_str() == code)
            || (self.codes == Codes::Age && AgeRange::parse(code).is_some())
            || (self.open && code.parse::<GroupCode>().is_ok())
    }

    /// Whether the code means everybody.
    #[must_use]
    pub fn is_total(&self, code: &str) -> bool {
        self.total.as_ref().is_some_and(|t| t.as_str() == code)
    }

    /// The listed group with this code.
    #[must_use]
    pub fn group(&self, code: &str) -> Option<&Group> {
        self.group.iter().find(|g| g.code.as_str() == code)
    }
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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

/// A scale of answers: levels in order, lowest first, with no distance between them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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

/// The texts of one indicator in one language.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs, reason = "the sheet's fields are documented in catalogue/README.md, one line each")]
pub struct IndicatorText {
    pub name: String,
    pub definition: String,
    #[serde(default)]
    pub rationale: Option<String>,
    #[serde(default)]
    pub numerator: Option<String>,
    #[serde(default)]
    pub denominator: Option<String>,
    #[serde(default)]
    pub limitations: Option<String>,
    #[serde(default)]
    pub target: Option<String>,
    #[serde(default)]
    pub minimum_standard: Option<String>,
    #[serde(default)]
    pub question: Option<String>,
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

/// The catalogue as its canonical JSON has it, before linking.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs, reason = "the names say it")]
pub struct RawCatalogue {
    pub release: Release,
    pub clusters: Vec<Entry>,
    pub modules: Vec<Module>,
    pub instruments: Vec<Entry>,
    pub rights: Vec<Right>,
    pub attributes: Vec<Attribute>,
    pub source_types: Vec<Entry>,
    pub service_areas: Vec<Entry>,
    pub datasets: Vec<Entry>,
    pub variables: Vec<Entry>,
    pub references: Vec<Entry>,
    pub dimensions: Vec<Dimension>,
    pub codelists: Vec<Entry>,
    pub selections: Vec<Selection>,
    pub indicators: Vec<Indicator>,
    pub frameworks: Vec<Sheet>,
    pub roadmaps: Vec<Entry>,
    #[serde(default)]
    pub criteria: Vec<CriteriaList>,
    #[serde(default)]
    pub scales: Vec<Scale>,
    #[serde(default)]
    pub screens: Vec<Sheet>,
    pub texts: BTreeMap<String, Texts>,
    /// SHA-256 of each entry's canonical JSON, shortened: a review sees what changed.
    pub fingerprints: BTreeMap<String, String>,
}

/// The standard as data: linked, checked, immutable.
///
/// ```
/// # use sms_model as sms_core;
/// # fn main() -> Result<(), sms_core::Error> {
/// let catalogue = sms_core::Catalogue::from_json(sms_catalogue::CATALOGUE_JSON)?;
/// let indicator = catalogue.indicator("HOU-O-01").unwrap();
/// assert_eq!(catalogue.name(indicator), "Homelessness rate");
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct Catalogue {
    raw: RawCatalogue,
    fingerprint: String,
    language: String,
}

impl Catalogue {
    /// Reads a catalogue from its canonical JSON and checks that every reference resolves.
    ///
    /// # Errors
    /// `catalogue.bad-json`, `catalogue.newer-schema`, `catalogue.duplicate-id`, `catalogue.unknown-reference`,
    /// `catalogue.bad-value`; each with the path of the field.
    pub fn from_json(json: &str) -> Result<Self> {
        let raw: RawCatalogue = serde_json::from_str(json).or_else(|e| {
            // read again, slower, to say where it is wrong
            let value: serde_json::Value = serde_json::from_str(json)
                .map_err(|_| Error::new(Code::CatalogueBadJson).at_path(&format!("line {} column {}", e.line(), e.column())).expecting(plain_serde(&e)))?;
            crate::shape::read(&value, Code::CatalogueBadJson)
        })?;
        Self::from_raw(raw)
    }

    /// Links and checks a catalogue.
    ///
    /// # Errors
    /// As [`Catalogue::from_json`], from `catalogue.newer-schema` on.
    pub fn from_raw(raw: RawCatalogue) -> Result<Self> {
        // of what was read, so that white space and the order of fields do not matter
        let fingerprint = hex(&Sha256::digest(serde_json::to_vec(&raw).unwrap_or_default()), 32);
        Self::link(raw, fingerprint)
    }

    fn link(mut raw: RawCatalogue, fingerprint: String) -> Result<Self> {
        let major = raw.release.schema.split('.').next().and_then(|m| m.parse::<u64>().ok());
        match major {
            Some(m) if m <= SCHEMA_MAJOR => {}
            _ => return Err(Error::new(Code::CatalogueNewerSchema).at_path("release.schema").with("reads", format!("{SCHEMA_MAJOR}.x"))),
        }
        raw.indicators.sort_by(|a, b| a.id.cmp(&b.id));
        raw.dimensions.sort_by(|a, b| a.id.cmp(&b.id));
        raw.rights.sort_by(|a, b| a.id.cmp(&b.id));
        raw.attributes.sort_by(|a, b| a.id.cmp(&b.id));
        let language = raw.release.languages.first().cloned().unwrap_or_else(|| "en".to_owned());
        let catalogue = Catalogue { raw, fingerprint, language };
        catalogue.check()?;
        Ok(catalogue)
    }

    fn check(&self) -> Result<()> {
        let raw = &self.raw;
        let unique = |section: &str, ids: Vec<&str>| -> Result<Vec<String>> {
            let mut sorted: Vec<String> = ids.into_iter().map(str::to_owned).collect();
            sorted.sort();
            match sorted.windows(2).find(|pair| pair.first() == pair.last()).and_then(|pair| pair.first()) {
                Some(id) => Err(Error::new(Code::CatalogueDuplicateId).at_path(section).with("id", id.clone())),
                None => Ok(sorted),
            }
        };
        let entries = |section: &str, list: &[Entry]| unique(section, list.iter().map(|e| e.id.as_str()).collect());
        let clusters = entries("clusters", &raw.clusters)?;
        let instruments = entries("instruments", &raw.instruments)?;
        let sources = entries("source_types", &raw.source_types)?;
        let services = entries("service_areas", &raw.service_areas)?;
        let datasets = entries("datasets", &raw.datasets)?;
        let variables = entries("variables", &raw.variables)?;
        let references = entries("references", &raw.references)?;
        entries("codelists", &raw.codelists)?;
        unique("frameworks", raw.frameworks.iter().map(|s| s.id.as_str()).collect())?;
        unique("screens", raw.screens.iter().map(|s| s.id.as_str()).collect())?;
        let scales = unique("scales", raw.scales.iter().map(|s| s.id.as_str()).collect())?;
        entries("roadmaps", &raw.roadmaps)?;
        unique("criteria", raw.criteria.iter().map(|c| c.id.as_str()).collect())?;
        let modules = unique("modules", raw.modules.iter().map(|m| m.id.as_str()).collect())?;
        let rights = unique("rights", raw.rights.iter().map(|r| r.id.as_str()).collect())?;
        let attributes = unique("attributes", raw.attributes.iter().map(|a| a.id.as_str()).collect())?;
        let dimensions = unique("dimensions", raw.dimensions.iter().map(|d| d.id.as_str()).collect())?;
        let indicators = unique("indicators", raw.indicators.iter().map(|i| i.id.as_str()).collect())?;
        unique("selections", raw.selections.iter().map(|s| s.id.as_str()).collect())?;

        let known = |list: &[String], id: &str, path: String| -> Result<()> {
            if list.binary_search_by(|x| x.as_str().cmp(id)).is_ok() {
                return Ok(());
            }
            let mut error = Error::new(Code::CatalogueUnknownReference).at_path(&path).with("id", id.to_owned());
            if let Some(near) = text::did_you_mean(id, list.iter().map(String::as_str)) {
                error = error.with("did_you_mean", near.to_owned());
            }
            Err(error)
        };
        for m in &raw.modules {
            known(&clusters, m.cluster.as_str(), format!("modules.{}.cluster", m.id))?;
        }
        for r in &raw.rights {
            for l in &r.legal {
                known(&instruments, l.instrument.as_str(), format!("rights.{}.legal", r.id))?;
            }
        }
        for list in &raw.criteria {
            known(&references, list.source.as_str(), format!("criteria.{}.source", list.id))?;
            unique(&format!("criteria.{}.criterion", list.id), list.criterion.iter().map(|c| c.id.as_str()).collect())?;
        }
        for s in &raw.scales {
            unique(&format!("scales.{}.levels", s.id), s.levels.iter().map(EntryId::as_str).collect())?;
            if !s.levels.contains(&s.evidence_from) {
                return Err(Error::new(Code::CatalogueUnknownReference).at_path(&format!("scales.{}.evidence_from", s.id)));
            }
        }
        for (section, sheet) in raw.frameworks.iter().map(|s| ("frameworks", s)).chain(raw.screens.iter().map(|s| ("screens", s))) {
            let at = |field: &str| format!("{section}.{}.{field}", sheet.id);
            known(&references, sheet.source.as_str(), at("source"))?;
            if let Some(scale) = &sheet.scale {
                known(&scales, scale.as_str(), at("scale"))?;
            }
            let views = unique(&at("views"), sheet.views.iter().map(EntryId::as_str).collect())?;
            for view in sheet.base.iter().chain(&sheet.evidence) {
                known(&views, view.as_str(), at("views"))?;
            }
            let groups = unique(&at("group"), sheet.group.iter().map(|g| g.id.as_str()).collect())?;
            unique(&at("item"), sheet.item.iter().map(|i| i.id.as_str()).collect())?;
            for item in &sheet.item {
                known(&groups, item.group.as_str(), at(&format!("item.{}.group", item.id)))?;
                for id in &item.rights {
                    known(&rights, id.as_str(), at(&format!("item.{}.rights", item.id)))?;
                }
                for link in &item.indicators {
                    known(&indicators, link.id.as_str(), at(&format!("item.{}.indicators", item.id)))?;
                }
            }
        }
        for a in &raw.attributes {
            known(&rights, a.right.as_str(), format!("attributes.{}.right", a.id))?;
        }
        for d in &raw.dimensions {
            unique(&format!("dimensions.{}.group", d.id), d.group.iter().map(|g| g.code.as_str()).collect())?;
            for g in &d.group {
                if let Some(parent) = &g.parent
                    && d.group(parent.as_str()).is_none()
                {
                    return Err(Error::new(Code::CatalogueUnknownReference).at_path(&format!("dimensions.{}.group.{}.parent", d.id, g.code)));
                }
            }
        }
        for s in &raw.selections {
            for id in s.all().iter().chain(s.seeds.values()) {
                known(&indicators, id.as_str(), format!("selections.{}", s.id))?;
            }
        }
        for i in &raw.indicators {
            let at = |field: &str| format!("indicators.{}.{field}", i.id);
            let bad = |field: &str, expected: &'static str| Err(Error::new(Code::CatalogueBadValue).at_path(&at(field)).expecting(expected));
            if i.id.namespace().is_some() != (i.tier == Tier::Local) {
                return bad("tier", "`local` for an id in the namespace of a city (x-CITY:ID), and for no other");
            }
            known(&modules, i.module.as_str(), at("module"))?;
            for id in &i.rights {
                known(&rights, id.as_str(), at("rights"))?;
            }
            for id in &i.attributes {
                known(&attributes, id.as_str(), at("attributes"))?;
            }
            for l in &i.legal {
                known(&instruments, l.instrument.as_str(), at("legal"))?;
            }
            for id in i.disaggregation.required.iter().chain(&i.disaggregation.desirable) {
                known(&dimensions, id.as_str(), at("disaggregation"))?;
            }
            for id in &i.service_areas {
                known(&services, id.as_str(), at("service_areas"))?;
            }
            for id in &i.source_types {
                known(&sources, id.as_str(), at("source_types"))?;
            }
            for d in &i.dataset {
                known(&datasets, d.id.as_str(), at("dataset"))?;
            }
            for id in &i.variables {
                known(&variables, id.as_str(), at("variables"))?;
            }
            for id in &i.references {
                known(&references, id.as_str(), at("references"))?;
            }
            for id in &i.lineage.supersedes {
                known(&indicators, id.as_str(), at("lineage.supersedes"))?;
            }
            for (field, threshold) in [("target", &i.target), ("minimum_standard", &i.minimum_standard)] {
                let Some(t) = threshold else { continue };
                if let Some(source) = &t.source {
                    known(&references, source.as_str(), at(field))?;
                }
                if t.value.is_some() && t.operator.is_none() {
                    return bad(field, "an operator beside the value");
                }
                for g in &t.by_group {
                    known(&dimensions, g.dimension.as_str(), at(field))?;
                    if self.dimension(g.dimension.as_str()).is_none_or(|d| !d.accepts(g.group.as_str())) {
                        return bad(field, "a group of the dimension");
                    }
                }
            }
            if !(i.multiplier.is_finite() && i.multiplier > 0.0) {
                return bad("multiplier", "a number above 0");
            }
            if let Some(Bounds { min: Some(min), max: Some(max) }) = i.bounds
                && min >= max
            {
                return bad("bounds", "min below max");
            }
            if raw.texts.get(&self.language).is_none_or(|t| !t.indicators.contains_key(&i.id)) {
                return Err(Error::new(Code::CatalogueUnknownReference).at_path(&format!("texts.{}.indicators.{}", self.language, i.id)));
            }
        }
        Ok(())
    }

    /// The same catalogue with its texts in another language, where they exist; else in the first language.
    #[must_use]
    pub fn in_language(mut self, language: &str) -> Self {
        if self.raw.texts.contains_key(language) {
            self.language = language.to_owned();
        }
        self
    }

    /// The language of the texts (BCP 47).
    #[must_use]
    pub fn language(&self) -> &str {
        &self.language
    }

    /// What release this is.
    #[must_use]
    pub fn release(&self) -> &Release {
        &self.raw.release
    }

    /// SHA-256 of the content, the first 32 hexadecimal digits.
    #[must_use]
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// The catalogue as data.
    #[must_use]
    pub fn raw(&self) -> &RawCatalogue {
        &self.raw
    }

    /// All indicators, sorted by id.
    #[must_use]
    pub fn indicators(&self) -> &[Indicator] {
        &self.raw.indicators
    }

    /// The position of an indicator in [`Catalogue::indicators`].
    #[must_use]
    pub fn indicator_index(&self, id: &str) -> Option<usize> {
        self.raw.indicators.binary_search_by(|i| i.id.as_str().cmp(id)).ok()
    }

    /// An indicator.
    #[must_use]
    pub fn indicator(&self, id: &str) -> Option<&Indicator> {
        self.raw.indicators.get(self.indicator_index(id)?)
    }

    /// A dimension.
    #[must_use]
    pub fn dimension(&self, id: &str) -> Option<&Dimension> {
        let at = self.raw.dimensions.binary_search_by(|d| d.id.as_str().cmp(id)).ok()?;
        self.raw.dimensions.get(at)
    }

    /// A selection.
    #[must_use]
    pub fn selection(&self, id: &str) -> Option<&Selection> {
        self.raw.selections.iter().find(|s| s.id.as_str() == id)
    }

    /// A list of criteria.
    #[must_use]
    pub fn criteria(&self, id: &str) -> Option<&CriteriaList> {
        self.raw.criteria.iter().find(|c| c.id.as_str() == id)
    }

    /// A framework or a screen.
    #[must_use]
    pub fn sheet(&self, id: &str) -> Option<&Sheet> {
        self.raw.frameworks.iter().chain(&self.raw.screens).find(|s| s.id.as_str() == id)
    }

    /// A scale of answers.
    #[must_use]
    pub fn scale(&self, id: &str) -> Option<&Scale> {
        self.raw.scales.iter().find(|s| s.id.as_str() == id)
    }

    fn texts(&self) -> Option<&Texts> {
        self.raw.texts.get(&self.language)
    }

    /// The texts of an indicator.
    #[must_use]
    pub fn text(&self, indicator: &Indicator) -> IndicatorText {
        let fallback = || self.raw.texts.values().find_map(|t| t.indicators.get(&indicator.id));
        self.texts().and_then(|t| t.indicators.get(&indicator.id)).or_else(fallback).cloned().unwrap_or_default()
    }

    /// The name of an indicator.
    #[must_use]
    pub fn name<'a>(&'a self, indicator: &'a Indicator) -> &'a str {
        let find = |t: &'a Texts| t.indicators.get(&indicator.id).map(|x| x.name.as_str());
        self.texts().and_then(find).or_else(|| self.raw.texts.values().find_map(find)).unwrap_or(indicator.id.as_str())
    }

    /// A text of the release: `title`, `notice` …
    #[must_use]
    pub fn release_text(&self, key: &str) -> &str {
        self.texts().and_then(|t| t.release.get(key)).map(String::as_str).unwrap_or_default()
    }

    /// The label of an entry of a section (`rights`, `modules`, `units` …), or its id when there is none.
    #[must_use]
    pub fn label<'a>(&'a self, section: &str, id: &'a str) -> &'a str {
        self.label_of(section, id).map_or(id, |l| l.name.as_str())
    }

    /// The label of an entry, with its note and symbol.
    #[must_use]
    pub fn label_of(&self, section: &str, id: &str) -> Option<&Label> {
        let find = |t: &'_ Texts| t.labels.get(section).is_some_and(|s| s.contains_key(id));
        let texts = self.texts().filter(|t| find(t)).or_else(|| self.raw.texts.values().find(|t| find(t)))?;
        texts.labels.get(section)?.get(id)
    }

    /// The label of a group, or its code when there is none. Ages that are not listed are put into the words of the
    /// dimension's patterns.
    #[must_use]
    pub fn group_label<'a>(&'a self, dimension: &str, code: &'a str) -> Cow<'a, str> {
        let labels = self.label_of("dimensions", dimension).map(|l| &l.groups);
        if let Some(label) = labels.and_then(|l| l.get(code)) {
            return Cow::Borrowed(label);
        }
        let by_age = self.dimension(dimension).is_some_and(|d| d.codes == Codes::Age);
        let ages = AgeRange::parse(code).filter(|_| by_age);
        let words = ages.and_then(|ages| {
            let (pattern, to) = match ages {
                AgeRange { from: 0, to: Some(to) } => ("pattern_under", to.saturating_add(1)),
                AgeRange { from, to: None } => ("pattern_from", from),
                AgeRange { from, to: Some(to) } if from == to => ("pattern_one", to),
                AgeRange { to: Some(to), .. } => ("pattern_between", to),
            };
            let pattern = labels?.get(pattern)?;
            Some(pattern.replace("{from}", &ages.from.to_string()).replace("{to}", &to.to_string()))
        });
        words.map_or(Cow::Borrowed(code), Cow::Owned)
    }
}

/// What was expected, as an error of serde says it; what was found may be anything and is not told.
pub fn plain_serde(error: &serde_json::Error) -> String {
    crate::shape::expected_of(&error.to_string()).into_owned()
}

/// Hexadecimal digits of a digest, the first `digits` of them.
pub fn hex(digest: &[u8], digits: usize) -> String {
    digest.iter().flat_map(|b| [b >> 4, b & 15]).take(digits).map(|n| char::from_digit(u32::from(n), 16).unwrap_or('0')).collect()
}
