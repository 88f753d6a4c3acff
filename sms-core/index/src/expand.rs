//! Repetition: entries with `each` and placeholders become plain ones.

use super::raw::{Attribute, Constant, Group, Input, Member, RawIndex, RawStep};
use super::step::{AggregateRule, Item, ItemRow, Term};
use super::{MAX_ITEMS, MAX_NODES, bad, is_name};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sms_base::diagnostic::{Code, Error, Result};
use sms_base::text::did_you_mean;
use std::cell::Cell;

/// A file without repetition; each entry with its place in the file.
pub(super) struct Plain {
    pub(super) inputs: Vec<(String, Input)>,
    pub(super) constants: Vec<(String, Constant)>,
    pub(super) steps: Vec<(String, RawStep)>,
    pub(super) outputs: Vec<(String, String)>,
}

/// Which member stands for each group.
type Bound<'a> = Vec<(&'a str, &'a Member)>;

struct Groups<'a> {
    groups: &'a [Group],
    /// Items of aggregates made so far.
    items: Cell<usize>,
}

pub(super) fn expand(raw: &RawIndex) -> Result<Plain> {
    for (i, group) in raw.group.iter().enumerate() {
        let path = format!("group[{i}]");
        if !is_name(&group.id) {
            return Err(bad(&format!("{path}.id"), "letters, digits and underscores, not starting with a digit"));
        }
        if raw.group.iter().take(i).any(|g| g.id == group.id) {
            return Err(Error::new(Code::IndexDuplicateId).at_path(&format!("{path}.id")).with("id", group.id.clone()));
        }
        if group.members.is_empty() {
            return Err(bad(&format!("{path}.members"), "at least one member"));
        }
        if group.members.len() > MAX_NODES {
            return Err(Error::new(Code::IndexTooLarge).at_path(&format!("{path}.members")).with("limit", MAX_NODES));
        }
        for (j, member) in group.members.iter().enumerate() {
            if group.members.iter().take(j).any(|m| m.id() == member.id()) {
                return Err(Error::new(Code::IndexDuplicateId).at_path(&format!("{path}.members[{j}]")).with("id", member.id().to_owned()));
            }
        }
    }
    let groups = Groups { groups: &raw.group, items: Cell::new(0) };
    let mut plain = Plain { inputs: Vec::new(), constants: Vec::new(), steps: Vec::new(), outputs: Vec::new() };
    for (i, input) in raw.input.iter().enumerate() {
        let path = format!("input[{i}]");
        groups.each(input.each.all(), &path, &mut |bound| room(&mut plain.inputs, &path, groups.entry(input, bound, &path)?))?;
    }
    for (i, constant) in raw.constant.iter().enumerate() {
        let path = format!("constant[{i}]");
        groups.each(constant.each.all(), &path, &mut |bound| room(&mut plain.constants, &path, groups.entry(constant, bound, &path)?))?;
    }
    for (i, step) in raw.step.iter().enumerate() {
        let path = format!("step[{i}]");
        groups.each(step.each.all(), &path, &mut |bound| {
            let mut step = step.clone();
            if let Some(rule) = &mut step.aggregate {
                groups.items(rule, bound, &format!("{path}.aggregate"))?;
            }
            room(&mut plain.steps, &path, groups.entry(&step, bound, &path)?)
        })?;
    }
    for (i, output) in raw.outputs.iter().enumerate() {
        let path = format!("outputs[{i}]");
        let free = groups.free(&[output], &Vec::new(), &path)?;
        groups.each(&free, &path, &mut |bound| room(&mut plain.outputs, &path, groups.fill(output, bound, &path)?))?;
    }
    Ok(plain)
}

fn room<T>(list: &mut Vec<(String, T)>, path: &str, entry: T) -> Result<()> {
    if list.len() >= MAX_NODES {
        return Err(Error::new(Code::IndexTooLarge).at_path(path).with("limit", MAX_NODES));
    }
    list.push((path.to_owned(), entry));
    Ok(())
}

impl Member {
    fn id(&self) -> &str {
        match self {
            Member::Id(id) | Member::Row { id, .. } => id,
        }
    }

    fn field(&self, name: &str) -> Option<String> {
        match self {
            Member::Row { fields, .. } => fields.get(name).map(|a| match a {
                Attribute::Number(x) => x.to_string(),
                Attribute::Text(t) => t.clone(),
            }),
            Member::Id(_) => None,
        }
    }

    fn field_names(&self) -> impl Iterator<Item = &str> {
        let fields = match self {
            Member::Row { fields, .. } => Some(fields),
            Member::Id(_) => None,
        };
        fields.into_iter().flat_map(|f| f.keys().map(String::as_str))
    }
}

fn unknown<'a>(path: &str, name: &str, known: impl Iterator<Item = &'a str>) -> Error {
    let error = Error::new(Code::IndexUnknownName).at_path(path).with("name", sms_base::text::short(name).to_owned());
    error.suggesting(did_you_mean(name, known))
}

/// The places between braces: what comes before each, and what is inside.
fn placeholders(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(inside, _)| inside))
}

