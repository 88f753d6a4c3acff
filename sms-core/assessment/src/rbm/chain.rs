//! The results chain: results with their level, indicators, assumptions, who is bound, and what is meant to lead to
//! what; and whether it hangs together (method §2; OECD-DAC glossary, 2nd ed. 2023).

use crate::diagnostic::{Code, Error, Finding, Findings, Location, Result};
use crate::id::{EntryId, IndicatorId};
use crate::indicator::{Polarity, ResultLevel};
use crate::num;
use crate::period::Period;
use serde::{Deserialize, Serialize};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// A figure in the chain: a baseline, or a value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ChainFigure {
    /// In the unit of the indicator.
    pub value: f64,
    /// Of when it is.
    pub period: Period,
    /// The version of the indicator that it was collected with.
    #[serde(default)]
    pub indicator_version: Option<String>,
}

/// A target in the chain.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ChainTarget {
    /// In the unit of the indicator.
    pub value: f64,
    /// By when.
    pub period: Period,
    /// When it was set.
    #[serde(default)]
    pub set: Option<Period>,
}

/// An indicator of a result, with what it is judged by.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ChainIndicator {
    /// The indicator.
    pub id: IndicatorId,
    /// Where it started.
    #[serde(default)]
    pub baseline: Option<ChainFigure>,
    /// Where it should be.
    #[serde(default)]
    pub target: Option<ChainTarget>,
    /// Where it is.
    #[serde(default)]
    pub value: Option<ChainFigure>,
}

/// A result as its file has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RawResult {
    /// Its id in the chain.
    pub id: EntryId,
    /// Its place in the chain.
    pub level: ResultLevel,
    /// What is to be reached, in a sentence.
    #[serde(default)]
    pub title: String,
    /// The theme that it belongs to. Results without one are a theme together.
    #[serde(default)]
    pub theme: Option<EntryId>,
    /// By what it is measured.
    #[serde(default)]
    pub indicators: Vec<ChainIndicator>,
    /// What must hold for it to lead on.
    #[serde(default)]
    pub assumptions: Vec<String>,
    /// Who is bound to bring it about.
    #[serde(default)]
    pub duty_bearer: Option<String>,
    /// The results that it is meant to lead to.
    #[serde(default)]
    pub leads_to: Vec<EntryId>,
}

/// A results chain as its file has it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RawChain {
    /// Its results, in any order.
    pub results: Vec<RawResult>,
}

/// A results chain with each id once.
///
/// ```
/// use sms_core::rbm::ResultsChain;
/// let chain = ResultsChain::new(serde_json::from_str(r#"{"results": [
///     {"id": "shelter", "level": "output", "leads_to": ["housed"]},
///     {"id": "housed", "level": "outcome"},
///     {"id": "campaign", "level": "output"}
/// ]}"#).unwrap())?;
/// let findings = chain.check();
/// assert_eq!(findings.items()[0].code, sms_core::Code::RbmOutputLeadsNowhere);
/// assert_eq!(findings.items()[0].subject.as_deref(), Some("campaign"));
/// # Ok::<(), sms_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ResultsChain {
    // ordered by id
    results: Vec<RawResult>,
    // positions of the results that each one leads to, as far as they are there
    links: Vec<Vec<usize>>,
}

impl ResultsChain {
    /// Reads a chain.
    ///
    /// # Errors
    /// `rbm.duplicate-result`, `num.not-finite`.
    pub fn new(raw: RawChain) -> Result<Self> {
        let mut results = raw.results;
        results.sort_by(|a, b| a.id.cmp(&b.id));
        if let Some([twice, _]) = results.windows(2).find(|pair| matches!(pair, [a, b] if a.id == b.id)) {
            return Err(Error::new(Code::RbmDuplicateResult).at_path("results").with("id", twice.id.to_string()));
        }
        for figure in results.iter().flat_map(|r| &r.indicators) {
            let numbers = [figure.baseline.as_ref().map(|b| b.value), figure.target.as_ref().map(|t| t.value), figure.value.as_ref().map(|v| v.value)];
            for x in numbers.into_iter().flatten() {
                num::finite(x)?;
            }
        }
        let position: BTreeMap<&EntryId, usize> = results.iter().enumerate().map(|(i, r)| (&r.id, i)).collect();
        let links = results
            .iter()
            .map(|r| {
                let known: BTreeSet<usize> = r.leads_to.iter().filter_map(|id| position.get(id).copied()).collect();
                known.into_iter().collect()
            })
            .collect();
        Ok(ResultsChain { results, links })
    }

