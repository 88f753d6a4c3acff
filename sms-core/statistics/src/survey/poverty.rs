//! Poverty and inequality measures of EU-SILC from a weighted distribution, with their linearisation (Deville 1999; Osier
//! 2009; Langel & Tillé 2011).
//!
//! The influence of a person depends on the person's value only, so it is a list beside the distinct values: one for the
//! group itself, and one for everybody where the poverty line comes from everybody.

use super::compile::Statistic;
use super::design::PovertyThreshold;
use super::quantile::{Distribution, QuantileRule};
use crate::num::{exp, pow, sqrt, sum};
use std::f64::consts::PI;

/// The middle of a distribution.
const MIDDLE: f64 = 0.5;
/// S80/S20 compares the fifths at both ends: the measure's name fixes them.
const FIFTH: f64 = 0.2;

/// A value, and the poverty line that it was measured against.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Point {
    pub value: f64,
    pub threshold: Option<f64>,
}

/// The influence of a unit of weight at each distinct value.
#[derive(Clone, Debug, Default)]
pub(super) struct Influence {
    /// By the values of the group's own distribution.
    pub own: Vec<f64>,
    /// Where the line comes from everybody: how the statistic moves with the line, and the line's influence by the values of everybody's.
    pub whole: Option<(f64, Vec<f64>)>,
}

fn line(threshold: PovertyThreshold, rule: QuantileRule, own: &Distribution, whole: Option<&Distribution>) -> Option<f64> {
    Some(match threshold {
        PovertyThreshold::Given(amount) => amount,
        PovertyThreshold::ShareOfMedian(share) => share * whole?.quantile(MIDDLE, rule),
        PovertyThreshold::ShareOfOwnMedian(share) => share * own.quantile(MIDDLE, rule),
    })
}

/// The part of a distribution strictly below a line, by its quantile at one half.
fn median_of_the_poor(own: &Distribution, threshold: f64, rule: QuantileRule) -> Option<f64> {
    let poor = own.values.partition_point(|&v| v < threshold);
    let all = own.cumulative.get(poor.checked_sub(1)?).copied()?;
    let below = Distribution {
        values: own.values.iter().take(poor).copied().collect(),
        shares: own.cumulative.iter().take(poor).map(|c| c / all).collect(),
        ..Distribution::default()
    };
    Some(below.quantile(MIDDLE, rule))
}

fn totals(own: &Distribution, rule: QuantileRule) -> (f64, f64, f64, f64) {
    let (q20, q80) = (own.quantile(FIFTH, rule), own.quantile(1.0 - FIFTH, rule));
    let up_to = |q: f64| own.values.partition_point(|&v| v <= q).checked_sub(1).and_then(|i| own.sums.get(i)).copied().unwrap_or(0.0);
    (q20, q80, up_to(q20), own.sum - up_to(q80))
}

/// The point value. `None` where it is not defined.
pub(super) fn point(statistic: Statistic, own: &Distribution, whole: Option<&Distribution>) -> Option<Point> {
    let plain = |value: f64| Some(Point { value, threshold: None });
    match statistic {
        Statistic::Quantile(p, rule) => plain(own.quantile(p, rule)),
        Statistic::Poverty(threshold, rule) => {
            let t = line(threshold, rule, own, whole)?;
            Some(Point { value: own.share_below(t), threshold: Some(t) })
        }
        Statistic::Gap(threshold, rule) => {
            let t = line(threshold, rule, own, whole)?;
            if t <= 0.0 {
                return None;
            }
            let m = median_of_the_poor(own, t, rule)?;
            Some(Point { value: (t - m) / t, threshold: Some(t) })
        }
        Statistic::ShareRatio(rule) => {
            let (_, _, low, high) = totals(own, rule);
            if low > 0.0 { plain(high / low) } else { None }
        }
        Statistic::Gini => {
            if own.sum <= 0.0 {
                return None;
            }
            let terms: Vec<f64> = (0..own.values.len()).filter_map(|i| Some(own.weights.get(i)? * own.values.get(i)? * middle_rank(own, i)?)).collect();
            plain(2.0 * sum(&terms) / (own.total * own.sum) - 1.0)
        }
    }
}

