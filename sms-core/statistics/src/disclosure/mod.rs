//! Floor 10: what may leave (method §8).
//!
//! Primary: a figure that rests on fewer than k persons, or leaves fewer than k of its denominator out, is withheld.
//! Secondary (also complementary): where a total is published, one withheld part could be had by subtraction, so further parts go too.
//! The reader sees one code for both. [`protect`] chooses the further parts over whole tables, [`attack()`] says what can
//! be deduced of a suppressed cell; rounding and cell keys are other ways to the same end.

mod attack;
mod magnitude;
mod protect;
mod round;
mod solve;
mod table;

pub use attack::{Asked, Deduced, Knowledge, Rule, Verdict, attack, attack_some};
pub use magnitude::{Contributions, Dominance, DominanceRules, dominance};
pub use protect::{Protected, protect, protect_within};
pub use round::{PerturbationTable, Rounded, round};
pub use solve::{Filled, Limits, Search, fill};
pub use table::{Cell, Equation, Table};

use crate::diagnostic::{Code, Error, Result};
use crate::estimate::ValueKind;
use serde::{Deserialize, Serialize};
use std::fmt;

/// For whom a report is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Audience {
    /// Anyone: disclosure control applies.
    Public,
    /// The data holder: nothing is withheld, and the report says so.
    Internal,
}

/// What is withheld from a report.
///
/// ```
/// # use sms_statistics as sms_core;
/// use sms_core::PrivacyPolicy;
/// let policy = PrivacyPolicy::public(10)?;
/// assert_eq!(policy.threshold(), 10);
/// # Ok::<(), sms_core::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct PrivacyPolicy {
    audience: Audience,
    threshold: u32,
    key: Option<Box<[u8]>>,
}

impl fmt::Debug for PrivacyPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrivacyPolicy").field("audience", &self.audience).field("threshold", &self.threshold).finish_non_exhaustive()
    }
}

impl PrivacyPolicy {
    /// A report for anyone, with nothing that rests on fewer than `threshold` persons.
    ///
    /// ```
    /// # use sms_statistics as sms_core;
    /// use sms_core::PrivacyPolicy;
    /// assert_eq!(PrivacyPolicy::public(10)?.threshold(), 10);
    /// assert_eq!(PrivacyPolicy::public(0).unwrap_err().code().as_str(), "release.bad-threshold");
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `release.bad-threshold` for 0.
    pub fn public(threshold: u32) -> Result<Self> {
        if threshold == 0 {
            return Err(Error::new(Code::ReleaseBadThreshold));
        }
        Ok(PrivacyPolicy { audience: Audience::Public, threshold, key: None })
    }

    /// A public policy from a threshold that a method already checked.
    pub fn of(threshold: u32) -> Self {
        PrivacyPolicy { audience: Audience::Public, threshold: threshold.max(1), key: None }
    }

    /// A report that stays with the data holder: nothing is withheld, and every page says so.
    ///
    /// ```
    /// # use sms_statistics as sms_core;
    /// use sms_core::{PrivacyPolicy, disclosure::Audience};
    /// let policy = PrivacyPolicy::internal();
    /// assert_eq!((policy.audience(), policy.threshold()), (Audience::Internal, 1));
    /// ```
    #[must_use]
    pub fn internal() -> Self {
        PrivacyPolicy { audience: Audience::Internal, threshold: 1, key: None }
    }

    /// Adds a secret that stays with the data holder, so that the report can carry a fingerprint of its input that nobody
    /// else can test guesses against.
    ///
    /// ```
    /// # use sms_statistics as sms_core;
    /// let policy = sms_core::PrivacyPolicy::public(10)?.with_fingerprint_key(b"kept in the house");
    /// assert!(!format!("{policy:?}").contains("house"));
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    #[must_use]
    pub fn with_fingerprint_key(mut self, key: &[u8]) -> Self {
        self.key = Some(key.into());
        self
    }

    /// For whom.
    #[must_use]
    pub fn audience(&self) -> Audience {
        self.audience
    }

    /// The smallest count that may be shown.
    #[must_use]
    pub fn threshold(&self) -> u32 {
        self.threshold
    }

    /// The key of the fingerprint, where one was given. It is never printed.
    #[must_use]
    pub fn key(&self) -> Option<&[u8]> {
        self.key.as_deref()
    }
}

/// The counts behind a figure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Counts {
    /// How many of the denominator.
    pub numerator: Option<f64>,
    /// Out of how many.
    pub denominator: Option<f64>,
    /// How many persons or records, unweighted.
    pub n: Option<f64>,
}

