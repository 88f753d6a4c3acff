//! Whole reports withstand the attack.

use super::city::*;
use super::*;

proptest! {
    #![proptest_config(cases(12))]

    /// A report passes its own attack, and what the attack says of a withheld figure is true: groups, crossings and districts together, whatever rows are there.
    #[test]
    fn a_released_report_withstands_the_attack(id in indicator(), leaves in city_leaves(), kept in prop_oneof![2 => Just(vec![true]), 1 => Just(circle()), 1 => prop::collection::vec(prop::bool::weighted(0.8), 27)], k in 2u32..15) {
        let rows = city(id, &leaves, &kept);
        prop_assume!(!rows.is_empty());
        let found = attacked(&data(&released(&rows, k, None)), None);
        prop_assert_eq!(&found["safe"], true, "{} {}", found, serde_json::to_string(&leaves).unwrap());
        for f in found["figures"].as_array().unwrap() {
            let truth = truth_of(&rows, f);
            prop_assert!(f["lower"].as_f64().unwrap() <= truth && f["upper"].as_f64().is_none_or(|u| u >= truth), "{} {}", f, truth);
        }
    }

    /// A report that its own attack does not call safe cannot be made: of any rows, also of such as contradict one another, and after any other report.
    #[test]
    fn no_report_can_be_made_that_is_not_safe(rows in any_rows(), before in any_rows(), after in any::<bool>(), k in 2u32..15) {
        let first = released(&before, k, None);
        let previous = after.then(|| data(&first));
        prop_assert_eq!(&attacked(&data(&first), None)["safe"], true);
        let published = after.then(|| Published::from_report(&data(&first)).unwrap());
        let found = attacked(&data(&released(&rows, k, published.as_ref())), previous.as_ref());
        prop_assert_eq!(&found["safe"], true, "{} {}", found, serde_json::to_string(&rows).unwrap());
    }

    /// Two reports together tell nothing of a withheld figure that the earlier one did not show by itself.
    #[test]
    fn a_later_report_tells_no_more_than_the_earlier_one_did(id in indicator(), leaves in city_leaves(), more in prop::collection::vec((0u32..12, 0u32..30), 8), grown in any::<bool>(), earlier in prop::collection::vec(prop::bool::weighted(0.7), 27), k in 2u32..15) {
        let rows = city(id, &leaves, &earlier);
        prop_assume!(!rows.is_empty());
        let first = data(&released(&rows, k, None));
        let published = Published::from_report(&first).unwrap();
        let leaves: Vec<(u32, u32)> = leaves.iter().zip(&more).map(|(l, m)| if grown { (l.0 + m.0, l.1 + m.1) } else { *l }).collect();
        let rows = city(id, &leaves, &[true]);
        let second = data(&released(&rows, k, Some(&published)));
        let found = attacked(&second, Some(&first));
        prop_assert_eq!(&found["safe"], true, "{}", found);
        for f in found["figures"].as_array().unwrap() {
            // a small change between two shown figures would be one
            prop_assert!(!f["what"].as_str().unwrap().starts_with("change"), "{}", f);
        }
    }
}

/// What two reports leave of a total has changed by three persons, although no figure that is shown has changed by fewer than ten.
#[test]
fn a_small_change_of_what_is_left_is_withheld() {
    let row = |group: Option<&str>, n: u32, d: u32| {
        let mut row = Row {
            indicator: "HOU-O-03".into(),
            place: "gent".into(),
            period: "2019".into(),
            numerator: Some(n.into()),
            denominator: Some(d.into()),
            ..Row::default()
        };
        row.groups.extend(group.map(|g| ("CITIZEN".into(), g.into())));
        row
    };
    let release = |rows: &[Row], previous: Option<&Published>| {
        let (dataset, findings) = dataset::check(engine().catalogue(), &Observations::from_rows(None, rows));
        let plan = AssessmentPlan { selection: vec!["HOU-O-03".into()], ..AssessmentPlan::default() };
        let assessment = assess::assess(&engine().method("standard").unwrap(), &Arc::new(dataset), &findings, &plan).unwrap();
        assessment.release_after(&PrivacyPolicy::public(10).unwrap(), previous).unwrap()
    };
    let first = release(&[row(None, 300, 3000), row(Some("NAT"), 200, 2000)], None);
    let rows = [row(None, 330, 3300), row(Some("NAT"), 227, 2297)];
    assert_eq!(states(&release(&rows, None)).iter().filter(|l| l.contains("suppressed")).count(), 0);
    // 30 more in all, 27 of them nationals: three are left, so one of the two goes
    let second = release(&rows, Some(&first.as_previous().unwrap()));
    assert_eq!(states(&second).iter().filter(|l| l.contains("suppressed")).count(), 1);
    assert_eq!(attacked(&data(&second), Some(&data(&first)))["safe"], true);
    // the JSON of the first report tells the same
    let json = Published::from_report(&data(&first)).unwrap();
    assert_eq!(states(&release(&rows, Some(&json))), states(&second));
    assert_eq!(
        engine()
            .call(&json!({"op": "disclosure.attack_report", "report": {"places": [], "provenance": {"threshold": 1, "audience": "internal"}}}))
            .unwrap_err()
            .code()
            .as_str(),
        "release.internal-report"
    );
}

