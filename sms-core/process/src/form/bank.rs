//! The question bank: questions, answers, what the answers feed, sensitive topics and their grounds, texts.

use crate::catalogue::Catalogue;
use crate::diagnostic::{Code, Error, Result};
use crate::disaggregation::{AgeRange, DimensionKind};
use crate::id::{DimensionId, IndicatorId};
use crate::shape::expected_by;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The question bank as its canonical JSON has it. Its files are in `catalogue/questions`, each with notes on its fields.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "the files of catalogue/questions say it, field by field")]
pub struct RawBank {
    pub languages: Vec<String>,
    pub sections: Vec<String>,
    pub refused: String,
    pub dont_know: String,
    pub refused_number: i64,
    pub dont_know_number: i64,
    pub age_groups: Vec<String>,
    pub consent: String,
    pub consent_given: String,
    pub ground: Vec<Ground>,
    pub topic: Vec<Topic>,
    pub check: Vec<Check>,
    pub answers: Vec<AnswerList>,
    pub question: Vec<Question>,
    pub measure: Vec<Measure>,
    #[serde(default)]
    pub derived: Vec<Derived>,
    pub unasked: BTreeMap<IndicatorId, String>,
    pub unasked_dimensions: BTreeMap<DimensionId, String>,
    pub texts: BTreeMap<String, Texts>,
}

/// A ground of Article 9(2) of the General Data Protection Regulation.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Ground {
    pub id: String,
    pub verification: String,
}

/// A sensitive subject: its questions are off until a legal basis is recorded.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Topic {
    pub id: String,
    pub grounds: Vec<String>,
    /// Which special category it is; `ours` is none by law and treated as one.
    pub category: String,
}

/// A line of the data protection checklist.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Check {
    pub id: String,
    /// `always`, or `special` where a special category is asked.
    pub when: String,
    /// The field of the request that answers it.
    #[serde(default)]
    pub field: Option<String>,
    /// What the form itself shows.
    #[serde(default)]
    pub computed: Option<String>,
}

/// A list of answers.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "the names say it")]
pub struct AnswerList {
    pub id: String,
    pub codes: Vec<String>,
    /// The dimension whose codes the answers are.
    #[serde(default)]
    pub groups: Option<DimensionId>,
    /// Whether a city's own codes are added.
    #[serde(default)]
    pub open: bool,
    /// Answers of several that stand alone.
    #[serde(default)]
    pub alone: Vec<String>,
    /// Answers that say that the question does not apply.
    #[serde(default)]
    pub not_applicable: Vec<String>,
    /// Which of the common reasons for no answer are offered.
    #[serde(default)]
    pub absent: Vec<String>,
    /// Only what was chosen in this question is offered.
    #[serde(default)]
    pub chosen_in: Option<String>,
    /// The list of a standard instrument: no answer may be added. The common reasons for no answer may stand beside it, with codes of their own.
    #[serde(default)]
    pub complete: bool,
    /// Answers that name nothing that exists: who gives one guesses.
    #[serde(default)]
    pub decoys: Vec<String>,
    /// Why its question cannot be asked while the list has no answers: a reason of the texts. `needs_codes` where it says nothing.
    #[serde(default)]
    pub lacking: Option<String>,
}

/// The kind of a question, in the words of XLSForm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// One answer of a list.
    SelectOne,
    /// Several answers of a list.
    SelectMultiple,
    /// A whole number.
    Integer,
}

/// A condition on an earlier answer.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// The question.
    pub question: String,
    /// One of these answers.
    #[serde(default)]
    pub any: Vec<String>,
    /// Or an answer, and none of these.
    #[serde(default)]
    pub none: Vec<String>,
    /// Or a number from here on …
    #[serde(default)]
    pub from: Option<i64>,
    /// … and up to here.
    #[serde(default)]
    pub to: Option<i64>,
}

