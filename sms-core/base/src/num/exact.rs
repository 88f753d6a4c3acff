//! Sums without rounding: the result does not depend on the order of the terms, nor on how they were split and merged.
//!
//! An [`ExactSum`] is a fixed-point window of 64-bit limbs in two's complement that moves and grows to hold every bit of
//! every term (a small superaccumulator: Kulisch & Miranker 1986; Neal 2015). Products of up to four factors are added
//! exactly, so nothing is rounded before the end. A [`Dyadic`] is the same number at rest, with exact arithmetic, for
//! formulas that cancel; it is rounded once, half to even, when it leaves.

use crate::diagnostic::{Code, Error, Result};
use smallvec::{SmallVec, smallvec};
use std::cmp::Ordering;
use std::fmt;

/// Limbs of the window that needs no heap: 256 bits hold sums of products of two ordinary numbers.
const NEAR: usize = 4;
/// Limbs of a number at rest: those of a product of two ordinary sums need no heap.
type Limbs = SmallVec<[u64; 2 * NEAR]>;
/// Limbs of a shifted product of four factors, and one for its sign.
const PRODUCT: usize = 6;
/// Most limbs that a sum of products of four finite numbers can have, with room for 2^64 terms.
const MOST_LIMBS: usize = 140;

/// A product of numbers, exactly: ready to be added to many sums.
#[derive(Clone, Copy)]
pub struct Product {
    negative: bool,
    base: i32,
    len: usize,
    limbs: [u64; PRODUCT],
}

impl Product {
    /// The product of up to four numbers, unrounded.
    ///
    /// # Errors
    /// `num.not-finite`.
    pub fn new<const N: usize>(factors: [f64; N]) -> Result<Self> {
        const { assert!(N >= 1 && N <= 4, "the limbs hold the product of at most four factors") };
        let mut product = Product { negative: false, base: 0, len: 0, limbs: [0; PRODUCT] };
        let (mut exponent, mut zero, mut len) = (0_i32, false, 1_usize);
        let mut limbs = [0_u64; PRODUCT];
        if let Some(first) = limbs.first_mut() {
            *first = 1;
        }
        for x in factors {
            let bits = x.to_bits();
            let biased = i32::try_from((bits >> 52) & 0x7ff).unwrap_or_default();
            let fraction = bits & ((1_u64 << 52) - 1);
            if biased == 0x7ff {
                return Err(Error::new(Code::NumNotFinite));
            }
            product.negative ^= bits >> 63 == 1;
            let (mut mantissa, mut power) = if biased == 0 { (fraction, -1074) } else { (fraction | (1 << 52), biased - 1075) };
            if mantissa == 0 {
                zero = true;
                continue;
            }
            let trailing = mantissa.trailing_zeros();
            mantissa >>= trailing;
            power += i32::try_from(trailing).unwrap_or_default();
            exponent += power;
            let mut carry = 0_u128;
            for limb in limbs.iter_mut().take(len) {
                let wide = u128::from(*limb) * u128::from(mantissa) + carry;
                *limb = low(wide);
                carry = wide >> 64;
            }
            if carry != 0
                && let Some(limb) = limbs.get_mut(len)
            {
                *limb = low(carry);
                len += 1;
            }
        }
        if zero {
            return Ok(Product { negative: false, ..product });
        }
        product.base = exponent.div_euclid(64);
        let shift = exponent.rem_euclid(64).unsigned_abs();
        if shift > 0 {
            let mut carry = 0_u64;
            for limb in limbs.iter_mut().take(len) {
                let shifted = (*limb << shift) | carry;
                carry = *limb >> (64 - shift);
                *limb = shifted;
            }
            if carry != 0
                && let Some(limb) = limbs.get_mut(len)
            {
                *limb = carry;
                len += 1;
            }
        }
        // a clear top bit, so that the limbs read the same as a number with a sign
        if limbs.get(len - 1).is_some_and(|top| top >> 63 == 1) {
            len += 1;
        }
        product.limbs = limbs;
        product.len = len;
        Ok(product)
    }

