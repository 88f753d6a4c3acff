//! Steps over time as bars: the plan as a frame, what happened as a filled bar. The labels are part of the picture, the
//! rest of it scales with the width of the page.

use super::texts::Texts;
use crate::svg::Chart;
use maud::html;
use sms_base::num;
use sms_process::roadmap::{Day, Definition, Ending, Status, TimelineRow};

/// Height of a row: label, plan, bar.
const ROW: usize = 46;
const AXIS: usize = 24;
/// Letters of a name that fit beside each other on a narrow screen.
const LABEL: usize = 32;
/// How many dates the axis names.
const TICKS: usize = 4;

/// The sign that stands before a step, so that colour is not needed to tell how it stands.
pub(super) fn sign(status: Status, ending: Option<Ending>) -> &'static str {
    match (ending, status) {
        (Some(Ending::LoopedBack), _) => "↺",
        (_, Status::Completed) => "✓",
        (_, Status::Skipped) => "–",
        (_, Status::Open) => "▸",
        (_, Status::Ready) => "○",
        (_, Status::Waiting) => "·",
    }
}

fn first_day(row: &TimelineRow) -> Option<Day> {
    [row.planned.map(|p| p.start), row.started].into_iter().flatten().min()
}

fn last_day(row: &TimelineRow, today: Day) -> Option<Day> {
    let actual = row.started.map(|start| row.ended.unwrap_or(today).max(start));
    [row.planned.map(|p| p.due), actual].into_iter().flatten().max()
}

/// Months from one day to another at which the axis has a mark, so that there are few of them.
fn ticks(from: Day, to: Day) -> Vec<Day> {
    let mut months: Vec<Day> = Vec::new();
    let mut next = from.next_month();
    while let Some(day) = next.filter(|d| *d <= to) {
        months.push(day);
        next = day.next_month();
    }
    let every = months.len().div_ceil(TICKS).max(1);
    // whole quarters and years read better
    let every = [1, 2, 3, 6, 12, 24, 60, 120].into_iter().find(|n| *n >= every).unwrap_or(every);
    let place = |d: &Day| usize::try_from(d.year()).unwrap_or(0) * 12 + usize::try_from(d.month()).unwrap_or(1) - 1;
    months.into_iter().filter(|d| place(d).is_multiple_of(every)).collect()
}

/// The chart of a timeline; `None` when nothing has a date.
pub(super) fn gantt(definition: &Definition, rows: &[TimelineRow], today: Day, texts: &Texts) -> Option<Chart> {
    let shown: Vec<&TimelineRow> = rows.iter().filter(|r| first_day(r).is_some()).collect();
    let from = shown.iter().filter_map(|r| first_day(r)).min()?;
    let to = shown.iter().filter_map(|r| last_day(r, today)).max()?;
    let span = to.days_since(from).max(1);
    #[allow(clippy::cast_precision_loss, reason = "days of four centuries at most")]
    let x = |day: Day| (day.days_since(from).clamp(0, span) as f64) / (span as f64) * 100.0;
    let at = |day: Day| format!("{}%", num::decimal(x(day), 2));
    let wide = |a: Day, b: Day| format!("{}%", num::decimal((x(b) - x(a)).max(0.8), 2));
    let height = shown.len() * ROW + AXIS;
    let foot = shown.len() * ROW;
    let cycles = rows.iter().map(|r| r.cycle).max().unwrap_or(1) > 1;
    let name = |row: &TimelineRow| texts.walk(definition, row, cycles, None);
    let label = texts.word("chart_label", &[("start", &from.to_string()), ("end", &to.to_string())]);
    let svg = html! {
        svg.gantt width="100%" height=(height) role="img" aria-label=(label) {
            @for day in ticks(from, to) {
                line.grid x1=(at(day)) y1="0" x2=(at(day)) y2=(foot) {}
                @if (8.0..=92.0).contains(&x(day)) {
                    text.tick x=(at(day)) y=(foot + 16) text-anchor="middle" { (format!("{}-{:02}", day.year(), day.month())) }
                }
            }
            @if from <= today && today <= to {
                line.today x1=(at(today)) y1="0" x2=(at(today)) y2=(foot) {}
            }
            @for (i, row) in shown.iter().enumerate() {
                @if let Some(plan) = row.planned {
                    rect.plan x=(at(plan.start)) y=(i * ROW + 21) width=(wide(plan.start, plan.due)) height="7" {}
                }
                @if let Some(start) = row.started {
                    @let end = row.ended.unwrap_or(today).max(start);
                    @let class = match (row.ending, row.status) {
                        (Some(Ending::LoopedBack), _) => "back",
                        (_, Status::Skipped) => "left",
                        (_, Status::Open) => "going",
                        _ => "done",
                    };
                    rect class=(class) x=(at(start)) y=(i * ROW + 30) width=(wide(start, end)) height="10" {}
                }
                text x="0" y=(i * ROW + 15) { (sign(row.status, row.ending)) " " (texts.walk(definition, row, cycles, Some(LABEL))) }
            }
        }
    };
    let late: Vec<String> = shown.iter().filter(|r| r.late_days.is_some_and(|d| d > 0)).map(|r| name(r)).collect();
    let (start, end) = (from.to_string(), to.to_string());
    let pairs: [(&str, &str); 3] = [("start", &start), ("end", &end), ("late", &late.join("; "))];
    let sentence = texts.word(
        if shown.iter().all(|r| r.planned.is_none()) {
            "timeline_sentence_unplanned"
        } else if late.is_empty() {
            "timeline_sentence_in_time"
        } else {
            "timeline_sentence"
        },
        &pairs,
    );
    let column = |key: &str| texts.word(key, &[]);
    let table = html! {
        table.stack {
            caption { (column("timeline_caption")) }
            thead {
                tr {
                    @for key in ["column_step", "column_planned", "column_actual", "column_state", "column_late"] { th scope="col" { (column(key)) } }
                }
            }
            tbody {
                @for row in rows {
                    tr {
                        th scope="row" { (name(row)) }
                        td data-label=(column("column_planned")) { (row.planned.map_or("–".to_owned(), |p| texts.span(p.start, Some(p.due)))) }
                        td data-label=(column("column_actual")) { (row.started.map_or("–".to_owned(), |s| texts.span(s, row.ended))) }
                        td data-label=(column("column_state")) { (if row.ending == Some(Ending::LoopedBack) { texts.status("looped_back") } else { texts.status(row.status.as_str()) }) }
                        td data-label=(column("column_late")) { (row.late_days.map_or("–".to_owned(), |d| d.to_string())) }
                    }
                }
            }
        }
    };
    Some(Chart { svg: svg.into_string(), sentence, table: table.into_string() })
}
