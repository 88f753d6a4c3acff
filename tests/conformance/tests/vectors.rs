//! Runs every conformance vector through the wire and through the types behind it.
//!
//! *Truth*: each answer is compared with the expected one, within the tolerance of its case. *Sameness*: every number
//! of every answer is written as raw bits to the file that `SMS_VECTORS_OUT` names; `cargo dev test` compares the files
//! of the three languages.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout, missing_docs, reason = "tests")]

use serde_json::{Value, json};
use sms_conformance::{engine, root};
use sms_core::exchange::{csv, json as exchange_json};
use sms_core::wire::{self, Engine, PolicyRequest, certify};
use sms_core::{AssessmentPlan, Method, Observations, Published, Result, assess, dataset};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::sync::Arc;

fn numbers(value: &Value, path: &str, found: &mut BTreeMap<String, String>) {
    match value {
        Value::Number(n) => {
            found.insert(path.to_owned(), format!("{:016x}", n.as_f64().unwrap().to_bits()));
        }
        Value::Array(items) => items.iter().enumerate().for_each(|(i, v)| numbers(v, &format!("{path}/{i}"), found)),
        Value::Object(map) => map.iter().for_each(|(k, v)| numbers(v, &format!("{path}/{}", k.replace('~', "~0").replace('/', "~1")), found)),
        _ => {}
    }
}

fn read(source: &Value) -> Result<Observations> {
    match source.get("csv").and_then(Value::as_str) {
        Some(text) => {
            let dialect = source.get("dialect").map(|d| serde_json::from_value(d.clone()).unwrap()).unwrap_or_default();
            csv::read(text.as_bytes(), &dialect)
        }
        None => exchange_json::read(&source["rows"].to_string(), None),
    }
}

/// The same answer, by the types rather than the wire.
fn by_types(engine: &Engine, op: &str, request: &Value) -> Option<Result<Value>> {
    if !matches!(op, "check" | "assess" | "explain") || request.get("observations").is_none_or(|o| !o.is_object()) {
        return None;
    }
    let work = || -> Result<Value> {
        let (dataset, findings) = dataset::check(engine.catalogue(), &read(&request["observations"])?);
        if op == "check" {
            return Ok(json!(wire::check_answer(&dataset, findings)));
        }
        let method = match request.get("method") {
            None => engine.method("standard")?,
            Some(Value::String(name)) => engine.method(name)?,
            Some(whole) => Arc::new(Method::from_json(&whole.to_string())?),
        };
        let plan: AssessmentPlan = request.get("plan").map(|p| wire::part(p, "plan")).transpose()?.unwrap_or_default();
        let policy: PolicyRequest = request.get("policy").map(|p| wire::part(p, "policy")).transpose()?.unwrap_or_default();
        let previous = request.get("previous").map(Published::from_report).transpose()?;
        let report = assess::assess(&method, &Arc::new(dataset), &findings, &plan)?.release_after(&policy.policy(&method)?, previous.as_ref())?;
        if op == "assess" {
            return Ok(json!(report.data()));
        }
        Ok(json!(report.explain(request["id"].as_str().unwrap_or_default(), request.get("place").and_then(Value::as_str))?))
    };
    Some(work())
}

#[test]
fn every_vector_holds() {
    let engine = engine().unwrap();
    let folder = root().join("tests/vectors");
    let manifest: Value = serde_json::from_str(&fs::read_to_string(folder.join("manifest.json")).unwrap()).unwrap();
    let (mut wrong, mut bits, mut total) = (Vec::new(), String::new(), 0);
    let mut counted = BTreeMap::new();
    for (name, file) in sms_conformance::vector_files().unwrap() {
        let cases = file["cases"].as_array().unwrap();
        for case in cases {
            let id = format!("{name}#{}", case["id"].as_str().unwrap());
            let op = case["op"].as_str().unwrap();
            let line = certify::request_line(case);
            let request: Value = serde_json::from_str(&line).unwrap();
            let answer: Value = serde_json::from_str(&engine.call_json(&line)).unwrap();
            let mut errors: Vec<String> =
                certify::differences(case, &answer).into_iter().map(|d| format!("{}: got {}, expected {}", d.path, d.got, d.expected)).collect();
            if let Some(typed) = by_types(&engine, op, &request) {
                let same = match &typed {
                    Ok(value) => answer["ok"] == *value,
                    Err(e) => answer["error"]["code"] == e.code().as_str(),
                };
                if !same {
                    errors.push("the wire and the types answer differently".to_owned());
                }
            }
            let mut found = BTreeMap::new();
            numbers(&answer["ok"], "", &mut found);
            let mut line = json!({ "case": id, "bits": found });
            if let Some(code) = answer["error"]["code"].as_str() {
                line["error"] = json!(code);
            }
            writeln!(bits, "{line}").unwrap();
            wrong.extend(errors.into_iter().map(|e| format!("{id}: {e}")));
        }
        println!("{name}: {} cases", cases.len());
        total += cases.len();
        counted.insert(name, json!(cases.len()));
    }
    println!("{total} cases in all");
    if let Some(out) = std::env::var_os("SMS_VECTORS_OUT") {
        fs::write(out, bits).unwrap();
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(json!(counted), manifest["files"]);
    assert_eq!(json!(total), manifest["total"]);
}
