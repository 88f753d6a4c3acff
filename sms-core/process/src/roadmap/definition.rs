//! The road map as data: read, linked, checked, and from then on immutable.

use crate::catalogue::Catalogue;
use crate::diagnostic::{Code, Error, Result};
use crate::id::EntryId;
use crate::shape::expected_by;
use crate::text;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The most steps, sides, groups of participants or loops that a definition may have.
pub const MAX_ENTRIES: usize = 100;

/// What a partner is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum PartnerKind {
    /// An office or a department of the city.
    CityUnit,
    /// A civil society organisation.
    CivilSociety,
    /// A national human rights institution.
    Nhri,
    /// An equality body.
    EqualityBody,
    /// A university or a research institute.
    Academia,
    /// A company or an association of companies.
    PrivateSector,
    /// A group of residents, with or without legal form.
    ResidentsGroup,
    /// An international organisation or a network of cities.
    InternationalOrganisation,
}

impl PartnerKind {
    /// All kinds.
    pub const ALL: [PartnerKind; 8] = [
        PartnerKind::CityUnit,
        PartnerKind::CivilSociety,
        PartnerKind::Nhri,
        PartnerKind::EqualityBody,
        PartnerKind::Academia,
        PartnerKind::PrivateSector,
        PartnerKind::ResidentsGroup,
        PartnerKind::InternationalOrganisation,
    ];

    /// The word of the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            PartnerKind::CityUnit => "city_unit",
            PartnerKind::CivilSociety => "civil_society",
            PartnerKind::Nhri => "nhri",
            PartnerKind::EqualityBody => "equality_body",
            PartnerKind::Academia => "academia",
            PartnerKind::PrivateSector => "private_sector",
            PartnerKind::ResidentsGroup => "residents_group",
            PartnerKind::InternationalOrganisation => "international_organisation",
        }
    }
}

/// A side whose sign-off a step can need.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "RoadmapSide"))]
pub struct Side {
    /// The id, such as `city`.
    pub id: EntryId,
    /// Kinds of partner that can speak for it.
    pub kinds: Vec<PartnerKind>,
}

/// A group of people who take part in a step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "RoadmapParticipant"))]
pub struct Participant {
    /// The id, such as `residents`.
    pub id: EntryId,
    /// Kinds of partner that belong to it; empty when it is no partner, so that only the number of people is known.
    #[serde(default)]
    pub kinds: Vec<PartnerKind>,
}

/// A way back: from the step that holds it to an earlier one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "RoadmapLoop"))]
pub struct Loop {
    /// The step to take up again. It and all steps that rest on it are open again: their sign-offs no longer hold.
    pub to: EntryId,
    /// Closed steps that stay closed all the same.
    #[serde(default)]
    pub keeps: Vec<EntryId>,
    /// Whether the decision to skip a step stands.
    #[serde(default)]
    pub skips_stand: bool,
}

/// A step of the road map.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "RoadmapStep"))]
pub struct Step {
    /// The id.
    pub id: EntryId,
    /// The number that people call it by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<u32>,
    /// How well the step is attested by a source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attested: Option<String>,
    /// Whether it may be skipped by a recorded decision.
    #[serde(default)]
    pub optional: bool,
    /// Steps that must be closed before it starts.
    #[serde(default)]
    pub requires: Vec<EntryId>,
    /// What it can hand in.
    #[serde(default)]
    pub deliverables: Vec<EntryId>,
    /// What must be handed in before it closes.
    #[serde(default)]
    pub required: Vec<EntryId>,
    /// What must come with evidence when it is handed in.
    #[serde(default)]
    pub evidence: Vec<EntryId>,
    /// What must be handed in before the step can be skipped: the decision.
    #[serde(default)]
    pub skip_needs: Vec<EntryId>,
    /// Sides that must sign off before it closes or is skipped. At least one.
    pub sign_off: Vec<EntryId>,
    /// Groups whose participation must be recorded before it closes.
    #[serde(default)]
    pub participants: Vec<EntryId>,
    /// Groups that should take part; their absence holds nothing up.
    #[serde(default)]
    pub invited: Vec<EntryId>,
    /// Ways back from here.
    #[serde(default, rename = "loop")]
    pub loops: Vec<Loop>,
}

