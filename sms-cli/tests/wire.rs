//! The wire on the command line: its schemas, requests line by line, and programs that are asked the vectors.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs, reason = "tests")]

use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const SMS: &str = env!("CARGO_BIN_EXE_sms");

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn sms(args: &[&str]) -> Output {
    Command::new(SMS).args(args).current_dir(root()).stdin(Stdio::null()).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// What is answered to these bytes, all of them, with exit code 0.
fn answers(input: &[u8]) -> Vec<Value> {
    let mut child = Command::new(SMS).args(["vectors", "--stdio"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // written while answers are read: neither waits for the other
    let (mut stdin, input) = (child.stdin.take().unwrap(), input.to_vec());
    let writer = std::thread::spawn(move || stdin.write_all(&input));
    let out = child.wait_with_output().unwrap();
    assert_eq!(out.status.code(), Some(0), "{}", text(&out.stderr));
    writer.join().unwrap().unwrap();
    text(&out.stdout).lines().map(|l| serde_json::from_str(l).unwrap()).collect()
}

fn references(schema: &Value, found: &mut BTreeSet<String>) {
    match schema {
        Value::Object(object) => {
            found.extend(object.get("$ref").and_then(Value::as_str).map(str::to_owned));
            object.values().for_each(|v| references(v, found));
        }
        Value::Array(items) => items.iter().for_each(|v| references(v, found)),
        _ => {}
    }
}

#[test]
fn every_operation_has_a_schema_of_its_request_and_its_answer() {
    let bundle: Value = serde_json::from_slice(&sms(&["schema", "operations"]).stdout).unwrap();
    let operations: Vec<String> = bundle["operations"].as_object().unwrap().keys().cloned().collect();
    let listed = text(&sms(&["schema"]).stdout);
    let listed: Vec<&str> = listed.lines().collect();
    assert_eq!(listed[10..13], ["survey-plan", "operations", "openapi"]);
    assert_eq!(listed[13..], operations);
    let openapi: Value = serde_json::from_slice(&sms(&["schema", "openapi"]).stdout).unwrap();
    assert_eq!(openapi["openapi"], "3.1.0");
    let wire = answers(b"{\"op\":\"versions\"}\n")[0]["ok"]["wire"].as_str().unwrap().to_owned();
    for name in &operations {
        for (part, args) in [("request", vec!["schema", name]), ("answer", vec!["schema", name, "--answer"])] {
            let out = sms(&args);
            assert_eq!(out.status.code(), Some(0), "{name}, {part}");
            let schema: Value = serde_json::from_slice(&out.stdout).unwrap();
            assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
            assert_eq!(schema["$id"], format!("urn:sms:wire:{wire}:{name}:{part}"));
            assert!(schema["title"].as_str().unwrap().len() > name.len());
            assert_eq!(schema["$ref"], bundle["operations"][name][part]["$ref"]);
            let mut needed = BTreeSet::new();
            references(&schema, &mut needed);
            let held: BTreeSet<String> = schema["$defs"].as_object().unwrap().keys().map(|n| format!("#/$defs/{n}")).collect();
            assert_eq!(needed, held, "{name}, {part}: each reference resolves, and nothing is there that none refers to");
        }
    }
}

#[test]
fn every_operation_refuses_a_misspelt_field() {
    let bundle: Value = serde_json::from_slice(&sms(&["schema", "operations"]).stdout).unwrap();
    let operations = bundle["operations"].as_object().unwrap();
    let mut input = String::new();
    for (name, operation) in operations {
        let mut request = operation["example"].clone();
        request["op"] = json!(name);
        request["quite_unknown"] = json!(1);
        input += &format!("{request}\n");
    }
    let found = answers(input.as_bytes());
    assert!(operations.len() >= 130);
    assert_eq!(found.len(), operations.len());
    for (name, answer) in operations.keys().zip(&found) {
        assert_eq!((&answer["error"]["code"], &answer["error"]["location"]), (&json!("wire.unknown-field"), &json!({"path": "$"})), "{name}: {answer}");
    }
}

#[test]
fn a_name_that_is_not_quite_right_is_met_with_the_nearest() {
    for (name, near) in [("equality.mesures", "equality.measures"), ("catalog", "catalogue"), ("explian", "explain"), ("openapy", "openapi")] {
        let out = sms(&["schema", name]);
        assert_eq!(out.status.code(), Some(2));
        assert!(text(&out.stderr).contains(&format!("did you mean {near}?")), "{}", text(&out.stderr));
    }
    assert!(!text(&sms(&["schema", "nothing"]).stderr).contains("did you mean"));
    for args in [&["schema", "plan", "--answer"], &["schema", "openapi", "--answer"]] {
        let out = sms(args);
        assert_eq!(out.status.code(), Some(2));
        assert!(text(&out.stderr).contains("this is no operation"), "{}", text(&out.stderr));
    }
    assert_eq!(sms(&["schema", "--answer"]).status.code(), Some(2));
}

#[test]
fn a_line_that_is_not_utf8_is_answered_and_the_rest_too() {
    let found = answers(b"{\"op\":\"versions\"}\n\n{\"op\":\"\xff\"}\n{\"op\":\"period.parse\",\"text\":\"2018\"}\n\xc3");
    assert_eq!(found.len(), 4);
    assert!(found[0]["ok"]["library"].is_string());
    assert_eq!(found[1]["error"]["code"], "json.syntax");
    assert_eq!(found[1]["error"]["expected"], "text in UTF-8");
    assert_eq!(found[1]["error"]["location"], json!({"row": 3}));
    assert_eq!(found[2]["ok"]["months"], 12);
    assert_eq!(found[3]["error"]["location"], json!({"row": 5}));
}

#[test]
fn ends_of_lines_and_a_byte_order_mark_are_taken_as_they_come() {
    let found =
        answers("\u{feff}{\"op\":\"period.parse\",\"text\":\"2018\"}\r\n \r\n\n{\"op\":\"period.parse\",\"text\":\"2019\"}\r\n{\"op\":\"nope\"}".as_bytes());
    assert_eq!(found.iter().map(|a| &a["ok"]["start_year"]).collect::<Vec<_>>(), [&json!(2018), &json!(2019), &Value::Null]);
    assert_eq!(found[2]["error"]["code"], "wire.unknown-op");
    assert!(answers("\u{feff}\n\n".as_bytes()).is_empty());
    assert!(answers(b"").is_empty());
}

#[test]
fn who_reads_no_more_ends_it_quietly() {
    let mut child = Command::new(SMS).args(["vectors", "--stdio"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    // it may be gone before all is written
    drop(child.stdin.take().unwrap().write_all("{\"op\":\"versions\"}\n".repeat(1000).as_bytes()));
    let out = child.wait_with_output().unwrap();
    assert_eq!(out.status.code(), Some(0));
    assert!(out.stderr.is_empty(), "{}", text(&out.stderr));
}

#[cfg(unix)]
#[test]
fn what_cannot_be_read_is_a_failure() {
    let folder = std::fs::File::open(root()).unwrap();
    let out = Command::new(SMS).args(["vectors", "--stdio"]).stdin(folder).output().unwrap();
    assert_eq!(out.status.code(), Some(2));
    assert!(text(&out.stderr).starts_with("error: standard input: "), "{}", text(&out.stderr));
}

#[test]
fn this_program_passes() {
    let out = sms(&["certify", "--topic", "period", "--topic", "estimate/wilson", "--topic", "wire", "--", SMS, "vectors", "--stdio"]);
    assert_eq!(out.status.code(), Some(0), "{}{}", text(&out.stdout), text(&out.stderr));
    let shown = text(&out.stdout);
    let first: Vec<&str> = shown.lines().map(|l| l.split(' ').next().unwrap()).collect();
    assert_eq!(first[..4], ["topic", "estimate", "period", "wire"], "{shown}");
    let last: Vec<&str> = shown.lines().last().unwrap().split(' ').collect();
    assert_eq!((last[0], &last[3..]), (last[2], &["cases", "passed"][..]), "{shown}");
    assert!(out.stderr.is_empty(), "{}", text(&out.stderr));

    let out = sms(&["certify", "--json", "--topic", "period", "--", SMS, "vectors", "--stdio"]);
    let found: Value = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!(found["cases"], found["passed"]);
    assert_eq!(found["failures"], json!([]));
    assert_eq!(found["topics"], json!([{"topic": "period", "passed": found["cases"], "failed": 0}]));
}

/// The arguments that have a script asked the cases about periods.
#[cfg(unix)]
fn asked(more: &[&str], script: &str) -> Output {
    let mut args = vec!["certify", "--topic", "period"];
    args.extend(more);
    args.extend(["--", "sh", "-c", script]);
    sms(&args)
}

#[cfg(unix)]
#[test]
fn a_program_that_answers_wrongly_is_told_where() {
    let script = "while read -r line; do echo '{\"ok\":{\"months\":13}}'; done";
    let out = asked(&["--show", "3"], script);
    assert_eq!(out.status.code(), Some(1), "{}", text(&out.stderr));
    let shown = text(&out.stdout);
    let lines: Vec<&str> = shown.lines().collect();
    assert!(lines[..3].iter().all(|l| l.starts_with("period/") && l.contains("#") && l.contains("expected ") && l.contains(", got ")), "{shown}");
    assert!(lines[3].starts_with("and ") && lines[3].contains("more cases"), "{shown}");
    assert!(lines.last().unwrap().starts_with("0 of "), "{shown}");
    assert_eq!(text(&asked(&[], script).stdout).lines().filter(|l| l.starts_with("period/")).count(), 20);

    let out = asked(&["--json"], script);
    assert_eq!(out.status.code(), Some(1));
    let found: Value = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!(found["failures"].as_array().unwrap().len() as u64, found["cases"].as_u64().unwrap());
    assert_eq!(found["passed"], 0);
    let first = &found["failures"][0];
    assert!(first["case"].as_str().unwrap().starts_with("period/"));
    assert!(["path", "expected", "got"].iter().all(|k| first["differences"][0][k].is_string()), "{first}");
}

#[cfg(unix)]
#[test]
fn a_program_that_cannot_be_asked_is_told_why() {
    let all = |tail: &str| format!("while read -r line; do echo '{{}}'; done; {tail}");
    for (script, reason) in [
        ("read -r line; echo '{}'; exit 3", "the program ended early (exit status: 3), at case period/"),
        ("read -r line; echo '{}'", "the program answered 1 of "),
        ("echo", "the program answered 0 of "),
        ("read -r line; echo '{}'; echo hello; cat >/dev/null", "the answer is not JSON, at case period/"),
        ("read -r line; printf '\\377\\n'; cat >/dev/null", "a line is no answer, at case period/"),
        ("exec sleep 100", "the program gave no answer for 1 s and was ended, at case period/"),
        (&all("echo '{}'"), "the program wrote more lines than the "),
    ] {
        let out = asked(&["--timeout", "1"], script);
        let said = text(&out.stderr);
        assert_eq!(out.status.code(), Some(2), "{script}: {said}");
        assert!(said.contains(reason) && said.contains("hint: "), "{script}: {said}");
        assert!(out.stdout.is_empty());
    }
    let out = asked(&[], &all("exit 4"));
    assert_eq!(out.status.code(), Some(1));
    assert!(text(&out.stderr).contains("every case was answered, and then the program failed"), "{}", text(&out.stderr));
}

#[test]
fn vectors_and_programs_that_are_not_there_are_named() {
    for (args, reason) in [
        (&["certify", "--", "no-such-program-anywhere"][..], "the program cannot be started"),
        (&["certify", "--topic", "perod", "--", SMS], "did you mean period?"),
        (&["certify", "--vectors", "examples", "--", SMS], "there is no manifest"),
        (&["certify"], "required"),
    ] {
        let out = sms(args);
        assert_eq!(out.status.code(), Some(2), "{args:?}");
        assert!(text(&out.stderr).contains(reason), "{args:?}: {}", text(&out.stderr));
    }
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("manifest.json"), "{\"files\": {\"a/b.json\": 2}}").unwrap();
    std::fs::create_dir(folder.path().join("a")).unwrap();
    std::fs::write(folder.path().join("a/b.json"), "{\"cases\": [{\"id\": \"x\", \"op\": \"versions\", \"input\": {}, \"expect\": {}}]}").unwrap();
    let out = sms(&["certify", "--vectors", &folder.path().to_string_lossy(), "--", SMS, "vectors", "--stdio"]);
    assert_eq!(out.status.code(), Some(2));
    assert!(text(&out.stderr).contains("the file holds 1 cases, and the manifest says 2"), "{}", text(&out.stderr));
}
