//! Worked examples, laws of states, and what is refused.

use super::*;
use crate::diagnostic::{Code, Result};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Microdata as the tests write them: numbers, or codes as texts; `None` is missing.
#[derive(Clone, Debug, Default)]
struct Data {
    numbers: BTreeMap<String, Vec<Option<f64>>>,
    codes: BTreeMap<String, Vec<Option<String>>>,
    rows: usize,
}

impl Data {
    fn numbers(mut self, name: &str, values: &[f64]) -> Self {
        self.rows = values.len();
        self.numbers.insert(name.to_owned(), values.iter().map(|&x| Some(x)).collect());
        self
    }

    fn codes(mut self, name: &str, values: &[&str]) -> Self {
        self.rows = values.len();
        self.codes.insert(name.to_owned(), values.iter().map(|&x| Some(x.to_owned())).collect());
        self
    }

    fn take(&self, rows: &[usize]) -> Data {
        Data {
            numbers: self.numbers.iter().map(|(n, v)| (n.clone(), rows.iter().map(|&r| v[r]).collect())).collect(),
            codes: self.codes.iter().map(|(n, v)| (n.clone(), rows.iter().map(|&r| v[r].clone()).collect())).collect(),
            rows: rows.len(),
        }
    }

    fn update(&self, accumulator: &mut Accumulator) -> Result<()> {
        let numbers: BTreeMap<&str, (Vec<f64>, Vec<bool>)> =
            self.numbers.iter().map(|(n, v)| (n.as_str(), (v.iter().map(|x| x.unwrap_or(7.0)).collect(), v.iter().map(Option::is_some).collect()))).collect();
        let mut words: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (name, values) in &self.codes {
            let mut dictionary: Vec<&str> = Vec::new();
            // codes are numbered as they come, so that batches number them differently
            values.iter().flatten().for_each(|v| {
                if !dictionary.contains(&v.as_str()) {
                    dictionary.push(v);
                }
            });
            words.insert(name, dictionary);
        }
        let codes: BTreeMap<&str, (Vec<u32>, Vec<bool>)> = self
            .codes
            .iter()
            .map(|(n, v)| {
                let code = |x: &Option<String>| x.as_ref().and_then(|x| words[n.as_str()].iter().position(|w| w == x)).unwrap_or(0) as u32;
                (n.as_str(), (v.iter().map(code).collect(), v.iter().map(Option::is_some).collect()))
            })
            .collect();
        let mut batch = Batch::new(self.rows);
        for (name, (values, valid)) in &numbers {
            batch.insert(name, Column::Numbers { values, valid: Some(valid) })?;
        }
        for (name, (codes, valid)) in &codes {
            batch.insert(name, Column::Codes { codes, dictionary: &words[name], valid: Some(valid) })?;
        }
        accumulator.update(&batch)
    }
}

fn plan(value: Value) -> SurveyPlan {
    serde_json::from_value(value).unwrap()
}

fn results(data: &Data, value: Value) -> Result<SurveyResults> {
    let mut accumulator = Accumulator::new(plan(value))?;
    data.update(&mut accumulator)?;
    accumulator.finish(&Reporting::new(0.95))
}

fn code(result: Result<SurveyResults>) -> Code {
    result.unwrap_err().code()
}

/// Worked example of the method, §5: seven rows in four units of two strata.
fn clustered() -> Data {
    Data::default()
        .codes("h", &["1", "1", "1", "1", "2", "2", "2"])
        .codes("i", &["A", "A", "B", "B", "C", "C", "D"])
        .numbers("w", &[10.0, 10.0, 10.0, 10.0, 20.0, 20.0, 20.0])
        .numbers("y", &[1.0, 0.0, 1.0, 1.0, 0.0, 1.0, 0.0])
}

#[test]
fn worked_example_with_clusters() {
    let made = results(
        &clustered(),
        json!({"design": {"weight": "w", "stratum": "h", "psu": "i"}, "estimates": {"m": {"kind": "mean", "variable": "y"}, "p": {"kind": "proportion", "variable": "y"}}}),
    )
    .unwrap();
    for e in &made.estimates {
        assert_eq!((e.value, e.df, e.n, e.psus, e.strata, e.population), (Some(0.5), Some(2.0), 7, Some(4), Some(2), Some(100.0)));
        assert!((e.se.unwrap() - 0.1414213562373095).abs() < 1e-15);
    }
}

