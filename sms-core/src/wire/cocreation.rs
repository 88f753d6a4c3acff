//! Choosing indicators together.

use super::{Area, Engine, PolicyRequest, answer, field, optional, unanswered};
use crate::cocreation::core_set::{self, Candidate, Constraints};
use crate::cocreation::criteria::{self, CriterionRating, Proposal};
use crate::cocreation::delphi::{self, Ballot};
use crate::cocreation::harmonise::{self, Definition};
use crate::cocreation::panel::Rater;
use crate::cocreation::participation::{self, Attendance, Participant};
use crate::diagnostic::{Code, Error, Result};
use crate::id::{EntryId, IndicatorId, PlaceCode};
use crate::method::CocreationRules;
use serde_json::{Value, json};

pub(super) const AREA: Area = Area { operations: OPERATIONS, answer: call };

const OPERATIONS: &[&str] = &[
    "cocreation.criteria",
    "cocreation.rate",
    "cocreation.delphi",
    "cocreation.core_set",
    "cocreation.participation",
    "cocreation.harmonise",
    "cocreation.compare",
    "cocreation.extension",
];

fn rules(engine: &Engine, r: &Value) -> Result<CocreationRules> {
    match optional(r, "rules")? {
        Some(rules) => Ok(rules),
        None => engine.method_of(&optional(r, "method")?.unwrap_or_default())?.cocreation(),
    }
}

fn call(engine: &Engine, op: &str, r: &Value) -> Result<Value> {
    let catalogue = &engine.catalogue;
    match op {
        "cocreation.criteria" => {
            let described = |id: &str| {
                let label = catalogue.label_of("criteria", id);
                json!({ "id": id, "name": label.map_or(id, |l| l.name.as_str()), "note": label.and_then(|l| l.note.as_deref()) })
            };
            let lists = catalogue.raw().criteria.iter().map(|list| {
                let mut made = described(list.id.as_str());
                if let Some(object) = made.as_object_mut() {
                    object.insert("source".to_owned(), json!(list.source));
                    object.insert("verification".to_owned(), json!(list.verification));
                    object.insert("criteria".to_owned(), list.criterion.iter().map(|c| described(c.id.as_str())).collect());
                }
                made
            });
            answer(lists.collect::<Vec<_>>())
        }
        "cocreation.rate" => {
            let criteria: Vec<EntryId> = match optional::<Vec<EntryId>>(r, "criteria")? {
                Some(criteria) => criteria,
                None => {
                    let name: String = field(r, "list")?;
                    let list = catalogue.criteria(&name).ok_or_else(|| Error::new(Code::CocreationUnknownItem).at_path("list"))?;
                    list.criterion.iter().map(|c| c.id.clone()).collect()
                }
            };
            let (proposals, raters): (Vec<Proposal>, Vec<Rater>) = (field(r, "proposals")?, field(r, "raters")?);
            let ratings: Vec<CriterionRating> = field(r, "ratings")?;
            answer(json!({ "proposals": criteria::rate(&criteria, &proposals, &raters, &ratings, &rules(engine, r)?)? }))
        }
        "cocreation.delphi" => {
            let (items, raters): (Vec<String>, Vec<Rater>) = (field(r, "items")?, field(r, "raters")?);
            let ballots: Vec<Ballot> = field(r, "rounds")?;
            answer(delphi::rounds(&items, &raters, &ballots, &rules(engine, r)?)?)
        }
        "cocreation.core_set" => {
            let candidates: Vec<Candidate> = field(r, "candidates")?;
            let constraints: Constraints = field(r, "constraints")?;
            let limit = match optional(r, "node_limit")? {
                Some(limit) => limit,
                None => rules(engine, r)?.node_limit,
            };
            answer(core_set::choose(catalogue, &candidates, &constraints, limit)?)
        }
        "cocreation.participation" => {
            let method = engine.method_of(&optional(r, "method")?.unwrap_or_default())?;
            let policy: PolicyRequest = optional(r, "policy")?.unwrap_or_default();
            let participants: Vec<Participant> = field(r, "participants")?;
            let record: Vec<Attendance> = field(r, "record")?;
            let sides: Vec<EntryId> = match optional(r, "required_sides")? {
                Some(sides) => sides,
                None => method.cocreation()?.required_sides,
            };
            let groups: Vec<String> = optional(r, "expected_groups")?.unwrap_or_default();
            answer(participation::legitimacy(&participants, &record, &sides, &groups, &policy.policy(&method)?)?)
        }
        "cocreation.harmonise" | "cocreation.compare" => {
            let definitions: Vec<Definition> = field(r, "definitions")?;
            let rows = harmonise::harmonise(&definitions, |id| catalogue.indicator(id.as_str()).map(|i| i.version.clone()))?;
            if op == "cocreation.harmonise" {
                return answer(json!({ "indicators": rows }));
            }
            let indicator: IndicatorId = field(r, "indicator")?;
            let places: Vec<PlaceCode> = optional(r, "places")?.unwrap_or_default();
            answer(harmonise::comparison(&rows, &indicator, &places, field(r, "purpose")?)?)
        }
        "cocreation.extension" => {
            let id: IndicatorId = field(r, "id")?;
            let (city, own) = harmonise::extension(&id)?;
            answer(json!({ "city": city, "own": own }))
        }
        _ => Err(unanswered()),
    }
}
