//! The page of a framework or of screens.

use super::{Screened, Texts, frame};
use maud::{Markup, PreEscaped, html};
use sms_process::screen::result::{AnswerResult, RoundResult, Screening, ServiceResult, Tally};

/// A bar of what was answered: one part a level, the lowest first, then what has none. The sentence beside it says the same.
fn bar(tally: &Tally) -> Markup {
    let all: usize = tally.of;
    let levels = tally.levels.len();
    let mut parts = Vec::new();
    let mut at = 0;
    for (rank, level) in tally.levels.iter().enumerate() {
        if level.n > 0 {
            // the lowest level is an empty frame, the highest is full
            parts.push((at, level.n, format!("level rank-{}-of-{levels}", rank + 1)));
            at += level.n;
        }
    }
    if all > at {
        parts.push((at, all - at, "open".to_owned()));
    }
    let mut svg = format!("<svg class=\"answers\" viewBox=\"0 0 {} 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\" focusable=\"false\">", all.max(1));
    for (x, width, class) in parts {
        svg.push_str(&format!("<rect class=\"{class}\" x=\"{x}\" y=\"0.5\" width=\"{width}\" height=\"9\"/>"));
    }
    svg.push_str("</svg>");
    html! { (PreEscaped(svg)) }
}

/// The last round in which anybody spoke, else the last.
fn latest(service: &ServiceResult) -> Option<&RoundResult> {
    let speaks = |r: &&RoundResult| r.views.iter().any(|v| v.tally.all.unanswered < v.tally.all.of + v.tally.all.not_applicable);
    service.rounds.iter().rev().find(speaks).or(service.rounds.last())
}

fn days(shown: &Screened<'_>, texts: &Texts, round: &RoundResult) -> String {
    match shown.rounds.iter().find(|r| r.id == round.round) {
        Some(r) => texts.word("round_days", &[("round", r.id.as_str()), ("from", &r.from.to_string()), ("to", &r.to.to_string())]),
        None => texts.word("round", &[("round", round.round.as_str())]),
    }
}

/// Each view in a few sentences.
fn summary(texts: &Texts, sheet: &Screening, round: &RoundResult) -> Markup {
    html! {
        dl.views {
            @for view in &round.views {
                div {
                    dt { (texts.view(view.view.as_str())) }
                    dd {
                        p { (texts.answered(&view.tally.all)) @if let Some(text) = texts.unshown(&view.tally.all) { " " strong.alert { (text) } } }
                        @if let Some(text) = view.difference.as_ref().and_then(|d| texts.differs(&sheet.base, &d.all)) { p { (text) } }
                        @if let (Some(since), Some(change)) = (&view.since, &view.change) {
                            @if let Some(text) = texts.changed(since, &change.all) { p { (text) } }
                        }
                    }
                }
            }
        }
    }
}

/// By principle: a bar and a sentence for each view.
fn principles(texts: &Texts, sheet: &Screening, round: &RoundResult) -> Markup {
    let groups: Vec<_> = round.views.first().map(|v| v.tally.groups.iter().map(|g| &g.group).collect()).unwrap_or_default();
    html! {
        ul.principles {
            @for (at, group) in groups.into_iter().enumerate() {
                li {
                    span.what { (texts.group(sheet.sheet.as_str(), group.as_str())) }
                    @for view in &round.views {
                        @if let Some(of_group) = view.tally.groups.get(at) {
                            div.line {
                                span.who { (texts.view(view.view.as_str())) }
                                (bar(&of_group.tally))
                                span.says { (texts.answered(&of_group.tally)) }
                            }
                        }
                    }
                }
            }
        }
        ul.key aria-hidden="true" {
            @for (rank, level) in sheet.levels.iter().enumerate().rev() {
                li { (PreEscaped(format!("<svg class=\"swatch\" viewBox=\"0 0 10 10\"><rect class=\"level rank-{}-of-{}\" x=\"0\" y=\"0\" width=\"10\" height=\"10\"/></svg>", rank + 1, sheet.levels.len()))) " " (texts.level(level.as_str())) @if let Some(note) = texts.level_note(level.as_str()) { ": " (note) } }
            }
            li { (PreEscaped("<svg class=\"swatch\" viewBox=\"0 0 10 10\"><rect class=\"open\" x=\"0\" y=\"0\" width=\"10\" height=\"10\"/></svg>")) " " (texts.word("no_level", &[])) }
        }
    }
}

