//! An exact number at rest, its arithmetic, and its canonical bytes.

use super::{Limbs, Product, low};
use crate::diagnostic::{Code, Error, Result};
use smallvec::smallvec;
use std::cmp::Ordering;
use std::fmt;

/// Most limbs that a sum of products of four finite numbers can have, with room for 2^64 terms.
const MOST_LIMBS: usize = 140;

/// A whole number times a power of 2⁶⁴, exactly.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Dyadic {
    pub(super) negative: bool,
    pub(super) base: i32,
    // lowest first, none of the outermost zero
    pub(super) limbs: Limbs,
}

impl fmt::Debug for Dyadic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Dyadic(…)")
    }
}

impl Dyadic {
    pub(super) fn new(negative: bool, base: i32, mut limbs: Limbs) -> Self {
        while limbs.last() == Some(&0) {
            limbs.pop();
        }
        let zeros = limbs.iter().take_while(|&&l| l == 0).count();
        if zeros > 0 {
            limbs.drain(..zeros);
        }
        if limbs.is_empty() {
            return Dyadic::default();
        }
        Dyadic { negative, base: base + i32::try_from(zeros).unwrap_or_default(), limbs }
    }

    /// A number, exactly.
    ///
    /// # Errors
    /// `num.not-finite`.
    pub fn from_f64(x: f64) -> Result<Self> {
        let product = Product::new([x])?;
        Ok(Dyadic::new(product.negative, product.base, Limbs::from_slice(product.limbs())))
    }

    /// A count, exactly.
    #[must_use]
    pub fn from_u64(n: u64) -> Self {
        Dyadic::new(false, 0, smallvec![n])
    }

