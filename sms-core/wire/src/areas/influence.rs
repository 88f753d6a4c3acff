//! The influence of a city's work.

use crate::{Area, Engine, Entry, MethodChoice, Operation};
use serde::Deserialize;
use sms_base::diagnostic::{Code, Result};
use sms_process::influence::InfluenceRules;
use sms_process::influence::contribution::{self, Alternative, Contribution, StoryLink};
use sms_process::influence::difference::{self, Difference};
use sms_process::influence::interrupted::{self, Interrupted, Point};
use sms_process::influence::panel::PanelFigure;
use sms_process::influence::synthetic::{self, Synthetic};

pub(super) const AREA: Area = Area {
    title: "Influence of a city's work",
    operations: &[Entry::of::<DifferenceRequest>(), Entry::of::<InterruptedRequest>(), Entry::of::<SyntheticRequest>(), Entry::of::<ContributionRequest>()],
};

/// The rules and the confidence level: as given, or those of the method.
fn setting(engine: &Engine, method: &MethodChoice, rules: Option<InfluenceRules>, confidence: Option<f64>) -> Result<(InfluenceRules, f64)> {
    let method = engine.chosen(method)?;
    let rules = match rules {
        Some(rules) => rules,
        None => method.influence()?,
    };
    Ok((rules, confidence.unwrap_or(method.data().estimate.confidence.value)))
}

/// What changed in the cities that acted beyond what changed in comparator cities: difference-in-differences.
///
/// Figures are one for each city and time; gaps are refused, because a figure that comes and goes looks like an effect. Chance is judged by every other
/// choice of as many cities and by errors within a city; trends before the start and placebos are looked at as well. The answer names what must hold, what
/// would break it, and what to keep in mind.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct DifferenceRequest {
    /// One figure for each city and time, for the same times everywhere.
    panel: Vec<PanelFigure>,
    /// The cities that acted, at least one; the others of the panel are the comparators.
    treated: Vec<String>,
    /// The first time with the work.
    from: f64,
    /// The level of confidence, above 0 and below 1; that of the method where it is not given.
    confidence: Option<f64>,
    /// By which numbers it is judged; those of the method where they are not given.
    rules: Option<InfluenceRules>,
    /// The method, for rules that are not given.
    #[serde(default)]
    method: MethodChoice,
}

impl Operation for DifferenceRequest {
    const NAME: &'static str = "influence.difference";
    const SOURCE: &'static str = "method, section 9; docs/influence.md, difference-in-differences";
    const ERRORS: &'static [Code] = &[
        Code::InfluenceBadPanel,
        Code::InfluenceUnbalanced,
        Code::InfluenceUnknownCity,
        Code::InfluenceTooFewComparators,
        Code::InfluenceTooFewPeriods,
        Code::InfluenceTooLarge,
        Code::EstimateBadConfidence,
        Code::MethodBadValue,
    ];
    const EXAMPLE: &'static str = r#"{"panel": [{"city": "A", "time": 2018, "value": 50}, {"city": "A", "time": 2019, "value": 58}, {"city": "B", "time": 2018, "value": 52}, {"city": "B", "time": 2019, "value": 55}], "treated": ["A"], "from": 2019}"#;
    type Answer = Difference;

    fn answer(self, engine: &Engine) -> Result<Difference> {
        let (rules, confidence) = setting(engine, &self.method, self.rules, self.confidence)?;
        difference::difference(&self.panel, &self.treated, self.from, &rules, confidence)
    }
}

/// A change of level and of slope at a known start, in one city's own series: interrupted time series.
///
/// The level change is the jump at `from` itself. Errors are after Newey and West and, beside them, after Prais and Winsten. A series that is short on a
/// side is refused or says so.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct InterruptedRequest {
    /// The figures of one city, at times that are equally far apart.
    series: Vec<Point>,
    /// The first time with the work.
    from: f64,
    /// Over how many steps errors may go together; the whole part of 4 (n/100)^(2/9) where it is not given.
    lags: Option<usize>,
    /// The level of confidence, above 0 and below 1; that of the method where it is not given.
    confidence: Option<f64>,
    /// By which numbers it is judged; those of the method where they are not given.
    rules: Option<InfluenceRules>,
    /// The method, for rules that are not given.
    #[serde(default)]
    method: MethodChoice,
}

impl Operation for InterruptedRequest {
    const NAME: &'static str = "influence.interrupted";
    const SOURCE: &'static str = "method, section 9; Newey and West 1987; Prais and Winsten 1954";
    const ERRORS: &'static [Code] = &[
        Code::InfluenceBadPanel,
        Code::InfluenceUnevenTimes,
        Code::InfluenceTooFewPeriods,
        Code::InfluenceTooLarge,
        Code::EstimateBadConfidence,
        Code::MethodBadValue,
    ];
    const EXAMPLE: &'static str = r#"{"series": [{"time": 2010, "value": 10}, {"time": 2011, "value": 11}, {"time": 2012, "value": 12}, {"time": 2013, "value": 13}, {"time": 2014, "value": 17}, {"time": 2015, "value": 19}, {"time": 2016, "value": 21}, {"time": 2017, "value": 23}], "from": 2014}"#;
    type Answer = Interrupted;

    fn answer(self, engine: &Engine) -> Result<Interrupted> {
        let (rules, confidence) = setting(engine, &self.method, self.rules, self.confidence)?;
        interrupted::interrupted(&self.series, self.from, self.lags, &rules, confidence)
    }
}

