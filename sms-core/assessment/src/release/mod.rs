//! Floor 13: which cells of a table may be published.
//!
//! Primary suppression looks at each cell by its counts. Secondary (complementary) suppression makes sure that no withheld cell can
//! be had by subtraction: from the groups of one dimension and their total, from districts and their city, and from
//! crossings of dimensions and their margins. Where counts allow it, all cells of an indicator and period are one table
//! of linked equations, attacked and protected as a whole; elsewhere blunter rules hold. What the file does
//! not hold counts too: when the groups given leave a small rest of the total, that rest is protected like a cell. What
//! an earlier report showed stays known.

mod attacked;
mod family;
mod follow;
mod invert;
mod json;
mod linked;
mod published;

pub use attacked::AttackedFigure;
pub use published::{Published, Reading, ReportAttack, VerdictCounts, attack_report};

use crate::catalogue::{Catalogue, Dimension, Indicator};
use crate::dataset::{Cell, CellTable, Confidentiality};
use crate::diagnostic::{Code, Finding, Findings};
use crate::disaggregation::{AgeRange, Codes, DimensionKind, GroupKey};
use crate::disclosure::{self, Counts, Part, Primary};
use crate::estimate::{Absence, ValueKind};
use crate::id::PlaceCode;
use crate::indicator::Privacy;
use crate::method::Method;
use crate::period::Period;
use family::Lattice;
use linked::{Entry, Outcome, State, layers};
use std::collections::{BTreeMap, BTreeSet};

/// Withholds what could identify people. What is withheld leaves no number behind.
pub(crate) fn withhold(catalogue: &Catalogue, method: &Method, threshold: u32, previous: Option<&Published>, table: &mut CellTable, findings: &mut Findings) {
    let mut verdicts = judge(catalogue, method, threshold, table);
    let earlier = previous.map(|p| Earlier::of(p, catalogue, table)).unwrap_or_default();
    earlier.judge_changes(catalogue, table, threshold, &mut verdicts);
    let mut work = Work { catalogue, table, threshold, hidden: verdicts.iter().map(|v| *v == Primary::Suppress).collect(), verdicts, blunt: BTreeSet::new() };
    let families = Families::of(work.table);
    let mut linked = Linked::of(catalogue, work.table, earlier);
    // each round can only hide more, so it ends
    loop {
        let before = work.count();
        linked.protect(&mut work);
        work.protect_groups(&families);
        work.protect_crossings(&families);
        work.protect_districts(&families);
        work.protect_periods(&families);
        if work.count() == before {
            break;
        }
    }
    let Work { verdicts, hidden, .. } = work;
    let mut told: BTreeSet<(Code, u32)> = BTreeSet::new();
    for ((cell, verdict), hide) in table.cells.iter_mut().zip(&verdicts).zip(&hidden) {
        let (absence, code) = match (hide, verdict) {
            (true, _) => (Absence::Suppressed, Code::ReleaseSuppressed),
            (false, Primary::UnknownCount) => (Absence::UnknownCount, Code::ReleaseUnknownCount),
            _ => continue,
        };
        *cell = Cell {
            value: 0.0,
            numerator: None,
            denominator: None,
            n: None,
            se: None,
            df: None,
            deff: None,
            absence: Some(absence),
            source: 0,
            proxy: 0,
            note: 0,
            ..*cell
        };
        if told.insert((code, cell.indicator))
            && let Some(sheet) = catalogue.indicators().get(cell.indicator as usize)
        {
            findings.push(Finding::new(code).about(sheet.id.as_str()));
        }
    }
}

