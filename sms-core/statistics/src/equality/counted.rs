//! Who is counted, and who is not: what became of the disaggregations that indicators ask for.

use serde::{Deserialize, Serialize};

/// What became of one dimension of one indicator. The order is that in which the reasons are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum DisaggregationStatus {
    /// A figure of at least one group is published.
    Have,
    /// There are groups, and each of their figures is withheld.
    Withheld,
    /// It was not asked.
    NotAsked,
    /// Nothing is published for the period, and it could be had: an earlier figure is there, or the city has said so.
    CouldHave,
    /// The city is not the one that collects it.
    NotCompetent,
    /// It was handed in without a figure: no answer, or a figure that is missing.
    Missing,
    /// Nothing was handed in, and nothing said of it.
    NoData,
    /// It cannot exist here; it counts for nothing.
    NotApplicable,
}

/// How many disaggregations there are in each state.
///
/// ```
/// # use sms_statistics as sms_core;
/// use sms_core::equality::{DisaggregationCounts, DisaggregationStatus::*};
/// let mut counts = DisaggregationCounts::default();
/// [Have, NotAsked, NoData, NotApplicable].into_iter().for_each(|s| counts.add(s, 1.0));
/// // one of three that apply is published
/// assert_eq!((counts.of(), counts.have), (3, 1));
/// assert_eq!(counts.invisibility(), Some(2.0 / 3.0));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs, reason = "the names say it")]
pub struct DisaggregationCounts {
    pub have: usize,
    pub withheld: usize,
    pub not_asked: usize,
    pub could_have: usize,
    pub not_competent: usize,
    pub missing: usize,
    pub no_data: usize,
    pub not_applicable: usize,
    #[serde(skip)]
    weight: f64,
    #[serde(skip)]
    unseen: f64,
}

impl DisaggregationCounts {
    /// Counts one more, with the weight of its indicator: 0 or more.
    pub fn add(&mut self, status: DisaggregationStatus, weight: f64) {
        use DisaggregationStatus as S;
        let field = match status {
            S::Have => &mut self.have,
            S::Withheld => &mut self.withheld,
            S::NotAsked => &mut self.not_asked,
            S::CouldHave => &mut self.could_have,
            S::NotCompetent => &mut self.not_competent,
            S::Missing => &mut self.missing,
            S::NoData => &mut self.no_data,
            S::NotApplicable => &mut self.not_applicable,
        };
        *field += 1;
        if status != S::NotApplicable {
            self.weight += weight;
            self.unseen += if status == S::Have { 0.0 } else { weight };
        }
    }

    /// How many there are that apply.
    #[must_use]
    pub const fn of(&self) -> usize {
        self.have + self.withheld + self.not_asked + self.could_have + self.not_competent + self.missing + self.no_data
    }

    /// The index of invisibility: the share, by weight and from 0 to 1, of those that apply of which no figure is
    /// published (method §6). `None` where none applies, or all weigh 0.
    ///
    /// ```
    /// # use sms_statistics as sms_core;
    /// use sms_core::equality::{DisaggregationCounts, DisaggregationStatus};
    /// let mut counts = DisaggregationCounts::default();
    /// counts.add(DisaggregationStatus::Have, 3.0);
    /// counts.add(DisaggregationStatus::Missing, 1.0);
    /// assert_eq!((counts.of(), counts.invisibility()), (2, Some(0.25)));
    /// ```
    #[must_use]
    pub fn invisibility(&self) -> Option<f64> {
        (self.weight > 0.0).then(|| self.unseen / self.weight)
    }

    /// The counts by state, in the order of [`DisaggregationStatus`].
    #[must_use]
    pub const fn by_status(&self) -> [(DisaggregationStatus, usize); 8] {
        use DisaggregationStatus as S;
        [
            (S::Have, self.have),
            (S::Withheld, self.withheld),
            (S::NotAsked, self.not_asked),
            (S::CouldHave, self.could_have),
            (S::NotCompetent, self.not_competent),
            (S::Missing, self.missing),
            (S::NoData, self.no_data),
            (S::NotApplicable, self.not_applicable),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_decide_the_share() {
        let mut counts = DisaggregationCounts::default();
        counts.add(DisaggregationStatus::Have, 3.0);
        counts.add(DisaggregationStatus::Withheld, 1.0);
        counts.add(DisaggregationStatus::NotApplicable, 50.0);
        assert_eq!(counts.invisibility(), Some(0.25));
    }

    #[test]
    fn of_nothing_there_is_no_share() {
        let mut counts = DisaggregationCounts::default();
        assert_eq!(counts.invisibility(), None);
        counts.add(DisaggregationStatus::NotApplicable, 1.0);
        assert_eq!(counts.invisibility(), None);
        counts.add(DisaggregationStatus::NoData, 0.0);
        assert_eq!((counts.invisibility(), counts.of()), (None, 1));
    }
}
