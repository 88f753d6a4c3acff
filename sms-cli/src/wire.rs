//! The wire: its schemas, and requests answered line by line.

use crate::args::{SchemaArgs, VectorsArgs};
use crate::commands::pretty;
use crate::input::{Failure, Outcome, out};
use serde_json::{Map, Value, json};
use sms_core::report::WIRE_VERSION;
use sms_core::text::did_you_mean;
use sms_core::wire::Engine;
use sms_core::{Code, Error};
use std::collections::BTreeSet;
use std::io::{self, BufRead, ErrorKind, Read, Write};
use std::path::Path;

/// The JSON Schemas of files and answers, generated from the types of the core.
const FILES: &[(&str, &str)] = &[
    ("catalogue", include_str!("../../sms-core/schemas/catalogue.json")),
    ("crosswalk", include_str!("../../sms-core/schemas/crosswalk.json")),
    ("explanation", include_str!("../../sms-core/schemas/explanation.json")),
    ("findings", include_str!("../../sms-core/schemas/findings.json")),
    ("form", include_str!("../../sms-core/schemas/form.json")),
    ("index", include_str!("../../sms-core/schemas/index.json")),
    ("method", include_str!("../../sms-core/schemas/method.json")),
    ("observation", include_str!("../../sms-core/schemas/observation.json")),
    ("plan", include_str!("../../sms-core/schemas/plan.json")),
    ("report", include_str!("../../sms-core/schemas/report.json")),
    ("survey-plan", include_str!("../../sms-core/schemas/survey-plan.json")),
    ("operations", OPERATIONS),
    ("openapi", include_str!("../../docs/openapi.json")),
];

/// Requests and answers of every operation, in one document.
const OPERATIONS: &str = include_str!("../../sms-core/schemas/operations.json");

/// How a reference to a definition begins.
const DEFINITIONS: &str = "#/$defs/";

/// The longest line that is read, without its end.
const LONGEST_LINE: u64 = 256 << 20;

pub(crate) fn schema(args: &SchemaArgs) -> Outcome<u8> {
    let bundle: Value = sms_core::exchange::json::parse(OPERATIONS)?;
    let names = || FILES.iter().map(|(name, _)| *name).chain(operations(&bundle).map(|(name, _)| name.as_str()));
    let Some(name) = &args.name else {
        out(&names().map(|name| format!("{name}\n")).collect::<String>());
        return Ok(0);
    };
    if let Some((_, operation)) = operations(&bundle).find(|(n, _)| *n == name) {
        out(&(pretty(&operation_schema(&bundle, name, operation, args.answer)) + "\n"));
        return Ok(0);
    }
    let Some((_, text)) = FILES.iter().find(|(n, _)| n == name) else {
        let near = did_you_mean(name, names()).map(|near| format!("\n  did you mean {near}?")).unwrap_or_default();
        return Err(Failure::file(Path::new(name), "there is no schema with this name", &format!("`sms schema` lists them.{near}")));
    };
    if args.answer {
        return Err(Failure::file(Path::new(name), "this is no operation, so it has no answer", "Leave `--answer` out, or name an operation."));
    }
    out(text);
    Ok(0)
}

fn operations(bundle: &Value) -> impl Iterator<Item = (&String, &Value)> {
    bundle.get("operations").and_then(Value::as_object).into_iter().flatten()
}

/// The schema of a request or an answer, with the definitions that it needs and no others.
fn operation_schema(bundle: &Value, name: &str, operation: &Value, answer: bool) -> Value {
    let part = if answer { "answer" } else { "request" };
    let mut schema = operation.get(part).and_then(Value::as_object).cloned().unwrap_or_default();
    let mut names = BTreeSet::new();
    referred(&json!(schema), &mut names);
    let mut definitions = Map::new();
    while let Some(name) = names.pop_first() {
        if let Some(definition) = bundle.get("$defs").and_then(|d| d.get(&name)).filter(|_| !definitions.contains_key(&name)) {
            referred(definition, &mut names);
            definitions.insert(name, definition.clone());
        }
    }
    let text = |field: &str| operation.get(field).and_then(Value::as_str).unwrap_or_default();
    let id = format!("urn:sms:wire:{WIRE_VERSION}:{name}:{part}");
    schema.insert("$schema".to_owned(), bundle.get("$schema").cloned().unwrap_or_default());
    schema.insert("$id".to_owned(), id.into());
    schema.insert("title".to_owned(), format!("{name}, {part}: {}", text("title")).into());
    schema.insert("$defs".to_owned(), definitions.into());
    schema.into()
}

