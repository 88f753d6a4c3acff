//! From the answers of many to one weight set: sides, and how much each counts.

use super::agreement::{kendall, spread};
use super::consistency::{AhpConsistency, BestWorstConsistency};
use super::set::{AhpAggregation, CriterionWeight, Provenance, SideCount, WeightSet, WeightingMethod, check_criteria};
use crate::diagnostic::{Code, Error, Finding, Findings, Result};
use crate::id::EntryId;
use crate::num;
use crate::period::Period;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A side that takes part, such as the city, civil society, residents or experts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "WeightingSide"))]
pub struct Side {
    /// Its id.
    pub id: EntryId,
    /// How much it counts, 0 or more; the same for all when absent.
    #[serde(default = "one")]
    pub weight: f64,
}

fn one() -> f64 {
    1.0
}

/// What is weighed, by whom, and when.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "WeightingPanel"))]
pub struct Panel {
    /// What is weighed, in the order of all lists of numbers.
    pub criteria: Vec<EntryId>,
    /// When people were asked.
    pub when: Period,
    /// The sides and how much each counts. When empty, the sides that participants name count the same; when they name none, each
    /// participant counts the same.
    #[serde(default)]
    pub sides: Vec<Side>,
    /// From how many participants on the weights of a side are shown; never when absent, because the weights of a side of one are
    /// the answers of a person.
    #[serde(default)]
    pub smallest_side_shown: Option<usize>,
    /// How people were invited, asked and informed.
    #[serde(default)]
    pub note: Option<String>,
}

/// One side's own weights.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "SideWeights"))]
pub struct SideResult {
    /// The side.
    pub side: EntryId,
    /// Persons or bodies that took part.
    pub participants: usize,
    /// Its weights in the order of the criteria; `None` below the smallest side shown, and for one side more where the weights of all
    /// together would give a single hidden side away.
    pub weights: Option<Vec<f64>>,
}

/// What came of asking.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ElicitedWeights"))]
pub struct Elicited {
    /// The weights of all together.
    pub weight_set: WeightSet,
    /// The weights of each side, by id.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sides: Vec<SideResult>,
    /// For comparisons in pairs: how consistent each participant was, in their order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ahp: Vec<AhpConsistency>,
    /// The same for the matrix of all together, when judgements were aggregated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ahp_group: Option<AhpConsistency>,
    /// For the best-worst method: how consistent each participant was, in their order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub best_worst: Vec<BestWorstConsistency>,
    /// Inconsistent answers, absent sides.
    #[serde(skip_serializing_if = "Findings::is_empty")]
    pub findings: Findings,
}

/// Who belongs to which side, and what each participant counts.
pub(super) struct Seats {
    /// Weight of each participant; they sum to 1.
    pub(super) shares: Vec<f64>,
    /// Positions of participants by side.
    members: Vec<(EntryId, f64, Vec<usize>)>,
    pub(super) findings: Findings,
}

impl Seats {
    /// Which sides may be shown: those with enough participants. If only one that counts is left out, the smallest of the others is
    /// left out as well, because the weights of all together would give the first away.
    fn shown(&self, smallest: Option<usize>) -> Vec<bool> {
        let mut shown: Vec<bool> = self.members.iter().map(|(_, _, m)| smallest.is_some_and(|least| m.len() >= least.max(1))).collect();
        let counts = |i: usize| self.members.get(i).is_some_and(|(_, weight, m)| *weight > 0.0 && !m.is_empty());
        let hidden = shown.iter().enumerate().filter(|&(i, shown)| !shown && counts(i)).count();
        if hidden == 1 {
            let others = self.members.iter().enumerate().filter(|&(i, _)| counts(i) && shown.get(i) == Some(&true));
            let smallest = others.min_by_key(|(_, (_, _, m))| m.len()).map(|(i, _)| i);
            if let Some(flag) = smallest.and_then(|i| shown.get_mut(i)) {
                *flag = false;
            }
        }
        shown
    }
}

