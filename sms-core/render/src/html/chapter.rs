//! The chapter of one place.

use super::{Place, figure_chart, scroll, section_title, steps};
use crate::svg::{self, End, Pair};
use crate::{
    LEVELS, NBSP, anything_measured, below_minimum, below_sentence, count_lines, counted, group_score, headline_sentences, level_text, listed, lower_first,
    measured_sentences, node, percent, points, quantity, ranked_gaps, rating_text, reasons_text, status_phrase, visibility_sentences,
};
use maud::{Markup, PreEscaped, html};
use sms_assessment::assess::NodeKind;
use sms_assessment::report::{self, Explanation, Figure, IndicatorReport, MeanReport, NodeReport};

/// How many gaps are shown for a place.
const GAPS: usize = 10;

impl Place<'_> {
    pub(super) fn section(&self) -> Markup {
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
        let minimum = percent(self.report.method().data().aggregation.minimum_coverage.value);
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
        let modules = self.catalogue.data().modules.iter().map(|m| m.id.as_str());
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

    /// The indicators without a figure for everybody, by module, each with the reason.
    fn missing(&self) -> Markup {
        let modules = self.catalogue.data().modules.iter().map(|m| m.id.as_str());
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
