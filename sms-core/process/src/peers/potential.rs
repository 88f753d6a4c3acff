//! How far the best of those in a like context came.

use super::context::Groups;
use super::{City, PeersRules, in_order};
use crate::diagnostic::Result;
use crate::num;
use crate::num::count;
use serde::Serialize;
use std::collections::BTreeMap;

/// What a city would gain in a theme if it came to where the best of its comparators are.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "PeerPotential"))]
pub struct Potential {
    /// The city.
    pub city: String,
    /// The theme.
    pub theme: String,
    /// The best comparators, the best first.
    pub best: Vec<String>,
    /// Mean of their scores minus the city's, not below 0.
    pub gain: f64,
    /// Standard error of the difference.
    pub se: f64,
}

/// The potential of each city and theme, the largest of a city first.
///
/// # Errors
/// `peers.bad-city`, `method.bad-value`.
pub fn potential(cities: &[City], groups: &Groups, rules: &PeersRules) -> Result<Vec<Potential>> {
    rules.check()?;
    let cities = in_order(cities)?;
    let by_id: BTreeMap<&str, &City> = cities.iter().map(|c| (c.id.as_str(), *c)).collect();
    let mut made = Vec::new();
    for group in &groups.cities {
        let Some(city) = by_id.get(group.city.as_str()) else { continue };
        let mut own: Vec<Potential> = Vec::new();
        for (theme, score) in &city.scores {
            let mut others: Vec<(f64, &str, f64)> = group
                .comparators
                .iter()
                .filter_map(|n| Some((by_id.get(n.city.as_str())?.scores.get(theme)?, n.city.as_str())))
                .map(|(s, id)| (s.score, id, s.se))
                .collect();
            if others.len() < rules.best_peers {
                continue;
            }
            others.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
            others.truncate(rules.best_peers);
            let n = count(others.len());
            let mean = num::sum(&others.iter().map(|o| o.0).collect::<Vec<_>>()) / n;
            let spread = num::sum(&others.iter().map(|o| o.2 * o.2).collect::<Vec<_>>()) / (n * n);
            own.push(Potential {
                city: city.id.clone(),
                theme: theme.clone(),
                best: others.iter().map(|o| o.1.to_owned()).collect(),
                gain: (mean - score.score).max(0.0),
                se: num::sqrt(spread + score.se * score.se),
            });
        }
        own.sort_by(|a, b| b.gain.total_cmp(&a.gain).then_with(|| a.theme.cmp(&b.theme)));
        made.extend(own);
    }
    Ok(made)
}
