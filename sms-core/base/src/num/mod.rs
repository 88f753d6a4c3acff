//! Floor 1: arithmetic that gives the same bits everywhere.
//!
//! Rules: f64 only; every transcendental function comes from the `libm` crate; no fused multiply-add; sums run in a
//! fixed order; NaN and infinities never enter or leave. Rounding happens at presentation only, half to even.

mod distribution;
mod draws;
pub mod exact;
mod ranks;

pub use distribution::{
    beta_cdf, beta_quantile, chi_square_cdf, chi_square_quantile, chi_square_survival, f_survival, gamma_cdf, gamma_quantile, gamma_survival, student_t_cdf,
    student_t_quantile,
};
pub use draws::NormalDraws;
pub use ranks::{concordance, mid_ranks};

use crate::diagnostic::{Code, Error, Result};
use serde::{Deserialize, Serialize};
use std::fmt;

/// e^x.
#[must_use]
pub fn exp(x: f64) -> f64 {
    libm::exp(x)
}

/// Natural logarithm.
#[must_use]
pub fn ln(x: f64) -> f64 {
    libm::log(x)
}

/// e^x − 1, precise near 0.
#[must_use]
pub fn exp_m1(x: f64) -> f64 {
    libm::expm1(x)
}

/// ln(1 + x), precise near 0.
#[must_use]
pub fn ln_1p(x: f64) -> f64 {
    libm::log1p(x)
}

/// x^y.
#[must_use]
pub fn pow(x: f64, y: f64) -> f64 {
    libm::pow(x, y)
}

/// Square root (exact to the last bit by IEEE 754 on every platform).
#[must_use]
pub fn sqrt(x: f64) -> f64 {
    libm::sqrt(x)
}

/// √(x² + y²) without overflow or underflow on the way.
#[must_use]
pub fn hypot(x: f64, y: f64) -> f64 {
    libm::hypot(x, y)
}

/// Sine.
#[must_use]
pub fn sin(x: f64) -> f64 {
    libm::sin(x)
}

/// Cosine.
#[must_use]
pub fn cos(x: f64) -> f64 {
    libm::cos(x)
}

/// A count of things as a number.
#[must_use]
pub fn count(n: usize) -> f64 {
    // exact below 2⁵³, and no list in memory is longer
    n as f64
}

/// Absolute value.
#[must_use]
pub fn abs(x: f64) -> f64 {
    libm::fabs(x)
}

/// Distribution function of the standard normal, Φ(x).
/// A probability, 0 to 1.
///
/// ```
/// # use sms_base as sms_core;
/// use sms_core::num::normal_cdf;
/// assert_eq!(normal_cdf(0.0), 0.5);
/// assert!((normal_cdf(1.959_963_984_540_054) - 0.975).abs() < 1e-15);
/// ```
#[must_use]
pub fn normal_cdf(x: f64) -> f64 {
    0.5 * libm::erfc(-x / std::f64::consts::SQRT_2)
}

/// Quantile of the standard normal, Φ⁻¹(p) for 0 < p < 1; `None` outside.
///
/// A rational start (Abramowitz & Stegun 1964, 26.2.23) refined by Halley steps on [`normal_cdf`] until it is exact
/// to double precision.
///
/// ```
/// # use sms_base as sms_core;
/// let z = sms_core::num::normal_quantile(0.975).unwrap();
/// assert!((z - 1.959963984540054).abs() < 1e-14);
/// ```
#[must_use]
pub fn normal_quantile(p: f64) -> Option<f64> {
    if !(p > 0.0 && p < 1.0) {
        return None;
    }
    // work in the lower tail, where erfc keeps its relative precision
    let lower = p.min(1.0 - p);
    let t = sqrt(-2.0 * ln(lower));
    let numerator = 2.515517 + t * (0.802853 + t * 0.010328);
    let denominator = 1.0 + t * (1.432788 + t * (0.189269 + t * 0.001308));
    let mut x = -(t - numerator / denominator);
    for _ in 0..4 {
        let error = normal_cdf(x) - lower;
        let density = exp(-0.5 * x * x) / sqrt(2.0 * std::f64::consts::PI);
        if density <= 0.0 {
            break;
        }
        let step = error / density;
        x -= step / (1.0 + 0.5 * x * step);
    }
    Some(if p > 0.5 { -x } else { x })
}

