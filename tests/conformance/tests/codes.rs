//! Every code of the list can occur: each is made to, and the test counts which ones did.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs, reason = "tests")]

use serde_json::{Value, json};
use sms_conformance::engine;
use sms_core::exchange::csv::{Dialect, Encoding, read};
use sms_core::observation::Limits;
use sms_core::{Catalogue, Code, Error, Findings, Method, assess, dataset};
use std::collections::BTreeSet;
use std::sync::Arc;

#[derive(Default)]
struct Seen(BTreeSet<String>);

impl Seen {
    fn error<T>(&mut self, result: Result<T, Error>) {
        self.0.insert(result.err().expect("an error").code().to_string());
    }

    fn findings(&mut self, findings: &Findings) {
        self.0.extend(findings.counts().keys().map(ToString::to_string));
    }

    fn answer(&mut self, answer: &Value) {
        if let Some(code) = answer["error"]["code"].as_str() {
            self.0.insert(code.to_owned());
        }
        self.0.extend(answer["ok"]["findings"]["counts"].as_object().into_iter().flatten().map(|(code, _)| code.clone()));
    }
}

/// A catalogue with a change.
fn changed(change: impl Fn(&mut Value)) -> String {
    let mut value: Value = serde_json::from_str(sms_catalogue::CATALOGUE_JSON).unwrap();
    change(&mut value);
    value.to_string()
}

/// The standard method with a change.
fn method(change: impl Fn(&mut Value)) -> String {
    let mut value: Value = serde_json::from_str(sms_catalogue::STANDARD_METHOD_JSON).unwrap();
    change(&mut value);
    value.to_string()
}