/// Primary suppression of every cell.
fn judge(catalogue: &Catalogue, method: &Method, threshold: u32, table: &CellTable) -> Vec<Primary> {
    let class_rule = method.data().disclosure.class_disclosure_on_special_categories.value;
    let special = |c: &Cell| {
        let group = table.group(c);
        class_rule && group.is_none_or(|g| g.parts().iter().any(|(d, _)| catalogue.dimension(d.as_str()).is_none_or(|d| d.special_category)))
    };
    let verdict = |c: &Cell| {
        let Some(sheet) = catalogue.indicators().get(c.indicator as usize) else { return Primary::UnknownCount };
        match c.confidentiality {
            Confidentiality::Public => return Primary::Publish,
            _ if c.absence.is_some_and(|a| a != Absence::NoDenominator) => return Primary::Publish,
            // not for publication, whatever its counts are
            Confidentiality::Restricted | Confidentiality::Confidential => return Primary::Suppress,
            // no person stands behind a by-law or a particle count
            Confidentiality::Undeclared if sheet.privacy == Privacy::None => return Primary::Publish,
            _ => {}
        }
        disclosure::primary(sheet.value_kind, counts(c), c.value(), sheet.multiplier, threshold, special(c))
    };
    table.cells.iter().map(verdict).collect()
}

fn counts(c: &Cell) -> Counts {
    Counts { numerator: c.numerator, denominator: c.denominator, n: c.n }
}

/// Place, indicator and period.
type Where = (u32, u32, u32);

/// Cells that belong together, by their positions.
struct Families<'a> {
    /// Groups of the same dimensions.
    groups: BTreeMap<(Where, Vec<&'a str>), Vec<usize>>,
    /// Children of the same place, with its number, by indicator, period and group.
    districts: BTreeMap<(Where, u32), Vec<usize>>,
    /// Series that hold periods of different lengths.
    mixed_series: Vec<Vec<usize>>,
}

impl<'a> Families<'a> {
    fn of(table: &'a CellTable) -> Self {
        let parents = parents_of(table);
        let mut families = Families { groups: BTreeMap::new(), districts: BTreeMap::new(), mixed_series: Vec::new() };
        // cells are sorted, so those of a series are neighbours
        let mut first = 0;
        for series in table.cells.chunk_by(|a, b| (a.place, a.indicator, a.group) == (b.place, b.indicator, b.group)) {
            let length = |c: &Cell| table.period(c).map(Period::months);
            if series.iter().any(|c| length(c) != series.first().and_then(length)) {
                families.mixed_series.push((first..first + series.len()).collect());
            }
            first += series.len();
        }
        for (i, c) in table.cells.iter().enumerate() {
            if c.group != 0
                && let Some(group) = table.group(c)
            {
                let dimensions = group.parts().iter().map(|(d, _)| d.as_str()).collect();
                families.groups.entry(((c.place, c.indicator, c.period), dimensions)).or_default().push(i);
            }
            if let Some(Some(parent)) = parents.get(c.place as usize) {
                families.districts.entry(((*parent, c.indicator, c.period), c.group)).or_default().push(i);
            }
        }
        families
    }
}

/// Place, group and layers.
type EarlierFigure = (u32, GroupKey, Vec<f64>);

/// What an earlier report showed, by the numbers of the table.
#[derive(Default)]
struct Earlier {
    /// For each cell the layers that were shown, if any.
    shown: BTreeMap<usize, Vec<f64>>,
    /// Figures that the table does not hold, by indicator and period: place, group, layers.
    more: BTreeMap<(u32, u32), Vec<EarlierFigure>>,
    /// Places that the table does not hold, numbered on from its own, with their parents.
    parents: Vec<Option<u32>>,
}

