//! What was answered: by whom, when, with what evidence.

use super::{Questionnaire, near};
use crate::catalogue::Catalogue;
use crate::day::Day;
use crate::diagnostic::{Code, Error, Result};
use crate::id::EntryId;
use crate::text;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// More answers than this are refused.
const MAXIMUM_RECORDS: usize = 50_000;
/// More places for an answer (services × rounds × items × views) than this are refused.
const MAXIMUM_CELLS: usize = 500_000;
/// Nobody knows.
pub const NOT_KNOWN: &str = "not_known";
/// The question does not apply here.
pub const NOT_APPLICABLE: &str = "not_applicable";

/// A round of answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ScreenRound"))]
pub struct Round {
    /// Its id, such as `2026`.
    pub id: EntryId,
    /// Its first day.
    pub from: Day,
    /// Its last day.
    pub to: Day,
}

/// A service of the city.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ScreenService"))]
pub struct Service {
    /// Its id.
    pub id: EntryId,
    /// The service area of the catalogue that it belongs to; its indicators stand beside the answers.
    pub area: EntryId,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// One answer, as it comes in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ScreenRecord"))]
pub struct Record {
    /// The service; none for a framework.
    #[serde(default)]
    pub service: Option<String>,
    /// The round.
    pub round: String,
    /// Whose view it is.
    pub view: String,
    /// The question of a screen or the element of a framework.
    pub item: String,
    /// A level of the scale, `not_known` or `not_applicable`.
    pub answer: String,
    /// What shows it: titles, links.
    #[serde(default)]
    pub evidence: Vec<String>,
    /// Who gave the answer: an office or a group, not a person.
    pub assessor: String,
    /// When.
    pub date: String,
    /// A remark; the reason, where the question does not apply.
    #[serde(default)]
    pub note: Option<String>,
    /// The line of the file, where it comes from one.
    #[serde(skip)]
    pub row: Option<u32>,
}

/// What an answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A level of the scale, by its place.
    Level(usize),
    /// Nobody knows.
    NotKnown,
    /// The question does not apply.
    NotApplicable,
}

/// One answer, checked: places in place of ids.
#[derive(Clone, Debug)]
pub(super) struct Given {
    pub(super) answer: Answer,
    pub(super) evidence: Vec<String>,
    pub(super) assessor: String,
    pub(super) date: Day,
    pub(super) note: Option<String>,
    /// Its place in the list, and its line in the file.
    pub(super) at: (usize, Option<u32>),
}

/// All answers: by questionnaire, service, round, item and view.
pub(super) type Answers = BTreeMap<(usize, usize, usize, usize, usize), Given>;

/// Rounds and services, in their order; what records refer to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frame {
    pub(super) rounds: Vec<Round>,
    /// None: the whole city.
    pub(super) services: Option<Vec<Service>>,
}

impl Frame {
    /// The frame of a framework: the whole city.
    ///
    /// ```
    /// # use sms_process as sms_core;
    /// use sms_core::screen::record::{Frame, Round};
    /// let round = Round { id: "2026".parse()?, from: "2026-01-01".parse()?, to: "2026-12-31".parse()? };
    /// assert!(Frame::of_city(vec![round.clone()]).is_ok());
    /// assert!(Frame::of_city(vec![round.clone(), round]).is_err());
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `screen.bad-round`.
    pub fn of_city(rounds: Vec<Round>) -> Result<Self> {
        check_rounds(&rounds)?;
        Ok(Frame { rounds, services: None })
    }

    /// The frame of screens of services. Without a list of services, each service area that a record names is one.
    ///
    /// # Errors
    /// `screen.bad-round`, `screen.unknown-service`.
    pub fn of_services(catalogue: &Catalogue, rounds: Vec<Round>, services: Option<Vec<Service>>, records: &[Record]) -> Result<Self> {
        check_rounds(&rounds)?;
        let areas = || catalogue.data().service_areas.iter().map(|a| &a.id);
        let services = match services {
            Some(services) => {
                for (i, service) in services.iter().enumerate() {
                    if services.iter().take(i).any(|other| other.id == service.id) {
                        return Err(Error::new(Code::ScreenUnknownService).at_path(&format!("services[{i}].id")).expecting("an id of its own"));
                    }
                    if !areas().any(|area| *area == service.area) {
                        let error = Error::new(Code::ScreenUnknownService).at_path(&format!("services[{i}].area")).expecting("a service area of the catalogue");
                        return Err(near(error, service.area.as_str(), areas().map(EntryId::as_str)));
                    }
                }
                services
            }
            None => {
                let named = |area: &EntryId| records.iter().any(|r| r.service.as_deref() == Some(area.as_str()));
                areas().filter(|area| named(area)).map(|area| Service { id: area.clone(), area: area.clone(), name: None }).collect()
            }
        };
        Ok(Frame { rounds, services: Some(services) })
    }

    /// How many services; the whole city counts as one.
    pub(super) fn places(&self) -> usize {
        self.services.as_ref().map_or(1, Vec::len)
    }
}

