//! Floor 12: what a pre-test says of each question: is it answered, by whom not, how long does it take, do raters and
//! rounds agree, and what should become of it.
//!
//! Each statistic is held against a threshold of the method ([`PretestRules`]) and may propose to modify, merge, split or
//! drop a question, with its reason. People decide: their decisions go to [`crate::refinement`]. Answers of a pre-test
//! never reach a score; nothing here is an observation.

mod record;
mod statistics;

pub use crate::method::PretestRules;
pub use record::{Answer, AnswerKind, HeapingOf, NoAnswer, Question, Record, Round, Scale};
pub use statistics::{Cost, Heaping, InterRater, Rate, Retest, Timing};

use crate::agreement::{self, Cronbach};
use crate::diagnostic::{Code, Error, Result};
use crate::disclosure::{self, Counts, Part, Primary, PrivacyPolicy};
use crate::estimate::{Absence, ValueKind};
use crate::id::{EntryId, IndicatorId};
use crate::num::count;
use crate::refinement::Action;
use crate::target::SLACK;
use serde::Serialize;
use statistics::Sheet;
use std::collections::{BTreeMap, BTreeSet};

/// A statistic that led to a proposal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "PretestStatistic"))]
pub enum Statistic {
    /// Share of missing answers.
    MissingShare,
    /// Share of refusals.
    RefusedShare,
    /// Share of "don't know".
    DontKnowShare,
    /// Share without an answer, whatever the reason.
    NoAnswerShare,
    /// Difference of the share without an answer between two groups.
    GroupGap,
    /// Median seconds.
    Seconds,
    /// Whipple's index.
    Whipple,
    /// Share at the lowest point.
    FloorShare,
    /// Share at the highest point.
    CeilingShare,
    /// Krippendorff's alpha of raters.
    InterRater,
    /// Reliability of test and retest.
    Retest,
    /// Cronbach's alpha of its battery, and how it rises without the question.
    Cronbach,
    /// Correlation with another question of its battery.
    Correlation,
    /// Cost of a complete answer.
    Cost,
}

/// One reason for a proposal.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "PretestReason"))]
pub struct Reason {
    /// What was looked at.
    pub statistic: Statistic,
    /// What it is.
    pub value: f64,
    /// The threshold that it passed.
    pub threshold: f64,
    /// What follows.
    pub proposes: Action,
    /// The groups that differ, the one with fewer answers first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
    /// The other question.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub with: Option<EntryId>,
}

impl Reason {
    fn new(statistic: Statistic, value: f64, threshold: f64, proposes: Action) -> Self {
        Reason { statistic, value, threshold, proposes, groups: Vec::new(), with: None }
    }
}

/// Why nothing is proposed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "PretestNotJudged"))]
pub enum NotJudged {
    /// Too few persons were asked.
    TooFewAnswers,
}

/// The shares of one group.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "PretestGroupShares"))]
pub struct GroupShares {
    /// The group.
    pub group: String,
    /// Why there are no figures: too few persons, or another group could be had by subtraction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub absent: Option<Absence>,
    /// The shares.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub shares: Option<Shares>,
}

/// How many of those asked gave no answer.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "PretestShares"))]
pub struct Shares {
    /// Persons asked.
    pub asked: usize,
    /// Missing.
    pub missing: Rate,
    /// Refused.
    pub refused: Rate,
    /// Don't know.
    pub dont_know: Rate,
    /// All three together.
    pub no_answer: Rate,
}

/// What the pre-test says of one question.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "PretestQuestionResult"))]
pub struct QuestionResult {
    /// The question.
    pub id: EntryId,
    /// The indicator that it serves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub indicator: Option<IndicatorId>,
    /// Persons who answered.
    pub answered: usize,
    /// Persons to whom it was not put.
    pub not_asked: usize,
    /// How many gave no answer; absent when nobody was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shares: Option<Shares>,
    /// The same by group.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<GroupShares>,
    /// How long it takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds: Option<Timing>,
    /// Whether numbers are rounded by those who answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub heaping: Option<Heaping>,
    /// Answers at the lowest point of the scale.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub floor: Option<Rate>,
    /// Answers at the highest point.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ceiling: Option<Rate>,
    /// Whether raters agree.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inter_rater: Option<InterRater>,
    /// Whether the answer is the same again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retest: Option<Retest>,
    /// What it costs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<Cost>,
    /// What is proposed; absent when the question is not judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proposal: Option<Action>,
    /// Why it is not judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_judged: Option<NotJudged>,
    /// Why that is proposed, strongest first; none for `keep`.
    pub reasons: Vec<Reason>,
}

