//! What is too large costs little, and is told in few words.

use super::*;

const HUNDRED: usize = 100_000_000;

#[test]
fn a_line_of_100_mb_costs_one_row() {
    let mut bytes = format!("{HEADER}\n{}\nWSP-O-04,gent,2020,,4,,,,,,,,,", GOOD[0]).into_bytes();
    bytes.resize(bytes.len() + HUNDRED, b'k');
    bytes.extend_from_slice(format!("\n{}\n", GOOD[1]).as_bytes());
    let (observations, dataset, findings) = checked(&bytes);
    assert_eq!(dataset.len(), 2);
    assert_eq!(place_of(&findings, Code::CsvFieldTooLong).1, Some(3));
    small(&said(&findings));
    small(&format!("{observations:?}{dataset:?}"));
    small(&csv::write(&observations));
}

#[test]
fn a_header_of_30_mb_is_refused_in_few_words() {
    let mut bytes = b"indicator,place,period,".to_vec();
    bytes.resize(bytes.len() + 30_000_000, b'k');
    let error = read(&bytes).unwrap_err();
    assert_eq!(error.location().file.as_deref(), Some(FILE));
    small(&said_error(&error));
}

#[test]
fn a_note_of_10_mb_costs_its_row_alone() {
    let note = "k".repeat(10_000_000);
    let (_, dataset, findings) = checked(format!("{HEADER}\n{}\nWSP-O-04,gent,2020,,4,,,,,,,,,{note}\n{}\n", GOOD[0], GOOD[1]).as_bytes());
    assert_eq!(dataset.len(), 2);
    assert_eq!(place_of(&findings, Code::CsvFieldTooLong), (Some(FILE.to_owned()), Some(3), None));
    small(&said(&findings));
    let rows = json!([{"indicator": "WSP-O-04", "place": "gent", "period": "2018", "value": 4, "note": note}, {"indicator": "WSP-O-04", "place": "gent", "period": "2019", "value": 4}]);
    let observations = rows_json::read(&rows.to_string(), None).unwrap();
    let (dataset, findings) = dataset::check(catalogue(), &observations);
    adds_up(&dataset);
    assert_eq!((dataset.len(), findings.count(Code::CsvFieldTooLong)), (1, 1));
    small(&said(&findings));
}

#[test]
fn rows_beyond_the_limit_are_refused() {
    let limits = Limits { rows: 2, ..Limits::default() };
    let text = table(&[HEADER, GOOD[0], GOOD[1], GOOD[0]], "\n");
    let error = csv::read(&text, &Dialect { limits, ..dialect() }).unwrap_err();
    assert_eq!((error.code(), error.location().file.as_deref()), (Code::CsvTooManyRows, Some(FILE)));
}

#[test]
fn many_bad_rows_do_not_need_many_words() {
    let mut text = format!("{HEADER}\n");
    for i in 0..20_000 {
        writeln!(text, "WSP-O-04,gent,2018,,{CANARY}{i},,,,,,,,,").unwrap();
    }
    let (_, dataset, findings) = checked(text.as_bytes());
    assert_eq!((dataset.len(), findings.count(Code::ObsNumberUnreadable)), (0, 20_000));
    assert_eq!(findings.items().len() as u64, Findings::DETAIL_LIMIT);
    no_canary(&said(&findings), "findings");
}

/// A wrong id in each row is common (a column of the city's own codes): every row is counted.
#[test]
fn unknown_ids_are_counted_in_every_row() {
    let mut text = format!("{HEADER}\n");
    for i in 0..3_000 {
        writeln!(text, "HOUSING-{:03},gent,2018,,4,,,,,,,,,", i % 10).unwrap();
    }
    let (_, dataset, findings) = checked(text.as_bytes());
    assert_eq!((dataset.len(), findings.count(Code::ObsUnknownIndicator)), (0, 3_000));
}

#[test]
fn a_long_column_name_has_no_near_one() {
    let mut bytes = b"year,".to_vec();
    bytes.resize(bytes.len() + 4_000_000, b'k');
    bytes.extend_from_slice(b"\n2018,4.1\n");
    let imported = crosswalk(&one_file(json!({}))).import(catalogue(), &[SourceFile { name: "a.csv".into(), bytes }]).unwrap();
    assert_eq!(imported.findings.count(Code::CrosswalkMissingColumn), 1);
    assert!(!said(&imported.findings).contains("did_you_mean"));
    small(&said(&imported.findings));
}

#[test]
fn an_unmapped_column_with_a_long_name_is_named_in_few_words() {
    let mut bytes = b"year,v,".to_vec();
    bytes.resize(bytes.len() + 1_000_000, b'k');
    bytes.extend_from_slice(b"\n2018,4.1,\n");
    let imported = crosswalk(&one_file(json!({}))).import(catalogue(), &[SourceFile { name: "a.csv".into(), bytes }]).unwrap();
    small(&said(&imported.findings));
}
