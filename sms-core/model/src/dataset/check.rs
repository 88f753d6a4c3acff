//! From the rows of the tidy table to cells, with everything that is wrong said once.

mod row;

use super::series::SeriesCheck;
use super::{Cell, CellTable, Dataset, Place};
use crate::catalogue::{Catalogue, Dimension};
use crate::diagnostic::{Code, Finding, Findings, Location};
use crate::disaggregation::GroupKey;
use crate::id::{GroupCode, PlaceCode};
use crate::num::NumberProblem;
use crate::observation::{ConfidentialityStatus, NumberField, ObservationStatus, Observations, TextColumn, TextField};
use crate::period::Period;
use crate::text;
use std::collections::HashMap;
use std::sync::Arc;

/// What a distinct text of a column stands for.
fn resolve<T>(column: Option<&TextColumn>, read: impl Fn(&str) -> Option<T>) -> Vec<Option<T>> {
    column.map(|c| c.distinct().iter().map(|t| read(t)).collect()).unwrap_or_default()
}

fn code_at(column: Option<&TextColumn>, row: usize) -> usize {
    column.and_then(|c| c.codes().get(row)).map_or(0, |&c| c as usize)
}

/// Looks up what the code of a row stands for: `Ok(None)` for an empty field.
fn looked_up<T: Clone>(resolved: &[Option<T>], code: usize) -> std::result::Result<Option<T>, ()> {
    match code.checked_sub(1) {
        None => Ok(None),
        Some(i) => resolved.get(i).cloned().flatten().map(Some).ok_or(()),
    }
}

/// Checks observations against a catalogue: typed cells, and everything that is wrong or doubtful.
///
/// Bad rows never make it fail: they are rejected with code, row, column and hint, and the rest goes on.
///
/// ```
/// use sms_core::{Code, dataset, exchange, Catalogue};
/// use std::sync::Arc;
/// let catalogue = Arc::new(Catalogue::from_json(sms_catalogue::CATALOGUE_JSON)?);
/// let csv = "indicator,place,period,value\nWSP-O-04,bristol,2018,4.1\nWSP-O-4,bristol,2018,4.1\n";
/// let observations = exchange::csv::read(csv.as_bytes(), &Default::default())?;
/// let (dataset, findings) = dataset::check(&catalogue, &observations);
/// assert_eq!(dataset.len(), 1);
/// assert_eq!(findings.count(Code::ObsUnknownIndicator), 1);
/// # Ok::<(), sms_core::Error>(())
/// ```
#[must_use]
pub fn check(catalogue: &Arc<Catalogue>, observations: &Observations) -> (Dataset, Findings) {
    let mut findings = observations.findings().clone();
    let mut checker = Checker::new(catalogue, observations, &mut findings);
    let mut cells = Vec::with_capacity(observations.len());
    let mut rows = Vec::with_capacity(observations.len());
    for row in 0..observations.len() {
        checker.row(row, &mut cells);
        if rows.len() < cells.len() {
            rows.push(row);
        }
    }
    checker.finish(cells, &rows)
}

struct Checker<'a> {
    catalogue: &'a Arc<Catalogue>,
    observations: &'a Observations,
    findings: &'a mut Findings,
    indicators: Vec<Option<u32>>,
    places: Vec<Option<u32>>,
    place_codes: Vec<PlaceCode>,
    periods: Vec<Option<u32>>,
    period_list: Vec<Period>,
    statuses: Vec<Option<ObservationStatus>>,
    confidentialities: Vec<Option<ConfidentialityStatus>>,
    rounds: Vec<Option<bool>>,
    dimensions: Vec<DimensionColumn<'a>>,
    /// Distinct combinations of group codes, first seen first.
    combinations: Vec<Combination>,
    combination_index: HashMap<Box<[u32]>, u32>,
    last_combination: Option<(Box<[u32]>, u32)>,
    scratch: Vec<u32>,
    bad_numbers: Vec<(u32, NumberField, NumberProblem)>,
    bad_number_at: usize,
    nearest: HashMap<(usize, usize), Option<String>>,
    /// Columns with texts that could not be kept.
    unreadable: Vec<(TextField, u32)>,
    rejected: Vec<u32>,
    rejected_rows: usize,
    pretest_rows: usize,
}

struct DimensionColumn<'a> {
    name: &'a Arc<str>,
    column: &'a TextColumn,
    dimension: Option<&'a Dimension>,
    /// For each distinct text: the group, everybody (`Some(None)`), or unknown (`None`).
    groups: Vec<Option<Option<GroupCode>>>,
}

