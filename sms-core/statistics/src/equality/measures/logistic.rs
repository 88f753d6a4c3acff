//! Logistic regression on ranks.

use crate::num;

/// Logistic regression of shares on ranks: intercept, slope, and how both move with each share.
pub(super) struct Logistic {
    base: f64,
    slope: f64,
    pub(super) slopes: Vec<(f64, f64)>,
}

impl Logistic {
    /// Newton's method until it stands still; none where shares of 0 and 1 alone leave no end.
    pub(super) fn fit(ranks: &[f64], shares: &[f64], weights: &[f64]) -> Option<Self> {
        let mut made = Logistic { base: 0.0, slope: 0.0, slopes: Vec::new() };
        let rows = || ranks.iter().zip(shares).zip(weights).map(|((x, y), p)| (*x, *y, *p));
        let mut last = f64::INFINITY;
        for _ in 0..200 {
            let term = |of: &dyn Fn(f64, f64, f64, f64) -> f64| num::sum(&rows().map(|(x, y, p)| of(x, y, p, made.at(x))).collect::<Vec<_>>());
            let (g0, g1) = (term(&|_, y, p, l| p * (y - l)), term(&|x, y, p, l| p * (y - l) * x));
            let spread = |x: f64, p: f64, l: f64, power: i32| {
                p * l
                    * (1.0 - l)
                    * if power == 0 {
                        1.0
                    } else if power == 1 {
                        x
                    } else {
                        x * x
                    }
            };
            let (h0, h1, h2) = (term(&|x, _, p, l| spread(x, p, l, 0)), term(&|x, _, p, l| spread(x, p, l, 1)), term(&|x, _, p, l| spread(x, p, l, 2)));
            let det = h0 * h2 - h1 * h1;
            if det.is_nan() || det <= 0.0 {
                return None;
            }
            let (step0, step1) = ((h2 * g0 - h1 * g1) / det, (h0 * g1 - h1 * g0) / det);
            let size = num::abs(step0) + num::abs(step1);
            let near = num::abs(made.base) + num::abs(made.slope) + 1.0;
            // at the end steps are rounding alone and shrink no more
            if size <= 1e-13 * near || (size >= last && size <= 1e-9 * near) {
                let by = |x: f64, p: f64| ((h2 * p - h1 * p * x) / det, (h0 * p * x - h1 * p) / det);
                made.slopes = rows().map(|(x, _, p)| by(x, p)).collect();
                return Some(made);
            }
            last = size;
            (made.base, made.slope) = (num::finite(made.base + step0).ok()?, num::finite(made.slope + step1).ok()?);
        }
        None
    }

    /// Predicted at a rank.
    pub(super) fn at(&self, x: f64) -> f64 {
        1.0 / (1.0 + num::exp(-(self.base + self.slope * x)))
    }
}
