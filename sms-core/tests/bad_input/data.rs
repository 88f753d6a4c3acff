//! Rows as JSON, and columns and rows handed in as data.

use super::*;

#[test]
fn json_that_is_no_table() {
    for (text, code) in [
        ("", Code::JsonSyntax),
        ("{", Code::JsonSyntax),
        ("[1,", Code::JsonSyntax),
        ("nul", Code::JsonSyntax),
        ("[{\"a\": 1e999}]", Code::JsonSyntax),
        ("[{\"a\": NaN}]", Code::JsonSyntax),
        ("[{\"a\": \"\\ud800\"}]", Code::JsonSyntax),
        ("[{\"a\": \"\0\"}]", Code::JsonSyntax),
        ("null", Code::JsonBadShape),
        ("\"kanarie\"", Code::JsonBadShape),
        ("83619.2047", Code::JsonBadShape),
        ("{\"observations\": \"kanarie\"}", Code::JsonBadShape),
        ("{\"rows\": []}", Code::JsonBadShape),
        ("[[\"kanarie\"]]", Code::JsonBadShape),
        ("[{\"groups\": \"kanarie\"}]", Code::JsonBadShape),
        ("[{\"indicator\": \"kanarie\", \"Indicator\": \"kanarie\"}]", Code::CsvDuplicateColumn),
    ] {
        let error = rows_json::read(text, Some("f.json")).unwrap_err();
        assert_eq!((error.code(), error.location().file.as_deref()), (code, Some("f.json")), "{text}");
        if code != Code::CsvDuplicateColumn {
            assert!(error.location().path.is_some(), "{text}: {error}");
        }
        no_canary(&said_error(&error), text);
    }
    let error = rows_json::read("[{}, {}, 3]", None).unwrap_err();
    assert_eq!(error.location().path.as_deref(), Some("observations[2]"));
}

#[test]
fn json_nested_100_000_deep() {
    let deep = |open: &str, close: &str| format!("{}{}", open.repeat(100_000), close.repeat(100_000));
    for text in [deep("[", "]"), deep("{\"a\":", "}"), "[".repeat(100_000), format!("[{{\"indicator\": {}}}]", deep("[", "]"))] {
        let error = rows_json::read(&text, None).unwrap_err();
        assert_eq!(error.code(), Code::JsonSyntax);
        small(&said_error(&error));
        assert_eq!(Catalogue::from_json(&text).unwrap_err().code(), Code::CatalogueBadJson);
        assert_eq!(Method::from_json(&text).unwrap_err().code(), Code::MethodBadJson);
        assert!(Observations::from_state(&text).is_err());
        let answer: Value = serde_json::from_str(&engine().call_json(&text)).unwrap();
        assert_eq!(answer["error"]["code"], "json.syntax");
    }
}

#[test]
fn a_json_row_with_a_wrong_type_is_left_out_alone() {
    for bad in [json!(true), json!([CANARY]), json!({"a": CANARY})] {
        for field in ["value", "indicator", "SEX", "note"] {
            let mut row = json!({"indicator": "WSP-O-04", "place": "gent", "period": "2020", "value": 4});
            row[field] = bad.clone();
            let text = json!([{"indicator": "WSP-O-04", "place": "gent", "period": "2018", "value": 4}, row, {"indicator": "WSP-O-04", "place": "gent", "period": 2019, "value": "4"}]);
            let observations = rows_json::read(&text.to_string(), Some("f.json")).unwrap();
            let (dataset, findings) = dataset::check(catalogue(), &observations);
            adds_up(&dataset);
            assert_eq!(dataset.len(), 2);
            assert_eq!(place_of(&findings, Code::JsonBadShape), (Some("f.json".to_owned()), Some(2), Some(field.to_owned())));
            no_canary(&said(&findings), field);
        }
    }
}

/// One group in two places of the row: neither may win in silence.
#[test]
fn a_json_row_that_contradicts_itself_is_reported() {
    let text = json!([{"indicator": "WSP-O-04", "place": "gent", "period": "2018", "value": 4, "SEX": "M", "groups": {"SEX": "F"}}]).to_string();
    let told = rows_json::read(&text, None).map(|o| dataset::check(catalogue(), &o).1);
    assert!(told.is_err() || told.is_ok_and(|f| f.items().iter().any(|f| f.severity == sms_core::Severity::Error)));
}

