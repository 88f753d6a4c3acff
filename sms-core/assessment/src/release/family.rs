//! Which cells of one indicator and period sum to which: groups to everybody, crossings to their margins, nested groups
//! to wider ones, districts to their city.

use crate::catalogue::{Catalogue, Dimension};
use crate::disaggregation::{AgeRange, Codes, DimensionKind, GroupKey};
use crate::id::{DimensionId, GroupCode};
use std::collections::{BTreeMap, BTreeSet};

/// Groups by number, with all that follow when a dimension is left out.
pub(crate) struct Lattice<'a> {
    catalogue: &'a Catalogue,
    keys: Vec<GroupKey>,
    index: BTreeMap<GroupKey, u32>,
    /// For each group the exclusive dimensions that can be left out, with the code and the group that remains.
    drops: Vec<Vec<(&'a Dimension, GroupCode, u32)>>,
}

impl<'a> Lattice<'a> {
    /// The groups given keep their numbers.
    pub(crate) fn of(catalogue: &'a Catalogue, groups: &[GroupKey]) -> Self {
        let mut lattice = Lattice { catalogue, keys: Vec::new(), index: BTreeMap::new(), drops: Vec::new() };
        for group in groups {
            // a number is a position, also where a group is given twice
            let number = u32::try_from(lattice.keys.len()).unwrap_or(u32::MAX);
            lattice.index.entry(group.clone()).or_insert(number);
            lattice.keys.push(group.clone());
        }
        lattice.close();
        lattice
    }

    /// Finds the margins of groups that are new.
    fn close(&mut self) {
        while let Some(key) = self.keys.get(self.drops.len()).cloned() {
            let mut drops = Vec::new();
            for (id, code) in key.parts() {
                let Some(dimension) = self.catalogue.dimension(id.as_str()).filter(|d| d.kind == DimensionKind::Exclusive) else { continue };
                let rest = GroupKey::new(key.parts().iter().filter(|(d, _)| d != id).cloned().collect());
                let base = self.number(rest);
                drops.push((dimension, code.clone(), base));
            }
            self.drops.push(drops);
        }
    }

    /// The number of a group, with its margins, which may be new.
    fn add(&mut self, key: GroupKey) -> u32 {
        let number = self.number(key);
        self.close();
        number
    }

    /// The exclusive dimensions of a group with its codes, and what else there is of it.
    fn split(&self, group: u32) -> (BTreeMap<DimensionId, GroupCode>, Vec<(DimensionId, GroupCode)>) {
        let (mut exclusive, mut other) = (BTreeMap::new(), Vec::new());
        for (id, code) in self.keys.get(group as usize).map_or(&[][..], GroupKey::parts) {
            if self.catalogue.dimension(id.as_str()).is_some_and(|d| d.kind == DimensionKind::Exclusive) {
                exclusive.insert(id.clone(), code.clone());
            } else {
                other.push((id.clone(), code.clone()));
            }
        }
        (exclusive, other)
    }

    fn number(&mut self, key: GroupKey) -> u32 {
        if let Some(&number) = self.index.get(&key) {
            return number;
        }
        let number = u32::try_from(self.keys.len()).unwrap_or(u32::MAX);
        self.index.insert(key.clone(), number);
        self.keys.push(key);
        number
    }

    /// The number of a group.
    pub(crate) fn find(&self, key: &GroupKey) -> Option<u32> {
        self.index.get(key).copied()
    }

