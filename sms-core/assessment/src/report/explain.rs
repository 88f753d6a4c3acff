//! How a number came about, told to a person: steps, what each part adds, and what it would take to do better.

use super::{
    Figure, GapReport, IndicatorReport, NodeReport, PlaceReport, ProgressReport, Report, Wording, achievement_text, apart, missing_text, not_scored_text,
    retrogression_text, shown, trend_text,
};
use crate::assess::{NodeDef, NodeKind, Side};
use crate::catalogue::Indicator;
use crate::diagnostic::{Code, Error, Result};
use crate::equality::Verdict;
use crate::method::Level;
use crate::num::{self, Plain};
use crate::period::Period;
use crate::progress::Direction;
use crate::target::Standing;
use crate::trace::Step;
use crate::weighting::{Provenance, WeightingMethod};
use serde::Serialize;

/// How a number came about, told step by step.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs, reason = "the names say it")]
pub struct Explanation {
    pub id: String,
    pub name: String,
    pub place: String,
    pub period: Period,
    /// The score: of the indicator, or of the node's outcomes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<f64>,
    pub steps: Vec<Step>,
    /// What each child adds; they sum to the result.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub contributions: Vec<Contribution>,
    /// What outcomes and effort add to the combined view; they sum to it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub combined: Vec<Contribution>,
    /// The weight of each scored outcome in the result, through all levels below; they sum to 1.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub effective_weights: Vec<EffectiveWeight>,
    /// What it would take to be rated better.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_band: Option<NextBand>,
}

/// The weight of an indicator in the end.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs, reason = "the names say it")]
pub struct EffectiveWeight {
    pub indicator: String,
    pub weight: f64,
}

/// What it would take to reach the next better band.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NextBand {
    /// The band, 1 being the best.
    pub band: usize,
    /// Its name.
    pub name: String,
    /// Its lower end, in points.
    pub score: f64,
    /// The figure that is needed, in the unit of the indicator; of a node, the points of its outcomes. Absent where no
    /// outcomes would be enough.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// The same in words.
    pub text: String,
}

/// What one child adds to the score of its parent.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs, reason = "the names say it")]
pub struct Contribution {
    pub id: String,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight: Option<f64>,
    pub points: f64,
}

impl Report {
    /// Tells how a number came about: the steps from figure to score of an indicator, or from indicators to the mean
    /// of a node (`overall`, a module, a right, an attribute, or a level of the results chain).
    ///
    /// ```
    /// use sms_core::{AssessmentPlan, assess, dataset, exchange::csv, wire::Engine};
    /// let engine = Engine::new(sms_catalogue::CATALOGUE_JSON, sms_catalogue::METHODS)?;
    /// let text = "indicator,place,period,numerator,denominator\nWSP-O-04,example,2024,60,1000\n";
    /// let (dataset, findings) = dataset::check(engine.catalogue(), &csv::read(text.as_bytes(), &Default::default())?);
    /// let method = engine.method("standard")?;
    /// let report = assess::assess(&method, &dataset.into(), &findings, &AssessmentPlan::default())?.release(&method.public_policy())?;
    /// assert!(!report.explain("WSP-O-04", None)?.steps.is_empty());
    /// assert!(report.explain("WSP-O-04", Some("elsewhere")).is_err());
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `explain.unknown-id`.
    pub fn explain(&self, id: &str, place: Option<&str>) -> Result<Explanation> {
        let unknown = || {
            let known = self
                .scope
                .indicators
                .iter()
                .filter_map(|&i| self.catalogue.indicators().get(i as usize))
                .map(|i| i.id.as_str())
                .chain(self.scope.tree.nodes.iter().map(|n| &*n.id));
            let error = Error::new(Code::ExplainUnknownId);
            error.suggesting(crate::text::did_you_mean(id, known))
        };
        let is_place = |i: &usize| {
            let unit = self.derived.units.get(*i).and_then(|u| self.table.places.get(u.place as usize));
            place.is_none_or(|code| unit.is_some_and(|p| p.code.as_str() == code))
        };
        // the latest unit of the place
        let unit = (0..self.len()).rev().find(is_place).ok_or_else(|| Error::new(Code::AssessUnknownPlace))?;
        let data = self.place_report(unit).ok_or_else(unknown)?;
        if let Some(indicator) = data.indicators.iter().find(|i| i.id == id) {
            return Ok(self.explain_indicator(&data, indicator));
        }
        let node = data.nodes.iter().find(|n| &*n.id == id).ok_or_else(unknown)?;
        self.explain_node(&data, node).ok_or_else(unknown)
    }

