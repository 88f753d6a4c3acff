//! Conformance vectors: what a case asks, and where an answer differs from it. The rules are those of `tests/vectors/README.md`.

use serde::Serialize;
use serde_json::Value;
use std::fmt::{self, Write};

/// The longest text of a [`Difference`], in bytes.
const LONGEST: usize = 160;

/// Where an answer is not what its case expects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The place in the answer, a JSON pointer such as `/ok/score`.
    pub path: String,
    /// What should stand there; JSON where it is a value, and never more than its beginning.
    pub expected: String,
    /// What stands there, in the same way.
    pub got: String,
}

impl Difference {
    fn new(path: &str, expected: impl Into<String>, got: impl Into<String>) -> Self {
        Difference { path: path.to_owned(), expected: expected.into(), got: got.into() }
    }
}

/// The request of a case: the fields of `input`, and `op` beside them.
///
/// ```
/// let case = serde_json::json!({"id": "a-year", "op": "period.parse", "input": {"text": "2018"}, "expect": {"months": 12}});
/// assert_eq!(sms_core::wire::certify::request(&case), serde_json::json!({"op": "period.parse", "text": "2018"}));
/// ```
#[must_use]
pub fn request(case: &Value) -> Value {
    let mut request = case.get("input").cloned().unwrap_or_default();
    if let (Some(fields), Some(op)) = (request.as_object_mut(), case.get("op")) {
        fields.insert("op".to_owned(), op.clone());
    }
    request
}

/// The line that a case is asked with, without its end.
///
/// ```
/// let case = serde_json::json!({"id": "a-year", "op": "period.parse", "input": {"text": "2018"}, "expect": {"months": 12}});
/// assert_eq!(sms_core::wire::certify::request_line(&case), r#"{"op":"period.parse","text":"2018"}"#);
/// ```
#[must_use]
pub fn request_line(case: &Value) -> String {
    request(case).to_string()
}

/// Where an answer differs from what its case expects; nothing when the case is passed.
///
/// ```
/// use sms_core::wire::certify::differences;
///
/// let case = serde_json::json!({"id": "half", "op": "score.goalposts", "input": {}, "expect": {"score": 50, "raw": 50}, "tolerance": 1e-12});
/// assert!(differences(&case, &serde_json::json!({"ok": {"score": 50.0, "raw": 50, "more": true}})).is_empty());
///
/// let found = differences(&case, &serde_json::json!({"ok": {"score": 49, "raw": 50}}));
/// assert_eq!(found.len(), 1);
/// assert_eq!((found[0].path.as_str(), found[0].expected.as_str(), found[0].got.as_str()), ("/ok/score", "50", "49"));
/// ```
#[must_use]
pub fn differences(case: &Value, answer: &Value) -> Vec<Difference> {
    let (ok, error) = (answer.get("ok"), answer.get("error").filter(|e| !e.is_null()));
    let mut found = Vec::new();
    match (case.get("reject").and_then(Value::as_str), case.get("expect"), error) {
        (Some(code), _, Some(error)) => {
            compare(&code.into(), error.get("code"), 0.0, &mut "/error/code".to_owned(), &mut found);
            // who refuses gives no answer beside it
            compare(&Value::Null, ok, 0.0, &mut "/ok".to_owned(), &mut found);
        }
        (Some(code), _, None) => found.push(Difference::new("", format!("the error {code}"), short(answer))),
        (None, Some(_), Some(error)) => {
            let code = error.get("code").and_then(Value::as_str);
            found.push(Difference::new("", "an answer", code.map_or_else(|| short(answer), |code| bounded(&format!("the error {code}")))));
        }
        (None, Some(_), None) if ok.is_none() => found.push(Difference::new("", "an object with `ok` or `error`", short(answer))),
        (None, Some(expect), None) => {
            let tolerance = case.get("tolerance").and_then(Value::as_f64).unwrap_or(0.0);
            compare(expect, ok, tolerance, &mut "/ok".to_owned(), &mut found);
        }
        (None, None, _) => found.push(Difference::new("", "a case with `expect` or `reject`", "neither")),
    }
    found
}

