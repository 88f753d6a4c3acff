//! The rules of steps as the file has them.

use serde::{Deserialize, Serialize};
use sms_model::indicator::Polarity;
use sms_statistics::score::{Cap, Rule as ScoringRule, Scale};
use std::collections::BTreeMap;

/// Where a value is asked for: a number, the name of an input, constant or step, or a formula of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged, expecting = "a number, a name or a formula")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "IndexTerm"))]
pub enum Term {
    /// A number.
    Number(f64),
    /// A name or a formula.
    Formula(String),
}

/// Which way is better, to check the order of goalposts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "IndexBetter"))]
pub enum Better {
    /// More is better.
    Higher,
    /// Less is better.
    Lower,
}

/// lowest + (highest − lowest)·(x − worst)/(best − worst).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "IndexGoalpostsRule"))]
pub struct GoalpostsRule {
    /// The value.
    pub of: Term,
    /// The value that gets the lowest score.
    pub worst: Term,
    /// The value that gets the highest score.
    pub best: Term,
    /// Linear, or on logarithms.
    #[serde(default)]
    pub scale: Scale,
    /// Whether values beyond the goalposts are held at them.
    #[serde(default)]
    pub cap: Cap,
    /// Lowest and highest score; 0 and 100 when not given.
    #[serde(default = "hundred")]
    pub scores: [f64; 2],
    /// Which way is better; then goalposts in the other order are an error of the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub better: Option<Better>,
}

fn hundred() -> [f64; 2] {
    [0.0, 100.0]
}

/// The score of a value by a rule: lowest + (highest − lowest)·score/100.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "IndexScoreStep"))]
pub struct ScoreStep {
    /// The value.
    pub of: Term,
    /// How it is scored.
    pub rule: ScoringRule,
    /// Which way is better: a rule that says otherwise is an error of the file.
    pub polarity: Polarity,
    /// Lowest and highest score; 0 and 100 when not given.
    #[serde(default = "hundred")]
    pub scores: [f64; 2],
}

/// How several values of one unit become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "IndexHow"))]
pub enum How {
    /// Σwx/Σw.
    Arithmetic,
    /// Πx^(w/Σw).
    Geometric,
    /// Σw/Σ(w/x).
    Harmonic,
    /// (Σwx^r/Σw)^(1/r); geometric at r = 0.
    Power,
    /// Σwx, for counting with weights.
    Sum,
    /// The smallest.
    Min,
    /// The largest.
    Max,
    /// The one in the middle, or the mean of the two in the middle. Weights are not used.
    Median,
    /// Standard deviation with divisor Σw.
    Sd,
    /// How many are present. Weights are not used.
    Count,
}

/// What happens when some of the values are absent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "IndexMissing"))]
pub enum Missing {
    /// No result.
    #[default]
    Refuse,
    /// They are left out, and the weights of the others count for more.
    Skip,
}

/// Several values of one unit into one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "IndexAggregateRule"))]
pub struct AggregateRule {
    /// How.
    pub how: How,
    /// The values, each with a weight of 1 unless it says otherwise.
    pub of: Vec<Item>,
    /// Exponent of the power mean.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub power: Option<f64>,
    /// What the weights must sum to, where that is part of the method.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weights_sum: Option<f64>,
    /// What happens when some are absent.
    #[serde(default)]
    pub missing: Missing,
    /// The share of the weights that must be present, with `missing = "skip"`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum_coverage: Option<f64>,
    /// How many must be present, with `missing = "skip"`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum_count: Option<usize>,
}

/// A value to aggregate. A placeholder of a group that is not bound by `each` stands for all its members.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged, expecting = "a number, a name, a formula, or a table with `of` and perhaps `weight` and `where`")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "IndexItem"))]
pub enum Item {
    /// With a weight of 1.
    Plain(Term),
    /// With more.
    Row(ItemRow),
}

/// A value to aggregate, with its weight.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "IndexItemRow"))]
pub struct ItemRow {
    /// The value.
    pub of: Term,
    /// Its weight; 1 when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<Term>,
    /// Only members whose fields have these values, as `{ "component.dimension" = "needs" }`.
    #[serde(default, rename = "where", skip_serializing_if = "BTreeMap::is_empty")]
    pub only: BTreeMap<String, String>,
}

/// A branch that gives a number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "IndexBranch"))]
pub struct Branch {
    /// The condition; always, when not given.
    #[serde(default, rename = "if", skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// The number.
    pub then: Term,
}

