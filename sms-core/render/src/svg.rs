//! Small charts as SVG that needs no script. Each comes with a table of the same numbers and one sentence, because a
//! picture alone says nothing to a screen reader, to a copy on paper or to a search.

use maud::{Markup, html};
use sms_assessment::report::Explanation;
use sms_base::num::{self, Plain};

/// A chart with its twins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chart {
    /// The picture, as markup.
    pub svg: String,
    /// What it shows, as plain text.
    pub sentence: String,
    /// The same numbers as a table, as markup.
    pub table: String,
}

/// A point of a trend.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// Where on the time axis, in years.
    pub at: f64,
    /// The period.
    pub label: String,
    /// The value, when there is one.
    pub value: Option<f64>,
    /// The value with its unit, or why there is none.
    pub text: String,
    /// The way of measuring changed here.
    pub is_break: bool,
}

/// One end of a gap.
#[derive(Clone, Debug, PartialEq)]
pub struct End {
    /// The group.
    pub name: String,
    /// Its figure with the unit.
    pub text: String,
    /// Its score, 0 to 100.
    pub score: f64,
}

/// The two groups that are furthest apart.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair {
    /// What is compared: indicator and dimension.
    pub label: String,
    /// The worst-off group.
    pub worst: End,
    /// The best-off group.
    pub best: End,
}

const WIDTH: f64 = 320.0;
const HEIGHT: f64 = 116.0;
const SIDE: f64 = 12.0;
const TOP: f64 = 26.0;
const FLOOR: f64 = 86.0;

fn px(x: f64) -> String {
    num::decimal(x, 1)
}

/// A score as a bar; the number stands beside it, so it is hidden from screen readers.
/// The score lies between 0 and 100; what is beyond is held there.
///
/// ```
/// # mod sms_core { pub use sms_render as render; }
/// use sms_core::render::svg::bar;
/// assert!(bar(62.0).starts_with("<svg"));
/// assert_eq!(bar(140.0), bar(100.0));
/// ```
#[must_use]
pub fn bar(score: f64) -> String {
    let filled = score.clamp(0.0, 100.0);
    html! {
        svg.bar viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" focusable="false" {
            rect.track x="0.5" y="0.5" width="99" height="9" {}
            rect.fill x="0.5" y="0.5" width=(px(filled * 0.99)) height="9" {}
        }
    }
    .into_string()
}

