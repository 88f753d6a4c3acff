//! How each indicator is scored, whatever list of the file names it.

use super::file::RawMethod;
use crate::diagnostic::{Code, Error, Result};
use crate::id::IndicatorId;
use crate::indicator::Polarity;
use crate::score::{Ends, LinearRule, Rule, TargetBand};
use std::collections::BTreeMap;

/// How an indicator is scored, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Scoring {
    /// The rule.
    pub rule: Rule,
    /// Why this rule and these numbers.
    pub reason: String,
    /// After whom; empty for a scale, whose method gives one for all.
    pub source: String,
    /// `natural`, `legal`, `target` or `own`; empty for a scale.
    pub verification: String,
}

impl Scoring {
    /// The reason with its source.
    #[must_use]
    pub fn because(&self) -> String {
        if self.source.is_empty() { self.reason.clone() } else { format!("{} (source: {})", self.reason, self.source) }
    }
}

/// The rules that a method names, with the indicator and the path of each.
pub(super) fn named(raw: &RawMethod) -> impl Iterator<Item = (String, &IndicatorId, Scoring)> {
    let scoring = |rule: Rule, reason: &str, source: &str, verification: &str| Scoring {
        rule,
        reason: reason.to_owned(),
        source: source.to_owned(),
        verification: verification.to_owned(),
    };
    let goalposts = raw.goalposts.iter().enumerate().map(move |(i, g)| {
        let rule = Rule::Goalposts(LinearRule { worst: g.worst, best: g.best, ends: Ends::Capped });
        (format!("goalposts[{i}]"), &g.indicator, scoring(rule, &g.reason, &g.source, &g.verification))
    });
    let bands = raw.target_band.iter().enumerate().map(move |(i, b)| {
        let rule = Rule::Band(TargetBand { worst_low: b.worst_low, lower: b.lower, upper: b.upper, worst_high: b.worst_high });
        (format!("target_band[{i}]"), &b.indicator, scoring(rule, &b.reason, &b.source, &b.verification))
    });
    let others = raw
        .scoring
        .iter()
        .enumerate()
        .map(move |(i, s)| (format!("scoring[{i}]"), &s.indicator, scoring(s.rule.clone(), &s.reason, &s.source, &s.verification)));
    goalposts.chain(bands).chain(others)
}

/// The rule of each indicator, each named once and with numbers that make sense.
pub(super) fn scorings(raw: &RawMethod) -> Result<BTreeMap<String, Scoring>> {
    let mut made = BTreeMap::new();
    for (path, indicator, scoring) in named(raw) {
        scoring.rule.normalisation().check(Polarity::None).map_err(|e| e.at_path(&path).with("indicator", indicator.to_string()))?;
        if made.insert(indicator.to_string(), scoring).is_some() {
            return Err(Error::new(Code::MethodBadValue).at_path(&format!("{path}.indicator")).expecting("each indicator once"));
        }
    }
    // a mean of scores and its bands are from 0 to 100
    match raw.scoring.iter().position(|s| !s.rule.normalisation().is_bounded()) {
        Some(i) => Err(Error::new(Code::MethodBadValue).at_path(&format!("scoring[{i}].rule")).expecting("capped ends: scores of a method are from 0 to 100")),
        None => Ok(made),
    }
}
