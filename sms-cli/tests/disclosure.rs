//! Nothing that the command line writes depends on what is withheld: every command that reads figures or a report, in every format
//! that it offers, byte for byte. Commands, formats and tables are read from the help, so that a new one is looked at as well.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs, reason = "tests")]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

fn run(folder: &Path, args: &[&str]) -> String {
    let out = Command::new(env!("CARGO_BIN_EXE_sms")).args(args).current_dir(folder).stdin(Stdio::null()).output().unwrap();
    let shown = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    format!("exit {:?}\n--- out\n{}\n--- err\n{}", out.status.code(), shown(out.stdout), shown(out.stderr))
}

/// A city of two districts by sex and age, with all margins: those who count of each leaf, and the rest.
fn city(leaves: &[(u32, u32); 8]) -> String {
    let mut text = String::from("indicator,place,place_parent,period,SEX,AGE,numerator,denominator\nHOU-O-01,city,,2019,,,400,100000\n");
    for place in ["d1", "d2", "city"] {
        for sex in ["F", "M", ""] {
            for age in ["Y_LT18", "Y_GE18", ""] {
                let (mut n, mut rest) = (0, 0);
                for (i, leaf) in leaves.iter().enumerate() {
                    let at = (["d1", "d2"][i / 4], ["F", "M"][i / 2 % 2], ["Y_LT18", "Y_GE18"][i % 2]);
                    if (place == "city" || place == at.0) && (sex.is_empty() || sex == at.1) && (age.is_empty() || age == at.2) {
                        n += leaf.0;
                        rest += leaf.1;
                    }
                }
                let parent = if place == "city" { "" } else { "city" };
                text.push_str(&format!("WSP-O-04,{place},{parent},2019,{sex},{age},{n},{}\n", n + rest));
            }
        }
    }
    text
}

const LEAVES: [(u32, u32); 8] = [(40, 500), (4, 300), (60, 700), (50, 900), (30, 400), (25, 350), (45, 600), (70, 800)];

/// One person changes places round a square of four groups in each district: all margins stay, and the small group has three.
fn moved() -> [(u32, u32); 8] {
    let mut other = LEAVES;
    for (i, leaf) in other.iter_mut().enumerate() {
        let up = matches!(i % 4, 0 | 3) == (i < 4);
        leaf.0 = if up { leaf.0 + 1 } else { leaf.0 - 1 };
    }
    other
}

