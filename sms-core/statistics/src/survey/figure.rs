//! One estimate for one group, as it is told.

use super::quality::{Quality, QualityFlag};
use crate::estimate::Interval;
use serde::Serialize;

/// A dimension and a code of it: together they say for whom an estimate is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "SurveyDomainPart"))]
pub struct DomainPart {
    /// The column of the dimension.
    pub dimension: String,
    /// The code of the group.
    pub code: String,
}

/// Why an estimate has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "SurveyAbsence"))]
pub enum Absent {
    /// Nobody of this group is in the sample.
    EmptyDomain,
    /// Everybody of this group has a weight of 0.
    NoWeight,
    /// Nobody of this group has a value of the variable.
    AllMissing,
    /// The measure is not defined here, such as a ratio to zero.
    NotDefined,
}

/// One estimate for one group.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SurveyEstimate {
    /// Its name in the plan.
    pub estimate: String,
    /// The kind of measure.
    pub kind: &'static str,
    /// For whom; empty: everybody.
    pub domain: Vec<DomainPart>,
    /// The point value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// Why there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub absent: Option<Absent>,
    /// Standard error by the design; absent where the design gives none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub se: Option<f64>,
    /// Coefficient of variation, SE/|value|.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cv: Option<f64>,
    /// Interval.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval: Option<Interval>,
    /// Degrees of freedom: sampling units minus strata, those with data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub df: Option<f64>,
    /// Cases with a value and a weight above 0.
    pub n: u64,
    /// Sampling units with data (rows, where each is its own); absent for replicate weights.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub psus: Option<u64>,
    /// Strata with data; absent for replicate weights.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub strata: Option<u64>,
    /// Estimated number in the population, Σw.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub population: Option<f64>,
    /// Design effect against simple random sampling without replacement; of means, shares and totals.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deff: Option<f64>,
    /// Cases divided by the design effect.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effective_n: Option<f64>,
    /// The poverty line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threshold: Option<f64>,
    /// The grade by the rule of quality.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quality: Option<Quality>,
    /// What the rule saw.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<QualityFlag>,
}

impl SurveyEstimate {
    /// An estimate of which nothing is known yet.
    pub(super) fn unknown(estimate: &str, kind: &'static str, domain: Vec<DomainPart>) -> Self {
        SurveyEstimate {
            estimate: estimate.to_owned(),
            kind,
            domain,
            value: None,
            absent: None,
            se: None,
            cv: None,
            interval: None,
            df: None,
            n: 0,
            psus: None,
            strata: None,
            population: None,
            deff: None,
            effective_n: None,
            threshold: None,
            quality: None,
            flags: Vec::new(),
        }
    }
}
