//! The command line, as a person uses it.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout, missing_docs, reason = "tests")]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn sms(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sms")).args(args).current_dir(root()).stdin(Stdio::null()).output().unwrap()
}

fn piped(args: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_sms"))
        .args(args)
        .current_dir(root())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn the_first_command_assesses_bristol_and_names_the_report() {
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report.html");
    let out = sms(&["assess", "examples/bristol", "-o", &report.to_string_lossy()]);
    assert_eq!(out.status.code(), Some(0), "{}", text(&out.stderr));
    let shown = text(&out.stdout);
    assert!(shown.contains("Bristol") && shown.trim_end().ends_with("report.html"), "{shown}");
    let page = std::fs::read_to_string(report).unwrap();
    assert!(page.starts_with("<!DOCTYPE html>") && page.contains("Bristol"));
}

#[test]
fn formats_and_standard_streams() {
    let csv = std::fs::read(root().join("examples/bristol/observations.csv")).unwrap();
    let out = piped(&["assess", "-", "--format", "json"], &csv);
    let report: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!(report["places"][0]["place"], "E06000023");
    let out = sms(&["assess", "examples/bristol", "--format", "csv", "--table", "gaps"]);
    let table = text(&out.stdout);
    assert!(table.starts_with("place,assessed,indicator,dimension,") && table.contains("SAF-O-01,DEPRIV"));
    let out = sms(&["assess", "examples/bristol", "--format", "html", "--table", "gaps"]);
    assert_eq!((out.status.code(), text(&out.stdout).is_empty()), (Some(2), true), "a page holds the whole report");
    let out = sms(&["assess", "examples/bristol", "--format", "table", "--plain"]);
    assert!(!text(&out.stdout).contains('\u{1b}'), "no colour codes");
}

#[test]
fn an_attack_finds_what_was_planted_and_lets_a_released_report_pass() {
    let csv = b"indicator,place,period,SEX,numerator,denominator\nWSP-O-04,x,2018,,44,1000\nWSP-O-04,x,2018,F,4,500\nWSP-O-04,x,2018,M,40,500\n";
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.json");
    let report = text(&piped(&["assess", "-", "--format", "json"], csv).stdout);
    std::fs::write(&path, &report).unwrap();
    let name = path.to_string_lossy().into_owned();
    let passed = sms(&["attack", &name]);
    assert_eq!(passed.status.code(), Some(0), "{}", text(&passed.stdout));
    assert!(text(&passed.stdout).contains("safe: 4 parts"), "{}", text(&passed.stdout));
    // someone puts the figure of men back
    let mut open: serde_json::Value = serde_json::from_str(&report).unwrap();
    let indicators = open["places"][0]["indicators"].as_array_mut().unwrap();
    let indicator = indicators.iter_mut().find(|i| i["id"] == "WSP-O-04").unwrap();
    indicator["groups"][1]["figure"] = serde_json::json!({"kind": "value", "value": 8, "numerator": 40, "denominator": 500});
    let leaky = folder.path().join("leaky.json");
    std::fs::write(&leaky, open.to_string()).unwrap();
    let leaky = leaky.to_string_lossy().into_owned();
    let caught = sms(&["attack", &leaky]);
    assert_eq!(caught.status.code(), Some(1));
    let told = text(&caught.stdout);
    assert!(told.contains("TOO NARROW (4 to 4 if groups are complete)") && told.contains("NOT SAFE"), "{told}");
    assert!(told.contains("everybody without SEX=F SEX=M"), "{told}");
    let before = sms(&["attack", &name, "--previous", &leaky]);
    assert_eq!(before.status.code(), Some(0), "the earlier report showed it: nothing new");
    assert!(text(&before.stdout).contains("5 were published before"), "{}", text(&before.stdout));
    // an explanation that somebody at the data holder gave away
    let told = text(
        &piped(&["explain", "WSP-O-04", "-", "--internal", "--format", "json"], b"indicator,place,period,numerator,denominator\nWSP-O-04,x,2018,4,1000\n")
            .stdout,
    );
    let explanation = folder.path().join("explanation.json").to_string_lossy().into_owned();
    std::fs::write(&explanation, told).unwrap();
    let small = folder.path().join("small.json").to_string_lossy().into_owned();
    let report = piped(&["assess", "-", "--format", "json"], b"indicator,place,period,numerator,denominator\nWSP-O-04,x,2018,4,1000\n");
    std::fs::write(&small, &report.stdout).unwrap();
    assert_eq!(sms(&["attack", &small]).status.code(), Some(0));
    let caught = sms(&["attack", &small, "--explanation", &explanation]);
    assert_eq!(caught.status.code(), Some(1));
    assert!(text(&caught.stdout).contains("value from explanation"), "{}", text(&caught.stdout));
    let as_json = sms(&["attack", &leaky, "--format", "json"]);
    let found: serde_json::Value = serde_json::from_slice(&as_json.stdout).unwrap();
    assert_eq!((&found["verdicts"]["exact"], &found["verdicts"]["too_narrow"], &found["verdicts"]["unproven"]), (&0.into(), &2.into(), &2.into()));
    assert_eq!(sms(&["attack", "README.md"]).status.code(), Some(2));
    let later = piped(&["assess", "-", "--format", "json", "--previous", &name], csv);
    assert_eq!(later.status.code(), Some(0), "{}", text(&later.stderr));
}

#[test]
fn check_names_file_row_and_column_and_exits_with_1() {
    let csv = b"indicator,place,period,value\nWSP-O-04,x,2018,4.1\nWSP-O-4,x,2018,4.1\nWSP-O-04,x,late,4.1\nWSP-O-04,x,2019,712345.5\n";
    let out = piped(&["check", "-"], csv);
    assert_eq!(out.status.code(), Some(1));
    let shown = text(&out.stdout);
    assert!(shown.contains("4 rows read: 1 used, 3 rejected"), "{shown}");
    assert!(shown.contains("standard input, row 3, column indicator, did you mean: WSP-O-04"), "{shown}");
    assert!(shown.contains("row 4, column period") && shown.contains("row 5, column value"), "{shown}");
    assert!(!shown.contains("712345"), "a value is never echoed");
    let out = piped(&["check", "-", "--format", "json"], csv);
    let answer: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!(answer["rejected"], serde_json::json!([3, 4, 5]));
}

#[test]
fn what_cannot_be_done_exits_with_2_and_a_hint() {
    for args in [
        &["assess", "no-such-folder"] as &[&str],
        &["explain", "NOPE", "examples/bristol"],
        &["catalogue", "show", "HOU-O-1"],
        &["assess", "examples/bristol", "--period", "soon"],
        &["assess", "examples/bristol", "--select", "cor"],
        &["schema", "nothing"],
        &["import", "--crosswalk", "README.md", "examples/bristol"],
    ] {
        let out = sms(args);
        assert_eq!(out.status.code(), Some(2), "{args:?}");
        let shown = text(&out.stderr);
        assert!(shown.starts_with("error: ") && shown.contains("hint: "), "{args:?}: {shown}");
    }
    assert!(text(&sms(&["catalogue", "show", "HOU-O-1"]).stderr).contains("did you mean HOU-O-0"));
}

#[test]
fn explain_tells_a_story() {
    let out = sms(&["explain", "SAF-O-01", "examples/bristol"]);
    let shown = text(&out.stdout);
    assert!(shown.contains("Score: 62.9 of 100") && shown.contains("Bristol"), "{shown}");
    let out = sms(&["explain", "SAF-O-01", "examples/bristol", "--format", "json"]);
    let story: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    assert!((story["result"].as_f64().unwrap() - 62.8698839926).abs() < 1e-9);
}

#[test]
fn the_catalogue_can_be_listed_shown_and_compared() {
    let out = sms(&["catalogue", "list", "--selection", "core", "--format", "json"]);
    let list: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!(list.as_array().unwrap().len(), 34);
    let shown = text(&sms(&["catalogue", "show", "HOU-O-01"]).stdout);
    assert!(shown.contains("Homelessness rate") && shown.contains("not the catalogue of the Human Rights Cities Network"));
    let folder = tempfile::tempdir().unwrap();
    let old = folder.path().join("old.json");
    let baked = std::fs::read_to_string(root().join("catalogue/baked/catalogue.json")).unwrap();
    std::fs::write(&old, baked.replace("Homelessness rate", "Homeless people")).unwrap();
    let out = sms(&["catalogue", "diff", &old.to_string_lossy()]);
    assert!(text(&out.stdout).contains("~ HOU-O-01: name"), "{}", text(&out.stdout));
}

#[test]
fn vectors_answer_line_by_line() {
    let out = piped(&["vectors", "--stdio"], b"{\"op\":\"versions\"}\n\nnot json\n{\"op\":\"nope\"}\n");
    let answers: Vec<serde_json::Value> = text(&out.stdout).lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(answers.len(), 3);
    assert!(answers[0]["ok"]["library"].is_string());
    assert_eq!(answers[1]["error"]["code"], "json.syntax");
    assert_eq!(answers[2]["error"]["code"], "wire.unknown-op");
}

#[test]
fn schemas_completions_and_manual_are_there() {
    // OpenAPI has a version of its own
    for name in text(&sms(&["schema"]).stdout).lines().filter(|name| *name != "openapi") {
        let schema: serde_json::Value = serde_json::from_slice(&sms(&["schema", name]).stdout).unwrap();
        assert!(schema["$schema"].as_str().unwrap().contains("2020-12"), "{name}");
    }
    assert!(text(&sms(&["completions", "bash"]).stdout).contains("_sms"));
    assert!(text(&sms(&["man"]).stdout).contains(".TH"));
}

#[test]
fn small_groups_are_withheld_and_internal_is_stamped() {
    let public = text(&sms(&["assess", "examples/invented-city", "--format", "json"]).stdout);
    let report: serde_json::Value = serde_json::from_str(&public).unwrap();
    let of = |report: &serde_json::Value, id: &str| report["places"][0]["indicators"].as_array().unwrap().iter().find(|i| i["id"] == id).unwrap().clone();
    let group =
        |i: &serde_json::Value, code: &str| i["groups"].as_array().unwrap().iter().find(|g| g["groups"][0][1] == code).unwrap()["figure"]["kind"].clone();
    // 6 of 120 in one district; a second district goes along, so that the total gives nothing away
    let care = of(&report, "HEA-O-01");
    assert_eq!(group(&care, "Harbour"), "suppressed");
    let hidden = ["Harbour", "Hill", "Mill Quarter", "Old Town"].iter().filter(|d| group(&care, d) == "suppressed").count();
    assert!(hidden >= 2);
    assert_eq!(report["provenance"]["audience"], "public");
    let internal = text(&sms(&["assess", "examples/invented-city", "--format", "json", "--internal"]).stdout);
    let report: serde_json::Value = serde_json::from_str(&internal).unwrap();
    assert_eq!(report["provenance"]["audience"], "internal");
    assert_eq!(group(&of(&report, "HEA-O-01"), "Harbour"), "value");
}

#[test]
fn import_accounts_for_every_row() {
    let data = root().join("../shared/data/bristol");
    if !data.is_dir() {
        assert!(std::env::var_os("CI").is_none(), "../shared/data is missing in CI");
        println!("skipped: ../shared/data is not there");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let observations = folder.path().join("observations.csv");
    let out = sms(&["import", "--crosswalk", "examples/bristol/crosswalk.toml", &data.to_string_lossy(), "-o", &observations.to_string_lossy()]);
    assert_eq!(out.status.code(), Some(0), "{}", text(&out.stderr));
    let ledger = text(&out.stderr);
    assert!(ledger.contains("indicator_16-1-1.csv") && ledger.contains("not mapped: "), "{ledger}");
    let out = sms(&["assess", &observations.to_string_lossy(), "--plan", "examples/bristol/plan.toml", "--format", "table"]);
    assert_eq!(out.status.code(), Some(0), "{}", text(&out.stderr));
    assert!(text(&out.stdout).contains("Bristol"));
}

#[test]
fn the_training_exercise_comes_out_as_its_answers_say() {
    let answers = std::fs::read_to_string(root().join("examples/training/answers.md")).unwrap();
    let told = |args: &[&str], parts: &[(&str, &str)]| {
        let out = sms(args);
        assert_eq!(out.status.code(), Some(0), "{}", text(&out.stderr));
        // as one line, whatever the width of the terminal
        let shown = text(&out.stdout).split_whitespace().collect::<Vec<_>>().join(" ");
        for (here, there) in parts {
            assert!(shown.contains(here), "{here}\n{shown}");
            assert!(answers.contains(there), "{there} is not in the answers");
        }
    };
    told(
        &["assess", "examples/training", "--format", "table"],
        &[
            ("score 67.0 of 100 points", "**67.0 points**"),
            ("the result would be 44.7; at its best, 78.0", "**44.7**"),
            ("12.1 percentage points apart. The gap is larger than chance explains", "**12.1 percentage points** apart"),
            ("requires 13 breakdowns by group of these indicators; 0 are published. Index of invisibility: 100 %", "13 of 13: **100 %**"),
            ("by sex: 0 of 2 published; 1 withheld", "for SAF-O-01 they are withheld"),
        ],
    );
    told(&["explain", "HOU", "examples/training"], &[("by 5 points at most: 74.0 points", "**74 points**"), ("This is rated \"good\"", "rated good")]);
    told(
        &["explain", "HOU-O-03", "examples/training"],
        &[("30 % scores 70.0 points", "**70 points**"), ("it is worse by 3 percentage points", "**worse by 3 percentage points**")],
    );
}

#[test]
fn methods_are_listed_shown_and_checked() {
    let shown = text(&sms(&["methods", "list"]).stdout);
    assert!(["standard", "undp-hdi", "undp-gdi", "sdg-africa", "spi", "statcan-progress"].iter().all(|id| shown.contains(id)), "{shown}");
    let shown = text(&sms(&["methods", "show", "undp-hdi"]).stdout);
    assert!(shown.contains("geometric mean of health, education, income") && shown.contains("le_worst"), "{shown}");
    let shown = text(&sms(&["methods", "show", "standard"]).stdout);
    assert!(shown.contains("outcomes_first.weight = 0.8"), "{shown}");
    for path in ["catalogue/methods/standard", "catalogue/methods/published/gdi.toml", "catalogue/baked/index-hdi.json"] {
        let out = sms(&["methods", "check", path]);
        assert!(text(&out.stdout).contains("Nothing is wrong"), "{path}: {}", text(&out.stderr));
    }
    let out = sms(&["methods", "show", "undp-hdl"]);
    assert_eq!(out.status.code(), Some(2));
    assert!(text(&out.stderr).contains("did you mean undp-hdi?"));
}

#[test]
fn a_mistake_in_an_index_is_found_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hdi.toml");
    let file = std::fs::read_to_string(root().join("catalogue/methods/published/hdi.toml")).unwrap();
    let line = 1 + file.lines().position(|l| l.contains("of = \"le\"")).unwrap();
    std::fs::write(&path, file.replace("of = \"le\"", "of = \"gnipcc\"")).unwrap();
    let out = sms(&["methods", "check", &path.to_string_lossy()]);
    let shown = text(&out.stderr);
    assert_eq!(out.status.code(), Some(2));
    assert!(shown.contains("index.unknown-name") && shown.contains(&format!("line {line}")) && shown.contains("did you mean gnipc?"), "{shown}");
}

#[test]
fn an_index_is_computed_over_a_table() {
    // UNDP HDR 2023/24: Niger 2022, published 0.394
    let data = b"country,le,eys,mys,gnipc\nNiger,62.08,7.186131428,1.341352433,1283.309235\nNowhere,62,,3,999\n";
    let out = piped(&["index", "undp-hdi", "-", "--format", "csv"], data);
    let shown = text(&out.stdout);
    assert!(shown.starts_with("unit,hdi,health,education,income,hdi_published,absent\nNiger,0.39359703902761"), "{shown}");
    assert!(shown.contains("hdi: missing (eys)"), "{shown}");
    let out = piped(&["index", "catalogue/methods/published/hdi.toml", "-", "--format", "json", "--show", "hdi"], data);
    let result: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!(result["outputs"][0]["absent"][0]["from"], "eys");
    let shown = text(&piped(&["index", "undp-hdi", "-", "--explain", "Niger"], data).stdout);
    assert!(shown.contains("Hardly any gain") && shown.contains("[step 2]"), "{shown}");
    let out = piped(&["index", "undp-hdi", "-"], b"country,le,eys,mys\nx,1,2,3\n");
    assert_eq!(out.status.code(), Some(2));
    assert!(text(&out.stderr).contains("index.missing-column"));
}

#[test]
fn a_pretest_is_judged() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("answers.csv");
    let mut csv = "respondent;question;answer;no_answer;seconds;group\n".to_owned();
    for i in 0..40 {
        csv.push_str(&format!("p{i};age;{};;{};{}\n", 20 + i, 10 + i % 3, if i < 36 { "A" } else { "B" }));
        csv.push_str(&if i < 8 { format!("p{i};rent;;refused;9;A\n") } else { format!("p{i};rent;{};;9;A\n", i * 13) });
    }
    std::fs::write(&file, csv).unwrap();
    let shown = text(&sms(&["pretest", &file.to_string_lossy()]).stdout);
    assert!(shown.contains("40 persons, 2 questions") && shown.contains("rent: modify, because refused share is 0.200"), "{shown}");
    assert!(shown.contains("2 shares by group are withheld"), "{shown}");
    let json: serde_json::Value = serde_json::from_slice(&sms(&["pretest", &file.to_string_lossy(), "--format", "json"]).stdout).unwrap();
    assert_eq!(json["questions"][0]["proposal"], "keep");
    let questions = folder.path().join("questions.toml");
    std::fs::write(&questions, "[[question]]\nid = \"age\"\nkind = \"number\"\n").unwrap();
    let out = sms(&["pretest", &file.to_string_lossy(), "--questions", &questions.to_string_lossy()]);
    assert_eq!(out.status.code(), Some(2));
    assert!(text(&out.stderr).contains("pretest.unknown-question"), "{}", text(&out.stderr));
}

