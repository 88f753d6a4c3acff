//! The answers of each row: where they stand in an export, what they say, and whether conditions hold.

use super::{Export, ReadRequest, Why};
use crate::diagnostic::{Code, Error, Finding, Findings, Location, Result};
use crate::form::bank::{Condition, Kind, Question};
use crate::form::xlsform::may_name;
use crate::form::{MAY, Questionnaire};
use crate::num::{self, DecimalSign, parse_number};
use std::collections::{BTreeMap, BTreeSet};

/// What separates the names of groups and questions in a header: KoboToolbox lets people choose, ODK Central writes a hyphen.
const SEPARATORS: [char; 4] = ['/', '-', '.', ':'];
/// Columns that the survey tools add.
const META: &[&str] = &[
    "start",
    "end",
    "today",
    "deviceid",
    "username",
    "audit",
    "instanceID",
    "instanceName",
    "meta/instanceID",
    "meta/instanceName",
    "meta-instanceID",
    "meta-instanceName",
    "meta/rootUuid",
    "meta/deprecatedID",
    "formhub/uuid",
    "KEY",
    "SubmissionDate",
    "SubmitterID",
    "SubmitterName",
    "AttachmentsPresent",
    "AttachmentsExpected",
    "Status",
    "ReviewState",
    "DeviceID",
    "Edits",
    "FormVersion",
];

/// An answer, read.
#[derive(Clone)]
pub(super) enum Cell {
    Codes(Vec<String>),
    Number(i64),
    None(Why),
}

/// Whether something holds.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Holds {
    Yes,
    No,
    /// Nobody can tell.
    None(Why),
}

impl Holds {
    fn of(yes: bool) -> Self {
        if yes { Holds::Yes } else { Holds::No }
    }
}

/// Where the answers to a question stand in a row.
#[derive(Default)]
struct Place {
    whole: Option<usize>,
    /// Columns of one answer each.
    split: Vec<(usize, String)>,
}

/// Reads the rows of an export.
pub(super) struct Reader<'q, 'a> {
    form: &'q Questionnaire<'a>,
    places: BTreeMap<String, Place>,
    pub(super) findings: Findings,
}

pub(super) type Answers<'q> = BTreeMap<&'q str, Cell>;

pub(super) fn at(row: u32, column: &str) -> Location {
    Location { row: Some(row), column: Some(column.into()), ..Location::default() }
}

/// The name without the names of groups before it.
fn bare<'h>(header: &'h str, groups: &[String]) -> &'h str {
    let mut rest = header.trim();
    loop {
        let inner = groups.iter().find_map(|g| rest.strip_prefix(g.as_str()).and_then(|r| r.strip_prefix(SEPARATORS)));
        match inner {
            Some(inner) => rest = inner,
            None => return rest,
        }
    }
}

/// Whether a cell of one answer says that it was chosen.
fn chosen(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "1" | "true" | "yes" | "1.0" => Some(true),
        "0" | "false" | "no" | "0.0" => Some(false),
        _ => None,
    }
}

