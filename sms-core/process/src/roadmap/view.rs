//! What a run tells: what to do next, how ready each step is and why, and what happened when.

use super::definition::Step;
use super::event::Of;
use super::guard::{Fix, missing_to_close, missing_to_sign, participation_wanted};
use super::partner::Partner;
use super::run::Run;
use super::state::{Status, StepState, TimelineRow};
use crate::day::Day;
use crate::diagnostic::Code;
use crate::id::EntryId;
use serde::{Serialize, Serializer};

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "RoadmapAction"))]
pub struct Action {
    /// The step that it belongs to; absent for a new cycle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<EntryId>,
    /// What to do: the same words that satisfy a guard.
    pub action: Do,
    /// Partners who must do it; empty when somebody has to be found first.
    pub who: Vec<EntryId>,
    /// Why: the code of the guard that waits for it, or `nothing-missing`, `optional`, `invited`, `cycle-complete`.
    pub why: &'static str,
    /// Whether it can be done now; otherwise after what stands before it.
    pub now: bool,
    /// The planned last day of the step.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<Day>,
}

/// What an action does: what would satisfy a guard, or leaving an optional step out.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(untagged, rename = "RoadmapDo"))]
pub enum Do {
    /// What would satisfy a guard.
    Satisfy(Fix),
    /// Skip this optional step.
    Skip(#[cfg_attr(feature = "schema", schemars(with = "described::SkipStep"))] EntryId),
}

impl Serialize for Do {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Do::Satisfy(fix) => fix.serialize(serializer),
            Do::Skip(step) => serde_json::json!({ "skip": { "step": step } }).serialize(serializer),
        }
    }
}

/// A guard that a step does not meet yet.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "RoadmapMissing"))]
pub struct Missing {
    /// The code of the guard.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub guard: Code,
    /// The id that it is about.
    pub about: EntryId,
    /// What satisfies it.
    pub fix: Fix,
}

/// How far a step is from being closed.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "RoadmapReadiness"))]
pub struct Readiness {
    /// The step.
    pub step: EntryId,
    /// Where it stands.
    pub status: Status,
    /// Conditions that are met.
    pub met: usize,
    /// All its conditions: prerequisites, the start, what is handed in, who takes part, who signs.
    pub of: usize,
    /// Which way it is closed: once the decision to skip is handed in or signed, the conditions are those of skipping.
    pub toward: Of,
    /// Whether it can start now.
    pub can_start: bool,
    /// Whether it can be closed now.
    pub can_close: bool,
    /// What is missing, in the order in which it can be done.
    pub missing: Vec<Missing>,
    /// Invited groups whose participation is not recorded; they hold nothing up.
    pub invited_missing: Vec<EntryId>,
    /// Of an optional step on its way to completion: what is missing to skip it instead, once it has started.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_skip: Option<Vec<Missing>>,
}

/// What is written by hand, as schemas.
#[cfg(feature = "schema")]
mod described {
    use super::EntryId;
    use schemars::JsonSchema;

    /// Skip an optional step.
    #[derive(JsonSchema)]
    #[schemars(rename = "RoadmapSkip")]
    #[allow(dead_code, reason = "a schema")]
    pub(super) struct SkipStep {
        /// Leaving an optional step out.
        skip: SkipOf,
    }

    /// The step that is left out.
    #[derive(JsonSchema)]
    #[schemars(rename = "RoadmapSkipOf")]
    #[allow(dead_code, reason = "a schema")]
    pub(super) struct SkipOf {
        /// The step.
        step: EntryId,
    }
}

/// Which way a step is being closed: a decision to skip that has begun is followed to its end.
fn toward(rule: &Step, step: &StepState) -> Of {
    let begun = rule.skip_needs.iter().any(|d| step.has(d)) || step.sign_offs.iter().any(|s| s.of == Of::Skip);
    if step.status == Status::Skipped || (rule.optional && step.status == Status::Open && begun) { Of::Skip } else { Of::Completion }
}

impl Run {
    /// The day of a view: the given one, or that of the last event.
    #[must_use]
    pub fn as_of(&self, day: Option<Day>) -> Day {
        day.or(self.state.last_event).unwrap_or(self.start())
    }

