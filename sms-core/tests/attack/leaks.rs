//! Nothing that leaves depends on what is withheld, and a leak that is planted is caught.

use super::city::*;
use super::*;

proptest! {
    #![proptest_config(cases(6))]

    /// With all published figures the same, other withheld ones leave every route as it is, byte for byte.
    #[test]
    fn other_withheld_figures_leave_every_route_as_it_is(id in indicator(), leaves in city_leaves(), kept in prop_oneof![2 => Just(vec![true]), 1 => Just(circle())], after in prop::option::of(prop::collection::vec(prop::bool::weighted(0.7), 27)), k in 3u32..15) {
        // an earlier report of half as many rows, the same before both
        let earlier = after.map(|kept| city(id, &leaves, &kept)).filter(|rows| !rows.is_empty()).map(|rows| released(&rows, k, None).as_previous().unwrap());
        let first = released(&city(id, &leaves, &kept), k, earlier.as_ref());
        // moves round a square of four leaves, in the count or in what is left of it: most totals stay
        'squares: for (a, b, c, d) in [(0, 2, 4, 6), (1, 3, 5, 7), (0, 1, 4, 5), (2, 3, 6, 7), (0, 1, 2, 3), (4, 5, 6, 7)] {
            for by in [1i64, -1, 2, -2] {
                for count in [true, false] {
                    let mut other = leaves.clone();
                    for (leaf, sign) in [(a, 1), (b, -1), (c, -1), (d, 1)] {
                        let x = if count { &mut other[leaf].0 } else { &mut other[leaf].1 };
                        match u32::try_from(i64::from(*x) + sign * by) {
                            Ok(moved) => *x = moved,
                            Err(_) => continue 'squares,
                        }
                    }
                    let second = released(&city(id, &other, &kept), k, earlier.as_ref());
                    if states(&first) == states(&second) {
                        let found = marks(&routes(&first), &routes(&second));
                        prop_assert!(found.is_empty(), "{found:?}");
                        INTERFERENCE.fetch_add(1, Ordering::Relaxed);
                    } else {
                        // the figures differ, or the choice of cells does: never the withheld ones alone
                        let shown = |r: &Report| states(r).into_iter().filter(|l| l.contains("value")).collect::<Vec<_>>();
                        prop_assert!(hidden_pattern(&first) != hidden_pattern(&second) || shown(&first) != shown(&second));
                    }
                }
            }
        }
    }
}

/// Comparisons in which only withheld figures differed.
static INTERFERENCE: AtomicU64 = AtomicU64::new(0);

#[test]
fn twins_leave_no_mark() {
    let (one, two) = twins();
    let (one, two) = (released(&one, 10, None), released(&two, 10, None));
    assert_eq!(hidden_pattern(&one), hidden_pattern(&two));
    assert!(hidden_pattern(&one).iter().filter(|s| s[2] == "suppressed").count() >= 4);
    assert_eq!(marks(&routes(&one), &routes(&two)), Vec::<String>::new());
}

/// A leak is put into each route, and the comparison of routes finds it there.
#[test]
fn a_planted_leak_is_caught_in_every_route() {
    let (one, two) = twins();
    let truth = |rows: &[Row]| {
        rows.iter()
            .find(|r| r.place == "d1" && r.groups.get("AGE").is_some_and(|a| a == "Y_GE18") && r.groups.get("SEX").is_some_and(|s| s == "F"))
            .unwrap()
            .numerator
            .unwrap()
    };
    let (small, other) = (truth(&one), truth(&two));
    assert!(small < 10.0 && small != other);
    let clean = [routes(&released(&one, 10, None)), routes(&released(&two, 10, None))];
    type Plant = fn(&mut Value, f64);
    fn wsp(json: &mut Value) -> &mut Value {
        let places = json["places"].as_array_mut().unwrap();
        let place = places.iter_mut().find(|p| p["place"] == "d1").unwrap();
        place["indicators"].as_array_mut().unwrap().iter_mut().find(|i| i["id"] == "WSP-O-04").unwrap()
    }
    let plants: &[(&str, &str, Plant)] = &[
        ("margin: the count of a withheld figure", "json", |j, x| {
            wsp(j)["groups"][0]["figure"] = json!({"kind": "value", "value": 1, "numerator": x, "denominator": 304})
        }),
        ("a percentage beside a withheld count", "json", |j, x| wsp(j)["groups"][0]["figure"] = json!({"kind": "value", "value": 100.0 * x / 304.0})),
        ("a score of a withheld figure", "json", |j, x| wsp(j)["groups"][0]["score"] = json!(100.0 - x)),
        ("a mean that a withheld figure is a part of", "json", |j, x| j["places"][1]["nodes"][0]["outcomes"]["score"] = json!(50.0 + x / 10.0)),
        ("a gap to a withheld group", "json", |j, x| wsp(j)["gaps"] = json!([{"worst_value": x, "difference": 8.0 - x}])),
        ("a change from a withheld figure", "json", |j, x| wsp(j)["change"] = json!({"previous": x, "absolute": 44.0 - x})),
        ("words in an explanation", "explain WSP-O-04 d1", |e, x| e["steps"][0]["text"] = json!(format!("It is {x} out of 304."))),
        ("a contribution to a mean", "explain WSP d1", |e, x| e["contributions"] = json!([{"id": "WSP-O-04", "points": x}])),
        ("the number of findings", "findings", |f, x| f["counts"]["release.suppressed"] = json!(x)),
        ("a plain fingerprint of the input", "provenance", |p, x| p["input_fingerprint"] = json!(format!("{:016x}", x.to_bits()))),
        ("a row of a frame", "frame Figures", |f, x| *f = json!(format!("{}\nd1,{x}", f.as_str().unwrap()))),
        ("a page", "html", |h, x| *h = json!(format!("{}<td>{x}</td>", h.as_str().unwrap()))),
        ("a debug text", "debug", |d, x| *d = json!(format!("{} numerator: {x}", d.as_str().unwrap()))),
    ];
    for (name, route, plant) in plants {
        let mut leaky = clean.clone();
        for (routes, x) in leaky.iter_mut().zip([small, other]) {
            plant(routes.get_mut(*route).unwrap_or_else(|| panic!("no route {route}")), x);
        }
        assert_eq!(marks(&leaky[0], &leaky[1]), vec![(*route).to_owned()], "{name}");
    }
}

