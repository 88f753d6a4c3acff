//! What means and explanations say of the scores that they rest on.

use super::{Of, Place};
use crate::assess::Side;
use crate::disclosure::Verdict;
use crate::indicator::ResultLevel;
use crate::release::invert::{self, Means, Span};
use crate::release::json::{is_withheld, json_at, list, period_of};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeSet;

impl Place<'_> {
    /// Means that the scores which are shown do not give.
    pub(super) fn means(&mut self, nodes: &[Value], indicators: &[Value]) {
        let Some(means) = Means::of(self.catalogue, self.method, indicators, is_withheld).filter(|m| !m.withheld.is_empty()) else { return };
        for node in nodes {
            let (Some(id), Some(at)) = (node["id"].as_str(), means.position(node)) else { continue };
            if means.follows(at, node) {
                continue;
            }
            let of = Of::everybody(id, None);
            for (name, side) in [("outcomes", Side::Outcomes), ("effort", Side::Effort)] {
                let movers = means.movers(at, side);
                let score = json_at(node, &format!("/{name}/score")).as_f64();
                if movers.is_empty() {
                    continue;
                }
                match score.filter(|s| means.score(at, side).is_none_or(|made| !invert::same(*s, made))) {
                    Some(score) => self.push(&of, "mean", Some(score)),
                    None => self.unread(&of, "mean", node["combined"].as_f64()),
                }
                let ([one], Some(score)) = (movers.as_slice(), score) else { continue };
                let Some((_, indicator)) = means.withheld.iter().find(|(position, _)| position == one) else { continue };
                if let Some(score) = means.score_behind(*one, at, side, score) {
                    let period = indicators.iter().find(|i| i["id"] == indicator.as_str()).and_then(|i| period_of(&i["period"]));
                    let of = Of::everybody(indicator, period);
                    self.told(&of, "score from mean", Span::at(score), Verdict::Exact);
                    self.value_from_score(&of, "mean", score);
                }
            }
        }
    }

    /// A mean of scores that are not shown, or beyond all that are: for reports of other methods, whose means nobody here can compute.
    pub(super) fn mean(&mut self, node: &Value, indicators: &[Value]) {
        let (Some(id), Some("module")) = (node["id"].as_str(), node["kind"].as_str()) else { return };
        let mine: Vec<&Value> = indicators.iter().filter(|i| i["module"] == id).collect();
        if !mine.iter().any(|i| is_withheld(&i["figure"])) {
            return;
        }
        for (side, of_outcomes) in [("outcomes", true), ("effort", false)] {
            let Some(score) = json_at(node, &format!("/{side}/score")).as_f64() else { continue };
            let level = |i: &Value| ResultLevel::deserialize(&i["result_level"]).is_ok_and(ResultLevel::is_outcome);
            let scores: Vec<f64> = mine.iter().filter(|i| level(i) == of_outcomes).filter_map(|i| i["score"].as_f64()).collect();
            let best = scores.iter().copied().max_by(f64::total_cmp);
            let of = Of::everybody(id, None);
            if best.is_none_or(|best| score > best + 1e-9) {
                self.push(&of, "mean", Some(score));
            } else if scores.iter().copied().min_by(f64::total_cmp).is_some_and(|least| score < least - 1e-9)
                || json_at(node, &format!("/{side}/n")).as_u64().is_some_and(|n| n > scores.len() as u64)
            {
                self.unread(&of, "mean", Some(score));
            }
        }
    }

    /// An explanation beside the report.
    pub(super) fn explanation(&mut self, told: &Value, indicators: &[Value]) {
        let Some(id) = told["id"].as_str() else { return };
        let find = |id: &str| indicators.iter().find(|i| i["id"] == id);
        if let Some(i) = find(id) {
            if is_withheld(&i["figure"]) {
                self.steps(&Of::everybody(id, period_of(&i["period"])), told);
            }
            return;
        }
        let parts = list(&told["contributions"]);
        let hidden: Vec<&Value> = indicators.iter().filter(|i| is_withheld(&i["figure"])).collect();
        let of_hidden = |part: &Value| hidden.iter().find(|i| i["id"] == part["id"]).copied();
        for part in parts {
            let (Some(i), Some(id)) = (of_hidden(part), part["id"].as_str()) else { continue };
            let of = Of::everybody(id, period_of(&i["period"]));
            let number = |name: &str| part[name].as_f64();
            self.push(&of, "contribution", number("points").or_else(|| number("score")));
            let score = number("score").or_else(|| number("points").zip(number("weight").filter(|w| *w > 0.0)).map(|(p, w)| p / w));
            if let Some(score) = score {
                self.value_from_score(&of, "contribution", score);
            }
        }
        for weight in list(&told["effective_weights"]) {
            if let Some(i) = hidden.iter().find(|i| i["id"] == weight["indicator"]) {
                let of = Of::everybody(weight["indicator"].as_str().unwrap_or_default(), period_of(&i["period"]));
                self.unread(&of, "contribution", weight["weight"].as_f64());
            }
        }
        // what the parts that are shown leave of the result
        let points: Option<Vec<f64>> = parts.iter().map(|p| p["points"].as_f64()).collect();
        let left = told["result"].as_f64().zip(points.filter(|p| !p.is_empty())).map(|(result, points)| result - points.iter().sum::<f64>());
        if let Some(left) = left.filter(|l| crate::num::abs(*l) > 1e-6 && !hidden.is_empty()) {
            self.unread(&Of::everybody(id, None), "contribution", Some(left));
        }
    }

    /// The steps of a withheld indicator: what they say of its figure.
    fn steps(&mut self, of: &Of<'_>, told: &Value) {
        if let Some(score) = told["result"].as_f64() {
            self.push(of, "explanation", Some(score));
            self.value_from_score(of, "explanation", score);
        }
        for step in list(&told["steps"]) {
            let clause = step["clause"].as_str().unwrap_or_default();
            // targets, and groups that are shown, may have numbers
            if clause == "minimum standard" {
                self.push(of, "standing", None);
            }
            for name in ["pace", "probability", "se"] {
                if let (true, Some(number)) = (clause.starts_with("2 achievement"), step["inputs"].get(name).and_then(Value::as_f64)) {
                    self.push(of, "explanation", Some(number));
                }
            }
            if !["0 figure", "1 score", "7 change"].iter().any(|c| clause.starts_with(c)) {
                continue;
            }
            let mut numbers: Vec<f64> = step["inputs"].as_object().into_iter().flatten().filter_map(|(_, v)| v.as_f64()).collect();
            numbers.extend(step["result"].as_f64());
            if numbers.is_empty() {
                let words = step["text"].as_str().unwrap_or_default().split(|c: char| !(c.is_ascii_digit() || c == '.' || c == '-'));
                numbers.extend(words.filter_map(|w| w.trim_matches(['.', '-']).parse::<f64>().ok()));
            }
            let distinct: BTreeSet<u64> = numbers.iter().map(|n| n.to_bits()).collect();
            for number in distinct {
                self.push(of, "explanation", Some(f64::from_bits(number)));
            }
        }
    }
}
