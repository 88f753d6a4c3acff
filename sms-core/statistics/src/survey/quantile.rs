//! Weighted distributions: exact weight per distinct value, and quantiles of them by a declared rule.

use crate::diagnostic::Result;
use crate::num::exact::{Dyadic, ExactSum};
use serde::{Deserialize, Serialize};

/// How a quantile is read off a distribution that rises in steps. Ties decide poverty lines: the rule is always declared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum QuantileRule {
    /// The smallest value whose cumulative share is at least p; where the share is exactly p, the mean of this value and the
    /// next (Eurostat, EU-SILC quintiles).
    #[default]
    Eurostat,
    /// The smallest value whose cumulative share is above p (R's `laeken`).
    Laeken,
    /// The smallest value whose cumulative share is at least p (R's `survey`, rule `math`).
    Survey,
}

/// A distribution: distinct values in rising order with their weights.
#[derive(Clone, Debug, Default)]
pub(super) struct Distribution {
    pub values: Vec<f64>,
    pub weights: Vec<f64>,
    /// Cumulative shares, rounded once.
    pub shares: Vec<f64>,
    /// Cumulative weights.
    pub cumulative: Vec<f64>,
    /// Cumulative Σwy.
    pub sums: Vec<f64>,
    /// Sum of the weights.
    pub total: f64,
    /// Σwy.
    pub sum: f64,
    /// Σwy², rounded once.
    pub squares: f64,
}

impl Distribution {
    /// From values in rising order with exact weights; values without weight are left out. `None` when nothing has weight.
    pub(super) fn new(parts: impl Iterator<Item = (f64, Dyadic)>) -> Result<Option<Self>> {
        let parts: Vec<(f64, Dyadic)> = parts.filter(|(_, w)| !w.is_zero()).collect();
        let mut total = ExactSum::new();
        parts.iter().for_each(|(_, w)| total.add_dyadic(w));
        let total = total.dyadic();
        if total.is_zero() {
            return Ok(None);
        }
        let mut made = Distribution { total: total.value()?, ..Distribution::default() };
        let (mut cumulative, mut sum, mut squares) = (ExactSum::new(), ExactSum::new(), ExactSum::new());
        for (value, weight) in parts {
            cumulative.add_dyadic(&weight);
            let exact = Dyadic::from_f64(value)?;
            let weighted = weight.times(&exact);
            sum.add_dyadic(&weighted);
            squares.add_dyadic(&weighted.times(&exact));
            let so_far = cumulative.dyadic();
            made.sums.push(sum.value()?);
            made.values.push(value);
            made.weights.push(weight.value()?);
            made.shares.push(so_far.over(&total)?);
            made.cumulative.push(so_far.value()?);
        }
        (made.sum, made.squares) = (sum.value()?, squares.value()?);
        Ok(Some(made))
    }

    /// The quantile at a share.
    pub(super) fn quantile(&self, p: f64, rule: QuantileRule) -> f64 {
        let last = self.values.last().copied().unwrap_or_default();
        let place = match rule {
            QuantileRule::Laeken => self.shares.partition_point(|&s| s <= p),
            QuantileRule::Eurostat | QuantileRule::Survey => self.shares.partition_point(|&s| s < p),
        };
        let value = self.values.get(place).copied().unwrap_or(last);
        match (rule, self.shares.get(place), self.values.get(place + 1)) {
            (QuantileRule::Eurostat, Some(&share), Some(&next)) if share == p => value / 2.0 + next / 2.0,
            _ => value,
        }
    }

    /// The share of those for whom a rising condition holds, by its first value outside.
    fn share_before(&self, place: usize) -> f64 {
        place.checked_sub(1).and_then(|i| self.shares.get(i)).copied().unwrap_or(0.0)
    }

    /// The share strictly below.
    pub(super) fn share_below(&self, x: f64) -> f64 {
        self.share_before(self.values.partition_point(|&v| v < x))
    }

    /// The share at or below.
    pub(super) fn share_up_to(&self, x: f64) -> f64 {
        self.share_before(self.values.partition_point(|&v| v <= x))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(parts: &[(f64, f64)]) -> Distribution {
        Distribution::new(parts.iter().map(|&(v, w)| (v, Dyadic::from_f64(w).unwrap()))).unwrap().unwrap()
    }

    #[test]
    fn rules_differ_where_a_share_is_met_exactly() {
        let d = of(&[(1.0, 1.0), (2.0, 1.0), (3.0, 1.0), (4.0, 1.0), (5.0, 1.0)]);
        assert_eq!(d.quantile(0.2, QuantileRule::Survey), 1.0);
        assert_eq!(d.quantile(0.2, QuantileRule::Laeken), 2.0);
        assert_eq!(d.quantile(0.2, QuantileRule::Eurostat), 1.5);
        for rule in [QuantileRule::Survey, QuantileRule::Laeken, QuantileRule::Eurostat] {
            assert_eq!(d.quantile(0.5, rule), 3.0);
            assert_eq!(d.quantile(0.99999, rule), 5.0);
        }
        assert_eq!((d.share_below(3.0), d.share_up_to(3.0), d.share_below(0.0), d.share_up_to(9.0)), (0.4, 0.6, 0.0, 1.0));
    }
}