/// A series over time. `None` with fewer than two values.
/// Times are years; values share one unit.
///
/// ```
/// # mod sms_core { pub use sms_render as render; }
/// use sms_core::render::svg::{Mark, trend};
/// let mark = |at: f64, value| Mark { at, label: at.to_string(), value: Some(value), text: format!("{value} %"), is_break: false };
/// let chart = trend("Housing costs", &[mark(2020.0, 32.0), mark(2021.0, 30.0)]).unwrap();
/// assert!(chart.table.contains("30 %"));
/// assert!(trend("Housing costs", &[mark(2020.0, 32.0)]).is_none());
/// ```
#[must_use]
pub fn trend(title: &str, marks: &[Mark]) -> Option<Chart> {
    let values: Vec<(&Mark, f64)> = marks.iter().filter_map(|m| Some((m, m.value.filter(|v| v.is_finite())?))).collect();
    let (&(first, first_value), &(last, last_value)) = (values.first()?, values.last()?);
    if values.len() < 2 {
        return None;
    }
    let low = values.iter().fold(f64::INFINITY, |a, (_, v)| a.min(*v));
    let high = values.iter().fold(f64::NEG_INFINITY, |a, (_, v)| a.max(*v));
    let from = marks.iter().fold(f64::INFINITY, |a, m| a.min(m.at));
    let to = marks.iter().fold(f64::NEG_INFINITY, |a, m| a.max(m.at));
    let x = |at: f64| if to > from { SIDE + (at - from) / (to - from) * (WIDTH - 2.0 * SIDE) } else { WIDTH / 2.0 };
    let y = |v: f64| if high > low { FLOOR - (v - low) / (high - low) * (FLOOR - TOP) } else { (FLOOR + TOP) / 2.0 };
    let svg = html! {
        svg.chart viewBox=(format!("0 0 {} {}", px(WIDTH), px(HEIGHT))) role="img" aria-label=(format!("Chart: {title}, {} to {}. The sentence and the table give the same numbers.", first.label, last.label)) {
            line.axis x1=(px(SIDE)) y1=(px(FLOOR + 8.0)) x2=(px(WIDTH - SIDE)) y2=(px(FLOOR + 8.0)) {}
            @for mark in marks.iter().filter(|m| m.is_break) {
                line.break x1=(px(x(mark.at))) y1=(px(TOP - 14.0)) x2=(px(x(mark.at))) y2=(px(FLOOR + 8.0)) {}
            }
            @for run in runs(marks) {
                @if run.len() > 1 {
                    polyline.line points=(run.iter().map(|(at, v)| format!("{},{}", px(x(*at)), px(y(*v)))).collect::<Vec<_>>().join(" ")) {}
                }
            }
            @for (mark, value) in &values {
                circle.dot cx=(px(x(mark.at))) cy=(px(y(*value))) r="3.5" {}
            }
            (label(x(first.at), y(first_value), "start", &Plain(first_value).to_string()))
            (label(x(last.at), y(last_value), "end", &Plain(last_value).to_string()))
            text x=(px(SIDE)) y=(px(HEIGHT - 6.0)) text-anchor="start" { (marks.first().map(|m| m.label.as_str()).unwrap_or_default()) }
            text x=(px(WIDTH - SIDE)) y=(px(HEIGHT - 6.0)) text-anchor="end" { (marks.last().map(|m| m.label.as_str()).unwrap_or_default()) }
        }
    };
    // only what is measured in the same way is compared
    let last_break = marks.iter().rposition(|m| m.is_break);
    let since = last_break.and_then(|at| marks.get(at)).map_or(f64::NEG_INFINITY, |m| m.at);
    let (start, start_value) = values.iter().find(|(m, _)| m.at >= since).map_or((first, first_value), |&(m, v)| (m, v));
    let mut sentence = if std::ptr::eq(start, last) {
        format!("{} in {}.", last.text, last.label)
    } else if last_value == start_value {
        format!("{} in {} and again in {}.", start.text, start.label, last.label)
    } else {
        let way = if last_value > start_value { "up" } else { "down" };
        format!("From {} in {} {way} to {} in {}.", start.text, start.label, last.text, last.label)
    };
    let breaks: Vec<String> = marks.iter().filter(|m| m.is_break).map(|m| m.label.clone()).collect();
    if !breaks.is_empty() {
        sentence = format!("{sentence} The way of measuring changed in {}: figures before and after do not compare.", super::listed(&breaks));
    }
    let table = html! {
        table {
            caption { (title) }
            thead { tr { th scope="col" { "Period" } th scope="col" { "Figure" } } }
            tbody {
                @for mark in marks {
                    tr { th scope="row" { (mark.label) } td { (mark.text) @if mark.is_break { " (new way of measuring)" } } }
                }
            }
        }
    };
    Some(Chart { svg: svg.into_string(), sentence, table: table.into_string() })
}

/// Stretches of the line without a gap: a missing value or a break ends one.
fn runs(marks: &[Mark]) -> Vec<Vec<(f64, f64)>> {
    let mut runs: Vec<Vec<(f64, f64)>> = vec![Vec::new()];
    for mark in marks {
        if mark.value.is_none() || mark.is_break {
            runs.push(Vec::new());
        }
        if let (Some(run), Some(value)) = (runs.last_mut(), mark.value.filter(|v| v.is_finite())) {
            run.push((mark.at, value));
        }
    }
    runs
}

fn label(x: f64, y: f64, anchor: &str, text: &str) -> Markup {
    // away from the edge on the side that it is anchored to
    let x = if anchor == "start" { x - 4.0 } else { x + 4.0 };
    html! { text.value x=(px(x)) y=(px(y - 9.0)) text-anchor=(anchor) { (text) } }
}

