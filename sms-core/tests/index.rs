//! Indices as files: where a mistake is found, and laws that hold for every table.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs, reason = "tests")]

use proptest::prelude::*;
use serde_json::{Value, json};
use sms_core::estimate::Absence;
use sms_core::index::{Given, Index, IndexResult, MAX_FORMULA, Shown, Table, raw};
use sms_core::{Code, Error};

fn file(step: &Value, inputs: &Value, outputs: &Value) -> Value {
    json!({
        "format": 1, "id": "invented", "edition": "1", "title": "An invented index", "source": "invented", "licence": "CC0", "unit": "city",
        "input": inputs, "step": step, "outputs": outputs
    })
}

fn refused(value: &Value) -> Error {
    Index::from_value(value).unwrap_err()
}

#[test]
fn a_misspelt_field_is_found_with_its_place() {
    let e = refused(&file(&json!([{"id": "y", "goalposts": {"of": "x", "worts": 0, "best": 1}}]), &json!([{"id": "x"}]), &json!(["y"])));
    assert_eq!((e.code(), e.location().path.as_deref()), (Code::IndexBadFile, Some("step[0].goalposts.worts")));
    assert_eq!(e.params()["did_you_mean"].to_string(), "worst");
    let e = refused(&file(&json!([{"id": "y", "goalpost": {"of": "x"}}]), &json!([{"id": "x"}]), &json!(["y"])));
    assert_eq!((e.location().path.as_deref(), e.params()["did_you_mean"].to_string().as_str()), (Some("step[0].goalpost"), "goalposts"));
}

#[test]
fn a_misspelt_name_is_found_with_its_position() {
    let e = refused(&file(&json!([{"id": "y", "formula": "1 + health_indx"}]), &json!([{"id": "health_index"}]), &json!(["y"])));
    assert_eq!((e.code(), e.location().path.as_deref()), (Code::IndexUnknownName, Some("step[0].formula")));
    assert_eq!((e.params()["did_you_mean"].to_string().as_str(), e.params()["position"].to_string().as_str()), ("health_index", "5"));
}

#[test]
fn a_circle_is_named() {
    let steps = json!([{"id": "a", "formula": "b"}, {"id": "b", "formula": "c"}, {"id": "c", "formula": "a"}]);
    let e = refused(&file(&steps, &json!([{"id": "x"}]), &json!(["a"])));
    assert_eq!((e.code(), e.params()["cycle"].to_string().as_str()), (Code::IndexCycle, "a → b → c → a"));
}

#[test]
fn a_long_chain_of_steps_needs_no_deep_stack() {
    let steps: Vec<Value> =
        (0..4_000).map(|i| json!({"id": format!("s{i}"), "formula": if i == 3_999 { "x".to_owned() } else { format!("s{} + 1", i + 1) }})).collect();
    let index = Index::from_value(&file(&json!(steps), &json!([{"id": "x"}]), &json!(["s0"]))).unwrap();
    let table = Table::new(["u"]).unwrap().numbers("x", vec![Some(1.0)]).unwrap();
    assert_eq!(index.run(&table).unwrap().result(&[]).unwrap().number("s0", 0), Some(4_000.0));
}

#[test]
fn the_longest_formula_is_read_and_computed() {
    let text = format!("x{}", " + 1".repeat((MAX_FORMULA - 1) / 4));
    let index = Index::from_value(&file(&json!([{"id": "y", "formula": text}]), &json!([{"id": "x"}]), &json!(["y"]))).unwrap();
    let table = Table::new(["u"]).unwrap().numbers("x", vec![Some(1.0)]).unwrap();
    assert_eq!(index.run(&table).unwrap().result(&[]).unwrap().number("y", 0), Some(1.0 + ((MAX_FORMULA - 1) / 4) as f64));
}

#[test]
fn nan_does_not_enter() {
    assert_eq!(Table::new(["u"]).unwrap().numbers("x", vec![Some(f64::NAN)]).unwrap_err().code(), Code::NumNotFinite);
    let mut raw = Index::from_value(&file(&json!([{"id": "y", "formula": 1}]), &json!([{"id": "x"}]), &json!(["y"]))).unwrap().data().clone();
    if let Some(step) = raw.step.first_mut() {
        step.formula = Some(raw::Term::Number(f64::INFINITY));
    }
    assert!(Index::new(raw).is_err());
}