    /// How the figure and the score of an indicator of this report came about.
    #[must_use]
    pub fn explain_indicator(&self, place: &PlaceReport, indicator: &IndicatorReport) -> Explanation {
        let symbol = &indicator.unit_symbol;
        let with_unit = |x: f64| shown(x, symbol, &indicator.unit);
        let far = |x: f64| apart(x, symbol, &indicator.unit);
        let say = Wording { value: &with_unit, difference: &far };
        let mut steps = self.figure_steps(place, indicator, &say);
        let next_band = self.next_band_of_indicator(indicator, &with_unit);
        steps.extend(next_band.as_ref().map(|next| Step::new("2 next band", next.text.clone()).input("score", next.score).maybe("value", next.value)));
        steps.extend(threshold_steps(indicator, &say));
        steps.extend(change_step(indicator, &say));
        if let Some(progress) = &indicator.progress {
            steps.extend(progress_steps(progress, &say));
        }
        steps.extend(indicator.gaps.iter().map(|gap| gap_step(gap, &say)));
        if let (Some(floor), Some(score)) = (&indicator.floor, indicator.score) {
            let text = format!(
                "Of the groups, {} score lowest: {} points, with {}. The average scores {}.",
                floor.name,
                num::decimal(floor.score, 1),
                with_unit(floor.value),
                num::decimal(score, 1)
            );
            steps.push(Step::new("6 floor", text).input("value", floor.value).gives(floor.score));
        }
        Explanation {
            id: indicator.id.clone(),
            name: indicator.name.clone(),
            place: place.name.clone(),
            period: place.period,
            result: indicator.score,
            steps,
            contributions: Vec::new(),
            combined: Vec::new(),
            effective_weights: Vec::new(),
            next_band,
        }
    }

    /// The figure, and the score that it has or has not.
    fn figure_steps(&self, place: &PlaceReport, indicator: &IndicatorReport, say: &Wording<'_>) -> Vec<Step> {
        let mut steps = Vec::new();
        match &indicator.figure {
            Figure::Value { value, lower, upper, numerator, denominator, .. } => {
                let period = indicator.period.map(|p| p.to_string()).unwrap_or_default();
                let mut text = format!("The figure for {period} is {}.", (say.value)(*value));
                if let (Some(a), Some(b)) = (numerator, denominator) {
                    text = format!("{text} It is {} out of {}.", Plain(*a), Plain(*b));
                }
                if indicator.carried_forward {
                    text = format!("{text} It is older than {}, the period assessed, and carried forward.", place.period);
                }
                if let Some(proxy) = &indicator.proxy {
                    text = format!("{text} It stands in for the indicator: {proxy}");
                }
                let mut step = Step::new("0 figure", text)
                    .maybe("numerator", *numerator)
                    .maybe("denominator", *denominator)
                    .maybe("lower", *lower)
                    .maybe("upper", *upper)
                    .gives(*value);
                if let Some(source) = &indicator.source {
                    step = step.because(format!("Source: {source}"));
                }
                steps.push(step);
                if let Some(score) = indicator.score {
                    steps.push(self.explain_score(self.catalogue.indicator(&indicator.id), *value, score, indicator.raw_score, say.value));
                }
            }
            other => steps.push(Step::new("0 figure", missing_text(other))),
        }
        if indicator.score.is_none()
            && let Some(reason) = indicator.not_scored
        {
            steps.push(Step::new("1 score", not_scored_text(reason)));
        }
        steps
    }

    fn explain_score(&self, sheet: Option<&Indicator>, value: f64, score: f64, raw: Option<f64>, with_unit: &dyn Fn(f64) -> String) -> Step {
        let scoring = sheet.and_then(|s| self.method.scoring(s).map(|scoring| (scoring, s.polarity)));
        let held = match raw {
            Some(raw) if raw > score => " It is beyond the best, so it counts as 100.",
            Some(_) => " It is beyond the worst, so it counts as 0.",
            None => "",
        };
        let Some((scoring, polarity)) = scoring else { return Step::new("1 score", String::new()).input("value", value).gives(score) };
        let told = scoring.rule.normalisation().explain(polarity, with_unit);
        let points = num::decimal(score, 1);
        let text = if told.text.is_empty() {
            format!("The level {} of the scale scores {points} points.", Plain(value))
        } else {
            format!("{} {} scores {points} points.{held}", told.text, with_unit(value))
        };
        let step = Step::new(&format!("1 score: {}", told.name), text).input("value", value);
        told.inputs.into_iter().fold(step, |step, (name, x)| step.input(name, x)).gives(score).because(scoring.because())
    }

