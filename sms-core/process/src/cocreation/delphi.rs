//! Delphi rounds: what the panel says of each item, by side and together, and whether another round is worth it.

use super::panel::{Panel, Rater, positions, withheld};
use crate::agreement::{self, Appropriateness, ItemValidity, Kendall};
use crate::diagnostic::{Code, Error, Result};
use crate::estimate::Absence;
use crate::id::EntryId;
use crate::method::CocreationRules;
use crate::num;
use crate::target::SLACK;
use serde::{Deserialize, Serialize};

/// One rating of one item by one person.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ItemRating"))]
pub struct Rating {
    /// The person.
    pub rater: String,
    /// The item.
    pub item: String,
    /// The rating; null where the person abstained.
    pub rating: Option<f64>,
}

/// The ratings of one round.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Ballot {
    /// Each rating once.
    pub ratings: Vec<Rating>,
}

/// What the ratings of one item say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "RatingSummary"))]
pub struct Summary {
    /// How many rated it.
    pub n: usize,
    /// How many abstained.
    pub abstained: usize,
    /// Median of the ratings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub median: Option<f64>,
    /// First quartile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub q1: Option<f64>,
    /// Third quartile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub q3: Option<f64>,
    /// Interquartile range.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iqr: Option<f64>,
    /// Whether the interquartile range is small enough.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consensus: Option<bool>,
    /// RAND/UCLA; on a scale of 1 to 9 with two ratings or more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub appropriateness: Option<Appropriateness>,
    /// Whether the panel disagrees, by the rule that judges.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disagreement: Option<bool>,
    /// By the rule of thirds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disagreement_thirds: Option<bool>,
    /// By the IPRAS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disagreement_ipras: Option<bool>,
    /// Content validity; with two ratings or more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub validity: Option<ItemValidity>,
    /// Whether I-CVI is high enough.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relevant: Option<bool>,
}

/// What one side says.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "{T}BySide"))]
pub struct BySide<T> {
    /// The side.
    pub side: EntryId,
    /// Why nothing is shown of it: too few raters, or another side could be had by subtraction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub absent: Option<Absence>,
    /// What it says.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub shown: Option<T>,
}

/// How an item moved since the round before.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ItemMovement"))]
pub struct Movement {
    /// Median now minus median before.
    pub median: f64,
    /// Interquartile range now minus before.
    pub iqr: f64,
    /// Whether the median moved by less than the method says and the range shrank no more.
    pub stable: bool,
}

/// One item of one round.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "DelphiItem"))]
pub struct ItemResult {
    /// The item.
    pub item: String,
    /// All raters together.
    #[serde(flatten)]
    pub all: Summary,
    /// Each side.
    pub sides: Vec<BySide<Summary>>,
    /// The widest difference between the medians of two sides that are shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub side_gap: Option<f64>,
    /// Since the round before; absent in the first and for an item that was not rated then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub movement: Option<Movement>,
}

/// Agreement on the order of the items, among those who rated all of them.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "DelphiConcordance"))]
pub struct Concordance {
    /// All raters together; absent when fewer than two rated all items, or there is one item.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub all: Option<Kendall>,
    /// Each side.
    pub sides: Vec<BySide<Kendall>>,
    /// Raters left out because they did not rate every item of the round.
    pub incomplete: usize,
}

/// One round.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "DelphiRound"))]
pub struct RoundResult {
    /// Counted from 1.
    pub round: usize,
    /// Persons who rated something.
    pub raters: usize,
    /// Ratings given.
    pub ratings: usize,
    /// Items that somebody rated, in the order given.
    pub items: Vec<ItemResult>,
    /// Items of the list that nobody rated in this round.
    pub not_rated: Vec<String>,
    /// Kendall's W.
    pub concordance: Concordance,
    /// S-CVI/Ave: mean of the items' I-CVI.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub s_cvi_ave: Option<f64>,
    /// S-CVI/UA: share of items that all found relevant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub s_cvi_ua: Option<f64>,
}

