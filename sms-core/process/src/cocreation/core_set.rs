//! The choice of a core set: the greatest value that covers every right, each level of the results chain and an outcome a
//! theme, within the effort at hand; with the reason of each choice.

use super::optimise::{Problem, Solution};
use super::panel::positions;
use crate::catalogue::Catalogue;
use crate::diagnostic::{Code, Error, Result};
use crate::id::{IndicatorId, ModuleId, RightId};
use crate::indicator::ResultLevel;
use crate::target::SLACK;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The most candidates of one choice.
pub const MAX_CANDIDATES: usize = 2_000;

/// An indicator that may be chosen. What it covers is that of the catalogue where it is not given.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "CoreSetCandidate"))]
pub struct Candidate {
    /// The indicator, or a city's extension.
    pub id: IndicatorId,
    /// What it is worth, such as the median of the last round.
    pub value: f64,
    /// Effort of collecting it, in any unit; 0 or more.
    pub effort: f64,
    /// Rights that it serves.
    #[serde(default)]
    pub rights: Option<Vec<RightId>>,
    /// Its level in the results chain.
    #[serde(default)]
    pub level: Option<ResultLevel>,
    /// Its theme: the module.
    #[serde(default)]
    pub theme: Option<ModuleId>,
    /// Must be taken, or must not, with the reason.
    #[serde(default)]
    pub decided: Option<Decided>,
}

/// A choice that was made before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "EarlierDecision"))]
pub struct Decided {
    /// Whether it is in.
    pub take: bool,
    /// Why.
    pub reason: String,
}

/// Which of a list must be covered.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "{T}Scope"))]
pub enum Scope<T> {
    /// All that the catalogue has.
    #[default]
    All,
    /// None.
    None,
    /// Only these.
    Only(Vec<T>),
}

/// What the set must cover, and what it may cost.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "CoreSetConstraints"))]
pub struct Constraints {
    /// Rights, each with at least one indicator.
    #[serde(default)]
    pub rights: Scope<RightId>,
    /// Levels of the results chain, each with at least one.
    #[serde(default)]
    pub levels: Scope<ResultLevel>,
    /// Themes, each with at least one outcome or impact.
    #[serde(default)]
    pub outcome_of_themes: Scope<ModuleId>,
    /// Effort of all together.
    #[serde(default)]
    pub budget: Option<f64>,
    /// How many indicators at most.
    #[serde(default)]
    pub size: Option<usize>,
}

/// Something that the set must cover, or a limit that it must keep.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "CoreSetRequirement"))]
pub enum Requirement {
    /// A right.
    Right(RightId),
    /// A level of the results chain.
    Level(ResultLevel),
    /// An outcome or impact in a theme.
    OutcomeOfTheme(ModuleId),
    /// The effort at hand.
    Budget,
    /// The number of indicators.
    Size,
    /// What was decided before.
    Decided,
}

/// Why a candidate is in or out.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "CandidateReason"))]
pub enum Why {
    /// It was decided before.
    Decided {
        /// The reason given then.
        given: String,
    },
    /// No other candidate covers this.
    OnlyCandidate {
        /// What it covers alone.
        covers: Vec<Requirement>,
    },
    /// Without it the set would no longer cover this.
    Needed {
        /// What would be missing.
        covers: Vec<Requirement>,
    },
    /// It adds value within the limits.
    Value,
    /// It adds no value, and nothing needs it.
    NoValue,
    /// Its effort is more than what is left.
    NoBudget {
        /// What is left.
        left: f64,
    },
    /// The set is full.
    NoPlace,
    /// It would still fit: the search was cut before its end.
    NotReached,
}

/// One candidate after the choice.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "CandidateChoice"))]
pub struct Choice {
    /// The indicator.
    pub id: IndicatorId,
    /// Whether it is in.
    pub chosen: bool,
    /// Why.
    #[serde(flatten)]
    pub why: Why,
}

/// One requirement after the choice.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "RequirementCover"))]
pub struct Cover {
    /// What must be covered.
    #[serde(flatten)]
    pub requirement: Requirement,
    /// How many candidates could.
    pub candidates: usize,
    /// The chosen ones that do.
    pub covered_by: Vec<IndicatorId>,
}

/// A core set, or why there is none.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CoreSet {
    /// Whether a set was found.
    pub feasible: bool,
    /// Whether it is proven that no set is worth more; without a set, that there is none.
    pub proven_optimal: bool,
    /// The set, by id.
    pub chosen: Vec<IndicatorId>,
    /// What it is worth.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// No set is worth more than this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bound: Option<f64>,
    /// Its effort.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effort: Option<f64>,
    /// Each candidate with its reason, by id; none without a set.
    pub candidates: Vec<Choice>,
    /// Each requirement and what covers it.
    pub cover: Vec<Cover>,
    /// Without a set: requirements that cannot all be met. Drop one of them, and the others can.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub conflict: Vec<Requirement>,
    /// Without a set: the least effort that would meet the others, where the budget is in conflict.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub least_effort: Option<f64>,
    /// Nodes visited.
    pub nodes: u64,
}

