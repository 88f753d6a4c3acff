//! Floor 7: check: from the tidy table to typed cells, with everything that is wrong said once.
//!
//! `check` never fails on bad rows. A row that cannot be used is rejected with its code, row and column; the rest
//! goes on. Cells are sorted by place, indicator, group and period, so the order of rows never matters.

mod check;
mod series;

pub use crate::observation::Confidentiality;
pub use check::check;

use crate::catalogue::Catalogue;
use crate::disaggregation::GroupKey;
use crate::estimate::{Absence, Interval};
use crate::id::PlaceCode;
use crate::observation::{ConfidentialityStatus, ObservationStatus};
use crate::period::Period;
use serde::Serialize;
use std::fmt;
use std::sync::Arc;

/// One figure: everything about it that fits in a few machine words.
#[derive(Clone, Copy, PartialEq)]
pub struct Cell {
    /// Position of the place.
    pub place: u32,
    /// Position of the indicator in the catalogue.
    pub indicator: u32,
    /// Position of the group.
    pub group: u32,
    /// Position of the period.
    pub period: u32,
    /// In the unit of the indicator; meaningless when `absence` is set.
    pub value: f64,
    /// The count above, as given.
    pub numerator: Option<f64>,
    /// The count below, as given.
    pub denominator: Option<f64>,
    /// Unweighted persons or records behind the figure.
    pub n: Option<f64>,
    /// Standard error.
    pub se: Option<f64>,
    /// Degrees of freedom of the standard error.
    pub df: Option<f64>,
    /// Design effect of the figure.
    pub deff: Option<f64>,
    /// The interval that came with the figure.
    pub interval: Option<Interval>,
    /// Why there is no figure.
    pub absence: Option<Absence>,
    /// Its status, normal where none is given.
    pub status: ObservationStatus,
    /// Who may see it.
    pub confidentiality: Confidentiality,
    /// How it was said who may see it, if it was.
    pub declared: Option<ConfidentialityStatus>,
    /// Whether a series starts anew here.
    pub is_break: bool,
    /// Whether it may still change.
    pub is_provisional: bool,
    /// Number of the text of the source.
    pub source: u32,
    /// Number of the text that says what it stands in for.
    pub proxy: u32,
    /// Number of the text of the note.
    pub note: u32,
}

impl Cell {
    /// Its place in the canonical order: by place, indicator, group and period.
    fn key(&self) -> u128 {
        [self.place, self.indicator, self.group, self.period].iter().fold(0, |key, &part| (key << 32) | u128::from(part))
    }

    /// The value, when there is one.
    /// In the unit of the indicator.
    ///
    /// ```
    /// use sms_core::{Catalogue, dataset, exchange};
    /// let catalogue = Catalogue::from_json(sms_catalogue::CATALOGUE_JSON)?.into();
    /// let csv = "indicator,place,period,value,status\nWSP-O-04,gent,2018,4.1,\nWSP-O-04,gent,2019,,not_asked\n";
    /// let (dataset, _) = dataset::check(&catalogue, &exchange::csv::read(csv.as_bytes(), &Default::default())?);
    /// let values: Vec<_> = dataset.table.cells.iter().map(|cell| cell.value()).collect();
    /// assert_eq!(values, [Some(4.1), None]);
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    pub fn value(&self) -> Option<f64> {
        self.absence.is_none().then_some(self.value)
    }

    /// Its status as a code of SDMX CL_OBS_STATUS: the one that was read, or the one that says why there is no figure.
    pub fn status_code(&self) -> &'static str {
        self.status.code_of(self.absence)
    }

    /// Who may see it, as a code of SDMX CL_CONF_STATUS; none where nothing was declared.
    pub fn confidentiality_code(&self) -> Option<&'static str> {
        self.declared.map(ConfidentialityStatus::code)
    }

    /// Whether it says the same: the same figure with the same marks, whatever code they were given by.
    fn says_the_same(&self, other: &Cell) -> bool {
        Cell { status: other.status, declared: other.declared, ..*self } == *other
    }
}

/// A place that figures are about.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Place {
    /// The code, in any scheme.
    pub code: PlaceCode,
    /// The name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Arc<str>>,
    /// The scheme of the code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scheme: Option<Arc<str>>,
    /// The place that holds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<PlaceCode>,
}

/// Cells with the tables that their numbers point into.
#[derive(Clone, Default)]
pub struct CellTable {
    /// Cells in their order: place, indicator, group, period.
    pub cells: Vec<Cell>,
    /// Places in their order.
    pub places: Vec<Place>,
    /// Groups in their order.
    pub groups: Vec<GroupKey>,
    /// Periods in their order.
    pub periods: Vec<Period>,
    /// Sources, proxies and notes; number 0 is none.
    pub(crate) texts: Vec<Arc<str>>,
}

