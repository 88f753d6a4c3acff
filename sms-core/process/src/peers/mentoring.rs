//! Who can help whom: certainly strong where the other is weak, in a like context, within what each can carry.

use super::context::{Frame, likeness};
use super::{City, PeersRules, Scored, in_order};
use crate::diagnostic::{Code, Error, Result};
use crate::num;
use pathfinding::kuhn_munkres::{Weights, kuhn_munkres};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Values are compared in whole billionths, so that the best assignment is the same everywhere.
const SCALE: f64 = 1e9;

/// A pair of an earlier round.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EarlierMatch {
    /// The city that is helped.
    pub mentee: String,
    /// The city that helps.
    pub mentor: String,
}

/// Why two cities fit, in the theme where they fit best.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "MentoringFit"))]
pub struct Fit {
    /// The city that would help.
    pub mentor: String,
    /// In what.
    pub theme: String,
    /// probability × likeness × need.
    pub value: f64,
    /// Probability that the mentor's true score is more than the margin above the mentee's.
    pub probability: f64,
    /// How alike the contexts are.
    pub likeness: f64,
    /// How much the mentee needs it.
    pub need: f64,
    /// Score of the mentor.
    pub mentor_score: f64,
    /// Score of the mentee.
    pub mentee_score: f64,
}

/// A pair.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "MentoringMatch"))]
pub struct Match {
    /// The city that is helped.
    pub mentee: String,
    /// By whom, in what, and why.
    #[serde(flatten)]
    pub fit: Fit,
    /// Whether the pair is of the earlier round.
    pub kept: bool,
    /// The best other mentor for this city, whatever others need of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub second: Option<Fit>,
    /// Value of the pair minus that of the second: below 0 where the better one is taken by others, or the earlier pair was kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub loss: Option<f64>,
}

/// Why a city has no mentor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum NoMentor {
    /// Nobody is certainly stronger in anything, in a context that can be compared.
    NobodyCertainlyStronger,
    /// Those who are have no room left.
    NoCapacity,
}

/// A city without a mentor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "UnmatchedCity"))]
pub struct Unmatched {
    /// The city.
    pub city: String,
    /// Why.
    pub reason: NoMentor,
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Mentoring {
    /// What distances are measured by.
    pub frame: Frame,
    /// Pairs, in the order of the mentees.
    pub matches: Vec<Match>,
    /// Cities without a mentor.
    pub unmatched: Vec<Unmatched>,
    /// Sum of the values.
    pub value: f64,
    /// The sum if every city had its own best mentor, whatever capacities: no assignment can be above it.
    pub value_without_capacity: f64,
    /// Earlier pairs that stay.
    pub kept: usize,
    /// Earlier pairs that do not.
    pub dissolved: Vec<Dissolved>,
}

/// An earlier pair that does not stay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "DissolvedMatch"))]
pub struct Dissolved {
    /// The city that was helped.
    pub mentee: String,
    /// The city that helped.
    pub mentor: String,
}

/// Everything that pairs of cities are judged by.
pub(super) struct Pairs<'a> {
    cities: &'a [&'a City],
    frame: &'a Frame,
    places: Vec<Vec<Option<f64>>>,
    rules: &'a PeersRules,
}

impl<'a> Pairs<'a> {
    pub(super) fn new(cities: &'a [&'a City], frame: &'a Frame, rules: &'a PeersRules) -> Self {
        Pairs { places: cities.iter().map(|c| frame.place(c)).collect(), cities, frame, rules }
    }

    /// The themes in which a mentor helps, and the value of the best; without texts, because every pair is asked.
    fn best(&self, mentee: usize, mentor: usize) -> Option<Best<'a>> {
        let (a, b) = (self.cities.get(mentee)?, self.cities.get(mentor)?);
        let distance = self.frame.distance(self.places.get(mentee)?, self.places.get(mentor)?, self.rules.minimum_context)?;
        let likeness = likeness(distance);
        let mut best: Option<Best<'a>> = None;
        for (theme, own) in &a.scores {
            let Some(other) = b.scores.get(theme) else { continue };
            let need = a.need.get(theme).copied().unwrap_or((100.0 - own.score) / 100.0);
            // no probability is above 1
            if best.as_ref().is_some_and(|b| likeness * need <= b.value) {
                continue;
            }
            let probability = above(*other, *own, self.rules.margin);
            let value = probability * likeness * need;
            if probability >= self.rules.certainty && value > best.as_ref().map_or(0.0, |b| b.value) {
                best = Some(Best { theme, value, probability, likeness, need, mentor: *other, mentee: *own });
            }
        }
        best
    }

    fn fit(&self, mentor: usize, best: Best<'_>) -> Option<Fit> {
        Some(Fit {
            mentor: self.cities.get(mentor)?.id.clone(),
            theme: best.theme.to_owned(),
            value: best.value,
            probability: best.probability,
            likeness: best.likeness,
            need: best.need,
            mentor_score: best.mentor.score,
            mentee_score: best.mentee.score,
        })
    }
}

