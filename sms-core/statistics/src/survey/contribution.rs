//! What enters a variance.

/// What the rows of a group add to a linearised total.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Contribution {
    /// The place of the group of rows.
    pub rank: u32,
    pub stratum: usize,
    pub primary: Option<usize>,
    /// Σ u.
    pub total: f64,
    /// Σ (u − ū)² over all rows of the group, where the rows are sampling units; in a calibration Σ (u − ρd)², d being the design weight and
    /// ρ = Σdu/Σd².
    pub within: Option<f64>,
    /// Σdu, in a calibration where the rows are sampling units.
    pub mixed: f64,
}
