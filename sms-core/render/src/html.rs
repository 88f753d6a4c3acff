//! The report as one page: no script, nothing loaded from elsewhere, readable by a screen reader, on paper and on a
//! narrow screen.

use super::svg::{self, Chart, End, GroupMark, Mark, Pair};
use super::{
    INTERNAL, LEVELS, NBSP, anything_measured, below_minimum, below_sentence, change_sentence, count_lines, counted, figure_cell, figure_text, findings_said,
    gap_sentence, gap_text, group_score, headline_sentences, level_text, level_word, limits_text, listed, lower_first, measure_word, measured_sentences, node,
    percent, points, progress_facts, quantity, ranked_gaps, rating_text, reasons_text, severity_word, status_phrase, threshold_text, upper_first,
    visibility_sentences,
};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sms_assessment::assess::NodeKind;
use sms_assessment::report::{self, Explanation, Figure, GroupReport, IndicatorReport, MeanReport, NodeReport, PlaceReport, Report};
use sms_base::num::Plain;
use sms_base::trace::Step;
use sms_model::catalogue::Catalogue;
use sms_model::target::Standing;
use sms_statistics::disclosure::Audience;

pub(super) const STYLE: &str = include_str!("style.css");

/// How many places are told in full; of more, the page holds the list.
const FULL: usize = 12;
/// How many gaps are shown for a place.
const GAPS: usize = 10;
/// How many names a sentence lists.
const NAMES: usize = 12;

