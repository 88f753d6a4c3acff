//! Floor 12: choosing indicators together.
//!
//! | step | module |
//! |---|---|
//! | who takes part, and for which side | [`panel`] |
//! | proposals against criteria | [`criteria`] |
//! | rounds of rating until opinions stand still | [`delphi`] |
//! | a core set that covers what it must, within the effort at hand | [`core_set`] |
//! | the record of participation, and what it says of legitimacy | [`participation`] |
//! | the same indicator in several cities | [`harmonise`] |
//!
//! Ratings are opinions of persons: what is shown of a side rests on a declared number of raters, and no answer names one.

pub mod core_set;
pub mod criteria;
pub mod delphi;
pub mod harmonise;
mod optimise;
pub mod panel;
pub mod participation;

pub use crate::method::CocreationRules;
