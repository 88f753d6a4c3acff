//! Floor 15: a report for people: a page that can be printed, small charts, and a summary for the terminal.
//!
//! Everything here is made from a [`Report`], which holds nothing that is withheld. The same report gives the same
//! bytes.
#![forbid(unsafe_code)]

pub mod export;
pub mod form;
pub mod html;
pub mod roadmap;
pub mod screen;
pub mod svg;
pub mod text;

use maud::{DOCTYPE, Markup, PreEscaped, html};
use sms_assessment::assess::{NodeKind, NodeState};
use sms_assessment::report::{self, Figure, GapReport, IndicatorReport, NodeReport, PlaceReport, Report, VisibilityReport, Wording};
use sms_base::diagnostic::{Code, Findings, Param, Severity};
use sms_base::num::{self, Plain};
use sms_model::catalogue::{Catalogue, Indicator};
use sms_model::estimate::ValueKind;
use sms_model::indicator::{MeasureType, ResultLevel};
use sms_model::target::{SLACK, Standing, Threshold};
use sms_statistics::equality::{DisaggregationCounts, DisaggregationStatus, Verdict};
use sms_statistics::progress::Direction;

/// A page that stands on its own: nothing is loaded from elsewhere, light and dark screens are served, and its head can be skipped.
fn document(language: &str, title: &str, own_style: &str, skip: &str, body: &Markup) -> String {
    html! {
        (DOCTYPE)
        html lang=(language) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'";
                meta name="referrer" content="no-referrer";
                meta name="color-scheme" content="light dark";
                title { (title) }
                style { (PreEscaped(html::STYLE)) (PreEscaped(own_style)) }
            }
            body {
                a.skip href="#main" { (skip) }
                (body)
            }
        }
    }
    .into_string()
}

const NBSP: char = '\u{a0}';

/// A score for people: points of 100.
fn points(score: f64) -> String {
    num::decimal(score, 1)
}

/// A share for people, without the sign.
fn percent(share: f64) -> String {
    num::decimal(share * 100.0, 0)
}

/// "1 place", "2 places".
fn counted(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// "a", "a and b", "a, b and c".
fn listed(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [head @ .., last] => format!("{} and {last}", head.join(", ")),
    }
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|c| c.to_lowercase().chain(chars).collect()).unwrap_or_default()
}

fn upper_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|c| c.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// A value of an indicator with its unit, in words.
fn quantity(catalogue: &Catalogue, indicator: &IndicatorReport, value: f64) -> String {
    let kind = catalogue.indicator(&indicator.id).map(|s| s.value_kind);
    let (unit, symbol) = (indicator.unit.as_str(), indicator.unit_symbol.as_str());
    let number = Plain(value).to_string();
    match kind {
        Some(ValueKind::Boolean) if num::abs(value) <= SLACK => return "no".to_owned(),
        Some(ValueKind::Boolean) if num::abs(value - 1.0) <= SLACK => return "yes".to_owned(),
        Some(ValueKind::Maturity) => {
            let level = catalogue.label_of("maturity", "levels").and_then(|l| l.groups.get(&number));
            return level.map_or_else(|| format!("level {number}"), |name| format!("level {number}: {}", lower_first(name)));
        }
        Some(ValueKind::Count) => return number,
        _ => {}
    }
    let word = unit.to_lowercase();
    let is_word = !symbol.is_empty() && symbol.chars().all(char::is_alphabetic);
    if symbol == "%" {
        // the sign stays with its number
        format!("{number}{NBSP}%")
    } else if is_word && symbol.len() > 3 && word.starts_with(symbol) {
        // a ratio, an index, a score: the number says it all
        number
    } else if symbol.starts_with('/') || is_word {
        format!("{number} {}", lower_first(unit))
    } else {
        report::shown(value, symbol, unit)
    }
}

/// A difference between two values of an indicator, in words.
fn distance(catalogue: &Catalogue, indicator: &IndicatorReport, difference: f64) -> String {
    let number = Plain(difference).to_string();
    let words = |n: &str, one: &str, many: &str| format!("{n} {}", if n == "1" { one } else { many });
    let kind = catalogue.indicator(&indicator.id).map(|s| s.value_kind);
    match kind {
        Some(ValueKind::Boolean) => number,
        Some(ValueKind::Maturity) => words(&number, "level", "levels"),
        _ if indicator.unit_symbol == "%" => words(&number, "percentage point", "percentage points"),
        _ => quantity(catalogue, indicator, difference),
    }
}

