//! The nouns: figures and why they can be absent, indicators, groups, targets, the catalogue, observations and the checked dataset.
#![forbid(unsafe_code)]

pub mod catalogue;
pub mod dataset;
pub mod disaggregation;
pub mod estimate;
pub mod frame;
pub mod indicator;
pub mod observation;
pub mod refinement;
pub mod target;

pub use catalogue::Catalogue;
pub use dataset::Dataset;
pub use observation::Observations;
#[doc(no_inline)]
pub use sms_base::*;
