//! The method as its file has it, with the reason and source of each number.

use super::policy::Policy;
use super::section::{CocreationSection, DisaggregationSection, EqualitySection, FormSection, InfluenceSection, PeersSection, PretestSection};
use crate::aggregate::MeanKind;
use crate::diagnostic::{Code, Error, Result};
use crate::id::{EntryId, IndicatorId};
use crate::num;
use crate::progress::{RetrogressionRules, TrendRules};
use crate::rbm::AchievementRules;
use crate::score::Rule;
use crate::target::SLACK;
use crate::weighting::Provenance;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The format of method files that this library reads.
pub const FORMAT: u32 = 1;

/// The goalposts of one indicator.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct IndicatorGoalposts {
    /// The indicator.
    pub indicator: IndicatorId,
    /// The value that scores 0.
    pub worst: f64,
    /// The value that scores 100.
    pub best: f64,
    /// Why these.
    pub reason: String,
    /// After whom.
    pub source: String,
    /// `natural`, `legal`, `target` or `own`.
    pub verification: String,
}

/// The target band of one indicator.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct IndicatorBand {
    /// The indicator.
    pub indicator: IndicatorId,
    /// Scores 0 below the band.
    pub worst_low: f64,
    /// Lower end.
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
    /// Scores 0 above the band.
    pub worst_high: f64,
    /// Why these.
    pub reason: String,
    /// After whom.
    pub source: String,
    /// `natural`, `legal`, `target` or `own`.
    pub verification: String,
}

/// How one indicator is scored, by any rule of [`score::Rule`](crate::score::Rule).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct IndicatorScoring {
    /// The indicator.
    pub indicator: IndicatorId,
    /// How its figures are scored.
    pub rule: Rule,
    /// Why this rule and these numbers.
    pub reason: String,
    /// After whom.
    pub source: String,
    /// `natural`, `legal`, `target` or `own`.
    pub verification: String,
}

/// Numbers of the estimates.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EstimateRules {
    /// Confidence level of intervals.
    pub confidence: Policy<f64>,
    /// Significance level of tests.
    pub significance: Policy<f64>,
    /// Nothing is said of a gap where fewer people stand behind a figure of either group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub smallest_group: Option<Policy<f64>>,
    /// Design effect that is assumed of weighted counts whose error is not given; without it they have no interval and no test.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub design_effect: Option<Policy<f64>>,
    /// Rates of fewer events than this have exact limits (Garwood 1936), others Byar's; without it all have Byar's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exact_below: Option<Policy<f64>>,
}

impl EstimateRules {
    /// Below how many events a rate has exact limits; 0 where the method names no such number.
    ///
    /// ```
    /// use sms_core::Method;
    /// let standard = Method::from_json(sms_catalogue::STANDARD_METHOD_JSON)?;
    /// assert_eq!(standard.data().estimate.exact_below(), 10.0);
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    #[must_use]
    pub fn exact_below(&self) -> f64 {
        self.exact_below.as_ref().map_or(0.0, |x| x.value)
    }
}

/// Numbers of the periods.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PeriodRules {
    /// How many years a figure may be older than the period that is assessed; it is marked as carried forward.
    pub carry_forward_years: Policy<u32>,
}

/// Numbers of the aggregation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AggregationRules {
    /// Share of the weight that must be measured for a score.
    pub minimum_coverage: Policy<f64>,
    /// The mean of indicators in a node.
    pub indicators: Policy<MeanKind>,
    /// The mean of nodes in the node above them.
    pub nodes: Policy<MeanKind>,
    /// What the whole is divided into, from above down to the indicators.
    pub levels: Policy<Vec<Level>>,
    /// The instruments whose articles are shown as views.
    pub articles: Policy<Vec<EntryId>>,
    /// Rules of single nodes, where they differ.
    #[serde(default)]
    pub node: Vec<NodeRule>,
}

/// A level of the tree between the whole and the indicators. An indicator with several rights or attributes belongs, in
/// the tree, to the first one of its sheet, so that it counts once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Level {
    /// The module of the catalogue.
    Module,
    /// The right.
    Right,
    /// The attribute of the right.
    Attribute,
    /// The service of the city.
    ServiceArea,
}

