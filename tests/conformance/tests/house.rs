//! The rules of the house, held against the source.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout, missing_docs, reason = "tests")]

use sms_conformance::{files, root};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Floors of `sms-core`, ground to top: a module uses only floors below it.
const FLOORS: &[(&str, u32)] = &[
    ("diagnostic", 0),
    ("num", 1),
    ("text", 1),
    ("id", 2),
    ("period", 2),
    ("trace", 2),
    ("estimate", 3),
    ("indicator", 4),
    ("disaggregation", 4),
    ("target", 5),
    ("catalogue", 6),
    ("observation", 6),
    ("dataset", 7),
    ("score", 8),
    ("refinement", 7),
    ("survey", 8),
    ("aggregate", 9),
    ("agreement", 9),
    ("equality", 9),
    ("progress", 9),
    ("weighting", 9),
    ("rbm", 10),
    ("disclosure", 10),
    ("method", 11),
    ("roadmap", 11),
    ("assess", 12),
    ("index", 12),
    ("cocreation", 12),
    ("pretest", 12),
    ("influence", 12),
    ("peers", 12),
    ("form", 12),
    ("screen", 12),
    ("release", 13),
    ("report", 14),
    ("exchange", 15),
    ("render", 15),
    ("crosswalk", 16),
    ("wire", 17),
];

