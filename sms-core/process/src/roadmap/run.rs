//! A run: the log, and the state that it makes.

use super::definition::{Definition, Loop};
use super::event::{Event, Of, What};
use super::guard::Refusal;
use super::partner::Partners;
use super::view::{Ending, TimelineRow};
use crate::day::Day;
use crate::diagnostic::{Code, Error, Result};
use crate::id::EntryId;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The most events of one run.
pub const MAX_EVENTS: usize = 20_000;

/// Where a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "RoadmapStatus"))]
pub enum Status {
    /// Something that it requires is not closed.
    Waiting,
    /// It can start.
    Ready,
    /// Work is going on.
    Open,
    /// It is done and signed.
    Completed,
    /// It is left out by a signed decision.
    Skipped,
}

impl Status {
    /// Whether nothing more is to be done in this cycle.
    #[must_use]
    pub fn is_closed(self) -> bool {
        matches!(self, Status::Completed | Status::Skipped)
    }

    /// The word of the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Waiting => "waiting",
            Status::Ready => "ready",
            Status::Open => "open",
            Status::Completed => "completed",
            Status::Skipped => "skipped",
        }
    }
}

/// When a step is meant to begin and to be closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "RoadmapPlan"))]
pub struct Plan {
    /// The planned first day.
    pub start: Day,
    /// The planned last day.
    pub due: Day,
}

/// Something that was handed in.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "RoadmapDelivery"))]
pub struct Delivery {
    /// What.
    pub deliverable: EntryId,
    /// When.
    pub date: Day,
    /// By whom.
    pub by: EntryId,
    /// A reference to the evidence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
}

/// Participation of a group.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "RoadmapParticipation"))]
pub struct Participation {
    /// The group.
    pub participant: EntryId,
    /// When.
    pub date: Day,
    /// Which partners.
    pub partners: Vec<EntryId>,
    /// How many people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub people: Option<u32>,
}

/// A sign-off that holds.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "RoadmapSignOff"))]
pub struct SignOff {
    /// The side.
    pub side: EntryId,
    /// What for.
    pub of: Of,
    /// Who signed.
    pub by: EntryId,
    /// When.
    pub date: Day,
}

/// A step within the present cycle.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "RoadmapStepState"))]
pub struct StepState {
    /// The step.
    pub step: EntryId,
    /// Where it stands.
    pub status: Status,
    /// Which time it is walked in this cycle, from 1.
    pub iteration: u32,
    /// The plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub planned: Option<Plan>,
    /// When this iteration began.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started: Option<Day>,
    /// When it was closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed: Option<Day>,
    /// What this iteration has handed in, the newest of each, in the order of the definition.
    pub deliveries: Vec<Delivery>,
    /// Who took part in this iteration, in the order of the log.
    pub participation: Vec<Participation>,
    /// The sign-offs that hold.
    pub sign_offs: Vec<SignOff>,
    /// How many sign-offs of this cycle no longer hold: taken back, or made void by a new delivery or a loop.
    pub sign_offs_void: u32,
    /// Why it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skip_reason: Option<String>,
}

impl StepState {
    fn new(step: &EntryId) -> Self {
        StepState {
            step: step.clone(),
            status: Status::Waiting,
            iteration: 1,
            planned: None,
            started: None,
            closed: None,
            deliveries: Vec::new(),
            participation: Vec::new(),
            sign_offs: Vec::new(),
            sign_offs_void: 0,
            skip_reason: None,
        }
    }

    /// Whether something is handed in.
    #[must_use]
    pub fn has(&self, deliverable: &EntryId) -> bool {
        self.deliveries.iter().any(|d| d.deliverable == *deliverable)
    }

    /// Whether a group's participation is recorded.
    #[must_use]
    pub fn took_part(&self, participant: &EntryId) -> bool {
        self.participation.iter().any(|p| p.participant == *participant)
    }

    /// Whether a side's sign-off holds.
    #[must_use]
    pub fn signed(&self, side: &EntryId, of: Of) -> bool {
        self.sign_offs.iter().any(|s| s.side == *side && s.of == of)
    }

    fn void_sign_offs(&mut self) {
        self.sign_offs_void = self.sign_offs_void.saturating_add(u32::try_from(self.sign_offs.len()).unwrap_or(u32::MAX));
        self.sign_offs.clear();
    }