/// Leaks that an outsider can find: the attack on the report's own data finds them.
#[test]
fn a_planted_leak_is_caught_by_the_attack_on_the_report() {
    let (one, _) = twins();
    let clean = data(&released(&one, 10, None));
    assert_eq!(attacked(&clean, None)["safe"], true);
    // a withheld figure is put back, one after the other: the cell that is small may follow, or be shown itself
    let mut caught = 0;
    for (p, place) in clean["places"].as_array().unwrap().iter().enumerate() {
        let at = place["indicators"].as_array().unwrap().iter().position(|i| i["id"] == "WSP-O-04").unwrap();
        for (g, group) in place["indicators"][at]["groups"].as_array().unwrap().iter().enumerate() {
            if group["figure"]["kind"] != "suppressed" {
                continue;
            }
            let same = |r: &&Row| {
                r.place == place["place"].as_str().unwrap()
                    && group["groups"].as_array().unwrap().iter().all(|d| r.groups.get(d[0].as_str().unwrap()).map(String::as_str) == d[1].as_str())
                    && r.groups.len() == group["groups"].as_array().unwrap().len()
            };
            let row = one.iter().find(same).unwrap();
            let mut leaky = clean.clone();
            leaky["places"][p]["indicators"][at]["groups"][g]["figure"] =
                json!({"kind": "value", "value": 1, "numerator": row.numerator, "denominator": row.denominator});
            let found = attacked(&leaky, None);
            assert_eq!(found["safe"], false, "{} {}", place["place"], group["groups"]);
            assert!(found["verdicts"]["exact"].as_u64().unwrap() > 0);
            // the same as an earlier report: nothing takes it back, and the later one tells no more
            let found = attacked(&clean, Some(&leaky));
            assert_eq!(found["safe"], true, "{found}");
            assert!(found["verdicts"]["published_before"].as_u64().unwrap() > 0);
            caught += 1;
        }
    }
    assert!(caught >= 4);
    // a report whose figures grew by four persons since the last one
    let mut earlier = clean.clone();
    let figure = &mut earlier["places"][0]["indicators"].as_array_mut().unwrap().iter_mut().find(|i| i["id"] == "WSP-O-04").unwrap()["series"][0]["figure"];
    let (n, d) = (figure["numerator"].as_f64().unwrap(), figure["denominator"].as_f64().unwrap());
    (figure["numerator"], figure["denominator"]) = (json!(n - 4.0), json!(d - 4.0));
    for place in earlier["places"].as_array_mut().unwrap() {
        place["indicators"].as_array_mut().unwrap().iter_mut().for_each(|i| {
            i["period"] = json!(null);
        });
    }
    let found = attacked(&clean, Some(&earlier));
    assert!(found["figures"].as_array().unwrap().iter().any(|f| f["what"] == "change of numerator" && f["upper"] == 4.0), "{found}");
}