    /// How the result of a node of this report came about; nothing for a node of another one.
    #[must_use]
    pub fn explain_node(&self, place: &PlaceReport, node: &NodeReport) -> Option<Explanation> {
        let def = self.scope.tree.nodes.iter().find(|d| d.kind == node.kind && *d.id == *node.id)?;
        Some(self.explain_known_node(place, node, def))
    }

    fn explain_known_node(&self, place: &PlaceReport, node: &NodeReport, def: &NodeDef) -> Explanation {
        let mut steps = Vec::new();
        let rules = self.method.data();
        let minimum = &rules.aggregation.minimum_coverage;
        let rule = def.rule.and_then(|at| rules.aggregation.node.get(at));
        let (reason, source) = match rule {
            Some(rule) if rule.minimum_coverage.is_some() => (&rule.reason, &rule.source),
            _ => (&minimum.reason, &minimum.source),
        };
        let children = match (node.kind, def.children.is_empty()) {
            (_, true) => "indicators",
            (NodeKind::Overall, _) if rules.aggregation.levels.value.first() == Some(&Level::Module) => "modules",
            _ => "parts",
        };
        for (side, name) in [(&node.outcomes, "Outcomes (what people experience)"), (&node.effort, "Effort (what the city does)")] {
            let Some(mean) = side else {
                steps.push(Step::new("3 mean", format!("{name}: none was chosen here.")));
                continue;
            };
            let measured =
                format!("{} of {} {children} have a score, which is {} % of what belongs here", mean.n, mean.of, num::decimal(mean.coverage * 100.0, 0));
            let text = match mean.score {
                Some(score) => format!("{name}: {measured}. Their mean is {} points.", num::decimal(score, 1)),
                None => format!("{name}: {measured}. At least {} % are needed for a score.", num::decimal(def.minimum_coverage * 100.0, 0)),
            };
            let mut step = Step::new("3 mean", text).input("coverage", mean.coverage).because(format!("{reason} (source: {source})"));
            step.result = mean.score;
            steps.push(step);
        }
        if let Some(rule) = rule.filter(|r| r.weights.is_some()) {
            let told = [rule.provenance.as_ref().map(weights_found), rule.agreed.clone()].into_iter().flatten().collect::<Vec<_>>().join(" ");
            let text = if told.is_empty() { "The parts do not all count the same.".to_owned() } else { format!("The parts do not all count the same. {told}") };
            steps.push(Step::new("4 weights", text).because(format!("{} (source: {})", rule.reason, rule.source)));
        }
        let (o, e) = (node.outcomes.as_ref().and_then(|m| m.score), node.effort.as_ref().and_then(|m| m.score));
        if let (Some(o), Some(e), Some(c)) = (o, e, node.combined) {
            let rule = self.method.outcomes_first();
            steps.push(
                Step::new(
                    "2 outcomes before outputs",
                    format!(
                        "Outcomes weigh {} %, effort {} %, and effort can move the result by {} points at most: {} points.",
                        num::decimal(rule.weight() * 100.0, 0),
                        num::decimal((1.0 - rule.weight()) * 100.0, 0),
                        Plain(rule.margin()),
                        num::decimal(c, 1)
                    ),
                )
                .input("outcomes", o)
                .input("effort", e)
                .input("weight", rule.weight())
                .input("margin", rule.margin())
                .gives(c)
                .because(format!("{} (source: {})", rules.outcomes_first.weight.reason, rules.outcomes_first.weight.source))
                .because(format!("{} (source: {})", rules.outcomes_first.margin.reason, rules.outcomes_first.margin.source)),
            );
        }
        if let Some(name) = &node.band_name {
            steps.push(Step::new("2 rating", format!("This is rated \"{name}\". A rating is never better than that of the outcomes alone.")));
        }
        if node.below_minimum > 0 {
            let word = if node.below_minimum == 1 { "indicator is" } else { "indicators are" };
            steps
                .push(Step::new("minimum standard", format!("{} {word} below the minimum standard that binds. Nothing compensates this.", node.below_minimum)));
        }
        if let (Some([low, high]), Some(mean)) = (node.outcome_range, &node.outcomes)
            && mean.n < mean.of
        {
            steps.push(Step::new(
                "2 what is not measured",
                format!(
                    "If the outcomes not measured were all at their worst, the headline would be {}; at their best, {}.",
                    num::decimal(low, 1),
                    num::decimal(high, 1)
                ),
            ));
        }
        let next_band = self.next_band_of(node, o, e);
        steps.extend(next_band.as_ref().map(|next| Step::new("2 next band", next.text.clone()).input("score", next.score).maybe("outcomes", next.value)));
        Explanation {
            id: node.id.to_string(),
            name: node.name.clone(),
            place: place.name.clone(),
            period: place.period,
            result: o,
            steps,
            contributions: self.contributions(place, def, o),
            combined: self.combined(node, o, e),
            effective_weights: if o.is_some() { self.effective_weights(place, def) } else { Vec::new() },
            next_band,
        }
    }