/// What primary suppression says of one figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Primary {
    /// It may be shown.
    Publish,
    /// Too few persons.
    Suppress,
    /// The number of persons is not known.
    UnknownCount,
}

/// Judges one figure by its counts.
///
/// Count, denominator and what is left of the denominator must each be `threshold` or more; of a sample, in which `n` persons asked stand
/// for a larger denominator, also the persons asked whom they are estimated from: their share of `n`. None of all, and all of
/// all, are shown unless `class_disclosure` says that they tell something about every member of the group.
///
/// ```
/// # use sms_statistics as sms_core;
/// use sms_core::disclosure::{Counts, Primary, primary};
/// use sms_core::estimate::ValueKind;
/// let judge = |numerator| {
///     let counts = Counts { numerator: Some(numerator), denominator: Some(100.0), n: None };
///     primary(ValueKind::Proportion, counts, None, 100.0, 10, false)
/// };
/// assert_eq!([judge(9.0), judge(10.0), judge(91.0)], [Primary::Suppress, Primary::Publish, Primary::Suppress]);
/// ```
#[must_use]
pub fn primary(kind: ValueKind, counts: Counts, value: Option<f64>, multiplier: f64, threshold: u32, class_disclosure: bool) -> Primary {
    let k = f64::from(threshold);
    // persons asked stand for more: two of a hundred are two, whatever they weigh
    let sample = counts.n.zip(counts.denominator).filter(|(n, d)| n < d);
    let few_asked = |x: f64| sample.is_some_and(|(n, d)| x * n < k * d);
    let small = |x: f64| (x < k || few_asked(x)) && (class_disclosure || x > 0.0);
    if !(multiplier > 0.0 && multiplier.is_finite()) {
        return Primary::UnknownCount;
    }
    if counts.n.is_some_and(|n| n < k) || counts.denominator.is_some_and(|d| d < k) {
        return Primary::Suppress;
    }
    let base = counts.denominator.or(counts.n);
    match kind {
        ValueKind::Proportion => {
            let Some(base) = base else { return Primary::UnknownCount };
            let count = match (counts.numerator, value) {
                (Some(a), _) => a,
                // a share of n persons tells the count
                (None, Some(v)) => v / multiplier * base,
                (None, None) => return Primary::UnknownCount,
            };
            if small(count) || small(base - count) { Primary::Suppress } else { Primary::Publish }
        }
        ValueKind::Rate | ValueKind::Ratio => {
            let Some(base) = base else { return Primary::UnknownCount };
            match (counts.numerator, value) {
                (Some(a), _) if small(a) => Primary::Suppress,
                (None, Some(v)) if small(v / multiplier * base) => Primary::Suppress,
                (None, None) => Primary::UnknownCount,
                _ => Primary::Publish,
            }
        }
        ValueKind::Count => match counts.numerator.or(value) {
            Some(a) if small(a) => Primary::Suppress,
            Some(_) => Primary::Publish,
            None => Primary::UnknownCount,
        },
        _ => match base {
            Some(_) => Primary::Publish,
            None => Primary::UnknownCount,
        },
    }
}

/// A part of a total.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Part {
    /// Its counts.
    #[serde(flatten)]
    pub counts: Counts,
    /// Whether it is withheld.
    pub withheld: bool,
    /// Whether it cannot be withheld: it is public already, or no cell of the table at all.
    pub fixed: bool,
}

