//! Linear programmes in whole numbers: fraction-free pivots (Edmonds 1967), Bland's choices (1977), no cycling.

use super::Stop;
use crate::disclosure::table::Component;

/// A linear programme in a tableau of whole numbers with one common denominator.
#[derive(Clone)]
pub(super) struct Simplex {
    /// Rows of coefficients, the right side last.
    rows: Vec<Vec<i64>>,
    /// The unknown of each row; negative for an artificial one.
    basis: Vec<i64>,
    pub(super) denominator: i64,
    /// What a step along each unknown changes in what is looked for: at first what the rows without an unknown are short of,
    /// then, in branch and bound, the end; empty where no one asks.
    prices: Vec<i64>,
    /// Unknowns and slacks.
    wide: usize,
    pub(super) pivots: u32,
    /// A number left its range in the middle of a step: nothing here can be read any more.
    spoilt: bool,
}

/// Takes the chosen row out of another one, so that the column of the pivot becomes 0 there.
fn eliminate(line: &mut [i64], chosen: &[i64], column: usize, (old, pivot): (i64, i64)) -> Result<(), Stop> {
    let factor = line.get(column).copied().unwrap_or(0);
    if factor == 0 && pivot == old {
        return Ok(());
    }
    for (x, &c) in line.iter_mut().zip(chosen) {
        let taken = if c == 0 { 0 } else { factor };
        if taken == 0 && (*x == 0 || pivot == old) {
            continue;
        }
        // a minor of the matrix over the old denominator: the division leaves nothing
        *x = match (x.checked_mul(pivot), taken.checked_mul(c)) {
            (Some(a), Some(b)) if a.checked_sub(b).is_some() => {
                let made = a - b;
                if old == 1 { made } else { made / old }
            }
            _ => {
                let made = (i128::from(*x) * i128::from(pivot) - i128::from(taken) * i128::from(c)) / i128::from(old);
                i64::try_from(made).map_err(|_| Stop::Limit)?
            }
        };
    }
    Ok(())
}

/// Where a linear programme ends.
pub(super) enum Optimum {
    /// At this vertex.
    Found,
    Endless,
}

