//! The figure of a cell with its error and interval: the one given, else that of its counts.

use super::Scope;
use crate::catalogue::{Catalogue, Indicator};
use crate::dataset::{Cell, CellTable};
use crate::diagnostic::{Code, Finding, Findings};
use crate::estimate::{self, Estimate, Interval, ValueKind};
use crate::method::{EstimateRules, Method};
use crate::num;
use crate::target::SLACK;

/// What the error of counts comes from, where none is given.
#[derive(Clone, Copy, Debug, PartialEq)]
enum CountsOf {
    /// The counts are persons or events, or nothing says otherwise.
    Persons,
    /// They are weighted, and worth so many persons.
    Sample {
        /// The number asked over the design effect.
        effective: f64,
        /// Whether the design effect is the one that the method assumes.
        assumed: bool,
    },
    /// They are weighted, and no design effect is known.
    UnknownDesign,
}

/// None where counts play no part in the error: it is given, or the figure has none.
fn counts_of(cell: &Cell, sheet: &Indicator, rules: &EstimateRules) -> Option<(f64, f64, CountsOf)> {
    let has_error = matches!(sheet.value_kind, ValueKind::Proportion | ValueKind::Rate);
    let (None, None, Some(a), Some(b), true) = (cell.absence, cell.se, cell.numerator, cell.denominator, has_error) else { return None };
    // a design effect of counts without n is one of as many as were counted
    let Some(n) = cell.n.or_else(|| cell.deff.map(|_| b)) else { return Some((a, b, CountsOf::Persons)) };
    let of = |deff| estimate::effective_persons(sheet.value_kind, a, b, n, deff);
    let made = match (cell.deff, of(cell.deff)) {
        (None, Some(_)) => CountsOf::Persons,
        (Some(_), Some(effective)) => CountsOf::Sample { effective, assumed: false },
        (_, None) => match rules.design_effect.as_ref().and_then(|d| of(Some(d.value))) {
            Some(effective) => CountsOf::Sample { effective, assumed: true },
            None => CountsOf::UnknownDesign,
        },
    };
    Some((a, b, made))
}

/// A cell's figure with its error.
pub(crate) fn estimate_of(cell: &Cell, sheet: &Indicator, rules: &EstimateRules) -> Option<Estimate> {
    let value = cell.value()?;
    let (confidence, exact_below) = (rules.confidence.value, rules.exact_below());
    let plain = Estimate { value, se: None, df: None, interval: None };
    let made = match (cell.se, counts_of(cell, sheet, rules)) {
        (Some(se), _) => estimate::given(value, Some(se), cell.df, confidence),
        (None, Some((a, b, CountsOf::Persons))) => estimate::from_counts(sheet.value_kind, a, b, sheet.multiplier, confidence, exact_below),
        (None, Some((a, b, CountsOf::Sample { effective, .. }))) => {
            estimate::from_weighted_counts(sheet.value_kind, a, b, effective, sheet.multiplier, confidence, exact_below)
        }
        (None, Some((_, _, CountsOf::UnknownDesign)) | None) => Ok(plain),
    };
    // a rate whose counts allow no interval is still a figure
    let made = made.map_or(plain, |e| Estimate { value, ..e });
    // what the survey says of its own figure is not made anew
    Some(match cell.interval {
        Some(interval) if is_at(interval, confidence) => Estimate { interval: Some(interval), ..made },
        _ => made,
    })
}

/// Whether an interval is one of the method's confidence level.
fn is_at(interval: Interval, confidence: f64) -> bool {
    num::abs(interval.confidence - confidence) <= SLACK
}

/// Which indicators have a figure whose error rests on a design effect that the method assumes, or lacks, or whose interval is at another level.
pub(crate) fn design_findings(catalogue: &Catalogue, method: &Method, scope: &Scope, table: &CellTable, findings: &mut Findings) {
    for &i in &scope.indicators {
        let Some(sheet) = catalogue.indicators().get(i as usize) else { continue };
        let (mut assumed, mut unknown, mut other) = (0_u64, 0_u64, 0_u64);
        for &place in &scope.places {
            for cell in table.of_place(place).of_indicator(i).cells {
                other += u64::from(cell.interval.is_some_and(|i| !is_at(i, method.data().estimate.confidence.value)));
                match counts_of(cell, sheet, &method.data().estimate) {
                    Some((_, _, CountsOf::Sample { assumed: true, .. })) => assumed += 1,
                    Some((_, _, CountsOf::UnknownDesign)) => unknown += 1,
                    _ => {}
                }
            }
        }
        let told = [(Code::EstimateAssumedDesignEffect, assumed), (Code::EstimateUnknownDesignEffect, unknown), (Code::EstimateOtherConfidence, other)];
        for (code, figures) in told {
            if figures > 0 {
                findings.push(Finding::new(code).about(sheet.id.as_str()).with("figures", figures));
            }
        }
    }
}
