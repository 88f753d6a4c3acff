//! The report as plain data: what its JSON holds.

use super::{DisaggregationReport, ProgressCounts, ProgressReport, VisibilityReport};
use crate::assess::{NodeKind, NodeState, NotScored};
use crate::dataset::RowCounts;
use crate::diagnostic::Findings;
use crate::disclosure::Audience;
use crate::indicator::{MeasureType, Polarity, ResultLevel, Tier};
use crate::period::Period;
use crate::progress::Direction;
use crate::target::Standing;
use serde::Serialize;
use std::sync::Arc;

/// What a report was made of and by: five version numbers, the policy, and how the rows were used.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs, reason = "the names say it")]
pub struct Provenance {
    pub method: String,
    pub method_edition: String,
    pub method_fingerprint: String,
    pub catalogue: String,
    pub catalogue_release: String,
    pub catalogue_fingerprint: String,
    pub catalogue_schema: String,
    pub wire_version: &'static str,
    pub library_version: &'static str,
    /// For whom: in an internal report nothing is withheld.
    pub audience: Audience,
    /// The smallest count that is shown.
    pub threshold: u32,
    /// Fingerprint of the input: plain with the data holder, keyed with the data holder's secret outside, else absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_fingerprint: Option<String>,
    /// How the rows were used.
    pub rows: RowCounts,
    /// Sources named in the data.
    pub sources: Vec<Arc<str>>,
    /// Ids of the indicators and selections that were chosen; empty for the whole catalogue.
    pub selection: Vec<String>,
    pub selection_reason: String,
    pub language: String,
}

fn is_false(b: &bool) -> bool {
    !*b
}

/// A figure as a reader sees it: a value, or why there is none.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Figure {
    /// A value, in the unit of the indicator.
    Value {
        /// The value.
        value: f64,
        /// Lower end of its interval.
        #[serde(skip_serializing_if = "Option::is_none")]
        lower: Option<f64>,
        /// Upper end of its interval.
        #[serde(skip_serializing_if = "Option::is_none")]
        upper: Option<f64>,
        /// Numerator, where it was counted.
        #[serde(skip_serializing_if = "Option::is_none")]
        numerator: Option<f64>,
        /// Denominator, where it was counted.
        #[serde(skip_serializing_if = "Option::is_none")]
        denominator: Option<f64>,
        /// Whether its source has published it: then it is shown whatever it tells.
        #[serde(skip_serializing_if = "is_false")]
        public: bool,
    },
    /// Withheld so that nobody can be recognised, here or by its source.
    Suppressed,
    /// Absent.
    Missing {
        /// Why.
        reason: MissingReason,
        /// A count that is known although no rate can be made of it.
        #[serde(skip_serializing_if = "Option::is_none")]
        count: Option<f64>,
    },
}

impl Figure {
    /// The value, when there is one.
    ///
    /// ```
    /// use sms_core::report::Figure;
    /// assert_eq!(Figure::Suppressed.value(), None);
    /// ```
    #[must_use]
    pub fn value(&self) -> Option<f64> {
        match self {
            Figure::Value { value, .. } => Some(*value),
            _ => None,
        }
    }
}

/// Why a figure is absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum MissingReason {
    /// Nothing was handed in.
    NoData,
    /// There are figures by group, and none for everybody.
    NoTotal,
    /// The latest figure is older than the method carries forward.
    TooOld,
    /// It should exist and is not there.
    Missing,
    /// It was not collected.
    NotAsked,
    /// The persons asked did not want to say.
    Refused,
    /// It cannot exist here.
    NotApplicable,
    /// There is a count, but no denominator to make a rate of it.
    NoDenominator,
    /// It is withheld: the number of persons behind it is not known.
    UnknownCount,
}

/// One place at one period.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs, reason = "the names say it")]
pub struct PlaceReport {
    pub place: String,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    pub period: Period,
    /// The means: the whole, modules, rights, attributes, levels of the results chain.
    pub nodes: Vec<NodeReport>,
    /// The selected indicators, by id.
    pub indicators: Vec<IndicatorReport>,
    /// How many indicators there are in each state of measurement.
    pub measured: MeasuredCounts,
    /// How many stand where on the way to their targets.
    pub progress: ProgressCounts,
    /// Who is counted, and who is not.
    pub visibility: VisibilityReport,
}

/// How many indicators were selected, and what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs, reason = "the names say it")]
pub struct MeasuredCounts {
    pub selected: usize,
    pub in_catalogue: usize,
    pub available: usize,
    pub scored: usize,
    pub shown_not_scored: usize,
    pub by_group_only: usize,
    pub too_old: usize,
    pub withheld: usize,
    pub absent: usize,
    pub no_data: usize,
    pub outcomes_selected: usize,
    pub outcomes_available: usize,
}

