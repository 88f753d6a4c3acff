//! Summary measures of inequality between groups, each with its error.
//!
//! Errors come by linearisation: a measure f of the groups' values h has the variance ∇f′ Σ ∇f, Σ being the covariances of the values
//! (their squared errors alone where the groups are independent). Measures that bend are far from a plane where errors are large:
//! theirs is the standard deviation over values drawn about those of the groups, as in HEAT (Hosseinpoor et al. 2018), from a stream that is
//! always the same. Shares of the population are taken as known.

mod formula;
mod logistic;

use super::Groups;
use crate::diagnostic::{Code, Error, Result};
use crate::indicator::Polarity;
use crate::num;
use formula::Of;
use serde::{Deserialize, Serialize};

/// A measure of inequality. Sources: WHO Health Inequality Monitoring, HEAT technical notes; Harper & Lynch 2005; Wagstaff, Paci & van Doorslaer 1991;
/// Atkinson 1970; Mackenbach & Kunst 1997.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Measure {
    /// D: the highest value less the lowest; in profile `heat`, for ordered groups, the most advantaged less the least.
    Difference,
    /// R: the same as a ratio.
    Ratio,
    /// BGV: Σp(h − μ)².
    BetweenGroupVariance,
    /// BGSD: its square root.
    BetweenGroupStandardDeviation,
    /// MLD: Σp ln(μ/h).
    MeanLogDeviation,
    /// T: Σp(h/μ)ln(h/μ).
    Theil,
    /// IDIS, weighted: 100·Σp|h − μ|/μ.
    IndexOfDisparity,
    /// IDIS, each group counting the same.
    IndexOfDisparityUnweighted,
    /// MDMW: Σp|h − μ|.
    MeanDifferenceFromMean,
    /// MDMU: the same, each group counting the same.
    MeanDifferenceFromMeanUnweighted,
    /// ACI: Σp(2X − 1)h, X the middle of a group's share in the order of the groups.
    AbsoluteConcentrationIndex,
    /// RCI: ACI/μ.
    RelativeConcentrationIndex,
    /// SII: predicted value at the top of the order less that at the bottom, by weighted least squares on X.
    SlopeIndex,
    /// RII: the same as a ratio.
    RelativeIndex,
    /// SII by logistic regression, for shares of a known upper end.
    SlopeIndexLogistic,
    /// RII by logistic regression.
    RelativeIndexLogistic,
    /// PAR: what the mean would gain if all were as well off as the best (in profile `heat` the most advantaged, for ordered groups).
    PopulationAttributableRisk,
    /// PAF: PAR/μ.
    PopulationAttributableFraction,
    /// The first group over the reference group.
    ParityIndex,
    /// A_ε: 1 − EDE/μ, EDE = (Σp h^(1−ε))^(1/(1−ε)), or exp Σp ln h for ε = 1.
    Atkinson,
    /// EDE: the mean less what inequality takes away.
    EqualityAdjustedMean,
}

impl Measure {
    /// All measures.
    pub const ALL: &'static [Measure] = &[
        Measure::Difference,
        Measure::Ratio,
        Measure::BetweenGroupVariance,
        Measure::BetweenGroupStandardDeviation,
        Measure::MeanLogDeviation,
        Measure::Theil,
        Measure::IndexOfDisparity,
        Measure::IndexOfDisparityUnweighted,
        Measure::MeanDifferenceFromMean,
        Measure::MeanDifferenceFromMeanUnweighted,
        Measure::AbsoluteConcentrationIndex,
        Measure::RelativeConcentrationIndex,
        Measure::SlopeIndex,
        Measure::RelativeIndex,
        Measure::SlopeIndexLogistic,
        Measure::RelativeIndexLogistic,
        Measure::PopulationAttributableRisk,
        Measure::PopulationAttributableFraction,
        Measure::ParityIndex,
        Measure::Atkinson,
        Measure::EqualityAdjustedMean,
    ];
}

/// How measures are presented, and which group is the reference.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Profile {
    /// As the formulas say.
    #[default]
    Plain,
    /// As the Health Equity Assessment Toolkit of the WHO presents them: difference and ratio of ordered groups by advantage (swapped where lower is
    /// better); population attributable risk against the most advantaged of ordered groups, 0 where it has the wrong sign; RCI and PAF × 100, Theil and
    /// MLD × 1000.
    Heat,
}

/// Why a measure has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Undefined {
    /// The mean, or the value it is divided by, is not above 0.
    NotAboveZero,
    /// It takes logarithms, and a value is 0 or below.
    LogarithmOfZero,
    /// It wants groups in an order.
    NotOrdered,
    /// It wants a reference group.
    NoReference,
    /// It wants shares with a known upper end, each between 0 and that.
    NotAShare,
    /// It wants values of which more is better.
    NotHigherIsBetter,
    /// The order has no spread, or the regression has no solution.
    NoSolution,
    /// The result is beyond the range of numbers.
    OutOfRange,
}