/// A branch that gives a word.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "IndexStatusBranch"))]
pub struct StatusBranch {
    /// The condition; always, when not given.
    #[serde(default, rename = "if", skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// The word.
    pub is: String,
}

/// Thresholds into words. Falling thresholds are lower ends ("at least"), rising ones upper ends ("at most"). The
/// last word holds where no threshold is reached.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "IndexBandsRule"))]
pub struct BandsRule {
    /// The value.
    pub of: Term,
    /// The thresholds.
    pub at: Vec<Term>,
    /// One word more than there are thresholds.
    pub names: Vec<String>,
    /// Which way the thresholds run, needed where there is only one: `at_least` or `at_most`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends: Option<Ends>,
}

/// What thresholds are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "IndexEnds"))]
pub enum Ends {
    /// Lower ends, falling.
    AtLeast,
    /// Upper ends, rising.
    AtMost,
}

/// Straight lines between points.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "IndexInterpolateRule"))]
pub struct InterpolateRule {
    /// The value.
    pub of: Term,
    /// Pairs of a value and its result, the values rising.
    pub points: Vec<[Term; 2]>,
    /// Beyond the first and last point: held at their results, or the line goes on.
    #[serde(default)]
    pub beyond: Beyond,
}

/// What holds beyond the first and the last point.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "IndexBeyond"))]
pub enum Beyond {
    /// The result of the nearest point.
    #[default]
    Hold,
    /// The line through the two nearest points.
    Extend,
}

/// The yearly rate of change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "IndexGrowthRule"))]
pub struct GrowthRule {
    /// The earlier value.
    pub from: Term,
    /// The later value.
    pub to: Term,
    /// The years between them.
    pub years: Term,
    /// Compound or linear.
    #[serde(default)]
    pub path: Path,
}

/// How a value gets from one to the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "IndexPath"))]
pub enum Path {
    /// (to/from)^(1/years) − 1, for values above 0.
    #[default]
    Compound,
    /// (to − from)/years.
    Linear,
}

/// A fixed count of decimals.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "IndexRoundRule"))]
pub struct RoundRule {
    /// The value.
    pub of: Term,
    /// Decimals, 0 to 15.
    pub decimals: u8,
    /// What happens to a value that lies exactly in the middle.
    pub ties: Ties,
}

/// Which way a value in the middle goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "IndexTies"))]
pub enum Ties {
    /// Away from zero.
    HalfUp,
    /// To the even digit.
    HalfEven,
}

/// A number for each code of a text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "IndexLookupRule"))]
pub struct LookupRule {
    /// A text input, or a step that gives words.
    pub of: String,
    /// The numbers. A code that is not listed has none.
    pub values: BTreeMap<String, f64>,
}

/// A statistic over the units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "IndexStatistic"))]
pub enum Statistic {
    /// Σwx/Σw.
    Mean,
    /// Σwx.
    Sum,
    /// How many units have a value; with weights, their sum.
    Count,
    /// The smallest.
    Min,
    /// The largest.
    Max,
    /// The value below which the share `share` of the units lies (linear between order statistics: Hyndman & Fan 1996, type 7).
    Quantile,
    /// Standard deviation with divisor n.
    Sd,
    /// Standard deviation with divisor n − 1.
    SdSample,
    /// Place of the unit, 1 being the first.
    Rank,
    /// 100·(units below + half of those equal, itself included)/n.
    PercentileRank,
}

/// Which end of the values is first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "IndexFirst"))]
pub enum First {
    /// The largest value has rank 1.
    #[default]
    Highest,
    /// The smallest value has rank 1.
    Lowest,
}

/// The rank of units with equal values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "IndexTiedRank"))]
pub enum TiedRank {
    /// All have the best of their places: 1, 2, 2, 4.
    #[default]
    Best,
    /// All have the worst of their places: 1, 3, 3, 4.
    Worst,
    /// All have the mean of their places: 1, 2.5, 2.5, 4.
    Average,
    /// The next value has the next number: 1, 2, 2, 3.
    Dense,
}

/// A statistic over the units, or the place of a unit among them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "IndexAcrossRule"))]
pub struct AcrossRule {
    /// The statistic.
    pub statistic: Statistic,
    /// The value of each unit.
    pub of: Term,
    /// Weight of each unit, for mean, sum, count and sd.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<Term>,
    /// A text: the statistic is that of the units with the same one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// A condition: the other units do not count, and have no rank.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    pub only: Option<String>,
    /// The share of a quantile, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<f64>,
    /// Which end is first, for ranks.
    #[serde(default)]
    pub first: First,
    /// The rank of units with equal values.
    #[serde(default)]
    pub ties: TiedRank,
}
