//! Numbers that stand for a figure are read backwards, and what nobody can read is never called safe.

use super::city::*;

/// What is read backwards is the figure itself.
#[test]
fn numbers_are_read_backwards() {
    let request = told_of_a_house();
    let assess = |policy: Value| {
        let mut asked = request.clone();
        asked["op"] = json!("assess");
        asked["policy"] = policy;
        engine().call(&asked).unwrap()
    };
    let (public, house) = (assess(json!({})), assess(json!({"internal": true})));
    let at = |report: &Value, place: &str, id: &str| {
        let p = report["places"].as_array().unwrap().iter().position(|p| p["place"] == place).unwrap();
        let i = report["places"][p]["indicators"].as_array().unwrap().iter().position(|i| i["id"] == id).unwrap();
        format!("/places/{p}/indicators/{i}")
    };
    let (wsp, hou) = (at(&public, "gent", "WSP-O-04"), at(&public, "gent", "HOU-O-03"));
    let truth = |pointer: &str| house.pointer(pointer).cloned().unwrap_or(Value::Null);
    let of_women = |pointer: &str| truth(&format!("{pointer}/groups/0"));
    assert_eq!(
        (public.pointer(&format!("{wsp}/figure/kind")).unwrap(), public.pointer(&format!("{hou}/groups/0/figure/kind")).unwrap()),
        (&json!("suppressed"), &json!("suppressed"))
    );
    let share = 100.0 * 5.0 / 900.0;
    let figure = of_women(&hou)["figure"].clone();
    let se = 100.0 * ((5.0 / 900.0) * (895.0 / 900.0) / 900.0_f64).sqrt();
    let men = public.pointer(&format!("{hou}/groups/1")).unwrap().clone();
    assert_eq!(men["figure"]["kind"], "suppressed");
    // route, where, what is put there, the figure that follows
    let plants = [
        ("value from score", format!("{wsp}/score"), truth(&format!("{wsp}/score")), 0.4),
        ("value from score", format!("{hou}/groups/0/score"), of_women(&hou)["score"].clone(), share),
        ("value from interval", format!("{hou}/groups/0/figure"), json!({"kind": "suppressed", "lower": figure["lower"], "upper": figure["upper"]}), share),
        ("value from error", format!("{hou}/groups/0/figure"), json!({"kind": "suppressed", "se": se, "n": 900}), share),
        ("value from counts", format!("{hou}/groups/0/figure"), json!({"kind": "suppressed", "numerator": 5, "denominator": 900}), share),
        ("value from change", format!("{wsp}/change"), json!({"since": "2018", "absolute": -5.4, "per_year": -5.4, "direction": "better"}), 0.4),
        ("value from change", format!("{wsp}/change"), json!({"since": "2018", "relative": 0.4 / 5.8 - 1.0}), 0.4),
        ("value from progress", format!("{wsp}/progress"), truth(&format!("{wsp}/progress")), 0.4),
    ];
    for (what, pointer, leak, value) in plants {
        let mut leaky = public.clone();
        let (holder, key) = pointer.rsplit_once('/').unwrap();
        leaky.pointer_mut(holder).unwrap()[key] = leak;
        let found = attacked(&leaky, None);
        let hit = found["figures"].as_array().unwrap().iter().find(|f| f["what"] == what).unwrap_or_else(|| panic!("{what}: {found}"));
        let near = |end: &str| (hit[end].as_f64().unwrap_or(f64::NAN) - value).abs() < 1e-6;
        assert!(near("lower") || near("upper"), "{what}: {hit}");
        assert_ne!(hit["verdict"], "safe");
        assert_eq!(found["safe"], false);
    }
}

