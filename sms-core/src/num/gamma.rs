//! The regularised incomplete gamma function and the distribution functions that follow from it.

use super::{abs, exp, ln, sqrt};

const LONGEST: usize = 1_000_000;
const TINY: f64 = 1e-300;

/// What Stirling's formula leaves out: ln Γ(n + 1) − (n + ½) ln n + n − ½ ln 2π, for n ≥ 16 (Loader 2000, eq. 6).
fn stirling_rest(n: f64) -> f64 {
    let q = 1.0 / (n * n);
    (1.0 / 12.0 - q * (1.0 / 360.0 - q * (1.0 / 1260.0 - q * (1.0 / 1680.0 - q / 1188.0)))) / n
}

/// a ln(a/x) + x − a without cancellation near a = x (Loader 2000, eq. 5).
fn deviance(a: f64, x: f64) -> f64 {
    let difference = a - x;
    if abs(difference) >= 0.1 * (a + x) {
        return a * ln(a / x) + x - a;
    }
    let v = difference / (a + x);
    let mut total = difference * v;
    let mut term = 2.0 * a * v;
    for k in 1..1_000 {
        term *= v * v;
        let next = total + term / f64::from(2 * k + 1);
        if next == total {
            break;
        }
        total = next;
    }
    total
}

/// xᵃ e⁻ˣ / Γ(a + 1).
fn poisson_term(a: f64, x: f64) -> f64 {
    if a < 16.0 {
        return exp(a * ln(x) - x - libm::lgamma(a + 1.0));
    }
    exp(-stirling_rest(a) - deviance(a, x)) / sqrt(2.0 * std::f64::consts::PI * a)
}

/// Q(a, x) = Γ(a, x)/Γ(a), the upper regularised incomplete gamma function, for a > 0 and x ≥ 0; `None` elsewhere.
///
/// A series below x = a + 1 and a continued fraction above (NIST DLMF 8.11.4, 8.9.2), both with Loader's (2000) form of
/// the leading term, which keeps its relative precision for large a.
///
/// ```
/// let q = sms_core::num::gamma_q(1.0, 2.5).unwrap(); // e^−2.5
/// assert!((q - 0.0820849986238988).abs() < 1e-15);
/// ```
#[must_use]
pub fn gamma_q(a: f64, x: f64) -> Option<f64> {
    if !(a > 0.0 && a.is_finite() && x >= 0.0 && x.is_finite()) {
        return None;
    }
    if x == 0.0 {
        return Some(1.0);
    }
    let front = poisson_term(a, x);
    if x < a + 1.0 {
        let (mut total, mut term, mut n) = (1.0, 1.0, a);
        for _ in 0..LONGEST {
            n += 1.0;
            term *= x / n;
            let next = total + term;
            if next == total {
                break;
            }
            total = next;
        }
        return Some((1.0 - front * total).clamp(0.0, 1.0));
    }
    // Lentz's rule
    let mut b = x + 1.0 - a;
    let mut c = 1.0 / TINY;
    let mut d = 1.0 / b;
    let mut h = d;
    for i in 1..LONGEST {
        let i = i as f64;
        let numerator = -i * (i - a);
        b += 2.0;
        d = numerator * d + b;
        d = 1.0 / if abs(d) < TINY { TINY } else { d };
        c = b + numerator / c;
        c = if abs(c) < TINY { TINY } else { c };
        let factor = d * c;
        h *= factor;
        if abs(factor - 1.0) < 1e-16 {
            break;
        }
    }
    Some((front * a * h).clamp(0.0, 1.0))
}

/// The chance that a χ² variable of so many degrees of freedom is at least x; `None` unless df > 0 and x ≥ 0.
///
/// ```
/// let p = sms_core::num::chi_square_survival(13.0, 4.0).unwrap(); // e^−6.5 · 7.5
/// assert!((p - 0.011275793947331792).abs() < 1e-16);
/// ```
#[must_use]
pub fn chi_square_survival(x: f64, df: f64) -> Option<f64> {
    gamma_q(df / 2.0, x / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn close(got: Option<f64>, want: f64) {
        let got = got.unwrap();
        assert!((got - want).abs() <= 1e-12 * want, "{got:e} {want:e}");
    }

    #[test]
    fn published_quantiles() {
        // upper critical values (NIST/SEMATECH e-Handbook 1.3.6.7.4, three decimals there; digits from R qchisq)
        for (x, df, p) in [
            (3.841_458_820_694_124, 1.0, 0.05),
            (5.991_464_547_107_979, 2.0, 0.05),
            (11.070_497_693_516_35, 5.0, 0.05),
            (18.307_038_053_275_14, 10.0, 0.05),
            (124.342_113_404_004, 100.0, 0.05),
            (6.634_896_601_021_214, 1.0, 0.01),
        ] {
            let got = chi_square_survival(x, df).unwrap();
            assert!((got - p).abs() <= 1e-12, "{x} {df}: {got}");
        }
    }

    #[test]
    fn outside_its_range_there_is_none() {
        assert_eq!(chi_square_survival(0.0, 3.0), Some(1.0));
        for (x, df) in [(-1.0, 3.0), (1.0, 0.0), (f64::NAN, 3.0), (1.0, f64::NAN), (f64::INFINITY, 1.0)] {
            assert_eq!(chi_square_survival(x, df), None);
        }
        assert_eq!(chi_square_survival(1e6, 3.0), Some(0.0));
    }

    /// One degree: the normal distribution. Even degrees: a finite sum, e^−h Σ h^k/k!.
    #[test]
    fn closed_forms() {
        for x in [1e-6, 0.3, 1.0, 2.9, 3.1, 10.0, 80.0, 500.0] {
            close(chi_square_survival(x, 1.0), libm::erfc(sqrt(x / 2.0)));
        }
        for (df, x) in [(2, 1.0), (4, 13.0), (10, 3.0), (10, 60.0), (30, 30.0), (30, 34.0), (32, 32.5), (40, 90.0), (200, 260.0), (200, 180.0)] {
            let h = x / 2.0;
            let (mut term, mut total) = (exp(-h), 0.0);
            for k in 0..df / 2 {
                total += term;
                term *= h / f64::from(k + 1);
            }
            close(chi_square_survival(x, f64::from(df)), total);
        }
    }

    proptest! {
        /// Q(a + 1, x) = Q(a, x) + xᵃ e⁻ˣ/Γ(a + 1) (NIST DLMF 8.8.6), across both ways of computing it.
        #[test]
        fn recurrence(a in 0.1..300.0f64, ratio in 0.05..3.0f64) {
            let x = a * ratio;
            let (q, next) = (gamma_q(a, x).unwrap(), gamma_q(a + 1.0, x).unwrap());
            prop_assert!((next - q - poisson_term(a, x)).abs() <= 2e-12 * next.max(1e-290));
            prop_assert!((0.0..=1.0).contains(&q) && q <= next);
        }
    }
}