#[test]
fn what_is_refused() {
    let design = |extra: Value| {
        let mut d = json!({"weight": "w", "stratum": "h", "psu": "i"});
        d.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        json!({"design": d, "estimates": {"m": {"kind": "mean", "variable": "y"}}})
    };
    let fine = clustered();
    let changed = |change: &dyn Fn(&mut Data)| {
        let mut d = clustered();
        change(&mut d);
        d
    };
    let plain = || design(json!({}));
    for bad in [-1.0, f64::NAN, f64::INFINITY] {
        assert_eq!(code(results(&changed(&|d| d.numbers.get_mut("w").unwrap()[3] = Some(bad)), plain())), Code::SurveyBadWeight);
    }
    assert_eq!(code(results(&changed(&|d| d.numbers.get_mut("w").unwrap()[3] = None), plain())), Code::SurveyBadWeight);
    assert_eq!(code(results(&changed(&|d| d.codes.get_mut("h").unwrap()[3] = None), plain())), Code::SurveyMissingDesignValue);
    assert_eq!(code(results(&changed(&|d| d.codes.get_mut("i").unwrap()[3] = None), plain())), Code::SurveyMissingDesignValue);
    assert_eq!(code(results(&changed(&|d| d.numbers.get_mut("y").unwrap()[3] = Some(f64::NAN)), plain())), Code::NumNotFinite);
    assert_eq!(code(results(&changed(&|d| drop(d.numbers.remove("y"))), plain())), Code::SurveyMissingColumn);
    let text = |d: &mut Data| {
        d.numbers.remove("y");
        d.codes.insert("y".into(), vec![Some("a".into()); 7]);
    };
    assert_eq!(code(results(&changed(&text), plain())), Code::SurveyBadColumn);
    // D is the only unit of its stratum
    assert_eq!(code(results(&fine.take(&[0, 2, 6]), plain())), Code::SurveyLonelyPsu);
    // one unit in all
    assert_eq!(code(results(&fine.take(&[0, 1]), plain())), Code::SurveyLonelyPsu);
    assert_eq!(code(results(&fine.take(&[]), plain())), Code::SurveyNoRows);
    // the same code in two strata
    let reused = changed(&|d| d.codes.get_mut("i").unwrap()[6] = Some("A".into()));
    assert_eq!(code(results(&reused, design(json!({"nested": false})))), Code::SurveyPsuInTwoStrata);
    let nested = results(&reused, plain()).unwrap();
    assert_eq!(nested.findings.counts().get(&Code::SurveyPsuReused), Some(&1));
    assert!((nested.estimates[0].se.unwrap() - 0.1414213562373095).abs() < 1e-15);
    // corrections
    let fpc = design(json!({"fpc": {"column": "N", "kind": "population"}}));
    let with = |n: [f64; 7]| fine.clone().numbers("N", &n);
    assert_eq!(code(results(&with([9.0, 9.0, 8.0, 9.0, 9.0, 9.0, 9.0]), fpc.clone())), Code::SurveyFpcVaries);
    assert_eq!(code(results(&with([1.0; 7]), fpc.clone())), Code::SurveyFpcBelowSample);
    assert_eq!(code(results(&with([0.0; 7]), fpc.clone())), Code::SurveyBadFpc);
    assert_eq!(code(results(&with([2.0; 7]), design(json!({"fpc": {"column": "N", "kind": "fraction"}})))), Code::SurveyBadFpc);
    let census = results(&with([2.0; 7]), fpc).unwrap();
    assert_eq!(census.estimates[0].se, Some(0.0), "all units were drawn");
    assert_eq!(census.findings.counts().get(&Code::SurveyZeroVariance), Some(&1));
    // a variable that is not 0 and 1
    let mut plan = plain();
    plan["estimates"] = json!({"m": {"kind": "proportion", "variable": "w"}});
    assert_eq!(code(results(&fine, plan)), Code::SurveyNotBinary);
}

