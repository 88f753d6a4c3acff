//! A test that groups are alike, with the degrees of freedom of the design.

use crate::num;
use serde::{Deserialize, Serialize};

/// By what a test that all groups are alike was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum AlikeTest {
    /// Groups of separate samples, each with degrees of freedom of its own (Welch 1951).
    Welch,
    /// Groups of one design, with their covariances: Wald's statistic as Hotelling's T² (Korn & Graubard 1990).
    AdjustedWald,
    /// A table of shares: Pearson's statistic with the second-order correction of Rao & Scott (1984), as R's `svychisq` has it.
    RaoScott,
}

/// A test that all groups are alike, by an F distribution.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "AllEqualTest"))]
pub struct AllEqual {
    /// By what it was made.
    pub test: AlikeTest,
    /// The statistic.
    pub f: f64,
    /// Degrees of freedom of the numerator.
    pub df: f64,
    /// Degrees of freedom of the denominator.
    pub denominator_df: f64,
    /// The chance of such differences, or larger ones, if all groups were alike.
    pub p: f64,
}

impl AllEqual {
    /// A test from its statistic and degrees of freedom; none where these are not above 0 or the statistic is negative.
    #[must_use]
    pub fn new(test: AlikeTest, f: f64, df: f64, denominator_df: f64) -> Option<Self> {
        let p = num::f_survival(f, df, denominator_df)?;
        Some(AllEqual { test, f, df, denominator_df, p })
    }
}
