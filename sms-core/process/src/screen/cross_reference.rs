//! From an instrument, the goals, a charter or a plan to rights and indicators, and to what no indicator answers.

use super::near;
use crate::catalogue::{Catalogue, Entry, Indicator, Sheet};
use crate::diagnostic::{Code, Error, Result};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// The field of an instrument that says up to which article it holds rights.
const RIGHTS_ARTICLES: &str = "rights_articles";

/// How an indicator answers an entry.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "CrossReferenceIndicator"))]
pub struct Direct {
    /// The indicator.
    pub indicator: String,
    /// `article`: its sheet names the article; `sdg`: its sheet names an indicator of the target; `model`: it was modelled on the element.
    pub through: &'static str,
    /// What its sheet names, such as `11(1)` or `11.1.1`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cited: Option<String>,
    /// How certain it is.
    pub verification: String,
    /// `good` or `partial`, for an article.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fit: Option<String>,
    /// `aligned`, `related` or `thematic`, for a target.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relation: Option<String>,
}

/// A right that an entry is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "CrossReferenceRight"))]
pub struct ThroughRight {
    /// The right.
    pub right: String,
    /// The article that the right rests on, as the catalogue names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cited: Option<String>,
    /// How certain it is; `own` where it is our own reading of a title.
    pub verification: String,
    /// Indicators of the right that do not name the entry themselves.
    pub indicators: Vec<String>,
}

/// An article, a target, a point of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "CrossReferenceEntry"))]
pub struct CrossEntry {
    /// Its id.
    pub id: String,
    /// Its group, such as a goal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The article; absent for an instrument that is named as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub article: Option<String>,
    /// How certain the entry is, where it is one of a framework.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provenance: Option<String>,
    /// Indicators that name it.
    pub indicators: Vec<Direct>,
    /// Rights, each with its other indicators.
    pub rights: Vec<ThroughRight>,
    /// `direct`: an indicator names it; `through_right`: only through a right; `none`: a gap.
    pub state: &'static str,
}

/// How many entries are in each state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "CrossReferenceCounts"))]
pub struct StateCounts {
    /// All entries.
    pub of: usize,
    /// An indicator names it.
    pub direct: usize,
    /// Only through a right.
    pub through_right: usize,
    /// No indicator.
    pub none: usize,
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CrossReference {
    /// The instrument or framework.
    pub reference: String,
    /// `instrument` or `framework`.
    pub kind: &'static str,
    /// How certain the list is.
    pub verification: String,
    /// `whole`: an entry without an indicator is a gap; `part`: what is not listed was not looked at; `as_referred_to`: only what somebody names is listed.
    pub list: &'static str,
    /// How many indicators were looked at.
    pub indicators: usize,
    /// Each entry, in order.
    pub entries: Vec<CrossEntry>,
    /// How many are in each state.
    pub counts: StateCounts,
    /// Entries without an indicator.
    pub gaps: Vec<String>,
}

/// What answers an instrument (`CFR`, `ICESCR` …) or a framework (`sdg`, `eccar`, `charter-agenda` …), among the indicators that are `chosen`.
///
/// # Errors
/// `screen.unknown-reference`, with the nearest one.
///
/// ```
/// # use sms_process as sms_core;
/// let catalogue = sms_core::Catalogue::from_json(sms_catalogue::CATALOGUE_JSON)?;
/// let made = sms_core::screen::cross_reference::cross_reference(&catalogue, "CFR", |_| true)?;
/// assert_eq!(made.counts.of, 51); // 50 articles that hold rights, and Article 51, which an indicator names
/// assert!(made.gaps.contains(&"CFR-13".to_owned()));
/// # Ok::<(), sms_core::Error>(())
/// ```
pub fn cross_reference(catalogue: &Catalogue, reference: &str, chosen: impl Fn(&str) -> bool) -> Result<CrossReference> {
    let raw = catalogue.data();
    let indicators: Vec<&Indicator> = catalogue.indicators().iter().filter(|i| !i.is_retired() && chosen(i.id.as_str())).collect();
    let (kind, verification, list, entries) = if let Some(instrument) = raw.instruments.iter().find(|i| i.id.as_str() == reference) {
        let list = if instrument.fields.contains_key(RIGHTS_ARTICLES) { "whole" } else { "as_referred_to" };
        ("instrument", instrument.text("verification").unwrap_or_default(), list, of_instrument(catalogue, instrument, &indicators))
    } else if let Some(sheet) = raw.frameworks.iter().find(|s| s.id.as_str() == reference) {
        let list = if sheet.complete { "whole" } else { "part" };
        ("framework", sheet.provenance.as_str(), list, of_framework(sheet, &indicators))
    } else {
        let known = raw.instruments.iter().map(|i| i.id.as_str()).chain(raw.frameworks.iter().map(|s| s.id.as_str()));
        return Err(near(Error::new(Code::ScreenUnknownReference).at_path("reference"), reference, known));
    };
    let in_state = |state: &str| entries.iter().filter(|e| e.state == state).count();
    let counts = StateCounts { of: entries.len(), direct: in_state("direct"), through_right: in_state("through_right"), none: in_state("none") };
    let gaps = entries.iter().filter(|e| e.state == "none").map(|e| e.id.clone()).collect();
    Ok(CrossReference {
        reference: reference.to_owned(),
        kind,
        verification: verification.to_owned(),
        list,
        indicators: indicators.len(),
        entries,
        counts,
        gaps,
    })
}

fn state(indicators: &[Direct], rights: &[ThroughRight]) -> &'static str {
    if !indicators.is_empty() {
        "direct"
    } else if rights.iter().any(|r| !r.indicators.is_empty()) {
        "through_right"
    } else {
        "none"
    }
}

