//! Agreement beyond chance on categories: Cohen and Fleiss.

use super::{Coefficient, Undefined, bad_table};
use crate::diagnostic::{Code, Error, Result};
use crate::num;
use crate::num::count;
use serde::{Deserialize, Serialize};

/// How much a disagreement counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "KappaWeights"))]
pub enum Weights {
    /// Any two categories disagree fully.
    #[default]
    None,
    /// By the distance of the categories.
    Linear,
    /// By its square.
    Quadratic,
}

/// Kappa and what it is made of.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Kappa {
    /// The coefficient.
    #[serde(flatten)]
    pub coefficient: Coefficient,
    /// Standard error for large samples (Fleiss, Cohen & Everitt 1969); for two raters only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub se: Option<f64>,
    /// Agreement observed, 0 to 1.
    pub observed: f64,
    /// Agreement expected by chance, 0 to 1.
    pub expected: f64,
    /// How many units were rated.
    pub n: f64,
}

/// Cohen's kappa of a square table: how often the first rater said the row and the second the column (Cohen 1960;
/// weighted: Cohen 1968, on categories in equal steps).
///
/// ```
/// # use sms_statistics as sms_core;
/// use sms_core::agreement::{Weights, cohen};
/// let kappa = cohen(&[vec![20.0, 5.0], vec![10.0, 15.0]], Weights::None)?;
/// assert!((kappa.coefficient.value.unwrap() - 0.4).abs() < 1e-15);
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `agreement.bad-table` for a table that is not square, has one category or a negative count; `agreement.no-ratings` for
/// an empty one; `num.not-finite`.
pub fn cohen(table: &[Vec<f64>], weights: Weights) -> Result<Kappa> {
    let k = table.len();
    if k < 2 || table.iter().any(|row| row.len() != k) {
        return Err(bad_table("a square table of two or more categories"));
    }
    for x in table.iter().flatten() {
        if num::finite(*x)? < 0.0 {
            return Err(bad_table("counts of 0 or more"));
        }
    }
    let n = num::finite(num::sum(&table.concat()))?;
    if n <= 0.0 {
        return Err(Error::new(Code::AgreementNoRatings));
    }
    let rows: Vec<f64> = table.iter().map(|row| num::sum(row) / n).collect();
    let columns: Vec<f64> = (0..k).map(|j| num::sum(&table.iter().filter_map(|row| row.get(j).copied()).collect::<Vec<_>>()) / n).collect();
    let farthest = count(k - 1);
    let weight = |i: usize, j: usize| {
        let distance = count(i.abs_diff(j)) / farthest;
        match weights {
            Weights::None => f64::from(u8::from(i == j)),
            Weights::Linear => 1.0 - distance,
            Weights::Quadratic => 1.0 - distance * distance,
        }
    };
    let mut cells = Vec::with_capacity(k * k);
    for (i, (row, margin_row)) in table.iter().zip(&rows).enumerate() {
        for (j, (x, margin_column)) in row.iter().zip(&columns).enumerate() {
            cells.push((i, j, x / n, margin_row * margin_column, weight(i, j)));
        }
    }
    let observed = num::sum(&cells.iter().map(|c| c.2 * c.4).collect::<Vec<_>>());
    let expected = num::sum(&cells.iter().map(|c| c.3 * c.4).collect::<Vec<_>>());
    // chance agreement is perfect only where both raters used one and the same category
    if cells.iter().all(|c| c.3 == 0.0 || c.4 == 1.0) {
        return Ok(Kappa { coefficient: Coefficient::none(Undefined::NoVariation), se: None, observed, expected, n });
    }
    let kappa = num::finite((observed - expected) / (1.0 - expected))?;
    let mean_of_row: Vec<f64> = (0..k).map(|i| num::sum(&columns.iter().enumerate().map(|(j, p)| p * weight(i, j)).collect::<Vec<_>>())).collect();
    let mean_of_column: Vec<f64> = (0..k).map(|j| num::sum(&rows.iter().enumerate().map(|(i, p)| p * weight(i, j)).collect::<Vec<_>>())).collect();
    let spread: Vec<f64> = cells
        .iter()
        .filter_map(|(i, j, p, _, w)| {
            let deviation = w - (mean_of_row.get(*i)? + mean_of_column.get(*j)?) * (1.0 - kappa);
            Some(p * deviation * deviation)
        })
        .collect();
    let centre = kappa - expected * (1.0 - kappa);
    let variance = (num::sum(&spread) - centre * centre) / (n * (1.0 - expected) * (1.0 - expected));
    let se = num::finite(num::sqrt(variance.max(0.0)))?;
    Ok(Kappa { coefficient: Coefficient { value: Some(kappa), undefined: None }, se: Some(se), observed, expected, n })
}

