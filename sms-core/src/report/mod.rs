//! Floor 14: the report: the only thing that can leave.
//!
//! [`Assessment::release`] decides which cells may be published, and derives everything again from those alone. What a
//! report shows can therefore be computed from what it publishes; nothing in it depends on a withheld figure.

use crate::assess::{
    self, Assessment, Availability, Derived, IndicatorResult, NodeDef, NodeKind, NodeResult, NodeState, NotScored, Scope, estimate_of, score_of,
};
use crate::catalogue::{Catalogue, Indicator};
use crate::dataset::{Cell, CellTable, RowCounts};
use crate::diagnostic::{Code, Error, Finding, Findings, Result};
use crate::disclosure::{Audience, PrivacyPolicy};
use crate::equality::DisaggregationStatus;
use crate::estimate::Absence;
use crate::indicator::{MeasureType, Polarity, ResultLevel, Tier};
use crate::method::Method;
use crate::num::{self, Plain};
use crate::period::Period;
use crate::progress::Direction;
use crate::release::Published;
use crate::target::{SLACK, Standing};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;

mod counted;
mod explain;
mod progress;

pub use counted::{CountedReport, DisaggregationNeed, DisaggregationReport, NamedGroup, VisibilityReport};
pub use explain::{Contribution, EffectiveWeight, Explanation, NextBand};
pub use progress::{AchievementReport, ProgressCounts, ProgressReport, TargetOwner, Wording, achievement_text, retrogression_text, status_word, trend_text};

/// Version of the report's JSON.
pub const WIRE_VERSION: &str = "1.0.0";

/// Version of this library.
pub const LIBRARY_VERSION: &str = env!("CARGO_PKG_VERSION");

/// A released assessment: what may be shown, printed, sent and kept.
#[derive(Clone)]
pub struct Report {
    catalogue: Arc<Catalogue>,
    method: Arc<Method>,
    scope: Scope,
    table: CellTable,
    derived: Derived,
    findings: Findings,
    provenance: Provenance,
}

impl std::fmt::Debug for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Report").field("units", &self.len()).field("audience", &self.provenance.audience).finish_non_exhaustive()
    }
}

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
    /// Fingerprint of the input: plain inside the house, keyed with the house's secret outside, else absent.
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

impl Assessment {
    /// Makes the report that may leave: withholds what could identify people, then derives everything from the rest.
    ///
    /// # Errors
    /// Those of the derivation; none for a method that was checked.
    pub fn release(&self, policy: &PrivacyPolicy) -> Result<Report> {
        self.release_after(policy, None)
    }

