//! Floor 3: JSON of a known shape, read strictly.
//!
//! A member that the shape does not have is refused, with the nearest one that it has; a null member of an object is as absent. What is wrong is
//! told by its path in the document and by what was expected there, never by what was found: also the name of an unknown member is repeated only
//! where it is a known one misspelt.
//!
//! A type says its shape by deriving `serde::Deserialize`. An enum that is named [`BY_MEMBER`] is told apart by what stands there, without a tag: its
//! variants are named after a member that only they have, or after a kind of value (`$text`, `$list`), the last one `$other`.
//!
//! ```
//! # use sms_base as sms_core;
//! use serde::Deserialize;
//! use sms_core::{Code, shape};
//!
//! #[derive(Debug, Deserialize)]
//! struct Policy { threshold: u32 }
//!
//! #[derive(Debug, Deserialize)]
//! struct Request { policy: Policy }
//!
//! let request = serde_json::json!({"policy": {"treshold": 20}});
//! let error = shape::read::<Request>(&request, Code::WireBadRequest).unwrap_err();
//! assert_eq!(error.code(), Code::WireUnknownField);
//! assert_eq!(error.location().path.as_deref(), Some("policy.treshold"));
//! assert_eq!(error.params()["did_you_mean"].to_string(), "threshold");
//! ```

use crate::diagnostic::{Code, Error, Result};
use crate::text::{did_you_mean, short};
use serde::de::{self, DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess, SeqAccess, VariantAccess, Visitor};
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::fmt;

/// The name of an enum that is told apart by a member or by the kind of value.
pub const BY_MEMBER: &str = "$by-member";

/// Reads a document.
///
/// ```
/// # use sms_base as sms_core;
/// use sms_core::{Code, shape};
/// let shares: Vec<f64> = shape::read(&serde_json::json!([0.5, 0.3, 0.2]), Code::WireBadRequest)?;
/// assert_eq!(shares, [0.5, 0.3, 0.2]);
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// The code that is given, with the path and what was expected there; `wire.unknown-field` in place of `wire.bad-request` for a member that the shape
/// does not have.
pub fn read<T: DeserializeOwned>(value: &Value, wrong: Code) -> Result<T> {
    read_at(value, "", wrong)
}

/// Reads a part of a document: paths begin with where it stands.
///
/// # Errors
/// As [`read`].
pub fn read_at<T: DeserializeOwned>(value: &Value, path: &str, wrong: Code) -> Result<T> {
    T::deserialize(Reader { value, but: None, path: Path::start(path) }).map_err(|fault| fault.error(wrong))
}

/// Reads a document apart from one member, such as the name of an operation beside its fields.
///
/// # Errors
/// As [`read`].
pub fn read_but<T: DeserializeOwned>(value: &Value, but: &'static str, wrong: Code) -> Result<T> {
    T::deserialize(Reader { value, but: Some(but), path: Path::start("") }).map_err(|fault| fault.error(wrong))
}

/// How a message about a misplaced field begins.
const MISPLACED: &str = "misplaced field ";

/// Refuses a field that a shape has, but not beside what stands there: a shape of several kinds that reads itself. The name is one of the shape's own, so it
/// is told.
pub fn misplaced<E: de::Error>(field: &'static str, expected: &str) -> E {
    E::custom(format!("{MISPLACED}`{field}`, expected {expected}"))
}

/// What serde calls a type, for people who do not write Rust.
fn plain(expected: &str) -> Cow<'static, str> {
    Cow::Borrowed(match expected {
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number, 0 or more",
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number",
        "f32" | "f64" => "a number",
        "a sequence" => "a list",
        "a map" => "an object with named fields",
        "a string" | "string or map" => return Cow::Owned(expected.to_owned()),
        other if other.starts_with("struct ") => "an object with named fields",
        other => return Cow::Owned(other.to_owned()),
    })
}

/// What was expected, as a message of serde says it; a message begins with what was found, which may hold anything.
fn expected_of(message: &str) -> Cow<'static, str> {
    let text = message.rsplit_once(" at line").map_or(message, |(before, _)| before);
    if let Some((_, expected)) = text.rsplit_once(", expected ") {
        return plain(expected);
    }
    match ["missing field ", "duplicate field ", "expected "].iter().find(|start| text.starts_with(**start)) {
        Some(&"expected ") => plain(text.trim_start_matches("expected ")),
        Some(_) => Cow::Owned(text.to_owned()),
        None => Cow::Borrowed("another value"),
    }
}

