//! The guards: what an event must meet to be taken in, and what would satisfy the one that it does not meet.

use super::definition::{Participant, PartnerKind, Step, unknown};
use super::event::{Event, Of, What};
use super::partner::Partner;
use super::run::Run;
use super::state::{Status, StepState};
use crate::day::Day;
use crate::diagnostic::{Code, Error};
use crate::id::EntryId;
use serde::{Deserialize, Serialize};

/// What satisfies a guard: an event to record first, a change of the event itself, or a partner to take on. The same
/// words tell what to do next.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "RoadmapFix"))]
pub enum Fix {
    /// Record that the step started.
    Start {
        /// The step.
        step: EntryId,
    },
    /// Hand something in, with evidence where it is asked for.
    Deliver {
        /// The step.
        step: EntryId,
        /// What is to be handed in.
        deliverable: EntryId,
        /// Whether it must come with evidence.
        evidence: bool,
    },
    /// Record that a group took part; somebody of these kinds must be among the partners, if there are any kinds.
    RecordParticipation {
        /// The step.
        step: EntryId,
        /// The group.
        participant: EntryId,
        /// Kinds of partner of which one must be named; left out where the group is no partner.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        kinds: Vec<PartnerKind>,
    },
    /// Have a side sign.
    SignOff {
        /// The step.
        step: EntryId,
        /// The side.
        side: EntryId,
        /// What the sign-off is for.
        of: Of,
    },
    /// Close the step.
    Complete {
        /// The step.
        step: EntryId,
    },
    /// Loop back from a step to an earlier one.
    LoopBack {
        /// The step that holds the loop.
        step: EntryId,
        /// The earlier step that it leads to.
        to: EntryId,
    },
    /// Begin a new cycle.
    NewCycle {},
    /// Nobody on the list can do it: take on a partner of one of these kinds, who can sign for the side.
    AddPartner {
        /// The side that the partner must be able to sign for, where it is about a sign-off.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        side: Option<EntryId>,
        /// The kinds of partner that fit.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        kinds: Vec<PartnerKind>,
    },
    /// Change a field of the event to one of these ids, or to a day that is not before this one.
    Change {
        /// The field.
        field: String,
        /// Ids that it may have.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        one_of: Vec<EntryId>,
        /// The first day that it may have.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        not_before: Option<Day>,
    },
    /// Fill in a field of the event.
    Give {
        /// The field.
        field: String,
    },
    /// Leave the event out: there is nothing for it to do.
    LeaveOut {},
}

/// Why an event is refused.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    /// The guard.
    pub code: Code,
    /// The field of the event that it is about.
    pub field: &'static str,
    /// What satisfies it.
    pub fix: Fix,
    /// The id that the guard is about: a step, a side, a deliverable, a group.
    pub subject: Option<EntryId>,
    near: Option<Error>,
}

impl Refusal {
    fn new(code: Code, field: &'static str, fix: Fix) -> Self {
        Refusal { code, field, fix, subject: None, near: None }
    }

    fn about(mut self, id: &EntryId) -> Self {
        self.subject = Some(id.clone());
        self
    }

    /// The refusal as an error, `path` being the place of the event.
    #[must_use]
    pub fn into_error(self, path: &str) -> Error {
        let path = format!("{path}.{}", self.field);
        let error = self.near.unwrap_or_else(|| Error::new(self.code)).at_path(&path);
        let error = match &self.subject {
            Some(id) => error.with("about", id.to_string()),
            None => error,
        };
        error.with_fix(&self.fix)
    }
}

/// The guards in their order; the first that is not met refuses.
pub(super) fn refusal(run: &Run, event: &Event) -> Option<Refusal> {
    dates(run, event).or_else(|| author(run, event)).or_else(|| content(run, event))
}

fn dates(run: &Run, event: &Event) -> Option<Refusal> {
    let later = |code, day| Some(Refusal::new(code, "date", Fix::Change { field: "date".to_owned(), one_of: Vec::new(), not_before: Some(day) }));
    let state = run.state();
    match state.last_event {
        _ if event.date < run.start() => later(Code::RoadmapDateBeforeCycle, state.last_event.unwrap_or(run.start()).max(run.start())),
        Some(last) if event.date < last => later(Code::RoadmapDateOutOfOrder, last),
        _ => None,
    }
}

fn one_of<'a>(field: &str, ids: impl Iterator<Item = &'a EntryId>) -> Option<Fix> {
    let one_of: Vec<EntryId> = ids.cloned().collect();
    (!one_of.is_empty()).then(|| Fix::Change { field: field.to_owned(), one_of, not_before: None })
}

