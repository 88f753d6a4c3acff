//! Which cells of one indicator and period sum to which: groups to everybody, crossings to their margins, nested groups
//! to wider ones, districts to their city.

use crate::catalogue::{Catalogue, Dimension};
use crate::disaggregation::{AgeRange, Codes, DimensionKind, GroupKey};
use crate::id::GroupCode;
use std::collections::BTreeMap;

/// Groups by number, with all that follow when a dimension is left out.
pub(crate) struct Lattice<'a> {
    keys: Vec<GroupKey>,
    index: BTreeMap<GroupKey, u32>,
    /// For each group the exclusive dimensions that can be left out, with the code and the group that remains.
    drops: Vec<Vec<(&'a Dimension, GroupCode, u32)>>,
}

impl<'a> Lattice<'a> {
    /// The groups given keep their numbers.
    pub(crate) fn of(catalogue: &'a Catalogue, groups: &[GroupKey]) -> Self {
        let mut lattice = Lattice { keys: Vec::new(), index: BTreeMap::new(), drops: Vec::new() };
        for group in groups {
            // a number is a position, also where a group is given twice
            let number = u32::try_from(lattice.keys.len()).unwrap_or(u32::MAX);
            lattice.index.entry(group.clone()).or_insert(number);
            lattice.keys.push(group.clone());
        }
        let mut at = 0;
        while let Some(key) = lattice.keys.get(at).cloned() {
            let mut drops = Vec::new();
            for (id, code) in key.parts() {
                let Some(dimension) = catalogue.dimension(id.as_str()).filter(|d| d.kind == DimensionKind::Exclusive) else { continue };
                let rest = GroupKey::new(key.parts().iter().filter(|(d, _)| d != id).cloned().collect());
                let base = lattice.number(rest);
                drops.push((dimension, code.clone(), base));
            }
            lattice.drops.push(drops);
            at += 1;
        }
        lattice
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
    /// Groups of one dimension that overlap and are no nested ones.
    pub(crate) overlapping: Vec<Vec<usize>>,
}

/// Finds the families among cells, given by place and group, each once.
pub(crate) fn families(lattice: &Lattice<'_>, given: &[(u32, u32)], parent: impl Fn(u32) -> Option<u32>) -> Families {
    let mut keys = given.to_vec();
    let mut index: BTreeMap<(u32, u32), usize> = keys.iter().enumerate().map(|(i, &k)| (k, i)).collect();
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
        if i < given.len()
            && let Some(parent) = parent(place)
        {
            by_parent.entry((parent, group)).or_default().push(i);
        }
    }
    let mut made = Families { keys, families: Vec::new(), overlapping: Vec::new() };
    for ((place, base, _), (dimension, members)) in by_base {
        let Some(nest) = nest(dimension, &members) else {
            made.overlapping.push(members.iter().map(|m| m.1).collect());
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
    made
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
