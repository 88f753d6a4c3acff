//! Columns of microdata, borrowed from whoever holds them.

use super::design::{Measure, SurveyPlan};
use super::spelling::is_blank;
use crate::diagnostic::{Code, Error, Result};
use std::collections::BTreeMap;
use std::fmt;

/// One column of a batch. People's data: it cannot be printed.
#[derive(Clone, Copy)]
pub enum Column<'a> {
    /// Numbers.
    Numbers {
        /// One a row.
        values: &'a [f64],
        /// Which rows have one; absent: all.
        valid: Option<&'a [bool]>,
    },
    /// Codes: strata, sampling units, groups, categories.
    Codes {
        /// Positions in the dictionary, one a row.
        codes: &'a [u32],
        /// The codes as texts.
        dictionary: &'a [&'a str],
        /// Which rows have one; absent: all.
        valid: Option<&'a [bool]>,
    },
}

impl fmt::Debug for Column<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Column::Numbers { .. } => "Numbers(…)",
            Column::Codes { .. } => "Codes(…)",
        })
    }
}

impl<'a> Column<'a> {
    /// Numbers without gaps.
    #[must_use]
    pub fn numbers(values: &'a [f64]) -> Self {
        Column::Numbers { values, valid: None }
    }

    /// Codes without gaps.
    /// A code is a position in the dictionary, from 0.
    ///
    /// ```
    /// # use sms_statistics as sms_core;
    /// use sms_core::survey::{Batch, Column};
    /// let mut batch = Batch::new(3);
    /// batch.insert("district", Column::codes(&[0, 0, 1], &["north", "south"]))?;
    /// assert!(batch.insert("district", Column::codes(&[0, 0, 2], &["north", "south"])).is_err());
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    #[must_use]
    pub fn codes(codes: &'a [u32], dictionary: &'a [&'a str]) -> Self {
        Column::Codes { codes, dictionary, valid: None }
    }

    fn len(&self) -> usize {
        match self {
            Column::Numbers { values, .. } => values.len(),
            Column::Codes { codes, .. } => codes.len(),
        }
    }

    fn valid(&self) -> Option<&'a [bool]> {
        match self {
            Column::Numbers { valid, .. } | Column::Codes { valid, .. } => *valid,
        }
    }
}

/// Some rows of the microdata, as columns by name.
///
/// ```
/// # use sms_statistics as sms_core;
/// use sms_core::survey::{Batch, Column};
/// let mut batch = Batch::new(3);
/// batch.insert("rent", Column::numbers(&[3.0, 5.0, 4.0]))?;
/// assert!(batch.insert("w", Column::numbers(&[1.0])).is_err());
/// # Ok::<(), sms_core::Error>(())
/// ```
#[derive(Clone)]
pub struct Batch<'a> {
    rows: usize,
    columns: BTreeMap<(&'a str, Role), Column<'a>>,
}

impl fmt::Debug for Batch<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batch").field("columns", &self.columns.keys().map(|(name, _)| name)).finish_non_exhaustive()
    }
}

impl<'a> Batch<'a> {
    /// A batch of so many rows, without columns so far.
    #[must_use]
    pub fn new(rows: usize) -> Self {
        Batch { rows, columns: BTreeMap::new() }
    }

    /// How many rows it has.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Adds a column. One name may be given twice: as numbers and as codes.
    ///
    /// # Errors
    /// `survey.bad-column` when it has another number of rows, or a code beyond its dictionary.
    pub fn insert(&mut self, name: &'a str, column: Column<'a>) -> Result<()> {
        let bad = |expected: &'static str| Err(Error::new(Code::SurveyBadColumn).in_column(name).expecting(expected));
        if column.len() != self.rows || column.valid().is_some_and(|v| v.len() != self.rows) {
            return bad("one entry for each row of the batch");
        }
        if let Column::Codes { codes, dictionary, valid } = column {
            let known = |(i, &c): (usize, &u32)| !is_valid(valid, i) || (c as usize) < dictionary.len();
            if !codes.iter().enumerate().all(known) {
                return bad("codes within their dictionary");
            }
        }
        let role = if matches!(column, Column::Numbers { .. }) { Role::Numbers } else { Role::Codes };
        self.columns.insert((name, role), column);
        Ok(())
    }

    pub(super) fn numbers(&self, name: &'a str) -> Result<Numbers<'a>> {
        match self.columns.get(&(name, Role::Numbers)) {
            Some(Column::Numbers { values, valid }) => Ok(Numbers { values, valid: *valid }),
            _ => Err(self.without(name, Role::Codes, "numbers")),
        }
    }

    pub(super) fn codes(&self, name: &'a str) -> Result<Codes<'a>> {
        match self.columns.get(&(name, Role::Codes)) {
            Some(Column::Codes { codes, dictionary, valid }) => {
                let has_blank = dictionary.iter().any(|word| is_blank(word));
                Ok(Codes { codes, dictionary, valid: *valid, has_blank })
            }
            _ => Err(self.without(name, Role::Numbers, "codes")),
        }
    }

    fn without(&self, name: &'a str, other: Role, expected: &'static str) -> Error {
        if self.columns.contains_key(&(name, other)) {
            Error::new(Code::SurveyBadColumn).in_column(name).expecting(expected)
        } else {
            Error::new(Code::SurveyMissingColumn).in_column(name)
        }
    }
}

fn is_valid(valid: Option<&[bool]>, row: usize) -> bool {
    valid.is_none_or(|v| v.get(row).copied().unwrap_or(false))
}

#[derive(Clone, Copy)]
pub(super) struct Numbers<'a> {
    values: &'a [f64],
    valid: Option<&'a [bool]>,
}

impl Numbers<'_> {
    pub(super) fn get(&self, row: usize) -> Option<f64> {
        if is_valid(self.valid, row) { self.values.get(row).copied() } else { None }
    }
}

