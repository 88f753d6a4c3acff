//! The axes along which people are counted, and which sets of people sum to which along each: places, periods, and the
//! groups of every dimension by the meaning of their codes.
//!
//! Everybody is in exactly one smallest part of each axis. A code stands for a set of them, whether or not a figure was
//! handed in for its parts; so groups that overlap are sums of the pieces that they cut one another into.

use crate::catalogue::{Catalogue, Dimension};
use crate::disaggregation::{AgeRange, Codes, DimensionKind, GroupKey};
use crate::period::Period;
use std::collections::{BTreeMap, BTreeSet};

/// Smallest parts of an axis, by number.
type Parts = BTreeSet<usize>;

/// The most codes of a multi-select dimension that are looked at together: what each and all of them hold are 2ⁿ parts.
const MOST_TOGETHER: usize = 12;

/// The most kinds of people that these are, by which codes they have.
const MOST_KINDS: usize = 40;

/// How far the groups that are given are taken for everybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Belief {
    /// Nothing is believed: there may be people in no group that is given.
    Sure,
    /// The groups of an exclusive dimension, and the districts of a city, are taken for everybody.
    Complete,
}

/// A set and the sets that it is the sum of, by their numbers.
#[derive(Clone, Debug)]
pub(super) struct Relation {
    pub(super) total: usize,
    pub(super) parts: Vec<usize>,
    /// Which part holds those who are in no set that is given.
    pub(super) rest: Option<usize>,
    /// Whether it is only believed that nobody else is in the total.
    pub(super) believed: bool,
}

/// One axis.
#[derive(Clone, Debug, Default)]
pub(super) struct Axis {
    /// Sets by their number; each holds classes of smallest parts that no given set tells apart.
    sets: Vec<Parts>,
    /// The set of everybody, that a figure need not name.
    pub(super) everybody: Option<usize>,
    pub(super) relations: Vec<Relation>,
}

impl Axis {
    /// An axis on which these sets of smallest parts are given, and the number of each set. `everybody` is the set that all figures are inside of, by its position;
    /// `unnamed` are parts that no code stands for.
    fn new(given: &[Parts], everybody: Option<usize>, unnamed: &Parts, open_ended: bool, belief: Belief) -> (Axis, Vec<usize>) {
        // parts that are in the same sets are one class
        let mut classes: BTreeMap<Vec<usize>, usize> = BTreeMap::new();
        let mut held: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (s, parts) in given.iter().enumerate() {
            for &part in parts {
                held.entry(part).or_default().push(s);
            }
        }
        let mut class_of: BTreeMap<usize, usize> = BTreeMap::new();
        let mut named: Parts = Parts::new();
        for (part, sets) in held {
            let next = classes.len();
            let class = *classes.entry(sets).or_insert(next);
            class_of.insert(part, class);
            if !unnamed.contains(&part) {
                named.insert(class);
            }
        }
        let mut axis = Axis::default();
        let numbers: Vec<usize> = given.iter().map(|parts| axis.number(parts.iter().filter_map(|p| class_of.get(p).copied()).collect())).collect();
        axis.everybody = everybody.and_then(|e| numbers.get(e).copied());
        let mut present = numbers.clone();
        present.sort_unstable();
        present.dedup();
        axis.relate(&present);
        // who is in no group that is given, or in a wider one and in none of its narrower ones
        for relation in &mut axis.relations {
            let Some(rest) = relation.rest else { continue };
            let of_everybody = Some(relation.total) == axis.everybody;
            let beside = relation.parts.len() > 2;
            let nobody_named = axis.sets.get(rest).is_some_and(|r| r.is_disjoint(&named));
            if belief == Belief::Complete && beside && (nobody_named || (of_everybody && open_ended)) {
                relation.parts.retain(|&p| p != rest);
                relation.rest = None;
                relation.believed = true;
            }
        }
        (axis, numbers)
    }

    /// The number of a set.
    fn number(&mut self, set: Parts) -> usize {
        self.sets.iter().position(|s| *s == set).unwrap_or_else(|| {
            self.sets.push(set);
            self.sets.len() - 1
        })
    }

