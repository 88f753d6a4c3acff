//! Rows, headers and lines of a table that cannot be used.

use super::*;

/// Rows that cannot be used: the code, and the column when one is to blame.
fn bad_rows() -> Vec<(String, Code, Option<&'static str>)> {
    let long_place = "x".repeat(200);
    let c = CANARY;
    let n = CANARY_NUMBER;
    vec![
        (format!("{c},gent,2020,,4.1,,,,,,,,{c},{c}"), Code::ObsUnknownIndicator, Some("indicator")),
        (format!(",gent,2020,,{n},,,,,,,,{c},{c}"), Code::ObsMissingField, Some("indicator")),
        (format!("WSP-O-04,,2020,,{n},,,,,,,,{c},{c}"), Code::ObsMissingField, Some("place")),
        (format!("WSP-O-04,gent,,,{n},,,,,,,,{c},{c}"), Code::ObsMissingField, Some("period")),
        (format!("WSP-O-04,{c}{long_place},2020,,4,,,,,,,,{c},{c}"), Code::ObsTextTooLong, Some("place")),
        (format!("WSP-O-04,gent,{c},,{n},,,,,,,,{c},{c}"), Code::ObsPeriodUnreadable, Some("period")),
        (format!("WSP-O-04,gent,{n},,{n},,,,,,,,{c},{c}"), Code::ObsPeriodUnreadable, Some("period")),
        (format!("WSP-O-04,gent,2020,{c},4.1,,,,,,,,{c},{c}"), Code::ObsUnknownGroup, Some("SEX")),
        (format!("WSP-O-04,gent,2020,F,{c},,,,,,,,{c},{c}"), Code::ObsNumberUnreadable, Some("value")),
        (format!("WSP-O-04,gent,2020,F,,{n}x,,,,,,,{c},{c}"), Code::ObsNumberUnreadable, Some("numerator")),
        (format!("WSP-O-04,gent,2020,F,,1,0x10,,,,,,{c},{c}"), Code::ObsNumberUnreadable, Some("denominator")),
        (format!("WSP-O-04,gent,2020,F,4,,,{c},,,,,{c},{c}"), Code::ObsNumberUnreadable, Some("n")),
        (format!("WSP-O-04,gent,2020,F,4,,,,{c},,,,{c},{c}"), Code::ObsNumberUnreadable, Some("se")),
        (format!("WSP-O-04,gent,2020,F,NaN,,,,,,,,{c},{c}"), Code::ObsNotFinite, Some("value")),
        (format!("WSP-O-04,gent,2020,F,-inf,,,,,,,,{c},{c}"), Code::ObsNotFinite, Some("value")),
        (format!("WSP-O-04,gent,2020,F,Infinity,,,,,,,,{c},{c}"), Code::ObsNotFinite, Some("value")),
        (format!("WSP-O-04,gent,2020,F,1e999,,,,,,,,{c},{c}"), Code::ObsNotFinite, Some("value")),
        (format!("WSP-O-04,gent,2020,F,{},,,,,,,,{c},{c}", "9".repeat(400)), Code::ObsNotFinite, Some("value")),
        (format!("WSP-O-04,gent,2020,F,\"1,234\",,,,,,,,{c},{c}"), Code::ObsAmbiguousNumber, Some("value")),
        (format!("WSP-O-04,gent,2020,F,,-{n},{n},,,,,,{c},{c}"), Code::ObsNegativeCount, Some("numerator")),
        (format!("WSP-O-04,gent,2020,F,,5,-{n},,,,,,{c},{c}"), Code::ObsNegativeCount, Some("denominator")),
        (format!("WSP-O-04,gent,2020,F,4,,,-{n},,,,,{c},{c}"), Code::ObsSeNegative, Some("n")),
        (format!("WSP-O-04,gent,2020,F,4,,,,-{n},,,,{c},{c}"), Code::ObsSeNegative, Some("se")),
        (format!("WSP-O-04,gent,2020,F,,{n},0,,,,,,{c},{c}"), Code::ObsZeroDenominator, Some("denominator")),
        (format!("WSP-O-04,gent,2020,F,,{n},5,,,,,,{c},{c}"), Code::ObsNumeratorAboveDenominator, Some("numerator")),
        (format!("WSP-O-04,gent,2020,F,{n},,,,,,,,{c},{c}"), Code::ObsOutOfBounds, Some("value")),
        (format!("WSP-O-04,gent,2020,F,,,,,,,,,{c},{c}"), Code::ObsNoValue, Some("value")),
        (format!("HOU-O-01,gent,2020,F,,{n},1e-310,,,,,,{c},{c}"), Code::ObsNotFinite, Some("numerator")),
        (format!("WSP-O-04,gent,2020,F,4,,,,,{c},,,{c},{c}"), Code::ObsUnknownStatus, Some("status")),
        (format!("WSP-O-04,gent,2020,F,4,,,,,,{c},,{c},{c}"), Code::ObsUnknownConfidentiality, Some("confidentiality")),
        (format!("WSP-O-04,gent,2020,F,4,,,,,,,{c},{c},{c}"), Code::ObsUnknownRound, Some("round")),
        (format!("WSP-O-04,gent,2020,{n},{c}"), Code::CsvRowLength, None),
        (format!("WSP-O-04,gent,2020,F,4,,,,,,,,{c},{c},{n},{c}"), Code::CsvRowLength, None),
        (format!("WSP-O-04,gent,2020,F,4,,,,,,,,{c},{}", CANARY.repeat(1500)), Code::CsvFieldTooLong, None),
    ]
}

