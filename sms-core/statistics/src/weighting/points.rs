//! Weights from points: budget allocation and swing.

use super::group::{Elicited, Panel, elicited, normalised};
use super::set::WeightingMethod;
use crate::diagnostic::{Code, Error, Result};
use crate::id::EntryId;
use crate::num;
use crate::target::SLACK;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The points of one participant.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ParticipantPoints"))]
pub struct Points {
    /// The side that the participant speaks for.
    #[serde(default)]
    pub side: Option<EntryId>,
    /// One number for each criterion, 0 or more.
    pub points: Vec<f64>,
}

impl fmt::Debug for Points {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // a person's answers are not printed
        f.debug_struct("Points").field("side", &self.side).finish_non_exhaustive()
    }
}

/// Points of a budget: each participant shares out the same number of points (OECD/JRC 2008, ch. 6.2).
///
/// ```
/// # use sms_statistics as sms_core;
/// use sms_core::weighting::{Panel, Points, budget_allocation};
/// let panel = Panel { criteria: vec!["housing".parse()?, "health".parse()?], when: "2024".parse()?, sides: vec![], smallest_side_shown: None, note: None };
/// let made = budget_allocation(&panel, &[Points { side: None, points: vec![60.0, 40.0] }, Points { side: None, points: vec![30.0, 70.0] }], 100.0)?;
/// assert!((made.weight_set.weight("housing").unwrap() - 0.45).abs() < 1e-15);
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `weighting.points-sum` for a participant whose points do not sum to the budget, `weighting.bad-points`,
/// `aggregate.unequal-lengths`, each with the position of the participant; `weighting.bad-criteria`, `weighting.no-participants`,
/// `weighting.bad-side`.
pub fn budget_allocation(panel: &Panel, participants: &[Points], budget: f64) -> Result<Elicited> {
    if !(budget > 0.0 && budget.is_finite()) {
        return Err(Error::new(Code::WeightingBadPoints).at_path("budget").expecting("a number above 0"));
    }
    by_points(panel, participants, WeightingMethod::BudgetAllocation, |points| {
        if num::abs(num::sum(points) - budget) > SLACK * budget { Err(Error::new(Code::WeightingPointsSum)) } else { Ok(()) }
    })
}

/// Swing weights: the criterion whose swing from worst to best is worth most gets the top number of points, the others in
/// proportion (von Winterfeldt & Edwards 1986, ch. 8).
///
/// ```
/// # use sms_statistics as sms_core;
/// use sms_core::weighting::{Panel, Points, swing};
/// let criteria = vec!["housing".parse()?, "health".parse()?];
/// let panel = Panel { criteria, when: "2024".parse()?, sides: vec![], smallest_side_shown: None, note: None };
/// let made = swing(&panel, &[Points { side: None, points: vec![100.0, 25.0] }], 100.0)?;
/// assert_eq!(made.weight_set.weight("housing"), Some(0.8));
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `weighting.bad-points` unless the largest number of each participant is the top; the others as [`budget_allocation`].
pub fn swing(panel: &Panel, participants: &[Points], top: f64) -> Result<Elicited> {
    if !(top > 0.0 && top.is_finite()) {
        return Err(Error::new(Code::WeightingBadPoints).at_path("top").expecting("a number above 0"));
    }
    by_points(panel, participants, WeightingMethod::Swing, |points| {
        let most = points.iter().copied().fold(0.0, f64::max);
        let reached = num::abs(most - top) <= SLACK * top;
        if reached { Ok(()) } else { Err(Error::new(Code::WeightingBadPoints).expecting("the top for the most important swing, and no more")) }
    })
}

fn by_points(panel: &Panel, participants: &[Points], method: WeightingMethod, check: impl Fn(&[f64]) -> Result<()>) -> Result<Elicited> {
    let seats = panel.seat(&participants.iter().map(|p| p.side.as_ref()).collect::<Vec<_>>())?;
    let mut priorities = Vec::with_capacity(participants.len());
    for (i, participant) in participants.iter().enumerate() {
        let at = |e: Error| e.at_path(&format!("participants[{i}].points")).with("participant", i);
        let points = &participant.points;
        if points.len() != panel.criteria.len() {
            return Err(at(Error::new(Code::AggregateUnequalLengths).with("given", points.len()).with("wanted", panel.criteria.len())));
        }
        if points.iter().any(|p| !(p.is_finite() && *p >= 0.0)) {
            return Err(at(Error::new(Code::WeightingBadPoints).expecting("numbers of 0 or more")));
        }
        check(points).map_err(at)?;
        priorities.push(normalised(points.clone()).map_err(at)?);
    }
    elicited(panel, seats, &priorities, method, (None, None))
}

#[cfg(test)]
mod tests {
    use super::super::group::Side;
    use super::*;
    use crate::diagnostic::Findings;
    use proptest::prelude::*;

    fn panel(sides: &[(&str, f64)]) -> Panel {
        let criteria = ["a", "b", "c"].map(|c| c.parse().unwrap()).to_vec();
        let sides = sides.iter().map(|&(id, weight)| Side { id: id.parse().unwrap(), weight }).collect();
        Panel { criteria, when: "2024-05".parse().unwrap(), sides, smallest_side_shown: Some(2), note: None }
    }

    fn points(side: Option<&str>, points: &[f64]) -> Points {
        Points { side: side.map(|s| s.parse().unwrap()), points: points.to_vec() }
    }

    fn weights(made: &Elicited) -> Vec<f64> {
        made.weight_set.weights().iter().map(|w| w.weight).collect()
    }

