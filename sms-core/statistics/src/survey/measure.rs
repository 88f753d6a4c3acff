//! Measures of a plan as they are read and checked: what is wrong is told by the field that it stands in.

use super::design::{Measure, PovertyThreshold};
use super::quantile::QuantileRule;
use crate::diagnostic::{Code, Error, Result};
use crate::shape;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor, value::MapAccessDeserializer};
use std::fmt;

/// The kinds, as [`Measure::kind`] says them.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Total,
    Mean,
    Proportion,
    Ratio,
    Rate,
    Median,
    Quantile,
    AtRiskOfPoverty,
    PovertyGap,
    QuintileShareRatio,
    Gini,
}

/// The fields that measures have.
const FIELDS: &[&str] = &["kind", "variable", "category", "numerator", "denominator", "multiplier", "probability", "threshold", "rule"];

/// All that any kind has. An enum with a tag would be read without the places of its fields.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    kind: Kind,
    variable: Option<String>,
    category: Option<String>,
    numerator: Option<String>,
    denominator: Option<String>,
    multiplier: Option<f64>,
    probability: Option<f64>,
    threshold: Option<PovertyThreshold>,
    rule: Option<QuantileRule>,
}

fn needed<T, E: serde::de::Error>(field: &mut Option<T>, name: &'static str) -> std::result::Result<T, E> {
    field.take().ok_or_else(|| E::missing_field(name))
}

impl Fields {
    fn measure<E: serde::de::Error>(mut self) -> std::result::Result<Measure, E> {
        let own = match self.kind {
            Kind::Total | Kind::Proportion => "variable, category",
            Kind::Mean | Kind::Gini => "variable",
            Kind::Ratio => "numerator, denominator",
            Kind::Rate => "numerator, denominator, multiplier",
            Kind::Median | Kind::QuintileShareRatio => "variable, rule",
            Kind::Quantile => "variable, probability, rule",
            Kind::AtRiskOfPoverty | Kind::PovertyGap => "variable, threshold, rule",
        };
        let f = &mut self;
        let measure = match f.kind {
            Kind::Total => Measure::Total { variable: f.variable.take(), category: f.category.take() },
            Kind::Mean => Measure::Mean { variable: needed(&mut f.variable, "variable")? },
            Kind::Proportion => Measure::Proportion { variable: needed(&mut f.variable, "variable")?, category: f.category.take() },
            Kind::Ratio => Measure::Ratio { numerator: needed(&mut f.numerator, "numerator")?, denominator: needed(&mut f.denominator, "denominator")? },
            Kind::Rate => Measure::Rate {
                numerator: needed(&mut f.numerator, "numerator")?,
                denominator: f.denominator.take(),
                multiplier: needed(&mut f.multiplier, "multiplier")?,
            },
            Kind::Median => Measure::Median { variable: needed(&mut f.variable, "variable")?, rule: f.rule.take().unwrap_or_default() },
            Kind::Quantile => Measure::Quantile {
                variable: needed(&mut f.variable, "variable")?,
                probability: needed(&mut f.probability, "probability")?,
                rule: f.rule.take().unwrap_or_default(),
            },
            Kind::AtRiskOfPoverty => Measure::AtRiskOfPoverty {
                variable: needed(&mut f.variable, "variable")?,
                threshold: needed(&mut f.threshold, "threshold")?,
                rule: f.rule.take().unwrap_or_default(),
            },
            Kind::PovertyGap => Measure::PovertyGap {
                variable: needed(&mut f.variable, "variable")?,
                threshold: needed(&mut f.threshold, "threshold")?,
                rule: f.rule.take().unwrap_or_default(),
            },
            Kind::QuintileShareRatio => Measure::QuintileShareRatio { variable: needed(&mut f.variable, "variable")?, rule: f.rule.take().unwrap_or_default() },
            Kind::Gini => Measure::Gini { variable: needed(&mut f.variable, "variable")? },
        };
        let left = [
            ("variable", self.variable.is_some()),
            ("category", self.category.is_some()),
            ("numerator", self.numerator.is_some()),
            ("denominator", self.denominator.is_some()),
            ("multiplier", self.multiplier.is_some()),
            ("probability", self.probability.is_some()),
            ("threshold", self.threshold.is_some()),
            ("rule", self.rule.is_some()),
        ];
        match left.into_iter().find(|(_, is_left)| *is_left) {
            Some((name, _)) => Err(shape::misplaced(name, &format!("one of {own} beside kind {}", measure.kind()))),
            None => Ok(measure),
        }
    }
}

struct ReadMeasure;

impl<'de> Visitor<'de> for ReadMeasure {
    type Value = Measure;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with named fields")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> std::result::Result<Measure, A::Error> {
        Fields::deserialize(MapAccessDeserializer::new(map))?.measure()
    }
}

impl<'de> Deserialize<'de> for Measure {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        deserializer.deserialize_struct("Measure", FIELDS, ReadMeasure)
    }
}

impl Measure {
    /// Whether the measure can be made; `at` is its place in the plan.
    pub(super) fn check(&self, at: &str) -> Result<()> {
        let bad = |field: &str, expected: &'static str| Err(Error::new(Code::SurveyBadPlan).at_path(&format!("{at}.{field}")).expecting(expected));
        let positive = |x: f64| x > 0.0 && x.is_finite();
        match self {
            Measure::Rate { multiplier, .. } if !positive(*multiplier) => bad("multiplier", "a number above 0"),
            Measure::Quantile { probability, .. } if !(*probability > 0.0 && *probability < 1.0) => bad("probability", "a number above 0 and below 1"),
            Measure::AtRiskOfPoverty { threshold, .. } | Measure::PovertyGap { threshold, .. } => {
                let (word, x) = match *threshold {
                    PovertyThreshold::Given(x) => ("given", x),
                    PovertyThreshold::ShareOfMedian(x) => ("share_of_median", x),
                    PovertyThreshold::ShareOfOwnMedian(x) => ("share_of_own_median", x),
                };
                if positive(x) { Ok(()) } else { bad(&format!("threshold.{word}"), "a number above 0") }
            }
            Measure::Total { variable: None, category: Some(_) } => bad("variable", "a variable beside a category"),
            Measure::Total { category: Some(code), .. } | Measure::Proportion { category: Some(code), .. } if code.trim().is_empty() => {
                bad("category", "a code that is not empty")
            }
            _ => Ok(()),
        }
    }
}
