//! The road map under random walks: no reachable state breaks a guard, a log gives the same state again, and every
//! refusal names something that can be done.
//!
//! The guards are checked a second time by [`Naive`], which reads the raw log backwards and knows nothing of the engine.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs, reason = "tests")]

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use serde_json::{Value, json};
use sms_core::roadmap::{Action, Definition, Do, Event, Fix, Partner, Partners, Run};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// The same cases in each run; `cargo dev deep` asks for more of them by `SMS_CASES`.
fn cases(n: u32) -> ProptestConfig {
    let n = std::env::var("SMS_CASES").ok().and_then(|c| c.parse().ok()).unwrap_or(n);
    ProptestConfig { cases: n, rng_seed: RngSeed::Fixed(20_240_502), failure_persistence: None, max_shrink_iters: 2_000, ..ProptestConfig::default() }
}

const START: &str = "2024-01-01";

fn mini(change: impl Fn(&mut Value)) -> Value {
    let mut made = json!({
        "id": "mini", "version": "1", "provenance": "example", "new_delivery_voids_sign_off": true, "starts_with": ["agree"],
        "side": [{"id": "city", "kinds": ["city_unit"]}, {"id": "people", "kinds": ["civil_society", "residents_group"]}],
        "participant": [{"id": "city", "kinds": ["city_unit"]}, {"id": "people", "kinds": ["civil_society", "academia"]}, {"id": "public"}],
        "step": [
            {"id": "agree", "deliverables": ["pact", "notes"], "required": ["pact"], "evidence": ["pact"], "sign_off": ["city", "people"], "participants": ["people"]},
            {"id": "build", "requires": ["agree"], "sign_off": ["city", "people"]},
            {"id": "paint", "optional": true, "requires": ["build"], "deliverables": ["waiver"], "evidence": ["waiver"], "skip_needs": ["waiver"], "sign_off": ["city", "people"]},
            {"id": "test", "requires": ["build"], "sign_off": ["people"], "participants": ["public"]},
            {"id": "fix", "requires": ["test"], "sign_off": ["city", "people"], "loop": [{"to": "build", "skips_stand": true}, {"to": "test"}, {"to": "fix"}]},
        ],
    });
    change(&mut made);
    made
}

/// Road maps of several shapes, as raw data: that of the catalogue among them.
fn maps() -> &'static [Value] {
    static MAPS: OnceLock<Vec<Value>> = OnceLock::new();
    MAPS.get_or_init(|| {
        let baked: Value = serde_json::from_str(sms_catalogue::CATALOGUE_JSON).unwrap();
        vec![
            baked["roadmaps"][0].clone(),
            mini(|_| {}),
            mini(|m| m["new_delivery_voids_sign_off"] = json!(false)),
            mini(|m| m["step"][4]["loop"] = json!([{"to": "build", "keeps": ["paint"]}, {"to": "agree"}])),
            // everything at once, in any order
            mini(|m| {
                m["starts_with"] = json!([]);
                for step in m["step"].as_array_mut().unwrap() {
                    step["requires"] = json!([]);
                    step["loop"] = json!([{"to": step["id"]}]);
                }
            }),
            json!({"id": "tiny", "version": "1", "provenance": "example", "side": [{"id": "all", "kinds": ["residents_group"]}], "step": [{"id": "only", "sign_off": ["all"], "optional": true}]}),
        ]
    })
}

fn definitions() -> &'static [Arc<Definition>] {
    static MADE: OnceLock<Vec<Arc<Definition>>> = OnceLock::new();
    MADE.get_or_init(|| maps().iter().map(|m| Arc::new(Definition::from_value(m).unwrap())).collect())
}

fn list<'a>(value: &'a Value, field: &str) -> Vec<&'a str> {
    value[field].as_array().map(|a| a.iter().filter_map(Value::as_str).collect()).unwrap_or_default()
}

/// Partners that fit a map, some of them left out by the bits of `mask`.
fn partners(map: &Value, mask: u8) -> Vec<Value> {
    let sides = map["side"].as_array().unwrap();
    let mut all = Vec::new();
    for side in sides {
        let (id, kind) = (side["id"].as_str().unwrap(), side["kinds"][0].clone());
        all.push(json!({"id": format!("{id}-1"), "name": "One", "kind": kind, "role": "lead", "side": id}));
        all.push(json!({"id": format!("{id}-2"), "name": "Two", "kind": kind, "role": "member", "side": id}));
        all.push(json!({"id": format!("{id}-3"), "name": "Three", "kind": kind, "role": "observer", "side": id}));
    }
    all.push(json!({"id": "uni", "name": "Four", "kind": "academia", "role": "member"}));
    // most lists are whole: a walk without signatories does not get far
    all.into_iter().enumerate().filter(|(i, _)| mask >= 128 || mask >> (i % 7) & 1 == 0).map(|(_, p)| p).collect()
}

