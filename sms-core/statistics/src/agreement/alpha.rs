//! Krippendorff's alpha and Cronbach's alpha.

use super::{Coefficient, Undefined, bad_table, deviance, rectangle};
use crate::diagnostic::{Code, Error, Result};
use crate::num;
use crate::num::count;
use serde::{Deserialize, Serialize};

/// The level of measurement, which says how far two ratings are apart (Krippendorff 2004, §11.3.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "MeasurementLevel"))]
pub enum Level {
    /// Categories: the same or not.
    Nominal,
    /// An order: the ratings that lie between, both ends by half.
    Ordinal,
    /// Equal steps: the difference.
    Interval,
    /// Equal steps from a natural zero: the difference in relation to the sum.
    Ratio,
}

/// The most different values that ratings on a ratio scale may have: each pair of them is compared.
pub(super) const MAX_RATIO_VALUES: usize = 10_000;

/// Krippendorff's alpha and what it is made of.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Krippendorff {
    /// The coefficient.
    #[serde(flatten)]
    pub coefficient: Coefficient,
    /// Units with two ratings or more.
    pub units: usize,
    /// Ratings of those units.
    pub ratings: usize,
}

/// Krippendorff's alpha of units, each with one rating a rater, `None` where a rater gave none (Krippendorff 2004, ch. 11).
/// Nominal categories come as numbers. Units with fewer than two ratings do not count.
///
/// ```
/// # use sms_statistics as sms_core;
/// use sms_core::agreement::{Level, krippendorff};
/// let units = [vec![Some(1.0), Some(1.0)], vec![Some(2.0), Some(2.0)], vec![Some(3.0), None]];
/// assert_eq!(krippendorff(&units, Level::Nominal)?.coefficient.value, Some(1.0));
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `agreement.no-ratings`; `agreement.too-few-raters` when there is one column; `agreement.bad-table` for rows of different
/// lengths, and on a ratio scale for negative ratings or too many different ones; `num.not-finite`.
pub fn krippendorff(units: &[Vec<Option<f64>>], level: Level) -> Result<Krippendorff> {
    let raters = units.first().map_or(0, Vec::len);
    if units.iter().any(|u| u.len() != raters) {
        return Err(bad_table("rows of the same length, null where a rater gave no rating"));
    }
    let mut given = Vec::with_capacity(units.len());
    for unit in units {
        // -0.0 and 0.0 are one value
        let mut values = unit.iter().flatten().map(|x| num::finite(*x).map(|x| x + 0.0)).collect::<Result<Vec<f64>>>()?;
        values.sort_by(f64::total_cmp);
        given.push(values);
    }
    if given.iter().all(Vec::is_empty) {
        return Err(Error::new(Code::AgreementNoRatings));
    }
    if raters < 2 {
        return Err(Error::new(Code::AgreementTooFewRaters));
    }
    given.retain(|values| values.len() >= 2);
    let mut all: Vec<f64> = given.concat();
    all.sort_by(f64::total_cmp);
    let (pairable_units, ratings) = (given.len(), all.len());
    let answer = |coefficient| Ok(Krippendorff { coefficient, units: pairable_units, ratings });
    if ratings == 0 {
        return answer(Coefficient::none(Undefined::NoPairs));
    }
    let values = runs(&all);
    if values.len() == 1 {
        return answer(Coefficient::none(Undefined::NoVariation));
    }
    if level == Level::Ratio {
        if values.iter().any(|(x, _)| *x < 0.0) {
            return Err(bad_table("ratings of 0 or more on a ratio scale"));
        }
        if values.len() > MAX_RATIO_VALUES {
            return Err(bad_table("at most 10000 different ratings on a ratio scale"));
        }
    }
    if level == Level::Ordinal {
        // the ratings between two values, both ends by half, are the difference of their middle ranks
        let ranks = middle_ranks(&values);
        let rank = |x: f64| ranks.binary_search_by(|(value, _)| value.total_cmp(&x)).ok().and_then(|at| ranks.get(at)).map_or(0.0, |(_, r)| *r);
        for unit in &mut given {
            unit.iter_mut().for_each(|x| *x = rank(*x));
        }
        all.iter_mut().for_each(|x| *x = rank(*x));
    }
    let within: Vec<f64> = given.iter().map(|unit| distances(unit, level) / count(unit.len() - 1)).collect();
    let n = count(ratings);
    let expected = distances(&all, level) / (n - 1.0);
    answer(Coefficient::one_minus(num::finite(num::sum(&within))?, num::finite(expected)?)?)
}

/// Sorted values with how often each occurs.
fn runs(sorted: &[f64]) -> Vec<(f64, f64)> {
    sorted.chunk_by(|a, b| a == b).filter_map(|run| Some((*run.first()?, count(run.len())))).collect()
}