#[test]
fn a_refused_batch_leaves_the_state_as_it_was() {
    let mut accumulator =
        Accumulator::new(plan(json!({"design": {"weight": "w", "stratum": "h", "psu": "i"}, "estimates": {"m": {"kind": "mean", "variable": "y"}}}))).unwrap();
    clustered().update(&mut accumulator).unwrap();
    let before = accumulator.to_bytes().unwrap();
    let mut bad = clustered();
    bad.numbers.get_mut("w").unwrap()[6] = Some(-1.0);
    assert_eq!(bad.update(&mut accumulator).unwrap_err().code(), Code::SurveyBadWeight);
    assert_eq!(accumulator.to_bytes().unwrap(), before);
}

#[test]
fn lonely_units_by_each_choice() {
    // strata 1 (A, B) and 2 (C alone)
    let data = clustered().take(&[0, 1, 2, 3, 4, 5]);
    let of = |rule: &str| {
        results(
            &data,
            json!({"design": {"weight": "w", "stratum": "h", "psu": "i", "lonely_psu": rule}, "estimates": {"t": {"kind": "total", "variable": "y"}}}),
        )
        .unwrap()
    };
    // totals of y: A 10, B 20, C 20; stratum 1: 2/1·Σ(±5)² = 100
    for (rule, variance) in [("certainty", 100.0), ("adjust", 100.0 + 400.0), ("average", 200.0)] {
        let made = of(rule);
        assert!((made.estimates[0].se.unwrap() - crate::num::sqrt(variance)).abs() < 1e-12, "{rule}");
        assert_eq!(made.findings.counts().get(&Code::SurveyLonelyPsuAdjusted), Some(&1));
    }
    // nothing but lonely units: no error at all rather than one of zero
    let alone = data.take(&[0, 4]);
    let made = results(
        &alone,
        json!({"design": {"weight": "w", "stratum": "h", "psu": "i", "lonely_psu": "certainty"}, "estimates": {"t": {"kind": "total", "variable": "y"}}}),
    )
    .unwrap();
    assert_eq!((made.estimates[0].se, made.estimates[0].interval), (None, None));
    for expected in [Code::SurveyNoVariance, Code::SurveyNoDegreesOfFreedom] {
        assert_eq!(made.findings.counts().get(&expected), Some(&1));
    }
}

#[test]
fn groups_that_are_empty_or_missing() {
    let mut data = clustered().codes("g", &["f", "f", "m", "m", "f", "m", "x"]);
    data.codes.get_mut("g").unwrap()[0] = None;
    data.numbers.get_mut("y").unwrap()[6] = None;
    let made = results(
        &data,
        json!({"design": {"weight": "w", "stratum": "h", "psu": "i"}, "estimates": {"m": {"kind": "mean", "variable": "y"}},
            "domains": [{"by": ["g"], "groups": [["m"], ["x"], ["nobody"]]}]}),
    )
    .unwrap();
    let shown: Vec<_> = made.estimates.iter().map(|e| (e.domain[0].code.as_str(), e.absent, e.value.is_some(), e.se.is_some())).collect();
    assert_eq!(shown, [("m", None, true, true), ("nobody", Some(Absent::EmptyDomain), false, false), ("x", Some(Absent::AllMissing), false, false)]);
    for expected in [Code::SurveyEmptyDomain, Code::SurveyAllMissing, Code::SurveyRowsWithoutGroup] {
        assert_eq!(made.findings.counts().get(&expected), Some(&1), "{expected}");
    }
}

#[test]
fn a_constant_has_no_spread_however_large() {
    let data = Data::default().numbers("w", &[30.97, 44.21, 1.5, 7.25, 3.3]).numbers("y", &[1e15 + 0.1; 5]).codes("i", &["a", "b", "b", "c", "c"]);
    for design in [json!({"weight": "w"}), json!({"weight": "w", "psu": "i"})] {
        let made =
            results(&data, json!({"design": design, "estimates": {"m": {"kind": "mean", "variable": "y"}, "q": {"kind": "median", "variable": "y"}}})).unwrap();
        assert_eq!((made.estimates[0].value, made.estimates[0].se), (Some(1e15 + 0.1), Some(0.0)));
        assert!(made.findings.counts()[&Code::SurveyZeroVariance] >= 1);
    }
}

