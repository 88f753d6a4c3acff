//! Bad input: each reader answers with a coded error or finding that names the place, good rows survive, the counts of
//! rows add up, and nothing that was said ever repeats what stood in a cell.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::disallowed_methods, missing_docs, reason = "tests")]

use serde_json::{Value, json};
use sms_core::crosswalk::{Crosswalk, SourceFile};
use sms_core::dataset::{self, Dataset};
use sms_core::exchange::csv::{self, Dialect, Encoding};
use sms_core::exchange::json as rows_json;
use sms_core::num::{DecimalSign, NumberProblem, parse_number};
use sms_core::observation::{Column, Limits, Row};
use sms_core::report::Table;
use sms_core::wire::Engine;
use sms_core::{AssessmentPlan, Catalogue, Code, Error, Findings, Method, Observations, Period, PrivacyPolicy, assess};
use std::fmt::Write as _;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

/// Stands in cells, and must stand nowhere else.
const CANARY: &str = "kanarie";
/// The same, as a number.
const CANARY_NUMBER: &str = "83619.2047";

const FILE: &str = "figures.csv";
const HEADER: &str = "indicator,place,period,SEX,value,numerator,denominator,n,se,status,confidentiality,round,source,note";
const GOOD: [&str; 2] = ["WSP-O-04,gent,2018,,4.1,,,,,,public,,,", "WSP-O-04,gent,2019,,4.3,,,,,,public,,,"];

fn engine() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(|| Engine::new(sms_catalogue::CATALOGUE_JSON, sms_catalogue::METHODS).unwrap())
}

fn catalogue() -> &'static Arc<Catalogue> {
    engine().catalogue()
}

fn dialect() -> Dialect {
    Dialect { file: Some(FILE.to_owned()), ..Dialect::default() }
}

fn read(bytes: &[u8]) -> Result<Observations, Error> {
    csv::read(bytes, &dialect())
}

/// Reads, checks, and holds the counts against each other.
fn checked(bytes: &[u8]) -> (Observations, Dataset, Findings) {
    let observations = read(bytes).unwrap();
    let (dataset, findings) = dataset::check(catalogue(), &observations);
    adds_up(&dataset);
    (observations, dataset, findings)
}

fn adds_up(dataset: &Dataset) {
    let c = dataset.row_counts();
    assert_eq!(c.read, c.used + c.quarantined + c.pretest + c.duplicates, "{c:?}");
    assert_eq!(c.used, dataset.len());
}

/// Everything that errors and findings can say.
fn said(findings: &Findings) -> String {
    let mut all = serde_json::to_string(findings).unwrap();
    write!(all, "{findings:?}").unwrap();
    for f in findings.items() {
        write!(all, "{f}{f:?}").unwrap();
    }
    all
}

fn said_error(error: &Error) -> String {
    format!("{error}{error:?}{}", serde_json::to_string(&error.to_data()).unwrap())
}

fn no_canary(text: &str, what: &str) {
    let low = text.to_lowercase();
    for canary in [CANARY, CANARY_NUMBER, "83619", "kanari"] {
        assert!(!low.contains(canary), "{what} repeats a cell: {}", text.chars().take(2000).collect::<String>());
    }
}

fn small(text: &str) {
    assert!(text.len() < 20_000, "{} bytes were said", text.len());
}

/// File, row and column of the first finding of a code.
fn place_of(findings: &Findings, code: Code) -> (Option<String>, Option<u32>, Option<String>) {
    let found = findings.items().iter().find(|f| f.code == code).unwrap_or_else(|| panic!("no {code} in {findings:?}"));
    let l = &found.location;
    (l.file.as_deref().map(str::to_owned), l.row, l.column.as_deref().map(str::to_owned))
}

fn table(lines: &[&str], end: &str) -> Vec<u8> {
    lines.iter().map(|l| format!("{l}{end}")).collect::<String>().into_bytes()
}

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
        assert_eq!(dataset.quarantined(), [3], "{row}");
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
    assert_eq!((dataset.len(), dataset.row_counts().quarantined), (2, bad.len()));
    assert_eq!(dataset.quarantined().len(), bad.len());
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
    assert_eq!(dataset.quarantined(), [3, 4]);
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

// --- encodings ---

