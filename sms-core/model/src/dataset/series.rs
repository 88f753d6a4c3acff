//! What only shows when all rows of an indicator are seen together.

use super::{Cell, CellTable};
use crate::catalogue::{Catalogue, Dimension, Indicator};
use crate::diagnostic::{Code, Finding, Findings, Location};
use crate::disaggregation::{AgeRange, Codes, DimensionKind, GroupKey};
use crate::estimate::ValueKind;
use crate::id::GroupCode;
use crate::num;

/// What is found in the series of a table: the cells of an indicator and place.
pub(super) struct SeriesCheck<'a> {
    pub catalogue: &'a Catalogue,
    pub table: &'a CellTable,
    pub findings: &'a mut Findings,
}

impl SeriesCheck<'_> {
    /// Goes through all series.
    pub(super) fn check(&mut self) {
        let table = self.table;
        let mut rest = table.cells.as_slice();
        while let Some(first) = rest.first() {
            let end = rest.partition_point(|c| (c.place, c.indicator) <= (first.place, first.indicator));
            let (series, after) = rest.split_at(end);
            rest = after;
            let Some(sheet) = self.catalogue.indicators().get(first.indicator as usize) else { continue };
            let id = sheet.id.as_str();
            if series.iter().any(|c| c.is_break) {
                self.findings.push(Finding::new(Code::ObsBreakInSeries).about(id));
            }
            if first.group != 0 {
                self.findings.push(Finding::new(Code::ObsNoTotal).about(id));
            }
            for dimension in &sheet.disaggregation.required {
                let present = series.iter().any(|c| c.group != 0 && table.group(c).is_some_and(|g| g.parts().iter().any(|(d, _)| d == dimension)));
                if !present {
                    self.findings.push(Finding::new(Code::ObsMissingDisaggregation).about(id).with("dimension", dimension.as_str().to_owned()));
                }
            }
            if sheet.value_kind == ValueKind::Proportion && sheet.multiplier > 1.0 {
                let given: Vec<f64> = series.iter().filter(|c| c.denominator.is_none()).filter_map(Cell::value).collect();
                if given.len() >= 3 && given.iter().all(|&x| (0.0..=1.0).contains(&x)) && given.iter().any(|&x| x > 0.0 && x < 1.0) {
                    self.findings.push(Finding::new(Code::ObsValueScaleDoubtful).about(id));
                }
            }
            self.check_parts(sheet, series);
        }
    }

    /// Counts of the groups of an exclusive, complete list must sum to the total.
    fn check_parts(&mut self, sheet: &Indicator, series: &[Cell]) {
        let table = self.table;
        if !series.iter().any(|c| c.group != 0 && c.denominator.is_some()) {
            return;
        }
        for total in series.iter().filter(|c| c.group == 0 && c.absence.is_none()) {
            for dimension in &self.catalogue.data().dimensions {
                if dimension.kind != DimensionKind::Exclusive {
                    continue;
                }
                let parts: Vec<(&Cell, &GroupCode)> = series
                    .iter()
                    .filter(|c| c.period == total.period)
                    .filter_map(|c| table.group(c).and_then(GroupKey::single).filter(|(d, _)| **d == dimension.id).map(|(_, code)| (c, code)))
                    .collect();
                if parts.len() < 2 || !is_partition(dimension, parts.iter().map(|(_, code)| *code)) {
                    continue;
                }
                for (field, get) in [("numerator", (|c: &Cell| c.numerator) as fn(&Cell) -> Option<f64>), ("denominator", |c: &Cell| c.denominator)] {
                    let counts: Option<Vec<f64>> = parts.iter().map(|(c, _)| if c.absence.is_none() { get(c) } else { None }).collect();
                    let (Some(counts), Some(whole)) = (counts, get(total)) else { continue };
                    // counts are whole numbers: half a unit is rounding, more is a missing or doubled group
                    if num::abs(num::sum(&counts) - whole) > 0.5 {
                        let location = Location { column: Some(field.into()), ..Location::default() };
                        self.findings.push(
                            Finding::new(Code::ObsPartsDoNotSum).about(sheet.id.as_str()).at(location).with("dimension", dimension.id.as_str().to_owned()),
                        );
                    }
                }
            }
        }
    }
}

/// Whether groups cover everybody once: all codes of a closed list but those that tables mostly leave out, or ages without gap or overlap.
fn is_partition<'a>(dimension: &Dimension, codes: impl Iterator<Item = &'a GroupCode>) -> bool {
    if dimension.codes == Codes::Age {
        let Some(mut ranges) = codes.map(|c| AgeRange::parse(c.as_str())).collect::<Option<Vec<_>>>() else { return false };
        ranges.sort();
        let gapless = ranges.windows(2).all(|pair| matches!(pair, [a, b] if a.to.and_then(|t| t.checked_add(1)) == Some(b.from)));
        return gapless && ranges.first().is_some_and(|r| r.from == 0) && ranges.last().is_some_and(|r| r.to.is_none());
    }
    if dimension.open || dimension.group.iter().any(|g| g.parent.is_some()) {
        return false;
    }
    let mut present: Vec<&str> = codes.map(GroupCode::as_str).collect();
    present.sort_unstable();
    dimension
        .group
        .iter()
        .filter(|g| g.not_stated.is_none() && !g.optional && !dimension.is_total(g.code.as_str()))
        .all(|g| present.binary_search(&g.code.as_str()).is_ok())
}
