//! The tree from indicators to the whole, the views beside it, and the means of their nodes.

use super::IndicatorResult;
use crate::aggregate::{self, Item, Mean, MeanKind};
use crate::catalogue::{Catalogue, Indicator};
use crate::diagnostic::{Code, Error, Result};
use crate::id::EntryId;
use crate::indicator::ResultLevel;
use crate::method::{Level, Method, NodeRule};
use crate::rbm;
use crate::target::Standing;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a node is a mean of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum NodeKind {
    /// The whole.
    Overall,
    /// A module of the catalogue.
    Module,
    /// A part of the tree below, when the method divides it further; its id is a path.
    Branch,
    /// A right.
    Right,
    /// An attribute of a right.
    Attribute,
    /// A level of the results chain.
    ResultLevel,
    /// A service of the city.
    ServiceArea,
    /// A quality of services: availability, accessibility, acceptability, quality (CESCR).
    Aaaq,
    /// A principle of the human rights-based approach: participation, accountability, non-discrimination, empowerment,
    /// legality (PANEL), and transparency.
    HrbaPrinciple,
    /// An article of an instrument that the method names, such as the EU Charter of Fundamental Rights.
    Article,
}

/// How a node stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum NodeState {
    /// Outcomes and effort are measured well enough.
    Rated,
    /// Only outcomes are.
    OutcomesOnly,
    /// Only effort is: there is no headline.
    OutputsOnly,
    /// Too little was measured.
    #[default]
    InsufficientCoverage,
}

/// A node and what is directly below it; leaves are positions in the selection, outcomes and effort apart.
#[derive(Clone, Debug)]
pub(crate) struct NodeDef {
    pub(crate) kind: NodeKind,
    pub(crate) id: Arc<str>,
    /// Positions of the nodes below it.
    pub(crate) children: Vec<u32>,
    pub(crate) outcomes: Vec<u32>,
    pub(crate) effort: Vec<u32>,
    /// Every indicator at or below it.
    members: Vec<u32>,
    pub(crate) mean: MeanKind,
    pub(crate) minimum_coverage: f64,
    /// Position of the rule of the method that is about this node.
    pub(crate) rule: Option<usize>,
    /// Weights of `children`, `outcomes` and `effort`, where the method gives any.
    weights: Option<[Vec<f64>; 3]>,
}

impl NodeDef {
    /// The weight of a child before renormalisation; all alike where the method gives none.
    fn weight(&self, list: usize, at: usize) -> f64 {
        self.weights.as_ref().and_then(|w| w.get(list)).and_then(|w| w.get(at)).copied().unwrap_or(1.0)
    }

    /// Positions of the nodes below it, with their weights.
    pub(crate) fn weighted_children(&self) -> impl Iterator<Item = (u32, f64)> {
        self.children.iter().enumerate().map(|(k, &c)| (c, self.weight(CHILDREN, k)))
    }

    /// Positions of the indicators directly below it on one side, with their weights.
    pub(crate) fn weighted_leaves(&self, side: Side) -> impl Iterator<Item = (u32, f64)> {
        let (leaves, list) = match side {
            Side::Outcomes => (&self.outcomes, OUTCOMES),
            Side::Effort => (&self.effort, EFFORT),
        };
        leaves.iter().enumerate().map(move |(k, &l)| (l, self.weight(list, k)))
    }
}

const CHILDREN: usize = 0;
const OUTCOMES: usize = 1;
const EFFORT: usize = 2;

/// What people experience, or what the city does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Outcomes,
    Effort,
}

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct NodeResult {
    pub(crate) outcomes: Option<Mean>,
    pub(crate) effort: Option<Mean>,
    pub(crate) combined: Option<f64>,
    pub(crate) band: Option<u8>,
    pub(crate) state: NodeState,
    /// Indicators below their minimum standard.
    pub(crate) below_minimum: u32,
    /// Mean of outcomes with the missing ones scored 0 and 100.
    pub(crate) outcome_range: Option<(f64, f64)>,
}

impl NodeResult {
    pub(crate) fn side(&self, side: Side) -> Option<Mean> {
        match side {
            Side::Outcomes => self.outcomes,
            Side::Effort => self.effort,
        }
    }
}

/// All nodes, in the order in which they are reported.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tree {
    pub(crate) nodes: Vec<NodeDef>,
    /// Positions of the nodes, each after the nodes below it.
    order: Vec<u32>,
}

fn number(i: usize) -> u32 {
    u32::try_from(i).unwrap_or(u32::MAX)
}

