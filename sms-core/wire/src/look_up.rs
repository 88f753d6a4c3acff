//! What a catalogue holds, and the versions of everything.

use super::{Area, Engine, Entry, Operation};
use serde::{Deserialize, Serialize};
use sms_assessment::report::{LIBRARY_VERSION, WIRE_VERSION};
use sms_base::diagnostic::{Code, Error, Result};
use sms_base::id::{EntryId, IndicatorId, ModuleId};
use sms_model::catalogue::{Catalogue, Indicator, IndicatorText, Mapping, MappingRequest, map_codes};
use sms_model::estimate::ValueKind;
use sms_model::indicator::{MeasureType, Polarity, ResultLevel, Tier};
use std::collections::BTreeMap;

pub(super) const AREA: Area = Area {
    title: "What there is to look up",
    operations: &[Entry::of::<Versions>(), Entry::of::<ListIndicators>(), Entry::of::<ShowIndicator>(), Entry::of::<AcceptsCode>(), Entry::of::<MapCodes>()],
};

/// The versions of the library, the wire, the catalogue and the methods.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct Versions {}

/// The versions of everything that an answer depends on.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct VersionsAnswer {
    /// The version of the library.
    library: &'static str,
    /// The version of the wire.
    wire: &'static str,
    /// The version of the catalogue's release.
    catalogue: String,
    /// The version of the catalogue schema.
    catalogue_schema: String,
    /// The fingerprint of the catalogue's content.
    catalogue_fingerprint: String,
    /// The edition of each known method, by its name.
    methods: BTreeMap<String, String>,
}

impl Operation for Versions {
    const NAME: &'static str = "versions";
    const SOURCE: &'static str = "docs/wire.md";
    const ERRORS: &'static [Code] = &[];
    const EXAMPLE: &'static str = "{}";
    type Answer = VersionsAnswer;

    fn answer(self, engine: &Engine) -> Result<VersionsAnswer> {
        let release = engine.catalogue.release();
        Ok(VersionsAnswer {
            library: LIBRARY_VERSION,
            wire: WIRE_VERSION,
            catalogue: release.version.clone(),
            catalogue_schema: release.schema.clone(),
            catalogue_fingerprint: engine.catalogue.fingerprint().to_owned(),
            methods: engine.methods.iter().map(|(name, m)| (name.clone(), m.data().edition.clone())).collect(),
        })
    }
}

/// The indicators of the catalogue, or those of a selection, a line each.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ListIndicators {
    /// The id of a selection, such as `core`; every indicator where it is not given.
    selection: Option<String>,
}

impl Operation for ListIndicators {
    const NAME: &'static str = "catalogue.list";
    const SOURCE: &'static str = "catalogue/README.md";
    const ERRORS: &'static [Code] = &[Code::AssessUnknownSelection];
    const EXAMPLE: &'static str = r#"{"selection": "core"}"#;
    type Answer = Vec<IndicatorSummary>;

    fn answer(self, engine: &Engine) -> Result<Vec<IndicatorSummary>> {
        list(&engine.catalogue, self.selection.as_deref())
    }
}

/// The whole sheet of an indicator, with its texts and its fingerprint.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ShowIndicator {
    /// The id of the indicator.
    id: String,
}

impl Operation for ShowIndicator {
    const NAME: &'static str = "catalogue.show";
    const SOURCE: &'static str = "catalogue/README.md";
    const ERRORS: &'static [Code] = &[Code::AssessUnknownSelection];
    const EXAMPLE: &'static str = r#"{"id": "WSP-O-04"}"#;
    type Answer = IndicatorSheet;

    fn answer(self, engine: &Engine) -> Result<IndicatorSheet> {
        show(&engine.catalogue, &self.id)
    }
}

/// Whether a dimension has a code, and whether the code means everybody.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct AcceptsCode {
    /// The dimension of the catalogue, such as `SEX`.
    dimension: String,
    /// The code, such as `F`.
    code: String,
}

/// What a dimension says of a code.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct AcceptsCodeAnswer {
    /// Whether the code belongs to the dimension: a listed group, the code of everybody, a range of ages, or a city's own code where these are taken.
    accepts: bool,
    /// Whether it is the code of everybody.
    total: bool,
}

impl Operation for AcceptsCode {
    const NAME: &'static str = "dimension.accepts";
    const SOURCE: &'static str = "docs/dimensions.md, what a dimension says";
    const ERRORS: &'static [Code] = &[];
    const EXAMPLE: &'static str = r#"{"dimension": "SEX", "code": "F"}"#;
    type Answer = AcceptsCodeAnswer;

    fn answer(self, engine: &Engine) -> Result<AcceptsCodeAnswer> {
        let dimension = engine
            .catalogue
            .dimension(&self.dimension)
            .ok_or_else(|| Error::new(Code::WireBadRequest).at_path("dimension").expecting("a dimension of the catalogue"))?;
        Ok(AcceptsCodeAnswer { accepts: dimension.accepts(&self.code), total: dimension.is_total(&self.code) })
    }
}

