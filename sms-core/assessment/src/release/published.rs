//! What a report shows, read back from its own data: to attack it, and to keep a later report from telling more.

use super::attacked::AttackedFigure;
use super::family::{Families, Lattice, families};
use super::follow;
use super::linked::{layer_names, layers, scale_of, scaled};
use crate::catalogue::{Catalogue, Indicator};
use crate::dataset::CellTable;
use crate::diagnostic::{Code, Error, Result};
use crate::disaggregation::GroupKey;
use crate::disclosure::{Audience, Cell, Deduced, Equation, Knowledge, Limits, Table, Verdict, attack};
use crate::estimate::{Absence, ValueKind};
use crate::method::Method;
use crate::num;
use crate::period::Period;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// What a figure is about.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    pub(crate) indicator: String,
    pub(crate) period: Period,
    pub(crate) place: String,
    pub(crate) group: GroupKey,
}

#[derive(Clone, Copy, PartialEq, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum SeenFigure {
    Value {
        value: f64,
        #[serde(default)]
        numerator: Option<f64>,
        #[serde(default)]
        denominator: Option<f64>,
    },
    Suppressed,
    Missing {
        reason: MissingWord,
    },
}

#[derive(Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum MissingWord {
    UnknownCount,
    #[serde(other)]
    Other,
}

impl SeenFigure {
    /// What of a shown figure sums over its parts.
    pub(crate) fn layers(&self, sheet: &Indicator) -> Option<Vec<f64>> {
        match *self {
            SeenFigure::Value { value, numerator, denominator } => layers(sheet.value_kind, Some(value), numerator, denominator, sheet.multiplier),
            _ => None,
        }
    }

    fn is_withheld(&self) -> bool {
        matches!(self, SeenFigure::Suppressed | SeenFigure::Missing { reason: MissingWord::UnknownCount })
    }
}

#[derive(Deserialize)]
struct ReportSeen {
    places: Vec<PlaceSeen>,
    provenance: ProvenanceSeen,
}

#[derive(Deserialize)]
struct ProvenanceSeen {
    threshold: u32,
    #[serde(default = "public")]
    audience: Audience,
}

fn public() -> Audience {
    Audience::Public
}

#[derive(Deserialize)]
struct PlaceSeen {
    place: String,
    #[serde(default)]
    parent: Option<String>,
    indicators: Vec<IndicatorSeen>,
}

#[derive(Deserialize)]
struct IndicatorSeen {
    id: String,
    figure: SeenFigure,
    #[serde(default)]
    period: Option<Period>,
    series: Vec<PointSeen>,
    groups: Vec<GroupSeen>,
}

#[derive(Deserialize)]
struct PointSeen {
    period: Period,
    figure: SeenFigure,
}

#[derive(Deserialize)]
struct GroupSeen {
    groups: Vec<[String; 2]>,
    period: Period,
    figure: SeenFigure,
}

/// The figures that a report shows, and those that it withholds.
#[derive(Clone)]
pub struct Published {
    threshold: u32,
    figures: BTreeMap<Key, SeenFigure>,
    parents: BTreeMap<String, String>,
    /// The JSON that it was read from, which says more than its figures.
    report: Option<Arc<serde_json::Value>>,
}

impl fmt::Debug for Published {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Published").field("figures", &self.figures.len()).field("threshold", &self.threshold).finish_non_exhaustive()
    }
}