/// Adds the names of the definitions that a schema refers to, itself or somewhere inside.
fn referred(schema: &Value, names: &mut BTreeSet<String>) {
    match schema {
        Value::Object(object) => {
            names.extend(object.get("$ref").and_then(Value::as_str).and_then(|r| r.strip_prefix(DEFINITIONS)).map(str::to_owned));
            object.values().for_each(|v| referred(v, names));
        }
        Value::Array(items) => items.iter().for_each(|v| referred(v, names)),
        _ => {}
    }
}

/// Lines of a stream, each with its number: the framing of `docs/wire.md`. Empty lines are passed over.
pub(crate) struct Lines<R> {
    reader: R,
    longest: u64,
    row: u32,
}

/// A line that is not empty.
pub(crate) enum Line {
    /// A text, without its end and, on the first line, without a byte order mark.
    Text(String),
    /// No line that can be read, and why.
    Bad(Error),
}

impl<R: BufRead> Lines<R> {
    pub(crate) fn new(reader: R) -> Self {
        Lines { reader, longest: LONGEST_LINE, row: 0 }
    }

    /// The bytes of the next line without its end, or nothing at the end of the stream.
    fn bytes(&mut self) -> io::Result<Option<Result<Vec<u8>, Error>>> {
        let mut bytes = Vec::new();
        // room for the end of the longest line
        let room = self.longest + 2;
        let read = self.reader.by_ref().take(room).read_until(b'\n', &mut bytes)?;
        if read == 0 {
            return Ok(None);
        }
        self.row = self.row.saturating_add(1);
        match bytes.pop_if(|end| *end == b'\n') {
            Some(_) => drop(bytes.pop_if(|end| *end == b'\r')),
            None if read as u64 == room => drop(self.reader.skip_until(b'\n')?),
            None => {}
        }
        if bytes.len() as u64 > self.longest {
            return Ok(Some(Err(Error::new(Code::TextTooLong).with("limit", self.longest).at_row(self.row))));
        }
        Ok(Some(Ok(bytes)))
    }
}

impl<R: BufRead> Iterator for Lines<R> {
    type Item = io::Result<Line>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let bytes = match self.bytes() {
                Ok(None) => return None,
                Ok(Some(Ok(bytes))) => bytes,
                Ok(Some(Err(error))) => return Some(Ok(Line::Bad(error))),
                Err(e) => return Some(Err(e)),
            };
            let Ok(mut text) = String::from_utf8(bytes) else {
                return Some(Ok(Line::Bad(Error::new(Code::JsonSyntax).expecting("text in UTF-8").at_row(self.row))));
            };
            if self.row == 1 && text.starts_with('\u{feff}') {
                text.remove(0);
            }
            // what JSON takes for white space
            if !text.trim_matches([' ', '\t', '\r', '\n']).is_empty() {
                return Some(Ok(Line::Text(text)));
            }
        }
    }
}

