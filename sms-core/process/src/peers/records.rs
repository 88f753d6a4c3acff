//! Peer reviews, good practices, commitments, and recommendations with what became of them.

use super::PeersRules;
use crate::day::Day;
use crate::diagnostic::{Code, Error, Result};
use crate::id::IndicatorId;
use crate::num;
use crate::num::count;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// More records than this are refused.
const MAXIMUM_RECORDS: usize = 50_000;

/// A question or a finding of a review.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ReviewQuestion"))]
pub struct Question {
    /// Its id within the review.
    pub id: String,
    /// The question.
    pub text: String,
}

/// What the peers found.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReviewFinding {
    /// The question that it answers.
    pub question: String,
    /// The finding.
    pub text: String,
}

/// A visit of other cities.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "PeerReview"))]
pub struct Review {
    /// Its id.
    pub id: String,
    /// The city that is looked at.
    pub city: String,
    /// The cities that look.
    pub peers: Vec<String>,
    /// What about.
    pub topic: String,
    /// When.
    pub on: Day,
    /// What was asked.
    pub questions: Vec<Question>,
    /// What was found.
    #[serde(default)]
    pub findings: Vec<ReviewFinding>,
    /// When the peers look again.
    #[serde(default)]
    pub follow_up_due: Option<Day>,
    /// When they did.
    #[serde(default)]
    pub followed_up_on: Option<Day>,
}

/// Something that worked, for others to take up.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "GoodPractice"))]
pub struct Practice {
    /// Its id.
    pub id: String,
    /// The city.
    pub city: String,
    /// What is done.
    pub text: String,
    /// What it changed, and who says so.
    pub results: String,
    /// The indicators that show it.
    pub indicators: Vec<IndicatorId>,
}

/// What a commitment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum CommitmentKind {
    /// A public promise.
    Pledge,
    /// A by-law of the city.
    ByLaw,
    /// An instrument that binds the city, such as a charter that it signed.
    RatifiedInstrument,
    /// A recommendation that the city accepted.
    Recommendation,
}

/// What the city bound itself to.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Commitment {
    /// Its id.
    pub id: String,
    /// What it is.
    pub kind: CommitmentKind,
    /// Its text.
    pub text: String,
    /// Since when.
    pub on: Day,
    /// The unit that answers for it.
    pub owner: String,
    /// The indicators that show it.
    #[serde(default)]
    pub indicators: Vec<IndicatorId>,
}

/// How far a recommendation is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "FollowUpGrade"))]
pub enum Grade {
    /// Nothing yet.
    NotStarted,
    /// Partly.
    Partly,
    /// Largely.
    Largely,
    /// Fully.
    Fully,
    /// The city will not follow it.
    Rejected,
}

/// A grade on a day.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "RecommendationGrading"))]
pub struct Grading {
    /// When.
    pub on: Day,
    /// How far.
    pub grade: Grade,
    /// Who says so.
    pub by: String,
    /// What shows it; needed for `partly`, `largely` and `fully`.
    #[serde(default)]
    pub evidence: Vec<String>,
}

/// What the addressee answered.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "RecommendationResponse"))]
pub struct Response {
    /// When.
    pub on: Day,
    /// The answer.
    pub text: String,
}

/// A recommendation to the city.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Recommendation {
    /// Its id.
    pub id: String,
    /// Its text.
    pub text: String,
    /// Who is to act.
    pub addressee: String,
    /// When it was made.
    pub on: Day,
    /// Until when.
    #[serde(default)]
    pub due: Option<Day>,
    /// The review that it comes from.
    #[serde(default)]
    pub review: Option<String>,
    /// The indicators that would show it.
    #[serde(default)]
    pub indicators: Vec<IndicatorId>,
    /// What the addressee answered; needed for `rejected`.
    #[serde(default)]
    pub response: Option<Response>,
    /// What became of it, by day.
    #[serde(default)]
    pub grades: Vec<Grading>,
}

/// All records of one city, or of several.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "PeerRecords"))]
pub struct Records {
    /// Peer reviews.
    #[serde(default)]
    pub reviews: Vec<Review>,
    /// Good practices.
    #[serde(default)]
    pub practices: Vec<Practice>,
    /// Commitments.
    #[serde(default)]
    pub commitments: Vec<Commitment>,
    /// Recommendations.
    #[serde(default)]
    pub recommendations: Vec<Recommendation>,
}

