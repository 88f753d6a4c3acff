//! A questionnaire on paper, and as plain text; behind it, for the office: sensitive topics, what is left out, the data protection checklist.

use maud::html;
use sms_base::num;
use sms_process::form::bank::{Condition, Kind, Question, Texts};
use sms_process::form::plan::{CheckStatus, Checklist};
use sms_process::form::{FormRules, MAY, Questionnaire, fill, word};
use std::collections::BTreeMap;

const OWN_STYLE: &str = include_str!("form.css");

/// As many answers are named where a question is asked only after some of them.
const MOST_ANSWERS: usize = 4;

/// An answer with its code.
struct Choice {
    code: String,
    label: String,
}

/// A question as it is printed.
struct Printed {
    number: String,
    text: String,
    only: Option<String>,
    hint: String,
    source: Option<String>,
    choices: Vec<Choice>,
    several: bool,
    sensitive: bool,
    /// A text before it that is read out.
    note: Option<String>,
}

/// What is printed, before it has a form.
struct Content {
    title: String,
    intro: String,
    minutes: String,
    opening: Vec<Printed>,
    sections: Vec<(String, Vec<Printed>)>,
    topics: Vec<(String, String)>,
    left_out: Vec<(String, String)>,
    checklist: Checklist,
}

fn only_if(conditions: &[Condition], numbers: &BTreeMap<String, usize>, form: &Questionnaire<'_>, texts: &Texts, language: &str) -> Option<String> {
    let said: Vec<String> = conditions
        .iter()
        .map(|c| {
            let number = numbers.get(&c.question).map(ToString::to_string).unwrap_or_default();
            let question = fill(word(texts, "question_ref"), &[("number", &number)]);
            let (from, to) = (c.from.map(|n| n.to_string()).unwrap_or_default(), c.to.map(|n| n.to_string()).unwrap_or_default());
            let list = form.question(&c.question).and_then(|q| form.answers(q));
            let label = |code: &String| {
                list.as_ref().and_then(|l| l.codes().find(|k| k == code).map(|k| form.answer_label(l, k, language).to_owned())).unwrap_or_default()
            };
            let or = format!(" {} ", word(texts, "or"));
            let others: Vec<String> = list.iter().flat_map(|l| l.codes()).map(str::to_owned).filter(|code| !c.any.contains(code)).collect();
            let (pattern, told) = match (c.from, c.to) {
                (Some(_), Some(_)) => ("answer_from_to", &c.any),
                (Some(_), None) => ("answer_from", &c.any),
                (None, Some(_)) => ("answer_to", &c.any),
                // a long list is told by what is not in it
                _ if c.any.len() > MOST_ANSWERS && others.len() < c.any.len() => ("answer_is_not", &others),
                _ => ("answer_is", &c.any),
            };
            let answers = told.iter().map(label).collect::<Vec<_>>().join(&or);
            fill(word(texts, pattern), &[("question", &question), ("answers", &answers), ("from", &from), ("to", &to)])
        })
        .collect();
    let and = format!(" {} ", word(texts, "and"));
    (!said.is_empty()).then(|| format!("{} {}.", word(texts, "ask_if"), said.join(&and)))
}