/// A measure with its value.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Measured {
    /// Which.
    pub measure: Measure,
    /// Its value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// Its standard error; absent where an error of a group is unknown, the measure has no slope there, or more than one set of drawn
    /// values in a hundred leaves it without a value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub se: Option<f64>,
    /// Whether the error is that of drawn values.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub simulated: bool,
    /// Why there is no value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undefined: Option<Undefined>,
}

/// Everything that [`measures`] says.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Inequality {
    /// The mean of the groups by their shares.
    pub mean: f64,
    /// Its standard error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean_se: Option<f64>,
    /// How many groups.
    pub groups: usize,
    /// Every measure, in the order of [`Measure::ALL`].
    pub measures: Vec<Measured>,
}

/// What is asked beside the groups.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MeasureRules {
    /// Whether the groups stand in an order, least advantaged first.
    pub ordered: bool,
    /// How measures are presented.
    pub profile: Profile,
    /// Aversion to inequality, ε of the Atkinson index, above 0.
    pub epsilon: f64,
    /// The upper end of a share, such as 100 for percentages; for logistic regression.
    pub upper: Option<f64>,
    /// From how many sets of drawn values the errors of measures that bend come, 100 to 1 000 000; 0 for linearisation. Operations take
    /// the number of the method where none is given.
    pub draws: Option<u32>,
}

/// The fewest and the most draws.
const DRAWS: std::ops::RangeInclusive<u32> = 100..=1_000_000;

impl Default for MeasureRules {
    fn default() -> Self {
        MeasureRules { ordered: false, profile: Profile::Plain, epsilon: 1.0, upper: None, draws: None }
    }
}

/// Every measure of inequality between groups (method §6).
///
/// ```
/// # use sms_statistics as sms_core;
/// use sms_core::equality::{Groups, Measure, MeasureRules, measures};
/// let groups = Groups::from_values(&[80.0, 60.0, 40.0], &[0.5, 0.3, 0.2])?;
/// let made = measures(&groups, sms_core::indicator::Polarity::Higher, &MeasureRules::default())?;
/// assert_eq!(made.mean, 66.0);
/// assert!((made.value(Measure::BetweenGroupVariance).unwrap() - 244.0).abs() < 1e-9); // method §6
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `num.not-finite` for an ε that is not above 0 or an upper end that is not; `equality.bad-groups` for a number of draws out of its range.
pub fn measures(groups: &Groups, polarity: Polarity, rules: &MeasureRules) -> Result<Inequality> {
    let positive = |x: f64| num::finite(x).is_ok() && x > 0.0;
    if !positive(rules.epsilon) || rules.upper.is_some_and(|u| !positive(u)) {
        let path = if positive(rules.epsilon) { "rules.upper" } else { "rules.epsilon" };
        return Err(Error::new(Code::NumNotFinite).at_path(path).expecting("a number above 0"));
    }
    let draws = rules.draws.unwrap_or_default();
    if draws != 0 && !DRAWS.contains(&draws) {
        return Err(Error::new(Code::EqualityBadGroups).at_path("rules.draws").expecting("0, or 100 to 1000000"));
    }
    let of = Of::new(groups, polarity, rules);
    let mean_se = groups.error(groups.shares());
    let mut measures: Vec<Measured> = Measure::ALL.iter().map(|&measure| of.measured(measure)).collect();
    if draws > 0 {
        of.simulate(&mut measures, draws);
    }
    Ok(Inequality { mean: num::finite(of.mean)?, mean_se, groups: groups.len(), measures })
}

impl Inequality {
    /// The value of a measure.
    /// `None` where the measure is not defined for these groups.
    ///
    /// ```
    /// # use sms_statistics as sms_core;
    /// use sms_core::equality::{Groups, Measure, MeasureRules, measures};
    /// let groups = Groups::from_values(&[80.0, 60.0, 40.0], &[0.5, 0.3, 0.2])?;
    /// let made = measures(&groups, sms_core::indicator::Polarity::Higher, &MeasureRules::default())?;
    /// assert!((made.value(Measure::Theil).unwrap() - 0.0298953055).abs() < 1e-10); // method §6
    /// assert_eq!(made.value(Measure::AbsoluteConcentrationIndex), None); // these groups stand in no order
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    #[must_use]
    pub fn value(&self, measure: Measure) -> Option<f64> {
        self.measures.iter().find(|m| m.measure == measure).and_then(|m| m.value)
    }
}
