//! Tests with the degrees of freedom of the errors: t in place of the normal, F in place of χ².

use crate::diagnostic::{Code, Error, Result};
use crate::num;

/// # Errors
/// `estimate.bad-df` unless it is above 0.
pub(super) fn check_df(df: Option<f64>) -> Result<()> {
    match df {
        Some(df) if !(df > 0.0 && df.is_finite()) => Err(Error::new(Code::EstimateBadDf).at_path("df").expecting("degrees of freedom above 0")),
        _ => Ok(()),
    }
}

/// Degrees of freedom of a sum of independent variances (Satterthwaite 1946; Welch 1947); none where all are taken as known.
///
/// ```
/// # use sms_statistics as sms_core;
/// // (9 + 16)²/(9²/20 + 16²/10)
/// let df = sms_core::equality::satterthwaite(&[(9.0, Some(20.0)), (16.0, Some(10.0))]).unwrap();
/// assert!((df - 625.0 / (81.0 / 20.0 + 256.0 / 10.0)).abs() < 1e-12);
/// ```
#[must_use]
pub fn satterthwaite(parts: &[(f64, Option<f64>)]) -> Option<f64> {
    let all = num::sum(&parts.iter().map(|(variance, _)| *variance).collect::<Vec<_>>());
    let terms: Vec<f64> = parts.iter().filter_map(|(variance, df)| df.map(|df| (variance / all) * (variance / all) / df)).collect();
    let doubt = num::sum(&terms);
    (doubt > 0.0 && doubt.is_finite()).then(|| 1.0 / doubt)
}

/// The two-sided p-value of a difference over its error.
pub(super) fn two_sided(z: f64, df: Option<f64>) -> f64 {
    let below = -num::abs(z);
    let tail = df.and_then(|df| num::student_t_cdf(below, df)).unwrap_or_else(|| num::normal_cdf(below));
    (2.0 * tail).min(1.0)
}