#[test]
fn delphi_rounds_are_judged() {
    let folder = tempfile::tempdir().unwrap();
    let mut files = Vec::new();
    for (round, shift) in [("1.csv", 0), ("2.csv", 1), ("3.csv", 1)] {
        let mut csv = "rater,side,item,rating\n".to_owned();
        for i in 0..8 {
            csv.push_str(&format!(
                "r{i},{},HOU-O-01,{}\nr{i},{0},EDU-O-01,{}\n",
                if i % 2 == 0 { "city" } else { "civil_society" },
                7 + i % 2,
                4 + shift + i % 3
            ));
        }
        let path = folder.path().join(round);
        std::fs::write(&path, csv).unwrap();
        files.push(path.to_string_lossy().into_owned());
    }
    let shown = text(&sms(&["delphi", &files[0], &files[1]]).stdout);
    assert!(shown.contains("Round 2 of 2: 8 raters") && shown.contains("EDU-O-01 still move"), "{shown}");
    let shown = text(&sms(&["delphi", &files[0], &files[1], &files[2]]).stdout);
    assert!(shown.contains("Stop: no median moves"), "{shown}");
    let out = sms(&["delphi", &files[0], "--format", "json"]);
    let json: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!(json["stop"]["verdict"], "first_round");
}

#[test]
fn the_road_map_tells_where_a_city_is_and_refuses_with_a_fix() {
    let run = "examples/roadmap/neverhaven.toml";
    let shown = text(&sms(&["roadmap", "status", run, "--until", "2025-01-21"]).stdout);
    for says in ["You are in step 4", "The sign-off of civil society", "A Roof for All or Residents of the Old Quay", "Back from “Refine and harmonise”"] {
        assert!(shown.contains(says), "{says}: {shown}");
    }
    let next = text(&sms(&["roadmap", "next", run]).stdout);
    assert!(next.contains("Begin a new cycle."), "{next}");
    let state: serde_json::Value = serde_json::from_slice(&sms(&["roadmap", "status", run, "--format", "json"]).stdout).unwrap();
    assert_eq!(
        (&state["state"]["cycle_complete"], &state["state"]["loops"], &state["state"]["steps"][4]["status"]),
        (&true.into(), &1.into(), &"skipped".into())
    );
    let page = text(&sms(&["roadmap", "page", run]).stdout);
    assert!(page.starts_with("<!DOCTYPE html>") && page.contains("Neverhaven"));
    let cohort = text(&sms(&["roadmap", "cohort", "examples/roadmap/cohort"]).stdout);
    assert!(cohort.contains("8 cities take part, 1 watch") && cohort.contains("Dunmarsh (observer)"), "{cohort}");
    let out = sms(&["roadmap", "apply", run, "type=started", "step=core", "date=2025-06-02", "by=office"]);
    assert_eq!(out.status.code(), Some(2));
    let refused = text(&out.stderr);
    assert!(refused.contains("roadmap.step-closed") && refused.contains("fix: {\"new_cycle\":{}}"), "{refused}");
}

