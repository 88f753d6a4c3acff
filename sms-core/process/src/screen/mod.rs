//! Floor 12: frameworks and screens. A city held against a framework, and a service against the principles of a human rights-based approach, round
//! after round, with the city's own view and that of others apart.
//!
//! | question | module |
//! |---|---|
//! | what was answered, by whom, in which round, with what evidence | [`record`] |
//! | how does it stand by principle and service, who sees it otherwise, what changed | [`result`] |
//! | which indicators answer an article of a charter, a target, a point of a plan | [`cross_reference`] |
//!
//! Answers are levels of a scale that has an order and no distance. They are counted, never averaged, never mixed over views, and never enter the
//! score of an indicator: nothing on the way from observations to a report knows this module.

pub mod cross_reference;
pub mod record;
pub mod result;

use crate::catalogue::{Catalogue, Scale, Sheet, SheetItem};
use crate::diagnostic::{Code, Error, Result};
use crate::id::EntryId;
use crate::text;
use std::collections::BTreeSet;

/// More items than this in one sheet are refused.
const MAXIMUM_ITEMS: usize = 1_000;

/// A sheet that can be answered: checked, with its scale.
#[derive(Clone, Debug)]
pub struct Questionnaire {
    sheet: Sheet,
    scale: Scale,
    base: usize,
    evidence_from: usize,
}

impl Questionnaire {
    /// A framework or a screen of the catalogue.
    ///
    /// ```
    /// # use sms_process as sms_core;
    /// use sms_core::screen::Questionnaire;
    /// let catalogue = sms_core::Catalogue::from_json(sms_catalogue::CATALOGUE_JSON)?;
    /// assert_eq!(Questionnaire::of_catalogue(&catalogue, "fra")?.sheet().id.as_str(), "fra");
    /// assert!(Questionnaire::of_catalogue(&catalogue, "no-such-sheet").is_err());
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `screen.unknown-sheet`, with the nearest one; `screen.bad-sheet` for one that is no questionnaire.
    pub fn of_catalogue(catalogue: &Catalogue, id: &str) -> Result<Self> {
        let sheet = catalogue.sheet(id).ok_or_else(|| {
            let raw = catalogue.data();
            near(Error::new(Code::ScreenUnknownSheet), id, raw.frameworks.iter().chain(&raw.screens).map(|s| s.id.as_str()))
        })?;
        Self::new(catalogue, sheet.clone())
    }

    /// A sheet of one's own. Its scale is one of the catalogue.
    ///
    /// # Errors
    /// `screen.bad-sheet`.
    pub fn new(catalogue: &Catalogue, sheet: Sheet) -> Result<Self> {
        let bad = |field: &str, expected: &'static str| Error::new(Code::ScreenBadSheet).at_path(field).expecting(expected);
        let scale = sheet.scale.as_ref().and_then(|id| catalogue.scale(id.as_str())).ok_or_else(|| bad("scale", "a scale of the catalogue"))?.clone();
        let unique = |ids: Vec<&EntryId>| ids.len() == ids.iter().collect::<BTreeSet<_>>().len();
        if sheet.item.is_empty() || sheet.item.len() > MAXIMUM_ITEMS || !unique(sheet.item.iter().map(|i| &i.id).collect()) {
            return Err(bad("item", "items with ids of their own, 1 to 1000"));
        }
        if !unique(sheet.group.iter().map(|g| &g.id).collect()) || sheet.item.iter().any(|i| !sheet.group.iter().any(|g| g.id == i.group)) {
            return Err(bad("group", "groups with ids of their own, one for each item"));
        }
        if sheet.views.is_empty() || !unique(sheet.views.iter().collect()) || sheet.evidence.iter().any(|v| !sheet.views.contains(v)) {
            return Err(bad("views", "views with ids of their own, among them those that owe evidence"));
        }
        let base = sheet.views.iter().position(|v| Some(v) == sheet.base.as_ref()).ok_or_else(|| bad("base", "one of the views"))?;
        if sheet.item.iter().flat_map(|i| &i.indicators).any(|i| catalogue.indicator(i.id.as_str()).is_none()) {
            return Err(bad("item", "indicators of the catalogue"));
        }
        let evidence_from = scale.levels.iter().position(|l| *l == scale.evidence_from).unwrap_or(0);
        Ok(Questionnaire { sheet, scale, base, evidence_from })
    }

    /// The sheet.
    #[must_use]
    pub fn sheet(&self) -> &Sheet {
        &self.sheet
    }

    /// The scale of its answers.
    /// Levels stand in order, lowest first; no distance between them is meant.
    ///
    /// ```
    /// # use sms_process as sms_core;
    /// let catalogue = sms_core::Catalogue::from_json(sms_catalogue::CATALOGUE_JSON)?;
    /// let fra = sms_core::screen::Questionnaire::of_catalogue(&catalogue, "fra")?;
    /// assert!(fra.scale().levels.iter().any(|level| level.as_str() == "working"));
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    #[must_use]
    pub fn scale(&self) -> &Scale {
        &self.scale
    }

    /// The view that the others are held beside.
    #[must_use]
    pub fn base(&self) -> Option<&EntryId> {
        self.sheet.views.get(self.base)
    }

    /// The indicators whose figures stand beside an item: those modelled on it, and, for a service, those of its area that carry a word of the group.
    /// `chosen` says whether an indicator belongs to the selection.
    pub fn indicators<'a>(&'a self, catalogue: &'a Catalogue, item: &'a SheetItem, area: Option<&EntryId>, chosen: impl Fn(&str) -> bool) -> Vec<&'a str> {
        let mut ids: BTreeSet<&str> = item.indicators.iter().map(|i| i.id.as_str()).filter(|id| chosen(id)).collect();
        let group = self.sheet.group.iter().find(|g| g.id == item.group);
        if let (Some(area), Some(group)) = (area, group) {
            let fits = |words: &[String]| words.iter().any(|w| group.tags.contains(w));
            let tagged = catalogue.indicators().iter().filter(|i| i.service_areas.contains(area) && (fits(&i.hrba) || fits(&i.aaaq)));
            ids.extend(tagged.filter(|i| !i.is_retired()).map(|i| i.id.as_str()).filter(|id| chosen(id)));
        }
        ids.into_iter().collect()
    }
}

/// An error with the nearest known id.
fn near<'a>(error: Error, id: &str, known: impl Iterator<Item = &'a str>) -> Error {
    error.suggesting(text::did_you_mean(id, known))
}