#[test]
fn states_are_bound_to_their_plan_and_whole() {
    let of = |variable: &str| plan(json!({"design": {"weight": "w", "stratum": "h", "psu": "i"}, "estimates": {"m": {"kind": "mean", "variable": variable}}}));
    let mut accumulator = Accumulator::new(of("y")).unwrap();
    clustered().update(&mut accumulator).unwrap();
    let bytes = accumulator.to_bytes().unwrap();
    let back = Accumulator::from_bytes(of("y"), &bytes).unwrap();
    assert_eq!(back.to_bytes().unwrap(), bytes);
    let reporting = Reporting::new(0.95);
    assert_eq!(back.finish(&reporting).unwrap(), accumulator.finish(&reporting).unwrap());
    let refused = |plan: SurveyPlan, bytes: &[u8]| Accumulator::from_bytes(plan, bytes).unwrap_err().code();
    assert_eq!(refused(of("w"), &bytes), Code::SurveyOtherPlan);
    assert_eq!(accumulator.merge(&Accumulator::new(of("w")).unwrap()).unwrap_err().code(), Code::SurveyOtherPlan);
    for length in 0..bytes.len() {
        assert_eq!(refused(of("y"), &bytes[..length]), Code::SurveyBadState, "{length}");
    }
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        assert!(Accumulator::from_bytes(of("y"), &changed).is_err(), "{at}");
    }
    let mut newer = bytes.clone();
    newer[4] = 2;
    assert_eq!(refused(of("y"), &newer), Code::SurveyNewerState);
    assert_eq!(format!("{accumulator:?}"), format!("Accumulator {{ plan: {:?}, .. }}", accumulator.plan_fingerprint()));
}

#[test]
fn forged_states_do_not_panic() {
    use sha2::{Digest, Sha256};
    let of = || {
        plan(
            json!({"design": {"weight": "w", "stratum": "h", "psu": "i", "calibration": {"margins": [{"by": ["h"], "totals": [{"codes": ["1"], "total": 50}, {"codes": ["2"], "total": 70}]}]}},
                "estimates": {"m": {"kind": "mean", "variable": "y"}, "g": {"kind": "gini", "variable": "y"}}, "domains": [{}, {"by": ["h"]}]}),
        )
    };
    let mut accumulator = Accumulator::new(of()).unwrap();
    clustered().update(&mut accumulator).unwrap();
    let bytes = accumulator.to_bytes().unwrap();
    let body = &bytes[..bytes.len() - 32];
    for at in 38..body.len() {
        for value in [0, 1, 2, 0x7f, 0x80, 0xff] {
            let mut forged = body.to_vec();
            forged[at] = value;
            let checksum = Sha256::digest(&forged);
            forged.extend_from_slice(&checksum);
            if let Ok(read) = Accumulator::from_bytes(of(), &forged) {
                // what is read is canonical, and can be finished or refuses with a code
                assert_eq!(read.to_bytes().unwrap(), forged);
                let _ = read.finish(&Reporting::new(0.95));
            }
        }
    }
}

#[test]
fn limits_end_in_an_error() {
    let mut small = plan(json!({"design": {"weight": "w", "psu": "i"}, "estimates": {"m": {"kind": "mean", "variable": "y"}}, "limits": {"cells": 2}}));
    let mut accumulator = Accumulator::new(small.clone()).unwrap();
    assert_eq!(clustered().update(&mut accumulator).unwrap_err().code(), Code::SurveyTooLarge);
    assert_eq!(accumulator.finish(&Reporting::new(0.95)).unwrap_err().code(), Code::SurveyTooLarge);
    assert_eq!(accumulator.to_bytes().unwrap_err().code(), Code::SurveyTooLarge);
    small.limits = Limits::default();
    clustered().update(&mut Accumulator::new(small).unwrap()).unwrap();
}

