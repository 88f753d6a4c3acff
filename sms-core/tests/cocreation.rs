//! Pre-test, refinement and co-creation, from end to end.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs, reason = "tests")]

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use serde_json::{Value, json};
use sms_core::wire::Engine;
use sms_core::{Catalogue, Code};
use std::sync::OnceLock;

fn cases(n: u32) -> ProptestConfig {
    let n = std::env::var("SMS_CASES").ok().and_then(|c| c.parse().ok()).unwrap_or(n);
    ProptestConfig { cases: n, rng_seed: RngSeed::Fixed(20_270_301), failure_persistence: None, max_shrink_iters: 2_000, ..ProptestConfig::default() }
}

fn engine() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(|| Engine::new(sms_catalogue::CATALOGUE_JSON, sms_catalogue::METHODS).unwrap())
}

fn call(op: &str, mut fields: Value) -> sms_core::Result<Value> {
    fields["op"] = json!(op);
    engine().call(&fields)
}

#[test]
fn answers_of_a_pretest_never_reach_a_score() {
    let regular = json!([
        {"indicator": "WSP-O-04", "place": "a", "period": "2018", "numerator": 40, "denominator": 400},
        {"indicator": "HOU-O-02", "place": "a", "period": "2018", "numerator": 40, "denominator": 400},
    ]);
    let report = |rows: Value| call("assess", json!({"observations": {"rows": rows}})).unwrap();
    let without = report(regular.clone());
    for value in [0, 50, 100] {
        let mut rows = regular.clone();
        for (indicator, period) in [("WSP-O-04", "2019"), ("WSP-O-04", "2018"), ("HEA-O-01", "2018")] {
            rows.as_array_mut()
                .unwrap()
                .push(json!({"indicator": indicator, "place": "a", "period": period, "value": value, "round": "pretest", "confidentiality": "public"}));
        }
        let with = report(rows);
        assert_eq!(with["places"], without["places"]);
        assert!(with["findings"]["counts"]["obs.pretest-row"].is_number());
    }
}

fn decide(fields: Value) -> Value {
    let mut decision =
        json!({"decided_by": [{"who": "Office", "side": "city"}, {"who": "Union", "side": "civil_society"}], "on": "2027-02-20", "reason": "pre-test"});
    decision.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    decision
}

#[test]
fn a_refined_release_is_a_catalogue() {
    let decisions = json!([
        decide(json!({"action": "split", "indicators": ["HOU-O-01"], "into": [{"sheet": {"id": "HOU-O-91"}}, {"sheet": {"id": "HOU-O-92"}}]})),
        decide(json!({"action": "drop", "indicators": ["WSP-O-01"]})),
        decide(json!({"action": "modify", "indicators": ["HOU-O-02"], "text": {"en": {"name": "Housing costs"}}})),
    ]);
    let request = json!({"release": {"version": "0.3.0", "date": "2027-03-01"}, "decisions": decisions, "include_catalogue": true});
    let made = call("refinement.apply", request).unwrap();
    let text = made["catalogue"].to_string();
    let catalogue = Catalogue::from_json(&text).unwrap();
    assert_eq!(catalogue.fingerprint(), made["fingerprint"].as_str().unwrap());
    // the selection follows, retired indicators stay and are assessed no more
    let core = catalogue.selection("core").unwrap();
    let ids: Vec<&str> = core.indicators.iter().map(|i| i.as_str()).collect();
    assert!(ids.contains(&"HOU-O-91") && ids.contains(&"HOU-O-92") && !ids.contains(&"HOU-O-01") && !ids.contains(&"WSP-O-01"));
    assert!(catalogue.indicator("WSP-O-01").unwrap().is_retired());
    assert_eq!(catalogue.indicator("HOU-O-91").unwrap().lineage.supersedes[0].as_str(), "HOU-O-01");
    assert_ne!(catalogue.data().fingerprints["HOU-O-02"], engine().catalogue().data().fingerprints["HOU-O-02"]);
    assert_eq!(catalogue.data().fingerprints["HOU-O-03"], engine().catalogue().data().fingerprints["HOU-O-03"]);
    let again = Engine::new(&text, sms_catalogue::METHODS).unwrap();
    let rows = json!({"rows": [{"indicator": "HOU-O-02", "place": "a", "period": "2018", "numerator": 40, "denominator": 400}]});
    let report = again.call(&json!({"op": "assess", "observations": rows})).unwrap();
    assert!(!report.to_string().contains("WSP-O-01"));
    // the same diff from the two releases
    let diff =
        call("catalogue.diff", json!({"before": serde_json::from_str::<Value>(sms_catalogue::CATALOGUE_JSON).unwrap(), "after": made["catalogue"]})).unwrap();
    assert_eq!(diff, made["diff"]);
    let same = call("catalogue.diff", json!({"before": serde_json::from_str::<Value>(sms_catalogue::CATALOGUE_JSON).unwrap()})).unwrap();
    assert_eq!((same["added"].clone(), same["changed"].clone()), (json!([]), json!([])));
    // a decision about what is retired, and a promotion that only the city wants
    let refused = |decision: Value| {
        again.call(&json!({"op": "refinement.apply", "release": {"version": "0.4.0", "date": "2027-06-01"}, "decisions": [decision]})).unwrap_err().code()
    };
    assert_eq!(refused(decide(json!({"action": "keep", "indicators": ["WSP-O-01"]}))), Code::RefinementBadDecision);
    assert_eq!(
        refused(decide(json!({"action": "keep", "indicators": ["HOU-O-02"], "tier": "core", "decided_by": [{"who": "x", "side": "city"}]}))),
        Code::RefinementMissingSignOff
    );
}

