//! The formulas of the method, one operation each.

mod aggregate;
mod difference;
mod disclosure;
mod estimate;
mod rbm;
mod score;
mod target;
mod text;

#[cfg(feature = "all-areas")]
pub(super) use aggregate::{ItemRequest, items};

pub(super) const TEXT: super::Area = text::AREA;
pub(super) const ESTIMATE: super::Area = estimate::AREA;
pub(super) const SCORE: super::Area = score::AREA;
pub(super) const TARGET: super::Area = target::AREA;
pub(super) const AGGREGATE: super::Area = aggregate::AREA;
pub(super) const RBM: super::Area = rbm::AREA;
pub(super) const DIFFERENCE: super::Area = difference::AREA;
pub(super) const DISCLOSURE: super::Area = disclosure::AREA;
