//! Least squares by orthogonalisation, small and dense.

use crate::num;
use crate::num::count;

/// A column whose part that is not in the ones before is smaller than this share of it says nothing of its own.
const DEPENDENT: f64 = 1e-9;

/// A fit of y on columns.
pub(super) struct Fit {
    /// One number a column.
    pub(super) coefficients: Vec<f64>,
    /// What each figure adds to each coefficient: row j of (XᵀX)⁻¹Xᵀ, so that coefficient j is its product with y.
    pub(super) leverages: Vec<Vec<f64>>,
    /// What the fit leaves, in the order of y.
    pub(super) residuals: Vec<f64>,
}

pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    num::sum(&a.iter().zip(b).map(|(a, b)| a * b).collect::<Vec<_>>())
}

fn less(a: &mut [f64], factor: f64, b: &[f64]) {
    a.iter_mut().zip(b).for_each(|(a, b)| *a -= factor * b);
}

/// Gram–Schmidt, twice for each column; `None` where the columns depend on each other.
pub(super) fn fit(columns: &[Vec<f64>], y: &[f64]) -> Option<Fit> {
    let mut basis: Vec<Vec<f64>> = Vec::new();
    // of each column: its parts along the earlier ones, and its own length
    let mut parts: Vec<(Vec<f64>, f64)> = Vec::new();
    for column in columns {
        let whole = num::sqrt(dot(column, column));
        let mut rest = column.clone();
        let mut along = vec![0.0; basis.len()];
        for _ in 0..2 {
            for (q, r) in basis.iter().zip(&mut along) {
                let part = dot(q, &rest);
                less(&mut rest, part, q);
                *r += part;
            }
        }
        let length = num::sqrt(dot(&rest, &rest));
        if length.is_nan() || length <= DEPENDENT * whole {
            return None;
        }
        rest.iter_mut().for_each(|x| *x /= length);
        basis.push(rest);
        parts.push((along, length));
    }
    let mut leverages: Vec<Vec<f64>> = Vec::new();
    for (at, (q, (_, length))) in basis.iter().zip(&parts).enumerate().rev() {
        let mut row = q.clone();
        // the later columns, of which the rows are known, from the last
        for ((along, _), known) in parts.iter().skip(at + 1).rev().zip(&leverages) {
            less(&mut row, along.get(at).copied().unwrap_or(0.0), known);
        }
        row.iter_mut().for_each(|x| *x /= length);
        leverages.push(row);
    }
    leverages.reverse();
    let coefficients: Vec<f64> = leverages.iter().map(|row| dot(row, y)).collect();
    let residuals = residuals(columns, &coefficients, y);
    Some(Fit { coefficients, leverages, residuals })
}

pub(super) fn residuals(columns: &[Vec<f64>], coefficients: &[f64], y: &[f64]) -> Vec<f64> {
    let mut rest = y.to_vec();
    columns.iter().zip(coefficients).for_each(|(column, b)| less(&mut rest, *b, column));
    rest
}

impl Fit {
    /// Variance of a coefficient where figures of one cluster may go together in any way, with the correction of one kind
    /// (CR1): G/(G−1) · (N−1)/(N−K). Clusters are runs of `length` figures.
    pub(super) fn cluster_variance(&self, coefficient: usize, length: usize) -> Option<f64> {
        let row = self.leverages.get(coefficient)?;
        let sums: Vec<f64> = row.chunks(length).zip(self.residuals.chunks(length)).map(|(a, e)| dot(a, e)).collect();
        let (g, n, k) = (count(sums.len()), count(self.residuals.len()), count(self.coefficients.len()));
        (g > 1.0 && n > k).then(|| dot(&sums, &sums) * g / (g - 1.0) * (n - 1.0) / (n - k))
    }

    /// Variance of a coefficient after Newey and West with Bartlett weights, times n/(n−k).
    pub(super) fn newey_west_variance(&self, coefficient: usize, lags: usize) -> Option<f64> {
        let row = self.leverages.get(coefficient)?;
        let scores: Vec<f64> = row.iter().zip(&self.residuals).map(|(a, e)| a * e).collect();
        let (n, k) = (count(self.residuals.len()), count(self.coefficients.len()));
        let mut terms = vec![dot(&scores, &scores)];
        for lag in 1..=lags {
            let weight = 1.0 - count(lag) / (count(lags) + 1.0);
            terms.push(2.0 * weight * dot(scores.get(lag..).unwrap_or_default(), &scores));
        }
        (n > k).then(|| num::sum(&terms) * n / (n - k))
    }

    /// Variance of a coefficient where residuals are alike and apart.
    pub(super) fn plain_variance(&self, coefficient: usize) -> Option<f64> {
        let row = self.leverages.get(coefficient)?;
        let (n, k) = (count(self.residuals.len()), count(self.coefficients.len()));
        (n > k).then(|| dot(row, row) * dot(&self.residuals, &self.residuals) / (n - k))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_through_points() {
        let made = fit(&[vec![1.0; 4], vec![0.0, 1.0, 2.0, 3.0]], &[1.0, 3.0, 5.0, 7.0]).unwrap();
        assert!((made.coefficients[0] - 1.0).abs() < 1e-12 && (made.coefficients[1] - 2.0).abs() < 1e-12);
        assert!(made.residuals.iter().all(|e| e.abs() < 1e-12));
        assert!(fit(&[vec![1.0; 3], vec![2.0; 3]], &[1.0, 2.0, 3.0]).is_none());
    }
}
