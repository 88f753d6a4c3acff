//! The questionnaire as XLSForm: three tables that KoboToolbox and ODK read.

#[doc(no_inline)]
pub use crate::frame::TextTable as Sheet;

use super::bank::{Condition, Kind, Question};
use super::{Answers, MAY, Questionnaire, fill, word};
use crate::frame::TextTable;
use crate::text::hex;
use serde::Serialize;
use sha2::{Digest, Sha256};

/// A form in the shape of an XLSForm workbook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "XlsForm"))]
pub struct Form {
    /// Questions, groups and notes.
    pub survey: TextTable,
    /// Answers.
    pub choices: TextTable,
    /// Title, id, version, default language.
    pub settings: TextTable,
}

/// The list of answers to the question whether a topic may be asked.
const MAY_LIST: &str = "may";
const FORM_ID: &str = "sms";

/// One row of the survey, before its texts are spread over the languages.
#[derive(Default)]
struct Row {
    kind: String,
    name: String,
    label: Vec<String>,
    hint: Vec<String>,
    required: bool,
    relevant: String,
    constraint: String,
    message: Vec<String>,
    filter: String,
}

impl Row {
    fn new(kind: &str, name: &str, label: Vec<String>) -> Self {
        Row { kind: kind.to_owned(), name: name.to_owned(), label, ..Row::default() }
    }
}

/// The name of the question whether a topic may be asked.
pub(crate) fn may_name(topic: &str) -> String {
    format!("may_{topic}")
}

/// A condition as XPath.
fn xpath(condition: &Condition, kind: Kind) -> String {
    let question = &condition.question;
    if super::is_code_condition(condition) {
        let one =
            |code: &String| if kind == Kind::SelectMultiple { format!("selected(${{{question}}}, '{code}')") } else { format!("${{{question}}} = '{code}'") };
        let any: Vec<String> = condition.any.iter().map(one).collect();
        return if any.len() == 1 { any.concat() } else { format!("({})", any.join(" or ")) };
    }
    let from = condition.from.map(|n| format!("${{{question}}} >= {n}"));
    let to = condition.to.map(|n| format!("${{{question}}} <= {n}"));
    from.into_iter().chain(to).collect::<Vec<_>>().join(" and ")
}

impl<'a> Questionnaire<'a> {
    fn in_all(&self, make: impl Fn(&str) -> String) -> Vec<String> {
        self.languages.iter().map(|l| make(l)).collect()
    }

    fn conditions(&self, question: &Question) -> String {
        let kind = |id: &str| self.bank.question(id).map_or(Kind::SelectOne, |q| q.kind);
        question.ask_if.iter().map(|c| xpath(c, kind(&c.question))).collect::<Vec<_>>().join(" and ")
    }

    fn relevant(&self, question: &Question) -> String {
        let may = question.topic.as_deref().map(|t| format!("${{{}}} = '{}'", may_name(t), MAY.first().copied().unwrap_or_default()));
        let own = Some(self.conditions(question)).filter(|c| !c.is_empty());
        may.into_iter().chain(own).collect::<Vec<_>>().join(" and ")
    }

    fn question_row(&self, question: &Question) -> Row {
        let raw = self.bank.data();
        let answers = self.answers(question);
        let kind = match (question.kind, &question.answers) {
            (Kind::SelectOne, Some(list)) => format!("select_one {list}"),
            (Kind::SelectMultiple, Some(list)) => format!("select_multiple {list}"),
            _ => "integer".to_owned(),
        };
        let mut row = Row::new(&kind, &question.id, self.in_all(|l| self.texts(l).questions.get(&question.id).cloned().unwrap_or_default()));
        row.hint = self.in_all(|l| {
            let texts = self.texts(l);
            let common = match question.kind {
                Kind::SelectOne => "",
                Kind::SelectMultiple => word(texts, "hint_multiple"),
                Kind::Integer => word(texts, "hint_number"),
            };
            [texts.hints.get(&question.id).map_or("", String::as_str), common].into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join(" ")
        });
        row.relevant = self.relevant(question);
        match (question.kind, &answers) {
            (Kind::Integer, _) => {
                let (from, to) = (question.minimum.unwrap_or_default(), question.maximum.unwrap_or_default());
                row.required = true;
                row.constraint = format!("(. >= {from} and . <= {to}) or . = {} or . = {}", raw.dont_know_number, raw.refused_number);
                row.message = self.in_all(|l| fill(word(self.texts(l), "message_number"), &[("from", &from.to_string()), ("to", &to.to_string())]));
            }
            (kind, Some(answers)) => {
                // a question that offers no way out is never forced
                row.required = !answers.list.absent.is_empty() || question.id == raw.consent;
                if kind == Kind::SelectMultiple {
                    let alone: Vec<String> = answers.list.alone.iter().chain(&answers.list.absent).map(|c| format!("selected(., '{c}')")).collect();
                    if !alone.is_empty() {
                        row.constraint = format!("count-selected(.) <= 1 or not({})", alone.join(" or "));
                        row.message = self.in_all(|l| word(self.texts(l), "message_alone").to_owned());
                    }
                }
                if let Some(other) = &answers.list.chosen_in {
                    let mut keep = vec![format!("selected(${{{other}}}, name)")];
                    keep.extend(answers.list.absent.iter().map(|c| format!("name = '{c}'")));
                    row.filter = keep.join(" or ");
                }
            }
            _ => {}
        }
        row
    }

