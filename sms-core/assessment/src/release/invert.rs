//! From a number back to the figure that it was made of: how an attacker reads scores, errors, means and gaps backwards.

use super::json::json_at;
use crate::assess::{Availability, IndicatorResult, NodeKind, NodeResult, NodeState, Side, Tree};
use crate::catalogue::{Catalogue, Indicator};
use crate::estimate::ValueKind;
use crate::method::Method;
use crate::num;
use crate::score::{Score, Values};
use crate::target::Standing;
use serde::Deserialize;
use serde_json::Value;

/// Numbers that differ by less are the same: reports print in full.
const SAME: f64 = 1e-9;

/// Least and most that a figure can be; without `upper` there is no end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Span {
    pub(super) lower: f64,
    pub(super) upper: Option<f64>,
}

impl Span {
    pub(super) fn at(value: f64) -> Self {
        Span { lower: value, upper: Some(value) }
    }

    pub(super) fn between(a: f64, b: f64) -> Self {
        Span { lower: a.min(b), upper: Some(a.max(b)) }
    }

    /// Whether nothing is left to guess.
    pub(super) fn is_exact(self) -> bool {
        self.upper.is_some_and(|u| same(self.lower, u))
    }
}

pub(super) fn same(a: f64, b: f64) -> bool {
    num::abs(a - b) <= SAME * (1.0 + num::abs(a).max(num::abs(b)))
}

/// The figures that have a score. Beyond a goalpost the score says on which side alone.
pub(super) fn of_score(sheet: &Indicator, method: &Method, score: f64) -> Option<Span> {
    let rule = method.scoring(sheet)?.rule.normalisation();
    Some(match rule.inverse(score, sheet.polarity)? {
        Values::At(value) => Span::at(value),
        Values::Either(a, b) => Span::between(a, b),
        Values::Between(lower, upper) if upper == f64::INFINITY => Span { lower, upper: None },
        // nothing that is counted is below 0
        Values::Between(lower, upper) if lower == f64::NEG_INFINITY => Span { lower: upper.min(0.0), upper: Some(upper) },
        Values::Between(lower, upper) => Span::between(lower, upper),
    })
}

/// The figure inside an interval. Of counts, Wilson's ends give the share and its denominator at once: with l and u the roots of
/// (p − x)² = z²x(1 − x)/n, l·u = p²A and (1 − l)(1 − u) = (1 − p)²A, where A = n/(n + z²). Of an interval about an estimate the figure is its middle. Where the two
/// differ, it is one of them.
pub(super) fn of_interval(sheet: &Indicator, lower: f64, upper: f64) -> Span {
    let middle = (lower + upper) / 2.0;
    let (l, u) = (lower / sheet.multiplier, upper / sheet.multiplier);
    if sheet.value_kind != ValueKind::Proportion || !(0.0..=1.0).contains(&l) || !(0.0..=1.0).contains(&u) {
        return Span::between(lower, upper);
    }
    let (inner, outer) = (num::sqrt(l * u), num::sqrt((1.0 - l) * (1.0 - u)));
    match inner + outer {
        all if all > 0.0 => Span::between(middle, sheet.multiplier * inner / all),
        _ => Span::between(lower, upper),
    }
}

/// The shares that have a standard error with so many asked: p(1 − p) = n·se².
pub(super) fn of_error(sheet: &Indicator, se: f64, n: f64) -> Option<Span> {
    let se = se / sheet.multiplier;
    let inside = 1.0 - 4.0 * n * se * se;
    if sheet.value_kind != ValueKind::Proportion || n.is_nan() || n <= 0.0 || inside < -SAME {
        return None;
    }
    let root = num::sqrt(inside.max(0.0));
    Some(Span::between(sheet.multiplier * (1.0 - root) / 2.0, sheet.multiplier * (1.0 + root) / 2.0))
}