/// A question.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "catalogue/questions/questions.toml says it")]
pub struct Question {
    pub id: String,
    pub kind: Kind,
    /// Absent for the question that opens the form.
    #[serde(default)]
    pub section: Option<String>,
    #[serde(default)]
    pub topic: Option<String>,
    #[serde(default)]
    pub answers: Option<String>,
    #[serde(default)]
    pub dimension: Option<DimensionId>,
    #[serde(default)]
    pub minimum: Option<i64>,
    #[serde(default)]
    pub maximum: Option<i64>,
    /// `own`, `catalogue`, `read` or `recalled`.
    pub wording: String,
    #[serde(default)]
    pub source: Option<String>,
    /// The standard instrument whose published wording this is.
    #[serde(default)]
    pub standard: Option<String>,
    #[serde(default)]
    pub ask_if: Vec<Condition>,
}

/// What answers say about an indicator.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "catalogue/questions/measures.toml says it")]
pub struct Measure {
    pub indicator: IndicatorId,
    #[serde(default)]
    pub all: Vec<Condition>,
    #[serde(default)]
    pub any: Vec<Condition>,
    #[serde(default)]
    pub base: Vec<Condition>,
    #[serde(default)]
    pub minus: Vec<Condition>,
    #[serde(default)]
    pub split: Option<String>,
    #[serde(default)]
    pub note: Option<String>,
}

impl Measure {
    /// The questions that it needs, apart from the one that splits it.
    pub fn questions(&self) -> impl Iterator<Item = &str> {
        [&self.all, &self.any, &self.base, &self.minus].into_iter().flatten().map(|c| c.question.as_str())
    }
}

/// A group that several answers make together.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "catalogue/questions/measures.toml says it")]
pub struct Derived {
    pub dimension: DimensionId,
    pub questions: Vec<String>,
    pub any: Vec<String>,
    /// Whether each question must have one of the answers; else one of them is enough.
    #[serde(default)]
    pub every: bool,
    pub then: String,
    /// The group of the others. A dimension of which a person can be in several groups has none: there one is in the group or out of it.
    #[serde(default)]
    pub otherwise: Option<String>,
    pub source: String,
    pub verification: String,
}

/// Texts of one language.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Texts {
    pub language: String,
    pub standard_texts: BTreeMap<String, String>,
    pub words: BTreeMap<String, String>,
    pub sections: BTreeMap<String, String>,
    pub notes: BTreeMap<String, String>,
    pub topics: BTreeMap<String, String>,
    pub purposes: BTreeMap<String, String>,
    pub grounds: BTreeMap<String, String>,
    pub questions: BTreeMap<String, String>,
    pub hints: BTreeMap<String, String>,
    pub answers: BTreeMap<String, BTreeMap<String, String>>,
    pub reasons: BTreeMap<String, String>,
    pub checks: BTreeMap<String, String>,
}

/// A sensitive topic that a form can ask, once a legal basis is recorded.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TopicChoice {
    /// The topic.
    pub topic: String,
    /// Its name.
    pub name: String,
    /// Which special category it is; `ours` is none by law and treated as one.
    pub category: String,
    /// Why it is asked.
    pub purpose: String,
    /// The grounds that it can rest on, in words.
    pub grounds: BTreeMap<String, String>,
}

/// The question bank, checked.
#[derive(Clone, Debug)]
pub struct Bank {
    raw: RawBank,
}

fn bad(path: &str, expected: &'static str) -> Error {
    Error::new(Code::CatalogueBadValue).at_path(&format!("questions.{path}")).expecting(expected)
}

fn unknown(path: &str, id: &str) -> Error {
    Error::new(Code::CatalogueUnknownReference).at_path(&format!("questions.{path}")).with("id", id.to_owned())
}

/// Names that XLSForm takes and that no separator of an export can split.
fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase()) && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// Codes of answers: no blank, because several answers are written with blanks between them.
pub(super) fn is_code(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
}

impl Bank {
    /// Reads a question bank from its canonical JSON and checks it against itself.
    ///
    /// ```
    /// # use sms_process as sms_core;
    /// let bank = sms_core::form::Bank::from_json(sms_catalogue::QUESTIONS_JSON)?;
    /// assert!(bank.question("safe_night").is_some());
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `catalogue.bad-json`, `catalogue.bad-value`, `catalogue.unknown-reference`, `catalogue.duplicate-id`.
    pub fn from_json(json: &str) -> Result<Self> {
        let value: serde_json::Value =
            serde_json::from_str(json).map_err(|e| Error::new(Code::CatalogueBadJson).at_path("questions").expecting(expected_by(&e)))?;
        let raw: RawBank = crate::shape::read_at(&value, "questions", Code::CatalogueBadJson)?;
        let bank = Bank { raw };
        bank.check()?;
        Ok(bank)
    }

