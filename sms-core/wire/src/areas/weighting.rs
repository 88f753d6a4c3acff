//! Weights by participation.

use crate::{Area, Engine, Entry, Operation};
use serde::{Deserialize, Serialize};
use sms_base::diagnostic::{Code, Result};
use sms_base::id::EntryId;
use sms_base::period::Period;
use sms_statistics::weighting::{self, AhpRules, BestWorst, Comparisons, Concordance, CriterionWeight, Elicited, Panel, Points, Provenance, WeightSet};

pub(super) const AREA: Area = Area {
    title: "Weighting",
    operations: &[
        Entry::of::<EqualWeightsRequest>(),
        Entry::of::<BudgetRequest>(),
        Entry::of::<SwingRequest>(),
        Entry::of::<AhpRequest>(),
        Entry::of::<BestWorstRequest>(),
        Entry::of::<ConcordanceRequest>(),
        Entry::of::<WeightSetRequest>(),
    ],
};

/// The same weight for each criterion, with where it comes from.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct EqualWeightsRequest {
    /// What is weighed; at least one, each once.
    criteria: Vec<EntryId>,
    /// The period that stands in the provenance.
    when: Period,
    /// A note that stands in the provenance.
    note: Option<String>,
}

impl Operation for EqualWeightsRequest {
    const NAME: &'static str = "weighting.equal";
    const SOURCE: &'static str = "method, section 4";
    const ERRORS: &'static [Code] = &[Code::WeightingBadCriteria, Code::TextTooLong];
    const EXAMPLE: &'static str = r#"{"criteria": ["housing", "health"], "when": "2024"}"#;
    type Answer = WeightSet;

    fn answer(self, _: &Engine) -> Result<WeightSet> {
        weighting::equal(&self.criteria, self.when, self.note)
    }
}

const POINTS_ERRORS: &[Code] = &[
    Code::WeightingPointsSum,
    Code::WeightingBadPoints,
    Code::AggregateUnequalLengths,
    Code::WeightingBadCriteria,
    Code::WeightingNoParticipants,
    Code::WeightingBadSide,
    Code::TextTooLong,
    Code::NumNotFinite,
];

/// Weights from points of a budget: each participant shares out the same number of points.
///
/// Weights are those of sides, each the mean of its participants; sides count the same unless declared otherwise, and without sides each participant
/// counts the same. Points that do not sum to the budget are refused, never rescaled. No error or finding holds a person's answers.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct BudgetRequest {
    /// What is weighed, by whom, and when.
    panel: Panel,
    /// The points of each participant.
    participants: Vec<Points>,
    /// How many points each participant has, above 0.
    budget: f64,
}

impl Operation for BudgetRequest {
    const NAME: &'static str = "weighting.budget";
    const SOURCE: &'static str = "method, section 4; OECD/JRC 2008, ch. 6.2";
    const ERRORS: &'static [Code] = POINTS_ERRORS;
    const EXAMPLE: &'static str =
        r#"{"panel": {"criteria": ["housing", "health"], "when": "2024"}, "participants": [{"points": [60, 40]}, {"points": [30, 70]}], "budget": 100}"#;
    type Answer = Elicited;

    fn answer(self, _: &Engine) -> Result<Elicited> {
        weighting::budget_allocation(&self.panel, &self.participants, self.budget)
    }
}

/// Swing weights: the criterion whose swing from worst to best is worth most gets the top number of points, the others in proportion.
///
/// Weights are those of sides, each the mean of its participants; sides count the same unless declared otherwise, and without sides each participant
/// counts the same.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct SwingRequest {
    /// What is weighed, by whom, and when.
    panel: Panel,
    /// The points of each participant; the largest number of each is the top.
    participants: Vec<Points>,
    /// The points of the most important swing, above 0.
    top: f64,
}

impl Operation for SwingRequest {
    const NAME: &'static str = "weighting.swing";
    const SOURCE: &'static str = "method, section 4; von Winterfeldt and Edwards 1986, ch. 8";
    const ERRORS: &'static [Code] = &[
        Code::WeightingBadPoints,
        Code::AggregateUnequalLengths,
        Code::WeightingBadCriteria,
        Code::WeightingNoParticipants,
        Code::WeightingBadSide,
        Code::TextTooLong,
        Code::NumNotFinite,
    ];
    const EXAMPLE: &'static str =
        r#"{"panel": {"criteria": ["housing", "health"], "when": "2024"}, "participants": [{"points": [100, 60]}, {"points": [80, 100]}], "top": 100}"#;
    type Answer = Elicited;

    fn answer(self, _: &Engine) -> Result<Elicited> {
        weighting::swing(&self.panel, &self.participants, self.top)
    }
}

/// Weights from comparisons in pairs, the analytic hierarchy process.
///
/// Each participant says how many times as important one criterion is as another, for each pair. Consistency is reported for each participant by position,
/// without their answers. An inconsistency above the largest ratio is the finding `weighting.inconsistent`, which names the pairs; the weights are used
/// as given.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct AhpRequest {
    /// What is weighed, by whom, and when.
    panel: Panel,
    /// The comparisons of each participant: a matrix, or what stands above its diagonal.
    participants: Vec<Comparisons>,
    /// The declared rules.
    rules: AhpRules,
}

