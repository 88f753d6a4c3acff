//! Summary measures of inequality between groups, each with its error.
//!
//! Errors come by linearisation: a measure f of the groups' values h has the variance ∇f′ Σ ∇f, Σ being the covariances of the values
//! (their squared errors alone where the groups are independent). Measures that bend are far from a plane where errors are large:
//! theirs is the standard deviation over values drawn about those of the groups, as in HEAT (Hosseinpoor et al. 2018), from a stream that is
//! always the same. Shares of the population are taken as known.

use super::Groups;
use super::groups::Simulated;
use crate::diagnostic::{Code, Error, Result};
use crate::indicator::Polarity;
use crate::num;
use crate::target::SLACK;
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

/// A value with its slopes: the derivative by the value of each group.
struct Sloped {
    value: f64,
    slopes: Option<Vec<f64>>,
}

type Answer = std::result::Result<Sloped, Undefined>;

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
    let of = Of { groups, polarity, rules, mean: groups.mean(), drawn: false };
    let mean_se = groups.error(groups.shares());
    let mut measures: Vec<Measured> = Measure::ALL.iter().map(|&measure| of.measured(measure)).collect();
    if draws > 0 {
        of.simulate(&mut measures, draws);
    }
    Ok(Inequality { mean: num::finite(of.mean)?, mean_se, groups: groups.len(), measures })
}

impl Inequality {
    /// The value of a measure.
    #[must_use]
    pub fn value(&self, measure: Measure) -> Option<f64> {
        self.measures.iter().find(|m| m.measure == measure).and_then(|m| m.value)
    }
}

struct Of<'a> {
    groups: &'a Groups,
    polarity: Polarity,
    rules: &'a MeasureRules,
    mean: f64,
    /// Whether the values are drawn: then slopes are not asked for, and sums are plain.
    drawn: bool,
}

impl Measure {
    /// Whether it is no plane over the values of the groups: there linearisation can be far off.
    const fn bends(self) -> bool {
        matches!(
            self,
            Measure::BetweenGroupVariance
                | Measure::BetweenGroupStandardDeviation
                | Measure::MeanLogDeviation
                | Measure::Theil
                | Measure::IndexOfDisparity
                | Measure::IndexOfDisparityUnweighted
                | Measure::MeanDifferenceFromMean
                | Measure::MeanDifferenceFromMeanUnweighted
                | Measure::Atkinson
                | Measure::EqualityAdjustedMean
        )
    }
}

/// Mean and sum of squared distances from it, one number after the other (Welford 1962).
#[derive(Clone, Copy, Default)]
struct Spread {
    n: u32,
    mean: f64,
    squares: f64,
}

impl Spread {
    fn add(&mut self, x: f64) {
        self.n += 1;
        let away = x - self.mean;
        self.mean += away / f64::from(self.n);
        self.squares += away * (x - self.mean);
    }

    fn standard_deviation(&self) -> Option<f64> {
        (self.n > 1).then(|| num::sqrt(self.squares / f64::from(self.n - 1)))
    }
}

