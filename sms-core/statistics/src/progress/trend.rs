//! The trend of a series, and where it leads (method §7).
//!
//! Slope: median of the slopes between all pairs (Theil 1950; Sen 1968). Test: Mann–Kendall, corrected for ties, with
//! continuity (Mann 1945; Kendall 1975; Gilbert 1987, ch. 16), and the exact distribution of S for short series.

use super::Direction;
use super::bands::within;
use super::path::{Series, SeriesPoint, Time};
use crate::diagnostic::{Code, Error, Result};
use crate::indicator::Polarity;
use crate::num;
use crate::target::SLACK;
use serde::{Deserialize, Serialize};

/// Numbers of the trend.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TrendRules {
    /// With fewer figures there is no trend; at least 3.
    pub minimum_points: usize,
    /// With fewer figures the exact p is computed beside the approximate one, and decides; at most 21.
    pub exact_below: usize,
    /// A trend is shown when its p is below this.
    pub significance: f64,
    /// Confidence level of the interval of the slope and of the band of a projection.
    pub confidence: f64,
}

impl TrendRules {
    /// Checks every number.
    ///
    /// # Errors
    /// `method.bad-value`.
    pub fn check(&self) -> Result<()> {
        let bad = |path: &str, expected: &'static str| Err(Error::new(Code::MethodBadValue).at_path(path).expecting(expected));
        if !(3..=Series::MAX_POINTS).contains(&self.minimum_points) {
            return bad("minimum_points", "a number from 3 to 2000");
        }
        // 20! is the last factorial that a 64-bit count can hold
        if self.exact_below > 21 {
            return bad("exact_below", "at most 21");
        }
        within(self.significance, f64::MIN_POSITIVE, 0.5, "significance", "a number above 0 and at most 0.5")?;
        if self.confidence > 0.0 && self.confidence < 1.0 { Ok(()) } else { bad("confidence", "a number between 0 and 1") }
    }
}

/// The trend of a series since its last break.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Trend {
    /// Figures used.
    pub n: usize,
    /// Figures before the last break in the series, which are left out.
    pub before_break: usize,
    /// `None` with too few figures.
    pub estimate: Option<TrendEstimate>,
}

/// A slope with its test.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TrendEstimate {
    /// Median slope, in units a year.
    pub slope: f64,
    /// Ends of its interval (Sen 1968, with ranks rounded half to even); `None` when the series is too short for one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval: Option<SlopeInterval>,
    /// Pairs that rise minus pairs that fall.
    pub s: i64,
    /// Variance of S when there is no trend, corrected for ties.
    pub variance: f64,
    /// Standardised S with continuity correction.
    pub z: f64,
    /// Two-sided p from z.
    pub p: f64,
    /// Two-sided p from the exact distribution of S, which allows for ties; for short series.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p_exact: Option<f64>,
    /// Whether the trend is beyond chance: by the exact p where there is one.
    pub shown: bool,
    /// Which way the figures move, shown or not.
    pub direction: Direction,
}

/// The interval of a slope.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SlopeInterval {
    /// Lower end.
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
    /// Confidence level.
    pub confidence: f64,
}

/// The middle of sorted numbers, the mean of the two middle ones when they are even.
fn median_of_sorted(sorted: &[f64]) -> Result<f64> {
    let half = sorted.len() / 2;
    let at = |i: usize| sorted.get(i).copied().ok_or_else(|| Error::new(Code::ProgressBadParameter).expecting("at least one number"));
    if sorted.len() % 2 == 1 { at(half) } else { num::finite(0.5 * (at(half.wrapping_sub(1))? + at(half)?)) }
}

fn sorted_slopes(points: &[SeriesPoint]) -> Result<Vec<f64>> {
    let mut slopes = Vec::with_capacity(points.len() * points.len().saturating_sub(1) / 2);
    for (i, earlier) in points.iter().enumerate() {
        for later in points.iter().skip(i + 1) {
            slopes.push(num::finite((later.value - earlier.value) / (later.at.years() - earlier.at.years()))? + 0.0);
        }
    }
    slopes.sort_unstable_by(f64::total_cmp);
    Ok(slopes)
}

