//! The collection plan: who collects what, when, from which source, with how much work; and what data protection asks.

use super::{FormRules, Questionnaire, category};
use crate::catalogue::Indicator;
use crate::diagnostic::{Code, Error, Finding, Findings, Result};
use crate::id::{EntryId, IndicatorId};
use serde::{Deserialize, Serialize};

/// Years that a plan may cover.
const YEARS: std::ops::RangeInclusive<i32> = 1800..=2200;

/// What a plan is asked for, beside the form.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PlanRequest {
    /// The first year.
    pub from: Option<i32>,
    /// The last year; the first one where it is not said.
    pub to: Option<i32>,
    /// How many interviews there are to be.
    pub interviews: Option<u32>,
}

/// One indicator of a plan.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PlanRow {
    /// The indicator.
    pub indicator: IndicatorId,
    /// Its name.
    pub name: String,
    /// Whether the questionnaire asks it.
    pub asked: bool,
    /// Where it comes from, the main source first: ids of source types.
    pub sources: Vec<EntryId>,
    /// The same in words.
    pub source: String,
    /// Who can act: city, shared, region, state.
    pub level: String,
    /// The services that know it.
    pub services: Vec<String>,
    /// How often.
    pub periodicity: String,
    /// In which years, where the request names years.
    pub years: Vec<i32>,
    /// The questions that it needs.
    pub questions: Vec<String>,
    /// Why the questionnaire does not ask it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The same in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason_text: Option<String>,
    /// Hours of work for one figure; of the survey as a whole where it is asked there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours: Option<f64>,
}

/// A dimension of a plan.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PlanDimension {
    /// The dimension.
    pub dimension: String,
    /// Its name.
    pub name: String,
    /// The questions that it needs; empty where it is not asked.
    pub questions: Vec<String>,
    /// Why it is not asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The same in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason_text: Option<String>,
}

/// The survey of a plan.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SurveyEffort {
    /// Questions that feed an indicator or a group.
    pub questions: usize,
    /// Minutes of an interview in which everything is asked.
    pub minutes: f64,
    /// How many interviews there are to be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interviews: Option<u32>,
    /// Hours of work for all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours: Option<f64>,
}

/// How a line of the checklist stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum CheckStatus {
    /// The form itself shows that it holds.
    Met,
    /// The request records it.
    Recorded,
    /// People must see to it.
    Open,
}

/// A line of the data protection checklist.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CheckLine {
    /// Its id.
    pub id: String,
    /// What must hold.
    pub text: String,
    /// How it stands.
    pub status: CheckStatus,
}

/// A sensitive topic that is asked.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TopicLine {
    /// The topic.
    pub topic: String,
    /// Its name.
    pub name: String,
    /// Which special category it is.
    pub category: String,
    /// Why it is asked.
    pub purpose: String,
    /// The ground.
    pub ground: String,
    /// The ground in words.
    pub ground_text: String,
    /// Where the decision or the law is found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<String>,
    /// Its questions.
    pub questions: Vec<String>,
}

/// The data protection checklist of a form.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Checklist {
    /// What must hold.
    pub lines: Vec<CheckLine>,
    /// What is asked of special categories.
    pub topics: Vec<TopicLine>,
}

/// A collection plan.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CollectionPlan {
    /// Each chosen indicator.
    pub indicators: Vec<PlanRow>,
    /// Each dimension that is wanted.
    pub dimensions: Vec<PlanDimension>,
    /// The survey, where anything is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub survey: Option<SurveyEffort>,
    /// What data protection asks.
    pub checklist: Checklist,
    /// What is doubtful.
    pub findings: Findings,
}

/// Years between two figures.
fn step(periodicity: &str) -> usize {
    match periodicity {
        "annual" => 1,
        "biennial" => 2,
        other => other.strip_prefix("every_").and_then(|rest| rest.strip_suffix("_years")).and_then(|n| n.parse().ok()).filter(|n| *n > 0).unwrap_or(1),
    }
}