fn utf16(text: &str, big: bool, mark: bool) -> Vec<u8> {
    let units = mark.then_some('\u{feff}').into_iter().chain(text.chars()).collect::<String>();
    units.encode_utf16().flat_map(|u| if big { u.to_be_bytes() } else { u.to_le_bytes() }).collect()
}

#[test]
fn encodings_are_told_or_declared() {
    let text = format!("{HEADER}\nWSP-O-04,Malmö,2018,,4.1,,,,,,public,,,\n");
    let latin: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    for bytes in [text.clone().into_bytes(), format!("\u{feff}{text}").into_bytes(), latin.clone(), utf16(&text, false, true), utf16(&text, true, true)] {
        let (_, dataset, _) = checked(&bytes);
        assert_eq!(dataset.places()[0].code.as_str(), "Malmö");
    }
    let strict = Dialect { encoding: Encoding::Utf8, ..dialect() };
    let mut odd = utf16(&text, false, true);
    odd.pop();
    for bytes in [latin, text.as_bytes()[..text.find('ö').unwrap() + 1].to_vec(), odd, vec![0xFF, 0xFE, 0x00, 0xD8], vec![0xEF, 0xBB, 0xBF, 0xC3]] {
        let error = csv::read(&bytes, &strict).unwrap_err();
        assert_eq!((error.code(), error.location().file.as_deref()), (Code::CsvBadEncoding, Some(FILE)));
        no_canary(&said_error(&error), "encoding");
    }
}

#[test]
fn utf_16_without_a_mark_is_never_taken_for_figures_in_silence() {
    for big in [false, true] {
        let text = format!("{HEADER}\n{}\n", GOOD[0]);
        match read(&utf16(&text, big, false)) {
            Err(error) => small(&said_error(&error)),
            Ok(observations) => {
                let (dataset, findings) = dataset::check(catalogue(), &observations);
                adds_up(&dataset);
                assert!(!findings.is_empty());
                assert!(dataset.is_empty());
            }
        }
    }
}

/// A byte-order mark says which encoding it is: what does not fit it is no text, and somebody must hear of it.
#[test]
fn broken_text_behind_a_byte_order_mark_is_reported() {
    let text = format!("{HEADER}\nWSP-O-04,gent,2018,,4.1,,,,,,public,,,Sint-Am");
    let mut utf8 = format!("\u{feff}{text}").into_bytes();
    utf8.push(0xC3);
    let mut odd = utf16(&text, false, true);
    odd.push(0x41);
    let mut lone = utf16(&text, false, true);
    lone.extend([0x00, 0xD8]);
    for (name, bytes) in [("utf-8", utf8), ("utf-16 of odd length", odd), ("utf-16 with half a pair", lone)] {
        match read(&bytes) {
            Err(error) => assert_eq!(error.code(), Code::CsvBadEncoding),
            Ok(observations) => assert!(!observations.findings().is_empty(), "{name}: the text was mended in silence"),
        }
    }
}

// --- quotes ---

#[test]
fn a_missing_closing_quote_never_swallows_rows_in_silence() {
    for at in [1, 5, 9] {
        let mut text = String::from("indicator,place,period,value,note\n");
        for i in 0..10 {
            let note = if i == at { format!("\"{CANARY}") } else { String::new() };
            writeln!(text, "WSP-O-04,gent,{},4.1,{note}", 2010 + i).unwrap();
        }
        let (_, dataset, findings) = checked(text.as_bytes());
        assert!(dataset.len() >= at as usize, "rows before the quote survive");
        assert_eq!(
            findings.items().iter().filter(|f| f.severity == sms_core::Severity::Error && f.location.row == Some(at as u32 + 2)).count(),
            1,
            "row {}: {findings:?}",
            at + 2
        );
        no_canary(&said(&findings), "quote");
    }
}

#[test]
fn a_missing_closing_quote_in_the_middle_of_a_row_is_reported() {
    let text = format!("{HEADER}\n{}\nWSP-O-04,\"{CANARY},2019,,4,,,,,,,,,\n{}\n", GOOD[0], GOOD[1]);
    let (_, dataset, findings) = checked(text.as_bytes());
    assert_eq!(dataset.len(), 2, "the row behind the quote is read again");
    assert_eq!(place_of(&findings, Code::CsvUnclosedQuote), (Some(FILE.to_owned()), Some(3), None));
    no_canary(&said(&findings), "quote");
}

