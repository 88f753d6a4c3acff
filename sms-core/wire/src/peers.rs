//! Cities that learn from each other.

use super::{Engine, OldArea, answer, field, optional, unanswered};
use serde_json::{Value, json};
use sms_base::diagnostic::Result;
use sms_process::peers::context::{self, Frame, Variable};
use sms_process::peers::{City, PeersRules, mentoring, potential, records, tiers};

pub(super) const AREA: OldArea = OldArea { operations: OPERATIONS, answer: call };

const OPERATIONS: &[&str] = &["peers.comparators", "peers.tiers", "peers.mentoring", "peers.twinning", "peers.potential", "peers.follow_up"];

fn rules(engine: &Engine, r: &Value) -> Result<PeersRules> {
    match optional(r, "rules")? {
        Some(rules) => Ok(rules),
        None => engine.method_of(&optional(r, "method")?.unwrap_or_default())?.peers(),
    }
}

/// The frame that is given, or that of the cities.
fn frame(r: &Value, cities: &[City], rules: &PeersRules) -> Result<Frame> {
    match optional(r, "frame")? {
        Some(frame) => Ok(frame),
        None => Frame::of(cities, &field::<Vec<Variable>>(r, "variables")?, rules),
    }
}

fn call(engine: &Engine, op: &str, r: &Value) -> Result<Value> {
    let rules = rules(engine, r)?;
    match op {
        "peers.tiers" => {
            let cities: Vec<_> = field(r, "cities")?;
            return answer(json!({ "cities": tiers::tiers(&cities, &rules)? }));
        }
        "peers.follow_up" => {
            let as_of = field(r, "as_of")?;
            let records = field(r, "records")?;
            return answer(records::follow_up(&records, as_of, &rules, |id| engine.catalogue().indicator(id).is_some())?);
        }
        _ => {}
    }
    let cities: Vec<City> = field(r, "cities")?;
    let frame = frame(r, &cities, &rules)?;
    let k: usize = optional(r, "k")?.unwrap_or(rules.comparators);
    match op {
        "peers.comparators" => answer(context::comparators(&cities, frame, k, &rules)?),
        "peers.mentoring" => {
            let earlier: Vec<_> = optional(r, "earlier")?.unwrap_or_default();
            answer(mentoring::mentoring(&cities, frame, &earlier, &rules)?)
        }
        "peers.twinning" => {
            let pairs = mentoring::twinning(&cities, &frame, &rules)?;
            answer(json!({ "frame": frame, "pairs": pairs }))
        }
        "peers.potential" => {
            let groups = context::comparators(&cities, frame, k, &rules)?;
            let made = potential::potential(&cities, &groups, &rules)?;
            answer(json!({ "frame": groups.frame, "potential": made }))
        }
        _ => Err(unanswered()),
    }
}
