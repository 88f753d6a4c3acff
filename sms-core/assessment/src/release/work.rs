//! The release at work: protect, attack, protect more, until the attack finds nothing.

use super::cells::{Where, layer_names, systems};
use super::deduce::{Deduction, Question, View, deduce};
use super::linked::{Figure, Outcome, State, protect_linked};
use super::{Earlier, layers_of, parents_of};
use crate::catalogue::{Catalogue, Indicator};
use crate::dataset::{CellTable, Confidentiality};
use crate::diagnostic::{Code, Error, Result};
use crate::disaggregation::GroupKey;
use crate::disclosure::{Limits, Primary, Search, Verdict};
use crate::estimate::{Absence, ValueKind};
use crate::indicator::Privacy;
use crate::method::BlunterRule;
use crate::period::Period;
use std::collections::{BTreeMap, BTreeSet};

/// How often a figure is withheld beside one that the attack does not call safe, before blunter rules hold.
const MOST_REPAIRS: usize = 24;

/// Work for the figures of one indicator in one city before blunter rules hold, and ten times as much as after each of them: entries of
/// tableaux that are looked at. Some ten seconds.
const MOST_WORK: u64 = 3_000_000_000;

pub(super) struct Work<'a> {
    catalogue: &'a Catalogue,
    table: &'a CellTable,
    threshold: u32,
    verdicts: Vec<Primary>,
    hidden: Vec<bool>,
    earlier: &'a Earlier,
    /// What goes as a whole where nothing finer is proven, one step after the other.
    steps: &'a [BlunterRule],
    parents: Vec<Option<u32>>,
    search: Search,
}

/// Figures of one indicator: those of the table by their position, then those that only an earlier report holds.
struct Held<'a> {
    sheet: &'a Indicator,
    cells: Vec<usize>,
    more: &'a [(u32, Period, GroupKey, Vec<f64>)],
}

impl<'a> Work<'a> {
    pub(super) fn new(
        catalogue: &'a Catalogue,
        table: &'a CellTable,
        threshold: u32,
        verdicts: Vec<Primary>,
        earlier: &'a Earlier,
        steps: &'a [BlunterRule],
    ) -> Self {
        let mut parents = parents_of(table);
        parents.extend(earlier.parents.iter().copied());
        let hidden = verdicts.iter().map(|v| *v == Primary::Suppress).collect();
        Work { catalogue, table, threshold, verdicts, hidden, earlier, steps, parents, search: Limits::default().into() }
    }

    /// The verdicts, and what is withheld.
    pub(super) fn done(self) -> (Vec<Primary>, Vec<bool>) {
        (self.verdicts, self.hidden)
    }

    /// Withholds what must be, indicator by indicator.
    ///
    /// # Errors
    /// `release.not-safe`.
    pub(super) fn protect(&mut self) -> Result<()> {
        let mut indicators: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        for (i, c) in self.table.cells.iter().enumerate() {
            indicators.entry(c.indicator).or_default().push(i);
        }
        for (indicator, cells) in indicators {
            let Some(sheet) = self.catalogue.indicators().get(indicator as usize) else { continue };
            let more = self.earlier.more.get(&indicator).map_or(&[][..], Vec::as_slice);
            let held = Held { sheet, cells, more };
            // a figure about things is shown, unless its source withholds it
            if sheet.privacy != Privacy::None || held.cells.iter().any(|&i| self.is_hidden(i)) {
                self.indicator(&held)?;
            }
        }
        Ok(())
    }

    fn indicator(&mut self, held: &Held<'_>) -> Result<()> {
        let places = self.places(held);
        let over_time = held.sheet.value_kind == ValueKind::Count || held.sheet.value_kind.is_quotient();
        for members in systems(&places, &|p| self.parent(p), over_time) {
            self.run(held, &members)?;
        }
        Ok(())
    }

    /// Protects the figures of a system, attacks them as anybody could, and withholds more until nothing is found.
    fn run(&mut self, held: &Held<'_>, members: &[usize]) -> Result<()> {
        self.renew(MOST_WORK);
        self.system(held, members);
        let (mut repairs, mut step) = (0, 0);
        loop {
            let unsafe_ones = self.audit(held, members);
            if unsafe_ones.is_empty() {
                return Ok(());
            }
            let (mut moved, mut bluntly) = (false, repairs >= MOST_REPAIRS || self.search.is_spent());
            let mut gone: BTreeSet<usize> = BTreeSet::new();
            for told in unsafe_ones.iter().filter(|_| !bluntly).collect::<Vec<_>>() {
                // what has just been withheld there may be enough
                if told.iter().any(|i| gone.contains(i)) {
                    continue;
                }
                let size = |i: usize| self.figure(held, i).map_or(f64::INFINITY, |f| f.size);
                let next = told.iter().copied().filter(|&i| self.can_hide(held, i)).min_by(|&a, &b| size(a).total_cmp(&size(b)).then(a.cmp(&b)));
                match next {
                    Some(i) => {
                        moved |= self.hide(held, i);
                        gone.insert(i);
                    }
                    None => bluntly = true,
                }
            }
            if bluntly {
                moved |= self.blunt_next(held, members, &mut step);
            }
            if !moved {
                return Err(Error::new(Code::ReleaseNotSafe).with("indicator", held.sheet.id.to_string()));
            }
            self.system(held, members);
            repairs += 1;
        }
    }