#[test]
fn plans_are_checked() {
    let base = || json!({"design": {"weight": "w"}, "estimates": {"m": {"kind": "mean", "variable": "y"}}});
    let with = |path: &str, value: Value| {
        let mut p = base();
        *p.pointer_mut(path.rsplit_once('/').unwrap().0).unwrap().as_object_mut().unwrap().entry(path.rsplit_once('/').unwrap().1).or_insert(Value::Null) =
            value;
        Accumulator::new(plan(p)).map(|_| ()).map_err(|e| (e.code(), e.location().path.clone().unwrap().to_string()))
    };
    let bad = |path: &str| Err((Code::SurveyBadPlan, path.to_owned()));
    assert_eq!(with("/design/lonely_psu", json!("adjust")), Ok(()));
    assert_eq!(with("/estimates", json!({})), bad("estimates"));
    assert_eq!(with("/estimates/m", json!({"kind": "quantile", "variable": "y", "probability": 1})), bad("estimates.m.probability"));
    assert_eq!(with("/estimates/m", json!({"kind": "rate", "numerator": "y", "multiplier": 0})), bad("estimates.m.multiplier"));
    assert_eq!(with("/estimates/m", json!({"kind": "total", "category": "y"})), bad("estimates.m.variable"));
    assert_eq!(with("/estimates/m", json!({"kind": "proportion", "variable": "y", "category": " "})), bad("estimates.m.category"));
    assert_eq!(with("/estimates/m", json!({"kind": "poverty_gap", "variable": "y", "threshold": {"given": -1}})), bad("estimates.m.threshold.given"));
    assert_eq!(with("/domains", json!([])), bad("domains"));
    assert_eq!(with("/domains", json!([{"by": ["a", "a"]}])), bad("domains[0].by"));
    assert_eq!(with("/domains", json!([{"by": ["a"], "groups": [["x"], ["x", "y"]]}])), bad("domains[0].groups[1]"));
    assert_eq!(with("/domains", json!([{"by": ["a", "b"], "groups": [["x", ""]]}])), bad("domains[0].groups[0][1]"));
    assert_eq!(with("/design/population", json!(0)), bad("design.population"));
    assert_eq!(with("/design/second_stage", json!({"fpc": {"column": "M", "kind": "population"}})), bad("design.second_stage"));
    let replicates = |extra: Value| {
        let mut r = json!({"columns": ["r1", "r2"], "method": "brr"});
        r.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        with("/design/replicates", r)
    };
    assert_eq!(replicates(json!({})), Ok(()));
    assert_eq!(replicates(json!({"columns": ["r1"]})), bad("design.replicates.columns"));
    assert_eq!(replicates(json!({"method": {"fay": 1.0}})), bad("design.replicates.method"));
    assert_eq!(replicates(json!({"method": "jackknife_n"})), bad("design.replicates.rscales"));
    assert_eq!(replicates(json!({"method": "other"})), bad("design.replicates.scale"));
    assert_eq!(replicates(json!({"rscales": [0, 0]})), bad("design.replicates.rscales"));
    assert_eq!(replicates(json!({"scale": -1})), bad("design.replicates.scale"));
    assert_eq!(replicates(json!({"degrees_of_freedom": 0})), bad("design.replicates.degrees_of_freedom"));
    let mut other = raked();
    other["margins"][1]["totals"][0]["total"] = json!(101);
    assert_eq!(with("/design/calibration", raked()), Ok(()));
    assert_eq!(with("/design/calibration", other), bad("design.calibration.margins[1].totals"));
    assert_eq!(with("/design/calibration", json!({})), bad("design.calibration.margins"));
    assert_eq!(with("/design/calibration", json!({"method": "logit", "margins": [halves()]})), bad("design.calibration.bounds"));
    let mut p = base();
    p["design"]["psu"] = json!("i");
    p["design"]["replicates"] = json!({"columns": ["r1", "r2"], "method": "brr"});
    assert_eq!(Accumulator::new(plan(p)).unwrap_err().code(), Code::SurveyBadPlan);
}

#[test]
fn weights_that_miss_the_population_are_found() {
    let rules =
        json!({"cv_fine": 0.165, "cv_caution": 0.333, "zero_width_fine": 0.05, "zero_width_caution": 0.3, "minimum_n": 30, "population_tolerance": 0.05});
    let finding = |population: f64| {
        let plan = plan(json!({"design": {"weight": "w", "psu": "i", "population": population}, "estimates": {"n": {"kind": "total"}}}));
        let mut accumulator = Accumulator::new(plan).unwrap();
        clustered().update(&mut accumulator).unwrap();
        let reporting = Reporting { quality: Some(serde_json::from_value(rules.clone()).unwrap()), ..Reporting::new(0.95) };
        accumulator.finish(&reporting).unwrap().findings.counts().contains_key(&Code::SurveyWeightsMissPopulation)
    };
    // without a rule, without a total
    let silent = |population: f64, reporting: &Reporting| {
        let plan = plan(
            json!({"design": {"weight": "w", "psu": "i", "population": population}, "estimates": {"m": {"kind": "mean", "variable": "y"}}, "domains": [{"by": ["h"]}]}),
        );
        let mut accumulator = Accumulator::new(plan).unwrap();
        clustered().update(&mut accumulator).unwrap();
        !accumulator.finish(reporting).unwrap().findings.counts().contains_key(&Code::SurveyWeightsMissPopulation)
    };
    assert!(silent(100.0, &Reporting::new(0.95)) && !silent(101.0, &Reporting::new(0.95)));
    assert!(!finding(100.0) && !finding(104.0) && finding(120.0) && finding(90.0));
}

