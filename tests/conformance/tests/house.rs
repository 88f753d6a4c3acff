//! The rules of the house, held against the source.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout, missing_docs, reason = "tests")]

use sms_conformance::{files, root};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// Floors inside the crates of `sms-core`, ground to top: a module uses only floors below it. Between crates, cargo sees to it.
const FLOORS: &[(&str, &[(&str, u32)])] = &[
    ("base", &[("diagnostic", 0), ("num", 1), ("text", 1), ("json", 1), ("id", 2), ("day", 2), ("period", 2), ("trace", 2), ("shape", 3)]),
    (
        "model",
        &[
            ("estimate", 0),
            ("frame", 0),
            ("indicator", 1),
            ("disaggregation", 1),
            ("target", 2),
            ("catalogue", 3),
            ("observation", 3),
            ("dataset", 4),
            ("refinement", 4),
        ],
    ),
    ("statistics", &[("score", 0), ("survey", 0), ("aggregate", 1), ("agreement", 1), ("equality", 1), ("progress", 1), ("weighting", 1), ("disclosure", 2)]),
    ("assessment", &[("rbm", 0), ("method", 1), ("assess", 2), ("release", 3), ("report", 4)]),
    ("process", &[("roadmap", 0), ("cocreation", 1), ("pretest", 1), ("influence", 1), ("peers", 1), ("form", 1), ("screen", 1)]),
];

/// The crates of the core, ground to top.
const CRATES: &[&str] = &["base", "model", "statistics", "assessment", "index", "process", "exchange", "render", "wire"];

/// The source files of the core.
fn core_files() -> Vec<std::path::PathBuf> {
    let found: Vec<_> = CRATES.iter().flat_map(|name| files(&root().join("sms-core").join(name).join("src"), "rs")).collect();
    assert!(found.len() > 150, "the core was not found");
    found
}

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
    for (name, modules) in FLOORS {
        let floors: BTreeMap<&str, u32> = modules.iter().copied().collect();
        let source = root().join("sms-core").join(name).join("src");
        let mut seen = Vec::new();
        for path in files(&source, "rs") {
            let module = path.strip_prefix(&source).unwrap().iter().next().unwrap().to_string_lossy().trim_end_matches(".rs").to_owned();
            if module == "lib" {
                continue;
            }
            let floor = *floors.get(module.as_str()).unwrap_or_else(|| panic!("{name}: {module} has no floor: add it to FLOORS and to ARCHITECTURE.md"));
            seen.push(module.clone());
            for used in used_modules(&code_of(&path)) {
                // a module of a crate below is no concern of this test
                let Some(below) = floors.get(used.as_str()).filter(|_| used != module) else { continue };
                assert!(*below < floor, "{module} (floor {floor}) uses {used} (floor {below})");
            }
        }
        for (module, _) in *modules {
            assert!(seen.iter().any(|s| s == module), "{name}: {module} has a floor and no file");
        }
    }
}

#[test]
fn crates_depend_only_on_crates_below_their_own() {
    for (at, name) in CRATES.iter().enumerate() {
        let manifest = fs::read_to_string(root().join("sms-core").join(name).join("Cargo.toml")).unwrap();
        let (dependencies, _) = manifest.split_once("[dev-dependencies]").unwrap();
        for above in &CRATES[at..] {
            assert!(!dependencies.contains(&format!("\nsms-{above}.workspace")), "sms-{name} depends on sms-{above}");
        }
        assert!(!dependencies.contains("sms-catalogue") && !dependencies.contains("\nsms-core"), "sms-{name}");
    }
}

/// The most lines of a file of the core.
const MOST_LINES: usize = 600;

#[test]
fn no_file_of_the_core_is_long() {
    let core = root().join("sms-core");
    for path in files(&core, "rs") {
        let lines = fs::read_to_string(&path).unwrap().lines().count();
        let name = path.strip_prefix(&core).unwrap().to_string_lossy().replace('\\', "/");
        assert!(lines <= MOST_LINES, "{name} has {lines} lines: split it by what it does");
    }
}

