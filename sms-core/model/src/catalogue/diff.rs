//! What changed between two releases of a catalogue.

use super::{Catalogue, Indicator};
use crate::id::IndicatorId;
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// One field that differs.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "IndicatorFieldChange"))]
pub struct FieldChange {
    /// The field, such as `sheet.polarity` or `text.en.name`.
    pub field: String,
    /// What it was; null where it was absent.
    pub before: Value,
    /// What it is; null where it is absent.
    pub after: Value,
}

/// One indicator that differs.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct IndicatorChange {
    /// The indicator.
    pub id: IndicatorId,
    /// Its fields that differ, in the order of their names.
    pub fields: Vec<FieldChange>,
}

/// One indicator that became several.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "IndicatorSplit"))]
pub struct Split {
    /// The retired one.
    pub from: IndicatorId,
    /// The new ones.
    pub into: Vec<IndicatorId>,
}

/// Several indicators that became one.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "IndicatorMerge"))]
pub struct Merge {
    /// The retired ones.
    pub from: Vec<IndicatorId>,
    /// The new one.
    pub into: IndicatorId,
}

/// One indicator in place of another.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "IndicatorReplacement"))]
pub struct Replacement {
    /// The earlier one.
    pub from: IndicatorId,
    /// The new one.
    pub into: IndicatorId,
}

/// What changed between two releases.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "CatalogueDiff"))]
pub struct Diff {
    /// Version of the earlier release.
    pub from: String,
    /// Version of the later release.
    pub to: String,
    /// New indicators.
    pub added: Vec<IndicatorId>,
    /// Indicators that are no longer used; they stay in the catalogue.
    pub retired: Vec<IndicatorId>,
    /// Indicators that are gone. A release of the standard never does this.
    pub removed: Vec<IndicatorId>,
    /// New indicators that take the place of one retired one together.
    pub split: Vec<Split>,
    /// New indicators that take the place of several.
    pub merged: Vec<Merge>,
    /// New indicators that take the place of one.
    pub replaced: Vec<Replacement>,
    /// Other indicators that differ, retired ones left out.
    pub changed: Vec<IndicatorChange>,
}

impl Diff {
    /// Whether nothing about indicators changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.retired.is_empty() && self.removed.is_empty() && self.changed.is_empty()
    }
}

/// Compares the indicators of two releases: sheets, and texts in every language.
///
/// Splits, merges and replacements are read from `lineage.supersedes` of the new indicators.
///
/// ```
/// let catalogue = sms_core::Catalogue::from_json(sms_catalogue::CATALOGUE_JSON)?;
/// assert!(sms_core::catalogue::diff(&catalogue, &catalogue).is_empty());
/// # Ok::<(), sms_core::Error>(())
/// ```
#[must_use]
pub fn diff(before: &Catalogue, after: &Catalogue) -> Diff {
    let mut diff = Diff { from: before.release().version.clone(), to: after.release().version.clone(), ..Diff::default() };
    let mut successors: BTreeMap<&IndicatorId, Vec<IndicatorId>> = BTreeMap::new();
    for new in after.indicators() {
        let Some(old) = before.indicator(new.id.as_str()) else {
            diff.added.push(new.id.clone());
            for from in &new.lineage.supersedes {
                successors.entry(from).or_default().push(new.id.clone());
            }
            if let [_, _, ..] = new.lineage.supersedes.as_slice() {
                diff.merged.push(Merge { from: new.lineage.supersedes.clone(), into: new.id.clone() });
            }
            continue;
        };
        if new.is_retired() && !old.is_retired() {
            diff.retired.push(new.id.clone());
            continue;
        }
        let fields = fields(before, old, after, new);
        if !fields.is_empty() {
            diff.changed.push(IndicatorChange { id: new.id.clone(), fields });
        }
    }
    diff.removed.extend(before.indicators().iter().filter(|i| after.indicator(i.id.as_str()).is_none()).map(|i| i.id.clone()));
    let merged: BTreeSet<&IndicatorId> = diff.merged.iter().map(|m| &m.into).collect();
    for (from, into) in successors {
        match into.as_slice() {
            [one] if !merged.contains(one) => diff.replaced.push(Replacement { from: from.clone(), into: one.clone() }),
            [] | [_] => {}
            _ => diff.split.push(Split { from: from.clone(), into }),
        }
    }
    diff
}

fn fields(before: &Catalogue, old: &Indicator, after: &Catalogue, new: &Indicator) -> Vec<FieldChange> {
    let mut pairs = vec![("sheet".to_owned(), as_value(old), as_value(new))];
    let languages: BTreeSet<&String> = before.data().texts.keys().chain(after.data().texts.keys()).collect();
    for language in languages {
        let text = |c: &Catalogue| c.data().texts.get(language).and_then(|t| t.indicators.get(&new.id)).map_or(Value::Null, as_value);
        pairs.push((format!("text.{language}"), text(before), text(after)));
    }
    let mut changes = Vec::new();
    for (part, a, b) in pairs {
        let names: BTreeSet<&String> = [&a, &b].into_iter().filter_map(Value::as_object).flat_map(serde_json::Map::keys).collect();
        for name in names {
            let (x, y) = (a.get(name).unwrap_or(&Value::Null), b.get(name).unwrap_or(&Value::Null));
            if x != y {
                changes.push(FieldChange { field: format!("{part}.{name}"), before: x.clone(), after: y.clone() });
            }
        }
    }
    changes
}

fn as_value(entry: impl Serialize) -> Value {
    crate::json::value(&entry)
}