/// The weight below a value and half of the weight at it.
fn middle_rank(own: &Distribution, i: usize) -> Option<f64> {
    Some(own.cumulative.get(i)? - own.weights.get(i)? / 2.0)
}

/// Density by a Gaussian kernel with bandwidth σ̂·N̂^(−1/5) (Deville 1999; Osier 2009). `None` without spread.
fn density(d: &Distribution, x: f64) -> Option<f64> {
    let mean = d.sum / d.total;
    let spread = d.squares / d.total - mean * mean;
    if spread <= 0.0 {
        return None;
    }
    let h = sqrt(spread) / pow(d.total, FIFTH);
    let terms: Vec<f64> = d.values.iter().zip(&d.weights).map(|(v, w)| (w, (x - v) / h)).map(|(w, u)| w * exp(-0.5 * u * u)).collect();
    let f = sum(&terms) / (d.total * h * sqrt(2.0 * PI));
    (f > 0.0).then_some(f)
}

fn one(is: bool) -> f64 {
    f64::from(u8::from(is))
}

/// The influence of a quantile at each value.
fn of_quantile(d: &Distribution, q: f64, p: f64) -> Option<Vec<f64>> {
    let f = density(d, q)?;
    Some(d.values.iter().map(|&v| -(one(v <= q) - p) / (d.total * f)).collect())
}

fn scaled(v: &[f64], by: f64) -> Vec<f64> {
    v.iter().map(|x| x * by).collect()
}

/// The influence of the poverty line: on the group's own values, or on everybody's. Nothing for a given amount.
fn of_line(threshold: PovertyThreshold, rule: QuantileRule, own: &Distribution, whole: Option<&Distribution>) -> Option<Influence> {
    Some(match threshold {
        PovertyThreshold::Given(_) => Influence::default(),
        PovertyThreshold::ShareOfOwnMedian(share) => Influence { own: scaled(&of_quantile(own, own.quantile(MIDDLE, rule), MIDDLE)?, share), whole: None },
        PovertyThreshold::ShareOfMedian(share) => {
            let whole = whole?;
            Influence { own: Vec::new(), whole: Some((1.0, scaled(&of_quantile(whole, whole.quantile(MIDDLE, rule), MIDDLE)?, share))) }
        }
    })
}

/// a + k·b on the group's own values, and k·b on everybody's.
fn with_line(mut own: Vec<f64>, k: f64, line: Influence) -> Influence {
    own.iter_mut().zip(&line.own).for_each(|(a, b)| *a += k * b);
    Influence { own, whole: line.whole.map(|(_, line)| (k, line)) }
}