    fn check(&self) -> Result<()> {
        let raw = &self.raw;
        let mut ids: Vec<&str> = raw.question.iter().map(|q| q.id.as_str()).collect();
        ids.sort_unstable();
        if let Some(pair) = ids.windows(2).find(|w| w.first() == w.last()) {
            return Err(Error::new(Code::CatalogueDuplicateId).at_path("questions.question").with("id", pair.concat()));
        }
        if raw.languages.is_empty() || raw.languages.iter().any(|l| !raw.texts.contains_key(l)) {
            return Err(bad("languages", "at least one, each with its texts"));
        }
        for list in &raw.answers {
            let path = format!("answers.{}", list.id);
            if !is_name(&list.id) || list.codes.iter().any(|c| !is_code(c)) || (list.complete && list.open) {
                return Err(bad(&path, "a name, codes without blanks, and nothing added to a standard list"));
            }
            if list.absent.iter().any(|a| *a != raw.refused && *a != raw.dont_know) {
                return Err(bad(&format!("{path}.absent"), "the codes of refused and dont_know"));
            }
            if list.alone.iter().chain(&list.not_applicable).chain(&list.decoys).any(|c| !list.codes.contains(c)) {
                return Err(bad(&path, "codes of the list"));
            }
        }
        let order: Vec<&str> = self.in_order().map(|q| q.id.as_str()).collect();
        for q in &raw.question {
            let path = format!("question.{}", q.id);
            let opens = q.id == raw.consent;
            if !is_name(&q.id) || q.section.is_none() != opens || q.section.as_ref().is_some_and(|s| !raw.sections.contains(s)) {
                return Err(bad(&path, "a name, and a section of the list"));
            }
            match q.kind {
                Kind::Integer if q.answers.is_some() || q.minimum.is_none() || q.maximum.is_none() => {
                    return Err(bad(&path, "minimum and maximum, and no answers"));
                }
                Kind::SelectOne | Kind::SelectMultiple => {
                    let list = q.answers.as_deref().unwrap_or_default();
                    let found = self.list(list).ok_or_else(|| unknown(&format!("{path}.answers"), list))?;
                    if q.dimension.is_some() && found.groups != q.dimension {
                        return Err(bad(&format!("{path}.dimension"), "the dimension of the list of answers"));
                    }
                    if let Some(other) = &found.chosen_in
                        && self.question(other).is_none()
                    {
                        return Err(unknown(&format!("answers.{list}.chosen_in"), other));
                    }
                }
                Kind::Integer => {}
            }
            if let Some(topic) = &q.topic
                && self.topic(topic).is_none()
            {
                return Err(unknown(&format!("{path}.topic"), topic));
            }
            self.check_conditions(&q.ask_if, &format!("{path}.ask_if"))?;
            if q.ask_if.iter().any(|c| !c.none.is_empty()) {
                return Err(bad(&format!("{path}.ask_if"), "answers that open the question, not answers that close it"));
            }
            let here = order.iter().position(|id| *id == q.id);
            if q.ask_if.iter().any(|c| order.iter().position(|id| *id == c.question) >= here) && !q.ask_if.is_empty() {
                return Err(bad(&format!("{path}.ask_if"), "an earlier question"));
            }
        }
        for t in &raw.topic {
            if let Some(ground) = t.grounds.iter().find(|g| !raw.ground.iter().any(|known| known.id == **g)) {
                return Err(unknown(&format!("topic.{}.grounds", t.id), ground));
            }
        }
        for m in &raw.measure {
            let path = format!("measure.{}", m.indicator);
            for list in [&m.all, &m.any, &m.base, &m.minus] {
                self.check_conditions(list, &path)?;
            }
            if m.all.is_empty() == m.any.is_empty() {
                return Err(bad(&path, "either all or any"));
            }
            if let Some(split) = &m.split
                && self.question(split).is_none_or(|q| q.kind != Kind::SelectMultiple || q.dimension.is_none())
            {
                return Err(bad(&format!("{path}.split"), "a question of several answers with a dimension"));
            }
        }
        for d in &raw.derived {
            if let Some(id) = d.questions.iter().find(|id| self.question(id).is_none()) {
                return Err(unknown(&format!("derived.{}", d.dimension), id));
            }
        }
        self.check_texts()
    }