fn middle_ranks(values: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut before = 0.0;
    values
        .iter()
        .map(|(x, n)| {
            let rank = before + n / 2.0;
            before += n;
            (*x, rank)
        })
        .collect()
}

/// Sum of the squared distances over all ordered pairs of sorted values.
fn distances(sorted: &[f64], level: Level) -> f64 {
    let n = count(sorted.len());
    match level {
        Level::Nominal => n * n - num::sum(&runs(sorted).iter().map(|(_, m)| m * m).collect::<Vec<_>>()),
        // Σᵢ Σⱼ (xᵢ − xⱼ)² = 2n Σᵢ (xᵢ − x̄)²
        Level::Ordinal | Level::Interval => 2.0 * n * deviance(sorted),
        Level::Ratio => {
            let values = runs(sorted);
            let mut total = 0.0;
            for (i, (x, m)) in values.iter().enumerate() {
                for (y, k) in values.iter().skip(i + 1) {
                    let share = (y - x) / (y + x);
                    total += 2.0 * m * k * share * share;
                }
            }
            total
        }
    }
}

/// Cronbach's alpha and what it is made of.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Cronbach {
    /// The coefficient.
    #[serde(flatten)]
    pub coefficient: Coefficient,
    /// Persons who answered every item.
    pub subjects: usize,
    /// Persons left out because an answer is missing.
    pub incomplete: usize,
    /// How many items.
    pub items: usize,
    /// Alpha of the others, for each item; where three items or more are given.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub without: Vec<Option<f64>>,
}

fn cronbach_of(items: &[Vec<f64>], keep: impl Fn(usize) -> bool) -> Result<Coefficient> {
    let kept: Vec<&Vec<f64>> = items.iter().enumerate().filter(|(i, _)| keep(*i)).map(|(_, item)| item).collect();
    let k = count(kept.len());
    let persons = kept.first().map_or(0, |item| item.len());
    let totals: Vec<f64> = (0..persons).map(|p| num::sum(&kept.iter().filter_map(|item| item.get(p).copied()).collect::<Vec<_>>())).collect();
    let parts: Vec<f64> = kept.iter().map(|item| deviance(item)).collect();
    let whole = num::finite(deviance(&totals))?;
    Coefficient::ratio(k * (whole - num::sum(&parts)), (k - 1.0) * whole)
}

