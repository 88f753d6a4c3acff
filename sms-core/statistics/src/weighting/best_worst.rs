//! The best-worst method, linear (Rezaei 2016): weights from comparisons with the best and the worst criterion.
//!
//! The task: minimise ξ so that |w_B − a_Bj·w_j| ≤ ξ and |w_j − a_jW·w_W| ≤ ξ for all j, with Σw = 1 and w ≥ 0.
//!
//! **It has one solution, in closed form.** All conditions but Σw = 1 are homogeneous, so ξ = 1 can be set and Σw be maximised; then
//! ξ* = 1/Σw. With x = w_B and y = w_W, each other w_j is best as large as it may be, min((x + 1)/a_j, b_j·y + 1), where a_j = a_Bj and
//! b_j = a_jW. What is left is a region between lines of x over y: x ≤ c·y + e and x ≥ c·y − e, for (c, e) = (a_BW, 1) and for (a_j·b_j,
//! a_j + 1) for each j. Σw rises in x and in y, and the upper edge U(y) = min(c·y + e) rises, so the best point lies on that edge, at
//! the largest y at which no lower line is above it: y* = min (e_l + e_u)/(c_l − c_u) over all pairs with c_l > c_u. There is no
//! other solution, because Σw rises strictly along the edge. If all c are the same, the answers are consistent and ξ* = 0.

use super::consistency::BestWorstConsistency;
use super::group::{Elicited, Panel, elicited, normalised};
use super::set::WeightingMethod;
use crate::diagnostic::{Code, Error, Finding, Result};
use crate::id::EntryId;
use crate::num;
use crate::target::SLACK;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The comparisons of one participant.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "BestWorstComparisons"))]
pub struct BestWorst {
    /// The side that the participant speaks for.
    #[serde(default)]
    pub side: Option<EntryId>,
    /// The most important criterion.
    pub best: EntryId,
    /// The least important criterion.
    pub worst: EntryId,
    /// How many times as important the best is as each criterion, in their order: 1 or more, 1 for itself.
    pub best_to_others: Vec<f64>,
    /// How many times as important each criterion is as the worst: 1 or more, 1 for itself.
    pub others_to_worst: Vec<f64>,
}

impl fmt::Debug for BestWorst {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // a person's answers are not printed
        f.debug_struct("BestWorst").field("side", &self.side).finish_non_exhaustive()
    }
}

/// Checked answers: positions of best and worst, and both lists.
struct Answers<'a> {
    best: usize,
    worst: usize,
    from_best: &'a [f64],
    to_worst: &'a [f64],
    best_to_worst: f64,
}

impl BestWorst {
    fn check<'a>(&'a self, criteria: &[EntryId]) -> Result<Answers<'a>> {
        let bad = |path: String, expected: &'static str| Error::new(Code::WeightingBadComparison).at_path(&path).expecting(expected);
        let find = |id: &EntryId, path: &str| criteria.iter().position(|c| c == id).ok_or_else(|| bad(path.to_owned(), "one of the criteria"));
        let (best, worst) = (find(&self.best, "best")?, find(&self.worst, "worst")?);
        if best == worst && criteria.len() > 1 {
            return Err(bad("worst".to_owned(), "another criterion than the best"));
        }
        for (path, list, own) in [("best_to_others", &self.best_to_others, best), ("others_to_worst", &self.others_to_worst, worst)] {
            if list.len() != criteria.len() {
                return Err(bad(path.to_owned(), "one number for each criterion"));
            }
            for (j, a) in list.iter().enumerate() {
                if !(*a >= 1.0 && a.is_finite()) {
                    return Err(bad(format!("{path}[{j}]"), "a number of 1 or more"));
                }
                if j == own && *a != 1.0 {
                    return Err(bad(format!("{path}[{j}]"), "1 for the criterion itself"));
                }
            }
        }
        let at = |list: &[f64], j: usize| list.get(j).copied().unwrap_or(f64::NAN);
        let best_to_worst = at(&self.best_to_others, worst);
        if best_to_worst != at(&self.others_to_worst, best) {
            return Err(bad(format!("others_to_worst[{best}]"), "the same comparison of best and worst in both lists"));
        }
        Ok(Answers { best, worst, from_best: &self.best_to_others, to_worst: &self.others_to_worst, best_to_worst })
    }
}

