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

/// Published indices and progress profiles, each as canonical JSON. A list of its own, so that a build that does not
/// name it does not carry it.
pub const INDICES: &[&str] = &[
    include_str!("../baked/index-hdi.json"),
    include_str!("../baked/index-gdi.json"),
    include_str!("../baked/index-sdg-africa-2019.json"),
    include_str!("../baked/index-spi-2022.json"),
    include_str!("../baked/index-statcan-progress.json"),
];

/// The question bank as canonical JSON: questions, answers and their texts in several languages. Named by itself, so that a build that does not name it
/// does not carry it.
pub const QUESTIONS_JSON: &str = include_str!("../baked/questions.json");
