//! What everything stands on: stable codes, deterministic arithmetic, bounded texts, ids, periods and the trace that every number carries.
#![forbid(unsafe_code)]

pub mod day;
pub mod diagnostic;
pub mod id;
pub mod json;
pub mod num;
pub mod period;
pub mod shape;
pub mod text;
pub mod trace;

pub use diagnostic::{Code, Error, Finding, Findings, Result, Severity};
pub use period::Period;
