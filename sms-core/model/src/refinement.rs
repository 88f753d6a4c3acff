//! Floor 7: from decisions to a new release of the catalogue.
//!
//! A decision says what becomes of an indicator (keep, modify, split, merge, drop, add), who decided, when and why. All
//! decisions of a release are applied together, or none is. Ids are never used again: an indicator that is split, merged
//! or dropped stays in the catalogue as retired, and its successors name it in `lineage.supersedes`.

use crate::catalogue::{Catalogue, Diff, Indicator, IndicatorText, RETIRED, RawCatalogue, diff};
use crate::diagnostic::{Code, Error, Result};
use crate::id::{EntryId, IndicatorId};
use crate::indicator::Tier;
use crate::period::is_date;
use crate::shape::expected_by;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// What becomes of an indicator or of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "RefinementAction"))]
pub enum Action {
    /// It stays as it is.
    Keep,
    /// Some fields change; the meaning stays.
    Modify,
    /// It becomes one with others.
    Merge,
    /// It becomes several.
    Split,
    /// It is no longer used.
    Drop,
    /// It is new, such as a city's extension that is promoted.
    Add,
}

impl Action {
    /// The word in data files and on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Action::Keep => "keep",
            Action::Modify => "modify",
            Action::Merge => "merge",
            Action::Split => "split",
            Action::Drop => "drop",
            Action::Add => "add",
        }
    }
}

/// Somebody who took part in a decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "RefinementDecider"))]
pub struct Decider {
    /// A person by role, or a body.
    pub who: String,
    /// For which side: the city, civil society …
    pub side: EntryId,
}

/// An indicator that a decision makes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NewIndicator {
    /// The fields of its sheet. Where it comes from other indicators, fields that are not given are those of the first.
    pub sheet: Map<String, Value>,
    /// The fields of its texts, by language; fields that are not given likewise.
    #[serde(default)]
    pub text: BTreeMap<String, Map<String, Value>>,
}

/// A decision about indicators.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "RefinementDecision"))]
pub struct Decision {
    /// The indicators that it is about: two or more for a merge, none for an addition, else one.
    #[serde(default)]
    pub indicators: Vec<IndicatorId>,
    /// What becomes of them.
    pub action: Action,
    /// What the pre-test proposed, where it did.
    #[serde(default)]
    pub proposal: Option<Action>,
    /// Who decided; at least one.
    pub decided_by: Vec<Decider>,
    /// The day of the decision, YYYY-MM-DD.
    pub on: String,
    /// Why.
    pub reason: String,
    /// The new status of the indicator: `draft`, `pretested` or `standard`.
    #[serde(default)]
    pub status: Option<String>,
    /// The new tier.
    #[serde(default)]
    pub tier: Option<Tier>,
    /// Fields of the sheet that change.
    #[serde(default)]
    pub sheet: Map<String, Value>,
    /// Fields of the texts that change, by language.
    #[serde(default)]
    pub text: BTreeMap<String, Map<String, Value>>,
    /// The indicators that a split, a merge or an addition makes.
    #[serde(default)]
    pub into: Vec<NewIndicator>,
    /// The extension of a city that an addition promotes, such as `x-GRAZ:HOU-01`.
    #[serde(default)]
    pub promotes: Option<IndicatorId>,
}

/// The head of the new release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NewRelease {
    /// Its version, higher than the last.
    pub version: String,
    /// Its date, YYYY-MM-DD, not before the last.
    pub date: String,
    /// `draft`, `pretest` or `standard`; that of the last release when absent.
    #[serde(default)]
    pub status: Option<String>,
}

/// Where indicators went, and why.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "RefinementStep"))]
pub struct Step {
    /// What was decided.
    pub action: Action,
    /// The indicators before.
    pub from: Vec<IndicatorId>,
    /// The indicators after; none when they were dropped.
    pub into: Vec<IndicatorId>,
    /// The city's extension that was promoted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub promotes: Option<IndicatorId>,
    /// What the pre-test proposed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proposal: Option<Action>,
    /// Whether the decision is another than the proposal.
    pub against_proposal: bool,
    /// Who decided.
    pub decided_by: Vec<Decider>,
    /// When.
    pub on: String,
    /// Why.
    pub reason: String,
}

