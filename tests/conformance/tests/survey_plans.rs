//! What is wrong with a plan of a survey is told by the path of its field, in a request and in a file; plans in vectors and examples are read.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs, reason = "tests")]

use serde_json::{Value, json};
use sms_conformance::{engine, root, vector_files};
use sms_core::survey::{Accumulator, SurveyPlan};
use sms_core::{Code, shape};
use std::fs;

fn plan() -> Value {
    json!({"design": {"weight": "w", "psu": "i"}, "estimates": {"rent": {"kind": "mean", "variable": "y"}}, "domains": [{}, {"by": ["g"]}]})
}

/// The plan with a part in place of another, or beside the others.
fn with(at: &str, part: Value) -> Value {
    let mut made = plan();
    let (outer, name) = at.rsplit_once('/').unwrap();
    made.pointer_mut(outer).unwrap().as_object_mut().unwrap().insert(name.to_owned(), part);
    made
}

fn without(at: &str) -> Value {
    let mut made = plan();
    let (outer, name) = at.rsplit_once('/').unwrap();
    made.pointer_mut(outer).unwrap().as_object_mut().unwrap().remove(name);
    made
}

#[test]
fn what_cannot_be_read_is_told_by_its_path() {
    let of = |measure: Value| with("/estimates/rent", measure);
    let replicates = |change: Value| {
        let mut made = json!({"columns": ["a", "b"], "method": "brr"});
        made.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        with("/design", json!({"weight": "w", "replicates": made}))
    };
    let engine = engine().unwrap();
    for (plan, path, expected) in [
        (without("/design"), "design", "this field"),
        (without("/estimates"), "estimates", "this field"),
        (without("/design/weight"), "design.weight", "this field"),
        (with("/design/weight", json!(3)), "design.weight", "a string"),
        (with("/design/wieght", json!("w")), "design.wieght", "one of weight, "),
        (with("/design/lonely_psu", json!("ignore")), "design.lonely_psu", "one of fail, "),
        (with("/design/fpc", json!({"column": "N"})), "design.fpc.kind", "this field"),
        (with("/design/population", json!("many")), "design.population", "a number"),
        (of(json!("mean")), "estimates.rent", "an object with named fields"),
        (of(json!({"variable": "y"})), "estimates.rent.kind", "this field"),
        (of(json!({"kind": "mode", "variable": "y"})), "estimates.rent.kind", "one of total, mean, "),
        (of(json!({"kind": "mean"})), "estimates.rent.variable", "this field"),
        (of(json!({"kind": "mean", "variable": ["y"]})), "estimates.rent.variable", "a string"),
        (of(json!({"kind": "mean", "variable": "y", "probability": 0.5})), "estimates.rent.probability", "one of variable beside kind mean"),
        (of(json!({"kind": "rate", "numerator": "y"})), "estimates.rent.multiplier", "this field"),
        (of(json!({"kind": "quantile", "variable": "y"})), "estimates.rent.probability", "this field"),
        (of(json!({"kind": "quantile", "variable": "y", "probability": "half"})), "estimates.rent.probability", "a number"),
        (of(json!({"kind": "median", "variable": "y", "rule": "type 7"})), "estimates.rent.rule", "one of eurostat, laeken, survey"),
        (of(json!({"kind": "poverty_gap", "variable": "y"})), "estimates.rent.threshold", "this field"),
        (
            of(json!({"kind": "poverty_gap", "variable": "y", "threshold": 0.6})),
            "estimates.rent.threshold",
            "one of given, share_of_median, share_of_own_median",
        ),
        (of(json!({"kind": "poverty_gap", "variable": "y", "threshold": {"share_of_median": "60 %"}})), "estimates.rent.threshold.share_of_median", "a number"),
        (replicates(json!({"method": {"fay": "half"}})), "design.replicates.method.fay", "a number"),
        (replicates(json!({"method": "jackknife"})), "design.replicates.method", "one of brr, "),
        (replicates(json!({"rscales": [1, "one"]})), "design.replicates.rscales[1]", "a number"),
        (with("/domains", json!([{"by": "g"}])), "domains[0].by", "a list"),
        (with("/domains", json!([{}, {"by": ["g"], "groups": [["f"], "m"]}])), "domains[1].groups[1]", "a list"),
    ] {
        let error = shape::read::<SurveyPlan>(&plan, Code::SurveyBadPlan).unwrap_err();
        assert_eq!((error.code(), error.location().path.as_deref()), (Code::SurveyBadPlan, Some(path)), "{plan}");
        assert!(error.expected().unwrap_or_default().starts_with(expected), "{path}: {:?}", error.expected());
        for request in [
            json!({"op": "survey.estimate", "columns": {}, "plan": plan, "reporting": {"confidence": 0.95}}),
            json!({"op": "survey.merge", "plan": plan, "states": []}),
        ] {
            let error = engine.call(&request).unwrap_err();
            assert_eq!(error.location().path.as_deref(), Some(format!("plan.{path}").as_str()), "{plan}");
        }
    }
    let near = shape::read::<SurveyPlan>(&of(json!({"kind": "quantile", "variable": "y", "probabilty": 0.5})), Code::WireBadRequest).unwrap_err();
    assert_eq!((near.code(), near.location().path.as_deref()), (Code::WireUnknownField, Some("estimates.rent.probabilty")));
    assert_eq!(near.params()["did_you_mean"].to_string(), "probability");
}

#[test]
fn plans_of_vectors_and_guides_are_read() {
    let mut read = 0;
    for (_, vectors) in vector_files().unwrap() {
        for case in vectors["cases"].as_array().unwrap().iter().filter(|c| c["op"] == "survey.estimate" && c["reject"].is_null()) {
            let plan: SurveyPlan = shape::read(&case["input"]["plan"], Code::SurveyBadPlan).unwrap();
            // what a plan says is the same however it is written down
            assert_eq!(serde_json::from_value::<SurveyPlan>(serde_json::to_value(&plan).unwrap()).unwrap(), plan, "{}", case["id"]);
            read += 1;
        }
    }
    assert!(read > 200, "{read}");
    let guide = fs::read_to_string(root().join("docs/survey.md")).unwrap();
    let in_guide = guide.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    for text in [in_guide, &fs::read_to_string(root().join("examples/survey/plan.toml")).unwrap()] {
        let document = serde_json::to_value(toml::from_str::<toml::Value>(text).unwrap()).unwrap();
        Accumulator::new(shape::read(&document, Code::SurveyBadPlan).unwrap()).unwrap();
    }
}

#[test]
fn the_guide_names_every_field_of_a_plan() {
    let guide = fs::read_to_string(root().join("docs/survey.md")).unwrap();
    let schema: Value = serde_json::from_str(&fs::read_to_string(root().join("sms-core/schemas/survey-plan.json")).unwrap()).unwrap();
    fn names(schema: &Value, found: &mut Vec<String>) {
        match schema {
            Value::Object(object) => {
                found.extend(object.get("properties").and_then(Value::as_object).into_iter().flat_map(|p| p.keys().cloned()));
                found.extend(object.get("const").and_then(Value::as_str).map(str::to_owned));
                object.values().for_each(|v| names(v, found));
            }
            Value::Array(items) => items.iter().for_each(|v| names(v, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    names(&schema, &mut found);
    assert!(found.len() > 50);
    let lacking: Vec<_> = found.iter().filter(|name| !guide.contains(name.as_str())).collect();
    assert!(lacking.is_empty(), "docs/survey.md does not name {lacking:?}");
}
