//! Inequality between groups.

use super::{Area, Engine, answer, field, optional, unanswered};
use serde_json::Value;
use sms_base::diagnostic::Result;
use sms_statistics::equality::{self, CompareRules, Group, Groups, MeasureRules};

pub(super) const AREA: Area = Area { operations: OPERATIONS, answer: call };

const OPERATIONS: &[&str] = &["equality.measures", "equality.compare", "equality.gap_change"];

fn groups(r: &Value) -> Result<Groups> {
    Groups::new(&field::<Vec<Group>>(r, "groups")?, optional::<Vec<Vec<f64>>>(r, "covariance")?.as_deref(), optional(r, "reference")?)
}

fn call(engine: &Engine, op: &str, r: &Value) -> Result<Value> {
    // what is not said is as the method has it
    let significance = || -> Result<f64> {
        match optional(r, "significance")? {
            Some(given) => Ok(given),
            None => Ok(engine.method_of(&optional(r, "method")?.unwrap_or_default())?.raw().estimate.significance.value),
        }
    };
    match op {
        "equality.measures" => {
            let mut rules: MeasureRules = optional(r, "rules")?.unwrap_or_default();
            if rules.draws.is_none() {
                let method = engine.method_of(&optional(r, "method")?.unwrap_or_default())?;
                rules.draws = method.raw().equality.as_ref().map(|section| section.draws.value);
            }
            answer(equality::measures(&groups(r)?, field(r, "polarity")?, &rules)?)
        }
        "equality.compare" => {
            let floor = match optional(r, "floor")? {
                Some(given) => Some(given),
                None => engine.method_of(&optional(r, "method")?.unwrap_or_default())?.raw().estimate.smallest_group.as_ref().map(|p| p.value),
            };
            let (against, overlapping) = (optional(r, "against")?.unwrap_or_default(), optional(r, "overlapping")?.unwrap_or_default());
            let rules = CompareRules { against, significance: significance()?, floor, overlapping };
            answer(equality::compare(&groups(r)?, field(r, "polarity")?, &rules)?)
        }
        "equality.gap_change" => {
            let covariance = optional(r, "covariance")?.unwrap_or_default();
            answer(equality::gap_change(field(r, "earlier")?, field(r, "later")?, covariance, significance()?)?)
        }
        _ => Err(unanswered()),
    }
}
