//! Floor 9: from scores to the score of a node: means, coverage, and what to do when something is missing (method §3;
//! OECD/JRC 2008, ch. 6).
//!
//! [`mean`] needs nothing but the children of its node and fixed numbers of the method, so that a unit that joins changes no
//! score. [`copeland`] and [`mazziotta_pareto`] compare units with each other; their results say `set_dependent`.

mod contributions;
mod copeland;
mod floor;
mod mazziotta_pareto;
mod ordered;

pub use contributions::{Contribution, Contributions, contributions};
pub use copeland::{Copeland, CopelandUnit, copeland};
pub use floor::{CapAtFloor, Capped, cap_at_floor};
pub use mazziotta_pareto::{Bounds, MazziottaPareto, MazziottaParetoUnit, Moments, Penalty, Reference, mazziotta_pareto};
pub use ordered::{OrderedMean, ordered_mean};

use crate::diagnostic::{Code, Error, Result};
use crate::num;
use crate::target::SLACK;
use serde::{Deserialize, Serialize};

/// How the scores of children make the score of their parent.
///
/// In data: a word (`"geometric"`), or an object with the numbers of the rule (`{"power": {"exponent": -2}}`).
/// Scores and means run from 0 to 100.
///
/// ```
/// # use sms_statistics as sms_core;
/// use sms_core::aggregate::{Item, MeanKind, mean};
/// let items = [Item::leaf(Some(60.0), 0.5), Item::leaf(Some(80.0), 0.3), Item::leaf(Some(40.0), 0.2)];
/// // method §3
/// for (kind, score) in [(MeanKind::Geometric, 60.31351224746372), (MeanKind::Harmonic, 58.53658536585366)] {
///     assert!((mean(kind, &items, 0.6)?.score.unwrap() - score).abs() < 1e-11);
/// }
/// # Ok::<(), sms_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum MeanKind {
    /// Σ w·s: a gain of one child makes up for the loss of another.
    #[default]
    Arithmetic,
    /// Π s^w: makes up only in part; one zero makes it zero.
    Geometric,
    /// 1 / Σ (w/s): makes up less still; one zero makes it zero.
    Harmonic,
    /// (Σ w·s^r)^(1/r), the geometric mean at r = 0: the lower r, the less one child makes up for another. At r ≤ 0 one
    /// zero makes it zero.
    Power {
        /// r: any finite number.
        exponent: f64,
    },
    /// The geometric mean on the scale from the floor to 100, given back on the scale from 0 to 100: a zero lowers the mean
    /// and does not erase it.
    FlooredGeometric {
        /// What a score of 0 counts as, above 0 and below 100; 1 in several published indices.
        floor: f64,
    },
    /// (1 − share)·arithmetic mean + share·lowest score.
    MeanMin {
        /// The weight of the lowest score, 0 to 1.
        share: f64,
    },
    /// The ordered weighted average of Yager (1988, 1996) with the quantifier Q(p) = p^e: the child that brings the weight of
    /// the better ones from A to A + w counts Q(A + w) − Q(A). e = 1 is the arithmetic mean; a larger e leans to the worst.
    /// Any number of children can be missing, which weights by position do not allow ([`ordered_mean`]).
    OrderedWeighted {
        /// e: above 0.
        exponent: f64,
    },
    /// M − S²/M of scores standardised to mean 100 and SD 10 by fixed moments (Mazziotta & Pareto 2016), given back in points
    /// and held within 0 to 100: unbalanced children are penalised.
    MazziottaPareto {
        /// The reference mean of scores, 0 to 100.
        mean: f64,
        /// Their reference standard deviation, above a tenth of the mean.
        sd: f64,
    },
    /// The same on the scale 70 to 130 that the scores 0 to 100 span, which is the adjusted index of Mazziotta & Pareto
    /// (2016) with the goalposts as bounds. It is never below 0. Where one child stands more than about 58 points above the
    /// mean, raising it further can lower the index: the rule penalises that imbalance more than it rewards the gain.
    AdjustedMazziottaPareto,
}

