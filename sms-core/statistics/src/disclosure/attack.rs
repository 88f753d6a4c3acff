//! The attacker: what anyone can deduce of a suppressed cell.
//!
//! Known to them: every published cell, every equation, that counts are whole and not negative, the threshold, and by
//! choice also the rule: that a group of suppressed cells exists because one of them is small. For each suppressed cell
//! they work out the least and the most that it can be (Fischetti & Salazar 2000; Hundepool et al. 2012, ch. 4).

use super::solve::{ENDLESS, End, Limits, Search, Solver, Stop, outer_ends};
use super::table::{Cell, Component, Table};
use crate::diagnostic::{Code, Error, Result};
use serde::{Deserialize, Serialize};

/// What an attack says of a suppressed cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "DisclosureVerdict"))]
pub enum Verdict {
    /// What can be deduced is as wide as it must be: proven.
    Safe,
    /// The value can be deduced.
    Exact,
    /// What can be deduced is narrower than it must be.
    TooNarrow,
    /// Neither is proven within the limits.
    Unproven,
    /// Of two reports: the earlier one showed it, or gave it away by itself. Nothing takes it back, and the later report tells no more.
    PublishedBefore,
}

/// The rule by which cells are suppressed, as an attacker knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "SuppressionRule"))]
pub struct Rule {
    /// Counts below it are suppressed.
    pub threshold: u32,
    /// Whether 0 is suppressed as well.
    #[serde(default)]
    pub zero: bool,
}

/// What the attacker knows beyond the table, and how wide their deductions must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Knowledge {
    /// How wide what can be deduced must be, highest less lowest, where the cell says nothing else.
    pub width: u64,
    /// When given, they know that suppressed cells that hang together do so because one of them is small by this rule.
    pub rule: Option<Rule>,
}

/// What can be deduced of one suppressed cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "DeducedCell"))]
pub struct Deduced {
    /// Its position in the table.
    pub cell: usize,
    /// It is this or more.
    pub lower: i64,
    /// It is this or less; absent when there is no end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upper: Option<i64>,
    /// Whether both ends are proven to be the tightest.
    pub proven: bool,
    /// Whether that is wide enough.
    pub verdict: Verdict,
}

/// Lowest and highest end of one unknown, of the cell itself.
#[derive(Clone, Copy)]
struct Ends {
    reached: Option<(i64, i64)>,
    bound: (i64, i64),
}

/// Whether an interval is as wide as a cell asks for.
fn is_wide(cell: &Cell, width: u64, (low, high): (i64, i64)) -> bool {
    let width = i128::from(cell.width.unwrap_or(width));
    let wide = i128::from(high) - i128::from(low) >= width;
    let around = cell.value.is_none_or(|v| {
        let v = i128::from(v);
        // a rule may exclude the value itself, as 0
        let far = |reach: i128, asked: u64| asked == 0 || reach >= i128::from(asked);
        far(v - i128::from(low), cell.below) && far(i128::from(high) - v, cell.above)
    });
    wide && around
}

/// Whether a cell asks for any protection.
pub(super) fn asks(cell: &Cell, width: u64) -> bool {
    cell.width.unwrap_or(width) > 0 || cell.below > 0 || cell.above > 0
}

fn judge(cell: &Cell, width: u64, ends: Ends) -> Verdict {
    if !asks(cell, width) {
        Verdict::Safe
    } else if ends.bound.0 == ends.bound.1 {
        Verdict::Exact
    } else if ends.reached.is_some_and(|r| is_wide(cell, width, r)) {
        Verdict::Safe
    } else if !is_wide(cell, width, ends.bound) {
        Verdict::TooNarrow
    } else {
        Verdict::Unproven
    }
}

/// Attacks every suppressed cell of a table.
///
/// ```
/// # use sms_statistics as sms_core;
/// use sms_core::disclosure::{Knowledge, Limits, Table, Verdict, attack};
/// // one hidden cell in a row follows from its total
/// let table = Table::grid(&[
///     vec![None, Some(20), Some(24)],
///     vec![Some(30), Some(40), Some(70)],
///     vec![Some(34), Some(60), Some(94)],
/// ])?;
/// let deduced = attack(&table, &Knowledge { width: 10, rule: None }, &Limits::default())?;
/// assert_eq!((deduced[0].lower, deduced[0].upper, deduced[0].verdict), (4, Some(4), Verdict::Exact));
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `disclosure.not-additive` when no table of whole numbers fits what is published.
pub fn attack(table: &Table, knowledge: &Knowledge, limits: &Limits) -> Result<Vec<Deduced>> {
    attack_all(table, knowledge, &Search::from(*limits))
}

