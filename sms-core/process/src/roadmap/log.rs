//! The log: events are taken in one by one, or refused.

use super::definition::Definition;
use super::event::Event;
use super::guard::{self, Refusal};
use super::partner::Partners;
use super::run::Run;
use crate::day::Day;
use crate::diagnostic::{Code, Error, Result};
use serde_json::Value;
use std::sync::Arc;

/// The most events of one run.
pub const MAX_EVENTS: usize = 20_000;

impl Run {
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
    /// ```
    /// # use sms_process as sms_core;
    /// use sms_core::roadmap::{Definition, Event, Partners, Run};
    /// let catalogue = sms_core::Catalogue::from_json(sms_catalogue::CATALOGUE_JSON)?;
    /// let definition = std::sync::Arc::new(Definition::of_catalogue(&catalogue, None)?);
    /// let hall = serde_json::json!({"id": "hall", "name": "City hall", "kind": "city_unit", "role": "lead", "side": "city"});
    /// let partners = Partners::from_values(&definition, &[hall])?;
    /// let mut run = Run::new(definition, "2024-09-01".parse()?, partners);
    /// let started = serde_json::json!({"type": "started", "step": "commit", "date": "2024-09-02", "by": "hall"});
    /// run.apply(Event::from_value(&started, "event")?)?;
    /// assert!(run.apply(Event::from_value(&started, "event")?).is_err()); // it cannot start twice
    /// assert_eq!(run.events().len(), 1);
    /// # Ok::<(), sms_core::Error>(())
    /// ```
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
    ///
    /// ```
    /// # use sms_process as sms_core;
    /// use sms_core::roadmap::{Definition, Event, Partners, Run};
    /// let catalogue = sms_core::Catalogue::from_json(sms_catalogue::CATALOGUE_JSON)?;
    /// let definition = std::sync::Arc::new(Definition::of_catalogue(&catalogue, None)?);
    /// let run = Run::new(definition, "2024-09-01".parse()?, Partners::default());
    /// let event = serde_json::json!({"type": "started", "step": "commit", "date": "2024-09-02", "by": "nobody"});
    /// assert!(run.refusal(&Event::from_value(&event, "event")?).is_some());
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    #[must_use]
    pub fn refusal(&self, event: &Event) -> Option<Refusal> {
        guard::refusal(self, event)
    }
}
