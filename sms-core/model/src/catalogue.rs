//! Floor 6: the catalogue: read from its canonical JSON, linked, checked, and from then on immutable.
//!
//! The core holds no catalogue of its own. The crate `sms-catalogue` embeds the open draft as bytes; anything of the
//! same schema can take its place.

mod check;
mod diff;
mod dimension;
mod indicator;
mod mapping;
mod raw;
mod sheet;
mod words;

pub use diff::{Diff, FieldChange, IndicatorChange, Merge, Replacement, Split, diff};
pub use dimension::{Dimension, Group, Scheme};
pub use indicator::{Bounds, DatasetLink, Disaggregation, Indicator, LegalAnchor, Lineage, RETIRED, SdgLink};
pub use mapping::{Loss, LossKind, Mapped, Mapping, MappingRequest, map_codes};
pub use raw::{Attribute, CriteriaList, Entry, Module, RawCatalogue, Release, Right, Selection, SelectionArea};
pub use sheet::{ItemIndicator, Scale, Sheet, SheetGroup, SheetItem};
pub use words::{IndicatorText, Label, Texts};

use crate::diagnostic::{Code, Error, Result};
use crate::disaggregation::{AgeRange, Codes};
use crate::estimate::ValueKind;
use crate::shape::expected_by;
use crate::text;
use sha2::{Digest, Sha256};
use std::borrow::Cow;

