//! Disclosure: nothing small is shown, and nothing withheld can be had by subtraction.

use super::*;

/// A figure of counts.
pub(super) fn counted(id: &str, place: &str, period: &str, groups: &[(&str, &str)], a: u32, rest: Option<u32>) -> Row {
    Row {
        indicator: id.into(),
        place: place.into(),
        period: period.into(),
        groups: groups.iter().map(|(d, g)| ((*d).to_owned(), (*g).to_owned())).collect(),
        numerator: rest.is_some().then(|| f64::from(a)),
        value: rest.is_none().then(|| f64::from(a)),
        denominator: rest.map(|r| f64::from(a + r)),
        ..Row::default()
    }
}

/// By indicator, place, period and groups: state, numerator, denominator.
pub(super) type Cells = BTreeMap<(String, String, String, String), (String, Option<f64>, Option<f64>)>;

/// What a public report shows of each cell: its state, and its numerator (a count has none, but a value).
pub(super) fn shown(report: &Report) -> Cells {
    let text = |v: &serde_json::Map<String, Value>, k: &str| v[k].as_str().unwrap_or_default().to_owned();
    report
        .frame(Table::Figures)
        .to_rows()
        .into_iter()
        .map(|r| {
            let count = r["numerator"].as_f64().or_else(|| (r["indicator"] == "GBV-O-04").then(|| r["value"].as_f64()).flatten());
            ((text(&r, "indicator"), text(&r, "place"), text(&r, "period"), text(&r, "groups")), (text(&r, "state"), count, r["denominator"].as_f64()))
        })
        .collect()
}

/// Every figure of counts that can be found anywhere in a JSON value: numerator, denominator.
pub(super) fn counts_in(value: &Value, found: &mut Vec<(Option<f64>, Option<f64>)>) {
    match value {
        Value::Object(o) => {
            if o.contains_key("numerator") || o.contains_key("denominator") {
                found.push((o.get("numerator").and_then(Value::as_f64), o.get("denominator").and_then(Value::as_f64)));
            }
            o.values().for_each(|v| counts_in(v, found));
        }
        Value::Array(a) => a.iter().for_each(|v| counts_in(v, found)),
        _ => {}
    }
}

/// Everything that a reader can get out of a report, as JSON values and as text.
pub(super) fn routes(report: &Report) -> (Vec<Value>, String) {
    let mut values = vec![serde_json::from_str::<Value>(&report.to_json()).unwrap()];
    let mut text = report.to_json();
    for table in Table::ALL {
        let frame = report.frame(*table);
        values.push(serde_json::to_value(frame.to_rows()).unwrap());
        text.push_str(&frame.to_csv());
    }
    text.push_str(&sms_core::render::html::page(report));
    text.push_str(&sms_core::render::text::summary(report, 100, false));
    for id in ["WSP-O-04", "HOU-O-01", "GBV-O-04", "WSP", "HOU", "overall"] {
        for place in ["a", "b"] {
            if let Ok(told) = report.explain(id, Some(place)) {
                values.push(serde_json::to_value(&told).unwrap());
                text.push_str(&serde_json::to_string(&told).unwrap());
            }
        }
    }
    write!(text, "{report:?}{:?}{}", report.findings(), report.findings().items().iter().map(ToString::to_string).collect::<String>()).unwrap();
    (values, text)
}

pub(super) const SEXES: &[(&str, &str)] = &[("SEX", "F"), ("SEX", "M")];
pub(super) const AGES: &[(&str, &str)] = &[("AGE", "Y_LT18"), ("AGE", "Y18-64"), ("AGE", "Y_GE65")];

pub(super) type Parts = Vec<(u32, u32)>;

/// Total and parts of one indicator by one dimension.
pub(super) fn family(id: &str, groups: &[(&str, &str)], parts: &[(u32, u32)]) -> Vec<Row> {
    let with_rest = |r: u32| (id != "GBV-O-04").then_some(r);
    let (a, rest) = parts.iter().fold((0, 0), |(a, r), p| (a + p.0, r + p.1));
    let mut rows = vec![counted(id, "a", "2019", &[], a, with_rest(rest))];
    rows.extend(groups.iter().zip(parts).map(|(g, p)| counted(id, "a", "2019", &[*g], p.0, with_rest(p.1))));
    rows
}

pub(super) fn parts() -> impl Strategy<Value = Parts> {
    let count = || prop_oneof![4 => 0u32..25, 1 => 0u32..200];
    prop::collection::vec((count(), prop_oneof![2 => 0u32..25, 3 => 100u32..2000]), 3)
}