impl MeanKind {
    /// Whether its numbers are within their ranges.
    ///
    /// ```
    /// # use sms_statistics as sms_core;
    /// use sms_core::aggregate::MeanKind;
    /// assert!(MeanKind::MeanMin { share: 0.3 }.check().is_ok());
    /// assert!(MeanKind::MeanMin { share: 30.0 }.check().is_err());
    /// ```
    ///
    /// # Errors
    /// `aggregate.bad-parameter`, with the range.
    pub fn check(self) -> Result<()> {
        let (good, expected) = match self {
            MeanKind::Arithmetic | MeanKind::Geometric | MeanKind::Harmonic | MeanKind::AdjustedMazziottaPareto => return Ok(()),
            MeanKind::Power { exponent } => (exponent.is_finite(), "a finite exponent"),
            MeanKind::FlooredGeometric { floor } => (floor > 0.0 && floor < 100.0, "a floor above 0 and below 100"),
            MeanKind::MeanMin { share } => ((0.0..=1.0).contains(&share), "a share between 0 and 1"),
            MeanKind::OrderedWeighted { exponent } => (exponent > 0.0 && exponent.is_finite(), "an exponent above 0"),
            MeanKind::MazziottaPareto { mean, sd } => {
                // all standardised scores are then above 0
                let good = (0.0..=100.0).contains(&mean) && sd.is_finite() && sd > 0.0 && 10.0 * sd > mean;
                (good, "a mean between 0 and 100, and an SD above a tenth of it")
            }
        };
        if good { Ok(()) } else { Err(Error::new(Code::AggregateBadParameter).at_path("kind").expecting(expected)) }
    }

    /// The mean of scores between 0 and 100 with weights above 0 that sum to 1; and whether a zero made it zero.
    fn of(self, scored: impl Iterator<Item = (f64, f64)> + Clone) -> (f64, bool) {
        let has_zero = || scored.clone().any(|(s, _)| s == 0.0);
        let arithmetic = || scored.clone().map(|(s, w)| s * w).sum::<f64>();
        let score = match self {
            MeanKind::Arithmetic => arithmetic(),
            MeanKind::Geometric | MeanKind::Harmonic if has_zero() => return (0.0, true),
            MeanKind::Power { exponent } if exponent <= 0.0 && has_zero() => return (0.0, true),
            MeanKind::Geometric => num::exp(scored.map(|(s, w)| w * num::ln(s)).sum()),
            MeanKind::Harmonic => 1.0 / scored.map(|(s, w)| w / s).sum::<f64>(),
            MeanKind::Power { exponent } => power(exponent, scored),
            MeanKind::FlooredGeometric { floor } => {
                let span = (100.0 - floor) / 100.0;
                let lifted = num::exp(scored.map(|(s, w)| w * num::ln(floor + span * s)).sum());
                (lifted - floor) / span
            }
            MeanKind::MeanMin { share } => {
                let lowest = scored.clone().map(|(s, _)| s).fold(100.0, f64::min);
                (1.0 - share) * arithmetic() + share * lowest
            }
            MeanKind::OrderedWeighted { exponent } => {
                let others = scored.clone();
                let q = |p: f64| num::pow(p.min(1.0), exponent);
                let term = |(i, (s, w)): (usize, (f64, f64))| {
                    let better: f64 = others.clone().enumerate().filter(|&(j, (t, _))| t > s || (t == s && j < i)).map(|(_, (_, v))| v).sum();
                    s * (q(better + w) - q(better))
                };
                scored.enumerate().map(term).sum()
            }
            MeanKind::MazziottaPareto { mean, sd } => {
                let z = |s: f64| 100.0 + 10.0 * (s - mean) / sd;
                let index = mazziotta_pareto::penalised(scored.map(|(s, w)| (z(s), w)), Penalty::Minus);
                mean + sd * (index - 100.0) / 10.0
            }
            MeanKind::AdjustedMazziottaPareto => {
                let index = mazziotta_pareto::penalised(scored.map(|(s, w)| (70.0 + 0.6 * s, w)), Penalty::Minus);
                (index - 70.0) / 0.6
            }
        };
        (score, false)
    }
}

