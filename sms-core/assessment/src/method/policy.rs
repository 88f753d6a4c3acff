//! A number that people decided.

use serde::{Deserialize, Serialize};

/// A number that people decided, with why and after whom.
///
/// ```
/// let method = sms_core::Method::from_json(sms_catalogue::STANDARD_METHOD_JSON)?;
/// let confidence = &method.data().estimate.confidence;
/// assert_eq!(confidence.value, 0.95);
/// assert!(!confidence.reason.is_empty());
/// # Ok::<(), sms_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy<T> {
    /// The number.
    pub value: T,
    /// Why this number.
    pub reason: String,
    /// Where it comes from.
    pub source: String,
}

#[cfg(feature = "schema")]
impl<T: schemars::JsonSchema> schemars::JsonSchema for Policy<T> {
    /// `NumberPolicy`, `CountPolicy`, `NumbersPolicy`: one named shape for each kind of value, whatever the width of its integer.
    fn schema_name() -> std::borrow::Cow<'static, str> {
        let of = T::schema_name();
        let one = of.strip_prefix("Array_of_").unwrap_or(&of);
        let one = match one {
            "double" => "Number",
            "uint" | "uint32" | "uint64" => "Count",
            "boolean" => "Choice",
            named => named,
        };
        format!("{one}{}Policy", if of.starts_with("Array_of_") { "s" } else { "" }).into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let mut value = generator.subschema_for::<T>();
        value.remove("format");
        schemars::json_schema!({
            "type": "object",
            "description": "A number that people decided, with why and after whom.",
            "properties": {
                "value": value,
                "reason": {"type": "string", "description": "Why this number."},
                "source": {"type": "string", "description": "Where it comes from."},
            },
            "required": ["value", "reason", "source"],
            "additionalProperties": false,
        })
    }
}
