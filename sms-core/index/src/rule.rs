//! A rule of a step, checked and ready to run.

use super::formula::Expr;
use super::step::{Beyond, Ends, First, How, Missing, Path, Statistic, TiedRank, Ties};
use sms_model::indicator::Polarity;
use sms_statistics::score::{Cap, Rule as ScoringRule, Scale};
use std::collections::BTreeMap;
use std::sync::Arc;

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

impl Rule {
    /// Calls for each name.
    pub(super) fn names(&self, call: &mut dyn FnMut(usize)) {
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