/// How one node of the tree is made of its children, where it differs from the rest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NodeRule {
    /// The node: `overall`, the id of a node below it, or a path such as `HOU/R-HOU`.
    pub id: String,
    /// Its mean.
    #[serde(default)]
    pub mean: Option<MeanKind>,
    /// Share of the weight that must be measured for a score, 0 to 1.
    #[serde(default)]
    pub minimum_coverage: Option<f64>,
    /// Weights of its children by id (the last part of a path); they sum to 1, and each child of the catalogue has one.
    #[serde(default)]
    pub weights: Option<BTreeMap<String, f64>>,
    /// Who took part in finding the weights, when and how, as [`WeightSet::provenance`](crate::weighting::WeightSet::provenance) gives it; told beside
    /// every result of the node.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provenance: Option<Provenance>,
    /// The same in the words of those who agreed on them.
    #[serde(default)]
    pub agreed: Option<String>,
    /// Why.
    pub reason: String,
    /// After whom.
    pub source: String,
}

/// Numbers of outcomes before outputs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OutcomesFirstRules {
    /// Weight of outcomes in the combined view.
    pub weight: Policy<f64>,
    /// How far effort may move it, in points.
    pub margin: Policy<f64>,
}

/// Numbers of the rating.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RatingRules {
    /// Lower ends of the bands, falling; below the last is the lowest band.
    pub bands: Policy<Vec<f64>>,
    /// Names of the bands, best first: one more than there are lower ends.
    pub names: Vec<String>,
}

/// Numbers of the change between periods.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ChangeRules {
    /// A move of the score within so many points is none.
    pub tolerance: Policy<f64>,
}

/// Numbers of the progress to targets, of trends, and of non-retrogression.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ProgressRules {
    /// On track from this pace on.
    pub on_track: Policy<f64>,
    /// Lagging from this pace on; below it off track.
    pub lagging: Policy<f64>,
    /// With fewer figures there is no trend.
    pub trend_minimum_points: Policy<usize>,
    /// With fewer figures the exact test decides whether a trend is shown.
    pub trend_exact_below: Policy<usize>,
    /// The one-sided level at which a decline calls for a justification, shared by all comparisons.
    pub retrogression_significance: Policy<f64>,
}

/// Numbers of disclosure control.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DisclosureRules {
    /// The smallest count that may be shown.
    pub threshold: Policy<u32>,
    /// Whether none or all of a group is withheld on dimensions of a special category.
    pub class_disclosure_on_special_categories: Policy<bool>,
    /// What is withheld of figures whose protection is not proven, one step after the other.
    #[serde(default = "every_step")]
    pub when_not_safe: Policy<Vec<BlunterRule>>,
}

/// What is withheld as a whole where nothing finer is proven to protect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum BlunterRule {
    /// Groups of several dimensions.
    Crossings,
    /// All groups.
    Groups,
    /// All districts.
    Districts,
    /// The whole indicator in the periods that have to do with one another.
    Periods,
}

/// For a method that says nothing: the fewest figures first, and everything in the end.
fn every_step() -> Policy<Vec<BlunterRule>> {
    let value = vec![BlunterRule::Crossings, BlunterRule::Groups, BlunterRule::Districts, BlunterRule::Periods];
    Policy { value, reason: "Fewest figures first.".to_owned(), source: "own proposal".to_owned() }
}