/// The guards once more, from the raw log alone.
struct Naive<'a> {
    map: &'a Value,
    partners: &'a [Value],
    log: &'a [Value],
    known: RefCell<BTreeMap<(usize, String), Option<&'a str>>>,
}

impl<'a> Naive<'a> {
    fn rule(&self, step: &str) -> &'a Value {
        self.map["step"].as_array().unwrap().iter().find(|s| s["id"] == step).unwrap()
    }

    fn partner(&self, id: &Value) -> Option<&'a Value> {
        self.partners.iter().find(|p| p["id"] == *id)
    }

    fn rests_on(&self, step: &str, on: &str) -> bool {
        list(self.rule(step), "requires").iter().any(|r| *r == on || self.rests_on(r, on))
    }

    fn is(&self, i: usize, kind: &str) -> bool {
        self.log[i]["type"] == kind
    }

    /// Whether the event at `i` opens a step again.
    fn opens(&self, i: usize, step: &str) -> bool {
        if self.is(i, "new_cycle") {
            return true;
        }
        if !self.is(i, "looped_back") {
            return false;
        }
        let to = self.log[i]["to"].as_str().unwrap();
        if step == to {
            return true;
        }
        let way = self.rule(self.log[i]["step"].as_str().unwrap())["loop"].as_array().unwrap().iter().find(|w| w["to"] == to).unwrap();
        let stays = match self.closed(i, step) {
            Some("skipped") => way["skips_stand"] == true || list(way, "keeps").contains(&step),
            Some(_) => list(way, "keeps").contains(&step),
            None => false,
        };
        self.rests_on(step, to) && !stays
    }

    /// How a step is closed before the event at `i`.
    fn closed(&self, i: usize, step: &str) -> Option<&'a str> {
        if let Some(known) = self.known.borrow().get(&(i, step.to_owned())) {
            return *known;
        }
        let found = (0..i).rev().find(|&j| self.opens(j, step) || (self.log[j]["step"] == step && (self.is(j, "completed") || self.is(j, "skipped"))));
        let found = found.filter(|&j| !self.opens(j, step)).and_then(|j| self.log[j]["type"].as_str());
        self.known.borrow_mut().insert((i, step.to_owned()), found);
        found
    }

    /// The events of a step before `i` that still count: those since it was last opened.
    fn life(&self, i: usize, step: &str) -> Vec<usize> {
        let from = (0..i).rev().find(|&j| self.opens(j, step)).map_or(0, |j| j + 1);
        (from..i).filter(|&j| self.log[j]["step"] == step && !self.is(j, "looped_back")).collect()
    }

    fn signed(&self, i: usize, step: &str, side: &str, of: &str) -> bool {
        let life = self.life(i, step);
        life.iter().any(|&j| {
            let e = &self.log[j];
            let holds = |k: usize| {
                let later = &self.log[k];
                let void = later["type"] == "delivered" && self.map["new_delivery_voids_sign_off"] == true;
                let taken_back = later["type"] == "sign_off_withdrawn" && later["by"] == e["by"] && later["side"] == side;
                !(void || taken_back)
            };
            self.is(j, "signed_off")
                && e["side"] == side
                && e["of"] == of
                && self.partner(&e["by"]).is_some_and(|p| p["side"] == side && p["role"] != "observer")
                && life.iter().filter(|&&k| k > j).all(|&k| holds(k))
        })
    }

    fn delivered(&self, i: usize, step: &str, deliverable: &str) -> bool {
        self.life(i, step).iter().any(|&j| self.is(j, "delivered") && self.log[j]["deliverable"] == deliverable)
    }

    fn took_part(&self, i: usize, step: &str, group: &str) -> bool {
        let rule = self.map["participant"].as_array().unwrap().iter().find(|p| p["id"] == group).unwrap();
        let kinds = list(rule, "kinds");
        self.life(i, step).iter().filter(|&&j| self.is(j, "participated") && self.log[j]["participant"] == group).any(|&j| {
            let e = &self.log[j];
            let named = e["partners"].as_array().cloned().unwrap_or_default();
            let fits = |id: &Value| self.partner(id).is_some_and(|p| p["role"] != "observer" && kinds.contains(&p["kind"].as_str().unwrap()));
            if kinds.is_empty() { !named.is_empty() || e["people"].as_u64().unwrap_or(0) > 0 } else { named.iter().any(fits) }
        })
    }

    fn open(&self, i: usize, step: &str) -> bool {
        self.closed(i, step).is_none() && self.life(i, step).iter().any(|&j| self.is(j, "started"))
    }

    /// The first guard that the log breaks.
    fn broken(&self) -> Option<String> {
        (0..self.log.len()).find_map(|i| self.wrong(i).map(|what| format!("event {i}: {what}")))
    }

    fn wrong(&self, i: usize) -> Option<&'static str> {
        let e = &self.log[i];
        let date = e["date"].as_str().unwrap();
        // days of the same shape sort as texts do
        let says = |bad: bool, what: &'static str| bad.then_some(what);
        let text = |field: &str| e[field].as_str().unwrap_or_default();
        let base = says(date < START, "before the cycle")
            .or(says((0..i).any(|j| self.log[j]["date"].as_str().unwrap() > date), "out of order"))
            .or(says(self.partner(&e["by"]).is_none_or(|p| p["role"] == "observer"), "by a stranger or an observer"));
        if base.is_some() {
            return base;
        }
        let steps: Vec<&str> = self.map["step"].as_array().unwrap().iter().map(|s| s["id"].as_str().unwrap()).collect();
        if self.is(i, "new_cycle") {
            return says(steps.iter().any(|s| self.closed(i, s).is_none()), "a new cycle with a step that is not closed");
        }
        let step = text("step");
        let rule = self.rule(step);
        let unsigned = |of: &str| list(rule, "sign_off").iter().any(|side| !self.signed(i, step, side, of));
        match text("type") {
            "started" => says(self.closed(i, step).is_some() || self.open(i, step), "started twice")
                .or(says(list(rule, "requires").iter().any(|r| self.closed(i, r).is_none()), "started before what it requires")),
            "planned" => says(text("due") < text("start"), "planned backwards"),
            _ if !self.open(i, step) => Some("on a step that is not open"),
            "delivered" => says(!list(rule, "deliverables").contains(&text("deliverable")), "handed in what the step does not have")
                .or(says(list(rule, "evidence").contains(&text("deliverable")) && text("evidence").is_empty(), "handed in without evidence")),
            "completed" => says(list(rule, "required").iter().any(|d| !self.delivered(i, step, d)), "closed without a deliverable")
                .or(says(list(rule, "participants").iter().any(|g| !self.took_part(i, step, g)), "closed without participation"))
                .or(says(unsigned("completion"), "closed without a sign-off")),
            "skipped" => says(rule["optional"] != true, "skipped what is needed")
                .or(says(text("reason").is_empty(), "skipped without a reason"))
                .or(says(list(rule, "skip_needs").iter().any(|d| !self.delivered(i, step, d)), "skipped without a decision"))
                .or(says(unsigned("skip"), "skipped without a sign-off")),
            "signed_off" => says(self.partner(&e["by"]).unwrap()["side"] != text("side"), "signed for another side"),
            "looped_back" => says(text("reason").is_empty(), "looped without a reason")
                .or(says(!rule["loop"].as_array().is_some_and(|l| l.iter().any(|w| w["to"] == text("to"))), "looped where no way is")),
            _ => None,
        }
    }
}

