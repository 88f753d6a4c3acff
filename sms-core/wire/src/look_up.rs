//! What a catalogue holds, and the versions of everything.

use super::{Engine, OldArea, answer, field, optional, unanswered, whole};
use serde_json::{Value, json};
use sms_assessment::report::{LIBRARY_VERSION, WIRE_VERSION};
use sms_base::diagnostic::{Code, Error, Result};
use sms_model::catalogue::{Catalogue, map_codes};

pub(super) const AREA: OldArea = OldArea { operations: &["versions", "catalogue.list", "catalogue.show", "dimension.accepts", "dimension.map"], answer: call };

fn call(engine: &Engine, op: &str, request: &Value) -> Result<Value> {
    let catalogue = &engine.catalogue;
    match op {
        "versions" => answer(json!({
            "library": LIBRARY_VERSION,
            "wire": WIRE_VERSION,
            "catalogue": catalogue.release().version,
            "catalogue_schema": catalogue.release().schema,
            "catalogue_fingerprint": catalogue.fingerprint(),
            "methods": engine.methods.iter().map(|(name, m)| (name.clone(), m.raw().edition.clone())).collect::<std::collections::BTreeMap<_, _>>(),
        })),
        "catalogue.list" => {
            let selection: Option<String> = optional(request, "selection")?;
            answer(list(catalogue, selection.as_deref())?)
        }
        "catalogue.show" => {
            let id: String = field(request, "id")?;
            show(catalogue, &id)
        }
        "dimension.accepts" => {
            let dimension: String = field(request, "dimension")?;
            let code: String = field(request, "code")?;
            let dimension = catalogue
                .dimension(&dimension)
                .ok_or_else(|| Error::new(Code::WireBadRequest).at_path("dimension").expecting("a dimension of the catalogue"))?;
            answer(json!({ "accepts": dimension.accepts(&code), "total": dimension.is_total(&code) }))
        }
        "dimension.map" => {
            let mut fields = request.clone();
            if let Some(fields) = fields.as_object_mut() {
                fields.remove("op");
            }
            answer(map_codes(catalogue, &whole(&fields)?)?)
        }
        _ => Err(unanswered()),
    }
}

/// The indicators, or those of a selection: id, name, module, core, and what they are.
///
/// # Errors
/// `assess.unknown-selection`.
pub fn list(catalogue: &Catalogue, selection: Option<&str>) -> Result<Vec<Value>> {
    let chosen = match selection {
        Some(name) => Some(catalogue.selection(name).ok_or_else(|| Error::new(Code::AssessUnknownSelection).at_path("selection"))?.all()),
        None => None,
    };
    let kept = |id: &sms_base::id::IndicatorId| chosen.as_ref().is_none_or(|ids| ids.contains(id));
    Ok(catalogue.indicators().iter().filter(|i| kept(&i.id)).map(|i| summary(catalogue, i)).collect())
}

/// The whole sheet of an indicator: `sheet`, `text` and `fingerprint`.
///
/// # Errors
/// `assess.unknown-selection`, with the nearest id.
pub fn show(catalogue: &Catalogue, id: &str) -> Result<Value> {
    let indicator = catalogue.indicator(id).ok_or_else(|| {
        let error = Error::new(Code::AssessUnknownSelection).at_path("id");
        match sms_base::text::did_you_mean(id, catalogue.indicators().iter().map(|i| i.id.as_str())) {
            Some(near) => error.with("did_you_mean", near.to_owned()),
            None => error,
        }
    })?;
    answer(json!({ "sheet": indicator, "text": catalogue.text(indicator), "fingerprint": catalogue.raw().fingerprints.get(id) }))
}

/// One line of the list of indicators.
#[must_use]
pub fn summary(catalogue: &Catalogue, i: &sms_model::catalogue::Indicator) -> Value {
    json!({
        "id": i.id,
        "name": catalogue.name(i),
        "module": i.module,
        "core": i.tier == sms_model::indicator::Tier::Core,
        "measure_type": i.measure_type,
        "result_level": i.result_level,
        "value_kind": i.value_kind,
        "unit": i.unit,
        "polarity": i.polarity,
    })
}
