//! Frameworks and screens stand beside indicators and never enter their scores; what the catalogue says of them is marked.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs, reason = "tests")]

use serde_json::{Value, json};
use sms_conformance::{engine, files, root};
use std::collections::BTreeSet;
use std::fs;

#[test]
fn nothing_between_observations_and_a_report_knows_screens() {
    // screens are in a crate above the one that makes reports, so cargo would refuse it
    let manifest = fs::read_to_string(root().join("sms-core/assessment/Cargo.toml")).unwrap();
    assert!(!manifest.split("[dev-dependencies]").next().unwrap().contains("sms-process"));
    assert!(root().join("sms-core/process/src/screen").is_dir());
}

#[test]
fn a_report_is_the_same_whatever_is_answered() {
    let engine = engine().unwrap();
    let rows = json!([{"indicator": "PEX-O-04", "place": "a", "period": "2026", "numerator": 30, "denominator": 100, "confidentiality": "public"}]);
    let assess = |extra: Value| {
        let mut request = json!({"op": "assess", "observations": {"rows": rows}, "plan": {"selection": ["PEX-O-04"]}, "policy": {"internal": true}});
        for (key, value) in extra.as_object().unwrap() {
            request[key] = value.clone();
        }
        engine.call(&request)
    };
    let answer = json!({"round": "2026", "view": "city", "item": "FRA-FS4", "answer": "reviewed", "assessor": "o", "date": "2026-02-01", "evidence": ["x"]});
    let plain = assess(json!({})).unwrap().to_string();
    let screened = engine.call(&json!({"op": "screen.framework", "records": [answer], "rounds": [{"id": "2026", "from": "2026-01-01", "to": "2026-12-31"}]}));
    assert!(screened.is_ok(), "{screened:?}");
    assert_eq!(assess(json!({})).unwrap().to_string(), plain);
    // a report does not even take answers
    assert_eq!(assess(json!({"records": [answer]})).unwrap_err().code().as_str(), "wire.unknown-field");
    // and an element is no indicator: as a row of the tidy table it is left out
    let checked =
        engine.call(&json!({"op": "check", "observations": {"rows": [{"indicator": "FRA-FS4", "place": "a", "period": "2026", "value": 4}]}})).unwrap();
    assert_eq!(checked["rows"]["usable"].as_u64().or(checked["rows"]["used"].as_u64()).unwrap_or(0), 0, "{checked}");
    assert!(!checked["rejected"].as_array().unwrap().is_empty());
}

#[test]
fn an_answer_has_no_points_and_no_total() {
    let engine = engine().unwrap();
    let answer = |item: &str, answer: &str| json!({"round": "2026", "view": "city", "item": item, "answer": answer, "assessor": "o", "date": "2026-02-01"});
    let made = engine
        .call(
            &json!({"op": "screen.framework", "rounds": [{"id": "2026", "from": "2026-01-01", "to": "2026-12-31"}], "records": [answer("FRA-F1", "working")]}),
        )
        .unwrap();
    fn keys(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(map) => map.iter().for_each(|(k, v)| {
                found.insert(k.clone());
                keys(v, found);
            }),
            Value::Array(items) => items.iter().for_each(|v| keys(v, found)),
            _ => {}
        }
    }
    let mut found = BTreeSet::new();
    keys(&made, &mut found);
    for word in ["score", "points", "total", "mean", "rank", "rating"] {
        assert!(!found.contains(word), "{word}");
    }
    assert_eq!(made["screening"]["enters_scores"], json!(false));
}

#[test]
fn what_is_recalled_or_drafted_says_so() {
    let engine = engine().unwrap();
    let catalogue = engine.catalogue();
    let words = ["read", "topic_only", "unverified", "recalled", "own_draft", "part_unverified", "plausible_unread"];
    for sheet in catalogue.data().frameworks.iter().chain(&catalogue.data().screens) {
        assert!(words.contains(&sheet.provenance.as_str()), "{}", sheet.id);
        let section = if catalogue.data().frameworks.contains(sheet) { "frameworks" } else { "screens" };
        let label = catalogue.label_of(section, sheet.id.as_str()).unwrap();
        assert!(label.note.as_ref().is_some_and(|n| !n.is_empty()), "{} says nothing of itself", sheet.id);
        let groups = catalogue.label_of(section, &format!("{}_groups", sheet.id)).unwrap();
        assert!(sheet.group.iter().all(|g| groups.groups.contains_key(g.id.as_str())), "{}: a group has no name", sheet.id);
        for item in &sheet.item {
            assert!(words.contains(&item.provenance.as_str()), "{}", item.id);
            assert!(item.target.is_some() || catalogue.label_of(section, item.id.as_str()).is_some(), "{} has no text", item.id);
        }
    }
    let sheet = |id: &str| catalogue.sheet(id).unwrap();
    assert!(!sheet("fra").complete && sheet("fra").provenance == "part_unverified");
    assert_eq!((sheet("charter-agenda").provenance.as_str(), sheet("sdg").item.len(), sheet("sdg").group.len()), ("recalled", 169, 17));
    assert!(sheet("panel").item.iter().chain(&sheet("aaaq").item).all(|i| i.provenance == "own_draft"));
    // the maturity scale of sheets is that of our indicators
    let levels = &catalogue.label_of("maturity", "levels").unwrap().groups;
    assert_eq!(levels.len(), catalogue.scale("maturity").unwrap().levels.len());
    // each principle and quality of the sheets of indicators is asked about
    let tags: BTreeSet<&str> = ["panel", "aaaq"].iter().flat_map(|s| &sheet(s).group).flat_map(|g| g.tags.iter().map(String::as_str)).collect();
    for i in catalogue.indicators() {
        assert!(i.hrba.iter().chain(&i.aaaq).all(|t| tags.contains(t.as_str())), "{}", i.id);
    }
}