/// Whether another round is worth it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "StopVerdict"))]
pub enum Verdict {
    /// Every item stands still.
    Stop,
    /// Some items still move.
    StillMoving,
    /// Some items were rated for the first time.
    NewItems,
    /// There is nothing to compare with yet.
    FirstRound,
}

/// The stop rule, applied to the last two rounds.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "DelphiStop"))]
pub struct Stop {
    /// Whether to stop.
    pub stop: bool,
    /// Why.
    pub verdict: Verdict,
    /// Items whose median moves or whose range still shrinks.
    pub moving: Vec<String>,
    /// Items without a rating in the round before.
    pub new: Vec<String>,
}

/// What the rounds say.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Delphi {
    /// Each round.
    pub rounds: Vec<RoundResult>,
    /// Whether another one is worth it.
    pub stop: Stop,
}

/// A rating, an abstention, or nothing.
#[derive(Clone, Copy, PartialEq)]
enum Cast {
    Nothing,
    Abstained,
    Rated(f64),
}

/// Judges Delphi rounds.
///
/// ```
/// # use sms_process as sms_core;
/// use sms_core::cocreation::delphi::{Ballot, rounds};
/// let raters: Vec<_> = serde_json::from_str(r#"[{"id": "p1", "side": "city"}, {"id": "p2", "side": "civil_society"}]"#).unwrap();
/// let ballot = r#"{"ratings": [{"rater": "p1", "item": "A", "rating": 7}, {"rater": "p2", "item": "A", "rating": 8.5}]}"#;
/// let ballot: Ballot = serde_json::from_str(ballot).unwrap();
/// let rules = sms_core::Method::from_json(sms_catalogue::STANDARD_METHOD_JSON)?.cocreation()?;
/// let made = rounds(&["A".to_owned()], &raters, &[ballot], &rules)?;
/// assert_eq!(made.rounds[0].items[0].all.median, Some(7.75));
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `cocreation.duplicate-id`, `cocreation.unknown-participant`, `cocreation.unknown-item`, `cocreation.duplicate-rating`,
/// `agreement.out-of-scale`, each with the path of the rating; `cocreation.empty-round` and `agreement.too-few-raters` with
/// the path of the round; `method.bad-value`.
pub fn rounds(items: &[String], raters: &[Rater], ballots: &[Ballot], rules: &CocreationRules) -> Result<Delphi> {
    rules.check()?;
    let panel = Panel::new(raters)?;
    let known = positions(items.iter().map(String::as_str), "items")?;
    if ballots.is_empty() {
        return Err(Error::new(Code::CocreationEmptyRound).at_path("rounds"));
    }
    let mut made: Vec<RoundResult> = Vec::with_capacity(ballots.len());
    for (number, ballot) in ballots.iter().enumerate() {
        let mut cast = vec![vec![Cast::Nothing; panel.len()]; items.len()];
        for (at, rating) in ballot.ratings.iter().enumerate() {
            let path = || format!("rounds[{number}].ratings[{at}]");
            let rater = panel.rater(&rating.rater, path)?;
            let item = known.get(rating.item.as_str()).ok_or_else(|| Error::new(Code::CocreationUnknownItem).at_path(&path()))?;
            let Some(cell) = cast.get_mut(*item).and_then(|row| row.get_mut(rater)) else { continue };
            if *cell != Cast::Nothing {
                return Err(Error::new(Code::CocreationDuplicateRating).at_path(&path()));
            }
            *cell = match rating.rating {
                None => Cast::Abstained,
                Some(x) if (rules.scale_min..=rules.scale_max).contains(&x) => Cast::Rated(x),
                Some(_) => {
                    let expected = format!("a rating from {} to {}", rules.scale_min, rules.scale_max);
                    return Err(Error::new(Code::AgreementOutOfScale).at_path(&path()).expecting(expected));
                }
            };
        }
        let result = round(number, items, &panel, &cast, made.last(), rules)?;
        made.push(result);
    }
    let stop = stop(&made);
    Ok(Delphi { rounds: made, stop })
}

