//! Rounding and cell keys: figures that are all shown, and none of them exactly.

use super::solve::{ENDLESS, Limits, Search, any_table};
use super::table::{Component, Table};
use crate::diagnostic::{Code, Error, Result};
use serde::{Deserialize, Serialize};

/// A rounded table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "RoundedTable"))]
pub struct Rounded {
    /// The cells, each a multiple of the base next to its value.
    pub values: Vec<i64>,
    /// Whether the rounded cells still sum to their totals.
    pub additive: bool,
}

/// Rounds every cell to a multiple of `base` next to it, so that parts still sum to their totals: multiples stay as
/// they are, every other cell goes to the one below or the one above, and in a table of two dimensions the sum of all
/// moves is the least (Cox & Ernst 1982). Where no such table is found, each cell goes to its nearest multiple, half to
/// even, and the answer says that it is not additive. No chance is involved: the same table is always rounded alike.
///
/// ```
/// # use sms_statistics as sms_core;
/// use sms_core::disclosure::{Limits, Table, round};
/// let table = Table::grid(&[
///     vec![Some(1), Some(1), Some(2)],
///     vec![Some(1), Some(1), Some(2)],
///     vec![Some(2), Some(2), Some(4)],
/// ])?;
/// let rounded = round(&table, 3, &Limits::default())?;
/// assert!(rounded.additive && rounded.values.iter().all(|v| v % 3 == 0));
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `disclosure.bad-rule` for a base below 2; `disclosure.bad-table` when a value is not known.
pub fn round(table: &Table, base: i64, limits: &Limits) -> Result<Rounded> {
    if base < 2 {
        return Err(Error::new(Code::DisclosureBadRule).at_path("base").expecting("a whole number of 2 or more"));
    }
    let mut below = Vec::with_capacity(table.cells().len());
    for (i, cell) in table.cells().iter().enumerate() {
        let value = cell.value.ok_or_else(|| Error::new(Code::DisclosureBadTable).at_path(&format!("cells[{i}].value")).expecting("a value"))?;
        below.push(value.div_euclid(base));
    }
    let rest = |cell: usize| table.cells().get(cell).and_then(|c| c.value).map_or(0, |v| v.rem_euclid(base));
    let nearest = |cell: usize, below: i64| match (2 * rest(cell)).cmp(&base) {
        std::cmp::Ordering::Less => below,
        std::cmp::Ordering::Greater => below + 1,
        std::cmp::Ordering::Equal => below + below.rem_euclid(2),
    };
    let plain = || Rounded { values: below.iter().enumerate().map(|(i, &b)| nearest(i, b) * base).collect(), additive: false };
    // a constant that is no multiple cannot be kept
    if table.equations().iter().any(|e| e.constant % base != 0) {
        return Ok(plain());
    }
    let lattice = table.with_cells(|i, cell| {
        cell.suppressed = rest(i) != 0;
        cell.lower = below.get(i).copied().unwrap_or(0);
        cell.upper = Some(cell.lower + 1);
        cell.value = Some(cell.lower);
    });
    let lattice = lattice.scaled_constants(base);
    let moves: Vec<bool> = (0..below.len()).map(|i| rest(i) != 0).collect();
    let mut values = below.clone();
    for component in lattice.components(&moves, None)? {
        let costs: Vec<i64> = component.unknowns.iter().map(|&c| base - 2 * rest(c)).collect();
        let Some(steps) = cheapest_steps(&component, &costs).or_else(|| any_table(&component, &Search::from(*limits)).ok()) else { return Ok(plain()) };
        for (&cell, step) in component.unknowns.iter().zip(steps) {
            if let Some(v) = values.get_mut(cell) {
                *v += step;
            }
        }
    }
    // equations of multiples alone hold as they are
    Ok(Rounded { values: values.iter().map(|v| v * base).collect(), additive: true })
}

/// A step of 0 or 1 for each unknown, so that all equations hold and the sum of the costs of the steps is least: a
/// minimum-cost flow by shortest ways. `None` when the unknowns are no flow or nothing fits.
fn cheapest_steps(component: &Component, costs: &[i64]) -> Option<Vec<i64>> {
    let network = super::solve::Network::of(component)?;
    let nodes = component.right.len() + 1;
    let ends: Vec<(usize, usize)> = (0..costs.len()).map(|j| network.ends(j)).collect();
    // unknowns that gain by a step start with it; then every remaining way costs 0 or more
    let mut steps: Vec<i64> = costs.iter().map(|&c| i64::from(c < 0)).collect();
    let mut need = network.needs().to_vec();
    for (&(from, to), &step) in ends.iter().zip(&steps) {
        *need.get_mut(from)? += step;
        *need.get_mut(to)? -= step;
    }
    let mut out: Vec<Vec<usize>> = vec![Vec::new(); nodes];
    for (j, &(from, to)) in ends.iter().enumerate() {
        out.get_mut(from)?.push(j);
        out.get_mut(to)?.push(j);
    }
    let rounds: i64 = need.iter().filter(|&&n| n > 0).sum();
    for _ in 0..rounds {
        // shortest ways from all nodes with too much, Bellman 1958
        let mut best: Vec<(i64, usize)> = need.iter().map(|&n| if n < 0 { (0, usize::MAX) } else { (ENDLESS, usize::MAX) }).collect();
        let mut queue: std::collections::VecDeque<usize> = (0..nodes).filter(|&v| need.get(v).is_some_and(|&n| n < 0)).collect();
        let mut queued: Vec<bool> = (0..nodes).map(|v| need.get(v).is_some_and(|&n| n < 0)).collect();
        while let Some(node) = queue.pop_front() {
            *queued.get_mut(node)? = false;
            let so_far = best.get(node)?.0;
            for &j in out.get(node)? {
                let (&(from, to), &step, &cost) = (ends.get(j)?, steps.get(j)?, costs.get(j)?);
                if from == to {
                    continue;
                }
                // a step not yet made leads on, one that is made can be taken back
                let (next, price) = match (from == node, step) {
                    (true, 0) => (to, cost),
                    (false, 1) => (from, -cost),
                    _ => continue,
                };
                let there = best.get_mut(next)?;
                if so_far + price < there.0 {
                    *there = (so_far + price, j);
                    if !std::mem::replace(queued.get_mut(next)?, true) {
                        queue.push_back(next);
                    }
                }
            }
        }
        let goal = (0..nodes).filter(|&v| need.get(v).is_some_and(|&n| n > 0)).min_by_key(|&v| (best.get(v).map_or(ENDLESS, |b| b.0), v))?;
        if best.get(goal)?.0 >= ENDLESS {
            return None;
        }
        *need.get_mut(goal)? -= 1;
        let mut node = goal;
        loop {
            let (_, j) = *best.get(node)?;
            if j == usize::MAX {
                break;
            }
            let (&(from, to), step) = (ends.get(j)?, steps.get_mut(j)?);
            *step = 1 - *step;
            node = if node == to { from } else { to };
        }
        *need.get_mut(node)? += 1;
    }
    need.iter().all(|&n| n == 0).then_some(steps)
}