/// The same numbers as a table.
fn table(texts: &Texts, sheet: &Screening, service: &str, round: &RoundResult) -> Markup {
    let word = |key: &str| texts.word(key, &[]);
    html! {
        details.twin {
            summary { (word("table_twin")) span.hidden { ": " (texts.sheet(sheet.sheet.as_str())) ", " (service) } }
            div.scroll tabindex="0" role="region" aria-label={ (word("table_twin")) ": " (texts.sheet(sheet.sheet.as_str())) ", " (service) } {
                table {
                    caption { (texts.sheet(sheet.sheet.as_str())) ", " (service) ", " (texts.word("round", &[("round", round.round.as_str())])) }
                    thead { tr {
                        th scope="col" { (word("group")) } th scope="col" { (word("view")) } th.number scope="col" { (word("of")) } th.number scope="col" { (word("with_level")) }
                        @for level in sheet.levels.iter().rev() { th.number scope="col" { (texts.level(level.as_str())) } }
                        th.number scope="col" { (texts.level("not_known")) } th.number scope="col" { (word("unanswered")) } th.number scope="col" { (texts.level("not_applicable")) }
                    } }
                    tbody {
                        @for view in &round.views {
                            @for of_group in &view.tally.groups {
                                (row(texts, &texts.group(sheet.sheet.as_str(), of_group.group.as_str()), &texts.view(view.view.as_str()), &of_group.tally))
                            }
                            (row(texts, &word("all"), &texts.view(view.view.as_str()), &view.tally.all))
                        }
                    }
                }
            }
        }
    }
}

fn row(texts: &Texts, group: &str, view: &str, tally: &Tally) -> Markup {
    let share = |share: Option<f64>| share.map(|s| format!(" ({})", texts.word("percent", &[("n", &super::super::percent(s))]))).unwrap_or_default();
    html! {
        tr {
            th scope="row" { (group) } td { (view) } td.number { (tally.of) } td.number { (tally.answered) (share(tally.share_answered)) }
            @for level in tally.levels.iter().rev() { td.number { (level.n) (share(level.share)) } }
            td.number { (tally.not_known) } td.number { (tally.unanswered) } td.number { (tally.not_applicable) }
        }
    }
}

/// What one view says, with what shows it.
fn cell(texts: &Texts, answer: &AnswerResult) -> Markup {
    html! {
        @match &answer.answer {
            None => { span.quiet { (texts.word("no_answer", &[])) } }
            Some(level) => { strong { (texts.level(level)) } }
        }
        @if let Some(change) = &answer.change {
            @let key = match change.verdict { "better" => "was_lower", "worse" => "was_higher", "same" => "was_same", "new" => "was_none", _ => "was_there" };
            " " span.quiet { (texts.word(key, &[])) }
        }
        @if answer.without_evidence { " " span.alert { (texts.word("nothing_shows", &[])) } }
        @if !answer.evidence.is_empty() { ul.evidence { @for one in &answer.evidence { li { bdi { (one) } } } } }
        @if let Some(note) = &answer.note { p.quiet { bdi { (note) } } }
        @if let (Some(who), Some(date)) = (&answer.assessor, &answer.date) { p.quiet { (texts.word("said_by", &[("who", who), ("date", &date.to_string())])) } }
    }
}

/// Items that another view sees otherwise, the widest apart first.
fn apart<'a>(sheet: &Screening, round: &'a RoundResult) -> Vec<(&'a str, &'a AnswerResult, Option<&'a AnswerResult>, i64)> {
    let mut rows = Vec::new();
    for item in &round.items {
        let base = item.views.iter().find(|v| v.view == sheet.base);
        for view in &item.views {
            if let Some(steps) = view.difference.and_then(|d| d.steps).filter(|s| *s != 0) {
                rows.push((item.item.as_str(), view, base, steps));
            }
        }
    }
    rows.sort_by_key(|r| -r.3.abs());
    rows
}