impl Earlier {
    fn of(published: &Published, catalogue: &Catalogue, table: &CellTable) -> Self {
        let mut earlier = Earlier::default();
        let number = |i: usize| u32::try_from(i).unwrap_or(u32::MAX);
        let mut extra: BTreeMap<String, u32> = BTreeMap::new();
        for (key, figure) in published.figures() {
            let Some(indicator) = catalogue.indicator_index(&key.indicator) else { continue };
            let Some(shown) = catalogue.indicators().get(indicator).and_then(|sheet| figure.layers(sheet)) else { continue };
            let place = table.places.binary_search_by(|p| p.code.as_str().cmp(&key.place)).ok();
            let period = table.periods.binary_search(&key.period).ok();
            let group = table.groups.iter().position(|g| *g == key.group);
            if let (Some(place), Some(period), Some(group)) = (place, period, group) {
                let wanted = (number(place), number(indicator), number(group), number(period));
                if let Ok(at) = table.cells.binary_search_by(|c| (c.place, c.indicator, c.group, c.period).cmp(&wanted)) {
                    earlier.shown.insert(at, shown);
                    continue;
                }
            }
            let Some(period) = period else { continue };
            let place = place.map(number).unwrap_or_else(|| {
                let next = number(table.places.len() + extra.len());
                *extra.entry(key.place.clone()).or_insert(next)
            });
            earlier.more.entry((number(indicator), number(period))).or_default().push((place, key.group.clone(), shown));
        }
        let mut codes: Vec<(&String, &u32)> = extra.iter().collect();
        codes.sort_by_key(|(_, n)| **n);
        for (code, _) in codes {
            let parent = published.parent(code);
            let known = parent.and_then(|p| table.places.binary_search_by(|q| q.code.as_str().cmp(p)).ok()).map(number);
            earlier.parents.push(known.or_else(|| parent.and_then(|p| extra.get(p).copied())));
        }
        earlier
    }

    /// A figure that changed by fewer persons than may be shown is withheld: the two reports together would show them.
    fn judge_changes(&self, catalogue: &Catalogue, table: &CellTable, threshold: u32, verdicts: &mut [Primary]) {
        for (&at, before) in &self.shown {
            let Some((cell, verdict)) = table.cells.get(at).zip(verdicts.get_mut(at)) else { continue };
            let Some(sheet) = catalogue.indicators().get(cell.indicator as usize) else { continue };
            let now = layers_of(sheet, cell);
            let small = |(a, b): (&f64, &f64)| {
                let moved = crate::num::abs(a - b);
                moved > 0.0 && moved < f64::from(threshold)
            };
            if *verdict == Primary::Publish
                && cell.confidentiality != Confidentiality::Public
                && sheet.privacy != Privacy::None
                && now.is_some_and(|now| now.len() == before.len() && now.iter().zip(before).any(small))
            {
                *verdict = Primary::Suppress;
            }
        }
    }
}

fn layers_of(sheet: &Indicator, c: &Cell) -> Option<Vec<f64>> {
    layers(sheet.value_kind, c.value(), c.numerator, c.denominator.or(c.n), sheet.multiplier)
}

/// All cells by indicator and period, each a table of linked equations.
struct Linked<'a> {
    lattice: Lattice<'a>,
    systems: BTreeMap<(u32, u32), Vec<usize>>,
    parents: Vec<Option<u32>>,
    earlier: Earlier,
    /// How many cells of a system were hidden when it was last protected.
    done: BTreeMap<(u32, u32), usize>,
}

impl<'a> Linked<'a> {
    fn of(catalogue: &'a Catalogue, table: &CellTable, earlier: Earlier) -> Self {
        let mut systems: BTreeMap<(u32, u32), Vec<usize>> = BTreeMap::new();
        for (i, c) in table.cells.iter().enumerate() {
            systems.entry((c.indicator, c.period)).or_default().push(i);
        }
        let mut groups = table.groups.clone();
        groups.extend(earlier.more.values().flatten().map(|(_, g, _)| g.clone()));
        let mut parents = parents_of(table);
        parents.extend(earlier.parents.iter().copied());
        Linked { lattice: Lattice::of(catalogue, &groups), systems, parents, earlier, done: BTreeMap::new() }
    }

