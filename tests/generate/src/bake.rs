//! Bakes the catalogue's TOML into canonical JSON: sorted keys, LF, no time stamps.
//!
//! The shape of the JSON is that of `sms_core::catalogue::RawCatalogue`; reading it back with the core is the check.

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::Path;

type Result<T> = std::result::Result<T, String>;

/// The folders of the catalogue as one JSON value.
pub(crate) fn catalogue(root: &Path) -> Result<Value> {
    let release = read(&root.join("release.toml"))?;
    let languages: Vec<String> = strings(release.get("languages"));
    let mut texts = Map::new();
    for language in &languages {
        texts.insert(language.clone(), language_texts(&root.join("text").join(language))?);
    }
    let mut indicators = Vec::new();
    for (module, file) in toml_files(&root.join("modules"))? {
        for mut indicator in list(&file, "indicator") {
            let object = indicator.as_object_mut().ok_or("an indicator is not a table")?;
            let id = object.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
            let none = strings(object.remove("none").as_ref());
            let known = || SHEET.iter().chain(TEXTS).copied();
            if let Some(name) = none.iter().find(|n| !known().any(|k| k == n.as_str())) {
                let near = sms_core::text::did_you_mean(name, known()).map(|n| format!("; is it {n}?")).unwrap_or_default();
                return Err(format!("{id}: `none` names {name}, which no sheet has{near}"));
            }
            object.insert("module".into(), json!(module));
            for field in SHEET {
                let declared = none.iter().any(|n| n == field);
                match (object.contains_key(*field), declared) {
                    (true, true) => return Err(format!("{id}: {field} is given and declared as none")),
                    (false, true) => {
                        object.insert((*field).into(), Value::Null);
                    }
                    (false, false) => return Err(format!("{id}: {field} is neither given nor declared in `none`")),
                    (true, false) => {}
                }
            }
            indicators.push(indicator);
        }
    }
    let one = |name: &str, key: &str| -> Result<Vec<Value>> { Ok(list(&read(&root.join(name))?, key)) };
    let whole_files = |folder: &str| -> Result<Vec<Value>> { Ok(toml_files(&root.join(folder))?.into_iter().map(|(_, v)| v).collect()) };
    let mut value = json!({
        "release": release,
        "clusters": one("modules.toml", "cluster")?,
        "modules": one("modules.toml", "module")?,
        "instruments": one("instruments.toml", "instrument")?,
        "rights": one("rights.toml", "right")?,
        "attributes": one("attributes.toml", "attribute")?,
        "source_types": one("sources.toml", "source_type")?,
        "service_areas": one("services.toml", "service_area")?,
        "datasets": one("datasets.toml", "dataset")?,
        "variables": one("datasets.toml", "variable")?,
        "references": one("references.toml", "reference")?,
        "dimensions": one("dimensions.toml", "dimension")?,
        "codelists": one("codelists.toml", "codelist")?,
        "selections": one("selections.toml", "selection")?,
        "indicators": indicators,
        "frameworks": whole_files("frameworks")?,
        "roadmaps": whole_files("roadmap")?,
        "criteria": whole_files("criteria")?,
        "scales": one("scales.toml", "scale")?,
        "screens": whole_files("screens")?,
        "texts": texts,
    });
    // entries in the order of their ids, so that a diff shows what changed
    if let Some(object) = value.as_object_mut() {
        for entry in object.values_mut() {
            if let Some(list) = entry.as_array_mut() {
                list.sort_by_key(|e| e.get("id").and_then(Value::as_str).unwrap_or_default().to_owned());
            }
        }
    }
    let fingerprints = fingerprints(&value);
    if let Some(object) = value.as_object_mut() {
        object.insert("fingerprints".into(), fingerprints);
    }
    Ok(value)
}

/// Fields of the texts that a sheet may declare as none.
const TEXTS: &[&str] = &["numerator", "denominator"];

/// Fields that every sheet fills in or declares as none.
const SHEET: &[&str] = &[
    "id",
    "version",
    "status",
    "tier",
    "rights",
    "attributes",
    "measure_type",
    "result_level",
    "value_kind",
    "unit",
    "multiplier",
    "polarity",
    "bounds",
    "target",
    "minimum_standard",
    "legal",
    "disaggregation",
    "aaaq",
    "hrba",
    "service_areas",
    "responsible_level",
    "sdg",
    "dataset",
    "variables",
    "periodicity",
    "source_types",
    "references",
    "privacy",
    "verification",
    "lineage",
];

fn fingerprints(value: &Value) -> Value {
    let mut map = Map::new();
    let text = value.pointer("/texts/en/indicators").cloned().unwrap_or_default();
    for indicator in value.get("indicators").and_then(Value::as_array).into_iter().flatten() {
        let id = indicator.get("id").and_then(Value::as_str).unwrap_or_default();
        let entry = json!({ "sheet": indicator, "text": text.get(id) });
        let digest = Sha256::digest(canonical(&entry, false).as_bytes());
        let hex: String = digest.iter().take(8).map(|b| format!("{b:02x}")).collect();
        map.insert(id.to_owned(), json!(hex));
    }
    Value::Object(map)
}

fn language_texts(folder: &Path) -> Result<Value> {
    let mut labels = Map::new();
    let mut release = Value::Object(Map::new());
    for (section, file) in toml_files(folder)? {
        // the question bank has its texts to itself
        if section == QUESTIONS {
            continue;
        }
        if section == "release" {
            release = file;
            continue;
        }
        label_section(&section, &file, &mut labels);
    }
    let mut indicators = Map::new();
    for (_, file) in toml_files(&folder.join("indicators"))? {
        for (id, text) in file.as_object().into_iter().flatten() {
            let mut text = text.clone();
            if let Some(object) = text.as_object_mut() {
                object.remove("none");
            }
            indicators.insert(id.clone(), text);
        }
    }
    Ok(json!({ "release": release, "labels": labels, "indicators": indicators }))
}

