//! What the answers say: by principle and service, each view apart; who sees it otherwise; what changed since the round before.

use super::record::{Answer, Answers, Frame, Given, Record, read};
use super::{Questionnaire, near};
use crate::catalogue::Catalogue;
use crate::day::Day;
use crate::diagnostic::{Code, Error, Finding, Findings, Location, Result};
use crate::id::EntryId;
use crate::num::count;
use serde::Serialize;
use std::cmp::Ordering;
use std::collections::BTreeSet;

/// How many answers have a level.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ScreenLevelCount"))]
pub struct LevelCount {
    /// The level.
    pub level: EntryId,
    /// How many.
    pub n: usize,
    /// Of those answered, 0 to 1; absent where none was.
    pub share: Option<f64>,
}

/// The answers of one view.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ScreenTally"))]
pub struct Tally {
    /// Items that apply.
    pub of: usize,
    /// Items with a level.
    pub answered: usize,
    /// Answered, of those that apply; absent where none applies.
    pub share_answered: Option<f64>,
    /// Levels, lowest first.
    pub levels: Vec<LevelCount>,
    /// Nobody knows.
    pub not_known: usize,
    /// No answer at all. It is no "no".
    pub unanswered: usize,
    /// Does not apply.
    pub not_applicable: usize,
    /// Claims with nothing to show them.
    pub without_evidence: usize,
}

/// How a view stands to the view of the bearer of duties, item by item.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DifferenceTally {
    /// The same level.
    pub same: usize,
    /// A higher level than the base view says.
    pub higher: usize,
    /// A lower level than the base view says.
    pub lower: usize,
    /// One of the two has no level.
    pub not_comparable: usize,
}

/// What changed in one view.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ChangeTally {
    /// A higher level than before.
    pub better: usize,
    /// A lower one.
    pub worse: usize,
    /// The same.
    pub same: usize,
    /// A level now, none before.
    pub new: usize,
    /// A level before, none now.
    pub gone: usize,
}

/// How one answer stands to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ScreenCompared"))]
pub struct Compared {
    /// The word of [`DifferenceTally`] or [`ChangeTally`].
    pub verdict: &'static str,
    /// Levels between the two, where both have one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub steps: Option<i64>,
}

/// A number of items by group, and over all.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ScreenGroupedOf{T}"))]
pub struct Grouped<T> {
    /// Over all groups.
    pub all: T,
    /// Each group.
    pub groups: Vec<OfGroup<T>>,
}

/// Of one group.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ScreenOfGroupOf{T}"))]
pub struct OfGroup<T> {
    /// The group.
    pub group: EntryId,
    /// What of it.
    #[serde(flatten)]
    pub tally: T,
}

/// A view in a round.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ScreenViewResult"))]
pub struct ViewResult {
    /// The view.
    pub view: EntryId,
    /// Its answers.
    pub tally: Grouped<Tally>,
    /// How it stands to the base view; absent for the base view itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub difference: Option<Grouped<DifferenceTally>>,
    /// The last earlier round in which this view answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<EntryId>,
    /// What changed since then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<Grouped<ChangeTally>>,
}

/// One answer in a round.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ScreenAnswerResult"))]
pub struct AnswerResult {
    /// The view.
    pub view: EntryId,
    /// A level, `not_known`, `not_applicable`; absent where there is no answer.
    pub answer: Option<String>,
    /// What shows it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<String>,
    /// Whether it is a claim that owes evidence and has none.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub without_evidence: bool,
    /// Who gave it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assessor: Option<String>,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<Day>,
    /// A remark.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// How it stands to the base view.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub difference: Option<Compared>,
    /// How it stands to the same view before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<Compared>,
}

/// An item in a round.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ScreenItemResult"))]
pub struct ItemResult {
    /// The item.
    pub item: EntryId,
    /// Each view, apart.
    pub views: Vec<AnswerResult>,
}

/// A round of a service.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ScreenRoundResult"))]
pub struct RoundResult {
    /// The round.
    pub round: EntryId,
    /// Each view, apart.
    pub views: Vec<ViewResult>,
    /// Each item.
    pub items: Vec<ItemResult>,
}

