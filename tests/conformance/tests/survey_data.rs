//! Published survey estimates and intervals, from the reference data beside the repository.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout, missing_docs, reason = "tests")]

use calamine::{Data, Reader, Xlsx, open_workbook};
use serde_json::{Map, Value, json};
use sms_conformance::{engine, shared_data};
use sms_core::estimate::{byar, wilson};
use sms_core::survey::mean_interval;
use std::collections::BTreeMap;
use std::path::Path;

fn close(got: f64, want: f64, tolerance: f64, what: &str) {
    assert!((got - want).abs() <= tolerance * want.abs().max(1e-300), "{what}: {got}, published {want}, off by {:e}", (got / want - 1.0).abs());
}

/// The columns that the tests need, numbers as numbers, `NA` as null.
fn columns(path: &Path, names: &[&str]) -> Map<String, Value> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let mut columns: BTreeMap<&str, Vec<Value>> = names.iter().map(|n| (*n, Vec::new())).collect();
    for row in reader.records() {
        let row = row.unwrap();
        for (name, column) in &mut columns {
            let text = &row[header.iter().position(|h| h == name).unwrap_or_else(|| panic!("no column {name}"))];
            column.push(match text.parse::<f64>() {
                _ if text == "NA" => Value::Null,
                Ok(x) => json!(x),
                Err(_) => json!(text),
            });
        }
    }
    columns.into_iter().map(|(n, c)| (n.to_owned(), Value::Array(c))).collect()
}

/// The designs of the R package's own examples: `svydesign` of apisrs, apistrat and apiclus1.
fn design(name: &str) -> Value {
    let fpc = json!({"column": "fpc", "kind": "population"});
    match name {
        "apisrs" => json!({"weight": "pw", "fpc": fpc}),
        "apistrat" => json!({"weight": "pw", "stratum": "stype", "fpc": fpc}),
        _ => json!({"weight": "pw", "psu": "dnum", "fpc": fpc}),
    }
}

#[test]
fn every_published_estimate_of_r_survey() {
    let Some(data) = shared_data() else { return };
    let engine = engine().unwrap();
    let folder = data.join("survey-api");
    let mut answers: BTreeMap<String, Value> = BTreeMap::new();
    for name in ["apisrs", "apistrat", "apiclus1"] {
        let columns = columns(&folder.join(format!("{name}.csv")), &["pw", "fpc", "stype", "dnum", "api00", "enroll", "api.stu", "sch.wide"]);
        let request = json!({
            "op": "survey.estimate",
            "columns": columns,
            "plan": {
                "design": design(name),
                "estimates": {
                    "mean api00": {"kind": "mean", "variable": "api00"},
                    "total enroll": {"kind": "total", "variable": "enroll"},
                    "proportion sch.wide=Yes": {"kind": "proportion", "variable": "sch.wide", "category": "Yes"},
                    "ratio api.stu/enroll": {"kind": "ratio", "numerator": "api.stu", "denominator": "enroll"},
                },
                "domains": [{}, {"by": ["stype"]}, {"by": ["sch.wide"]}],
            },
            "reporting": {"confidence": 0.95},
        });
        let answer: Value = serde_json::from_str(&engine.call_json(&request.to_string())).unwrap();
        assert!(answer["error"].is_null(), "{name}: {}", answer["error"]);
        answers.insert(name.to_owned(), answer["ok"].clone());
    }
    let mut reader = csv::Reader::from_path(folder.join("expected_r_survey_4.1.1.csv")).unwrap();
    let mut checked = 0;
    for row in reader.records() {
        let row = row.unwrap();
        let (statistic, group) = (row[1].trim_start_matches("domain ").trim_start_matches("deff "), &row[2]);
        let wanted = match group.split_once('=') {
            Some((dimension, code)) => json!([{"dimension": dimension, "code": code}]),
            None => json!([]),
        };
        let estimates = answers[&row[0]]["estimates"].as_array().unwrap();
        let found = estimates.iter().find(|e| e["estimate"] == statistic && e["domain"] == wanted).unwrap_or_else(|| panic!("no {row:?}"));
        let what = format!("{row:?}");
        if row[1].starts_with("deff") {
            close(found["deff"].as_f64().unwrap(), row[3].parse().unwrap(), 1e-10, &what);
        } else {
            close(found["value"].as_f64().unwrap(), row[3].parse().unwrap(), 1e-10, &what);
            close(found["se"].as_f64().unwrap(), row[4].parse().unwrap(), 1e-10, &what);
        }
        checked += 1;
    }
    println!("{checked} rows of expected_r_survey_4.1.1.csv");
    assert_eq!(checked, 30);
}