/// The method as its file has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RawMethod {
    /// The format of the file.
    pub format: u32,
    /// Id of the method.
    pub id: EntryId,
    /// Edition of the method.
    pub edition: String,
    /// `draft` or `standard`.
    pub status: String,
    /// Name for people.
    pub name: String,
    /// What it is, in a sentence or two.
    pub summary: String,
    /// Numbers of the estimates.
    pub estimate: EstimateRules,
    /// Numbers of the periods.
    pub period: PeriodRules,
    /// Scores of the maturity levels.
    pub maturity: Policy<Vec<f64>>,
    /// Numbers of the aggregation.
    pub aggregation: AggregationRules,
    /// Numbers of outcomes before outputs.
    pub outcomes_first: OutcomesFirstRules,
    /// Numbers of the rating.
    pub rating: RatingRules,
    /// Numbers of the change between periods.
    pub change: ChangeRules,
    /// Numbers of the progress.
    pub progress: ProgressRules,
    /// Numbers of disclosure control.
    pub disclosure: DisclosureRules,
    /// Numbers of co-creation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cocreation: Option<CocreationSection>,
    /// Numbers by which a pre-test is judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pretest: Option<PretestSection>,
    /// Numbers by which the influence of a city's work is judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub influence: Option<InfluenceSection>,
    /// Numbers of inequality between groups; without them errors come by linearisation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub equality: Option<EqualitySection>,
    /// Numbers of who is counted; without them every disaggregation weighs the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disaggregation: Option<DisaggregationSection>,
    /// Numbers of learning between cities.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peers: Option<PeersSection>,
    /// Numbers of forms and collection plans.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<FormSection>,
    /// Goalposts of indicators.
    pub goalposts: Vec<IndicatorGoalposts>,
    /// Target bands of indicators.
    #[serde(default)]
    pub target_band: Vec<IndicatorBand>,
    /// Indicators that are scored by another rule than goalposts and bands.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scoring: Vec<IndicatorScoring>,
}
/// Everything about the rules of nodes that can be told without a catalogue.
pub(super) fn check_nodes(rules: &AggregationRules) -> Result<()> {
    let levels = &rules.levels.value;
    if levels.iter().enumerate().any(|(i, level)| levels.iter().take(i).any(|l| l == level)) {
        return Err(Error::new(Code::MethodBadValue).at_path("aggregation.levels").expecting("each level once"));
    }
    let articles = &rules.articles.value;
    if articles.iter().enumerate().any(|(i, id)| articles.iter().take(i).any(|other| other == id)) {
        return Err(Error::new(Code::MethodBadValue).at_path("aggregation.articles").expecting("each instrument once"));
    }
    let mean = |path: &str, kind: MeanKind| {
        kind.check().map_err(|e| Error::new(Code::MethodBadValue).at_path(path).expecting(e.expected().unwrap_or_default().to_owned()))
    };
    mean("aggregation.indicators", rules.indicators.value)?;
    mean("aggregation.nodes", rules.nodes.value)?;
    for (i, node) in rules.node.iter().enumerate() {
        let path = |field: &str| format!("aggregation.node[{i}].{field}");
        node.mean.map_or(Ok(()), |kind| mean(&path("mean"), kind))?;
        if rules.node.iter().take(i).any(|n| n.id == node.id) {
            return Err(Error::new(Code::MethodBadValue).at_path(&path("id")).expecting("each node once"));
        }
        if node.minimum_coverage.is_some_and(|share| !(0.0..=1.0).contains(&share)) {
            return Err(Error::new(Code::MethodBadValue).at_path(&path("minimum_coverage")).expecting("a number from 0 to 1"));
        }
        let Some(weights) = &node.weights else { continue };
        if weights.values().any(|w| !(w.is_finite() && *w >= 0.0)) {
            return Err(Error::new(Code::MethodBadValue).at_path(&path("weights")).expecting("weights of 0 or more"));
        }
        let total = num::sum(&weights.values().copied().collect::<Vec<_>>());
        if num::abs(total - 1.0) > SLACK {
            return Err(Error::new(Code::MethodWeightsSum).at_path(&path("weights")).with("sum", num::decimal(total, 6)));
        }
    }
    Ok(())
}
impl RawMethod {
    /// The rules of achievement, with the tolerance in the unit of the indicator.
    #[must_use]
    pub fn achievement_rules(&self, tolerance: f64) -> AchievementRules {
        AchievementRules { on_track: self.progress.on_track.value, lagging: self.progress.lagging.value, tolerance, slack: SLACK, bands: None }
    }

    /// The rules of non-retrogression, with the tolerance in the unit of the indicator.
    #[must_use]
    pub fn retrogression_rules(&self, tolerance: f64) -> RetrogressionRules {
        RetrogressionRules { significance: self.progress.retrogression_significance.value, tolerance }
    }

    /// The rules of trends.
    #[must_use]
    pub fn trend_rules(&self) -> TrendRules {
        TrendRules {
            minimum_points: self.progress.trend_minimum_points.value,
            exact_below: self.progress.trend_exact_below.value,
            significance: self.estimate.significance.value,
            confidence: self.estimate.confidence.value,
        }
    }
}
