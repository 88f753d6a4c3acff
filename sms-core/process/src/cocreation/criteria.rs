//! Proposals for indicators, rated against criteria by each side.

use super::delphi::BySide;
use super::panel::{Panel, Rater, positions, withheld};
use crate::diagnostic::{Code, Error, Result};
use crate::estimate::Absence;
use crate::id::EntryId;
use crate::method::CocreationRules;
use crate::num;
use crate::num::count;
use crate::target::SLACK;
use serde::{Deserialize, Serialize};

/// A proposal for an indicator.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Proposal {
    /// The id: that of an indicator of the catalogue, one in a city's namespace, or a working name.
    pub id: EntryId,
    /// The side that proposes it.
    #[serde(default)]
    pub side: Option<EntryId>,
    /// What it is, in a sentence.
    #[serde(default)]
    pub title: Option<String>,
}

/// Whether a criterion is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Opinion {
    /// Yes.
    Yes,
    /// Partly.
    Partly,
    /// No.
    No,
}

impl Opinion {
    /// Yes 1, partly ½, no 0.
    fn score(self) -> f64 {
        match self {
            Opinion::Yes => 1.0,
            Opinion::Partly => 0.5,
            Opinion::No => 0.0,
        }
    }
}

/// One opinion of one person on one criterion of one proposal.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CriterionRating {
    /// The person.
    pub rater: String,
    /// The proposal.
    pub proposal: String,
    /// The criterion.
    pub criterion: String,
    /// Whether it is met.
    pub opinion: Opinion,
}

/// What persons say of a criterion.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Opinions {
    /// How many rated it.
    pub n: usize,
    /// How many said yes.
    pub yes: usize,
    /// How many said partly.
    pub partly: usize,
    /// How many said no.
    pub no: usize,
    /// Mean of yes 1, partly ½, no 0.
    pub score: f64,
}

impl Opinions {
    fn of(opinions: &[Opinion]) -> Option<Self> {
        let number = |o: Opinion| opinions.iter().filter(|x| **x == o).count();
        if opinions.is_empty() {
            return None;
        }
        let score = num::sum(&opinions.iter().map(|o| o.score()).collect::<Vec<_>>()) / count(opinions.len());
        Some(Opinions { n: opinions.len(), yes: number(Opinion::Yes), partly: number(Opinion::Partly), no: number(Opinion::No), score })
    }
}

/// One criterion of one proposal.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CriterionResult {
    /// The criterion.
    pub criterion: EntryId,
    /// All together; absent when nobody rated it.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub all: Option<Opinions>,
    /// Each side that rated it.
    pub sides: Vec<BySide<Opinions>>,
    /// Whether it is met, by all together; absent when nobody rated it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub met: Option<bool>,
    /// Whether two sides that are shown differ.
    pub sides_differ: bool,
}

/// One proposal.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ProposalResult {
    /// The proposal.
    pub proposal: EntryId,
    /// Each criterion, in the order of the list.
    pub criteria: Vec<CriterionResult>,
    /// Mean of the scores of the criteria that were rated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score: Option<f64>,
    /// Criteria that are not met.
    pub failed: Vec<EntryId>,
    /// Criteria that nobody rated.
    pub not_rated: Vec<EntryId>,
    /// Criteria on which sides differ: talk about these first.
    pub disputed: Vec<EntryId>,
}