/// The report as one self-contained page.
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

    fn section(&self) -> Markup {
        let place = self.place;
        html! {
            section.place aria-labelledby=(format!("u{}", self.at)) {
                h2 id=(format!("u{}", self.at)) { bdi { (place.name) } ", " (place.period) }
                (self.in_short())
                (self.measured())
                (self.results())
                (self.gaps())
                (self.counted())
                (self.indicators())
                (self.missing())
            }
        }
    }

    fn in_short(&self) -> Markup {
        let below = below_minimum(self.place);
        html! {
            @if !below.is_empty() {
                div.below {
                    p { strong { "Below the minimum standard: " (counted(below.len(), "indicator", "indicators")) "." } " A minimum standard is what everybody is owed. Nothing else compensates it." }
                    ul {
                        @for indicator in below {
                            li {
                                a href=(self.href(&indicator.id)) { (below_sentence(self.catalogue, indicator, self.catalogue.indicator(&indicator.id))) }
                                @if !indicator.rights.is_empty() { " Right: " (self.rights(indicator)) "." }
                            }
                        }
                    }
                }
            }
            p.lead { (headline_sentences(self.report, self.place).join(" ")) }
            p { (measured_sentences(self.place).join(" ")) }
        }
    }

    fn rights(&self, indicator: &IndicatorReport) -> String {
        listed(&indicator.rights.iter().map(|r| self.catalogue.label("rights", r).to_owned()).collect::<Vec<_>>())
    }

    fn heading(&self, id: &str) -> Markup {
        html! { h3 id=(self.id(id)) { (section_title(id)) } }
    }

    fn measured(&self) -> Markup {
        let place = self.place;
        html! {
            (self.heading("measured"))
            table.small {
                caption { "The " (place.measured.selected) " chosen indicators" }
                thead { tr { th scope="col" { "What became of them" } th.number scope="col" { "Number" } } }
                tbody {
                    @for (what, n) in count_lines(place) {
                        @if n > 0 { tr { th scope="row" { (what) } td.number { (n) } } }
                    }
                }
            }
            p { "What is missing, indicator by indicator: " a href=(self.href("missing")) { (section_title("missing")) } "." }
        }
    }

    fn results(&self) -> Markup {
        let levels: Vec<(&'static str, &NodeReport)> =
            LEVELS.iter().filter_map(|&level| Some((level_text(level), node(self.place, NodeKind::ResultLevel).find(|n| &*n.id == level.as_str())?))).collect();
        let minimum = percent(self.report.method().raw().aggregation.minimum_coverage.value);
        html! {
            (self.heading("results"))
            p { "Outcomes come first: they tell what people experience. Effort, what the city does, stands beside them and can never lift a result past its outcomes. A score needs at least " (minimum) " % of what belongs to it." }
            (self.why_overall())
            (self.nodes(NodeKind::Module, "Modules", "Module", "modules"))
            (self.nodes(NodeKind::Branch, "Parts of the tree", "Part", "branches"))
            (self.nodes(NodeKind::Right, "Rights", "Right", "rights"))
            (self.view(NodeKind::ServiceArea, "The same by service of the city", "Service", "services"))
            (self.view(NodeKind::HrbaPrinciple, "The same by principle of the human rights-based approach", "Principle", "principles"))
            (self.view(NodeKind::Aaaq, "The same by quality of services", "Quality", "qualities"))
            (self.view(NodeKind::Article, "The same by article", "Article", "articles"))
            @if levels.iter().any(|(_, n)| anything_measured(n)) {
                h4 id=(self.id("levels")) { "From effects to means" }
                table.small {
                    caption { "The results chain, effects first" }
                    thead { tr { th scope="col" { "Level" } th scope="col" { "Score (of 100)" } th scope="col" { "Measured" } } }
                    tbody {
                        @for (text, level) in &levels {
                            @let mean = level.outcomes.as_ref().or(level.effort.as_ref());
                            tr { th scope="row" { (text) } td.of.effort[level.outcomes.is_none()] { (score_cell(mean)) } td { (measured_cell(mean)) } }
                        }
                    }
                }
            }
        }
    }

    /// A view beside modules and rights: there for those who look for it.
    fn view(&self, kind: NodeKind, title: &str, column: &str, id: &str) -> Markup {
        html! {
            @if node(self.place, kind).any(anything_measured) {
                details.view { summary { (title) } (self.nodes(kind, title, column, id)) }
            }
        }
    }

    fn why_overall(&self) -> Markup {
        let overall = self.place.nodes.iter().find(|n| n.kind == NodeKind::Overall);
        let Some(explanation) = overall.and_then(|n| self.report.explain_node(self.place, n)) else { return html! {} };
        self.why(&explanation)
    }

    /// The steps to the result of a node, and what each part adds.
    fn why(&self, explanation: &Explanation) -> Markup {
        html! {
            details.why {
                summary { "Why this result?" span.hidden { " " (explanation.name) } }
                (steps(&explanation.steps))
                @if let Some(chart) = svg::waterfall(explanation) {
                    p { "What each part adds to the score of outcomes:" }
                    (figure_chart(&chart, &explanation.name, false))
                }
            }
        }
    }

    fn nodes(&self, kind: NodeKind, title: &str, column: &str, id: &str) -> Markup {
        let (with, without): (Vec<&NodeReport>, Vec<&NodeReport>) = node(self.place, kind).partition(|n| anything_measured(n));
        let names: Vec<String> = without.iter().map(|n| n.name.clone()).collect();
        let empty = with.is_empty();
        let effort = with.iter().any(|n| n.effort.is_some());
        html! {
            @if !(with.is_empty() && without.is_empty()) {
                h4 id=(self.id(id)) { (title) }
                @if !with.is_empty() {
                    (scroll(title, html! {
                        table.results {
                            caption { (title) ": outcomes first, effort beside them" }
                            thead {
                                tr {
                                    th scope="col" { (column) }
                                    th scope="col" { "Outcomes (of 100)" }
                                    th scope="col" { "Measured" }
                                    @if effort {
                                        th scope="col" { "Effort (of 100)" }
                                        th scope="col" { "Measured" }
                                        th.number scope="col" { "Combined" }
                                    }
                                    th scope="col" { "Rating" }
                                }
                            }
                            tbody { @for n in with { (node_row(n, effort)) } }
                        }
                    }))
                }
                @if !effort && !empty { p { "No indicator of effort was chosen here." } }
                @if !names.is_empty() { p { "Nothing is scored in: " (listed(&names)) "." } }
            }
        }
    }

    fn gaps(&self) -> Markup {
        let ranked = ranked_gaps(self.place);
        let pairs: Vec<Pair> = ranked
            .iter()
            .filter_map(|r| {
                let (i, g) = (r.indicator, r.gap);
                Some(Pair {
                    label: format!("{}, by {}", i.name, lower_first(&g.dimension_name)),
                    worst: End { name: g.worst_name.clone(), text: quantity(self.catalogue, i, g.worst_value), score: group_score(i, &g.dimension, &g.worst)? },
                    best: End { name: g.best_name.clone(), text: quantity(self.catalogue, i, g.best_value), score: group_score(i, &g.dimension, &g.best)? },
                })
            })
            .take(GAPS)
            .collect();
        let title = "Widest gaps, by points of score";
        html! {
            (self.heading("gaps"))
            @match svg::dots(title, &pairs) {
                Some(chart) => {
                    p { "In each row the two groups that are furthest apart, on the scale from 0 (worst) to 100 (best)." @if ranked.len() > pairs.len() { " These are the " (pairs.len()) " widest of " (ranked.len()) "." } }
                    (figure_chart(&chart, title, true))
                }
                None => { p { "There are no gaps that can be compared: figures by group are missing, or their indicators have no score." } }
            }
        }
    }

    /// Who is not seen, as a finding of its own: by dimension and by right, with the reasons.
    fn counted(&self) -> Markup {
        let seen = &self.place.visibility;
        let said: Vec<(&IndicatorReport, &report::DisaggregationReport)> = self
            .place
            .indicators
            .iter()
            .flat_map(|i| i.disaggregation.iter().map(move |d| (i, d)))
            .filter(|(_, d)| !d.effort.is_empty() || !d.reason.is_empty())
            .collect();
        html! {
            (self.heading("counted"))
            @for sentence in visibility_sentences(seen) { p { (sentence) } }
            @if seen.required.of() > 0 {
                (self.counted_table("By characteristic", "By", &seen.dimensions, "counted-by"))
                (self.counted_table("By right", "Right", &seen.rights, "counted-rights"))
            }
            @if seen.dimensions.iter().any(|d| !d.unseen_groups.is_empty()) {
                details.list {
                    summary { "Groups of which no figure is published" }
                    ul {
                        @for d in seen.dimensions.iter().filter(|d| !d.unseen_groups.is_empty()) {
                            li {
                                strong { (d.name) } ": " (listed(&d.unseen_groups.iter().map(|g| g.name.clone()).collect::<Vec<_>>())) "."
                                @if d.special_category { " " span.reason { "A special category of personal data: it may be asked only with a legal basis." } }
                            }
                        }
                    }
                }
            }
            @if !said.is_empty() {
                details.list {
                    summary { "What the city says of figures that are not there" }
                    ul {
                        @for (i, d) in said {
                            li {
                                (i.name) ", by " (lower_first(self.catalogue.label("dimensions", &d.dimension))) ": " (status_phrase(d.status)) "."
                                @if !d.reason.is_empty() { " " bdi { (d.reason) } "." }
                                @if !d.effort.is_empty() { " What it would take: " bdi { (d.effort) } "." }
                            }
                        }
                    }
                }
            }
        }
    }

    fn counted_table(&self, title: &str, column: &str, rows: &[report::CountedReport], id: &str) -> Markup {
        html! {
            h4 id=(self.id(id)) { (title) }
            table.narrow {
                caption { span.hidden { (title) } }
                thead { tr { th scope="col" { (column) } th.number scope="col" { "Published" } th.number scope="col" { "Not seen" } } }
                tbody {
                    @for row in rows.iter().filter(|r| r.required.of() > 0) {
                        tr {
                            th scope="row" lang=[self.lang()] {
                                (row.name)
                                @if row.required.have < row.required.of() { span.reason lang="en" { (reasons_text(&row.required)) } }
                            }
                            td.number { (row.required.have) " of " (row.required.of()) }
                            td.number { (row.invisibility.map_or_else(String::new, |share| format!("{}{NBSP}%", percent(share)))) }
                        }
                    }
                }
            }
        }
    }

    fn indicators(&self) -> Markup {
        let modules = self.catalogue.raw().modules.iter().map(|m| m.id.as_str());
        html! {
            (self.heading("indicators"))
            @if !self.place.indicators.iter().any(has_card) { p { "There is nothing to show." } }
            @for module in modules {
                @let cards = self.cards(module);
                @if !cards.is_empty() {
                    h4 id=(self.id(&format!("module-{module}"))) lang=[self.lang()] { (self.catalogue.label("modules", module)) }
                    (self.module_text(module))
                    @for card in cards { (self.card(card)) }
                }
            }
        }
    }

    /// The indicators of a module that have something to show, effects first.
    fn cards(&self, module: &str) -> Vec<&IndicatorReport> {
        let mut cards: Vec<&IndicatorReport> = self.place.indicators.iter().filter(|i| i.module == module && has_card(i)).collect();
        cards.sort_by_key(|i| LEVELS.iter().position(|l| *l == i.result_level));
        cards
    }

    fn module_text(&self, module: &str) -> Markup {
        let Some(n) = self.place.nodes.iter().find(|n| n.kind == NodeKind::Module && &*n.id == module) else { return html! {} };
        let Some(explanation) = self.report.explain_node(self.place, n) else { return html! {} };
        let side = |name: &str, mean: Option<&MeanReport>| {
            mean.map(|m| {
                format!("{name}: {} ({} of {} measured).", m.score.map_or("no score".to_owned(), |s| format!("{} of 100 points", points(s))), m.n, m.of)
            })
        };
        html! {
            p {
                @for text in [side("Outcomes", n.outcomes.as_ref()), side("Effort", n.effort.as_ref())].into_iter().flatten() { (text) " " }
                @if !rating_text(n).is_empty() { "Rating: " (rating_text(n)) "." }
            }
            (self.why(&explanation))
        }
    }

    fn card(&self, i: &IndicatorReport) -> Markup {
        let sheet = self.catalogue.indicator(&i.id);
        let text = sheet.map(|s| self.catalogue.text(s)).unwrap_or_default();
        let heading = self.id(&i.id);
        let explanation = self.report.explain_indicator(self.place, i);
        html! {
            article.card aria-labelledby=(heading) {
                h5 id=(heading) lang=[self.lang()] { (i.name) }
                p.tags { (i.id) " · " (level_word(i.result_level)) " · " (measure_word(i.measure_type)) }
                @if !text.definition.is_empty() { p.definition lang=[self.lang()] { (text.definition) } }
                (self.figure(i))
                (self.score(i))
                (self.facts(i))
                (self.trend(i))
                (self.groups(i))
                details.why {
                    summary { "Why this number?" span.hidden { " " (i.name) } }
                    (steps(&explanation.steps))
                }
            }
        }
    }

    fn figure(&self, i: &IndicatorReport) -> Markup {
        let when = i.period.map(|p| format!(" in {p}")).unwrap_or_default();
        html! {
            @match &i.figure {
                Figure::Value { value, lower, upper, numerator, denominator } => {
                    p.figure {
                        strong { (quantity(self.catalogue, i, *value)) } (when)
                        @if i.carried_forward { " (an older figure, carried forward)" }
                    }
                    @if let (Some(a), Some(b)) = (numerator, denominator) { p { (Plain(*a)) " out of " (Plain(*b)) "." } }
                    @if let (Some(low), Some(high)) = (lower, upper) {
                        p { (percent(self.report.method().raw().estimate.confidence.value)) " % interval: from " (Plain(*low)) " to " (quantity(self.catalogue, i, *high)) "." }
                    }
                }
                other => { p.figure { (figure_text(self.catalogue, i, other)) (if i.period.is_some() { format!(" Period: {}.", when.trim_start_matches(" in ")) } else { String::new() }) } }
            }
        }
    }

    fn score(&self, i: &IndicatorReport) -> Markup {
        html! {
            @if let Some(score) = i.score {
                p.score { (PreEscaped(svg::bar(score))) " Score: " strong { (points(score)) } " of 100 points" }
            } @else if let (Some(reason), Some(_)) = (i.not_scored, i.figure.value()) {
                p.score { "No score: " (lower_first(report::not_scored_text(reason))) }
            }
        }
    }

    fn facts(&self, i: &IndicatorReport) -> Markup {
        let sheet = self.catalogue.indicator(&i.id);
        let standard = sheet.and_then(|s| s.minimum_standard.as_ref()).and_then(|t| threshold_text(self.catalogue, i, t));
        let standing = match i.standing {
            Standing::Below => Some("Below the minimum standard"),
            Standing::At | Standing::Above => Some("Keeps the minimum standard"),
            Standing::NoStandard => None,
        };
        let absent: Vec<String> = i.missing_disaggregation.iter().map(|d| lower_first(self.catalogue.label("dimensions", d))).collect();
        html! {
            dl {
                @if let Some(word) = standing {
                    div { dt { "Minimum standard" } dd { strong { (word) } @if let Some(standard) = &standard { " (" (standard) ")" } "." } }
                }
                @if let Some(target) = &i.target {
                    div {
                        dt { "Target" }
                        dd {
                            (limits_text(self.catalogue, i, target.value, target.upper, Some(target.operator).filter(|o| !o.is_empty())))
                            @if let Some(year) = target.year { ", by " (year) }
                            "."
                            @match target.met { Some(true) => { " " strong { "Met." } } Some(false) => { " " strong { "Not met." } } None => {} }
                            @if let Some(scope) = &target.scope { " " (scope_text(scope)) }
                        }
                    }
                }
                @if let Some(change) = change_sentence(self.catalogue, i) { div { dt { "Change" } dd { (change) } } }
                @for (title, text) in progress_facts(self.catalogue, i) { div { dt { (title) } dd { (text) } } }
                @for gap in &i.gaps { div { dt { "Gap by " (lower_first(&gap.dimension_name)) } dd { (upper_first(&gap_text(self.catalogue, i, gap))) " (" (gap.groups) " groups)" } } }
                @if !absent.is_empty() { div { dt { "Not split by" } dd { (listed(&absent)) ", although it should be." } } }
                @if let Some(proxy) = &i.proxy { div { dt { "Stands in" } dd { bdi { (proxy) } } } }
                @if let Some(note) = &i.note { div { dt { "Note" } dd { bdi { (note) } } } }
                @if !i.rights.is_empty() { div { dt { "Rights" } dd lang=[self.lang()] { (self.rights(i)) } } }
                @if let Some(source) = &i.source { div { dt { "Source" } dd { bdi { (source) } } } }
            }
        }
    }

    fn trend(&self, i: &IndicatorReport) -> Markup {
        let Some(first) = i.series.first() else { return html! {} };
        let marks: Vec<Mark> = i
            .series
            .iter()
            .map(|p| Mark {
                at: p.period.years_since(first.period),
                label: p.period.to_string(),
                value: p.figure.value(),
                text: figure_cell(self.catalogue, i, &p.figure),
                is_break: p.is_break,
            })
            .collect();
        html! { @if let Some(chart) = svg::trend(&i.name, &marks) { (figure_chart(&chart, &i.name, false)) } }
    }

    fn groups(&self, i: &IndicatorReport) -> Markup {
        let mut tables: Vec<(Vec<&str>, Vec<&GroupReport>)> = Vec::new();
        for group in &i.groups {
            let key: Vec<&str> = group.groups.iter().map(|[d, _]| d.as_str()).collect();
            match tables.last_mut().filter(|(known, _)| *known == key) {
                Some((_, rows)) => rows.push(group),
                None => tables.push((key, vec![group])),
            }
        }
        html! {
            @for (key, rows) in &tables {
                @let names: Vec<String> = key.iter().map(|d| lower_first(self.catalogue.label("dimensions", d))).collect();
                @let period = rows.first().map(|r| r.period.to_string()).unwrap_or_default();
                @let title = format!("{}, by {}, {period}", i.name, listed(&names));
                details.groups {
                    summary { "Figures by " (listed(&names)) " (" (counted(rows.len(), "group", "groups")) ")" span.hidden { ": " (i.name) } }
                    @match self.group_chart(i, key, rows, &title) {
                        Some(chart) => { (figure_chart(&chart, &title, false)) }
                        None => {
                            table {
                                caption { (title) }
                                thead { tr { th scope="col" { "Group" } th scope="col" { "Figure" } } }
                                tbody { @for row in rows { tr { th scope="row" { (row.name) } td { (figure_cell(self.catalogue, i, &row.figure)) } } } }
                            }
                        }
                    }
                }
            }
        }
    }

    /// Dots with intervals, beside the figure for everybody where it is of the same period.
    fn group_chart(&self, i: &IndicatorReport, key: &[&str], rows: &[&GroupReport], title: &str) -> Option<Chart> {
        let marks: Vec<GroupMark> = rows
            .iter()
            .map(|row| GroupMark {
                name: row.name.clone(),
                value: row.figure.value(),
                interval: match row.figure {
                    Figure::Value { lower: Some(lower), upper: Some(upper), .. } => Some((lower, upper)),
                    _ => None,
                },
                text: figure_cell(self.catalogue, i, &row.figure),
                score: row.score,
            })
            .collect();
        let same_period = rows.first().is_some_and(|r| i.period == Some(r.period));
        let said = match (key, i.gaps.iter().find(|g| key == [g.dimension.as_str()])) {
            ([_], Some(gap)) => gap_sentence(self.catalogue, i, gap),
            _ => String::new(),
        };
        svg::groups(title, &marks, i.figure.value().filter(|_| same_period), &said, |v| quantity(self.catalogue, i, v))
    }

    /// The indicators without a figure for everybody, by module, each with the reason.
    fn missing(&self) -> Markup {
        let modules = self.catalogue.raw().modules.iter().map(|m| m.id.as_str());
        let unscored: Vec<&IndicatorReport> = self.place.indicators.iter().filter(|i| i.figure.value().is_some() && i.score.is_none()).collect();
        html! {
            (self.heading("missing"))
            @if self.place.indicators.iter().all(|i| i.figure.value().is_some()) { p { "Every chosen indicator has a figure." } }
            @for module in modules {
                @let mine: Vec<&IndicatorReport> = self.place.indicators.iter().filter(|i| i.module == module).collect();
                @let without: Vec<&IndicatorReport> = mine.iter().filter(|i| i.figure.value().is_none()).copied().collect();
                @if !without.is_empty() {
                    details.list {
                        summary { (self.catalogue.label("modules", module)) ": " (without.len()) " of " (counted(mine.len(), "indicator", "indicators")) " without a figure" }
                        ul { @for i in without { li { @if has_card(i) { a href=(self.href(&i.id)) { (i.name) } } @else { (i.name) } ". " span.reason { (report::missing_text(&i.figure)) } } } }
                    }
                }
            }
            @if !unscored.is_empty() {
                h4 id=(self.id("unscored")) { "Shown and not scored" }
                ul { @for i in unscored { li { a href=(self.href(&i.id)) { (i.name) } @if let Some(reason) = i.not_scored { ". " (report::not_scored_text(reason)) } } } }
            }
        }
    }
}

