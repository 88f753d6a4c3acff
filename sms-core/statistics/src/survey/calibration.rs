//! Weights that reach known totals of the population: what is to be reached (Deville & Särndal 1992).

use super::names::key_value;
use crate::diagnostic::{Code, Error, Result};
use crate::num;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// How far the sums of two margins may be apart, of their size: they are of the same population.
const SAME_SUM: f64 = 1e-9;

/// The most totals that are reached together: as many equations are solved.
const MAX_TOTALS: usize = 500;

/// Known totals of the population that the weights are changed to reach, each weight as little as can be. One margin with `linear` is post-stratification, several with
/// `raking` are raking ratio estimation. Errors take account of it (generalised regression; Särndal, Swensson & Wretman 1992, §6.5–6.6).
///
/// ```
/// # use sms_statistics as sms_core;
/// use sms_core::survey::{Accumulator, Batch, Column, Reporting};
/// let plan = serde_json::from_value(serde_json::json!({
///     "design": {"weight": "w", "calibration": {"margins": [{"by": ["sex"], "totals": [{"codes": ["F"], "total": 60}, {"codes": ["M"], "total": 40}]}]}},
///     "estimates": {"share": {"kind": "proportion", "variable": "y"}},
/// })).unwrap();
/// let mut batch = Batch::new(5);
/// batch.insert("w", Column::numbers(&[20.0; 5]))?;
/// batch.insert("sex", Column::codes(&[0, 0, 1, 1, 1], &["F", "M"]))?;
/// batch.insert("y", Column::numbers(&[1.0, 0.0, 0.0, 0.0, 0.0]))?;
/// let mut accumulator = Accumulator::new(plan)?;
/// accumulator.update(&batch)?;
/// // one of two women, who stand for 60 of 100
/// assert_eq!(accumulator.finish(&Reporting::new(0.95))?.estimates[0].value, Some(0.3));
/// # Ok::<(), sms_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "SurveyCalibration"))]
pub struct Calibration {
    /// How the distance to the design weights is measured.
    #[serde(default)]
    pub method: CalibrationMethod,
    /// What a weight may be multiplied by at least and at most. Needed for `logit`; with `linear` weights are held at the bounds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bounds: Option<WeightBounds>,
    /// Known sizes of groups.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub margins: Vec<Margin>,
    /// Known totals of numbers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub numbers: Vec<NumberTotal>,
}

/// How the distance between calibrated and design weights is measured (Deville & Särndal 1992, §2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum CalibrationMethod {
    /// By squares: the generalised regression estimator. Weights may become negative.
    #[default]
    Linear,
    /// By the exponential: raking ratio. Weights stay positive.
    Raking,
    /// By the logit: weights stay between the bounds.
    Logit,
}

/// Bounds of the factor by which a weight is changed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct WeightBounds {
    /// The least factor, below 1.
    pub lower: f64,
    /// The greatest factor, above 1.
    pub upper: f64,
}

/// Known sizes of the groups of some dimensions, which hold everybody.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "CalibrationMargin"))]
pub struct Margin {
    /// Columns of the dimensions.
    pub by: Vec<String>,
    /// Each group that occurs, once.
    pub totals: Vec<MarginTotal>,
}

/// The known size of a group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MarginTotal {
    /// One code a dimension.
    pub codes: Vec<String>,
    /// How many there are in the population, above 0.
    pub total: f64,
}

/// The known total of a number over the population.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NumberTotal {
    /// Its column.
    pub column: String,
    /// Its total.
    pub total: f64,
}

