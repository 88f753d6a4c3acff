//! Floor 9: weights by participation (method §4): who finds what how important, asked in a declared way.
//!
//! A [`Panel`] says what is weighed, which sides take part and how much each side counts. [`budget_allocation`], [`swing`],
//! [`ahp`] and [`best_worst`] turn the answers of participants into a [`WeightSet`], which carries where it comes from: how many of
//! each side took part, when, by which method, and how far they agree. No error or finding holds a person's answers; but the weights
//! of one participant are that person's answers, and the spread of a few comes close.

mod agreement;
mod ahp;
mod best_worst;
mod consistency;
mod group;
mod points;
mod set;

pub use agreement::{Concordance, Spread, kendall, spread};
pub use ahp::{AhpRules, Comparisons, PairwiseMatrix, PriorityRule, SAATY_RANDOM_INDEX, ahp};
pub use best_worst::{BestWorst, best_worst};
pub use consistency::{AhpConsistency, BestWorstConsistency, InconsistentPair};
pub use group::{Elicited, Panel, Side, SideResult};
pub use points::{Points, budget_allocation, swing};
pub use set::{AhpAggregation, CriterionWeight, Provenance, SideCount, WeightSet, WeightingMethod, equal};