#[test]
fn a_table_and_a_run_do_not_print_their_values() {
    let table = Table::new(["secret"]).unwrap().numbers("x", vec![Some(12345.0)]).unwrap();
    let index = Index::from_value(&file(&json!([{"id": "y", "formula": "x"}]), &json!([{"id": "x"}]), &json!(["y"]))).unwrap();
    let shown = format!("{table:?} {:?}", index.run(&table).unwrap());
    assert!(!shown.contains("12345") && !shown.contains("secret"), "{shown}");
}

#[test]
fn the_fingerprint_is_of_the_content() {
    let a = file(&json!([{"id": "y", "formula": "x"}]), &json!([{"id": "x"}]), &json!(["y"]));
    let again = serde_json::to_string_pretty(&Index::from_value(&a).unwrap().data()).unwrap();
    assert_eq!(Index::from_value(&a).unwrap().fingerprint(), Index::from_json(&again).unwrap().fingerprint());
    let mut b = a.clone();
    b["step"][0]["formula"] = json!("2 * x");
    assert_ne!(Index::from_value(&a).unwrap().fingerprint(), Index::from_value(&b).unwrap().fingerprint());
}

#[test]
fn published_files_use_all_that_they_declare() {
    for json in sms_catalogue::INDICES {
        let index = Index::from_json(json).unwrap();
        assert!(index.notes().is_empty(), "{}: {:?}", index.id(), index.notes());
        assert!(!index.data().reproduces.is_empty());
    }
}

/// Steps of every kind over two numbers and a text.
fn every_kind() -> Index {
    let steps = json!([
        {"id": "g", "goalposts": {"of": "a", "worst": 0, "best": 100}},
        {"id": "l", "goalposts": {"of": "b", "worst": 1, "best": 100, "scale": "log", "cap": "open"}},
        {"id": "m", "aggregate": {"how": "geometric", "of": ["g", {"of": "b", "weight": 2}], "missing": "skip"}},
        {"id": "n", "aggregate": {"how": "power", "power": 3, "of": ["g", "m"]}},
        {"id": "f", "formula": "if(a > b or missing(n), a / b, first(l, n))"},
        {"id": "c", "choose": [{"if": "t = 'p'", "then": "f"}, {"if": "a > 50", "then": "m"}]},
        {"id": "s", "status": [{"if": "missing(c)", "is": "none"}, {"if": "c > 1", "is": "high"}, {"is": "low"}]},
        {"id": "d", "bands": {"of": "a", "at": [60, 30], "names": ["x", "y", "z"]}},
        {"id": "i", "interpolate": {"of": "a", "points": [[0, 1], [50, 3], ["60 + b", 2]], "beyond": "extend"}},
        {"id": "w", "growth": {"from": "a", "to": "b", "years": 5}},
        {"id": "r", "round": {"of": "m", "decimals": 2, "ties": "half_up"}},
        {"id": "k", "lookup": {"of": "d", "values": {"x": 1, "y": 2}}},
        {"id": "mean", "across": {"statistic": "mean", "of": "a", "by": "t"}},
        {"id": "sd", "across": {"statistic": "sd", "of": "a", "weight": "abs(b)"}},
        {"id": "rank", "across": {"statistic": "rank", "of": "a", "where": "b > 0"}},
        {"id": "z", "formula": "(a - mean) / sd"}
    ]);
    let all: Vec<String> = steps.as_array().unwrap().iter().map(|s| s["id"].as_str().unwrap().to_owned()).collect();
    Index::from_value(&file(&steps, &json!([{"id": "a"}, {"id": "b"}, {"id": "t", "kind": "text"}]), &json!(all))).unwrap()
}

