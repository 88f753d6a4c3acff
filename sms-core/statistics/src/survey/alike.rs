//! Whether a share is the same in all groups, by the microdata.

use super::compile::Recipe;
use super::covariance::matrix_of;
use super::design::Replicates;
use super::group_test::{AlikeTest, AllEqual};
use super::linear::Laid;
use super::made::{Insides, Made};
use crate::diagnostic::Result;
use crate::num;

/// A symmetric positive matrix A and a symmetric B: the trace of A⁻¹B, and that of its square.
fn traces(a: &[Vec<f64>], b: &[Vec<f64>]) -> Option<(f64, f64)> {
    // A = LL′; A⁻¹B has the eigenvalues of L⁻¹BL⁻ᵀ, whose squares sum to its squared entries
    let n = a.len();
    let at = |m: &[Vec<f64>], i: usize, j: usize| m.get(i).and_then(|row| row.get(j)).copied().unwrap_or(f64::NAN);
    let mut root = vec![vec![0.0; n]; n];
    for i in 0..n {
        for j in 0..=i {
            let products: Vec<f64> = (0..j).map(|k| at(&root, i, k) * at(&root, j, k)).collect();
            let left = at(a, i, j) - num::sum(&products);
            let made = if i == j { num::sqrt(left) } else { left / at(&root, j, j) };
            *root.get_mut(i)?.get_mut(j)? = made;
        }
        if at(&root, i, i).is_nan() || at(&root, i, i) <= 0.0 {
            return None;
        }
    }
    // solves L·x = column
    let solve = |column: &[f64]| -> Vec<f64> {
        let mut x: Vec<f64> = Vec::with_capacity(n);
        for (i, c) in column.iter().enumerate() {
            let products: Vec<f64> = x.iter().enumerate().map(|(k, x)| at(&root, i, k) * x).collect();
            x.push((c - num::sum(&products)) / at(&root, i, i));
        }
        x
    };
    let half: Vec<Vec<f64>> = b.iter().map(|row| solve(row)).collect();
    let columns: Vec<Vec<f64>> = (0..n).map(|j| half.iter().map(|row| row.get(j).copied().unwrap_or(f64::NAN)).collect()).collect();
    let whole: Vec<Vec<f64>> = columns.iter().map(|column| solve(column)).collect();
    let trace = num::sum(&(0..n).map(|i| at(&whole, i, i)).collect::<Vec<_>>());
    let squares = num::sum(&whole.iter().flatten().map(|x| x * x).collect::<Vec<_>>());
    (trace.is_finite() && squares.is_finite()).then_some((trace, squares))
}

/// The second-order test of Rao and Scott that a share is the same in each group. `shares`: in and out of the category for each group, as shares of everybody;
/// `covariance`: theirs, in the same order. None where the category has nobody or everybody, or the sample tells nothing of the error.
fn rao_scott(shares: &[[f64; 2]], covariance: &[Vec<f64>], df: f64) -> Option<AllEqual> {
    let column = |c: usize| num::sum(&shares.iter().filter_map(|s| s.get(c)).copied().collect::<Vec<_>>());
    let columns = [column(0), column(1)];
    if shares.len() < 2 || columns.iter().any(|c| *c <= 0.0) {
        return None;
    }
    let mut away: Vec<f64> = Vec::new();
    for row in shares {
        for (share, of_column) in row.iter().zip(&columns) {
            let expected = (row[0] + row[1]) * of_column;
            away.push((share - expected) * (share - expected) / expected);
        }
    }
    let inverse = |x: f64| if x > 0.0 { 1.0 / x } else { 0.0 };
    let weights: Vec<[f64; 2]> = shares.iter().map(|[a, b]| [inverse(*a), -inverse(*b)]).collect();
    // the covariance of the weighted difference of in and out, of each group with each
    let of = |i: usize, j: usize| covariance.get(i).and_then(|row| row.get(j)).copied().unwrap_or(f64::NAN);
    let of_groups = |g: usize, h: usize| {
        let (Some(a), Some(b)) = (weights.get(g), weights.get(h)) else { return f64::NAN };
        let terms = a.iter().enumerate().flat_map(|(c, x)| b.iter().enumerate().map(move |(d, y)| x * y * of(2 * g + c, 2 * h + d)));
        num::sum(&terms.collect::<Vec<f64>>())
    };
    let spread = |g: usize| shares.get(g).map_or(f64::NAN, |[a, b]| inverse(*a) + inverse(*b));
    let contrasts = 1..shares.len();
    let simple: Vec<Vec<f64>> = contrasts.clone().map(|m| contrasts.clone().map(|n| spread(0) + if m == n { spread(m) } else { 0.0 }).collect()).collect();
    let base = of_groups(0, 0);
    let designed: Vec<Vec<f64>> =
        contrasts.clone().map(|m| contrasts.clone().map(|n| num::sum(&[of_groups(m, n), -of_groups(m, 0), -of_groups(0, n), base])).collect()).collect();
    let (trace, squares) = traces(&simple, &designed)?;
    if !(trace > 0.0 && squares > 0.0) {
        return None;
    }
    let numerator_df = trace * trace / squares;
    AllEqual::new(AlikeTest::RaoScott, num::sum(&away) / trace, numerator_df, numerator_df * df)
}

