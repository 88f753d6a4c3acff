//! The report as one page: no script, nothing loaded from elsewhere, readable by a screen reader, on paper and on a
//! narrow screen.

mod card;
mod chapter;

use super::svg::Chart;
use super::{INTERNAL, findings_said, listed, node, points, rating_text, severity_word};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sms_assessment::assess::NodeKind;
use sms_assessment::report::{IndicatorReport, PlaceReport, Report};
use sms_base::trace::Step;
use sms_model::catalogue::Catalogue;
use sms_statistics::disclosure::Audience;

pub(super) const STYLE: &str = include_str!("style.css");

/// How many places are told in full; of more, the page holds the list.
const FULL: usize = 12;
/// How many names a sentence lists.
const NAMES: usize = 12;

/// The report as one self-contained page.
///
/// ```
/// # mod sms_core { pub use {sms_assessment::*, sms_exchange as exchange, sms_render as render}; }
/// use sms_core::{AssessmentPlan, Catalogue, Method, assess, dataset, exchange::csv, render};
/// let catalogue = std::sync::Arc::new(Catalogue::from_json(sms_catalogue::CATALOGUE_JSON)?);
/// let method = std::sync::Arc::new(Method::from_json(sms_catalogue::STANDARD_METHOD_JSON)?);
/// let text = "indicator,place,period,numerator,denominator\nWSP-O-04,example,2024,60,1000\n";
/// let (dataset, findings) = dataset::check(&catalogue, &csv::read(text.as_bytes(), &Default::default())?);
/// let report = assess::assess(&method, &dataset.into(), &findings, &AssessmentPlan::default())?.release(&method.public_policy())?;
/// assert!(render::html::page(&report).starts_with("<!DOCTYPE html>"));
/// # Ok::<(), sms_base::Error>(())
/// ```
#[must_use]
pub fn page(report: &Report) -> String {
    let internal = report.provenance().audience == Audience::Internal;
    let title = report.title();
    let full = report.len() <= FULL;
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'";
                meta name="referrer" content="no-referrer";
                meta name="color-scheme" content="light dark";
                title { (title) }
                style { (PreEscaped(STYLE)) }
                @if internal {
                    style { (PreEscaped("@page { @top-center { content: \"Internal: not for publication\"; font: bold 11pt sans-serif; color: #8c1010; } }")) }
                }
            }
            body.inside[internal] {
                // on paper: a strip beside the text of every page
                @if internal { div.strip-internal aria-hidden="true" { "Internal: not for publication" } }
                a.skip href="#main" { "Skip to the report" }
                header.top {
                    @if internal { p.internal { strong { (INTERNAL) } } }
                    h1 { bdi { (title) } }
                    p.notice { (report.catalogue().release_text("notice")) }
                    (contents(report, full))
                }
                main #main {
                    @if report.len() > 1 { (places(report, full)) }
                    @if full {
                        @for (at, place) in (0..report.len()).filter_map(|i| report.place_report(i).map(|p| (i, p))) {
                            (Place { report, catalogue: report.catalogue(), place: &place, at }.section())
                        }
                    }
                    (findings(report))
                    (provenance(report))
                    (glossary())
                }
                footer.end {
                    p { "Made with the Standardized Monitoring System, version " (report.provenance().library_version) ". Every number can be computed again from the figures that this report shows." }
                    @if internal { p.internal { strong { (INTERNAL) } } }
                }
            }
        }
    }
    .into_string()
}

const SECTIONS: [(&str, &str); 6] = [
    ("measured", "What was measured, and what was not"),
    ("results", "Results by module and by right"),
    ("gaps", "Widest gaps between groups"),
    ("counted", "Who is counted, and who is not"),
    ("indicators", "The indicators one by one"),
    ("missing", "What is not measured"),
];

fn section_title(id: &str) -> &'static str {
    SECTIONS.iter().find(|(known, _)| *known == id).map(|(_, title)| *title).unwrap_or_default()
}