/// Sizes of the groups of equal values, those of one left out.
fn ties(points: &[SeriesPoint]) -> Vec<usize> {
    let mut values: Vec<f64> = points.iter().map(|p| p.value).collect();
    values.sort_unstable_by(f64::total_cmp);
    values.chunk_by(|a, b| a == b).map(<[f64]>::len).filter(|&n| n > 1).collect()
}

/// P(|S| ≥ |s|) when all orders of the values are equally likely.
///
/// The number of orders with k falling pairs is the coefficient of q^k in the q-multinomial of n and the tied groups
/// (MacMahon 1915): a product of (1 + q + … + q^(j−1)), divided by the same for each group.
fn exact_p(n: usize, ties: &[usize], s: i64) -> f64 {
    let mut orders: Vec<u64> = vec![1];
    for j in 2..=n {
        // times 1 + q + … + q^(j−1): a running sum of j terms
        let mut next = vec![0_u64; orders.len() + j - 1];
        let mut running = 0_u64;
        for (k, slot) in next.iter_mut().enumerate() {
            running += orders.get(k).copied().unwrap_or(0);
            running -= k.checked_sub(j).and_then(|gone| orders.get(gone)).copied().unwrap_or(0);
            *slot = running;
        }
        orders = next;
    }
    for j in ties.iter().flat_map(|&size| 2..=size) {
        // the division leaves nothing over: c_k = a_k − a_(k−1) + c_(k−j)
        let mut quotient: Vec<u64> = Vec::with_capacity(orders.len());
        let length = (orders.len() + 1).saturating_sub(j);
        let mut before = 0;
        for (k, &a) in orders.iter().take(length).enumerate() {
            let back = k.checked_sub(j).and_then(|i| quotient.get(i)).copied().unwrap_or(0);
            quotient.push((a + back).wrapping_sub(before));
            before = a;
        }
        orders = quotient;
    }
    let pairs = i64::try_from(orders.len()).unwrap_or(i64::MAX) - 1;
    let (mut extreme, mut all) = (0_u64, 0_u64);
    for (k, &count) in (0_i64..).zip(&orders) {
        all += count;
        if (pairs - 2 * k).abs() >= s.abs() {
            extreme += count;
        }
    }
    extreme as f64 / all as f64
}