    #[test]
    fn sides_count_as_declared_and_not_by_their_number() {
        let asked = [points(Some("city"), &[80.0, 10.0, 10.0]), points(Some("people"), &[0.0, 50.0, 50.0]), points(Some("people"), &[20.0, 20.0, 60.0])];
        let made = budget_allocation(&panel(&[("city", 1.0), ("people", 3.0)]), &asked, 100.0).unwrap();
        // people: 0.1, 0.35, 0.55
        for (got, want) in weights(&made).iter().zip([0.2 + 0.075, 0.025 + 0.2625, 0.025 + 0.4125]) {
            assert!((got - want).abs() < 1e-15);
        }
        assert_eq!(made.sides[0].weights, None, "a side of one is a person");
        assert_eq!((made.sides[1].participants, &made.sides[1].weights), (2, &None), "with the weights of all, it would give the other away");
        assert_eq!(made.weight_set.provenance().sides[1].weight, 0.75);
        let alike = budget_allocation(&panel(&[]), &asked, 100.0).unwrap();
        assert!((weights(&alike)[0] - 0.45).abs() < 1e-15, "sides count the same by default");
    }

    #[test]
    fn hidden_sides_are_none_or_two() {
        let asked = |sides: &[&str]| sides.iter().map(|s| points(Some(s), &[50.0, 25.0, 25.0])).collect::<Vec<_>>();
        let shown = |sides: &[&str]| {
            let made = budget_allocation(&panel(&[]), &asked(sides), 100.0).unwrap();
            made.sides.iter().map(|s| s.weights.is_some()).collect::<Vec<_>>()
        };
        assert_eq!(shown(&["a", "a", "b", "b"]), [true, true]);
        assert_eq!(shown(&["a", "b", "c", "c"]), [false, false, true]);
        assert_eq!(shown(&["a", "b", "b", "b", "c", "c"]), [false, true, false]);
        let weightless = budget_allocation(&panel(&[("a", 0.0), ("b", 1.0)]), &asked(&["a", "b", "b"]), 100.0).unwrap();
        assert!(weightless.sides[0].weights.is_none() && weightless.sides[1].weights.is_some());
    }

    #[test]
    fn an_absent_side_is_said() {
        let made = budget_allocation(&panel(&[("city", 1.0), ("people", 1.0)]), &[points(Some("city"), &[50.0, 25.0, 25.0])], 100.0).unwrap();
        assert_eq!(made.findings.count_of(Code::WeightingAbsentSide, "people"), 1);
        assert_eq!(weights(&made), [0.5, 0.25, 0.25]);
    }

    #[test]
    fn refusals_say_which_participant() {
        let good = points(None, &[50.0, 25.0, 25.0]);
        let refused = |second: Points| budget_allocation(&panel(&[]), &[good.clone(), second], 100.0).unwrap_err();
        let error = refused(points(None, &[50.0, 25.0, 24.0]));
        assert_eq!(error.code(), Code::WeightingPointsSum);
        assert_eq!(error.location().path.as_deref(), Some("participants[1].points"));
        assert!(!error.to_string().contains("24"));
        assert_eq!(refused(points(None, &[150.0, -25.0, -25.0])).code(), Code::WeightingBadPoints);
        assert_eq!(refused(points(None, &[50.0, 50.0])).code(), Code::AggregateUnequalLengths);
        assert_eq!(refused(points(Some("x"), &[50.0, 25.0, 25.0])).code(), Code::WeightingBadSide);
        assert_eq!(budget_allocation(&panel(&[]), &[], 100.0).unwrap_err().code(), Code::WeightingNoParticipants);
        assert_eq!(budget_allocation(&panel(&[("city", 1.0)]), &[points(Some("x"), &[50.0, 25.0, 25.0])], 100.0).unwrap_err().code(), Code::WeightingBadSide);
        assert_eq!(budget_allocation(&panel(&[("x", 0.0)]), &[points(Some("x"), &[50.0, 25.0, 25.0])], 100.0).unwrap_err().code(), Code::WeightingBadSide);
        assert_eq!(swing(&panel(&[]), &[points(None, &[90.0, 20.0, 0.0])], 100.0).unwrap_err().code(), Code::WeightingBadPoints);
        assert!(!format!("{good:?}").contains("25"));
    }

    #[test]
    fn swing_weights() {
        let made = swing(&panel(&[]), &[points(None, &[100.0, 60.0, 40.0])], 100.0).unwrap();
        assert_eq!(weights(&made), [0.5, 0.3, 0.2]);
        assert_eq!(made.weight_set.provenance().concordance, None);
        assert_eq!(made.findings, Findings::new());
    }

    proptest! {
        #[test]
        fn order_and_names_do_not_matter(v in proptest::collection::vec((0usize..3, 1u32..50, 1u32..50, 1u32..50), 1..8), by in 0usize..8) {
            let sides = ["x", "y", "z"];
            let mut asked: Vec<Points> = v.iter().map(|&(s, a, b, c)| points(Some(sides[s]), &[a, b, c].map(|p| 100.0 * f64::from(p) / f64::from(a + b + c)))).collect();
            let declared = [("x", 1.0), ("y", 2.0), ("z", 3.0)];
            let made = budget_allocation(&panel(&declared), &asked, 100.0).unwrap();
            prop_assert!((num::sum(&weights(&made)) - 1.0).abs() < 1e-12);
            let n = asked.len();
            asked.rotate_left(by % n);
            let again = budget_allocation(&panel(&declared), &asked, 100.0).unwrap();
            prop_assert_eq!(weights(&made), weights(&again));
            asked.iter_mut().for_each(|p| p.points.rotate_left(1));
            let mut turned = weights(&budget_allocation(&panel(&declared), &asked, 100.0).unwrap());
            turned.rotate_right(1);
            prop_assert_eq!(turned, weights(&made));
        }
    }
}
