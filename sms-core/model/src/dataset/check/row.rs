//! One row: what it is about, what stands beside it, and its figure.

use super::{Checker, Combination, code_at, looked_up};
use crate::catalogue::Indicator;
use crate::dataset::Cell;
use crate::diagnostic::Code;
use crate::estimate::{Absence, Interval, IntervalMethod, ValueKind};
use crate::num::{self, NumberProblem};
use crate::observation::{ConfidentialityStatus, NumberField, ObservationStatus, StatusEffect, TextField};

/// What a row is about, by numbers.
struct Key {
    place: u32,
    indicator: u32,
    group: u32,
    period: u32,
}

/// The numbers of a row.
#[derive(Clone, Copy, Default)]
struct Numbers {
    value: Option<f64>,
    numerator: Option<f64>,
    denominator: Option<f64>,
    n: Option<f64>,
    se: Option<f64>,
    df: Option<f64>,
    deff: Option<f64>,
    interval: Option<Interval>,
}

impl Checker<'_> {
    /// Takes a row in: a cell, or findings.
    pub(super) fn row(&mut self, row: usize, cells: &mut Vec<Cell>) {
        if let Some(cell) = self.readable(row).then(|| self.cell(row)).flatten() {
            cells.push(cell);
        }
    }

    fn code(&self, field: TextField, row: usize) -> usize {
        code_at(self.observations.text(field), row)
    }

    /// Whether every number and text of a row can be read.
    fn readable(&mut self, row: usize) -> bool {
        if let Some((field, problem)) = self.bad_number(row) {
            let code = match problem {
                NumberProblem::Unreadable => Code::ObsNumberUnreadable,
                NumberProblem::NotFinite => Code::ObsNotFinite,
                NumberProblem::Ambiguous => Code::ObsAmbiguousNumber,
            };
            self.reject::<()>(row, code, field.as_str(), None);
            return false;
        }
        let bad = self.unreadable.iter().find(|(field, code)| self.code(*field, row) == *code as usize).map(|(field, _)| *field);
        if let Some(field) = bad {
            self.reject::<()>(row, Code::ObsTextTooLong, field.as_str(), None);
        }
        bad.is_none()
    }

    fn cell(&mut self, row: usize) -> Option<Cell> {
        let key = self.key(row)?;
        let (status, declared) = self.marks(row)?;
        let catalogue = self.catalogue;
        let sheet = catalogue.indicators().get(key.indicator as usize)?;
        let numbers = self.numbers(row, sheet)?;
        let (numbers, absence) = self.figure(row, sheet, status, numbers)?;
        if let Some(version) = self.observations.text(TextField::IndicatorVersion).and_then(|c| c.get(row))
            && **version != *sheet.version
        {
            self.warn(row, Code::ObsVersionDiffers, "indicator_version", sheet.id.as_str());
        }
        let text_number = |field| u32::try_from(self.code(field, row)).unwrap_or(0);
        Some(Cell {
            place: key.place,
            indicator: key.indicator,
            group: key.group,
            period: key.period,
            value: numbers.value.unwrap_or(0.0),
            numerator: numbers.numerator,
            denominator: numbers.denominator,
            n: numbers.n,
            se: numbers.se,
            df: numbers.df,
            deff: numbers.deff,
            interval: numbers.interval,
            absence,
            status,
            confidentiality: declared.map(ConfidentialityStatus::effect).unwrap_or_default(),
            declared,
            is_break: status == ObservationStatus::Break,
            is_provisional: status == ObservationStatus::Provisional,
            source: text_number(TextField::Source),
            proxy: text_number(TextField::Proxy),
            note: text_number(TextField::Note),
        })
    }

    /// What a row is about, or none where it is rejected.
    fn key(&mut self, row: usize) -> Option<Key> {
        let indicator = match looked_up(&self.indicators, self.code(TextField::Indicator, row)) {
            Ok(Some(i)) => i,
            Ok(None) => return self.reject(row, Code::ObsMissingField, "indicator", None),
            Err(()) => {
                let (catalogue, column) = (self.catalogue, self.observations.text(TextField::Indicator));
                let detail = self.near(usize::MAX, column, row, || catalogue.indicators().iter().map(|i| i.id.as_str()).collect());
                return self.reject(row, Code::ObsUnknownIndicator, "indicator", detail);
            }
        };
        let place = match looked_up(&self.places, self.code(TextField::Place, row)) {
            Ok(Some(p)) => p,
            Ok(None) => return self.reject(row, Code::ObsMissingField, "place", None),
            Err(()) => return self.reject(row, Code::ObsTextTooLong, "place", None),
        };
        let period = match looked_up(&self.periods, self.code(TextField::Period, row)) {
            Ok(Some(p)) => p,
            Ok(None) => return self.reject(row, Code::ObsMissingField, "period", None),
            Err(()) => return self.reject(row, Code::ObsPeriodUnreadable, "period", None),
        };
        let group = self.combination(row);
        if let Some(Combination(Err(dimension))) = self.combinations.get(group as usize) {
            let name = self.dimensions.get(*dimension).map(|d| d.name.to_string()).unwrap_or_default();
            // "did you mean" names codes of the catalogue only
            let number = *dimension;
            let found = self.dimensions.get(number).map(|d| (d.column, d.dimension));
            let codes = || found.and_then(|(_, d)| d).map(|d| d.group.iter().map(|g| g.code.as_str()).collect()).unwrap_or_default();
            let detail = self.near(number, found.map(|(column, _)| column), row, codes);
            return self.reject(row, Code::ObsUnknownGroup, &name, detail);
        }
        Some(Key { place, indicator, group, period })
    }

    /// Status and confidentiality of a row, or none where it is rejected: also for being one of the pre-test.
    fn marks(&mut self, row: usize) -> Option<(ObservationStatus, Option<ConfidentialityStatus>)> {
        let Ok(status) = looked_up(&self.statuses, self.code(TextField::Status, row)) else {
            return self.reject(row, Code::ObsUnknownStatus, "status", None);
        };
        let Ok(confidentiality) = looked_up(&self.confidentialities, self.code(TextField::Confidentiality, row)) else {
            return self.reject(row, Code::ObsUnknownConfidentiality, "confidentiality", None);
        };
        match looked_up(&self.rounds, self.code(TextField::Round, row)) {
            Ok(Some(true)) => {
                self.pretest_rows += 1;
                self.warn(row, Code::ObsPretest, "round", "");
                None
            }
            Ok(_) => Some((status.unwrap_or(ObservationStatus::Normal), confidentiality)),
            Err(()) => self.reject(row, Code::ObsUnknownRound, "round", None),
        }
    }

    /// The numbers of a row as they are given, or none where one is below zero that cannot be.
    fn numbers(&mut self, row: usize, sheet: &Indicator) -> Option<Numbers> {
        let number = |field| self.observations.number(field).and_then(|c| c.get(row));
        let given = Numbers {
            value: number(NumberField::Value),
            numerator: number(NumberField::Numerator),
            denominator: number(NumberField::Denominator),
            n: number(NumberField::N),
            se: number(NumberField::Se),
            df: number(NumberField::Df),
            deff: number(NumberField::Deff),
            interval: None,
        };
        for (field, x) in [("numerator", given.numerator), ("denominator", given.denominator)] {
            if x.is_some_and(|x| x < 0.0) && sheet.value_kind != ValueKind::Difference {
                return self.reject(row, Code::ObsNegativeCount, field, None);
            }
        }
        for (field, x) in [("n", given.n), ("se", given.se)] {
            if x.is_some_and(|x| x < 0.0) {
                return self.reject(row, Code::ObsSeNegative, field, None);
            }
        }
        for (field, x) in [("df", given.df), ("deff", given.deff)] {
            if x.is_some_and(|x| x <= 0.0) {
                return self.reject(row, Code::ObsBadDesign, field, None);
            }
        }
        match self.interval(row) {
            Ok(interval) => Some(Numbers { interval, ..given }),
            Err(field) => self.reject(row, Code::ObsBadInterval, field, None),
        }
    }

    /// The interval that came with a figure; an error names what is missing or wrong of it.
    fn interval(&self, row: usize) -> std::result::Result<Option<Interval>, &'static str> {
        let number = |field| self.observations.number(field).and_then(|c| c.get(row));
        let [lower, upper, confidence] = [NumberField::IntervalLower, NumberField::IntervalUpper, NumberField::IntervalConfidence].map(number);
        let word = self.observations.text(TextField::IntervalMethod).and_then(|c| c.get(row)).map(|word| word.trim()).filter(|word| !word.is_empty());
        if (lower, upper, confidence, word) == (None, None, None, None) {
            return Ok(None);
        }
        let lower = lower.ok_or("interval_lower")?;
        let upper = upper.filter(|upper| *upper >= lower).ok_or("interval_upper")?;
        let confidence = confidence.filter(|c| *c > 0.0 && *c < 1.0).ok_or("interval_confidence")?;
        let method = word.and_then(IntervalMethod::of).ok_or("interval_method")?;
        Ok(Some(Interval { lower, upper, confidence, method }))
    }

    /// The figure of a row with its counts, or why there is none; none where the row is rejected.
    fn figure(&mut self, row: usize, sheet: &Indicator, status: ObservationStatus, given: Numbers) -> Option<(Numbers, Option<Absence>)> {
        let has_figure = given.value.is_some() || given.numerator.is_some();
        let absence = match status.effect() {
            StatusEffect::Absent(absence) => Some(absence),
            StatusEffect::PresentOrAbsent(absence) => Some(absence).filter(|_| !has_figure),
            StatusEffect::Present => None,
        };
        if let Some(absence) = absence {
            if has_figure {
                self.warn(row, Code::ObsValueDespiteAbsence, "status", sheet.id.as_str());
            }
            // what stands beside an absence is no figure either
            return Some((Numbers::default(), Some(absence)));
        }
        match figure_of(sheet, &given) {
            Ok((x, differs)) => {
                if differs {
                    self.warn(row, Code::ObsValueDiffersFromCounts, "value", sheet.id.as_str());
                }
                let bounds = sheet.bounds.unwrap_or_default();
                let slack = crate::target::SLACK;
                if given.interval.is_some_and(|i| !within(x, i)) {
                    return self.reject(row, Code::ObsBadInterval, "value", None);
                }
                if bounds.min.is_some_and(|min| x < min - slack) || bounds.max.is_some_and(|max| x > max + slack) {
                    return self.reject(row, Code::ObsOutOfBounds, "value", None);
                }
                Some((Numbers { value: Some(x), ..given }, None))
            }
            Err(Code::ObsDenominatorMissing) => {
                self.warn(row, Code::ObsDenominatorMissing, "denominator", sheet.id.as_str());
                Some((Numbers { value: None, ..given }, Some(Absence::NoDenominator)))
            }
            Err(code) => {
                let field = match code {
                    Code::ObsNoValue => "value",
                    Code::ObsZeroDenominator => "denominator",
                    _ => "numerator",
                };
                self.reject(row, code, field, None)
            }
        }
    }
}

