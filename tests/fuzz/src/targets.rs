//! What each target does with its bytes. Beyond "no panic" it holds what must be true of every answer: counts of rows
//! add up, what is written reads back, numbers are finite, an answer is either `ok` or `error`.
//!
//! The same functions run under libFuzzer, under `mutate`, and as an ordinary test over the corpus
//! (`sms-core/tests/fuzz_corpus.rs`).

use sms_core::crosswalk::{Crosswalk, SourceFile};
use sms_core::exchange::csv::{self, Dialect, Encoding};
use sms_core::exchange::json;
use sms_core::num::{DecimalSign, parse_number};
use sms_core::observation::Row;
use sms_core::report::Table;
use sms_core::wire::Engine;
use sms_core::{AssessmentPlan, Catalogue, Error, Findings, Method, Observations, Period, PrivacyPolicy, assess, dataset};
use std::sync::{Arc, OnceLock};

/// A target: what it does with bytes.
pub type Target = fn(&[u8]);

/// All targets, by name.
pub const ALL: &[(&str, Target)] =
    &[("csv", csv), ("json", json), ("catalogue", catalogue), ("method", method), ("crosswalk", crosswalk), ("wire", wire), ("period_number", period_number)];

fn engine() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(|| Engine::new(sms_catalogue::CATALOGUE_JSON, sms_catalogue::METHODS).expect("the embedded catalogue"))
}

/// Errors are printed in few words.
fn said(error: &Error) {
    assert!(error.to_string().len() < 30_000 && format!("{error:?}").len() < 30_000);
    assert!(serde_json::to_string(&error.to_data()).is_ok_and(|t| t.len() < 60_000));
}

fn told(findings: &Findings) {
    assert_eq!(findings.len(), findings.counts().values().sum::<u64>());
    for finding in findings.items() {
        assert!(finding.to_string().len() < 60_000);
    }
}

/// Checks, assesses and releases: what comes after reading.
fn used(observations: &Observations) {
    told(observations.findings());
    let (dataset, findings) = dataset::check(engine().catalogue(), observations);
    told(&findings);
    let c = dataset.row_counts();
    assert_eq!(c.read, c.used + c.rejected + c.pretest + c.duplicates);
    assert_eq!(c.read, observations.len() + observations.rejected().len());
    assert!(!format!("{observations:?}{dataset:?}").is_empty());
    // a whole report takes long: small tables only
    if dataset.is_empty() || dataset.len() > 40 || dataset.places().len() > 3 {
        return;
    }
    let Ok(method) = engine().method("standard") else { return };
    let plan = AssessmentPlan {
        selection: vec!["WSP-O-04".into(), "WSP-O-01".into(), "HOU-O-01".into(), "GBV-O-04".into(), "WSP-S-01".into()],
        ..AssessmentPlan::default()
    };
    match assess::assess(&method, &Arc::new(dataset), &findings, &plan) {
        Err(error) => said(&error),
        Ok(assessment) => {
            for policy in [method.public_policy(), PrivacyPolicy::internal()] {
                match assessment.release(&policy) {
                    Err(error) => said(&error),
                    Ok(report) => {
                        let value: serde_json::Value = serde_json::from_str(&report.to_json()).expect("a report is JSON");
                        finite(&value);
                        for table in Table::ALL {
                            let frame = report.frame(*table);
                            assert!(!frame.to_csv().split([',', '\n']).any(|f| matches!(f, "inf" | "-inf" | "NaN")) || frame.is_empty());
                        }
                        let _ = report.explain("WSP-O-04", None).map_err(|e| said(&e));
                        let _ = report.explain("overall", None).map_err(|e| said(&e));
                    }
                }
            }
        }
    }
}

/// Reports leave out what is not there: a `null` is a number that was none.
fn finite(value: &serde_json::Value) {
    match value {
        serde_json::Value::Null => panic!("a number in a report is not finite"),
        serde_json::Value::Array(a) => a.iter().for_each(finite),
        serde_json::Value::Object(o) => o.values().for_each(finite),
        _ => {}
    }
}

