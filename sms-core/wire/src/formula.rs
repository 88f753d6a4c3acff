//! The formulas of the method, one operation each.

use super::{Engine, OldArea, answer, field, optional, unanswered};
use serde::Deserialize;
use serde_json::{Value, json};
use sms_assessment::rbm;
use sms_base::diagnostic::{Code, Error, Result};
use sms_base::num::{self, DecimalSign, NumberProblem};
use sms_base::period::Period;
use sms_model::estimate::{self, ValueKind};
use sms_model::indicator::Polarity;
use sms_model::target::{self, Operator};
use sms_statistics::aggregate::{self, Item, MeanKind};
use sms_statistics::disclosure::{self, Counts, Part};
use sms_statistics::equality::{self, GroupValue};
use sms_statistics::progress;
use sms_statistics::score::{self, Goalposts, Score, TargetBand};

pub(super) const AREA: OldArea = OldArea { operations: OPERATIONS, answer: call };

const OPERATIONS: &[&str] = &[
    "period.parse",
    "number.parse",
    "estimate.wilson",
    "estimate.byar",
    "estimate.from_counts",
    "estimate.given",
    "score.goalposts",
    "score.logarithmic",
    "score.target_ratio",
    "score.band",
    "score.maturity",
    "score.yes_no",
    "target.standing",
    "target.is_met",
    "aggregate.mean",
    "rbm.combine",
    "rbm.band",
    "rbm.rating",
    "equality.gap",
    "progress.change",
    "disclosure.primary",
    "disclosure.complementary",
];

/// A child of a node in a request.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(super) struct ItemRequest {
    /// Its score, 0 to 100; absent where there is none.
    score: Option<f64>,
    /// Its weight among its siblings, 0 or more; weights are renormalised over what is present.
    weight: f64,
    /// The share of what belongs to it that was measured, 0 to 1; where it is not given, 1 with a score and 0 without.
    coverage: Option<f64>,
}

/// The children of a node.
pub(super) fn items(asked: Vec<ItemRequest>) -> Vec<Item> {
    let one = |i: ItemRequest| match i.coverage {
        Some(coverage) => Item { score: i.score, weight: i.weight, coverage },
        None => Item::leaf(i.score, i.weight),
    };
    asked.into_iter().map(one).collect()
}

/// Lower ends of bands: falling, at least one.
fn thresholds(r: &Value) -> Result<Vec<f64>> {
    let thresholds: Vec<f64> = field(r, "thresholds")?;
    if rbm::are_bands(&thresholds) { Ok(thresholds) } else { Err(Error::new(Code::MethodBadValue).at_path("thresholds").expecting("falling numbers")) }
}