/// Codes of one list to those of another, and what is lost on the way.
///
/// The codes are those of a list (`from`), a city's own words (`local`), or the catalogue's; they become codes of another list (`to`), parents or bands
/// (`into`), or the catalogue's.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct MapCodes {
    /// The dimension of the catalogue.
    dimension: String,
    /// The codes as the data have them: 1 to 10 000.
    codes: Vec<String>,
    /// The code list that they are of, such as `SDMX:CL_SEX`; the catalogue's own where it is not given.
    from: Option<String>,
    /// A city's own words, with the code of the catalogue for each; in place of `from`.
    local: Option<BTreeMap<String, String>>,
    /// The code list that is wanted.
    to: Option<String>,
    /// Codes of the catalogue that are wanted: parents, or bands of ages; in place of `to`.
    into: Option<Vec<String>>,
}

impl Operation for MapCodes {
    const NAME: &'static str = "dimension.map";
    const SOURCE: &'static str = "docs/dimensions.md, from one list to another";
    const ERRORS: &'static [Code] = &[];
    const EXAMPLE: &'static str = r#"{"dimension": "AGE", "codes": ["Y15", "Y16-24"], "into": ["Y15-24"]}"#;
    type Answer = Mapping;

    fn answer(self, engine: &Engine) -> Result<Mapping> {
        let MapCodes { dimension, codes, from, local, to, into } = self;
        map_codes(&engine.catalogue, &MappingRequest { dimension, codes, from, local, to, into })
    }
}

/// An indicator in a list: its name, where it stands, and what it is.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct IndicatorSummary {
    /// The id.
    pub id: IndicatorId,
    /// The name, in the language of the catalogue.
    pub name: String,
    /// The module that holds it.
    pub module: ModuleId,
    /// Whether it belongs to the core.
    pub core: bool,
    /// What kind of measure it is.
    pub measure_type: MeasureType,
    /// The level of the results chain.
    pub result_level: ResultLevel,
    /// What kind of number its value is.
    pub value_kind: ValueKind,
    /// The id of its unit.
    pub unit: EntryId,
    /// Which way is better.
    pub polarity: Polarity,
}

/// Everything that the catalogue says of an indicator.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct IndicatorSheet {
    /// The sheet, apart from its texts.
    pub sheet: Indicator,
    /// Its texts, in the language of the catalogue, or in another where it has none in this one.
    pub text: IndicatorText,
    /// The fingerprint of the sheet; null where the catalogue has none.
    pub fingerprint: Option<String>,
}

/// The indicators, or those of a selection: id, name, module, core, and what they are.
///
/// ```
/// let catalogue = sms_core::Catalogue::from_json(sms_catalogue::CATALOGUE_JSON)?;
/// // those that are retired, too: older figures name them
/// assert_eq!(sms_core::wire::list(&catalogue, None)?.len(), catalogue.indicators().len());
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `assess.unknown-selection`.
pub fn list(catalogue: &Catalogue, selection: Option<&str>) -> Result<Vec<IndicatorSummary>> {
    let chosen = match selection {
        Some(name) => Some(catalogue.selection(name).ok_or_else(|| Error::new(Code::AssessUnknownSelection).at_path("selection"))?.all()),
        None => None,
    };
    let kept = |id: &IndicatorId| chosen.as_ref().is_none_or(|ids| ids.contains(id));
    Ok(catalogue.indicators().iter().filter(|i| kept(&i.id)).map(|i| summary(catalogue, i)).collect())
}

/// The whole sheet of an indicator: `sheet`, `text` and `fingerprint`.
///
/// ```
/// let catalogue = sms_core::Catalogue::from_json(sms_catalogue::CATALOGUE_JSON)?;
/// let sheet = serde_json::to_value(sms_core::wire::show(&catalogue, "HOU-O-01")?).unwrap();
/// assert_eq!(sheet["text"]["name"], "Homelessness rate");
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `assess.unknown-selection`, with the nearest id.
pub fn show(catalogue: &Catalogue, id: &str) -> Result<IndicatorSheet> {
    let indicator = catalogue.indicator(id).ok_or_else(|| {
        let error = Error::new(Code::AssessUnknownSelection).at_path("id");
        error.suggesting(sms_base::text::did_you_mean(id, catalogue.indicators().iter().map(|i| i.id.as_str())))
    })?;
    let fingerprint = catalogue.data().fingerprints.get(id).cloned();
    Ok(IndicatorSheet { sheet: indicator.clone(), text: catalogue.text(indicator), fingerprint })
}

/// One line of the list of indicators.
#[must_use]
pub fn summary(catalogue: &Catalogue, i: &Indicator) -> IndicatorSummary {
    IndicatorSummary {
        id: i.id.clone(),
        name: catalogue.name(i).to_owned(),
        module: i.module.clone(),
        core: i.tier == Tier::Core,
        measure_type: i.measure_type,
        result_level: i.result_level,
        value_kind: i.value_kind,
        unit: i.unit.clone(),
        polarity: i.polarity,
    }
}
