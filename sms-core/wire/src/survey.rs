//! Survey estimates: microdata in columns, states as base64 text, intervals and grades.

use super::{Engine, OldArea, answer, field, optional, unanswered, whole};
use serde_json::{Map, Value, json};
use sms_base::diagnostic::{Code, Error, Result};
use sms_base::num::DecimalSign;
use sms_model::estimate;
use sms_statistics::survey::{
    Accumulator, Batch, Column, Encoded, ProportionIntervalInput, QualityInput, QualityRules, Reporting, Role, SurveyPlan, encode_numbers, mean_interval,
    proportion_interval, quality,
};
use std::collections::BTreeMap;

pub(super) const AREA: OldArea = OldArea { operations: OPERATIONS, answer: call };

const OPERATIONS: &[&str] = &[
    "survey.estimate",
    "survey.accumulate",
    "survey.merge",
    "survey.finish",
    "survey.mean_interval",
    "survey.proportion_interval",
    "survey.quality",
    "estimate.poisson_exact",
];

/// Microdata in a request, by column. People's data: it cannot be printed.
struct Microdata {
    rows: usize,
    numbers: BTreeMap<String, (Vec<f64>, Vec<bool>)>,
    codes: BTreeMap<String, Encoded>,
}

fn bad(column: &str, expected: &'static str) -> Error {
    Error::new(Code::WireBadRequest).at_path(&format!("columns.{column}")).expecting(expected)
}

/// A number; NaN and infinities come as texts and are left for the core to refuse.
fn number(value: &Value) -> Option<Option<f64>> {
    match value {
        Value::Null => Some(None),
        Value::Number(n) => Some(n.as_f64()),
        Value::Bool(yes) => Some(Some(f64::from(u8::from(*yes)))),
        Value::String(text) => match sms_base::num::parse_number(text, DecimalSign::Point) {
            Err(sms_base::num::NumberProblem::NotFinite) => Some(Some(f64::NAN)),
            _ => None,
        },
        _ => None,
    }
}

fn encode(values: &[Value]) -> Option<Encoded> {
    if values.iter().all(|v| matches!(v, Value::Null | Value::Number(_))) {
        return Some(encode_numbers(values.iter().map(Value::as_f64)));
    }
    let mut seen: BTreeMap<&str, u32> = BTreeMap::new();
    let mut made = Encoded::default();
    for value in values {
        let text = match value {
            Value::Null => None,
            Value::String(text) => Some(text.as_str()),
            Value::Bool(yes) => Some(if *yes { "true" } else { "false" }),
            _ => return None,
        };
        let code = text.map(|text| {
            *seen.entry(text).or_insert_with(|| {
                made.dictionary.push(text.to_owned());
                u32::try_from(made.dictionary.len() - 1).unwrap_or(u32::MAX)
            })
        });
        made.codes.push(code.unwrap_or_default());
        made.valid.push(code.is_some());
    }
    Some(made)
}

impl Microdata {
    fn read(plan: &SurveyPlan, request: &Value) -> Result<Self> {
        let columns: Map<String, Value> = field(request, "columns")?;
        let mut made = Microdata { rows: 0, numbers: BTreeMap::new(), codes: BTreeMap::new() };
        for (at, (name, role)) in plan.columns().into_iter().enumerate() {
            let Some(values) = columns.get(name) else { return Err(Error::new(Code::SurveyMissingColumn).in_column(name)) };
            let values = values.as_array().ok_or_else(|| bad(name, "an array, one entry a row"))?;
            if at == 0 {
                made.rows = values.len();
            }
            match role {
                Role::Numbers => {
                    let read: Vec<Option<f64>> = values.iter().map(number).collect::<Option<_>>().ok_or_else(|| bad(name, "numbers and nulls"))?;
                    let valid = read.iter().map(Option::is_some).collect();
                    made.numbers.insert(name.to_owned(), (read.into_iter().map(Option::unwrap_or_default).collect(), valid));
                }
                Role::Codes => {
                    made.codes.insert(name.to_owned(), encode(values).ok_or_else(|| bad(name, "texts or numbers, and nulls"))?);
                }
            }
        }
        Ok(made)
    }

    fn update(&self, accumulator: &mut Accumulator) -> Result<()> {
        let words: BTreeMap<&str, Vec<&str>> = self.codes.iter().map(|(name, c)| (name.as_str(), c.dictionary.iter().map(String::as_str).collect())).collect();
        let mut batch = Batch::new(self.rows);
        for (name, (values, valid)) in &self.numbers {
            batch.insert(name, Column::Numbers { values, valid: Some(valid) })?;
        }
        for (name, encoded) in &self.codes {
            let dictionary = words.get(name.as_str()).map(Vec::as_slice).unwrap_or_default();
            batch.insert(name, Column::Codes { codes: &encoded.codes, dictionary, valid: Some(&encoded.valid) })?;
        }
        accumulator.update(&batch)
    }
}