    fn check_conditions(&self, conditions: &[Condition], path: &str) -> Result<()> {
        for c in conditions {
            let question = self.question(&c.question).ok_or_else(|| unknown(path, &c.question))?;
            let number = question.kind == Kind::Integer;
            let answers = [&c.any, &c.none].into_iter().filter(|l| !l.is_empty()).count();
            if answers != usize::from(!number) || (!number && (c.from.is_some() || c.to.is_some())) {
                return Err(bad(path, "answers of a list, or from and to of a number"));
            }
            let known = question.answers.as_deref().and_then(|l| self.list(l));
            if let Some(code) = c.any.iter().chain(&c.none).find(|code| known.is_some_and(|l| !l.codes.contains(code))) {
                return Err(unknown(path, code));
            }
        }
        Ok(())
    }

    /// Every question, answer, topic and reason has a text in every language.
    fn check_texts(&self) -> Result<()> {
        let raw = &self.raw;
        let first = raw.languages.first().and_then(|l| raw.texts.get(l));
        for language in &raw.languages {
            let Some(t) = raw.texts.get(language) else { continue };
            let lacking = |part: &str, id: &str| Err(unknown(&format!("texts.{language}.{part}"), id));
            if let Some(q) = raw.question.iter().find(|q| !t.questions.contains_key(&q.id)) {
                return lacking("questions", &q.id);
            }
            if let Some(s) = raw.sections.iter().find(|s| !t.sections.contains_key(*s)) {
                return lacking("sections", s);
            }
            for list in &raw.answers {
                if let Some(code) = list.codes.iter().find(|c| t.answers.get(&list.id).is_none_or(|l| !l.contains_key(*c))) {
                    return lacking(&format!("answers.{}", list.id), code);
                }
            }
            if let Some(topic) = raw.topic.iter().find(|x| !t.purposes.contains_key(&x.id) || !t.topics.contains_key(&x.id)) {
                return lacking("purposes", &topic.id);
            }
            if let Some(ground) = raw.ground.iter().find(|g| !t.grounds.contains_key(&g.id)) {
                return lacking("grounds", &ground.id);
            }
            if let Some(check) = raw.check.iter().find(|c| !t.checks.contains_key(&c.id)) {
                return lacking("checks", &check.id);
            }
            let lacking_codes = raw.answers.iter().filter_map(|l| l.lacking.as_ref());
            if let Some(reason) = raw.unasked.values().chain(raw.unasked_dimensions.values()).chain(lacking_codes).find(|r| !t.reasons.contains_key(*r)) {
                return lacking("reasons", reason);
            }
            if let Some(first) = first {
                for (part, ours, theirs) in [("words", &first.words, &t.words), ("hints", &first.hints, &t.hints), ("notes", &first.notes, &t.notes)] {
                    if let Some(id) = ours.keys().find(|id| !theirs.contains_key(*id)) {
                        return lacking(part, id);
                    }
                }
            }
        }
        Ok(())
    }

