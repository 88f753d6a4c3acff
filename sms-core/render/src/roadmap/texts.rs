//! The words of the pages: every one comes from the catalogue, or is given with the road map.

use serde::Serialize;
use sms_base::id::EntryId;
use sms_model::catalogue::Catalogue;
use sms_process::roadmap::{Action, Day, Definition, Do, Fix, Of, Partner, TimelineRow};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The texts of a road map: labels given with it, else those of the catalogue when the road map is one of its own, else
/// the ids.
#[derive(Clone, Debug)]
pub struct Texts {
    pub(super) catalogue: Arc<Catalogue>,
    map: EntryId,
    own: bool,
    labels: BTreeMap<String, BTreeMap<String, String>>,
}

/// The words of a step.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "RoadmapStepText"))]
pub struct StepText {
    /// The id.
    pub id: EntryId,
    /// The name; the id where there is none.
    pub name: String,
    /// What it is about; empty for a road map of one's own.
    pub description: String,
}

/// A pattern with its words in braces filled in.
pub(crate) fn fill(pattern: &str, pairs: &[(&str, &str)]) -> String {
    let mut made = String::new();
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        made.push_str(before);
        let known = after.split_once('}').and_then(|(name, tail)| Some((pairs.iter().find(|(n, _)| *n == name)?.1, tail)));
        match known {
            Some((value, tail)) => {
                made.push_str(value);
                rest = tail;
            }
            None => {
                made.push('{');
                rest = after;
            }
        }
    }
    made.push_str(rest);
    made
}

impl Texts {
    /// `labels`: section (`steps`, `deliverables`, `participants`, `sides`, `road_map`) and id to name.
    ///
    /// ```
    /// # mod sms_core { pub use {sms_process::*, sms_render as render}; }
    /// use sms_core::{Catalogue, render::roadmap::Texts, roadmap::Definition};
    /// let catalogue = std::sync::Arc::new(Catalogue::from_json(sms_catalogue::CATALOGUE_JSON)?);
    /// let definition = Definition::of_catalogue(&catalogue, None)?;
    /// let texts = Texts::new(catalogue, &definition, Default::default());
    /// assert_eq!(texts.steps(&definition)[0].id.as_str(), "commit");
    /// # Ok::<(), sms_base::Error>(())
    /// ```
    #[must_use]
    pub fn new(catalogue: Arc<Catalogue>, definition: &Definition, labels: BTreeMap<String, BTreeMap<String, String>>) -> Self {
        let own = catalogue.data().roadmaps.iter().any(|m| m.id == *definition.id());
        Texts { catalogue, map: definition.id().clone(), own, labels }
    }

    pub(crate) fn group(&self, section: &str, key: &str) -> Option<&str> {
        self.catalogue.label_of("roadmap", section)?.groups.get(key).map(String::as_str)
    }

    pub(super) fn given(&self, section: &str, id: &str) -> Option<&str> {
        self.labels.get(section)?.get(id).map(String::as_str)
    }

    pub(super) fn named(&self, section: &str, id: &str) -> String {
        let own = || self.own.then(|| self.group(section, id)).flatten();
        self.given(section, id).or_else(own).unwrap_or(id).to_owned()
    }

    /// A sentence of the page.
    pub(super) fn word(&self, key: &str, pairs: &[(&str, &str)]) -> String {
        fill(self.group("page", key).unwrap_or(key), pairs)
    }

    pub(super) fn cohort(&self, key: &str, pairs: &[(&str, &str)]) -> String {
        fill(self.group("cohort", key).unwrap_or(key), pairs)
    }

    /// How a step stands.
    pub(super) fn status(&self, word: &str) -> String {
        self.group("statuses", word).unwrap_or(word).to_owned()
    }

    pub(super) fn span(&self, start: Day, end: Option<Day>) -> String {
        match end {
            Some(end) => self.word("from_to", &[("start", &start.to_string()), ("end", &end.to_string())]),
            None => self.word("since", &[("start", &start.to_string())]),
        }
    }