#[test]
fn a_city_holds_itself_against_a_framework_and_its_services_against_principles() {
    let shown = text(&sms(&["screen", "framework", "examples/screen"]).stdout);
    for says in [
        "Neverhaven (invented)",
        "Beside the view “City”: 5 lower",
        "Since round 2025: 6 better",
        "a higher level than before, shown by nothing new",
        "never enter their scores",
    ] {
        assert!(shown.contains(says), "{says}: {shown}");
    }
    let made: serde_json::Value = serde_json::from_slice(&sms(&["screen", "services", "examples/screen", "--format", "json"]).stdout).unwrap();
    assert_eq!((made["screenings"].as_array().unwrap().len(), &made["screenings"][0]["services"][1]["service"]), (2, &"day-care".into()));
    let page = text(&sms(&["screen", "services", "examples/screen/services.toml", "--format", "html"]).stdout);
    assert!(page.starts_with("<!DOCTYPE html>") && page.contains("Housing desk"));
    let form = text(&sms(&["screen", "questions", "aaaq", "--round", "2027", "--view", "users", "--format", "csv"]).stdout);
    assert!(form.starts_with("round,view,item,") && form.contains("2027,users,AAAQ-AV1,"), "{form}");
    // the empty form can be read as it is: nothing is answered yet
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("answers.csv"), &form).unwrap();
    let file = folder.path().join("services.toml");
    std::fs::write(&file, "answers = \"answers.csv\"\n[[rounds]]\nid = \"2027\"\nfrom = 2027-01-01\nto = 2027-12-31\n").unwrap();
    assert_eq!(sms(&["screen", "services", &file.to_string_lossy()]).status.code(), Some(0));
    std::fs::write(folder.path().join("answers.csv"), "round,view,item,answer,assessor,date,service\n2027,users,AAAQ-AV1,perhaps,x,2027-02-01,SV-EDU\n")
        .unwrap();
    let out = sms(&["screen", "services", &file.to_string_lossy()]);
    assert_eq!(out.status.code(), Some(2));
    let refused = text(&out.stderr);
    assert!(refused.contains("screen.bad-answer") && refused.contains("answers.csv") && !refused.contains("perhaps"), "{refused}");
    let gaps = text(&sms(&["screen", "cross-reference", "CFR", "--select", "core"]).stdout);
    assert!(gaps.contains("EU Charter, Article 13: Freedom of the arts and sciences: no indicator"), "{gaps}");
}

