//! Scores by a rule or within a set; contributions; rules that compare units.

use crate::formula::{ItemRequest, items};
use crate::{Area, Engine, Entry, Operation};
use serde::{Deserialize, Serialize};
use sms_base::diagnostic::{Code, Result};
use sms_model::indicator::Polarity;
use sms_statistics::aggregate::{self, CapAtFloor, Capped, Contributions, Copeland, MazziottaPareto, MeanKind, OrderedMean, Penalty, Reference};
use sms_statistics::score::{self, Normalisation, Preference, Rule, Score, SetRule, SetScores, TargetRangeRatio};

pub(super) const AREA: Area = Area {
    title: "Scores by a rule and within a set; aggregation",
    operations: &[
        Entry::of::<RuleRequest>(),
        Entry::of::<TargetRangeRequest>(),
        Entry::of::<ScoreSetRequest>(),
        Entry::of::<ContributionsRequest>(),
        Entry::of::<OrderedMeanRequest>(),
        Entry::of::<CapAtFloorRequest>(),
        Entry::of::<MazziottaParetoRequest>(),
        Entry::of::<CopelandRequest>(),
    ],
};

/// One number for each criterion, null where it is absent.
type Unit = Vec<Option<f64>>;

/// The same weight for each column where none are given.
fn weights_of(units: &[Unit], weights: Option<Vec<f64>>) -> Vec<f64> {
    weights.unwrap_or_else(|| vec![1.0; units.first().map_or(0, Vec::len)])
}

/// The score of a value by a declared rule, 0 to 100.
///
/// Goalposts follow the polarity. A band, a ratio to a range, a scale and yes/no say themselves what is better. A value of polarity `ambiguous` or
/// `none` is shown and never scored.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct RuleRequest {
    /// How the value is scored.
    rule: Rule,
    /// The value, in the unit of the indicator.
    value: f64,
    /// Which way is better.
    polarity: Polarity,
}

/// A score, or that there is none.
#[derive(Serialize)]
#[serde(untagged)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
enum RuleAnswer {
    /// The score.
    Scored(Score),
    /// A value that is shown and never scored.
    NeverScored(NeverScored),
}

/// A value that is shown and never scored.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct NeverScored {
    /// Always null.
    score: (),
    /// The polarity that has no score: `ambiguous` or `none`.
    not_scored: Polarity,
}

impl Operation for RuleRequest {
    const NAME: &'static str = "score.rule";
    const SOURCE: &'static str = "method, section 1; OECD/JRC 2008, ch. 5";
    const ERRORS: &'static [Code] =
        &[Code::ScoreGoalpostsOrder, Code::ScoreEqualGoalposts, Code::ScoreNotPositive, Code::ScoreUnknownLevel, Code::NumNotFinite];
    const EXAMPLE: &'static str = r#"{"rule": {"goalposts": {"worst": 20, "best": 80}}, "value": 37, "polarity": "higher"}"#;
    type Answer = RuleAnswer;

    fn answer(self, _: &Engine) -> Result<RuleAnswer> {
        Ok(match self.rule.score(self.value, self.polarity)? {
            Some(score) => RuleAnswer::Scored(score),
            None => RuleAnswer::NeverScored(NeverScored { score: (), not_scored: self.polarity }),
        })
    }
}

/// The share of a target range that is reached: 100 inside, value/lower below, upper/value above.
///
/// For indicators whose best is a range. All three numbers are above 0.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct TargetRangeRequest {
    /// The value, above 0.
    value: f64,
    /// Lower end of the range, above 0.
    lower: f64,
    /// Upper end of the range, not below the lower one.
    upper: f64,
}

impl Operation for TargetRangeRequest {
    const NAME: &'static str = "score.target_range";
    const SOURCE: &'static str = "method, section 1";
    const ERRORS: &'static [Code] = &[Code::ScoreNotPositive, Code::ScoreGoalpostsOrder, Code::NumNotFinite];
    const EXAMPLE: &'static str = r#"{"value": 20, "lower": 25, "upper": 30}"#;
    type Answer = Score;

    fn answer(self, _: &Engine) -> Result<Score> {
        TargetRangeRatio { lower: self.lower, upper: self.upper }.score(self.value, Polarity::Range)
    }
}