/// A candidate with what it covers.
struct Known<'a> {
    candidate: &'a Candidate,
    rights: Vec<RightId>,
    level: ResultLevel,
    theme: ModuleId,
}

/// Chooses a core set.
///
/// Among sets of the same value, the first that the search meets is taken; its order is that of value for effort and then of
/// ids, so that the order of the candidates never shows.
///
/// ```
/// # use sms_process as sms_core;
/// use sms_core::cocreation::core_set::{Candidate, Constraints, choose};
/// let catalogue = sms_core::Catalogue::from_json(sms_catalogue::CATALOGUE_JSON)?;
/// let candidates: Vec<Candidate> = serde_json::from_str(r#"[{"id": "HOU-O-01", "value": 8, "effort": 3},
///     {"id": "HOU-O-03", "value": 6, "effort": 2}, {"id": "WSP-O-04", "value": 7, "effort": 4}]"#).unwrap();
/// let constraints: Constraints = serde_json::from_str(r#"{"rights": "none", "levels": "none", "outcome_of_themes": "none", "budget": 7}"#).unwrap();
/// let made = choose(&catalogue, &candidates, &constraints, 100_000)?;
/// // 8 + 7 for an effort of 3 + 4
/// assert_eq!((made.value, made.effort, made.proven_optimal), (Some(15.0), Some(7.0), true));
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `cocreation.bad-constraint` for a candidate or limit that is not well formed, or a city's extension without rights, level
/// and theme; `cocreation.duplicate-id`; `cocreation.unknown-item` for an indicator, right or theme that the catalogue does
/// not have.
pub fn choose(catalogue: &Catalogue, candidates: &[Candidate], constraints: &Constraints, node_limit: u64) -> Result<CoreSet> {
    positions(candidates.iter().map(|c| c.id.as_str()), "candidates")?;
    if candidates.is_empty() || candidates.len() > MAX_CANDIDATES {
        return Err(bad("candidates", "1 to 2000 candidates"));
    }
    if constraints.budget.is_some_and(|b| !(b.is_finite() && b >= 0.0)) {
        return Err(bad("constraints.budget", "a number of 0 or more"));
    }
    let mut known = candidates.iter().enumerate().map(|(at, c)| know(catalogue, c, at)).collect::<Result<Vec<_>>>()?;
    known.sort_by(|a, b| a.candidate.id.cmp(&b.candidate.id));
    let requirements = requirements(catalogue, &known, constraints)?;
    let problem = Problem {
        value: known.iter().map(|k| k.candidate.value).collect(),
        effort: known.iter().map(|k| k.candidate.effort).collect(),
        budget: constraints.budget,
        size: constraints.size,
        cover: requirements.iter().map(|(_, members)| (1, members.clone())).collect(),
        fixed: known.iter().map(|k| k.candidate.decided.as_ref().map(|d| d.take)).collect(),
    };
    // the set of the least effort says whether there is any, and where to start from
    let cheapest = least_effort(&problem).solve(None, node_limit);
    let within = |chosen: &Vec<bool>| problem.budget.is_none_or(|b| sum(&problem.effort, chosen) <= b + SLACK);
    let mut solution = match cheapest.chosen.filter(within) {
        Some(start) => problem.solve(Some(start), node_limit),
        None if cheapest.proven => Solution { chosen: None, bound: f64::NEG_INFINITY, proven: true, nodes: 0 },
        None => problem.solve(None, node_limit),
    };
    solution.nodes = solution.nodes.saturating_add(cheapest.nodes);
    let Some(chosen) = &solution.chosen else {
        return Ok(infeasible(&known, &requirements, &problem, &solution, node_limit));
    };
    let taken = |i: usize| chosen.get(i) == Some(&true);
    let effort: f64 = known.iter().enumerate().filter(|(i, _)| taken(*i)).map(|(_, k)| k.candidate.effort).sum();
    let number = chosen.iter().filter(|c| **c).count();
    let cover: Vec<Cover> = requirements
        .iter()
        .map(|(requirement, members)| Cover {
            requirement: requirement.clone(),
            candidates: members.len(),
            covered_by: members.iter().filter(|i| taken(**i)).filter_map(|i| known.get(*i)).map(|k| k.candidate.id.clone()).collect(),
        })
        .collect();
    let why = |i: usize, k: &Known<'_>| -> Why {
        if let Some(decided) = &k.candidate.decided {
            return Why::Decided { given: decided.reason.clone() };
        }
        let of = |test: &dyn Fn(&[usize]) -> bool| -> Vec<Requirement> {
            requirements.iter().filter(|(_, members)| members.contains(&i) && test(members)).map(|(r, _)| r.clone()).collect()
        };
        if taken(i) {
            let alone = of(&|members| members.len() == 1);
            let needed = of(&|members| members.iter().filter(|m| taken(**m)).count() == 1);
            return match (alone.is_empty(), needed.is_empty()) {
                (false, _) => Why::OnlyCandidate { covers: alone },
                (true, false) => Why::Needed { covers: needed },
                (true, true) => Why::Value,
            };
        }
        if k.candidate.value <= 0.0 {
            return Why::NoValue;
        }
        if constraints.size.is_some_and(|s| number >= s) {
            return Why::NoPlace;
        }
        match constraints.budget {
            Some(budget) if k.candidate.effort > budget - effort + SLACK => Why::NoBudget { left: (budget - effort).max(0.0) },
            _ => Why::NotReached,
        }
    };
    let value: f64 = known.iter().enumerate().filter(|(i, _)| taken(*i)).map(|(_, k)| k.candidate.value).sum();
    Ok(CoreSet {
        feasible: true,
        proven_optimal: solution.proven,
        chosen: known.iter().enumerate().filter(|(i, _)| taken(*i)).map(|(_, k)| k.candidate.id.clone()).collect(),
        value: Some(value),
        bound: Some(solution.bound.max(value)),
        effort: Some(effort),
        candidates: known.iter().enumerate().map(|(i, k)| Choice { id: k.candidate.id.clone(), chosen: taken(i), why: why(i, k) }).collect(),
        cover,
        conflict: Vec::new(),
        least_effort: None,
        nodes: solution.nodes,
    })
}