impl Simplex {
    pub(super) fn new(component: &Component, tableau: usize, pivots: u32) -> Result<Self, Stop> {
        let unknowns = component.columns.len();
        let bounded: Vec<(usize, i64)> = component.room.iter().enumerate().filter_map(|(j, r)| r.map(|r| (j, r))).collect();
        let (wide, deep) = (unknowns + bounded.len(), component.right.len() + bounded.len());
        if (wide + 1).saturating_mul(deep) > tableau {
            return Err(Stop::Limit);
        }
        let mut rows = vec![vec![0_i64; wide + 1]; deep];
        let mut set = |row: usize, column: usize, x: i64| {
            if let Some(cell) = rows.get_mut(row).and_then(|r| r.get_mut(column)) {
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
            if row.last().is_some_and(|&r| r < 0) {
                row.iter_mut().for_each(|x| *x = -*x);
            }
        }
        let basis = (0..deep).map(|r| -1 - number(r)).collect();
        let mut shortfall = vec![0_i64; wide];
        for row in &rows {
            shortfall.iter_mut().zip(row).for_each(|(sum, x)| *sum += x);
        }
        let mut simplex = Simplex { rows, basis, denominator: 1, prices: shortfall, wide, pivots, spoilt: false };
        simplex.start()?;
        Ok(simplex)
    }

    fn at(&self, row: usize, column: usize) -> i64 {
        self.rows.get(row).and_then(|r| r.get(column)).copied().unwrap_or(0)
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
        let Some(chosen) = self.rows.get(row).cloned() else { return Err(Stop::Limit) };
        let pivot = chosen.get(column).copied().unwrap_or(0);
        let old = self.denominator;
        let others = self.rows.iter_mut().enumerate().filter(|(r, _)| *r != row).map(|(_, line)| line);
        if others.chain([&mut self.prices]).any(|line| eliminate(line, &chosen, column, (old, pivot)).is_err()) {
            self.spoilt = true;
            return Err(Stop::Limit);
        }
        self.denominator = pivot;
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
        while let Some(column) = self.prices.iter().position(|&gain| gain > 0) {
            let Some(row) = self.leaving(column) else { return Err(Stop::Limit) };
            self.pivot(row, column)?;
        }
        if (0..self.rows.len()).any(|r| self.is_artificial(r) && self.right(r) > 0) {
            return Err(Stop::Infeasible);
        }
        self.prices.clear();
        let mut row = 0;
        while row < self.rows.len() {
            if self.is_artificial(row) {
                match (0..self.wide).find(|&c| self.at(row, c) != 0) {
                    Some(column) => {
                        if self.at(row, column) < 0
                            && let Some(line) = self.rows.get_mut(row)
                        {
                            line.iter_mut().for_each(|x| *x = -*x);
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

    /// The value of an unknown at this vertex, over the common denominator.
    pub(super) fn value(&self, unknown: usize) -> i64 {
        self.row_of(unknown).map_or(0, |row| self.right(row))
    }

    /// Keeps the prices of the end that was just found, so that a bound can be put in and the end mended.
    pub(super) fn price(&mut self, unknown: usize, up: bool) {
        self.prices = match self.row_of(unknown).and_then(|row| self.rows.get(row)) {
            Some(row) => row.iter().take(self.wide).map(|&x| if up { x } else { -x }).collect(),
            None => vec![0; self.wide],
        };
        let own = if self.row_of(unknown).is_some() { 0 } else { self.denominator };
        if let Some(price) = self.prices.get_mut(unknown) {
            *price = own;
        }
    }

    /// The same with an unknown that is not whole kept up to its floor, or from the next whole number on; prices are kept.
    pub(super) fn bounded(&self, unknown: usize, floor: i64, from_above: bool, tableau: usize) -> Result<Simplex, Stop> {
        let (row, wide) = (self.row_of(unknown).ok_or(Stop::Limit)?, self.wide + 1);
        if (wide + 1).saturating_mul(self.rows.len() + 1) > tableau {
            return Err(Stop::Limit);
        }
        let mut made = self.clone();
        for line in &mut made.rows {
            line.insert(self.wide, 0);
        }
        // unknown + slack = floor, or unknown − slack = floor + 1, with the unknown written by the others
        let sign = if from_above { -1 } else { 1 };
        let mut added: Vec<i64> = made.rows.get(row).ok_or(Stop::Limit)?.iter().map(|&x| -sign * x).collect();
        let whole = floor.checked_add(i64::from(from_above)).and_then(|f| f.checked_mul(self.denominator)).ok_or(Stop::Limit)?;
        if let Some(own) = added.get_mut(unknown) {
            *own = 0;
        }
        if let Some(slack) = added.get_mut(self.wide) {
            *slack = self.denominator;
        }
        if let Some(right) = added.last_mut() {
            *right = right.checked_add(sign * whole).ok_or(Stop::Limit)?;
        }
        made.rows.push(added);
        made.basis.push(i64::try_from(self.wide).map_err(|_| Stop::Limit)?);
        made.prices.push(0);
        made.wide = wide;
        Ok(made)
    }

    /// Mends a vertex that leaves the bounds, with prices that are right (dual simplex; Bland's choices, so that it ends).
    pub(super) fn mend(&mut self) -> Result<(), Stop> {
        loop {
            let broken = (0..self.rows.len()).filter(|&r| self.right(r) < 0).min_by_key(|&r| self.basis.get(r).copied());
            let Some(row) = broken else { return Ok(()) };
            let mut best: Option<(usize, i128, i128)> = None;
            for (column, &price) in self.prices.iter().enumerate() {
                let entry = -i128::from(self.at(row, column));
                // the least price for each unit that it mends
                if entry > 0 && best.is_none_or(|(_, p, e)| i128::from(price) * e < p * entry) {
                    best = Some((column, i128::from(price), entry));
                }
            }
            let Some((column, ..)) = best else { return Err(Stop::Infeasible) };
            if let Some(line) = self.rows.get_mut(row) {
                line.iter_mut().for_each(|x| *x = -*x);
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
            let right = self.right(r);
            if right % self.denominator == 0 {
                if let Some(x) = point.get_mut(unknown) {
                    *x = right / self.denominator;
                }
            } else if broken.is_none_or(|(least, _)| unknown < least) {
                broken = Some((unknown, right.div_euclid(self.denominator)));
            }
        }
        broken.map_or(Ok(point), Err)
    }
}
