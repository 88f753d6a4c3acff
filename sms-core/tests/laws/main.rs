//! Laws that hold for whole reports: order, stability, round trips, outcomes first, and disclosure.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs, reason = "tests")]

mod disclosure;
mod order;
mod outcomes;
mod ways_round;

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use serde_json::Value;
use sms_core::assess::NodeKind;
use sms_core::dataset;
use sms_core::estimate::ValueKind;
use sms_core::exchange::{csv, json};
use sms_core::indicator::Polarity;
use sms_core::observation::Row;
use sms_core::report::Table;
use sms_core::report::{Figure, Report, ReportData};
use sms_core::wire::Engine;
use sms_core::{AssessmentPlan, Catalogue, Method, Observations, Periods, PrivacyPolicy, assess};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, OnceLock};

/// The same cases in each run; `cargo dev deep` asks for more of them by `SMS_CASES`.
fn cases(n: u32) -> ProptestConfig {
    let n = std::env::var("SMS_CASES").ok().and_then(|c| c.parse().ok()).unwrap_or(n);
    ProptestConfig { cases: n, rng_seed: RngSeed::Fixed(20_240_501), failure_persistence: None, max_shrink_iters: 2_000, ..ProptestConfig::default() }
}

fn engine() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(|| Engine::new(sms_catalogue::CATALOGUE_JSON, sms_catalogue::METHODS).unwrap())
}

fn catalogue() -> &'static Arc<Catalogue> {
    engine().catalogue()
}

fn method() -> Arc<Method> {
    engine().method("standard").unwrap()
}

fn report_of(observations: &Observations, plan: &AssessmentPlan, policy: &PrivacyPolicy) -> Option<Report> {
    let (dataset, findings) = dataset::check(catalogue(), observations);
    let c = dataset.row_counts();
    assert_eq!(c.read, c.used + c.rejected + c.pretest + c.duplicates, "{c:?}");
    if dataset.is_empty() {
        return None;
    }
    Some(assess::assess(&method(), &Arc::new(dataset), &findings, plan).unwrap().release(policy).unwrap())
}

fn report(rows: &[Row], plan: &AssessmentPlan, policy: &PrivacyPolicy) -> Option<Report> {
    report_of(&Observations::from_rows(None, rows), plan, policy)
}

fn frames(report: &Report) -> Vec<String> {
    Table::ALL.iter().map(|t| report.frame(*t).to_csv()).collect()
}

/// The indicators that the rows below speak of, and some that they do not: a whole catalogue takes long.
fn few(periods: Periods) -> AssessmentPlan {
    let ids = IDS.iter().filter(|id| **id != "NOPE").chain(&["EDU-O-04", "EDU-P-01", "EDU-S-01", "HOU-O-05"]);
    AssessmentPlan { selection: ids.map(|id| (*id).to_owned()).collect(), periods, ..AssessmentPlan::default() }
}

fn only(period: &str) -> AssessmentPlan {
    few(Periods::Only(vec![period.parse().unwrap()]))
}

fn each() -> AssessmentPlan {
    few(Periods::Each)
}

fn latest() -> AssessmentPlan {
    few(Periods::Latest)
}

fn public(k: u32) -> PrivacyPolicy {
    PrivacyPolicy::public(k).unwrap()
}

const IDS: &[&str] = &[
    "WSP-O-04", "WSP-O-01", "WSP-P-03", "WSP-S-01", "HOU-O-01", "HOU-O-03", "HOU-O-04", "HOU-P-03", "HOU-S-01", "GBV-O-04", "EDU-O-01", "ENV-O-01", "SAF-O-03",
    "NOPE",
];
const GROUPS: &[&[(&str, &str)]] = &[
    &[],
    &[("SEX", "F")],
    &[("SEX", "M")],
    &[("AGE", "Y_LT18")],
    &[("AGE", "Y18-64")],
    &[("AGE", "Y_GE65")],
    &[("SEX", "F"), ("AGE", "Y_LT18")],
    &[("SEX", "X")],
    &[("DISAB", "NONE")],
];
const STATUSES: &[&str] = &["", "", "", "", "normal", "break", "provisional", "missing", "not_asked", "refused", "not_applicable", "suppressed", "wrong"];
const CONFIDENTIALITIES: &[&str] = &["", "", "public", "public", "restricted", "confidential", "wrong"];

fn pick(list: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop::sample::select(list).prop_map(str::to_owned)
}

fn number() -> impl Strategy<Value = Option<f64>> {
    prop_oneof![3 => Just(None), 3 => (0u32..120).prop_map(|n| Some(f64::from(n))), 1 => (0.0..100.0f64).prop_map(Some), 1 => Just(Some(-1.0))]
}

fn row(ids: &'static [&'static str], places: &'static [&'static str]) -> impl Strategy<Value = Row> {
    let who = (pick(ids), pick(places), pick(&["2015", "2017", "2018", "2019", "2018-19", "2019-Q1", "bad"]), prop::sample::select(GROUPS));
    let numbers = (
        number(),
        number(),
        prop_oneof![Just(None), (0u32..3000).prop_map(|n| Some(f64::from(n)))],
        number(),
        prop_oneof![3 => Just(None), 1 => (0.0..5.0f64).prop_map(Some)],
    );
    let words = (
        pick(STATUSES),
        pick(CONFIDENTIALITIES),
        pick(&["", "", "regular", "pretest"]),
        pick(&["", "survey", "register"]),
        pick(&["", "a note"]),
        pick(&["", "Gent", "Ghent"]),
        pick(&["", "1", "9"]),
    );
    (who, numbers, words).prop_map(
        |(
            (indicator, place, period, groups),
            (value, numerator, denominator, n, se),
            (status, confidentiality, round, source, note, place_name, indicator_version),
        )| Row {
            indicator,
            place,
            period,
            groups: groups.iter().map(|(d, g)| ((*d).to_owned(), (*g).to_owned())).collect(),
            value,
            numerator,
            denominator,
            n,
            se,
            status,
            confidentiality,
            round,
            source,
            note,
            place_name,
            indicator_version,
            ..Row::default()
        },
    )
}

fn rows(places: &'static [&'static str], most: usize) -> impl Strategy<Value = Vec<Row>> {
    prop::collection::vec(row(IDS, places), 1..most)
}
