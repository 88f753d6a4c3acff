//! What a report shows, read back from its own data: to attack it, and to keep a later report from telling more.

use super::attacked::{AttackedFigure, Between};
use super::axes::{Named, Told};
use super::cells::{layer_names, layers};
use super::deduce::{Deduction, Ends, Question, View, deduce};
use super::follow;
use crate::catalogue::{Catalogue, Indicator};
use crate::dataset::{CellTable, Confidentiality};
use crate::diagnostic::{Code, Error, Result};
use crate::disaggregation::GroupKey;
use crate::disclosure::{Audience, Limits, Verdict};
use crate::estimate::{Absence, ValueKind};
use crate::indicator::Privacy;
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
        /// Its source has published it.
        #[serde(default)]
        public: bool,
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
            SeenFigure::Value { value, numerator, denominator, .. } => layers(sheet.value_kind, Some(value), numerator, denominator, sheet.multiplier),
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
                (None, Some(value)) => {
                    let public = c.confidentiality == Confidentiality::Public;
                    SeenFigure::Value { value, numerator: c.numerator, denominator: c.denominator, public }
                }
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

    /// The same report if it withheld every figure that its source has not published.
    fn hushed(&self) -> Self {
        let hushed = |figure: SeenFigure| if matches!(figure, SeenFigure::Value { public: false, .. }) { SeenFigure::Suppressed } else { figure };
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
    let mut figures = sums(catalogue, report, previous, limits);
    // what the earlier report, and what sources have published, told by themselves
    let is_open = |f: &AttackedFigure| f.verdict != Verdict::Safe && f.verdict != Verdict::PublishedBefore && !f.what.starts_with("change");
    let is_public = |f: &SeenFigure| matches!(f, SeenFigure::Value { public: true, .. });
    if figures.iter().any(is_open) && (previous.is_some() || report.figures.values().any(is_public)) {
        let alone = sums(catalogue, &report.hushed(), previous, limits);
        let place = |f: &AttackedFigure| (f.indicator.clone(), f.period, f.place.clone(), f.groups.clone(), f.without.clone(), f.what.clone());
        let told: BTreeMap<_, &AttackedFigure> = alone.iter().map(|f| (place(f), f)).collect();
        for figure in figures.iter_mut().filter(|f| is_open(f)) {
            if told.get(&place(figure)).is_some_and(|g| g.is_as_close_as(figure)) {
                figure.verdict = Verdict::PublishedBefore;
            }
        }
    }
    if let Some(json) = &report.report {
        figures.extend(follow::followed(catalogue, reading.method, json, reading.explanations));
    }
    figures.sort_by(|a: &AttackedFigure, b| {
        (&a.indicator, a.period, &a.place, &a.groups, &a.without, &a.what).cmp(&(&b.indicator, b.period, &b.place, &b.groups, &b.without, &b.what))
    });
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
fn sums(catalogue: &Catalogue, report: &Published, previous: Option<&Published>, limits: &Limits) -> Vec<AttackedFigure> {
    let mut seen: BTreeMap<&Key, (Option<SeenFigure>, Option<SeenFigure>)> = BTreeMap::new();
    for (key, figure) in report.figures() {
        seen.entry(key).or_default().0 = Some(*figure);
    }
    for (key, figure) in previous.into_iter().flat_map(Published::figures) {
        seen.entry(key).or_default().1 = Some(*figure);
    }
    let mut indicators: BTreeMap<&str, Vec<Seen<'_>>> = BTreeMap::new();
    for (key, (now, before)) in seen {
        indicators.entry(&key.indicator).or_default().push((key, now, before));
    }
    let parent = |place: &str| report.parent(place).or_else(|| previous.and_then(|p| p.parent(place)));
    let mut figures = Vec::new();
    for (indicator, seen) in indicators {
        let Some(sheet) = catalogue.indicator(indicator) else {
            // nobody knows how its figures sum
            let withheld = seen.iter().filter(|(_, f, _)| f.is_some_and(|f| f.is_withheld()));
            figures.extend(withheld.map(|(key, ..)| attacked(key, "figure", (0.0, None), Verdict::Unproven)));
            continue;
        };
        of_indicator(catalogue, sheet, report.threshold, &seen, parent, limits, &mut figures);
    }
    figures
}

fn attacked(key: &Key, what: &str, (lower, upper): Ends, verdict: Verdict) -> AttackedFigure {
    AttackedFigure {
        indicator: key.indicator.clone(),
        place: key.place.clone(),
        period: key.period,
        groups: key.group.parts().iter().map(|(d, g)| [d.to_string(), g.to_string()]).collect(),
        without: Vec::new(),
        what: what.to_owned(),
        lower,
        upper,
        if_complete: None,
        verdict,
    }
}

/// A figure now and before.
type Seen<'a> = (&'a Key, Option<SeenFigure>, Option<SeenFigure>);

