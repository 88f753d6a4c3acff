//! The table of operations with its schemas, as plain data: what the files of every language are made from.

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};
use sms_dev::run::Result;
use std::collections::{BTreeMap, BTreeSet};

const DEFINITIONS: &str = "#/$defs/";

/// An operation.
pub(crate) struct Operation {
    pub(crate) name: &'static str,
    /// One sentence.
    pub(crate) title: String,
    /// What a user needs to know beside the title.
    pub(crate) description: String,
    pub(crate) source: &'static str,
    pub(crate) errors: Vec<&'static str>,
    pub(crate) example: Value,
    /// Names of the definitions.
    pub(crate) request: String,
    pub(crate) answer: String,
}

/// Operations that belong together.
pub(crate) struct Area {
    pub(crate) title: &'static str,
    pub(crate) operations: Vec<Operation>,
}

/// Everything.
pub(crate) struct Table {
    pub(crate) areas: Vec<Area>,
    /// Schemas by name; a reference is `#/$defs/NAME`.
    pub(crate) definitions: Map<String, Value>,
}

impl Table {
    pub(crate) fn operations(&self) -> impl Iterator<Item = &Operation> {
        self.areas.iter().flat_map(|area| &area.operations)
    }
}

/// `survey.mean_interval` as `SurveyMeanInterval`.
pub(crate) fn pascal(name: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|c| c.to_uppercase().collect::<String>() + letters.as_str()).unwrap_or_default()
    };
    name.split(['.', '_', '-']).map(word).collect()
}

/// The names of the definitions that a schema refers to.
fn references(schema: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    walk(schema, &mut |object| {
        if let Some(name) = object.get("$ref").and_then(Value::as_str).and_then(|r| r.strip_prefix(DEFINITIONS)) {
            found.insert(name.to_owned());
        }
    });
    found
}

fn walk(value: &Value, see: &mut dyn FnMut(&Map<String, Value>)) {
    match value {
        Value::Object(object) => {
            see(object);
            object.values().for_each(|v| walk(v, see));
        }
        Value::Array(items) => items.iter().for_each(|v| walk(v, see)),
        _ => {}
    }
}

/// Changes every object, the innermost first.
pub(crate) fn change(value: &mut Value, made: &dyn Fn(&mut Map<String, Value>)) {
    match value {
        Value::Object(object) => {
            object.values_mut().for_each(|v| change(v, made));
            made(object);
        }
        Value::Array(items) => items.iter_mut().for_each(|v| change(v, made)),
        _ => {}
    }
}

/// Documentation as people read it: paragraphs without the line breaks and the Rust of the source.
fn prose(text: &str) -> String {
    let mut paragraphs: Vec<String> = Vec::new();
    let mut code = false;
    for paragraph in text.split("\n\n") {
        let mut lines = Vec::new();
        for line in paragraph.lines() {
            if line.trim_start().starts_with("```") {
                code = !code;
            } else if !code && !line.starts_with("# ") {
                lines.push(line);
            }
        }
        let list = lines.iter().any(|l| l.starts_with("* ") || l.starts_with("| "));
        let joined = lines.join(if list { "\n" } else { " " });
        // links of rustdoc, as their words
        let joined = joined.replace("[`", "`").replace("`]", "`");
        if !joined.trim().is_empty() {
            paragraphs.push(joined.trim().to_owned());
        }
    }
    paragraphs.join("\n\n")
}

/// What a schema says for every reader: no formats of Rust, no member beside those that it names.
pub(crate) fn tidy(schema: &mut Value) {
    change(schema, &|object| {
        let is_schema = ["type", "$ref", "anyOf", "oneOf", "enum", "const", "properties"].iter().any(|k| object.contains_key(*k));
        if !is_schema {
            return;
        }
        if object.get("format").is_some_and(Value::is_string) {
            object.remove("format");
        }
        if object.get("default").is_some_and(Value::is_null) {
            object.remove("default");
        }
        if let Some(Value::String(text)) = object.get_mut("description") {
            *text = prose(text);
            if text.is_empty() {
                object.remove("description");
            }
        }
        if object.get("properties").is_some_and(Value::is_object) && !object.contains_key("additionalProperties") {
            // members of its own beside those of one of several shapes: only together do they close it
            let mut flat = false;
            for several in ["oneOf", "anyOf"] {
                for one in object.get_mut(several).and_then(Value::as_array_mut).into_iter().flatten().filter_map(Value::as_object_mut) {
                    one.remove("additionalProperties");
                    flat = true;
                }
            }
            object.insert(if flat { "unevaluatedProperties" } else { "additionalProperties" }.to_owned(), json!(false));
        }
    });
}

fn rename(schema: &mut Value, names: &BTreeMap<String, String>) {
    change(schema, &|object| {
        if let Some(Value::String(reference)) = object.get_mut("$ref")
            && let Some(new) = reference.strip_prefix(DEFINITIONS).and_then(|n| names.get(n))
        {
            *reference = format!("{DEFINITIONS}{new}");
        }
    });
}