    fn protect(&mut self, work: &mut Work<'_>) {
        for (&at, members) in &self.systems {
            let more = self.earlier.more.get(&at).map_or(&[][..], Vec::as_slice);
            let hidden = members.iter().filter(|&&i| work.is_hidden(i)).count();
            if members.len() + more.len() < 2 || self.done.get(&at) == Some(&hidden) {
                continue;
            }
            let mut entries: Vec<Entry> = members.iter().filter_map(|&i| work.entry(i, &self.earlier)).collect();
            for (place, group, shown) in more {
                let Some(group) = self.lattice.find(group) else { continue };
                entries.push(Entry { place: *place, group, state: State::Public, layers: Some(shown.clone()), size: 1.0, n: None, base: None, before: None });
            }
            let parent = |place: u32| self.parents.get(place as usize).copied().flatten();
            let further = match linked::protect_linked(&mut self.lattice, &entries, work.threshold, parent) {
                Outcome::Protected(further) => further,
                Outcome::NotEnough(further) => {
                    work.blunt.insert(at);
                    further
                }
            };
            for i in further.into_iter().filter_map(|e| members.get(e)) {
                work.hide(*i);
            }
            let now = members.iter().filter(|&&i| work.is_hidden(i)).count();
            // after another report, what is withheld now may leave a small change elsewhere
            if self.earlier.shown.is_empty() || now == hidden {
                self.done.insert(at, now);
            }
        }
    }
}

fn parents_of(table: &CellTable) -> Vec<Option<u32>> {
    let place = |code: &PlaceCode| table.places.binary_search_by(|q| q.code.cmp(code)).ok().and_then(|i| u32::try_from(i).ok());
    table.places.iter().map(|p| p.parent.as_ref().and_then(place)).collect()
}

struct Work<'a> {
    catalogue: &'a Catalogue,
    table: &'a CellTable,
    threshold: u32,
    verdicts: Vec<Primary>,
    hidden: Vec<bool>,
    /// Indicators and periods whose cells the linked table cannot protect.
    blunt: BTreeSet<(u32, u32)>,
}