/// Scores of values within their own set: z-score, rank, percentile, min–max.
///
/// A unit that joins or leaves moves the scores of all others, so the answer says `set_dependent`. Absent values stay absent and count for nothing. Where
/// all values present are the same, z-score and min–max have no value, and the answer says `score.constant-set`; ranks and percentiles are then tied
/// in the middle.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ScoreSetRequest {
    /// How values are scored.
    rule: SetRule,
    /// One value for each member, null where it is absent.
    values: Vec<Option<f64>>,
    /// Which way is better; `value` and `range` need the target.
    polarity: Polarity,
    /// The best value, or the lower end of the best range; for polarity `value` and `range`.
    target: Option<f64>,
    /// Upper end of the best range; the target itself where it is not given.
    upper: Option<f64>,
}

impl Operation for ScoreSetRequest {
    const NAME: &'static str = "score.set";
    const SOURCE: &'static str = "method, section 1; OECD/JRC 2008, ch. 5.2";
    const ERRORS: &'static [Code] = &[Code::ScoreNoDirection, Code::ScoreGoalpostsOrder, Code::NumNotFinite];
    const EXAMPLE: &'static str = r#"{"rule": "rank", "values": [12, null, 7, 12], "polarity": "lower"}"#;
    type Answer = SetScores;

    fn answer(self, _: &Engine) -> Result<SetScores> {
        let target = self.target.map(|lower| (lower, self.upper.unwrap_or(lower)));
        score::score_set(self.rule, &self.values, Preference::new(self.polarity, target)?)
    }
}

/// What each child adds to the score of its parent.
///
/// The points of the items, `imbalance` and `clamp` add up to the score: the last two are defined as what is still lacking. They are exact as long as
/// the score is at least half of what the items add, and within 1e-14 points otherwise.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ContributionsRequest {
    /// How the scores of children make the score of their parent.
    #[serde(default)]
    kind: MeanKind,
    /// The children.
    items: Vec<ItemRequest>,
    /// The share of the weight that must be measured for a score, 0 to 1.
    minimum_coverage: f64,
    /// The score after a rule that follows the mean, such as a cap; without it, there is no `clamp`.
    held_to: Option<f64>,
}

/// What the children add.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ContributionsAnswer {
    /// The score and its parts; null where too little was measured for a score.
    contributions: Option<Contributions>,
}

impl Operation for ContributionsRequest {
    const NAME: &'static str = "aggregate.contributions";
    const SOURCE: &'static str = "method, section 3";
    const ERRORS: &'static [Code] =
        &[Code::AggregateNoItems, Code::AggregateBadWeight, Code::AggregateScoreOutOfRange, Code::AggregateBadParameter, Code::NumNotFinite];
    const EXAMPLE: &'static str =
        r#"{"kind": "geometric", "items": [{"score": 60, "weight": 0.5}, {"weight": 0.3}, {"score": 40, "weight": 0.2}], "minimum_coverage": 0.6}"#;
    type Answer = ContributionsAnswer;

    fn answer(self, _: &Engine) -> Result<ContributionsAnswer> {
        let made = aggregate::contributions(self.kind, &items(self.items), self.minimum_coverage)?;
        let contributions = match (made, self.held_to) {
            (Some(made), Some(score)) => Some(made.held_to(score)?),
            (made, _) => made,
        };
        Ok(ContributionsAnswer { contributions })
    }
}

/// The ordered weighted average: the first weight goes to the best score, the last to the worst.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct OrderedMeanRequest {
    /// Scores, 0 to 100.
    scores: Vec<f64>,
    /// Weights by position, that of the best score first; 0 or more, summing to 1 within 1e-9.
    weights: Vec<f64>,
}

impl Operation for OrderedMeanRequest {
    const NAME: &'static str = "aggregate.ordered_mean";
    const SOURCE: &'static str = "method, section 3; Yager 1988";
    const ERRORS: &'static [Code] = &[Code::AggregateNoItems, Code::AggregateScoreOutOfRange, Code::AggregateUnequalLengths, Code::AggregateBadWeight];
    const EXAMPLE: &'static str = r#"{"scores": [60, 80, 40], "weights": [0.2, 0.3, 0.5]}"#;
    type Answer = OrderedMean;

    fn answer(self, _: &Engine) -> Result<OrderedMean> {
        aggregate::ordered_mean(&self.scores, &self.weights)
    }
}

/// A score that is held to a cap when a child is below the floor.
///
/// What no mean may make up for: a child with a weight above 0 below the floor caps its parent, however good the others are. Children without a score do
/// not count.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct CapAtFloorRequest {
    /// The score of the parent before the rule, 0 to 100.
    score: f64,
    /// Its children.
    items: Vec<ItemRequest>,
    /// The floor and the cap.
    rule: CapAtFloor,
}

