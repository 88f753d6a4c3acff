//! The open draft catalogue, its methods and its road map, as embedded bytes.
//!
//! This crate holds data and knows nothing of how anything is computed. The data are an open draft for co-creation,
//! under CC BY 4.0; they are not the catalogue of the Human Rights Cities Network.

/// The catalogue as canonical JSON.
pub const CATALOGUE_JSON: &str = include_str!("../baked/catalogue.json");

/// The standard method as canonical JSON.
pub const STANDARD_METHOD_JSON: &str = include_str!("../baked/method-standard.json");

/// All methods: name and canonical JSON.
pub const METHODS: &[(&str, &str)] = &[("standard", STANDARD_METHOD_JSON)];
