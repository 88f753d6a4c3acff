//! Order, stability, round trips.

use super::*;

proptest! {
    #![proptest_config(cases(40))]

    #[test]
    fn the_order_of_rows_never_matters((one, two) in rows(&["a", "b"], 40).prop_flat_map(|r| (Just(r.clone()), Just(r).prop_shuffle()))) {
        for plan in [latest(), each()] {
            let (first, second) = (report(&one, &plan, &method().public_policy()), report(&two, &plan, &method().public_policy()));
            prop_assert_eq!(first.is_some(), second.is_some());
            if let (Some(first), Some(second)) = (first, second) {
                prop_assert_eq!(first.to_json(), second.to_json());
                prop_assert_eq!(frames(&first), frames(&second));
            }
        }
    }

    #[test]
    fn a_city_that_joins_changes_nothing_for_another(mine in rows(&["a"], 30), other in rows(&["b"], 30)) {
        let both: Vec<Row> = mine.iter().chain(&other).cloned().collect();
        for plan in [latest(), each(), only("2019")] {
            let alone = report(&mine, &plan, &method().public_policy());
            let joined = report(&both, &plan, &method().public_policy());
            let Some(alone) = alone else { continue };
            let joined = joined.unwrap().data();
            let of_a: Vec<_> = joined.places.into_iter().filter(|p| p.place == "a").collect();
            let before: Vec<_> = alone.data().places.into_iter().filter(|p| p.place == "a").collect();
            prop_assert_eq!(before, of_a);
        }
    }

    #[test]
    fn rows_of_another_module_change_no_node_of_the_first(
        mine in prop::collection::vec(row(&["WSP-O-04", "WSP-O-01", "WSP-P-03", "WSP-S-01", "HOU-O-03", "HOU-O-04", "HOU-P-03"], &["a"]), 1..30),
        other in prop::collection::vec(row(&["EDU-O-01", "EDU-O-04", "EDU-P-01", "EDU-S-01"], &["a"]), 1..30),
    ) {
        let both: Vec<Row> = mine.iter().chain(&other).cloned().collect();
        let (Some(before), Some(after)) = (report(&mine, &only("2019"), &method().public_policy()), report(&both, &only("2019"), &method().public_policy())) else { return Ok(()) };
        let keep = |data: ReportData| {
            let place = data.places.into_iter().next().unwrap();
            let nodes: Vec<_> = place.nodes.into_iter().filter(|n| n.kind == NodeKind::Module && &*n.id != "EDU").collect();
            let indicators: Vec<_> = place.indicators.into_iter().filter(|i| i.module != "EDU").collect();
            (nodes, indicators)
        };
        prop_assert_eq!(keep(before.data()), keep(after.data()));
    }

    #[test]
    fn what_is_written_reads_back(mut given in rows(&["a", "b", "Gent, \"West\"", "حي"], 20), texts in prop::collection::vec((".{0,30}", "[ -~]{0,30}", ".{0,5}"), 20), numbers in prop::collection::vec(prop::num::f64::NORMAL | prop::num::f64::SUBNORMAL | prop::num::f64::ZERO, 20)) {
        for ((row, (note, source, name)), x) in given.iter_mut().zip(texts).zip(numbers) {
            row.note = note;
            row.source = source;
            row.place_name = name;
            row.value = Some(x);
        }
        let observations = Observations::from_rows(None, &given);
        let rows: Vec<Row> = observations.rows().collect();
        let from_csv = csv::read(csv::write(&observations).as_bytes(), &csv::Dialect::default()).unwrap();
        prop_assert_eq!(from_csv.rows().collect::<Vec<_>>(), rows.clone());
        let from_json = json::read(&json::write(&observations), None).unwrap();
        prop_assert_eq!(from_json.rows().collect::<Vec<_>>(), rows.clone());
        let from_state = Observations::from_state(&observations.to_state()).unwrap();
        prop_assert_eq!(from_state.rows().collect::<Vec<_>>(), rows);
    }

    #[test]
    fn a_table_in_two_files_is_the_same_table(all in rows(&["a", "b"], 40), at in 0usize..40) {
        let (first, second) = all.split_at(at.min(all.len()));
        let mut joined = Observations::from_rows(Some("one.csv"), first);
        joined.append(Observations::from_rows(Some("two.csv"), second));
        prop_assert_eq!(joined.len(), all.len());
        let whole = Observations::from_rows(None, &all);
        prop_assert_eq!(joined.rows().collect::<Vec<_>>(), whole.rows().collect::<Vec<_>>());
        let (one, two) = (report_of(&whole, &each(), &method().public_policy()), report_of(&joined, &each(), &method().public_policy()));
        prop_assert_eq!(one.as_ref().map(Report::to_json), two.as_ref().map(Report::to_json));
        prop_assert_eq!(one.as_ref().map(frames), two.as_ref().map(frames));
    }
}

/// More rows of one kind than findings are kept in full: the public report still counts them all, in any order.
#[test]
fn the_order_of_many_rows_never_matters() {
    let rows = |id: &str, place: &str| -> Vec<Row> {
        (0..800).map(|i| Row { indicator: id.into(), place: format!("{place}{i}"), period: "2018".into(), numerator: Some(50.0), ..Row::default() }).collect()
    };
    let (mut a, b) = (rows("HOU-O-01", "a"), rows("WSP-O-04", "b"));
    let swapped: Vec<Row> = b.iter().chain(&a).cloned().collect();
    a.extend(b);
    let findings = |rows: &[Row]| {
        serde_json::to_value(report(rows, &AssessmentPlan { selection: vec!["WSP-O-01".into()], ..AssessmentPlan::default() }, &public(10)).unwrap().findings())
            .unwrap()
    };
    assert_eq!(findings(&a), findings(&swapped));
}

/// A column with the name of a member of the JSON row is written as what it holds.
#[test]
fn a_column_named_groups_reads_back() {
    let text = "indicator,place,period,groups,value\nWSP-O-04,gent,2018,x,4.1\n";
    let observations = csv::read(text.as_bytes(), &csv::Dialect::default()).unwrap();
    let again = csv::read(csv::write(&observations).as_bytes(), &csv::Dialect::default()).unwrap();
    assert_eq!(again.rows().collect::<Vec<_>>(), observations.rows().collect::<Vec<_>>());
}

/// A column that every table needs is written even when nothing stands in it.
#[test]
fn a_table_with_an_empty_column_reads_back() {
    for text in ["indicator,place,period,value\n", "indicator,place,period,value\nWSP-O-04,,,4.1\n"] {
        let observations = csv::read(text.as_bytes(), &csv::Dialect::default()).unwrap();
        let written = csv::write(&observations);
        let again = csv::read(written.as_bytes(), &csv::Dialect::default()).unwrap_or_else(|e| panic!("{written:?}: {e}"));
        assert_eq!(again.rows().collect::<Vec<_>>(), observations.rows().collect::<Vec<_>>());
    }
}