    fn limbs(&self) -> &[u64] {
        self.limbs.get(..self.len).unwrap_or_default()
    }
}

impl fmt::Debug for Product {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Product(…)")
    }
}

fn low(wide: u128) -> u64 {
    #[allow(clippy::cast_possible_truncation, reason = "the low limb is what is wanted")]
    {
        wide as u64
    }
}

/// A sum that is exact at every step.
///
/// ```
/// # use sms_base as sms_core;
/// use sms_core::num::exact::ExactSum;
/// let mut sum = ExactSum::new();
/// for x in [1e100, 1.0, -1e100] {
///     sum.add(x)?;
/// }
/// assert_eq!(sum.value()?, 1.0);
/// # Ok::<(), sms_core::Error>(())
/// ```
#[derive(Clone)]
pub struct ExactSum(Window);

#[derive(Clone)]
enum Window {
    Near { base: i16, limbs: [u64; NEAR] },
    Wide(Box<Wide>),
}

#[derive(Clone)]
struct Wide {
    base: i32,
    limbs: Vec<u64>,
}

impl Default for ExactSum {
    fn default() -> Self {
        ExactSum::new()
    }
}

/// Sums of people's data are never printed.
impl fmt::Debug for ExactSum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ExactSum(…)")
    }
}

impl PartialEq for ExactSum {
    fn eq(&self, other: &Self) -> bool {
        self.dyadic() == other.dyadic()
    }
}

/// Adds a magnitude with a clear top bit to the limbs of a number in two's complement, lowest limb first in both; says
/// whether the sign that came out is wrong because the number needs another limb.
fn accumulate(limbs: &mut [u64], addend: &[u64], negative: bool) -> bool {
    let sign = |limbs: &[u64]| limbs.last().is_some_and(|top| top >> 63 == 1);
    let before = sign(limbs);
    let mut rest = limbs.iter_mut();
    let mut carry = false;
    for (&a, limb) in addend.iter().zip(&mut rest) {
        let (step, first) = if negative { limb.overflowing_sub(a) } else { limb.overflowing_add(a) };
        let (step, second) = if negative { step.overflowing_sub(u64::from(carry)) } else { step.overflowing_add(u64::from(carry)) };
        *limb = step;
        carry = first || second;
    }
    for limb in rest {
        if !carry {
            break;
        }
        let (step, more) = if negative { limb.overflowing_sub(1) } else { limb.overflowing_add(1) };
        *limb = step;
        carry = more;
    }
    let after = sign(limbs);
    if negative { before && !after } else { !before && after }
}

/// Whether the sum of this number in two's complement with another such one surely keeps its sign bit for the sign.
fn small(limbs: &[u64; NEAR]) -> bool {
    let [.., top] = limbs;
    top >> 62 == 0 || top >> 62 == 3
}

impl ExactSum {
    /// Nothing added yet.
    #[must_use]
    pub const fn new() -> Self {
        ExactSum(Window::Near { base: 0, limbs: [0; NEAR] })
    }

    /// Adds a number.
    ///
    /// # Errors
    /// `num.not-finite`; the sum is as before.
    pub fn add(&mut self, x: f64) -> Result<()> {
        self.add_product(&Product::new([x])?);
        Ok(())
    }

    /// Adds an unrounded product.
    pub fn add_product(&mut self, product: &Product) {
        if product.len > 0 {
            self.add_limbs(product.negative, product.base, product.limbs());
        }
    }

    /// Adds another sum.
    pub fn merge(&mut self, other: &ExactSum) {
        let (base, limbs) = other.view();
        // what lies far from the sign of both is added as it stands; else by way of the magnitude
        match (&mut self.0, <&[u64; NEAR]>::try_from(limbs)) {
            (Window::Near { base: own, limbs: held }, Ok(limbs)) if i32::from(*own) == base && small(held) && small(limbs) => {
                let mut carry = false;
                for (limb, &a) in held.iter_mut().zip(limbs) {
                    let (step, first) = limb.overflowing_add(a);
                    let (step, second) = step.overflowing_add(u64::from(carry));
                    *limb = step;
                    carry = first || second;
                }
            }
            _ => self.add_dyadic(&other.dyadic()),
        }
    }

