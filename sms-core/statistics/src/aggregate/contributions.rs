//! What each child adds to the score of its parent, computed on demand.

use super::{Item, MeanKind, mean};
use crate::diagnostic::Result;
use crate::num;
use serde::Serialize;

/// What one child adds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ItemContribution"))]
pub struct Contribution {
    /// Its score; `None` where it is missing.
    pub score: Option<f64>,
    /// Its effective weight: renormalised over the children with a score, 0 for the others.
    pub weight: f64,
    /// weight · score.
    pub points: f64,
}

/// What the children add, and what the rule takes off or adds for their imbalance.
///
/// The printed list is points of the children in their order, `imbalance`, `clamp`. Each of the last two is defined as what is
/// still lacking, so the list adds up to the score: exactly as long as the score is at least half of what the children add, and
/// else to half a unit in the last place of that sum (below 1e-14 points).
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ScoreContributions"))]
pub struct Contributions {
    /// The score that they make, 0 to 100.
    pub score: f64,
    /// One for each child, in their order.
    pub items: Vec<Contribution>,
    /// Score − Σ weight · score: 0 for the arithmetic mean, below 0 for means that penalise imbalance.
    pub imbalance: f64,
    /// What a rule after the mean took off or added.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clamp: Option<f64>,
}

impl Contributions {
    fn added(&self) -> f64 {
        self.items.iter().map(|i| i.points).sum()
    }

    /// The same after a rule that held the score to another number, such as a cap or the margin of outcomes.
    ///
    /// ```
    /// # use sms_statistics as sms_core;
    /// use sms_core::aggregate::{Item, MeanKind, contributions};
    /// let made = contributions(MeanKind::Arithmetic, &[Item::leaf(Some(60.0), 1.0)], 0.6)?.unwrap();
    /// assert_eq!(made.held_to(55.0)?.clamp, Some(-5.0));
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `num.not-finite`.
    pub fn held_to(mut self, score: f64) -> Result<Self> {
        let clamp = num::finite(score)? - (self.added() + self.imbalance);
        self.score = score;
        self.clamp = Some(clamp);
        Ok(self)
    }
}

/// What each child adds to a [`mean`]; `None` where it has no score. There is no such list for [`super::copeland`]: a count of
/// wins is no sum over criteria.
///
/// ```
/// # use sms_statistics as sms_core;
/// use sms_core::aggregate::{Item, MeanKind, contributions};
/// let items = [Item::leaf(Some(60.0), 0.5), Item::leaf(None, 0.3), Item::leaf(Some(40.0), 0.2)];
/// let made = contributions(MeanKind::Arithmetic, &items, 0.6)?.unwrap();
/// assert_eq!(made.items[0].points, 60.0 * (0.5 / 0.7));
/// assert_eq!((made.items[1].weight, made.imbalance), (0.0, 0.0));
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// As [`mean`].
pub fn contributions(kind: MeanKind, items: &[Item], minimum_coverage: f64) -> Result<Option<Contributions>> {
    let Some(score) = mean(kind, items, minimum_coverage)?.score else { return Ok(None) };
    let present: f64 = items.iter().filter(|i| i.score.is_some()).fold(0.0, |sum, i| sum + i.weight);
    let one = |item: &Item| match item.score {
        Some(s) => {
            let weight = item.weight / present;
            Contribution { score: Some(s), weight, points: s * weight }
        }
        None => Contribution { score: None, weight: 0.0, points: 0.0 },
    };
    let mut made = Contributions { score, items: items.iter().map(one).collect(), imbalance: 0.0, clamp: None };
    made.imbalance = score - made.added();
    Ok(Some(made))
}