/// Generated microdata: strata, units, weights, a value with gaps, a group.
fn microdata() -> impl Strategy<Value = Data> {
    let row = (
        0..3_u8,
        0..3_u8,
        prop_oneof![Just(0.0), 0.5..40.0f64],
        prop_oneof![3 => (-50.0..1e5f64).prop_map(Some), 1 => Just(Some(12.0)), 1 => Just(None)],
        0..3_u8,
        0..2_u8,
    );
    proptest::collection::vec(row, 8..40).prop_map(|rows| {
        let text = |f: &dyn Fn(usize) -> String| (0..rows.len()).map(|i| Some(f(i))).collect::<Vec<_>>();
        let mut data = Data { rows: rows.len(), ..Data::default() };
        data.codes.insert("h".into(), text(&|i| format!("h{}", rows[i].0)));
        data.codes.insert("i".into(), text(&|i| format!("i{}", rows[i].1)));
        data.codes.insert("j".into(), text(&|i| format!("j{}", rows[i].5)));
        data.codes.insert("g".into(), rows.iter().map(|r| (r.4 < 2).then(|| format!("g{}", r.4))).collect());
        data.numbers.insert("w".into(), rows.iter().map(|r| Some(r.2)).collect());
        data.numbers.insert("y".into(), rows.iter().map(|r| r.3).collect());
        data.numbers.insert("x".into(), rows.iter().map(|r| Some(1.0 + f64::from(r.0) + r.2)).collect());
        data.numbers.insert("N".into(), rows.iter().map(|_| Some(500.0)).collect());
        data
    })
}

fn designs() -> Vec<Value> {
    let fpc = json!({"column": "N", "kind": "population"});
    vec![
        json!({"weight": "w", "lonely_psu": "adjust"}),
        json!({"weight": "w", "stratum": "h", "fpc": fpc, "lonely_psu": "average"}),
        json!({"weight": "w", "stratum": "h", "psu": "i", "lonely_psu": "adjust"}),
        json!({"weight": "w", "stratum": "h", "psu": "i", "fpc": fpc, "second_stage": {"unit": "j", "fpc": fpc}, "lonely_psu": "adjust"}),
        json!({"weight": "w", "psu": "i", "fpc": fpc, "second_stage": {"fpc": fpc}, "lonely_psu": "certainty"}),
        json!({"weight": "w", "replicates": {"columns": ["x", "w"], "method": "bootstrap"}}),
        json!({"weight": "w", "lonely_psu": "adjust", "calibration": calibration()}),
        json!({"weight": "w", "stratum": "h", "psu": "i", "lonely_psu": "adjust", "calibration": raked()}),
        json!({"weight": "w", "psu": "i", "fpc": fpc, "second_stage": {"fpc": fpc}, "lonely_psu": "certainty", "calibration": calibration()}),
        json!({"weight": "w", "replicates": {"columns": ["x", "w"], "method": "bootstrap"}, "calibration": {"margins": [halves()]}}),
    ]
}

fn halves() -> Value {
    json!({"by": ["j"], "totals": [{"codes": ["j0"], "total": 300}, {"codes": ["j1"], "total": 200}]})
}

fn calibration() -> Value {
    json!({"margins": [halves()], "numbers": [{"column": "x", "total": 9000}]})
}

fn raked() -> Value {
    let total = |code: &str, total: f64| json!({"codes": [code], "total": total});
    json!({"method": "raking", "margins": [halves(), {"by": ["h"], "totals": [total("h0", 100.0), total("h1", 250.0), total("h2", 150.0)]}]})
}