fn contents(report: &Report, full: bool) -> Markup {
    let one = report.len() == 1;
    html! {
        nav aria-label="Contents" {
            ul {
                @if report.len() > 1 { li { a href="#places" { "Places" } } }
                @if one {
                    li { a href="#u0" { "In short" } }
                    @for (id, title) in SECTIONS { li { a href=(format!("#u0-{id}")) { (title) } } }
                } @else if full {
                    @for (at, place) in (0..report.len()).filter_map(|i| report.place_report(i).map(|p| (i, p))) {
                        li { a href=(format!("#u{at}")) { bdi { (place.name) } ", " (place.period) } }
                    }
                }
                li { a href="#findings" { "What to know about the data" } }
                li { a href="#provenance" { "How this report was made" } }
                li { a href="#glossary" { "Words used here" } }
            }
        }
    }
}

/// All places in a table; not a ranking.
fn places(report: &Report, full: bool) -> Markup {
    html! {
        section aria-labelledby="places" {
            h2 #places { "Places" }
            p {
                "In the order of their codes. This is no ranking: places differ in what they measured."
                @if !full { " With more than " (FULL) " places and periods the page holds this list alone; choose a place to read about it in full." }
            }
            (scroll("All places and periods", html! {
                table {
                    caption { "All places and periods" }
                    thead {
                        tr {
                            th scope="col" { "Place" }
                            th scope="col" { "Period" }
                            th scope="col" { "Indicators with a figure" }
                            th.number scope="col" { "Outcomes (of 100)" }
                            th scope="col" { "Rating" }
                            th.number scope="col" { "Below minimum" }
                        }
                    }
                    tbody {
                        @for (at, place) in (0..report.len()).filter_map(|i| report.place_report(i).map(|p| (i, p))) {
                            @let whole = node(&place, NodeKind::Overall).next();
                            tr {
                                th scope="row" { @if full { a href=(format!("#u{at}")) { bdi { (place.name) } } } @else { bdi { (place.name) } } }
                                td { (place.period) }
                                td { (place.measured.available) " of " (place.measured.selected) }
                                td.number { (whole.and_then(|n| n.outcomes.as_ref()).and_then(|m| m.score).map_or("none".to_owned(), points)) }
                                td { (whole.map(rating_text).unwrap_or_default()) }
                                td.number { (whole.map_or(0, |n| n.below_minimum)) }
                            }
                        }
                    }
                }
            }))
        }
    }
}

/// A wide table in a frame of its own that the keyboard can scroll.
fn scroll(label: &str, table: Markup) -> Markup {
    html! { div.scroll role="group" aria-label=(format!("{label} (scrolls sideways)")) tabindex="0" { (table) } }
}

fn figure_chart(chart: &Chart, title: &str, wide: bool) -> Markup {
    html! {
        figure {
            (PreEscaped(chart.svg.as_str()))
            figcaption { (chart.sentence) }
            details.twin {
                summary { "The same as a table" span.hidden { ": " (title) } }
                @if wide { (scroll(title, PreEscaped(chart.table.clone()))) } @else { (PreEscaped(chart.table.as_str())) }
            }
        }
    }
}

fn steps(steps: &[Step]) -> Markup {
    html! {
        ol.steps {
            @for step in steps {
                li {
                    (step.text)
                    @for reason in &step.reasons { " " span.reason { (reason) } }
                }
            }
        }
    }
}

fn some_names(names: &[String]) -> String {
    if names.len() <= NAMES {
        return listed(names);
    }
    let shown: Vec<String> = names.iter().take(NAMES).cloned().collect();
    format!("{} and {} more", shown.join(", "), names.len() - NAMES)
}

/// One place of a report.
struct Place<'a> {
    report: &'a Report,
    catalogue: &'a Catalogue,
    place: &'a PlaceReport,
    at: usize,
}

impl Place<'_> {
    fn id(&self, name: &str) -> String {
        format!("u{}-{name}", self.at)
    }

    fn href(&self, name: &str) -> String {
        format!("#{}", self.id(name))
    }

    /// The language of the catalogue's texts where it differs from that of the page.
    fn lang(&self) -> Option<&str> {
        Some(self.catalogue.language()).filter(|l| *l != "en")
    }

    fn rights(&self, indicator: &IndicatorReport) -> String {
        listed(&indicator.rights.iter().map(|r| self.catalogue.label("rights", r).to_owned()).collect::<Vec<_>>())
    }
}