impl Operation for AhpRequest {
    const NAME: &'static str = "weighting.ahp";
    const SOURCE: &'static str = "method, section 4; Saaty 1980; Crawford and Williams 1985; Forman and Peniwati 1998";
    const ERRORS: &'static [Code] = &[
        Code::WeightingBadMatrix,
        Code::WeightingNoRandomIndex,
        Code::WeightingBadCriteria,
        Code::WeightingNoParticipants,
        Code::WeightingBadSide,
        Code::AggregateBadParameter,
        Code::TextTooLong,
        Code::NumNotFinite,
    ];
    const EXAMPLE: &'static str = r#"{"panel": {"criteria": ["housing", "health", "education"], "when": "2024"}, "participants": [{"upper": [3, 5, 2]}], "rules": {"largest_ratio": 0.1}}"#;
    type Answer = Elicited;

    fn answer(self, _: &Engine) -> Result<Elicited> {
        weighting::ahp(&self.panel, &self.participants, &self.rules)
    }
}

/// Weights by the linear best-worst method: comparisons with the most and the least important criterion.
///
/// The weights of participants are averaged. Consistency is reported for each participant by position, without their answers.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct BestWorstRequest {
    /// What is weighed, by whom, and when.
    panel: Panel,
    /// The comparisons of each participant.
    participants: Vec<BestWorst>,
    /// The largest ratio of inconsistency that is no finding, 0 or more; without it, nothing is found inconsistent.
    largest_ratio: Option<f64>,
}

impl Operation for BestWorstRequest {
    const NAME: &'static str = "weighting.best_worst";
    const SOURCE: &'static str = "method, section 4; Rezaei 2016; Liang, Brunelli and Rezaei 2020";
    const ERRORS: &'static [Code] = &[
        Code::WeightingBadComparison,
        Code::WeightingBadCriteria,
        Code::WeightingNoParticipants,
        Code::WeightingBadSide,
        Code::AggregateBadParameter,
        Code::TextTooLong,
        Code::NumNotFinite,
    ];
    const EXAMPLE: &'static str = r#"{"panel": {"criteria": ["a", "b", "c"], "when": "2024"}, "participants": [{"best": "a", "worst": "c", "best_to_others": [1, 2, 4], "others_to_worst": [4, 2, 1]}]}"#;
    type Answer = Elicited;

    fn answer(self, _: &Engine) -> Result<Elicited> {
        weighting::best_worst(&self.panel, &self.participants, self.largest_ratio)
    }
}

/// How far raters agree on an order: Kendall's W, with ties.
///
/// Only the order of the numbers of each rater counts; numbers within 1e-9 are tied.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ConcordanceRequest {
    /// A row for each rater: one number for each item, a rank or a score.
    raters: Vec<Vec<f64>>,
}

/// How far raters agree.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ConcordanceAnswer {
    /// Kendall's W and its test; null for fewer than two raters or items, and where every rater ties all items.
    concordance: Option<Concordance>,
}

impl Operation for ConcordanceRequest {
    const NAME: &'static str = "weighting.kendall";
    const SOURCE: &'static str = "method, section 4; Kendall and Babington Smith 1939; Siegel and Castellan 1988, ch. 9.7";
    const ERRORS: &'static [Code] = &[Code::AggregateUnequalLengths, Code::NumNotFinite];
    const EXAMPLE: &'static str = r#"{"raters": [[1, 2, 3, 4, 5], [2, 1, 3, 5, 4], [1, 3, 2, 4, 5], [1, 2, 4, 3, 5]]}"#;
    type Answer = ConcordanceAnswer;

    fn answer(self, _: &Engine) -> Result<ConcordanceAnswer> {
        Ok(ConcordanceAnswer { concordance: weighting::kendall(&self.raters)? })
    }
}

/// Weights with where they come from, checked: each between 0 and 1, their sum 1 within 1e-9.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct WeightSetRequest {
    /// The weights; at least one, each criterion once.
    weights: Vec<CriterionWeight>,
    /// Where they come from.
    provenance: Provenance,
}

impl Operation for WeightSetRequest {
    const NAME: &'static str = "weighting.check";
    const SOURCE: &'static str = "method, section 4";
    const ERRORS: &'static [Code] = &[Code::WeightingBadWeights, Code::WeightingBadCriteria, Code::TextTooLong];
    const EXAMPLE: &'static str = r#"{"weights": [{"criterion": "housing", "weight": 0.6}, {"criterion": "health", "weight": 0.4}], "provenance": {"method": "declared", "when": "2024"}}"#;
    type Answer = WeightSet;

    fn answer(self, _: &Engine) -> Result<WeightSet> {
        WeightSet::new(self.weights, self.provenance)
    }
}