/// What is written reads back to the same rows.
fn written(observations: &Observations) {
    let rows: Vec<Row> = observations.rows().collect();
    let from_json = json::read(&json::write(observations), None).expect("what was written as JSON reads back");
    assert_eq!(from_json.rows().collect::<Vec<_>>(), rows);
    let from_state = Observations::from_state(&observations.to_state()).expect("a state reads back");
    assert_eq!(from_state.rows().collect::<Vec<_>>(), rows);
    assert_eq!(from_state.rejected(), observations.rejected());
    // a row with nothing in it is an empty line of CSV
    let empty = Row::default();
    if !rows.contains(&empty) {
        let dialect = Dialect { delimiter: Some(','), decimal: DecimalSign::Point, ..Dialect::default() };
        let from_csv = csv::read(csv::write(observations).as_bytes(), &dialect).expect("what was written as CSV reads back");
        assert_eq!(from_csv.rows().collect::<Vec<_>>(), rows);
    }
}

/// A CSV file, in each encoding and with each decimal sign.
pub fn csv(data: &[u8]) {
    for encoding in [Encoding::Detect, Encoding::Utf8, Encoding::Latin1] {
        for decimal in [DecimalSign::Detect, DecimalSign::Point, DecimalSign::Comma] {
            let dialect = Dialect { file: Some("f.csv".into()), encoding, decimal, ..Dialect::default() };
            match csv::read(data, &dialect) {
                Err(error) => said(&error),
                Ok(observations) => {
                    written(&observations);
                    if decimal == DecimalSign::Detect {
                        used(&observations);
                    }
                }
            }
        }
    }
}

/// Rows as JSON.
pub fn json(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    match json::read(&text, Some("f.json")) {
        Err(error) => said(&error),
        Ok(observations) => {
            written(&observations);
            used(&observations);
        }
    }
    if let Ok(observations) = Observations::from_state(&text) {
        used(&observations);
        assert!(Observations::from_state(&observations.to_state()).is_ok());
    }
}

/// A catalogue; against what is left of it a row is checked.
pub fn catalogue(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    match Catalogue::from_json(&text) {
        Err(error) => said(&error),
        Ok(catalogue) => {
            let catalogue = Arc::new(catalogue);
            let mut rows = Vec::new();
            for indicator in catalogue.indicators().iter().take(5) {
                let row = Row { indicator: indicator.id.to_string(), place: "a".into(), period: "2018".into(), value: Some(1.0), ..Row::default() };
                rows.push(Row { value: None, numerator: Some(5.0), denominator: Some(7.0), period: "2019".into(), ..row.clone() });
                rows.push(row);
            }
            let (dataset, findings) = dataset::check(&catalogue, &Observations::from_rows(None, &rows));
            let c = dataset.row_counts();
            assert_eq!(c.read, c.used + c.rejected + c.pretest + c.duplicates);
            let Ok(method) = engine().method("standard") else { return };
            if let Ok(assessment) = assess::assess(&method, &Arc::new(dataset), &findings, &AssessmentPlan::default())
                && let Ok(report) = assessment.release(&PrivacyPolicy::internal())
            {
                finite(&serde_json::from_str(&report.to_json()).expect("a report is JSON"));
            }
        }
    }
}

