//! Floor 12: cities that learn from each other.
//!
//! | question | module |
//! |---|---|
//! | which cities are like mine, and why | [`context`] |
//! | where do I stand among them, without a league table | [`tiers`] |
//! | who can help whom, with what | [`mentoring`] |
//! | how far did the best of those like me come | [`potential`] |
//! | what was asked, found, promised, recommended and done | [`records`] |

pub mod context;
pub mod mentoring;
pub mod potential;
pub mod records;
pub mod tiers;

pub use crate::method::PeersRules;

use crate::diagnostic::{Code, Error, Result};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// More cities than this are refused: every pair is looked at.
const MAXIMUM_CITIES: usize = 2_000;

/// A score with its error.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "PeerScore"))]
pub struct Scored {
    /// The score, 0 to 100.
    pub score: f64,
    /// Its standard error.
    #[serde(default)]
    pub se: f64,
}

impl Scored {
    fn usable(self) -> bool {
        (0.0..=100.0).contains(&self.score) && self.se >= 0.0 && self.se.is_finite()
    }
}

/// A city with what is known of it.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "PeerCity"))]
pub struct City {
    /// Its id.
    pub id: String,
    /// Context: size, wealth, region … by the id of the variable. What is not known is left out.
    #[serde(default)]
    pub context: BTreeMap<String, f64>,
    /// Scores by theme. What is not known is left out.
    #[serde(default)]
    pub scores: BTreeMap<String, Scored>,
    /// How much it needs help in a theme, 0 to 1; what is missing to 100 where it is not said.
    #[serde(default)]
    pub need: BTreeMap<String, f64>,
    /// How many cities it can help at a time; that of the method where it is not said.
    #[serde(default)]
    pub capacity: Option<u32>,
}

/// Cities in the order of their ids, checked.
fn in_order(cities: &[City]) -> Result<Vec<&City>> {
    if cities.len() > MAXIMUM_CITIES {
        return Err(Error::new(Code::PeersTooLarge).at_path("cities").with("limit", MAXIMUM_CITIES as u64));
    }
    let mut at: BTreeMap<&str, &City> = BTreeMap::new();
    for (i, city) in cities.iter().enumerate() {
        let bad = |field: &str, expected: &'static str| Err(Error::new(Code::PeersBadCity).at_path(&format!("cities[{i}].{field}")).expecting(expected));
        if city.id.trim().is_empty() || at.insert(city.id.as_str(), city).is_some() {
            return bad("id", "an id of its own");
        }
        if city.context.values().any(|x| !x.is_finite()) {
            return bad("context", "finite numbers");
        }
        if !city.scores.values().all(|s| s.usable()) {
            return bad("scores", "scores from 0 to 100 with errors of 0 or more");
        }
        if city.need.values().any(|x| !(0.0..=1.0).contains(x)) {
            return bad("need", "numbers from 0 to 1");
        }
    }
    Ok(at.into_values().collect())
}