#[test]
fn cities_learn_from_each_other_over_tables() {
    let json = |args: &[&str]| -> serde_json::Value {
        let out = sms(args);
        assert_eq!(out.status.code(), Some(0), "{args:?}: {}", text(&out.stderr));
        serde_json::from_slice(&out.stdout).unwrap()
    };
    let folder = "examples/peers";
    let made = json(&["peers", "comparators", folder, "-k", "3", "--format", "json"]);
    assert_eq!((made["cities"].as_array().unwrap().len(), made["cities"][0]["comparators"].as_array().unwrap().len()), (8, 3));
    let made = json(&["peers", "mentoring", folder, "--format", "json"]);
    assert!(made["matches"].as_array().unwrap().iter().all(|m| m["mentee"] != m["mentor"]));
    // Garrow helps nobody
    assert!(made["matches"].as_array().unwrap().iter().all(|m| m["mentor"] != "Garrow"));
    for (args, says) in [
        (vec!["peers", "comparators", folder], "Frame "),
        (vec!["peers", "tiers", folder, "--theme", "housing"], "Calderby"),
        (vec!["peers", "mentoring", folder], "cities decide"),
        (vec!["peers", "twinning", folder], "strong where the other is weak"),
        (vec!["peers", "potential", folder], "partly by luck"),
        (vec!["peers", "follow-up", folder, "--as-of", "2026-07-01"], "no measure of the state of human rights"),
        (vec!["influence", "difference", "examples/influence/panel.csv", "--treated", "Neverhaven", "--from", "2022"], "Taken on trust"),
        (vec!["influence", "interrupted", "examples/influence/series.csv", "--from", "2022"], "jump at the start"),
        (vec!["influence", "synthetic", "examples/influence/panel.csv", "--city", "Neverhaven", "--from", "2022"], "Mix: "),
        (vec!["influence", "contribution", "examples/influence"], "Weakest link: shown"),
    ] {
        let out = sms(&args);
        assert_eq!(out.status.code(), Some(0), "{args:?}: {}", text(&out.stderr));
        assert!(text(&out.stdout).contains(says), "{args:?}: {}", text(&out.stdout));
    }
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("panel.csv");
    std::fs::write(&file, "city,time,value\nA,2020,secret\n").unwrap();
    let out = sms(&["influence", "difference", &file.to_string_lossy(), "--treated", "A", "--from", "2021"]);
    let refused = text(&out.stderr);
    assert!(out.status.code() == Some(2) && refused.contains("num.unreadable") && refused.contains("panel.csv") && !refused.contains("secret"), "{refused}");
}

