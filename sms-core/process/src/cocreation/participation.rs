//! Who took part, for which side, in what and when; and what the record says of legitimacy.

use super::panel::positions;
use crate::diagnostic::{Code, Error, Result};
use crate::disclosure::{self, Counts, Part, Primary, PrivacyPolicy};
use crate::estimate::{Absence, ValueKind};
use crate::id::EntryId;
use crate::num::count;
use crate::period::is_date;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A person or body who can take part.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "RegisteredParticipant"))]
pub struct Participant {
    /// A code of the person or body; it never leaves.
    pub id: String,
    /// For which side: the city, civil society …
    pub side: EntryId,
    /// Groups that the person belongs to or speaks for.
    #[serde(default)]
    pub groups: Vec<String>,
}

/// What somebody took part in.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Attendance {
    /// The participant.
    pub participant: String,
    /// The occasion: a meeting, a round of rating, a decision.
    pub occasion: EntryId,
    /// The day, YYYY-MM-DD.
    pub on: String,
}

/// How many of a side or group; withheld where it is few.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ParticipantCount"))]
pub struct Number {
    /// The side or group.
    pub id: String,
    /// How many took part.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub participants: Option<usize>,
    /// Why there is no number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub absent: Option<Absence>,
}

/// One occasion.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ParticipationOccasion"))]
pub struct Occasion {
    /// The occasion.
    pub id: EntryId,
    /// Its first day.
    pub from: String,
    /// Its last day.
    pub to: String,
    /// How many took part.
    pub participants: usize,
    /// The sides that were there.
    pub sides: Vec<EntryId>,
    /// The sides that must be there and were not.
    pub missing_sides: Vec<EntryId>,
}

/// What the record says of legitimacy: facts, not a score.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Legitimacy {
    /// Persons and bodies who took part.
    pub participants: usize,
    /// Registered, and never there.
    pub never_there: usize,
    /// First day of all.
    pub from: String,
    /// Last day of all.
    pub to: String,
    /// Occasions, by first day and id.
    pub occasions: Vec<Occasion>,
    /// How many occasions had every side that must be there.
    pub complete_occasions: usize,
    /// Participants by side.
    pub sides: Vec<Number>,
    /// Participants by group; one person can be in several.
    pub groups: Vec<Number>,
    /// Groups that were expected, and of whom nobody took part.
    pub missing_groups: Vec<String>,
}

