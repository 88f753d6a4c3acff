//! States as bytes: versioned, checksummed, bound to their plan, and canonical: equal states have equal bytes.

use super::accumulate::Accumulator;
use super::compile::Compiled;
use super::design::SurveyPlan;
use super::names::{Sums, at};
use super::state::{Correction, Rows, State, slot_class};
use super::variance::{Order, ranks};
use crate::diagnostic::{Code, Error, Result};
use crate::num::exact::{Dyadic, ExactSum};
use sha2::{Digest, Sha256};

const MAGIC: &[u8; 4] = b"SMSV";
const VERSION: u16 = 1;
/// Number of a stratum that has no name, because the design has no strata.
const NAMELESS: u32 = u32::MAX;

struct Writer(Vec<u8>);

impl Writer {
    fn number(&mut self, mut n: u64) {
        while n >= 0x80 {
            self.0.push(u8::try_from(n & 0x7f).unwrap_or_default() | 0x80);
            n >>= 7;
        }
        self.0.push(u8::try_from(n).unwrap_or_default());
    }

    fn rows(&mut self, rows: Rows) {
        self.number(rows.rows);
        match rows.correction.0 {
            None => self.0.push(0),
            Some((low, high)) => {
                self.0.push(1);
                self.0.extend_from_slice(&low.to_le_bytes());
                self.0.extend_from_slice(&high.to_le_bytes());
            }
        }
    }

    fn sums(&mut self, sums: &[ExactSum]) {
        sums.iter().for_each(|sum| sum.dyadic().write(&mut self.0));
    }
}

fn bad() -> Error {
    Error::new(Code::SurveyBadState)
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn byte(&mut self) -> Result<u8> {
        let (&byte, rest) = self.0.split_first().ok_or_else(bad)?;
        self.0 = rest;
        Ok(byte)
    }

    fn number(&mut self) -> Result<u64> {
        let mut n = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let part = u64::from(byte & 0x7f);
            if part << shift >> shift != part || (shift > 0 && byte == 0) {
                return Err(bad());
            }
            n |= part << shift;
            if byte < 0x80 {
                return Ok(n);
            }
        }
        Err(bad())
    }

    /// A number below a limit.
    fn below(&mut self, limit: usize) -> Result<u32> {
        let n = self.number()?;
        if n < limit as u64 { u32::try_from(n).map_err(|_| bad()) } else { Err(bad()) }
    }

    /// How many entries follow; each takes a byte at least, so that a short state cannot ask for much memory.
    fn length(&mut self) -> Result<usize> {
        let n = usize::try_from(self.number()?).map_err(|_| bad())?;
        if n <= self.0.len() { Ok(n) } else { Err(bad()) }
    }

    /// A number of eight bytes.
    fn fixed(&mut self) -> Result<u64> {
        let (bytes, rest) = self.0.split_first_chunk::<8>().ok_or_else(bad)?;
        self.0 = rest;
        Ok(u64::from_le_bytes(*bytes))
    }

    fn float(&mut self) -> Result<f64> {
        let x = f64::from_bits(self.fixed()?);
        if x.is_finite() { Ok(x) } else { Err(bad()) }
    }

    fn rows(&mut self) -> Result<Rows> {
        let rows = self.number()?;
        let correction = match self.byte()? {
            0 => Correction(None),
            1 => {
                let (low, high) = (self.float()?, self.float()?);
                if low > high {
                    return Err(bad());
                }
                Correction(Some((low, high)))
            }
            _ => return Err(bad()),
        };
        Ok(Rows { rows, correction })
    }

    fn sums(&mut self, into: &mut Sums, number: u32) -> Result<()> {
        into.reach(number);
        for sum in into.of_mut(number) {
            sum.add_dyadic(&Dyadic::read(&mut self.0).ok_or_else(bad)?);
        }
        Ok(())
    }
}

fn get(list: &[u32], number: u32) -> u32 {
    list.get(number as usize).copied().unwrap_or(NAMELESS)
}