fn content(form: &Questionnaire<'_>, language: &str, rules: &FormRules) -> Content {
    let texts = form.texts(language);
    let raw = form.bank.data();
    let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
    let mut next = 0;
    let mut asked: Vec<&str> = Vec::new();
    let choices = |question: &Question| {
        let list = form.answers(question);
        list.iter().flat_map(|l| l.codes().map(|c| Choice { code: c.to_owned(), label: form.answer_label(l, c, language).to_owned() })).collect::<Vec<_>>()
    };
    let mut printed = |question: &Question| -> Vec<Printed> {
        let mut made = Vec::new();
        let only = only_if(&question.ask_if, &numbers, form, texts, language);
        let mut of_topic = None;
        if let Some(topic) = question.topic.as_deref() {
            if !asked.contains(&topic) {
                asked.push(form.topics.iter().copied().find(|t| *t == topic).unwrap_or_default());
                next += 1;
                numbers.insert(format!("may_{topic}"), next);
                made.push(Printed {
                    number: next.to_string(),
                    text: form.may_text(topic, language),
                    only: only.clone(),
                    hint: String::new(),
                    source: None,
                    choices: MAY.iter().map(|c| Choice { code: (*c).to_owned(), label: word(texts, c).to_owned() }).collect(),
                    several: false,
                    sensitive: true,
                    note: None,
                });
            }
            let may = numbers.get(&format!("may_{topic}")).map(ToString::to_string).unwrap_or_default();
            let may = fill(word(texts, "question_ref"), &[("number", &may)]);
            let yes = fill(word(texts, "answer_is"), &[("question", &may), ("answers", word(texts, "yes"))]);
            of_topic = Some(match only.as_deref() {
                Some(only) => format!("{} {} {yes}.", only.trim_end_matches('.'), word(texts, "and")),
                None => format!("{} {yes}.", word(texts, "ask_if")),
            });
        }
        next += 1;
        numbers.insert(question.id.clone(), next);
        let source = question.source.as_deref().and_then(|source| match (question.wording.as_str(), &question.standard) {
            (_, Some(standard)) if texts.standard_texts.get(standard).is_none_or(|s| s != "read") => Some(word(texts, "page_check").to_owned()),
            ("read", _) => Some(fill(word(texts, "page_standard"), &[("source", source)])),
            ("recalled", _) => Some(fill(word(texts, "page_recalled"), &[("source", source)])),
            _ => None,
        });
        let common = match question.kind {
            Kind::SelectOne => "",
            Kind::SelectMultiple => word(texts, "hint_multiple"),
            Kind::Integer => word(texts, "hint_number"),
        };
        let hint = [texts.hints.get(&question.id).map_or("", String::as_str), common].into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join(" ");
        made.push(Printed {
            number: next.to_string(),
            text: texts.questions.get(&question.id).cloned().unwrap_or_default(),
            only: of_topic.or(only),
            hint,
            source,
            choices: choices(question),
            several: question.kind == Kind::SelectMultiple,
            sensitive: question.topic.is_some(),
            note: texts.notes.get(&question.id).cloned(),
        });
        made
    };
    let opening = form.question(&raw.consent).map(&mut printed).unwrap_or_default();
    let mut sections = Vec::new();
    for section in &raw.sections {
        let questions: Vec<Printed> = form.questions.iter().filter(|q| q.section.as_ref() == Some(section)).flat_map(|q| printed(q)).collect();
        if !questions.is_empty() {
            sections.push((texts.sections.get(section).cloned().unwrap_or_default(), questions));
        }
    }
    let checklist = form.checklist(language);
    let reason = |r: &Option<String>| r.as_ref().and_then(|r| texts.reasons.get(r)).cloned();
    let mut left_out: Vec<(String, String)> = Vec::new();
    // what no survey can tell stands in the collection plan
    for used in form.indicators().iter().filter(|i| i.reason.as_deref() != Some("not_survey")) {
        if let (Some(reason), Some(sheet)) = (reason(&used.reason), form.catalogue.indicator(used.indicator.as_str())) {
            left_out.push((format!("{} {}", used.indicator, form.catalogue.name(sheet)), reason));
        }
    }
    for used in form.dimensions() {
        if let Some(reason) = reason(&used.reason) {
            left_out.push((form.catalogue.label("dimensions", used.dimension.as_str()).to_owned(), reason));
        }
    }
    let topics = checklist.topics.iter().map(|t| {
        let record = t.record.as_deref().map(|r| format!(" ({r})")).unwrap_or_default();
        (t.name.clone(), format!("{} {}{record}", t.purpose, t.ground_text))
    });
    Content {
        title: form.title(language).to_owned(),
        intro: form.intro(language),
        minutes: fill(word(texts, "page_minutes"), &[("minutes", &num::decimal(form.seconds(rules) / 60.0, 0))]),
        opening,
        sections,
        topics: topics.collect(),
        left_out,
        checklist,
    }
}

fn status_word(texts: &Texts, status: CheckStatus) -> &str {
    word(
        texts,
        match status {
            CheckStatus::Met => "checklist_met",
            CheckStatus::Recorded => "checklist_recorded",
            CheckStatus::Open => "checklist_open",
        },
    )
}

