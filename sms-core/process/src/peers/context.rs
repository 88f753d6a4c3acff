//! Cities in a like context: robust standardised variables, weighted distance, nearest neighbours.

use super::{City, PeersRules, in_order};
use crate::diagnostic::{Code, Error, Result};
use crate::num;
use crate::num::count;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The median of absolute deviations of a normal distribution times this is its standard deviation.
const NORMAL: f64 = 1.482_602_218_505_602;

/// A context variable that is asked for.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ContextVariable"))]
pub struct Variable {
    /// Its id.
    pub id: String,
    /// How much it counts, above 0.
    #[serde(default = "one")]
    pub weight: f64,
    /// Whether its logarithm is taken: for sizes and incomes.
    #[serde(default)]
    pub logarithm: bool,
}

fn one() -> f64 {
    1.0
}

/// A context variable with the middle and the spread by which it is standardised.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "StandardisedVariable"))]
pub struct Standardised {
    /// Its id.
    pub id: String,
    /// How much it counts.
    pub weight: f64,
    /// Whether its logarithm is taken.
    pub logarithm: bool,
    /// Median of the cities.
    pub median: f64,
    /// Median of absolute deviations, times 1.4826.
    pub spread: f64,
}

/// What distances are measured by. Given back in a later request, it keeps comparator groups where they are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ContextFrame"))]
pub struct Frame {
    /// The variables.
    pub variables: Vec<Standardised>,
    /// Fingerprint of the variables.
    pub version: String,
}

fn fingerprint(variables: &[Standardised]) -> String {
    crate::text::hex(&Sha256::digest(crate::json::bytes(variables)), 16)
}

fn median(sorted: &[f64]) -> f64 {
    let half = sorted.len() / 2;
    let at = |i: usize| sorted.get(i).copied().unwrap_or(0.0);
    if sorted.len().is_multiple_of(2) { (at(half.saturating_sub(1)) + at(half)) / 2.0 } else { at(half) }
}

fn transformed(value: f64, logarithm: bool) -> f64 {
    if logarithm { num::ln(value) } else { value }
}

impl Frame {
    /// Takes middle and spread from the cities.
    ///
    /// ```
    /// # use sms_process as sms_core;
    /// use sms_core::peers::{City, context::Frame};
    /// let cities: Vec<City> = serde_json::from_str(r#"[{"id": "A", "context": {"x": 1}}, {"id": "B", "context": {"x": 2}},
    ///     {"id": "C", "context": {"x": 3.5}}, {"id": "D", "context": {"x": 4}}, {"id": "E", "context": {"x": 10}}]"#).unwrap();
    /// let rules = sms_core::Method::from_json(sms_catalogue::STANDARD_METHOD_JSON)?.peers()?;
    /// let frame = Frame::of(&cities, &serde_json::from_str::<Vec<_>>(r#"[{"id": "x"}]"#).unwrap(), &rules)?;
    /// assert_eq!(frame.variables[0].median, 3.5);
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `peers.bad-context`, `peers.no-spread`, `peers.too-few-cities`, and those of a bad city.
    pub fn of(cities: &[City], variables: &[Variable], rules: &PeersRules) -> Result<Self> {
        let cities = in_order(cities)?;
        let bad = |i: usize, expected: &'static str| Error::new(Code::PeersBadContext).at_path(&format!("variables[{i}]")).expecting(expected);
        if variables.is_empty() {
            return Err(bad(0, "at least one variable"));
        }
        let mut made: Vec<Standardised> = Vec::new();
        for (i, v) in variables.iter().enumerate() {
            if v.id.trim().is_empty() || made.iter().any(|m| m.id == v.id) || !(v.weight > 0.0 && v.weight.is_finite()) {
                return Err(bad(i, "an id of its own and a weight above 0"));
            }
            let values: Vec<f64> = cities.iter().filter_map(|c| c.context.get(&v.id).copied()).collect();
            if values.len() < rules.frame_cities {
                return Err(Error::new(Code::PeersTooFewCities)
                    .at_path(&format!("variables[{i}]"))
                    .with("needed", rules.frame_cities as u64)
                    .with("found", values.len() as u64));
            }
            if v.logarithm && values.iter().any(|x| *x <= 0.0) {
                return Err(bad(i, "numbers above 0 for a logarithm"));
            }
            let mut values: Vec<f64> = values.iter().map(|x| transformed(*x, v.logarithm)).collect();
            values.sort_unstable_by(f64::total_cmp);
            let middle = median(&values);
            let mut away: Vec<f64> = values.iter().map(|x| num::abs(x - middle)).collect();
            away.sort_unstable_by(f64::total_cmp);
            let spread = NORMAL * median(&away);
            if spread <= 0.0 {
                return Err(Error::new(Code::PeersNoSpread).at_path(&format!("variables[{i}]")));
            }
            made.push(Standardised { id: v.id.clone(), weight: v.weight, logarithm: v.logarithm, median: middle, spread });
        }
        made.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(Frame { version: fingerprint(&made), variables: made })
    }

    /// Holds a frame of an earlier answer against its version.
    ///
    /// # Errors
    /// `peers.changed-frame`, `peers.bad-context`.
    pub fn check(&self) -> Result<()> {
        if self.version != fingerprint(&self.variables) {
            return Err(Error::new(Code::PeersChangedFrame).at_path("frame.version"));
        }
        let bad = |v: &Standardised| !(v.weight > 0.0 && v.weight.is_finite() && v.spread > 0.0 && v.spread.is_finite() && v.median.is_finite());
        if self.variables.is_empty() || self.variables.iter().any(bad) {
            return Err(Error::new(Code::PeersBadContext).at_path("frame.variables").expecting("weights and spreads above 0"));
        }
        Ok(())
    }