/// A definition as its JSON has it, before it is checked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "RoadmapDefinition"))]
pub struct RawDefinition {
    /// The id.
    pub id: EntryId,
    /// The version.
    pub version: String,
    /// Where it comes from: `reconstruction`, or who agreed on it.
    pub provenance: String,
    /// Whether handing something in anew takes back the sign-offs given for what was there before.
    #[serde(default)]
    pub new_delivery_voids_sign_off: bool,
    /// Steps with which the road map begins; all those that require nothing when empty.
    #[serde(default)]
    pub starts_with: Vec<EntryId>,
    /// Sides.
    pub side: Vec<Side>,
    /// Groups of participants.
    #[serde(default)]
    pub participant: Vec<Participant>,
    /// Steps, in the order in which they are shown.
    pub step: Vec<Step>,
}

/// A road map: checked, immutable.
#[derive(Clone, Debug, PartialEq)]
pub struct Definition {
    raw: RawDefinition,
    at: BTreeMap<EntryId, usize>,
    // of each step, the positions of all steps that rest on it, near and far
    after: Vec<BTreeSet<usize>>,
}

/// The shape of a definition whose entries are read one by one, so that an error can name its entry.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Shape {
    id: EntryId,
    version: String,
    provenance: String,
    #[serde(default)]
    new_delivery_voids_sign_off: bool,
    #[serde(default)]
    starts_with: Vec<EntryId>,
    side: Vec<Value>,
    #[serde(default)]
    participant: Vec<Value>,
    step: Vec<Value>,
}

fn bad(path: &str, expected: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(Code::RoadmapBadDefinition).at_path(path).expecting(expected)
}

fn entries<T: DeserializeOwned>(section: &str, values: &[Value]) -> Result<Vec<T>> {
    if values.len() > MAX_ENTRIES {
        return Err(bad(section, format!("at most {MAX_ENTRIES} entries")));
    }
    values.iter().enumerate().map(|(i, v)| T::deserialize(v).map_err(|e| bad(&format!("{section}[{i}]"), expected_by(&e)))).collect()
}

/// An id that is not in a list, with the nearest one that is.
pub(super) fn unknown<'a>(path: &str, id: &str, known: impl Iterator<Item = &'a str>) -> Error {
    let error = Error::new(Code::RoadmapUnknownId).at_path(path);
    error.suggesting(text::did_you_mean(id, known))
}

fn unique<'a>(path: &str, ids: impl Iterator<Item = &'a EntryId>, problems: &mut Vec<Error>) {
    let mut seen = BTreeSet::new();
    for id in ids {
        if !seen.insert(id) {
            problems.push(Error::new(Code::RoadmapDuplicateId).at_path(path).with("id", id.to_string()));
        }
    }
}

impl Definition {
    /// Reads a definition from JSON and checks it.
    ///
    /// # Errors
    /// `roadmap.bad-definition`, or the first of [`Definition::problems`].
    pub fn from_value(value: &Value) -> Result<Self> {
        Self::new(Self::read(value)?)
    }

    /// Reads the shape, unchecked.
    ///
    /// # Errors
    /// `roadmap.bad-definition`, with the path of the entry.
    pub fn read(value: &Value) -> Result<RawDefinition> {
        let shape = Shape::deserialize(value).map_err(|e| bad("definition", expected_by(&e)))?;
        Ok(RawDefinition {
            id: shape.id,
            version: shape.version,
            provenance: shape.provenance,
            new_delivery_voids_sign_off: shape.new_delivery_voids_sign_off,
            starts_with: shape.starts_with,
            side: entries("side", &shape.side)?,
            participant: entries("participant", &shape.participant)?,
            step: entries("step", &shape.step)?,
        })
    }

