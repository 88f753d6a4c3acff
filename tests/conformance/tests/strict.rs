//! A field that is not known is refused wherever it stands: in every request, and in every kind of file.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout, missing_docs, reason = "tests")]

use serde_json::{Map, Value, json};
use sms_conformance::{engine, root};
use sms_core::wire;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

/// Operations that list what is wrong with what they are given, and refuse nothing for it.
const TOLD_AS_DATA: &[&str] = &["roadmap.check", "roadmap.cohort"];

/// A field that nothing has.
const UNKNOWN: &str = "quite_unknown";

fn schema(name: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(root().join(format!("sms-core/schemas/{name}.json"))).unwrap()).unwrap()
}

/// The parts of a document that its schema closes, as JSON pointers.
fn closed(schema: &Value, whole: &Value, value: &Value, path: &str, found: &mut BTreeSet<String>) {
    if let Some(name) = schema["$ref"].as_str() {
        return closed(whole.pointer(name.trim_start_matches('#')).unwrap(), whole, value, path, found);
    }
    for several in ["anyOf", "oneOf", "allOf"] {
        for one in schema[several].as_array().into_iter().flatten() {
            if could_be(one, whole, value) {
                closed(one, whole, value, path, found);
            }
        }
    }
    match value {
        Value::Object(object) => {
            let properties = schema["properties"].as_object();
            if properties.is_some() && schema["additionalProperties"] == json!(false) {
                found.insert(path.to_owned());
            }
            for (name, inner) in object {
                let at = format!("{path}/{}", name.replace('~', "~0").replace('/', "~1"));
                match properties.and_then(|p| p.get(name)) {
                    Some(known) => closed(known, whole, inner, &at, found),
                    None => closed(&schema["additionalProperties"], whole, inner, &at, found),
                }
            }
        }
        Value::Array(items) => {
            for (i, inner) in items.iter().enumerate() {
                closed(&schema["items"], whole, inner, &format!("{path}/{i}"), found);
            }
        }
        _ => {}
    }
}

/// Whether an object has no member that a shape lacks.
fn could_be(schema: &Value, whole: &Value, value: &Value) -> bool {
    if let Some(name) = schema["$ref"].as_str() {
        return could_be(whole.pointer(name.trim_start_matches('#')).unwrap(), whole, value);
    }
    if let Some(several) = schema["anyOf"].as_array().or(schema["oneOf"].as_array()) {
        return several.iter().any(|one| could_be(one, whole, value));
    }
    match (value, schema["properties"].as_object()) {
        (Value::Object(object), Some(properties)) => {
            let words = |name: &String, inner: &Value| properties[name]["const"].is_null() || properties[name]["const"] == *inner;
            let required = schema["required"].as_array().cloned().unwrap_or_default();
            object.iter().all(|(name, inner)| properties.contains_key(name) && words(name, inner))
                && required.iter().all(|r| object.contains_key(r.as_str().unwrap_or_default()))
        }
        (Value::Object(_), None) => schema["type"] == "object",
        (Value::Array(_), _) => schema["type"] == "array" || schema["items"].is_object(),
        _ => false,
    }
}

fn with_unknown(value: &Value, path: &str) -> Value {
    let mut value = value.clone();
    value.pointer_mut(path).unwrap().as_object_mut().unwrap().insert(UNKNOWN.to_owned(), json!(1));
    value
}

#[test]
fn every_operation_refuses_a_misspelt_field() {
    let engine = engine().unwrap();
    for entry in wire::areas().flat_map(|area| area.operations) {
        let mut request: Value = serde_json::from_str(entry.example).unwrap();
        request["op"] = json!(entry.name);
        engine.call(&request).unwrap_or_else(|e| panic!("{}: the example is refused: {e}", entry.name));
        let error = engine.call(&with_unknown(&request, "")).unwrap_err();
        assert_eq!((error.code().as_str(), error.location().path.as_deref()), ("wire.unknown-field", Some("$")), "{}", entry.name);
    }
}