    /// What each child adds to the mean of outcomes. With `imbalance`, which is what a mean other than the arithmetic one
    /// takes off, they sum to it.
    fn contributions(&self, place: &PlaceReport, def: &NodeDef, score: Option<f64>) -> Vec<Contribution> {
        let Some(score) = score else { return Vec::new() };
        let mut children: Vec<(String, String, f64, f64)> = Vec::new();
        for (at, weight) in def.weighted_children() {
            let Some(node) = place.nodes.get(at as usize) else { continue };
            if let Some(s) = node.outcomes.as_ref().and_then(|m| m.score) {
                children.push((node.id.to_string(), node.name.clone(), s, weight));
            }
        }
        for (at, weight) in def.weighted_leaves(Side::Outcomes) {
            let Some(indicator) = place.indicators.get(at as usize) else { continue };
            children.extend(indicator.score.map(|s| (indicator.id.clone(), indicator.name.clone(), s, weight)));
        }
        let total: f64 = children.iter().map(|c| c.3).sum();
        let parts = children.into_iter().map(|(id, name, score, weight)| {
            let weight = weight / total;
            Contribution { id, name, score: Some(score), weight: Some(weight), points: weight * score }
        });
        with_rest(parts.collect(), score, "imbalance", "Imbalance between the parts")
    }

    /// The combined view as what outcomes and effort add, and what the margin takes off or gives back.
    fn combined(&self, node: &NodeReport, o: Option<f64>, e: Option<f64>) -> Vec<Contribution> {
        let (Some(o), Some(e), Some(c)) = (o, e, node.combined) else { return Vec::new() };
        let weight = self.method.outcomes_first().weight();
        let part = |id: &str, name: &str, score: f64, weight: f64| Contribution {
            id: id.to_owned(),
            name: name.to_owned(),
            score: Some(score),
            weight: Some(weight),
            points: weight * score,
        };
        let parts = vec![part("outcomes", "Outcomes", o, weight), part("effort", "Effort", e, 1.0 - weight)];
        with_rest(parts, c, "clamp", "Held within the margin around the outcomes")
    }

    /// The weight that each scored outcome has in the end, through all levels below.
    fn effective_weights(&self, place: &PlaceReport, def: &NodeDef) -> Vec<EffectiveWeight> {
        let mut made = Vec::new();
        let mut open: Vec<(&NodeDef, f64)> = vec![(def, 1.0)];
        while let Some((node, share)) = open.pop() {
            let score_below = |at: u32| place.nodes.get(at as usize).and_then(|n| n.outcomes.as_ref()).is_some_and(|m| m.score.is_some());
            let scored = |at: u32| place.indicators.get(at as usize).is_some_and(|i| i.score.is_some());
            let children: Vec<(u32, f64)> = node.weighted_children().filter(|c| score_below(c.0)).collect();
            let leaves: Vec<(u32, f64)> = node.weighted_leaves(Side::Outcomes).filter(|l| scored(l.0)).collect();
            let total: f64 = children.iter().chain(&leaves).map(|c| c.1).sum();
            for (at, weight) in leaves {
                if let (Some(indicator), true) = (place.indicators.get(at as usize), weight > 0.0) {
                    made.push(EffectiveWeight { indicator: indicator.id.clone(), weight: share * weight / total });
                }
            }
            for (at, weight) in children {
                if let (Some(below), true) = (self.scope.tree.nodes.get(at as usize), weight > 0.0) {
                    open.push((below, share * weight / total));
                }
            }
        }
        made.sort_by(|a, b| a.indicator.cmp(&b.indicator));
        made
    }