impl Published {
    /// Reads the JSON of a report.
    ///
    /// ```
    /// use sms_core::Published;
    /// let report = serde_json::json!({"places": [{"place": "example", "indicators": [{"id": "WSP-O-04", "period": "2024", "series": [], "groups": [],
    ///     "figure": {"kind": "value", "value": 4.2, "numerator": 756, "denominator": 18095}}]}], "provenance": {"threshold": 10}});
    /// assert!(Published::from_report(&report).is_ok());
    /// assert_eq!(Published::from_report(&serde_json::json!([])).unwrap_err().code().as_str(), "json.bad-shape");
    /// ```
    ///
    /// # Errors
    /// `json.bad-shape` when it is none; `release.internal-report` when it never left the data holder.
    pub fn from_report(report: &serde_json::Value) -> Result<Self> {
        let bad = |e: &serde_json::Error| Error::new(Code::JsonBadShape).expecting(crate::shape::expected_by(e));
        let seen = ReportSeen::deserialize(report).map_err(|e| bad(&e))?;
        if seen.provenance.audience == Audience::Internal {
            return Err(Error::new(Code::ReleaseInternalReport));
        }
        let report = Some(Arc::new(report.clone()));
        let mut published = Published { threshold: seen.provenance.threshold, figures: BTreeMap::new(), parents: BTreeMap::new(), report };
        for place in seen.places {
            if let Some(parent) = &place.parent {
                published.parents.insert(place.place.clone(), parent.clone());
            }
            for indicator in place.indicators {
                let mut see = |period: Period, group: GroupKey, figure: SeenFigure| {
                    let key = Key { indicator: indicator.id.clone(), period, place: place.place.clone(), group };
                    let known = published.figures.entry(key).or_insert(figure);
                    if matches!(figure, SeenFigure::Value { .. }) {
                        *known = figure;
                    }
                };
                if let Some(period) = indicator.period {
                    see(period, GroupKey::everybody(), indicator.figure);
                }
                for point in indicator.series {
                    see(point.period, GroupKey::everybody(), point.figure);
                }
                for group in indicator.groups {
                    let parts: Result<Vec<_>> = group.groups.iter().map(|[d, g]| Ok((d.parse()?, g.parse()?))).collect();
                    see(group.period, GroupKey::new(parts?), group.figure);
                }
            }
        }
        Ok(published)
    }

    /// What a released table shows, with all its periods.
    pub(crate) fn of_table(catalogue: &Catalogue, threshold: u32, table: &CellTable) -> Self {
        let mut published = Published { threshold, figures: BTreeMap::new(), parents: BTreeMap::new(), report: None };
        for place in &table.places {
            if let Some(parent) = &place.parent {
                published.parents.insert(place.code.to_string(), parent.to_string());
            }
        }
        for c in &table.cells {
            let key = || -> Option<Key> {
                Some(Key {
                    indicator: catalogue.indicators().get(c.indicator as usize)?.id.to_string(),
                    period: table.period(c)?,
                    place: table.places.get(c.place as usize)?.code.to_string(),
                    group: table.group(c).cloned().unwrap_or_else(GroupKey::everybody),
                })
            };
            let figure = match (c.absence, c.value()) {
                (None, Some(value)) => SeenFigure::Value { value, numerator: c.numerator, denominator: c.denominator },
                (Some(Absence::Suppressed), _) => SeenFigure::Suppressed,
                (Some(Absence::UnknownCount), _) => SeenFigure::Missing { reason: MissingWord::UnknownCount },
                _ => SeenFigure::Missing { reason: MissingWord::Other },
            };
            if let Some(key) = key() {
                published.figures.insert(key, figure);
            }
        }
        published
    }

    pub(crate) fn figures(&self) -> impl Iterator<Item = (&Key, &SeenFigure)> {
        self.figures.iter()
    }

    pub(crate) fn parent(&self, place: &str) -> Option<&str> {
        self.parents.get(place).map(String::as_str)
    }

    /// The same report if it withheld every figure.
    fn hushed(&self) -> Self {
        let hushed = |figure: SeenFigure| if matches!(figure, SeenFigure::Value { .. }) { SeenFigure::Suppressed } else { figure };
        Published { figures: self.figures.iter().map(|(key, figure)| (key.clone(), hushed(*figure))).collect(), report: None, ..self.clone() }
    }
}

/// What the attacker knows of how a report was made, and reads beside it.
#[derive(Clone, Copy, Debug)]
pub struct Reading<'a> {
    /// The method: it turns scores and means back into figures.
    pub method: &'a Method,
    /// Explanations that were published with the report, as their JSON has them.
    pub explanations: &'a [serde_json::Value],
}

/// What an attack on a report found.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReportAttack {
    /// The threshold that the report names.
    pub threshold: u32,
    /// Whether everything withheld is proven to be safe, or was published before.
    pub safe: bool,
    /// How many parts of withheld figures have each verdict.
    pub verdicts: VerdictCounts,
    /// Each part of each withheld figure, and each change between two reports that shows too few persons.
    pub figures: Vec<AttackedFigure>,
}

