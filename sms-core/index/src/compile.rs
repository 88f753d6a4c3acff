//! From the file to something that can run: names found, kinds checked, steps in order.

use super::expand::{Plain, expand};
use super::formula::{Expr, Gives, Names, RESERVED, parse};
use super::raw::{
    AcrossRule, AggregateRule, BandsRule, Better, Beyond, Branch, Ends, First, GoalpostsRule, GrowthRule, How, InterpolateRule, Item, ItemRow, Kind,
    LookupRule, Missing, Path, RULES, RawIndex, RawStep, RoundRule, ScoreStep, Statistic, StatusBranch, Term, TiedRank, Ties,
};
use super::values::{Column, Context};
use super::{FORMAT, bad, is_name};
use sms_base::diagnostic::{Code, Error, Finding, Findings, Location, Result};
use sms_base::num;
use sms_model::indicator::Polarity;
use sms_model::target::SLACK;
use sms_statistics::score::{Cap, Goalposts, Rule as ScoringRule, Scale};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

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

/// A value to aggregate and its weight.
#[derive(Clone, Debug)]
pub(super) struct Weighed {
    pub(super) of: Expr,
    pub(super) weight: Expr,
}

#[derive(Clone, Debug)]
pub(super) enum Rule {
    Formula(Expr),
    Goalposts { of: Expr, worst: Expr, best: Expr, scale: Scale, cap: Cap, scores: [f64; 2] },
    Score { of: Expr, rule: ScoringRule, polarity: Polarity, scores: [f64; 2] },
    Aggregate { how: How, power: f64, items: Vec<Weighed>, missing: Missing, minimum_coverage: f64, minimum_count: usize },
    Choose(Vec<(Option<Expr>, Expr)>),
    Status { branches: Vec<(Option<Expr>, u32)>, words: Vec<Arc<str>> },
    Bands { of: Expr, at: Vec<f64>, ends: Ends, words: Vec<Arc<str>> },
    Interpolate { of: Expr, points: Vec<(Expr, Expr)>, beyond: Beyond },
    Growth { from: Expr, to: Expr, years: Expr, path: Path },
    Round { of: Expr, decimals: u8, ties: Ties },
    Lookup { of: usize, values: BTreeMap<String, f64> },
    Across(Box<Across>),
}

#[derive(Clone, Debug)]
pub(super) struct Across {
    pub(super) statistic: Statistic,
    pub(super) of: Expr,
    pub(super) weight: Option<Expr>,
    pub(super) by: Option<usize>,
    pub(super) only: Option<Expr>,
    pub(super) share: f64,
    pub(super) first: First,
    pub(super) ties: TiedRank,
}

/// A checked index, ready to run.
pub(super) struct Compiled {
    pub(super) nodes: Vec<Node>,
    /// Steps, each after those that it uses.
    pub(super) order: Vec<usize>,
    pub(super) outputs: Vec<usize>,
    pub(super) notes: Findings,
}

struct Scope<'a> {
    names: BTreeMap<&'a str, (usize, Kind)>,
}

impl Names for Scope<'_> {
    fn find(&self, name: &str) -> Option<(usize, Kind)> {
        self.names.get(name).copied()
    }

    fn all(&self) -> Box<dyn Iterator<Item = &str> + '_> {
        Box::new(self.names.keys().copied())
    }
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
                    *text = super::explain::bands(bands, *ends);
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

fn unknown(path: &str, name: &str, scope: &Scope) -> Error {
    let error = Error::new(Code::IndexUnknownName).at_path(path).with("name", sms_base::text::short(name).to_owned());
    error.suggesting(sms_base::text::did_you_mean(name, scope.all()))
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
        let role = Role::Step { rule: Rule::Formula(Expr::Number(0.0)), word, text: super::explain::rule_text(step) };
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

fn term(term: &Term, wanted: Gives, names: &dyn Names, path: &str) -> Result<Expr> {
    match term {
        Term::Number(x) if wanted == Gives::Number => Ok(Expr::Number(num::finite(*x).map_err(|e| e.at_path(path))?)),
        Term::Number(_) => Err(Error::new(Code::IndexWrongKind).at_path(path).expecting("a condition")),
        Term::Formula(text) => parse(text, wanted, names, path),
    }
}

struct Maker<'a> {
    scope: &'a Scope<'a>,
    constants: &'a [Column],
    node: usize,
    path: String,
}