fn ids<'a>(items: impl Iterator<Item = &'a Value>) -> Vec<String> {
    items.map(|v| v["id"].as_str().unwrap().to_owned()).collect()
}

fn pick(list: &[String], n: u16) -> String {
    if list.is_empty() { "ghost".to_owned() } else { list[usize::from(n) % list.len()].clone() }
}

fn last_day(run: &Run) -> String {
    run.as_of(None).to_string()
}

fn later(day: &str, days: i8) -> String {
    let mut at: sms_core::roadmap::Day = day.parse().unwrap();
    for _ in 0..days.max(0) {
        at = at.next().unwrap();
    }
    if days < 0 { "2023-12-31".to_owned() } else { at.to_string() }
}

/// Any event, sensible or not.
fn any_event(run: &Run, map: &Value, people: &[Value], (kind, a, b, c): (u16, u16, u16, u16), days: i8) -> Value {
    let steps = ids(map["step"].as_array().unwrap().iter());
    let step = if a % 41 == 0 { "nowhere".to_owned() } else { pick(&steps, a) };
    let by = if b % 23 == 0 { "stranger".to_owned() } else { pick(&ids(people.iter()), b) };
    let rule = map["step"].as_array().unwrap().iter().find(|s| s["id"] == step.as_str()).cloned().unwrap_or_default();
    let own = |field: &str| list(&rule, field).into_iter().map(str::to_owned).collect::<Vec<_>>();
    let reason = if c % 5 == 0 { "" } else { "Because." };
    let sides = ids(map["side"].as_array().unwrap().iter());
    let date = later(&last_day(run), days);
    let mut e = match kind % 10 {
        0 => json!({"type": "planned", "step": step, "start": date, "due": later(&date, (c % 9) as i8 - 1)}),
        1 => json!({"type": "started", "step": step}),
        2 => json!({"type": "delivered", "step": step, "deliverable": pick(&own("deliverables"), c), "evidence": if b % 3 == 0 { "" } else { "minutes" }}),
        3 => {
            json!({"type": "participated", "step": step, "participant": pick(&[own("participants"), own("invited")].concat(), c), "partners": [pick(&ids(people.iter()), c)], "people": c % 3})
        }
        4 => json!({"type": "signed_off", "step": step, "side": pick(&sides, c), "of": if c % 4 == 0 { "skip" } else { "completion" }}),
        5 => json!({"type": "sign_off_withdrawn", "step": step, "side": pick(&sides, c), "reason": reason}),
        6 => json!({"type": "skipped", "step": step, "reason": reason}),
        7 => json!({"type": "looped_back", "step": step, "to": pick(&steps, c), "reason": reason}),
        8 => json!({"type": "completed", "step": step}),
        _ => json!({"type": "new_cycle"}),
    };
    e["by"] = json!(by);
    e["date"] = json!(date);
    e
}

