//! Progress of an indicator: towards its target, as a trend, and whether it went backwards. Everything is computed from
//! the figures that are published.

use super::Report;
use crate::assess::{IndicatorResult, PlannedTarget, estimate_of, tolerance_of};
use crate::catalogue::Indicator;
use crate::dataset::Cell;
use crate::estimate::Absence;
use crate::num::{self, Plain};
use crate::period::Period;
use crate::progress::{
    self, Baseline, Goal, Projection, ProjectionBasis, Retrogression, RetrogressionStatus, Series, SeriesPoint, TargetPath, Time, TrendEstimate, ValueRange,
    YearsToTarget,
};
use crate::rbm::{self, Achievement, Observed, Status};
use serde::Serialize;

/// Whose target it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum TargetOwner {
    /// The city set it itself.
    City,
    /// It is the target of the catalogue.
    Catalogue,
}

/// The way to a target, and how much of it is done.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs, reason = "the names say it")]
pub struct AchievementReport {
    pub owner: TargetOwner,
    #[serde(flatten)]
    pub achievement: Achievement,
    pub target: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_at: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub baseline: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub baseline_at: Option<Time>,
    /// The figure that the path expects by now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected_value: Option<f64>,
    /// Years to the target at the pace of the trend.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub years_to_target: Option<YearsToTarget>,
    /// Where the trend leads by the date of the target.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub projection: Option<Projection>,
    /// Where the target is written down.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub source: String,
}

/// The progress of an indicator.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ProgressReport {
    /// Towards the target; absent where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub achievement: Option<AchievementReport>,
    /// Since the last break in the series; absent with too few figures.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trend: Option<TrendEstimate>,
    /// Whether the figure calls for a justification; absent without an earlier figure or a direction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retrogression: Option<Retrogression>,
}

impl ProgressReport {
    fn is_empty(&self) -> bool {
        self.achievement.is_none() && self.trend.is_none() && self.retrogression.is_none()
    }

    /// Whether a decline calls for a justification.
    #[must_use]
    pub fn is_possible_retrogression(&self) -> bool {
        self.retrogression.as_ref().is_some_and(|r| r.status == RetrogressionStatus::PossibleRetrogression)
    }
}

/// How many indicators stand where on the way to their targets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs, reason = "the names say it")]
pub struct ProgressCounts {
    pub with_target: usize,
    pub met: usize,
    pub on_track: usize,
    pub lagging: usize,
    pub off_track: usize,
    pub regressed: usize,
    pub maintained: usize,
    pub not_rated: usize,
    pub missing: usize,
    pub suppressed: usize,
    pub not_applicable: usize,
    /// Declines that call for a justification.
    pub possible_retrogression: usize,
}

impl ProgressCounts {
    pub(super) fn add(&mut self, progress: &ProgressReport) {
        self.possible_retrogression += usize::from(progress.is_possible_retrogression());
        let Some(made) = &progress.achievement else { return };
        self.with_target += 1;
        *match made.achievement.status {
            Status::Met => &mut self.met,
            Status::OnTrack => &mut self.on_track,
            Status::Lagging => &mut self.lagging,
            Status::OffTrack => &mut self.off_track,
            Status::Regressed => &mut self.regressed,
            Status::Maintained => &mut self.maintained,
            Status::NotRated => &mut self.not_rated,
            Status::Missing => &mut self.missing,
            Status::Suppressed => &mut self.suppressed,
            Status::NotApplicable => &mut self.not_applicable,
        } += 1;
    }
}

impl std::fmt::Debug for Wording<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Wording").finish_non_exhaustive()
    }
}

impl Report {
    /// The progress of an indicator up to a period, from its published totals.
    pub(super) fn progress(&self, sheet: &Indicator, result: &IndicatorResult, series: &[Cell], place: &str) -> Option<ProgressReport> {
        let cell = result.cell.and_then(|i| self.table.cells.get(i as usize));
        let period = cell.and_then(|c| self.table.period(c));
        let planned = self.scope.plan.targets.iter().filter(|t| t.indicator == sheet.id && t.is_for(place)).max_by_key(|t| t.place.is_some());
        let raw = self.method.data();
        let tolerance = tolerance_of(cell.and_then(Cell::value).unwrap_or_default(), sheet, self.method.scoring(sheet), &self.method);
        let (achievement_rules, trend_rules) = (raw.achievement_rules(tolerance), raw.trend_rules());
        // periods of the same length, up to the one assessed
        let comparable = |p: Period| period.is_some_and(|now| p.comparable_with(now) && p <= now);
        let points = series.iter().filter(|c| c.group == 0).filter_map(|c| {
            let of = self.table.period(c).filter(|p| comparable(*p))?;
            let estimate = estimate_of(c, sheet, &raw.estimate)?;
            Some(SeriesPoint { at: of.into(), value: estimate.value, se: estimate.se, breaks: c.is_break })
        });
        let figures = Series::new(points.collect()).ok()?;
        let has_figure = cell.is_some_and(|c| c.absence.is_none());
        let trend = progress::trend(&figures, sheet.polarity, &trend_rules).ok().and_then(|t| t.estimate).filter(|_| has_figure);
        let retrogression = progress::retrogression(&figures, None, sheet.polarity, &raw.retrogression_rules(tolerance)).ok();
        let retrogression = retrogression.filter(|r| has_figure && r.previous.is_some());
        let made = ProgressReport { achievement: self.way_to_target(sheet, cell, &figures, planned, &achievement_rules, trend.as_ref()), trend, retrogression };
        (!made.is_empty()).then_some(made)
    }