/// The branch of a level that an indicator belongs to.
fn branch(level: Level, sheet: &Indicator) -> Option<&str> {
    match level {
        Level::Module => Some(sheet.module.as_str()),
        Level::Right => sheet.rights.first().map(|r| r.as_str()),
        Level::Attribute => sheet.attributes.first().map(|a| a.as_str()),
        Level::ServiceArea => sheet.service_areas.first().map(|s| s.as_str()),
    }
}

/// The articles of an instrument that an indicator rests on, without their paragraphs.
fn articles(sheet: &Indicator, instrument: &EntryId) -> Vec<String> {
    let anchors = sheet.legal.iter().filter(|l| l.instrument == *instrument).filter_map(|l| l.article.as_deref());
    anchors.map(|a| format!("{instrument}-{}", a.split('(').next().unwrap_or(a).trim())).collect()
}

type Leaf<'a> = (u32, &'a Indicator);

impl Tree {
    /// The tree of the selected indicators, and the views beside it. What is never scored, or cannot be yet, is not
    /// missing from a mean.
    pub(crate) fn new(catalogue: &Catalogue, method: &Method, selected: &[u32]) -> Self {
        let scorable = |s: &Indicator| s.polarity.is_scored() && method.scoring(s).is_some();
        let sheets = selected.iter().enumerate().filter_map(|(at, &i)| Some((number(at), catalogue.indicators().get(i as usize)?)));
        let leaves: Vec<Leaf<'_>> = sheets.filter(|(_, sheet)| scorable(sheet)).collect();
        let mut tree = Tree::default();
        if leaves.is_empty() {
            return tree;
        }
        let levels = &method.data().aggregation.levels.value;
        tree.grow(method, NodeKind::Overall, "overall", levels, &leaves);
        if levels.first() != Some(&Level::Module) {
            tree.view(method, NodeKind::Module, &leaves, |s| vec![s.module.to_string()]);
        }
        tree.view(method, NodeKind::Right, &leaves, |s| s.rights.iter().map(ToString::to_string).collect());
        tree.view(method, NodeKind::Attribute, &leaves, |s| s.attributes.iter().map(ToString::to_string).collect());
        for level in ResultLevel::ALL {
            let members: Vec<Leaf<'_>> = leaves.iter().filter(|(_, s)| s.result_level == *level).copied().collect();
            tree.flat(method, NodeKind::ResultLevel, level.as_str(), &members);
        }
        tree.view(method, NodeKind::ServiceArea, &leaves, |s| s.service_areas.iter().map(ToString::to_string).collect());
        tree.view(method, NodeKind::Aaaq, &leaves, |s| s.aaaq.clone());
        tree.view(method, NodeKind::HrbaPrinciple, &leaves, |s| s.hrba.clone());
        for instrument in &method.data().aggregation.articles.value {
            tree.view(method, NodeKind::Article, &leaves, |s| articles(s, instrument));
        }
        tree
    }