    fn set(&self, number: usize) -> &Parts {
        const EMPTY: &Parts = &Parts::new();
        self.sets.get(number).unwrap_or(EMPTY)
    }

    /// Which of the sets present sum to which.
    fn relate(&mut self, present: &[usize]) {
        let crossing = |a: &Parts, b: &Parts| !a.is_disjoint(b) && !a.is_subset(b) && !b.is_subset(a);
        let sets: Vec<(usize, Parts)> = present.iter().map(|&n| (n, self.set(n).clone())).collect();
        let nested = sets.iter().enumerate().all(|(i, (_, a))| sets.iter().skip(i + 1).all(|(_, b)| !crossing(a, b)));
        for (number, set) in &sets {
            let mut parts: Vec<usize> = Vec::new();
            let mut left = set.clone();
            if nested {
                let inside: Vec<&(usize, Parts)> = sets.iter().filter(|(n, s)| n != number && s.is_subset(set)).collect();
                for (n, s) in inside.iter().filter(|(_, s)| !inside.iter().any(|(_, wider)| wider.len() > s.len() && s.is_subset(wider))) {
                    parts.push(*n);
                    left.retain(|c| !s.contains(c));
                }
            } else {
                // those in no other set are the rest
                let others: Parts = sets.iter().filter(|(_, s)| !set.is_subset(s)).flat_map(|(_, s)| s.iter().copied()).collect();
                for class in set.intersection(&others) {
                    parts.push(self.number(Parts::from([*class])));
                    left.remove(class);
                }
            }
            if parts.is_empty() {
                // alone, unless it is divided elsewhere
                if nested || set.len() < 2 {
                    continue;
                }
            }
            let rest = (!left.is_empty()).then(|| self.number(left));
            parts.extend(rest);
            parts.sort_unstable();
            parts.dedup();
            if parts != [*number] {
                self.relations.push(Relation { total: *number, parts, rest, believed: false });
            }
        }
    }

    /// A set in terms of those that are given: the narrowest that holds it (`None` for everybody), and those that it leaves out of that.
    pub(super) fn told(&self, set: usize, given: &BTreeSet<usize>) -> (Option<usize>, Vec<usize>) {
        if given.contains(&set) {
            return (Some(set), Vec::new());
        }
        let holder = given.iter().copied().filter(|&g| self.is_inside(set, g)).min_by_key(|&g| (self.set(g).len(), g));
        let beside = |g: usize| holder.is_none_or(|h| h != g && !self.set(g).is_disjoint(self.set(h))) && self.set(g).is_disjoint(self.set(set));
        let left: Vec<usize> = given.iter().copied().filter(|&g| beside(g)).collect();
        let widest = |g: usize| !left.iter().any(|&w| w != g && self.set(w).len() > self.set(g).len() && self.is_inside(g, w));
        (holder, left.iter().copied().filter(|&g| widest(g)).collect())
    }

    /// Whether a set is inside another one.
    pub(super) fn is_inside(&self, narrow: usize, wide: usize) -> bool {
        self.set(narrow).is_subset(self.set(wide))
    }
}

/// Of which axis a code is a set, and which one.
type Coordinate = (usize, usize);

/// Where a figure stands: the sets that it is counted in, by axis. Axes on which it holds everybody are left out.
pub(super) type Position = Vec<Coordinate>;

/// What a position is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Named {
    Place(u32),
    Period(Period),
    Code(String),
}

/// A position in words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) place: Option<u32>,
    pub(super) period: Option<Period>,
    pub(super) groups: Vec<[String; 2]>,
    /// What is left out of it, with the dimension of a code.
    pub(super) without: Vec<(String, Named)>,
}

/// The axis of places, and the axis of periods.
pub(super) const PLACES: usize = 0;
pub(super) const PERIODS: usize = 1;

/// The codes of an axis that are given, and whom they stand for.
struct Given<'a> {
    codes: &'a [&'a str],
    sets: Vec<Parts>,
    everybody: Parts,
    /// Parts that no code stands for.
    unnamed: Parts,
    /// Whether the codes may be taken for everybody although there are others.
    open_ended: bool,
}

