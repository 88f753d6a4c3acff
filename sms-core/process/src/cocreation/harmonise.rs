//! The same indicator in several cities: identical, mapped with a stated loss, or local only.

use crate::diagnostic::{Code, Error, Result};
use crate::id::{IndicatorId, PlaceCode};
use crate::num;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How a city's figure is brought to the reference definition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "HarmonisationMapping"))]
pub struct Mapping {
    /// The rule, in words.
    pub rule: String,
    /// What is lost or distorted by it.
    pub loss: String,
    /// Reference value = `factor` × city's value + `offset`.
    #[serde(default = "one")]
    pub factor: f64,
    /// See `factor`.
    #[serde(default)]
    pub offset: f64,
}

fn one() -> f64 {
    1.0
}

/// How one city defines an indicator.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "CityDefinition"))]
pub struct Definition {
    /// The city.
    pub place: PlaceCode,
    /// The indicator as the city calls it.
    pub indicator: IndicatorId,
    /// The reference indicator that it stands for; absent for one of the city's own.
    #[serde(default)]
    pub reference: Option<IndicatorId>,
    /// The version of the definition that the city follows.
    #[serde(default)]
    pub version: Option<String>,
    /// Fields of the definition in which the city deviates, such as `denominator`.
    #[serde(default)]
    pub deviations: Vec<String>,
    /// How the city's figure is brought to the reference.
    #[serde(default)]
    pub mapping: Option<Mapping>,
}

/// How far a city's figure can be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Harmonisation {
    /// The reference definition, in its present version, without deviation.
    Identical,
    /// Another definition, with a rule that brings it to the reference and a stated loss.
    Mapped,
    /// Nothing that brings it to the reference.
    LocalOnly,
}

/// Why it is so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "HarmonisationReason"))]
pub enum Why {
    /// Same version, no deviation.
    SameDefinition,
    /// The rule and the loss are stated.
    MappingStated,
    /// The city's own indicator, without a reference.
    OwnIndicator,
    /// The definition deviates, and no rule with its loss is stated.
    NoMapping,
}

/// One city and one reference indicator.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "HarmonisedPlace"))]
pub struct Line {
    /// The city.
    pub place: PlaceCode,
    /// The indicator as the city calls it.
    pub indicator: IndicatorId,
    /// How far it can be compared.
    pub level: Harmonisation,
    /// Why.
    pub why: Why,
    /// The version that the city follows, where it is not the present one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Fields in which it deviates.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub deviations: Vec<String>,
    /// The rule and the loss.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mapping: Option<Mapping>,
}

/// One reference indicator over all cities.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "HarmonisedIndicator"))]
pub struct Row {
    /// The reference indicator, or the city's own where there is none.
    pub indicator: IndicatorId,
    /// The weakest level: what a comparison of all its cities rests on.
    pub level: Harmonisation,
    /// Whether figures of all its cities may be ranked or pooled.
    pub comparable: bool,
    /// The cities, by code.
    pub places: Vec<Line>,
}

/// What a comparison is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ComparisonPurpose"))]
pub enum Purpose {
    /// One city before another.
    Ranking,
    /// One figure of several cities.
    Pooling,
}

impl Purpose {
    fn as_str(self) -> &'static str {
        match self {
            Purpose::Ranking => "ranking",
            Purpose::Pooling => "pooling",
        }
    }
}

/// A comparison that is allowed, with what to mind.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "HarmonisedComparison"))]
pub struct Comparison {
    /// The reference indicator.
    pub indicator: IndicatorId,
    /// What it is for.
    pub purpose: Purpose,
    /// The weakest level.
    pub level: Harmonisation,
    /// The cities, by code.
    pub places: Vec<Line>,
    /// The losses that must be printed beside the comparison.
    pub caveats: Vec<String>,
}

impl Mapping {
    /// The city's value in terms of the reference.
    ///
    /// # Errors
    /// `num.not-finite`.
    pub fn apply(&self, value: f64) -> Result<f64> {
        num::finite(self.factor * value + self.offset)
    }

    fn is_stated(&self) -> bool {
        !self.rule.trim().is_empty() && !self.loss.trim().is_empty()
    }
}