/// Numbers each new key in turn; a key that is not larger than the one before is refused.
struct Rising<K>(Option<K>);

impl<K: Ord + Clone> Rising<K> {
    fn next(&mut self, key: &K) -> Result<()> {
        if self.0.as_ref().is_some_and(|before| before >= key) {
            return Err(bad());
        }
        self.0 = Some(key.clone());
        Ok(())
    }
}

impl Accumulator {
    /// The state as bytes. Equal states have equal bytes, whatever the order in which their rows came.
    ///
    /// The bytes are as confidential as the microdata: they hold small cells and distinct values in the clear.
    ///
    /// ```
    /// # use sms_statistics as sms_core;
    /// use sms_core::survey::Accumulator;
    /// let plan = serde_json::json!({"design": {"weight": "w"}, "estimates": {"rent": {"kind": "mean", "variable": "rent"}}, "domains": [{}]});
    /// let accumulator = Accumulator::new(serde_json::from_value(plan).unwrap())?;
    /// let bytes = accumulator.to_bytes()?;
    /// assert_eq!(Accumulator::from_bytes(accumulator.plan().clone(), &bytes)?.to_bytes()?, bytes);
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `survey.too-large` after the limits of the plan were passed.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        self.usable()?;
        let (state, c) = (&self.state, &self.compiled);
        let order = Order::new(state);
        let mut out = Writer(MAGIC.to_vec());
        out.0.extend_from_slice(&VERSION.to_le_bytes());
        out.0.extend_from_slice(&self.fingerprint);
        out.number(state.rows);
        out.number(order.names.len() as u64);
        for &name in &order.names {
            let text = state.names.list().get(name as usize).map(String::as_str).unwrap_or_default();
            out.number(text.len() as u64);
            out.0.extend_from_slice(text.as_bytes());
        }
        let of = |list: &[u32], n: u32| u64::from(get(list, n));
        out.number(order.strata.len() as u64);
        for &s in &order.strata {
            let name = state.strata.list().get(s as usize).copied().unwrap_or(NAMELESS);
            out.number(if name == NAMELESS { 0 } else { of(&order.name_rank, name) + 1 });
            out.rows(state.strata_rows.get(s as usize).copied().unwrap_or_default());
        }
        out.number(order.primaries.len() as u64);
        for &p in &order.primaries {
            let (stratum, name) = state.primaries.list().get(p as usize).copied().unwrap_or_default();
            out.number(of(&order.stratum_rank, stratum));
            out.number(of(&order.name_rank, name));
            out.rows(state.primaries_rows.get(p as usize).copied().unwrap_or_default());
        }
        out.number(order.seconds.len() as u64);
        for &s in &order.seconds {
            let (primary, name) = state.seconds.list().get(s as usize).copied().unwrap_or_default();
            out.number(of(&order.primary_rank, primary));
            out.number(of(&order.name_rank, name));
        }
        if c.calibrated {
            out.number(order.patterns.len() as u64);
            for &pattern in &order.patterns {
                let pattern = state.patterns.list().get(pattern as usize).map(Vec::as_slice).unwrap_or_default();
                pattern.iter().for_each(|part| out.0.extend_from_slice(&part.to_le_bytes()));
            }
            out.number(order.parts.len() as u64);
            for &part in &order.parts {
                let (unit, pattern) = state.parts.list().get(part as usize).copied().unwrap_or_default();
                out.number(of(order.unit_rank(), unit));
                out.number(of(&order.pattern_rank, pattern));
            }
        }
        let keys: Vec<Vec<u32>> =
            state.cells.list().iter().map(|k| k.iter().enumerate().map(|(i, &n)| if i == 0 { n } else { get(&order.name_rank, n) }).collect()).collect();
        let (cells, cell_rank) = ranks(&keys);
        out.number(cells.len() as u64);
        for &cell in &cells {
            keys.get(cell as usize).into_iter().flatten().for_each(|&part| out.number(part.into()));
            if !c.calibrated {
                out.sums(state.squares.of(cell));
            }
        }
        let group = |g: u32| get(order.group_rank(), g);
        let (slots, _) = ranks(&state.slots.list().iter().map(|&(g, cell)| (group(g), get(&cell_rank, cell))).collect::<Vec<_>>());
        out.number(slots.len() as u64);
        for &slot in &slots {
            let (g, cell) = state.slots.list().get(slot as usize).copied().unwrap_or_default();
            out.number(group(g).into());
            out.number(of(&cell_rank, cell));
            for class in 0..c.classes.len() {
                out.number(state.counts.get(slot_class(slot, class, c.classes.len()) as usize).copied().unwrap_or_default());
            }
            out.sums(state.sums.of(slot));
            if c.calibrated {
                out.sums(state.squares.of(slot));
            }
        }
        let place = |&(g, cell, variable, key): &(u32, u32, u32, u64)| (group(g), get(&cell_rank, cell), variable, key);
        let (values, _) = ranks(&state.values.list().iter().map(place).collect::<Vec<_>>());
        out.number(values.len() as u64);
        for &value in &values {
            let (g, cell, variable, key) = state.values.list().get(value as usize).map(place).unwrap_or_default();
            [g, cell, variable].iter().for_each(|&n| out.number(n.into()));
            out.0.extend_from_slice(&key.to_le_bytes());
            out.number(state.value_counts.get(value as usize).copied().unwrap_or_default());
            out.sums(state.value_sums.of(value));
        }
        state.groupless.iter().for_each(|&rows| out.number(rows));
        let checksum = Sha256::digest(&out.0);
        out.0.extend_from_slice(&checksum);
        Ok(out.0)
    }

    /// Reads a state that [`to_bytes`](Accumulator::to_bytes) wrote for this plan.
    ///
    /// # Errors
    /// `survey.bad-state` for bytes that are cut short, changed or no state at all; `survey.newer-state`;
    /// `survey.other-plan`; `survey.bad-plan`; `survey.too-large`.
    pub fn from_bytes(plan: SurveyPlan, bytes: &[u8]) -> Result<Self> {
        let mut made = Accumulator::new(plan)?;
        let (body, checksum) = bytes.split_last_chunk::<32>().ok_or_else(bad)?;
        let rest = body.strip_prefix(MAGIC).ok_or_else(bad)?;
        let (version, rest) = rest.split_first_chunk::<2>().ok_or_else(bad)?;
        match u16::from_le_bytes(*version) {
            VERSION => {}
            n if n > VERSION => return Err(Error::new(Code::SurveyNewerState)),
            _ => return Err(bad()),
        }
        if Sha256::digest(body).as_slice() != checksum {
            return Err(bad());
        }
        let (fingerprint, rest) = rest.split_first_chunk::<32>().ok_or_else(bad)?;
        if *fingerprint != made.fingerprint {
            return Err(Error::new(Code::SurveyOtherPlan));
        }
        let mut reader = Reader(rest);
        made.state = read(&mut reader, &made.plan, &made.compiled)?;
        if !reader.0.is_empty() {
            return Err(bad());
        }
        made.check_limits()?;
        Ok(made)
    }
}