fn round(number: usize, items: &[String], panel: &Panel<'_>, cast: &[Vec<Cast>], before: Option<&RoundResult>, rules: &CocreationRules) -> Result<RoundResult> {
    let rated = |c: &Cast| matches!(c, Cast::Rated(_));
    let ratings = cast.iter().flatten().filter(|c| rated(c)).count();
    let raters = (0..panel.len()).filter(|r| cast.iter().any(|row| row.get(*r).is_some_and(rated))).count();
    if raters < 2 {
        let code = if raters == 0 { Code::CocreationEmptyRound } else { Code::AgreementTooFewRaters };
        return Err(Error::new(code).at_path(&format!("rounds[{number}]")));
    }
    let mut made = Vec::with_capacity(items.len());
    let mut not_rated = Vec::new();
    for (item, row) in items.iter().zip(cast) {
        if !row.iter().any(rated) {
            not_rated.push(item.clone());
            continue;
        }
        let all = summary(row.iter().copied(), rules)?;
        let by_side: Vec<Summary> = (0..panel.sides.len())
            .map(|side| summary(row.iter().copied().enumerate().filter(|(r, _)| panel.side(*r) == side).map(|(_, c)| c), rules))
            .collect::<Result<_>>()?;
        let hidden = withheld(&by_side.iter().map(|s| s.n).collect::<Vec<_>>(), rules.minimum_raters);
        let sides: Vec<BySide<Summary>> = panel.sides.iter().zip(by_side).zip(hidden).map(|((side, s), hidden)| shown(side, s, hidden)).collect();
        let medians: Vec<f64> = sides.iter().filter_map(|s| s.shown.as_ref()?.median).collect();
        let side_gap = (medians.len() > 1).then(|| medians.iter().copied().fold(f64::MIN, f64::max) - medians.iter().copied().fold(f64::MAX, f64::min));
        let earlier = before.and_then(|round| round.items.iter().find(|i| i.item == *item));
        let movement = earlier.and_then(|earlier| {
            let (median, iqr) = (all.median? - earlier.all.median?, all.iqr? - earlier.all.iqr?);
            let moves = num::abs(median) >= rules.stop_median - SLACK;
            Some(Movement { median, iqr, stable: !moves && iqr >= -SLACK })
        });
        made.push(ItemResult { item: item.clone(), all, sides, side_gap, movement });
    }
    let validity: Vec<ItemValidity> = made.iter().filter_map(|i| i.all.validity).collect();
    let n = num::count(validity.len());
    let s_cvi_ave = (!validity.is_empty()).then(|| num::sum(&validity.iter().map(|v| v.i_cvi).collect::<Vec<_>>()) / n);
    let s_cvi_ua = (!validity.is_empty()).then(|| num::count(validity.iter().filter(|v| v.agree == v.n).count()) / n);
    let concordance = concordance(panel, cast, raters, rules)?;
    Ok(RoundResult { round: number + 1, raters, ratings, items: made, not_rated, concordance, s_cvi_ave, s_cvi_ua })
}

fn shown<T>(side: &EntryId, what: T, hidden: bool) -> BySide<T> {
    if hidden {
        BySide { side: side.clone(), absent: Some(Absence::Suppressed), shown: None }
    } else {
        BySide { side: side.clone(), absent: None, shown: Some(what) }
    }
}