fn attack_all(table: &Table, knowledge: &Knowledge, search: &Search) -> Result<Vec<Deduced>> {
    let hidden = table.suppressed();
    let mut deduced = Vec::new();
    for component in table.components(&hidden, None)? {
        let ends = ends_of(&component, knowledge.rule, search, |_| (ENDLESS, -ENDLESS))?;
        for (&cell, ends) in component.unknowns.iter().zip(ends) {
            let what = table.cells().get(cell).copied().unwrap_or_default();
            deduced.push(Deduced {
                cell,
                lower: ends.bound.0,
                upper: (ends.bound.1 < ENDLESS / 2).then_some(ends.bound.1),
                proven: ends.reached == Some(ends.bound),
                verdict: judge(&what, knowledge.width, ends),
            });
        }
    }
    deduced.sort_unstable_by_key(|d| d.cell);
    Ok(deduced)
}

/// How much of a suppressed cell is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Nothing: its ends are right, and need not be tight.
    Nothing,
    /// Whether it is as wide as it must be. The ends of one that is are right, and need not be tight.
    Width,
    /// That, and the least and the most that it can be.
    Ends,
}

/// Attacks those suppressed cells of a table that are asked for. Whether a cell is wide enough is decided first, for all of them, so that the answer does not
/// depend on how many ends are wanted.
///
/// ```
/// # use sms_statistics as sms_core;
/// use sms_core::disclosure::{Asked, Knowledge, Limits, Table, Verdict, attack_some};
/// let table = Table::grid(&[vec![None, None, Some(44)], vec![None, None, Some(70)], vec![Some(34), Some(80), Some(114)]])?;
/// let deduced = attack_some(&table, &Knowledge { width: 10, rule: None }, &Limits::default().into(), |cell| if cell == 0 { Asked::Width } else { Asked::Nothing })?;
/// assert_eq!(deduced[0].verdict, Verdict::Safe);
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// As [`attack`].
pub fn attack_some(table: &Table, knowledge: &Knowledge, search: &Search, asked: impl Fn(usize) -> Asked) -> Result<Vec<Deduced>> {
    if knowledge.rule.is_some() {
        return attack_all(table, knowledge, search);
    }
    let hidden = table.suppressed();
    let mut wanted = vec![false; table.cells().len()];
    for (cell, w) in wanted.iter_mut().enumerate() {
        *w = asked(cell) != Asked::Nothing;
    }
    let mut deduced = Vec::new();
    for component in table.components(&hidden, Some(&wanted))? {
        let mut few = Few::new(table, &component, knowledge.width, search)?;
        let ask = |j: usize| component.unknowns.get(j).map_or(Asked::Nothing, |&c| asked(c));
        let of = |what: fn(Asked) -> bool| -> Vec<usize> { (0..component.unknowns.len()).filter(|&j| what(ask(j))).collect() };
        for j in of(|a| a != Asked::Nothing) {
            few.width(j)?;
        }
        for j in of(|a| a == Asked::Ends) {
            few.ends(j)?;
        }
        deduced.extend((0..component.unknowns.len()).filter(|&j| ask(j) != Asked::Nothing).filter_map(|j| few.deduced(j)));
    }
    deduced.sort_unstable_by_key(|d| d.cell);
    Ok(deduced)
}

/// Deductions of some of the unknowns of a component. What one table of whole numbers shows of the others is kept.
struct Few<'a> {
    table: &'a Table,
    component: &'a Component,
    width: u64,
    solver: Option<Solver>,
    /// Least and most in any table that fits, and how far none reaches; without the lower ends.
    seen: Vec<Option<(i64, i64)>>,
    bound: Vec<(i64, i64)>,
}

impl<'a> Few<'a> {
    fn new(table: &'a Table, component: &'a Component, width: u64, search: &Search) -> Result<Self> {
        let solver = match Solver::new(component, search) {
            Ok(solver) => Some(solver),
            Err(Stop::Limit) => None,
            Err(Stop::Infeasible) => return Err(Error::new(Code::DisclosureNotAdditive)),
        };
        Ok(Few { table, component, width, solver, seen: vec![None; component.unknowns.len()], bound: outer_ends(component) })
    }