fn check_csv(text: &str) -> Value {
    json!({"op": "check", "observations": {"csv": text}})
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of what makes each code occur")]
fn every_code_occurs() {
    let engine = engine().unwrap();
    let mut seen = Seen::default();
    let mut call = |request: Value| seen.answer(&serde_json::from_str(&engine.call_json(&request.to_string())).unwrap());

    // formulas
    for (op, fields) in [
        ("aggregate.mean", json!({"items": [], "minimum_coverage": 0.6})),
        ("aggregate.mean", json!({"items": [{"score": 1, "weight": -1}], "minimum_coverage": 0.6})),
        ("aggregate.mean", json!({"items": [{"score": 101, "weight": 1}], "minimum_coverage": 0.6})),
        ("aggregate.mean", json!({"items": [{"score": 1, "weight": 1}], "minimum_coverage": 2})),
        ("estimate.wilson", json!({"numerator": 1, "denominator": 2, "confidence": 1})),
        ("estimate.wilson", json!({"numerator": 3, "denominator": 2, "confidence": 0.95})),
        ("estimate.wilson", json!({"numerator": -1, "denominator": 2, "confidence": 0.95})),
        ("estimate.wilson", json!({"numerator": 1, "denominator": 0, "confidence": 0.95})),
        ("score.goalposts", json!({"value": 1, "worst": 2, "best": 2})),
        ("score.goalposts", json!({"value": 1, "worst": 2, "best": 1, "polarity": "higher"})),
        ("score.logarithmic", json!({"value": 0, "worst": 1, "best": 2})),
        ("score.maturity", json!({"level": 9, "map": [0, 100]})),
        ("score.goalposts", json!({"value": 1e308, "worst": 1e-300, "best": 2e-300})),
        ("rbm.combine", json!({"outcomes": 1, "effort": 1, "weight": 0.4, "margin": 5})),
        ("number.parse", json!({"text": "much"})),
        ("number.parse", json!({"text": "1,234"})),
        ("period.parse", json!({"text": "soon"})),
        ("nope", json!({})),
        ("score.goalposts", json!({"value": "one"})),
    ] {
        let mut request = fields.as_object().unwrap().clone();
        request.insert("op".into(), json!(op));
        call(Value::Object(request));
    }

    // observations
    let head = "indicator,place,period,SEX,AGE,ETHNIC,value,numerator,denominator,n,se,status,confidentiality,round,indicator_version,Colour\n";
    let rows = "\
NOPE,a,2018,,,,1,,,,,,,,,\n\
,a,2018,,,,1,,,,,,,,,\n\
WSP-O-04,a,soon,,,,1,,,,,,,,,\n\
WSP-O-04,a,2018,X,,,1,,,,,,,,,\n\
WSP-O-04,a,2018,,,ROMA,x,,,,,,,,,\n\
WSP-O-04,a,2018,,,,inf,,,,,,,,,\n\
WSP-O-04,a,2018,,,,\"1,234\",,,,,,,,,\n\
WSP-O-04,a,2018,,,,101,,,,,,,,,\n\
WSP-O-04,a,2018,,,,,5,2,,,,,,,\n\
WSP-O-04,a,2018,,,,,5,0,,,,,,,\n\
WSP-O-04,a,2018,,,,,-5,2,,,,,,,\n\
WSP-O-04,a,2018,,,,5,,,,-1,,,,,\n\
WSP-O-04,a,2018,,,,,,,,,,,,,\n\
WSP-O-04,a,2018,,,,1,,,,,maybe,,,,\n\
WSP-O-04,a,2018,,,,1,,,,,,secret,,,\n\
WSP-O-04,a,2018,,,,1,,,,,,,dry run,,\n\
WSP-O-04,a,2018,,,,1,,,,,,,pretest,,\n\
WSP-O-04,b,2018,,,,9,1,2,,,,,,0.0.1,red\n\
WSP-O-04,b,2019,,,,1,,,,,missing,,,,\n\
WSP-O-04,b,2020,,,,1,,,,,break,,,,\n\
WSP-O-04,b,2021,,,,1,,,,,,,,,\n\
WSP-O-04,b,2021,,,,2,,,,,,,,,\n\
WSP-O-04,b,2022,,,,2,,,,,,,,,\n\
WSP-O-04,b,2022,,,,2,,,,,,,,,\n\
WSP-O-04,c,2018,,,,,10,100,,,,,,,\n\
WSP-O-04,c,2018,F,,,,4,40,,,,,,,\n\
WSP-O-04,c,2018,M,,,,4,40,,,,,,,\n\
WSP-O-04,d,2018,F,,,,4,40,,,,,,,\n\
HOU-O-01,d,2018,,,,,4,,,,,,,,\n\
WSP-O-01,d,2018,,,,0.1,,,,,,,,,\n\
WSP-O-01,d,2019,,,,0.2,,,,,,,,,\n\
WSP-O-01,d,2020,,,,0.3,,,,,,,,,\n\
WSP-O-01,d,2021\n";
    call(check_csv(&format!("{head}{rows}")));
    call(check_csv(&format!("{head}{},a,2018,,,,1,,,,,,,,,\n{},{},2018,,,,1,,,,,,,,,\n", "x".repeat(10_001), "WSP-O-04", "p".repeat(200))));
    for text in ["", "indicator,value\n", "indicator,place,period,place\n", "indicator;place,period\n"] {
        call(check_csv(text));
    }
    call(check_csv("indicator,place,period,value,note\nWSP-O-04,a,2018,1,\"open\nWSP-O-04,a,2019,1,\n"));
    call(json!({"op": "check", "observations": {"rows": 5}}));
    call(json!({"op": "check", "observations": {"rows": [{"indicator": "WSP-O-04", "place": "a", "period": "2018", "value": [1]}]}}));

    // assessing and releasing
    let one = json!({"rows": [
        {"indicator": "WSP-O-04", "place": "a", "period": "2018", "value": 4},
        {"indicator": "WSP-O-04", "place": "a", "period": "2017", "numerator": 4, "denominator": 100},
    ]});
    call(json!({"op": "assess", "observations": one}));
    call(json!({"op": "assess", "observations": {"rows": []}}));
    call(json!({"op": "assess", "observations": one, "plan": {"places": ["b"]}}));
    call(json!({"op": "assess", "observations": one, "plan": {"selection": ["b"]}}));
    call(json!({"op": "assess", "observations": one, "policy": {"threshold": 0}}));
    call(json!({"op": "explain", "observations": one, "id": "b"}));
    let mut fewer: Value = serde_json::from_str(sms_catalogue::STANDARD_METHOD_JSON).unwrap();
    fewer["goalposts"].as_array_mut().unwrap().retain(|g| g["indicator"] != "WSP-O-04");
    call(json!({"op": "assess", "observations": one, "method": fewer}));

    // crosswalks
    let walk = json!({"place": {"code": "a"}, "file": [
        {"name": "f.csv", "period": "Year", "value": "Value", "columns": {"Sex": {"dimension": "SEX", "codes": {"w": "F", "both": "SEX=M"}}, "Sex2": {"dimension": "SEX", "codes": {"m": "M"}}},
         "series": [{"indicator": "WSP-O-04", "where": {"Unit": "pc"}}], "skip": [{"where": {"Unit": "no"}, "reason": "because"}]},
        {"name": "gone.csv", "not_mapped": "x"}, {"name": "no.csv", "not_mapped": "y"},
        {"name": "bad.csv", "period": "When", "value": "Value", "series": [{"indicator": "WSP-O-04"}]}
    ]});
    let text =
        "Year,Unit,Sex,Sex2,Extra,Value\n2018,pc,,,,1\n2018,no,,,,1\n2018,other,,,,1\n2018,pc,alien,,,1\n2018,pc,w,m,,1\n2018,pc,,,text,1\n2018,pc,,,,many\n";
    let files = json!([{"name": "f.csv", "text": text}, {"name": "no.csv", "text": "a\n1\n"}, {"name": "bad.csv", "text": "Year,Value\n2018,1\n"}, {"name": "new.csv", "text": "a\n1\n"}]);
    call(json!({"op": "import", "crosswalk": walk, "files": files}));
    call(json!({"op": "import", "crosswalk": {"place": {"code": "a"}, "file": [{"name": ""}]}, "files": []}));
    seen.answer(&serde_json::from_str(&engine.call_json("{")).unwrap());

    // what the vectors refuse and find
    for (_, file) in sms_conformance::vector_files().unwrap() {
        for case in file["cases"].as_array().unwrap() {
            let request = sms_core::wire::certify::request_line(case);
            seen.answer(&serde_json::from_str(&engine.call_json(&request)).unwrap());
        }
    }

    let long: Vec<Value> = (0..20_001).map(|t| json!({"time": t, "value": 1})).collect();
    seen.answer(&serde_json::from_str(&engine.call_json(&json!({"op": "influence.interrupted", "series": long, "from": 5}).to_string())).unwrap());

    // nothing of it can be proven, and the method names nothing that might be withheld as a whole
    let row = |groups: &[(&str, String)]| {
        let mut row = json!({"indicator": "GBV-O-04", "place": "a", "period": "2018", "value": 4});
        row.as_object_mut().unwrap().extend(groups.iter().map(|(dimension, code)| ((*dimension).to_owned(), json!(code))));
        row
    };
    let each = |dimension: &'static str| (0..202).map(move |i| (dimension, format!("C{i}")));
    let mut rows: Vec<Value> = each("DISTRICT").chain(each("LANG")).map(|group| row(&[group])).collect();
    rows.push(row(&[("DISTRICT", "C0".to_owned()), ("LANG", "C0".to_owned())]));
    rows[0]["value"] = json!(400);
    let none_as_a_whole: Value = serde_json::from_str(&method(|m| m["disclosure"]["when_not_safe"]["value"] = json!([]))).unwrap();
    let request = json!({"op": "assess", "method": none_as_a_whole, "observations": {"rows": rows}, "plan": {"selection": ["GBV-O-04"]}});
    seen.answer(&serde_json::from_str(&engine.call_json(&request.to_string())).unwrap());

    // limits and encodings
    let limited = |limits: Limits| Dialect { limits, ..Dialect::default() };
    let small = "indicator,place,period,value\nWSP-O-04,a,2018,1\nWSP-O-04,a,2019,1\n";
    seen.error(read(small.as_bytes(), &limited(Limits { rows: 1, ..Limits::default() })));
    seen.error(read(small.as_bytes(), &limited(Limits { columns: 2, ..Limits::default() })));
    seen.error(read(b"indicator,place,period\n\xff", &Dialect { encoding: Encoding::Utf8, ..Dialect::default() }));
    seen.error(sms_core::text::clean(&"x".repeat(20_000)));
    seen.error("a b".parse::<sms_core::id::IndicatorId>());

    // states of surveys
    let state = |variable: &str| {
        let plan = json!({"design": {"weight": "w"}, "estimates": {"m": {"kind": "mean", "variable": variable}}});
        sms_core::survey::Accumulator::new(serde_json::from_value(plan).unwrap()).unwrap()
    };
    seen.error(state("x").merge(&state("y")));

    // catalogue and method
    seen.error(Catalogue::from_json("{"));
    seen.error(Catalogue::from_json(&changed(|c| c["release"]["schema"] = json!("9.0.0"))));
    seen.error(Catalogue::from_json(&changed(|c| c["indicators"][0]["module"] = json!("NOPE"))));
    seen.error(Catalogue::from_json(&changed(|c| c["indicators"][0]["multiplier"] = json!(0))));
    seen.error(Catalogue::from_json(&changed(|c| c["indicators"][1]["id"] = c["indicators"][0]["id"].clone())));
    seen.error(Method::from_json("[]"));
    seen.error(Method::from_json(&method(|m| m["format"] = json!(99))));
    let foreign = Method::from_json(&method(|m| m["goalposts"][0]["indicator"] = json!("NOPE"))).unwrap();
    seen.error(foreign.check_against(engine.catalogue()));

    let (dataset, findings) = dataset::check(engine.catalogue(), &read(small.as_bytes(), &Dialect::default()).unwrap());
    seen.findings(&findings);
    let assessment = assess::assess(&engine.method("standard").unwrap(), &Arc::new(dataset), &findings, &Default::default()).unwrap();
    seen.findings(assessment.findings());

    let missing: Vec<&str> = Code::ALL.iter().map(|c| c.as_str()).filter(|c| !seen.0.contains(*c)).collect();
    assert!(missing.is_empty(), "never made: {missing:?}");
}
