//! One place at one period: its figures, groups, gaps and nodes as a reader sees them.

use super::{
    ChangeReport, DisaggregationNeed, DisaggregationReport, Figure, FloorReport, GapReport, GroupReport, IndicatorReport, MeanReport, MeasuredCounts,
    MissingReason, NodeReport, PlaceReport, Point, ProgressCounts, ProgressReport, Report, TargetReport,
};
use crate::assess::{self, Availability, IndicatorResult, NodeDef, NodeKind, NodeResult, estimate_of, score_of};
use crate::catalogue::{Catalogue, Indicator};
use crate::dataset::{Cell, Confidentiality};
use crate::equality::DisaggregationStatus;
use crate::estimate::Absence;
use crate::method::EstimateRules;
use crate::num;
use crate::period::Period;
use crate::target::SLACK;
use std::collections::BTreeMap;

impl Report {
    /// One place at one period.
    #[must_use]
    pub fn place_report(&self, unit: usize) -> Option<PlaceReport> {
        let u = self.derived.units.get(unit)?;
        let place = self.table.places.get(u.place as usize)?;
        let wide = self.scope.indicators.len();
        let results = self.derived.results.get(unit * wide..(unit + 1) * wide)?;
        let cells = self.table.of_place(u.place);
        let gaps: Vec<&assess::GapResult> = {
            let from = self.derived.gaps.partition_point(|g| (g.unit as usize) < unit);
            let to = self.derived.gaps.partition_point(|g| (g.unit as usize) <= unit);
            self.derived.gaps.get(from..to).unwrap_or_default().iter().collect()
        };
        let mut measured = MeasuredCounts { selected: wide, in_catalogue: self.catalogue.indicators().len(), ..MeasuredCounts::default() };
        let mut counts = ProgressCounts::default();
        let mut indicators = Vec::with_capacity(wide);
        for (position, result) in results.iter().enumerate() {
            let Some((sheet, index)) = self.sheet(position) else { continue };
            let series = cells.of_indicator(index).cells;
            let mine: Vec<&assess::GapResult> = gaps.iter().filter(|g| g.indicator as usize == position).copied().collect();
            count(&mut measured, sheet, result);
            let progress = self.progress(sheet, result, series, place.code.as_str());
            progress.iter().for_each(|p| counts.add(p));
            indicators.push(self.indicator_report(sheet, result, series, &mine, progress, (place.code.as_str(), u.period)));
        }
        let visibility = self.visibility(&indicators);
        let deep = self.scope.tree.nodes.len();
        let nodes = self.derived.nodes.get(unit * deep..(unit + 1) * deep).unwrap_or_default();
        Some(PlaceReport {
            place: place.code.to_string(),
            name: assess::place_name(place).to_owned(),
            parent: place.parent.as_ref().map(ToString::to_string),
            period: u.period,
            nodes: self.scope.tree.nodes.iter().zip(nodes).map(|(d, r)| self.node_report(d, r)).collect(),
            indicators,
            measured,
            progress: counts,
            visibility,
        })
    }

    fn node_report(&self, def: &NodeDef, result: &NodeResult) -> NodeReport {
        let mean = |m: crate::aggregate::Mean| MeanReport { score: m.score, coverage: m.coverage, n: m.n, of: m.of };
        NodeReport {
            kind: def.kind,
            id: def.id.clone(),
            name: node_name(&self.catalogue, def.kind, &def.id),
            state: result.state,
            outcomes: result.outcomes.map(mean),
            effort: result.effort.map(mean),
            combined: result.combined,
            band: result.band,
            band_name: result.band.map(|b| self.method.band_name(usize::from(b)).to_owned()),
            below_minimum: result.below_minimum,
            outcome_range: result.outcome_range.map(|(a, b)| [a, b]),
        }
    }

    pub(super) fn figure(&self, cell: &Cell, sheet: &Indicator) -> Figure {
        figure_of(cell, sheet, &self.method.data().estimate)
    }

    pub(super) fn score(&self, value: f64, sheet: &Indicator) -> Option<f64> {
        score_of(value, sheet, self.method.scoring(sheet)).ok().map(|s| s.score)
    }