// --- size ---

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

fn quick(limit: u64, what: &str, job: impl FnOnce()) {
    let start = Instant::now();
    job();
    let took = start.elapsed();
    assert!(took < Duration::from_secs(limit), "{what} took {took:?}");
}

/// A wrong id in each row is common (a column of the city's own codes): it must not cost more than a right one.
#[test]
fn unknown_ids_cost_no_more_than_known_ones() {
    let mut text = format!("{HEADER}\n");
    for i in 0..3_000 {
        writeln!(text, "HOUSING-{:03},gent,2018,,4,,,,,,,,,", i % 10).unwrap();
    }
    quick(5, "3 000 rows with 10 unknown indicators", || {
        let (_, dataset, findings) = checked(text.as_bytes());
        assert_eq!((dataset.len(), findings.count(Code::ObsUnknownIndicator)), (0, 3_000));
    });
}

#[test]
fn a_long_column_name_is_not_compared_letter_by_letter() {
    let mut bytes = b"year,".to_vec();
    bytes.resize(bytes.len() + 4_000_000, b'k');
    bytes.extend_from_slice(b"\n2018,4.1\n");
    quick(4, "a column name of 4 MB", || {
        let imported = crosswalk(&one_file(json!({}))).import(catalogue(), &[SourceFile { name: "a.csv".into(), bytes }]).unwrap();
        assert_eq!(imported.findings.count(Code::CrosswalkMissingColumn), 1);
        small(&said(&imported.findings));
    });
}

#[test]
fn an_unmapped_column_with_a_long_name_is_named_in_few_words() {
    let mut bytes = b"year,v,".to_vec();
    bytes.resize(bytes.len() + 1_000_000, b'k');
    bytes.extend_from_slice(b"\n2018,4.1,\n");
    let imported = crosswalk(&one_file(json!({}))).import(catalogue(), &[SourceFile { name: "a.csv".into(), bytes }]).unwrap();
    small(&said(&imported.findings));
}

// --- signs that are no letters ---

#[test]
fn nul_bytes_and_control_characters() {
    let text = format!("{HEADER}\n{}\nWSP-O-04,ge\0nt,2020,,4\0,,,,,,,,,{CANARY}\0\nWSP-O-04,ge\0nt,2021,,4,,,,,,,,,\0\u{1b}[31m\n", GOOD[0]);
    let (observations, dataset, findings) = checked(text.as_bytes());
    assert_eq!((dataset.len(), dataset.places().len()), (2, 1));
    assert_eq!(place_of(&findings, Code::ObsNumberUnreadable).1, Some(3));
    assert!(!csv::write(&observations).contains(['\0', '\u{1b}']));
    no_canary(&said(&findings), "findings");
}

/// A group that is written, however oddly, is not everybody.
#[test]
fn a_group_of_unreadable_signs_is_not_everybody() {
    let text = "indicator,place,period,SEX,value\nWSP-O-04,gent,2018,\u{1},4.1\n";
    let (_, dataset, findings) = checked(text.as_bytes());
    assert!(dataset.is_empty(), "a row about some group became the figure for everybody");
    assert_eq!(findings.count(Code::ObsUnknownGroup), 1);
}

#[test]
fn right_to_left_and_combining_text() {
    let text = "indicator,place,period,DISTRICT,value,note\nWSP-O-04,القدس,2018,حي,4.1,\u{202e}كلمة\nWSP-O-04,القدس,2018,,4.1,שלום\nWSP-O-04,القدس,٢٠١٨,,4.1,\nWSP-O-04,القدس,2019,,٤,\n";
    let (observations, dataset, findings) = checked(text.as_bytes());
    assert_eq!(dataset.len(), 2);
    assert_eq!(place_of(&findings, Code::ObsPeriodUnreadable).1, Some(4));
    assert_eq!(place_of(&findings, Code::ObsNumberUnreadable).1, Some(5));
    let again = read(csv::write(&observations).as_bytes()).unwrap();
    assert_eq!(again.rows().take(2).collect::<Vec<_>>(), observations.rows().take(2).collect::<Vec<_>>());
    // two ways to write the same letter are one place
    let (_, dataset, _) = checked("indicator,place,period,value\nWSP-O-04,Malm\u{f6},2018,4\nWSP-O-04,Malmo\u{308},2019,4\n".as_bytes());
    assert_eq!(dataset.places().len(), 1);
}