/// The schema of catalogues that this library reads. A newer minor version is read too; a newer major one is refused.
pub const SCHEMA_MAJOR: u64 = 1;

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
    /// ```
    /// let catalogue = sms_core::Catalogue::from_json(sms_catalogue::CATALOGUE_JSON)?;
    /// assert!(catalogue.indicators().len() > 100);
    /// assert_eq!(sms_core::Catalogue::from_json("{").unwrap_err().code().as_str(), "catalogue.bad-json");
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `catalogue.bad-json`, `catalogue.newer-schema`, `catalogue.duplicate-id`, `catalogue.unknown-reference`,
    /// `catalogue.bad-value`; each with the path of the field.
    pub fn from_json(json: &str) -> Result<Self> {
        let raw: RawCatalogue = serde_json::from_str(json).or_else(|e| {
            // read again, slower, to say where it is wrong
            let value: serde_json::Value = serde_json::from_str(json)
                .map_err(|_| Error::new(Code::CatalogueBadJson).at_path(&format!("line {} column {}", e.line(), e.column())).expecting(expected_by(&e)))?;
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
        let fingerprint = text::hex(&Sha256::digest(crate::json::bytes(&raw)), 32);
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

    /// The same catalogue with its texts in another language, where they exist; else in the first language.
    ///
    /// ```
    /// let catalogue = sms_core::Catalogue::from_json(sms_catalogue::CATALOGUE_JSON)?;
    /// let catalogue = catalogue.in_language("xx");
    /// assert_eq!(catalogue.name(catalogue.indicator("HOU-O-01").unwrap()), "Homelessness rate");
    /// # Ok::<(), sms_core::Error>(())
    /// ```
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
    ///
    /// ```
    /// let catalogue = sms_core::Catalogue::from_json(sms_catalogue::CATALOGUE_JSON)?;
    /// assert_eq!(catalogue.release().languages[0], catalogue.language());
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    #[must_use]
    pub fn release(&self) -> &Release {
        &self.raw.release
    }

    /// SHA-256 of the content, the first 32 hexadecimal digits.
    ///
    /// ```
    /// let catalogue = sms_core::Catalogue::from_json(sms_catalogue::CATALOGUE_JSON)?;
    /// assert_eq!(catalogue.fingerprint().len(), 32);
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    #[must_use]
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// The catalogue as data.
    #[must_use]
    pub fn data(&self) -> &RawCatalogue {
        &self.raw
    }

    /// All indicators, sorted by id.
    ///
    /// ```
    /// let catalogue = sms_core::Catalogue::from_json(sms_catalogue::CATALOGUE_JSON)?;
    /// assert!(catalogue.indicators().is_sorted_by_key(|indicator| &indicator.id));
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    #[must_use]
    pub fn indicators(&self) -> &[Indicator] {
        &self.raw.indicators
    }

    /// The position of an indicator in [`Catalogue::indicators`].
    /// Counted from 0.
    ///
    /// ```
    /// let catalogue = sms_core::Catalogue::from_json(sms_catalogue::CATALOGUE_JSON)?;
    /// let at = catalogue.indicator_index("HOU-O-01").unwrap();
    /// assert_eq!(catalogue.indicators()[at].id.as_str(), "HOU-O-01");
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    #[must_use]
    pub fn indicator_index(&self, id: &str) -> Option<usize> {
        self.raw.indicators.binary_search_by(|i| i.id.as_str().cmp(id)).ok()
    }

    /// An indicator.
    ///
    /// ```
    /// let catalogue = sms_core::Catalogue::from_json(sms_catalogue::CATALOGUE_JSON)?;
    /// let indicator = catalogue.indicator("HOU-O-01").unwrap();
    /// assert_eq!((indicator.unit.as_str(), indicator.multiplier), ("per_10000_inhabitants", 10_000.0));
    /// assert!(catalogue.indicator("HOU-01").is_none());
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    #[must_use]
    pub fn indicator(&self, id: &str) -> Option<&Indicator> {
        self.raw.indicators.get(self.indicator_index(id)?)
    }

    /// A dimension.
    ///
    /// ```
    /// let catalogue = sms_core::Catalogue::from_json(sms_catalogue::CATALOGUE_JSON)?;
    /// assert!(catalogue.dimension("SEX").unwrap().accepts("F"));
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    #[must_use]
    pub fn dimension(&self, id: &str) -> Option<&Dimension> {
        let at = self.raw.dimensions.binary_search_by(|d| d.id.as_str().cmp(id)).ok()?;
        self.raw.dimensions.get(at)
    }

    /// A selection.
    ///
    /// ```
    /// let catalogue = sms_core::Catalogue::from_json(sms_catalogue::CATALOGUE_JSON)?;
    /// let first = &catalogue.data().selections[0];
    /// assert_eq!(catalogue.selection(first.id.as_str()).map(|s| s.all()), Some(first.all()));
    /// # Ok::<(), sms_core::Error>(())
    /// ```
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
    ///
    /// ```
    /// let catalogue = sms_core::Catalogue::from_json(sms_catalogue::CATALOGUE_JSON)?;
    /// let text = catalogue.text(catalogue.indicator("HOU-O-01").unwrap());
    /// assert_eq!(text.name, "Homelessness rate");
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    #[must_use]
    pub fn text(&self, indicator: &Indicator) -> IndicatorText {
        let fallback = || self.raw.texts.values().find_map(|t| t.indicators.get(&indicator.id));
        self.texts().and_then(|t| t.indicators.get(&indicator.id)).or_else(fallback).cloned().unwrap_or_default()
    }

    /// The name of an indicator.
    ///
    /// ```
    /// let catalogue = sms_core::Catalogue::from_json(sms_catalogue::CATALOGUE_JSON)?;
    /// assert_eq!(catalogue.name(catalogue.indicator("HOU-O-01").unwrap()), "Homelessness rate");
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    #[must_use]
    pub fn name<'a>(&'a self, indicator: &'a Indicator) -> &'a str {
        let find = |t: &'a Texts| t.indicators.get(&indicator.id).map(|x| x.name.as_str());
        self.texts().and_then(find).or_else(|| self.raw.texts.values().find_map(find)).unwrap_or(indicator.id.as_str())
    }

    /// What each level of an indicator asks for, lowest first, with its number: its own descriptors, or the general words of the levels where it has none.
    /// Empty for an indicator whose value is no level.
    ///
    /// ```
    /// let catalogue = sms_core::Catalogue::from_json(sms_catalogue::CATALOGUE_JSON)?;
    /// let levels = |id: &str| catalogue.levels(catalogue.indicator(id).unwrap()).len();
    /// assert_eq!((levels("GOV-S-01"), levels("HOU-O-01")), (5, 0));
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    #[must_use]
    pub fn levels(&self, indicator: &Indicator) -> Vec<(String, String)> {
        if indicator.value_kind != ValueKind::Maturity {
            return Vec::new();
        }
        let own = self.text(indicator).levels;
        let general = || self.label_of("maturity", "levels").map(|l| l.groups.clone()).unwrap_or_default();
        if own.is_empty() { general() } else { own }.into_iter().collect()
    }

    /// A text of the release: `title`, `notice` …
    #[must_use]
    pub fn release_text(&self, key: &str) -> &str {
        self.texts().and_then(|t| t.release.get(key)).map(String::as_str).unwrap_or_default()
    }

    /// The label of an entry of a section (`rights`, `modules`, `units` …), or its id when there is none.
    ///
    /// ```
    /// let catalogue = sms_core::Catalogue::from_json(sms_catalogue::CATALOGUE_JSON)?;
    /// assert_eq!(catalogue.label("units", "no-such-unit"), "no-such-unit");
    /// # Ok::<(), sms_core::Error>(())
    /// ```
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
    ///
    /// ```
    /// let catalogue = sms_core::Catalogue::from_json(sms_catalogue::CATALOGUE_JSON)?;
    /// assert_eq!(catalogue.group_label("SEX", "F"), "Female");
    /// # Ok::<(), sms_core::Error>(())
    /// ```
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