/// A figure in words: the value with its unit, or why there is none.
fn figure_text(catalogue: &Catalogue, indicator: &IndicatorReport, figure: &Figure) -> String {
    match figure {
        Figure::Value { value, .. } => quantity(catalogue, indicator, *value),
        Figure::Missing { count: Some(count), .. } => format!("{} counted. {}", Plain(*count), report::missing_text(figure)),
        other => report::missing_text(other).to_owned(),
    }
}

/// The same, short, for a cell of a table.
fn figure_cell(catalogue: &Catalogue, indicator: &IndicatorReport, figure: &Figure) -> String {
    match figure {
        Figure::Suppressed => "withheld".to_owned(),
        Figure::Missing { reason: report::MissingReason::UnknownCount, .. } => "withheld (number of people not known)".to_owned(),
        Figure::Missing { reason: report::MissingReason::NoDenominator, count: Some(count) } => format!("{} counted, no rate", Plain(*count)),
        other => figure_text(catalogue, indicator, other),
    }
}

/// The kinds of result, what people experience first.
const LEVELS: [ResultLevel; 5] = [ResultLevel::Impact, ResultLevel::Outcome, ResultLevel::Output, ResultLevel::Activity, ResultLevel::Input];

/// What a level of the results chain means.
fn level_text(level: ResultLevel) -> &'static str {
    match level {
        ResultLevel::Impact => "Impact: long-term effects on people's lives",
        ResultLevel::Outcome => "Outcome: what changes for people",
        ResultLevel::Output => "Output: services and products of the city",
        ResultLevel::Activity => "Activity: work that is done",
        ResultLevel::Input => "Input: money, people and material",
    }
}

fn level_word(level: ResultLevel) -> &'static str {
    match level {
        ResultLevel::Impact => "impact",
        ResultLevel::Outcome => "outcome",
        ResultLevel::Output => "output (effort)",
        ResultLevel::Activity => "activity (effort)",
        ResultLevel::Input => "input (effort)",
    }
}

fn measure_word(measure: MeasureType) -> &'static str {
    match measure {
        MeasureType::Structural => "what the city has committed to",
        MeasureType::Process => "what the city does",
        MeasureType::Outcome => "what people enjoy",
    }
}

/// How a node stands: the name of its rating, or why it has none.
fn rating_text(node: &NodeReport) -> String {
    let only = if node.state == NodeState::OutcomesOnly { " (outcomes only)" } else { "" };
    match (&node.band_name, node.state) {
        (Some(name), _) if !name.is_empty() => format!("{name}{only}"),
        (_, NodeState::OutputsOnly) => "no result: only effort is measured".to_owned(),
        (_, NodeState::InsufficientCoverage) => "too little is measured".to_owned(),
        _ => String::new(),
    }
}

fn node(place: &PlaceReport, kind: NodeKind) -> impl Iterator<Item = &NodeReport> {
    place.nodes.iter().filter(move |n| n.kind == kind)
}

fn anything_measured(node: &NodeReport) -> bool {
    [&node.outcomes, &node.effort].iter().any(|side| side.as_ref().is_some_and(|m| m.coverage > 0.0))
}

/// How many of the chosen indicators have a figure.
fn measured_sentences(place: &PlaceReport) -> Vec<String> {
    let m = place.measured;
    let mut said = Vec::new();
    if m.selected < m.in_catalogue {
        said.push(format!("{} of the {} indicators of the catalogue were chosen for this report.", m.selected, m.in_catalogue));
    }
    said.push(if m.available == 0 {
        format!("For none of the {} chosen indicators is there a figure that counts for everybody.", m.selected)
    } else {
        format!("{} of the {} chosen indicators have a figure, and {} of these have a score.", m.available, m.selected, m.scored)
    });
    if m.outcomes_selected > 0 {
        said.push(format!("Of the {} that tell what people experience, {} have a figure.", m.outcomes_selected, m.outcomes_available));
    }
    said
}