/// What was expected, as an error of serde says it; what was found may be anything and is not told.
#[must_use]
pub fn expected_by(error: &serde_json::Error) -> String {
    expected_of(&error.to_string()).into_owned()
}

/// Where a value stands, from the inside out.
#[derive(Clone, Copy)]
enum Path<'a> {
    Start(&'a str),
    Member(&'a Path<'a>, &'a str),
    Position(&'a Path<'a>, usize),
}

impl<'a> Path<'a> {
    fn start(path: &'a str) -> Self {
        Path::Start(path)
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Path::Start(start) => f.write_str(start),
            Path::Member(Path::Start(""), name) => f.write_str(short(name)),
            Path::Member(outer, name) => write!(f, "{outer}.{}", short(name)),
            Path::Position(outer, at) => write!(f, "{outer}[{at}]"),
        }
    }
}

/// What is wrong, and where.
#[derive(Debug)]
struct Fault {
    path: Option<String>,
    what: What,
}

#[derive(Debug)]
enum What {
    Unknown { name: String, known: &'static [&'static str] },
    Missing(&'static str),
    Misplaced { name: String, expected: String },
    Expected(Cow<'static, str>),
}

impl Fault {
    fn new(what: What) -> Self {
        Fault { path: None, what }
    }

    fn expected(what: impl Into<Cow<'static, str>>) -> Self {
        Fault::new(What::Expected(what.into()))
    }

    /// The innermost place is the one that is told.
    fn at(mut self, path: &Path<'_>) -> Self {
        if self.path.is_none() {
            self.path = Some(match &self.what {
                // a name that is near a known one is a slip of the pen; any other may be anything, and is not repeated
                What::Unknown { name, known } if did_you_mean(name, known.iter().copied()).is_some() => Path::Member(path, name).to_string(),
                What::Missing(name) => Path::Member(path, name).to_string(),
                What::Misplaced { name, .. } => Path::Member(path, name).to_string(),
                What::Unknown { .. } | What::Expected(_) => path.to_string(),
            });
        }
        self
    }

    fn error(self, wrong: Code) -> Error {
        let path = self.path.filter(|p| !p.is_empty()).unwrap_or_else(|| "$".to_owned());
        match self.what {
            What::Unknown { name, known } => {
                // a file that is not as it should be has a code of its own
                let code = if wrong == Code::WireBadRequest { Code::WireUnknownField } else { wrong };
                let error = Error::new(code).at_path(&path);
                let error = match known {
                    [] => error.expecting("no field here"),
                    known => error.expecting(format!("one of {}", known.join(", "))),
                };
                error.suggesting(did_you_mean(&name, known.iter().copied()))
            }
            What::Misplaced { expected, .. } => {
                let code = if wrong == Code::WireBadRequest { Code::WireUnknownField } else { wrong };
                Error::new(code).at_path(&path).expecting(expected)
            }
            What::Missing(_) => Error::new(wrong).at_path(&path).expecting("this field"),
            What::Expected(expected) => Error::new(wrong).at_path(&path).expecting(expected),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.what {
            // as serde says it, for a fault that is told on by an error of another kind
            What::Unknown { .. } => f.write_str("another field"),
            What::Missing(name) => write!(f, "missing field `{name}`"),
            What::Misplaced { expected, .. } => write!(f, "expected {expected}"),
            What::Expected(expected) => write!(f, "expected {expected}"),
        }
    }
}

impl std::error::Error for Fault {}

impl de::Error for Fault {
    fn custom<T: fmt::Display>(message: T) -> Self {
        let message = message.to_string();
        if let Some((name, expected)) = message.strip_prefix(MISPLACED).and_then(|rest| rest.split_once("`, expected ")) {
            return Fault::new(What::Misplaced { name: name.trim_start_matches('`').to_owned(), expected: expected.to_owned() });
        }
        Fault::expected(expected_of(&message))
    }

    fn invalid_type(_: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Fault::expected(plain(&expected.to_string()))
    }

    fn invalid_value(_: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Fault::expected(plain(&expected.to_string()))
    }

    fn invalid_length(_: usize, expected: &dyn de::Expected) -> Self {
        Fault::expected(plain(&expected.to_string()))
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Fault::expected(match expected {
            [] => "nothing".to_owned(),
            [one] => (*one).to_owned(),
            several => format!("one of {}", several.join(", ")),
        })
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        Fault::new(What::Unknown { name: field.to_owned(), known: expected })
    }

    fn missing_field(field: &'static str) -> Self {
        Fault::new(What::Missing(field))
    }
}

/// A value on its way into a type.
#[derive(Clone, Copy)]
struct Reader<'de, 'p> {
    value: &'de Value,
    but: Option<&'static str>,
    path: Path<'p>,
}

impl<'de, 'p> Reader<'de, 'p> {
    fn inner(value: &'de Value, path: Path<'p>) -> Self {
        Reader { value, but: None, path }
    }

    fn members(self, object: &'de Map<String, Value>, known: Option<&'static [&'static str]>) -> Members<'de, 'p> {
        Members { left: object.iter(), value: None, known, but: self.but, path: self.path }
    }

    /// Which variant of an enum without a tag stands here.
    fn by_member(self, variants: &'static [&'static str]) -> &'static str {
        let fits = |variant: &str| match (variant, self.value) {
            ("$text", Value::String(_)) | ("$list", Value::Array(_)) | ("$other", _) => true,
            (member, Value::Object(object)) => object.get(member).is_some_and(|v| !v.is_null()),
            _ => false,
        };
        variants.iter().copied().find(|v| fits(v)).unwrap_or_default()
    }
}

impl<'de> Deserializer<'de> for Reader<'de, '_> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let path = self.path;
        match self.value {
            Value::Null => visitor.visit_unit(),
            Value::Bool(yes) => visitor.visit_bool(*yes),
            Value::Number(n) => match (n.as_u64(), n.as_i64(), n.as_f64()) {
                (Some(n), _, _) => visitor.visit_u64(n),
                (_, Some(n), _) => visitor.visit_i64(n),
                (_, _, Some(x)) => visitor.visit_f64(x),
                _ => Err(Fault::expected("a number")),
            },
            Value::String(text) => visitor.visit_borrowed_str(text),
            Value::Array(items) => {
                let mut elements = Elements { left: items.iter(), at: 0, path };
                let made = visitor.visit_seq(&mut elements);
                match made {
                    Ok(made) if elements.left.len() == 0 => Ok(made),
                    Ok(_) => Err(Fault::expected("fewer elements")),
                    Err(fault) => Err(fault),
                }
            }
            Value::Object(object) => visitor.visit_map(self.members(object, None)),
        }
        .map_err(|fault| fault.at(&path))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.value {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(self, _: &'static str, fields: &'static [&'static str], visitor: V) -> Result<V::Value, Fault> {
        let path = self.path;
        match self.value {
            Value::Object(object) => visitor.visit_map(self.members(object, Some(fields))).map_err(|fault| fault.at(&path)),
            _ => Err(Fault::expected("an object with named fields").at(&path)),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(self, name: &'static str, variants: &'static [&'static str], visitor: V) -> Result<V::Value, Fault> {
        let path = self.path;
        let expected = || Fault::unknown("", variants).at(&path);
        let (variant, content) = match self.value {
            _ if name == BY_MEMBER => (self.by_member(variants), Some(self)),
            Value::String(variant) => (variant.as_str(), None),
            Value::Object(object) => {
                let mut members = object.iter().filter(|(_, v)| !v.is_null() || object.len() == 1);
                match (members.next(), members.next()) {
                    (Some((variant, content)), None) => (variant.as_str(), Some(Reader::inner(content, Path::Member(&path, variant)))),
                    _ => return Err(expected()),
                }
            }
            _ => return Err(expected()),
        };
        if !variants.contains(&variant) {
            return Err(Fault::unknown(variant, variants).at(&path));
        }
        visitor.visit_enum(Variant { name: variant, content }).map_err(|fault| fault.at(&path))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map identifier
    }
}

impl Fault {
    /// Another word than those of a list.
    fn unknown(word: &str, known: &'static [&'static str]) -> Self {
        <Fault as de::Error>::unknown_variant(word, known)
    }
}

struct Elements<'de, 'p> {
    left: std::slice::Iter<'de, Value>,
    at: usize,
    path: Path<'p>,
}

impl<'de> SeqAccess<'de> for &mut Elements<'de, '_> {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Fault> {
        let Some(value) = self.left.next() else { return Ok(None) };
        let at = self.at;
        self.at += 1;
        let path = self.path;
        seed.deserialize(Reader::inner(value, Path::Position(&path, at))).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.left.len())
    }
}

struct Members<'de, 'p> {
    left: serde_json::map::Iter<'de>,
    value: Option<(&'de str, &'de Value)>,
    /// The fields of a struct; none for a map, whose keys are free and whose nulls are values.
    known: Option<&'static [&'static str]>,
    but: Option<&'static str>,
    path: Path<'p>,
}

impl<'de> MapAccess<'de> for Members<'de, '_> {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Fault> {
        for (name, value) in self.left.by_ref() {
            if self.but == Some(name) {
                continue;
            }
            if let Some(known) = self.known {
                if !known.contains(&name.as_str()) {
                    return Err(<Fault as de::Error>::unknown_field(name, known));
                }
                if value.is_null() {
                    continue;
                }
            }
            self.value = Some((name, value));
            let key: de::value::BorrowedStrDeserializer<'de, Fault> = de::value::BorrowedStrDeserializer::new(name);
            return seed.deserialize(key).map(Some);
        }
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Fault> {
        let Some((name, value)) = self.value.take() else { return Err(Fault::expected("another value")) };
        let path = self.path;
        seed.deserialize(Reader::inner(value, Path::Member(&path, name)))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.left.len())
    }
}

struct Variant<'de, 'p> {
    name: &'de str,
    content: Option<Reader<'de, 'p>>,
}

impl<'de, 'p> EnumAccess<'de> for Variant<'de, 'p> {
    type Error = Fault;
    type Variant = Content<'de, 'p>;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Content<'de, 'p>), Fault> {
        let name: de::value::StrDeserializer<'_, Fault> = self.name.into_deserializer();
        Ok((seed.deserialize(name)?, Content(self.content)))
    }
}