/// (Σ w·s^r)^(1/r) without overflow, and precise near r = 0: m·T^(1/r) with m the largest score (the lowest for r < 0) and
/// T = Σ w·(s/m)^r = 1 + Σ w·((s/m)^r − 1), whose terms are all of one sign.
fn power(r: f64, scored: impl Iterator<Item = (f64, f64)> + Clone) -> f64 {
    if r == 0.0 {
        return num::exp(scored.map(|(s, w)| w * num::ln(s)).sum());
    }
    let scores = scored.clone().map(|(s, _)| s);
    let m = if r > 0.0 { scores.fold(0.0, f64::max) } else { scores.fold(100.0, f64::min) };
    if m == 0.0 {
        return 0.0;
    }
    let below_one: f64 = scored.clone().map(|(s, w)| w * num::exp_m1(r * num::ln(s / m))).sum();
    let log = if below_one > -0.5 { num::ln_1p(below_one) } else { num::ln(scored.map(|(s, w)| w * num::pow(s / m, r)).sum()) };
    m * num::exp(log / r)
}

/// One child of a node.
///
/// ```
/// # use sms_statistics as sms_core;
/// use sms_core::aggregate::{Item, MeanKind, mean};
/// // method §3
/// let items = [Item::leaf(Some(60.0), 0.5), Item::leaf(Some(80.0), 0.3), Item::leaf(Some(40.0), 0.2)];
/// assert!((mean(MeanKind::Arithmetic, &items, 0.6)?.score.unwrap() - 62.0).abs() < 1e-12);
/// # Ok::<(), sms_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Item {
    /// Its score, 0 to 100; `None` when there is none.
    pub score: Option<f64>,
    /// Its weight among its siblings, 0 or more; weights are renormalised over what is present.
    pub weight: f64,
    /// The share of what belongs to it that was measured, 0 to 1.
    pub coverage: f64,
}

impl Item {
    /// A leaf: measured or not.
    /// The score lies between 0 and 100; the coverage becomes 1, or 0 where there is no score.
    ///
    /// ```
    /// # use sms_statistics as sms_core;
    /// use sms_core::aggregate::Item;
    /// assert_eq!((Item::leaf(Some(60.0), 0.5).coverage, Item::leaf(None, 0.5).coverage), (1.0, 0.0));
    /// ```
    #[must_use]
    pub fn leaf(score: Option<f64>, weight: f64) -> Self {
        Item { score, weight, coverage: if score.is_some() { 1.0 } else { 0.0 } }
    }
}

/// The mean of a node, with how much of it was measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Mean {
    /// 0 to 100; `None` when too little was measured.
    pub score: Option<f64>,
    /// Share of the weight that was measured, through all levels below, 0 to 1.
    pub coverage: f64,
    /// Children with a score.
    pub n: usize,
    /// Children in all.
    pub of: usize,
    /// A zero made the mean zero.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub zero: bool,
}

/// The mean of scores. Nothing is imputed: weights are renormalised over the children present, and below the minimum
/// coverage there is no score.
///
/// ```
/// # use sms_statistics as sms_core;
/// use sms_core::aggregate::{Item, MeanKind, mean};
/// let items = [Item::leaf(Some(60.0), 0.5), Item::leaf(Some(80.0), 0.3), Item::leaf(Some(40.0), 0.2)];
/// let m = mean(MeanKind::Geometric, &items, 0.6)?;
/// assert!((m.score.unwrap() - 60.31351224746372).abs() < 1e-12);
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `aggregate.no-items`, `aggregate.bad-weight`, `aggregate.score-out-of-range`, `aggregate.bad-parameter`.
pub fn mean(kind: MeanKind, items: &[Item], minimum_coverage: f64) -> Result<Mean> {
    kind.check()?;
    let (mut result, present) = coverage(items, minimum_coverage)?;
    if present > 0.0 {
        let scored = items.iter().filter_map(|i| i.score.map(|s| (s, i.weight / present))).filter(|&(_, w)| w > 0.0);
        let (score, zero) = kind.of(scored);
        result.zero = zero;
        // rounding may lead a hair beyond the range of the children
        result.score = Some(num::finite(score)?.clamp(0.0, 100.0));
    }
    Ok(result)
}

