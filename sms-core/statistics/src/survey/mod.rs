//! Floor 8: survey microdata to estimates with design-based error (method §5; Särndal, Swensson & Wretman 1992; Lumley
//! 2010).
//!
//! A [`SurveyDesign`] says how the sample was drawn, a [`SurveyPlan`] what to estimate and for whom, and an [`Accumulator`]
//! takes the rows, batch by batch:
//!
//! ```
//! # use sms_statistics as sms_core;
//! use sms_core::survey::{Accumulator, Batch, Column, Reporting, SurveyPlan};
//! let plan: SurveyPlan = serde_json::from_value(serde_json::json!({
//!     "design": {"weight": "w", "stratum": "district", "fpc": {"column": "households", "kind": "population"}},
//!     "estimates": {"rent": {"kind": "mean", "variable": "rent"}},
//! })).unwrap();
//! let mut accumulator = Accumulator::new(plan)?;
//! let (rent, w, households) = ([3.0, 5.0, 4.0, 10.0, 14.0], [10.0; 5], [30.0, 30.0, 30.0, 20.0, 20.0]);
//! let mut batch = Batch::new(5);
//! batch.insert("rent", Column::numbers(&rent))?;
//! batch.insert("w", Column::numbers(&w))?;
//! batch.insert("households", Column::numbers(&households))?;
//! batch.insert("district", Column::codes(&[0, 0, 0, 1, 1], &["north", "south"]))?;
//! accumulator.update(&batch)?;
//! let results = accumulator.finish(&Reporting::new(0.95))?;
//! let rent = &results.estimates[0];
//! assert_eq!(rent.value, Some(7.2));
//! assert!((rent.se.unwrap() - 0.8270429251254134).abs() < 1e-15);
//! # Ok::<(), sms_core::Error>(())
//! ```
//!
//! * **Domains are domains.** Every estimate of a group is made over the full design, in which the rows of others count as
//!   zeros: strata and sampling units keep their sizes. Rows where a variable is missing are treated the same way.
//! * **Any split, any order, any merge tree gives the same bits.** All sums are exact ([`crate::num::exact`]); products of
//!   weights and values are formed without rounding; what is not a sum is computed once, in a canonical order.
//! * **A state is as confidential as the microdata.** It holds small cells and distinct values. It cannot be printed, and is
//!   handed over only under the agreement that covers the data.
//! * **A standard error is never silently zero.** Where the design gives no variance there is no standard error, and a
//!   finding; where the data give exactly 0, there is a finding beside it.

mod accumulate;
mod alike;
mod batch;
mod bytes;
mod calibrate;
mod calibration;
mod compile;
mod contribution;
mod covariance;
mod design;
mod estimate;
mod figure;
mod frame;
mod group_test;
mod interval;
mod linear;
mod made;
mod measure;
mod names;
mod patterns;
mod places;
mod poverty;
mod quality;
mod quantile;
mod replicate;
mod spelling;
mod state;
mod undeclared;
mod variance;

pub use accumulate::Accumulator;
pub use batch::{Batch, Column, Encoded, Role, encode_numbers};
pub use calibration::{Calibration, CalibrationMethod, Margin, MarginTotal, NumberTotal, WeightBounds};
pub use covariance::{SurveyGroup, SurveyGroups};
pub use design::{Domain, Fpc, FpcKind, Limits, LonelyPsu, Measure, PovertyThreshold, ReplicateMethod, Replicates, SecondStage, SurveyDesign, SurveyPlan};
pub use estimate::SurveyResults;
pub use figure::{Absent, DomainPart, SurveyEstimate};
pub use group_test::{AlikeTest, AllEqual};
pub use interval::{IntervalRule, KornGraubardProfile, ProportionIntervalInput, mean_interval, proportion_interval};
pub use quality::{NchsRule, Quality, QualityFlag, QualityInput, QualityRules, Reporting, quality};
pub use quantile::QuantileRule;

#[cfg(test)]
mod tests;