/// What the pre-test says of a set of questions that measure one thing.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "PretestBatteryResult"))]
pub struct BatteryResult {
    /// The battery.
    pub id: EntryId,
    /// Its questions, in the order of `cronbach.without`.
    pub questions: Vec<EntryId>,
    /// Cronbach's alpha; absent when fewer than two persons answered all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cronbach: Option<Cronbach>,
}

/// What is proposed for an indicator: the strongest proposal of its questions.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct IndicatorProposal {
    /// The indicator.
    pub indicator: IndicatorId,
    /// What is proposed; absent when none of its questions is judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proposal: Option<Action>,
    /// Its questions that propose it.
    pub questions: Vec<EntryId>,
}

/// What a pre-test says.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "PretestEvaluation"))]
pub struct Evaluation {
    /// For whom: by group, nothing is withheld from the data holder itself.
    pub audience: disclosure::Audience,
    /// How many persons took part.
    pub respondents: usize,
    /// Each question, in the order given.
    pub questions: Vec<QuestionResult>,
    /// Each battery, by id.
    pub batteries: Vec<BatteryResult>,
    /// Each indicator, by id.
    pub indicators: Vec<IndicatorProposal>,
}

/// The questions of a table whose questionnaire is not given: in the order of their ids, numbers where every answer is one.
///
/// ```
/// # use sms_process as sms_core;
/// use sms_core::pretest::{Record, questions_of};
/// let records: Vec<Record> = serde_json::from_str(r#"[{"respondent": "p1", "question": "B", "answer": 4},
///     {"respondent": "p1", "question": "A", "answer": "yes"}]"#).unwrap();
/// let questions = questions_of(&records)?;
/// assert_eq!(questions[0].id.as_str(), "A");
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `text.bad-id` for a question that is no id.
pub fn questions_of(records: &[Record]) -> Result<Vec<Question>> {
    let mut kinds: BTreeMap<&str, AnswerKind> = BTreeMap::new();
    for record in records {
        let kind = kinds.entry(&record.question).or_insert(AnswerKind::Number);
        if record.answer.as_ref().is_some_and(|a| statistics::number(a).is_none()) {
            *kind = AnswerKind::Category;
        }
    }
    kinds
        .into_iter()
        .map(|(id, kind)| Ok(Question { id: id.parse()?, kind, indicator: None, scale: None, battery: None, heaping: None, cost_limit: None }))
        .collect()
}

fn check_questions(questions: &[Question]) -> Result<()> {
    let mut seen = BTreeSet::new();
    for (at, question) in questions.iter().enumerate() {
        let bad =
            |field: &str, expected: &'static str| Err(Error::new(Code::PretestBadQuestion).at_path(&format!("questions[{at}].{field}")).expecting(expected));
        if !seen.insert(&question.id) {
            return bad("id", "each question once");
        }
        if question.scale.is_some_and(|s| !(s.min.is_finite() && s.max.is_finite() && s.min < s.max)) {
            return bad("scale", "min below max");
        }
        let numeric = matches!(question.kind, AnswerKind::Number | AnswerKind::Ordinal);
        if !numeric && (question.scale.is_some() || question.battery.is_some() || question.heaping.is_some()) {
            return bad("kind", "number or ordinal for a scale, a battery or heaping");
        }
        if question.cost_limit.is_some_and(|c| !(c.is_finite() && c >= 0.0)) {
            return bad("cost_limit", "0 or more");
        }
    }
    Ok(())
}