impl<'q, 'a> Reader<'q, 'a> {
    pub(super) fn new(form: &'q Questionnaire<'a>, export: &Export, asked: &ReadRequest) -> Result<Self> {
        let raw = form.bank.data();
        let mut findings = export.findings.clone();
        let topics: Vec<String> = form.topics.iter().map(|t| may_name(t)).collect();
        let mut places: BTreeMap<String, Place> = BTreeMap::new();
        let consent = form.bank.question(&raw.consent);
        let questions: Vec<&'q Question> = consent.into_iter().chain(form.questions.iter().copied()).collect();
        for (index, header) in export.header.iter().enumerate() {
            let name = bare(header, &raw.sections);
            let twice = || Error::new(Code::FormDuplicateColumn).in_column(crate::text::short(header));
            let design = [&asked.weight, &asked.stratum, &asked.psu].into_iter().flatten().any(|c| c == header.trim());
            if let Some(id) = questions.iter().map(|q| q.id.as_str()).find(|id| *id == name) {
                let place = places.entry(id.to_owned()).or_default();
                if place.whole.replace(index).is_some() {
                    return Err(twice());
                }
            } else if let Some(may) = topics.iter().find(|may| *may == name) {
                let place = places.entry(may.clone()).or_default();
                if place.whole.replace(index).is_some() {
                    return Err(twice());
                }
            } else if let Some((question, code)) = questions
                .iter()
                .filter(|q| q.kind == Kind::SelectMultiple)
                .find_map(|q| Some((*q, name.strip_prefix(q.id.as_str())?.strip_prefix(SEPARATORS)?)))
            {
                if form.answers(question).is_some_and(|a| a.codes().any(|c| c == code)) {
                    let place = places.entry(question.id.clone()).or_default();
                    if place.split.iter().any(|(_, c)| c == code) {
                        return Err(twice());
                    }
                    place.split.push((index, code.to_owned()));
                } else {
                    let column = crate::text::short(header).into();
                    findings.push(Finding::new(Code::FormUnknownCode).at(Location { column: Some(column), ..Location::default() }));
                }
            } else if !design && !header.trim().starts_with('_') && !META.contains(&header.trim()) && !Self::is_note(form, name) {
                let column = crate::text::short(header).into();
                findings.push(Finding::new(Code::FormUnknownColumn).at(Location { column: Some(column), ..Location::default() }));
            }
        }
        if places.get(raw.consent.as_str()).is_none_or(|p| p.whole.is_none()) {
            return Err(Error::new(Code::FormNoConsentColumn).in_column(&raw.consent));
        }
        for question in &form.questions {
            if !places.contains_key(question.id.as_str()) {
                findings.push(Finding::new(Code::FormMissingColumn).at(Location { column: Some(question.id.as_str().into()), ..Location::default() }));
            }
        }
        for may in &topics {
            if !places.contains_key(may) {
                findings.push(Finding::new(Code::FormMissingColumn).at(Location { column: Some(may.as_str().into()), ..Location::default() }));
            }
        }
        Ok(Reader { form, places, findings })
    }

    /// Notes have columns in some exports, without content.
    fn is_note(form: &Questionnaire<'_>, name: &str) -> bool {
        matches!(name, "intro" | "thanks") || name.strip_prefix("note_").is_some_and(|id| form.is_asked(id))
    }

    /// The codes that stand in a row for a question; none where it was left empty.
    fn codes(&self, id: &str, cells: &[String]) -> Option<Vec<String>> {
        let place = self.places.get(id)?;
        let whole = place.whole.and_then(|i| cells.get(i)).map(|t| t.trim()).filter(|t| !t.is_empty());
        if let Some(text) = whole {
            return Some(text.split_whitespace().map(str::to_owned).collect());
        }
        let told: Vec<(bool, &String)> = place.split.iter().filter_map(|(i, code)| Some((chosen(cells.get(*i)?)?, code))).collect();
        let codes: Vec<String> = told.into_iter().filter(|(yes, _)| *yes).map(|(_, code)| code.clone()).collect();
        if codes.is_empty() { None } else { Some(codes) }
    }

    pub(super) fn consents(&self, cells: &[String]) -> bool {
        let raw = self.form.bank.data();
        self.codes(&raw.consent, cells).is_some_and(|c| c.len() == 1 && c.contains(&raw.consent_given))
    }