/// A sample: seven persons asked who stand for two thousand are seven persons.
#[test]
fn persons_asked_are_protected_not_those_they_stand_for() {
    let row = |group: Option<&str>, n: f64, d: f64, asked: f64| {
        let mut row = Row {
            indicator: "HOU-O-03".into(),
            place: "gent".into(),
            period: "2019".into(),
            numerator: Some(n),
            denominator: Some(d),
            n: Some(asked),
            ..Row::default()
        };
        row.groups.extend(group.map(|g| ("AGE".into(), g.into())));
        row
    };
    // four persons and three are withheld: of both together seven were asked, so a third group goes with them
    let rows = [
        row(None, 61_200.0, 142_400.0, 253.0),
        row(Some("Y_LT18"), 500.0, 900.0, 4.0),
        row(Some("Y_GE65"), 700.0, 1_500.0, 3.0),
        row(Some("Y18-64"), 60_000.0, 140_000.0, 246.0),
    ];
    let (dataset, findings) = dataset::check(engine().catalogue(), &Observations::from_rows(None, &rows));
    let plan = AssessmentPlan { selection: vec!["HOU-O-03".into()], ..AssessmentPlan::default() };
    let assessment = assess::assess(&engine().method("standard").unwrap(), &Arc::new(dataset), &findings, &plan).unwrap();
    let shown = states(&assessment.release(&PrivacyPolicy::public(10).unwrap()).unwrap());
    let state = |group: &str| shown.iter().any(|l| l.contains(&format!("AGE={group},suppressed")));
    assert!(state("Y_LT18") && state("Y18-64"), "{shown:?}");
}

/// Four thousand who stand behind two persons asked are two persons.
#[test]
fn a_count_of_few_persons_asked_is_withheld() {
    let row = |numerator: f64, n: f64| Row {
        indicator: "HOU-O-03".into(),
        place: "gent".into(),
        period: "2019".into(),
        numerator: Some(numerator),
        denominator: Some(200_000.0),
        n: Some(n),
        ..Row::default()
    };
    let shown = |row: Row| {
        let (dataset, findings) = dataset::check(engine().catalogue(), &Observations::from_rows(None, &[row]));
        let plan = AssessmentPlan { selection: vec!["HOU-O-03".into()], ..AssessmentPlan::default() };
        let assessment = assess::assess(&engine().method("standard").unwrap(), &Arc::new(dataset), &findings, &plan).unwrap();
        !states(&assessment.release(&PrivacyPolicy::public(10).unwrap()).unwrap())[1].contains("suppressed")
    };
    assert_eq!(
        [shown(row(4000.0, 100.0)), shown(row(196_000.0, 100.0)), shown(row(20_000.0, 100.0)), shown(row(4000.0, 200_000.0))],
        [false, false, true, true]
    );
}

/// Small, secondary or for use inside only: the reader cannot tell why a figure is withheld.
#[test]
fn primary_and_complementary_look_the_same() {
    let (one, _) = twins();
    let first = released(&one, 10, None);
    let hidden: Vec<(Value, Value)> = hidden_pattern(&first).into_iter().filter(|s| s[2] == "suppressed").map(|s| (s[0].clone(), s[1].clone())).collect();
    for (place, groups) in hidden {
        let mut rows = one.clone();
        let key = |r: &Row| r.groups.iter().map(|(d, g)| format!("{d}={g}")).collect::<Vec<_>>().join(";");
        let row = rows.iter_mut().find(|r| json!(r.place) == place && json!(key(r)) == groups).unwrap();
        row.confidentiality = "restricted".into();
        let second = released(&rows, 10, None);
        assert_eq!(marks(&routes(&first), &routes(&second)), Vec::<String>::new(), "{place} {groups}");
    }
}

