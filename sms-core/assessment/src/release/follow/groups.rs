//! What a report says of groups that it withholds: ranks, gaps, the worst-off one, measures of inequality, and who is counted.

use super::{Groups, OF_DISAGGREGATION, OF_GROUP, Of, Place, beside, ranked};
use crate::period::Period;
use crate::release::invert::{self, Span};
use crate::release::json::{is_withheld, json_at, list, other_numbers, period_of};
use serde::Deserialize;
use serde_json::Value;

/// The groups of a dimension that are shown at a period, with their figures.
type ShownGroups<'a> = dyn Fn(&str, Option<Period>) -> Vec<(String, f64)> + 'a;

impl<'a> Place<'a> {
    /// Groups that are withheld, and what stands elsewhere about them: ranks, gaps, the worst-off one, measures of inequality.
    pub(super) fn groups(&mut self, id: &'a str, i: &Value) {
        let groups = list(&i["groups"]);
        let code_of = |g: &Value| Groups::deserialize(&g["groups"]).unwrap_or_default();
        let mut single: Vec<(Groups, Option<Period>)> = Vec::new();
        for group in groups.iter().filter(|g| is_withheld(&g["figure"])) {
            let of = Of { indicator: id, period: period_of(&group["period"]), groups: code_of(group) };
            self.numbers(&of, group, OF_GROUP);
            let ranks = ranked(
                groups.iter().filter(|g| g["period"] == group["period"] && dimensions(&code_of(g)) == dimensions(&of.groups)).map(|g| (g, &g["figure"])),
            );
            self.value_from(&of, "rank", group["rank"].as_f64().and_then(|rank| beside(&ranks, rank)));
            single.push((of.groups, of.period));
        }
        if single.is_empty() {
            return;
        }
        let withheld = |dimension: &Value, code: &Value, when: Option<Period>| -> Option<Groups> {
            let wanted = vec![[dimension.as_str()?.to_owned(), code.as_str()?.to_owned()]];
            single.iter().any(|(groups, p)| *groups == wanted && (when.is_none() || *p == when)).then_some(wanted)
        };
        let shown = |dimension: &str, when: Option<Period>| -> Vec<(String, f64)> {
            let of_it = groups.iter().filter(|g| json_at(g, "/figure/kind") == "value" && (when.is_none() || period_of(&g["period"]) == when));
            of_it
                .filter_map(|g| match code_of(g).as_slice() {
                    [[d, code]] if d == dimension => Some((code.clone(), json_at(g, "/figure/value").as_f64()?)),
                    _ => None,
                })
                .collect()
        };
        let hides = |dimension: &str, when: Option<Period>| {
            single.iter().any(|(g, p)| matches!(g.as_slice(), [[d, _]] if d == dimension) && (when.is_none() || *p == when))
        };
        let up = self.sheet(id).and_then(|s| s.polarity.direction()).map(|d| d > 0.0);
        for gap in list(&i["gaps"]) {
            let when = period_of(&gap["period"]);
            let dimension = gap["dimension"].as_str().unwrap_or_default();
            let known = shown(dimension, when);
            let value = |end: &str| {
                let code = gap[end].as_str()?;
                known.iter().find(|(c, _)| c == code).map(|(_, v)| *v)
            };
            let number = |name: &str| gap[name].as_f64();
            let mut named = false;
            for (end, own, other, others) in [("worst", "worst_value", "best", "best_value"), ("best", "best_value", "worst", "worst_value")] {
                let Some(code) = withheld(&gap["dimension"], &gap[end], when) else { continue };
                named = true;
                let of = Of { indicator: id, period: when, groups: code };
                self.push(&of, "gap", number(own));
                if number(own).is_some() {
                    continue;
                }
                // the worst is the lower one where higher is better, and where neither way is
                let is_higher = if end == "worst" { !up.unwrap_or(true) } else { up.unwrap_or(true) };
                let beside = value(other).or_else(|| number(others));
                self.value_from(&of, "gap", beside.and_then(|v| invert::of_gap(v, number("difference"), number("ratio"), Some(is_higher))));
                let sheet = self.sheet(id);
                let score = |v: f64| sheet.and_then(|s| crate::assess::score_of(v, s, self.method.scoring(s)).ok());
                if let Some((score, apart)) = beside.and_then(score).zip(number("score_difference")) {
                    self.value_from_score(&of, "gap", if end == "worst" { score.score - apart } else { score.score + apart });
                }
            }
            // numbers that the groups which are shown do not give
            let fits = value("worst").zip(value("best")).is_none_or(|(w, b)| number("difference").is_none_or(|d| invert::same(d, crate::num::abs(w - b))));
            let more = |name: &str, shown: usize| gap[name].as_u64().is_some_and(|n| n > shown as u64);
            if !named
                && hides(dimension, when)
                && (!fits || more("groups", known.len()) || more("comparisons", known.len() * known.len().saturating_sub(1) / 2))
            {
                self.unread(&Of { indicator: id, period: when, groups: Groups::new() }, "gap", number("difference"));
            }
        }
        let (floor, when) = (&i["floor"], period_of(json_at(i, "/floor/period")));
        if let Some(groups) = withheld(&floor["dimension"], &floor["group"], when) {
            let of = Of { indicator: id, period: when, groups };
            self.push(&of, "floor", floor["value"].as_f64());
            if let (None, Some(score)) = (floor["value"].as_f64(), floor["score"].as_f64()) {
                self.value_from_score(&of, "floor", score);
            }
        } else if !floor.is_null() {
            // of a group that is shown, and not what is shown of it
            let named = |g: &&Value| {
                period_of(&g["period"]) == when && matches!(code_of(g).as_slice(), [[d, code]] if floor["dimension"] == *d && floor["group"] == *code)
            };
            let fits = |told: &Value, shown: &Value| told.as_f64().zip(shown.as_f64()).is_none_or(|(a, b)| invert::same(a, b));
            if !groups.iter().find(named).is_some_and(|g| fits(&floor["value"], json_at(g, "/figure/value")) && fits(&floor["score"], &g["score"])) {
                self.unread(&Of { indicator: id, period: when, groups: Groups::new() }, "floor", floor["value"].as_f64());
            }
        }
        self.inequality(id, i, &shown, &single);
    }