/// Sums up a record of participation.
///
/// Sides are offices and are shown; groups are people, and a group of fewer than the policy allows is withheld.
///
/// ```
/// # use sms_process as sms_core;
/// use sms_core::cocreation::participation::{Attendance, Participant, legitimacy};
/// let participants: Vec<Participant> = serde_json::from_str(r#"[{"id": "p1", "side": "city"}, {"id": "p2", "side": "civil_society"}]"#).unwrap();
/// let record: Vec<Attendance> = serde_json::from_str(r#"[{"participant": "p1", "occasion": "first_meeting", "on": "2027-01-10"}]"#).unwrap();
/// let made = legitimacy(&participants, &record, &["city".parse()?], &[], &sms_core::PrivacyPolicy::internal())?;
/// assert_eq!((made.participants, made.never_there, made.complete_occasions), (1, 1, 1));
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `cocreation.duplicate-id`, `cocreation.unknown-participant`, `cocreation.empty-round` for an empty record,
/// `cocreation.bad-date`.
pub fn legitimacy(
    participants: &[Participant],
    record: &[Attendance],
    required_sides: &[EntryId],
    expected_groups: &[String],
    policy: &PrivacyPolicy,
) -> Result<Legitimacy> {
    let known = positions(participants.iter().map(|p| p.id.as_str()), "participants").map_err(|e| {
        // the id of a person is not echoed
        Error::new(e.code()).at_path(e.location().path.as_deref().unwrap_or("participants"))
    })?;
    let mut occasions: BTreeMap<&EntryId, (BTreeSet<&str>, BTreeSet<usize>)> = BTreeMap::new();
    for (at, row) in record.iter().enumerate() {
        let path = |field: &str| format!("record[{at}].{field}");
        let who = known.get(row.participant.as_str()).ok_or_else(|| Error::new(Code::CocreationUnknownParticipant).at_path(&path("participant")))?;
        if !is_date(&row.on) {
            return Err(Error::new(Code::CocreationBadDate).at_path(&path("on")));
        }
        let (days, people) = occasions.entry(&row.occasion).or_default();
        days.insert(&row.on);
        people.insert(*who);
    }
    let everybody: BTreeSet<usize> = occasions.values().flat_map(|(_, people)| people.iter().copied()).collect();
    let days: BTreeSet<&str> = occasions.values().flat_map(|(days, _)| days.iter().copied()).collect();
    let (Some(from), Some(to)) = (days.first(), days.last()) else {
        return Err(Error::new(Code::CocreationEmptyRound).at_path("record"));
    };
    let there: Vec<&Participant> = everybody.iter().filter_map(|i| participants.get(*i)).collect();
    let mut listed: Vec<Occasion> = occasions
        .iter()
        .map(|(id, (days, people))| {
            let sides: BTreeSet<&EntryId> = people.iter().filter_map(|i| participants.get(*i)).map(|p| &p.side).collect();
            Occasion {
                id: (*id).clone(),
                from: days.first().copied().unwrap_or_default().to_owned(),
                to: days.last().copied().unwrap_or_default().to_owned(),
                participants: people.len(),
                missing_sides: required_sides.iter().filter(|s| !sides.contains(s)).cloned().collect(),
                sides: sides.into_iter().cloned().collect(),
            }
        })
        .collect();
    listed.sort_by(|a, b| (&a.from, &a.id).cmp(&(&b.from, &b.id)));
    let mut by_side: BTreeMap<&EntryId, usize> = required_sides.iter().map(|s| (s, 0)).collect();
    let mut by_group: BTreeMap<&str, usize> = BTreeMap::new();
    for p in &there {
        *by_side.entry(&p.side).or_insert(0) += 1;
        let groups: BTreeSet<&str> = p.groups.iter().map(String::as_str).collect();
        for group in groups {
            *by_group.entry(group).or_insert(0) += 1;
        }
    }
    let missing_groups = expected_groups.iter().filter(|g| !by_group.contains_key(g.as_str())).cloned().collect();
    Ok(Legitimacy {
        participants: there.len(),
        never_there: participants.len() - there.len(),
        from: (*from).to_owned(),
        to: (*to).to_owned(),
        complete_occasions: listed.iter().filter(|o| o.missing_sides.is_empty()).count(),
        occasions: listed,
        sides: by_side.into_iter().map(|(id, n)| Number { id: id.to_string(), participants: Some(n), absent: None }).collect(),
        groups: numbers(&by_group, there.len(), policy),
        missing_groups,
    })
}

/// Counts of groups, small ones withheld. Groups may overlap, so each stands alone against all participants; where they
/// happen to sum up to all, one more goes.
fn numbers(groups: &BTreeMap<&str, usize>, everybody: usize, policy: &PrivacyPolicy) -> Vec<Number> {
    let mut parts: Vec<Part> = groups
        .values()
        .map(|n| {
            let counts = Counts { numerator: Some(count(*n)), ..Counts::default() };
            let withheld = disclosure::primary(ValueKind::Count, counts, None, 1.0, policy.threshold(), false) != Primary::Publish;
            Part { counts, withheld, fixed: false }
        })
        .collect();
    if groups.values().sum::<usize>() == everybody {
        let _ = disclosure::complementary(&mut parts, policy.threshold());
    }
    let number = |id: &str, n: usize, withheld: bool| Number {
        id: id.to_owned(),
        participants: (!withheld).then_some(n),
        absent: withheld.then_some(Absence::Suppressed),
    };
    groups.iter().zip(&parts).map(|((id, n), part)| number(id, *n, part.withheld)).collect()
}
