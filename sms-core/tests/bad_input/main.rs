//! Bad input: each reader answers with a coded error or finding that names the place, good rows survive, the counts of
//! rows add up, and nothing that was said ever repeats what stood in a cell.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::disallowed_methods, missing_docs, reason = "tests")]

mod canary;
mod data;
mod definitions;
mod encodings;
mod numbers;
mod requests;
mod rows;
mod size;

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
    assert_eq!(c.read, c.used + c.rejected + c.pretest + c.duplicates, "{c:?}");
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