    /// What the outcomes of a node would have to be for the next better band, with the effort as it is.
    fn next_band_of(&self, node: &NodeReport, o: Option<f64>, e: Option<f64>) -> Option<NextBand> {
        let (band, outcomes) = (usize::from(node.band?), o?);
        let (score, name) = self.better_band(band)?;
        let rule = self.method.outcomes_first();
        let needed = e.map_or(score, |e| rule.outcomes_for(score, e));
        if needed > 100.0 {
            let text = format!("With the effort as it is, no outcomes would be enough to be rated \"{name}\": the effort would have to rise as well.");
            return Some(NextBand { band: band - 1, name: name.to_owned(), score, value: None, text });
        }
        let text = format!(
            "To be rated \"{name}\", outcomes would have to rise from {} to {} points{}.",
            num::decimal(outcomes, 1),
            num::decimal(needed, 1),
            if e.is_some() { ", with the effort as it is" } else { "" }
        );
        Some(NextBand { band: band - 1, name: name.to_owned(), score, value: Some(needed), text })
    }

    /// What the figure of an indicator would have to be for its score to reach the next better band.
    fn next_band_of_indicator(&self, indicator: &IndicatorReport, with_unit: &dyn Fn(f64) -> String) -> Option<NextBand> {
        let band = crate::rbm::band(indicator.score?, &self.method.data().rating.bands.value);
        let (score, name) = self.better_band(band)?;
        let value = indicator.figure.value()?;
        let sheet = self.catalogue.indicator(&indicator.id)?;
        let needed = self.method.scoring(sheet)?.rule.normalisation().value_reaching(score, value, sheet.polarity)?;
        let text = format!("To score {} points and count as \"{name}\", it would have to be {}.", Plain(score), with_unit(needed));
        Some(NextBand { band: band - 1, name: name.to_owned(), score, value: Some(needed), text })
    }

    /// The lower end and the name of the next better band; none above the best.
    fn better_band(&self, band: usize) -> Option<(f64, &str)> {
        let lower_end = self.method.data().rating.bands.value.get(band.checked_sub(2)?)?;
        Some((*lower_end, self.method.band_name(band - 1)))
    }
}

/// How weights were found, by whom and when.
fn weights_found(of: &Provenance) -> String {
    let how = match of.method {
        WeightingMethod::Equal => "All count the same",
        WeightingMethod::Declared => "Their weights were declared",
        WeightingMethod::BudgetAllocation => "Their weights were found by sharing out points",
        WeightingMethod::Swing => "Their weights were found by rating what a step from worst to best is worth",
        WeightingMethod::AhpEigenvector | WeightingMethod::AhpGeometricMean => "Their weights were found by comparing them in pairs",
        WeightingMethod::BestWorst => "Their weights were found by comparing all with the best and the worst",
    };
    let sides: Vec<String> = of.sides.iter().map(|s| format!("{} of {}", s.participants, s.side)).collect();
    let sides = if sides.is_empty() { String::new() } else { format!(" ({})", sides.join(", ")) };
    let people = match of.participants {
        0 => String::new(),
        1 => format!(" One took part{sides}."),
        n => format!(" {n} took part{sides}."),
    };
    let agree = of.concordance.map_or_else(String::new, |c| {
        format!(" Their agreement on the order is {} on a scale from 0 (none) to 1 (all alike; Kendall's W).", num::decimal(c.w, 2))
    });
    let note = of.note.as_ref().map_or_else(String::new, |n| format!(" {n}"));
    format!("{how} in {}.{people}{agree}{note}", of.when)
}

