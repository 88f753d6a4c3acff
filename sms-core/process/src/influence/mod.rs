//! Floor 12: what a city's own work may have to do with a change.
//!
//! | question | module |
//! |---|---|
//! | what changed beyond what changed in comparator cities | [`difference`] |
//! | did the city's own series change level or slope | [`interrupted`] |
//! | how would a mix of other cities have gone on | [`synthetic`] |
//! | does the story hold, link by link | [`contribution`] |
//!
//! Each answer names what must hold and what would break it. Where figures cannot carry an answer there is none, with a code.

pub mod contribution;
pub mod difference;
pub mod interrupted;
mod least_squares;
pub mod panel;
pub mod synthetic;

pub use crate::method::InfluenceRules;

use serde::Serialize;

/// Something that must hold, and what would break it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "InfluenceAssumption"))]
pub struct Assumption {
    /// A stable word, for translations.
    pub id: &'static str,
    /// What must hold.
    pub assumes: &'static str,
    /// What would break it.
    pub broken_by: &'static str,
}

/// What to keep in mind with an estimate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "InfluenceCaution"))]
pub enum Caution {
    /// Both sides moved apart already before the start.
    TrendsDiffered,
    /// There is an effect at a start at which nothing began.
    PlaceboMoves,
    /// So few cities that chance cannot be told from an effect.
    NoInference,
    /// Too few times before the start to see whether both sides moved alike.
    TrendsNotChecked,
    /// So few cities acted that errors by city are too small; read the permutation.
    FewActed,
    /// So few cities that errors by city are too small; read the permutation.
    FewCities,
    /// The figures lie on the lines: no error can be told.
    NoVariation,
    /// No errors of the first order fit the series.
    NoFirstOrder,
    /// Fewer figures before or after than the method asks for.
    ShortSeries,
    /// One city's series alone: what else happened at that time is in it.
    NoComparison,
    /// The mix meets every figure before: nothing tells how well it would go on.
    PerfectFit,
    /// More cities than times before: other mixes fit as well.
    ManyMixes,
    /// More than half of the mix is one city.
    OneCityCarries,
}