struct Best<'a> {
    theme: &'a str,
    value: f64,
    probability: f64,
    likeness: f64,
    need: f64,
    mentor: Scored,
    mentee: Scored,
}

/// Probability that the true score of one is more than the margin above that of the other.
fn above(one: Scored, other: Scored, margin: f64) -> f64 {
    let apart = one.score - other.score - margin;
    let spread = num::hypot(one.se, other.se);
    if spread > 0.0 { num::normal_cdf(apart / spread) } else { f64::from(u8::from(apart > 0.0)) }
}

/// Mentees by places with mentors; a mentor has as many columns as it can help cities.
struct Table<'a> {
    rows: usize,
    /// The mentor of each column; beyond the last there is nobody.
    columns: &'a [usize],
    width: usize,
    values: &'a [i64],
}

impl Weights<i64> for Table<'_> {
    fn rows(&self) -> usize {
        self.rows
    }

    fn columns(&self) -> usize {
        self.columns.len().max(self.rows)
    }

    fn at(&self, row: usize, column: usize) -> i64 {
        self.columns.get(column).and_then(|mentor| self.values.get(row * self.width + mentor)).copied().unwrap_or(0)
    }

    fn neg(&self) -> Self {
        // only a search for the least asks for it
        Table { rows: self.rows, columns: self.columns, width: self.width, values: self.values }
    }
}

fn whole(value: f64) -> i64 {
    (value * SCALE + 0.5) as i64
}

/// Gives each city at most one mentor, so that the sum of values is the greatest; an earlier pair counts the switching cost more.
///
/// ```
/// # use sms_process as sms_core;
/// use sms_core::peers::{City, context::Frame, mentoring::mentoring};
/// let cities: Vec<City> = serde_json::from_str(r#"[
///     {"id": "A", "context": {"x": 1}, "scores": {"housing": {"score": 40}}},
///     {"id": "B", "context": {"x": 2}, "scores": {"housing": {"score": 50}}},
///     {"id": "C", "context": {"x": 3}, "scores": {"housing": {"score": 90}}, "capacity": 1},
///     {"id": "D", "context": {"x": 4}}, {"id": "E", "context": {"x": 10}}]"#).unwrap();
/// let rules = sms_core::Method::from_json(sms_catalogue::STANDARD_METHOD_JSON)?.peers()?;
/// let frame = Frame::of(&cities, &serde_json::from_str::<Vec<_>>(r#"[{"id": "x"}]"#).unwrap(), &rules)?;
/// let made = mentoring(&cities, frame, &[], &rules)?;
/// let pairs: Vec<_> = made.matches.iter().map(|pair| (pair.mentee.as_str(), pair.fit.mentor.as_str())).collect();
/// assert_eq!(pairs, [("A", "B"), ("B", "C")]); // C can carry one
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `peers.bad-city`, `peers.changed-frame`, `peers.too-few-cities`, `peers.too-large`, `peers.unknown-city`, `method.bad-value`.
pub fn mentoring(cities: &[City], frame: Frame, earlier: &[EarlierMatch], rules: &PeersRules) -> Result<Mentoring> {
    rules.check()?;
    frame.check()?;
    let cities = in_order(cities)?;
    let n = cities.len();
    if n < 2 {
        return Err(Error::new(Code::PeersTooFewCities).at_path("cities").with("needed", 2_u64).with("found", n as u64));
    }
    let at: BTreeMap<&str, usize> = cities.iter().enumerate().map(|(i, c)| (c.id.as_str(), i)).collect();
    let mut before: Vec<Option<usize>> = vec![None; n];
    for (i, pair) in earlier.iter().enumerate() {
        // a city that left takes its pairs along
        let (Some(mentee), Some(mentor)) = (at.get(pair.mentee.as_str()), at.get(pair.mentor.as_str())) else { continue };
        match before.get_mut(*mentee) {
            Some(slot @ None) if mentee != mentor => *slot = Some(*mentor),
            _ => return Err(Error::new(Code::PeersBadMatch).at_path(&format!("earlier[{i}]"))),
        }
    }
    let pairs = Pairs::new(&cities, &frame, rules);
    // the value of each pair in billionths, and the same with the switching cost
    let mut plain = vec![0_i64; n * n];
    let mut values = vec![0_i64; n * n];
    let stays = whole(rules.switching_cost);
    for (i, (row, kept)) in plain.chunks_mut(n).zip(&before).enumerate() {
        for (j, value) in row.iter_mut().enumerate().filter(|(j, _)| *j != i) {
            *value = pairs.best(i, j).map_or(0, |b| whole(b.value));
            if let Some(weight) = values.get_mut(i * n + j) {
                *weight = if *value > 0 && *kept == Some(j) { *value + stays } else { *value };
            }
        }
    }
    let mut columns = Vec::new();
    for (j, city) in cities.iter().enumerate() {
        // no more than there are cities to help
        let capacity = (city.capacity.unwrap_or(rules.capacity) as usize).min(n - 1);
        columns.extend(std::iter::repeat_n(j, capacity));
    }
    let (_, chosen) = kuhn_munkres(&Table { rows: n, columns: &columns, width: n, values: &values });
    let mut made =
        Mentoring { frame: frame.clone(), matches: Vec::new(), unmatched: Vec::new(), value: 0.0, value_without_capacity: 0.0, kept: 0, dissolved: Vec::new() };
    let (mut sum, mut best_sum) = (Vec::new(), Vec::new());
    for (i, (column, row)) in chosen.iter().zip(plain.chunks(n)).enumerate() {
        let mentor = columns.get(*column).copied().filter(|j| row.get(*j).is_some_and(|v| *v > 0));
        let best_of = |without: Option<usize>| {
            let others = row.iter().enumerate().filter(|(j, v)| Some(*j) != without && **v > 0);
            // the first of equals
            others.max_by(|a, b| a.1.cmp(b.1).then(b.0.cmp(&a.0))).map(|(j, _)| j)
        };
        let fit = |j: usize| pairs.fit(j, pairs.best(i, j)?);
        let own_best = best_of(None).and_then(fit);
        best_sum.extend(own_best.as_ref().map(|f| f.value));
        let Some(city) = cities.get(i) else { continue };
        let was = before.get(i).copied().flatten();
        match mentor.and_then(|j| Some((j, fit(j)?))) {
            Some((j, fit_of)) => {
                let second = best_of(Some(j)).and_then(fit);
                sum.push(fit_of.value);
                made.kept += usize::from(was == Some(j));
                let loss = second.as_ref().map(|s| fit_of.value - s.value);
                made.matches.push(Match { mentee: city.id.clone(), kept: was == Some(j), fit: fit_of, second, loss });
            }
            None => {
                let reason = if own_best.is_some() { NoMentor::NoCapacity } else { NoMentor::NobodyCertainlyStronger };
                made.unmatched.push(Unmatched { city: city.id.clone(), reason });
            }
        }
    }
    made.value = num::sum(&sum);
    made.value_without_capacity = num::sum(&best_sum);
    for pair in earlier {
        if !made.matches.iter().any(|m| m.mentee == pair.mentee && m.fit.mentor == pair.mentor) {
            made.dissolved.push(Dissolved { mentee: pair.mentee.clone(), mentor: pair.mentor.clone() });
        }
    }
    made.dissolved.sort_by(|a, b| (&a.mentee, &a.mentor).cmp(&(&b.mentee, &b.mentor)));
    Ok(made)
}