struct Content<'de, 'p>(Option<Reader<'de, 'p>>);

impl<'de> VariantAccess<'de> for Content<'de, '_> {
    type Error = Fault;

    fn unit_variant(self) -> Result<(), Fault> {
        match self.0 {
            None => Ok(()),
            Some(content) if content.value.is_null() => Ok(()),
            Some(content) => Err(Fault::expected("its name alone").at(&content.path)),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Fault> {
        match self.0 {
            Some(content) => seed.deserialize(content),
            None => Err(Fault::expected("an object with this name and its fields")),
        }
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Fault> {
        match self.0 {
            Some(content) => content.deserialize_any(visitor),
            None => Err(Fault::expected("an object with this name and its fields")),
        }
    }

    fn struct_variant<V: Visitor<'de>>(self, fields: &'static [&'static str], visitor: V) -> Result<V::Value, Fault> {
        match self.0 {
            Some(content) => content.deserialize_struct("", fields, visitor),
            None => Err(Fault::expected("an object with this name and its fields")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;
    use serde_json::json;
    use std::collections::BTreeMap;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(rename_all = "snake_case")]
    enum Rule {
        Rank,
        Power { exponent: f64 },
        Fixed(Vec<f64>),
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct CsvText {
        csv: String,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(rename = "$by-member")]
    enum Source {
        #[serde(rename = "csv")]
        Csv(CsvText),
        #[serde(rename = "$list")]
        List(Vec<u32>),
        #[serde(rename = "$other")]
        Rows(BTreeMap<String, Option<f64>>),
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct Inner {
        rule: Rule,
        #[serde(default)]
        weights: Vec<f64>,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct Outer {
        parts: Vec<Inner>,
        source: Option<Source>,
    }

    fn fault(value: Value) -> (Code, String, String, Option<String>) {
        let e = read_but::<Outer>(&value, "op", Code::WireBadRequest).unwrap_err();
        let near = e.params().get("did_you_mean").map(ToString::to_string);
        (e.code(), e.location().path.as_deref().unwrap().to_owned(), e.expected().unwrap_or_default().to_owned(), near)
    }

    #[test]
    fn what_fits_is_read_and_null_is_absent() {
        let value = json!({"op": "x", "parts": [{"rule": "rank", "weights": null}, {"rule": {"power": {"exponent": 2}}}, {"rule": {"fixed": [1, 2.5]}}], "source": null});
        let made: Outer = read_but(&value, "op", Code::WireBadRequest).unwrap();
        assert_eq!(made.parts[1].rule, Rule::Power { exponent: 2.0 });
        assert_eq!(made.parts[2].rule, Rule::Fixed(vec![1.0, 2.5]));
        assert_eq!((made.parts[0].weights.len(), made.source), (0, None));
    }

    #[test]
    fn what_stands_there_tells_enums_without_a_tag_apart() {
        let source = |value: Value| read::<Source>(&value, Code::WireBadRequest);
        assert_eq!(source(json!({"csv": "a"})).unwrap(), Source::Csv(CsvText { csv: "a".to_owned() }));
        assert_eq!(source(json!([1, 2])).unwrap(), Source::List(vec![1, 2]));
        assert_eq!(source(json!({"a": null, "b": 1})).unwrap(), Source::Rows([("a".to_owned(), None), ("b".to_owned(), Some(1.0))].into()));
        let error = source(json!({"csv": "a", "dialekt": {}})).unwrap_err();
        assert_eq!((error.code(), error.location().path.as_deref()), (Code::WireUnknownField, Some("$")));
        assert_eq!(source(json!([1, -2])).unwrap_err().location().path.as_deref(), Some("[1]"));
    }

    #[test]
    fn unknown_members_are_refused_wherever_they_stand() {
        let named = |path: &str, near: Option<&str>| (Code::WireUnknownField, path.to_owned(), near.map(str::to_owned));
        for (value, path, near) in [
            (json!({"op": "x", "parts": [], "prats": []}), "prats", Some("parts")),
            (json!({"parts": [], "quite_another": null}), "$", None),
            (json!({"parts": [{"rule": "rank", "weight": []}]}), "parts[0].weight", Some("weights")),
            (json!({"parts": [{"rule": {"power": {"exponent": 1, "exponents": 2}}}]}), "parts[0].rule.power.exponents", Some("exponent")),
            (json!({"parts": [], "source": {"csv": "", "dialekt": {}}}), "source", None),
        ] {
            let (code, found, _, given) = fault(value);
            assert_eq!((code, found, given), named(path, near));
        }
    }

    #[test]
    fn what_is_wrong_is_told_by_place_and_expectation_and_never_echoed() {
        for (value, path, expected) in [
            (json!({}), "parts", "this field"),
            (json!({"parts": "secret"}), "parts", "a list"),
            (json!({"parts": ["secret"]}), "parts[0]", "an object with named fields"),
            (json!({"parts": [{}]}), "parts[0].rule", "this field"),
            (json!({"parts": [{"rule": "secret"}]}), "parts[0].rule", "one of rank, power, fixed"),
            (json!({"parts": [{"rule": {"secret": 1}}]}), "parts[0].rule", "one of rank, power, fixed"),
            (json!({"parts": [{"rule": "power"}]}), "parts[0].rule", "an object with this name and its fields"),
            (json!({"parts": [{"rule": {"rank": 3}}]}), "parts[0].rule.rank", "its name alone"),
            (json!({"parts": [{"rule": "rank", "weights": [1, "secret"]}]}), "parts[0].weights[1]", "a number"),
            (json!("secret"), "$", "an object with named fields"),
        ] {
            let (code, found, told, _) = fault(value);
            assert_eq!((code, found.as_str(), told.as_str()), (Code::WireBadRequest, path, expected));
        }
    }

    #[test]
    fn a_value_that_is_found_is_no_part_of_the_message() {
        assert_eq!(expected_of("invalid type: string \"x, expected secret\", expected f64 at line 1 column 2"), "a number");
        assert_eq!(expected_of("anything secret"), "another value");
    }
}
