//! From the file to something that can run: names found, kinds checked, steps in order.

use super::expand::{Plain, expand};
use super::formula::{Expr, Gives, Names, RESERVED};
use super::maker::{Maker, Scope, term, unknown};
use super::raw::{Kind, RULES, RawIndex, RawStep};
use super::rule::Rule;
use super::values::{Column, Context};
use super::{FORMAT, bad, is_name};
use sms_base::diagnostic::{Code, Error, Finding, Findings, Location, Result};
use sms_base::num;
use std::collections::BTreeSet;

/// An input, a constant or a step.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub id: String,
    pub(super) name: String,
    pub(super) unit: String,
    pub(super) clause: String,
    pub(super) reasons: Vec<String>,
    pub kind: Kind,
    pub(super) role: Role,
    /// The nodes that it uses, in the order in which they occur.
    pub(super) uses: Vec<usize>,
    pub(super) set_dependent: bool,
    path: String,
}

#[derive(Clone, Debug)]
pub(super) enum Role {
    Input { column: String, bounds: Option<[f64; 2]>, codes: Vec<String>, optional: bool },
    Constant(f64),
    Step { rule: Rule, word: &'static str, text: String },
}

/// A checked index, ready to run.
pub(super) struct Compiled {
    pub(super) nodes: Vec<Node>,
    /// Steps, each after those that it uses.
    pub(super) order: Vec<usize>,
    pub(super) outputs: Vec<usize>,
    pub(super) notes: Findings,
}

pub(super) fn compile(raw: &RawIndex) -> Result<Compiled> {
    if raw.format == 0 {
        return Err(bad("format", "1"));
    }
    if raw.format > FORMAT {
        return Err(Error::new(Code::IndexNewerFormat).at_path("format").with("reads", u64::from(FORMAT)));
    }
    for (field, text) in [("edition", &raw.edition), ("title", &raw.title), ("source", &raw.source), ("licence", &raw.licence), ("unit", &raw.unit)] {
        if text.trim().is_empty() {
            return Err(bad(field, "a text"));
        }
    }
    for (field, empty) in [("input", raw.input.is_empty()), ("step", raw.step.is_empty()), ("outputs", raw.outputs.is_empty())] {
        if empty {
            return Err(Error::new(Code::IndexEmpty).at_path(field));
        }
    }
    let plain = expand(raw)?;
    let mut nodes = gather(&plain)?;
    let ids: Vec<(String, Kind)> = nodes.iter().map(|n| (n.id.clone(), n.kind)).collect();
    let scope = Scope { names: ids.iter().enumerate().map(|(i, (id, kind))| (id.as_str(), (i, *kind))).collect() };
    let constants: Vec<Column> = nodes.iter().map(|n| if let Role::Constant(x) = n.role { Column::Constant(x) } else { Column::Pending }).collect();
    let first_step = plain.inputs.len() + plain.constants.len();
    for (at, (path, step)) in plain.steps.iter().enumerate() {
        let maker = Maker { scope: &scope, constants: &constants, node: first_step + at, path: path.clone() };
        let (rule, uses) = maker.rule(step).map_err(|e| e.with("step", step.id.clone()))?;
        if let Some(node) = nodes.get_mut(first_step + at) {
            if let Role::Step { rule: made, text, .. } = &mut node.role {
                if let (Rule::Bands { ends, .. }, Some(bands)) = (&rule, &step.bands) {
                    *text = super::wording::bands(bands, *ends);
                }
                *made = rule;
            }
            node.uses = uses;
        }
    }
    let order = order(&nodes)?;
    for &at in &order {
        let by_use = nodes.get(at).is_some_and(|n| n.uses.iter().any(|u| nodes.get(*u).is_some_and(|n| n.set_dependent)));
        if let Some(node) = nodes.get_mut(at) {
            node.set_dependent = by_use || matches!(&node.role, Role::Step { rule: Rule::Across(_), .. });
        }
    }
    let mut outputs = Vec::new();
    for (path, id) in &plain.outputs {
        let Some((at, _)) = scope.find(id) else { return Err(unknown(path, id, &scope)) };
        if outputs.contains(&at) {
            return Err(Error::new(Code::IndexDuplicateId).at_path(path).with("id", id.clone()));
        }
        outputs.push(at);
    }
    let notes = unused(&nodes, &outputs);
    Ok(Compiled { nodes, order, outputs, notes })
}

/// Inputs, constants and steps in this order, with ids that are names and occur once.
fn gather(plain: &Plain) -> Result<Vec<Node>> {
    let mut nodes: Vec<Node> = Vec::new();
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let mut add = |path: &str, id: &str, node: Node| -> Result<()> {
        if !is_name(id) || RESERVED.contains(&id) {
            return Err(bad(&format!("{path}.id"), "letters, digits and underscores, not starting with a digit, and no word of formulas"));
        }
        if !seen.insert(id.to_owned()) {
            return Err(Error::new(Code::IndexDuplicateId).at_path(&format!("{path}.id")).with("id", id.to_owned()));
        }
        nodes.push(node);
        Ok(())
    };
    let node = |path: &str, id: &str, kind: Kind, role: Role| Node {
        id: id.to_owned(),
        name: String::new(),
        unit: String::new(),
        clause: String::new(),
        reasons: Vec::new(),
        kind,
        role,
        uses: Vec::new(),
        set_dependent: false,
        path: path.to_owned(),
    };
    let mut columns: BTreeSet<&str> = BTreeSet::new();
    for (path, input) in &plain.inputs {
        if let Some([low, high]) = input.bounds
            && num::finite(low)? > num::finite(high)?
        {
            return Err(bad(&format!("{path}.bounds"), "the lower bound first"));
        }
        if input.kind == Kind::Text && input.bounds.is_some() {
            return Err(bad(&format!("{path}.bounds"), "`codes` for a text"));
        }
        if input.kind == Kind::Number && !input.codes.is_empty() {
            return Err(bad(&format!("{path}.codes"), "`kind = \"text\"` beside codes"));
        }
        let column = input.column.as_deref().unwrap_or(&input.id);
        if !columns.insert(column) {
            return Err(Error::new(Code::IndexDuplicateId).at_path(&format!("{path}.column")).with("id", column.to_owned()));
        }
        let role = Role::Input { column: column.to_owned(), bounds: input.bounds, codes: input.codes.clone(), optional: input.optional };
        add(path, &input.id, Node { name: input.name.clone(), unit: input.unit.clone(), ..node(path, &input.id, input.kind, role) })?;
    }
    // a constant may use those before it
    let mut known: Vec<(String, f64)> = Vec::new();
    for (path, constant) in &plain.constants {
        let names = Scope { names: known.iter().enumerate().map(|(i, (id, _))| (id.as_str(), (i, Kind::Number))).collect() };
        let columns: Vec<Column> = known.iter().map(|(_, x)| Column::Constant(*x)).collect();
        let path_of_value = format!("{path}.value");
        let expr = term(&constant.value, Gives::Number, &names, &path_of_value)?;
        let value = Context { columns: &columns, node: 0 }.number(&expr, 0).map_err(|_| bad(&path_of_value, "arithmetic with a result"))?;
        if constant.reason.trim().is_empty() {
            return Err(bad(&format!("{path}.reason"), "why the number is what it is"));
        }
        known.push((constant.id.clone(), value));
        let because = if constant.source.is_empty() { constant.reason.clone() } else { format!("{} ({})", constant.reason, constant.source) };
        add(path, &constant.id, Node { reasons: vec![because], ..node(path, &constant.id, Kind::Number, Role::Constant(value)) })?;
    }
    for (path, step) in &plain.steps {
        let (word, kind) = rule_word(step, path)?;
        let role = Role::Step { rule: Rule::Formula(Expr::Number(0.0)), word, text: super::wording::rule_text(step) };
        let reasons = if step.reason.is_empty() { Vec::new() } else { vec![step.reason.clone()] };
        add(
            path,
            &step.id,
            Node { name: step.name.clone(), unit: step.unit.clone(), clause: step.clause.clone(), reasons, ..node(path, &step.id, kind, role) },
        )?;
    }
    Ok(nodes)
}

/// The one rule of a step.
fn rule_word(step: &RawStep, path: &str) -> Result<(&'static str, Kind)> {
    let given = [
        step.formula.is_some(),
        step.goalposts.is_some(),
        step.score.is_some(),
        step.aggregate.is_some(),
        step.choose.is_some(),
        step.status.is_some(),
        step.bands.is_some(),
        step.interpolate.is_some(),
        step.growth.is_some(),
        step.round.is_some(),
        step.lookup.is_some(),
        step.across.is_some(),
    ];
    let mut words = RULES.iter().zip(given).filter(|(_, given)| *given).map(|(word, _)| *word);
    match (words.next(), words.next()) {
        (Some(word), None) => Ok((word, if matches!(word, "status" | "bands") { Kind::Text } else { Kind::Number })),
        _ => Err(bad(path, format!("exactly one of {}", RULES.join(", "))).with("step", step.id.clone())),
    }
}

/// Steps in an order in which each comes after those that it uses: the order of the file as far as it can be kept.
fn order(nodes: &[Node]) -> Result<Vec<usize>> {
    #[derive(Clone, Copy, PartialEq)]
    enum Mark {
        New,
        Open,
        Done,
    }
    let mut marks = vec![Mark::New; nodes.len()];
    let mut order = Vec::new();
    for start in 0..nodes.len() {
        // a stack of its own, so that a long chain of steps needs no deep recursion
        let mut stack: Vec<(usize, usize)> = vec![(start, 0)];
        while let Some((at, next)) = stack.last_mut() {
            let at = *at;
            let Some(node) = nodes.get(at) else { break };
            if marks.get(at) == Some(&Mark::Done) {
                stack.pop();
                continue;
            }
            if let Some(mark) = marks.get_mut(at) {
                *mark = Mark::Open;
            }
            if let Some(&used) = node.uses.get(*next) {
                *next += 1;
                match marks.get(used) {
                    Some(Mark::New) => stack.push((used, 0)),
                    Some(Mark::Open) => {
                        let from = stack.iter().position(|(n, _)| *n == used).unwrap_or(0);
                        let names: Vec<&str> =
                            stack.iter().skip(from).map(|(n, _)| *n).chain([used]).filter_map(|n| nodes.get(n)).map(|n| n.id.as_str()).collect();
                        let path = nodes.get(used).map(|n| n.path.clone()).unwrap_or_default();
                        return Err(Error::new(Code::IndexCycle).at_path(&path).with("cycle", names.join(" → ")));
                    }
                    _ => {}
                }
                continue;
            }
            if let Some(mark) = marks.get_mut(at) {
                *mark = Mark::Done;
            }
            if matches!(node.role, Role::Step { .. }) {
                order.push(at);
            }
            stack.pop();
        }
    }
    Ok(order)
}

/// The nodes that a result is made of, itself included.
pub(super) fn ancestors(nodes: &[Node], of: &[usize]) -> BTreeSet<usize> {
    let mut found: BTreeSet<usize> = BTreeSet::new();
    let mut open: Vec<usize> = of.to_vec();
    while let Some(at) = open.pop() {
        if found.insert(at) {
            open.extend(nodes.get(at).map(|n| n.uses.as_slice()).unwrap_or_default());
        }
    }
    found
}

fn unused(nodes: &[Node], outputs: &[usize]) -> Findings {
    let used = ancestors(nodes, outputs);
    let mut notes = Findings::new();
    for (at, node) in nodes.iter().enumerate().filter(|(at, _)| !used.contains(at)) {
        let location = Location { path: Some(nodes.get(at).map_or("", |n| n.path.as_str()).into()), ..Location::default() };
        notes.push(Finding::new(Code::IndexUnused).about(&node.id).at(location));
    }
    notes
}