#[test]
fn a_bad_row_is_left_out_and_named_by_file_row_and_column() {
    for (row, code, column) in bad_rows() {
        let (observations, dataset, findings) = checked(&table(&[HEADER, GOOD[0], &row, GOOD[1]], "\n"));
        assert_eq!(dataset.len(), 2, "{row}");
        assert_eq!(findings.count(code), 1, "{row}: {findings:?}");
        assert_eq!(place_of(&findings, code), (Some(FILE.to_owned()), Some(3), column.map(str::to_owned)), "{row}");
        assert_eq!(dataset.rejected(), [3], "{row}");
        no_canary(&said(&findings), code.as_str());
        no_canary(&format!("{observations:?}{dataset:?}"), code.as_str());
    }
}

#[test]
fn all_bad_rows_together_leave_the_good_ones() {
    let bad = bad_rows();
    let mut lines = vec![HEADER, GOOD[0]];
    lines.extend(bad.iter().map(|(row, _, _)| row.as_str()));
    lines.push(GOOD[1]);
    let (_, dataset, findings) = checked(&table(&lines, "\n"));
    assert_eq!((dataset.len(), dataset.row_counts().rejected), (2, bad.len()));
    assert_eq!(dataset.rejected().len(), bad.len());
    no_canary(&said(&findings), "findings");
    let answer = engine().call_json(&json!({"op": "check", "observations": {"csv": String::from_utf8(table(&lines, "\n")).unwrap()}}).to_string());
    no_canary(&answer, "check");
}

#[test]
fn the_same_rows_as_json_are_left_out_alike() {
    let columns: Vec<&str> = HEADER.split(',').collect();
    for (row, code, column) in bad_rows().into_iter().filter(|(r, c, _)| *c != Code::CsvRowLength && !r.contains('"')) {
        let object = |line: &str| -> Value {
            columns.iter().zip(line.split(',')).map(|(c, f)| ((*c).to_owned(), Value::from(f))).collect::<serde_json::Map<_, _>>().into()
        };
        let text = json!([object(GOOD[0]), object(&row), object(GOOD[1])]).to_string();
        let observations = rows_json::read(&text, Some("figures.json")).unwrap();
        let (dataset, findings) = dataset::check(catalogue(), &observations);
        adds_up(&dataset);
        assert_eq!(dataset.len(), 2, "{row}");
        assert_eq!(place_of(&findings, code), (Some("figures.json".to_owned()), Some(2), column.map(str::to_owned)), "{row}");
        no_canary(&said(&findings), code.as_str());
    }
}

/// Rows are named by the line that they start at, whatever ends a line.
#[test]
fn crlf_and_blank_lines_do_not_shift_the_row_numbers() {
    for (text, want) in [
        ("indicator,place,period,value\nWSP-O-04,a,2018,4\nWSP-O-04,a,2019,x\n", 3),
        ("indicator,place,period,value\r\nWSP-O-04,a,2018,4\r\nWSP-O-04,a,2019,x\r\n", 3),
        ("indicator,place,period,value\n\nWSP-O-04,a,2018,4\n\n\nWSP-O-04,a,2019,x\n", 6),
        ("indicator,place,period,value\r\n\r\nWSP-O-04,a,2018,4\r\n\r\n\r\nWSP-O-04,a,2019,x\r\n", 6),
        ("indicator,place,period,value\r\nWSP-O-04,a,2018,4\nWSP-O-04,a,2019,x", 3),
        ("indicator,place,period,value,note\nWSP-O-04,a,2018,4,\"two\nlines\"\nWSP-O-04,a,2019,x,\n", 4),
        ("\u{feff}indicator,place,period,value\nWSP-O-04,a,2018,4\nWSP-O-04,a,2019,x\n", 3),
    ] {
        let (_, dataset, findings) = checked(text.as_bytes());
        assert_eq!(dataset.len(), 1, "{text:?}");
        assert_eq!(place_of(&findings, Code::ObsNumberUnreadable).1, Some(want), "{text:?}");
    }
}

#[test]
fn old_mac_line_ends_number_the_rows_too() {
    let (_, dataset, findings) = checked(b"indicator,place,period,value\rWSP-O-04,a,2018,4\rWSP-O-04,a,2019,x\rWSP-O-04,a,2020,y\r");
    assert_eq!(dataset.len(), 1);
    let rows: Vec<Option<u32>> = findings.items().iter().filter(|f| f.code == Code::ObsNumberUnreadable).map(|f| f.location.row).collect();
    assert_eq!(rows, [Some(3), Some(4)]);
    assert_eq!(dataset.rejected(), [3, 4]);
}

