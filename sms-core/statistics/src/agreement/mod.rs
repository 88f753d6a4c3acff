//! Floor 9: how far raters, rounds and items agree (method §4).
//!
//! | question | measure |
//! |---|---|
//! | do two raters agree beyond chance? | [`cohen`] (plain or weighted) |
//! | do several, each rating every unit? | [`fleiss`] |
//! | any number, any level of measurement, with gaps? | [`krippendorff`] |
//! | do the items of a scale measure one thing? | [`cronbach`] |
//! | does the same person answer the same again? | [`test_retest`], [`intraclass`] |
//! | do judges rank alike? | [`kendall`] |
//! | do experts find the items relevant? | [`content_validity`] |
//! | does a panel find an item appropriate? | [`rand_ucla`] |
//!
//! A call that cannot be answered (one rater, an empty table) is an error. Ratings from which no coefficient follows (all
//! alike, no unit rated twice) have none, and the reason in its place: never NaN, never a 0 or a 1 that stands for it.

mod alpha;
mod kappa;
mod panel;
mod reliability;

pub use alpha::{Cronbach, Krippendorff, Level, cronbach, krippendorff};
pub use kappa::{Kappa, Weights, cohen, cohen_of_pairs, fleiss};
pub use panel::{
    Appropriateness, ContentValidity, Disagreement, Ipras, ItemValidity, Kendall, RandUcla, RandUclaRules, content_validity, item_validity, kendall, rand_ucla,
};
pub use panel::{RAND_UCLA_MAX, RAND_UCLA_MIN};
pub use reliability::{Intraclass, TestRetest, intraclass, pearson, test_retest};

use crate::diagnostic::{Code, Error, Result};
use crate::num::{self, count};
use serde::{Deserialize, Serialize};

/// Why ratings make no coefficient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "AgreementUndefined"))]
pub enum Undefined {
    /// All ratings are the same, so that chance alone explains any agreement.
    NoVariation,
    /// Nothing was rated twice.
    NoPairs,
}

/// A coefficient, or why there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "AgreementCoefficient"))]
pub struct Coefficient {
    /// The coefficient; 1 is perfect.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// Why there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undefined: Option<Undefined>,
}

impl Coefficient {
    pub(crate) fn none(why: Undefined) -> Self {
        Coefficient { value: None, undefined: Some(why) }
    }

    /// 1 − part/whole, or nothing where the whole is nothing.
    pub(crate) fn one_minus(part: f64, whole: f64) -> Result<Self> {
        Self::ratio(whole - part, whole)
    }

    /// part/whole, or nothing where the whole is nothing.
    pub(crate) fn ratio(part: f64, whole: f64) -> Result<Self> {
        if whole == 0.0 {
            return Ok(Self::none(Undefined::NoVariation));
        }
        Ok(Coefficient { value: Some(num::finite(part / whole)?), undefined: None })
    }
}

pub(crate) fn bad_table(expected: &'static str) -> Error {
    Error::new(Code::AgreementBadTable).expecting(expected)
}

/// Rows of the same length without gaps, with their length.
fn rectangle<'a>(rows: impl Iterator<Item = &'a [f64]>) -> Result<usize> {
    let mut width = None;
    for row in rows {
        for x in row {
            num::finite(*x)?;
        }
        if *width.get_or_insert(row.len()) != row.len() {
            return Err(bad_table("rows of the same length"));
        }
    }
    Ok(width.unwrap_or(0))
}

fn mean(values: &[f64]) -> f64 {
    num::sum(values) / count(values.len())
}

/// Sum of squared deviations from the mean. Exactly 0 where all values are the same.
fn deviance(values: &[f64]) -> f64 {
    if values.windows(2).all(|pair| pair.first() == pair.last()) {
        return 0.0;
    }
    let centre = mean(values);
    let squares: Vec<f64> = values.iter().map(|x| (x - centre) * (x - centre)).collect();
    num::sum(&squares)
}

/// The quantile of sorted values by linear interpolation between the closest ranks (type 7 of Hyndman & Fan 1996, the
/// default of R, NumPy and spreadsheets); `None` for no values.
/// The probability is held between 0 and 1.
///
/// ```
/// # use sms_statistics as sms_core;
/// use sms_core::agreement::quantile;
/// assert_eq!(quantile(&[1.0, 2.0, 4.0, 8.0], 0.25), Some(1.75));
/// ```
#[must_use]
pub fn quantile(sorted: &[f64], p: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let at = p.clamp(0.0, 1.0) * count(last);
    let below = at.floor();
    // between 0 and the last position
    let index = below as usize;
    let low = *sorted.get(index)?;
    let high = sorted.get(index + 1).copied().unwrap_or(low);
    Some(low + (at - below) * (high - low))
}

/// The middle of sorted values; `None` for no values.
///
/// ```
/// # use sms_statistics as sms_core;
/// use sms_core::agreement::median;
/// assert_eq!((median(&[1.0, 2.0, 4.0, 8.0]), median(&[])), (Some(3.0), None));
/// ```
#[must_use]
pub fn median(sorted: &[f64]) -> Option<f64> {
    quantile(sorted, 0.5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_interpolate() {
        let v = [1.0, 2.0, 4.0, 8.0];
        assert_eq!([0.0, 0.25, 0.5, 0.75, 1.0].map(|p| quantile(&v, p).unwrap()), [1.0, 1.75, 3.0, 5.0, 8.0]);
        assert_eq!(median(&[7.0]), Some(7.0));
        assert_eq!(median(&[]), None);
    }
}