/// All axes of the figures of one indicator in one city and its districts.
pub(super) struct Axes {
    pub(super) axes: Vec<Axis>,
    places: BTreeMap<u32, usize>,
    periods: BTreeMap<Period, usize>,
    codes: BTreeMap<(String, String), Position>,
    /// Axes whose groups are not taken for everybody.
    disbelieved: BTreeSet<usize>,
}

impl Axes {
    /// The axes of figures, given by place, period and group. `parent` gives the wider place; groups of `disbelieved` axes are not taken for everybody.
    pub(super) fn of<'a>(
        catalogue: &Catalogue,
        figures: impl Iterator<Item = (u32, Period, &'a GroupKey)>,
        parent: impl Fn(u32) -> Option<u32>,
        belief: Belief,
        disbelieved: &BTreeSet<usize>,
    ) -> Axes {
        let (mut places, mut periods, mut codes) = (BTreeSet::new(), BTreeSet::new(), BTreeMap::<&str, BTreeSet<&str>>::new());
        for (place, period, group) in figures {
            places.insert(place);
            periods.insert(period);
            for (dimension, code) in group.parts() {
                codes.entry(dimension.as_str()).or_default().insert(code.as_str());
            }
        }
        let of_places = if disbelieved.contains(&PLACES) { Belief::Sure } else { belief };
        let (place_axis, place_sets) = places_axis(&places, &parent, of_places);
        let (period_axis, period_sets) = periods_axis(&periods);
        let mut made =
            Axes { axes: vec![place_axis, period_axis], places: place_sets, periods: period_sets, codes: BTreeMap::new(), disbelieved: disbelieved.clone() };
        for (id, codes) in codes {
            let codes: Vec<&str> = codes.into_iter().collect();
            match catalogue.dimension(id) {
                Some(dimension) if dimension.codes == Codes::Age => made.ages(id, &codes, belief),
                Some(dimension) if dimension.kind == DimensionKind::Exclusive && !dimension.overlapping => made.exclusive(dimension, &codes, belief),
                Some(dimension) => made.together(dimension, &codes),
                None => codes.iter().for_each(|code| made.apart(id, code)),
            }
        }
        made
    }

    /// Where a figure stands.
    pub(super) fn position(&self, place: u32, period: Period, group: &GroupKey) -> Option<Position> {
        let mut position: Position = vec![(PLACES, *self.places.get(&place)?), (PERIODS, *self.periods.get(&period)?)];
        for (dimension, code) in group.parts() {
            let at = self.codes.get(&(dimension.to_string(), code.to_string()))?;
            position.extend(at.iter().filter(|(axis, set)| self.axes.get(*axis).is_some_and(|axis| axis.everybody != Some(*set))));
        }
        position.sort_unstable();
        position.dedup();
        Some(position)
    }

    /// A position in terms of the places, periods and codes that are given, with what is left out of them.
    pub(super) fn told(&self, position: &Position) -> Told {
        let mut told = Told::default();
        for &(axis, set) in position {
            let Some(of) = self.axes.get(axis) else { continue };
            let mut names: BTreeMap<usize, (String, Named)> = BTreeMap::new();
            match axis {
                PLACES => names.extend(self.places.iter().map(|(&p, &s)| (s, (String::new(), Named::Place(p))))),
                PERIODS => names.extend(self.periods.iter().map(|(&p, &s)| (s, (String::new(), Named::Period(p))))),
                _ => names.extend(
                    self.codes.iter().filter_map(|((d, c), at)| at.last().filter(|at| at.0 == axis).map(|at| (at.1, (d.clone(), Named::Code(c.clone()))))),
                ),
            }
            let given: BTreeSet<usize> = names.keys().copied().collect();
            let (holder, left) = of.told(set, &given);
            match holder.and_then(|h| names.get(&h)) {
                Some((_, Named::Place(place))) => told.place = Some(*place),
                Some((_, Named::Period(period))) => told.period = Some(*period),
                Some((dimension, Named::Code(code))) => told.groups.push([dimension.clone(), code.clone()]),
                None => {}
            }
            told.without.extend(left.iter().filter_map(|l| names.get(l)).cloned());
        }
        told
    }