#[test]
fn a_new_city_can_start_walking() {
    let folder = tempfile::tempdir().unwrap();
    let city = folder.path().join("krakow");
    let at = city.to_string_lossy().into_owned();
    let out = sms(&["new", "Kraków \"Test\"", "--start", "2025-01-01", "--folder", &at]);
    assert_eq!(out.status.code(), Some(0), "{}", text(&out.stderr));
    assert_eq!(sms(&["new", "Kraków", "--start", "2025-01-01", "--folder", &at]).status.code(), Some(2), "nothing is overwritten");
    assert_eq!(sms(&["new", "X", "--start", "soon", "--folder", "nowhere"]).status.code(), Some(2));
    let run = city.join("roadmap.toml");
    let before = std::fs::read_to_string(&run).unwrap();
    assert!(before.contains("id = \"krakow-test\""), "{before}");
    let refused = sms(&["roadmap", "apply", &at, "type=completed", "step=commit", "date=2025-01-02", "by=office"]);
    assert_eq!((refused.status.code(), std::fs::read_to_string(&run).unwrap()), (Some(2), before.clone()));
    let dry = sms(&["roadmap", "apply", &at, "type=started", "step=commit", "date=2025-01-02", "by=office", "--dry-run"]);
    assert_eq!((dry.status.code(), std::fs::read_to_string(&run).unwrap()), (Some(0), before.clone()));
    assert_eq!(sms(&["roadmap", "apply", &at, "type=started", "step=commit", "date=2025-01-02", "by=office"]).status.code(), Some(0));
    let after = std::fs::read_to_string(&run).unwrap();
    assert!(after.starts_with(before.trim_end()) && after.contains("[[events]]"), "the log only grows");
    assert!(text(&sms(&["roadmap", "status", &at]).stdout).contains("You are in step 1"));
    assert_eq!(sms(&["check", &at]).status.code(), Some(0), "the template has no bad row");
}

