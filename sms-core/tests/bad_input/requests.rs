//! Requests on the wire.

use super::*;

fn call(request: &Value) -> Value {
    let answer: Value = serde_json::from_str(&engine().call_json(&request.to_string())).unwrap();
    assert!(answer.get("ok").is_some() != answer.get("error").is_some());
    answer
}

#[test]
fn requests_that_are_refused() {
    for (request, code) in [
        (json!(null), "wire.bad-request"),
        (json!([]), "wire.bad-request"),
        (json!({}), "wire.bad-request"),
        (json!({"op": 5}), "wire.bad-request"),
        (json!({"op": CANARY}), "wire.unknown-op"),
        (json!({"op": "chek"}), "wire.unknown-op"),
        (json!({"op": "x".repeat(1_000_000)}), "wire.unknown-op"),
        (json!({"op": "check"}), "wire.bad-request"),
        (json!({"op": "check", "observations": CANARY}), "wire.bad-request"),
        (json!({"op": "check", "observations": {"csv": 5}}), "wire.bad-request"),
        (json!({"op": "check", "observations": {"csv": "", "dialect": {"encoding": CANARY}}}), "wire.bad-request"),
        (json!({"op": "check", "observations": {"rows": CANARY}}), "json.bad-shape"),
        (json!({"op": "check", "observations": {"rows": [CANARY]}}), "json.bad-shape"),
        (json!({"op": "assess", "observations": {"rows": []}}), "assess.no-place"),
        (json!({"op": "assess", "observations": {"rows": []}, "method": CANARY}), "wire.bad-request"),
        (json!({"op": "assess", "observations": {"rows": []}, "method": {"format": CANARY}}), "method.bad-json"),
        (json!({"op": "assess", "observations": {"rows": []}, "plan": {"kanarie": 1}}), "wire.unknown-field"),
        (json!({"op": "assess", "observations": {"rows": []}, "policy": {"threshold": -1}}), "wire.bad-request"),
        (
            json!({"op": "assess", "observations": {"rows": [{"indicator": "WSP-O-04", "place": "a", "period": "2018", "value": 4}]}, "policy": {"threshold": 0}}),
            "release.bad-threshold",
        ),
        (
            json!({"op": "assess", "observations": {"rows": [{"indicator": "WSP-O-04", "place": "a", "period": "2018", "value": 4}]}, "plan": {"selection": [CANARY]}}),
            "assess.unknown-selection",
        ),
        (
            json!({"op": "assess", "observations": {"rows": [{"indicator": "WSP-O-04", "place": "a", "period": "2018", "value": 4}]}, "plan": {"places": [CANARY]}}),
            "assess.unknown-place",
        ),
        (json!({"op": "assess", "observations": {"rows": []}, "plan": {"periods": {"only": [CANARY]}}}), "wire.bad-request"),
        (
            json!({"op": "explain", "observations": {"rows": [{"indicator": "WSP-O-04", "place": "a", "period": "2018", "value": 4}]}, "id": CANARY}),
            "explain.unknown-id",
        ),
        (json!({"op": "import", "crosswalk": CANARY, "files": []}), "crosswalk.bad-file"),
        (json!({"op": "catalogue.show", "id": CANARY}), "assess.unknown-selection"),
        (json!({"op": "catalogue.list", "selection": CANARY}), "assess.unknown-selection"),
        (json!({"op": "dimension.accepts", "dimension": CANARY, "code": CANARY}), "wire.bad-request"),
        (json!({"op": "period.parse", "text": CANARY}), "period.unreadable"),
        (json!({"op": "number.parse", "text": CANARY}), "num.unreadable"),
        (json!({"op": "number.parse", "text": "nan"}), "num.not-finite"),
        (json!({"op": "score.goalposts", "value": CANARY, "worst": 1, "best": 2}), "wire.bad-request"),
        (json!({"op": "score.goalposts", "value": 1, "worst": 2, "best": 2}), "score.equal-goalposts"),
        (json!({"op": "score.maturity", "level": 1e300, "map": [0, 100]}), "score.unknown-level"),
        (json!({"op": "aggregate.mean", "items": [], "minimum_coverage": 0.6}), "aggregate.no-items"),
        (json!({"op": "aggregate.mean", "items": [{"score": 1e300, "weight": 1}], "minimum_coverage": 0.6}), "aggregate.score-out-of-range"),
        (
            json!({"op": "aggregate.mean", "items": [{"score": 1, "weight": 1e308}, {"score": 1, "weight": 1e308}], "minimum_coverage": 0.6}),
            "aggregate.bad-weight",
        ),
    ] {
        let answer = call(&request);
        let shown = request.to_string().chars().take(200).collect::<String>();
        assert_eq!(answer["error"]["code"], code, "{shown}: {answer}");
        no_canary(&answer.to_string(), &shown);
        small(&answer.to_string());
    }
}