    /// Adds an axis of a dimension.
    fn add(&mut self, dimension: &str, mut given: Given<'_>, belief: Belief) {
        let everybody = given.sets.len();
        given.sets.push(given.everybody);
        let belief = if self.disbelieved.contains(&self.axes.len()) { Belief::Sure } else { belief };
        let (axis, numbers) = Axis::new(&given.sets, Some(everybody), &given.unnamed, given.open_ended, belief);
        for (code, set) in given.codes.iter().zip(numbers) {
            self.codes.insert((dimension.to_owned(), (*code).to_owned()), vec![(self.axes.len(), set)]);
        }
        self.axes.push(axis);
    }

    /// A code of which it is not known whom it shares with others.
    fn apart(&mut self, dimension: &str, code: &str) {
        let given = Given { codes: &[code], sets: vec![Parts::from([1])], everybody: Parts::from([0, 1]), unnamed: Parts::from([0]), open_ended: false };
        self.add(dimension, given, Belief::Sure);
    }

    /// Codes too many to be looked at together: of each only what holds it is kept.
    fn inside_one_another(&mut self, dimension: &Dimension, codes: &[&str]) {
        let id = dimension.id.as_str();
        codes.iter().for_each(|code| self.apart(id, code));
        let own: BTreeMap<&str, Coordinate> =
            codes.iter().filter_map(|&code| Some((code, *self.codes.get(&(id.to_owned(), code.to_owned()))?.last()?))).collect();
        for (&code, &at) in &own {
            let mut position: Position = own.iter().filter(|(other, _)| holds(dimension, other, code)).map(|(_, at)| *at).collect();
            position.sort_unstable();
            position.retain(|other| *other != at);
            // its own is the last
            position.push(at);
            self.codes.insert((id.to_owned(), code.to_owned()), position);
        }
    }

    /// Bands of ages: the pieces that they cut one another into.
    fn ages(&mut self, id: &str, codes: &[&str], belief: Belief) {
        let bands: Vec<(&str, usize, usize)> = codes
            .iter()
            .filter_map(|code| AgeRange::parse(code).map(|r| (*code, usize::from(r.from), r.to.map_or(usize::from(u16::MAX), usize::from) + 1)))
            .collect();
        let ends: BTreeSet<usize> = bands.iter().flat_map(|b| [b.1, b.2]).collect();
        let ends: Vec<usize> = ends.into_iter().collect();
        let pieces = |from: usize, to: usize| -> Parts { ends.iter().enumerate().filter(|(_, e)| (from..to).contains(*e)).map(|(i, _)| i).collect() };
        // ages outside of all bands, and those whose age nobody knows
        let outside = ends.len();
        let mut sets: Vec<Parts> = bands.iter().map(|b| pieces(b.1, b.2)).collect();
        let mut named: Vec<&str> = bands.iter().map(|b| b.0).collect();
        let mut all: Parts = sets.iter().flatten().copied().chain([outside]).collect();
        if codes.contains(&UNKNOWN) {
            named.push(UNKNOWN);
            sets.push(Parts::from([outside + 1]));
            all.insert(outside + 1);
        }
        // bands that leave a gap, or those who are older, are not everybody
        let first = bands.iter().map(|b| b.1).min().unwrap_or(0);
        let mut reached = first;
        while let Some(further) = bands.iter().filter(|b| b.1 <= reached && b.2 > reached).map(|b| b.2).max() {
            reached = further;
        }
        self.add(id, Given { codes: &named, sets, everybody: all, unnamed: Parts::new(), open_ended: reached > usize::from(u16::MAX) }, belief);
        for code in codes.iter().filter(|c| !named.contains(c)) {
            self.apart(id, code);
        }
    }