    /// What to do next, step by step: what, who must do it, and why. Nothing is left to do for a waiting step but to
    /// close those before it.
    ///
    /// ```
    /// # use sms_process as sms_core;
    /// use sms_core::roadmap::{Definition, Partners, Run};
    /// let catalogue = sms_core::Catalogue::from_json(sms_catalogue::CATALOGUE_JSON)?;
    /// let definition = std::sync::Arc::new(Definition::of_catalogue(&catalogue, None)?);
    /// let run = Run::new(definition, "2024-09-01".parse()?, Partners::default());
    /// assert_eq!(run.next_actions()[0].step.as_ref().map(|step| step.as_str()), Some("commit"));
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    #[must_use]
    pub fn next_actions(&self) -> Vec<Action> {
        let mut actions = Vec::new();
        if self.state.cycle_complete {
            actions.push(self.action(None, Do::Satisfy(Fix::NewCycle {}), "cycle-complete", true));
        }
        for (rule, step) in self.definition.steps().iter().zip(&self.state.steps) {
            let this = Some(step);
            if step.status == Status::Ready {
                actions.push(self.action(this, Do::Satisfy(Fix::Start { step: step.step.clone() }), Code::RoadmapNotStarted.as_str(), true));
            }
            if step.status != Status::Open {
                continue;
            }
            let of = toward(rule, step);
            let skips = of == Of::Skip;
            let signing = missing_to_sign(self, rule, step, of).is_empty();
            let missing = missing_to_close(self, rule, step, of);
            let closes = missing.is_empty();
            for (code, fix, _) in missing {
                let now = signing || !matches!(fix, Fix::SignOff { .. });
                actions.push(self.action(this, Do::Satisfy(fix), code.as_str(), now));
            }
            for group in rule.invited.iter().filter(|g| !skips && !step.took_part(g)) {
                if let fix @ Fix::RecordParticipation { .. } = participation_wanted(self, rule, group) {
                    actions.push(self.action(this, Do::Satisfy(fix), "invited", true));
                }
            }
            if closes && !skips {
                actions.push(self.action(this, Do::Satisfy(Fix::Complete { step: step.step.clone() }), "nothing-missing", true));
            }
            if rule.optional {
                let why = if closes && skips { "nothing-missing" } else { "optional" };
                actions.push(self.action(this, Do::Skip(step.step.clone()), why, closes && skips));
            }
        }
        actions
    }

    fn action(&self, step: Option<&StepState>, action: Do, why: &'static str, now: bool) -> Action {
        let ids = |partners: Vec<&Partner>| partners.into_iter().map(|p| p.id.clone()).collect();
        let who = match &action {
            Do::Satisfy(Fix::SignOff { side, .. }) => ids(self.partners.signatories(side.as_str()).collect()),
            Do::Satisfy(Fix::RecordParticipation { kinds, .. }) if !kinds.is_empty() => ids(self.partners.of_kinds(kinds).collect()),
            _ => ids(self.partners.leads()),
        };
        Action { step: step.map(|s| s.step.clone()), action, who, why, now, due: step.and_then(|s| s.planned).map(|p| p.due) }
    }

    /// How far each step is from being closed, with reasons.
    ///
    /// ```
    /// # use sms_process as sms_core;
    /// use sms_core::roadmap::{Definition, Partners, Run};
    /// let catalogue = sms_core::Catalogue::from_json(sms_catalogue::CATALOGUE_JSON)?;
    /// let definition = std::sync::Arc::new(Definition::of_catalogue(&catalogue, None)?);
    /// let run = Run::new(definition.clone(), "2024-09-01".parse()?, Partners::default());
    /// assert_eq!(run.readiness().len(), definition.steps().len());
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    #[must_use]
    pub fn readiness(&self) -> Vec<Readiness> {
        let say = |list: Vec<(Code, Fix, EntryId)>| list.into_iter().map(|(guard, fix, about)| Missing { guard, about, fix }).collect::<Vec<_>>();
        let one = |(rule, step): (&Step, &StepState)| {
            let toward = toward(rule, step);
            let work = if toward == Of::Skip { rule.skip_needs.len() } else { rule.required.len() + rule.participants.len() };
            let of = rule.requires.len() + 1 + work + rule.sign_off.len();
            let mut missing = Vec::new();
            if !step.status.is_closed() {
                let open = |r: &&EntryId| self.state.step(r.as_str()).is_none_or(|s| !s.status.is_closed());
                let before = |r: &EntryId| (Code::RoadmapPrerequisiteOpen, Fix::Complete { step: r.clone() }, r.clone());
                missing.extend(rule.requires.iter().filter(open).map(before));
                if step.status != Status::Open {
                    missing.push((Code::RoadmapNotStarted, Fix::Start { step: rule.id.clone() }, rule.id.clone()));
                }
                missing.extend(missing_to_close(self, rule, step, toward));
            }
            let absent = |g: &&EntryId| !step.status.is_closed() && toward == Of::Completion && !step.took_part(g);
            Readiness {
                step: rule.id.clone(),
                status: step.status,
                met: of.saturating_sub(missing.len()),
                of,
                toward,
                can_start: step.status == Status::Ready,
                can_close: step.status == Status::Open && missing.is_empty(),
                missing: say(missing),
                invited_missing: rule.invited.iter().filter(absent).cloned().collect(),
                to_skip: (rule.optional && toward == Of::Completion && !step.status.is_closed()).then(|| say(missing_to_close(self, rule, step, Of::Skip))),
            }
        };
        self.definition.steps().iter().zip(&self.state.steps).map(one).collect()
    }

    /// What was planned and what happened: one row for each walk through a step, by cycle, step and iteration. `as_of` is
    /// the day of the view; the date of the last event when not given.
    #[must_use]
    pub fn timeline(&self, as_of: Option<Day>) -> Vec<TimelineRow> {
        let today = self.as_of(as_of);
        let mut rows: Vec<TimelineRow> = self.past.iter().cloned().chain(self.state.steps.iter().map(|s| self.present_row(s))).collect();
        for row in &mut rows {
            let end = row.ended.unwrap_or(today);
            row.days = row.started.map(|start| end.days_since(start).max(0));
            row.late_days = row.planned.map(|plan| end.days_since(plan.due).max(0));
        }
        rows.sort_by_key(|r| (r.cycle, self.definition.step(r.step.as_str()).map(|(at, _)| at), r.iteration));
        rows
    }
}