/// The test that a share is the same in each of some cells.
pub(super) fn shares_alike(laid: &Laid<'_>, cells: &[u32], recipe: &Recipe, made: &Insides<'_>, df: f64) -> Result<Option<AllEqual>> {
    let mut parts: Vec<(Made, f64)> = Vec::with_capacity(2 * cells.len());
    for &cell in cells {
        parts.extend(laid.inside_and_out(cell, recipe, made)?);
    }
    let totals: Vec<f64> = parts.iter().map(|(_, total)| *total).collect();
    let everybody = num::sum(&totals);
    if everybody.is_nan() || everybody <= 0.0 {
        return Ok(None);
    }
    let shares: Vec<f64> = totals.iter().map(|t| t / everybody).collect();
    let covariance = match made.replicates {
        Some(replicates) => of_replicates(&parts, &shares, replicates),
        None => matrix_of(parts.iter().map(|(made, _)| made), made.frame, made.lonely)?.map(|of_totals| of_shares(&of_totals, &shares, everybody)),
    };
    let pairs: Vec<[f64; 2]> = shares.chunks_exact(2).filter_map(|c| <[f64; 2]>::try_from(c).ok()).collect();
    Ok(covariance.and_then(|covariance| rao_scott(&pairs, &covariance, df)))
}

/// From covariances of totals T to those of the shares T/ΣT, linearised: those of (Tᵢ − pᵢΣT)/ΣT.
fn of_shares(totals: &[Vec<f64>], shares: &[f64], everybody: f64) -> Vec<Vec<f64>> {
    let with_all: Vec<f64> = totals.iter().map(|row| num::sum(row)).collect();
    let all = num::sum(&with_all);
    let square = everybody * everybody;
    let entry = |(own, (p, with)): (f64, (f64, f64)), (q, other): (f64, f64)| num::sum(&[own, -q * with, -p * other, p * q * all]) / square;
    let sides: Vec<(f64, f64)> = shares.iter().copied().zip(with_all).collect();
    totals.iter().zip(&sides).map(|(row, side)| row.iter().zip(&sides).map(|(own, other)| entry((*own, *side), *other)).collect()).collect()
}

fn of_replicates(parts: &[(Made, f64)], shares: &[f64], replicates: &Replicates) -> Option<Vec<Vec<f64>>> {
    let sets = parts.iter().map(|(made, _)| made.replicates.len()).min()?;
    let total = |set: usize| parts.iter().map(|(made, _)| made.replicates.get(set).copied().flatten()).collect::<Option<Vec<f64>>>().map(|t| num::sum(&t));
    let totals: Vec<Option<f64>> = (0..sets).map(total).collect();
    let away: Vec<Vec<(f64, f64)>> = parts
        .iter()
        .zip(shares)
        .map(|((made, _), share)| {
            let of_set: Vec<Option<f64>> =
                made.replicates.iter().zip(&totals).map(|(t, all)| t.zip(*all).filter(|(_, all)| *all > 0.0).map(|(t, all)| t / all)).collect();
            replicates.deviations(*share, &of_set)
        })
        .collect::<Option<_>>()?;
    Some(away.iter().map(|a| away.iter().map(|b| replicates.covariance(a, b)).collect()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traces_of_a_worked_pair() {
        // A⁻¹B for A = [[2, 1], [1, 2]], B = [[3, 0], [0, 3]]: [[2, −1], [−1, 2]], trace 4, squares 1 + 9
        let (trace, squares) = traces(&[vec![2.0, 1.0], vec![1.0, 2.0]], &[vec![3.0, 0.0], vec![0.0, 3.0]]).unwrap();
        assert!((trace - 4.0).abs() < 1e-14 && (squares - 10.0).abs() < 1e-13);
    }

    #[test]
    fn with_simple_random_sampling_it_is_pearson() {
        // shares of n persons: V = (diag(p) − pp′)/n; then the trace is 1/n·(r − 1), and F = X²/(r − 1)
        let flat = [0.1, 0.3, 0.2, 0.15, 0.05, 0.2];
        let n = 400.0;
        let v: Vec<Vec<f64>> = (0..6).map(|i| (0..6).map(|j| (if i == j { flat[i] } else { 0.0 } - flat[i] * flat[j]) / n).collect()).collect();
        let shares = [[0.1, 0.3], [0.2, 0.15], [0.05, 0.2]];
        let made = rao_scott(&shares, &v, 1e13).unwrap();
        let x2: f64 = n * shares
            .iter()
            .map(|[a, b]| {
                [(a, 0.35), (b, 0.65)]
                    .iter()
                    .map(|(x, c)| {
                        let e = (a + b) * c;
                        (*x - e) * (*x - e) / e
                    })
                    .sum::<f64>()
            })
            .sum::<f64>();
        assert!((made.f - x2 / 2.0).abs() < 1e-11 && (made.df - 2.0).abs() < 1e-12);
        assert!((made.p - num::exp(-x2 / 2.0)).abs() < 1e-15);
    }
}
