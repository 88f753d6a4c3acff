//! The summary for a terminal: plain text, or with a few ANSI codes.

use super::{
    anything_measured, below_minimum, below_sentence, count_lines, counted, findings_said, gap_sentence, headline_sentences, listed, measured_sentences, node,
    percent, points, ranked_gaps, rating_text, reasons_text, severity_word, visibility_sentences,
};
use sms_assessment::assess::NodeKind;
use sms_assessment::report::{MeanReport, PlaceReport, Report};
use sms_statistics::disclosure::Audience;

/// How many places are told in full.
const FULL: usize = 3;
/// How many places are listed.
const LISTED: usize = 40;
/// How many gaps are told for a place.
const GAPS: usize = 5;

struct Sheet {
    width: usize,
    colour: bool,
    out: String,
}

const BOLD: &str = "1";
const RED: &str = "1;31";
const DIM: &str = "2";

impl Sheet {
    /// A text without anything that a terminal would act on.
    fn clean(text: &str) -> String {
        text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
    }

    fn paint(&self, code: &str, text: &str) -> String {
        if self.colour && !text.is_empty() { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    fn blank(&mut self) {
        self.out.push('\n');
    }

    /// Lines no wider than the sheet, the first after `lead`, the others below its text.
    fn say(&mut self, lead: &str, text: &str, code: Option<&str>) {
        let indent = lead.chars().count();
        for (i, line) in wrap(&Self::clean(text), self.width.saturating_sub(indent)).iter().enumerate() {
            let start = if i == 0 { lead.to_owned() } else { " ".repeat(indent) };
            let line = code.map_or_else(|| line.clone(), |code| self.paint(code, line));
            self.out.push_str(format!("{start}{line}").trim_end());
            self.out.push('\n');
        }
    }

    fn heading(&mut self, text: &str) {
        self.blank();
        self.say("", text, Some(BOLD));
    }

    /// A table whose first column takes what the others leave.
    fn table(&mut self, head: &[&str], rows: &[Vec<String>]) {
        let columns = head.len();
        let widths: Vec<usize> = (0..columns)
            .map(|c| rows.iter().filter_map(|r| r.get(c)).map(|t| t.chars().count()).chain(head.get(c).map(|h| h.chars().count())).max().unwrap_or(0))
            .collect();
        let others: usize = widths.iter().skip(1).map(|w| w + 2).sum();
        let first = widths.first().copied().unwrap_or(0).min(self.width.saturating_sub(others));
        if first < 12 {
            // too narrow for columns: a block for each row
            for row in rows {
                let mut cells = row.iter().zip(head);
                if let Some((name, _)) = cells.next() {
                    self.say("  ", name, Some(BOLD));
                }
                for (cell, title) in cells.filter(|(cell, _)| !cell.is_empty()) {
                    self.say("    ", &format!("{title}: {cell}"), None);
                }
            }
            return;
        }
        let head: Vec<String> = head.iter().map(|h| (*h).to_owned()).collect();
        for (at, row) in std::iter::once(&head).chain(rows).enumerate() {
            let names = wrap(&Self::clean(row.first().map(String::as_str).unwrap_or_default()), first);
            for (i, name) in names.iter().enumerate() {
                let mut line = pad(name, first);
                if i == 0 {
                    for (cell, width) in row.iter().zip(&widths).skip(1) {
                        line.push_str("  ");
                        line.push_str(&pad(&Self::clean(cell), *width));
                    }
                }
                let line = line.trim_end();
                let line = if at == 0 { self.paint(DIM, line) } else { line.to_owned() };
                self.out.push_str(&line);
                self.out.push('\n');
            }
        }
    }
}

fn pad(text: &str, width: usize) -> String {
    let missing = width.saturating_sub(text.chars().count());
    format!("{text}{}", " ".repeat(missing))
}

/// Breaks a text at spaces; a word that is longer than a line is cut.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(8);
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    let mut length = 0;
    // a no-break space holds its line together and is shown as a plain one
    for word in text.split(' ').filter(|w| !w.is_empty()) {
        let mut rest: Vec<char> = word.chars().map(|c| if c == super::NBSP { ' ' } else { c }).collect();
        if length > 0 && length + 1 + rest.len() > width {
            lines.push(std::mem::take(&mut line));
            length = 0;
        }
        while rest.len() > width {
            let tail = rest.split_off(width);
            lines.push(rest.into_iter().collect());
            rest = tail;
        }
        if length > 0 {
            line.push(' ');
            length += 1;
        }
        length += rest.len();
        line.extend(rest);
    }
    if length > 0 || lines.is_empty() {
        lines.push(line);
    }
    lines
}

fn mean_cell(mean: Option<&MeanReport>) -> String {
    mean.and_then(|m| m.score).map_or("-".to_owned(), points)
}

fn coverage_cell(mean: Option<&MeanReport>) -> String {
    mean.map_or("-".to_owned(), |m| format!("{} of {}", m.n, m.of))
}

/// The report in short, no wider than `width` columns (40 at least); with ANSI colours when `colour`.
///
/// ```
/// # mod sms_core { pub use {sms_assessment::*, sms_exchange as exchange, sms_render as render}; }
/// use sms_core::{AssessmentPlan, Catalogue, Method, assess, dataset, exchange::csv, render};
/// let catalogue = std::sync::Arc::new(Catalogue::from_json(sms_catalogue::CATALOGUE_JSON)?);
/// let method = std::sync::Arc::new(Method::from_json(sms_catalogue::STANDARD_METHOD_JSON)?);
/// let text = "indicator,place,period,numerator,denominator\nWSP-O-04,example,2024,60,1000\n";
/// let (dataset, findings) = dataset::check(&catalogue, &csv::read(text.as_bytes(), &Default::default())?);
/// let report = assess::assess(&method, &dataset.into(), &findings, &AssessmentPlan::default())?.release(&method.public_policy())?;
/// let said = render::text::summary(&report, 80, false);
/// assert!(said.lines().all(|line| line.chars().count() <= 80));
/// # Ok::<(), sms_base::Error>(())
/// ```
#[must_use]
pub fn summary(report: &Report, width: usize, colour: bool) -> String {
    let mut sheet = Sheet { width: width.max(40), colour, out: String::new() };
    let units = report.len();
    sheet.say("", &report.title(), Some(BOLD));
    if report.provenance().audience == Audience::Internal {
        sheet.say("", super::INTERNAL, Some(RED));
    }
    sheet.say("", report.catalogue().release_text("notice"), Some(DIM));
    if units > 1 {
        sheet.heading(&format!("{} (in the order of their codes; this is no ranking)", counted(units, "place and period", "places and periods")));
        let mut rows = Vec::new();
        for place in (0..units.min(LISTED)).filter_map(|i| report.place_report(i)) {
            let whole = node(&place, NodeKind::Overall).next();
            rows.push(vec![
                place.name.clone(),
                place.period.to_string(),
                format!("{} of {}", place.measured.available, place.measured.selected),
                mean_cell(whole.and_then(|n| n.outcomes.as_ref())),
                whole.map_or(0, |n| n.below_minimum).to_string(),
            ]);
        }
        sheet.table(&["Place", "Period", "Figures", "Outcomes", "Below minimum"], &rows);
        if units > LISTED {
            sheet.say("", &format!("and {} more", units - LISTED), None);
        }
    }
    if units <= FULL {
        for place in (0..units).filter_map(|i| report.place_report(i)) {
            place_summary(&mut sheet, report, &place);
        }
    } else {
        sheet.blank();
        sheet.say("", "Choose a place to see it in full.", None);
    }
    findings(&mut sheet, report);
    let p = report.provenance();
    sheet.blank();
    sheet.say("", &format!("Method {} {}, catalogue {} {}.", p.method, p.method_edition, p.catalogue, p.catalogue_release), Some(DIM));
    sheet.out
}

fn place_summary(sheet: &mut Sheet, report: &Report, place: &PlaceReport) {
    let catalogue = report.catalogue();
    sheet.heading(&format!("{}, {}", place.name, place.period));
    let below = below_minimum(place);
    if !below.is_empty() {
        sheet.say("", &format!("Below the minimum standard, which nothing compensates: {}.", counted(below.len(), "indicator", "indicators")), Some(RED));
        for indicator in &below {
            sheet.say("  ! ", &below_sentence(catalogue, indicator, catalogue.indicator(&indicator.id)), None);
        }
    }
    sheet.say("", &headline_sentences(report, place).join(" "), None);
    sheet.say("", &measured_sentences(place).join(" "), None);

    sheet.heading("What was measured");
    for (what, n) in count_lines(place).into_iter().filter(|(_, n)| *n > 0) {
        sheet.say(&format!("{n:>5}  "), what, None);
    }

    for (kind, title) in [(NodeKind::Module, "Modules"), (NodeKind::Right, "Rights")] {
        let (with, without): (Vec<_>, Vec<_>) = node(place, kind).partition(|n| anything_measured(n));
        if with.is_empty() {
            continue;
        }
        sheet.heading(&format!("{title}: outcomes first, then effort"));
        let rows: Vec<Vec<String>> = with
            .iter()
            .map(|n| {
                vec![
                    n.name.clone(),
                    mean_cell(n.outcomes.as_ref()),
                    coverage_cell(n.outcomes.as_ref()),
                    mean_cell(n.effort.as_ref()),
                    coverage_cell(n.effort.as_ref()),
                    if n.below_minimum > 0 { format!("BELOW MINIMUM ({})", n.below_minimum) } else { n.band_name.clone().unwrap_or_else(|| "-".to_owned()) },
                ]
            })
            .collect();
        sheet.table(&[if kind == NodeKind::Module { "Module" } else { "Right" }, "Outcomes", "measured", "Effort", "measured", "Rating"], &rows);
        if with.iter().any(|n| n.band_name.is_none()) {
            sheet.say(
                "",
                &format!("- : no outcome score; at least {} % must be measured.", percent(report.method().data().aggregation.minimum_coverage.value)),
                Some(DIM),
            );
        }
        if let Some(first) = with.iter().find(|n| n.band_name.is_none() && n.effort.as_ref().is_some_and(|m| m.score.is_some())) {
            sheet.say("", &format!("{}: {}.", first.name, rating_text(first)), Some(DIM));
        }
        if !without.is_empty() {
            sheet.say("", &format!("Nothing scored in: {}.", listed(&without.iter().map(|n| n.name.clone()).collect::<Vec<_>>())), None);
        }
    }

    let gaps = ranked_gaps(place);
    if !gaps.is_empty() {
        sheet.heading("Widest gaps between groups");
        for ranked in gaps.iter().take(GAPS) {
            let sentence =
                format!("{} ({} points). {}", ranked.indicator.name, points(ranked.difference), gap_sentence(catalogue, ranked.indicator, ranked.gap));
            sheet.say("  - ", &sentence, None);
        }
    }

    let seen = &place.visibility;
    if seen.required.of() > 0 {
        sheet.heading("Who is counted, and who is not");
        sheet.say("", &visibility_sentences(seen).join(" "), None);
        for d in seen.dimensions.iter().filter(|d| d.required.have < d.required.of()) {
            let line = format!(
                "by {}: {} of {} published; {}",
                super::lower_first(&d.name),
                d.required.have,
                d.required.of(),
                super::lower_first(&reasons_text(&d.required))
            );
            sheet.say("  - ", &line, None);
        }
    }
}

fn findings(sheet: &mut Sheet, report: &Report) {
    let said = findings_said(report.catalogue(), report.findings());
    if said.is_empty() {
        return;
    }
    sheet.heading("What to know about the data");
    for finding in &said {
        let times = counted(usize::try_from(finding.times).unwrap_or(usize::MAX), "time", "times");
        sheet.say("  - ", &format!("{}: {} ({times})", severity_word(finding.code.severity()), finding.code.message()), None);
    }
}

#[cfg(test)]
mod tests {
    use super::super::html::tests::sample;
    use super::*;

