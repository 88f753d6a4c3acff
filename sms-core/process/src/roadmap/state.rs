//! The state that a log makes: where each step stands, and what it has so far.

use super::definition::Definition;
use super::event::Of;
use crate::day::Day;
use crate::id::EntryId;
use serde::{Serialize, Serializer};

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

    pub(super) fn void_sign_offs(&mut self) {
        self.sign_offs_void = self.sign_offs_void.saturating_add(u32::try_from(self.sign_offs.len()).unwrap_or(u32::MAX));
        self.sign_offs.clear();
    }

    /// Opens it again: what this iteration did stays in the log, and counts no more.
    pub(super) fn reopen(&mut self) {
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

    /// A cycle that begins: nothing is done yet.
    pub(super) fn begin(definition: &Definition, cycle: u32, start: Day) -> Self {
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

/// How a walk through a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "RoadmapEnding"))]
pub enum Ending {
    /// Closed and signed.
    Completed,
    /// Left out by a signed decision.
    Skipped,
    /// Interrupted by a loop.
    LoopedBack,
}

/// One walk through a step: planned and actual days.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "RoadmapTimelineRow"))]
pub struct TimelineRow {
    /// The cycle, from 1.
    pub cycle: u32,
    /// The step.
    pub step: EntryId,
    /// Which time in the cycle, from 1.
    pub iteration: u32,
    /// Where the step stood at the end of this walk, or stands.
    pub status: Status,
    /// The plan.
    #[serde(flatten, serialize_with = "flat_plan")]
    #[cfg_attr(feature = "schema", schemars(with = "described::Planned"))]
    pub planned: Option<Plan>,
    /// The first day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started: Option<Day>,
    /// The last day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<Day>,
    /// How it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ending: Option<Ending>,
    /// Days from the start to the end, or to the day of the view.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days: Option<i64>,
    /// Days after the planned last day; absent without a plan, 0 when in time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub late_days: Option<i64>,
}

fn flat_plan<S: Serializer>(plan: &Option<Plan>, serializer: S) -> Result<S::Ok, S::Error> {
    use serde::ser::SerializeMap;
    let mut map = serializer.serialize_map(None)?;
    if let Some(plan) = plan {
        map.serialize_entry("planned_start", &plan.start)?;
        map.serialize_entry("planned_due", &plan.due)?;
    }
    map.end()
}

/// What is written by hand, as schemas.
#[cfg(feature = "schema")]
mod described {
    use super::Day;
    use schemars::JsonSchema;

    /// The planned days of a step; both are absent without a plan.
    #[derive(JsonSchema)]
    #[schemars(rename = "RoadmapPlanned")]
    #[allow(dead_code, reason = "a schema")]
    pub(super) struct Planned {
        /// The planned first day; absent without a plan.
        #[schemars(skip_serializing_if = "Option::is_none")]
        planned_start: Option<Day>,
        /// The planned last day; absent without a plan.
        #[schemars(skip_serializing_if = "Option::is_none")]
        planned_due: Option<Day>,
    }
}
