//! What the small module does without: everything but look-ups, the formulas of one value, and the way from figures to a report.

mod aggregation;
mod agreement;
mod base64_text;
mod cocreation;
mod disclosure;
mod equality;
mod export;
mod form;
mod index;
mod influence;
mod peers;
mod pretest;
mod progress;
mod rbm;
mod roadmap;
mod screen;
mod survey;
mod weighting;

pub use base64_text::from_base64;
pub use export::{ExportAnswer, exported};
pub use survey::take_columns;

use crate::Area;

/// One line an area, in the order of `docs/wire.md`.
pub(super) const AREAS: &[Area] = &[
    export::AREA,
    aggregation::AREA,
    weighting::AREA,
    progress::AREA,
    rbm::AREA,
    index::AREA,
    roadmap::AREA,
    survey::AREA,
    equality::AREA,
    agreement::AREA,
    pretest::AREA,
    cocreation::AREA,
    peers::AREA,
    influence::AREA,
    screen::AREA,
    form::AREA,
    disclosure::AREA,
];