    /// Opens it again: what this iteration did stays in the log, and counts no more.
    fn reopen(&mut self) {
        if self.started.is_some() {
            self.iteration = self.iteration.saturating_add(1);
        }
        self.void_sign_offs();
        self.status = Status::Waiting;
        (self.started, self.closed, self.skip_reason) = (None, None, None);
        self.deliveries.clear();
        self.participation.clear();
    }
}

/// The state that a log makes.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "RoadmapState"))]
pub struct State {
    /// Which cycle, from 1.
    pub cycle: u32,
    /// When it began.
    pub cycle_started: Day,
    /// The date of the last event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_event: Option<Day>,
    /// How many events the log has.
    pub events: usize,
    /// How often this cycle looped back.
    pub loops: u32,
    /// How many times the road was walked in this cycle: one more than there are loops.
    pub iterations: u32,
    /// How many steps are closed.
    pub closed: usize,
    /// Whether all steps are closed.
    pub cycle_complete: bool,
    /// The steps, in the order of the definition.
    pub steps: Vec<StepState>,
}

impl State {
    /// A step.
    #[must_use]
    pub fn step(&self, id: &str) -> Option<&StepState> {
        self.steps.iter().find(|s| s.step.as_str() == id)
    }

    fn begin(definition: &Definition, cycle: u32, start: Day) -> Self {
        State {
            cycle,
            cycle_started: start,
            last_event: None,
            events: 0,
            loops: 0,
            iterations: 1,
            closed: 0,
            cycle_complete: false,
            steps: definition.steps().iter().map(|s| StepState::new(&s.id)).collect(),
        }
    }
}

/// A city's walk along a road map: partners, log, and the state that the log makes.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    pub(super) definition: Arc<Definition>,
    pub(super) partners: Partners,
    start: Day,
    events: Vec<Event>,
    pub(super) state: State,
    pub(super) past: Vec<TimelineRow>,
}

impl Run {
    /// A run without events. `start` is the first day of its first cycle.
    #[must_use]
    pub fn new(definition: Arc<Definition>, start: Day, partners: Partners) -> Self {
        let state = State::begin(&definition, 1, start);
        let mut run = Run { definition, partners, start, events: Vec::new(), state, past: Vec::new() };
        run.derive();
        run
    }

    /// Takes in a whole log, event by event.
    ///
    /// # Errors
    /// The refusal of the first event that cannot be taken in, with its place in the log.
    pub fn replay(definition: Arc<Definition>, start: Day, partners: Partners, events: Vec<Event>) -> Result<Self> {
        let mut run = Run::new(definition, start, partners);
        for (i, event) in events.into_iter().enumerate() {
            run.take_at(event, &format!("events[{i}]"))?;
        }
        Ok(run)
    }

    /// Reads events from JSON and takes them in.
    ///
    /// # Errors
    /// Those of [`Event::from_value`] and [`Run::apply`], with the place in the log.
    pub fn take_all(&mut self, events: &[Value]) -> Result<()> {
        for value in events {
            let path = format!("events[{}]", self.events.len());
            self.take_at(Event::from_value(value, &path)?, &path)?;
        }
        Ok(())
    }

    /// Takes an event in, or refuses it and leaves the log as it is.
    ///
    /// # Errors
    /// The code names the guard, [`Error::fix`] holds the [`super::Fix`] as JSON.
    pub fn apply(&mut self, event: Event) -> Result<()> {
        self.take_at(event, "event")
    }

    /// Takes an event in as [`Run::apply`] does; `path` is where it stands, for the error.
    pub fn take_at(&mut self, event: Event, path: &str) -> Result<()> {
        if self.events.len() >= MAX_EVENTS {
            return Err(Error::new(Code::RoadmapBadEvent).at_path(path).expecting(format!("at most {MAX_EVENTS} events")));
        }
        if let Some(refusal) = self.refusal(&event) {
            return Err(refusal.into_error(path));
        }
        self.change(&event);
        self.events.push(event);
        self.derive();
        Ok(())
    }

    /// Why an event would be refused; `None` when it would be taken in.
    #[must_use]
    pub fn refusal(&self, event: &Event) -> Option<Refusal> {
        super::guard::refusal(self, event)
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
    fn change(&mut self, event: &Event) {
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
                let voids = self.definition.raw().new_delivery_voids_sign_off;
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
    fn derive(&mut self) {
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
