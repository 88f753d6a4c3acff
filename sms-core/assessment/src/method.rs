//! Floor 11: the method as data. Rust holds formulas; every number that people decided stands in a method file, with
//! its reason and its source.

mod section;

pub use section::{
    CocreationRules, CocreationSection, DisaggregationRules, DisaggregationSection, EqualityRules, EqualitySection, FormRules, FormSection, InfluenceRules,
    InfluenceSection, PeersRules, PeersSection, PretestRules, PretestSection,
};

use crate::aggregate::MeanKind;
use crate::catalogue::{Catalogue, Indicator, plain_serde};
use crate::diagnostic::{Code, Error, Result};
use crate::estimate::ValueKind;
use crate::id::{EntryId, IndicatorId};
use crate::indicator::Polarity;
use crate::num;
use crate::progress::{RetrogressionRules, TrendRules};
use crate::rbm::{AchievementRules, OutcomesFirst};
use crate::score::{Ends, LevelScale, LinearRule, LogarithmicRule, Rule, TargetBand};
use crate::target::SLACK;
use crate::weighting::Provenance;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// The format of method files that this library reads.
pub const FORMAT: u32 = 1;

/// A number that people decided, with why and after whom.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy<T> {
    /// The number.
    pub value: T,
    /// Why this number.
    pub reason: String,
    /// Where it comes from.
    pub source: String,
}

#[cfg(feature = "schema")]
impl<T: schemars::JsonSchema> schemars::JsonSchema for Policy<T> {
    /// `NumberPolicy`, `CountPolicy`, `NumbersPolicy`: one named shape for each kind of value, whatever the width of its integer.
    fn schema_name() -> std::borrow::Cow<'static, str> {
        let of = T::schema_name();
        let one = of.strip_prefix("Array_of_").unwrap_or(&of);
        let one = match one {
            "double" => "Number",
            "uint" | "uint32" | "uint64" => "Count",
            "boolean" => "Choice",
            named => named,
        };
        format!("{one}{}Policy", if of.starts_with("Array_of_") { "s" } else { "" }).into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let mut value = generator.subschema_for::<T>();
        value.remove("format");
        schemars::json_schema!({
            "type": "object",
            "description": "A number that people decided, with why and after whom.",
            "properties": {
                "value": value,
                "reason": {"type": "string", "description": "Why this number."},
                "source": {"type": "string", "description": "Where it comes from."},
            },
            "required": ["value", "reason", "source"],
            "additionalProperties": false,
        })
    }
}

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
fn check_nodes(rules: &AggregationRules) -> Result<()> {
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

fn lacking(section: &str) -> Error {
    Error::new(Code::MethodBadValue).at_path(section).expecting("this section of the method")
}

/// How an indicator is scored, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Scoring {
    /// The rule.
    pub rule: Rule,
    /// Why this rule and these numbers.
    pub reason: String,
    /// After whom; empty for a scale, whose method gives one for all.
    pub source: String,
    /// `natural`, `legal`, `target` or `own`; empty for a scale.
    pub verification: String,
}

impl Scoring {
    /// The reason with its source.
    #[must_use]
    pub fn because(&self) -> String {
        if self.source.is_empty() { self.reason.clone() } else { format!("{} (source: {})", self.reason, self.source) }
    }
}

/// The rules that a method names, with the indicator and the path of each.
fn named(raw: &RawMethod) -> impl Iterator<Item = (String, &IndicatorId, Scoring)> {
    let scoring = |rule: Rule, reason: &str, source: &str, verification: &str| Scoring {
        rule,
        reason: reason.to_owned(),
        source: source.to_owned(),
        verification: verification.to_owned(),
    };
    let goalposts = raw.goalposts.iter().enumerate().map(move |(i, g)| {
        let rule = Rule::Goalposts(LinearRule { worst: g.worst, best: g.best, ends: Ends::Capped });
        (format!("goalposts[{i}]"), &g.indicator, scoring(rule, &g.reason, &g.source, &g.verification))
    });
    let bands = raw.target_band.iter().enumerate().map(move |(i, b)| {
        let rule = Rule::Band(TargetBand { worst_low: b.worst_low, lower: b.lower, upper: b.upper, worst_high: b.worst_high });
        (format!("target_band[{i}]"), &b.indicator, scoring(rule, &b.reason, &b.source, &b.verification))
    });
    let others = raw
        .scoring
        .iter()
        .enumerate()
        .map(move |(i, s)| (format!("scoring[{i}]"), &s.indicator, scoring(s.rule.clone(), &s.reason, &s.source, &s.verification)));
    goalposts.chain(bands).chain(others)
}