/// The same choice for the least effort, whatever the budget.
fn least_effort(problem: &Problem) -> Problem {
    Problem {
        value: problem.effort.iter().map(|e| -e).collect(),
        effort: problem.effort.clone(),
        budget: None,
        size: problem.size,
        cover: problem.cover.clone(),
        fixed: problem.fixed.clone(),
    }
}

fn sum(list: &[f64], chosen: &[bool]) -> f64 {
    list.iter().zip(chosen).filter(|(_, c)| **c).map(|(x, _)| x).sum()
}

fn bad(path: &str, expected: &'static str) -> Error {
    Error::new(Code::CocreationBadConstraint).at_path(path).expecting(expected)
}

fn unknown(path: &str, id: &str) -> Error {
    Error::new(Code::CocreationUnknownItem).at_path(path).with("id", id.to_owned())
}

fn know<'a>(catalogue: &Catalogue, candidate: &'a Candidate, at: usize) -> Result<Known<'a>> {
    let path = |field: &str| format!("candidates[{at}].{field}");
    if !candidate.value.is_finite() {
        return Err(bad(&path("value"), "a finite number"));
    }
    if !(candidate.effort.is_finite() && candidate.effort >= 0.0) {
        return Err(bad(&path("effort"), "a number of 0 or more"));
    }
    if candidate.decided.as_ref().is_some_and(|d| d.reason.trim().is_empty()) {
        return Err(bad(&path("decided.reason"), "a reason"));
    }
    let sheet = catalogue.indicator(candidate.id.as_str());
    if sheet.is_none() && candidate.id.namespace().is_none() {
        return Err(unknown(&path("id"), candidate.id.as_str()));
    }
    let lacking = || bad(&path("rights"), "rights, level and theme for an indicator that is not in the catalogue");
    let known = Known {
        candidate,
        rights: candidate.rights.clone().or_else(|| sheet.map(|s| s.rights.clone())).ok_or_else(lacking)?,
        level: candidate.level.or(sheet.map(|s| s.result_level)).ok_or_else(lacking)?,
        theme: candidate.theme.clone().or_else(|| sheet.map(|s| s.module.clone())).ok_or_else(lacking)?,
    };
    for right in &known.rights {
        has_right(catalogue, right, &path("rights"))?;
    }
    has_theme(catalogue, &known.theme, &path("theme"))?;
    Ok(known)
}

fn has_right(catalogue: &Catalogue, right: &RightId, path: &str) -> Result<()> {
    if catalogue.data().rights.iter().any(|r| r.id == *right) { Ok(()) } else { Err(unknown(path, right.as_str())) }
}

fn has_theme(catalogue: &Catalogue, theme: &ModuleId, path: &str) -> Result<()> {
    if catalogue.data().modules.iter().any(|m| m.id == *theme) { Ok(()) } else { Err(unknown(path, theme.as_str())) }
}