    /// Adds an exact number.
    pub fn add_dyadic(&mut self, number: &Dyadic) {
        if let Some(top) = number.limbs.last() {
            if top >> 63 == 1 {
                let mut limbs = number.limbs.clone();
                limbs.push(0);
                self.add_limbs(number.negative, number.base, &limbs);
            } else {
                self.add_limbs(number.negative, number.base, &number.limbs);
            }
        }
    }

    fn add_limbs(&mut self, negative: bool, base: i32, addend: &[u64]) {
        if !self.fits(base, addend.len()) {
            self.make_room(base, addend.len());
        }
        let at = |own: i32| usize::try_from(base - own).unwrap_or_default();
        match &mut self.0 {
            Window::Near { base: own, limbs } => {
                let own = i32::from(*own);
                if accumulate(limbs.get_mut(at(own)..).unwrap_or_default(), addend, negative) {
                    let mut limbs = limbs.to_vec();
                    limbs.push(if negative { u64::MAX } else { 0 });
                    self.0 = Window::Wide(Box::new(Wide { base: own, limbs }));
                }
            }
            Window::Wide(wide) => {
                let own = wide.base;
                if accumulate(wide.limbs.get_mut(at(own)..).unwrap_or_default(), addend, negative) {
                    wide.limbs.push(if negative { u64::MAX } else { 0 });
                }
            }
        }
    }

    fn view(&self) -> (i32, &[u64]) {
        match &self.0 {
            Window::Near { base, limbs } => (i32::from(*base), limbs),
            Window::Wide(wide) => (wide.base, &wide.limbs),
        }
    }

    fn fits(&self, base: i32, len: usize) -> bool {
        let (own, limbs) = self.view();
        usize::try_from(base - own).is_ok_and(|at| at + len <= limbs.len())
    }

    /// Moves or grows the window so that it holds what it held and the limbs from `base` on.
    fn make_room(&mut self, base: i32, len: usize) {
        if let (Window::Near { base: own, limbs: [0, 0, 0, 0] }, Ok(base)) = (&mut self.0, i16::try_from(base))
            && len <= NEAR
        {
            *own = base;
            return;
        }
        let (own, limbs) = self.view();
        let fill = if limbs.last().is_some_and(|top| top >> 63 == 1) { u64::MAX } else { 0 };
        let first = limbs.iter().position(|&l| l != 0).unwrap_or(limbs.len());
        let mut held = limbs.get(first..).unwrap_or_default();
        // the limb below one that only repeats its sign says the same
        while let [.., below, top] = held {
            if *top == fill && below >> 63 == fill >> 63 {
                held = held.get(..held.len() - 1).unwrap_or_default();
            } else {
                break;
            }
        }
        let length = |n: usize| i32::try_from(n).unwrap_or(i32::MAX);
        let start = if held.is_empty() { base } else { base.min(own + length(first)) };
        let end = (base + length(len)).max(if held.is_empty() { base } else { own + length(first) + length(held.len()) });
        let wanted = usize::try_from(end - start).unwrap_or_default().max(NEAR);
        let offset = usize::try_from(own + length(first) - start).unwrap_or_default();
        let mut made = vec![0_u64; wanted];
        if !held.is_empty() {
            for (i, limb) in made.iter_mut().enumerate().skip(offset) {
                *limb = held.get(i - offset).copied().unwrap_or(fill);
            }
        }
        self.0 = match (<[u64; NEAR]>::try_from(made), i16::try_from(start)) {
            (Ok(limbs), Ok(base)) => Window::Near { base, limbs },
            (Ok(limbs), Err(_)) => Window::Wide(Box::new(Wide { base: start, limbs: limbs.to_vec() })),
            (Err(limbs), _) => Window::Wide(Box::new(Wide { base: start, limbs })),
        };
    }

