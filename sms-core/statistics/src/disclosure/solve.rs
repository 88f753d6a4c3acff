//! The most and the least that an unknown can be, in exact whole numbers.
//!
//! Where every unknown stands in at most two equations that can be oriented like a flow (tables of two dimensions with
//! their margins, single hierarchies), the answer is a maximum flow, and exact (Ford & Fulkerson 1956). Elsewhere it is a
//! linear programme in integer arithmetic (Edmonds 1967, fraction-free pivots; Bland 1977, no cycling), rounded inward,
//! and branch and bound. There are no floating-point numbers here, so every bound is a proof.

use super::table::{Component, Table};
use std::collections::VecDeque;
use std::rc::Rc;

/// Stands for "without end".
pub(super) const ENDLESS: i64 = 1 << 60;

/// How much work may be spent. These bound time and memory; where they are reached, the answer says `unproven`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "DisclosureLimits"))]
pub struct Limits {
    /// Nodes of a branch and bound, for one end of one interval, or for one choice of cells.
    pub nodes: u32,
    /// Pivots of all linear programmes of one component.
    pub pivots: u32,
    /// Entries of a tableau.
    pub tableau: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { nodes: 2_000, pivots: 100_000, tableau: 1_000_000 }
    }
}

/// One end of what an unknown can be.
#[derive(Clone, Debug)]
pub(super) struct End {
    /// Reached by a table of whole numbers; `None` when none was found.
    pub(super) reached: Option<i64>,
    /// No table reaches further. Equal to `reached` when proven.
    pub(super) bound: i64,
    /// The unknowns of the table that reaches it (without the lower ends).
    pub(super) point: Option<Vec<i64>>,
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// No table fits.
    Infeasible,
    /// The work reached its limit, or a number its range.
    Limit,
}

/// Ends of the unknowns of one component.
pub(super) enum Solver {
    Flow(Network),
    Linear(Linear),
}

impl Solver {
    pub(super) fn new(component: &Component, limits: &Limits) -> Result<Self, Stop> {
        if let Some(network) = Network::of(component) {
            return network.start().map(Solver::Flow);
        }
        Ok(Solver::Linear(Linear { component: component.clone(), root: Simplex::new(component, limits.tableau, limits.pivots)?, limits: *limits }))
    }

    /// The most that an unknown can be. Stops at `enough`, when that is reached.
    pub(super) fn most(&mut self, unknown: usize, enough: i64) -> Result<End, Stop> {
        match self {
            Solver::Flow(network) => network.most(unknown, enough),
            Solver::Linear(linear) => linear.end(unknown, true, enough),
        }
    }

    /// The least that an unknown can be. Stops at `enough`, when that is reached.
    pub(super) fn least(&mut self, unknown: usize, enough: i64) -> Result<End, Stop> {
        match self {
            Solver::Flow(network) => network.least(unknown, enough),
            Solver::Linear(linear) => linear.end(unknown, false, enough),
        }
    }

    /// Pivots that may still be spent; flows need none.
    pub(super) fn pivots(&mut self) -> Option<&mut u32> {
        match self {
            Solver::Flow(_) => None,
            Solver::Linear(linear) => Some(&mut linear.root.pivots),
        }
    }
}

// ---- flows

/// Unknowns as arcs between equations. Arc 2j is unknown j, arc 2j + 1 its way back; the capacity of the way back is
/// the value of the unknown.
pub(super) struct Network {
    /// Where each arc leads, and how much more it can carry.
    arcs: Vec<(usize, i64)>,
    out: Vec<Vec<usize>>,
    unknowns: usize,
    /// What must flow into each node.
    need: Vec<i64>,
}

