//! What a report shows, read back from its own data: to attack it, and to keep a later report from telling more.

use super::family::{Families, Lattice, families};
use super::follow;
use super::linked::{layer_names, layers, scale_of, scaled};
use crate::catalogue::{Catalogue, Indicator};
use crate::dataset::CellTable;
use crate::diagnostic::{Code, Error, Result};
use crate::disaggregation::GroupKey;
use crate::disclosure::{Audience, Cell, Deduced, Equation, Knowledge, Limits, Table, Verdict, attack};
use crate::estimate::Absence;
use crate::num;
use crate::period::Period;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

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
    /// What the report says although it follows from a figure that it withholds.
    followed: Vec<AttackedFigure>,
}

impl fmt::Debug for Published {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Published").field("figures", &self.figures.len()).field("threshold", &self.threshold).finish_non_exhaustive()
    }
}

impl Published {
    /// Reads the JSON of a report.
    ///
    /// # Errors
    /// `json.bad-shape` when it is none; `release.internal-report` when it never left the house.
    pub fn from_report(report: &serde_json::Value) -> Result<Self> {
        let bad = |e: &serde_json::Error| Error::new(Code::JsonBadShape).expecting(crate::catalogue::plain_serde(e));
        let seen = ReportSeen::deserialize(report).map_err(|e| bad(&e))?;
        if seen.provenance.audience == Audience::Internal {
            return Err(Error::new(Code::ReleaseInternalReport));
        }
        let followed = follow::followed(report);
        let mut published = Published { threshold: seen.provenance.threshold, figures: BTreeMap::new(), parents: BTreeMap::new(), followed };
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
        let mut published = Published { threshold, figures: BTreeMap::new(), parents: BTreeMap::new(), followed: Vec::new() };
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
}

/// What can be deduced of one part of a withheld figure.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs, reason = "the names say it")]
pub struct AttackedFigure {
    pub indicator: String,
    pub place: String,
    pub period: Period,
    /// Dimension and group code; empty for everybody.
    pub groups: Vec<[String; 2]>,
    /// `numerator`, `complement`, `denominator` or `count`; `change` before it where two reports differ. Else what the report
    /// says although it follows from a figure that it withholds: `value`, `error`, `n`, `score`, `rank`, `standing`, `target`,
    /// `gap`, `floor`, `change`, `progress`; and `mean` of a node, whose id stands for the indicator.
    pub what: String,
    /// It is this or more.
    pub lower: f64,
    /// It is this or less; absent when there is no end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upper: Option<f64>,
    pub verdict: Verdict,
}

/// What an attack on a report found.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReportAttack {
    /// The threshold that the report names.
    pub threshold: u32,
    /// Whether everything withheld is proven to be safe.
    pub safe: bool,
    /// How many parts of withheld figures have each verdict.
    pub verdicts: VerdictCounts,
    /// Each part of each withheld figure, and each change between two reports that shows too few persons.
    pub figures: Vec<AttackedFigure>,
}

/// How often each verdict was given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs, reason = "the names say it")]
pub struct VerdictCounts {
    pub safe: usize,
    pub exact: usize,
    pub too_narrow: usize,
    pub unproven: usize,
}

/// Attacks a report with nothing but what it shows, and what an earlier report showed: by sums, and by what the report
/// says that follows from a withheld figure.
///
/// The attacker takes groups of an exclusive dimension, and districts of a city, for complete. Where figures contradict
/// each other under that belief, the verdict is `unproven`. A figure that the earlier report showed and this one
/// withholds is `exact`: it cannot be taken back.
///
/// # Errors
/// None for what [`Published::from_report`] reads.
pub fn attack_report(catalogue: &Catalogue, report: &Published, previous: Option<&Published>, limits: &Limits) -> Result<ReportAttack> {
    let mut systems: BTreeMap<(&str, Period), Vec<Seen<'_>>> = BTreeMap::new();
    for (key, figure) in report.figures() {
        let before = previous.and_then(|p| p.figures.get(key)).copied();
        systems.entry((&key.indicator, key.period)).or_default().push((key, Some(*figure), before));
    }
    for (key, figure) in previous.into_iter().flat_map(Published::figures).filter(|(k, _)| !report.figures.contains_key(k)) {
        systems.entry((&key.indicator, key.period)).or_default().push((key, None, Some(*figure)));
    }
    let parent = |place: &str| report.parent(place).or_else(|| previous.and_then(|p| p.parent(place)));
    let mut figures = report.followed.clone();
    for ((indicator, _), mut seen) in systems {
        let Some(sheet) = catalogue.indicator(indicator) else { continue };
        seen.sort_by(|a, b| (&a.0.place, &a.0.group).cmp(&(&b.0.place, &b.0.group)));
        System { catalogue, sheet, threshold: report.threshold, seen: &seen }.attack(parent, limits, &mut figures)?;
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
        }
    }
    Ok(ReportAttack { threshold: report.threshold, safe: verdicts.safe == figures.len(), verdicts, figures })
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
    fn figure(&self, i: usize, what: String, (lower, upper): (f64, Option<f64>), verdict: Verdict) -> Option<AttackedFigure> {
        let (key, _, _) = self.seen.get(i)?;
        Some(AttackedFigure {
            indicator: key.indicator.clone(),
            place: key.place.clone(),
            period: key.period,
            groups: key.group.parts().iter().map(|(d, g)| [d.to_string(), g.to_string()]).collect(),
            what,
            lower,
            upper,
            verdict,
        })
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
                    found.extend(self.figure(i, format!("change of {name}"), (moved, Some(moved)), Verdict::Exact));
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
                let told = layers.iter().zip(names).map(|(&x, name)| self.figure(i, (*name).to_owned(), (x, Some(x)), Verdict::Exact));
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
                found.extend(self.figure(i, (*name).to_owned(), ends, d.verdict));
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
