//! What is assessed, and by which targets of the city.

use crate::catalogue::Catalogue;
use crate::diagnostic::{Code, Error, Findings, Result};
use crate::equality::DisaggregationStatus;
use crate::id::{DimensionId, IndicatorId};
use crate::period::Period;
use crate::progress::{Baseline, Goal, Milestone, Shape, TargetPath};
use crate::rbm::{ChainFigure, ChainTarget, RawChain, RawResult, ResultsChain};
use crate::text;
use serde::{Deserialize, Serialize};

/// Which periods are assessed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Periods {
    /// For each place the latest period that it has a figure for.
    #[default]
    Latest,
    /// Every period that a place has a figure for.
    Each,
    /// These periods.
    Only(Vec<Period>),
}

/// What is assessed.
///
/// ```
/// use sms_core::{AssessmentPlan, Periods};
/// let plan = AssessmentPlan { selection: vec!["core".into()], periods: Periods::Only(vec!["2018".parse()?]), ..Default::default() };
/// # Ok::<(), sms_core::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AssessmentPlan {
    /// Ids of indicators and of selections of the catalogue; empty for the whole catalogue. Coverage is counted
    /// against these.
    pub selection: Vec<String>,
    /// Why these indicators were chosen; printed in the report.
    pub selection_reason: String,
    /// Codes of the places; empty for all.
    pub places: Vec<String>,
    /// The periods.
    pub periods: Periods,
    /// A title for the report.
    pub title: String,
    /// The period from which progress to the targets of the catalogue is told.
    pub baseline: Option<Period>,
    /// The city's own targets; they come before those of the catalogue.
    pub targets: Vec<PlannedTarget>,
    /// The results chain: what the city does, and what it is meant to lead to.
    pub results: Vec<RawResult>,
    /// What the city knows of figures by group that it does not hand in. What the data show comes before it.
    pub availability: Vec<AvailabilityRecord>,
}

/// Why there is no figure by group, in the words of the city.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum DeclaredAvailability {
    /// It could be had, with some effort.
    CouldHave,
    /// The question is not asked.
    NotAsked,
    /// Somebody else collects it, or would have to.
    NotCompetent,
    /// It cannot exist here.
    NotApplicable,
}

impl From<DeclaredAvailability> for DisaggregationStatus {
    fn from(declared: DeclaredAvailability) -> Self {
        match declared {
            DeclaredAvailability::CouldHave => DisaggregationStatus::CouldHave,
            DeclaredAvailability::NotAsked => DisaggregationStatus::NotAsked,
            DeclaredAvailability::NotCompetent => DisaggregationStatus::NotCompetent,
            DeclaredAvailability::NotApplicable => DisaggregationStatus::NotApplicable,
        }
    }
}

/// What a city says of a disaggregation that it has no figures of.
///
/// ```
/// # use sms_core::{AssessmentPlan, AvailabilityRecord};
/// let record: AvailabilityRecord = serde_json::from_str(r#"{"indicator": "HOU-O-01", "dimension": "DISAB", "status": "could_have",
///     "effort": "two weeks of the housing register's staff", "reason": "kept on paper files"}"#)?;
/// # assert!(record.place.is_none());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AvailabilityRecord {
    /// The indicator.
    pub indicator: IndicatorId,
    /// The dimension; absent for all that the indicator asks for.
    #[serde(default)]
    pub dimension: Option<DimensionId>,
    /// Code of the place; absent for every place.
    #[serde(default)]
    pub place: Option<String>,
    /// Why there is no figure.
    pub status: DeclaredAvailability,
    /// What it would take.
    #[serde(default)]
    pub effort: String,
    /// Why it is so, and who collects it where the city does not.
    #[serde(default)]
    pub reason: String,
}

impl AvailabilityRecord {
    /// Whether it is about a dimension of an indicator in a place.
    pub(crate) fn is_about(&self, indicator: &str, dimension: &str, place: &str) -> bool {
        self.indicator.as_str() == indicator
            && self.dimension.as_ref().is_none_or(|d| d.as_str() == dimension)
            && self.place.as_deref().is_none_or(|code| code == place)
    }
}

/// A value to be reached by a period.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PlannedValue {
    /// By when.
    pub period: Period,
    /// In the unit of the indicator.
    pub value: f64,
}

/// Where a target starts from.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PlannedBaseline {
    /// When.
    pub period: Period,
    /// In the unit of the indicator; absent, the figure of that period in the observations.
    #[serde(default)]
    pub value: Option<f64>,
}

