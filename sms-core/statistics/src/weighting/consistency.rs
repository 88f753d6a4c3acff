//! How consistent the answers of participants are.

use crate::id::EntryId;
use serde::Serialize;

/// Two criteria whose comparison fits the others least.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct InconsistentPair {
    /// The criterion of the row.
    pub first: EntryId,
    /// The criterion of the column.
    pub second: EntryId,
}

/// How consistent a matrix of comparisons in pairs is.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AhpConsistency {
    /// The largest eigenvalue.
    pub lambda_max: f64,
    /// (λmax − n)/(n − 1); 0 for one or two criteria.
    pub ci: f64,
    /// CI over the random index; 0 for one or two criteria.
    pub cr: f64,
    /// Above the largest ratio: the pairs whose comparison differs by the largest factor from the ratio of their weights. Three
    /// criteria differ by the same factor in all three pairs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub inconsistent: Vec<InconsistentPair>,
}

/// How consistent the answers of one participant are, by the best-worst method.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BestWorstConsistency {
    /// ξ: 0 for consistent answers.
    pub xi: f64,
    /// The input-based ratio max |a_Bj·a_jW − a_BW|/(a_BW² − a_BW) (Liang, Brunelli & Rezaei 2020); `None` where best and worst are
    /// said to be as important as each other and another criterion is not.
    pub input_ratio: Option<f64>,
    /// Above the largest ratio: the criteria whose two comparisons fit least with that of best and worst.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub inconsistent: Vec<EntryId>,
}