#[test]
fn a_form_goes_out_and_its_answers_come_back_to_an_assessment() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let form = root().join("examples/form/neverhaven.toml").display().to_string();
    let made = sms(&["form", "build", "--form", &form, "-o", &at("form")]);
    assert_eq!(made.status.code(), Some(0), "{}", text(&made.stderr));
    let shown = text(&made.stdout);
    assert!(shown.contains("9 indicators are asked") && shown.contains("GBV-O-01: safe survey"), "{shown}");
    assert!(text(&made.stderr).contains("form.own-translation (1)"), "{}", text(&made.stderr));
    for name in ["form.xlsx", "questionnaire.en.html", "questionnaire.de.html", "questionnaire.en.txt", "plan.csv"] {
        assert!(folder.path().join("form").join(name).is_file(), "{name}");
    }
    assert!(std::fs::read(at("form/form.xlsx")).unwrap().starts_with(b"PK\x03\x04"));
    let page = std::fs::read_to_string(at("form/questionnaire.de.html")).unwrap();
    assert!(page.contains("Leben in Neverhaven") && page.contains("Rechtsgrundlage: statistische Zwecke") && !page.contains("<script"));

    let plan = text(&sms(&["form", "plan", "--form", &form, "--from", "2026", "--to", "2028"]).stdout);
    assert!(plan.starts_with("indicator,name,asked,") && plan.contains("GOV-S-01,"), "{plan}");
    let template = sms(&["form", "template", "--select", "SAF-O-01", "--place", "here", "--period", "2026", "-o", &at("table")]);
    assert_eq!(template.status.code(), Some(0), "{}", text(&template.stderr));
    assert_eq!(sms(&["check", &at("table/observations.csv")]).status.code(), Some(0));

    let export = root().join("examples/form/kobo-export.csv").display().to_string();
    let counts = text(&sms(&["form", "read", &export, "--form", &form, "--weight", "w", "--microdata", &at("microdata.csv")]).stdout);
    assert!(counts.contains("question,answered,refused,dont_know,not_applicable,not_asked,missing\nage,"), "{counts}");
    assert!(std::fs::read_to_string(at("microdata.csv")).unwrap().lines().count() > 150);
    let read = sms(&["form", "read", &export, "--form", &form, "--weight", "w", "--place", "neverhaven", "--period", "2026", "-o", &at("observations.csv")]);
    assert_eq!(read.status.code(), Some(0), "{}", text(&read.stderr));
    let assessed = sms(&["assess", &at("observations.csv"), "-o", &at("report.html")]);
    assert_eq!(assessed.status.code(), Some(0), "{}", text(&assessed.stderr));
    assert_eq!(sms(&["form", "build", "--language", "tlh", "-o", &at("no")]).status.code(), Some(2));
}

