//! The mean of a node.

use crate::{Area, Engine, Entry, Operation};
use serde::Deserialize;
use sms_base::diagnostic::{Code, Result};
use sms_statistics::aggregate::{self, Item, Mean, MeanKind};

pub(super) const AREA: Area = Area { title: "The mean of a node", operations: &[Entry::of::<AggregateMean>()] };

/// One child of a node.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "AggregateItem"))]
pub(crate) struct ItemRequest {
    /// Its score, 0 to 100; none where it is not given.
    score: Option<f64>,
    /// Its weight among its siblings, 0 or more; weights are renormalised over what is present.
    weight: f64,
    /// The share of what belongs to it that was measured, 0 to 1; where it is not given, 1 with a score and 0 without.
    coverage: Option<f64>,
}

/// The children of a node.
pub(crate) fn items(asked: Vec<ItemRequest>) -> Vec<Item> {
    let one = |i: ItemRequest| match i.coverage {
        Some(coverage) => Item { score: i.score, weight: i.weight, coverage },
        None => Item::leaf(i.score, i.weight),
    };
    asked.into_iter().map(one).collect()
}

/// The mean of scores, with how much of it was measured.
///
/// Nothing is imputed: weights are renormalised over the children present, and below the minimum coverage there is no score.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct AggregateMean {
    /// How the scores of children make the score of their parent; `arithmetic` where it is not given.
    #[serde(default)]
    kind: MeanKind,
    /// The children, at least one; their weights do not sum to 0.
    items: Vec<ItemRequest>,
    /// The share of the weight that must have been measured for a score, 0 to 1.
    minimum_coverage: f64,
}

impl Operation for AggregateMean {
    const NAME: &'static str = "aggregate.mean";
    const SOURCE: &'static str = "method, section 3; OECD/JRC 2008, ch. 6; Yager 1988, 1996; Mazziotta and Pareto 2016";
    const ERRORS: &'static [Code] =
        &[Code::AggregateNoItems, Code::AggregateBadWeight, Code::AggregateScoreOutOfRange, Code::AggregateBadParameter, Code::NumNotFinite];
    const EXAMPLE: &'static str = r#"{"kind": "geometric", "items": [{"score": 60, "weight": 0.5}, {"score": 80, "weight": 0.3}, {"score": null, "weight": 0.2}], "minimum_coverage": 0.6}"#;
    type Answer = Mean;

    fn answer(self, _: &Engine) -> Result<Mean> {
        aggregate::mean(self.kind, &items(self.items), self.minimum_coverage)
    }
}
