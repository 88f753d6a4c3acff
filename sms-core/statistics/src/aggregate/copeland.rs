//! Copeland's rule: who wins most comparisons in pairs. Nothing is made up for by size: only who is better counts.

use super::{check_units, check_weights};
use crate::diagnostic::{Code, Error, Result};
use crate::num;
use crate::target::SLACK;
use serde::Serialize;

/// One unit among the others.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CopelandUnit {
    /// 100·(wins + ½·ties)/compared; `None` where it could be compared with nobody.
    pub score: Option<f64>,
    /// Units that it beats by weight of criteria.
    pub wins: usize,
    /// Units with as much for it as against it.
    pub ties: usize,
    /// Units that beat it.
    pub losses: usize,
    /// Units with enough criteria in common.
    pub compared: usize,
}

/// Copeland scores of a set of units.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Copeland {
    /// One for each unit, in their order.
    pub units: Vec<CopelandUnit>,
    /// Always true: another unit would change these scores.
    pub set_dependent: bool,
}

/// Copeland's rule over units and criteria, with weights (Copeland 1951; OECD/JRC 2008, ch. 6.3 for such rules). More is better in
/// every criterion.
///
/// Of two units, each criterion that both have gives its weight to the better one, or half to each when they differ by no more
/// than the indifference. The unit with more weight wins; equal weights are a tie. A pair whose common criteria hold less than the
/// minimum coverage of the weight is not compared. There are no contributions: a count of wins is no sum over criteria.
///
/// ```
/// # use sms_statistics as sms_core;
/// let row = |a: f64, b: f64, c: f64| vec![Some(a), Some(b), Some(c)];
/// let made = sms_core::aggregate::copeland(&[row(9.0, 1.0, 1.0), row(5.0, 5.0, 1.0), row(1.0, 2.0, 1.0)], &[0.4, 0.3, 0.3], 0.0, 0.6)?;
/// assert_eq!(made.units[0].score, Some(100.0));
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `aggregate.no-items`, `aggregate.unequal-lengths`, `aggregate.bad-weight`, `aggregate.bad-parameter`, `num.not-finite`; each
/// with its path.
pub fn copeland(units: &[Vec<Option<f64>>], weights: &[f64], indifference: f64, minimum_coverage: f64) -> Result<Copeland> {
    check_units(units, weights.len())?;
    check_weights(weights, weights.len())?;
    if !(indifference >= 0.0 && indifference.is_finite()) {
        return Err(Error::new(Code::AggregateBadParameter).at_path("indifference").expecting("0 or more"));
    }
    if !(0.0..=1.0).contains(&minimum_coverage) {
        return Err(Error::new(Code::AggregateBadParameter).at_path("minimum_coverage").expecting("a share between 0 and 1"));
    }
    // by weight, so that a sum over any of the criteria depends on their weights alone and not on their order
    let mut order: Vec<(usize, f64)> = weights.iter().copied().enumerate().collect();
    order.sort_by(|a, b| a.1.total_cmp(&b.1));
    let weights: Vec<f64> = order.iter().map(|&(_, w)| w).collect();
    let rows: Vec<Vec<Option<f64>>> = units.iter().map(|u| order.iter().map(|&(at, _)| u.get(at).copied().flatten()).collect()).collect();
    let total = num::sum(&weights);
    let none = CopelandUnit { score: None, wins: 0, ties: 0, losses: 0, compared: 0 };
    let mut made = vec![none; units.len()];
    for (i, a) in rows.iter().enumerate() {
        let Some((mine, others)) = made.split_at_mut(i).1.split_first_mut() else { continue };
        for (b, theirs) in rows.iter().skip(i + 1).zip(others) {
            let (mut for_a, mut for_b, mut even) = (0.0, 0.0, 0.0);
            for ((x, y), w) in a.iter().zip(b).zip(&weights) {
                let (Some(x), Some(y)) = (x, y) else { continue };
                let difference = x - y;
                if num::abs(difference) <= indifference + SLACK {
                    even += w;
                } else if difference > 0.0 {
                    for_a += w;
                } else {
                    for_b += w;
                }
            }
            let common = for_a + for_b + even;
            if common <= 0.0 || common / total < minimum_coverage - SLACK {
                continue;
            }
            mine.compared += 1;
            theirs.compared += 1;
            let balance = (for_a - for_b) / total;
            if balance > SLACK {
                mine.wins += 1;
                theirs.losses += 1;
            } else if balance < -SLACK {
                mine.losses += 1;
                theirs.wins += 1;
            } else {
                mine.ties += 1;
                theirs.ties += 1;
            }
        }
    }
    for unit in &mut made {
        if unit.compared > 0 {
            unit.score = Some(100.0 * (unit.wins as f64 + 0.5 * unit.ties as f64) / unit.compared as f64);
        }
    }
    Ok(Copeland { units: made, set_dependent: true })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rows(units: &[&[f64]]) -> Vec<Vec<Option<f64>>> {
        units.iter().map(|u| u.iter().map(|&x| Some(x)).collect()).collect()
    }

    #[test]
    fn wins_ties_and_losses() {
        // a beats b on 0.6; a against c 0.4 : 0.6; b against c a tie on the first, 0.3 : 0.2 on the rest
        let made = copeland(&rows(&[&[9.0, 9.0, 1.0], &[5.0, 5.0, 5.0], &[5.0, 9.0, 9.0]]), &[0.4, 0.2, 0.4], 0.0, 0.6).unwrap();
        // a:b 0.6:0.4, a:c 0.4:0.4 (second even) a tie, b:c 0:0.6
        let scores: Vec<_> = made.units.iter().map(|u| u.score.unwrap()).collect();
        assert_eq!(scores, [75.0, 0.0, 75.0]);
        assert_eq!((made.units[0].wins, made.units[0].ties, made.units[0].losses), (1, 1, 0));
    }

    #[test]
    fn what_is_not_in_common_is_not_compared() {
        let units = [vec![Some(5.0), None], vec![None, Some(5.0)], vec![Some(1.0), Some(1.0)]];
        let made = copeland(&units, &[1.0, 1.0], 0.0, 0.5).unwrap();
        assert_eq!(made.units.iter().map(|u| u.compared).collect::<Vec<_>>(), [1, 1, 2]);
        assert_eq!(made.units[2].score, Some(0.0));
        assert!(copeland(&units, &[1.0, 1.0], 0.0, 0.6).unwrap().units.iter().all(|u| u.score.is_none()));
        assert_eq!(copeland(&units[..1], &[1.0, 1.0], 0.0, 0.5).unwrap().units[0].score, None);
        assert!(copeland(&[], &[1.0], 0.0, 0.5).unwrap().units.is_empty());
    }

    #[test]
    fn refusals() {
        let code = |units: &[Vec<Option<f64>>], weights: &[f64], d, c| copeland(units, weights, d, c).unwrap_err().code();
        assert_eq!(code(&[], &[], 0.0, 0.5), Code::AggregateNoItems);
        assert_eq!(code(&rows(&[&[1.0, 2.0]]), &[1.0], 0.0, 0.5), Code::AggregateUnequalLengths);
        assert_eq!(code(&rows(&[&[f64::NAN]]), &[1.0], 0.0, 0.5), Code::NumNotFinite);
        assert_eq!(code(&rows(&[&[1.0]]), &[-1.0], 0.0, 0.5), Code::AggregateBadWeight);
        assert_eq!(code(&rows(&[&[1.0]]), &[1.0], -1.0, 0.5), Code::AggregateBadParameter);
        assert_eq!(code(&rows(&[&[1.0]]), &[1.0], 0.0, 1.5), Code::AggregateBadParameter);
    }

    proptest! {
        /// A win of one is a loss of the other; and neither the order of units nor that of criteria matters.
        #[test]
        fn antisymmetry_and_relabelling(units in proptest::collection::vec(proptest::collection::vec(proptest::option::of(0u8..5), 4), 1..8), weights in proptest::collection::vec(1u8..4, 4), by in 0usize..8) {
            let mut units: Vec<Vec<Option<f64>>> = units.iter().map(|u| u.iter().map(|x| x.map(f64::from)).collect()).collect();
            let mut weights: Vec<f64> = weights.iter().map(|&w| 0.1 * f64::from(w)).collect();
            let mut made = copeland(&units, &weights, 0.0, 0.5).unwrap().units;
            let sum = |f: fn(&CopelandUnit) -> usize| made.iter().map(f).sum::<usize>();
            prop_assert_eq!(sum(|u| u.wins), sum(|u| u.losses));
            prop_assert!(made.iter().all(|u| u.wins + u.ties + u.losses == u.compared));
            prop_assert_eq!(sum(|u| u.compared) % 2, 0);
            let opposite: Vec<Vec<Option<f64>>> = units.iter().map(|u| u.iter().map(|x| x.map(|x| -x)).collect()).collect();
            for (a, b) in made.iter().zip(copeland(&opposite, &weights, 0.0, 0.5).unwrap().units) {
                prop_assert_eq!((a.wins, a.ties, a.losses), (b.losses, b.ties, b.wins));
            }
            let n = units.len();
            units.rotate_left(by % n);
            made.rotate_left(by % n);
            units.iter_mut().for_each(|u| u.reverse());
            weights.reverse();
            prop_assert_eq!(made, copeland(&units, &weights, 0.0, 0.5).unwrap().units);
        }
    }
}
