//! Floor 4: dimensions and groups: who a figure is about.

use crate::id::{DimensionId, GroupCode};
use serde::{Deserialize, Serialize};

/// Whether one person can be in several groups of a dimension.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum DimensionKind {
    /// Each person is in one group; groups may sum to the total.
    Exclusive,
    /// A person may be in several groups; groups never sum to the total.
    MultiSelect,
}

/// How the codes of a dimension are known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Codes {
    /// By the list in the catalogue.
    #[default]
    List,
    /// By the pattern of Eurostat's age codes: `Y_LT15`, `Y15-64`, `Y_GE65`, `Y7`.
    Age,
}

/// Why a group is not a characteristic of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum NotStated {
    /// The person did not want to say.
    Refused,
    /// The question was not asked.
    NotAsked,
    /// None of the listed groups.
    Other,
    /// Not known.
    Unknown,
}

/// A range of ages in completed years; `None` is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AgeRange {
    /// First age in the range.
    pub from: u16,
    /// Last age in the range, or open.
    pub to: Option<u16>,
}

impl AgeRange {
    /// Reads Eurostat's pattern: `Y7`, `Y15-64`, `Y_LT15`, `Y_LE14`, `Y_GE65`, `Y_GT64`.
    ///
    /// ```
    /// # use sms_model as sms_core;
    /// use sms_core::disaggregation::AgeRange;
    /// assert_eq!(AgeRange::parse("Y15-64"), Some(AgeRange { from: 15, to: Some(64) }));
    /// assert_eq!(AgeRange::parse("Y_GE65"), Some(AgeRange { from: 65, to: None }));
    /// assert_eq!(AgeRange::parse("old"), None);
    /// ```
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        let age = |text: &str| -> Option<u16> {
            let digits = (1..=3).contains(&text.len()) && text.bytes().all(|c| c.is_ascii_digit());
            digits.then(|| text.parse().ok()).flatten().filter(|&n: &u16| n <= 130)
        };
        let rest = code.strip_prefix('Y')?;
        let range = |from, to| Some(AgeRange { from, to });
        if let Some(n) = rest.strip_prefix("_LT") {
            return range(0, Some(age(n)?.checked_sub(1)?));
        }
        if let Some(n) = rest.strip_prefix("_LE") {
            return range(0, Some(age(n)?));
        }
        if let Some(n) = rest.strip_prefix("_GE") {
            return range(age(n)?, None);
        }
        if let Some(n) = rest.strip_prefix("_GT") {
            return range(age(n)? + 1, None);
        }
        if let Some((from, to)) = rest.split_once('-') {
            let (from, to) = (age(from)?, age(to)?);
            return (from <= to).then_some(AgeRange { from, to: Some(to) });
        }
        let one = age(rest)?;
        range(one, Some(one))
    }

    /// Whether two ranges share an age.
    ///
    /// ```
    /// # use sms_model as sms_core;
    /// use sms_core::disaggregation::AgeRange;
    /// let range = |code| AgeRange::parse(code).unwrap();
    /// assert!(range("Y15-64").overlaps(range("Y_GE60")));
    /// assert!(!range("Y15-64").overlaps(range("Y_GE65")));
    /// ```
    #[must_use]
    pub fn overlaps(self, other: AgeRange) -> bool {
        self.from <= other.end() && other.from <= self.end()
    }

    /// The last age; an open range has the largest number.
    pub(crate) fn end(self) -> u16 {
        self.to.unwrap_or(u16::MAX)
    }
}

/// The group that a figure is about: one group of each dimension named, none for everybody. Sorted by dimension.
///
/// ```
/// # use sms_model as sms_core;
/// use sms_core::disaggregation::GroupKey;
/// let women = GroupKey::new(vec![("SEX".parse()?, "F".parse()?)]);
/// assert_eq!(women.single().map(|(dimension, code)| (dimension.as_str(), code.as_str())), Some(("SEX", "F")));
/// assert!(GroupKey::everybody().is_everybody());
/// # Ok::<(), sms_core::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct GroupKey(Vec<(DimensionId, GroupCode)>);

impl GroupKey {
    /// Everybody, to refer to.
    pub const EVERYBODY: GroupKey = GroupKey(Vec::new());

    /// Everybody.
    #[must_use]
    pub fn everybody() -> Self {
        GroupKey::default()
    }

    /// One group of each dimension given.
    ///
    /// ```
    /// # use sms_model as sms_core;
    /// use sms_core::disaggregation::GroupKey;
    /// let key = GroupKey::new(vec![("SEX".parse()?, "F".parse()?), ("AGE".parse()?, "Y_GE65".parse()?)]);
    /// assert_eq!(key.parts()[0].0.as_str(), "AGE");
    /// assert_eq!(key.single(), None);
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    #[must_use]
    pub fn new(mut parts: Vec<(DimensionId, GroupCode)>) -> Self {
        parts.sort();
        parts.dedup();
        GroupKey(parts)
    }

    /// Whether it is everybody.
    #[must_use]
    pub fn is_everybody(&self) -> bool {
        self.0.is_empty()
    }

    /// The groups, sorted by dimension.
    #[must_use]
    pub fn parts(&self) -> &[(DimensionId, GroupCode)] {
        &self.0
    }

    /// The single dimension and group, when it is exactly one.
    #[must_use]
    pub fn single(&self) -> Option<(&DimensionId, &GroupCode)> {
        match self.0.as_slice() {
            [(dimension, code)] => Some((dimension, code)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages() {
        let r = |c| AgeRange::parse(c).unwrap();
        assert!(r("Y15-64").overlaps(r("Y_GE64")));
        assert!(!r("Y15-64").overlaps(r("Y_GE65")));
        assert_eq!(r("Y_LT15"), AgeRange { from: 0, to: Some(14) });
        for bad in ["Y", "Y_LT0", "Y64-15", "Y_GE", "Y15-", "Y1000", "X15", "TOTAL"] {
            assert_eq!(AgeRange::parse(bad), None, "{bad}");
        }
    }
}