/// A target that a city has set itself.
/// Values are in the unit of the indicator.
///
/// ```
/// use sms_core::assess::PlannedTarget;
/// let target: PlannedTarget = serde_json::from_str(
///     r#"{"indicator": "HOU-O-01", "baseline": {"period": "2015", "value": 14.5}, "target": {"period": "2030", "value": 7.25}}"#,
/// ).unwrap();
/// assert_eq!(target.target.value, 7.25);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PlannedTarget {
    /// The indicator.
    pub indicator: IndicatorId,
    /// Code of the place; absent for every place.
    #[serde(default)]
    pub place: Option<String>,
    /// Where it starts from.
    #[serde(default)]
    pub baseline: Option<PlannedBaseline>,
    /// Points on the way.
    #[serde(default)]
    pub milestones: Vec<PlannedValue>,
    /// Where it should be, and by when.
    pub target: PlannedValue,
    /// How the way runs between them.
    #[serde(default)]
    pub shape: Shape,
    /// When it was set.
    #[serde(default)]
    pub set: Option<Period>,
    /// Where it is written down.
    #[serde(default)]
    pub source: String,
}

impl PlannedTarget {
    /// Whether it judges a place.
    pub(crate) fn is_for(&self, place: &str) -> bool {
        self.place.as_deref().is_none_or(|code| code == place)
    }

    /// The path, with the figure of the baseline period where the plan gives no value.
    pub(crate) fn path(&self, figure_of: impl Fn(Period) -> Option<Baseline>) -> TargetPath {
        let baseline = self.baseline.and_then(|b| match b.value {
            Some(value) => Some(Baseline { value, se: None, at: Some(b.period.into()) }),
            None => figure_of(b.period),
        });
        TargetPath {
            baseline,
            milestones: self.milestones.iter().map(|m| Milestone { value: m.value, at: m.period.into() }).collect(),
            target: Some(Goal { value: self.target.value, at: Some(self.target.period.into()) }),
            shape: self.shape,
        }
    }
}

impl AssessmentPlan {
    /// Holds targets, results chain and availability against the catalogue. The findings tell where the chain does not hang together.
    ///
    /// ```
    /// let catalogue = sms_core::Catalogue::from_json(sms_catalogue::CATALOGUE_JSON)?;
    /// assert!(sms_core::AssessmentPlan::default().check(&catalogue)?.is_empty());
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `assess.unknown-selection` for an indicator that the catalogue does not have, `assess.duplicate-target`,
    /// `assess.bad-availability`, `progress.bad-path`, `rbm.duplicate-result`, `num.not-finite`; each with its path in the plan.
    pub fn check(&self, catalogue: &Catalogue) -> Result<Findings> {
        let known = |id: &IndicatorId, path: String| match catalogue.indicator(id.as_str()) {
            Some(_) => Ok(()),
            None => {
                let error = Error::new(Code::AssessUnknownSelection).at_path(&path);
                Err(error.suggesting(text::did_you_mean(id.as_str(), catalogue.indicators().iter().map(|i| i.id.as_str()))))
            }
        };
        for (i, target) in self.targets.iter().enumerate() {
            known(&target.indicator, format!("targets[{i}].indicator"))?;
            if self.targets.iter().take(i).any(|t| t.indicator == target.indicator && t.place == target.place) {
                return Err(Error::new(Code::AssessDuplicateTarget).at_path(&format!("targets[{i}]")).with("indicator", target.indicator.to_string()));
            }
            // a baseline whose value is still to be looked up is checked with the target's
            let path = target.path(|period| Some(Baseline { value: target.target.value, se: None, at: Some(period.into()) }));
            path.check().map_err(|e| e.at_path(&format!("targets[{i}]")))?;
        }
        for (i, record) in self.availability.iter().enumerate() {
            known(&record.indicator, format!("availability[{i}].indicator"))?;
            let asked = catalogue.indicator(record.indicator.as_str()).map(|sheet| &sheet.disaggregation);
            let bad = |field: &str| {
                Error::new(Code::AssessBadAvailability).at_path(&format!("availability[{i}]{field}")).with("indicator", record.indicator.to_string())
            };
            if record.dimension.as_ref().is_some_and(|d| asked.is_some_and(|a| !a.required.contains(d) && !a.desirable.contains(d))) {
                return Err(bad(".dimension"));
            }
            let same = |r: &AvailabilityRecord| (&r.indicator, &r.dimension, &r.place) == (&record.indicator, &record.dimension, &record.place);
            if self.availability.iter().take(i).any(same) {
                return Err(bad(""));
            }
        }
        let mut results = self.results.clone();
        for (i, result) in results.iter_mut().enumerate() {
            for (j, measured) in result.indicators.iter_mut().enumerate() {
                known(&measured.id, format!("results[{i}].indicators[{j}].id"))?;
                // what the plan says of the indicator elsewhere holds here too
                let Some(target) = self.targets.iter().find(|t| t.indicator == measured.id) else { continue };
                measured.target.get_or_insert(ChainTarget { value: target.target.value, period: target.target.period, set: target.set });
                if let (None, Some(b)) = (&measured.baseline, target.baseline) {
                    measured.baseline = Some(ChainFigure { value: b.value.unwrap_or(target.target.value), period: b.period, indicator_version: None });
                }
            }
        }
        Ok(ResultsChain::new(RawChain { results })?.check())
    }
}
