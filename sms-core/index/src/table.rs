//! Data for an index: units and named columns.

use sms_base::diagnostic::{Code, Error, Result};
use sms_base::num::{self, DecimalSign};
use sms_model::estimate::Absence;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

/// A cell as it was given.
#[derive(Clone, PartialEq)]
pub enum Given {
    /// A number.
    Number(f64),
    /// A text: a code, or a number that is still to be read.
    Text(Arc<str>),
    /// Nothing, and why.
    Absent(Absence),
}

/// The most rows of a table.
const MAX_ROWS: usize = 5_000_000;

/// Units and named columns. It is the caller's own data: it cannot be printed.
#[derive(Clone)]
pub struct Table {
    units: Vec<String>,
    columns: BTreeMap<String, Vec<Given>>,
    decimal: DecimalSign,
}

impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Table").field("rows", &self.units.len()).field("columns", &self.columns.len()).finish()
    }
}

impl Table {
    /// A table with these units, one a row.
    ///
    /// ```
    /// use sms_core::index::Table;
    /// assert_eq!(Table::new(["a", "b"])?.units().len(), 2);
    /// assert_eq!(Table::new(["a", "a"]).unwrap_err().code().as_str(), "index.duplicate-unit");
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `index.no-units`; `index.duplicate-unit`; `index.too-large`.
    pub fn new<S: Into<String>>(units: impl IntoIterator<Item = S>) -> Result<Self> {
        let units: Vec<String> = units.into_iter().map(Into::into).collect();
        if units.is_empty() {
            return Err(Error::new(Code::IndexNoUnits).at_path("units"));
        }
        if units.len() > MAX_ROWS {
            return Err(Error::new(Code::IndexTooLarge).at_path("units").with("limit", MAX_ROWS));
        }
        let mut seen = BTreeSet::new();
        for (i, unit) in units.iter().enumerate() {
            if !seen.insert(unit.as_str()) {
                return Err(Error::new(Code::IndexDuplicateUnit).at_path(&format!("units[{i}]")));
            }
        }
        Ok(Table { units, columns: BTreeMap::new(), decimal: DecimalSign::Detect })
    }

    /// Sets the decimal sign of numbers that are given as texts.
    #[must_use]
    pub fn decimal(mut self, sign: DecimalSign) -> Self {
        self.decimal = sign;
        self
    }

    /// Adds a column of cells, one a unit.
    ///
    /// ```
    /// use sms_core::{estimate::Absence, index::{Given, Table}};
    /// let cells = vec![Given::Number(30.5), Given::Absent(Absence::NotAsked)];
    /// assert!(Table::new(["a", "b"])?.column("rent", cells.clone()).is_ok());
    /// assert!(Table::new(["a"])?.column("rent", cells).is_err()); // one cell a unit
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `index.column-length`; `num.not-finite`.
    pub fn column(mut self, name: &str, cells: Vec<Given>) -> Result<Self> {
        if cells.len() != self.units.len() {
            return Err(Error::new(Code::IndexColumnLength).in_column(name).with("cells", cells.len()).with("units", self.units.len()));
        }
        for (row, cell) in cells.iter().enumerate() {
            if let Given::Number(x) = cell {
                num::finite(*x).map_err(|e| e.in_column(name).at_row(u32::try_from(row + 1).unwrap_or(u32::MAX)))?;
            }
        }
        self.columns.insert(name.to_owned(), cells);
        Ok(self)
    }

    /// Adds a column of numbers; `None` is missing.
    ///
    /// ```
    /// use sms_core::index::Table;
    /// let table = Table::new(["a", "b"])?.numbers("rent", vec![Some(30.0), None])?;
    /// assert_eq!(table.units(), ["a", "b"]);
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Table::column`].
    pub fn numbers(self, name: &str, cells: Vec<Option<f64>>) -> Result<Self> {
        self.column(name, cells.into_iter().map(|x| x.map_or(Given::Absent(Absence::Missing), Given::Number)).collect())
    }

    /// Adds a column of texts; `None` is missing.
    ///
    /// ```
    /// use sms_core::index::Table;
    /// assert!(Table::new(["a", "b"])?.texts("region", vec![Some("north"), None]).is_ok());
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Table::column`].
    pub fn texts(self, name: &str, cells: Vec<Option<&str>>) -> Result<Self> {
        self.column(name, cells.into_iter().map(|t| t.map_or(Given::Absent(Absence::Missing), |t| Given::Text(t.into()))).collect())
    }

    /// The units, in their order.
    #[must_use]
    pub fn units(&self) -> &[String] {
        &self.units
    }

    pub(super) fn sign(&self) -> DecimalSign {
        self.decimal
    }

    pub(super) fn get(&self, name: &str) -> Option<&[Given]> {
        self.columns.get(name).map(Vec::as_slice)
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.keys().map(String::as_str)
    }
}
