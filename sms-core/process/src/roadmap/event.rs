//! What happens in a run: typed events, each with its date and its author.

use crate::day::Day;
use crate::diagnostic::{Code, Error, Result};
use crate::id::EntryId;
use crate::shape::expected_by;
use crate::text;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a sign-off is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "RoadmapSignOffOf"))]
pub enum Of {
    /// That the step is done.
    #[default]
    Completion,
    /// That the step is skipped.
    Skip,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "RoadmapWhat"))]
pub enum What {
    /// When a step is meant to begin and to be closed. A later plan replaces it.
    Planned {
        /// The step.
        step: EntryId,
        /// The planned first day.
        start: Day,
        /// The planned last day.
        due: Day,
    },
    /// Work on a step began.
    Started {
        /// The step.
        step: EntryId,
    },
    /// Something was handed in, with a reference to its evidence.
    Delivered {
        /// The step.
        step: EntryId,
        /// What was handed in.
        deliverable: EntryId,
        /// A reference to the evidence; needed where the road map asks for it.
        #[serde(skip_serializing_if = "Option::is_none")]
        evidence: Option<String>,
    },
    /// A group took part: which partners, or how many people.
    Participated {
        /// The step.
        step: EntryId,
        /// The group.
        participant: EntryId,
        /// Partners of the group that took part.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        #[cfg_attr(feature = "schema", schemars(default))]
        partners: Vec<EntryId>,
        /// How many people took part.
        #[serde(skip_serializing_if = "Option::is_none")]
        people: Option<u32>,
    },
    /// The author signed for a side.
    SignedOff {
        /// The step.
        step: EntryId,
        /// The side.
        side: EntryId,
        /// What the sign-off is for; `completion` where it is not given.
        #[cfg_attr(feature = "schema", schemars(default))]
        of: Of,
    },
    /// The author took a sign-off of their own back.
    SignOffWithdrawn {
        /// The step.
        step: EntryId,
        /// The side.
        side: EntryId,
        /// Why.
        reason: String,
    },
    /// An optional step is left out.
    Skipped {
        /// The step.
        step: EntryId,
        /// Why.
        reason: String,
    },
    /// Back from a step to an earlier one.
    LoopedBack {
        /// The step that holds the loop.
        step: EntryId,
        /// The earlier step that is taken up again.
        to: EntryId,
        /// Why.
        reason: String,
    },
    /// A step is closed.
    Completed {
        /// The step.
        step: EntryId,
    },
    /// All steps begin anew.
    NewCycle {
        /// Why; may be left out.
        #[cfg_attr(feature = "schema", schemars(default))]
        reason: String,
    },
}

impl What {
    /// The word of the wire.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            What::Planned { .. } => "planned",
            What::Started { .. } => "started",
            What::Delivered { .. } => "delivered",
            What::Participated { .. } => "participated",
            What::SignedOff { .. } => "signed_off",
            What::SignOffWithdrawn { .. } => "sign_off_withdrawn",
            What::Skipped { .. } => "skipped",
            What::LoopedBack { .. } => "looped_back",
            What::Completed { .. } => "completed",
            What::NewCycle { .. } => "new_cycle",
        }
    }

    /// The step that it is about.
    #[must_use]
    pub fn step(&self) -> Option<&EntryId> {
        match self {
            What::Planned { step, .. }
            | What::Started { step }
            | What::Delivered { step, .. }
            | What::Participated { step, .. }
            | What::SignedOff { step, .. }
            | What::SignOffWithdrawn { step, .. }
            | What::Skipped { step, .. }
            | What::LoopedBack { step, .. }
            | What::Completed { step } => Some(step),
            What::NewCycle { .. } => None,
        }
    }
}

/// One line of the log.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "RoadmapEvent"))]
pub struct Event {
    /// When.
    pub date: Day,
    /// The partner who recorded it, or who signed.
    pub by: EntryId,
    /// What.
    #[serde(flatten)]
    pub what: What,
}

/// An event as its JSON has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    r#type: String,
    date: Option<String>,
    by: Option<String>,
    step: Option<String>,
    start: Option<String>,
    due: Option<String>,
    deliverable: Option<String>,
    evidence: Option<String>,
    participant: Option<String>,
    partners: Option<Vec<String>>,
    people: Option<u32>,
    side: Option<String>,
    of: Option<Of>,
    to: Option<String>,
    reason: Option<String>,
}

/// The types, and the fields that each may have beside type, date and by.
const TYPES: &[(&str, &[&str])] = &[
    ("planned", &["step", "start", "due"]),
    ("started", &["step"]),
    ("delivered", &["step", "deliverable", "evidence"]),
    ("participated", &["step", "participant", "partners", "people"]),
    ("signed_off", &["step", "side", "of"]),
    ("sign_off_withdrawn", &["step", "side", "reason"]),
    ("skipped", &["step", "reason"]),
    ("looped_back", &["step", "to", "reason"]),
    ("completed", &["step"]),
    ("new_cycle", &["reason"]),
];

struct Reader<'a> {
    path: &'a str,
}