    fn cell(&self, j: usize) -> Cell {
        self.component.unknowns.get(j).and_then(|&c| self.table.cells().get(c)).copied().unwrap_or_default()
    }

    fn wide(&self, j: usize) -> i64 {
        i64::try_from(self.cell(j).width.unwrap_or(self.width)).unwrap_or(ENDLESS).min(ENDLESS / 4)
    }

    fn seen(&self, j: usize) -> Option<(i64, i64)> {
        self.seen.get(j).copied().flatten()
    }

    fn is_wide(&self, j: usize) -> bool {
        self.seen(j).is_some_and(|(low, high)| high.saturating_sub(low) >= self.wide(j))
    }

    /// One end, as far as `enough`.
    fn end(&mut self, j: usize, highest: bool, enough: i64) -> Result<()> {
        let found = match (&mut self.solver, highest) {
            (Some(s), true) => s.most(j, enough),
            (Some(s), false) => s.least(j, enough),
            (None, _) => return Ok(()),
        };
        let end = match found {
            Ok(end) => end,
            Err(Stop::Infeasible) => return Err(Error::new(Code::DisclosureNotAdditive)),
            Err(Stop::Limit) => return Ok(()),
        };
        let point = end.point.as_ref().filter(|p| p.len() == self.seen.len());
        for (seen, &x) in self.seen.iter_mut().zip(point.into_iter().flatten()) {
            *seen = Some(seen.map_or((x, x), |(low, high)| (low.min(x), high.max(x))));
        }
        if let (Some(seen), Some(x)) = (self.seen.get_mut(j), end.reached) {
            *seen = Some(seen.map_or((x, x), |(low, high)| (low.min(x), high.max(x))));
        }
        // what lies beyond enough was not looked at
        let is_bound = if highest { end.bound < enough } else { end.bound > enough };
        if let Some(bound) = self.bound.get_mut(j).filter(|_| is_bound) {
            if highest { bound.1 = bound.1.min(end.bound) } else { bound.0 = bound.0.max(end.bound) }
        }
        Ok(())
    }

    fn width(&mut self, j: usize) -> Result<()> {
        if !self.is_wide(j) {
            let wide = self.wide(j);
            self.end(j, false, self.seen(j).map_or(-ENDLESS, |(_, high)| high.saturating_sub(wide)))?;
        }
        if !self.is_wide(j) {
            let wide = self.wide(j);
            self.end(j, true, self.seen(j).map_or(ENDLESS, |(low, _)| low.saturating_add(wide)))?;
        }
        Ok(())
    }

    fn ends(&mut self, j: usize) -> Result<()> {
        let is_known = |few: &Self, highest: bool| {
            let bound = few.bound.get(j).copied().unwrap_or((0, ENDLESS));
            few.seen(j).is_some_and(|(low, high)| if highest { high == bound.1 } else { low == bound.0 })
        };
        for highest in [false, true] {
            if !is_known(self, highest) {
                self.end(j, highest, if highest { ENDLESS } else { -ENDLESS })?;
            }
        }
        Ok(())
    }

    fn deduced(&self, j: usize) -> Option<Deduced> {
        let cell = *self.component.unknowns.get(j)?;
        let lower = self.component.lower.get(j).copied()?;
        let place = |x: i64| if x >= ENDLESS / 2 { ENDLESS } else { x + lower };
        let (low, high) = self.bound.get(j).copied()?;
        let bound = (place(low), place(high));
        let reached = self.seen(j).map(|(a, b)| (place(a), place(b)));
        let verdict = judge(&self.cell(j), self.width, Ends { reached, bound });
        Some(Deduced { cell, lower: bound.0, upper: (bound.1 < ENDLESS / 2).then_some(bound.1), proven: reached == Some(bound), verdict })
    }
}