    /// The road map of a catalogue with this id; the first one without an id.
    ///
    /// ```
    /// # use sms_process as sms_core;
    /// use sms_core::roadmap::Definition;
    /// let catalogue = sms_core::Catalogue::from_json(sms_catalogue::CATALOGUE_JSON)?;
    /// let definition = Definition::of_catalogue(&catalogue, None)?;
    /// assert_eq!((definition.id().as_str(), definition.steps()[0].id.as_str()), ("reconstruction", "commit"));
    /// assert!(Definition::of_catalogue(&catalogue, Some("elsewhere")).is_err());
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `roadmap.unknown-id`, and those of [`Definition::from_value`].
    pub fn of_catalogue(catalogue: &Catalogue, id: Option<&str>) -> Result<Self> {
        let maps = &catalogue.data().roadmaps;
        let found = maps.iter().find(|m| id.is_none_or(|id| m.id.as_str() == id));
        let entry = found.ok_or_else(|| unknown("definition", id.unwrap_or_default(), maps.iter().map(|m| m.id.as_str())))?;
        let value = serde_json::to_value(entry).map_err(|_| bad("definition", "a road map"))?;
        Self::from_value(&value)
    }

    /// Checks and links.
    ///
    /// # Errors
    /// The first of [`Definition::problems`].
    pub fn new(raw: RawDefinition) -> Result<Self> {
        if let Some(problem) = Self::problems(&raw).into_iter().next() {
            return Err(problem);
        }
        let at: BTreeMap<EntryId, usize> = raw.step.iter().enumerate().map(|(i, s)| (s.id.clone(), i)).collect();
        let after = all_that_rest_on(&raw);
        Ok(Definition { raw, at, after })
    }

    /// Everything that is wrong, in this order: nothing to walk, an id given twice, an id that is not there, a step that
    /// needs nobody's sign-off, prerequisites that go round in a circle, a step that can never start, a loop that does
    /// not lead back. Each has the path of its field.
    #[must_use]
    pub fn problems(raw: &RawDefinition) -> Vec<Error> {
        let mut found = Vec::new();
        if raw.step.is_empty() {
            found.push(bad("step", "at least one step"));
        }
        if raw.step.iter().map(|s| s.loops.len()).sum::<usize>() > MAX_ENTRIES {
            return vec![bad("step", format!("at most {MAX_ENTRIES} loops"))];
        }
        unique("side", raw.side.iter().map(|s| &s.id), &mut found);
        unique("participant", raw.participant.iter().map(|p| &p.id), &mut found);
        unique("step", raw.step.iter().map(|s| &s.id), &mut found);
        for step in &raw.step {
            let lists: [(&str, &[EntryId]); 8] = [
                ("requires", &step.requires),
                ("deliverables", &step.deliverables),
                ("required", &step.required),
                ("evidence", &step.evidence),
                ("skip_needs", &step.skip_needs),
                ("sign_off", &step.sign_off),
                ("participants", &step.participants),
                ("invited", &step.invited),
            ];
            for (field, ids) in lists {
                unique(&format!("step.{}.{field}", step.id), ids.iter(), &mut found);
            }
            unique(&format!("step.{}.loop", step.id), step.loops.iter().map(|l| &l.to), &mut found);
        }
        let steps: BTreeSet<&str> = raw.step.iter().map(|s| s.id.as_str()).collect();
        let sides: BTreeSet<&str> = raw.side.iter().map(|s| s.id.as_str()).collect();
        let groups: BTreeSet<&str> = raw.participant.iter().map(|p| p.id.as_str()).collect();
        let mut known = |path: String, ids: &[EntryId], list: &BTreeSet<&str>| {
            found.extend(ids.iter().filter(|id| !list.contains(id.as_str())).map(|id| unknown(&path, id.as_str(), list.iter().copied())));
        };
        known("starts_with".to_owned(), &raw.starts_with, &steps);
        for step in &raw.step {
            let path = |field: &str| format!("step.{}.{field}", step.id);
            let own: BTreeSet<&str> = step.deliverables.iter().map(EntryId::as_str).collect();
            known(path("requires"), &step.requires, &steps);
            known(path("required"), &step.required, &own);
            known(path("evidence"), &step.evidence, &own);
            known(path("skip_needs"), &step.skip_needs, &own);
            known(path("sign_off"), &step.sign_off, &sides);
            known(path("participants"), &step.participants, &groups);
            known(path("invited"), &step.invited, &groups);
            for way in &step.loops {
                known(path("loop.to"), std::slice::from_ref(&way.to), &steps);
                known(path("loop.keeps"), &way.keeps, &steps);
            }
        }
        for side in raw.side.iter().filter(|s| s.kinds.is_empty()) {
            found.push(bad(&format!("side.{}.kinds", side.id), "at least one kind of partner"));
        }
        for step in raw.step.iter().filter(|s| s.sign_off.is_empty()) {
            found.push(bad(&format!("step.{}.sign_off", step.id), "at least one side"));
        }
        if !found.is_empty() {
            return found;
        }
        let after = all_that_rest_on(raw);
        found.extend(circle(raw, &after));
        found.extend(unreachable_steps(raw));
        if found.is_empty() {
            for (i, step) in raw.step.iter().enumerate() {
                for way in &step.loops {
                    let back = position(raw, &way.to).is_some_and(|to| to == i || after.get(to).is_some_and(|set| set.contains(&i)));
                    if !back {
                        found.push(bad(&format!("step.{}.loop.to", step.id), "this step or one that comes before it"));
                    }
                    if way.keeps.contains(&way.to) || way.keeps.contains(&step.id) {
                        found.push(bad(&format!("step.{}.loop.keeps", step.id), "neither end of the loop"));
                    }
                }
            }
        }
        found
    }