    /// The same, when an earlier report is known: what it showed stays known, so it protects nothing any more; and a
    /// figure that differs from the earlier one by fewer persons than may be shown is withheld, also where that is what
    /// shown figures leave of a total.
    ///
    /// ```
    /// use sms_core::{AssessmentPlan, assess, dataset, exchange::csv, wire::Engine};
    /// let engine = Engine::new(sms_catalogue::CATALOGUE_JSON, sms_catalogue::METHODS)?;
    /// let method = engine.method("standard")?;
    /// let assessed = |text: &str| {
    ///     let (dataset, findings) = dataset::check(engine.catalogue(), &csv::read(text.as_bytes(), &Default::default())?);
    ///     assess::assess(&method, &dataset.into(), &findings, &AssessmentPlan::default())
    /// };
    /// let policy = method.public_policy();
    /// let first = assessed("indicator,place,period,numerator,denominator\nHOU-O-03,gent,2024,300,1980\n")?.release(&policy)?;
    /// // 4 persons of 20 were added since: the two reports together would tell of them
    /// let second = assessed("indicator,place,period,numerator,denominator\nHOU-O-03,gent,2024,304,2000\n")?;
    /// let released = second.release_after(&policy, Some(&first.as_previous()?))?;
    /// assert_eq!(released.data().places[0].measured.withheld, 1);
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Assessment::release`].
    pub fn release_after(&self, policy: &PrivacyPolicy, previous: Option<&Published>) -> Result<Report> {
        let catalogue = self.dataset.catalogue().clone();
        let mut table = self.dataset.table.clone();
        let mut findings = Findings::new();
        if policy.audience() == Audience::Public {
            crate::release::withhold(&catalogue, &self.method, policy.threshold(), previous, &mut table, &mut findings);
        }
        let derived = assess::derive(&catalogue, &self.method, &self.scope, &table)?;
        let mut all = public_findings(&self.findings, policy.audience());
        all.extend(findings);
        let release = catalogue.release();
        let input_fingerprint = match (policy.audience(), policy.key()) {
            (Audience::Internal, _) => Some(crate::catalogue::hex(&self.dataset.content_hash(), 32)),
            (Audience::Public, Some(key)) => Some(keyed(key, &self.dataset.content_hash())),
            (Audience::Public, None) => None,
        };
        let mut used: Vec<u32> = table.cells.iter().map(|c| c.source).filter(|&s| s != 0).collect();
        used.sort_unstable();
        used.dedup();
        let provenance = Provenance {
            method: self.method.raw().id.to_string(),
            method_edition: self.method.raw().edition.clone(),
            method_fingerprint: self.method.fingerprint().to_owned(),
            catalogue: release.id.to_string(),
            catalogue_release: release.version.clone(),
            catalogue_fingerprint: catalogue.fingerprint().to_owned(),
            catalogue_schema: release.schema.clone(),
            wire_version: WIRE_VERSION,
            library_version: LIBRARY_VERSION,
            audience: policy.audience(),
            threshold: policy.threshold(),
            input_fingerprint,
            rows: self.dataset.row_counts(),
            sources: used.iter().filter_map(|&s| table.text(s).cloned()).collect(),
            selection: self.scope.plan.selection.clone(),
            selection_reason: self.scope.plan.selection_reason.clone(),
            language: catalogue.language().to_owned(),
        };
        Ok(Report { catalogue, method: self.method.clone(), scope: self.scope.clone(), table, derived, findings: all, provenance })
    }
}

/// HMAC-SHA-256 (RFC 2104), the first 32 hexadecimal digits.
fn keyed(key: &[u8], content: &[u8]) -> String {
    let mut block = [0_u8; 64];
    let short: Vec<u8> = if key.len() > 64 { Sha256::digest(key).to_vec() } else { key.to_vec() };
    for (b, k) in block.iter_mut().zip(&short) {
        *b = *k;
    }
    let pad = |with: u8| block.map(|b| b ^ with);
    let inner = Sha256::new().chain_update(pad(0x36)).chain_update(content).finalize();
    crate::catalogue::hex(&Sha256::new().chain_update(pad(0x5c)).chain_update(inner).finalize(), 32)
}

/// Findings that may leave: those that say something of the file, not of a withheld figure. Rows stay inside.
fn public_findings(findings: &Findings, audience: Audience) -> Findings {
    if audience == Audience::Internal {
        return findings.clone();
    }
    let mut public = Findings::new();
    for (code, subject, n) in findings.subjects() {
        let says_nothing_of_a_figure = matches!(
            code,
            Code::ObsNoTotal
                | Code::ObsBreakInSeries
                | Code::ObsPretest
                | Code::ObsUnknownIndicator
                | Code::ObsUnknownColumn
                | Code::ObsDenominatorMissing
                | Code::ScoreNoGoalposts
        ) || is_of_the_plan(code);
        if says_nothing_of_a_figure {
            let finding = Finding::new(code).with("times", n);
            public.push(if subject.is_empty() { finding } else { finding.about(subject) });
        }
    }
    // which dimension is missing stands in the items; they are made in canonical order
    let mut missing: BTreeMap<(Option<Arc<str>>, String), u64> = BTreeMap::new();
    for item in findings.items().iter().filter(|i| i.code == Code::ObsMissingDisaggregation) {
        let dimension = item.params.get("dimension").map(ToString::to_string).unwrap_or_default();
        *missing.entry((item.subject.clone(), dimension)).or_insert(0) += 1;
    }
    for ((subject, dimension), n) in missing {
        let mut finding = Finding::new(Code::ObsMissingDisaggregation).with("times", n).with("dimension", dimension);
        finding.subject = subject;
        public.push(finding);
    }
    public
}

/// Findings about the targets and the results chain that the city itself has written down.
fn is_of_the_plan(code: Code) -> bool {
    matches!(
        code,
        Code::RbmCircularLink
            | Code::RbmLinkDown
            | Code::RbmOutcomeWithoutOutputs
            | Code::RbmOutputLeadsNowhere
            | Code::RbmOutputsOnly
            | Code::RbmTargetAfterValue
            | Code::RbmTargetWithoutBaseline
            | Code::RbmUnknownLink
            | Code::RbmVersionDiffers
    )
}

impl Report {
    /// How many places and periods.
    #[must_use]
    pub fn len(&self) -> usize {
        self.derived.units.len()
    }

    /// Whether it holds nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.derived.units.is_empty()
    }

    /// What it showed, to be kept for the next report: see [`Assessment::release_after`]. All periods are in it, also those
    /// that stand in its tables alone.
    ///
    /// # Errors
    /// `release.internal-report` for a report that stays in the house.
    pub fn as_previous(&self) -> Result<Published> {
        match self.provenance.audience {
            Audience::Public => Ok(Published::of_table(&self.catalogue, self.provenance.threshold, &self.table)),
            Audience::Internal => Err(Error::new(Code::ReleaseInternalReport)),
        }
    }

    /// What was found and may be said.
    #[must_use]
    pub fn findings(&self) -> &Findings {
        &self.findings
    }

    /// What it was made of and by.
    #[must_use]
    pub fn provenance(&self) -> &Provenance {
        &self.provenance
    }

    /// The catalogue behind it.
    #[must_use]
    pub fn catalogue(&self) -> &Arc<Catalogue> {
        &self.catalogue
    }

    /// The method behind it.
    #[must_use]
    pub fn method(&self) -> &Arc<Method> {
        &self.method
    }

    /// Whether the chosen indicators are fewer than the catalogue has.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        self.scope.indicators.len() < self.catalogue.indicators().len()
    }

    /// The title.
    #[must_use]
    pub fn title(&self) -> String {
        if !self.scope.plan.title.is_empty() {
            return self.scope.plan.title.clone();
        }
        let mut names: Vec<&str> = Vec::new();
        for unit in &self.derived.units {
            if let Some(place) = self.table.places.get(unit.place as usize) {
                let name = assess::place_name(place);
                if !names.contains(&name) {
                    names.push(name);
                }
            }
            if names.len() > 3 {
                return "Human rights in several places".to_owned();
            }
        }
        format!("Human rights in {}", names.join(", "))
    }

    /// The report as plain data.
    #[must_use]
    pub fn data(&self) -> ReportData {
        ReportData {
            title: self.title(),
            notice: self.catalogue.release_text("notice").to_owned(),
            places: (0..self.len()).filter_map(|i| self.place_report(i)).collect(),
            findings: self.findings.clone(),
            provenance: self.provenance.clone(),
        }
    }

    /// The report as JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(&self.data()).unwrap_or_default()
    }

    fn sheet(&self, position: usize) -> Option<(&Indicator, u32)> {
        let &index = self.scope.indicators.get(position)?;
        self.catalogue.indicators().get(index as usize).map(|s| (s, index))
    }

    /// One place at one period.
    #[must_use]
    pub fn place_report(&self, unit: usize) -> Option<PlaceReport> {
        let u = self.derived.units.get(unit)?;
        let place = self.table.places.get(u.place as usize)?;
        let wide = self.scope.indicators.len();
        let results = self.derived.results.get(unit * wide..(unit + 1) * wide)?;
        let cells = self.table.of_place(u.place);
        let gaps: Vec<&assess::GapResult> = {
            let from = self.derived.gaps.partition_point(|g| (g.unit as usize) < unit);
            let to = self.derived.gaps.partition_point(|g| (g.unit as usize) <= unit);
            self.derived.gaps.get(from..to).unwrap_or_default().iter().collect()
        };
        let mut measured = MeasuredCounts { selected: wide, in_catalogue: self.catalogue.indicators().len(), ..MeasuredCounts::default() };
        let mut counts = ProgressCounts::default();
        let mut indicators = Vec::with_capacity(wide);
        for (position, result) in results.iter().enumerate() {
            let Some((sheet, index)) = self.sheet(position) else { continue };
            let series = cells.of_indicator(index).cells;
            let mine: Vec<&assess::GapResult> = gaps.iter().filter(|g| g.indicator as usize == position).copied().collect();
            count(&mut measured, sheet, result);
            let progress = self.progress(sheet, result, series, place.code.as_str());
            progress.iter().for_each(|p| counts.add(p));
            indicators.push(self.indicator_report(sheet, result, series, &mine, progress, (place.code.as_str(), u.period)));
        }
        let visibility = self.visibility(&indicators);
        let deep = self.scope.tree.nodes.len();
        let nodes = self.derived.nodes.get(unit * deep..(unit + 1) * deep).unwrap_or_default();
        Some(PlaceReport {
            place: place.code.to_string(),
            name: assess::place_name(place).to_owned(),
            parent: place.parent.as_ref().map(ToString::to_string),
            period: u.period,
            nodes: self.scope.tree.nodes.iter().zip(nodes).map(|(d, r)| self.node_report(d, r)).collect(),
            indicators,
            measured,
            progress: counts,
            visibility,
        })
    }

    fn node_report(&self, def: &NodeDef, result: &NodeResult) -> NodeReport {
        let mean = |m: crate::aggregate::Mean| MeanReport { score: m.score, coverage: m.coverage, n: m.n, of: m.of };
        NodeReport {
            kind: def.kind,
            id: def.id.clone(),
            name: node_name(&self.catalogue, def.kind, &def.id),
            state: result.state,
            outcomes: result.outcomes.map(mean),
            effort: result.effort.map(mean),
            combined: result.combined,
            band: result.band,
            band_name: result.band.map(|b| self.method.band_name(usize::from(b)).to_owned()),
            below_minimum: result.below_minimum,
            outcome_range: result.outcome_range.map(|(a, b)| [a, b]),
        }
    }

    fn figure(&self, cell: &Cell, sheet: &Indicator) -> Figure {
        figure_of(cell, sheet, self.method.raw().estimate.confidence.value)
    }

    fn score(&self, value: f64, sheet: &Indicator) -> Option<f64> {
        score_of(value, sheet, self.method.rule(&sheet.id).as_ref(), &self.method.raw().maturity.value).ok().map(|s| s.score)
    }

    fn indicator_report(
        &self,
        sheet: &Indicator,
        result: &IndicatorResult,
        series: &[Cell],
        gaps: &[&assess::GapResult],
        progress: Option<ProgressReport>,
        (place, period): (&str, Period),
    ) -> IndicatorReport {
        let cell = result.cell.and_then(|i| self.table.cells.get(i as usize));
        let figure = match (cell, result.availability) {
            (_, Availability::NoData) => Figure::Missing { reason: MissingReason::NoData, count: None },
            (_, Availability::NoTotal) => Figure::Missing { reason: MissingReason::NoTotal, count: None },
            (_, Availability::TooOld) => Figure::Missing { reason: MissingReason::TooOld, count: None },
            (Some(cell), _) => self.figure(cell, sheet),
            (None, _) => Figure::Missing { reason: MissingReason::NoData, count: None },
        };
        let shown = cell.or_else(|| series.iter().rev().find(|c| c.absence.is_none()));
        let text = |pick: fn(&Cell) -> u32| shown.and_then(|c| self.table.text(pick(c))).cloned();
        let unit = sheet.unit.as_str();
        let label = self.catalogue.label_of("units", unit);
        // the series as it was known at the period assessed
        let totals = series.iter().filter(|c| c.group == 0 && self.table.period(c).is_some_and(|p| p <= period));
        let points: Vec<Point> =
            totals.filter_map(|c| Some(Point { period: self.table.period(c)?, figure: self.figure(c, sheet), is_break: c.is_break })).collect();
        let change = result.change.and_then(|change| {
            let before = self.table.cells.get(result.previous? as usize)?;
            Some(ChangeReport {
                since: self.table.period(before)?,
                previous: before.value()?,
                absolute: change.absolute,
                relative: change.relative,
                per_year: change.per_year,
                direction: change.direction,
            })
        });
        let target = sheet.target.as_ref().and_then(|t| {
            let (value, operator) = (t.value?, t.operator?);
            Some(TargetReport {
                value,
                upper: t.upper,
                operator: operator.symbol(),
                year: t.year,
                scope: t.scope.clone(),
                source: t.source.as_ref().map(ToString::to_string),
                met: figure.value().map(|v| operator.is_met(v, value, t.upper)),
            })
        });
        let oldest = i32::try_from(self.method.raw().period.carry_forward_years.value).unwrap_or(i32::MAX);
        let groups = self.groups_of(sheet, series, period, oldest);
        let disaggregation = self.disaggregation_of(sheet, &figure, &groups, series, place, period);
        let lacking = |d: &&DisaggregationReport| {
            d.need == DisaggregationNeed::Required && !matches!(d.status, DisaggregationStatus::Have | DisaggregationStatus::NotApplicable)
        };
        let missing_disaggregation = disaggregation.iter().filter(lacking).map(|d| d.dimension.clone()).collect();
        IndicatorReport {
            id: sheet.id.to_string(),
            name: self.catalogue.name(sheet).to_owned(),
            module: sheet.module.to_string(),
            rights: sheet.rights.iter().map(ToString::to_string).collect(),
            tier: sheet.tier,
            measure_type: sheet.measure_type,
            result_level: sheet.result_level,
            polarity: sheet.polarity,
            unit: label.map_or(unit, |l| l.name.as_str()).to_owned(),
            unit_symbol: label.and_then(|l| l.symbol.as_deref()).unwrap_or_default().to_owned(),
            figure,
            period: cell.and_then(|c| self.table.period(c)),
            carried_forward: result.carried,
            source: text(|c| c.source),
            proxy: text(|c| c.proxy),
            note: text(|c| c.note),
            score: result.score.map(|s| s.score),
            // a raw score that differs by its rounding alone says nothing
            raw_score: result.score.filter(|s| num::abs(s.raw - s.score) > SLACK).map(|s| s.raw),
            not_scored: result.not_scored,
            standing: result.standing,
            target,
            change,
            across_break: result.across_break,
            progress,
            series: points,
            floor: self.floor_of(&groups),
            groups,
            gaps: gaps.iter().filter_map(|g| self.gap_report(sheet, g)).collect(),
            disaggregation,
            missing_disaggregation,
        }
    }

    /// For each combination of dimensions, the groups at the latest period in the window.
    fn groups_of(&self, sheet: &Indicator, series: &[Cell], period: Period, oldest: i32) -> Vec<GroupReport> {
        let mut latest: BTreeMap<Vec<&str>, u32> = BTreeMap::new();
        let in_window = |c: &Cell| self.table.period(c).is_some_and(|p| p <= period && period.start_year() - p.start_year() <= oldest);
        for c in series.iter().filter(|c| c.group != 0 && in_window(c)) {
            let Some(group) = self.table.group(c) else { continue };
            let key: Vec<&str> = group.parts().iter().map(|(d, _)| d.as_str()).collect();
            let at = latest.entry(key).or_insert(c.period);
            *at = (*at).max(c.period);
        }
        let mut rows: Vec<GroupReport> = series
            .iter()
            .filter(|c| c.group != 0)
            .filter_map(|c| {
                let group = self.table.group(c)?;
                let key: Vec<&str> = group.parts().iter().map(|(d, _)| d.as_str()).collect();
                if latest.get(&key) != Some(&c.period) {
                    return None;
                }
                let figure = self.figure(c, sheet);
                let score = figure.value().and_then(|v| self.score(v, sheet));
                let names: Vec<_> = group.parts().iter().map(|(d, code)| self.catalogue.group_label(d.as_str(), code.as_str())).collect();
                Some(GroupReport {
                    groups: group.parts().iter().map(|(d, code)| [d.to_string(), code.to_string()]).collect(),
                    name: names.join(", "),
                    period: self.table.period(c)?,
                    figure,
                    score,
                })
            })
            .collect();
        rows.sort_by_key(|r| r.groups.iter().map(|[d, _]| d.clone()).collect::<Vec<_>>());
        rows
    }

    /// The published group of a single dimension with the lowest score; the first of equals. Who gave no answer is no group.
    fn floor_of(&self, groups: &[GroupReport]) -> Option<FloorReport> {
        let mut lowest: Option<FloorReport> = None;
        for row in groups {
            let ([[dimension, code]], Some(score), Some(value)) = (row.groups.as_slice(), row.score, row.figure.value()) else { continue };
            let not_stated = self.catalogue.dimension(dimension).and_then(|d| d.group(code)).is_some_and(|g| g.not_stated.is_some());
            if !not_stated && lowest.as_ref().is_none_or(|l| score < l.score) {
                let (dimension, group) = (dimension.clone(), code.clone());
                lowest = Some(FloorReport { dimension, group, name: row.name.clone(), period: row.period, value, score });
            }
        }
        lowest
    }

    fn gap_report(&self, sheet: &Indicator, g: &assess::GapResult) -> Option<GapReport> {
        let (worst, best) = (self.table.cells.get(g.worst as usize)?, self.table.cells.get(g.best as usize)?);
        let code = |c: &Cell| self.table.group(c).and_then(|k| k.single()).map(|(_, code)| code.to_string());
        let (worst_code, best_code) = (code(worst)?, code(best)?);
        let dimension = g.dimension.as_str();
        let scores = self.score(worst.value()?, sheet).zip(self.score(best.value()?, sheet));
        Some(GapReport {
            dimension: dimension.to_owned(),
            dimension_name: self.catalogue.label("dimensions", dimension).to_owned(),
            period: self.table.period(worst)?,
            groups: g.groups,
            worst_name: self.catalogue.group_label(dimension, &worst_code).into_owned(),
            worst: worst_code,
            worst_value: worst.value()?,
            best_name: self.catalogue.group_label(dimension, &best_code).into_owned(),
            best: best_code,
            best_value: best.value()?,
            directional: sheet.polarity.direction().is_some(),
            difference: g.gap.difference,
            ratio: g.gap.ratio,
            score_difference: scores.map(|(w, b)| num::abs(b - w)),
            p: g.gap.p,
            p_all_equal: g.gap.p_all_equal,
            comparisons: g.gap.comparisons,
            verdict: g.gap.verdict,
        })
    }

    pub(crate) fn units(&self) -> impl Iterator<Item = (usize, &str, Period)> {
        self.derived.units.iter().enumerate().filter_map(|(i, u)| Some((i, self.table.places.get(u.place as usize)?.code.as_str(), u.period)))
    }

    pub(crate) fn results_of(&self, unit: usize) -> impl Iterator<Item = (&Indicator, &IndicatorResult, Option<&Cell>)> {
        let wide = self.scope.indicators.len();
        let results = self.derived.results.get(unit * wide..(unit + 1) * wide).unwrap_or_default();
        results.iter().enumerate().filter_map(|(at, r)| Some((self.sheet(at)?.0, r, r.cell.and_then(|c| self.table.cells.get(c as usize)))))
    }

    pub(crate) fn nodes_of(&self, unit: usize) -> impl Iterator<Item = (&NodeDef, &NodeResult)> {
        let deep = self.scope.tree.nodes.len();
        self.scope.tree.nodes.iter().zip(self.derived.nodes.get(unit * deep..(unit + 1) * deep).unwrap_or_default())
    }

    pub(crate) fn gap_reports(&self) -> impl Iterator<Item = (usize, &Indicator, GapReport)> {
        self.derived.gaps.iter().filter_map(|g| {
            let (sheet, _) = self.sheet(g.indicator as usize)?;
            Some((g.unit as usize, sheet, self.gap_report(sheet, g)?))
        })
    }

    pub(crate) fn published(&self) -> &CellTable {
        &self.table
    }
}

/// A cell as a reader sees it.
pub(crate) fn figure_of(cell: &Cell, sheet: &Indicator, confidence: f64) -> Figure {
    let missing = |reason| Figure::Missing { reason, count: None };
    match cell.absence {
        None => match estimate_of(cell, sheet, confidence) {
            Some(e) => Figure::Value {
                value: e.value,
                lower: e.interval.map(|i| i.lower),
                upper: e.interval.map(|i| i.upper),
                numerator: cell.numerator,
                denominator: cell.denominator,
            },
            None => missing(MissingReason::Missing),
        },
        Some(Absence::Suppressed) => Figure::Suppressed,
        Some(Absence::Missing) => missing(MissingReason::Missing),
        Some(Absence::NotAsked) => missing(MissingReason::NotAsked),
        Some(Absence::Refused) => missing(MissingReason::Refused),
        Some(Absence::NotApplicable) => missing(MissingReason::NotApplicable),
        Some(Absence::NoDenominator) => Figure::Missing { reason: MissingReason::NoDenominator, count: cell.numerator },
        Some(Absence::UnknownCount) => missing(MissingReason::UnknownCount),
    }
}

/// The name of a node for people.
pub(crate) fn node_name(catalogue: &Catalogue, kind: NodeKind, id: &str) -> String {
    let label = |section: &str| catalogue.label(section, id).to_owned();
    match kind {
        NodeKind::Overall => "All modules".to_owned(),
        NodeKind::Module => label("modules"),
        NodeKind::Branch => {
            let last = id.rsplit('/').next().unwrap_or(id);
            let found = ["modules", "rights", "attributes", "services"].iter().find_map(|section| catalogue.label_of(section, last));
            found.map_or_else(|| last.to_owned(), |l| l.name.clone())
        }
        NodeKind::Right => label("rights"),
        NodeKind::Attribute => label("attributes"),
        NodeKind::ResultLevel => label("result_levels"),
        NodeKind::ServiceArea => label("services"),
        NodeKind::Aaaq => label("aaaq"),
        NodeKind::HrbaPrinciple => label("hrba"),
        NodeKind::Article => label("articles"),
    }
}

fn count(measured: &mut MeasuredCounts, sheet: &Indicator, result: &IndicatorResult) {
    let outcome = sheet.result_level.is_outcome();
    measured.outcomes_selected += usize::from(outcome);
    match result.availability {
        Availability::Available => {
            measured.available += 1;
            measured.outcomes_available += usize::from(outcome);
            if result.score.is_some() {
                measured.scored += 1;
            } else {
                measured.shown_not_scored += 1;
            }
        }
        Availability::NoData => measured.no_data += 1,
        Availability::NoTotal => measured.by_group_only += 1,
        Availability::TooOld => measured.too_old += 1,
        Availability::Absent(Absence::Suppressed | Absence::UnknownCount) => measured.withheld += 1,
        Availability::Absent(_) => measured.absent += 1,
    }
}

/// A value with its unit, for people.
#[must_use]
pub fn shown(value: f64, symbol: &str, unit: &str) -> String {
    if !symbol.is_empty() {
        format!("{} {symbol}", Plain(value))
    } else if unit.is_empty() {
        Plain(value).to_string()
    } else {
        format!("{} {unit}", Plain(value))
    }
}

/// A difference of values with its unit, for people: percentages differ by percentage points.
#[must_use]
pub fn apart(difference: f64, symbol: &str, unit: &str) -> String {
    match (symbol, Plain(difference).to_string()) {
        ("%", number) if number == "1" => "1 percentage point".to_owned(),
        ("%", number) => format!("{number} percentage points"),
        _ => shown(difference, symbol, unit),
    }
}

/// Why there is no figure, in a sentence.
#[must_use]
pub fn missing_text(figure: &Figure) -> &'static str {
    match figure {
        Figure::Value { .. } => "",
        Figure::Suppressed => "Withheld, so that nobody can be recognised.",
        Figure::Missing { reason, .. } => match reason {
            MissingReason::NoData => "Not measured: nothing was handed in.",
            MissingReason::NoTotal => "There are figures by group, but none for everybody.",
            MissingReason::TooOld => "The latest figure is too old to count.",
            MissingReason::Missing => "The figure is missing.",
            MissingReason::NotAsked => "The question was not asked.",
            MissingReason::Refused => "The persons asked did not want to say.",
            MissingReason::NotApplicable => "It does not apply here.",
            MissingReason::NoDenominator => "There is a count, but not out of how many, so there is no rate.",
            MissingReason::UnknownCount => "Withheld: it is not known how many people are behind it.",
        },
    }
}

/// Why there is no score, in a sentence.
#[must_use]
pub const fn not_scored_text(reason: NotScored) -> &'static str {
    match reason {
        NotScored::NoFigure => "There is no figure to score.",
        NotScored::Ambiguous => "More can be better or worse here, so it is shown and never scored.",
        NotScored::Context => "Neither way is better here: it is context, shown and never scored.",
        NotScored::NoGoalposts => "No goalposts are agreed for it, so it is shown and not scored.",
    }
}
