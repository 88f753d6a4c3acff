//! Who is counted, and who is not (method §6): what became of the disaggregations that the indicators ask for. All of it
//! follows from the published figures and from what the city has said in the plan.

use super::{
    CountedReport, DisaggregationNeed, DisaggregationReport, Figure, GroupReport, IndicatorReport, MissingReason, NamedGroup, Report, VisibilityReport,
};
use crate::dataset::Cell;
use crate::equality::{DisaggregationCounts, DisaggregationStatus};
use crate::indicator::ResultLevel;
use crate::period::Period;
use std::collections::{BTreeMap, BTreeSet};

/// Counts of required and desirable ones.
#[derive(Clone, Copy, Default)]
struct Both {
    required: DisaggregationCounts,
    desirable: DisaggregationCounts,
}

impl Both {
    fn add(&mut self, item: &DisaggregationReport, weight: f64) {
        match item.need {
            DisaggregationNeed::Required => self.required.add(item.status, weight),
            DisaggregationNeed::Desirable => self.desirable.add(item.status, weight),
        }
    }
}

impl Report {
    /// What became of the dimensions that an indicator asks for: first what the data show, then what the city says.
    pub(super) fn disaggregation_of(
        &self,
        indicator: &crate::catalogue::Indicator,
        figure: &Figure,
        groups: &[GroupReport],
        series: &[Cell],
        place: &str,
        period: Period,
    ) -> Vec<DisaggregationReport> {
        let asked = &indicator.disaggregation;
        let required = asked.required.iter().map(|d| (d, DisaggregationNeed::Required));
        let desirable = asked.desirable.iter().filter(|d| !asked.required.contains(d)).map(|d| (d, DisaggregationNeed::Desirable));
        required
            .chain(desirable)
            .map(|(dimension, need)| {
                let dimension = dimension.as_str();
                let mine: Vec<&GroupReport> = groups.iter().filter(|g| self.is_group_of(g, dimension)).collect();
                let count = |is: fn(&Figure) -> bool| mine.iter().filter(|g| is(&g.figure)).count();
                let published = count(|f| f.value().is_some());
                let withheld = count(|f| matches!(f, Figure::Suppressed | Figure::Missing { reason: MissingReason::UnknownCount, .. }));
                let asked_nobody = |f: &Figure| matches!(f, Figure::Missing { reason: MissingReason::NotAsked, .. });
                let does_not_apply = |f: &Figure| matches!(f, Figure::Missing { reason: MissingReason::NotApplicable, .. });
                let record = self.scope.plan.availability.iter().rev().find(|r| r.is_about(indicator.id.as_str(), dimension, place));
                let status = if published > 0 {
                    DisaggregationStatus::Have
                } else if withheld > 0 {
                    DisaggregationStatus::Withheld
                } else if mine.iter().any(|g| asked_nobody(&g.figure)) || (mine.is_empty() && asked_nobody(figure)) {
                    DisaggregationStatus::NotAsked
                } else if (!mine.is_empty() && mine.iter().all(|g| does_not_apply(&g.figure))) || (mine.is_empty() && does_not_apply(figure)) {
                    DisaggregationStatus::NotApplicable
                } else if let Some(record) = record {
                    record.status.into()
                } else if self.was_published(series, dimension, period) {
                    DisaggregationStatus::CouldHave
                } else if mine.is_empty() {
                    DisaggregationStatus::NoData
                } else {
                    DisaggregationStatus::Missing
                };
                // what the city says of what it has is no reason for anything
                let said = record.filter(|r| DisaggregationStatus::from(r.status) == status);
                DisaggregationReport {
                    dimension: dimension.to_owned(),
                    need,
                    status,
                    published,
                    withheld,
                    effort: said.map(|r| r.effort.clone()).unwrap_or_default(),
                    reason: said.map(|r| r.reason.clone()).unwrap_or_default(),
                }
            })
            .collect()
    }

    /// Whether a figure is about people of a group of the dimension, alone or crossed with others.
    fn is_group_of(&self, group: &GroupReport, dimension: &str) -> bool {
        group.groups.iter().any(|[d, code]| d == dimension && !self.is_not_stated(d, code))
    }

    fn is_not_stated(&self, dimension: &str, code: &str) -> bool {
        self.catalogue.dimension(dimension).and_then(|d| d.group(code)).is_some_and(|g| g.not_stated.is_some())
    }

    /// Whether there is a figure by the dimension at an earlier period.
    fn was_published(&self, series: &[Cell], dimension: &str, period: Period) -> bool {
        series.iter().filter(|c| c.absence.is_none() && self.table.period(c).is_some_and(|p| p <= period)).any(|c| {
            self.table.group(c).is_some_and(|g| g.parts().iter().any(|(d, code)| d.as_str() == dimension && !self.is_not_stated(d.as_str(), code.as_str())))
        })
    }

    /// Everything together, by right and by dimension.
    pub(super) fn visibility(&self, indicators: &[IndicatorReport]) -> VisibilityReport {
        let mut all = Both::default();
        let mut rights: BTreeMap<&str, Both> = BTreeMap::new();
        let mut dimensions: BTreeMap<&str, Both> = BTreeMap::new();
        let mut seen: BTreeSet<(&str, &str)> = BTreeSet::new();
        for indicator in indicators {
            let weight = self.disaggregation_weight(indicator.result_level);
            for item in &indicator.disaggregation {
                all.add(item, weight);
                dimensions.entry(&item.dimension).or_default().add(item, weight);
                for right in &indicator.rights {
                    rights.entry(right).or_default().add(item, weight);
                }
            }
            let shown = indicator.groups.iter().filter(|g| g.figure.value().is_some());
            seen.extend(shown.flat_map(|g| g.groups.iter().map(|[d, code]| (d.as_str(), code.as_str()))));
        }
        let report = |section: &str, id: &str, both: Both| CountedReport {
            id: id.to_owned(),
            name: self.catalogue.label(section, id).to_owned(),
            invisibility: both.required.invisibility(),
            required: both.required,
            desirable: both.desirable,
            unseen_groups: Vec::new(),
            special_category: false,
        };
        VisibilityReport {
            invisibility: all.required.invisibility(),
            required: all.required,
            desirable: all.desirable,
            rights: rights.into_iter().map(|(id, both)| report("rights", id, both)).collect(),
            dimensions: dimensions
                .into_iter()
                .map(|(id, both)| CountedReport {
                    unseen_groups: self.unseen_groups(id, &seen),
                    special_category: self.catalogue.dimension(id).is_some_and(|d| d.special_category),
                    ..report("dimensions", id, both)
                })
                .collect(),
        }
    }

    fn disaggregation_weight(&self, level: ResultLevel) -> f64 {
        self.method.data().disaggregation.as_ref().map_or(1.0, |section| section.rules().weight(level))
    }

    /// The groups of the catalogue's list without any published figure; a city may have groups of its own beside them.
    fn unseen_groups(&self, dimension: &str, seen: &BTreeSet<(&str, &str)>) -> Vec<NamedGroup> {
        let Some(sheet) = self.catalogue.dimension(dimension).filter(|d| d.codes == crate::disaggregation::Codes::List) else {
            return Vec::new();
        };
        let unseen = sheet.group.iter().filter(|g| !sheet.is_total(g.code.as_str()) && g.not_stated.is_none() && !seen.contains(&(dimension, g.code.as_str())));
        unseen.map(|g| NamedGroup { code: g.code.to_string(), name: self.catalogue.group_label(dimension, g.code.as_str()).into_owned() }).collect()
    }
}
