//! Values and their absence, for people.

use super::{Figure, MissingReason};
use crate::assess::NotScored;
use crate::num::Plain;

/// A value with its unit, for people.
///
/// ```
/// use sms_core::report::shown;
/// assert_eq!(shown(6.0, "%", "per cent"), "6 %");
/// ```
#[must_use]
pub fn shown(value: f64, symbol: &str, unit: &str) -> String {
    if !symbol.is_empty() {
        format!("{} {symbol}", Plain(value))
    } else if unit.is_empty() {
        Plain(value).to_string()
    } else {
        format!("{} {unit}", Plain(value))
    }
}

/// A difference of values with its unit, for people: percentages differ by percentage points.
///
/// ```
/// use sms_core::report::apart;
/// assert_eq!(apart(1.5, "%", "per cent"), "1.5 percentage points");
/// ```
#[must_use]
pub fn apart(difference: f64, symbol: &str, unit: &str) -> String {
    match (symbol, Plain(difference).to_string()) {
        ("%", number) if number == "1" => "1 percentage point".to_owned(),
        ("%", number) => format!("{number} percentage points"),
        _ => shown(difference, symbol, unit),
    }
}

/// Why there is no figure, in a sentence.
#[must_use]
pub fn missing_text(figure: &Figure) -> &'static str {
    match figure {
        Figure::Value { .. } => "",
        Figure::Suppressed => "Withheld, so that nobody can be recognised.",
        Figure::Missing { reason, .. } => match reason {
            MissingReason::NoData => "Not measured: nothing was handed in.",
            MissingReason::NoTotal => "There are figures by group, but none for everybody.",
            MissingReason::TooOld => "The latest figure is too old to count.",
            MissingReason::Missing => "The figure is missing.",
            MissingReason::NotAsked => "The question was not asked.",
            MissingReason::Refused => "The persons asked did not want to say.",
            MissingReason::NotApplicable => "It does not apply here.",
            MissingReason::NoDenominator => "There is a count, but not out of how many, so there is no rate.",
            MissingReason::UnknownCount => "Withheld: it is not known how many people are behind it.",
        },
    }
}

/// Why there is no score, in a sentence.
#[must_use]
pub const fn not_scored_text(reason: NotScored) -> &'static str {
    match reason {
        NotScored::NoFigure => "There is no figure to score.",
        NotScored::Ambiguous => "More can be better or worse here, so it is shown and never scored.",
        NotScored::Context => "Neither way is better here: it is context, shown and never scored.",
        NotScored::NoGoalposts => "No goalposts are agreed for it, so it is shown and not scored.",
    }
}