impl Answers<'_> {
    /// a_Bj, a_jW of the criteria that are neither best nor worst.
    fn others(&self) -> impl Iterator<Item = (usize, f64, f64)> {
        let between = move |&(j, _, _): &(usize, f64, f64)| j != self.best && j != self.worst;
        self.from_best.iter().zip(self.to_worst).enumerate().map(|(j, (&a, &b))| (j, a, b)).filter(between)
    }

    /// The weights and ξ.
    fn solve(&self) -> Result<(Vec<f64>, f64)> {
        let mut lines = vec![(self.best_to_worst, 1.0)];
        lines.extend(self.others().map(|(_, a, b)| (a * b, a + 1.0)));
        let mut y = f64::INFINITY;
        for &(upper, e_upper) in &lines {
            for &(lower, e_lower) in &lines {
                if lower > upper {
                    y = y.min((e_lower + e_upper) / (lower - upper));
                }
            }
        }
        if y == f64::INFINITY {
            let weights = self.from_best.iter().map(|a| 1.0 / a).collect();
            return Ok((normalised(weights)?, 0.0));
        }
        let x = lines.iter().map(|&(c, e)| c * y + e).fold(f64::INFINITY, f64::min);
        let weight = |(j, (a, b)): (usize, (&f64, &f64))| match j {
            j if j == self.best => x,
            j if j == self.worst => y,
            _ => ((x + 1.0) / a).min(b * y + 1.0),
        };
        let weights: Vec<f64> = self.from_best.iter().zip(self.to_worst).enumerate().map(weight).collect();
        let xi = num::finite(1.0 / num::sum(&weights))?;
        Ok((normalised(weights)?, xi))
    }

    fn consistency(&self, xi: f64, criteria: &[EntryId], largest_ratio: Option<f64>) -> Result<BestWorstConsistency> {
        let whole = self.best_to_worst;
        let off = |(_, a, b): (usize, f64, f64)| num::abs(a * b - whole);
        let most = self.others().map(off).fold(0.0, f64::max);
        let input_ratio = if most <= SLACK {
            Some(0.0)
        } else if whole > 1.0 {
            Some(num::finite(most / (whole * whole - whole))?)
        } else {
            None
        };
        let above = largest_ratio.is_some_and(|limit| input_ratio.is_none_or(|ratio| ratio > limit + SLACK));
        let named = self.others().filter(|&o| above && off(o) >= most - SLACK).filter_map(|(j, _, _)| criteria.get(j).cloned());
        Ok(BestWorstConsistency { xi, input_ratio, inconsistent: named.collect() })
    }
}