/// Names that both directions use for different shapes: what is given in is then called `…Input`.
fn inputs(given: &Map<String, Value>, answered: &Map<String, Value>) -> BTreeMap<String, String> {
    let mut differ: BTreeSet<String> =
        given.iter().filter(|(name, schema)| answered.get(*name).is_some_and(|other| other != *schema)).map(|(name, _)| name.clone()).collect();
    // what refers to one of these differs as well
    loop {
        let more: Vec<String> = given
            .iter()
            .filter(|(name, schema)| answered.contains_key(*name) && !differ.contains(*name) && references(schema).iter().any(|r| differ.contains(r)))
            .map(|(name, _)| name.clone())
            .collect();
        if more.is_empty() {
            return differ.into_iter().map(|name| (name.clone(), format!("{name}Input"))).collect();
        }
        differ.extend(more);
    }
}

/// Two types of one name are told apart by a number, which nobody understands.
fn refuse_numbered(definitions: &Map<String, Value>) -> Result<()> {
    let numbered = |name: &str| definitions.contains_key(name.trim_end_matches(|c: char| c.is_ascii_digit())) && name.ends_with(|c: char| c.is_ascii_digit());
    let found: Vec<&str> = definitions.keys().map(String::as_str).filter(|name| numbered(name)).collect();
    if found.is_empty() { Ok(()) } else { Err(format!("several types of one name on the wire: {}; give them `schemars(rename = …)`", found.join(", "))) }
}

/// The operations of the core.
pub(crate) fn table() -> Result<Table> {
    let mut given = SchemaSettings::draft2020_12().for_deserialize().into_generator();
    let mut answered = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let mut requests: Map<String, Value> = Map::new();
    let mut answers: Map<String, Value> = Map::new();
    let mut areas = Vec::new();
    for area in sms_core::wire::areas() {
        let mut operations = Vec::new();
        for entry in area.operations {
            let (name, called) = (entry.name, pascal(entry.name));
            let mut request = (entry.request)(&mut given).to_value();
            tidy(&mut request);
            let text = request.get("description").and_then(Value::as_str).unwrap_or_default().to_owned();
            let (title, description) = text.split_once("\n\n").unwrap_or((&text, ""));
            if let Some(object) = request.as_object_mut() {
                object.remove("title");
                object.entry("additionalProperties").or_insert(json!(false));
                object.entry("properties").or_insert(json!({}));
                object.insert("type".to_owned(), json!("object"));
            }
            let mut answer = (entry.answered)(&mut answered).to_value();
            tidy(&mut answer);
            let named = answer.get("$ref").and_then(Value::as_str).and_then(|r| r.strip_prefix(DEFINITIONS)).map(str::to_owned);
            let answer_name = named.unwrap_or_else(|| {
                let name = format!("{called}Answer");
                answers.insert(name.clone(), answer);
                name
            });
            operations.push(Operation {
                name,
                title: title.to_owned(),
                description: description.to_owned(),
                source: entry.source,
                errors: entry.errors.iter().map(|c| c.as_str()).collect(),
                example: serde_json::from_str(entry.example).map_err(|e| format!("{name}: the example: {e}"))?,
                request: format!("{called}Request"),
                answer: answer_name,
            });
            requests.insert(format!("{called}Request"), request);
        }
        areas.push(Area { title: area.title, operations });
    }
    answered.subschema_for::<sms_core::diagnostic::ErrorData>();
    let definitions = |generator: &mut schemars::SchemaGenerator| {
        let mut made = Value::Object(generator.take_definitions(true));
        tidy(&mut made);
        match made {
            Value::Object(map) => map,
            _ => Map::new(),
        }
    };
    let (mut given, answered) = (definitions(&mut given), definitions(&mut answered));
    refuse_numbered(&given)?;
    refuse_numbered(&answered)?;
    given.extend(requests);
    let mut names = inputs(&given, &answered);
    // what is given as a list or as the text of a file is called after its entries
    names.extend(given.keys().filter(|n| n.starts_with("Array_of_")).map(|n| (n.clone(), n.replacen("Array_of_", "", 1))).collect::<Vec<_>>());
    let mut all = answered;
    all.extend(answers);
    for (name, mut schema) in given {
        rename(&mut schema, &names);
        let name = names.get(&name).unwrap_or(&name).clone();
        if let Some(other) = all.insert(name.clone(), schema.clone())
            && other != schema
        {
            return Err(format!("{name} is the name of two shapes on the wire"));
        }
    }
    Ok(Table { areas, definitions: all })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_types() {
        assert_eq!(pascal("survey.mean_interval"), "SurveyMeanInterval");
        assert_eq!(pascal("check"), "Check");
    }

    #[test]
    fn documentation_loses_its_rust() {
        assert_eq!(prose("A span\nof time.\n\n```\n# use x;\nlet a = 1;\n\nlet b = 2;\n```\n\nSee [`Period`]."), "A span of time.\n\nSee `Period`.");
        assert_eq!(prose("* one\n* two"), "* one\n* two");
    }

    #[test]
    fn what_differs_by_direction_has_two_names() {
        let shape = |schema: Value| schema.as_object().cloned().unwrap();
        let given = shape(json!({"A": {"required": []}, "B": {"$ref": "#/$defs/A"}, "C": {"type": "string"}}));
        let answered = shape(json!({"A": {"required": ["x"]}, "B": {"$ref": "#/$defs/A"}, "C": {"type": "string"}}));
        assert_eq!(inputs(&given, &answered).into_keys().collect::<Vec<_>>(), ["A", "B"]);
    }
}