/// How often each verdict was given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct VerdictCounts {
    /// What can be deduced is as wide as it must be.
    pub safe: usize,
    /// The value can be deduced.
    pub exact: usize,
    /// What can be deduced is narrower than it must be.
    pub too_narrow: usize,
    /// Neither is proven.
    pub unproven: usize,
    /// An earlier report showed it, or gave it away by itself.
    pub published_before: usize,
}

/// Attacks a report with nothing but what it shows, and what an earlier report showed: by sums, and by what the report
/// says that follows from a withheld figure.
///
/// The attacker takes groups of an exclusive dimension, and districts of a city, for complete. Where figures contradict
/// each other under that belief, the verdict is `unproven`. A figure that the earlier report showed and this one
/// withholds, or that followed from the earlier report alone, is `published_before`: it cannot be taken back, and this report discloses nothing new.
///
/// ```
/// use sms_core::{disclosure::Limits, release::{Published, Reading, attack_report}, wire::Engine};
/// let engine = Engine::new(sms_catalogue::CATALOGUE_JSON, sms_catalogue::METHODS)?;
/// let report = serde_json::json!({"places": [{"place": "example", "indicators": [{"id": "WSP-O-04", "period": "2024", "series": [], "groups": [],
///     "figure": {"kind": "value", "value": 4.2, "numerator": 756, "denominator": 18095}}]}], "provenance": {"threshold": 10}});
/// let method = engine.method("standard")?;
/// let reading = Reading { method: &method, explanations: &[] };
/// let made = attack_report(engine.catalogue(), &Published::from_report(&report)?, None, reading, &Limits::default())?;
/// assert!(made.safe && made.figures.is_empty()); // nothing is withheld
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// None for what [`Published::from_report`] reads.
pub fn attack_report(catalogue: &Catalogue, report: &Published, previous: Option<&Published>, reading: Reading<'_>, limits: &Limits) -> Result<ReportAttack> {
    let mut figures = sums(catalogue, report, previous, limits)?;
    // what the earlier report told by itself
    let is_open = |f: &AttackedFigure| matches!(f.verdict, Verdict::Exact | Verdict::TooNarrow) && !f.what.starts_with("change");
    if let (Some(earlier), true) = (previous, figures.iter().any(is_open)) {
        let alone = sums(catalogue, &report.hushed(), Some(earlier), limits)?;
        let place = |f: &AttackedFigure| (f.indicator.clone(), f.period, f.place.clone(), f.groups.clone(), f.what.clone());
        let told: BTreeMap<_, &AttackedFigure> = alone.iter().map(|f| (place(f), f)).collect();
        for figure in figures.iter_mut().filter(|f| is_open(f)) {
            let as_close = |g: &&AttackedFigure| g.lower >= figure.lower && g.upper.is_some_and(|u| figure.upper.is_none_or(|mine| u <= mine));
            if told.get(&place(figure)).is_some_and(|g| g.verdict != Verdict::Unproven && as_close(g)) {
                figure.verdict = Verdict::PublishedBefore;
            }
        }
    }
    if let Some(json) = &report.report {
        figures.extend(follow::followed(catalogue, reading.method, json, reading.explanations));
    }
    figures
        .sort_by(|a: &AttackedFigure, b| (&a.indicator, a.period, &a.place, &a.groups, &a.what).cmp(&(&b.indicator, b.period, &b.place, &b.groups, &b.what)));
    let mut verdicts = VerdictCounts::default();
    for figure in &figures {
        match figure.verdict {
            Verdict::Safe => verdicts.safe += 1,
            Verdict::Exact => verdicts.exact += 1,
            Verdict::TooNarrow => verdicts.too_narrow += 1,
            Verdict::Unproven => verdicts.unproven += 1,
            Verdict::PublishedBefore => verdicts.published_before += 1,
        }
    }
    Ok(ReportAttack { threshold: report.threshold, safe: verdicts.safe + verdicts.published_before == figures.len(), verdicts, figures })
}

