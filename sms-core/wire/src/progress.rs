//! Progress over time: rates, pace to a target, trend, projection, non-retrogression.

use super::{Engine, OldArea, answer, field, optional, unanswered};
use serde_json::{Value, json};
use sms_base::diagnostic::{Code, Error, Result};
use sms_statistics::progress::{self, Measured, Series, SeriesPoint, TargetPath, Time};

pub(super) const AREA: OldArea = OldArea { operations: OPERATIONS, answer: call };

const OPERATIONS: &[&str] = &[
    "progress.cagr",
    "progress.expected",
    "progress.to_target",
    "progress.score",
    "progress.distance",
    "progress.trend",
    "progress.years_to_target",
    "progress.projection",
    "progress.retrogression",
];

/// A request that has no fields but these: a misspelt option must not be passed over.
pub(super) fn only(request: &Value, fields: &[&str]) -> Result<()> {
    let unknown = request.as_object().into_iter().flatten().map(|(name, _)| name.as_str()).find(|name| *name != "op" && !fields.contains(name));
    match unknown {
        Some(name) => Err(Error::new(Code::WireBadRequest).at_path(name).expecting(format!("one of {}", fields.join(", ")))),
        None => Ok(()),
    }
}

fn series(request: &Value) -> Result<Series> {
    Series::new(field::<Vec<SeriesPoint>>(request, "series")?)
}

fn call(_: &Engine, op: &str, r: &Value) -> Result<Value> {
    match op {
        "progress.cagr" => {
            only(r, &["earlier", "later", "years"])?;
            answer(json!({ "rate": progress::cagr(field(r, "earlier")?, field(r, "later")?, field(r, "years")?)? }))
        }
        "progress.expected" => {
            only(r, &["path", "at"])?;
            let (path, at): (TargetPath, Time) = (field(r, "path")?, field(r, "at")?);
            answer(json!({ "expected": path.expected(at)?, "value": path.expected_value(at)? }))
        }
        "progress.to_target" | "progress.score" => {
            let scored = op == "progress.score";
            let shared = ["value", "at", "path", "polarity", "across_break", "rules", "limit"];
            only(r, shared.get(..if scored { 7 } else { 6 }).unwrap_or_default())?;
            let path: TargetPath = field(r, "path")?;
            let measured = Measured {
                value: field(r, "value")?,
                at: field(r, "at")?,
                polarity: field(r, "polarity")?,
                path: &path,
                across_break: optional(r, "across_break")?.unwrap_or_default(),
            };
            if scored {
                return answer(progress::progress_score(&measured, optional(r, "limit")?, &field(r, "rules")?)?);
            }
            answer(progress::to_target(&measured, &field(r, "rules")?)?)
        }
        "progress.distance" => {
            only(r, &["value", "target", "polarity", "reference_sd"])?;
            let distance = progress::distance_to_target(field(r, "value")?, field(r, "target")?, field(r, "polarity")?, field(r, "reference_sd")?)?;
            answer(json!({ "distance": distance }))
        }
        "progress.trend" => {
            only(r, &["series", "polarity", "rules"])?;
            answer(progress::trend(&series(r)?, field(r, "polarity")?, &field(r, "rules")?)?)
        }
        "progress.years_to_target" => {
            only(r, &["value", "target", "slope", "polarity"])?;
            let years = progress::years_to_target(field(r, "value")?, field(r, "target")?, field(r, "slope")?, field(r, "polarity")?)?;
            answer(json!({ "to_target": years }))
        }
        "progress.projection" => {
            only(r, &["series", "at", "basis", "range", "rules"])?;
            let range = optional(r, "range")?.unwrap_or_default();
            let projection = progress::project(&series(r)?, field(r, "at")?, field(r, "basis")?, range, &field(r, "rules")?)?;
            answer(json!({ "projection": projection }))
        }
        "progress.retrogression" => {
            only(r, &["series", "polarity", "baseline_at", "rules"])?;
            answer(progress::retrogression(&series(r)?, optional(r, "baseline_at")?, field(r, "polarity")?, &field(r, "rules")?)?)
        }
        _ => Err(unanswered()),
    }
}