#[derive(Clone, Copy)]
pub(super) struct Codes<'a> {
    codes: &'a [u32],
    pub(super) dictionary: &'a [&'a str],
    valid: Option<&'a [bool]>,
    /// Whether an empty text is in the dictionary, which is no code.
    has_blank: bool,
}

impl Codes<'_> {
    pub(super) fn get(&self, row: usize) -> Option<usize> {
        let code = if is_valid(self.valid, row) { self.codes.get(row).map(|&c| c as usize) } else { None };
        code.filter(|&c| !(self.has_blank && self.dictionary.get(c).is_some_and(|word| is_blank(word))))
    }
}

/// What a column of the microdata is read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Numbers: weights, values, corrections.
    Numbers,
    /// Codes: strata, sampling units, groups, categories.
    Codes,
}

impl SurveyPlan {
    /// The columns that the plan reads, with what each is read as. A column can be read as both.
    #[must_use]
    pub fn columns(&self) -> Vec<(&str, Role)> {
        let design = &self.design;
        let mut columns = vec![(design.weight.as_str(), Role::Numbers)];
        columns.extend(design.stratum.iter().chain(&design.psu).map(|c| (c.as_str(), Role::Codes)));
        columns.extend(design.fpc.iter().map(|f| (f.column.as_str(), Role::Numbers)));
        if let Some(second) = &design.second_stage {
            columns.extend(second.unit.iter().map(|c| (c.as_str(), Role::Codes)));
            columns.push((second.fpc.column.as_str(), Role::Numbers));
        }
        columns.extend(design.replicates.iter().flat_map(|r| &r.columns).map(|c| (c.as_str(), Role::Numbers)));
        if let Some(calibration) = &design.calibration {
            columns.extend(calibration.margins.iter().flat_map(|m| &m.by).map(|c| (c.as_str(), Role::Codes)));
            columns.extend(calibration.numbers.iter().map(|n| (n.column.as_str(), Role::Numbers)));
        }
        columns.extend(self.domains.iter().flat_map(|d| &d.by).map(|c| (c.as_str(), Role::Codes)));
        for measure in self.estimates.values() {
            match measure {
                Measure::Total { variable, category } => {
                    columns.extend(variable.iter().map(|v| (v.as_str(), if category.is_some() { Role::Codes } else { Role::Numbers })));
                }
                Measure::Proportion { variable, category } => columns.push((variable, if category.is_some() { Role::Codes } else { Role::Numbers })),
                Measure::Ratio { numerator, denominator } => columns.extend([(numerator.as_str(), Role::Numbers), (denominator.as_str(), Role::Numbers)]),
                Measure::Rate { numerator, denominator, .. } => {
                    columns.push((numerator, Role::Numbers));
                    columns.extend(denominator.iter().map(|d| (d.as_str(), Role::Numbers)));
                }
                Measure::Mean { variable }
                | Measure::Quantile { variable, .. }
                | Measure::Median { variable, .. }
                | Measure::AtRiskOfPoverty { variable, .. }
                | Measure::PovertyGap { variable, .. }
                | Measure::QuintileShareRatio { variable, .. }
                | Measure::Gini { variable } => columns.push((variable, Role::Numbers)),
            }
        }
        columns.sort_unstable();
        columns.dedup();
        columns
    }
}

/// Codes that own their dictionary.
#[derive(Clone, Default)]
pub struct Encoded {
    /// Positions in the dictionary.
    pub codes: Vec<u32>,
    /// The codes as texts.
    pub dictionary: Vec<String>,
    /// Which rows have one.
    pub valid: Vec<bool>,
}

impl fmt::Debug for Encoded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Encoded(…)")
    }
}

/// Numbers as codes: a stratum 3 is the code `3`, whether it came as 3 or as 3.0. What is no number is no code: frames write
/// a missing number so.
///
/// ```
/// # use sms_statistics as sms_core;
/// let made = sms_core::survey::encode_numbers([Some(3.0), None, Some(3.0)].into_iter());
/// assert_eq!((made.dictionary, made.valid), (vec!["3".to_owned()], vec![true, false, true]));
/// ```
#[must_use]
pub fn encode_numbers(numbers: impl Iterator<Item = Option<f64>>) -> Encoded {
    let mut seen: BTreeMap<u64, u32> = BTreeMap::new();
    let mut made = Encoded::default();
    for x in numbers {
        let code = x.filter(|x| x.is_finite()).map(|x| {
            let x = if x == 0.0 { 0.0 } else { x };
            *seen.entry(x.to_bits()).or_insert_with(|| {
                made.dictionary.push(format!("{x}"));
                u32::try_from(made.dictionary.len() - 1).unwrap_or(u32::MAX)
            })
        });
        made.codes.push(code.unwrap_or_default());
        made.valid.push(code.is_some());
    }
    made
}