/// A new release, and how it came about.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Refined {
    /// What changed.
    pub diff: Diff,
    /// One step a decision, in the order of the decisions.
    pub lineage: Vec<Step>,
    /// The section of the changelog, as Markdown.
    pub changelog: String,
    /// Fingerprint of the new release.
    pub fingerprint: String,
    /// The new release.
    pub catalogue: RawCatalogue,
}

/// Words that a status may be set to; `retired` only comes with a split, a merge or a drop.
const STATUSES: [&str; 3] = ["draft", "pretested", "standard"];
const RELEASE_STATUSES: [&str; 3] = ["draft", "pretest", "standard"];
/// The status that indicators and releases share when they are agreed for all.
const STANDARD: &str = "standard";

/// Applies decisions to a catalogue. An indicator that no decision is about stays as it is.
///
/// `required_sides` must each have decided where an indicator enters the core or becomes standard.
///
/// ```
/// use sms_core::{Catalogue, refinement::{Decision, NewRelease, refine}};
/// let catalogue = Catalogue::from_json(sms_catalogue::CATALOGUE_JSON)?;
/// let release: NewRelease = serde_json::from_str(r#"{"version": "9.0.0", "date": "2027-02-01"}"#).unwrap();
/// let decision: Decision = serde_json::from_str(r#"{"action": "keep", "indicators": ["GOV-S-01"],
///     "decided_by": [{"who": "the round table", "side": "city"}], "on": "2027-01-15", "reason": "Asked and answered without trouble."}"#).unwrap();
/// let made = refine(&catalogue, &release, &[decision], &[])?;
/// assert!(made.diff.changed.is_empty());
/// assert_eq!(made.catalogue.release.version, "9.0.0");
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `refinement.bad-release`, `refinement.incomplete-decision`, `refinement.bad-decision`, `refinement.unknown-indicator`,
/// `refinement.decided-twice`, `refinement.missing-sign-off`, each with the path of the decision; and those of
/// [`Catalogue::from_raw`] for the release that they make.
pub fn refine(catalogue: &Catalogue, release: &NewRelease, decisions: &[Decision], required_sides: &[EntryId]) -> Result<Refined> {
    check_release(catalogue, release)?;
    let mut work = Work { raw: catalogue.data().clone(), successors: BTreeMap::new() };
    let mut decided: BTreeSet<&IndicatorId> = BTreeSet::new();
    let mut lineage = Vec::with_capacity(decisions.len());
    for (at, decision) in decisions.iter().enumerate() {
        let path = |field: &str| format!("decisions[{at}].{field}");
        check_record(decision, &path)?;
        for id in &decision.indicators {
            let Some(known) = catalogue.indicator(id.as_str()) else {
                let error = Error::new(Code::RefinementUnknownIndicator).at_path(&path("indicators")).with("indicator", id.to_string());
                return Err(error.suggesting(crate::text::did_you_mean(id.as_str(), catalogue.indicators().iter().map(|i| i.id.as_str()))));
            };
            if known.is_retired() {
                return Err(bad(&path("indicators"), "an indicator that is not retired"));
            }
            if !decided.insert(id) {
                return Err(Error::new(Code::RefinementDecidedTwice).at_path(&path("indicators")).with("indicator", id.to_string()));
            }
        }
        let into = work.apply(decision, &path)?;
        check_sides(catalogue, &work.raw, decision, &into, required_sides, &path)?;
        lineage.push(Step {
            action: decision.action,
            from: decision.indicators.clone(),
            into,
            promotes: decision.promotes.clone(),
            proposal: decision.proposal,
            against_proposal: decision.proposal.is_some_and(|p| p != decision.action),
            decided_by: decision.decided_by.clone(),
            on: decision.on.clone(),
            reason: decision.reason.clone(),
        });
    }
    work.selections();
    let mut raw = work.raw;
    raw.indicators.sort_by(|a, b| a.id.cmp(&b.id));
    raw.release.version = release.version.clone();
    raw.release.date = release.date.clone();
    if let Some(status) = &release.status {
        raw.release.status = status.clone();
    }
    fingerprints(&mut raw, catalogue.data());
    let made = Catalogue::from_raw(raw)?;
    let diff = diff(catalogue, &made);
    let changelog = changelog(&made, &diff, &lineage);
    Ok(Refined { diff, lineage, changelog, fingerprint: made.fingerprint().to_owned(), catalogue: made.data().clone() })
}

