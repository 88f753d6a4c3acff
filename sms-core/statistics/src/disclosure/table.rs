//! Tables as cells and equations: what parts sum to what.
//!
//! A table of two or three dimensions, a hierarchy, tables that share margins, and two releases of the same table are
//! all the same thing here: cells, and equations that say which cells sum to which.

use crate::diagnostic::{Code, Error, Result};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The largest figure of a cell: whole numbers up to here are exact as JSON numbers.
const LARGEST: i64 = 1 << 53;

/// Cells and equations together, so that a request cannot ask for an unbounded table.
const MOST_CELLS: usize = 2_000_000;

/// One cell of a table, in whole numbers. Decimals are scaled by the caller.
#[derive(Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "DisclosureCell"))]
pub struct Cell {
    /// The figure. Its owner knows it; an attacker of a suppressed cell does not.
    pub value: Option<i64>,
    /// Whether the reader does not see it.
    pub suppressed: bool,
    /// Whether it cannot be suppressed, because it is public already.
    pub fixed: bool,
    /// Information lost when it is suppressed; its value when absent.
    pub cost: Option<u64>,
    /// Cells of the same bundle are shown or suppressed together, such as numerator and denominator of one figure.
    pub bundle: Option<u32>,
    /// How wide what can be deduced must at least be, highest less lowest; the width of the rules when absent.
    pub width: Option<u64>,
    /// How far below the value the lowest possible must be.
    pub below: u64,
    /// How far above the value the highest possible must be.
    pub above: u64,
    /// What anybody knows to be the least that it can be.
    pub lower: i64,
    /// What anybody knows to be the most that it can be.
    pub upper: Option<i64>,
}

impl Cell {
    /// A cell that the reader sees.
    #[must_use]
    pub fn published(value: i64) -> Self {
        Cell { value: Some(value), ..Cell::default() }
    }

    /// A cell that the reader does not see.
    #[must_use]
    pub fn hidden(value: i64) -> Self {
        Cell { value: Some(value), suppressed: true, ..Cell::default() }
    }

    /// Information lost when it is suppressed.
    pub(super) fn cost(&self) -> u64 {
        self.cost.unwrap_or_else(|| self.value.map_or(1, i64::unsigned_abs).max(1))
    }
}

/// Parts and their total: the parts and the constant sum to the total.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "DisclosureEquation"))]
pub struct Equation {
    /// Position of the total among the cells.
    pub total: usize,
    /// Positions of the parts.
    pub parts: Vec<usize>,
    /// What is known to be in the total and in no part.
    #[serde(default)]
    pub constant: i64,
}

/// A table: cells, and the equations between them. It cannot be printed with its values.
#[derive(Clone)]
pub struct Table {
    cells: Vec<Cell>,
    equations: Vec<Equation>,
    /// For each cell its equations, with +1 for a part and −1 for the total.
    incidence: Vec<Vec<(usize, i64)>>,
}

impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Table").field("cells", &self.cells.len()).field("equations", &self.equations.len()).finish_non_exhaustive()
    }
}

