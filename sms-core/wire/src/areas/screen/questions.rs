//! A sheet as a form to fill in.

use super::super::roadmap::catalogue_in;
use super::{COLUMNS, SOURCE, SheetChoice, selected};
use crate::{Engine, Operation};
use serde::{Deserialize, Serialize};
use sms_base::diagnostic::{Code, Error, Result};
use sms_base::id::EntryId;
use sms_process::screen::record::{NOT_APPLICABLE, NOT_KNOWN};
use sms_render::screen as render;

/// A framework or a screen as a form to fill in: questions, levels, views, indicators beside the questions, and the header of the table of answers.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ScreenQuestionsRequest"))]
pub(super) struct Questions {
    /// The id of a framework or a screen, or a whole one.
    sheet: SheetChoice,
    /// A service area of the catalogue: its indicators stand beside the questions. None where it is not given.
    area: Option<EntryId>,
    /// Selections and indicators that may stand beside the questions; all where it is not given.
    selection: Option<Vec<String>>,
    /// The language of the texts; that of the catalogue where it is not given.
    language: Option<String>,
}

/// A level of the scale, or an answer that is no level.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ScreenLevel"))]
pub(super) struct Level {
    /// The word that an answer has.
    id: String,
    /// Its name.
    name: String,
    /// What it means, where the name does not say it.
    note: Option<String>,
}

/// A view.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ScreenView"))]
pub(super) struct View {
    /// The id.
    id: EntryId,
    /// Its name.
    name: String,
}

/// An element of a framework, or a question of a screen.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ScreenItem"))]
pub(super) struct Item {
    /// The id, which an answer names as its `item`.
    id: EntryId,
    /// The text.
    text: String,
    /// How certain it is that it belongs to the list.
    provenance: String,
    /// The indicators whose figures stand beside it.
    indicators: Vec<String>,
}

/// A group of items: a principle, a quality, structures, tools.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ScreenGroup"))]
pub(super) struct Group {
    /// The id.
    id: EntryId,
    /// Its name.
    name: String,
    /// How certain it is.
    verification: String,
    /// The items, in their order.
    items: Vec<Item>,
}

/// A sheet as a form to fill in.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ScreenQuestionsAnswer"))]
pub(super) struct QuestionsAnswer {
    /// The id of the sheet.
    id: EntryId,
    /// Its name.
    name: String,
    /// What it says of itself; empty where it says nothing.
    notice: String,
    /// The reference that it comes from.
    source: EntryId,
    /// Whose wording it is, and how certain: `read`, `recalled`, `part_unverified`, `own_draft`.
    provenance: String,
    /// Whether the list of items is whole.
    complete: bool,
    /// The levels of the scale, lowest first.
    levels: Vec<Level>,
    /// From this level on an answer is a claim that needs evidence.
    evidence_from: EntryId,
    /// Answers that are always allowed and are no levels.
    apart: Vec<Level>,
    /// Who can answer, each apart.
    views: Vec<View>,
    /// The view that the others are held beside.
    base: Option<EntryId>,
    /// The views whose claims need evidence.
    evidence: Vec<EntryId>,
    /// The groups, in their order.
    groups: Vec<Group>,
    /// The columns of a table of answers.
    columns: Vec<&'static str>,
}

impl Operation for Questions {
    const NAME: &'static str = "screen.questions";
    const SOURCE: &'static str = SOURCE;
    const ERRORS: &'static [Code] = &[Code::ScreenBadSheet, Code::ScreenUnknownService, Code::ScreenUnknownSheet, Code::AssessUnknownSelection];
    const EXAMPLE: &'static str = r#"{"sheet": "panel", "area": "SV-HOUS"}"#;
    type Answer = QuestionsAnswer;

    fn answer(self, engine: &Engine) -> Result<QuestionsAnswer> {
        let catalogue = catalogue_in(engine, self.language.as_deref());
        let made = self.sheet.questionnaire(&catalogue, "sheet")?;
        let (sheet, scale) = (made.sheet(), made.scale());
        let area = self.area.as_ref();
        if area.is_some_and(|area| !catalogue.data().service_areas.iter().any(|a| a.id == *area)) {
            return Err(Error::new(Code::ScreenUnknownService).at_path("area").expecting("a service area of the catalogue"));
        }
        let selected = selected(engine, self.selection.as_deref())?;
        let texts = render::Texts::new(catalogue.clone());
        let level = |id: &str| Level { id: id.to_owned(), name: texts.level(id), note: texts.level_note(id).map(str::to_owned) };
        let item = |item: &sms_model::catalogue::SheetItem| Item {
            id: item.id.clone(),
            text: texts.item(sheet.id.as_str(), item.id.as_str()),
            provenance: item.provenance.clone(),
            indicators: made.indicators(&catalogue, item, area, &selected).into_iter().map(str::to_owned).collect(),
        };
        let group = |group: &sms_model::catalogue::SheetGroup| Group {
            id: group.id.clone(),
            name: texts.group(sheet.id.as_str(), group.id.as_str()),
            verification: group.verification.clone(),
            items: sheet.item.iter().filter(|i| i.group == group.id).map(item).collect(),
        };
        Ok(QuestionsAnswer {
            id: sheet.id.clone(),
            name: texts.sheet(sheet.id.as_str()),
            notice: texts.notice(sheet.id.as_str()),
            source: sheet.source.clone(),
            provenance: sheet.provenance.clone(),
            complete: sheet.complete,
            levels: scale.levels.iter().map(|l| level(l.as_str())).collect(),
            evidence_from: scale.evidence_from.clone(),
            apart: [NOT_KNOWN, NOT_APPLICABLE].map(level).into(),
            views: sheet.views.iter().map(|v| View { id: v.clone(), name: texts.view(v.as_str()) }).collect(),
            base: made.base().cloned(),
            evidence: sheet.evidence.clone(),
            groups: sheet.group.iter().map(group).collect(),
            columns: COLUMNS.to_vec(),
        })
    }
}