    /// Whether it is zero.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.limbs.is_empty()
    }

    /// Whether it is below zero.
    #[must_use]
    pub fn is_negative(&self) -> bool {
        self.negative
    }

    /// Its negative.
    #[must_use]
    pub fn negated(mut self) -> Self {
        self.negative = !self.negative && !self.is_zero();
        self
    }

    /// Sum.
    #[must_use]
    pub fn plus(&self, other: &Dyadic) -> Dyadic {
        self.with(other, other.negative)
    }

    /// Sum with the other's magnitude under a sign.
    fn with(&self, other: &Dyadic, others_sign: bool) -> Dyadic {
        if self.is_zero() {
            return Dyadic { negative: others_sign && !other.is_zero(), ..other.clone() };
        }
        if other.is_zero() {
            return self.clone();
        }
        let base = self.base.min(other.base);
        let (a, b) = (self.at_base(base), other.at_base(base));
        let (negative, limbs) = if self.negative == others_sign {
            (self.negative, added(a, &b))
        } else if larger(&a, &b) == Ordering::Less {
            (others_sign, subtracted(b, &a))
        } else {
            (self.negative, subtracted(a, &b))
        };
        Dyadic::new(negative, base, limbs)
    }

    /// Difference.
    #[must_use]
    pub fn minus(&self, other: &Dyadic) -> Dyadic {
        self.with(other, !other.negative)
    }

    /// Product.
    #[must_use]
    pub fn times(&self, other: &Dyadic) -> Dyadic {
        let mut limbs: Limbs = smallvec![0; self.limbs.len() + other.limbs.len()];
        for (i, &a) in self.limbs.iter().enumerate() {
            let mut carry = 0_u128;
            let mut out = limbs.iter_mut().skip(i);
            for (&b, limb) in other.limbs.iter().zip(&mut out) {
                let wide = u128::from(a) * u128::from(b) + u128::from(*limb) + carry;
                *limb = low(wide);
                carry = wide >> 64;
            }
            for limb in out {
                if carry == 0 {
                    break;
                }
                let wide = u128::from(*limb) + carry;
                *limb = low(wide);
                carry = wide >> 64;
            }
        }
        Dyadic::new(self.negative != other.negative, self.base + other.base, limbs)
    }

    fn at_base(&self, base: i32) -> Limbs {
        let zeros = usize::try_from(self.base - base).unwrap_or_default();
        let mut limbs: Limbs = smallvec![0; zeros];
        limbs.extend_from_slice(&self.limbs);
        limbs
    }

    /// Position of the highest bit that is set; for numbers other than zero.
    fn top_bit(&self) -> i64 {
        let top = self.limbs.last().copied().unwrap_or_default();
        64 * i64::from(self.base) + 64 * i64::try_from(self.limbs.len()).unwrap_or_default() - 1 - i64::from(top.leading_zeros())
    }

    /// 64 bits from a position on; zero outside.
    fn bits_at(&self, position: i64) -> u64 {
        let relative = position - 64 * i64::from(self.base);
        let (limb, shift) = (relative.div_euclid(64), relative.rem_euclid(64));
        let get = |i: i64| usize::try_from(i).ok().and_then(|i| self.limbs.get(i)).copied().unwrap_or_default();
        if shift == 0 { get(limb) } else { (get(limb) >> shift) | (get(limb + 1) << (64 - shift)) }
    }

    fn any_bit_below(&self, position: i64) -> bool {
        let relative = position - 64 * i64::from(self.base);
        let whole = usize::try_from(relative.div_euclid(64)).unwrap_or_default();
        let part = relative.rem_euclid(64);
        relative > 0 && (self.limbs.iter().take(whole).any(|&l| l != 0) || self.limbs.get(whole).is_some_and(|l| part > 0 && l & ((1_u64 << part) - 1) != 0))
    }

    /// The magnitude from bit `lowest` on, rounded half to even; at most 2⁵³ when at most 53 bits stand there.
    fn rounded_from(&self, lowest: i64) -> f64 {
        let kept = self.bits_at(lowest);
        let half = self.bits_at(lowest - 1) & 1 == 1;
        let up = half && (self.any_bit_below(lowest - 1) || kept & 1 == 1);
        #[allow(clippy::cast_precision_loss, reason = "at most 2^53")]
        {
            (kept + u64::from(up)) as f64
        }
    }

    /// The number, rounded once, half to even.
    ///
    /// # Errors
    /// `num.not-finite` when it is beyond the range of an f64.
    pub fn value(&self) -> Result<f64> {
        if self.is_zero() {
            return Ok(0.0);
        }
        let top = self.top_bit();
        if top > 1023 {
            return Err(Error::new(Code::NumNotFinite));
        }
        let lowest = (top - 52).max(-1074);
        let x = libm::ldexp(self.rounded_from(lowest), i32::try_from(lowest).unwrap_or_default());
        crate::num::finite(if self.negative { -x } else { x })
    }

    /// The number as m·2^e with 53 bits in m, for numbers beyond the range of an f64.
    fn scaled(&self) -> (f64, i64) {
        if self.is_zero() {
            return (0.0, 0);
        }
        let lowest = self.top_bit() - 52;
        let m = self.rounded_from(lowest);
        (if self.negative { -m } else { m }, lowest)
    }

    /// The quotient, to within a hair of half a unit in the last place: a quotient that an f64 can hold comes out exactly.
    ///
    /// # Errors
    /// `num.not-finite` for a zero divisor, or a quotient beyond the range of an f64.
    pub fn over(&self, divisor: &Dyadic) -> Result<f64> {
        divided(self, divisor, divisor.scaled())
    }

    /// The canonical bytes: the same for equal numbers.
    pub fn write(&self, out: &mut Vec<u8>) {
        let length = u8::try_from(self.limbs.len()).unwrap_or(u8::MAX);
        out.push(length);
        if length > 0 {
            out.push(u8::from(self.negative));
            out.extend_from_slice(&i16::try_from(self.base).unwrap_or_default().to_le_bytes());
            self.limbs.iter().for_each(|limb| out.extend_from_slice(&limb.to_le_bytes()));
        }
    }

    /// Reads what [`Dyadic::write`] wrote, and moves `bytes` behind it. `None` for anything else.
    #[must_use]
    pub fn read(bytes: &mut &[u8]) -> Option<Dyadic> {
        let (&length, rest) = bytes.split_first()?;
        let length = usize::from(length);
        if length == 0 {
            *bytes = rest;
            return Some(Dyadic::default());
        }
        let (&negative, rest) = rest.split_first()?;
        let (base, rest) = rest.split_first_chunk::<2>()?;
        let (limbs, rest) = rest.split_at_checked(8 * length)?;
        let limbs: Limbs = limbs.chunks_exact(8).filter_map(|c| c.first_chunk::<8>()).map(|c| u64::from_le_bytes(*c)).collect();
        let base = i32::from(i16::from_le_bytes(*base));
        let whole = negative <= 1 && length <= MOST_LIMBS && base.unsigned_abs() as usize <= MOST_LIMBS;
        if !whole || limbs.first() == Some(&0) || limbs.last() == Some(&0) {
            return None;
        }
        *bytes = rest;
        Some(Dyadic { negative: negative == 1, base, limbs })
    }
}

