//! Pseudo-random numbers for simulations: the same numbers in every language, from a seed that is part of the method.

use super::{cos, ln, sin, sqrt};

/// A stream of standard normal numbers: SplitMix64 (Steele, Lea & Flood 2014) and the transform of Box & Muller (1958).
///
/// ```
/// # use sms_base as sms_core;
/// let mut draws = sms_core::num::NormalDraws::new(1);
/// let many: Vec<f64> = (0..10_000).map(|_| draws.next_normal()).collect();
/// let mean = many.iter().sum::<f64>() / 10_000.0;
/// assert!(mean.abs() < 0.05);
/// ```
#[derive(Clone, Debug)]
pub struct NormalDraws {
    state: u64,
    second: Option<f64>,
}

impl NormalDraws {
    /// A stream from its seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        NormalDraws { state: seed, second: None }
    }

    fn next_bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// The middle of one of 2⁵² equal parts of the way from 0 to 1: neither end.
    #[allow(clippy::cast_precision_loss, reason = "52 bits fit")]
    fn next_uniform(&mut self) -> f64 {
        ((self.next_bits() >> 12) as f64 + 0.5) / 4_503_599_627_370_496.0
    }

    /// The next number.
    pub fn next_normal(&mut self) -> f64 {
        if let Some(z) = self.second.take() {
            return z;
        }
        let radius = sqrt(-2.0 * ln(self.next_uniform()));
        let angle = 2.0 * std::f64::consts::PI * self.next_uniform();
        self.second = Some(radius * sin(angle));
        radius * cos(angle)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_is_that_of_splitmix64() {
        // the first outputs of the published generator for seed 1234567
        let mut draws = NormalDraws::new(1_234_567);
        let bits: Vec<u64> = (0..5).map(|_| draws.next_bits()).collect();
        assert_eq!(
            bits,
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423, 4_593_380_528_125_082_431, 16_408_922_859_458_223_821]
        );
    }

    #[test]
    fn moments_are_those_of_the_normal() {
        let mut draws = NormalDraws::new(7);
        let many: Vec<f64> = (0..200_000).map(|_| draws.next_normal()).collect();
        let moment = |k: i32| many.iter().map(|z| (0..k).fold(1.0, |product, _| product * z)).sum::<f64>() / 200_000.0;
        assert!(moment(1).abs() < 0.01 && (moment(2) - 1.0).abs() < 0.015 && moment(3).abs() < 0.03 && (moment(4) - 3.0).abs() < 0.1);
    }
}