/// What is known of a node without its score, and the weight of the children with a score: 0 where too little is measured.
fn coverage(items: &[Item], minimum_coverage: f64) -> Result<(Mean, f64)> {
    if items.is_empty() {
        return Err(Error::new(Code::AggregateNoItems));
    }
    if !(0.0..=1.0).contains(&minimum_coverage) {
        return Err(Error::new(Code::AggregateBadParameter).at_path("minimum_coverage").expecting("minimum_coverage between 0 and 1"));
    }
    let (mut weight, mut present, mut covered, mut n) = (0.0, 0.0, 0.0, 0_usize);
    for (i, item) in items.iter().enumerate() {
        let error = |code| Error::new(code).at_path(&format!("items[{i}]"));
        if !(item.weight.is_finite() && item.weight >= 0.0) {
            return Err(error(Code::AggregateBadWeight));
        }
        if item.score.is_some_and(|s| !(0.0..=100.0).contains(&s)) {
            return Err(error(Code::AggregateScoreOutOfRange));
        }
        if !(0.0..=1.0).contains(&item.coverage) {
            return Err(error(Code::AggregateBadParameter).expecting("coverage between 0 and 1"));
        }
        weight += item.weight;
        covered += item.weight * item.coverage;
        if item.score.is_some() {
            present += item.weight;
            n += 1;
        }
    }
    if !(weight > 0.0 && weight.is_finite()) {
        return Err(Error::new(Code::AggregateBadWeight));
    }
    let coverage = (covered / weight).min(1.0);
    let enough = coverage >= minimum_coverage - SLACK;
    Ok((Mean { score: None, coverage, n, of: items.len(), zero: false }, if enough { present } else { 0.0 }))
}

/// Weights of 0 or more, at least one above 0, as many as there are things to weigh.
fn check_weights(weights: &[f64], wanted: usize) -> Result<()> {
    if weights.len() != wanted {
        return Err(Error::new(Code::AggregateUnequalLengths).at_path("weights").with("given", weights.len()).with("wanted", wanted));
    }
    if let Some(i) = weights.iter().position(|w| !(w.is_finite() && *w >= 0.0)) {
        return Err(Error::new(Code::AggregateBadWeight).at_path(&format!("weights[{i}]")));
    }
    let total = num::sum(weights);
    if total > 0.0 && total.is_finite() { Ok(()) } else { Err(Error::new(Code::AggregateBadWeight).at_path("weights")) }
}

