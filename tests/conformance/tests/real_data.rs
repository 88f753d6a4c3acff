//! Real data, as cities publish them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout, missing_docs, reason = "tests")]

use sms_conformance::{engine, import, shared_data, toml_file};
use sms_core::frame::Values;
use sms_core::report::Table;
use sms_core::report::{Figure, MissingReason};
use sms_core::{AssessmentPlan, Code, Report, assess, dataset};
use std::sync::Arc;

fn report(observations: &sms_core::Observations, plan: &AssessmentPlan) -> Report {
    let engine = engine().unwrap();
    let (dataset, findings) = dataset::check(engine.catalogue(), observations);
    let counts = dataset.row_counts();
    assert_eq!(counts.read, counts.used + counts.rejected + counts.pretest + counts.duplicates);
    let method = engine.method("standard").unwrap();
    let assessment = assess::assess(&method, &Arc::new(dataset), &findings, plan).unwrap();
    assessment.release(&method.public_policy()).unwrap()
}

#[test]
fn every_row_of_bristols_sixteen_files_is_used_or_reported() {
    let Some(data) = shared_data() else { return };
    let imported = import("examples/bristol/crosswalk.toml", &data.join("bristol")).unwrap();
    assert_eq!(imported.ledger.len(), 16);
    let mut indicators: Vec<&str> = Vec::new();
    for entry in &imported.ledger {
        assert_eq!(entry.rows, entry.used + entry.skipped + entry.not_selected + entry.rejected, "{}", entry.file);
        assert_eq!((entry.not_selected, entry.rejected), (0, 0), "{}", entry.file);
        assert_eq!(entry.not_mapped.is_some(), entry.observations == 0, "{}", entry.file);
        indicators.extend(entry.indicators.iter().map(String::as_str));
    }
    let rows: usize = imported.ledger.iter().map(|e| e.rows).sum();
    let lines: usize = std::fs::read_dir(data.join("bristol"))
        .unwrap()
        .map(|e| std::fs::read_to_string(e.unwrap().path()).unwrap().lines().filter(|l| !l.is_empty()).count() - 1)
        .sum();
    assert_eq!(rows, lines);
    indicators.sort_unstable();
    indicators.dedup();
    assert!(indicators.len() >= 9, "{indicators:?}");
}

#[test]
fn bristol_shows_gaps_by_sex_group_ward_and_deprivation() {
    let Some(data) = shared_data() else { return };
    let imported = import("examples/bristol/crosswalk.toml", &data.join("bristol")).unwrap();
    let plan: AssessmentPlan = serde_json::from_value(toml_file("examples/bristol/plan.toml").unwrap()).unwrap();
    let report = report(&imported.observations, &plan);
    let place = report.place_report(0).unwrap();
    let of = |id: &str| place.indicators.iter().find(|i| i.id == id).unwrap();
    let dimensions = |id: &str| of(id).gaps.iter().map(|g| g.dimension.as_str()).collect::<Vec<_>>();
    assert!(dimensions("WSP-O-04").contains(&"SEX"));
    assert_eq!(dimensions("SAF-O-01"), ["DEPRIV", "DISTRICT"]);
    let deprivation = &of("SAF-O-01").gaps[0];
    // published for 2020-21: 32.88 % of the most, 85.69 % of the least deprived tenth feel safe
    assert_eq!((deprivation.worst.as_str(), deprivation.best.as_str()), ("D1", "D10"));
    assert!((deprivation.difference - (85.6892427075 - 32.8817308405)).abs() < 1e-9);
    // the equality groups of the unemployment file are groups of three dimensions
    let groups: Vec<&str> = of("WSP-O-04").groups.iter().map(|g| g.groups[0][0].as_str()).collect();
    assert!(groups.contains(&"ETHNIC") && groups.contains(&"AGE") && groups.contains(&"SEX"));
    // recorded hate crime can mean more trust: shown, never scored
    let hate = of("SAF-O-03");
    assert!(hate.figure.value().is_some() && hate.score.is_none());
    // a count without a population is shown as a count
    assert!(matches!(of("HOU-O-02").figure, Figure::Missing { reason: MissingReason::NoDenominator, count: Some(98.0) }));
    // published for the whole city in 2020-21
    assert_eq!(of("WSP-O-06").figure.value(), Some(4.17458099754));
    assert_eq!(of("WSP-O-06").groups.len(), 34, "one for each ward");
    // the tests changed in 2016, so 2015 and 2016 are not compared
    assert!(report.findings().count(Code::ObsBreakInSeries) > 0);
}