/// The headline, or plainly that there is none and what is missing for one.
fn headline_sentences(report: &Report, place: &PlaceReport) -> Vec<String> {
    let Some(whole) = node(place, NodeKind::Overall).next() else {
        return vec!["None of the chosen indicators can be scored, so there is no overall result.".to_owned()];
    };
    let mut said = Vec::new();
    let outcomes = whole.outcomes.as_ref();
    if let (Some(mean), Some(score)) = (outcomes, outcomes.and_then(|m| m.score)) {
        let rated = if rating_text(whole).is_empty() { String::new() } else { format!(" This is rated: {}.", rating_text(whole)) };
        said.push(format!(
            "Outcomes, that is what people experience, score {} of 100 points. The score rests on {} of {} and on {} % of what belongs here.{rated}",
            points(score),
            mean.n,
            counted(mean.of, "module", "modules"),
            percent(mean.coverage)
        ));
    } else {
        said.push("Too little is measured for an overall result.".to_owned());
        match outcomes {
            None => said.push("None of the chosen indicators tells what people experience.".to_owned()),
            Some(mean) => {
                said.push(format!(
                    "An outcome score exists for {} of {}, which is {} % of what belongs here. At least {} % are needed.",
                    mean.n,
                    counted(mean.of, "module", "modules"),
                    percent(mean.coverage),
                    percent(report.method().data().aggregation.minimum_coverage.value)
                ));
                let without: Vec<String> =
                    node(place, NodeKind::Module).filter(|n| n.outcomes.as_ref().is_some_and(|m| m.score.is_none())).map(|n| n.name.clone()).collect();
                if !without.is_empty() {
                    said.push(format!("Outcomes are still to be measured in: {}.", listed(&without)));
                }
            }
        }
    }
    if let (Some([low, high]), Some(mean)) = (whole.outcome_range, outcomes)
        && mean.coverage < 1.0
    {
        said.push(format!("If everything that is not measured were at its worst, the result would be {}; at its best, {}.", points(low), points(high)));
    }
    said.extend(progress_sentences(place));
    said.extend(natural_range_sentence(report, place));
    said
}

/// Scores that run from nobody to everybody tell change and gaps, and flatter where a harm to everybody is unthinkable.
fn natural_range_sentence(report: &Report, place: &PlaceReport) -> Option<String> {
    let scored: Vec<&IndicatorReport> = place.indicators.iter().filter(|i| i.score.is_some() && i.result_level.is_outcome()).collect();
    let natural = scored.iter().filter(|i| report.method().rule(&i.id).is_some_and(|s| s.verification == "natural")).count();
    (natural > 0).then(|| {
        format!(
            "Read the points with care: for {natural} of the {} outcomes scored, 0 means that everybody is affected and 100 that nobody is (or the other way round), because no level in between is agreed yet. Such points show gaps and change over time; a high one does not say that enough is done.",
            scored.len()
        )
    })
}

/// Indicators that are below the minimum standard.
fn below_minimum(place: &PlaceReport) -> Vec<&IndicatorReport> {
    place.indicators.iter().filter(|i| i.standing == Standing::Below).collect()
}

/// "at least 100 %, by 2030".
fn threshold_text(catalogue: &Catalogue, indicator: &IndicatorReport, threshold: &Threshold) -> Option<String> {
    let value = threshold.value?;
    let operator = threshold.operator.map(|o| o.symbol()).filter(|o| !o.is_empty());
    let mut text = limits_text(catalogue, indicator, value, threshold.upper, operator);
    if let Some(year) = threshold.year {
        text = format!("{text}, by {year}");
    }
    Some(text)
}

fn limits_text(catalogue: &Catalogue, indicator: &IndicatorReport, value: f64, upper: Option<f64>, operator: Option<&str>) -> String {
    match (upper, operator) {
        (Some(upper), _) => format!("from {} to {}", Plain(value), quantity(catalogue, indicator, upper)),
        (None, Some(operator)) => format!("{operator} {}", quantity(catalogue, indicator, value)),
        (None, None) => quantity(catalogue, indicator, value),
    }
}

/// Where an indicator stands below its minimum, in a sentence.
fn below_sentence(catalogue: &Catalogue, indicator: &IndicatorReport, sheet: Option<&Indicator>) -> String {
    let figure = figure_text(catalogue, indicator, &indicator.figure);
    let standard = sheet.and_then(|s| s.minimum_standard.as_ref()).and_then(|t| threshold_text(catalogue, indicator, t));
    match standard {
        Some(standard) => format!("{}: {figure}. The minimum standard is {standard}.", indicator.name),
        None => format!("{}: {figure}.", indicator.name),
    }
}

/// The change since the period before, in a sentence.
fn change_sentence(catalogue: &Catalogue, indicator: &IndicatorReport) -> Option<String> {
    let Some(change) = &indicator.change else {
        return indicator.across_break.then(|| "The way of measuring changed, so no change is computed.".to_owned());
    };
    let compared = match change.direction {
        Direction::Better => "Better than in",
        Direction::Worse => "Worse than in",
        Direction::Unchanged => "About the same as in",
        Direction::Changed => "Different from",
    };
    let moved = if change.absolute == 0.0 {
        String::new()
    } else {
        format!(", {} {}", if change.absolute > 0.0 { "up by" } else { "down by" }, distance(catalogue, indicator, num::abs(change.absolute)))
    };
    Some(format!("{compared} {}, when it was {}{moved}.", change.since, quantity(catalogue, indicator, change.previous)))
}