impl Network {
    /// Orients the equations so that each unknown flows out of one and into another; `None` where that cannot be.
    pub(super) fn of(component: &Component) -> Option<Network> {
        let rows = component.right.len();
        let mut neighbours: Vec<Vec<(usize, i64)>> = vec![Vec::new(); rows];
        for column in &component.columns {
            match column.as_slice() {
                [(a, s), (b, t)] => {
                    // the orientations times the signs must be opposite
                    neighbours.get_mut(*a)?.push((*b, -s * t));
                    neighbours.get_mut(*b)?.push((*a, -s * t));
                }
                [_] | [] => {}
                _ => return None,
            }
        }
        let mut turn = vec![0_i64; rows];
        for start in 0..rows {
            if turn.get(start) != Some(&0) {
                continue;
            }
            *turn.get_mut(start)? = 1;
            let mut queue = vec![start];
            while let Some(a) = queue.pop() {
                let mine = *turn.get(a)?;
                for &(b, relation) in neighbours.get(a)? {
                    let theirs = turn.get_mut(b)?;
                    if *theirs == 0 {
                        *theirs = mine * relation;
                        queue.push(b);
                    } else if *theirs != mine * relation {
                        return None;
                    }
                }
            }
        }
        let ground = rows;
        let mut network = Network { arcs: Vec::new(), out: vec![Vec::new(); rows + 3], unknowns: component.columns.len(), need: vec![0; rows + 1] };
        for (column, room) in component.columns.iter().zip(&component.room) {
            let (mut from, mut to) = (ground, ground);
            for &(row, sign) in column {
                if sign * turn.get(row)? > 0 { to = row } else { from = row }
            }
            network.arc(from, to, room.unwrap_or(ENDLESS));
        }
        let mut sum = 0_i64;
        for (row, right) in component.right.iter().enumerate() {
            let need = right.checked_mul(*turn.get(row)?)?;
            *network.need.get_mut(row)? = need;
            sum = sum.checked_add(need)?;
        }
        *network.need.get_mut(ground)? = -sum;
        Some(network)
    }

    fn arc(&mut self, from: usize, to: usize, capacity: i64) {
        for (a, b, c) in [(from, to, capacity), (to, from, 0)] {
            if let Some(out) = self.out.get_mut(a) {
                out.push(self.arcs.len());
            }
            self.arcs.push((b, c));
        }
    }

    /// Finds any table that fits.
    fn start(mut self) -> Result<Network, Stop> {
        let (source, sink) = (self.need.len(), self.need.len() + 1);
        let added = self.arcs.len();
        let mut wanted = 0_i64;
        for node in 0..self.need.len() {
            let need = self.need.get(node).copied().unwrap_or(0);
            if need > 0 {
                wanted = wanted.checked_add(need).filter(|&w| w < ENDLESS / 4).ok_or(Stop::Limit)?;
                self.arc(node, sink, need);
            } else if need < 0 {
                self.arc(source, node, -need);
            }
        }
        if self.push(source, sink, wanted).0 < wanted {
            return Err(Stop::Infeasible);
        }
        for arc in self.arcs.iter_mut().skip(added) {
            arc.1 = 0;
        }
        Ok(self)
    }