pub(crate) fn vectors(_args: &VectorsArgs) -> Outcome<u8> {
    let engine = Engine::new(sms_catalogue::CATALOGUE_JSON, sms_catalogue::METHODS)?
        .with_indices(sms_catalogue::INDICES)?
        .with_questions(sms_catalogue::QUESTIONS_JSON)?;
    let mut stdout = io::stdout().lock();
    for line in Lines::new(io::stdin().lock()) {
        let line = line.map_err(|e| Failure::file(Path::new("standard input"), e, "What was read until there is answered; ask the rest again."))?;
        let answer = match line {
            Line::Text(request) => engine.call_json(&request),
            Line::Bad(error) => json!({ "error": error.to_data() }).to_string(),
        };
        match writeln!(stdout, "{answer}").and_then(|()| stdout.flush()) {
            Ok(()) => {}
            // who asked has gone
            Err(e) if e.kind() == ErrorKind::BrokenPipe => break,
            Err(e) => return Err(Failure::file(Path::new("standard output"), e, "Check where the answers are written to.")),
        }
    }
    Ok(0)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic, reason = "tests")]
mod tests {
    use super::*;

    /// The lines of a stream whose longest line has 8 bytes: texts, and the codes and rows of those that cannot be read.
    fn lines(bytes: &[u8]) -> Vec<String> {
        // a small buffer, so that ends of lines and of buffers fall together
        let reader = io::BufReader::with_capacity(3, bytes);
        let read = Lines { reader, longest: 8, row: 0 }.map(|line| match line.unwrap() {
            Line::Text(text) => text,
            Line::Bad(error) => format!("{} in {}", error.code(), error.location()),
        });
        read.collect()
    }

    #[test]
    fn lines_end_with_lf_crlf_or_the_stream() {
        assert_eq!(lines(b"one\ntwo\r\nthree"), ["one", "two", "three"]);
        assert_eq!(lines(b"one\n\n \t\r\n\r\ntwo\n"), ["one", "two"]);
        assert_eq!(lines(b"a\rb\r\r\n"), ["a\rb\r"]);
        assert!(lines(b"").is_empty() && lines(b"\n").is_empty());
    }

    #[test]
    fn long_lines_are_passed_over() {
        let limit = "text.too-long in row";
        assert_eq!(lines(b"12345678\n12345678\r\n12345678"), ["12345678"; 3]);
        assert_eq!(lines(b"123456789\nb\n123456789\r\nd"), [&format!("{limit} 1"), "b", &format!("{limit} 3"), "d"]);
        assert_eq!(lines(b"1234567890123456\nb\n"), [&format!("{limit} 1"), "b"]);
        for length in 9..20 {
            assert_eq!(lines("x".repeat(length).as_bytes()), [format!("{limit} 1")]);
            assert_eq!(lines(format!("{}\r\nb", "x".repeat(length)).as_bytes()), [&format!("{limit} 1"), "b"]);
        }
    }

    #[test]
    fn a_line_that_is_no_text_does_not_end_it() {
        assert_eq!(lines(b"a\n\n\xff\xfe\nb\n"), ["a", "json.syntax in row 3", "b"]);
    }

    #[test]
    fn a_byte_order_mark_may_stand_at_the_start_and_only_there() {
        assert_eq!(lines("\u{feff}a\n\u{feff}b\n".as_bytes()), ["a", "\u{feff}b"]);
        assert_eq!(lines("\u{feff}\r\na\n".as_bytes()), ["a"]);
        assert_eq!(lines("\u{feff}\u{feff}a".as_bytes()), ["\u{feff}a"]);
    }

    #[test]
    fn references_are_followed_through_rings_and_not_further() {
        let bundle = json!({"$schema": "s", "operations": {"x": {"title": "T.", "request": {"$ref": "#/$defs/A"}, "answer": {"$ref": "#/$defs/D"}}}, "$defs": {
            "A": {"properties": {"b": {"items": {"$ref": "#/$defs/B"}}}}, "B": {"anyOf": [{"$ref": "#/$defs/A"}, {"$ref": "#/$defs/C"}]}, "C": {}, "D": {}
        }});
        let (name, operation) = operations(&bundle).next().unwrap();
        let made = operation_schema(&bundle, name, operation, false);
        assert_eq!(made.get("$defs").unwrap().as_object().unwrap().keys().collect::<Vec<_>>(), ["A", "B", "C"]);
        assert_eq!(operation_schema(&bundle, name, operation, true).pointer("/$defs"), Some(&json!({"D": {}})));
    }
}