/// What serde says of a wrong type quotes what it found; the word "expected" may stand there too.
#[test]
fn a_wrong_type_is_named_without_the_text_that_was_found() {
    for text in ["expected kanarie", "x, expected kanarie", "missing field kanarie", "unknown variant kanarie expected kanarie"] {
        for request in [
            json!({"op": "score.goalposts", "value": text, "worst": 1, "best": 2}),
            json!({"op": "number.parse", "text": "1", "decimal": text}),
            json!({"op": "estimate.from_counts", "kind": text, "numerator": 1, "denominator": 2, "multiplier": 1, "confidence": 0.9}),
            json!({"op": "import", "crosswalk": {"place": {"code": "g"}, "file": text}, "files": []}),
            json!({"op": "import", "crosswalk": one_file(json!({"decimal": text})), "files": []}),
            json!({"op": "import", "crosswalk": one_file(json!({})), "files": text}),
            json!({"op": "disclosure.primary", "kind": "count", "counts": {"numerator": text}, "multiplier": 1, "threshold": 10, "class_disclosure": false}),
        ] {
            let answer = call(&request);
            assert!(answer.get("error").is_some(), "{request}");
            no_canary(&answer.to_string(), &request.to_string());
        }
    }
}

/// Every number of an answer is finite: what is beyond all bounds is an error, not `null`.
#[test]
fn numbers_beyond_all_bounds_are_errors() {
    for request in [
        json!({"op": "estimate.from_counts", "kind": "rate", "numerator": 1, "denominator": 1, "multiplier": 1e308, "confidence": 0.95}),
        json!({"op": "estimate.given", "value": 1e308, "se": 1e308, "confidence": 0.95}),
        json!({"op": "estimate.byar", "count": 1.7e308, "confidence": 0.95}),
        json!({"op": "estimate.wilson", "numerator": 1e308, "denominator": 1e308, "confidence": 0.95}),
        json!({"op": "progress.change", "earlier": -1.7e308, "later": 1.7e308, "years": 1, "polarity": "lower", "tolerance": 0}),
        json!({"op": "equality.gap", "groups": [{"value": -1.7e308}, {"value": 1.7e308}], "polarity": "lower", "significance": 0.05}),
        json!({"op": "score.goalposts", "value": 1.7e308, "worst": -1.7e308, "best": 1}),
        json!({"op": "score.band", "value": 1.7e308, "worst_low": 0, "lower": 1, "upper": 2, "worst_high": 3}),
    ] {
        let answer = call(&request);
        if let Some(ok) = answer.get("ok") {
            let text = ok.to_string();
            assert!(!text.contains(":null"), "{request} answers {text}");
        }
    }
}

#[test]
fn figures_beyond_all_bounds_do_not_reach_a_report() {
    let text = format!(
        "{HEADER}\nENV-O-01,a,2018,,1.7e308,,,,1.7e308,,public,,,\nENV-O-01,a,2017,,1,,,,,,public,,,\nENV-O-01,a,2018,F,0,,,,,,public,,,\nHOU-O-01,a,2018,,,1.7e308,1.7e308,,,,public,,,\nEQU-O-04,a,2018,,-1.7e308,,,,,,public,,,\nEQU-O-04,a,2017,,100,,,,,,public,,,\n"
    );
    let (_, dataset, findings) = checked(text.as_bytes());
    let method = engine().method("standard").unwrap();
    let report = assess::assess(&method, &dataset.into(), &findings, &AssessmentPlan::default()).unwrap().release(&method.public_policy()).unwrap();
    let json = report.to_json();
    assert!(!json.contains(": null"), "a number that is none: {}", json.lines().filter(|l| l.contains(": null")).collect::<String>());
    for table in Table::ALL {
        let csv = report.frame(*table).to_csv();
        assert!(!csv.split([',', '\n']).any(|f| matches!(f, "inf" | "-inf" | "NaN")), "{csv}");
    }
}

#[test]
fn a_period_asked_for_twice_is_assessed_once() {
    let answer = call(
        &json!({"op": "assess", "observations": {"rows": [{"indicator": "WSP-O-04", "place": "a", "period": "2018", "value": 4, "confidentiality": "public"}]},
        "plan": {"periods": {"only": ["2018", "2018"]}}}),
    );
    assert_eq!(answer["ok"]["places"].as_array().unwrap().len(), 1);
}
