//! Laws that hold for whole reports: order, stability, round trips, outcomes first, and disclosure.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs, reason = "tests")]

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
    assert_eq!(c.read, c.used + c.quarantined + c.pretest + c.duplicates, "{c:?}");
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

// --- rows at random ---

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

// --- order, stability, round trips ---

proptest! {
    #![proptest_config(cases(150))]

    #[test]
    fn the_order_of_rows_never_matters((one, two) in rows(&["a", "b"], 40).prop_flat_map(|r| (Just(r.clone()), Just(r).prop_shuffle()))) {
        for plan in [latest(), each()] {
            let (first, second) = (report(&one, &plan, &method().public_policy()), report(&two, &plan, &method().public_policy()));
            prop_assert_eq!(first.is_some(), second.is_some());
            if let (Some(first), Some(second)) = (first, second) {
                prop_assert_eq!(first.to_json(), second.to_json());
                prop_assert_eq!(frames(&first), frames(&second));
            }
        }
    }

    #[test]
    fn a_city_that_joins_changes_nothing_for_another(mine in rows(&["a"], 30), other in rows(&["b"], 30)) {
        let both: Vec<Row> = mine.iter().chain(&other).cloned().collect();
        for plan in [latest(), each(), only("2019")] {
            let alone = report(&mine, &plan, &method().public_policy());
            let joined = report(&both, &plan, &method().public_policy());
            let Some(alone) = alone else { continue };
            let joined = joined.unwrap().data();
            let of_a: Vec<_> = joined.places.into_iter().filter(|p| p.place == "a").collect();
            let before: Vec<_> = alone.data().places.into_iter().filter(|p| p.place == "a").collect();
            prop_assert_eq!(before, of_a);
        }
    }

    #[test]
    fn rows_of_another_module_change_no_node_of_the_first(
        mine in prop::collection::vec(row(&["WSP-O-04", "WSP-O-01", "WSP-P-03", "WSP-S-01", "HOU-O-03", "HOU-O-04", "HOU-P-03"], &["a"]), 1..30),
        other in prop::collection::vec(row(&["EDU-O-01", "EDU-O-04", "EDU-P-01", "EDU-S-01"], &["a"]), 1..30),
    ) {
        let both: Vec<Row> = mine.iter().chain(&other).cloned().collect();
        let (Some(before), Some(after)) = (report(&mine, &only("2019"), &method().public_policy()), report(&both, &only("2019"), &method().public_policy())) else { return Ok(()) };
        let keep = |data: ReportData| {
            let place = data.places.into_iter().next().unwrap();
            let nodes: Vec<_> = place.nodes.into_iter().filter(|n| n.kind == NodeKind::Module && &*n.id != "EDU").collect();
            let indicators: Vec<_> = place.indicators.into_iter().filter(|i| i.module != "EDU").collect();
            (nodes, indicators)
        };
        prop_assert_eq!(keep(before.data()), keep(after.data()));
    }

    #[test]
    fn what_is_written_reads_back(mut given in rows(&["a", "b", "Gent, \"West\"", "حي"], 20), texts in prop::collection::vec((".{0,30}", "[ -~]{0,30}", ".{0,5}"), 20), numbers in prop::collection::vec(prop::num::f64::NORMAL | prop::num::f64::SUBNORMAL | prop::num::f64::ZERO, 20)) {
        for ((row, (note, source, name)), x) in given.iter_mut().zip(texts).zip(numbers) {
            row.note = note;
            row.source = source;
            row.place_name = name;
            row.value = Some(x);
        }
        let observations = Observations::from_rows(None, &given);
        let rows: Vec<Row> = observations.rows().collect();
        let from_csv = csv::read(csv::write(&observations).as_bytes(), &csv::Dialect::default()).unwrap();
        prop_assert_eq!(from_csv.rows().collect::<Vec<_>>(), rows.clone());
        let from_json = json::read(&json::write(&observations), None).unwrap();
        prop_assert_eq!(from_json.rows().collect::<Vec<_>>(), rows.clone());
        let from_state = Observations::from_state(&observations.to_state()).unwrap();
        prop_assert_eq!(from_state.rows().collect::<Vec<_>>(), rows);
    }

    #[test]
    fn a_table_in_two_files_is_the_same_table(all in rows(&["a", "b"], 40), at in 0usize..40) {
        let (first, second) = all.split_at(at.min(all.len()));
        let mut joined = Observations::from_rows(Some("one.csv"), first);
        joined.append(Observations::from_rows(Some("two.csv"), second));
        prop_assert_eq!(joined.len(), all.len());
        let whole = Observations::from_rows(None, &all);
        prop_assert_eq!(joined.rows().collect::<Vec<_>>(), whole.rows().collect::<Vec<_>>());
        let (one, two) = (report_of(&whole, &each(), &method().public_policy()), report_of(&joined, &each(), &method().public_policy()));
        prop_assert_eq!(one.as_ref().map(Report::to_json), two.as_ref().map(Report::to_json));
        prop_assert_eq!(one.as_ref().map(frames), two.as_ref().map(frames));
    }
}