/// Gaps as dots on the scale of scores: a square for the worst-off, a ring for the best-off group. `None` without gaps.
/// Scores lie between 0 and 100.
///
/// ```
/// # mod sms_core { pub use sms_render as render; }
/// use sms_core::render::svg::{End, Pair, dots};
/// let end = |name: &str, score: f64| End { name: name.to_owned(), text: format!("{score} points"), score };
/// let pair = Pair { label: "Sex".to_owned(), worst: end("women", 40.0), best: end("men", 60.0) };
/// assert!(dots("Gaps", &[pair]).unwrap().table.contains("women"));
/// ```
#[must_use]
pub fn dots(title: &str, pairs: &[Pair]) -> Option<Chart> {
    let widest = pairs.first()?;
    let at = |score: f64| format!("{}%", px(score.clamp(0.0, 100.0)));
    let svg = html! {
        ol.dots {
            @for pair in pairs {
                li {
                    span.what { (pair.label) }
                    svg.chart.strip width="100%" height="24" role="img" aria-label=(format!("{}: {} {} points, {} {} points.", pair.label, pair.worst.name, num::decimal(pair.worst.score, 0), pair.best.name, num::decimal(pair.best.score, 0))) {
                        line.axis x1="0" y1="12" x2="100%" y2="12" {}
                        line.tick x1="0" y1="6" x2="0" y2="18" {}
                        line.tick x1="50%" y1="8" x2="50%" y2="16" {}
                        line.tick x1="100%" y1="6" x2="100%" y2="18" {}
                        line.line x1=(at(pair.worst.score)) y1="12" x2=(at(pair.best.score)) y2="12" {}
                        rect.worst x=(at(pair.worst.score)) y="6" width="12" height="12" {}
                        circle.best cx=(at(pair.best.score)) cy="12" r="6" {}
                    }
                    span.ends {
                        span { span.mark aria-hidden="true" { "■ " } "worst off: " (pair.worst.name) ", " (pair.worst.text) " (" (num::decimal(pair.worst.score, 0)) " points)" }
                        " "
                        span { span.mark aria-hidden="true" { "○ " } "best off: " (pair.best.name) ", " (pair.best.text) " (" (num::decimal(pair.best.score, 0)) " points)" }
                    }
                }
            }
        }
    };
    let sentence = format!(
        "The widest gap is in {}: {} scores {} and {} scores {} of 100 points.",
        pairs.first().map(|p| p.label.as_str()).unwrap_or_default(),
        widest.worst.name,
        num::decimal(widest.worst.score, 0),
        widest.best.name,
        num::decimal(widest.best.score, 0)
    );
    let table = html! {
        table {
            caption { (title) }
            thead {
                tr {
                    th scope="col" { "What" }
                    th scope="col" { "Worst-off group" }
                    th scope="col" { "Figure" }
                    th scope="col" { "Best-off group" }
                    th scope="col" { "Figure" }
                    th.number scope="col" { "Points apart" }
                }
            }
            tbody {
                @for pair in pairs {
                    tr {
                        th scope="row" { (pair.label) }
                        td { (pair.worst.name) }
                        td { (pair.worst.text) }
                        td { (pair.best.name) }
                        td { (pair.best.text) }
                        td.number { (num::decimal(num::abs(pair.best.score - pair.worst.score), 1)) }
                    }
                }
            }
        }
    };
    Some(Chart { svg: svg.into_string(), sentence, table: table.into_string() })
}

/// A group's figure on a scale of its own.
#[derive(Clone, Debug)]
pub struct GroupMark {
    /// Its name.
    pub name: String,
    /// The value, where there is one.
    pub value: Option<f64>,
    /// Its interval.
    pub interval: Option<(f64, f64)>,
    /// The figure with its unit, or why there is none.
    pub text: String,
    /// Its score, for the table.
    pub score: Option<f64>,
}

