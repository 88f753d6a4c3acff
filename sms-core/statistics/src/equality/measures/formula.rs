//! The formula of each measure, with its slopes.

use super::logistic::Logistic;
use super::{Measure, MeasureRules, Measured, Profile, Undefined};
use crate::equality::Groups;
use crate::equality::groups::Simulated;
use crate::indicator::Polarity;
use crate::num;
use crate::target::SLACK;

/// A value with its slopes: the derivative by the value of each group.
struct Sloped {
    value: f64,
    slopes: Option<Vec<f64>>,
}

type Answer = std::result::Result<Sloped, Undefined>;

/// Groups, and what is asked of them.
pub(super) struct Of<'a> {
    groups: &'a Groups,
    polarity: Polarity,
    rules: &'a MeasureRules,
    pub(super) mean: f64,
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

impl<'a> Of<'a> {
    pub(super) fn new(groups: &'a Groups, polarity: Polarity, rules: &'a MeasureRules) -> Self {
        Of { groups, polarity, rules, mean: groups.mean(), drawn: false }
    }

    /// Puts the errors of drawn values in the place of those by linearisation, for measures that bend.
    pub(super) fn simulate(&self, measures: &mut [Measured], draws: u32) {
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

    pub(super) fn measured(&self, measure: Measure) -> Measured {
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
