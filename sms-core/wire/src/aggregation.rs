//! Scores by a rule or within a set; contributions; rules that compare units.

use super::formula::{ItemRequest, items};
use super::{Engine, OldArea, answer, field, optional, unanswered};
use serde_json::{Value, json};
use sms_base::diagnostic::Result;
use sms_model::indicator::Polarity;
use sms_statistics::aggregate::{self, CapAtFloor, MeanKind, Penalty, Reference};
use sms_statistics::score::{self, Preference, Rule, SetRule};

pub(super) const AREA: OldArea = OldArea {
    operations: &[
        "score.rule",
        "score.target_range",
        "score.set",
        "aggregate.contributions",
        "aggregate.ordered_mean",
        "aggregate.cap_at_floor",
        "aggregate.mazziotta_pareto",
        "aggregate.copeland",
    ],
    answer: call,
};

/// One number for each criterion, null where it is absent.
type Unit = Vec<Option<f64>>;

/// Units as rows of numbers, and the weights of their columns: the same for each when absent.
fn table(r: &Value) -> Result<(Vec<Unit>, Vec<f64>)> {
    let units: Vec<Unit> = field(r, "units")?;
    let weights: Option<Vec<f64>> = optional(r, "weights")?;
    let columns = units.first().map_or(0, Vec::len);
    Ok((units, weights.unwrap_or_else(|| vec![1.0; columns])))
}

fn call(_: &Engine, op: &str, r: &Value) -> Result<Value> {
    match op {
        "score.rule" => {
            let (rule, polarity): (Rule, Polarity) = (field(r, "rule")?, field(r, "polarity")?);
            match rule.score(field(r, "value")?, polarity)? {
                Some(score) => answer(score),
                None => answer(json!({ "score": null, "not_scored": polarity })),
            }
        }
        "score.target_range" => answer(score::target_range_ratio(field(r, "value")?, field(r, "lower")?, field(r, "upper")?)?),
        "score.set" => {
            let rule: SetRule = field(r, "rule")?;
            let values: Vec<Option<f64>> = field(r, "values")?;
            let target = optional::<f64>(r, "target")?;
            let target = target.map(|lower| Ok((lower, optional(r, "upper")?.unwrap_or(lower)))).transpose()?;
            answer(score::score_set(rule, &values, Preference::new(field(r, "polarity")?, target)?)?)
        }
        "aggregate.contributions" => {
            let kind: MeanKind = optional(r, "kind")?.unwrap_or_default();
            let made = aggregate::contributions(kind, &items(field::<Vec<ItemRequest>>(r, "items")?), field(r, "minimum_coverage")?)?;
            let made = match (made, optional(r, "held_to")?) {
                (Some(made), Some(score)) => Some(made.held_to(score)?),
                (made, _) => made,
            };
            answer(json!({ "contributions": made }))
        }
        "aggregate.ordered_mean" => answer(aggregate::ordered_mean(&field::<Vec<f64>>(r, "scores")?, &field::<Vec<f64>>(r, "weights")?)?),
        "aggregate.cap_at_floor" => {
            let rule: CapAtFloor = field(r, "rule")?;
            answer(aggregate::cap_at_floor(field(r, "score")?, &items(field::<Vec<ItemRequest>>(r, "items")?), rule)?)
        }
        "aggregate.mazziotta_pareto" => {
            let (units, weights) = table(r)?;
            let polarity: Vec<Polarity> = optional(r, "polarity")?.unwrap_or_else(|| vec![Polarity::Higher; weights.len()]);
            let reference: Reference = field(r, "reference")?;
            let penalty: Penalty = optional(r, "penalty")?.unwrap_or_default();
            answer(aggregate::mazziotta_pareto(&units, &weights, &polarity, &reference, penalty, field(r, "minimum_coverage")?)?)
        }
        "aggregate.copeland" => {
            let (units, weights) = table(r)?;
            let indifference = optional(r, "indifference")?.unwrap_or(0.0);
            answer(aggregate::copeland(&units, &weights, indifference, field(r, "minimum_coverage")?)?)
        }
        _ => Err(unanswered()),
    }
}