/// What the sums of both reports tell.
fn sums(catalogue: &Catalogue, report: &Published, previous: Option<&Published>, limits: &Limits) -> Result<Vec<AttackedFigure>> {
    let mut systems: BTreeMap<(&str, Period), Vec<Seen<'_>>> = BTreeMap::new();
    for (key, figure) in report.figures() {
        let before = previous.and_then(|p| p.figures.get(key)).copied();
        systems.entry((&key.indicator, key.period)).or_default().push((key, Some(*figure), before));
    }
    for (key, figure) in previous.into_iter().flat_map(Published::figures).filter(|(k, _)| !report.figures.contains_key(k)) {
        systems.entry((&key.indicator, key.period)).or_default().push((key, None, Some(*figure)));
    }
    let parent = |place: &str| report.parent(place).or_else(|| previous.and_then(|p| p.parent(place)));
    let mut figures = Vec::new();
    for ((indicator, _), mut seen) in systems {
        let Some(sheet) = catalogue.indicator(indicator) else {
            // nobody knows how its figures sum
            figures.extend(
                seen.iter().filter(|(_, f, _)| f.is_some_and(|f| f.is_withheld())).map(|(key, ..)| attacked(key, "figure", (0.0, None), Verdict::Unproven)),
            );
            continue;
        };
        seen.sort_by(|a, b| (&a.0.place, &a.0.group).cmp(&(&b.0.place, &b.0.group)));
        System { catalogue, sheet, threshold: report.threshold, seen: &seen }.attack(parent, limits, &mut figures)?;
    }
    within_longer_periods(catalogue, report, previous, &mut figures);
    Ok(figures)
}

fn attacked(key: &Key, what: &str, (lower, upper): (f64, Option<f64>), verdict: Verdict) -> AttackedFigure {
    AttackedFigure {
        indicator: key.indicator.clone(),
        place: key.place.clone(),
        period: key.period,
        groups: key.group.parts().iter().map(|(d, g)| [d.to_string(), g.to_string()]).collect(),
        what: what.to_owned(),
        lower,
        upper,
        verdict,
    }
}

/// Figures of one indicator, place and group, with their periods.
type Run<'a> = Vec<(&'a Key, SeenFigure)>;

/// Months, quarters and years of the same figure: what happened in the parts of a year sums to the year.
fn within_longer_periods(catalogue: &Catalogue, report: &Published, previous: Option<&Published>, found: &mut Vec<AttackedFigure>) {
    let all = report.figures.iter().chain(previous.into_iter().flat_map(|p| &p.figures).filter(|(k, _)| !report.figures.contains_key(*k)));
    let mut runs: BTreeMap<(&str, &str, &GroupKey), Run<'_>> = BTreeMap::new();
    for (key, figure) in all {
        runs.entry((&key.indicator, &key.place, &key.group)).or_default().push((key, *figure));
    }
    for ((indicator, ..), run) in runs {
        let Some(sheet) = catalogue.indicator(indicator) else { continue };
        let Some(name) = layer_names(sheet.value_kind).first().filter(|_| sheet.value_kind.is_quotient() || sheet.value_kind == ValueKind::Count) else {
            continue;
        };
        let count = |key: &Key, figure: &SeenFigure| -> Option<f64> {
            let before = previous.and_then(|p| p.figures.get(key)).and_then(|f| f.layers(sheet));
            figure.layers(sheet).or(before).and_then(|l| l.first().copied())
        };
        for (whole, total) in &run {
            let mut parts: Vec<(&Key, SeenFigure)> = Vec::new();
            let months = run.iter().map(|(k, _)| k.period.months()).filter(|m| *m < whole.period.months()).max();
            for part in run.iter().filter(|(k, _)| Some(k.period.months()) == months) {
                if whole.period.start() <= part.0.period.start() && part.0.period.end() <= whole.period.end() {
                    parts.push(*part);
                }
            }
            let covered: u32 = parts.iter().map(|(k, _)| k.period.months()).sum();
            if parts.is_empty() || covered != whole.period.months() {
                continue;
            }
            let (known, open): (Vec<_>, Vec<_>) = parts.into_iter().partition(|(k, f)| count(k, f).is_some());
            let sum: f64 = known.iter().filter_map(|(k, f)| count(k, f)).sum();
            let (of, value) = match (open.as_slice(), count(whole, total)) {
                ([(one, figure)], Some(all)) if figure.is_withheld() => (*one, all - sum),
                ([], None) if total.is_withheld() => (*whole, sum),
                _ => continue,
            };
            // events sum over the year; of persons it is not known whether they are the same ones
            let verdict = if sheet.value_kind == ValueKind::Count { Verdict::Exact } else { Verdict::Unproven };
            let told = attacked(of, name, (value, Some(value)), verdict);
            found.retain(|f| !(f.verdict == Verdict::Safe && same_part(f, &told)));
            if !found.iter().any(|f| same_part(f, &told)) {
                found.push(told);
            }
        }
    }
}