impl<'a> Groups<'a> {
    fn get(&self, id: &str, path: &str) -> Result<&'a Group> {
        self.groups.iter().find(|g| g.id == id).ok_or_else(|| unknown(path, id, self.groups.iter().map(|g| g.id.as_str())))
    }

    /// Calls for each combination of members.
    fn each(&self, ids: &[String], path: &str, call: &mut dyn FnMut(&Bound<'a>) -> Result<()>) -> Result<()> {
        let groups: Vec<&Group> = ids.iter().map(|id| self.get(id, &format!("{path}.each"))).collect::<Result<_>>()?;
        let combinations = groups.iter().try_fold(1_usize, |n, g| n.checked_mul(g.members.len())).filter(|n| *n <= MAX_NODES);
        let Some(combinations) = combinations else { return Err(Error::new(Code::IndexTooLarge).at_path(path).with("limit", MAX_NODES)) };
        for combination in 0..combinations {
            let mut rest = combination;
            let mut bound = Vec::with_capacity(groups.len());
            // the last group runs fastest
            for group in groups.iter().rev() {
                let size = group.members.len();
                if let Some(member) = group.members.get(rest % size.max(1)) {
                    bound.push((group.id.as_str(), member));
                }
                rest /= size.max(1);
            }
            call(&bound)?;
        }
        Ok(())
    }

    /// The groups of placeholders that are not bound, in the order in which they occur.
    fn free(&self, texts: &[&str], bound: &Bound, path: &str) -> Result<Vec<String>> {
        let mut free: Vec<String> = Vec::new();
        for inside in texts.iter().flat_map(|t| placeholders(t)) {
            let id = inside.split_once('.').map_or(inside, |(id, _)| id);
            if bound.iter().any(|(b, _)| *b == id) || free.iter().any(|f| f == id) {
                continue;
            }
            free.push(self.get(id, path)?.id.clone());
        }
        Ok(free)
    }

    fn value(&self, inside: &str, bound: &Bound, path: &str) -> Result<String> {
        let (id, field) = inside.split_once('.').map_or((inside, None), |(id, field)| (id, Some(field)));
        let Some((_, member)) = bound.iter().find(|(b, _)| *b == id) else {
            self.get(id, path)?;
            return Err(bad(path, format!("`each = \"{id}\"` beside a placeholder of the group")));
        };
        match field {
            None => Ok(member.id().to_owned()),
            Some(field) => member.field(field).ok_or_else(|| unknown(path, inside, member.field_names())),
        }
    }

    fn fill(&self, text: &str, bound: &Bound, path: &str) -> Result<String> {
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((inside, tail)) = after.split_once('}') else { return Err(bad(path, "a closing brace")) };
            filled.push_str(before);
            let value = self.value(inside, bound, path)?;
            // inside a formula a negative number stays one: (-3)^2
            let alone = before.is_empty() && tail.is_empty() && filled.is_empty();
            let negative = !alone && value.starts_with('-') && value.parse::<f64>().is_ok();
            filled.push_str(&if negative { format!("({value})") } else { value });
            if filled.len() > sms_base::text::MAX_TEXT {
                return Err(Error::new(Code::TextTooLong).at_path(path).with("limit", sms_base::text::MAX_TEXT));
            }
            rest = tail;
        }
        filled.push_str(rest);
        Ok(filled)
    }

    fn fill_value(&self, value: &mut Value, bound: &Bound, path: &str) -> Result<()> {
        match value {
            Value::String(text) if text.contains('{') => *text = self.fill(text, bound, path)?,
            Value::Array(items) => items.iter_mut().try_for_each(|item| self.fill_value(item, bound, path))?,
            Value::Object(map) => map.values_mut().try_for_each(|item| self.fill_value(item, bound, path))?,
            _ => {}
        }
        Ok(())
    }

    /// An entry with members in the place of placeholders.
    fn entry<T: Serialize + DeserializeOwned>(&self, entry: &T, bound: &Bound, path: &str) -> Result<T> {
        // a number that is no number of JSON: infinite or NaN
        let mut value = serde_json::to_value(entry).map_err(|_| Error::new(Code::NumNotFinite).at_path(path))?;
        self.fill_value(&mut value, bound, path)?;
        serde_json::from_value(value).map_err(|e| bad(path, sms_base::shape::expected_by(&e)))
    }

    /// Items with placeholders of free groups become one for each member.
    fn items(&self, rule: &mut AggregateRule, bound: &Bound<'a>, path: &str) -> Result<()> {
        let mut made: Vec<Item> = Vec::new();
        for (i, item) in rule.of.iter().enumerate() {
            let path = format!("{path}.of[{i}]");
            let row = match item {
                Item::Plain(of) => ItemRow { of: of.clone(), weight: None, only: std::collections::BTreeMap::new() },
                Item::Row(row) => row.clone(),
            };
            let mut texts: Vec<&str> = Vec::new();
            texts.extend([Some(&row.of), row.weight.as_ref()].into_iter().flatten().filter_map(|t| match t {
                Term::Formula(text) => Some(text.as_str()),
                Term::Number(_) => None,
            }));
            let mut free = self.free(&texts, bound, &path)?;
            for key in row.only.keys() {
                let id = key.split_once('.').map_or(key.as_str(), |(id, _)| id);
                if !free.iter().any(|f| f == id) {
                    free.push(self.get(id, &path)?.id.clone());
                }
            }
            let before = made.len();
            self.each(&free, &path, &mut |inner| {
                let mut all = bound.clone();
                // the nearest comes first
                for (at, pair) in inner.iter().enumerate() {
                    all.insert(at, *pair);
                }
                for (key, wanted) in &row.only {
                    if self.value(key, &all, &path)? != self.fill(wanted, bound, &path)? {
                        return Ok(());
                    }
                }
                let plain = ItemRow { only: std::collections::BTreeMap::new(), ..row.clone() };
                self.items.set(self.items.get() + 1);
                if self.items.get() > MAX_ITEMS {
                    return Err(Error::new(Code::IndexTooLarge).at_path(&path).with("limit", MAX_ITEMS));
                }
                made.push(Item::Row(self.entry(&plain, &all, &path)?));
                Ok(())
            })?;
            if made.len() == before {
                return Err(bad(&path, "a `where` that some member meets"));
            }
        }
        rule.of = made;
        Ok(())
    }
}
