//! Floor 5: targets and minimum standards: where a value should be, and what it must not fall below.

use crate::id::{DimensionId, EntryId, GroupCode};
use crate::indicator::Polarity;
use serde::{Deserialize, Serialize};

/// How a value is compared with a target or a standard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Operator {
    /// At least.
    #[serde(rename = ">=")]
    AtLeast,
    /// At most.
    #[serde(rename = "<=")]
    AtMost,
    /// Above.
    #[serde(rename = ">")]
    Above,
    /// Below.
    #[serde(rename = "<")]
    Below,
    /// Exactly.
    #[serde(rename = "=")]
    Exactly,
}

/// Slack for comparisons with a threshold, so that 0.1 + 0.2 meets 0.3 (method §2).
pub const SLACK: f64 = 1e-9;

impl Operator {
    /// Whether a value meets the threshold; `upper` makes it a band.
    /// A slack of 1e-9, in the unit of the value, is granted: 0.1 + 0.2 meets 0.3.
    ///
    /// ```
    /// # use sms_model as sms_core;
    /// use sms_core::target::Operator;
    /// assert!(Operator::AtLeast.is_met(0.1 + 0.2, 0.3, None));
    /// assert!(Operator::Exactly.is_met(50.0, 40.0, Some(60.0)));
    /// ```
    #[must_use]
    pub fn is_met(self, value: f64, threshold: f64, upper: Option<f64>) -> bool {
        if let Some(upper) = upper {
            return value >= threshold - SLACK && value <= upper + SLACK;
        }
        match self {
            Operator::AtLeast => value >= threshold - SLACK,
            Operator::AtMost => value <= threshold + SLACK,
            Operator::Above => value > threshold + SLACK,
            Operator::Below => value < threshold - SLACK,
            Operator::Exactly => (value - threshold).abs() <= SLACK,
        }
    }

    /// The sign for people.
    #[must_use]
    pub const fn symbol(self) -> &'static str {
        match self {
            Operator::AtLeast => "at least",
            Operator::AtMost => "at most",
            Operator::Above => "above",
            Operator::Below => "below",
            Operator::Exactly => "",
        }
    }
}

/// A threshold with its source: a target, or a minimum standard.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Threshold {
    /// The number; null where the source gives none.
    #[serde(default)]
    pub value: Option<f64>,
    /// How to compare.
    #[serde(default)]
    pub operator: Option<Operator>,
    /// Upper end, where the threshold is a band.
    #[serde(default)]
    pub upper: Option<f64>,
    /// The year by which it should be reached.
    #[serde(default)]
    pub year: Option<i32>,
    /// `eu`, `regional` (of a region of the world), `global`, `legal`, `soft_law`, `political_commitment` or `own_benchmark`.
    #[serde(default)]
    pub scope: Option<String>,
    /// The reference that it comes from.
    #[serde(default)]
    pub source: Option<EntryId>,
    /// Who is bound by it.
    #[serde(default)]
    pub binds: Option<String>,
    /// How certain it is: `confirmed`, `read`, `recalled`, `own`.
    #[serde(default)]
    pub verification: Option<String>,
    /// A note for editors.
    #[serde(default)]
    pub note: Option<String>,
    /// Thresholds of single groups.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub by_group: Vec<GroupThreshold>,
}

/// The threshold of one group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct GroupThreshold {
    /// The dimension.
    pub dimension: DimensionId,
    /// The group.
    pub group: GroupCode,
    /// The number.
    pub value: f64,
    /// How to compare.
    pub operator: Operator,
    /// The year by which it should be reached.
    #[serde(default)]
    pub year: Option<i32>,
    /// What kind of source: as in [`Threshold`].
    #[serde(default)]
    pub scope: Option<String>,
    /// Who is bound.
    #[serde(default)]
    pub binds: Option<String>,
    /// The reference that it comes from.
    #[serde(default)]
    pub source: Option<EntryId>,
    /// How certain it is.
    #[serde(default)]
    pub verification: Option<String>,
    /// A note for editors.
    #[serde(default)]
    pub note: Option<String>,
}

/// Where a value stands against the minimum standard. Nothing compensates a right that is below its minimum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Standing {
    /// Worse than the minimum.
    Below,
    /// Exactly at the minimum.
    At,
    /// Better than the minimum.
    Above,
    /// No minimum standard exists, or it has no number.
    NoStandard,
}

/// Where a value stands against a minimum standard.
/// Both numbers are in the unit of the indicator; the slack is 1e-9.
///
/// ```
/// # use sms_model as sms_core;
/// use sms_core::indicator::Polarity;
/// use sms_core::target::{Standing, standing};
/// assert_eq!(standing(12.0, 10.0, Polarity::Lower), Standing::Below);
/// assert_eq!(standing(12.0, 10.0, Polarity::Higher), Standing::Above);
/// ```
#[must_use]
pub fn standing(value: f64, standard: f64, polarity: Polarity) -> Standing {
    match polarity.direction() {
        None => Standing::NoStandard,
        Some(_) if (value - standard).abs() <= SLACK => Standing::At,
        Some(direction) if direction * (value - standard) > 0.0 => Standing::Above,
        Some(_) => Standing::Below,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn standing_follows_polarity() {
        assert_eq!(standing(12.0, 10.0, Polarity::Lower), Standing::Below);
        assert_eq!(standing(8.0, 10.0, Polarity::Lower), Standing::Above);
        assert_eq!(standing(10.0 + 1e-12, 10.0, Polarity::Lower), Standing::At);
        assert_eq!(standing(8.0, 10.0, Polarity::Higher), Standing::Below);
        assert_eq!(standing(8.0, 10.0, Polarity::Ambiguous), Standing::NoStandard);
    }

    #[test]
    fn operators_have_slack() {
        assert!(Operator::AtLeast.is_met(0.1 + 0.2, 0.3, None));
        assert!(!Operator::Above.is_met(0.1 + 0.2, 0.3, None));
        assert!(Operator::Exactly.is_met(50.0, 40.0, Some(60.0)));
    }
}
