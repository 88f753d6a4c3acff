//! Floor 14: the report: the only thing that can leave.
//!
//! [`Assessment::release`](crate::Assessment::release) decides which cells may be published, and derives everything again from those alone. What a
//! report shows can therefore be computed from what it publishes; nothing in it depends on a withheld figure.

use crate::assess::{self, Derived, IndicatorResult, NodeDef, NodeResult, Scope};
use crate::catalogue::{Catalogue, Indicator};
use crate::dataset::{Cell, CellTable};
use crate::diagnostic::{Code, Error, Findings, Result};
use crate::disclosure::Audience;
use crate::method::Method;
use crate::period::Period;
use crate::release::Published;
use std::sync::Arc;

mod counted;
mod data;
mod explain;
mod frame;
mod place;
mod progress;
mod release;
mod visibility;
mod words;

pub use data::{
    ChangeReport, Figure, FloorReport, GapReport, GroupReport, IndicatorReport, MeanReport, MeasuredCounts, MissingReason, NodeReport, PlaceReport, Point,
    Provenance, ReportData, TargetReport,
};
pub use explain::{Contribution, EffectiveWeight, Explanation, NextBand};
pub use frame::Table;
pub use progress::{AchievementReport, ProgressCounts, ProgressReport, TargetOwner, Wording, achievement_text, retrogression_text, status_word, trend_text};
pub use visibility::{CountedReport, DisaggregationNeed, DisaggregationReport, NamedGroup, VisibilityReport};
pub use words::{apart, missing_text, not_scored_text, shown};

pub(crate) use place::{figure_of, node_name};

/// Version of the report's JSON.
pub const WIRE_VERSION: &str = "1.0.0";

/// Version of this library.
pub const LIBRARY_VERSION: &str = env!("CARGO_PKG_VERSION");

/// A released assessment: what may be shown, printed, sent and kept.
///
/// ```
/// use sms_core::{AssessmentPlan, assess, dataset, exchange::csv, wire::Engine};
/// let engine = Engine::new(sms_catalogue::CATALOGUE_JSON, sms_catalogue::METHODS)?;
/// let text = "indicator,place,period,numerator,denominator\nWSP-O-04,example,2024,60,1000\n";
/// let (dataset, findings) = dataset::check(engine.catalogue(), &csv::read(text.as_bytes(), &Default::default())?);
/// let method = engine.method("standard")?;
/// let report = assess::assess(&method, &dataset.into(), &findings, &AssessmentPlan::default())?.release(&method.public_policy())?;
/// assert_eq!((report.len(), report.provenance().threshold), (1, 10));
/// # Ok::<(), sms_core::Error>(())
/// ```
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

    /// What it showed, to be kept for the next report: see [`Assessment::release_after`](crate::Assessment::release_after). All periods are in it, also those
    /// that stand in its tables alone.
    ///
    /// ```
    /// use sms_core::{AssessmentPlan, assess, dataset, exchange::csv, wire::Engine};
    /// let engine = Engine::new(sms_catalogue::CATALOGUE_JSON, sms_catalogue::METHODS)?;
    /// let text = "indicator,place,period,numerator,denominator\nWSP-O-04,example,2024,60,1000\n";
    /// let (dataset, findings) = dataset::check(engine.catalogue(), &csv::read(text.as_bytes(), &Default::default())?);
    /// let method = engine.method("standard")?;
    /// let assessment = assess::assess(&method, &dataset.into(), &findings, &AssessmentPlan::default())?;
    /// let first = assessment.release(&method.public_policy())?.as_previous()?;
    /// assert_eq!(assessment.release_after(&method.public_policy(), Some(&first))?.len(), 1);
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `release.internal-report` for a report that stays with the data holder.
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
    ///
    /// ```
    /// use sms_core::{AssessmentPlan, assess, dataset, exchange::csv, wire::Engine};
    /// let engine = Engine::new(sms_catalogue::CATALOGUE_JSON, sms_catalogue::METHODS)?;
    /// let text = "indicator,place,period,numerator,denominator\nWSP-O-04,example,2024,60,1000\n";
    /// let (dataset, findings) = dataset::check(engine.catalogue(), &csv::read(text.as_bytes(), &Default::default())?);
    /// let method = engine.method("standard")?;
    /// let report = assess::assess(&method, &dataset.into(), &findings, &AssessmentPlan::default())?.release(&method.public_policy())?;
    /// let data = report.data();
    /// let figure = data.places[0].indicators.iter().find(|i| i.id == "WSP-O-04").and_then(|i| i.figure.value());
    /// assert_eq!(figure, Some(6.0)); // per cent
    /// # Ok::<(), sms_core::Error>(())
    /// ```
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
    ///
    /// ```
    /// use sms_core::{AssessmentPlan, assess, dataset, exchange::csv, wire::Engine};
    /// let engine = Engine::new(sms_catalogue::CATALOGUE_JSON, sms_catalogue::METHODS)?;
    /// let text = "indicator,place,period,numerator,denominator\nWSP-O-04,example,2024,60,1000\n";
    /// let (dataset, findings) = dataset::check(engine.catalogue(), &csv::read(text.as_bytes(), &Default::default())?);
    /// let method = engine.method("standard")?;
    /// let report = assess::assess(&method, &dataset.into(), &findings, &AssessmentPlan::default())?.release(&method.public_policy())?;
    /// let json: serde_json::Value = serde_json::from_str(&report.to_json()).unwrap();
    /// assert_eq!(json["places"][0]["place"], "example");
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    #[must_use]
    pub fn to_json(&self) -> String {
        crate::json::pretty(&self.data())
    }

    fn sheet(&self, position: usize) -> Option<(&Indicator, u32)> {
        let &index = self.scope.indicators.get(position)?;
        self.catalogue.indicators().get(index as usize).map(|s| (s, index))
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