#[test]
fn suppressed_stays_apart_from_missing_to_the_end() {
    let Some(data) = shared_data() else { return };
    let imported = import("examples/uk-ons/crosswalk.toml", &data.join("uk-ons")).unwrap();
    for entry in &imported.ledger {
        assert_eq!(entry.rows, entry.used + entry.skipped + entry.not_selected + entry.rejected, "{}", entry.file);
        assert_eq!((entry.not_selected, entry.rejected), (0, 0), "{}", entry.file);
    }
    let (dataset, findings) = dataset::check(engine().unwrap().catalogue(), &imported.observations);
    assert_eq!(dataset.row_counts().rejected, 0, "{:?}", findings.counts());
    let report = report(&imported.observations, &AssessmentPlan::default());
    let frame = report.frame(Table::Figures);
    let (_, Values::Text { dictionary, codes }) = frame.columns().iter().find(|(name, _)| *name == "state").unwrap() else { panic!("states are text") };
    let count = |state: &str| codes.iter().flatten().filter(|&&c| &*dictionary[c as usize] == state).count();
    // counted in the source files with another program: rows of the chosen series with these observation states
    let (suppressed, missing) = expected_states(&data.join("uk-ons"));
    assert_eq!((count("suppressed"), count("missing")), (suppressed, missing));
    assert!(suppressed > 0 && missing > 0);
}

/// Counts states in the source files, without the crosswalk.
fn expected_states(folder: &std::path::Path) -> (usize, usize) {
    let (mut suppressed, mut missing) = (0, 0);
    let blank = |row: &[(String, String)], columns: &[&str]| columns.iter().all(|c| row.iter().any(|(n, v)| n == c && v.is_empty()));
    let is = |row: &[(String, String)], column: &str, wanted: &str| row.iter().any(|(n, v)| n == column && v == wanted);
    for (file, keep) in [
        (
            "indicator_16-1-4.csv",
            (&["Ethnic group", "Household income", "Urban or rural", "Sexual orientation", "Highest qualification", "Disability status"] as &[&str], None),
        ),
        ("indicator_8-5-2.csv", (&["Country", "Region", "Country of birth", "Disability status"] as &[&str], Some("Seasonally adjusted"))),
        (
            "indicator_5-2-1.csv",
            (
                &[
                    "Type of partner abuse",
                    "Abuse sub-category",
                    "Ethnic group",
                    "Disability status",
                    "Urban or Rural",
                    "Sexual orientation",
                    "Gender identity",
                    "Highest qualification",
                    "Household income",
                ] as &[&str],
                Some("Women aged 16 to 59"),
            ),
        ),
    ] {
        let text = std::fs::read_to_string(folder.join(file)).unwrap();
        let mut lines = text.trim_start_matches('\u{feff}').lines();
        let header: Vec<String> = split(lines.next().unwrap());
        for line in lines.filter(|l| !l.is_empty()) {
            let row: Vec<(String, String)> = header.iter().cloned().zip(split(line)).collect();
            if !blank(&row, keep.0) || keep.1.is_some_and(|series| !is(&row, "Series", series)) {
                continue;
            }
            if is(&row, "Observation status", "Missing value; suppressed") {
                suppressed += 1;
            } else if is(&row, "Observation status", "Missing value") || is(&row, "Value", "") {
                missing += 1;
            }
        }
    }
    (suppressed, missing)
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
    fields.iter().map(|f| f.trim().to_owned()).collect()
}
