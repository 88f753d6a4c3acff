//! The χ² distribution, over the regularised incomplete gamma function.

use super::{abs, exp, ln};

/// How many terms the series or the fraction may take; both need some √a of them.
const TERMS: u32 = 100_000;
/// Where a term no longer changes the sum.
const ENOUGH: f64 = 1e-17;

/// Upper tail of the χ² distribution: the probability of `x` or more with `df` degrees of freedom; `None` where it is
/// not defined (df ≤ 0, x < 0, not finite).
///
/// Q(df/2, x/2) by its series below a + 1, by Lentz's continued fraction above (Press et al. 2007, §6.2).
///
/// ```
/// // the 5 % point with one degree of freedom is 1.96²
/// let p = sms_core::num::chi_square_survival(1.959963984540054 * 1.959963984540054, 1.0).unwrap();
/// assert!((p - 0.05).abs() < 1e-14);
/// ```
#[must_use]
pub fn chi_square_survival(x: f64, df: f64) -> Option<f64> {
    if !(x.is_finite() && df.is_finite() && x >= 0.0 && df > 0.0) {
        return None;
    }
    if x == 0.0 {
        return Some(1.0);
    }
    let (a, x) = (df / 2.0, x / 2.0);
    let scale = exp(a * ln(x) - x - libm::lgamma(a));
    let tail = if x < a + 1.0 { 1.0 - scale * lower_series(a, x) } else { scale * upper_fraction(a, x) };
    tail.is_finite().then(|| tail.clamp(0.0, 1.0))
}

/// Σ xⁿ / (a(a+1)…(a+n)).
fn lower_series(a: f64, x: f64) -> f64 {
    let mut term = 1.0 / a;
    let mut total = term;
    let mut step = a;
    for _ in 0..TERMS {
        step += 1.0;
        term *= x / step;
        total += term;
        if term < total * ENOUGH {
            break;
        }
    }
    total
}

/// 1/(x+1−a− 1(1−a)/(x+3−a− 2(2−a)/(x+5−a− …))).
fn upper_fraction(a: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let kept = |v: f64| if abs(v) < TINY { TINY } else { v };
    let mut b = x + 1.0 - a;
    let mut c = 1.0 / TINY;
    let mut d = 1.0 / kept(b);
    let mut fraction = d;
    for i in 1..=TERMS {
        let i = f64::from(i);
        let numerator = -i * (i - a);
        b += 2.0;
        d = 1.0 / kept(numerator * d + b);
        c = kept(b + numerator / c);
        let factor = c * d;
        fraction *= factor;
        if abs(factor - 1.0) < 1e-16 {
            break;
        }
    }
    fraction
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn tail_matches_published_values() {
        // critical values of the NIST/SEMATECH e-Handbook, §1.3.6.7.4, three decimals each
        for (x, df, p) in [(3.841, 1.0, 0.05), (18.307, 10.0, 0.05), (23.209, 10.0, 0.01), (124.342, 100.0, 0.05), (0.004, 1.0, 0.95), (77.929, 100.0, 0.95)] {
            let got = chi_square_survival(x, df).unwrap();
            assert!((got - p).abs() < 2e-3, "{x} {df}: {got}");
        }
        // two degrees of freedom: exp(−x/2); four: (1 + x/2)·exp(−x/2)
        for x in [0.1, 1.0, 5.0, 13.0, 40.0, 700.0] {
            let e = libm::exp(-x / 2.0);
            assert!((chi_square_survival(x, 2.0).unwrap() / e - 1.0).abs() < 1e-12, "{x}");
            assert!((chi_square_survival(x, 4.0).unwrap() / (e * (1.0 + x / 2.0)) - 1.0).abs() < 1e-12, "{x}");
        }
        assert_eq!(chi_square_survival(0.0, 3.0), Some(1.0));
        for (x, df) in [(-1.0, 1.0), (1.0, 0.0), (f64::NAN, 1.0), (1.0, f64::INFINITY)] {
            assert_eq!(chi_square_survival(x, df), None);
        }
    }

    proptest! {
        #[test]
        fn the_tail_falls(x in 0.0..400.0f64, step in 0.0..50.0f64, df in 1u32..300) {
            let df = f64::from(df);
            let (near, far) = (chi_square_survival(x, df).unwrap(), chi_square_survival(x + step, df).unwrap());
            prop_assert!((0.0..=1.0).contains(&near) && far <= near + 1e-12);
        }

        #[test]
        fn one_degree_is_the_square_of_a_normal(z in 0.0..8.0f64) {
            let two_sided = 2.0 * crate::num::normal_cdf(-z);
            prop_assert!((chi_square_survival(z * z, 1.0).unwrap() - two_sided).abs() < 1e-12);
        }
    }
}