fn read(r: &mut Reader<'_>, plan: &SurveyPlan, c: &Compiled) -> Result<State> {
    let mut state = State::new(c);
    let design = &plan.design;
    state.rows = r.number()?;
    let mut rising = Rising(None);
    for _ in 0..r.length()? {
        let length = r.length()?;
        let (text, rest) = r.0.split_at_checked(length).ok_or_else(bad)?;
        r.0 = rest;
        let text = std::str::from_utf8(text).map_err(|_| bad())?.to_owned();
        rising.next(&text)?;
        state.names.number::<str>(&text);
    }
    let names = state.names.len();
    let mut rising = Rising(None);
    for _ in 0..r.length()? {
        let name = r.below(names + 1)?.checked_sub(1).unwrap_or(NAMELESS);
        if (name == NAMELESS) != design.stratum.is_none() {
            return Err(bad());
        }
        rising.next(&name)?;
        let number = state.strata.number(&name);
        *at(&mut state.strata_rows, number) = r.rows()?;
    }
    let mut rising = Rising(None);
    for _ in 0..r.length()? {
        let key = (r.below(state.strata.len())?, r.below(names)?);
        rising.next(&key)?;
        let number = state.primaries.number(&key);
        *at(&mut state.primaries_rows, number) = r.rows()?;
    }
    let mut rising = Rising(None);
    for _ in 0..r.length()? {
        let key = (r.below(state.primaries.len())?, r.below(names)?);
        rising.next(&key)?;
        state.seconds.number(&key);
    }
    let second_units = design.second_stage.as_ref().is_some_and(|s| s.unit.is_some());
    if (state.primaries.len() > 0) != (design.psu.is_some() && state.rows > 0) || (state.seconds.len() > 0) != (second_units && state.rows > 0) {
        return Err(bad());
    }
    let groups = if second_units {
        state.seconds.len()
    } else if design.psu.is_some() {
        state.primaries.len()
    } else {
        state.strata.len()
    };
    let groups = read_parts(r, plan, &mut state, groups)?;
    let mut rising = Rising(None);
    for _ in 0..r.length()? {
        let domain = r.below(c.domains.len())?;
        let mut key = vec![domain];
        for _ in 0..c.domains.get(domain as usize).map_or(0, |d| d.by.len()) {
            key.push(r.below(names)?);
        }
        rising.next(&key)?;
        let number = state.cells.number::<[u32]>(&key);
        if !c.calibrated {
            r.sums(&mut state.squares, number)?;
        }
    }
    let cells = state.cells.len();
    let mut rising = Rising(None);
    for _ in 0..r.length()? {
        let key = (r.below(groups)?, r.below(cells)?);
        rising.next(&key)?;
        let number = state.slots.number(&key);
        for class in 0..c.classes.len() {
            *at(&mut state.counts, slot_class(number, class, c.classes.len())) = r.number()?;
        }
        r.sums(&mut state.sums, number)?;
        if c.calibrated {
            r.sums(&mut state.squares, number)?;
        }
    }
    let mut rising = Rising(None);
    for _ in 0..r.length()? {
        let (group, cell, variable) = (r.below(groups)?, r.below(cells)?, r.below(c.distributions.len())?);
        let key = r.fixed()?;
        if !super::names::key_value(key).is_finite() {
            return Err(bad());
        }
        let key = (group, cell, variable, key);
        rising.next(&key)?;
        let number = state.values.number(&key);
        *at(&mut state.value_counts, number) = r.number()?;
        r.sums(&mut state.value_sums, number)?;
    }
    for rows in &mut state.groupless {
        *rows = r.number()?;
    }
    Ok(state)
}

/// The patterns of a calibration, and the parts of the units by pattern; returns how many groups of rows there are.
fn read_parts(r: &mut Reader<'_>, plan: &SurveyPlan, state: &mut State, units: usize) -> Result<usize> {
    let Some(calibration) = &plan.design.calibration else { return Ok(units) };
    let mut rising = Rising(None);
    for _ in 0..r.length()? {
        let pattern = (0..calibration.pattern_size()).map(|_| r.fixed()).collect::<Result<Vec<u64>>>()?;
        if !calibration.has(&pattern) {
            return Err(bad());
        }
        rising.next(&pattern)?;
        state.patterns.number::<[u64]>(&pattern);
    }
    let mut rising = Rising(None);
    for _ in 0..r.length()? {
        let key = (r.below(units)?, r.below(state.patterns.len())?);
        rising.next(&key)?;
        state.parts.number(&key);
    }
    Ok(state.parts.len())
}