    /// Codes of which each person has one at most.
    fn exclusive(&mut self, dimension: &Dimension, codes: &[&str], belief: Belief) {
        let mut list = List { dimension, parts: BTreeMap::new(), unnamed: Parts::new() };
        let flat = dimension.group.iter().all(|g| g.parent.is_none() && g.parts.is_empty());
        let (known, unknown): (Vec<&str>, Vec<&str>) = codes.iter().partition(|code| flat || dimension.group(code).is_some());
        let sets: Vec<Parts> = known.iter().map(|code| list.set(code, 0)).collect();
        let mut all: Parts = dimension.group.iter().filter(|g| dimension.total.as_ref() != Some(&g.code)).flat_map(|g| list.set(g.code.as_str(), 0)).collect();
        all.extend(sets.iter().flatten());
        if !dimension.complete {
            let nobody = list.part("");
            list.unnamed.insert(nobody);
            all.insert(nobody);
        }
        let unnamed = list.unnamed.clone();
        self.add(dimension.id.as_str(), Given { codes: &known, sets, everybody: all, unnamed, open_ended: !dimension.complete }, belief);
        for code in unknown {
            self.apart(dimension.id.as_str(), code);
        }
    }

    /// Codes of which a person can have several: those that the list relates to one another are looked at together.
    fn together(&mut self, dimension: &Dimension, codes: &[&str]) {
        let id = dimension.id.as_str();
        // what a union is made of bounds it, also where nobody handed it in
        let parts = |code: &str| dimension.group(code).map_or(&[][..], |g| g.parts.as_slice());
        let all: BTreeSet<&str> = codes.iter().copied().chain(codes.iter().flat_map(|code| parts(code)).map(|p| p.as_str())).collect();
        let mut left: Vec<&str> = all.into_iter().collect();
        while let Some(first) = left.pop() {
            let mut cluster = vec![first];
            let mut at = 0;
            while let Some(code) = cluster.get(at).copied() {
                let (near, far): (Vec<&str>, Vec<&str>) = left.iter().partition(|other| holds(dimension, code, other) || holds(dimension, other, code));
                cluster.extend(near);
                left = far;
                at += 1;
            }
            cluster.sort_unstable();
            let given: Vec<&str> = cluster.iter().copied().filter(|code| codes.contains(code)).collect();
            if cluster.len() == 1 || cluster.len() > MOST_TOGETHER {
                self.inside_one_another(dimension, &given);
                continue;
            }
            let those = |which: &dyn Fn(&str) -> bool| cluster.iter().enumerate().filter(|(_, code)| which(code)).fold(0_usize, |mask, (i, _)| mask | 1 << i);
            // by code: all that hold it, and what it is the union of
            let rules: Vec<(usize, usize)> = cluster
                .iter()
                .map(|code| (those(&|wider| holds(dimension, wider, code)), those(&|p| parts(code).iter().any(|part| part.as_str() == p))))
                .collect();
            let fits = |mask: usize| {
                rules.iter().enumerate().all(|(i, &(wider, parts))| {
                    let inside = mask >> i & 1 == 1;
                    (!inside || mask & wider == wider) && (parts == 0 || inside == (mask & parts != 0))
                })
            };
            let masks: Vec<usize> = (0..1 << cluster.len()).filter(|&mask| fits(mask)).take(MOST_KINDS + 1).collect();
            if masks.len() > MOST_KINDS {
                self.inside_one_another(dimension, &given);
                continue;
            }
            let of = |code: &str| masks.iter().copied().filter(|mask| mask & those(&|c| c == code) != 0).collect();
            let sets: Vec<Parts> = given.iter().map(|code| of(code)).collect();
            let everybody = masks.iter().copied().collect();
            self.add(id, Given { codes: &given, sets, everybody, unnamed: Parts::new(), open_ended: false }, Belief::Sure);
        }
    }
}

/// The code of those whose group is not known.
const UNKNOWN: &str = "UNK";

/// The smallest parts of a list of codes, numbered as they are met.
struct List<'a> {
    dimension: &'a Dimension,
    parts: BTreeMap<String, usize>,
    unnamed: Parts,
}