    /// Checks the bank against a catalogue: codes of dimensions, indicators, and that every indicator that a survey can measure is either asked or has a
    /// reason why not.
    ///
    /// ```
    /// # use sms_process as sms_core;
    /// let bank = sms_core::form::Bank::from_json(sms_catalogue::QUESTIONS_JSON)?;
    /// bank.check_against(&sms_core::Catalogue::from_json(sms_catalogue::CATALOGUE_JSON)?)?;
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `catalogue.unknown-reference`, `catalogue.bad-value`.
    pub fn check_against(&self, catalogue: &Catalogue) -> Result<()> {
        let raw = &self.raw;
        for list in &raw.answers {
            let Some(id) = &list.groups else { continue };
            let dimension = catalogue.dimension(id.as_str()).ok_or_else(|| unknown(&format!("answers.{}", list.id), id.as_str()))?;
            let own = |c: &str| c == "none" || c == "other";
            if let Some(code) = list.codes.iter().find(|c| !own(c) && dimension.group(c).is_none()) {
                return Err(unknown(&format!("answers.{}", list.id), code));
            }
        }
        for code in &raw.age_groups {
            AgeRange::parse(code).ok_or_else(|| unknown("age_groups", code))?;
        }
        for id in raw.measure.iter().map(|m| &m.indicator).chain(raw.unasked.keys()) {
            catalogue.indicator(id.as_str()).ok_or_else(|| unknown("measure", id.as_str()))?;
        }
        for d in &raw.derived {
            let dimension = catalogue.dimension(d.dimension.as_str()).ok_or_else(|| unknown("derived", d.dimension.as_str()))?;
            let path = format!("derived.{}", d.dimension);
            if let Some(code) = [Some(&d.then), d.otherwise.as_ref()].into_iter().flatten().find(|c| dimension.group(c).is_none()) {
                return Err(unknown(&path, code));
            }
            if (dimension.kind == DimensionKind::MultiSelect) != d.otherwise.is_none() {
                return Err(bad(&path, "a group of the others, and none where a person can be in several groups"));
            }
        }
        for indicator in catalogue.indicators().iter().filter(|i| !i.is_retired() && super::is_survey(catalogue, i)) {
            if self.measure(indicator.id.as_str()).is_none() && !raw.unasked.contains_key(&indicator.id) {
                return Err(unknown("unasked", indicator.id.as_str()));
            }
        }
        Ok(())
    }

    /// The bank as data.
    #[must_use]
    pub fn data(&self) -> &RawBank {
        &self.raw
    }

    /// A question.
    #[must_use]
    pub fn question(&self, id: &str) -> Option<&Question> {
        self.raw.question.iter().find(|q| q.id == id)
    }

    /// Questions in the order of a form: the sections in turn. The question that opens the form is not among them.
    pub fn in_order(&self) -> impl Iterator<Item = &Question> {
        let raw = &self.raw;
        raw.sections.iter().flat_map(|section| raw.question.iter().filter(move |q| q.section.as_ref() == Some(section)))
    }

    /// A list of answers.
    #[must_use]
    pub fn list(&self, id: &str) -> Option<&AnswerList> {
        self.raw.answers.iter().find(|l| l.id == id)
    }

    /// A sensitive topic.
    #[must_use]
    pub fn topic(&self, id: &str) -> Option<&Topic> {
        self.raw.topic.iter().find(|t| t.id == id)
    }

    /// The sensitive topics, with the grounds that each can rest on, in the words of a language.
    ///
    /// ```
    /// # use sms_process as sms_core;
    /// let bank = sms_core::form::Bank::from_json(sms_catalogue::QUESTIONS_JSON)?;
    /// assert!(!bank.topics("en").is_empty());
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    #[must_use]
    pub fn topics(&self, language: &str) -> Vec<TopicChoice> {
        let texts = self.texts(language);
        let get = |map: Option<&BTreeMap<String, String>>, key: &str| map.and_then(|m| m.get(key)).cloned().unwrap_or_default();
        let topic = |t: &Topic| TopicChoice {
            topic: t.id.clone(),
            name: get(texts.map(|x| &x.topics), &t.id),
            category: t.category.clone(),
            purpose: get(texts.map(|x| &x.purposes), &t.id),
            grounds: t.grounds.iter().map(|g| (g.clone(), get(texts.map(|x| &x.grounds), g))).collect(),
        };
        self.raw.topic.iter().map(topic).collect()
    }

    /// What the answers feed for an indicator.
    ///
    /// ```
    /// # use sms_process as sms_core;
    /// let bank = sms_core::form::Bank::from_json(sms_catalogue::QUESTIONS_JSON)?;
    /// let measure = bank.measure("SAF-O-01").unwrap();
    /// assert!(measure.questions().any(|question| question == "safe_night"));
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    #[must_use]
    pub fn measure(&self, indicator: &str) -> Option<&Measure> {
        self.raw.measure.iter().find(|m| m.indicator.as_str() == indicator)
    }

    /// The texts of a language.
    #[must_use]
    pub fn texts(&self, language: &str) -> Option<&Texts> {
        self.raw.texts.get(language)
    }
}
