//! A sum that is exact at every step: the window of limbs that moves and grows.

use super::{Dyadic, Limbs, NEAR, Product};
use crate::diagnostic::Result;
use std::fmt;

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
