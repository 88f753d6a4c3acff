//! The variance from replicate estimates.

use super::design::{ReplicateMethod, Replicates};
use crate::num;

impl Replicates {
    /// The factor before the sum of squares.
    pub(super) fn factor(&self) -> f64 {
        #[allow(clippy::cast_precision_loss, reason = "a count of columns")]
        let r = self.columns.len() as f64;
        self.scale.unwrap_or(match self.method {
            ReplicateMethod::Brr => 1.0 / r,
            ReplicateMethod::Fay(rho) => 1.0 / (r * (1.0 - rho) * (1.0 - rho)),
            ReplicateMethod::Jackknife1 => (r - 1.0) / r,
            ReplicateMethod::JackknifeN | ReplicateMethod::Other => 1.0,
            ReplicateMethod::Bootstrap => 1.0 / (r - 1.0),
            ReplicateMethod::SuccessiveDifference => 4.0 / r,
        })
    }

    fn rscale(&self, replicate: usize) -> f64 {
        self.rscales.as_ref().map_or(1.0, |r| r.get(replicate).copied().unwrap_or(1.0))
    }

    /// Degrees of freedom.
    pub(super) fn df(&self) -> f64 {
        #[allow(clippy::cast_precision_loss, reason = "a count of columns")]
        self.degrees_of_freedom.unwrap_or(self.columns.len() as f64 - 1.0)
    }

    /// Whether the method is known to fail for quantiles.
    pub(super) fn is_delete_one(&self) -> bool {
        matches!(self.method, ReplicateMethod::Jackknife1 | ReplicateMethod::JackknifeN)
    }

    /// scale · Σ rscales_k (θ_k − θ₀)². `None` when a replicate that counts has no estimate.
    pub(super) fn variance(&self, full: f64, replicates: &[Option<f64>]) -> Option<f64> {
        let away = self.deviations(full, replicates)?;
        Some(self.covariance(&away, &away))
    }

    /// The scale of each replicate that counts, and how far its estimate is from θ₀.
    pub(super) fn deviations(&self, full: f64, replicates: &[Option<f64>]) -> Option<Vec<(f64, f64)>> {
        let counted: Vec<(f64, f64)> = replicates
            .iter()
            .enumerate()
            .map(|(k, theta)| (self.rscale(k), *theta))
            .filter(|&(r, _)| r > 0.0)
            .map(|(r, theta)| theta.map(|t| (r, t)))
            .collect::<Option<_>>()?;
        #[allow(clippy::cast_precision_loss, reason = "a count of columns")]
        let n = counted.len() as f64;
        // about the full-sample estimate, so that no digits are lost
        let shifted: Vec<f64> = counted.iter().map(|&(_, t)| t - full).collect();
        let centre = if self.mse { 0.0 } else { num::sum(&shifted) / n };
        Some(counted.iter().zip(&shifted).map(|(&(r, _), &t)| (r, t - centre)).collect())
    }

    /// scale · Σ rscales_k (θ_k − θ₀)(η_k − η₀).
    pub(super) fn covariance(&self, a: &[(f64, f64)], b: &[(f64, f64)]) -> f64 {
        let products: Vec<f64> = a.iter().zip(b).map(|(&(r, x), &(_, y))| r * x * y).collect();
        self.factor() * num::sum(&products)
    }
}