/// More rows of one kind than findings are kept in full: the public report still counts them all, in any order.
#[test]
fn the_order_of_many_rows_never_matters() {
    let rows = |id: &str, place: &str| -> Vec<Row> {
        (0..800).map(|i| Row { indicator: id.into(), place: format!("{place}{i}"), period: "2018".into(), numerator: Some(50.0), ..Row::default() }).collect()
    };
    let (mut a, b) = (rows("HOU-O-01", "a"), rows("WSP-O-04", "b"));
    let swapped: Vec<Row> = b.iter().chain(&a).cloned().collect();
    a.extend(b);
    let findings = |rows: &[Row]| {
        serde_json::to_value(report(rows, &AssessmentPlan { selection: vec!["WSP-O-01".into()], ..AssessmentPlan::default() }, &public(10)).unwrap().findings())
            .unwrap()
    };
    assert_eq!(findings(&a), findings(&swapped));
}

/// A column with the name of a member of the JSON row is written as what it holds.
#[test]
fn a_column_named_groups_reads_back() {
    let text = "indicator,place,period,groups,value\nWSP-O-04,gent,2018,x,4.1\n";
    let observations = csv::read(text.as_bytes(), &csv::Dialect::default()).unwrap();
    let again = csv::read(csv::write(&observations).as_bytes(), &csv::Dialect::default()).unwrap();
    assert_eq!(again.rows().collect::<Vec<_>>(), observations.rows().collect::<Vec<_>>());
}

/// A column that every table needs is written even when nothing stands in it.
#[test]
fn a_table_with_an_empty_column_reads_back() {
    for text in ["indicator,place,period,value\n", "indicator,place,period,value\nWSP-O-04,,,4.1\n"] {
        let observations = csv::read(text.as_bytes(), &csv::Dialect::default()).unwrap();
        let written = csv::write(&observations);
        let again = csv::read(written.as_bytes(), &csv::Dialect::default()).unwrap_or_else(|e| panic!("{written:?}: {e}"));
        assert_eq!(again.rows().collect::<Vec<_>>(), observations.rows().collect::<Vec<_>>());
    }
}

// --- outcomes before outputs ---

/// Indicators that can be scored from a value within bounds, with the worst and the best value.
fn scored() -> Vec<(String, bool, f64, f64)> {
    let found = catalogue().indicators().iter().filter_map(|i| {
        let (low, high) = match i.value_kind {
            ValueKind::Proportion => (0.0, 100.0),
            ValueKind::Maturity => (0.0, 4.0),
            _ => return None,
        };
        let (worst, best) = match i.polarity {
            Polarity::Higher => (low, high),
            Polarity::Lower => (high, low),
            _ => return None,
        };
        Some((i.id.to_string(), i.result_level.is_outcome(), worst, best))
    });
    found.collect()
}