/// The influence on the statistic. For a quantile that of the share at or below it, for Woodruff's interval. `None` where it
/// is not defined.
pub(super) fn influence(statistic: Statistic, own: &Distribution, whole: Option<&Distribution>, at: Point) -> Option<Influence> {
    let n = own.total;
    let plain = |own: Vec<f64>| Some(Influence { own, whole: None });
    let values = || own.values.iter().copied();
    match statistic {
        Statistic::Quantile(..) => {
            let share = own.share_up_to(at.value);
            plain(values().map(|v| (one(v <= at.value) - share) / n).collect())
        }
        Statistic::Poverty(threshold, rule) => {
            let t = at.threshold?;
            let poor = values().map(|v| (one(v < t) - at.value) / n).collect();
            if matches!(threshold, PovertyThreshold::Given(_)) {
                return plain(poor);
            }
            // without anybody near the line, moving it changes nothing
            Some(with_line(poor, density(own, t).unwrap_or(0.0), of_line(threshold, rule, own, whole)?))
        }
        Statistic::Gap(threshold, rule) => {
            let t = at.threshold?;
            let m = median_of_the_poor(own, t, rule)?;
            let (share_m, share_t) = (own.share_up_to(m), own.share_below(t));
            let (at_m, at_t) = (density(own, m)?, density(own, t).unwrap_or(0.0));
            let line = of_line(threshold, rule, own, whole)?;
            // m is where the share is half of the share below the line
            let of_m = |v: f64| (-(one(v <= m) - share_m) + 0.5 * (one(v < t) - share_t)) / (n * at_m);
            let moved = values().map(|v| -of_m(v) / t).collect();
            Some(with_line(moved, m / (t * t) - 0.5 * at_t / at_m / t, line))
        }
        Statistic::ShareRatio(rule) => {
            let (q20, q80, low, _) = totals(own, rule);
            let high = |v: f64| v * one(v > q80) + q80 * (one(v <= q80) - (1.0 - FIFTH));
            let small = |v: f64| v * one(v <= q20) - q20 * (one(v <= q20) - FIFTH);
            plain(values().map(|v| (high(v) - at.value * small(v)) / low).collect())
        }
        Statistic::Gini => {
            let y = own.sum;
            let of = |i: usize| {
                let (v, w, below) = (own.values.get(i)?, own.weights.get(i)?, own.sums.get(i)?);
                let above = y - below + 0.5 * w * v;
                Some(2.0 * (v * middle_rank(own, i)? + above) / (n * y) - (at.value + 1.0) * (1.0 / n + v / y))
            };
            plain((0..own.values.len()).map(of).collect::<Option<_>>()?)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::num::exact::Dyadic;

    fn of(parts: &[(f64, f64)]) -> Distribution {
        let mut parts = parts.to_vec();
        parts.sort_by(|a, b| a.0.total_cmp(&b.0));
        Distribution::new(parts.iter().map(|&(v, w)| (v, Dyadic::from_f64(w).unwrap()))).unwrap().unwrap()
    }

    #[test]
    fn by_hand() {
        let d = of(&[(1.0, 1.0), (2.0, 1.0), (3.0, 1.0), (4.0, 1.0), (10.0, 1.0)]);
        let value = |s| point(s, &d, Some(&d)).unwrap().value;
        // median 3, line 1.8: one of five is poor, with 1: gap 0.8/1.8
        assert!((value(Statistic::Poverty(PovertyThreshold::ShareOfMedian(0.6), QuantileRule::Eurostat)) - 0.2).abs() < 1e-15);
        assert!((value(Statistic::Gap(PovertyThreshold::ShareOfMedian(0.6), QuantileRule::Eurostat)) - 0.8 / 1.8).abs() < 1e-15);
        // eurostat: q20 = 1.5, q80 = 7; totals 10 over 1
        assert!((value(Statistic::ShareRatio(QuantileRule::Eurostat)) - 10.0).abs() < 1e-15);
        // Gini of (1, 2, 3, 4, 10): Σ|xi − xj| / (2 n² mean) = 80/200
        assert!((value(Statistic::Gini) - 0.4).abs() < 1e-15);
        let negative = of(&[(-1.0, 1.0), (0.5, 1.0)]);
        assert_eq!(point(Statistic::Gini, &negative, None), None);
    }

    /// The influence is the derivative by a weight: compared with a small change of it, where no quantile moves.
    #[test]
    fn influences_are_derivatives() {
        let parts: Vec<(f64, f64)> = (1..60).map(|i| (f64::from(i * i % 67) + 0.25 * f64::from(i), 1.0 + f64::from(i % 5))).collect();
        let d = of(&parts);
        for s in [Statistic::Gini, Statistic::Poverty(PovertyThreshold::Given(20.0), QuantileRule::Survey)] {
            let at = point(s, &d, None).unwrap();
            let influence = influence(s, &d, None, at).unwrap();
            for k in [0_usize, 13, 40, 58] {
                let step = 1e-5;
                let mut changed: Vec<(f64, f64)> = d.values.iter().copied().zip(d.weights.iter().copied()).collect();
                changed[k].1 += step;
                let slope = (point(s, &of(&changed), None).unwrap().value - at.value) / step;
                assert!((slope - influence.own[k]).abs() < 1e-6 * influence.own[k].abs() + 1e-9, "{s:?} {k}: {slope} {}", influence.own[k]);
            }
            // a statistic that a common factor of the weights leaves alone has influences that add to nothing
            let total: f64 = influence.own.iter().zip(&d.weights).map(|(g, w)| g * w).sum();
            assert!(total.abs() < 1e-12, "{s:?} {total}");
        }
    }
}
