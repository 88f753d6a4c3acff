//! Weights by participation.

use super::{Engine, OldArea, answer, field, optional, unanswered};
use serde_json::{Value, json};
use sms_base::diagnostic::Result;
use sms_base::id::EntryId;
use sms_statistics::weighting::{self, AhpRules, BestWorst, Comparisons, CriterionWeight, Panel, Points, Provenance, WeightSet};

pub(super) const AREA: OldArea = OldArea {
    operations: &["weighting.equal", "weighting.budget", "weighting.swing", "weighting.ahp", "weighting.best_worst", "weighting.kendall", "weighting.check"],
    answer: call,
};

fn call(_: &Engine, op: &str, r: &Value) -> Result<Value> {
    match op {
        "weighting.equal" => {
            let criteria: Vec<EntryId> = field(r, "criteria")?;
            answer(weighting::equal(&criteria, field(r, "when")?, optional(r, "note")?)?)
        }
        "weighting.budget" => {
            let (panel, participants): (Panel, Vec<Points>) = (field(r, "panel")?, field(r, "participants")?);
            answer(weighting::budget_allocation(&panel, &participants, field(r, "budget")?)?)
        }
        "weighting.swing" => {
            let (panel, participants): (Panel, Vec<Points>) = (field(r, "panel")?, field(r, "participants")?);
            answer(weighting::swing(&panel, &participants, field(r, "top")?)?)
        }
        "weighting.ahp" => {
            let (panel, participants): (Panel, Vec<Comparisons>) = (field(r, "panel")?, field(r, "participants")?);
            let rules: AhpRules = field(r, "rules")?;
            answer(weighting::ahp(&panel, &participants, &rules)?)
        }
        "weighting.best_worst" => {
            let (panel, participants): (Panel, Vec<BestWorst>) = (field(r, "panel")?, field(r, "participants")?);
            answer(weighting::best_worst(&panel, &participants, optional(r, "largest_ratio")?)?)
        }
        "weighting.kendall" => answer(json!({ "concordance": weighting::kendall(&field::<Vec<Vec<f64>>>(r, "raters")?)? })),
        "weighting.check" => {
            let (weights, provenance): (Vec<CriterionWeight>, Provenance) = (field(r, "weights")?, field(r, "provenance")?);
            answer(WeightSet::new(weights, provenance)?)
        }
        _ => Err(unanswered()),
    }
}