proptest! {
    #![proptest_config(cases(100))]

    #[test]
    fn effort_never_lifts_a_node_past_its_outcomes(levels in prop::collection::vec(prop::option::weighted(0.85, 0u32..=4), 200), gains in prop::collection::vec(0u32..=4, 200)) {
        let list = scored();
        let figure = |at: usize, (id, _, worst, best): &(String, bool, f64, f64), level: u32| Row {
            indicator: id.clone(),
            place: "a".into(),
            period: "2019".into(),
            value: Some(worst + (best - worst) * f64::from(level) / 4.0),
            confidentiality: "public".into(),
            note: at.to_string(),
            ..Row::default()
        };
        let made = |gain: bool| -> Vec<Row> {
            list.iter()
                .enumerate()
                .filter_map(|(at, i)| {
                    let level = levels[at]?;
                    let more = if gain && !i.1 { gains[at] } else { 0 };
                    Some(figure(at, i, (level + more).min(4)))
                })
                .collect()
        };
        let all = AssessmentPlan { periods: Periods::Only(vec!["2019".parse().unwrap()]), ..AssessmentPlan::default() };
        let (before, after) = (report(&made(false), &all, &public(10)).unwrap().data(), report(&made(true), &all, &public(10)).unwrap().data());
        let method = method();
        let margin = method.outcomes_first().margin();
        let bands = &method.raw().rating.bands.value;
        for (was, is) in before.places[0].nodes.iter().zip(&after.places[0].nodes) {
            prop_assert_eq!(&was.outcomes, &is.outcomes);
            let Some(o) = is.outcomes.as_ref().and_then(|m| m.score) else {
                prop_assert_eq!((is.combined, is.band), (None, None));
                continue;
            };
            if let Some(c) = is.combined {
                prop_assert!(c <= o + margin && c >= o - margin, "{} {c} {o}", is.id);
            }
            prop_assert!(usize::from(is.band.unwrap()) >= sms_core::rbm::band(o, bands), "{}", is.id);
            if let (Some(a), Some(b)) = (was.combined, is.combined) {
                prop_assert!(b >= a - 1e-9, "{} fell from {a} to {b} with more effort", is.id);
            }
        }
        for (was, is) in before.places[0].indicators.iter().zip(&after.places[0].indicators) {
            if is.result_level.is_outcome() {
                prop_assert_eq!(was.score, is.score);
            }
        }
    }
}

// --- disclosure ---

/// A figure of counts.
fn counted(id: &str, place: &str, period: &str, groups: &[(&str, &str)], a: u32, rest: Option<u32>) -> Row {
    Row {
        indicator: id.into(),
        place: place.into(),
        period: period.into(),
        groups: groups.iter().map(|(d, g)| ((*d).to_owned(), (*g).to_owned())).collect(),
        numerator: rest.is_some().then(|| f64::from(a)),
        value: rest.is_none().then(|| f64::from(a)),
        denominator: rest.map(|r| f64::from(a + r)),
        ..Row::default()
    }
}

/// By indicator, place, period and groups: state, numerator, denominator.
type Cells = BTreeMap<(String, String, String, String), (String, Option<f64>, Option<f64>)>;

/// What a public report shows of each cell: its state, and its numerator (a count has none, but a value).
fn shown(report: &Report) -> Cells {
    let text = |v: &serde_json::Map<String, Value>, k: &str| v[k].as_str().unwrap_or_default().to_owned();
    report
        .frame(Table::Figures)
        .to_rows()
        .into_iter()
        .map(|r| {
            let count = r["numerator"].as_f64().or_else(|| (r["indicator"] == "GBV-O-04").then(|| r["value"].as_f64()).flatten());
            ((text(&r, "indicator"), text(&r, "place"), text(&r, "period"), text(&r, "groups")), (text(&r, "state"), count, r["denominator"].as_f64()))
        })
        .collect()
}

