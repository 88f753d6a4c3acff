//! Catalogues, methods and crosswalks.

use super::*;

fn catalogue_value() -> Value {
    serde_json::from_str(sms_catalogue::CATALOGUE_JSON).unwrap()
}

#[test]
fn catalogues_that_are_refused() {
    let whole = catalogue_value();
    let first = whole["indicators"][0].clone();
    let cases: Vec<(&str, Value, Code)> = vec![
        ("/release/schema", json!("2.0.0"), Code::CatalogueNewerSchema),
        ("/release/schema", json!(""), Code::CatalogueNewerSchema),
        ("/release/schema", json!("x"), Code::CatalogueNewerSchema),
        ("/release/id", json!("a b"), Code::CatalogueBadJson),
        ("/release", json!([]), Code::CatalogueBadJson),
        ("/indicators/1", first.clone(), Code::CatalogueDuplicateId),
        ("/indicators/0/id", json!(""), Code::CatalogueBadJson),
        ("/indicators/0/id", json!("x".repeat(1_000_000)), Code::CatalogueBadJson),
        ("/indicators/0/id", json!("NEW-1"), Code::CatalogueUnknownReference),
        ("/indicators/0/module", json!("NOPE"), Code::CatalogueUnknownReference),
        ("/indicators/0/rights", json!(["NOPE"]), Code::CatalogueUnknownReference),
        ("/indicators/0/attributes", json!(["NOPE"]), Code::CatalogueUnknownReference),
        ("/indicators/0/disaggregation/required", json!(["NOPE"]), Code::CatalogueUnknownReference),
        ("/indicators/0/value_kind", json!("kanarie"), Code::CatalogueBadJson),
        ("/indicators/0/polarity", json!(3), Code::CatalogueBadJson),
        ("/indicators/0/multiplier", json!(0), Code::CatalogueBadValue),
        ("/indicators/0/multiplier", json!(-1), Code::CatalogueBadValue),
        ("/indicators/0/bounds", json!({"min": 5, "max": 5}), Code::CatalogueBadValue),
        ("/indicators/0/bounds", json!({"min": "kanarie"}), Code::CatalogueBadJson),
        ("/indicators/0/target", json!({"value": 3}), Code::CatalogueBadValue),
        ("/modules/0/cluster", json!("NOPE"), Code::CatalogueUnknownReference),
        ("/dimensions/0/group/1", whole["dimensions"][0]["group"][0].clone(), Code::CatalogueDuplicateId),
        ("/selections/0/indicators", json!(["NOPE"]), Code::CatalogueUnknownReference),
        ("/texts", json!({}), Code::CatalogueUnknownReference),
    ];
    for (path, value, code) in cases {
        let mut changed = whole.clone();
        *changed.pointer_mut(path).unwrap_or_else(|| panic!("{path}")) = value;
        let error = Catalogue::from_json(&changed.to_string()).unwrap_err();
        assert_eq!(error.code(), code, "{path}: {error}");
        assert!(error.location().path.is_some(), "{path}: {error}");
        small(&said_error(&error));
        no_canary(&said_error(&error), path);
    }
    for text in ["", "null", "[]", "{}", "\u{0}", "{\"release\": 1e999}", &sms_catalogue::CATALOGUE_JSON[..1000]] {
        assert_eq!(Catalogue::from_json(text).unwrap_err().code(), Code::CatalogueBadJson);
    }
    // numbers at the edge of what can be written
    let mut changed = whole.clone();
    changed["indicators"][0]["multiplier"] = json!(1e308);
    changed["indicators"][0]["bounds"] = Value::Null;
    let at = changed["indicators"][0]["id"].as_str().unwrap().to_owned();
    let text = changed.to_string();
    let catalogue = Arc::new(Catalogue::from_json(&text).unwrap());
    let rows = Row { indicator: at, place: "a".into(), period: "2018".into(), numerator: Some(5e5), denominator: Some(1e6), ..Row::default() };
    let (dataset, _) = dataset::check(&catalogue, &Observations::from_rows(None, &[rows]));
    adds_up(&dataset);
}