    /// The results, by their ids.
    #[must_use]
    pub fn results(&self) -> &[RawResult] {
        &self.results
    }

    /// The result with this id.
    ///
    /// ```
    /// use sms_core::{indicator::ResultLevel, rbm::ResultsChain};
    /// let raw = serde_json::from_str(r#"{"results": [{"id": "housed", "level": "outcome"}]}"#).unwrap();
    /// let chain = ResultsChain::new(raw)?;
    /// assert_eq!(chain.result("housed").map(|result| result.level), Some(ResultLevel::Outcome));
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    #[must_use]
    pub fn result(&self, id: &str) -> Option<&RawResult> {
        self.results.binary_search_by(|r| r.id.as_str().cmp(id)).ok().and_then(|i| self.results.get(i))
    }

    /// Whether the chain hangs together: what leads nowhere, what comes from nowhere, circles, links that are not
    /// there or run down the chain, themes without outcomes, and targets that cannot judge.
    ///
    /// ```
    /// use sms_core::{Code, rbm::ResultsChain};
    /// let raw = serde_json::from_str(r#"{"results": [{"id": "campaign", "level": "output"}]}"#).unwrap();
    /// assert_eq!(ResultsChain::new(raw)?.check().count(Code::RbmOutputLeadsNowhere), 1);
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    #[must_use]
    pub fn check(&self) -> Findings {
        let mut findings = Findings::new();
        self.check_links(&mut findings);
        self.check_reach(&mut findings);
        self.check_themes(&mut findings);
        self.check_targets(&mut findings);
        findings
    }

    fn level(&self, i: usize) -> Option<ResultLevel> {
        self.results.get(i).map(|r| r.level)
    }

    fn check_links(&self, findings: &mut Findings) {
        for (result, links) in self.results.iter().zip(&self.links) {
            let unknown: BTreeSet<&EntryId> = result.leads_to.iter().filter(|id| self.result(id.as_str()).is_none()).collect();
            for id in unknown {
                findings.push(Finding::new(Code::RbmUnknownLink).about(result.id.as_str()).with("leads_to", id.to_string()));
            }
            for to in links.iter().filter_map(|&i| self.results.get(i)).filter(|to| to.level < result.level) {
                findings.push(Finding::new(Code::RbmLinkDown).about(result.id.as_str()).with("leads_to", to.id.to_string()));
            }
        }
        for cycle in self.cycles() {
            let names: Vec<&str> = cycle.iter().filter_map(|&i| self.results.get(i)).map(|r| r.id.as_str()).collect();
            let Some(&first) = names.first() else { continue };
            findings.push(Finding::new(Code::RbmCircularLink).about(first).with("cycle", format!("{} → {first}", names.join(" → "))));
        }
    }

    /// For each group of results that lead to each other, a shortest circle through the first of them.
    fn cycles(&self) -> Vec<Vec<usize>> {
        let groups = self.groups();
        let mut sizes: BTreeMap<usize, usize> = BTreeMap::new();
        for &group in &groups {
            *sizes.entry(group).or_insert(0) += 1;
        }
        let mut told = BTreeSet::new();
        let circular = |i: usize, group: usize| sizes.get(&group).is_some_and(|&n| n > 1) || self.links.get(i).is_some_and(|to| to.contains(&i));
        groups.iter().enumerate().filter(|&(i, &group)| circular(i, group) && told.insert(group)).filter_map(|(i, _)| self.shortest_cycle(i)).collect()
    }