/// Every figure of counts that can be found anywhere in a JSON value: numerator, denominator.
fn counts_in(value: &Value, found: &mut Vec<(Option<f64>, Option<f64>)>) {
    match value {
        Value::Object(o) => {
            if o.contains_key("numerator") || o.contains_key("denominator") {
                found.push((o.get("numerator").and_then(Value::as_f64), o.get("denominator").and_then(Value::as_f64)));
            }
            o.values().for_each(|v| counts_in(v, found));
        }
        Value::Array(a) => a.iter().for_each(|v| counts_in(v, found)),
        _ => {}
    }
}

/// Everything that a reader can get out of a report, as JSON values and as text.
fn routes(report: &Report) -> (Vec<Value>, String) {
    let mut values = vec![serde_json::from_str::<Value>(&report.to_json()).unwrap()];
    let mut text = report.to_json();
    for table in Table::ALL {
        let frame = report.frame(*table);
        values.push(serde_json::to_value(frame.to_rows()).unwrap());
        text.push_str(&frame.to_csv());
    }
    text.push_str(&sms_core::render::html::page(report));
    text.push_str(&sms_core::render::text::summary(report, 100, false));
    for id in ["WSP-O-04", "HOU-O-01", "GBV-O-04", "WSP", "HOU", "overall"] {
        for place in ["a", "b"] {
            if let Ok(told) = report.explain(id, Some(place)) {
                values.push(serde_json::to_value(&told).unwrap());
                text.push_str(&serde_json::to_string(&told).unwrap());
            }
        }
    }
    write!(text, "{report:?}{:?}{}", report.findings(), report.findings().items().iter().map(ToString::to_string).collect::<String>()).unwrap();
    (values, text)
}

const SEXES: &[(&str, &str)] = &[("SEX", "F"), ("SEX", "M")];
const AGES: &[(&str, &str)] = &[("AGE", "Y_LT18"), ("AGE", "Y18-64"), ("AGE", "Y_GE65")];

type Parts = Vec<(u32, u32)>;

/// Total and parts of one indicator by one dimension.
fn family(id: &str, groups: &[(&str, &str)], parts: &[(u32, u32)]) -> Vec<Row> {
    let with_rest = |r: u32| (id != "GBV-O-04").then_some(r);
    let (a, rest) = parts.iter().fold((0, 0), |(a, r), p| (a + p.0, r + p.1));
    let mut rows = vec![counted(id, "a", "2019", &[], a, with_rest(rest))];
    rows.extend(groups.iter().zip(parts).map(|(g, p)| counted(id, "a", "2019", &[*g], p.0, with_rest(p.1))));
    rows
}

fn parts() -> impl Strategy<Value = Parts> {
    let count = || prop_oneof![4 => 0u32..25, 1 => 0u32..200];
    prop::collection::vec((count(), prop_oneof![2 => 0u32..25, 3 => 100u32..2000]), 3)
}

