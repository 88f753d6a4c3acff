//! A run: partners, the log, and the state that it makes.

use super::definition::{Definition, Loop};
use super::event::{Event, What};
use super::partner::Partners;
use super::state::{Delivery, Ending, Participation, Plan, SignOff, State, Status, StepState, TimelineRow};
use crate::day::Day;
use crate::id::EntryId;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A city's walk along a road map: partners, log, and the state that the log makes.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    pub(super) definition: Arc<Definition>,
    pub(super) partners: Partners,
    start: Day,
    pub(super) events: Vec<Event>,
    pub(super) state: State,
    pub(super) past: Vec<TimelineRow>,
}

impl Run {
    /// A run without events. `start` is the first day of its first cycle.
    ///
    /// ```
    /// # use sms_process as sms_core;
    /// use sms_core::roadmap::{Definition, Partners, Run};
    /// let catalogue = sms_core::Catalogue::from_json(sms_catalogue::CATALOGUE_JSON)?;
    /// let definition = std::sync::Arc::new(Definition::of_catalogue(&catalogue, None)?);
    /// let run = Run::new(definition, "2024-09-01".parse()?, Partners::default());
    /// assert_eq!((run.events().len(), run.state().cycle), (0, 1));
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    #[must_use]
    pub fn new(definition: Arc<Definition>, start: Day, partners: Partners) -> Self {
        let state = State::begin(&definition, 1, start);
        let mut run = Run { definition, partners, start, events: Vec::new(), state, past: Vec::new() };
        run.derive();
        run
    }

    /// The definition.
    #[must_use]
    pub fn definition(&self) -> &Arc<Definition> {
        &self.definition
    }

    /// The partners.
    #[must_use]
    pub fn partners(&self) -> &Partners {
        &self.partners
    }

    /// The first day of the first cycle.
    #[must_use]
    pub fn start(&self) -> Day {
        self.start
    }

    /// The log.
    #[must_use]
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// The state.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The positions that a loop opens again: where it leads, and what rests on that, without what it keeps.
    pub(super) fn reopened_by(&self, way: &Loop) -> BTreeSet<usize> {
        let Some((to, _)) = self.definition.step(way.to.as_str()) else { return BTreeSet::new() };
        let stays = |i: usize| {
            let Some(step) = self.state.steps.get(i) else { return true };
            step.status.is_closed() && (way.keeps.contains(&step.step) || (way.skips_stand && step.status == Status::Skipped))
        };
        std::iter::once(to).chain(self.definition.after(to).filter(|&i| !stays(i))).collect()
    }

    fn row(&self, step: &StepState, end: Option<(Ending, Day)>) -> TimelineRow {
        TimelineRow {
            cycle: self.state.cycle,
            step: step.step.clone(),
            iteration: step.iteration,
            status: step.status,
            planned: step.planned,
            started: step.started,
            ended: end.map(|(_, day)| day),
            ending: end.map(|(ending, _)| ending),
            days: None,
            late_days: None,
        }
    }

    /// The row of a step as it stands.
    pub(super) fn present_row(&self, step: &StepState) -> TimelineRow {
        let ending = if step.status == Status::Skipped { Ending::Skipped } else { Ending::Completed };
        self.row(step, step.closed.map(|day| (ending, day)))
    }

    /// What an accepted event changes.
    pub(super) fn change(&mut self, event: &Event) {
        self.state.last_event = Some(event.date);
        let Event { date, by, what } = event;
        match what {
            What::NewCycle { .. } => {
                let rows: Vec<TimelineRow> = self.state.steps.iter().map(|s| self.present_row(s)).collect();
                self.past.extend(rows);
                let last_event = self.state.last_event;
                self.state = State { last_event, ..State::begin(&self.definition, self.state.cycle.saturating_add(1), *date) };
            }
            What::LoopedBack { step, to, .. } => {
                let ways = self.definition.step(step.as_str()).and_then(|(_, s)| s.loops.iter().find(|w| w.to == *to));
                let opened = ways.map(|way| self.reopened_by(way)).unwrap_or_default();
                let walked = |s: &&StepState| s.started.is_some();
                let row = |s: &StepState| if s.closed.is_some() { self.present_row(s) } else { self.row(s, Some((Ending::LoopedBack, *date))) };
                let rows: Vec<TimelineRow> = opened.iter().filter_map(|&i| self.state.steps.get(i)).filter(walked).map(row).collect();
                self.past.extend(rows);
                for i in opened {
                    if let Some(step) = self.state.steps.get_mut(i) {
                        step.reopen();
                    }
                }
                self.state.loops = self.state.loops.saturating_add(1);
                self.state.iterations = self.state.loops.saturating_add(1);
            }
            What::Planned { step, start, due } => self.at(step, |s| s.planned = Some(Plan { start: *start, due: *due })),
            What::Started { step } => self.at(step, |s| {
                s.started = Some(*date);
                s.status = Status::Open;
            }),
            What::Delivered { step, deliverable, evidence } => {
                let voids = self.definition.data().new_delivery_voids_sign_off;
                let order = self.definition.step(step.as_str()).map(|(_, s)| s.deliverables.clone()).unwrap_or_default();
                let delivery = Delivery { deliverable: deliverable.clone(), date: *date, by: by.clone(), evidence: evidence.clone() };
                self.at(step, |s| {
                    s.deliveries.retain(|d| d.deliverable != *deliverable);
                    s.deliveries.push(delivery);
                    s.deliveries.sort_by_key(|d| order.iter().position(|o| *o == d.deliverable));
                    if voids {
                        s.void_sign_offs();
                    }
                });
            }
            What::Participated { step, participant, partners, people } => {
                let made = Participation { participant: participant.clone(), date: *date, partners: partners.clone(), people: *people };
                self.at(step, |s| s.participation.push(made));
            }
            What::SignedOff { step, side, of } => {
                let made = SignOff { side: side.clone(), of: *of, by: by.clone(), date: *date };
                self.at(step, |s| s.sign_offs.push(made));
            }
            What::SignOffWithdrawn { step, side, .. } => self.at(step, |s| {
                let before = s.sign_offs.len();
                s.sign_offs.retain(|o| !(o.side == *side && o.by == *by));
                let gone = before.saturating_sub(s.sign_offs.len());
                s.sign_offs_void = s.sign_offs_void.saturating_add(u32::try_from(gone).unwrap_or(u32::MAX));
            }),
            What::Skipped { step, reason } => self.at(step, |s| {
                s.closed = Some(*date);
                s.status = Status::Skipped;
                s.skip_reason = Some(reason.clone());
            }),
            What::Completed { step } => self.at(step, |s| {
                s.closed = Some(*date);
                s.status = Status::Completed;
            }),
        }
    }

    fn at(&mut self, step: &EntryId, change: impl FnOnce(&mut StepState)) {
        if let Some(step) = self.state.steps.iter_mut().find(|s| s.step == *step) {
            change(step);
        }
    }

    /// What follows from the steps: which of them can start, and how far the cycle is.
    pub(super) fn derive(&mut self) {
        let closed: BTreeSet<EntryId> = self.state.steps.iter().filter(|s| s.status.is_closed()).map(|s| s.step.clone()).collect();
        for (step, rule) in self.state.steps.iter_mut().zip(self.definition.steps()) {
            if matches!(step.status, Status::Waiting | Status::Ready) {
                step.status = if rule.requires.iter().all(|r| closed.contains(r)) { Status::Ready } else { Status::Waiting };
            }
        }
        self.state.events = self.events.len();
        self.state.closed = closed.len();
        self.state.cycle_complete = closed.len() == self.state.steps.len();
    }
}