    /// A number for each result, the same for those that lead to each other (Kosaraju's two passes, without recursion).
    fn groups(&self) -> Vec<usize> {
        let n = self.results.len();
        let mut finished = Vec::with_capacity(n);
        let mut seen = vec![false; n];
        for start in 0..n {
            let mut stack = vec![(start, 0)];
            if seen.get_mut(start).is_some_and(|slot| std::mem::replace(slot, true)) {
                continue;
            }
            while let Some((at, next)) = stack.pop() {
                match self.links.get(at).and_then(|to| to.get(next)) {
                    Some(&to) => {
                        stack.push((at, next + 1));
                        if let Some(slot) = seen.get_mut(to).filter(|slot| !**slot) {
                            *slot = true;
                            stack.push((to, 0));
                        }
                    }
                    None => finished.push(at),
                }
            }
        }
        let back = self.neighbours(true);
        let mut group = vec![usize::MAX; n];
        for &start in finished.iter().rev() {
            let mut stack = vec![start];
            while let Some(at) = stack.pop() {
                if let Some(slot) = group.get_mut(at).filter(|slot| **slot == usize::MAX) {
                    *slot = start;
                    stack.extend(back.get(at).into_iter().flatten());
                }
            }
        }
        group
    }

    /// For each result those that it leads to, or those that lead to it.
    fn neighbours(&self, against: bool) -> Vec<Vec<usize>> {
        let mut next: Vec<Vec<usize>> = vec![Vec::new(); self.results.len()];
        for (i, to) in self.links.iter().enumerate() {
            for &j in to {
                let (a, b) = if against { (j, i) } else { (i, j) };
                if let Some(list) = next.get_mut(a) {
                    list.push(b);
                }
            }
        }
        next
    }

    fn shortest_cycle(&self, start: usize) -> Option<Vec<usize>> {
        let mut from: BTreeMap<usize, usize> = BTreeMap::new();
        let mut queue = VecDeque::from([start]);
        while let Some(at) = queue.pop_front() {
            for &to in self.links.get(at)? {
                if to == start {
                    let mut cycle = vec![at];
                    let mut back = at;
                    while back != start {
                        back = *from.get(&back)?;
                        cycle.push(back);
                    }
                    cycle.reverse();
                    return Some(cycle);
                }
                if let Entry::Vacant(unseen) = from.entry(to) {
                    unseen.insert(at);
                    queue.push_back(to);
                }
            }
        }
        None
    }

    /// What can be reached from some results by one link or more, along the links or against them.
    fn reached(&self, from: &[usize], against: bool) -> Vec<bool> {
        let next = self.neighbours(against);
        let mut seen = vec![false; self.results.len()];
        let mut stack = from.to_vec();
        while let Some(at) = stack.pop() {
            for &to in next.get(at).into_iter().flatten() {
                if let Some(slot) = seen.get_mut(to).filter(|slot| !**slot) {
                    *slot = true;
                    stack.push(to);
                }
            }
        }
        seen
    }

    fn check_reach(&self, findings: &mut Findings) {
        let at_level = |wanted: fn(ResultLevel) -> bool| (0..self.results.len()).filter(|&i| self.level(i).is_some_and(wanted)).collect::<Vec<_>>();
        let from_outputs = self.reached(&at_level(|l| l == ResultLevel::Output), false);
        let to_outcomes = self.reached(&at_level(ResultLevel::is_outcome), true);
        for (result, (from_output, to_outcome)) in self.results.iter().zip(from_outputs.iter().zip(&to_outcomes)) {
            match result.level {
                ResultLevel::Outcome if !from_output => findings.push(Finding::new(Code::RbmOutcomeWithoutOutputs).about(result.id.as_str())),
                ResultLevel::Output if !to_outcome => findings.push(Finding::new(Code::RbmOutputLeadsNowhere).about(result.id.as_str())),
                _ => {}
            }
        }
    }

    fn check_themes(&self, findings: &mut Findings) {
        let mut outcomes: BTreeMap<Option<&EntryId>, bool> = BTreeMap::new();
        for result in &self.results {
            *outcomes.entry(result.theme.as_ref()).or_insert(false) |= result.level.is_outcome();
        }
        for theme in outcomes.iter().filter(|(_, has)| !**has).map(|(theme, _)| theme) {
            let finding = Finding::new(Code::RbmOutputsOnly);
            findings.push(match theme {
                Some(theme) => finding.about(theme.as_str()),
                None => finding,
            });
        }
    }