fn check_rounds(rounds: &[Round]) -> Result<()> {
    let bad = |i: usize, field: &str, expected: &'static str| Error::new(Code::ScreenBadRound).at_path(&format!("rounds[{i}].{field}")).expecting(expected);
    if rounds.is_empty() {
        return Err(Error::new(Code::ScreenBadRound).at_path("rounds").expecting("at least one round"));
    }
    for (i, round) in rounds.iter().enumerate() {
        if rounds.iter().take(i).any(|other| other.id == round.id) {
            return Err(bad(i, "id", "an id of its own"));
        }
        if round.to < round.from {
            return Err(bad(i, "to", "a last day not before the first"));
        }
        if rounds.iter().take(i).next_back().is_some_and(|before| round.from <= before.to) {
            return Err(bad(i, "from", "a first day after the last one of the round before"));
        }
    }
    Ok(())
}

/// Reads all records, each checked against the questionnaires and the frame.
pub(super) fn read(questionnaires: &[Questionnaire], frame: &Frame, records: &[Record]) -> Result<Answers> {
    let items: usize = questionnaires.iter().map(|q| q.sheet.item.len().saturating_mul(q.sheet.views.len())).sum();
    let cells = items.saturating_mul(frame.rounds.len()).saturating_mul(frame.places());
    if records.len() > MAXIMUM_RECORDS || cells > MAXIMUM_CELLS {
        let limit = if records.len() > MAXIMUM_RECORDS { MAXIMUM_RECORDS } else { MAXIMUM_CELLS };
        return Err(Error::new(Code::ScreenTooLarge).at_path("records").with("limit", limit as u64));
    }
    let mut places: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for (q, questionnaire) in questionnaires.iter().enumerate() {
        for (i, item) in questionnaire.sheet.item.iter().enumerate() {
            if places.insert(item.id.as_str(), (q, i)).is_some() {
                return Err(Error::new(Code::ScreenBadSheet).at_path("item").expecting("items with ids of their own over all sheets"));
            }
        }
    }
    let mut answers = Answers::new();
    for (at, record) in records.iter().enumerate() {
        let error = |code: Code, field: &str| match record.row {
            Some(row) => Error::new(code).at_row(row).in_column(field),
            None => Error::new(code).at_path(&format!("records[{at}].{field}")),
        };
        let round = frame.rounds.iter().position(|r| r.id.as_str() == record.round);
        let Some((round, span)) = round.and_then(|r| Some((r, frame.rounds.get(r)?))) else {
            return Err(near(error(Code::ScreenUnknownRound, "round"), &record.round, frame.rounds.iter().map(|r| r.id.as_str())));
        };
        let found = places.get(record.item.as_str()).and_then(|(q, i)| Some((*q, *i, questionnaires.get(*q)?)));
        let Some((q, item, questionnaire)) = found else {
            return Err(near(error(Code::ScreenUnknownItem, "item"), &record.item, places.keys().copied()));
        };
        let views = &questionnaire.sheet.views;
        let Some(view) = views.iter().position(|v| v.as_str() == record.view) else {
            return Err(near(error(Code::ScreenUnknownView, "view"), &record.view, views.iter().map(EntryId::as_str)));
        };
        let named = record.service.as_deref().filter(|s| !s.is_empty());
        let service = match (&frame.services, named) {
            (None, None) => 0,
            (None, Some(_)) => return Err(error(Code::ScreenUnknownService, "service").expecting("no service: a framework is about the whole city")),
            (Some(services), named) => services
                .iter()
                .position(|s| Some(s.id.as_str()) == named)
                .ok_or_else(|| near(error(Code::ScreenUnknownService, "service"), named.unwrap_or_default(), services.iter().map(|s| s.id.as_str())))?,
        };
        let levels = &questionnaire.scale.levels;
        let answer = match record.answer.as_str() {
            NOT_KNOWN => Answer::NotKnown,
            NOT_APPLICABLE => Answer::NotApplicable,
            level => match levels.iter().position(|l| l.as_str() == level) {
                Some(level) => Answer::Level(level),
                None => {
                    let allowed = levels.iter().map(EntryId::as_str).chain([NOT_KNOWN, NOT_APPLICABLE]).collect::<Vec<_>>().join(", ");
                    return Err(error(Code::ScreenBadAnswer, "answer").expecting(allowed));
                }
            },
        };
        let date: Day = record.date.parse().map_err(|_| error(Code::ScreenBadDate, "date").expecting("a day such as 2025-03-31"))?;
        if date < span.from || date > span.to {
            return Err(error(Code::ScreenBadDate, "date").expecting("a day within the round"));
        }
        let clean = |text: &str, field: &str| match text::clean(text) {
            Ok(text) => Ok(text.into_owned()),
            Err(e) => Err(match record.row {
                Some(row) => e.at_row(row).in_column(field),
                None => e.at_path(&format!("records[{at}].{field}")),
            }),
        };
        let assessor = clean(&record.assessor, "assessor")?;
        if assessor.is_empty() {
            return Err(error(Code::ScreenBadRecord, "assessor").expecting("who gave the answer: an office or a group"));
        }
        let mut evidence = Vec::new();
        for one in &record.evidence {
            evidence.push(clean(one, "evidence")?);
        }
        evidence.retain(|e| !e.is_empty());
        let note = record.note.as_deref().map(|n| clean(n, "note")).transpose()?.filter(|n| !n.is_empty());
        let given = Given { answer, evidence, assessor, date, note, at: (at, record.row) };
        if answers.insert((q, service, round, item, view), given).is_some() {
            return Err(error(Code::ScreenDuplicateAnswer, "item"));
        }
    }
    Ok(answers)
}