impl Questionnaire<'_> {
    /// The collection plan.
    ///
    /// # Errors
    /// `form.bad-request` for years that are out of range or not in order.
    pub fn plan(&self, asked: &PlanRequest, language: &str, rules: &FormRules) -> Result<CollectionPlan> {
        rules.check()?;
        let years = match (asked.from, asked.to) {
            (None, None) => None,
            (Some(from), to) if YEARS.contains(&from) && to.is_none_or(|to| YEARS.contains(&to) && to >= from) => Some((from, to.unwrap_or(from))),
            _ => return Err(Error::new(Code::FormBadRequest).at_path("plan.from").expecting("years from 1800 to 2200, the first one not after the last")),
        };
        let survey = (!self.questions.is_empty()).then(|| {
            let minutes = self.seconds(rules) / 60.0;
            let hours = asked.interviews.map(|n| f64::from(n) * (minutes + rules.overhead_minutes) / 60.0);
            SurveyEffort { questions: self.questions.len(), minutes, interviews: asked.interviews, hours }
        });
        let survey_hours = survey.as_ref().and_then(|s| s.hours);
        let texts = self.texts(language);
        let reason_text = |reason: &Option<String>| reason.as_ref().and_then(|r| texts.reasons.get(r)).cloned();
        let row = |used: &super::IndicatorUse| {
            let sheet = self.catalogue.indicator(used.indicator.as_str())?;
            let label = |section: &str, id: &str| self.catalogue.label(section, id).to_owned();
            let every = step(&sheet.periodicity);
            Some(PlanRow {
                indicator: sheet.id.clone(),
                name: self.catalogue.name(sheet).to_owned(),
                asked: used.reason.is_none(),
                sources: sheet.source_types.clone(),
                source: sheet.source_types.iter().map(|s| label("sources", s.as_str())).collect::<Vec<_>>().join("; "),
                level: sheet.responsible_level.clone(),
                services: sheet.service_areas.iter().map(|s| label("services", s.as_str())).collect(),
                periodicity: sheet.periodicity.clone(),
                years: years.map(|(from, to)| (from..=to).step_by(every).collect()).unwrap_or_default(),
                questions: used.questions.clone(),
                reason: used.reason.clone(),
                reason_text: reason_text(&used.reason),
                hours: if used.reason.is_none() { survey_hours } else { Some(self.hours(sheet, rules)) },
            })
        };
        let dimension = |used: &super::DimensionUse| PlanDimension {
            dimension: used.dimension.to_string(),
            name: self.catalogue.label("dimensions", used.dimension.as_str()).to_owned(),
            questions: used.questions.clone(),
            reason: used.reason.clone(),
            reason_text: reason_text(&used.reason),
        };
        Ok(CollectionPlan {
            indicators: self.indicators().iter().filter_map(row).collect(),
            dimensions: self.dimensions().iter().map(dimension).collect(),
            checklist: self.checklist(language),
            findings: self.findings(rules),
            survey,
        })
    }

    /// Hours of one figure that no question gives: by the main source; a figure of another survey is asked for like a record.
    fn hours(&self, indicator: &Indicator, rules: &FormRules) -> f64 {
        match indicator.source_types.first().map_or("", |s| category(self.catalogue, s.as_str())) {
            "events" => rules.hours_events,
            "expert" => rules.hours_expert,
            _ => rules.hours_administrative,
        }
    }

    /// What is doubtful about the form.
    #[must_use]
    pub fn findings(&self, rules: &FormRules) -> Findings {
        let mut findings = Findings::new();
        for (standard, language) in self.own_translations() {
            findings.push(Finding::new(Code::FormOwnTranslation).about(standard).with("language", language.to_owned()));
        }
        let minutes = self.seconds(rules) / 60.0;
        if !self.questions.is_empty() && minutes > rules.minutes_limit {
            let text = |x: f64| crate::num::decimal(x, 1);
            findings.push(Finding::new(Code::FormLong).with("minutes", text(minutes)).with("limit", text(rules.minutes_limit)));
        }
        findings
    }

    /// What data protection asks of the form.
    #[must_use]
    pub fn checklist(&self, language: &str) -> Checklist {
        let (texts, raw) = (self.texts(language), self.bank.data());
        let special = self.topics().next().is_some();
        let given = |field: &str| match field {
            "controller" => self.request.controller.is_some(),
            "contact" => self.request.contact.is_some(),
            "lawful_basis" => self.request.lawful_basis.is_some(),
            "retention" => self.request.retention.is_some(),
            _ => false,
        };
        let line = |check: &super::bank::Check| CheckLine {
            id: check.id.clone(),
            text: texts.checks.get(&check.id).cloned().unwrap_or_default(),
            status: match (&check.computed, &check.field) {
                // questions are chosen by what they feed, and none takes free text
                (Some(_), _) => CheckStatus::Met,
                (None, Some(field)) if given(field) => CheckStatus::Recorded,
                _ => CheckStatus::Open,
            },
        };
        let get = |map: &std::collections::BTreeMap<String, String>, key: &str| map.get(key).cloned().unwrap_or_default();
        let topic = |(id, basis): (&str, &super::LegalBasis)| TopicLine {
            topic: id.to_owned(),
            name: get(&texts.topics, id),
            category: self.bank.topic(id).map(|t| t.category.clone()).unwrap_or_default(),
            purpose: get(&texts.purposes, id),
            ground: basis.ground.clone(),
            ground_text: get(&texts.grounds, &basis.ground),
            record: basis.record.clone(),
            questions: self.questions.iter().filter(|q| q.topic.as_deref() == Some(id)).map(|q| q.id.clone()).collect(),
        };
        Checklist { lines: raw.check.iter().filter(|c| special || c.when != "special").map(line).collect(), topics: self.topics().map(topic).collect() }
    }
}

impl CollectionPlan {
    /// The plan as a table: one row an indicator.
    #[must_use]
    pub fn table(&self) -> crate::frame::TextTable {
        let columns = ["indicator", "name", "asked", "source", "level", "services", "periodicity", "years", "hours", "questions", "reason"];
        let row = |r: &PlanRow| {
            let years: Vec<String> = r.years.iter().map(ToString::to_string).collect();
            vec![
                r.indicator.to_string(),
                r.name.clone(),
                if r.asked { "yes" } else { "no" }.to_owned(),
                r.source.clone(),
                r.level.clone(),
                r.services.join("; "),
                r.periodicity.clone(),
                years.join(" "),
                r.hours.map(|h| crate::num::decimal(h, 0)).unwrap_or_default(),
                r.questions.join(" "),
                r.reason_text.clone().unwrap_or_default(),
            ]
        };
        crate::frame::TextTable { columns: columns.map(str::to_owned).to_vec(), rows: self.indicators.iter().map(row).collect() }
    }
}
