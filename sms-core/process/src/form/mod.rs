//! Floor 12: tools made from the catalogue: what to collect, from whom, with which questions; and the answers back in.
//!
//! | question | module |
//! |---|---|
//! | which questions, answers and texts there are | [`bank`] |
//! | the questionnaire as XLSForm, for KoboToolbox and ODK | [`xlsform`] |
//! | who collects what, when, from which source, with how much work; what data protection asks | [`plan`] |
//! | a table to fill in | [`template`] |
//! | an export of KoboToolbox or ODK as microdata | [`read`] |
//!
//! Questions about special categories of personal data are off until the request records a legal basis for their topic.

pub mod bank;
pub mod plan;
pub mod read;
pub mod template;
pub mod xlsform;

pub use crate::method::FormRules;
pub use bank::Bank;

use crate::catalogue::{Catalogue, Indicator};
use crate::diagnostic::{Code, Error, Result};
use crate::disaggregation::AgeRange;
use crate::id::{DimensionId, IndicatorId};
use crate::text;
use bank::{AnswerList, Condition, Kind, Measure, Question, Texts};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The selection where none is named.
const CORE: &str = "core";
/// The answers of the question whether a topic may be asked.
pub const MAY: [&str; 2] = ["yes", "no"];

/// What is asked for: the same in every operation on one form.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FormRequest {
    /// Indicators or selections of the catalogue; `core` where none is named.
    pub selection: Vec<String>,
    /// Languages of the form, the first one being its default; the first of the question bank where none is named.
    pub languages: Vec<String>,
    /// The legal basis by sensitive topic: without it the topic is not asked.
    pub legal_basis: BTreeMap<String, LegalBasis>,
    /// Dimensions to ask beside those that the indicators require.
    pub dimensions: Vec<DimensionId>,
    /// Whether to ask the dimensions that are good to have.
    pub desirable: bool,
    /// Dimensions not to ask.
    pub without: Vec<DimensionId>,
    /// A city's own codes, by dimension: districts, ethnic groups, religions; or the bounds of the groups of income, as labels of the codes of INCOME.
    pub codes: BTreeMap<DimensionId, Vec<OwnCode>>,
    /// Age groups of the results; those of the question bank where none is named.
    pub age_groups: Vec<String>,
    /// Title by language.
    pub title: BTreeMap<String, String>,
    /// Id of the form; `sms` where none is given.
    pub form_id: Option<String>,
    /// Version of the form; made from its content where none is given.
    pub version: Option<String>,
    /// Who is responsible for the data.
    pub controller: Option<String>,
    /// Whom people can ask.
    pub contact: Option<String>,
    /// The lawful basis of the survey as a whole (GDPR Article 6).
    pub lawful_basis: Option<String>,
    /// How long answers are kept.
    pub retention: Option<String>,
}

/// The legal basis for a sensitive topic, as decided by the controller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LegalBasis {
    /// The ground of Article 9(2): `art9_2_a`, `art9_2_g`, `art9_2_j`.
    pub ground: String,
    /// Where the decision or the law is found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<String>,
}

/// A city's own code.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OwnCode {
    /// The code: letters, digits, hyphen, point, underscore.
    pub code: String,
    /// Its label by language; the code where a language has none.
    #[serde(default)]
    pub label: BTreeMap<String, String>,
}

/// What became of an indicator.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct IndicatorUse {
    /// The indicator.
    pub indicator: IndicatorId,
    /// The questions that it needs; empty where it is not asked.
    pub questions: Vec<String>,
    /// Why it is not asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What became of a dimension.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DimensionUse {
    /// The dimension.
    pub dimension: DimensionId,
    /// The questions that it needs; empty where it is not asked.
    pub questions: Vec<String>,
    /// Why it is not asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A list of answers as it stands in the form.
#[derive(Clone, Debug)]
pub struct Answers<'a> {
    pub(crate) list: &'a AnswerList,
    pub(crate) own: &'a [OwnCode],
}

