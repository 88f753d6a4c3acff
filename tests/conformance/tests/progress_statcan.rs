//! Statistics Canada's own values, scores and statuses of progress, by the ordinary functions and one set of rules.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs, reason = "tests")]

use sms_conformance::{shared_data, vector_files};
use sms_core::indicator::Polarity;
use sms_core::progress::{Baseline, Goal, Measured, NotAvailable, ProgressScoreRules, TargetPath, Time, progress_score};
use std::collections::BTreeMap;

/// The rules that the vectors of `progress.score` carry: one copy of the constants.
fn rules() -> ProgressScoreRules {
    let files = vector_files().unwrap();
    let (_, file) = files.iter().find(|(name, _)| name == "progress/score.json").unwrap();
    let case = file["cases"].as_array().unwrap().iter().find(|c| c["id"] == "poverty").unwrap();
    serde_json::from_value(case["input"]["rules"].clone()).unwrap()
}

fn split(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            c => fields.last_mut().unwrap().push(c),
        }
    }
    fields
}

#[test]
fn every_published_value_score_and_status_comes_back() {
    let Some(data) = shared_data() else { return };
    let text = std::fs::read_to_string(data.join("progress-statcan/progress_components.csv")).unwrap();
    let mut lines = text.lines().filter(|l| !l.is_empty());
    let header = split(lines.next().unwrap());
    let rules = rules();
    let (mut values, mut scores, mut statuses, mut none, mut reached, mut with_target) = (0, 0, 0, 0, 0, 0);
    for line in lines {
        let row: BTreeMap<String, String> = header.iter().cloned().zip(split(line)).collect();
        let number = |name: &str| row[name].parse::<f64>().ok();
        let time = |name: &str| Time::new(number(name).unwrap()).unwrap();
        let target = number("target").map(|value| Goal { value, at: Some(time("target_year")) });
        with_target += usize::from(target.is_some());
        let path = TargetPath {
            baseline: Some(Baseline { value: number("base_value").unwrap(), se: None, at: Some(time("base_year")) }),
            target,
            ..TargetPath::default()
        };
        let measured = Measured {
            value: number("current_value").unwrap(),
            at: time("current_year"),
            polarity: if number("direction") == Some(1.0) { Polarity::Higher } else { Polarity::Lower },
            path: &path,
            across_break: false,
        };
        let made = progress_score(&measured, number("limit"), &rules).unwrap();
        assert_eq!(made.status, row["status"], "{}", row["series"]);
        statuses += 1;
        reached += usize::from(made.status == "target_achieved");
        match number("progress_value") {
            Some(published) => {
                assert!((made.progress.unwrap() - published).abs() <= 1e-9, "{}", row["series"]);
                values += 1;
                assert!((made.score.unwrap() - number("score").unwrap()).abs() <= 1e-9, "{}", row["series"]);
                scores += 1;
            }
            None => {
                assert_eq!((made.reason, made.progress, made.score), (Some(NotAvailable::NoTimeBetween), None, None));
                none += 1;
            }
        }
    }
    assert_eq!((values, scores, statuses, none), (52, 52, 54, 2));
    assert_eq!(reached, 2);
    assert!(with_target > 15);
}