impl Work<'_> {
    /// A cell as a part of its linked table. One per cell, so that positions agree.
    fn entry(&self, i: usize, earlier: &Earlier) -> Option<Entry> {
        let c = self.table.cells.get(i)?;
        let sheet = self.catalogue.indicators().get(c.indicator as usize)?;
        let absent = c.absence.is_some_and(|a| a != Absence::NoDenominator);
        let layers = layers_of(sheet, c);
        // what an earlier report showed, and still holds, is known whatever is done
        let known = layers.is_some() && earlier.shown.get(&i) == layers.as_ref();
        let state = match (c.absence, self.verdicts.get(i)) {
            (Some(Absence::Suppressed), _) => State::Hidden,
            _ if absent => State::Absent,
            _ if known => State::Public,
            _ if self.is_hidden(i) => State::Hidden,
            (_, Some(Primary::UnknownCount)) => State::Absent,
            _ if c.confidentiality == Confidentiality::Public => State::Public,
            _ => State::Shown,
        };
        // a source that withholds a figure may still give its counts
        let layers = layers.filter(|_| state != State::Absent);
        let size = c.denominator.or(c.n).or(c.numerator).or(c.value()).unwrap_or(1.0);
        let n = c.n.filter(|_| layers.is_some());
        Some(Entry { place: c.place, group: c.group, state, layers, size, n, base: c.denominator, before: earlier.shown.get(&i).cloned() })
    }

    /// Whether the blunter rules are needed for an indicator and period.
    fn is_blunt(&self, (_, indicator, period): Where) -> bool {
        self.blunt.contains(&(indicator, period))
    }

    fn count(&self) -> usize {
        self.hidden.iter().filter(|h| **h).count()
    }

    /// Whether a cell is withheld, here or by its source.
    fn is_hidden(&self, i: usize) -> bool {
        let by_source = || self.table.cells.get(i).is_some_and(|c| c.absence == Some(Absence::Suppressed));
        self.hidden.get(i).copied().unwrap_or(false) || by_source()
    }

    /// Whether a cell shows no number to the reader: withheld here, or absent at its source.
    fn shows_nothing(&self, i: usize) -> bool {
        let absent = self.table.cells.get(i).is_none_or(|c| c.absence.is_some_and(|a| a != Absence::NoDenominator));
        absent || self.is_hidden(i) || self.verdicts.get(i) == Some(&Primary::UnknownCount)
    }

    /// The counts behind a cell; of an indicator that is a count, the value is the count.
    fn counts(&self, c: &Cell) -> Counts {
        let is_count = self.catalogue.indicators().get(c.indicator as usize).is_some_and(|s| s.value_kind == ValueKind::Count);
        Counts { numerator: c.numerator.or(c.value().filter(|_| is_count)), ..counts(c) }
    }

    fn can_hide(&self, i: usize) -> bool {
        let public = self.table.cells.get(i).is_none_or(|c| c.confidentiality == Confidentiality::Public);
        !public && !self.shows_nothing(i)
    }

    /// Hides a cell that shows a number and is not already public.
    fn hide(&mut self, i: usize) {
        if self.can_hide(i)
            && let Some(flag) = self.hidden.get_mut(i)
        {
            *flag = true;
        }
    }

    /// The position of a cell, by its key.
    fn find(&self, (place, indicator, period): Where, group: u32) -> Option<usize> {
        let wanted = (place, indicator, group, period);
        self.table.cells.binary_search_by(|c| (c.place, c.indicator, c.group, c.period).cmp(&wanted)).ok()
    }

    /// Whether the groups of an exclusive dimension that occur here do not overlap.
    fn is_additive(&self, dimension: &Dimension, members: &[usize]) -> bool {
        let codes = || {
            members
                .iter()
                .filter_map(|&i| self.table.cells.get(i))
                .filter_map(|c| self.table.group(c))
                .filter_map(|g| g.single())
                .map(|(_, code)| code.as_str())
        };
        if dimension.codes == Codes::Age {
            let mut ranges: Vec<AgeRange> = codes().filter_map(AgeRange::parse).collect();
            ranges.sort();
            return ranges.windows(2).all(|pair| matches!(pair, [a, b] if !a.overlaps(*b)));
        }
        // a group inside another one is counted twice
        codes().all(|code| dimension.group(code).and_then(|g| g.parent.as_ref()).is_none_or(|parent| codes().all(|other| other != parent.as_str())))
    }

    fn protect_groups(&mut self, families: &Families<'_>) {
        for ((at, dimensions), members) in &families.groups {
            let [dimension] = dimensions.as_slice() else { continue };
            if !self.is_blunt(*at) {
                continue;
            }
            let Some(dimension) = self.catalogue.dimension(dimension) else { continue };
            if dimension.kind != DimensionKind::Exclusive {
                continue;
            }
            if self.is_additive(dimension, members) {
                let total = self.find(*at, 0);
                self.protect(members, total);
            } else if members.iter().any(|&i| self.is_hidden(i)) || self.find(*at, 0).is_some_and(|total| self.is_hidden(total)) {
                // overlapping groups: the difference of two wider ones gives a narrower one, and some of them may make the total
                for &i in members {
                    self.hide(i);
                }
            }
        }
    }

    /// A year and its quarters: when one of them is withheld, all the shorter ones go.
    fn protect_periods(&mut self, families: &Families<'_>) {
        let period = |i: usize| self.table.cells.get(i).and_then(|c| self.table.period(c));
        let mut going = Vec::new();
        for series in &families.mixed_series {
            for &long in series {
                let Some(whole) = period(long) else { continue };
                let inside: Vec<usize> = series
                    .iter()
                    .copied()
                    .filter(|&i| period(i).is_some_and(|p| p.months() < whole.months() && whole.start() <= p.start() && p.end() <= whole.end()))
                    .collect();
                if !inside.is_empty() && (self.is_hidden(long) || inside.iter().any(|&i| self.is_hidden(i))) {
                    going.extend(inside);
                }
            }
        }
        for i in going {
            self.hide(i);
        }
    }

    fn protect_districts(&mut self, families: &Families<'_>) {
        for ((at, group), members) in &families.districts {
            if !self.is_blunt(*at) {
                continue;
            }
            let total = self.find(*at, *group);
            self.protect(members, total);
        }
    }

    /// Crossings have several margins: when one of their cells is withheld, or a margin that they sum to, all go.
    fn protect_crossings(&mut self, families: &Families<'_>) {
        let mut touched: BTreeSet<(Where, &str)> = BTreeSet::new();
        for ((at, dimensions), members) in &families.groups {
            let total = || self.find(*at, 0).is_some_and(|total| self.is_hidden(total));
            if self.is_blunt(*at) && (members.iter().any(|&i| self.is_hidden(i)) || total()) {
                touched.extend(dimensions.iter().map(|d| (*at, *d)));
            }
        }
        for ((at, dimensions), members) in &families.groups {
            if dimensions.len() > 1 && dimensions.iter().any(|d| touched.contains(&(*at, *d))) {
                for &i in members {
                    self.hide(i);
                }
            }
        }
    }

    /// Parts against their total: what is withheld, and the rest of the total that no part shows, must not follow.
    fn protect(&mut self, members: &[usize], total: Option<usize>) {
        // without a total to subtract from, nothing follows
        let Some(total) = total else { return };
        if self.is_hidden(total) {
            // the parts must not sum to it: one of them goes as well
            if members.iter().all(|&i| !self.shows_nothing(i)) {
                let size = |i: usize| self.table.cells.get(i).and_then(|c| c.denominator.or(c.numerator)).unwrap_or(f64::INFINITY);
                let smallest = members.iter().copied().filter(|&i| self.can_hide(i)).min_by(|&a, &b| size(a).total_cmp(&size(b)));
                if let Some(i) = smallest {
                    self.hide(i);
                }
            }
            return;
        }
        if self.shows_nothing(total) {
            return;
        }
        let part = |i: usize| self.table.cells.get(i).map(|c| self.counts(c)).unwrap_or_default();
        let public = |i: usize| self.table.cells.get(i).is_some_and(|c| c.confidentiality == Confidentiality::Public);
        let mut parts: Vec<Part> = Vec::with_capacity(members.len() + 1);
        let mut shown = Counts { numerator: Some(0.0), denominator: Some(0.0), n: None };
        for &i in members {
            let nothing = self.shows_nothing(i);
            let known = part(i);
            parts.push(Part { counts: known, withheld: self.is_hidden(i), fixed: nothing || public(i) });
            shown.numerator = shown.numerator.zip(known.numerator).map(|(a, b)| a + b).or(shown.numerator);
            shown.denominator = shown.denominator.zip(known.denominator).map(|(a, b)| a + b).or(shown.denominator);
        }
        // the rest of the total, that no part of the file holds
        let whole = part(total);
        let left = |all: Option<f64>, some: Option<f64>| all.zip(some).map(|(a, b)| a - b);
        let rest = Counts { numerator: left(whole.numerator, shown.numerator), denominator: left(whole.denominator, shown.denominator), n: None };
        let someone = |x: Option<f64>| x.is_some_and(|x| x > 0.0);
        let nobody_counted_twice = [rest.numerator, rest.denominator].iter().flatten().all(|&x| x >= 0.0);
        if nobody_counted_twice && (someone(rest.denominator) || (rest.denominator.is_none() && someone(rest.numerator))) {
            let k = f64::from(self.threshold);
            let small = |x: Option<f64>| x.is_some_and(|x| x > 0.0 && x < k);
            let complement = left(rest.denominator, rest.numerator);
            let withheld = rest.denominator.is_some_and(|d| d < k) || small(rest.numerator) || small(complement);
            parts.push(Part { counts: rest, withheld, fixed: true });
        }
        let total_goes = disclosure::complementary(&mut parts, self.threshold);
        for (&i, part) in members.iter().zip(&parts) {
            if part.withheld {
                self.hide(i);
            }
        }
        if total_goes {
            self.hide(total);
        }
    }
}
