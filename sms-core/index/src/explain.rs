//! How a result came about: each step with its rule, what went in and what came out.

use super::compile::{Role, ancestors};
use super::raw::{
    AcrossRule, AggregateRule, BandsRule, Beyond, Ends, First, GoalpostsRule, How, InterpolateRule, Item, ItemRow, Missing, Path, RawStep, ScoreStep,
    Statistic, Term, TiedRank, Ties,
};
use super::run::{Run, Shown};
use super::values::Why;
use serde::Serialize;
use sms_base::diagnostic::{Code, Error, Result};
use sms_statistics::score::{Cap, Scale};
use std::collections::BTreeMap;

/// A value that went in or came out: a number, a word, or why there is none.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "IndexTraced"))]
pub enum Traced {
    /// A number or a word.
    Value(Shown),
    /// No value.
    Absent {
        /// Why.
        absent: Why,
        /// The input or step at which it went missing.
        from: String,
    },
}

/// One step for one unit.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "IndexExplainedStep"))]
pub struct ExplainedStep {
    /// Id of the step.
    pub id: String,
    /// Name for people.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The kind of rule.
    pub rule: &'static str,
    /// The rule in words, with its parameters.
    pub text: String,
    /// Where the published method says this.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub clause: String,
    /// What went in, by name.
    pub inputs: BTreeMap<String, Traced>,
    /// What came out.
    pub result: Traced,
    /// Unit of measurement of the result.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub unit: String,
    /// Whether it depends on which other units are in the table.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub set_dependent: bool,
    /// Why the numbers are what they are, with their source.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
}

/// How the results of one unit came about.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct IndexExplanation {
    /// Id of the index.
    pub index: String,
    /// Its edition.
    pub edition: String,
    /// Where its rules were published.
    pub source: String,
    /// The unit.
    pub unit: String,
    /// The steps that the results are made of, each after those that it uses.
    pub steps: Vec<ExplainedStep>,
}

impl Run<'_> {
    /// How results of a unit came about: those of the file, or the steps that are named.
    ///
    /// # Errors
    /// `index.unknown-unit`, `index.unknown-name`.
    pub fn explain(&self, unit: &str, outputs: &[&str]) -> Result<IndexExplanation> {
        let row = self.units.iter().position(|u| u == unit).ok_or_else(|| Error::new(Code::IndexUnknownUnit).at_path("unit"))?;
        let nodes = &self.index.nodes;
        let wanted = ancestors(nodes, &self.index.places(outputs, "outputs")?);
        let mut steps = Vec::new();
        for at in self.index.order.iter().copied().filter(|at| wanted.contains(at)) {
            let Some(node) = nodes.get(at) else { continue };
            let Role::Step { word, text, .. } = &node.role else { continue };
            let used = || node.uses.iter().filter_map(|u| nodes.get(*u).map(|n| (*u, n)));
            let constants = used().filter(|(_, n)| matches!(n.role, Role::Constant(_)));
            steps.push(ExplainedStep {
                id: node.id.clone(),
                name: node.name.clone(),
                rule: word,
                text: text.clone(),
                clause: node.clause.clone(),
                inputs: used().map(|(u, n)| (n.id.clone(), self.traced(u, row))).collect(),
                result: self.traced(at, row),
                unit: node.unit.clone(),
                set_dependent: node.set_dependent,
                reasons: node.reasons.iter().cloned().chain(constants.flat_map(|(_, n)| n.reasons.iter().map(|r| format!("{}: {r}", n.id)))).collect(),
            });
        }
        Ok(IndexExplanation {
            index: self.index.id().to_owned(),
            edition: self.index.raw.edition.clone(),
            source: self.index.raw.source.clone(),
            unit: unit.to_owned(),
            steps,
        })
    }

    fn traced(&self, at: usize, row: usize) -> Traced {
        match self.shown(at, row) {
            Ok(shown) => Traced::Value(shown),
            Err(absent) => Traced::Absent { absent: absent.why, from: self.origin(absent) },
        }
    }
}

fn term(t: &Term) -> String {
    match t {
        Term::Number(x) => x.to_string(),
        Term::Formula(text) => text.clone(),
    }
}

/// A rule in words, with its parameters.
pub(super) fn rule_text(step: &RawStep) -> String {
    if let Some(t) = &step.formula {
        return term(t);
    }
    if let Some(r) = &step.goalposts {
        return goalposts(r);
    }
    if let Some(r) = &step.score {
        return score(r);
    }
    if let Some(r) = &step.aggregate {
        return aggregate(r);
    }
    if let Some(r) = &step.choose {
        return branches(r.iter().map(|b| (b.condition.as_deref(), term(&b.then))));
    }
    if let Some(r) = &step.status {
        return branches(r.iter().map(|b| (b.condition.as_deref(), b.is.clone())));
    }
    if let Some(r) = &step.interpolate {
        return interpolate(r);
    }
    if let Some(r) = &step.growth {
        let (from, to, years) = (term(&r.from), term(&r.to), term(&r.years));
        return match r.path {
            Path::Compound => format!("compound rate of change a year from {from} to {to} in {years} years"),
            Path::Linear => format!("change a year from {from} to {to} in {years} years"),
        };
    }
    if let Some(r) = &step.round {
        let ties = if r.ties == Ties::HalfUp { "halves away from zero" } else { "halves to the even digit" };
        return format!("{} rounded to {} decimals, {ties}", term(&r.of), r.decimals);
    }
    if let Some(r) = &step.lookup {
        return format!("by {}: {}", r.of, r.values.iter().map(|(code, x)| format!("{code} is {x}")).collect::<Vec<_>>().join(", "));
    }
    step.across.as_ref().map(across).unwrap_or_default()
}

