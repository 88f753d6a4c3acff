//! Where a row stands: in the design, and in the cells of the domains.

use super::batch::{Batch, Codes};
use super::design::Domain;
use super::names::Keys;
use super::state::State;
use crate::diagnostic::Result;
use crate::text;

/// Numbers of names for the codes of a batch, looked up when a code first occurs.
struct Lookup<'a> {
    codes: Codes<'a>,
    known: Vec<Option<u32>>,
}

impl<'a> Lookup<'a> {
    fn new(codes: Codes<'a>) -> Self {
        Lookup { codes, known: vec![None; codes.dictionary.len()] }
    }

    fn name(&mut self, names: &mut Keys<String>, row: usize) -> Option<u32> {
        let code = self.codes.get(row)?;
        let known = self.known.get_mut(code)?;
        if known.is_none() {
            *known = self.codes.dictionary.get(code).map(|word| names.number::<str>(&text::composed(word)));
        }
        *known
    }
}

/// What no number stands for.
pub(super) const NONE: u32 = u32::MAX;

/// Where the rows of a batch stand in the design; codes are looked up when they first occur, or occur elsewhere.
pub(super) struct Places<'a> {
    stratum: Option<(Lookup<'a>, Vec<u32>)>,
    /// By code: the primary unit, and its stratum.
    psu: Option<(Lookup<'a>, Vec<(u32, u32)>)>,
    /// By code: the second-stage unit, and its primary unit.
    second: Option<(Lookup<'a>, Vec<(u32, u32)>)>,
}

/// A row's stratum, its primary unit, and the smallest unit that it belongs to.
pub(super) struct Place {
    pub stratum: u32,
    pub primary: Option<u32>,
    pub group: u32,
}

impl<'a> Places<'a> {
    pub(super) fn new(stratum: Option<Codes<'a>>, psu: Option<Codes<'a>>, second: Option<Codes<'a>>) -> Self {
        let within = |codes: Codes<'a>| {
            let known = vec![(NONE, NONE); codes.dictionary.len()];
            (Lookup::new(codes), known)
        };
        let stratum = stratum.map(|codes| {
            let known = vec![NONE; codes.dictionary.len()];
            (Lookup::new(codes), known)
        });
        Places { stratum, psu: psu.map(within), second: second.map(within) }
    }

    pub(super) fn of(&mut self, state: &mut State, row: usize) -> Place {
        let stratum = match &mut self.stratum {
            None => state.strata.number(&NONE),
            Some((lookup, known)) => {
                let known = lookup.codes.get(row).and_then(|code| known.get_mut(code));
                match known {
                    Some(number) if *number != NONE => *number,
                    known => {
                        let name = lookup.name(&mut state.names, row).unwrap_or(NONE);
                        let number = state.strata.number(&name);
                        known.into_iter().for_each(|k| *k = number);
                        number
                    }
                }
            }
        };
        let unit = |from: &mut Option<(Lookup<'a>, Vec<(u32, u32)>)>, names: &mut Keys<String>, units: &mut Keys<(u32, u32)>, above: u32| {
            let (lookup, known) = from.as_mut()?;
            let known = known.get_mut(lookup.codes.get(row)?)?;
            if known.1 != above {
                let name = lookup.name(names, row)?;
                *known = (units.number(&(above, name)), above);
            }
            Some(known.0)
        };
        let primary = unit(&mut self.psu, &mut state.names, &mut state.primaries, stratum);
        let second = primary.and_then(|primary| unit(&mut self.second, &mut state.names, &mut state.seconds, primary));
        Place { stratum, primary, group: second.or(primary).unwrap_or(stratum) }
    }
}

/// The cells of a domain for the codes of a batch; combinations are remembered where there are few.
pub(super) struct CellLookup<'a> {
    domain: u32,
    groups: Option<&'a [Vec<String>]>,
    lookups: Vec<Lookup<'a>>,
    known: Vec<Option<InDomain>>,
    key: Vec<u32>,
}

#[derive(Clone, Copy)]
/// What a row is in a domain.
pub(super) enum InDomain {
    Cell(u32),
    /// A group that was not asked for.
    Other,
    /// The code of a dimension is missing.
    Groupless,
}

impl<'a> CellLookup<'a> {
    pub(super) fn new(number: usize, domain: &'a Domain, batch: &Batch<'a>) -> Result<Self> {
        let lookups: Vec<Lookup<'a>> = domain.by.iter().map(|name| batch.codes(name).map(Lookup::new)).collect::<Result<_>>()?;
        let combinations = lookups.iter().try_fold(1_usize, |n, l| n.checked_mul(l.known.len())).filter(|&n| n <= 4 * batch.rows().max(16));
        let domain_number = u32::try_from(number).unwrap_or(NONE);
        Ok(CellLookup {
            domain: domain_number,
            groups: domain.groups.as_deref(),
            lookups,
            known: vec![None; combinations.unwrap_or_default()],
            key: Vec::new(),
        })
    }

    pub(super) fn of(&mut self, state: &mut State, row: usize) -> InDomain {
        let place = self.lookups.iter().try_fold(0, |at, l| l.codes.get(row).map(|code| at * l.known.len() + code));
        if let Some(Some(known)) = place.and_then(|place| self.known.get(place)) {
            return *known;
        }
        self.key.clear();
        self.key.push(self.domain);
        for lookup in &mut self.lookups {
            self.key.extend(lookup.name(&mut state.names, row));
        }
        let found = if self.key.len() != self.lookups.len() + 1 {
            InDomain::Groupless
        } else if self.is_wanted(&state.names) {
            InDomain::Cell(state.cells.number::<[u32]>(&self.key))
        } else {
            InDomain::Other
        };
        if let Some(known) = place.and_then(|place| self.known.get_mut(place)) {
            *known = Some(found);
        }
        found
    }

    /// How many dimensions the domain has.
    pub(super) fn dimensions(&self) -> usize {
        self.lookups.len()
    }

    fn is_wanted(&self, names: &Keys<String>) -> bool {
        let text = |n: &u32| names.list().get(*n as usize).map(String::as_str).unwrap_or_default();
        let key = self.key.get(1..).unwrap_or_default();
        self.groups.is_none_or(|groups| groups.iter().any(|g| g.iter().zip(key).all(|(code, n)| code == text(n))))
    }
}