impl Table {
    /// A table of these cells and equations.
    ///
    /// ```
    /// # use sms_statistics as sms_core;
    /// use sms_core::disclosure::{Cell, Equation, Table};
    /// let cells = vec![Cell::published(94), Cell::hidden(4), Cell::published(90)];
    /// let table = Table::new(cells, vec![Equation { total: 0, parts: vec![1, 2], constant: 0 }])?;
    /// assert_eq!(table.cells().len(), 3);
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `disclosure.bad-table` when an equation names a cell that is not there or names one twice, when a published cell
    /// has no value, or a value is out of range; `disclosure.not-additive` when known cells do not sum.
    pub fn new(cells: Vec<Cell>, equations: Vec<Equation>) -> Result<Self> {
        let bad = |path: String, expected: &'static str| Error::new(Code::DisclosureBadTable).at_path(&path).expecting(expected);
        if cells.len().saturating_add(equations.len()) > MOST_CELLS {
            return Err(bad("cells".to_owned(), "two million cells and equations at most"));
        }
        for (i, cell) in cells.iter().enumerate() {
            let known = |x: i64| (-LARGEST..=LARGEST).contains(&x);
            if !(cell.value.is_none_or(known) && known(cell.lower) && cell.upper.is_none_or(known)) {
                return Err(bad(format!("cells[{i}]"), "whole numbers up to 2^53"));
            }
            if cell.value.is_none() && !cell.suppressed {
                return Err(bad(format!("cells[{i}].value"), "a value, for a cell that is published"));
            }
            if cell.upper.is_some_and(|u| u < cell.lower)
                || (cell.suppressed && cell.value.is_some_and(|v| v < cell.lower || cell.upper.is_some_and(|u| v > u)))
            {
                return Err(bad(format!("cells[{i}]"), "lower ≤ value ≤ upper"));
            }
        }
        let mut incidence: Vec<Vec<(usize, i64)>> = vec![Vec::new(); cells.len()];
        for (e, equation) in equations.iter().enumerate() {
            let members = equation.parts.iter().map(|&p| (p, 1)).chain([(equation.total, -1)]);
            let mut left = i128::from(equation.constant);
            let mut all_known = true;
            for (cell, sign) in members {
                let place = incidence.get_mut(cell).filter(|of| of.last().is_none_or(|&(last, _)| last != e));
                place.ok_or_else(|| bad(format!("equations[{e}]"), "positions of cells, each once"))?.push((e, sign));
                match cells.get(cell).and_then(|c| c.value) {
                    Some(value) => left += i128::from(sign) * i128::from(value),
                    None => all_known = false,
                }
            }
            if all_known && left != 0 {
                return Err(Error::new(Code::DisclosureNotAdditive).at_path(&format!("equations[{e}]")));
            }
        }
        Ok(Table { cells, equations, incidence })
    }

    /// A table of rows and columns, whose last row and last column hold the totals. `None` is a cell that the reader
    /// does not see. Cells are numbered row by row.
    ///
    /// ```
    /// # use sms_statistics as sms_core;
    /// use sms_core::disclosure::Table;
    /// let table = Table::grid(&[vec![None, Some(20), Some(24)], vec![Some(30), Some(40), Some(70)], vec![Some(34), Some(60), Some(94)]])?;
    /// assert_eq!((table.cells().len(), table.equations().len()), (9, 6));
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `disclosure.bad-table` for rows of different lengths or fewer than two rows or columns, and those of
    /// [`Table::new`].
    pub fn grid(rows: &[Vec<Option<i64>>]) -> Result<Self> {
        let wide = rows.first().map_or(0, Vec::len);
        if rows.len() < 2 || wide < 2 || rows.iter().any(|r| r.len() != wide) {
            return Err(Error::new(Code::DisclosureBadTable).at_path("grid").expecting("two or more rows of the same length, with totals last"));
        }
        let cells = rows.iter().flatten().map(|&value| Cell { value, suppressed: value.is_none(), ..Cell::default() }).collect();
        let mut equations = Vec::with_capacity(rows.len() + wide);
        for r in 0..rows.len() {
            equations.push(Equation { total: r * wide + wide - 1, parts: (0..wide - 1).map(|c| r * wide + c).collect(), constant: 0 });
        }
        for c in 0..wide {
            equations.push(Equation { total: (rows.len() - 1) * wide + c, parts: (0..rows.len() - 1).map(|r| r * wide + c).collect(), constant: 0 });
        }
        Table::new(cells, equations)
    }