/// Where a recommendation stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "FollowedRecommendation"))]
pub struct Followed {
    /// The recommendation.
    pub id: String,
    /// Who is to act.
    pub addressee: String,
    /// How far.
    pub grade: Grade,
    /// Since when; absent where nobody graded it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Day>,
    /// Whether the addressee answered.
    pub answered: bool,
    /// Days past the due date, where it is neither fully followed nor rejected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days_overdue: Option<i64>,
}

/// How many recommendations have each grade.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct GradeCounts {
    /// Nothing yet.
    pub not_started: usize,
    /// Partly.
    pub partly: usize,
    /// Largely.
    pub largely: usize,
    /// Fully.
    pub fully: usize,
    /// Rejected.
    pub rejected: usize,
}

/// One year of follow-up, as it stood at its end.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FollowUpYear {
    /// The year.
    pub year: i32,
    /// Recommendations made up to then.
    pub recommendations: usize,
    /// How many have each grade.
    pub grades: GradeCounts,
    /// Mean of the points of the grades, 0 to 100. It counts how far recommendations are said to be followed, each alike: it is no measure of
    /// the state of human rights, and moves when recommendations are added.
    pub score: f64,
    /// Whether the year is not over.
    pub so_far: bool,
}

/// What is still open in a review.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReviewState {
    /// The review.
    pub id: String,
    /// Questions without a finding.
    pub unanswered: Vec<String>,
    /// Recommendations that come from it.
    pub recommendations: Vec<String>,
    /// Whether the peers should have looked again.
    pub follow_up_overdue: bool,
}

/// Everything about one indicator.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct IndicatorLinks {
    /// The indicator.
    pub indicator: String,
    /// Good practices.
    pub practices: Vec<String>,
    /// Commitments.
    pub commitments: Vec<String>,
    /// Recommendations.
    pub recommendations: Vec<String>,
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FollowUp {
    /// Each recommendation, by id.
    pub recommendations: Vec<Followed>,
    /// Those past their date, the longest first.
    pub overdue: Vec<String>,
    /// Those that nobody answered.
    pub unanswered: Vec<String>,
    /// Year by year.
    pub years: Vec<FollowUpYear>,
    /// Each review, by id.
    pub reviews: Vec<ReviewState>,
    /// Each indicator that is named, by id.
    pub indicators: Vec<IndicatorLinks>,
}

impl Recommendation {
    fn grading(&self, until: Day) -> Option<&Grading> {
        self.grades.iter().filter(|g| g.on <= until).max_by_key(|g| g.on)
    }

    fn grade(&self, until: Day) -> Grade {
        self.grading(until).map_or(Grade::NotStarted, |g| g.grade)
    }
}

fn bad_date(path: &str, expected: &'static str) -> Error {
    Error::new(Code::PeersBadDate).at_path(path).expecting(expected)
}

fn empty(text: &str) -> bool {
    text.trim().is_empty()
}