/// The code of a file without comments and without its tests.
fn code_of(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let text = text.split("#[cfg(test)]").next().unwrap_or_default();
    text.lines().map(|l| l.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// The modules of the core that a text names as `crate::module`, also inside `use crate::{a::X, b}`.
fn used_modules(code: &str) -> Vec<String> {
    let mut used = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        if let Some(list) = rest.strip_prefix('{') {
            let mut depth = 1;
            let mut start = true;
            let mut name = String::new();
            for c in list.chars() {
                match c {
                    '{' => depth += 1,
                    '}' => depth -= 1,
                    ',' if depth == 1 => start = true,
                    c if depth == 1 && start && (c.is_alphanumeric() || c == '_') => name.push(c),
                    _ => {}
                }
                if !(name.is_empty() || c.is_alphanumeric() || c == '_') {
                    used.push(std::mem::take(&mut name));
                    start = c == ',' && depth == 1;
                }
                if depth == 0 {
                    break;
                }
            }
        } else {
            used.push(rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect());
        }
    }
    used
}

#[test]
fn modules_use_only_floors_below_their_own() {
    let floors: BTreeMap<&str, u32> = FLOORS.iter().copied().collect();
    let core = root().join("sms-core/src");
    let mut seen = Vec::new();
    let found = files(&core, "rs");
    assert!(found.len() > 50, "the core was not found");
    for path in found {
        let inside = path.strip_prefix(&core).unwrap();
        let module = inside.iter().next().unwrap().to_string_lossy().trim_end_matches(".rs").to_owned();
        if module == "lib" {
            continue;
        }
        let floor = *floors.get(module.as_str()).unwrap_or_else(|| panic!("{module} has no floor: add it to FLOORS and to ARCHITECTURE.md"));
        seen.push(module.clone());
        for used in used_modules(&code_of(&path)) {
            if used == module {
                continue;
            }
            let below = floors.get(used.as_str()).unwrap_or_else(|| panic!("{}: crate::{used} is no module of the core", path.display()));
            assert!(*below < floor, "{module} (floor {floor}) uses {used} (floor {below})");
        }
    }
    for (module, _) in FLOORS {
        assert!(seen.iter().any(|s| s == module), "{module} has a floor and no file");
    }
}

#[test]
fn an_upward_edge_is_seen() {
    let code = "use crate::report::Report;\nuse crate::{num::exp, wire::{Engine, X}, text};\nfn f() { crate::assess::assess() }";
    assert_eq!(used_modules(code), ["report", "num", "wire", "text", "assess"]);
}

/// Numbers in the bindings that are no policy: what a language or a protocol fixes.
const ALLOWED: &[&str] = &["0", "1", "0.0", "1.0"];

#[test]
fn bindings_hold_no_numbers_of_the_method() {
    for folder in ["sms-py/src", "sms-wasm/src"] {
        for path in files(&root().join(folder), "rs") {
            let code = code_of(&path);
            let mut in_text = false;
            let mut number = String::new();
            let mut before = ' ';
            for c in code.chars() {
                if c == '"' {
                    in_text = !in_text;
                }
                let starts = c.is_ascii_digit() && !(before.is_alphanumeric() || before == '_');
                if !in_text && (starts || (!number.is_empty() && (c.is_ascii_digit() || c == '.' || c == '_'))) {
                    number.push(c);
                } else if !number.is_empty() {
                    let literal = number.trim_end_matches(['.', '_']).to_owned();
                    number.clear();
                    assert!(ALLOWED.contains(&literal.as_str()), "{}: the number {literal} belongs into the core or into a method file", path.display());
                }
                before = c;
            }
        }
    }
}

#[test]
fn bindings_name_no_codes_of_the_catalogue() {
    let catalogue: serde_json::Value = serde_json::from_str(sms_catalogue::CATALOGUE_JSON).unwrap();
    let ids: Vec<&str> =
        ["indicators", "rights", "attributes", "dimensions"].iter().flat_map(|s| catalogue[*s].as_array().unwrap()).filter_map(|e| e["id"].as_str()).collect();
    for folder in ["sms-py/src", "sms-wasm/src"] {
        for path in files(&root().join(folder), "rs") {
            let code = code_of(&path);
            for id in &ids {
                assert!(!code.contains(&format!("\"{id}\"")), "{}: {id} is a code of the catalogue", path.display());
            }
        }
    }
}

#[test]
fn the_core_knows_no_files_clocks_or_environment() {
    // unit tests in a file of their own may ask how many cases to try
    for path in files(&root().join("sms-core/src"), "rs").into_iter().filter(|p| !p.ends_with("tests.rs")) {
        let code = code_of(&path);
        for word in
            ["std::fs", "std::env", "std::net", "std::time", "std::process", "std::thread", "println!", "eprintln!", "SystemTime", "Instant::now", "rand::"]
        {
            assert!(!code.contains(word), "{}: {word}", path.display());
        }
    }
}

#[test]
fn every_code_can_occur() {
    // each code is made somewhere in the core outside its own list
    let core = root().join("sms-core/src");
    let all: String = files(&core, "rs").iter().filter(|p| !p.ends_with("diagnostic.rs")).map(|p| code_of(p)).collect();
    for code in sms_core::Code::ALL {
        assert!(all.contains(&format!("Code::{code:?}")), "{code} is never made");
    }
    // the words are unique and shaped alike
    let mut words: Vec<&str> = sms_core::Code::ALL.iter().map(|c| c.as_str()).collect();
    words.sort_unstable();
    assert!(words.windows(2).all(|w| w[0] != w[1]));
    assert!(words.iter().all(|w| w.chars().all(|c| c.is_ascii_lowercase() || c == '.' || c == '-' || c.is_ascii_digit()) && w.contains('.')));
}

#[test]
fn the_repository_names_no_machine_and_no_registry() {
    let root = root();
    let listed = std::process::Command::new("git").args(["ls-files"]).current_dir(&root).output().unwrap();
    for name in String::from_utf8_lossy(&listed.stdout).lines() {
        if name.ends_with("Cargo.lock") || name.ends_with("package-lock.json") {
            continue;
        }
        let Ok(text) = fs::read_to_string(root.join(name)) else { continue };
        for word in [concat!("art", "ifactory"), concat!("/ro", "ot/"), concat!("/wo", "rk/"), concat!("reg", "istry.npmjs"), concat!("py", "pi.org")] {
            assert!(!text.contains(word), "{name}: {word}");
        }
    }
}
