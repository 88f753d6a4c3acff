//! The persons who rate, and their sides.

use crate::diagnostic::{Code, Error, Result};
use crate::disclosure::{Counts, Part, complementary};
use crate::id::EntryId;
use crate::num::count;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// A person who rates.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Rater {
    /// A code of the person; it never leaves.
    pub id: String,
    /// For which side: the city, civil society …
    pub side: EntryId,
}

/// Raters by their ids.
pub(super) struct Panel<'a> {
    at: BTreeMap<&'a str, usize>,
    /// The side of each rater, as a position in `sides`.
    side_of: Vec<usize>,
    /// Sides, in the order of their ids.
    pub(super) sides: Vec<&'a EntryId>,
}

impl<'a> Panel<'a> {
    pub(super) fn new(raters: &'a [Rater]) -> Result<Self> {
        let sides: BTreeSet<&EntryId> = raters.iter().map(|r| &r.side).collect();
        let sides: Vec<&EntryId> = sides.into_iter().collect();
        let mut at = BTreeMap::new();
        for (i, rater) in raters.iter().enumerate() {
            if rater.id.trim().is_empty() || at.insert(rater.id.as_str(), i).is_some() {
                return Err(Error::new(Code::CocreationDuplicateId).at_path(&format!("raters[{i}].id")));
            }
        }
        let side_of = raters.iter().map(|r| sides.binary_search(&&r.side).unwrap_or(0)).collect();
        Ok(Panel { at, side_of, sides })
    }

    pub(super) fn len(&self) -> usize {
        self.side_of.len()
    }

    /// The position of a rater.
    pub(super) fn rater(&self, id: &str, path: impl Fn() -> String) -> Result<usize> {
        self.at.get(id).copied().ok_or_else(|| Error::new(Code::CocreationUnknownParticipant).at_path(&path()))
    }

    pub(super) fn side(&self, rater: usize) -> usize {
        self.side_of.get(rater).copied().unwrap_or(0)
    }
}

/// Ids, each once, with their positions.
pub(super) fn positions<'a>(ids: impl Iterator<Item = &'a str>, path: &str) -> Result<BTreeMap<&'a str, usize>> {
    let mut at = BTreeMap::new();
    for (i, id) in ids.enumerate() {
        if at.insert(id, i).is_some() {
            return Err(Error::new(Code::CocreationDuplicateId).at_path(&format!("{path}[{i}]")).with("id", id.to_owned()));
        }
    }
    Ok(at)
}

/// Which sides may not be shown beside the whole: those with fewer than `minimum` persons, and further ones as long as a
/// small side could be had by subtraction.
pub(super) fn withheld(persons: &[usize], minimum: u32) -> Vec<bool> {
    let mut parts: Vec<Part> = persons
        .iter()
        .map(|n| {
            let counts = Counts { numerator: Some(count(*n)), ..Counts::default() };
            Part { counts, withheld: *n > 0 && count(*n) < f64::from(minimum), fixed: *n == 0 }
        })
        .collect();
    // where nothing else helps all sides are withheld, and the whole is shown
    let _ = complementary(&mut parts, minimum);
    parts.iter().map(|p| p.withheld).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_side_takes_the_next_along() {
        assert_eq!(withheld(&[2, 10, 5], 3), [true, false, true]);
        assert_eq!(withheld(&[2, 10], 3), [true, true]);
        assert_eq!(withheld(&[3, 10], 3), [false, false]);
        // nobody of a side is nothing to protect
        assert_eq!(withheld(&[0, 10], 3), [false, false]);
        assert_eq!(withheld(&[2], 3), [true]);
    }
}