fn bad(path: &str, expected: &'static str) -> Error {
    Error::new(Code::RefinementBadDecision).at_path(path).expecting(expected)
}

/// The numbers of a version: `1.10.0` is above `1.9.0`.
fn version_numbers(version: &str) -> Option<Vec<u64>> {
    let parts: Vec<&str> = version.split('.').collect();
    let numbers =
        parts.iter().map(|p| (!p.is_empty() && p.bytes().all(|c| c.is_ascii_digit())).then(|| p.parse().ok()).flatten()).collect::<Option<Vec<u64>>>()?;
    (numbers.len() == 3).then_some(numbers)
}

fn check_release(catalogue: &Catalogue, release: &NewRelease) -> Result<()> {
    let wrong = |field: &str, expected: &'static str| Err(Error::new(Code::RefinementBadRelease).at_path(&format!("release.{field}")).expecting(expected));
    let last = catalogue.release();
    match (version_numbers(&release.version), version_numbers(&last.version)) {
        (Some(new), Some(old)) if new > old => {}
        _ => return wrong("version", "three numbers such as 0.2.0, higher than the last release"),
    }
    // dates of this form sort as text
    if !is_date(&release.date) || release.date < last.date {
        return wrong("date", "a day as YYYY-MM-DD, not before the last release");
    }
    if release.status.as_ref().is_some_and(|s| !RELEASE_STATUSES.contains(&s.as_str())) {
        return wrong("status", "draft, pretest or standard");
    }
    Ok(())
}

/// Who, when and why: without them there is no decision.
fn check_record(decision: &Decision, path: &impl Fn(&str) -> String) -> Result<()> {
    let incomplete = |field: &str, expected: &'static str| Err(Error::new(Code::RefinementIncompleteDecision).at_path(&path(field)).expecting(expected));
    if decision.decided_by.is_empty() || decision.decided_by.iter().any(|d| d.who.trim().is_empty()) {
        return incomplete("decided_by", "at least one person or body");
    }
    if decision.reason.trim().is_empty() {
        return incomplete("reason", "a reason");
    }
    if !is_date(&decision.on) {
        return incomplete("on", "a day as YYYY-MM-DD");
    }
    Ok(())
}

fn is_core(indicator: &Indicator) -> bool {
    indicator.tier == Tier::Core
}

fn is_standard(indicator: &Indicator) -> bool {
    indicator.status == STANDARD
}

/// The core and the standard belong to all sides.
fn check_sides(
    before: &Catalogue,
    after: &RawCatalogue,
    decision: &Decision,
    into: &[IndicatorId],
    required: &[EntryId],
    path: &impl Fn(&str) -> String,
) -> Result<()> {
    let was = |id: &IndicatorId, test: fn(&Indicator) -> bool| {
        std::iter::once(id).chain(&decision.indicators).any(|id| before.indicator(id.as_str()).is_some_and(test))
    };
    let rises = |i: &Indicator| (is_core(i) && !was(&i.id, is_core)) || (is_standard(i) && !was(&i.id, is_standard));
    let rises = after.indicators.iter().any(|i| into.contains(&i.id) && rises(i));
    let missing = required.iter().find(|side| !decision.decided_by.iter().any(|d| d.side == **side));
    match missing {
        Some(side) if rises => Err(Error::new(Code::RefinementMissingSignOff).at_path(&path("decided_by")).with("side", side.to_string())),
        _ => Ok(()),
    }
}

struct Work {
    raw: RawCatalogue,
    /// What takes the place of a retired indicator.
    successors: BTreeMap<IndicatorId, Vec<IndicatorId>>,
}