/// Objects by subset, arrays element by element, numbers within the tolerance.
fn compare(expected: &Value, got: Option<&Value>, tolerance: f64, path: &mut String, found: &mut Vec<Difference>) {
    match (expected, got) {
        (Value::Null, None | Some(Value::Null)) => {}
        (Value::Object(wanted), Some(Value::Object(object))) => {
            for (key, value) in wanted {
                inside(path, &key.replace('~', "~0").replace('/', "~1"), |path| compare(value, object.get(key), tolerance, path, found));
            }
        }
        (Value::Array(wanted), Some(Value::Array(items))) => {
            if wanted.len() != items.len() {
                found.push(Difference::new(path, format!("an array of {}", wanted.len()), format!("an array of {}", items.len())));
                return;
            }
            for (i, (value, item)) in wanted.iter().zip(items).enumerate() {
                inside(path, &i.to_string(), |path| compare(value, Some(item), tolerance, path, found));
            }
        }
        (Value::Number(wanted), Some(Value::Number(number))) if near(wanted.as_f64(), number.as_f64(), tolerance) => {}
        (wanted, Some(value)) if wanted == value => {}
        (wanted, got) => found.push(Difference::new(path, short(wanted), got.map_or_else(|| "nothing".to_owned(), short))),
    }
}

/// Whether |got − expected| ≤ tolerance · max(1, |expected|).
fn near(expected: Option<f64>, got: Option<f64>, tolerance: f64) -> bool {
    expected.zip(got).is_some_and(|(a, b)| (b - a).abs() <= tolerance * a.abs().max(1.0))
}

/// Goes one step down a path and comes back.
fn inside(path: &mut String, step: &str, work: impl FnOnce(&mut String)) {
    let length = path.len();
    path.push('/');
    path.push_str(step);
    work(path);
    path.truncate(length);
}

/// The beginning of a value as JSON; the rest of a large one is not even written.
fn short(value: &Value) -> String {
    let mut start = Start(String::new());
    // where there is more than fits it ends with an error, and what is there is cut
    write!(start, "{value}").unwrap_or_default();
    bounded(&start.0)
}

/// A text, or its beginning.
fn bounded(text: &str) -> String {
    if text.len() <= LONGEST {
        return text.to_owned();
    }
    let end = (0..=LONGEST).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
    format!("{}…", text.get(..end).unwrap_or_default())
}

/// Takes parts until there is more than is shown.
struct Start(String);

impl Write for Start {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        let room = (LONGEST + 1).saturating_sub(self.0.len());
        let end = (room..part.len()).find(|&at| part.is_char_boundary(at)).unwrap_or(part.len());
        self.0.push_str(part.get(..end).unwrap_or_default());
        if end < part.len() { Err(fmt::Error) } else { Ok(()) }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(expect: Value, tolerance: f64, ok: Value) -> Vec<Difference> {
        differences(&json!({"id": "x", "op": "y", "input": {}, "expect": expect, "tolerance": tolerance}), &json!({ "ok": ok }))
    }

    fn one(found: &[Difference]) -> (&str, &str, &str) {
        assert_eq!(found.len(), 1, "{found:?}");
        (&found[0].path, &found[0].expected, &found[0].got)
    }

    #[test]
    fn objects_are_compared_by_subset_and_arrays_by_length() {
        assert!(of(json!({"a": [1, {"b": "x"}]}), 0.0, json!({"a": [1.0, {"b": "x", "c": 2}], "d": 3})).is_empty());
        assert_eq!(one(&of(json!({"a": [1, {"b": "x"}]}), 0.0, json!({"a": [1, {"b": "z"}]}))), ("/ok/a/1/b", "\"x\"", "\"z\""));
        assert_eq!(one(&of(json!({"a": [1, 2]}), 0.0, json!({"a": [1]}))), ("/ok/a", "an array of 2", "an array of 1"));
        assert_eq!(one(&of(json!({"a": true}), 0.0, json!([]))), ("/ok", "{\"a\":true}", "[]"));
        assert_eq!(one(&of(json!({"a/b~": 1}), 0.0, json!({}))), ("/ok/a~1b~0", "1", "nothing"));
        assert_eq!(of(json!({"a": 1, "b": 2, "c": 3}), 0.0, json!({"b": 2})).len(), 2);
    }