impl Calibration {
    pub(super) fn check(&self) -> Result<()> {
        let bad = |path: String, expected: &'static str| Err(Error::new(Code::SurveyBadPlan).at_path(&format!("design.calibration{path}")).expecting(expected));
        match (self.method, self.bounds) {
            (CalibrationMethod::Logit, None) => return bad(".bounds".into(), "a lower and an upper bound"),
            (CalibrationMethod::Raking, Some(_)) => return bad(".bounds".into(), "no bounds with `raking`; `logit` and `linear` have them"),
            (_, Some(WeightBounds { lower, upper })) if !(lower < 1.0 && upper > 1.0 && lower.is_finite() && upper.is_finite()) => {
                return bad(".bounds".into(), "a lower bound below 1 and an upper bound above 1");
            }
            _ => {}
        }
        if self.margins.is_empty() && self.numbers.is_empty() {
            return bad(".margins".into(), "a margin, or a known total of a number");
        }
        if self.size() > MAX_TOTALS {
            return bad(".margins".into(), "500 totals at the most");
        }
        let mut sum: Option<f64> = None;
        for (m, margin) in self.margins.iter().enumerate() {
            let dimensions: BTreeSet<&String> = margin.by.iter().collect();
            if margin.by.is_empty() || dimensions.len() != margin.by.len() {
                return bad(format!(".margins[{m}].by"), "at least one dimension, each once");
            }
            if margin.totals.is_empty() {
                return bad(format!(".margins[{m}].totals"), "the size of each group");
            }
            let mut seen = BTreeSet::new();
            for (t, total) in margin.totals.iter().enumerate() {
                if total.codes.len() != margin.by.len() {
                    return bad(format!(".margins[{m}].totals[{t}].codes"), "one code for each dimension");
                }
                if !seen.insert(&total.codes) {
                    return bad(format!(".margins[{m}].totals[{t}].codes"), "each group once");
                }
                if !(total.total > 0.0 && total.total.is_finite()) {
                    return bad(format!(".margins[{m}].totals[{t}].total"), "a number above 0; leave out groups without anybody");
                }
            }
            let own = num::sum(&margin.totals.iter().map(|t| t.total).collect::<Vec<_>>());
            let first = *sum.get_or_insert(own);
            if num::abs(own - first) > SAME_SUM * first {
                return bad(format!(".margins[{m}].totals"), "totals that sum to those of the first margin");
            }
        }
        let mut seen = BTreeSet::new();
        for (n, number) in self.numbers.iter().enumerate() {
            if !seen.insert(&number.column) {
                return bad(format!(".numbers[{n}].column"), "each number once");
            }
            if !number.total.is_finite() {
                return bad(format!(".numbers[{n}].total"), "a number");
            }
        }
        Ok(())
    }

    /// How many totals are to be reached.
    fn size(&self) -> usize {
        self.margins.iter().map(|m| m.totals.len()).sum::<usize>() + self.numbers.len()
    }

    /// What is to be reached: the groups of the margins, then the numbers.
    pub(super) fn totals(&self) -> Vec<f64> {
        let margins = self.margins.iter().flat_map(|m| &m.totals).map(|t| t.total);
        margins.chain(self.numbers.iter().map(|n| n.total)).collect()
    }

    /// Where a total stands in the plan, by its place among [`totals`](Self::totals).
    pub(super) fn path(&self, mut place: usize) -> String {
        for (m, margin) in self.margins.iter().enumerate() {
            if place < margin.totals.len() {
                return format!("design.calibration.margins[{m}].totals[{place}]");
            }
            place -= margin.totals.len();
        }
        format!("design.calibration.numbers[{place}]")
    }

    /// What the rows of a pattern add to the totals for one unit of weight, by place.
    pub(super) fn values(&self, pattern: &[u64]) -> Vec<(usize, f64)> {
        let mut made = Vec::with_capacity(pattern.len());
        let mut place = 0;
        for (margin, &group) in self.margins.iter().zip(pattern) {
            made.extend(usize::try_from(group).ok().map(|group| (place + group, 1.0)));
            place += margin.totals.len();
        }
        let numbers = pattern.iter().skip(self.margins.len()).map(|&key| key_value(key));
        made.extend((place..).zip(numbers).filter(|(_, x)| *x != 0.0));
        made
    }

    /// Whether a pattern read from a state is one of this plan.
    pub(super) fn has(&self, pattern: &[u64]) -> bool {
        let groups = self.margins.iter().zip(pattern).all(|(margin, &group)| group < margin.totals.len() as u64);
        groups && pattern.iter().skip(self.margins.len()).all(|&key| key_value(key).is_finite())
    }

    /// How many numbers make a pattern.
    pub(super) fn pattern_size(&self) -> usize {
        self.margins.len() + self.numbers.len()
    }
}