    /// Pushes up to `amount` from one node to another along shortest ways; returns how much went through, and whether
    /// there is a way without end (then nothing goes that way).
    fn push(&mut self, from: usize, to: usize, amount: i64) -> (i64, bool) {
        let mut sent = 0;
        let mut came: Vec<usize> = Vec::new();
        while sent < amount {
            came.clear();
            came.resize(self.out.len(), usize::MAX);
            let mut queue = VecDeque::from([from]);
            'search: while let Some(node) = queue.pop_front() {
                for &a in self.out.get(node).map_or(&[][..], Vec::as_slice) {
                    let Some(&(next, capacity)) = self.arcs.get(a) else { continue };
                    if capacity > 0
                        && next != from
                        && let Some(way) = came.get_mut(next)
                        && *way == usize::MAX
                    {
                        *way = a;
                        if next == to {
                            break 'search;
                        }
                        queue.push_back(next);
                    }
                }
            }
            let mut least = amount - sent;
            let mut path = Vec::new();
            let mut node = to;
            while node != from {
                let Some(&a) = came.get(node).filter(|&&a| a != usize::MAX) else { return (sent, false) };
                let Some(&(_, capacity)) = self.arcs.get(a) else { return (sent, false) };
                least = least.min(capacity);
                path.push(a);
                node = self.arcs.get(a ^ 1).map_or(from, |&(back, _)| back);
            }
            if least >= ENDLESS / 2 {
                return (sent, true);
            }
            for a in path {
                self.change(a, least);
            }
            sent += least;
        }
        (sent, false)
    }

    /// Moves flow onto an arc and off its way back; ways without end stay so.
    fn change(&mut self, arc: usize, amount: i64) {
        if let Some(there) = self.arcs.get_mut(arc)
            && there.1 < ENDLESS / 2
        {
            there.1 -= amount;
        }
        if let Some(back) = self.arcs.get_mut(arc ^ 1)
            && back.1 < ENDLESS / 2
        {
            back.1 += amount;
        }
    }

    fn value(&self, unknown: usize) -> i64 {
        self.arcs.get(2 * unknown + 1).map_or(0, |a| a.1)
    }

    pub(super) fn point(&self) -> Vec<i64> {
        (0..self.unknowns).map(|j| self.value(j)).collect()
    }

    /// What must flow into each node, the ground last.
    pub(super) fn needs(&self) -> &[i64] {
        &self.need
    }

    /// The nodes that an unknown leads from and to.
    pub(super) fn ends(&self, unknown: usize) -> (usize, usize) {
        let to = self.arcs.get(2 * unknown).map_or(0, |a| a.0);
        let from = self.arcs.get(2 * unknown + 1).map_or(0, |a| a.0);
        (from, to)
    }

    /// Takes the arc of an unknown out, pushes flow round it, and puts it back with its new value.
    fn round(&mut self, unknown: usize, up: bool, enough: i64) -> End {
        let (from, to) = self.ends(unknown);
        let (there, back) = (2 * unknown, 2 * unknown + 1);
        let old = (self.arcs.get(there).map_or(0, |a| a.1), self.value(unknown));
        let room = if up { old.0.min(ENDLESS) } else { old.1 };
        let wanted = if up { enough.saturating_sub(old.1).clamp(0, room) } else { old.1.saturating_sub(enough).clamp(0, room) };
        for a in [there, back] {
            if let Some(arc) = self.arcs.get_mut(a) {
                arc.1 = 0;
            }
        }
        let (moved, endless) = match (from == to, up) {
            // in no equation
            (true, _) if wanted >= ENDLESS / 2 => (0, true),
            (true, _) => (wanted, false),
            (false, true) => self.push(to, from, wanted),
            (false, false) => self.push(from, to, wanted),
        };
        let now = if up { old.1 + moved } else { old.1 - moved };
        if let Some(arc) = self.arcs.get_mut(there) {
            arc.1 = if old.0 >= ENDLESS / 2 {
                old.0
            } else if up {
                old.0 - moved
            } else {
                old.0 + moved
            };
        }
        if let Some(arc) = self.arcs.get_mut(back) {
            arc.1 = now;
        }
        let end = if endless { ENDLESS } else { now };
        End { reached: Some(end), bound: end, point: Some(self.point()) }
    }

    fn most(&mut self, unknown: usize, enough: i64) -> Result<End, Stop> {
        Ok(self.round(unknown, true, enough))
    }

    fn least(&mut self, unknown: usize, enough: i64) -> Result<End, Stop> {
        Ok(self.round(unknown, false, enough))
    }
}

// ---- linear programmes