#[test]
fn every_part_of_every_request_refuses_a_misspelt_field() {
    let (engine, bundle) = (engine().unwrap(), schema("operations"));
    let mut tried: BTreeMap<String, usize> = BTreeMap::new();
    let mut passed_over = BTreeSet::new();
    for (file, vectors) in sms_conformance::vector_files().unwrap() {
        for case in vectors["cases"].as_array().unwrap().iter().filter(|c| c["reject"].is_null()) {
            let operation = case["op"].as_str().unwrap();
            // a few cases of each operation and file are enough: the shapes are the same
            let seen = tried.entry(format!("{file} {operation}")).or_default();
            *seen += 1;
            if *seen > 3 {
                continue;
            }
            let request = sms_core::wire::certify::request(case);
            let mut fields = request.clone();
            fields.as_object_mut().unwrap().remove("op");
            let mut found = BTreeSet::new();
            closed(&bundle["operations"][operation]["request"], &bundle, &fields, "", &mut found);
            for path in found {
                let answer: Value = serde_json::from_str(&engine.call_json(&with_unknown(&request, &path).to_string())).unwrap();
                // what an operation lists as data is told as well
                let told = TOLD_AS_DATA.contains(&operation) && answer["ok"] != engine.call(&request).unwrap();
                if answer["error"].is_null() && !told {
                    passed_over.insert(format!("{operation} at {}", path.replace(|c: char| c.is_ascii_digit(), "0")));
                }
            }
        }
    }
    assert!(passed_over.is_empty(), "passed over:\n{}", passed_over.into_iter().collect::<Vec<_>>().join("\n"));
}

#[test]
fn every_code_of_a_refusal_is_declared() {
    let always = ["wire.bad-request", "wire.unknown-field", "wire.unknown-op", "json.syntax"];
    let declared: BTreeMap<&str, BTreeSet<&str>> =
        wire::areas().flat_map(|a| a.operations).map(|o| (o.name, o.errors.iter().map(|c| c.as_str()).collect())).collect();
    let mut lacking = BTreeSet::new();
    for (_, vectors) in sms_conformance::vector_files().unwrap() {
        for case in vectors["cases"].as_array().unwrap() {
            let (Some(code), Some(known)) = (case["reject"].as_str(), declared.get(case["op"].as_str().unwrap_or_default())) else { continue };
            if !always.contains(&code) && !known.contains(code) {
                lacking.insert(format!("{} {code}", case["op"].as_str().unwrap()));
            }
        }
    }
    assert!(lacking.is_empty(), "not in ERRORS:\n{}", lacking.into_iter().collect::<Vec<_>>().join("\n"));
}

#[test]
fn every_field_is_documented() {
    let bundle = schema("operations");
    let mut without = Vec::new();
    for (name, operation) in bundle["operations"].as_object().unwrap() {
        assert!(operation["title"].as_str().is_some_and(|t| t.ends_with('.') && t.len() > 10), "{name} has no title");
        assert!(operation["source"].as_str().is_some_and(|t| !t.is_empty()), "{name} has no source");
        let request = bundle.pointer(operation["request"]["$ref"].as_str().unwrap().trim_start_matches('#')).unwrap();
        let properties = request["properties"].as_object().cloned().unwrap_or_else(Map::new);
        without.extend(properties.iter().filter(|(_, p)| p["description"].as_str().is_none_or(str::is_empty)).map(|(field, _)| format!("{name} {field}")));
    }
    assert!(without.is_empty(), "fields without a word: {}", without.join(", "));
}

#[test]
fn every_kind_of_file_refuses_a_misspelt_field() {
    let text = |path: &str| fs::read_to_string(root().join(path)).unwrap();
    let json = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    type Read = fn(&Value) -> bool;
    let files: Vec<(&str, Value, Read)> = vec![
        ("catalogue", json(sms_catalogue::CATALOGUE_JSON), |v| {
            // the quick reading of a text, and the one that tells where it is wrong
            serde_json::from_str::<sms_core::catalogue::RawCatalogue>(&v.to_string()).is_ok()
                || wire::part::<sms_core::catalogue::RawCatalogue>(v, "catalogue").is_ok()
        }),
        ("method", json(sms_catalogue::STANDARD_METHOD_JSON), |v| sms_core::Method::from_json(&v.to_string()).is_ok()),
        ("index", json(&text("catalogue/baked/index-hdi.json")), |v| sms_core::index::Index::from_value(v).is_ok()),
        ("crosswalk", sms_conformance::toml_file("examples/bristol/crosswalk.toml").unwrap(), |v| {
            sms_core::crosswalk::Crosswalk::from_value(v.clone()).is_ok()
        }),
        ("plan", sms_conformance::toml_file("examples/bristol/plan.toml").unwrap_or_else(|_| json!({"selection": ["core"]})), |v| {
            wire::part::<sms_core::AssessmentPlan>(v, "plan").is_ok()
        }),
    ];
    for (name, whole, reads) in files {
        assert!(reads(&whole), "{name}");
        let described = schema(name);
        let mut found = BTreeSet::new();
        closed(&described, &described, &whole, "", &mut found);
        assert!(!found.is_empty(), "{name} closes nothing");
        // one of each kind of place
        let kinds: BTreeMap<String, String> = found.into_iter().map(|p| (p.replace(|c: char| c.is_ascii_digit(), ""), p)).collect();
        let passed: Vec<&String> = kinds.values().filter(|path| reads(&with_unknown(&whole, path))).collect();
        assert!(passed.is_empty(), "{name}: passed over at {passed:?}");
    }
}