impl CellTable {
    /// A text by its number.
    #[must_use]
    pub fn text(&self, number: u32) -> Option<&Arc<str>> {
        self.texts.get((number as usize).checked_sub(1)?)
    }

    /// The period of a cell.
    #[must_use]
    pub fn period(&self, cell: &Cell) -> Option<Period> {
        self.periods.get(cell.period as usize).copied()
    }

    /// The group of a cell.
    /// `None` only for a cell of another table.
    ///
    /// ```
    /// use sms_core::{Catalogue, dataset, exchange};
    /// let catalogue = Catalogue::from_json(sms_catalogue::CATALOGUE_JSON)?.into();
    /// let csv = "indicator,place,period,SEX,value\nWSP-O-04,bristol,2018,F,4.1\n";
    /// let (dataset, _) = dataset::check(&catalogue, &exchange::csv::read(csv.as_bytes(), &Default::default())?);
    /// let cell = &dataset.table.cells[0];
    /// assert_eq!(dataset.table.group(cell).and_then(|g| g.single()).map(|(_, code)| code.as_str()), Some("F"));
    /// assert_eq!(dataset.table.period(cell), Some("2018".parse()?));
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    #[must_use]
    pub fn group(&self, cell: &Cell) -> Option<&GroupKey> {
        self.groups.get(cell.group as usize)
    }

    /// Cells of one place, with the number of the first; cells are sorted by place first.
    pub fn of_place(&self, place: u32) -> Run<'_> {
        let from = self.cells.partition_point(|c| c.place < place);
        let to = self.cells.partition_point(|c| c.place <= place);
        Run { base: from, cells: self.cells.get(from..to).unwrap_or_default() }
    }
}

/// Neighbouring cells, with the number of the first.
#[derive(Clone, Copy)]
pub struct Run<'a> {
    pub(crate) base: usize,
    /// Its cells.
    pub cells: &'a [Cell],
}

impl<'a> Run<'a> {
    /// Those of one indicator, out of the cells of one place.
    pub fn of_indicator(self, indicator: u32) -> Run<'a> {
        let from = self.cells.partition_point(|c| c.indicator < indicator);
        let to = self.cells.partition_point(|c| c.indicator <= indicator);
        Run { base: self.base + from, cells: self.cells.get(from..to).unwrap_or_default() }
    }

    /// The number of the cell at a position.
    pub fn number(self, position: usize) -> Option<u32> {
        u32::try_from(self.base + position).ok()
    }
}

/// Checked figures: typed, sorted, without the rejected rows. The user's own data, never part of a report.
///
/// ```
/// use sms_core::{Catalogue, dataset, exchange};
/// let catalogue = Catalogue::from_json(sms_catalogue::CATALOGUE_JSON)?.into();
/// let csv = "indicator,place,period,numerator,denominator\nWSP-O-04,example,2024,756,18095\n";
/// let (dataset, _) = dataset::check(&catalogue, &exchange::csv::read(csv.as_bytes(), &Default::default())?);
/// // in the unit of the indicator, here per cent: 100 · 756 / 18 095
/// assert_eq!(dataset.table.cells[0].value(), Some(100.0 * (756.0 / 18_095.0)));
/// # Ok::<(), sms_core::Error>(())
/// ```
#[derive(Clone)]
pub struct Dataset {
    /// The cells.
    pub table: CellTable,
    /// The catalogue that they were checked against.
    pub catalogue: Arc<Catalogue>,
    rows_read: usize,
    rejected: Vec<u32>,
    rejected_rows: usize,
    pretest_rows: usize,
    duplicate_rows: usize,
}

impl fmt::Debug for Dataset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dataset").field("cells", &self.len()).field("places", &self.table.places.len()).finish_non_exhaustive()
    }
}

impl Dataset {
    /// How many cells.
    #[must_use]
    pub fn len(&self) -> usize {
        self.table.cells.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.table.cells.is_empty()
    }

    /// The places, sorted by code.
    ///
    /// ```
    /// use sms_core::{Catalogue, dataset, exchange};
    /// let catalogue = Catalogue::from_json(sms_catalogue::CATALOGUE_JSON)?.into();
    /// let csv = "indicator,place,period,value\nWSP-O-04,gent,2018,4.1\nWSP-O-04,bristol,2018,4.1\n";
    /// let (dataset, _) = dataset::check(&catalogue, &exchange::csv::read(csv.as_bytes(), &Default::default())?);
    /// let codes: Vec<_> = dataset.places().iter().map(|place| place.code.as_str()).collect();
    /// assert_eq!(codes, ["bristol", "gent"]);
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    #[must_use]
    pub fn places(&self) -> &[Place] {
        &self.table.places
    }