/// What is to be said of the progress of an indicator, with a title for each.
fn progress_facts(catalogue: &Catalogue, indicator: &IndicatorReport) -> Vec<(&'static str, String)> {
    let Some(progress) = &indicator.progress else { return Vec::new() };
    let wording = Wording { value: &|x| quantity(catalogue, indicator, x), difference: &|x| distance(catalogue, indicator, x) };
    let mut said = Vec::new();
    said.extend(progress.achievement.as_ref().and_then(|a| report::achievement_text(a, &wording)).map(|t| ("Way to the target", t)));
    said.extend(progress.trend.as_ref().map(|t| ("Trend", report::trend_text(t, &wording))));
    said.extend(progress.retrogression.as_ref().and_then(|r| report::retrogression_text(r, &wording)).map(|t| ("Calls for a justification", t)));
    said
}

/// How many indicators stand where on the way to their targets, and how many went backwards.
fn progress_sentences(place: &PlaceReport) -> Vec<String> {
    let counts = place.progress;
    let mut said = Vec::new();
    let rated = [
        (counts.met, "met"),
        (counts.maintained, "kept"),
        (counts.on_track, "on track"),
        (counts.lagging, "behind"),
        (counts.off_track, "far behind"),
        (counts.regressed, "worse than at the start"),
    ];
    let parts: Vec<String> = rated.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}")).collect();
    let n: usize = rated.iter().map(|(n, _)| n).sum();
    if n > 0 {
        said.push(format!("Of {} with a target and a starting point: {}.", counted(n, "indicator", "indicators"), listed(&parts)));
    }
    if counts.possible_retrogression > 0 {
        let (n, verb) = (counts.possible_retrogression, if counts.possible_retrogression == 1 { "is" } else { "are" });
        said.push(format!(
            "{} {verb} worse than before by more than chance or rounding explains: each calls for a justification; none is a legal finding.",
            upper_first(&counted(n, "indicator", "indicators"))
        ));
    }
    said
}

/// The two groups that are furthest apart, and what can be said of the gap beyond its size.
fn gap_text(catalogue: &Catalogue, indicator: &IndicatorReport, gap: &GapReport) -> String {
    let (worst, best) = (quantity(catalogue, indicator, gap.worst_value), quantity(catalogue, indicator, gap.best_value));
    let apart = distance(catalogue, indicator, gap.difference);
    let verdict = match gap.verdict {
        Verdict::Shown => " The gap is larger than chance explains.",
        Verdict::NotDistinguishable => " The gap may be chance.",
        Verdict::TooSmallToSay => " A group is too small to say more.",
        Verdict::NotTested => "",
    };
    if gap.directional {
        format!("worst off is “{}” with {worst}, best off is “{}” with {best}; {apart} apart.{verdict}", gap.worst_name, gap.best_name)
    } else {
        format!("from {worst} (“{}”) to {best} (“{}”); {apart} apart.{verdict}", gap.worst_name, gap.best_name)
    }
}

fn gap_sentence(catalogue: &Catalogue, indicator: &IndicatorReport, gap: &GapReport) -> String {
    format!("By {}: {}", lower_first(&gap.dimension_name), gap_text(catalogue, indicator, gap))
}

/// A gap between groups with the indicator that it is of.
struct Ranked<'a> {
    indicator: &'a IndicatorReport,
    gap: &'a GapReport,
    /// Points between the two groups.
    difference: f64,
}

/// The gaps that can be compared, the widest first: by difference in score. Where neither way is simply better, the
/// groups furthest apart are not the worst- and the best-off, so such gaps stay with their indicator.
fn ranked_gaps(place: &PlaceReport) -> Vec<Ranked<'_>> {
    let mut gaps: Vec<Ranked<'_>> = place
        .indicators
        .iter()
        .flat_map(|indicator| {
            indicator
                .gaps
                .iter()
                .filter(|g| g.directional)
                .filter_map(move |gap| Some(Ranked { indicator, gap, difference: gap.score_difference.filter(|d| *d > 0.0)? }))
        })
        .collect();
    // stable: equals stay in the order of indicator and dimension
    gaps.sort_by(|a, b| b.difference.total_cmp(&a.difference));
    gaps
}

/// The score of one group of one dimension.
fn group_score(indicator: &IndicatorReport, dimension: &str, code: &str) -> Option<f64> {
    let single = |g: &&report::GroupReport| matches!(g.groups.as_slice(), [[d, c]] if d == dimension && c == code);
    indicator.groups.iter().find(single).and_then(|g| g.score)
}