#[allow(clippy::too_many_lines, reason = "a flat table of operations, one arm each")]
fn call(_: &Engine, op: &str, r: &Value) -> Result<Value> {
    let scored = |s: Score| answer(s);
    match op {
        "period.parse" => {
            let p: Period = field::<String>(r, "text")?.parse()?;
            answer(json!({ "period": p, "start_year": p.start_year(), "months": p.months() }))
        }
        "number.parse" => {
            let decimal: Option<DecimalSign> = optional(r, "decimal")?;
            let text: String = field(r, "text")?;
            match num::parse_number(&text, decimal.unwrap_or_default()) {
                Ok(value) => answer(json!({ "value": value })),
                Err(NumberProblem::NotFinite) => Err(Error::new(Code::NumNotFinite)),
                Err(NumberProblem::Ambiguous) => Err(Error::new(Code::ObsAmbiguousNumber)),
                Err(NumberProblem::Unreadable) => Err(Error::new(Code::NumUnreadable)),
            }
        }
        "estimate.wilson" => answer(estimate::wilson(field(r, "numerator")?, field(r, "denominator")?, field(r, "confidence")?)?),
        "estimate.byar" => answer(estimate::byar(field(r, "count")?, field(r, "confidence")?)?),
        "estimate.from_counts" => {
            let kind: ValueKind = field(r, "kind")?;
            answer(estimate::from_counts(kind, field(r, "numerator")?, field(r, "denominator")?, field(r, "multiplier")?, field(r, "confidence")?)?)
        }
        "estimate.given" => answer(estimate::given(field(r, "value")?, optional(r, "se")?, field(r, "confidence")?)?),
        "score.goalposts" => {
            let (worst, best) = (field(r, "worst")?, field(r, "best")?);
            let goalposts = match optional::<Polarity>(r, "polarity")? {
                Some(polarity) => Goalposts::for_polarity(worst, best, polarity)?,
                None => Goalposts::new(worst, best)?,
            };
            scored(goalposts.score(field(r, "value")?)?.with_ends(optional(r, "ends")?.unwrap_or_default()))
        }
        "score.logarithmic" => {
            let score = Goalposts::new(field(r, "worst")?, field(r, "best")?)?.log_score(field(r, "value")?)?;
            scored(score.with_ends(optional(r, "ends")?.unwrap_or_default()))
        }
        "score.target_ratio" => scored(score::target_ratio(field(r, "value")?, field(r, "target")?, field(r, "polarity")?)?),
        "score.band" => {
            let band = TargetBand::new(field(r, "worst_low")?, field(r, "lower")?, field(r, "upper")?, field(r, "worst_high")?)?;
            scored(band.score(field(r, "value")?)?)
        }
        "score.maturity" => scored(score::maturity(field(r, "level")?, &field::<Vec<f64>>(r, "map")?)?),
        "score.yes_no" => scored(score::yes_no(field(r, "value")?)?),
        "target.standing" => answer(json!({ "standing": target::standing(field(r, "value")?, field(r, "standard")?, field(r, "polarity")?) })),
        "target.is_met" => {
            let operator: Operator = field(r, "operator")?;
            answer(json!({ "met": operator.is_met(field(r, "value")?, field(r, "threshold")?, optional(r, "upper")?) }))
        }
        "aggregate.mean" => {
            let kind: MeanKind = optional(r, "kind")?.unwrap_or_default();
            answer(aggregate::mean(kind, &items(field(r, "items")?), field(r, "minimum_coverage")?)?)
        }
        "rbm.combine" => {
            let rule = rbm::OutcomesFirst::new(field(r, "weight")?, field(r, "margin")?)?;
            answer(json!({ "combined": rule.combine(field(r, "outcomes")?, field(r, "effort")?)? }))
        }
        "rbm.band" => answer(json!({ "band": rbm::band(field(r, "score")?, &thresholds(r)?) })),
        "rbm.rating" => answer(json!({ "band": rbm::rating(field(r, "combined")?, field(r, "outcomes")?, &thresholds(r)?) })),
        "equality.gap" => {
            let groups: Vec<GroupValue> = field(r, "groups")?;
            answer(json!({ "gap": equality::gap(&groups, field(r, "polarity")?, field(r, "significance")?)? }))
        }
        "progress.change" => {
            let change = progress::change(field(r, "earlier")?, field(r, "later")?, field(r, "years")?, field(r, "polarity")?, field(r, "tolerance")?)?;
            answer(json!({ "change": change }))
        }
        "disclosure.primary" => {
            let counts: Counts = field(r, "counts")?;
            let (kind, value) = (field::<ValueKind>(r, "kind")?, optional::<f64>(r, "value")?);
            let verdict = disclosure::primary(kind, counts, value, field(r, "multiplier")?, field(r, "threshold")?, field(r, "class_disclosure")?);
            answer(json!({ "verdict": verdict }))
        }
        "disclosure.complementary" => {
            let counts: Vec<Counts> = field(r, "parts")?;
            let withheld: Vec<bool> = field(r, "withheld")?;
            let fixed: Vec<bool> = optional(r, "fixed")?.unwrap_or_else(|| vec![false; counts.len()]);
            if counts.len() != withheld.len() || counts.len() != fixed.len() {
                return Err(Error::new(Code::WireBadRequest).at_path("withheld").expecting("as many as there are parts"));
            }
            let mut parts: Vec<Part> = counts.iter().zip(withheld).zip(fixed).map(|((&counts, withheld), fixed)| Part { counts, withheld, fixed }).collect();
            let total = disclosure::complementary(&mut parts, field(r, "threshold")?);
            answer(json!({ "withheld": parts.iter().map(|p| p.withheld).collect::<Vec<_>>(), "total_withheld": total }))
        }
        _ => Err(unanswered()),
    }
}
