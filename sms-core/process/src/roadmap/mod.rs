//! Floor 11: the road map that a city walks with civil society, as checked data and a log that can be replayed.
//!
//! * [`Definition`]: which steps there are, what each needs, and which loops lead back. It is data: nothing here knows
//!   the steps of any one road map.
//! * [`Partner`]: who takes part, and for which side they can sign.
//! * [`Run`]: an append-only log of [`Event`]s. Each event carries its date and its author; there is no clock here.
//!   [`Run::apply`] takes an event in or refuses it, naming the guard and the [`Fix`] that satisfies it. The same log
//!   gives the same [`State`].
//! * Views of a run: [`Run::next_actions`], [`Run::readiness`], [`Run::timeline`]; of many runs: [`cohort`].
//!
//! The guards: a step starts when all that it requires are closed; it closes with what it has to hand in, with the
//! participation that it asks for, and with the sign-off of every side; an optional step is skipped only by a decision
//! that is handed in and signed by every side; a loop takes sign-offs back with the steps that it re-opens.
//!
//! ```
//! # use sms_process as sms_core;
//! use sms_core::roadmap::{Definition, Event, Partners, Run};
//! # fn main() -> sms_core::Result<()> {
//! let definition = Definition::from_value(&serde_json::json!({
//!     "id": "tiny", "version": "1", "provenance": "example",
//!     "side": [{"id": "city", "kinds": ["city_unit"]}, {"id": "people", "kinds": ["civil_society"]}],
//!     "step": [{"id": "agree", "sign_off": ["city", "people"]}]
//! }))?;
//! let partners = Partners::from_values(&definition, &[
//!     serde_json::json!({"id": "hall", "name": "City hall", "kind": "city_unit", "role": "lead", "side": "city"}),
//!     serde_json::json!({"id": "ngo", "name": "An association", "kind": "civil_society", "role": "member", "side": "people"}),
//! ])?;
//! let mut run = Run::new(definition.into(), "2024-09-01".parse()?, partners);
//! let event = |json| Event::from_value(&json, "event");
//! run.apply(event(serde_json::json!({"type": "started", "step": "agree", "date": "2024-09-02", "by": "hall"}))?)?;
//! let refused = run.apply(event(serde_json::json!({"type": "completed", "step": "agree", "date": "2024-09-03", "by": "hall"}))?).unwrap_err();
//! assert_eq!(refused.code().as_str(), "roadmap.sign-off-missing");
//! assert_eq!(refused.fix().unwrap().to_string(), r#"{"sign_off":{"of":"completion","side":"city","step":"agree"}}"#);
//! assert_eq!(run.events().len(), 1);
//! # Ok(()) }
//! ```

mod cohort;
mod definition;
mod event;
mod guard;
mod log;
mod partner;
mod run;
mod state;
mod view;

pub use crate::day::Day;
pub use cohort::{City, CityRow, Cohort, OpenStep, StepRow, cohort};
pub use definition::{Definition, Loop, MAX_ENTRIES, Participant, PartnerKind, RawDefinition, Side, Step};
pub use event::{Event, Of, What};
pub use guard::{Fix, Refusal};
pub use log::MAX_EVENTS;
pub use partner::{MAX_PARTNERS, Partner, Partners, Role};
pub use run::Run;
pub use state::{Delivery, Ending, Participation, Plan, SignOff, State, Status, StepState, TimelineRow};
pub use view::{Action, Do, Missing, Readiness};
