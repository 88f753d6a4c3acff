//! Keys as small numbers: each key that occurs gets the next number, and what belongs to it stands at that number.

use crate::num::exact::ExactSum;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hash, Hasher};

/// A hash without a seed: the same in each run. Keys are numbers that were given in turn, or short texts.
#[derive(Default)]
pub(super) struct Mix(u64);

impl Mix {
    fn fold(&mut self, x: u64) {
        self.0 = (self.0.rotate_left(5) ^ x).wrapping_mul(0x517c_c1b7_2722_0a95);
    }
}

impl Hasher for Mix {
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word.iter_mut().zip(chunk).for_each(|(w, c)| *w = *c);
            self.fold(u64::from_le_bytes(word));
        }
    }
    fn write_u8(&mut self, x: u8) {
        self.fold(x.into());
    }
    fn write_u32(&mut self, x: u32) {
        self.fold(x.into());
    }
    fn write_u64(&mut self, x: u64) {
        self.fold(x);
    }
    fn write_usize(&mut self, x: usize) {
        self.fold(x as u64);
    }
}

/// Keys in the order in which they came. The map is only looked up, never walked.
#[derive(Clone)]
pub(super) struct Keys<K> {
    numbers: HashMap<K, u32, BuildHasherDefault<Mix>>,
    list: Vec<K>,
}

impl<K: Clone + Eq + Hash> Default for Keys<K> {
    fn default() -> Self {
        Keys { numbers: HashMap::default(), list: Vec::new() }
    }
}

impl<K: Clone + Eq + Hash> Keys<K> {
    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    pub(super) fn list(&self) -> &[K] {
        &self.list
    }

    pub(super) fn find<Q>(&self, key: &Q) -> Option<u32>
    where
        K: std::borrow::Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        self.numbers.get(key).copied()
    }

    /// The number of a key; a new one gets the next.
    pub(super) fn number<Q>(&mut self, key: &Q) -> u32
    where
        K: std::borrow::Borrow<Q>,
        Q: Eq + Hash + ToOwned<Owned = K> + ?Sized,
    {
        match self.numbers.get(key) {
            Some(&number) => number,
            None => self.add(key.to_owned()),
        }
    }

    fn add(&mut self, key: K) -> u32 {
        let number = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
        self.list.push(key.clone());
        self.numbers.insert(key, number);
        number
    }
}

const BLOCK: usize = 1024;

/// So many exact sums for each number, in blocks: growing never copies what is there.
#[derive(Clone, Default)]
pub(super) struct Sums {
    stride: usize,
    len: usize,
    blocks: Vec<Vec<ExactSum>>,
}

impl Sums {
    pub(super) fn new(stride: usize) -> Self {
        Sums { stride, len: 0, blocks: Vec::new() }
    }

    /// Makes room up to a number.
    pub(super) fn reach(&mut self, number: u32) {
        while self.len <= number as usize {
            if self.len.is_multiple_of(BLOCK) {
                self.blocks.push(Vec::with_capacity(BLOCK * self.stride));
            }
            if let Some(block) = self.blocks.last_mut() {
                block.resize(block.len() + self.stride, ExactSum::new());
            }
            self.len += 1;
        }
    }

    /// Makes room for so many numbers.
    pub(super) fn reach_all(&mut self, count: usize) {
        if let Some(last) = count.checked_sub(1).and_then(|last| u32::try_from(last).ok()) {
            self.reach(last);
        }
    }

    pub(super) fn of(&self, number: u32) -> &[ExactSum] {
        let (block, at) = (number as usize / BLOCK, number as usize % BLOCK * self.stride);
        self.blocks.get(block).and_then(|b| b.get(at..at + self.stride)).unwrap_or_default()
    }

    pub(super) fn of_mut(&mut self, number: u32) -> &mut [ExactSum] {
        let (block, at) = (number as usize / BLOCK, number as usize % BLOCK * self.stride);
        self.blocks.get_mut(block).and_then(|b| b.get_mut(at..at + self.stride)).unwrap_or_default()
    }
}

/// A list of small records, one for each number.
pub(super) fn at<T: Clone + Default>(list: &mut Vec<T>, number: u32) -> &mut T {
    let number = number as usize;
    if list.len() <= number {
        list.resize(number + 1, T::default());
    }
    // there is one at this number now; the last is the one that was just made
    let last = list.len() - 1;
    #[expect(clippy::indexing_slicing, reason = "the list was made long enough just above")]
    &mut list[number.min(last)]
}

/// A bit pattern that sorts as the numbers do; equal numbers (0 and −0) share one.
pub(super) fn value_key(x: f64) -> u64 {
    let bits = (if x == 0.0 { 0.0 } else { x }).to_bits();
    if bits >> 63 == 1 { !bits } else { bits | (1 << 63) }
}

/// The number of a [`value_key`].
pub(super) fn key_value(key: u64) -> f64 {
    f64::from_bits(if key >> 63 == 1 { key & !(1 << 63) } else { !key })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_sort_as_numbers_do() {
        let numbers = [f64::MIN, -1.0, -f64::MIN_POSITIVE, 0.0, 1e-310, 0.5, 1e300];
        assert!(numbers.windows(2).all(|w| value_key(w[0]) < value_key(w[1])));
        assert!(numbers.iter().all(|&x| key_value(value_key(x)) == x));
        assert_eq!(value_key(-0.0), value_key(0.0));
    }
}