type Row = (Option<f64>, Option<f64>, Option<&'static str>);

fn table_of(rows: &[(usize, Row)]) -> Table {
    let table = Table::new(rows.iter().map(|(id, _)| format!("u{id}"))).unwrap();
    let table = table.numbers("a", rows.iter().map(|r| r.1.0).collect()).unwrap().numbers("b", rows.iter().map(|r| r.1.1).collect()).unwrap();
    table.texts("t", rows.iter().map(|r| r.1.2).collect()).unwrap()
}

/// Every value of a result by unit and output, as bits.
fn cells(result: &IndexResult) -> std::collections::BTreeMap<(String, String), String> {
    let mut found = std::collections::BTreeMap::new();
    for output in &result.outputs {
        for (unit, value) in result.units.iter().zip(&output.values) {
            let shown = match value {
                Some(Shown::Number(x)) => {
                    assert!(x.is_finite() && !(*x == 0.0 && x.is_sign_negative()), "{}", output.id);
                    format!("{:016x}", x.to_bits())
                }
                Some(Shown::Text(t)) => t.to_string(),
                None => format!("{:?}", output.absent.iter().find(|a| a.unit == *unit)),
            };
            found.insert((unit.clone(), output.id.clone()), shown);
        }
    }
    found
}

fn number() -> impl Strategy<Value = Option<f64>> {
    prop_oneof![1 => Just(None), 2 => Just(Some(0.0)), 2 => (0..10i32).prop_map(|n| Some(f64::from(n) * 10.0)), 8 => (-20.0..120.0f64).prop_map(Some), 1 => Just(Some(1e308))]
}

fn row() -> impl Strategy<Value = Row> {
    (number(), number(), prop_oneof![Just(None), Just(Some("p")), Just(Some("q"))])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_rows_never_matters(rows in proptest::collection::vec(row(), 1..12), seed in any::<u64>()) {
        let index = every_kind();
        let numbered: Vec<(usize, Row)> = rows.into_iter().enumerate().collect();
        let mut mixed = numbered.clone();
        // any order will do
        mixed.sort_by_key(|(i, _)| (*i as u64 + 1).wrapping_mul(seed | 1).rotate_left(17));
        let (one, other) = (table_of(&numbered), table_of(&mixed));
        let (one, other) = (index.run(&one).unwrap().result(&[]).unwrap(), index.run(&other).unwrap().result(&[]).unwrap());
        prop_assert_eq!(cells(&one), cells(&other));
        prop_assert_eq!(one.findings.counts(), other.findings.counts());
    }

    #[test]
    fn a_unit_that_joins_changes_no_result_that_is_not_set_dependent(rows in proptest::collection::vec(row(), 1..8), more in row()) {
        let index = every_kind();
        let few: Vec<(usize, Row)> = rows.into_iter().enumerate().collect();
        let mut many = few.clone();
        many.push((few.len(), more));
        let (few, many) = (table_of(&few), table_of(&many));
        let (few, many) = (index.run(&few).unwrap().result(&[]).unwrap(), index.run(&many).unwrap().result(&[]).unwrap());
        let later = cells(&many);
        for ((unit, output), value) in cells(&few) {
            let set_dependent = few.outputs.iter().any(|o| o.id == output && o.set_dependent);
            prop_assert!(set_dependent || later[&(unit.clone(), output.clone())] == value, "{} of {}", output, unit);
        }
        prop_assert_eq!(few.outputs.iter().filter(|o| o.set_dependent).count(), 4);
    }

    #[test]
    fn any_text_is_a_formula_or_refused(text in "[xy0-9+*/^(),<>= .'-]{0,40}|(if|min|missing|not|and|or|x|\\(|\\)|,|1| ){0,20}") {
        let value = file(&json!([{"id": "r", "formula": text}]), &json!([{"id": "x"}, {"id": "y"}]), &json!(["r"]));
        if let Ok(index) = Index::from_value(&value) {
            let table = Table::new(["u", "v"]).unwrap().numbers("x", vec![Some(0.0), Some(-3.5)]).unwrap();
            let table = table.column("y", vec![Given::Absent(Absence::Refused), Given::Number(2.0)]).unwrap();
            cells(&index.run(&table).unwrap().result(&[]).unwrap());
        }
    }
}

fn cases() -> u32 {
    std::env::var("SMS_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(64)
}