fn partner_ids<'a>(partners: impl Iterator<Item = &'a Partner>) -> impl Iterator<Item = &'a EntryId> {
    partners.map(|p| &p.id)
}

fn author(run: &Run, event: &Event) -> Option<Refusal> {
    let fix = || one_of("by", partner_ids(run.partners().acting())).unwrap_or(Fix::AddPartner { side: None, kinds: Vec::new() });
    match run.partners().get(event.by.as_str()) {
        None => Some(Refusal::new(Code::RoadmapUnknownPartner, "by", fix())),
        Some(partner) if !partner.acts() => Some(Refusal::new(Code::RoadmapObserver, "by", fix())),
        Some(_) => None,
    }
}

/// A field whose id is not among those that it can be.
fn unknown_id<'a>(field: &'static str, id: &EntryId, known: impl Iterator<Item = &'a EntryId> + Clone) -> Refusal {
    let fix = one_of(field, known.clone()).unwrap_or(Fix::LeaveOut {});
    let near = unknown(field, id.as_str(), known.map(EntryId::as_str));
    Refusal { near: Some(near), ..Refusal::new(Code::RoadmapUnknownId, field, fix) }
}

fn content(run: &Run, event: &Event) -> Option<Refusal> {
    let Some(id) = event.what.step() else { return new_cycle(run) };
    let found = run.definition().step(id.as_str()).and_then(|(at, rule)| Some((rule, run.state().steps.get(at)?)));
    let Some((rule, step)) = found else {
        return Some(unknown_id("step", id, run.definition().steps().iter().map(|s| &s.id)));
    };
    let on = On { run, event, rule, step };
    match &event.what {
        What::Planned { start, due, .. } => on.planned(*start, *due),
        What::Started { .. } => on.started(),
        What::Delivered { deliverable, evidence, .. } => on.delivered(deliverable, evidence.is_some()),
        What::Participated { participant, partners, people, .. } => on.participated(participant, partners, *people),
        What::SignedOff { side, of, .. } => on.signed_off(side, *of),
        What::SignOffWithdrawn { side, reason, .. } => on.withdrawn(side, reason),
        What::Skipped { reason, .. } => on.skipped(reason),
        What::LoopedBack { to, reason, .. } => on.looped_back(to, reason),
        What::Completed { .. } => on.completed(),
        What::NewCycle { .. } => None,
    }
}

fn new_cycle(run: &Run) -> Option<Refusal> {
    let open = run.state().steps.iter().find(|s| !s.status.is_closed() && s.status != Status::Waiting)?;
    Some(Refusal::new(Code::RoadmapCycleOpen, "type", Fix::Complete { step: open.step.clone() }).about(&open.step))
}

/// An event on a step that exists.
struct On<'a> {
    run: &'a Run,
    event: &'a Event,
    rule: &'a Step,
    step: &'a StepState,
}

/// What is still missing before a step can close one way or the other.
pub(super) fn missing_to_close(run: &Run, rule: &Step, step: &StepState, of: Of) -> Vec<(Code, Fix, EntryId)> {
    let mut missing = missing_to_sign(run, rule, step, of);
    for side in rule.sign_off.iter().filter(|side| !step.signed(side, of)) {
        let fix = match run.partners().signatories(side.as_str()).next() {
            Some(_) => Fix::SignOff { step: rule.id.clone(), side: side.clone(), of },
            None => signatory_wanted(run, side),
        };
        missing.push((Code::RoadmapSignOffMissing, fix, side.clone()));
    }
    missing
}

/// What is still missing before the first side can sign.
pub(super) fn missing_to_sign(run: &Run, rule: &Step, step: &StepState, of: Of) -> Vec<(Code, Fix, EntryId)> {
    let mut missing = Vec::new();
    let deliverables = if of == Of::Skip { &rule.skip_needs } else { &rule.required };
    for deliverable in deliverables.iter().filter(|d| !step.has(d)) {
        let evidence = rule.evidence.contains(deliverable);
        let fix = Fix::Deliver { step: rule.id.clone(), deliverable: deliverable.clone(), evidence };
        missing.push((Code::RoadmapDeliverableMissing, fix, deliverable.clone()));
    }
    let groups = if of == Of::Skip { &[] as &[EntryId] } else { &rule.participants };
    for group in groups.iter().filter(|g| !step.took_part(g)) {
        missing.push((Code::RoadmapParticipationMissing, participation_wanted(run, rule, group), group.clone()));
    }
    missing
}

fn signatory_wanted(run: &Run, side: &EntryId) -> Fix {
    let kinds = run.definition().side(side.as_str()).map(|s| s.kinds.clone()).unwrap_or_default();
    Fix::AddPartner { side: Some(side.clone()), kinds }
}