/// Takes the rows of columns as a request has them: all of them, or none when they are refused.
///
/// # Errors
/// Those of `survey.accumulate`.
pub fn take_columns(accumulator: &mut Accumulator, columns: &Value) -> Result<()> {
    let mut part = Accumulator::new(accumulator.plan().clone())?;
    Microdata::read(accumulator.plan(), &json!({ "columns": columns }))?.update(&mut part)?;
    accumulator.merge(&part)
}

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Base64 of RFC 4648 with padding.
pub(super) fn to_base64(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |i: usize| u32::from(chunk.get(i).copied().unwrap_or_default());
        let joined = byte(0) << 16 | byte(1) << 8 | byte(2);
        for i in 0..4_usize {
            let digit = (joined >> (18 - 6 * i)) & 63;
            text.push(if i > chunk.len() { '=' } else { DIGITS.get(digit as usize).copied().unwrap_or(b'=').into() });
        }
    }
    text
}

/// Bytes of their base64 text (RFC 4648 with padding), such as those of a workbook; none for another text.
#[must_use]
pub fn from_base64(text: &str) -> Option<Vec<u8>> {
    let bytes = text.as_bytes();
    let trimmed = text.trim_end_matches('=').as_bytes();
    if !bytes.len().is_multiple_of(4) || bytes.len() - trimmed.len() > 2 {
        return None;
    }
    let mut made = Vec::with_capacity(trimmed.len() * 3 / 4);
    for chunk in trimmed.chunks(4) {
        let mut joined = 0_u32;
        for i in 0..4 {
            let digit = match chunk.get(i) {
                Some(c) => u32::try_from(DIGITS.iter().position(|d| d == c)?).ok()?,
                None => 0,
            };
            joined = joined << 6 | digit;
        }
        let [_, a, b, c] = joined.to_be_bytes();
        let (kept, rest) = match chunk.len() {
            4 => ([a, b, c].to_vec(), 0),
            3 => ([a, b].to_vec(), c),
            2 => ([a].to_vec(), b | c),
            _ => return None,
        };
        if rest != 0 {
            return None;
        }
        made.extend(kept);
    }
    Some(made)
}

fn state(plan: SurveyPlan, text: &str) -> Result<Accumulator> {
    let bytes = from_base64(text).ok_or_else(|| Error::new(Code::SurveyBadState))?;
    Accumulator::from_bytes(plan, &bytes)
}

fn written(accumulator: &Accumulator) -> Result<Value> {
    answer(json!({ "state": to_base64(&accumulator.to_bytes()?), "plan_fingerprint": accumulator.plan_fingerprint() }))
}

/// A request of nothing but the fields of an input.
fn input<T: serde::de::DeserializeOwned>(request: &Value) -> Result<T> {
    let mut fields = request.clone();
    if let Some(fields) = fields.as_object_mut() {
        fields.remove("op");
        fields.remove("rules");
    }
    whole(&fields)
}

fn call(_: &Engine, op: &str, r: &Value) -> Result<Value> {
    match op {
        "survey.estimate" => {
            let plan: SurveyPlan = field(r, "plan")?;
            let reporting: Reporting = field(r, "reporting")?;
            let mut accumulator = Accumulator::new(plan)?;
            Microdata::read(accumulator.plan(), r)?.update(&mut accumulator)?;
            answer(accumulator.finish(&reporting)?)
        }
        "survey.accumulate" => {
            let plan: SurveyPlan = field(r, "plan")?;
            let mut accumulator = match optional::<String>(r, "state")? {
                Some(text) => state(plan, &text)?,
                None => Accumulator::new(plan)?,
            };
            Microdata::read(accumulator.plan(), r)?.update(&mut accumulator)?;
            written(&accumulator)
        }
        "survey.merge" => {
            let plan: SurveyPlan = field(r, "plan")?;
            let mut merged = Accumulator::new(plan.clone())?;
            for text in field::<Vec<String>>(r, "states")? {
                merged.merge(&state(plan.clone(), &text)?)?;
            }
            written(&merged)
        }
        "survey.finish" => answer(state(field(r, "plan")?, &field::<String>(r, "state")?)?.finish(&field(r, "reporting")?)?),
        "survey.mean_interval" => answer(mean_interval(field(r, "value")?, field(r, "se")?, field(r, "df")?, field(r, "confidence")?)?),
        "survey.proportion_interval" => answer(json!({ "interval": proportion_interval(&input::<ProportionIntervalInput>(r)?)? })),
        "survey.quality" => {
            let rules: QualityRules = field(r, "rules")?;
            let (grade, flags) = quality(&input::<QualityInput>(r)?, &rules)?;
            answer(json!({ "quality": grade, "flags": flags }))
        }
        "estimate.poisson_exact" => answer(estimate::poisson_exact(field(r, "count")?, field(r, "confidence")?)?),
        _ => Err(unanswered()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn base64_of_the_standard() {
        // RFC 4648, section 10
        for (bytes, text) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy")] {
            assert_eq!(to_base64(bytes.as_bytes()), text);
            assert_eq!(from_base64(text).unwrap(), bytes.as_bytes());
        }
        for text in ["Z", "Zg", "Zg=", "Zh==", "Zg===", "Z===", "====", "Zm9*"] {
            assert_eq!(from_base64(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn base64_reads_back(bytes in proptest::collection::vec(any::<u8>(), 0..50)) {
            prop_assert_eq!(from_base64(&to_base64(&bytes)).unwrap(), bytes);
        }
    }
}