/// Rows of a table, one a unit: as long as there are columns, every number finite.
fn check_units(units: &[Vec<Option<f64>>], columns: usize) -> Result<()> {
    if columns == 0 {
        return Err(Error::new(Code::AggregateNoItems));
    }
    for (i, unit) in units.iter().enumerate() {
        if unit.len() != columns {
            return Err(Error::new(Code::AggregateUnequalLengths).at_path(&format!("units[{i}]")).with("given", unit.len()).with("wanted", columns));
        }
        if let Some(j) = unit.iter().position(|v| v.is_some_and(|v| !v.is_finite())) {
            return Err(Error::new(Code::NumNotFinite).at_path(&format!("units[{i}][{j}]")));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn leaves(scores: &[Option<f64>], weights: &[f64]) -> Vec<Item> {
        scores.iter().zip(weights).map(|(&s, &w)| Item::leaf(s, w)).collect()
    }

    #[test]
    fn worked_examples() {
        // method §3
        let items = leaves(&[Some(60.0), Some(80.0), Some(40.0)], &[0.5, 0.3, 0.2]);
        let score = |k| mean(k, &items, 0.6).unwrap().score.unwrap();
        assert!((score(MeanKind::Arithmetic) - 62.0).abs() < 1e-12);
        assert!((score(MeanKind::Harmonic) - 58.53658536585366).abs() < 1e-12);
        let missing = leaves(&[Some(60.0), None, Some(40.0)], &[0.5, 0.3, 0.2]);
        let m = mean(MeanKind::Arithmetic, &missing, 0.6).unwrap();
        assert!((m.score.unwrap() - 54.28571428571429).abs() < 1e-12);
        assert!((m.coverage - 0.7).abs() < 1e-12);
        assert_eq!(mean(MeanKind::Arithmetic, &missing, 0.8).unwrap().score, None);
    }

    #[test]
    fn a_zero_is_defined() {
        let items = leaves(&[Some(0.0), Some(100.0)], &[1.0, 1.0]);
        let m = mean(MeanKind::Geometric, &items, 0.6).unwrap();
        assert_eq!((m.score, m.zero), (Some(0.0), true));
        assert_eq!(mean(MeanKind::Harmonic, &items, 0.6).unwrap().score, Some(0.0));
    }

    #[test]
    fn rules_with_numbers() {
        let items = leaves(&[Some(60.0), Some(80.0), Some(40.0)], &[0.5, 0.3, 0.2]);
        let score = |k| mean(k, &items, 0.6).unwrap().score.unwrap();
        let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-12, "{a} {b}");
        // method §3
        close(score(MeanKind::Power { exponent: -2.0 }), 56.726_335_109_647_86);
        close(score(MeanKind::Power { exponent: 1.0 }), 62.0);
        close(score(MeanKind::Power { exponent: 0.0 }), 60.313_512_247_463_72);
        close(score(MeanKind::Power { exponent: 1e-200 }), 60.313_512_247_463_72);
        close(score(MeanKind::Power { exponent: -1.0 }), 58.536_585_365_853_66);
        close(score(MeanKind::Power { exponent: 1e308 }), 80.0);
        close(score(MeanKind::Power { exponent: -1e308 }), 40.0);
        close(score(MeanKind::MeanMin { share: 0.25 }), 0.75 * 62.0 + 10.0);
        close(score(MeanKind::OrderedWeighted { exponent: 1.0 }), 62.0);
        // from the best: 80 with 0.3, 60 with 0.5, 40 with 0.2; squares 0.09, 0.64, 1
        close(score(MeanKind::OrderedWeighted { exponent: 2.0 }), 0.09 * 80.0 + 0.55 * 60.0 + 0.36 * 40.0);
        // on 70 to 130: 106, 118, 94; mean 107.2, variance 70.56
        close(score(MeanKind::AdjustedMazziottaPareto), (107.2 - 70.56 / 107.2 - 70.0) / 0.6);
        // by a mean of 50 and an SD of 20: 105, 115, 95; mean 106, variance 49
        close(score(MeanKind::MazziottaPareto { mean: 50.0, sd: 20.0 }), 50.0 + 2.0 * (6.0 - 49.0 / 106.0));
        let zero = leaves(&[Some(0.0), Some(100.0)], &[1.0, 1.0]);
        close(mean(MeanKind::FlooredGeometric { floor: 1.0 }, &zero, 0.6).unwrap().score.unwrap(), 9.0 / 0.99);
        assert!(mean(MeanKind::Power { exponent: -0.5 }, &zero, 0.6).unwrap().zero);
        let half = mean(MeanKind::Power { exponent: 0.5 }, &zero, 0.6).unwrap();
        close(half.score.unwrap(), 25.0);
        assert!(!half.zero);
        assert_eq!(mean(MeanKind::Power { exponent: 3.0 }, &leaves(&[Some(0.0)], &[1.0]), 0.6).unwrap().score, Some(0.0));
    }

    #[test]
    fn numbers_outside_their_range_are_refused() {
        for kind in [
            MeanKind::Power { exponent: f64::INFINITY },
            MeanKind::FlooredGeometric { floor: 0.0 },
            MeanKind::FlooredGeometric { floor: 100.0 },
            MeanKind::MeanMin { share: 1.1 },
            MeanKind::OrderedWeighted { exponent: 0.0 },
            MeanKind::MazziottaPareto { mean: 50.0, sd: 5.0 },
            MeanKind::MazziottaPareto { mean: 101.0, sd: 50.0 },
        ] {
            assert_eq!(mean(kind, &[Item::leaf(Some(1.0), 1.0)], 0.6).unwrap_err().code(), Code::AggregateBadParameter, "{kind:?}");
        }
    }

    #[test]
    fn the_words_of_method_files_stay() {
        for (kind, json) in [
            (MeanKind::Arithmetic, r#""arithmetic""#),
            (MeanKind::Geometric, r#""geometric""#),
            (MeanKind::Harmonic, r#""harmonic""#),
            (MeanKind::AdjustedMazziottaPareto, r#""adjusted_mazziotta_pareto""#),
            (MeanKind::Power { exponent: -2.0 }, r#"{"power":{"exponent":-2.0}}"#),
        ] {
            assert_eq!(serde_json::to_string(&kind).unwrap(), json);
            assert_eq!(serde_json::from_str::<MeanKind>(json).unwrap(), kind);
        }
        assert!(serde_json::from_str::<MeanKind>(r#"{"power": {"exponent": 2, "r": 2}}"#).is_err());
    }

    /// Every kind, with numbers that a method might have.
    fn kinds() -> Vec<MeanKind> {
        let mut kinds = vec![MeanKind::Arithmetic, MeanKind::Geometric, MeanKind::Harmonic, MeanKind::AdjustedMazziottaPareto];
        kinds.extend([-20.0, -2.0, -1.0, -1e-9, 0.0, 1e-9, 0.5, 1.0, 3.0, 40.0].map(|exponent| MeanKind::Power { exponent }));
        kinds.extend([0.5, 1.0, 2.0].map(|exponent| MeanKind::OrderedWeighted { exponent }));
        kinds.extend([0.0, 0.3, 1.0].map(|share| MeanKind::MeanMin { share }));
        kinds.extend([MeanKind::FlooredGeometric { floor: 1.0 }, MeanKind::MazziottaPareto { mean: 50.0, sd: 20.0 }]);
        kinds
    }

    proptest! {
        #[test]
        fn means_lie_within_their_children_and_in_order(v in proptest::collection::vec((0.01..100.0f64, 0.01..1.0f64), 1..12)) {
            let items: Vec<Item> = v.iter().map(|&(s, w)| Item::leaf(Some(s), w)).collect();
            let score = |k| mean(k, &items, 0.6).unwrap().score.unwrap();
            let (low, high) = v.iter().fold((100.0f64, 0.0f64), |(l, h), &(s, _)| (l.min(s), h.max(s)));
            let (h, g, a) = (score(MeanKind::Harmonic), score(MeanKind::Geometric), score(MeanKind::Arithmetic));
            prop_assert!(low - 1e-9 <= h && h <= g + 1e-9 && g <= a + 1e-9 && a <= high + 1e-9);
        }

        #[test]
        fn power_means_rise_with_their_exponent(v in proptest::collection::vec((0.0..=100.0f64, 0.01..1.0f64), 1..12), a in -60.0..60.0f64, b in -60.0..60.0f64) {
            let items: Vec<Item> = v.iter().map(|&(s, w)| Item::leaf(Some(s), w)).collect();
            let score = |exponent| mean(MeanKind::Power { exponent }, &items, 0.6).unwrap().score.unwrap();
            prop_assert!(score(a.min(b)) <= score(a.max(b)) + 1e-9);
        }

        #[test]
        fn scores_twice_as_high_have_a_mean_twice_as_high(v in proptest::collection::vec((0.0..=50.0f64, 0.01..1.0f64), 1..12), by in 0.1..=2.0f64) {
            let score = |by: f64, kind| mean(kind, &v.iter().map(|&(s, w)| Item::leaf(Some(s * by), w)).collect::<Vec<_>>(), 0.6).unwrap().score.unwrap();
            for kind in kinds() {
                if !matches!(kind, MeanKind::FlooredGeometric { .. } | MeanKind::MazziottaPareto { .. } | MeanKind::AdjustedMazziottaPareto) {
                    prop_assert!((score(by, kind) - by * score(1.0, kind)).abs() < 1e-9, "{kind:?}");
                }
            }
        }

        #[test]
        fn weights_count_by_their_ratio_and_order_counts_nothing(v in proptest::collection::vec((0.0..=100.0f64, 0.01..1.0f64), 1..12), by in 0.1..10.0f64) {
            let items: Vec<Item> = v.iter().map(|&(s, w)| Item::leaf(Some(s), w)).collect();
            let mut other: Vec<Item> = v.iter().map(|&(s, w)| Item::leaf(Some(s), w * by)).collect();
            other.reverse();
            for kind in kinds() {
                let (a, b) = (mean(kind, &items, 0.6).unwrap().score.unwrap(), mean(kind, &other, 0.6).unwrap().score.unwrap());
                prop_assert!((a - b).abs() < 1e-9, "{kind:?}: {a} {b}");
            }
        }

        #[test]
        fn equal_children_give_their_own_score(s in 0.0..=100.0f64, w in proptest::collection::vec(0.01..1.0f64, 1..12)) {
            let items: Vec<Item> = w.iter().map(|&w| Item::leaf(Some(s), w)).collect();
            for kind in kinds() {
                let score = mean(kind, &items, 0.6).unwrap().score.unwrap();
                prop_assert!((score - s).abs() < 1e-9, "{kind:?}: {score} {s}");
            }
        }

        #[test]
        fn contributions_sum_to_the_score(v in proptest::collection::vec((proptest::option::of(0.0..=100.0f64), 0.0..1.0f64), 1..12), cap in 0.0..=100.0f64) {
            let items: Vec<Item> = v.iter().map(|&(s, w)| Item::leaf(s, w)).collect();
            prop_assume!(v.iter().any(|&(_, w)| w > 0.0));
            for kind in kinds() {
                let (score, made) = (mean(kind, &items, 0.0).unwrap().score, contributions(kind, &items, 0.0).unwrap());
                prop_assert_eq!(score, made.as_ref().map(|m| m.score));
                let Some(made) = made else { continue };
                let listed = |m: &Contributions| m.items.iter().map(|i| i.points).sum::<f64>() + m.imbalance + m.clamp.unwrap_or(0.0);
                prop_assert!((listed(&made) - made.score).abs() <= 1e-13, "{kind:?}");
                let weights: f64 = made.items.iter().map(|i| i.weight).sum();
                prop_assert!((weights - 1.0).abs() < 1e-12);
                let held = made.held_to(cap).unwrap();
                prop_assert!((listed(&held) - cap).abs() <= 1e-12);
            }
        }

        /// Another unit, another row: no fixed reference lets it be felt.
        #[test]
        fn a_unit_that_joins_changes_no_stable_score(units in proptest::collection::vec(proptest::collection::vec(proptest::option::of(0.0..=100.0f64), 3), 1..8)) {
            let polarity = [crate::indicator::Polarity::Higher; 3];
            let weights = [0.5, 0.3, 0.2];
            let fewer = &units[..units.len() - 1];
            for (reference, stable) in [
                (Reference::Fixed(vec![Moments { mean: 50.0, sd: 20.0 }; 3]), true),
                (Reference::Goalposts(vec![Bounds { worst: 0.0, best: 100.0 }; 3]), true),
                (Reference::Set, false),
            ] {
                let all = mazziotta_pareto(&units, &weights, &polarity, &reference, Penalty::Minus, 0.5).unwrap();
                prop_assert_eq!(all.set_dependent, !stable);
                if stable {
                    let before = mazziotta_pareto(fewer, &weights, &polarity, &reference, Penalty::Minus, 0.5).unwrap();
                    prop_assert_eq!(&before.units[..], &all.units[..fewer.len()]);
                }
            }
            prop_assert!(copeland(&units, &weights, 0.0, 0.5).unwrap().set_dependent);
        }
    }

    #[test]
    fn a_unit_that_joins_moves_the_others_where_the_result_says_so() {
        let two = [vec![Some(10.0)], vec![Some(50.0)]];
        let three = [vec![Some(10.0)], vec![Some(50.0)], vec![Some(90.0)]];
        let of = |units: &[Vec<Option<f64>>]| copeland(units, &[1.0], 0.0, 0.5).unwrap().units[1].score;
        assert_ne!(of(&two), of(&three));
        let higher = [crate::indicator::Polarity::Higher];
        let of = |units: &[Vec<Option<f64>>]| mazziotta_pareto(units, &[1.0], &higher, &Reference::Set, Penalty::Minus, 0.5).unwrap().units[1].index;
        assert_ne!(of(&two), of(&three));
    }
}