/// Groups as dots with their intervals, all on one scale that starts at 0 unless something is below it, with a line at the
/// figure for everybody. `None` with fewer than two values. `wording` gives a value its unit.
///
/// ```
/// # mod sms_core { pub use sms_render as render; }
/// use sms_core::render::svg::{GroupMark, groups};
/// let mark = |name: &str, value: f64| GroupMark { name: name.to_owned(), value: Some(value), interval: None, text: format!("{value} %"), score: None };
/// let chart = groups("Housing costs", &[mark("women", 32.0), mark("men", 28.0)], Some(30.0), "everybody", |value| format!("{value} %"));
/// assert!(chart.unwrap().table.contains("32 %"));
/// ```
#[must_use]
pub fn groups(title: &str, marks: &[GroupMark], everybody: Option<f64>, said: &str, wording: impl Fn(f64) -> String) -> Option<Chart> {
    let known = || marks.iter().filter_map(|m| Some((m, m.value.filter(|v| v.is_finite())?)));
    if known().count() < 2 {
        return None;
    }
    let ends = known().flat_map(|(m, v)| [Some(v), m.interval.map(|i| i.0), m.interval.map(|i| i.1)]).chain([everybody]).flatten().filter(|v| v.is_finite());
    // a scale from the lowest to the highest would make every difference look like the widest
    let (low, high) = ends.fold((0.0_f64, 0.0_f64), |(a, b), v| (a.min(v), b.max(v)));
    // a dot stays whole at either end
    let at = |v: f64| format!("{}%", px(if high > low { 3.0 + (v - low) / (high - low) * 94.0 } else { 50.0 }));
    let svg = html! {
        ul.dots.by-group {
            @for mark in marks {
                li {
                    span.what { (mark.name) ": " strong { (mark.text) } }
                    @if let Some(value) = mark.value.filter(|v| v.is_finite()) {
                        svg.chart.strip width="100%" height="24" role="img" aria-label=(format!("{}: {}", mark.name, mark.text)) {
                            line.axis x1="0" y1="12" x2="100%" y2="12" {}
                            @if let Some(all) = everybody { line.everybody x1=(at(all)) y1="1" x2=(at(all)) y2="23" {} }
                            @if let Some((from, to)) = mark.interval {
                                line.line x1=(at(from)) y1="12" x2=(at(to)) y2="12" {}
                                line.line x1=(at(from)) y1="7" x2=(at(from)) y2="17" {}
                                line.line x1=(at(to)) y1="7" x2=(at(to)) y2="17" {}
                            }
                            circle.dot cx=(at(value)) cy="12" r="5" {}
                        }
                    }
                }
            }
        }
        p.scale aria-hidden="true" { span { (wording(low)) } span { (wording(high)) } }
    };
    let with_interval = marks.iter().any(|m| m.interval.is_some());
    let scored = marks.iter().any(|m| m.score.is_some());
    let mut sentence = said.to_owned();
    if let Some(all) = everybody {
        sentence = format!("{sentence} The upright line is everybody: {}.", wording(all));
    }
    if with_interval {
        sentence.push_str(" The bars are the intervals in which each figure lies, as far as chance goes.");
    }
    let table = html! {
        table {
            caption { (title) }
            thead {
                tr {
                    th scope="col" { "Group" }
                    th scope="col" { "Figure" }
                    @if with_interval { th scope="col" { "Interval" } }
                    @if scored { th.number scope="col" { "Score" } }
                }
            }
            tbody {
                @for mark in marks {
                    tr {
                        th scope="row" { (mark.name) }
                        td { (mark.text) }
                        @if with_interval { td { @if let Some((from, to)) = mark.interval { (Plain(from)) " to " (Plain(to)) } } }
                        @if scored { td.number { (mark.score.map_or_else(|| "none".to_owned(), |s| num::decimal(s, 0))) } }
                    }
                }
            }
        }
    };
    Some(Chart { svg: svg.into_string(), sentence: sentence.trim().to_owned(), table: table.into_string() })
}