/// Three quarters and their year give the fourth.
#[test]
fn a_year_less_its_quarters_is_found() {
    let value = |n: u32| json!({"kind": "value", "value": n});
    let gone = json!({"kind": "suppressed"});
    let report = |quarters: [Value; 4], year: Value| {
        let mut series: Vec<Value> =
            quarters.into_iter().enumerate().map(|(q, figure)| json!({"period": format!("2020-Q{}", q + 1), "figure": figure})).collect();
        series.push(json!({"period": "2020", "figure": year}));
        json!({"provenance": {"threshold": 10}, "places": [{"place": "x", "period": "2020", "indicators": [
            {"id": "GBV-O-04", "period": "2020", "figure": series[4]["figure"], "series": series, "groups": []}
        ]}]})
    };
    let found = attacked(&report([value(30), gone.clone(), value(41), value(25)], value(100)), None);
    let hit = found["figures"].as_array().unwrap().iter().find(|f| f["period"] == "2020-Q2").unwrap();
    assert_eq!((&found["safe"], &hit["lower"], &hit["upper"], &hit["verdict"]), (&json!(false), &json!(4.0), &json!(4.0), &json!("exact")));
    assert_eq!(attacked(&report([value(30), value(14), value(41), value(25)], gone.clone()), None)["verdicts"]["exact"], 1);
    assert_eq!(attacked(&report([value(30), gone.clone(), gone.clone(), value(25)], value(100)), None)["safe"], true);
    // and the engine withholds them together
    let rows: Vec<Row> = [("2020-Q1", 30.0), ("2020-Q2", 4.0), ("2020-Q3", 41.0), ("2020-Q4", 25.0), ("2020", 100.0)]
        .into_iter()
        .map(|(period, n)| Row { indicator: "GBV-O-04".into(), place: "x".into(), period: period.into(), value: Some(n), ..Row::default() })
        .collect();
    assert_eq!(attacked(&data(&released(&rows, 10, None)), None)["safe"], true);
}

proptest! {
    #![proptest_config(cases(2))]

    /// Whatever a city hands in, and whatever of it is withheld: nothing in the report follows from that.
    #[test]
    fn a_report_of_many_indicators_says_nothing_that_follows(seed in any::<u64>(), small in 0.0..0.5f64, k in 3u32..15) {
        let catalogue = engine().catalogue();
        let mut state = seed;
        let mut next = |n: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % n
        };
        let mut rows: Vec<Row> = Vec::new();
        for sheet in catalogue.indicators().iter() {
            for place in ["a", "b"] {
                for period in ["2017", "2018", "2019"] {
                    if next(4) == 0 {
                        continue;
                    }
                    let few = (next(1000) as f64) < small * 1000.0;
                    let (n, rest) = (if few { next(12) } else { 20 + next(400) }, 30 + next(3000));
                    let mut row = Row { indicator: sheet.id.to_string(), place: place.into(), period: period.into(), ..Row::default() };
                    match serde_json::to_value(sheet.value_kind).unwrap().as_str().unwrap() {
                        "proportion" | "rate" | "ratio" => (row.numerator, row.denominator) = (Some(n as f64), Some((n + rest) as f64)),
                        "maturity" => row.value = Some(next(5) as f64),
                        "boolean" => row.value = Some(next(2) as f64),
                        "count" => row.value = Some(n as f64),
                        _ => (row.value, row.n) = (Some(n as f64 / 10.0), Some(rest as f64)),
                    }
                    if row.numerator.is_some() && next(2) == 0 {
                        let (f, g) = (next(n + 1), next(rest + 1));
                        for (code, n, rest) in [("F", f, g), ("M", n - f, rest - g)] {
                            if n + rest > 0 {
                                let mut part = Row { numerator: Some(n as f64), denominator: Some((n + rest) as f64), ..row.clone() };
                                part.groups.insert("SEX".into(), code.into());
                                rows.push(part);
                            }
                        }
                    }
                    rows.push(row);
                }
            }
        }
        let (dataset, findings) = dataset::check(catalogue, &Observations::from_rows(None, &rows));
        let plan = AssessmentPlan { periods: Periods::Each, ..AssessmentPlan::default() };
        let assessment = assess::assess(&engine().method("standard").unwrap(), &Arc::new(dataset), &findings, &plan).unwrap();
        let report = assessment.release(&PrivacyPolicy::public(k).unwrap()).unwrap();
        let found = attacked(&data(&report), None);
        let sums = ["numerator", "complement", "denominator", "count"];
        let follows: Vec<&Value> = found["figures"].as_array().unwrap().iter().filter(|f| !sums.contains(&f["what"].as_str().unwrap())).collect();
        prop_assert!(follows.is_empty(), "{} {:?}", follows.len(), &follows[..follows.len().min(5)]);
        prop_assert_eq!(&found["safe"], true, "{}", found["verdicts"]);
        prop_assert!(found["figures"].as_array().unwrap().len() > 3 || small < 0.1);
        for id in ["overall", "HOU", "HOU-O-03", "WSP-O-04"] {
            for place in ["b"] {
                let Ok(told) = report.explain(id, Some(place)) else { continue };
                let found = engine().call(&json!({"op": "disclosure.attack_report", "report": data(&report), "explanations": [told]})).unwrap();
                prop_assert_eq!(&found["safe"], true, "{} {}", id, found["verdicts"]);
            }
        }
    }
}