    fn push(&mut self, method: &Method, kind: NodeKind, id: &str, members: &[Leaf<'_>]) -> u32 {
        let rules = &method.data().aggregation;
        let at = number(self.nodes.len());
        self.nodes.push(NodeDef {
            kind,
            id: id.into(),
            children: Vec::new(),
            outcomes: Vec::new(),
            effort: Vec::new(),
            members: members.iter().map(|m| m.0).collect(),
            mean: rules.indicators.value,
            minimum_coverage: rules.minimum_coverage.value,
            rule: None,
            weights: None,
        });
        at
    }

    /// A node with its indicators directly below it.
    fn flat(&mut self, method: &Method, kind: NodeKind, id: &str, members: &[Leaf<'_>]) {
        if !members.is_empty() {
            let at = self.push(method, kind, id, members);
            self.finish(method, at, Vec::new(), members);
        }
    }

    fn view(&mut self, method: &Method, kind: NodeKind, leaves: &[Leaf<'_>], ids: impl Fn(&Indicator) -> Vec<String>) {
        let mut groups: BTreeMap<String, Vec<Leaf<'_>>> = BTreeMap::new();
        for leaf in leaves {
            let mut of = ids(leaf.1);
            of.sort_unstable();
            of.dedup();
            for id in of {
                groups.entry(id).or_default().push(*leaf);
            }
        }
        for (id, members) in groups {
            self.flat(method, kind, &id, &members);
        }
    }

    /// A node of the tree with everything below it.
    fn grow(&mut self, method: &Method, kind: NodeKind, id: &str, levels: &[Level], members: &[Leaf<'_>]) -> u32 {
        let at = self.push(method, kind, id, members);
        let mut direct: Vec<Leaf<'_>> = Vec::new();
        let mut groups: BTreeMap<&str, Vec<Leaf<'_>>> = BTreeMap::new();
        let below = levels.split_first();
        for leaf in members {
            match below.and_then(|(level, _)| branch(*level, leaf.1)) {
                Some(id) => groups.entry(id).or_default().push(*leaf),
                None => direct.push(*leaf),
            }
        }
        let mut children = Vec::new();
        if let Some((level, deeper)) = below {
            for (name, members) in groups {
                let top = kind == NodeKind::Overall;
                let kind = if top && *level == Level::Module { NodeKind::Module } else { NodeKind::Branch };
                let path = if top { name.to_owned() } else { format!("{id}/{name}") };
                children.push(self.grow(method, kind, &path, deeper, &members));
            }
        }
        self.finish(method, at, children, &direct);
        at
    }

    fn finish(&mut self, method: &Method, at: u32, children: Vec<u32>, direct: &[Leaf<'_>]) {
        let rules = &method.data().aggregation;
        let (outcomes, effort): (Vec<Leaf<'_>>, Vec<Leaf<'_>>) = direct.iter().partition(|(_, s)| s.result_level.is_outcome());
        let names: Vec<Arc<str>> = children.iter().filter_map(|&c| self.nodes.get(c as usize)).map(|n| n.id.clone()).collect();
        // a view with the id of a node of the tree is not what the rule is about
        let id = self.nodes.get(at as usize).map(|n| n.id.clone());
        let taken = self.nodes.iter().take(at as usize).any(|n| Some(&n.id) == id.as_ref());
        let Some(node) = self.nodes.get_mut(at as usize) else { return };
        if !children.is_empty() {
            node.mean = rules.nodes.value;
        }
        if let Some((position, rule)) = rules.node.iter().enumerate().find(|(_, r)| *r.id == *node.id).filter(|_| !taken) {
            node.rule = Some(position);
            node.mean = rule.mean.unwrap_or(node.mean);
            node.minimum_coverage = rule.minimum_coverage.unwrap_or(node.minimum_coverage);
            // a child without a weight is refused by `check_tree`
            let of = |name: &str| rule.weights.as_ref().and_then(|w| w.get(last_part(name))).copied().unwrap_or(0.0);
            node.weights = rule.weights.is_some().then(|| {
                [
                    names.iter().map(|n| of(n)).collect(),
                    outcomes.iter().map(|l| of(l.1.id.as_str())).collect(),
                    effort.iter().map(|l| of(l.1.id.as_str())).collect(),
                ]
            });
        }
        node.children = children;
        node.outcomes = outcomes.iter().map(|l| l.0).collect();
        node.effort = effort.iter().map(|l| l.0).collect();
        self.order.push(at);
    }

    /// The node that a rule of the method is about.
    fn ruled(&self, rule: &NodeRule) -> Option<&NodeDef> {
        self.nodes.iter().find(|n| *n.id == *rule.id)
    }

    /// Appends the results of all nodes for one place and period.
    ///
    /// # Errors
    /// Those of [`aggregate::mean`]; none for scores and weights that were checked.
    pub(crate) fn results(&self, results: &[IndicatorResult], method: &Method, items: &mut Vec<Item>, made: &mut Vec<NodeResult>) -> Result<()> {
        let first = made.len();
        made.resize(first + self.nodes.len(), NodeResult::default());
        for &at in &self.order {
            let Some(node) = self.nodes.get(at as usize) else { continue };
            let done = made.get(first..).unwrap_or_default();
            let outcomes = self.mean_of(node, Side::Outcomes, results, done, items, None)?;
            let effort = self.mean_of(node, Side::Effort, results, done, items, None)?;
            let range = self.outcome_range(node, outcomes, results, done, items)?;
            let below = node.members.iter().filter(|&&m| results.get(m as usize).is_some_and(|r| r.standing == Standing::Below)).count();
            let result = finished(outcomes, effort, range, below, method)?;
            if let Some(slot) = made.get_mut(first + at as usize) {
                *slot = result;
            }
        }
        Ok(())
    }

    /// The mean of one side. `end` puts missing outcomes at their worst (`false`) or best (`true`).
    fn mean_of(
        &self,
        node: &NodeDef,
        side: Side,
        results: &[IndicatorResult],
        done: &[NodeResult],
        items: &mut Vec<Item>,
        end: Option<bool>,
    ) -> Result<Option<Mean>> {
        items.clear();
        for (child, weight) in node.weighted_children() {
            let Some(below) = done.get(child as usize) else { continue };
            let Some(mean) = below.side(side) else { continue };
            items.push(match (end, below.outcome_range) {
                (Some(best), Some((low, high))) => Item { score: Some(if best { high } else { low }), weight, coverage: 1.0 },
                _ => Item { score: mean.score, weight, coverage: mean.coverage },
            });
        }
        let filled = end.map(|best| if best { 100.0 } else { 0.0 });
        for (leaf, weight) in node.weighted_leaves(side) {
            let score = results.get(leaf as usize).and_then(|r| r.score).map(|s| s.score);
            items.push(Item::leaf(score.or(filled), weight));
        }
        // nothing belongs here, or nothing that counts
        if !items.iter().any(|i| i.weight > 0.0) {
            return Ok(None);
        }
        aggregate::mean(node.mean, items, node.minimum_coverage).map(Some)
    }

    fn outcome_range(
        &self,
        node: &NodeDef,
        outcomes: Option<Mean>,
        results: &[IndicatorResult],
        done: &[NodeResult],
        items: &mut Vec<Item>,
    ) -> Result<Option<(f64, f64)>> {
        let Some(mean) = outcomes else { return Ok(None) };
        // a node below may have a range that is narrow and yet not its score
        let open = |child: &u32| {
            let below = done.get(*child as usize);
            below.is_some_and(|r| r.outcomes.and_then(|m| m.score).map(|score| (score, score)) != r.outcome_range)
        };
        if let (Some(score), false) = (mean.score, mean.n < mean.of || node.children.iter().any(open)) {
            return Ok(Some((score, score)));
        }
        let worst = self.mean_of(node, Side::Outcomes, results, done, items, Some(false))?.and_then(|m| m.score);
        let best = self.mean_of(node, Side::Outcomes, results, done, items, Some(true))?.and_then(|m| m.score);
        Ok(worst.zip(best))
    }
}

fn last_part(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn finished(outcomes: Option<Mean>, effort: Option<Mean>, outcome_range: Option<(f64, f64)>, below: usize, method: &Method) -> Result<NodeResult> {
    let o = outcomes.and_then(|m| m.score);
    let e = effort.and_then(|m| m.score);
    let bands = &method.data().rating.bands.value;
    let (state, combined, band) = match (o, e) {
        (Some(o), Some(e)) => {
            let c = method.outcomes_first().combine(o, e)?;
            (NodeState::Rated, Some(c), Some(rbm::rating(c, o, bands)))
        }
        (Some(o), None) => (NodeState::OutcomesOnly, None, Some(rbm::band(o, bands))),
        (None, Some(_)) => (NodeState::OutputsOnly, None, None),
        (None, None) => (NodeState::InsufficientCoverage, None, None),
    };
    Ok(NodeResult { outcomes, effort, combined, band: band.and_then(|b| u8::try_from(b).ok()), state, below_minimum: number(below), outcome_range })
}

/// Holds the rules of nodes against the whole catalogue: each rule has its node, each weight its child, each child its
/// weight.
///
/// # Errors
/// `method.unknown-node`, `method.missing-weight`, with the path of the rule; `method.bad-value` for an instrument that
/// the catalogue does not have.
pub fn check_tree(method: &Method, catalogue: &Catalogue) -> Result<()> {
    let rules = &method.data().aggregation.node;
    let known = |id: &EntryId| catalogue.data().instruments.iter().any(|i| i.id == *id);
    if let Some(i) = method.data().aggregation.articles.value.iter().position(|id| !known(id)) {
        let path = format!("aggregation.articles.value[{i}]");
        return Err(Error::new(Code::MethodBadValue).at_path(&path).expecting("an instrument of the catalogue"));
    }
    if rules.is_empty() {
        return Ok(());
    }
    let all: Vec<u32> = (0..catalogue.indicators().len()).map(number).collect();
    let tree = Tree::new(catalogue, method, &all);
    for (i, rule) in rules.iter().enumerate() {
        let node = tree.ruled(rule).ok_or_else(|| {
            let error = Error::new(Code::MethodUnknownNode).at_path(&format!("aggregation.node[{i}].id"));
            error.suggesting(crate::text::did_you_mean(&rule.id, tree.nodes.iter().map(|n| &*n.id)))
        })?;
        let Some(weights) = &rule.weights else { continue };
        let nodes = node.children.iter().filter_map(|&c| tree.nodes.get(c as usize)).map(|n| last_part(&n.id));
        let sheets = node.outcomes.iter().chain(&node.effort).filter_map(|&l| catalogue.indicators().get(l as usize)).map(|s| s.id.as_str());
        let children: Vec<&str> = nodes.chain(sheets).collect();
        let path = format!("aggregation.node[{i}].weights");
        if let Some(child) = children.iter().find(|c| !weights.contains_key(**c)) {
            return Err(Error::new(Code::MethodMissingWeight).at_path(&path).with("child", (*child).to_owned()));
        }
        if let Some(stranger) = weights.keys().find(|k| !children.contains(&k.as_str())) {
            let error = Error::new(Code::MethodUnknownNode).at_path(&path);
            return Err(error.suggesting(crate::text::did_you_mean(stranger, children.iter().copied())));
        }
    }
    Ok(())
}