/// Keeps a number that is finite.
///
/// ```
/// # use sms_base as sms_core;
/// use sms_core::num::finite;
/// assert_eq!(finite(2.5)?, 2.5);
/// assert_eq!(finite(f64::NAN).unwrap_err().code().as_str(), "num.not-finite");
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `num.not-finite`.
pub fn finite(x: f64) -> Result<f64> {
    if x.is_finite() { Ok(x) } else { Err(Error::new(Code::NumNotFinite)) }
}

/// Sum that does not depend on the order of the terms: they are sorted by their bits' total order and added with
/// Neumaier's compensation.
///
/// ```
/// # use sms_base as sms_core;
/// use sms_core::num::sum;
/// assert_eq!(sum(&[0.1, 0.2, 0.3]).to_bits(), sum(&[0.3, 0.1, 0.2]).to_bits());
/// ```
#[must_use]
pub fn sum(terms: &[f64]) -> f64 {
    let mut sorted = terms.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let mut total = 0.0_f64;
    let mut lost = 0.0_f64;
    for x in sorted {
        let next = total + x;
        lost += if abs(total) >= abs(x) { (total - next) + x } else { (x - next) + total };
        total = next;
    }
    total + lost
}

/// A share between 0 and 1.
///
/// ```
/// # use sms_base as sms_core;
/// use sms_core::num::Share;
/// assert_eq!(Share::try_from(0.6)?.get(), 0.6);
/// assert!(Share::try_from(60.0).is_err());
/// # Ok::<(), sms_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(with = "f64"))]
pub struct Share(f64);

impl Share {
    /// The share as a number between 0 and 1.
    #[must_use]
    pub fn get(self) -> f64 {
        self.0
    }
}

impl TryFrom<f64> for Share {
    type Error = Error;
    fn try_from(x: f64) -> Result<Self> {
        if (0.0..=1.0).contains(&x) { Ok(Share(x)) } else { Err(Error::new(Code::NumNotFinite).expecting("a number between 0 and 1")) }
    }
}

impl From<Share> for f64 {
    fn from(share: Share) -> f64 {
        share.0
    }
}

/// How a decimal number was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum DecimalSign {
    /// `1234.5`; commas, spaces and apostrophes may separate thousands.
    Point,
    /// `1234,5`; points, spaces and apostrophes may separate thousands.
    Comma,
    /// Told from the text itself; a text that can be read in two ways is refused.
    #[default]
    Detect,
}

/// Why a text is not a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberProblem {
    /// No number at all.
    Unreadable,
    /// NaN, infinite, or beyond the range of an f64.
    NotFinite,
    /// `1,234` with no decimal sign declared: one thousand or one point two?
    Ambiguous,
}