/// Makes sure that withheld parts of a published total cannot be had by subtraction: at least two parts are withheld,
/// and together they hold `threshold` or more both of the count and of what is left of the denominator. The part with
/// the smallest denominator goes first. Returns whether even that is not enough, so that the total must go as well.
///
/// ```
/// # use sms_statistics as sms_core;
/// use sms_core::disclosure::{Counts, Part, complementary};
/// let part = |a: f64, of: f64, withheld| Part { counts: Counts { numerator: Some(a), denominator: Some(of), n: None }, withheld, fixed: false };
/// let mut parts = [part(4.0, 50.0, true), part(30.0, 60.0, false), part(40.0, 90.0, false)];
/// assert!(!complementary(&mut parts, 10));
/// assert_eq!(parts.map(|p| p.withheld), [true, true, false]);
/// ```
#[must_use]
pub fn complementary(parts: &mut [Part], threshold: u32) -> bool {
    if parts.iter().all(|p| !p.withheld) {
        return false;
    }
    let k = f64::from(threshold);
    // a count without a denominator has nothing left over to protect
    let no_denominators = parts.iter().all(|p| p.counts.denominator.is_none());
    loop {
        let (mut hidden, mut count, mut rest) = (0_usize, 0.0, 0.0);
        for part in parts.iter().filter(|p| p.withheld) {
            hidden += 1;
            let numerator = part.counts.numerator.unwrap_or(0.0);
            count += numerator;
            rest += part.counts.denominator.unwrap_or(numerator) - numerator;
        }
        if hidden >= 2 && count >= k && (rest >= k || no_denominators) {
            return false;
        }
        let size = |p: &Part| p.counts.denominator.or(p.counts.numerator).unwrap_or(f64::INFINITY);
        match parts.iter_mut().filter(|p| !p.withheld && !p.fixed).min_by(|a, b| size(a).total_cmp(&size(b))) {
            Some(next) => next.withheld = true,
            None => return true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn counts(a: f64, b: f64) -> Counts {
        Counts { numerator: Some(a), denominator: Some(b), n: None }
    }

    #[test]
    fn primary_looks_at_count_and_complement() {
        let judge = |a, b, class| primary(ValueKind::Proportion, counts(a, b), None, 100.0, 10, class);
        assert_eq!(judge(10.0, 100.0, false), Primary::Publish);
        assert_eq!(judge(9.0, 100.0, false), Primary::Suppress);
        assert_eq!(judge(91.0, 100.0, false), Primary::Suppress);
        assert_eq!(judge(3.0, 9.0, false), Primary::Suppress);
        assert_eq!(judge(0.0, 100.0, false), Primary::Publish);
        assert_eq!(judge(0.0, 100.0, true), Primary::Suppress);
        assert_eq!(judge(100.0, 100.0, true), Primary::Suppress);
        let none = Counts::default();
        assert_eq!(primary(ValueKind::Proportion, none, Some(5.0), 100.0, 10, false), Primary::UnknownCount);
        // of 100 persons asked who stand for 20 000, 2 said so, and 98 did not
        let sample = Counts { n: Some(100.0), ..counts(400.0, 20_000.0) };
        assert_eq!(primary(ValueKind::Proportion, sample, None, 100.0, 10, false), Primary::Suppress);
        assert_eq!(primary(ValueKind::Proportion, Counts { numerator: Some(19_600.0), ..sample }, None, 100.0, 10, false), Primary::Suppress);
        assert_eq!(primary(ValueKind::Proportion, Counts { numerator: Some(2000.0), ..sample }, None, 100.0, 10, false), Primary::Publish);
        // 2 % of 100 persons are 2 persons
        let n = Counts { n: Some(100.0), ..none };
        assert_eq!(primary(ValueKind::Proportion, n, Some(2.0), 100.0, 10, false), Primary::Suppress);
    }

    fn part(a: f64, b: f64, withheld: bool) -> Part {
        Part { counts: counts(a, b), withheld, fixed: false }
    }

    #[test]
    fn one_withheld_part_takes_another_along() {
        let mut parts = [part(4.0, 50.0, true), part(30.0, 60.0, false), part(40.0, 90.0, false)];
        assert!(!complementary(&mut parts, 10));
        assert_eq!(parts.map(|p| p.withheld), [true, true, false]);
        assert!(complementary(&mut [part(4.0, 50.0, true)], 10));
        // what is public already cannot be withheld: the total goes
        let mut fixed = [part(4.0, 50.0, true), Part { fixed: true, ..part(30.0, 60.0, false) }];
        assert!(complementary(&mut fixed, 10));
    }

    proptest! {
        #[test]
        fn what_is_withheld_has_room(v in proptest::collection::vec((0u32..200, 0u32..200), 1..8), k in 1u32..20) {
            let withheld = |c: Counts| primary(ValueKind::Proportion, c, None, 100.0, k, false) == Primary::Suppress;
            let mut parts: Vec<Part> = v.iter().map(|&(a, rest)| counts(f64::from(a), f64::from(a + rest))).map(|c| Part { counts: c, withheld: withheld(c), fixed: false }).collect();
            let any = parts.iter().any(|p| p.withheld);
            let total_goes = complementary(&mut parts, k);
            if any && !total_goes {
                let hidden: Vec<&Part> = parts.iter().filter(|p| p.withheld).collect();
                prop_assert!(hidden.len() >= 2);
                prop_assert!(hidden.iter().map(|p| p.counts.numerator.unwrap()).sum::<f64>() >= f64::from(k));
            }
        }
    }
}