/// Whether there is something to show of an indicator.
fn has_card(i: &IndicatorReport) -> bool {
    match i.figure {
        Figure::Value { .. } | Figure::Suppressed => true,
        Figure::Missing { count, reason } => count.is_some() || !i.groups.is_empty() || reason == report::MissingReason::UnknownCount,
    }
}

fn some_names(names: &[String]) -> String {
    if names.len() <= NAMES {
        return listed(names);
    }
    let shown: Vec<String> = names.iter().take(NAMES).cloned().collect();
    format!("{} and {} more", shown.join(", "), names.len() - NAMES)
}

fn score_cell(mean: Option<&MeanReport>) -> Markup {
    html! {
        @match mean {
            None => "none chosen",
            Some(m) => { @match m.score { Some(score) => { (PreEscaped(svg::bar(score))) " " (points(score)) } None => "no score" } }
        }
    }
}

fn measured_cell(mean: Option<&MeanReport>) -> String {
    mean.map_or("0 of 0".to_owned(), |m| format!("{} of {}", m.n, m.of))
}

fn node_row(n: &NodeReport, effort: bool) -> Markup {
    html! {
        tr {
            th scope="row" {
                (n.name)
                @if n.below_minimum > 0 { " " span.alert { "Below minimum: " (n.below_minimum) } }
            }
            td.of { (score_cell(n.outcomes.as_ref())) }
            td { (measured_cell(n.outcomes.as_ref())) }
            @if effort {
                td.of.effort { (score_cell(n.effort.as_ref())) }
                td { (measured_cell(n.effort.as_ref())) }
                td.number { (n.combined.map_or("none".to_owned(), points)) }
            }
            td { (n.band_name.clone().unwrap_or_else(|| rating_text(n))) }
        }
    }
}