/// A text that is too long is an error, not an empty field: an empty group is everybody.
#[test]
fn a_text_too_long_in_a_column_is_reported() {
    let long = "F".repeat(20_000);
    let columns = |sex: &'static [&'static str]| -> Vec<(&'static str, Column<'static>)> {
        let text = |t: &'static [&'static str]| Column::Text(Box::new(t.iter().map(|x| Some(*x))));
        vec![
            ("indicator", text(&["WSP-O-04"])),
            ("place", text(&["gent"])),
            ("period", text(&["2018"])),
            ("SEX", text(sex)),
            ("value", Column::Number(Box::new([Some(4.0)].into_iter()))),
        ]
    };
    let leaked: &'static [&'static str] = Box::leak(Box::new([&*Box::leak(long.clone().into_boxed_str())]));
    let told = Observations::from_columns(columns(leaked), 1, Limits::default()).map(|o| dataset::check(catalogue(), &o));
    if let Ok((dataset, findings)) = told {
        assert!(dataset.is_empty(), "a row about some group became the figure for everybody");
        assert!(!findings.is_empty());
    }
    let row = Row {
        indicator: "WSP-O-04".into(),
        place: "gent".into(),
        period: "2018".into(),
        value: Some(4.0),
        groups: [("SEX".to_owned(), long)].into(),
        ..Row::default()
    };
    let (dataset, _) = dataset::check(catalogue(), &Observations::from_rows(None, &[row]));
    assert!(dataset.is_empty(), "a row about some group became the figure for everybody");
}

#[test]
fn numbers_in_columns_that_are_not_finite() {
    let text = |t: Vec<&'static str>| Column::Text(Box::new(t.into_iter().map(Some)));
    let columns = vec![
        ("indicator", text(vec!["WSP-O-04"; 4])),
        ("place", text(vec!["gent"; 4])),
        ("period", Column::Number(Box::new([2018.0, 2019.0, 2020.0, f64::NAN].into_iter().map(Some)))),
        ("value", Column::Number(Box::new([f64::INFINITY, f64::NAN, 4.0, 4.0].into_iter().map(Some)))),
    ];
    let observations = Observations::from_columns(columns, 4, Limits::default()).unwrap();
    let (dataset, findings) = dataset::check(catalogue(), &observations);
    adds_up(&dataset);
    assert_eq!(dataset.len(), 1);
    assert_eq!(place_of(&findings, Code::ObsNotFinite), (None, Some(1), Some("value".to_owned())));
    assert_eq!(place_of(&findings, Code::ObsNoValue).1, Some(2));
    assert_eq!(place_of(&findings, Code::ObsMissingField), (None, Some(4), Some("period".to_owned())));
}

/// Rows without a file stay without one when a file is added to them.
#[test]
fn added_tables_keep_their_files() {
    let bad = "indicator,place,period,value\nWSP-O-04,gent,2018,x\n";
    let mut all = csv::read(bad.as_bytes(), &Dialect::default()).unwrap();
    all.append(csv::read(bad.as_bytes(), &Dialect { file: Some("b.csv".into()), ..Dialect::default() }).unwrap());
    all.append(csv::read(bad.as_bytes(), &Dialect::default()).unwrap());
    all.append(csv::read(bad.as_bytes(), &Dialect { file: Some("c.csv".into()), ..Dialect::default() }).unwrap());
    let files: Vec<Option<String>> = (0..4).map(|i| all.location(i).file.map(|f| f.to_string())).collect();
    assert_eq!(files, [None, Some("b.csv".to_owned()), None, Some("c.csv".to_owned())]);
}

/// The user must be able to find the rows that contradict each other.
#[test]
fn rows_given_twice_are_named() {
    let (_, dataset, findings) =
        checked(b"indicator,place,period,value\nWSP-O-04,gent,2018,4\nWSP-O-04,gent,2018,5\nWSP-O-04,gent,2019,5\nWSP-O-04,gent,2019,5\n");
    assert_eq!((dataset.len(), dataset.row_counts().rejected, dataset.row_counts().duplicates), (1, 2, 1));
    assert_eq!((findings.count(Code::ObsDuplicateKey), findings.count(Code::ObsDuplicateIdentical)), (1, 1));
    assert_eq!(dataset.rejected(), [2, 3], "line numbers of the rejected rows");
}

#[test]
fn a_state_that_was_tampered_with_is_refused() {
    let (observations, _, _) = checked(&table(&[HEADER, GOOD[0], "WSP-O-04,gent,2020,F,4,,,,,,,,a,b,c,d"], "\n"));
    let state: Value = serde_json::from_str(&observations.to_state()).unwrap();
    assert!(Observations::from_state(&state.to_string()).is_ok());
    for (path, value) in [
        ("/state", json!(2)),
        ("/texts", json!([])),
        ("/texts/0/codes/0", json!(99)),
        ("/numbers", json!([])),
        ("/row_numbers", json!([])),
        ("/file_of", json!([1, 2, 3])),
        ("/counts", json!({"csv.row-length": 1_000_000_000_000_u64})),
        ("/counts", json!({"kanarie": 1})),
        ("/findings/0/code", json!("kanarie")),
        ("/numbers/0/values", json!(["NaN"])),
    ] {
        let mut changed = state.clone();
        *changed.pointer_mut(path).unwrap_or_else(|| panic!("{path}")) = value;
        let error = Observations::from_state(&changed.to_string()).unwrap_err();
        assert_eq!(error.code(), Code::JsonBadShape, "{path}");
        no_canary(&said_error(&error), path);
    }
}