/// Suppressed cells of a component that are not proven to be wide enough.
pub(super) fn narrow_cells(table: &Table, component: &Component, knowledge: &Knowledge, search: &Search) -> Result<Vec<(usize, Verdict)>> {
    let cell_at = |j: usize| component.unknowns.get(j).and_then(|&c| table.cells().get(c)).copied().unwrap_or_default();
    if component.unknowns.iter().all(|&c| table.cells().get(c).is_none_or(|c| !asks(c, knowledge.width))) {
        return Ok(Vec::new());
    }
    let around = (0..component.unknowns.len()).any(|j| cell_at(j).above > 0 || cell_at(j).below > 0);
    if knowledge.rule.is_none() && !around {
        let mut few = Few::new(table, component, knowledge.width, search)?;
        // what its owner holds fits
        for (j, seen) in few.seen.iter_mut().enumerate() {
            *seen = cell_at(j).value.zip(component.lower.get(j)).map(|(v, lower)| (v - lower, v - lower));
        }
        let mut narrow = Vec::new();
        for j in (0..component.unknowns.len()).filter(|&j| asks(&cell_at(j), knowledge.width)) {
            few.width(j)?;
        }
        for j in (0..component.unknowns.len()).filter(|&j| asks(&cell_at(j), knowledge.width)) {
            narrow.extend(few.deduced(j).filter(|d| d.verdict != Verdict::Safe).map(|d| (d.cell, d.verdict)));
        }
        return Ok(narrow);
    }
    // further than this nobody asks
    let enough = |j: usize| {
        let cell = cell_at(j);
        let far = |x: u64| i64::try_from(x).unwrap_or(ENDLESS).min(ENDLESS / 4);
        let (width, value) = (far(cell.width.unwrap_or(knowledge.width)), cell.value.unwrap_or(0));
        // by the rule the value itself may be excluded, as 0 is
        let more = knowledge.rule.map_or(0, |rule| i64::from(rule.threshold));
        if cell.value.is_some() { (value + width.max(far(cell.above)) + more, value - width.max(far(cell.below)) - more) } else { (ENDLESS, -ENDLESS) }
    };
    let ends = ends_of(component, knowledge.rule, search, enough)?;
    let verdicts = ends.iter().enumerate().map(|(j, e)| (j, judge(&cell_at(j), knowledge.width, *e)));
    Ok(verdicts.filter(|(_, v)| *v != Verdict::Safe).filter_map(|(j, v)| Some((component.unknowns.get(j).copied()?, v))).collect())
}

/// The ends of all unknowns of a component. `enough` says how far up and down each is worth looking.
fn ends_of(component: &Component, rule: Option<Rule>, search: &Search, enough: impl Fn(usize) -> (i64, i64)) -> Result<Vec<Ends>> {
    let count = component.unknowns.len();
    let lower = |j: usize| component.lower.get(j).copied().unwrap_or(0);
    let mut outer = None;
    let mut outer_end = |j: usize| outer.get_or_insert_with(|| outer_ends(component)).get(j).copied().unwrap_or((0, ENDLESS));
    let mut solver = match Solver::new(component, search) {
        Ok(solver) => Some(solver),
        Err(Stop::Limit) => None,
        Err(Stop::Infeasible) => return Err(Error::new(Code::DisclosureNotAdditive)),
    };
    let mut narrowed = rule.map(|rule| Narrowed::new(component, rule, search));
    let mut made = Vec::with_capacity(count);
    for j in 0..count {
        let (up, down) = enough(j);
        let shifted = |x: i64| x.saturating_sub(lower(j)).clamp(-ENDLESS, ENDLESS);
        let (up, down) = (shifted(up), shifted(down));
        let mut end = |highest: bool| -> Result<(Option<i64>, i64)> {
            let found = match (&mut solver, highest) {
                (Some(s), true) => s.most(j, up),
                (Some(s), false) => s.least(j, down),
                (None, _) => Err(Stop::Limit),
            };
            let found = match (found, &mut narrowed) {
                (Ok(end), Some(narrowed)) => narrowed.end(j, highest, end, if highest { up } else { down }),
                (found, _) => found,
            };
            match found {
                Ok(end) => Ok((end.reached, end.bound)),
                Err(Stop::Infeasible) => Err(Error::new(Code::DisclosureNotAdditive)),
                Err(Stop::Limit) => {
                    let (low, high) = outer_end(j);
                    Ok((None, if highest { high } else { low }))
                }
            }
        };
        let (most, high) = end(true)?;
        let (least, low) = end(false)?;
        let place = |x: i64| if x >= ENDLESS / 2 { ENDLESS } else { x + lower(j) };
        made.push(Ends { reached: least.zip(most).map(|(a, b)| (place(a), place(b))), bound: (place(low), place(high)) });
    }
    Ok(made)
}

