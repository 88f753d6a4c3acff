//! Floor 13: which cells of a table may be published.
//!
//! Primary suppression looks at each cell by its counts. Secondary (complementary) suppression makes sure that neither a
//! withheld cell nor few people whom nobody handed in can be had by subtraction: all figures of an indicator in a city are one table of
//! linked equations, by the meaning of their codes, places and periods, protected as a whole. Then the table is attacked as anybody could
//! attack it, and what that does not call safe takes more with it. What an earlier report showed stays known.

mod attacked;
mod axes;
mod cells;
mod deduce;
mod follow;
mod invert;
mod json;
mod linked;
mod published;
mod sums;
mod work;

pub use attacked::AttackedFigure;
pub use published::{Published, Reading, ReportAttack, VerdictCounts, attack_report};

use crate::catalogue::{Catalogue, Indicator};
use crate::dataset::{Cell, CellTable, Confidentiality};
use crate::diagnostic::{Code, Finding, Findings, Result};
use crate::disaggregation::GroupKey;
use crate::disclosure::{self, Counts, Primary};
use crate::estimate::Absence;
use crate::id::PlaceCode;
use crate::indicator::Privacy;
use crate::method::Method;
use crate::period::Period;
use cells::layers;
use std::collections::{BTreeMap, BTreeSet};
use work::Work;

/// Withholds what could identify people. What is withheld leaves no number behind.
///
/// # Errors
/// `release.not-safe` when an attack on the table is not safe whatever is withheld.
pub(crate) fn withhold(
    catalogue: &Catalogue,
    method: &Method,
    threshold: u32,
    previous: Option<&Published>,
    table: &mut CellTable,
    findings: &mut Findings,
) -> Result<()> {
    let mut verdicts = judge(catalogue, method, threshold, table);
    let earlier = previous.map(|p| Earlier::of(p, catalogue, table)).unwrap_or_default();
    earlier.judge_changes(catalogue, table, threshold, &mut verdicts);
    let mut work = Work::new(catalogue, table, threshold, verdicts, &earlier, &method.data().disclosure.when_not_safe.value);
    work.protect()?;
    let (verdicts, hidden) = work.done();
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
            interval: None,
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
    Ok(())
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

/// Place, period, group and layers.
type EarlierFigure = (u32, Period, GroupKey, Vec<f64>);

/// What an earlier report showed, by the numbers of the table.
#[derive(Default)]
struct Earlier {
    /// For each cell the layers that were shown, if any.
    shown: BTreeMap<usize, Vec<f64>>,
    /// Figures that the table does not hold, by indicator.
    more: BTreeMap<u32, Vec<EarlierFigure>>,
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
            let place = place.map(number).unwrap_or_else(|| {
                let next = number(table.places.len() + extra.len());
                *extra.entry(key.place.clone()).or_insert(next)
            });
            earlier.more.entry(number(indicator)).or_default().push((place, key.period, key.group.clone(), shown));
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

fn parents_of(table: &CellTable) -> Vec<Option<u32>> {
    let place = |code: &PlaceCode| table.places.binary_search_by(|q| q.code.cmp(code)).ok().and_then(|i| u32::try_from(i).ok());
    table.places.iter().map(|p| p.parent.as_ref().and_then(place)).collect()
}