    /// A store of work for the next searches.
    fn renew(&mut self, work: u64) {
        self.search = Search::sharing(Limits::default(), work);
    }

    /// The next step of blunting that withholds something. Returns whether there was one.
    fn blunt_next(&mut self, held: &Held<'_>, members: &[usize], step: &mut usize) -> bool {
        self.renew(MOST_WORK / 10);
        while let Some(&rule) = self.steps.get(*step) {
            *step += 1;
            if self.blunt(held, members, rule) {
                return true;
            }
        }
        false
    }

    /// Protects the figures of a system, bluntly where nothing finer is proven.
    fn system(&mut self, held: &Held<'_>, members: &[usize]) {
        let mut step = 0;
        loop {
            let figures: Vec<Figure<'_>> = members.iter().filter_map(|&i| self.figure(held, i)).collect();
            if figures.len() < 2 {
                return;
            }
            let few = held.sheet.privacy != Privacy::None;
            let outcome = protect_linked(self.catalogue, &figures, self.threshold, few, &|p| self.parent(p), &self.search);
            let (further, enough) = match outcome {
                Outcome::Protected(further) => (further, true),
                Outcome::NotEnough(further) => (further, false),
                Outcome::Contradiction => {
                    // shares need not sum over time
                    let places: Vec<Where<'_>> = figures.iter().map(|f| f.at).collect();
                    let apart = systems(&places, &|p| self.parent(p), false);
                    if apart.len() > 1 && held.sheet.value_kind != ValueKind::Count {
                        for some in apart {
                            let some: Vec<usize> = some.into_iter().filter_map(|i| members.get(i).copied()).collect();
                            self.system(held, &some);
                        }
                        return;
                    }
                    (Vec::new(), false)
                }
            };
            let mut moved = false;
            for i in further.into_iter().filter_map(|i| members.get(i)) {
                moved |= self.hide(held, *i);
            }
            if enough {
                // after another report, what is withheld now may leave a small change elsewhere
                if moved && !self.earlier.shown.is_empty() {
                    continue;
                }
                return;
            }
            if !self.blunt_next(held, members, &mut step) {
                return;
            }
        }
    }

    /// Withholds all figures of a kind. Returns whether there were some.
    fn blunt(&mut self, held: &Held<'_>, members: &[usize], rule: BlunterRule) -> bool {
        let mut moved = false;
        for &i in members {
            let Some((place, _, group)) = self.place(held, i) else { continue };
            let goes = match rule {
                BlunterRule::Crossings => group.parts().len() > 1,
                BlunterRule::Groups => !group.is_everybody(),
                BlunterRule::Districts => self.parent(place).is_some(),
                BlunterRule::Periods => true,
            };
            moved |= goes && self.hide(held, i);
        }
        moved
    }

    /// Figures around each thing that an attack does not call safe, and that what is public elsewhere does not tell by itself.
    fn audit(&self, held: &Held<'_>, members: &[usize]) -> Vec<Vec<usize>> {
        let question = self.question(held);
        let figures: Vec<Figure<'_>> = members.iter().filter_map(|&i| self.figure(held, i)).collect();
        let parent = |p: u32| self.parent(p);
        let seen = |f: &Figure<'_>| matches!(f.state, State::Shown | State::Public | State::Known);
        // what an earlier report said is known, also where it has changed since
        let known = |f: &Figure<'_>| f.layers.clone().filter(|_| seen(f)).or_else(|| f.before.clone());
        let views: Vec<View<'_>> = figures.iter().map(|f| View { at: f.at, withheld: f.state == State::Hidden, known: known(f) }).collect();
        let found = deduce(&question, &views, &parent);
        let is_open = |d: &&Deduction| d.verdict != Verdict::Safe;
        let open = found.figures.iter().map(|f| &f.1).filter(is_open).count() + found.others.len();
        if open == 0 {
            return Vec::new();
        }
        // what was known without this report
        let before = |f: &Figure<'_>| if f.state == State::Public || f.state == State::Known { f.layers.clone() } else { f.before.clone() };
        let alone = figures.iter().any(|f| before(f).is_some()).then(|| {
            let views: Vec<View<'_>> = figures.iter().map(|f| View { at: f.at, withheld: f.state != State::Absent, known: before(f) }).collect();
            deduce(&question, &views, &parent)
        });
        let told =
            |at: usize, d: &Deduction| alone.as_ref().is_some_and(|a| a.figures.iter().any(|(i, e)| *i == at && e.layer == d.layer && e.is_as_close_as(d)));
        let mut open: Vec<Vec<usize>> = found
            .figures
            .iter()
            .filter(|(i, d)| is_open(&d) && !told(*i, d))
            .map(|(i, d)| if d.beside.is_empty() { vec![*i] } else { d.beside.clone() })
            .collect();
        let told = |at: &super::axes::Told, d: &Deduction| {
            alone.as_ref().is_some_and(|a| a.others.iter().any(|(t, e)| t == at && e.layer == d.layer && e.is_as_close_as(d)))
        };
        open.extend(found.others.iter().filter(|(t, d)| !told(t, d)).map(|(_, d)| d.beside.clone()));
        open.iter().map(|near| near.iter().filter_map(|&i| members.get(i)).copied().collect()).collect()
    }