/// The help of a command in one line.
fn help(folder: &Path, command: &[&str]) -> String {
    run(folder, &[command, &["--help"]].concat()).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The words that an option takes, from the help of a command.
fn offered(folder: &Path, command: &str, option: &str) -> Vec<String> {
    let text = help(folder, &[command]);
    let after = text.split(&format!(" {option} <")).nth(1).unwrap_or_else(|| panic!("{command} has no {option}"));
    let found: Vec<String> = match after.split(" --").next().unwrap().split("[possible values: ").nth(1) {
        Some(words) => words.split(']').next().unwrap().split(", ").map(str::to_owned).collect(),
        // with a text for each: one a line, after a dash
        None => after
            .split("Possible values: - ")
            .nth(1)
            .unwrap()
            .split(" --")
            .next()
            .unwrap()
            .split(" - ")
            .map(|w| w.split([':', ' ']).next().unwrap().to_owned())
            .collect(),
    };
    assert!(found.len() > 1, "{command} {option}: {text}");
    found
}

/// Everything that the command line writes of a city, by how it is asked.
fn routes(text: &str) -> BTreeMap<String, String> {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    std::fs::write(at.join("observations.csv"), text).unwrap();
    let earlier: String = text.lines().filter(|l| !l.contains(",d1,") && !l.contains(",d2,")).map(|l| format!("{l}\n")).collect();
    std::fs::write(at.join("earlier.csv"), earlier).unwrap();
    std::fs::write(at.join("bad.csv"), format!("{text}WSP-O-04,city,,2018,,,9,8\nWSP-O-04,city,,2019,F,,x,8\n")).unwrap();
    let mut told = BTreeMap::new();
    let ask = |told: &mut BTreeMap<String, String>, args: &[&str]| {
        told.insert(args.join(" "), run(at, args));
    };
    let chosen = ["--select", "WSP-O-04", "--select", "HOU-O-01", "--period", "each"];
    let with = |args: &[&'static str]| -> Vec<&'static str> { [args, &chosen].concat() };
    let released = run(at, &with(&["assess", "earlier.csv", "--format", "json", "-o", "earlier.json"]));
    assert!(released.starts_with("exit Some(0)"), "{released}");
    ask(&mut told, &with(&["assess", "observations.csv"]));
    told.insert("sms-report.html".to_owned(), std::fs::read_to_string(at.join("sms-report.html")).unwrap());
    let hows: [&[&str]; 3] = [&[], &["--previous", "earlier.json"], &["--threshold", "5"]];
    for how in hows {
        // the other ways of release are looked at as JSON, which holds all that the rest is made of
        for format in offered(at, "assess", "--format").into_iter().filter(|f| how.is_empty() || f == "json") {
            ask(&mut told, &[&["assess", "observations.csv", "--plain", "--format", &format], how, &chosen].concat());
            // of a format that holds the whole report: the refusal
            for table in offered(at, "assess", "--table") {
                ask(&mut told, &[&["assess", "observations.csv", "--plain", "--format", &format, "--table", &table], how, &chosen].concat());
            }
            let file = format!("report.{format}");
            ask(&mut told, &[&["assess", "observations.csv", "--format", &format, "-o", &file], how, &chosen].concat());
            told.insert(format!("{file} {how:?}"), std::fs::read_to_string(at.join(file)).unwrap());
        }
        for format in offered(at, "explain", "--format").into_iter().filter(|f| how.is_empty() || f == "json") {
            for (id, place) in [("WSP-O-04", "d1"), ("WSP-O-04", "city"), ("WSP", "d1"), ("overall", "city"), ("WSP-O-4", "d1"), ("WSP-O-04", "d3")] {
                ask(&mut told, &[&["explain", id, "observations.csv", "--format", &format, "--place", place], how, &chosen].concat());
            }
        }
        for format in offered(at, "attack", "--format") {
            told.insert(format!("attack {format} {how:?}"), run(at, &["attack", "report.json", "--format", &format]));
            told.insert(
                format!("attack {format} with the earlier one {how:?}"),
                run(at, &["attack", "report.json", "--previous", "earlier.json", "--format", &format]),
            );
        }
    }
    for format in offered(at, "check", "--format") {
        ask(&mut told, &["check", "observations.csv", "--format", &format]);
        ask(&mut told, &["check", "bad.csv", "--format", &format]);
    }
    for format in ["table", "html"] {
        ask(&mut told, &["screen", "cross-reference", "ICESCR", "--report", "report.json", "--place", "d1", "--format", format]);
    }
    // what is not done: exit codes and what is written to the error stream
    ask(&mut told, &with(&["assess", "bad.csv", "--format", "json"]));
    ask(&mut told, &["assess", "observations.csv", "--format", "json", "--select", "WSP-O-4"]);
    ask(&mut told, &["assess", "observations.csv", "--format", "json", "--previous", "observations.csv"]);
    ask(&mut told, &["assess", "observations.csv", "--format", "json", "--threshold", "0"]);
    ask(&mut told, &["assess", "observations.csv", "--format", "json", "--plan", "observations.csv"]);
    ask(&mut told, &["assess", "observations.csv", "--delimiter", ";", "--format", "json"]);
    ask(&mut told, &["attack", "observations.csv"]);
    told
}

fn marks(one: &BTreeMap<String, String>, other: &BTreeMap<String, String>) -> Vec<String> {
    one.keys().chain(other.keys()).filter(|k| one.get(*k) != other.get(*k)).cloned().collect::<std::collections::BTreeSet<_>>().into_iter().collect()
}

#[test]
fn every_command_that_reads_figures_is_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    let listed = |command: &[&str]| -> Vec<String> {
        let help = run(folder.path(), &[command, &["--help"]].concat());
        let Some(list) = help.split("Commands:\n").nth(1) else { return Vec::new() };
        let entries = list.split("\n\n").next().unwrap().lines().filter(|l| l.starts_with("  ") && !l.starts_with("   "));
        entries.filter_map(|l| l.split_whitespace().next()).filter(|c| *c != "help").map(str::to_owned).collect()
    };
    let commands: Vec<Vec<String>> = listed(&[])
        .into_iter()
        .flat_map(|c| {
            let below = listed(&[&c]);
            if below.is_empty() { vec![vec![c]] } else { below.into_iter().map(|b| vec![c.clone(), b]).collect() }
        })
        .collect();
    assert!(commands.len() > 40, "{commands:?}");
    let reads = |command: &Vec<String>| {
        let text = help(folder.path(), &command.iter().map(String::as_str).collect::<Vec<_>>());
        ["observations.csv", "JSON of a report", "JSON of an earlier report", "JSON of the report"].iter().any(|words| text.contains(words))
    };
    let reading: Vec<String> = commands.into_iter().filter(reads).map(|c| c.join(" ")).collect();
    // the screens read what was released, and put it on a page: one of them stands for all
    assert_eq!(reading, ["assess", "attack", "check", "explain", "screen questions", "screen framework", "screen services", "screen cross-reference"]);
}

#[test]
fn other_withheld_figures_leave_everything_that_is_written_as_it_is() {
    let (one, other) = (routes(&city(&LEAVES)), routes(&city(&moved())));
    assert!(
        one["assess observations.csv --plain --format csv --table figures --select WSP-O-04 --select HOU-O-01 --period each"].matches("suppressed").count()
            >= 4
    );
    assert!(one.len() > 50, "{}", one.len());
    assert_eq!(marks(&one, &other), Vec::<String>::new());
    // and what is shown does leave its mark
    let mut shown = LEAVES;
    shown[6].0 += 40;
    let moved = marks(&one, &routes(&city(&shown)));
    for format in ["html", "json", "table", "csv", "txt"] {
        assert!(moved.iter().any(|name| name.contains(&format!("--format {format}"))), "{format}");
    }
    assert!(moved.iter().all(|name| !name.starts_with("check")), "{moved:?}");
}
