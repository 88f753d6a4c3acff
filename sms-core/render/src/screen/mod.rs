//! Frameworks and screens on a page: each view apart, by principle, with what differs and what changed; and what answers an instrument. Every word
//! comes from the catalogue, so that a translation is data.

mod cross;
mod page;
mod text;

pub use cross::{cross_page, cross_text};
pub use page::page;
pub use text::text;

use super::roadmap::fill;
use maud::Markup;
use serde::Deserialize;
use serde_json::Value;
use sms_base::diagnostic::{Code, Error, Finding, Findings, Param, Result};
use sms_base::id::EntryId;
use sms_base::shape::expected_by;
use sms_model::catalogue::Catalogue;
use sms_process::screen::record::Round;
use sms_process::screen::result::{ChangeTally, DifferenceTally, Screening, Tally};
use std::collections::BTreeMap;
use std::sync::Arc;

const OWN_STYLE: &str = include_str!("style.css");
/// Sections that hold the texts of sheets.
const SECTIONS: [&str; 2] = ["screens", "frameworks"];

/// What is shown.
#[derive(Clone, Copy, Debug)]
pub struct Screened<'a> {
    /// Frameworks or screens, answered.
    pub screenings: &'a [Screening],
    /// What is doubtful.
    pub findings: &'a Findings,
    /// The rounds with their days.
    pub rounds: &'a [Round],
    /// The name of the city.
    pub city: Option<&'a str>,
}

/// The words: those of the catalogue, or the ids where it has none.
#[derive(Clone, Debug)]
pub struct Texts {
    catalogue: Arc<Catalogue>,
    figures: BTreeMap<String, String>,
}

/// What is read of a report, to show figures beside answers: it holds nothing that is withheld.
#[derive(Deserialize)]
struct ReportSeen {
    places: Vec<PlaceSeen>,
}

#[derive(Deserialize)]
struct PlaceSeen {
    place: String,
    indicators: Vec<IndicatorSeen>,
}

#[derive(Deserialize)]
struct IndicatorSeen {
    id: String,
    unit: String,
    unit_symbol: String,
    figure: FigureSeen,
    #[serde(default)]
    period: Option<String>,
}

#[derive(Deserialize)]
struct FigureSeen {
    #[serde(default)]
    value: Option<f64>,
}

impl Texts {
    /// In the language of the catalogue.
    ///
    /// ```
    /// # mod sms_core { pub use {sms_process::*, sms_render as render}; }
    /// use sms_core::{Catalogue, render::screen::Texts};
    /// let texts = Texts::new(Catalogue::from_json(sms_catalogue::CATALOGUE_JSON)?.into());
    /// assert_ne!(texts.sheet("fra"), "fra"); // a name for people
    /// assert_eq!(texts.sheet("no-such-sheet"), "no-such-sheet");
    /// # Ok::<(), sms_base::Error>(())
    /// ```
    #[must_use]
    pub fn new(catalogue: Arc<Catalogue>) -> Self {
        Texts { catalogue, figures: BTreeMap::new() }
    }

    /// With the figures of a report beside the indicators: those of a place, else of the first, latest period.
    ///
    /// # Errors
    /// `json.bad-shape` when it is no report; `assess.unknown-place`.
    pub fn with_report(mut self, report: &Value, place: Option<&str>) -> Result<Self> {
        let seen = ReportSeen::deserialize(report).map_err(|e| Error::new(Code::JsonBadShape).at_path("report").expecting(expected_by(&e)))?;
        let asked = place.or(seen.places.first().map(|p| p.place.as_str())).map(str::to_owned);
        let mut found = false;
        // a place comes once for each period, the latest last
        for one in seen.places.into_iter().filter(|p| Some(&p.place) == asked.as_ref()) {
            found = true;
            for i in one.indicators {
                let Some(value) = i.figure.value else { continue };
                let shown = sms_assessment::report::shown(value, &i.unit_symbol, &i.unit);
                let text = match &i.period {
                    Some(period) => self.word("figure", &[("value", &shown), ("period", period)]),
                    None => shown,
                };
                self.figures.insert(i.id, text);
            }
        }
        if place.is_some() && !found { Err(Error::new(Code::AssessUnknownPlace).at_path("place")) } else { Ok(self) }
    }