/// Whether an interval holds its figure; ends may have been rounded.
fn within(x: f64, interval: Interval) -> bool {
    let slack = 1e-9 * (1.0 + num::abs(x));
    interval.lower - slack <= x && x <= interval.upper + slack
}

/// The figure of a row, and whether the given value differs from what its counts make.
fn figure_of(sheet: &Indicator, given: &Numbers) -> std::result::Result<(f64, bool), Code> {
    if let (Some(a), Some(b)) = (given.numerator, given.denominator)
        && sheet.value_kind.is_quotient()
    {
        if b == 0.0 {
            return Err(Code::ObsZeroDenominator);
        }
        if sheet.value_kind == ValueKind::Proportion && a > b {
            return Err(Code::ObsNumeratorAboveDenominator);
        }
        let made = sheet.multiplier * a / b;
        if !made.is_finite() {
            return Err(Code::ObsNotFinite);
        }
        // half a unit of the first decimal is rounding
        let differs = given.value.is_some_and(|v| num::abs(v - made) > 0.05 + 1e-9 * num::abs(made));
        return Ok((made, differs));
    }
    match (given.value, given.numerator) {
        (Some(v), _) => Ok((v, false)),
        (None, Some(a)) if sheet.value_kind == ValueKind::Count => Ok((a, false)),
        (None, Some(_)) if sheet.value_kind.is_quotient() => Err(Code::ObsDenominatorMissing),
        _ => Err(Code::ObsNoValue),
    }
}