/// What became of a disaggregation, in a phrase.
fn status_phrase(status: DisaggregationStatus) -> &'static str {
    match status {
        DisaggregationStatus::Have => "published",
        DisaggregationStatus::Withheld => "withheld, so that nobody can be recognised",
        DisaggregationStatus::NotAsked => "not asked",
        DisaggregationStatus::CouldHave => "could be had",
        DisaggregationStatus::NotCompetent => "for somebody else to collect",
        DisaggregationStatus::Missing => "handed in without a figure",
        DisaggregationStatus::NoData => "nothing handed in",
        DisaggregationStatus::NotApplicable => "does not apply",
    }
}

/// Why those that are not published are not: the counts by reason.
fn reasons_text(counts: &DisaggregationCounts) -> String {
    let others =
        counts.by_status().into_iter().filter(|(status, n)| *n > 0 && !matches!(status, DisaggregationStatus::Have | DisaggregationStatus::NotApplicable));
    upper_first(&others.map(|(status, n)| format!("{n} {}", status_phrase(status))).collect::<Vec<_>>().join("; "))
}

/// Who is counted, in a sentence or two.
fn visibility_sentences(seen: &VisibilityReport) -> Vec<String> {
    let (required, desirable) = (&seen.required, &seen.desirable);
    let mut said = Vec::new();
    match (required.of(), seen.invisibility) {
        (0, _) => said.push("None of the chosen indicators has to be told by group.".to_owned()),
        (of, _) if required.have == of => said.push(format!("Every breakdown by group that the catalogue requires is published ({of} of {of}).")),
        (of, share) => {
            said.push(format!(
                "The catalogue requires {} by group of these indicators; {} published.",
                counted(of, "breakdown", "breakdowns"),
                if required.have == 1 { "1 is".to_owned() } else { format!("{} are", required.have) }
            ));
            if let Some(share) = share {
                said.push(format!(
                    "Index of invisibility: {} %. That is the share of the required breakdowns in which nobody can see how people fare.",
                    percent(share)
                ));
            }
        }
    }
    if desirable.of() > 0 {
        said.push(format!(
            "Of {} more that would be desirable, {} published.",
            desirable.of(),
            if desirable.have == 1 { "1 is".to_owned() } else { format!("{} are", desirable.have) }
        ));
    }
    said
}

/// The lines of counts: what became of the chosen indicators.
fn count_lines(place: &PlaceReport) -> Vec<(&'static str, usize)> {
    let m = place.measured;
    vec![
        ("with a figure and a score", m.scored),
        ("with a figure, shown and not scored", m.shown_not_scored),
        ("with figures by group only, none for everybody", m.by_group_only),
        ("with a figure that is too old to count", m.too_old),
        ("withheld, so that nobody can be recognised", m.withheld),
        ("handed in as absent, with a reason", m.absent),
        ("not measured: nothing was handed in", m.no_data),
    ]
}

/// A finding of the check, once for each code.
struct Said {
    code: Code,
    times: u64,
    /// Names of what it is about.
    about: Vec<String>,
}

fn findings_said(catalogue: &Catalogue, findings: &Findings) -> Vec<Said> {
    let mut by_code: std::collections::BTreeMap<Code, (u64, u64, Vec<String>)> = std::collections::BTreeMap::new();
    for item in findings.items() {
        let (kept, times, about) = by_code.entry(item.code).or_default();
        *kept += 1;
        *times += match item.params.get("times") {
            Some(Param::Integer(n)) => u64::try_from(*n).unwrap_or(1).max(1),
            _ => 1,
        };
        if let Some(subject) = item.subject.as_deref().filter(|s| !s.is_empty()) {
            let name = catalogue.indicator(subject).map_or(subject, |sheet| catalogue.name(sheet));
            if about.last().is_none_or(|last| last != name) {
                about.push(name.to_owned());
            }
        }
    }
    let mut said: Vec<Said> = findings
        .counts()
        .iter()
        .map(|(code, count)| {
            let (kept, times, mut about) = by_code.remove(code).unwrap_or_default();
            about.sort();
            about.dedup();
            // those beyond the ones kept in full count once each
            Said { code: *code, times: times + count.saturating_sub(kept), about }
        })
        .collect();
    said.sort_by(|a, b| b.code.severity().cmp(&a.code.severity()).then(a.code.cmp(&b.code)));
    said
}

fn severity_word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "Error",
        Severity::Warning => "Warning",
        Severity::Note => "Note",
    }
}

/// The line that an internal report carries on every page.
const INTERNAL: &str = "Internal: not for publication. Nothing is withheld here, so people could be recognised.";