    fn section(&self, sheet: &str) -> &'static str {
        let framework = self.catalogue.data().frameworks.iter().any(|s| s.id.as_str() == sheet);
        let [screens, frameworks] = SECTIONS;
        if framework { frameworks } else { screens }
    }

    fn part(&self, part: &str, key: &str) -> Option<&str> {
        let [screens, _] = SECTIONS;
        self.catalogue.label_of(screens, part)?.groups.get(key).map(String::as_str)
    }

    /// A sentence of the page.
    fn word(&self, key: &str, pairs: &[(&str, &str)]) -> String {
        fill(self.part("page", key).unwrap_or(key), pairs)
    }

    /// The name of a framework or a screen.
    #[must_use]
    pub fn sheet(&self, id: &str) -> String {
        self.catalogue.label(self.section(id), id).to_owned()
    }

    /// What it says of itself.
    #[must_use]
    pub fn notice(&self, id: &str) -> String {
        self.catalogue.label_of(self.section(id), id).and_then(|l| l.note.clone()).unwrap_or_default()
    }

    /// A group of it.
    #[must_use]
    pub fn group(&self, sheet: &str, id: &str) -> String {
        let groups = self.catalogue.label_of(self.section(sheet), &format!("{sheet}_groups"));
        groups.and_then(|l| l.groups.get(id)).cloned().unwrap_or_else(|| id.to_owned())
    }

    /// An item of it.
    #[must_use]
    pub fn item(&self, sheet: &str, id: &str) -> String {
        self.catalogue.label(self.section(sheet), id).to_owned()
    }

    /// A level of a scale, or one of the answers that are no level.
    #[must_use]
    pub fn level(&self, id: &str) -> String {
        self.part("levels", id).unwrap_or(id).to_owned()
    }

    /// What a level means, where its name does not say it.
    #[must_use]
    pub fn level_note(&self, id: &str) -> Option<&str> {
        self.part("level_notes", id)
    }

    /// A view.
    #[must_use]
    pub fn view(&self, id: &str) -> String {
        self.part("views", id).unwrap_or(id).to_owned()
    }

    fn how_sure(&self, id: &str) -> String {
        self.part("sure", id).unwrap_or(id).to_owned()
    }

    fn indicator(&self, id: &str) -> String {
        let name = self.catalogue.indicator(id).map(|i| self.catalogue.name(i));
        let name = name.map_or_else(|| id.to_owned(), |name| format!("{id} {name}"));
        match self.figures.get(id) {
            Some(figure) => format!("{name}: {figure}"),
            None => name,
        }
    }

    fn title(&self, shown: &Screened<'_>) -> String {
        let what = match shown.screenings {
            [one] => self.sheet(one.sheet.as_str()),
            _ => self.word("screens", &[]),
        };
        match shown.city {
            Some(city) => self.word("title", &[("city", city), ("what", &what)]),
            None => what,
        }
    }

    /// "14 of 19 answered: 8 yes, 4 partly, 2 no."
    fn answered(&self, tally: &Tally) -> String {
        let said = |n: usize, what: String| (n > 0).then(|| format!("{n} {what}"));
        let levels: Vec<String> = tally.levels.iter().rev().filter_map(|l| said(l.n, self.level(l.level.as_str()))).collect();
        let rest = [(tally.not_known, "not_known"), (tally.not_applicable, "not_applicable")];
        let rest: Vec<String> = rest.into_iter().filter_map(|(n, word)| said(n, self.level(word))).collect();
        let pairs = [("n", tally.answered.to_string()), ("of", tally.of.to_string()), ("levels", levels.join(", ")), ("rest", rest.join(", "))];
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(k, v)| (*k, v.as_str())).collect();
        let key = match (levels.is_empty(), rest.is_empty()) {
            (true, true) => "answered_none",
            (true, false) => "answered_rest",
            (false, true) => "answered",
            (false, false) => "answered_and_rest",
        };
        self.word(key, &pairs)
    }

    fn numbers(&self, pairs: &[(usize, &str)]) -> String {
        pairs.iter().filter(|(n, _)| *n > 0).map(|(n, key)| self.word(key, &[("n", &n.to_string())])).collect::<Vec<_>>().join(", ")
    }

    fn differs(&self, base: &EntryId, tally: &DifferenceTally) -> Option<String> {
        let list = self.numbers(&[(tally.lower, "n_lower"), (tally.higher, "n_higher"), (tally.same, "n_same"), (tally.not_comparable, "n_not_comparable")]);
        (!list.is_empty()).then(|| self.word("beside", &[("base", &self.view(base.as_str())), ("list", &list)]))
    }

    fn changed(&self, since: &EntryId, tally: &ChangeTally) -> Option<String> {
        let list =
            self.numbers(&[(tally.better, "n_better"), (tally.worse, "n_worse"), (tally.same, "n_unchanged"), (tally.new, "n_new"), (tally.gone, "n_gone")]);
        (!list.is_empty()).then(|| self.word("since", &[("round", since.as_str()), ("list", &list)]))
    }

    fn unshown(&self, tally: &Tally) -> Option<String> {
        (tally.without_evidence > 0).then(|| self.word("without_evidence", &[("n", &tally.without_evidence.to_string())]))
    }

    fn service(&self, service: Option<&EntryId>, name: Option<&str>, area: Option<&EntryId>) -> String {
        match (service, name, area) {
            (_, Some(name), _) => name.to_owned(),
            (Some(id), None, Some(area)) if id == area => self.catalogue.label("services", area.as_str()).to_owned(),
            (Some(id), ..) => id.to_string(),
            (None, ..) => self.word("whole_city", &[]),
        }
    }

    /// A finding as a sentence.
    fn finding(&self, finding: &Finding, sheet: &Screening) -> String {
        let param = |name: &str| match finding.params.get(name) {
            Some(Param::Text(text)) => text.to_string(),
            _ => String::new(),
        };
        let subject = finding.subject.as_deref().unwrap_or_default();
        let (item, view, round) = (self.item(sheet.sheet.as_str(), subject), self.view(&param("view")), param("round"));
        let key = match finding.code {
            Code::ScreenNoEvidence => "finding_no_evidence",
            Code::ScreenSameEvidence => "finding_same_evidence",
            Code::ScreenNoReason => "finding_no_reason",
            Code::ScreenAppliesDisputed => "finding_applies_disputed",
            Code::ScreenViewMissing => "finding_view_missing",
            other => return other.message().to_owned(),
        };
        self.word(key, &[("item", &item), ("view", &view), ("round", &round)])
    }

    /// The findings of a sheet and a service, as sentences.
    fn findings(&self, shown: &Screened<'_>, sheet: &Screening, service: Option<&EntryId>) -> Vec<String> {
        let here = |f: &Finding| {
            let subject = f.subject.as_deref().unwrap_or_default();
            let ours = subject == sheet.sheet.as_str() || sheet.services.iter().flat_map(|s| &s.linked).any(|l| l.item.as_str() == subject);
            let of = f.params.get("service").and_then(|p| if let Param::Text(text) = p { Some(text.as_ref()) } else { None });
            ours && of == service.map(EntryId::as_str)
        };
        shown.findings.items().iter().filter(|f| here(f)).map(|f| self.finding(f, sheet)).collect()
    }
}

fn frame(texts: &Texts, title: &str, body: Markup) -> String {
    super::document(texts.catalogue.language(), title, OWN_STYLE, &texts.word("skip_link", &[]), &body)
}