/// The target and the minimum standard.
fn threshold_steps(indicator: &IndicatorReport, say: &Wording<'_>) -> Vec<Step> {
    let mut steps = Vec::new();
    if let Some(target) = &indicator.target {
        let by = target.year.map(|y| format!(" by {y}")).unwrap_or_default();
        let met = match target.met {
            Some(true) => " It is met.",
            Some(false) => " It is not met.",
            None => "",
        };
        let operator = if target.operator.is_empty() { String::new() } else { format!("{} ", target.operator) };
        steps.push(Step::new("target", format!("The target is {operator}{}{by}.{met}", (say.value)(target.value))).input("target", target.value));
    }
    match indicator.standing {
        Standing::Below => steps.push(Step::new("minimum standard", "It is below the minimum standard that binds. Nothing compensates this.")),
        Standing::At | Standing::Above => steps.push(Step::new("minimum standard", "It keeps the minimum standard.")),
        Standing::NoStandard => {}
    }
    steps
}

fn change_step(indicator: &IndicatorReport, say: &Wording<'_>) -> Option<Step> {
    let Some(change) = &indicator.change else {
        return indicator.across_break.then(|| Step::new("7 change", "The way of measuring changed, so no change is computed."));
    };
    let moved = match change.direction {
        Direction::Better => "better",
        Direction::Worse => "worse",
        Direction::Unchanged => "about the same",
        Direction::Changed => "different",
    };
    let text = format!("It is {moved} than in {}, when it was {}.", change.since, (say.value)(change.previous));
    Some(Step::new("7 change", text).input("previous", change.previous).gives(change.absolute))
}

fn gap_step(gap: &GapReport, say: &Wording<'_>) -> Step {
    let by = gap.dimension_name.to_lowercase();
    let (worst, best) = ((say.value)(gap.worst_value), (say.value)(gap.best_value));
    let far = (say.difference)(gap.difference);
    let text = if gap.directional {
        format!("By {by}: {} is worst off with {worst}, {} best off with {best}. They are {far} apart.", gap.worst_name, gap.best_name)
    } else {
        format!("By {by}: from {worst} ({}) to {best} ({}).", gap.worst_name, gap.best_name)
    };
    let among = if gap.comparisons > 1 { format!(", with all {} pairs taken into account", gap.comparisons) } else { String::new() };
    let verdict = match gap.verdict {
        Verdict::Shown => format!(" The gap is larger than chance explains{among}."),
        Verdict::NotDistinguishable => format!(" The gap may be chance{among}."),
        Verdict::TooSmallToSay => " A group is too small to say more.".to_owned(),
        Verdict::NotTested => String::new(),
    };
    Step::new("6 gap", text + &verdict).input("worst", gap.worst_value).input("best", gap.best_value).gives(gap.difference)
}

fn progress_steps(progress: &ProgressReport, wording: &Wording<'_>) -> Vec<Step> {
    let mut steps = Vec::new();
    if let Some(made) = &progress.achievement
        && let Some(text) = achievement_text(made, wording)
    {
        let a = &made.achievement;
        let mut step = Step::new("2 achievement", text).input("target", made.target).maybe("baseline", made.baseline);
        step = step.maybe("expected", a.expected).maybe("pace", a.pace).maybe("se", a.se).maybe("probability", a.probability);
        step.result = a.raw;
        if !made.source.is_empty() {
            step = step.because(format!("Source: {}", made.source));
        }
        steps.push(step);
    }
    if let Some(trend) = &progress.trend {
        steps.push(Step::new("7 trend", trend_text(trend, wording)).input("p", trend.p_exact.unwrap_or(trend.p)).input("s", trend.s as f64).gives(trend.slope));
    }
    if let Some(made) = &progress.retrogression
        && let Some(text) = retrogression_text(made, wording)
    {
        let best = made.best;
        let mut step = Step::new("7 non-retrogression", text).maybe("z", best.and_then(|b| b.z)).maybe("p", best.and_then(|b| b.p));
        step = step.maybe("threshold", made.threshold);
        step.result = best.and_then(|b| b.difference);
        steps.push(step);
    }
    steps
}

/// Adds what the parts leave of the whole, so that they sum to it.
fn with_rest(mut parts: Vec<Contribution>, whole: f64, id: &str, name: &str) -> Vec<Contribution> {
    let rest = parts.iter().fold(whole, |rest, part| rest - part.points);
    if num::abs(rest) > ROUNDING {
        parts.push(Contribution { id: id.to_owned(), name: name.to_owned(), score: None, weight: None, points: rest });
    }
    parts
}

/// Below this a rest is what adding rounded numbers leaves, in points.
const ROUNDING: f64 = 1e-12;
