//! The same again: Pearson's correlation, intraclass correlation, test and retest.

use super::{Coefficient, Undefined, deviance, mean, rectangle};
use crate::diagnostic::{Code, Error, Result};
use crate::num;
use crate::num::count;
use serde::Serialize;

/// Pearson's correlation of pairs.
/// From −1 to 1.
///
/// ```
/// # use sms_statistics as sms_core;
/// let r = sms_core::agreement::pearson(&[(1.0, 2.0), (2.0, 4.0), (3.0, 6.0)])?;
/// assert!((r.value.unwrap() - 1.0).abs() < 1e-12);
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `agreement.too-few-subjects` below two pairs; `num.not-finite`.
pub fn pearson(pairs: &[(f64, f64)]) -> Result<Coefficient> {
    for (x, y) in pairs {
        num::finite(*x)?;
        num::finite(*y)?;
    }
    if pairs.len() < 2 {
        return Err(Error::new(Code::AgreementTooFewSubjects));
    }
    let (xs, ys): (Vec<f64>, Vec<f64>) = pairs.iter().copied().unzip();
    let (sx, sy) = (deviance(&xs), deviance(&ys));
    if sx == 0.0 || sy == 0.0 {
        return Ok(Coefficient::none(Undefined::NoVariation));
    }
    let (mx, my) = (mean(&xs), mean(&ys));
    let products: Vec<f64> = pairs.iter().map(|(x, y)| (x - mx) * (y - my)).collect();
    let r = num::finite(num::sum(&products) / (num::sqrt(sx) * num::sqrt(sy)))?;
    Ok(Coefficient { value: Some(r.clamp(-1.0, 1.0)), undefined: None })
}

/// Intraclass correlation and what it is made of.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Intraclass {
    /// The coefficient.
    #[serde(flatten)]
    pub coefficient: Coefficient,
    /// How many subjects.
    pub subjects: usize,
    /// How many raters, or rounds.
    pub raters: usize,
}

/// ICC(2,1): two-way random effects, absolute agreement, one rater (Shrout & Fleiss 1979); subjects in rows, raters or
/// rounds in columns.
/// At most 1. Unlike a correlation it falls when one rater is always higher.
///
/// ```
/// # use sms_statistics as sms_core;
/// // the second rater is 1 higher: rows 2·1, columns 3·½, error 0, so 2/(2 + 2·1.5/3)
/// let icc = sms_core::agreement::intraclass(&[vec![1.0, 2.0], vec![2.0, 3.0], vec![3.0, 4.0]])?;
/// assert!((icc.coefficient.value.unwrap() - 2.0 / 3.0).abs() < 1e-12);
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `agreement.too-few-subjects`, `agreement.too-few-raters`, `agreement.bad-table`, `num.not-finite`.
pub fn intraclass(subjects: &[Vec<f64>]) -> Result<Intraclass> {
    let raters = rectangle(subjects.iter().map(Vec::as_slice))?;
    if subjects.len() < 2 {
        return Err(Error::new(Code::AgreementTooFewSubjects));
    }
    if raters < 2 {
        return Err(Error::new(Code::AgreementTooFewRaters));
    }
    let (n, k) = (count(subjects.len()), count(raters));
    let all = subjects.concat();
    let total = num::finite(deviance(&all))?;
    let row_means: Vec<f64> = subjects.iter().map(|row| mean(row)).collect();
    let column_means: Vec<f64> = (0..raters).map(|j| mean(&subjects.iter().filter_map(|row| row.get(j).copied()).collect::<Vec<_>>())).collect();
    let grand = mean(&all);
    let left: Vec<f64> = subjects
        .iter()
        .zip(&row_means)
        .flat_map(|(row, by_row)| {
            row.iter().zip(&column_means).map(move |(x, by_column)| {
                let e = (x - by_row) - (by_column - grand);
                e * e
            })
        })
        .collect();
    let rows = k * deviance(&row_means) / (n - 1.0);
    let columns = n * deviance(&column_means) / (k - 1.0);
    let error = num::sum(&left) / ((n - 1.0) * (k - 1.0));
    let coefficient = if total == 0.0 {
        Coefficient::none(Undefined::NoVariation)
    } else {
        Coefficient::ratio(rows - error, rows + (k - 1.0) * error + k * (columns - error) / n)?
    };
    Ok(Intraclass { coefficient, subjects: subjects.len(), raters })
}