/// An item with the indicators whose figures stand beside it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ScreenLinked"))]
pub struct Linked {
    /// The item.
    pub item: EntryId,
    /// Its group.
    pub group: EntryId,
    /// How certain it is that the item belongs to the list.
    pub provenance: String,
    /// The indicators.
    pub indicators: Vec<String>,
}

/// A service, or the whole city.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ScreenServiceResult"))]
pub struct ServiceResult {
    /// The service; absent for the whole city.
    pub service: Option<EntryId>,
    /// Its area.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub area: Option<EntryId>,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The items.
    pub linked: Vec<Linked>,
    /// Each round.
    pub rounds: Vec<RoundResult>,
}

/// A framework or a screen, answered.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Screening {
    /// The sheet.
    pub sheet: EntryId,
    /// Where it comes from.
    pub source: EntryId,
    /// Whose wording it is.
    pub provenance: String,
    /// Whether the list of items is whole.
    pub complete: bool,
    /// The levels of the scale, lowest first.
    pub levels: Vec<EntryId>,
    /// The views, each apart.
    pub views: Vec<EntryId>,
    /// The view that the others are held beside.
    pub base: EntryId,
    /// Always false: answers stand beside indicators and never enter their scores.
    pub enters_scores: bool,
    /// Each service.
    pub services: Vec<ServiceResult>,
}

/// Counts answers. `chosen` says whether an indicator belongs to the selection.
///
/// # Errors
/// `screen.unknown-item`, `screen.unknown-view`, `screen.unknown-service`, `screen.unknown-round`, `screen.bad-answer`, `screen.bad-date`,
/// `screen.bad-record`, `screen.duplicate-answer`, `screen.bad-sheet`, `screen.too-large`, `text.too-long`.
///
/// ```
/// # use sms_process as sms_core;
/// use sms_core::screen::{Questionnaire, record::{Frame, Record, Round}, result::screen};
/// let catalogue = sms_core::Catalogue::from_json(sms_catalogue::CATALOGUE_JSON)?;
/// let fra = Questionnaire::of_catalogue(&catalogue, "fra")?;
/// let round = Round { id: "2026".parse()?, from: "2026-01-01".parse()?, to: "2026-12-31".parse()? };
/// let answer = |view: &str, answer: &str| Record {
///     round: "2026".into(), view: view.into(), item: "FRA-FS3".into(), answer: answer.into(),
///     assessor: "office".into(), date: "2026-03-01".into(), ..Record::default()
/// };
/// let (made, findings) = screen(&catalogue, &[fra], &Frame::of_city(vec![round])?, &[answer("city", "working"), answer("civil_society", "planned")], |_| true)?;
/// let difference = made[0].services[0].rounds[0].views[1].difference.as_ref().unwrap();
/// assert_eq!(difference.all.lower, 1);
/// assert_eq!(findings.count(sms_core::Code::ScreenNoEvidence), 1);
/// # Ok::<(), sms_core::Error>(())
/// ```
pub fn screen(
    catalogue: &Catalogue,
    questionnaires: &[Questionnaire],
    frame: &Frame,
    records: &[Record],
    chosen: impl Fn(&str) -> bool,
) -> Result<(Vec<Screening>, Findings)> {
    let answers = read(questionnaires, frame, records)?;
    let mut findings = Findings::new();
    let mut made = Vec::new();
    for (q, questionnaire) in questionnaires.iter().enumerate() {
        let sheet = questionnaire.sheet();
        let base = questionnaire.base().ok_or_else(|| Error::new(Code::ScreenBadSheet).at_path("base"))?;
        let mut services = Vec::new();
        for place in 0..frame.places() {
            let service = frame.services.as_ref().and_then(|s| s.get(place));
            let linked = sheet.item.iter().map(|item| Linked {
                item: item.id.clone(),
                group: item.group.clone(),
                provenance: item.provenance.clone(),
                indicators: questionnaire.indicators(catalogue, item, service.map(|s| &s.area), &chosen).into_iter().map(str::to_owned).collect(),
            });
            let one = Place { questionnaire, answers: &answers, q, place, service: service.map(|s| s.id.as_str()) };
            services.push(ServiceResult {
                service: service.map(|s| s.id.clone()),
                area: service.map(|s| s.area.clone()),
                name: service.and_then(|s| s.name.clone()),
                linked: linked.collect(),
                rounds: (0..frame.rounds.len()).filter_map(|r| one.round(frame, r, &mut findings)).collect(),
            });
        }
        made.push(Screening {
            sheet: sheet.id.clone(),
            source: sheet.source.clone(),
            provenance: sheet.provenance.clone(),
            complete: sheet.complete,
            levels: questionnaire.scale().levels.clone(),
            views: sheet.views.clone(),
            base: base.clone(),
            enters_scores: false,
            services,
        });
    }
    Ok((made, findings))
}

