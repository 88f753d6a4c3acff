//! A product of numbers without rounding.

use super::low;
use crate::diagnostic::{Code, Error, Result};
use std::fmt;

/// Limbs of a shifted product of four factors, and one for its sign.
const PRODUCT: usize = 6;

/// A product of numbers, exactly: ready to be added to many sums.
#[derive(Clone, Copy)]
pub struct Product {
    pub(super) negative: bool,
    pub(super) base: i32,
    pub(super) len: usize,
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

    pub(super) fn limbs(&self) -> &[u64] {
        self.limbs.get(..self.len).unwrap_or_default()
    }
}

impl fmt::Debug for Product {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Product(…)")
    }
}
