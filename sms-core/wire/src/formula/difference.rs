//! The gap between groups, and the change from one period to the next.

use crate::{Area, Engine, Entry, Operation};
use serde::{Deserialize, Serialize};
use sms_base::diagnostic::{Code, Result};
use sms_model::indicator::Polarity;
use sms_statistics::equality::{self, Gap, GroupValue};
use sms_statistics::progress::{self, Change};

pub(super) const AREA: Area =
    Area { title: "The gap between groups, and the change over time", operations: &[Entry::of::<EqualityGap>(), Entry::of::<ProgressChange>()] };

/// The gap between the worst- and the best-off of two or more groups.
///
/// Two groups are tested by z. Of three or more a gap is shown only where the Wald χ² test finds that not all are alike and the pair stands after Holm's
/// correction for all pairs, because picking worst and best out of many would find a gap by chance. The groups are taken as independent.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct EqualityGap {
    /// The figures of the groups.
    groups: Vec<GroupValue>,
    /// Which way is better; where neither is, the worst-off is the group with the lowest value.
    polarity: Polarity,
    /// The level of significance, such as 0.05: a gap is shown where p is below it.
    significance: f64,
}

/// The gap, as far as there is one.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct EqualityGapAnswer {
    /// The gap; null for fewer than two groups.
    gap: Option<Gap>,
}

impl Operation for EqualityGap {
    const NAME: &'static str = "equality.gap";
    const SOURCE: &'static str = "method, section 6; Wald 1943; Holm 1979";
    const ERRORS: &'static [Code] = &[Code::NumNotFinite, Code::EstimateNegativeCount, Code::EstimateBadDf];
    const EXAMPLE: &'static str = r#"{"groups": [{"value": 60, "se": 2}, {"value": 80, "se": 3}], "polarity": "higher", "significance": 0.05}"#;
    type Answer = EqualityGapAnswer;

    fn answer(self, _: &Engine) -> Result<EqualityGapAnswer> {
        Ok(EqualityGapAnswer { gap: equality::gap(&self.groups, self.polarity, self.significance)? })
    }
}

/// The change from an earlier to a later value.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ProgressChange {
    /// The earlier value, in the unit of the indicator.
    earlier: f64,
    /// The later value, in the same unit.
    later: f64,
    /// Years between the two; there is no change unless they are above 0.
    years: f64,
    /// Which way is better.
    polarity: Polarity,
    /// A move within so much is none; in the unit of the indicator.
    tolerance: f64,
}

/// The change, as far as there is one.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ProgressChangeAnswer {
    /// The change; null when the years between are not above 0.
    change: Option<Change>,
}

impl Operation for ProgressChange {
    const NAME: &'static str = "progress.change";
    const SOURCE: &'static str = "method, section 7";
    const ERRORS: &'static [Code] = &[Code::NumNotFinite];
    const EXAMPLE: &'static str = r#"{"earlier": 14.5, "later": 10.4, "years": 8, "polarity": "lower", "tolerance": 0.5}"#;
    type Answer = ProgressChangeAnswer;

    fn answer(self, _: &Engine) -> Result<ProgressChangeAnswer> {
        Ok(ProgressChangeAnswer { change: progress::change(self.earlier, self.later, self.years, self.polarity, self.tolerance)? })
    }
}