#[test]
fn the_delimiter_is_told_from_the_header_alone() {
    // old Mac line ends: the rest of the file is not the header
    let notes = "indicator;place;period;value;note\rWSP-O-04;a;2018;4,1;one, two, three, four, five, six, seven\rWSP-O-04;a;2019;4,2;\r";
    let (_, dataset, _) = checked(notes.as_bytes());
    assert_eq!(dataset.len(), 2);
}

#[test]
fn blank_lines_before_the_header_do_not_hide_its_delimiter() {
    for text in ["\nindicator;place;period;value\nWSP-O-04;a;2018;4,1\n", "\r\n\r\nindicator;place;period;value\r\nWSP-O-04;a;2018;4,1\r\n"] {
        let observations = read(text.as_bytes()).unwrap_or_else(|e| panic!("{text:?}: {e}"));
        assert_eq!(observations.len(), 1);
    }
}

#[test]
fn files_without_rows() {
    for empty in ["", "\n", "\r\n\r\n", "\u{feff}", " ", ",,,\n", "\t\t\n", "\"\"\n"] {
        let error = read(empty.as_bytes()).unwrap_err();
        assert_eq!((error.code(), error.location().file.as_deref()), (Code::CsvNoHeader, Some(FILE)), "{empty:?}");
    }
    for header in [HEADER.to_owned(), format!("{HEADER}\n"), format!("{HEADER}\r\n\r\n"), format!("\u{feff}{HEADER}")] {
        let (_, dataset, findings) = checked(header.as_bytes());
        assert!(dataset.is_empty() && findings.is_empty());
        let error = assess::assess(&engine().method("standard").unwrap(), &dataset.into(), &findings, &AssessmentPlan::default()).unwrap_err();
        assert_eq!(error.code(), Code::AssessNoPlace);
    }
    for empty in ["[]", r#"{"observations": []}"#] {
        assert!(rows_json::read(empty, None).unwrap().is_empty());
    }
}

#[test]
fn headers_that_cannot_be_used() {
    for (text, code, column) in [
        ("indicator,place\nx,y\n", Code::CsvMissingColumn, Some("period")),
        ("place,period\nx,y\n", Code::CsvMissingColumn, Some("indicator")),
        ("indicator,place,period,value,value\n", Code::CsvDuplicateColumn, Some("value")),
        ("indicator,place,period,SEX,sex\n", Code::CsvDuplicateColumn, Some("sex")),
        ("indicator,place,period, value ,value\n", Code::CsvDuplicateColumn, Some("value")),
        ("indicator,place,period,va\u{0}lue,value\n", Code::CsvDuplicateColumn, Some("value")),
        ("indicator,place;period\n", Code::CsvAmbiguousDelimiter, None),
    ] {
        let error = read(text.as_bytes()).unwrap_err();
        assert_eq!((error.code(), error.location().column.as_deref(), error.location().file.as_deref()), (code, column, Some(FILE)), "{text:?}");
    }
    let unknown = Dialect { delimiter: Some('\u{2603}'), ..dialect() };
    assert_eq!(csv::read(b"a", &unknown).unwrap_err().code(), Code::CsvAmbiguousDelimiter);
}

#[test]
fn a_million_columns() {
    let mut header = String::from("indicator,place,period,value");
    for i in 0..1_000_000 {
        write!(header, ",c{i}").unwrap();
    }
    header.push('\n');
    let error = read(header.as_bytes()).unwrap_err();
    assert_eq!((error.code(), error.location().file.as_deref()), (Code::CsvTooManyColumns, Some(FILE)));
    small(&said_error(&error));
    let row: serde_json::Map<String, Value> = (0..300_000).map(|i| (format!("c{i}"), Value::from(CANARY))).collect();
    let error = rows_json::read(&json!([row]).to_string(), Some("f.json")).unwrap_err();
    assert_eq!((error.code(), error.location().file.as_deref()), (Code::CsvTooManyColumns, Some("f.json")));
    no_canary(&said_error(&error), "columns");
}

#[test]
fn a_million_columns_in_a_file_of_a_crosswalk() {
    let mut text = String::from("year,v");
    for i in 0..1_000_000 {
        write!(text, ",c{i}").unwrap();
    }
    text.push_str("\n2018,4.1\n");
    let imported = crosswalk(&one_file(json!({}))).import(catalogue(), &[SourceFile { name: "a.csv".into(), bytes: text.into_bytes() }]).unwrap();
    let entry = &imported.ledger[0];
    assert_eq!(entry.rows, entry.used + entry.skipped + entry.not_selected + entry.rejected);
    assert!(said(&imported.findings).len() < 2_000_000);
}