/// The rule of each indicator, each named once and with numbers that make sense.
fn scorings(raw: &RawMethod) -> Result<BTreeMap<String, Scoring>> {
    let mut made = BTreeMap::new();
    for (path, indicator, scoring) in named(raw) {
        scoring.rule.normalisation().check(Polarity::None).map_err(|e| e.at_path(&path).with("indicator", indicator.to_string()))?;
        if made.insert(indicator.to_string(), scoring).is_some() {
            return Err(Error::new(Code::MethodBadValue).at_path(&format!("{path}.indicator")).expecting("each indicator once"));
        }
    }
    let open = raw
        .scoring
        .iter()
        .position(|s| matches!(&s.rule, Rule::Goalposts(LinearRule { ends: Ends::Open, .. }) | Rule::Logarithmic(LogarithmicRule { ends: Ends::Open, .. })));
    match open {
        // a mean of scores and its bands are from 0 to 100
        Some(i) => Err(Error::new(Code::MethodBadValue).at_path(&format!("scoring[{i}].rule")).expecting("capped ends: scores of a method are from 0 to 100")),
        None => Ok(made),
    }
}

/// A checked method: the rules and numbers by which a dataset is assessed.
#[derive(Clone, Debug)]
pub struct Method {
    raw: RawMethod,
    scorings: BTreeMap<String, Scoring>,
    maturity: Scoring,
    yes_no: Scoring,
    outcomes_first: OutcomesFirst,
    fingerprint: String,
}

impl Method {
    /// Reads a method from JSON and checks every number.
    ///
    /// # Errors
    /// `method.bad-json`, `method.newer-edition`, `method.bad-value`; each with the path of the field.
    pub fn from_json(json: &str) -> Result<Self> {
        let value: serde_json::Value = serde_json::from_str(json)
            .map_err(|e| Error::new(Code::MethodBadJson).at_path(&format!("line {} column {}", e.line(), e.column())).expecting(plain_serde(&e)))?;
        Self::from_value(&value)
    }

    /// Reads a method that is JSON already.
    ///
    /// # Errors
    /// As [`Method::from_json`].
    pub fn from_value(value: &serde_json::Value) -> Result<Self> {
        let raw: RawMethod = crate::shape::read(value, Code::MethodBadJson)?;
        if raw.format > FORMAT {
            return Err(Error::new(Code::MethodNewerEdition).at_path("format").with("reads", u64::from(FORMAT)));
        }
        let bad = |path: &str, expected: &'static str| Error::new(Code::MethodBadValue).at_path(path).expecting(expected);
        let share = |path: &str, x: f64| if x > 0.0 && x < 1.0 { Ok(()) } else { Err(bad(path, "a number between 0 and 1")) };
        share("estimate.confidence", raw.estimate.confidence.value)?;
        share("estimate.significance", raw.estimate.significance.value)?;
        if !(0.0..=1.0).contains(&raw.aggregation.minimum_coverage.value) {
            return Err(bad("aggregation.minimum_coverage", "a number from 0 to 1"));
        }
        check_nodes(&raw.aggregation)?;
        if raw.maturity.value.len() < 2 || raw.maturity.value.iter().any(|s| !(0.0..=100.0).contains(s)) {
            return Err(bad("maturity", "at least two scores from 0 to 100"));
        }
        let bands = &raw.rating.bands.value;
        if !crate::rbm::are_bands(bands) || bands.iter().any(|b| !(0.0..=100.0).contains(b)) {
            return Err(bad("rating.bands", "falling numbers from 0 to 100"));
        }
        if raw.rating.names.len() != bands.len() + 1 {
            return Err(bad("rating.names", "one name more than bands"));
        }
        if !(0.0..=100.0).contains(&raw.change.tolerance.value) {
            return Err(bad("change.tolerance", "points from 0 to 100"));
        }
        let in_progress = |e: Error| {
            let field = e.location().path.as_deref().unwrap_or_default().to_owned();
            e.at_path(&format!("progress.{field}"))
        };
        raw.achievement_rules(0.0).check().map_err(in_progress)?;
        raw.retrogression_rules(0.0).check().map_err(in_progress)?;
        raw.trend_rules().check().map_err(in_progress)?;
        if raw.disclosure.threshold.value == 0 {
            return Err(bad("disclosure.threshold", "1 or more"));
        }
        if let Some(section) = &raw.cocreation {
            section.rules().check()?;
        }
        if let Some(section) = &raw.pretest {
            section.rules().check()?;
        }
        if let Some(section) = &raw.influence {
            section.rules().check(raw.estimate.confidence.value)?;
        }
        if let Some(section) = &raw.peers {
            section.rules().check()?;
        }
        if let Some(section) = &raw.disaggregation {
            section.rules().check()?;
        }
        if let Some(section) = &raw.form {
            section.rules().check()?;
        }
        let scorings = scorings(&raw)?;
        let outcomes_first = OutcomesFirst::new(raw.outcomes_first.weight.value, raw.outcomes_first.margin.value)?;
        // of what was read, so that white space and the order of fields do not matter
        let fingerprint = crate::catalogue::hex(&Sha256::digest(crate::json::bytes(&raw)), 32);
        let scale = |rule: Rule| Scoring { rule, reason: raw.maturity.reason.clone(), source: String::new(), verification: String::new() };
        let (maturity, yes_no) = (scale(Rule::Maturity(LevelScale { map: raw.maturity.value.clone() })), scale(Rule::YesNo));
        Ok(Method { raw, scorings, maturity, yes_no, outcomes_first, fingerprint })
    }

