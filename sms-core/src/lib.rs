#![forbid(unsafe_code)]
#![doc = include_str!("../README.md")]

pub mod aggregate;
pub mod agreement;
pub mod assess;
pub mod catalogue;
pub mod cocreation;
pub mod crosswalk;
pub mod dataset;
pub mod diagnostic;
pub mod disaggregation;
pub mod disclosure;
pub mod equality;
pub mod estimate;
pub mod exchange;
pub mod form;
pub mod id;
pub mod index;
pub mod indicator;
pub mod influence;
pub mod method;
pub mod num;
pub mod observation;
pub mod peers;
pub mod period;
pub mod pretest;
pub mod progress;
pub mod rbm;
pub mod refinement;
pub mod release;
pub mod render;
pub mod report;
pub mod roadmap;
pub mod score;
pub mod screen;
pub mod survey;
pub mod target;
pub mod text;
pub mod trace;
pub mod weighting;
pub mod wire;

pub use assess::{Assessment, AssessmentPlan, AvailabilityRecord, Periods};
pub use catalogue::Catalogue;
pub use dataset::Dataset;
pub use diagnostic::{Code, Error, Finding, Findings, Result, Severity};
pub use disclosure::PrivacyPolicy;
pub use method::Method;
pub use observation::Observations;
pub use period::Period;
pub use release::Published;
pub use report::Report;

#[cfg(doctest)]
#[doc = include_str!("../../docs/disclosure.md")]
struct DisclosureGuide;