/// A combination of groups: the key, or the dimension whose code is unknown.
#[derive(Clone)]
struct Combination(std::result::Result<GroupKey, usize>);

impl<'a> Checker<'a> {
    fn new(catalogue: &'a Arc<Catalogue>, observations: &'a Observations, findings: &'a mut Findings) -> Self {
        let indicators = resolve(observations.text(TextField::Indicator), |t| catalogue.indicator_index(t).and_then(|i| u32::try_from(i).ok()));
        // places and periods are numbered in their own order, so that the order of rows never shows
        let parsed_places: Vec<Option<PlaceCode>> = resolve(observations.text(TextField::Place), |t| t.parse().ok());
        let mut place_codes: Vec<PlaceCode> = parsed_places.iter().flatten().cloned().collect();
        place_codes.sort();
        place_codes.dedup();
        let places = parsed_places.iter().map(|p| p.as_ref().and_then(|p| place_codes.binary_search(p).ok()).and_then(|i| u32::try_from(i).ok())).collect();
        let parsed_periods: Vec<Option<Period>> = resolve(observations.text(TextField::Period), |t| t.parse().ok());
        let mut period_list: Vec<Period> = parsed_periods.iter().flatten().copied().collect();
        period_list.sort();
        period_list.dedup();
        let periods = parsed_periods.iter().map(|p| p.and_then(|p| period_list.binary_search(&p).ok()).and_then(|i| u32::try_from(i).ok())).collect();
        let mut dimensions = Vec::new();
        for (name, column) in observations.dimensions() {
            let dimension = catalogue.data().dimensions.iter().find(|d| d.id.as_str().eq_ignore_ascii_case(name));
            if dimension.is_none() {
                if !column.is_empty() {
                    let mut finding = Finding::new(Code::ObsUnknownColumn).at(Location { column: Some(text::short(name).into()), ..Location::default() });
                    let known = catalogue
                        .data()
                        .dimensions
                        .iter()
                        .map(|d| d.id.as_str())
                        .chain(TextField::ALL.iter().map(|f| f.as_str()))
                        .chain(NumberField::ALL.iter().map(|f| f.as_str()));
                    finding = finding.suggesting(text::did_you_mean(name, known));
                    findings.push(finding);
                }
                continue;
            }
            let groups = column
                .distinct()
                .iter()
                .map(|t| {
                    dimension.and_then(|d| {
                        if d.is_total(t) {
                            Some(None)
                        } else if d.accepts(t) {
                            t.parse().ok().map(Some)
                        } else {
                            None
                        }
                    })
                })
                .collect();
            if let Some(d) = dimension.filter(|d| d.special_category && !column.is_empty()) {
                findings.push(Finding::new(Code::ObsSpecialCategory).about(d.id.as_str()));
            }
            dimensions.push(DimensionColumn { name, column, dimension, groups });
        }
        let mut bad_numbers = Vec::new();
        for &field in NumberField::ALL {
            if let Some(column) = observations.number(field) {
                bad_numbers.extend(column.problems().iter().map(|&(row, problem)| (row, field, problem)));
            }
        }
        bad_numbers.sort_by_key(|&(row, field, _)| (row, field));
        Checker {
            catalogue,
            observations,
            findings,
            indicators,
            places,
            place_codes,
            periods,
            period_list,
            statuses: resolve(observations.text(TextField::Status), ObservationStatus::read),
            confidentialities: resolve(observations.text(TextField::Confidentiality), ConfidentialityStatus::read),
            rounds: resolve(observations.text(TextField::Round), |t| match t.to_ascii_lowercase().as_str() {
                "regular" => Some(false),
                "pretest" | "pre-test" => Some(true),
                _ => None,
            }),
            dimensions,
            combinations: Vec::new(),
            combination_index: HashMap::new(),
            last_combination: None,
            scratch: Vec::new(),
            bad_numbers,
            bad_number_at: 0,
            nearest: HashMap::new(),
            unreadable: TextField::ALL
                .iter()
                .filter_map(|&field| {
                    let at = observations.text(field)?.distinct().iter().position(|t| **t == *text::UNREADABLE)?;
                    Some((field, u32::try_from(at + 1).ok()?))
                })
                .collect(),
            rejected: Vec::new(),
            rejected_rows: 0,
            pretest_rows: 0,
        }
    }