/// The questionnaire as a page that can be printed.
///
/// ```
/// # mod sms_core { pub use {sms_process::*, sms_render as render}; }
/// use sms_core::{Catalogue, Method, form::{Bank, Questionnaire}, render};
/// let (bank, catalogue) = (Bank::from_json(sms_catalogue::QUESTIONS_JSON)?, Catalogue::from_json(sms_catalogue::CATALOGUE_JSON)?);
/// let request = serde_json::from_str(r#"{"selection": ["SAF-O-01"]}"#).unwrap();
/// let rules = Method::from_json(sms_catalogue::STANDARD_METHOD_JSON)?.form()?;
/// let form = Questionnaire::new(&bank, &catalogue, &request)?;
/// assert!(render::form::page(&form, "en", &rules).starts_with("<!DOCTYPE html>"));
/// # Ok::<(), sms_base::Error>(())
/// ```
#[must_use]
pub fn page(form: &Questionnaire<'_>, language: &str, rules: &FormRules) -> String {
    let made = content(form, language, rules);
    let texts = form.texts(language);
    let question = |q: &Printed| {
        html! {
            @if let Some(note) = &q.note { li { p.lead { (note) } } }
            li.sensitive[q.sensitive] {
                h3 { (q.number) ". " (q.text) }
                @if let Some(only) = &q.only { p.only { (only) } }
                @if !q.hint.is_empty() { p.hint { (q.hint) } }
                @if q.choices.is_empty() {
                    p { span.entry aria-hidden="true" {} (word(texts, "years_box")) }
                } @else {
                    ul.answers {
                        @for choice in &q.choices {
                            li {
                                span.box.round[!q.several] aria-hidden="true" {}
                                span { (choice.label) " " code { (choice.code) } }
                            }
                        }
                    }
                }
                @if let Some(source) = &q.source { p.source { (source) } }
            }
        }
    };
    let body = html! {
                header {
                    h1 { (made.title) }
                    p.notice { (word(texts, "draft_notice")) }
                    p.lead { (made.intro) }
                    p.reason { (made.minutes) " " (word(texts, "page_note")) }
                }
                main #main {
                    ol.questions { @for q in &made.opening { (question(q)) } }
                    @for (name, questions) in &made.sections {
                        section {
                            h2 { (name) }
                            ol.questions { @for q in questions { (question(q)) } }
                        }
                    }
                    p.lead { (word(texts, "thanks")) }
                }
                section.office {
                    h2 { (word(texts, "checklist_title")) }
                    ul.checks {
                        @for line in &made.checklist.lines {
                            li {
                                span.status.open[line.status == CheckStatus::Open] { (status_word(texts, line.status)) }
                                span { (line.text) }
                            }
                        }
                    }
                    h3 { (word(texts, "topics_title")) }
                    @if made.topics.is_empty() {
                        p { (word(texts, "checklist_none")) }
                    } @else {
                        dl { @for (name, why) in &made.topics { div { dt { (name) } dd { (why) } } } }
                    }
                    @if !made.left_out.is_empty() {
                        h3 { (word(texts, "left_out_title")) }
                        dl { @for (name, why) in &made.left_out { div { dt { (name) } dd { (why) } } } }
                    }
                }
    };
    super::document(language, &made.title, OWN_STYLE, word(texts, "skip_link"), &body)
}

/// The questionnaire as plain text.
///
/// ```
/// # mod sms_core { pub use {sms_process::*, sms_render as render}; }
/// use sms_core::{Catalogue, Method, form::{Bank, Questionnaire}, render};
/// let (bank, catalogue) = (Bank::from_json(sms_catalogue::QUESTIONS_JSON)?, Catalogue::from_json(sms_catalogue::CATALOGUE_JSON)?);
/// let request = serde_json::from_str(r#"{"selection": ["SAF-O-01"]}"#).unwrap();
/// let rules = Method::from_json(sms_catalogue::STANDARD_METHOD_JSON)?.form()?;
/// let form = Questionnaire::new(&bank, &catalogue, &request)?;
/// assert!(render::form::text(&form, "en", &rules).starts_with(form.title("en")));
/// # Ok::<(), sms_base::Error>(())
/// ```
#[must_use]
pub fn text(form: &Questionnaire<'_>, language: &str, rules: &FormRules) -> String {
    let made = content(form, language, rules);
    let texts = form.texts(language);
    let mut said = format!("{}\n\n{}\n\n{}\n{}\n", made.title, word(texts, "draft_notice"), made.intro, made.minutes);
    let put = |questions: &[Printed], said: &mut String| {
        for q in questions {
            said.push('\n');
            if let Some(note) = &q.note {
                said.push_str(&format!("{note}\n\n"));
            }
            said.push_str(&format!("{}. {}\n", q.number, q.text));
            for line in q.only.iter().chain(Some(&q.hint).filter(|h| !h.is_empty())).chain(&q.source) {
                said.push_str(&format!("   {line}\n"));
            }
            if q.choices.is_empty() {
                said.push_str("   ______\n");
            }
            for choice in &q.choices {
                let mark = if q.several { "[ ]" } else { "( )" };
                said.push_str(&format!("   {mark} {} ({})\n", choice.label, choice.code));
            }
        }
    };
    put(&made.opening, &mut said);
    for (name, questions) in &made.sections {
        said.push_str(&format!("\n{name}\n{}\n", "-".repeat(name.chars().count())));
        put(questions, &mut said);
    }
    said.push_str(&format!("\n{}\n\n{}\n", word(texts, "thanks"), word(texts, "checklist_title")));
    for line in &made.checklist.lines {
        said.push_str(&format!("- {}: {}\n", status_word(texts, line.status), line.text));
    }
    said.push_str(&format!("\n{}\n", word(texts, "topics_title")));
    if made.topics.is_empty() {
        said.push_str(&format!("{}\n", word(texts, "checklist_none")));
    }
    for (name, why) in &made.topics {
        said.push_str(&format!("- {name}: {why}\n"));
    }
    if !made.left_out.is_empty() {
        said.push_str(&format!("\n{}\n", word(texts, "left_out_title")));
        for (name, why) in &made.left_out {
            said.push_str(&format!("- {name}: {why}\n"));
        }
    }
    said
}
