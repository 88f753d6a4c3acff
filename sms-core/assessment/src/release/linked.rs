//! Secondary suppression over all figures of one indicator in one city: groups, crossings, overlapping groups, districts and
//! periods are one table of linked equations, for the count and for what is left of the denominator alike.

use super::axes::{Axes, Belief, Position};
use super::cells::{Cells, LARGEST, Where, scale_of, scaled, settle};
use super::sums::{Family, Sums};
use crate::catalogue::Catalogue;
use crate::disclosure::{Asked, Cell, Equation, Knowledge, Limits, Rule, Search, Table, Verdict, attack_some, fill, protect_within};
use crate::num;
use std::collections::{BTreeMap, BTreeSet};

/// Limits of the search in a release, where there are many tables; what they take together is bounded by a common store.
const LIMITS: Limits = Limits { nodes: 200, pivots: 20_000, tableau: 2_000_000 };

/// The most cells, each with all its layers, of a system in which what follows from the rule of release is protected too.
const MOST_RULED: usize = 200;

/// How a figure appears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// The reader sees it, and it can be withheld.
    Shown,
    /// The reader sees it, and its source has published it.
    Public,
    /// The reader has seen it in an earlier report, and nothing can be done about that.
    Known,
    /// Withheld here, or by its source.
    Hidden,
    /// The reader sees nothing, for another reason.
    Absent,
}

/// One figure of one indicator.
#[derive(Clone)]
pub(super) struct Figure<'a> {
    pub(super) at: Where<'a>,
    pub(super) state: State,
    /// What sums: see [`layers`].
    pub(super) layers: Option<Vec<f64>>,
    /// Information lost when it is withheld.
    pub(super) size: f64,
    /// How many persons were asked, who may stand for more.
    pub(super) n: Option<f64>,
    /// Out of how many.
    pub(super) base: Option<f64>,
    /// What sums, as an earlier report showed it.
    pub(super) before: Option<Vec<f64>>,
}

/// What became of a table.
pub(super) enum Outcome {
    /// Positions of further figures that must be withheld.
    Protected(Vec<usize>),
    /// The figures contradict one another.
    Contradiction,
    /// It is not proven that all are protected: blunter rules must do. Figures to withhold anyway.
    NotEnough(Vec<usize>),
}