/// Two cities of which each is strong where the other is weak.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "TwinCities"))]
pub struct Twins {
    /// One city.
    pub a: String,
    /// The other.
    pub b: String,
    /// Geometric mean of what each gives the other.
    pub value: f64,
    /// What b gives a.
    pub for_a: Fit,
    /// What a gives b.
    pub for_b: Fit,
}

/// Pairs in which both give: the best pair first, then the best of the rest. No two cities would both rather have each other than what they got.
///
/// # Errors
/// `peers.bad-city`, `peers.changed-frame`, `peers.too-few-cities`, `peers.too-large`, `method.bad-value`.
pub fn twinning(cities: &[City], frame: &Frame, rules: &PeersRules) -> Result<Vec<Twins>> {
    rules.check()?;
    frame.check()?;
    let cities = in_order(cities)?;
    if cities.len() < 2 {
        return Err(Error::new(Code::PeersTooFewCities).at_path("cities").with("needed", 2_u64).with("found", cities.len() as u64));
    }
    let pairs = Pairs::new(&cities, frame, rules);
    let mut possible: Vec<(f64, usize, usize)> = Vec::new();
    for i in 0..cities.len() {
        for j in i + 1..cities.len() {
            let (Some(a), Some(b)) = (pairs.best(i, j), pairs.best(j, i)) else { continue };
            possible.push((num::sqrt(a.value * b.value), i, j));
        }
    }
    possible.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    let mut taken = vec![false; cities.len()];
    let mut made = Vec::new();
    for (value, i, j) in possible {
        if [i, j].iter().any(|c| taken.get(*c).copied().unwrap_or(true)) {
            continue;
        }
        let fit = |mentee: usize, mentor: usize| pairs.fit(mentor, pairs.best(mentee, mentor)?);
        let (Some(for_a), Some(for_b), Some(a), Some(b)) = (fit(i, j), fit(j, i), cities.get(i), cities.get(j)) else { continue };
        made.push(Twins { a: a.id.clone(), b: b.id.clone(), value, for_a, for_b });
        [i, j].iter().for_each(|c| taken.iter_mut().skip(*c).take(1).for_each(|t| *t = true));
    }
    Ok(made)
}
