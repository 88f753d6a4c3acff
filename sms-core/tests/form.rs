//! Laws of forms: whatever is handed in, nothing panics, columns fit together, and no cell is repeated in a message.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs, reason = "tests")]

use proptest::prelude::*;
use serde_json::{Value, json};
use sms_core::wire::Engine;
use std::collections::BTreeSet;
use std::sync::OnceLock;

fn call(request: &Value) -> Value {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    let engine = ENGINE
        .get_or_init(|| Engine::new(sms_catalogue::CATALOGUE_JSON, sms_catalogue::METHODS).unwrap().with_questions(sms_catalogue::QUESTIONS_JSON).unwrap());
    serde_json::from_str(&engine.call_json(&request.to_string())).unwrap()
}

/// How many cases each law is tried on; `cargo dev deep` tries more.
fn cases() -> u32 {
    std::env::var("SMS_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(24)
}

const TOPICS: &[&str] = &["disability", "health", "discrimination_grounds", "ethnic_origin", "religion", "gender_identity", "sexual_orientation"];
const SELECTIONS: &[&str] = &["core", "pilot-areas", "DIS-O-01", "EQU-O-01", "SAF-O-01", "CHY-O-03", "ENV-O-07", "GOV-O-01", "ENV-O-05"];
const LANGUAGES: &[&[&str]] = &[&["en"], &["de"], &["de", "en"]];

/// A form of some topics and indicators.
fn a_form() -> impl Strategy<Value = Value> {
    let some = |list: &'static [&'static str]| prop::collection::btree_set(prop::sample::select(list), 0..list.len());
    (some(TOPICS), some(SELECTIONS), any::<bool>(), prop::sample::select(LANGUAGES)).prop_map(|(topics, selection, desirable, languages)| {
        let basis: serde_json::Map<String, Value> = topics.iter().map(|t| ((*t).to_owned(), json!({"ground": "art9_2_j"}))).collect();
        json!({"legal_basis": basis, "selection": selection, "desirable": desirable, "languages": languages, "dimensions": ["WG_SS", "SOGI"],
            "codes": {"DISTRICT": [{"code": "n"}], "INCOME": (1..=5).map(|n| json!({"code": format!("QU{n}"), "label": {"en": format!("group {n}")}})).collect::<Vec<_>>()}})
    })
}

const CELLS: &[&str] = &[
    "",
    "yes",
    "no",
    "refused",
    "dont_know",
    "-99",
    "-98",
    "17",
    "25",
    "40",
    "71",
    "1",
    "0",
    "F",
    "M",
    "none",
    "SV-SOC SV-POL",
    "none SV-SOC",
    "no_difficulty",
    "cannot_do",
    "NONE",
    "SEV",
    "secret-7f3a",
    "very_safe",
    "never_out",
    "strongly_agree",
    "NaN",
    "1e400",
    "  yes  ",
];