/// Chooses the further figures of a system that must be withheld. `few` says whether few people whom nobody handed in are protected, too.
pub(super) fn protect_linked(
    catalogue: &Catalogue,
    figures: &[Figure<'_>],
    threshold: u32,
    few: bool,
    parent: &impl Fn(u32) -> Option<u32>,
    search: &Search,
) -> Outcome {
    let search = &search.with(LIMITS);
    let places: Vec<Where<'_>> = figures.iter().map(|f| f.at).collect();
    let cells = Cells::of(catalogue, &places, parent, Belief::Sure, &BTreeSet::new());
    let mut changed = Vec::new();
    let mut figures = figures.to_vec();
    let mut last = Outcome::Contradiction;
    for joined in [true, false] {
        let linked = Linked::new(&figures, &cells, threshold, few);
        let empty = linked.empty();
        let is_empty = |p: &Position| empty.iter().any(|e| is_inside(&cells.axes, p, e));
        let known: Vec<bool> = (0..cells.positions.len()).map(|cell| matches!(linked.state(cell), State::Shown | State::Public | State::Known)).collect();
        let Ok(sums) = Sums::of(&cells.axes, &cells.positions, &known, joined, is_empty) else { return Outcome::NotEnough(changed) };
        if joined {
            changed = small_changes(&mut figures, &cells, &sums.families, threshold);
        }
        let linked = Linked::new(&figures, &cells, threshold, few);
        match linked.protect(&sums, search) {
            Ok(outcome) => {
                last = outcome;
                break;
            }
            // no crossing fits what the file holds: the groups are not complete, and nobody can say more than what is shown
            Err(NothingFits) if sums.joins > 0 => {}
            Err(NothingFits) => break,
        }
    }
    let with = |mut further: Vec<usize>| {
        further.extend(&changed);
        further
    };
    match last {
        Outcome::Protected(further) => Outcome::Protected(with(further)),
        Outcome::NotEnough(further) => Outcome::NotEnough(with(further)),
        Outcome::Contradiction if changed.is_empty() => Outcome::Contradiction,
        Outcome::Contradiction => Outcome::NotEnough(changed),
    }
}

/// Whether everybody at one position is at another one, too.
fn is_inside(axes: &Axes, narrow: &Position, wide: &Position) -> bool {
    wide.iter().all(|&(axis, set)| {
        let own = narrow.iter().find(|c| c.0 == axis);
        own.is_some_and(|&(_, own)| axes.axes.get(axis).is_some_and(|a| a.is_inside(own, set)))
    })
}

/// Withholds figures where what two reports together leave of a total has changed by few persons: they would be known.
fn small_changes(figures: &mut [Figure<'_>], cells: &Cells, families: &[Family], threshold: u32) -> Vec<usize> {
    let k = f64::from(threshold);
    let small = |x: f64| num::abs(x) > 1e-6 && num::abs(x) < k;
    let mut hidden = Vec::new();
    if figures.iter().all(|f| f.before.is_none()) {
        return hidden;
    }
    for family in families {
        // each turn withholds a figure, so it ends
        loop {
            let of = |cell: usize| cells.figures.get(cell).map_or(&[][..], Vec::as_slice);
            let change = |cell: usize| -> Option<Vec<f64>> {
                let figure = of(cell).iter().filter_map(|&i| figures.get(i)).find(|f| matches!(f.state, State::Shown | State::Public | State::Known))?;
                let (now, before) = figure.layers.as_ref().zip(figure.before.as_ref()).filter(|(a, b)| a.len() == b.len())?;
                Some(now.iter().zip(before).map(|(a, b)| a - b).collect())
            };
            let Some(total) = change(family.total) else { break };
            let parts: Vec<(usize, Vec<f64>)> = family.parts.iter().filter_map(|&p| Some((p, change(p)?))).collect();
            let left: Vec<f64> =
                (0..total.len()).map(|l| parts.iter().fold(total.get(l).copied().unwrap_or(0.0), |x, (_, c)| x - c.get(l).copied().unwrap_or(0.0))).collect();
            if !left.iter().any(|&x| small(x)) {
                break;
            }
            let can = |cell: usize| of(cell).iter().any(|&i| figures.get(i).is_some_and(|f| f.state == State::Shown));
            let size = |cell: usize| of(cell).iter().filter_map(|&i| figures.get(i)).map(|f| f.size).fold(0.0, f64::max);
            // the smallest part that leaves enough beside others that are not known, else the total
            let beside = parts.len() < family.parts.len();
            let enough = |c: &[f64]| beside && left.iter().zip(c).all(|(x, c)| !small(x + c));
            let part = parts.iter().filter(|(i, c)| can(*i) && enough(c)).map(|(i, _)| *i).min_by(|&a, &b| size(a).total_cmp(&size(b)).then(a.cmp(&b)));
            let Some(next) = part.or_else(|| Some(family.total).filter(|&t| can(t))) else { break };
            for &i in of(next) {
                if let Some(figure) = figures.get_mut(i).filter(|f| f.state == State::Shown) {
                    figure.state = State::Hidden;
                    hidden.push(i);
                }
            }
        }
    }
    hidden
}

/// The figures contradict one another.
struct NothingFits;

/// For how many persons one who was asked stands, and no less than one.
fn weight(figure: &Figure<'_>) -> f64 {
    let base = figure.base.zip(figure.n).filter(|&(_, n)| n > 0.0);
    base.map_or(1.0, |(base, n)| (base / n).max(1.0))
}

/// Figures in whole numbers, on the way to one table.
struct Linked<'a, 'f> {
    figures: &'a [Figure<'f>],
    cells: &'a Cells,
    threshold: u32,
    few: bool,
    /// How many layers a figure has.
    of_figure: usize,
    /// The same with that of the persons asked, where they are protected too.
    depth: usize,
    scale: f64,
    /// The threshold on the scale.
    k: i64,
    /// By cell: its layers, where they are known.
    values: Vec<Option<Vec<i64>>>,
}

impl<'a, 'f> Linked<'a, 'f> {
    fn new(figures: &'a [Figure<'f>], cells: &'a Cells, threshold: u32, few: bool) -> Self {
        let counted = || figures.iter().filter_map(|f| f.layers.as_ref().map(|l| (f, l)));
        let of_figure = counted().map(|(_, l)| l.len()).max().unwrap_or(0);
        // the persons asked sum like the persons that they stand for, and are protected like them
        let asked = counted().any(|(f, _)| weight(f) > 1.0) && counted().all(|(f, _)| f.n.is_some());
        let depth = of_figure + usize::from(asked);
        let layers_of = |f: &Figure<'_>| -> Option<Vec<f64>> {
            let layers = f.layers.as_ref().filter(|l| l.len() == of_figure)?;
            Some(layers.iter().copied().chain(f.n.filter(|_| asked)).collect())
        };
        let all: Vec<Option<Vec<f64>>> = figures.iter().map(layers_of).collect();
        let scale = scale_of(all.iter().flatten());
        let value = |i: &usize| all.get(*i).and_then(Option::as_ref).map(|l| l.iter().map(|&x| scaled(x, scale)).collect::<Vec<i64>>());
        let values = cells.figures.iter().map(|of| of.iter().find_map(value)).collect();
        Linked { figures, cells, threshold, few, of_figure, depth, scale, k: scaled(f64::from(threshold), scale), values }
    }

    fn of(&self, cell: usize) -> impl Iterator<Item = (usize, &Figure<'f>)> {
        self.cells.figures.get(cell).into_iter().flatten().filter_map(|&i| Some((i, self.figures.get(i)?)))
    }

    /// How a cell appears: figures of the same people are shown or withheld together.
    fn state(&self, cell: usize) -> State {
        let any = |state: State| self.of(cell).any(|(_, f)| f.state == state);
        let order = [State::Known, State::Hidden, State::Public, State::Shown];
        // what is public elsewhere is known, also where another figure of the same people is withheld
        if any(State::Public) && any(State::Hidden) {
            return State::Public;
        }
        order.into_iter().find(|s| any(*s)).unwrap_or(State::Absent)
    }

    fn is_fine(&self) -> bool {
        self.scale > 1.0
    }

    /// How far rounding may keep parts from their total.
    fn slack(&self, family: &Family) -> i64 {
        if self.is_fine() { i64::try_from(family.parts.len()).unwrap_or(i64::MAX) + 1 } else { 0 }
    }

    fn value(&self, cell: usize) -> Option<&Vec<i64>> {
        self.values.get(cell)?.as_ref()
    }

    /// Positions at which the file leaves nobody: a total is all in its parts.
    fn empty(&self) -> Vec<Position> {
        let index: BTreeMap<&Position, usize> = self.cells.positions.iter().enumerate().map(|(i, p)| (p, i)).collect();
        let mut contexts: BTreeSet<(usize, Position, usize)> = BTreeSet::new();
        for position in &self.cells.positions {
            for (i, &(axis, _)) in position.iter().enumerate() {
                let mut context = position.clone();
                context.remove(i);
                contexts.insert((context.len(), context, axis));
            }
        }
        let mut found: Vec<Position> = Vec::new();
        for (_, context, axis) in contexts {
            let Some(of) = self.cells.axes.axes.get(axis) else { continue };
            let place = |set: usize| -> Position {
                let mut there = context.clone();
                if of.everybody != Some(set) {
                    there.push((axis, set));
                    there.sort_unstable();
                }
                there
            };
            for relation in &of.relations {
                let Some(rest) = relation.rest else { continue };
                let value = |set: usize| index.get(&place(set)).and_then(|&i| self.value(i));
                let Some(total) = value(relation.total) else { continue };
                let parts: Option<Vec<&Vec<i64>>> = relation.parts.iter().filter(|&&p| p != rest).map(|&p| value(p)).collect();
                let Some(parts) = parts else { continue };
                let left = |l: usize| total.get(l).copied().unwrap_or(0) - parts.iter().filter_map(|p| p.get(l)).sum::<i64>();
                let slack = if self.is_fine() { relation.parts.len() as i64 + 1 } else { 0 };
                let there = place(rest);
                if (0..self.depth).all(|l| left(l).abs() <= slack) && !found.iter().any(|e| is_inside(&self.cells.axes, &there, e)) {
                    found.push(there);
                }
            }
        }
        found
    }

    /// Whether parts that are known exceed their total, or differ from it: someone is counted twice, or in none.
    fn contradicts(&self, family: &Family) -> bool {
        let Some(total) = self.value(family.total) else { return false };
        let known: Vec<&Vec<i64>> = family.parts.iter().filter_map(|&p| self.value(p)).collect();
        let all = known.len() == family.parts.len();
        (0..self.depth).any(|l| {
            let left = total.get(l).copied().unwrap_or(0) - known.iter().filter_map(|p| p.get(l)).sum::<i64>();
            left < -self.slack(family) || (all && left > self.slack(family))
        })
    }

    /// For as many persons as the threshold of persons asked stands for, or as the figure itself where that is less.
    fn width(&self, cell: usize, layer: usize) -> Option<u64> {
        let figure = self.of(cell).map(|(_, f)| f).find(|f| f.layers.is_some()).filter(|_| layer < self.of_figure)?;
        let own = figure.layers.as_ref().and_then(|l| l.get(layer)).copied()?;
        let wide = (f64::from(self.threshold) * weight(figure)).min(own);
        (wide > f64::from(self.threshold)).then(|| scaled(wide, self.scale).unsigned_abs())
    }

    /// Whether what can be known of people whom nobody handed in is too close.
    fn is_few(&self, (low, high): (i64, i64)) -> bool {
        // of weighted counts less than half a person is nobody
        let someone = if self.is_fine() { self.scale as i64 / 2 } else { 1 };
        high >= someone && low < self.k && high.saturating_sub(low) < self.k
    }

    fn protect(&self, sums: &Sums, search: &Search) -> Result<Outcome, NothingFits> {
        if self.of_figure == 0 {
            let any = self.figures.iter().any(|f| f.state == State::Hidden);
            // without counts nothing sums
            return Ok(if any && self.figures.iter().any(|f| f.layers.is_some()) { Outcome::NotEnough(Vec::new()) } else { Outcome::Protected(Vec::new()) });
        }
        let families: Vec<&Family> = sums.families.iter().filter(|f| !self.contradicts(f)).collect();
        let number = sums.positions.len();
        // what the file holds, as its owner sees it
        let mut owner: Vec<Cell> = Vec::with_capacity(number * self.depth);
        for cell in 0..number {
            for layer in 0..self.depth {
                let value = self.value(cell).and_then(|v| v.get(layer)).copied();
                owner.push(Cell { value, suppressed: value.is_none(), lower: value.unwrap_or(0).min(0), ..Cell::default() });
            }
        }
        let mut equations = Vec::with_capacity(families.len() * self.depth);
        for family in &families {
            for layer in 0..self.depth {
                let mut parts: Vec<usize> = family.parts.iter().map(|p| p * self.depth + layer).collect();
                if self.is_fine() {
                    let slack = self.slack(family);
                    parts.push(owner.len());
                    owner.push(Cell { suppressed: true, fixed: true, cost: Some(0), width: Some(0), lower: -slack, upper: Some(slack), ..Cell::default() });
                }
                equations.push(Equation { total: family.total * self.depth + layer, parts, constant: 0 });
            }
        }
        let (mut bounds, mut filled) = (BTreeMap::new(), owner.iter().map(|c| c.value).collect::<Vec<_>>());
        if owner.iter().any(|c| c.value.is_none()) {
            let mut settled = owner.clone();
            settle(&mut settled, &equations).ok_or(NothingFits)?;
            bounds.extend(settled.iter().enumerate().filter_map(|(i, c)| Some((i, (c.value?, c.value?)))));
            let table = Table::new(settled, equations.clone()).map_err(|_| NothingFits)?;
            // of people whom nobody handed in, whether they can be few; of slack, nothing
            let asked = |at: usize| if at < number * self.depth { Asked::Width } else { Asked::Nothing };
            let deduced = attack_some(&table, &Knowledge { width: self.k.unsigned_abs(), rule: None }, search, asked).map_err(|_| NothingFits)?;
            bounds.extend(deduced.into_iter().filter(|d| d.verdict != Verdict::Safe).map(|d| (d.cell, (d.lower, d.upper.unwrap_or(i64::MAX)))));
            let made = fill(&table, search);
            if made.contradiction {
                return Err(NothingFits);
            }
            if made.undecided {
                return Ok(Outcome::NotEnough(Vec::new()));
            }
            filled = made.values;
        }
        let mut cells = owner;
        let mut asks = false;
        for cell in 0..number {
            let state = if cell < self.cells.figures.len() { self.state(cell) } else { State::Absent };
            let span = |layer: usize| bounds.get(&(cell * self.depth + layer)).copied();
            let unknown = self.value(cell).is_none();
            let nobody = unknown && state == State::Absent && (0..self.depth).all(|l| span(l) == Some((0, 0)));
            for layer in 0..self.depth {
                let at = cell * self.depth + layer;
                let Some(c) = cells.get_mut(at) else { continue };
                c.value = filled.get(at).copied().flatten();
                c.lower = c.value.unwrap_or(0).min(0);
                c.suppressed = matches!(state, State::Hidden | State::Absent) && !nobody;
                c.fixed = state != State::Shown;
                let size = self.of(cell).map(|(_, f)| f.size).fold(1.0, f64::max);
                c.cost = Some(if layer == 0 && state == State::Shown { scaled(size.clamp(1.0, LARGEST), 1.0).unsigned_abs() } else { 0 });
                c.bundle = u32::try_from(cell).ok();
                c.width = match state {
                    State::Absent => {
                        let known = || c.value.map(|v| (v, v));
                        let told = if unknown { span(layer) } else { known() };
                        let few = self.few && layer < self.of_figure && told.is_some_and(|s| self.is_few(s));
                        Some(if few { self.k.unsigned_abs() } else { 0 })
                    }
                    _ => self.width(cell, layer),
                };
                asks |= c.suppressed && c.width != Some(0);
            }
        }
        for at in number * self.depth..cells.len() {
            if let Some(c) = cells.get_mut(at) {
                c.value = filled.get(at).copied().flatten();
            }
        }
        let mut together: Vec<usize> = Vec::new();
        for cell in (0..self.cells.figures.len()).filter(|&c| self.state(c) == State::Hidden) {
            together.extend(self.of(cell).filter(|(_, f)| f.state == State::Shown).map(|(i, _)| i));
        }
        if !asks {
            return Ok(Outcome::Protected(together));
        }
        // a reader knows that something is small where figures are withheld for no other reason, and that 0 is not
        let is_small = |f: &Figure<'_>| f.layers.iter().flatten().any(|&x| (1..self.k).contains(&scaled(x, self.scale)));
        let for_no_other_reason = self.figures.iter().all(|f| match f.state {
            State::Hidden => is_small(f),
            State::Public | State::Known => false,
            _ => true,
        });
        let applies = self.few && for_no_other_reason && cells.len() <= MOST_RULED;
        let small = u32::try_from(self.k).ok().filter(|_| applies).map(|threshold| Rule { threshold, zero: false });
        let knowledge = Knowledge { width: self.k.unsigned_abs(), rule: small };
        let Ok(made) = Table::new(cells, equations).and_then(|table| protect_within(&table, &knowledge, search)) else {
            return Ok(Outcome::NotEnough(together));
        };
        let goes = |cell: usize| made.suppressed.get(cell * self.depth) == Some(&true) && self.state(cell) == State::Shown;
        let further: Vec<usize> = (0..self.cells.figures.len()).filter(|&c| goes(c)).flat_map(|c| self.of(c).map(|(i, _)| i).collect::<Vec<_>>()).collect();
        together.extend(further);
        // what is public may expose a figure whatever else is withheld: then it is told already
        Ok(if made.undecided { Outcome::NotEnough(together) } else { Outcome::Protected(together) })
    }
}