fn summary(cast: impl Iterator<Item = Cast>, rules: &CocreationRules) -> Result<Summary> {
    let mut ratings = Vec::new();
    let mut abstained = 0;
    for c in cast {
        match c {
            Cast::Nothing => {}
            Cast::Abstained => abstained += 1,
            Cast::Rated(x) => ratings.push(x),
        }
    }
    ratings.sort_by(f64::total_cmp);
    let mut made = Summary { n: ratings.len(), abstained, median: agreement::median(&ratings), ..Summary::default() };
    if let (Some(q1), Some(q3)) = (agreement::quantile(&ratings, 0.25), agreement::quantile(&ratings, 0.75)) {
        made.q1 = Some(q1);
        made.q3 = Some(q3);
        made.iqr = Some(q3 - q1);
        made.consensus = Some(q3 - q1 <= rules.consensus_iqr + SLACK);
    }
    if ratings.len() >= 2 {
        let agree = ratings.iter().filter(|x| **x >= rules.relevant_from - SLACK).count();
        let validity = agreement::item_validity(agree, ratings.len())?;
        made.relevant = Some(validity.i_cvi >= rules.i_cvi - SLACK);
        made.validity = Some(validity);
        if (rules.scale_min, rules.scale_max) == (agreement::RAND_UCLA_MIN, agreement::RAND_UCLA_MAX) {
            let rand = agreement::rand_ucla(&ratings, &rules.rand_ucla)?;
            made.appropriateness = Some(rand.appropriateness);
            made.disagreement = Some(rand.disagreement);
            made.disagreement_thirds = Some(rand.disagreement_thirds);
            made.disagreement_ipras = Some(rand.disagreement_ipras);
        }
    }
    Ok(made)
}

fn concordance(panel: &Panel<'_>, cast: &[Vec<Cast>], raters: usize, rules: &CocreationRules) -> Result<Concordance> {
    let rows: Vec<&Vec<Cast>> = cast.iter().filter(|row| row.iter().any(|c| matches!(c, Cast::Rated(_)))).collect();
    let complete: Vec<(usize, Vec<f64>)> = (0..panel.len())
        .filter_map(|r| {
            let ratings = rows.iter().map(|row| if let Some(Cast::Rated(x)) = row.get(r) { Some(*x) } else { None }).collect::<Option<Vec<f64>>>()?;
            Some((r, ratings))
        })
        .collect();
    let of = |side: Option<usize>| -> Result<Option<Kendall>> {
        let judges: Vec<Vec<f64>> = complete.iter().filter(|(r, _)| side.is_none_or(|s| panel.side(*r) == s)).map(|(_, ratings)| ratings.clone()).collect();
        if judges.len() < 2 || rows.len() < 2 { Ok(None) } else { agreement::kendall(&judges).map(Some) }
    };
    let persons: Vec<usize> = (0..panel.sides.len()).map(|side| complete.iter().filter(|(r, _)| panel.side(*r) == side).count()).collect();
    let hidden = withheld(&persons, rules.minimum_raters);
    let mut sides = Vec::with_capacity(panel.sides.len());
    for ((at, side), hidden) in panel.sides.iter().enumerate().zip(hidden) {
        if let Some(kendall) = of(Some(at))? {
            sides.push(shown(side, kendall, hidden));
        }
    }
    Ok(Concordance { all: of(None)?, sides, incomplete: raters - complete.len() })
}

fn stop(rounds: &[RoundResult]) -> Stop {
    let (moving, new) = match rounds {
        [.., _, last] => {
            let named = |test: fn(&ItemResult) -> bool| last.items.iter().filter(|i| test(i)).map(|i| i.item.clone()).collect::<Vec<_>>();
            (named(|i| i.movement.is_some_and(|m| !m.stable)), named(|i| i.movement.is_none()))
        }
        _ => return Stop { stop: false, verdict: Verdict::FirstRound, moving: Vec::new(), new: Vec::new() },
    };
    let verdict = if !moving.is_empty() {
        Verdict::StillMoving
    } else if !new.is_empty() {
        Verdict::NewItems
    } else {
        Verdict::Stop
    };
    Stop { stop: verdict == Verdict::Stop, verdict, moving, new }
}
