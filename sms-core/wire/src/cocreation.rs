//! Choosing indicators together.

use super::{Engine, OldArea, PolicyRequest, answer, field, optional, unanswered};
use serde::Deserialize;
use serde_json::{Value, json};
use sms_assessment::method::CocreationRules;
use sms_base::diagnostic::{Code, Error, Result};
use sms_base::id::{EntryId, IndicatorId, PlaceCode};
use sms_base::num;
use sms_exchange::csv::{self, Dialect, Line};
use sms_process::cocreation::core_set::{self, Candidate, Constraints};
use sms_process::cocreation::criteria::{self, CriterionRating, Proposal};
use sms_process::cocreation::delphi::{self, Ballot, Rating};
use sms_process::cocreation::harmonise::{self, Definition};
use sms_process::cocreation::panel::Rater;
use sms_process::cocreation::participation::{self, Attendance, Participant};
use std::collections::BTreeSet;

pub(super) const AREA: OldArea = OldArea { operations: OPERATIONS, answer: call };

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

/// The ratings of one round in a request: rows, or the text of a CSV file.
#[derive(Deserialize)]
#[serde(untagged)]
enum Source {
    Csv {
        csv: String,
        #[serde(default)]
        dialect: Dialect,
    },
    Rows(Ballot),
}

/// Columns of a CSV file of ratings; others are not used.
const COLUMNS: [&str; 4] = ["rater", "item", "rating", "side"];
/// The side of a rater whose file names none.
const NO_SIDE: &str = "all";

/// Items and raters: as given, or as the files name them.
struct Lists {
    items: Vec<String>,
    raters: Vec<Rater>,
    /// Whether a list was given, so that nothing is added to it.
    given: (bool, bool),
}

impl Lists {
    fn ballot(&mut self, source: Source) -> Result<Ballot> {
        let (text, dialect) = match source {
            Source::Rows(ballot) => {
                let lacking = |name: &str| Err(Error::new(Code::WireBadRequest).at_path(name).expecting("this field, beside rows"));
                return match self.given {
                    (false, _) => lacking("items"),
                    (_, false) => lacking("raters"),
                    _ => Ok(ballot),
                };
            }
            Source::Csv { csv, dialect } => (csv, dialect),
        };
        let text = csv::decode(text.as_bytes(), &dialect)?;
        let mut at = [None; COLUMNS.len()];
        let mut ratings = Vec::new();
        let Lists { items, raters, given } = self;
        let mut known: (BTreeSet<String>, BTreeSet<(String, EntryId)>) =
            (items.iter().cloned().collect(), raters.iter().map(|r| (r.id.clone(), r.side.clone())).collect());
        csv::each_line(&text, csv::delimiter(&text, &dialect)?, &dialect, |line| {
            let (row, fields) = match line {
                Line::Header(names) => {
                    for (place, column) in at.iter_mut().zip(COLUMNS) {
                        *place = names.iter().position(|n| n.trim() == column);
                    }
                    return match COLUMNS.iter().zip(&at).take(3).find(|(_, place)| place.is_none()) {
                        Some((column, _)) => Err(dialect.locate(Error::new(Code::CsvMissingColumn).in_column(column))),
                        None => Ok(()),
                    };
                }
                Line::Bad(row, code) => return Err(dialect.locate(Error::new(code).at_row(row))),
                Line::Row(row, fields) => (row, fields),
            };
            let get = |column: usize| at.get(column).copied().flatten().and_then(|i| fields.get(i)).map(str::trim).unwrap_or_default();
            let [rater, item, rating, side] = [get(0), get(1), get(2), get(3)];
            let side: EntryId = (if side.is_empty() { NO_SIDE } else { side }).parse().map_err(|e: Error| dialect.locate(e.at_row(row).in_column("side")))?;
            let rating = match rating {
                "" => None,
                text => {
                    let bad = |_| dialect.locate(Error::new(Code::AgreementOutOfScale).at_row(row).in_column("rating").expecting("a number, or nothing"));
                    Some(num::parse_number(text, dialect.decimal).map_err(bad)?)
                }
            };
            if !given.0 && known.0.insert(item.to_owned()) {
                items.push(item.to_owned());
            }
            if !given.1 && known.1.insert((rater.to_owned(), side.clone())) {
                raters.push(Rater { id: rater.to_owned(), side });
            }
            ratings.push(Rating { rater: rater.to_owned(), item: item.to_owned(), rating });
            Ok(())
        })?;
        Ok(Ballot { ratings })
    }
}

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
            let (items, raters) = (optional::<Vec<String>>(r, "items")?, optional::<Vec<Rater>>(r, "raters")?);
            let given = (items.is_some(), raters.is_some());
            let mut lists = Lists { items: items.unwrap_or_default(), raters: raters.unwrap_or_default(), given };
            let sources: Vec<Source> = field(r, "rounds")?;
            let ballots = sources.into_iter().map(|source| lists.ballot(source)).collect::<Result<Vec<_>>>()?;
            answer(delphi::rounds(&lists.items, &lists.raters, &ballots, &rules(engine, r)?)?)
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