impl<'a> Answers<'a> {
    /// The codes that say something, in their order.
    pub(crate) fn substantive(&self) -> impl Iterator<Item = &'a str> {
        self.own.iter().map(|o| o.code.as_str()).chain(self.list.codes.iter().map(String::as_str))
    }

    /// All codes, in their order.
    pub fn codes(&self) -> impl Iterator<Item = &'a str> {
        self.substantive().chain(self.list.absent.iter().map(String::as_str))
    }
}

/// A questionnaire: the questions that are asked, in their order, with all that belongs to them.
#[derive(Clone, Debug)]
pub struct Questionnaire<'a> {
    /// The question bank that it draws on.
    pub bank: &'a Bank,
    /// The catalogue that the questions serve.
    pub catalogue: &'a Catalogue,
    pub(crate) request: &'a FormRequest,
    pub(crate) languages: Vec<&'a str>,
    /// The questions that are asked, in their order.
    pub questions: Vec<&'a Question>,
    /// Topics in the order in which they are asked.
    pub topics: Vec<&'a str>,
    pub(crate) age_groups: Vec<&'a str>,
    indicators: Vec<IndicatorUse>,
    dimensions: Vec<DimensionUse>,
}

/// Whether a survey can measure an indicator.
pub(crate) fn is_survey(catalogue: &Catalogue, indicator: &Indicator) -> bool {
    indicator.source_types.iter().any(|s| matches!(category(catalogue, s.as_str()), "survey" | "perception"))
}

/// The category of a source type: `administrative`, `survey`, `perception`, `events`, `expert`.
pub(crate) fn category<'a>(catalogue: &'a Catalogue, source: &str) -> &'a str {
    let entry = catalogue.data().source_types.iter().find(|e| e.id.as_str() == source);
    entry.and_then(|e| e.text("category")).unwrap_or_default()
}

fn bad(path: &str, expected: &'static str) -> Error {
    Error::new(Code::FormBadRequest).at_path(&format!("form.{path}")).expecting(expected)
}

fn suggest<'a>(error: Error, text: &str, known: impl Iterator<Item = &'a str>) -> Error {
    error.suggesting(text::did_you_mean(text, known))
}