    fn indicator_report(
        &self,
        sheet: &Indicator,
        result: &IndicatorResult,
        series: &[Cell],
        gaps: &[&assess::GapResult],
        progress: Option<ProgressReport>,
        (place, period): (&str, Period),
    ) -> IndicatorReport {
        let cell = result.cell.and_then(|i| self.table.cells.get(i as usize));
        let figure = match (cell, result.availability) {
            (_, Availability::NoData) => Figure::Missing { reason: MissingReason::NoData, count: None },
            (_, Availability::NoTotal) => Figure::Missing { reason: MissingReason::NoTotal, count: None },
            (_, Availability::TooOld) => Figure::Missing { reason: MissingReason::TooOld, count: None },
            (Some(cell), _) => self.figure(cell, sheet),
            (None, _) => Figure::Missing { reason: MissingReason::NoData, count: None },
        };
        let shown = cell.or_else(|| series.iter().rev().find(|c| c.absence.is_none()));
        let text = |pick: fn(&Cell) -> u32| shown.and_then(|c| self.table.text(pick(c))).cloned();
        let unit = sheet.unit.as_str();
        let label = self.catalogue.label_of("units", unit);
        // the series as it was known at the period assessed
        let totals = series.iter().filter(|c| c.group == 0 && self.table.period(c).is_some_and(|p| p <= period));
        let points: Vec<Point> =
            totals.filter_map(|c| Some(Point { period: self.table.period(c)?, figure: self.figure(c, sheet), is_break: c.is_break })).collect();
        let change = result.change.and_then(|change| {
            let before = self.table.cells.get(result.previous? as usize)?;
            Some(ChangeReport {
                since: self.table.period(before)?,
                previous: before.value()?,
                absolute: change.absolute,
                relative: change.relative,
                per_year: change.per_year,
                direction: change.direction,
            })
        });
        let target = sheet.target.as_ref().and_then(|t| {
            let (value, operator) = (t.value?, t.operator?);
            Some(TargetReport {
                value,
                upper: t.upper,
                operator: operator.symbol(),
                year: t.year,
                scope: t.scope.clone(),
                source: t.source.as_ref().map(ToString::to_string),
                met: figure.value().map(|v| operator.is_met(v, value, t.upper)),
            })
        });
        let oldest = i32::try_from(self.method.data().period.carry_forward_years.value).unwrap_or(i32::MAX);
        let groups = self.groups_of(sheet, series, period, oldest);
        let disaggregation = self.disaggregation_of(sheet, &figure, &groups, series, place, period);
        let lacking = |d: &&DisaggregationReport| {
            d.need == DisaggregationNeed::Required && !matches!(d.status, DisaggregationStatus::Have | DisaggregationStatus::NotApplicable)
        };
        let missing_disaggregation = disaggregation.iter().filter(lacking).map(|d| d.dimension.clone()).collect();
        IndicatorReport {
            id: sheet.id.to_string(),
            name: self.catalogue.name(sheet).to_owned(),
            module: sheet.module.to_string(),
            rights: sheet.rights.iter().map(ToString::to_string).collect(),
            tier: sheet.tier,
            measure_type: sheet.measure_type,
            result_level: sheet.result_level,
            polarity: sheet.polarity,
            unit: label.map_or(unit, |l| l.name.as_str()).to_owned(),
            unit_symbol: label.and_then(|l| l.symbol.as_deref()).unwrap_or_default().to_owned(),
            figure,
            period: cell.and_then(|c| self.table.period(c)),
            carried_forward: result.carried,
            source: text(|c| c.source),
            proxy: text(|c| c.proxy),
            note: text(|c| c.note),
            score: result.score.map(|s| s.score),
            // a raw score that differs by its rounding alone says nothing
            raw_score: result.score.filter(|s| num::abs(s.raw - s.score) > SLACK).map(|s| s.raw),
            not_scored: result.not_scored,
            standing: result.standing,
            target,
            change,
            across_break: result.across_break,
            progress,
            series: points,
            floor: self.floor_of(&groups),
            groups,
            gaps: gaps.iter().filter_map(|g| self.gap_report(sheet, g)).collect(),
            disaggregation,
            missing_disaggregation,
        }
    }

    /// For each combination of dimensions, the groups at the latest period in the window.
    fn groups_of(&self, sheet: &Indicator, series: &[Cell], period: Period, oldest: i32) -> Vec<GroupReport> {
        let mut latest: BTreeMap<Vec<&str>, u32> = BTreeMap::new();
        let in_window = |c: &Cell| self.table.period(c).is_some_and(|p| p <= period && period.start_year() - p.start_year() <= oldest);
        for c in series.iter().filter(|c| c.group != 0 && in_window(c)) {
            let Some(group) = self.table.group(c) else { continue };
            let key: Vec<&str> = group.parts().iter().map(|(d, _)| d.as_str()).collect();
            let at = latest.entry(key).or_insert(c.period);
            *at = (*at).max(c.period);
        }
        let mut rows: Vec<GroupReport> = series
            .iter()
            .filter(|c| c.group != 0)
            .filter_map(|c| {
                let group = self.table.group(c)?;
                let key: Vec<&str> = group.parts().iter().map(|(d, _)| d.as_str()).collect();
                if latest.get(&key) != Some(&c.period) {
                    return None;
                }
                let figure = self.figure(c, sheet);
                let score = figure.value().and_then(|v| self.score(v, sheet));
                let names: Vec<_> = group.parts().iter().map(|(d, code)| self.catalogue.group_label(d.as_str(), code.as_str())).collect();
                Some(GroupReport {
                    groups: group.parts().iter().map(|(d, code)| [d.to_string(), code.to_string()]).collect(),
                    name: names.join(", "),
                    period: self.table.period(c)?,
                    figure,
                    score,
                })
            })
            .collect();
        rows.sort_by_key(|r| r.groups.iter().map(|[d, _]| d.clone()).collect::<Vec<_>>());
        rows
    }

