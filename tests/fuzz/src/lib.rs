//! Fuzz targets of `sms-core`.

pub mod targets;
