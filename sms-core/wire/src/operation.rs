//! What an operation is: one definition, from which everything else about it follows.

use crate::Engine;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sms_base::diagnostic::{Code, Error, Result};
use sms_base::shape;

/// What has a JSON Schema, where schemas are made.
#[cfg(feature = "schema")]
pub trait Described: schemars::JsonSchema {}
#[cfg(feature = "schema")]
impl<T: schemars::JsonSchema> Described for T {}
/// What has a JSON Schema, where schemas are made.
#[cfg(not(feature = "schema"))]
pub trait Described {}
#[cfg(not(feature = "schema"))]
impl<T> Described for T {}

/// An operation. The type is its request: the fields are those of the type, with their documentation; the first paragraph of the documentation of
/// the type is the title of the operation, and what follows explains it.
///
/// Dispatch, refusal of what it does not know, schemas, the types of other languages, the tables of `docs/wire.md` and the OpenAPI document are made
/// from this definition and from nothing else.
pub trait Operation: DeserializeOwned + Described {
    /// The name, `area.operation`.
    const NAME: &'static str;
    /// Where the method has it, and who described it: author, year, section.
    const SOURCE: &'static str;
    /// What can go wrong beside a request that is not well formed.
    const ERRORS: &'static [Code];
    /// The fields of a request that is answered, as JSON.
    const EXAMPLE: &'static str;
    /// The answer.
    type Answer: Serialize + Described;

    /// Answers.
    ///
    /// # Errors
    /// Those of [`ERRORS`](Self::ERRORS).
    fn answer(self, engine: &Engine) -> Result<Self::Answer>;
}

/// A line of the table of operations.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// The name.
    pub name: &'static str,
    /// Where the method has it, and who described it.
    pub source: &'static str,
    /// What can go wrong beside a request that is not well formed.
    pub errors: &'static [Code],
    /// The fields of a request that is answered, as JSON.
    pub example: &'static str,
    answer: fn(&Engine, &Value) -> Result<Value>,
    /// The schema of the request.
    #[cfg(feature = "schema")]
    pub request: fn(&mut schemars::SchemaGenerator) -> schemars::Schema,
    /// The schema of the answer.
    #[cfg(feature = "schema")]
    pub answered: fn(&mut schemars::SchemaGenerator) -> schemars::Schema,
}

impl Entry {
    /// The line of an operation.
    pub(crate) const fn of<O: Operation>() -> Self {
        Entry {
            name: O::NAME,
            source: O::SOURCE,
            errors: O::ERRORS,
            example: O::EXAMPLE,
            answer: answer::<O>,
            #[cfg(feature = "schema")]
            request: |generator| O::json_schema(generator),
            #[cfg(feature = "schema")]
            answered: |generator| generator.subschema_for::<O::Answer>(),
        }
    }

    /// Answers a request, a JSON object whose member `op` is passed over.
    pub(crate) fn answer(&self, engine: &Engine, request: &Value) -> Result<Value> {
        (self.answer)(engine, request)
    }
}

fn answer<O: Operation>(engine: &Engine, request: &Value) -> Result<Value> {
    let request: O = shape::read_but(request, "op", Code::WireBadRequest)?;
    serde_json::to_value(request.answer(engine)?).map_err(|_| Error::new(Code::NumNotFinite))
}

/// Operations that belong together.
#[derive(Clone, Copy, Debug)]
pub struct Area {
    /// The title.
    pub title: &'static str,
    /// The operations.
    pub operations: &'static [Entry],
}
