//! The page of one run: what step are we in, what is missing, who must sign, what next.

use super::frame;
use super::gantt::{gantt, sign};
use super::texts::Texts;
use crate::svg::Chart;
use crate::upper_first;
use maud::{Markup, PreEscaped, html};
use sms_base::id::EntryId;
use sms_process::roadmap::{Action, Day, Definition, Fix, Missing, Of, Readiness, Run, Status, StepState, What};

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
        how: texts.word("how_text", &[("events", &state.events.to_string()), ("name", &name), ("version", &definition.data().version)]),
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
    let say = |event: &sms_process::roadmap::Event| {
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

/// The page of a run: what step are we in, what is missing, who must sign, what next. Self-contained, without script.
/// `as_of` is the day that it speaks of; the date of the last event when not given.
///
/// ```
/// # mod sms_core { pub use {sms_process::*, sms_render as render}; }
/// use sms_core::{Catalogue, render::roadmap::{Texts, page}, roadmap::{Definition, Partners, Run}};
/// let catalogue = std::sync::Arc::new(Catalogue::from_json(sms_catalogue::CATALOGUE_JSON)?);
/// let definition = std::sync::Arc::new(Definition::of_catalogue(&catalogue, None)?);
/// let run = Run::new(definition.clone(), "2024-09-01".parse()?, Partners::default());
/// let texts = Texts::new(catalogue, &definition, Default::default());
/// assert!(page(&run, Some("Neverhaven"), None, &texts).contains("Neverhaven"));
/// # Ok::<(), sms_base::Error>(())
/// ```
#[must_use]
pub fn page(run: &Run, city: Option<&str>, as_of: Option<Day>, texts: &Texts) -> String {
    let c = content(run, city, as_of, texts);
    let word = |key: &str| texts.word(key, &[]);
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
                (where_section(&c, texts))
                (missing_section(&c, texts))
                (sign_section(&c, texts))
                (next_section(&c, texts))
                (timeline_section(&c, texts))
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

fn where_section(c: &Content, texts: &Texts) -> Markup {
    let word = |key: &str| texts.word(key, &[]);
    html! {
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
    }
}

fn missing_section(c: &Content, texts: &Texts) -> Markup {
    let word = |key: &str| texts.word(key, &[]);
    html! {
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
    }
}

fn sign_section(c: &Content, texts: &Texts) -> Markup {
    let word = |key: &str| texts.word(key, &[]);
    html! {
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
    }
}

fn next_section(c: &Content, texts: &Texts) -> Markup {
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
    html! {
        section aria-labelledby="next" {
            h2 #next { (word("next")) }
            @if c.todo.is_empty() && c.later.is_empty() { p { (word("missing_none")) } }
            (todos(&c.todo))
            @if !c.later.is_empty() { h3 { (upper_first(&word("next_later"))) } (todos(&c.later)) }
        }
    }
}

fn timeline_section(c: &Content, texts: &Texts) -> Markup {
    let word = |key: &str| texts.word(key, &[]);
    html! {
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
    }
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
        out.push_str(&format!("  {}:\n", upper_first(&texts.word("next_later", &[]))));
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
///
/// ```
/// # mod sms_core { pub use {sms_process::*, sms_render as render}; }
/// use sms_core::{Catalogue, render::roadmap::{Texts, next_text}, roadmap::{Definition, Partners, Run}};
/// let catalogue = std::sync::Arc::new(Catalogue::from_json(sms_catalogue::CATALOGUE_JSON)?);
/// let definition = std::sync::Arc::new(Definition::of_catalogue(&catalogue, None)?);
/// let run = Run::new(definition.clone(), "2024-09-01".parse()?, Partners::default());
/// let texts = Texts::new(catalogue, &definition, Default::default());
/// assert!(!next_text(&run, &texts).is_empty());
/// # Ok::<(), sms_base::Error>(())
/// ```
#[must_use]
pub fn next_text(run: &Run, texts: &Texts) -> String {
    let mut out = String::new();
    let actions = run.next_actions();
    for (now, head) in [(true, "next"), (false, "next_later")] {
        let list: Vec<&Action> = actions.iter().filter(|a| a.now == now).collect();
        if !list.is_empty() {
            out.push_str(&format!("{}\n", upper_first(&texts.word(head, &[]))));
        }
        for todo in list.into_iter().map(|a| todo_of(run, a, texts)) {
            out.push_str(&format!("- {} {}{}\n", todo.text, todo.who, todo.due.map(|d| format!(" {d}")).unwrap_or_default()));
        }
    }
    out
}