impl Work {
    /// Applies one decision; returns the indicators that it leaves.
    fn apply(&mut self, decision: &Decision, path: &impl Fn(&str) -> String) -> Result<Vec<IndicatorId>> {
        let shape = |expected: &'static str| Err(bad(&path("indicators"), expected));
        let makes = match (decision.action, decision.indicators.len(), decision.into.len()) {
            (Action::Keep | Action::Modify, 1, 0) => false,
            (Action::Drop, 1, 0) => false,
            (Action::Split, 1, 2..) | (Action::Merge, 2.., 1) | (Action::Add, 0, 1) => true,
            (Action::Split, ..) => return shape("one indicator, and two or more to make of it in `into`"),
            (Action::Merge, ..) => return shape("two or more indicators, and one to make of them in `into`"),
            (Action::Add, ..) => return shape("no indicator, and one to add in `into`"),
            _ => return shape("one indicator, and none in `into`"),
        };
        let changes = !decision.sheet.is_empty() || !decision.text.is_empty();
        if changes != (decision.action == Action::Modify) {
            return Err(bad(&path("sheet"), "changed fields with `modify`, and only there"));
        }
        if (decision.status.is_some() || decision.tier.is_some()) && decision.action == Action::Drop {
            return Err(bad(&path("status"), "no status and no tier with `drop`"));
        }
        if decision.promotes.is_some() && decision.action != Action::Add {
            return Err(bad(&path("promotes"), "this field only with `add`"));
        }
        if decision.promotes.as_ref().is_some_and(|id| id.namespace().is_none()) {
            return Err(bad(&path("promotes"), "an id in the namespace of a city, x-CITY:ID"));
        }
        if decision.status.as_ref().is_some_and(|s| !STATUSES.contains(&s.as_str())) {
            return Err(bad(&path("status"), "draft, pretested or standard"));
        }
        if !makes {
            let Some(id) = decision.indicators.first() else { return Ok(Vec::new()) };
            if decision.action == Action::Drop {
                self.retire(id, &[]);
                return Ok(Vec::new());
            }
            self.modify(id, decision, path)?;
            return Ok(vec![id.clone()]);
        }
        let mut into = Vec::with_capacity(decision.into.len());
        for (at, new) in decision.into.iter().enumerate() {
            into.push(self.create(decision, new, &path(&format!("into[{at}]")))?);
        }
        for id in &decision.indicators {
            self.retire(id, &into);
        }
        Ok(into)
    }

    fn retire(&mut self, id: &IndicatorId, successors: &[IndicatorId]) {
        if let Some(indicator) = self.raw.indicators.iter_mut().find(|i| i.id == *id) {
            RETIRED.clone_into(&mut indicator.status);
        }
        self.successors.insert(id.clone(), successors.to_vec());
    }

    fn modify(&mut self, id: &IndicatorId, decision: &Decision, path: &impl Fn(&str) -> String) -> Result<()> {
        if let Some(field) = ["id", "status", "tier", "lineage"].iter().find(|f| decision.sheet.contains_key(**f)) {
            return Err(bad(&path(&format!("sheet.{field}")), "another field: the id and the lineage never change, status and tier have fields of their own"));
        }
        let Some(indicator) = self.raw.indicators.iter_mut().find(|i| i.id == *id) else { return Ok(()) };
        let mut changed: Indicator = with_fields(indicator, &decision.sheet, &path("sheet"))?;
        if decision.action == Action::Modify && !decision.sheet.contains_key("version") {
            changed.version = next_minor(&changed.version);
        }
        if let Some(status) = &decision.status {
            changed.status.clone_from(status);
        }
        if let Some(tier) = decision.tier {
            changed.tier = tier;
        }
        *indicator = changed;
        for (language, fields) in &decision.text {
            let path = path(&format!("text.{language}"));
            let texts = self.raw.texts.get_mut(language).ok_or_else(|| bad(&path, "a language of the catalogue"))?;
            let text = texts.indicators.entry(id.clone()).or_default();
            *text = with_fields(text, fields, &path)?;
        }
        Ok(())
    }