#[test]
fn methods_that_are_refused() {
    let whole: Value = serde_json::from_str(sms_catalogue::STANDARD_METHOD_JSON).unwrap();
    let cases: Vec<(&str, Value, Code)> = vec![
        ("/format", json!(2), Code::MethodNewerEdition),
        ("/format", json!(-1), Code::MethodBadJson),
        ("/format", json!("kanarie"), Code::MethodBadJson),
        ("/estimate/confidence/value", json!(1), Code::MethodBadValue),
        ("/estimate/significance/value", json!(0), Code::MethodBadValue),
        ("/aggregation/minimum_coverage/value", json!(1.5), Code::MethodBadValue),
        ("/aggregation/indicators/value", json!("kanarie"), Code::MethodBadJson),
        ("/maturity/value", json!([]), Code::MethodBadValue),
        ("/maturity/value", json!([0, 101]), Code::MethodBadValue),
        ("/rating/bands/value", json!([20, 40]), Code::MethodBadValue),
        ("/rating/bands/value", json!([]), Code::MethodBadValue),
        ("/rating/names", json!(["one"]), Code::MethodBadValue),
        ("/outcomes_first/weight/value", json!(0.5), Code::MethodBadValue),
        ("/outcomes_first/margin/value", json!(51), Code::MethodBadValue),
        ("/change/tolerance/value", json!(-1), Code::MethodBadValue),
        ("/disclosure/threshold/value", json!(0), Code::MethodBadValue),
        ("/disclosure/threshold/value", json!(5_000_000_000_u64), Code::MethodBadJson),
        ("/goalposts/0/best", whole["goalposts"][0]["worst"].clone(), Code::ScoreEqualGoalposts),
        ("/goalposts/1", whole["goalposts"][0].clone(), Code::MethodBadValue),
        ("/goalposts/0/worst", json!("kanarie"), Code::MethodBadJson),
    ];
    for (path, value, code) in cases {
        let mut changed = whole.clone();
        *changed.pointer_mut(path).unwrap_or_else(|| panic!("{path}")) = value;
        let error = Method::from_json(&changed.to_string()).unwrap_err();
        assert_eq!(error.code(), code, "{path}: {error}");
        assert!(error.location().path.is_some(), "{path}: {error}");
        no_canary(&said_error(&error), path);
    }
    let mut unknown = whole.clone();
    unknown["goalposts"][0]["indicator"] = json!("NOPE");
    assert_eq!(Method::from_json(&unknown.to_string()).unwrap().check_against(catalogue()).unwrap_err().code(), Code::MethodUnknownIndicator);
    let mut added = whole;
    added["kanarie"] = json!(1);
    let error = Method::from_json(&added.to_string()).unwrap_err();
    assert_eq!(error.code(), Code::MethodBadJson);
    no_canary(&said_error(&error), "method");
}

#[test]
fn crosswalks_that_are_refused() {
    for (value, path) in [
        (json!(null), None),
        (json!("kanarie"), None),
        (json!({"file": []}), None),
        (json!({"place": {"code": "g"}, "file": "kanarie"}), None),
        (json!({"place": {"code": "g"}, "file": [], "kanarie": 1}), None),
        (one_file(json!({"name": ""})), Some("file[0].name")),
        (one_file(json!({"period": ""})), Some("file[0].period")),
        (one_file(json!({"series": []})), Some("file[0].series")),
        (one_file(json!({"value": null})), Some("file[0].value")),
        (one_file(json!({"delimiter": "kanarie"})), None),
        (one_file(json!({"encoding": "kanarie"})), None),
        (one_file(json!({"decimal": 5})), None),
        (one_file(json!({"series": [{"indicator": "WSP-O-04", "multiply": 0}]})), Some("file[0].series[0]")),
        (one_file(json!({"series": [{"indicator": "WSP-O-04", "multiply": -5}]})), Some("file[0].series[0]")),
    ] {
        let error = Crosswalk::from_value(value.clone()).unwrap_err();
        // whatever is wrong has a path; some of them are worth knowing
        let told = error.location().path.as_deref().unwrap_or_default().to_owned();
        assert_eq!((error.code(), told.as_str()), (Code::CrosswalkBadFile, path.unwrap_or(&told)), "{value}");
        assert!(!told.is_empty(), "{value}");
        no_canary(&said_error(&error), "crosswalk");
    }
    for value in [
        one_file(json!({"series": [{"indicator": "NOPE"}]})),
        one_file(json!({"columns": {"who": {"dimension": "NOPE"}}})),
        one_file(json!({"columns": {"who": {"dimension": "SEX", "codes": {"f": "kanarie"}}}})),
        one_file(json!({"columns": {"who": {"codes": {"f": "F"}}}})),
    ] {
        let error = crosswalk(&value).import(catalogue(), &[]).unwrap_err();
        assert_eq!(error.code(), Code::CrosswalkBadFile);
        assert!(error.location().path.is_some());
        no_canary(&said_error(&error), "crosswalk");
    }
}