/// Weights by the linear best-worst method, from any number of participants; their weights are averaged.
///
/// ```
/// # use sms_statistics as sms_core;
/// use sms_core::weighting::{BestWorst, Panel, best_worst};
/// let criteria = vec!["a".parse()?, "b".parse()?, "c".parse()?];
/// let panel = Panel { criteria, when: "2024".parse()?, sides: vec![], smallest_side_shown: None, note: None };
/// let asked = BestWorst { side: None, best: "a".parse()?, worst: "c".parse()?, best_to_others: vec![1.0, 2.0, 4.0], others_to_worst: vec![4.0, 2.0, 1.0] };
/// let made = best_worst(&panel, &[asked], None)?;
/// assert!((made.weight_set.weight("a").unwrap() - 4.0 / 7.0).abs() < 1e-15);
/// assert_eq!(made.best_worst[0].xi, 0.0);
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `weighting.bad-comparison` with the participant and the field; `weighting.bad-criteria`, `weighting.no-participants`,
/// `weighting.bad-side`; `aggregate.bad-parameter` for a negative largest ratio; `num.not-finite`.
pub fn best_worst(panel: &Panel, participants: &[BestWorst], largest_ratio: Option<f64>) -> Result<Elicited> {
    if largest_ratio.is_some_and(|r| !(r >= 0.0 && r.is_finite())) {
        return Err(Error::new(Code::AggregateBadParameter).at_path("largest_ratio").expecting("0 or more"));
    }
    let mut seats = panel.seat(&participants.iter().map(|p| p.side.as_ref()).collect::<Vec<_>>())?;
    let (mut priorities, mut each) = (Vec::new(), Vec::new());
    for (i, participant) in participants.iter().enumerate() {
        let inside = |e: Error| {
            let path = e.location().path.as_deref().map_or_else(|| format!("participants[{i}]"), |p| format!("participants[{i}].{p}"));
            e.at_path(&path).with("participant", i)
        };
        let answers = participant.check(&panel.criteria).map_err(inside)?;
        let (weights, xi) = answers.solve().map_err(inside)?;
        let made = answers.consistency(xi, &panel.criteria, largest_ratio).map_err(inside)?;
        if !made.inconsistent.is_empty() {
            let pairs = made.inconsistent.iter().map(EntryId::as_str).collect::<Vec<_>>().join(", ");
            seats.findings.push(Finding::new(Code::WeightingInconsistent).with("participant", i).with("criteria", pairs));
        }
        priorities.push(weights);
        each.push(made);
    }
    let made = elicited(panel, seats, &priorities, WeightingMethod::BestWorst, (None, None))?;
    Ok(Elicited { best_worst: each, ..made })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn panel(n: usize) -> Panel {
        let criteria = (0..n).map(|i| format!("c{i}").parse().unwrap()).collect();
        Panel { criteria, when: "2024".parse().unwrap(), sides: vec![], smallest_side_shown: None, note: None }
    }

    fn asked(best: usize, worst: usize, from_best: &[f64], to_worst: &[f64]) -> BestWorst {
        let id = |i: usize| format!("c{i}").parse().unwrap();
        BestWorst { side: None, best: id(best), worst: id(worst), best_to_others: from_best.to_vec(), others_to_worst: to_worst.to_vec() }
    }

    fn weights(made: &Elicited) -> Vec<f64> {
        made.weight_set.weights().iter().map(|w| w.weight).collect()
    }

    #[test]
    fn worked_examples() {
        // method §4
        let made = best_worst(&panel(3), &[asked(0, 2, &[1.0, 2.0, 4.0], &[4.0, 2.0, 1.0])], Some(0.1)).unwrap();
        for (got, want) in weights(&made).iter().zip([4.0 / 7.0, 2.0 / 7.0, 1.0 / 7.0]) {
            assert!((got - want).abs() < 1e-15);
        }
        // three criteria, a = 2, b = 3, a_BW = 8: lines (8, 1) and (6, 3), so y = (1 + 3)/2 = 2, x = min(17, 15) = 15,
        // w = min(16/2, 7) = 7; Σ = 24
        let made = best_worst(&panel(3), &[asked(0, 2, &[1.0, 2.0, 8.0], &[8.0, 3.0, 1.0])], Some(0.01)).unwrap();
        for (got, want) in weights(&made).iter().zip([15.0 / 24.0, 7.0 / 24.0, 2.0 / 24.0]) {
            assert!((got - want).abs() < 1e-15);
        }
        assert!((made.best_worst[0].xi - 1.0 / 24.0).abs() < 1e-15);
        assert_eq!(made.best_worst[0].input_ratio, Some(2.0 / 56.0));
        assert_eq!(made.findings.count(Code::WeightingInconsistent), 1);
    }

    #[test]
    fn edges_and_refusals() {
        assert_eq!(weights(&best_worst(&panel(1), &[asked(0, 0, &[1.0], &[1.0])], None).unwrap()), [1.0]);
        assert_eq!(weights(&best_worst(&panel(2), &[asked(1, 0, &[3.0, 1.0], &[1.0, 3.0])], None).unwrap()), [0.25, 0.75]);
        let flat = best_worst(&panel(3), &[asked(0, 2, &[1.0, 3.0, 1.0], &[1.0, 1.0, 1.0])], Some(0.1)).unwrap();
        assert_eq!((flat.best_worst[0].input_ratio, flat.findings.count(Code::WeightingInconsistent)), (None, 1));
        let path = |bad: BestWorst| {
            let error = best_worst(&panel(3), &[bad], None).unwrap_err();
            assert_eq!(error.code(), Code::WeightingBadComparison);
            error.location().path.as_deref().unwrap().trim_start_matches("participants[0].").to_owned()
        };
        assert_eq!(path(asked(0, 9, &[1.0; 3], &[1.0; 3])), "worst");
        assert_eq!(path(asked(0, 0, &[1.0; 3], &[1.0; 3])), "worst");
        assert_eq!(path(asked(0, 2, &[1.0; 2], &[1.0; 3])), "best_to_others");
        assert_eq!(path(asked(0, 2, &[1.0, 0.5, 1.0], &[1.0; 3])), "best_to_others[1]");
        assert_eq!(path(asked(0, 2, &[2.0, 1.0, 1.0], &[1.0; 3])), "best_to_others[0]");
        assert_eq!(path(asked(0, 2, &[1.0, 1.0, 4.0], &[3.0, 1.0, 1.0])), "others_to_worst[0]");
        assert_eq!(best_worst(&panel(1), &[asked(0, 0, &[1.0], &[1.0])], Some(-1.0)).unwrap_err().code(), Code::AggregateBadParameter);
    }

    proptest! {
        #[test]
        fn consistent_answers_return_their_weights(w in proptest::collection::vec(0.02..1.0f64, 2..9)) {
            let at = |pick: fn(f64, f64) -> f64| { let m = w.iter().copied().reduce(pick).unwrap(); w.iter().position(|&x| x == m).unwrap() };
            let (best, worst) = (at(f64::max), at(f64::min));
            prop_assume!(best != worst);
            let total: f64 = w.iter().sum();
            let answers = asked(best, worst, &w.iter().map(|x| w[best] / x).collect::<Vec<_>>(), &w.iter().map(|x| x / w[worst]).collect::<Vec<_>>());
            let made = best_worst(&panel(w.len()), &[answers], Some(0.1)).unwrap();
            prop_assert!(made.best_worst[0].xi < 1e-13);
            for (got, want) in weights(&made).iter().zip(&w) {
                prop_assert!((got - want / total).abs() < 1e-12);
            }
        }

        /// The solution keeps every condition, and no point of a fine net around it does better.
        #[test]
        fn no_other_weights_do_better(pairs in proptest::collection::vec((1u8..=9, 1u8..=9), 0..6), whole in 1u8..=9, other in proptest::collection::vec(0.01..1.0f64, 8), near in 1e-6..0.1f64) {
            let n = pairs.len() + 2;
            let mut from_best = vec![1.0];
            let mut to_worst = vec![f64::from(whole)];
            for (a, b) in &pairs {
                from_best.push(f64::from(*a));
                to_worst.push(f64::from(*b));
            }
            from_best.push(f64::from(whole));
            to_worst.push(1.0);
            let made = best_worst(&panel(n), &[asked(0, n - 1, &from_best, &to_worst)], None).unwrap();
            let worst_of = |w: &[f64]| {
                let off = |j: usize| (w[0] - from_best[j] * w[j]).abs().max((w[j] - to_worst[j] * w[n - 1]).abs());
                (0..n).map(off).fold(0.0, f64::max)
            };
            let (w, xi) = (weights(&made), made.best_worst[0].xi);
            prop_assert!((worst_of(&w) - xi).abs() < 1e-12, "{} {xi}", worst_of(&w));
            for by in [1.0, near] {
                let moved: Vec<f64> = w.iter().zip(&other).map(|(w, o)| (1.0 - by) * w + by * o).collect();
                let total: f64 = moved.iter().sum();
                let moved: Vec<f64> = moved.iter().map(|w| w / total).collect();
                prop_assert!(worst_of(&moved) >= xi - 1e-12);
            }
        }
    }
}