/// What two rounds of the same question say of each other.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TestRetest {
    /// Persons who answered twice.
    pub n: usize,
    /// Pearson's correlation: do persons keep their order?
    pub pearson: Coefficient,
    /// ICC(2,1): do they give the same value?
    pub icc: Coefficient,
    /// Retest minus test, on average.
    pub mean_difference: f64,
}

/// Reliability over two rounds: pairs of test and retest.
/// The mean difference is in the unit of the answers.
///
/// ```
/// # use sms_statistics as sms_core;
/// let made = sms_core::agreement::test_retest(&[(1.0, 2.0), (2.0, 3.0), (3.0, 4.0)])?;
/// assert_eq!((made.n, made.mean_difference), (3, 1.0));
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `agreement.too-few-subjects` below two pairs; `num.not-finite`.
pub fn test_retest(pairs: &[(f64, f64)]) -> Result<TestRetest> {
    let pearson = pearson(pairs)?;
    let rows: Vec<Vec<f64>> = pairs.iter().map(|(test, retest)| vec![*test, *retest]).collect();
    let differences: Vec<f64> = pairs.iter().map(|(test, retest)| retest - test).collect();
    Ok(TestRetest { n: pairs.len(), pearson, icc: intraclass(&rows)?.coefficient, mean_difference: num::finite(mean(&differences))? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn shrout_and_fleiss_1979() {
        // table 2 of the paper, 6 targets and 4 judges; table 4: ICC(2,1) = .29
        let rows = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]];
        let rows: Vec<Vec<f64>> = rows.iter().map(|r| r.iter().map(|x| f64::from(*x)).collect()).collect();
        let got = intraclass(&rows).unwrap();
        assert!((got.coefficient.value.unwrap() - 0.29).abs() < 5e-3, "{got:?}");
    }

    #[test]
    fn a_shift_keeps_the_order_and_lowers_agreement() {
        let shifted = test_retest(&[(1.0, 2.0), (2.0, 3.0), (3.0, 4.0)]).unwrap();
        assert!((shifted.pearson.value.unwrap() - 1.0).abs() < 1e-15);
        // MSR 2, MSE 0, MSC 1.5: 2/(2 + 2·1.5/3) = 2/3
        assert!((shifted.icc.value.unwrap() - 2.0 / 3.0).abs() < 1e-15);
        assert_eq!(shifted.mean_difference, 1.0);
        let flat = test_retest(&[(2.0, 2.0), (2.0, 2.0)]).unwrap();
        assert_eq!((flat.pearson.undefined, flat.icc.undefined), (Some(Undefined::NoVariation), Some(Undefined::NoVariation)));
    }

    #[test]
    fn edges_are_errors() {
        assert_eq!(pearson(&[(1.0, 1.0)]).unwrap_err().code(), Code::AgreementTooFewSubjects);
        assert_eq!(pearson(&[(1.0, f64::NAN), (1.0, 1.0)]).unwrap_err().code(), Code::NumNotFinite);
        assert_eq!(intraclass(&[vec![1.0], vec![2.0]]).unwrap_err().code(), Code::AgreementTooFewRaters);
        assert_eq!(intraclass(&[vec![1.0, 2.0], vec![2.0]]).unwrap_err().code(), Code::AgreementBadTable);
    }

    proptest! {
        #[test]
        fn icc_is_never_above_pearson_in_size_of_agreement(pairs in proptest::collection::vec((0u8..20, 0u8..20), 2..20)) {
            let pairs: Vec<(f64, f64)> = pairs.iter().map(|(a, b)| (f64::from(*a), f64::from(*b))).collect();
            let got = test_retest(&pairs).unwrap();
            for c in [got.pearson, got.icc] {
                prop_assert!(c.value.is_none_or(|v| v <= 1.0 + 1e-12));
                prop_assert!(c.value.is_some() != c.undefined.is_some());
            }
        }
    }
}