/// A file of labels: `[ID] name = …`; a table of plain strings becomes one label with `groups`; a table of tables a
/// section of its own.
fn label_section(section: &str, table: &Value, labels: &mut Map<String, Value>) {
    let mut made = Map::new();
    for (id, entry) in table.as_object().into_iter().flatten() {
        let Some(fields) = entry.as_object() else { continue };
        let first = |keys: &[&str]| keys.iter().find_map(|k| fields.get(*k)).and_then(Value::as_str);
        if let Some(name) = first(&["name", "label", "text"]) {
            let mut label = Map::new();
            label.insert("name".into(), json!(name));
            for (to, from) in [("symbol", vec!["symbol"]), ("note", vec!["note", "description", "notice"])] {
                if let Some(text) = first(&from) {
                    label.insert(to.into(), json!(text));
                }
            }
            if let Some(groups) = fields.get("groups") {
                label.insert("groups".into(), groups.clone());
            }
            made.insert(id.clone(), Value::Object(label));
        } else if fields.values().all(Value::is_string) {
            made.insert(id.clone(), json!({ "name": id, "groups": entry }));
        } else {
            label_section(&format!("{section}_{id}"), entry, labels);
        }
    }
    if !made.is_empty() {
        labels.insert(section.to_owned(), Value::Object(made));
    }
}

const QUESTIONS: &str = "questions";

/// The question bank: the files of `questions/` merged, with its texts. A file of its own, so that a build that does not name it does not carry it.
pub(crate) fn questions(root: &Path) -> Result<Value> {
    let mut bank = Map::new();
    for (_, file) in toml_files(&root.join(QUESTIONS))? {
        bank.extend(file.as_object().cloned().unwrap_or_default());
    }
    let mut texts = Map::new();
    for language in strings(bank.get("languages")) {
        let file = read(&root.join("text").join(&language).join(format!("{QUESTIONS}.toml")))?;
        texts.insert(language, file);
    }
    bank.insert("texts".to_owned(), Value::Object(texts));
    Ok(Value::Object(bank))
}

/// The folder of published indices, beside those of methods.
const PUBLISHED: &str = "published";

/// Each file of `methods/published/`: name and index.
pub(crate) fn indices(root: &Path) -> Result<Vec<(String, Value)>> {
    toml_files(&root.join("methods").join(PUBLISHED))
}

/// Each folder of `methods/`: its TOML files merged into one method.
pub(crate) fn methods(root: &Path) -> Result<Vec<(String, Value)>> {
    let mut folders: Vec<_> = fs::read_dir(root.join("methods"))
        .map_err(|e| format!("methods: {e}"))?
        .filter_map(std::result::Result::ok)
        .map(|e| e.path())
        .filter(|p| p.is_dir() && !p.ends_with(PUBLISHED))
        .collect();
    folders.sort();
    let mut made = Vec::new();
    for folder in folders {
        let mut method = Map::new();
        for (_, file) in toml_files(&folder)? {
            for (key, value) in file.as_object().cloned().unwrap_or_default() {
                method.insert(key, value);
            }
        }
        let name = folder.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        made.push((name, Value::Object(method)));
    }
    Ok(made)
}

/// JSON with sorted keys; numbers that are whole are written without a fraction, so that 0 and 0.0 are one.
pub(crate) fn canonical(value: &Value, pretty: bool) -> String {
    let mut out = String::new();
    write(value, pretty, 0, &mut out);
    if pretty {
        out.push('\n');
    }
    out
}

fn write(value: &Value, pretty: bool, depth: usize, out: &mut String) {
    let line = |out: &mut String, depth: usize| {
        if pretty {
            out.push('\n');
            out.push_str(&" ".repeat(depth));
        }
    };
    match value {
        Value::Array(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                line(out, depth + 1);
                write(item, pretty, depth + 1, out);
            }
            if !items.is_empty() {
                line(out, depth);
            }
            out.push(']');
        }
        Value::Object(map) => {
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort();
            out.push('{');
            for (i, key) in keys.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                line(out, depth + 1);
                out.push_str(&json!(key).to_string());
                out.push(':');
                if let Some(item) = map.get(*key) {
                    write(item, pretty, depth + 1, out);
                }
            }
            if !map.is_empty() {
                line(out, depth);
            }
            out.push('}');
        }
        Value::Number(n) => match n.as_f64() {
            Some(x) if x.fract() == 0.0 && x.abs() < 9e15 => out.push_str(&format!("{x:.0}")),
            _ => out.push_str(&n.to_string()),
        },
        other => out.push_str(&other.to_string()),
    }
}

fn toml_files(folder: &Path) -> Result<Vec<(String, Value)>> {
    let mut paths: Vec<_> = fs::read_dir(folder)
        .map_err(|e| format!("{}: {e}", folder.display()))?
        .filter_map(std::result::Result::ok)
        .map(|e| e.path())
        .filter(|p| p.extension().is_some_and(|e| e == "toml"))
        .collect();
    paths.sort();
    paths.iter().map(|p| Ok((p.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default(), read(p)?))).collect()
}

/// A TOML file as JSON.
pub(crate) fn read(path: &Path) -> Result<Value> {
    let text = fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
    let value: toml::Value = toml::from_str(&text).map_err(|e| format!("{}: {e}", path.display()))?;
    serde_json::to_value(value).map_err(|e| format!("{}: {e}", path.display()))
}

fn list(value: &Value, key: &str) -> Vec<Value> {
    value.get(key).and_then(Value::as_array).cloned().unwrap_or_default()
}

fn strings(value: Option<&Value>) -> Vec<String> {
    value.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}