    /// Checks the method against a catalogue: every indicator known, every order of goalposts as the polarity wants it, every level
    /// of maturity with a score.
    ///
    /// # Errors
    /// `method.unknown-indicator`, `score.goalposts-order`, `method.bad-value`.
    pub fn check_against(&self, catalogue: &Catalogue) -> Result<()> {
        for (path, id, scoring) in named(&self.raw) {
            let about = |e: Error| e.at_path(&path).with("indicator", id.to_string());
            let indicator = catalogue.indicator(id.as_str()).ok_or_else(|| about(Error::new(Code::MethodUnknownIndicator)))?;
            scoring.rule.normalisation().check(indicator.polarity).map_err(about)?;
        }
        let levels = catalogue.label_of("maturity", "levels").map_or(0, |l| l.groups.len());
        if self.raw.maturity.value.len() < levels {
            let error = Error::new(Code::MethodBadValue).at_path("maturity.value");
            return Err(error.expecting("a score for each level of the catalogue").with("levels", levels));
        }
        Ok(())
    }

    /// The method as data.
    #[must_use]
    pub fn raw(&self) -> &RawMethod {
        &self.raw
    }

    /// SHA-256 of the content, the first 32 hexadecimal digits.
    #[must_use]
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// The numbers of co-creation.
    ///
    /// # Errors
    /// `method.bad-value` for a method without them.
    pub fn cocreation(&self) -> Result<CocreationRules> {
        self.raw.cocreation.as_ref().map(CocreationSection::rules).ok_or_else(|| lacking("cocreation"))
    }

    /// The numbers of learning between cities.
    ///
    /// # Errors
    /// `method.bad-value` for a method without them.
    pub fn peers(&self) -> Result<PeersRules> {
        self.raw.peers.as_ref().map(PeersSection::rules).ok_or_else(|| lacking("peers"))
    }

    /// The numbers of forms and collection plans.
    ///
    /// # Errors
    /// `method.bad-value` for a method without them.
    pub fn form(&self) -> Result<FormRules> {
        self.raw.form.as_ref().map(FormSection::rules).ok_or_else(|| lacking("form"))
    }

    /// The numbers of influence.
    ///
    /// # Errors
    /// `method.bad-value` for a method without them.
    pub fn influence(&self) -> Result<InfluenceRules> {
        self.raw.influence.as_ref().map(InfluenceSection::rules).ok_or_else(|| lacking("influence"))
    }

    /// The numbers by which a pre-test is judged.
    ///
    /// # Errors
    /// `method.bad-value` for a method without them.
    pub fn pretest(&self) -> Result<PretestRules> {
        self.raw.pretest.as_ref().map(PretestSection::rules).ok_or_else(|| lacking("pretest"))
    }

    /// The rule that makes the combined view.
    #[must_use]
    pub fn outcomes_first(&self) -> OutcomesFirst {
        self.outcomes_first
    }

    /// How an indicator is scored by numbers of its own; maturity scales and yes/no need none.
    #[must_use]
    pub fn rule(&self, indicator: &str) -> Option<&Scoring> {
        self.scorings.get(indicator)
    }

    /// How the figures of an indicator are scored: by the rule that the method names for it, or as a level of a scale or a yes by its kind. None where
    /// it is shown and not scored.
    #[must_use]
    pub fn scoring(&self, indicator: &Indicator) -> Option<&Scoring> {
        self.rule(indicator.id.as_str()).or(match indicator.value_kind {
            ValueKind::Maturity => Some(&self.maturity),
            ValueKind::Boolean => Some(&self.yes_no),
            _ => None,
        })
    }

    /// The name of a band, 1 being the best.
    #[must_use]
    pub fn band_name(&self, band: usize) -> &str {
        band.checked_sub(1).and_then(|i| self.raw.rating.names.get(i)).map(String::as_str).unwrap_or_default()
    }

    /// The policy for a report that anyone may read.
    #[must_use]
    pub fn public_policy(&self) -> crate::disclosure::PrivacyPolicy {
        // the threshold was checked when the method was read
        crate::disclosure::PrivacyPolicy::of(self.raw.disclosure.threshold.value)
    }
}