    /// The cells.
    #[must_use]
    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }

    /// The equations.
    #[must_use]
    pub fn equations(&self) -> &[Equation] {
        &self.equations
    }

    /// Which cells the reader does not see.
    pub(super) fn suppressed(&self) -> Vec<bool> {
        self.cells.iter().map(|c| c.suppressed).collect()
    }

    pub(super) fn incidence(&self, cell: usize) -> &[(usize, i64)] {
        self.incidence.get(cell).map_or(&[], Vec::as_slice)
    }

    /// Cells of an equation with their signs.
    pub(super) fn members(&self, equation: usize) -> impl Iterator<Item = (usize, i64)> {
        let e = self.equations.get(equation);
        e.into_iter().flat_map(|e| e.parts.iter().map(|&p| (p, 1)).chain([(e.total, -1)]))
    }

    /// The same table with other cells.
    pub(super) fn with_cells(&self, change: impl Fn(usize, &mut Cell)) -> Table {
        let mut table = self.clone();
        for (i, cell) in table.cells.iter_mut().enumerate() {
            change(i, cell);
        }
        table
    }

    /// The same table with the constants of its equations in units of `base`.
    pub(super) fn scaled_constants(mut self, base: i64) -> Table {
        for e in &mut self.equations {
            e.constant /= base;
        }
        self
    }

    /// The unknowns that hang together through equations, by the cells that start them; all when `wanted` is `None`.
    ///
    /// # Errors
    /// `disclosure.not-additive` when an equation without an unknown does not hold.
    pub(super) fn components(&self, hidden: &[bool], wanted: Option<&[bool]>) -> Result<Vec<Component>> {
        let is_hidden = |i: usize| hidden.get(i).copied().unwrap_or(false);
        let mut seen = vec![false; self.cells.len()];
        let mut row_of: Vec<Option<usize>> = vec![None; self.equations.len()];
        let mut made = Vec::new();
        for start in 0..self.cells.len() {
            let asked = wanted.is_none_or(|w| w.get(start).copied().unwrap_or(false));
            if !asked || !is_hidden(start) || seen.get(start).copied().unwrap_or(true) {
                continue;
            }
            let mut component = Component::default();
            let mut queue = vec![start];
            if let Some(s) = seen.get_mut(start) {
                *s = true;
            }
            while let Some(cell) = queue.pop() {
                component.unknowns.push(cell);
                for &(e, _) in self.incidence(cell) {
                    if row_of.get(e).copied().flatten().is_some() {
                        continue;
                    }
                    if let Some(row) = row_of.get_mut(e) {
                        *row = Some(component.equations.len());
                    }
                    component.equations.push(e);
                    for (other, _) in self.members(e) {
                        if is_hidden(other)
                            && let Some(s) = seen.get_mut(other)
                            && !*s
                        {
                            *s = true;
                            queue.push(other);
                        }
                    }
                }
            }
            component.unknowns.sort_unstable();
            for &cell in &component.unknowns {
                let c = self.cells.get(cell).copied().unwrap_or_default();
                let entries = self.incidence(cell).iter().filter_map(|&(e, sign)| Some((row_of.get(e).copied().flatten()?, sign)));
                component.columns.push(entries.collect());
                component.lower.push(c.lower);
                component.room.push(c.upper.map(|u| u - c.lower));
            }
            for &e in &component.equations {
                let mut left = self.equations.get(e).map_or(0, |q| -i128::from(q.constant));
                for (cell, sign) in self.members(e) {
                    let c = self.cells.get(cell).copied().unwrap_or_default();
                    let known = if is_hidden(cell) { c.lower } else { c.value.unwrap_or(0) };
                    left -= i128::from(sign) * i128::from(known);
                }
                component.right.push(i64::try_from(left).map_err(|_| Error::new(Code::DisclosureBadTable).at_path("cells"))?);
            }
            made.push(component);
        }
        Ok(made)
    }
}

/// Unknowns that hang together: A·x = right, 0 ≤ x ≤ room, where x is the cell less its lower end.
#[derive(Clone, Default)]
pub(super) struct Component {
    /// Cells of the table, rising.
    pub(super) unknowns: Vec<usize>,
    /// Equations of the table.
    pub(super) equations: Vec<usize>,
    /// For each unknown its rows and signs.
    pub(super) columns: Vec<Vec<(usize, i64)>>,
    pub(super) right: Vec<i64>,
    pub(super) lower: Vec<i64>,
    pub(super) room: Vec<Option<i64>>,
}

impl Component {
    /// The position of a cell among the unknowns.
    pub(super) fn position(&self, cell: usize) -> Option<usize> {
        self.unknowns.binary_search(&cell).ok()
    }

    /// The same, with an unknown kept between two ends (of the shifted unknown); `None` when they leave nothing.
    pub(super) fn between(&self, unknown: usize, least: i64, most: Option<i64>) -> Option<Component> {
        let mut narrower = self.clone();
        let room = narrower.room.get_mut(unknown)?;
        let most = match (*room, most) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        let least = least.max(0);
        if most.is_some_and(|m| m < least) {
            return None;
        }
        *room = most.map(|m| m - least);
        *narrower.lower.get_mut(unknown)? += least;
        for &(row, sign) in self.columns.get(unknown)? {
            *narrower.right.get_mut(row)? -= sign * least;
        }
        Some(narrower)
    }
}
