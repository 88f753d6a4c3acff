//! The influence of a city's work.

use super::{Engine, OldArea, answer, field, optional, unanswered};
use serde_json::Value;
use sms_base::diagnostic::Result;
use sms_process::influence::contribution::{self, Alternative, StoryLink};
use sms_process::influence::{InfluenceRules, difference, interrupted, synthetic};

pub(super) const AREA: OldArea = OldArea { operations: OPERATIONS, answer: call };

const OPERATIONS: &[&str] = &["influence.difference", "influence.interrupted", "influence.synthetic", "influence.contribution"];

fn setting(engine: &Engine, r: &Value) -> Result<(InfluenceRules, f64)> {
    let method = engine.method_of(&optional(r, "method")?.unwrap_or_default())?;
    let rules = match optional(r, "rules")? {
        Some(rules) => rules,
        None => method.influence()?,
    };
    Ok((rules, optional(r, "confidence")?.unwrap_or(method.raw().estimate.confidence.value)))
}

fn call(engine: &Engine, op: &str, r: &Value) -> Result<Value> {
    let (rules, confidence) = setting(engine, r)?;
    match op {
        "influence.difference" => {
            let panel: Vec<_> = field(r, "panel")?;
            let treated: Vec<String> = field(r, "treated")?;
            answer(difference::difference(&panel, &treated, field(r, "from")?, &rules, confidence)?)
        }
        "influence.interrupted" => {
            let series: Vec<_> = field(r, "series")?;
            answer(interrupted::interrupted(&series, field(r, "from")?, optional(r, "lags")?, &rules, confidence)?)
        }
        "influence.synthetic" => {
            let panel: Vec<_> = field(r, "panel")?;
            let city: String = field(r, "city")?;
            answer(synthetic::synthetic(&panel, &city, field(r, "from")?, &rules, confidence)?)
        }
        "influence.contribution" => {
            let links: Vec<StoryLink> = field(r, "links")?;
            let alternatives: Vec<Alternative> = optional(r, "alternatives")?.unwrap_or_default();
            answer(contribution::contribution(&links, &alternatives, &rules)?)
        }
        _ => Err(unanswered()),
    }
}