pub(super) fn participation_wanted(run: &Run, rule: &Step, group: &EntryId) -> Fix {
    let kinds = run.definition().participant(group.as_str()).map(|p| p.kinds.clone()).unwrap_or_default();
    if kinds.is_empty() || run.partners().of_kinds(&kinds).next().is_some() {
        return Fix::RecordParticipation { step: rule.id.clone(), participant: group.clone(), kinds };
    }
    Fix::AddPartner { side: None, kinds }
}

impl On<'_> {
    fn refuse(&self, code: Code, field: &'static str, fix: Fix) -> Option<Refusal> {
        Some(Refusal::new(code, field, fix))
    }

    fn first(&self, missing: Vec<(Code, Fix, EntryId)>) -> Option<Refusal> {
        missing.into_iter().next().map(|(code, fix, id)| Refusal::new(code, "step", fix).about(&id))
    }

    /// The step is closed: the way back to it, when the event needs one.
    fn not_closed(&self, wants_it_open: bool) -> Option<Refusal> {
        if !self.step.status.is_closed() {
            return None;
        }
        let refusal = |fix| Some(Refusal::new(Code::RoadmapStepClosed, "step", fix).about(&self.rule.id));
        if !wants_it_open {
            return refusal(Fix::LeaveOut {});
        }
        let here = self.run.definition().step(self.rule.id.as_str()).map(|(at, _)| at)?;
        let open = self.run.definition().steps().iter().zip(&self.run.state().steps).filter(|(_, s)| s.status == Status::Open);
        // the shortest way back
        let mut best: Option<(usize, Fix)> = None;
        for (from, way) in open.flat_map(|(from, _)| from.loops.iter().map(move |way| (from, way))) {
            let opened = self.run.reopened_by(way);
            if opened.contains(&here) && best.as_ref().is_none_or(|(n, _)| opened.len() < *n) {
                best = Some((opened.len(), Fix::LoopBack { step: from.id.clone(), to: way.to.clone() }));
            }
        }
        match best {
            Some((_, fix)) => refusal(fix),
            None if self.run.state().cycle_complete => refusal(Fix::NewCycle {}),
            None => refusal(Fix::LeaveOut {}),
        }
    }

    fn is_open(&self, wants_it_open: bool) -> Option<Refusal> {
        self.not_closed(wants_it_open).or_else(|| {
            let fix = Fix::Start { step: self.rule.id.clone() };
            (self.step.status != Status::Open).then(|| Refusal::new(Code::RoadmapNotStarted, "step", fix).about(&self.rule.id))
        })
    }

    fn reason_given(&self, reason: &str) -> Option<Refusal> {
        reason.is_empty().then(|| Refusal::new(Code::RoadmapReasonMissing, "reason", Fix::Give { field: "reason".to_owned() }))
    }

    fn planned(&self, start: Day, due: Day) -> Option<Refusal> {
        if due < start {
            return self.refuse(Code::RoadmapPlanOrder, "due", Fix::Change { field: "due".to_owned(), one_of: Vec::new(), not_before: Some(start) });
        }
        self.not_closed(true)
    }

    fn started(&self) -> Option<Refusal> {
        if let Some(refusal) = self.not_closed(true) {
            return Some(refusal);
        }
        if self.step.status == Status::Open {
            return self.refuse(Code::RoadmapNoEffect, "step", Fix::LeaveOut {});
        }
        let open = |r: &&EntryId| self.run.state().step(r.as_str()).is_none_or(|s| !s.status.is_closed());
        let required = self.rule.requires.iter().find(open)?;
        Some(Refusal::new(Code::RoadmapPrerequisiteOpen, "step", Fix::Complete { step: required.clone() }).about(required))
    }

    fn delivered(&self, deliverable: &EntryId, evidence: bool) -> Option<Refusal> {
        if !self.rule.deliverables.contains(deliverable) {
            return Some(unknown_id("deliverable", deliverable, self.rule.deliverables.iter()));
        }
        self.is_open(true).or_else(|| {
            let wanted = !evidence && self.rule.evidence.contains(deliverable);
            wanted.then(|| Refusal::new(Code::RoadmapEvidenceMissing, "evidence", Fix::Give { field: "evidence".to_owned() }).about(deliverable))
        })
    }

    fn participated(&self, group: &EntryId, partners: &[EntryId], people: Option<u32>) -> Option<Refusal> {
        let groups = self.rule.participants.iter().chain(&self.rule.invited);
        if !groups.clone().any(|g| g == group) {
            return Some(unknown_id("participant", group, groups));
        }
        if let Some(refusal) = self.is_open(true) {
            return Some(refusal);
        }
        let listed = self.run.partners();
        if partners.iter().any(|p| listed.get(p.as_str()).is_none()) {
            let fix = one_of("partners", partner_ids(listed.all().iter())).unwrap_or(Fix::LeaveOut {});
            return self.refuse(Code::RoadmapUnknownPartner, "partners", fix);
        }
        let kinds = self.run.definition().participant(group.as_str()).map(|p: &Participant| p.kinds.as_slice()).unwrap_or_default();
        if kinds.is_empty() {
            let nobody = partners.is_empty() && people.unwrap_or(0) == 0;
            return nobody.then(|| Refusal::new(Code::RoadmapNobodyNamed, "people", Fix::Give { field: "people".to_owned() }).about(group));
        }
        if listed.of_kinds(kinds).any(|p| partners.contains(&p.id)) {
            return None;
        }
        let fix = one_of("partners", partner_ids(listed.of_kinds(kinds))).unwrap_or(Fix::AddPartner { side: None, kinds: kinds.to_vec() });
        Some(Refusal::new(Code::RoadmapNobodyNamed, "partners", fix).about(group))
    }

    fn side_known(&self, side: &EntryId) -> Option<Refusal> {
        (!self.rule.sign_off.contains(side)).then(|| unknown_id("side", side, self.rule.sign_off.iter()))
    }

    fn may_sign(&self, side: &EntryId) -> Option<Refusal> {
        let signatories = self.run.partners().signatories(side.as_str());
        if partner_ids(self.run.partners().signatories(side.as_str())).any(|id| *id == self.event.by) {
            return None;
        }
        let fix = one_of("by", partner_ids(signatories)).unwrap_or_else(|| signatory_wanted(self.run, side));
        Some(Refusal::new(Code::RoadmapWrongSide, "by", fix).about(side))
    }

    fn may_skip(&self, field: &'static str, fix: Fix) -> Option<Refusal> {
        (!self.rule.optional).then(|| Refusal::new(Code::RoadmapNotOptional, field, fix).about(&self.rule.id))
    }

    fn own_sign_off(&self, side: &EntryId, of: Option<Of>) -> bool {
        self.step.sign_offs.iter().any(|s| s.side == *side && s.by == self.event.by && of.is_none_or(|of| s.of == of))
    }

    fn signed_off(&self, side: &EntryId, of: Of) -> Option<Refusal> {
        if let Some(refusal) = self.side_known(side).or_else(|| self.is_open(false)).or_else(|| self.may_sign(side)) {
            return Some(refusal);
        }
        if of == Of::Skip {
            let completion = "completion".parse::<EntryId>().ok();
            let fix = one_of("of", completion.iter()).unwrap_or(Fix::LeaveOut {});
            if let Some(refusal) = self.may_skip("of", fix) {
                return Some(refusal);
            }
        }
        if self.own_sign_off(side, Some(of)) {
            return self.refuse(Code::RoadmapNoEffect, "step", Fix::LeaveOut {});
        }
        self.first(missing_to_sign(self.run, self.rule, self.step, of))
    }

    fn withdrawn(&self, side: &EntryId, reason: &str) -> Option<Refusal> {
        self.side_known(side).or_else(|| self.is_open(false)).or_else(|| {
            if !self.own_sign_off(side, None) {
                return self.refuse(Code::RoadmapNoEffect, "step", Fix::LeaveOut {});
            }
            self.reason_given(reason)
        })
    }

    fn skipped(&self, reason: &str) -> Option<Refusal> {
        self.not_closed(false)
            .or_else(|| self.may_skip("step", Fix::Complete { step: self.rule.id.clone() }))
            .or_else(|| self.is_open(false))
            .or_else(|| self.reason_given(reason))
            .or_else(|| self.first(missing_to_close(self.run, self.rule, self.step, Of::Skip)))
    }

    fn looped_back(&self, to: &EntryId, reason: &str) -> Option<Refusal> {
        if self.run.definition().step(to.as_str()).is_none() {
            return Some(unknown_id("to", to, self.run.definition().steps().iter().map(|s| &s.id)));
        }
        if !self.rule.loops.iter().any(|way| way.to == *to) {
            let fix = one_of("to", self.rule.loops.iter().map(|way| &way.to)).unwrap_or(Fix::LeaveOut {});
            return Some(Refusal::new(Code::RoadmapLoopNotAllowed, "to", fix).about(&self.rule.id));
        }
        self.is_open(true).or_else(|| self.reason_given(reason))
    }

    fn completed(&self) -> Option<Refusal> {
        self.is_open(false).or_else(|| self.first(missing_to_close(self.run, self.rule, self.step, Of::Completion)))
    }
}