#[test]
fn a_core_set_of_the_whole_catalogue_is_proven() {
    let ids: Vec<String> = engine().catalogue().indicators().iter().map(|i| i.id.to_string()).collect();
    let candidate = |(i, id): (usize, &String)| json!({"id": id, "value": 4.0 + (i * 37 % 50) as f64 / 10.0, "effort": 1 + i * 13 % 7});
    let mut candidates: Vec<Value> = ids.iter().enumerate().map(candidate).collect();
    let ask = |candidates: &[Value], budget: u32| call("cocreation.core_set", json!({"candidates": candidates, "constraints": {"budget": budget}})).unwrap();
    let set = ask(&candidates, 90);
    assert_eq!((set["feasible"].clone(), set["proven_optimal"].clone()), (json!(true), json!(true)), "{} nodes", set["nodes"]);
    assert!(set["effort"].as_f64().unwrap() <= 90.0);
    assert!(set["cover"].as_array().unwrap().iter().all(|c| !c["covered_by"].as_array().unwrap().is_empty()));
    assert_eq!(set["candidates"].as_array().unwrap().len(), ids.len());
    // the order of the candidates does not show
    candidates.reverse();
    assert_eq!(ask(&candidates, 90), set);
    let none = ask(&candidates, 12);
    assert_eq!(none["feasible"], false);
    let conflict = none["conflict"].as_array().unwrap();
    assert!(conflict.iter().any(|c| c["kind"] == "budget") && none["least_effort"].as_f64().unwrap() > 12.0, "{none}");
}

/// Ratings of some raters and items, `None` for none.
fn panels() -> impl Strategy<Value = (Vec<usize>, Vec<Vec<Option<u8>>>)> {
    (2usize..9, 1usize..5).prop_flat_map(|(raters, items)| {
        (
            proptest::collection::vec(0usize..3, raters),
            proptest::collection::vec(proptest::collection::vec(proptest::option::weighted(0.9, 1u8..10), raters), items),
        )
    })
}

fn delphi(sides: &[usize], rounds: &[&[Vec<Option<u8>>]], turned: bool) -> sms_core::Result<Value> {
    let raters: Vec<Value> = sides.iter().enumerate().map(|(i, s)| json!({"id": format!("r{i}"), "side": format!("s{s}")})).collect();
    let items: Vec<String> = (0..rounds[0].len()).map(|i| format!("I{i}")).collect();
    let ballots: Vec<Value> = rounds
        .iter()
        .map(|matrix| {
            let cells = matrix.iter().enumerate().flat_map(|(i, row)| row.iter().enumerate().map(move |(r, x)| (i, r, x)));
            let mut ratings: Vec<Value> =
                cells.filter_map(|(i, r, x)| Some(json!({"rater": format!("r{r}"), "item": format!("I{i}"), "rating": (*x)?}))).collect();
            if turned {
                ratings.reverse();
            }
            json!({ "ratings": ratings })
        })
        .collect();
    call("cocreation.delphi", json!({"items": items, "raters": raters, "rounds": ballots}))
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn rounds_do_not_depend_on_the_order_of_ratings((sides, matrix) in panels()) {
        let (a, b) = (delphi(&sides, &[&matrix], false), delphi(&sides, &[&matrix], true));
        match (a, b) {
            (Ok(a), Ok(b)) => prop_assert_eq!(a, b),
            (a, b) => prop_assert_eq!(a.err().map(|e| e.code()), b.err().map(|e| e.code())),
        }
    }

    #[test]
    fn the_same_round_twice_stops((sides, matrix) in panels()) {
        if let Ok(made) = delphi(&sides, &[&matrix, &matrix], false) {
            prop_assert_eq!(&made["stop"]["verdict"], "stop");
        }
    }

    /// What is shown of a side rests on three raters, and what is hidden of all sides together on three as well.
    #[test]
    fn no_side_of_one_or_two_is_shown((sides, matrix) in panels()) {
        let Ok(made) = delphi(&sides, &[&matrix], false) else { return Ok(()) };
        for item in made["rounds"][0]["items"].as_array().unwrap() {
            let shown: u64 = item["sides"].as_array().unwrap().iter().filter_map(|s| s["n"].as_u64()).sum();
            prop_assert!(item["sides"].as_array().unwrap().iter().all(|s| s["n"].as_u64().is_none_or(|n| n == 0 || n >= 3)));
            let hidden = item["n"].as_u64().unwrap() - shown;
            prop_assert!(hidden == 0 || hidden >= 3 || shown == 0);
        }
    }
}

#[test]
fn nothing_names_a_person() {
    let rows: Vec<Value> =
        (0..12).map(|i| json!({"respondent": format!("SECRET{i}"), "question": "Q", "answer": i, "rater": format!("HIDDEN{}", i % 2)})).collect();
    let made = call("pretest.evaluate", json!({"answers": {"rows": rows}})).unwrap().to_string();
    let refused = call("pretest.evaluate", json!({"answers": {"rows": [rows[0], rows[0]]}})).unwrap_err().to_string();
    let round = json!({"items": ["A"], "raters": [{"id": "SECRET1", "side": "x"}], "rounds": [{"ratings": [{"rater": "SECRET2", "item": "A", "rating": 5}]}]});
    let unknown = call("cocreation.delphi", round).unwrap_err().to_string();
    let twice = json!({"participants": [{"id": "SECRET1", "side": "x"}, {"id": "SECRET1", "side": "x"}], "record": []});
    let doubled = call("cocreation.participation", twice).unwrap_err().to_string();
    for text in [made, refused, unknown, doubled] {
        assert!(!text.contains("SECRET") && !text.contains("HIDDEN"), "{text}");
    }
}