/// Theil–Sen slope with the Mann–Kendall test, over the figures since the last break in the series.
///
/// ```
/// # use sms_statistics as sms_core;
/// use sms_core::indicator::Polarity;
/// use sms_core::progress::{Series, TrendRules, trend};
/// let points: Vec<_> = [12.0, 11.5, 11.8, 10.9, 10.4, 10.6].iter().zip(2015..).map(|(x, year)| serde_json::json!({"at": year, "value": x})).collect();
/// let series = Series::new(serde_json::from_value(points.into()).unwrap())?;
/// let rules = TrendRules { minimum_points: 4, exact_below: 10, significance: 0.05, confidence: 0.95 };
/// let t = trend(&series, Polarity::Lower, &rules)?.estimate.unwrap();
/// assert_eq!(t.s, -11);
/// assert!((t.slope - -0.3666666667).abs() < 1e-10 && (t.p - 0.0602891740).abs() < 1e-10);
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `method.bad-value`; `num.not-finite` when a slope is beyond the range of numbers.
pub fn trend(series: &Series, polarity: Polarity, rules: &TrendRules) -> Result<Trend> {
    rules.check()?;
    let (points, before_break) = series.since_last_break();
    let n = points.len();
    if n < rules.minimum_points {
        return Ok(Trend { n, before_break, estimate: None });
    }
    let slopes = sorted_slopes(points)?;
    let slope = median_of_sorted(&slopes)?;
    let mut s = 0_i64;
    for (i, earlier) in points.iter().enumerate() {
        for later in points.iter().skip(i + 1) {
            s += i64::from(later.value > earlier.value) - i64::from(later.value < earlier.value);
        }
    }
    let tied = ties(points);
    let term = |n: usize| {
        let n = n as f64;
        n * (n - 1.0) * (2.0 * n + 5.0)
    };
    let variance = (term(n) - tied.iter().map(|&t| term(t)).sum::<f64>()) / 18.0;
    let z = if s == 0 || variance <= 0.0 { 0.0 } else { (s - s.signum()) as f64 / num::sqrt(variance) };
    let p = (2.0 * num::normal_cdf(-num::abs(z))).min(1.0);
    let p_exact = (n < rules.exact_below).then(|| exact_p(n, &tied, s));
    let shown = p_exact.unwrap_or(p) < rules.significance - SLACK;
    let direction = match polarity.direction() {
        _ if s == 0 => Direction::Unchanged,
        None => Direction::Changed,
        Some(d) if d * s as f64 > 0.0 => Direction::Better,
        Some(_) => Direction::Worse,
    };
    let interval = slope_interval(&slopes, variance, rules.confidence)?;
    Ok(Trend { n, before_break, estimate: Some(TrendEstimate { slope, interval, s, variance, z, p, p_exact, shown, direction }) })
}

/// The slopes at the ranks (N − C)/2 and (N + C)/2 + 1, C = z·√Var(S), as R `trend` and SciPy have them; none where a rank is
/// beyond the slopes.
fn slope_interval(sorted: &[f64], variance: f64, confidence: f64) -> Result<Option<SlopeInterval>> {
    let z = num::normal_quantile(0.5 + confidence / 2.0).ok_or_else(|| Error::new(Code::EstimateBadConfidence))?;
    let (n, c) = (sorted.len() as f64, z * num::sqrt(variance.max(0.0)));
    let at = |rank: f64| if rank >= 1.0 && rank <= n { sorted.get(rank as usize - 1).copied() } else { None };
    let (lower, upper) = (at(((n - c) / 2.0).round_ties_even()), at(((n + c) / 2.0).round_ties_even() + 1.0));
    Ok(lower.zip(upper).map(|(lower, upper)| SlopeInterval { lower, upper, confidence }))
}

/// How long it takes to a target at the present pace.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum YearsToTarget {
    /// The target is reached.
    Met {
        /// None: 0.
        years: f64,
    },
    /// The value moves towards it.
    Approaching {
        /// (τ − x)/slope.
        years: f64,
    },
    /// The value moves away from it: there is no number.
    MovingAway,
    /// The value does not move: there is no number.
    NotMoving,
}

/// Years until a value reaches its target when it goes on by `slope` a year. `None` where neither way is better.
///
/// ```
/// # use sms_statistics as sms_core;
/// use sms_core::{indicator::Polarity, progress::{YearsToTarget, years_to_target}};
/// assert_eq!(years_to_target(70.0, 90.0, 2.5, Polarity::Higher)?, Some(YearsToTarget::Approaching { years: 8.0 }));
/// assert_eq!(years_to_target(70.0, 90.0, -1.0, Polarity::Higher)?, Some(YearsToTarget::MovingAway));
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `num.not-finite`.
pub fn years_to_target(value: f64, target: f64, slope: f64, polarity: Polarity) -> Result<Option<YearsToTarget>> {
    for x in [value, target, slope] {
        num::finite(x)?;
    }
    let left = num::finite(target - value)?;
    let met = match (polarity.direction(), polarity) {
        (Some(direction), _) => direction * left <= SLACK,
        (None, Polarity::Value) => num::abs(left) <= SLACK,
        _ => return Ok(None),
    };
    let years = left / slope;
    Ok(Some(if met {
        YearsToTarget::Met { years: 0.0 }
    } else if !years.is_finite() {
        YearsToTarget::NotMoving
    } else if years < 0.0 {
        YearsToTarget::MovingAway
    } else {
        YearsToTarget::Approaching { years }
    }))
}

