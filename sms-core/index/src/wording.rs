//! What a rule of an index says, in words with its parameters.

use super::raw::RawStep;
use super::step::{
    AcrossRule, AggregateRule, BandsRule, Beyond, Ends, First, GoalpostsRule, How, InterpolateRule, Item, ItemRow, Missing, Path, ScoreStep, Statistic, Term,
    TiedRank, Ties,
};
use sms_statistics::score::{Cap, Scale};

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