/// [`cohen`] of pairs of ratings, each the position of its category.
///
/// ```
/// # use sms_statistics as sms_core;
/// use sms_core::agreement::{Weights, cohen_of_pairs};
/// // both say the first, both say the second, and once they differ: observed 3/4, by chance 1/2
/// let kappa = cohen_of_pairs(&[(0, 0), (0, 0), (1, 1), (0, 1)], 2, Weights::None)?;
/// assert_eq!((kappa.observed, kappa.expected, kappa.coefficient.value), (0.75, 0.5, Some(0.5)));
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// As [`cohen`], and `agreement.out-of-scale` for a position that no category has.
pub fn cohen_of_pairs(pairs: &[(usize, usize)], categories: usize, weights: Weights) -> Result<Kappa> {
    let mut table = vec![vec![0.0; categories]; categories];
    for (at, (first, second)) in pairs.iter().enumerate() {
        match table.get_mut(*first).and_then(|row| row.get_mut(*second)) {
            Some(cell) => *cell += 1.0,
            None => return Err(Error::new(Code::AgreementOutOfScale).at_path(&format!("pairs[{at}]"))),
        }
    }
    cohen(&table, weights)
}

/// Fleiss' kappa: for each unit, how many raters chose each category; the same number of raters for every unit (Fleiss
/// 1971).
/// At most 1; 0 where they agree as often as by chance.
///
/// ```
/// # use sms_statistics as sms_core;
/// // two units; three raters agree on the first, and two of them on the second: observed 2/3, by chance 5/9
/// let kappa = sms_core::agreement::fleiss(&[vec![3.0, 0.0], vec![1.0, 2.0]])?;
/// assert!((kappa.coefficient.value.unwrap() - 0.25).abs() < 1e-12);
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `agreement.no-ratings`, `agreement.too-few-raters`, `agreement.bad-table` for counts that are no whole numbers or rows
/// with different totals ([`super::krippendorff`] allows those).
pub fn fleiss(counts: &[Vec<f64>]) -> Result<Kappa> {
    let k = super::rectangle(counts.iter().map(Vec::as_slice))?;
    if counts.is_empty() || k == 0 {
        return Err(Error::new(Code::AgreementNoRatings));
    }
    if counts.iter().flatten().any(|x| *x < 0.0 || x.fract() != 0.0) {
        return Err(bad_table("whole counts of 0 or more"));
    }
    let raters = counts.first().map_or(0.0, |row| num::sum(row));
    if counts.iter().any(|row| num::sum(row) != raters) {
        return Err(bad_table("the same number of raters for each unit"));
    }
    if raters < 2.0 {
        return Err(Error::new(if raters < 1.0 { Code::AgreementNoRatings } else { Code::AgreementTooFewRaters }));
    }
    let n = count(counts.len());
    let per_unit: Vec<f64> = counts.iter().map(|row| (num::sum(&row.iter().map(|x| x * x).collect::<Vec<_>>()) - raters) / (raters * (raters - 1.0))).collect();
    let observed = num::sum(&per_unit) / n;
    let totals: Vec<f64> = (0..k).map(|j| num::sum(&counts.iter().filter_map(|row| row.get(j).copied()).collect::<Vec<_>>())).collect();
    let shares: Vec<f64> = totals.iter().map(|t| t / (n * raters)).collect();
    let expected = num::finite(num::sum(&shares.iter().map(|p| p * p).collect::<Vec<_>>()))?;
    let coefficient = if totals.iter().filter(|t| **t > 0.0).count() < 2 {
        Coefficient::none(Undefined::NoVariation)
    } else {
        Coefficient::ratio(observed - expected, 1.0 - expected)?
    };
    Ok(Kappa { coefficient, se: None, observed, expected, n })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn value(kappa: Result<Kappa>) -> f64 {
        kappa.unwrap().coefficient.value.unwrap()
    }

    #[test]
    fn worked_examples() {
        // method §4
        let k = cohen(&[vec![20.0, 5.0], vec![10.0, 15.0]], Weights::None).unwrap();
        assert!((k.coefficient.value.unwrap() - 0.4).abs() < 1e-15 && (k.observed - 0.7).abs() < 1e-15 && (k.expected - 0.5).abs() < 1e-15);
        // Fleiss 1971, table 1: 30 patients, 6 raters, 5 diagnoses; published κ 0.430
        let fleiss_1971 = [
            [0, 0, 0, 6, 0],
            [0, 3, 0, 0, 3],
            [0, 1, 4, 0, 1],
            [0, 0, 0, 0, 6],
            [0, 3, 0, 3, 0],
            [2, 0, 4, 0, 0],
            [0, 0, 4, 0, 2],
            [2, 0, 3, 1, 0],
            [2, 0, 0, 4, 0],
            [0, 0, 0, 0, 6],
            [1, 0, 0, 5, 0],
            [1, 1, 0, 4, 0],
            [0, 3, 3, 0, 0],
            [1, 0, 0, 5, 0],
            [0, 2, 0, 3, 1],
            [0, 0, 5, 0, 1],
            [3, 0, 0, 1, 2],
            [5, 1, 0, 0, 0],
            [0, 2, 0, 4, 0],
            [1, 0, 2, 0, 3],
            [0, 0, 0, 0, 6],
            [0, 1, 0, 5, 0],
            [0, 2, 0, 1, 3],
            [2, 0, 0, 4, 0],
            [1, 0, 0, 4, 1],
            [0, 5, 0, 1, 0],
            [4, 0, 0, 0, 2],
            [0, 2, 0, 4, 0],
            [1, 0, 5, 0, 0],
            [0, 0, 0, 0, 6],
        ];
        let counts: Vec<Vec<f64>> = fleiss_1971.iter().map(|row| row.iter().map(|x| f64::from(*x)).collect()).collect();
        assert!((value(fleiss(&counts)) - 0.430).abs() < 5e-4);
    }

    #[test]
    fn edges_are_errors_or_reasons() {
        let code = |r: Result<Kappa>| r.unwrap_err().code();
        assert_eq!(code(cohen(&[vec![1.0]], Weights::None)), Code::AgreementBadTable);
        assert_eq!(code(cohen(&[vec![1.0, 2.0], vec![1.0]], Weights::None)), Code::AgreementBadTable);
        assert_eq!(code(cohen(&[vec![1.0, -2.0], vec![1.0, 1.0]], Weights::None)), Code::AgreementBadTable);
        assert_eq!(code(cohen(&[vec![0.0, 0.0], vec![0.0, 0.0]], Weights::None)), Code::AgreementNoRatings);
        assert_eq!(code(cohen(&[vec![f64::NAN, 0.0], vec![0.0, 0.0]], Weights::None)), Code::NumNotFinite);
        assert_eq!(code(cohen_of_pairs(&[(0, 2)], 2, Weights::None)), Code::AgreementOutOfScale);
        assert_eq!(code(fleiss(&[vec![1.0, 0.0]])), Code::AgreementTooFewRaters);
        assert_eq!(code(fleiss(&[vec![2.0, 0.0], vec![1.0, 0.0]])), Code::AgreementBadTable);
        assert_eq!(code(fleiss(&[])), Code::AgreementNoRatings);
        for w in [Weights::None, Weights::Linear, Weights::Quadratic] {
            let k = cohen(&[vec![7.0, 0.0], vec![0.0, 0.0]], w).unwrap();
            assert_eq!((k.coefficient.value, k.coefficient.undefined), (None, Some(Undefined::NoVariation)));
        }
        assert_eq!(fleiss(&[vec![3.0, 0.0], vec![3.0, 0.0]]).unwrap().coefficient.undefined, Some(Undefined::NoVariation));
    }

    fn tables() -> impl Strategy<Value = Vec<Vec<f64>>> {
        (2usize..6).prop_flat_map(|k| proptest::collection::vec(proptest::collection::vec((0u32..30).prop_map(f64::from), k), k))
    }

    proptest! {
        #[test]
        fn kappa_is_at_most_one_and_symmetric(table in tables()) {
            let k = table.len();
            let turned: Vec<Vec<f64>> = (0..k).map(|j| table.iter().map(|row| row[j]).collect()).collect();
            for w in [Weights::None, Weights::Linear, Weights::Quadratic] {
                let Ok(kappa) = cohen(&table, w) else { continue };
                let other = cohen(&turned, w).unwrap();
                if let Some(v) = kappa.coefficient.value {
                    prop_assert!(v <= 1.0 + 1e-12);
                    prop_assert!((v - other.coefficient.value.unwrap()).abs() < 1e-9);
                    prop_assert!(kappa.se.unwrap() >= 0.0);
                }
            }
        }

        #[test]
        fn full_agreement_is_one(diagonal in proptest::collection::vec(1u32..9, 2..6)) {
            let k = diagonal.len();
            let table: Vec<Vec<f64>> = (0..k).map(|i| (0..k).map(|j| if i == j { f64::from(diagonal[i]) } else { 0.0 }).collect()).collect();
            for w in [Weights::None, Weights::Linear, Weights::Quadratic] {
                prop_assert!((value(cohen(&table, w)) - 1.0).abs() < 1e-12);
            }
        }

        // two categories leave no room for weights
        #[test]
        fn weights_do_not_matter_for_two(a in 0u32..9, b in 0u32..9, c in 0u32..9, d in 1u32..9) {
            let table = vec![vec![f64::from(a), f64::from(b)], vec![f64::from(c), f64::from(d)]];
            let plain = cohen(&table, Weights::None).unwrap();
            let weighted = cohen(&table, Weights::Quadratic).unwrap();
            prop_assert_eq!(plain.coefficient, weighted.coefficient);
        }
    }
}
