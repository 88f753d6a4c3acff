//! Achievement, and the results chain.

use super::progress::only;
use super::{Engine, OldArea, answer, field, optional, unanswered};
use serde_json::{Value, json};
use sms_assessment::rbm::{self, Observed, RawChain, ResultsChain};
use sms_base::diagnostic::Result;
use sms_model::indicator::{Polarity, ResultLevel};

pub(super) const AREA: OldArea = OldArea { operations: &["rbm.achievement", "rbm.chain", "rbm.iati"], answer: call };

fn call(_: &Engine, op: &str, r: &Value) -> Result<Value> {
    match op {
        "rbm.achievement" => {
            only(r, &["value", "se", "absent", "at", "path", "polarity", "across_break", "rules"])?;
            let across_break = optional(r, "across_break")?.unwrap_or_default();
            let observed = Observed::of(optional(r, "value")?, optional(r, "se")?, across_break, optional(r, "absent")?)?;
            answer(rbm::achievement(observed, field(r, "at")?, &field(r, "path")?, field(r, "polarity")?, &field(r, "rules")?)?)
        }
        "rbm.chain" => {
            only(r, &["chain"])?;
            let chain = ResultsChain::new(field::<RawChain>(r, "chain")?)?;
            answer(json!({ "results": chain.results().len(), "findings": chain.check() }))
        }
        "rbm.iati" => {
            only(r, &["result_type", "result_level", "polarity"])?;
            answer(json!({
                "result_level": optional::<u8>(r, "result_type")?.and_then(rbm::level_of_iati),
                "result_type": optional::<ResultLevel>(r, "result_level")?.and_then(rbm::iati_type),
                "ascending": optional::<Polarity>(r, "polarity")?.and_then(rbm::iati_ascending),
            }))
        }
        _ => Err(unanswered()),
    }
}
