//! Where a city stands in its group: tiers of cities that cannot be told apart, in place of ranks.

use super::{PeersRules, Scored};
use crate::diagnostic::{Code, Error, Result};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A city with its score.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "CityScore"))]
pub struct Standing {
    /// The city.
    pub city: String,
    /// The score, 0 to 100.
    pub score: f64,
    /// Its standard error.
    #[serde(default)]
    pub se: f64,
}

/// Where a city stands.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "TieredCity"))]
pub struct Tiered {
    /// The city.
    pub city: String,
    /// Its tier, 1 the uppermost.
    pub tier: usize,
    /// Its score.
    pub score: f64,
    /// Lower end of the interval by which cities are compared.
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
    /// The best position that it may have: one more than there are cities certainly above it.
    pub best_position: usize,
    /// The worst one.
    pub worst_position: usize,
}

/// Cities in tiers. The first tier is the city with the highest score and all whose interval reaches its; the next begins with the
/// highest of the rest.
///
/// ```
/// # use sms_process as sms_core;
/// use sms_core::peers::tiers::{Standing, tiers};
/// let city = |city: &str, score, se| Standing { city: city.to_owned(), score, se };
/// let rules = sms_core::Method::from_json(sms_catalogue::STANDARD_METHOD_JSON)?.peers()?;
/// let made = tiers(&[city("A", 70.0, 2.0), city("B", 68.0, 2.0), city("C", 50.0, 1.0)], &rules)?;
/// assert_eq!(made.iter().map(|city| city.tier).collect::<Vec<_>>(), [1, 1, 2]);
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `peers.bad-city`, `peers.too-few-cities`, `peers.too-large`, `method.bad-value`.
pub fn tiers(cities: &[Standing], rules: &PeersRules) -> Result<Vec<Tiered>> {
    rules.check()?;
    if cities.len() > super::MAXIMUM_CITIES {
        return Err(Error::new(Code::PeersTooLarge).at_path("cities").with("limit", super::MAXIMUM_CITIES as u64));
    }
    if cities.len() < 2 {
        return Err(Error::new(Code::PeersTooFewCities).at_path("cities").with("needed", 2_u64).with("found", cities.len() as u64));
    }
    let mut ids: BTreeSet<&str> = BTreeSet::new();
    for (i, c) in cities.iter().enumerate() {
        if c.city.trim().is_empty() || !ids.insert(&c.city) || !Scored::from(c).usable() {
            return Err(Error::new(Code::PeersBadCity)
                .at_path(&format!("cities[{i}]"))
                .expecting("an id of its own, a score from 0 to 100, an error of 0 or more"));
        }
    }
    let mut made: Vec<Tiered> = cities
        .iter()
        .map(|c| {
            let reach = rules.tier_reach * c.se;
            Tiered {
                city: c.city.clone(),
                tier: 0,
                score: c.score,
                lower: c.score - reach,
                upper: c.score + reach,
                best_position: 1,
                worst_position: cities.len(),
            }
        })
        .collect();
    made.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.city.cmp(&b.city)));
    let ends: Vec<(f64, f64)> = made.iter().map(|t| (t.lower, t.upper)).collect();
    for t in &mut made {
        t.best_position = 1 + ends.iter().filter(|(lower, _)| *lower > t.upper).count();
        t.worst_position = cities.len() - ends.iter().filter(|(_, upper)| *upper < t.lower).count();
    }
    let mut tier = 0;
    while let Some(bound) = made.iter().find(|t| t.tier == 0).map(|t| t.lower) {
        tier += 1;
        made.iter_mut().filter(|t| t.tier == 0 && t.upper >= bound).for_each(|t| t.tier = tier);
    }
    // tier by tier, the highest score first
    made.sort_by(|a, b| a.tier.cmp(&b.tier).then(b.score.total_cmp(&a.score)).then_with(|| a.city.cmp(&b.city)));
    Ok(made)
}

impl From<&Standing> for Scored {
    fn from(standing: &Standing) -> Self {
        Scored { score: standing.score, se: standing.se }
    }
}