    /// The id.
    #[must_use]
    pub fn id(&self) -> &EntryId {
        &self.raw.id
    }

    /// The definition as data.
    #[must_use]
    pub fn data(&self) -> &RawDefinition {
        &self.raw
    }

    /// The steps, in their order.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.raw.step
    }

    /// A step with its position.
    /// Positions are counted from 0.
    ///
    /// ```
    /// # use sms_process as sms_core;
    /// let catalogue = sms_core::Catalogue::from_json(sms_catalogue::CATALOGUE_JSON)?;
    /// let definition = sms_core::roadmap::Definition::of_catalogue(&catalogue, None)?;
    /// assert_eq!(definition.step("train").map(|(at, _)| at), Some(1));
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    #[must_use]
    pub fn step(&self, id: &str) -> Option<(usize, &Step)> {
        let at = *self.at.get(id)?;
        Some((at, self.raw.step.get(at)?))
    }

    /// A side.
    #[must_use]
    pub fn side(&self, id: &str) -> Option<&Side> {
        self.raw.side.iter().find(|s| s.id.as_str() == id)
    }

    /// A group of participants.
    #[must_use]
    pub fn participant(&self, id: &str) -> Option<&Participant> {
        self.raw.participant.iter().find(|p| p.id.as_str() == id)
    }

    /// Positions of the steps that rest on the one at this position, near and far, without itself.
    pub(super) fn after(&self, at: usize) -> impl Iterator<Item = usize> + '_ {
        self.after.get(at).into_iter().flatten().copied()
    }
}

fn position(raw: &RawDefinition, id: &EntryId) -> Option<usize> {
    raw.step.iter().position(|s| s.id == *id)
}

/// Of each step, the positions of all that rest on it, near and far; itself too where prerequisites go round in a circle.
fn all_that_rest_on(raw: &RawDefinition) -> Vec<BTreeSet<usize>> {
    let at: BTreeMap<&EntryId, usize> = raw.step.iter().enumerate().map(|(i, s)| (&s.id, i)).collect();
    let mut next: Vec<Vec<usize>> = vec![Vec::new(); raw.step.len()];
    for (i, step) in raw.step.iter().enumerate() {
        for required in step.requires.iter().filter_map(|r| at.get(r)) {
            if let Some(list) = next.get_mut(*required) {
                list.push(i);
            }
        }
    }
    let from = |start: usize| {
        let mut found = BTreeSet::new();
        let mut todo = vec![start];
        while let Some(step) = todo.pop() {
            todo.extend(next.get(step).into_iter().flatten().copied().filter(|&i| found.insert(i)));
        }
        found
    };
    (0..raw.step.len()).map(from).collect()
}