/// Judges a pre-test.
///
/// Where several raters wrote down the same answer, shares and times are those of the first by id. Shares by group are
/// withheld for groups of fewer persons than the policy allows, and for one more where such a group could be had by
/// subtraction from all; the groups of a question are parts of all who were asked.
///
/// ```
/// # use sms_process as sms_core;
/// use sms_core::pretest::{Record, evaluate, questions_of};
/// let records: Vec<Record> = serde_json::from_str(r#"[{"respondent": "p1", "question": "q1", "answer": 4},
///     {"respondent": "p2", "question": "q1", "no_answer": "refused"}]"#).unwrap();
/// let rules = sms_core::Method::from_json(sms_catalogue::STANDARD_METHOD_JSON)?.pretest()?;
/// let made = evaluate(&questions_of(&records)?, &records, &rules, 0.95, &sms_core::PrivacyPolicy::internal())?;
/// assert_eq!(made.respondents, 2);
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `pretest.bad-question`, `pretest.no-answers`, `pretest.unknown-question`, `pretest.bad-row`, `pretest.duplicate-answer`,
/// `agreement.out-of-scale`; with the row, counted from 1. `method.bad-value` for numbers that are no thresholds.
pub fn evaluate(questions: &[Question], records: &[Record], rules: &PretestRules, confidence: f64, policy: &PrivacyPolicy) -> Result<Evaluation> {
    rules.check()?;
    check_questions(questions)?;
    if records.is_empty() {
        return Err(Error::new(Code::PretestNoAnswers));
    }
    let sheets = statistics::sheets(questions, records)?;
    let mut results = Vec::with_capacity(questions.len());
    for (question, sheet) in questions.iter().zip(&sheets) {
        results.push(judge(question, sheet, rules, confidence, policy)?);
    }
    let batteries = batteries(questions, &sheets, rules, &mut results)?;
    for result in &mut results {
        result.reasons.sort_by(|a, b| b.proposes.cmp(&a.proposes).then(a.statistic.cmp(&b.statistic)));
        if result.not_judged.is_none() {
            result.proposal = Some(result.reasons.iter().map(|r| r.proposes).max().unwrap_or(Action::Keep));
        } else {
            result.reasons.clear();
        }
    }
    let mut by_indicator: BTreeMap<&IndicatorId, (Option<Action>, Vec<EntryId>)> = BTreeMap::new();
    for result in &results {
        let Some(indicator) = &result.indicator else { continue };
        let entry = by_indicator.entry(indicator).or_default();
        if result.proposal > entry.0 {
            *entry = (result.proposal, Vec::new());
        }
        if result.proposal == entry.0 {
            entry.1.push(result.id.clone());
        }
    }
    let indicators = by_indicator.into_iter().map(|(id, (proposal, questions))| IndicatorProposal { indicator: id.clone(), proposal, questions }).collect();
    let respondents = records.iter().map(|r| r.respondent.as_str()).collect::<BTreeSet<_>>().len();
    Ok(Evaluation { audience: policy.audience(), respondents, questions: results, batteries, indicators })
}

