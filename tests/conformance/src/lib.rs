//! What the tests of this crate share.

// the blocks of the README that are Rust run as documentation tests
#![allow(clippy::print_stdout, reason = "a test says that it is skipped")]
#![cfg_attr(doctest, doc = include_str!("../../../README.md"))]

use serde_json::Value;
use sms_core::crosswalk::{Crosswalk, Imported, SourceFile};
use sms_core::wire::Engine;
use std::path::{Path, PathBuf};

/// The folder of the repository.
#[must_use]
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_owned()
}

/// The folder of reference data beside the repository, when it is there. In CI its absence is a failure.
///
/// # Panics
/// In CI without the folder.
#[must_use]
pub fn shared_data() -> Option<PathBuf> {
    let folder = root().join("../shared/data");
    if folder.is_dir() {
        return Some(folder);
    }
    assert!(std::env::var_os("CI").is_none(), "../shared/data is missing in CI");
    // `cargo dev test` counts the test as skipped for this line
    println!("skipped: ../shared/data is not there");
    None
}

/// The engine over the embedded catalogue.
///
/// # Errors
/// When the embedded data do not fit the core.
pub fn engine() -> sms_core::Result<Engine> {
    Engine::new(sms_catalogue::CATALOGUE_JSON, sms_catalogue::METHODS)?.with_indices(sms_catalogue::INDICES)?.with_questions(sms_catalogue::QUESTIONS_JSON)
}

/// A TOML file of the repository as JSON.
///
/// # Errors
/// What is wrong with the file.
pub fn toml_file(path: &str) -> Result<Value, String> {
    let text = std::fs::read_to_string(root().join(path)).map_err(|e| format!("{path}: {e}"))?;
    let value: toml::Value = toml::from_str(&text).map_err(|e| format!("{path}: {e}"))?;
    serde_json::to_value(value).map_err(|e| e.to_string())
}

/// Imports the CSV files of a folder by a crosswalk of the repository.
///
/// # Errors
/// What is wrong with the crosswalk or the folder.
pub fn import(crosswalk: &str, folder: &Path) -> Result<Imported, String> {
    let crosswalk = Crosswalk::from_value(toml_file(crosswalk)?).map_err(|e| e.to_string())?;
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(|e| e.to_string())? {
        let path = entry.map_err(|e| e.to_string())?.path();
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        files.push(SourceFile { name, bytes: std::fs::read(&path).map_err(|e| e.to_string())? });
    }
    let engine = engine().map_err(|e| e.to_string())?;
    crosswalk.import(engine.catalogue(), &files).map_err(|e| e.to_string())
}

/// The files of a folder and the folders in it whose names end so, in the order of their paths; none where there is no folder.
#[must_use]
pub fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok) {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|e| e == extension) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The files of conformance vectors: name and content.
///
/// # Errors
/// A file that cannot be read.
pub fn vector_files() -> Result<Vec<(String, Value)>, String> {
    let folder = root().join("tests/vectors");
    let read = |path: PathBuf| {
        let name = path.strip_prefix(&folder).unwrap_or(&path).to_string_lossy().replace('\\', "/");
        let text = std::fs::read_to_string(&path).map_err(|e| format!("{name}: {e}"))?;
        let value = serde_json::from_str(&text).map_err(|e| format!("{name}: {e}"))?;
        Ok((name, value))
    };
    files(&folder, "json").into_iter().filter(|p| p.file_name().is_some_and(|n| n != "manifest.json")).map(read).collect()
}