/// How a score is put together, as bars that each start where the one before ends. `None` when nothing adds up to it.
///
/// ```
/// # mod sms_core { pub use {sms_assessment::*, sms_exchange as exchange, sms_render as render}; }
/// use sms_core::{AssessmentPlan, Catalogue, Method, assess, dataset, exchange::csv, render};
/// let catalogue = std::sync::Arc::new(Catalogue::from_json(sms_catalogue::CATALOGUE_JSON)?);
/// let method = std::sync::Arc::new(Method::from_json(sms_catalogue::STANDARD_METHOD_JSON)?);
/// let text = "indicator,place,period,value\nWSP-O-04,example,2024,6\n";
/// let (dataset, findings) = dataset::check(&catalogue, &csv::read(text.as_bytes(), &Default::default())?);
/// let report = assess::assess(&method, &dataset.into(), &findings, &AssessmentPlan::default())?.release(&sms_core::PrivacyPolicy::internal())?;
/// // the score of a single indicator has no parts
/// assert!(render::svg::waterfall(&report.explain("WSP-O-04", None)?).is_none());
/// # Ok::<(), sms_base::Error>(())
/// ```
#[must_use]
pub fn waterfall(explanation: &Explanation) -> Option<Chart> {
    let (result, parts) = (explanation.result?, &explanation.contributions);
    if parts.is_empty() {
        return None;
    }
    let mut bars: Vec<(&str, f64, f64)> = Vec::with_capacity(parts.len() + 1);
    let mut reached = 0.0;
    for part in parts {
        bars.push((&part.name, reached, reached + part.points));
        reached += part.points;
    }
    bars.push((&explanation.name, 0.0, result));
    let x = |score: f64| SIDE + score.clamp(0.0, 100.0) / 100.0 * (WIDTH - 2.0 * SIDE);
    let top = |at: usize| 4.0 + ROW * at as f64;
    let height = top(bars.len()) + 18.0;
    let last = bars.len() - 1;
    let svg = html! {
        svg.chart.waterfall xmlns="http://www.w3.org/2000/svg" viewBox=(format!("0 0 {} {}", px(WIDTH), px(height))) role="img" aria-label=(format!("Chart: how {} comes to {} points. The sentence and the table give the same numbers.", explanation.name, num::decimal(result, 1))) {
            @for (at, (name, from, to)) in bars.iter().enumerate() {
                text x=(px(SIDE)) y=(px(top(at) + 12.0)) { (shortened(name)) }
                text.value x=(px(WIDTH - SIDE)) y=(px(top(at) + 12.0)) text-anchor="end" {
                    @if at == last { (num::decimal(*to, 1)) } @else { (signed(to - from)) }
                }
                rect.track x=(px(SIDE)) y=(px(top(at) + 17.0)) width=(px(WIDTH - 2.0 * SIDE)) height="9" {}
                rect.fill.total[at == last].loss[to < from] x=(px(x(from.min(*to)))) y=(px(top(at) + 17.0)) width=(px(num::abs(x(*to) - x(*from)))) height="9" {}
            }
            text x=(px(SIDE)) y=(px(height - 4.0)) { "0" }
            text x=(px(WIDTH - SIDE)) y=(px(height - 4.0)) text-anchor="end" { "100 points" }
        }
    };
    let largest = parts.iter().filter(|p| p.weight.is_some()).max_by(|a, b| a.points.total_cmp(&b.points));
    let sentence = match largest {
        Some(part) => format!(
            "{} comes to {} of 100 points; {} adds most to it, {} points.",
            explanation.name,
            num::decimal(result, 1),
            part.name,
            num::decimal(part.points, 1)
        ),
        None => format!("{} comes to {} of 100 points.", explanation.name, num::decimal(result, 1)),
    };
    let table = html! {
        table {
            caption { "How " (explanation.name) " comes about" }
            thead { tr { th scope="col" { "Part" } th.number scope="col" { "Score" } th.number scope="col" { "Weight" } th.number scope="col" { "Adds" } } }
            tbody {
                @for part in parts {
                    tr {
                        th scope="row" { (part.name) }
                        td.number { (part.score.map_or_else(String::new, |s| num::decimal(s, 1))) }
                        td.number { (part.weight.map_or_else(String::new, |w| format!("{} %", num::decimal(w * 100.0, 1)))) }
                        td.number { (signed(part.points)) }
                    }
                }
                tr { th scope="row" { "Together" } td {} td {} td.number { (num::decimal(result, 1)) } }
            }
        }
    };
    Some(Chart { svg: svg.into_string(), sentence, table: table.into_string() })
}

/// Height of a row of a waterfall: a line of text and a bar.
const ROW: f64 = 34.0;

fn signed(points: f64) -> String {
    let text = num::decimal(points, 1);
    if text.starts_with('-') { text.replace('-', "\u{2212}") } else { format!("+{text}") }
}

/// A name that fits beside its number; the table has it whole.
fn shortened(name: &str) -> String {
    if name.chars().count() <= 40 {
        return name.to_owned();
    }
    let cut: String = name.chars().take(39).collect();
    format!("{}…", cut.trim_end())
}