/// The paths that a text begins with: `a::b::C`, or each of `a::{b::C, d}`.
fn paths(text: &str) -> Vec<Vec<String>> {
    let (mut path, mut open, mut found) = (Vec::new(), Vec::new(), Vec::new());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let word: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        rest = &rest[word.len().max(c.len_utf8())..];
        let outer = open.last().copied();
        match (c, outer) {
            ('{', _) => open.push(path.len()),
            ('}', _) => {
                open.pop();
            }
            (',', Some(outer)) => path.truncate(outer),
            (c, Some(_)) if c.is_whitespace() => continue,
            _ => {
                path.push(word);
                if let Some(inner) = rest.strip_prefix("::") {
                    rest = inner;
                    continue;
                }
                found.push(path.clone());
                // what stands here may be given another name
                rest = rest.find([',', '}', ';']).map_or("", |end| &rest[end..]);
            }
        }
        if open.is_empty() {
            break;
        }
    }
    found
}

/// The modules of a crate by their paths, with their code.
fn modules_of(source: &Path) -> BTreeMap<Vec<String>, String> {
    let path_of = |file: &Path| -> Vec<String> {
        let parts = file.strip_prefix(source).unwrap().with_extension("");
        parts.iter().map(|part| part.to_string_lossy().into_owned()).filter(|part| part != "mod" && part != "lib").collect()
    };
    files(source, "rs").iter().map(|file| (path_of(file), code_of(file))).collect()
}

/// Which module stands behind each name that a module takes up from one of its children.
fn taken_up(module: &[String], code: &str, modules: &BTreeMap<Vec<String>, String>) -> BTreeMap<String, String> {
    let uses = code.match_indices("use ").flat_map(|(at, word)| paths(&code[at + word.len()..]));
    let of_child = |path: &Vec<String>| path.len() > 1 && modules.contains_key(&[module, &path[..1]].concat());
    uses.filter(of_child).map(|path| (path[path.len() - 1].clone(), path[0].clone())).collect()
}

/// By folder: which of its modules uses which other one, by `super::` or `crate::`.
fn uses_within_folders(source: &Path) -> BTreeMap<Vec<String>, BTreeMap<String, BTreeSet<String>>> {
    let modules = modules_of(source);
    let names: BTreeMap<&[String], BTreeMap<String, String>> = modules.iter().map(|(m, code)| (m.as_slice(), taken_up(m, code, &modules))).collect();
    let mut folders: BTreeMap<Vec<String>, BTreeMap<String, BTreeSet<String>>> = BTreeMap::new();
    for (module, code) in modules.iter().filter(|(m, _)| m.last().is_none_or(|name| name != "tests")) {
        for (at, start) in code.match_indices("super::").chain(code.match_indices("crate::")) {
            if code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':') {
                continue;
            }
            let up = if start == "crate::" { module.len() } else { code[at..].split("::").take_while(|part| *part == "super").count() };
            let after = if start == "crate::" { at + start.len() } else { at + up * start.len() };
            for path in paths(&code[after..]) {
                let mut used = module[..module.len().saturating_sub(up)].to_vec();
                for name in path {
                    let child = if modules.contains_key(&[used.as_slice(), std::slice::from_ref(&name)].concat()) {
                        Some(name)
                    } else {
                        names[used.as_slice()].get(&name).cloned()
                    };
                    match child {
                        Some(child) => used.push(child),
                        None => break,
                    }
                }
                let shared = module.iter().zip(&used).take_while(|(a, b)| a == b).count();
                if let (Some(user), Some(used)) = (module.get(shared), used.get(shared)) {
                    folders.entry(module[..shared].to_vec()).or_default().entry(user.clone()).or_default().insert(used.clone());
                }
            }
        }
    }
    folders
}

/// Circles that are still there.
const CIRCLES: &[(&str, &[&str])] = &[];