impl Operation for CapAtFloorRequest {
    const NAME: &'static str = "aggregate.cap_at_floor";
    const SOURCE: &'static str = "method, section 3";
    const ERRORS: &'static [Code] = &[Code::AggregateBadParameter, Code::AggregateScoreOutOfRange];
    const EXAMPLE: &'static str = r#"{"score": 70, "items": [{"score": 100, "weight": 1}, {"score": 39, "weight": 1}], "rule": {"floor": 40}}"#;
    type Answer = Capped;

    fn answer(self, _: &Engine) -> Result<Capped> {
        aggregate::cap_at_floor(self.score, &items(self.items), self.rule)
    }
}

/// The Mazziotta–Pareto index of units over indicators: a mean of standardised values, corrected for how unequal they are.
///
/// Values are standardised so that more is better, then M ± S·(S/M) is taken with weights renormalised over what is present. With the reference `set`,
/// another unit would change the figures, and the answer says `set_dependent`.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct MazziottaParetoRequest {
    /// A row for each unit: one number for each indicator, null where it is absent.
    units: Vec<Unit>,
    /// One weight for each indicator, 0 or more; the same for each where they are not given.
    weights: Option<Vec<f64>>,
    /// Which way is better, one for each indicator; `higher` for each where they are not given.
    polarity: Option<Vec<Polarity>>,
    /// Against what values are standardised.
    reference: Reference,
    /// Whether imbalance lowers the index or raises it.
    #[serde(default)]
    penalty: Penalty,
    /// The share of the weight that must be measured for an index, 0 to 1.
    minimum_coverage: f64,
}

impl Operation for MazziottaParetoRequest {
    const NAME: &'static str = "aggregate.mazziotta_pareto";
    const SOURCE: &'static str = "method, section 3; Mazziotta and Pareto 2016";
    const ERRORS: &'static [Code] = &[
        Code::AggregateNoItems,
        Code::AggregateUnequalLengths,
        Code::AggregateBadWeight,
        Code::AggregateBadParameter,
        Code::ScoreNoDirection,
        Code::ScoreEqualGoalposts,
        Code::ScoreGoalpostsOrder,
        Code::NumNotFinite,
    ];
    const EXAMPLE: &'static str = r#"{"units": [[105, 98, 110]], "reference": {"fixed": [{"mean": 100, "sd": 10}, {"mean": 100, "sd": 10}, {"mean": 100, "sd": 10}]}, "minimum_coverage": 0.6}"#;
    type Answer = MazziottaPareto;

    fn answer(self, _: &Engine) -> Result<MazziottaPareto> {
        let weights = weights_of(&self.units, self.weights);
        let polarity = self.polarity.unwrap_or_else(|| vec![Polarity::Higher; weights.len()]);
        aggregate::mazziotta_pareto(&self.units, &weights, &polarity, &self.reference, self.penalty, self.minimum_coverage)
    }
}

/// Copeland's rule: who wins most comparisons in pairs.
///
/// More is better in every criterion. Of two units, each criterion that both have gives its weight to the better one; the unit with more weight wins.
/// Another unit would change the scores, and the answer says `set_dependent`. There are no contributions: a count of wins is no sum over criteria.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct CopelandRequest {
    /// A row for each unit: one number for each criterion, null where it is absent.
    units: Vec<Unit>,
    /// One weight for each criterion, 0 or more; the same for each where they are not given.
    weights: Option<Vec<f64>>,
    /// Values that differ by no more than this, 0 or more, give half of the weight to each; 0 where it is not given.
    #[serde(default)]
    indifference: f64,
    /// The share of the weight that two units must have in common to be compared, 0 to 1.
    minimum_coverage: f64,
}

impl Operation for CopelandRequest {
    const NAME: &'static str = "aggregate.copeland";
    const SOURCE: &'static str = "method, section 3; Copeland 1951; OECD/JRC 2008, ch. 6.3";
    const ERRORS: &'static [Code] =
        &[Code::AggregateNoItems, Code::AggregateUnequalLengths, Code::AggregateBadWeight, Code::AggregateBadParameter, Code::NumNotFinite];
    const EXAMPLE: &'static str = r#"{"units": [[9, 1, 1], [5, 5, 1], [1, 2, 1]], "weights": [0.4, 0.3, 0.3], "minimum_coverage": 0.6}"#;
    type Answer = Copeland;

    fn answer(self, _: &Engine) -> Result<Copeland> {
        let weights = weights_of(&self.units, self.weights);
        aggregate::copeland(&self.units, &weights, self.indifference, self.minimum_coverage)
    }
}
