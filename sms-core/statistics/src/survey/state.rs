//! All that was learnt from the rows of a sample: what a state holds, and how two become one.

use super::compile::Compiled;
use super::names::{Keys, Sums, at};

/// The smallest and the largest value that a stratum or primary unit was given as its correction.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Correction(pub Option<(f64, f64)>);

impl Correction {
    pub(super) fn see(&mut self, x: f64) {
        self.0 = Some(self.0.map_or((x, x), |(low, high)| (low.min(x), high.max(x))));
    }

    pub(super) fn merge(&mut self, other: Correction) {
        if let Some((low, high)) = other.0 {
            self.see(low);
            self.see(high);
        }
    }
}

/// A stratum, or a primary unit whose rows are second-stage units.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Rows {
    pub rows: u64,
    pub correction: Correction,
}

/// All that was learnt from the rows. Numbers are given in the order of arrival; nothing that leaves depends on them.
#[derive(Clone)]
pub(super) struct State {
    pub rows: u64,
    pub names: Keys<String>,
    /// By the name of the stratum.
    pub strata: Keys<u32>,
    pub strata_rows: Vec<Rows>,
    /// By stratum and the name of the primary unit.
    pub primaries: Keys<(u32, u32)>,
    pub primaries_rows: Vec<Rows>,
    /// By primary unit and the name of the second-stage unit.
    pub seconds: Keys<(u32, u32)>,
    /// How rows stand in a calibration: their group in each margin, and the keys of their numbers.
    pub patterns: Keys<Vec<u64>>,
    /// By the smallest unit and pattern.
    pub parts: Keys<(u32, u32)>,
    /// By domain and the names of its groups.
    pub cells: Keys<Vec<u32>>,
    /// By cell; by slot in a calibration.
    pub squares: Sums,
    /// By group of rows (the last sampling unit, or what holds the rows) and cell.
    pub slots: Keys<(u32, u32)>,
    pub counts: Vec<u64>,
    pub sums: Sums,
    /// By group of rows, cell, variable and value.
    pub values: Keys<(u32, u32, u32, u64)>,
    pub value_counts: Vec<u64>,
    pub value_sums: Sums,
    /// Rows without a group, by domain.
    pub groupless: Vec<u64>,
}

impl State {
    pub(super) fn new(c: &Compiled) -> Self {
        let units = usize::from(c.rows_are_units);
        State {
            rows: 0,
            names: Keys::default(),
            strata: Keys::default(),
            strata_rows: Vec::new(),
            primaries: Keys::default(),
            primaries_rows: Vec::new(),
            seconds: Keys::default(),
            patterns: Keys::default(),
            parts: Keys::default(),
            cells: Keys::default(),
            squares: Sums::new(c.squares.len()),
            slots: Keys::default(),
            counts: Vec::new(),
            sums: Sums::new(c.terms.len() * c.weight_sets + c.pairs.len()),
            values: Keys::default(),
            value_counts: Vec::new(),
            value_sums: Sums::new(c.weight_sets + units),
            groupless: vec![0; c.domains.len()],
        }
    }

    /// How many groups of rows there are: the smallest sampling units, or what holds the rows, in a calibration by pattern.
    pub(super) fn groups(&self) -> usize {
        [self.parts.len(), self.seconds.len(), self.primaries.len(), self.strata.len()].into_iter().find(|&n| n > 0).unwrap_or_default()
    }
}

/// Where the count of a class stands.
pub(super) fn slot_class(slot: u32, class: usize, classes: usize) -> u32 {
    u32::try_from(slot as usize * classes + class).unwrap_or(u32::MAX)
}

/// Adds all that one state holds to another of the same plan.
pub(super) fn merge(into: &mut State, from: &State, c: &Compiled) {
    let number = |n: u32, map: &[u32]| if n == u32::MAX { n } else { map.get(n as usize).copied().unwrap_or(u32::MAX) };
    let names: Vec<u32> = from.names.list().iter().map(|name| into.names.number::<str>(name)).collect();
    let strata: Vec<u32> = from.strata.list().iter().map(|&s| into.strata.number(&number(s, &names))).collect();
    let primaries: Vec<u32> = from.primaries.list().iter().map(|&(s, n)| into.primaries.number(&(number(s, &strata), number(n, &names)))).collect();
    let seconds: Vec<u32> = from.seconds.list().iter().map(|&(p, n)| into.seconds.number(&(number(p, &primaries), number(n, &names)))).collect();
    let records = |into: &mut Vec<Rows>, from: &[Rows], map: &[u32]| {
        for (record, &to) in from.iter().zip(map) {
            let own = at(into, to);
            own.rows += record.rows;
            own.correction.merge(record.correction);
        }
    };
    records(&mut into.strata_rows, &from.strata_rows, &strata);
    records(&mut into.primaries_rows, &from.primaries_rows, &primaries);
    let cells: Vec<u32> = from
        .cells
        .list()
        .iter()
        .map(|key| {
            let key: Vec<u32> = key.iter().enumerate().map(|(i, &n)| if i == 0 { n } else { number(n, &names) }).collect();
            into.cells.number::<[u32]>(&key)
        })
        .collect();
    // the groups of rows are the smallest units that there are
    let units = if from.seconds.len() > 0 {
        &seconds
    } else if from.primaries.len() > 0 {
        &primaries
    } else {
        &strata
    };
    let patterns: Vec<u32> = from.patterns.list().iter().map(|p| into.patterns.number::<[u64]>(p)).collect();
    let parts: Vec<u32> = from.parts.list().iter().map(|&(unit, p)| into.parts.number(&(number(unit, units), number(p, &patterns)))).collect();
    let groups = if c.calibrated { &parts } else { units };
    let add = |into: &mut Sums, to: u32, from: &Sums, number: u32| {
        into.reach(to);
        into.of_mut(to).iter_mut().zip(from.of(number)).for_each(|(own, other)| own.merge(other));
    };
    let numbered = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    if !c.calibrated {
        for (cell, &to) in cells.iter().enumerate() {
            add(&mut into.squares, to, &from.squares, numbered(cell));
        }
    }
    let classes = c.classes.len();
    for (slot, &(group, cell)) in from.slots.list().iter().enumerate() {
        let to = into.slots.number(&(number(group, groups), number(cell, &cells)));
        add(&mut into.sums, to, &from.sums, numbered(slot));
        if c.calibrated {
            add(&mut into.squares, to, &from.squares, numbered(slot));
        }
        for class in 0..classes {
            let count = from.counts.get(slot * classes + class).copied().unwrap_or_default();
            *at(&mut into.counts, slot_class(to, class, classes)) += count;
        }
    }
    for (value, &(group, cell, variable, key)) in from.values.list().iter().enumerate() {
        let to = into.values.number(&(number(group, groups), number(cell, &cells), variable, key));
        add(&mut into.value_sums, to, &from.value_sums, numbered(value));
        *at(&mut into.value_counts, to) += from.value_counts.get(value).copied().unwrap_or_default();
    }
    into.rows += from.rows;
    into.groupless.iter_mut().zip(&from.groupless).for_each(|(own, other)| *own += other);
}