/// Cronbach's alpha of persons, each with one answer an item (Cronbach 1951). Persons with a missing answer are left out
/// and counted.
/// Of two alike items it is 1; below 0 where items contradict each other.
///
/// ```
/// # use sms_statistics as sms_core;
/// let answers = [[1.0, 1.0], [2.0, 2.0], [4.0, 4.0]].map(|person| person.map(Some).to_vec());
/// let alpha = sms_core::agreement::cronbach(&answers)?;
/// assert_eq!((alpha.coefficient.value, alpha.subjects, alpha.items), (Some(1.0), 3, 2));
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `agreement.bad-table`, `agreement.too-few-items`, `agreement.too-few-subjects`, `num.not-finite`.
pub fn cronbach(persons: &[Vec<Option<f64>>]) -> Result<Cronbach> {
    let items = persons.first().map_or(0, Vec::len);
    if persons.iter().any(|p| p.len() != items) {
        return Err(bad_table("rows of the same length, null where an answer is missing"));
    }
    if items < 2 {
        return Err(Error::new(if persons.is_empty() { Code::AgreementNoRatings } else { Code::AgreementTooFewItems }));
    }
    let complete: Vec<Vec<f64>> = persons.iter().filter_map(|p| p.iter().copied().collect::<Option<Vec<f64>>>()).collect();
    rectangle(complete.iter().map(Vec::as_slice))?;
    if complete.len() < 2 {
        return Err(Error::new(Code::AgreementTooFewSubjects));
    }
    let by_item: Vec<Vec<f64>> = (0..items).map(|i| complete.iter().filter_map(|p| p.get(i).copied()).collect()).collect();
    let coefficient = cronbach_of(&by_item, |_| true)?;
    let without = if items > 2 { (0..items).map(|left| cronbach_of(&by_item, |i| i != left).map(|c| c.value)).collect::<Result<_>>()? } else { Vec::new() };
    Ok(Cronbach { coefficient, subjects: complete.len(), incomplete: persons.len() - complete.len(), items, without })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Krippendorff 2004, figure 11.2 (reliability data of 4 observers, 12 units); published: nominal .743, ordinal .815,
    /// interval .849, ratio .797 (Krippendorff 2011, Computing Krippendorff's alpha-reliability, part C and after).
    fn published() -> Vec<Vec<Option<f64>>> {
        let rows: [[u8; 12]; 4] = [
            [1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0],
            [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3],
            [0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0],
            [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0],
        ];
        (0..12).map(|u| rows.iter().map(|r| (r[u] > 0).then(|| f64::from(r[u]))).collect()).collect()
    }

    #[test]
    fn krippendorff_matches_the_published_example() {
        for (level, alpha) in [(Level::Nominal, 0.743), (Level::Ordinal, 0.815), (Level::Interval, 0.849), (Level::Ratio, 0.797)] {
            let got = krippendorff(&published(), level).unwrap();
            assert!((got.coefficient.value.unwrap() - alpha).abs() < 6e-4, "{level:?} {got:?}");
            assert_eq!((got.units, got.ratings), (11, 40));
        }
    }

    #[test]
    fn edges_are_errors_or_reasons() {
        let code = |u: &[Vec<Option<f64>>], l| krippendorff(u, l).unwrap_err().code();
        assert_eq!(code(&[], Level::Nominal), Code::AgreementNoRatings);
        assert_eq!(code(&[vec![None, None]], Level::Nominal), Code::AgreementNoRatings);
        assert_eq!(code(&[vec![Some(1.0)]], Level::Nominal), Code::AgreementTooFewRaters);
        assert_eq!(code(&[vec![Some(1.0), None], vec![Some(1.0)]], Level::Nominal), Code::AgreementBadTable);
        assert_eq!(code(&[vec![Some(-1.0), Some(2.0)]], Level::Ratio), Code::AgreementBadTable);
        assert_eq!(code(&[vec![Some(f64::NAN), Some(2.0)]], Level::Interval), Code::NumNotFinite);
        let why = |u: &[Vec<Option<f64>>]| krippendorff(u, Level::Interval).unwrap().coefficient.undefined;
        assert_eq!(why(&[vec![Some(3.0), Some(3.0)], vec![Some(3.0), Some(3.0)]]), Some(Undefined::NoVariation));
        assert_eq!(why(&[vec![Some(3.0), None], vec![None, Some(1.0)]]), Some(Undefined::NoPairs));
        // zero and zero are the same on a ratio scale
        assert!(krippendorff(&[vec![Some(0.0), Some(-0.0)], vec![Some(1.0), Some(2.0)]], Level::Ratio).unwrap().coefficient.value.is_some());
    }

    #[test]
    fn cronbach_by_hand() {
        // items (1 2 3) and (2 4 6): variances 1 and 4, of the sum 9: 2·(1 − 5/9) = 8/9
        let rows = [(1.0, 2.0), (2.0, 4.0), (3.0, 6.0)].map(|(a, b)| vec![Some(a), Some(b)]);
        let got = cronbach(&rows).unwrap();
        assert!((got.coefficient.value.unwrap() - 8.0 / 9.0).abs() < 1e-14);
        assert!(got.without.is_empty());
        let code = |rows: &[Vec<Option<f64>>]| cronbach(rows).unwrap_err().code();
        assert_eq!(code(&[vec![Some(1.0)], vec![Some(2.0)]]), Code::AgreementTooFewItems);
        assert_eq!(code(&[vec![Some(1.0), Some(1.0)], vec![Some(2.0), None]]), Code::AgreementTooFewSubjects);
        let same = [vec![Some(1.0), Some(2.0)], vec![Some(1.0), Some(2.0)], vec![Some(2.0), Some(1.0)]];
        // the two items cancel in the sum
        assert_eq!(cronbach(&same).unwrap().coefficient.undefined, Some(Undefined::NoVariation));
    }

    proptest! {
        #[test]
        fn alpha_is_at_most_one_and_ignores_order(
            mut units in proptest::collection::vec(proptest::collection::vec(proptest::option::of((0u8..6).prop_map(f64::from)), 3), 1..12),
        ) {
            for level in [Level::Nominal, Level::Ordinal, Level::Interval, Level::Ratio] {
                let Ok(first) = krippendorff(&units, level) else { continue };
                if let Some(v) = first.coefficient.value {
                    prop_assert!(v <= 1.0 + 1e-12 && v.is_finite());
                }
                units.reverse();
                units.iter_mut().for_each(|u| u.rotate_left(1));
                let again = krippendorff(&units, level).unwrap();
                prop_assert_eq!(again.coefficient.value.map(f64::to_bits), first.coefficient.value.map(f64::to_bits));
            }
        }

        #[test]
        fn interval_alpha_does_not_care_for_the_unit_of_measure(
            units in proptest::collection::vec(proptest::collection::vec((0u8..9).prop_map(|x| Some(f64::from(x))), 3), 2..10),
        ) {
            let moved: Vec<Vec<Option<f64>>> = units.iter().map(|u| u.iter().map(|x| x.map(|x| 4.0 * x + 3.0)).collect()).collect();
            let (a, b) = (krippendorff(&units, Level::Interval).unwrap(), krippendorff(&moved, Level::Interval).unwrap());
            match (a.coefficient.value, b.coefficient.value) {
                (Some(a), Some(b)) => prop_assert!((a - b).abs() < 1e-9),
                (a, b) => prop_assert_eq!(a, b),
            }
        }
    }
}