fn goalposts(r: &GoalpostsRule) -> String {
    let scale = if r.scale == Scale::Log { " on a logarithmic scale" } else { "" };
    let cap = match r.cap {
        Cap::Both => "; values beyond a goalpost count as the goalpost",
        Cap::Best => "; values better than the best count as the best",
        Cap::Worst => "; values worse than the worst count as the worst",
        Cap::Open => "",
    };
    let [low, high] = r.scores;
    format!("{} from {} (scores {low}) to {} (scores {high}){scale}{cap}", term(&r.of), term(&r.worst), term(&r.best))
}

fn score(r: &ScoreStep) -> String {
    let told = r.rule.normalisation().explain(r.polarity, &|x| x.to_string());
    let text = if told.text.is_empty() { "each level has its score".to_owned() } else { told.text.trim_end_matches('.').to_owned() };
    let [low, high] = r.scores;
    let over = if r.scores == [0.0, 100.0] { String::new() } else { format!("; in the end {low} for 0 points and {high} for 100") };
    format!("score of {} by {}: {text}{over}", term(&r.of), told.name)
}

fn aggregate(r: &AggregateRule) -> String {
    let how = match r.how {
        How::Arithmetic => "arithmetic mean".to_owned(),
        How::Geometric => "geometric mean".to_owned(),
        How::Harmonic => "harmonic mean".to_owned(),
        How::Power => format!("power mean with exponent {}", r.power.unwrap_or(1.0)),
        How::Sum => "sum".to_owned(),
        How::Min => "smallest".to_owned(),
        How::Max => "largest".to_owned(),
        How::Median => "median".to_owned(),
        How::Sd => "standard deviation".to_owned(),
        How::Count => "number of values present".to_owned(),
    };
    let items = r.of.iter().map(|item| match item {
        Item::Plain(of) | Item::Row(ItemRow { of, weight: None, .. }) => term(of),
        Item::Row(ItemRow { of, weight: Some(w), .. }) => format!("{} (weight {})", term(of), term(w)),
    });
    let mut text = format!("{how} of {}", items.collect::<Vec<_>>().join(", "));
    if r.missing == Missing::Skip {
        text.push_str("; absent values are left out");
        if let Some(c) = r.minimum_coverage {
            text.push_str(&format!(", at least {c} of the weights must be there"));
        }
        if let Some(n) = r.minimum_count {
            text.push_str(&format!(", at least {n} must be there"));
        }
    }
    text
}

fn branches<'a>(all: impl Iterator<Item = (Option<&'a str>, String)>) -> String {
    all.map(|(condition, then)| condition.map_or_else(|| format!("otherwise {then}"), |c| format!("{then} if {c}"))).collect::<Vec<_>>().join("; ")
}

/// Bands in words, once it is known which way they run.
pub(super) fn bands(r: &BandsRule, ends: Ends) -> String {
    let word = if ends == Ends::AtMost { "at most" } else { "at least" };
    let pairs = r.at.iter().zip(&r.names).map(|(c, name)| format!("{name} if {word} {}", term(c)));
    let last = r.names.last().map(|n| format!("otherwise {n}"));
    format!("{}: {}", term(&r.of), pairs.chain(last).collect::<Vec<_>>().join("; "))
}

fn interpolate(r: &InterpolateRule) -> String {
    let points = r.points.iter().map(|[x, y]| format!("{} gives {}", term(x), term(y))).collect::<Vec<_>>().join(", ");
    let beyond = if r.beyond == Beyond::Hold { "held beyond" } else { "extended beyond" };
    format!("straight lines for {}: {points}; {beyond}", term(&r.of))
}

fn across(r: &AcrossRule) -> String {
    let what = match r.statistic {
        Statistic::Mean => "mean over the units".to_owned(),
        Statistic::Sum => "sum over the units".to_owned(),
        Statistic::Count => "number of units".to_owned(),
        Statistic::Min => "smallest over the units".to_owned(),
        Statistic::Max => "largest over the units".to_owned(),
        Statistic::Quantile => format!("quantile {} over the units", r.share.unwrap_or_default()),
        Statistic::Sd => "standard deviation over the units (divisor n)".to_owned(),
        Statistic::SdSample => "standard deviation over the units (divisor n - 1)".to_owned(),
        Statistic::Rank => {
            let first = if r.first == First::Highest { "highest" } else { "lowest" };
            let ties = match r.ties {
                TiedRank::Best => "equal values share the best place",
                TiedRank::Worst => "equal values share the worst place",
                TiedRank::Average => "equal values share the mean place",
                TiedRank::Dense => "equal values share a place, and the next follows",
            };
            format!("rank, {first} first, {ties}")
        }
        Statistic::PercentileRank => "percentile rank".to_owned(),
    };
    let mut text = format!("{what}: {}", term(&r.of));
    for (word, part) in [("weighted by", r.weight.as_ref().map(term)), ("within", r.by.clone()), ("where", r.only.clone())] {
        if let Some(part) = part {
            text.push_str(&format!(", {word} {part}"));
        }
    }
    text
}