fn same_part(a: &AttackedFigure, b: &AttackedFigure) -> bool {
    (&a.indicator, a.period, &a.place, &a.groups, &a.what) == (&b.indicator, b.period, &b.place, &b.groups, &b.what)
}

/// A figure now and before.
type Seen<'a> = (&'a Key, Option<SeenFigure>, Option<SeenFigure>);

/// All figures of one indicator and period: what is shown now, and what was shown before.
struct System<'a> {
    catalogue: &'a Catalogue,
    sheet: &'a Indicator,
    threshold: u32,
    seen: &'a [Seen<'a>],
}

impl System<'_> {
    fn figure(&self, i: usize, what: &str, ends: (f64, Option<f64>), verdict: Verdict) -> Option<AttackedFigure> {
        self.seen.get(i).map(|(key, _, _)| attacked(key, what, ends, verdict))
    }

    fn attack<'p>(&self, parent: impl Fn(&str) -> Option<&'p str>, limits: &Limits, found: &mut Vec<AttackedFigure>) -> Result<()> {
        let names = layer_names(self.sheet.value_kind);
        let now: Vec<Option<Vec<f64>>> = self.seen.iter().map(|(_, figure, _)| figure.and_then(|f| f.layers(self.sheet))).collect();
        let before: Vec<Option<Vec<f64>>> = self.seen.iter().map(|(_, _, figure)| figure.and_then(|f| f.layers(self.sheet))).collect();
        // two reports that differ by few persons
        for (i, (now, before)) in now.iter().zip(&before).enumerate() {
            for ((a, b), name) in now.iter().flatten().zip(before.iter().flatten()).zip(names) {
                let moved = num::abs(a - b);
                if moved > 0.0 && moved < f64::from(self.threshold) {
                    found.extend(self.figure(i, &format!("change of {name}"), (moved, Some(moved)), Verdict::Exact));
                }
            }
        }
        let known: Vec<Option<&Vec<f64>>> = now.iter().zip(&before).map(|(n, b)| n.as_ref().or(b.as_ref())).collect();
        let withheld = |i: usize| self.seen.get(i).is_some_and(|(_, figure, _)| figure.is_some_and(|f| f.is_withheld()));
        if !(0..self.seen.len()).any(withheld) {
            return Ok(());
        }
        for (i, known) in known.iter().enumerate() {
            if let (true, Some(layers)) = (withheld(i), known) {
                let told = layers.iter().zip(names).map(|(&x, name)| self.figure(i, name, (x, Some(x)), Verdict::PublishedBefore));
                found.extend(told.flatten());
            }
        }
        let mut places: Vec<&str> = self.seen.iter().map(|(k, _, _)| k.place.as_str()).collect();
        places.dedup();
        let groups: Vec<GroupKey> = self.seen.iter().map(|(k, _, _)| k.group.clone()).collect();
        let mut lattice = Lattice::of(self.catalogue, &groups);
        let number = |i: usize| u32::try_from(i).unwrap_or(u32::MAX);
        let place = |code: &str| places.binary_search(&code).ok().map(number);
        let given: Vec<(u32, u32)> = self.seen.iter().filter_map(|(k, _, _)| Some((place(&k.place)?, lattice.find(&k.group)?))).collect();
        let parent = |p: u32| places.get(p as usize).and_then(|code| parent(code)).and_then(place);
        let scale = scale_of(known.iter().flatten().copied());
        let width = scaled(f64::from(self.threshold), scale).unsigned_abs();
        let unproven = |i: usize| -> Vec<Deduced> {
            (0..names.len()).map(|l| Deduced { cell: i * names.len() + l, lower: 0, upper: None, proven: false, verdict: Verdict::Unproven }).collect()
        };
        // groups without a total may be incomplete: when they contradict each other, they are not summed
        let joined = families(&mut lattice, &given, true, parent);
        // crossings that nobody shows may be too many; and of groups that overlap, what is shown may make what is withheld
        let shown = |i: &usize| known.get(*i).is_some_and(Option::is_some);
        let undecided = joined
            .as_ref()
            .is_none_or(|f| f.overlapping.iter().any(|(members, total)| members.iter().chain(total).any(|&i| withheld(i)) && members.iter().any(shown)));
        let mut deduced = None;
        for (found, margins) in [(joined, true), (families(&mut lattice, &given, false, parent), true), (families(&mut lattice, &given, false, parent), false)]
        {
            deduced = found.and_then(|found| self.deduce(&found, &known, names.len(), scale, width, margins, limits));
            if deduced.is_some() {
                break;
            }
        }
        let mut deduced = match deduced {
            Some(made) => made?,
            None => (0..self.seen.len()).flat_map(unproven).collect(),
        };
        if undecided {
            deduced.iter_mut().filter(|d| d.verdict == Verdict::Safe).for_each(|d| d.verdict = Verdict::Unproven);
        }
        for d in deduced {
            let (i, layer) = (d.cell / names.len(), d.cell % names.len());
            if let (true, Some(name)) = (withheld(i) && known.get(i).is_some_and(Option::is_none), names.get(layer)) {
                let ends = (d.lower as f64 / scale, d.upper.map(|u| u as f64 / scale));
                found.extend(self.figure(i, name, ends, d.verdict));
            }
        }
        Ok(())
    }

    /// The attack on the linked table; `None` when nothing fits what is published.
    #[allow(clippy::too_many_arguments, reason = "one step of the attack, apart for its early ends")]
    fn deduce(
        &self,
        found: &Families,
        known: &[Option<&Vec<f64>>],
        depth: usize,
        scale: f64,
        width: u64,
        margins: bool,
        limits: &Limits,
    ) -> Option<Result<Vec<Deduced>>> {
        let given = self.seen.len();
        let value = |i: usize, layer: usize| known.get(i).copied().flatten().and_then(|l| l.get(layer)).map(|&x| scaled(x, scale));
        let mut cells = Vec::with_capacity(found.keys.len() * depth);
        for i in 0..found.keys.len() {
            let withheld = self.seen.get(i).is_some_and(|(_, figure, _)| figure.is_some_and(|f| f.is_withheld()));
            for layer in 0..depth {
                let value = value(i, layer);
                cells.push(Cell { value, suppressed: value.is_none(), width: (!withheld).then_some(0), ..Cell::default() });
            }
        }
        let mut equations = Vec::new();
        for family in found.families.iter().filter(|f| margins || (f.total < given && f.parts.iter().all(|&p| p < given))) {
            for layer in 0..depth {
                let unknown = family.parts.iter().chain([&family.total]).filter(|&&i| value(i, layer).is_none()).count();
                let left = value(family.total, layer).map(|t| t - family.parts.iter().filter_map(|&p| value(p, layer)).sum::<i64>());
                // parts that already exceed their total say nothing: someone is counted twice
                if unknown > 0 && left.is_none_or(|l| l >= 0) {
                    let at = |i: usize| i * depth + layer;
                    equations.push(Equation { total: at(family.total), parts: family.parts.iter().map(|&p| at(p)).collect(), constant: 0 });
                }
            }
        }
        match Table::new(cells, equations).and_then(|table| attack(&table, &Knowledge { width, rule: None }, limits)) {
            Err(e) if e.code() == Code::DisclosureNotAdditive => None,
            other => Some(other),
        }
    }
}