/// A method; a report is made by it when it fits the catalogue.
pub fn method(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    match Method::from_json(&text) {
        Err(error) => said(&error),
        Ok(method) => {
            if let Err(error) = method.check_against(engine().catalogue()) {
                return said(&error);
            }
            let row = |id: &str, value: f64| Row {
                indicator: id.into(),
                place: "a".into(),
                period: "2018".into(),
                value: Some(value),
                confidentiality: "public".into(),
                ..Row::default()
            };
            let rows = [row("WSP-O-04", 4.1), row("WSP-O-01", 40.0), row("WSP-P-03", 99.0), row("WSP-S-01", 3.0), row("HOU-O-03", 0.0)];
            let (dataset, findings) = dataset::check(engine().catalogue(), &Observations::from_rows(None, &rows));
            let assessment = match assess::assess(&Arc::new(method.clone()), &Arc::new(dataset), &findings, &AssessmentPlan::default()) {
                Ok(assessment) => assessment,
                Err(error) => return said(&error),
            };
            if let Ok(report) = assessment.release(&method.public_policy()) {
                finite(&serde_json::from_str(&report.to_json()).expect("a report is JSON"));
            }
        }
    }
}

/// A crosswalk and its files: parts are divided by a line `=== name`; the first part is the crosswalk.
pub fn crosswalk(data: &[u8]) {
    let mut parts = split(data, b"\n=== ").into_iter();
    let Some(first) = parts.next() else { return };
    let files: Vec<SourceFile> = parts
        .map(|part| {
            let end = part.iter().position(|&b| b == b'\n').unwrap_or(part.len());
            let (name, bytes) = part.split_at(end);
            SourceFile { name: String::from_utf8_lossy(name).into_owned(), bytes: bytes.get(1..).unwrap_or_default().to_vec() }
        })
        .collect();
    let Ok(value) = serde_json::from_slice::<serde_json::Value>(first) else { return };
    let crosswalk = match Crosswalk::from_value(value) {
        Ok(crosswalk) => crosswalk,
        Err(error) => return said(&error),
    };
    match crosswalk.import(engine().catalogue(), &files) {
        Err(error) => said(&error),
        Ok(imported) => {
            told(&imported.findings);
            let mut made = 0;
            for entry in &imported.ledger {
                assert_eq!(entry.rows, entry.used + entry.skipped + entry.not_selected + entry.rejected);
                assert!(entry.observations >= entry.used);
                made += entry.observations;
            }
            assert_eq!(made, imported.observations.len());
            used(&imported.observations);
        }
    }
}

fn split<'a>(data: &'a [u8], by: &[u8]) -> Vec<&'a [u8]> {
    let mut parts = Vec::new();
    let mut rest = data;
    while let Some(at) = rest.windows(by.len()).position(|w| w == by) {
        parts.push(rest.get(..at).unwrap_or_default());
        rest = rest.get(at + by.len()..).unwrap_or_default();
    }
    parts.push(rest);
    parts
}

/// A request.
pub fn wire(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let answer = engine().call_json(&text);
    let value: serde_json::Value = serde_json::from_str(&answer).expect("an answer is JSON");
    assert!(value.get("ok").is_some() != value.get("error").is_some());
    if let Some(error) = value.get("error") {
        assert!(error["code"].as_str().is_some_and(|c| sms_core::Code::ALL.iter().any(|k| k.as_str() == c)));
    }
    assert_eq!(answer, engine().call_json(&text), "the same request, the same answer");
}

/// A period and a number.
pub fn period_number(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    match text.parse::<Period>() {
        Err(error) => said(&error),
        Ok(period) => {
            assert_eq!(period.to_string().parse::<Period>().expect("a period reads back"), period);
            assert!(period.start() < period.end() && (1..=1200).contains(&period.months()));
            assert_eq!(serde_json::from_str::<Period>(&serde_json::to_string(&period).expect("text")).expect("a period reads back"), period);
        }
    }
    for sign in [DecimalSign::Detect, DecimalSign::Point, DecimalSign::Comma] {
        if let Ok(x) = parse_number(&text, sign) {
            assert!(x.is_finite());
            assert_eq!(parse_number(&format!("{x:e}"), DecimalSign::Point), Ok(x));
            // what is read without a declared sign is read alike with the one or the other
            if sign == DecimalSign::Detect {
                assert!([DecimalSign::Point, DecimalSign::Comma].iter().any(|s| parse_number(&text, *s) == Ok(x)));
            }
        }
    }
}