fn scope_text(scope: &str) -> String {
    match scope {
        "eu" => "A benchmark of the European Union, not a duty of the city.".to_owned(),
        "global" => "A global goal, not a duty of the city.".to_owned(),
        "legal" => "Set by law.".to_owned(),
        "soft_law" => "From guidance that does not bind.".to_owned(),
        "political_commitment" => "A political commitment.".to_owned(),
        "own_benchmark" => "A proposal of the draft catalogue; no agreed number exists.".to_owned(),
        other => format!("Kind: {}.", other.replace('_', " ")),
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
    let method = report.method().raw();
    html! {
        section aria-labelledby="provenance" {
            h2 #provenance { "How this report was made" }
            dl {
                div { dt { "Method" } dd { (method.name) " (" (p.method) "), edition " (p.method_edition) ", fingerprint " code { (p.method_fingerprint) } ". " (method.summary) } }
                div { dt { "Catalogue" } dd { (p.catalogue) ", release " (p.catalogue_release) ", fingerprint " code { (p.catalogue_fingerprint) } } }
                div { dt { "Versions" } dd { "catalogue schema " (p.catalogue_schema) ", report format " (p.wire_version) ", library " (p.library_version) } }
                div { dt { "Who may read it" } dd { (audience) } }
                @if let Some(input) = &p.input_fingerprint { div { dt { "Input" } dd { "fingerprint " code { (input) } } } }
                div { dt { "Rows of the data" } dd { (rows.read) " read: " (rows.used) " used, " (rows.quarantined) " left out for an error, " (rows.pretest) " of the pre-test, " (rows.duplicates) " copies" } }
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
pub(super) mod tests {
    use super::*;
    use sms_assessment::{AssessmentPlan, Method, Periods, PrivacyPolicy, assess, dataset};
    use sms_model::Catalogue;
    use std::sync::Arc;

    const NASTY: &str = "<script>alert(1)</script> & \"Mitte\"";

    fn csv() -> String {
        let mut rows = vec!["indicator,place,place_name,period,value,numerator,denominator,SEX,AGE,status,note,proxy,source,confidentiality".to_owned()];
        let name = NASTY.replace('"', "\"\"");
        let mut row = |indicator: &str, period: &str, value: &str, counts: (&str, &str), sex: &str, age: &str, status: &str, note: &str| {
            let (a, b) = counts;
            rows.push(format!("{indicator},P1,\"{name}\",{period},{value},{a},{b},{sex},{age},{status},{note},,https://example.org/data,"));
        };
        for (year, women, men) in [("2018", "4000", "4400"), ("2019", "3900", "4500"), ("2020", "3000", "4600")] {
            let total = (women.parse::<u32>().unwrap() + men.parse::<u32>().unwrap()).to_string();
            row("SAF-O-01", year, "", (&total, "10000"), "", "", "", "<img src=x onerror=alert(2)>");
            row("SAF-O-01", year, "", (women, "5000"), "F", "", "", "");
            row("SAF-O-01", year, "", (men, "5000"), "M", "", "", "");
        }
        // four people: withheld from anyone outside the house
        row("HOU-O-02", "2020", "", ("4", "98765"), "", "", "", "");
        // below the minimum standard of 100 %
        row("DIG-P-02", "2020", "", ("80", "100"), "", "", "", "");
        // more may be better or worse
        row("SAF-O-03", "2019", "", ("120", "100000"), "", "", "", "");
        // by group only
        row("WSP-O-04", "2020", "", ("500", "5000"), "F", "", "", "");
        row("WSP-O-04", "2020", "", ("400", "5000"), "M", "", "", "");
        row("GOV-S-01", "2020", "3", ("", ""), "", "", "", "");
        row("HEA-O-01", "2020", "", ("", ""), "", "", "not_asked", "");
        rows.join("\n")
    }

    fn made(csv: &str, plan: &AssessmentPlan, internal: bool) -> Report {
        let catalogue = Arc::new(Catalogue::from_json(sms_catalogue::CATALOGUE_JSON).unwrap());
        let observations = sms_exchange::csv::read(csv.as_bytes(), &sms_exchange::csv::Dialect::default()).unwrap();
        let (dataset, findings) = dataset::check(&catalogue, &observations);
        assert_eq!(dataset.row_counts().quarantined, 0, "{findings:?}");
        let method = Arc::new(Method::from_json(sms_catalogue::METHODS[0].1).unwrap());
        let assessment = assess::assess(&method, &Arc::new(dataset), &findings, plan).unwrap();
        assessment.release(&if internal { PrivacyPolicy::internal() } else { method.public_policy() }).unwrap()
    }

    pub(crate) fn sample(internal: bool) -> Report {
        made(&csv(), &AssessmentPlan::default(), internal)
    }

    fn headings(page: &str) -> Vec<u32> {
        let starts = page.match_indices("<h").filter_map(|(at, _)| page[at + 2..].chars().next()?.to_digit(10));
        starts.collect()
    }

    /// The page without its styles.
    fn body(page: &str) -> &str {
        page.split_once("<body").unwrap().1
    }

    #[test]
    fn what_others_wrote_is_escaped() {
        let report = sample(false);
        let page = page(&report);
        assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;Mitte&quot;"));
        assert!(page.contains("&lt;img src=x onerror=alert(2)&gt;"));
        assert!(!page.contains("<script") && !page.contains("<img"));
        let plan = AssessmentPlan { title: "</title><b>".to_owned(), selection_reason: "</dd><i>".to_owned(), ..AssessmentPlan::default() };
        let page = super::page(&made(&csv(), &plan, false));
        assert!(!page.contains("<b>") && !page.contains("<i>") && page.matches("</title>").count() == 1);
    }

    #[test]
    fn headings_are_in_order_and_ids_are_unique() {
        let many = AssessmentPlan { periods: Periods::Each, ..AssessmentPlan::default() };
        for page in [page(&sample(false)), page(&sample(true)), page(&made(&csv(), &many, false))] {
            let levels = headings(&page);
            assert_eq!((levels[0], levels.iter().filter(|l| **l == 1).count()), (1, 1));
            assert!(levels.windows(2).all(|w| w[1] <= w[0] + 1), "{levels:?}");
            let mut ids: Vec<&str> = page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
            let all = ids.len();
            ids.sort_unstable();
            ids.dedup();
            assert_eq!(ids.len(), all);
            for target in page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
                assert!(ids.binary_search(&target.strip_prefix('#').unwrap()).is_ok(), "{target}");
            }
        }
    }

    #[test]
    fn an_internal_report_says_so() {
        assert_eq!(body(&page(&sample(true))).matches(INTERNAL).count(), 3);
        assert!(page(&sample(true)).contains("@top-center { content: \"Internal"));
        assert!(!page(&sample(false)).contains("not for publication"));
    }

    #[test]
    fn a_withheld_figure_shows_no_number() {
        let report = sample(false);
        let place = report.place_report(0).unwrap();
        let rough = place.indicators.iter().find(|i| i.id == "HOU-O-02").unwrap();
        assert_eq!(rough.figure, Figure::Suppressed);
        let page = page(&report);
        let card = page.split("<article").find(|c| c.contains("u0-HOU-O-02\"")).unwrap();
        assert!(card.contains("Withheld, so that nobody can be recognised."));
        assert!(!page.contains("98765") && !page.contains("4 out of"));
        // a number in the card belongs to the catalogue's texts, none to a figure
        for shown in ["class=\"bar\"", "interval", "out of", "<table", "Score:"] {
            assert!(!card.contains(shown), "{shown}");
        }
        assert!(super::page(&sample(true)).contains("4 out of 98765."));
    }

    #[test]
    fn each_chart_has_a_table_and_a_sentence() {
        let page = page(&sample(false));
        let mut figures = 0;
        for figure in page.split("<figure>").skip(1) {
            let figure = figure.split("</figure>").next().unwrap();
            assert!(figure.contains("<svg class=\"chart"));
            assert_eq!((figure.matches("<table>").count(), figure.matches("<figcaption>").count(), figure.matches("<caption>").count()), (1, 1, 1));
            figures += 1;
        }
        assert!(figures >= 2);
        let outside: String = page.split("<figure>").map(|part| part.split_once("</figure>").map_or(part, |(_, rest)| rest)).collect();
        assert!(!outside.contains("class=\"chart"));
        assert_eq!(page.matches("<table").count(), page.matches("<caption>").count());
        assert_eq!(page.matches("<th>").count(), 0, "every header cell has a scope");
    }

    #[test]
    fn nothing_comes_from_elsewhere() {
        let page = page(&sample(false));
        for attribute in ["src=", "url(", "@import", "http-equiv=\"refresh", "<link", "<iframe", "<object", "<embed"] {
            assert!(!page.replace("&lt;img src=x", "").contains(attribute), "{attribute}");
        }
        for (at, _) in page.match_indices("http").filter(|(at, _)| !page[*at..].starts_with("http-equiv")) {
            let before = &page[..at];
            assert!(before.rfind('>') > before.rfind('<'), "a link inside a tag: {}", &page[at..at + 30]);
        }
        assert!(page.contains("https://example.org/data"));
    }

    #[test]
    fn what_is_below_the_minimum_comes_first() {
        let page = page(&sample(false));
        let (below, lead) = (page.find("Below the minimum standard").unwrap(), page.find("class=\"lead\"").unwrap());
        assert!(below < lead);
        assert!(page.contains("80\u{a0}%. The minimum standard is at least 100\u{a0}%."));
        assert!(page.contains("Too little is measured for an overall result."));
        assert!(page.contains("level 3: operating with staff and budget"));
    }

    #[test]
    fn outcomes_come_before_effort() {
        let page = page(&sample(false));
        let table = page.split("<table class=\"results\">").nth(1).unwrap();
        assert!(table.find("Outcomes (of 100)").unwrap() < table.find("Effort (of 100)").unwrap());
        assert!(page.find("Impact: long-term").unwrap() < page.find("Input: money").unwrap());
    }

    #[test]
    fn nobody_is_worst_off_where_neither_way_is_better() {
        // half women is best: men at 70 % are further from it than women at 40 %, although their figure is higher
        let rows = "indicator,place,period,numerator,denominator,SEX\nPEX-O-02,P1,2020,550,1000,\nPEX-O-02,P1,2020,400,1000,F\nPEX-O-02,P1,2020,700,1000,M\n";
        let page = page(&made(rows, &AssessmentPlan::default(), false));
        assert!(page.contains("From 40\u{a0}% (“Female”) to 70\u{a0}% (“Male”); 30 percentage points apart."));
        assert!(!page.contains("orst off is") && !page.contains("worst off: "));
        assert!(page.contains("There are no gaps that can be compared"));
    }

    #[test]
    fn the_same_report_gives_the_same_bytes() {
        assert_eq!(page(&sample(false)), page(&sample(false)));
    }

    #[test]
    fn many_places_make_a_list() {
        let mut rows = "indicator,place,period,numerator,denominator\n".to_owned();
        for place in 0..300 {
            rows.push_str(&format!("SAF-O-01,P{place:03},2020,600,1000\n"));
        }
        let page = page(&made(&rows, &AssessmentPlan::default(), false));
        assert_eq!(page.matches("<article").count(), 0);
        assert_eq!(page.matches("<th scope=\"row\"><bdi>P").count(), 300);
        assert!(page.len() < 200_000, "{}", page.len());
    }
}
