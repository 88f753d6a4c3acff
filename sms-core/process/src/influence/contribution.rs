//! Contribution analysis: the results-chain story, with the evidence of each link and the other explanations.

use super::{Assumption, InfluenceRules};
use crate::diagnostic::{Code, Error, Result};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Which way a piece of evidence points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "EvidencePoints"))]
pub enum Points {
    /// For the link.
    For,
    /// Against it.
    Against,
}

/// One piece of evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Evidence {
    /// Who says it: a study, a register, a group. Pieces of one source count once.
    pub source: String,
    /// What it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// For or against.
    pub points: Points,
}

/// A step of the story: one result leads to the next.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StoryLink {
    /// The earlier result.
    pub from: String,
    /// The later result.
    pub to: String,
    /// What is claimed.
    pub claim: String,
    /// Evidence.
    #[serde(default)]
    pub evidence: Vec<Evidence>,
}

/// What was found of another explanation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ExplanationJudgement"))]
pub enum Judgement {
    /// Looked at, and it does not explain the result.
    RuledOut,
    /// It explains a part.
    ExplainsPart,
    /// It explains the result without the city's work.
    ExplainsAll,
    /// Not looked at.
    Open,
}

/// Another explanation of the last result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "AlternativeExplanation"))]
pub struct Alternative {
    /// The explanation.
    pub text: String,
    /// What was found of it.
    pub judgement: Judgement,
    /// Why; needed unless it is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// How well a link is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum LinkStanding {
    /// More sources against it than for it, or as many.
    Refuted,
    /// No evidence.
    Assumed,
    /// Sources for it and against it.
    Contested,
    /// Sources for it, fewer than are asked for.
    Thin,
    /// As many independent sources for it as are asked for, none against.
    Shown,
}

/// What is said of one link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LinkResult {
    /// The earlier result.
    pub from: String,
    /// The later result.
    pub to: String,
    /// What is claimed.
    pub claim: String,
    /// How well it is shown.
    pub standing: LinkStanding,
    /// Sources for it.
    pub sources_for: usize,
    /// Sources against it.
    pub sources_against: usize,
}

/// What may be said of the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "StoryVerdict"))]
pub enum Verdict {
    /// Every link is shown and no other explanation is left: a reasonable person would say that the work contributed.
    Plausible,
    /// Every link is shown, and another explanation has a part.
    PlausibleInPart,
    /// Links are thin or contested, or an explanation is open.
    Open,
    /// A link is refuted or only assumed, or another explanation is enough.
    NotShown,
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "StoryContribution"))]
pub struct Contribution {
    /// What may be said.
    pub verdict: Verdict,
    /// From the first result to the last.
    pub links: Vec<LinkResult>,
    /// The weakest link: the whole is as strong.
    pub weakest: LinkStanding,
    /// Other explanations that are open: look at these next.
    pub open: Vec<String>,
    /// Other explanations, as given.
    pub alternatives: Vec<Alternative>,
    /// What must hold, and what would break it.
    pub assumptions: Vec<Assumption>,
}

const ASSUMPTIONS: [Assumption; 3] = [
    Assumption {
        id: "whole_story",
        assumes: "The links are all there is between the work and the result.",
        broken_by: "A step left out because nobody asked.",
    },
    Assumption { id: "independent_sources", assumes: "Sources do not repeat one another.", broken_by: "Reports that all rest on the city's own statement." },
    Assumption {
        id: "no_size",
        assumes: "Only whether the work contributed is judged, not how much.",
        broken_by: "A reader who takes the verdict for the size of an effect.",
    },
];