    pub(super) fn row(&mut self, line: u32, cells: &[String]) -> Answers<'q> {
        let mut answers: Answers<'q> = BTreeMap::new();
        let form = self.form;
        for question in form.questions.iter().copied() {
            let given = self.codes(&question.id, cells);
            let open = question.ask_if.iter().all(|c| holds(c, &answers) == Holds::Yes);
            let may = question.topic.as_deref().filter(|_| open).map(|topic| self.codes(&may_name(topic), cells));
            let [yes, no] = MAY;
            let said = |word: &str| may.as_ref().is_some_and(|m| m.as_ref().is_some_and(|codes| codes.len() == 1 && codes.iter().any(|c| c == word)));
            let cell = if !open || (may.is_some() && !said(yes)) {
                if given.is_some() {
                    self.findings.push_with(Code::FormAnswerOffPath, &question.id, || {
                        Finding::new(Code::FormAnswerOffPath).about(&question.id).at(at(line, &question.id))
                    });
                }
                // a topic that may not be asked is refused as a whole
                Cell::None(if open && said(no) { Why::Refused } else { Why::NotAsked })
            } else {
                match given {
                    None => Cell::None(Why::Missing),
                    Some(codes) => self.cell(question, codes, line),
                }
            };
            answers.insert(&question.id, cell);
        }
        answers
    }

    fn cell(&mut self, question: &Question, codes: Vec<String>, line: u32) -> Cell {
        let raw = self.form.bank.data();
        let mut wrong = |code: Code| {
            self.findings.push_with(code, &question.id, || Finding::new(code).about(&question.id).at(at(line, &question.id)));
            Cell::None(Why::Missing)
        };
        let Some(answers) = self.form.answers(question) else {
            // whole numbers; spreadsheets write 34 as 34.0
            let number = parse_number(&codes.join(" "), DecimalSign::Point).ok().filter(|x| num::abs(*x) < 1e15 && x.fract() == 0.0);
            #[allow(clippy::cast_possible_truncation, reason = "a whole number below 1e15")]
            let number = number.map(|x| x as i64);
            return match number {
                Some(n) if n == raw.refused_number => Cell::None(Why::Refused),
                Some(n) if n == raw.dont_know_number => Cell::None(Why::DontKnow),
                Some(n) if question.minimum.is_none_or(|m| n >= m) && question.maximum.is_none_or(|m| n <= m) => Cell::Number(n),
                _ => wrong(Code::FormBadNumber),
            };
        };
        let known: BTreeSet<&str> = answers.codes().collect();
        let one = question.kind == Kind::SelectOne;
        let alone = |c: &String| answers.list.alone.contains(c) || *c == raw.refused || *c == raw.dont_know;
        if codes.iter().any(|c| !known.contains(c.as_str())) || (one && codes.len() > 1) || (codes.len() > 1 && codes.iter().any(alone)) {
            return wrong(Code::FormUnknownCode);
        }
        match codes.first() {
            Some(c) if *c == raw.refused => Cell::None(Why::Refused),
            Some(c) if *c == raw.dont_know => Cell::None(Why::DontKnow),
            Some(c) if answers.list.not_applicable.contains(c) => Cell::None(Why::NotApplicable),
            _ => Cell::Codes(codes),
        }
    }
}

fn holds(condition: &Condition, answers: &Answers<'_>) -> Holds {
    match answers.get(condition.question.as_str()) {
        Some(Cell::Codes(codes)) if condition.none.is_empty() => Holds::of(codes.iter().any(|c| condition.any.contains(c))),
        Some(Cell::Codes(codes)) => Holds::of(!codes.iter().any(|c| condition.none.contains(c))),
        Some(Cell::Number(n)) => Holds::of(condition.from.is_none_or(|from| *n >= from) && condition.to.is_none_or(|to| *n <= to)),
        Some(Cell::None(why)) => Holds::None(*why),
        None => Holds::None(Why::NotAsked),
    }
}

/// All hold; none does where one fails; nobody can tell where one is not known.
pub(super) fn all(conditions: &[Condition], answers: &Answers<'_>) -> Holds {
    let mut told = Holds::Yes;
    for condition in conditions {
        match holds(condition, answers) {
            Holds::No => return Holds::No,
            Holds::None(why) if told == Holds::Yes => told = Holds::None(why),
            _ => {}
        }
    }
    told
}

/// One holds; nobody can tell where none does and one is not known.
pub(super) fn any(conditions: &[Condition], answers: &Answers<'_>) -> Holds {
    let mut told = Holds::No;
    for condition in conditions {
        match holds(condition, answers) {
            Holds::Yes => return Holds::Yes,
            Holds::None(why) if told == Holds::No => told = Holds::None(why),
            _ => {}
        }
    }
    told
}
