//! `cargo dev generate`: files that are made from others and committed; `--check` fails where they differ.

use crate::bake;
use schemars::Schema;
use schemars::generate::SchemaSettings;
use sms_dev::run::{Result, root};
use std::fs;
use std::path::PathBuf;

/// Every generated file with its content.
fn files() -> Result<Vec<(PathBuf, String)>> {
    let mut files = Vec::new();
    let catalogue = bake::canonical(&bake::catalogue(&root().join("catalogue"))?, true);
    let read = sms_core::Catalogue::from_json(&catalogue).map_err(|e| e.to_string())?;
    files.push(("catalogue/baked/catalogue.json".into(), catalogue));
    for (name, method) in bake::methods(&root().join("catalogue"))? {
        let text = bake::canonical(&method, true);
        let method = sms_core::Method::from_json(&text).map_err(|e| e.to_string())?;
        method.check_against(&read).map_err(|e| e.to_string())?;
        files.push((format!("catalogue/baked/method-{name}.json").into(), text));
    }
    for (name, index) in bake::indices(&root().join("catalogue"))? {
        let text = bake::canonical(&index, true);
        sms_core::index::Index::from_json(&text).map_err(|e| format!("{name}: {e}"))?;
        files.push((format!("catalogue/baked/index-{name}.json").into(), text));
    }
    let questions = bake::canonical(&bake::questions(&root().join("catalogue"))?, true);
    sms_core::form::Bank::from_json(&questions).and_then(|bank| bank.check_against(&read)).map_err(|e| e.to_string())?;
    files.push(("catalogue/baked/questions.json".into(), questions));
    files.push(("docs/codes.md".into(), codes()));
    for (name, schema) in schemas() {
        let mut value = schema.to_value();
        crate::operations::tidy(&mut value);
        if let Some(object) = value.as_object_mut() {
            object.insert("$id".to_owned(), format!("urn:sms:wire:{}:{name}", sms_core::report::WIRE_VERSION).into());
        }
        files.push((format!("sms-core/schemas/{name}.json").into(), bake::canonical(&value, true)));
    }
    let table = crate::operations::table()?;
    files.push(("sms-core/schemas/operations.json".into(), bake::canonical(&bundle(&table), true)));
    files.push(("docs/openapi.json".into(), bake::canonical(&crate::openapi::document(&table), true)));
    files.push(("docs/wire.md".into(), crate::wire::page(&table)?));
    files.push(("sms-wasm/js/operations.d.ts".into(), crate::languages::typescript(&table)?));
    files.push(("sms-py/python/sms/types.py".into(), crate::languages::python(&table)?));
    let engine = sms_core::wire::Engine::new(sms_catalogue::CATALOGUE_JSON, sms_catalogue::METHODS)
        .and_then(|e| e.with_indices(sms_catalogue::INDICES)?.with_questions(sms_catalogue::QUESTIONS_JSON))
        .map_err(|e| e.to_string())?;
    let answer = |o: &crate::operations::Operation| {
        let mut request = o.example.clone();
        if let Some(fields) = request.as_object_mut() {
            fields.insert("op".to_owned(), o.name.into());
        }
        engine.call(&request).map_err(|e| format!("{}: the example is refused: {e}", o.name))
    };
    for (name, text) in crate::python::package(&table, &answer)? {
        files.push((format!("sms-py/python/sms/operations/{name}").into(), text));
    }
    Ok(files)
}

/// Schemas of files and answers, by the names that `sms schema` knows.
fn schemas() -> Vec<(&'static str, Schema)> {
    let read = || SchemaSettings::draft2020_12().into_generator();
    let written = || SchemaSettings::draft2020_12().for_serialize().into_generator();
    vec![
        ("catalogue", read().into_root_schema_for::<sms_core::catalogue::RawCatalogue>()),
        ("crosswalk", read().into_root_schema_for::<sms_core::crosswalk::Crosswalk>()),
        ("explanation", written().into_root_schema_for::<sms_core::report::Explanation>()),
        ("findings", written().into_root_schema_for::<sms_core::Findings>()),
        ("form", read().into_root_schema_for::<sms_core::form::FormRequest>()),
        ("index", read().into_root_schema_for::<sms_core::index::RawIndex>()),
        ("method", read().into_root_schema_for::<sms_core::method::RawMethod>()),
        ("observation", read().into_root_schema_for::<sms_core::observation::Row>()),
        ("plan", read().into_root_schema_for::<sms_core::AssessmentPlan>()),
        ("report", written().into_root_schema_for::<sms_core::report::ReportData>()),
        ("survey-plan", read().into_root_schema_for::<sms_core::survey::SurveyPlan>()),
    ]
}

/// Every operation with its schemas, in one document.
fn bundle(table: &crate::operations::Table) -> serde_json::Value {
    let operation = |o: &crate::operations::Operation| {
        serde_json::json!({
            "title": o.title, "description": o.description, "source": o.source, "errors": o.errors, "example": o.example,
            "request": { "$ref": format!("#/$defs/{}", o.request) }, "answer": { "$ref": format!("#/$defs/{}", o.answer) },
        })
    };
    serde_json::json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": format!("urn:sms:wire:{}:operations", sms_core::report::WIRE_VERSION),
        "title": "Requests and answers of every operation",
        "operations": table.operations().map(|o| (o.name.to_owned(), operation(o))).collect::<serde_json::Map<_, _>>(),
        "$defs": table.definitions,
    })
}

fn codes() -> String {
    let mut text = String::from(
        "# Codes of errors and findings\n\nGenerated by `cargo dev generate` from `sms-core/base/src/diagnostic/code.rs`. The words are stable: programs and translations\nkey on them.\n\n| code | severity | what is wrong | what to do |\n|---|---|---|---|\n",
    );
    for code in sms_core::Code::ALL {
        let severity = format!("{:?}", code.severity()).to_lowercase();
        text.push_str(&format!("| `{code}` | {severity} | {} | {} |\n", code.message(), code.hint()));
    }
    text
}

/// Writes the files, or says which differ.
pub(crate) fn generate(check: bool) -> Result<()> {
    let mut stale = Vec::new();
    for (path, text) in files()? {
        let full = root().join(&path);
        if fs::read_to_string(&full).is_ok_and(|old| old == text) {
            continue;
        }
        if check {
            stale.push(path.display().to_string());
            continue;
        }
        if let Some(folder) = full.parent() {
            fs::create_dir_all(folder).map_err(|e| e.to_string())?;
        }
        fs::write(&full, text).map_err(|e| format!("{}: {e}", full.display()))?;
        println!("wrote {}", path.display());
    }
    if stale.is_empty() { Ok(()) } else { Err(format!("not up to date: {}; run `cargo dev generate`", stale.join(", "))) }
}