    fn rows(&self) -> Vec<Row> {
        let raw = self.bank.data();
        let mut rows = vec![Row::new("note", "intro", self.in_all(|l| self.intro(l)))];
        rows.extend(self.bank.question(&raw.consent).map(|q| self.question_row(q)));
        let given = format!("${{{}}} = '{}'", raw.consent, raw.consent_given);
        let mut asked: Vec<&str> = Vec::new();
        for section in &raw.sections {
            let questions: Vec<&&Question> = self.questions.iter().filter(|q| q.section.as_ref() == Some(section)).collect();
            if questions.is_empty() {
                continue;
            }
            let mut begin = Row::new("begin_group", section, self.in_all(|l| self.texts(l).sections.get(section).cloned().unwrap_or_default()));
            begin.relevant.clone_from(&given);
            rows.push(begin);
            for question in questions {
                if let Some(topic) = question.topic.as_deref()
                    && !asked.contains(&topic)
                {
                    asked.push(topic);
                    let mut may = Row::new(&format!("select_one {MAY_LIST}"), &may_name(topic), self.in_all(|l| self.may_text(topic, l)));
                    may.required = true;
                    may.relevant = self.conditions(question);
                    rows.push(may);
                }
                if self.languages.iter().any(|l| self.texts(l).notes.contains_key(&question.id)) {
                    let label = self.in_all(|l| self.texts(l).notes.get(&question.id).cloned().unwrap_or_default());
                    let mut note = Row::new("note", &format!("note_{}", question.id), label);
                    note.relevant = self.relevant(question);
                    rows.push(note);
                }
                rows.push(self.question_row(question));
            }
            rows.push(Row::new("end_group", "", self.in_all(|_| String::new())));
        }
        let mut thanks = Row::new("note", "thanks", self.in_all(|l| word(self.texts(l), "thanks").to_owned()));
        thanks.relevant = given;
        rows.push(thanks);
        rows
    }

    /// A column in each language, as XLSForm names it: `label::English (en)`.
    fn columns(&self, column: &str) -> Vec<String> {
        self.languages.iter().map(|l| format!("{column}::{}", self.language_name(l))).collect()
    }

    fn language_name(&self, language: &str) -> String {
        format!("{} ({language})", self.texts(language).language)
    }

    fn survey(&self) -> TextTable {
        let mut columns: Vec<String> = ["type", "name"].map(str::to_owned).to_vec();
        columns.extend(self.columns("label"));
        columns.extend(self.columns("hint"));
        columns.extend(["required", "relevant", "constraint"].map(str::to_owned));
        columns.extend(self.columns("constraint_message"));
        columns.push("choice_filter".to_owned());
        let texts = |given: Vec<String>| if given.is_empty() { self.in_all(|_| String::new()) } else { given };
        let made = self.rows().into_iter().map(|row| {
            let mut cells = vec![row.kind, row.name];
            cells.extend(texts(row.label));
            cells.extend(texts(row.hint));
            cells.push(if row.required { "yes".to_owned() } else { String::new() });
            cells.extend([row.relevant, row.constraint]);
            cells.extend(texts(row.message));
            cells.push(row.filter);
            cells
        });
        TextTable { rows: made.collect(), columns }
    }

    fn choices(&self) -> TextTable {
        let mut columns: Vec<String> = ["list_name", "name"].map(str::to_owned).to_vec();
        columns.extend(self.columns("label"));
        let mut rows = Vec::new();
        let mut done: Vec<&str> = Vec::new();
        let consent = self.bank.question(&self.bank.data().consent);
        for question in consent.iter().chain(&self.questions) {
            let Some(answers) = self.answers(question).filter(|a| !done.contains(&a.list.id.as_str())) else { continue };
            done.push(&answers.list.id);
            self.choice_rows(&answers, &mut rows);
        }
        if !self.topics.is_empty() {
            for code in MAY {
                let mut cells = vec![MAY_LIST.to_owned(), code.to_owned()];
                cells.extend(self.in_all(|l| word(self.texts(l), code).to_owned()));
                rows.push(cells);
            }
        }
        TextTable { columns, rows }
    }

    fn choice_rows(&self, answers: &Answers<'a>, rows: &mut Vec<Vec<String>>) {
        for code in answers.codes() {
            let mut cells = vec![answers.list.id.clone(), code.to_owned()];
            cells.extend(self.languages.iter().map(|l| self.answer_label(answers, code, l).to_owned()));
            rows.push(cells);
        }
    }

    /// The form. The same request gives the same texts, and the version is made from them where the request gives none.
    ///
    /// ```
    /// # use sms_process as sms_core;
    /// use sms_core::form::{Bank, Questionnaire};
    /// let (bank, catalogue) = (Bank::from_json(sms_catalogue::QUESTIONS_JSON)?, sms_core::Catalogue::from_json(sms_catalogue::CATALOGUE_JSON)?);
    /// let request = serde_json::from_str(r#"{"selection": ["SAF-O-01"]}"#).unwrap();
    /// let form = Questionnaire::new(&bank, &catalogue, &request)?.form();
    /// assert!(form.survey.columns.contains(&"relevant".to_owned()));
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    #[must_use]
    pub fn form(&self) -> Form {
        let (survey, choices) = (self.survey(), self.choices());
        let first = self.languages.first().copied().unwrap_or_default();
        let version = self.request.version.clone().unwrap_or_else(|| {
            let content = crate::json::bytes(&(&survey.rows, &choices.rows));
            format!("{}-{}", self.catalogue.release().version, hex(&Sha256::digest(content), 8))
        });
        let settings = TextTable {
            columns: ["form_title", "form_id", "version", "default_language"].map(str::to_owned).to_vec(),
            rows: vec![vec![
                self.title(first).to_owned(),
                self.request.form_id.clone().unwrap_or_else(|| FORM_ID.to_owned()),
                version,
                self.language_name(first),
            ]],
        };
        Form { survey, choices, settings }
    }
}