/// A perturbation table of the cell-key method, as data: what is added to a count, by the count and its cell key
/// (Fraser & Wooton 2005; Thompson et al. 2013).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PerturbationTable {
    /// For each count from 0 upwards: what is added, by cell key from 0 upwards. All rows have the same length.
    pub rows: Vec<Vec<i64>>,
    /// How many of the last rows are used in turn for larger counts.
    pub repeat: usize,
}

impl PerturbationTable {
    fn check(&self) -> Result<usize> {
        let bad = |path: &str, expected: &'static str| Error::new(Code::DisclosureBadRule).at_path(path).expecting(expected);
        let keys = self.rows.first().map_or(0, Vec::len);
        if keys == 0 || self.rows.iter().any(|r| r.len() != keys) {
            return Err(bad("rows", "rows of the same length, one for each cell key"));
        }
        if self.repeat == 0 || self.repeat > self.rows.len() {
            return Err(bad("repeat", "1 or more, and not more than there are rows"));
        }
        for (count, row) in self.rows.iter().enumerate() {
            let count = i64::try_from(count).unwrap_or(i64::MAX);
            if row.iter().any(|&p| p < -count || p > 1 << 32 || (count == 0 && p != 0)) {
                return Err(bad("rows", "0 in the row of count 0, and no count below 0"));
            }
        }
        Ok(keys)
    }

    /// The count as it is published: the keys of its records, summed, choose what is added. The same records give the
    /// same figure in every table that they are counted in.
    ///
    /// ```
    /// # use sms_statistics as sms_core;
    /// use sms_core::disclosure::PerturbationTable;
    /// let table = PerturbationTable { rows: vec![vec![0, 0], vec![-1, 1], vec![0, 1]], repeat: 1 };
    /// // keys 3 and 4 sum to 7, which is 1 modulo 2; the count is 2
    /// assert_eq!(table.perturb(&[3, 4])?, 3);
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `disclosure.bad-rule` for a table whose rows differ in length, that repeats no row, that changes 0 or makes a
    /// count negative.
    pub fn perturb(&self, record_keys: &[u64]) -> Result<i64> {
        let keys = self.check()? as u64;
        let key = record_keys.iter().fold(0, |sum, k| (sum + k % keys) % keys);
        let count = record_keys.len();
        let row = if count < self.rows.len() { count } else { self.rows.len() - self.repeat + (count - self.rows.len()) % self.repeat };
        let added = self.rows.get(row).and_then(|r| r.get(usize::try_from(key).ok()?)).copied().unwrap_or(0);
        Ok(i64::try_from(count).unwrap_or(i64::MAX).saturating_add(added))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cell_keys_choose_by_the_sum_of_record_keys() {
        let table = PerturbationTable { rows: vec![vec![0, 0, 0], vec![-1, 0, 2], vec![1, -1, 0], vec![0, 1, -1]], repeat: 2 };
        assert_eq!(table.perturb(&[]).unwrap(), 0);
        assert_eq!(table.perturb(&[2]).unwrap(), 3);
        assert_eq!(table.perturb(&[2, 2]).unwrap(), 1, "key 4 modulo 3 is 1");
        // a count of 4 uses the row of 2, a count of 5 that of 3
        assert_eq!(table.perturb(&[1, 1, 1, 1]).unwrap(), 3);
        assert_eq!(table.perturb(&[1, 1, 1, 1, 1]).unwrap(), 4);
        assert_eq!(table.perturb(&[u64::MAX, u64::MAX]).unwrap(), table.perturb(&[u64::MAX % 3, u64::MAX % 3]).unwrap());
    }

    #[test]
    fn bad_perturbation_tables_are_refused() {
        for (rows, repeat) in [
            (vec![], 1),
            (vec![vec![0], vec![0, 1]], 1),
            (vec![vec![1]], 1),
            (vec![vec![0], vec![-2]], 1),
            (vec![vec![0]], 0),
            (vec![vec![0]], 2),
            (vec![vec![]], 1),
        ] {
            assert_eq!(PerturbationTable { rows, repeat }.perturb(&[1]).unwrap_err().code(), Code::DisclosureBadRule);
        }
    }
}