/// The indicators of a selection or a list; all of them where neither is given.
///
/// ```
/// # use sms_process as sms_core;
/// use sms_core::screen::result::chosen;
/// let catalogue = sms_core::Catalogue::from_json(sms_catalogue::CATALOGUE_JSON)?;
/// assert_eq!(chosen(&catalogue, None)?, None); // all
/// assert!(chosen(&catalogue, Some(&["HOU-O-01".to_owned()]))?.unwrap().contains("HOU-O-01"));
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `assess.unknown-selection`, with the nearest one.
pub fn chosen(catalogue: &Catalogue, names: Option<&[String]>) -> Result<Option<BTreeSet<String>>> {
    let Some(names) = names else { return Ok(None) };
    let mut ids = BTreeSet::new();
    for (i, name) in names.iter().enumerate() {
        if let Some(selection) = catalogue.selection(name) {
            ids.extend(selection.all().into_iter().map(|id| id.as_str().to_owned()));
        } else if catalogue.indicator(name).is_some() {
            ids.insert(name.clone());
        } else {
            let known = catalogue.data().selections.iter().map(|s| s.id.as_str()).chain(catalogue.indicators().iter().map(|i| i.id.as_str()));
            return Err(near(Error::new(Code::AssessUnknownSelection).at_path(&format!("selection[{i}]")), name, known));
        }
    }
    Ok(Some(ids))
}

/// One service and one questionnaire.
struct Place<'a> {
    questionnaire: &'a Questionnaire,
    answers: &'a Answers,
    q: usize,
    place: usize,
    service: Option<&'a str>,
}