fn judge(question: &Question, sheet: &Sheet<'_>, rules: &PretestRules, confidence: f64, policy: &PrivacyPolicy) -> Result<QuestionResult> {
    let shares = sheet.shares(None, confidence)?;
    let asked = shares.map_or(0, |s| s.asked);
    let answered = sheet.answered();
    let enough = answered >= rules.minimum_answers;
    let groups = by_group(sheet, confidence, policy)?;
    let mut reasons = Vec::new();
    let mut above = |statistic, value: f64, threshold: f64, proposes| {
        if value >= threshold - SLACK {
            reasons.push(Reason::new(statistic, value, threshold, proposes));
        }
    };
    if let Some(s) = &shares {
        above(Statistic::MissingShare, s.missing.share, rules.missing_share, Action::Modify);
        above(Statistic::RefusedShare, s.refused.share, rules.refused_share, Action::Modify);
        above(Statistic::DontKnowShare, s.dont_know.share, rules.dont_know_share, Action::Modify);
        above(Statistic::NoAnswerShare, s.no_answer.share, rules.no_answer_share, Action::Drop);
    }
    let seconds = sheet.timing();
    if let Some(t) = &seconds {
        if t.median >= rules.seconds_split - SLACK {
            above(Statistic::Seconds, t.median, rules.seconds_split, Action::Split);
        } else {
            above(Statistic::Seconds, t.median, rules.seconds, Action::Modify);
        }
    }
    let heaping = question.heaping.and_then(|of| sheet.heaping(of));
    if let Some(h) = &heaping
        && h.n >= rules.heaping_minimum
        && h.p.is_some_and(|p| p < rules.significance)
        && let Some(whipple) = h.whipple
    {
        above(Statistic::Whipple, whipple, rules.whipple, Action::Modify);
    }
    let (floor, ceiling) = sheet.ends(question.scale, confidence)?;
    if enough {
        if let Some(rate) = &floor {
            above(Statistic::FloorShare, rate.share, rules.floor_ceiling_share, Action::Modify);
        }
        if let Some(rate) = &ceiling {
            above(Statistic::CeilingShare, rate.share, rules.floor_ceiling_share, Action::Modify);
        }
    }
    let cost = sheet.cost();
    if let (Some(c), Some(limit)) = (&cost, question.cost_limit)
        && let Some(per_answer) = c.per_answer
        && per_answer > limit + SLACK
    {
        reasons.push(Reason::new(Statistic::Cost, per_answer, limit, Action::Modify));
    }
    let retest = sheet.retest(question.kind)?;
    let stable = retest.as_ref().filter(|r| r.n >= rules.minimum_pairs).and_then(|r| r.coefficient.value);
    let inter_rater = sheet.inter_rater(question.kind)?;
    if let Some(alpha) = inter_rater.as_ref().filter(|r| r.krippendorff.units >= rules.minimum_pairs).and_then(|r| r.krippendorff.coefficient.value)
        && alpha < rules.inter_rater - SLACK
    {
        let (threshold, proposes) = if alpha < rules.inter_rater_drop - SLACK {
            (rules.inter_rater_drop, Action::Drop)
        } else if stable.is_some_and(|s| s >= rules.retest - SLACK) {
            // persons are consistent and raters are not: they read two things into one question
            (rules.inter_rater, Action::Split)
        } else {
            (rules.inter_rater, Action::Modify)
        };
        reasons.push(Reason::new(Statistic::InterRater, alpha, threshold, proposes));
    }
    if let Some(value) = stable
        && value < rules.retest - SLACK
    {
        reasons.push(Reason::new(Statistic::Retest, value, rules.retest, Action::Modify));
    }
    reasons.extend(group_gap(&groups, rules));
    Ok(QuestionResult {
        id: question.id.clone(),
        indicator: question.indicator.clone(),
        answered,
        not_asked: sheet.not_asked(),
        shares,
        groups,
        seconds,
        heaping,
        floor,
        ceiling,
        inter_rater,
        retest,
        cost,
        proposal: None,
        not_judged: (asked < rules.minimum_answers).then_some(NotJudged::TooFewAnswers),
        reasons,
    })
}

/// The shares of each group that may be shown.
fn by_group(sheet: &Sheet<'_>, confidence: f64, policy: &PrivacyPolicy) -> Result<Vec<GroupShares>> {
    let part = |shares: &Shares| {
        let counts = Counts { numerator: Some(count(shares.asked)), ..Counts::default() };
        let withheld = disclosure::primary(ValueKind::Count, counts, None, 1.0, policy.threshold(), false) != Primary::Publish;
        Part { counts, withheld, fixed: false }
    };
    let mut groups = Vec::new();
    let mut parts = Vec::new();
    for group in sheet.groups() {
        let Some(shares) = sheet.shares(Some(group), confidence)? else { continue };
        parts.push(part(&shares));
        groups.push(GroupShares { group: group.to_owned(), absent: None, shares: Some(shares) });
    }
    // who named no group is never listed, and is what all listed groups leave of all persons
    if let Some(rest) = sheet.shares(Some(""), confidence)? {
        parts.push(part(&rest));
    }
    // all of them are withheld where nothing else helps; the share of all persons is shown
    let _ = disclosure::complementary(&mut parts, policy.threshold());
    for (group, part) in groups.iter_mut().zip(&parts) {
        if part.withheld {
            group.absent = Some(Absence::Suppressed);
            group.shares = None;
        }
    }
    Ok(groups)
}