#[test]
fn codes_go_to_other_lists_and_what_is_lost_is_named() {
    let shown = |args: &[&str]| text(&sms(&[&["catalogue", "codes"], args].concat()).stdout);
    assert_eq!(shown(&["SEX", "F", "T", "--to", "SDMX:CL_SEX"]), "F -> F\nT -> _T\nNothing is lost.\n");
    let into_parents = shown(&["DISAB", "SOME", "SEV", "NONE", "--into", "SM_SEV", "--into", "NONE"]);
    assert!(into_parents.ends_with("lost, merged: SM_SEV: SOME, SEV\n"), "{into_parents}");
    let json: serde_json::Value = serde_json::from_str(&shown(&["AGE", "Y18", "Y30", "--into", "Y18-24", "--format", "json"])).unwrap();
    assert_eq!((json["loss"][0]["kind"].as_str(), json["loss"][1]["kind"].as_str()), (Some("no_counterpart"), Some("not_covered")));
    let apart = sms(&["catalogue", "codes", "DISAB", "SEV", "--to", "WG:SHORT_SET"]);
    assert!(apart.status.code() == Some(2) && text(&apart.stderr).contains("a code list that the dimension follows"), "{}", text(&apart.stderr));
}

#[test]
fn from_survey_microdata_to_gaps() {
    let (file, plan) = ("examples/survey/households.csv", "examples/survey/plan.toml");
    let made = |more: &[&str]| {
        let mut args = vec!["survey", file, "--plan", plan];
        args.extend(more);
        sms(&args)
    };
    let out = made(&["--gaps", "lower", "--format", "json"]);
    assert_eq!(out.status.code(), Some(0), "{}", text(&out.stderr));
    assert!(text(&out.stderr).contains("not released"));
    let json: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!((json["rows"].as_u64(), json["gaps"].as_array().unwrap().len()), (Some(108), 2));
    let sex = &json["gaps"][0]["compared"]["found"][0];
    assert_eq!((sex["group"].as_str(), sex["with"].as_str(), sex["verdict"].as_str()), (Some("F"), Some("M"), Some("shown")));
    // the design moves both together: surer than the two errors side by side
    let groups = &json["groups"][0];
    let error = |at: usize| groups["groups"][at]["se"].as_f64().unwrap();
    assert!(groups["covariance"][0][1].as_f64().unwrap() > 0.0 && sex["se"].as_f64().unwrap() < error(0).hypot(error(1)));
    let out = made(&["--gaps", "lower", "--reference", "centre"]);
    let shown = text(&out.stdout);
    assert!(shown.contains("rent by district, 2 comparisons") && shown.contains("north") && !shown.contains("by sex"), "{shown}");
    let out = made(&["--gaps", "lower", "--reference", "moon"]);
    assert!(out.status.code() == Some(2) && text(&out.stderr).contains("equality.bad-groups"), "{}", text(&out.stderr));
    let plain = made(&[]);
    assert!(text(&plain.stdout).contains("district=centre") && !text(&plain.stdout).contains("verdict"));
    let place = tempfile::tempdir().unwrap();
    let broken = place.path().join("rows.csv");
    let first = std::fs::read_to_string(root().join(file)).unwrap();
    for (from, to, code) in [
        (",30.5,F", ",-30.5,F", "survey.bad-weight"),
        ("north,n1,30.5,F", ",n1,30.5,F", "survey.missing-design-value"),
        ("rent_share", "rent", "csv.missing-column"),
    ] {
        std::fs::write(&broken, first.replacen(from, to, 1)).unwrap();
        let out = sms(&["survey", &broken.to_string_lossy(), "--plan", plan]);
        assert!(out.status.code() == Some(2) && text(&out.stderr).contains(code), "{code}: {}", text(&out.stderr));
    }
}