impl Of<'_> {
    /// Puts the errors of drawn values in the place of those by linearisation, for measures that bend.
    fn simulate(&self, measures: &mut [Measured], draws: u32) {
        let Some(mut simulated) = Simulated::new(self.groups, self.rules.ordered) else { return };
        let mut bent: Vec<(&mut Measured, Spread)> =
            measures.iter_mut().filter(|m| m.measure.bends() && m.value.is_some()).map(|m| (m, Spread::default())).collect();
        for _ in 0..draws {
            let groups = simulated.next_groups();
            let mean = groups.values().iter().zip(groups.shares()).fold(0.0, |sum, (h, p)| sum + h * p);
            let of = Of { groups, polarity: self.polarity, rules: self.rules, mean, drawn: true };
            for (measured, spread) in &mut bent {
                if let Some(made) = of.of(measured.measure).ok().filter(|made| made.value.is_finite()) {
                    spread.add(made.value);
                }
            }
        }
        for (measured, spread) in bent {
            let enough = spread.n >= draws - draws / 100;
            measured.se = spread.standard_deviation().filter(|se| enough && se.is_finite()).map(|se| se * self.scale(measured.measure));
            measured.simulated = measured.se.is_some();
        }
    }

    /// Slopes, where they are asked for.
    fn slopes(&self, of: impl Fn(f64, f64) -> f64) -> Option<Vec<f64>> {
        (!self.drawn).then(|| self.each(of))
    }

    fn measured(&self, measure: Measure) -> Measured {
        match self.of(measure) {
            Err(reason) => Measured { measure, value: None, se: None, simulated: false, undefined: Some(reason) },
            Ok(Sloped { value, .. }) if !value.is_finite() => {
                Measured { measure, value: None, se: None, simulated: false, undefined: Some(Undefined::OutOfRange) }
            }
            Ok(Sloped { value, slopes }) => {
                let scale = self.scale(measure);
                let se = slopes.and_then(|s| self.groups.error(&s)).map(|e| e * scale);
                Measured { measure, value: Some(value * scale + 0.0), se, simulated: false, undefined: None }
            }
        }
    }

    fn scale(&self, measure: Measure) -> f64 {
        match (self.rules.profile, measure) {
            (Profile::Heat, Measure::RelativeConcentrationIndex | Measure::PopulationAttributableFraction) => 100.0,
            (Profile::Heat, Measure::Theil | Measure::MeanLogDeviation) => 1000.0,
            _ => 1.0,
        }
    }

    fn values(&self) -> &[f64] {
        self.groups.values()
    }

    fn shares(&self) -> &[f64] {
        self.groups.shares()
    }

    /// Σ over the groups of a term of value and share.
    fn total(&self, term: impl Fn(f64, f64) -> f64) -> f64 {
        if self.drawn {
            return self.values().iter().zip(self.shares()).fold(0.0, |sum, (h, p)| sum + term(*h, *p));
        }
        num::sum(&self.each(term))
    }

    fn each(&self, term: impl Fn(f64, f64) -> f64) -> Vec<f64> {
        self.values().iter().zip(self.shares()).map(|(h, p)| term(*h, *p)).collect()
    }

    fn positive_mean(&self) -> std::result::Result<f64, Undefined> {
        if self.mean > 0.0 { Ok(self.mean) } else { Err(Undefined::NotAboveZero) }
    }

    fn logarithms(&self) -> std::result::Result<f64, Undefined> {
        if self.values().iter().any(|h| *h <= 0.0) { Err(Undefined::LogarithmOfZero) } else { self.positive_mean() }
    }

    /// Slopes that are 0 but for two groups.
    fn contrast(&self, plus: usize, up: f64, minus: usize, down: f64) -> Vec<f64> {
        (0..self.groups.len()).map(|i| if i == plus { up } else { 0.0 } + if i == minus { down } else { 0.0 }).collect()
    }

    /// The two groups that difference and ratio compare: the first less the second.
    fn ends(&self) -> (usize, usize) {
        let last = self.groups.len().saturating_sub(1);
        match (self.rules.profile, self.rules.ordered, self.polarity) {
            (Profile::Heat, true, Polarity::Lower) => (0, last),
            (Profile::Heat, true, _) => (last, 0),
            _ => {
                let (mut low, mut high) = ((0, f64::INFINITY), (0, f64::NEG_INFINITY));
                for (i, &h) in self.values().iter().enumerate() {
                    if h < low.1 {
                        low = (i, h);
                    }
                    if h > high.1 {
                        high = (i, h);
                    }
                }
                (high.0, low.0)
            }
        }
    }

    fn value(&self, at: usize) -> f64 {
        self.values().get(at).copied().unwrap_or_default()
    }

    fn over(&self, top: usize, bottom: usize) -> Answer {
        let (a, b) = (self.value(top), self.value(bottom));
        if b <= 0.0 {
            return Err(Undefined::NotAboveZero);
        }
        Ok(Sloped { value: a / b, slopes: Some(self.contrast(top, 1.0 / b, bottom, -a / (b * b))) })
    }

    /// A quantity over the mean.
    fn relative(&self, of: Sloped) -> Answer {
        let mean = self.positive_mean()?;
        let value = of.value / mean;
        let slopes = of.slopes.map(|s| s.iter().zip(self.shares()).map(|(d, p)| (d - value * p) / mean).collect());
        Ok(Sloped { value, slopes })
    }

    fn of(&self, measure: Measure) -> Answer {
        match measure {
            Measure::Difference => {
                let (a, b) = self.ends();
                Ok(Sloped { value: self.value(a) - self.value(b), slopes: Some(self.contrast(a, 1.0, b, -1.0)) })
            }
            Measure::Ratio => {
                let (a, b) = self.ends();
                self.over(a, b)
            }
            Measure::BetweenGroupVariance => Ok(self.variance()),
            Measure::BetweenGroupStandardDeviation => {
                let variance = self.variance();
                let value = num::sqrt(variance.value);
                // at equality the root has no slope
                let slopes = variance.slopes.filter(|_| value > 0.0).map(|s| s.iter().map(|d| d / (2.0 * value)).collect());
                Ok(Sloped { value, slopes })
            }
            Measure::MeanLogDeviation => {
                let mean = self.logarithms()?;
                Ok(Sloped { value: self.total(|h, p| p * num::ln(mean / h)), slopes: self.slopes(|h, p| p / mean - p / h) })
            }
            Measure::Theil => {
                let mean = self.logarithms()?;
                let value = self.total(|h, p| p * (h / mean) * num::ln(h / mean));
                Ok(Sloped { value, slopes: self.slopes(|h, p| p / mean * (num::ln(h / mean) - value)) })
            }
            Measure::MeanDifferenceFromMean => Ok(self.mean_distance(false)),
            Measure::MeanDifferenceFromMeanUnweighted => Ok(self.mean_distance(true)),
            Measure::IndexOfDisparity => self.relative(self.mean_distance(false)).map(hundredfold),
            Measure::IndexOfDisparityUnweighted => self.relative(self.mean_distance(true)).map(hundredfold),
            Measure::AbsoluteConcentrationIndex => self.concentration(),
            Measure::RelativeConcentrationIndex => self.relative(self.concentration()?),
            Measure::SlopeIndex => self.line().map(|(slope, _)| slope),
            Measure::RelativeIndex => {
                let (slope, base) = self.line()?;
                if base.value <= 0.0 {
                    return Err(Undefined::NotAboveZero);
                }
                let value = (base.value + slope.value) / base.value;
                let slopes = slope.slopes.zip(base.slopes).map(|(s, b)| s.iter().zip(&b).map(|(s, b)| (s + b - value * b) / base.value).collect());
                Ok(Sloped { value, slopes })
            }
            Measure::SlopeIndexLogistic => self.logistic(false),
            Measure::RelativeIndexLogistic => self.logistic(true),
            Measure::PopulationAttributableRisk => Ok(self.attributable()),
            Measure::PopulationAttributableFraction => self.relative(self.attributable()),
            Measure::ParityIndex => self.over(0, self.groups.reference().ok_or(Undefined::NoReference)?),
            Measure::Atkinson => {
                let even = self.even()?;
                let made = self.relative(even)?;
                Ok(Sloped { value: 1.0 - made.value, slopes: made.slopes.map(|s| s.iter().map(|d| -d).collect()) })
            }
            Measure::EqualityAdjustedMean => self.even(),
        }
    }

    fn variance(&self) -> Sloped {
        let mean = self.mean;
        Sloped { value: self.total(|h, p| p * (h - mean) * (h - mean)), slopes: self.slopes(|h, p| 2.0 * p * (h - mean)) }
    }

    /// Mean distance from the mean, by shares or each group counting the same.
    fn mean_distance(&self, alike: bool) -> Sloped {
        let mean = self.mean;
        let n = self.groups.len() as f64;
        let weight = |p: f64| if alike { 1.0 / n } else { p };
        let sign = |h: f64| if num::abs(h - mean) <= SLACK { 0.0 } else { (h - mean).signum() };
        let value = if alike { self.total(|h, _| num::abs(h - mean)) / n } else { self.total(|h, p| p * num::abs(h - mean)) };
        // where a group is the mean itself the distance has no slope
        let smooth = self.values().iter().all(|h| sign(*h) != 0.0);
        let slopes = (smooth && !self.drawn).then(|| {
            let drift = self.total(|h, p| weight(p) * sign(h));
            self.each(|h, p| weight(p) * sign(h) - p * drift)
        });
        Sloped { value, slopes }
    }

    /// The middle of each group's share in their order, 0 to 1.
    fn ranks(&self) -> std::result::Result<Vec<f64>, Undefined> {
        if !self.rules.ordered {
            return Err(Undefined::NotOrdered);
        }
        let mut below = 0.0;
        let rank = |p: &f64| {
            let middle = below + p / 2.0;
            below += p;
            middle
        };
        Ok(self.shares().iter().map(rank).collect())
    }

    fn concentration(&self) -> Answer {
        let ranks = self.ranks()?;
        let slopes: Vec<f64> = ranks.iter().zip(self.shares()).map(|(x, p)| p * (2.0 * x - 1.0)).collect();
        let terms: Vec<f64> = slopes.iter().zip(self.values()).map(|(d, h)| d * h).collect();
        Ok(Sloped { value: num::sum(&terms), slopes: Some(slopes) })
    }

    /// Slope and value at the bottom of the weighted least-squares line on the ranks; the middle of all ranks is ½.
    fn line(&self) -> std::result::Result<(Sloped, Sloped), Undefined> {
        let ranks = self.ranks()?;
        let spread = num::sum(&ranks.iter().zip(self.shares()).map(|(x, p)| p * (x - 0.5) * (x - 0.5)).collect::<Vec<_>>());
        if spread <= 0.0 {
            return Err(Undefined::NoSolution);
        }
        let slopes: Vec<f64> = ranks.iter().zip(self.shares()).map(|(x, p)| p * (x - 0.5) / spread).collect();
        let slope = num::sum(&slopes.iter().zip(self.values()).map(|(d, h)| d * h).collect::<Vec<_>>());
        let base = slopes.iter().zip(self.shares()).map(|(d, p)| p - d / 2.0).collect();
        Ok((Sloped { value: slope, slopes: Some(slopes) }, Sloped { value: self.mean - slope / 2.0, slopes: Some(base) }))
    }

    /// Predicted at the top and at the bottom by logistic regression on the ranks, each group weighing its share.
    fn logistic(&self, as_ratio: bool) -> Answer {
        let ranks = self.ranks()?;
        let upper = self.rules.upper.ok_or(Undefined::NotAShare)?;
        let shares: Vec<f64> = self.values().iter().map(|h| h / upper).collect();
        if shares.iter().any(|y| !(0.0..=1.0).contains(y)) {
            return Err(Undefined::NotAShare);
        }
        let fitted = Logistic::fit(&ranks, &shares, self.shares()).ok_or(Undefined::NoSolution)?;
        let (low, high) = (fitted.at(0.0), fitted.at(1.0));
        // d(level at x)/dy = π(1 − π)·(1, x)·dβ/dy
        let slope_at = |x: f64, level: f64| fitted.slopes.iter().map(|(a, b)| level * (1.0 - level) * (a + x * b) / upper).collect::<Vec<f64>>();
        let (at_low, at_high) = (slope_at(0.0, low), slope_at(1.0, high));
        if as_ratio {
            if low <= 0.0 {
                return Err(Undefined::NotAboveZero);
            }
            let value = high / low;
            return Ok(Sloped { value, slopes: Some(at_high.iter().zip(&at_low).map(|(h, l)| (h - value * l) / low).collect()) });
        }
        Ok(Sloped { value: (high - low) * upper, slopes: Some(at_high.iter().zip(&at_low).map(|(h, l)| (h - l) * upper).collect()) })
    }

    fn attributable(&self) -> Sloped {
        let last = self.groups.len().saturating_sub(1);
        let heat = self.rules.profile == Profile::Heat;
        let (high, low) = Of { rules: &MeasureRules { ordered: false, ..*self.rules }, ..*self }.ends();
        let reference = match (heat && self.rules.ordered, self.polarity) {
            (true, _) => last,
            (false, Polarity::Lower) => low,
            (false, _) => high,
        };
        let value = self.value(reference) - self.mean;
        let wrong = match self.polarity {
            Polarity::Lower => value > 0.0,
            _ => value < 0.0,
        };
        if heat && wrong {
            return Sloped { value: 0.0, slopes: None };
        }
        let slopes = self.shares().iter().enumerate().map(|(i, p)| if i == reference { 1.0 - p } else { -p }).collect();
        Sloped { value, slopes: Some(slopes) }
    }

    /// The value that, enjoyed by all alike, would be worth the same (Atkinson 1970).
    fn even(&self) -> Answer {
        if self.polarity != Polarity::Higher {
            return Err(Undefined::NotHigherIsBetter);
        }
        self.positive_mean()?;
        let k = 1.0 - self.rules.epsilon;
        if num::abs(k) <= SLACK {
            self.logarithms()?;
            let value = num::exp(self.total(|h, p| p * num::ln(h)));
            return Ok(Sloped { value, slopes: self.slopes(|h, p| value * p / h) });
        }
        // below ε = 1 nobody's nothing is only a loss; from there on it is everything
        if self.values().iter().any(|h| *h < 0.0 || (*h == 0.0 && k < 0.0)) {
            return Err(Undefined::LogarithmOfZero);
        }
        let inner = self.total(|h, p| p * num::pow(h, k));
        let value = num::pow(inner, 1.0 / k);
        let smooth = self.values().iter().all(|h| *h > 0.0);
        Ok(Sloped { value, slopes: if smooth { self.slopes(|h, p| value / inner * p * num::pow(h, k - 1.0)) } else { None } })
    }
}

