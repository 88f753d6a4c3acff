//! Linear programmes in whole numbers: each row over a denominator of its own, so that a pivot touches no row without an entry in its
//! column (after Edmonds 1967, who has one for all); Bland's choices (1977), no cycling.

use super::{Search, Stop};
use crate::disclosure::table::Component;

/// A linear programme in a tableau of whole numbers.
#[derive(Clone)]
pub(super) struct Simplex {
    /// Rows of coefficients, the right side last.
    rows: Vec<Row>,
    /// The unknown of each row; negative for an artificial one.
    basis: Vec<i64>,
    /// What a step along each unknown changes in what is looked for: at first what the rows without an unknown are short of,
    /// then, in branch and bound, the end; empty where no one asks. Only their proportions matter.
    prices: Row,
    /// Unknowns and slacks.
    wide: usize,
    pub(super) pivots: u32,
    search: Search,
    /// A number left its range in the middle of a step: nothing here can be read any more.
    spoilt: bool,
}

/// A row of whole numbers over one denominator, which is the entry of its own unknown.
#[derive(Clone, Debug, Default)]
struct Row {
    entries: Vec<i64>,
    denominator: i64,
}

fn gcd(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

impl Row {
    /// Divides by what all entries and the denominator have in common.
    fn reduce(&mut self) {
        let mut common = self.denominator.unsigned_abs();
        for x in &self.entries {
            if common == 1 {
                return;
            }
            common = gcd(common, x.unsigned_abs());
        }
        if let Some(common) = i64::try_from(common).ok().filter(|&c| c > 1) {
            self.entries.iter_mut().for_each(|x| *x /= common);
            self.denominator /= common;
        }
    }

    /// Takes a chosen row, given by its entries that are not 0 over that of the pivot, out of this one, so that the column of the pivot becomes 0 here.
    /// Returns how many entries were looked at.
    fn eliminate(&mut self, chosen: &[(usize, i64)], column: usize, pivot: i64) -> Result<usize, Stop> {
        let factor = self.entries.get(column).copied().unwrap_or(0);
        if factor == 0 {
            return Ok(0);
        }
        let common = i64::try_from(gcd(factor.unsigned_abs(), pivot.unsigned_abs())).map_err(|_| Stop::Limit)?;
        let (factor, pivot) = (factor / common, pivot / common);
        if pivot != 1 {
            for x in &mut self.entries {
                *x = x.checked_mul(pivot).ok_or(Stop::Limit)?;
            }
            self.denominator = self.denominator.checked_mul(pivot).ok_or(Stop::Limit)?;
        }
        for &(i, c) in chosen {
            if let Some(x) = self.entries.get_mut(i) {
                *x = factor.checked_mul(c).and_then(|taken| x.checked_sub(taken)).ok_or(Stop::Limit)?;
            }
        }
        if self.denominator != 1 {
            self.reduce();
        }
        Ok(if pivot == 1 { chosen.len() } else { self.entries.len() })
    }
}

/// Where a linear programme ends.
pub(super) enum Optimum {
    /// At this vertex.
    Found,
    Endless,
}

impl Simplex {
    pub(super) fn new(component: &Component, search: &Search) -> Result<Self, Stop> {
        let unknowns = component.columns.len();
        let bounded: Vec<(usize, i64)> = component.room.iter().enumerate().filter_map(|(j, r)| r.map(|r| (j, r))).collect();
        let (wide, deep) = (unknowns + bounded.len(), component.right.len() + bounded.len());
        if (wide + 1).saturating_mul(deep) > search.limits.tableau {
            return Err(Stop::Limit);
        }
        search.spend((wide + 1) * deep)?;
        let mut rows = vec![Row { entries: vec![0_i64; wide + 1], denominator: 1 }; deep];
        let mut set = |row: usize, column: usize, x: i64| {
            if let Some(cell) = rows.get_mut(row).and_then(|r| r.entries.get_mut(column)) {
                *cell = x;
            }
        };
        for (j, column) in component.columns.iter().enumerate() {
            for &(row, sign) in column {
                set(row, j, sign);
            }
        }
        for (row, &right) in component.right.iter().enumerate() {
            set(row, wide, right);
        }
        for (i, &(j, room)) in bounded.iter().enumerate() {
            let row = component.right.len() + i;
            set(row, j, 1);
            set(row, unknowns + i, 1);
            set(row, wide, room);
        }
        let number = |i: usize| i64::try_from(i).unwrap_or(i64::MAX);
        for row in &mut rows {
            if row.entries.last().is_some_and(|&r| r < 0) {
                row.entries.iter_mut().for_each(|x| *x = -*x);
            }
        }
        let basis = (0..deep).map(|r| -1 - number(r)).collect();
        let mut shortfall = vec![0_i64; wide];
        for row in &rows {
            shortfall.iter_mut().zip(&row.entries).for_each(|(sum, x)| *sum += x);
        }
        let prices = Row { entries: shortfall, denominator: 1 };
        let mut simplex = Simplex { rows, basis, prices, wide, pivots: search.limits.pivots, search: search.clone(), spoilt: false };
        simplex.start()?;
        Ok(simplex)
    }

    fn at(&self, row: usize, column: usize) -> i64 {
        self.rows.get(row).and_then(|r| r.entries.get(column)).copied().unwrap_or(0)
    }

    fn right(&self, row: usize) -> i64 {
        self.at(row, self.wide)
    }

    fn is_artificial(&self, row: usize) -> bool {
        self.basis.get(row).is_some_and(|&b| b < 0)
    }

    /// Brings an unknown into the basis in place of that of a row, whose entry is positive.
    fn pivot(&mut self, row: usize, column: usize) -> Result<(), Stop> {
        if self.spoilt {
            return Err(Stop::Limit);
        }
        self.pivots = self.pivots.checked_sub(1).ok_or(Stop::Limit)?;
        let Some(line) = self.rows.get_mut(row) else { return Err(Stop::Limit) };
        line.denominator = line.entries.get(column).copied().unwrap_or(1);
        line.reduce();
        let chosen: Vec<(usize, i64)> = line.entries.iter().copied().enumerate().filter(|&(_, x)| x != 0).collect();
        let (whole, pivot) = (line.entries.len(), line.denominator);
        let others = self.rows.iter_mut().enumerate().filter(|(r, _)| *r != row).map(|(_, line)| line);
        let made: Result<usize, Stop> = others.chain([&mut self.prices]).map(|line| line.eliminate(&chosen, column, pivot)).sum();
        let Ok(entries) = made else {
            self.spoilt = true;
            return Err(Stop::Limit);
        };
        // which row leaves was looked for in all of them
        self.search.spend(entries + whole + 4 * self.rows.len())?;
        if let Some(b) = self.basis.get_mut(row) {
            *b = i64::try_from(column).map_err(|_| Stop::Limit)?;
        }
        Ok(())
    }

    /// The row that limits an unknown that grows; ties go to the smallest unknown.
    fn leaving(&self, column: usize) -> Option<usize> {
        let mut best: Option<usize> = None;
        for r in 0..self.rows.len() {
            let entry = self.at(r, column);
            if entry <= 0 {
                continue;
            }
            let better = best.is_none_or(|b| {
                let mine = i128::from(self.right(r)) * i128::from(self.at(b, column));
                let theirs = i128::from(self.right(b)) * i128::from(entry);
                mine < theirs || (mine == theirs && self.basis.get(r) < self.basis.get(b))
            });
            if better {
                best = Some(r);
            }
        }
        best
    }

    /// Finds a point that fits.
    fn start(&mut self) -> Result<(), Stop> {
        while let Some(column) = self.prices.entries.iter().position(|&gain| gain > 0) {
            let Some(row) = self.leaving(column) else { return Err(Stop::Limit) };
            self.pivot(row, column)?;
        }
        if (0..self.rows.len()).any(|r| self.is_artificial(r) && self.right(r) > 0) {
            return Err(Stop::Infeasible);
        }
        self.prices = Row::default();
        let mut row = 0;
        while row < self.rows.len() {
            if self.is_artificial(row) {
                match (0..self.wide).find(|&c| self.at(row, c) != 0) {
                    Some(column) => {
                        if self.at(row, column) < 0
                            && let Some(line) = self.rows.get_mut(row)
                        {
                            line.entries.iter_mut().for_each(|x| *x = -*x);
                        }
                        self.pivot(row, column)?;
                    }
                    None => {
                        // the equation follows from the others
                        self.rows.remove(row);
                        self.basis.remove(row);
                        continue;
                    }
                }
            }
            row += 1;
        }
        Ok(())
    }

    fn row_of(&self, unknown: usize) -> Option<usize> {
        self.basis.iter().position(|&b| usize::try_from(b) == Ok(unknown))
    }

    pub(super) fn optimum(&mut self, unknown: usize, up: bool) -> Result<Optimum, Stop> {
        self.search.spend(4 * (self.rows.len() + self.wide))?;
        if self.spoilt {
            return Err(Stop::Limit);
        }
        let row = match self.row_of(unknown) {
            Some(row) => row,
            // outside the basis it is 0
            None if !up => return Ok(Optimum::Found),
            None => {
                let Some(row) = self.leaving(unknown) else { return Ok(Optimum::Endless) };
                self.pivot(row, unknown)?;
                row
            }
        };
        loop {
            // the row of the unknown is the objective: unknown = right − Σ entry·others
            let improves = |&c: &usize| c != unknown && if up { self.at(row, c) < 0 } else { self.at(row, c) > 0 };
            let Some(column) = (0..self.wide).find(improves) else { return Ok(Optimum::Found) };
            let Some(leaving) = self.leaving(column) else { return Ok(Optimum::Endless) };
            self.pivot(leaving, column)?;
            if leaving == row {
                return Ok(Optimum::Found);
            }
        }
    }

    /// The value of an unknown at this vertex, rounded down or up.
    pub(super) fn value(&self, unknown: usize, up: bool) -> i64 {
        let Some(row) = self.row_of(unknown) else { return 0 };
        let (right, denominator) = (self.right(row), self.denominator(row));
        if up { -(-right).div_euclid(denominator) } else { right.div_euclid(denominator) }
    }

    fn denominator(&self, row: usize) -> i64 {
        self.rows.get(row).map_or(1, |r| r.denominator)
    }

    /// Keeps the prices of the end that was just found, so that a bound can be put in and the end mended.
    pub(super) fn price(&mut self, unknown: usize, up: bool) {
        let row = self.row_of(unknown).and_then(|row| self.rows.get(row));
        let mut entries = match row {
            Some(row) => row.entries.iter().take(self.wide).map(|&x| if up { x } else { -x }).collect(),
            None => vec![0; self.wide],
        };
        if let Some(price) = entries.get_mut(unknown) {
            *price = i64::from(row.is_none());
        }
        self.prices = Row { entries, denominator: 1 };
    }

    /// The same with an unknown that is not whole kept up to its floor, or from the next whole number on; prices are kept.
    pub(super) fn bounded(&self, unknown: usize, floor: i64, from_above: bool) -> Result<Simplex, Stop> {
        let (row, wide) = (self.row_of(unknown).ok_or(Stop::Limit)?, self.wide + 1);
        if (wide + 1).saturating_mul(self.rows.len() + 1) > self.search.limits.tableau {
            return Err(Stop::Limit);
        }
        // branching where much is not whole leads nowhere in time: it is dear
        self.search.spend(8 * (wide + 1) * (self.rows.len() + 1))?;
        let mut made = self.clone();
        for line in &mut made.rows {
            line.entries.insert(self.wide, 0);
        }
        // unknown + slack = floor, or unknown − slack = floor + 1, with the unknown written by the others
        let sign = if from_above { -1 } else { 1 };
        let denominator = self.denominator(row);
        let mut added: Vec<i64> = made.rows.get(row).ok_or(Stop::Limit)?.entries.iter().map(|&x| -sign * x).collect();
        let whole = floor.checked_add(i64::from(from_above)).and_then(|f| f.checked_mul(denominator)).ok_or(Stop::Limit)?;
        if let Some(own) = added.get_mut(unknown) {
            *own = 0;
        }
        if let Some(slack) = added.get_mut(self.wide) {
            *slack = denominator;
        }
        if let Some(right) = added.last_mut() {
            *right = right.checked_add(sign * whole).ok_or(Stop::Limit)?;
        }
        made.rows.push(Row { entries: added, denominator });
        made.basis.push(i64::try_from(self.wide).map_err(|_| Stop::Limit)?);
        made.prices.entries.push(0);
        made.wide = wide;
        Ok(made)
    }

    /// Mends a vertex that leaves the bounds, with prices that are right (dual simplex; Bland's choices, so that it ends).
    pub(super) fn mend(&mut self) -> Result<(), Stop> {
        loop {
            let broken = (0..self.rows.len()).filter(|&r| self.right(r) < 0).min_by_key(|&r| self.basis.get(r).copied());
            let Some(row) = broken else { return Ok(()) };
            let mut best: Option<(usize, i128, i128)> = None;
            for (column, &price) in self.prices.entries.iter().enumerate() {
                let entry = -i128::from(self.at(row, column));
                // the least price for each unit that it mends
                if entry > 0 && best.is_none_or(|(_, p, e)| i128::from(price) * e < p * entry) {
                    best = Some((column, i128::from(price), entry));
                }
            }
            let Some((column, ..)) = best else { return Err(Stop::Infeasible) };
            if let Some(line) = self.rows.get_mut(row) {
                line.entries.iter_mut().for_each(|x| *x = -*x);
            }
            self.pivot(row, column)?;
        }
    }

    /// The unknowns at this vertex: whole numbers, or the first unknown that is not whole with its floor.
    pub(super) fn vertex(&self, unknowns: usize) -> Result<Vec<i64>, (usize, i64)> {
        let mut point = vec![0; unknowns];
        let mut broken: Option<(usize, i64)> = None;
        for (r, &b) in self.basis.iter().enumerate() {
            let Some(unknown) = usize::try_from(b).ok().filter(|&b| b < unknowns) else { continue };
            let (right, denominator) = (self.right(r), self.denominator(r));
            if right % denominator == 0 {
                if let Some(x) = point.get_mut(unknown) {
                    *x = right / denominator;
                }
            } else if broken.is_none_or(|(least, _)| unknown < least) {
                broken = Some((unknown, right.div_euclid(denominator)));
            }
        }
        broken.map_or(Ok(point), Err)
    }
}
