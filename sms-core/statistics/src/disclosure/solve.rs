//! The most and the least that an unknown can be, in exact whole numbers.
//!
//! Where every unknown stands in at most two equations that can be oriented like a flow (tables of two dimensions with
//! their margins, single hierarchies), the answer is a maximum flow, and exact (Ford & Fulkerson 1956). Elsewhere it is a
//! linear programme in integer arithmetic (Edmonds 1967, fraction-free pivots; Bland 1977, no cycling), rounded inward,
//! and branch and bound. There are no floating-point numbers here, so every bound is a proof.

mod branch_and_bound;
mod network;
mod simplex;

pub(super) use branch_and_bound::Linear;
pub(super) use network::Network;

use super::table::{Component, Table};
use std::cell::Cell as Shared;
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

/// Limits, and a store of work that several searches spend together: entries of tableaux and tables that they look at.
///
/// Limits bound each component. A release searches many of them, one after the other and again, and none of them needs to be large for
/// all of them to take hours.
#[derive(Clone, Debug)]
pub struct Search {
    pub(super) limits: Limits,
    store: Rc<Shared<u64>>,
}

impl From<Limits> for Search {
    fn from(limits: Limits) -> Self {
        Search::sharing(limits, u64::MAX)
    }
}

impl Search {
    /// A search with a store of its own.
    ///
    /// ```
    /// # use sms_statistics as sms_core;
    /// use sms_core::disclosure::{Limits, Search};
    /// let search = Search::sharing(Limits::default(), 1_000_000);
    /// let finer = search.with(Limits { nodes: 10, ..Limits::default() });
    /// assert!(!search.is_spent() && !finer.is_spent());
    /// ```
    #[must_use]
    pub fn sharing(limits: Limits, work: u64) -> Self {
        Search { limits, store: Rc::new(Shared::new(work)) }
    }

    /// A search with other limits that spends from the same store.
    #[must_use]
    pub fn with(&self, limits: Limits) -> Self {
        Search { limits, store: self.store.clone() }
    }

    /// Whether nothing is left: every linear programme stops.
    #[must_use]
    pub fn is_spent(&self) -> bool {
        self.store.get() == 0
    }

    pub(super) fn spend(&self, entries: usize) -> Result<(), Stop> {
        let left = self.store.get();
        self.store.set(left.saturating_sub(entries as u64));
        if left == 0 { Err(Stop::Limit) } else { Ok(()) }
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
    Linear(Box<Linear>),
}

impl Solver {
    pub(super) fn new(component: &Component, search: &Search) -> Result<Self, Stop> {
        if let Some(network) = Network::of(component) {
            return network.start().map(Solver::Flow);
        }
        Ok(Solver::Linear(Box::new(Linear::new(component, search)?)))
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
            Solver::Linear(linear) => Some(linear.pivots()),
        }
    }
}

/// Any whole numbers that fit a component (without the lower ends).
pub(super) fn any_table(component: &Component, search: &Search) -> Result<Vec<i64>, Stop> {
    if component.columns.is_empty() {
        return if component.right.iter().all(|&r| r == 0) { Ok(Vec::new()) } else { Err(Stop::Infeasible) };
    }
    let mut solver = Solver::new(component, search)?;
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
///
/// ```
/// # use sms_statistics as sms_core;
/// use sms_core::disclosure::{Limits, Table, fill};
/// let table = Table::grid(&[vec![None, Some(20), Some(24)], vec![Some(30), Some(40), Some(70)], vec![Some(34), Some(60), Some(94)]])?;
/// assert_eq!(fill(&table, &Limits::default().into()).values[0], Some(4));
/// # Ok::<(), sms_core::Error>(())
/// ```
pub fn fill(table: &Table, search: &Search) -> Filled {
    let mut filled = Filled { values: table.cells().iter().map(|c| c.value).collect(), ..Filled::default() };
    let Ok(components) = table.components(&table.suppressed(), None) else { return Filled { contradiction: true, ..filled } };
    for component in components {
        match any_table(&component, search) {
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