    #[test]
    fn null_is_absent_or_null_and_nothing_else() {
        assert!(of(json!({"a": null}), 0.0, json!({})).is_empty());
        assert!(of(json!({"a": null}), 0.0, json!({"a": null})).is_empty());
        assert!(of(Value::Null, 0.0, Value::Null).is_empty());
        for wrong in [json!(0), json!(false), json!(""), json!([])] {
            assert_eq!(one(&of(json!({"a": null}), 0.0, json!({"a": wrong}))).0, "/ok/a");
        }
        assert_eq!(one(&of(json!({"a": 0}), 0.0, json!({"a": null}))), ("/ok/a", "0", "null"));
    }

    #[test]
    fn numbers_are_near_within_the_tolerance_and_one_kind() {
        assert!(of(json!(70), 0.0, json!(70.0)).is_empty());
        assert!(of(json!(1000.0), 1e-3, json!(1001.0)).is_empty());
        assert!(of(json!(0.0), 1e-3, json!(0.001)).is_empty());
        assert!(!of(json!(1000.0), 1e-3, json!(1001.1)).is_empty());
        assert!(!of(json!(0.1), 0.0, json!(0.1 + 1e-16)).is_empty());
        assert!(!of(json!(f64::MAX), 1e-9, json!(f64::MIN)).is_empty());
        assert!(!of(json!(1), 1.0, json!("1")).is_empty());
        assert!(!of(json!(1), 1.0, json!(true)).is_empty());
    }

    #[test]
    fn refusals_have_exactly_this_code() {
        let case = json!({"id": "x", "op": "y", "input": {}, "reject": "a.b"});
        assert!(differences(&case, &json!({"error": {"code": "a.b", "message": "free"}})).is_empty());
        assert!(differences(&case, &json!({"ok": null, "error": {"code": "a.b"}})).is_empty());
        assert_eq!(one(&differences(&case, &json!({"error": {"code": "a.c"}}))), ("/error/code", "\"a.b\"", "\"a.c\""));
        assert_eq!(one(&differences(&case, &json!({"error": "a.b"}))), ("/error/code", "\"a.b\"", "nothing"));
        assert_eq!(one(&differences(&case, &json!({"ok": 1}))), ("", "the error a.b", "{\"ok\":1}"));
        assert_eq!(one(&differences(&case, &json!({"ok": 1, "error": {"code": "a.b"}}))), ("/ok", "null", "1"));
    }

    #[test]
    fn an_error_is_no_answer_and_other_json_is_neither() {
        let case = json!({"id": "x", "op": "y", "input": {}, "expect": null});
        assert!(differences(&case, &json!({"ok": null})).is_empty());
        assert!(differences(&case, &json!({"ok": null, "error": null})).is_empty());
        assert_eq!(one(&differences(&case, &json!({"error": {"code": "a.b"}}))), ("", "an answer", "the error a.b"));
        assert_eq!(one(&differences(&case, &json!({"ok": null, "error": {}}))), ("", "an answer", r#"{"error":{},"ok":null}"#));
        for other in [json!({}), json!(3), json!("ok"), Value::Null, json!(["ok"]), json!({"error": null})] {
            assert_eq!(one(&differences(&case, &other)).1, "an object with `ok` or `error`");
        }
        assert_eq!(one(&differences(&json!({"id": "x"}), &json!({"ok": 1}))).2, "neither");
    }

    #[test]
    fn a_long_text_is_cut_at_a_character() {
        for n in 0..8 {
            let long = format!("{}{}", "x".repeat(n), "é".repeat(100_000));
            let found = of(json!(1), 0.0, json!({ "long": long }));
            let got = one(&found).2;
            assert!(got.len() <= LONGEST + '…'.len_utf8() && got.ends_with("é…"), "{got}");
        }
        assert_eq!(short(&json!("x".repeat(LONGEST - 2))).len(), LONGEST);
        assert_eq!(short(&json!("x".repeat(LONGEST - 1))), format!("\"{}…", "x".repeat(LONGEST - 1)));
        let found = differences(&json!({"id": "x", "expect": 1}), &json!({"error": {"code": "é".repeat(1000)}}));
        assert!(one(&found).2.len() <= LONGEST + 3);
    }

    #[test]
    fn a_case_is_asked_in_one_line() {
        let case = json!({"id": "x", "op": "check", "input": {"op": "other", "text": "two\nlines\r\n"}});
        assert_eq!(request_line(&case), r#"{"op":"check","text":"two\nlines\r\n"}"#);
        assert_eq!(request_line(&json!({"op": "x", "input": [1]})), "[1]");
    }
}