const GROUPS: &[&str] = &["", "about/", "x-", "home-services/"];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases()))]

    #[test]
    fn a_form_hangs_together(form in a_form()) {
        let made = call(&json!({"op": "form.build", "form": form}));
        let survey = &made["ok"]["form"]["survey"];
        let columns = survey["columns"].as_array().unwrap();
        let at = |name: &str| columns.iter().position(|c| c == name).unwrap();
        let cell = |row: &Value, name: &str| row[at(name)].as_str().unwrap().to_owned();
        let lists: BTreeSet<&str> = made["ok"]["form"]["choices"]["rows"].as_array().unwrap().iter().map(|r| r[0].as_str().unwrap()).collect();
        let mut before: BTreeSet<String> = BTreeSet::new();
        let mut depth = 0;
        for row in survey["rows"].as_array().unwrap() {
            prop_assert_eq!(row.as_array().unwrap().len(), columns.len());
            let (kind, name) = (cell(row, "type"), cell(row, "name"));
            depth += i32::from(kind == "begin_group") - i32::from(kind == "end_group");
            if let Some(list) = kind.split_whitespace().nth(1) {
                prop_assert!(lists.contains(list), "{} has no answers", list);
            }
            // conditions and filters look back only
            for text in [cell(row, "relevant"), cell(row, "choice_filter")] {
                for reference in text.split("${").skip(1) {
                    let to = reference.split('}').next().unwrap();
                    prop_assert!(before.contains(to), "{} asks for {}", name, to);
                }
            }
            prop_assert!(kind == "end_group" || before.insert(name.clone()), "{} twice", name);
        }
        prop_assert_eq!(depth, 0);
        for topic in TOPICS {
            let (may, given) = (format!("may_{topic}"), form["legal_basis"].get(*topic).is_some());
            prop_assert!(given || !before.contains(&may), "{}", topic);
        }
    }

    #[test]
    fn any_export_is_read_or_refused(form in a_form(), cells in prop::collection::vec(prop::collection::vec(prop::sample::select(CELLS), 40), 0..12), group in prop::sample::select(GROUPS)) {
        let built = call(&json!({"op": "form.build", "form": form}));
        let names: Vec<String> = built["ok"]["form"]["survey"]["rows"]
            .as_array()
            .unwrap()
            .iter()
            .map(|r| (r[0].as_str().unwrap(), r[1].as_str().unwrap()))
            .filter(|(kind, _)| !kind.contains("group") && *kind != "note")
            .map(|(_, name)| if name == "consent" { name.to_owned() } else { format!("{group}{name}") })
            .take(40)
            .collect();
        let rows: Vec<Vec<&str>> = cells.iter().map(|row| names.iter().zip(row).map(|(name, cell)| if name == "consent" { "yes" } else { cell }).collect()).collect();
        let read = call(&json!({"op": "form.read", "form": form, "export": {"header": names, "rows": rows}}));
        prop_assert!(!read.to_string().contains("secret-7f3a"), "a cell is repeated");
        let Some(made) = read.get("ok") else {
            prop_assert_eq!(&read["error"]["code"], "form.bad-request");
            return Ok(());
        };
        let n = made["rows"].as_u64().unwrap();
        prop_assert_eq!(n as usize, rows.len());
        for (name, column) in made["columns"].as_object().unwrap() {
            prop_assert_eq!(column.as_array().unwrap().len() as u64, n);
            if let Some(absent) = made["absent"].get(name) {
                // a value or a reason, never both, never neither
                let fits = column.as_array().unwrap().iter().zip(absent.as_array().unwrap()).all(|(v, why)| v.is_null() != why.is_null());
                prop_assert!(fits, "{}", name);
            }
        }
        for q in made["questions"].as_array().unwrap() {
            let sum: u64 = ["answered", "refused", "dont_know", "not_applicable", "not_asked", "missing"].iter().map(|k| q[*k].as_u64().unwrap()).sum();
            prop_assert_eq!(sum, n);
        }
        // one person alone has no sampling error, and the survey says so
        if n > 1 {
            let estimated = call(&json!({"op": "survey.estimate", "plan": made["plan"], "columns": made["columns"], "reporting": {"confidence": 0.95}}));
            prop_assert!(estimated.get("ok").is_some(), "{}", estimated);
            let rows = call(&json!({"op": "form.observations", "estimates": estimated["ok"]["estimates"], "place": "here", "period": "2026"}));
            prop_assert!(rows.get("ok").is_some(), "{}", rows);
            // every estimate has a row, or is told of; the second side of a difference goes with the first
            let given = estimated["ok"]["estimates"].as_array().unwrap().iter().filter(|e| !e["estimate"].as_str().unwrap().ends_with(":minus")).count() as u64;
            let told = |code: &str| rows["ok"]["findings"]["counts"][code].as_u64().unwrap_or(0);
            let made = rows["ok"]["rows"].as_array().unwrap();
            prop_assert_eq!(given, made.len() as u64 + told("form.estimate-not-carried") + told("form.estimate-without-value"));
            prop_assert_eq!(made.iter().filter(|r| r["se"].is_null()).count() as u64, told("form.error-not-carried"));
            prop_assert!(made.iter().all(|r| r["se"].as_f64().is_none_or(|se| se > 0.0)));
        }
    }
}