impl Panel {
    /// Checks the panel and seats its participants.
    pub(super) fn seat(&self, participants: &[Option<&EntryId>]) -> Result<Seats> {
        check_criteria(self.criteria.iter(), "criteria")?;
        if participants.is_empty() {
            return Err(Error::new(Code::WeightingNoParticipants).at_path("participants"));
        }
        let mut findings = Findings::new();
        let mut declared: BTreeMap<&EntryId, (f64, Vec<usize>)> = BTreeMap::new();
        for (i, side) in self.sides.iter().enumerate() {
            if !(side.weight >= 0.0 && side.weight.is_finite()) || declared.insert(&side.id, (side.weight, Vec::new())).is_some() {
                return Err(Error::new(Code::WeightingBadSide).at_path(&format!("sides[{i}]")).expecting("each side once, with a weight of 0 or more"));
            }
        }
        let nobody_named_one = participants.iter().all(Option::is_none);
        if self.sides.is_empty() && nobody_named_one {
            let shares = vec![1.0 / participants.len() as f64; participants.len()];
            return Ok(Seats { shares, members: Vec::new(), findings });
        }
        for (i, side) in participants.iter().enumerate() {
            let unknown = |expected: &'static str| Error::new(Code::WeightingBadSide).at_path(&format!("participants[{i}].side")).expecting(expected);
            let side = side.ok_or_else(|| unknown("a side for each participant, or for none"))?;
            if self.sides.is_empty() {
                declared.entry(side).or_insert((1.0, Vec::new()));
            }
            declared.get_mut(side).ok_or_else(|| unknown("one of the declared sides"))?.1.push(i);
        }
        for (id, (_, members)) in &declared {
            if members.is_empty() {
                findings.push(Finding::new(Code::WeightingAbsentSide).about(id.as_str()));
            }
        }
        let counted: Vec<f64> = declared.values().filter(|(_, m)| !m.is_empty()).map(|&(w, _)| w).collect();
        let total = num::sum(&counted);
        if !(total > 0.0 && total.is_finite()) {
            return Err(Error::new(Code::WeightingBadSide).at_path("sides").expecting("a weight above 0 for at least one side that takes part"));
        }
        let mut shares = vec![0.0; participants.len()];
        let mut members = Vec::new();
        for (id, (weight, seated)) in declared {
            let weight = if seated.is_empty() { 0.0 } else { weight / total };
            let each = weight / seated.len().max(1) as f64;
            for &i in &seated {
                if let Some(share) = shares.get_mut(i) {
                    *share = each;
                }
            }
            members.push((id.clone(), weight, seated));
        }
        Ok(Seats { shares, members, findings })
    }
}

/// Σ share · x: each list weighted by the share of its participant, in no particular order.
pub(super) fn weighted(lists: &[Vec<f64>], shares: &[f64], length: usize) -> Vec<f64> {
    let one = |j: usize| {
        let terms: Vec<f64> = lists.iter().zip(shares).filter_map(|(list, share)| Some(share * list.get(j)?)).collect();
        num::sum(&terms)
    };
    (0..length).map(one).collect()
}

/// The same, so that it sums to 1.
pub(super) fn normalised(mut weights: Vec<f64>) -> Result<Vec<f64>> {
    let total = num::sum(&weights);
    if !(total > 0.0 && total.is_finite()) {
        return Err(Error::new(Code::NumNotFinite));
    }
    weights.iter_mut().for_each(|w| *w /= total);
    Ok(weights)
}

/// Puts a weight set together. `group` are weights found otherwise than by averaging those of participants.
pub(super) fn elicited(
    panel: &Panel,
    seats: Seats,
    priorities: &[Vec<f64>],
    method: WeightingMethod,
    (aggregation, group): (Option<AhpAggregation>, Option<Vec<f64>>),
) -> Result<Elicited> {
    let n = panel.criteria.len();
    let weights = match group {
        Some(weights) => weights,
        None => normalised(weighted(priorities, &seats.shares, n))?,
    };
    let mut sides = Vec::new();
    for ((side, _, members), shown) in seats.members.iter().zip(seats.shown(panel.smallest_side_shown)) {
        let own: Vec<Vec<f64>> = members.iter().filter_map(|&i| priorities.get(i).cloned()).collect();
        let share = vec![1.0 / own.len().max(1) as f64; own.len()];
        let weights = if shown { Some(normalised(weighted(&own, &share, n))?) } else { None };
        sides.push(SideResult { side: side.clone(), participants: members.len(), weights });
    }
    let provenance = Provenance {
        method,
        aggregation,
        when: panel.when,
        participants: priorities.len(),
        sides: seats.members.iter().map(|(side, weight, m)| SideCount { side: side.clone(), weight: *weight, participants: m.len() }).collect(),
        concordance: kendall(priorities)?,
        spread: spread(priorities),
        note: panel.note.clone(),
    };
    let weights = panel.criteria.iter().zip(weights).map(|(c, weight)| CriterionWeight { criterion: c.clone(), weight }).collect();
    let weight_set = WeightSet::new(weights, provenance)?;
    Ok(Elicited { weight_set, sides, ahp: Vec::new(), ahp_group: None, best_worst: Vec::new(), findings: seats.findings })
}
