//! How far participants agree.

use crate::diagnostic::{Code, Error, Result};
use crate::num;
use crate::target::SLACK;
use serde::{Deserialize, Serialize};

/// Kendall's coefficient of concordance.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Concordance {
    /// W: 0 for no agreement, 1 for the same order by all.
    pub w: f64,
    /// m(n − 1)W.
    pub chi_square: f64,
    /// n − 1.
    pub df: usize,
    /// Chance of a χ² as large when all orders are equally likely. The approximation is rough for fewer than about eight items.
    pub p: f64,
    /// Raters, m.
    pub raters: usize,
    /// Items, n.
    pub items: usize,
}

/// Kendall's W over raters and items, with ties (Kendall & Babington Smith 1939; Siegel & Castellan 1988, ch. 9.7):
/// W = 12S/(m²(n³ − n) − mΣ(t³ − t)). `None` for fewer than two raters or items, and where every rater ties all items: then there is
/// no order to agree on.
///
/// Each rater gives one number an item, ranks or scores; only their order counts, and numbers within 1e-9 are tied.
///
/// ```
/// # use sms_statistics as sms_core;
/// let raters = [vec![1.0, 2.0, 3.0, 4.0, 5.0], vec![2.0, 1.0, 3.0, 5.0, 4.0], vec![1.0, 3.0, 2.0, 4.0, 5.0], vec![1.0, 2.0, 4.0, 3.0, 5.0]];
/// let agreement = sms_core::weighting::kendall(&raters)?.unwrap();
/// assert_eq!((agreement.w, agreement.chi_square), (0.8125, 13.0)); // method §4
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `aggregate.unequal-lengths`, `num.not-finite`; each with its path.
pub fn kendall(raters: &[Vec<f64>]) -> Result<Option<Concordance>> {
    let (m, n) = (raters.len(), raters.first().map_or(0, Vec::len));
    for (i, rater) in raters.iter().enumerate() {
        if rater.len() != n {
            return Err(Error::new(Code::AggregateUnequalLengths).at_path(&format!("raters[{i}]")).with("given", rater.len()).with("wanted", n));
        }
        if let Some(j) = rater.iter().position(|x| !x.is_finite()) {
            return Err(Error::new(Code::NumNotFinite).at_path(&format!("raters[{i}][{j}]")));
        }
    }
    let (part, whole) = num::concordance(raters, SLACK);
    if m < 2 || n < 2 || whole <= 0.0 {
        return Ok(None);
    }
    let (raters, items) = (m as f64, n as f64);
    let w = (part / whole).clamp(0.0, 1.0);
    let chi_square = raters * (items - 1.0) * w;
    let p = num::chi_square_survival(chi_square, items - 1.0).ok_or_else(|| Error::new(Code::NumNotFinite))?;
    Ok(Some(Concordance { w, chi_square, df: n - 1, p, raters: m, items: n }))
}

/// How far apart the weights of participants are for one criterion.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Spread {
    /// The lowest weight.
    pub min: f64,
    /// The highest weight.
    pub max: f64,
    /// Their mean, each participant counting the same.
    pub mean: f64,
    /// Standard deviation of all who took part (divisor m).
    pub sd: f64,
}

/// The spread of each criterion over participants, each with one weight a criterion.
/// Weights lie between 0 and 1, and so does their spread.
///
/// ```
/// # use sms_statistics as sms_core;
/// let spread = sms_core::weighting::spread(&[vec![0.75, 0.25], vec![0.25, 0.75]]);
/// assert_eq!((spread[0].min, spread[0].max, spread[0].mean), (0.25, 0.75, 0.5));
/// ```
#[must_use]
pub fn spread(priorities: &[Vec<f64>]) -> Vec<Spread> {
    let criteria = priorities.first().map_or(0, Vec::len);
    let m = priorities.len() as f64;
    let one = |j: usize| {
        let column: Vec<f64> = priorities.iter().filter_map(|p| p.get(j).copied()).collect();
        let mean = num::sum(&column) / m;
        let squares: Vec<f64> = column.iter().map(|x| (x - mean) * (x - mean)).collect();
        let (min, max) = column.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &x| (low.min(x), high.max(x)));
        Spread { min, max, mean, sd: num::sqrt(num::sum(&squares) / m) }
    };
    (0..criteria).map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn worked_example() {
        let raters = [vec![1.0, 2.0, 3.0, 4.0, 5.0], vec![2.0, 1.0, 3.0, 5.0, 4.0], vec![1.0, 3.0, 2.0, 4.0, 5.0], vec![1.0, 2.0, 4.0, 3.0, 5.0]];
        let made = kendall(&raters).unwrap().unwrap();
        assert_eq!((made.w, made.chi_square, made.df), (0.8125, 13.0, 4));
        // e^−6.5 · 7.5
        assert!((made.p - 7.5 * num::exp(-6.5)).abs() < 1e-15);
    }

    #[test]
    fn ties_and_edges() {
        // one rater ties the first two: totals 2.5, 3.5, 6; S = 6.5; 12·6.5/(4·24 − 2·6) = 78/84
        let tied = kendall(&[vec![1.5, 1.5, 3.0], vec![1.0, 2.0, 3.0]]).unwrap().unwrap();
        assert!((tied.w - 78.0 / 84.0).abs() < 1e-15);
        assert_eq!(kendall(&[vec![1.0, 2.0]]).unwrap(), None);
        assert_eq!(kendall(&[vec![1.0], vec![1.0]]).unwrap(), None);
        assert_eq!(kendall(&[vec![1.0, 1.0], vec![2.0, 2.0]]).unwrap(), None);
        assert_eq!(kendall(&[]).unwrap(), None);
        assert_eq!(kendall(&[vec![1.0, 2.0], vec![1.0]]).unwrap_err().code(), Code::AggregateUnequalLengths);
        assert_eq!(kendall(&[vec![1.0, f64::NAN]]).unwrap_err().code(), Code::NumNotFinite);
        let opposed = kendall(&[vec![1.0, 2.0, 3.0], vec![3.0, 2.0, 1.0]]).unwrap().unwrap();
        assert_eq!((opposed.w, opposed.p), (0.0, 1.0));
    }

    proptest! {
        #[test]
        fn agreement_is_between_none_and_full(raters in proptest::collection::vec(proptest::collection::vec(0u8..4, 5), 2..7), by in 0usize..5) {
            let mut raters: Vec<Vec<f64>> = raters.iter().map(|r| r.iter().map(|&x| f64::from(x)).collect()).collect();
            let made = kendall(&raters).unwrap();
            if let Some(made) = made {
                prop_assert!((0.0..=1.0).contains(&made.w) && (0.0..=1.0).contains(&made.p));
            }
            raters.iter_mut().for_each(|r| r.rotate_left(by));
            raters.reverse();
            prop_assert_eq!(made, kendall(&raters).unwrap());
            let one_mind = vec![raters[0].clone(); raters.len()];
            if let Some(made) = kendall(&one_mind).unwrap() {
                prop_assert!((made.w - 1.0).abs() < 1e-12);
            }
        }
    }
}