/// Reads a number as people write it: `12`, `-3.5`, `1 234,5`, `1.234.567,8`, `6.02e23`.
///
/// ```
/// # use sms_base as sms_core;
/// use sms_core::num::{DecimalSign, NumberProblem, parse_number};
/// assert_eq!(parse_number("1.234.567,8", DecimalSign::Detect), Ok(1_234_567.8));
/// assert_eq!(parse_number("1,234", DecimalSign::Comma), Ok(1.234));
/// assert_eq!(parse_number("1,234", DecimalSign::Detect), Err(NumberProblem::Ambiguous));
/// ```
///
/// # Errors
/// A [`NumberProblem`]; the text itself is never part of it.
pub fn parse_number(text: &str, sign: DecimalSign) -> std::result::Result<f64, NumberProblem> {
    let text = text.trim();
    // the common case, with nothing to decide
    let mut plain = !text.is_empty();
    let (mut points, mut commas, mut others) = (0_usize, 0_usize, false);
    for c in text.bytes() {
        match c {
            b'0'..=b'9' | b'+' | b'-' | b'e' | b'E' => {}
            b'.' => points += 1,
            b',' => {
                commas += 1;
                plain = false;
            }
            b' ' | b'\'' => {
                others = true;
                plain = false;
            }
            _ if !c.is_ascii() => {
                others = true;
                plain = false;
            }
            _ => {
                let word = text.to_ascii_lowercase();
                return Err(match word.trim_start_matches(['+', '-']) {
                    "nan" | "inf" | "infinity" => NumberProblem::NotFinite,
                    _ => NumberProblem::Unreadable,
                });
            }
        }
    }
    if plain && points <= 1 && sign != DecimalSign::Comma {
        return parse_plain(text);
    }
    let sign = match sign {
        DecimalSign::Detect => detect_sign(text, points, commas)?,
        declared => declared,
    };
    let (decimal, thousands) = if sign == DecimalSign::Comma { (',', '.') } else { ('.', ',') };
    let (mantissa, exponent) = match text.find(['e', 'E']) {
        Some(at) => text.split_at(at),
        None => (text, ""),
    };
    let (whole, fraction) = match mantissa.find(decimal) {
        Some(at) => {
            let (whole, rest) = mantissa.split_at(at);
            (whole, rest.get(1..).unwrap_or_default())
        }
        None => (mantissa, ""),
    };
    let mut clean = String::with_capacity(text.len());
    let unsigned = whole.strip_prefix(['+', '-', '\u{2212}']).unwrap_or(whole);
    if whole.starts_with(['-', '\u{2212}']) {
        clean.push('-');
    }
    let is_separator = |c: char| c == thousands || c == '\'' || c == '\u{2019}' || c == ' ' || c == '\u{a0}' || c == '\u{202f}' || c == '\u{2009}';
    let grouped: Vec<&str> = unsigned.split(is_separator).collect();
    let groups_ok = grouped.iter().enumerate().all(|(i, part)| {
        part.bytes().all(|c| c.is_ascii_digit()) && if i == 0 { (1..=3).contains(&part.len()) || grouped.len() == 1 } else { part.len() == 3 }
    });
    if !groups_ok || !fraction.bytes().all(|c| c.is_ascii_digit()) || (others && grouped.len() == 1 && !unsigned.is_ascii()) {
        return Err(NumberProblem::Unreadable);
    }
    for part in &grouped {
        clean.push_str(part);
    }
    if !fraction.is_empty() {
        clean.push('.');
        clean.push_str(fraction);
    }
    clean.push_str(exponent);
    parse_plain(&clean)
}

fn parse_plain(text: &str) -> std::result::Result<f64, NumberProblem> {
    if !text.bytes().any(|c| c.is_ascii_digit()) {
        return Err(NumberProblem::Unreadable);
    }
    match text.parse::<f64>() {
        Ok(x) if x.is_finite() => Ok(if x == 0.0 { 0.0 } else { x }),
        Ok(_) => Err(NumberProblem::NotFinite),
        Err(_) => Err(NumberProblem::Unreadable),
    }
}

fn detect_sign(text: &str, points: usize, commas: usize) -> std::result::Result<DecimalSign, NumberProblem> {
    let text = text.split(['e', 'E']).next().unwrap_or(text);
    let last = |c: char| text.rfind(c);
    Ok(match (points, commas) {
        (0, 0) => DecimalSign::Point,
        (_, 0) if points == 1 => DecimalSign::Point,
        (_, 0) => DecimalSign::Comma,
        (0, 1) => {
            // a comma in the exponent is no number
            let Some(before) = last(',') else { return Err(NumberProblem::Unreadable) };
            let after = text.len() - 1 - before;
            let digits_before = text.get(..before).unwrap_or_default().trim_start_matches(['+', '-', '\u{2212}']);
            // "1,234" can be read in two ways; "0,123" or "1234,567" cannot
            if after == 3 && (1..=3).contains(&digits_before.len()) && digits_before != "0" {
                return Err(NumberProblem::Ambiguous);
            }
            DecimalSign::Comma
        }
        (0, _) => DecimalSign::Point,
        _ if last(',') > last('.') => DecimalSign::Comma,
        _ => DecimalSign::Point,
    })
}

/// A number for people, with a fixed count of decimals, rounded half to even on its exact binary value.
///
/// ```
/// # use sms_base as sms_core;
/// use sms_core::num::decimal;
/// assert_eq!(decimal(28.333_333, 1), "28.3");
/// assert_eq!((decimal(0.125, 2).as_str(), decimal(-0.01, 1).as_str()), ("0.12", "0.0"));
/// ```
#[must_use]
pub fn decimal(x: f64, decimals: usize) -> String {
    let text = format!("{x:.decimals$}");
    // no "-0.0"
    if text.starts_with('-') && !text.bytes().any(|c| (b'1'..=b'9').contains(&c)) { text.trim_start_matches('-').to_owned() } else { text }
}

