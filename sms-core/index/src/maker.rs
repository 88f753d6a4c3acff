//! From the fields of a step to its rule: names found, kinds and numbers checked.

use super::bad;
use super::formula::{Expr, Gives, Names, parse};
use super::raw::{Kind, RULES, RawStep};
use super::rule::{Across, Rule, Weighed};
use super::step::{
    AcrossRule, AggregateRule, BandsRule, Better, Branch, Ends, GoalpostsRule, GrowthRule, How, InterpolateRule, Item, ItemRow, LookupRule, Missing, RoundRule,
    ScoreStep, Statistic, StatusBranch, Term,
};
use super::values::{Column, Context};
use sms_base::diagnostic::{Code, Error, Result};
use sms_base::num;
use sms_model::indicator::Polarity;
use sms_model::target::SLACK;
use sms_statistics::score::{Goalposts, Scale};
use std::collections::BTreeMap;
use std::sync::Arc;

pub(super) struct Scope<'a> {
    pub(super) names: BTreeMap<&'a str, (usize, Kind)>,
}

impl Names for Scope<'_> {
    fn find(&self, name: &str) -> Option<(usize, Kind)> {
        self.names.get(name).copied()
    }

    fn all(&self) -> Box<dyn Iterator<Item = &str> + '_> {
        Box::new(self.names.keys().copied())
    }
}

pub(super) fn unknown(path: &str, name: &str, scope: &Scope) -> Error {
    let error = Error::new(Code::IndexUnknownName).at_path(path).with("name", sms_base::text::short(name).to_owned());
    error.suggesting(sms_base::text::did_you_mean(name, scope.all()))
}

pub(super) fn term(term: &Term, wanted: Gives, names: &dyn Names, path: &str) -> Result<Expr> {
    match term {
        Term::Number(x) if wanted == Gives::Number => Ok(Expr::Number(num::finite(*x).map_err(|e| e.at_path(path))?)),
        Term::Number(_) => Err(Error::new(Code::IndexWrongKind).at_path(path).expecting("a condition")),
        Term::Formula(text) => parse(text, wanted, names, path),
    }
}

pub(super) struct Maker<'a> {
    pub(super) scope: &'a Scope<'a>,
    pub(super) constants: &'a [Column],
    pub(super) node: usize,
    pub(super) path: String,
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

    pub(super) fn rule(&self, step: &RawStep) -> Result<(Rule, Vec<usize>)> {
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
