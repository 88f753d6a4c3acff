//! Which figures of one indicator sum to which, whether or not somebody handed them in.

use super::axes::{Axes, PERIODS, PLACES, Position};
use std::collections::{BTreeMap, BTreeSet};

/// Parts and their total, by position.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Family {
    pub(super) total: usize,
    pub(super) parts: Vec<usize>,
    /// The axis along which they sum, where it is only believed that nobody else is in the total.
    pub(super) believed: Option<usize>,
}

/// The cells of one indicator in one city and its districts, and how they sum.
pub(super) struct Sums {
    /// Those given, then those that nobody handed in.
    pub(super) positions: Vec<Position>,
    pub(super) families: Vec<Family>,
    /// How many crossings that nobody shows were added.
    pub(super) joins: usize,
}

/// Why there are none.
pub(super) struct TooMany;

/// The most crossings that nobody shows and that are looked at.
const MOST_JOINS: usize = 5_000;

/// The most cells of one system, each with all its layers.
const MOST_CELLS: usize = 40_000;

impl Sums {
    /// All that follows from the positions given, each once and with whether it is known. With `joined` also through crossings that nobody shows. Positions that are
    /// `empty` are left out.
    pub(super) fn of(axes: &Axes, given: &[Position], known: &[bool], joined: bool, empty: impl Fn(&Position) -> bool) -> Result<Sums, TooMany> {
        let mut made = Sums { positions: given.to_vec(), families: Vec::new(), joins: 0 };
        let mut index: BTreeMap<Position, usize> = given.iter().cloned().enumerate().map(|(i, p)| (p, i)).collect();
        if joined {
            for position in joins(axes, given, known)? {
                index.entry(position).or_insert_with_key(|p| {
                    made.positions.push(p.clone());
                    made.joins += 1;
                    made.positions.len() - 1
                });
            }
        }
        let mut done: BTreeSet<(Position, usize)> = BTreeSet::new();
        let mut at = 0;
        while let Some(position) = made.positions.get(at).cloned() {
            at += 1;
            for (i, &(axis, _)) in position.iter().enumerate() {
                let mut context = position.clone();
                context.remove(i);
                if !done.insert((context.clone(), axis)) {
                    continue;
                }
                let Some(of) = axes.axes.get(axis) else { continue };
                let place = |set: usize| -> Position {
                    let mut there = context.clone();
                    if of.everybody != Some(set) {
                        there.insert(i, (axis, set));
                    }
                    there
                };
                for relation in &of.relations {
                    let total = place(relation.total);
                    if empty(&total) {
                        continue;
                    }
                    let mut number = |there: Position| {
                        *index.entry(there).or_insert_with_key(|p| {
                            made.positions.push(p.clone());
                            made.positions.len() - 1
                        })
                    };
                    let total = number(total);
                    let mut parts = Vec::with_capacity(relation.parts.len());
                    for &part in &relation.parts {
                        let there = place(part);
                        if !empty(&there) {
                            parts.push(number(there));
                        }
                    }
                    parts.sort_unstable();
                    made.families.push(Family { total, parts, believed: relation.believed.then_some(axis) });
                }
            }
            if made.positions.len() > MOST_CELLS {
                return Err(TooMany);
            }
        }
        Ok(made)
    }
}

/// Crossings that nobody shows and that hold shown ones together: where tables go round in a circle, as sex by age, age by
/// citizenship and citizenship by sex do, the crossing of all three bounds each of them. Tables without such a circle
/// bound one another through their common margins alone (Lauritzen 1996, ch. 2; Dobra & Fienberg 2000). Districts of a
/// city are one more dimension.
fn joins(axes: &Axes, given: &[Position], known: &[bool]) -> Result<Vec<Position>, TooMany> {
    let set_on = |p: &Position, axis: usize| p.iter().find(|c| c.0 == axis).map(|c| c.1);
    let places: BTreeSet<usize> = given.iter().filter_map(|p| set_on(p, PLACES)).collect();
    let is_district = |p: &Position| {
        let place = set_on(p, PLACES);
        let inside = |narrow: usize, wide: usize| axes.axes.get(PLACES).is_some_and(|a| a.is_inside(narrow, wide));
        place.is_some_and(|place| places.iter().any(|&wider| wider != place && inside(place, wider)))
    };
    let edge = |p: &Position| -> BTreeSet<usize> { p.iter().map(|c| c.0).filter(|&a| a > PERIODS || (a == PLACES && is_district(p))).collect() };
    let is_known = |i: usize| known.get(i).copied().unwrap_or(false);
    let shown: BTreeSet<BTreeSet<usize>> = given.iter().enumerate().filter(|(i, _)| is_known(*i)).map(|(_, p)| edge(p)).collect();
    // what nobody knows bounds nothing: each such table goes round with those that are shown
    let unknown: BTreeSet<BTreeSet<usize>> = given.iter().enumerate().filter(|(i, _)| !is_known(*i)).map(|(_, p)| edge(p)).collect();
    let with = |one: &BTreeSet<usize>| circle(shown.iter().chain([one]).cloned().collect());
    let mut cores: BTreeSet<BTreeSet<usize>> = unknown.iter().map(with).collect();
    cores.insert(circle(shown.clone()));
    let wider = |core: &BTreeSet<usize>| cores.iter().any(|other| other != core && other.is_superset(core));
    let roots: BTreeSet<Position> = given.iter().map(|p| p.iter().copied().filter(|c| c.0 <= PERIODS).collect()).collect();
    let mut made = Vec::new();
    for core in cores.iter().filter(|core| !wider(core)) {
        let mut sets: BTreeMap<usize, BTreeSet<usize>> = core.iter().filter(|&&a| a > PERIODS).map(|&a| (a, BTreeSet::new())).collect();
        if sets.is_empty() {
            continue;
        }
        for &(axis, set) in given.iter().flatten() {
            if let Some(known) = sets.get_mut(&axis) {
                known.insert(set);
            }
        }
        let mut crossings: Vec<Position> = roots.iter().cloned().collect();
        for (axis, sets) in sets {
            if made.len() + crossings.len().saturating_mul(sets.len()) > MOST_JOINS {
                return Err(TooMany);
            }
            let longer = |so_far: &Position, set: usize| -> Position { so_far.iter().copied().chain([(axis, set)]).collect() };
            crossings = crossings.iter().flat_map(|so_far| sets.iter().map(|&set| longer(so_far, set)).collect::<Vec<_>>()).collect();
        }
        made.extend(crossings);
    }
    Ok(made)
}

/// What is left of tables when all that hangs on one other table is taken off (Graham 1979; Yu & Ozsoyoglu 1979): the
/// axes that go round in a circle.
fn circle(tables: BTreeSet<BTreeSet<usize>>) -> BTreeSet<usize> {
    let mut left: Vec<BTreeSet<usize>> = tables.into_iter().collect();
    loop {
        let before = left.clone();
        let once: Vec<usize> = left.iter().flatten().filter(|d| left.iter().filter(|t| t.contains(*d)).count() == 1).copied().collect();
        for table in &mut left {
            table.retain(|d| !once.contains(d));
        }
        left.sort();
        left.dedup();
        let all = left.clone();
        left.retain(|t| !t.is_empty() && !all.iter().any(|wider| wider != t && wider.is_superset(t)));
        if left == before {
            return left.into_iter().flatten().collect();
        }
    }
}
