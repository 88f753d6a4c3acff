//! Figures with their error.

use crate::{Area, Engine, Entry, Operation};
use serde::Deserialize;
use sms_base::diagnostic::{Code, Result};
use sms_model::estimate::{self, Estimate, Interval, ValueKind};

pub(super) const AREA: Area = Area {
    title: "Figures with their error",
    operations: &[Entry::of::<EstimateWilson>(), Entry::of::<EstimateByar>(), Entry::of::<EstimateFromCounts>(), Entry::of::<EstimateGiven>()],
};

/// Wilson's score interval of a proportion, as shares between 0 and 1.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct EstimateWilson {
    /// How many of the denominator, 0 or more and not above it.
    numerator: f64,
    /// Out of how many, above 0.
    denominator: f64,
    /// Confidence level, above 0 and below 1, such as 0.95.
    confidence: f64,
}

impl Operation for EstimateWilson {
    const NAME: &'static str = "estimate.wilson";
    const SOURCE: &'static str = "method, section 5; Wilson 1927";
    const ERRORS: &'static [Code] =
        &[Code::EstimateNegativeCount, Code::EstimateZeroDenominator, Code::EstimateCountAboveDenominator, Code::EstimateBadConfidence, Code::NumNotFinite];
    const EXAMPLE: &'static str = r#"{"numerator": 65, "denominator": 100, "confidence": 0.95}"#;
    type Answer = Interval;

    fn answer(self, _: &Engine) -> Result<Interval> {
        estimate::wilson(self.numerator, self.denominator, self.confidence)
    }
}

/// Byar's interval of a count.
///
/// Good for counts of 10 or more, usable below; the lower end is 0 at 0.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct EstimateByar {
    /// The count, 0 or more.
    count: f64,
    /// Confidence level, above 0 and below 1, such as 0.95.
    confidence: f64,
}

impl Operation for EstimateByar {
    const NAME: &'static str = "estimate.byar";
    const SOURCE: &'static str = "method, section 5; Breslow and Day 1987, p. 69";
    const ERRORS: &'static [Code] = &[Code::EstimateNegativeCount, Code::EstimateBadConfidence, Code::NumNotFinite];
    const EXAMPLE: &'static str = r#"{"count": 65, "confidence": 0.95}"#;
    type Answer = Interval;

    fn answer(self, _: &Engine) -> Result<Interval> {
        estimate::byar(self.count, self.confidence)
    }
}

/// A figure from its numerator and denominator, in the unit that the multiplier makes.
///
/// A proportion gets Wilson's interval and the binomial standard error; a rate gets Byar's interval; any other kind gets no error, because none follows
/// from the two totals.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct EstimateFromCounts {
    /// What kind of number it is.
    kind: ValueKind,
    /// The numerator, 0 or more; of a proportion not above the denominator.
    numerator: f64,
    /// The denominator, above 0.
    denominator: f64,
    /// What the quotient is multiplied by: 100 makes per cent.
    multiplier: f64,
    /// Confidence level, above 0 and below 1, such as 0.95.
    confidence: f64,
}

impl Operation for EstimateFromCounts {
    const NAME: &'static str = "estimate.from_counts";
    const SOURCE: &'static str = "method, section 5; Wilson 1927; Breslow and Day 1987, p. 69";
    const ERRORS: &'static [Code] = EstimateWilson::ERRORS;
    const EXAMPLE: &'static str = r#"{"kind": "proportion", "numerator": 65, "denominator": 100, "multiplier": 100, "confidence": 0.95}"#;
    type Answer = Estimate;

    fn answer(self, _: &Engine) -> Result<Estimate> {
        estimate::from_counts(self.kind, self.numerator, self.denominator, self.multiplier, self.confidence)
    }
}

/// A figure given with its own standard error, or without any.
///
/// The interval is the value ± z · standard error; without one there is no interval.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct EstimateGiven {
    /// The value, in the unit of the indicator.
    value: f64,
    /// Its standard error, in the same unit, 0 or more; not known where it is not given.
    se: Option<f64>,
    /// Confidence level, above 0 and below 1, such as 0.95.
    confidence: f64,
}

impl Operation for EstimateGiven {
    const NAME: &'static str = "estimate.given";
    const SOURCE: &'static str = "method, section 5";
    const ERRORS: &'static [Code] = &[Code::EstimateNegativeCount, Code::EstimateBadConfidence, Code::NumNotFinite];
    const EXAMPLE: &'static str = r#"{"value": 62, "se": 1.4, "confidence": 0.95}"#;
    type Answer = Estimate;

    fn answer(self, _: &Engine) -> Result<Estimate> {
        estimate::given(self.value, self.se, self.confidence)
    }
}