impl FormRequest {
    /// The chosen indicators, each once, sorted.
    ///
    /// # Errors
    /// `assess.unknown-selection`.
    pub fn indicators<'a>(&self, catalogue: &'a Catalogue) -> Result<Vec<&'a Indicator>> {
        let core = [CORE.to_owned()];
        let selection: &[String] = if self.selection.is_empty() { &core } else { &self.selection };
        let mut ids: BTreeSet<IndicatorId> = BTreeSet::new();
        for (i, name) in selection.iter().enumerate() {
            if let Some(found) = catalogue.selection(name) {
                ids.extend(found.all());
            } else if let Some(found) = catalogue.indicator(name) {
                ids.insert(found.id.clone());
            } else {
                let error = Error::new(Code::AssessUnknownSelection).at_path(&format!("form.selection[{i}]"));
                return Err(suggest(error, name, catalogue.indicators().iter().map(|i| i.id.as_str())));
            }
        }
        Ok(ids.iter().filter_map(|id| catalogue.indicator(id.as_str())).collect())
    }

    fn check(&self, bank: &Bank, catalogue: &Catalogue) -> Result<()> {
        let raw = bank.data();
        for (topic, basis) in &self.legal_basis {
            let path = format!("form.legal_basis.{}", text::short(topic));
            let known =
                bank.topic(topic).ok_or_else(|| suggest(Error::new(Code::FormUnknownTopic).at_path(&path), topic, raw.topic.iter().map(|t| t.id.as_str())))?;
            if !known.grounds.contains(&basis.ground) {
                return Err(Error::new(Code::FormUnknownGround).at_path(&format!("{path}.ground")).expecting(known.grounds.join(", ")));
            }
        }
        for id in self.dimensions.iter().chain(&self.without).chain(self.codes.keys()) {
            if catalogue.dimension(id.as_str()).is_none() {
                let error = Error::new(Code::FormUnknownDimension).at_path(&format!("form.dimensions.{id}"));
                return Err(suggest(error, id.as_str(), catalogue.data().dimensions.iter().map(|d| d.id.as_str())));
            }
        }
        for (id, codes) in &self.codes {
            let list = raw.answers.iter().find(|l| l.groups.as_ref() == Some(id) && l.open);
            let list = list.ok_or_else(|| bad(&format!("codes.{id}"), "a dimension whose list of answers is open"))?;
            let dimension = catalogue.dimension(id.as_str()).filter(|d| !d.open);
            if let Some(dimension) = dimension {
                let groups = dimension.group.iter().filter(|g| g.not_stated.is_none() && !dimension.is_total(g.code.as_str()));
                if !groups.map(|g| g.code.as_str()).eq(codes.iter().map(|o| o.code.as_str())) || codes.iter().any(|o| o.label.is_empty()) {
                    return Err(bad(&format!("codes.{id}"), "every group of the dimension in its order, each with a label that gives its bounds"));
                }
            }
            for (i, own) in codes.iter().enumerate() {
                let taken =
                    codes.iter().take(i).any(|o| o.code == own.code) || list.codes.contains(&own.code) || [&raw.refused, &raw.dont_know].contains(&&own.code);
                if !bank::is_code(&own.code) || taken {
                    return Err(Error::new(Code::FormBadCode).at_path(&format!("form.codes.{id}[{i}].code")));
                }
            }
        }
        if self.form_id.as_ref().is_some_and(|id| !id.starts_with(|c: char| c.is_ascii_alphabetic()) || !bank::is_code(id)) {
            return Err(bad("form_id", "a letter first, then letters, digits, hyphen, point and underscore"));
        }
        if self.version.as_ref().is_some_and(|v| !bank::is_code(v)) {
            return Err(bad("version", "letters, digits, hyphen, point and underscore"));
        }
        let ages: Vec<AgeRange> = self
            .age_groups
            .iter()
            .enumerate()
            .map(|(i, code)| AgeRange::parse(code).ok_or_else(|| bad(&format!("age_groups[{i}]"), "codes of ages such as Y18-29")))
            .collect::<Result<_>>()?;
        if ages.iter().enumerate().any(|(i, a)| ages.iter().take(i).any(|b| a.overlaps(*b))) {
            return Err(bad("age_groups", "age groups that do not overlap"));
        }
        let texts = self.title.values().chain(self.codes.values().flatten().flat_map(|o| o.label.values()));
        let lines = [&self.controller, &self.contact, &self.lawful_basis, &self.retention].into_iter().flatten();
        for text in texts.chain(lines).chain(self.legal_basis.values().filter_map(|b| b.record.as_ref())) {
            // a dollar sign with a brace would be read as a reference to a question
            if text::clean(text)?.trim().is_empty() || text.contains("${") {
                return Err(bad("title", "texts that are not empty and hold no reference to a question"));
            }
        }
        Ok(())
    }
}