fn hundredfold(made: Sloped) -> Sloped {
    Sloped { value: 100.0 * made.value, slopes: made.slopes.map(|s| s.iter().map(|d| 100.0 * d).collect()) }
}

/// Logistic regression of shares on ranks: intercept, slope, and how both move with each share.
struct Logistic {
    base: f64,
    slope: f64,
    slopes: Vec<(f64, f64)>,
}

impl Logistic {
    /// Newton's method until it stands still; none where shares of 0 and 1 alone leave no end.
    fn fit(ranks: &[f64], shares: &[f64], weights: &[f64]) -> Option<Self> {
        let mut made = Logistic { base: 0.0, slope: 0.0, slopes: Vec::new() };
        let rows = || ranks.iter().zip(shares).zip(weights).map(|((x, y), p)| (*x, *y, *p));
        let mut last = f64::INFINITY;
        for _ in 0..200 {
            let term = |of: &dyn Fn(f64, f64, f64, f64) -> f64| num::sum(&rows().map(|(x, y, p)| of(x, y, p, made.at(x))).collect::<Vec<_>>());
            let (g0, g1) = (term(&|_, y, p, l| p * (y - l)), term(&|x, y, p, l| p * (y - l) * x));
            let spread = |x: f64, p: f64, l: f64, power: i32| {
                p * l
                    * (1.0 - l)
                    * if power == 0 {
                        1.0
                    } else if power == 1 {
                        x
                    } else {
                        x * x
                    }
            };
            let (h0, h1, h2) = (term(&|x, _, p, l| spread(x, p, l, 0)), term(&|x, _, p, l| spread(x, p, l, 1)), term(&|x, _, p, l| spread(x, p, l, 2)));
            let det = h0 * h2 - h1 * h1;
            if det.is_nan() || det <= 0.0 {
                return None;
            }
            let (step0, step1) = ((h2 * g0 - h1 * g1) / det, (h0 * g1 - h1 * g0) / det);
            let size = num::abs(step0) + num::abs(step1);
            let near = num::abs(made.base) + num::abs(made.slope) + 1.0;
            // at the end steps are rounding alone and shrink no more
            if size <= 1e-13 * near || (size >= last && size <= 1e-9 * near) {
                let by = |x: f64, p: f64| ((h2 * p - h1 * p * x) / det, (h0 * p * x - h1 * p) / det);
                made.slopes = rows().map(|(x, _, p)| by(x, p)).collect();
                return Some(made);
            }
            last = size;
            (made.base, made.slope) = (num::finite(made.base + step0).ok()?, num::finite(made.slope + step1).ok()?);
        }
        None
    }

    fn at(&self, x: f64) -> f64 {
        1.0 / (1.0 + num::exp(-(self.base + self.slope * x)))
    }
}