/// A linear programme in a tableau of whole numbers with one common denominator.
#[derive(Clone)]
pub(super) struct Simplex {
    /// Rows of coefficients, the right side last.
    rows: Vec<Vec<i64>>,
    /// The unknown of each row; negative for an artificial one.
    basis: Vec<i64>,
    denominator: i64,
    /// What a step along each unknown changes in what is looked for: at first what the rows without an unknown are short of,
    /// then, in branch and bound, the end; empty where no one asks.
    prices: Vec<i64>,
    /// Unknowns and slacks.
    wide: usize,
    pivots: u32,
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
enum Optimum {
    /// At this vertex.
    Found,
    Endless,
}

impl Simplex {
    fn new(component: &Component, tableau: usize, pivots: u32) -> Result<Self, Stop> {
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

    fn optimum(&mut self, unknown: usize, up: bool) -> Result<Optimum, Stop> {
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
    fn value(&self, unknown: usize) -> i64 {
        self.row_of(unknown).map_or(0, |row| self.right(row))
    }

    /// Keeps the prices of the end that was just found, so that a bound can be put in and the end mended.
    fn price(&mut self, unknown: usize, up: bool) {
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
    fn bounded(&self, unknown: usize, floor: i64, from_above: bool, tableau: usize) -> Result<Simplex, Stop> {
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
    fn mend(&mut self) -> Result<(), Stop> {
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
    fn vertex(&self, unknowns: usize) -> Result<Vec<i64>, (usize, i64)> {
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

/// Linear programmes and branch and bound.
pub(super) struct Linear {
    component: Component,
    root: Simplex,
    limits: Limits,
}

impl Linear {
    fn end(&mut self, unknown: usize, up: bool, enough: i64) -> Result<End, Stop> {
        let unknowns = self.component.columns.len();
        match self.root.optimum(unknown, up)? {
            Optimum::Found => {}
            Optimum::Endless => {
                // one table of whole numbers and a way without end are tables of whole numbers without end
                let point = match self.root.vertex(unknowns) {
                    Ok(point) => Some(point),
                    Err(_) => self.end(unknown, false, -ENDLESS)?.point,
                };
                return Ok(End { reached: point.is_some().then_some(ENDLESS), bound: ENDLESS, point });
            }
        }
        let reach = |s: &Simplex| if up { s.value(unknown).div_euclid(s.denominator) } else { -(-s.value(unknown)).div_euclid(s.denominator) };
        let limit = reach(&self.root);
        let broken = match self.root.vertex(unknowns) {
            Ok(point) => return Ok(End { reached: Some(limit), bound: limit, point: Some(point) }),
            Err(at) => at,
        };
        let mut end = End { reached: None, bound: limit, point: None };
        let mut root = self.root.clone();
        root.price(unknown, up);
        let root = Rc::new(root);
        // a vertex, the unknown that is not whole there with its floor, from which side it is bounded, and what may be reached
        let mut open = vec![(root.clone(), broken, false, limit), (root, broken, true, limit)];
        let mut nodes = self.limits.nodes;
        let further = |a: i64, b: i64| if up { a > b } else { a < b };
        // what nodes that could not be solved may still reach
        let mut undecided: Option<i64> = None;
        while let Some((parent, (broken, floor), from_above, may_reach)) = open.pop() {
            if end.reached.is_some_and(|r| !further(may_reach, r)) {
                continue;
            }
            // far enough: what lies beyond nobody asks
            if end.reached.is_some_and(|r| !further(enough, r)) {
                end.bound = limit;
                return Ok(end);
            }
            let mut solve = || -> Result<Simplex, Stop> {
                nodes = nodes.checked_sub(1).ok_or(Stop::Limit)?;
                let mut simplex = parent.bounded(broken, floor, from_above, self.limits.tableau)?;
                simplex.pivots = self.root.pivots;
                let mended = simplex.mend();
                self.root.pivots = simplex.pivots;
                mended.map(|()| simplex)
            };
            let simplex = match solve() {
                Ok(simplex) => simplex,
                Err(Stop::Infeasible) => continue,
                Err(Stop::Limit) => {
                    undecided = Some(undecided.map_or(may_reach, |u| if further(may_reach, u) { may_reach } else { u }));
                    continue;
                }
            };
            let here = reach(&simplex);
            if end.reached.is_some_and(|r| !further(here, r)) {
                continue;
            }
            match simplex.vertex(unknowns) {
                Ok(point) => (end.reached, end.point) = (Some(here), Some(point)),
                Err(at) => {
                    let parent = Rc::new(simplex);
                    open.extend([(parent.clone(), at, false, here), (parent, at, true, here)]);
                }
            }
        }
        match (end.reached, undecided) {
            (None, None) => return Err(Stop::Infeasible),
            (Some(r), Some(u)) => end.bound = if further(u, r) { u } else { r },
            (Some(r), None) => end.bound = r,
            (None, Some(u)) => end.bound = u,
        }
        Ok(end)
    }
}

/// Any whole numbers that fit a component (without the lower ends).
pub(super) fn any_table(component: &Component, limits: &Limits) -> Result<Vec<i64>, Stop> {
    if component.columns.is_empty() {
        return if component.right.iter().all(|&r| r == 0) { Ok(Vec::new()) } else { Err(Stop::Infeasible) };
    }
    let mut solver = Solver::new(component, limits)?;
    match &solver {
        Solver::Flow(network) => Ok(network.point()),
        Solver::Linear(_) => solver.least(0, 0)?.point.ok_or(Stop::Limit),
    }
}

/// Values for what nobody knows.
#[derive(Default)]
pub struct Filled {
    /// A value for each cell: its own where it is published; for the others any whole numbers that fit, where some do.
    pub values: Vec<Option<i64>>,
    /// Of some cells no whole numbers fit.
    pub contradiction: bool,
    /// Of some cells the limits were reached.
    pub undecided: bool,
}

/// Whole numbers for the cells that are suppressed.
pub fn fill(table: &Table, limits: &Limits) -> Filled {
    let mut filled = Filled { values: table.cells().iter().map(|c| c.value).collect(), ..Filled::default() };
    let Ok(components) = table.components(&table.suppressed(), None) else { return Filled { contradiction: true, ..filled } };
    for component in components {
        match any_table(&component, limits) {
            Ok(point) => {
                for ((&cell, x), lower) in component.unknowns.iter().zip(point).zip(&component.lower) {
                    if let Some(v) = filled.values.get_mut(cell) {
                        *v = Some(x + lower);
                    }
                }
            }
            Err(Stop::Infeasible) => filled.contradiction = true,
            Err(Stop::Limit) => filled.undecided = true,
        }
    }
    filled
}

/// Outer ends by going round the equations: what each leaves for each of its unknowns. Always right, seldom tight.
pub(super) fn outer_ends(component: &Component) -> Vec<(i64, i64)> {
    const ROUNDS: usize = 8;
    let mut ends: Vec<(i64, i64)> = component.room.iter().map(|r| (0, r.unwrap_or(ENDLESS))).collect();
    let mut rows: Vec<Vec<(usize, i64)>> = vec![Vec::new(); component.right.len()];
    for (j, column) in component.columns.iter().enumerate() {
        for &(row, sign) in column {
            if let Some(r) = rows.get_mut(row) {
                r.push((j, sign));
            }
        }
    }
    let clamp = |x: i128| i64::try_from(x.clamp(-i128::from(ENDLESS), i128::from(ENDLESS))).unwrap_or(ENDLESS);
    for _ in 0..ROUNDS {
        let before = ends.clone();
        for (row, &right) in rows.iter().zip(&component.right) {
            let at = |j: usize, ends: &[(i64, i64)]| ends.get(j).copied().unwrap_or((0, ENDLESS));
            let span = |sign: i64, (low, high): (i64, i64)| if sign > 0 { (i128::from(low), i128::from(high)) } else { (-i128::from(high), -i128::from(low)) };
            for &(j, sign) in row {
                let (mut low, mut high) = (0_i128, 0_i128);
                let mut endless = (false, false);
                for &(other, s) in row.iter().filter(|(o, _)| *o != j) {
                    let (l, h) = span(s, at(other, &ends));
                    endless.0 |= l <= -i128::from(ENDLESS);
                    endless.1 |= h >= i128::from(ENDLESS);
                    low += l;
                    high += h;
                }
                // sign·x = right − others
                let (least, most) = (i128::from(right) - high, i128::from(right) - low);
                let (least, most, no_least, no_most) = if sign > 0 { (least, most, endless.1, endless.0) } else { (-most, -least, endless.0, endless.1) };
                if let Some(end) = ends.get_mut(j) {
                    if !no_least {
                        end.0 = end.0.max(clamp(least));
                    }
                    if !no_most {
                        end.1 = end.1.min(clamp(most));
                    }
                }
            }
        }
        if before == ends {
            break;
        }
    }
    ends
}
