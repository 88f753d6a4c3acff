//! Floor 15: figures in and out, over bytes.

pub mod columns;
pub mod csv;
pub mod frame;
pub mod json;
pub mod rows;
pub mod xlsx;