impl Maker<'_> {
    fn number(&self, t: &Term, field: &str) -> Result<Expr> {
        term(t, Gives::Number, self.scope, &self.at(field))
    }

    fn condition(&self, text: &str, field: &str) -> Result<Expr> {
        parse(text, Gives::Truth, self.scope, &self.at(field))
    }

    fn at(&self, field: &str) -> String {
        format!("{}.{field}", self.path)
    }

    /// The number of an expression in which every name is a constant.
    fn fixed(&self, expr: &Expr) -> Option<f64> {
        let mut all = true;
        expr.names(&mut |n| all &= matches!(self.constants.get(n), Some(Column::Constant(_))));
        if all { Context { columns: self.constants, node: 0 }.number(expr, 0).ok() } else { None }
    }

    /// A text input, or a step that gives words.
    fn text(&self, name: &str, field: &str) -> Result<usize> {
        match self.scope.find(name) {
            Some((at, Kind::Text)) => Ok(at),
            Some(_) => Err(Error::new(Code::IndexWrongKind).at_path(&self.at(field)).expecting("a text")),
            None => Err(unknown(&self.at(field), name, self.scope)),
        }
    }

    fn rule(&self, step: &RawStep) -> Result<(Rule, Vec<usize>)> {
        let mut uses: Vec<usize> = Vec::new();
        let mut note = |n: usize| {
            if !uses.contains(&n) {
                uses.push(n);
            }
        };
        let rule = if let Some(t) = &step.formula {
            Rule::Formula(self.number(t, "formula")?)
        } else if let Some(r) = &step.goalposts {
            self.goalposts(r)?
        } else if let Some(r) = &step.score {
            self.score(r)?
        } else if let Some(r) = &step.aggregate {
            self.aggregate(r)?
        } else if let Some(branches) = &step.choose {
            self.choose(branches)?
        } else if let Some(branches) = &step.status {
            self.status(branches)?
        } else if let Some(r) = &step.bands {
            self.bands(r)?
        } else if let Some(r) = &step.interpolate {
            self.interpolate(r)?
        } else if let Some(r) = &step.growth {
            self.growth(r)?
        } else if let Some(r) = &step.round {
            self.round(r)?
        } else if let Some(r) = &step.lookup {
            self.lookup(r)?
        } else if let Some(r) = &step.across {
            self.across(r)?
        } else {
            return Err(bad(&self.path, format!("exactly one of {}", RULES.join(", "))));
        };
        rule.names(&mut note);
        if uses.contains(&self.node) {
            return Err(Error::new(Code::IndexCycle).at_path(&self.path).with("cycle", format!("{0} → {0}", step.id)));
        }
        Ok((rule, uses))
    }

    fn goalposts(&self, r: &GoalpostsRule) -> Result<Rule> {
        let field = |f: &str| format!("goalposts.{f}");
        let (of, worst, best) = (self.number(&r.of, &field("of"))?, self.number(&r.worst, &field("worst"))?, self.number(&r.best, &field("best"))?);
        self.ends(r.scores, "goalposts.scores")?;
        if let (Some(w), Some(b)) = (self.fixed(&worst), self.fixed(&best)) {
            let checked = match r.better {
                None => Goalposts::new(w, b),
                Some(Better::Higher) => Goalposts::for_polarity(w, b, Polarity::Higher),
                Some(Better::Lower) => Goalposts::for_polarity(w, b, Polarity::Lower),
            };
            checked.map_err(|e| e.at_path(&self.at("goalposts")))?;
            if r.scale == Scale::Log && !(w > 0.0 && b > 0.0) {
                return Err(Error::new(Code::ScoreNotPositive).at_path(&self.at("goalposts")));
            }
        }
        Ok(Rule::Goalposts { of, worst, best, scale: r.scale, cap: r.cap, scores: r.scores })
    }

    /// The lowest and the highest score.
    fn ends(&self, scores: [f64; 2], field: &str) -> Result<()> {
        for x in scores {
            num::finite(x).map_err(|e| e.at_path(&self.at(field)))?;
        }
        if scores[0] >= scores[1] { Err(bad(&self.at(field), "the lowest score first")) } else { Ok(()) }
    }

    fn score(&self, r: &ScoreStep) -> Result<Rule> {
        let of = self.number(&r.of, "score.of")?;
        self.ends(r.scores, "score.scores")?;
        if !r.polarity.is_scored() {
            return Err(bad(&self.at("score.polarity"), "a polarity that is scored: higher, lower, value or range"));
        }
        r.rule.normalisation().check(r.polarity).map_err(|e| e.at_path(&self.at("score.rule")))?;
        Ok(Rule::Score { of, rule: r.rule.clone(), polarity: r.polarity, scores: r.scores })
    }

    fn aggregate(&self, r: &AggregateRule) -> Result<Rule> {
        let at = |f: &str| self.at(&format!("aggregate.{f}"));
        if r.of.is_empty() {
            return Err(Error::new(Code::AggregateNoItems).at_path(&at("of")));
        }
        let mut items = Vec::with_capacity(r.of.len());
        let (mut sum, mut fixed) = (Vec::with_capacity(r.of.len()), true);
        for (i, item) in r.of.iter().enumerate() {
            let (of, weight) = match item {
                Item::Plain(of) | Item::Row(ItemRow { of, weight: None, .. }) => (self.number(of, &format!("aggregate.of[{i}]"))?, Expr::Number(1.0)),
                Item::Row(ItemRow { of, weight: Some(w), .. }) => {
                    (self.number(of, &format!("aggregate.of[{i}].of"))?, self.number(w, &format!("aggregate.of[{i}].weight"))?)
                }
            };
            match self.fixed(&weight) {
                Some(w) if w < 0.0 => return Err(Error::new(Code::AggregateBadWeight).at_path(&at(&format!("of[{i}].weight")))),
                Some(w) => sum.push(w),
                None => fixed = false,
            }
            items.push(Weighed { of, weight });
        }
        let total = num::sum(&sum);
        if fixed && total <= 0.0 {
            return Err(Error::new(Code::AggregateBadWeight).at_path(&at("of")));
        }
        if let Some(wanted) = r.weights_sum
            && !(fixed && num::abs(total - wanted) <= SLACK)
        {
            let error = Error::new(Code::IndexWeightsSum).at_path(&at("weights_sum")).with("items", items.len());
            return Err(error.expecting(format!("fixed weights with the sum {wanted}")));
        }
        if (r.how == How::Power) != r.power.is_some() {
            return Err(bad(&at("power"), "`power` with `how = \"power\"`, and only there"));
        }
        let skips = r.missing == Missing::Skip;
        if !skips && (r.minimum_coverage.is_some() || r.minimum_count.is_some()) {
            return Err(bad(&at("missing"), "`missing = \"skip\"` beside a minimum"));
        }
        let minimum_coverage = r.minimum_coverage.unwrap_or(0.0);
        if !(0.0..=1.0).contains(&minimum_coverage) {
            return Err(bad(&at("minimum_coverage"), "a share from 0 to 1"));
        }
        if r.minimum_count.is_some_and(|n| n > items.len()) {
            return Err(bad(&at("minimum_count"), "no more than there are values"));
        }
        let power = num::finite(r.power.unwrap_or(1.0)).map_err(|e| e.at_path(&at("power")))?;
        Ok(Rule::Aggregate { how: r.how, power, items, missing: r.missing, minimum_coverage, minimum_count: r.minimum_count.unwrap_or(1) })
    }

    fn branches<T>(&self, word: &str, all: &[(&Option<String>, T)], then: impl Fn(&T, &str) -> Result<Expr>) -> Result<Vec<(Option<Expr>, Expr)>> {
        if all.is_empty() {
            return Err(bad(&self.at(word), "at least one branch"));
        }
        let mut made = Vec::with_capacity(all.len());
        for (i, (condition, result)) in all.iter().enumerate() {
            if condition.is_none() && i + 1 < all.len() {
                return Err(bad(&self.at(&format!("{word}[{i}]")), "`if`: only the last branch may be without a condition"));
            }
            let condition = condition.as_ref().map(|c| self.condition(c, &format!("{word}[{i}].if"))).transpose()?;
            made.push((condition, then(result, &format!("{word}[{i}].then"))?));
        }
        Ok(made)
    }

    fn choose(&self, branches: &[Branch]) -> Result<Rule> {
        let all: Vec<_> = branches.iter().map(|b| (&b.condition, &b.then)).collect();
        Ok(Rule::Choose(self.branches("choose", &all, |then, field| self.number(then, field))?))
    }

    fn status(&self, branches: &[StatusBranch]) -> Result<Rule> {
        let all: Vec<_> = branches.iter().map(|b| (&b.condition, ())).collect();
        let made = self.branches("status", &all, |(), _| Ok(Expr::Number(0.0)))?;
        let mut words: Vec<Arc<str>> = Vec::new();
        let mut indexed = Vec::with_capacity(made.len());
        for (branch, (condition, _)) in branches.iter().zip(made) {
            let at = words.iter().position(|w| **w == *branch.is).unwrap_or_else(|| {
                words.push(branch.is.as_str().into());
                words.len() - 1
            });
            indexed.push((condition, u32::try_from(at).unwrap_or(u32::MAX)));
        }
        Ok(Rule::Status { branches: indexed, words })
    }

    fn bands(&self, r: &BandsRule) -> Result<Rule> {
        let at_path = self.at("bands.at");
        let mut at = Vec::with_capacity(r.at.len());
        for (i, t) in r.at.iter().enumerate() {
            let expr = self.number(t, &format!("bands.at[{i}]"))?;
            at.push(self.fixed(&expr).ok_or_else(|| bad(&format!("{at_path}[{i}]"), "a number or a constant"))?);
        }
        if r.names.len() != at.len() + 1 || at.is_empty() {
            return Err(bad(&self.at("bands.names"), "one name more than thresholds"));
        }
        let runs = |rising: bool| at.iter().zip(at.iter().skip(1)).all(|(a, b)| if rising { a < b } else { a > b });
        let ends = match (r.ends, at.len()) {
            (None, 1) => return Err(bad(&self.at("bands.ends"), "`at_least` or `at_most`, where there is one threshold")),
            (Some(ends), 1) => ends,
            (None, _) if runs(false) => Ends::AtLeast,
            (None, _) if runs(true) => Ends::AtMost,
            (Some(Ends::AtLeast), _) if runs(false) => Ends::AtLeast,
            (Some(Ends::AtMost), _) if runs(true) => Ends::AtMost,
            _ => return Err(bad(&at_path, "falling thresholds for `at_least`, rising ones for `at_most`")),
        };
        Ok(Rule::Bands { of: self.number(&r.of, "bands.of")?, at, ends, words: r.names.iter().map(|n| n.as_str().into()).collect() })
    }

    fn interpolate(&self, r: &InterpolateRule) -> Result<Rule> {
        let mut points = Vec::with_capacity(r.points.len());
        let mut before: Option<f64> = None;
        for (i, [x, y]) in r.points.iter().enumerate() {
            let field = format!("interpolate.points[{i}]");
            let point = (self.number(x, &field)?, self.number(y, &field)?);
            let here = self.fixed(&point.0);
            if let (Some(a), Some(b)) = (before, here)
                && a >= b
            {
                return Err(bad(&self.at(&field), "values that rise from point to point"));
            }
            before = here;
            points.push(point);
        }
        if points.len() < 2 {
            return Err(bad(&self.at("interpolate.points"), "two points or more"));
        }
        Ok(Rule::Interpolate { of: self.number(&r.of, "interpolate.of")?, points, beyond: r.beyond })
    }

    fn growth(&self, r: &GrowthRule) -> Result<Rule> {
        let field = |t: &Term, f: &str| self.number(t, &format!("growth.{f}"));
        Ok(Rule::Growth { from: field(&r.from, "from")?, to: field(&r.to, "to")?, years: field(&r.years, "years")?, path: r.path })
    }

    fn round(&self, r: &RoundRule) -> Result<Rule> {
        if r.decimals > 15 {
            return Err(bad(&self.at("round.decimals"), "0 to 15"));
        }
        Ok(Rule::Round { of: self.number(&r.of, "round.of")?, decimals: r.decimals, ties: r.ties })
    }

    fn lookup(&self, r: &LookupRule) -> Result<Rule> {
        if r.values.is_empty() {
            return Err(bad(&self.at("lookup.values"), "at least one code"));
        }
        for x in r.values.values() {
            num::finite(*x).map_err(|e| e.at_path(&self.at("lookup.values")))?;
        }
        Ok(Rule::Lookup { of: self.text(&r.of, "lookup.of")?, values: r.values.clone() })
    }

    fn across(&self, r: &AcrossRule) -> Result<Rule> {
        let at = |f: &str| self.at(&format!("across.{f}"));
        let weighs = matches!(r.statistic, Statistic::Mean | Statistic::Sum | Statistic::Count | Statistic::Sd);
        if r.weight.is_some() && !weighs {
            return Err(bad(&at("weight"), "a weight for mean, sum, count or sd only"));
        }
        let share = match (r.statistic, r.share) {
            (Statistic::Quantile, Some(share)) if (0.0..=1.0).contains(&share) => share,
            (Statistic::Quantile, _) => return Err(bad(&at("share"), "a share from 0 to 1")),
            (_, None) => 0.0,
            _ => return Err(bad(&at("share"), "a share for quantiles only")),
        };
        Ok(Rule::Across(Box::new(Across {
            statistic: r.statistic,
            of: self.number(&r.of, "across.of")?,
            weight: r.weight.as_ref().map(|w| self.number(w, "across.weight")).transpose()?,
            by: r.by.as_ref().map(|b| self.text(b, "across.by")).transpose()?,
            only: r.only.as_ref().map(|c| self.condition(c, "across.where")).transpose()?,
            share,
            first: r.first,
            ties: r.ties,
        })))
    }
}

