//! Floor rules: what no mean may make up for.

use super::Item;
use crate::diagnostic::{Code, Error, Result};
use crate::target::SLACK;
use serde::{Deserialize, Serialize};

/// A child below the floor caps its parent, however good the others are.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CapAtFloor {
    /// The score that no child may be below, 0 to 100.
    pub floor: f64,
    /// What the parent is at most where a child is below, 0 to 100; the floor itself when absent.
    #[serde(default)]
    pub cap: Option<f64>,
}

/// A score after a floor rule.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Capped {
    /// 0 to 100.
    pub score: f64,
    /// The rule lowered it.
    pub capped: bool,
    /// Positions of the children below the floor, from 0.
    pub below: Vec<usize>,
}

/// Holds the score of a parent to the cap when a child with a weight above 0 is below the floor. Children without a score do not
/// count: the coverage speaks of them.
///
/// ```
/// # use sms_statistics as sms_core;
/// use sms_core::aggregate::{CapAtFloor, Item, cap_at_floor};
/// let rule = CapAtFloor { floor: 40.0, cap: None };
/// let made = cap_at_floor(70.0, &[Item::leaf(Some(100.0), 1.0), Item::leaf(Some(39.0), 1.0)], rule)?;
/// assert_eq!((made.score, made.capped, made.below), (40.0, true, vec![1]));
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `aggregate.bad-parameter` for a floor or a cap outside 0 to 100; `aggregate.score-out-of-range`.
pub fn cap_at_floor(score: f64, items: &[Item], rule: CapAtFloor) -> Result<Capped> {
    let scale = 0.0..=100.0;
    let cap = rule.cap.unwrap_or(rule.floor);
    for (path, x) in [("rule.floor", rule.floor), ("rule.cap", cap)] {
        if !scale.contains(&x) {
            return Err(Error::new(Code::AggregateBadParameter).at_path(path).expecting("a score between 0 and 100"));
        }
    }
    if !scale.contains(&score) {
        return Err(Error::new(Code::AggregateScoreOutOfRange).at_path("score"));
    }
    let mut below = Vec::new();
    for (i, item) in items.iter().enumerate() {
        if item.score.is_some_and(|s| !scale.contains(&s)) {
            return Err(Error::new(Code::AggregateScoreOutOfRange).at_path(&format!("items[{i}]")));
        }
        if item.weight > 0.0 && item.score.is_some_and(|s| s < rule.floor - SLACK) {
            below.push(i);
        }
    }
    let held = if below.is_empty() { score } else { score.min(cap) };
    Ok(Capped { score: held, capped: held < score, below })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_makes_up_for_a_child_below_the_floor() {
        let items = |scores: &[f64]| scores.iter().map(|&s| Item::leaf(Some(s), 1.0)).collect::<Vec<_>>();
        let rule = CapAtFloor { floor: 40.0, cap: Some(20.0) };
        assert_eq!(cap_at_floor(70.0, &items(&[100.0, 40.0]), rule).unwrap().score, 70.0);
        assert_eq!(cap_at_floor(70.0, &items(&[100.0, 40.0 - 1e-10]), rule).unwrap().score, 70.0);
        assert_eq!(cap_at_floor(70.0, &items(&[100.0, 39.0]), rule).unwrap().score, 20.0);
        let low = cap_at_floor(15.0, &items(&[20.0, 10.0]), rule).unwrap();
        assert_eq!((low.score, low.capped, low.below), (15.0, false, vec![0, 1]));
        let ignored = [Item::leaf(None, 1.0), Item::leaf(Some(0.0), 0.0)];
        assert!(cap_at_floor(70.0, &ignored, rule).unwrap().below.is_empty());
        assert_eq!(cap_at_floor(70.0, &[], CapAtFloor { floor: 101.0, cap: None }).unwrap_err().code(), Code::AggregateBadParameter);
        assert_eq!(cap_at_floor(101.0, &[], rule).unwrap_err().code(), Code::AggregateScoreOutOfRange);
    }
}