fn findings(report: &Report) -> Markup {
    let said = findings_said(report.catalogue(), report.findings());
    html! {
        section aria-labelledby="findings" {
            h2 #findings { "What to know about the data" }
            @if said.is_empty() {
                p { "Nothing was found to be wrong with the data." }
            } @else {
                ul.findings {
                    @for finding in &said {
                        li {
                            p { strong { (severity_word(finding.code.severity())) ": " (finding.code.message()) } " (" (finding.times) " " (if finding.times == 1 { "time" } else { "times" }) ")" }
                            p { (finding.code.hint()) }
                            @if !finding.about.is_empty() { p.reason { "About: " (some_names(&finding.about)) "." } }
                        }
                    }
                }
            }
        }
    }
}

fn provenance(report: &Report) -> Markup {
    let p = report.provenance();
    let rows = p.rows;
    let audience = match p.audience {
        Audience::Public => format!("For anyone. Figures that rest on fewer than {} people are withheld, and so is what would give them away.", p.threshold),
        Audience::Internal => INTERNAL.to_owned(),
    };
    let chosen = if p.selection.is_empty() { "the whole catalogue".to_owned() } else { some_names(&p.selection) };
    let method = report.method().data();
    html! {
        section aria-labelledby="provenance" {
            h2 #provenance { "How this report was made" }
            dl {
                div { dt { "Method" } dd { (method.name) " (" (p.method) "), edition " (p.method_edition) ", fingerprint " code { (p.method_fingerprint) } ". " (method.summary) } }
                div { dt { "Catalogue" } dd { (p.catalogue) ", release " (p.catalogue_release) ", fingerprint " code { (p.catalogue_fingerprint) } } }
                div { dt { "Versions" } dd { "catalogue schema " (p.catalogue_schema) ", report format " (p.wire_version) ", library " (p.library_version) } }
                div { dt { "Who may read it" } dd { (audience) } }
                @if let Some(input) = &p.input_fingerprint { div { dt { "Input" } dd { "fingerprint " code { (input) } } } }
                div { dt { "Rows of the data" } dd { (rows.read) " read: " (rows.used) " used, " (rows.rejected) " rejected for an error, " (rows.pretest) " of the pre-test, " (rows.duplicates) " copies" } }
                div { dt { "Chosen indicators" } dd { (chosen) @if !p.selection_reason.is_empty() { ". Why: " bdi { (p.selection_reason) } } } }
                div {
                    dt { "Sources" }
                    dd { @if p.sources.is_empty() { "none named" } @else { ul { @for source in &p.sources { li { bdi { (source) } } } } } }
                }
                div { dt { "Language" } dd { "page: en; texts of the catalogue: " (p.language) } }
            }
        }
    }
}

const WORDS: &[(&str, &str)] = &[
    ("Indicator", "Something that can be measured and tells how a right is doing."),
    ("Outcome", "What people experience: whether they have a home, feel safe, finish school."),
    ("Effort", "What the city does: money spent, services offered, rules made. Effort matters, but outcomes come first."),
    ("Score", "A figure put on a scale from 0 (worst) to 100 (best) that is fixed beforehand, so that different figures can be set side by side."),
    ("Measured", "How many of the indicators that belong to a result have a score. Nothing that is missing is guessed."),
    ("Combined", "Outcomes, moved a little by effort. It can never be far from the outcomes."),
    ("Minimum standard", "What everybody is owed. A figure below it is never evened out by good figures elsewhere."),
    ("Gap", "The distance between the group that is worst off and the group that is best off."),
    ("Interval", "The range in which the true figure probably lies, where the figure rests on counts or on a survey."),
    ("Stands in", "The figure measures something close to the indicator, not exactly the same."),
    ("Carried forward", "The latest figure is older than the period of the report and still counts."),
    ("Withheld", "The figure is left out so that nobody can be recognised, or because it is not known how many people are behind it."),
];

fn glossary() -> Markup {
    html! {
        section aria-labelledby="glossary" {
            h2 #glossary { "Words used here" }
            dl { @for (word, meaning) in WORDS { div { dt { (word) } dd { (meaning) } } } }
        }
    }
}

#[cfg(test)]
pub(super) mod tests;