    fn question(&self, held: &Held<'_>) -> Question<'a> {
        Question {
            catalogue: self.catalogue,
            depth: layer_names(held.sheet.value_kind).len(),
            sums_over_time: held.sheet.value_kind == ValueKind::Count,
            few: held.sheet.privacy != Privacy::None,
            ends: false,
            threshold: self.threshold,
            search: self.search.clone(),
        }
    }

    fn parent(&self, place: u32) -> Option<u32> {
        self.parents.get(place as usize).copied().flatten()
    }

    fn places<'h>(&'h self, held: &'h Held<'_>) -> Vec<Where<'h>> {
        (0..held.cells.len() + held.more.len()).filter_map(|i| self.place(held, i)).collect()
    }

    fn place<'h>(&'h self, held: &'h Held<'_>, i: usize) -> Option<Where<'h>> {
        const EVERYBODY: &GroupKey = &GroupKey::EVERYBODY;
        match held.cells.get(i) {
            Some(&at) => {
                let c = self.table.cells.get(at)?;
                Some((c.place, self.table.period(c)?, self.table.group(c).unwrap_or(EVERYBODY)))
            }
            None => held.more.get(i - held.cells.len()).map(|(place, period, group, _)| (*place, *period, group)),
        }
    }

    /// A figure as a part of its linked table.
    fn figure<'h>(&'h self, held: &'h Held<'_>, i: usize) -> Option<Figure<'h>> {
        let at = self.place(held, i)?;
        let Some(&cell) = held.cells.get(i) else {
            let (.., layers) = held.more.get(i - held.cells.len())?;
            return Some(Figure { at, state: State::Known, layers: Some(layers.clone()), size: 1.0, n: None, base: None, before: Some(layers.clone()) });
        };
        let c = self.table.cells.get(cell)?;
        let absent = c.absence.is_some_and(|a| a != Absence::NoDenominator);
        let layers = layers_of(held.sheet, c);
        // what an earlier report showed, and still holds, is known whatever is done
        let known = layers.is_some() && self.earlier.shown.get(&cell) == layers.as_ref();
        let state = match (c.absence, self.verdicts.get(cell)) {
            (Some(Absence::Suppressed | Absence::UnknownCount), _) => State::Hidden,
            _ if absent => State::Absent,
            _ if known => State::Known,
            _ if self.is_hidden(cell) => State::Hidden,
            (_, Some(crate::disclosure::Primary::UnknownCount)) => State::Hidden,
            _ if c.confidentiality == Confidentiality::Public => State::Public,
            _ => State::Shown,
        };
        // a source that withholds a figure may still give its counts
        let layers = layers.filter(|_| state != State::Absent);
        let size = c.denominator.or(c.n).or(c.numerator).or(c.value()).unwrap_or(1.0);
        let n = c.n.filter(|_| layers.is_some());
        Some(Figure { at, state, layers, size, n, base: c.denominator, before: self.earlier.shown.get(&cell).cloned() })
    }

    /// Whether a cell is withheld, here or by its source.
    fn is_hidden(&self, i: usize) -> bool {
        let by_source = || self.table.cells.get(i).is_some_and(|c| c.absence == Some(Absence::Suppressed));
        self.hidden.get(i).copied().unwrap_or(false) || by_source()
    }

    /// Whether a figure shows a number that is not already public.
    fn can_hide(&self, held: &Held<'_>, i: usize) -> bool {
        let Some((&at, cell)) = held.cells.get(i).and_then(|at| Some((at, self.table.cells.get(*at)?))) else { return false };
        let absent = cell.absence.is_some_and(|a| a != Absence::NoDenominator);
        !absent && !self.is_hidden(at) && self.verdicts.get(at) != Some(&Primary::UnknownCount) && cell.confidentiality != Confidentiality::Public
    }

    /// Hides a figure that shows a number and is not already public. Returns whether it was one.
    fn hide(&mut self, held: &Held<'_>, i: usize) -> bool {
        let can = self.can_hide(held, i);
        if can && let Some(flag) = held.cells.get(i).and_then(|&at| self.hidden.get_mut(at)) {
            *flag = true;
        }
        can
    }
}
