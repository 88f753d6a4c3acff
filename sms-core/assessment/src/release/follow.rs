//! What a report says although it follows from a figure that it withholds: read from its JSON and from the explanations beside it, so
//! that any report can be held against it, whoever made it. What is read backwards is in [`super::invert`]. A number that nobody here knows how to
//! read is `unproven`, never `safe`.

use super::invert::{self, Means, Span};
use super::published::AttackedFigure;
use crate::assess::Side;
use crate::catalogue::{Catalogue, Indicator};
use crate::disclosure::Verdict;
use crate::indicator::ResultLevel;
use crate::method::Method;
use crate::period::Period;
use crate::progress::{self, Series, SeriesPoint};
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Numbers of a figure, or beside it, by what they give away.
const NUMBERS: &[(&str, &[&str])] = &[
    ("value", &["value", "numerator", "count", "percentage", "percent", "share", "proportion", "rate", "total", "mean", "median", "complement"]),
    ("n", &["denominator", "n", "n_effective", "effective_n", "n_eff", "design_effect", "deff", "base", "unweighted_n", "df"]),
    ("error", &["lower", "upper", "se", "standard_error", "cv", "variance", "margin_of_error"]),
    ("score", &["score", "raw_score"]),
    ("rank", &["rank", "percentile", "position"]),
];

/// What an indicator, a figure of a group, a point of a series, and the other parts of a report hold. The numbers of these are read one by one.
const OF_INDICATOR: &[&str] = &[
    "id",
    "name",
    "module",
    "rights",
    "tier",
    "measure_type",
    "result_level",
    "polarity",
    "unit",
    "unit_symbol",
    "figure",
    "period",
    "carried_forward",
    "source",
    "proxy",
    "note",
    "score",
    "raw_score",
    "not_scored",
    "standing",
    "target",
    "change",
    "across_break",
    "progress",
    "series",
    "groups",
    "gaps",
    "floor",
    "disaggregation",
    "missing_disaggregation",
    "equality",
];
const OF_GROUP: &[&str] = &["groups", "name", "period", "figure"];
const OF_POINT: &[&str] = &["period", "figure", "is_break"];
const OF_FIGURE: &[&str] = &["kind", "reason"];
const OF_DISAGGREGATION: &[&str] = &["dimension", "need", "status", "published", "withheld", "effort", "reason"];
const OF_PLACE: &[&str] = &["place", "name", "parent", "period", "nodes", "indicators", "measured", "progress", "visibility"];

pub(super) fn is_withheld(figure: &Value) -> bool {
    figure["kind"] == "suppressed" || figure["reason"] == "unknown_count"
}

/// A part of a value, by its JSON pointer.
pub(super) fn json_at<'a>(value: &'a Value, pointer: &str) -> &'a Value {
    value.pointer(pointer).unwrap_or(&Value::Null)
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn period_of(value: &Value) -> Option<Period> {
    Period::deserialize(value).ok()
}