// --- JSON rows ---

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

// --- columns and rows handed in as data ---

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
    assert_eq!((dataset.len(), dataset.row_counts().quarantined, dataset.row_counts().duplicates), (1, 2, 1));
    assert_eq!((findings.count(Code::ObsDuplicateKey), findings.count(Code::ObsDuplicateIdentical)), (1, 1));
    assert_eq!(dataset.quarantined(), [2, 3], "line numbers of the quarantined rows");
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

// --- catalogue and method ---

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

// --- crosswalk ---

/// A crosswalk of one file `a.csv` with a year and a value `v`, with further fields of the file.
fn one_file(more: Value) -> Value {
    let mut file = json!({"name": "a.csv", "period": "year", "value": "v", "series": [{"indicator": "WSP-O-04"}]});
    for (key, value) in more.as_object().unwrap() {
        file[key] = value.clone();
    }
    json!({"place": {"code": "gent"}, "defaults": {"confidentiality": "public"}, "file": [file]})
}

fn crosswalk(value: &Value) -> Crosswalk {
    Crosswalk::from_value(value.clone()).unwrap()
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

// --- wire ---

fn call(request: &Value) -> Value {
    let answer: Value = serde_json::from_str(&engine().call_json(&request.to_string())).unwrap();
    assert!(answer.get("ok").is_some() != answer.get("error").is_some());
    answer
}

#[test]
fn requests_that_are_refused() {
    for (request, code) in [
        (json!(null), "wire.bad-request"),
        (json!([]), "wire.bad-request"),
        (json!({}), "wire.bad-request"),
        (json!({"op": 5}), "wire.bad-request"),
        (json!({"op": CANARY}), "wire.unknown-op"),
        (json!({"op": "chek"}), "wire.unknown-op"),
        (json!({"op": "x".repeat(1_000_000)}), "wire.unknown-op"),
        (json!({"op": "check"}), "wire.bad-request"),
        (json!({"op": "check", "observations": CANARY}), "wire.bad-request"),
        (json!({"op": "check", "observations": {"csv": 5}}), "wire.bad-request"),
        (json!({"op": "check", "observations": {"csv": "", "dialect": {"encoding": CANARY}}}), "wire.bad-request"),
        (json!({"op": "check", "observations": {"rows": CANARY}}), "json.bad-shape"),
        (json!({"op": "check", "observations": {"rows": [CANARY]}}), "json.bad-shape"),
        (json!({"op": "assess", "observations": {"rows": []}}), "assess.no-place"),
        (json!({"op": "assess", "observations": {"rows": []}, "method": CANARY}), "wire.bad-request"),
        (json!({"op": "assess", "observations": {"rows": []}, "method": {"format": CANARY}}), "method.bad-json"),
        (json!({"op": "assess", "observations": {"rows": []}, "plan": {"kanarie": 1}}), "wire.unknown-field"),
        (json!({"op": "assess", "observations": {"rows": []}, "policy": {"threshold": -1}}), "wire.bad-request"),
        (
            json!({"op": "assess", "observations": {"rows": [{"indicator": "WSP-O-04", "place": "a", "period": "2018", "value": 4}]}, "policy": {"threshold": 0}}),
            "release.bad-threshold",
        ),
        (
            json!({"op": "assess", "observations": {"rows": [{"indicator": "WSP-O-04", "place": "a", "period": "2018", "value": 4}]}, "plan": {"selection": [CANARY]}}),
            "assess.unknown-selection",
        ),
        (
            json!({"op": "assess", "observations": {"rows": [{"indicator": "WSP-O-04", "place": "a", "period": "2018", "value": 4}]}, "plan": {"places": [CANARY]}}),
            "assess.unknown-place",
        ),
        (json!({"op": "assess", "observations": {"rows": []}, "plan": {"periods": {"only": [CANARY]}}}), "wire.bad-request"),
        (
            json!({"op": "explain", "observations": {"rows": [{"indicator": "WSP-O-04", "place": "a", "period": "2018", "value": 4}]}, "id": CANARY}),
            "explain.unknown-id",
        ),
        (json!({"op": "import", "crosswalk": CANARY, "files": []}), "crosswalk.bad-file"),
        (json!({"op": "catalogue.show", "id": CANARY}), "assess.unknown-selection"),
        (json!({"op": "catalogue.list", "selection": CANARY}), "assess.unknown-selection"),
        (json!({"op": "dimension.accepts", "dimension": CANARY, "code": CANARY}), "wire.bad-request"),
        (json!({"op": "period.parse", "text": CANARY}), "period.unreadable"),
        (json!({"op": "number.parse", "text": CANARY}), "num.unreadable"),
        (json!({"op": "number.parse", "text": "nan"}), "num.not-finite"),
        (json!({"op": "score.goalposts", "value": CANARY, "worst": 1, "best": 2}), "wire.bad-request"),
        (json!({"op": "score.goalposts", "value": 1, "worst": 2, "best": 2}), "score.equal-goalposts"),
        (json!({"op": "score.maturity", "level": 1e300, "map": [0, 100]}), "score.unknown-level"),
        (json!({"op": "aggregate.mean", "items": [], "minimum_coverage": 0.6}), "aggregate.no-items"),
        (json!({"op": "aggregate.mean", "items": [{"score": 1e300, "weight": 1}], "minimum_coverage": 0.6}), "aggregate.score-out-of-range"),
        (
            json!({"op": "aggregate.mean", "items": [{"score": 1, "weight": 1e308}, {"score": 1, "weight": 1e308}], "minimum_coverage": 0.6}),
            "aggregate.bad-weight",
        ),
    ] {
        let answer = call(&request);
        let shown = request.to_string().chars().take(200).collect::<String>();
        assert_eq!(answer["error"]["code"], code, "{shown}: {answer}");
        no_canary(&answer.to_string(), &shown);
        small(&answer.to_string());
    }
}

/// What serde says of a wrong type quotes what it found; the word "expected" may stand there too.
#[test]
fn a_wrong_type_is_named_without_the_text_that_was_found() {
    for text in ["expected kanarie", "x, expected kanarie", "missing field kanarie", "unknown variant kanarie expected kanarie"] {
        for request in [
            json!({"op": "score.goalposts", "value": text, "worst": 1, "best": 2}),
            json!({"op": "number.parse", "text": "1", "decimal": text}),
            json!({"op": "estimate.from_counts", "kind": text, "numerator": 1, "denominator": 2, "multiplier": 1, "confidence": 0.9}),
            json!({"op": "import", "crosswalk": {"place": {"code": "g"}, "file": text}, "files": []}),
            json!({"op": "import", "crosswalk": one_file(json!({"decimal": text})), "files": []}),
            json!({"op": "import", "crosswalk": one_file(json!({})), "files": text}),
            json!({"op": "disclosure.primary", "kind": "count", "counts": {"numerator": text}, "multiplier": 1, "threshold": 10, "class_disclosure": false}),
        ] {
            let answer = call(&request);
            assert!(answer.get("error").is_some(), "{request}");
            no_canary(&answer.to_string(), &request.to_string());
        }
    }
}

/// Every number of an answer is finite: what is beyond all bounds is an error, not `null`.
#[test]
fn numbers_beyond_all_bounds_are_errors() {
    for request in [
        json!({"op": "estimate.from_counts", "kind": "rate", "numerator": 1, "denominator": 1, "multiplier": 1e308, "confidence": 0.95}),
        json!({"op": "estimate.given", "value": 1e308, "se": 1e308, "confidence": 0.95}),
        json!({"op": "estimate.byar", "count": 1.7e308, "confidence": 0.95}),
        json!({"op": "estimate.wilson", "numerator": 1e308, "denominator": 1e308, "confidence": 0.95}),
        json!({"op": "progress.change", "earlier": -1.7e308, "later": 1.7e308, "years": 1, "polarity": "lower", "tolerance": 0}),
        json!({"op": "equality.gap", "groups": [{"value": -1.7e308}, {"value": 1.7e308}], "polarity": "lower", "significance": 0.05}),
        json!({"op": "score.goalposts", "value": 1.7e308, "worst": -1.7e308, "best": 1}),
        json!({"op": "score.band", "value": 1.7e308, "worst_low": 0, "lower": 1, "upper": 2, "worst_high": 3}),
    ] {
        let answer = call(&request);
        if let Some(ok) = answer.get("ok") {
            let text = ok.to_string();
            assert!(!text.contains(":null"), "{request} answers {text}");
        }
    }
}

#[test]
fn figures_beyond_all_bounds_do_not_reach_a_report() {
    let text = format!(
        "{HEADER}\nENV-O-01,a,2018,,1.7e308,,,,1.7e308,,public,,,\nENV-O-01,a,2017,,1,,,,,,public,,,\nENV-O-01,a,2018,F,0,,,,,,public,,,\nHOU-O-01,a,2018,,,1.7e308,1.7e308,,,,public,,,\nEQU-O-04,a,2018,,-1.7e308,,,,,,public,,,\nEQU-O-04,a,2017,,100,,,,,,public,,,\n"
    );
    let (_, dataset, findings) = checked(text.as_bytes());
    let method = engine().method("standard").unwrap();
    let report = assess::assess(&method, &dataset.into(), &findings, &AssessmentPlan::default()).unwrap().release(&method.public_policy()).unwrap();
    let json = report.to_json();
    assert!(!json.contains(": null"), "a number that is none: {}", json.lines().filter(|l| l.contains(": null")).collect::<String>());
    for table in Table::ALL {
        let csv = report.frame(*table).to_csv();
        assert!(!csv.split([',', '\n']).any(|f| matches!(f, "inf" | "-inf" | "NaN")), "{csv}");
    }
}

#[test]
fn a_period_asked_for_twice_is_assessed_once() {
    let answer = call(
        &json!({"op": "assess", "observations": {"rows": [{"indicator": "WSP-O-04", "place": "a", "period": "2018", "value": 4, "confidentiality": "public"}]},
        "plan": {"periods": {"only": ["2018", "2018"]}}}),
    );
    assert_eq!(answer["ok"]["places"].as_array().unwrap().len(), 1);
}

// --- periods and numbers ---

#[test]
fn periods_that_are_refused() {
    let long = "2".repeat(1_000_000);
    for text in [
        "",
        " ",
        "kanarie",
        "0000",
        "1799",
        "2201",
        "9999",
        "-2018",
        "+2018",
        "20181",
        "2018-",
        "2018-13",
        "2018-00",
        "2018-Q0",
        "2018-Q5",
        "2018-Q",
        "2018-M13",
        "2018-M",
        "2018-M099",
        "2018/2018",
        "2018-2017",
        "2018/17/16",
        "2018 to",
        "to 2018",
        "2018 to 2017",
        "2018-19 to 2020",
        "1800-2200",
        "2018\0",
        "2018\n-19x",
        "２０１８",
        "٢٠١٨",
        "2018-1٩",
        "2018\u{202e}",
        "1e3",
        "NaN",
        &long,
    ] {
        let error = text.parse::<Period>().unwrap_err();
        assert_eq!(error.code(), Code::PeriodUnreadable, "{text}");
        small(&said_error(&error));
        no_canary(&said_error(&error), "period");
    }
}

#[test]
fn numbers_that_are_refused() {
    use NumberProblem::{Ambiguous, NotFinite, Unreadable};
    let long = "1".repeat(1_000_000);
    for (text, want) in [
        ("", Unreadable),
        (" ", Unreadable),
        ("+", Unreadable),
        (".", Unreadable),
        (",", Unreadable),
        ("e5", Unreadable),
        ("e1,5", Unreadable),
        ("e,", Unreadable),
        ("E1.5,5", Unreadable),
        ("1e", Unreadable),
        ("1e5e5", Unreadable),
        ("1.2.3", Unreadable),
        ("1,2,3", Unreadable),
        ("12 34", Unreadable),
        ("1 2345", Unreadable),
        ("1\u{a0}23", Unreadable),
        ("0x1F", Unreadable),
        ("1_000", Unreadable),
        ("5%", Unreadable),
        ("€5", Unreadable),
        ("5\0", Unreadable),
        ("٣", Unreadable),
        ("５", Unreadable),
        ("½", Unreadable),
        ("\u{202e}5", Unreadable),
        ("one", Unreadable),
        ("true", Unreadable),
        ("nan", NotFinite),
        ("-NaN", NotFinite),
        ("inf", NotFinite),
        ("+INFINITY", NotFinite),
        ("1e309", NotFinite),
        ("-1e309", NotFinite),
        (&long, NotFinite),
        ("1,234", Ambiguous),
        ("-1,234", Ambiguous),
        ("12,345", Ambiguous),
        ("123,456", Ambiguous),
    ] {
        assert_eq!(parse_number(text, DecimalSign::Detect), Err(want), "{:?}", text.chars().take(20).collect::<String>());
    }
}

/// The sign is read alike whichever sign stands for the decimal, and however minus is written.
#[test]
fn a_number_has_one_sign() {
    for text in ["--5", "+-5", "-+5", "--5,5", "+-5,5", "-+5,5", "--1 234,5", "+\u{2212}5,5"] {
        assert_eq!(parse_number(text, DecimalSign::Detect), Err(NumberProblem::Unreadable), "{text}");
    }
    assert_eq!(parse_number("\u{2212}1,234", DecimalSign::Detect), parse_number("-1,234", DecimalSign::Detect));
    assert_eq!(parse_number("\u{2212}12,345", DecimalSign::Detect), Err(NumberProblem::Ambiguous));
}

// --- nothing repeats a cell ---

/// Every way out of a public report.
fn outputs(report: &sms_core::Report) -> String {
    let mut all = report.to_json();
    write!(all, "{report:?}{}", said(report.findings())).unwrap();
    for table in Table::ALL {
        let frame = report.frame(*table);
        all.push_str(&frame.to_csv());
        all.push_str(&serde_json::to_string(&frame.to_rows()).unwrap());
        write!(all, "{frame:?}").unwrap();
    }
    for indicator in catalogue().indicators() {
        for place in ["gent", "brugge"] {
            if let Ok(told) = report.explain(indicator.id.as_str(), Some(place)) {
                all.push_str(&serde_json::to_string(&told).unwrap());
            }
        }
    }
    all
}

#[test]
fn a_withheld_figure_leaves_no_trace_in_a_public_report() {
    // 7 of 83619.2047 by n and se, too: numbers that occur nowhere else
    let secret = "0.0071935";
    let text = format!(
        "{HEADER}\nWSP-O-04,gent,2018,,,7,{CANARY_NUMBER},,,,,,,{CANARY}\nWSP-O-04,gent,2018,F,{secret},,,,0.83619,,,,,{CANARY}\nWSP-O-04,gent,2018,M,,7,83619,83619,,,,,,{CANARY}\nGBV-O-04,gent,2018,,7,,,,,,,,,{CANARY}\nWSP-O-01,gent,2018,,4,,,,,,public,,,\n"
    );
    let (observations, dataset, findings) = checked(text.as_bytes());
    let method = engine().method("standard").unwrap();
    let assessment = assess::assess(&method, &Arc::new(dataset.clone()), &findings, &AssessmentPlan::default()).unwrap();
    no_canary(&format!("{observations:?}{dataset:?}{assessment:?}{}", said(assessment.findings())), "Debug");
    for policy in [method.public_policy(), PrivacyPolicy::public(20).unwrap(), method.public_policy().with_fingerprint_key(b"secret")] {
        let report = assessment.release(&policy).unwrap();
        let all = outputs(&report);
        no_canary(&all, "a public report");
        assert!(!all.contains(secret) && !all.contains("0.00719"));
    }
    // inside the house everything is shown, and stamped
    let report = assessment.release(&PrivacyPolicy::internal()).unwrap();
    let json = report.to_json();
    assert!(json.contains("\"audience\": \"internal\"") && json.contains(CANARY) && json.contains("83619.2047"));
}

/// Plain data types that hold a secret or a cell do not print it when they are printed for debugging.
#[test]
fn a_fingerprint_key_is_never_printed() {
    let request: sms_core::wire::PolicyRequest = serde_json::from_value(json!({"fingerprint_key": CANARY})).unwrap();
    no_canary(&format!("{request:?}"), "PolicyRequest");
    no_canary(&format!("{:?}", request.policy(&engine().method("standard").unwrap()).unwrap()), "PrivacyPolicy");
}

/// A first line that is no header holds cells: what it says is not repeated.
#[test]
fn a_file_without_a_header_line_does_not_give_its_first_row_away() {
    let error = read(format!("WSP-O-04,gent,2018,{CANARY_NUMBER},{CANARY_NUMBER}\nWSP-O-04,gent,2019,4,4\n").as_bytes()).unwrap_err();
    no_canary(&said_error(&error), "header");
}