#[test]
fn files_of_a_folder_use_each_other_in_no_circle() {
    let mut seen = 0;
    for name in CRATES {
        for (folder, uses) in uses_within_folders(&root().join("sms-core").join(name).join("src")) {
            seen += uses.values().map(BTreeSet::len).sum::<usize>();
            let place = [vec![(*name).to_owned()], folder].concat().join("/");
            for start in uses.keys().filter(|start| !CIRCLES.iter().any(|(p, of)| *p == place && of.contains(&start.as_str()))) {
                let (mut reached, mut open) = (BTreeSet::new(), vec![start]);
                while let Some(next) = open.pop() {
                    open.extend(uses.get(next).into_iter().flatten().filter(|used| reached.insert(*used)));
                }
                assert!(!reached.contains(start), "{place}: {start} is used by what it uses: move what both need to where both may use it");
            }
        }
    }
    assert!(seen > 200, "{seen} uses were found");
}

#[test]
fn a_sideways_edge_is_seen() {
    let found = paths("a::{self, b::C, d::{E as F, G}}; other::x");
    assert_eq!(found.iter().map(|p| p.join(".")).collect::<Vec<_>>(), ["a.self", "a.b.C", "a.d.E", "a.d.G"]);
    assert_eq!(paths("a::b(c)"), [["a", "b"]]);
}

#[test]
fn an_upward_edge_is_seen() {
    let code = "use crate::report::Report;\nuse crate::{num::exp, wire::{Engine, X}, text};\nfn f() { crate::assess::assess() }";
    assert_eq!(used_modules(code), ["report", "num", "wire", "text", "assess"]);
}

/// Endings of files that a text may name.
const ENDINGS: &[&str] = &[".rs", ".md", ".toml", ".json", ".py", ".ts", ".js", ".mjs", ".yml", ".csv", ".html", "/"];

/// The paths that a Markdown text names in backticks, apart from patterns such as `AREA.rs` and `*.toml`.
fn named_paths(text: &str) -> Vec<&str> {
    let prose = text.split("```").step_by(2).flat_map(str::lines);
    let words = prose.flat_map(|line| line.split('`').skip(1).step_by(2));
    let is_path =
        |word: &str| word.contains('/') && ENDINGS.iter().any(|end| word.ends_with(end)) && word.chars().all(|c| c.is_alphanumeric() || "./_-".contains(c));
    let is_pattern = |word: &str| word.split(['/', '.']).any(|part| part.len() > 1 && part.chars().all(|c| c.is_ascii_uppercase()));
    words.filter(|word| is_path(word) && (!is_pattern(word) || word.ends_with(".md"))).collect()
}

#[test]
fn paths_that_documents_name_exist() {
    let root = root();
    let mut documents: Vec<_> = ["ARCHITECTURE.md", "README.md", "CONTRIBUTING.md", "sms-core/README.md", "catalogue/README.md", "sms-wasm/README.md"]
        .map(|name| root.join(name))
        .into();
    documents.extend(files(&root.join("docs"), "md"));
    let mut seen = 0;
    for document in documents {
        let text = fs::read_to_string(&document).unwrap();
        for path in named_paths(&text) {
            seen += 1;
            // from the repository, from the document's folder, or a folder of vectors in the tables that say so
            let bases = [root.clone(), document.parent().unwrap().to_path_buf(), root.join("tests/vectors")];
            assert!(bases.iter().any(|base| base.join(path).exists()), "{}: there is no `{path}`", document.display());
        }
    }
    assert!(seen > 100, "{seen} paths were found");
    assert_eq!(named_paths("`a/b.rs`, `a::b`, `src/AREA.rs`\n```\nno `x/` here\n```\n`c/`"), ["a/b.rs", "c/"]);
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
    for path in core_files().into_iter().filter(|p| !p.ends_with("tests.rs")) {
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
    let all: String = core_files().iter().filter(|p| !p.ends_with("diagnostic/code.rs")).map(|p| code_of(p)).collect();
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