#[test]
fn every_article_of_rights_of_the_charter_has_its_title() {
    let engine = engine().unwrap();
    let made = engine.call(&json!({"op": "catalogue.cross_reference", "reference": "CFR"})).unwrap();
    for entry in made["entries"].as_array().unwrap() {
        let id = entry["id"].as_str().unwrap();
        assert!(engine.catalogue().label_of("articles", id).is_some(), "{id}");
    }
}

#[test]
fn pages_tell_the_views_apart_and_escape_what_people_write() {
    let engine = engine().unwrap();
    let answer = |view: &str, item: &str, answer: &str| json!({"round": "2026", "view": view, "item": item, "answer": answer, "service": "desk", "assessor": "<b>office</b>", "date": "2026-02-01"});
    let request = json!({"op": "screen.page", "of": "hrba", "city": "Never<i>haven", "rounds": [{"id": "2026", "from": "2026-01-01", "to": "2026-12-31"}],
        "services": [{"id": "desk", "area": "SV-HOUS", "name": "Housing <desk>"}],
        "records": [answer("city", "PANEL-P1", "yes"), answer("users", "PANEL-P1", "no"), answer("city", "AAAQ-EC1", "partly")]});
    let page = engine.call(&request).unwrap()["page"].as_str().unwrap().to_owned();
    let body = page.split("</style>").nth(1).unwrap();
    assert!(!body.contains(['{', '}']) && !page.contains("<script"), "a word in braces is left");
    assert!(
        body.contains("Never&lt;i&gt;haven")
            && body.contains("Housing &lt;desk&gt;")
            && body.contains("&lt;b&gt;office&lt;/b&gt;")
            && !body.contains("<b>office")
    );
    assert!(body.contains("City: yes.") && body.contains("Users: no.") && body.contains("without evidence") && body.contains("never enter their scores"));
    let mut text = request.clone();
    text["format"] = json!("text");
    let text = engine.call(&text).unwrap()["page"].as_str().unwrap().to_owned();
    assert!(text.contains("Users: 1 of 49 answered: 1 no. Beside the view “City”: 1 lower.") && !text.contains(['{', '}']), "{text}");
    for reference in ["CFR", "sdg", "eccar", "RESC"] {
        for format in ["html", "text"] {
            let page = engine.call(&json!({"op": "screen.page", "of": "cross_reference", "reference": reference, "format": format})).unwrap();
            let page = page["page"].as_str().unwrap();
            assert!(!page.split("</style>").last().unwrap().contains(['{', '}']), "{reference} {format}");
        }
    }
}

#[test]
fn released_figures_stand_beside_the_answers_and_withheld_ones_do_not() {
    let engine = engine().unwrap();
    let row = |place: &str, numerator: u32| json!({"indicator": "GOV-S-09", "place": place, "period": "2026", "value": numerator, "confidentiality": "public"});
    let report = engine.call(&json!({"op": "assess", "observations": {"rows": [row("a", 42), row("b", 17)]}, "plan": {"selection": ["GOV-S-09"]}})).unwrap();
    let ask = |report: Value, place: Value| {
        let answer = json!({"round": "2026", "view": "city", "item": "FRA-FS4", "answer": "working", "assessor": "o", "date": "2026-02-01"});
        engine.call(&json!({"op": "screen.page", "of": "framework", "rounds": [{"id": "2026", "from": "2026-01-01", "to": "2026-12-31"}], "records": [answer], "report": report, "place": place}))
    };
    let page = |report: Value, place: Value| ask(report, place).unwrap()["page"].as_str().unwrap().to_owned();
    assert!(page(report.clone(), json!(null)).contains(": 42 % (2026)"), "{}", report);
    assert!(page(report.clone(), json!("b")).contains(": 17 % (2026)"));
    assert!(!page(json!(null), json!(null)).contains("(2026)"));
    assert_eq!(ask(report.clone(), json!("c")).unwrap_err().code().as_str(), "assess.unknown-place");
    assert_eq!(ask(json!({"a": 1}), json!(null)).unwrap_err().code().as_str(), "json.bad-shape");
    // what the report withholds is not there to show
    let mut withheld = report;
    withheld["places"][0]["indicators"][0]["figure"] = json!({"kind": "suppressed"});
    assert!(!page(withheld, json!(null)).contains("(2026)"));
}

#[test]
fn every_word_of_the_pages_is_in_the_catalogue() {
    let engine = engine().unwrap();
    let page = &engine.catalogue().label_of("screens", "page").unwrap().groups;
    let folder = root().join("sms-core/render/src/screen");
    for path in files(&folder, "rs") {
        let source = fs::read_to_string(path).unwrap();
        for call in source.split("word(\"").skip(1) {
            let key = call.split('"').next().unwrap();
            assert!(page.contains_key(key), "{key} has no text");
        }
    }
    let sure = &engine.catalogue().label_of("screens", "sure").unwrap().groups;
    for link in engine.catalogue().indicators().iter().flat_map(|i| &i.legal) {
        assert!(sure.contains_key(&link.verification), "{}", link.verification);
    }
}