/// The table of harmonisation: each reference indicator with the level of each city. `version_of` gives the present version
/// of a reference indicator, `None` for one that does not exist.
///
/// ```
/// # use sms_process as sms_core;
/// use sms_core::cocreation::harmonise::{Definition, harmonise};
/// let definitions: Vec<Definition> = serde_json::from_str(r#"[
///     {"place": "gent", "indicator": "HOU-O-01", "reference": "HOU-O-01", "version": "0.1.0"},
///     {"place": "york", "indicator": "x-YORK:ROUGH", "reference": "HOU-O-01", "deviations": ["denominator"],
///      "mapping": {"rule": "per resident", "loss": "visitors are not counted"}}]"#).unwrap();
/// let rows = harmonise(&definitions, |_| Some("0.1.0".to_owned()))?;
/// assert_eq!((rows[0].indicator.as_str(), rows[0].places.len()), ("HOU-O-01", 2));
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `cocreation.unknown-item` for a reference that does not exist; `cocreation.duplicate-id` for two definitions of a city for
/// one reference; `num.not-finite` for a mapping.
pub fn harmonise(definitions: &[Definition], version_of: impl Fn(&IndicatorId) -> Option<String>) -> Result<Vec<Row>> {
    let mut rows: BTreeMap<&IndicatorId, BTreeMap<&PlaceCode, Line>> = BTreeMap::new();
    for (at, definition) in definitions.iter().enumerate() {
        let path = |field: &str| format!("definitions[{at}].{field}");
        let line = line(definition, &version_of).map_err(|e| e.at_path(&path("reference")))?;
        let key = definition.reference.as_ref().unwrap_or(&definition.indicator);
        if rows.entry(key).or_default().insert(&definition.place, line).is_some() {
            return Err(Error::new(Code::CocreationDuplicateId).at_path(&path("place")).with("indicator", key.to_string()));
        }
    }
    Ok(rows
        .into_iter()
        .map(|(id, lines)| {
            let places: Vec<Line> = lines.into_values().collect();
            let level = places.iter().map(|l| l.level).max().unwrap_or(Harmonisation::LocalOnly);
            Row { indicator: id.clone(), level, comparable: level != Harmonisation::LocalOnly && places.len() > 1, places }
        })
        .collect())
}

fn line(definition: &Definition, version_of: &impl Fn(&IndicatorId) -> Option<String>) -> Result<Line> {
    let stated = definition.mapping.as_ref().filter(|m| m.is_stated());
    if let Some(mapping) = &definition.mapping {
        num::finite(mapping.factor)?;
        num::finite(mapping.offset)?;
    }
    let mut line = Line {
        place: definition.place.clone(),
        indicator: definition.indicator.clone(),
        level: Harmonisation::LocalOnly,
        why: Why::OwnIndicator,
        version: None,
        deviations: definition.deviations.clone(),
        mapping: None,
    };
    let Some(reference) = &definition.reference else { return Ok(line) };
    let present = version_of(reference).ok_or_else(|| Error::new(Code::CocreationUnknownItem).with("indicator", reference.to_string()))?;
    let current = definition.version.as_ref() == Some(&present);
    if !current {
        line.version = definition.version.clone();
    }
    (line.level, line.why) = if current && definition.deviations.is_empty() && definition.indicator == *reference {
        (Harmonisation::Identical, Why::SameDefinition)
    } else if stated.is_some() {
        line.mapping = stated.cloned();
        (Harmonisation::Mapped, Why::MappingStated)
    } else {
        (Harmonisation::LocalOnly, Why::NoMapping)
    };
    Ok(line)
}

/// Whether the figures of these cities may be ranked or pooled; all cities of the indicator when none is named.
///
/// # Errors
/// `cocreation.local-only` when one of them is local only, with the indicator, the purpose and the places;
/// `cocreation.unknown-item` for an indicator or city that is not in the table.
pub fn comparison(rows: &[Row], indicator: &IndicatorId, places: &[PlaceCode], purpose: Purpose) -> Result<Comparison> {
    let unknown = |path: &str| Error::new(Code::CocreationUnknownItem).at_path(path);
    let row = rows.iter().find(|r| r.indicator == *indicator).ok_or_else(|| unknown("indicator"))?;
    for (at, place) in places.iter().enumerate() {
        if !row.places.iter().any(|l| l.place == *place) {
            return Err(unknown(&format!("places[{at}]")));
        }
    }
    let chosen: Vec<Line> = row.places.iter().filter(|l| places.is_empty() || places.contains(&l.place)).cloned().collect();
    let local: Vec<&str> = chosen.iter().filter(|l| l.level == Harmonisation::LocalOnly).map(|l| l.place.as_str()).collect();
    if !local.is_empty() {
        let refused = Error::new(Code::CocreationLocalOnly).at_path("indicator");
        return Err(refused.with("indicator", indicator.to_string()).with("purpose", purpose.as_str()).with("places", local.join(", ")));
    }
    let caveats = chosen.iter().filter_map(|l| Some(format!("{}: {}", l.place, l.mapping.as_ref()?.loss.trim()))).collect();
    let level = chosen.iter().map(|l| l.level).max().unwrap_or(Harmonisation::Identical);
    Ok(Comparison { indicator: indicator.clone(), purpose, level, places: chosen, caveats })
}

/// The city and the city's own id of an extension, `x-CITY:ID`.
///
/// ```
/// # use sms_process as sms_core;
/// use sms_core::cocreation::harmonise::extension;
/// assert_eq!(extension(&"x-GRAZ:HOU-01".parse()?)?, ("GRAZ", "HOU-01"));
/// assert!(extension(&"HOU-O-01".parse()?).is_err());
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `cocreation.bad-namespace`.
pub fn extension(id: &IndicatorId) -> Result<(&str, &str)> {
    id.namespace().ok_or_else(|| Error::new(Code::CocreationBadNamespace).at_path("id"))
}
