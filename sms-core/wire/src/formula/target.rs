//! Targets and minimum standards.

use crate::{Area, Engine, Entry, Operation};
use serde::{Deserialize, Serialize};
use sms_base::diagnostic::{Code, Result};
use sms_model::indicator::Polarity;
use sms_model::target::{self, Operator, Standing};

pub(super) const AREA: Area = Area { title: "Targets and minimum standards", operations: &[Entry::of::<TargetStanding>(), Entry::of::<TargetIsMet>()] };

/// Where a value stands against a minimum standard.
///
/// A value within 1e-9 of the standard is at it. Nothing compensates a right that is below its minimum.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct TargetStanding {
    /// The value, in the unit of the indicator.
    value: f64,
    /// The minimum standard, in the same unit.
    standard: f64,
    /// Which way is better; only for `higher` and `lower` is there a standard.
    polarity: Polarity,
}

/// Where a value stands.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct TargetStandingAnswer {
    /// Where it stands; above is better than the standard, whichever way that is.
    standing: Standing,
}

impl Operation for TargetStanding {
    const NAME: &'static str = "target.standing";
    const SOURCE: &'static str = "method, section 2";
    const ERRORS: &'static [Code] = &[];
    const EXAMPLE: &'static str = r#"{"value": 12, "standard": 10, "polarity": "lower"}"#;
    type Answer = TargetStandingAnswer;

    fn answer(self, _: &Engine) -> Result<TargetStandingAnswer> {
        Ok(TargetStandingAnswer { standing: target::standing(self.value, self.standard, self.polarity) })
    }
}

/// Whether a value meets a target.
///
/// Comparisons have a slack of 1e-9, so that 0.1 + 0.2 meets 0.3.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct TargetIsMet {
    /// The value, in the unit of the indicator.
    value: f64,
    /// The target, in the same unit; the lower end of a band.
    threshold: f64,
    /// How the value is compared with it; does not count for a band.
    operator: Operator,
    /// Upper end of the target, in the same unit, which makes it a band; no band where it is not given.
    upper: Option<f64>,
}

/// Whether the target is met.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct TargetIsMetAnswer {
    /// Whether it is.
    met: bool,
}

impl Operation for TargetIsMet {
    const NAME: &'static str = "target.is_met";
    const SOURCE: &'static str = "method, section 2";
    const ERRORS: &'static [Code] = &[];
    const EXAMPLE: &'static str = r#"{"value": 42, "threshold": 40, "operator": ">="}"#;
    type Answer = TargetIsMetAnswer;

    fn answer(self, _: &Engine) -> Result<TargetIsMetAnswer> {
        Ok(TargetIsMetAnswer { met: self.operator.is_met(self.value, self.threshold, self.upper) })
    }
}