    fn drops(&self, group: u32) -> &[(&'a Dimension, GroupCode, u32)] {
        self.drops.get(group as usize).map_or(&[], Vec::as_slice)
    }

    fn depth(&self, group: u32) -> usize {
        self.keys.get(group as usize).map_or(0, |k| k.parts().len())
    }
}

/// Parts and their total, by position.
#[derive(Debug, PartialEq)]
pub(crate) struct Family {
    pub(crate) total: usize,
    pub(crate) parts: Vec<usize>,
}

/// Cells of one indicator and period by place and group, and how they sum.
pub(crate) struct Families {
    /// Place and group: those given, then margins that nobody publishes and that link what is published.
    pub(crate) keys: Vec<(u32, u32)>,
    pub(crate) families: Vec<Family>,
    /// Groups of one dimension that overlap and are no nested ones, with what holds them all.
    pub(crate) overlapping: Vec<(Vec<usize>, Option<usize>)>,
    /// How many crossings that nobody shows were added.
    pub(crate) joins: usize,
}

/// The most crossings that nobody shows and that are looked at.
const MOST_JOINS: usize = 5_000;

/// Crossings that nobody shows and that hold shown ones together: where tables go round in a circle, as sex by age, age by
/// citizenship and citizenship by sex do, the crossing of all three bounds each of them. Tables without such a circle
/// bound one another through their common margins alone (Lauritzen 1996, ch. 2; Dobra & Fienberg 2000). Districts of a
/// city are one more dimension. `None` when there are too many.
fn joins(lattice: &mut Lattice<'_>, given: &[(u32, u32)], parent: &impl Fn(u32) -> Option<u32>) -> Option<Vec<(u32, u32)>> {
    let places: BTreeSet<u32> = given.iter().map(|k| k.0).collect();
    let root = |mut place: u32| {
        // as many steps as there are places, should they go round in a circle
        for _ in 0..places.len() {
            match parent(place) {
                Some(wider) => place = wider,
                None => break,
            }
        }
        place
    };
    // tables with the same other parts, of one city
    type Context = (u32, Vec<(DimensionId, GroupCode)>);
    type Figure = (u32, BTreeMap<DimensionId, GroupCode>);
    let mut tables: BTreeMap<Context, Vec<Figure>> = BTreeMap::new();
    for &(place, group) in given {
        let (exclusive, other) = lattice.split(group);
        tables.entry((root(place), other)).or_default().push((place, exclusive));
    }
    let mut made = Vec::new();
    for ((city, other), members) in tables {
        // `None` is the dimension of places
        let edge =
            |(place, codes): &Figure| -> BTreeSet<Option<DimensionId>> { codes.keys().cloned().map(Some).chain((*place != city).then_some(None)).collect() };
        let core = circle(members.iter().map(edge).collect());
        if core.is_empty() {
            continue;
        }
        let mut codes: BTreeMap<&DimensionId, BTreeSet<&GroupCode>> = core.iter().flatten().map(|d| (d, BTreeSet::new())).collect();
        for (dimension, code) in members.iter().flat_map(|m| &m.1) {
            if let Some(known) = codes.get_mut(dimension) {
                known.insert(code);
            }
        }
        let mut crossings: Vec<Vec<(DimensionId, GroupCode)>> = vec![other];
        for (dimension, codes) in codes {
            crossings = crossings
                .iter()
                .flat_map(|so_far| {
                    codes.iter().map(|code| {
                        let mut longer = so_far.clone();
                        longer.push((dimension.clone(), (*code).clone()));
                        longer
                    })
                })
                .take(MOST_JOINS + 1)
                .collect();
        }
        let at: BTreeSet<u32> = members.iter().map(|m| m.0).collect();
        if made.len() + at.len().saturating_mul(crossings.len()) > MOST_JOINS {
            return None;
        }
        for crossing in crossings {
            let group = lattice.add(GroupKey::new(crossing));
            made.extend(at.iter().map(|&place| (place, group)));
        }
    }
    Some(made)
}

/// What is left of tables when all that hangs on one other table is taken off (Graham 1979; Yu & Ozsoyoglu 1979): the
/// dimensions that go round in a circle.
fn circle(tables: BTreeSet<BTreeSet<Option<DimensionId>>>) -> BTreeSet<Option<DimensionId>> {
    let mut left: Vec<BTreeSet<Option<DimensionId>>> = tables.into_iter().collect();
    loop {
        let before = left.clone();
        let once: Vec<Option<DimensionId>> = left.iter().flatten().filter(|d| left.iter().filter(|t| t.contains(*d)).count() == 1).cloned().collect();
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

/// Finds the families among cells, given by place and group, each once. With `joined` also through crossings that nobody
/// shows; `None` when there are too many of them.
pub(crate) fn families(lattice: &mut Lattice<'_>, given: &[(u32, u32)], joined: bool, parent: impl Fn(u32) -> Option<u32>) -> Option<Families> {
    let mut keys = given.to_vec();
    let mut index: BTreeMap<(u32, u32), usize> = keys.iter().enumerate().map(|(i, &k)| (k, i)).collect();
    let joins = if joined { joins(lattice, given, &parent)? } else { Vec::new() };
    let mut new_joins = 0;
    for key in joins {
        index.entry(key).or_insert_with(|| {
            keys.push(key);
            new_joins += 1;
            keys.len() - 1
        });
    }
    let lattice = &*lattice;
    // margins of crossings, down to everybody; their number of dimensions only falls
    let mut at = 0;
    while let Some(&(place, group)) = keys.get(at) {
        for &(_, _, base) in lattice.drops(group) {
            index.entry((place, base)).or_insert_with(|| {
                keys.push((place, base));
                keys.len() - 1
            });
        }
        at += 1;
    }
    let mut by_base: BTreeMap<(u32, u32, &str), (&Dimension, Vec<Member<'_>>)> = BTreeMap::new();
    let mut by_parent: BTreeMap<(u32, u32), Vec<usize>> = BTreeMap::new();
    for (i, &(place, group)) in keys.iter().enumerate() {
        for (dimension, code, base) in lattice.drops(group) {
            by_base.entry((place, *base, dimension.id.as_str())).or_insert_with(|| (dimension, Vec::new())).1.push((code, i));
        }
        if let Some(parent) = parent(place) {
            by_parent.entry((parent, group)).or_default().push(i);
        }
    }
    let mut made = Families { keys, families: Vec::new(), overlapping: Vec::new(), joins: new_joins };
    for ((place, base, _), (dimension, members)) in by_base {
        let Some(nest) = nest(dimension, &members) else {
            made.overlapping.push((members.iter().map(|m| m.1).collect(), index.get(&(place, base)).copied()));
            continue;
        };
        let mut parts: BTreeMap<Option<usize>, Vec<usize>> = BTreeMap::new();
        for ((_, i), inside) in members.iter().zip(&nest) {
            parts.entry(*inside).or_default().push(*i);
        }
        for (inside, mut parts) in parts {
            parts.sort_unstable();
            let total = match inside {
                Some(wider) => members.get(wider).map(|m| m.1),
                None => index.get(&(place, base)).copied(),
            };
            if let Some(total) = total {
                made.families.push(Family { total, parts });
            }
        }
    }
    for ((place, group), parts) in by_parent {
        if let Some(&total) = index.get(&(place, group)).filter(|t| !parts.contains(t)) {
            made.families.push(Family { total, parts });
        }
    }
    // larger crossings first, so that margins can be summed from them
    made.families.sort_by_key(|f| (std::cmp::Reverse(made.keys.get(f.total).map_or(0, |k| lattice.depth(k.1))), f.total, f.parts.clone()));
    Some(made)
}

/// A group of a dimension and its position among the cells.
type Member<'a> = (&'a GroupCode, usize);

/// For each group of a dimension the position of the narrowest given group that holds it; `None` when groups overlap.
fn nest(dimension: &Dimension, members: &[Member<'_>]) -> Option<Vec<Option<usize>>> {
    if dimension.codes == Codes::Age {
        let mut ranges: Vec<(AgeRange, usize)> = members.iter().enumerate().filter_map(|(i, (code, _))| Some((AgeRange::parse(code.as_str())?, i))).collect();
        let end = |r: AgeRange| r.to.unwrap_or(u16::MAX);
        ranges.sort_by_key(|&(r, i)| (r.from, std::cmp::Reverse(end(r)), i));
        let mut inside = vec![None; members.len()];
        let mut open: Vec<(AgeRange, usize)> = Vec::new();
        for (range, i) in ranges {
            while open.last().is_some_and(|(wider, _)| end(*wider) < range.from) {
                open.pop();
            }
            if let Some(&(wider, at)) = open.last() {
                if end(range) > end(wider) {
                    return None;
                }
                *inside.get_mut(i)? = Some(at);
            }
            open.push((range, i));
        }
        return Some(inside);
    }
    let position = |code: &str| members.iter().position(|(c, _)| c.as_str() == code);
    let holder = |(code, _): &Member<'_>| {
        let mut at = dimension.group(code.as_str());
        // as many steps as there are groups, should a list go round in a circle
        for _ in 0..dimension.group.len() {
            let wider = at?.parent.as_ref()?;
            if let Some(found) = position(wider.as_str()) {
                return Some(found);
            }
            at = dimension.group(wider.as_str());
        }
        None
    };
    Some(members.iter().map(holder).collect())
}
