//! The card of one indicator of a place: its figure, its score, its trend, its groups, and why.

use super::{Place, figure_chart, steps};
use crate::svg::{self, Chart, GroupMark, Mark};
use crate::{
    change_sentence, counted, figure_cell, figure_text, gap_sentence, gap_text, level_word, limits_text, listed, lower_first, measure_word, percent, points,
    progress_facts, quantity, threshold_text, upper_first,
};
use maud::{Markup, PreEscaped, html};
use sms_assessment::report::{self, Figure, GroupReport, IndicatorReport};
use sms_base::num::Plain;
use sms_model::target::Standing;

impl Place<'_> {
    pub(super) fn card(&self, i: &IndicatorReport) -> Markup {
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
                (self.levels(i))
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
                Figure::Value { value, lower, upper, numerator, denominator, .. } => {
                    p.figure {
                        strong { (quantity(self.catalogue, i, *value)) } (when)
                        @if i.carried_forward { " (an older figure, carried forward)" }
                    }
                    @if let (Some(a), Some(b)) = (numerator, denominator) { p { (Plain(*a)) " out of " (Plain(*b)) "." } }
                    @if let (Some(low), Some(high)) = (lower, upper) {
                        p { (percent(self.report.method().data().estimate.confidence.value)) " % interval: from " (Plain(*low)) " to " (quantity(self.catalogue, i, *high)) "." }
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

    /// What each level asks for, with the one that is reached.
    fn levels(&self, i: &IndicatorReport) -> Markup {
        let levels = self.catalogue.indicator(&i.id).map(|s| self.catalogue.levels(s)).unwrap_or_default();
        let reached = i.figure.value().map(|v| Plain(v).to_string());
        html! {
            @if !levels.is_empty() {
                details.levels {
                    summary { "What each level asks for" span.hidden { " " (i.name) } }
                    dl lang=[self.lang()] {
                        @for (level, text) in &levels {
                            div { dt { "Level " (level) @if reached.as_ref() == Some(level) { " (reached)" } } dd { (text) } }
                        }
                    }
                }
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
}

fn scope_text(scope: &str) -> String {
    match scope {
        "eu" => "A benchmark of the European Union, not a duty of the city.".to_owned(),
        "regional" => "A goal for a region of the world, not a duty of the city.".to_owned(),
        "global" => "A global goal, not a duty of the city.".to_owned(),
        "legal" => "Set by law.".to_owned(),
        "soft_law" => "From guidance that does not bind.".to_owned(),
        "political_commitment" => "A political commitment.".to_owned(),
        "own_benchmark" => "A proposal of the draft catalogue; no agreed number exists.".to_owned(),
        other => format!("Kind: {}.", other.replace('_', " ")),
    }
}