fn check(records: &Records, as_of: Day, known: &impl Fn(&str) -> bool) -> Result<()> {
    let total = records.reviews.len() + records.practices.len() + records.commitments.len() + records.recommendations.len();
    if total > MAXIMUM_RECORDS {
        return Err(Error::new(Code::PeersTooLarge).at_path("records").with("limit", MAXIMUM_RECORDS as u64));
    }
    let mut ids: BTreeSet<String> = BTreeSet::new();
    let mut own = |id: &str, path: String| {
        if empty(id) || !ids.insert(id.to_owned()) {
            Err(Error::new(Code::PeersBadRecord).at_path(&path).expecting("an id of its own over all lists"))
        } else {
            Ok(())
        }
    };
    let lacking = |path: String, expected: &'static str| Error::new(Code::PeersBadRecord).at_path(&path).expecting(expected);
    let indicators = |list: &[IndicatorId], path: &str| match list.iter().position(|i| !known(i.as_str())) {
        Some(at) => Err(Error::new(Code::PeersUnknownIndicator).at_path(&format!("{path}.indicators[{at}]"))),
        None => Ok(()),
    };
    for (i, r) in records.reviews.iter().enumerate() {
        own(&r.id, format!("reviews[{i}].id"))?;
        if r.peers.is_empty() || r.peers.iter().any(|p| empty(p) || *p == r.city) {
            return Err(lacking(format!("reviews[{i}].peers"), "at least one other city"));
        }
        if r.questions.is_empty() || r.questions.iter().enumerate().any(|(at, q)| empty(&q.id) || r.questions.iter().take(at).any(|o| o.id == q.id)) {
            return Err(lacking(format!("reviews[{i}].questions"), "questions with ids of their own"));
        }
        if let Some(at) = r.findings.iter().position(|f| !r.questions.iter().any(|q| q.id == f.question)) {
            return Err(lacking(format!("reviews[{i}].findings[{at}].question"), "a question of the review"));
        }
        if r.on > as_of || r.followed_up_on.is_some_and(|d| d < r.on || d > as_of) || r.follow_up_due.is_some_and(|d| d < r.on) {
            return Err(bad_date(&format!("reviews[{i}]"), "the review before its follow-up, and nothing after the day of the question"));
        }
    }
    for (i, p) in records.practices.iter().enumerate() {
        own(&p.id, format!("practices[{i}].id"))?;
        if p.indicators.is_empty() || empty(&p.results) {
            return Err(lacking(format!("practices[{i}]"), "results, and an indicator that shows them"));
        }
        indicators(&p.indicators, &format!("practices[{i}]"))?;
    }
    for (i, c) in records.commitments.iter().enumerate() {
        own(&c.id, format!("commitments[{i}].id"))?;
        if empty(&c.owner) || empty(&c.text) {
            return Err(lacking(format!("commitments[{i}]"), "a text and an owner"));
        }
        if c.on > as_of {
            return Err(bad_date(&format!("commitments[{i}].on"), "a day not after that of the question"));
        }
        indicators(&c.indicators, &format!("commitments[{i}]"))?;
    }
    for (i, r) in records.recommendations.iter().enumerate() {
        let path = format!("recommendations[{i}]");
        own(&r.id, format!("{path}.id"))?;
        if empty(&r.addressee) || empty(&r.text) {
            return Err(lacking(path, "a text and an addressee"));
        }
        if r.review.as_ref().is_some_and(|id| !records.reviews.iter().any(|v| v.id == *id)) {
            return Err(lacking(format!("{path}.review"), "a review of the list"));
        }
        if r.on > as_of || r.due.is_some_and(|d| d < r.on) || r.response.as_ref().is_some_and(|a| a.on < r.on || a.on > as_of) {
            return Err(bad_date(&path, "due date and response not before the recommendation, and nothing after the day of the question"));
        }
        indicators(&r.indicators, &path)?;
        let mut days: BTreeSet<Day> = BTreeSet::new();
        for (at, g) in r.grades.iter().enumerate() {
            if g.on < r.on || g.on > as_of || !days.insert(g.on) {
                return Err(bad_date(&format!("{path}.grades[{at}].on"), "one grade a day, from the recommendation to the day of the question"));
            }
            let shown = match g.grade {
                Grade::NotStarted => true,
                Grade::Partly | Grade::Largely | Grade::Fully => g.evidence.iter().any(|e| !empty(e)),
                Grade::Rejected => r.response.as_ref().is_some_and(|a| !empty(&a.text)),
            };
            if !shown || empty(&g.by) {
                return Err(Error::new(Code::PeersEvidenceMissing).at_path(&format!("{path}.grades[{at}]")));
            }
        }
    }
    Ok(())
}

