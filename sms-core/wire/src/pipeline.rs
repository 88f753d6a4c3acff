//! From a city's figures to its report.

use super::{AssessRequest, Engine, OldArea, Source, answer, check_answer, field, optional, whole};
use serde_json::{Value, json};
use sms_base::diagnostic::Result;
use sms_exchange::crosswalk::{self, Crosswalk};
use sms_model::dataset;

pub(super) const AREA: OldArea = OldArea { operations: &["check", "assess", "explain", "import"], answer: call };

fn call(engine: &Engine, op: &str, request: &Value) -> Result<Value> {
    match op {
        "import" => {
            let crosswalk: Value = field(request, "crosswalk")?;
            let crosswalk = Crosswalk::from_value(crosswalk)?;
            let files: Vec<crosswalk::SourceFile> = field(request, "files")?;
            let imported = crosswalk.import(&engine.catalogue, &files)?;
            answer(json!({ "rows": imported.observations.rows().collect::<Vec<_>>(), "ledger": imported.ledger, "findings": imported.findings }))
        }
        "check" => {
            let source: Source = field(request, "observations")?;
            let (dataset, findings) = dataset::check(&engine.catalogue, &source.read()?);
            answer(check_answer(&dataset, findings))
        }
        _ => {
            let asked: AssessRequest = whole(request)?;
            let report = engine.report(&asked)?;
            if op == "assess" {
                return answer(report.data());
            }
            let id: String = field(request, "id")?;
            let place: Option<String> = optional(request, "place")?;
            answer(report.explain(&id, place.as_deref())?)
        }
    }
}