/// The event that a fix names, by somebody who can record it. `None` when the event itself has to change.
fn named(run: &Run, fix: &Fix) -> Option<Value> {
    let first = |mut list: Box<dyn Iterator<Item = &Partner> + '_>| list.next().map(|p| p.id.to_string());
    let anyone = || first(Box::new(run.partners().acting())).unwrap_or_else(|| "nobody".to_owned());
    let (mut e, by) = match fix {
        Fix::Start { step } => (json!({"type": "started", "step": step}), anyone()),
        Fix::Deliver { step, deliverable, evidence } => {
            let mut e = json!({"type": "delivered", "step": step, "deliverable": deliverable});
            if *evidence {
                e["evidence"] = json!("minutes");
            }
            (e, anyone())
        }
        Fix::RecordParticipation { step, participant, kinds } => {
            let who: Vec<String> = run.partners().of_kinds(kinds).take(1).map(|p| p.id.to_string()).collect();
            assert!(kinds.is_empty() || !who.is_empty(), "nobody of these kinds can be named");
            (json!({"type": "participated", "step": step, "participant": participant, "partners": who, "people": 3}), anyone())
        }
        Fix::SignOff { step, side, of } => {
            let who = first(Box::new(run.partners().signatories(side.as_str()))).expect("somebody who can sign");
            (json!({"type": "signed_off", "step": step, "side": side, "of": of}), who)
        }
        Fix::Complete { step } => (json!({"type": "completed", "step": step}), anyone()),
        Fix::LoopBack { step, to } => (json!({"type": "looped_back", "step": step, "to": to, "reason": "As named."}), anyone()),
        Fix::NewCycle {} => (json!({"type": "new_cycle"}), anyone()),
        Fix::AddPartner { .. } | Fix::Change { .. } | Fix::Give { .. } | Fix::LeaveOut {} => return None,
    };
    e["by"] = json!(by);
    e["date"] = json!(last_day(run));
    Some(e)
}

fn read(e: &Value) -> Event {
    Event::from_value(e, "event").unwrap()
}