    /// Standardised variables of a city, in the order of the frame.
    pub(super) fn place(&self, city: &City) -> Vec<Option<f64>> {
        let one = |v: &Standardised| {
            let x = transformed(*city.context.get(&v.id)?, v.logarithm);
            let z = (x - v.median) / v.spread;
            z.is_finite().then_some(z)
        };
        self.variables.iter().map(one).collect()
    }

    /// Root of the weighted mean of squared differences over the variables that both have; `None` where they share too little.
    pub(super) fn distance(&self, a: &[Option<f64>], b: &[Option<f64>], minimum: f64) -> Option<f64> {
        let (mut shared, mut whole, mut squares) = (0.0, 0.0, 0.0);
        for (v, (a, b)) in self.variables.iter().zip(a.iter().zip(b)) {
            whole += v.weight;
            if let (Some(a), Some(b)) = (a, b) {
                shared += v.weight;
                squares += v.weight * (a - b) * (a - b);
            }
        }
        (shared > 0.0 && shared >= (minimum - crate::target::SLACK) * whole).then(|| num::sqrt(squares / shared))
    }
}

/// How alike two cities are: 1 at no distance, ½ at one spread.
pub(super) fn likeness(distance: f64) -> f64 {
    1.0 / (1.0 + distance)
}

/// What one variable adds to a distance.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "DistancePart"))]
pub struct Part {
    /// The variable.
    pub variable: String,
    /// The neighbour's standardised value minus the city's; absent where one of them has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub difference: Option<f64>,
    /// Share of the squared distance.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share: Option<f64>,
}

/// A city in a like context.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Neighbour {
    /// The city.
    pub city: String,
    /// How far apart, in spreads.
    pub distance: f64,
    /// 1 / (1 + distance).
    pub likeness: f64,
    /// Why, variable by variable.
    pub parts: Vec<Part>,
}

/// The comparators of one city.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Comparators {
    /// The city.
    pub city: String,
    /// The nearest first.
    pub comparators: Vec<Neighbour>,
    /// Cities that cannot be compared: too few variables in common.
    pub not_comparable: usize,
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ComparatorGroups"))]
pub struct Groups {
    /// What distances are measured by.
    pub frame: Frame,
    /// Each city, in the order of the ids.
    pub cities: Vec<Comparators>,
}

/// The nearest cities of each city.
///
/// ```
/// # use sms_process as sms_core;
/// use sms_core::peers::{City, context::{Frame, comparators}};
/// let cities: Vec<City> = serde_json::from_str(r#"[{"id": "A", "context": {"x": 1}}, {"id": "B", "context": {"x": 2}},
///     {"id": "C", "context": {"x": 3.5}}, {"id": "D", "context": {"x": 4}}, {"id": "E", "context": {"x": 10}}]"#).unwrap();
/// let rules = sms_core::Method::from_json(sms_catalogue::STANDARD_METHOD_JSON)?.peers()?;
/// let frame = Frame::of(&cities, &serde_json::from_str::<Vec<_>>(r#"[{"id": "x"}]"#).unwrap(), &rules)?;
/// let made = comparators(&cities, frame, 1, &rules)?;
/// assert_eq!(made.cities[4].comparators[0].city, "D");
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `peers.bad-city`, `peers.changed-frame`, `peers.too-large`, `method.bad-value`.
pub fn comparators(cities: &[City], frame: Frame, k: usize, rules: &PeersRules) -> Result<Groups> {
    rules.check()?;
    frame.check()?;
    let cities = in_order(cities)?;
    let places: Vec<Vec<Option<f64>>> = cities.iter().map(|c| frame.place(c)).collect();
    let mut made = Vec::with_capacity(cities.len());
    for (i, (city, own)) in cities.iter().zip(&places).enumerate() {
        let mut near: Vec<(f64, usize)> = Vec::new();
        let mut not_comparable = 0;
        for (j, other) in places.iter().enumerate().filter(|(j, _)| *j != i) {
            match frame.distance(own, other, rules.minimum_context) {
                Some(distance) => near.push((distance, j)),
                None => not_comparable += 1,
            }
        }
        near.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        near.truncate(k);
        let comparators = near
            .into_iter()
            .filter_map(|(distance, j)| {
                let parts = parts(&frame, own, places.get(j)?);
                Some(Neighbour { city: cities.get(j)?.id.clone(), distance, likeness: likeness(distance), parts })
            })
            .collect();
        made.push(Comparators { city: city.id.clone(), comparators, not_comparable });
    }
    Ok(Groups { frame, cities: made })
}

fn parts(frame: &Frame, own: &[Option<f64>], other: &[Option<f64>]) -> Vec<Part> {
    let differences: Vec<Option<f64>> = own.iter().zip(other).map(|(a, b)| Some((*b)? - (*a)?)).collect();
    let square = |v: &Standardised, d: f64| v.weight * d * d;
    let total = num::sum(&frame.variables.iter().zip(&differences).filter_map(|(v, d)| Some(square(v, (*d)?))).collect::<Vec<_>>());
    let number = count(differences.iter().flatten().count());
    frame
        .variables
        .iter()
        .zip(&differences)
        .map(|(v, d)| {
            // at no distance every variable has the same part in it
            let share = d.map(|d| if total > 0.0 { square(v, d) / total } else { 1.0 / number });
            Part { variable: v.id.clone(), difference: *d, share }
        })
        .collect()
}
