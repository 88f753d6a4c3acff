//! An OpenAPI 3.1 document, for those who put a service in front.

use crate::operations::{Operation, Table, change};
use serde_json::{Map, Value, json};

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

fn path(operation: &Operation, area: &str) -> Value {
    let Operation { name, title, description, source, errors, example, request, answer } = operation;
    let more = if description.is_empty() { String::new() } else { format!("{description}\n\n") };
    let refused = if errors.is_empty() { String::new() } else { format!(" Codes: {}.", errors.join(", ")) };
    json!({ "post": {
        "operationId": name,
        "tags": [area],
        "summary": title,
        "description": format!("{more}Source: {source}."),
        "requestBody": { "required": true, "content": { "application/json": { "schema": reference(request), "example": example } } },
        "responses": {
            "200": {
                "description": "The answer.",
                "content": { "application/json": { "schema": {
                    "type": "object", "properties": { "ok": reference(answer) }, "required": ["ok"], "additionalProperties": false
                } } }
            },
            "422": {
                "description": format!("The request cannot be answered.{refused}"),
                "content": { "application/json": { "schema": {
                    "type": "object", "properties": { "error": reference("ErrorData") }, "required": ["error"], "additionalProperties": false
                } } }
            }
        }
    } })
}

pub(super) fn document(table: &Table) -> Value {
    let mut paths = Map::new();
    for area in &table.areas {
        for operation in &area.operations {
            paths.insert(format!("/{}", operation.name), path(operation, area.title));
        }
    }
    let mut schemas = Value::Object(table.definitions.clone());
    change(&mut schemas, &|object| {
        if let Some(Value::String(reference)) = object.get_mut("$ref") {
            *reference = reference.replace("#/$defs/", "#/components/schemas/");
        }
    });
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Standardized Monitoring System: operations",
            "version": sms_core::report::WIRE_VERSION,
            "summary": "Every operation of the engine as a POST with JSON.",
            "description": "This library opens no network connection and serves nothing: the document is for those who put a service in front of it. \
                The catalogue is an open draft for co-creation, not that of the Human Rights Cities Network.",
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" }
        },
        "servers": [{ "url": "/", "description": "Where the service stands." }],
        "security": [],
        "tags": table.areas.iter().map(|area| json!({ "name": area.title })).collect::<Vec<_>>(),
        "paths": paths,
        "components": { "schemas": schemas }
    })
}