    fn create(&mut self, decision: &Decision, new: &NewIndicator, path: &str) -> Result<IndicatorId> {
        let id: IndicatorId = match new.sheet.get("id").and_then(Value::as_str) {
            Some(id) => id.parse().map_err(|e: Error| e.at_path(&format!("{path}.sheet.id")))?,
            None => return Err(bad(&format!("{path}.sheet.id"), "an id")),
        };
        if self.raw.indicators.iter().any(|i| i.id == id) {
            return Err(bad(&format!("{path}.sheet.id"), "an id that was never used"));
        }
        if let Some(field) = ["status", "lineage"].iter().find(|f| new.sheet.contains_key(**f)) {
            return Err(bad(&format!("{path}.sheet.{field}"), "another field: the status has a field of its own, the lineage follows from the decision"));
        }
        let parent = decision.indicators.first().and_then(|first| self.raw.indicators.iter().find(|i| i.id == *first));
        let mut sheet = match parent.map(serde_json::to_value) {
            Some(Ok(Value::Object(fields))) => fields,
            _ => Map::new(),
        };
        sheet.extend(new.sheet.clone());
        let lineage = serde_json::json!({
            "origin": decision.promotes.as_ref().map(|_| "city extension"),
            "seed": decision.promotes,
            "supersedes": decision.indicators,
        });
        sheet.insert("lineage".to_owned(), lineage);
        sheet.insert("status".to_owned(), decision.status.clone().unwrap_or_else(|| "draft".to_owned()).into());
        if !new.sheet.contains_key("version") {
            sheet.insert("version".to_owned(), "0.1.0".into());
        }
        if let Some(tier) = decision.tier {
            sheet.insert("tier".to_owned(), tier.as_str().into());
        }
        let indicator: Indicator = read(&Value::Object(sheet), &format!("{path}.sheet"))?;
        if decision.promotes.is_some() && indicator.tier == Tier::Local {
            return Err(bad(&format!("{path}.sheet.tier"), "core or thematic for an extension that is promoted"));
        }
        self.raw.indicators.push(indicator);
        let languages: Vec<String> = self.raw.texts.keys().cloned().collect();
        if let Some(unknown) = new.text.keys().find(|l| !languages.contains(l)) {
            return Err(bad(&format!("{path}.text.{unknown}"), "a language of the catalogue"));
        }
        for language in languages {
            let Some(texts) = self.raw.texts.get_mut(&language) else { continue };
            let inherited = decision.indicators.first().and_then(|first| texts.indicators.get(first)).cloned();
            let fields = new.text.get(&language);
            if inherited.is_none() && fields.is_none() {
                continue;
            }
            let text = with_fields(&inherited.unwrap_or_default(), fields.unwrap_or(&Map::new()), &format!("{path}.text.{language}"))?;
            texts.indicators.insert(id.clone(), text);
        }
        Ok(id)
    }

    /// Selections follow: successors in place of what is retired.
    fn selections(&mut self) {
        let successors = &self.successors;
        let follow = |ids: &mut Vec<IndicatorId>| {
            let mut kept: Vec<IndicatorId> = Vec::with_capacity(ids.len());
            for id in ids.iter() {
                for id in successors.get(id).map_or(std::slice::from_ref(id), Vec::as_slice) {
                    if !kept.contains(id) {
                        kept.push(id.clone());
                    }
                }
            }
            *ids = kept;
        };
        for selection in &mut self.raw.selections {
            follow(&mut selection.indicators);
            selection.area.iter_mut().for_each(|area| follow(&mut area.indicators));
            selection.seeds = std::mem::take(&mut selection.seeds)
                .into_iter()
                .filter_map(|(seed, id)| match successors.get(&id) {
                    Some(into) => into.first().map(|first| (seed, first.clone())),
                    None => Some((seed, id)),
                })
                .collect();
        }
    }
}

