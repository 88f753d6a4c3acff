//! Weights with where they come from.

use super::agreement::{Concordance, Spread};
use crate::diagnostic::{Code, Error, Result};
use crate::id::EntryId;
use crate::num;
use crate::period::Period;
use crate::target::SLACK;
use crate::text;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// How weights were found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum WeightingMethod {
    /// All count the same.
    Equal,
    /// Set by those who own the method, without asking in one of the ways below.
    Declared,
    /// Points out of a budget.
    BudgetAllocation,
    /// Points by the worth of a swing from worst to best.
    Swing,
    /// Comparisons in pairs, principal eigenvector.
    AhpEigenvector,
    /// Comparisons in pairs, geometric means of rows.
    AhpGeometricMean,
    /// Comparisons with the best and the worst criterion.
    BestWorst,
}

/// How the answers of many become one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum AhpAggregation {
    /// Arithmetic mean of the weights of each: participants who speak for interests of their own.
    #[default]
    Priorities,
    /// Geometric mean of the matrices: a group that answers as one (Forman & Peniwati 1998).
    Judgements,
}

/// The weight of one criterion.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CriterionWeight {
    /// The criterion.
    pub criterion: EntryId,
    /// 0 to 1.
    pub weight: f64,
}

/// How many of a side took part, and how much the side counts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SideCount {
    /// The side, such as `residents`.
    pub side: EntryId,
    /// Its weight after renormalisation over the sides that took part; 0 for the others.
    pub weight: f64,
    /// Persons or bodies that took part.
    pub participants: usize,
}

/// Where weights come from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "WeightProvenance"))]
pub struct Provenance {
    /// How they were found.
    pub method: WeightingMethod,
    /// How answers of many became one, where there is a choice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aggregation: Option<AhpAggregation>,
    /// When people were asked.
    pub when: Period,
    /// Persons or bodies that took part.
    #[serde(default)]
    pub participants: usize,
    /// The same by side; empty when nobody was assigned to one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sides: Vec<SideCount>,
    /// How far the participants agree on the order of the criteria.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub concordance: Option<Concordance>,
    /// How far apart their weights are, one for each criterion.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spread: Vec<Spread>,
    /// How people were invited, asked and informed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Weights that sum to 1, with where they come from.
///
/// ```
/// # use sms_statistics as sms_core;
/// use sms_core::weighting::equal;
/// let set = equal(&["housing".parse()?, "health".parse()?], "2024".parse()?, None)?;
/// assert_eq!(set.weight("health"), Some(0.5));
/// # Ok::<(), sms_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "RawWeightSet", into = "RawWeightSet")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(with = "RawWeightSet"))]
pub struct WeightSet {
    weights: Vec<CriterionWeight>,
    provenance: Provenance,
}

/// Weights that sum to 1, with where they come from.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "WeightSet"))]
struct RawWeightSet {
    /// The weights, in the order of the criteria; they sum to 1.
    weights: Vec<CriterionWeight>,
    /// Where they come from.
    provenance: Provenance,
}

impl TryFrom<RawWeightSet> for WeightSet {
    type Error = Error;
    fn try_from(raw: RawWeightSet) -> Result<Self> {
        WeightSet::new(raw.weights, raw.provenance)
    }
}

impl From<WeightSet> for RawWeightSet {
    fn from(set: WeightSet) -> Self {
        RawWeightSet { weights: set.weights, provenance: set.provenance }
    }
}

impl WeightSet {
    /// Weights with their provenance.
    ///
    /// ```
    /// # use sms_statistics as sms_core;
    /// use sms_core::weighting::{CriterionWeight, WeightSet, equal};
    /// let provenance = equal(&["a".parse()?, "b".parse()?], "2024".parse()?, None)?.provenance().clone();
    /// let weight = |criterion: &str, weight| -> sms_core::Result<_> { Ok(CriterionWeight { criterion: criterion.parse()?, weight }) };
    /// assert!(WeightSet::new(vec![weight("a", 0.7)?, weight("b", 0.7)?], provenance).is_err()); // 1.4 is not 1
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `weighting.bad-criteria` for none, or one named twice; `weighting.bad-weights` unless each is between 0 and 1 and they sum to 1
    /// within 1e-9; `text.too-long`.
    pub fn new(weights: Vec<CriterionWeight>, mut provenance: Provenance) -> Result<Self> {
        check_criteria(weights.iter().map(|w| &w.criterion), "weights")?;
        if let Some(i) = weights.iter().position(|w| !(0.0..=1.0).contains(&w.weight)) {
            return Err(Error::new(Code::WeightingBadWeights).at_path(&format!("weights[{i}].weight")).expecting("a number between 0 and 1"));
        }
        let values: Vec<f64> = weights.iter().map(|w| w.weight).collect();
        if num::abs(num::sum(&values) - 1.0) > SLACK {
            return Err(Error::new(Code::WeightingBadWeights).at_path("weights").expecting("a sum of 1"));
        }
        if let Some(note) = &mut provenance.note {
            *note = text::clean(note).map_err(|e| e.at_path("provenance.note"))?.into_owned();
        }
        Ok(WeightSet { weights, provenance })
    }