proptest! {
    #![proptest_config(cases(120))]

    #[test]
    fn nothing_small_is_shown_and_nothing_withheld_can_be_had_by_subtraction(
        id in prop::sample::select(&["WSP-O-04", "HOU-O-01", "GBV-O-04"][..]), by_age in any::<bool>(), parts in parts(), k in 2u32..=20,
    ) {
        let groups = if by_age { AGES } else { SEXES };
        let parts = &parts[..groups.len()];
        prop_assume!(id == "GBV-O-04" || parts.iter().all(|p| p.0 + p.1 > 0));
        let rows = family(id, groups, parts);
        let report = report(&rows, &only("2019"), &public(k)).unwrap();
        let k64 = f64::from(k);
        // nothing below k, by any route
        let (values, text) = routes(&report);
        let mut found = Vec::new();
        values.iter().for_each(|v| counts_in(v, &mut found));
        for (a, b) in found {
            prop_assert!(a.is_none_or(|a| a == 0.0 || a >= k64), "a numerator of {a:?} is shown below {k}");
            prop_assert!(b.is_none_or(|b| b >= k64), "a denominator of {b:?} is shown below {k}");
            if let (Some(a), Some(b), "WSP-O-04") = (a, b, id) {
                prop_assert!(b - a == 0.0 || b - a >= k64, "a complement of {} is shown below {k}", b - a);
            }
        }
        let cells = shown(&report);
        let key = |g: &str| (id.to_owned(), "a".to_owned(), "2019".to_owned(), g.to_owned());
        let group = |(d, g): &(&str, &str)| key(&format!("{d}={g}"));
        for (state, count, _) in cells.values() {
            prop_assert!(state == "value" || count.is_none());
            prop_assert!(count.is_none_or(|c| c == 0.0 || c >= k64));
        }
        // a small count stands nowhere in words
        for (g, p) in groups.iter().zip(parts) {
            if cells[&group(g)].0 != "value" {
                for words in [format!("is {} out of", p.0), format!("out of {}.", p.0 + p.1)] {
                    let total: u32 = parts.iter().map(|p| p.0).sum();
                    let shown_elsewhere = cells.values().any(|c| c.1 == Some(f64::from(p.0)) || c.2 == Some(f64::from(p.0 + p.1))) || total == p.0;
                    prop_assert!(shown_elsewhere || !text.contains(&words), "{words}");
                }
            }
        }
        // the total less the published parts
        let hidden: Vec<usize> = (0..parts.len()).filter(|&i| cells[&group(&groups[i])].0 != "value").collect();
        if let (false, Some(total)) = (hidden.is_empty(), cells[&key("")].1) {
            let published: f64 = groups.iter().filter_map(|g| cells[&group(g)].1).sum();
            let left = total - published;
            // with one part withheld it is known; with more, each may be anything from 0 to what is left
            let possible = if hidden.len() == 1 { 1.0 } else { left + 1.0 };
            prop_assert!(possible >= k64, "{} parts are withheld, and {left} is left of the total: {possible} possible values", hidden.len());
            if id == "WSP-O-04" {
                let all: f64 = cells[&key("")].2.unwrap();
                let others: f64 = groups.iter().filter_map(|g| cells[&group(g)].2).sum();
                prop_assert!(all - others - left + 1.0 >= k64, "what is left of the denominator has too few possible values");
            }
        }
    }

    #[test]
    fn withheld_counts_leave_no_mark_on_the_report(id in prop::sample::select(&["WSP-O-04", "HOU-O-01", "GBV-O-04"][..]), parts in parts(), k in 2u32..=20, more in rows(&["b"], 6)) {
        prop_assume!(id == "GBV-O-04" || parts.iter().all(|p| p.0 + p.1 > 0));
        let made = |parts: &[(u32, u32)]| {
            let mut rows = family(id, AGES, parts);
            rows.extend(more.iter().cloned());
            report(&rows, &only("2019"), &public(k)).unwrap()
        };
        let first = made(&parts);
        let states = |r: &Report| shown(r).into_iter().filter(|(key, _)| key.1 == "a").collect::<Vec<_>>();
        let cells = shown(&first);
        let hidden: Vec<usize> = (0..3).filter(|&i| cells[&(id.to_owned(), "a".to_owned(), "2019".to_owned(), format!("AGE={}", AGES[i].1))].0 != "value").collect();
        for (i, &x) in hidden.iter().enumerate() {
            for &y in &hidden[i + 1..] {
                let mut swapped = parts.clone();
                swapped.swap(x, y);
                let mut numerators = parts.clone();
                (numerators[x].0, numerators[y].0) = (parts[y].0, parts[x].0);
                (numerators[x].1, numerators[y].1) = (parts[x].0 + parts[x].1, parts[y].0 + parts[y].1);
                let fits = id == "GBV-O-04" || (numerators[x].1 >= numerators[x].0 && numerators[y].1 >= numerators[y].0);
                numerators[x].1 = numerators[x].1.saturating_sub(numerators[x].0);
                numerators[y].1 = numerators[y].1.saturating_sub(numerators[y].0);
                for other in [Some(swapped), fits.then_some(numerators)].into_iter().flatten() {
                    let second = made(&other);
                    if states(&second) == states(&first) {
                        prop_assert_eq!(first.to_json(), second.to_json());
                        prop_assert_eq!(frames(&first), frames(&second));
                        prop_assert_eq!(routes(&first).1, routes(&second).1);
                    }
                }
            }
        }
    }

    #[test]
    fn what_is_public_is_never_withheld_and_inside_nothing_is(mut given in rows(&["a", "b"], 30), k in 1u32..=50) {
        if let Some(inside) = report(&given, &each(), &PrivacyPolicy::internal()) {
            let json: Value = serde_json::from_str(&inside.to_json()).unwrap();
            prop_assert_eq!(&json["provenance"]["audience"], "internal");
            // suppressed is only what came in so
            let came_in = given.iter().any(|r| r.status == "suppressed");
            let states: Vec<String> = shown(&inside).into_values().map(|c| c.0).collect();
            prop_assert!(!states.iter().any(|s| s == "unknown_count"));
            prop_assert!(came_in || !states.iter().any(|s| s == "suppressed"));
        }
        given.iter_mut().for_each(|r| r.confidentiality = "public".into());
        given.retain(|r| r.status != "suppressed");
        if let Some(outside) = report(&given, &each(), &public(k)) {
            let json: Value = serde_json::from_str(&outside.to_json()).unwrap();
            prop_assert_eq!(&json["provenance"]["audience"], "public");
            let states: Vec<String> = shown(&outside).into_values().map(|c| c.0).collect();
            prop_assert!(!states.iter().any(|s| s == "unknown_count" || s == "suppressed"), "{states:?}");
            // the same figures as inside
            let inside = report(&given, &each(), &PrivacyPolicy::internal()).unwrap();
            prop_assert_eq!(frames(&outside), frames(&inside));
        }
    }
}

