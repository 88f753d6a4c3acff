//! What may be shown of a figure, and of the parts of a total.

use crate::{Area, Engine, Entry, Operation};
use serde::{Deserialize, Serialize};
use sms_base::diagnostic::{Code, Error, Result};
use sms_model::estimate::ValueKind;
use sms_statistics::disclosure::{self, Counts, Part, Primary};

pub(super) const AREA: Area = Area {
    title: "What may be shown of a figure, and of the parts of a total",
    operations: &[Entry::of::<DisclosurePrimary>(), Entry::of::<DisclosureComplementary>()],
};

const SOURCE: &str = "method, section 8; docs/disclosure.md";

/// Whether a figure may be shown, by its counts.
///
/// Count, denominator and what is left of the denominator must each be the threshold or more; of a sample, in which the persons asked stand for a larger
/// denominator, also the persons asked whom they are estimated from: their share of `n`.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct DisclosurePrimary {
    /// What kind of number it is.
    kind: ValueKind,
    /// The counts behind it, as far as they are known.
    counts: Counts,
    /// The figure, in the unit of the indicator: tells the count where that is not given.
    value: Option<f64>,
    /// What the quotient was multiplied by, above 0: 100 for per cent.
    multiplier: f64,
    /// The smallest count that may be shown.
    threshold: u32,
    /// Whether none of all, and all of all, tell something about every member of the group, so that they are withheld as well.
    class_disclosure: bool,
}

/// Whether the figure may be shown.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct DisclosurePrimaryAnswer {
    /// Whether it may, and why not.
    verdict: Primary,
}

impl Operation for DisclosurePrimary {
    const NAME: &'static str = "disclosure.primary";
    const SOURCE: &'static str = SOURCE;
    const ERRORS: &'static [Code] = &[];
    const EXAMPLE: &'static str =
        r#"{"kind": "proportion", "counts": {"numerator": 4, "denominator": 50}, "multiplier": 100, "threshold": 10, "class_disclosure": false}"#;
    type Answer = DisclosurePrimaryAnswer;

    fn answer(self, _: &Engine) -> Result<DisclosurePrimaryAnswer> {
        let verdict = disclosure::primary(self.kind, self.counts, self.value, self.multiplier, self.threshold, self.class_disclosure);
        Ok(DisclosurePrimaryAnswer { verdict })
    }
}

/// Which further parts of a published total are withheld, so that none can be had by subtraction.
///
/// At least two parts are withheld, and together they hold the threshold or more both of the count and of what is left of the denominator. The part with the
/// smallest denominator goes first.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct DisclosureComplementary {
    /// The counts of the parts, as far as they are known.
    parts: Vec<Counts>,
    /// For each part, whether it is withheld already.
    withheld: Vec<bool>,
    /// For each part, whether it cannot be withheld, because it is public already or no cell of the table at all; none is where it is not given.
    fixed: Option<Vec<bool>>,
    /// The smallest count that may be shown.
    threshold: u32,
}

/// What is withheld.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct DisclosureComplementaryAnswer {
    /// For each part, whether it is withheld now.
    withheld: Vec<bool>,
    /// Whether even that is not enough, so that the total must go as well.
    total_withheld: bool,
}

impl Operation for DisclosureComplementary {
    const NAME: &'static str = "disclosure.complementary";
    const SOURCE: &'static str = SOURCE;
    const ERRORS: &'static [Code] = &[];
    const EXAMPLE: &'static str = r#"{"parts": [{"numerator": 4, "denominator": 50}, {"numerator": 30, "denominator": 60}, {"numerator": 40, "denominator": 90}], "withheld": [true, false, false], "threshold": 10}"#;
    type Answer = DisclosureComplementaryAnswer;

    fn answer(self, _: &Engine) -> Result<DisclosureComplementaryAnswer> {
        let DisclosureComplementary { parts: counts, withheld, fixed, threshold } = self;
        let fixed = fixed.unwrap_or_else(|| vec![false; counts.len()]);
        if counts.len() != withheld.len() || counts.len() != fixed.len() {
            return Err(Error::new(Code::WireBadRequest).at_path("withheld").expecting("as many as there are parts"));
        }
        let mut parts: Vec<Part> = counts.into_iter().zip(withheld).zip(fixed).map(|((counts, withheld), fixed)| Part { counts, withheld, fixed }).collect();
        let total_withheld = disclosure::complementary(&mut parts, threshold);
        Ok(DisclosureComplementaryAnswer { withheld: parts.iter().map(|p| p.withheld).collect(), total_withheld })
    }
}