impl Reader<'_> {
    fn at(&self, field: &str) -> String {
        format!("{}.{field}", self.path)
    }

    fn needed(&self, field: &str, value: Option<String>) -> Result<String> {
        value.ok_or_else(|| Error::new(Code::RoadmapBadEvent).at_path(&self.at(field)).expecting("this field"))
    }

    fn id(&self, field: &str, value: Option<String>) -> Result<EntryId> {
        self.needed(field, value)?.parse().map_err(|e: Error| e.at_path(&self.at(field)))
    }

    fn day(&self, field: &str, value: Option<String>) -> Result<Day> {
        self.needed(field, value)?.parse().map_err(|e: Error| e.at_path(&self.at(field)))
    }

    fn text(&self, field: &str, value: Option<String>) -> Result<String> {
        Ok(text::clean(&value.unwrap_or_default()).map_err(|e| e.at_path(&self.at(field)))?.into_owned())
    }
}

impl Event {
    /// Reads an event. `path` is where it stands, such as `events[3]`.
    ///
    /// ```
    /// # use sms_process as sms_core;
    /// use sms_core::roadmap::Event;
    /// let event = Event::from_value(&serde_json::json!({"type": "started", "step": "commit", "date": "2024-09-02", "by": "hall"}), "event")?;
    /// assert_eq!((event.what.as_str(), event.what.step().map(|step| step.as_str())), ("started", Some("commit")));
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `roadmap.bad-event` for an unknown type, a missing field or one that the type does not have; `roadmap.bad-date`;
    /// `text.bad-id`, `text.too-long`.
    pub fn from_value(value: &Value, path: &str) -> Result<Self> {
        let bad = |path: &str| Error::new(Code::RoadmapBadEvent).at_path(path);
        let raw = Raw::deserialize(value).map_err(|e| bad(path).expecting(expected_by(&e)))?;
        let read = Reader { path };
        let Some((kind, fields)) = TYPES.iter().find(|(name, _)| *name == raw.r#type) else {
            let error = bad(&read.at("type")).expecting(TYPES.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", "));
            return Err(error.suggesting(text::did_you_mean(&raw.r#type, TYPES.iter().map(|(name, _)| *name))));
        };
        let given = value.as_object().into_iter().flatten().filter(|(_, v)| !v.is_null());
        if let Some((field, _)) = given.into_iter().find(|(k, _)| !["type", "date", "by"].contains(&k.as_str()) && !fields.contains(&k.as_str())) {
            return Err(bad(&read.at(field)).expecting(format!("only the fields of {kind}: {}", fields.join(", "))));
        }
        let date = read.day("date", raw.date)?;
        let by = read.id("by", raw.by)?;
        let step = raw.step;
        let what = match *kind {
            "planned" => What::Planned { step: read.id("step", step)?, start: read.day("start", raw.start)?, due: read.day("due", raw.due)? },
            "started" => What::Started { step: read.id("step", step)? },
            "delivered" => What::Delivered {
                step: read.id("step", step)?,
                deliverable: read.id("deliverable", raw.deliverable)?,
                evidence: Some(read.text("evidence", raw.evidence)?).filter(|e| !e.is_empty()),
            },
            "participated" => What::Participated {
                step: read.id("step", step)?,
                participant: read.id("participant", raw.participant)?,
                partners: raw.partners.unwrap_or_default().into_iter().map(|p| read.id("partners", Some(p))).collect::<Result<_>>()?,
                people: raw.people,
            },
            "signed_off" => What::SignedOff { step: read.id("step", step)?, side: read.id("side", raw.side)?, of: raw.of.unwrap_or_default() },
            "sign_off_withdrawn" => {
                What::SignOffWithdrawn { step: read.id("step", step)?, side: read.id("side", raw.side)?, reason: read.text("reason", raw.reason)? }
            }
            "skipped" => What::Skipped { step: read.id("step", step)?, reason: read.text("reason", raw.reason)? },
            "looped_back" => What::LoopedBack { step: read.id("step", step)?, to: read.id("to", raw.to)?, reason: read.text("reason", raw.reason)? },
            "completed" => What::Completed { step: read.id("step", step)? },
            _ => What::NewCycle { reason: read.text("reason", raw.reason)? },
        };
        Ok(Event { date, by, what })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_type_goes_through_json_and_back() {
        for (kind, fields) in TYPES {
            let mut value = json!({"type": kind, "date": "2024-01-01", "by": "a"});
            for field in *fields {
                value[*field] = match *field {
                    "start" | "due" => json!("2024-01-01"),
                    "partners" => json!(["a"]),
                    "people" => json!(3),
                    "of" => json!("skip"),
                    _ => json!("x"),
                };
            }
            let event = Event::from_value(&value, "event").unwrap();
            assert_eq!((event.what.as_str(), serde_json::to_value(&event).unwrap()), (*kind, value));
        }
        let near = Event::from_value(&json!({"type": "signed-off"}), "events[2]").unwrap_err();
        assert_eq!(near.params().get("did_you_mean").map(ToString::to_string).as_deref(), Some("signed_off"));
        assert_eq!(near.location().path.as_deref(), Some("events[2].type"));
    }
}
