//! What was made of a cell: a value with all that its error comes from.

use super::calibrate::Calibrated;
use super::contribution::Contribution;
use super::design::{LonelyPsu, Replicates};
use super::quantile::{Distribution, QuantileRule};
use super::variance::Frame;
use crate::diagnostic::Result;
use std::collections::BTreeMap;

/// What a test of shares needs of the design.
pub(super) struct Insides<'a> {
    pub frame: &'a Frame,
    pub lonely: LonelyPsu,
    pub replicates: Option<&'a Replicates>,
}

/// What was made of a cell, before it is dressed.
#[derive(Default)]
pub(super) struct Made {
    pub(super) value: Option<f64>,
    pub(super) threshold: Option<f64>,
    pub(super) contributions: Vec<Contribution>,
    /// The group of rows of each contribution.
    pub(super) units: Vec<UnitGroup>,
    /// Where the poverty line is everybody's and the rows are units.
    pub(super) line: Option<Line>,
    pub(super) replicates: Vec<Option<f64>>,
    pub(super) simple: Option<f64>,
    pub(super) n: u64,
    pub(super) population: Option<f64>,
    /// For Woodruff's interval.
    pub(super) distribution: Option<(Distribution, f64, QuantileRule)>,
}

impl Made {
    /// Whether a calibration leaves nothing of what would vary.
    pub(super) fn is_fixed(&self, calibrated: &Calibrated, value: f64) -> bool {
        if self.replicates.is_empty() { self.contributions.iter().any(|c| c.total != 0.0) && calibrated.residuals(&self.contributions).1 } else { value != 0.0 }
    }
}

/// A group of rows that contributes.
#[derive(Clone, Copy, Debug)]
pub(super) struct UnitGroup {
    /// Its place in the canonical order.
    pub rank: u32,
    /// How many rows were drawn with it.
    pub rows: f64,
    /// Σd² of its rows, in a calibration where the rows are sampling units.
    pub squares: f64,
}

impl UnitGroup {
    pub(super) fn new(frame: &Frame, rank: u32) -> Result<Self> {
        #[allow(clippy::cast_precision_loss, reason = "a count of rows")]
        let rows = frame.rows_drawn(rank).max(1) as f64;
        Ok(UnitGroup { rank, rows, squares: frame.squares(rank).map_or(Ok(0.0), |s| s.value())? })
    }

    /// What the rows of the group have in common where both groups are 0 at their middle: of what `within` is the sum of squares.
    pub(super) fn shared(&self, one: &Contribution, two: &Contribution) -> f64 {
        if self.squares > 0.0 { one.mixed * two.mixed / self.squares } else { one.total * two.total / self.rows }
    }
}

/// How a statistic hangs on a poverty line that is everybody's, by the rank of the group of rows. There the linearised values of two groups
/// of the population have rows in common.
#[derive(Debug)]
pub(super) struct Line {
    moves: f64,
    /// Σw²·l², l being the influence of a row on the line.
    squares: BTreeMap<u32, f64>,
    /// Σw²·g·l over the group's own rows, g being the influence of a row on the statistic where the line stands still.
    mixed: BTreeMap<u32, f64>,
}

/// By the rank of a group of rows: Σgw, Σg²w² and Σgw².
pub(super) type Spread = BTreeMap<u32, (f64, f64, f64)>;

impl Line {
    pub(super) fn new(moves: f64, squares: &Spread, mixed: &Spread) -> Self {
        let last = |spread: &Spread| spread.iter().map(|(&rank, &(_, sum, _))| (rank, sum)).collect();
        Line { moves, squares: last(squares), mixed: last(mixed) }
    }

    /// Σw²·u₁·u₂ over the rows of a group.
    pub(super) fn product(&self, other: &Line, rank: u32) -> f64 {
        let of = |map: &BTreeMap<u32, f64>| map.get(&rank).copied().unwrap_or(0.0);
        self.moves * other.moves * of(&self.squares) + other.moves * of(&self.mixed) + self.moves * of(&other.mixed)
    }
}