    /// Leaves a row out, with the reason: nothing comes of it.
    fn reject<T>(&mut self, row: usize, code: Code, column: &str, detail: Option<(&'static str, String)>) -> Option<T> {
        let mut location = self.observations.location(row);
        self.rejected.extend(location.row);
        self.rejected_rows += 1;
        location.column = Some(column.into());
        self.findings.push_with(code, "", || {
            let finding = Finding::new(code).at(location);
            match detail {
                Some((name, value)) => finding.with(name, value),
                None => finding,
            }
        });
        None
    }

    fn warn(&mut self, row: usize, code: Code, column: &str, subject: &str) {
        let mut location = self.observations.location(row);
        location.column = Some(column.into());
        self.findings.push_with(code, subject, || Finding::new(code).at(location).about(subject));
    }

    /// The catalogue's id that a text of a column is nearest to, looked up once for each distinct text.
    fn near<'c>(
        &mut self,
        number: usize,
        column: Option<&TextColumn>,
        row: usize,
        candidates: impl FnOnce() -> Vec<&'c str>,
    ) -> Option<(&'static str, String)> {
        let key = (number, code_at(column, row));
        let found = column.and_then(|c| c.get(row));
        let near = self.nearest.entry(key).or_insert_with(|| found.and_then(|t| text::did_you_mean(t, candidates().into_iter())).map(str::to_owned));
        near.clone().map(|near| ("did_you_mean", near))
    }

    /// The first unreadable number of a row; rows are visited in order.
    fn bad_number(&mut self, row: usize) -> Option<(NumberField, NumberProblem)> {
        let row = u32::try_from(row).ok()?;
        while let Some(&(at, field, problem)) = self.bad_numbers.get(self.bad_number_at) {
            if at > row {
                return None;
            }
            self.bad_number_at += 1;
            if at == row {
                return Some((field, problem));
            }
        }
        None
    }

    fn combination(&mut self, row: usize) -> u32 {
        self.scratch.clear();
        for d in &self.dimensions {
            self.scratch.push(d.column.codes().get(row).copied().unwrap_or(0));
        }
        if let Some((last, number)) = &self.last_combination
            && **last == *self.scratch
        {
            return *number;
        }
        let number = match self.combination_index.get(self.scratch.as_slice()) {
            Some(&number) => number,
            None => {
                let mut parts = Vec::new();
                let mut unknown = None;
                for (i, (d, &code)) in self.dimensions.iter().zip(&self.scratch).enumerate() {
                    match (looked_up(&d.groups, code as usize), d.dimension) {
                        (Ok(Some(Some(group))), Some(dimension)) => parts.push((dimension.id.clone(), group)),
                        (Ok(_), _) => {}
                        (Err(()), _) => {
                            unknown.get_or_insert(i);
                        }
                    }
                }
                let number = u32::try_from(self.combinations.len()).unwrap_or(u32::MAX);
                self.combinations.push(Combination(match unknown {
                    Some(i) => Err(i),
                    None => Ok(GroupKey::new(parts)),
                }));
                self.combination_index.insert(self.scratch.clone().into(), number);
                number
            }
        };
        self.last_combination = Some((self.scratch.clone().into(), number));
        number
    }

    fn finish(mut self, mut cells: Vec<Cell>, rows: &[usize]) -> (Dataset, Findings) {
        // number groups and texts in their own order
        let mut groups: Vec<GroupKey> = vec![GroupKey::everybody()];
        groups.extend(self.combinations.iter().filter_map(|c| c.0.as_ref().ok()).cloned());
        groups.sort();
        groups.dedup();
        let group_numbers: Vec<u32> = self
            .combinations
            .iter()
            .map(|c| c.0.as_ref().ok().and_then(|g| groups.binary_search(g).ok()).and_then(|i| u32::try_from(i).ok()).unwrap_or(0))
            .collect();
        let text_columns = [TextField::Source, TextField::Proxy, TextField::Note].map(|f| self.observations.text(f));
        let mut texts: Vec<Arc<str>> = text_columns.iter().flatten().flat_map(|c| c.distinct().iter().cloned()).collect();
        texts.sort();
        texts.dedup();
        let renumbered = text_columns.map(|column| -> Vec<u32> {
            let distinct = column.map(TextColumn::distinct).unwrap_or_default();
            distinct.iter().map(|t| texts.binary_search(t).ok().and_then(|i| u32::try_from(i + 1).ok()).unwrap_or(0)).collect()
        });
        let [sources, proxies, notes] = &renumbered;
        let number = |list: &[u32], code: u32| (code as usize).checked_sub(1).and_then(|i| list.get(i)).copied().unwrap_or(0);
        for cell in &mut cells {
            cell.group = group_numbers.get(cell.group as usize).copied().unwrap_or(0);
            cell.source = number(sources, cell.source);
            cell.proxy = number(proxies, cell.proxy);
            cell.note = number(notes, cell.note);
        }
        let places = self.place_table();
        let mut table = CellTable { cells: Vec::new(), places, groups, periods: std::mem::take(&mut self.period_list), texts };
        let duplicate_rows = self.sort_and_deduplicate(&cells, rows, &mut table);
        SeriesCheck { catalogue: self.catalogue, table: &table, findings: self.findings }.check();
        let mut rejected = std::mem::take(&mut self.rejected);
        rejected.extend(self.observations.rejected());
        rejected.sort_unstable();
        rejected.dedup();
        let dataset = Dataset {
            table,
            catalogue: self.catalogue.clone(),
            rows_read: self.observations.len() + self.observations.rejected().len(),
            rejected,
            rejected_rows: self.rejected_rows + self.observations.rejected().len(),
            pretest_rows: self.pretest_rows,
            duplicate_rows,
        };
        (dataset, std::mem::take(self.findings))
    }

