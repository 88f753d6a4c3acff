#![forbid(unsafe_code)]
#![doc = include_str!("../README.md")]

#[doc(inline)]
pub use sms_assessment::{assess, method, rbm, release, report};
#[doc(inline)]
pub use sms_base::{day, diagnostic, id, num, period, shape, text, trace};
#[doc(inline)]
pub use sms_exchange as exchange;
pub use sms_exchange::crosswalk;
#[doc(inline)]
pub use sms_index as index;
#[doc(inline)]
pub use sms_model::{catalogue, dataset, disaggregation, estimate, frame, indicator, observation, refinement, target};
#[doc(inline)]
pub use sms_process::{cocreation, form, influence, peers, pretest, roadmap, screen};
#[doc(inline)]
pub use sms_render as render;
#[doc(inline)]
pub use sms_statistics::{aggregate, agreement, disclosure, equality, progress, score, survey, weighting};
#[doc(inline)]
pub use sms_wire as wire;

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
