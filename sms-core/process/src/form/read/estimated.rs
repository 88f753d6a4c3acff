//! From estimates of the microdata to rows of the tidy table.

use super::minus_name;
use crate::catalogue::Catalogue;
use crate::estimate::ValueKind;
use crate::id::IndicatorId;
use crate::num;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// An estimate as an answer of `survey.estimate` has it.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "EstimateGiven"))]
pub struct Estimated {
    /// Its name in the plan.
    pub estimate: String,
    /// For whom; everybody where it is not given.
    #[serde(default)]
    pub domain: Vec<EstimatedFor>,
    /// The share, 0 to 1; without one there is no row.
    #[serde(default)]
    pub value: Option<f64>,
    /// Its standard error.
    #[serde(default)]
    pub se: Option<f64>,
    /// Cases.
    pub n: u64,
    /// The kind of measure. Not used here.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub kind: IgnoredAny,
    /// Why there is no value. Not used here.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Option<crate::survey::Absent>"))]
    pub absent: IgnoredAny,
    /// Coefficient of variation. Not used here.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Option<f64>"))]
    pub cv: IgnoredAny,
    /// Interval. Not used here.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Option<crate::estimate::Interval>"))]
    pub interval: IgnoredAny,
    /// Degrees of freedom. Not used here.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Option<f64>"))]
    pub df: IgnoredAny,
    /// Sampling units with data. Not used here.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Option<u64>"))]
    pub psus: IgnoredAny,
    /// Strata with data. Not used here.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Option<u64>"))]
    pub strata: IgnoredAny,
    /// Estimated number in the population. Not used here.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Option<f64>"))]
    pub population: IgnoredAny,
    /// Design effect. Not used here.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Option<f64>"))]
    pub deff: IgnoredAny,
    /// Cases divided by the design effect. Not used here.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Option<f64>"))]
    pub effective_n: IgnoredAny,
    /// The poverty line. Not used here.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Option<f64>"))]
    pub threshold: IgnoredAny,
    /// The grade by the rule of quality. Not used here.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Option<crate::survey::Quality>"))]
    pub quality: IgnoredAny,
    /// What the rule of quality saw. Not used here.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Option<Vec<crate::survey::QualityFlag>>"))]
    pub flags: IgnoredAny,
}

/// A part of the domain of an estimate.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "EstimateGivenFor"))]
pub struct EstimatedFor {
    /// The column.
    pub dimension: String,
    /// The code.
    pub code: String,
}

/// A row of the tidy table.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "EstimatedRow"))]
pub struct ObservationRow {
    /// The indicator.
    pub indicator: IndicatorId,
    /// The city.
    pub place: String,
    /// The period.
    pub period: String,
    /// The group, by dimension; empty for everybody.
    #[serde(flatten)]
    pub groups: BTreeMap<String, String>,
    /// The value in the unit of the indicator.
    pub value: f64,
    /// Its standard error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub se: Option<f64>,
    /// Cases; of a difference, those of the smaller side.
    pub n: u64,
}

/// Percentage points of a share.
const POINTS: f64 = 100.0;

/// Estimates of a plan that [`Questionnaire::read`] made, as rows of the tidy table: in the unit of each indicator, for everybody and for the groups of the
/// dimensions that the indicator is split by. The sides of a difference are taken off each other; their errors add up as those of separate groups.
///
/// [`Questionnaire::read`]: crate::form::Questionnaire::read
#[must_use]
pub fn observations(catalogue: &Catalogue, estimates: &[Estimated], place: &str, period: &str) -> Vec<ObservationRow> {
    let mut rows = Vec::new();
    for estimated in estimates {
        let (name, part) = estimated.estimate.split_once(':').unwrap_or((&estimated.estimate, ""));
        let Some(indicator) = catalogue.indicator(name) else { continue };
        let mut groups: BTreeMap<String, String> = BTreeMap::new();
        if let Some((dimension, code)) = part.split_once('=') {
            groups.insert(dimension.to_owned(), code.to_owned());
        } else if !part.is_empty() {
            continue;
        }
        // ETHNIC:ROMA = yes is the group ROMA of ETHNIC
        let of = |d: &EstimatedFor| {
            d.dimension.split_once(':').map_or((d.dimension.clone(), d.code.clone()), |(dimension, code)| (dimension.to_owned(), code.to_owned()))
        };
        groups.extend(estimated.domain.iter().map(of));
        let split_by = |id: &String| indicator.disaggregation.required.iter().chain(&indicator.disaggregation.desirable).any(|d| d.as_str() == id);
        if !groups.keys().all(split_by) || (!part.is_empty() && !estimated.domain.is_empty()) {
            continue;
        }
        let Some(share) = estimated.value else { continue };
        let (value, se, n) = if indicator.value_kind == ValueKind::Difference {
            let other = estimates.iter().find(|e| e.estimate == minus_name(name) && e.domain == estimated.domain);
            let Some((other, less)) = other.and_then(|o| Some((o, o.value?))) else { continue };
            let se = estimated.se.zip(other.se).map(|(a, b)| num::sqrt(a * a + b * b) * POINTS);
            ((share - less) * POINTS, se, estimated.n.min(other.n))
        } else {
            (share * indicator.multiplier, estimated.se.map(|se| se * indicator.multiplier), estimated.n)
        };
        rows.push(ObservationRow { indicator: indicator.id.clone(), place: place.to_owned(), period: period.to_owned(), groups, value, se, n });
    }
    rows
}
