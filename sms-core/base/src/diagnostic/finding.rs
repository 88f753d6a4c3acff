//! What is wrong with the data, or worth knowing about them.

use super::{Code, Location, Param, Severity};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// One thing that is wrong, or worth knowing, about the data.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Finding {
    /// The stable code.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub code: Code,
    /// How much it matters.
    pub severity: Severity,
    /// One sentence.
    pub message: &'static str,
    /// What to do.
    pub hint: &'static str,
    /// Where in the input.
    #[serde(skip_serializing_if = "Location::is_empty")]
    pub location: Location,
    /// The catalogue id that it is about: an indicator, a dimension, a node.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<Arc<str>>,
    /// Typed parameters.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub params: BTreeMap<&'static str, Param>,
}

impl Finding {
    /// A new finding with this code.
    ///
    /// ```
    /// # use sms_base as sms_core;
    /// use sms_core::{Code, Finding, Severity};
    /// let finding = Finding::new(Code::CrosswalkFileNotMapped).about("HOU-O-01");
    /// assert_eq!((finding.severity, finding.subject.as_deref()), (Severity::Note, Some("HOU-O-01")));
    /// ```
    #[must_use]
    pub fn new(code: Code) -> Self {
        Finding {
            code,
            severity: code.severity(),
            message: code.message(),
            hint: code.hint(),
            location: Location::default(),
            subject: None,
            params: BTreeMap::new(),
        }
    }

    /// Adds the catalogue id that it is about.
    #[must_use]
    pub fn about(mut self, subject: &str) -> Self {
        self.subject = Some(subject.into());
        self
    }

    /// Adds the place.
    #[must_use]
    pub fn at(mut self, location: Location) -> Self {
        self.location = location;
        self
    }

    /// Adds a typed parameter.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Param>) -> Self {
        self.params.insert(name, value.into());
        self
    }

    /// Says which known name was meant, where one is near: [`text::did_you_mean`](crate::text::did_you_mean).
    #[must_use]
    pub fn suggesting(self, near: Option<&str>) -> Self {
        match near {
            Some(near) => self.with("did_you_mean", near.to_owned()),
            None => self,
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)?;
        if let Some(subject) = &self.subject {
            write!(f, " ({subject})")?;
        }
        if !self.location.is_empty() {
            write!(f, " at {}", self.location)?;
        }
        Ok(())
    }
}

/// All findings of a call: each is counted, and for each code the first [`Findings::DETAIL_LIMIT`] are kept in full,
/// so that a million bad rows do not need a million messages.
///
/// ```
/// # use sms_base as sms_core;
/// use sms_core::{Code, Finding, Findings, Severity};
/// let mut findings = Findings::new();
/// findings.push(Finding::new(Code::AggregateMeanNotPositive));
/// findings.push(Finding::new(Code::CrosswalkFileNotMapped));
/// assert_eq!((findings.len(), findings.worst()), (2, Some(Severity::Warning)));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Findings {
    /// The findings kept in full, in the order in which they were made.
    items: Vec<Finding>,
    /// How many there are of each code, kept in full or not.
    #[cfg_attr(feature = "schema", schemars(with = "BTreeMap<String, u64>"))]
    counts: BTreeMap<Code, u64>,
    /// How many there are of each code about each catalogue id: unlike the items, this never depends on the order.
    #[serde(skip)]
    about: BTreeMap<(Code, Arc<str>), u64>,
}

impl Findings {
    /// For each code, how many findings are kept in full.
    pub const DETAIL_LIMIT: u64 = 1_000;

    /// No findings.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one.
    pub fn push(&mut self, finding: Finding) {
        self.count_about(finding.code, finding.subject.as_deref().unwrap_or_default(), 1);
        let count = self.counts.entry(finding.code).or_insert(0);
        *count += 1;
        if *count <= Self::DETAIL_LIMIT {
            self.items.push(finding);
        }
    }

    fn count_about(&mut self, code: Code, subject: &str, n: u64) {
        *self.about.entry((code, subject.into())).or_insert(0) += n;
    }

    /// How many of this code are about this catalogue id, kept in full or not.
    ///
    /// ```
    /// # use sms_base as sms_core;
    /// use sms_core::{Code, Finding, Findings};
    /// let mut findings = Findings::new();
    /// findings.push(Finding::new(Code::CrosswalkFileNotMapped).about("HOU-O-01"));
    /// findings.push(Finding::new(Code::CrosswalkFileNotMapped).about("WSP-O-04"));
    /// assert_eq!(findings.count_of(Code::CrosswalkFileNotMapped, "HOU-O-01"), 1);
    /// ```
    #[must_use]
    pub fn count_of(&self, code: Code, subject: &str) -> u64 {
        self.about.get(&(code, subject.into())).copied().unwrap_or(0)
    }

    /// Codes with the ids that they are about, and how many of each.
    pub fn subjects(&self) -> impl Iterator<Item = (Code, &Arc<str>, u64)> {
        self.about.iter().map(|((code, subject), n)| (*code, subject, *n))
    }

    /// Counts one about a catalogue id (or none, when it is empty) whose detail is built only if it is kept.
    pub fn push_with(&mut self, code: Code, subject: &str, detail: impl FnOnce() -> Finding) {
        self.count_about(code, subject, 1);
        let count = self.counts.entry(code).or_insert(0);
        *count += 1;
        if *count <= Self::DETAIL_LIMIT {
            self.items.push(detail());
        }
    }

    /// Adds all of another list.
    ///
    /// ```
    /// # use sms_base as sms_core;
    /// use sms_core::{Code, Finding, Findings};
    /// let (mut all, mut more) = (Findings::new(), Findings::new());
    /// more.push(Finding::new(Code::CrosswalkFileNotMapped));
    /// all.extend(more);
    /// assert_eq!(all.items()[0].code, Code::CrosswalkFileNotMapped);
    /// ```
    pub fn extend(&mut self, other: Findings) {
        for ((code, subject), n) in other.about {
            self.count_about(code, &subject, n);
        }
        for item in other.items {
            let kept = self.items.iter().filter(|i| i.code == item.code).count() as u64;
            if kept < Self::DETAIL_LIMIT {
                self.items.push(item);
            }
        }
        for (code, n) in other.counts {
            *self.counts.entry(code).or_insert(0) += n;
        }
    }

    /// The findings kept in full.
    #[must_use]
    pub fn items(&self) -> &[Finding] {
        &self.items
    }

    /// How many of this code, kept in full or not.
    ///
    /// ```
    /// # use sms_base as sms_core;
    /// use sms_core::{Code, Finding, Findings};
    /// let mut findings = Findings::new();
    /// for _ in 0..1_500 {
    ///     findings.push(Finding::new(Code::CrosswalkFileNotMapped));
    /// }
    /// assert_eq!((findings.count(Code::CrosswalkFileNotMapped), findings.items().len()), (1_500, 1_000));
    /// ```
    #[must_use]
    pub fn count(&self, code: Code) -> u64 {
        self.counts.get(&code).copied().unwrap_or(0)
    }

    /// How many of each code.
    #[must_use]
    pub fn counts(&self) -> &BTreeMap<Code, u64> {
        &self.counts
    }

    /// How many in all.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.counts.values().sum()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// The worst severity, if there is any finding.
    #[must_use]
    pub fn worst(&self) -> Option<Severity> {
        self.counts.keys().map(|code| code.severity()).max()
    }
}
