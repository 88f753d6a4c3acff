//! Where a row stands in a calibration.

use super::batch::{Batch, Codes, Numbers};
use super::calibration::{Calibration, Margin};
use super::names::value_key;
use crate::diagnostic::{Code, Error, Result};
use crate::text;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The group of a row in a margin.
#[derive(Clone, Copy)]
enum InMargin {
    Group(u64),
    /// The code of a dimension is missing.
    Missing,
    /// The plan has no total for it.
    Unknown,
}

struct MarginLookup<'a> {
    by: &'a [String],
    codes: Vec<Codes<'a>>,
    groups: BTreeMap<Vec<Cow<'a, str>>, u64>,
    /// By combination of codes, where there are few.
    known: Vec<Option<InMargin>>,
}

impl MarginLookup<'_> {
    fn of(&mut self, row: usize) -> InMargin {
        let place = self.codes.iter().try_fold(0, |at, c| c.get(row).map(|code| at * c.dictionary.len() + code));
        let Some(place) = place else { return InMargin::Missing };
        if let Some(Some(known)) = self.known.get(place) {
            return *known;
        }
        let key: Vec<Cow<'_, str>> = self.codes.iter().filter_map(|c| c.dictionary.get(c.get(row)?)).map(|word| text::composed(word)).collect();
        let found = self.groups.get(&key).map_or(InMargin::Unknown, |&group| InMargin::Group(group));
        if let Some(known) = self.known.get_mut(place) {
            *known = Some(found);
        }
        found
    }
}

/// Where the rows of a batch stand in a calibration.
pub(super) struct Patterns<'a> {
    margins: Vec<MarginLookup<'a>>,
    numbers: Vec<(&'a str, Numbers<'a>)>,
    key: Vec<u64>,
}

impl<'a> Patterns<'a> {
    pub(super) fn new(calibration: &'a Calibration, batch: &Batch<'a>) -> Result<Self> {
        let lookup = |margin: &'a Margin| -> Result<MarginLookup<'a>> {
            let codes: Vec<Codes<'a>> = margin.by.iter().map(|name| batch.codes(name)).collect::<Result<_>>()?;
            let combinations = codes.iter().try_fold(1_usize, |n, c| n.checked_mul(c.dictionary.len())).filter(|&n| n <= 4 * batch.rows().max(16));
            let groups = margin.totals.iter().zip(0_u64..).map(|(t, at)| (t.codes.iter().map(|code| Cow::Borrowed(code.as_str())).collect(), at)).collect();
            Ok(MarginLookup { by: &margin.by, codes, groups, known: vec![None; combinations.unwrap_or_default()] })
        };
        let numbers = calibration.numbers.iter().map(|n| Ok((n.column.as_str(), batch.numbers(&n.column)?))).collect::<Result<_>>()?;
        Ok(Patterns { margins: calibration.margins.iter().map(lookup).collect::<Result<_>>()?, numbers, key: Vec::new() })
    }

    /// The group of a row in each margin, and its numbers.
    ///
    /// # Errors
    /// `survey.missing-design-value`, `survey.no-population-total`, `num.not-finite`, with the column.
    pub(super) fn of(&mut self, row: usize) -> Result<&[u64]> {
        self.key.clear();
        for margin in &mut self.margins {
            let fail = |code: Code| Error::new(code).in_column(&margin.by.join(" × "));
            match margin.of(row) {
                InMargin::Group(group) => self.key.push(group),
                InMargin::Missing => return Err(fail(Code::SurveyMissingDesignValue)),
                InMargin::Unknown => return Err(fail(Code::SurveyNoPopulationTotal)),
            }
        }
        for (column, numbers) in &self.numbers {
            let fail = |code: Code| Error::new(code).in_column(column);
            let x = numbers.get(row).ok_or_else(|| fail(Code::SurveyMissingDesignValue))?;
            if !x.is_finite() {
                return Err(fail(Code::NumNotFinite));
            }
            self.key.push(value_key(x));
        }
        Ok(&self.key)
    }
}
