//! Sections of the method file that a method may leave out: what their operations need, plain and with reasons.

use super::policy::Policy;
use crate::agreement::RandUclaRules;
use crate::diagnostic::{Code, Error, Result};
use crate::id::EntryId;
use crate::indicator::ResultLevel;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

macro_rules! section {
    ($(#[$doc:meta])* $rules:ident, $section:ident { $( $(#[$field_doc:meta])* $field:ident: $type:ty, )+ }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub struct $rules { $( $(#[$field_doc])* pub $field: $type, )+ }

        $(#[$doc])*
        /// Each with its reason and source.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub struct $section { $( $(#[$field_doc])* pub $field: Policy<$type>, )+ }

        impl $section {
            /// The numbers alone.
            #[must_use]
            pub fn rules(&self) -> $rules { $rules { $( $field: self.$field.value.clone(), )+ } }
        }
    };
}

section! {
    /// Numbers by which a pre-test is judged.
    PretestRules, PretestSection {
        /// Answers below which a question is not judged.
        minimum_answers: usize,
        /// Pairs below which agreement, retest and correlation are not judged.
        minimum_pairs: usize,
        /// Share of missing answers from which a question is modified.
        missing_share: f64,
        /// Share of refusals from which a question is modified.
        refused_share: f64,
        /// Share of "don't know" from which a question is modified.
        dont_know_share: f64,
        /// Share without an answer, whatever the reason, from which a question is dropped.
        no_answer_share: f64,
        /// Difference of the share without an answer between two groups from which a question is modified.
        group_gap: f64,
        /// Median seconds from which a question is modified.
        seconds: f64,
        /// Median seconds from which a question is split.
        seconds_split: f64,
        /// Whipple's index from which answers count as heaped.
        whipple: f64,
        /// Significance level of the test on terminal digits.
        significance: f64,
        /// Whole numbers below which heaping is not judged.
        heaping_minimum: usize,
        /// Share of answers at the lowest or the highest point of the scale from which a question is modified.
        floor_ceiling_share: f64,
        /// Krippendorff's alpha of raters below which a question is modified.
        inter_rater: f64,
        /// Krippendorff's alpha of raters below which a question is dropped.
        inter_rater_drop: f64,
        /// Reliability of test and retest below which a question is modified.
        retest: f64,
        /// Cronbach's alpha below which the items of a scale are looked at.
        cronbach_low: f64,
        /// Cronbach's alpha above which items of a scale say the same.
        cronbach_high: f64,
        /// Correlation of two items of a scale from which they are merged.
        merge_correlation: f64,
    }
}

section! {
    /// Numbers of co-creation: rating, Delphi rounds, choice of a core set.
    CocreationRules, CocreationSection {
        /// Lowest rating.
        scale_min: f64,
        /// Highest rating.
        scale_max: f64,
        /// Interquartile range up to which there is consensus.
        consensus_iqr: f64,
        /// A rating from here on says that the item is relevant.
        relevant_from: f64,
        /// I-CVI from which an item is relevant.
        i_cvi: f64,
        /// Numbers of the RAND/UCLA method; used where the scale is 1 to 9.
        rand_ucla: RandUclaRules,
        /// A median that moves so much keeps the rounds going.
        stop_median: f64,
        /// Raters of a side below which nothing is shown of it.
        minimum_raters: u32,
        /// Score from which a criterion is met.
        criterion_met: f64,
        /// Difference between the scores of two sides from which they differ.
        side_difference: f64,
        /// Sides that must each have decided where an indicator enters the core or becomes standard.
        required_sides: Vec<EntryId>,
        /// Nodes that the choice of a core set may visit.
        node_limit: u64,
    }
}

section! {
    /// Numbers by which the influence of a city's work is judged.
    InfluenceRules, InfluenceSection {
        /// Choices of cities up to which all are tried.
        permutation_limit: u64,
        /// Cities that acted below which errors by city are called too small.
        cluster_treated: usize,
        /// Cities below which errors by city are called too small.
        cluster_cities: usize,
        /// Times before the start from which trends are compared.
        trend_periods: usize,
        /// Figures before and after the start below which a series is refused.
        interrupted_side: usize,
        /// Figures before and after the start below which a series is called short.
        interrupted_side_good: usize,
        /// Times before the start below which a mix is refused.
        synthetic_periods: usize,
        /// Other cities below which a mix is refused.
        synthetic_donors: usize,
        /// Gap of a mix before the start, as a share of the standard deviation of all figures before, above which it is refused.
        synthetic_fit: f64,
        /// Mean squared gap of a placebo before the start, as a multiple of that of the city, above which it is not counted.
        placebo_fit: f64,
        /// Independent sources from which a link of the story is shown.
        contribution_sources: usize,
    }
}

section! {
    /// Numbers of inequality between groups.
    EqualityRules, EqualitySection {
        /// Sets of drawn values from which the errors of measures that bend come; 0 for linearisation.
        draws: u32,
    }
}

section! {
    /// Numbers of who is counted.
    DisaggregationRules, DisaggregationSection {
        /// What a required disaggregation weighs in the index of invisibility, by the indicator's place in the results chain.
        weights: BTreeMap<ResultLevel, f64>,
    }
}

section! {
    /// Numbers of learning between cities.
    PeersRules, PeersSection {
        /// How many comparators a city has.
        comparators: usize,
        /// Share of the weight of the context variables that two cities must share.
        minimum_context: f64,
        /// Cities below which a variable has no middle and spread.
        frame_cities: usize,
        /// Points by which a mentor is ahead.
        margin: f64,
        /// Probability from which it is ahead.
        certainty: f64,
        /// How many cities one city can help at a time.
        capacity: u32,
        /// What a new pair must be worth more than an earlier one.
        switching_cost: f64,
        /// Standard errors on each side of the intervals by which tiers are told apart.
        tier_reach: f64,
        /// How many of the best comparators are the goal.
        best_peers: usize,
        /// Points of the grades: not started, partly, largely, fully, rejected.
        follow_up_points: Vec<f64>,
    }
}

section! {
    /// Numbers of forms and collection plans.
    FormRules, FormSection {
        /// Seconds for a question with one answer.
        seconds_select_one: f64,
        /// Seconds for a question with several answers.
        seconds_select_multiple: f64,
        /// Seconds for a number.
        seconds_number: f64,
        /// Seconds for a text that is read out.
        seconds_note: f64,
        /// Minutes of an interview from which it is called long.
        minutes_limit: f64,
        /// Minutes that an interview costs beside the questions.
        overhead_minutes: f64,
        /// Hours for a figure from records.
        hours_administrative: f64,
        /// Hours for a figure from incident records.
        hours_events: f64,
        /// Hours for a figure by judgement.
        hours_expert: f64,
    }
}

/// Whether a number is what a field needs.
enum Need {
    /// Above 0 and at most 1.
    Share,
    /// Above −1 and at most 1.
    Coefficient,
    /// 0 or more.
    Positive,
}

impl Need {
    fn expected(&self) -> &'static str {
        match self {
            Need::Share => "a share above 0 and at most 1",
            Need::Coefficient => "a coefficient above -1 and at most 1",
            Need::Positive => "a number of 0 or more",
        }
    }

    fn holds(&self, x: f64) -> bool {
        match self {
            Need::Share => x > 0.0 && x <= 1.0,
            Need::Coefficient => x > -1.0 && x <= 1.0,
            Need::Positive => x >= 0.0 && x.is_finite(),
        }
    }
}

fn check(part: &str, fields: &[(&str, f64, Need)]) -> Result<()> {
    match fields.iter().find(|(_, x, need)| !need.holds(*x)) {
        Some((field, _, need)) => Err(bad(&format!("{part}.{field}"), need.expected())),
        None => Ok(()),
    }
}

fn bad(path: &str, expected: &'static str) -> Error {
    Error::new(Code::MethodBadValue).at_path(path).expecting(expected)
}

impl PretestRules {
    /// Checks the numbers.
    ///
    /// # Errors
    /// `method.bad-value`, with the path of the field.
    pub fn check(&self) -> Result<()> {
        check(
            "pretest",
            &[
                ("missing_share", self.missing_share, Need::Share),
                ("refused_share", self.refused_share, Need::Share),
                ("dont_know_share", self.dont_know_share, Need::Share),
                ("no_answer_share", self.no_answer_share, Need::Share),
                ("group_gap", self.group_gap, Need::Share),
                ("seconds", self.seconds, Need::Positive),
                ("seconds_split", self.seconds_split, Need::Positive),
                ("whipple", self.whipple, Need::Positive),
                ("significance", self.significance, Need::Share),
                ("floor_ceiling_share", self.floor_ceiling_share, Need::Share),
                ("inter_rater", self.inter_rater, Need::Coefficient),
                ("inter_rater_drop", self.inter_rater_drop, Need::Coefficient),
                ("retest", self.retest, Need::Coefficient),
                ("cronbach_low", self.cronbach_low, Need::Coefficient),
                ("cronbach_high", self.cronbach_high, Need::Coefficient),
                ("merge_correlation", self.merge_correlation, Need::Coefficient),
            ],
        )?;
        let order = |path: &str, low: f64, high: f64, expected: &'static str| if low <= high { Ok(()) } else { Err(bad(path, expected)) };
        order("pretest.seconds_split", self.seconds, self.seconds_split, "not below seconds")?;
        order("pretest.inter_rater_drop", self.inter_rater_drop, self.inter_rater, "not above inter_rater")?;
        order("pretest.cronbach_high", self.cronbach_low, self.cronbach_high, "not below cronbach_low")?;
        if self.minimum_pairs < 2 {
            return Err(bad("pretest.minimum_pairs", "2 or more"));
        }
        Ok(())
    }
}

impl CocreationRules {
    /// Checks the numbers.
    ///
    /// # Errors
    /// `method.bad-value`, with the path of the field.
    pub fn check(&self) -> Result<()> {
        check(
            "cocreation",
            &[
                ("consensus_iqr", self.consensus_iqr, Need::Positive),
                ("i_cvi", self.i_cvi, Need::Share),
                ("stop_median", self.stop_median, Need::Positive),
                ("criterion_met", self.criterion_met, Need::Share),
                ("side_difference", self.side_difference, Need::Share),
            ],
        )?;
        if !(self.scale_min.is_finite() && self.scale_max.is_finite() && self.scale_min < self.scale_max) {
            return Err(bad("cocreation.scale_max", "above scale_min"));
        }
        if !(self.scale_min..=self.scale_max).contains(&self.relevant_from) {
            return Err(bad("cocreation.relevant_from", "a rating of the scale"));
        }
        if self.minimum_raters == 0 || self.node_limit == 0 {
            return Err(bad("cocreation.minimum_raters", "1 or more, as node_limit"));
        }
        self.rand_ucla.check()
    }
}

impl InfluenceRules {
    /// Checks the numbers, and the confidence level that goes with them.
    ///
    /// # Errors
    /// `method.bad-value`, with the path of the field; `estimate.bad-confidence`.
    pub fn check(&self, confidence: f64) -> Result<()> {
        check("influence", &[("synthetic_fit", self.synthetic_fit, Need::Positive), ("placebo_fit", self.placebo_fit, Need::Positive)])?;
        if !(confidence > 0.0 && confidence < 1.0) {
            return Err(Error::new(Code::EstimateBadConfidence).at_path("confidence"));
        }
        if self.trend_periods < 3 || self.interrupted_side < 2 {
            return Err(bad("influence.trend_periods", "3 or more, and interrupted_side 2 or more"));
        }
        if self.synthetic_periods == 0 || self.synthetic_donors < 2 {
            return Err(bad("influence.synthetic_donors", "2 or more, and synthetic_periods 1 or more"));
        }
        if !(1..=1_000_000).contains(&self.permutation_limit) {
            return Err(bad("influence.permutation_limit", "1 to 1000000"));
        }
        Ok(())
    }
}

impl DisaggregationRules {
    /// Checks the numbers.
    ///
    /// # Errors
    /// `method.bad-value`, with the path of the field.
    pub fn check(&self) -> Result<()> {
        let held = self.weights.values().all(|w| Need::Positive.holds(*w)) && self.weights.values().any(|w| *w > 0.0);
        if held { Ok(()) } else { Err(bad("disaggregation.weights", "numbers of 0 or more, not all 0")) }
    }

    /// The weight at a level of the results chain; 0 for one that is not named.
    #[must_use]
    pub fn weight(&self, level: ResultLevel) -> f64 {
        self.weights.get(&level).copied().unwrap_or(0.0)
    }
}

impl PeersRules {
    /// Checks the numbers.
    ///
    /// # Errors
    /// `method.bad-value`, with the path of the field.
    pub fn check(&self) -> Result<()> {
        check(
            "peers",
            &[
                ("minimum_context", self.minimum_context, Need::Share),
                ("margin", self.margin, Need::Positive),
                ("certainty", self.certainty, Need::Share),
                ("switching_cost", self.switching_cost, Need::Positive),
                ("tier_reach", self.tier_reach, Need::Positive),
            ],
        )?;
        if self.switching_cost > 1.0 {
            return Err(bad("peers.switching_cost", "at most 1, the largest value of a pair"));
        }
        if self.comparators == 0 || self.best_peers == 0 || self.frame_cities < 2 {
            return Err(bad("peers.comparators", "1 or more, as best_peers, and frame_cities 2 or more"));
        }
        if self.follow_up_points.len() != 5 || self.follow_up_points.iter().any(|p| !(0.0..=100.0).contains(p)) {
            return Err(bad("peers.follow_up_points", "five numbers from 0 to 100"));
        }
        Ok(())
    }
}

impl FormRules {
    /// Checks the numbers.
    ///
    /// # Errors
    /// `method.bad-value`, with the path of the field.
    pub fn check(&self) -> Result<()> {
        check(
            "form",
            &[
                ("seconds_select_one", self.seconds_select_one, Need::Positive),
                ("seconds_select_multiple", self.seconds_select_multiple, Need::Positive),
                ("seconds_number", self.seconds_number, Need::Positive),
                ("seconds_note", self.seconds_note, Need::Positive),
                ("minutes_limit", self.minutes_limit, Need::Positive),
                ("overhead_minutes", self.overhead_minutes, Need::Positive),
                ("hours_administrative", self.hours_administrative, Need::Positive),
                ("hours_events", self.hours_events, Need::Positive),
                ("hours_expert", self.hours_expert, Need::Positive),
            ],
        )
    }
}
