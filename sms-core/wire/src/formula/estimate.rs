//! Figures with their error.

use crate::{Area, DEFAULT_METHOD, Engine, Entry, Operation};
use serde::Deserialize;
use sms_base::diagnostic::{Code, Error, Result};
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
/// A proportion gets Wilson's interval and the binomial standard error; a rate exact limits of few events and Byar's interval of more; any other kind gets no error, because none follows
/// from the two totals. With `n` beside them, weighted counts get the error of `n` over the design effect; without a design effect they get none.
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
    /// How many were asked, 0 or more; where it is not the denominator (or, of a rate, the numerator) the counts are weighted. With `deff` alone: as many as were counted.
    n: Option<f64>,
    /// The design effect of the sample, above 0.
    deff: Option<f64>,
    /// Rates of fewer events have exact limits, 0 or more; where it is not given, that of the standard method, 10.
    exact_below: Option<f64>,
    /// Confidence level, above 0 and below 1, such as 0.95.
    confidence: f64,
}

impl Operation for EstimateFromCounts {
    const NAME: &'static str = "estimate.from_counts";
    const SOURCE: &'static str = "method, section 5; Wilson 1927; Garwood 1936; Breslow and Day 1987, p. 69";
    const ERRORS: &'static [Code] = &[
        Code::EstimateZeroDenominator,
        Code::EstimateNegativeCount,
        Code::EstimateCountAboveDenominator,
        Code::EstimateBadConfidence,
        Code::EstimateBadDesignEffect,
        Code::NumNotFinite,
    ];
    const EXAMPLE: &'static str = r#"{"kind": "proportion", "numerator": 65, "denominator": 100, "multiplier": 100, "confidence": 0.95}"#;
    type Answer = Estimate;

    fn answer(self, engine: &Engine) -> Result<Estimate> {
        let exact_below = match self.exact_below {
            Some(events) if events >= 0.0 && events.is_finite() => events,
            Some(_) => return Err(Error::new(Code::WireBadRequest).at_path("exact_below").expecting("a number of events, 0 or more")),
            None => engine.method(DEFAULT_METHOD)?.data().estimate.exact_below(),
        };
        let plain = estimate::from_counts(self.kind, self.numerator, self.denominator, self.multiplier, self.confidence, exact_below)?;
        if self.deff.is_some_and(|deff| !(deff > 0.0 && deff.is_finite())) {
            return Err(Error::new(Code::EstimateBadDesignEffect).at_path("deff").expecting("a number above 0"));
        }
        // a design effect of counts without n is one of as many as were counted
        let Some(n) = self.n.or_else(|| self.deff.map(|_| self.denominator)) else { return Ok(plain) };
        if sms_base::num::finite(n)? < 0.0 {
            return Err(Error::new(Code::EstimateNegativeCount).at_path("n"));
        }
        match estimate::effective_persons(self.kind, self.numerator, self.denominator, n, self.deff) {
            Some(effective) => {
                estimate::from_weighted_counts(self.kind, self.numerator, self.denominator, effective, self.multiplier, self.confidence, exact_below)
            }
            None => Ok(Estimate { se: None, interval: None, ..plain }),
        }
    }
}

/// A figure given with its own standard error, or without any.
///
/// The interval is the value ± z · standard error, or ± t · standard error with `df`; without an error there is no interval.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct EstimateGiven {
    /// The value, in the unit of the indicator.
    value: f64,
    /// Its standard error, in the same unit, 0 or more; not known where it is not given.
    se: Option<f64>,
    /// Degrees of freedom of the error, above 0: sampling units less strata; so many that they do not matter where they are not given.
    df: Option<f64>,
    /// Confidence level, above 0 and below 1, such as 0.95.
    confidence: f64,
}

impl Operation for EstimateGiven {
    const NAME: &'static str = "estimate.given";
    const SOURCE: &'static str = "method, section 5";
    const ERRORS: &'static [Code] = &[Code::EstimateNegativeCount, Code::EstimateBadConfidence, Code::EstimateBadDf, Code::NumNotFinite];
    const EXAMPLE: &'static str = r#"{"value": 62, "se": 1.4, "confidence": 0.95}"#;
    type Answer = Estimate;

    fn answer(self, _: &Engine) -> Result<Estimate> {
        estimate::given(self.value, self.se, self.df, self.confidence)
    }
}