    fn place_table(&self) -> Vec<Place> {
        let o = self.observations;
        let mut places: Vec<Place> = self.place_codes.iter().map(|code| Place { code: code.clone(), name: None, scheme: None, parent: None }).collect();
        let columns = [TextField::PlaceName, TextField::PlaceScheme, TextField::PlaceParent].map(|f| o.text(f));
        if columns.iter().all(Option::is_none) {
            return places;
        }
        let [names, schemes, parents] = columns;
        for row in 0..o.len() {
            let Ok(Some(number)) = looked_up(&self.places, code_at(o.text(TextField::Place), row)) else { continue };
            let Some(place) = places.get_mut(number as usize) else { continue };
            // the smallest text wins where rows differ, so that their order does not matter
            let least = |current: &mut Option<Arc<str>>, new: Option<&Arc<str>>| {
                if let Some(new) = new
                    && current.as_ref().is_none_or(|c| new < c)
                {
                    *current = Some(new.clone());
                }
            };
            least(&mut place.name, names.and_then(|c| c.get(row)));
            least(&mut place.scheme, schemes.and_then(|c| c.get(row)));
            if let Some(parent) = parents.and_then(|c| c.get(row)).and_then(|t| t.parse::<PlaceCode>().ok())
                && place.parent.as_ref().is_none_or(|p| parent < *p)
            {
                place.parent = Some(parent);
            }
        }
        places
    }

    /// Sorts cells into their canonical order. Identical copies become one; contradicting ones are all left out.
    fn sort_and_deduplicate(&mut self, cells: &[Cell], rows: &[usize], table: &mut CellTable) -> usize {
        // keys move while sorting, cells only once
        let mut order: Vec<(u128, u32)> = cells.iter().zip(0_u32..).map(|(c, i)| (c.key(), i)).collect();
        order.sort_unstable();
        let cell = |i: u32| cells.get(i as usize).copied();
        let mut copies = 0;
        let mut kept: Vec<Cell> = Vec::with_capacity(cells.len());
        for same in order.chunk_by(|a, b| a.0 == b.0) {
            let mut twins = same.iter().filter_map(|&(_, i)| cell(i));
            let Some(mut first) = twins.next() else { continue };
            if same.len() == 1 {
                kept.push(first);
                continue;
            }
            let subject = self.catalogue.indicators().get(first.indicator as usize).map(|i| i.id.as_str()).unwrap_or_default();
            let identical = twins.all(|c| {
                let same = c.says_the_same(&first);
                // of two codes the one with precedence stays, so that the order of rows does not matter
                first.status = first.status.min(c.status);
                first.declared = first.declared.min(c.declared);
                same
            });
            let code = if identical { Code::ObsDuplicateIdentical } else { Code::ObsDuplicateKey };
            let count = same.len();
            self.findings.push_with(code, subject, || Finding::new(code).about(subject).with("rows", count));
            if identical {
                kept.push(first);
                copies += count - 1;
            } else {
                self.rejected_rows += count;
                self.rejected.extend(same.iter().filter_map(|&(_, i)| rows.get(i as usize)).filter_map(|&row| self.observations.location(row).row));
            }
        }
        table.cells = kept;
        copies
    }
}