fn one_by_one(texts: &Texts, sheet: &Screening, service: &ServiceResult, round: &RoundResult) -> Markup {
    let id = sheet.sheet.as_str();
    html! {
        details.list {
            summary { (texts.word("one_by_one", &[])) span.hidden { ": " (texts.sheet(id)) } }
            table.stack {
                caption.hidden { (texts.word("one_by_one", &[])) }
                thead { tr { th scope="col" { (texts.word("item", &[])) } @for view in &sheet.views { th scope="col" { (texts.view(view.as_str())) } } th scope="col" { (texts.word("indicators", &[])) } } }
                tbody {
                    @for (item, linked) in round.items.iter().zip(&service.linked) {
                        tr {
                            th scope="row" { (texts.item(id, item.item.as_str())) " " span.quiet { (item.item) @if linked.provenance != sheet.provenance { ", " (texts.how_sure(&linked.provenance)) } } }
                            @for answer in &item.views { td data-label=(texts.view(answer.view.as_str())) { (cell(texts, answer)) } }
                            td data-label=(texts.word("indicators", &[])) {
                                @if linked.indicators.is_empty() { span.quiet { (texts.word("no_indicator", &[])) } }
                                @else { ul { @for one in &linked.indicators { li { (texts.indicator(one)) } } } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A heading one level below that of the sheet, or of the service where there is one sheet.
fn sub(several: bool, text: &str) -> Markup {
    html! { @if several { h4 { (text) } } @else { h3 { (text) } } }
}

fn section(shown: &Screened<'_>, texts: &Texts, sheet: &Screening, service: &ServiceResult, name: &str, several: bool) -> Markup {
    let Some(round) = latest(service) else { return html! {} };
    let differing = apart(sheet, round);
    let findings = texts.findings(shown, sheet, service.service.as_ref());
    let id = sheet.sheet.as_str();
    html! {
        @if several { h3 { (texts.sheet(id)) } }
        p.tags { (days(shown, texts, round)) }
        (summary(texts, sheet, round))
        (sub(several, &texts.word("by_group", &[])))
        (principles(texts, sheet, round))
        (table(texts, sheet, name, round))
        @if !differing.is_empty() {
            (sub(several, &texts.word("apart", &[])))
            ul {
                @for (item, view, base, _) in &differing {
                    li {
                        (texts.item(id, item)) " "
                        (texts.word("says", &[("view", &texts.view(sheet.base.as_str())), ("answer", &texts.level(base.and_then(|b| b.answer.as_deref()).unwrap_or_default()))])) " "
                        strong { (texts.word("says", &[("view", &texts.view(view.view.as_str())), ("answer", &texts.level(view.answer.as_deref().unwrap_or_default()))])) }
                    }
                }
            }
        }
        @if !findings.is_empty() {
            (sub(several, &texts.word("findings", &[])))
            ul.findings { @for line in &findings { li { (line) } } }
        }
        (one_by_one(texts, sheet, service, round))
    }
}

/// The page of a framework, or of screens of services: the last round, with what changed since the one before.
#[must_use]
pub fn page(shown: &Screened<'_>, texts: &Texts) -> String {
    let title = texts.title(shown);
    let services: &[ServiceResult] = shown.screenings.first().map(|s| s.services.as_slice()).unwrap_or_default();
    let name = |s: &ServiceResult| texts.service(s.service.as_ref(), s.name.as_deref(), s.area.as_ref());
    let several = shown.screenings.len() > 1;
    frame(
        texts,
        &title,
        html! {
            header.top {
                h1 { bdi { (title) } }
                p.lead { (texts.word("lead", &[])) }
                @for sheet in shown.screenings {
                    @let notice = texts.notice(sheet.sheet.as_str());
                    @if !notice.is_empty() { p.notice { (notice) } }
                }
                @if services.len() > 1 {
                    nav aria-label=(texts.word("services", &[])) { ul { @for (at, s) in services.iter().enumerate() { li { a href={ "#service-" (at + 1) } { bdi { (name(s)) } } } } } }
                }
            }
            main #main {
                @if services.is_empty() { p { (texts.word("no_services", &[])) } }
                @for (at, service) in services.iter().enumerate() {
                    section aria-labelledby={ "service-" (at + 1) } {
                        h2 id={ "service-" (at + 1) } { bdi { (name(service)) } }
                        @for sheet in shown.screenings {
                            @if let Some(service) = sheet.services.get(at) { (section(shown, texts, sheet, service, &name(service), several)) }
                        }
                    }
                }
            }
            footer.end { h2.hidden { (texts.word("how", &[])) } p { (texts.word("how_text", &[])) } }
        },
    )
}