/// What stands where, on a day that is given. `known` says whether the catalogue has an indicator.
///
/// ```
/// # use sms_process as sms_core;
/// use sms_core::peers::records::{Records, follow_up};
/// let records: Records = serde_json::from_str(r#"{"recommendations": [
///     {"id": "r1", "text": "Publish waiting times.", "addressee": "housing office", "on": "2025-03-01", "due": "2026-03-01"}]}"#).unwrap();
/// let rules = sms_core::Method::from_json(sms_catalogue::STANDARD_METHOD_JSON)?.peers()?;
/// let made = follow_up(&records, "2026-07-01".parse()?, &rules, |_| true)?;
/// assert_eq!(made.overdue, ["r1"]);
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `peers.bad-record`, `peers.bad-date`, `peers.evidence-missing`, `peers.unknown-indicator`, `peers.too-large`, `method.bad-value`.
pub fn follow_up(records: &Records, as_of: Day, rules: &PeersRules, known: impl Fn(&str) -> bool) -> Result<FollowUp> {
    rules.check()?;
    check(records, as_of, &known)?;
    let mut recommendations: Vec<Followed> = records
        .recommendations
        .iter()
        .map(|r| {
            let grade = r.grade(as_of);
            let open = !matches!(grade, Grade::Fully | Grade::Rejected);
            Followed {
                id: r.id.clone(),
                addressee: r.addressee.clone(),
                grade,
                since: r.grading(as_of).map(|g| g.on),
                answered: r.response.is_some(),
                days_overdue: r.due.map(|d| as_of.days_since(d)).filter(|days| open && *days > 0),
            }
        })
        .collect();
    recommendations.sort_by(|a, b| a.id.cmp(&b.id));
    let mut late: Vec<(i64, &str)> = recommendations.iter().filter_map(|r| Some((r.days_overdue?, r.id.as_str()))).collect();
    late.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
    let overdue = late.into_iter().map(|(_, id)| id.to_owned()).collect();
    let unanswered = recommendations.iter().filter(|r| !r.answered).map(|r| r.id.clone()).collect();
    let mut reviews: Vec<ReviewState> = records
        .reviews
        .iter()
        .map(|v| {
            let mut from_it: Vec<String> = records.recommendations.iter().filter(|r| r.review.as_ref() == Some(&v.id)).map(|r| r.id.clone()).collect();
            from_it.sort();
            ReviewState {
                id: v.id.clone(),
                unanswered: v.questions.iter().filter(|q| !v.findings.iter().any(|f| f.question == q.id)).map(|q| q.id.clone()).collect(),
                recommendations: from_it,
                follow_up_overdue: v.followed_up_on.is_none() && v.follow_up_due.is_some_and(|d| d < as_of),
            }
        })
        .collect();
    reviews.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(FollowUp { years: years(&records.recommendations, as_of, rules), recommendations, overdue, unanswered, reviews, indicators: links(records) })
}

fn years(recommendations: &[Recommendation], as_of: Day, rules: &PeersRules) -> Vec<FollowUpYear> {
    let Some(first) = recommendations.iter().map(|r| r.on.year()).min() else { return Vec::new() };
    let mut made = Vec::new();
    for year in first..=as_of.year() {
        let Ok(last) = format!("{year:04}-12-31").parse::<Day>() else { continue };
        let until = last.min(as_of);
        let mut grades = GradeCounts::default();
        let mut points = Vec::new();
        for r in recommendations.iter().filter(|r| r.on <= until) {
            let (slot, at) = match r.grade(until) {
                Grade::NotStarted => (&mut grades.not_started, 0),
                Grade::Partly => (&mut grades.partly, 1),
                Grade::Largely => (&mut grades.largely, 2),
                Grade::Fully => (&mut grades.fully, 3),
                Grade::Rejected => (&mut grades.rejected, 4),
            };
            *slot += 1;
            points.push(rules.follow_up_points.get(at).copied().unwrap_or(0.0));
        }
        let score = num::sum(&points) / count(points.len().max(1));
        made.push(FollowUpYear { year, recommendations: points.len(), grades, score, so_far: until < last });
    }
    made
}

fn links(records: &Records) -> Vec<IndicatorLinks> {
    let mut by: BTreeMap<&str, IndicatorLinks> = BTreeMap::new();
    for p in &records.practices {
        p.indicators.iter().for_each(|i| by.entry(i.as_str()).or_default().practices.push(p.id.clone()));
    }
    for c in &records.commitments {
        c.indicators.iter().for_each(|i| by.entry(i.as_str()).or_default().commitments.push(c.id.clone()));
    }
    for r in &records.recommendations {
        r.indicators.iter().for_each(|i| by.entry(i.as_str()).or_default().recommendations.push(r.id.clone()));
    }
    by.into_iter()
        .map(|(id, mut links)| {
            links.indicator = id.to_owned();
            for list in [&mut links.practices, &mut links.commitments, &mut links.recommendations] {
                list.sort();
                list.dedup();
            }
            links
        })
        .collect()
}
