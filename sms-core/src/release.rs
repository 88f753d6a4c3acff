//! Floor 13: which cells of a table may be published.
//!
//! Primary suppression looks at each cell by its counts. Complementary suppression makes sure that no withheld cell can
//! be had by subtraction: from the groups of one dimension and their total, from districts and their city, and from
//! crossings of dimensions and their margins. What the file does not hold counts too: when the groups given leave a
//! small rest of the total, that rest is protected like a cell.

use crate::catalogue::{Catalogue, Dimension};
use crate::dataset::{Cell, CellTable, Confidentiality};
use crate::diagnostic::{Code, Finding, Findings};
use crate::disaggregation::{AgeRange, Codes, DimensionKind};
use crate::disclosure::{self, Counts, Part, Primary};
use crate::estimate::{Absence, ValueKind};
use crate::indicator::Privacy;
use crate::method::Method;
use crate::period::Period;
use std::collections::{BTreeMap, BTreeSet};

/// Withholds what could identify people. What is withheld leaves no number behind.
pub(crate) fn withhold(catalogue: &Catalogue, method: &Method, threshold: u32, table: &mut CellTable, findings: &mut Findings) {
    let verdicts = judge(catalogue, method, threshold, table);
    let mut work = Work { catalogue, table, threshold, hidden: verdicts.iter().map(|v| *v == Primary::Suppress).collect(), verdicts };
    let families = Families::of(work.table);
    // each round can only hide more, so it ends
    loop {
        let before = work.count();
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
        *cell = Cell { value: 0.0, numerator: None, denominator: None, n: None, se: None, absence: Some(absence), source: 0, proxy: 0, note: 0, ..*cell };
        if told.insert((code, cell.indicator))
            && let Some(sheet) = catalogue.indicators().get(cell.indicator as usize)
        {
            findings.push(Finding::new(code).about(sheet.id.as_str()));
        }
    }
}

/// Primary suppression of every cell.
fn judge(catalogue: &Catalogue, method: &Method, threshold: u32, table: &CellTable) -> Vec<Primary> {
    let class_rule = method.raw().disclosure.class_disclosure_on_special_categories.value;
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
        let parents: Vec<Option<u32>> = table
            .places
            .iter()
            .map(|p| p.parent.as_ref().and_then(|parent| table.places.binary_search_by(|q| q.code.cmp(parent)).ok()).and_then(|i| u32::try_from(i).ok()))
            .collect();
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

struct Work<'a> {
    catalogue: &'a Catalogue,
    table: &'a CellTable,
    threshold: u32,
    verdicts: Vec<Primary>,
    hidden: Vec<bool>,
}

impl Work<'_> {
    fn count(&self) -> usize {
        self.hidden.iter().filter(|h| **h).count()
    }

    fn is_hidden(&self, i: usize) -> bool {
        self.hidden.get(i).copied().unwrap_or(false)
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
            let Some(dimension) = self.catalogue.dimension(dimension) else { continue };
            if dimension.kind != DimensionKind::Exclusive {
                continue;
            }
            if self.is_additive(dimension, members) {
                let total = self.find(*at, 0);
                self.protect(members, total);
            } else if members.iter().any(|&i| self.is_hidden(i)) {
                // overlapping groups: the difference of two wider ones gives a narrower one
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
            let total = self.find(*at, *group);
            self.protect(members, total);
        }
    }

    /// Crossings have several margins: when one of their cells is withheld, or a margin that they sum to, all go.
    fn protect_crossings(&mut self, families: &Families<'_>) {
        let mut touched: BTreeSet<(Where, &str)> = BTreeSet::new();
        for ((at, dimensions), members) in &families.groups {
            if members.iter().any(|&i| self.is_hidden(i)) {
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
