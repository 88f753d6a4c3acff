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
use crate::estimate::Absence;
use crate::indicator::{MeasureType, Polarity, ResultLevel, Tier};
use crate::method::{Method, ScoringRule};
use crate::num::{self, Plain};
use crate::period::Period;
use crate::progress::Direction;
use crate::release::Published;
use crate::target::Standing;
use crate::trace::Step;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;

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
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p: Option<f64>,
    pub verdict: crate::equality::Verdict,
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
    pub series: Vec<Point>,
    pub groups: Vec<GroupReport>,
    pub gaps: Vec<GapReport>,
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
    /// figure that differs from the earlier one by fewer persons than may be shown is withheld.
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
        );
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
        let mut indicators = Vec::with_capacity(wide);
        for (position, result) in results.iter().enumerate() {
            let Some((sheet, index)) = self.sheet(position) else { continue };
            let series = cells.of_indicator(index).cells;
            let mine: Vec<&assess::GapResult> = gaps.iter().filter(|g| g.indicator as usize == position).copied().collect();
            count(&mut measured, sheet, result);
            indicators.push(self.indicator_report(sheet, result, series, &mine, u.period));
        }
        let deep = self.scope.nodes.len();
        let nodes = self.derived.nodes.get(unit * deep..(unit + 1) * deep).unwrap_or_default();
        Some(PlaceReport {
            place: place.code.to_string(),
            name: assess::place_name(place).to_owned(),
            parent: place.parent.as_ref().map(ToString::to_string),
            period: u.period,
            nodes: self.scope.nodes.iter().zip(nodes).map(|(d, r)| self.node_report(d, r)).collect(),
            indicators,
            measured,
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

    fn indicator_report(&self, sheet: &Indicator, result: &IndicatorResult, series: &[Cell], gaps: &[&assess::GapResult], period: Period) -> IndicatorReport {
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
        let totals = series.iter().filter(|c| c.group == 0);
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
        let missing_disaggregation = sheet
            .disaggregation
            .required
            .iter()
            .filter(|d| !groups.iter().any(|g| g.figure.value().is_some() && g.groups.iter().any(|[dimension, _]| dimension == d.as_str())))
            .map(ToString::to_string)
            .collect();
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
            raw_score: result.score.filter(|s| s.raw != s.score).map(|s| s.raw),
            not_scored: result.not_scored,
            standing: result.standing,
            target,
            change,
            across_break: result.across_break,
            series: points,
            groups,
            gaps: gaps.iter().filter_map(|g| self.gap_report(sheet, g)).collect(),
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
            verdict: g.gap.verdict,
        })
    }

    /// Tells how a number came about: the steps from figure to score of an indicator, or from indicators to the mean
    /// of a node (`overall`, a module, a right, an attribute, or a level of the results chain).
    ///
    /// # Errors
    /// `explain.unknown-id`.
    pub fn explain(&self, id: &str, place: Option<&str>) -> Result<Explanation> {
        let unknown = || {
            let known = self
                .scope
                .indicators
                .iter()
                .filter_map(|&i| self.catalogue.indicators().get(i as usize))
                .map(|i| i.id.as_str())
                .chain(self.scope.nodes.iter().map(|n| &*n.id));
            let error = Error::new(Code::ExplainUnknownId);
            match crate::text::did_you_mean(id, known) {
                Some(near) => error.with("did_you_mean", near.to_owned()),
                None => error,
            }
        };
        let is_place = |i: &usize| {
            let unit = self.derived.units.get(*i).and_then(|u| self.table.places.get(u.place as usize));
            place.is_none_or(|code| unit.is_some_and(|p| p.code.as_str() == code))
        };
        // the latest unit of the place
        let unit = (0..self.len()).rev().find(is_place).ok_or_else(|| Error::new(Code::AssessUnknownPlace))?;
        let data = self.place_report(unit).ok_or_else(unknown)?;
        if let Some(indicator) = data.indicators.iter().find(|i| i.id == id) {
            return Ok(self.explain_indicator(&data, indicator));
        }
        let position = self.scope.nodes.iter().position(|n| &*n.id == id).ok_or_else(unknown)?;
        let node = data.nodes.get(position).ok_or_else(unknown)?;
        let def = self.scope.nodes.get(position).ok_or_else(unknown)?;
        Ok(self.explain_node(&data, node, def))
    }

    pub(crate) fn explain_indicator(&self, place: &PlaceReport, indicator: &IndicatorReport) -> Explanation {
        let mut steps = Vec::new();
        let sheet = self.catalogue.indicator(&indicator.id);
        let symbol = &indicator.unit_symbol;
        let with_unit = |x: f64| shown(x, symbol, &indicator.unit);
        match &indicator.figure {
            Figure::Value { value, lower, upper, numerator, denominator } => {
                let period = indicator.period.map(|p| p.to_string()).unwrap_or_default();
                let mut text = format!("The figure for {period} is {}.", with_unit(*value));
                if let (Some(a), Some(b)) = (numerator, denominator) {
                    text = format!("{text} It is {} out of {}.", Plain(*a), Plain(*b));
                }
                if indicator.carried_forward {
                    text = format!("{text} It is older than {}, the period assessed, and carried forward.", place.period);
                }
                if let Some(proxy) = &indicator.proxy {
                    text = format!("{text} It stands in for the indicator: {proxy}");
                }
                let mut step = Step::new("0 figure", text)
                    .maybe("numerator", *numerator)
                    .maybe("denominator", *denominator)
                    .maybe("lower", *lower)
                    .maybe("upper", *upper)
                    .gives(*value);
                if let Some(source) = &indicator.source {
                    step = step.because(format!("Source: {source}"));
                }
                steps.push(step);
                if let Some(score) = indicator.score {
                    steps.push(self.explain_score(sheet, *value, score, indicator.raw_score, &with_unit));
                }
            }
            other => steps.push(Step::new("0 figure", missing_text(other))),
        }
        if indicator.score.is_none()
            && let Some(reason) = indicator.not_scored
        {
            steps.push(Step::new("1 score", not_scored_text(reason)));
        }
        if let Some(target) = &indicator.target {
            let by = target.year.map(|y| format!(" by {y}")).unwrap_or_default();
            let met = match target.met {
                Some(true) => " It is met.",
                Some(false) => " It is not met.",
                None => "",
            };
            let operator = if target.operator.is_empty() { String::new() } else { format!("{} ", target.operator) };
            steps.push(Step::new("target", format!("The target is {operator}{}{by}.{met}", with_unit(target.value))).input("target", target.value));
        }
        match indicator.standing {
            Standing::Below => steps.push(Step::new("minimum standard", "It is below the minimum standard that binds. Nothing compensates this.")),
            Standing::At | Standing::Above => steps.push(Step::new("minimum standard", "It keeps the minimum standard.")),
            Standing::NoStandard => {}
        }
        if let Some(change) = &indicator.change {
            let moved = match change.direction {
                Direction::Better => "better",
                Direction::Worse => "worse",
                Direction::Unchanged => "about the same",
                Direction::Changed => "different",
            };
            steps.push(
                Step::new("7 change", format!("It is {moved} than in {}, when it was {}.", change.since, with_unit(change.previous)))
                    .input("previous", change.previous)
                    .gives(change.absolute),
            );
        } else if indicator.across_break {
            steps.push(Step::new("7 change", "The way of measuring changed, so no change is computed."));
        }
        for gap in &indicator.gaps {
            let text = if gap.directional {
                format!(
                    "By {}: {} is worst off with {}, {} best off with {}. They are {} apart.",
                    gap.dimension_name.to_lowercase(),
                    gap.worst_name,
                    with_unit(gap.worst_value),
                    gap.best_name,
                    with_unit(gap.best_value),
                    Plain(gap.difference)
                )
            } else {
                format!(
                    "By {}: from {} ({}) to {} ({}).",
                    gap.dimension_name.to_lowercase(),
                    with_unit(gap.worst_value),
                    gap.worst_name,
                    with_unit(gap.best_value),
                    gap.best_name
                )
            };
            steps.push(Step::new("6 gap", text).input("worst", gap.worst_value).input("best", gap.best_value).gives(gap.difference));
        }
        Explanation {
            id: indicator.id.clone(),
            name: indicator.name.clone(),
            place: place.name.clone(),
            period: place.period,
            result: indicator.score,
            steps,
            contributions: Vec::new(),
        }
    }

    fn explain_score(&self, sheet: Option<&Indicator>, value: f64, score: f64, raw: Option<f64>, with_unit: &dyn Fn(f64) -> String) -> Step {
        let rule = sheet.and_then(|s| self.method.rule(&s.id));
        let held = match raw {
            Some(raw) if raw > score => " It is beyond the best, so it counts as 100.",
            Some(_) => " It is beyond the worst, so it counts as 0.",
            None => "",
        };
        match rule {
            Some(ScoringRule::Goalposts(g, why)) => Step::new(
                "1 score: goalposts",
                format!(
                    "{} scores 0 and {} scores 100. {} scores {} points.{held}",
                    with_unit(g.worst()),
                    with_unit(g.best()),
                    with_unit(value),
                    num::decimal(score, 1)
                ),
            )
            .input("value", value)
            .input("worst", g.worst())
            .input("best", g.best())
            .gives(score)
            .because(format!("{} (source: {})", why.reason, why.source)),
            Some(ScoringRule::Band(b, why)) => Step::new(
                "1 score: target band",
                format!(
                    "From {} to {} scores 100. {} scores {} points.{held}",
                    with_unit(b.lower),
                    with_unit(b.upper),
                    with_unit(value),
                    num::decimal(score, 1)
                ),
            )
            .input("value", value)
            .input("lower", b.lower)
            .input("upper", b.upper)
            .gives(score)
            .because(format!("{} (source: {})", why.reason, why.source)),
            None => Step::new("1 score: scale", format!("The level {} of the scale scores {} points.", Plain(value), num::decimal(score, 1)))
                .input("value", value)
                .gives(score)
                .because(self.method.raw().maturity.reason.clone()),
        }
    }

    pub(crate) fn explain_node(&self, place: &PlaceReport, node: &NodeReport, def: &NodeDef) -> Explanation {
        let mut steps = Vec::new();
        let rules = self.method.raw();
        let minimum = &rules.aggregation.minimum_coverage;
        let children = if node.kind == NodeKind::Overall { "modules" } else { "indicators" };
        for (side, name) in [(&node.outcomes, "Outcomes (what people experience)"), (&node.effort, "Effort (what the city does)")] {
            let Some(mean) = side else {
                steps.push(Step::new("3 mean", format!("{name}: none was chosen here.")));
                continue;
            };
            let measured =
                format!("{} of {} {children} have a score, which is {} % of what belongs here", mean.n, mean.of, num::decimal(mean.coverage * 100.0, 0));
            let text = match mean.score {
                Some(score) => format!("{name}: {measured}. Their mean is {} points.", num::decimal(score, 1)),
                None => format!("{name}: {measured}. At least {} % are needed for a score.", num::decimal(minimum.value * 100.0, 0)),
            };
            let mut step = Step::new("3 mean", text).input("coverage", mean.coverage).because(format!("{} (source: {})", minimum.reason, minimum.source));
            step.result = mean.score;
            steps.push(step);
        }
        let (o, e) = (node.outcomes.as_ref().and_then(|m| m.score), node.effort.as_ref().and_then(|m| m.score));
        if let (Some(o), Some(e), Some(c)) = (o, e, node.combined) {
            let rule = self.method.outcomes_first();
            steps.push(
                Step::new(
                    "2 outcomes before outputs",
                    format!(
                        "Outcomes weigh {} %, effort {} %, and effort can move the result by {} points at most: {} points.",
                        num::decimal(rule.weight() * 100.0, 0),
                        num::decimal((1.0 - rule.weight()) * 100.0, 0),
                        Plain(rule.margin()),
                        num::decimal(c, 1)
                    ),
                )
                .input("outcomes", o)
                .input("effort", e)
                .input("weight", rule.weight())
                .input("margin", rule.margin())
                .gives(c)
                .because(format!("{} (source: {})", rules.outcomes_first.weight.reason, rules.outcomes_first.weight.source))
                .because(format!("{} (source: {})", rules.outcomes_first.margin.reason, rules.outcomes_first.margin.source)),
            );
        }
        if let Some(name) = &node.band_name {
            steps.push(Step::new("2 rating", format!("This is rated \"{name}\". A rating is never better than that of the outcomes alone.")));
        }
        if node.below_minimum > 0 {
            let word = if node.below_minimum == 1 { "indicator is" } else { "indicators are" };
            steps
                .push(Step::new("minimum standard", format!("{} {word} below the minimum standard that binds. Nothing compensates this.", node.below_minimum)));
        }
        if let (Some([low, high]), Some(mean)) = (node.outcome_range, &node.outcomes)
            && mean.n < mean.of
        {
            steps.push(Step::new(
                "2 what is not measured",
                format!(
                    "If the outcomes not measured were all at their worst, the headline would be {}; at their best, {}.",
                    num::decimal(low, 1),
                    num::decimal(high, 1)
                ),
            ));
        }
        let contributions = self.contributions(place, def, node.outcomes.as_ref().and_then(|m| m.score));
        Explanation { id: node.id.to_string(), name: node.name.clone(), place: place.name.clone(), period: place.period, result: o, steps, contributions }
    }

    /// What each child adds to the outcome mean; with `imbalance` they sum to it for every kind of mean.
    fn contributions(&self, place: &PlaceReport, def: &NodeDef, score: Option<f64>) -> Vec<Contribution> {
        let Some(score) = score else { return Vec::new() };
        let mut children: Vec<(String, String, f64)> = if def.kind == NodeKind::Overall {
            let modules = place.nodes.iter().filter(|n| n.kind == NodeKind::Module);
            modules.filter_map(|n| Some((n.id.to_string(), n.name.clone(), n.outcomes.as_ref()?.score?))).collect()
        } else {
            def.outcomes.iter().filter_map(|&i| place.indicators.get(i as usize)).filter_map(|i| Some((i.id.clone(), i.name.clone(), i.score?))).collect()
        };
        let weight = 1.0 / children.len().max(1) as f64;
        let mut rest = score;
        let mut made: Vec<Contribution> = children
            .drain(..)
            .map(|(id, name, s)| {
                rest -= weight * s;
                Contribution { id, name, score: Some(s), weight: Some(weight), points: weight * s }
            })
            .collect();
        if num::abs(rest) > 1e-9 {
            made.push(Contribution { id: "imbalance".to_owned(), name: "Imbalance between the parts".to_owned(), score: None, weight: None, points: rest });
        }
        made
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
        let deep = self.scope.nodes.len();
        self.scope.nodes.iter().zip(self.derived.nodes.get(unit * deep..(unit + 1) * deep).unwrap_or_default())
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
    match kind {
        NodeKind::Overall => "All modules".to_owned(),
        NodeKind::Module => catalogue.label("modules", id).to_owned(),
        NodeKind::Right => catalogue.label("rights", id).to_owned(),
        NodeKind::Attribute => catalogue.label("attributes", id).to_owned(),
        NodeKind::ResultLevel => {
            let mut chars = id.chars();
            chars.next().map(|c| c.to_uppercase().collect::<String>() + chars.as_str()).unwrap_or_default()
        }
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

/// How a number came about, told step by step.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs, reason = "the names say it")]
pub struct Explanation {
    pub id: String,
    pub name: String,
    pub place: String,
    pub period: Period,
    /// The score: of the indicator, or of the node's outcomes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<f64>,
    pub steps: Vec<Step>,
    /// What each child adds; they sum to the result.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub contributions: Vec<Contribution>,
}

/// What one child adds to the score of its parent.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs, reason = "the names say it")]
pub struct Contribution {
    pub id: String,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight: Option<f64>,
    pub points: f64,
}