// --- ways round, one by one ---

struct Shown(Cells);

impl Shown {
    fn of(rows: &[Row]) -> Self {
        Shown(shown(&report(rows, &each(), &public(10)).unwrap()))
    }

    fn state(&self, place: &str, period: &str, groups: &str) -> &str {
        let found = self.0.iter().find(|(k, _)| k.1 == place && k.2 == period && k.3 == groups);
        &found.unwrap_or_else(|| panic!("no cell {place} {period} {groups}")).1.0
    }

    fn is_shown(&self, place: &str, period: &str, groups: &str) -> bool {
        self.state(place, period, groups) == "value"
    }
}

const ID: &str = "WSP-O-04";

fn cell(groups: &[(&str, &str)], a: u32, b: u32) -> Row {
    counted(ID, "a", "2019", groups, a, Some(b - a))
}

/// 15–24 = 15–64 less 25–64.
#[test]
fn a_withheld_age_is_not_the_difference_of_two_wider_ones() {
    let s = Shown::of(&[
        cell(&[], 100, 2000),
        cell(&[("AGE", "Y15-64")], 50, 1000),
        cell(&[("AGE", "Y25-64")], 47, 800),
        cell(&[("AGE", "Y15-24")], 3, 200),
        cell(&[("AGE", "Y_LT15")], 20, 100),
        cell(&[("AGE", "Y_GE65")], 30, 900),
    ]);
    assert!(!s.is_shown("a", "2019", "AGE=Y15-24"));
    assert!(!(s.is_shown("a", "2019", "AGE=Y15-64") && s.is_shown("a", "2019", "AGE=Y25-64")), "50 − 47 gives the withheld 3");
}