impl List<'_> {
    fn part(&mut self, name: &str) -> usize {
        let next = self.parts.len();
        *self.parts.entry(name.to_owned()).or_insert(next)
    }

    /// Whom a code stands for. As many steps down as there are groups, should a list go round in a circle.
    fn set(&mut self, code: &str, depth: usize) -> Parts {
        if depth > self.dimension.group.len() {
            return Parts::new();
        }
        let dimension = self.dimension;
        let inside: Vec<&str> = dimension.group.iter().filter(|g| g.parent.as_ref().is_some_and(|p| p.as_str() == code)).map(|g| g.code.as_str()).collect();
        let parts: Vec<&str> = dimension.group(code).map_or(Vec::new(), |g| g.parts.iter().map(|p| p.as_str()).collect());
        let mut set: Parts = inside.iter().chain(&parts).flat_map(|narrower| self.set(narrower, depth + 1)).collect();
        if parts.is_empty() {
            // those of a wider group who are in none of its narrower ones
            let own = self.part(code);
            if !inside.is_empty() {
                self.unnamed.insert(own);
            }
            set.insert(own);
        }
        set
    }
}

/// The wider groups of a code, one after the other.
fn ancestors<'a>(dimension: &'a Dimension, code: &str) -> Vec<&'a str> {
    let mut found = Vec::new();
    let mut at = dimension.group(code);
    while let Some(wider) = at.and_then(|g| g.parent.as_ref()) {
        if found.len() > dimension.group.len() {
            break;
        }
        found.push(wider.as_str());
        at = dimension.group(wider.as_str());
    }
    found
}

/// Whether the list says that everybody of one code has another, wider one: by `parent`, or as one of its `parts`.
fn holds(dimension: &Dimension, wide: &str, narrow: &str) -> bool {
    let over = ancestors(dimension, narrow);
    let parts = |code: &str| dimension.group(code).map_or(&[][..], |g| g.parts.as_slice());
    // all parts of a union are parts of a wider union
    let all_parts = || !parts(narrow).is_empty() && parts(narrow).iter().all(|p| parts(wide).contains(p));
    wide != narrow && (over.contains(&wide) || parts(wide).iter().any(|p| p.as_str() == narrow || over.contains(&p.as_str())) || all_parts())
}

/// Places: districts are disjoint parts of their city, which may have other parts.
fn places_axis(places: &BTreeSet<u32>, parent: &impl Fn(u32) -> Option<u32>, belief: Belief) -> (Axis, BTreeMap<u32, usize>) {
    let order: Vec<u32> = places.iter().copied().collect();
    let number = |place: u32| order.iter().position(|p| *p == place);
    let mut sets: Vec<Parts> = (0..order.len()).map(|i| Parts::from([i])).collect();
    for (i, &place) in order.iter().enumerate() {
        let mut at = place;
        for _ in 0..order.len() {
            let Some(wider) = parent(at).filter(|w| *w != place) else { break };
            if let Some(set) = number(wider).and_then(|w| sets.get_mut(w)) {
                set.insert(i);
            }
            at = wider;
        }
    }
    // of a city what is in none of its districts
    let unnamed: Parts = sets.iter().enumerate().filter(|(_, set)| set.len() > 1).map(|(i, _)| i).collect();
    let (axis, numbers) = Axis::new(&sets, None, &unnamed, false, belief);
    (axis, order.into_iter().zip(numbers).collect())
}

/// Periods: the pieces that they cut one another into.
fn periods_axis(periods: &BTreeSet<Period>) -> (Axis, BTreeMap<Period, usize>) {
    let order: Vec<Period> = periods.iter().copied().collect();
    let ends: BTreeSet<i64> = order.iter().flat_map(|p| [span(*p).0, span(*p).1]).collect();
    let ends: Vec<i64> = ends.into_iter().collect();
    let pieces = |(from, to): (i64, i64)| -> Parts { ends.iter().enumerate().filter(|(_, e)| (from..to).contains(*e)).map(|(i, _)| i).collect() };
    let sets: Vec<Parts> = order.iter().map(|p| pieces(span(*p))).collect();
    let (axis, numbers) = Axis::new(&sets, None, &Parts::new(), false, Belief::Sure);
    (axis, order.into_iter().zip(numbers).collect())
}

/// First half month of a period, and the one after its last. A fiscal year starts some time in its first year: where it
/// stands between calendar years is known, and no more.
pub(super) fn span(period: Period) -> (i64, i64) {
    let months = i64::from(period.months());
    let start = i64::from(period.start_year()) * 24 + i64::from(period.start_month() - 1) * 2 + if period.is_fiscal() { 11 } else { 0 };
    (start, start + months * 2)
}