    /// A step by number and name.
    pub(super) fn step(&self, definition: &Definition, id: &EntryId) -> String {
        let name = self.step_name(id.as_str());
        match definition.step(id.as_str()).and_then(|(_, s)| s.number) {
            Some(number) => format!("{number} ({name})"),
            None => format!("“{name}”"),
        }
    }

    pub(super) fn step_name(&self, id: &str) -> String {
        let own = || self.own.then(|| self.catalogue.label_of("roadmap_steps", id)).flatten().map(|l| l.name.as_str());
        self.given("steps", id).or_else(own).unwrap_or(id).to_owned()
    }

    /// A walk through a step: its number and name, and which time when it is not the first. The name is cut after so many
    /// letters where there is no room.
    pub(super) fn walk(&self, definition: &Definition, row: &TimelineRow, cycles: bool, room: Option<usize>) -> String {
        let mut name = self.step_name(row.step.as_str());
        let mut after = Vec::new();
        if cycles {
            after.push(self.word("cycle_short", &[("cycle", &row.cycle.to_string())]));
        }
        if row.iteration > 1 {
            after.push(self.word("time", &[("n", &row.iteration.to_string())]));
        }
        let after = if after.is_empty() { String::new() } else { format!(" ({})", after.join(", ")) };
        let room = room.map(|letters| letters.saturating_sub(after.chars().count()));
        if let Some((at, _)) = room.and_then(|letters| name.char_indices().nth(letters)) {
            name = format!("{}…", name.get(..at).unwrap_or(&name).trim_end());
        }
        match definition.step(row.step.as_str()).and_then(|(_, s)| s.number) {
            Some(number) => format!("{number} {name}{after}"),
            None => format!("{name}{after}"),
        }
    }

    /// What the road map says of itself: where it comes from.
    #[must_use]
    pub fn notice(&self) -> String {
        let own = || self.own.then(|| self.catalogue.label_of("roadmap", self.map.as_str())).flatten().and_then(|l| l.note.as_deref());
        self.given("road_map", "notice").or_else(own).unwrap_or_default().to_owned()
    }

    pub(super) fn map_name(&self) -> String {
        let own = || self.own.then(|| self.catalogue.label_of("roadmap", self.map.as_str())).flatten().map(|l| l.name.as_str());
        self.given("road_map", "name").or_else(own).unwrap_or(self.map.as_str()).to_owned()
    }

    /// Id, name and description of each step.
    #[must_use]
    pub fn steps(&self, definition: &Definition) -> Vec<StepText> {
        let note = |id: &str| self.own.then(|| self.catalogue.label_of("roadmap_steps", id)).flatten().and_then(|l| l.note.clone()).unwrap_or_default();
        let one = |s: &sms_process::roadmap::Step| StepText { id: s.id.clone(), name: self.step_name(s.id.as_str()), description: note(s.id.as_str()) };
        definition.steps().iter().map(one).collect()
    }

    pub(super) fn listed(&self, items: &[String], last: &str) -> String {
        let word = self.word(last, &[]);
        match items {
            [] => String::new(),
            [one] => one.clone(),
            [head @ .., tail] => format!("{} {word} {tail}", head.join(", ")),
        }
    }

