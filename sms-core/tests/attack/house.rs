//! What an insider would have said: each part of the report of the house, put into the one for the public.

use super::city::*;
use super::*;

/// Where two reports differ, as JSON pointers; what one of them lacks is told as a whole.
fn differences(public: &Value, house: &Value, at: &str, found: &mut Vec<String>) {
    match (public, house) {
        (Value::Object(a), Value::Object(b)) => {
            let keys: std::collections::BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            for key in keys {
                let path = format!("{at}/{key}");
                match (a.get(key), b.get(key)) {
                    (Some(x), Some(y)) if x["kind"] == y["kind"] => differences(x, y, &path, found),
                    (x, y) if x != y => found.push(path),
                    _ => {}
                }
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (i, (x, y)) in a.iter().zip(b).enumerate() {
                differences(x, y, &format!("{at}/{i}"), found);
            }
        }
        _ if public != house => found.push(at.to_owned()),
        _ => {}
    }
}

/// Puts what stands at a place of one JSON into the other; what is absent goes.
fn plant(into: &Value, from: &Value, at: &str) -> Value {
    let mut leaky = into.clone();
    let (holder, key) = at.rsplit_once('/').unwrap();
    match (leaky.pointer_mut(holder), from.pointer(at)) {
        (Some(Value::Object(o)), Some(value)) => {
            o.insert(key.to_owned(), value.clone());
        }
        (Some(Value::Object(o)), None) => {
            o.remove(key);
        }
        (Some(Value::Array(a)), Some(value)) => a[key.parse::<usize>().unwrap()] = value.clone(),
        (holder, value) => panic!("{at}: {holder:?} {value:?}"),
    }
    leaky
}

/// Differences that tell of no figure: of how it was released, and words that say that one is withheld.
fn tells_of_no_figure(pointer: &str) -> bool {
    let ends = ["/status", "/expected", "/unseen_groups", "/carried_forward", "/name", "/reason", "/not_scored", "/across_break"];
    pointer.starts_with("/provenance") || pointer.starts_with("/findings") || pointer == "/notice" || ends.iter().any(|e| pointer.ends_with(e))
}

#[test]
fn every_part_of_the_report_of_the_house_is_caught_in_the_one_for_the_public() {
    let request = told_of_a_house();
    let ask = |op: &str, more: Value| {
        let mut asked = request.clone();
        asked.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        asked["op"] = json!(op);
        engine().call(&asked)
    };
    let public = ask("assess", json!({})).unwrap();
    let house = ask("assess", json!({"policy": {"internal": true}})).unwrap();
    let clean = attacked(&public, None);
    assert_eq!(clean["safe"], true, "{clean}");
    let mut pointers = Vec::new();
    differences(&public, &house, "", &mut pointers);
    let mut routes: BTreeMap<String, usize> = BTreeMap::new();
    let mut missed = Vec::new();
    for pointer in pointers.iter().filter(|p| !tells_of_no_figure(p)) {
        let found = attacked(&plant(&public, &house, pointer), None);
        for f in found["figures"].as_array().unwrap().iter().filter(|f| f["verdict"] != "safe") {
            *routes.entry(f["what"].as_str().unwrap().to_owned()).or_default() += 1;
        }
        if found["safe"] == true {
            missed.push((pointer.clone(), house.pointer(pointer).cloned()));
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
    // and each explanation of the house beside the report for the public
    for (place, id) in ["gent", "lier"].into_iter().flat_map(|p| ["WSP-O-04", "HOU-O-03", "WSP", "HOU", "overall", "outcome"].map(|id| (p, id))) {
        let told = |policy: Value| ask("explain", json!({"id": id, "place": place, "policy": policy})).unwrap();
        let (open, inside) = (told(json!({})), told(json!({"internal": true})));
        let with = |e: &Value| engine().call(&json!({"op": "disclosure.attack_report", "report": public, "explanations": [e]})).unwrap();
        assert_eq!(with(&open)["safe"], true, "{place} {id}: {}", with(&open));
        let figures = ["result", "contributions", "effective_weights"].iter().any(|part| open[*part] != inside[*part]);
        if figures {
            let found = with(&inside);
            assert_eq!(found["safe"], false, "{place} {id} {inside}");
            for f in found["figures"].as_array().unwrap().iter().filter(|f| f["verdict"] != "safe") {
                *routes.entry(f["what"].as_str().unwrap().to_owned()).or_default() += 1;
            }
        }
    }
    println!("{routes:?}");
    for route in
        ["value", "score", "change", "gap", "floor", "mean", "progress", "contribution", "explanation", "counts", "value from score", "value from mean"]
    {
        assert!(routes.contains_key(route), "{route} in {routes:?}");
    }
}