fn everything(design: &Value) -> SurveyPlan {
    let line = json!({"share_of_median": 0.6});
    plan(json!({"design": design, "estimates": {
        "mean": {"kind": "mean", "variable": "y"}, "total": {"kind": "total", "variable": "y"}, "count": {"kind": "total"},
        "share": {"kind": "proportion", "variable": "j", "category": "j1"}, "ratio": {"kind": "ratio", "numerator": "y", "denominator": "x"},
        "rate": {"kind": "rate", "numerator": "y", "multiplier": 1000}, "median": {"kind": "median", "variable": "y"},
        "poor": {"kind": "at_risk_of_poverty", "variable": "y", "threshold": line}, "gap": {"kind": "poverty_gap", "variable": "y", "threshold": line},
        "s80s20": {"kind": "quintile_share_ratio", "variable": "y"}, "gini": {"kind": "gini", "variable": "y"},
    }, "domains": [{}, {"by": ["g"]}, {"by": ["g", "h"]}]}))
}

fn finished(accumulator: &Accumulator) -> String {
    // the text of a number that an f64 holds reads back as that number: equal texts are equal bits
    accumulator.finish(&Reporting::new(0.95)).map_or_else(|e| e.to_string(), |r| serde_json::to_string(&r).unwrap())
}

fn cases() -> ProptestConfig {
    let cases = std::env::var("SMS_CASES").ok().and_then(|c| c.parse().ok()).unwrap_or(16);
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn any_split_order_and_merge_tree_gives_the_same_bits(data in microdata(), order in any::<u64>(), cuts in proptest::collection::vec(any::<prop::sample::Index>(), 0..6)) {
        for design in designs() {
            let plan = everything(&design);
            let mut whole = Accumulator::new(plan.clone()).unwrap();
            data.update(&mut whole).unwrap();
            let (bytes, text) = (whole.to_bytes().unwrap(), finished(&whole));
            let mut rows: Vec<usize> = (0..data.rows).collect();
            rows.sort_by_key(|&r| (r as u64 + 1).wrapping_mul(order | 1).rotate_left(17));
            let mut ends: Vec<usize> = cuts.iter().map(|c| c.index(data.rows + 1)).collect();
            ends.extend([0, data.rows]);
            ends.sort_unstable();
            let mut parts: Vec<Accumulator> = ends.windows(2).map(|w| {
                let mut part = Accumulator::new(plan.clone()).unwrap();
                data.take(&rows[w[0]..w[1]]).update(&mut part).unwrap();
                // some parts travel as bytes
                if w[0] % 2 == 0 { Accumulator::from_bytes(plan.clone(), &part.to_bytes().unwrap()).unwrap() } else { part }
            }).collect();
            while parts.len() > 1 {
                let taken = parts.remove((order % parts.len() as u64) as usize);
                let last = parts.len() - 1;
                parts[last].merge(&taken).unwrap();
            }
            prop_assert_eq!(parts[0].to_bytes().unwrap(), bytes.clone(), "{}", design);
            prop_assert_eq!(finished(&parts[0]), text.clone(), "{}", design);
            let back = Accumulator::from_bytes(plan.clone(), &bytes).unwrap();
            prop_assert_eq!(finished(&back), text, "{}", design);
        }
    }

    #[test]
    fn rows_as_units_are_units_of_one_row(data in microdata()) {
        // an unclustered design, with moments, against the same with a unit for each row, with totals
        let mut own = data.clone();
        own.codes.insert("i".into(), (0..data.rows).map(|r| Some(format!("u{r}"))).collect());
        for calibrated in [Value::Null, calibration(), raked()] {
        let of = |data: &Data, mut design: Value| {
            if !calibrated.is_null() {
                design["calibration"] = calibrated.clone();
            }
            results(data, serde_json::to_value(everything(&design)).unwrap())
        };
        let moments = of(&data, json!({"weight": "w", "stratum": "h", "lonely_psu": "adjust"}));
        let totals = of(&own, json!({"weight": "w", "stratum": "h", "psu": "i", "lonely_psu": "adjust"}));
        let (moments, totals) = match (moments, totals) {
            (Ok(a), Ok(b)) => (a, b),
            (a, b) => {
                prop_assert!(!calibrated.is_null(), "{:?} {:?}", a.err(), b.err());
                prop_assert_eq!(a.err().map(|e| e.code()), b.err().map(|e| e.code()));
                continue;
            }
        };
        prop_assert_eq!(moments.estimates.len(), totals.estimates.len());
        for (a, b) in moments.estimates.iter().zip(&totals.estimates) {
            prop_assert_eq!((a.value, a.n, a.df, &a.domain, a.absent), (b.value, b.n, b.df, &b.domain, b.absent));
            match (a.se, b.se) {
                // of an error that is 0, one way may leave a rounding: 1e-21 is none
                (Some(x), Some(y)) => {
                    let size = y.abs().max(a.value.unwrap().abs() * 1e-3).max(1e-12);
                    prop_assert!((x - y).abs() <= 1e-9 * size, "{} {:?}: {x} {y}", a.estimate, a.domain);
                }
                (x, y) => prop_assert_eq!(x, y),
            }
        }
        }
    }

    #[test]
    fn an_error_of_0_is_said_to_be_one_and_its_absence_has_a_reason(data in microdata()) {
        for design in designs() {
            let Ok(made) = results(&data, serde_json::to_value(everything(&design)).unwrap()) else { continue };
            let said = |code: Code| made.findings.counts().get(&code).copied().unwrap_or(0);
            let zeros = made.estimates.iter().filter(|e| e.se == Some(0.0)).count() as u64;
            let none = made.estimates.iter().filter(|e| e.value.is_some() && e.se.is_none()).count() as u64;
            prop_assert_eq!((said(Code::SurveyZeroVariance) + said(Code::SurveyFixedByCalibration), said(Code::SurveyNoVariance)), (zeros, none), "{}", design);
        }
    }

    #[test]
    fn the_error_of_a_total_is_that_of_its_parts_with_their_covariances(data in microdata()) {
        let mut data = data;
        // everybody is in a group, and has a value
        data.codes.get_mut("g").unwrap().iter_mut().for_each(|g| *g = g.clone().or(Some("g2".into())));
        data.numbers.get_mut("y").unwrap().iter_mut().for_each(|y| *y = y.or(Some(1.0)));
        for design in designs().into_iter().filter(|d| d["lonely_psu"] != "average") {
            let plan = plan(json!({"design": design, "estimates": {"t": {"kind": "total", "variable": "y"}}, "domains": [{}, {"by": ["g"]}]}));
            let mut accumulator = Accumulator::new(plan).unwrap();
            data.update(&mut accumulator).unwrap();
            let Ok(made) = accumulator.finish(&Reporting { covariances: true, ..Reporting::new(0.95) }) else { continue };
            let (Some(whole), Some(covariance)) = (made.estimates[0].se, made.groups.first().and_then(|g| g.covariance.clone())) else { continue };
            // a group that only replicates know of has no figure
            if !made.groups[0].without_value.is_empty() {
                continue;
            }
            let together: f64 = covariance.iter().flatten().sum();
            let size: f64 = covariance.iter().enumerate().map(|(i, row)| row[i]).sum();
            let rounding = 1e-10 * made.estimates[0].value.unwrap_or(0.0);
            prop_assert!((together - whole * whole).abs() <= 1e-9 * size + rounding * rounding, "{}: {} {}", design, together, whole * whole);
        }
    }

    #[test]
    fn weights_times_a_power_of_two_leave_means_alone(data in microdata()) {
        let mut scaled = data.clone();
        scaled.numbers.get_mut("w").unwrap().iter_mut().for_each(|w| *w = w.map(|w| w * 4.0));
        let plan = || json!({"design": {"weight": "w", "psu": "i", "lonely_psu": "adjust"}, "estimates": {"m": {"kind": "mean", "variable": "y"}, "g": {"kind": "gini", "variable": "y"}}, "domains": [{"by": ["g"]}]});
        let (a, b) = (results(&data, plan()).unwrap(), results(&scaled, plan()).unwrap());
        for (a, b) in a.estimates.iter().zip(&b.estimates) {
            prop_assert_eq!((a.value.map(f64::to_bits), a.se.map(f64::to_bits)), (b.value.map(f64::to_bits), b.se.map(f64::to_bits)));
        }
    }
}