/// A code list with a wider group: foreign = EU + other.
#[test]
fn a_withheld_group_is_not_the_difference_of_its_parent_and_its_sibling() {
    let s = Shown::of(&[
        cell(&[], 100, 2000),
        cell(&[("CITIZEN", "NAT")], 57, 1000),
        cell(&[("CITIZEN", "FOR")], 43, 1000),
        cell(&[("CITIZEN", "EU27_2020_FOR")], 40, 600),
        cell(&[("CITIZEN", "NEU27_2020_FOR")], 3, 400),
        cell(&[("CITIZEN", "STLS")], 10, 30),
    ]);
    assert!(!s.is_shown("a", "2019", "CITIZEN=NEU27_2020_FOR"));
    assert!(!(s.is_shown("a", "2019", "CITIZEN=FOR") && s.is_shown("a", "2019", "CITIZEN=EU27_2020_FOR")), "43 − 40 gives the withheld 3");
}

/// Women are withheld to protect men; women by age add up to women.
#[test]
fn a_withheld_group_is_not_the_sum_of_its_crossings() {
    let s = Shown::of(&[
        cell(&[], 44, 1000),
        cell(&[("SEX", "F")], 40, 500),
        cell(&[("SEX", "M")], 4, 500),
        cell(&[("SEX", "F"), ("AGE", "Y_LT18")], 20, 250),
        cell(&[("SEX", "F"), ("AGE", "Y_GE18")], 20, 250),
    ]);
    assert!(!s.is_shown("a", "2019", "SEX=M"));
    let women = s.is_shown("a", "2019", "SEX=F") || (s.is_shown("a", "2019", "AGE=Y_LT18;SEX=F") && s.is_shown("a", "2019", "AGE=Y_GE18;SEX=F"));
    assert!(!(women && s.is_shown("a", "2019", "")), "44 − (20 + 20) gives the withheld 4");
}

/// A district is withheld to protect its neighbour; its own groups add up to it.
#[test]
fn a_withheld_total_is_not_the_sum_of_its_groups() {
    let district = |place: &str, groups: &[(&str, &str)], a, b: u32| Row { place_parent: "a".into(), ..counted(ID, place, "2019", groups, a, Some(b - a)) };
    let s = Shown::of(&[
        cell(&[], 43, 2000),
        district("d1", &[], 3, 500),
        district("d2", &[], 40, 1500),
        district("d2", &[("SEX", "F")], 20, 750),
        district("d2", &[("SEX", "M")], 20, 750),
    ]);
    assert!(!s.is_shown("d1", "2019", ""));
    let second = s.is_shown("d2", "2019", "") || (s.is_shown("d2", "2019", "SEX=F") && s.is_shown("d2", "2019", "SEX=M"));
    assert!(!(second && s.is_shown("a", "2019", "")), "43 − (20 + 20) gives the withheld 3");
}

/// The year is its quarters.
#[test]
fn a_withheld_quarter_is_not_the_year_less_the_others() {
    let count = |period: &str, a: u32| counted("GBV-O-04", "a", period, &[], a, None);
    let s = Shown::of(&[count("2019", 63), count("2019-Q1", 3), count("2019-Q2", 20), count("2019-Q3", 20), count("2019-Q4", 20)]);
    assert!(!s.is_shown("a", "2019-Q1", ""));
    let all = ["2019", "2019-Q2", "2019-Q3", "2019-Q4"].iter().all(|p| s.is_shown("a", p, ""));
    assert!(!all, "63 − 60 gives the withheld 3");
}

/// A figure withheld because nobody knows its count: the rest would tell the count.
#[test]
fn a_figure_of_unknown_count_is_not_the_total_less_the_rest() {
    let percent = Row { value: Some(0.8), numerator: None, denominator: None, ..cell(&[("SEX", "F")], 4, 500) };
    let s = Shown::of(&[cell(&[], 44, 1000), cell(&[("SEX", "M")], 40, 500), percent]);
    assert_eq!(s.state("a", "2019", "SEX=F"), "unknown_count");
    assert!(!(s.is_shown("a", "2019", "") && s.is_shown("a", "2019", "SEX=M")), "44 − 40 gives the withheld 4 of 500");
}