    /// The sum as an exact number.
    #[must_use]
    pub fn dyadic(&self) -> Dyadic {
        let (base, limbs) = self.view();
        let negative = limbs.last().is_some_and(|top| top >> 63 == 1);
        let mut magnitude = Limbs::from_slice(limbs);
        if negative {
            let mut carry = true;
            for limb in &mut magnitude {
                let (step, more) = (!*limb).overflowing_add(u64::from(carry));
                *limb = step;
                carry = more;
            }
        }
        Dyadic::new(negative, base, magnitude)
    }

    /// The sum, rounded once, half to even.
    ///
    /// # Errors
    /// `num.not-finite` when it is beyond the range of an f64.
    pub fn value(&self) -> Result<f64> {
        self.dyadic().value()
    }
}

/// A whole number times a power of 2⁶⁴, exactly.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Dyadic {
    negative: bool,
    base: i32,
    // lowest first, none of the outermost zero
    limbs: Limbs,
}

impl fmt::Debug for Dyadic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Dyadic(…)")
    }
}

impl Dyadic {
    fn new(negative: bool, base: i32, mut limbs: Limbs) -> Self {
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
        super::finite(if self.negative { -x } else { x })
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
    let first = super::finite(quotient(dividend.scaled(), scaled))?;
    let rest = dividend.minus(&Dyadic::from_f64(first)?.times(divisor));
    super::finite(first + quotient(rest.scaled(), scaled))
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(terms: &[f64]) -> ExactSum {
        let mut sum = ExactSum::new();
        terms.iter().for_each(|&x| sum.add(x).unwrap());
        sum
    }

    #[test]
    fn known_sums() {
        assert_eq!(of(&[]).value().unwrap(), 0.0);
        assert_eq!(of(&[0.1; 10]).value().unwrap(), 1.0);
        assert_eq!(of(&[1e308, 1e308, -1e308]).value().unwrap(), 1e308);
        assert_eq!(of(&[1e308, 1e308]).value().unwrap_err().code(), Code::NumNotFinite);
        assert_eq!(of(&[f64::MAX, f64::from_bits(1), -f64::MAX]).value().unwrap(), f64::from_bits(1));
        // half to even, and just above the half
        assert_eq!(of(&[9_007_199_254_740_992.0, 1.0]).value().unwrap(), 9_007_199_254_740_992.0);
        assert_eq!(of(&[9_007_199_254_740_992.0, 1.0, 1e-300]).value().unwrap(), 9_007_199_254_740_994.0);
        assert_eq!(of(&[9_007_199_254_740_994.0, 1.0]).value().unwrap(), 9_007_199_254_740_996.0);
        let mut sum = ExactSum::new();
        assert_eq!(sum.add(f64::NAN).unwrap_err().code(), Code::NumNotFinite);
        assert_eq!(sum.add(f64::INFINITY).unwrap_err().code(), Code::NumNotFinite);
        assert_eq!(std::mem::size_of::<ExactSum>(), 40);
    }

    #[test]
    fn merging_keeps_the_sign_where_a_window_is_nearly_full() {
        // 2^190, doubled again and again, passes the highest bit of the window that it began in
        for sign in [1.0, -1.0] {
            let mut sum = of(&[sign * libm::ldexp(1.0, 190), sign]);
            for doubled in 1..140 {
                let other = sum.clone();
                sum.merge(&other);
                let mut rest = sum.clone();
                rest.add(-sign * libm::ldexp(1.0, 190 + doubled)).unwrap();
                assert_eq!(rest.value().unwrap(), sign * libm::ldexp(1.0, doubled), "{doubled}");
            }
        }
    }

    #[test]
    fn quotients_that_an_f64_can_hold_are_exact() {
        let third = Dyadic::from_f64(1.0).unwrap().over(&Dyadic::from_f64(3.0).unwrap()).unwrap();
        assert_eq!(third, 1.0 / 3.0);
        let mut weighted = ExactSum::new();
        let mut weights = ExactSum::new();
        for w in [30.97, 44.21, 1e-9, 7e12] {
            weighted.add_product(&Product::new([w, 0.1]).unwrap());
            weights.add(w).unwrap();
        }
        assert_eq!(weighted.dyadic().over(&weights.dyadic()).unwrap(), 0.1);
        assert!(weights.dyadic().over(&Dyadic::default()).is_err());
    }

    /// A wide integer of 1 and more words, by schoolbook i128 arithmetic on small exponents: an independent reference.
    fn reference(terms: &[(i64, i32)]) -> i128 {
        terms.iter().map(|&(m, e)| i128::from(m) << e).sum()
    }

    proptest! {
        #[test]
        fn small_sums_are_those_of_whole_numbers(terms in proptest::collection::vec((-(1_i64 << 52)..(1 << 52), 0..60_i32), 0..40)) {
            let sum = of(&terms.iter().map(|&(m, e)| libm::ldexp(m as f64, e)).collect::<Vec<_>>());
            // the conversion of an i128 rounds half to even
            prop_assert_eq!(sum.value().unwrap(), reference(&terms) as f64);
        }

        #[test]
        fn order_and_merge_tree_do_not_matter(
            terms in proptest::collection::vec(prop_oneof![proptest::num::f64::NORMAL, -1e3..1e3f64, proptest::num::f64::SUBNORMAL], 1..60),
            cut in any::<prop::sample::Index>(), turn in any::<prop::sample::Index>(),
        ) {
            let terms: Vec<f64> = terms.into_iter().map(|x| x / 128.0).collect();
            let whole = of(&terms);
            let mut turned = terms.clone();
            turned.rotate_left(turn.index(terms.len()));
            turned.reverse();
            let (a, b) = turned.split_at(cut.index(terms.len()));
            let (mut left, right) = (of(b), of(a));
            left.merge(&right);
            prop_assert_eq!(whole.dyadic(), left.dyadic());
            let (mut x, mut y) = (Vec::new(), Vec::new());
            whole.dyadic().write(&mut x);
            left.dyadic().write(&mut y);
            prop_assert_eq!(&x, &y);
            let mut rest = x.as_slice();
            prop_assert_eq!(Dyadic::read(&mut rest).unwrap(), whole.dyadic());
            prop_assert!(rest.is_empty());
            // taking everything away again leaves nothing
            terms.iter().for_each(|&t| left.add(-t).unwrap());
            prop_assert!(left.dyadic().is_zero());
        }

        #[test]
        fn products_are_those_of_dyadics(w in -1e6..1e6f64, y in proptest::num::f64::NORMAL, z in -1e-6..1e6f64) {
            let mut sum = ExactSum::new();
            sum.add_product(&Product::new([w, w, y, z]).unwrap());
            let d = |x| Dyadic::from_f64(x).unwrap();
            prop_assert_eq!(sum.dyadic(), d(w).times(&d(w)).times(&d(y)).times(&d(z)));
            let mut two = ExactSum::new();
            two.add_product(&Product::new([w, z]).unwrap());
            // the nearest f64 to a product is what the processor computes
            prop_assert_eq!(two.value().unwrap(), w * z);
        }

        #[test]
        fn arithmetic_agrees_with_i128(a in any::<i32>(), b in any::<i32>(), c in any::<i32>()) {
            let d = |x: i32| Dyadic::from_f64(f64::from(x)).unwrap();
            let got = d(a).times(&d(b)).minus(&d(c)).times(&d(c));
            let want = (i128::from(a) * i128::from(b) - i128::from(c)) * i128::from(c);
            prop_assert_eq!(got.value().unwrap(), want as f64);
            prop_assert_eq!(got.is_negative(), want < 0);
            if b != 0 {
                prop_assert_eq!(d(a).over(&d(b)).unwrap(), f64::from(a) / f64::from(b));
            }
        }
    }
}