    fn check_targets(&self, findings: &mut Findings) {
        for result in &self.results {
            for (i, figure) in result.indicators.iter().enumerate() {
                let mut found = |code| {
                    let path = format!("results.{}.indicators[{i}]", result.id);
                    let location = Location { path: Some(path.into()), ..Location::default() };
                    findings.push(Finding::new(code).about(result.id.as_str()).at(location).with("indicator", figure.id.to_string()));
                };
                if let Some(target) = &figure.target {
                    if figure.baseline.is_none() {
                        found(Code::RbmTargetWithoutBaseline);
                    }
                    // a target of the same year may have been set before the value was known
                    if target.set.zip(figure.value.as_ref()).is_some_and(|(set, value)| set.start() >= value.period.end()) {
                        found(Code::RbmTargetAfterValue);
                    }
                }
                let versions =
                    figure.baseline.as_ref().and_then(|b| b.indicator_version.as_ref()).zip(figure.value.as_ref().and_then(|v| v.indicator_version.as_ref()));
                if versions.is_some_and(|(a, b)| a != b) {
                    found(Code::RbmVersionDiffers);
                }
            }
        }
    }
}

/// The code of a level in IATI 2.03 (codelist ResultType): 1 output, 2 outcome, 3 impact. Inputs and activities are no
/// results there.
///
/// ```
/// use sms_core::{indicator::ResultLevel, rbm::iati_type};
/// assert_eq!((iati_type(ResultLevel::Outcome), iati_type(ResultLevel::Input)), (Some(2), None));
/// ```
#[must_use]
pub const fn iati_type(level: ResultLevel) -> Option<u8> {
    match level {
        ResultLevel::Output => Some(1),
        ResultLevel::Outcome => Some(2),
        ResultLevel::Impact => Some(3),
        ResultLevel::Input | ResultLevel::Activity => None,
    }
}

/// The level of a code in IATI 2.03; `None` for 9 (other) and unknown codes.
///
/// ```
/// use sms_core::{indicator::ResultLevel, rbm::level_of_iati};
/// assert_eq!((level_of_iati(3), level_of_iati(9)), (Some(ResultLevel::Impact), None));
/// ```
#[must_use]
pub const fn level_of_iati(code: u8) -> Option<ResultLevel> {
    match code {
        1 => Some(ResultLevel::Output),
        2 => Some(ResultLevel::Outcome),
        3 => Some(ResultLevel::Impact),
        _ => None,
    }
}