/// Every number below the fields of an object that are not among `known`, with the names of their fields; and texts that hold one.
fn other_numbers<'a>(holder: &'a Value, known: &[&str]) -> Vec<(&'a str, Option<f64>)> {
    fn walk<'a>(name: &'a str, value: &'a Value, found: &mut Vec<(&'a str, Option<f64>)>) {
        match value {
            Value::Number(n) => found.push((name, n.as_f64())),
            Value::String(s) if s.bytes().any(|b| b.is_ascii_digit()) => found.push((name, None)),
            Value::Array(a) => a.iter().for_each(|v| walk(name, v, found)),
            Value::Object(o) => o.iter().for_each(|(k, v)| walk(k, v, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    for (name, value) in holder.as_object().into_iter().flatten().filter(|(k, _)| !known.contains(&k.as_str())) {
        walk(name, value, &mut found);
    }
    found
}

/// Groups of a dimension with their codes.
type Groups = Vec<[String; 2]>;

/// The groups of a dimension that are shown at a period, with their figures.
type ShownGroups<'a> = dyn Fn(&str, Option<Period>) -> Vec<(String, f64)> + 'a;

/// Which figure of a place.
#[derive(Clone)]
struct Of<'a> {
    indicator: &'a str,
    period: Option<Period>,
    groups: Groups,
}

impl<'a> Of<'a> {
    fn everybody(indicator: &'a str, period: Option<Period>) -> Self {
        Of { indicator, period, groups: Groups::new() }
    }
}

/// Collects what follows of the indicators of one place.
struct Place<'a> {
    catalogue: &'a Catalogue,
    method: &'a Method,
    code: &'a str,
    period: Period,
    found: Vec<AttackedFigure>,
}

impl<'a> Place<'a> {
    fn told(&mut self, of: &Of<'_>, what: &str, span: Span, verdict: Verdict) {
        let figure = AttackedFigure {
            indicator: of.indicator.to_owned(),
            place: self.code.to_owned(),
            period: of.period.unwrap_or(self.period),
            groups: of.groups.clone(),
            what: what.to_owned(),
            lower: span.lower,
            upper: span.upper,
            verdict,
        };
        if !self.found.contains(&figure) {
            self.found.push(figure);
        }
    }

    /// A number that stands there, or none: on which side of a standard or a target a figure is bounds it, without saying what it is.
    fn push(&mut self, of: &Of<'_>, what: &str, number: Option<f64>) {
        match number {
            Some(number) => self.told(of, what, Span::at(number), Verdict::Exact),
            None => self.told(of, what, Span { lower: 0.0, upper: None }, Verdict::TooNarrow),
        }
    }

    /// Something that nobody here can read backwards.
    fn unread(&mut self, of: &Of<'_>, what: &str, number: Option<f64>) {
        self.told(of, what, number.map_or(Span { lower: 0.0, upper: None }, Span::at), Verdict::Unproven);
    }

    /// The figure that follows from another number.
    fn value_from(&mut self, of: &Of<'_>, what: &str, span: Option<Span>) {
        if let Some(span) = span {
            let verdict = if span.is_exact() { Verdict::Exact } else { Verdict::TooNarrow };
            self.told(of, &format!("value from {what}"), span, verdict);
        }
    }

    fn sheet(&self, id: &str) -> Option<&'a Indicator> {
        self.catalogue.indicator(id)
    }

    fn value_from_score(&mut self, of: &Of<'_>, what: &str, score: f64) {
        let span = self.sheet(of.indicator).and_then(|sheet| invert::of_score(sheet, self.method, score));
        self.value_from(of, what, span);
    }

    /// The numbers of a withheld figure and those beside it, and the figure that follows from them.
    fn numbers(&mut self, of: &Of<'_>, holder: &Value, known: &[&str]) {
        let mut named: BTreeMap<&str, f64> = BTreeMap::new();
        for (name, number) in other_numbers(holder, known).into_iter().chain(other_numbers(&holder["figure"], OF_FIGURE)) {
            let what = NUMBERS.iter().find(|(_, names)| names.contains(&name)).map(|(what, _)| *what);
            match (what, number) {
                (Some(what), Some(number)) => {
                    named.insert(name, number);
                    self.push(of, what, Some(number));
                }
                (_, number) => self.unread(of, if number.is_some() { "number" } else { "text" }, number),
            }
        }
        let Some(sheet) = self.sheet(of.indicator) else { return };
        let get = |names: &[&str]| names.iter().find_map(|n| named.get(n)).copied();
        if get(&["value"]).is_some() {
            return;
        }
        if let Some(score) = get(&["raw_score", "score"]) {
            self.value_from_score(of, "score", score);
        }
        if let Some((lower, upper)) = get(&["lower"]).zip(get(&["upper"])) {
            self.value_from(of, "interval", Some(invert::of_interval(sheet, lower, upper)));
        }
        if let Some((se, n)) = get(&["se", "standard_error"]).zip(get(&["n", "denominator", "n_effective", "effective_n", "n_eff"])) {
            self.value_from(of, "error", invert::of_error(sheet, se, n));
        }
        if let Some((a, b)) = get(&["numerator"]).zip(get(&["denominator"])) {
            self.value_from(of, "counts", (b > 0.0).then(|| Span::at(sheet.multiplier * a / b)));
        }
    }

    fn indicator(&mut self, i: &'a Value) {
        let Some(id) = i["id"].as_str() else { return };
        let own = period_of(&i["period"]);
        let everybody = Of::everybody(id, own);
        let series: BTreeMap<Period, &Value> = list(&i["series"]).iter().filter_map(|p| Some((period_of(&p["period"])?, p))).collect();
        let shown_at = |when: Option<Period>| when.and_then(|p| series.get(&p)).and_then(|p| json_at(p, "/figure/value").as_f64());
        let known = json_at(i, "/figure/value").as_f64().filter(|_| json_at(i, "/figure/kind") == "value");
        for (when, point) in &series {
            if is_withheld(&point["figure"]) {
                self.numbers(&Of::everybody(id, Some(*when)), point, OF_POINT);
            }
        }
        if is_withheld(&i["figure"]) {
            let known_numbers: Vec<&str> = OF_INDICATOR.iter().filter(|k| !["score", "raw_score"].contains(k)).copied().collect();
            self.numbers(&everybody, i, &known_numbers);
            if let Some(number) =
                own.and_then(|p| series.get(&p)).filter(|p| json_at(p, "/figure/kind") == "value").and_then(|p| json_at(p, "/figure/value").as_f64())
            {
                self.push(&everybody, "value", Some(number));
            }
            if matches!(i["standing"].as_str(), Some("below" | "at" | "above")) {
                self.push(&everybody, "standing", None);
            }
            if json_at(i, "/target/met").is_boolean() {
                self.push(&everybody, "target", None);
            }
            self.achieved(&everybody, &i["progress"]);
        } else {
            if let (Some(number), true) = (known, own.and_then(|p| series.get(&p)).is_some_and(|p| is_withheld(&p["figure"]))) {
                self.push(&everybody, "value", Some(number));
            }
            self.trend(&everybody, i, &series);
            // something of the indicator is withheld, and a number stands there that is not known
            let hidden = list(&i["groups"]).iter().chain(list(&i["series"])).any(|g| is_withheld(&g["figure"]));
            for (name, number) in other_numbers(i, OF_INDICATOR).into_iter().filter(|_| hidden) {
                // an indicator that is shown has a rank and an error of its own
                if !NUMBERS.iter().any(|(_, names)| names.contains(&name)) {
                    self.unread(&everybody, if number.is_some() { "number" } else { "text" }, number);
                }
            }
        }
        self.change(&everybody, i, known, &shown_at, &series);
        self.groups(id, i);
        self.counted(&everybody, i);
    }

    /// How far a withheld figure is on its way.
    fn achieved(&mut self, of: &Of<'_>, progress: &Value) {
        let achieved = &progress["achievement"];
        if let Some(number) = ["raw", "clamped", "pace", "se", "probability"].iter().find_map(|f| achieved[*f].as_f64()) {
            self.push(of, "progress", Some(number));
        }
        let numbers = achieved["raw"].as_f64().zip(achieved["baseline"].as_f64()).zip(achieved["target"].as_f64());
        self.value_from(of, "progress", numbers.map(|((raw, from), to)| Span::at(from + raw * (to - from))));
        // a trend ends with the latest figure, and so does what follows from it
        let beyond = [&progress["trend"], &progress["retrogression"], &achieved["years_to_target"], &achieved["projection"]];
        if let Some(told) = beyond.into_iter().find(|told| !told.is_null()) {
            self.unread(of, "progress", told["slope"].as_f64().or_else(|| told["value"].as_f64()));
        }
    }

    /// A trend that the points which are shown do not give.
    fn trend(&mut self, of: &Of<'_>, i: &Value, series: &BTreeMap<Period, &Value>) {
        let (told, Some(now), Some(sheet)) = (json_at(i, "/progress/trend"), of.period, self.sheet(of.indicator)) else { return };
        if told.is_null() || !series.iter().any(|(when, p)| *when < now && is_withheld(&p["figure"])) {
            return;
        }
        let points = series.iter().filter(|(when, _)| when.comparable_with(now) && **when <= now).filter_map(|(when, p)| {
            let value = json_at(p, "/figure/value").as_f64().filter(|_| json_at(p, "/figure/kind") == "value")?;
            Some(SeriesPoint { at: (*when).into(), value, se: None, breaks: p["is_break"] == true })
        });
        let made =
            Series::new(points.collect()).and_then(|s| progress::trend(&s, sheet.polarity, &self.method.raw().trend_rules())).ok().and_then(|t| t.estimate);
        let same = made.is_some_and(|m| told["slope"].as_f64().is_some_and(|slope| invert::same(slope, m.slope)) && told["s"].as_i64() == Some(m.s));
        if !same {
            self.unread(of, "progress", told["slope"].as_f64());
        }
    }

    /// A change from or to a withheld figure: with the other one it gives it.
    fn change(
        &mut self,
        everybody: &Of<'_>,
        i: &Value,
        known: Option<f64>,
        shown_at: &dyn Fn(Option<Period>) -> Option<f64>,
        series: &BTreeMap<Period, &Value>,
    ) {
        let change = &i["change"];
        let since = period_of(&change["since"]);
        let number = |name: &str| change[name].as_f64();
        let before = number("previous").or_else(|| shown_at(since));
        let years = everybody.period.zip(since).map(|(p, s)| f64::from(p.start_year() - s.start_year())).filter(|y| *y > 0.0);
        let moved = number("absolute").or_else(|| number("per_year").zip(years).map(|(a, y)| a * y));
        if is_withheld(&i["figure"]) {
            if let Some(number) = number("absolute").or_else(|| number("relative")).or_else(|| number("per_year")) {
                self.push(everybody, "change", Some(number));
            }
            let by = moved.zip(before).map(|(m, b)| b + m).or_else(|| number("relative").zip(before).map(|(r, b)| b * (1.0 + r)));
            self.value_from(everybody, "change", by.map(Span::at));
        }
        if series.get(&since.unwrap_or(self.period)).is_some_and(|p| since.is_some() && is_withheld(&p["figure"])) {
            let earlier = Of::everybody(everybody.indicator, since);
            if let Some(number) = number("previous") {
                self.push(&earlier, "change", Some(number));
            } else {
                self.value_from(&earlier, "change", known.zip(moved).map(|(k, m)| Span::at(k - m)));
            }
        }
    }

    /// Groups that are withheld, and what stands elsewhere about them: ranks, gaps, the worst-off one, measures of inequality.
    fn groups(&mut self, id: &'a str, i: &Value) {
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
    fn counted(&mut self, of: &Of<'_>, i: &Value) {
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

    /// Counts over all indicators of the place that differ from what stands beside them.
    fn counts(&mut self, place: &Value, indicators: &[Value]) {
        let count = |is: &dyn Fn(&Value) -> bool| indicators.iter().filter(|i| is(i)).count();
        let outcome = |i: &Value| ResultLevel::deserialize(&i["result_level"]).is_ok_and(ResultLevel::is_outcome);
        let value = |i: &Value| json_at(i, "/figure/kind") == "value";
        let measured = [
            ("withheld", count(&|i| is_withheld(&i["figure"]))),
            ("available", count(&value)),
            ("scored", count(&|i| value(i) && i["score"].is_number())),
            ("outcomes_available", count(&|i| value(i) && outcome(i))),
        ];
        let mut told: Vec<(&Value, usize)> = measured.into_iter().map(|(name, n)| (json_at(place, &format!("/measured/{name}")), n)).collect();
        let status = |i: &Value| json_at(i, "/progress/achievement/status").as_str().map(str::to_owned);
        for name in ["met", "on_track", "lagging", "off_track", "regressed", "maintained", "not_rated", "missing", "suppressed", "not_applicable"] {
            told.push((json_at(place, &format!("/progress/{name}")), count(&|i| status(i).as_deref() == Some(name))));
        }
        told.push((json_at(place, "/progress/possible_retrogression"), count(&|i| json_at(i, "/progress/retrogression/status") == "possible_retrogression")));
        let of = Of::everybody("overall", None);
        for (told, n) in told {
            if let Some(told) = told.as_u64().filter(|t| *t != n as u64) {
                self.unread(&of, "counts", Some(told as f64));
            }
        }
        let visibility = &place["visibility"];
        let listed = |name: &'static str| list(&visibility[name]).iter().map(move |v| (v, name));
        for (told, by) in [(visibility, "all")].into_iter().chain(listed("rights")).chain(listed("dimensions")) {
            for need in ["required", "desirable"] {
                let mut made: BTreeMap<&str, u64> = BTreeMap::new();
                for i in indicators.iter().filter(|i| by != "rights" || list(&i["rights"]).contains(&told["id"])) {
                    let mine = list(&i["disaggregation"]).iter().filter(|d| d["need"] == need && (by != "dimensions" || d["dimension"] == told["id"]));
                    mine.filter_map(|d| d["status"].as_str()).for_each(|status| *made.entry(status).or_default() += 1);
                }
                let differs = |(name, n): (&String, &Value)| n.as_u64() != Some(made.get(name.as_str()).copied().unwrap_or(0));
                if told[need].as_object().is_some_and(|o| o.iter().any(differs)) {
                    self.unread(&of, "counts", json_at(told, &format!("/{need}/withheld")).as_f64());
                }
            }
        }
    }

    /// Means that the scores which are shown do not give.
    fn means(&mut self, nodes: &[Value], indicators: &[Value]) {
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
    fn mean(&mut self, node: &Value, indicators: &[Value]) {
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
    fn explanation(&mut self, told: &Value, indicators: &[Value]) {
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

fn dimensions(groups: &Groups) -> Vec<&str> {
    groups.iter().map(|[d, _]| d.as_str()).collect()
}

/// Ranks and values of what is shown.
fn ranked<'a>(all: impl Iterator<Item = (&'a Value, &'a Value)>) -> Vec<(f64, f64)> {
    let mut found: Vec<(f64, f64)> = all
        .filter(|(_, figure)| figure["kind"] == "value")
        .filter_map(|(holder, figure)| Some((holder["rank"].as_f64()?, figure["value"].as_f64()?)))
        .collect();
    found.sort_by(|a, b| a.0.total_cmp(&b.0));
    found
}

/// Between which shown values a rank lies.
fn beside(ranks: &[(f64, f64)], rank: f64) -> Option<Span> {
    let before = ranks.iter().rev().find(|(r, _)| *r <= rank)?;
    let after = ranks.iter().find(|(r, _)| *r >= rank)?;
    Some(Span::between(before.1, after.1))
}

/// What the JSON of a report, and the explanations beside it, say of figures that the report withholds.
pub(super) fn followed(catalogue: &Catalogue, method: &Method, report: &Value, explanations: &[Value]) -> Vec<AttackedFigure> {
    let mut found = Vec::new();
    let places = list(&report["places"]);
    let told = |name: &str| json_at(report, &format!("/provenance/{name}"));
    // means can be computed again where method and catalogue are the same
    let same_rules = told("method_fingerprint") == method.fingerprint() && told("catalogue_fingerprint") == catalogue.fingerprint();
    for place in places {
        let indicators = list(&place["indicators"]);
        let when = [place].into_iter().chain(indicators).find_map(|v| period_of(&v["period"]));
        let (Some(code), Some(period)) = (place["place"].as_str(), when) else { continue };
        let mut of_place = Place { catalogue, method, code, period, found: Vec::new() };
        for i in indicators {
            of_place.indicator(i);
            // ranks among places
            if let (true, Some(rank), Some(id)) = (is_withheld(&i["figure"]), i["rank"].as_f64(), i["id"].as_str()) {
                let others = places.iter().flat_map(|p| list(&p["indicators"])).filter(|o| o["id"] == id && o["period"] == i["period"]);
                let ranks = ranked(others.map(|o| (o, &o["figure"])));
                of_place.value_from(&Of::everybody(id, period_of(&i["period"])), "rank", beside(&ranks, rank));
            }
        }
        let nodes = list(&place["nodes"]);
        if same_rules {
            of_place.means(nodes, indicators);
        } else {
            nodes.iter().for_each(|node| of_place.mean(node, indicators));
        }
        let hides = indicators.iter().any(|i| is_withheld(&i["figure"]) || list(&i["groups"]).iter().any(|g| is_withheld(&g["figure"])));
        if hides {
            of_place.counts(place, indicators);
        }
        for (_, number) in other_numbers(place, OF_PLACE).into_iter().filter(|_| hides) {
            of_place.unread(&Of::everybody("overall", None), "number", number);
        }
        let mine = |e: &&Value| period_of(&e["period"]) == Some(period) && (e["place"] == place["place"] || e["place"] == place["name"]);
        explanations.iter().filter(mine).for_each(|e| of_place.explanation(e, indicators));
        // findings speak of what the file lacks, and how often
        for finding in list(json_at(report, "/findings/items")) {
            let Some(i) = indicators.iter().find(|i| i["id"] == finding["subject"] && !i["id"].is_null()) else { continue };
            let hidden = is_withheld(&i["figure"]) || list(&i["groups"]).iter().any(|g| is_withheld(&g["figure"]));
            for (_, number) in other_numbers(&finding["params"], &["times", "dimension"]).into_iter().filter(|_| hidden) {
                of_place.unread(&Of::everybody(i["id"].as_str().unwrap_or_default(), None), "finding", number);
            }
        }
        found.append(&mut of_place.found);
    }
    found
}
