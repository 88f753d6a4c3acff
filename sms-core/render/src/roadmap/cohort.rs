//! The page of many cities on one road map.

use super::frame;
use super::texts::Texts;
use maud::html;
use sms_base::num::Plain;
use sms_process::roadmap::{CityRow, Cohort, Definition, Missing, OpenStep, StepRow};

/// Where a city of a cohort is, in a sentence for each step.
fn place(definition: &Definition, city: &CityRow, texts: &Texts) -> Vec<String> {
    if let Some(error) = &city.error {
        return vec![texts.cohort("unreadable", &[("code", error.code)])];
    }
    if !city.open.is_empty() {
        let say = |o: &OpenStep| {
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
    let say = |o: &OpenStep, m: &Missing| {
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

fn median(step: &StepRow, texts: &Texts) -> String {
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