    pub(super) fn partners<'a>(&self, partners: impl Iterator<Item = &'a Partner>) -> String {
        let names: Vec<String> = partners.map(|p| p.name.clone()).collect();
        self.listed(&names, "or")
    }

    pub(super) fn kinds(&self, kinds: &[sms_process::roadmap::PartnerKind]) -> String {
        let names: Vec<String> = kinds.iter().map(|k| self.group("kinds", k.as_str()).unwrap_or(k.as_str()).to_owned()).collect();
        self.listed(&names, "or")
    }

    /// What to do, as a sentence.
    pub(super) fn fix(&self, definition: &Definition, fix: &Fix) -> String {
        let step = |id: &EntryId| self.step(definition, id);
        match fix {
            Fix::Start { step: id } => self.word("action_start", &[("step", &step(id))]),
            Fix::Deliver { deliverable, evidence, .. } => {
                let key = if *evidence { "action_deliver_evidence" } else { "action_deliver" };
                self.word(key, &[("deliverable", &self.named("deliverables", deliverable.as_str()))])
            }
            Fix::RecordParticipation { participant, .. } => {
                self.word("action_participation", &[("participant", &self.named("participants", participant.as_str()))])
            }
            Fix::SignOff { step: id, side, of } => {
                let key = if *of == Of::Skip { "action_sign_skip" } else { "action_sign" };
                self.word(key, &[("side", &self.named("sides", side.as_str())), ("step", &step(id))])
            }
            Fix::Complete { step: id } => self.word("action_close", &[("step", &step(id))]),
            Fix::LoopBack { step: id, to } => self.word("action_loop", &[("step", &step(id)), ("to", &step(to))]),
            Fix::NewCycle {} => self.word("action_new_cycle", &[]),
            Fix::AddPartner { side: Some(side), kinds } => {
                self.word("action_add_side", &[("side", &self.named("sides", side.as_str())), ("kinds", &self.kinds(kinds))])
            }
            Fix::AddPartner { side: None, kinds } => self.word("action_add", &[("kinds", &self.kinds(kinds))]),
            // these change an event that was refused; no view of a run holds them
            Fix::Change { field, .. } | Fix::Give { field } => field.clone(),
            Fix::LeaveOut {} => String::new(),
        }
    }

    /// What is missing, as a phrase under the name of its step.
    pub(super) fn lack(&self, definition: &Definition, fix: &Fix) -> String {
        match fix {
            Fix::Deliver { deliverable, evidence, .. } => {
                let key = if *evidence { "lack_deliver_evidence" } else { "lack_deliver" };
                self.word(key, &[("deliverable", &self.named("deliverables", deliverable.as_str()))])
            }
            Fix::RecordParticipation { participant, .. } => {
                self.word("lack_participation", &[("participant", &self.named("participants", participant.as_str()))])
            }
            Fix::SignOff { side, of, .. } => {
                let key = if *of == Of::Skip { "lack_sign_skip" } else { "lack_sign" };
                self.word(key, &[("side", &self.named("sides", side.as_str()))])
            }
            Fix::AddPartner { side: Some(side), kinds } => {
                self.word("lack_partner_side", &[("side", &self.named("sides", side.as_str())), ("kinds", &self.kinds(kinds))])
            }
            Fix::AddPartner { side: None, kinds } => self.word("lack_partner", &[("kinds", &self.kinds(kinds))]),
            other => self.fix(definition, other),
        }
    }

    pub(super) fn action(&self, definition: &Definition, action: &Action) -> String {
        match (&action.action, action.why) {
            (Do::Satisfy(Fix::Complete { step }), _) => self.word("action_complete", &[("step", &self.step(definition, step))]),
            (Do::Satisfy(Fix::RecordParticipation { participant, .. }), "invited") => {
                self.word("invite", &[("participant", &self.named("participants", participant.as_str()))])
            }
            (Do::Satisfy(fix), _) => self.fix(definition, fix),
            (Do::Skip(step), _) if action.now => self.word("action_skip_now", &[("step", &self.step(definition, step))]),
            (Do::Skip(step), _) => {
                let needs = definition.step(step.as_str()).map(|(_, s)| s.skip_needs.as_slice()).unwrap_or_default();
                let names: Vec<String> = needs.iter().map(|d| self.named("deliverables", d.as_str())).collect();
                let key = if names.is_empty() { "action_skip_may_plain" } else { "action_skip_may" };
                self.word(key, &[("step", &self.step(definition, step)), ("deliverables", &self.listed(&names, "and"))])
            }
        }
    }
}