/// Judges a story.
///
/// ```
/// # use sms_process as sms_core;
/// use sms_core::influence::contribution::{Verdict, contribution};
/// let links: Vec<_> = serde_json::from_str(r#"[{"from": "training", "to": "practice", "claim": "training leads to practice",
///     "evidence": [{"source": "survey", "points": "for"}, {"source": "audit", "points": "for"}]}]"#).unwrap();
/// let rules = sms_core::Method::from_json(sms_catalogue::STANDARD_METHOD_JSON)?.influence()?;
/// // as long as nothing else was looked at, the question stays open
/// assert_eq!(contribution(&links, &[], &rules)?.verdict, Verdict::Open);
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `influence.broken-chain` where the links are no single line from the first result to the last; `influence.reason-missing`.
pub fn contribution(links: &[StoryLink], alternatives: &[Alternative], rules: &InfluenceRules) -> Result<Contribution> {
    let order = in_line(links)?;
    if let Some(at) = alternatives.iter().position(|a| a.judgement != Judgement::Open && a.reason.as_deref().unwrap_or_default().trim().is_empty()) {
        return Err(Error::new(Code::InfluenceReasonMissing).at_path(&format!("alternatives[{at}].reason")));
    }
    let results: Vec<LinkResult> = order.into_iter().map(|link| judged(link, rules.contribution_sources)).collect();
    let weakest = results.iter().map(|r| r.standing).min().unwrap_or(LinkStanding::Assumed);
    let any = |j: Judgement| alternatives.iter().any(|a| a.judgement == j);
    // nobody who looked at no other explanation has ruled any out
    let unlooked = alternatives.is_empty() || any(Judgement::Open);
    let verdict = match weakest {
        LinkStanding::Refuted | LinkStanding::Assumed => Verdict::NotShown,
        _ if any(Judgement::ExplainsAll) => Verdict::NotShown,
        LinkStanding::Shown if !unlooked && any(Judgement::ExplainsPart) => Verdict::PlausibleInPart,
        LinkStanding::Shown if !unlooked => Verdict::Plausible,
        _ => Verdict::Open,
    };
    Ok(Contribution {
        verdict,
        links: results,
        weakest,
        open: alternatives.iter().filter(|a| a.judgement == Judgement::Open).map(|a| a.text.clone()).collect(),
        alternatives: alternatives.to_vec(),
        assumptions: ASSUMPTIONS.to_vec(),
    })
}

fn judged(link: &StoryLink, needed: usize) -> LinkResult {
    let sources = |points: Points| link.evidence.iter().filter(|e| e.points == points).map(|e| e.source.trim()).collect::<BTreeSet<_>>().len();
    let (pro, contra) = (sources(Points::For), sources(Points::Against));
    let standing = match (pro, contra) {
        (0, 0) => LinkStanding::Assumed,
        (pro, contra) if contra >= pro => LinkStanding::Refuted,
        (_, 1..) => LinkStanding::Contested,
        (pro, _) if pro < needed => LinkStanding::Thin,
        _ => LinkStanding::Shown,
    };
    LinkResult { from: link.from.clone(), to: link.to.clone(), claim: link.claim.clone(), standing, sources_for: pro, sources_against: contra }
}

/// Links from the first result to the last: one line, without forks and circles.
fn in_line(links: &[StoryLink]) -> Result<Vec<&StoryLink>> {
    let broken = |at: usize, expected: &'static str| Error::new(Code::InfluenceBrokenChain).at_path(&format!("links[{at}]")).expecting(expected);
    let mut next: BTreeMap<&str, &StoryLink> = BTreeMap::new();
    let mut reached: BTreeSet<&str> = BTreeSet::new();
    for (at, link) in links.iter().enumerate() {
        if link.evidence.iter().any(|e| e.source.trim().is_empty()) {
            return Err(broken(at, "a source for each piece of evidence"));
        }
        if link.from.trim().is_empty() || next.insert(link.from.as_str(), link).is_some() || !reached.insert(link.to.as_str()) {
            return Err(broken(at, "each result once as the earlier and once as the later one"));
        }
    }
    let first = links.iter().find(|l| !reached.contains(l.from.as_str())).ok_or_else(|| broken(0, "a first result that nothing leads to"))?;
    let mut line = vec![first];
    while let Some(link) = line.last().and_then(|l| next.get(l.to.as_str())) {
        line.push(link);
    }
    if line.len() < links.len() {
        let at = links.iter().position(|l| !line.iter().any(|m| m.from == l.from)).unwrap_or(0);
        return Err(broken(at, "a link that hangs together with the others"));
    }
    Ok(line)
}