/// `ascending` of an indicator in IATI 2.03; `None` where neither way is better, and the attribute must be left out.
#[must_use]
pub fn iati_ascending(polarity: Polarity) -> Option<bool> {
    polarity.direction().map(|d| d > 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn chain(results: Value) -> ResultsChain {
        ResultsChain::new(serde_json::from_value(json!({ "results": results })).unwrap()).unwrap()
    }

    fn found(chain: &ResultsChain) -> Vec<(Code, String)> {
        chain.check().items().iter().map(|f| (f.code, f.subject.as_deref().unwrap_or_default().to_owned())).collect()
    }

    #[test]
    fn a_chain_that_hangs_together() {
        let c = chain(json!([
            {"id": "money", "level": "input", "leads_to": ["training"]},
            {"id": "training", "level": "activity", "leads_to": ["trained"]},
            {"id": "trained", "level": "output", "leads_to": ["skills"]},
            {"id": "skills", "level": "outcome", "leads_to": ["work"]},
            {"id": "work", "level": "outcome", "leads_to": ["income"]},
            {"id": "income", "level": "impact"}
        ]));
        assert_eq!(found(&c), []);
        assert_eq!(c.result("work").map(|r| r.level), Some(ResultLevel::Outcome));
    }

    #[test]
    fn what_does_not_hang_together() {
        let c = chain(json!([
            {"id": "a", "level": "output", "theme": "t1", "leads_to": ["nowhere", "b"]},
            {"id": "b", "level": "output", "theme": "t1"},
            {"id": "c", "level": "outcome", "theme": "t2", "leads_to": ["d"]},
            {"id": "d", "level": "outcome", "theme": "t2", "leads_to": ["c"]},
            {"id": "e", "level": "impact", "theme": "t2", "leads_to": ["a", "e"]}
        ]));
        let mut all = found(&c);
        all.sort();
        let mut want: Vec<(Code, String)> = [
            (Code::RbmUnknownLink, "a"),
            (Code::RbmOutputLeadsNowhere, "a"),
            (Code::RbmOutputLeadsNowhere, "b"),
            (Code::RbmOutputsOnly, "t1"),
            (Code::RbmOutcomeWithoutOutputs, "c"),
            (Code::RbmOutcomeWithoutOutputs, "d"),
            (Code::RbmCircularLink, "c"),
            (Code::RbmCircularLink, "e"),
            (Code::RbmLinkDown, "e"),
        ]
        .map(|(code, id)| (code, id.to_owned()))
        .to_vec();
        want.sort();
        assert_eq!(all, want);
        let cycle = c.check().items().iter().find(|f| f.code == Code::RbmCircularLink).unwrap().params["cycle"].to_string();
        assert_eq!(cycle, "c → d → c");
    }

    #[test]
    fn targets_are_checked() {
        let figure = |year: &str, version: &str| json!({"value": 1, "period": year, "indicator_version": version});
        let c = chain(json!([
            {"id": "o", "level": "output", "leads_to": ["r"]},
            {"id": "r", "level": "outcome", "indicators": [
                {"id": "I-1", "target": {"value": 5, "period": "2030", "set": "2021"}, "value": figure("2020", "1")},
                {"id": "I-2", "baseline": figure("2015", "1"), "target": {"value": 5, "period": "2030", "set": "2020"}, "value": figure("2020", "2")}
            ]}
        ]));
        assert_eq!(
            found(&c).into_iter().map(|(code, _)| code).collect::<Vec<_>>(),
            [Code::RbmTargetWithoutBaseline, Code::RbmTargetAfterValue, Code::RbmVersionDiffers]
        );
    }

    #[test]
    fn ids_are_unique() {
        let raw = serde_json::from_value(json!({"results": [{"id": "a", "level": "output"}, {"id": "a", "level": "outcome"}]})).unwrap();
        assert_eq!(ResultsChain::new(raw).unwrap_err().code(), Code::RbmDuplicateResult);
    }

    #[test]
    fn iati_codes_come_back() {
        for &level in ResultLevel::ALL {
            if let Some(code) = iati_type(level) {
                assert_eq!(level_of_iati(code), Some(level));
            }
        }
        assert_eq!([level_of_iati(9), level_of_iati(0)], [None, None]);
        assert_eq!(iati_type(ResultLevel::Activity), None);
        assert_eq!([iati_ascending(Polarity::Higher), iati_ascending(Polarity::Lower), iati_ascending(Polarity::Ambiguous)], [Some(true), Some(false), None]);
    }

    proptest! {
        #[test]
        fn findings_do_not_depend_on_the_order_of_rows(links in proptest::collection::vec((0u8..8, 0u8..9), 0..20), levels in proptest::collection::vec(0usize..5, 8), turn in 0usize..8) {
            let result = |i: u8| {
                let to: Vec<String> = links.iter().filter(|(from, _)| *from == i).map(|(_, to)| format!("r{to}")).collect();
                json!({"id": format!("r{i}"), "level": ResultLevel::ALL[levels[usize::from(i)]].as_str(), "leads_to": to})
            };
            let mut results: Vec<Value> = (0..8).map(result).collect();
            let before = chain(results.clone().into()).check();
            results.rotate_left(turn);
            results.reverse();
            prop_assert_eq!(&chain(results.into()).check(), &before);
            // a chain whose links only go up has no circle
            if links.iter().all(|&(a, b)| b > 7 || levels[usize::from(a)] < levels[usize::from(b)]) {
                prop_assert_eq!(before.count(Code::RbmCircularLink) + before.count(Code::RbmLinkDown), 0);
            }
        }
    }
}