/// Requirements in their order, each with the candidates that meet it.
fn requirements(catalogue: &Catalogue, known: &[Known<'_>], constraints: &Constraints) -> Result<Vec<(Requirement, Vec<usize>)>> {
    let mut wanted: BTreeSet<Requirement> = BTreeSet::new();
    match &constraints.rights {
        Scope::All => wanted.extend(catalogue.data().rights.iter().map(|r| Requirement::Right(r.id.clone()))),
        Scope::None => {}
        Scope::Only(ids) => {
            for id in ids {
                has_right(catalogue, id, "constraints.rights")?;
                wanted.insert(Requirement::Right(id.clone()));
            }
        }
    }
    match &constraints.levels {
        Scope::All => wanted.extend(ResultLevel::ALL.iter().map(|l| Requirement::Level(*l))),
        Scope::None => {}
        Scope::Only(levels) => wanted.extend(levels.iter().map(|l| Requirement::Level(*l))),
    }
    match &constraints.outcome_of_themes {
        Scope::All => wanted.extend(catalogue.data().modules.iter().map(|m| Requirement::OutcomeOfTheme(m.id.clone()))),
        Scope::None => {}
        Scope::Only(ids) => {
            for id in ids {
                has_theme(catalogue, id, "constraints.outcome_of_themes")?;
                wanted.insert(Requirement::OutcomeOfTheme(id.clone()));
            }
        }
    }
    let meets = |k: &Known<'_>, requirement: &Requirement| match requirement {
        Requirement::Right(id) => k.rights.contains(id),
        Requirement::Level(level) => k.level == *level,
        Requirement::OutcomeOfTheme(theme) => k.level.is_outcome() && k.theme == *theme,
        Requirement::Budget | Requirement::Size | Requirement::Decided => false,
    };
    Ok(wanted
        .into_iter()
        .map(|r| {
            let members = known.iter().enumerate().filter(|(_, k)| meets(k, &r)).map(|(i, _)| i).collect();
            (r, members)
        })
        .collect())
}

/// What cannot be met together: requirements and limits are dropped one after the other as long as the others still cannot.
fn infeasible(known: &[Known<'_>], requirements: &[(Requirement, Vec<usize>)], problem: &Problem, solution: &Solution, node_limit: u64) -> CoreSet {
    let mut all: BTreeMap<Requirement, Vec<usize>> = requirements.iter().cloned().collect();
    if problem.fixed.iter().any(Option::is_some) {
        all.insert(Requirement::Decided, Vec::new());
    }
    if problem.budget.is_some() {
        all.insert(Requirement::Budget, Vec::new());
    }
    if problem.size.is_some() {
        all.insert(Requirement::Size, Vec::new());
    }
    let mut nodes = solution.nodes;
    // the least effort under these without the budget, and whether that is proven
    let mut least = |kept: &BTreeMap<Requirement, Vec<usize>>| -> (Option<f64>, bool) {
        let covered = kept.iter().filter(|(r, _)| !matches!(r, Requirement::Budget | Requirement::Size | Requirement::Decided));
        let solved = least_effort(&Problem {
            value: Vec::new(),
            effort: problem.effort.clone(),
            budget: None,
            size: problem.size.filter(|_| kept.contains_key(&Requirement::Size)),
            cover: covered.map(|(_, members)| (1, members.clone())).collect(),
            fixed: if kept.contains_key(&Requirement::Decided) { problem.fixed.clone() } else { vec![None; known.len()] },
        })
        .solve(None, node_limit);
        nodes = nodes.saturating_add(solved.nodes);
        (solved.chosen.map(|chosen| sum(&problem.effort, &chosen)), solved.proven)
    };
    let mut kept = all.clone();
    let mut proven = solution.proven;
    if !proven {
        // none was found, which is not to say that there is none
        kept.clear();
    }
    for requirement in all.keys().filter(|_| solution.proven) {
        let mut fewer = kept.clone();
        fewer.remove(requirement);
        let (effort, sure) = least(&fewer);
        let limit = problem.budget.filter(|_| fewer.contains_key(&Requirement::Budget));
        if effort.is_none_or(|e| limit.is_some_and(|b| e > b + SLACK)) {
            proven &= sure;
            kept = fewer;
        }
    }
    let least_effort = if kept.contains_key(&Requirement::Budget) {
        let (effort, sure) = least(&kept);
        effort.filter(|_| sure)
    } else {
        None
    };
    CoreSet {
        feasible: false,
        proven_optimal: proven,
        chosen: Vec::new(),
        value: None,
        bound: None,
        effort: None,
        candidates: Vec::new(),
        cover: requirements.iter().map(|(r, members)| Cover { requirement: r.clone(), candidates: members.len(), covered_by: Vec::new() }).collect(),
        conflict: kept.into_keys().collect(),
        least_effort,
        nodes,
    }
}