/// An entry with some of its fields set.
fn with_fields<T: Serialize + serde::de::DeserializeOwned>(entry: &T, fields: &Map<String, Value>, path: &str) -> Result<T> {
    let mut value = crate::json::value(entry);
    if let Some(object) = value.as_object_mut() {
        if let Some(unknown) = fields.keys().find(|name| !object.contains_key(*name)) {
            return Err(bad(&format!("{path}.{unknown}"), "a field of the sheet or of its texts"));
        }
        object.extend(fields.clone());
    }
    read(&value, path)
}

fn read<T: serde::de::DeserializeOwned>(value: &Value, path: &str) -> Result<T> {
    T::deserialize(value).map_err(|e| Error::new(Code::RefinementBadDecision).at_path(path).expecting(expected_by(&e)))
}

/// `0.1.3` becomes `0.2.0`.
fn next_minor(version: &str) -> String {
    match version_numbers(version).as_deref() {
        Some([major, minor, _]) => format!("{major}.{}.0", minor.saturating_add(1)),
        _ => version.to_owned(),
    }
}

/// Fingerprints of what changed, by the JSON of sheet and first text; those of the others stay.
fn fingerprints(raw: &mut RawCatalogue, before: &RawCatalogue) {
    let language = raw.release.languages.first().cloned().unwrap_or_default();
    let text = |raw: &RawCatalogue, id: &IndicatorId| -> Option<IndicatorText> { raw.texts.get(&language)?.indicators.get(id).cloned() };
    let mut made = Vec::new();
    for indicator in &raw.indicators {
        let now = text(raw, &indicator.id);
        let same = before.indicators.iter().any(|i| i == indicator) && text(before, &indicator.id) == now;
        if !same {
            let entry = serde_json::json!({ "sheet": indicator, "text": now });
            made.push((indicator.id.to_string(), crate::text::hex(&Sha256::digest(entry.to_string().as_bytes()), 16)));
        }
    }
    raw.fingerprints.extend(made);
}

fn changelog(catalogue: &Catalogue, diff: &Diff, lineage: &[Step]) -> String {
    let list = |ids: &[IndicatorId]| ids.iter().map(IndicatorId::as_str).collect::<Vec<_>>().join(", ");
    let mut text = format!("## {} ({})\n", catalogue.release().version, catalogue.release().date);
    if lineage.is_empty() {
        text.push_str("\nNo indicator changed.\n");
    }
    for (action, title) in [
        (Action::Add, "Added"),
        (Action::Modify, "Changed"),
        (Action::Split, "Split"),
        (Action::Merge, "Merged"),
        (Action::Drop, "Retired"),
        (Action::Keep, "Kept"),
    ] {
        let mut title = Some(title);
        for step in lineage.iter().filter(|s| s.action == action) {
            if let Some(title) = title.take() {
                let _ = write!(text, "\n### {title}\n\n");
            }
            let what = match (step.from.as_slice(), step.into.as_slice()) {
                ([], into) => list(into),
                (from, []) => list(from),
                (from, into) if from == into => list(from),
                (from, into) => format!("{} into {}", list(from), list(into)),
            };
            let promoted = step.promotes.as_ref().map(|id| format!(", promoted from {id}")).unwrap_or_default();
            let changed: Vec<&str> = diff
                .changed
                .iter()
                .filter(|c| step.from.contains(&c.id))
                .flat_map(|c| c.fields.iter().map(|f| f.field.as_str()))
                .filter(|f| *f != "sheet.version")
                .collect();
            let fields = if changed.is_empty() { String::new() } else { format!(" ({})", changed.join(", ")) };
            let against = match step.proposal {
                Some(proposal) if step.against_proposal => format!(" The pre-test proposed to {}.", proposal.as_str()),
                _ => String::new(),
            };
            let who = step.decided_by.iter().map(|d| format!("{} ({})", one_line(&d.who), d.side)).collect::<Vec<_>>().join(", ");
            let reason = one_line(&step.reason);
            let stop = if reason.ends_with(['.', '!', '?']) { "" } else { "." };
            let _ = writeln!(text, "* {what}{promoted}{fields}: {reason}{stop}{against} Decided by {who} on {}.", step.on);
        }
    }
    text
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