/// What an outsider finds beside the sums: a leak of each kind is put into a report that is safe, and the attack names it.
#[test]
fn a_planted_leak_is_caught_by_the_attack_in_each_route() {
    let row = |id: &str, group: Option<&str>, period: &str, n: f64, d: f64| {
        let mut row = Row { indicator: id.into(), place: "gent".into(), period: period.into(), numerator: Some(n), denominator: Some(d), ..Row::default() };
        row.groups.extend(group.map(|g| ("SEX".into(), g.into())));
        row
    };
    // the latest figure of unemployment is small, and so is one of its groups, and the year before; the rate of homelessness is shown
    let mut rows = vec![row("WSP-O-04", None, "2018", 5.0, 900.0), row("WSP-O-04", None, "2019", 4.0, 1000.0), row("WSP-O-04", None, "2017", 40.0, 1000.0)];
    rows.extend([
        row("WSP-O-04", Some("F"), "2019", 4.0, 500.0),
        row("HOU-O-01", None, "2019", 400.0, 100_000.0),
        row("HOU-O-01", None, "2018", 3.0, 100_000.0),
    ]);
    let clean = data(&released(&rows, 10, None));
    let safe = attacked(&clean, None);
    assert!(safe["figures"].as_array().unwrap().iter().all(|f| f["what"] == "numerator" || f["what"] == "complement" || f["what"] == "denominator"), "{safe}");
    let at = clean["places"].as_array().unwrap().iter().position(|p| p["period"] == "2019").unwrap();
    let of = |id: &str| clean["places"][at]["indicators"].as_array().unwrap().iter().position(|i| i["id"] == id).unwrap();
    let (wsp, hou) = (of("WSP-O-04"), of("HOU-O-01"));
    assert_eq!(
        (&clean["places"][at]["indicators"][wsp]["figure"]["kind"], &clean["places"][at]["indicators"][hou]["figure"]["kind"]),
        (&json!("suppressed"), &json!("value"))
    );
    let pointer = |id: usize, field: &str| format!("/places/{at}/indicators/{id}/{field}");
    let plants: Vec<(&str, String, Value)> = vec![
        ("value", pointer(wsp, "figure"), json!({"kind": "suppressed", "value": 0.4})),
        ("value", pointer(wsp, "series/2/figure"), json!({"kind": "value", "value": 0.4})),
        ("error", pointer(wsp, "figure"), json!({"kind": "suppressed", "lower": 0.1, "upper": 1.0})),
        ("error", pointer(wsp, "groups/0/se"), json!(0.2)),
        ("n", pointer(wsp, "figure"), json!({"kind": "suppressed", "denominator": 1000})),
        ("n", pointer(wsp, "groups/0/n"), json!(500)),
        ("score", pointer(wsp, "score"), json!(98.7)),
        ("score", pointer(wsp, "groups/0/score"), json!(97.3)),
        ("rank", pointer(wsp, "rank"), json!(1)),
        ("rank", pointer(wsp, "groups/0/rank"), json!(2)),
        ("standing", pointer(wsp, "standing"), json!("above")),
        ("target", pointer(wsp, "target"), json!({"value": 5, "operator": "<=", "met": true})),
        ("change", pointer(wsp, "change"), json!({"since": "2017", "previous": 4.0, "absolute": -3.6})),
        ("change", pointer(hou, "change"), json!({"since": "2018", "previous": 0.3, "absolute": 39.7})),
        ("progress", pointer(wsp, "progress"), json!({"achievement": {"status": "met", "raw": 0.9}})),
        (
            "gap",
            pointer(wsp, "gaps"),
            json!([{"dimension": "SEX", "period": "2019", "worst": "M", "worst_value": 9, "best": "F", "best_value": 0.8, "difference": 8.2}]),
        ),
        ("floor", pointer(wsp, "floor"), json!({"dimension": "SEX", "group": "F", "period": "2019", "value": 0.8, "score": 97.3})),
    ];
    for (what, pointer, leak) in plants {
        let mut leaky = clean.clone();
        let (holder, field) = pointer.rsplit_once('/').unwrap();
        let place = leaky.pointer_mut(holder).unwrap_or_else(|| panic!("{pointer}"));
        match field.parse::<usize>() {
            Ok(position) => place[position] = leak,
            Err(_) => place[field] = leak,
        }
        let found = attacked(&leaky, None);
        assert!(found["figures"].as_array().unwrap().iter().any(|f| f["what"] == what && f["verdict"] != "safe"), "{what} {pointer}: {found}");
        assert_eq!(found["safe"], false, "{what}");
    }
    // the index: a mean that the withheld figure has a part in
    let nodes = clean["places"][at]["nodes"].as_array().unwrap();
    let node = nodes.iter().position(|n| n["id"] == "WSP").unwrap();
    let mut leaky = clean.clone();
    leaky["places"][at]["nodes"][node]["outcomes"] = json!({"score": 98.7, "coverage": 1, "n": 1, "of": 1});
    assert!(attacked(&leaky, None)["figures"].as_array().unwrap().iter().any(|f| f["what"] == "mean" && f["indicator"] == "WSP" && f["lower"] == 98.7));
}