/// Which path a projection takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum ProjectionBasis {
    /// The median slope of the series, through the median of its figures.
    TheilSen,
    /// From the last figure on, at the pace between the last two.
    LastPace,
}

/// The least and the most that a value can be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ValueRange {
    /// The least.
    #[serde(default)]
    pub min: Option<f64>,
    /// The most.
    #[serde(default)]
    pub max: Option<f64>,
}

/// Where a series leads if it goes on as before: a continuation, not a forecast.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Projection {
    /// The value then.
    pub value: f64,
    /// Lower end of the band; `None` where no error is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lower: Option<f64>,
    /// Upper end of the band.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upper: Option<f64>,
    /// Whether a number was held at the least or the most that the value can be.
    pub held: bool,
    /// Figures used.
    pub n: usize,
    /// Figures before the last break in the series, which are left out.
    pub before_break: usize,
}

/// The value of a series at a later time.
///
/// * `theil_sen`: median of xᵢ + slope·(t − tᵢ). The band takes the ends of the interval of the slope in place of the
///   slope; it holds the doubt about the slope, not the scatter of single figures.
/// * `last_pace`: straight on from the last two figures. The band is the value ± z·σ, with
///   σ² = (1+h)²σ²ₙ + h²σ²ₙ₋₁ and h the time ahead over the time between the two, when both have a standard error.
///
/// `None` with too few figures since the last break.
///
/// ```
/// # use sms_statistics as sms_core;
/// use sms_core::progress::{ProjectionBasis, Series, Time, TrendRules, ValueRange, projection};
/// let series = Series::new(serde_json::from_str(r#"[{"at": 2020, "value": 12}, {"at": 2021, "value": 11}, {"at": 2022, "value": 10}]"#).unwrap())?;
/// let rules = TrendRules { minimum_points: 3, exact_below: 10, significance: 0.05, confidence: 0.95 };
/// let at = Time::new(2025.0)?;
/// let made = projection(&series, at, ProjectionBasis::LastPace, ValueRange { min: None, max: None }, &rules)?;
/// assert_eq!(made.map(|p| p.value), Some(7.0));
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `method.bad-value`, `num.not-finite`; `progress.bad-parameter` for a time before the last figure, or a range upside down.
pub fn projection(series: &Series, at: Time, basis: ProjectionBasis, range: ValueRange, rules: &TrendRules) -> Result<Option<Projection>> {
    rules.check()?;
    for x in [range.min, range.max].into_iter().flatten() {
        num::finite(x)?;
    }
    if range.min.zip(range.max).is_some_and(|(min, max)| min > max) {
        return Err(Error::new(Code::ProgressBadParameter).at_path("range").expecting("min not above max"));
    }
    let (points, before_break) = series.since_last_break();
    let Some(last) = points.last() else { return Ok(None) };
    if at < last.at {
        return Err(Error::new(Code::ProgressBadParameter).at_path("at").expecting("a time not before the last figure"));
    }
    let (value, band) = match basis {
        ProjectionBasis::TheilSen => {
            let Some(estimate) = trend(series, Polarity::None, rules)?.estimate else { return Ok(None) };
            let path = |slope: f64| {
                let mut ends = points.iter().map(|p| num::finite(p.value + slope * (at.years() - p.at.years()))).collect::<Result<Vec<f64>>>()?;
                ends.sort_unstable_by(f64::total_cmp);
                median_of_sorted(&ends)
            };
            let band = estimate.interval.map(|i| Ok::<_, Error>((path(i.lower)?, path(i.upper)?))).transpose()?;
            (path(estimate.slope)?, band)
        }
        ProjectionBasis::LastPace => {
            let Some(before) = points.len().checked_sub(2).and_then(|i| points.get(i)) else { return Ok(None) };
            let h = (at.years() - last.at.years()) / (last.at.years() - before.at.years());
            let value = num::finite(last.value + h * (last.value - before.value))?;
            let z = num::normal_quantile(0.5 + rules.confidence / 2.0).ok_or_else(|| Error::new(Code::EstimateBadConfidence))?;
            let band = match (last.se, before.se) {
                (Some(a), Some(b)) => {
                    let reach = num::finite(z * num::hypot((1.0 + h) * a, h * b))?;
                    Some((num::finite(value - reach)?, num::finite(value + reach)?))
                }
                _ => None,
            };
            (value, band)
        }
    };
    let mut held = false;
    let mut hold = |x: f64| {
        let kept = x.max(range.min.unwrap_or(f64::MIN)).min(range.max.unwrap_or(f64::MAX));
        held |= kept != x;
        kept
    };
    let value = hold(value);
    let (lower, upper) = band.map(|(lower, upper)| (hold(lower), hold(upper))).unzip();
    Ok(Some(Projection { value, lower, upper, held, n: points.len(), before_break }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const RULES: TrendRules = TrendRules { minimum_points: 4, exact_below: 10, significance: 0.05, confidence: 0.95 };

    fn series(values: &[f64]) -> Series {
        let points = values.iter().enumerate().map(|(i, &value)| SeriesPoint { at: Time::new(2010.0 + i as f64).unwrap(), value, se: None, breaks: false });
        Series::new(points.collect()).unwrap()
    }

    fn estimate(values: &[f64]) -> TrendEstimate {
        trend(&series(values), Polarity::Higher, &RULES).unwrap().estimate.unwrap()
    }

    #[test]
    fn worked_example() {
        // method §7
        let t = estimate(&[12.0, 11.5, 11.8, 10.9, 10.4, 10.6]);
        assert!((t.slope - -0.3666666667).abs() < 1e-10);
        assert_eq!((t.s, t.shown, t.direction), (-11, false, Direction::Worse));
        assert!((t.z - -1.8786728733).abs() < 1e-10);
        assert!((t.p - 0.0602891740).abs() < 1e-10);
        // 20 of 720 orders of 6 values have at most 2 falling pairs (1 + 5 + 14), as many the other way round
        assert_eq!(t.p_exact, Some(40.0 / 720.0));
    }

    #[test]
    fn exact_p_agrees_with_all_orders() {
        fn orders(values: &mut Vec<i32>, k: usize, found: &mut Vec<i64>) {
            if k == values.len() {
                let mut s = 0;
                for i in 0..values.len() {
                    for j in i + 1..values.len() {
                        s += i64::from((values[j] - values[i]).signum());
                    }
                }
                found.push(s);
                return;
            }
            for i in k..values.len() {
                values.swap(k, i);
                orders(values, k + 1, found);
                values.swap(k, i);
            }
        }
        for values in [vec![1, 2, 3, 4], vec![1, 1, 2, 3, 4], vec![1, 1, 2, 2, 2, 3], vec![5, 5, 5, 5], vec![1, 2, 3, 4, 5, 6, 7], vec![1, 1, 1, 2, 2, 2, 2]] {
            let mut found = Vec::new();
            orders(&mut values.clone(), 0, &mut found);
            let floats: Vec<f64> = values.iter().map(|&v| f64::from(v)).collect();
            let tied = ties(series(&floats).points());
            for s in 0..=21_i64 {
                let share = found.iter().filter(|x| x.abs() >= s).count() as f64 / found.len() as f64;
                assert!((exact_p(values.len(), &tied, s) - share).abs() < 1e-15, "{values:?} {s}");
            }
        }
        // no overflow at the largest size
        assert!((exact_p(20, &[], 0) - 1.0).abs() < 1e-15 && exact_p(20, &[], 190) > 0.0);
    }

    #[test]
    fn too_short_and_all_tied() {
        assert_eq!(trend(&series(&[1.0, 2.0, 3.0]), Polarity::Higher, &RULES).unwrap(), Trend { n: 3, before_break: 0, estimate: None });
        let flat = estimate(&[3.0; 5]);
        assert_eq!((flat.slope, flat.s, flat.z, flat.p, flat.p_exact, flat.direction), (0.0, 0, 0.0, 1.0, Some(1.0), Direction::Unchanged));
        assert_eq!(flat.interval, Some(SlopeInterval { lower: 0.0, upper: 0.0, confidence: 0.95 }));
    }

    #[test]
    fn a_break_cuts_the_series() {
        let mut points = series(&[50.0, 60.0, 1.0, 2.0, 3.0, 4.0]).points().to_vec();
        points[2].breaks = true;
        let t = trend(&Series::new(points).unwrap(), Polarity::Higher, &RULES).unwrap();
        assert_eq!((t.n, t.before_break, t.estimate.unwrap().slope), (4, 2, 1.0));
    }

    #[test]
    fn projections() {
        let at = |t: f64| Time::new(t).unwrap();
        let s = series(&[10.0, 11.0, 12.0, 13.0, 14.0, 15.0]);
        let p = projection(&s, at(2020.0), ProjectionBasis::TheilSen, ValueRange::default(), &RULES).unwrap().unwrap();
        assert_eq!((p.value, p.lower, p.upper, p.held), (20.0, Some(20.0), Some(20.0), false));
        let held = projection(&s, at(2020.0), ProjectionBasis::LastPace, ValueRange { min: Some(0.0), max: Some(18.0) }, &RULES).unwrap().unwrap();
        assert_eq!((held.value, held.lower, held.held), (18.0, None, true));
        let early = projection(&s, at(2014.0), ProjectionBasis::TheilSen, ValueRange::default(), &RULES);
        assert_eq!(early.unwrap_err().code(), Code::ProgressBadParameter);
    }

    proptest! {
        #[test]
        fn slope_is_equivariant_and_order_free(
            values in proptest::collection::vec(-100.0..100.0f64, 4..14), a in prop_oneof![-5.0..-0.1f64, 0.1..5.0f64], c in -50.0..50.0f64, turn in 0usize..14,
        ) {
            let t = estimate(&values);
            let moved: Vec<f64> = values.iter().map(|x| a * x + c).collect();
            let m = estimate(&moved);
            prop_assert!((m.slope - a * t.slope).abs() < 1e-9);
            prop_assert_eq!(m.s, if a > 0.0 { t.s } else { -t.s });
            prop_assert_eq!(m.p, t.p);
            // adding a straight line adds its slope
            let tilted: Vec<f64> = values.iter().enumerate().map(|(i, x)| x + 3.0 * i as f64).collect();
            prop_assert!((estimate(&tilted).slope - t.slope - 3.0).abs() < 1e-9);
            let mut points = series(&values).points().to_vec();
            points.rotate_left(turn % values.len());
            points.reverse();
            prop_assert_eq!(trend(&Series::new(points).unwrap(), Polarity::Higher, &RULES).unwrap().estimate.unwrap(), t);
            if let Some(i) = t.interval {
                prop_assert!(i.lower <= t.slope && t.slope <= i.upper);
            }
        }

        #[test]
        fn a_band_holds_its_projection(values in proptest::collection::vec(-100.0..100.0f64, 5..14), ahead in 0.0..20.0f64) {
            let s = series(&values);
            let at = Time::new(2010.0 + values.len() as f64 - 1.0 + ahead).unwrap();
            let p = projection(&s, at, ProjectionBasis::TheilSen, ValueRange::default(), &RULES).unwrap().unwrap();
            if let (Some(l), Some(u)) = (p.lower, p.upper) {
                prop_assert!(l <= p.value && p.value <= u);
            }
        }
    }
}