    /// Measures of inequality over groups of which one is withheld, as `equality.measures` answers them.
    fn inequality(&mut self, id: &str, i: &Value, shown: &ShownGroups<'_>, hidden: &[(Groups, Option<Period>)]) {
        for told in list(&i["equality"]).iter().chain(i["equality"].is_object().then_some(&i["equality"])) {
            let dimension = told["dimension"].as_str();
            let when = period_of(&told["period"]);
            let is_of = |(g, p): &&(Groups, Option<Period>)| g.len() == 1 && dimension.is_none_or(|d| dimensions(g) == [d]) && (when.is_none() || *p == when);
            let of_it: Vec<&(Groups, Option<Period>)> = hidden.iter().filter(is_of).collect();
            let known: Vec<f64> = dimension.map(|d| shown(d, when)).into_iter().flatten().map(|(_, v)| v).collect();
            let (low, high) = (known.iter().copied().fold(f64::INFINITY, f64::min), known.iter().copied().fold(f64::NEG_INFINITY, f64::max));
            let Some((groups, period)) = of_it.first() else { continue };
            let of = Of { indicator: id, period: *period, groups: groups.clone() };
            for (name, number) in other_numbers(told, &["dimension", "period", "groups", "measures"]) {
                self.unread(&of, if name == "text" { "text" } else { "equality" }, number);
            }
            for measure in list(&told["measures"]) {
                let Some(number) = measure["value"].as_f64() else { continue };
                // further apart than those that are shown: where one is hidden, it is at one end
                match measure["measure"].as_str().filter(|_| of_it.len() == 1) {
                    Some("difference") if !known.is_empty() && number > high - low && !invert::same(number, high - low) => {
                        self.ends(&of, "difference", high - number, low + number);
                    }
                    Some("ratio") if low > 0.0 && number > high / low && !invert::same(number, high / low) => {
                        self.ends(&of, "ratio", high / number, low * number)
                    }
                    _ => self.unread(&of, "equality", Some(number)),
                }
            }
        }
    }

    /// A figure that is one of two: the one below 0, or above the whole, is none.
    fn ends(&mut self, of: &Of<'_>, what: &str, low: f64, high: f64) {
        let most = self.sheet(of.indicator).filter(|s| s.value_kind == crate::estimate::ValueKind::Proportion).map_or(f64::INFINITY, |s| s.multiplier);
        let span = match (low >= 0.0, high <= most) {
            (true, false) => Span::at(low),
            (false, true) => Span::at(high),
            _ => Span::between(low, high),
        };
        self.value_from(of, what, Some(span));
    }

    /// Who is counted: only how many groups are shown and withheld may be said, not how many for which reason.
    pub(super) fn counted(&mut self, of: &Of<'_>, i: &Value) {
        for told in list(&i["disaggregation"]) {
            let Some(dimension) = told["dimension"].as_str() else { continue };
            let not_stated = |code: &str| self.catalogue.dimension(dimension).and_then(|d| d.group(code)).is_some_and(|g| g.not_stated.is_some());
            let mine: Vec<&Value> = list(&i["groups"])
                .iter()
                .filter(|g| Groups::deserialize(&g["groups"]).is_ok_and(|g| g.iter().any(|[d, code]| d == dimension && !not_stated(code))))
                .collect();
            let hidden = mine.iter().filter(|g| is_withheld(&g["figure"])).count();
            if hidden == 0 {
                continue;
            }
            let shown = mine.iter().filter(|g| json_at(g, "/figure/kind") == "value").count();
            let differs = |name: &str, n: usize| told[name].as_u64().is_some_and(|told| told != n as u64);
            if differs("withheld", hidden) || differs("published", shown) {
                self.unread(of, "counts", told["withheld"].as_f64());
            }
            for (_, number) in other_numbers(told, OF_DISAGGREGATION) {
                self.unread(of, "counts", number);
            }
        }
    }
}

fn dimensions(groups: &Groups) -> Vec<&str> {
    groups.iter().map(|[d, _]| d.as_str()).collect()
}