/// Shows a number with as many decimals as it needs, three significant ones at most after the point.
///
/// ```
/// # use sms_base as sms_core;
/// use sms_core::num::Plain;
/// assert_eq!(format!("{}, {}, {}", Plain(1234.5), Plain(62.04), Plain(0.125)), "1234, 62, 0.125");
/// ```
pub struct Plain(pub f64);

impl fmt::Display for Plain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let magnitude = abs(self.0);
        let decimals = if magnitude >= 100.0 {
            0
        } else if magnitude >= 1.0 {
            1
        } else {
            3
        };
        let text = decimal(self.0, decimals);
        let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
        f.write_str(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn quantile_matches_published_values() {
        // NIST/SEMATECH e-Handbook, table of the standard normal; more digits from R qnorm
        for (p, z) in [(0.975, 1.959963984540054), (0.999, 3.090232306167813), (0.5, 0.0), (0.9, 1.2815515655446004), (1e-10, -6.361340902404056)] {
            let got = normal_quantile(p).unwrap();
            assert!((got - z).abs() < 2e-14, "{p}: {got} {z}");
        }
        assert_eq!(normal_quantile(0.0), None);
        assert_eq!(normal_quantile(f64::NAN), None);
    }

    #[test]
    fn numbers_as_people_write_them() {
        use DecimalSign::*;
        use NumberProblem::*;
        for (text, sign, want) in [
            ("12", Detect, Ok(12.0)),
            (" -3.5 ", Detect, Ok(-3.5)),
            ("3,5", Detect, Ok(3.5)),
            ("1,234", Detect, Err(Ambiguous)),
            ("1,234", Comma, Ok(1.234)),
            ("1,234", Point, Ok(1234.0)),
            ("1.234", Comma, Ok(1234.0)),
            ("1.234,5", Detect, Ok(1234.5)),
            ("1,234.5", Detect, Ok(1234.5)),
            ("1 234,5", Detect, Ok(1234.5)),
            ("1\u{a0}234,5", Detect, Ok(1234.5)),
            ("1'234.5", Detect, Ok(1234.5)),
            ("0,123", Detect, Ok(0.123)),
            ("1.234.567", Detect, Ok(1_234_567.0)),
            ("12,34,567", Detect, Err(Unreadable)),
            ("6.02e23", Detect, Ok(6.02e23)),
            ("1,5e3", Detect, Ok(1500.0)),
            ("1e400", Detect, Err(NotFinite)),
            ("NaN", Detect, Err(NotFinite)),
            ("-inf", Detect, Err(NotFinite)),
            ("", Detect, Err(Unreadable)),
            ("-", Detect, Err(Unreadable)),
            ("12%", Detect, Err(Unreadable)),
            ("\u{2212}5", Detect, Ok(-5.0)),
            ("٣", Detect, Err(Unreadable)),
        ] {
            assert_eq!(parse_number(text, sign), want, "{text:?} {sign:?}");
        }
    }

    #[test]
    fn rounding_is_half_to_even() {
        assert_eq!(decimal(0.5, 0), "0");
        assert_eq!(decimal(1.5, 0), "2");
        assert_eq!(decimal(2.5, 0), "2");
        assert_eq!(decimal(0.125, 2), "0.12");
        assert_eq!(decimal(-0.04, 1), "0.0");
    }

    proptest! {
        #[test]
        fn a_written_number_reads_back(x in proptest::num::f64::NORMAL) {
            prop_assert_eq!(parse_number(&format!("{x}"), DecimalSign::Point), Ok(x));
        }

        #[test]
        fn sums_do_not_depend_on_order(mut v in proptest::collection::vec(-1e12..1e12f64, 0..50), seed in any::<u64>()) {
            let before = sum(&v);
            if !v.is_empty() {
                let n = v.len();
                v.rotate_left((seed % n as u64) as usize);
                v.reverse();
            }
            prop_assert_eq!(before.to_bits(), sum(&v).to_bits());
        }

        #[test]
        fn no_text_panics(text in ".{0,40}") {
            for sign in [DecimalSign::Point, DecimalSign::Comma, DecimalSign::Detect] {
                if let Ok(x) = parse_number(&text, sign) {
                    prop_assert!(x.is_finite());
                }
            }
        }
    }
}
