//! The formulas: scores, means, inequality, agreement, weights, progress, survey estimates and disclosure control. No policy is decided here: its numbers come in.
#![forbid(unsafe_code)]

pub mod aggregate;
pub mod agreement;
pub mod disclosure;
pub mod equality;
pub mod progress;
pub mod score;
pub mod survey;
pub mod weighting;

pub use disclosure::PrivacyPolicy;
#[doc(no_inline)]
pub use sms_model::*;
