//! In and out over bytes: CSV, JSON, columns, workbooks, and a city's own files.
#![forbid(unsafe_code)]

pub mod columns;
pub mod crosswalk;
pub mod csv;
pub mod json;
pub mod rows;
pub mod xlsx;