/// Rates proposals against criteria.
///
/// ```
/// # use sms_process as sms_core;
/// use sms_core::cocreation::criteria::rate;
/// let proposals: Vec<_> = serde_json::from_str(r#"[{"id": "A"}]"#).unwrap();
/// let raters: Vec<_> = serde_json::from_str(r#"[{"id": "p1", "side": "city"}, {"id": "p2", "side": "civil_society"}]"#).unwrap();
/// let ratings: Vec<_> = serde_json::from_str(r#"[{"rater": "p1", "proposal": "A", "criterion": "relevant", "opinion": "yes"},
///     {"rater": "p2", "proposal": "A", "criterion": "relevant", "opinion": "yes"}]"#).unwrap();
/// let rules = sms_core::Method::from_json(sms_catalogue::STANDARD_METHOD_JSON)?.cocreation()?;
/// let made = rate(&["relevant".parse()?], &proposals, &raters, &ratings, &rules)?;
/// assert!(made[0].failed.is_empty() && made[0].not_rated.is_empty());
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `cocreation.duplicate-id`, `cocreation.unknown-participant`, `cocreation.unknown-item`, `cocreation.duplicate-rating`,
/// `cocreation.empty-round`, `agreement.too-few-raters`, `method.bad-value`.
pub fn rate(
    criteria: &[EntryId],
    proposals: &[Proposal],
    raters: &[Rater],
    ratings: &[CriterionRating],
    rules: &CocreationRules,
) -> Result<Vec<ProposalResult>> {
    rules.check()?;
    let panel = Panel::new(raters)?;
    let known = positions(proposals.iter().map(|p| p.id.as_str()), "proposals")?;
    let listed = positions(criteria.iter().map(EntryId::as_str), "criteria")?;
    let width = criteria.len();
    let mut cells: Vec<Vec<(usize, Opinion)>> = vec![Vec::new(); width * proposals.len()];
    let mut took_part = vec![false; panel.len()];
    for (at, rating) in ratings.iter().enumerate() {
        let path = || format!("ratings[{at}]");
        let rater = panel.rater(&rating.rater, path)?;
        let unknown = || Error::new(Code::CocreationUnknownItem).at_path(&path());
        let proposal = known.get(rating.proposal.as_str()).ok_or_else(unknown)?;
        let criterion = listed.get(rating.criterion.as_str()).ok_or_else(unknown)?;
        let Some(cell) = cells.get_mut(proposal * width + criterion) else { continue };
        if cell.iter().any(|(r, _)| *r == rater) {
            return Err(Error::new(Code::CocreationDuplicateRating).at_path(&path()));
        }
        cell.push((rater, rating.opinion));
        if let Some(took_part) = took_part.get_mut(rater) {
            *took_part = true;
        }
    }
    match took_part.iter().filter(|t| **t).count() {
        0 => return Err(Error::new(Code::CocreationEmptyRound).at_path("ratings")),
        1 => return Err(Error::new(Code::AgreementTooFewRaters).at_path("ratings")),
        _ => {}
    }
    let mut made = Vec::with_capacity(proposals.len());
    for (p, proposal) in proposals.iter().enumerate() {
        let mut result = ProposalResult {
            proposal: proposal.id.clone(),
            criteria: Vec::with_capacity(width),
            score: None,
            failed: Vec::new(),
            not_rated: Vec::new(),
            disputed: Vec::new(),
        };
        for (c, criterion) in criteria.iter().enumerate() {
            let cell = cells.get(p * width + c).map(Vec::as_slice).unwrap_or_default();
            let one = criterion_result(criterion, cell, &panel, rules);
            match one.met {
                None => result.not_rated.push(criterion.clone()),
                Some(false) => result.failed.push(criterion.clone()),
                Some(true) => {}
            }
            if one.sides_differ {
                result.disputed.push(criterion.clone());
            }
            result.criteria.push(one);
        }
        let scores: Vec<f64> = result.criteria.iter().filter_map(|c| Some(c.all?.score)).collect();
        result.score = (!scores.is_empty()).then(|| num::sum(&scores) / count(scores.len()));
        made.push(result);
    }
    Ok(made)
}

fn criterion_result(criterion: &EntryId, cell: &[(usize, Opinion)], panel: &Panel<'_>, rules: &CocreationRules) -> CriterionResult {
    let all = Opinions::of(&cell.iter().map(|(_, o)| *o).collect::<Vec<_>>());
    let by_side: Vec<Vec<Opinion>> =
        (0..panel.sides.len()).map(|side| cell.iter().filter(|(r, _)| panel.side(*r) == side).map(|(_, o)| *o).collect()).collect();
    let hidden = withheld(&by_side.iter().map(Vec::len).collect::<Vec<_>>(), rules.minimum_raters);
    let sides: Vec<BySide<Opinions>> = panel
        .sides
        .iter()
        .zip(&by_side)
        .zip(hidden)
        .filter_map(|((side, opinions), hidden)| {
            let opinions = Opinions::of(opinions)?;
            let (absent, shown) = if hidden { (Some(Absence::Suppressed), None) } else { (None, Some(opinions)) };
            Some(BySide { side: (*side).clone(), absent, shown })
        })
        .collect();
    let scores: Vec<f64> = sides.iter().filter_map(|s| Some(s.shown?.score)).collect();
    let widest = scores.iter().copied().fold(f64::MIN, f64::max) - scores.iter().copied().fold(f64::MAX, f64::min);
    CriterionResult {
        criterion: criterion.clone(),
        met: all.map(|o| o.score >= rules.criterion_met - SLACK),
        sides_differ: scores.len() > 1 && widest >= rules.side_difference - SLACK,
        all,
        sides,
    }
}