    /// The progress of an indicator of a unit.
    pub(crate) fn progress_of(&self, unit: usize, sheet: &Indicator, result: &IndicatorResult) -> Option<ProgressReport> {
        let place = self.derived.units.get(unit)?.place;
        let index = self.catalogue.indicator_index(sheet.id.as_str()).and_then(|i| u32::try_from(i).ok())?;
        let series = self.table.of_place(place).of_indicator(index).cells;
        self.progress(sheet, result, series, self.table.places.get(place as usize)?.code.as_str())
    }

    fn way_to_target(
        &self,
        sheet: &Indicator,
        cell: Option<&Cell>,
        figures: &Series,
        planned: Option<&PlannedTarget>,
        rules: &rbm::AchievementRules,
        trend: Option<&TrendEstimate>,
    ) -> Option<AchievementReport> {
        let point = |at: Time| figures.points().iter().find(|p| p.at == at);
        let figure_of = |period: Period| point(period.into()).map(|p| Baseline { value: p.value, se: p.se, at: Some(p.at) });
        let (path, owner, source) = match (planned, &sheet.target) {
            (Some(planned), _) => (planned.path(figure_of), TargetOwner::City, planned.source.clone()),
            (None, Some(target)) => {
                let at = target.year.and_then(|y| Time::new(f64::from(y)).ok());
                let goal = Goal { value: target.value?, at };
                let source = target.source.as_ref().map(ToString::to_string).unwrap_or_default();
                let baseline = self.scope.plan.baseline.and_then(figure_of);
                (TargetPath { baseline, target: Some(goal), ..TargetPath::default() }, TargetOwner::Catalogue, source)
            }
            (None, None) => return None,
        };
        let now = cell.and_then(|c| self.table.period(c)).map(Time::from);
        let latest = figures.points().last();
        let observed = match (cell, now.and_then(point)) {
            (_, Some(p)) => {
                let since = path.baseline.and_then(|b| b.at);
                // a break between the baseline and now, also in a figure between them
                let across_break = since.is_some_and(|from| figures.points().iter().any(|q| q.breaks && q.at > from && q.at <= p.at));
                Observed::Value { value: p.value, se: p.se, across_break }
            }
            (cell, None) => Observed::Absent(cell.and_then(|c| c.absence).unwrap_or(Absence::Missing)),
        };
        // without a date nothing is expected, so any time serves
        let at = now.or_else(|| path.target.and_then(|t| t.at)).or_else(|| Time::new(0.0).ok())?;
        let achievement = rbm::achievement(observed, at, &path, sheet.polarity, rules).ok()?;
        let goal = path.target?;
        let slope = trend.map(|t| t.slope);
        let years_to_target = latest.zip(slope).and_then(|(p, slope)| progress::years_to_target(p.value, goal.value, slope, sheet.polarity).ok().flatten());
        let range = sheet.bounds.as_ref().map_or(ValueRange::default(), |b| ValueRange { min: b.min, max: b.max });
        let trend_rules = self.method.data().trend_rules();
        let ahead = goal.at.filter(|end| trend.is_some() && latest.is_some_and(|p| p.at < *end));
        let projection = ahead.and_then(|end| progress::projection(figures, end, ProjectionBasis::TheilSen, range, &trend_rules).ok().flatten());
        Some(AchievementReport {
            owner,
            expected_value: path.baseline.and_then(|b| b.at).and_then(|_| path.expected_value(at).ok().flatten()),
            achievement,
            target: goal.value,
            target_at: goal.at,
            baseline: path.baseline.map(|b| b.value),
            baseline_at: path.baseline.and_then(|b| b.at),
            years_to_target,
            projection,
            source,
        })
    }
}

/// A time for people: a year, or a year and month.
pub(crate) fn time_text(at: Time) -> String {
    let year = at.years().floor();
    let month = num::decimal((at.years() - year) * 12.0, 0);
    if month == "0" { num::decimal(year, 0) } else { format!("{} (month {})", num::decimal(year, 0), month.parse::<u8>().map_or(1, |m| m.saturating_add(1))) }
}