impl<'a> Questionnaire<'a> {
    /// Chooses the questions for a request.
    ///
    /// # Errors
    /// `assess.unknown-selection`, `form.unknown-topic`, `form.unknown-ground`, `form.unknown-dimension`, `form.unknown-language`, `form.bad-code`,
    /// `form.bad-request`.
    pub fn new(bank: &'a Bank, catalogue: &'a Catalogue, request: &'a FormRequest) -> Result<Self> {
        request.check(bank, catalogue)?;
        let raw = bank.data();
        let mut languages: Vec<&str> = Vec::new();
        for (i, language) in request.languages.iter().enumerate() {
            if bank.texts(language).is_none() {
                let error = Error::new(Code::FormUnknownLanguage).at_path(&format!("form.languages[{i}]"));
                return Err(error.expecting(raw.languages.join(", ")));
            }
            if languages.contains(&language.as_str()) {
                return Err(bad(&format!("languages[{i}]"), "each language once"));
            }
            languages.push(language);
        }
        if languages.is_empty() {
            languages.extend(raw.languages.first().map(String::as_str));
        }
        let groups = if request.age_groups.is_empty() { &raw.age_groups } else { &request.age_groups };
        let mut made = Questionnaire {
            bank,
            catalogue,
            request,
            languages,
            questions: Vec::new(),
            topics: Vec::new(),
            age_groups: groups.iter().map(String::as_str).collect(),
            indicators: Vec::new(),
            dimensions: Vec::new(),
        };
        let mut asked: BTreeSet<&str> = BTreeSet::new();
        let mut wanted: BTreeSet<&DimensionId> = request.dimensions.iter().collect();
        for indicator in request.indicators(catalogue)? {
            let used = made.of_indicator(indicator, &mut asked);
            if used.reason.is_none() {
                wanted.extend(&indicator.disaggregation.required);
                if request.desirable {
                    wanted.extend(&indicator.disaggregation.desirable);
                }
            }
            made.indicators.push(used);
        }
        for dimension in wanted {
            let used = made.of_dimension(dimension, &mut asked);
            made.dimensions.push(used);
        }
        made.questions = bank.in_order().filter(|q| asked.contains(q.id.as_str())).collect();
        for topic in made.questions.iter().filter_map(|q| q.topic.as_deref()) {
            if !made.topics.contains(&topic) {
                made.topics.push(topic);
            }
        }
        Ok(made)
    }

    /// A question with all earlier ones that its condition and its answers need.
    fn closure(&self, id: &'a str, into: &mut BTreeSet<&'a str>) {
        let Some(question) = self.bank.question(id) else { return };
        // conditions name earlier questions only, so this ends
        if into.insert(&question.id) {
            for condition in &question.ask_if {
                self.closure(&condition.question, into);
            }
            if let Some(other) = question.answers.as_deref().and_then(|l| self.bank.list(l)).and_then(|l| l.chosen_in.as_deref()) {
                self.closure(other, into);
            }
        }
    }