    /// The weights, in the order of the criteria.
    #[must_use]
    pub fn weights(&self) -> &[CriterionWeight] {
        &self.weights
    }

    /// The weight of one criterion.
    /// Between 0 and 1; `None` for a criterion that is not among them.
    ///
    /// ```
    /// # use sms_statistics as sms_core;
    /// let set = sms_core::weighting::equal(&["housing".parse()?, "health".parse()?], "2024".parse()?, None)?;
    /// assert_eq!((set.weight("housing"), set.weight("culture")), (Some(0.5), None));
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    #[must_use]
    pub fn weight(&self, criterion: &str) -> Option<f64> {
        self.weights.iter().find(|w| w.criterion.as_str() == criterion).map(|w| w.weight)
    }

    /// Where they come from.
    ///
    /// ```
    /// # use sms_statistics as sms_core;
    /// let set = sms_core::weighting::equal(&["housing".parse()?, "health".parse()?], "2024".parse()?, None)?;
    /// assert_eq!((set.provenance().method, set.provenance().participants), (sms_core::weighting::WeightingMethod::Equal, 0));
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    #[must_use]
    pub fn provenance(&self) -> &Provenance {
        &self.provenance
    }
}

/// At least one criterion, each once.
pub(super) fn check_criteria<'a>(criteria: impl Iterator<Item = &'a EntryId>, path: &str) -> Result<()> {
    let mut seen = BTreeSet::new();
    for (i, criterion) in criteria.enumerate() {
        if !seen.insert(criterion) {
            return Err(Error::new(Code::WeightingBadCriteria).at_path(&format!("{path}[{i}]")).expecting("each criterion once"));
        }
    }
    if seen.is_empty() { Err(Error::new(Code::WeightingBadCriteria).at_path(path).expecting("at least one criterion")) } else { Ok(()) }
}

/// The same weight for each criterion.
///
/// ```
/// # use sms_statistics as sms_core;
/// let set = sms_core::weighting::equal(&["housing".parse()?, "health".parse()?], "2024".parse()?, None)?;
/// assert_eq!(set.weights()[1].weight, 0.5);
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `weighting.bad-criteria`; `text.too-long`.
pub fn equal(criteria: &[EntryId], when: Period, note: Option<String>) -> Result<WeightSet> {
    let weight = 1.0 / criteria.len().max(1) as f64;
    let weights = criteria.iter().map(|c| CriterionWeight { criterion: c.clone(), weight }).collect();
    let provenance =
        Provenance { method: WeightingMethod::Equal, aggregation: None, when, participants: 0, sides: Vec::new(), concordance: None, spread: Vec::new(), note };
    WeightSet::new(weights, provenance)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_one_door_checks_the_sum() {
        let read =
            |weights: &str| serde_json::from_str::<WeightSet>(&format!(r#"{{"weights": {weights}, "provenance": {{"method": "declared", "when": "2024"}}}}"#));
        let good = read(r#"[{"criterion": "a", "weight": 0.1}, {"criterion": "b", "weight": 0.9}]"#).unwrap();
        assert_eq!(serde_json::from_str::<WeightSet>(&serde_json::to_string(&good).unwrap()).unwrap(), good);
        assert!(read(r#"[{"criterion": "a", "weight": 0.3333333333}, {"criterion": "b", "weight": 0.6666666667}]"#).is_ok());
        for (bad, code) in [
            (r#"[{"criterion": "a", "weight": 0.5}, {"criterion": "b", "weight": 0.50000001}]"#, "bad-weights"),
            (r#"[{"criterion": "a", "weight": 1.5}, {"criterion": "b", "weight": -0.5}]"#, "bad-weights"),
            (r#"[{"criterion": "a", "weight": 0.5}, {"criterion": "a", "weight": 0.5}]"#, "bad-criteria"),
            ("[]", "bad-criteria"),
        ] {
            assert!(read(bad).unwrap_err().to_string().contains(code), "{bad}");
        }
        assert_eq!(equal(&[], "2024".parse().unwrap(), None).unwrap_err().code(), Code::WeightingBadCriteria);
    }
}
