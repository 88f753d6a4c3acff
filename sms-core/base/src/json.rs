//! Values of this library as JSON.
//!
//! What is written here are types of the engine: their maps have texts as keys, and their numbers that are not finite become `null`. Such a value always has a JSON, so
//! that no failure has to be hidden behind an empty text. What a caller hands in is read by [`shape`](crate::shape), which does fail.

use serde::Serialize;
use serde_json::Value;

/// As a value.
#[must_use]
#[expect(clippy::expect_used, reason = "types of the engine have text keys and no failing serializer")]
pub fn value(of: &(impl Serialize + ?Sized)) -> Value {
    serde_json::to_value(of).expect("a type of the engine is JSON")
}

/// As the bytes of one line.
#[must_use]
#[expect(clippy::expect_used, reason = "types of the engine have text keys and no failing serializer")]
pub fn bytes(of: &(impl Serialize + ?Sized)) -> Vec<u8> {
    serde_json::to_vec(of).expect("a type of the engine is JSON")
}

/// As the text of one line.
#[must_use]
#[expect(clippy::expect_used, reason = "types of the engine have text keys and no failing serializer")]
pub fn text(of: &(impl Serialize + ?Sized)) -> String {
    serde_json::to_string(of).expect("a type of the engine is JSON")
}

/// As a text for people, on lines of its own.
#[must_use]
#[expect(clippy::expect_used, reason = "types of the engine have text keys and no failing serializer")]
pub fn pretty(of: &(impl Serialize + ?Sized)) -> String {
    serde_json::to_string_pretty(of).expect("a type of the engine is JSON")
}

/// The word that stands for a variant without fields.
///
/// ```
/// assert_eq!(sms_base::json::word(&sms_base::Severity::Warning), "warning");
/// ```
#[must_use]
pub fn word(of: &impl Serialize) -> String {
    match value(of) {
        Value::String(word) => word,
        other => other.to_string(),
    }
}
