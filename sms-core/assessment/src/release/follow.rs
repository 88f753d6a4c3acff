//! What a report says although it follows from a figure that it withholds: read from its JSON and from the explanations beside it, so
//! that any report can be held against it, whoever made it. What is read backwards is in [`super::invert`]. A number that nobody here knows how to
//! read is `unproven`, never `safe`.

mod groups;
mod means;

use super::attacked::AttackedFigure;
use super::invert::{self, Span};
use super::json::{is_withheld, json_at, list, other_numbers, period_of};
use crate::catalogue::{Catalogue, Indicator};
use crate::disclosure::Verdict;
use crate::indicator::ResultLevel;
use crate::method::Method;
use crate::period::Period;
use crate::progress::{self, Series, SeriesPoint};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

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

/// Groups of a dimension with their codes.
type Groups = Vec<[String; 2]>;

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
            without: Vec::new(),
            what: what.to_owned(),
            lower: span.lower,
            upper: span.upper,
            if_complete: None,
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
            Series::new(points.collect()).and_then(|s| progress::trend(&s, sheet.polarity, &self.method.data().trend_rules())).ok().and_then(|t| t.estimate);
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
            // how many of the figures that are shown rest on an assumption
            let on_shown = ["estimate.assumed-design-effect", "estimate.unknown-design-effect"].map(Value::from).contains(&finding["code"])
                && json_at(finding, "/params/figures").as_u64().is_some_and(|n| n <= shown_of(places, &i["id"]));
            let read = ["times", "dimension", "figures"];
            let read = if on_shown { &read[..] } else { &read[..2] };
            for (_, number) in other_numbers(&finding["params"], read).into_iter().filter(|_| hidden) {
                of_place.unread(&Of::everybody(i["id"].as_str().unwrap_or_default(), None), "finding", number);
            }
        }
        found.append(&mut of_place.found);
    }
    found
}

/// How many figures of an indicator are shown.
fn shown_of(places: &[Value], id: &Value) -> u64 {
    let shown = |figure: &Value| figure["kind"] == "value";
    let of = |i: &Value| list(&i["series"]).iter().chain(list(&i["groups"])).filter(|x| shown(&x["figure"])).count() as u64 + u64::from(shown(&i["figure"]));
    places.iter().flat_map(|p| list(&p["indicators"])).filter(|i| i["id"] == *id).map(of).sum()
}