/// The same run with one more partner on the list.
fn with_partner(run: &Run, side: Option<&str>, kind: &str) -> Run {
    let mut all = run.partners().all().to_vec();
    let made = json!({"id": format!("new-{}", all.len()), "name": "New", "kind": kind, "role": "member", "side": side});
    all.push(serde_json::from_value(made).unwrap());
    let partners = Partners::new(run.definition(), all).unwrap();
    let made = Run::replay(run.definition().clone(), run.start(), partners, run.events().to_vec()).unwrap();
    assert_eq!(made.state(), run.state(), "a new partner changes nothing that happened");
    made
}

/// Does what each refusal names until the event is taken in or has nothing to do. It must come to an end.
fn satisfy(mut run: Run, mut e: Value, depth: u32, budget: &mut u32) -> Run {
    assert!(depth < 40, "fixes go round in a circle");
    loop {
        *budget = budget.checked_sub(1).expect("fixes never come to an end");
        let event = read(&e);
        let Some(refusal) = run.refusal(&event) else {
            run.apply(event).unwrap();
            return run;
        };
        let error = refusal.clone().into_error("event");
        let fix: Fix = serde_json::from_value(error.fix().unwrap().clone()).unwrap();
        assert_eq!(fix, refusal.fix, "the fix goes through JSON unchanged");
        match &fix {
            Fix::LeaveOut {} => return run,
            Fix::AddPartner { side, kinds } => {
                let kind = kinds.first().map_or("city_unit", |k| k.as_str());
                run = with_partner(&run, side.as_ref().map(|s| s.as_str()), kind);
            }
            Fix::Change { field, one_of, not_before } => {
                let value = match (one_of.first(), not_before) {
                    (Some(id), _) if field == "partners" => json!([id]),
                    (Some(id), _) => json!(id),
                    (None, Some(day)) => json!(day),
                    (None, None) => panic!("a change to nothing"),
                };
                assert_ne!(e[field.as_str()], value, "a change that changes nothing");
                e[field.as_str()] = value;
            }
            Fix::Give { field } => e[field.as_str()] = if field == "people" { json!(3) } else { json!("Given.") },
            other => run = satisfy(run.clone(), named(&run, other).unwrap(), depth + 1, budget),
        }
    }
}

fn by_action(run: &Run, action: &Action) -> Option<Value> {
    let mut e = match &action.action {
        Do::Skip(step) => json!({"type": "skipped", "step": step, "reason": "As decided."}),
        Do::Satisfy(Fix::AddPartner { .. }) => return None,
        Do::Satisfy(fix) => named(run, fix).unwrap(),
    };
    e["by"] = json!(action.who.first()?);
    e["date"] = json!(last_day(run));
    Some(e)
}

type Seed = (u8, (u16, u16, u16, u16), i8);

fn walk(map_at: usize, mask: u8, seeds: &[Seed]) {
    let (map, definition) = (&maps()[map_at], &definitions()[map_at]);
    let people = partners(map, mask);
    let listed = Partners::from_values(definition, &people).unwrap();
    let mut run = Run::new(definition.clone(), START.parse().unwrap(), listed.clone());
    let mut refusals = 0;
    for (choice, numbers, days) in seeds {
        // mostly onward, or a walk never leaves the first step
        let todo = run.next_actions();
        let now: Vec<&Action> = todo.iter().filter(|a| a.now).collect();
        let onward = (choice % 8 != 0 && !now.is_empty()).then(|| by_action(&run, now[usize::from(numbers.0) % now.len()])).flatten();
        let e = onward.clone().unwrap_or_else(|| any_event(&run, map, &people, *numbers, *days));
        let before = run.clone();
        match run.apply(read(&e)) {
            Ok(()) => assert_eq!(run.events().len(), before.events().len() + 1),
            Err(error) => {
                assert!(onward.is_none(), "what was said to be possible now is refused: {error}");
                assert_eq!(run, before, "a refusal leaves everything as it was");
                refusals += 1;
                if refusals <= 2 {
                    satisfy(before, e, 0, &mut 400);
                }
            }
        }
    }
    let log: Vec<Value> = run.events().iter().map(|e| serde_json::to_value(e).unwrap()).collect();
    let naive = Naive { map, partners: &people, log: &log, known: RefCell::default() };
    assert_eq!(naive.broken(), None);
    for step in &run.state().steps {
        assert_eq!(naive.closed(log.len(), step.step.as_str()).is_some(), step.status.is_closed(), "{}", step.step);
        assert_eq!(naive.open(log.len(), step.step.as_str()), step.status.as_str() == "open", "{}", step.step);
    }
    // the same log gives the same state, also after a way through JSON
    let again = log.iter().map(read).collect();
    assert_eq!(Run::replay(definition.clone(), START.parse().unwrap(), listed, again).unwrap(), run);
}