    /// How the rows were used. The parts sum to `read`.
    ///
    /// ```
    /// use sms_core::{Catalogue, dataset, exchange};
    /// let catalogue = Catalogue::from_json(sms_catalogue::CATALOGUE_JSON)?.into();
    /// let csv = "indicator,place,period,value\nWSP-O-04,bristol,2018,4.1\nWSP-O-4,bristol,2018,4.1\n";
    /// let (dataset, _) = dataset::check(&catalogue, &exchange::csv::read(csv.as_bytes(), &Default::default())?);
    /// let counts = dataset.row_counts();
    /// assert_eq!((counts.read, counts.used, counts.rejected), (2, 1, 1));
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    #[must_use]
    pub fn row_counts(&self) -> RowCounts {
        RowCounts {
            read: self.rows_read,
            used: self.table.cells.len(),
            rejected: self.rejected_rows,
            pretest: self.pretest_rows,
            duplicates: self.duplicate_rows,
        }
    }

    /// Line numbers of the rejected rows, sorted, each once.
    ///
    /// ```
    /// use sms_core::{Catalogue, dataset, exchange};
    /// let catalogue = Catalogue::from_json(sms_catalogue::CATALOGUE_JSON)?.into();
    /// let csv = "indicator,place,period,value\nWSP-O-04,bristol,2018,4.1\nWSP-O-4,bristol,2018,4.1\n";
    /// let (dataset, _) = dataset::check(&catalogue, &exchange::csv::read(csv.as_bytes(), &Default::default())?);
    /// assert_eq!(dataset.rejected(), [3]);
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    #[must_use]
    pub fn rejected(&self) -> &[u32] {
        &self.rejected
    }

    /// The catalogue that the data were checked against.
    #[must_use]
    pub fn catalogue(&self) -> &Arc<Catalogue> {
        &self.catalogue
    }

    /// SHA-256 over the content of all cells: an unkeyed hash lets anyone test guesses, so it stays with the data holder.
    pub fn content_hash(&self) -> [u8; 32] {
        content_hash(&self.table, &self.catalogue)
    }
}

/// What became of the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RowCounts {
    /// Rows in the input.
    pub read: usize,
    /// Rows that became cells.
    pub used: usize,
    /// Rows rejected for an error.
    pub rejected: usize,
    /// Rows of the pre-test.
    pub pretest: usize,
    /// Copies of a row that was kept.
    pub duplicates: usize,
}

fn content_hash(table: &CellTable, catalogue: &Catalogue) -> [u8; 32] {
    use sha2::{Digest, Sha256};
    let mut hash = Sha256::new();
    hash.update(catalogue.fingerprint().as_bytes());
    for place in &table.places {
        hash.update(place.code.as_str().as_bytes());
        hash.update([0]);
    }
    for group in &table.groups {
        for (dimension, code) in group.parts() {
            hash.update(dimension.as_str().as_bytes());
            hash.update([1]);
            hash.update(code.as_str().as_bytes());
            hash.update([2]);
        }
        hash.update([3]);
    }
    for period in &table.periods {
        hash.update(period.to_string().as_bytes());
        hash.update([4]);
    }
    let number = |hash: &mut Sha256, x: Option<f64>| match x {
        Some(x) => hash.update(x.to_bits().to_le_bytes()),
        None => hash.update([0xff; 8]),
    };
    for c in &table.cells {
        for part in [c.place, c.indicator, c.group, c.period] {
            hash.update(part.to_le_bytes());
        }
        for x in [c.value(), c.numerator, c.denominator, c.n, c.se] {
            number(&mut hash, x);
        }
        // a file that says nothing of its design keeps the hash that it had before there were such columns
        for (tag, x) in [(6, c.df), (7, c.deff)] {
            if x.is_some() {
                hash.update([tag]);
                number(&mut hash, x);
            }
        }
        if let Some(i) = c.interval {
            hash.update([8, i.method as u8]);
            [i.lower, i.upper, i.confidence].into_iter().for_each(|x| number(&mut hash, Some(x)));
        }
        hash.update([c.absence.map_or(255, |a| a as u8), c.confidentiality as u8, u8::from(c.is_break), u8::from(c.is_provisional)]);
    }
    hash.finalize().into()
}