/// The waterfall of an explanation as a picture that stands on its own, for light and dark screens. `None` for what has no parts.
#[must_use]
pub fn explanation(explained: &Explanation) -> Option<String> {
    let chart = waterfall(explained)?;
    let style = "<style>svg{color-scheme:light dark;font:12px system-ui,sans-serif}text{fill:#1c1c22}.value{font-weight:700}\
        .track{fill:none;stroke:#767680}.fill{fill:#00598c}.loss{fill:#8c1010}.total{fill:#1c1c22}\
        @media (prefers-color-scheme:dark){svg{background:#16161a}text{fill:#f2f2f5}.fill{fill:#7cc4f0}.loss{fill:#ff9a8c}.total{fill:#f2f2f5}}</style>";
    // inside the element that carries the picture
    let end = chart.svg.find('>')? + 1;
    let (open, rest) = chart.svg.split_at(end);
    Some(format!("{open}<title>{}</title>{style}{rest}", html! { (chart.sentence) }.into_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(name: &str, value: Option<f64>, interval: Option<(f64, f64)>) -> GroupMark {
        GroupMark { name: name.to_owned(), value, interval, text: value.map_or("withheld".to_owned(), |v| Plain(v).to_string()), score: None }
    }

    #[test]
    fn groups_lie_on_one_scale() {
        let marks = [group("a", Some(20.0), Some((10.0, 30.0))), group("b <i>", Some(60.0), None), group("c", None, None)];
        let chart = groups("By group", &marks, Some(40.0), "B has more.", |v| format!("{} %", Plain(v))).unwrap();
        // from 0 to 60: 20 lies a third of the way, 40 two thirds
        for part in [
            "cx=\"34.3%\"",
            "cx=\"97.0%\"",
            "x1=\"65.7%\"",
            "<span>0 %</span><span>60 %</span>",
            "b &lt;i&gt;: <strong>60</strong>",
            "c: <strong>withheld</strong>",
        ] {
            assert!(chart.svg.contains(part), "{part}\n{}", chart.svg);
        }
        assert_eq!(chart.svg.matches("<circle").count(), 2);
        assert!(chart.table.contains("10 to 30") && chart.sentence.starts_with("B has more. The upright line is everybody: 40 %."));
    }

    #[test]
    fn one_group_is_no_picture() {
        assert_eq!(groups("By group", &[group("a", Some(1.0), None), group("b", None, None)], None, "", |v| v.to_string()), None);
    }

    #[test]
    fn groups_at_nothing_stand_in_the_middle() {
        let marks = [group("a", Some(0.0), None), group("b", Some(0.0), None)];
        assert_eq!(groups("By group", &marks, None, "", |v| v.to_string()).unwrap().svg.matches("cx=\"50.0%\"").count(), 2);
    }

    fn mark(year: i32, value: Option<f64>, is_break: bool) -> Mark {
        Mark { at: f64::from(year), label: year.to_string(), value, text: value.map_or("withheld".to_owned(), |v| format!("{} %", Plain(v))), is_break }
    }

    #[test]
    fn a_trend_has_a_table_and_a_sentence() {
        let chart =
            trend("Share", &[mark(2015, Some(10.0), false), mark(2016, None, false), mark(2018, Some(20.0), false), mark(2019, Some(15.0), true)]).unwrap();
        assert_eq!(chart.sentence, "15 % in 2019. The way of measuring changed in 2019: figures before and after do not compare.");
        // a missing value and a break both interrupt the line
        assert_eq!(chart.svg.matches("<polyline").count(), 0);
        assert_eq!(chart.svg.matches("<circle").count(), 3);
        assert_eq!(chart.table.matches("<tr>").count(), 5);
        assert!(chart.table.contains("withheld"));
        let after =
            trend("Share", &[mark(2015, Some(10.0), false), mark(2016, Some(30.0), true), mark(2017, None, false), mark(2018, Some(27.0), false)]).unwrap();
        assert!(after.sentence.starts_with("From 30 % in 2016 down to 27 % in 2018."), "{}", after.sentence);
        assert_eq!(trend("Share", &[mark(2015, Some(10.0), false)]), None);
        // a flat series and two figures of the same year stay inside the picture
        let flat = trend("Share", &[mark(2015, Some(1.0), false), mark(2015, Some(1.0), false)]).unwrap();
        assert!(flat.sentence.starts_with("1 % in 2015 and again"));
        assert!(!flat.svg.contains("NaN"));
    }

    #[test]
    fn a_gap_chart_has_a_table_and_a_sentence() {
        let end = |name: &str, score: f64| End { name: name.to_owned(), text: format!("{} %", Plain(score)), score };
        let chart = dots("Gaps", &[Pair { label: "Feeling safe, by <sex>".to_owned(), worst: end("Female", 32.9), best: end("Male", 85.7) }]).unwrap();
        assert!(chart.svg.contains("&lt;sex&gt;") && !chart.svg.contains("<sex>"));
        assert!(chart.sentence.contains("Female scores 33 and Male scores 86"));
        assert!(chart.table.contains("52.8"));
        assert_eq!(dots("Gaps", &[]), None);
    }

    #[test]
    fn a_bar_never_leaves_its_frame() {
        assert!(bar(250.0).contains("width=\"99.0\""));
        assert!(bar(-3.0).contains("width=\"0.0\""));
    }
}