/// The same component under the rule: at least one of its unknowns is small.
struct Narrowed<'a> {
    component: &'a Component,
    rule: Rule,
    search: Search,
    cases: Option<Vec<Case>>,
    /// The case that reached as far as without the rule last: it is the first to be tried again.
    widest: usize,
}

/// A component in which a certain unknown is the small one.
struct Case {
    component: Component,
    solver: Option<std::result::Result<Solver, Stop>>,
}

impl Case {
    /// One end, with pivots from a store that all cases share.
    fn end(&mut self, unknown: usize, highest: bool, enough: i64, search: &mut Search) -> std::result::Result<End, Stop> {
        let solver = self.solver.get_or_insert_with(|| Solver::new(&self.component, search)).as_mut().map_err(|stop| *stop)?;
        if let Some(own) = solver.pivots() {
            *own = search.limits.pivots;
        }
        let end = if highest { solver.most(unknown, enough) } else { solver.least(unknown, enough) };
        if let Some(own) = solver.pivots() {
            search.limits.pivots = *own;
        }
        end
    }
}

impl<'a> Narrowed<'a> {
    fn new(component: &'a Component, rule: Rule, search: &Search) -> Self {
        Narrowed { component, rule, search: search.clone(), cases: None, widest: 0 }
    }

    fn range(&self) -> (i64, i64) {
        (i64::from(!self.rule.zero), i64::from(self.rule.threshold) - 1)
    }

    /// The end under the rule, given the end without it. `enough` says how far it is worth looking.
    fn end(&mut self, unknown: usize, highest: bool, plain: End, enough: i64) -> std::result::Result<End, Stop> {
        let (least, most) = self.range();
        let lower = |j: usize| self.component.lower.get(j).copied().unwrap_or(0);
        // the table that reaches it may itself hold a small cell
        let small = |point: &Vec<i64>| point.iter().enumerate().any(|(j, x)| (least..=most).contains(&(x + lower(j))));
        let goal = if highest { plain.bound.min(enough) } else { plain.bound.max(enough) };
        let is_there = |x: i64| if highest { x >= goal } else { x <= goal };
        let reached = plain.reached.filter(|&x| is_there(x) && x < ENDLESS / 2);
        if reached.is_some() && plain.point.as_ref().is_some_and(small) {
            return Ok(plain);
        }
        let component = self.component;
        let cases = self.cases.get_or_insert_with(|| {
            let low = |j: usize| component.lower.get(j).copied().unwrap_or(0);
            let small = |j: usize| component.between(j, least - low(j), Some(most - low(j)));
            (0..component.unknowns.len()).filter_map(small).map(|component| Case { component, solver: None }).collect()
        });
        // each case is a problem of its own: too many are not decided
        if cases.len() > self.search.limits.nodes as usize {
            return Err(Stop::Limit);
        }
        let mut best: Option<End> = None;
        let number = cases.len();
        for at in (0..number).map(|i| (i + self.widest) % number) {
            let Some(case) = cases.get_mut(at) else { continue };
            let shift = case.component.lower.get(unknown).zip(self.component.lower.get(unknown)).map_or(0, |(a, b)| a - b);
            let end = match case.end(unknown, highest, enough.saturating_sub(shift).clamp(-ENDLESS, ENDLESS), &mut self.search) {
                Ok(end) => end,
                Err(Stop::Infeasible) => continue,
                Err(Stop::Limit) => return Err(Stop::Limit),
            };
            let shifted = |x: i64| if x >= ENDLESS / 2 { ENDLESS } else { x + shift };
            let end = End { reached: end.reached.map(shifted), bound: shifted(end.bound), point: None };
            // the rule takes nothing away here, or nothing that anybody asks for
            if end.reached.is_some_and(is_there) {
                self.widest = at;
                return Ok(End { reached: end.reached, bound: plain.bound, point: None });
            }
            let further = |a: i64, b: i64| if highest { a.max(b) } else { a.min(b) };
            best = Some(match best {
                None => end,
                Some(b) => End {
                    reached: b.reached.zip(end.reached).map(|(x, y)| further(x, y)).or(b.reached).or(end.reached),
                    bound: further(b.bound, end.bound),
                    point: None,
                },
            });
        }
        // where no cell can be small the rule says nothing: the table is suppressed for another reason
        best.map_or(Ok(plain), Ok)
    }
}