/// Ranks, measures of inequality, counts by reason, numbers and words that nobody knows, sums over a year: none of them is `safe`.
#[test]
fn what_reports_of_others_may_hold_is_caught_or_unproven() {
    let figure = |n: u32, d: u32| json!({"kind": "value", "value": 100.0 * f64::from(n) / f64::from(d), "numerator": n, "denominator": d});
    let gone = json!({"kind": "suppressed"});
    let group = |code: &str, figure: &Value| json!({"groups": [["SEX", code]], "period": "2020", "figure": figure});
    let third = |code: &str, figure: &Value| json!({"groups": [["AGE", code]], "period": "2020", "figure": figure});
    let clean = json!({"provenance": {"threshold": 10}, "places": [{"place": "x", "period": "2020", "indicators": [{
        "id": "HOU-O-03", "period": "2020", "figure": figure(120, 3000), "series": [{"period": "2020", "figure": figure(120, 3000)}],
        "groups": [third("Y18-64", &figure(60, 1500)), third("Y_GE65", &gone), third("Y_LT18", &gone), group("F", &gone), group("M", &gone)],
    }]}]});
    assert_eq!(attacked(&clean, None)["safe"], true);
    let hit = |leak: &dyn Fn(&mut Value), what: &str| {
        let mut leaky = clean.clone();
        leak(&mut leaky);
        let found = attacked(&leaky, None);
        let hit = found["figures"].as_array().unwrap().iter().find(|f| f["what"] == what && f["verdict"] != "safe").cloned();
        assert_eq!(found["safe"], false, "{what}");
        hit.unwrap_or_else(|| panic!("{what}: {found}"))
    };
    let indicator = |r: &mut Value, key: &str, value: Value| r["places"][0]["indicators"][0][key] = value;
    let of_group = |r: &mut Value, at: usize, key: &str, value: Value| r["places"][0]["indicators"][0]["groups"][at][key] = value;
    // a rank lies between those beside it
    let ranked = hit(
        &|r| {
            indicator(
                r,
                "groups",
                json!([third("Y18-29", &figure(60, 1500)), third("Y30-64", &figure(40, 800)), third("Y_GE65", &gone), third("Y_LT18", &gone)]),
            );
            (0..3).for_each(|at| of_group(r, at, "rank", json!([1, 3, 2][at])));
        },
        "value from rank",
    );
    assert_eq!((&ranked["lower"], &ranked["upper"], &ranked["verdict"]), (&json!(4.0), &json!(5.0), &json!("too_narrow")));
    // of three groups one is withheld, and the widest difference goes beyond those that are shown
    let three = |r: &mut Value, measures: Value| {
        indicator(r, "figure", gone.clone());
        indicator(r, "series", json!([]));
        indicator(r, "groups", json!([third("Y18-64", &figure(60, 1500)), third("Y_GE65", &gone), third("Y_LT18", &figure(80, 1000))]));
        indicator(r, "equality", json!({"dimension": "AGE", "period": "2020", "measures": measures}));
    };
    let apart = hit(&|r| three(r, json!([{"measure": "difference", "value": 7.5}])), "value from difference");
    assert!((apart["lower"].as_f64().unwrap() - 0.5).abs() < 1e-9 && (apart["upper"].as_f64().unwrap() - 11.5).abs() < 1e-9, "{apart}");
    let apart = hit(&|r| three(r, json!([{"measure": "ratio", "value": 16.0}])), "value from ratio");
    assert!((apart["lower"].as_f64().unwrap() - 0.5).abs() < 1e-9, "{apart}");
    for measure in ["theil", "index_of_disparity", "mean_log_deviation", "between_group_variance", "slope_index"] {
        assert_eq!(hit(&|r| three(r, json!([{"measure": measure, "value": 0.2}])), "equality")["verdict"], "unproven");
    }
    // what nobody knows
    assert_eq!(hit(&|r| indicator(r, "theil", json!(0.12)), "number")["lower"], 0.12);
    hit(&|r| of_group(r, 1, "trend", json!({"slope": 0.3})), "number");
    hit(&|r| of_group(r, 1, "remark", json!("4 of 500")), "text");
    hit(&|r| of_group(r, 1, "figure", json!({"kind": "suppressed", "text": "fewer than 5"})), "text");
    hit(&|r| of_group(r, 1, "figure", json!({"kind": "suppressed", "estimate": {"interval": [0.1, 0.9]}})), "number");
    hit(&|r| of_group(r, 1, "figure", json!({"kind": "suppressed", "n_effective": 31.0})), "n");
    hit(&|r| of_group(r, 1, "figure", json!({"kind": "suppressed", "design_effect": 1.4})), "n");
    hit(
        &|r| indicator(r, "disaggregation", json!([{"dimension": "SEX", "need": "required", "status": "withheld", "published": 0, "withheld": 2, "small": 1}])),
        "counts",
    );
    hit(&|r| indicator(r, "disaggregation", json!([{"dimension": "SEX", "need": "required", "status": "withheld", "published": 0, "withheld": 1}])), "counts");
    hit(&|r| r["places"][0]["hidden_persons"] = json!(9), "number");
    hit(&|r| r["findings"] = json!({"items": [{"code": "release.suppressed", "subject": "HOU-O-03", "params": {"n": 4}}]}), "finding");
    // an indicator that the catalogue does not have
    let unknown = hit(&|r| indicator(r, "id", json!("XXX-O-01")), "figure");
    assert_eq!(unknown["verdict"], "unproven");
}