/// A figure that its source withholds is withheld here too, whatever is known beside it.
#[test]
fn a_figure_withheld_by_its_source_is_not_the_total_less_the_rest() {
    for counts in [(None, None), (Some(4.0), Some(500.0))] {
        let withheld = Row { status: "suppressed".into(), numerator: counts.0, denominator: counts.1, ..cell(&[("SEX", "F")], 4, 500) };
        let s = Shown::of(&[cell(&[], 44, 1000), cell(&[("SEX", "M")], 40, 500), withheld]);
        assert_eq!(s.state("a", "2019", "SEX=F"), "suppressed");
        assert!(!(s.is_shown("a", "2019", "") && s.is_shown("a", "2019", "SEX=M")), "44 − 40 gives the withheld 4");
    }
}

/// What its source has published stays published: withholding it here protects nobody.
#[test]
fn a_public_figure_is_not_withheld_to_protect_another() {
    let open = |r: Row| Row { confidentiality: "public".into(), ..r };
    let s = Shown::of(&[
        open(cell(&[], 94, 1500)),
        cell(&[("AGE", "Y_LT18")], 4, 500),
        open(cell(&[("AGE", "Y18-64")], 40, 400)),
        cell(&[("AGE", "Y_GE65")], 50, 600),
    ]);
    assert!(!s.is_shown("a", "2019", "AGE=Y_LT18"));
    assert!(s.is_shown("a", "2019", "AGE=Y18-64") && s.is_shown("a", "2019", ""), "public figures are never withheld");
    assert!(!s.is_shown("a", "2019", "AGE=Y_GE65"), "another figure goes instead");
}

/// Absent is not withheld: the reasons stay apart to the last output.
#[test]
fn an_absent_figure_keeps_its_reason_beside_a_withheld_one() {
    for status in ["missing", "not_asked", "refused", "not_applicable"] {
        let absent = Row { status: status.into(), numerator: None, denominator: None, ..cell(&[("SEX", "M")], 0, 500) };
        let s = Shown::of(&[cell(&[], 44, 1000), cell(&[("SEX", "F")], 4, 500), absent.clone()]);
        assert_eq!(s.state("a", "2019", "SEX=M"), status);
        let total = Row { groups: BTreeMap::new(), ..absent };
        let s = Shown::of(&[total, cell(&[("SEX", "F")], 4, 500), cell(&[("SEX", "M")], 1, 500)]);
        assert_eq!(s.state("a", "2019", ""), status);
    }
}

/// For use inside the house only: that is what the word says.
#[test]
fn restricted_and_confidential_figures_do_not_leave() {
    for word in ["restricted", "confidential", "C", "N"] {
        let s = Shown::of(&[Row { confidentiality: word.into(), ..cell(&[], 400, 1000) }]);
        assert!(!s.is_shown("a", "2019", ""), "{word}");
        let inside = shown(&report(&[Row { confidentiality: word.into(), ..cell(&[], 400, 1000) }], &each(), &PrivacyPolicy::internal()).unwrap());
        assert_eq!(inside.values().next().unwrap().0, "value");
    }
}

/// A note is written about the figure: it goes with it. So do a source and a reason written beside a withheld figure.
#[test]
fn texts_beside_a_withheld_figure_go_with_it() {
    let row = Row { note: "kanarie 4 women".into(), proxy: "kanarie 4 of 500".into(), ..cell(&[("SEX", "F")], 4, 500) };
    let report = report(&[row], &each(), &public(10)).unwrap();
    assert!(!routes(&report).1.contains("kanarie"));
}

#[test]
fn figures_of_a_report_are_what_was_given() {
    // the attack above reads the frame of figures: it shows what came in
    let s = report(&[cell(&[], 40, 1000)], &each(), &public(10)).unwrap();
    let data = s.data();
    let found = data.places[0].indicators.iter().find(|i| i.id == ID).unwrap();
    assert!(matches!(found.figure, Figure::Value { numerator: Some(40.0), denominator: Some(1000.0), .. }));
    assert_eq!(shown(&s).values().next().unwrap().1, Some(40.0));
}