fn seeds() -> impl Strategy<Value = Vec<Seed>> {
    prop::collection::vec((any::<u8>(), any::<(u16, u16, u16, u16)>(), -1_i8..4), 0..60)
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn no_walk_breaks_a_guard(map in 0..maps().len(), mask: u8, seeds in seeds()) {
        walk(map, mask, &seeds);
    }
}

/// The random walks reach what they are meant to test.
#[test]
fn walks_get_far() {
    let mut seen: BTreeMap<&str, u32> = BTreeMap::new();
    let mut number = 12_345_u64;
    let mut next = || {
        number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (number >> 40) as u16
    };
    for at in 0..300 {
        let (map, definition) = (&maps()[at % maps().len()], &definitions()[at % maps().len()]);
        let people = partners(map, 255);
        let mut run = Run::new(definition.clone(), START.parse().unwrap(), Partners::from_values(definition, &people).unwrap());
        for _ in 0..60 {
            let todo = run.next_actions();
            let now: Vec<&Action> = todo.iter().filter(|a| a.now).collect();
            let e = if next() % 8 != 0 && !now.is_empty() { by_action(&run, now[usize::from(next()) % now.len()]) } else { None };
            let e = e.unwrap_or_else(|| any_event(&run, map, &people, (next(), next(), next(), next()), 1));
            let event = read(&e);
            match run.refusal(&event) {
                Some(refusal) => *seen.entry(refusal.code.as_str()).or_default() += 1,
                None => {
                    *seen.entry(event.what.as_str()).or_default() += 1;
                    run.apply(event).unwrap();
                }
            }
        }
    }
    let types = ["planned", "started", "delivered", "participated", "signed_off", "sign_off_withdrawn", "skipped", "looped_back", "completed", "new_cycle"];
    let guards = [
        "cycle-open",
        "step-closed",
        "not-started",
        "prerequisite-open",
        "wrong-side",
        "observer",
        "unknown-id",
        "unknown-partner",
        "not-optional",
        "loop-not-allowed",
        "no-effect",
        "reason-missing",
        "sign-off-missing",
    ];
    for word in types.iter().map(|t| (*t).to_owned()).chain(guards.iter().map(|g| format!("roadmap.{g}"))) {
        assert!(seen.get(word.as_str()).is_some_and(|n| *n >= 3), "{word}: {seen:?}");
    }
}

/// A guard that is broken is seen: the naive reader is no rubber stamp.
#[test]
fn the_naive_reader_sees_what_is_wrong() {
    let map = &maps()[1];
    let people = partners(map, 255);
    let event = |kind: &str, fields: Value| {
        let mut e = fields;
        e["type"] = json!(kind);
        e["date"] = e.get("date").cloned().unwrap_or(json!(START));
        e["by"] = e.get("by").cloned().unwrap_or(json!("city-1"));
        e
    };
    let start = event("started", json!({"step": "agree"}));
    let told = |log: Vec<Value>| Naive { map, partners: &people, log: &log, known: RefCell::default() }.broken().unwrap_or_default();
    for (log, what) in [
        (vec![event("started", json!({"step": "build"}))], "before what it requires"),
        (vec![event("started", json!({"step": "agree", "by": "city-3"}))], "observer"),
        (vec![start.clone(), event("completed", json!({"step": "agree"}))], "without a deliverable"),
        (vec![start.clone(), event("delivered", json!({"step": "agree", "deliverable": "pact"}))], "without evidence"),
        (
            vec![
                start.clone(),
                event("delivered", json!({"step": "agree", "deliverable": "pact", "evidence": "x"})),
                event("completed", json!({"step": "agree"})),
            ],
            "without participation",
        ),
        (vec![start.clone(), event("signed_off", json!({"step": "agree", "side": "people", "of": "completion"}))], "another side"),
        (vec![start.clone(), event("skipped", json!({"step": "agree", "reason": "x"}))], "what is needed"),
        (vec![start.clone(), event("new_cycle", json!({}))], "not closed"),
        (vec![event("completed", json!({"step": "agree"}))], "not open"),
        (vec![start, event("looped_back", json!({"step": "agree", "to": "agree", "reason": "x"}))], "no way"),
    ] {
        assert!(told(log).contains(what), "{what}");
    }
}