impl Place<'_> {
    fn given(&self, round: usize, item: usize, view: usize) -> Option<&Given> {
        self.answers.get(&(self.q, self.place, round, item, view))
    }

    fn items(&self) -> std::ops::Range<usize> {
        0..self.questionnaire.sheet.item.len()
    }

    fn speaks(&self, round: usize, view: usize) -> bool {
        self.items().any(|item| self.given(round, item, view).is_some())
    }

    /// The last earlier round in which a view answered.
    fn since(&self, round: usize, view: usize) -> Option<usize> {
        (0..round).rev().find(|r| self.speaks(*r, view))
    }

    fn owes_evidence(&self, view: &EntryId, given: &Given) -> bool {
        self.questionnaire.sheet.evidence.contains(view) && matches!(given.answer, Answer::Level(level) if level >= self.questionnaire.evidence_from)
    }

    fn level(&self, answer: Answer) -> String {
        match answer {
            Answer::Level(level) => self.questionnaire.scale.levels.get(level).map(ToString::to_string).unwrap_or_default(),
            Answer::NotKnown => super::record::NOT_KNOWN.to_owned(),
            Answer::NotApplicable => super::record::NOT_APPLICABLE.to_owned(),
        }
    }

    fn tally(&self, round: usize, view: usize, name: &EntryId, group: Option<&EntryId>) -> Tally {
        let levels = &self.questionnaire.scale.levels;
        let mut counts = vec![0_usize; levels.len()];
        let (mut items, mut not_known, mut not_applicable, mut unanswered, mut without_evidence) = (0, 0, 0, 0, 0);
        for (at, _) in self.questionnaire.sheet.item.iter().enumerate().filter(|(_, i)| group.is_none_or(|g| i.group == *g)) {
            items += 1;
            let given = self.given(round, at, view);
            match given.map(|g| g.answer) {
                None => unanswered += 1,
                Some(Answer::NotKnown) => not_known += 1,
                Some(Answer::NotApplicable) => not_applicable += 1,
                Some(Answer::Level(level)) => counts.iter_mut().skip(level).take(1).for_each(|n| *n += 1),
            }
            without_evidence += usize::from(given.is_some_and(|g| g.evidence.is_empty() && self.owes_evidence(name, g)));
        }
        let answered: usize = counts.iter().sum();
        let share = |n: usize, of: usize| (of > 0).then(|| count(n) / count(of));
        let of = items - not_applicable;
        Tally {
            of,
            answered,
            share_answered: share(answered, of),
            levels: levels.iter().zip(&counts).map(|(level, n)| LevelCount { level: level.clone(), n: *n, share: share(*n, answered) }).collect(),
            not_known,
            unanswered,
            not_applicable,
            without_evidence,
        }
    }

    fn grouped<T>(&self, tally: impl Fn(Option<&EntryId>) -> T) -> Grouped<T> {
        let groups = self.questionnaire.sheet.group.iter().map(|g| OfGroup { group: g.id.clone(), tally: tally(Some(&g.id)) }).collect();
        Grouped { all: tally(None), groups }
    }

    /// How an answer stands to the one of the base view.
    fn difference(&self, round: usize, item: usize, view: usize) -> Option<Compared> {
        let answer = |v: usize| self.given(round, item, v).map(|g| g.answer);
        match (answer(self.questionnaire.base), answer(view)) {
            (Some(Answer::Level(base)), Some(Answer::Level(other))) => Some(compare(base, other, ["lower", "same", "higher"])),
            (Some(Answer::NotApplicable), Some(Answer::NotApplicable)) => Some(Compared { verdict: "same", steps: None }),
            (None | Some(Answer::NotKnown), None | Some(Answer::NotKnown)) => None,
            _ => Some(Compared { verdict: "not_comparable", steps: None }),
        }
    }

    /// How an answer stands to that of the same view before.
    fn change(&self, since: usize, round: usize, item: usize, view: usize) -> Option<Compared> {
        let level = |r: usize| match self.given(r, item, view).map(|g| g.answer) {
            Some(Answer::Level(level)) => Some(level),
            _ => None,
        };
        match (level(since), level(round)) {
            (Some(before), Some(now)) => Some(compare(before, now, ["worse", "same", "better"])),
            (None, Some(_)) => Some(Compared { verdict: "new", steps: None }),
            (Some(_), None) => Some(Compared { verdict: "gone", steps: None }),
            (None, None) => None,
        }
    }

    fn in_group<'a>(&'a self, group: Option<&'a EntryId>) -> impl Iterator<Item = usize> + 'a {
        self.questionnaire.sheet.item.iter().enumerate().filter(move |(_, i)| group.is_none_or(|g| i.group == *g)).map(|(at, _)| at)
    }

    fn round(&self, frame: &Frame, round: usize, findings: &mut Findings) -> Option<RoundResult> {
        let id = &frame.rounds.get(round)?.id;
        let sheet = &self.questionnaire.sheet;
        let earlier: Vec<Option<usize>> = (0..sheet.views.len()).map(|view| self.since(round, view)).collect();
        let views = sheet.views.iter().zip(&earlier).enumerate().map(|(view, (name, since))| {
            let since = *since;
            ViewResult {
                view: name.clone(),
                tally: self.grouped(|group| self.tally(round, view, name, group)),
                difference: (view != self.questionnaire.base).then(|| {
                    self.grouped(|group| {
                        let mut tally = DifferenceTally::default();
                        for compared in self.in_group(group).filter_map(|item| self.difference(round, item, view)) {
                            *match compared.verdict {
                                "same" => &mut tally.same,
                                "higher" => &mut tally.higher,
                                "lower" => &mut tally.lower,
                                _ => &mut tally.not_comparable,
                            } += 1;
                        }
                        tally
                    })
                }),
                since: since.and_then(|r| frame.rounds.get(r)).map(|r| r.id.clone()),
                change: since.map(|since| {
                    self.grouped(|group| {
                        let mut tally = ChangeTally::default();
                        for compared in self.in_group(group).filter_map(|item| self.change(since, round, item, view)) {
                            *match compared.verdict {
                                "better" => &mut tally.better,
                                "worse" => &mut tally.worse,
                                "same" => &mut tally.same,
                                "new" => &mut tally.new,
                                _ => &mut tally.gone,
                            } += 1;
                        }
                        tally
                    })
                }),
            }
        });
        let views: Vec<ViewResult> = views.collect();
        self.find(id, round, &earlier, findings);
        let items = sheet.item.iter().enumerate().map(|(item, one)| ItemResult {
            item: one.id.clone(),
            views: sheet
                .views
                .iter()
                .zip(&earlier)
                .enumerate()
                .map(|(view, (name, since))| {
                    let given = self.given(round, item, view);
                    AnswerResult {
                        view: name.clone(),
                        answer: given.map(|g| self.level(g.answer)),
                        evidence: given.map(|g| g.evidence.clone()).unwrap_or_default(),
                        without_evidence: given.is_some_and(|g| g.evidence.is_empty() && self.owes_evidence(name, g)),
                        assessor: given.map(|g| g.assessor.clone()),
                        date: given.map(|g| g.date),
                        note: given.and_then(|g| g.note.clone()),
                        difference: if view == self.questionnaire.base { None } else { self.difference(round, item, view) },
                        change: since.and_then(|since| self.change(since, round, item, view)),
                    }
                })
                .collect(),
        });
        Some(RoundResult { round: id.clone(), views, items: items.collect() })
    }

    /// What is doubtful in a round.
    fn find(&self, id: &EntryId, round: usize, earlier: &[Option<usize>], findings: &mut Findings) {
        let sheet = &self.questionnaire.sheet;
        let about = |code: Code, subject: &EntryId, view: &EntryId| {
            let made = Finding::new(code).about(subject.as_str()).with("round", id.as_str().to_owned()).with("view", view.as_str().to_owned());
            match self.service {
                Some(service) => made.with("service", service.to_owned()),
                None => made,
            }
        };
        let anybody = (0..sheet.views.len()).any(|view| self.speaks(round, view));
        for (view, name) in sheet.views.iter().enumerate() {
            if anybody && !self.speaks(round, view) {
                findings.push(about(Code::ScreenViewMissing, &sheet.id, name));
            }
        }
        for (at, item) in sheet.item.iter().enumerate() {
            let base = self.given(round, at, self.questionnaire.base).map(|g| g.answer);
            for (view, (name, since)) in sheet.views.iter().zip(earlier).enumerate() {
                let Some(given) = self.given(round, at, view) else { continue };
                let location = |field: &str| match given.at {
                    (_, Some(row)) => Location { row: Some(row), column: Some(field.into()), ..Location::default() },
                    (at, None) => Location { path: Some(format!("records[{at}].{field}").into()), ..Location::default() },
                };
                if given.answer == Answer::NotApplicable && given.note.is_none() {
                    findings.push(about(Code::ScreenNoReason, &item.id, name).at(location("note")));
                }
                let disputed =
                    matches!((base, given.answer), (Some(Answer::NotApplicable), Answer::Level(_)) | (Some(Answer::Level(_)), Answer::NotApplicable));
                if disputed {
                    findings.push(about(Code::ScreenAppliesDisputed, &item.id, name).at(location("answer")));
                }
                if !self.owes_evidence(name, given) {
                    continue;
                }
                if given.evidence.is_empty() {
                    findings.push(about(Code::ScreenNoEvidence, &item.id, name).at(location("evidence")));
                    continue;
                }
                let before = since.and_then(|since| self.given(since, at, view));
                let risen = before.is_some_and(|b| matches!((b.answer, given.answer), (Answer::Level(b), Answer::Level(now)) if now > b));
                let set = |g: &Given| g.evidence.iter().cloned().collect::<BTreeSet<_>>();
                if risen && before.is_some_and(|b| set(given).is_subset(&set(b))) {
                    findings.push(about(Code::ScreenSameEvidence, &item.id, name).at(location("evidence")));
                }
            }
        }
    }
}

/// The word for `other` against `base`, and the levels between them.
fn compare(base: usize, other: usize, words: [&'static str; 3]) -> Compared {
    let [below, same, above] = words;
    let verdict = match other.cmp(&base) {
        Ordering::Less => below,
        Ordering::Equal => same,
        Ordering::Greater => above,
    };
    let steps = i64::try_from(other.abs_diff(base)).ok();
    Compared { verdict, steps: if other < base { steps.map(|s| -s) } else { steps } }
}