fn sheet(data: &Path, file: &str, sheet: &str) -> Vec<Vec<Data>> {
    let mut book: Xlsx<_> = open_workbook(data.join("english-public-health").join(file)).unwrap();
    book.worksheet_range(sheet).unwrap().rows().skip(1).map(<[Data]>::to_vec).collect()
}

fn number(cell: &Data) -> Option<f64> {
    match cell {
        Data::Float(x) => Some(*x),
        #[allow(clippy::cast_precision_loss, reason = "small counts")]
        Data::Int(x) => Some(*x as f64),
        _ => None,
    }
}

#[test]
fn wilson_and_byar_of_the_english_public_health_tests() {
    let Some(data) = shared_data() else { return };
    let mut checked = 0;
    for row in sheet(&data, "testdata_Byars_Wilson.xlsx", "testdata_B_W") {
        let (Some(x), Data::String(confidence), Data::String(method)) = (number(&row[0]), &row[4], &row[5]) else { continue };
        let confidence = if confidence == "95%" { 0.95 } else { 0.998 };
        let made = if method == "Wilson" { wilson(x, number(&row[1]).unwrap(), confidence) } else { byar(x, confidence) }.unwrap();
        let what = format!("{method} {x} {confidence}");
        // the reference leaves out a lower limit that would be negative
        for (got, want) in [(made.lower, number(&row[2])), (made.upper, number(&row[3]))] {
            if let Some(want) = want {
                close(got, want, 1e-12, &what);
                checked += 1;
            }
        }
    }
    assert_eq!(checked, 25);
    for row in sheet(&data, "testdata_Proportion.xlsx", "testdata_Prop") {
        let (Some(x), Some(n), Some(multiplier)) = (number(&row[1]), number(&row[2]), number(&row[10])) else { continue };
        for (confidence, at) in [(0.95, 4), (0.998, 6)] {
            let made = wilson(x, n, confidence).unwrap();
            close(multiplier * made.lower, number(&row[at]).unwrap(), 1e-12, "lower");
            close(multiplier * made.upper, number(&row[at + 1]).unwrap(), 1e-12, "upper");
            checked += 2;
        }
    }
    for row in sheet(&data, "testdata_Proportion.xlsx", "testdata_Prop_g") {
        let (Some(x), Some(n)) = (number(&row[1]), number(&row[2])) else { continue };
        let made = wilson(x, n, 0.95).unwrap();
        close(made.lower, number(&row[4]).unwrap(), 1e-12, "lower");
        close(made.upper, number(&row[5]).unwrap(), 1e-12, "upper");
        checked += 2;
    }
    let mut reader = csv::Reader::from_path(data.join("english-public-health/NCMP_testdata.csv")).unwrap();
    for row in reader.records() {
        let row = row.unwrap();
        let of = |at: usize| row[at].parse::<f64>().ok();
        let (Some(n), Some(x), Some(lower), Some(upper)) = (of(4), of(5), of(7), of(8)) else { continue };
        let made = wilson(x, n, 0.95).unwrap();
        close(100.0 * made.lower, lower, 1e-12, "NCMP lower");
        close(100.0 * made.upper, upper, 1e-12, "NCMP upper");
        checked += 2;
    }
    println!("{checked} limits");
    assert!(checked > 400, "{checked}");
}

#[test]
fn student_t_of_the_english_public_health_tests() {
    let Some(data) = shared_data() else { return };
    for row in sheet(&data, "testdata_Mean.xlsx", "testdata_Mean_results") {
        let of = |at: usize| number(&row[at]).unwrap();
        let (n, deviation, mean) = (of(2), of(3), of(4));
        for (confidence, at) in [(0.95, 5), (0.998, 7)] {
            let made = mean_interval(mean, deviation / n.sqrt(), n - 1.0, confidence).unwrap();
            // a spreadsheet's quantile of t holds about twelve digits
            close(made.lower, of(at), 1e-11, "lower");
            close(made.upper, of(at + 1), 1e-11, "upper");
        }
    }
}