/// The attack on all figures of one indicator: what is shown now, and what was shown before.
fn of_indicator<'p>(
    catalogue: &Catalogue,
    sheet: &Indicator,
    threshold: u32,
    seen: &[Seen<'_>],
    parent: impl Fn(&str) -> Option<&'p str>,
    limits: &Limits,
    found: &mut Vec<AttackedFigure>,
) {
    let names = layer_names(sheet.value_kind);
    let layers_of = |figure: &Option<SeenFigure>| figure.and_then(|f| f.layers(sheet));
    let is_withheld = |figure: &Option<SeenFigure>| figure.is_some_and(|f| f.is_withheld());
    for (key, now, before) in seen {
        let (shown, earlier) = (layers_of(now), layers_of(before));
        // two reports that differ by few persons
        for ((a, b), name) in shown.iter().flatten().zip(earlier.iter().flatten()).zip(names) {
            let moved = num::abs(a - b);
            if moved > 0.0 && moved < f64::from(threshold) {
                found.push(attacked(key, &format!("change of {name}"), (moved, Some(moved)), Verdict::Exact));
            }
        }
        if is_withheld(now) {
            let told = earlier.iter().flatten().zip(names);
            found.extend(told.map(|(&x, name)| attacked(key, name, (x, Some(x)), Verdict::PublishedBefore)));
        }
    }
    let mut places: Vec<&str> = seen.iter().map(|(k, ..)| k.place.as_str()).collect();
    places.sort_unstable();
    places.dedup();
    let place = |code: &str| places.binary_search(&code).ok().and_then(|i| u32::try_from(i).ok());
    let mut views: Vec<View<'_>> = Vec::with_capacity(seen.len());
    for (key, now, before) in seen {
        let at = (place(&key.place).unwrap_or_default(), key.period, &key.group);
        views.push(View { at, withheld: is_withheld(now), known: layers_of(now).or_else(|| layers_of(before)) });
    }
    let few = sheet.privacy != Privacy::None;
    let question =
        Question { catalogue, depth: names.len(), sums_over_time: sheet.value_kind == ValueKind::Count, few, ends: true, threshold, search: (*limits).into() };
    let made = deduce(&question, &views, &|p: u32| places.get(p as usize).and_then(|code| parent(code)).and_then(place));
    let told = |figure: AttackedFigure, d: &Deduction| {
        let if_complete = d.if_complete.map(|(lower, upper)| Between { lower, upper });
        AttackedFigure { if_complete, ..figure }
    };
    for (i, d) in &made.figures {
        if let (Some((key, ..)), Some(name)) = (seen.get(*i), names.get(d.layer)) {
            found.push(told(attacked(key, name, d.ends, d.verdict), d));
        }
    }
    for (at, d) in &made.others {
        if let (Some((first, ..)), Some(name)) = (seen.first(), names.get(d.layer)) {
            found.push(told(rest(first, at, &places, name, d), d));
        }
    }
}

/// People whom nobody handed in, as a figure that leaves others out.
fn rest(first: &Key, at: &Told, places: &[&str], name: &str, d: &Deduction) -> AttackedFigure {
    let place = |p: u32| places.get(p as usize).map_or_else(String::new, |code| (*code).to_owned());
    let without = at.without.iter().map(|(dimension, named)| match named {
        Named::Place(p) => ["place".to_owned(), place(*p)],
        Named::Period(p) => ["period".to_owned(), p.to_string()],
        Named::Code(code) => [dimension.clone(), code.clone()],
    });
    AttackedFigure {
        place: at.place.map_or_else(|| first.place.clone(), place),
        period: at.period.unwrap_or(first.period),
        groups: at.groups.clone(),
        without: without.collect(),
        ..attacked(first, name, d.ends, d.verdict)
    }
}
