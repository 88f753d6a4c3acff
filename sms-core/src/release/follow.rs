//! What a report says although it follows from a figure that it withholds: read from its JSON, so that any report can be
//! held against it, whoever made it.

use super::published::AttackedFigure;
use crate::disclosure::Verdict;
use crate::indicator::ResultLevel;
use crate::period::Period;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// Numbers of a figure, or beside it, by what they give away.
const NUMBERS: &[(&str, &str)] = &[
    ("value", "value"),
    ("numerator", "value"),
    ("count", "value"),
    ("denominator", "n"),
    ("n", "n"),
    ("lower", "error"),
    ("upper", "error"),
    ("se", "error"),
    ("cv", "error"),
    ("score", "score"),
    ("raw_score", "score"),
    ("rank", "rank"),
    ("percentile", "rank"),
];

fn is_withheld(figure: &Value) -> bool {
    figure["kind"] == "suppressed" || figure["reason"] == "unknown_count"
}

/// A part of a value, by its JSON pointer.
fn at<'a>(value: &'a Value, pointer: &str) -> &'a Value {
    value.pointer(pointer).unwrap_or(&Value::Null)
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// Groups of a dimension with their codes.
type Groups = Vec<[String; 2]>;

/// Collects what follows of the indicators of one place.
struct Place<'a> {
    code: &'a str,
    period: Period,
    found: Vec<AttackedFigure>,
}

impl Place<'_> {
    fn push(&mut self, indicator: &str, period: Option<Period>, groups: &Groups, what: &str, number: Option<f64>) {
        self.found.push(AttackedFigure {
            indicator: indicator.to_owned(),
            place: self.code.to_owned(),
            period: period.unwrap_or(self.period),
            groups: groups.clone(),
            what: what.to_owned(),
            lower: number.unwrap_or(0.0),
            upper: number,
            // on which side of a standard or a target it is bounds it, without saying what it is
            verdict: if number.is_some() { Verdict::Exact } else { Verdict::TooNarrow },
        });
    }

    /// The numbers of a withheld figure, and those beside it.
    fn numbers(&mut self, indicator: &str, period: Option<Period>, groups: &Groups, holder: &Value) {
        for from in [holder, &holder["figure"]] {
            for (field, what) in NUMBERS {
                if let Some(number) = from[*field].as_f64() {
                    self.push(indicator, period, groups, what, Some(number));
                }
            }
        }
    }

    fn indicator(&mut self, i: &Value) {
        let Some(id) = i["id"].as_str() else { return };
        let period = |value: &Value| Period::deserialize(value).ok();
        let own = period(&i["period"]);
        let everybody = Groups::new();
        let series: BTreeMap<Period, &Value> = list(&i["series"]).iter().filter_map(|p| Some((period(&p["period"])?, p))).collect();
        for (when, point) in &series {
            if is_withheld(&point["figure"]) {
                self.numbers(id, Some(*when), &everybody, point);
            }
        }
        if is_withheld(&i["figure"]) {
            self.numbers(id, own, &everybody, i);
            if let Some(number) = own.and_then(|p| series.get(&p)).filter(|p| at(p, "/figure/kind") == "value").and_then(|p| at(p, "/figure/value").as_f64()) {
                self.push(id, own, &everybody, "value", Some(number));
            }
            if matches!(i["standing"].as_str(), Some("below" | "at" | "above")) {
                self.push(id, own, &everybody, "standing", None);
            }
            if at(i, "/target/met").is_boolean() {
                self.push(id, own, &everybody, "target", None);
            }
            if let Some(number) = at(i, "/change/absolute").as_f64() {
                self.push(id, own, &everybody, "change", Some(number));
            }
            let achieved = at(i, "/progress/achievement");
            if let Some(number) = ["raw", "clamped", "pace", "se"].iter().find_map(|f| achieved[*f].as_f64()) {
                self.push(id, own, &everybody, "progress", Some(number));
            }
        }
        let since = period(at(i, "/change/since"));
        if let (Some(point), Some(number)) = (since.and_then(|s| series.get(&s)), at(i, "/change/previous").as_f64())
            && is_withheld(&point["figure"])
        {
            self.push(id, since, &everybody, "change", Some(number));
        }
        let mut single: Vec<(Groups, Option<Period>)> = Vec::new();
        for group in list(&i["groups"]).iter().filter(|g| is_withheld(&g["figure"])) {
            let groups = Groups::deserialize(&group["groups"]).unwrap_or_default();
            self.numbers(id, period(&group["period"]), &groups, group);
            single.push((groups, period(&group["period"])));
        }
        let withheld = |dimension: &Value, code: &Value, when: Option<Period>| -> Option<Groups> {
            let wanted = vec![[dimension.as_str()?.to_owned(), code.as_str()?.to_owned()]];
            single.iter().any(|(groups, p)| *groups == wanted && (when.is_none() || *p == when)).then_some(wanted)
        };
        let mut named: Vec<(Groups, Option<Period>, &str, Option<f64>)> = Vec::new();
        for gap in list(&i["gaps"]) {
            for (end, number) in [("worst", "worst_value"), ("best", "best_value")] {
                let when = period(&gap["period"]);
                named.extend(withheld(&gap["dimension"], &gap[end], when).map(|g| (g, when, "gap", gap[number].as_f64())));
            }
        }
        let (floor, when) = (at(i, "/floor"), period(at(i, "/floor/period")));
        named.extend(withheld(&floor["dimension"], &floor["group"], when).map(|g| (g, when, "floor", floor["value"].as_f64())));
        for (groups, when, what, number) in named {
            self.push(id, when, &groups, what, number);
        }
    }

    /// A mean of scores that are not shown, or beyond all that are.
    fn mean(&mut self, node: &Value, indicators: &[Value]) {
        let (Some(id), Some("module")) = (node["id"].as_str(), node["kind"].as_str()) else { return };
        let mine: Vec<&Value> = indicators.iter().filter(|i| i["module"] == id).collect();
        if !mine.iter().any(|i| is_withheld(&i["figure"])) {
            return;
        }
        for (side, of_outcomes) in [("outcomes", true), ("effort", false)] {
            let Some(score) = at(node, &format!("/{side}/score")).as_f64() else { continue };
            let level = |i: &Value| ResultLevel::deserialize(&i["result_level"]).is_ok_and(ResultLevel::is_outcome);
            let best = mine.iter().filter(|i| level(i) == of_outcomes).filter_map(|i| i["score"].as_f64()).max_by(f64::total_cmp);
            if best.is_none_or(|best| score > best + 1e-9) {
                self.push(id, None, &Groups::new(), "mean", Some(score));
            }
        }
    }
}

/// What the JSON of a report says of figures that it withholds.
pub(super) fn followed(report: &Value) -> Vec<AttackedFigure> {
    let mut found = Vec::new();
    for place in list(&report["places"]) {
        let indicators = list(&place["indicators"]);
        let when = [place].into_iter().chain(indicators).find_map(|v| Period::deserialize(&v["period"]).ok());
        let (Some(code), Some(period)) = (place["place"].as_str(), when) else { continue };
        let mut of_place = Place { code, period, found: Vec::new() };
        indicators.iter().for_each(|i| of_place.indicator(i));
        list(&place["nodes"]).iter().for_each(|node| of_place.mean(node, indicators));
        found.append(&mut of_place.found);
    }
    found
}