/// A mean.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs, reason = "the names say it")]
pub struct MeanReport {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score: Option<f64>,
    pub coverage: f64,
    pub n: usize,
    pub of: usize,
}

/// A node of the tree: outcomes first, effort beside them.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs, reason = "the names say it")]
pub struct NodeReport {
    pub kind: NodeKind,
    pub id: Arc<str>,
    pub name: String,
    pub state: NodeState,
    /// The headline: the mean of outcomes and impacts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcomes: Option<MeanReport>,
    /// The mean of inputs, activities and outputs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effort: Option<MeanReport>,
    /// Outcomes, moved by effort within the margin.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub combined: Option<f64>,
    /// 1 is the best; never better than the band of the outcomes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub band: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub band_name: Option<String>,
    /// Indicators below their minimum standard: nothing compensates them.
    pub below_minimum: u32,
    /// The headline if the outcomes not measured scored 0, and if they scored 100.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome_range: Option<[f64; 2]>,
}

/// A target, and whether it is met.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs, reason = "the names say it")]
pub struct TargetReport {
    pub value: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upper: Option<f64>,
    pub operator: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub year: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub met: Option<bool>,
}

/// The change since the period before.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs, reason = "the names say it")]
pub struct ChangeReport {
    pub since: Period,
    pub previous: f64,
    pub absolute: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relative: Option<f64>,
    pub per_year: f64,
    pub direction: Direction,
}

/// A point of a series.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs, reason = "the names say it")]
pub struct Point {
    pub period: Period,
    pub figure: Figure,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_break: bool,
}

/// The figure of a group.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs, reason = "the names say it")]
pub struct GroupReport {
    /// Dimension and group code; more than one for crossings.
    pub groups: Vec<[String; 2]>,
    pub name: String,
    pub period: Period,
    pub figure: Figure,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score: Option<f64>,
}

/// The gap between the groups that are furthest apart in one dimension.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs, reason = "the names say it")]
pub struct GapReport {
    pub dimension: String,
    pub dimension_name: String,
    pub period: Period,
    pub groups: u32,
    /// The worst-off group; the lowest value where neither way is better.
    pub worst: String,
    pub worst_name: String,
    pub worst_value: f64,
    pub best: String,
    pub best_name: String,
    pub best_value: f64,
    /// Whether one way is better, so that worst and best are meant literally.
    pub directional: bool,
    pub difference: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ratio: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score_difference: Option<f64>,
    /// Of three groups or more, adjusted for all pairs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p: Option<f64>,
    /// Of three groups or more: the chance of such differences if all groups were alike.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p_all_equal: Option<f64>,
    /// How many comparisons the test takes into account; 0 where none was made.
    pub comparisons: usize,
    pub verdict: crate::equality::Verdict,
}

/// The group that is worst off, beside the average.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs, reason = "the names say it")]
pub struct FloorReport {
    pub dimension: String,
    pub group: String,
    pub name: String,
    pub period: Period,
    pub value: f64,
    /// Its score, 0 to 100: the lowest of the groups of all single dimensions that are published.
    pub score: f64,
}

/// One indicator in one place and period.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs, reason = "the names say it")]
pub struct IndicatorReport {
    pub id: String,
    pub name: String,
    pub module: String,
    pub rights: Vec<String>,
    pub tier: Tier,
    pub measure_type: MeasureType,
    pub result_level: ResultLevel,
    pub polarity: Polarity,
    pub unit: String,
    pub unit_symbol: String,
    pub figure: Figure,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<Period>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub carried_forward: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<Arc<str>>,
    /// Why the figure stands for the indicator without measuring exactly the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy: Option<Arc<str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<Arc<str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub raw_score: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_scored: Option<NotScored>,
    pub standing: Standing,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<TargetReport>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<ChangeReport>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub across_break: bool,
    /// Towards its target, as a trend, and whether it went backwards.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub progress: Option<ProgressReport>,
    pub series: Vec<Point>,
    pub groups: Vec<GroupReport>,
    pub gaps: Vec<GapReport>,
    /// The group with the lowest score.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub floor: Option<FloorReport>,
    /// What became of each dimension that the indicator asks for.
    pub disaggregation: Vec<DisaggregationReport>,
    /// Required disaggregations of which no figure is published here.
    pub missing_disaggregation: Vec<String>,
}

/// The whole report as plain data: the shape of its JSON.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs, reason = "the names say it")]
pub struct ReportData {
    pub title: String,
    pub notice: String,
    pub places: Vec<PlaceReport>,
    pub findings: Findings,
    pub provenance: Provenance,
}
