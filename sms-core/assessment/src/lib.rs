//! From a method and a dataset to a report that may leave: achievement and outcomes first, assessment, release, report.
#![forbid(unsafe_code)]

pub mod assess;
pub mod method;
pub mod rbm;
pub mod release;
pub mod report;

pub use assess::{Assessment, AssessmentPlan, AvailabilityRecord, Periods};
pub use method::Method;
pub use release::Published;
pub use report::Report;
#[doc(no_inline)]
pub use sms_statistics::*;