/// The other side of a gap of which one side is shown. `up` where it is the higher one, if that is known.
pub(super) fn of_gap(shown: f64, difference: Option<f64>, ratio: Option<f64>, up: Option<bool>) -> Option<Span> {
    let ends = match (difference, ratio) {
        (Some(d), _) => (shown - num::abs(d), shown + num::abs(d)),
        (None, Some(r)) if r > 0.0 => (shown * r.min(1.0 / r), shown * r.max(1.0 / r)),
        _ => return None,
    };
    Some(match up {
        Some(true) => Span::at(ends.1),
        Some(false) => Span::at(ends.0),
        None => Span::between(ends.0, ends.1),
    })
}

/// The means of one place, computed again from the scores that it shows.
pub(super) struct Means<'a> {
    method: &'a Method,
    tree: Tree,
    shown: Vec<IndicatorResult>,
    /// Positions of the indicators whose figure is withheld, with their ids.
    pub(super) withheld: Vec<(usize, String)>,
    made: Vec<NodeResult>,
}

impl<'a> Means<'a> {
    /// None where an indicator is not of this catalogue.
    pub(super) fn of(catalogue: &Catalogue, method: &'a Method, indicators: &[Value], is_withheld: impl Fn(&Value) -> bool) -> Option<Means<'a>> {
        let mut listed: Vec<(u32, &Value)> = Vec::with_capacity(indicators.len());
        for i in indicators {
            listed.push((u32::try_from(catalogue.indicator_index(i["id"].as_str()?)?).ok()?, i));
        }
        listed.sort_by_key(|(at, _)| *at);
        let selected: Vec<u32> = listed.iter().map(|(at, _)| *at).collect();
        let shown = |i: &Value| {
            let score = i["score"].as_f64().filter(|_| json_at(i, "/figure/kind") == "value");
            IndicatorResult {
                cell: None,
                previous: None,
                availability: Availability::NoData,
                carried: false,
                score: score.map(|score| Score { score, raw: score }),
                not_scored: None,
                standing: Standing::deserialize(&i["standing"]).ok().filter(|_| json_at(i, "/figure/kind") == "value").unwrap_or(Standing::NoStandard),
                change: None,
                across_break: false,
            }
        };
        let withheld = listed.iter().enumerate().filter(|(_, (_, i))| is_withheld(&i["figure"]));
        let mut means = Means {
            method,
            tree: Tree::new(catalogue, method, &selected),
            shown: listed.iter().map(|(_, i)| shown(i)).collect(),
            withheld: withheld.filter_map(|(at, (_, i))| Some((at, i["id"].as_str()?.to_owned()))).collect(),
            made: Vec::new(),
        };
        means.made = means.computed(&means.shown)?;
        Some(means)
    }

    fn computed(&self, results: &[IndicatorResult]) -> Option<Vec<NodeResult>> {
        let mut made = Vec::new();
        self.tree.results(results, self.method, &mut Vec::new(), &mut made).ok()?;
        Some(made)
    }

    fn with(&self, at: usize, score: f64) -> Option<Vec<NodeResult>> {
        let mut results = self.shown.clone();
        results.get_mut(at)?.score = Some(Score { score, raw: score });
        self.computed(&results)
    }

    /// The position of a node of a report.
    pub(super) fn position(&self, node: &Value) -> Option<usize> {
        let kind = NodeKind::deserialize(&node["kind"]).ok()?;
        self.tree.nodes.iter().position(|n| n.kind == kind && node["id"] == *n.id)
    }

    /// Whether the numbers of a node are what the scores that are shown give.
    pub(super) fn follows(&self, at: usize, node: &Value) -> bool {
        let Some(made) = self.made.get(at) else { return false };
        let number = |told: &Value, made: Option<f64>| match (told.as_f64(), made) {
            (Some(a), Some(b)) => same(a, b),
            (None, made) => told.is_null() == made.is_none(),
            _ => false,
        };
        let side = |name: &str, side: Side| {
            let (told, made) = (&node[name], made.side(side));
            match made {
                None => told.is_null(),
                Some(m) => {
                    number(&told["score"], m.score)
                        && number(&told["coverage"], Some(m.coverage))
                        && told["n"].as_u64() == Some(m.n as u64)
                        && told["of"].as_u64() == Some(m.of as u64)
                }
            }
        };
        let state = NodeState::deserialize(&node["state"]).is_ok_and(|s| s == made.state);
        let band = made.band.map(|b| self.method.band_name(usize::from(b)));
        side("outcomes", Side::Outcomes)
            && side("effort", Side::Effort)
            && state
            && node["band_name"].as_str() == band
            && number(&node["combined"], made.combined)
            && number(&node["band"], made.band.map(f64::from))
            && number(&node["below_minimum"], Some(f64::from(made.below_minimum)))
            && number(json_at(node, "/outcome_range/0"), made.outcome_range.map(|r| r.0))
            && number(json_at(node, "/outcome_range/1"), made.outcome_range.map(|r| r.1))
    }

    /// The mean of a node, of the scores that are shown.
    pub(super) fn score(&self, at: usize, side: Side) -> Option<f64> {
        self.made.get(at)?.side(side)?.score
    }

    /// The withheld indicators that move the mean of a node.
    pub(super) fn movers(&self, at: usize, side: Side) -> Vec<usize> {
        let score = |made: Option<Vec<NodeResult>>| made.and_then(|m| m.get(at)?.side(side)).map(|m| (m.n, m.score));
        let now = self.made.get(at).and_then(|n| n.side(side)).map(|m| (m.n, m.score));
        self.withheld.iter().map(|(position, _)| *position).filter(|&p| score(self.with(p, 0.0)) != now || score(self.with(p, 100.0)) != now).collect()
    }

    /// The score of a withheld indicator that gives a node the mean that it has: means rise with each of their parts.
    pub(super) fn score_behind(&self, withheld: usize, at: usize, side: Side, mean: f64) -> Option<f64> {
        let given = |score: f64| self.with(withheld, score)?.get(at)?.side(side)?.score;
        let (mut low, mut high) = (0.0, 100.0);
        if given(low)? > mean + SAME * 100.0 || given(high)? < mean - SAME * 100.0 {
            return None;
        }
        for _ in 0..60 {
            let middle = (low + high) / 2.0;
            if given(middle)? < mean { low = middle } else { high = middle }
        }
        given(high).is_some_and(|m| num::abs(m - mean) < 1e-6).then_some(high)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_gives_back_what_it_is_about() {
        let engine = crate::catalogue::Catalogue::from_json(sms_catalogue::CATALOGUE_JSON).unwrap();
        let sheet = engine.indicators().iter().find(|i| i.value_kind == ValueKind::Proportion && i.multiplier == 100.0).unwrap();
        for (a, n) in [(4.0, 304.0), (1.0, 12.0), (0.0, 40.0), (40.0, 40.0), (211.0, 999.0)] {
            let i = crate::estimate::wilson(a, n, 0.95).unwrap();
            let span = of_interval(sheet, 100.0 * i.lower, 100.0 * i.upper);
            // the share itself is one of the two ends, and the middle the other
            let share = 100.0 * a / n;
            assert!(num::abs(span.lower - share) < 1e-7 || num::abs(span.upper.unwrap() - share) < 1e-7, "{a} of {n}: {span:?}");
            let se = 100.0 * num::sqrt(a / n * (1.0 - a / n) / n);
            let span = of_error(sheet, se, n).unwrap();
            assert!(num::abs(span.lower - share) < 1e-5 || num::abs(span.upper.unwrap() - share) < 1e-5, "{a} of {n}: {span:?}");
        }
    }

    #[test]
    fn a_gap_gives_the_other_side() {
        assert_eq!(of_gap(8.0, Some(7.0), None, Some(false)), Some(Span::at(1.0)));
        assert_eq!(of_gap(8.0, None, Some(4.0), Some(false)), Some(Span::at(2.0)));
        assert_eq!(of_gap(8.0, None, Some(4.0), None), Some(Span::between(2.0, 32.0)));
        assert_eq!(of_gap(8.0, None, None, None), None);
    }
}