    #[test]
    fn no_line_is_wider_than_asked() {
        for width in [40, 60, 80, 96, 140] {
            for internal in [false, true] {
                let text = summary(&sample(internal), width, false);
                for line in text.lines() {
                    assert!(line.chars().count() <= width, "{width}: {line:?}");
                }
                assert!(!text.contains('\u{1b}'));
            }
        }
    }

    #[test]
    fn what_matters_is_said() {
        let text = summary(&sample(false), 96, false);
        for part in [
            "Below the minimum standard",
            "Too little is measured",
            "What was measured",
            "Widest gaps",
            "Who is counted, and who is not",
            "What to know about the data",
            "Open draft",
        ] {
            assert!(text.contains(part), "{part}\n{text}");
        }
        assert!(!text.contains("Internal: not for publication"));
        assert!(summary(&sample(true), 96, false).contains("Internal: not for publication"));
    }

    #[test]
    fn colours_are_closed_and_add_nothing_else() {
        let (plain, coloured) = (summary(&sample(false), 96, false), summary(&sample(false), 96, true));
        let mut stripped = String::new();
        let mut rest = coloured.as_str();
        while let Some(at) = rest.find('\u{1b}') {
            stripped.push_str(&rest[..at]);
            rest = &rest[at + rest[at..].find('m').unwrap() + 1..];
        }
        stripped.push_str(rest);
        assert_eq!(stripped, plain);
        assert_eq!(coloured.matches("\u{1b}[0m").count() * 2, coloured.matches('\u{1b}').count());
    }

    #[test]
    fn long_words_are_cut() {
        assert_eq!(wrap("aaaaaaaaaaaa bb", 8), ["aaaaaaaa", "aaaa bb"]);
        assert_eq!(wrap("", 8), [""]);
        assert_eq!(wrap("zażółć gęślą", 8), ["zażółć", "gęślą"]);
    }
}