impl Rule {
    /// Calls for each name.
    fn names(&self, call: &mut dyn FnMut(usize)) {
        match self {
            Rule::Formula(of) | Rule::Score { of, .. } | Rule::Bands { of, .. } | Rule::Round { of, .. } => of.names(call),
            Rule::Goalposts { of, worst, best, .. } => [of, worst, best].into_iter().for_each(|e| e.names(call)),
            Rule::Aggregate { items, .. } => items.iter().flat_map(|i| [&i.of, &i.weight]).for_each(|e| e.names(call)),
            Rule::Choose(branches) => branches.iter().for_each(|(condition, then)| condition.iter().chain([then]).for_each(|e| e.names(call))),
            Rule::Status { branches, .. } => branches.iter().filter_map(|(c, _)| c.as_ref()).for_each(|e| e.names(call)),
            Rule::Interpolate { of, points, .. } => [of].into_iter().chain(points.iter().flat_map(|(x, y)| [x, y])).for_each(|e| e.names(call)),
            Rule::Growth { from, to, years, .. } => [from, to, years].into_iter().for_each(|e| e.names(call)),
            Rule::Lookup { of, .. } => call(*of),
            Rule::Across(a) => {
                [Some(&a.of), a.weight.as_ref(), a.only.as_ref()].into_iter().flatten().for_each(|e| e.names(call));
                a.by.iter().for_each(|by| call(*by));
            }
        }
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
