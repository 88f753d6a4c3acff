//! The page that a city officer reads: what step are we in, what is missing, who must sign, what next. And the page of a
//! cohort. Every word comes from the catalogue, so that a translation is data.

use super::gantt::{gantt, sign};
use super::html::STYLE;
use super::svg::Chart;
use crate::catalogue::Catalogue;
use crate::id::EntryId;
use crate::num::Plain;
use crate::roadmap::{Action, CityRow, Cohort, Day, Definition, Do, Fix, Missing, Of, Partner, Readiness, Run, Status, StepState, TimelineRow, What};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

const OWN_STYLE: &str = include_str!("roadmap.css");

/// The texts of a road map: labels given with it, else those of the catalogue when the road map is one of its own, else
/// the ids.
#[derive(Clone, Debug)]
pub struct Texts {
    catalogue: Arc<Catalogue>,
    map: EntryId,
    own: bool,
    labels: BTreeMap<String, BTreeMap<String, String>>,
}

/// A pattern with its words in braces filled in.
fn fill(pattern: &str, pairs: &[(&str, &str)]) -> String {
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
    #[must_use]
    pub fn new(catalogue: Arc<Catalogue>, definition: &Definition, labels: BTreeMap<String, BTreeMap<String, String>>) -> Self {
        let own = catalogue.raw().roadmaps.iter().any(|m| m.id == *definition.id());
        Texts { catalogue, map: definition.id().clone(), own, labels }
    }

    fn group(&self, section: &str, key: &str) -> Option<&str> {
        self.catalogue.label_of("roadmap", section)?.groups.get(key).map(String::as_str)
    }

    fn given(&self, section: &str, id: &str) -> Option<&str> {
        self.labels.get(section)?.get(id).map(String::as_str)
    }

    fn named(&self, section: &str, id: &str) -> String {
        let own = || self.own.then(|| self.group(section, id)).flatten();
        self.given(section, id).or_else(own).unwrap_or(id).to_owned()
    }

    /// A sentence of the page.
    pub(super) fn word(&self, key: &str, pairs: &[(&str, &str)]) -> String {
        fill(self.group("page", key).unwrap_or(key), pairs)
    }

    fn cohort(&self, key: &str, pairs: &[(&str, &str)]) -> String {
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
    fn step(&self, definition: &Definition, id: &EntryId) -> String {
        let name = self.step_name(id.as_str());
        match definition.step(id.as_str()).and_then(|(_, s)| s.number) {
            Some(number) => format!("{number} ({name})"),
            None => format!("“{name}”"),
        }
    }

    fn step_name(&self, id: &str) -> String {
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

    fn map_name(&self) -> String {
        let own = || self.own.then(|| self.catalogue.label_of("roadmap", self.map.as_str())).flatten().map(|l| l.name.as_str());
        self.given("road_map", "name").or_else(own).unwrap_or(self.map.as_str()).to_owned()
    }

    /// Id, number, name and description of each step.
    #[must_use]
    pub fn steps(&self, definition: &Definition) -> Vec<Value> {
        let note = |id: &str| self.own.then(|| self.catalogue.label_of("roadmap_steps", id)).flatten().and_then(|l| l.note.clone()).unwrap_or_default();
        let one = |s: &crate::roadmap::Step| json!({ "id": s.id, "name": self.step_name(s.id.as_str()), "description": note(s.id.as_str()) });
        definition.steps().iter().map(one).collect()
    }

    fn listed(&self, items: &[String], last: &str) -> String {
        let word = self.word(last, &[]);
        match items {
            [] => String::new(),
            [one] => one.clone(),
            [head @ .., tail] => format!("{} {word} {tail}", head.join(", ")),
        }
    }

    fn partners<'a>(&self, partners: impl Iterator<Item = &'a Partner>) -> String {
        let names: Vec<String> = partners.map(|p| p.name.clone()).collect();
        self.listed(&names, "or")
    }

    fn kinds(&self, kinds: &[crate::roadmap::PartnerKind]) -> String {
        let names: Vec<String> = kinds.iter().map(|k| self.group("kinds", k.as_str()).unwrap_or(k.as_str()).to_owned()).collect();
        self.listed(&names, "or")
    }

    /// What to do, as a sentence.
    fn fix(&self, definition: &Definition, fix: &Fix) -> String {
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
    fn lack(&self, definition: &Definition, fix: &Fix) -> String {
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

    fn action(&self, definition: &Definition, action: &Action) -> String {
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

/// A step of the road, for both forms of the page.
struct Line {
    number: String,
    name: String,
    state: String,
    status: Status,
}

/// A step that is going on, with what it misses.
struct Gap {
    step: String,
    met: String,
    missing: Vec<String>,
    invited: String,
}

/// A signature that a step needs.
struct Signature {
    step: String,
    side: String,
    who: String,
    state: String,
}

/// Something to do.
struct Todo {
    text: String,
    who: String,
    due: Option<String>,
}

/// What the page says, before it has a form.
struct Content {
    title: String,
    as_of: String,
    here: String,
    walks: Option<String>,
    road: Vec<Line>,
    gaps: Vec<Gap>,
    signatures: Vec<Signature>,
    todo: Vec<Todo>,
    later: Vec<Todo>,
    chart: Option<Chart>,
    decisions: Vec<String>,
    how: String,
}

fn content(run: &Run, city: Option<&str>, as_of: Option<Day>, texts: &Texts) -> Content {
    let (definition, state) = (run.definition().as_ref(), run.state());
    let today = run.as_of(as_of);
    let rows = definition.steps().iter().zip(&state.steps).zip(run.readiness()).enumerate();
    let (mut road, mut gaps, mut signatures) = (Vec::new(), Vec::new(), Vec::new());
    let (mut open, mut ready) = (Vec::new(), Vec::new());
    for (i, ((rule, step), readiness)) in rows {
        let name = texts.step(definition, &rule.id);
        match step.status {
            Status::Open => open.push(name.clone()),
            Status::Ready => ready.push(name.clone()),
            _ => {}
        }
        let mut state_text = texts.status(step.status.as_str());
        if let Some(day) = step.closed.or(step.started) {
            let when = if step.closed.is_some() { day.to_string() } else { texts.span(day, None) };
            state_text = format!("{state_text}, {when}");
        }
        if step.iteration > 1 {
            state_text = format!("{state_text}, {}", texts.word("time", &[("n", &step.iteration.to_string())]));
        }
        let number = rule.number.map_or_else(|| (i + 1).to_string(), |n| n.to_string());
        road.push(Line { number, name: texts.step_name(rule.id.as_str()), state: state_text, status: step.status });
        if step.status == Status::Open {
            gaps.push(gap(definition, &name, &readiness, texts));
            for side in &rule.sign_off {
                signatures.push(signature(run, step, &name, side, texts));
            }
        }
    }
    let (closed, all) = (state.closed.to_string(), state.steps.len().to_string());
    let (here, now) = if state.cycle_complete {
        ("here_done", String::new())
    } else {
        match open.len() {
            0 => ("here_none", String::new()),
            1 => ("here_one", texts.listed(&open, "and")),
            _ => ("here_many", texts.listed(&open, "and")),
        }
    };
    let here = texts.word(here, &[("steps", &now), ("closed", &closed), ("all", &all), ("ready", &texts.listed(&ready, "and"))]);
    let (iterations, loops) = (state.iterations.to_string(), state.loops.to_string());
    let walks = match state.loops {
        0 => None,
        1 => Some(texts.word("walks_once", &[])),
        _ => Some(texts.word("walks", &[("loops", &loops), ("iterations", &iterations)])),
    };
    let actions = run.next_actions();
    let todo = |now: bool| actions.iter().filter(|a| a.now == now).map(|a| todo_of(run, a, texts)).collect::<Vec<_>>();
    let name = texts.map_name();
    let title = city.map_or_else(|| texts.word("title_unnamed", &[]), |city| texts.word("title", &[("city", city)]));
    Content {
        title,
        as_of: texts.word("as_of", &[("date", &today.to_string()), ("cycle", &state.cycle.to_string()), ("start", &state.cycle_started.to_string())]),
        here,
        walks,
        road,
        gaps,
        signatures,
        todo: todo(true),
        later: todo(false),
        chart: gantt(definition, &run.timeline(as_of), today, texts),
        decisions: decisions(run, texts),
        how: texts.word("how_text", &[("events", &state.events.to_string()), ("name", &name), ("version", &definition.raw().version)]),
    }
}

fn gap(definition: &Definition, step: &str, readiness: &Readiness, texts: &Texts) -> Gap {
    let say = |m: &Missing| texts.lack(definition, &m.fix);
    let groups: Vec<String> = readiness.invited_missing.iter().map(|g| texts.named("participants", g.as_str())).collect();
    Gap {
        step: texts.word("missing_in", &[("step", step)]),
        met: texts.word("met", &[("met", &readiness.met.to_string()), ("of", &readiness.of.to_string())]),
        missing: readiness.missing.iter().map(say).collect(),
        invited: if groups.is_empty() { String::new() } else { texts.word("invited", &[("groups", &texts.listed(&groups, "and"))]) },
    }
}

fn signature(run: &Run, step: &StepState, name: &str, side: &EntryId, texts: &Texts) -> Signature {
    let who = texts.partners(run.partners().signatories(side.as_str()));
    let made = step.sign_offs.iter().find(|s| s.side == *side);
    let rule = run.definition().step(step.step.as_str());
    let ready = run.readiness().into_iter().find(|r| r.step == step.step).is_some_and(|r| r.missing.iter().all(|m| matches!(m.fix, Fix::SignOff { .. })));
    let state = match made {
        Some(made) => {
            let by = run.partners().get(made.by.as_str()).map_or(made.by.to_string(), |p| p.name.clone());
            let key = if made.of == Of::Skip { "signed_skip" } else { "signed" };
            texts.word(key, &[("who", &by), ("date", &made.date.to_string())])
        }
        None if ready || rule.is_none() => texts.word("not_signed", &[]),
        None => texts.word("not_signed_yet", &[]),
    };
    Signature {
        step: name.to_owned(),
        side: texts.named("sides", side.as_str()),
        who: if who.is_empty() { texts.word("nobody_can_sign", &[]) } else { who },
        state,
    }
}

fn todo_of(run: &Run, action: &Action, texts: &Texts) -> Todo {
    let names: Vec<String> = action.who.iter().filter_map(|id| run.partners().get(id.as_str())).map(|p| p.name.clone()).collect();
    let who = if names.is_empty() { texts.word("next_nobody", &[]) } else { texts.word("next_who", &[("who", &texts.listed(&names, "or"))]) };
    let due = action.due.map(|day| texts.word("next_due", &[("date", &day.to_string())]));
    Todo { text: texts.action(run.definition(), action), who, due }
}

/// Skips and loops, with their reasons.
fn decisions(run: &Run, texts: &Texts) -> Vec<String> {
    let name = |id: &EntryId| texts.step_name(id.as_str());
    let say = |event: &crate::roadmap::Event| {
        let date = event.date.to_string();
        match &event.what {
            What::Skipped { step, reason } => Some(texts.word("decision_skip", &[("step", &name(step)), ("date", &date), ("reason", reason)])),
            What::LoopedBack { step, to, reason } => {
                Some(texts.word("decision_loop", &[("step", &name(step)), ("to", &name(to)), ("date", &date), ("reason", reason)]))
            }
            _ => None,
        }
    };
    run.events().iter().filter_map(say).collect()
}

fn frame(texts: &Texts, title: &str, body: Markup) -> String {
    html! {
        (DOCTYPE)
        html lang=(texts.catalogue.language()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'";
                meta name="referrer" content="no-referrer";
                meta name="color-scheme" content="light dark";
                title { (title) }
                style { (PreEscaped(STYLE)) (PreEscaped(OWN_STYLE)) }
            }
            body {
                a.skip href="#main" { (texts.word("skip_link", &[])) }
                (body)
            }
        }
    }
    .into_string()
}

/// The page of a run: what step are we in, what is missing, who must sign, what next. Self-contained, without script.
/// `as_of` is the day that it speaks of; the date of the last event when not given.
#[must_use]
pub fn page(run: &Run, city: Option<&str>, as_of: Option<Day>, texts: &Texts) -> String {
    let c = content(run, city, as_of, texts);
    let word = |key: &str| texts.word(key, &[]);
    let todos = |list: &[Todo]| {
        html! {
            ul.todo {
                @for todo in list {
                    li { (todo.text) " " span.who { (todo.who) @if let Some(due) = &todo.due { " " (due) } } }
                }
            }
        }
    };
    frame(
        texts,
        &c.title,
        html! {
            header.top {
                h1 { bdi { (c.title) } }
                p.tags { (c.as_of) }
                @if !texts.notice().is_empty() { p.notice { (texts.notice()) } }
            }
            main #main {
                section aria-labelledby="where" {
                    h2 #where { (word("where")) }
                    p.lead { strong { (c.here) } }
                    @if let Some(walks) = &c.walks { p { (walks) } }
                    ol.road aria-label=(word("all_steps")) {
                        @for line in &c.road {
                            li.open[line.status == Status::Open] aria-current=[(line.status == Status::Open).then_some("step")] {
                                span.sign aria-hidden="true" { (if line.status.is_closed() { sign(line.status, None).to_owned() } else { line.number.clone() }) }
                                div {
                                    span.what { span.hidden { (line.number) ". " } (line.name) }
                                    " "
                                    span.state { (line.state) }
                                }
                            }
                        }
                    }
                }
                section aria-labelledby="missing" {
                    h2 #missing { (word("missing")) }
                    @if c.gaps.is_empty() { p { (word("missing_none")) } }
                    @for gap in &c.gaps {
                        h3 { (gap.step) }
                        p { (gap.met) @if gap.missing.is_empty() { " " (word("missing_none")) } }
                        @if !gap.missing.is_empty() { ul { @for line in &gap.missing { li { (line) } } } }
                        @if !gap.invited.is_empty() { p.reason { (gap.invited) } }
                    }
                }
                section aria-labelledby="sign" {
                    h2 #sign { (word("sign")) }
                    @if c.signatures.is_empty() {
                        p { (word("sign_none")) }
                    } @else {
                        table.stack {
                            caption { (word("sign_caption")) }
                            thead { tr { @for key in ["sign_step", "sign_side", "sign_who", "sign_state"] { th scope="col" { (word(key)) } } } }
                            tbody {
                                @for s in &c.signatures {
                                    tr {
                                        th scope="row" { (s.step) }
                                        td data-label=(word("sign_side")) { (s.side) }
                                        td data-label=(word("sign_who")) { bdi { (s.who) } }
                                        td data-label=(word("sign_state")) { (s.state) }
                                    }
                                }
                            }
                        }
                    }
                }
                section aria-labelledby="next" {
                    h2 #next { (word("next")) }
                    @if c.todo.is_empty() && c.later.is_empty() { p { (word("missing_none")) } }
                    (todos(&c.todo))
                    @if !c.later.is_empty() { h3 { (super::upper_first(&word("next_later"))) } (todos(&c.later)) }
                }
                section aria-labelledby="timeline" {
                    h2 #timeline { (word("timeline")) }
                    @match &c.chart {
                        None => { p { (word("timeline_none")) } }
                        Some(chart) => {
                            figure {
                                (PreEscaped(chart.svg.as_str()))
                                figcaption {
                                    (chart.sentence)
                                    ul.key aria-hidden="true" {
                                        @for (mark, state) in [("✓", "completed"), ("▸", "open"), ("–", "skipped"), ("↺", "looped_back")] { li { (mark) " " (texts.status(state)) } }
                                        li { "▭ " (word("planned_bar")) }
                                        li { "▬ " (word("actual_bar")) }
                                    }
                                }
                                details.twin { summary { (word("table_twin")) span.hidden { ": " (word("timeline_caption")) } } (PreEscaped(chart.table.as_str())) }
                            }
                        }
                    }
                }
                @if !c.decisions.is_empty() {
                    section aria-labelledby="decisions" {
                        h2 #decisions { (word("decisions")) }
                        ul { @for line in &c.decisions { li { (line) } } }
                    }
                }
            }
            footer.end { h2.hidden { (word("how")) } p { (c.how) } }
        },
    )
}

/// The same as plain text, for a terminal or an e-mail.
#[must_use]
pub fn text(run: &Run, city: Option<&str>, as_of: Option<Day>, texts: &Texts) -> String {
    let c = content(run, city, as_of, texts);
    let mut out = format!("{}\n{}\n", c.title, c.as_of);
    let head = |out: &mut String, key: &str| out.push_str(&format!("\n{}\n", texts.word(key, &[])));
    head(&mut out, "where");
    out.push_str(&format!("{}\n", c.here));
    if let Some(walks) = &c.walks {
        out.push_str(&format!("{walks}\n"));
    }
    for line in &c.road {
        out.push_str(&format!("  {} {:>2}  {}: {}\n", sign(line.status, None), line.number, line.name, line.state));
    }
    head(&mut out, "missing");
    if c.gaps.is_empty() {
        out.push_str(&format!("  {}\n", texts.word("missing_none", &[])));
    }
    for gap in &c.gaps {
        out.push_str(&format!("  {}: {}\n", gap.step, gap.met));
        for line in gap.missing.iter().chain(std::iter::once(&gap.invited).filter(|i| !i.is_empty())) {
            out.push_str(&format!("    - {line}\n"));
        }
    }
    head(&mut out, "sign");
    if c.signatures.is_empty() {
        out.push_str(&format!("  {}\n", texts.word("sign_none", &[])));
    }
    for s in &c.signatures {
        out.push_str(&format!("  {}, {}: {} ({})\n", s.step, s.side, s.state, s.who));
    }
    head(&mut out, "next");
    let mut todo = |list: &[Todo]| {
        for t in list {
            out.push_str(&format!("  - {} {}{}\n", t.text, t.who, t.due.as_ref().map(|d| format!(" {d}")).unwrap_or_default()));
        }
    };
    todo(&c.todo);
    if !c.later.is_empty() {
        out.push_str(&format!("  {}:\n", super::upper_first(&texts.word("next_later", &[]))));
        for t in &c.later {
            out.push_str(&format!("  - {} {}\n", t.text, t.who));
        }
    }
    if let Some(chart) = &c.chart {
        head(&mut out, "timeline");
        out.push_str(&format!("  {}\n", chart.sentence));
    }
    if !c.decisions.is_empty() {
        head(&mut out, "decisions");
        for line in &c.decisions {
            out.push_str(&format!("  - {line}\n"));
        }
    }
    out.push_str(&format!("\n{}\n{}\n", c.how, texts.notice()));
    out
}

/// What to do next, alone: a line for each thing, with who must do it.
#[must_use]
pub fn next_text(run: &Run, texts: &Texts) -> String {
    let mut out = String::new();
    let actions = run.next_actions();
    for (now, head) in [(true, "next"), (false, "next_later")] {
        let list: Vec<&Action> = actions.iter().filter(|a| a.now == now).collect();
        if !list.is_empty() {
            out.push_str(&format!("{}\n", super::upper_first(&texts.word(head, &[]))));
        }
        for todo in list.into_iter().map(|a| todo_of(run, a, texts)) {
            out.push_str(&format!("- {} {}{}\n", todo.text, todo.who, todo.due.map(|d| format!(" {d}")).unwrap_or_default()));
        }
    }
    out
}

/// Where a city of a cohort is, in a sentence for each step.
fn place(definition: &Definition, city: &CityRow, texts: &Texts) -> Vec<String> {
    if let Some(error) = &city.error {
        return vec![texts.cohort("unreadable", &[("code", error.code)])];
    }
    if !city.open.is_empty() {
        let say = |o: &crate::roadmap::OpenStep| {
            let key = if o.iteration > 1 { "going_on_again" } else { "going_on" };
            let (step, since) = (texts.step(definition, &o.step), o.since.to_string());
            texts.cohort(key, &[("step", &step), ("since", &since), ("days", &o.days.to_string()), ("n", &o.iteration.to_string())])
        };
        return city.open.iter().map(say).collect();
    }
    if city.ready.is_empty() {
        return vec![texts.cohort("all_closed", &[("cycle", &city.cycle.unwrap_or(1).to_string())])];
    }
    let names: Vec<String> = city.ready.iter().map(|id| texts.step(definition, id)).collect();
    vec![texts.cohort("nothing_going_on", &[("steps", &texts.listed(&names, "and"))])]
}

fn blocked(definition: &Definition, city: &CityRow, texts: &Texts) -> Vec<String> {
    let several = city.open.len() > 1;
    let say = |o: &crate::roadmap::OpenStep, m: &Missing| {
        let number = definition.step(o.step.as_str()).and_then(|(_, s)| s.number).map_or_else(|| o.step.to_string(), |n| n.to_string());
        let lack = texts.lack(definition, &m.fix);
        if several { format!("{number}: {lack}") } else { lack }
    };
    city.open.iter().flat_map(|o| o.missing.iter().map(move |m| say(o, m))).collect()
}

fn cohort_as_of(made: &Cohort, texts: &Texts) -> String {
    let (n, observers) = (made.taking_part.to_string(), made.observers.to_string());
    match made.as_of {
        Some(day) => texts.cohort("as_of", &[("date", &day.to_string()), ("n", &n), ("observers", &observers)]),
        None => texts.cohort("as_of_undated", &[("n", &n), ("observers", &observers)]),
    }
}

/// The page of a cohort.
#[must_use]
pub fn cohort_page(definition: &Definition, made: &Cohort, texts: &Texts) -> String {
    let word = |key: &str| texts.cohort(key, &[]);
    let none = || word("none");
    let list = |lines: Vec<String>| {
        html! {
            @match lines.as_slice() {
                [] => { (none()) }
                [one] => { (one) }
                several => { ul { @for line in several { li { (line) } } } }
            }
        }
    };
    frame(
        texts,
        &word("title"),
        html! {
            header.top {
                h1 { (word("title")) }
                p.tags { (cohort_as_of(made, texts)) }
                p { (word("intro")) }
                @if !texts.notice().is_empty() { p.notice { (texts.notice()) } }
            }
            main #main {
                section aria-labelledby="where" {
                    h2 #where { (word("where")) }
                    table.stack {
                        caption.hidden { (word("where")) }
                        thead { tr { @for key in ["city", "now", "blocked", "closed", "last"] { th scope="col" { (word(key)) } } } }
                        tbody {
                            @for city in &made.cities {
                                tr {
                                    th scope="row" { bdi { (city.name) } @if city.observer { " (" (word("observer")) ")" } }
                                    td data-label=(word("now")) { (list(place(definition, city, texts))) }
                                    td data-label=(word("blocked")) { (list(blocked(definition, city, texts))) }
                                    td data-label=(word("closed")) { (city.closed.map_or(none(), |n| n.to_string())) }
                                    td.day data-label=(word("last")) { (city.last_event.map_or(none(), |d| d.to_string())) }
                                }
                            }
                        }
                    }
                }
                section aria-labelledby="steps" {
                    h2 #steps { (word("steps")) }
                    table.stack {
                        caption.hidden { (word("steps")) }
                        thead { tr { @for key in ["step", "waiting", "ready", "open", "completed", "skipped", "median"] { th scope="col" { (word(key)) } } } }
                        tbody {
                            @for s in &made.steps {
                                tr {
                                    th scope="row" { (texts.step(definition, &s.step)) }
                                    @for (key, n) in [("waiting", s.waiting), ("ready", s.ready), ("open", s.open), ("completed", s.completed), ("skipped", s.skipped)] {
                                        td data-label=(word(key)) { (n) }
                                    }
                                    td data-label=(word("median")) { (median(s, texts)) }
                                }
                            }
                        }
                    }
                }
            }
        },
    )
}

fn median(step: &crate::roadmap::StepRow, texts: &Texts) -> String {
    let n = step.durations.to_string();
    step.median_days.map_or_else(|| texts.cohort("none", &[]), |days| texts.cohort("rests_on", &[("days", &Plain(days).to_string()), ("n", &n)]))
}

/// The same as plain text.
#[must_use]
pub fn cohort_text(definition: &Definition, made: &Cohort, texts: &Texts) -> String {
    let word = |key: &str| texts.cohort(key, &[]);
    let mut out = format!("{}\n{}\n{}\n\n{}\n", word("title"), cohort_as_of(made, texts), word("intro"), word("where"));
    for city in &made.cities {
        let observer = if city.observer { format!(" ({})", word("observer")) } else { String::new() };
        out.push_str(&format!("  {}{observer}: {}\n", city.name, place(definition, city, texts).join("; ")));
        for line in blocked(definition, city, texts) {
            out.push_str(&format!("    - {line}\n"));
        }
    }
    out.push_str(&format!("\n{}\n", word("steps")));
    for s in &made.steps {
        let counts = [("waiting", s.waiting), ("ready", s.ready), ("open", s.open), ("completed", s.completed), ("skipped", s.skipped)];
        let counts: Vec<String> = counts.iter().filter(|(_, n)| *n > 0).map(|(key, n)| format!("{n} {}", word(key))).collect();
        out.push_str(&format!("  {}: {}. {}: {}\n", texts.step(definition, &s.step), counts.join(", "), word("median"), median(s, texts)));
    }
    out.push_str(&format!("\n{}\n", texts.notice()));
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::roadmap::{City, Event, Partners, cohort};

    fn texts(definition: &Definition) -> Texts {
        let catalogue = Arc::new(Catalogue::from_json(sms_catalogue::CATALOGUE_JSON).unwrap());
        Texts::new(catalogue, definition, BTreeMap::new())
    }

    fn definition() -> Arc<Definition> {
        let catalogue = Catalogue::from_json(sms_catalogue::CATALOGUE_JSON).unwrap();
        Arc::new(Definition::of_catalogue(&catalogue, None).unwrap())
    }

    fn started(name: &str) -> Run {
        let definition = definition();
        let partners = [json!({"id": "office", "name": name, "kind": "city_unit", "role": "lead", "side": "city"})];
        let partners = Partners::from_values(&definition, &partners).unwrap();
        let mut run = Run::new(definition, "2024-01-01".parse().unwrap(), partners);
        for event in [
            json!({"type": "planned", "step": "commit", "start": "2024-01-01", "due": "2024-02-01", "date": "2024-01-01", "by": "office"}),
            json!({"type": "started", "step": "commit", "date": "2024-01-02", "by": "office"}),
            json!({"type": "delivered", "step": "commit", "deliverable": "team-and-roles", "date": "2024-03-02", "by": "office"}),
        ] {
            run.apply(Event::from_value(&event, "event").unwrap()).unwrap();
        }
        run
    }

    #[test]
    fn the_page_answers_the_four_questions() {
        let run = started("Office <&> Co");
        let texts = texts(run.definition());
        let page = page(&run, Some("<b>Neverhaven</b>"), None, &texts);
        assert!(page.contains("&lt;b&gt;Neverhaven&lt;/b&gt;: where we are") && !page.contains("<b>") && page.contains("Office &lt;&amp;&gt; Co"));
        for (heading, says) in [
            ("What step are we in?", "You are in step 1 (Commit, set up the partnership and develop the road map together). 0 of 8 steps are closed."),
            ("What is missing?", "Signed commitment, with evidence"),
            ("Who must sign?", "still to sign, once the rest is there"),
            ("What to do next?", "Find a partner who can sign for civil society: civil society organisation or group of residents."),
            ("What was planned, and what happened?", "Late by the plan: 1 Commit"),
        ] {
            assert!(page.contains(heading) && page.contains(says), "{heading}: {says}");
        }
        assert!(page.contains("not the wording of the Human Rights Cities Network"));
        // every braced word is filled in, every word is there
        assert!(!page.split("</style>").nth(1).unwrap().contains(['{', '}']), "a word in braces is left");
        assert!(!page.contains("<script") && page.contains("role=\"img\"") && page.contains("aria-current=\"step\""));
        let plain = text(&run, Some("Neverhaven"), None, &texts);
        assert!(plain.contains("  ▸  1  Commit") && !plain.contains('{'), "{plain}");
        assert!(
            next_text(&run, &texts).starts_with("What to do next?\n- Hand in, with evidence: Signed commitment. Who: Office <&> Co. Planned by 2024-02-01.\n")
        );
    }

    #[test]
    fn every_word_of_the_pages_is_in_the_catalogue() {
        let texts = texts(&definition());
        for (source, section) in [(include_str!("roadmap.rs"), "page"), (include_str!("gantt.rs"), "page")] {
            let code = source.split("mod tests").next().unwrap();
            for call in code.split("word(\"").skip(1) {
                let key = call.split('"').next().unwrap();
                let known = texts.group(section, key).or_else(|| texts.group("cohort", key));
                assert!(known.is_some(), "{key} has no text");
            }
        }
        for status in ["waiting", "ready", "open", "completed", "skipped", "looped_back"] {
            assert!(texts.group("statuses", status).is_some());
        }
        for kind in crate::roadmap::PartnerKind::ALL {
            assert!(texts.group("kinds", kind.as_str()).is_some());
        }
    }

    #[test]
    fn a_road_map_of_ones_own_shows_its_labels_or_its_ids() {
        let own = json!({"id": "own", "version": "1", "provenance": "example", "side": [{"id": "all", "kinds": ["academia"]}],
            "step": [{"id": "commit", "sign_off": ["all"]}, {"id": "walk", "sign_off": ["all"]}]});
        let definition = Arc::new(Definition::from_value(&own).unwrap());
        let run = Run::new(definition.clone(), "2024-01-01".parse().unwrap(), Partners::default());
        let catalogue = texts(&definition).catalogue;
        let labels = BTreeMap::from([("steps".to_owned(), BTreeMap::from([("walk".to_owned(), "Walk {far}".to_owned())]))]);
        let shown = text(&run, None, None, &Texts::new(catalogue, &definition, labels));
        assert!(shown.contains("“commit”") && shown.contains("“Walk {far}”") && !shown.contains("Commit, set up"), "{shown}");
    }

    #[test]
    fn a_cohort_ranks_nobody() {
        let run = started("Office");
        let city = |id: &str, run| City { id: id.parse().unwrap(), name: id.to_uppercase(), observer: id == "z", run };
        let broken = Err(crate::diagnostic::Error::new(crate::diagnostic::Code::RoadmapBadDate));
        let made = cohort(run.definition(), &[city("z", Ok(run.clone())), city("b", broken), city("a", Ok(run.clone()))], None);
        let (texts, definition) = (texts(run.definition()), run.definition().clone());
        let plain = cohort_text(&definition, &made, &texts);
        let at = |word: &str| plain.find(word).unwrap();
        assert!(at("  A: 1 (Commit") < at("  B: The log cannot be read: roadmap.bad-date") && at("  B:") < at("  Z (observer)"), "{plain}");
        assert!(plain.contains("This is no ranking") && plain.contains("2 cities take part, 1 watch"));
        assert!(cohort_page(&definition, &made, &texts).contains("data-label=\"Where it is\""));
    }

    #[test]
    fn patterns_are_filled_once() {
        assert_eq!(fill("{a} and {b}", &[("a", "{b}"), ("b", "x")]), "{b} and x");
        assert_eq!(fill("{no} {", &[("a", "x")]), "{no} {");
    }
}