/// How values and differences of an indicator are written.
pub struct Wording<'a> {
    /// A value with its unit, such as `12 %`.
    pub value: &'a dyn Fn(f64) -> String,
    /// A difference with its unit, such as `3 percentage points`.
    pub difference: &'a dyn Fn(f64) -> String,
}

/// Where an indicator stands on the way to its target, in a sentence or two.
#[must_use]
pub fn achievement_text(made: &AchievementReport, wording: &Wording<'_>) -> Option<String> {
    let with_unit = wording.value;
    let whose = match made.owner {
        TargetOwner::City => "the city's target",
        TargetOwner::Catalogue => "the target of the catalogue",
    };
    let by = made.target_at.map(|t| format!(" by {}", time_text(t))).unwrap_or_default();
    let from = made.baseline.map(|b| format!(" from {}{}", with_unit(b), made.baseline_at.map(|t| format!(" in {}", time_text(t))).unwrap_or_default()))?;
    let target = with_unit(made.target);
    let word = status_word(made.achievement.status)?;
    let a = &made.achievement;
    let text = match (a.status, a.raw) {
        (Status::Maintained, _) => format!("The aim is to keep {target}, and it is kept."),
        (Status::Regressed, None) => format!("The aim is to keep {target}, and it is not kept."),
        (Status::Met, _) => format!("{} of {target}{by} is met.", capital(whose)),
        (Status::Regressed, Some(_)) => format!("On the way{from} to {whose} of {target}{by}, it has become worse than it was at the start."),
        (_, Some(raw)) => {
            let done = format!("Of the way{from} to {whose} of {target}{by}, {} % is done", num::decimal(raw * 100.0, 0));
            match a.expected {
                Some(e) => format!("{done}; {} % would be expected by now: {word}.", num::decimal(e * 100.0, 0)),
                None => format!("{done}."),
            }
        }
        _ => return None,
    };
    let chance = match a.probability {
        Some(p) if a.se.is_some_and(|se| se > 0.0) && !matches!(a.status, Status::Met) => {
            format!(" Given its error, the chance that it is on the path or above is {} %.", num::decimal(p * 100.0, 0))
        }
        _ => String::new(),
    };
    let years = match made.years_to_target {
        Some(YearsToTarget::Approaching { years }) => format!(" At the pace of the series it would take {} more years.", Plain(years)),
        Some(YearsToTarget::MovingAway) => " The series moves away from the target.".to_owned(),
        _ => String::new(),
    };
    Some(format!("{text}{chance}{years}"))
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|c| c.to_uppercase().collect::<String>() + chars.as_str()).unwrap_or_default()
}

/// A status for people; `None` for those that say nothing of a figure.
#[must_use]
pub const fn status_word(status: Status) -> Option<&'static str> {
    Some(match status {
        Status::Met => "met",
        Status::OnTrack => "on track",
        Status::Lagging => "behind",
        Status::OffTrack => "far behind",
        Status::Regressed => "worse than at the start",
        Status::Maintained => "kept",
        Status::NotRated | Status::Missing | Status::Suppressed | Status::NotApplicable => return None,
    })
}

/// What a possible retrogression is, in a sentence or two; `None` where there is none.
#[must_use]
pub fn retrogression_text(made: &Retrogression, wording: &Wording<'_>) -> Option<String> {
    if made.status != RetrogressionStatus::PossibleRetrogression {
        return None;
    }
    let best = made.best?;
    let less = (wording.difference)(num::abs(best.difference?));
    let sustained = if made.sustained { " The figure before was a decline as well." } else { "" };
    let basis = match best.p {
        Some(p) => {
            let chance = if p < 0.000_05 { "below 0.0001".to_owned() } else { format!("of {}", num::decimal(p, 4)) };
            let figures = if made.comparisons == 1 { "one earlier figure".to_owned() } else { format!("{} earlier figures", made.comparisons) };
            format!(" Chance alone would show this with a probability {chance} (compared with {figures}).")
        }
        None => " No error of the figures is known, so it is told by the tolerance of the method.".to_owned(),
    };
    Some(format!(
        "Possible retrogression: it is worse by {less} than the best earlier figure, of {}.{basis}{sustained} This calls for a justification; it is not a legal finding (CESCR General Comment 3, paragraph 9).",
        time_text(best.at)
    ))
}

/// A trend, in a sentence.
#[must_use]
pub fn trend_text(made: &TrendEstimate, wording: &Wording<'_>) -> String {
    if !made.shown {
        return "Over the years there is no trend that chance could not explain.".to_owned();
    }
    let way = if made.slope > 0.0 { "rises" } else { "falls" };
    format!("Over the years it {way} by {} a year.", (wording.difference)(num::abs(made.slope)))
}