/// The gap between a city and a mix of other cities that went the same way before: synthetic control.
///
/// Shares of the other cities, none negative, sum to 1. The same is done for every other city as if it had acted. A mix that is far off before the start is
/// refused; one that meets every figure exactly leaves nothing to judge by, and the answer says so.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct SyntheticRequest {
    /// One figure for each city and time, for the same times everywhere.
    panel: Vec<PanelFigure>,
    /// The city that acted.
    city: String,
    /// The first time with the work.
    from: f64,
    /// The level of confidence, above 0 and below 1; that of the method where it is not given.
    confidence: Option<f64>,
    /// By which numbers it is judged; those of the method where they are not given.
    rules: Option<InfluenceRules>,
    /// The method, for rules that are not given.
    #[serde(default)]
    method: MethodChoice,
}

impl Operation for SyntheticRequest {
    const NAME: &'static str = "influence.synthetic";
    const SOURCE: &'static str = "method, section 9; Abadie, Diamond and Hainmueller 2010";
    const ERRORS: &'static [Code] = &[
        Code::InfluenceTooFewPeriods,
        Code::InfluenceTooFewComparators,
        Code::InfluencePoorFit,
        Code::InfluenceBadPanel,
        Code::InfluenceUnbalanced,
        Code::InfluenceUnknownCity,
        Code::InfluenceTooLarge,
        Code::EstimateBadConfidence,
        Code::MethodBadValue,
    ];
    const EXAMPLE: &'static str = SYNTHETIC_EXAMPLE;
    type Answer = Synthetic;

    fn answer(self, engine: &Engine) -> Result<Synthetic> {
        let (rules, confidence) = setting(engine, &self.method, self.rules, self.confidence)?;
        synthetic::synthetic(&self.panel, &self.city, self.from, &rules, confidence)
    }
}

/// Five other cities and four times before are the least that the method asks for.
const SYNTHETIC_EXAMPLE: &str = r#"{"panel": [
    {"city": "Z", "time": 2018, "value": 15.5}, {"city": "Z", "time": 2019, "value": 16.5}, {"city": "Z", "time": 2020, "value": 17}, {"city": "Z", "time": 2021, "value": 18.5}, {"city": "Z", "time": 2022, "value": 24}, {"city": "Z", "time": 2023, "value": 25},
    {"city": "A", "time": 2018, "value": 10}, {"city": "A", "time": 2019, "value": 11}, {"city": "A", "time": 2020, "value": 12}, {"city": "A", "time": 2021, "value": 13}, {"city": "A", "time": 2022, "value": 14}, {"city": "A", "time": 2023, "value": 15},
    {"city": "B", "time": 2018, "value": 20}, {"city": "B", "time": 2019, "value": 22}, {"city": "B", "time": 2020, "value": 23}, {"city": "B", "time": 2021, "value": 24}, {"city": "B", "time": 2022, "value": 25}, {"city": "B", "time": 2023, "value": 26},
    {"city": "C", "time": 2018, "value": 40}, {"city": "C", "time": 2019, "value": 41}, {"city": "C", "time": 2020, "value": 42}, {"city": "C", "time": 2021, "value": 45}, {"city": "C", "time": 2022, "value": 44}, {"city": "C", "time": 2023, "value": 45},
    {"city": "D", "time": 2018, "value": 5}, {"city": "D", "time": 2019, "value": 6}, {"city": "D", "time": 2020, "value": 6}, {"city": "D", "time": 2021, "value": 7}, {"city": "D", "time": 2022, "value": 8}, {"city": "D", "time": 2023, "value": 8},
    {"city": "E", "time": 2018, "value": 60}, {"city": "E", "time": 2019, "value": 61}, {"city": "E", "time": 2020, "value": 63}, {"city": "E", "time": 2021, "value": 64}, {"city": "E", "time": 2022, "value": 64}, {"city": "E", "time": 2023, "value": 66}],
"city": "Z", "from": 2022}"#;

/// Whether the story holds that the work led to the result, link by link: contribution analysis.
///
/// A link is judged by independent sources for it and against it, and the story is as strong as its weakest link. It is plausible only when other
/// explanations were looked at and ruled out. It never says how large the contribution is.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ContributionRequest {
    /// The links, each from an earlier result to a later one; together one line from the first result to the last.
    links: Vec<StoryLink>,
    /// Other explanations of the last result.
    #[serde(default)]
    alternatives: Vec<Alternative>,
    /// By which numbers it is judged; those of the method where they are not given.
    rules: Option<InfluenceRules>,
    /// The method, for rules that are not given.
    #[serde(default)]
    method: MethodChoice,
}

impl Operation for ContributionRequest {
    const NAME: &'static str = "influence.contribution";
    const SOURCE: &'static str = "method, section 9; Mayne 2012";
    const ERRORS: &'static [Code] = &[Code::InfluenceBrokenChain, Code::InfluenceReasonMissing, Code::MethodBadValue];
    const EXAMPLE: &'static str = r#"{"links": [{"from": "training", "to": "practice", "claim": "training leads to practice", "evidence": [{"source": "survey", "points": "for"}, {"source": "audit", "points": "for"}]}], "alternatives": [{"text": "a new law", "judgement": "open"}]}"#;
    type Answer = Contribution;

    fn answer(self, engine: &Engine) -> Result<Contribution> {
        let (rules, _) = setting(engine, &self.method, self.rules, None)?;
        contribution::contribution(&self.links, &self.alternatives, &rules)
    }
}