proptest! {
    #![proptest_config(cases(30))]

    #[test]
    fn nothing_small_is_shown_and_nothing_withheld_can_be_had_by_subtraction(
        id in prop::sample::select(&["WSP-O-04", "HOU-O-01", "GBV-O-04"][..]), by_age in any::<bool>(), parts in parts(), k in 2u32..=20,
    ) {
        let groups = if by_age { AGES } else { SEXES };
        let parts = &parts[..groups.len()];
        prop_assume!(id == "GBV-O-04" || parts.iter().all(|p| p.0 + p.1 > 0));
        let rows = family(id, groups, parts);
        let report = report(&rows, &only("2019"), &public(k)).unwrap();
        let k64 = f64::from(k);
        // nothing below k, by any route
        let (values, text) = routes(&report);
        let mut found = Vec::new();
        values.iter().for_each(|v| counts_in(v, &mut found));
        for (a, b) in found {
            prop_assert!(a.is_none_or(|a| a == 0.0 || a >= k64), "a numerator of {a:?} is shown below {k}");
            prop_assert!(b.is_none_or(|b| b >= k64), "a denominator of {b:?} is shown below {k}");
            if let (Some(a), Some(b), "WSP-O-04") = (a, b, id) {
                prop_assert!(b - a == 0.0 || b - a >= k64, "a complement of {} is shown below {k}", b - a);
            }
        }
        let cells = shown(&report);
        let key = |g: &str| (id.to_owned(), "a".to_owned(), "2019".to_owned(), g.to_owned());
        let group = |(d, g): &(&str, &str)| key(&format!("{d}={g}"));
        for (state, count, _) in cells.values() {
            prop_assert!(state == "value" || count.is_none());
            prop_assert!(count.is_none_or(|c| c == 0.0 || c >= k64));
        }
        // a small count stands nowhere in words
        for (g, p) in groups.iter().zip(parts) {
            if cells[&group(g)].0 != "value" {
                for words in [format!("is {} out of", p.0), format!("out of {}.", p.0 + p.1)] {
                    let total: u32 = parts.iter().map(|p| p.0).sum();
                    let shown_elsewhere = cells.values().any(|c| c.1 == Some(f64::from(p.0)) || c.2 == Some(f64::from(p.0 + p.1))) || total == p.0;
                    prop_assert!(shown_elsewhere || !text.contains(&words), "{words}");
                }
            }
        }
        // the total less the published parts
        let hidden: Vec<usize> = (0..parts.len()).filter(|&i| cells[&group(&groups[i])].0 != "value").collect();
        if let (false, Some(total)) = (hidden.is_empty(), cells[&key("")].1) {
            let published: f64 = groups.iter().filter_map(|g| cells[&group(g)].1).sum();
            let left = total - published;
            // with one part withheld it is known; with more, each may be anything from 0 to what is left
            let possible = if hidden.len() == 1 { 1.0 } else { left + 1.0 };
            prop_assert!(possible >= k64, "{} parts are withheld, and {left} is left of the total: {possible} possible values", hidden.len());
            if id == "WSP-O-04" {
                let all: f64 = cells[&key("")].2.unwrap();
                let others: f64 = groups.iter().filter_map(|g| cells[&group(g)].2).sum();
                prop_assert!(all - others - left + 1.0 >= k64, "what is left of the denominator has too few possible values");
            }
        }
    }

    #[test]
    fn withheld_counts_leave_no_mark_on_the_report(id in prop::sample::select(&["WSP-O-04", "HOU-O-01", "GBV-O-04"][..]), parts in parts(), k in 2u32..=20, more in rows(&["b"], 6)) {
        prop_assume!(id == "GBV-O-04" || parts.iter().all(|p| p.0 + p.1 > 0));
        let made = |parts: &[(u32, u32)]| {
            let mut rows = family(id, AGES, parts);
            rows.extend(more.iter().cloned());
            report(&rows, &only("2019"), &public(k)).unwrap()
        };
        let first = made(&parts);
        let states = |r: &Report| shown(r).into_iter().filter(|(key, _)| key.1 == "a").collect::<Vec<_>>();
        let cells = shown(&first);
        let hidden: Vec<usize> = (0..3).filter(|&i| cells[&(id.to_owned(), "a".to_owned(), "2019".to_owned(), format!("AGE={}", AGES[i].1))].0 != "value").collect();
        for (i, &x) in hidden.iter().enumerate() {
            for &y in &hidden[i + 1..] {
                let mut swapped = parts.clone();
                swapped.swap(x, y);
                let mut numerators = parts.clone();
                (numerators[x].0, numerators[y].0) = (parts[y].0, parts[x].0);
                (numerators[x].1, numerators[y].1) = (parts[x].0 + parts[x].1, parts[y].0 + parts[y].1);
                let fits = id == "GBV-O-04" || (numerators[x].1 >= numerators[x].0 && numerators[y].1 >= numerators[y].0);
                numerators[x].1 = numerators[x].1.saturating_sub(numerators[x].0);
                numerators[y].1 = numerators[y].1.saturating_sub(numerators[y].0);
                for other in [Some(swapped), fits.then_some(numerators)].into_iter().flatten() {
                    let second = made(&other);
                    if states(&second) == states(&first) {
                        prop_assert_eq!(first.to_json(), second.to_json());
                        prop_assert_eq!(frames(&first), frames(&second));
                        prop_assert_eq!(routes(&first).1, routes(&second).1);
                    }
                }
            }
        }
    }

    #[test]
    fn what_is_public_is_never_withheld_and_inside_nothing_is(mut given in rows(&["a", "b"], 30), k in 1u32..=50) {
        if let Some(inside) = report(&given, &each(), &PrivacyPolicy::internal()) {
            let json: Value = serde_json::from_str(&inside.to_json()).unwrap();
            prop_assert_eq!(&json["provenance"]["audience"], "internal");
            // suppressed is only what came in so
            let came_in = given.iter().any(|r| r.status == "suppressed");
            let states: Vec<String> = shown(&inside).into_values().map(|c| c.0).collect();
            prop_assert!(!states.iter().any(|s| s == "unknown_count"));
            prop_assert!(came_in || !states.iter().any(|s| s == "suppressed"));
        }
        given.iter_mut().for_each(|r| r.confidentiality = "public".into());
        given.retain(|r| r.status != "suppressed");
        if let Some(outside) = report(&given, &each(), &public(k)) {
            let json: Value = serde_json::from_str(&outside.to_json()).unwrap();
            prop_assert_eq!(&json["provenance"]["audience"], "public");
            let states: Vec<String> = shown(&outside).into_values().map(|c| c.0).collect();
            prop_assert!(!states.iter().any(|s| s == "unknown_count" || s == "suppressed"), "{states:?}");
            // the same figures as inside
            let inside = report(&given, &each(), &PrivacyPolicy::internal()).unwrap();
            prop_assert_eq!(frames(&outside), frames(&inside));
        }
    }
}