/// A number that many others are divided by.
#[derive(Clone, Debug)]
pub struct Divisor {
    number: Dyadic,
    scaled: (f64, i64),
}

impl Divisor {
    /// From the number itself.
    #[must_use]
    pub fn new(number: Dyadic) -> Self {
        let scaled = number.scaled();
        Divisor { number, scaled }
    }

    /// The same as [`Dyadic::over`] with this divisor.
    ///
    /// # Errors
    /// `num.not-finite` for a zero divisor, or a quotient beyond the range of an f64.
    pub fn divide(&self, dividend: &Dyadic) -> Result<f64> {
        divided(dividend, &self.number, self.scaled)
    }
}

fn divided(dividend: &Dyadic, divisor: &Dyadic, scaled: (f64, i64)) -> Result<f64> {
    if divisor.is_zero() {
        return Err(Error::new(Code::NumNotFinite));
    }
    let first = crate::num::finite(quotient(dividend.scaled(), scaled))?;
    let rest = dividend.minus(&Dyadic::from_f64(first)?.times(divisor));
    crate::num::finite(first + quotient(rest.scaled(), scaled))
}

fn quotient((m, e): (f64, i64), (n, f): (f64, i64)) -> f64 {
    libm::ldexp(m / n, i32::try_from((e - f).clamp(-20_000, 20_000)).unwrap_or_default())
}

/// a + b.
fn added(mut a: Limbs, b: &[u64]) -> Limbs {
    if a.len() < b.len() {
        a.resize(b.len(), 0);
    }
    let mut carry = false;
    for (x, y) in a.iter_mut().zip(b.iter().copied().chain(std::iter::repeat(0))) {
        let (s, first) = x.overflowing_add(y);
        let (s, second) = s.overflowing_add(u64::from(carry));
        *x = s;
        carry = first || second;
    }
    if carry {
        a.push(1);
    }
    a
}

fn larger(a: &[u64], b: &[u64]) -> Ordering {
    let at = |v: &[u64], i: usize| v.get(i).copied().unwrap_or_default();
    (0..a.len().max(b.len())).rev().map(|i| at(a, i).cmp(&at(b, i))).find(|o| o.is_ne()).unwrap_or(Ordering::Equal)
}

/// a − b for a ≥ b.
fn subtracted(mut a: Limbs, b: &[u64]) -> Limbs {
    if a.len() < b.len() {
        a.resize(b.len(), 0);
    }
    let mut borrow = false;
    for (x, y) in a.iter_mut().zip(b.iter().copied().chain(std::iter::repeat(0))) {
        let (d, first) = x.overflowing_sub(y);
        let (d, second) = d.overflowing_sub(u64::from(borrow));
        *x = d;
        borrow = first || second;
    }
    a
}