#[test]
fn files_of_a_crosswalk_are_accounted_for_row_by_row() {
    let value = one_file(json!({
        "columns": {"who": {"dimension": "SEX", "codes": {"f": "F", "all": ""}}},
        "status": {"column": "flag", "codes": {"b": "break"}},
        "numerator": "a", "denominator": "d", "n": "n", "se": "s",
        "series": [{"indicator": "WSP-O-04", "where": {"what": ["u", "w"]}}],
        "skip": [{"where": {"what": "old"}, "reason": "not comparable"}],
    }));
    let header = "year,v,who,flag,a,d,n,s,what,extra";
    let k = CANARY;
    let rows = [
        ("2018,4.1,f,,,,,,u,".to_owned(), None),
        (format!("2018,{k},f,,,,,,u,"), Some((Code::NumUnreadable, Some("v")))),
        ("2018,inf,f,,,,,,u,".to_owned(), Some((Code::NumNotFinite, Some("v")))),
        ("2018,\"1,234\",f,,,,,,u,".to_owned(), Some((Code::ObsAmbiguousNumber, Some("v")))),
        (format!("2018,,f,,{k},,,,u,"), Some((Code::NumUnreadable, Some("a")))),
        (format!("2018,,f,,,{k},,,u,"), Some((Code::NumUnreadable, Some("d")))),
        (format!("2018,,f,,,,{k},,u,"), Some((Code::NumUnreadable, Some("n")))),
        (format!("2018,,f,,,,,{k},u,"), Some((Code::NumUnreadable, Some("s")))),
        (format!("{k},4,f,,,,,,u,"), Some((Code::PeriodUnreadable, Some("year")))),
        (format!("2018,4,f,{k},,,,,u,"), Some((Code::CrosswalkUnmappedCode, Some("flag")))),
        (format!("2018,{CANARY_NUMBER},f,,,,,,u,{k}"), Some((Code::CrosswalkBadRow, Some("extra")))),
        (format!("2018,{CANARY_NUMBER},f"), Some((Code::CsvRowLength, None))),
        (format!("2018,{k},f,,,,,,{k},"), Some((Code::CrosswalkRowNotSelected, None))),
        (format!("2018,{k},f,,,,,,old,"), None),
    ];
    for (row, want) in &rows {
        let text = format!("{header}\n2017,4.1,all,,,,,,u,\n{row}\n2019,4.2,all,,,,,,w,\n");
        let imported = crosswalk(&value).import(catalogue(), &[SourceFile { name: "a.csv".into(), bytes: text.into_bytes() }]).unwrap();
        let entry = &imported.ledger[0];
        assert_eq!(entry.rows, 3);
        assert_eq!(entry.rows, entry.used + entry.skipped + entry.not_selected + entry.rejected, "{row}");
        assert!(entry.used >= 2, "{row}");
        if let Some((code, column)) = want {
            assert_eq!(place_of(&imported.findings, *code), (Some("a.csv".to_owned()), Some(3), column.map(str::to_owned)), "{row}");
        }
        no_canary(&said(&imported.findings), row);
        no_canary(&format!("{imported:?}{}", serde_json::to_string(&imported.ledger).unwrap()), row);
    }
}

#[test]
fn files_that_a_crosswalk_cannot_read() {
    let value = one_file(json!({"encoding": "utf-8"}));
    for (bytes, code) in [
        (Vec::new(), Code::CsvNoHeader),
        (b"\n\n".to_vec(), Code::CsvNoHeader),
        (b"year;v\n\xff\xfe\n".to_vec(), Code::CsvBadEncoding),
        (b"year,v;x\n2018,4;1\n".to_vec(), Code::CsvAmbiguousDelimiter),
        (format!("year,w\n2018,{CANARY}\n").into_bytes(), Code::CrosswalkMissingColumn),
    ] {
        let imported = crosswalk(&value).import(catalogue(), &[SourceFile { name: "a.csv".into(), bytes }]).unwrap();
        let entry = &imported.ledger[0];
        assert_eq!(entry.rows, entry.used + entry.skipped + entry.not_selected + entry.rejected);
        assert_eq!(place_of(&imported.findings, code).0.as_deref(), Some("a.csv"));
        assert!(imported.observations.is_empty());
        no_canary(&said(&imported.findings), code.as_str());
    }
    let imported = crosswalk(&value).import(catalogue(), &[SourceFile { name: "b.csv".into(), bytes: b"x\n1\n2\n".to_vec() }]).unwrap();
    assert_eq!((imported.findings.count(Code::CrosswalkMissingFile), imported.findings.count(Code::CrosswalkUnlistedFile)), (1, 1));
    assert_eq!((imported.ledger[0].rows, imported.ledger[0].not_selected), (2, 2));
}

/// A number that leaves the range of an f64 on its way through `multiply` is not finite, and is said to be so.
#[test]
fn a_value_multiplied_beyond_all_bounds_is_not_finite() {
    let value = one_file(json!({"series": [{"indicator": "ENV-O-01", "multiply": 1e300}]}));
    let imported = crosswalk(&value).import(catalogue(), &[SourceFile { name: "a.csv".into(), bytes: b"year,v\n2018,1e300\n".to_vec() }]).unwrap();
    let (dataset, findings) = dataset::check(catalogue(), &imported.observations);
    assert!(dataset.is_empty());
    assert!(imported.findings.count(Code::NumNotFinite) + findings.count(Code::ObsNotFinite) == 1, "{findings:?}");
}