/// Prerequisites that go round in a circle: the first one found, named by its steps.
fn circle(raw: &RawDefinition, after: &[BTreeSet<usize>]) -> Option<Error> {
    let rests = |step: usize, on: usize| after.get(on).is_some_and(|set| set.contains(&step));
    let start = (0..raw.step.len()).find(|&i| rests(i, i))?;
    // from each step of the circle, some prerequisite is in it too
    let (mut way, mut here) = (Vec::new(), start);
    while !way.contains(&here) {
        way.push(here);
        here = raw.step.get(here)?.requires.iter().filter_map(|r| position(raw, r)).find(|&r| rests(r, r) && rests(r, here))?;
    }
    let names: Vec<String> = way.iter().skip_while(|&&i| i != here).filter_map(|&i| raw.step.get(i)).map(|s| s.id.to_string()).collect();
    let first = names.first()?.clone();
    Some(Error::new(Code::RoadmapCircularPrerequisites).at_path(&format!("step.{first}.requires")).with("steps", names.join(" < ")))
}

/// Steps that can never start: a step can start when it is one with which the road map begins, or when it requires
/// something and all that it requires can be closed.
fn unreachable_steps(raw: &RawDefinition) -> Vec<Error> {
    let begins = |s: &Step| s.requires.is_empty() && (raw.starts_with.is_empty() || raw.starts_with.contains(&s.id));
    let mut reached: BTreeSet<&EntryId> = raw.step.iter().filter(|s| begins(s)).map(|s| &s.id).collect();
    loop {
        let more: Vec<&EntryId> = raw
            .step
            .iter()
            .filter(|s| !reached.contains(&s.id) && !s.requires.is_empty() && s.requires.iter().all(|r| reached.contains(r)))
            .map(|s| &s.id)
            .collect();
        if more.is_empty() {
            break;
        }
        reached.extend(more);
    }
    raw.step
        .iter()
        .filter(|s| !reached.contains(&s.id))
        .map(|s| Error::new(Code::RoadmapUnreachableStep).at_path(&format!("step.{}", s.id)).with("step", s.id.to_string()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn map(requires: &[(&str, &[&str])]) -> Value {
        let steps: Vec<Value> = requires.iter().map(|(id, list)| json!({"id": id, "requires": list, "sign_off": ["all"]})).collect();
        json!({"id": "m", "version": "1", "provenance": "example", "side": [{"id": "all", "kinds": ["academia"]}], "step": steps})
    }

    #[test]
    fn a_circle_is_named_by_its_steps() {
        for (requires, steps) in [
            (vec![("a", &["a"] as &[&str])], "a"),
            (vec![("a", &[]), ("b", &["a", "c"]), ("c", &["b"])], "b < c"),
            // d hangs on the circle and is no part of it
            (vec![("d", &["a"]), ("a", &["c"]), ("b", &["a"]), ("c", &["b"])], "a < c < b"),
        ] {
            let error = Definition::from_value(&map(&requires)).unwrap_err();
            assert_eq!(error.code(), Code::RoadmapCircularPrerequisites);
            assert_eq!(error.params().get("steps").map(ToString::to_string).as_deref(), Some(steps));
        }
    }

    #[test]
    fn what_rests_on_a_step_is_found_near_and_far() {
        let map = Definition::from_value(&map(&[("a", &[]), ("b", &["a"]), ("c", &["b"]), ("d", &["a", "c"]), ("e", &[])])).unwrap();
        let after = |id: &str| map.after(map.step(id).unwrap().0).collect::<Vec<_>>();
        assert_eq!((after("a"), after("b"), after("d"), after("e")), (vec![1, 2, 3], vec![2, 3], vec![], vec![]));
    }

    #[test]
    fn an_unknown_id_is_told_with_the_nearest_one() {
        let error = Definition::from_value(&map(&[("commit", &[]), ("train", &["comit"])])).unwrap_err();
        assert_eq!((error.code(), error.location().path.as_deref()), (Code::RoadmapUnknownId, Some("step.train.requires")));
        assert_eq!(error.params().get("did_you_mean").map(ToString::to_string).as_deref(), Some("commit"));
    }

    #[test]
    fn there_is_a_limit() {
        let ids: Vec<String> = (0..=MAX_ENTRIES).map(|i| format!("s{i}")).collect();
        let many: Vec<(&str, &[&str])> = ids.iter().map(|id| (id.as_str(), &[] as &[&str])).collect();
        assert_eq!(Definition::from_value(&map(&many)).unwrap_err().code(), Code::RoadmapBadDefinition);
        assert!(Definition::from_value(&map(many.get(1..).unwrap())).is_ok());
    }
}