    /// Why these questions cannot be asked, if they cannot.
    fn hindrance(&self, questions: &BTreeSet<&str>) -> Option<&'a str> {
        for question in questions.iter().filter_map(|id| self.bank.question(id)) {
            if question.topic.as_ref().is_some_and(|t| !self.request.legal_basis.contains_key(t)) {
                return Some("no_legal_basis");
            }
            if let Some(answers) = self.answers(question).filter(|a| a.substantive().next().is_none()) {
                return Some(answers.list.lacking.as_deref().unwrap_or("needs_codes"));
            }
        }
        None
    }

    fn of_indicator(&self, indicator: &Indicator, asked: &mut BTreeSet<&'a str>) -> IndicatorUse {
        let raw = self.bank.data();
        let not = |reason: &str| IndicatorUse { indicator: indicator.id.clone(), questions: Vec::new(), reason: Some(reason.to_owned()) };
        let Some(measure) = self.bank.measure(indicator.id.as_str()) else {
            return not(raw.unasked.get(&indicator.id).map_or("not_survey", String::as_str));
        };
        let mut needed = BTreeSet::new();
        measure.questions().for_each(|id| self.closure(id, &mut needed));
        if let Some(reason) = self.hindrance(&needed) {
            return not(reason);
        }
        if let Some(split) = &measure.split {
            let mut more = BTreeSet::new();
            self.closure(split, &mut more);
            if self.hindrance(&more).is_none() {
                needed.extend(more);
            }
        }
        asked.extend(&needed);
        let questions = self.bank.in_order().filter(|q| needed.contains(q.id.as_str())).map(|q| q.id.clone()).collect();
        IndicatorUse { indicator: indicator.id.clone(), questions, reason: None }
    }

    fn of_dimension(&self, dimension: &DimensionId, asked: &mut BTreeSet<&'a str>) -> DimensionUse {
        let raw = self.bank.data();
        let not = |reason: &str| DimensionUse { dimension: dimension.clone(), questions: Vec::new(), reason: Some(reason.to_owned()) };
        if self.request.without.contains(dimension) {
            return not("not_wanted");
        }
        let mut own: Vec<&'a str> = raw.question.iter().filter(|q| q.dimension.as_ref() == Some(dimension)).map(|q| q.id.as_str()).collect();
        for id in raw.derived.iter().filter(|d| d.dimension == *dimension).flat_map(|d| &d.questions) {
            // several groups of a dimension can come from the same question
            if !own.contains(&id.as_str()) {
                own.push(id);
            }
        }
        if own.is_empty() {
            return not(raw.unasked_dimensions.get(dimension).map_or("not_survey", String::as_str));
        }
        let mut needed = BTreeSet::new();
        own.iter().for_each(|id| self.closure(id, &mut needed));
        if let Some(reason) = self.hindrance(&needed) {
            return not(reason);
        }
        asked.extend(&needed);
        DimensionUse { dimension: dimension.clone(), questions: own.into_iter().map(str::to_owned).collect(), reason: None }
    }

    /// What became of each chosen indicator.
    #[must_use]
    pub fn indicators(&self) -> &[IndicatorUse] {
        &self.indicators
    }

    /// What became of each dimension that was wanted.
    #[must_use]
    pub fn dimensions(&self) -> &[DimensionUse] {
        &self.dimensions
    }

    /// The languages of the form.
    #[must_use]
    pub fn languages(&self) -> &[&'a str] {
        &self.languages
    }

    /// The sensitive topics that are asked, with their legal basis.
    pub fn topics(&self) -> impl Iterator<Item = (&'a str, &'a LegalBasis)> {
        self.topics.iter().filter_map(|t| Some((*t, self.request.legal_basis.get(*t)?)))
    }

    /// The list of answers of a question, if it has one.
    #[must_use]
    pub fn answers(&self, question: &Question) -> Option<Answers<'a>> {
        let list = self.bank.list(question.answers.as_deref()?)?;
        let own = list.groups.as_ref().filter(|_| list.open).and_then(|d| self.request.codes.get(d)).map_or(&[][..], Vec::as_slice);
        Some(Answers { list, own })
    }

    /// A question of the bank.
    pub fn question(&self, id: &str) -> Option<&'a Question> {
        self.bank.question(id)
    }

    pub(crate) fn is_asked(&self, id: &str) -> bool {
        self.questions.iter().any(|q| q.id == id)
    }

    /// The measures of the indicators that are asked.
    pub(crate) fn measures(&self) -> impl Iterator<Item = &'a Measure> {
        self.indicators.iter().filter(|i| i.reason.is_none()).filter_map(|i| self.bank.measure(i.indicator.as_str()))
    }

    /// The texts of a language.
    #[must_use]
    pub fn texts(&self, language: &str) -> &'a Texts {
        let known = self.bank.texts(language).or_else(|| self.bank.data().texts.values().next());
        known.unwrap_or_else(|| no_texts())
    }

    /// The label of an answer.
    pub fn answer_label(&self, answers: &Answers<'a>, code: &'a str, language: &str) -> &'a str {
        let (texts, raw) = (self.texts(language), self.bank.data());
        if code == raw.refused || code == raw.dont_know {
            return word(texts, if code == raw.refused { "refused" } else { "dont_know" });
        }
        if let Some(own) = answers.own.iter().find(|o| o.code == code) {
            return own.label.get(language).or_else(|| own.label.values().next()).map_or(code, String::as_str);
        }
        texts.answers.get(&answers.list.id).and_then(|l| l.get(code)).map_or(code, String::as_str)
    }

    /// Purpose, legal basis and record of a sensitive topic in one text, with the question whether it may be asked.
    pub fn may_text(&self, topic: &str, language: &str) -> String {
        let texts = self.texts(language);
        let get = |map: &'a BTreeMap<String, String>, key: &str| map.get(key).map_or("", String::as_str);
        let basis = self.request.legal_basis.get(topic);
        let ground = basis.map_or("", |b| get(&texts.grounds, &b.ground));
        let record = basis.and_then(|b| b.record.as_deref()).map(|r| format!("({r})")).unwrap_or_default();
        let filled = fill(word(texts, "may_ask"), &[("purpose", get(&texts.purposes, topic)), ("ground", ground), ("record", &record)]);
        filled.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The text that opens the form.
    pub fn intro(&self, language: &str) -> String {
        let texts = self.texts(language);
        let lines = [
            ("who", "controller", &self.request.controller),
            ("contact", "contact", &self.request.contact),
            ("retention", "retention", &self.request.retention),
        ];
        let mut said = vec![word(texts, "intro").to_owned()];
        said.extend(lines.iter().filter_map(|(line, field, value)| Some(fill(word(texts, line), &[(field, value.as_deref()?)]))));
        said.join(" ")
    }

    /// The title in a language.
    #[must_use]
    pub fn title(&self, language: &str) -> &'a str {
        self.request.title.get(language).map_or_else(|| word(self.texts(language), "title"), String::as_str)
    }

    /// Languages in which a question of a standard instrument is not the published text.
    pub(crate) fn own_translations(&self) -> Vec<(&'a str, &'a str)> {
        let mut standards: Vec<&str> = self.questions.iter().filter_map(|q| q.standard.as_deref()).collect();
        standards.dedup();
        let own = |(standard, language): &(&'a str, &'a str)| self.texts(language).standard_texts.get(*standard).is_none_or(|s| s != "read");
        standards.iter().flat_map(|s| self.languages.iter().map(|l| (*s, *l))).filter(own).collect()
    }

    /// Seconds that an interview takes when everything is asked.
    pub fn seconds(&self, rules: &FormRules) -> f64 {
        let of = |kind: Kind| match kind {
            Kind::SelectOne => rules.seconds_select_one,
            Kind::SelectMultiple => rules.seconds_select_multiple,
            Kind::Integer => rules.seconds_number,
        };
        let count = |n: usize| f64::from(u32::try_from(n).unwrap_or(u32::MAX));
        let texts = self.texts(self.languages.first().copied().unwrap_or_default());
        let notes = 2 + self.questions.iter().filter(|q| texts.notes.contains_key(&q.id)).count();
        let mut seconds = crate::num::sum(&self.questions.iter().map(|q| of(q.kind)).collect::<Vec<_>>());
        // the introduction with its consent, the thanks, and the question whether each topic may be asked
        seconds += rules.seconds_select_one;
        seconds += count(notes) * rules.seconds_note;
        seconds += count(self.topics.len()) * (rules.seconds_note + rules.seconds_select_one);
        seconds
    }
}

fn no_texts() -> &'static Texts {
    static NONE: std::sync::OnceLock<Texts> = std::sync::OnceLock::new();
    NONE.get_or_init(Texts::default)
}

/// A word of the form.
pub fn word<'a>(texts: &'a Texts, key: &str) -> &'a str {
    texts.words.get(key).map_or("", String::as_str)
}

/// A pattern with its places filled, each once.
pub fn fill(pattern: &str, values: &[(&str, &str)]) -> String {
    let mut made = String::new();
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        made.push_str(before);
        match after.split_once('}') {
            Some((name, behind)) => {
                made.push_str(values.iter().find(|(n, _)| *n == name).map_or("", |(_, v)| v));
                rest = behind;
            }
            None => {
                made.push('{');
                rest = after;
            }
        }
    }
    made.push_str(rest);
    made
}

/// Whether a condition is on one of the answers of a list.
pub(crate) fn is_code_condition(condition: &Condition) -> bool {
    !condition.any.is_empty()
}
