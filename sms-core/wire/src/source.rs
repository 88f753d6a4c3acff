//! What a request brings as the text of a CSV file, or in a shape of its own.

use serde::Deserialize;
use serde_json::Value;
use sms_base::diagnostic::Result;
use sms_exchange::csv::{self, Dialect};
use sms_exchange::json;
use sms_model::observation::Observations;

/// The text of a CSV file.
#[derive(Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CsvText {
    /// The text of the file.
    pub csv: String,
    /// How it is written; what is not said is told from the file.
    #[serde(default)]
    pub dialect: Dialect,
}

/// The text of a CSV file, or the same in a shape of its own. People's data: it cannot be printed.
#[derive(Clone, Deserialize)]
#[serde(rename = "$by-member")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(untagged, rename = "{P}OrCsv"))]
pub enum OrCsv<P> {
    /// The text of a CSV file.
    #[serde(rename = "csv")]
    Csv(CsvText),
    /// Another shape.
    #[serde(rename = "$other")]
    Given(P),
}

/// Rows of the tidy table.
#[derive(Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "Observations"))]
pub struct Rows {
    /// The rows, each an object with the fields of the tidy table and one member a dimension.
    #[cfg_attr(feature = "schema", schemars(with = "Vec<described::Row>"))]
    pub rows: Value,
}

/// Observations in a request: the text of a CSV file, or rows.
pub type Source = OrCsv<Rows>;

impl Source {
    /// Reads them.
    ///
    /// ```
    /// use sms_core::wire::{Source, part};
    /// let given = serde_json::json!({"csv": "indicator,place,period,value\nWSP-O-04,gent,2018,4.1\n"});
    /// let source: Source = part(&given, "observations")?;
    /// assert_eq!(source.read()?.len(), 1);
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`csv::read`] and [`json::read`].
    pub fn read(&self) -> Result<Observations> {
        match self {
            OrCsv::Csv(CsvText { csv, dialect }) => csv::read(csv.as_bytes(), dialect),
            OrCsv::Given(Rows { rows }) => json::read_value(rows, None),
        }
    }
}

/// Shapes that are read by hand, as schemas.
#[cfg(feature = "schema")]
mod described {
    use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
    use serde_json::{Map, Value, json};
    use sms_model::observation::{NumberField, TextField};
    use std::borrow::Cow;

    /// A row of the tidy table as it may be given.
    pub(super) struct Row;

    impl JsonSchema for Row {
        fn schema_name() -> Cow<'static, str> {
            "ObservationRow".into()
        }

        fn json_schema(_: &mut SchemaGenerator) -> Schema {
            let mut properties = Map::new();
            for field in TextField::ALL {
                properties.insert(field.as_str().to_owned(), json!({ "type": ["string", "number", "null"], "description": field.description().trim() }));
            }
            for field in NumberField::ALL {
                properties.insert(field.as_str().to_owned(), json!({ "type": ["number", "string", "null"], "description": field.description().trim() }));
            }
            properties.insert("groups".to_owned(), json!({ "type": "object", "additionalProperties": { "type": "string" }, "description": "Codes by dimension, for dimensions that have no member of their own." }));
            let properties = Value::Object(properties);
            json_schema!({
                "description": "A row of the tidy table: one figure. Every other member is a dimension with the code of the group; without one, the figure is about everybody.",
                "type": "object",
                "required": ["indicator", "place", "period"],
                "properties": properties,
                "additionalProperties": { "type": ["string", "number", "boolean", "null"] },
            })
        }
    }
}
