//! Steps of a job, run on two lanes: one builds, since cargo holds a lock while it does, and one runs what is built. A lane that has nothing left of its own
//! takes a run of the other.

use sms_dev::run::{Result, Tally};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What a step did: whether it worked, what it printed, and how many tests it ran.
pub(crate) struct Done {
    pub(crate) ok: bool,
    pub(crate) text: String,
    pub(crate) tally: Tally,
}

impl Done {
    /// A step that either works or not, counted as one test.
    pub(crate) fn step(result: Result<()>) -> Done {
        let passed = u64::from(result.is_ok());
        Done { ok: result.is_ok(), text: result.err().unwrap_or_default(), tally: Tally { passed, failed: 1 - passed, skipped: 0 } }
    }

    /// A step with a test runner of its own, whose closing lines are counted.
    pub(crate) fn runner(made: Result<(bool, String)>) -> Done {
        let (ok, text) = made.unwrap_or_else(|e| (false, e));
        let mut tally = Tally::of(&text);
        let ok = ok && tally.failed == 0 && tally.passed > 0;
        if !ok && tally.failed == 0 {
            tally.failed = 1;
        }
        Done { ok, text, tally }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lane {
    /// Holds cargo's lock.
    Build,
    /// Needs only what is built.
    Run,
}

type Work = Box<dyn FnOnce() -> Done + Send>;

struct Step {
    name: &'static str,
    lane: Lane,
    after: &'static [&'static str],
    work: Option<Work>,
}

/// A step that ended, with the seconds it took.
struct Ended {
    name: &'static str,
    took: Duration,
    done: Done,
}

/// Steps in the order in which a lane takes them.
#[derive(Default)]
pub(crate) struct Pipeline {
    steps: Vec<Step>,
}

struct State {
    steps: Vec<Step>,
    ended: Vec<Ended>,
}

impl State {
    fn has_ended(&self, name: &str) -> Option<bool> {
        self.ended.iter().find(|e| e.name == name).map(|e| e.done.ok)
    }

    /// The next step of a lane that can start.
    fn take(&mut self, lane: Lane) -> Option<(&'static str, Work)> {
        let own_left = self.steps.iter().any(|s| s.lane == lane && s.work.is_some());
        let ready = |s: &Step| s.work.is_some() && s.after.iter().all(|name| self.has_ended(name).is_some());
        let mine = self.steps.iter().position(|s| s.lane == lane && ready(s));
        let at = mine.or_else(|| self.steps.iter().position(|s| lane == Lane::Build && !own_left && s.lane == Lane::Run && ready(s)))?;
        let failed = self.steps.get(at)?.after.iter().find(|name| self.has_ended(name) == Some(false)).copied();
        let step = self.steps.get_mut(at)?;
        let work = step.work.take()?;
        Some(match failed {
            Some(cause) => (step.name, Box::new(move || Done::step(Err(format!("not run, because it needs: {cause}"))))),
            None => (step.name, work),
        })
    }
}

impl Pipeline {
    /// Adds a step that starts when those before it have ended.
    pub(crate) fn add(&mut self, lane: Lane, name: &'static str, after: &'static [&'static str], work: impl FnOnce() -> Done + Send + 'static) {
        self.steps.push(Step { name, lane, after, work: Some(Box::new(work)) });
    }

    /// Runs all steps, tells each as it ends, and prints a table of them with their seconds.
    #[allow(clippy::disallowed_methods, reason = "the time that a step takes is shown, not tested")]
    pub(crate) fn run(self) -> Result<()> {
        let started = Instant::now();
        let total = self.steps.len();
        let state = Mutex::new(State { steps: self.steps, ended: Vec::new() });
        let changed = Condvar::new();
        let lane = |lane: Lane| {
            loop {
                let mut guard = state.lock().unwrap_or_else(PoisonError::into_inner);
                let (name, work) = loop {
                    if guard.steps.iter().all(|s| s.work.is_none()) {
                        return;
                    }
                    if let Some(next) = guard.take(lane) {
                        break next;
                    }
                    guard = changed.wait_timeout(guard, Duration::from_secs(1)).unwrap_or_else(PoisonError::into_inner).0;
                };
                drop(guard);
                let begun = Instant::now();
                let done = work();
                let took = begun.elapsed();
                println!("{} {name} ({} s, {} s in all)", if done.ok { "ok    " } else { "FAILED" }, took.as_secs(), started.elapsed().as_secs());
                if !done.ok {
                    println!("{}", done.text);
                }
                state.lock().unwrap_or_else(PoisonError::into_inner).ended.push(Ended { name, took, done });
                changed.notify_all();
            }
        };
        std::thread::scope(|scope| {
            scope.spawn(|| lane(Lane::Run));
            lane(Lane::Build);
        });
        let ended = state.into_inner().unwrap_or_else(PoisonError::into_inner).ended;
        let mut all = Tally::default();
        println!("\n{:<58}{:>8}{:>8}{:>8}{:>9}", "step", "seconds", "passed", "failed", "skipped");
        for step in &ended {
            let Tally { passed, failed, skipped } = step.done.tally;
            println!("{:<58}{:>8.1}{passed:>8}{failed:>8}{skipped:>9}", step.name, step.took.as_secs_f64());
            all.add(step.done.tally);
        }
        let failed: Vec<&str> = ended.iter().filter(|e| !e.done.ok).map(|e| e.name).collect();
        if !failed.is_empty() {
            println!("\nfailed: {}", failed.join(", "));
        }
        println!("\nin {} s", started.elapsed().as_secs());
        println!("{} passed, {} failed, {} skipped", all.passed, all.failed, all.skipped);
        if failed.is_empty() && all.failed == 0 && ended.len() == total { Ok(()) } else { Err("not all tests passed".to_owned()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(ok: bool) -> Done {
        Done::step(if ok { Ok(()) } else { Err("broken".to_owned()) })
    }

    #[test]
    fn what_needs_a_failed_step_is_not_run() {
        let mut pipeline = Pipeline::default();
        pipeline.add(Lane::Run, "second", &["first"], || step(true));
        pipeline.add(Lane::Build, "first", &[], || step(false));
        assert!(pipeline.run().is_err());
        let mut pipeline = Pipeline::default();
        pipeline.add(Lane::Run, "second", &["first"], || step(true));
        pipeline.add(Lane::Build, "first", &[], || step(true));
        assert_eq!(pipeline.run(), Ok(()));
    }
}