/// The widest difference between two groups, where it is too wide and their intervals do not meet.
fn group_gap(groups: &[GroupShares], rules: &PretestRules) -> Option<Reason> {
    let shown: Vec<(&str, Rate)> = groups.iter().filter_map(|g| Some((g.group.as_str(), g.shares?.no_answer))).collect();
    let worst = shown.iter().reduce(|a, b| if b.1.share > a.1.share { b } else { a })?;
    let best = shown.iter().reduce(|a, b| if b.1.share < a.1.share { b } else { a })?;
    let gap = worst.1.share - best.1.share;
    let apart = worst.1.lower > best.1.upper;
    (apart && gap >= rules.group_gap - SLACK)
        .then(|| Reason { groups: vec![worst.0.to_owned(), best.0.to_owned()], ..Reason::new(Statistic::GroupGap, gap, rules.group_gap, Action::Modify) })
}

/// Batteries, and what they say of their questions.
fn batteries(questions: &[Question], sheets: &[Sheet<'_>], rules: &PretestRules, results: &mut [QuestionResult]) -> Result<Vec<BatteryResult>> {
    let mut members: BTreeMap<&EntryId, Vec<usize>> = BTreeMap::new();
    for (at, question) in questions.iter().enumerate() {
        if let Some(battery) = &question.battery {
            members.entry(battery).or_default().push(at);
        }
    }
    let mut made = Vec::with_capacity(members.len());
    for (id, at) in members {
        let columns: Vec<BTreeMap<&str, f64>> = at.iter().filter_map(|i| sheets.get(*i)).map(Sheet::numbers_by_person).collect();
        let ids: Vec<EntryId> = at.iter().filter_map(|i| questions.get(*i)).map(|q| q.id.clone()).collect();
        let persons: BTreeSet<&str> = columns.iter().flat_map(|c| c.keys().copied()).collect();
        let rows: Vec<Vec<Option<f64>>> = persons.iter().map(|p| columns.iter().map(|c| c.get(p).copied()).collect()).collect();
        let cronbach = match agreement::cronbach(&rows) {
            Ok(cronbach) => Some(cronbach),
            Err(e) if matches!(e.code(), Code::AgreementTooFewSubjects | Code::AgreementTooFewItems | Code::AgreementNoRatings) => None,
            Err(e) => return Err(e),
        };
        let judged = cronbach.as_ref().filter(|c| c.subjects >= rules.minimum_pairs);
        if let Some((c, alpha)) = judged.and_then(|c| Some((c, c.coefficient.value?)))
            && alpha < rules.cronbach_low - SLACK
        {
            for (i, without) in at.iter().zip(&c.without) {
                if without.is_some_and(|w| w > alpha + SLACK)
                    && let Some(result) = results.get_mut(*i)
                {
                    result.reasons.push(Reason::new(Statistic::Cronbach, alpha, rules.cronbach_low, Action::Modify));
                }
            }
        }
        for (first, a) in at.iter().zip(&columns) {
            for (second, b) in at.iter().zip(&columns).filter(|(second, _)| *second > first) {
                let pairs: Vec<(f64, f64)> = a.iter().filter_map(|(person, x)| Some((*x, *b.get(person)?))).collect();
                if pairs.len() < rules.minimum_pairs {
                    continue;
                }
                let Some(r) = agreement::pearson(&pairs)?.value.filter(|r| *r >= rules.merge_correlation - SLACK) else { continue };
                for (one, other) in [(first, second), (second, first)] {
                    let with = questions.get(*other).map(|q| q.id.clone());
                    if let Some(result) = results.get_mut(*one) {
                        result.reasons.push(Reason { with, ..Reason::new(Statistic::Correlation, r, rules.merge_correlation, Action::Merge) });
                    }
                }
            }
        }
        if let Some(alpha) = judged.and_then(|c| c.coefficient.value).filter(|a| *a > rules.cronbach_high + SLACK) {
            for i in &at {
                if let Some(result) = results.get_mut(*i) {
                    result.reasons.push(Reason::new(Statistic::Cronbach, alpha, rules.cronbach_high, Action::Merge));
                }
            }
        }
        made.push(BatteryResult { id: id.clone(), questions: ids, cronbach });
    }
    Ok(made)
}