/// Indicators of a right that are not among the direct ones.
fn others(indicators: &[&Indicator], right: &str, direct: &[Direct]) -> Vec<String> {
    let of_right = indicators.iter().filter(|i| i.rights.iter().any(|r| r.as_str() == right)).map(|i| i.id.as_str());
    of_right.filter(|id| !direct.iter().any(|d| d.indicator == *id)).map(str::to_owned).collect()
}

/// `11(1)` belongs to article 11. Numbers first, in their order; then the rest; first of all the instrument as a whole.
fn article(cited: Option<&str>) -> (u8, u32, String) {
    let Some(cited) = cited else { return (0, 0, String::new()) };
    let base = cited.split('(').next().unwrap_or_default().trim();
    match base.parse::<u32>() {
        Ok(number) => (1, number, base.to_owned()),
        Err(_) => (2, 0, base.to_owned()),
    }
}

/// What an article has.
#[derive(Default)]
struct Found {
    direct: BTreeSet<Direct>,
    rights: Vec<ThroughRight>,
}

fn of_instrument(catalogue: &Catalogue, instrument: &Entry, indicators: &[&Indicator]) -> Vec<CrossEntry> {
    let id = instrument.id.as_str();
    let mut at: BTreeMap<(u8, u32, String), Found> = BTreeMap::new();
    for number in 1..=instrument.fields.get(RIGHTS_ARTICLES).and_then(serde_json::Value::as_u64).unwrap_or(0) {
        at.entry(article(Some(&number.to_string()))).or_default();
    }
    for i in indicators {
        for l in i.legal.iter().filter(|l| l.instrument == instrument.id) {
            at.entry(article(l.article.as_deref())).or_default().direct.insert(Direct {
                indicator: i.id.as_str().to_owned(),
                through: "article",
                cited: l.article.clone(),
                verification: l.verification.clone(),
                fit: l.fit.clone(),
                relation: None,
            });
        }
    }
    for right in &catalogue.data().rights {
        for l in right.legal.iter().filter(|l| l.instrument == instrument.id) {
            at.entry(article(l.article.as_deref())).or_default().rights.push(ThroughRight {
                right: right.id.as_str().to_owned(),
                cited: l.article.clone(),
                verification: l.verification.clone(),
                indicators: Vec::new(),
            });
        }
    }
    at.into_iter()
        .map(|((whole, _, base), Found { direct, mut rights })| {
            let direct: Vec<Direct> = direct.into_iter().collect();
            for right in &mut rights {
                right.indicators = others(indicators, &right.right, &direct);
            }
            let article = (whole > 0).then_some(base);
            CrossEntry {
                id: article.as_ref().map_or_else(|| id.to_owned(), |a| format!("{id}-{a}")),
                group: None,
                article,
                provenance: None,
                state: state(&direct, &rights),
                indicators: direct,
                rights,
            }
        })
        .collect()
}

fn of_framework(sheet: &Sheet, indicators: &[&Indicator]) -> Vec<CrossEntry> {
    sheet
        .item
        .iter()
        .map(|item| {
            let mut direct: BTreeSet<Direct> = BTreeSet::new();
            for link in &item.indicators {
                if indicators.iter().any(|i| i.id == link.id) {
                    let (indicator, verification) = (link.id.as_str().to_owned(), link.verification.clone());
                    direct.insert(Direct { indicator, through: "model", cited: None, verification, fit: None, relation: None });
                }
            }
            if let Some(target) = &item.target {
                for i in indicators {
                    let inside = |code: &str| code.strip_prefix(target.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
                    for link in i.sdg.iter().filter(|s| inside(&s.code)) {
                        direct.insert(Direct {
                            indicator: i.id.as_str().to_owned(),
                            through: "sdg",
                            cited: Some(link.code.clone()),
                            verification: link.verification.clone(),
                            fit: None,
                            relation: Some(link.relation.clone()),
                        });
                    }
                }
            }
            let direct: Vec<Direct> = direct.into_iter().collect();
            let own = |right: &crate::id::RightId| ThroughRight {
                right: right.as_str().to_owned(),
                cited: None,
                verification: "own".to_owned(),
                indicators: others(indicators, right.as_str(), &direct),
            };
            let rights: Vec<ThroughRight> = item.rights.iter().map(own).collect();
            CrossEntry {
                id: item.id.as_str().to_owned(),
                group: Some(item.group.as_str().to_owned()),
                article: None,
                provenance: Some(item.provenance.clone()),
                state: state(&direct, &rights),
                indicators: direct,
                rights,
            }
        })
        .collect()
}