    /// The published group of a single dimension with the lowest score; the first of equals. Who gave no answer is no group.
    fn floor_of(&self, groups: &[GroupReport]) -> Option<FloorReport> {
        let mut lowest: Option<FloorReport> = None;
        for row in groups {
            let ([[dimension, code]], Some(score), Some(value)) = (row.groups.as_slice(), row.score, row.figure.value()) else { continue };
            let not_stated = self.catalogue.dimension(dimension).and_then(|d| d.group(code)).is_some_and(|g| g.not_stated.is_some());
            if !not_stated && lowest.as_ref().is_none_or(|l| score < l.score) {
                let (dimension, group) = (dimension.clone(), code.clone());
                lowest = Some(FloorReport { dimension, group, name: row.name.clone(), period: row.period, value, score });
            }
        }
        lowest
    }

    pub(super) fn gap_report(&self, sheet: &Indicator, g: &assess::GapResult) -> Option<GapReport> {
        let (worst, best) = (self.table.cells.get(g.worst as usize)?, self.table.cells.get(g.best as usize)?);
        let code = |c: &Cell| self.table.group(c).and_then(|k| k.single()).map(|(_, code)| code.to_string());
        let (worst_code, best_code) = (code(worst)?, code(best)?);
        let dimension = g.dimension.as_str();
        let scores = self.score(worst.value()?, sheet).zip(self.score(best.value()?, sheet));
        Some(GapReport {
            dimension: dimension.to_owned(),
            dimension_name: self.catalogue.label("dimensions", dimension).to_owned(),
            period: self.table.period(worst)?,
            groups: g.groups,
            worst_name: self.catalogue.group_label(dimension, &worst_code).into_owned(),
            worst: worst_code,
            worst_value: worst.value()?,
            best_name: self.catalogue.group_label(dimension, &best_code).into_owned(),
            best: best_code,
            best_value: best.value()?,
            directional: sheet.polarity.direction().is_some(),
            difference: g.gap.difference,
            ratio: g.gap.ratio,
            score_difference: scores.map(|(w, b)| num::abs(b - w)),
            p: g.gap.p,
            p_all_equal: g.gap.p_all_equal,
            comparisons: g.gap.comparisons,
            verdict: g.gap.verdict,
        })
    }
}

/// A cell as a reader sees it.
pub(crate) fn figure_of(cell: &Cell, sheet: &Indicator, rules: &EstimateRules) -> Figure {
    let missing = |reason| Figure::Missing { reason, count: None };
    match cell.absence {
        None => match estimate_of(cell, sheet, rules) {
            Some(e) => Figure::Value {
                value: e.value,
                lower: e.interval.map(|i| i.lower),
                upper: e.interval.map(|i| i.upper),
                numerator: cell.numerator,
                denominator: cell.denominator,
                public: cell.confidentiality == Confidentiality::Public,
            },
            None => missing(MissingReason::Missing),
        },
        Some(Absence::Suppressed) => Figure::Suppressed,
        Some(Absence::Missing) => missing(MissingReason::Missing),
        Some(Absence::NotAsked) => missing(MissingReason::NotAsked),
        Some(Absence::Refused) => missing(MissingReason::Refused),
        Some(Absence::NotApplicable) => missing(MissingReason::NotApplicable),
        Some(Absence::NoDenominator) => Figure::Missing { reason: MissingReason::NoDenominator, count: cell.numerator },
        Some(Absence::UnknownCount) => missing(MissingReason::UnknownCount),
    }
}

/// The name of a node for people.
pub(crate) fn node_name(catalogue: &Catalogue, kind: NodeKind, id: &str) -> String {
    let label = |section: &str| catalogue.label(section, id).to_owned();
    match kind {
        NodeKind::Overall => "All modules".to_owned(),
        NodeKind::Module => label("modules"),
        NodeKind::Branch => {
            let last = id.rsplit('/').next().unwrap_or(id);
            let found = ["modules", "rights", "attributes", "services"].iter().find_map(|section| catalogue.label_of(section, last));
            found.map_or_else(|| last.to_owned(), |l| l.name.clone())
        }
        NodeKind::Right => label("rights"),
        NodeKind::Attribute => label("attributes"),
        NodeKind::ResultLevel => label("result_levels"),
        NodeKind::ServiceArea => label("services"),
        NodeKind::Aaaq => label("aaaq"),
        NodeKind::HrbaPrinciple => label("hrba"),
        NodeKind::Article => label("articles"),
    }
}

fn count(measured: &mut MeasuredCounts, sheet: &Indicator, result: &IndicatorResult) {
    let outcome = sheet.result_level.is_outcome();
    measured.outcomes_selected += usize::from(outcome);
    match result.availability {
        Availability::Available => {
            measured.available += 1;
            measured.outcomes_available += usize::from(outcome);
            if result.score.is_some() {
                measured.scored += 1;
            } else {
                measured.shown_not_scored += 1;
            }
        }
        Availability::NoData => measured.no_data += 1,
        Availability::NoTotal => measured.by_group_only += 1,
        Availability::TooOld => measured.too_old += 1,
        Availability::Absent(Absence::Suppressed | Absence::UnknownCount) => measured.withheld += 1,
        Availability::Absent(_) => measured.absent += 1,
    }
}
